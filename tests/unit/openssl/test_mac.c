/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * MACs of the libcrypto device against the vectors of mac_vectors.c, with parsed and
 * unparsed keys, whole and cut.
 */
#include "fixture.h"

#include <string.h>

#include "mac_vectors.h"

typedef struct mac_case {
    blob nonce, data, mac;
    hf_crypto_op op;
} mac_case;

static void mac_case_init(mac_case *c, const hf_crypto_key *key, const mac_vector *v)
{
    *c = (mac_case){ .nonce = unhex(v->nonce),
                     .data = unhex(v->data),
                     .mac = unhex(v->mac) };
    c->op = (hf_crypto_op){ .algorithm = v->algorithm,
                            .key = key,
                            .input = blob_bytes(&c->data),
                            .nonce = blob_bytes(&c->nonce) };
}

static bool is_legacy(const mac_vector *v)
{
    return (hf_algorithm_find(v->algorithm)->traits & HF_TRAIT_LEGACY) != 0;
}

static void check_whole(const hf_crypto_key *key, const mac_vector *v)
{
    mac_case c;
    blob mac;
    hf_buffer out = blob_buffer(&mac);
    mac_case_init(&c, key, v);
    int rc = hf_crypto_mac(&fixture_crypto, 0, &c.op, &out);
    assert_int_equal(rc, is_legacy(v) ? HF_ERR_NOTSUPPORTED : HF_OK);
    if (rc == HF_OK) {
        assert_bytes(hf_bytes_of(out.data, out.len), v->mac);
    }
}

static void check_verify(const hf_crypto_key *key, const mac_vector *v)
{
    mac_case c;
    mac_case_init(&c, key, v);
    c.op.signature = blob_bytes(&c.mac);
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &c.op), HF_OK);
    for (size_t i = 0; i < c.mac.len; i++) {
        c.mac.data[i] ^= 0x10;
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &c.op), HF_ERR_VERIFY);
        c.mac.data[i] ^= 0x10;
    }
    c.op.signature.len--; /* cut, but not as asked */
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &c.op), HF_ERR_VERIFY);
    c.op.signature.len = 0;
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &c.op), HF_ERR_VERIFY);
}

/* A MAC of n bytes is the first n of the whole one. Lengths that are none are the matter
 * of hf_crypto's own tests. */
static void check_cut(const hf_crypto_key *key, const mac_vector *v)
{
    mac_case c;
    mac_case_init(&c, key, v);
    for (uint32_t len = 4; len <= c.mac.len; len += 4) {
        uint8_t memory[HF_MAC_LEN_MAX];
        memset(memory, 0x55, sizeof(memory));
        hf_buffer out = hf_buffer_of(memory, len);
        c.op.output_len = len;
        if (!is_legacy(v)) {
            assert_int_equal(hf_crypto_mac(&fixture_crypto, 0, &c.op, &out), HF_OK);
            assert_int_equal(out.len, len);
            assert_memory_equal(memory, c.mac.data, len);
            assert_true(len == sizeof(memory) || memory[len] == 0x55);
        }
        c.op.signature = hf_bytes_of(c.mac.data, len);
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &c.op), HF_OK);
        c.mac.data[len - 1] ^= 1;
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &c.op), HF_ERR_VERIFY);
        c.mac.data[len - 1] ^= 1;
    }
}

static void check_vector(const hf_crypto_key *key, const void *context)
{
    check_whole(key, context);
    check_verify(key, context);
    check_cut(key, context);
}

static void test_mac_vectors_of_the_standards_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < mac_vector_count; i++) {
        const mac_vector *v = &mac_vectors[i];
        with_key(v->key_type, v->key, check_vector, v);
    }
}

/* Every row with every size of AES key. */
static void test_every_mac_has_vectors(void **state)
{
    (void)state;
    const hf_algorithm *row;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        size_t sizes = 0;
        for (size_t v = 0; v < mac_vector_count; v++) {
            if (mac_vectors[v].algorithm == row->id) {
                sizes |= (size_t)1 << HF_KEY_PARAMETER(mac_vectors[v].key_type) / 64;
            }
        }
        bool is_aes = row->family == HF_FAMILY_AES; /* 128, 192, 256 */
        assert_true(row->class != HF_CLASS_MAC || sizes == (is_aes ? 4 + 8 + 16 : 1));
    }
}

