/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The index against a plain array: random inserts and removes, order, balance, the pool.
 */
#include "store.h"

#include "nvm/index.h"

#define ID_COUNT 400u
#define ENTRY_COUNT 300u

static uint64_t memory[ENTRY_COUNT * HF_NVM_INDEX_ENTRY_SIZE / 8u];

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* Height of a subtree; fails the test where order, heights or balance are wrong. */
static uint32_t check_tree(const hf_nvm_index *index, uint32_t number, hf_id low,
                           hf_id high)
{
    if (number == 0) {
        return 0;
    }
    const hf_nvm_entry *entry = hf_nvm_index_at(index, number);
    assert_true(entry->id > low && entry->id < high);
    uint32_t left = check_tree(index, entry->left, low, entry->id);
    uint32_t right = check_tree(index, entry->right, entry->id, high);
    assert_true(left <= right + 1 && right <= left + 1);
    assert_int_equal(entry->height, (left > right ? left : right) + 1);
    return entry->height;
}

static void check_all(const hf_nvm_index *index, const uint32_t *numbers)
{
    hf_id at = 0;
    uint32_t count = 0;
    for (uint32_t id = 1; id <= ID_COUNT; id++) {
        assert_int_equal(hf_nvm_index_find(index, id), numbers[id]);
        if (numbers[id] != 0) {
            count++;
            uint32_t next = hf_nvm_index_next(index, at);
            assert_int_equal(next, numbers[id]);
            at = id;
        }
    }
    assert_int_equal(hf_nvm_index_next(index, at), 0);
    assert_int_equal(index->object_count, count);
    check_tree(index, index->root, 0, ID_COUNT + 1);
}

static void test_index_random_operations_match_model(void **state)
{
    static uint32_t numbers[ID_COUNT + 1];
    hf_nvm_index index;
    uint64_t seed = 42;
    (void)state;
    hf_nvm_index_init(&index, memory, sizeof memory);
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t id = next_random(&seed) % ID_COUNT + 1;
        if (numbers[id] != 0) {
            hf_nvm_index_remove(&index, numbers[id]);
            hf_nvm_index_give(&index, numbers[id]);
            numbers[id] = 0;
        } else {
            uint32_t number = hf_nvm_index_take(&index);
            if (number == 0) {
                assert_int_equal(index.object_count, ENTRY_COUNT);
                continue;
            }
            hf_nvm_index_at(&index, number)->id = id;
            hf_nvm_index_insert(&index, number);
            numbers[id] = number;
        }
        if (i % 100 == 0) {
            check_all(&index, numbers);
        }
    }
    check_all(&index, numbers);
}

static void test_index_ascending_ids_stay_balanced(void **state)
{
    hf_nvm_index index;
    (void)state;
    hf_nvm_index_init(&index, memory, sizeof memory);
    for (uint32_t id = 1; id <= ENTRY_COUNT; id++) {
        uint32_t number = hf_nvm_index_take(&index);
        hf_nvm_index_at(&index, number)->id = id;
        hf_nvm_index_insert(&index, number);
    }
    assert_true(check_tree(&index, index.root, 0, ENTRY_COUNT + 1) <= 12);
    assert_int_equal(hf_nvm_index_take(&index), 0);
}

static void test_index_scrub_queue_is_in_order_and_gives_way(void **state)
{
    hf_nvm_index index;
    uint32_t numbers[3];
    (void)state;
    hf_nvm_index_init(&index, memory, 3 * HF_NVM_INDEX_ENTRY_SIZE);
    for (uint32_t i = 0; i < 3; i++) {
        numbers[i] = hf_nvm_index_take(&index);
        hf_nvm_index_at(&index, numbers[i])->region = (uint8_t)(i % 2);
        hf_nvm_index_push_scrub(&index, numbers[i]);
    }
    assert_int_equal(hf_nvm_index_first_scrub(&index), numbers[0]);
    /* Nothing is free, so the oldest scrub is given up. */
    assert_int_equal(hf_nvm_index_take(&index), numbers[0]);
    assert_int_equal(index.scrub_count, 2);
    hf_nvm_index_forget_scrubs(&index, 0);
    assert_int_equal(index.scrub_count, 1);
    assert_int_equal(hf_nvm_index_first_scrub(&index), numbers[1]);
    hf_nvm_index_drop_scrub(&index);
    assert_int_equal(hf_nvm_index_first_scrub(&index), 0);
    assert_int_equal(index.scrub_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index_random_operations_match_model),
        cmocka_unit_test(test_index_ascending_ids_stay_balanced),
        cmocka_unit_test(test_index_scrub_queue_is_in_order_and_gives_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
