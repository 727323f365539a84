/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The encodings of all keys on curves, in both directions between the libcrypto device
 * and libcrypto itself, which writes and reads them on its own: PKCS#8,
 * SubjectPublicKeyInfo and SEC1. And everything that is not quite an encoding.
 */
#include "fixture.h"

#include <string.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

typedef struct curve_case {
    uint32_t type;
    const char *group; /* libcrypto's name; NULL = `name` is the algorithm */
    const char *name;
} curve_case;

static const curve_case cases[] = {
    { HF_KEY_P224, "secp224r1", "EC" },
    { HF_KEY_P256, "prime256v1", "EC" },
    { HF_KEY_P384, "secp384r1", "EC" },
    { HF_KEY_P521, "secp521r1", "EC" },
    { HF_KEY_SECP256K1, "secp256k1", "EC" },
    { HF_KEY_BRAINPOOL_P256, "brainpoolP256r1", "EC" },
    { HF_KEY_BRAINPOOL_P384, "brainpoolP384r1", "EC" },
    { HF_KEY_BRAINPOOL_P512, "brainpoolP512r1", "EC" },
    { HF_KEY_ED25519, NULL, "ED25519" },
    { HF_KEY_ED448, NULL, "ED448" },
    { HF_KEY_X25519, NULL, "X25519" },
    { HF_KEY_X448, NULL, "X448" },
};
#define CASE_COUNT (sizeof(cases) / sizeof(cases[0]))

static EVP_PKEY *make_pkey(const curve_case *c)
{
    EVP_PKEY *pkey = c->group != NULL ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", c->group)
                                      : EVP_PKEY_Q_keygen(NULL, NULL, c->name);
    assert_non_null(pkey);
    return pkey;
}

/* The DER that libcrypto writes. */
static blob pkcs8_of(EVP_PKEY *pkey)
{
    blob der;
    uint8_t *at = der.data;
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
    assert_non_null(info);
    der.len = (size_t)i2d_PKCS8_PRIV_KEY_INFO(info, &at);
    PKCS8_PRIV_KEY_INFO_free(info);
    return der;
}

static blob spki_of(EVP_PKEY *pkey)
{
    blob der;
    uint8_t *at = der.data;
    der.len = (size_t)i2d_PUBKEY(pkey, &at);
    return der;
}

static blob sec1_of(EVP_PKEY *pkey)
{
    blob der;
    uint8_t *at = der.data;
    der.len = (size_t)i2d_PrivateKey(pkey, &at);
    return der;
}

static int import(uint32_t type, uint16_t format, const blob *der, blob *raw)
{
    hf_buffer out = blob_buffer(raw);
    const hf_crypto_key key = key_of(type, der);
    const hf_key_encoding encoding = { .format = format };
    int rc = hf_crypto_import(&fixture_crypto, 0, &key, &encoding, &out);
    raw->len = out.len;
    return rc;
}

static blob export(uint32_t type, uint16_t format, const blob *raw)
{
    blob der;
    hf_buffer out = blob_buffer(&der);
    const hf_crypto_key key = key_of(type, raw);
    assert_int_equal(hf_crypto_export(&fixture_crypto, 0, &key, format, &out), HF_OK);
    der.len = out.len;
    return der;
}

static void assert_same(const blob *a, const blob *b)
{
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->data, b->data, a->len);
}

