/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Counting uses: blocks in the store, limits, and what evictions, restarts, replacements,
 * commits and roll-backs do to the count.
 */
#include "fixture.h"

#define RAW(seed) material((seed), 32)
#define KEY1 key_id(1)
#define BLOCK 65536u
#define MANY UINT64_MAX

static hf_id counter_id(hf_id key)
{
    return hf_id_make(HF_KIND_SYSTEM, hf_id_owner(key), hf_id_number(key));
}

/* The counter in the store; -1 = none. */
static int64_t reserved(fixture *f, hf_id key)
{
    uint64_t value = 0;
    begin(f);
    int rc = hf_nvm_get_counter(&f->nvm, counter_id(key), &value);
    assert_int_equal(end(f, HF_OK), HF_OK);
    return rc == HF_OK ? (int64_t)value : -1;
}

/* Use a key `count` times, each in its own step; the last answer. */
static int use(fixture *f, hf_id key, uint32_t count, uint64_t max)
{
    int rc = HF_OK;
    for (uint32_t i = 0; i < count && rc == HF_OK; i++) {
        hf_lease l;
        begin(f);
        assert_int_equal(hf_keystore_lease(&f->ks, key, 0, &l), HF_OK);
        rc = hf_keystore_count_use(&f->ks, &l, max);
        hf_keystore_release(&f->ks, &l);
        rc = end(f, rc);
    }
    return rc;
}

static void test_count_use_reserves_a_block_at_a_time(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(reserved(f, KEY1), -1);
    assert_int_equal(use(f, KEY1, 1, MANY), HF_OK);
    assert_int_equal(reserved(f, KEY1), BLOCK);
    hf_ticket position = f->ticket;
    assert_int_equal(use(f, KEY1, 1, MANY), HF_OK);
    sync_store(f);
    assert_int_equal(use(f, KEY1, BLOCK - 2u, MANY), HF_OK);
    assert_int_equal(f->ticket, 0); /* nothing was written, all is durable */
    assert_int_equal(reserved(f, KEY1), BLOCK);
    assert_int_equal(use(f, KEY1, 1, MANY), HF_OK);
    assert_true(f->ticket > position);
    assert_int_equal(reserved(f, KEY1), 2 * BLOCK);
}

static void test_count_use_ticket_covers_the_reservation(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    sync_store(f);
    assert_int_equal(use(f, KEY1, 1, MANY), HF_OK);
    hf_ticket position = f->ticket;
    assert_true(position > 0);
    assert_int_equal(use(f, KEY1, 1, MANY), HF_OK);
    assert_int_equal(f->ticket, position);
    assert_int_equal(touch(f, KEY1), HF_OK);
    assert_int_equal(f->ticket, 0); /* the key itself has long been durable */
}

static void test_count_use_limit_is_exact(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(use(f, KEY1, 5, 5), HF_OK);
    assert_int_equal(reserved(f, KEY1), 5);
    assert_int_equal(use(f, KEY1, 1, 5), HF_ERR_LIMIT);
    assert_int_equal(use(f, KEY1, 1, 6), HF_OK); /* another algorithm's limit */
    assert_int_equal(use(f, KEY1, 1, 0), HF_ERR_LIMIT);
    assert_int_equal(use(f, KEY1, 1, 6), HF_ERR_LIMIT);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), false), HF_OK);
    assert_int_equal(use(f, key_id(2), 3, 3), HF_OK);
    assert_int_equal(use(f, key_id(2), 1, 3), HF_ERR_LIMIT);
    assert_int_equal(reserved(f, key_id(2)), -1);
}

static void test_count_use_eviction_loses_nothing(void **state)
{
    fixture *f = *state;
    resize(f, 1, 0, 1);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), true), HF_OK);
    for (int i = 0; i < 10; i++) { /* each use evicts the other key */
        assert_int_equal(use(f, KEY1, 1, 15), HF_OK);
        assert_int_equal(use(f, key_id(2), 1, MANY), HF_OK);
        assert_int_equal(reserved(f, KEY1), i + 1);
        sync_store(f);
    }
    assert_int_equal(evict(f, key_id(2)), HF_OK);
    assert_int_equal(reserved(f, key_id(2)), 10);
    assert_int_equal(use(f, KEY1, 5, 15), HF_OK);
    assert_int_equal(use(f, KEY1, 1, 15), HF_ERR_LIMIT);
}

