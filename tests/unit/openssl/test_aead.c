/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * AES-GCM of the libcrypto device against the test cases of the GCM specification (McGrew
 * and Viega, appendix B), and what is left after a wrong tag.
 */
#include "fixture.h"

#include <string.h>

#define KEY_128 "feffe9928665731c6d6a8f9467308308"
#define KEY_256 KEY_128 KEY_128
#define ZERO_16 "00000000000000000000000000000000"
#define NONCE "cafebabefacedbaddecaf888"
#define ZERO_NONCE "000000000000000000000000"
#define AAD "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define PLAIN_60                                                                         \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"                   \
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"

typedef struct gcm_vector {
    const char *nonce;
    const char *aad;
    const char *plain;
    const char *cipher;
    const char *tag;
} gcm_vector;

static const gcm_vector case_1 = { ZERO_NONCE, "", "", "",
                                   "58e2fccefa7e3061367f1d57a4e7455a" };
static const gcm_vector case_2 = { ZERO_NONCE, "", ZERO_16,
                                   "0388dace60b6a392f328c2b971b2fe78",
                                   "ab6e47d42cec13bdf53a67b21257bddf" };
static const gcm_vector case_4 = {
    NONCE, AAD, PLAIN_60,
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
    "5bc94fbc3221a5db94fae95ae7121a47"
};
static const gcm_vector case_13 = { ZERO_NONCE, "", "", "",
                                    "530f8afbc74536b9a963b4f1c4cb738b" };
static const gcm_vector case_14 = { ZERO_NONCE, "", ZERO_16,
                                    "cea7403d4d606b6e074ec5d3baf39d18",
                                    "d0d1c8a799996bf0265b98b5d48ab919" };
static const gcm_vector case_16 = {
    NONCE, AAD, PLAIN_60,
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
    "76fc6ece0f4e1768cddf8853bb2d551b"
};

static void check_encrypt(const hf_crypto_key *key, const void *context)
{
    const gcm_vector *v = context;
    blob nonce = unhex(v->nonce);
    blob aad = unhex(v->aad);
    blob plain = unhex(v->plain);
    blob cipher;
    blob tag;
    hf_buffer out = blob_buffer(&cipher);
    hf_buffer tag_out = blob_buffer(&tag);
    const hf_crypto_op op = { .algorithm = HF_ALG_AES_GCM,
                              .key = key,
                              .input = blob_bytes(&plain),
                              .aad = blob_bytes(&aad),
                              .nonce = blob_bytes(&nonce) };
    assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &op, &out, &tag_out), HF_OK);
    assert_bytes(hf_bytes_of(out.data, out.len), v->cipher);
    assert_bytes(hf_bytes_of(tag_out.data, tag_out.len), v->tag);
}

static void check_decrypt(const hf_crypto_key *key, const void *context)
{
    const gcm_vector *v = context;
    blob nonce = unhex(v->nonce);
    blob aad = unhex(v->aad);
    blob cipher = unhex(v->cipher);
    blob tag = unhex(v->tag);
    blob plain;
    hf_buffer out = blob_buffer(&plain);
    const hf_crypto_op op = { .algorithm = HF_ALG_AES_GCM,
                              .key = key,
                              .input = blob_bytes(&cipher),
                              .aad = blob_bytes(&aad),
                              .nonce = blob_bytes(&nonce),
                              .signature = blob_bytes(&tag) };
    assert_int_equal(hf_crypto_decrypt(&fixture_crypto, 0, &op, &out), HF_OK);
    assert_bytes(hf_bytes_of(out.data, out.len), v->plain);
}

static void check_both(const hf_crypto_key *key, const void *context)
{
    check_encrypt(key, context);
    check_decrypt(key, context);
}

static void test_gcm_specification_vectors_match(void **state)
{
    (void)state;
    with_key(HF_KEY_AES_128, ZERO_16, check_both, &case_1);
    with_key(HF_KEY_AES_128, ZERO_16, check_both, &case_2);
    with_key(HF_KEY_AES_128, KEY_128, check_both, &case_4);
    with_key(HF_KEY_AES_256, ZERO_16 ZERO_16, check_both, &case_13);
    with_key(HF_KEY_AES_256, ZERO_16 ZERO_16, check_both, &case_14);
    with_key(HF_KEY_AES_256, KEY_256, check_both, &case_16);
}

/* Everything that decrypt takes, in one place to be spoiled. */
typedef struct sealed {
    blob material, nonce, aad, cipher, tag;
} sealed;

static sealed sealed_case_4(void)
{
    return (sealed){ .material = unhex(KEY_128),
                     .nonce = unhex(case_4.nonce),
                     .aad = unhex(case_4.aad),
                     .cipher = unhex(case_4.cipher),
                     .tag = unhex(case_4.tag) };
}

