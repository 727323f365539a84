/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys of our own: bounds, moving from tree to tree, and that nothing damaged, misplaced
 * or failing ends in a signature.
 */
#include "fixture.h"

#include "lms/layout.h"

#include <stdlib.h>
#include <string.h>

#define FILLER 0xEE
#define STRIDE 13u /* of operations that fail: all kinds of them, not all of them */

static const char text[] = "what is signed";

static hf_hss_params small_params(uint32_t level_count)
{
    hf_hss_params params = { .level_count = level_count };
    for (uint32_t i = 0; i < level_count; i++) {
        params.levels[i] = (hf_hss_level){ HF_LMS_SHA256_M24_H5, HF_LMOTS_SHA256_N24_W4 };
    }
    return params;
}

static hf_bytes message(void)
{
    return hf_bytes_of(text, sizeof(text));
}

static int verify(const test_key *key, const hf_buffer *signature)
{
    return hf_hss_verify(&engine, bytes_of_buffer(&key->public_key), message(),
                         bytes_of_buffer(signature));
}

/* Sign with what is given; a failure must leave nothing in the output. */
static int sign_with(const test_key *key, const hf_hss_sign_op *op, hf_buffer *signature)
{
    const size_t size = hf_hss_signature_len(&key->params);
    memset(signature->data, FILLER, size);
    signature->len = 0;
    int rc = hf_hss_sign(&engine, bytes_of_buffer(&key->private_key), op, signature);
    if (rc != HF_OK) {
        assert_int_equal(signature->len, 0);
        for (size_t i = 1; i < size; i++) {
            assert_int_equal(signature->data[i], signature->data[0]);
        }
    }
    return rc;
}

/* ---- parameters ---- */

static void test_params_out_of_bounds_are_refused(void **state)
{
    (void)state;
    hf_hss_params params = small_params(3);
    assert_int_equal(hf_hss_params_check(&params), HF_OK);
    assert_int_equal(hf_hss_params_check(NULL), HF_ERR_ARG);
    params.level_count = 0;
    assert_int_equal(hf_hss_params_check(&params), HF_ERR_NOTSUPPORTED);
    params.level_count = 4;
    assert_int_equal(hf_hss_params_check(&params), HF_ERR_NOTSUPPORTED);
    static const hf_hss_level wrong[] = {
        { HF_LMS_SHA256_M24_H20, HF_LMOTS_SHA256_N24_W4 }, /* too high */
        { HF_LMS_SHA256_M24_H5, HF_LMOTS_SHA256_N32_W4 },  /* n differs */
        { HF_LMS_SHA256_M24_H5, HF_LMOTS_SHAKE_N24_W4 },   /* the hash differs */
        { HF_LMS_SHA256_M32_H5, HF_LMOTS_SHA256_N32_W4 },  /* from the other levels */
        { HF_LMS_SHAKE_M24_H5, HF_LMOTS_SHAKE_N24_W4 },
        { 0, HF_LMOTS_SHA256_N24_W4 },
        { HF_LMS_SHA256_M24_H5, 0 },
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        for (uint32_t level = 0; level < 3; level++) {
            params = small_params(3);
            params.levels[level] = wrong[i];
            assert_int_equal(hf_hss_params_check(&params), HF_ERR_NOTSUPPORTED);
        }
    }
}

static void test_params_of_private_key_are_found(void **state)
{
    (void)state;
    const hf_hss_params params = small_params(2);
    hf_hss_params found;
    test_key *key = key_create(&params);
    assert_int_equal(hf_hss_private_params(bytes_of_buffer(&key->private_key), &found),
                     HF_OK);
    assert_memory_equal(&found.levels, &params.levels, 2 * sizeof(params.levels[0]));
    assert_int_equal(found.level_count, 2);
    for (size_t len = 0; len < key->private_key.len; len++) {
        uint8_t *part = malloc(len + 1);
        memcpy(part, key->private_key.data, len);
        assert_int_equal(hf_hss_private_params(hf_bytes_of(part, len), &found),
                         HF_ERR_KEY);
        assert_int_equal(found.level_count, 0);
        free(part);
    }
    assert_int_equal(hf_hss_private_params(hf_bytes_of(NULL, 0), &found), HF_ERR_KEY);
    assert_int_equal(hf_hss_signature_count(&params), 1024);
    assert_true(hf_hss_private_len(&params) <= HF_HSS_PRIVATE_LEN_MAX);
    key_destroy(key);
}

