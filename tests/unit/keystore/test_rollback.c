/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Every operation on a key in every situation, in a step that fails afterwards, and over
 * a store that has failed: everything is as before, for the cache, the store and the
 * quota.
 */
#include "fixture.h"

#include <string.h>

#include "keystore/slot.h"

#define RAW(seed) material((seed), 32)
#define KEY1 key_id(1)

enum situation {
    ABSENT,
    UNCOMMITTED,
    STORED,        /* and cached */
    STORED_LEASED, /* and cached, with a lease out */
    NOT_CACHED,
    HIDDEN, /* stored, and an uncommitted one over it */
    SITUATION_COUNT
};

enum operation {
    IMPORT,
    IMPORT_STORED,
    COMMIT,
    EVICT,
    ERASE,
    REVOKE,
    COUNT_USE,
    OPERATION_COUNT
};

static void prepare(fixture *f, enum situation situation, hf_lease *out)
{
    if (situation == ABSENT) {
        return;
    }
    if (situation != UNCOMMITTED) {
        assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    }
    if (situation == UNCOMMITTED || situation == HIDDEN) {
        assert_int_equal(import(f, KEY1, HF_USAGE_SIGN, RAW(2), false), HF_OK);
    }
    if (situation == STORED_LEASED) {
        assert_int_equal(lease(f, KEY1, 0, out), HF_OK);
    }
    if (situation == NOT_CACHED) {
        assert_int_equal(evict(f, KEY1), HF_OK);
    }
    sync_store(f);
}

static int use_once(fixture *f) HF_REQUIRES(hf_tsa_nvm)
{
    hf_lease l;
    int rc = hf_keystore_lease(&f->ks, KEY1, 0, &l);
    if (rc == HF_OK) {
        rc = hf_keystore_count_use(&f->ks, &l, 1000);
    }
    hf_keystore_release(&f->ks, &l);
    return rc;
}

static int operate(fixture *f, enum operation operation) HF_REQUIRES(hf_tsa_nvm)
{
    hf_metadata meta = { .id = KEY1, .flags = HF_USAGE_WRAP };
    switch (operation) {
    case IMPORT:
        return hf_keystore_import(&f->ks, &meta, RAW(3), false);
    case IMPORT_STORED:
        return hf_keystore_import(&f->ks, &meta, RAW(3), true);
    case COMMIT:
        return hf_keystore_commit(&f->ks, KEY1);
    case EVICT:
        return hf_keystore_evict(&f->ks, KEY1);
    case ERASE:
        return hf_keystore_erase(&f->ks, KEY1);
    case REVOKE:
        return hf_keystore_revoke(&f->ks, KEY1);
    case COUNT_USE:
        return use_once(f);
    case OPERATION_COUNT:
        break;
    }
    return HF_ERR_ARG;
}

/* What can be seen of the key, and what the cache holds. */
typedef struct view {
    int rc;
    hf_metadata meta;
    bool is_stored, is_cached;
    uint8_t material[32];
    hf_keystore_usage usage;
    int counter_rc;
    uint64_t counter;
    uint32_t uncommitted_count;
} view;

static view look(fixture *f, bool load) HF_NO_TSA
{
    view v;
    hf_lease l;
    memset(&v, 0, sizeof(v));
    v.is_cached = is_cached(f, KEY1);
    v.usage = usage_of(f);
    v.usage.hit_count = v.usage.miss_count = 0;
    v.rc = metadata(f, KEY1, &v.meta, &v.is_stored);
    if (v.rc == HF_OK && load) {
        assert_int_equal(lease(f, KEY1, 0, &l), HF_OK);
        memcpy(v.material, l.key.material.data, sizeof(v.material));
        release(f, &l);
        if (!v.is_cached) {
            assert_int_equal(evict(f, KEY1), HF_OK);
        }
    }
    begin(f);
    v.counter_rc =
        hf_nvm_get_counter(&f->nvm, hf_id_make(HF_KIND_SYSTEM, 1, 1), &v.counter);
    assert_int_equal(end(f, HF_OK), HF_OK);
    for (uint32_t i = 0; i < f->ks.owner_count; i++) {
        v.uncommitted_count += f->ks.owners[i].uncommitted_count;
    }
    return v;
}

