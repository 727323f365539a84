/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Leases: finding and loading keys, usage, eviction order, BUSY and CACHE_FULL, parsed
 * forms, tickets.
 */
#include "fixture.h"

#include <string.h>

#include "keystore/slot.h"

#define RAW(seed) material((seed), 32)

static void store_keys(fixture *f, uint32_t count)
{
    for (uint32_t n = 1; n <= count; n++) {
        assert_int_equal(import(f, key_id(n), USABLE, RAW((uint8_t)n), true), HF_OK);
    }
}

static void test_init_bad_config_refused(void **state)
{
    fixture *f = *state;
    hf_keystore ks;
    uint64_t memory[HF_KEYSTORE_SIZE(2, 0, 1) / 8u + 1u];
    const hf_keystore_config good = { .nvm = &f->nvm,
                                      .memory = memory,
                                      .memory_size = HF_KEYSTORE_SIZE(2, 0, 1),
                                      .small_count = 2,
                                      .owner_count = 1 };
    assert_int_equal(hf_keystore_init(&ks, &good), HF_OK);
    assert_int_equal(ks.uncommitted_max, 1);
    hf_keystore_cleanup(&ks, NULL);
    hf_keystore_cleanup(&ks, NULL);
    hf_keystore_config bad[8];
    for (size_t i = 0; i < 8; i++) {
        bad[i] = good;
    }
    bad[0].nvm = NULL;
    bad[1].memory = NULL;
    bad[2].memory = (uint8_t *)memory + 4;
    bad[3].memory_size--;
    bad[4].small_count = 0;
    bad[5].owner_count = 0;
    bad[6].small_count = UINT32_MAX;
    bad[7].large_count = UINT32_MAX;
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(hf_keystore_init(&ks, &bad[i]), HF_ERR_ARG);
    }
    assert_int_equal(hf_keystore_init(NULL, &good), HF_ERR_ARG);
    assert_int_equal(hf_keystore_init(&ks, NULL), HF_ERR_ARG);
}

static void test_lease_unknown_key_notfound(void **state)
{
    fixture *f = *state;
    hf_lease l;
    memset(&l, 0xFF, sizeof(l));
    assert_int_equal(lease(f, key_id(1), 0, &l), HF_ERR_NOTFOUND);
    assert_false(l.is_held);
    hf_metadata meta = { .id = hf_id_make(HF_KIND_DATA, 1, 1) };
    begin(f);
    assert_int_equal(end(f, hf_nvm_put_unchecked(&f->nvm, &meta, RAW(1))), HF_OK);
    assert_int_equal(lease(f, meta.id, 0, &l), HF_ERR_NOTFOUND);
}

/* What a lease was of, when it has been given back. */
static hf_lease seen(fixture *f, uint32_t number)
{
    hf_lease l;
    assert_int_equal(lease(f, key_id(number), 0, &l), HF_OK);
    hf_lease copy = l;
    release(f, &l);
    return copy;
}

/* As the header says: of the same material when either says so. */
static bool is_same(const hf_lease *a, const hf_lease *b)
{
    return a->serial == b->serial ||
           (a->meta.generation != 0 && a->meta.generation == b->meta.generation);
}

static void test_lease_tells_whether_the_material_is_the_same(void **state)
{
    fixture *f = *state;
    store_keys(f, 1);
    hf_lease first = seen(f, 1);
    hf_lease again = seen(f, 1);
    assert_true(first.serial == again.serial && first.serial != 0);
    assert_int_equal(evict(f, key_id(1)), HF_OK);
    again = seen(f, 1);
    assert_true(first.serial != again.serial && is_same(&first, &again));
    /* The same bytes once more are another key, stored or not. */
    store_keys(f, 1);
    again = seen(f, 1);
    assert_false(is_same(&first, &again));
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(import(f, key_id(1), USABLE, RAW(1), false), HF_OK);
        first = again;
        again = seen(f, 1);
        assert_false(is_same(&first, &again));
    }
    /* Stored as it is, it stays the same: known by the slot, then by the store. */
    first = again;
    assert_int_equal(commit(f, key_id(1)), HF_OK);
    again = seen(f, 1);
    assert_true(is_same(&first, &again) && again.meta.generation != 0);
    first = again;
    assert_int_equal(evict(f, key_id(1)), HF_OK);
    again = seen(f, 1);
    assert_true(is_same(&first, &again));
}

