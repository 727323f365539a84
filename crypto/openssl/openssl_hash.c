/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Hashes of the libcrypto device, in one call and as streams. A stream is an EVP_MD_CTX;
 * its intermediate digest is taken from a copy, so the stream goes on. EVP_MD_CTX_free
 * wipes.
 */
#include "openssl_device.h"

static const EVP_MD *find_md(const hf_openssl *openssl, uint16_t algorithm)
{
    switch (algorithm) {
    case HF_ALG_SHA256:
        return openssl->sha256;
    case HF_ALG_SHA384:
        return openssl->sha384;
    case HF_ALG_SHA512:
        return openssl->sha512;
    default:
        return NULL;
    }
}

int hf_openssl_hash(void *context, uint16_t algorithm, hf_bytes input, size_t output_len,
                    hf_buffer *out)
{
    (void)output_len;
    const EVP_MD *md = find_md(context, algorithm);
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (md == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    if (EVP_Digest(input.data, input.len, digest, &len, md, NULL) != 1) {
        return hf_openssl_failed(HF_ERR_CRYPTO);
    }
    int rc = hf_buffer_append(out, hf_bytes_of(digest, len));
    hf_wipe(digest, sizeof(digest)); /* it may be a derived secret of the client */
    return rc;
}

int hf_openssl_stream_open(void *context, const hf_crypto_op *op, bool is_backward,
                           void **stream)
{
    const EVP_MD *md = find_md(context, op->algorithm);
    (void)is_backward;
    if (md == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL) {
        return hf_openssl_failed(HF_ERR_NOMEM);
    }
    if (EVP_DigestInit_ex2(ctx, md, NULL) != 1) {
        EVP_MD_CTX_free(ctx);
        return hf_openssl_failed(HF_ERR_CRYPTO);
    }
    *stream = ctx;
    return HF_OK;
}

int hf_openssl_stream_update(void *context, void *stream, hf_bytes input, hf_buffer *out)
{
    (void)context;
    (void)out;
    if (input.len > 0 && EVP_DigestUpdate(stream, input.data, input.len) != 1) {
        return hf_openssl_failed(HF_ERR_CRYPTO);
    }
    return HF_OK;
}

int hf_openssl_stream_finish(void *context, void *stream, hf_buffer *out, hf_buffer *tag)
{
    (void)context;
    (void)tag;
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    if (copy == NULL) {
        return hf_openssl_failed(HF_ERR_NOMEM);
    }
    int rc = HF_OK;
    if (EVP_MD_CTX_copy_ex(copy, stream) != 1 ||
        EVP_DigestFinal_ex(copy, digest, &len) != 1) {
        rc = hf_openssl_failed(HF_ERR_CRYPTO);
    }
    EVP_MD_CTX_free(copy);
    if (rc == HF_OK) {
        rc = hf_buffer_append(out, hf_bytes_of(digest, len));
    }
    hf_wipe(digest, sizeof(digest));
    return rc;
}

void hf_openssl_stream_close(void *context, void *stream)
{
    (void)context;
    EVP_MD_CTX_free(stream);
}
