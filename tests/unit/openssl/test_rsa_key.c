/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * RSA keys of the libcrypto device: generation, both formats in both directions,
 * interoperation with libcrypto's own decoders, and every way a key can be wrong.
 */
#include "large.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/decoder.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "holdfast/crypto_key_info.h"
#include "holdfast/crypto_rsa.h"
#include "rsa_vectors.h"

static const uint32_t private_types[] = { HF_KEY_RSA_2048, HF_KEY_RSA_3072,
                                          HF_KEY_RSA_4096 };
#define TYPE_COUNT (sizeof(private_types) / sizeof(private_types[0]))

/* ---- a key's numbers, to be changed ---- */

enum { N, E, D, P, Q, DP, DQ, QINV, NUMBER_COUNT };

typedef struct numbers {
    BIGNUM *n[NUMBER_COUNT];
} numbers;

static void numbers_of(numbers *key, const large *raw)
{
    hf_rsa_numbers parts;
    assert_int_equal(hf_rsa_decode(HF_KEY_RSA_2048, large_bytes(raw), &parts), HF_OK);
    const hf_bytes all[NUMBER_COUNT] = { parts.n, parts.e,  parts.d,  parts.p,
                                         parts.q, parts.dp, parts.dq, parts.qinv };
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        key->n[i] = BN_bin2bn(all[i].data, (int)all[i].len, NULL);
        assert_non_null(key->n[i]);
    }
}

static void numbers_free(numbers *key)
{
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        BN_free(key->n[i]);
    }
}

static void encode(const numbers *key, uint32_t type, large *raw)
{
    static uint8_t memory[NUMBER_COUNT][600];
    hf_bytes all[NUMBER_COUNT];
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        int len = BN_num_bytes(key->n[i]);
        assert_true(len <= 600 && BN_bn2bin(key->n[i], memory[i]) == len);
        all[i] = hf_bytes_of(memory[i], (size_t)len);
    }
    const hf_rsa_numbers parts = { all[N], all[E],  all[D],  all[P],
                                   all[Q], all[DP], all[DQ], all[QINV] };
    hf_buffer out = large_buffer(raw);
    assert_int_equal(hf_rsa_encode(type, &parts, &out), HF_OK);
    raw->len = out.len;
}

/* d, dp, dq and qinv that belong to p, q and e; n too when asked for. */
static void complete(numbers *key, bool with_n)
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *p1 = BN_dup(key->n[P]);
    BIGNUM *q1 = BN_dup(key->n[Q]);
    BIGNUM *phi = BN_new();
    assert_true(BN_sub_word(p1, 1) && BN_sub_word(q1, 1) && BN_mul(phi, p1, q1, ctx));
    assert_non_null(BN_mod_inverse(key->n[D], key->n[E], phi, ctx));
    assert_true(BN_mod(key->n[DP], key->n[D], p1, ctx));
    assert_true(BN_mod(key->n[DQ], key->n[D], q1, ctx));
    if (BN_mod_inverse(key->n[QINV], key->n[Q], key->n[P], ctx) == NULL) {
        BN_one(key->n[QINV]); /* p and q are the same */
    }
    if (with_n) {
        assert_true(BN_mul(key->n[N], key->n[P], key->n[Q], ctx));
    }
    BN_free(p1);
    BN_free(q1);
    BN_free(phi);
    BN_CTX_free(ctx);
}

static int import_raw(uint32_t type, const large *raw)
{
    static large out;
    int rc = large_import(type, HF_FORMAT_RAW, large_bytes(raw), &out);
    if (rc == HF_OK) {
        assert_large_equal(&out, raw);
    } else {
        assert_int_equal(out.len, 0);
    }
    return rc;
}

static void load_vector_key(large *raw)
{
    large_unhex(raw, RSA_SIGN_KEY);
    assert_int_equal(import_raw(HF_KEY_RSA_2048, raw), HF_OK);
}

/* ---- generation and formats ---- */

static EVP_PKEY *decode_with_libcrypto(const large *der, bool is_public)
{
    const uint8_t *at = der->data;
    EVP_PKEY *pkey = is_public ? d2i_PUBKEY(NULL, &at, (long)der->len)
                               : d2i_AutoPrivateKey(NULL, &at, (long)der->len);
    assert_non_null(pkey);
    assert_ptr_equal(at, der->data + der->len);
    return pkey;
}

