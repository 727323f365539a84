/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Indexes of stateful keys: each is given once, whatever becomes of steps, slots, keys
 * and the store.
 */
#include "fixture.h"

#define RAW(seed) material((seed), 32)
#define KEY1 key_id(1)

/* Reserve one index in a step of its own; -1 when none was given. */
static int reserve(fixture *f, hf_id key, uint64_t count, int64_t *index)
{
    hf_lease l;
    uint64_t given = 0;
    begin(f);
    int rc = hf_keystore_lease(&f->ks, key, 0, &l);
    if (rc == HF_OK) {
        rc = hf_keystore_reserve_index(&f->ks, &l, count, &given);
    }
    hf_keystore_release(&f->ks, &l);
    rc = end(f, rc);
    *index = rc == HF_OK ? (int64_t)given : -1;
    return rc;
}

static void assert_next(fixture *f, hf_id key, int64_t expected)
{
    int64_t index;
    assert_int_equal(reserve(f, key, UINT64_MAX, &index), HF_OK);
    assert_int_equal(index, expected);
}

static int left(fixture *f, hf_id key, uint64_t count, uint64_t *result)
{
    begin(f);
    int rc = hf_keystore_indexes_left(&f->ks, key, count, result);
    return end(f, rc);
}

static void put_tree(fixture *f, hf_id key)
{
    const hf_metadata meta = { .id = hf_id_make(HF_KIND_TREE, hf_id_owner(key),
                                                hf_id_number(key)) };
    begin(f);
    int rc = hf_nvm_put_unchecked(&f->nvm, &meta, RAW(9));
    assert_int_equal(end(f, rc), HF_OK);
}

static bool has(fixture *f, uint8_t kind, hf_id key)
{
    begin(f);
    bool result = hf_nvm_has(&f->nvm, hf_id_make(kind, hf_id_owner(key), 1));
    assert_int_equal(end(f, HF_OK), HF_OK);
    return result;
}

static void test_reserve_gives_each_index_once_and_in_order(void **state)
{
    fixture *f = *state;
    int64_t index;
    uint64_t rest;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), true), HF_OK);
    for (int64_t i = 0; i < 5; i++) {
        assert_int_equal(left(f, KEY1, 5, &rest), HF_OK);
        assert_int_equal(rest, 5 - i);
        assert_int_equal(reserve(f, KEY1, 5, &index), HF_OK);
        assert_int_equal(index, i);
    }
    assert_next(f, key_id(2), 0); /* another key, another count */
    assert_int_equal(reserve(f, KEY1, 5, &index), HF_ERR_LIMIT);
    assert_int_equal(reserve(f, KEY1, 5, &index), HF_ERR_LIMIT);
    assert_int_equal(left(f, KEY1, 5, &rest), HF_OK);
    assert_int_equal(rest, 0);
    assert_int_equal(left(f, KEY1, 3, &rest), HF_OK);
    assert_int_equal(rest, 0);
}

static void test_reserve_ticket_covers_the_index(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    sync_store(f);
    hf_ticket before = hf_nvm_durable(&f->nvm);
    for (int64_t i = 0; i < 3; i++) {
        assert_next(f, KEY1, i);
        assert_true(f->ticket > before);
        before = f->ticket;
    }
}

static void test_reserve_rolled_back_step_gives_the_index_again(void **state)
{
    fixture *f = *state;
    hf_lease l;
    uint64_t index;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    begin(f);
    assert_int_equal(hf_keystore_lease(&f->ks, KEY1, 0, &l), HF_OK);
    assert_int_equal(hf_keystore_reserve_index(&f->ks, &l, 9, &index), HF_OK);
    assert_int_equal(index, 0);
    assert_int_equal(hf_keystore_reserve_index(&f->ks, &l, 9, &index), HF_OK);
    assert_int_equal(index, 1); /* a step sees its own reservations */
    hf_keystore_release(&f->ks, &l);
    assert_int_equal(end(f, HF_ERR_AGAIN), HF_ERR_AGAIN);
    assert_next(f, KEY1, 0);
}

