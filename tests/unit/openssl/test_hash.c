/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * SHA-2 of the libcrypto device against the examples of FIPS 180-4, in one call and as
 * streams cut at every place.
 */
#include "fixture.h"

#include <string.h>

#define LONG_56 "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define LONG_112                                                                         \
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"                   \
    "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

static const struct {
    uint16_t algorithm;
    const char *text;
    const char *digest;
} vectors[] = {
    { HF_ALG_SHA256, "",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { HF_ALG_SHA256, "abc",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { HF_ALG_SHA256, LONG_56,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    { HF_ALG_SHA384, "abc",
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
      "8086072ba1e7cc2358baeca134c825a7" },
    { HF_ALG_SHA384, LONG_112,
      "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712"
      "fcc7c71a557e2db966c3e9fa91746039" },
    { HF_ALG_SHA512, "abc",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
    { HF_ALG_SHA512, LONG_112,
      "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
      "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909" },
};
#define VECTOR_COUNT (sizeof(vectors) / sizeof(vectors[0]))

static void test_hash_fips180_vectors_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        blob digest = digest_of(vectors[i].algorithm, vectors[i].text);
        assert_bytes(blob_bytes(&digest), vectors[i].digest);
    }
}

static void test_stream_cut_anywhere_gives_the_same_digest(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        size_t len = strlen(vectors[i].text);
        for (size_t cut = 0; cut <= len; cut++) {
            hf_crypto_stream stream = { .stream = NULL };
            blob digest;
            hf_buffer out = blob_buffer(&digest);
            assert_int_equal(hf_crypto_stream_open(
                                 &fixture_crypto, 0,
                                 &(hf_crypto_op){ .algorithm = vectors[i].algorithm },
                                 false, &stream),
                             HF_OK);
            assert_int_equal(hf_crypto_stream_update(&fixture_crypto, &stream,
                                                     hf_bytes_of(vectors[i].text, cut),
                                                     NULL),
                             HF_OK);
            assert_int_equal(hf_crypto_stream_update(
                                 &fixture_crypto, &stream,
                                 hf_bytes_of(vectors[i].text + cut, len - cut), NULL),
                             HF_OK);
            assert_int_equal(
                hf_crypto_stream_finish(&fixture_crypto, &stream, &out, NULL), HF_OK);
            assert_bytes(hf_bytes_of(out.data, out.len), vectors[i].digest);
            hf_crypto_stream_close(&fixture_crypto, &stream);
            assert_null(stream.stream);
        }
    }
}

static void test_stream_of_a_million_matches_fips180(void **state)
{
    (void)state;
    blob part = repeat('a', 500);
    blob digest;
    hf_buffer out = blob_buffer(&digest);
    hf_crypto_stream stream = { .stream = NULL };
    assert_int_equal(hf_crypto_stream_open(&fixture_crypto, 0,
                                           &(hf_crypto_op){ .algorithm = HF_ALG_SHA256 },
                                           false, &stream),
                     HF_OK);
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(
            hf_crypto_stream_update(&fixture_crypto, &stream, blob_bytes(&part), NULL),
            HF_OK);
    }
    assert_int_equal(hf_crypto_stream_finish(&fixture_crypto, &stream, &out, NULL),
                     HF_OK);
    assert_bytes(hf_bytes_of(out.data, out.len),
                 "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    hf_crypto_stream_close(&fixture_crypto, &stream);
}

static void test_stream_goes_on_after_finish(void **state)
{
    (void)state;
    blob digest;
    hf_buffer out = blob_buffer(&digest);
    hf_crypto_stream stream = { .stream = NULL };
    assert_int_equal(hf_crypto_stream_open(&fixture_crypto, 0,
                                           &(hf_crypto_op){ .algorithm = HF_ALG_SHA256 },
                                           false, &stream),
                     HF_OK);
    assert_int_equal(hf_crypto_stream_finish(&fixture_crypto, &stream, &out, NULL),
                     HF_OK);
    assert_bytes(hf_bytes_of(out.data, out.len), vectors[0].digest);
    assert_int_equal(
        hf_crypto_stream_update(&fixture_crypto, &stream, hf_bytes_of("abc", 3), NULL),
        HF_OK);
    for (int i = 0; i < 2; i++) {
        out.len = 0;
        assert_int_equal(hf_crypto_stream_finish(&fixture_crypto, &stream, &out, NULL),
                         HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), vectors[1].digest);
    }
    hf_crypto_stream_close(&fixture_crypto, &stream);
}