/* ---- signing ---- */

static void test_sign_every_index_verifies_and_is_itself(void **state)
{
    (void)state;
    const hf_hss_params params = small_params(1);
    test_key *key = key_create(&params);
    for (uint64_t index = 0; index < 32; index++) {
        hf_buffer signature, again;
        assert_int_equal(key_sign(key, index, message(), &signature), HF_OK);
        assert_int_equal(verify(key, &signature), HF_OK);
        assert_int_equal(signature.data[7], index); /* q, behind the level count */
        assert_int_equal(key_sign(key, index, message(), &again), HF_OK);
        assert_memory_equal(again.data, signature.data, signature.len);
        free(signature.data);
        free(again.data);
    }
    key_destroy(key);
}

static void test_sign_behind_the_last_index_is_refused(void **state)
{
    (void)state;
    static const uint64_t indexes[] = { 32, 33, 64, UINT64_C(1) << 32, UINT64_MAX };
    const hf_hss_params params = small_params(1);
    test_key *key = key_create(&params);
    hf_buffer signature = hf_buffer_of(malloc(4000), 4000);
    for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++) {
        hf_hss_sign_op op = { .index = indexes[i],
                              .message = message(),
                              .place = key_place(key, 0, indexes[i]) };
        assert_int_equal(sign_with(key, &op, &signature), HF_ERR_LIMIT);
        place_destroy(&op.place);
    }
    free(signature.data);
    key_destroy(key);
}

static void test_sign_next_tree_needs_its_cache(void **state)
{
    (void)state;
    const hf_hss_params params = small_params(2);
    test_key *key = key_create(&params);
    hf_buffer signature;
    assert_int_equal(key_move(key, 31), HF_OK);
    assert_int_equal(key_sign(key, 31, message(), &signature), HF_OK);
    free(signature.data);
    assert_int_equal(key_sign(key, 32, message(), &signature), HF_ERR_STATE);
    free(signature.data);
    assert_int_equal(key_move(key, 32), HF_OK);
    assert_int_equal(key_sign(key, 32, message(), &signature), HF_OK);
    assert_int_equal(verify(key, &signature), HF_OK);
    free(signature.data);
    assert_int_equal(key_sign(key, 31, message(), &signature), HF_ERR_STATE);
    free(signature.data);
    key_destroy(key);
}

/* A cache that is not the one of the index must not even be tried. */
static void test_build_under_another_tree_is_refused(void **state)
{
    (void)state;
    const hf_hss_params params = small_params(3);
    test_key *key = key_create(&params);
    assert_int_equal(key_move(key, 0), HF_OK);
    hf_hss_build_op op = { .level = 2, .index = 1024, .above = key_place(key, 1, 1024) };
    hf_buffer cache = hf_buffer_of(malloc(key->caches[2].size), key->caches[2].size);
    const hf_bytes private_key = bytes_of_buffer(&key->private_key);
    assert_int_equal(hf_hss_build(&engine, private_key, &op, &cache), HF_ERR_STATE);
    op.index = hf_hss_signature_count(&params);
    assert_int_equal(hf_hss_build(&engine, private_key, &op, &cache), HF_ERR_LIMIT);
    op.level = 3;
    assert_int_equal(hf_hss_build(&engine, private_key, &op, &cache), HF_ERR_ARG);
    assert_int_equal(cache.len, 0);
    free(cache.data);
    place_destroy(&op.above);
    key_destroy(key);
}

/* Signing above is a function of the key: the same tree, the same bytes. */
static void test_build_again_gives_the_same_bytes(void **state)
{
    (void)state;
    const hf_hss_params params = small_params(3);
    test_key *key = key_create(&params);
    test_key *other = key_create(&params);
    assert_int_equal(key_move(key, 5000), HF_OK);
    assert_int_equal(key_move(other, 31000), HF_OK);
    assert_int_equal(key_move(other, 5000), HF_OK);
    hf_buffer cache = hf_buffer_of(malloc(key->caches[0].size), key->caches[0].size);
    const hf_hss_build_op op = { .level = 0, .index = 5000 };
    assert_int_equal(
        hf_hss_build(&engine, bytes_of_buffer(&key->private_key), &op, &cache), HF_OK);
    assert_memory_equal(cache.data, key->caches[0].data, cache.size);
    for (uint32_t level = 0; level < 3; level++) {
        assert_memory_equal(key->caches[level].data, other->caches[level].data,
                            key->caches[level].size);
    }
    free(cache.data);
    key_destroy(key);
    key_destroy(other);
}

