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

static void test_algorithm_rows_are_found_by_id_and_name(void **state)
{
    (void)state;
    size_t count = 0;
    for (const hf_algorithm *row; (row = hf_algorithm_at(count)) != NULL; count++) {
        assert_ptr_equal(hf_algorithm_find(row->id), row);
        assert_ptr_equal(hf_algorithm_find_name(row->name), row);
    }
    assert_int_equal(count, 7);
    assert_null(hf_algorithm_find(HF_ALG_NONE));
    assert_null(hf_algorithm_find(0x7FFF));
    assert_null(hf_algorithm_find_name("sha-256"));
    assert_null(hf_algorithm_find_name(""));
    assert_null(hf_algorithm_find_name(NULL));
    assert_null(hf_algorithm_at(SIZE_MAX));
}

static void test_key_type_rows_are_found_by_type_and_name(void **state)
{
    (void)state;
    size_t count = 0;
    for (const hf_key_type_info *row; (row = hf_key_type_at(count)) != NULL; count++) {
        assert_ptr_equal(hf_key_type_find(row->type), row);
        assert_ptr_equal(hf_key_type_find_name(row->name), row);
        assert_true(row->raw_len_min > 0 && row->raw_len_min <= row->raw_len_max);
        assert_true(row->raw_len_max <= HF_CFG_KEY_SIZE_MAX);
        assert_int_equal(row->usages & ~HF_USAGE_MASK, 0);
        assert_int_not_equal(row->usages, 0);
        assert_int_equal(row->public_len == 0,
                         HF_KEY_CLASS(row->type) == HF_CLASS_SECRET);
    }
    assert_int_equal(count, 9);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_algorithm_rows_are_found_by_id_and_name),
        cmocka_unit_test(test_key_type_rows_are_found_by_type_and_name),
        cmocka_unit_test(test_key_type_public_is_the_public_half),
        cmocka_unit_test(test_key_type_numbers_are_fixed),
        cmocka_unit_test(test_algorithm_fits_only_its_keys),
        cmocka_unit_test(test_output_len_max_by_algorithm_key_and_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