static void parse(hf_crypto_key *key)
{
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, key), HF_OK);
    assert_non_null(key->parsed);
}

static const mac_vector *first_of(uint16_t algorithm, uint32_t key_type)
{
    size_t i = 0;
    while (mac_vectors[i].algorithm != algorithm || mac_vectors[i].key_type != key_type) {
        i++;
        assert_true(i < mac_vector_count);
    }
    return &mac_vectors[i];
}

/* The parsed key is a template: one use must not show in the next. */
static void test_mac_same_parsed_key_twice_matches(void **state)
{
    (void)state;
    static const struct {
        uint16_t algorithm;
        uint32_t key_type;
    } parsed[] = { { HF_ALG_HMAC_SHA256, HF_KEY_HMAC },
                   { HF_ALG_HMAC_SHA384, HF_KEY_HMAC },
                   { HF_ALG_HMAC_SHA512, HF_KEY_HMAC },
                   { HF_ALG_AES_CMAC, HF_KEY_AES_128 },
                   { HF_ALG_AES_GMAC, HF_KEY_AES_192 } };
    for (size_t i = 0; i < sizeof(parsed) / sizeof(parsed[0]); i++) {
        const mac_vector *v = first_of(parsed[i].algorithm, parsed[i].key_type);
        blob material = unhex(v->key);
        hf_crypto_key key = key_of(v->key_type, &material);
        parse(&key);
        material = repeat(0xEE, material.len); /* the parsed form has its own copy */
        check_vector(&key, v);
        check_vector(&key, v);
        hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
    }
}

/* One parsed key, every MAC that it can do, in turn. */
static void test_mac_parsed_key_serves_every_algorithm(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        blob material = repeat(0x0b, 20);
        hf_crypto_key key = key_of(HF_KEY_HMAC, &material);
        parse(&key);
        for (size_t i = 0; i < mac_vector_count; i++) {
            blob other = unhex(mac_vectors[i].key);
            if (mac_vectors[i].key_type == HF_KEY_HMAC && other.len == 20 &&
                other.data[0] == 0x0b) {
                check_vector(&key, &mac_vectors[i]);
            }
        }
        hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
    }
}

static void test_mac_of_nothing_is_made(void **state)
{
    (void)state;
    blob material = repeat(0, 32);
    blob mac;
    hf_buffer out = blob_buffer(&mac);
    hf_crypto_key key = key_of(HF_KEY_HMAC, &material);
    const hf_crypto_op op = { .algorithm = HF_ALG_HMAC_SHA256, .key = &key };
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
        const hf_crypto_op op = { .algorithm = HF_ALG_HMAC_SHA256,
                                  .key = &key,
                                  .input = hf_bytes_of("x", 1) };
        assert_int_equal(hf_crypto_mac(&fixture_crypto, 0, &op, &out), HF_ERR_KEY);
        assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_ERR_KEY);
        assert_null(key.parsed);
    }
}

static void test_mac_output_too_small_is_size_error(void **state)
{
    (void)state;
    uint8_t memory[32] = { 7 };
    blob material = repeat(0x0b, 20);
    hf_buffer out = hf_buffer_of(memory, 31);
    hf_crypto_key key = key_of(HF_KEY_HMAC, &material);
    const hf_crypto_op op = { .algorithm = HF_ALG_HMAC_SHA256,
                              .key = &key,
                              .input = hf_bytes_of("x", 1) };
    assert_int_equal(hf_crypto_mac(&fixture_crypto, 0, &op, &out), HF_ERR_SIZE);
    assert_int_equal(memory[0], 7);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mac_vectors_of_the_standards_match),
        cmocka_unit_test(test_every_mac_has_vectors),
        cmocka_unit_test(test_mac_same_parsed_key_twice_matches),
        cmocka_unit_test(test_mac_parsed_key_serves_every_algorithm),
        cmocka_unit_test(test_mac_of_nothing_is_made),
        cmocka_unit_test(test_mac_key_length_out_of_range_is_key_error),
        cmocka_unit_test(test_mac_output_too_small_is_size_error),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
