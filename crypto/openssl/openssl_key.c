/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys of the libcrypto device as bytes: generate, import, export, public key, by the
 * row of the key's family.
 */
#include "openssl_family.h"

#include <openssl/rand.h>

/* The generator keeps the block that it gave in part, the rest of a key's bytes with it:
 * have it begin another one. */
static int forget_block(void)
{
    uint8_t byte;
    return RAND_priv_bytes(&byte, sizeof(byte)) == 1 ? HF_OK : HF_ERR_RANDOM;
}

int hf_openssl_generate(void *context, uint32_t type, hf_buffer *out)
{
    const hf_openssl_family *family = hf_openssl_family_of(context, type);
    if (family == NULL || family->generate == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = family->generate(context, type, out);
    if (rc == HF_OK) {
        rc = forget_block();
    }
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_import(void *context, uint32_t type, const hf_key_encoding *encoding,
                      hf_bytes in, hf_buffer *out)
{
    const hf_openssl_family *family = hf_openssl_family_of(context, type);
    if (family == NULL || family->import == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = encoding->format == HF_FORMAT_ENCRYPTED
                 ? hf_openssl_import_encrypted(context, type, encoding, in, out)
                 : family->import(context, type, encoding->format, in, out);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_export(void *context, uint32_t type, uint16_t format, hf_bytes raw,
                      hf_buffer *out)
{
    if (format == HF_FORMAT_RAW) {
        return hf_buffer_append(out, raw);
    }
    const hf_openssl_family *family = hf_openssl_family_of(context, type);
    if (family == NULL || family->export_der == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = family->export_der(context, type, raw, out);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_public_key(void *context, const hf_crypto_key *key, hf_buffer *out)
{
    if (HF_KEY_CLASS(key->type) == HF_CLASS_PUBLIC) {
        return hf_buffer_append(out, key->material);
    }
    const hf_openssl_family *family = hf_openssl_family_of(context, key->type);
    if (family == NULL || family->public_key == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = family->public_key(context, key, out);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}
