/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Verification: every parameter set, 1..8 levels, and every way of being wrong.
 */
#include "fixture.h"

#include "lms/tree.h"

#include <stdlib.h>
#include <string.h>

static const char message[] = "what is signed";

/* A key and a signature, in memory of exactly their lengths. */
typedef struct sample {
    hf_buffer public_key;
    hf_buffer signature;
} sample;

static hf_buffer buffer_create(size_t size)
{
    uint8_t *data = malloc(size > 0 ? size : 1);
    assert_non_null(data);
    return hf_buffer_of(data, size);
}

static void sample_destroy(sample *s)
{
    free(s->public_key.data);
    free(s->signature.data);
}

static void append(hf_buffer *buffer, const void *data, size_t len)
{
    assert_int_equal(hf_buffer_append(buffer, hf_bytes_of(data, len)), HF_OK);
}

static int verify(const sample *s)
{
    return hf_hss_verify(&engine, bytes_of_buffer(&s->public_key),
                         hf_bytes_of(message, sizeof(message)),
                         bytes_of_buffer(&s->signature));
}

/* Two levels, so that everything that a signature can have is there. */
static sample sample_create(void)
{
    const hf_hss_params params = { 2,
                                   { { HF_LMS_SHA256_M24_H5, HF_LMOTS_SHA256_N24_W4 },
                                     { HF_LMS_SHA256_M24_H5, HF_LMOTS_SHA256_N24_W2 } } };
    sample s = { .signature = { .data = NULL } };
    test_key *key = key_create(&params);
    assert_int_equal(key_move(key, 100), HF_OK);
    assert_int_equal(
        key_sign(key, 100, hf_bytes_of(message, sizeof(message)), &s.signature), HF_OK);
    s.public_key = buffer_create(key->public_key.len);
    append(&s.public_key, key->public_key.data, key->public_key.len);
    key_destroy(key);
    assert_int_equal(verify(&s), HF_OK);
    return s;
}

/* Added to the leaf number: a power of two from 2^height on is beside the tree. */
static uint32_t leaf_beyond;

/*
 * An LMS tree of any height of which only one path exists: the siblings are arbitrary,
 * and the root is what they lead to. The key signs `what`; key and signature are
 * appended.
 */
static void sign_one_path(uint32_t lms_type, uint32_t ots_type, hf_bytes what,
                          hf_buffer *public_key, hf_buffer *signature)
{
    hf_lms_pair sets;
    uint8_t id[HF_LMS_ID_SIZE], seed[HF_LMS_HASH_SIZE_MAX], value[HF_LMS_HASH_SIZE_MAX];
    uint8_t siblings[HF_LMS_HEIGHT_MAX * HF_LMS_HASH_SIZE_MAX];
    uint8_t number[4];
    assert_true(hf_lms_pair_find(lms_type, ots_type, &sets));
    memset(id, (int)lms_type, sizeof(id));
    memset(seed, (int)ots_type, sizeof(seed));
    memset(siblings, 0x3C, sizeof(siblings));
    const uint32_t q = (1u << sets.lms->height) - 3 + leaf_beyond;
    const uint32_t r = (1u << sets.lms->height) + q;
    const hf_lms_node node = { .engine = &engine, .sets = &sets, .id = id };
    const hf_lmots ots = { .engine = &engine, .set = sets.ots, .id = id, .q = q };
    assert_int_equal(hf_lmots_public(&ots, seed, value), HF_OK);
    assert_int_equal(hf_lms_node_leaf(&node, r, value, value), HF_OK);
    assert_int_equal(hf_lms_node_climb(&node, r, siblings, sets.lms->height, value),
                     HF_OK);
    hf_lms_put_u32(number, lms_type);
    append(public_key, number, 4);
    hf_lms_put_u32(number, ots_type);
    append(public_key, number, 4);
    append(public_key, id, sizeof(id));
    append(public_key, value, sets.lms->n);
    hf_lms_put_u32(number, q);
    append(signature, number, 4);
    assert_true(signature->size - signature->len >= hf_lmots_signature_len(sets.ots));
    assert_int_equal(hf_lmots_sign(&ots, seed, what, signature->data + signature->len),
                     HF_OK);
    signature->len += hf_lmots_signature_len(sets.ots);
    hf_lms_put_u32(number, lms_type);
    append(signature, number, 4);
    append(signature, siblings, (size_t)sets.lms->height * sets.lms->n);
}

