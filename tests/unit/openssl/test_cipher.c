/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Ciphers and AEADs of the libcrypto device against the vectors of cipher_vectors.c, with
 * parsed and unparsed keys; what is refused, and that no plaintext is left then.
 */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "cipher_vectors.h"

/* A vector as bytes, in one place to be spoiled. */
typedef struct cipher_case {
    const cipher_vector *vector;
    blob material, nonce, aad, plain, cipher, tag;
} cipher_case;

static cipher_case case_of(const cipher_vector *v)
{
    return (cipher_case){ .vector = v,
                          .material = unhex(v->key),
                          .nonce = unhex(v->nonce),
                          .aad = unhex(v->aad),
                          .plain = unhex(v->plain),
                          .cipher = unhex(v->cipher),
                          .tag = unhex(v->tag) };
}

static bool is_aead(const cipher_vector *v)
{
    return hf_algorithm_find_class(v->algorithm, HF_CLASS_AEAD) != NULL;
}

static hf_crypto_op op_of(const cipher_case *c, const hf_crypto_key *key)
{
    return (hf_crypto_op){ .algorithm = c->vector->algorithm,
                           .key = key,
                           .output_len = (uint32_t)c->tag.len,
                           .aad = blob_bytes(&c->aad),
                           .nonce = blob_bytes(&c->nonce) };
}

static int decrypt(const cipher_case *c, const hf_crypto_key *key, hf_buffer *out)
{
    hf_crypto_op op = op_of(c, key);
    op.input = blob_bytes(&c->cipher);
    op.signature = blob_bytes(&c->tag);
    return hf_crypto_decrypt(&fixture_crypto, 0, &op, out);
}

/* ---- vectors ---- */

static void check_encrypt(const hf_crypto_key *key, const cipher_case *c)
{
    blob cipher = repeat(0x55, 8);
    blob tag;
    hf_buffer out = { .data = cipher.data, .size = sizeof(cipher.data), .len = 8 };
    hf_buffer tag_out = hf_buffer_of(tag.data, c->tag.len);
    hf_crypto_op op = op_of(c, key);
    op.input = blob_bytes(&c->plain);
    assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &op, &out,
                                       is_aead(c->vector) ? &tag_out : NULL),
                     HF_OK);
    assert_bytes(hf_bytes_of(cipher.data, 8), "5555555555555555");
    assert_bytes(hf_bytes_of(out.data + 8, out.len - 8), c->vector->cipher);
    assert_bytes(hf_bytes_of(tag_out.data, tag_out.len), c->vector->tag);
}

static void check_decrypt(const hf_crypto_key *key, const cipher_case *c)
{
    blob plain = repeat(0x55, 8);
    hf_buffer out = { .data = plain.data, .size = 8 + c->cipher.len, .len = 8 };
    assert_int_equal(decrypt(c, key, &out), HF_OK);
    assert_bytes(hf_bytes_of(plain.data, 8), "5555555555555555");
    assert_bytes(hf_bytes_of(out.data + 8, out.len - 8), c->vector->plain);
}

static void check_both(const hf_crypto_key *key, const void *context)
{
    check_encrypt(key, context);
    check_decrypt(key, context);
    check_encrypt(key, context); /* one use does not show in the next */
}

static void test_cipher_vectors_of_the_standards_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < cipher_vector_count; i++) {
        cipher_case c = case_of(&cipher_vectors[i]);
        with_key(c.vector->key_type, c.vector->key, check_both, &c);
    }
}

/* Every row with every key type that fits it. */
static void test_every_cipher_has_vectors(void **state)
{
    (void)state;
    const hf_algorithm *row;
    const hf_key_type_info *info;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        bool is_ours = row->class == HF_CLASS_CIPHER || row->class == HF_CLASS_AEAD;
        for (size_t k = 0; is_ours && (info = hf_key_type_at(k)) != NULL; k++) {
            size_t count = 0;
            for (size_t v = 0; v < cipher_vector_count; v++) {
                count += cipher_vectors[v].algorithm == row->id &&
                                 cipher_vectors[v].key_type == info->type
                             ? 1
                             : 0;
            }
            assert_true(!hf_algorithm_fits(row, info->type, false) || count >= 1);
        }
    }
}

