/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * EdDSA (RFC 8032) in the libcrypto device. Each call duplicates the context that was
 * prepared with the key. Contexts and the variants with a hash need libcrypto 3.2; there
 * they are parameters of one and the same operation.
 */
#include "openssl_curve.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

/* OSSL_SIGNATURE_PARAM_INSTANCE and ..._CONTEXT_STRING, which the headers of libcrypto
 * 3.0 do not have. */
#define INSTANCE "instance"
#define CONTEXT_STRING "context-string"
/* Of Ed448. */
#define SIGNATURE_LEN_MAX 114

bool hf_openssl_eddsa_has_instance(void)
{
    EVP_SIGNATURE *signature = EVP_SIGNATURE_fetch(NULL, "ED25519", NULL);
    const OSSL_PARAM *params = NULL;
    if (signature != NULL) {
        params = EVP_SIGNATURE_settable_ctx_params(signature);
    }
    bool has = params != NULL && OSSL_PARAM_locate_const(params, INSTANCE) != NULL &&
               OSSL_PARAM_locate_const(params, CONTEXT_STRING) != NULL;
    EVP_SIGNATURE_free(signature);
    return has;
}

/* libcrypto's name of the variant. */
static const char *instance_of(uint16_t algorithm)
{
    switch (algorithm) {
    case HF_ALG_ED25519:
        return "Ed25519";
    case HF_ALG_ED25519_CTX:
        return "Ed25519ctx";
    case HF_ALG_ED25519_PH:
        return "Ed25519ph";
    case HF_ALG_ED448:
        return "Ed448";
    default:
        return "Ed448ph";
    }
}

/* A duplicate of a prepared context, with the variant and the context of the operation.
 * The caller frees *ctx after an error too. */
static int start(const hf_openssl *openssl, const EVP_MD_CTX *prepared,
                 const hf_crypto_op *op, EVP_MD_CTX **ctx)
{
    bool is_plain = op->algorithm == HF_ALG_ED25519 || op->algorithm == HF_ALG_ED448;
    *ctx = EVP_MD_CTX_new();
    if (*ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    if (EVP_MD_CTX_copy_ex(*ctx, prepared) != 1) {
        return HF_ERR_CRYPTO;
    }
    if (is_plain && op->context.len == 0) {
        return HF_OK;
    }
    if (!openssl->has_instance) {
        return HF_ERR_NOTSUPPORTED;
    }
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(
            INSTANCE, (char *)(uintptr_t)instance_of(op->algorithm), 0),
        OSSL_PARAM_construct_octet_string(
            CONTEXT_STRING, (void *)(uintptr_t)op->context.data, op->context.len),
        OSSL_PARAM_construct_end(),
    };
    if (op->context.len == 0) {
        params[1] = OSSL_PARAM_construct_end(); /* no bytes at NULL are refused */
    }
    return EVP_PKEY_CTX_set_params(EVP_MD_CTX_get_pkey_ctx(*ctx), params) == 1
               ? HF_OK
               : HF_ERR_CRYPTO;
}

int hf_openssl_eddsa_sign(const hf_openssl *openssl, const hf_openssl_key *key,
                          const hf_crypto_op *op, hf_buffer *out)
{
    uint8_t signature[SIGNATURE_LEN_MAX];
    size_t len = sizeof(signature);
    EVP_MD_CTX *ctx = NULL;
    int rc = start(openssl, key->sign_md, op, &ctx);
    if (rc == HF_OK &&
        EVP_DigestSign(ctx, signature, &len, op->input.data, op->input.len) != 1) {
        rc = HF_ERR_CRYPTO;
    }
    if (rc == HF_OK) {
        rc = hf_buffer_append(out, hf_bytes_of(signature, len));
    }
    EVP_MD_CTX_free(ctx);
    return rc;
}

int hf_openssl_eddsa_verify(const hf_openssl *openssl, const hf_openssl_key *key,
                            const hf_crypto_op *op)
{
    if (op->signature.len != hf_key_type_find(op->key->type)->signature_len) {
        return HF_ERR_VERIFY;
    }
    EVP_MD_CTX *ctx = NULL;
    int rc = start(openssl, key->verify_md, op, &ctx);
    if (rc == HF_OK) {
        rc = hf_openssl_verify_status(EVP_DigestVerify(
            ctx, op->signature.data, op->signature.len, op->input.data, op->input.len));
    }
    EVP_MD_CTX_free(ctx);
    return rc;
}
