/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * RSA operations of the libcrypto device: known answers, every hash and parameter there
 * and back and against libcrypto's own interface, and everything wrong.
 */
#include "large.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "rsa_vectors.h"

#define MODULUS_LEN 256

static const uint16_t hashes[] = { HF_ALG_SHA224,   HF_ALG_SHA256,     HF_ALG_SHA384,
                                   HF_ALG_SHA512,   HF_ALG_SHA512_224, HF_ALG_SHA512_256,
                                   HF_ALG_SHA3_224, HF_ALG_SHA3_256,   HF_ALG_SHA3_384,
                                   HF_ALG_SHA3_512 };
static const char *const hash_names[] = { "SHA224",   "SHA256",     "SHA384",
                                          "SHA512",   "SHA512-224", "SHA512-256",
                                          "SHA3-224", "SHA3-256",   "SHA3-384",
                                          "SHA3-512" };
#define HASH_COUNT (sizeof(hashes) / sizeof(hashes[0]))

/* A private key and its public part. */
static large private_raw;
static large public_raw;
static hf_crypto_key private_key;
static hf_crypto_key public_key;

static void use_key(const char *hex)
{
    large_unhex(&private_raw, hex);
    private_key = large_key(HF_KEY_RSA_2048, &private_raw);
    assert_int_equal(large_public(&private_key, &public_raw), HF_OK);
    public_key = large_key(HF_KEY_RSA_2048_PUBLIC, &public_raw);
}

static hf_bytes text(const char *t)
{
    return hf_bytes_of(t, strlen(t));
}

static EVP_PKEY *pkey_of(const large *raw)
{
    const uint8_t *at = raw->data;
    EVP_PKEY *pkey = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &at, (long)raw->len);
    assert_non_null(pkey);
    return pkey;
}

static int verify(hf_crypto_op op, const hf_crypto_key *key, const large *signature)
{
    op.key = key;
    op.signature = large_bytes(signature);
    return hf_crypto_verify(&fixture_crypto, 0, &op);
}

/* ---- signatures ---- */

static hf_crypto_op sign_op(uint16_t algorithm, uint16_t hash)
{
    return (hf_crypto_op){ .algorithm = algorithm,
                           .hash = hash,
                           .key = &private_key,
                           .salt_len = algorithm == HF_ALG_RSA_PSS ? HF_SALT_LEN_HASH : 0,
                           .input = text("Message") };
}

static void test_sign_pkcs1_vector_matches(void **state)
{
    (void)state;
    static large signature, expected;
    use_key(RSA_SIGN_KEY);
    large_unhex(&expected, RSA_PKCS1_SHA256);
    const hf_crypto_op op = sign_op(HF_ALG_RSA_PKCS1, HF_ALG_SHA256);
    for (int i = 0; i < 2; i++) { /* unparsed, parsed */
        assert_int_equal(large_sign(&op, &signature), HF_OK);
        assert_large_equal(&signature, &expected);
        assert_int_equal(verify(op, &private_key, &signature), HF_OK);
        assert_int_equal(verify(op, &public_key, &signature), HF_OK);
        if (i == 0) {
            assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &private_key), HF_OK);
            assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &public_key), HF_OK);
        }
    }
    hf_crypto_parsed_destroy(&fixture_crypto, 0, private_key.parsed);
    hf_crypto_parsed_destroy(&fixture_crypto, 0, public_key.parsed);
}

static void test_verify_pss_vector_matches(void **state)
{
    (void)state;
    static large raw, signature;
    large_unhex(&raw, RSA_PSS_KEY);
    large_unhex(&signature, RSA_PSS_SIGNATURE);
    const hf_crypto_key key = large_key(HF_KEY_RSA_2048_PUBLIC, &raw);
    hf_crypto_op op = sign_op(HF_ALG_RSA_PSS, HF_ALG_SHA256);
    assert_int_equal(verify(op, &key, &signature), HF_OK);
    op.salt_len = 32;
    assert_int_equal(verify(op, &key, &signature), HF_OK);
    op.mgf_hash = HF_ALG_SHA256;
    assert_int_equal(verify(op, &key, &signature), HF_OK);
    op.salt_len = 31;
    assert_int_equal(verify(op, &key, &signature), HF_ERR_VERIFY);
    op.salt_len = 0;
    assert_int_equal(verify(op, &key, &signature), HF_ERR_VERIFY);
    op.salt_len = 32;
    op.mgf_hash = HF_ALG_SHA384;
    assert_int_equal(verify(op, &key, &signature), HF_ERR_VERIFY);
}