/* A parsed AES key has a template of its own key only. */
static void test_parsed_key_has_its_own_copy(void **state)
{
    (void)state;
    for (size_t i = 0; i < cipher_vector_count; i++) {
        if (cipher_vectors[i].algorithm == HF_ALG_AES_GCM) {
            cipher_case c = case_of(&cipher_vectors[i]);
            hf_crypto_key key = key_of(c.vector->key_type, &c.material);
            assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_OK);
            c.material = repeat(0xEE, c.material.len);
            check_both(&key, &c);
            hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
        }
    }
}

/* ---- what is wrong ---- */

static bool is_checked(const cipher_vector *v)
{
    return is_aead(v) || v->algorithm == HF_ALG_AES_KW || v->algorithm == HF_ALG_AES_KWP;
}

/* HF_ERR_VERIFY, and no byte of the plaintext anywhere in the output. */
static void assert_refused(const cipher_case *c, void *parsed)
{
    uint8_t memory[sizeof(c->cipher.data)];
    memset(memory, 0x55, sizeof(memory));
    hf_buffer out = { .data = memory, .size = sizeof(memory), .len = 4 };
    hf_crypto_key key = key_of(c->vector->key_type, &c->material);
    key.parsed = parsed;
    assert_int_equal(decrypt(c, &key, &out), HF_ERR_VERIFY);
    assert_int_equal(out.len, 4);
    for (size_t i = 0; i < sizeof(memory); i++) {
        assert_int_equal(memory[i], i < 4 || i >= 4 + c->cipher.len ? 0x55 : 0);
    }
    assert_int_equal(ERR_peek_error(), 0);
}

static void test_any_changed_bit_is_refused_and_wiped(void **state)
{
    (void)state;
    for (size_t v = 0; v < cipher_vector_count; v++) {
        cipher_case c = case_of(&cipher_vectors[v]);
        blob *const parts[] = { &c.nonce, &c.aad, &c.cipher, &c.tag, &c.material };
        for (size_t p = 0; is_checked(c.vector) && p < 5; p++) {
            for (size_t i = 0; i < parts[p]->len; i++) {
                parts[p]->data[i] ^= (uint8_t)(1u << i % 8);
                assert_refused(&c, NULL);
                parts[p]->data[i] ^= (uint8_t)(1u << i % 8);
            }
        }
    }
}

static void test_changed_tag_is_refused_with_a_parsed_key(void **state)
{
    (void)state;
    for (size_t v = 0; v < cipher_vector_count; v++) {
        cipher_case c = case_of(&cipher_vectors[v]);
        if (c.vector->algorithm == HF_ALG_AES_GCM) {
            hf_crypto_key key = key_of(c.vector->key_type, &c.material);
            assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_OK);
            c.tag.data[c.tag.len - 1] ^= 1;
            assert_refused(&c, key.parsed);
            hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
        }
    }
}

static void test_empty_tag_is_refused(void **state)
{
    (void)state;
    for (size_t v = 0; v < cipher_vector_count; v++) {
        cipher_case c = case_of(&cipher_vectors[v]);
        hf_crypto_key key = key_of(c.vector->key_type, &c.material);
        uint8_t memory[512];
        hf_buffer out = hf_buffer_of(memory, sizeof(memory));
        c.tag.len = 0;
        assert_int_equal(decrypt(&c, &key, &out),
                         is_aead(c.vector) ? HF_ERR_VERIFY : HF_OK);
    }
}

/* ---- padding ---- */

/* RFC 5652 6.3, with branches. */
static bool is_padding(const uint8_t *block)
{
    uint8_t len = block[15];
    for (size_t i = 16 - (len <= 16 ? len : 0u); i < 16; i++) {
        if (block[i] != len) {
            return false;
        }
    }
    return len >= 1 && len <= 16;
}

