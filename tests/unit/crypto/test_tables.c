/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The algorithm and key type tables: found by id, name and index; no row contradicts
 * itself or another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "holdfast/crypto.h"

/* Wire values: a change of one of these numbers makes old clients wrong. */
static const struct {
    uint16_t id;
    const char *name;
} algorithms[] = {
    { 0x0101, "sha1" },
    { 0x0102, "sha224" },
    { 0x0103, "sha256" },
    { 0x0104, "sha384" },
    { 0x0105, "sha512" },
    { 0x0106, "sha512-224" },
    { 0x0107, "sha512-256" },
    { 0x0108, "sha3-224" },
    { 0x0109, "sha3-256" },
    { 0x010A, "sha3-384" },
    { 0x010B, "sha3-512" },
    { 0x010C, "shake128" },
    { 0x010D, "shake256" },
    { 0x0201, "hmac-sha1" },
    { 0x0202, "hmac-sha224" },
    { 0x0203, "hmac-sha256" },
    { 0x0204, "hmac-sha384" },
    { 0x0205, "hmac-sha512" },
    { 0x0206, "hmac-sha512-224" },
    { 0x0207, "hmac-sha512-256" },
    { 0x0208, "hmac-sha3-224" },
    { 0x0209, "hmac-sha3-256" },
    { 0x020A, "hmac-sha3-384" },
    { 0x020B, "hmac-sha3-512" },
    { 0x0220, "aes-cmac" },
    { 0x0221, "aes-gmac" },
    { 0x0301, "aes-ecb" },
    { 0x0302, "aes-cbc" },
    { 0x0303, "aes-cbc-pad" },
    { 0x0304, "aes-ctr" },
    { 0x0305, "aes-gcm" },
    { 0x0306, "aes-ccm" },
    { 0x0307, "aes-xts" },
    { 0x0308, "aes-kw" },
    { 0x0309, "aes-kwp" },
    { 0x030A, "chacha20-poly1305" },
    { 0x0401, "ecdsa" },
    { 0x0402, "rsa-pkcs1" },
    { 0x0403, "rsa-pss" },
    { 0x0404, "ecdsa-deterministic" },
    { 0x0410, "ed25519" },
    { 0x0411, "ed448" },
    { 0x0412, "ed25519ctx" },
    { 0x0413, "ed25519ph" },
    { 0x0414, "ed448ph" },
    { 0x0420, "ml-dsa" },
    { 0x0421, "slh-dsa" },
    { 0x0430, "lms" },
    { 0x0501, "rsa-oaep" },
    { 0x0502, "rsa-pkcs1-decrypt" },
    { 0x0503, "rsa-raw" },
    { 0x0601, "ecdh" },
    { 0x0602, "xdh" },
    { 0x0701, "hkdf" },
    { 0x0702, "hkdf-extract" },
    { 0x0703, "hkdf-expand" },
    { 0x0704, "kbkdf-hmac" },
    { 0x0705, "kbkdf-cmac" },
    { 0x0706, "one-step" },
    { 0x0707, "two-step" },
    { 0x0708, "pbkdf2" },
    { 0x0709, "tls12-prf" },
    { 0x070A, "x963" },
    { 0x0801, "ml-kem" },
    { 0x0901, "wrap-aes-gcm" },
    { 0x0902, "wrap-aes-kw" },
    { 0x0903, "wrap-aes-kwp" },
    { 0x0904, "wrap-rsa-aes" },
};
#define ALGORITHM_COUNT (sizeof(algorithms) / sizeof(algorithms[0]))