/* A chain of such trees; lower_type is the type of all trees but the first. */
static sample sample_of_levels(uint32_t count, uint32_t lms_type, uint32_t ots_type,
                               uint32_t lower_type, uint32_t lower_ots)
{
    sample s = { .public_key = buffer_create(HF_HSS_PUBLIC_LEN_MAX),
                 .signature = buffer_create(80000) };
    hf_buffer keys[10], signatures[10];
    uint8_t number[4];
    hf_bytes what = hf_bytes_of(message, sizeof(message));
    for (uint32_t i = count; i-- > 0;) { /* from the last, which signs the message */
        keys[i] = buffer_create(HF_HSS_PUBLIC_LEN_MAX);
        signatures[i] = buffer_create(9600);
        sign_one_path(i == 0 ? lms_type : lower_type, i == 0 ? ots_type : lower_ots, what,
                      &keys[i], &signatures[i]);
        what = bytes_of_buffer(&keys[i]);
    }
    hf_lms_put_u32(number, count);
    append(&s.public_key, number, 4);
    append(&s.public_key, keys[0].data, keys[0].len);
    hf_lms_put_u32(number, count - 1);
    append(&s.signature, number, 4);
    for (uint32_t i = 0; i < count; i++) {
        append(&s.signature, signatures[i].data, signatures[i].len);
        if (i + 1 < count) {
            append(&s.signature, keys[i + 1].data, keys[i + 1].len);
        }
        free(signatures[i].data);
    }
    for (uint32_t i = 0; i < count; i++) {
        free(keys[i].data);
    }
    return s;
}

/* ---- right ---- */

static void test_verify_every_set_is_accepted(void **state)
{
    (void)state;
    uint32_t pair_count = 0;
    for (uint32_t lms = 0; lms <= 0x20; lms++) {
        for (uint32_t ots = 0; ots <= 0x20; ots++) {
            hf_lms_pair sets;
            if (!hf_lms_pair_find(lms, ots, &sets)) {
                continue;
            }
            sample s = sample_of_levels(1, lms, ots, lms, ots);
            assert_int_equal(verify(&s), HF_OK);
            assert_int_equal(hf_hss_public_algorithm(bytes_of_buffer(&s.public_key)),
                             sets.lms->algorithm);
            s.signature.data[s.signature.len - 1] ^= 1;
            assert_int_equal(verify(&s), HF_ERR_VERIFY);
            sample_destroy(&s);
            pair_count++;
        }
    }
    assert_int_equal(pair_count, 4 * 5 * 4);
}

static void test_verify_one_to_eight_levels_are_accepted(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= HF_HSS_LEVEL_COUNT_VERIFY_MAX; count++) {
        sample s = sample_of_levels(count, HF_LMS_SHA256_M32_H25, HF_LMOTS_SHA256_N32_W4,
                                    HF_LMS_SHA256_M32_H20, HF_LMOTS_SHA256_N32_W1);
        assert_int_equal(verify(&s), HF_OK);
        s.signature.data[5000 % s.signature.len] ^= 1;
        assert_int_equal(verify(&s), HF_ERR_VERIFY);
        sample_destroy(&s);
    }
}

static void test_verify_single_tree_is_accepted(void **state)
{
    (void)state;
    sample s = sample_of_levels(1, HF_LMS_SHA256_M32_H10, HF_LMOTS_SHA256_N32_W8, 0, 0);
    const hf_bytes what = hf_bytes_of(message, sizeof(message));
    const hf_bytes key = hf_bytes_of(s.public_key.data + 4, s.public_key.len - 4);
    const hf_bytes signature = hf_bytes_of(s.signature.data + 4, s.signature.len - 4);
    assert_int_equal(hf_lms_verify(&engine, key, what, signature), HF_OK);
    assert_int_equal(hf_lms_verify(&engine, key, hf_bytes_of(message, 3), signature),
                     HF_ERR_VERIFY);
    assert_int_equal(
        hf_lms_verify(&engine, hf_bytes_of(key.data, key.len - 1), what, signature),
        HF_ERR_KEY);
    assert_int_equal(
        hf_lms_verify(&engine, key, what, hf_bytes_of(signature.data, signature.len - 1)),
        HF_ERR_VERIFY);
    sample_destroy(&s);
}

