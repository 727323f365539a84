/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Hashes of the libcrypto device against the examples of FIPS 180-4 and FIPS 202 (NIST's
 * example values), in one call and as streams cut at every place.
 */
#include "fixture.h"

#include <string.h>

#define LONG_56 "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define LONG_112                                                                         \
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"                   \
    "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

typedef struct hash_vector {
    uint16_t algorithm;
    const char *text; /* the message is this, */
    size_t count;     /* so often */
    const char *digest;
} hash_vector;

static const hash_vector vectors[] = {
    { HF_ALG_SHA1, "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
    { HF_ALG_SHA1, "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
    { HF_ALG_SHA1, LONG_56, 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
    { HF_ALG_SHA224, "", 1, "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f" },
    { HF_ALG_SHA224, "abc", 1,
      "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7" },
    { HF_ALG_SHA224, LONG_56, 1,
      "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525" },
    { HF_ALG_SHA256, "", 1,
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { HF_ALG_SHA256, "abc", 1,
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { HF_ALG_SHA256, LONG_56, 1,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    { HF_ALG_SHA384, "", 1,
      "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
      "274edebfe76f65fbd51ad2f14898b95b" },
    { HF_ALG_SHA384, "abc", 1,
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
      "8086072ba1e7cc2358baeca134c825a7" },
    { HF_ALG_SHA384, LONG_112, 1,
      "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712"
      "fcc7c71a557e2db966c3e9fa91746039" },
    { HF_ALG_SHA512, "", 1,
      "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
      "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" },
    { HF_ALG_SHA512, "abc", 1,
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
    { HF_ALG_SHA512, LONG_112, 1,
      "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
      "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909" },
    { HF_ALG_SHA512_224, "", 1,
      "6ed0dd02806fa89e25de060c19d3ac86cabb87d6a0ddd05c333b84f4" },
    { HF_ALG_SHA512_224, "abc", 1,
      "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa" },
    { HF_ALG_SHA512_224, LONG_112, 1,
      "23fec5bb94d60b23308192640b0c453335d664734fe40e7268674af9" },
    { HF_ALG_SHA512_256, "", 1,
      "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a" },
    { HF_ALG_SHA512_256, "abc", 1,
      "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23" },
    { HF_ALG_SHA512_256, LONG_112, 1,
      "3928e184fb8690f840da3988121d31be65cb9d3ef83ee6146feac861e19b563a" },
    { HF_ALG_SHA3_224, "", 1,
      "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7" },
    { HF_ALG_SHA3_224, "\xa3", 200,
      "9376816aba503f72f96ce7eb65ac095deee3be4bf9bbc2a1cb7e11e0" },
    { HF_ALG_SHA3_256, "", 1,
      "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a" },
    { HF_ALG_SHA3_256, "\xa3", 200,
      "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787" },
    { HF_ALG_SHA3_384, "", 1,
      "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2a"
      "c3713831264adb47fb6bd1e058d5f004" },
    { HF_ALG_SHA3_384, "\xa3", 200,
      "1881de2ca7e41ef95dc4732b8f5f002b189cc1e42b74168ed1732649ce1dbcdd"
      "76197a31fd55ee989f2d7050dd473e8f" },
    { HF_ALG_SHA3_512, "", 1,
      "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
      "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26" },
    { HF_ALG_SHA3_512, "\xa3", 200,
      "e76dfad22084a8b1467fcf2ffa58361bec7628edf5f3fdc0e4805dc48caeeca8"
      "1b7c13c30adf52a3659584739a2df46be589c51ca1a4a8416df6545a1ce8ba00" },
    { HF_ALG_SHAKE128, "", 1,
      "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26"
      "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2" },
    { HF_ALG_SHAKE128, "\xa3", 200,
      "131ab8d2b594946b9c81333f9bb6e0ce75c3b93104fa3469d3917457385da037"
      "cf232ef7164a6d1eb448c8908186ad852d3f85a5cf28da1ab6fe343817197846" },
    { HF_ALG_SHAKE128, "\xa3", 200, "13" },
    { HF_ALG_SHAKE256, "", 1,
      "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"
      "d75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be" },
    { HF_ALG_SHAKE256, "\xa3", 200,
      "cd8a920ed141aa0407a22d59288652e9d9f1a7ee0c1e7c1ca699424da84a904d"
      "2d700caae7396ece96604440577da4f3aa22aeb8857f961c4cd8e06f0ae6610b" },
    { HF_ALG_SHAKE256, "\xa3", 200, "cd" },
};
#define VECTOR_COUNT (sizeof(vectors) / sizeof(vectors[0]))

static const char abc_sha256[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static blob message_of(const hash_vector *v)
{
    blob message = { .len = 0 };
    size_t len = strlen(v->text);
    for (size_t i = 0; i < v->count; i++) {
        memcpy(message.data + message.len, v->text, len);
        message.len += len;
    }
    return message;
}

/* Of the right length; only a XOF needs to be told. */
static hf_crypto_op op_of(const hash_vector *v, const blob *message)
{
    return (hf_crypto_op){ .algorithm = v->algorithm,
                           .output_len = (uint32_t)strlen(v->digest) / 2,
                           .input = blob_bytes(message) };
}

static void test_hash_vectors_of_the_standards_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        blob message = message_of(&vectors[i]);
        blob digest;
        hf_buffer out = blob_buffer(&digest);
        hf_crypto_op op = op_of(&vectors[i], &message);
        assert_int_equal(hf_crypto_xof(&fixture_crypto, 0, &op, &out), HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), vectors[i].digest);
    }
}

static void test_every_hash_has_vectors(void **state)
{
    (void)state;
    const hf_algorithm *row;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        size_t count = 0;
        for (size_t v = 0; v < VECTOR_COUNT; v++) {
            count += vectors[v].algorithm == row->id ? 1 : 0;
        }
        assert_true(row->class != HF_CLASS_HASH || count >= 2);
    }
}

static void open_hash(const hf_crypto_op *op, hf_crypto_stream *stream)
{
    hf_crypto_op opening = *op;
    opening.input = hf_bytes_of(NULL, 0);
    *stream = (hf_crypto_stream){ .stream = NULL };
    assert_int_equal(hf_crypto_stream_open(&fixture_crypto, 0, &opening, false, stream),
                     HF_OK);
}

static void update(hf_crypto_stream *stream, const void *data, size_t len)
{
    assert_int_equal(
        hf_crypto_stream_update(&fixture_crypto, stream, hf_bytes_of(data, len), NULL),
        HF_OK);
}

static void test_stream_cut_anywhere_gives_the_same_digest(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        blob message = message_of(&vectors[i]);
        hf_crypto_op op = op_of(&vectors[i], &message);
        for (size_t cut = 0; cut <= message.len; cut++) {
            hf_crypto_stream stream;
            blob digest;
            hf_buffer out = blob_buffer(&digest);
            open_hash(&op, &stream);
            update(&stream, message.data, cut);
            update(&stream, message.data + cut, message.len - cut);
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
    hf_crypto_stream stream;
    open_hash(&(hf_crypto_op){ .algorithm = HF_ALG_SHA256 }, &stream);
    for (int i = 0; i < 2000; i++) {
        update(&stream, part.data, part.len);
    }
    assert_int_equal(hf_crypto_stream_finish(&fixture_crypto, &stream, &out, NULL),
                     HF_OK);
    assert_bytes(hf_bytes_of(out.data, out.len),
                 "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    hf_crypto_stream_close(&fixture_crypto, &stream);
}

/* The longest output: its beginning is that of a shorter one. */
static void test_xof_of_the_longest_output_matches(void **state)
{
    (void)state;
    static const struct {
        uint16_t algorithm;
        const char *last; /* 32 bytes */
    } cases[] = {
        { HF_ALG_SHAKE128,
          "878e5b70b8aea4f9d3fbc179ac77b2c3e60786294e6b2f80560371ea92d382cb" },
        { HF_ALG_SHAKE256,
          "b1dac95f6a1884f510143abca3db2a8e91a25ab21b8bfb78acc1ae13be481568" },
    };
    static uint8_t whole[HF_XOF_LEN_MAX];
    for (size_t i = 0; i < 2; i++) {
        uint8_t begin[64];
        hf_crypto_op op = { .algorithm = cases[i].algorithm,
                            .output_len = sizeof(whole) };
        hf_buffer out = hf_buffer_of(whole, sizeof(whole));
        assert_int_equal(hf_crypto_xof(&fixture_crypto, 0, &op, &out), HF_OK);
        assert_int_equal(out.len, sizeof(whole));
        assert_bytes(hf_bytes_of(whole + sizeof(whole) - 32, 32), cases[i].last);
        op.output_len = sizeof(begin);
        out = hf_buffer_of(begin, sizeof(begin));
        assert_int_equal(hf_crypto_xof(&fixture_crypto, 0, &op, &out), HF_OK);
        assert_memory_equal(begin, whole, sizeof(begin));
    }
}

static void test_xof_needs_to_be_told_a_length(void **state)
{
    (void)state;
    blob digest;
    hf_buffer out = blob_buffer(&digest);
    hf_crypto_op op = { .algorithm = HF_ALG_SHAKE128 };
    assert_int_equal(hf_crypto_xof(&fixture_crypto, 0, &op, &out), HF_ERR_RANGE);
    op.output_len = HF_XOF_LEN_MAX + 1;
    assert_int_equal(hf_crypto_xof(&fixture_crypto, 0, &op, &out), HF_ERR_RANGE);
    op.algorithm = HF_ALG_SHA3_256;
    op.output_len = 31;
    assert_int_equal(hf_crypto_xof(&fixture_crypto, 0, &op, &out), HF_ERR_RANGE);
    assert_int_equal(
        hf_crypto_hash(&fixture_crypto, 0, HF_ALG_SHAKE256, hf_bytes_of(NULL, 0), &out),
        HF_ERR_RANGE);
}

static void test_stream_ends_with_finish(void **state)
{
    (void)state;
    blob digest;
    hf_buffer out = blob_buffer(&digest);
    hf_crypto_stream stream;
    open_hash(&(hf_crypto_op){ .algorithm = HF_ALG_SHA256 }, &stream);
    update(&stream, "abc", 3);
    assert_int_equal(hf_crypto_stream_finish(&fixture_crypto, &stream, &out, NULL),
                     HF_OK);
    assert_bytes(hf_bytes_of(out.data, out.len), abc_sha256);
    assert_int_equal(
        hf_crypto_stream_update(&fixture_crypto, &stream, hf_bytes_of("abc", 3), NULL),
        HF_ERR_STATE);
    assert_int_equal(hf_crypto_stream_finish(&fixture_crypto, &stream, &out, NULL),
                     HF_ERR_STATE);
    assert_int_equal(out.len, 32);
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
    assert_bytes(hf_bytes_of(memory + 2, 32), abc_sha256);
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
    assert_bytes(hf_bytes_of(enough.data, enough.len), abc_sha256);
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
        cmocka_unit_test(test_hash_vectors_of_the_standards_match),
        cmocka_unit_test(test_every_hash_has_vectors),
        cmocka_unit_test(test_stream_cut_anywhere_gives_the_same_digest),
        cmocka_unit_test(test_stream_of_a_million_matches_fips180),
        cmocka_unit_test(test_xof_of_the_longest_output_matches),
        cmocka_unit_test(test_xof_needs_to_be_told_a_length),
        cmocka_unit_test(test_stream_ends_with_finish),
        cmocka_unit_test(test_hash_appends_and_too_small_changes_nothing),
        cmocka_unit_test(test_stream_finish_too_small_leaves_the_stream),
        cmocka_unit_test(test_stream_misuse_is_refused),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