static void test_algorithm_rows_are_found_by_id_and_name(void **state)
{
    (void)state;
    size_t count = 0;
    for (const hf_algorithm *row; (row = hf_algorithm_at(count)) != NULL; count++) {
        assert_true(count < ALGORITHM_COUNT);
        assert_int_equal(row->id, algorithms[count].id);
        assert_string_equal(row->name, algorithms[count].name);
        assert_ptr_equal(hf_algorithm_find(row->id), row);
        assert_ptr_equal(hf_algorithm_find_name(row->name), row);
        assert_ptr_equal(hf_algorithm_find_class(row->id, row->class), row);
        assert_null(hf_algorithm_find_class(row->id, (uint8_t)(row->class + 1)));
        assert_true(count == 0 || row->id > hf_algorithm_at(count - 1)->id);
    }
    assert_int_equal(count, ALGORITHM_COUNT);
    assert_null(hf_algorithm_find(HF_ALG_NONE));
    assert_null(hf_algorithm_find(0x7FFF));
    assert_null(hf_algorithm_find_name("sha-256"));
    assert_null(hf_algorithm_find_name(""));
    assert_null(hf_algorithm_find_name(NULL));
    assert_null(hf_algorithm_at(SIZE_MAX));
}

/* In one direction: is there a key type that fits, and can all that fit be used so? */
static size_t count_fitting(const hf_algorithm *row, bool is_backward)
{
    uint32_t usage = is_backward ? row->usage_backward : row->usage_forward;
    size_t count = 0;
    const hf_key_type_info *info;
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        if (hf_algorithm_fits(row, info->type, is_backward)) {
            assert_int_equal(info->usages & usage, usage);
            count++;
        }
    }
    return count;
}

static void test_algorithm_rows_have_keys_and_usages(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGORITHM_COUNT; i++) {
        const hf_algorithm *row = hf_algorithm_at(i);
        bool is_hash = row->class == HF_CLASS_HASH;
        assert_int_equal(row->family == 0, is_hash);
        assert_int_equal(row->usage_forward == 0, is_hash);
        assert_int_equal(hf_algorithm_fits(row, 0, false), is_hash);
        assert_false(hf_algorithm_fits(row, 0, true));
        bool is_backward_only = (row->traits & HF_TRAIT_BACKWARD_ONLY) != 0;
        assert_int_equal(count_fitting(row, false) != 0, !is_hash && !is_backward_only);
        assert_int_equal(count_fitting(row, true) != 0, row->usage_backward != 0);
        assert_int_equal((row->usage_forward | row->usage_backward) & ~HF_USAGE_MASK, 0);
        assert_int_equal(row->policy & ~HF_POLICY_MASK, 0);
    }
}

static void test_algorithm_rows_do_not_contradict_themselves(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGORITHM_COUNT; i++) {
        const hf_algorithm *row = hf_algorithm_at(i);
        assert_true(row->class >= HF_CLASS_HASH && row->class <= HF_CLASS_WRAP);
        assert_true(row->output_len_min <= row->output_len);
        assert_true(row->output_len <= HF_MAC_LEN_MAX);
        assert_true(row->nonce_len_min <= row->nonce_len &&
                    row->nonce_len <= row->nonce_len_max &&
                    row->nonce_len_max <= HF_NONCE_LEN_MAX);
        assert_int_equal(row->nonce_len == 0, row->nonce_len_min == 0);
        assert_true(row->input_len_min <= row->input_len_max);
        if (row->input_unit != 0) {
            assert_int_equal(row->input_len_min % row->input_unit, 0);
            assert_int_equal(row->input_len_max % row->input_unit, 0);
        }
        if (row->class == HF_CLASS_MAC && row->hash != 0) { /* HMAC */
            assert_int_equal(row->id & 0xFF, row->hash & 0xFF);
            const hf_algorithm *hash = hf_algorithm_find_class(row->hash, HF_CLASS_HASH);
            assert_int_equal(row->output_len, hash->output_len);
            assert_int_equal(row->traits & HF_TRAIT_LEGACY,
                             hash->traits & HF_TRAIT_LEGACY);
        }
        for (size_t n = 0; n < 2; n++) {
            assert_true(row->parts[n] == 0 || hf_algorithm_find(row->parts[n]) != NULL);
        }
    }
}