/* Verify with libcrypto's interface, which does not see ours. */
static bool libcrypto_verifies(const hf_crypto_op *op, const char *hash,
                               const char *mgf_hash, int salt_len, const large *signature)
{
    EVP_PKEY *pkey = pkey_of(&private_raw);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *params = NULL;
    assert_true(EVP_DigestVerifyInit_ex(ctx, &params, hash, NULL, NULL, pkey, NULL));
    if (op->algorithm == HF_ALG_RSA_PSS) {
        assert_true(EVP_PKEY_CTX_set_rsa_padding(params, RSA_PKCS1_PSS_PADDING) > 0 &&
                    EVP_PKEY_CTX_set_rsa_mgf1_md_name(params, mgf_hash, NULL) > 0 &&
                    EVP_PKEY_CTX_set_rsa_pss_saltlen(params, salt_len) > 0);
    }
    int ok = EVP_DigestVerify(ctx, signature->data, signature->len, op->input.data,
                              op->input.len);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return ok == 1;
}

static void check_digest_form(hf_crypto_op op, const large *signature)
{
    blob digest;
    hf_buffer out = blob_buffer(&digest);
    assert_int_equal(hf_crypto_hash(&fixture_crypto, 0, op.hash, op.input, &out), HF_OK);
    op.input = hf_bytes_of(digest.data, out.len);
    assert_int_equal(verify(op, &public_key, signature), HF_ERR_VERIFY);
    op.is_digest = true;
    assert_int_equal(verify(op, &public_key, signature), HF_OK);
    static large again;
    op.key = &private_key;
    assert_int_equal(large_sign(&op, &again), HF_OK);
    assert_int_equal(verify(op, &public_key, &again), HF_OK);
    op.input.len--;
    assert_int_equal(large_sign(&op, &again), HF_ERR_RANGE);
    assert_int_equal(verify(op, &public_key, signature), HF_ERR_RANGE);
}

static void test_sign_every_hash_is_what_libcrypto_verifies(void **state)
{
    (void)state;
    static large signature;
    const uint16_t algorithms[] = { HF_ALG_RSA_PKCS1, HF_ALG_RSA_PSS };
    use_key(RSA_SIGN_KEY);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &private_key), HF_OK);
    for (size_t a = 0; a < 2; a++) {
        for (size_t h = 0; h < HASH_COUNT; h++) {
            hf_crypto_op op = sign_op(algorithms[a], hashes[h]);
            int len = (int)hf_algorithm_find(hashes[h])->output_len;
            assert_int_equal(large_sign(&op, &signature), HF_OK);
            assert_int_equal(signature.len, MODULUS_LEN);
            assert_true(
                libcrypto_verifies(&op, hash_names[h], hash_names[h], len, &signature));
            assert_int_equal(verify(op, &public_key, &signature), HF_OK);
            check_digest_form(op, &signature);
            op.hash = hashes[(h + 1) % HASH_COUNT];
            assert_int_equal(verify(op, &public_key, &signature), HF_ERR_VERIFY);
        }
    }
    hf_crypto_parsed_destroy(&fixture_crypto, 0, private_key.parsed);
}

