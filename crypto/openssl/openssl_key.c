/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys of the libcrypto device as bytes: generate, import, export, public key. The
 * structure of DER is read and written by holdfast/crypto_der.h; what needs arithmetic is
 * in openssl_ec.c and openssl_edwards.c.
 */
#include "openssl_device.h"

#include <openssl/rand.h>

#include "holdfast/crypto_der.h"

#define HMAC_GENERATED_LEN 32
#define SECRET_LEN_MAX 66
#define POINT_LEN_MAX 133

/* A key that is any string of `len` bytes: symmetric, or an Edwards seed (RFC 8032
 * 5.1.5). */
static int generate_bytes(size_t len, hf_buffer *out)
{
    uint8_t bytes[SECRET_LEN_MAX];
    if (len > sizeof(bytes)) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = HF_ERR_RANDOM;
    if (RAND_priv_bytes(bytes, (int)len) == 1) {
        rc = hf_buffer_append(out, hf_bytes_of(bytes, len));
    }
    hf_wipe(bytes, sizeof(bytes));
    return rc;
}

/* The generator keeps the block that it gave in part, the rest of a key's bytes with it:
 * have it begin another one. */
static int forget_block(void)
{
    uint8_t byte;
    return RAND_priv_bytes(&byte, sizeof(byte)) == 1 ? HF_OK : HF_ERR_RANDOM;
}

int hf_openssl_generate(void *context, uint32_t type, hf_buffer *out)
{
    const hf_key_type_info *info = hf_key_type_find(type);
    const EC_GROUP *group = hf_openssl_ec_group(context, type);
    int rc = HF_OK;
    if (group != NULL) {
        rc = hf_openssl_ec_generate(group, info->raw_len_max, out);
    } else if (type == HF_KEY_HMAC) {
        rc = generate_bytes(HMAC_GENERATED_LEN, out);
    } else {
        rc = generate_bytes(info->raw_len_max, out);
    }
    if (rc == HF_OK) {
        rc = forget_block();
    }
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

/* The public key of a secret. */
static int compute_point(const hf_openssl *openssl, uint32_t type, hf_bytes secret,
                         hf_buffer *out)
{
    const EC_GROUP *group = hf_openssl_ec_group(openssl, type);
    if (group != NULL) {
        return hf_openssl_ec_public(group, secret, out);
    }
    return hf_openssl_edwards_public(secret, out);
}

static int check_point(const hf_openssl *openssl, uint32_t type, hf_bytes point)
{
    const EC_GROUP *group = hf_openssl_ec_group(openssl, type);
    if (group != NULL) {
        return hf_openssl_ec_check_point(group, point);
    }
    return hf_openssl_edwards_check_point(point);
}

/* Is the secret in range, and the public key beside it, if there is one, its own? */
static int check_secret(const hf_openssl *openssl, uint32_t type,
                        const hf_key_parts *parts)
{
    uint8_t memory[POINT_LEN_MAX];
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

int hf_openssl_import(void *context, uint32_t type, const hf_key_encoding *encoding,
                      hf_bytes in, hf_buffer *out)
{
    uint16_t format = encoding->format;
    if (format > HF_FORMAT_DER) {
        return HF_ERR_NOTSUPPORTED;
    }
    if (HF_KEY_CLASS(type) == HF_CLASS_SECRET) {
        return hf_buffer_append(out, in);
    }
    hf_key_parts parts = { .secret = { .len = 0 } };
    int rc = HF_OK;
    if (format == HF_FORMAT_DER) {
        rc = hf_key_der_decode(type, in, &parts);
    } else if (HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        parts.point = in;
    } else {
        parts.secret = in;
    }
    if (rc == HF_OK) {
        rc = import_parts(context, type, &parts, out);
    }
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_export(void *context, uint32_t type, uint16_t format, hf_bytes raw,
                      hf_buffer *out)
{
    if (format == HF_FORMAT_RAW) {
        return hf_buffer_append(out, raw);
    }
    if (HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        return hf_key_der_encode(type, &(hf_key_parts){ .point = raw }, out);
    }
    uint8_t memory[POINT_LEN_MAX];
    hf_buffer point = hf_buffer_of(memory, sizeof(memory));
    int rc = compute_point(context, type, raw, &point);
    if (rc == HF_OK) {
        const hf_key_parts parts = { .secret = raw,
                                     .point = hf_bytes_of(point.data, point.len) };
        rc = hf_key_der_encode(type, &parts, out);
    }
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_public_key(void *context, const hf_crypto_key *key, hf_buffer *out)
{
    if (HF_KEY_CLASS(key->type) == HF_CLASS_PUBLIC) {
        return hf_buffer_append(out, key->material);
    }
    int rc = compute_point(context, key->type, key->material, out);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}
