/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * HMAC-SHA-256 of the libcrypto device. Each call works on a duplicate of a template: the
 * device's, which has the digest, or the parsed key's, which also has the key.
 */
#include "openssl_device.h"

#include <openssl/crypto.h>

/* A context that is ready for input. */
static int start(const hf_openssl *openssl, const hf_crypto_key *key, EVP_MAC_CTX **ctx)
{
    const hf_openssl_key *parsed = key->parsed;
    *ctx = EVP_MAC_CTX_dup(parsed != NULL ? parsed->mac : openssl->hmac_sha256);
    if (*ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    if (parsed == NULL &&
        EVP_MAC_init(*ctx, key->material.data, key->material.len, NULL) != 1) {
        return HF_ERR_CRYPTO;
    }
    return HF_OK;
}

int hf_openssl_mac(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    uint8_t mac[EVP_MAX_MD_SIZE];
    size_t len = 0;
    EVP_MAC_CTX *ctx = NULL;
    if (op->algorithm != HF_ALG_HMAC_SHA256) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = start(context, op->key, &ctx);
    if (rc == HF_OK && (EVP_MAC_update(ctx, op->input.data, op->input.len) != 1 ||
                        EVP_MAC_final(ctx, mac, &len, sizeof(mac)) != 1)) {
        rc = HF_ERR_CRYPTO;
    }
    EVP_MAC_CTX_free(ctx);
    if (rc == HF_OK) {
        rc = hf_buffer_append(out, hf_bytes_of(mac, len));
    }
    hf_wipe(mac, sizeof(mac));
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_mac_parse(const hf_openssl *openssl, hf_bytes raw, hf_openssl_key *parsed)
{
    const hf_crypto_key key = { .type = HF_KEY_HMAC, .material = raw };
    return start(openssl, &key, &parsed->mac);
}
