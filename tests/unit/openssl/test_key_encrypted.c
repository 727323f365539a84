/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Import of encrypted PKCS#8 in the libcrypto device. libcrypto itself makes the
 * encrypted keys, of every derivation and cipher that is taken and of some that are not.
 */
#include "fixture.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#define PASSWORD "correct horse"

/* How libcrypto encrypts. */
typedef struct scheme {
    const char *what;
    int cipher;
    int prf;        /* NID of the HMAC; 0 = scrypt */
    int iterations; /* scrypt: N */
    int status;
} scheme;

static const scheme schemes[] = {
    { "SHA-1, AES-128", NID_aes_128_cbc, NID_hmacWithSHA1, 1, HF_OK },
    { "SHA-224, AES-192", NID_aes_192_cbc, NID_hmacWithSHA224, 10, HF_OK },
    { "SHA-256, AES-256", NID_aes_256_cbc, NID_hmacWithSHA256, 2048, HF_OK },
    { "SHA-384, AES-256", NID_aes_256_cbc, NID_hmacWithSHA384, 3, HF_OK },
    { "SHA-512, AES-128", NID_aes_128_cbc, NID_hmacWithSHA512, 3, HF_OK },
    { "scrypt, AES-128", NID_aes_128_cbc, 0, 2, HF_OK },
    { "scrypt, AES-256", NID_aes_256_cbc, 0, 1024, HF_OK },
    { "3DES", NID_des_ede3_cbc, NID_hmacWithSHA256, 3, HF_ERR_NOTSUPPORTED },
    { "AES in OFB mode", NID_aes_256_ofb128, NID_hmacWithSHA256, 3, HF_ERR_NOTSUPPORTED },
    { "SHA-512/256", NID_aes_256_cbc, NID_hmacWithSHA512_256, 3, HF_ERR_NOTSUPPORTED },
};
#define SCHEME_COUNT (sizeof(schemes) / sizeof(schemes[0]))

/* DER, in memory of libcrypto. */
typedef struct encrypted {
    uint8_t *der;
    size_t len;
} encrypted;

static X509_ALGOR *algorithm_of(const scheme *s)
{
    const EVP_CIPHER *cipher = EVP_get_cipherbynid(s->cipher);
    uint8_t salt[16] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    X509_ALGOR *algorithm =
        s->prf == 0
            ? PKCS5_pbe2_set_scrypt(cipher, salt, sizeof(salt), NULL,
                                    (uint64_t)s->iterations, 8, 1)
            : PKCS5_pbe2_set_iv(cipher, s->iterations, salt, sizeof(salt), NULL, s->prf);
    assert_non_null(algorithm);
    return algorithm;
}

/* Any bytes, encrypted as a key. */
static encrypted encrypt(const scheme *s, const char *password, hf_bytes plain)
{
    encrypted result = { NULL, 0 };
    X509_ALGOR *algorithm = algorithm_of(s);
    uint8_t *ciphertext = NULL;
    int len = 0;
    assert_non_null(PKCS12_pbe_crypt(algorithm, password, (int)strlen(password),
                                     plain.data, (int)plain.len, &ciphertext, &len, 1));
    ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
    ASN1_STRING_set0(octets, ciphertext, len);
    X509_SIG *sig = X509_SIG_new();
    X509_ALGOR *to = NULL;
    ASN1_OCTET_STRING *into = NULL;
    X509_SIG_getm(sig, &to, &into);
    assert_int_equal(X509_ALGOR_copy(to, algorithm), 1);
    assert_int_equal(ASN1_STRING_copy(into, octets), 1);
    result.len = (size_t)i2d_X509_SIG(sig, &result.der);
    ASN1_OCTET_STRING_free(octets);
    X509_SIG_free(sig);
    X509_ALGOR_free(algorithm);
    return result;
}

static int import(uint32_t type, hf_bytes der, const char *password, hf_buffer *out)
{
    const hf_crypto_key key = { .type = type, .material = der };
    const hf_key_encoding encoding = { .format = HF_FORMAT_ENCRYPTED,
                                       .password =
                                           hf_bytes_of(password, strlen(password)) };
    return hf_crypto_import(&fixture_crypto, 0, &key, &encoding, out);
}

