/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The encrypted file's layout: see container.h. The cryptography is in cipher.c.
 */
#include "container.h"

#include <string.h>

#define FORMAT 1u
#define LAST_CHUNK 0x80000000u

static const char magic[8] = { 'H', 'O', 'L', 'D', 'F', 'A', 'S', 'T' };

void hfc_container_header_write(const hfc_container_header *header, uint8_t *out)
{
    memcpy(out, magic, sizeof magic);
    hf_put_u16(out + 8, FORMAT);
    hf_put_u16(out + 10, header->algorithm);
    hf_put_u32(out + 12, header->chunk_size);
    memcpy(out + 16, header->id, sizeof header->id);
}

const char *hfc_container_header_read(hf_bytes in, hfc_container_header *header)
{
    if (in.len < HFC_CONTAINER_HEADER_SIZE || memcmp(in.data, magic, sizeof magic) != 0) {
        return "it was not written by holdfast encrypt";
    }
    if (hf_get_u16(in.data + 8) != FORMAT) {
        return "it was written by a newer version of holdfast";
    }
    header->algorithm = hf_get_u16(in.data + 10);
    header->chunk_size = hf_get_u32(in.data + 12);
    memcpy(header->id, in.data + 16, sizeof header->id);
    if (header->chunk_size == 0 || header->chunk_size > HFC_CONTAINER_CHUNK_SIZE_MAX) {
        return "its header is damaged";
    }
    return NULL;
}

void hfc_container_chunk_write(const hfc_container_chunk *chunk, uint8_t *out)
{
    hf_put_u32(out, chunk->len | (chunk->is_last ? LAST_CHUNK : 0u));
    memcpy(out + 4, chunk->nonce, sizeof chunk->nonce);
    memcpy(out + 16, chunk->tag, sizeof chunk->tag);
}

const char *hfc_container_chunk_read(hf_bytes in, const hfc_container_header *header,
                                     hfc_container_chunk *chunk)
{
    if (in.len < HFC_CONTAINER_CHUNK_HEADER_SIZE) {
        return "it is cut short";
    }
    uint32_t word = hf_get_u32(in.data);
    chunk->is_last = (word & LAST_CHUNK) != 0;
    chunk->len = word & ~LAST_CHUNK;
    memcpy(chunk->nonce, in.data + 4, sizeof chunk->nonce);
    memcpy(chunk->tag, in.data + 16, sizeof chunk->tag);
    if (chunk->len > header->chunk_size ||
        (!chunk->is_last && chunk->len != header->chunk_size)) {
        return "it is damaged";
    }
    return NULL;
}

void hfc_container_aad_init(hfc_container_aad *aad, const hfc_container_header *header,
                            hf_bytes user)
{
    *aad = (hfc_container_aad){ .len = HFC_CONTAINER_HEADER_SIZE + 9 + user.len };
    hfc_container_header_write(header, aad->data);
    if (user.len > 0) {
        memcpy(aad->data + HFC_CONTAINER_HEADER_SIZE + 9, user.data, user.len);
    }
}

hf_bytes hfc_container_aad_set(hfc_container_aad *aad, uint64_t index, bool is_last)
{
    hf_put_u64(aad->data + HFC_CONTAINER_HEADER_SIZE, index);
    aad->data[HFC_CONTAINER_HEADER_SIZE + 8] = is_last ? 1 : 0;
    return hf_bytes_of(aad->data, aad->len);
}
