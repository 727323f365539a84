/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys of the libcrypto device: generation, import and export in both formats, public
 * keys, and a table of what must not be imported.
 */
#include "fixture.h"

#include <string.h>

#define ECPUB "06072a8648ce3d0201"
#define P256_OID "06082a8648ce3d030107"
#define P384_OID "06052b81040022"
#define P256_ID "3013" ECPUB P256_OID
#define P384_ID "3010" ECPUB P384_OID
#define ED_ID "300506032b6570"

#define P256_D "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define P256_XY                                                                          \
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"                   \
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define P256_Q "04" P256_XY
#define P256_N "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define P256_N_1 "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"
#define P384_D                                                                           \
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"                   \
    "96d5724e4c70a825f872c9ea60d2edf5"
#define P384_Q                                                                           \
    "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"                 \
    "def8f0ea9055866064a254515480bc13"                                                   \
    "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1"                   \
    "288b231c3ae0d4fe7344fd2533264720"
#define ED_SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define ED_POINT "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

/* PKCS#8 with the public key inside, and SubjectPublicKeyInfo. */
#define P256_PKCS8 "308187020100" P256_ID "046d306b0201010420" P256_D "a144034200" P256_Q
#define P384_PKCS8                                                                       \
    "3081b6020100" P384_ID "04819e30819b0201010430" P384_D "a164036200" P384_Q
#define ED_PKCS8 "302e020100" ED_ID "04220420" ED_SEED
#define P256_SPKI "3059" P256_ID "034200" P256_Q
#define P384_SPKI "3076" P384_ID "036200" P384_Q
#define ED_SPKI "302a" ED_ID "032100" ED_POINT

static int import_hex(uint32_t type, uint16_t format, const char *hex, hf_buffer *out)
{
    blob encoded = unhex(hex);
    const hf_crypto_key key = key_of(type, &encoded);
    return hf_crypto_import(&fixture_crypto, 0, &key,
                            &(hf_key_encoding){ .format = format }, out);
}

/* ---- good ones ---- */

static const struct {
    uint32_t type;
    const char *raw;
    const char *der;
} keys[] = {
    { HF_KEY_P256, P256_D, P256_PKCS8 },
    { HF_KEY_P384, P384_D, P384_PKCS8 },
    { HF_KEY_ED25519, ED_SEED, ED_PKCS8 },
    { HF_KEY_P256_PUBLIC, P256_Q, P256_SPKI },
    { HF_KEY_P384_PUBLIC, P384_Q, P384_SPKI },
    { HF_KEY_ED25519_PUBLIC, ED_POINT, ED_SPKI },
};
#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

static void test_import_both_formats_give_raw(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        blob raw;
        hf_buffer out = blob_buffer(&raw);
        assert_int_equal(import_hex(keys[i].type, HF_FORMAT_RAW, keys[i].raw, &out),
                         HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), keys[i].raw);
        out.len = 0;
        assert_int_equal(import_hex(keys[i].type, HF_FORMAT_DER, keys[i].der, &out),
                         HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), keys[i].raw);
    }
}

static void test_export_both_formats_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        blob material = unhex(keys[i].raw);
        blob encoded;
        hf_buffer out = blob_buffer(&encoded);
        const hf_crypto_key key = key_of(keys[i].type, &material);
        assert_int_equal(hf_crypto_export(&fixture_crypto, 0, &key, HF_FORMAT_RAW, &out),
                         HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), keys[i].raw);
        out.len = 0;
        assert_int_equal(hf_crypto_export(&fixture_crypto, 0, &key, HF_FORMAT_DER, &out),
                         HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), keys[i].der);
        assert_int_equal(out.len, hf_crypto_key_len_max(keys[i].type, HF_FORMAT_DER));
        out = hf_buffer_of(encoded.data, out.len - 1);
        assert_int_equal(hf_crypto_export(&fixture_crypto, 0, &key, HF_FORMAT_DER, &out),
                         HF_ERR_SIZE);
    }
}

