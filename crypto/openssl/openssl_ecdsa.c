/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * ECDSA in the libcrypto device, over a digest or over data. Each call duplicates the
 * context that was prepared with the key. libcrypto speaks DER; r || s is converted here.
 */
#include "openssl_curve.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include "holdfast/crypto_der.h"

/* Ecdsa-Sig-Value of a 521-bit curve. */
#define SIGNATURE_DER_LEN_MAX 141
/* OSSL_SIGNATURE_PARAM_NONCE_TYPE, which the headers of libcrypto 3.0 do not have, and
 * its value for RFC 6979. */
#define NONCE_TYPE "nonce-type"
#define NONCE_DETERMINISTIC 1u

bool hf_openssl_ecdsa_has_nonce_type(void)
{
    EVP_SIGNATURE *signature = EVP_SIGNATURE_fetch(NULL, "ECDSA", NULL);
    const OSSL_PARAM *params = NULL;
    if (signature != NULL) {
        params = EVP_SIGNATURE_settable_ctx_params(signature);
    }
    bool has = params != NULL && OSSL_PARAM_locate_const(params, NONCE_TYPE) != NULL;
    EVP_SIGNATURE_free(signature);
    return has;
}

static size_t field_len(uint32_t type)
{
    return hf_key_type_find(type)->signature_len / 2u;
}

/* What the signature is of: the digest that was given, or that of the message, in
 * `memory` of EVP_MAX_MD_SIZE bytes. */
static int digest_of(const hf_openssl *openssl, const hf_crypto_op *op, uint8_t *memory,
                     hf_bytes *digest)
{
    *digest = op->input;
    if (op->hash == 0 || op->is_digest) {
        return HF_OK;
    }
    hf_buffer out = hf_buffer_of(memory, EVP_MAX_MD_SIZE);
    int rc = hf_openssl_hash((void *)(uintptr_t)openssl, op->hash, op->input,
                             hf_algorithm_find(op->hash)->output_len, &out);
    *digest = hf_bytes_of(out.data, out.len);
    return rc;
}

/* RFC 6979: the nonce from key and digest. libcrypto knows the names of the hashes as
 * the algorithm table has them. */
static int set_deterministic(EVP_PKEY_CTX *ctx, uint16_t hash)
{
    unsigned type = NONCE_DETERMINISTIC;
    const char *name = hf_algorithm_find(hash)->name;
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST,
                                         (char *)(uintptr_t)name, 0),
        OSSL_PARAM_construct_uint(NONCE_TYPE, &type),
        OSSL_PARAM_construct_end(),
    };
    return EVP_PKEY_CTX_set_params(ctx, params) == 1 ? HF_OK : HF_ERR_CRYPTO;
}

/* Append a DER signature in the format that was asked for. */
static int append(const hf_crypto_op *op, hf_bytes der, hf_buffer *out)
{
    uint8_t raw[2 * HF_FIELD_LEN_MAX];
    size_t len = field_len(op->key->type);
    if (op->format == HF_SIGNATURE_DER) {
        return hf_buffer_append(out, der);
    }
    if (hf_signature_from_der(der, len, raw) != HF_OK) {
        return HF_ERR_CRYPTO;
    }
    return hf_buffer_append(out, hf_bytes_of(raw, 2 * len));
}

int hf_openssl_ecdsa_sign(const hf_openssl *openssl, const hf_openssl_key *key,
                          const hf_crypto_op *op, hf_buffer *out)
{
    uint8_t hashed[EVP_MAX_MD_SIZE];
    uint8_t der[SIGNATURE_DER_LEN_MAX];
    size_t len = sizeof(der);
    hf_bytes digest;
    int rc = digest_of(openssl, op, hashed, &digest);
    if (rc != HF_OK) {
        return rc;
    }
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(key->sign);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    if (op->algorithm == HF_ALG_ECDSA_DETERMINISTIC) {
        rc = set_deterministic(ctx, op->hash);
    }
    if (rc == HF_OK && EVP_PKEY_sign(ctx, der, &len, digest.data, digest.len) != 1) {
        rc = HF_ERR_CRYPTO;
    }
    if (rc == HF_OK) {
        rc = append(op, hf_bytes_of(der, len), out);
    }
    EVP_PKEY_CTX_free(ctx);
    return rc;
}

/* The signature as strict DER. libcrypto refuses other encodings too; this does not
 * depend on its version. */
static int signature_der(const hf_crypto_op *op, hf_buffer *der)
{
    uint8_t raw[2 * HF_FIELD_LEN_MAX];
    size_t len = field_len(op->key->type);
    if (op->format == HF_SIGNATURE_DER) {
        int rc = hf_signature_from_der(op->signature, len, raw);
        return rc != HF_OK ? rc : hf_buffer_append(der, op->signature);
    }
    if (op->signature.len != 2 * len) {
        return HF_ERR_VERIFY;
    }
    return hf_signature_to_der(op->signature.data, len, der);
}

/* FIPS 186-5 6.4.2 step 5: a signature that leads to the point at infinity is a wrong
 * one. libcrypto calls it an error, but it is no failure of the device: anybody can make
 * one for a digest of their choice. */
static int verify_digest(EVP_PKEY_CTX *ctx, hf_bytes der, hf_bytes digest)
{
    ERR_clear_error();
    int verified = EVP_PKEY_verify(ctx, der.data, der.len, digest.data, digest.len);
    if (verified < 0 && ERR_GET_REASON(ERR_peek_error()) == EC_R_POINT_AT_INFINITY) {
        return HF_ERR_VERIFY;
    }
    return hf_openssl_verify_status(verified);
}

int hf_openssl_ecdsa_verify(const hf_openssl *openssl, const hf_openssl_key *key,
                            const hf_crypto_op *op)
{
    uint8_t hashed[EVP_MAX_MD_SIZE];
    uint8_t memory[SIGNATURE_DER_LEN_MAX];
    hf_buffer der = hf_buffer_of(memory, sizeof(memory));
    hf_bytes digest;
    int rc = signature_der(op, &der);
    if (rc == HF_OK) {
        rc = digest_of(openssl, op, hashed, &digest);
    }
    if (rc != HF_OK) {
        return rc;
    }
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(key->verify);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    rc = verify_digest(ctx, hf_bytes_of(der.data, der.len), digest);
    EVP_PKEY_CTX_free(ctx);
    return rc;
}