static void test_reserve_survives_eviction_and_restart(void **state)
{
    fixture *f = *state;
    resize(f, 1, 0, 1);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), true), HF_OK);
    for (int64_t i = 0; i < 6; i++) { /* each evicts the other key */
        assert_next(f, KEY1, i);
        assert_next(f, key_id(2), i);
        if (i % 2 == 1) {
            sync_store(f);
            reopen(f);
        }
    }
}

static void test_reserve_after_revoke_and_uses_goes_on(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_next(f, KEY1, 0);
    assert_int_equal(revoke(f, KEY1), HF_OK);
    assert_next(f, KEY1, 1);
}

static void test_reserve_uncommitted_key_is_refused(void **state)
{
    fixture *f = *state;
    int64_t index;
    uint64_t rest;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), false), HF_OK);
    assert_int_equal(reserve(f, KEY1, 9, &index), HF_ERR_STATE);
    assert_int_equal(left(f, KEY1, 9, &rest), HF_ERR_STATE);
    assert_int_equal(commit(f, KEY1), HF_OK);
    assert_next(f, KEY1, 0);
}

static void test_reserve_stale_lease_is_refused(void **state)
{
    fixture *f = *state;
    hf_lease l;
    uint64_t index = 77;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_next(f, KEY1, 0);
    assert_int_equal(lease(f, KEY1, 0, &l), HF_OK);
    assert_int_equal(erase(f, KEY1), HF_OK);
    begin(f);
    int rc = hf_keystore_reserve_index(&f->ks, &l, 9, &index);
    assert_int_equal(end(f, rc), HF_ERR_AGAIN);
    assert_int_equal(index, 77);
    release(f, &l);
    begin(f);
    rc = hf_keystore_reserve_index(&f->ks, &l, 9, &index);
    assert_int_equal(end(f, rc), HF_ERR_ARG);
}

/* A new key under the same id has another secret: it begins anew. */
static void test_erase_ends_indexes_and_tree(void **state)
{
    fixture *f = *state;
    uint64_t rest;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    put_tree(f, KEY1);
    assert_next(f, KEY1, 0);
    assert_next(f, KEY1, 1);
    assert_int_equal(erase(f, KEY1), HF_OK);
    assert_false(has(f, HF_KIND_TREE, KEY1));
    assert_false(has(f, HF_KIND_SYSTEM, KEY1));
    assert_int_equal(left(f, KEY1, 9, &rest), HF_ERR_STATE);
    assert_int_equal(import(f, KEY1, USABLE, RAW(2), true), HF_OK);
    assert_next(f, KEY1, 0);
}

static void test_erase_rolled_back_keeps_indexes_and_tree(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    put_tree(f, KEY1);
    assert_next(f, KEY1, 0);
    begin(f);
    assert_int_equal(hf_keystore_erase(&f->ks, KEY1), HF_OK);
    assert_int_equal(end(f, HF_ERR_AGAIN), HF_ERR_AGAIN);
    assert_true(has(f, HF_KIND_TREE, KEY1));
    assert_next(f, KEY1, 1);
}

static void test_reserve_failed_store_gives_nothing(void **state)
{
    fixture *f = *state;
    int64_t index;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_next(f, KEY1, 0);
    sync_store(f);
    break_store(f);
    assert_int_equal(reserve(f, KEY1, 9, &index), HF_ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reserve_gives_each_index_once_and_in_order,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reserve_ticket_covers_the_index, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            test_reserve_rolled_back_step_gives_the_index_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reserve_survives_eviction_and_restart,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reserve_after_revoke_and_uses_goes_on,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reserve_uncommitted_key_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_reserve_stale_lease_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_erase_ends_indexes_and_tree, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_erase_rolled_back_keeps_indexes_and_tree,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reserve_failed_store_gives_nothing, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