static void check_both_formats(const hf_crypto_key *key, bool is_public, int bits)
{
    static large der, raw;
    const hf_key_type_info *info = hf_key_type_find(key->type);
    assert_int_equal(large_export(key, HF_FORMAT_DER, &der), HF_OK);
    assert_true(der.len <= info->der_len_max);
    assert_true(key->material.len >= info->raw_len_min);
    assert_int_equal(large_import(key->type, HF_FORMAT_DER, large_bytes(&der), &raw),
                     HF_OK);
    assert_int_equal(raw.len, key->material.len);
    assert_memory_equal(raw.data, key->material.data, raw.len);
    EVP_PKEY *pkey = decode_with_libcrypto(&der, is_public);
    assert_int_equal(EVP_PKEY_get_bits(pkey), bits);
    EVP_PKEY_free(pkey);
    /* A byte behind it, or one less, and it is none. */
    der.data[der.len++] = 0;
    assert_int_equal(large_import(key->type, HF_FORMAT_DER, large_bytes(&der), &raw),
                     HF_ERR_KEY);
    der.len -= 2;
    assert_int_equal(large_import(key->type, HF_FORMAT_DER, large_bytes(&der), &raw),
                     HF_ERR_KEY);
}

static void test_generate_gives_keys_of_all_sizes_in_all_formats(void **state)
{
    (void)state;
    static large raw, other, public;
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        uint32_t type = private_types[i];
        uint32_t public_type = hf_key_type_public(type);
        int bits = HF_KEY_PARAMETER(type);
        assert_int_equal(large_generate(type, &raw), HF_OK);
        assert_true(raw.len <= hf_key_type_find(type)->raw_len_max);
        assert_int_equal(import_raw(type, &raw), HF_OK);
        hf_crypto_key key = large_key(type, &raw);
        check_both_formats(&key, false, bits);
        assert_int_equal(large_public(&key, &public), HF_OK);
        assert_true(public.len <= hf_key_type_find(type)->public_len);
        assert_int_equal(import_raw(public_type, &public), HF_OK);
        key = large_key(public_type, &public);
        check_both_formats(&key, true, bits);
        for (size_t k = 0; k < TYPE_COUNT; k++) { /* exactly the type's size */
            if (k != i) {
                uint32_t wrong = private_types[k];
                assert_int_equal(import_raw(wrong, &raw), HF_ERR_KEY);
                assert_int_equal(import_raw(hf_key_type_public(wrong), &public),
                                 HF_ERR_KEY);
            }
        }
    }
    assert_int_equal(large_generate(HF_KEY_RSA_2048, &raw), HF_OK);
    assert_int_equal(large_generate(HF_KEY_RSA_2048, &other), HF_OK);
    assert_memory_not_equal(raw.data, other.data, 200);
}

static void test_import_takes_what_libcrypto_writes(void **state)
{
    (void)state;
    static large raw;
    EVP_PKEY *pkey = EVP_RSA_gen(2048);
    assert_non_null(pkey);
    uint8_t *der = NULL;
    int len = i2d_PrivateKey(pkey, &der);
    assert_true(len > 0);
    hf_bytes in = hf_bytes_of(der, (size_t)len);
    assert_int_equal(large_import(HF_KEY_RSA_2048, HF_FORMAT_RAW, in, &raw), HF_OK);
    OPENSSL_free(der);
    der = NULL;
    len = i2d_PUBKEY(pkey, &der);
    assert_true(len > 0);
    in = hf_bytes_of(der, (size_t)len);
    assert_int_equal(large_import(HF_KEY_RSA_2048_PUBLIC, HF_FORMAT_DER, in, &raw),
                     HF_OK);
    OPENSSL_free(der);
    EVP_PKEY_free(pkey);
}

/* ---- numbers that do not fit together ---- */

static void test_import_each_number_changed_alone_is_refused(void **state)
{
    (void)state;
    static large raw;
    numbers key;
    load_vector_key(&raw);
    numbers_of(&key, &raw);
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        assert_true(BN_add_word(key.n[i], 2)); /* it stays odd */
        encode(&key, HF_KEY_RSA_2048, &raw);
        if (import_raw(HF_KEY_RSA_2048, &raw) != HF_ERR_KEY) {
            fail_msg("number %zu plus 2 was accepted", i);
        }
        assert_true(BN_sub_word(key.n[i], 2));
    }
    encode(&key, HF_KEY_RSA_2048, &raw);
    assert_int_equal(import_raw(HF_KEY_RSA_2048, &raw), HF_OK);
    numbers_free(&key);
}

