/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Import, commit, evict, erase, revoke: what they do, what they refuse, quotas, wiping,
 * and several changes of one key in one step.
 */
#include "fixture.h"

#include "keystore/slot.h"

#define RAW(seed) material((seed), 32)
#define KEY1 key_id(1)

static void test_import_bad_arguments_refused(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, 0, 0, RAW(1), false), HF_ERR_ARG);
    assert_int_equal(import(f, key_id(0), 0, RAW(1), false), HF_ERR_ARG);
    assert_int_equal(import(f, hf_id_make(HF_KIND_DATA, 1, 1), 0, RAW(1), true),
                     HF_ERR_ARG);
    assert_int_equal(import(f, KEY1, 0, hf_bytes_of(NULL, 0), false), HF_ERR_ARG);
    assert_int_equal(import(f, KEY1, HF_FLAG_EPHEMERAL, RAW(1), true), HF_ERR_ARG);
    assert_int_equal(import(f, KEY1, 0, material(1, 4097), true), HF_ERR_SIZE);
    resize(f, 2, 0, 1);
    assert_int_equal(import(f, KEY1, 0, material(1, 129), true), HF_ERR_SIZE);
    assert_int_equal(import(f, KEY1, 0, material(1, 128), true), HF_OK);
    assert_int_equal(usage_of(f).small_used_count, 1);
}

static void test_import_replaces_unless_nonmodifiable(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, 0, RAW(1), true), HF_OK);
    assert_int_equal(import(f, KEY1, 0, RAW(2), true), HF_OK);
    assert_false(holds(f, RAW(1)));
    assert_int_equal(import(f, KEY1, 0, RAW(3), false), HF_OK);
    assert_key(f, KEY1, 0, RAW(3));
    assert_int_equal(import(f, KEY1, 0, RAW(4), true), HF_OK);
    assert_int_equal(usage_of(f).small_used_count, 1);
    assert_int_equal(import(f, KEY1, HF_FLAG_NONMODIFIABLE, RAW(5), true), HF_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(import(f, KEY1, 0, RAW(6), true), HF_ERR_ACCESS);
        assert_int_equal(import(f, KEY1, 0, RAW(6), false), HF_ERR_ACCESS);
        assert_key(f, KEY1, 0, RAW(5));
        assert_false(holds(f, RAW(6)));
        reopen(f); /* and when it is not cached */
    }
    hf_id other = key_id(2);
    assert_int_equal(import(f, other, HF_FLAG_NONMODIFIABLE, RAW(7), false), HF_OK);
    assert_int_equal(import(f, other, 0, RAW(8), false), HF_ERR_ACCESS);
    assert_int_equal(commit(f, other), HF_OK);
    assert_int_equal(import(f, other, 0, RAW(8), true), HF_ERR_ACCESS);
}

static void test_import_over_leased_key_dooms_old_slot(void **state)
{
    fixture *f = *state;
    hf_lease old;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(lease(f, KEY1, USABLE, &old), HF_OK);
    assert_int_equal(import(f, KEY1, USABLE, RAW(2), true), HF_OK);
    assert_int_equal(usage_of(f).doomed_count, 1);
    assert_key(f, KEY1, USABLE, RAW(2));
    assert_memory_equal(old.key.material.data, RAW(1).data, 32);
    release(f, &old);
    assert_int_equal(usage_of(f).doomed_count, 0);
    assert_false(holds(f, RAW(1)));
    assert_key(f, KEY1, USABLE, RAW(2));
}

static void test_import_in_single_slot_replaces_stored_key(void **state)
{
    fixture *f = *state;
    resize(f, 1, 0, 1);
    assert_int_equal(import(f, KEY1, 0, RAW(1), true), HF_OK);
    assert_int_equal(import(f, KEY1, 0, RAW(2), true), HF_OK);
    assert_key(f, KEY1, 0, RAW(2));
    assert_int_equal(import(f, KEY1, 0, RAW(3), false), HF_OK);
    assert_int_equal(import(f, KEY1, 0, RAW(4), false), HF_ERR_CACHE_FULL);
    assert_key(f, KEY1, 0, RAW(3));
}

