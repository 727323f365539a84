/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * DER (X.690): exactly as much of it as keys and signatures need. The reader is strict:
 * one tag byte, definite lengths in the fewest bytes, nothing else. The writer works
 * backwards from the end of the caller's memory, so that a length is known when its
 * header is written.
 *
 * key_der.c, encrypted_der.c and signature_der.c are built on it. Private to src/crypto.
 * Plain memory, no lock: any thread on its own objects.
 */
#ifndef HF_CRYPTO_DER_H
#define HF_CRYPTO_DER_H

#include "holdfast/bytes.h"

enum hf_der_tag {
    HF_DER_INTEGER = 0x02,
    HF_DER_BIT_STRING = 0x03,
    HF_DER_OCTET_STRING = 0x04,
    HF_DER_NULL = 0x05,
    HF_DER_OID = 0x06,
    HF_DER_SEQUENCE = 0x30,
    HF_DER_IMPLICIT_0 = 0x80, /* [0], primitive */
    HF_DER_CONTEXT_0 = 0xA0,  /* [0], constructed */
    HF_DER_CONTEXT_1 = 0xA1
};

/* Is the next element of *in one with this tag? */
bool hf_der_is_next(const hf_bytes *in, uint8_t tag);

/* Take the next element off *in, which must have this tag, and give its content.
 * HF_ERR_DECODE, and nothing is changed, when it is not there or not DER. */
int hf_der_read(hf_bytes *in, uint8_t tag, hf_bytes *content) HF_MUST_CHECK;

/* Take a non-negative INTEGER off *in and give it as `size` bytes, big-endian, with
 * leading zeros. HF_ERR_DECODE also when it is negative, not minimal or longer. */
int hf_der_read_unsigned(hf_bytes *in, uint8_t *out, size_t size) HF_MUST_CHECK;

/* Take a BIT STRING without unused bits off *in. */
int hf_der_read_bits(hf_bytes *in, hf_bytes *content) HF_MUST_CHECK;

/* Writes from the end of [data, data + size) towards its start: data[start .. size) is
 * what is written. Keeps its first error, HF_ERR_SIZE. */
typedef struct hf_der_writer {
    uint8_t *data;
    size_t size;
    size_t start;
    int status;
} hf_der_writer;

static inline hf_der_writer hf_der_writer_of(void *data, size_t size)
{
    return (hf_der_writer){
        .data = (uint8_t *)data, .size = size, .start = size, .status = HF_OK
    };
}

/* What is written so far. */
static inline hf_bytes hf_der_written(const hf_der_writer *writer)
{
    return hf_bytes_of(writer->data + writer->start, writer->size - writer->start);
}

/* Put bytes before what is written. */
void hf_der_write(hf_der_writer *writer, hf_bytes bytes);

/* Put tag and length before what was written since `start` was `end`: it becomes the
 * content. */
void hf_der_wrap(hf_der_writer *writer, uint8_t tag, size_t end);

/* An INTEGER of a big-endian non-negative number, minimal. */
void hf_der_write_unsigned(hf_der_writer *writer, hf_bytes number);

/* A BIT STRING without unused bits. */
void hf_der_write_bits(hf_der_writer *writer, hf_bytes bytes);

/* Of a writer over the free part of `out`: what is written becomes the end of `out`. The
 * writer's status; after an error `out` is as before. What was written elsewhere in the
 * free part is wiped. */
int hf_der_end(hf_der_writer *writer, hf_buffer *out) HF_MUST_CHECK;

#endif
