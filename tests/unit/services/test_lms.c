/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * LMS keys in a store in RAM: key types, the tree object, and jobs that meet each other
 * or the end of their key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "holdfast/lms_service.h"
#include "holdfast/nvm_ram.h"
#include "holdfast/openssl.h"

#define REGION_COUNT 3u
#define REGION_SIZE 524288u
#define KEY hf_id_make(HF_KIND_KEY, 1, 1)
#define TREE hf_id_make(HF_KIND_TREE, 1, 1)
#define TYPE HF_KEY_LMS(3, 5, 4)

typedef struct fixture {
    hf_nvm nvm;
    hf_nvm_ram ram;
    hf_openssl *openssl;
    hf_crypto crypto;
    hf_lms_engine engine;
    hf_hss_params params;
    hf_buffer private_key, tree;
    uint8_t private_memory[HF_HSS_PRIVATE_LEN_MAX];
    uint8_t medium[REGION_COUNT * REGION_SIZE];
    uint64_t index[HF_NVM_INDEX_SIZE(32) / 8u];
    uint8_t log[65536];
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    const hf_nvm_geometry geometry = { .region_count = REGION_COUNT,
                                       .granule_size = 8,
                                       .region_size = REGION_SIZE };
    assert_int_equal(hf_nvm_ram_init(&f->ram, f->medium, &geometry), HF_OK);
    const hf_nvm_config config = { .device = &f->ram.device,
                                   .index_memory = f->index,
                                   .index_size = sizeof f->index,
                                   .log_buffer = f->log,
                                   .log_buffer_size = sizeof f->log,
                                   .format = true };
    assert_int_equal(hf_nvm_init(&f->nvm, &config), HF_OK);
    assert_int_equal(hf_openssl_open(&f->openssl), HF_OK);
    const hf_crypto_device_config device = hf_openssl_device(f->openssl);
    assert_int_equal(hf_crypto_init(&f->crypto, &device, 1), HF_OK);
    f->engine = (hf_lms_engine){ .crypto = &f->crypto, .device = 0 };
    assert_int_equal(hf_lms_type_params(TYPE, &f->params), HF_OK);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    assert_int_equal(hf_nvm_cleanup(&f->nvm), HF_OK);
    assert_int_equal(hf_crypto_cleanup(&f->crypto), HF_OK);
    hf_openssl_close(f->openssl);
    free(f->tree.data);
    free(f);
    return 0;
}

/* ---- steps ---- */

static void begin(fixture *f) HF_ACQUIRE(f->nvm.lock, hf_tsa_nvm) HF_NO_TSA
{
    assert_int_equal(hf_nvm_lock(&f->nvm), HF_OK);
}

static int end(fixture *f, int rc) HF_RELEASE(f->nvm.lock, hf_tsa_nvm) HF_NO_TSA
{
    rc = hf_nvm_unlock(&f->nvm, rc, NULL);
    assert_int_equal(hf_nvm_sync(&f->nvm, NULL), HF_OK);
    return rc;
}

/* A new key, of a seed, and its tree in the store. */
static void key_create(fixture *f, uint8_t seed)
{
    uint8_t entropy[48];
    memset(entropy, seed, sizeof entropy);
    free(f->tree.data);
    f->private_key = hf_buffer_of(f->private_memory, sizeof f->private_memory);
    f->tree =
        hf_buffer_of(malloc(hf_lms_tree_len(&f->params)), hf_lms_tree_len(&f->params));
    assert_int_equal(hf_lms_generate(&f->engine, &f->params,
                                     hf_bytes_of(entropy, sizeof entropy),
                                     &f->private_key, &f->tree),
                     HF_OK);
    begin(f);
    int rc = hf_lms_put_tree(&f->nvm, KEY, hf_bytes_of(f->tree.data, f->tree.len));
    assert_int_equal(end(f, rc), HF_OK);
}

typedef struct run {
    hf_lms_job job;
    hf_buffer room;
} run;

static run run_read(fixture *f, uint64_t index)
{
    run r = { .job = { .params = f->params, .index = index } };
    size_t len = hf_lms_job_room(&f->params);
    r.room = hf_buffer_of(malloc(len), len);
    memset(r.room.data, 0x5A, len);
    begin(f);
    int rc = hf_lms_read(&f->nvm, KEY, &r.job, r.room);
    assert_int_equal(end(f, rc), HF_OK);
    return r;
}

