/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Bytes: the input slice and output buffer that the whole code passes around, a
 * bounds-checked little-endian reader and writer, wiping and constant-time comparison.
 *
 * A reader or writer keeps its first error: calls after it change nothing, so a decoder
 * reads all its fields and checks once at the end. No locks, no allocation; any thread on
 * its own objects.
 *
 *     hf_reader r = hf_reader_of(hf_bytes_of(body, len));
 *     uint32_t handle = hf_reader_u32(&r);
 *     hf_bytes data = hf_reader_bytes(&r, hf_reader_u32(&r));
 *     int rc = hf_reader_end(&r);
 */
#ifndef HOLDFAST_BYTES_H
#define HOLDFAST_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/status.h"

/* Input: `len` bytes at `data`, which is not owned. data may be NULL when len is 0. */
typedef struct hf_bytes {
    const uint8_t *data;
    size_t len;
} hf_bytes;

/* Output: room for `size` bytes at `data`, of which `len` are in use. */
typedef struct hf_buffer {
    uint8_t *data;
    size_t size;
    size_t len;
} hf_buffer;

/* A slice of `len` bytes at `data`. data may be NULL when len is 0. */
static inline hf_bytes hf_bytes_of(const void *data, size_t len)
{
    return (hf_bytes){ .data = (const uint8_t *)data, .len = len };
}

/* An empty buffer with room for `size` bytes. data may be NULL when size is 0. */
static inline hf_buffer hf_buffer_of(void *data, size_t size)
{
    return (hf_buffer){ .data = (uint8_t *)data, .size = size, .len = 0 };
}

/* Overwrite `len` bytes with zeros in a way that the compiler keeps. data may be NULL
 * when len is 0. */
void hf_wipe(void *data, size_t len);

/* True when both ranges hold the same bytes; the time depends on `len` only. */
bool hf_ct_equal(const void *a, const void *b, size_t len) HF_MUST_CHECK;

/* Append to a buffer. HF_ERR_SIZE (and an unchanged buffer) when it does not fit. */
int hf_buffer_append(hf_buffer *buffer, hf_bytes bytes) HF_MUST_CHECK;

typedef struct hf_reader {
    const uint8_t *data;
    size_t len;
    size_t offset; /* always <= len */
    int status;    /* HF_OK, or the first error */
} hf_reader;

/* A reader at the first byte of `bytes`, which must stay as long as it reads. */
static inline hf_reader hf_reader_of(hf_bytes bytes)
{
    return (
        hf_reader){ .data = bytes.data, .len = bytes.len, .offset = 0, .status = HF_OK };
}

/* Little-endian numbers. Past the end: 0, and the reader's status becomes
 * HF_ERR_DECODE. */
uint8_t hf_reader_u8(hf_reader *reader);
uint16_t hf_reader_u16(hf_reader *reader);
uint32_t hf_reader_u32(hf_reader *reader);
uint64_t hf_reader_u64(hf_reader *reader);

/* The next `len` bytes, not copied. Past the end: an empty slice and HF_ERR_DECODE. */
hf_bytes hf_reader_bytes(hf_reader *reader, size_t len);

/* Copy the next `len` bytes to `out`; zeros, and HF_ERR_DECODE, when they are not
 * there. */
void hf_reader_copy(hf_reader *reader, void *out, size_t len);

/* The first error, or HF_ERR_DECODE when bytes are left over, or HF_OK. */
int hf_reader_end(const hf_reader *reader) HF_MUST_CHECK;

/* Writes into the caller's buffer, of which it uses [len, size). */
typedef struct hf_writer {
    uint8_t *data;
    size_t size;
    size_t len;
    int status; /* HF_OK, or HF_ERR_SIZE once something did not fit */
} hf_writer;

/* A writer at the first byte of a buffer of `size` bytes. */
static inline hf_writer hf_writer_of(void *data, size_t size)
{
    return (
        hf_writer){ .data = (uint8_t *)data, .size = size, .len = 0, .status = HF_OK };
}

/* Little-endian numbers. What does not fit is not written, and the status is
 * HF_ERR_SIZE. */
void hf_writer_u8(hf_writer *writer, uint8_t value);
void hf_writer_u16(hf_writer *writer, uint16_t value);
void hf_writer_u32(hf_writer *writer, uint32_t value);
void hf_writer_u64(hf_writer *writer, uint64_t value);
void hf_writer_bytes(hf_writer *writer, hf_bytes bytes);

/* Little-endian numbers in place, for fixed layouts whose bounds the caller has
 * checked. */
static inline void hf_put_u16(uint8_t *at, uint16_t v)
{
    at[0] = (uint8_t)v;
    at[1] = (uint8_t)(v >> 8);
}

static inline void hf_put_u32(uint8_t *at, uint32_t v)
{
    hf_put_u16(at, (uint16_t)v);
    hf_put_u16(at + 2, (uint16_t)(v >> 16));
}

static inline void hf_put_u64(uint8_t *at, uint64_t v)
{
    hf_put_u32(at, (uint32_t)v);
    hf_put_u32(at + 4, (uint32_t)(v >> 32));
}

/* The number in the 2 bytes at `at`. */
static inline uint16_t hf_get_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] | (uint16_t)(at[1] << 8));
}

/* The number in the 4 bytes at `at`. */
static inline uint32_t hf_get_u32(const uint8_t *at)
{
    return (uint32_t)hf_get_u16(at) | ((uint32_t)hf_get_u16(at + 2) << 16);
}

/* The number in the 8 bytes at `at`. */
static inline uint64_t hf_get_u64(const uint8_t *at)
{
    return (uint64_t)hf_get_u32(at) | ((uint64_t)hf_get_u32(at + 4) << 32);
}

#endif
