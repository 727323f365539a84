/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * X25519 and X448 (RFC 7748) in the libcrypto device: keys and agreement.
 */
#include "openssl_curve.h"

#include <openssl/crypto.h>

static int make_pkey(uint32_t type, hf_bytes raw, EVP_PKEY **pkey)
{
    const char *name = HF_KEY_PARAMETER(type) == HF_CURVE_X25519 ? "X25519" : "X448";
    *pkey = HF_KEY_CLASS(type) == HF_CLASS_PUBLIC
                ? EVP_PKEY_new_raw_public_key_ex(NULL, name, NULL, raw.data, raw.len)
                : EVP_PKEY_new_raw_private_key_ex(NULL, name, NULL, raw.data, raw.len);
    return *pkey != NULL ? HF_OK : HF_ERR_CRYPTO;
}

int hf_openssl_montgomery_public(uint32_t type, hf_bytes scalar, hf_buffer *out)
{
    EVP_PKEY *pkey = NULL;
    int rc = make_pkey(type, scalar, &pkey);
    if (rc == HF_OK) {
        rc = hf_openssl_raw_public(pkey, out);
    }
    EVP_PKEY_free(pkey);
    return rc;
}

/* RFC 7748 5: any string is a scalar; decodeScalar sets and clears bits of it at each
 * use. A new one has them so from the start, because some programs ask for it. */
static int generate(const hf_openssl *openssl, uint32_t type, hf_buffer *out)
{
    (void)openssl;
    bool is_x25519 = HF_KEY_PARAMETER(type) == HF_CURVE_X25519;
    size_t len = hf_key_type_find(type)->raw_len_max;
    int rc = hf_openssl_generate_bytes(len, out);
    if (rc == HF_OK) {
        uint8_t *scalar = out->data + out->len - len;
        scalar[0] &= is_x25519 ? 0xF8u : 0xFCu;
        scalar[len - 1] &= is_x25519 ? 0x7Fu : 0xFFu;
        scalar[len - 1] |= is_x25519 ? 0x40u : 0x80u;
    }
    return rc;
}

static int parse(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                 hf_openssl_key *made)
{
    (void)openssl;
    int rc = make_pkey(type, raw, &made->pkey);
    if (rc != HF_OK || HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        return rc;
    }
    return hf_openssl_agree_prepare(made);
}

/* RFC 7748 6.1, 6.2. The time does not tell where a byte is not zero. */
static bool is_zero(const uint8_t *secret, size_t len)
{
    uint8_t any = 0;
    for (size_t i = 0; i < len; i++) {
        any |= secret[i];
    }
    return any == 0;
}

static int agree(const hf_openssl *openssl, const hf_openssl_key *key,
                 const hf_crypto_op *op, hf_buffer *out)
{
    (void)openssl;
    size_t len = hf_key_type_find(op->key->type)->raw_len_max;
    const hf_openssl_key *parsed = op->peer->parsed;
    EVP_PKEY *made = NULL;
    int rc = HF_OK;
    if (parsed == NULL) {
        rc = make_pkey(op->peer->type, op->peer->material, &made);
    }
    if (rc == HF_OK) {
        rc = hf_openssl_agree_with(key, parsed != NULL ? parsed->pkey : made, len, out);
    }
    if (rc == HF_OK && is_zero(out->data + out->len - len, len)) {
        rc = HF_ERR_KEY;
    }
    EVP_PKEY_free(made);
    return rc;
}

static bool has_algorithm(const hf_openssl *openssl, uint16_t algorithm)
{
    (void)openssl;
    return algorithm == HF_ALG_XDH;
}

const hf_openssl_family hf_openssl_montgomery_family = {
    .family = HF_FAMILY_MONTGOMERY,
    .has_algorithm = has_algorithm,
    .generate = generate,
    .import = hf_openssl_curve_import,
    .export_der = hf_openssl_curve_export_der,
    .public_key = hf_openssl_curve_public_key,
    .parse = parse,
    .agree = agree,
};