/* ---- damage ---- */

/* Every flip must be found, and before the one-time key has signed: then the operations
 * of a whole signature are not reached. */
static void flip_and_sign(const test_key *key, const hf_hss_sign_op *op, hf_bytes part,
                          hf_buffer *signature)
{
    operation_count = 0;
    assert_int_equal(sign_with(key, op, signature), HF_OK);
    const uint64_t whole_count = operation_count;
    for (size_t i = 0; i < part.len; i++) {
        uint8_t *byte = (uint8_t *)(uintptr_t)part.data + i;
        *byte ^= (uint8_t)(1u << i % 8);
        operation_count = 0;
        int rc = sign_with(key, op, signature);
        assert_true(rc == HF_ERR_CORRUPT || rc == HF_ERR_STATE);
        assert_true(operation_count < whole_count * 3 / 4);
        *byte ^= (uint8_t)(1u << i % 8);
    }
}

static void test_sign_damaged_cache_is_refused(void **state)
{
    (void)state;
    const hf_hss_params params = small_params(2);
    test_key *key = key_create(&params);
    const size_t size = hf_hss_signature_len(&params);
    hf_buffer signature = hf_buffer_of(malloc(size), size);
    assert_int_equal(key_move(key, 77), HF_OK);
    hf_hss_sign_op op = { .index = 77,
                          .message = message(),
                          .place = key_place(key, 1, 77) };
    flip_and_sign(key, &op, op.place.head, &signature);
    flip_and_sign(key, &op, op.place.path, &signature);
    assert_int_equal(sign_with(key, &op, &signature), HF_OK);
    /* The right tree, but another leaf's path. */
    place_destroy(&op.place);
    op.place = key_place(key, 1, 78);
    assert_int_equal(sign_with(key, &op, &signature), HF_ERR_CORRUPT);
    place_destroy(&op.place);
    free(signature.data);
    key_destroy(key);
}

static void test_build_damaged_cache_is_refused(void **state)
{
    (void)state;
    const hf_hss_params params = small_params(2);
    test_key *key = key_create(&params);
    hf_buffer cache = hf_buffer_of(malloc(key->caches[1].size), key->caches[1].size);
    hf_hss_build_op op = { .level = 1, .index = 77, .above = key_place(key, 0, 77) };
    uint8_t *path = (uint8_t *)(uintptr_t)op.above.path.data;
    for (size_t i = 0; i < op.above.path.len; i++) {
        memset(cache.data, FILLER, cache.size);
        path[i] ^= 4;
        assert_int_equal(
            hf_hss_build(&engine, bytes_of_buffer(&key->private_key), &op, &cache),
            HF_ERR_CORRUPT);
        path[i] ^= 4;
        assert_int_equal(cache.len, 0);
        for (size_t j = 0; j < cache.size; j++) {
            assert_int_equal(cache.data[j], 0);
        }
    }
    place_destroy(&op.above);
    free(cache.data);
    key_destroy(key);
}

static void test_sign_damaged_private_key_is_refused(void **state)
{
    (void)state;
    const hf_hss_params params = small_params(2);
    test_key *key = key_create(&params);
    const size_t size = hf_hss_signature_len(&params);
    hf_buffer signature = hf_buffer_of(malloc(size), size);
    assert_int_equal(key_move(key, 5), HF_OK);
    const hf_hss_sign_op op = { .index = 5,
                                .message = message(),
                                .place = key_place(key, 1, 5) };
    const hf_hss_build_op build = { .level = 0 };
    hf_buffer cache = hf_buffer_of(malloc(key->caches[0].size), key->caches[0].size);
    for (size_t i = 0; i < key->private_key.len; i++) {
        key->private_key.data[i] ^= 1;
        assert_int_not_equal(sign_with(key, &op, &signature), HF_OK);
        if (i >= 4 + 2 * 8) { /* I, SEED and root belong together */
            assert_int_equal(
                hf_hss_build(&engine, bytes_of_buffer(&key->private_key), &build, &cache),
                HF_ERR_CORRUPT);
        }
        key->private_key.data[i] ^= 1;
    }
    hf_hss_place place = op.place;
    place_destroy(&place);
    free(cache.data);
    free(signature.data);
    key_destroy(key);
}