static void test_quota_limits_uncommitted_keys_of_each_owner(void **state)
{
    fixture *f = *state;
    hf_id foreign = hf_id_make(HF_KIND_KEY, 2, 1);
    assert_int_equal(import(f, key_id(1), 0, RAW(1), false), HF_OK);
    assert_int_equal(import(f, key_id(2), 0, RAW(2), false), HF_OK);
    assert_int_equal(import(f, key_id(3), 0, RAW(3), false), HF_ERR_QUOTA);
    assert_int_equal(import(f, key_id(2), 0, RAW(4), false), HF_OK); /* replaces */
    assert_int_equal(import(f, key_id(3), 0, RAW(3), true), HF_OK);
    assert_int_equal(import(f, foreign, 0, RAW(5), false), HF_OK);
    assert_int_equal(commit(f, key_id(2)), HF_OK);
    assert_int_equal(import(f, key_id(4), 0, RAW(3), false), HF_OK);
    assert_int_equal(import(f, key_id(5), 0, RAW(3), false), HF_ERR_QUOTA);
    assert_int_equal(evict(f, key_id(4)), HF_OK);
    assert_int_equal(import(f, key_id(5), 0, RAW(3), false), HF_OK);
    assert_int_equal(erase(f, key_id(5)), HF_OK);
    assert_int_equal(import(f, key_id(5), 0, RAW(3), false), HF_OK);
    assert_int_equal(import(f, key_id(1), 0, RAW(3), true), HF_OK);
    assert_int_equal(import(f, key_id(6), 0, RAW(3), false), HF_OK);
}

static void test_quota_owner_table_full_of_uncommitted_keys(void **state)
{
    fixture *f = *state;
    resize(f, 16, 0, 2);
    for (uint16_t owner = 1; owner <= OWNER_COUNT_MAX; owner++) {
        assert_int_equal(import(f, hf_id_make(HF_KIND_KEY, owner, 1), 0, RAW(1), false),
                         HF_OK);
    }
    hf_id late = hf_id_make(HF_KIND_KEY, 9, 1);
    assert_int_equal(import(f, late, 0, RAW(2), false), HF_ERR_QUOTA);
    assert_int_equal(import(f, late, 0, RAW(2), true), HF_OK);
    assert_int_equal(evict(f, hf_id_make(HF_KIND_KEY, 2, 1)), HF_OK);
    assert_int_equal(import(f, late, 0, RAW(2), false), HF_OK);
}

static void test_commit_makes_key_durable_and_evictable(void **state)
{
    fixture *f = *state;
    hf_metadata meta;
    bool is_stored = true;
    assert_int_equal(commit(f, KEY1), HF_ERR_NOTFOUND);
    assert_int_equal(commit(f, hf_id_make(HF_KIND_DATA, 1, 1)), HF_ERR_NOTFOUND);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), false), HF_OK);
    assert_int_equal(metadata(f, KEY1, &meta, &is_stored), HF_OK);
    assert_false(is_stored);
    assert_int_equal(commit(f, KEY1), HF_OK);
    assert_int_equal(metadata(f, KEY1, &meta, &is_stored), HF_OK);
    assert_true(is_stored);
    assert_int_equal(commit(f, KEY1), HF_OK);
    reopen(f);
    assert_int_equal(commit(f, KEY1), HF_OK);
    assert_key(f, KEY1, USABLE, RAW(1));
    assert_int_equal(import(f, key_id(2), HF_FLAG_EPHEMERAL, RAW(2), false), HF_OK);
    assert_int_equal(commit(f, key_id(2)), HF_ERR_ACCESS);
    assert_key(f, key_id(2), 0, RAW(2));
}

static void test_commit_over_key_that_became_nonmodifiable_refused(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(import(f, KEY1, USABLE, RAW(2), false), HF_OK);
    begin(f);
    hf_metadata meta = { .id = KEY1, .flags = HF_FLAG_NONMODIFIABLE };
    assert_int_equal(end(f, hf_nvm_put_unchecked(&f->nvm, &meta, RAW(3))), HF_OK);
    assert_int_equal(commit(f, KEY1), HF_ERR_ACCESS);
    assert_key(f, KEY1, USABLE, RAW(2));
    assert_int_equal(evict(f, KEY1), HF_OK);
    assert_key(f, KEY1, 0, RAW(3));
}