static void test_sign_pss_parameters_are_used(void **state)
{
    (void)state;
    static large signature, other;
    const uint16_t salt_lens[] = { 0, 1, 20, 32, 64, 222 };
    use_key(RSA_SIGN_KEY);
    for (size_t i = 0; i < sizeof(salt_lens) / sizeof(salt_lens[0]); i++) {
        hf_crypto_op op = sign_op(HF_ALG_RSA_PSS, HF_ALG_SHA256);
        op.mgf_hash = HF_ALG_SHA512;
        op.salt_len = salt_lens[i];
        assert_int_equal(large_sign(&op, &signature), HF_OK);
        assert_true(
            libcrypto_verifies(&op, "SHA256", "SHA512", salt_lens[i], &signature));
        assert_int_equal(verify(op, &public_key, &signature), HF_OK);
        assert_int_equal(large_sign(&op, &other), HF_OK);
        assert_int_equal(memcmp(signature.data, other.data, MODULUS_LEN) == 0,
                         salt_lens[i] == 0);
        op.mgf_hash = 0;
        assert_int_equal(verify(op, &public_key, &signature), HF_ERR_VERIFY);
        op.mgf_hash = HF_ALG_SHA512;
        op.salt_len ^= 2;
        assert_int_equal(verify(op, &public_key, &signature), HF_ERR_VERIFY);
    }
    hf_crypto_op op = sign_op(HF_ALG_RSA_PSS, HF_ALG_SHA256);
    op.salt_len = 223; /* RFC 8017 9.1.1: 256 - 32 - 2 is the most */
    assert_int_equal(large_sign(&op, &signature), HF_ERR_RANGE);
    op = sign_op(HF_ALG_RSA_PKCS1, HF_ALG_SHA256);
    op.salt_len = 32;
    assert_int_equal(large_sign(&op, &signature), HF_ERR_RANGE);
    op = sign_op(HF_ALG_RSA_PKCS1, 0);
    assert_int_equal(large_sign(&op, &signature), HF_ERR_RANGE);
}

/* SHA-1 only of what is old: libcrypto signs, the device verifies and does not sign. */
static void test_sha1_only_verifies(void **state)
{
    (void)state;
    static large signature;
    use_key(RSA_SIGN_KEY);
    EVP_PKEY *pkey = pkey_of(&private_raw);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t len = sizeof(signature.data);
    assert_true(
        EVP_DigestSignInit_ex(ctx, NULL, "SHA1", NULL, NULL, pkey, NULL) == 1 &&
        EVP_DigestSign(ctx, signature.data, &len, (const uint8_t *)"Message", 7) == 1);
    signature.len = len;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    const hf_crypto_op op = sign_op(HF_ALG_RSA_PKCS1, HF_ALG_SHA1);
    assert_int_equal(verify(op, &public_key, &signature), HF_OK);
    assert_int_equal(large_sign(&op, &signature), HF_ERR_RANGE);
}

static void check_wrong_signatures(const hf_crypto_op *op, large *signature)
{
    for (size_t i = 0; i < signature->len; i += 5) {
        signature->data[i] ^= 0x04;
        assert_int_equal(verify(*op, &public_key, signature), HF_ERR_VERIFY);
        signature->data[i] ^= 0x04;
    }
    static large wrong;
    wrong = *signature;
    for (wrong.len = 0; wrong.len < MODULUS_LEN; wrong.len += 51) {
        assert_int_equal(verify(*op, &public_key, &wrong), HF_ERR_VERIFY);
    }
    wrong.len = MODULUS_LEN + 1; /* a byte behind it */
    assert_int_equal(verify(*op, &public_key, &wrong), HF_ERR_VERIFY);
    wrong.data[0] = 0; /* a byte before it */
    memcpy(wrong.data + 1, signature->data, MODULUS_LEN);
    assert_int_equal(verify(*op, &public_key, &wrong), HF_ERR_VERIFY);
    wrong.len = MODULUS_LEN;
    memset(wrong.data, 0xFF, MODULUS_LEN); /* not less than the modulus */
    assert_int_equal(verify(*op, &public_key, &wrong), HF_ERR_VERIFY);
    memset(wrong.data, 0, MODULUS_LEN);
    assert_int_equal(verify(*op, &public_key, &wrong), HF_ERR_VERIFY);
    wrong.data[MODULUS_LEN - 1] = 1;
    assert_int_equal(verify(*op, &public_key, &wrong), HF_ERR_VERIFY);
    hf_crypto_op other = *op;
    other.input = text("message");
    assert_int_equal(verify(other, &public_key, signature), HF_ERR_VERIFY);
}