static void test_keys_of_libcrypto_are_imported_and_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        EVP_PKEY *pkey = make_pkey(&cases[i]);
        blob pkcs8 = pkcs8_of(pkey);
        blob spki = spki_of(pkey);
        blob secret;
        blob point;
        uint32_t public_type = hf_key_type_public(cases[i].type);
        assert_int_equal(import(cases[i].type, HF_FORMAT_DER, &pkcs8, &secret), HF_OK);
        assert_int_equal(import(public_type, HF_FORMAT_DER, &spki, &point), HF_OK);
        blob pkcs8_again = export(cases[i].type, HF_FORMAT_DER, &secret);
        blob spki_again = export(public_type, HF_FORMAT_DER, &point);
        assert_same(&pkcs8, &pkcs8_again);
        assert_same(&spki, &spki_again);
        assert_int_equal(pkcs8.len, hf_key_type_find(cases[i].type)->der_len_max);
        assert_int_equal(spki.len, hf_key_type_find(public_type)->der_len_max);
        blob computed;
        hf_buffer out = blob_buffer(&computed);
        const hf_crypto_key key = key_of(cases[i].type, &secret);
        assert_int_equal(hf_crypto_public_key(&fixture_crypto, 0, &key, &out), HF_OK);
        computed.len = out.len;
        assert_same(&computed, &point);
        EVP_PKEY_free(pkey);
    }
}

static void test_our_keys_are_read_by_libcrypto(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        blob secret;
        blob point;
        hf_buffer out = blob_buffer(&secret);
        assert_int_equal(hf_crypto_generate(&fixture_crypto, 0, cases[i].type, &out),
                         HF_OK);
        secret.len = out.len;
        out = blob_buffer(&point);
        const hf_crypto_key key = key_of(cases[i].type, &secret);
        assert_int_equal(hf_crypto_public_key(&fixture_crypto, 0, &key, &out), HF_OK);
        point.len = out.len;
        blob pkcs8 = export(cases[i].type, HF_FORMAT_DER, &secret);
        blob spki = export(hf_key_type_public(cases[i].type), HF_FORMAT_DER, &point);
        const uint8_t *at = pkcs8.data;
        EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &at, (long)pkcs8.len);
        assert_non_null(pkey);
        assert_true(EVP_PKEY_is_a(pkey, cases[i].name));
        blob spki_again = spki_of(pkey);
        assert_same(&spki, &spki_again);
        EVP_PKEY_free(pkey);
    }
}

/* ---- SEC1 ---- */

/* The ECPrivateKey in a PKCS#8 of libcrypto, which leaves the curve out there. */
static blob inner_of(EVP_PKEY *pkey)
{
    blob der;
    const uint8_t *octets = NULL;
    int len = 0;
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
    assert_int_equal(PKCS8_pkey_get0(NULL, &octets, &len, NULL, info), 1);
    der.len = (size_t)len;
    memcpy(der.data, octets, der.len);
    PKCS8_PRIV_KEY_INFO_free(info);
    return der;
}

static void test_sec1_of_libcrypto_is_imported(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT && cases[i].group != NULL; i++) {
        uint32_t type = cases[i].type;
        EVP_PKEY *pkey = make_pkey(&cases[i]);
        blob pkcs8 = pkcs8_of(pkey);
        blob sec1 = sec1_of(pkey);
        blob inner = inner_of(pkey);
        blob secret;
        blob raw;
        assert_int_equal(import(type, HF_FORMAT_DER, &pkcs8, &secret), HF_OK);
        assert_int_equal(import(type, HF_FORMAT_SEC1, &sec1, &raw), HF_OK);
        assert_same(&raw, &secret);
        assert_true(inner.len < sec1.len);
        assert_int_equal(import(type, HF_FORMAT_SEC1, &inner, &raw), HF_OK);
        assert_same(&raw, &secret);
        /* The one is not the other. */
        assert_int_equal(import(type, HF_FORMAT_SEC1, &pkcs8, &raw), HF_ERR_KEY);
        assert_int_equal(import(type, HF_FORMAT_DER, &sec1, &raw), HF_ERR_KEY);
        EVP_PKEY_free(pkey);
    }
}

static void test_sec1_with_the_curve_of_another_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT && cases[i].group != NULL; i++) {
        EVP_PKEY *pkey = make_pkey(&cases[i]);
        blob sec1 = sec1_of(pkey);
        for (size_t k = 0; k < CASE_COUNT && cases[k].group != NULL; k++) {
            blob raw;
            assert_int_equal(import(cases[k].type, HF_FORMAT_SEC1, &sec1, &raw),
                             i == k ? HF_OK : HF_ERR_KEY);
        }
        EVP_PKEY_free(pkey);
    }
}

