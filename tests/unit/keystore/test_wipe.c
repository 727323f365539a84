/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * No byte of a key stays in the keystore's memory: after every way in which a key leaves
 * its slot, and after cleanup, which also destroys the parsed forms.
 */
#include "fixture.h"

#include <string.h>

#include "keystore/slot.h"

#define RAW(seed) material((seed), 100)
#define KEY1 key_id(1)

/* A device whose parsed forms are numbers of calls. */
static void parsed_destroy(void *context, void *parsed)
{
    (void)context;
    *(int *)parsed += 1;
}

static bool supports_all(void *context, uint16_t algorithm, uint32_t key_type)
{
    (void)context;
    (void)algorithm;
    (void)key_type;
    return true;
}

static bool supports_all_keys(void *context, uint32_t key_type)
{
    (void)context;
    (void)key_type;
    return true;
}

static const hf_crypto_device_ops device_ops = { .is_supported = supports_all,
                                                 .is_key_supported = supports_all_keys,
                                                 .parsed_destroy = parsed_destroy };

static void leave_by_evict(fixture *f)
{
    assert_int_equal(evict(f, KEY1), HF_OK);
}

static void leave_by_erase(fixture *f)
{
    assert_int_equal(erase(f, KEY1), HF_OK);
}

static void leave_by_import(fixture *f)
{
    assert_int_equal(import(f, KEY1, 0, material(2, 20), true), HF_OK);
}

static void leave_by_lru(fixture *f)
{
    for (uint32_t n = 2; n <= 7; n++) {
        assert_int_equal(import(f, key_id(n), 0, material(2, 20), true), HF_OK);
    }
}

static void leave_by_lease(fixture *f)
{
    hf_lease l;
    assert_int_equal(lease(f, KEY1, 0, &l), HF_OK);
    assert_int_equal(erase(f, KEY1), HF_OK);
    assert_true(holds(f, hf_bytes_of(RAW(1).data, 8)));
    release(f, &l);
}

static void leave_by_cleanup(fixture *f)
{
    hf_keystore_cleanup(&f->ks, NULL);
    assert_false(holds(f, hf_bytes_of(RAW(1).data, 8)));
    resize(f, 4, 2, 2);
}

static void test_wipe_of_every_way_out(void **state)
{
    fixture *f = *state;
    void (*const ways[])(
        fixture *) = { leave_by_evict, leave_by_erase, leave_by_import,
                       leave_by_lru,   leave_by_lease, leave_by_cleanup };
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        assert_int_equal(import(f, KEY1, 0, RAW(1), true), HF_OK);
        assert_true(holds(f, RAW(1)));
        ways[i](f);
        assert_false(holds(f, hf_bytes_of(RAW(1).data, 8)));
    }
}

static void test_wipe_of_staged_slot_when_the_step_fails(void **state)
{
    fixture *f = *state;
    hf_metadata meta = { .id = KEY1 };
    for (int store = 0; store < 2; store++) {
        begin(f);
        assert_int_equal(hf_keystore_import(&f->ks, &meta, RAW(1), store != 0), HF_OK);
        assert_true(holds(f, RAW(1)));
        assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
        assert_false(holds(f, hf_bytes_of(RAW(1).data, 8)));
    }
    break_store(f);
    begin(f);
    int rc = hf_keystore_import(&f->ks, &meta, RAW(1), true);
    assert_false(holds(f, hf_bytes_of(RAW(1).data, 8)));
    assert_int_equal(end(f, rc), HF_ERR_IO);
}

static void test_cleanup_destroys_parsed_forms(void **state)
{
    fixture *f = *state;
    hf_crypto crypto;
    hf_lease l;
    int destroyed[2] = { 0, 0 };
    hf_crypto_device_config config = { .ops = &device_ops, .name = "test" };
    assert_int_equal(hf_crypto_init(&crypto, &config, 1), HF_OK);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(import(f, key_id(i + 1), 0, RAW(1), true), HF_OK);
        assert_int_equal(lease(f, key_id(i + 1), 0, &l), HF_OK);
        l.key.parsed = &destroyed[i];
        l.is_parsed_own = true;
        release(f, &l);
    }
    begin(f);
    f->drops.count = HF_DROPS_SLOTS_MAX;
    assert_int_equal(hf_keystore_evict(&f->ks, key_id(2)), HF_OK); /* into limbo */
    assert_int_equal(end(f, HF_OK), HF_OK);
    hf_keystore_cleanup(&f->ks, &crypto);
    assert_int_equal(destroyed[0], 1);
    assert_int_equal(destroyed[1], 1);
    assert_false(holds(f, hf_bytes_of(RAW(1).data, 8)));
    assert_int_equal(hf_crypto_cleanup(&crypto), HF_OK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_wipe_of_every_way_out),
        TEST(test_wipe_of_staged_slot_when_the_step_fails),
        TEST(test_cleanup_destroys_parsed_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