static void swap(BIGNUM **a, BIGNUM **b)
{
    BIGNUM *c = *a;
    *a = *b;
    *b = c;
}

static void test_import_swapped_primes_need_their_own_numbers(void **state)
{
    (void)state;
    static large raw;
    numbers key;
    load_vector_key(&raw);
    numbers_of(&key, &raw);
    swap(&key.n[P], &key.n[Q]);
    encode(&key, HF_KEY_RSA_2048, &raw);
    assert_int_equal(import_raw(HF_KEY_RSA_2048, &raw), HF_ERR_KEY);
    complete(&key, false);
    encode(&key, HF_KEY_RSA_2048, &raw);
    assert_int_equal(import_raw(HF_KEY_RSA_2048, &raw), HF_OK);
    numbers_free(&key);
}

/* A number of 1024 bits with the first two set, of which n has 2048 bits. */
static void new_prime(BIGNUM *prime, const BIGNUM *e)
{
    BIGNUM *minus_one = BN_new();
    BIGNUM *gcd = BN_new();
    BN_CTX *ctx = BN_CTX_new();
    do {
        assert_true(BN_generate_prime_ex(prime, 1024, 0, NULL, NULL, NULL));
        assert_non_null(BN_copy(minus_one, prime));
        assert_true(BN_sub_word(minus_one, 1) && BN_gcd(gcd, minus_one, e, ctx));
    } while (!BN_is_one(gcd));
    BN_free(minus_one);
    BN_free(gcd);
    BN_CTX_free(ctx);
}

static void test_import_equal_primes_are_refused(void **state)
{
    (void)state;
    static large raw;
    numbers key;
    load_vector_key(&raw);
    numbers_of(&key, &raw);
    assert_non_null(BN_copy(key.n[Q], key.n[P]));
    complete(&key, true);
    encode(&key, HF_KEY_RSA_2048, &raw);
    assert_int_equal(import_raw(HF_KEY_RSA_2048, &raw), HF_ERR_KEY);
    numbers_free(&key);
}

/* FIPS 186-5 A.1.3: factors that are close are found by Fermat's method. */
static void test_import_close_primes_are_refused(void **state)
{
    (void)state;
    static large raw;
    numbers key;
    load_vector_key(&raw);
    numbers_of(&key, &raw);
    new_prime(key.n[P], key.n[E]);
    assert_non_null(BN_copy(key.n[Q], key.n[P]));
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *gcd = BN_new();
    BIGNUM *minus_one = BN_new();
    do {
        assert_true(BN_add_word(key.n[Q], 2));
        assert_true(BN_sub(minus_one, key.n[Q], BN_value_one()));
        assert_true(BN_gcd(gcd, minus_one, key.n[E], ctx));
    } while (BN_check_prime(key.n[Q], ctx, NULL) != 1 || !BN_is_one(gcd));
    BN_free(minus_one);
    BN_free(gcd);
    BN_CTX_free(ctx);
    complete(&key, true);
    encode(&key, HF_KEY_RSA_2048, &raw);
    assert_int_equal(import_raw(HF_KEY_RSA_2048, &raw), HF_ERR_KEY);
    numbers_free(&key);
}

/* p = r * s with all numbers computed for a prime p: only its primality is wrong. */
static void test_import_composite_factor_is_refused(void **state)
{
    (void)state;
    static large raw;
    numbers key;
    load_vector_key(&raw);
    numbers_of(&key, &raw);
    BIGNUM *r = BN_new();
    BIGNUM *s = BN_new();
    BIGNUM *gcd = BN_new();
    BN_CTX *ctx = BN_CTX_new();
    do {
        assert_true(BN_generate_prime_ex(r, 512, 0, NULL, NULL, NULL) &&
                    BN_generate_prime_ex(s, 512, 0, NULL, NULL, NULL) &&
                    BN_mul(key.n[P], r, s, ctx) && BN_sub(s, key.n[P], BN_value_one()) &&
                    BN_gcd(gcd, s, key.n[E], ctx));
    } while (!BN_is_one(gcd));
    BN_free(r);
    BN_free(s);
    BN_free(gcd);
    BN_CTX_free(ctx);
    complete(&key, true);
    encode(&key, HF_KEY_RSA_2048, &raw);
    assert_int_equal(import_raw(HF_KEY_RSA_2048, &raw), HF_ERR_KEY);
    numbers_free(&key);
}

