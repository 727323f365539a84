/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Lists, counters and free numbers.
 */
#include "store.h"

static store s;

static int setup(void **state)
{
    store_options options = store_defaults();
    (void)state;
    store_create(&s, &options);
    return 0;
}

static void begin(void) HF_ACQUIRE(s.nvm.lock, hf_tsa_nvm) HF_NO_TSA
{
    assert_int_equal(hf_nvm_lock(&s.nvm), HF_OK);
}

static void end(void) HF_RELEASE(s.nvm.lock, hf_tsa_nvm)
{
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
}

static void test_next_walks_in_id_order_within_its_range(void **state)
{
    static const uint32_t numbers[] = { 9, 3, 200, 7, 1, 50 };
    static const uint32_t sorted[] = { 1, 3, 7, 9, 50, 200 };
    hf_metadata meta;
    hf_id at = 0;
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(put(&s, data_id(numbers[i]), "x", 1, NULL), HF_OK);
    }
    assert_int_equal(put(&s, key_id(1), "x", 1, NULL), HF_OK);
    begin();
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(hf_nvm_next(&s.nvm, at, data_id(HF_NUMBER_MAX), &meta), HF_OK);
        assert_true(meta.id == data_id(sorted[i]));
        at = meta.id;
    }
    assert_int_equal(hf_nvm_next(&s.nvm, at, data_id(HF_NUMBER_MAX), &meta),
                     HF_ERR_NOTFOUND);
    assert_int_equal(hf_nvm_next(&s.nvm, at, UINT64_MAX, &meta), HF_OK);
    assert_true(meta.id == key_id(1));
    assert_int_equal(hf_nvm_next(&s.nvm, key_id(1), UINT64_MAX, &meta), HF_ERR_NOTFOUND);
    end();
}

/* What exists during the whole walk comes exactly once, whatever others do. */
static void test_cursor_survives_changes_between_pages(void **state)
{
    static uint32_t seen[301];
    hf_metadata meta;
    hf_id at = 0;
    store_options options = store_defaults();
    (void)state;
    options.geometry.region_size = 65536;
    store_create(&s, &options);
    memset(seen, 0, sizeof seen);
    for (uint32_t i = 2; i <= 200; i += 2) {
        assert_int_equal(put_patiently(&s, data_id(i), "x", 1), HF_OK);
    }
    for (uint32_t round = 0;; round++) {
        begin();
        int rc = hf_nvm_next(&s.nvm, at, UINT64_MAX, &meta);
        end();
        if (rc != HF_OK) {
            break;
        }
        at = meta.id;
        seen[hf_id_number(at)]++;
        /* Others add, destroy and clean; multiples of 4 stay. */
        uint32_t other = (round * 37u) % 150u * 2u + 1u;
        assert_int_equal(put_patiently(&s, data_id(other), "y", 1), HF_OK);
        uint32_t victim = (round * 29u) % 50u * 4u + 2u;
        hf_ignore(destroy_patiently(&s, data_id(victim))); /* it may be gone */
        if (round % 20 == 0) {
            clean_all(&s);
        }
    }
    for (uint32_t i = 1; i <= 300; i++) {
        assert_true(seen[i] <= 1);
        if (i % 4 == 0 && i <= 200) {
            assert_int_equal(seen[i], 1);
        }
    }
}

static void test_counter_value_needs_no_device(void **state)
{
    uint64_t value = 0;
    uint8_t out[8];
    hf_buffer buffer = hf_buffer_of(out, sizeof out);
    (void)state;
    assert_int_equal(put(&s, counter_id(1), "\1\2\0\0\0\0\0\0", 8, NULL), HF_OK);
    sync_store(&s);
    uint32_t reads = s.read_count;
    assert_int_equal(get_counter(&s, counter_id(1), &value), HF_OK);
    assert_int_equal(value, 0x201);
    assert_int_equal(set_counter(&s, counter_id(1), UINT64_MAX), HF_OK);
    assert_int_equal(get_counter(&s, counter_id(1), &value), HF_OK);
    assert_true(value == UINT64_MAX);
    assert_int_equal(s.read_count, reads);
    begin();
    assert_int_equal(hf_nvm_read_unchecked(&s.nvm, counter_id(1), 0, &buffer), HF_OK);
    end();
    assert_true(hf_get_u64(out) == UINT64_MAX);
    store_reopen(&s);
    assert_int_equal(get_counter(&s, counter_id(1), &value), HF_OK);
    assert_true(value == UINT64_MAX);
}