static void test_evict_forgets_uncommitted_and_reveals_hidden_key(void **state)
{
    fixture *f = *state;
    assert_int_equal(evict(f, KEY1), HF_ERR_NOTFOUND);
    assert_int_equal(evict(f, hf_id_make(HF_KIND_DATA, 1, 1)), HF_ERR_NOTFOUND);
    assert_int_equal(import(f, KEY1, 0, RAW(1), false), HF_OK);
    assert_int_equal(evict(f, KEY1), HF_OK);
    assert_int_equal(touch(f, KEY1), HF_ERR_NOTFOUND);
    assert_false(holds(f, RAW(1)));
    assert_int_equal(import(f, KEY1, 0, RAW(2), true), HF_OK);
    assert_int_equal(import(f, KEY1, 0, RAW(3), false), HF_OK);
    assert_int_equal(evict(f, KEY1), HF_OK);
    assert_key(f, KEY1, 0, RAW(2));
    assert_int_equal(evict(f, KEY1), HF_OK);
    assert_int_equal(evict(f, KEY1), HF_OK); /* stored, not cached */
    assert_int_equal(import(f, key_id(2), HF_FLAG_NONDESTROYABLE, RAW(4), false), HF_OK);
    assert_int_equal(evict(f, key_id(2)), HF_ERR_ACCESS);
    assert_key(f, key_id(2), 0, RAW(4));
    assert_int_equal(commit(f, key_id(2)), HF_OK);
    assert_int_equal(evict(f, key_id(2)), HF_OK);
    assert_key(f, key_id(2), 0, RAW(4));
}

static void test_evict_of_leased_key_dooms_it(void **state)
{
    fixture *f = *state;
    hf_lease old;
    hf_lease new;
    assert_int_equal(import(f, KEY1, 0, RAW(1), true), HF_OK);
    assert_int_equal(lease(f, KEY1, 0, &old), HF_OK);
    assert_int_equal(evict(f, KEY1), HF_OK);
    assert_int_equal(usage_of(f).doomed_count, 1);
    assert_int_equal(lease(f, KEY1, 0, &new), HF_OK);
    assert_int_not_equal(old.slot, new.slot);
    assert_memory_equal(old.key.material.data, new.key.material.data, 32);
    release(f, &new);
    release(f, &old);
    assert_int_equal(usage_of(f).small_used_count, 1);
}

static void test_erase_removes_cached_and_stored(void **state)
{
    fixture *f = *state;
    assert_int_equal(erase(f, KEY1), HF_ERR_NOTFOUND);
    assert_int_equal(erase(f, hf_id_make(HF_KIND_DATA, 1, 1)), HF_ERR_NOTFOUND);
    for (int how = 0; how < 4; how++) { /* bit 0: stored; bit 1: uncommitted, too */
        if (how == 0) {
            continue;
        }
        if ((how & 1) != 0) {
            assert_int_equal(import(f, KEY1, 0, RAW(1), true), HF_OK);
        }
        if ((how & 2) != 0) {
            assert_int_equal(import(f, KEY1, 0, RAW(2), false), HF_OK);
        }
        assert_int_equal(erase(f, KEY1), HF_OK);
        assert_int_equal(touch(f, KEY1), HF_ERR_NOTFOUND);
        assert_int_equal(erase(f, KEY1), HF_ERR_NOTFOUND);
        assert_false(holds(f, RAW(1)) || holds(f, RAW(2)));
    }
    assert_int_equal(import(f, KEY1, 0, RAW(1), true), HF_OK);
    assert_int_equal(evict(f, KEY1), HF_OK);
    assert_int_equal(erase(f, KEY1), HF_OK);
    assert_int_equal(touch(f, KEY1), HF_ERR_NOTFOUND);
}

static void test_erase_nondestroyable_refused(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, HF_FLAG_NONDESTROYABLE, RAW(1), true), HF_OK);
    assert_int_equal(erase(f, KEY1), HF_ERR_ACCESS);
    assert_int_equal(import(f, KEY1, 0, RAW(2), false), HF_OK);
    assert_int_equal(erase(f, KEY1), HF_ERR_ACCESS); /* the hidden one is */
    assert_key(f, KEY1, 0, RAW(2));
    assert_int_equal(evict(f, KEY1), HF_OK);
    reopen(f);
    assert_int_equal(erase(f, KEY1), HF_ERR_ACCESS);
    assert_key(f, KEY1, 0, RAW(1));
    assert_int_equal(import(f, key_id(2), HF_FLAG_NONDESTROYABLE, RAW(3), false), HF_OK);
    assert_int_equal(erase(f, key_id(2)), HF_ERR_ACCESS);
    assert_key(f, key_id(2), 0, RAW(3));
}