/* A complete key with a small d, found by choosing d and computing e, would have a long
 * e; so d is cut, which is seen before any arithmetic. */
static void test_import_small_private_exponent_is_refused(void **state)
{
    (void)state;
    static large raw;
    numbers key;
    hf_rsa_numbers parts;
    load_vector_key(&raw);
    numbers_of(&key, &raw);
    assert_true(BN_mask_bits(key.n[D], 1024) && BN_set_bit(key.n[D], 0));
    encode(&key, HF_KEY_RSA_2048, &raw);
    assert_int_equal(hf_rsa_decode(HF_KEY_RSA_2048, large_bytes(&raw), &parts),
                     HF_ERR_KEY);
    assert_int_equal(import_raw(HF_KEY_RSA_2048, &raw), HF_ERR_KEY);
    numbers_free(&key);
}

/* ---- exponents ---- */

static int import_public_with(const char *exponent, const large *private)
{
    static large raw;
    numbers key;
    numbers_of(&key, private);
    assert_true(BN_hex2bn(&key.n[E], exponent) > 0);
    encode(&key, HF_KEY_RSA_2048_PUBLIC, &raw);
    numbers_free(&key);
    return import_raw(HF_KEY_RSA_2048_PUBLIC, &raw);
}

static void test_import_public_exponent_is_odd_and_3_to_64_bits(void **state)
{
    (void)state;
    static large raw;
    load_vector_key(&raw);
    assert_int_equal(import_public_with("3", &raw), HF_OK);
    assert_int_equal(import_public_with("11", &raw), HF_OK);
    assert_int_equal(import_public_with("10001", &raw), HF_OK);
    assert_int_equal(import_public_with("FFFFFFFFFFFFFFFF", &raw), HF_OK);
    assert_int_equal(import_public_with("1", &raw), HF_ERR_KEY);
    assert_int_equal(import_public_with("2", &raw), HF_ERR_KEY);
    assert_int_equal(import_public_with("10000", &raw), HF_ERR_KEY);
    assert_int_equal(import_public_with("10000000000000001", &raw), HF_ERR_KEY);
}

/* Complete keys that only differ in the exponent. */
static void test_import_private_exponent_is_more_than_16_bits(void **state)
{
    (void)state;
    static large raw;
    const char *exponents[] = { "3", "11", "10001", "100000001" };
    for (size_t i = 0; i < sizeof(exponents) / sizeof(exponents[0]); i++) {
        numbers key;
        load_vector_key(&raw);
        numbers_of(&key, &raw);
        assert_true(BN_hex2bn(&key.n[E], exponents[i]) > 0);
        new_prime(key.n[P], key.n[E]);
        new_prime(key.n[Q], key.n[E]);
        complete(&key, true);
        encode(&key, HF_KEY_RSA_2048, &raw);
        assert_int_equal(import_raw(HF_KEY_RSA_2048, &raw), i < 2 ? HF_ERR_KEY : HF_OK);
        numbers_free(&key);
    }
}

static void test_import_public_modulus_even_or_with_small_factor_is_refused(void **state)
{
    (void)state;
    static large raw;
    numbers key;
    load_vector_key(&raw);
    numbers_of(&key, &raw);
    BN_clear_bit(key.n[N], 0);
    encode(&key, HF_KEY_RSA_2048_PUBLIC, &raw);
    assert_int_equal(import_raw(HF_KEY_RSA_2048_PUBLIC, &raw), HF_ERR_KEY);
    /* A multiple of 3 of the same size. */
    BN_ULONG rest = BN_mod_word(key.n[N], 6);
    assert_true(BN_sub_word(key.n[N], rest) && BN_add_word(key.n[N], 3));
    encode(&key, HF_KEY_RSA_2048_PUBLIC, &raw);
    assert_int_equal(import_raw(HF_KEY_RSA_2048_PUBLIC, &raw), HF_ERR_KEY);
    numbers_free(&key);
}

/* ---- structure ---- */

/* Every byte of the structure (not of the numbers' ends) matters: each of the first bytes
 * of a raw and of a PKCS#8 key changed alone. */
