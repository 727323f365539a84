/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The libcrypto device: its life, what it supports, its random generator and its table of
 * operations. The algorithms are fetched here once, not per call. A concurrent device: it
 * has no lock, nothing changes after open.
 */
#include "openssl_family.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>

/* Bytes of a block of libcrypto's generators: CTR_DRBG with AES (SP 800-90A 10.2.1). */
#define RANDOM_BLOCK_LEN 16u
/* The most that one call of RAND_bytes is asked for. */
#define RANDOM_PART_MAX (HF_OPENSSL_LEN_MAX / RANDOM_BLOCK_LEN * RANDOM_BLOCK_LEN)

int hf_openssl_failed(int status)
{
    ERR_clear_error();
    return status;
}

static bool has_algorithm(const hf_openssl *openssl, const hf_algorithm *row,
                          uint32_t key_type)
{
    const hf_openssl_family *family = hf_openssl_family_find(row->family);
    switch (row->class) {
    case HF_CLASS_HASH:
        return hf_openssl_md(openssl, row->id) != NULL;
    case HF_CLASS_MAC:
        return hf_openssl_mac_has(openssl, row->id, key_type);
    case HF_CLASS_CIPHER:
    case HF_CLASS_AEAD:
        return hf_openssl_cipher_has(openssl, row->id, key_type);
    case HF_CLASS_SIGNATURE:
    case HF_CLASS_ASYMMETRIC:
    case HF_CLASS_AGREE:
    case HF_CLASS_KEM:
        return family != NULL && family->has_algorithm != NULL &&
               family->has_algorithm(openssl, row->id);
    case HF_CLASS_KDF:
        return hf_openssl_has_kdf(row->id);
    default:
        return false;
    }
}

static bool is_key_supported(void *context, uint32_t key_type)
{
    return hf_openssl_family_of(context, key_type) != NULL;
}

static bool is_supported(void *context, uint16_t algorithm, uint32_t key_type)
{
    const hf_algorithm *row = hf_algorithm_find(algorithm);
    return row != NULL && has_algorithm(context, row, key_type) &&
           (key_type == 0 || is_key_supported(context, key_type)) &&
           (hf_algorithm_fits(row, key_type, false) ||
            (key_type != 0 && hf_algorithm_fits(row, key_type, true)));
}

/* RAND_bytes: the generator for what may be seen; keys come from the private one. Both
 * are of the calling thread. A generator keeps the block that it gave in part, so it is
 * asked for whole blocks only. */
static int random_bytes(void *context, uint8_t *out, size_t len)
{
    uint8_t block[RANDOM_BLOCK_LEN];
    size_t last_len = len % sizeof(block);
    size_t whole_len = len - last_len;
    (void)context;
    while (whole_len > 0) {
        size_t part = whole_len < RANDOM_PART_MAX ? whole_len : RANDOM_PART_MAX;
        if (RAND_bytes(out, (int)part) != 1) {
            return hf_openssl_failed(HF_ERR_RANDOM);
        }
        out += part;
        whole_len -= part;
    }
    int rc = HF_OK;
    if (last_len > 0 && RAND_bytes(block, sizeof(block)) == 1) {
        memcpy(out, block, last_len);
    } else if (last_len > 0) {
        rc = hf_openssl_failed(HF_ERR_RANDOM);
    }
    hf_wipe(block, sizeof(block));
    return rc;
}

static bool is_asymmetric(const hf_crypto_op *op)
{
    return hf_algorithm_find_class(op->algorithm, HF_CLASS_ASYMMETRIC) != NULL;
}

static int encrypt(void *context, const hf_crypto_op *op, hf_buffer *out, hf_buffer *tag)
{
    return is_asymmetric(op) ? hf_openssl_asymmetric_encrypt(context, op, out)
                             : hf_openssl_encrypt(context, op, out, tag);
}

static int decrypt(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    return is_asymmetric(op) ? hf_openssl_asymmetric_decrypt(context, op, out)
                             : hf_openssl_decrypt(context, op, out);
}

static const hf_crypto_device_ops device_ops = {
    .is_supported = is_supported,
    .is_key_supported = is_key_supported,
    .random = random_bytes,
    .generate = hf_openssl_generate,
    .import = hf_openssl_import,
    .export = hf_openssl_export,
    .public_key = hf_openssl_public_key,
    .parse = hf_openssl_parse,
    .parsed_destroy = hf_openssl_parsed_destroy,
    .hash = hf_openssl_hash,
    .stream_open = hf_openssl_stream_open,
    .stream_update = hf_openssl_stream_update,
    .stream_finish = hf_openssl_stream_finish,
    .stream_close = hf_openssl_stream_close,
    .mac = hf_openssl_mac,
    .sign = hf_openssl_sign,
    .verify = hf_openssl_verify,
    .encrypt = encrypt,
    .decrypt = decrypt,
    .derive = hf_openssl_derive,
    .agree = hf_openssl_agree,
    .encapsulate = hf_openssl_encapsulate,
    .decapsulate = hf_openssl_decapsulate,
    .wipe = hf_openssl_wipe,
};

hf_crypto_device_config hf_openssl_device(hf_openssl *openssl)
{
    return (hf_crypto_device_config){ .ops = &device_ops,
                                      .context = openssl,
                                      .name = "openssl" };
}

static int fetch(hf_openssl *openssl)
{
    hf_openssl_hash_open(openssl);
    hf_openssl_cipher_open(openssl);
    int rc = hf_openssl_mac_open(openssl);
    if (rc == HF_OK) {
        rc = hf_openssl_kdf_open(openssl);
    }
    return rc == HF_OK ? hf_openssl_families_open(openssl) : rc;
}

int hf_openssl_open(hf_openssl **openssl)
{
    if (openssl == NULL) {
        return HF_ERR_ARG;
    }
    *openssl = NULL;
    hf_openssl *made = OPENSSL_zalloc(sizeof(*made));
    if (made == NULL) {
        return hf_openssl_failed(HF_ERR_NOMEM);
    }
    int rc = fetch(made);
    if (rc != HF_OK) {
        hf_openssl_close(made);
        return hf_openssl_failed(rc);
    }
    *openssl = made;
    return HF_OK;
}

void hf_openssl_close(hf_openssl *openssl)
{
    if (openssl == NULL) {
        return;
    }
    hf_openssl_hash_close(openssl);
    hf_openssl_mac_close(openssl);
    hf_openssl_cipher_close(openssl);
    hf_openssl_kdf_close(openssl);
    hf_openssl_families_close(openssl);
    OPENSSL_free(openssl);
}
