/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Import and export of keys on curves: the structure of DER is read and written by
 * holdfast/crypto_der.h; what needs arithmetic is in the file of the family.
 */
#include "openssl_curve.h"

#include "holdfast/crypto_der.h"

/* The public key of a secret. */
static int compute_point(const hf_openssl *openssl, uint32_t type, hf_bytes secret,
                         hf_buffer *out)
{
    switch (HF_KEY_FAMILY(type)) {
    case HF_FAMILY_EC:
        return hf_openssl_ec_public(hf_openssl_ec_group(openssl, type), secret, out);
    case HF_FAMILY_EDWARDS:
        return hf_openssl_edwards_public(type, secret, out);
    default:
        return hf_openssl_montgomery_public(type, secret, out);
    }
}

static int check_point(const hf_openssl *openssl, uint32_t type, hf_bytes point)
{
    switch (HF_KEY_FAMILY(type)) {
    case HF_FAMILY_EC:
        return hf_openssl_ec_check_point(hf_openssl_ec_group(openssl, type), point);
    case HF_FAMILY_EDWARDS:
        return hf_openssl_edwards_check_point(type, point);
    default:
        /* RFC 7748 5: every string of the right length is a u-coordinate, and it has
         * that: hf_crypto and hf_key_der_decode checked it. */
        return HF_OK;
    }
}

/* Is the secret in range, and the public key beside it, if there is one, its own? */
static int check_secret(const hf_openssl *openssl, uint32_t type,
                        const hf_key_parts *parts)
{
    uint8_t memory[HF_OPENSSL_POINT_LEN_MAX];
    hf_buffer point = hf_buffer_of(memory, sizeof(memory));
    int rc = compute_point(openssl, type, parts->secret, &point);
    if (rc == HF_OK && parts->point.len != 0 &&
        (parts->point.len != point.len ||
         !hf_ct_equal(parts->point.data, point.data, point.len))) {
        rc = HF_ERR_KEY;
    }
    return rc;
}

static int import_parts(const hf_openssl *openssl, uint32_t type,
                        const hf_key_parts *parts, hf_buffer *out)
{
    bool is_public = HF_KEY_CLASS(type) == HF_CLASS_PUBLIC;
    int rc = is_public ? check_point(openssl, type, parts->point)
                       : check_secret(openssl, type, parts);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_buffer_append(out, is_public ? parts->point : parts->secret);
}

int hf_openssl_curve_import(const hf_openssl *openssl, uint32_t type, uint16_t format,
                            hf_bytes in, hf_buffer *out)
{
    hf_key_parts parts = { .secret = { .len = 0 } };
    int rc = HF_OK;
    if (format == HF_FORMAT_DER) {
        rc = hf_key_der_decode(type, in, &parts);
    } else if (format == HF_FORMAT_SEC1) {
        rc = hf_key_der_decode_sec1(type, in, &parts);
    } else if (format != HF_FORMAT_RAW) {
        rc = HF_ERR_NOTSUPPORTED;
    } else if (HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        parts.point = in;
    } else {
        parts.secret = in;
    }
    return rc == HF_OK ? import_parts(openssl, type, &parts, out) : rc;
}

int hf_openssl_curve_export_der(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                                hf_buffer *out)
{
    if (HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        return hf_key_der_encode(type, &(hf_key_parts){ .point = raw }, out);
    }
    uint8_t memory[HF_OPENSSL_POINT_LEN_MAX];
    hf_buffer point = hf_buffer_of(memory, sizeof(memory));
    int rc = compute_point(openssl, type, raw, &point);
    if (rc == HF_OK) {
        const hf_key_parts parts = { .secret = raw,
                                     .point = hf_bytes_of(point.data, point.len) };
        rc = hf_key_der_encode(type, &parts, out);
    }
    return rc;
}

int hf_openssl_curve_public_key(const hf_openssl *openssl, const hf_crypto_key *key,
                                hf_buffer *out)
{
    return compute_point(openssl, key->type, key->material, out);
}