static int run_sign(fixture *f, run *r)
{
    uint8_t public_memory[HF_HSS_PUBLIC_LEN_MAX];
    hf_buffer public_key = hf_buffer_of(public_memory, sizeof public_memory);
    const hf_bytes private_key = hf_bytes_of(f->private_key.data, f->private_key.len);
    const hf_bytes message = hf_bytes_of("message", 7);
    size_t len = hf_hss_signature_len(&f->params);
    hf_buffer signature = hf_buffer_of(malloc(len), len);
    int rc = hf_lms_sign(&f->engine, private_key, &r->job, message, &signature);
    if (rc == HF_OK) {
        assert_int_equal(hf_hss_public_of_private(private_key, &public_key), HF_OK);
        assert_int_equal(hf_hss_verify(&f->engine,
                                       hf_bytes_of(public_key.data, public_key.len),
                                       message, hf_bytes_of(signature.data, len)),
                         HF_OK);
    }
    free(signature.data);
    return rc;
}

static int run_keep(fixture *f, run *r)
{
    begin(f);
    int rc = hf_lms_keep(&f->nvm, &r->job);
    rc = end(f, rc);
    free(r->room.data);
    return rc;
}

/* All of one signature; whether a tree had to be built. */
static bool run_all(fixture *f, uint64_t index)
{
    run r = run_read(f, index);
    assert_int_equal(run_sign(f, &r), HF_OK);
    bool has_built = hf_lms_has_built(&r.job);
    assert_int_equal(run_keep(f, &r), HF_OK);
    return has_built;
}

static uint64_t generation_of(fixture *f)
{
    hf_metadata meta = { .generation = 0 };
    begin(f);
    int rc = hf_nvm_get_metadata(&f->nvm, TREE, &meta);
    assert_int_equal(end(f, HF_OK), HF_OK);
    return rc == HF_OK ? meta.generation : 0;
}

static void tree_destroy(fixture *f)
{
    begin(f);
    int rc = hf_nvm_destroy_unchecked(&f->nvm, TREE);
    assert_int_equal(end(f, rc), HF_OK);
}

/* ---- types ---- */

static void test_type_rows_and_parameters_agree(void **state)
{
    (void)state;
    uint32_t count = 0;
    for (size_t i = 0; hf_key_type_at(i) != NULL; i++) {
        const hf_key_type_info *info = hf_key_type_at(i);
        hf_hss_params params;
        int rc = hf_lms_type_params(info->type, &params);
        bool is_ours = HF_KEY_FAMILY(info->type) == HF_FAMILY_LMS &&
                       HF_KEY_CLASS(info->type) == HF_CLASS_PRIVATE;
        assert_int_equal(rc, is_ours ? HF_OK : HF_ERR_TYPE);
        if (!is_ours) {
            continue;
        }
        count++;
        assert_int_equal(info->raw_len_min, hf_hss_private_len(&params));
        assert_int_equal(info->raw_len_max, hf_hss_private_len(&params));
        assert_int_equal(info->public_len, hf_hss_public_len(&params));
        assert_int_equal(info->signature_len, hf_hss_signature_len(&params));
        assert_true(hf_hss_signature_len(&params) <= HF_LMS_SIGNATURE_LEN_MAX);
        assert_true(hf_lms_job_room(&params) <= HF_LMS_JOB_ROOM_MAX);
    }
    assert_int_equal(count, 3 * 3 * 4);
}

static void test_type_that_is_none_of_ours_is_refused(void **state)
{
    (void)state;
    static const uint32_t types[] = { HF_KEY_LMS(0, 5, 4),
                                      HF_KEY_LMS(4, 5, 4),
                                      HF_KEY_LMS(1, 20, 4),
                                      HF_KEY_LMS(1, 5, 3),
                                      HF_KEY_LMS_PUBLIC,
                                      HF_KEY_P256,
                                      0 };
    hf_hss_params params;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        assert_int_equal(hf_lms_type_params(types[i], &params), HF_ERR_TYPE);
    }
}

/* ---- trees ---- */

/* The levels from the first are as they were when the key was made. */
static void assert_levels_kept(fixture *f, uint32_t count)
{
    size_t len = 0;
    for (uint32_t level = 0; level < count; level++) {
        len += hf_hss_cache_len(&f->params, level);
    }
    hf_buffer kept = hf_buffer_of(malloc(len), len);
    begin(f);
    int rc = hf_nvm_read_unchecked(&f->nvm, TREE, 0, &kept);
    assert_int_equal(end(f, rc), HF_OK);
    assert_memory_equal(kept.data, f->tree.data, len);
    free(kept.data);
}

static void test_sign_builds_only_what_is_used_up(void **state)
{
    fixture *f = *state;
    key_create(f, 1);
    for (uint64_t index = 0; index < 31; index += 10) {
        assert_false(run_all(f, index));
    }
    assert_true(run_all(f, 32)); /* the last level */
    assert_levels_kept(f, 2);
    assert_false(run_all(f, 33));
    assert_true(run_all(f, 1024 + 40)); /* the two lower ones, some indexes left out */
    assert_levels_kept(f, 1);
    assert_false(run_all(f, 1024 + 41));
    assert_true(run_all(f, 32767));
}

