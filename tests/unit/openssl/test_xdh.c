/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * X25519 and X448 of the libcrypto device: all vectors of RFC 7748 5.2 and 6, a thousand
 * iterations among them, and peers that give no secret.
 */
#include "fixture.h"

#include <string.h>

typedef struct xdh_vector {
    uint32_t type;
    const char *scalar;
    const char *point;
    const char *shared;
} xdh_vector;

/* clang-format off */
static const xdh_vector vectors[] = {
    /* 5.2 */
    { HF_KEY_X25519,
      "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
      "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
      "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552" },
    /* 5.2, an u-coordinate with its last bit set */
    { HF_KEY_X25519,
      "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
      "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
      "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957" },
    /* 5.2 */
    { HF_KEY_X448,
      "3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121700a779c"
      "984c24f8cdd78fbff44943eba368f54b29259a4f1c600ad3",
      "06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9814dc031"
      "ddbdc38c19c6da2583fa5429db94ada18aa7a7fb4ef8a086",
      "ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239fe14fbaad"
      "eb445fc66a01b0779d98223961111e21766282f73dd96b6f" },
    /* 6.1, public key of Alice */
    { HF_KEY_X25519,
      "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
      "0900000000000000000000000000000000000000000000000000000000000000",
      "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a" },
    /* 6.1, of Bob */
    { HF_KEY_X25519,
      "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
      "0900000000000000000000000000000000000000000000000000000000000000",
      "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f" },
    /* 6.1, Alice */
    { HF_KEY_X25519,
      "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
      "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
      "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742" },
    /* 6.1, Bob */
    { HF_KEY_X25519,
      "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
      "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
      "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742" },
    /* 6.2, public key of Alice */
    { HF_KEY_X448,
      "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf5"
      "74a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
      "0500000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000",
      "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bb"
      "c836647241d953d40c5b12da88120d53177f80e532c41fa0" },
    /* 6.2, of Bob */
    { HF_KEY_X448,
      "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120"
      "bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d",
      "0500000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000",
      "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972"
      "fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609" },
    /* 6.2, Alice */
    { HF_KEY_X448,
      "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf5"
      "74a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
      "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972"
      "fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609",
      "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56"
      "fd2464c335543936521c24403085d59a449a5037514a879d" },
    /* 6.2, Bob */
    { HF_KEY_X448,
      "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120"
      "bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d",
      "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bb"
      "c836647241d953d40c5b12da88120d53177f80e532c41fa0",
      "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56"
      "fd2464c335543936521c24403085d59a449a5037514a879d" },
};
/* clang-format on */
#define VECTOR_COUNT (sizeof(vectors) / sizeof(vectors[0]))

static int agree(const hf_crypto_key *key, const hf_crypto_key *peer, hf_buffer *out)
{
    const hf_crypto_op op = { .algorithm = HF_ALG_XDH, .key = key, .peer = peer };
    return hf_crypto_agree(&fixture_crypto, 0, &op, out);
}

static void check_shared(const hf_crypto_key *key, const void *context)
{
    const xdh_vector *v = context;
    blob point = unhex(v->point);
    hf_crypto_key peer = key_of(hf_key_type_public(key->type), &point);
    for (int is_parsed = 0; is_parsed < 2; is_parsed++) {
        blob shared;
        hf_buffer out = blob_buffer(&shared);
        if (is_parsed == 1) {
            assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &peer), HF_OK);
        }
        assert_int_equal(agree(key, &peer, &out), HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), v->shared);
        assert_int_equal(out.len, hf_crypto_output_len_max(HF_ALG_XDH, key->type, 0));
    }
    hf_crypto_parsed_destroy(&fixture_crypto, 0, peer.parsed);
}

static void test_agree_rfc7748_vectors_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        with_key(vectors[i].type, vectors[i].scalar, check_shared, &vectors[i]);
    }
}

/* Where the point is the base point, the shared secret is the public key. */
static void test_public_key_rfc7748_vectors_match(void **state)
{
    (void)state;
    size_t count = 0;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        blob base = unhex(vectors[i].point);
        blob scalar = unhex(vectors[i].scalar);
        blob point;
        hf_buffer out = blob_buffer(&point);
        const hf_crypto_key key = key_of(vectors[i].type, &scalar);
        assert_int_equal(hf_crypto_public_key(&fixture_crypto, 0, &key, &out), HF_OK);
        if (base.data[0] == (base.len == 32 ? 9 : 5) && base.data[1] == 0) {
            assert_bytes(hf_bytes_of(out.data, out.len), vectors[i].shared);
            count++;
        }
    }
    assert_int_equal(count, 4);
}

/* clang-format off */
static const xdh_vector iterations[] = {
    { HF_KEY_X25519,
      "0900000000000000000000000000000000000000000000000000000000000000",
      "0900000000000000000000000000000000000000000000000000000000000000",
      "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51" },
    { HF_KEY_X448,
      "0500000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000",
      "0500000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000",
      "aa3b4749d55b9daf1e5b00288826c467274ce3ebbdd5c17b975e09d4af6c67cf"
      "10d087202db88286e2b79fceea3ec353ef54faa26e219f38" },
};
/* clang-format on */

/* RFC 7748 5.2: the result is the next scalar, the scalar the next point. */
static void test_agree_thousand_iterations_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(iterations) / sizeof(iterations[0]); i++) {
        const xdh_vector *v = &iterations[i];
        blob scalar = unhex(v->scalar);
        blob point = unhex(v->point);
        for (int n = 0; n < 1000; n++) {
            blob result;
            hf_buffer out = blob_buffer(&result);
            const hf_crypto_key key = key_of(v->type, &scalar);
            const hf_crypto_key peer = key_of(hf_key_type_public(v->type), &point);
            assert_int_equal(agree(&key, &peer, &out), HF_OK);
            result.len = out.len;
            point = scalar;
            scalar = result;
        }
        assert_bytes(blob_bytes(&scalar), v->shared);
    }
}