static void test_count_use_restart_loses_at_most_the_block(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(use(f, KEY1, 7, BLOCK + 2u), HF_OK);
    reopen(f);
    assert_int_equal(use(f, KEY1, 2, BLOCK + 2u), HF_OK);
    assert_int_equal(use(f, KEY1, 1, BLOCK + 2u), HF_ERR_LIMIT);
    reopen(f);
    assert_int_equal(use(f, KEY1, 1, BLOCK + 2u), HF_ERR_LIMIT);
}

static void test_count_use_goes_on_when_the_key_is_replaced(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(use(f, KEY1, 4, 10), HF_OK);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(use(f, KEY1, 2, 10), HF_OK);
    /* An uncommitted one over it counts in the store as well. */
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), false), HF_OK);
    assert_int_equal(use(f, KEY1, 2, 10), HF_OK);
    assert_int_equal(evict(f, KEY1), HF_OK);
    assert_int_equal(reserved(f, KEY1), 8);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), false),
                     HF_OK); /* not cached before */
    assert_int_equal(use(f, KEY1, 2, 10), HF_OK);
    assert_int_equal(use(f, KEY1, 1, 10), HF_ERR_LIMIT);
    assert_int_equal(commit(f, KEY1), HF_OK);
    assert_int_equal(use(f, KEY1, 1, 10), HF_ERR_LIMIT);
}

static void test_count_use_is_stored_with_the_key(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), false), HF_OK);
    assert_int_equal(use(f, KEY1, 3, 5), HF_OK);
    assert_int_equal(reserved(f, KEY1), -1);
    assert_int_equal(commit(f, KEY1), HF_OK);
    assert_int_equal(reserved(f, KEY1), 3);
    reopen(f);
    assert_int_equal(use(f, KEY1, 2, 5), HF_OK);
    assert_int_equal(use(f, KEY1, 1, 5), HF_ERR_LIMIT);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), false), HF_OK);
    assert_int_equal(use(f, key_id(2), 3, 5), HF_OK);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), true), HF_OK);
    assert_int_equal(reserved(f, key_id(2)), 3);
    assert_int_equal(use(f, key_id(2), 3, 5), HF_ERR_LIMIT);
}

static void test_count_use_counter_goes_with_the_key(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(use(f, KEY1, 3, 3), HF_OK);
    begin(f);
    assert_int_equal(hf_keystore_erase(&f->ks, KEY1), HF_OK);
    assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
    assert_int_equal(reserved(f, KEY1), 3);
    assert_int_equal(use(f, KEY1, 1, 3), HF_ERR_LIMIT);
    assert_int_equal(erase(f, KEY1), HF_OK);
    assert_int_equal(reserved(f, KEY1), -1);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(use(f, KEY1, 3, 3), HF_OK);
}

static void test_count_use_rolled_back_reservation_is_not_used(void **state)
{
    fixture *f = *state;
    hf_lease l;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(lease(f, KEY1, 0, &l), HF_OK);
    begin(f);
    assert_int_equal(hf_keystore_count_use(&f->ks, &l, MANY), HF_OK);
    assert_int_equal(hf_keystore_count_use(&f->ks, &l, MANY), HF_OK);
    assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
    assert_int_equal(reserved(f, KEY1), -1);
    assert_int_equal(count_use(f, &l, MANY), HF_OK);
    assert_int_equal(reserved(f, KEY1), BLOCK); /* reserved anew */
    release(f, &l);
    assert_int_equal(evict(f, KEY1), HF_OK);
    assert_int_equal(reserved(f, KEY1), 1);
}

static void test_count_use_of_lease_whose_key_is_gone_again(void **state)
{
    fixture *f = *state;
    hf_lease l;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(use(f, KEY1, 1, MANY), HF_OK);
    assert_int_equal(lease(f, KEY1, 0, &l), HF_OK);
    assert_int_equal(import(f, KEY1, USABLE, RAW(2), true), HF_OK);
    assert_int_equal(count_use(f, &l, MANY), HF_ERR_AGAIN);
    assert_int_equal(erase(f, KEY1), HF_OK);
    assert_int_equal(count_use(f, &l, MANY), HF_ERR_AGAIN);
    assert_int_equal(reserved(f, KEY1), -1);
    release(f, &l);
    assert_int_equal(count_use(f, &l, MANY), HF_ERR_ARG);
}

