/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The file that `holdfast encrypt` writes: a header and chunks, each encrypted and
 * authenticated by itself with AES-GCM. Numbers are little-endian.
 *
 *     header, 32 bytes            chunk, 32 bytes and the ciphertext
 *      0   8  "HOLDFAST"           0   4  bytes of ciphertext; bit 31: the last chunk
 *      8   2  format: 1            4  12  nonce
 *     10   2  enum hf_algorithm_id 16 16  tag
 *     12   4  chunk size, bytes    32 ..  ciphertext
 *     16  16  random file id
 *
 * The additional data of a chunk is: the header, the chunk's index (8 bytes, from 0),
 * one byte that is 1 for the last chunk, and what the user gave with --aad. So a chunk
 * that is missing, moved, or taken from another file is noticed, and so is a file cut
 * short. Every chunk but the last is as long as the chunk size; the last has 0 ..
 * chunk size bytes.
 */
#ifndef HFC_CONTAINER_H
#define HFC_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "holdfast/bytes.h"

#define HFC_CONTAINER_HEADER_SIZE 32u
#define HFC_CONTAINER_CHUNK_HEADER_SIZE 32u
#define HFC_CONTAINER_ID_SIZE 16u
#define HFC_CONTAINER_NONCE_SIZE 12u
#define HFC_CONTAINER_TAG_SIZE 16u
#define HFC_CONTAINER_CHUNK_SIZE_MAX (1024u * 1024u)
#define HFC_CONTAINER_AAD_SIZE_MAX 512u /* of the user's part, bytes */

typedef struct hfc_container_header {
    uint16_t algorithm;
    uint32_t chunk_size; /* bytes, 1 .. HFC_CONTAINER_CHUNK_SIZE_MAX */
    uint8_t id[HFC_CONTAINER_ID_SIZE];
} hfc_container_header;

typedef struct hfc_container_chunk {
    uint32_t len; /* bytes of ciphertext */
    bool is_last;
    uint8_t nonce[HFC_CONTAINER_NONCE_SIZE];
    uint8_t tag[HFC_CONTAINER_TAG_SIZE];
} hfc_container_chunk;

/* `out` has HFC_CONTAINER_HEADER_SIZE bytes. */
void hfc_container_header_write(const hfc_container_header *header, uint8_t *out);

/* NULL, or why it is no such header (static text). */
const char *hfc_container_header_read(hf_bytes in, hfc_container_header *header)
    HF_MUST_CHECK;

/* `out` has HFC_CONTAINER_CHUNK_HEADER_SIZE bytes. */
void hfc_container_chunk_write(const hfc_container_chunk *chunk, uint8_t *out);

/* NULL, or why it cannot be a chunk of this file (static text). */
const char *hfc_container_chunk_read(hf_bytes in, const hfc_container_header *header,
                                     hfc_container_chunk *chunk) HF_MUST_CHECK;

typedef struct hfc_container_aad {
    uint8_t data[HFC_CONTAINER_HEADER_SIZE + 9 + HFC_CONTAINER_AAD_SIZE_MAX];
    size_t len;
} hfc_container_aad;

/* The additional data of chunks. `user` has at most HFC_CONTAINER_AAD_SIZE_MAX bytes. */
void hfc_container_aad_init(hfc_container_aad *aad, const hfc_container_header *header,
                            hf_bytes user);

/* The additional data of one chunk; valid until the next call. */
hf_bytes hfc_container_aad_set(hfc_container_aad *aad, uint64_t index, bool is_last);

#endif