static void test_lease_evicted_key_is_loaded_again(void **state)
{
    fixture *f = *state;
    store_keys(f, 1);
    assert_key(f, key_id(1), HF_USAGE_SIGN, RAW(1));
    assert_int_equal(usage_of(f).hit_count, 1);
    assert_int_equal(evict(f, key_id(1)), HF_OK);
    assert_false(is_cached(f, key_id(1)));
    assert_key(f, key_id(1), HF_USAGE_SIGN, RAW(1));
    assert_int_equal(usage_of(f).hit_count, 1);
    assert_int_equal(usage_of(f).miss_count, 1);
    assert_int_equal(state_of(f, key_id(1)), HF_SLOT_LIVE);
    reopen(f);
    assert_key(f, key_id(1), USABLE, RAW(1));
    hf_lease l;
    assert_int_equal(lease(f, key_id(1), USABLE, &l), HF_OK);
    assert_int_equal(l.key.type, HF_KEY_HMAC);
    assert_int_equal(l.meta.flags, USABLE);
    assert_string_equal((const char *)l.meta.label, "label");
    release(f, &l);
    assert_false(l.is_held);
    release(f, &l); /* harmless */
}

static void test_lease_missing_usage_refused_cached_or_not(void **state)
{
    fixture *f = *state;
    hf_lease l;
    assert_int_equal(import(f, key_id(1), HF_USAGE_SIGN, RAW(1), true), HF_OK);
    assert_int_equal(import(f, key_id(2), 0, RAW(2), true), HF_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(lease(f, key_id(1), HF_USAGE_SIGN, &l), HF_OK);
        release(f, &l);
        assert_int_equal(lease(f, key_id(1), HF_USAGE_VERIFY, &l), HF_ERR_USAGE);
        assert_int_equal(lease(f, key_id(1), USABLE, &l), HF_ERR_USAGE);
        assert_int_equal(lease(f, key_id(2), HF_USAGE_DERIVE, &l), HF_ERR_USAGE);
        assert_false(l.is_held);
        assert_int_equal(touch(f, key_id(2)), HF_OK);
        assert_int_equal(usage_of(f).lease_count, 0);
        reopen(f);
    }
}

static void test_lease_evicts_least_recently_released(void **state)
{
    fixture *f = *state;
    resize(f, 3, 0, 1);
    store_keys(f, 3);
    hf_lease l;
    assert_int_equal(lease(f, key_id(1), 0, &l), HF_OK);
    assert_int_equal(touch(f, key_id(2)), HF_OK);
    assert_int_equal(touch(f, key_id(3)), HF_OK);
    release(f, &l); /* order now: 2, 3, 1 */
    assert_int_equal(import(f, key_id(4), USABLE, RAW(4), true), HF_OK);
    assert_false(is_cached(f, key_id(2)));
    assert_true(is_cached(f, key_id(3)));
    assert_int_equal(touch(f, key_id(3)), HF_OK); /* 1, 4, 3 */
    assert_int_equal(touch(f, key_id(2)), HF_OK);
    assert_false(is_cached(f, key_id(1)));
    assert_int_equal(touch(f, key_id(1)), HF_OK);
    assert_false(is_cached(f, key_id(4)));
    assert_true(is_cached(f, key_id(3)));
    assert_int_equal(usage_of(f).eviction_count, 3);
    for (uint32_t n = 1; n <= 4; n++) {
        assert_key(f, key_id(n), USABLE, RAW((uint8_t)n));
    }
}

static void test_lease_eviction_for_own_use_wakes_nobody(void **state)
{
    fixture *f = *state;
    hf_lease l;
    resize(f, 1, 0, 1);
    store_keys(f, 2);
    begin(f);
    hf_ignore(hf_keystore_has_released(&f->ks)); /* forget the imports */
    assert_int_equal(hf_keystore_lease(&f->ks, key_id(1), 0, &l), HF_OK);
    assert_false(hf_keystore_has_released(&f->ks));
    hf_keystore_release(&f->ks, &l);
    assert_true(hf_keystore_has_released(&f->ks));
    assert_int_equal(end(f, HF_OK), HF_OK);
}