/* Whoever writes keys past the keystore leaves the counter behind the slot's count. */
static void test_count_use_never_goes_back_behind_the_slot(void **state)
{
    fixture *f = *state;
    hf_metadata meta = { .id = KEY1, .flags = USABLE };
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), false), HF_OK);
    assert_int_equal(use(f, KEY1, 3, 5), HF_OK);
    begin(f);
    assert_int_equal(end(f, hf_nvm_put_unchecked(&f->nvm, &meta, RAW(1))), HF_OK);
    assert_int_equal(use(f, KEY1, 2, 5), HF_OK);
    assert_int_equal(use(f, KEY1, 1, 5), HF_ERR_LIMIT);
}

/* Commit data objects until the store asks for a sync. */
static void fill_log(fixture *f)
{
    int rc = HF_OK;
    for (uint32_t n = 1; rc == HF_OK; n = n % 4u + 1u) {
        hf_metadata meta = { .id = hf_id_make(HF_KIND_DATA, 1, n) };
        begin(f);
        rc = end(f, hf_nvm_put_unchecked(&f->nvm, &meta, hf_bytes_of("x", 1)));
    }
    assert_int_equal(rc, HF_ERR_AGAIN);
    do {
        begin(f);
        rc = end(f, hf_nvm_set_counter(&f->nvm, counter_id(key_id(2)), BLOCK));
    } while (rc == HF_OK);
    assert_int_equal(rc, HF_ERR_AGAIN);
}

static void test_count_use_full_log_again_and_nothing_lost(void **state)
{
    fixture *f = *state;
    hf_lease l;
    resize(f, 2, 0, 1);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(import(f, key_id(3), USABLE, RAW(3), true), HF_OK);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), true), HF_OK);
    assert_int_equal(use(f, key_id(2), 1, MANY), HF_OK);
    assert_int_equal(use(f, key_id(3), 1, MANY), HF_OK);
    fill_log(f);
    assert_int_equal(use(f, key_id(3), 1, MANY), HF_OK); /* of the block: no write */
    /* An eviction has to tell the count, an import to write, an erase, too. */
    assert_int_equal(lease(f, KEY1, 0, &l), HF_ERR_AGAIN);
    assert_int_equal(import(f, KEY1, USABLE, RAW(4), true), HF_ERR_AGAIN);
    assert_int_equal(revoke(f, KEY1), HF_ERR_AGAIN);
    assert_int_equal(evict(f, key_id(3)), HF_ERR_AGAIN);
    assert_int_equal(erase(f, key_id(3)), HF_ERR_AGAIN);
    assert_true(is_cached(f, key_id(2)) && is_cached(f, key_id(3)));
    sync_store(f);
    assert_int_equal(lease(f, KEY1, 0, &l), HF_OK);
    assert_memory_equal(l.key.material.data, RAW(1).data, 32);
    assert_int_equal(reserved(f, key_id(2)), 1);
    release(f, &l);
}

static void test_count_use_eviction_goes_on_over_a_failed_store(void **state)
{
    fixture *f = *state;
    resize(f, 1, 0, 1);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), true), HF_OK);
    assert_int_equal(use(f, key_id(2), 1, MANY), HF_OK);
    sync_store(f);
    break_store(f);
    assert_key(f, KEY1, USABLE, RAW(1)); /* the rest of the block is lost, no more */
    assert_int_equal(reserved(f, key_id(2)), BLOCK);
}

static void test_count_use_foreign_object_in_the_way_type(void **state)
{
    fixture *f = *state;
    hf_metadata meta = { .id = counter_id(KEY1) };
    begin(f);
    assert_int_equal(end(f, hf_nvm_put_unchecked(&f->nvm, &meta, RAW(3))), HF_OK);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(use(f, KEY1, 1, MANY), HF_ERR_TYPE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_count_use_reserves_a_block_at_a_time),
        TEST(test_count_use_ticket_covers_the_reservation),
        TEST(test_count_use_limit_is_exact),
        TEST(test_count_use_eviction_loses_nothing),
        TEST(test_count_use_restart_loses_at_most_the_block),
        TEST(test_count_use_goes_on_when_the_key_is_replaced),
        TEST(test_count_use_is_stored_with_the_key),
        TEST(test_count_use_counter_goes_with_the_key),
        TEST(test_count_use_rolled_back_reservation_is_not_used),
        TEST(test_count_use_of_lease_whose_key_is_gone_again),
        TEST(test_count_use_never_goes_back_behind_the_slot),
        TEST(test_count_use_full_log_again_and_nothing_lost),
        TEST(test_count_use_eviction_goes_on_over_a_failed_store),
        TEST(test_count_use_foreign_object_in_the_way_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