static void assert_revoked(fixture *f, hf_id id)
{
    hf_metadata meta;
    hf_lease l;
    assert_int_equal(metadata(f, id, &meta, NULL), HF_OK);
    assert_int_equal(meta.flags & HF_USAGE_MASK, 0);
    assert_true((meta.flags & HF_FLAG_REVOKED) != 0);
    assert_true((meta.flags & HF_FLAG_NONMODIFIABLE) != 0);
    assert_int_equal(lease(f, id, HF_USAGE_SIGN, &l), HF_ERR_USAGE);
    assert_int_equal(import(f, id, USABLE, RAW(9), true), HF_ERR_ACCESS);
    assert_int_equal(import(f, id, USABLE, RAW(9), false), HF_ERR_ACCESS);
    assert_int_equal(revoke(f, id), HF_OK);
}

static void test_revoke_clears_usage_in_cache_and_store(void **state)
{
    fixture *f = *state;
    assert_int_equal(revoke(f, KEY1), HF_ERR_NOTFOUND);
    assert_int_equal(revoke(f, hf_id_make(HF_KIND_DATA, 1, 1)), HF_ERR_NOTFOUND);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(revoke(f, KEY1), HF_OK);
    assert_revoked(f, KEY1);
    assert_int_equal(evict(f, KEY1), HF_OK);
    assert_revoked(f, KEY1);
    assert_key(f, KEY1, 0, RAW(1));
    /* Not cached, and NONMODIFIABLE. */
    assert_int_equal(import(f, key_id(2), USABLE | HF_FLAG_NONMODIFIABLE, RAW(2), true),
                     HF_OK);
    assert_int_equal(evict(f, key_id(2)), HF_OK);
    assert_int_equal(revoke(f, key_id(2)), HF_OK);
    assert_false(is_cached(f, key_id(2)));
    assert_false(holds(f, RAW(2))); /* not in the scratch memory, either */
    assert_revoked(f, key_id(2));
    assert_key(f, key_id(2), 0, RAW(2));
    /* Not stored. */
    assert_int_equal(import(f, key_id(3), USABLE, RAW(3), false), HF_OK);
    assert_int_equal(revoke(f, key_id(3)), HF_OK);
    assert_revoked(f, key_id(3));
    assert_int_equal(commit(f, key_id(3)), HF_OK);
    reopen(f);
    assert_revoked(f, key_id(3));
}

static void test_revoke_reaches_the_hidden_key_too(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(import(f, KEY1, USABLE, RAW(2), false), HF_OK);
    assert_int_equal(revoke(f, KEY1), HF_OK);
    assert_revoked(f, KEY1);
    assert_int_equal(commit(f, KEY1), HF_ERR_ACCESS);
    assert_key(f, KEY1, 0, RAW(2));
    assert_int_equal(evict(f, KEY1), HF_OK);
    assert_revoked(f, KEY1);
    assert_key(f, KEY1, 0, RAW(1));
}

static void test_revoke_of_leased_key_lets_lease_finish(void **state)
{
    fixture *f = *state;
    hf_lease l;
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(lease(f, KEY1, USABLE, &l), HF_OK);
    assert_int_equal(revoke(f, KEY1), HF_OK);
    assert_int_equal(usage_of(f).doomed_count, 1);
    assert_memory_equal(l.key.material.data, RAW(1).data, 32);
    assert_int_equal(l.meta.flags, USABLE);
    assert_revoked(f, KEY1);
    release(f, &l);
    assert_int_equal(usage_of(f).doomed_count, 0);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), false), HF_OK);
    assert_int_equal(lease(f, key_id(2), USABLE, &l), HF_OK);
    assert_int_equal(revoke(f, key_id(2)), HF_OK);
    assert_revoked(f, key_id(2));
    assert_int_equal(l.meta.flags, USABLE);
    release(f, &l);
    assert_key(f, key_id(2), 0, RAW(2));
}

static void test_revoke_with_full_cache_still_works(void **state)
{
    fixture *f = *state;
    resize(f, 1, 0, 1);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), true), HF_OK);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), false), HF_OK);
    assert_int_equal(revoke(f, KEY1), HF_OK);
    assert_int_equal(evict(f, key_id(2)), HF_OK);
    assert_revoked(f, KEY1);
}