static void test_import_optional_parts_are_accepted(void **state)
{
    (void)state;
    static const char *const encodings[] = {
        /* without the public key */
        "3041020100" P256_ID "042730250201010420" P256_D,
        /* with the curve inside, with and without the public key */
        "304d020100" P256_ID "043330310201010420" P256_D "a00a" P256_OID,
        "308193020100" P256_ID "047930770201010420" P256_D "a00a" P256_OID
        "a144034200" P256_Q,
    };
    for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
        blob raw;
        hf_buffer out = blob_buffer(&raw);
        assert_int_equal(import_hex(HF_KEY_P256, HF_FORMAT_DER, encodings[i], &out),
                         HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), P256_D);
    }
}

static void test_public_key_of_private_and_public_match(void **state)
{
    (void)state;
    static const struct {
        uint32_t type;
        const char *raw;
        const char *point;
    } cases[] = {
        { HF_KEY_P256, P256_D, P256_Q },       { HF_KEY_P256_PUBLIC, P256_Q, P256_Q },
        { HF_KEY_P384, P384_D, P384_Q },       { HF_KEY_P384_PUBLIC, P384_Q, P384_Q },
        { HF_KEY_ED25519, ED_SEED, ED_POINT },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        blob material = unhex(cases[i].raw);
        blob point;
        hf_buffer out = blob_buffer(&point);
        const hf_crypto_key key = key_of(cases[i].type, &material);
        assert_int_equal(hf_crypto_public_key(&fixture_crypto, 0, &key, &out), HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), cases[i].point);
        assert_int_equal(hf_key_type_find(hf_key_type_public(cases[i].type))->raw_len_max,
                         out.len);
    }
}

/* ---- bad ones ---- */