/* Two blocks, of which the last is `last`, by CBC without padding. */
static cipher_case padded_case(const uint8_t *last)
{
    static const cipher_vector vector = { .algorithm = HF_ALG_AES_CBC_PAD,
                                          .key_type = HF_KEY_AES_128 };
    cipher_case c = { .vector = &vector,
                      .material = repeat(1, 16),
                      .nonce = repeat(2, 16),
                      .plain = repeat(3, 32) };
    memcpy(c.plain.data + 16, last, 16);
    hf_crypto_key key = key_of(HF_KEY_AES_128, &c.material);
    hf_crypto_op op = op_of(&c, &key);
    op.algorithm = HF_ALG_AES_CBC;
    op.input = blob_bytes(&c.plain);
    hf_buffer out = blob_buffer(&c.cipher);
    assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &op, &out, NULL), HF_OK);
    c.cipher.len = out.len;
    return c;
}

static void check_padding(const uint8_t *last)
{
    cipher_case c = padded_case(last);
    if (!is_padding(last)) {
        assert_refused(&c, NULL);
        return;
    }
    uint8_t memory[32];
    hf_buffer out = hf_buffer_of(memory, sizeof(memory));
    hf_crypto_key key = key_of(HF_KEY_AES_128, &c.material);
    assert_int_equal(decrypt(&c, &key, &out), HF_OK);
    assert_int_equal(out.len, 32u - last[15]);
    assert_memory_equal(memory, c.plain.data, out.len);
}

static void test_padding_is_exactly_that_of_rfc5652(void **state)
{
    (void)state;
    for (size_t len = 0; len < 256; len++) {
        uint8_t last[16];
        memset(last, 0x7A, sizeof(last));
        last[15] = (uint8_t)len;
        check_padding(last); /* nothing but the last byte */
        memset(last, (int)len, sizeof(last));
        check_padding(last); /* all of it, and then each byte wrong */
        for (size_t i = 0; i < 16; i++) {
            last[i] ^= 0x80;
            check_padding(last);
            last[i] ^= 0x80;
        }
        memset(last, 0, len < 16 ? 16 - len : 0);
        check_padding(last); /* as much as it must be */
    }
}

/* ---- limits ---- */

static void test_output_too_small_is_size_error(void **state)
{
    (void)state;
    for (size_t v = 0; v < cipher_vector_count; v++) {
        cipher_case c = case_of(&cipher_vectors[v]);
        hf_crypto_key key = key_of(c.vector->key_type, &c.material);
        uint8_t memory[512] = { 0 };
        uint8_t tag_memory[16];
        size_t room =
            hf_crypto_cipher_len_max(c.vector->algorithm, key.type, c.plain.len, false);
        if (room == 0) {
            continue;
        }
        hf_buffer out = hf_buffer_of(memory, room - 1);
        hf_buffer tag = hf_buffer_of(tag_memory, c.tag.len);
        hf_buffer *tag_out = is_aead(c.vector) ? &tag : NULL;
        hf_crypto_op op = op_of(&c, &key);
        op.input = blob_bytes(&c.plain);
        assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &op, &out, tag_out),
                         HF_ERR_SIZE);
        out.size = room;
        tag.size -= 1;
        assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &op, &out, tag_out),
                         is_aead(c.vector) ? HF_ERR_SIZE : HF_OK);
        out = hf_buffer_of(memory, c.cipher.len - 1);
        assert_int_equal(decrypt(&c, &key, &out), HF_ERR_SIZE);
    }
}

/* The longest of CCM's with the longest nonce; one byte more has no place in its first
 * block. And what a large part of a file looks like. */