static void test_verify_wrong_signature_is_refused(void **state)
{
    (void)state;
    static large signature;
    const uint16_t algorithms[] = { HF_ALG_RSA_PKCS1, HF_ALG_RSA_PSS };
    use_key(RSA_SIGN_KEY);
    for (size_t i = 0; i < 2; i++) {
        hf_crypto_op op = sign_op(algorithms[i], HF_ALG_SHA256);
        assert_int_equal(large_sign(&op, &signature), HF_OK);
        check_wrong_signatures(&op, &signature);
        op.algorithm = algorithms[1 - i];
        op.salt_len = op.algorithm == HF_ALG_RSA_PSS ? HF_SALT_LEN_HASH : 0;
        assert_int_equal(verify(op, &public_key, &signature), HF_ERR_VERIFY);
    }
}

static void test_sign_with_a_public_key_is_type_error(void **state)
{
    (void)state;
    static large signature;
    use_key(RSA_SIGN_KEY);
    hf_crypto_op op = sign_op(HF_ALG_RSA_PKCS1, HF_ALG_SHA256);
    op.key = &public_key;
    assert_int_equal(large_sign(&op, &signature), HF_ERR_TYPE);
}

static void test_sign_output_too_small_is_size_error(void **state)
{
    (void)state;
    uint8_t memory[MODULUS_LEN - 1] = { 7 };
    hf_buffer out = hf_buffer_of(memory, sizeof(memory));
    use_key(RSA_SIGN_KEY);
    const hf_crypto_op op = sign_op(HF_ALG_RSA_PKCS1, HF_ALG_SHA256);
    assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_ERR_SIZE);
    assert_int_equal(memory[0], 7);
    assert_int_equal(out.len, 0);
}

/* ---- OAEP ---- */

static hf_crypto_op oaep_op(const hf_crypto_key *key, uint16_t hash, hf_bytes input)
{
    return (hf_crypto_op){
        .algorithm = HF_ALG_RSA_OAEP, .hash = hash, .key = key, .input = input
    };
}

static void test_decrypt_oaep_vectors_match(void **state)
{
    (void)state;
    static large ciphertext, plaintext;
    use_key(RSA_OAEP_KEY);
    large_unhex(&ciphertext, RSA_OAEP_CIPHERTEXT);
    hf_crypto_op op = oaep_op(&private_key, HF_ALG_SHA256, large_bytes(&ciphertext));
    assert_int_equal(large_decrypt(&op, &plaintext), HF_OK);
    assert_int_equal(plaintext.len, 7);
    assert_memory_equal(plaintext.data, "Message", 7);
    op.aad = text("x");
    assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_VERIFY);
    large_unhex(&ciphertext, RSA_OAEP_LABEL_CIPHERTEXT);
    blob label = unhex(RSA_OAEP_LABEL);
    op = oaep_op(&private_key, HF_ALG_SHA256, large_bytes(&ciphertext));
    assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_VERIFY);
    op.aad = blob_bytes(&label);
    assert_int_equal(large_decrypt(&op, &plaintext), HF_OK);
    assert_bytes(large_bytes(&plaintext), RSA_OAEP_LABEL_MESSAGE);
}

/* Decrypt with libcrypto's interface, which does not see ours. */
static void check_libcrypto_decrypts(const large *ciphertext, const char *hash,
                                     const char *mgf_hash, hf_bytes expected)
{
    uint8_t out[MODULUS_LEN];
    size_t len = sizeof(out);
    EVP_PKEY *pkey = pkey_of(&private_raw);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    assert_true(EVP_PKEY_decrypt_init(ctx) > 0 &&
                EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
                EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, hash, NULL) > 0 &&
                EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, mgf_hash, NULL) > 0);
    assert_int_equal(EVP_PKEY_decrypt(ctx, out, &len, ciphertext->data, ciphertext->len),
                     1);
    assert_int_equal(len, expected.len);
    assert_memory_equal(out, expected.data, len);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pkey);
}