static const struct {
    const char *what;
    uint32_t type;
    const char *der;
} bad_ders[] = {
    { "cut at half", HF_KEY_P256, "308187020100" P256_ID "046d306b0201010420c9afa9d8" },
    { "trailing byte", HF_KEY_P256, P256_PKCS8 "00" },
    { "trailing byte in PrivateKeyInfo", HF_KEY_P256,
      "3042020100" P256_ID "042730250201010420" P256_D "00" },
    { "attributes", HF_KEY_P256,
      "3043020100" P256_ID "042730250201010420" P256_D "a000" },
    { "trailing byte in ECPrivateKey", HF_KEY_P256,
      "3042020100" P256_ID "042830260201010420" P256_D "00" },
    { "trailing byte behind ECPrivateKey", HF_KEY_P256,
      "3042020100" P256_ID "042830250201010420" P256_D "00" },
    { "version 1 outside", HF_KEY_P256,
      "3041020101" P256_ID "042730250201010420" P256_D },
    { "version 0 inside", HF_KEY_P256, "3041020100" P256_ID "042730250201000420" P256_D },
    { "other curve in the identifier", HF_KEY_P384, P256_PKCS8 },
    { "other curve inside", HF_KEY_P256,
      "304a020100" P256_ID "0430302e0201010420" P256_D "a007" P384_OID },
    { "trailing byte behind the curve inside", HF_KEY_P256,
      "304e020100" P256_ID "043430320201010420" P256_D "a00b" P256_OID "00" },
    { "no curve", HF_KEY_P256,
      "3037020100"
      "3009" ECPUB "042730250201010420" P256_D },
    { "long form of a short length", HF_KEY_P256,
      "308141020100" P256_ID "042730250201010420" P256_D },
    { "indefinite length", HF_KEY_P256,
      "3080020100" P256_ID "042730250201010420" P256_D "0000" },
    { "short scalar", HF_KEY_P256,
      "3040020100" P256_ID "04263024020101041f"
      "afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721" },
    { "long scalar", HF_KEY_P256, "3042020100" P256_ID "04283026020101042100" P256_D },
    { "scalar 0", HF_KEY_P256,
      "3041020100" P256_ID "042730250201010420"
      "0000000000000000000000000000000000000000000000000000000000000000" },
    { "scalar n", HF_KEY_P256, "3041020100" P256_ID "042730250201010420" P256_N },
    { "public key of another", HF_KEY_P256,
      "308187020100" P256_ID "046d306b0201010420" P256_N_1 "a144034200" P256_Q },
    { "empty public key", HF_KEY_P256,
      "3047020100" P256_ID "042d302b0201010420" P256_D "a104"
      "03020000" },
    { "public key without its bits", HF_KEY_P256,
      "3046020100" P256_ID "042c302a0201010420" P256_D "a103"
      "030100" },
    { "public key with unused bits", HF_KEY_P256,
      "308187020100" P256_ID "046d306b0201010420" P256_D "a144034201" P256_Q },
    { "a public key as private", HF_KEY_P256, P256_SPKI },
    { "a private key as public", HF_KEY_P256_PUBLIC, P256_PKCS8 },
    { "an Ed25519 key as P-256", HF_KEY_P256, ED_PKCS8 },
    { "a P-256 key as Ed25519", HF_KEY_ED25519, P256_PKCS8 },
    { "Ed25519, trailing byte inside", HF_KEY_ED25519,
      "302f020100" ED_ID "04230420" ED_SEED "00" },
    { "Ed25519, bare seed", HF_KEY_ED25519, "302c020100" ED_ID "0420" ED_SEED },
    { "Ed25519 identifier with NULL", HF_KEY_ED25519,
      "3030020100"
      "300706032b65700500"
      "04220420" ED_SEED },
    { "X25519", HF_KEY_ED25519,
      "302e020100"
      "300506032b656e"
      "04220420" ED_SEED },
    { "public: trailing byte", HF_KEY_P256_PUBLIC, P256_SPKI "00" },
    { "public: trailing byte inside", HF_KEY_P256_PUBLIC,
      "305a" P256_ID "034200" P256_Q "00" },
    { "public: not on the curve", HF_KEY_P256_PUBLIC,
      "3059" P256_ID "03420004"
      "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
      "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d446229a" },
    { "public: compressed", HF_KEY_P256_PUBLIC,
      "3039" P256_ID "03220003"
      "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" },
    { "public: hybrid", HF_KEY_P256_PUBLIC, "3059" P256_ID "03420007" P256_XY },
    { "public: infinity", HF_KEY_P256_PUBLIC, "3019" P256_ID "03020000" },
    { "public: unused bits", HF_KEY_P256_PUBLIC, "3059" P256_ID "034204" P256_Q },
    { "public: Ed25519 with y >= p", HF_KEY_ED25519_PUBLIC,
      "302a" ED_ID "032100"
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
    { "empty", HF_KEY_P256, "" },
    { "one byte", HF_KEY_P256, "30" },
    { "length of 4 bytes", HF_KEY_P256, "3084000000" },
};

static void test_import_der_table_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad_ders) / sizeof(bad_ders[0]); i++) {
        uint8_t memory[128] = { 0 };
        hf_buffer out = hf_buffer_of(memory, sizeof(memory));
        int rc = import_hex(bad_ders[i].type, HF_FORMAT_DER, bad_ders[i].der, &out);
        if (rc != HF_ERR_KEY || out.len != 0) {
            fail_msg("%s: %s", bad_ders[i].what, hf_status_name(rc));
        }
        for (size_t b = 0; b < sizeof(memory); b++) {
            assert_int_equal(memory[b], 0);
        }
    }
}

/* No cut and no single changed bit of a structure byte is taken for a whole key. */
static void test_import_every_cut_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        blob der = unhex(keys[i].der);
        size_t len = der.len;
        for (der.len = 0; der.len < len; der.len++) {
            blob raw;
            hf_buffer out = blob_buffer(&raw);
            const hf_crypto_key key = key_of(keys[i].type, &der);
            assert_int_equal(
                hf_crypto_import(&fixture_crypto, 0, &key,
                                 &(hf_key_encoding){ .format = HF_FORMAT_DER }, &out),
                HF_ERR_KEY);
        }
    }
}

