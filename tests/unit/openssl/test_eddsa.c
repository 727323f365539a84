/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * EdDSA of the libcrypto device beside plain Ed25519: Ed448, contexts and the variants
 * with a hash, against RFC 8032 7.2 to 7.5; and public keys of Ed448 that are no points.
 * Where libcrypto does not have them (before 3.2) they are refused and not in the
 * capabilities.
 */
#include "fixture.h"

#include <string.h>

#include <openssl/crypto.h>

typedef struct eddsa_vector {
    uint16_t algorithm;
    uint32_t type;
    const char *seed;
    const char *point;
    const char *message;
    const char *context;
    const char *signature;
} eddsa_vector;

/* clang-format off */
static const eddsa_vector vectors[] = {
    /* 7.4, blank */
    { HF_ALG_ED448, HF_KEY_ED448,
      "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3"
      "528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
      "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778"
      "edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180",
      "", "",
      "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f"
      "2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a"
      "9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4db"
      "b61149f05a7363268c71d95808ff2e652600" },
    /* 7.4, 1 octet */
    { HF_ALG_ED448, HF_KEY_ED448,
      "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463a"
      "fbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e",
      "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c086"
      "6aea01eb00742802b8438ea4cb82169c235160627b4c3a9480",
      "03", "",
      "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f435"
      "2541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cb"
      "cee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0f"
      "f3348ab21aa4adafd1d234441cf807c03a00" },
    /* 7.4, 1 octet (with context) */
    { HF_ALG_ED448, HF_KEY_ED448,
      "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463a"
      "fbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e",
      "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c086"
      "6aea01eb00742802b8438ea4cb82169c235160627b4c3a9480",
      "03", "666f6f",
      "d4f8f6131770dd46f40867d6fd5d5055de43541f8c5e35abbcd001b32a89f7d2"
      "151f7647f11d8ca2ae279fb842d607217fce6e042f6815ea000c85741de5c8da"
      "1144a6a1aba7f96de42505d7a7298524fda538fccbbb754f578c1cad10d54d0d"
      "5428407e85dcbc98a49155c13764e66c3c00" },
    /* 7.5 */
    { HF_ALG_ED448_PH, HF_KEY_ED448,
      "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42"
      "ef7822e0d5104127dc05d6dbefde69e3ab2cec7c867c6e2c49",
      "259b71c19f83ef77a7abd26524cbdb3161b590a48f7d17de3ee0ba9c52beb743"
      "c09428a131d6b1b57303d90d8132c276d5ed3d5d01c0f53880",
      "616263", "",
      "822f6901f7480f3d5f562c592994d9693602875614483256505600bbc281ae38"
      "1f54d6bce2ea911574932f52a4e6cadd78769375ec3ffd1b801a0d9b3f4030cd"
      "433964b6457ea39476511214f97469b57dd32dbc560a9a94d00bff07620464a3"
      "ad203df7dc7ce360c3cd3696d9d9fab90f00" },
    /* 7.5 */
    { HF_ALG_ED448_PH, HF_KEY_ED448,
      "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42"
      "ef7822e0d5104127dc05d6dbefde69e3ab2cec7c867c6e2c49",
      "259b71c19f83ef77a7abd26524cbdb3161b590a48f7d17de3ee0ba9c52beb743"
      "c09428a131d6b1b57303d90d8132c276d5ed3d5d01c0f53880",
      "616263", "666f6f",
      "c32299d46ec8ff02b54540982814dce9a05812f81962b649d528095916a2aa48"
      "1065b1580423ef927ecf0af5888f90da0f6a9a85ad5dc3f280d91224ba9911a3"
      "653d00e484e2ce232521481c8658df304bb7745a73514cdb9bf3e15784ab7128"
      "4f8d0704a608c54a6b62d97beb511d132100" },
    /* 7.2 */
    { HF_ALG_ED25519_CTX, HF_KEY_ED25519,
      "0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6",
      "dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292",
      "f726936d19c800494e3fdaff20b276a8", "666f6f",
      "55a4cc2f70a54e04288c5f4cd1e45a7bb520b36292911876cada7323198dd87a"
      "8b36950b95130022907a7fb7c4e9b2d5f6cca685a587b4b21f4b888e4e7edb0d" },
    /* 7.2 */
    { HF_ALG_ED25519_CTX, HF_KEY_ED25519,
      "0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6",
      "dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292",
      "f726936d19c800494e3fdaff20b276a8", "626172",
      "fc60d5872fc46b3aa69f8b5b4351d5808f92bcc044606db097abab6dbcb1aee3"
      "216c48e8b3b66431b5b186d1d28f8ee15a5ca2df6668346291c2043d4eb3e90d" },
    /* 7.3 */
    { HF_ALG_ED25519_PH, HF_KEY_ED25519,
      "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
      "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
      "616263", "",
      "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
      "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406" },
    /* as 7.3, with a context */
    { HF_ALG_ED25519_PH, HF_KEY_ED25519,
      "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
      "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
      "616263", "666f6f",
      "e039702b4c2595a6a541ac8509236e2990474795330c9b34a75f58a660129e08"
      "fd736943fb1943a55720b9e0957b1ed6734816619f1388f43f73e6e3baa81c0e" },
};
/* clang-format on */
#define VECTOR_COUNT (sizeof(vectors) / sizeof(vectors[0]))

