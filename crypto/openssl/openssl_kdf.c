/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Key derivation in the libcrypto device: each function is a list of parameters for one
 * of libcrypto's, which are fetched at open. A context is made per call; freeing it wipes
 * the copy of the secret in it.
 */
#include "openssl_params.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>

/* The longest digest, which is the key between the two steps of TWO_STEP. */
#define EXTRACTED_LEN_MAX 64

/* A list that begins with the hash. */
static int start(const hf_openssl *openssl, const hf_crypto_op *op,
                 hf_openssl_params *list)
{
    const EVP_MD *md = hf_openssl_md(openssl, op->hash);
    *list = hf_openssl_params_of();
    if (md == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    hf_openssl_params_text(list, OSSL_KDF_PARAM_DIGEST, EVP_MD_get0_name(md));
    return HF_OK;
}

/* Append `len` bytes that the function gives. */
static int run(EVP_KDF *kdf, const hf_openssl_params *list, size_t len, hf_buffer *out)
{
    if (list->is_overfull) {
        return HF_ERR_CRYPTO;
    }
    if (len > out->size - out->len) {
        return HF_ERR_SIZE;
    }
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int ok = EVP_KDF_derive(ctx, out->data + out->len, len, list->params);
    EVP_KDF_CTX_free(ctx);
    if (ok != 1) {
        return HF_ERR_CRYPTO;
    }
    out->len += len;
    return HF_OK;
}

/* RFC 5869: one of its steps, or both. No salt is a salt of zeros (2.2), which is what
 * HMAC makes of an empty key. */
static int derive_hkdf_mode(const hf_openssl *openssl, const hf_crypto_op *op,
                            const char *mode, hf_buffer *out)
{
    hf_openssl_params list;
    int rc = start(openssl, op, &list);
    if (rc != HF_OK) {
        return rc;
    }
    hf_openssl_params_text(&list, OSSL_KDF_PARAM_MODE, mode);
    hf_openssl_params_octets(&list, OSSL_KDF_PARAM_KEY, op->key->material);
    hf_openssl_params_optional(&list, OSSL_KDF_PARAM_SALT, op->salt);
    hf_openssl_params_optional(&list, OSSL_KDF_PARAM_INFO, op->info);
    return run(openssl->hkdf, &list, op->output_len, out);
}

static int derive_hkdf(const hf_openssl *openssl, const hf_crypto_op *op, hf_buffer *out)
{
    return derive_hkdf_mode(openssl, op, "EXTRACT_AND_EXPAND", out);
}

static int derive_hkdf_extract(const hf_openssl *openssl, const hf_crypto_op *op,
                               hf_buffer *out)
{
    return derive_hkdf_mode(openssl, op, "EXTRACT_ONLY", out);
}

static int derive_hkdf_expand(const hf_openssl *openssl, const hf_crypto_op *op,
                              hf_buffer *out)
{
    return derive_hkdf_mode(openssl, op, "EXPAND_ONLY", out);
}

static void add_counter_mode(hf_openssl_params *list, const hf_crypto_op *op,
                             hf_bytes key)
{
    hf_openssl_params_text(list, OSSL_KDF_PARAM_MODE, "COUNTER");
    hf_openssl_params_octets(list, OSSL_KDF_PARAM_KEY, key);
    /* What libcrypto calls salt and info here are label and context. */
    hf_openssl_params_optional(list, OSSL_KDF_PARAM_SALT, op->label);
    hf_openssl_params_optional(list, OSSL_KDF_PARAM_INFO, op->info);
}

static int expand(const hf_openssl *openssl, const hf_crypto_op *op, hf_bytes key,
                  hf_buffer *out)
{
    hf_openssl_params list;
    int rc = start(openssl, op, &list);
    if (rc != HF_OK) {
        return rc;
    }
    hf_openssl_params_text(&list, OSSL_KDF_PARAM_MAC, "HMAC");
    add_counter_mode(&list, op, key);
    return run(openssl->kbkdf, &list, op->output_len, out);
}

static int derive_kbkdf_hmac(const hf_openssl *openssl, const hf_crypto_op *op,
                             hf_buffer *out)
{
    return expand(openssl, op, op->key->material, out);
}

static int derive_kbkdf_cmac(const hf_openssl *openssl, const hf_crypto_op *op,
                             hf_buffer *out)
{
    hf_openssl_params list = hf_openssl_params_of();
    const char *cipher = op->key->type == HF_KEY_AES_128   ? "AES-128-CBC"
                         : op->key->type == HF_KEY_AES_192 ? "AES-192-CBC"
                                                           : "AES-256-CBC";
    hf_openssl_params_text(&list, OSSL_KDF_PARAM_MAC, "CMAC");
    hf_openssl_params_text(&list, OSSL_KDF_PARAM_CIPHER, cipher);
    add_counter_mode(&list, op, op->key->material);
    return run(openssl->kbkdf, &list, op->output_len, out);
}

/* SP 800-56C 4.1: option 1, a hash; with a salt option 2, HMAC keyed with it. */
static int derive_one_step(const hf_openssl *openssl, const hf_crypto_op *op,
                           hf_buffer *out)
{
    hf_openssl_params list;
    int rc = start(openssl, op, &list);
    if (rc != HF_OK) {
        return rc;
    }
    if (op->salt.len != 0) {
        hf_openssl_params_text(&list, OSSL_KDF_PARAM_MAC, "HMAC");
        hf_openssl_params_octets(&list, OSSL_KDF_PARAM_SALT, op->salt);
    }
    hf_openssl_params_octets(&list, OSSL_KDF_PARAM_SECRET, op->key->material);
    hf_openssl_params_optional(&list, OSSL_KDF_PARAM_INFO, op->info);
    return run(openssl->sskdf, &list, op->output_len, out);
}

/* SP 800-56C 5.1: the key HMAC(salt, secret), which is HKDF's extraction, then counter
 * mode. */
static int derive_two_step(const hf_openssl *openssl, const hf_crypto_op *op,
                           hf_buffer *out)
{
    uint8_t key[EXTRACTED_LEN_MAX];
    hf_buffer extracted = hf_buffer_of(key, sizeof(key));
    hf_crypto_op extraction = *op;
    extraction.info = hf_bytes_of(NULL, 0);
    extraction.output_len = hf_algorithm_find(op->hash)->output_len;
    int rc = derive_hkdf_extract(openssl, &extraction, &extracted);
    if (rc == HF_OK) {
        rc = expand(openssl, op, hf_bytes_of(key, extracted.len), out);
    }
    hf_wipe(key, sizeof(key));
    return rc;
}

static int derive_pbkdf2(const hf_openssl *openssl, const hf_crypto_op *op,
                         hf_buffer *out)
{
    hf_openssl_params list;
    uint32_t iterations = op->iterations;
    /* The lower bounds of SP 800-132 are the caller's policy; old data has less. */
    int is_unbounded = 1;
    int rc = start(openssl, op, &list);
    if (rc != HF_OK) {
        return rc;
    }
    hf_openssl_params_octets(&list, OSSL_KDF_PARAM_PASSWORD, op->key->material);
    hf_openssl_params_octets(&list, OSSL_KDF_PARAM_SALT, op->salt);
    hf_openssl_params_add(&list,
                          OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ITER, &iterations));
    hf_openssl_params_int(&list, OSSL_KDF_PARAM_PKCS5, &is_unbounded);
    return run(openssl->pbkdf2, &list, op->output_len, out);
}

