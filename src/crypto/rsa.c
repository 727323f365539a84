/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * RSAPrivateKey and RSAPublicKey (RFC 8017 A.1), over der.h:
 *
 *   RSAPublicKey ::= SEQUENCE { n INTEGER, e INTEGER }
 *   RSAPrivateKey ::= SEQUENCE { version 0, n, e, d, p, q, dp, dq, qinv }
 *
 * The caller's memory only: any thread, no lock.
 */
#include "holdfast/crypto_rsa.h"

#include "crypto/der.h"

/* Take a positive INTEGER off *in: DER, so minimal (X.690 8.3.2). */
static bool read_number(hf_bytes *in, hf_bytes *number)
{
    if (hf_der_read(in, HF_DER_INTEGER, number) != HF_OK || number->len == 0 ||
        (number->data[0] & 0x80u) != 0) {
        return false;
    }
    if (number->data[0] != 0) {
        return true;
    }
    *number = hf_bytes_of(number->data + 1, number->len - 1);
    return number->len != 0 && (number->data[0] & 0x80u) != 0;
}

static bool is_odd(hf_bytes number)
{
    return (number.data[number.len - 1] & 1u) != 0;
}

/* Is it odd and does it have exactly 8 * len bits? */
static bool is_odd_of_len(hf_bytes number, size_t len)
{
    return number.len == len && (number.data[0] & 0x80u) != 0 && is_odd(number);
}

static bool is_exponent(hf_bytes e, bool is_public)
{
    if (e.len > HF_RSA_EXPONENT_LEN_MAX || !is_odd(e)) {
        return false;
    }
    /* Three bytes without a leading zero and odd: at least 2^16 + 1. */
    return is_public ? e.len > 1 || e.data[0] >= 3 : e.len >= 3;
}

static bool read_private(hf_bytes *in, hf_rsa_numbers *numbers)
{
    return read_number(in, &numbers->d) && read_number(in, &numbers->p) &&
           read_number(in, &numbers->q) && read_number(in, &numbers->dp) &&
           read_number(in, &numbers->dq) && read_number(in, &numbers->qinv);
}

static bool has_private_lengths(const hf_rsa_numbers *numbers)
{
    size_t len = numbers->n.len;
    size_t half = len / 2;
    return numbers->d.len <= len && numbers->d.len > half &&
           is_odd_of_len(numbers->p, half) && is_odd_of_len(numbers->q, half) &&
           numbers->dp.len <= half && numbers->dq.len <= half &&
           numbers->qinv.len <= half;
}

int hf_rsa_decode(uint32_t type, hf_bytes raw, hf_rsa_numbers *numbers)
{
    static const uint8_t version_0[] = { HF_DER_INTEGER, 1, 0 };
    bool is_public = HF_KEY_CLASS(type) == HF_CLASS_PUBLIC;
    hf_bytes in;
    *numbers = (hf_rsa_numbers){ .n = { .len = 0 } };
    if (HF_KEY_FAMILY(type) != HF_FAMILY_RSA ||
        hf_der_read(&raw, HF_DER_SEQUENCE, &in) != HF_OK || raw.len != 0) {
        return HF_ERR_KEY;
    }
    if (!is_public) {
        if (in.len < sizeof(version_0) ||
            !hf_ct_equal(in.data, version_0, sizeof(version_0))) {
            return HF_ERR_KEY;
        }
        in = hf_bytes_of(in.data + sizeof(version_0), in.len - sizeof(version_0));
    }
    if (!read_number(&in, &numbers->n) || !read_number(&in, &numbers->e) ||
        (!is_public && !read_private(&in, numbers)) || in.len != 0) {
        return HF_ERR_KEY;
    }
    bool is_good = is_odd_of_len(numbers->n, HF_KEY_PARAMETER(type) / 8u) &&
                   is_exponent(numbers->e, is_public) &&
                   (is_public || has_private_lengths(numbers));
    return is_good ? HF_OK : HF_ERR_KEY;
}

int hf_rsa_encode(uint32_t type, const hf_rsa_numbers *numbers, hf_buffer *out)
{
    hf_der_writer writer = hf_der_writer_of(out->data + out->len, out->size - out->len);
    if (HF_KEY_CLASS(type) != HF_CLASS_PUBLIC) { /* last number first */
        hf_der_write_unsigned(&writer, numbers->qinv);
        hf_der_write_unsigned(&writer, numbers->dq);
        hf_der_write_unsigned(&writer, numbers->dp);
        hf_der_write_unsigned(&writer, numbers->q);
        hf_der_write_unsigned(&writer, numbers->p);
        hf_der_write_unsigned(&writer, numbers->d);
    }
    hf_der_write_unsigned(&writer, numbers->e);
    hf_der_write_unsigned(&writer, numbers->n);
    if (HF_KEY_CLASS(type) != HF_CLASS_PUBLIC) {
        hf_der_write_unsigned(&writer, hf_bytes_of((const uint8_t[]){ 0 }, 1));
    }
    hf_der_wrap(&writer, HF_DER_SEQUENCE, writer.size);
    return hf_der_end(&writer, out);
}