static void test_sign_behind_the_last_index_is_refused(void **state)
{
    fixture *f = *state;
    key_create(f, 1);
    run r = run_read(f, 32768);
    assert_int_equal(run_sign(f, &r), HF_ERR_LIMIT);
    free(r.room.data);
}

static void test_keep_of_several_keeps_the_first(void **state)
{
    fixture *f = *state;
    key_create(f, 1);
    run first = run_read(f, 32);
    run second = run_read(f, 33);
    assert_int_equal(run_sign(f, &first), HF_OK);
    assert_int_equal(run_sign(f, &second), HF_OK);
    assert_int_equal(run_keep(f, &first), HF_OK);
    uint64_t generation = generation_of(f);
    assert_int_equal(run_keep(f, &second), HF_OK);
    assert_int_equal(generation_of(f), generation);
    assert_false(run_all(f, 34));
}

/* A slow signer must not put its older tree over a newer one. */
static void test_keep_of_an_old_tree_changes_nothing(void **state)
{
    fixture *f = *state;
    key_create(f, 1);
    run slow = run_read(f, 32);
    assert_int_equal(run_sign(f, &slow), HF_OK);
    assert_true(run_all(f, 64));
    assert_int_equal(run_keep(f, &slow), HF_OK);
    assert_false(run_all(f, 65));
}

static void test_keep_after_erase_leaves_nothing(void **state)
{
    fixture *f = *state;
    key_create(f, 1);
    run r = run_read(f, 32);
    assert_int_equal(run_sign(f, &r), HF_OK);
    tree_destroy(f);
    assert_int_equal(run_keep(f, &r), HF_OK);
    assert_int_equal(generation_of(f), 0);
}

static void test_keep_after_a_new_key_leaves_its_tree(void **state)
{
    fixture *f = *state;
    key_create(f, 1);
    run r = run_read(f, 32);
    assert_int_equal(run_sign(f, &r), HF_OK);
    tree_destroy(f);
    key_create(f, 2);
    assert_int_equal(run_keep(f, &r), HF_OK);
    assert_false(run_all(f, 0));
}

static void test_sign_without_a_tree_builds_it(void **state)
{
    fixture *f = *state;
    key_create(f, 1);
    tree_destroy(f);
    assert_true(run_all(f, 3));
    /* A tree that ends too early, and one of another key. */
    begin(f);
    int rc = hf_lms_put_tree(&f->nvm, KEY, hf_bytes_of(f->tree.data, 1000));
    assert_int_equal(end(f, rc), HF_OK);
    assert_true(run_all(f, 4));
    assert_false(run_all(f, 5));
    uint8_t *other = malloc(f->tree.len);
    memcpy(other, f->tree.data, f->tree.len);
    key_create(f, 2);
    begin(f);
    rc = hf_lms_put_tree(&f->nvm, KEY, hf_bytes_of(other, f->tree.len));
    assert_int_equal(end(f, rc), HF_OK);
    free(other);
    assert_true(run_all(f, 6));
    assert_false(run_all(f, 7));
}

static void test_rooms_that_are_too_small_are_refused(void **state)
{
    fixture *f = *state;
    key_create(f, 1);
    hf_lms_job job = { .params = f->params };
    size_t len = hf_lms_job_room(&f->params);
    uint8_t *memory = malloc(len);
    begin(f);
    int rc = hf_lms_read(&f->nvm, KEY, &job, hf_buffer_of(memory, len - 1));
    assert_int_equal(end(f, rc), HF_ERR_SIZE);
    uint8_t entropy[48] = { 0 };
    hf_buffer key = hf_buffer_of(f->private_memory, sizeof f->private_memory);
    hf_buffer tree = hf_buffer_of(memory, hf_lms_tree_len(&f->params) - 1);
    assert_int_equal(
        hf_lms_generate(&f->engine, &f->params, hf_bytes_of(entropy, 48), &key, &tree),
        HF_ERR_SIZE);
    assert_int_equal(key.len + tree.len, 0);
    free(memory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_type_rows_and_parameters_agree),
        TEST(test_type_that_is_none_of_ours_is_refused),
        TEST(test_sign_builds_only_what_is_used_up),
        TEST(test_sign_behind_the_last_index_is_refused),
        TEST(test_keep_of_several_keeps_the_first),
        TEST(test_keep_of_an_old_tree_changes_nothing),
        TEST(test_keep_after_erase_leaves_nothing),
        TEST(test_keep_after_a_new_key_leaves_its_tree),
        TEST(test_sign_without_a_tree_builds_it),
        TEST(test_rooms_that_are_too_small_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