static void assert_unchanged(const view *before, const view *after)
{
    assert_int_equal(before->rc, after->rc);
    assert_memory_equal(&before->meta, &after->meta, sizeof(before->meta));
    assert_int_equal(before->is_stored, after->is_stored);
    assert_memory_equal(before->material, after->material, sizeof(before->material));
    assert_memory_equal(&before->usage, &after->usage, sizeof(before->usage));
    assert_int_equal(before->counter_rc, after->counter_rc);
    assert_int_equal(before->counter, after->counter);
    assert_int_equal(before->uncommitted_count, after->uncommitted_count);
}

/* A use of a key that was not cached leaves it in the cache, which is true data. */
static bool may_load(enum operation operation, enum situation situation)
{
    return operation == COUNT_USE && situation == NOT_CACHED;
}

static void fresh(void **state, enum situation situation, hf_lease *l)
{
    set_up(state);
    *l = (hf_lease){ .is_held = false };
    prepare(*state, situation, l);
}

static void test_failing_step_changes_nothing(void **state)
{
    for (int s = 0; s < SITUATION_COUNT; s++) {
        for (int o = 0; o < OPERATION_COUNT; o++) {
            hf_lease l;
            fresh(state, (enum situation)s, &l);
            fixture *f = *state;
            view before = look(f, true);
            begin(f);
            int done = operate(f, (enum operation)o);
            if (s != ABSENT || o == IMPORT || o == IMPORT_STORED) {
                assert_int_equal(done, HF_OK);
            }
            assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
            if (may_load((enum operation)o, (enum situation)s)) {
                assert_true(is_cached(f, KEY1));
                assert_int_equal(evict(f, KEY1), HF_OK);
            }
            view after = look(f, true);
            assert_unchanged(&before, &after);
            assert_false(holds(f, RAW(3)));
            release(f, &l);
            tear_down(state);
        }
    }
}

/* Two operations one after the other, both undone; whatever they answer. */
static void test_failing_step_of_two_operations_changes_nothing(void **state)
{
    for (int s = 0; s < SITUATION_COUNT; s++) {
        for (int o = 0; o < OPERATION_COUNT * OPERATION_COUNT; o++) {
            hf_lease l;
            fresh(state, (enum situation)s, &l);
            fixture *f = *state;
            view before = look(f, true);
            begin(f);
            hf_ignore(
                operate(f, (enum operation)(o / OPERATION_COUNT))); /* either is fine */
            hf_ignore(operate(f, (enum operation)(o % OPERATION_COUNT)));
            assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
            if (!before.is_cached && is_cached(f, KEY1)) {
                assert_int_equal(evict(f, KEY1), HF_OK);
            }
            view after = look(f, true);
            assert_unchanged(&before, &after);
            assert_false(holds(f, RAW(3)));
            release(f, &l);
            tear_down(state);
        }
    }
}

/* Operations that need no write go on over a failed store. */
static bool is_write_free(enum operation operation, enum situation situation)
{
    switch (operation) {
    case IMPORT:
    case EVICT:
        return true;
    case COMMIT:
        return situation != UNCOMMITTED && situation != HIDDEN;
    case ERASE:
    case REVOKE:
    case COUNT_USE:
        return situation == UNCOMMITTED;
    case IMPORT_STORED:
    case OPERATION_COUNT:
        break;
    }
    return false;
}

static void test_failed_store_refuses_and_cache_is_unchanged(void **state)
{
    for (int s = 0; s < SITUATION_COUNT; s++) {
        for (int o = 0; o < OPERATION_COUNT; o++) {
            hf_lease l;
            fresh(state, (enum situation)s, &l);
            fixture *f = *state;
            if (s == ABSENT && o != IMPORT_STORED) {
                tear_down(state);
                continue;
            }
            view before = look(f, true);
            break_store(f);
            begin(f);
            int rc = end(f, operate(f, (enum operation)o));
            if (is_write_free((enum operation)o, (enum situation)s)) {
                assert_int_equal(rc, HF_OK);
            } else {
                assert_int_equal(rc, HF_ERR_IO);
                if (may_load((enum operation)o, (enum situation)s)) {
                    assert_int_equal(evict(f, KEY1), HF_OK);
                }
                view after = look(f, true);
                assert_unchanged(&before, &after);
            }
            release(f, &l);
            tear_down(state);
        }
    }
}

