/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * ECDSA of the libcrypto device: verification of the signatures in RFC 6979 A.2.5 and
 * A.2.6 (the digests of "sample" and "test"), sign and verify, and what is not a
 * signature.
 */
#include "fixture.h"

#include <string.h>

#define P256_SECRET "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define P256_POINT                                                                       \
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"                 \
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define P384_SECRET                                                                      \
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"                   \
    "96d5724e4c70a825f872c9ea60d2edf5"
#define P384_POINT                                                                       \
    "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"                 \
    "def8f0ea9055866064a254515480bc13"                                                   \
    "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1"                   \
    "288b231c3ae0d4fe7344fd2533264720"
#define P256_SAMPLE                                                                      \
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"                   \
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
#define SHA1_OF_SAMPLE "8151325dcdbae9e0ff95f9f9658432dbedfdb209"

typedef struct ecdsa_vector {
    uint16_t hash; /* 0: SHA-1, which the device does not do; see SHA1_OF_SAMPLE */
    const char *message;
    const char *signature; /* r || s */
} ecdsa_vector;

static const ecdsa_vector p256_vectors[] = {
    { HF_ALG_SHA256, "sample", P256_SAMPLE },
    { HF_ALG_SHA256, "test",
      "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
      "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083" },
    { HF_ALG_SHA512, "sample",
      "8496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f00"
      "2362ab1adbe2b8adf9cb9edab740ea6049c028114f2460f96554f61fae3302fe" },
    { 0, "sample",
      "61340c88c3aaebeb4f6d667f672ca9759a6ccaa9fa8811313039ee4a35471d32"
      "6d7f147dac089441bb2e2fe8f7a3fa264b9c475098fdcf6e00d7c996e1b8b7eb" },
};
static const ecdsa_vector p384_vectors[] = {
    { HF_ALG_SHA256, "sample",
      "21b13d1e013c7fa1392d03c5f99af8b30c570c6f98d4ea8e354b63a21d3daa33"
      "bde1e888e63355d92fa2b3c36d8fb2cd"
      "f3aa443fb107745bf4bd77cb3891674632068a10ca67e3d45db2266fa7d1feeb"
      "efdc63eccd1ac42ec0cb8668a4fa0ab0" },
    { HF_ALG_SHA384, "sample",
      "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
      "81a648152e44acf96e36dd1e80fabe46"
      "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
      "a329c145786e679e7b82c71a38628ac8" },
    { HF_ALG_SHA512, "sample",
      "ed0959d5880ab2d869ae7f6c2915c6d60f96507f9cb3e047c0046861da4a799c"
      "fe30f35cc900056d7c99cd7882433709"
      "512c8cceee3890a84058ce1e22dbc2198f42323ce8aca9135329f03c068e5112"
      "dc7cc3ef3446defceb01a45c2667fdd5" },
};

static hf_crypto_op op_of(const hf_crypto_key *key, const blob *digest)
{
    return (hf_crypto_op){ .algorithm = HF_ALG_ECDSA,
                           .format = HF_SIGNATURE_RAW,
                           .key = key,
                           .input = blob_bytes(digest) };
}

static blob vector_digest(const ecdsa_vector *v)
{
    return v->hash == 0 ? unhex(SHA1_OF_SAMPLE) : digest_of(v->hash, v->message);
}

static void check_vector(const hf_crypto_key *key, const void *context)
{
    const ecdsa_vector *v = context;
    blob digest = vector_digest(v);
    blob signature = unhex(v->signature);
    hf_crypto_op op = op_of(key, &digest);
    op.signature = blob_bytes(&signature);
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_OK);
    for (size_t i = 0; i < signature.len; i += 7) {
        signature.data[i] ^= 4;
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
        signature.data[i] ^= 4;
    }
    digest.data[0] ^= 1;
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
}

static void test_verify_rfc6979_signatures_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(p256_vectors) / sizeof(p256_vectors[0]); i++) {
        with_key(HF_KEY_P256_PUBLIC, P256_POINT, check_vector, &p256_vectors[i]);
        with_key(HF_KEY_P256, P256_SECRET, check_vector, &p256_vectors[i]);
    }
    for (size_t i = 0; i < sizeof(p384_vectors) / sizeof(p384_vectors[0]); i++) {
        with_key(HF_KEY_P384_PUBLIC, P384_POINT, check_vector, &p384_vectors[i]);
        with_key(HF_KEY_P384, P384_SECRET, check_vector, &p384_vectors[i]);
    }
}

/* ---- sign ---- */

static void check_round_trip(const hf_crypto_key *key, const void *context)
{
    const uint16_t *format = context;
    blob digest = repeat(0x5a, 64);
    for (digest.len = 28; digest.len <= 64; digest.len += 4) {
        blob signature;
        hf_buffer out = blob_buffer(&signature);
        hf_crypto_op op = op_of(key, &digest);
        op.format = *format;
        assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_OK);
        size_t len_max = hf_crypto_output_len_max(HF_ALG_ECDSA, key->type, *format);
        assert_true(out.len <= len_max);
        if (*format == HF_SIGNATURE_RAW) {
            assert_int_equal(out.len, len_max);
        }
        op.signature = hf_bytes_of(out.data, out.len);
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_OK);
        op.format ^= 1u; /* the other encoding */
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
    }
}