static blob export(uint32_t type, hf_bytes raw)
{
    blob der;
    hf_buffer out = blob_buffer(&der);
    const hf_crypto_key key = { .type = type, .material = raw };
    assert_int_equal(hf_crypto_export(&fixture_crypto, 0, &key, HF_FORMAT_DER, &out),
                     HF_OK);
    der.len = out.len;
    return der;
}

static const scheme usual = { "usual", NID_aes_256_cbc, NID_hmacWithSHA256, 100, HF_OK };

static void test_import_of_every_scheme(void **state)
{
    (void)state;
    blob raw = repeat(0x35, 32);
    blob der = export(HF_KEY_P256, blob_bytes(&raw));
    for (size_t i = 0; i < SCHEME_COUNT; i++) {
        encrypted e = encrypt(&schemes[i], PASSWORD, blob_bytes(&der));
        blob room;
        hf_buffer out = blob_buffer(&room);
        int rc = import(HF_KEY_P256, hf_bytes_of(e.der, e.len), PASSWORD, &out);
        if (rc != schemes[i].status) {
            fail_msg("%s: %s", schemes[i].what, hf_status_name(rc));
        }
        if (rc == HF_OK) {
            assert_int_equal(out.len, 32);
            assert_memory_equal(out.data, raw.data, 32);
            out.len = 0;
            rc = import(HF_KEY_P256, hf_bytes_of(e.der, e.len), "Correct horse", &out);
            assert_int_equal(rc, HF_ERR_VERIFY);
            assert_int_equal(out.len, 0);
        }
        OPENSSL_free(e.der);
    }
}

/* Whatever the padding looks like, it is said to be the password. */
static void test_import_many_wrong_passwords_are_verify_error(void **state)
{
    (void)state;
    blob raw = repeat(0x35, 32);
    blob der = export(HF_KEY_ED25519, blob_bytes(&raw));
    const scheme quick = { "", NID_aes_128_cbc, NID_hmacWithSHA256, 1, HF_OK };
    encrypted e = encrypt(&quick, PASSWORD, blob_bytes(&der));
    for (int i = 0; i < 2000; i++) {
        char password[8] = { (char)('a' + i % 26), (char)('a' + i / 26 % 26),
                             (char)('a' + i / 676), 0 };
        blob room;
        hf_buffer out = blob_buffer(&room);
        assert_int_equal(
            import(HF_KEY_ED25519, hf_bytes_of(e.der, e.len), password, &out),
            HF_ERR_VERIFY);
    }
    OPENSSL_free(e.der);
}

static void test_import_of_every_private_type(void **state)
{
    (void)state;
    static const uint32_t types[] = {
        HF_KEY_P224,
        HF_KEY_P384,
        HF_KEY_P521,
        HF_KEY_SECP256K1,
        HF_KEY_BRAINPOOL_P512,
        HF_KEY_ED25519,
        HF_KEY_ED448,
        HF_KEY_X25519,
        HF_KEY_X448,
        HF_KEY_RSA_2048,
        HF_KEY_ML_KEM_512,
        HF_KEY_ML_DSA_44,
        HF_KEY_SLH_DSA(HF_SLH_DSA_SHA2_128F),
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        static uint8_t memory[3][4096];
        uint32_t device = 0;
        if (hf_crypto_select(&fixture_crypto, HF_ALG_NONE, types[i], HF_AFFINITY_ANY,
                             &device) != HF_OK) {
            assert_true(i > 9); /* post-quantum types, before libcrypto 3.5 */
            continue;
        }
        hf_buffer raw = hf_buffer_of(memory[0], sizeof(memory[0]));
        hf_buffer der = hf_buffer_of(memory[1], sizeof(memory[1]));
        hf_buffer out = hf_buffer_of(memory[2], sizeof(memory[2]));
        assert_int_equal(hf_crypto_generate(&fixture_crypto, 0, types[i], &raw), HF_OK);
        const hf_crypto_key key = { .type = types[i],
                                    .material = hf_bytes_of(raw.data, raw.len) };
        assert_int_equal(hf_crypto_export(&fixture_crypto, 0, &key, HF_FORMAT_DER, &der),
                         HF_OK);
        encrypted e = encrypt(&usual, PASSWORD, hf_bytes_of(der.data, der.len));
        assert_int_equal(import(types[i], hf_bytes_of(e.der, e.len), PASSWORD, &out),
                         HF_OK);
        assert_int_equal(out.len, raw.len);
        assert_memory_equal(out.data, raw.data, raw.len);
        OPENSSL_free(e.der);
    }
}

