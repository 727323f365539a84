/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * ECDSA over a digest and Ed25519 over a message, in the libcrypto device. Each call
 * duplicates the context that was prepared with the key. libcrypto speaks DER; r || s is
 * converted here.
 */
#include "openssl_curve.h"

#include "holdfast/crypto_der.h"

/* Ecdsa-Sig-Value of a 521-bit curve. */
#define SIGNATURE_DER_LEN_MAX 141
#define ED25519_SIGNATURE_LEN 64

static size_t field_len(uint32_t type)
{
    return hf_key_type_find(type)->signature_len / 2u;
}

/* Append a DER signature in the format that was asked for. */
static int append_ecdsa(const hf_crypto_op *op, hf_bytes der, hf_buffer *out)
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
    (void)openssl;
    uint8_t der[SIGNATURE_DER_LEN_MAX];
    size_t len = sizeof(der);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(key->sign);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = HF_ERR_CRYPTO;
    if (EVP_PKEY_sign(ctx, der, &len, op->input.data, op->input.len) == 1) {
        rc = append_ecdsa(op, hf_bytes_of(der, len), out);
    }
    EVP_PKEY_CTX_free(ctx);
    return rc;
}

int hf_openssl_eddsa_sign(const hf_openssl *openssl, const hf_openssl_key *key,
                          const hf_crypto_op *op, hf_buffer *out)
{
    (void)openssl;
    uint8_t signature[ED25519_SIGNATURE_LEN];
    size_t len = sizeof(signature);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = HF_ERR_CRYPTO;
    if (EVP_MD_CTX_copy_ex(ctx, key->sign_md) == 1 &&
        EVP_DigestSign(ctx, signature, &len, op->input.data, op->input.len) == 1) {
        rc = hf_buffer_append(out, hf_bytes_of(signature, len));
    }
    EVP_MD_CTX_free(ctx);
    return rc;
}

int hf_openssl_sign(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    const hf_openssl_family *family = hf_openssl_family_of(context, op->key->type);
    if (family == NULL || family->sign == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    hf_openssl_key *key = NULL;
    void *temporary = NULL;
    int rc = hf_openssl_borrow(context, op->key, &key, &temporary);
    if (rc == HF_OK) {
        rc = family->sign(context, key, op, out);
    }
    hf_openssl_parsed_destroy(context, temporary);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

/* The signature as strict DER. libcrypto refuses other encodings too; this does not
 * depend on its version. */
static int ecdsa_der(const hf_crypto_op *op, hf_buffer *der)
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

/* What libcrypto's verify functions return: 1, 0 for a wrong signature, or less. */
static int verify_status(int verified)
{
    if (verified == 1) {
        return HF_OK;
    }
    return verified == 0 ? HF_ERR_VERIFY : HF_ERR_CRYPTO;
}

int hf_openssl_ecdsa_verify(const hf_openssl *openssl, const hf_openssl_key *key,
                            const hf_crypto_op *op)
{
    (void)openssl;
    uint8_t memory[SIGNATURE_DER_LEN_MAX];
    hf_buffer der = hf_buffer_of(memory, sizeof(memory));
    int rc = ecdsa_der(op, &der);
    if (rc != HF_OK) {
        return rc;
    }
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(key->verify);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    rc = verify_status(
        EVP_PKEY_verify(ctx, der.data, der.len, op->input.data, op->input.len));
    EVP_PKEY_CTX_free(ctx);
    return rc;
}

int hf_openssl_eddsa_verify(const hf_openssl *openssl, const hf_openssl_key *key,
                            const hf_crypto_op *op)
{
    (void)openssl;
    if (op->signature.len != ED25519_SIGNATURE_LEN) {
        return HF_ERR_VERIFY;
    }
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = HF_ERR_CRYPTO;
    if (EVP_MD_CTX_copy_ex(ctx, key->verify_md) == 1) {
        rc = verify_status(EVP_DigestVerify(ctx, op->signature.data, op->signature.len,
                                            op->input.data, op->input.len));
    }
    EVP_MD_CTX_free(ctx);
    return rc;
}

int hf_openssl_verify(void *context, const hf_crypto_op *op)
{
    const hf_openssl_family *family = hf_openssl_family_of(context, op->key->type);
    if (family == NULL || family->verify == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    hf_openssl_key *key = NULL;
    void *temporary = NULL;
    int rc = hf_openssl_borrow(context, op->key, &key, &temporary);
    if (rc == HF_OK) {
        rc = family->verify(context, key, op);
    }
    hf_openssl_parsed_destroy(context, temporary);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_agree(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    const hf_openssl_family *family = hf_openssl_family_of(context, op->key->type);
    if (family == NULL || family->agree == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    hf_openssl_key *key = NULL;
    void *temporary = NULL;
    int rc = hf_openssl_borrow(context, op->key, &key, &temporary);
    if (rc == HF_OK) {
        rc = family->agree(context, key, op, out);
    }
    hf_openssl_parsed_destroy(context, temporary);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}