static void test_hashes_that_may_be_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGORITHM_COUNT; i++) {
        const hf_algorithm *row = hf_algorithm_at(i);
        bool is_hash = row->class == HF_CLASS_HASH && row->output_len != 0;
        assert_int_equal(hf_algorithm_is_hash(row->id, true), is_hash);
        assert_int_equal(hf_algorithm_is_hash(row->id, false),
                         is_hash && row->id != HF_ALG_SHA1);
    }
    assert_false(hf_algorithm_is_hash(HF_ALG_NONE, true));
}

static void test_key_type_rows_are_found_by_type_and_name(void **state)
{
    (void)state;
    size_t count = 0;
    for (const hf_key_type_info *row; (row = hf_key_type_at(count)) != NULL; count++) {
        assert_ptr_equal(hf_key_type_find(row->type), row);
        assert_ptr_equal(hf_key_type_find_name(row->name), row);
        assert_true(count == 0 || row->type > hf_key_type_at(count - 1)->type);
        assert_true(row->raw_len_min > 0 && row->raw_len_min <= row->raw_len_max);
        assert_true(row->raw_len_max <= HF_CFG_KEY_SIZE_MAX);
        assert_int_equal(row->usages & ~HF_USAGE_MASK, 0);
        assert_int_not_equal(row->usages, 0);
        assert_int_equal(row->public_len == 0,
                         HF_KEY_CLASS(row->type) == HF_CLASS_SECRET);
    }
    assert_int_equal(count, 111);
    assert_null(hf_key_type_find(0));
    assert_null(hf_key_type_find_name("P256"));
    assert_null(hf_key_type_find_name(NULL));
    assert_null(hf_key_type_at(SIZE_MAX));
}

static void test_key_type_public_is_the_public_half(void **state)
{
    (void)state;
    assert_int_equal(hf_key_type_public(HF_KEY_P256), HF_KEY_P256_PUBLIC);
    assert_int_equal(hf_key_type_public(HF_KEY_P384), HF_KEY_P384_PUBLIC);
    assert_int_equal(hf_key_type_public(HF_KEY_ED25519), HF_KEY_ED25519_PUBLIC);
    assert_int_equal(hf_key_type_public(HF_KEY_P256_PUBLIC), HF_KEY_P256_PUBLIC);
    assert_int_equal(hf_key_type_public(HF_KEY_AES_128), 0);
    assert_int_equal(hf_key_type_public(HF_KEY_HMAC), 0);
    assert_int_equal(hf_key_type_public(0), 0);
    assert_int_equal(hf_key_type_public(HF_KEY_TYPE(HF_FAMILY_EC, HF_CLASS_PRIVATE, 9)),
                     0);
}

/* Wire and storage values: a change of one of these numbers loses keys. */
static void test_key_type_numbers_are_fixed(void **state)
{
    (void)state;
    assert_int_equal(HF_KEY_AES_128, 0x01010080);
    assert_int_equal(HF_KEY_AES_256, 0x01010100);
    assert_int_equal(HF_KEY_HMAC, 0x02010000);
    assert_int_equal(HF_KEY_P256, 0x03020001);
    assert_int_equal(HF_KEY_P256_PUBLIC, 0x03030001);
    assert_int_equal(HF_KEY_P384, 0x03020002);
    assert_int_equal(HF_KEY_P384_PUBLIC, 0x03030002);
    assert_int_equal(HF_KEY_ED25519, 0x04020010);
    assert_int_equal(HF_KEY_ED25519_PUBLIC, 0x04030010);
}

