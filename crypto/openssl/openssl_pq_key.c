/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys of ML-KEM, ML-DSA and SLH-DSA in the libcrypto device as bytes. The envelopes are
 * read and written by the portable core (crypto_key_info.h).
 */
#include "openssl_pq.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "holdfast/crypto_key_info.h"
#include "openssl_params.h"

/* A public key of ML-DSA-87, the longest. */
#define PUBLIC_LEN_MAX 2592
/* An expanded private key of ML-DSA-87, the longest (FIPS 204 table 2). */
#define EXPANDED_LEN_MAX 4896
/* A private key of SLH-DSA with n = 32. */
#define SLH_DSA_PRIVATE_LEN_MAX 128
/* The name of the parameter, unknown to the headers of libcrypto before 3.5. */
#define PARAM_SEED "seed"

typedef struct pq_row {
    uint8_t family;
    uint16_t parameter;
    const char *name;
} pq_row;

static const pq_row rows[HF_OPENSSL_PQ_COUNT] = {
    { HF_FAMILY_ML_KEM, 512, "ML-KEM-512" },
    { HF_FAMILY_ML_KEM, 768, "ML-KEM-768" },
    { HF_FAMILY_ML_KEM, 1024, "ML-KEM-1024" },
    { HF_FAMILY_ML_DSA, 44, "ML-DSA-44" },
    { HF_FAMILY_ML_DSA, 65, "ML-DSA-65" },
    { HF_FAMILY_ML_DSA, 87, "ML-DSA-87" },
    { HF_FAMILY_SLH_DSA, HF_SLH_DSA_SHA2_128S, "SLH-DSA-SHA2-128s" },
    { HF_FAMILY_SLH_DSA, HF_SLH_DSA_SHA2_128F, "SLH-DSA-SHA2-128f" },
    { HF_FAMILY_SLH_DSA, HF_SLH_DSA_SHA2_192S, "SLH-DSA-SHA2-192s" },
    { HF_FAMILY_SLH_DSA, HF_SLH_DSA_SHA2_192F, "SLH-DSA-SHA2-192f" },
    { HF_FAMILY_SLH_DSA, HF_SLH_DSA_SHA2_256S, "SLH-DSA-SHA2-256s" },
    { HF_FAMILY_SLH_DSA, HF_SLH_DSA_SHA2_256F, "SLH-DSA-SHA2-256f" },
    { HF_FAMILY_SLH_DSA, HF_SLH_DSA_SHAKE_128S, "SLH-DSA-SHAKE-128s" },
    { HF_FAMILY_SLH_DSA, HF_SLH_DSA_SHAKE_128F, "SLH-DSA-SHAKE-128f" },
    { HF_FAMILY_SLH_DSA, HF_SLH_DSA_SHAKE_192S, "SLH-DSA-SHAKE-192s" },
    { HF_FAMILY_SLH_DSA, HF_SLH_DSA_SHAKE_192F, "SLH-DSA-SHAKE-192f" },
    { HF_FAMILY_SLH_DSA, HF_SLH_DSA_SHAKE_256S, "SLH-DSA-SHAKE-256s" },
    { HF_FAMILY_SLH_DSA, HF_SLH_DSA_SHAKE_256F, "SLH-DSA-SHAKE-256f" },
};

/* The row of a type, or HF_OPENSSL_PQ_COUNT. */
static size_t find_row(uint32_t type)
{
    size_t i = 0;
    while (i < HF_OPENSSL_PQ_COUNT && (rows[i].family != HF_KEY_FAMILY(type) ||
                                       rows[i].parameter != HF_KEY_PARAMETER(type))) {
        i++;
    }
    return i;
}

static const char *name_of(uint32_t type)
{
    size_t row = find_row(type);
    return row < HF_OPENSSL_PQ_COUNT ? rows[row].name : NULL;
}

