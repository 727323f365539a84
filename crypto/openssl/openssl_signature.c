/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Signatures and key agreement of the libcrypto device, by the row of the key's family.
 */
#include "openssl_family.h"

int hf_openssl_sign(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    const hf_openssl_family *family = hf_openssl_family_of(context, op->key->type);
    hf_openssl_key *key = NULL;
    void *temporary = NULL;
    if (family == NULL || family->sign == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = hf_openssl_borrow(context, op->key, &key, &temporary);
    if (rc == HF_OK) {
        rc = family->sign(context, key, op, out);
    }
    hf_openssl_parsed_destroy(context, temporary);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_verify(void *context, const hf_crypto_op *op)
{
    const hf_openssl_family *family = hf_openssl_family_of(context, op->key->type);
    hf_openssl_key *key = NULL;
    void *temporary = NULL;
    if (family == NULL || family->verify == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = hf_openssl_borrow(context, op->key, &key, &temporary);
    if (rc == HF_OK) {
        rc = family->verify(context, key, op);
    }
    hf_openssl_parsed_destroy(context, temporary);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_agree(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    const hf_openssl_family *family = hf_openssl_family_of(context, op->key->type);
    hf_openssl_key *key = NULL;
    void *temporary = NULL;
    if (family == NULL || family->agree == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = hf_openssl_borrow(context, op->key, &key, &temporary);
    if (rc == HF_OK) {
        rc = family->agree(context, key, op, out);
    }
    hf_openssl_parsed_destroy(context, temporary);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}