static void test_lease_leased_keys_are_not_evicted_but_busy(void **state)
{
    fixture *f = *state;
    resize(f, 2, 0, 2);
    store_keys(f, 3);
    hf_lease a;
    hf_lease b;
    hf_lease c;
    assert_int_equal(lease(f, key_id(1), 0, &a), HF_OK);
    assert_int_equal(lease(f, key_id(2), 0, &b), HF_OK);
    hf_ignore(has_released(f)); /* forget what the imports freed */
    assert_int_equal(lease(f, key_id(3), 0, &c), HF_ERR_BUSY);
    assert_int_equal(import(f, key_id(4), 0, RAW(4), true), HF_ERR_BUSY);
    assert_int_equal(import(f, key_id(4), 0, RAW(4), false), HF_ERR_BUSY);
    assert_false(has_released(f));
    release(f, &a);
    assert_true(has_released(f));
    assert_false(has_released(f));
    assert_int_equal(lease(f, key_id(3), 0, &c), HF_OK);
    release(f, &b);
    release(f, &c);
}

static void test_lease_uncommitted_keys_fill_cache_full(void **state)
{
    fixture *f = *state;
    resize(f, 2, 0, 2);
    hf_lease l;
    hf_lease m;
    store_keys(f, 1);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), false), HF_OK);
    assert_int_equal(import(f, key_id(3), USABLE, RAW(3), false), HF_OK);
    assert_int_equal(lease(f, key_id(2), 0, &l), HF_OK);
    /* A lease of an uncommitted key is nothing to wait for. */
    assert_int_equal(lease(f, key_id(1), 0, &m), HF_ERR_CACHE_FULL);
    release(f, &l);
    assert_int_equal(commit(f, key_id(2)), HF_OK);
    assert_int_equal(lease(f, key_id(1), 0, &m), HF_OK);
    release(f, &m);
    assert_key(f, key_id(3), USABLE, RAW(3));
    assert_key(f, key_id(2), USABLE, RAW(2));
}

static void test_lease_doomed_slot_is_something_to_wait_for(void **state)
{
    fixture *f = *state;
    resize(f, 1, 0, 1);
    store_keys(f, 1);
    hf_lease l;
    hf_lease m;
    assert_int_equal(lease(f, key_id(1), 0, &l), HF_OK);
    assert_int_equal(erase(f, key_id(1)), HF_OK);
    assert_int_equal(usage_of(f).doomed_count, 1);
    assert_int_equal(import(f, key_id(2), 0, RAW(2), true), HF_ERR_BUSY);
    assert_memory_equal(l.key.material.data, RAW(1).data, 32);
    hf_ignore(has_released(f));
    release(f, &l);
    assert_true(has_released(f));
    assert_false(holds(f, RAW(1)));
    assert_int_equal(import(f, key_id(2), 0, RAW(2), true), HF_OK);
    assert_int_equal(lease(f, key_id(2), 0, &m), HF_OK);
    release(f, &m);
}

static void test_lease_own_leases_of_the_step_are_not_waited_for(void **state)
{
    fixture *f = *state;
    resize(f, 1, 0, 1);
    store_keys(f, 2);
    hf_lease a;
    hf_lease b;
    begin(f);
    assert_int_equal(hf_keystore_lease(&f->ks, key_id(1), 0, &a), HF_OK);
    int rc = hf_keystore_lease(&f->ks, key_id(2), 0, &b);
    assert_int_equal(rc, HF_ERR_CACHE_FULL);
    hf_keystore_release(&f->ks, &a);
    assert_int_equal(end(f, rc), HF_ERR_CACHE_FULL);
    assert_int_equal(lease(f, key_id(1), 0, &a), HF_OK);
    assert_int_equal(lease(f, key_id(2), 0, &b), HF_ERR_BUSY);
    release(f, &a);
}