static void test_encrypt_oaep_every_hash_there_and_back(void **state)
{
    (void)state;
    static large ciphertext, plaintext, other;
    use_key(RSA_SIGN_KEY);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &private_key), HF_OK);
    for (size_t h = 0; h < HASH_COUNT; h++) {
        size_t mgf = (h + 3) % HASH_COUNT;
        hf_bytes message = text("Message");
        hf_crypto_op op = oaep_op(&public_key, hashes[h], message);
        op.mgf_hash = hashes[mgf];
        assert_int_equal(large_encrypt(&op, &ciphertext), HF_OK);
        assert_int_equal(ciphertext.len, MODULUS_LEN);
        assert_int_equal(large_encrypt(&op, &other), HF_OK);
        assert_memory_not_equal(ciphertext.data, other.data, MODULUS_LEN);
        check_libcrypto_decrypts(&ciphertext, hash_names[h], hash_names[mgf], message);
        op.key = &private_key;
        op.input = large_bytes(&ciphertext);
        assert_int_equal(large_decrypt(&op, &plaintext), HF_OK);
        assert_int_equal(plaintext.len, message.len);
        assert_memory_equal(plaintext.data, message.data, message.len);
        op.mgf_hash = 0;
        assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_VERIFY);
        op.mgf_hash = hashes[mgf];
        op.hash = hashes[(h + 1) % HASH_COUNT];
        assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_VERIFY);
    }
    hf_crypto_parsed_destroy(&fixture_crypto, 0, private_key.parsed);
}

static void test_encrypt_oaep_lengths_and_label(void **state)
{
    (void)state;
    static large ciphertext, plaintext;
    static uint8_t message[191];
    static uint8_t label[4096];
    const size_t lens[] = { 0, 1, 189, 190 }; /* 256 - 2 * 32 - 2 */
    use_key(RSA_SIGN_KEY);
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        hf_crypto_op op =
            oaep_op(&public_key, HF_ALG_SHA256, hf_bytes_of(message, lens[i]));
        op.aad = hf_bytes_of(label, sizeof(label));
        assert_int_equal(large_encrypt(&op, &ciphertext), HF_OK);
        op.key = &private_key;
        op.input = large_bytes(&ciphertext);
        assert_int_equal(large_decrypt(&op, &plaintext), HF_OK);
        assert_int_equal(plaintext.len, lens[i]);
        op.aad.len--;
        assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_VERIFY);
    }
    hf_crypto_op op = oaep_op(&public_key, HF_ALG_SHA256, hf_bytes_of(message, 191));
    assert_int_equal(large_encrypt(&op, &ciphertext), HF_ERR_RANGE);
    op = oaep_op(&public_key, HF_ALG_SHA1, hf_bytes_of(message, 1));
    assert_int_equal(large_encrypt(&op, &ciphertext), HF_ERR_RANGE); /* legacy */
}

/* Everything that can be wrong has one answer, and leaves no plaintext. */
static void test_decrypt_oaep_wrong_ciphertext_is_refused(void **state)
{
    (void)state;
    static large ciphertext, plaintext;
    use_key(RSA_OAEP_KEY);
    large_unhex(&ciphertext, RSA_OAEP_CIPHERTEXT);
    hf_crypto_op op = oaep_op(&private_key, HF_ALG_SHA256, large_bytes(&ciphertext));
    for (size_t i = 0; i < MODULUS_LEN; i += 9) {
        ciphertext.data[i] ^= 0x20;
        memset(plaintext.data, 0, MODULUS_LEN);
        assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_VERIFY);
        for (size_t k = 0; k < MODULUS_LEN; k++) {
            assert_int_equal(plaintext.data[k], 0);
        }
        ciphertext.data[i] ^= 0x20;
    }
    memset(ciphertext.data, 0xFF, MODULUS_LEN); /* not less than the modulus */
    assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_VERIFY);
    memset(ciphertext.data, 0, MODULUS_LEN);
    assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_VERIFY);
    op.input.len--;
    assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_RANGE);
    op.input.len += 2;
    assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_RANGE);
    op.input.len = 0;
    assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_RANGE);
    op.input.len = MODULUS_LEN;
    op.key = &public_key;
    assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_TYPE);
}