/* ---- wrong ---- */

static void test_verify_wrong_byte_anywhere_is_refused(void **state)
{
    (void)state;
    sample s = sample_create();
    for (size_t i = 0; i < s.signature.len; i += i < 200 ? 1 : 3) {
        s.signature.data[i] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(verify(&s), HF_ERR_VERIFY);
        s.signature.data[i] ^= (uint8_t)(1u << i % 8);
    }
    assert_int_equal(verify(&s), HF_OK);
    sample_destroy(&s);
}

static void test_verify_wrong_key_byte_is_refused(void **state)
{
    (void)state;
    sample s = sample_create();
    for (size_t i = 0; i < s.public_key.len; i++) {
        s.public_key.data[i] ^= 0x40;
        int rc = verify(&s);
        assert_true(i < 12 ? rc == HF_ERR_KEY : rc == HF_ERR_VERIFY);
        s.public_key.data[i] ^= 0x40;
    }
    assert_int_equal(verify(&s), HF_OK);
    sample_destroy(&s);
}

static void test_verify_other_length_is_refused(void **state)
{
    (void)state;
    sample s = sample_create();
    for (size_t len = 0; len <= s.signature.len + 4; len++) {
        if (len == s.signature.len) {
            continue;
        }
        sample other = { .public_key = s.public_key, .signature = buffer_create(len) };
        memset(other.signature.data, 0, len);
        memcpy(other.signature.data, s.signature.data,
               len < s.signature.len ? len : s.signature.len);
        other.signature.len = len;
        assert_int_equal(verify(&other), HF_ERR_VERIFY);
        free(other.signature.data);
    }
    sample_destroy(&s);
}

static void test_verify_other_message_is_refused(void **state)
{
    (void)state;
    sample s = sample_create();
    for (size_t len = 0; len < sizeof(message); len++) {
        assert_int_equal(hf_hss_verify(&engine, bytes_of_buffer(&s.public_key),
                                       hf_bytes_of(message, len),
                                       bytes_of_buffer(&s.signature)),
                         HF_ERR_VERIFY);
    }
    sample_destroy(&s);
}

static void test_verify_malformed_key_is_refused(void **state)
{
    (void)state;
    static const uint32_t counts[] = { 0, 9, 0x100, 0x80000001u };
    sample s = sample_create();
    for (size_t len = 0; len < s.public_key.len; len++) {
        hf_buffer key = buffer_create(len);
        append(&key, s.public_key.data, len);
        assert_int_equal(hf_hss_check_public(bytes_of_buffer(&key)), HF_ERR_KEY);
        assert_int_equal(hf_hss_public_algorithm(bytes_of_buffer(&key)), HF_ALG_NONE);
        free(key.data);
    }
    assert_int_equal(hf_hss_check_public(bytes_of_buffer(&s.public_key)), HF_OK);
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        hf_lms_put_u32(s.public_key.data, counts[i]);
        assert_int_equal(verify(&s), HF_ERR_KEY);
    }
    assert_int_equal(hf_hss_check_public(hf_bytes_of(NULL, 0)), HF_ERR_KEY);
    sample_destroy(&s);
}

/* The number of levels of key and signature must be the same, whatever else fits. */
static void test_verify_other_level_count_is_refused(void **state)
{
    (void)state;
    sample s = sample_of_levels(2, HF_LMS_SHA256_M24_H5, HF_LMOTS_SHA256_N24_W8,
                                HF_LMS_SHA256_M24_H5, HF_LMOTS_SHA256_N24_W8);
    for (uint32_t count = 1; count <= HF_HSS_LEVEL_COUNT_VERIFY_MAX; count++) {
        hf_lms_put_u32(s.public_key.data, count);
        assert_int_equal(verify(&s), count == 2 ? HF_OK : HF_ERR_VERIFY);
    }
    sample_destroy(&s);
}

