/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Hashes, MACs and ciphers in steps: start, update, finish. What is computed in one call
 * and what is a stream are made of the same ones, so they cannot differ.
 *
 * Start may leave a context also after an error; the caller frees it in any case, which
 * wipes it. None of them touches libcrypto's error queue: the caller does
 * (hf_openssl_failed). One thread at a time uses a context; the device is only read.
 */
#ifndef HF_OPENSSL_STREAM_H
#define HF_OPENSSL_STREAM_H

#include "openssl_device.h"

#define HF_OPENSSL_BLOCK_LEN 16u /* of AES, bytes */

/* Where the next bytes of a buffer go; a buffer without memory has only room for none. */
static inline uint8_t *hf_openssl_end_of(const hf_buffer *buffer)
{
    return buffer->data == NULL ? NULL : buffer->data + buffer->len;
}

/* openssl_hash.c */
int hf_openssl_hash_start(const hf_openssl *openssl, uint16_t algorithm, EVP_MD_CTX **ctx)
    HF_MUST_CHECK;
int hf_openssl_hash_update(EVP_MD_CTX *ctx, hf_bytes input) HF_MUST_CHECK;
/* Append the digest, which must have output_len bytes, or as many of a XOF. */
int hf_openssl_hash_finish(EVP_MD_CTX *ctx, size_t output_len, hf_buffer *out)
    HF_MUST_CHECK;

/* openssl_mac.c: HMAC and CMAC */
int hf_openssl_mac_start(const hf_openssl *openssl, const hf_crypto_op *op,
                         EVP_MAC_CTX **ctx) HF_MUST_CHECK;
int hf_openssl_mac_update(EVP_MAC_CTX *ctx, hf_bytes input) HF_MUST_CHECK;
/* Append the first output_len bytes of the MAC. */
int hf_openssl_mac_finish(EVP_MAC_CTX *ctx, size_t output_len, hf_buffer *out)
    HF_MUST_CHECK;

/* openssl_cipher.c. Slices are not longer than HF_OPENSSL_LEN_MAX; output buffers have
 * room for the text and a block. A GMAC is a cipher that gets aad only. */
int hf_openssl_cipher_start(const hf_openssl *openssl, const hf_crypto_op *op,
                            bool is_backward, EVP_CIPHER_CTX **ctx) HF_MUST_CHECK;
int hf_openssl_gmac_start(const hf_openssl *openssl, const hf_crypto_op *op,
                          EVP_CIPHER_CTX **ctx) HF_MUST_CHECK;
bool hf_openssl_cipher_aad(EVP_CIPHER_CTX *ctx, hf_bytes aad) HF_MUST_CHECK;
bool hf_openssl_cipher_text(EVP_CIPHER_CTX *ctx, hf_bytes text, hf_buffer *out)
    HF_MUST_CHECK;
bool hf_openssl_cipher_end(EVP_CIPHER_CTX *ctx, hf_buffer *out) HF_MUST_CHECK;
bool hf_openssl_cipher_tag(EVP_CIPHER_CTX *ctx, size_t len, hf_buffer *tag) HF_MUST_CHECK;

/* How many bytes of the last block are not padding, 0 .. 15 (RFC 5652 6.3), in a time
 * that does not depend on the block. HF_ERR_VERIFY when it does not end in a padding. */
int hf_openssl_unpad(const uint8_t block[HF_OPENSSL_BLOCK_LEN], size_t *len)
    HF_MUST_CHECK;

#endif