static void test_sec1_of_types_without_it_is_type_error(void **state)
{
    (void)state;
    const uint32_t types[] = { HF_KEY_ED25519, HF_KEY_X448, HF_KEY_P256_PUBLIC,
                               HF_KEY_AES_128 };
    EVP_PKEY *pkey = make_pkey(&cases[1]);
    blob sec1 = sec1_of(pkey);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        blob raw;
        assert_int_equal(import(types[i], HF_FORMAT_SEC1, &sec1, &raw), HF_ERR_TYPE);
    }
    EVP_PKEY_free(pkey);
}

/* ---- what libcrypto writes and is refused here ---- */

/* Curve parameters instead of a name: RFC 5480 2.1.1 forbids them. */
static void test_explicit_parameters_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT && cases[i].group != NULL; i++) {
        EVP_PKEY *pkey = make_pkey(&cases[i]);
        assert_int_equal(EVP_PKEY_set_utf8_string_param(pkey, "encoding", "explicit"), 1);
        uint8_t *ders[] = { NULL, NULL, NULL };
        const uint16_t formats[] = { HF_FORMAT_DER, HF_FORMAT_SEC1, HF_FORMAT_DER };
        const uint32_t types[] = { cases[i].type, cases[i].type,
                                   hf_key_type_public(cases[i].type) };
        PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
        const int lens[] = { i2d_PKCS8_PRIV_KEY_INFO(info, &ders[0]),
                             i2d_PrivateKey(pkey, &ders[1]), i2d_PUBKEY(pkey, &ders[2]) };
        for (size_t k = 0; k < 3; k++) {
            blob raw;
            hf_buffer out = blob_buffer(&raw);
            assert_true(lens[k] > 0);
            const hf_crypto_key key = { .type = types[k],
                                        .material =
                                            hf_bytes_of(ders[k], (size_t)lens[k]) };
            const hf_key_encoding encoding = { .format = formats[k] };
            assert_int_equal(hf_crypto_import(&fixture_crypto, 0, &key, &encoding, &out),
                             HF_ERR_KEY);
            OPENSSL_free(ders[k]);
        }
        PKCS8_PRIV_KEY_INFO_free(info);
        EVP_PKEY_free(pkey);
    }
}

static void test_compressed_points_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT && cases[i].group != NULL; i++) {
        blob raw;
        EVP_PKEY *pkey = make_pkey(&cases[i]);
        assert_int_equal(
            EVP_PKEY_set_utf8_string_param(pkey, "point-format", "compressed"), 1);
        blob pkcs8 = pkcs8_of(pkey);
        blob spki = spki_of(pkey);
        uint32_t public_type = hf_key_type_public(cases[i].type);
        assert_int_equal(import(cases[i].type, HF_FORMAT_DER, &pkcs8, &raw), HF_ERR_KEY);
        assert_int_equal(import(public_type, HF_FORMAT_DER, &spki, &raw), HF_ERR_KEY);
        EVP_PKEY_free(pkey);
    }
}

static void test_attributes_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        blob der;
        blob raw;
        uint8_t *at = der.data;
        EVP_PKEY *pkey = make_pkey(&cases[i]);
        PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
        assert_int_equal(PKCS8_pkey_add1_attr_by_NID(info, NID_friendlyName, MBSTRING_ASC,
                                                     (const uint8_t *)"me", 2),
                         1);
        der.len = (size_t)i2d_PKCS8_PRIV_KEY_INFO(info, &at);
        assert_int_equal(import(cases[i].type, HF_FORMAT_DER, &der, &raw), HF_ERR_KEY);
        PKCS8_PRIV_KEY_INFO_free(info);
        EVP_PKEY_free(pkey);
    }
}