static void test_import_of_types_without_it_is_type_error(void **state)
{
    (void)state;
    blob raw = repeat(0x35, 32);
    blob der = export(HF_KEY_ED25519, blob_bytes(&raw));
    encrypted e = encrypt(&usual, PASSWORD, blob_bytes(&der));
    const uint32_t types[] = { HF_KEY_AES_256, HF_KEY_HMAC, HF_KEY_ED25519_PUBLIC,
                               HF_KEY_AES_256_XTS };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        blob room;
        hf_buffer out = blob_buffer(&room);
        assert_int_equal(import(types[i], hf_bytes_of(e.der, e.len), PASSWORD, &out),
                         HF_ERR_TYPE);
    }
    OPENSSL_free(e.der);
}

/* An empty password is one like any other. */
static void test_import_with_empty_password(void **state)
{
    (void)state;
    const scheme both[] = { usual, { "", NID_aes_128_cbc, 0, 16, HF_OK } };
    blob raw = repeat(0x36, 32);
    blob der = export(HF_KEY_X25519, blob_bytes(&raw));
    for (size_t i = 0; i < 2; i++) {
        blob room;
        hf_buffer out = blob_buffer(&room);
        encrypted e = encrypt(&both[i], "", blob_bytes(&der));
        assert_int_equal(import(HF_KEY_X25519, hf_bytes_of(e.der, e.len), "", &out),
                         HF_OK);
        assert_int_equal(import(HF_KEY_X25519, hf_bytes_of(e.der, e.len), "x", &out),
                         HF_ERR_VERIFY);
        OPENSSL_free(e.der);
    }
}

/* ---- what is inside ---- */

/* With the right password, what is inside is checked as in the clear. */
static void test_import_of_what_is_no_key_inside_is_refused(void **state)
{
    (void)state;
    blob raw = repeat(0x35, 32);
    blob good = export(HF_KEY_P256, blob_bytes(&raw));
    blob other = export(HF_KEY_ED25519, blob_bytes(&raw));
    blob trailing = good;
    trailing.data[trailing.len++] = 0;
    blob wrong_pair = good;
    wrong_pair.data[wrong_pair.len - 1] ^= 1;
    blob version = good;
    version.data[5] = 1;
    const struct {
        const char *what;
        const blob *plain;
        int status;
    } insides[] = {
        { "good", &good, HF_OK },
        { "another type", &other, HF_ERR_KEY },
        { "public key of another", &wrong_pair, HF_ERR_KEY },
        { "version 1", &version, HF_ERR_KEY },
        { "trailing byte", &trailing, HF_ERR_VERIFY },
        { "no DER", &raw, HF_ERR_VERIFY },
    };
    for (size_t i = 0; i < sizeof(insides) / sizeof(insides[0]); i++) {
        encrypted e = encrypt(&usual, PASSWORD, blob_bytes(insides[i].plain));
        uint8_t memory[64] = { 0 };
        hf_buffer out = hf_buffer_of(memory, sizeof(memory));
        int rc = import(HF_KEY_P256, hf_bytes_of(e.der, e.len), PASSWORD, &out);
        if (rc != insides[i].status) {
            fail_msg("%s: %s", insides[i].what, hf_status_name(rc));
        }
        OPENSSL_free(e.der);
    }
}

/* ---- what it may cost ---- */