static void test_long_texts_come_back(void **state)
{
    (void)state;
    static const struct {
        uint16_t algorithm;
        uint32_t key_type;
        size_t nonce_len, len;
    } cases[] = {
        { HF_ALG_AES_CCM, HF_KEY_AES_128, 13, 0xFFFF },
        { HF_ALG_AES_CCM, HF_KEY_AES_256, 7, 0x10001 },
        { HF_ALG_AES_GCM, HF_KEY_AES_256, 12, 1000003 },
        { HF_ALG_CHACHA20_POLY1305, HF_KEY_CHACHA20, 12, 1000003 },
        { HF_ALG_AES_CTR, HF_KEY_AES_192, 16, 1000003 },
        { HF_ALG_AES_CBC_PAD, HF_KEY_AES_256, 16, 1000003 },
        { HF_ALG_AES_XTS, HF_KEY_AES_256_XTS, 16, 1 << 24 },
        { HF_ALG_AES_KW, HF_KEY_AES_128, 0, 1 << 20 },
        { HF_ALG_AES_KWP, HF_KEY_AES_128, 0, (1 << 20) - 3 },
    };
    size_t room = (1 << 24) + 16;
    uint8_t *memory = calloc(3, room);
    assert_non_null(memory);
    blob material;
    for (size_t i = 0; i < sizeof(material.data); i++) {
        material.data[i] = (uint8_t)i;
    }
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        hf_crypto_key key = { .type = cases[i].key_type };
        key.material =
            hf_bytes_of(material.data, hf_key_type_find(key.type)->raw_len_max);
        uint8_t tag_memory[16];
        hf_buffer tag = hf_buffer_of(tag_memory, 16);
        hf_buffer cipher = hf_buffer_of(memory + room, room);
        hf_buffer plain = hf_buffer_of(memory + 2 * room, room);
        memset(memory, (int)i + 1, cases[i].len);
        bool has_tag = hf_algorithm_find(cases[i].algorithm)->output_len != 0;
        hf_crypto_op op = { .algorithm = cases[i].algorithm,
                            .key = &key,
                            .input = hf_bytes_of(memory, cases[i].len),
                            .nonce = hf_bytes_of(material.data, cases[i].nonce_len) };
        assert_int_equal(
            hf_crypto_encrypt(&fixture_crypto, 0, &op, &cipher, has_tag ? &tag : NULL),
            HF_OK);
        assert_memory_not_equal(memory, cipher.data, 64);
        op.input = hf_bytes_of(cipher.data, cipher.len);
        op.signature = hf_bytes_of(tag.data, tag.len);
        assert_int_equal(hf_crypto_decrypt(&fixture_crypto, 0, &op, &plain), HF_OK);
        assert_int_equal(plain.len, cases[i].len);
        assert_memory_equal(plain.data, memory, plain.len);
    }
    free(memory);
}

static void test_nonce_of_other_length_is_range_error(void **state)
{
    (void)state;
    static const struct {
        uint16_t algorithm;
        size_t bad[3];
    } cases[] = { { HF_ALG_AES_GCM, { 0, 129, 200 } },
                  { HF_ALG_AES_CCM, { 0, 6, 14 } },
                  { HF_ALG_AES_CBC, { 0, 15, 17 } },
                  { HF_ALG_AES_KW, { 1, 8, 16 } } };
    blob material = repeat(1, 16);
    blob text = repeat(2, 16);
    blob nonce = repeat(3, 200);
    hf_crypto_key key = key_of(HF_KEY_AES_128, &material);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t n = 0; n < 3; n++) {
            blob cipher;
            hf_buffer out = blob_buffer(&cipher);
            const hf_crypto_op op = { .algorithm = cases[i].algorithm,
                                      .key = &key,
                                      .input = blob_bytes(&text),
                                      .nonce = hf_bytes_of(nonce.data, cases[i].bad[n]) };
            assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &op, &out, NULL),
                             HF_ERR_RANGE);
        }
    }
}

static void test_wrong_key_is_refused(void **state)
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
    key.type = HF_KEY_AES_256_XTS;
    op.algorithm = HF_ALG_AES_GCM;
    assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &op, &out, &tag_out),
                     HF_ERR_TYPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cipher_vectors_of_the_standards_match),
        cmocka_unit_test(test_every_cipher_has_vectors),
        cmocka_unit_test(test_parsed_key_has_its_own_copy),
        cmocka_unit_test(test_any_changed_bit_is_refused_and_wiped),
        cmocka_unit_test(test_changed_tag_is_refused_with_a_parsed_key),
        cmocka_unit_test(test_empty_tag_is_refused),
        cmocka_unit_test(test_padding_is_exactly_that_of_rfc5652),
        cmocka_unit_test(test_output_too_small_is_size_error),
        cmocka_unit_test(test_long_texts_come_back),
        cmocka_unit_test(test_nonce_of_other_length_is_range_error),
        cmocka_unit_test(test_wrong_key_is_refused),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