static void test_sign_then_verify_succeeds(void **state)
{
    (void)state;
    const uint16_t formats[] = { HF_SIGNATURE_DER, HF_SIGNATURE_RAW };
    for (size_t i = 0; i < 2; i++) {
        with_key(HF_KEY_P256, P256_SECRET, check_round_trip, &formats[i]);
        with_key(HF_KEY_P384, P384_SECRET, check_round_trip, &formats[i]);
    }
}

/* FIPS 186-5 6.4.1: only the leftmost bits of the order's length count. */
static void test_sign_digest_longer_than_the_order_is_truncated(void **state)
{
    (void)state;
    blob material = unhex(P256_SECRET);
    blob digest = repeat(0x77, 64);
    blob signature;
    hf_buffer out = blob_buffer(&signature);
    hf_crypto_key key = key_of(HF_KEY_P256, &material);
    hf_crypto_op op = op_of(&key, &digest);
    assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_OK);
    op.signature = hf_bytes_of(out.data, out.len);
    op.input.len = 32;
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_OK);
    op.input.len = 31;
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
}

static void test_sign_twice_gives_different_signatures(void **state)
{
    (void)state;
    blob material = unhex(P256_SECRET);
    blob digest = repeat(1, 32);
    hf_crypto_key key = key_of(HF_KEY_P256, &material);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_OK);
    blob signatures[2];
    for (size_t i = 0; i < 2; i++) {
        hf_buffer out = blob_buffer(&signatures[i]);
        const hf_crypto_op op = op_of(&key, &digest);
        assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_OK);
    }
    /* Equal r would mean equal nonces, which gives the key away. */
    assert_memory_not_equal(signatures[0].data, signatures[1].data, 32);
    hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
}

static void test_sign_digest_length_out_of_range_is_range_error(void **state)
{
    (void)state;
    const size_t lengths[] = { 0, 1, 19, 65 };
    blob material = unhex(P256_SECRET);
    blob digest = repeat(1, 65);
    hf_crypto_key key = key_of(HF_KEY_P256, &material);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        blob signature;
        hf_buffer out = blob_buffer(&signature);
        digest.len = lengths[i];
        hf_crypto_op op = op_of(&key, &digest);
        assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_ERR_RANGE);
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_RANGE);
    }
}

static void test_sign_output_too_small_is_size_error(void **state)
{
    (void)state;
    static const struct {
        uint32_t type;
        const char *secret;
        uint16_t format;
        size_t needed;
    } cases[] = {
        { HF_KEY_P256, P256_SECRET, HF_SIGNATURE_DER, 72 },
        { HF_KEY_P256, P256_SECRET, HF_SIGNATURE_RAW, 64 },
        { HF_KEY_P384, P384_SECRET, HF_SIGNATURE_DER, 104 },
        { HF_KEY_P384, P384_SECRET, HF_SIGNATURE_RAW, 96 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t memory[128] = { 9, 9 };
        blob material = unhex(cases[i].secret);
        blob digest = repeat(1, 32);
        hf_crypto_key key = key_of(cases[i].type, &material);
        hf_crypto_op op = op_of(&key, &digest);
        op.format = cases[i].format;
        hf_buffer out = { .data = memory, .size = cases[i].needed + 1, .len = 2 };
        assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_ERR_SIZE);
        assert_int_equal(out.len, 2);
        assert_int_equal(memory[2], 0);
        out.size++;
        assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_OK);
        assert_int_equal(memory[1], 9);
    }
}

/* r = s = 1 and the digest n - d: u1 G + u2 Q = (n - d) G + d G, which has no x. */
static void test_verify_point_at_infinity_is_verify_error(void **state)
{
    (void)state;
    blob material = unhex(P256_POINT);
    blob digest =
        unhex("36505626ba458aea94a3dea8984e296c6e9636d2702f0372782f6897ea53be30");
    blob signature = unhex("3006020101020101");
    hf_crypto_key key = key_of(HF_KEY_P256_PUBLIC, &material);
    hf_crypto_op op = op_of(&key, &digest);
    op.format = HF_SIGNATURE_DER;
    op.signature = hf_bytes_of(signature.data, signature.len);
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
}

/* ---- what is not a signature ---- */

#define R "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
#define S "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
#define N "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

