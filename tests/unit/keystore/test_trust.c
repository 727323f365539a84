/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Trust: which keys can have it, what becomes of their cached forms, what ends it.
 */
#include "fixture.h"

#define RAW(seed) material((seed), 32)
#define KEY1 key_id(1)
#define KEK (HF_USAGE_WRAP | HF_USAGE_UNWRAP)
#define FIXED (HF_FLAG_NONMODIFIABLE | HF_FLAG_NONDESTROYABLE)
#define GOOD (KEK | HF_FLAG_NONEXPORTABLE | FIXED)

static int trust(fixture *f, hf_id id)
{
    begin(f);
    return end(f, hf_keystore_trust(&f->ks, id));
}

static uint32_t flags_of(fixture *f, hf_id id)
{
    hf_metadata meta = { .flags = 0 };
    assert_int_equal(metadata(f, id, &meta, NULL), HF_OK);
    return meta.flags;
}

static hf_ticket head_of(fixture *f)
{
    begin(f);
    hf_ticket head = hf_nvm_head(&f->nvm);
    assert_int_equal(end(f, HF_OK), HF_OK);
    return head;
}

static void test_trust_needs_a_stored_key(void **state)
{
    fixture *f = *state;
    assert_int_equal(trust(f, KEY1), HF_ERR_NOTFOUND);
    assert_int_equal(trust(f, hf_id_make(HF_KIND_DATA, 1, 1)), HF_ERR_NOTFOUND);
    assert_int_equal(import(f, KEY1, GOOD, RAW(1), false), HF_OK);
    assert_int_equal(trust(f, KEY1), HF_ERR_NOTFOUND);
    assert_int_equal(flags_of(f, KEY1), GOOD);
}

static void test_trust_needs_a_key_that_only_wraps_and_nobody_knows(void **state)
{
    fixture *f = *state;
    static const struct {
        uint32_t flags;
        int status;
    } cases[] = {
        { GOOD, HF_OK },
        { GOOD & ~HF_USAGE_WRAP, HF_OK },
        { GOOD & ~HF_USAGE_UNWRAP, HF_OK },
        { GOOD & ~KEK, HF_ERR_USAGE },
        { GOOD | HF_USAGE_ENCRYPT, HF_ERR_USAGE },
        { GOOD | HF_USAGE_DECRYPT, HF_ERR_USAGE },
        { GOOD | HF_USAGE_SIGN, HF_ERR_USAGE },
        { GOOD | HF_USAGE_VERIFY, HF_ERR_USAGE },
        { GOOD | HF_USAGE_DERIVE, HF_ERR_USAGE },
        { GOOD & ~HF_FLAG_NONEXPORTABLE, HF_ERR_ACCESS },
        { (GOOD & ~HF_FLAG_NONEXPORTABLE) | HF_FLAG_SENSITIVE, HF_ERR_ACCESS },
        { GOOD | HF_FLAG_REVOKED, HF_ERR_ACCESS },
        { GOOD | HF_FLAG_LOCAL, HF_OK },
        { (GOOD & ~FIXED) | HF_FLAG_LOCAL, HF_ERR_ACCESS },
        { GOOD & ~HF_FLAG_NONMODIFIABLE, HF_ERR_ACCESS },
        { GOOD & ~HF_FLAG_NONDESTROYABLE, HF_ERR_ACCESS },
    };
    for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t flags = cases[i].flags;
        hf_id id = key_id(i + 1);
        assert_int_equal(import(f, id, flags, RAW((uint8_t)i), true), HF_OK);
        assert_int_equal(trust(f, id), cases[i].status);
        bool is_trusted = cases[i].status == HF_OK;
        assert_int_equal(flags_of(f, id), flags | (is_trusted ? HF_FLAG_TRUSTED : 0));
        assert_key(f, id, 0, RAW((uint8_t)i));
    }
    reopen(f);
    for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool is_trusted = (flags_of(f, key_id(i + 1)) & HF_FLAG_TRUSTED) != 0;
        assert_int_equal(is_trusted, cases[i].status == HF_OK);
    }
}

