/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Wiping, constant-time comparison and the bounds-checked cursors through which every
 * byte of a peer and of the medium goes. Works on the caller's objects only; no locks.
 *
 * NULL with length 0 is legal input everywhere, so no pointer arithmetic and no mem*()
 * call happens for an empty range.
 */
#include "holdfast/bytes.h"

#include <string.h>

#include "base/assert.h"

void hf_wipe(void *data, size_t len)
{
    if (len == 0) {
        return;
    }
    memset(data, 0, len);
    /* The empty instruction claims to read the memory, so the stores before it are not
     * dead, and memset keeps its speed. */
    __asm__ __volatile__("" : : "r"(data) : "memory");
}

bool hf_ct_equal(const void *a, const void *b, size_t len)
{
    /* volatile: the compiler may not leave the loop at the first difference. */
    const volatile uint8_t *left = (const volatile uint8_t *)a;
    const volatile uint8_t *right = (const volatile uint8_t *)b;
    uint8_t difference = 0;
    for (size_t i = 0; i < len; i++) {
        difference = (uint8_t)(difference | (left[i] ^ right[i]));
    }
    return difference == 0;
}

int hf_buffer_append(hf_buffer *buffer, hf_bytes bytes)
{
    HF_ASSERT(buffer->len <= buffer->size);
    if (bytes.len > buffer->size - buffer->len) {
        return HF_ERR_SIZE;
    }
    if (bytes.len > 0) {
        memcpy(buffer->data + buffer->len, bytes.data, bytes.len);
        buffer->len += bytes.len;
    }
    return HF_OK;
}

/* The next `len` bytes, len > 0; NULL when they are not there. */
static const uint8_t *take(hf_reader *reader, size_t len)
{
    HF_ASSERT(len > 0 && reader->offset <= reader->len);
    if (reader->status != HF_OK) {
        return NULL;
    }
    if (len > reader->len - reader->offset) {
        reader->status = HF_ERR_DECODE;
        return NULL;
    }
    const uint8_t *at = reader->data + reader->offset;
    reader->offset += len;
    return at;
}

/* Room for `len` bytes, len > 0; NULL when there is none. */
static uint8_t *reserve(hf_writer *writer, size_t len)
{
    HF_ASSERT(len > 0 && writer->len <= writer->size);
    if (writer->status != HF_OK) {
        return NULL;
    }
    if (len > writer->size - writer->len) {
        writer->status = HF_ERR_SIZE;
        return NULL;
    }
    uint8_t *at = writer->data + writer->len;
    writer->len += len;
    return at;
}

uint8_t hf_reader_u8(hf_reader *reader)
{
    const uint8_t *at = take(reader, sizeof(uint8_t));
    return at == NULL ? 0 : *at;
}

uint16_t hf_reader_u16(hf_reader *reader)
{
    const uint8_t *at = take(reader, sizeof(uint16_t));
    return at == NULL ? 0 : hf_get_u16(at);
}

uint32_t hf_reader_u32(hf_reader *reader)
{
    const uint8_t *at = take(reader, sizeof(uint32_t));
    return at == NULL ? 0 : hf_get_u32(at);
}

uint64_t hf_reader_u64(hf_reader *reader)
{
    const uint8_t *at = take(reader, sizeof(uint64_t));
    return at == NULL ? 0 : hf_get_u64(at);
}

hf_bytes hf_reader_bytes(hf_reader *reader, size_t len)
{
    const uint8_t *at = len == 0 ? NULL : take(reader, len);
    return hf_bytes_of(at, at == NULL ? 0 : len);
}

void hf_reader_copy(hf_reader *reader, void *out, size_t len)
{
    if (len == 0) {
        return;
    }
    const uint8_t *at = take(reader, len);
    if (at == NULL) {
        memset(out, 0, len);
        return;
    }
    memcpy(out, at, len);
}

int hf_reader_end(const hf_reader *reader)
{
    if (reader->status != HF_OK) {
        return reader->status;
    }
    return reader->offset == reader->len ? HF_OK : HF_ERR_DECODE;
}

void hf_writer_u8(hf_writer *writer, uint8_t value)
{
    uint8_t *at = reserve(writer, sizeof(value));
    if (at != NULL) {
        *at = value;
    }
}

void hf_writer_u16(hf_writer *writer, uint16_t value)
{
    uint8_t *at = reserve(writer, sizeof(value));
    if (at != NULL) {
        hf_put_u16(at, value);
    }
}

void hf_writer_u32(hf_writer *writer, uint32_t value)
{
    uint8_t *at = reserve(writer, sizeof(value));
    if (at != NULL) {
        hf_put_u32(at, value);
    }
}

void hf_writer_u64(hf_writer *writer, uint64_t value)
{
    uint8_t *at = reserve(writer, sizeof(value));
    if (at != NULL) {
        hf_put_u64(at, value);
    }
}

void hf_writer_bytes(hf_writer *writer, hf_bytes bytes)
{
    if (bytes.len == 0) {
        return;
    }
    uint8_t *at = reserve(writer, bytes.len);
    if (at != NULL) {
        memcpy(at, bytes.data, bytes.len);
    }
}