static void test_algorithm_fits_only_its_keys(void **state)
{
    (void)state;
    static const struct {
        uint16_t algorithm;
        uint32_t type;
        bool forward, backward;
    } cases[] = {
        { HF_ALG_SHA256, 0, true, false },
        { HF_ALG_SHA256, HF_KEY_HMAC, false, false },
        { HF_ALG_HMAC_SHA256, HF_KEY_HMAC, true, true },
        { HF_ALG_HMAC_SHA256, HF_KEY_AES_128, false, false },
        { HF_ALG_HMAC_SHA256, 0, false, false },
        { HF_ALG_AES_GCM, HF_KEY_AES_128, true, true },
        { HF_ALG_AES_GCM, HF_KEY_AES_256, true, true },
        { HF_ALG_AES_GCM, HF_KEY_TYPE(HF_FAMILY_AES, HF_CLASS_SECRET, 64), false, false },
        { HF_ALG_ECDSA, HF_KEY_P256, true, true },
        { HF_ALG_ECDSA, HF_KEY_P384_PUBLIC, false, true },
        { HF_ALG_ECDSA, HF_KEY_ED25519, false, false },
        { HF_ALG_ED25519, HF_KEY_ED25519, true, true },
        { HF_ALG_ED25519, HF_KEY_ED25519_PUBLIC, false, true },
        { HF_ALG_ED25519, HF_KEY_P256, false, false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const hf_algorithm *row = hf_algorithm_find(cases[i].algorithm);
        assert_int_equal(hf_algorithm_fits(row, cases[i].type, false), cases[i].forward);
        assert_int_equal(hf_algorithm_fits(row, cases[i].type, true), cases[i].backward);
    }
}

static void test_output_len_max_by_algorithm_key_and_format(void **state)
{
    (void)state;
    assert_int_equal(hf_crypto_output_len_max(HF_ALG_SHA384, 0, 0), 48);
    assert_int_equal(hf_crypto_output_len_max(HF_ALG_HMAC_SHA256, HF_KEY_HMAC, 0), 32);
    assert_int_equal(hf_crypto_output_len_max(HF_ALG_AES_GCM, HF_KEY_AES_128, 0), 16);
    assert_int_equal(
        hf_crypto_output_len_max(HF_ALG_ECDSA, HF_KEY_P256, HF_SIGNATURE_DER), 72);
    assert_int_equal(
        hf_crypto_output_len_max(HF_ALG_ECDSA, HF_KEY_P256, HF_SIGNATURE_RAW), 64);
    assert_int_equal(
        hf_crypto_output_len_max(HF_ALG_ECDSA, HF_KEY_P384, HF_SIGNATURE_DER), 104);
    assert_int_equal(hf_crypto_output_len_max(HF_ALG_ED25519, HF_KEY_ED25519, 0), 64);
    assert_int_equal(hf_crypto_output_len_max(HF_ALG_ECDSA, HF_KEY_ED25519, 0), 0);
    assert_int_equal(hf_crypto_output_len_max(HF_ALG_SHA256, HF_KEY_AES_128, 0), 0);
    assert_int_equal(hf_crypto_output_len_max(0, 0, 0), 0);
    assert_int_equal(hf_crypto_key_len_max(HF_KEY_P256, HF_FORMAT_RAW), 32);
    assert_int_equal(hf_crypto_key_len_max(HF_KEY_P256, HF_FORMAT_DER), 138);
    assert_int_equal(hf_crypto_key_len_max(HF_KEY_P256, 2), 0);
    assert_int_equal(hf_crypto_key_len_max(HF_KEY_HMAC, HF_FORMAT_DER), 0);
    assert_int_equal(hf_crypto_key_len_max(0, HF_FORMAT_RAW), 0);
}

/* Room for a whole output of every row with every key type, and for any of them. */
static void test_output_room_is_the_most_of_any_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGORITHM_COUNT; i++) {
        const hf_algorithm *row = hf_algorithm_at(i);
        size_t room = hf_crypto_output_room(row->id);
        size_t most = 0;
        const hf_key_type_info *info;
        for (size_t k = 0; (info = hf_key_type_at(k)) != NULL; k++) {
            size_t len = hf_crypto_output_len_max(row->id, info->type, HF_SIGNATURE_DER);
            bool fits = hf_algorithm_fits(row, info->type, false);
            most = fits && len > most ? len : most;
            assert_true(fits || hf_algorithm_fits(row, info->type, true) || len == 0);
            if (row->class == HF_CLASS_SIGNATURE && fits) {
                assert_true(len >= info->signature_len && info->signature_len != 0);
            }
        }
        assert_int_equal(room, row->class == HF_CLASS_HASH ? row->output_len : most);
    }
    assert_int_equal(hf_crypto_output_room(HF_ALG_ECDH), HF_SHARED_SECRET_LEN_MAX);
    assert_int_equal(hf_crypto_output_room(HF_ALG_ML_KEM), 1568);
    assert_int_equal(hf_crypto_output_room(HF_ALG_RSA_PSS), 512);
    assert_int_equal(hf_crypto_output_room(HF_ALG_ED448), 114);
    assert_int_equal(hf_crypto_output_room(HF_ALG_SLH_DSA), 49856);
    assert_int_equal(hf_crypto_output_room(0x7777), 0);
}