/* PBES2 with scrypt of N = 32768 and r = 8, 32 MiB, which is more than libcrypto allows
 * when it is not asked; the table of limits is in unit/crypto/test_encrypted_der. */
#define SCRYPT_32_MIB                                                                    \
    "3064305006092a864886f70d01050d3043302206092b06010401da47040b3015040801020304"       \
    "050607080203008000020108020101301d060960864801650304012a04101011121314151617"       \
    "18191a1b1c1d1e1f041020202020202020202020202020202020"

static void test_import_up_to_the_limit_is_computed(void **state)
{
    (void)state;
    blob der = unhex(SCRYPT_32_MIB);
    blob room;
    hf_buffer out = blob_buffer(&room);
    assert_int_equal(import(HF_KEY_P256, blob_bytes(&der), PASSWORD, &out),
                     HF_ERR_VERIFY);
}

static void test_import_that_costs_too_much_is_range_error(void **state)
{
    (void)state;
    const scheme costly = { "", NID_aes_256_cbc, NID_hmacWithSHA256, 0x7FFFFFFF, 0 };
    static const uint8_t ciphertext[64] = { 1 };
    uint8_t *der = NULL;
    X509_ALGOR *algorithm = algorithm_of(&costly);
    X509_SIG *sig = X509_SIG_new();
    X509_ALGOR *to = NULL;
    ASN1_OCTET_STRING *into = NULL;
    X509_SIG_getm(sig, &to, &into);
    assert_int_equal(X509_ALGOR_copy(to, algorithm), 1);
    assert_int_equal(ASN1_OCTET_STRING_set(into, ciphertext, 64), 1);
    int len = i2d_X509_SIG(sig, &der);
    blob room;
    hf_buffer out = blob_buffer(&room);
    assert_int_equal(import(HF_KEY_P256, hf_bytes_of(der, (size_t)len), PASSWORD, &out),
                     HF_ERR_RANGE);
    OPENSSL_free(der);
    X509_SIG_free(sig);
    X509_ALGOR_free(algorithm);
}

/* ---- every cut and every changed bit ---- */

static void test_every_cut_and_every_bit_is_refused(void **state)
{
    (void)state;
    static const scheme two[] = { { "", NID_aes_128_cbc, NID_hmacWithSHA256, 1, HF_OK },
                                  { "", NID_aes_128_cbc, 0, 2, HF_OK } };
    blob raw = repeat(0x37, 32);
    blob der = export(HF_KEY_P256, blob_bytes(&raw));
    for (size_t i = 0; i < 2; i++) {
        encrypted e = encrypt(&two[i], PASSWORD, blob_bytes(&der));
        for (size_t len = 0; len < e.len; len++) {
            blob room;
            hf_buffer out = blob_buffer(&room);
            assert_int_equal(import(HF_KEY_P256, hf_bytes_of(e.der, len), PASSWORD, &out),
                             HF_ERR_KEY);
        }
        for (size_t bit = 0; bit < 8 * e.len; bit++) {
            blob room;
            hf_buffer out = blob_buffer(&room);
            e.der[bit / 8] ^= (uint8_t)(1u << bit % 8);
            int rc = import(HF_KEY_P256, hf_bytes_of(e.der, e.len), PASSWORD, &out);
            assert_int_not_equal(rc, HF_OK);
            assert_int_not_equal(rc, HF_ERR_CRYPTO);
            assert_int_equal(out.len, 0);
            e.der[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        OPENSSL_free(e.der);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import_of_every_scheme),
        cmocka_unit_test(test_import_many_wrong_passwords_are_verify_error),
        cmocka_unit_test(test_import_of_every_private_type),
        cmocka_unit_test(test_import_of_types_without_it_is_type_error),
        cmocka_unit_test(test_import_with_empty_password),
        cmocka_unit_test(test_import_of_what_is_no_key_inside_is_refused),
        cmocka_unit_test(test_import_up_to_the_limit_is_computed),
        cmocka_unit_test(test_import_that_costs_too_much_is_range_error),
        cmocka_unit_test(test_every_cut_and_every_bit_is_refused),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
