/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * ML-KEM (FIPS 203), ML-DSA (FIPS 204) and SLH-DSA (FIPS 205) of the libcrypto device.
 * Signatures are pure: over the message, with the context that may be given. Each call
 * duplicates the context that was prepared with the key; contexts of encapsulation cannot
 * be duplicated and are made per call.
 */
#include "openssl_pq.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include "openssl_params.h"

/* Names of parameters, unknown to the headers of libcrypto before 3.5. */
#define PARAM_CONTEXT "context-string"
#define PARAM_DETERMINISTIC "deterministic"

static bool has_ml_kem(const hf_openssl *openssl, uint16_t algorithm)
{
    return algorithm == HF_ALG_ML_KEM &&
           hf_openssl_pq_has_type(openssl, HF_KEY_ML_KEM_768);
}

static bool has_ml_dsa(const hf_openssl *openssl, uint16_t algorithm)
{
    return algorithm == HF_ALG_ML_DSA &&
           hf_openssl_pq_has_type(openssl, HF_KEY_ML_DSA_65);
}

static bool has_slh_dsa(const hf_openssl *openssl, uint16_t algorithm)
{
    return algorithm == HF_ALG_SLH_DSA &&
           hf_openssl_pq_has_type(openssl, HF_KEY_SLH_DSA(HF_SLH_DSA_SHA2_128S));
}

/* ---- parsed keys ---- */

static int parse_kem(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                     hf_openssl_key *made)
{
    (void)openssl;
    return hf_openssl_pq_pkey(type, raw, &made->pkey);
}

static int parse_signature(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                           hf_openssl_key *made)
{
    (void)openssl;
    int rc = hf_openssl_pq_pkey(type, raw, &made->pkey);
    return rc == HF_OK ? hf_openssl_prepare_md(type, made) : rc;
}

/* ---- signatures ---- */

/* A duplicate of a template with the parameters of the operation; the caller frees *ctx,
 * also after an error. */
static int start(const EVP_MD_CTX *prepared, const hf_crypto_op *op, EVP_MD_CTX **ctx)
{
    const int is_deterministic = 1;
    hf_openssl_params list = hf_openssl_params_of();
    hf_openssl_params_optional(&list, PARAM_CONTEXT, op->context);
    if (op->is_deterministic) {
        hf_openssl_params_int(&list, PARAM_DETERMINISTIC, &is_deterministic);
    }
    *ctx = EVP_MD_CTX_new();
    if (*ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    if (EVP_MD_CTX_copy_ex(*ctx, prepared) != 1 ||
        (list.count != 0 &&
         EVP_PKEY_CTX_set_params(EVP_MD_CTX_get_pkey_ctx(*ctx), list.params) != 1)) {
        return HF_ERR_CRYPTO;
    }
    return HF_OK;
}

static int sign(const hf_openssl *openssl, const hf_openssl_key *key,
                const hf_crypto_op *op, hf_buffer *out)
{
    size_t len = out->size - out->len;
    EVP_MD_CTX *ctx = NULL;
    (void)openssl;
    int rc = start(key->sign_md, op, &ctx);
    if (rc == HF_OK && EVP_DigestSign(ctx, out->data + out->len, &len, op->input.data,
                                      op->input.len) != 1) {
        rc = HF_ERR_CRYPTO;
    }
    EVP_MD_CTX_free(ctx);
    if (rc == HF_OK) {
        out->len += len;
    }
    return rc;
}

static int verify(const hf_openssl *openssl, const hf_openssl_key *key,
                  const hf_crypto_op *op)
{
    EVP_MD_CTX *ctx = NULL;
    (void)openssl;
    if (op->signature.len != hf_key_type_find(op->key->type)->signature_len) {
        return HF_ERR_VERIFY;
    }
    int rc = start(key->verify_md, op, &ctx);
    if (rc == HF_OK) {
        rc = hf_openssl_verify_status(EVP_DigestVerify(
            ctx, op->signature.data, op->signature.len, op->input.data, op->input.len));
    }
    EVP_MD_CTX_free(ctx);
    return rc;
}

/* ---- encapsulation ---- */

static int encapsulate(const hf_openssl *openssl, const hf_openssl_key *key,
                       hf_buffer *ciphertext, hf_buffer *secret)
{
    size_t len = ciphertext->size - ciphertext->len;
    size_t secret_len = secret->size - secret->len;
    (void)openssl;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = HF_ERR_CRYPTO;
    if (EVP_PKEY_encapsulate_init(ctx, NULL) == 1 &&
        EVP_PKEY_encapsulate(ctx, ciphertext->data + ciphertext->len, &len,
                             secret->data + secret->len, &secret_len) == 1) {
        ciphertext->len += len;
        secret->len += secret_len;
        rc = HF_OK;
    }
    EVP_PKEY_CTX_free(ctx);
    return rc;
}

static int decapsulate(const hf_openssl *openssl, const hf_openssl_key *key,
                       const hf_crypto_op *op, hf_buffer *secret)
{
    size_t secret_len = secret->size - secret->len;
    (void)openssl;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = HF_ERR_CRYPTO;
    if (EVP_PKEY_decapsulate_init(ctx, NULL) == 1 &&
        EVP_PKEY_decapsulate(ctx, secret->data + secret->len, &secret_len, op->input.data,
                             op->input.len) == 1) {
        secret->len += secret_len;
        rc = HF_OK;
    }
    EVP_PKEY_CTX_free(ctx);
    return rc;
}

/* What there is, is found out for all families by the open of the first. */
const hf_openssl_family hf_openssl_ml_kem_family = {
    .family = HF_FAMILY_ML_KEM,
    .open = hf_openssl_pq_open,
    .has_type = hf_openssl_pq_has_type,
    .has_algorithm = has_ml_kem,
    .generate = hf_openssl_pq_generate,
    .import = hf_openssl_pq_import,
    .export_der = hf_openssl_pq_export_der,
    .public_key = hf_openssl_pq_public_key,
    .parse = parse_kem,
    .encapsulate = encapsulate,
    .decapsulate = decapsulate,
};

const hf_openssl_family hf_openssl_ml_dsa_family = {
    .family = HF_FAMILY_ML_DSA,
    .has_type = hf_openssl_pq_has_type,
    .has_algorithm = has_ml_dsa,
    .generate = hf_openssl_pq_generate,
    .import = hf_openssl_pq_import,
    .export_der = hf_openssl_pq_export_der,
    .public_key = hf_openssl_pq_public_key,
    .parse = parse_signature,
    .sign = sign,
    .verify = verify,
};

const hf_openssl_family hf_openssl_slh_dsa_family = {
    .family = HF_FAMILY_SLH_DSA,
    .has_type = hf_openssl_pq_has_type,
    .has_algorithm = has_slh_dsa,
    .generate = hf_openssl_pq_generate,
    .import = hf_openssl_pq_import,
    .export_der = hf_openssl_pq_export_der,
    .public_key = hf_openssl_pq_public_key,
    .parse = parse_signature,
    .sign = sign,
    .verify = verify,
};
