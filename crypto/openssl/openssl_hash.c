/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Hashes of the libcrypto device: one row each, fetched at open. What libcrypto's
 * providers do not have is not supported. Streams of them are in openssl_stream.c.
 */
#include "openssl_stream.h"

#include <openssl/err.h>

/* libcrypto's names, by the position of the algorithm's number. */
#define ROW(algorithm) [(algorithm)-HF_ALG_SHA1]
static const char *const names[HF_OPENSSL_HASH_COUNT] = {
    ROW(HF_ALG_SHA1) = "SHA1",
    ROW(HF_ALG_SHA224) = "SHA2-224",
    ROW(HF_ALG_SHA256) = "SHA2-256",
    ROW(HF_ALG_SHA384) = "SHA2-384",
    ROW(HF_ALG_SHA512) = "SHA2-512",
    ROW(HF_ALG_SHA512_224) = "SHA2-512/224",
    ROW(HF_ALG_SHA512_256) = "SHA2-512/256",
    ROW(HF_ALG_SHA3_224) = "SHA3-224",
    ROW(HF_ALG_SHA3_256) = "SHA3-256",
    ROW(HF_ALG_SHA3_384) = "SHA3-384",
    ROW(HF_ALG_SHA3_512) = "SHA3-512",
    ROW(HF_ALG_SHAKE128) = "SHAKE-128",
    ROW(HF_ALG_SHAKE256) = "SHAKE-256",
};

void hf_openssl_hash_open(hf_openssl *openssl)
{
    for (size_t i = 0; i < HF_OPENSSL_HASH_COUNT; i++) {
        openssl->md[i] = EVP_MD_fetch(NULL, names[i], NULL);
    }
    ERR_clear_error();
}

void hf_openssl_hash_close(hf_openssl *openssl)
{
    for (size_t i = 0; i < HF_OPENSSL_HASH_COUNT; i++) {
        EVP_MD_free(openssl->md[i]);
    }
}

const EVP_MD *hf_openssl_md(const hf_openssl *openssl, uint16_t algorithm)
{
    if (algorithm < HF_ALG_SHA1 || algorithm >= HF_ALG_SHA1 + HF_OPENSSL_HASH_COUNT) {
        return NULL;
    }
    return openssl->md[algorithm - HF_ALG_SHA1];
}

int hf_openssl_hash_start(const hf_openssl *openssl, uint16_t algorithm, EVP_MD_CTX **ctx)
{
    const EVP_MD *md = hf_openssl_md(openssl, algorithm);
    if (md == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    *ctx = EVP_MD_CTX_new();
    if (*ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    return EVP_DigestInit_ex2(*ctx, md, NULL) == 1 ? HF_OK : HF_ERR_CRYPTO;
}

int hf_openssl_hash_update(EVP_MD_CTX *ctx, hf_bytes input)
{
    bool is_good = input.len == 0 || EVP_DigestUpdate(ctx, input.data, input.len) == 1;
    return is_good ? HF_OK : HF_ERR_CRYPTO;
}

int hf_openssl_hash_finish(EVP_MD_CTX *ctx, size_t output_len, hf_buffer *out)
{
    const EVP_MD *md = EVP_MD_CTX_get0_md(ctx);
    uint8_t *end = hf_openssl_end_of(out);
    bool is_xof = (EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF) != 0;
    if (output_len > out->size - out->len ||
        (!is_xof && (size_t)EVP_MD_get_size(md) != output_len)) {
        return HF_ERR_SIZE;
    }
    int done = is_xof ? EVP_DigestFinalXOF(ctx, end, output_len)
                      : EVP_DigestFinal_ex(ctx, end, NULL);
    if (done != 1) {
        return HF_ERR_CRYPTO;
    }
    out->len += output_len;
    return HF_OK;
}

int hf_openssl_hash(void *context, uint16_t algorithm, hf_bytes input, size_t output_len,
                    hf_buffer *out)
{
    EVP_MD_CTX *ctx = NULL;
    int rc = hf_openssl_hash_start(context, algorithm, &ctx);
    if (rc == HF_OK) {
        rc = hf_openssl_hash_update(ctx, input);
    }
    if (rc == HF_OK) {
        rc = hf_openssl_hash_finish(ctx, output_len, out);
    }
    EVP_MD_CTX_free(ctx);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}
