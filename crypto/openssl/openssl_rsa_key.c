/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * RSA keys of the libcrypto device as bytes. The structure of DER is read and written by
 * the portable core (crypto_rsa.h, crypto_key_info.h), so it does not depend on
 * libcrypto's version; the numbers are libcrypto's matter.
 *
 * Numbers pass through memory of ours, which is wiped: libcrypto's builders of parameters
 * free theirs with the secrets in it.
 */
#include "openssl_rsa.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/rsa.h>

#include "holdfast/crypto_key_info.h"
#include "holdfast/crypto_rsa.h"
#include "openssl_params.h"

#define HALF_LEN_MAX (HF_RSA_MODULUS_LEN_MAX / 2)
#define NUMBER_COUNT 8
#define PUBLIC_NUMBER_COUNT 2
/* n and d; e; the primes and the three numbers of their length. */
#define NUMBERS_LEN_MAX                                                                  \
    (2 * HF_RSA_MODULUS_LEN_MAX + HF_RSA_EXPONENT_LEN_MAX + 5 * HALF_LEN_MAX)
/* FIPS 186-5 A.1.3: the primes differ in their first 100 bits. */
#define PRIME_DIFFERENCE_BITS 100

/* In the order of RSAPrivateKey, like the members of hf_rsa_numbers. */
static const char *const number_names[NUMBER_COUNT] = {
    OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
    OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
    OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
    OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

/* All numbers of a key in one piece of memory, to be wiped, and the parameters that point
 * into it. The structure must not move. */
typedef struct number_list {
    hf_openssl_params list;
    uint8_t memory[NUMBERS_LEN_MAX];
    size_t used;
} number_list;

/* Room for the next number, as a parameter; NULL when there is none. */
static uint8_t *add_number(number_list *numbers, size_t len)
{
    if (numbers->list.count == NUMBER_COUNT ||
        len > sizeof(numbers->memory) - numbers->used) {
        return NULL;
    }
    uint8_t *at = numbers->memory + numbers->used;
    numbers->used += len;
    hf_openssl_params_add(
        &numbers->list,
        OSSL_PARAM_construct_BN(number_names[numbers->list.count], at, len));
    return at;
}

/* libcrypto takes numbers in the byte order of the machine. */
static int add_native(number_list *numbers, hf_bytes number)
{
    uint8_t *at = add_number(numbers, number.len);
    if (at == NULL) {
        return HF_ERR_KEY;
    }
    BIGNUM *bn = BN_bin2bn(number.data, (int)number.len, NULL);
    int rc = HF_ERR_NOMEM;
    if (bn != NULL && BN_bn2nativepad(bn, at, (int)number.len) >= 0) {
        rc = HF_OK;
    }
    BN_clear_free(bn);
    return rc;
}

static int set_numbers(number_list *numbers, const hf_rsa_numbers *key, bool is_public)
{
    const hf_bytes all[NUMBER_COUNT] = { key->n, key->e,  key->d,  key->p,
                                         key->q, key->dp, key->dq, key->qinv };
    size_t count = is_public ? PUBLIC_NUMBER_COUNT : NUMBER_COUNT;
    int rc = HF_OK;
    for (size_t i = 0; i < count && rc == HF_OK; i++) {
        rc = add_native(numbers, all[i]);
    }
    return rc;
}

static int from_params(int selection, OSSL_PARAM *params, EVP_PKEY **pkey)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = HF_OK;
    if (EVP_PKEY_fromdata_init(ctx) != 1) {
        rc = HF_ERR_CRYPTO;
    } else if (EVP_PKEY_fromdata(ctx, pkey, selection, params) != 1) {
        rc = HF_ERR_KEY;
    }
    EVP_PKEY_CTX_free(ctx);
    return rc;
}

int hf_openssl_rsa_pkey(uint32_t type, hf_bytes raw, EVP_PKEY **pkey)
{
    bool is_public = HF_KEY_CLASS(type) == HF_CLASS_PUBLIC;
    hf_rsa_numbers key;
    number_list numbers = { .list = hf_openssl_params_of() };
    *pkey = NULL;
    int rc = hf_rsa_decode(type, raw, &key);
    if (rc == HF_OK) {
        rc = set_numbers(&numbers, &key, is_public);
    }
    if (rc == HF_OK) {
        rc = from_params(is_public ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR,
                         numbers.list.params, pkey);
    }
    hf_wipe(&numbers, sizeof(numbers));
    return rc;
}

/* ---- generation ---- */

/* The next number as libcrypto gave it, turned to big-endian in its place. */
static hf_bytes take_number(uint8_t *at, size_t len, int *status)
{
    BIGNUM *bn = BN_native2bn(at, (int)len, NULL);
    if (bn == NULL || BN_bn2binpad(bn, at, (int)len) < 0) {
        *status = HF_ERR_NOMEM;
    }
    BN_clear_free(bn);
    return hf_bytes_of(at, len);
}

