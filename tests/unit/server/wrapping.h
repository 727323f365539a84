/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the tests of wrapping share: requests in short form, with one key that wraps, and
 * what a changed blob must give.
 */
#ifndef TEST_SERVER_WRAPPING_H
#define TEST_SERVER_WRAPPING_H

#include "fixture.h"

#include "holdfast/wrap.h"

#define WRAP HF_USAGE_WRAP
#define UNWRAP HF_USAGE_UNWRAP
#define BOTH (WRAP | UNWRAP)
#define GCM HF_ALG_WRAP_AES_GCM
#define KW HF_ALG_WRAP_AES_KW
#define KWP HF_ALG_WRAP_AES_KWP
#define RSA HF_ALG_WRAP_RSA_AES
#define NONEXPORTABLE HF_FLAG_NONEXPORTABLE
#define SENSITIVE HF_FLAG_SENSITIVE
#define KEK 100u /* number of the key that wraps */

/* RFC 3394 4: the key-encryption key and data of 256 bits. */
extern const uint8_t kek_bytes[32];
extern const uint8_t key_bytes[32];

/* Types of each family that fit a small slot. */
extern const uint32_t wrapping_types[];
extern const size_t wrapping_type_count;

/* A wrapped key, or wrapped data, kept beyond the next answer. */
typedef struct blob {
    uint8_t data[FIXTURE_BODY_SIZE];
    size_t len;
} blob;

hf_bytes bytes_of(const blob *b);
void keep(blob *b, hf_bytes bytes);

/* Make stored keys: with this material; generated; the AES-256 key KEK; an AES-256 key
 * that can be wrapped. */
int import(peer *p, hf_handle handle, uint32_t type, uint32_t flags, hf_bytes raw);
int generate(peer *p, hf_handle handle, uint32_t type, uint32_t flags);
void import_kek(peer *p, uint32_t flags);
void import_key(peer *p, hf_handle handle, uint32_t flags);
/* An RSA key pair: KEK may unwrap, its public half (number + 1) may wrap. */
void make_pair(peer *p, uint32_t flags);

/* Wrap under KEK (`out` may be NULL), and unwrap. */
int wrap(peer *p, hf_handle handle, uint16_t algorithm, blob *out);
int unwrap(peer *p, hf_handle handle, uint16_t algorithm, uint32_t type,
           hf_bytes wrapped);

hf_key_info_response info_of(peer *p, hf_handle handle);
void erase(peer *p, hf_handle handle);
void assert_no_key(peer *p, hf_handle handle);
void assert_material(peer *p, hf_handle handle, hf_bytes raw);
/* Two keys have the same material. */
void assert_same(peer *p, hf_handle one, hf_handle other);

/* Not a bit of a blob can be changed (every `stride`th is tried), and none left out or
 * added. */
void check_tampering(peer *p, uint16_t algorithm, uint32_t type, blob *b, size_t stride);

/* Setup with large key slots, for RSA keys. */
int open_large(void **state);

#endif
