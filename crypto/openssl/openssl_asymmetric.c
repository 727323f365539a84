/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Encryption with public keys and key encapsulation of the libcrypto device, by the row
 * of the key's family.
 */
#include "openssl_family.h"

int hf_openssl_asymmetric_encrypt(const hf_openssl *openssl, const hf_crypto_op *op,
                                  hf_buffer *out)
{
    const hf_openssl_family *family = hf_openssl_family_of(openssl, op->key->type);
    hf_openssl_key *key = NULL;
    void *temporary = NULL;
    if (family == NULL || family->encrypt == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = hf_openssl_borrow(openssl, op->key, &key, &temporary);
    if (rc == HF_OK) {
        rc = family->encrypt(openssl, key, op, out);
    }
    hf_openssl_parsed_destroy(NULL, temporary);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_asymmetric_decrypt(const hf_openssl *openssl, const hf_crypto_op *op,
                                  hf_buffer *out)
{
    const hf_openssl_family *family = hf_openssl_family_of(openssl, op->key->type);
    hf_openssl_key *key = NULL;
    void *temporary = NULL;
    if (family == NULL || family->decrypt == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = hf_openssl_borrow(openssl, op->key, &key, &temporary);
    if (rc == HF_OK) {
        rc = family->decrypt(openssl, key, op, out);
    }
    hf_openssl_parsed_destroy(NULL, temporary);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_encapsulate(void *context, const hf_crypto_op *op, hf_buffer *ciphertext,
                           hf_buffer *secret)
{
    const hf_openssl_family *family = hf_openssl_family_of(context, op->key->type);
    hf_openssl_key *key = NULL;
    void *temporary = NULL;
    if (family == NULL || family->encapsulate == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = hf_openssl_borrow(context, op->key, &key, &temporary);
    if (rc == HF_OK) {
        rc = family->encapsulate(context, key, ciphertext, secret);
    }
    hf_openssl_parsed_destroy(context, temporary);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_decapsulate(void *context, const hf_crypto_op *op, hf_buffer *secret)
{
    const hf_openssl_family *family = hf_openssl_family_of(context, op->key->type);
    hf_openssl_key *key = NULL;
    void *temporary = NULL;
    if (family == NULL || family->decapsulate == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = hf_openssl_borrow(context, op->key, &key, &temporary);
    if (rc == HF_OK) {
        rc = family->decapsulate(context, key, op, secret);
    }
    hf_openssl_parsed_destroy(context, temporary);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}