static void test_cipher_len_max_by_algorithm_key_and_direction(void **state)
{
    (void)state;
    static const struct {
        uint16_t algorithm;
        uint32_t type;
        size_t len, forward, backward;
    } cases[] = {
        { HF_ALG_AES_ECB, HF_KEY_AES_128, 32, 32, 32 },
        { HF_ALG_AES_CBC, HF_KEY_AES_192, 32, 32, 32 },
        { HF_ALG_AES_CBC_PAD, HF_KEY_AES_128, 0, 16, 0 },
        { HF_ALG_AES_CBC_PAD, HF_KEY_AES_128, 32, 48, 32 },
        { HF_ALG_AES_CTR, HF_KEY_AES_128, 33, 33, 33 },
        { HF_ALG_AES_GCM, HF_KEY_AES_256, 33, 33, 33 },
        { HF_ALG_AES_XTS, HF_KEY_AES_256_XTS, 33, 33, 33 },
        { HF_ALG_AES_KW, HF_KEY_AES_128, 16, 24, 16 },
        { HF_ALG_AES_KWP, HF_KEY_AES_128, 9, 24, 9 },
        { HF_ALG_AES_KWP, 0, SIZE_MAX - 14, SIZE_MAX, SIZE_MAX - 14 },
        { HF_ALG_AES_KWP, 0, SIZE_MAX, SIZE_MAX, SIZE_MAX },
        { HF_ALG_RSA_OAEP, HF_KEY_RSA_3072_PUBLIC, 1, 384, 384 },
        { HF_ALG_RSA_RAW, 0, 256, 512, 512 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(hf_crypto_cipher_len_max(cases[i].algorithm, cases[i].type,
                                                  cases[i].len, false),
                         cases[i].forward);
        assert_int_equal(hf_crypto_cipher_len_max(cases[i].algorithm, cases[i].type,
                                                  cases[i].len, true),
                         cases[i].backward);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_algorithm_rows_are_found_by_id_and_name),
        cmocka_unit_test(test_algorithm_rows_have_keys_and_usages),
        cmocka_unit_test(test_algorithm_rows_do_not_contradict_themselves),
        cmocka_unit_test(test_hashes_that_may_be_named),
        cmocka_unit_test(test_key_type_rows_are_found_by_type_and_name),
        cmocka_unit_test(test_key_type_public_is_the_public_half),
        cmocka_unit_test(test_key_type_numbers_are_fixed),
        cmocka_unit_test(test_algorithm_fits_only_its_keys),
        cmocka_unit_test(test_output_len_max_by_algorithm_key_and_format),
        cmocka_unit_test(test_output_room_is_the_most_of_any_key),
        cmocka_unit_test(test_cipher_len_max_by_algorithm_key_and_direction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