static void test_commit_refused_at_the_end_of_the_step_is_undone(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    sync_store(f);
    assert_int_equal(import(f, KEY1, USABLE, RAW(2), true), HF_OK);
    hf_ticket lost = f->ticket;
    break_store(f); /* RAW(2) never becomes durable */
    hf_lease l;
    begin(f);
    int rc = hf_keystore_lease(&f->ks, KEY1, 0, &l);
    assert_int_equal(rc, HF_OK);
    assert_int_equal(end(f, rc), HF_ERR_IO); /* the step would show what is lost */
    assert_int_equal(f->ticket, lost);
    release(f, &l);
    begin(f);
    assert_int_equal(hf_keystore_evict(&f->ks, KEY1), HF_OK);
    assert_int_equal(end(f, HF_OK), HF_ERR_IO); /* settled as not committed */
    assert_true(is_cached(f, KEY1));
    reopen(f);
    assert_key(f, KEY1, USABLE, RAW(1));
}

static void test_data_written_by_a_failing_step_do_not_stay_cached(void **state)
{
    fixture *f = *state;
    hf_metadata meta = { .id = KEY1, .flags = USABLE };
    hf_lease l;
    for (int stored = 0; stored < 2; stored++) {
        if (stored != 0) {
            assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
        }
        begin(f);
        assert_int_equal(hf_keystore_import(&f->ks, &meta, RAW(2), true), HF_OK);
        assert_int_equal(hf_keystore_evict(&f->ks, KEY1), HF_OK);
        assert_int_equal(hf_keystore_lease(&f->ks, KEY1, 0, &l), HF_OK);
        assert_memory_equal(l.key.material.data, RAW(2).data, 32);
        assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
        assert_memory_equal(l.key.material.data, RAW(2).data, 32);
        release(f, &l);
        assert_false(holds(f, RAW(2)));
        assert_int_equal(touch(f, KEY1), stored != 0 ? HF_OK : HF_ERR_NOTFOUND);
    }
    /* A revoked key that was not cached, leased in the same step. */
    assert_int_equal(evict(f, KEY1), HF_OK);
    begin(f);
    assert_int_equal(hf_keystore_revoke(&f->ks, KEY1), HF_OK);
    assert_int_equal(hf_keystore_lease(&f->ks, KEY1, 0, &l), HF_OK);
    hf_keystore_release(&f->ks, &l);
    assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
    assert_key(f, KEY1, USABLE, RAW(1));
}

static void test_eviction_by_a_failing_step_is_harmless(void **state)
{
    fixture *f = *state;
    hf_lease l;
    int form = 0;
    resize(f, 1, 0, 1);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), true), HF_OK);
    assert_int_equal(lease(f, KEY1, 0, &l), HF_OK);
    l.key.parsed = &form;
    l.is_parsed_own = true;
    release(f, &l);
    hf_metadata meta = { .id = key_id(3) };
    begin(f);
    assert_int_equal(hf_keystore_import(&f->ks, &meta, RAW(3), true), HF_OK);
    assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
    assert_int_equal(f->drops.count, 1);
    assert_ptr_equal(f->drops.items[0].parsed, &form);
    assert_false(holds(f, RAW(1)) || holds(f, RAW(3)));
    assert_key(f, KEY1, USABLE, RAW(1));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failing_step_changes_nothing),
        cmocka_unit_test(test_failing_step_of_two_operations_changes_nothing),
        cmocka_unit_test(test_failed_store_refuses_and_cache_is_unchanged),
        TEST(test_commit_refused_at_the_end_of_the_step_is_undone),
        TEST(test_data_written_by_a_failing_step_do_not_stay_cached),
        TEST(test_eviction_by_a_failing_step_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