static void test_key_of_one_type_is_not_one_of_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        EVP_PKEY *pkey = make_pkey(&cases[i]);
        blob pkcs8 = pkcs8_of(pkey);
        blob spki = spki_of(pkey);
        for (size_t k = 0; k < CASE_COUNT; k++) {
            blob raw;
            int expected = i == k ? HF_OK : HF_ERR_KEY;
            uint32_t public_type = hf_key_type_public(cases[k].type);
            assert_int_equal(import(cases[k].type, HF_FORMAT_DER, &pkcs8, &raw),
                             expected);
            assert_int_equal(import(public_type, HF_FORMAT_DER, &spki, &raw), expected);
            assert_int_equal(import(cases[k].type, HF_FORMAT_DER, &spki, &raw),
                             HF_ERR_KEY);
            assert_int_equal(import(public_type, HF_FORMAT_DER, &pkcs8, &raw),
                             HF_ERR_KEY);
        }
        EVP_PKEY_free(pkey);
    }
}

/* ---- every cut and every changed bit ---- */

/* Imports a changed encoding. What is taken all the same must be a key whose own encoding
 * is this one: then the change made another key of it. Only the curve inside of a private
 * key, which may be left out, cannot come back. */
static void check_changed(uint32_t type, uint16_t format, const blob *der, bool may_be)
{
    blob raw;
    int rc = import(type, format, der, &raw);
    if (rc == HF_OK) {
        assert_true(may_be);
        if (format == HF_FORMAT_DER) {
            blob again = export(type, format, &raw);
            assert_same(&again, der);
        }
        return;
    }
    assert_int_equal(rc, HF_ERR_KEY);
    assert_int_equal(raw.len, 0);
}

static void check_cuts_and_bits(uint32_t type, uint16_t format, const blob *good)
{
    blob der = *good;
    for (der.len = 0; der.len < good->len; der.len++) {
        check_changed(type, format, &der, false);
    }
    der.len = good->len + 1;
    der.data[good->len] = 0;
    check_changed(type, format, &der, false);
    der.len = good->len;
    /* A private EC key has its public key beside it: no single bit makes another pair.
     * Every bit where it is quick, every eleventh of the others. */
    bool has_pair =
        HF_KEY_FAMILY(type) == HF_FAMILY_EC && HF_KEY_CLASS(type) == HF_CLASS_PRIVATE;
    bool is_all = type == HF_KEY_P256 || HF_KEY_FAMILY(type) == HF_FAMILY_EDWARDS;
    for (size_t bit = 0; bit < 8 * der.len; bit += is_all ? 1 : 11) {
        der.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        check_changed(type, format, &der, !has_pair);
        der.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void test_every_cut_and_every_bit_fails_or_is_another_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        EVP_PKEY *pkey = make_pkey(&cases[i]);
        blob pkcs8 = pkcs8_of(pkey);
        blob spki = spki_of(pkey);
        check_cuts_and_bits(cases[i].type, HF_FORMAT_DER, &pkcs8);
        check_cuts_and_bits(hf_key_type_public(cases[i].type), HF_FORMAT_DER, &spki);
        if (cases[i].group != NULL) {
            blob sec1 = sec1_of(pkey);
            check_cuts_and_bits(cases[i].type, HF_FORMAT_SEC1, &sec1);
        }
        EVP_PKEY_free(pkey);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_of_libcrypto_are_imported_and_come_back),
        cmocka_unit_test(test_our_keys_are_read_by_libcrypto),
        cmocka_unit_test(test_sec1_of_libcrypto_is_imported),
        cmocka_unit_test(test_sec1_with_the_curve_of_another_is_refused),
        cmocka_unit_test(test_sec1_of_types_without_it_is_type_error),
        cmocka_unit_test(test_explicit_parameters_are_refused),
        cmocka_unit_test(test_compressed_points_are_refused),
        cmocka_unit_test(test_attributes_are_refused),
        cmocka_unit_test(test_key_of_one_type_is_not_one_of_another),
        cmocka_unit_test(test_every_cut_and_every_bit_fails_or_is_another_key),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