static const struct {
    const char *what;
    uint32_t type;
    const char *raw;
} bad_raws[] = {
    { "scalar 0", HF_KEY_P256,
      "0000000000000000000000000000000000000000000000000000000000000000" },
    { "scalar n", HF_KEY_P256, P256_N },
    { "scalar 2^256 - 1", HF_KEY_P256,
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" },
    { "short scalar", HF_KEY_P256, "01" },
    { "P-256 as P-384", HF_KEY_P384, P256_D },
    { "X and Y without 04", HF_KEY_P256_PUBLIC, P256_XY },
    { "first byte 05", HF_KEY_P256_PUBLIC, "05" P256_XY },
    { "first byte 00", HF_KEY_P256_PUBLIC, "00" P256_XY },
    { "long seed", HF_KEY_ED25519, ED_SEED "00" },
    { "AES-128 of 15 bytes", HF_KEY_AES_128, "000102030405060708090a0b0c0d0e" },
    { "AES-256 of 16 bytes", HF_KEY_AES_256, "000102030405060708090a0b0c0d0e0f" },
    { "HMAC of 15 bytes", HF_KEY_HMAC, "000102030405060708090a0b0c0d0e" },
    { "X25519 of 31 bytes", HF_KEY_X25519,
      "00000000000000000000000000000000000000000000000000000000000000" },
};

static void test_import_raw_table_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad_raws) / sizeof(bad_raws[0]); i++) {
        blob raw;
        hf_buffer out = blob_buffer(&raw);
        int rc = import_hex(bad_raws[i].type, HF_FORMAT_RAW, bad_raws[i].raw, &out);
        if (rc != HF_ERR_KEY) {
            fail_msg("%s: %s", bad_raws[i].what, hf_status_name(rc));
        }
        blob material = unhex(bad_raws[i].raw);
        hf_crypto_key key = key_of(bad_raws[i].type, &material);
        assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_ERR_KEY);
        assert_null(key.parsed);
    }
}

/* FIPS 140-3 IG C.I; a parsed form of such a key there is none. */
static void test_import_xts_key_with_equal_halves_is_refused(void **state)
{
    (void)state;
    const uint32_t types[] = { HF_KEY_AES_128_XTS, HF_KEY_AES_256_XTS };
    for (size_t i = 0; i < 2; i++) {
        blob raw;
        hf_buffer out = blob_buffer(&raw);
        blob material = repeat(7, i == 0 ? 32 : 64);
        const hf_crypto_key key = key_of(types[i], &material);
        const hf_key_encoding encoding = { .format = HF_FORMAT_RAW };
        assert_int_equal(hf_crypto_import(&fixture_crypto, 0, &key, &encoding, &out),
                         HF_ERR_KEY);
        material.data[material.len - 1] = 8;
        assert_int_equal(hf_crypto_import(&fixture_crypto, 0, &key, &encoding, &out),
                         HF_OK);
    }
}

static void test_import_largest_scalar_is_accepted(void **state)
{
    (void)state;
    blob raw;
    hf_buffer out = blob_buffer(&raw);
    assert_int_equal(import_hex(HF_KEY_P256, HF_FORMAT_RAW, P256_N_1, &out), HF_OK);
}

static void test_symmetric_keys_have_no_der_and_no_public_key(void **state)
{
    (void)state;
    blob material = repeat(3, 32);
    blob raw;
    hf_buffer out = blob_buffer(&raw);
    const hf_crypto_key key = key_of(HF_KEY_AES_256, &material);
    assert_int_equal(hf_crypto_import(&fixture_crypto, 0, &key,
                                      &(hf_key_encoding){ .format = HF_FORMAT_DER },
                                      &out),
                     HF_ERR_TYPE);
    assert_int_equal(hf_crypto_export(&fixture_crypto, 0, &key, HF_FORMAT_DER, &out),
                     HF_ERR_TYPE);
    assert_int_equal(hf_crypto_public_key(&fixture_crypto, 0, &key, &out), HF_ERR_TYPE);
    static const struct {
        uint16_t format;
        int import_status;
        int export_status;
    } others[] = {
        { HF_FORMAT_ENCRYPTED, HF_ERR_TYPE, HF_ERR_ARG },
        { HF_FORMAT_SEC1, HF_ERR_TYPE, HF_ERR_ARG },
        { HF_FORMAT_MAX + 1, HF_ERR_ARG, HF_ERR_ARG },
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        const hf_key_encoding encoding = { .format = others[i].format };
        assert_int_equal(hf_crypto_import(&fixture_crypto, 0, &key, &encoding, &out),
                         others[i].import_status);
        assert_int_equal(
            hf_crypto_export(&fixture_crypto, 0, &key, others[i].format, &out),
            others[i].export_status);
    }
    assert_int_equal(out.len, 0);
}

/* ---- generation ---- */

