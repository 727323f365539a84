/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Unique numbers: next-fit, by owner and kind, around stored and merely cached ones, over
 * the wrap, and with more owners than entries.
 */
#include "fixture.h"

#include "keystore/owner.h"

#define RAW(seed) material((seed), 32)

/* Assign in a step of its own, run again as long as it asks for that; 0 = HF_ERR_NOSPACE.
 */
static uint32_t assign(fixture *f, uint8_t kind, uint16_t owner)
{
    hf_id id = 0;
    int rc;
    do {
        begin(f);
        rc = end(f, hf_keystore_assign_number(&f->ks, kind, owner, &id));
    } while (rc == HF_ERR_AGAIN);
    if (rc == HF_ERR_NOSPACE) {
        return 0;
    }
    assert_int_equal(rc, HF_OK);
    assert_int_equal(hf_id_kind(id), kind);
    assert_int_equal(hf_id_owner(id), owner);
    return hf_id_number(id);
}

static void set_hint(fixture *f, uint8_t kind, uint16_t owner, uint32_t last) HF_NO_TSA
{
    uint32_t i = hf_owner_get(&f->ks, owner);
    assert_int_not_equal(i, HF_KEYSTORE_NONE);
    f->ks.owners[i].hints.last[kind - 1] = last;
}

static void put(fixture *f, hf_id id)
{
    hf_metadata meta = { .id = id };
    begin(f);
    assert_int_equal(end(f, hf_nvm_put_unchecked(&f->nvm, &meta, RAW(1))), HF_OK);
}

static void test_assign_bad_kind_refused(void **state)
{
    fixture *f = *state;
    hf_id id;
    begin(f);
    assert_int_equal(hf_keystore_assign_number(&f->ks, 0, 1, &id), HF_ERR_ARG);
    assert_int_equal(hf_keystore_assign_number(&f->ks, HF_KIND_MAX + 1, 1, &id),
                     HF_ERR_ARG);
    assert_int_equal(end(f, HF_OK), HF_OK);
}

static void test_assign_is_next_fit_for_each_owner_and_kind(void **state)
{
    fixture *f = *state;
    assert_int_equal(assign(f, HF_KIND_KEY, 1), 1);
    assert_int_equal(assign(f, HF_KIND_KEY, 1), 2);
    assert_int_equal(assign(f, HF_KIND_KEY, 2), 1);
    assert_int_equal(assign(f, HF_KIND_DATA, 1), 1);
    assert_int_equal(assign(f, HF_KIND_COUNTER, 0), 1);
    assert_int_equal(assign(f, HF_KIND_SYSTEM, 1), 1);
    assert_int_equal(assign(f, HF_KIND_KEY, 1), 3);
}

static void test_assign_skips_stored_and_merely_cached(void **state)
{
    fixture *f = *state;
    put(f, key_id(1));
    put(f, key_id(2));
    assert_int_equal(import(f, key_id(3), 0, RAW(3), false), HF_OK);
    put(f, key_id(4));
    put(f, hf_id_make(HF_KIND_DATA, 1, 5));
    assert_int_equal(assign(f, HF_KIND_KEY, 1), 5);
    /* A cached key does not take the number of a data object. */
    set_hint(f, HF_KIND_DATA, 1, 2);
    assert_int_equal(assign(f, HF_KIND_DATA, 1), 3);
    assert_int_equal(assign(f, HF_KIND_DATA, 1), 4);
    assert_int_equal(assign(f, HF_KIND_DATA, 1), 6);
}

static void test_assign_does_not_reuse_freed_number_before_wrap(void **state)
{
    fixture *f = *state;
    for (uint32_t n = 1; n <= 3; n++) {
        assert_int_equal(assign(f, HF_KIND_KEY, 1), n);
        assert_int_equal(import(f, key_id(n), 0, RAW(1), true), HF_OK);
    }
    assert_int_equal(erase(f, key_id(3)), HF_OK);
    assert_int_equal(erase(f, key_id(1)), HF_OK);
    assert_int_equal(assign(f, HF_KIND_KEY, 1), 4);
    set_hint(f, HF_KIND_KEY, 1, HF_NUMBER_MAX - 2u);
    assert_int_equal(import(f, key_id(HF_NUMBER_MAX), 0, RAW(1), true), HF_OK);
    assert_int_equal(assign(f, HF_KIND_KEY, 1), HF_NUMBER_MAX - 1u);
    assert_int_equal(assign(f, HF_KIND_KEY, 1), 1);
    assert_int_equal(assign(f, HF_KIND_KEY, 1), 3);
}

