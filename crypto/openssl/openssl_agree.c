/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Diffie-Hellman of the libcrypto device, on all curves alike. Each call duplicates the
 * context that was prepared with the key and gives it the peer.
 */
#include "openssl_curve.h"

/* Of X25519, X448 and P-521, the longest. */
#define SECRET_LEN_MAX HF_SHARED_SECRET_LEN_MAX

int hf_openssl_agree_prepare(hf_openssl_key *made)
{
    made->agree = EVP_PKEY_CTX_new_from_pkey(NULL, made->pkey, NULL);
    if (made->agree == NULL || EVP_PKEY_derive_init(made->agree) != 1) {
        return HF_ERR_CRYPTO;
    }
    return HF_OK;
}

int hf_openssl_agree_with(const hf_openssl_key *key, EVP_PKEY *peer, size_t len,
                          hf_buffer *out)
{
    uint8_t secret[SECRET_LEN_MAX] = { 0 };
    size_t secret_len = sizeof(secret);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(key->agree);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = HF_ERR_CRYPTO;
    /* The caller has checked the peer: libcrypto's own check would multiply by the
     * order, which on curves of cofactor 1 tells nothing more. */
    if (EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) == 1) {
        bool has_secret = EVP_PKEY_derive(ctx, secret, &secret_len) == 1;
        if (!has_secret) {
            /* With a checked peer, this is what libcrypto says to the neutral element. */
            rc = HF_ERR_KEY;
        } else if (secret_len == len) {
            rc = hf_buffer_append(out, hf_bytes_of(secret, len));
        }
    }
    EVP_PKEY_CTX_free(ctx);
    hf_wipe(secret, sizeof(secret));
    return rc;
}