/* ---- PKCS#1 v1.5 decryption ---- */

static bool is_supported(uint16_t algorithm, uint32_t type)
{
    uint32_t device = 0;
    int rc = hf_crypto_select(&fixture_crypto, algorithm, type, HF_AFFINITY_ANY, &device);
    return rc == HF_OK;
}

/* Does libcrypto itself reject implicitly? Asked another way than the device does. */
static bool rejects_implicitly(void)
{
    EVP_PKEY *pkey = pkey_of(&private_raw);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    assert_true(EVP_PKEY_decrypt_init(ctx) > 0);
    bool is_rejecting =
        EVP_PKEY_CTX_ctrl_str(ctx, "rsa_pkcs1_implicit_rejection", "1") > 0;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return is_rejecting;
}

/* A wrong padding gives some message, always the same for one ciphertext: no error. */
static void check_implicit_rejection(hf_crypto_op op, large *ciphertext)
{
    static large first, second;
    ciphertext->data[100] ^= 0x01;
    assert_int_equal(large_decrypt(&op, &first), HF_OK);
    assert_int_equal(large_decrypt(&op, &second), HF_OK);
    assert_large_equal(&second, &first);
    assert_false(first.len == 7 && memcmp(first.data, "Message", 7) == 0);
    memset(ciphertext->data, 0xFF, MODULUS_LEN);
    assert_int_equal(large_decrypt(&op, &first), HF_ERR_VERIFY);
    op.input.len--;
    assert_int_equal(large_decrypt(&op, &first), HF_ERR_RANGE);
}

static void test_decrypt_pkcs1_only_with_implicit_rejection(void **state)
{
    (void)state;
    static large ciphertext, plaintext;
    use_key(RSA_PKCS1_DECRYPT_KEY);
    large_unhex(&ciphertext, RSA_PKCS1_CIPHERTEXT);
    const hf_crypto_op op = { .algorithm = HF_ALG_RSA_PKCS1_DECRYPT,
                              .key = &private_key,
                              .input = large_bytes(&ciphertext) };
    bool is_here = rejects_implicitly();
    assert_int_equal(is_supported(HF_ALG_RSA_PKCS1_DECRYPT, HF_KEY_RSA_2048), is_here);
    assert_int_equal(large_encrypt(&op, &plaintext), HF_ERR_NOTSUPPORTED);
    if (!is_here) {
        assert_int_equal(large_decrypt(&op, &plaintext), HF_ERR_NOTSUPPORTED);
        return;
    }
    assert_int_equal(large_decrypt(&op, &plaintext), HF_OK);
    assert_int_equal(plaintext.len, 7);
    assert_memory_equal(plaintext.data, "Message", 7);
    check_implicit_rejection(op, &ciphertext);
}

/* ---- raw ---- */

static void test_raw_is_the_bare_function(void **state)
{
    (void)state;
    static large signature, number;
    use_key(RSA_SIGN_KEY);
    large_unhex(&signature, RSA_PKCS1_SHA256);
    hf_crypto_op op = { .algorithm = HF_ALG_RSA_RAW,
                        .key = &public_key,
                        .input = large_bytes(&signature) };
    assert_int_equal(large_encrypt(&op, &number), HF_OK);
    /* EMSA-PKCS1-v1_5 of the digest: 00 01 FF .. 00 DigestInfo (RFC 8017 9.2). */
    assert_int_equal(number.len, MODULUS_LEN);
    assert_int_equal(number.data[0], 0);
    assert_int_equal(number.data[1], 1);
    assert_int_equal(number.data[2], 0xFF);
    blob digest = digest_of(HF_ALG_SHA256, "Message");
    assert_memory_equal(number.data + MODULUS_LEN - 32, digest.data, 32);
    op.key = &private_key;
    op.input = large_bytes(&number);
    static large back;
    assert_int_equal(large_decrypt(&op, &back), HF_OK);
    assert_large_equal(&back, &signature);
}