/* ---- height 15: the lower part of a path is computed ---- */

#define DEEP_FIRST 992u /* leaf; the 32 from here on are under one cached node */

/* The node above those leaves, level by level: not as the code does it. */
static void compute_deep(const hf_lms_node *node, const uint8_t *seed, uint8_t *root)
{
    uint8_t level[32][HF_LMS_HASH_SIZE_MAX];
    for (uint32_t i = 0; i < 32; i++) {
        const hf_lmots ots = {
            .engine = &engine, .set = node->sets->ots, .id = node->id, .q = DEEP_FIRST + i
        };
        assert_int_equal(hf_lmots_public(&ots, seed, level[i]), HF_OK);
        assert_int_equal(
            hf_lms_node_leaf(node, (1u << 15) + DEEP_FIRST + i, level[i], level[i]),
            HF_OK);
    }
    uint32_t first = (1u << 15) + DEEP_FIRST;
    for (uint32_t count = 16; count > 0; count /= 2) {
        first /= 2;
        for (uint32_t i = 0; i < count; i++) {
            assert_int_equal(hf_lms_node_inner(node, first + i, level[2 * i],
                                               level[2 * i + 1], level[i]),
                             HF_OK);
        }
    }
    memcpy(root, level[0], sizeof(level[0]));
}

/* A key of which one subtree exists; its siblings above are arbitrary. */
static void test_sign_deep_tree_computes_the_lower_part(void **state)
{
    (void)state;
    const hf_hss_params params = one_level(HF_LMS_SHA256_M24_H15, HF_LMOTS_SHA256_N24_W1);
    uint8_t entropy[40], root[HF_LMS_HASH_SIZE_MAX], path[10 * 24], head[16] = { 1 };
    uint8_t private_memory[HF_HSS_PRIVATE_LEN_MAX], public_memory[HF_HSS_PUBLIC_LEN_MAX];
    memset(entropy, 0x77, sizeof(entropy));
    memset(path, 0x3C, sizeof(path));
    const hf_lms_pair sets = hf_hss_pair(&params, 0);
    const hf_lms_node node = { .engine = &engine, .sets = &sets, .id = entropy };
    compute_deep(&node, entropy + HF_LMS_ID_SIZE, root);
    assert_int_equal(
        hf_lms_node_climb(&node, ((1u << 15) + DEEP_FIRST) >> 5, path, 10, root), HF_OK);
    hf_hss_put_private(&params, hf_bytes_of(entropy, sizeof(entropy)), root,
                       private_memory);
    test_key key = { .params = params,
                     .private_key = hf_buffer_of(private_memory, 0),
                     .public_key = hf_buffer_of(public_memory, sizeof(public_memory)) };
    key.private_key.len = hf_hss_private_len(&params);
    assert_int_equal(
        hf_hss_public_of_private(bytes_of_buffer(&key.private_key), &key.public_key),
        HF_OK);
    const size_t size = hf_hss_signature_len(&params);
    hf_buffer signature = hf_buffer_of(malloc(size), size);
    assert_int_equal(hf_hss_path_count(&params, 0), 10);
    for (uint64_t index = DEEP_FIRST; index < DEEP_FIRST + 32; index++) {
        const hf_hss_sign_op op = { .index = index,
                                    .message = message(),
                                    .place = { hf_bytes_of(head, sizeof(head)),
                                               hf_bytes_of(path, sizeof(path)) } };
        assert_int_equal(sign_with(&key, &op, &signature), HF_OK);
        assert_int_equal(verify(&key, &signature), HF_OK);
        path[7 * (index - DEEP_FIRST)] ^= 0x80;
        assert_int_equal(sign_with(&key, &op, &signature), HF_ERR_CORRUPT);
        path[7 * (index - DEEP_FIRST)] ^= 0x80;
    }
    free(signature.data);
}