/* Does the libcrypto that is there do it? Only plain Ed448 before 3.2. */
static bool is_there(const eddsa_vector *v)
{
    bool is_plain = v->algorithm == HF_ALG_ED448 && v->context[0] == '\0';
    return is_plain || OpenSSL_version_num() >= 0x30200000UL;
}

/* One operation with the memory that it points to. */
typedef struct eddsa_case {
    blob message;
    blob context;
    blob signature;
} eddsa_case;

static hf_crypto_op op_of(const hf_crypto_key *key, const eddsa_vector *v, eddsa_case *c)
{
    c->message = unhex(v->message);
    c->context = unhex(v->context);
    c->signature = unhex(v->signature);
    return (hf_crypto_op){ .algorithm = v->algorithm,
                           .key = key,
                           .input = blob_bytes(&c->message),
                           /* An empty one may be nowhere. */
                           .context = c->context.len == 0 ? hf_bytes_of(NULL, 0)
                                                          : blob_bytes(&c->context),
                           .signature = blob_bytes(&c->signature) };
}

static void check_sign(const hf_crypto_key *key, const void *context)
{
    const eddsa_vector *v = context;
    eddsa_case c;
    hf_crypto_op op = op_of(key, v, &c);
    op.signature = (hf_bytes){ .len = 0 };
    for (int i = 0; i < 2; i++) {
        blob signature;
        hf_buffer out = blob_buffer(&signature);
        int rc = hf_crypto_sign(&fixture_crypto, 0, &op, &out);
        if (!is_there(v)) {
            assert_int_equal(rc, HF_ERR_NOTSUPPORTED);
            assert_int_equal(out.len, 0);
            continue;
        }
        assert_int_equal(rc, HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), v->signature);
    }
}

static void test_sign_rfc8032_vectors_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        with_key(vectors[i].type, vectors[i].seed, check_sign, &vectors[i]);
    }
}

static void check_verify(const hf_crypto_key *key, const void *context)
{
    const eddsa_vector *v = context;
    eddsa_case c;
    hf_crypto_op op = op_of(key, v, &c);
    if (!is_there(v)) {
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_NOTSUPPORTED);
        return;
    }
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_OK);
    for (size_t i = 0; i < c.signature.len; i += 5) {
        c.signature.data[i] ^= 2;
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
        c.signature.data[i] ^= 2;
    }
    size_t len = c.signature.len;
    for (op.signature.len = 0; op.signature.len <= len + 1; op.signature.len++) {
        int expected = op.signature.len == len ? HF_OK : HF_ERR_VERIFY;
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), expected);
    }
}

static void test_verify_rfc8032_vectors_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        uint32_t type = vectors[i].type;
        with_key(type, vectors[i].seed, check_verify, &vectors[i]);
        with_key(hf_key_type_public(type), vectors[i].point, check_verify, &vectors[i]);
    }
}

static void test_public_key_rfc8032_vectors_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        blob seed = unhex(vectors[i].seed);
        blob point;
        hf_buffer out = blob_buffer(&point);
        const hf_crypto_key key = key_of(vectors[i].type, &seed);
        assert_int_equal(hf_crypto_public_key(&fixture_crypto, 0, &key, &out), HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), vectors[i].point);
    }
}

/* A signature is of one variant and one context. */
static void check_variants(const hf_crypto_key *key, const void *context)
{
    const eddsa_vector *v = context;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        eddsa_case c;
        hf_crypto_op op = op_of(key, &vectors[i], &c);
        blob signature = unhex(v->signature);
        blob message = unhex(v->message);
        op.signature = blob_bytes(&signature);
        op.input = blob_bytes(&message);
        bool is_same = vectors[i].algorithm == v->algorithm &&
                       strcmp(vectors[i].context, v->context) == 0;
        if (vectors[i].type == v->type && is_there(&vectors[i])) {
            assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op),
                             is_same ? HF_OK : HF_ERR_VERIFY);
        }
    }
}