static void test_assign_among_many_taken_asks_again_and_gets_there(void **state)
{
    fixture *f = *state;
    for (uint32_t n = 1; n <= 200; n++) {
        put(f, hf_id_make(HF_KIND_DATA, 1, n));
        if (n % 20 == 0) {
            sync_store(f);
        }
    }
    assert_int_equal(assign(f, HF_KIND_DATA, 1), 201);
    /* So many merely cached ones that one step cannot pass them. */
    resize(f, 16, 0, 16);
    for (uint32_t n = 1; n <= 16; n++) {
        assert_int_equal(import(f, key_id(n), 0, RAW(1), false), HF_OK);
    }
    assert_int_equal(assign(f, HF_KIND_KEY, 1), 17);
}

static void test_assign_all_taken_nospace(void **state)
{
    fixture *f = *state;
    set_hint(f, HF_KIND_KEY, 1, HF_NUMBER_MAX - 1u);
    uint32_t i = 0;
    begin(f);
    i = hf_owner_find(&f->ks, 1);
    /* All but the last number were found taken; the last one is, too. */
    f->ks.owners[i].hints.taken_kind = HF_KIND_KEY;
    f->ks.owners[i].hints.taken_count = HF_NUMBER_MAX - 1u;
    assert_int_equal(end(f, HF_OK), HF_OK);
    put(f, key_id(HF_NUMBER_MAX));
    assert_int_equal(assign(f, HF_KIND_KEY, 1), 0);
    assert_int_equal(assign(f, HF_KIND_KEY, 1), 1); /* it looks afresh the next time */
}

static void test_assign_in_two_steps_never_gives_one_number_twice(void **state)
{
    fixture *f = *state;
    hf_id a;
    hf_id b;
    begin(f);
    assert_int_equal(hf_keystore_assign_id(&f->ks, 1, &a), HF_OK);
    assert_int_equal(hf_keystore_assign_id(&f->ks, 1, &b), HF_OK);
    assert_int_not_equal(a, b);
    assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
    /* Assigned and imported in one step: taken for everybody, whatever the hint says. */
    begin(f);
    assert_int_equal(hf_keystore_assign_id(&f->ks, 1, &a), HF_OK);
    hf_metadata meta = { .id = a };
    assert_int_equal(hf_keystore_import(&f->ks, &meta, RAW(1), false), HF_OK);
    assert_int_equal(end(f, HF_OK), HF_OK);
    set_hint(f, HF_KIND_KEY, 1, hf_id_number(a) - 1u);
    assert_int_equal(assign(f, HF_KIND_KEY, 1), hf_id_number(a) + 1u);
}

static void test_assign_forgotten_owner_goes_on_above_the_floor(void **state)
{
    fixture *f = *state;
    for (uint32_t n = 1; n <= 7; n++) {
        assert_int_equal(assign(f, HF_KIND_KEY, 1), n);
    }
    for (uint16_t owner = 2; owner <= 1 + OWNER_COUNT_MAX; owner++) {
        uint32_t number = assign(f, HF_KIND_KEY, owner);
        assert_int_equal(number, owner == 1 + OWNER_COUNT_MAX ? 8 : 1);
    }
    assert_true(assign(f, HF_KIND_KEY, 1) > 7);
}

static void test_assign_without_room_for_owner_uses_the_floor(void **state)
{
    fixture *f = *state;
    resize(f, 16, 0, 2);
    for (uint16_t owner = 1; owner <= OWNER_COUNT_MAX; owner++) {
        hf_id id = hf_id_make(HF_KIND_KEY, owner, 1);
        assert_int_equal(import(f, id, 0, RAW(1), false), HF_OK);
    }
    assert_int_equal(assign(f, HF_KIND_KEY, 77), 1);
    assert_int_equal(assign(f, HF_KIND_KEY, 77), 2);
    assert_int_equal(assign(f, HF_KIND_KEY, 78), 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_assign_bad_kind_refused),
        TEST(test_assign_is_next_fit_for_each_owner_and_kind),
        TEST(test_assign_skips_stored_and_merely_cached),
        TEST(test_assign_does_not_reuse_freed_number_before_wrap),
        TEST(test_assign_among_many_taken_asks_again_and_gets_there),
        TEST(test_assign_all_taken_nospace),
        TEST(test_assign_in_two_steps_never_gives_one_number_twice),
        TEST(test_assign_forgotten_owner_goes_on_above_the_floor),
        TEST(test_assign_without_room_for_owner_uses_the_floor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
