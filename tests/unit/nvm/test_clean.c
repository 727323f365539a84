/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Cleaning, the full store, and destroyed secrets.
 */
#include "store.h"

static store s;

static void begin(void) HF_ACQUIRE(s.nvm.lock, hf_tsa_nvm) HF_NO_TSA
{
    assert_int_equal(hf_nvm_lock(&s.nvm), HF_OK);
}

static const hf_nvm_geometry geometries[] = {
    { 2, 1, 8192, 0x00 },  { 2, 8, 8192, 0xFF }, { 3, 16, 8192, 0xFF },
    { 4, 64, 8192, 0xFF }, { 8, 8, 4096, 0xFF }, { 3, 256, 32768, 0xFF },
};
#define GEOMETRY_COUNT (sizeof geometries / sizeof geometries[0])

static void create(const hf_nvm_geometry *geometry, bool is_without_scrub)
{
    store_options options = store_defaults();
    options.geometry = *geometry;
    options.is_without_scrub = is_without_scrub;
    store_create(&s, &options);
}

static void fill(uint8_t *data, size_t len, uint32_t seed)
{
    for (size_t i = 0; i < len; i++) {
        data[i] = (uint8_t)(seed * 31u + i * 7u + 1u);
    }
}

/* Overwrite a few objects many times: the log runs through all regions many times. */
static void test_overwriting_for_ever_never_fills_the_store(void **state)
{
    uint8_t data[200];
    (void)state;
    for (size_t g = 0; g < GEOMETRY_COUNT; g++) {
        create(&geometries[g], false);
        assert_int_equal(put_patiently(&s, counter_id(1), "\0\0\0\0\0\0\0\0", 8), HF_OK);
        for (uint32_t i = 1; i <= 1500; i++) {
            fill(data, sizeof data, i);
            assert_int_equal(put_patiently(&s, data_id(i % 5 + 1), data, i % 200), HF_OK);
            assert_int_equal(set_counter_patiently(&s, counter_id(1), i), HF_OK);
            if (i % 7 == 0) {
                assert_int_equal(destroy_patiently(&s, data_id(i % 5 + 1)), HF_OK);
                assert_int_equal(put_patiently(&s, data_id(i % 5 + 1), data, i % 200),
                                 HF_OK);
            }
            if (i % 250 == 0) {
                store_reopen(&s);
            } else if (i % 333 == 0) {
                store_crash(&s);
            }
        }
        assert_true(s.erase_count > 4);
        for (uint32_t i = 1496; i <= 1500; i++) {
            uint64_t value = 0;
            fill(data, sizeof data, i);
            expect_content(&s, data_id(i % 5 + 1), data, i % 200);
            assert_int_equal(get_counter(&s, counter_id(1), &value), HF_OK);
            assert_int_equal(value, 1500);
        }
        assert_int_equal(s.violation_count, 0);
    }
}

static void test_full_store_says_so_and_can_destroy_and_count(void **state)
{
    static uint8_t data[300];
    (void)state;
    for (size_t g = 0; g < GEOMETRY_COUNT; g++) {
        create(&geometries[g], false);
        assert_int_equal(put_patiently(&s, counter_id(1), "\0\0\0\0\0\0\0\0", 8), HF_OK);
        uint32_t count = 0;
        int rc = HF_OK;
        while (rc == HF_OK) {
            count++;
            fill(data, sizeof data, count);
            rc = put_patiently(&s, data_id(count), data, sizeof data);
        }
        assert_int_equal(rc, HF_ERR_NOSPACE);
        assert_true(count > 3);
        assert_true(get_space(&s).free_size < 400);
        for (uint64_t i = 1; i <= 500; i++) {
            assert_int_equal(set_counter_patiently(&s, counter_id(1), i), HF_OK);
        }
        for (uint32_t i = 1; i < count; i++) {
            fill(data, sizeof data, i);
            expect_content(&s, data_id(i), data, sizeof data);
            assert_int_equal(destroy_patiently(&s, data_id(i)), HF_OK);
            fill(data, sizeof data, count + i);
            assert_int_equal(put_patiently(&s, data_id(count + i), data, sizeof data),
                             HF_OK);
        }
        store_reopen(&s);
        for (uint32_t i = 1; i < count; i++) {
            fill(data, sizeof data, count + i);
            assert_false(exists(&s, data_id(i)));
            expect_content(&s, data_id(count + i), data, sizeof data);
        }
        assert_int_equal(s.violation_count, 0);
    }
}