static const struct {
    const char *what;
    const char *der;
    int status;
} der_cases[] = {
    { "right", "3046022100" R "022100" S, HF_OK },
    { "empty", "", HF_ERR_VERIFY },
    { "tag only", "30", HF_ERR_VERIFY },
    { "empty sequence", "3000", HF_ERR_VERIFY },
    { "one number", "3023022100" R, HF_ERR_VERIFY },
    { "trailing byte", "3046022100" R "022100" S "00", HF_ERR_VERIFY },
    { "trailing byte inside", "3047022100" R "022100" S "00", HF_ERR_VERIFY },
    { "third number", "3049022100" R "022100" S "020101", HF_ERR_VERIFY },
    { "cut", "3046022100" R "022100f7cb1c94", HF_ERR_VERIFY },
    { "length too large", "3047022100" R "022100" S, HF_ERR_VERIFY },
    { "length too small", "3045022100" R "022100" S, HF_ERR_VERIFY },
    { "long form of a short length", "308146022100" R "022100" S, HF_ERR_VERIFY },
    { "long form with a leading zero", "30820046022100" R "022100" S, HF_ERR_VERIFY },
    { "indefinite length", "3080022100" R "022100" S "0000", HF_ERR_VERIFY },
    { "long form of a number", "304702812100" R "022100" S, HF_ERR_VERIFY },
    { "set", "3146022100" R "022100" S, HF_ERR_VERIFY },
    { "octet string", "3046042100" R "022100" S, HF_ERR_VERIFY },
    { "negative r", "30450220" R "022100" S, HF_ERR_VERIFY },
    { "negative s", "3045022100" R "0220" S, HF_ERR_VERIFY },
    { "superfluous zero", "304702220000" R "022100" S, HF_ERR_VERIFY },
    { "number too long", "304702220100" R "022100" S, HF_ERR_VERIFY },
    { "empty number", "30250200022100" S, HF_ERR_VERIFY },
    { "r = 0", "3026020100022100" S, HF_ERR_VERIFY },
    { "s = 0", "3026022100" R "020100", HF_ERR_VERIFY },
    { "r = n", "3046022100" N "022100" S, HF_ERR_VERIFY },
    { "s = n", "3046022100" R "022100" N, HF_ERR_VERIFY },
    { "r and s exchanged", "3046022100" S "022100" R, HF_ERR_VERIFY },
};

static void test_verify_der_table(void **state)
{
    (void)state;
    blob material = unhex(P256_POINT);
    blob digest = digest_of(HF_ALG_SHA256, "sample");
    hf_crypto_key key = key_of(HF_KEY_P256_PUBLIC, &material);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_OK);
    for (size_t i = 0; i < sizeof(der_cases) / sizeof(der_cases[0]); i++) {
        blob der = unhex(der_cases[i].der);
        hf_crypto_op op = op_of(&key, &digest);
        op.format = HF_SIGNATURE_DER;
        op.signature = blob_bytes(&der);
        int rc = hf_crypto_verify(&fixture_crypto, 0, &op);
        if (rc != der_cases[i].status) {
            fail_msg("%s: %s", der_cases[i].what, hf_status_name(rc));
        }
    }
    hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
}

static void test_verify_raw_of_other_length_is_refused(void **state)
{
    (void)state;
    blob material = unhex(P256_POINT);
    blob digest = digest_of(HF_ALG_SHA256, "sample");
    blob signature = unhex(P256_SAMPLE "00");
    const size_t lengths[] = { 0, 1, 32, 63, 65 };
    hf_crypto_key key = key_of(HF_KEY_P256_PUBLIC, &material);
    hf_crypto_op op = op_of(&key, &digest);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        op.signature = hf_bytes_of(signature.data, lengths[i]);
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
    }
    blob zeros = repeat(0, 64);
    op.signature = blob_bytes(&zeros);
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
}

static void test_sign_with_wrong_key_is_refused(void **state)
{
    (void)state;
    blob point = unhex(P256_POINT);
    blob zero = repeat(0, 32);
    blob order = unhex(N);
    blob digest = repeat(1, 32);
    blob signature;
    hf_buffer out = blob_buffer(&signature);
    hf_crypto_key key = key_of(HF_KEY_P256_PUBLIC, &point);
    hf_crypto_op op = op_of(&key, &digest);
    assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_ERR_TYPE);
    key = key_of(HF_KEY_ED25519, &zero);
    assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_ERR_TYPE);
    key = key_of(HF_KEY_P256, &zero);
    assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_ERR_KEY);
    key = key_of(HF_KEY_P256, &order);
    assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_ERR_KEY);
    op.format = 2;
    assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_ERR_ARG);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify_rfc6979_signatures_match),
        cmocka_unit_test(test_sign_then_verify_succeeds),
        cmocka_unit_test(test_sign_digest_longer_than_the_order_is_truncated),
        cmocka_unit_test(test_sign_twice_gives_different_signatures),
        cmocka_unit_test(test_sign_digest_length_out_of_range_is_range_error),
        cmocka_unit_test(test_verify_point_at_infinity_is_verify_error),
        cmocka_unit_test(test_sign_output_too_small_is_size_error),
        cmocka_unit_test(test_verify_der_table),
        cmocka_unit_test(test_verify_raw_of_other_length_is_refused),
        cmocka_unit_test(test_sign_with_wrong_key_is_refused),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
