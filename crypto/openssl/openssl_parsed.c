/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Parsed keys of the libcrypto device: an EVP_PKEY and a prepared context per operation,
 * from which each call makes its own (see openssl_device.h). Immutable after parse, so
 * any number of threads share one. What is in it is the matter of the key's family.
 */
#include "openssl_family.h"

#include <openssl/crypto.h>

int hf_openssl_parse(void *context, uint32_t type, hf_bytes raw, void **parsed)
{
    const hf_openssl_family *family = hf_openssl_family_of(context, type);
    *parsed = NULL;
    if (family == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    if (family->parse == NULL) {
        return HF_OK;
    }
    hf_openssl_key *made = OPENSSL_zalloc(sizeof(*made));
    if (made == NULL) {
        return hf_openssl_failed(HF_ERR_NOMEM);
    }
    int rc = family->parse(context, type, raw, made);
    if (rc != HF_OK) {
        hf_openssl_parsed_destroy(context, made);
        return hf_openssl_failed(rc);
    }
    *parsed = made;
    return HF_OK;
}

void hf_openssl_parsed_destroy(void *context, void *parsed)
{
    (void)context;
    hf_openssl_key *key = parsed;
    if (key == NULL) {
        return;
    }
    /* libcrypto clears private numbers and MAC keys when it frees them. */
    EVP_PKEY_CTX_free(key->sign);
    EVP_PKEY_CTX_free(key->verify);
    EVP_PKEY_CTX_free(key->agree);
    EVP_PKEY_CTX_free(key->encrypt);
    EVP_PKEY_CTX_free(key->decrypt);
    EVP_MD_CTX_free(key->sign_md);
    EVP_MD_CTX_free(key->verify_md);
    EVP_CIPHER_CTX_free(key->gcm);
    for (size_t i = 0; i < HF_OPENSSL_KEY_MACS; i++) {
        EVP_MAC_CTX_free(key->macs[i]);
    }
    EVP_PKEY_free(key->pkey);
    OPENSSL_free(key);
}

int hf_openssl_prepare_md(uint32_t type, hf_openssl_key *made)
{
    made->verify_md = EVP_MD_CTX_new();
    if (made->verify_md == NULL ||
        EVP_DigestVerifyInit_ex(made->verify_md, NULL, NULL, NULL, NULL, made->pkey,
                                NULL) != 1) {
        return HF_ERR_CRYPTO;
    }
    if (HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        return HF_OK;
    }
    made->sign_md = EVP_MD_CTX_new();
    if (made->sign_md == NULL || EVP_DigestSignInit_ex(made->sign_md, NULL, NULL, NULL,
                                                       NULL, made->pkey, NULL) != 1) {
        return HF_ERR_CRYPTO;
    }
    return HF_OK;
}

int hf_openssl_raw_public(const EVP_PKEY *pkey, hf_buffer *out)
{
    size_t len = out->size - out->len;
    if (EVP_PKEY_get_raw_public_key(pkey, out->data + out->len, &len) != 1) {
        return HF_ERR_CRYPTO;
    }
    out->len += len;
    return HF_OK;
}

int hf_openssl_borrow(const hf_openssl *openssl, const hf_crypto_key *key,
                      hf_openssl_key **parsed, void **temporary)
{
    *temporary = NULL;
    *parsed = key->parsed;
    if (key->parsed != NULL) {
        return HF_OK;
    }
    int rc =
        hf_openssl_parse((void *)(uintptr_t)openssl, key->type, key->material, temporary);
    *parsed = *temporary;
    return rc;
}