static void test_lease_small_key_uses_large_slot_last(void **state)
{
    fixture *f = *state;
    resize(f, 1, 1, 2);
    assert_int_equal(import(f, key_id(1), 0, RAW(1), false), HF_OK);
    assert_int_equal(usage_of(f).large_used_count, 0);
    assert_int_equal(import(f, key_id(2), 0, RAW(2), true), HF_OK);
    assert_int_equal(usage_of(f).large_used_count, 1);
    assert_int_equal(import(f, key_id(3), 0, material(3, 4096), true), HF_OK);
    assert_false(is_cached(f, key_id(2)));
    assert_key(f, key_id(3), 0, material(3, 4096));
    /* A large key never fits a small slot, however free. */
    assert_int_equal(evict(f, key_id(1)), HF_OK);
    assert_int_equal(import(f, key_id(4), 0, material(4, 129), true), HF_OK);
    assert_false(is_cached(f, key_id(3)));
    resize(f, 1, 0, 1);
    assert_int_equal(touch(f, key_id(4)), HF_ERR_CACHE_FULL);
}

static void test_lease_survives_failing_step_and_release_too(void **state)
{
    fixture *f = *state;
    store_keys(f, 1);
    assert_int_equal(evict(f, key_id(1)), HF_OK);
    hf_lease l;
    begin(f);
    assert_int_equal(hf_keystore_lease(&f->ks, key_id(1), 0, &l), HF_OK);
    assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
    assert_int_equal(usage_of(f).lease_count, 1);
    assert_int_equal(state_of(f, key_id(1)), HF_SLOT_LIVE); /* true data stay cached */
    begin(f);
    hf_keystore_release(&f->ks, &l);
    assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
    assert_int_equal(usage_of(f).lease_count, 0);
}

static void test_lease_ticket_covers_the_commit_it_saw(void **state)
{
    fixture *f = *state;
    store_keys(f, 1);
    hf_ticket stored = f->ticket;
    assert_true(stored > 0);
    assert_int_equal(touch(f, key_id(1)), HF_OK);
    assert_int_equal(f->ticket, stored);
    assert_int_equal(evict(f, key_id(1)), HF_OK);
    assert_int_equal(touch(f, key_id(1)), HF_OK);
    assert_int_equal(f->ticket, stored); /* loaded: the entry's commit */
    assert_int_equal(touch(f, key_id(1)), HF_OK);
    assert_int_equal(f->ticket, stored); /* and kept with the slot */
    hf_lease l;
    assert_int_equal(lease(f, key_id(1), HF_USAGE_WRAP, &l), HF_ERR_USAGE);
    assert_int_equal(f->ticket, stored); /* errors wait like good answers */
    sync_store(f);
    assert_int_equal(touch(f, key_id(1)), HF_OK);
    assert_int_equal(f->ticket, 0);
    assert_int_equal(import(f, key_id(2), 0, RAW(2), false), HF_OK);
    assert_int_equal(touch(f, key_id(2)), HF_OK);
    assert_int_equal(f->ticket, 0);
    assert_int_equal(commit(f, key_id(2)), HF_OK);
    stored = f->ticket;
    assert_true(stored > 0);
    assert_int_equal(touch(f, key_id(2)), HF_OK);
    assert_int_equal(f->ticket, stored);
    assert_int_equal(revoke(f, key_id(2)), HF_OK);
    assert_true(f->ticket > stored);
    stored = f->ticket;
    assert_int_equal(touch(f, key_id(2)), HF_OK);
    assert_int_equal(f->ticket, stored);
}

static void test_lease_generation_is_that_of_the_store(void **state)
{
    fixture *f = *state;
    hf_metadata cached;
    hf_metadata stored;
    store_keys(f, 1);
    assert_int_equal(metadata(f, key_id(1), &cached, NULL), HF_OK);
    assert_int_equal(evict(f, key_id(1)), HF_OK);
    assert_int_equal(metadata(f, key_id(1), &stored, NULL), HF_OK);
    assert_int_not_equal(cached.generation, 0);
    assert_int_equal(cached.generation, stored.generation);
    /* Evicted and loaded in one step, beside another write: still the old commit. */
    hf_lease l;
    begin(f);
    assert_int_equal(hf_keystore_lease(&f->ks, key_id(1), 0, &l), HF_OK);
    hf_keystore_release(&f->ks, &l);
    assert_int_equal(hf_keystore_evict(&f->ks, key_id(1)), HF_OK);
    assert_int_equal(hf_keystore_lease(&f->ks, key_id(1), 0, &l), HF_OK);
    hf_metadata meta = { .id = key_id(2) };
    assert_int_equal(hf_keystore_import(&f->ks, &meta, RAW(2), true), HF_OK);
    assert_int_equal(end(f, HF_OK), HF_OK);
    release(f, &l);
    assert_int_equal(metadata(f, key_id(1), &cached, NULL), HF_OK);
    assert_int_equal(cached.generation, stored.generation);
}