/* ---- arguments and room ---- */

static void test_sign_bad_arguments_are_refused(void **state)
{
    (void)state;
    const hf_hss_params params = small_params(1);
    test_key *key = key_create(&params);
    const size_t size = hf_hss_signature_len(&params);
    hf_buffer signature = hf_buffer_of(malloc(size), size);
    const hf_bytes private_key = bytes_of_buffer(&key->private_key);
    hf_hss_sign_op op = { .message = message(), .place = key_place(key, 0, 0) };
    const hf_hss_place place = op.place;
    assert_int_equal(hf_hss_sign(NULL, private_key, &op, &signature), HF_ERR_ARG);
    assert_int_equal(hf_hss_sign(&engine, private_key, NULL, &signature), HF_ERR_ARG);
    assert_int_equal(hf_hss_sign(&engine, private_key, &op, NULL), HF_ERR_ARG);
    assert_int_equal(hf_hss_sign(&engine, hf_bytes_of(NULL, 0), &op, &signature),
                     HF_ERR_KEY);
    op.message = hf_bytes_of(NULL, 1);
    assert_int_equal(sign_with(key, &op, &signature), HF_ERR_ARG);
    op.message = message();
    op.place.path.len--;
    assert_int_equal(sign_with(key, &op, &signature), HF_ERR_ARG);
    op.place.path = hf_bytes_of(NULL, 0);
    assert_int_equal(sign_with(key, &op, &signature), HF_ERR_ARG);
    op.place = place;
    op.place.head.len--;
    assert_int_equal(sign_with(key, &op, &signature), HF_ERR_ARG);
    op.place = place;
    signature.size--;
    assert_int_equal(sign_with(key, &op, &signature), HF_ERR_SIZE);
    signature.size++;
    assert_int_equal(sign_with(key, &op, &signature), HF_OK);
    place_destroy(&op.place);
    free(signature.data);
    key_destroy(key);
}

static void test_generate_bad_arguments_are_refused(void **state)
{
    (void)state;
    hf_hss_params params = small_params(1);
    static const uint8_t entropy[48];
    uint8_t key_memory[HF_HSS_PRIVATE_LEN_MAX], cache_memory[4096];
    hf_buffer key = hf_buffer_of(key_memory, hf_hss_private_len(&params));
    hf_buffer cache = hf_buffer_of(cache_memory, hf_hss_cache_len(&params, 0));
    const hf_bytes right = hf_bytes_of(entropy, 40);
    assert_int_equal(hf_hss_generate(NULL, &params, right, &key, &cache), HF_ERR_ARG);
    assert_int_equal(hf_hss_generate(&engine, NULL, right, &key, &cache), HF_ERR_ARG);
    assert_int_equal(hf_hss_generate(&engine, &params, right, NULL, &cache), HF_ERR_ARG);
    assert_int_equal(hf_hss_generate(&engine, &params, right, &key, NULL), HF_ERR_ARG);
    assert_int_equal(
        hf_hss_generate(&engine, &params, hf_bytes_of(entropy, 48), &key, &cache),
        HF_ERR_ARG);
    key.size--;
    assert_int_equal(hf_hss_generate(&engine, &params, right, &key, &cache), HF_ERR_SIZE);
    key.size++;
    cache.size--;
    assert_int_equal(hf_hss_generate(&engine, &params, right, &key, &cache), HF_ERR_SIZE);
    cache.size++;
    params.level_count = 4;
    assert_int_equal(hf_hss_generate(&engine, &params, right, &key, &cache),
                     HF_ERR_NOTSUPPORTED);
    params.level_count = 1;
    assert_int_equal(key.len + cache.len, 0);
    assert_int_equal(hf_hss_generate(&engine, &params, right, &key, &cache), HF_OK);
    hf_buffer public_key = hf_buffer_of(cache_memory, 51);
    assert_int_equal(hf_hss_public_of_private(bytes_of_buffer(&key), &public_key),
                     HF_ERR_SIZE);
    assert_int_equal(hf_hss_public_of_private(bytes_of_buffer(&key), NULL), HF_ERR_ARG);
    assert_int_equal(hf_hss_public_of_private(right, &public_key), HF_ERR_KEY);
}

