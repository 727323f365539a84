/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The random generator of the libcrypto device, and what happens when it fails:
 * libcrypto's method is replaced by one that does.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* replacing the method is deprecated */

#include "fixture.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

static int fail_bytes(unsigned char *out, int len)
{
    memset(out, 0x77, (size_t)len); /* a half-filled buffer must not get out */
    return 0;
}

static int fail_status(void)
{
    return 0;
}

static const RAND_METHOD failing = { .bytes = fail_bytes,
                                     .pseudorand = fail_bytes,
                                     .status = fail_status };

static bool is_zero(const uint8_t *data, size_t len)
{
    uint8_t bits = 0;
    for (size_t i = 0; i < len; i++) {
        bits |= data[i];
    }
    return bits == 0;
}

static void test_random_fills_with_different_bytes(void **state)
{
    (void)state;
    uint8_t a[64] = { 0 };
    uint8_t b[64] = { 0 };
    assert_int_equal(hf_crypto_random(&fixture_crypto, 0, a, 63), HF_OK);
    assert_int_equal(hf_crypto_random(&fixture_crypto, 0, b, 63), HF_OK);
    assert_memory_not_equal(a, b, 63);
    assert_int_equal(a[63], 0);
    assert_int_equal(hf_crypto_random(&fixture_crypto, 0, NULL, 0), HF_OK);
    assert_int_equal(hf_crypto_random(&fixture_crypto, 0, NULL, 1), HF_ERR_ARG);
    assert_int_equal(hf_crypto_random(&fixture_crypto, 1, a, 1), HF_ERR_ARG);
}

static void test_random_failure_is_an_error_and_wiped(void **state)
{
    (void)state;
    const RAND_METHOD *before = RAND_get_rand_method();
    uint8_t memory[64] = { 1, 1, 1, 1, [32] = 1 };
    hf_buffer out = hf_buffer_of(memory, sizeof(memory));
    blob secret = repeat(1, 32);
    blob digest = repeat(2, 32);
    const hf_crypto_key key = key_of(HF_KEY_P256, &secret);
    const hf_crypto_op op = { .algorithm = HF_ALG_ECDSA,
                              .format = HF_SIGNATURE_RAW,
                              .key = &key,
                              .input = blob_bytes(&digest) };
    assert_int_equal(RAND_set_rand_method(&failing), 1);
    int random = hf_crypto_random(&fixture_crypto, 0, memory, 32);
    int odd = hf_crypto_random(&fixture_crypto, 0, memory + 32, 7); /* no whole block */
    bool is_wiped = is_zero(memory, 32 + 7);
    int aes = hf_crypto_generate(&fixture_crypto, 0, HF_KEY_AES_256, &out);
    int p256 = hf_crypto_generate(&fixture_crypto, 0, HF_KEY_P256, &out);
    int ed25519 = hf_crypto_generate(&fixture_crypto, 0, HF_KEY_ED25519, &out);
    int sign = hf_crypto_sign(&fixture_crypto, 0, &op, &out);
    assert_int_equal(RAND_set_rand_method(before), 1);
    assert_int_equal(random, HF_ERR_RANDOM);
    assert_int_equal(odd, HF_ERR_RANDOM);
    assert_true(is_wiped);
    assert_int_equal(aes, HF_ERR_RANDOM);
    assert_int_equal(p256, HF_ERR_CRYPTO);
    assert_int_equal(ed25519, HF_ERR_RANDOM);
    assert_int_equal(sign, HF_ERR_CRYPTO);
    assert_int_equal(out.len, 0);
    assert_true(is_zero(memory, sizeof(memory)));
}

/* Every symmetric type; the private ones have their own files. */
static void test_no_key_is_made_without_randomness(void **state)
{
    (void)state;
    const RAND_METHOD *before = RAND_get_rand_method();
    const hf_key_type_info *info;
    uint8_t memory[128] = { 0 };
    hf_buffer out = hf_buffer_of(memory, sizeof(memory));
    size_t count = 0;
    assert_int_equal(RAND_set_rand_method(&failing), 1);
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        bool is_short = info->raw_len_max <= sizeof(memory); /* all but `secret` */
        if (HF_KEY_CLASS(info->type) == HF_CLASS_SECRET && is_short) {
            int rc = hf_crypto_generate(&fixture_crypto, 0, info->type, &out);
            count += rc == HF_ERR_RANDOM ? 1 : 0;
        }
    }
    assert_int_equal(RAND_set_rand_method(before), 1);
    assert_int_equal(count, 7);
    assert_int_equal(out.len, 0);
    assert_true(is_zero(memory, sizeof(memory)));
}

/* The program around us finds no errors of ours in libcrypto's queue. */
static void test_errors_leave_the_queue_empty(void **state)
{
    (void)state;
    blob bad = repeat(0x04, 65);
    blob raw;
    hf_buffer out = blob_buffer(&raw);
    const hf_crypto_key key = key_of(HF_KEY_P256_PUBLIC, &bad);
    ERR_clear_error();
    assert_int_equal(hf_crypto_import(&fixture_crypto, 0, &key,
                                      &(hf_key_encoding){ .format = HF_FORMAT_RAW },
                                      &out),
                     HF_ERR_KEY);
    assert_int_equal(ERR_peek_error(), 0);
}

static void test_open_without_a_place_is_refused(void **state)
{
    (void)state;
    assert_int_equal(hf_openssl_open(NULL), HF_ERR_ARG);
    hf_openssl_close(NULL); /* harmless */
}

/* As with a configuration file that loads no provider of use. */
static void test_open_without_algorithms_is_refused(void **state)
{
    (void)state;
    hf_openssl *openssl = (hf_openssl *)(void *)state;
    assert_int_equal(EVP_set_default_properties(NULL, "provider=none"), 1);
    int rc = hf_openssl_open(&openssl);
    assert_int_equal(EVP_set_default_properties(NULL, ""), 1);
    assert_int_equal(rc, HF_ERR_CRYPTO);
    assert_null(openssl);
    assert_int_equal(ERR_peek_error(), 0);
    assert_int_equal(hf_openssl_open(&openssl), HF_OK);
    hf_openssl_close(openssl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_fills_with_different_bytes),
        cmocka_unit_test(test_random_failure_is_an_error_and_wiped),
        cmocka_unit_test(test_no_key_is_made_without_randomness),
        cmocka_unit_test(test_errors_leave_the_queue_empty),
        cmocka_unit_test(test_open_without_a_place_is_refused),
        cmocka_unit_test(test_open_without_algorithms_is_refused),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