static void test_import_changed_structure_is_refused(void **state)
{
    (void)state;
    static large raw, der, out;
    load_vector_key(&raw);
    const hf_crypto_key key = large_key(HF_KEY_RSA_2048, &raw);
    assert_int_equal(large_export(&key, HF_FORMAT_DER, &der), HF_OK);
    for (size_t i = 0; i < 40; i++) {
        raw.data[i] ^= 0x01;
        assert_int_equal(import_raw(HF_KEY_RSA_2048, &raw), HF_ERR_KEY);
        raw.data[i] ^= 0x01;
        der.data[i] ^= 0x01;
        assert_int_equal(
            large_import(HF_KEY_RSA_2048, HF_FORMAT_DER, large_bytes(&der), &out),
            HF_ERR_KEY);
        der.data[i] ^= 0x01;
    }
    for (size_t len = 0; len < raw.len; len += 7) {
        assert_int_equal(large_import(HF_KEY_RSA_2048, HF_FORMAT_RAW,
                                      hf_bytes_of(raw.data, len), &out),
                         HF_ERR_KEY);
    }
    raw.data[raw.len++] = 0;
    assert_int_equal(import_raw(HF_KEY_RSA_2048, &raw), HF_ERR_KEY);
}

/* An INTEGER with a zero more, with all lengths around it right. */
static void test_import_number_that_is_not_minimal_is_refused(void **state)
{
    (void)state;
    static large raw, public;
    large_unhex(&raw, RSA_PSS_KEY);
    assert_int_equal(import_raw(HF_KEY_RSA_2048_PUBLIC, &raw), HF_OK);
    /* 30 82 01 0a, 02 82 01 01 n, 02 03 01 00 01 */
    public = raw;
    public.data[3]++;
    memmove(public.data + public.len - 2, public.data + public.len - 3, 3);
    public.len++;
    public.data[public.len - 5] = 4;
    public.data[public.len - 4] = 0;
    assert_int_equal(import_raw(HF_KEY_RSA_2048_PUBLIC, &public), HF_ERR_KEY);
}

/* RFC 5208 attributes behind the key. */
static void test_import_pkcs8_with_attributes_is_refused(void **state)
{
    (void)state;
    static large raw, der, out;
    load_vector_key(&raw);
    const hf_crypto_key key = large_key(HF_KEY_RSA_2048, &raw);
    assert_int_equal(large_export(&key, HF_FORMAT_DER, &der), HF_OK);
    assert_int_equal(der.data[1], 0x82);
    der.data[der.len++] = 0xA0; /* [0], empty */
    der.data[der.len++] = 0x00;
    size_t len = der.len - 4;
    der.data[2] = (uint8_t)(len >> 8);
    der.data[3] = (uint8_t)len;
    assert_int_equal(
        large_import(HF_KEY_RSA_2048, HF_FORMAT_DER, large_bytes(&der), &out),
        HF_ERR_KEY);
}

/* Not even a parsed form, and no operation: what is stored may have been damaged. */
static void test_malformed_material_is_key_error_everywhere(void **state)
{
    (void)state;
    static large raw, out;
    load_vector_key(&raw);
    raw.data[5] ^= 0x01;
    hf_crypto_key key = large_key(HF_KEY_RSA_2048, &raw);
    const hf_crypto_op op = { .algorithm = HF_ALG_RSA_PKCS1,
                              .hash = HF_ALG_SHA256,
                              .key = &key,
                              .input = hf_bytes_of("x", 1) };
    assert_int_equal(large_sign(&op, &out), HF_ERR_KEY);
    assert_int_equal(large_public(&key, &out), HF_ERR_KEY);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_ERR_KEY);
    assert_null(key.parsed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generate_gives_keys_of_all_sizes_in_all_formats),
        cmocka_unit_test(test_import_takes_what_libcrypto_writes),
        cmocka_unit_test(test_import_each_number_changed_alone_is_refused),
        cmocka_unit_test(test_import_swapped_primes_need_their_own_numbers),
        cmocka_unit_test(test_import_equal_primes_are_refused),
        cmocka_unit_test(test_import_close_primes_are_refused),
        cmocka_unit_test(test_import_composite_factor_is_refused),
        cmocka_unit_test(test_import_small_private_exponent_is_refused),
        cmocka_unit_test(test_import_public_exponent_is_odd_and_3_to_64_bits),
        cmocka_unit_test(test_import_private_exponent_is_more_than_16_bits),
        cmocka_unit_test(test_import_public_modulus_even_or_with_small_factor_is_refused),
        cmocka_unit_test(test_import_changed_structure_is_refused),
        cmocka_unit_test(test_import_number_that_is_not_minimal_is_refused),
        cmocka_unit_test(test_import_pkcs8_with_attributes_is_refused),
        cmocka_unit_test(test_malformed_material_is_key_error_everywhere),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