static int encode_pkey(const EVP_PKEY *pkey, uint32_t type, hf_buffer *out)
{
    size_t len = HF_KEY_PARAMETER(type) / 8u;
    size_t half = len / 2;
    const size_t lens[NUMBER_COUNT] = {
        len, HF_RSA_EXPONENT_LEN_MAX, len, half, half, half, half, half
    };
    number_list numbers = { .list = hf_openssl_params_of() };
    uint8_t *at[NUMBER_COUNT];
    hf_bytes all[NUMBER_COUNT];
    int rc = HF_OK;
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        at[i] = add_number(&numbers, lens[i]); /* there is room for all of them */
    }
    if (EVP_PKEY_get_params(pkey, numbers.list.params) != 1) {
        rc = HF_ERR_CRYPTO;
    }
    for (size_t i = 0; i < NUMBER_COUNT && rc == HF_OK; i++) {
        all[i] = take_number(at[i], lens[i], &rc);
    }
    if (rc == HF_OK) {
        const hf_rsa_numbers key = { all[0], all[1], all[2], all[3],
                                     all[4], all[5], all[6], all[7] };
        rc = hf_rsa_encode(type, &key, out);
    }
    hf_wipe(&numbers, sizeof(numbers));
    return rc;
}

int hf_openssl_rsa_generate(const hf_openssl *openssl, uint32_t type, hf_buffer *out)
{
    (void)openssl;
    EVP_PKEY *pkey = EVP_RSA_gen(HF_KEY_PARAMETER(type));
    if (pkey == NULL) {
        return HF_ERR_CRYPTO;
    }
    int rc = encode_pkey(pkey, type, out);
    EVP_PKEY_free(pkey);
    return rc;
}

/* ---- import ---- */

/* Is |p - q| large enough? Then p and q also differ. */
static int check_primes_differ(const hf_rsa_numbers *key)
{
    BIGNUM *p = BN_bin2bn(key->p.data, (int)key->p.len, NULL);
    BIGNUM *q = BN_bin2bn(key->q.data, (int)key->q.len, NULL);
    int rc = HF_ERR_NOMEM;
    if (p != NULL && q != NULL && BN_sub(p, p, q) == 1) {
        int bits_min = (int)key->p.len * 8 - PRIME_DIFFERENCE_BITS;
        rc = BN_num_bits(p) > bits_min ? HF_OK : HF_ERR_KEY;
    }
    BN_clear_free(p);
    BN_clear_free(q);
    return rc;
}

/* libcrypto's own checks. Of a pair: p and q are prime, n = p q, d e = 1 modulo
 * lcm(p - 1, q - 1), and the numbers of the remainder theorem. Of a public key: SP
 * 800-89 5.3.3, no small factor, not a prime or a power of one. */
static int check_pkey(EVP_PKEY *pkey, bool is_public)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int ok = is_public ? EVP_PKEY_public_check(ctx) : EVP_PKEY_pairwise_check(ctx);
    EVP_PKEY_CTX_free(ctx);
    return ok == 1 ? HF_OK : HF_ERR_KEY;
}

static int check_numbers(uint32_t type, hf_bytes raw)
{
    bool is_public = HF_KEY_CLASS(type) == HF_CLASS_PUBLIC;
    hf_rsa_numbers key;
    EVP_PKEY *pkey = NULL;
    int rc = hf_rsa_decode(type, raw, &key);
    if (rc == HF_OK && !is_public) {
        rc = check_primes_differ(&key);
    }
    if (rc == HF_OK) {
        rc = hf_openssl_rsa_pkey(type, raw, &pkey);
    }
    if (rc == HF_OK) {
        rc = check_pkey(pkey, is_public);
    }
    EVP_PKEY_free(pkey);
    return rc;
}

int hf_openssl_rsa_import(const hf_openssl *openssl, uint32_t type, uint16_t format,
                          hf_bytes in, hf_buffer *out)
{
    hf_bytes raw = in;
    (void)openssl;
    if (format != HF_FORMAT_RAW && format != HF_FORMAT_DER) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = format == HF_FORMAT_DER ? hf_key_info_decode(type, in, &raw) : HF_OK;
    if (rc == HF_OK) {
        rc = check_numbers(type, raw);
    }
    return rc == HF_OK ? hf_buffer_append(out, raw) : rc;
}

/* ---- export ---- */

int hf_openssl_rsa_export_der(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                              hf_buffer *out)
{
    (void)openssl;
    return hf_key_info_encode(type, raw, out);
}

int hf_openssl_rsa_public_key(const hf_openssl *openssl, const hf_crypto_key *key,
                              hf_buffer *out)
{
    hf_rsa_numbers numbers;
    (void)openssl;
    int rc = hf_rsa_decode(key->type, key->material, &numbers);
    if (rc != HF_OK) {
        return rc;
    }
    const hf_rsa_numbers public = { .n = numbers.n, .e = numbers.e };
    return hf_rsa_encode(hf_key_type_public(key->type), &public, out);
}