/* Each level by itself would verify; SP 800-208 wants one hash for all. */
static void test_verify_other_hash_below_is_refused(void **state)
{
    (void)state;
    static const uint32_t lower[][2] = {
        { HF_LMS_SHA256_M24_H5, HF_LMOTS_SHA256_N24_W8 },
        { HF_LMS_SHAKE_M32_H5, HF_LMOTS_SHAKE_N32_W8 },
    };
    for (size_t i = 0; i < sizeof(lower) / sizeof(lower[0]); i++) {
        sample s = sample_of_levels(2, HF_LMS_SHA256_M32_H5, HF_LMOTS_SHA256_N32_W8,
                                    lower[i][0], lower[i][1]);
        assert_int_equal(verify(&s), HF_ERR_VERIFY);
        sample_destroy(&s);
    }
}

/* All hashes are right, but the leaf is none of the tree's. */
static void test_verify_leaf_beside_the_tree_is_refused(void **state)
{
    (void)state;
    for (leaf_beyond = 32; leaf_beyond != 0; leaf_beyond <<= 1) {
        sample s =
            sample_of_levels(1, HF_LMS_SHA256_M24_H5, HF_LMOTS_SHA256_N24_W8, 0, 0);
        assert_int_equal(verify(&s), HF_ERR_VERIFY);
        sample_destroy(&s);
    }
}

static void test_verify_null_is_refused(void **state)
{
    (void)state;
    sample s = sample_create();
    const hf_bytes key = bytes_of_buffer(&s.public_key);
    const hf_bytes signature = bytes_of_buffer(&s.signature);
    const hf_bytes null = hf_bytes_of(NULL, 1);
    const hf_bytes none = hf_bytes_of(NULL, 0);
    assert_int_equal(hf_hss_verify(NULL, key, none, signature), HF_ERR_ARG);
    assert_int_equal(hf_hss_verify(&engine, null, none, signature), HF_ERR_ARG);
    assert_int_equal(hf_hss_verify(&engine, key, null, signature), HF_ERR_ARG);
    assert_int_equal(hf_hss_verify(&engine, key, none, null), HF_ERR_ARG);
    assert_int_equal(hf_hss_verify(&engine, key, none, none), HF_ERR_VERIFY);
    assert_int_equal(hf_hss_verify(&engine, key, none, signature), HF_ERR_VERIFY);
    assert_int_equal(hf_lms_verify(NULL, key, none, signature), HF_ERR_ARG);
    sample_destroy(&s);
}

/* A device that fails is no wrong signature, and above all no right one. */
static void test_verify_failing_device_is_told(void **state)
{
    (void)state;
    sample s = sample_create();
    operation_count = 0;
    assert_int_equal(verify(&s), HF_OK);
    const uint64_t count = operation_count;
    for (uint64_t n = 1; n <= count; n += 7) {
        operation_count = 0;
        fail_at = n;
        assert_int_equal(verify(&s), HF_ERR_CRYPTO);
    }
    fail_at = 0;
    sample_destroy(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify_every_set_is_accepted),
        cmocka_unit_test(test_verify_one_to_eight_levels_are_accepted),
        cmocka_unit_test(test_verify_single_tree_is_accepted),
        cmocka_unit_test(test_verify_wrong_byte_anywhere_is_refused),
        cmocka_unit_test(test_verify_wrong_key_byte_is_refused),
        cmocka_unit_test(test_verify_other_length_is_refused),
        cmocka_unit_test(test_verify_other_message_is_refused),
        cmocka_unit_test(test_verify_malformed_key_is_refused),
        cmocka_unit_test(test_verify_other_level_count_is_refused),
        cmocka_unit_test(test_verify_other_hash_below_is_refused),
        cmocka_unit_test(test_verify_leaf_beside_the_tree_is_refused),
        cmocka_unit_test(test_verify_null_is_refused),
        cmocka_unit_test(test_verify_failing_device_is_told),
    };
    return cmocka_run_group_tests(tests, engine_open, engine_close);
}