/* Has it the keys and what is done with them? */
static bool has_algorithm(const pq_row *row)
{
    EVP_KEYMGMT *keys = EVP_KEYMGMT_fetch(NULL, row->name, NULL);
    EVP_KEM *kem = NULL;
    EVP_SIGNATURE *signature = NULL;
    if (row->family == HF_FAMILY_ML_KEM) {
        kem = EVP_KEM_fetch(NULL, row->name, NULL);
    } else {
        signature = EVP_SIGNATURE_fetch(NULL, row->name, NULL);
    }
    bool has_all = keys != NULL && (kem != NULL || signature != NULL);
    EVP_SIGNATURE_free(signature);
    EVP_KEM_free(kem);
    EVP_KEYMGMT_free(keys);
    return has_all;
}

int hf_openssl_pq_open(hf_openssl *openssl)
{
    for (size_t i = 0; i < HF_OPENSSL_PQ_COUNT; i++) {
        openssl->has_pq[i] = has_algorithm(&rows[i]);
    }
    ERR_clear_error(); /* of what is not there */
    return HF_OK;
}

bool hf_openssl_pq_has_type(const hf_openssl *openssl, uint32_t type)
{
    size_t row = find_row(type);
    return row < HF_OPENSSL_PQ_COUNT && openssl->has_pq[row];
}

/* ---- EVP_PKEY ---- */

static int from_octets(uint32_t type, const char *param, hf_bytes octets, int selection,
                       EVP_PKEY **pkey)
{
    hf_openssl_params list = hf_openssl_params_of();
    hf_openssl_params_octets(&list, param, octets);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, name_of(type), NULL);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = HF_OK;
    if (EVP_PKEY_fromdata_init(ctx) != 1) {
        rc = HF_ERR_CRYPTO;
    } else if (EVP_PKEY_fromdata(ctx, pkey, selection, list.params) != 1) {
        rc = HF_ERR_KEY;
    }
    EVP_PKEY_CTX_free(ctx);
    return rc;
}

int hf_openssl_pq_pkey(uint32_t type, hf_bytes raw, EVP_PKEY **pkey)
{
    *pkey = NULL;
    if (HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        return from_octets(type, OSSL_PKEY_PARAM_PUB_KEY, raw, EVP_PKEY_PUBLIC_KEY, pkey);
    }
    bool has_seed = HF_KEY_FAMILY(type) != HF_FAMILY_SLH_DSA;
    return from_octets(type, has_seed ? PARAM_SEED : OSSL_PKEY_PARAM_PRIV_KEY, raw,
                       EVP_PKEY_KEYPAIR, pkey);
}

/* ---- generation ---- */

/* SLH-DSA: the last part of a private key is computed from the others. */
static int generate_slh_dsa(uint32_t type, hf_buffer *out)
{
    uint8_t raw[SLH_DSA_PRIVATE_LEN_MAX];
    size_t len = sizeof(raw);
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, name_of(type));
    int rc = HF_ERR_CRYPTO;
    if (pkey != NULL && EVP_PKEY_get_raw_private_key(pkey, raw, &len) == 1 &&
        len == hf_key_type_find(type)->raw_len_max) {
        rc = hf_buffer_append(out, hf_bytes_of(raw, len));
    }
    EVP_PKEY_free(pkey);
    hf_wipe(raw, sizeof(raw));
    return rc;
}

int hf_openssl_pq_generate(const hf_openssl *openssl, uint32_t type, hf_buffer *out)
{
    (void)openssl;
    if (HF_KEY_FAMILY(type) == HF_FAMILY_SLH_DSA) {
        return generate_slh_dsa(type, out);
    }
    /* FIPS 203 7.1, FIPS 204 5.1: the seed is any random string. */
    return hf_openssl_generate_bytes(hf_key_type_find(type)->raw_len_max, out);
}

/* ---- import ---- */