static void test_counter_keeps_its_metadata_through_cleaning(void **state)
{
    uint64_t value = 0;
    bool more = true;
    (void)state;
    assert_int_equal(put(&s, counter_id(1), "\0\0\0\0\0\0\0\0", 8, NULL), HF_OK);
    for (uint64_t i = 1; i <= 100; i++) {
        assert_int_equal(set_counter_patiently(&s, counter_id(1), i), HF_OK);
    }
    while (more) {
        assert_int_equal(hf_nvm_clean_step(&s.nvm, true, &more), HF_OK);
    }
    assert_true(s.erase_count > 0);
    uint8_t hundred[8] = { 100 };
    expect_content(&s, counter_id(1), hundred, sizeof hundred);
    assert_int_equal(set_counter_patiently(&s, counter_id(1), 101), HF_OK);
    sync_store(&s);
    store_cut(&s);
    assert_int_equal(get_counter(&s, counter_id(1), &value), HF_OK);
    assert_int_equal(value, 101);
}

static void test_counter_of_another_object_is_refused(void **state)
{
    uint64_t value;
    (void)state;
    assert_int_equal(put(&s, data_id(1), "12345678", 8, NULL), HF_OK);
    assert_int_equal(put(&s, counter_id(2), "1234", 4, NULL), HF_OK);
    assert_int_equal(get_counter(&s, data_id(1), &value), HF_ERR_TYPE);
    assert_int_equal(set_counter(&s, data_id(1), 1), HF_ERR_TYPE);
    assert_int_equal(get_counter(&s, counter_id(2), &value), HF_ERR_TYPE);
    assert_int_equal(get_counter(&s, counter_id(3), &value), HF_ERR_NOTFOUND);
    assert_int_equal(set_counter(&s, counter_id(3), 1), HF_ERR_NOTFOUND);
}

static void test_find_free_skips_what_is_taken(void **state)
{
    uint32_t number = 0;
    (void)state;
    for (uint32_t i = 1; i <= 10; i++) {
        assert_int_equal(put(&s, data_id(i), "x", 1, NULL), HF_OK);
    }
    assert_int_equal(destroy(&s, data_id(4), NULL), HF_OK);
    begin();
    assert_int_equal(hf_nvm_find_free(&s.nvm, data_id(1), data_id(20), 50, &number),
                     HF_OK);
    assert_int_equal(number, 4);
    assert_int_equal(hf_nvm_find_free(&s.nvm, data_id(5), data_id(20), 50, &number),
                     HF_OK);
    assert_int_equal(number, 11);
    assert_int_equal(hf_nvm_find_free(&s.nvm, data_id(5), data_id(10), 50, &number),
                     HF_ERR_NOTFOUND);
    assert_int_equal(hf_nvm_find_free(&s.nvm, data_id(5), data_id(20), 3, &number),
                     HF_ERR_AGAIN);
    assert_int_equal(number, 8);
    assert_int_equal(hf_nvm_again_cause(&s.nvm), HF_NVM_AGAIN_NONE);
    end();
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_next_walks_in_id_order_within_its_range),
        TEST(test_cursor_survives_changes_between_pages),
        TEST(test_counter_value_needs_no_device),
        TEST(test_counter_keeps_its_metadata_through_cleaning),
        TEST(test_counter_of_another_object_is_refused),
        TEST(test_find_free_skips_what_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