static void test_hash_appends_and_too_small_changes_nothing(void **state)
{
    (void)state;
    uint8_t memory[64];
    memset(memory, 0x55, sizeof(memory));
    hf_buffer out = { .data = memory, .size = 33, .len = 2 };
    assert_int_equal(
        hf_crypto_hash(&fixture_crypto, 0, HF_ALG_SHA256, hf_bytes_of("abc", 3), &out),
        HF_ERR_SIZE);
    assert_int_equal(out.len, 2);
    for (size_t i = 0; i < sizeof(memory); i++) {
        assert_int_equal(memory[i], 0x55);
    }
    out.size = 34;
    assert_int_equal(
        hf_crypto_hash(&fixture_crypto, 0, HF_ALG_SHA256, hf_bytes_of("abc", 3), &out),
        HF_OK);
    assert_int_equal(out.len, 34);
    assert_int_equal(memory[1], 0x55);
    assert_int_equal(memory[34], 0x55);
    assert_bytes(hf_bytes_of(memory + 2, 32), vectors[1].digest);
}

static void test_stream_finish_too_small_leaves_the_stream(void **state)
{
    (void)state;
    uint8_t memory[32];
    hf_buffer small = hf_buffer_of(memory, 31);
    hf_buffer enough = hf_buffer_of(memory, 32);
    hf_crypto_stream stream = { .stream = NULL };
    assert_int_equal(hf_crypto_stream_open(&fixture_crypto, 0,
                                           &(hf_crypto_op){ .algorithm = HF_ALG_SHA256 },
                                           false, &stream),
                     HF_OK);
    assert_int_equal(
        hf_crypto_stream_update(&fixture_crypto, &stream, hf_bytes_of("abc", 3), NULL),
        HF_OK);
    assert_int_equal(hf_crypto_stream_finish(&fixture_crypto, &stream, &small, NULL),
                     HF_ERR_SIZE);
    assert_int_equal(hf_crypto_stream_finish(&fixture_crypto, &stream, &enough, NULL),
                     HF_OK);
    assert_bytes(hf_bytes_of(enough.data, enough.len), vectors[1].digest);
    hf_crypto_stream_close(&fixture_crypto, &stream);
}

static void test_stream_misuse_is_refused(void **state)
{
    (void)state;
    blob digest;
    hf_buffer out = blob_buffer(&digest);
    hf_crypto_stream stream = { .stream = NULL };
    assert_int_equal(
        hf_crypto_stream_update(&fixture_crypto, &stream, hf_bytes_of("a", 1), NULL),
        HF_ERR_STATE);
    assert_int_equal(hf_crypto_stream_finish(&fixture_crypto, &stream, &out, NULL),
                     HF_ERR_STATE);
    hf_crypto_stream_close(&fixture_crypto, &stream); /* harmless */
    assert_int_equal(hf_crypto_stream_open(&fixture_crypto, 0,
                                           &(hf_crypto_op){ .algorithm = HF_ALG_ECDSA },
                                           false, &stream),
                     HF_ERR_NOTSUPPORTED);
    assert_int_equal(hf_crypto_stream_open(&fixture_crypto, 0,
                                           &(hf_crypto_op){ .algorithm = HF_ALG_SHA384 },
                                           false, &stream),
                     HF_OK);
    assert_int_equal(hf_crypto_stream_open(&fixture_crypto, 0,
                                           &(hf_crypto_op){ .algorithm = HF_ALG_SHA384 },
                                           false, &stream),
                     HF_ERR_STATE);
    assert_int_equal(
        hf_crypto_stream_update(&fixture_crypto, &stream, hf_bytes_of(NULL, 1), NULL),
        HF_ERR_ARG);
    hf_crypto_stream_close(&fixture_crypto, &stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash_fips180_vectors_match),
        cmocka_unit_test(test_stream_cut_anywhere_gives_the_same_digest),
        cmocka_unit_test(test_stream_of_a_million_matches_fips180),
        cmocka_unit_test(test_stream_goes_on_after_finish),
        cmocka_unit_test(test_hash_appends_and_too_small_changes_nothing),
        cmocka_unit_test(test_stream_finish_too_small_leaves_the_stream),
        cmocka_unit_test(test_stream_misuse_is_refused),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