static void test_full_index_refuses_new_objects_only(void **state)
{
    store_options options = store_defaults();
    (void)state;
    options.object_count = 5;
    store_create(&s, &options);
    for (uint32_t i = 1; i <= 5; i++) {
        assert_int_equal(put_patiently(&s, data_id(i), "x", 1), HF_OK);
    }
    assert_int_equal(put_patiently(&s, data_id(6), "x", 1), HF_ERR_NOSPACE);
    assert_int_equal(put_patiently(&s, data_id(5), "y", 1), HF_OK);
    assert_int_equal(destroy_patiently(&s, data_id(1)), HF_OK);
    assert_int_equal(put_patiently(&s, data_id(6), "x", 1), HF_OK);
    assert_int_equal(get_space(&s).object_count, 5);
    assert_int_equal(get_space(&s).object_count_max, 5);
    store_reopen(&s);
    assert_int_equal(get_space(&s).object_count, 5);
    assert_int_equal(hf_nvm_cleanup(&s.nvm), HF_OK);
    s.options.object_count = 4;
    assert_int_equal(store_open(&s), HF_ERR_NOSPACE);
    s.options.object_count = 5;
    assert_int_equal(store_open(&s), HF_OK);
}

static void test_cleaning_in_vain_says_nospace(void **state)
{
    bool more = true;
    (void)state;
    create(&geometries[1], false);
    assert_int_equal(hf_nvm_clean_step(&s.nvm, true, &more), HF_ERR_NOSPACE);
    assert_int_equal(hf_nvm_clean_step(&s.nvm, false, &more), HF_OK);
    assert_false(more);
}

static void test_cleaning_keeps_tickets_and_generations(void **state)
{
    hf_metadata before;
    hf_metadata after;
    bool more = true;
    (void)state;
    create(&geometries[1], false);
    assert_int_equal(put(&s, data_id(1), "kept", 4, NULL), HF_OK);
    for (uint32_t i = 0; i < 5; i++) {
        static uint8_t data[500];
        assert_int_equal(put_patiently(&s, data_id(2), data, sizeof data), HF_OK);
    }
    sync_store(&s);
    begin();
    assert_int_equal(hf_nvm_get_metadata(&s.nvm, data_id(1), &before), HF_OK);
    hf_ticket head = hf_nvm_head(&s.nvm);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
    while (more) {
        hf_ticket ticket = 99;
        assert_int_equal(hf_nvm_clean_step(&s.nvm, true, &more), HF_OK);
        begin();
        assert_int_equal(hf_nvm_get_metadata(&s.nvm, data_id(1), &after), HF_OK);
        assert_true(hf_nvm_head(&s.nvm) == head);
        assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, &ticket), HF_OK);
        assert_true(ticket == 0 && after.generation == before.generation);
    }
    assert_true(s.erase_count > 0);
    store_reopen(&s);
    begin();
    assert_int_equal(hf_nvm_get_metadata(&s.nvm, data_id(1), &after), HF_OK);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
    assert_true(after.generation == before.generation);
}

static void make_residue(void)
{
    assert_int_equal(put(&s, key_id(1), "TOPSECRET-one", 13, NULL), HF_OK);
    assert_int_equal(put(&s, key_id(2), "TOPSECRET-two", 13, NULL), HF_OK);
    assert_int_equal(put_flags(&s, data_id(3), HF_FLAG_SENSITIVE, "TOPSECRET-three", 15),
                     HF_OK);
    assert_int_equal(put(&s, data_id(4), "PUBLIC", 6, NULL), HF_OK);
    sync_store(&s);
    assert_int_equal(destroy(&s, key_id(1), NULL), HF_OK);
    assert_int_equal(put(&s, key_id(2), "replacement", 11, NULL), HF_OK);
    assert_int_equal(destroy(&s, data_id(3), NULL), HF_OK);
    assert_int_equal(destroy(&s, data_id(4), NULL), HF_OK);
    sync_store(&s);
    assert_int_equal(get_space(&s).secret_residue_count, 3);
    assert_true(is_on_medium(&s, "TOPSECRET"));
}

static void expect_no_residue(void)
{
    assert_int_equal(get_space(&s).secret_residue_count, 0);
    assert_false(is_on_medium(&s, "TOPSECRET"));
    expect_content(&s, key_id(2), "replacement", 11);
    assert_false(exists(&s, key_id(1)));
}

static void test_destroyed_secrets_are_scrubbed(void **state)
{
    (void)state;
    create(&geometries[1], false);
    make_residue();
    clean_all(&s);
    expect_no_residue();
    assert_int_equal(s.scrub_count, 3);
    assert_true(is_on_medium(&s, "PUBLIC"));
    store_crash(&s);
    expect_no_residue();
    store_reopen(&s);
    expect_no_residue();
}