/* Is the expanded key that stands beside a seed the one that the seed gives? */
static int check_expanded(EVP_PKEY *pkey, hf_bytes expanded)
{
    uint8_t computed[EXPANDED_LEN_MAX];
    size_t len = 0;
    int rc = HF_ERR_KEY;
    if (EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, computed,
                                        sizeof(computed), &len) != 1) {
        rc = HF_ERR_CRYPTO;
    } else if (expanded.len == len && hf_ct_equal(expanded.data, computed, len)) {
        rc = HF_OK;
    }
    hf_wipe(computed, sizeof(computed));
    return rc;
}

/* SLH-DSA: does the root belong to the seeds? */
static int check_pair(EVP_PKEY *pkey)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int ok = EVP_PKEY_pairwise_check(ctx);
    EVP_PKEY_CTX_free(ctx);
    return ok == 1 ? HF_OK : HF_ERR_KEY;
}

/* The raw key in an envelope, and (ML-KEM, ML-DSA) the expanded one beside it. */
static int open_envelope(uint32_t type, hf_bytes der, hf_bytes *raw, hf_bytes *expanded)
{
    hf_bytes content;
    int rc = hf_key_info_decode(type, der, &content);
    bool has_seed = HF_KEY_CLASS(type) == HF_CLASS_PRIVATE &&
                    HF_KEY_FAMILY(type) != HF_FAMILY_SLH_DSA;
    if (rc == HF_OK && has_seed) {
        return hf_key_info_decode_seed(content, raw, expanded);
    }
    *raw = content;
    return rc;
}

int hf_openssl_pq_import(const hf_openssl *openssl, uint32_t type, uint16_t format,
                         hf_bytes in, hf_buffer *out)
{
    hf_bytes raw = in;
    hf_bytes expanded = hf_bytes_of(NULL, 0);
    EVP_PKEY *pkey = NULL;
    int rc = HF_OK;
    (void)openssl;
    if (format == HF_FORMAT_DER) {
        rc = open_envelope(type, in, &raw, &expanded);
    } else if (format != HF_FORMAT_RAW) {
        rc = HF_ERR_NOTSUPPORTED;
    }
    if (rc == HF_OK && raw.len != hf_key_type_find(type)->raw_len_max) {
        rc = HF_ERR_KEY;
    }
    if (rc == HF_OK) {
        rc = hf_openssl_pq_pkey(type, raw, &pkey);
    }
    if (rc == HF_OK && expanded.len != 0) {
        rc = check_expanded(pkey, expanded);
    }
    if (rc == HF_OK && HF_KEY_FAMILY(type) == HF_FAMILY_SLH_DSA &&
        HF_KEY_CLASS(type) == HF_CLASS_PRIVATE) {
        rc = check_pair(pkey);
    }
    EVP_PKEY_free(pkey);
    return rc == HF_OK ? hf_buffer_append(out, raw) : rc;
}

/* ---- export ---- */

int hf_openssl_pq_export_der(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                             hf_buffer *out)
{
    (void)openssl;
    if (HF_KEY_CLASS(type) == HF_CLASS_PRIVATE &&
        HF_KEY_FAMILY(type) != HF_FAMILY_SLH_DSA) {
        return hf_key_info_encode_seed(type, raw, out);
    }
    return hf_key_info_encode(type, raw, out);
}

int hf_openssl_pq_public_key(const hf_openssl *openssl, const hf_crypto_key *key,
                             hf_buffer *out)
{
    uint8_t public[PUBLIC_LEN_MAX];
    size_t len = 0;
    EVP_PKEY *pkey = NULL;
    (void)openssl;
    int rc = hf_openssl_pq_pkey(key->type, key->material, &pkey);
    if (rc == HF_OK &&
        EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, public,
                                        sizeof(public), &len) != 1) {
        rc = HF_ERR_CRYPTO;
    }
    EVP_PKEY_free(pkey);
    return rc == HF_OK ? hf_buffer_append(out, hf_bytes_of(public, len)) : rc;
}