static int decrypt(const sealed *s, hf_buffer *out)
{
    const hf_crypto_key key = key_of(HF_KEY_AES_128, &s->material);
    const hf_crypto_op op = { .algorithm = HF_ALG_AES_GCM,
                              .key = &key,
                              .input = blob_bytes(&s->cipher),
                              .aad = blob_bytes(&s->aad),
                              .nonce = blob_bytes(&s->nonce),
                              .signature = blob_bytes(&s->tag) };
    return hf_crypto_decrypt(&fixture_crypto, 0, &op, out);
}

/* HF_ERR_VERIFY, and no byte of the plaintext anywhere in the output. */
static void assert_refused(const sealed *s)
{
    uint8_t memory[64];
    memset(memory, 0x55, sizeof(memory));
    hf_buffer out = { .data = memory, .size = sizeof(memory), .len = 4 };
    assert_int_equal(decrypt(s, &out), HF_ERR_VERIFY);
    assert_int_equal(out.len, 4);
    for (size_t i = 0; i < 4 + s->cipher.len; i++) {
        assert_int_equal(memory[i], i < 4 ? 0x55 : 0);
    }
}

static void test_gcm_any_changed_bit_is_refused_and_wiped(void **state)
{
    (void)state;
    sealed s = sealed_case_4();
    blob *const parts[] = { &s.nonce, &s.aad, &s.cipher, &s.tag, &s.material };
    for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++) {
        for (size_t i = 0; i < parts[p]->len; i++) {
            parts[p]->data[i] ^= 1;
            assert_refused(&s);
            parts[p]->data[i] ^= 1;
        }
    }
    blob plain;
    hf_buffer out = blob_buffer(&plain);
    assert_int_equal(decrypt(&s, &out), HF_OK);
}

static void test_gcm_tag_of_other_length_is_refused(void **state)
{
    (void)state;
    sealed s = sealed_case_4();
    const size_t lengths[] = { 0, 4, 12, 15, 17 };
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        s.tag.len = lengths[i];
        blob plain;
        hf_buffer out = blob_buffer(&plain);
        assert_int_equal(decrypt(&s, &out), HF_ERR_VERIFY);
        assert_int_equal(out.len, 0);
    }
}

static void test_gcm_nonce_of_other_length_is_range_error(void **state)
{
    (void)state;
    sealed s = sealed_case_4();
    const size_t lengths[] = { 0, 8, 11, 13, 16 };
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        s.nonce.len = lengths[i];
        blob plain;
        hf_buffer out = blob_buffer(&plain);
        assert_int_equal(decrypt(&s, &out), HF_ERR_RANGE);
    }
}

static void test_gcm_output_too_small_is_size_error(void **state)
{
    (void)state;
    sealed s = sealed_case_4();
    uint8_t memory[64] = { 0 };
    hf_buffer out = hf_buffer_of(memory, s.cipher.len - 1);
    hf_buffer tag = hf_buffer_of(memory, 16);
    assert_int_equal(decrypt(&s, &out), HF_ERR_SIZE);
    const hf_crypto_key key = key_of(HF_KEY_AES_128, &s.material);
    const hf_crypto_op op = { .algorithm = HF_ALG_AES_GCM,
                              .key = &key,
                              .input = blob_bytes(&s.cipher),
                              .nonce = blob_bytes(&s.nonce) };
    assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &op, &out, &tag), HF_ERR_SIZE);
    out.size++;
    tag.size = 15;
    assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &op, &out, &tag), HF_ERR_SIZE);
    for (size_t i = 0; i < sizeof(memory); i++) {
        assert_int_equal(memory[i], 0);
    }
}

static void test_gcm_wrong_key_is_refused(void **state)
{
    (void)state;
    blob material = repeat(1, 32);
    blob nonce = repeat(1, 12);
    blob cipher;
    blob tag;
    hf_buffer out = blob_buffer(&cipher);
    hf_buffer tag_out = blob_buffer(&tag);
    hf_crypto_key key = key_of(HF_KEY_HMAC, &material);
    hf_crypto_op op = { .algorithm = HF_ALG_AES_GCM,
                        .key = &key,
                        .nonce = blob_bytes(&nonce) };
    assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &op, &out, &tag_out),
                     HF_ERR_TYPE);
    key.type = HF_KEY_AES_128; /* 32 bytes of it */
    assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &op, &out, &tag_out),
                     HF_ERR_KEY);
    key.type = HF_KEY_AES_256;
    op.algorithm = HF_ALG_HMAC_SHA256;
    assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &op, &out, &tag_out),
                     HF_ERR_NOTSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gcm_specification_vectors_match),
        cmocka_unit_test(test_gcm_any_changed_bit_is_refused_and_wiped),
        cmocka_unit_test(test_gcm_tag_of_other_length_is_refused),
        cmocka_unit_test(test_gcm_nonce_of_other_length_is_range_error),
        cmocka_unit_test(test_gcm_output_too_small_is_size_error),
        cmocka_unit_test(test_gcm_wrong_key_is_refused),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
