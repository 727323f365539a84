/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The DER reader and writer of der.h. What is read comes from peers: every length is
 * checked against what is there, and nothing is copied but numbers into memory of a known
 * size.
 */
#include "crypto/der.h"

#include <string.h>

/* Longest length field read and written: elements up to 64 KiB. */
#define LENGTH_BYTES_MAX 2

bool hf_der_is_next(const hf_bytes *in, uint8_t tag)
{
    return in->len > 0 && in->data[0] == tag;
}

/* The length behind the tag at data[0], in *len, and the bytes of tag and length, in
 * *header. */
static int read_header(hf_bytes in, size_t *header, size_t *len)
{
    if (in.len < 2) {
        return HF_ERR_DECODE;
    }
    uint8_t first = in.data[1];
    if (first < 0x80) {
        *header = 2;
        *len = first;
        return HF_OK;
    }
    size_t count = first & 0x7Fu;
    if (count == 0 || count > LENGTH_BYTES_MAX || in.len - 2 < count) {
        return HF_ERR_DECODE;
    }
    size_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value << 8 | in.data[2 + i];
    }
    /* X.690 10.1: the fewest bytes possible. */
    if (value < 0x80 || in.data[2] == 0) {
        return HF_ERR_DECODE;
    }
    *header = 2 + count;
    *len = value;
    return HF_OK;
}

int hf_der_read(hf_bytes *in, uint8_t tag, hf_bytes *content)
{
    size_t header = 0;
    size_t len = 0;
    if (!hf_der_is_next(in, tag) || read_header(*in, &header, &len) != HF_OK ||
        len > in->len - header) {
        return HF_ERR_DECODE;
    }
    *content = hf_bytes_of(in->data + header, len);
    *in = hf_bytes_of(in->data + header + len, in->len - header - len);
    return HF_OK;
}

int hf_der_read_unsigned(hf_bytes *in, uint8_t *out, size_t size)
{
    hf_bytes rest = *in;
    hf_bytes number;
    if (hf_der_read(&rest, HF_DER_INTEGER, &number) != HF_OK || number.len == 0 ||
        (number.data[0] & 0x80u) != 0) {
        return HF_ERR_DECODE;
    }
    /* X.690 8.3.2: a leading zero only before a byte that would look negative. */
    if (number.data[0] == 0 && number.len > 1) {
        if ((number.data[1] & 0x80u) == 0) {
            return HF_ERR_DECODE;
        }
        number = hf_bytes_of(number.data + 1, number.len - 1);
    }
    if (number.len > size) {
        return HF_ERR_DECODE;
    }
    memset(out, 0, size - number.len);
    memcpy(out + (size - number.len), number.data, number.len);
    *in = rest;
    return HF_OK;
}

int hf_der_read_bits(hf_bytes *in, hf_bytes *content)
{
    hf_bytes rest = *in;
    hf_bytes bits;
    if (hf_der_read(&rest, HF_DER_BIT_STRING, &bits) != HF_OK || bits.len == 0 ||
        bits.data[0] != 0) {
        return HF_ERR_DECODE;
    }
    *content = hf_bytes_of(bits.data + 1, bits.len - 1);
    *in = rest;
    return HF_OK;
}

void hf_der_write(hf_der_writer *writer, hf_bytes bytes)
{
    if (writer->status != HF_OK || bytes.len == 0) {
        return;
    }
    if (bytes.len > writer->start) {
        writer->status = HF_ERR_SIZE;
        return;
    }
    writer->start -= bytes.len;
    memcpy(writer->data + writer->start, bytes.data, bytes.len);
}

void hf_der_wrap(hf_der_writer *writer, uint8_t tag, size_t end)
{
    size_t len = end - writer->start;
    uint8_t header[2 + LENGTH_BYTES_MAX] = { tag, (uint8_t)len };
    size_t header_len = 2;
    if (len > 0xFFFF) {
        writer->status = HF_ERR_SIZE;
    } else if (len > 0xFF) {
        header[1] = 0x82;
        header[2] = (uint8_t)(len >> 8);
        header[3] = (uint8_t)len;
        header_len = 4;
    } else if (len >= 0x80) {
        header[1] = 0x81;
        header[2] = (uint8_t)len;
        header_len = 3;
    }
    hf_der_write(writer, hf_bytes_of(header, header_len));
}

void hf_der_write_unsigned(hf_der_writer *writer, hf_bytes number)
{
    size_t end = writer->start;
    while (number.len > 1 && number.data[0] == 0) {
        number = hf_bytes_of(number.data + 1, number.len - 1);
    }
    hf_der_write(writer, number);
    if (number.len == 0 || (number.data[0] & 0x80u) != 0) {
        hf_der_write(writer, hf_bytes_of((const uint8_t[]){ 0 }, 1));
    }
    hf_der_wrap(writer, HF_DER_INTEGER, end);
}

void hf_der_write_bits(hf_der_writer *writer, hf_bytes bytes)
{
    size_t end = writer->start;
    hf_der_write(writer, bytes);
    hf_der_write(writer, hf_bytes_of((const uint8_t[]){ 0 }, 1));
    hf_der_wrap(writer, HF_DER_BIT_STRING, end);
}

int hf_der_end(hf_der_writer *writer, hf_buffer *out)
{
    size_t len = writer->size - writer->start;
    size_t kept = 0;
    if (writer->status == HF_OK) {
        memmove(writer->data, writer->data + writer->start, len);
        out->len += len;
        kept = len;
    }
    size_t dead = kept > writer->start ? kept : writer->start;
    hf_wipe(writer->data + dead, writer->size - dead);
    return writer->status;
}