static void test_parsed_form_is_shared_and_dropped_once(void **state)
{
    fixture *f = *state;
    int form = 0;
    int other = 0;
    hf_lease a;
    hf_lease b;
    store_keys(f, 1);
    assert_int_equal(lease(f, key_id(1), 0, &a), HF_OK);
    assert_int_equal(lease(f, key_id(1), 0, &b), HF_OK);
    assert_null(a.key.parsed);
    a.key.parsed = &form;
    a.key.device = 3;
    a.is_parsed_own = true;
    b.key.parsed = &other;
    b.is_parsed_own = true;
    release(f, &a);
    assert_int_equal(f->drops.count, 0);
    release(f, &b); /* the slot has one already */
    assert_int_equal(f->drops.count, 1);
    assert_ptr_equal(f->drops.items[0].parsed, &other);
    assert_int_equal(lease(f, key_id(1), 0, &a), HF_OK);
    assert_ptr_equal(a.key.parsed, &form);
    assert_int_equal(a.key.device, 3);
    assert_false(a.is_parsed_own);
    assert_int_equal(erase(f, key_id(1)), HF_OK);
    assert_int_equal(f->drops.count, 0); /* still leased */
    release(f, &a);
    assert_int_equal(f->drops.count, 1);
    assert_ptr_equal(f->drops.items[0].parsed, &form);
    assert_int_equal(f->drops.items[0].device, 3);
}

static void test_parsed_form_brought_to_doomed_slot_is_dropped(void **state)
{
    fixture *f = *state;
    int form = 0;
    hf_lease a;
    store_keys(f, 1);
    hf_lease b;
    assert_int_equal(lease(f, key_id(1), 0, &a), HF_OK);
    assert_int_equal(lease(f, key_id(1), 0, &b), HF_OK);
    assert_int_equal(erase(f, key_id(1)), HF_OK);
    a.key.parsed = &form;
    a.is_parsed_own = true;
    release(f, &a);
    assert_int_equal(f->drops.count, 1);
    assert_ptr_equal(f->drops.items[0].parsed, &form);
    release(f, &b);
    assert_int_equal(f->drops.count, 0);
}

static void attach(fixture *f, hf_id id, void *form)
{
    hf_lease l;
    assert_int_equal(lease(f, id, 0, &l), HF_OK);
    l.key.parsed = form;
    l.is_parsed_own = true;
    release(f, &l);
}

static void test_parsed_forms_beyond_the_drops_wait_in_limbo(void **state)
{
    fixture *f = *state;
    int forms[8];
    resize(f, 8, 0, 1);
    store_keys(f, 8);
    for (uint32_t n = 1; n <= 8; n++) {
        attach(f, key_id(n), &forms[n - 1]);
    }
    begin(f);
    f->drops.count = HF_DROPS_SLOTS_MAX - 2u; /* room for two */
    for (uint32_t n = 1; n <= 4; n++) {
        assert_int_equal(hf_keystore_evict(&f->ks, key_id(n)), HF_OK);
    }
    assert_int_equal(end(f, HF_OK), HF_OK);
    assert_int_equal(f->drops.count, HF_DROPS_SLOTS_MAX);
    assert_int_equal(usage_of(f).small_used_count, 6 - 2);
    assert_int_equal(f->drops.count, 2);
    for (uint8_t n = 1; n <= 4; n++) {
        assert_false(holds(f, RAW(n)));
    }
}

static void test_parsed_forms_in_limbo_come_with_the_next_step(void **state)
{
    fixture *f = *state;
    int form = 0;
    store_keys(f, 1);
    attach(f, key_id(1), &form);
    begin(f);
    f->drops.count = HF_DROPS_SLOTS_MAX;
    assert_int_equal(hf_keystore_evict(&f->ks, key_id(1)), HF_OK);
    assert_int_equal(end(f, HF_OK), HF_OK);
    assert_int_equal(f->drops.count, HF_DROPS_SLOTS_MAX);
    assert_false(holds(f, RAW(1)));
    begin(f);
    assert_int_equal(f->drops.count, 1);
    assert_ptr_equal(f->drops.items[0].parsed, &form);
    assert_int_equal(end(f, HF_OK), HF_OK);
    assert_int_equal(usage_of(f).small_used_count, 0);
}

