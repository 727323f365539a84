/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Parsed keys of the libcrypto device: an EVP_PKEY and a prepared context per operation,
 * from which each call makes its own (see openssl_device.h). Immutable after parse, so
 * any number of threads share one. AES keys have none: a key schedule costs less than a
 * duplicate.
 */
#include "openssl_device.h"

#include <openssl/crypto.h>

static int prepare_ec(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                      hf_openssl_key *made)
{
    const EC_GROUP *group = hf_openssl_ec_group(openssl, type);
    if (group == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = hf_openssl_ec_parse(group, type, raw, &made->pkey);
    if (rc != HF_OK) {
        return rc;
    }
    made->verify = EVP_PKEY_CTX_new_from_pkey(NULL, made->pkey, NULL);
    if (made->verify == NULL || EVP_PKEY_verify_init(made->verify) != 1) {
        return HF_ERR_CRYPTO;
    }
    if (HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        return HF_OK;
    }
    made->sign = EVP_PKEY_CTX_new_from_pkey(NULL, made->pkey, NULL);
    if (made->sign == NULL || EVP_PKEY_sign_init(made->sign) != 1) {
        return HF_ERR_CRYPTO;
    }
    return HF_OK;
}

static int prepare_edwards(uint32_t type, hf_bytes raw, hf_openssl_key *made)
{
    int rc = hf_openssl_edwards_parse(type, raw, &made->pkey);
    if (rc != HF_OK) {
        return rc;
    }
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

static int prepare(hf_openssl *openssl, uint32_t type, hf_bytes raw, hf_openssl_key *made)
{
    switch (HF_KEY_FAMILY(type)) {
    case HF_FAMILY_GENERIC:
        return hf_openssl_mac_parse(openssl, raw, made);
    case HF_FAMILY_EC:
        return prepare_ec(openssl, type, raw, made);
    case HF_FAMILY_EDWARDS:
        return prepare_edwards(type, raw, made);
    default:
        return HF_ERR_NOTSUPPORTED;
    }
}

int hf_openssl_parse(void *context, uint32_t type, hf_bytes raw, void **parsed)
{
    *parsed = NULL;
    if (HF_KEY_FAMILY(type) == HF_FAMILY_AES) {
        return HF_OK;
    }
    hf_openssl_key *made = OPENSSL_zalloc(sizeof(*made));
    if (made == NULL) {
        return hf_openssl_failed(HF_ERR_NOMEM);
    }
    int rc = prepare(context, type, raw, made);
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
    EVP_MD_CTX_free(key->sign_md);
    EVP_MD_CTX_free(key->verify_md);
    EVP_MAC_CTX_free(key->mac);
    EVP_PKEY_free(key->pkey);
    OPENSSL_free(key);
}

int hf_openssl_borrow(hf_openssl *openssl, const hf_crypto_key *key,
                      hf_openssl_key **parsed, void **temporary)
{
    *temporary = NULL;
    *parsed = key->parsed;
    if (key->parsed != NULL) {
        return HF_OK;
    }
    int rc = hf_openssl_parse(openssl, key->type, key->material, temporary);
    *parsed = *temporary;
    return rc;
}