/* ---- a device that fails or errs ---- */

static void test_sign_failing_device_is_told(void **state)
{
    (void)state;
    const hf_hss_params params = small_params(2);
    test_key *key = key_create(&params);
    const size_t size = hf_hss_signature_len(&params);
    hf_buffer signature = hf_buffer_of(malloc(size), size);
    assert_int_equal(key_move(key, 77), HF_OK);
    hf_hss_sign_op op = { .index = 77,
                          .message = message(),
                          .place = key_place(key, 1, 77) };
    operation_count = 0;
    assert_int_equal(sign_with(key, &op, &signature), HF_OK);
    const uint64_t count = operation_count;
    for (uint64_t n = 1; n <= count; n += STRIDE) {
        operation_count = 0;
        fail_at = n;
        assert_int_equal(sign_with(key, &op, &signature), HF_ERR_CRYPTO);
    }
    fail_at = 0;
    place_destroy(&op.place);
    free(signature.data);
    key_destroy(key);
}

/* A device that computes wrongly, once: no signature, or one that verifies. (The
 * randomizer may be any.) */
static void test_sign_erring_device_gives_no_wrong_signature(void **state)
{
    (void)state;
    const hf_hss_params params = small_params(2);
    test_key *key = key_create(&params);
    const size_t size = hf_hss_signature_len(&params);
    hf_buffer signature = hf_buffer_of(malloc(size), size);
    assert_int_equal(key_move(key, 77), HF_OK);
    hf_hss_sign_op op = { .index = 77,
                          .message = message(),
                          .place = key_place(key, 1, 77) };
    operation_count = 0;
    assert_int_equal(sign_with(key, &op, &signature), HF_OK);
    const uint64_t count = operation_count;
    uint64_t tried_count = 0, refused_count = 0;
    for (uint64_t n = 1; n <= count; n += STRIDE) {
        operation_count = 0;
        flip_at = n;
        int rc = sign_with(key, &op, &signature);
        flip_at = 0;
        assert_true(rc == HF_ERR_CORRUPT || rc == HF_OK);
        assert_true(rc != HF_OK || verify(key, &signature) == HF_OK);
        refused_count += rc == HF_ERR_CORRUPT;
        tried_count++;
    }
    assert_true(refused_count > tried_count / 2);
    place_destroy(&op.place);
    free(signature.data);
    key_destroy(key);
}

static void test_build_failing_device_is_told(void **state)
{
    (void)state;
    const hf_hss_params params = small_params(2);
    test_key *key = key_create(&params);
    operation_count = 0;
    assert_int_equal(key_move(key, 77), HF_OK);
    const uint64_t count = operation_count;
    for (uint64_t n = 1; n <= count; n += 1 + n / 9) {
        operation_count = 0;
        fail_at = n;
        assert_int_equal(key_move(key, 77), HF_ERR_CRYPTO);
    }
    operation_count = 0;
    fail_at = count;
    assert_int_equal(key_move(key, 77), HF_ERR_CRYPTO);
    fail_at = 0;
    key_destroy(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_params_out_of_bounds_are_refused),
        cmocka_unit_test(test_params_of_private_key_are_found),
        cmocka_unit_test(test_sign_every_index_verifies_and_is_itself),
        cmocka_unit_test(test_sign_behind_the_last_index_is_refused),
        cmocka_unit_test(test_sign_next_tree_needs_its_cache),
        cmocka_unit_test(test_build_under_another_tree_is_refused),
        cmocka_unit_test(test_build_again_gives_the_same_bytes),
        cmocka_unit_test(test_sign_damaged_cache_is_refused),
        cmocka_unit_test(test_build_damaged_cache_is_refused),
        cmocka_unit_test(test_sign_damaged_private_key_is_refused),
        cmocka_unit_test(test_sign_deep_tree_computes_the_lower_part),
        cmocka_unit_test(test_sign_bad_arguments_are_refused),
        cmocka_unit_test(test_generate_bad_arguments_are_refused),
        cmocka_unit_test(test_sign_failing_device_is_told),
        cmocka_unit_test(test_sign_erring_device_gives_no_wrong_signature),
        cmocka_unit_test(test_build_failing_device_is_told),
    };
    return cmocka_run_group_tests(tests, engine_open, engine_close);
}