static void test_step_sees_its_own_changes_of_one_key(void **state)
{
    fixture *f = *state;
    hf_metadata meta = { .id = KEY1, .flags = USABLE };
    hf_lease l;
    for (int commits = 0; commits < 2; commits++) {
        int outcome = commits != 0 ? HF_OK : HF_ERR_RANGE;
        begin(f);
        assert_int_equal(hf_keystore_import(&f->ks, &meta, RAW(1), false), HF_OK);
        assert_int_equal(hf_keystore_commit(&f->ks, KEY1), HF_OK);
        assert_int_equal(hf_keystore_commit(&f->ks, KEY1), HF_OK);
        assert_int_equal(hf_keystore_import(&f->ks, &meta, RAW(2), false), HF_OK);
        assert_int_equal(hf_keystore_evict(&f->ks, KEY1), HF_OK);
        assert_int_equal(hf_keystore_lease(&f->ks, KEY1, 0, &l), HF_OK);
        assert_memory_equal(l.key.material.data, RAW(1).data, 32);
        assert_int_equal(hf_keystore_revoke(&f->ks, KEY1), HF_OK);
        assert_int_equal(hf_keystore_import(&f->ks, &meta, RAW(3), true), HF_ERR_ACCESS);
        assert_int_equal(end(f, outcome), outcome);
        assert_memory_equal(l.key.material.data, RAW(1).data, 32);
        assert_int_equal(usage_of(f).doomed_count, 1);
        release(f, &l);
        assert_int_equal(touch(f, KEY1), commits != 0 ? HF_OK : HF_ERR_NOTFOUND);
        assert_false(holds(f, RAW(2)));
        assert_int_equal(holds(f, RAW(1)), commits != 0);
    }
    assert_revoked(f, KEY1);
    begin(f);
    assert_int_equal(hf_keystore_revoke(&f->ks, KEY1), HF_OK);
    assert_int_equal(hf_keystore_erase(&f->ks, KEY1), HF_OK);
    assert_int_equal(hf_keystore_lease(&f->ks, KEY1, 0, &l), HF_ERR_NOTFOUND);
    assert_int_equal(hf_keystore_import(&f->ks, &meta, RAW(4), true), HF_OK);
    assert_int_equal(end(f, HF_OK), HF_OK);
    assert_key(f, KEY1, USABLE, RAW(4));
    reopen(f);
    assert_key(f, KEY1, USABLE, RAW(4));
}

static void test_step_with_too_many_changes_limit(void **state)
{
    fixture *f = *state;
    resize(f, 16, 0, 16);
    hf_metadata meta = { .flags = USABLE };
    int rc = HF_OK;
    uint32_t done = 0;
    begin(f);
    for (uint32_t n = 1; n <= 16 && rc == HF_OK; n++) {
        meta.id = key_id(n);
        rc = hf_keystore_import(&f->ks, &meta, RAW((uint8_t)n), false);
        done += rc == HF_OK ? 1u : 0u;
    }
    assert_int_equal(rc, HF_ERR_LIMIT);
    assert_int_equal(done, HF_KEYSTORE_CHANGES_MAX - 1u);
    assert_int_equal(end(f, HF_OK), HF_OK); /* what was done before is whole */
    assert_int_equal(usage_of(f).small_used_count, done);
}