static void test_raw_number_is_as_long_as_and_below_the_modulus(void **state)
{
    (void)state;
    static large number, out;
    use_key(RSA_SIGN_KEY);
    /* 30 82 .., 02 01 00, 02 82 01 01 00: the modulus begins at 12 */
    number.len = MODULUS_LEN;
    memcpy(number.data, private_raw.data + 12, MODULUS_LEN);
    hf_crypto_op op = { .algorithm = HF_ALG_RSA_RAW,
                        .key = &private_key,
                        .input = large_bytes(&number) };
    assert_int_equal(large_decrypt(&op, &out), HF_ERR_RANGE);
    assert_int_equal(large_encrypt(&op, &out), HF_ERR_RANGE);
    number.data[MODULUS_LEN - 1]--; /* n - 1 */
    assert_int_equal(large_decrypt(&op, &out), HF_OK);
    assert_large_equal(&out, &number); /* (-1)^d = -1 */
    assert_int_equal(large_encrypt(&op, &out), HF_OK);
    number.data[0] = 0xFF;
    assert_int_equal(large_encrypt(&op, &out), HF_ERR_RANGE);
    op.input.len--;
    assert_int_equal(large_encrypt(&op, &out), HF_ERR_RANGE);
    op.input.len = 0;
    assert_int_equal(large_decrypt(&op, &out), HF_ERR_RANGE);
    memset(number.data, 0, MODULUS_LEN); /* 0 is a number too */
    op.input.len = MODULUS_LEN;
    assert_int_equal(large_decrypt(&op, &out), HF_OK);
    assert_large_equal(&out, &number);
}

static void test_operations_of_all_sizes(void **state)
{
    (void)state;
    static large raw, public, signature, ciphertext, plaintext;
    const uint32_t types[] = { HF_KEY_RSA_3072, HF_KEY_RSA_4096 };
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(large_generate(types[i], &raw), HF_OK);
        hf_crypto_key key = large_key(types[i], &raw);
        assert_int_equal(large_public(&key, &public), HF_OK);
        hf_crypto_key other = large_key(hf_key_type_public(types[i]), &public);
        for (uint16_t a = HF_ALG_RSA_PKCS1; a <= HF_ALG_RSA_PSS; a++) {
            hf_crypto_op op = sign_op(a, HF_ALG_SHA512);
            op.key = &key;
            assert_int_equal(large_sign(&op, &signature), HF_OK);
            assert_int_equal(signature.len, hf_key_type_find(types[i])->signature_len);
            assert_int_equal(verify(op, &other, &signature), HF_OK);
        }
        hf_crypto_op op = oaep_op(&other, HF_ALG_SHA384, text("Message"));
        assert_int_equal(large_encrypt(&op, &ciphertext), HF_OK);
        op.key = &key;
        op.input = large_bytes(&ciphertext);
        assert_int_equal(large_decrypt(&op, &plaintext), HF_OK);
        assert_memory_equal(plaintext.data, "Message", 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sign_pkcs1_vector_matches),
        cmocka_unit_test(test_verify_pss_vector_matches),
        cmocka_unit_test(test_sign_every_hash_is_what_libcrypto_verifies),
        cmocka_unit_test(test_sign_pss_parameters_are_used),
        cmocka_unit_test(test_sha1_only_verifies),
        cmocka_unit_test(test_verify_wrong_signature_is_refused),
        cmocka_unit_test(test_sign_with_a_public_key_is_type_error),
        cmocka_unit_test(test_sign_output_too_small_is_size_error),
        cmocka_unit_test(test_decrypt_oaep_vectors_match),
        cmocka_unit_test(test_encrypt_oaep_every_hash_there_and_back),
        cmocka_unit_test(test_encrypt_oaep_lengths_and_label),
        cmocka_unit_test(test_decrypt_oaep_wrong_ciphertext_is_refused),
        cmocka_unit_test(test_decrypt_pkcs1_only_with_implicit_rejection),
        cmocka_unit_test(test_raw_is_the_bare_function),
        cmocka_unit_test(test_raw_number_is_as_long_as_and_below_the_modulus),
        cmocka_unit_test(test_operations_of_all_sizes),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