/* Those of RSA and post-quantum families are large or slow: they have their own tests. */
static bool is_of_this_test(uint32_t type)
{
    uint8_t family = HF_KEY_FAMILY(type);
    return family != HF_FAMILY_RSA && family != HF_FAMILY_ML_KEM &&
           family != HF_FAMILY_ML_DSA && family != HF_FAMILY_SLH_DSA;
}

static void check_generate(const hf_key_type_info *info)
{
    bool is_free = info->raw_len_min != info->raw_len_max;
    size_t expected = is_free ? 32 : info->raw_len_max;
    uint8_t raws[2][1024];
    for (size_t k = 0; k < 2; k++) {
        uint8_t copy[1024];
        hf_buffer again = hf_buffer_of(copy, sizeof(copy));
        hf_buffer out = hf_buffer_of(raws[k], sizeof(raws[k]));
        assert_int_equal(hf_crypto_generate(&fixture_crypto, 0, info->type, &out), HF_OK);
        assert_int_equal(out.len, expected);
        const hf_crypto_key key = { .type = info->type,
                                    .material = hf_bytes_of(raws[k], out.len) };
        assert_int_equal(hf_crypto_import(&fixture_crypto, 0, &key,
                                          &(hf_key_encoding){ .format = HF_FORMAT_RAW },
                                          &again),
                         HF_OK);
    }
    assert_memory_not_equal(raws[0], raws[1], expected);
}

static void test_generate_every_type_gives_usable_different_keys(void **state)
{
    (void)state;
    size_t count = 0;
    for (size_t i = 0; hf_key_type_at(i) != NULL; i++) {
        const hf_key_type_info *info = hf_key_type_at(i);
        blob raw;
        hf_buffer out = blob_buffer(&raw);
        if (!is_of_this_test(info->type)) {
            continue;
        }
        int rc = hf_crypto_generate(&fixture_crypto, 0, info->type, &out);
        if (HF_KEY_FAMILY(info->type) == HF_FAMILY_LMS) {
            assert_int_equal(rc, HF_ERR_NOTSUPPORTED);
        } else if (HF_KEY_CLASS(info->type) == HF_CLASS_PUBLIC) {
            assert_int_equal(rc, HF_ERR_TYPE);
        } else {
            check_generate(info);
            count++;
        }
    }
    assert_int_equal(count, 20); /* 8 symmetric, 12 on curves */
}

static void test_generate_output_too_small_is_size_error(void **state)
{
    (void)state;
    uint8_t memory[48] = { 0 };
    hf_buffer out = hf_buffer_of(memory, 31);
    assert_int_equal(hf_crypto_generate(&fixture_crypto, 0, HF_KEY_P256, &out),
                     HF_ERR_SIZE);
    assert_int_equal(hf_crypto_generate(&fixture_crypto, 0, HF_KEY_AES_256, &out),
                     HF_ERR_SIZE);
    assert_int_equal(hf_crypto_generate(&fixture_crypto, 0, 0x12345678, &out),
                     HF_ERR_NOTSUPPORTED);
    for (size_t i = 0; i < sizeof(memory); i++) {
        assert_int_equal(memory[i], 0);
    }
}

static void test_parse_keeps_nothing_for_chacha20(void **state)
{
    (void)state;
    blob material = repeat(3, 32);
    hf_crypto_key key = key_of(HF_KEY_CHACHA20, &material);
    key.parsed = &material;
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_OK);
    assert_null(key.parsed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import_both_formats_give_raw),
        cmocka_unit_test(test_export_both_formats_match),
        cmocka_unit_test(test_import_optional_parts_are_accepted),
        cmocka_unit_test(test_public_key_of_private_and_public_match),
        cmocka_unit_test(test_import_der_table_is_refused),
        cmocka_unit_test(test_import_every_cut_is_refused),
        cmocka_unit_test(test_import_raw_table_is_refused),
        cmocka_unit_test(test_import_xts_key_with_equal_halves_is_refused),
        cmocka_unit_test(test_import_largest_scalar_is_accepted),
        cmocka_unit_test(test_symmetric_keys_have_no_der_and_no_public_key),
        cmocka_unit_test(test_generate_every_type_gives_usable_different_keys),
        cmocka_unit_test(test_generate_output_too_small_is_size_error),
        cmocka_unit_test(test_parse_keeps_nothing_for_chacha20),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