static void test_next_merges_stored_and_cached_in_order(void **state)
{
    fixture *f = *state;
    hf_metadata meta = { 0 };
    resize(f, 8, 0, 4);
    assert_int_equal(import(f, key_id(2), 0, RAW(2), true), HF_OK);
    assert_int_equal(import(f, key_id(5), 0, RAW(5), true), HF_OK);
    assert_int_equal(import(f, key_id(5), USABLE, RAW(6), false), HF_OK);
    assert_int_equal(import(f, key_id(1), 0, RAW(1), false), HF_OK);
    assert_int_equal(import(f, key_id(9), 0, RAW(9), false), HF_OK);
    assert_int_equal(import(f, hf_id_make(HF_KIND_KEY, 2, 3), 0, RAW(3), false), HF_OK);
    const hf_id own[] = { key_id(1), key_id(2), key_id(5), key_id(9) };
    hf_id at = hf_id_make(HF_KIND_KEY, 1, 0);
    hf_id last = hf_id_make(HF_KIND_KEY, 1, HF_NUMBER_MAX);
    for (size_t i = 0; i < 4; i++) {
        begin(f);
        assert_int_equal(end(f, hf_keystore_next(&f->ks, at, last, &meta)), HF_OK);
        assert_int_equal(meta.id, own[i]);
        assert_int_equal(meta.flags, i == 2 ? USABLE : 0); /* not the hidden one */
        at = meta.id;
    }
    begin(f);
    assert_int_equal(hf_keystore_next(&f->ks, at, last, &meta), HF_ERR_NOTFOUND);
    assert_int_equal(hf_keystore_next(&f->ks, at, UINT64_MAX, &meta), HF_OK);
    assert_int_equal(meta.id, hf_id_make(HF_KIND_KEY, 2, 3));
    assert_int_equal(hf_keystore_next(&f->ks, 0, UINT64_MAX, &meta), HF_OK);
    assert_int_equal(meta.id, key_id(1));
    assert_int_equal(hf_keystore_evict(&f->ks, key_id(1)), HF_OK); /* seen by the step */
    assert_int_equal(hf_keystore_next(&f->ks, 0, key_id(1), &meta), HF_ERR_NOTFOUND);
    assert_int_equal(hf_keystore_next(&f->ks, UINT64_MAX, 0, &meta), HF_ERR_NOTFOUND);
    assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
    begin(f);
    assert_int_equal(end(f, hf_keystore_next(&f->ks, 0, key_id(1), &meta)), HF_OK);
}

static void test_get_metadata_of_every_kind_of_key(void **state)
{
    fixture *f = *state;
    hf_metadata meta;
    bool is_stored = true;
    assert_int_equal(metadata(f, KEY1, &meta, &is_stored), HF_ERR_NOTFOUND);
    assert_int_equal(metadata(f, hf_id_make(HF_KIND_DATA, 1, 1), &meta, NULL),
                     HF_ERR_NOTFOUND);
    assert_int_equal(import(f, KEY1, USABLE, RAW(1), false), HF_OK);
    assert_int_equal(metadata(f, KEY1, &meta, &is_stored), HF_OK);
    assert_false(is_stored);
    assert_int_equal(meta.len, 32);
    assert_int_equal(meta.type, HF_KEY_HMAC);
    assert_int_equal(meta.generation, 0);
    assert_int_equal(commit(f, KEY1), HF_OK);
    assert_int_equal(import(f, KEY1, 0, material(1, 16), false), HF_OK);
    assert_int_equal(metadata(f, KEY1, &meta, &is_stored), HF_OK);
    assert_true(is_stored);
    assert_int_equal(meta.len, 16);
    assert_int_equal(evict(f, KEY1), HF_OK);
    assert_int_equal(metadata(f, KEY1, &meta, &is_stored), HF_OK);
    assert_true(is_stored);
    assert_int_equal(meta.len, 32);
    assert_false(is_cached(f, KEY1)); /* looking loads nothing */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_import_bad_arguments_refused),
        TEST(test_import_replaces_unless_nonmodifiable),
        TEST(test_import_over_leased_key_dooms_old_slot),
        TEST(test_import_in_single_slot_replaces_stored_key),
        TEST(test_quota_limits_uncommitted_keys_of_each_owner),
        TEST(test_quota_owner_table_full_of_uncommitted_keys),
        TEST(test_commit_makes_key_durable_and_evictable),
        TEST(test_commit_over_key_that_became_nonmodifiable_refused),
        TEST(test_evict_forgets_uncommitted_and_reveals_hidden_key),
        TEST(test_evict_of_leased_key_dooms_it),
        TEST(test_erase_removes_cached_and_stored),
        TEST(test_erase_nondestroyable_refused),
        TEST(test_revoke_clears_usage_in_cache_and_store),
        TEST(test_revoke_reaches_the_hidden_key_too),
        TEST(test_revoke_of_leased_key_lets_lease_finish),
        TEST(test_revoke_with_full_cache_still_works),
        TEST(test_step_sees_its_own_changes_of_one_key),
        TEST(test_step_with_too_many_changes_limit),
        TEST(test_next_merges_stored_and_cached_in_order),
        TEST(test_get_metadata_of_every_kind_of_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