/* RFC 7748 6: points whose multiples are all zero. */
/* clang-format off */
static const struct {
    const char *what;
    uint32_t type;
    const char *point;
} no_secrets[] = {
    { "0", HF_KEY_X25519,
      "0000000000000000000000000000000000000000000000000000000000000000" },
    { "1", HF_KEY_X25519,
      "0100000000000000000000000000000000000000000000000000000000000000" },
    { "of order 8", HF_KEY_X25519,
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157" },
    { "of order 8, the other", HF_KEY_X25519,
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800" },
    { "p - 1", HF_KEY_X25519,
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
    { "p", HF_KEY_X25519,
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
    { "p + 1", HF_KEY_X25519,
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
    { "p with its last bit set", HF_KEY_X25519,
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" },
    { "0", HF_KEY_X448,
      "0000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000" },
    { "1", HF_KEY_X448,
      "0100000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000" },
    { "p - 1", HF_KEY_X448,
      "fefffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffff"
      "ffffffffffffffffffffffffffffffffffffffffffffffff" },
    { "p", HF_KEY_X448,
      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffff"
      "ffffffffffffffffffffffffffffffffffffffffffffffff" },
    { "p + 1", HF_KEY_X448,
      "00000000000000000000000000000000000000000000000000000000ffffffff"
      "ffffffffffffffffffffffffffffffffffffffffffffffff" },
};
/* clang-format on */

static void check_no_secret(const hf_crypto_key *key, const void *context)
{
    const char *const *hex = context;
    blob point = unhex(*hex);
    const hf_crypto_key peer = key_of(hf_key_type_public(key->type), &point);
    uint8_t memory[64] = { 0 };
    hf_buffer out = hf_buffer_of(memory, sizeof(memory));
    assert_int_equal(agree(key, &peer, &out), HF_ERR_KEY);
    assert_int_equal(out.len, 0);
}

static void test_agree_secret_of_zeros_is_key_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(no_secrets) / sizeof(no_secrets[0]); i++) {
        size_t vector = no_secrets[i].type == HF_KEY_X25519 ? 0 : 2;
        with_key(no_secrets[i].type, vectors[vector].scalar, check_no_secret,
                 &no_secrets[i].point);
    }
}

static void test_import_other_length_is_refused(void **state)
{
    (void)state;
    const uint32_t types[] = { HF_KEY_X25519, HF_KEY_X25519_PUBLIC, HF_KEY_X448,
                               HF_KEY_X448_PUBLIC };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        size_t right = hf_key_type_find(types[i])->raw_len_max;
        for (size_t len = 1; len <= 64; len++) {
            blob material = repeat(0x5a, len);
            blob raw;
            hf_buffer out = blob_buffer(&raw);
            const hf_crypto_key key = key_of(types[i], &material);
            assert_int_equal(hf_crypto_import(&fixture_crypto, 0, &key,
                                              &(hf_key_encoding){ .format = 0 }, &out),
                             len == right ? HF_OK : HF_ERR_KEY);
        }
    }
}

static void test_keys_of_other_curves_and_signing_are_refused(void **state)
{
    (void)state;
    blob scalar = repeat(0x41, 32);
    blob point = repeat(0x42, 56);
    blob room;
    hf_buffer out = blob_buffer(&room);
    const hf_crypto_key key = key_of(HF_KEY_X25519, &scalar);
    const hf_crypto_key other = key_of(HF_KEY_X448_PUBLIC, &point);
    assert_int_equal(agree(&key, &other, &out), HF_ERR_TYPE);
    const hf_crypto_op sign = { .algorithm = HF_ALG_ED25519, .key = &key };
    assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &sign, &out), HF_ERR_TYPE);
    const hf_crypto_op ecdh = { .algorithm = HF_ALG_ECDH, .key = &key, .peer = &other };
    assert_int_equal(hf_crypto_agree(&fixture_crypto, 0, &ecdh, &out), HF_ERR_TYPE);
}

/* RFC 7748 5, decodeScalar25519 and decodeScalar448. */
static void test_generate_scalar_is_clamped(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        blob scalars[2];
        hf_buffer x25519 = blob_buffer(&scalars[0]);
        hf_buffer x448 = blob_buffer(&scalars[1]);
        assert_int_equal(hf_crypto_generate(&fixture_crypto, 0, HF_KEY_X25519, &x25519),
                         HF_OK);
        assert_int_equal(hf_crypto_generate(&fixture_crypto, 0, HF_KEY_X448, &x448),
                         HF_OK);
        assert_int_equal(x25519.data[0] & 7, 0);
        assert_int_equal(x25519.data[31] & 0xC0, 0x40);
        assert_int_equal(x448.data[0] & 3, 0);
        assert_int_equal(x448.data[55] & 0x80, 0x80);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agree_rfc7748_vectors_match),
        cmocka_unit_test(test_public_key_rfc7748_vectors_match),
        cmocka_unit_test(test_agree_thousand_iterations_match),
        cmocka_unit_test(test_agree_secret_of_zeros_is_key_error),
        cmocka_unit_test(test_import_other_length_is_refused),
        cmocka_unit_test(test_keys_of_other_curves_and_signing_are_refused),
        cmocka_unit_test(test_generate_scalar_is_clamped),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