/* RFC 5246 5: PRF(secret, label, seed) is P_hash(secret, label || seed); libcrypto joins
 * parameters of the same name. */
static int derive_tls12_prf(const hf_openssl *openssl, const hf_crypto_op *op,
                            hf_buffer *out)
{
    hf_openssl_params list;
    int rc = start(openssl, op, &list);
    if (rc != HF_OK) {
        return rc;
    }
    hf_openssl_params_octets(&list, OSSL_KDF_PARAM_SECRET, op->key->material);
    hf_openssl_params_optional(&list, OSSL_KDF_PARAM_SEED, op->label);
    hf_openssl_params_optional(&list, OSSL_KDF_PARAM_SEED, op->salt);
    return run(openssl->tls1_prf, &list, op->output_len, out);
}

static int derive_x963(const hf_openssl *openssl, const hf_crypto_op *op, hf_buffer *out)
{
    hf_openssl_params list;
    int rc = start(openssl, op, &list);
    if (rc != HF_OK) {
        return rc;
    }
    hf_openssl_params_octets(&list, OSSL_KDF_PARAM_SECRET, op->key->material);
    hf_openssl_params_optional(&list, OSSL_KDF_PARAM_INFO, op->info);
    return run(openssl->x963, &list, op->output_len, out);
}

typedef struct kdf_row {
    uint16_t algorithm;
    int (*derive)(const hf_openssl *openssl, const hf_crypto_op *op, hf_buffer *out);
} kdf_row;

static const kdf_row rows[] = {
    { HF_ALG_HKDF, derive_hkdf },
    { HF_ALG_HKDF_EXTRACT, derive_hkdf_extract },
    { HF_ALG_HKDF_EXPAND, derive_hkdf_expand },
    { HF_ALG_KBKDF_HMAC, derive_kbkdf_hmac },
    { HF_ALG_KBKDF_CMAC, derive_kbkdf_cmac },
    { HF_ALG_ONE_STEP, derive_one_step },
    { HF_ALG_TWO_STEP, derive_two_step },
    { HF_ALG_PBKDF2, derive_pbkdf2 },
    { HF_ALG_TLS12_PRF, derive_tls12_prf },
    { HF_ALG_X963, derive_x963 },
};

static const kdf_row *find_row(uint16_t algorithm)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].algorithm == algorithm) {
            return &rows[i];
        }
    }
    return NULL;
}

bool hf_openssl_has_kdf(uint16_t algorithm)
{
    return find_row(algorithm) != NULL;
}

int hf_openssl_derive(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    const kdf_row *row = find_row(op->algorithm);
    int rc = row != NULL ? row->derive(context, op, out) : HF_ERR_NOTSUPPORTED;
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_kdf_open(hf_openssl *openssl)
{
    openssl->hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    openssl->kbkdf = EVP_KDF_fetch(NULL, "KBKDF", NULL);
    openssl->sskdf = EVP_KDF_fetch(NULL, "SSKDF", NULL);
    openssl->pbkdf2 = EVP_KDF_fetch(NULL, "PBKDF2", NULL);
    openssl->tls1_prf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
    openssl->x963 = EVP_KDF_fetch(NULL, "X963KDF", NULL);
    bool has_all = openssl->hkdf != NULL && openssl->kbkdf != NULL &&
                   openssl->sskdf != NULL && openssl->pbkdf2 != NULL &&
                   openssl->tls1_prf != NULL && openssl->x963 != NULL;
    return has_all ? HF_OK : HF_ERR_CRYPTO;
}

void hf_openssl_kdf_close(hf_openssl *openssl)
{
    EVP_KDF_free(openssl->hkdf);
    EVP_KDF_free(openssl->kbkdf);
    EVP_KDF_free(openssl->sskdf);
    EVP_KDF_free(openssl->pbkdf2);
    EVP_KDF_free(openssl->tls1_prf);
    EVP_KDF_free(openssl->x963);
}