static void test_verify_other_variant_or_context_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        if (is_there(&vectors[i])) {
            with_key(vectors[i].type, vectors[i].seed, check_variants, &vectors[i]);
        }
    }
}

static void test_select_tells_what_libcrypto_has(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        const eddsa_vector *v = &vectors[i];
        uint32_t device = 0;
        bool has = v->algorithm == HF_ALG_ED448 || is_there(v);
        assert_int_equal(hf_crypto_select(&fixture_crypto, v->algorithm, v->type,
                                          HF_AFFINITY_ANY, &device),
                         has ? HF_OK : HF_ERR_NOTSUPPORTED);
    }
}

/* RFC 8032 5.2.7: S must be less than the order L, else signatures could be varied. */
static void test_verify_ed448_s_plus_order_is_refused(void **state)
{
    (void)state;
    blob order = unhex("f34458ab92c27823558fc58d72c26c219036d6ae49db4ec4e923ca7cffffffff"
                       "ffffffffffffffffffffffffffffffffffffffffffffff3f00");
    blob seed = unhex(vectors[0].seed);
    const hf_crypto_key key = key_of(HF_KEY_ED448, &seed);
    eddsa_case c;
    hf_crypto_op op = op_of(&key, &vectors[0], &c);
    unsigned carry = 0;
    for (size_t i = 0; i < order.len; i++) {
        carry += (unsigned)c.signature.data[57 + i] + order.data[i];
        c.signature.data[57 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
}

/* clang-format off */
static const struct {
    const char *what;
    const char *point;
    int status;
} points[] = {
    { "base point",
      "14fa30f25b790898adc8d74e2c13bdfdc4397ce61cffd33ad7c2a0051e9c7887"
      "4098a36c7373ea4b62c7c9563720768824bcb66e71463f6900", HF_OK },
    { "base point, other sign",
      "14fa30f25b790898adc8d74e2c13bdfdc4397ce61cffd33ad7c2a0051e9c7887"
      "4098a36c7373ea4b62c7c9563720768824bcb66e71463f6980", HF_OK },
    { "y = 3 has an x",
      "0300000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000000000000000000", HF_OK },
    { "y = 2 has no x",
      "0200000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000000000000000000", HF_ERR_KEY },
    { "x = 0 with a sign",
      "0100000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000000000000000080", HF_ERR_KEY },
    { "order 1",
      "0100000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000000000000000000", HF_ERR_KEY },
    { "order 2",
      "fefffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffff"
      "ffffffffffffffffffffffffffffffffffffffffffffffff00", HF_ERR_KEY },
    { "order 4",
      "0000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000000000000000000", HF_ERR_KEY },
    { "order 4, other sign",
      "0000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000000000000000080", HF_ERR_KEY },
    { "y = p",
      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffff"
      "ffffffffffffffffffffffffffffffffffffffffffffffff00", HF_ERR_KEY },
    { "y = p + 1",
      "00000000000000000000000000000000000000000000000000000000ffffffff"
      "ffffffffffffffffffffffffffffffffffffffffffffffff00", HF_ERR_KEY },
    { "y = 2^448",
      "0000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000000000000000001", HF_ERR_KEY },
    { "too short",
      "14fa30f25b790898adc8d74e2c13bdfdc4397ce61cffd33ad7c2a0051e9c7887"
      "4098a36c7373ea4b62c7c9563720768824bcb66e71463f69", HF_ERR_KEY },
    { "too long",
      "14fa30f25b790898adc8d74e2c13bdfdc4397ce61cffd33ad7c2a0051e9c7887"
      "4098a36c7373ea4b62c7c9563720768824bcb66e71463f690000", HF_ERR_KEY },
};
/* clang-format on */

static void test_import_ed448_public_key_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
        blob point = unhex(points[i].point);
        blob raw;
        hf_buffer out = blob_buffer(&raw);
        hf_crypto_key key = key_of(HF_KEY_ED448_PUBLIC, &point);
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
        cmocka_unit_test(test_verify_other_variant_or_context_is_refused),
        cmocka_unit_test(test_select_tells_what_libcrypto_has),
        cmocka_unit_test(test_verify_ed448_s_plus_order_is_refused),
        cmocka_unit_test(test_import_ed448_public_key_table),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
