/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * HMAC-SHA-256 of the libcrypto device against RFC 4231, with parsed and unparsed keys.
 */
#include "fixture.h"

#include <string.h>

#define KEY_1 "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"
#define KEY_3 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY_4 "0102030405060708090a0b0c0d0e0f10111213141516171819"

typedef struct mac_vector {
    const char *data;
    const char *mac;
} mac_vector;

static const mac_vector vector_1 = {
    "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
};
static const mac_vector vector_3 = {
    "dddddddddddddddddddddddddddddddddddddddddddddddddd"
    "dddddddddddddddddddddddddddddddddddddddddddddddddd",
    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
};
static const mac_vector vector_4 = {
    "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
    "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
};

static hf_crypto_op op_of(const hf_crypto_key *key, hf_bytes input)
{
    return (hf_crypto_op){ .algorithm = HF_ALG_HMAC_SHA256, .key = key, .input = input };
}

static void check_vector(const hf_crypto_key *key, const void *context)
{
    const mac_vector *vector = context;
    blob data = unhex(vector->data);
    blob mac;
    hf_buffer out = blob_buffer(&mac);
    hf_crypto_op op = op_of(key, blob_bytes(&data));
    assert_int_equal(hf_crypto_mac(&fixture_crypto, 0, &op, &out), HF_OK);
    assert_bytes(hf_bytes_of(out.data, out.len), vector->mac);
    op.signature = hf_bytes_of(out.data, out.len);
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_OK);
    for (size_t i = 0; i < out.len; i++) {
        mac.data[i] ^= 0x10;
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
        mac.data[i] ^= 0x10;
    }
    op.signature.len--; /* truncated */
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
    op.signature.len = 0;
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
}

static void test_mac_rfc4231_vectors_match(void **state)
{
    (void)state;
    with_key(HF_KEY_HMAC, KEY_1, check_vector, &vector_1);
    with_key(HF_KEY_HMAC, KEY_3, check_vector, &vector_3);
    with_key(HF_KEY_HMAC, KEY_4, check_vector, &vector_4);
}

/* The parsed key is a template: one use must not show in the next. */
static void test_mac_same_parsed_key_twice_matches(void **state)
{
    (void)state;
    blob material = unhex(KEY_1);
    hf_crypto_key key = key_of(HF_KEY_HMAC, &material);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_OK);
    assert_non_null(key.parsed);
    material = repeat(0, 20); /* the parsed form has its own copy */
    check_vector(&key, &vector_1);
    check_vector(&key, &vector_1);
    hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
}

static void test_mac_of_nothing_is_made(void **state)
{
    (void)state;
    blob material = repeat(0, 32);
    blob mac;
    hf_buffer out = blob_buffer(&mac);
    hf_crypto_key key = key_of(HF_KEY_HMAC, &material);
    hf_crypto_op op = op_of(&key, hf_bytes_of(NULL, 0));
    assert_int_equal(hf_crypto_mac(&fixture_crypto, 0, &op, &out), HF_OK);
    /* HMAC-SHA-256 of nothing under an empty (zero-padded) key. */
    assert_bytes(hf_bytes_of(out.data, out.len),
                 "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void test_mac_key_length_out_of_range_is_key_error(void **state)
{
    (void)state;
    const size_t lengths[] = { 0, 4, 15, 129, 131 };
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        blob material = repeat(0xaa, lengths[i]);
        blob mac;
        hf_buffer out = blob_buffer(&mac);
        hf_crypto_key key = key_of(HF_KEY_HMAC, &material);
        hf_crypto_op op = op_of(&key, hf_bytes_of("x", 1));
        assert_int_equal(hf_crypto_mac(&fixture_crypto, 0, &op, &out), HF_ERR_KEY);
        assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_ERR_KEY);
        assert_null(key.parsed);
    }
}

static void test_mac_output_too_small_is_size_error(void **state)
{
    (void)state;
    uint8_t memory[32] = { 7 };
    blob material = unhex(KEY_1);
    hf_buffer out = hf_buffer_of(memory, 31);
    hf_crypto_key key = key_of(HF_KEY_HMAC, &material);
    hf_crypto_op op = op_of(&key, hf_bytes_of("x", 1));
    assert_int_equal(hf_crypto_mac(&fixture_crypto, 0, &op, &out), HF_ERR_SIZE);
    assert_int_equal(memory[0], 7);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mac_rfc4231_vectors_match),
        cmocka_unit_test(test_mac_same_parsed_key_twice_matches),
        cmocka_unit_test(test_mac_of_nothing_is_made),
        cmocka_unit_test(test_mac_key_length_out_of_range_is_key_error),
        cmocka_unit_test(test_mac_output_too_small_is_size_error),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