static void test_trust_reaches_later_leases_and_leaves_those_that_are_out(void **state)
{
    fixture *f = *state;
    hf_lease before;
    hf_lease after;
    assert_int_equal(import(f, KEY1, GOOD, RAW(1), true), HF_OK);
    assert_int_equal(lease(f, KEY1, HF_USAGE_WRAP, &before), HF_OK);
    assert_int_equal(trust(f, KEY1), HF_OK);
    assert_int_equal(lease(f, KEY1, HF_USAGE_WRAP, &after), HF_OK);
    assert_int_equal(before.meta.flags, GOOD);
    assert_int_equal(after.meta.flags, GOOD | HF_FLAG_TRUSTED);
    assert_memory_equal(before.key.material.data, RAW(1).data, 32);
    assert_int_equal(usage_of(f).doomed_count, 1);
    release(f, &before);
    release(f, &after);
    assert_int_equal(usage_of(f).doomed_count, 0);
    assert_consistent(f);
    /* Once more changes nothing. */
    hf_ticket ticket = head_of(f);
    assert_int_equal(trust(f, KEY1), HF_OK);
    assert_int_equal(head_of(f), ticket);
}

/* Trust is given to an id, at each start: so nobody may put a key that he knows there. */
static void test_trusted_key_keeps_its_place(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, GOOD, RAW(1), true), HF_OK);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(import(f, KEY1, GOOD, RAW(2), true), HF_ERR_ACCESS);
        assert_int_equal(import(f, KEY1, GOOD, RAW(2), false), HF_ERR_ACCESS);
        assert_int_equal(erase(f, KEY1), HF_ERR_ACCESS);
        assert_int_equal(trust(f, KEY1), HF_OK);
    }
    assert_int_equal(evict(f, KEY1), HF_OK);
    assert_int_equal(flags_of(f, KEY1), GOOD | HF_FLAG_TRUSTED);
    assert_key(f, KEY1, KEK, RAW(1));
}

static void test_trust_in_a_step_that_fails_is_not_given(void **state)
{
    fixture *f = *state;
    assert_int_equal(import(f, KEY1, GOOD, RAW(1), true), HF_OK);
    begin(f);
    assert_int_equal(hf_keystore_trust(&f->ks, KEY1), HF_OK);
    assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
    assert_int_equal(flags_of(f, KEY1), GOOD);
    assert_true(is_cached(f, KEY1));
    assert_key(f, KEY1, KEK, RAW(1));
    assert_consistent(f);
}

static void test_trust_with_full_cache_still_works(void **state)
{
    fixture *f = *state;
    resize(f, 1, 0, 1);
    assert_int_equal(import(f, KEY1, GOOD, RAW(1), true), HF_OK);
    assert_int_equal(import(f, key_id(2), USABLE, RAW(2), false), HF_OK);
    assert_int_equal(trust(f, KEY1), HF_OK);
    assert_int_equal(flags_of(f, KEY1), GOOD | HF_FLAG_TRUSTED);
    assert_false(holds(f, RAW(1))); /* not in the scratch memory, either */
}

/* Uses that were counted in the cache are counted behind it as well. */
static void test_trust_loses_no_count_of_uses(void **state)
{
    fixture *f = *state;
    hf_lease l;
    assert_int_equal(import(f, KEY1, GOOD, RAW(1), true), HF_OK);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(lease(f, KEY1, HF_USAGE_WRAP, &l), HF_OK);
        assert_int_equal(count_use(f, &l, 4), HF_OK);
        assert_int_equal(count_use(f, &l, 4), HF_OK);
        release(f, &l);
        assert_int_equal(trust(f, KEY1), HF_OK);
    }
    assert_int_equal(lease(f, KEY1, HF_USAGE_WRAP, &l), HF_OK);
    assert_int_equal(count_use(f, &l, 4), HF_ERR_LIMIT);
    release(f, &l);
}

static void test_trust_stays_with_a_revoked_key_and_helps_nobody(void **state)
{
    fixture *f = *state;
    hf_lease l;
    assert_int_equal(import(f, KEY1, GOOD, RAW(1), true), HF_OK);
    assert_int_equal(trust(f, KEY1), HF_OK);
    assert_int_equal(revoke(f, KEY1), HF_OK);
    assert_int_equal(trust(f, KEY1), HF_OK); /* it is: a start needs no other answer */
    assert_int_equal(lease(f, KEY1, HF_USAGE_WRAP, &l), HF_ERR_USAGE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_trust_needs_a_stored_key),
        TEST(test_trust_needs_a_key_that_only_wraps_and_nobody_knows),
        TEST(test_trust_reaches_later_leases_and_leaves_those_that_are_out),
        TEST(test_trusted_key_keeps_its_place),
        TEST(test_trust_in_a_step_that_fails_is_not_given),
        TEST(test_trust_with_full_cache_still_works),
        TEST(test_trust_loses_no_count_of_uses),
        TEST(test_trust_stays_with_a_revoked_key_and_helps_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