static void test_eviction_without_room_for_its_parsed_form_limit(void **state)
{
    fixture *f = *state;
    int form = 0;
    hf_lease l;
    resize(f, 1, 0, 1);
    store_keys(f, 2);
    attach(f, key_id(1), &form);
    begin(f);
    f->drops.count = HF_DROPS_SLOTS_MAX;
    int rc = hf_keystore_lease(&f->ks, key_id(2), 0, &l);
    assert_int_equal(end(f, rc), HF_ERR_LIMIT);
    assert_true(is_cached(f, key_id(1)));
    assert_int_equal(lease(f, key_id(2), 0, &l), HF_OK);
    assert_int_equal(f->drops.count, 1);
    release(f, &l);
}

static void test_release_without_room_leaves_form_in_lease(void **state)
{
    fixture *f = *state;
    int form = 0;
    int own = 0;
    hf_lease l;
    store_keys(f, 1);
    attach(f, key_id(1), &form);
    assert_int_equal(lease(f, key_id(1), 0, &l), HF_OK);
    l.key.parsed = &own;
    l.is_parsed_own = true;
    begin(f);
    f->drops.count = HF_DROPS_MAX;
    hf_keystore_release(&f->ks, &l);
    assert_int_equal(end(f, HF_OK), HF_OK);
    assert_false(l.is_held);
    assert_true(l.is_parsed_own);
    assert_ptr_equal(l.key.parsed, &own);
    assert_int_equal(f->drops.count, HF_DROPS_MAX);
}

static void test_lease_damaged_key_corrupt_and_nothing_cached(void **state)
{
    fixture *f = *state;
    hf_lease l;
    store_keys(f, 1);
    sync_store(f);
    assert_int_equal(evict(f, key_id(1)), HF_OK);
    hf_bytes raw = RAW(1);
    for (size_t at = 0; at + raw.len <= sizeof(f->medium); at++) {
        if (memcmp(f->medium + at, raw.data, raw.len) == 0) {
            f->medium[at + 31] ^= 1;
        }
    }
    assert_int_equal(lease(f, key_id(1), 0, &l), HF_ERR_CORRUPT);
    assert_false(l.is_held);
    assert_false(is_cached(f, key_id(1)));
    assert_false(holds(f, hf_bytes_of(raw.data, 16)));
    assert_int_equal(usage_of(f).small_used_count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_init_bad_config_refused),
        TEST(test_lease_unknown_key_notfound),
        TEST(test_lease_tells_whether_the_material_is_the_same),
        TEST(test_lease_evicted_key_is_loaded_again),
        TEST(test_lease_missing_usage_refused_cached_or_not),
        TEST(test_lease_evicts_least_recently_released),
        TEST(test_lease_eviction_for_own_use_wakes_nobody),
        TEST(test_lease_leased_keys_are_not_evicted_but_busy),
        TEST(test_lease_uncommitted_keys_fill_cache_full),
        TEST(test_lease_doomed_slot_is_something_to_wait_for),
        TEST(test_lease_own_leases_of_the_step_are_not_waited_for),
        TEST(test_lease_small_key_uses_large_slot_last),
        TEST(test_lease_survives_failing_step_and_release_too),
        TEST(test_lease_ticket_covers_the_commit_it_saw),
        TEST(test_lease_generation_is_that_of_the_store),
        TEST(test_parsed_form_is_shared_and_dropped_once),
        TEST(test_parsed_form_brought_to_doomed_slot_is_dropped),
        TEST(test_parsed_forms_beyond_the_drops_wait_in_limbo),
        TEST(test_parsed_forms_in_limbo_come_with_the_next_step),
        TEST(test_eviction_without_room_for_its_parsed_form_limit),
        TEST(test_release_without_room_leaves_form_in_lease),
        TEST(test_lease_damaged_key_corrupt_and_nothing_cached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