static void test_destroyed_secrets_are_cleaned_away_without_scrub(void **state)
{
    (void)state;
    for (size_t g = 0; g < GEOMETRY_COUNT; g++) {
        create(&geometries[g], true);
        make_residue();
        clean_all(&s);
        expect_no_residue();
        assert_true(s.erase_count > 0);
        store_reopen(&s);
        expect_no_residue();
    }
}

static void test_residue_is_known_after_a_crash(void **state)
{
    (void)state;
    for (int without = 0; without < 2; without++) {
        create(&geometries[2], without != 0);
        make_residue();
        store_cut(&s);
        assert_int_equal(get_space(&s).secret_residue_count, 3);
        bool more;
        int rc = HF_OK;
        for (int i = 0; rc == HF_OK && get_space(&s).secret_residue_count > 0; i++) {
            assert_true(i < 1000);
            rc = hf_nvm_clean_step(&s.nvm, true, &more);
        }
        assert_int_equal(rc, HF_OK);
        expect_no_residue();
    }
}

static void test_close_scrubs(void **state)
{
    (void)state;
    create(&geometries[1], false);
    make_residue();
    store_reopen(&s);
    expect_no_residue();
}

/* What is appended beside a running cleaning leaves room for all copies. */
static void test_commits_beside_a_cleaning_cannot_wedge_it(void **state)
{
    static uint8_t data[100];
    (void)state;
    for (size_t g = 0; g < GEOMETRY_COUNT; g++) {
        create(&geometries[g], false);
        int rc = HF_OK;
        uint32_t count = 0;
        while (rc == HF_OK) {
            count++;
            fill(data, sizeof data, count);
            rc = put_patiently(&s, data_id(count), data, sizeof data);
        }
        assert_int_equal(rc, HF_ERR_NOSPACE);
        assert_int_equal(put_patiently(&s, data_id(1), data, sizeof data),
                         HF_ERR_NOSPACE);
        count--;
        assert_int_equal(destroy_patiently(&s, data_id(count)), HF_OK);
        uint32_t erases = s.erase_count;
        for (uint32_t i = 0; s.erase_count < erases + 8; i++) {
            bool more;
            assert_true(i < 20000);
            for (uint32_t j = 0; j < 200; j++) {
                uint32_t number = (i + j) % (count - 1u) + 1u;
                fill(data, sizeof data, number);
                rc = put(&s, data_id(number), data, sizeof data, NULL);
                if (rc == HF_ERR_AGAIN) {
                    break;
                }
                assert_int_equal(rc, HF_OK);
                sync_store(&s);
            }
            assert_int_equal(hf_nvm_clean_step(&s.nvm, true, &more), HF_OK);
        }
        store_reopen(&s);
        for (uint32_t i = 1; i < count; i++) {
            fill(data, sizeof data, i);
            expect_content(&s, data_id(i), data, sizeof data);
        }
    }
}

static void test_scrubs_of_an_erased_region_are_forgotten(void **state)
{
    bool more = true;
    (void)state;
    store_options options = store_defaults();
    create(&options.geometry, false);
    for (uint32_t i = 1; i <= 60; i++) {
        assert_int_equal(put_patiently(&s, key_id(i), "TOPSECRET", 9), HF_OK);
    }
    sync_store(&s);
    for (uint32_t i = 0; i < 10; i++) {
        assert_int_equal(put_patiently(&s, data_id(1), "dead soon", 9), HF_OK);
    }
    assert_int_equal(hf_nvm_clean_step(&s.nvm, true, &more), HF_OK);
    for (uint32_t i = 1; i <= 60; i++) {
        assert_int_equal(destroy_patiently(&s, key_id(i)), HF_OK);
    }
    clean_all(&s);
    assert_true(s.scrub_count < 60);
    begin();
    assert_int_equal(s.nvm.index.scrub_count, 0);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
    assert_int_equal(get_space(&s).secret_residue_count, 0);
    assert_false(is_on_medium(&s, "TOPSECRET"));
    store_reopen(&s);
    assert_int_equal(get_space(&s).secret_residue_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overwriting_for_ever_never_fills_the_store),
        cmocka_unit_test(test_full_store_says_so_and_can_destroy_and_count),
        cmocka_unit_test(test_full_index_refuses_new_objects_only),
        cmocka_unit_test(test_cleaning_in_vain_says_nospace),
        cmocka_unit_test(test_cleaning_keeps_tickets_and_generations),
        cmocka_unit_test(test_destroyed_secrets_are_scrubbed),
        cmocka_unit_test(test_destroyed_secrets_are_cleaned_away_without_scrub),
        cmocka_unit_test(test_residue_is_known_after_a_crash),
        cmocka_unit_test(test_close_scrubs),
        cmocka_unit_test(test_commits_beside_a_cleaning_cannot_wedge_it),
        cmocka_unit_test(test_scrubs_of_an_erased_region_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
