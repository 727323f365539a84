/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Ed25519 of the libcrypto device against RFC 8032 7.1, and its public keys that are no
 * points.
 */
#include "fixture.h"

#include <string.h>

typedef struct ed_vector {
    const char *seed;
    const char *point;
    const char *message;
    const char *signature;
} ed_vector;

static const ed_vector vectors[] = {
    { "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
    { "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
    { "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
      "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
    /* SHA(abc) */
    { "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
      "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
      "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704" },
};
#define VECTOR_COUNT (sizeof(vectors) / sizeof(vectors[0]))

static hf_crypto_op op_of(const hf_crypto_key *key, const blob *message)
{
    return (hf_crypto_op){ .algorithm = HF_ALG_ED25519,
                           .key = key,
                           .input = blob_bytes(message) };
}

static void check_sign(const hf_crypto_key *key, const void *context)
{
    const ed_vector *v = context;
    blob message = unhex(v->message);
    for (int i = 0; i < 2; i++) {
        blob signature;
        hf_buffer out = blob_buffer(&signature);
        const hf_crypto_op op = op_of(key, &message);
        assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), v->signature);
    }
}

static void check_verify(const hf_crypto_key *key, const void *context)
{
    const ed_vector *v = context;
    blob message = unhex(v->message);
    blob signature = unhex(v->signature);
    hf_crypto_op op = op_of(key, &message);
    op.signature = blob_bytes(&signature);
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_OK);
    for (size_t i = 0; i < signature.len; i += 5) {
        signature.data[i] ^= 2;
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
        signature.data[i] ^= 2;
    }
    for (op.signature.len = 0; op.signature.len <= 65; op.signature.len++) {
        int expected = op.signature.len == 64 ? HF_OK : HF_ERR_VERIFY;
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), expected);
    }
}

static void test_sign_rfc8032_vectors_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        with_key(HF_KEY_ED25519, vectors[i].seed, check_sign, &vectors[i]);
    }
}

static void test_verify_rfc8032_vectors_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        with_key(HF_KEY_ED25519, vectors[i].seed, check_verify, &vectors[i]);
        with_key(HF_KEY_ED25519_PUBLIC, vectors[i].point, check_verify, &vectors[i]);
    }
}

static void test_public_key_rfc8032_vectors_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        blob seed = unhex(vectors[i].seed);
        blob point;
        hf_buffer out = blob_buffer(&point);
        const hf_crypto_key key = key_of(HF_KEY_ED25519, &seed);
        assert_int_equal(hf_crypto_public_key(&fixture_crypto, 0, &key, &out), HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), vectors[i].point);
    }
}

/* RFC 8032 8.4: S must be less than the order L, else signatures could be varied. */
static void test_verify_s_plus_order_is_refused(void **state)
{
    (void)state;
    blob order = unhex("edd3f55c1a631258d69cf7a2def9de14"
                       "00000000000000000000000000000010");
    blob seed = unhex(vectors[0].seed);
    blob message = unhex(vectors[0].message);
    blob signature = unhex(vectors[0].signature);
    const hf_crypto_key key = key_of(HF_KEY_ED25519, &seed);
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)signature.data[32 + i] + order.data[i];
        signature.data[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    hf_crypto_op op = op_of(&key, &message);
    op.signature = blob_bytes(&signature);
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
}

static const struct {
    const char *what;
    const char *point;
    int status;
} points[] = {
    { "base point", "5866666666666666666666666666666666666666666666666666666666666666",
      HF_OK },
    { "base point, other sign",
      "58666666666666666666666666666666666666666666666666666666666666e6", HF_OK },
    { "y = 2 has no x",
      "0200000000000000000000000000000000000000000000000000000000000000", HF_ERR_KEY },
    { "x = 0 with a sign",
      "0100000000000000000000000000000000000000000000000000000000000080", HF_ERR_KEY },
    { "order 1", "0100000000000000000000000000000000000000000000000000000000000000",
      HF_ERR_KEY },
    { "order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      HF_ERR_KEY },
    { "order 4", "0000000000000000000000000000000000000000000000000000000000000000",
      HF_ERR_KEY },
    { "order 4, other sign",
      "0000000000000000000000000000000000000000000000000000000000000080", HF_ERR_KEY },
    { "order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      HF_ERR_KEY },
    { "order 8, other sign",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", HF_ERR_KEY },
    { "order 8, other y",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", HF_ERR_KEY },
    { "order 8, both other",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", HF_ERR_KEY },
    { "y = p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      HF_ERR_KEY },
    { "y = 2^255 - 1", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      HF_ERR_KEY },
    { "too short", "58666666666666666666666666666666666666666666666666666666666666",
      HF_ERR_KEY },
};

static void test_import_public_key_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
        blob point = unhex(points[i].point);
        blob raw;
        hf_buffer out = blob_buffer(&raw);
        hf_crypto_key key = key_of(HF_KEY_ED25519_PUBLIC, &point);
        int rc = hf_crypto_import(&fixture_crypto, 0, &key,
                                  &(hf_key_encoding){ .format = HF_FORMAT_RAW }, &out);
        if (rc != points[i].status) {
            fail_msg("%s: %s", points[i].what, hf_status_name(rc));
        }
        rc = hf_crypto_parse(&fixture_crypto, 0, &key);
        assert_int_equal(rc, points[i].status);
        hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sign_rfc8032_vectors_match),
        cmocka_unit_test(test_verify_rfc8032_vectors_match),
        cmocka_unit_test(test_public_key_rfc8032_vectors_match),
        cmocka_unit_test(test_verify_s_plus_order_is_refused),
        cmocka_unit_test(test_import_public_key_table),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
