/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 * Atomic operations: their values in one thread. That they order memory is shown by the
 * users of atomic.h under ThreadSanitizer.
 */
#include "base/atomic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_atomic_u32_operations_give_the_value(void **state)
{
    (void)state;
    hf_atomic_u32 cell;
    hf_atomic_u32_init(&cell, 7);
    assert_int_equal(hf_atomic_u32_load_relaxed(&cell), 7);
    assert_int_equal(hf_atomic_u32_fetch_add_relaxed(&cell, 3), 7);
    assert_int_equal(hf_atomic_u32_load_acquire(&cell), 10);
    hf_atomic_u32_store_release(&cell, UINT32_MAX);
    assert_int_equal(hf_atomic_u32_fetch_add_relaxed(&cell, 2), UINT32_MAX);
    assert_int_equal(hf_atomic_u32_exchange(&cell, 5), 1);
    hf_atomic_u32_store_relaxed(&cell, 6);
    assert_int_equal(hf_atomic_u32_load_relaxed(&cell), 6);
    hf_atomic_u32_store_seq_cst(&cell, 8);
    assert_int_equal(hf_atomic_u32_load_seq_cst(&cell), 8);
}

static void test_atomic_u64_operations_give_the_value(void **state)
{
    (void)state;
    const uint64_t big = 0xFEDCBA9876543210ull;
    hf_atomic_u64 cell;
    hf_atomic_u64_init(&cell, big);
    assert_true(hf_atomic_u64_load_relaxed(&cell) == big);
    assert_true(hf_atomic_u64_fetch_add_relaxed(&cell, 1) == big);
    assert_true(hf_atomic_u64_load_acquire(&cell) == big + 1);
    hf_atomic_u64_store_release(&cell, UINT64_MAX);
    assert_true(hf_atomic_u64_fetch_add_relaxed(&cell, 2) == UINT64_MAX);
    assert_true(hf_atomic_u64_exchange(&cell, big) == 1);
    hf_atomic_u64_store_relaxed(&cell, 6);
    assert_true(hf_atomic_u64_load_relaxed(&cell) == 6);
}

static void test_atomic_u64_raise_only_goes_up(void **state)
{
    (void)state;
    hf_atomic_u64 cell;
    hf_atomic_u64_init(&cell, 10);
    hf_atomic_u64_raise_relaxed(&cell, 9);
    assert_true(hf_atomic_u64_load_relaxed(&cell) == 10);
    hf_atomic_u64_raise_relaxed(&cell, UINT64_MAX);
    assert_true(hf_atomic_u64_load_relaxed(&cell) == UINT64_MAX);
}

/* A 64-bit access that crosses a cache line would be torn on a 32-bit ABI. */
static void test_atomic_u64_in_a_structure_is_aligned(void **state)
{
    (void)state;
    struct probe {
        uint32_t before;
        hf_atomic_u64 cell;
    };
    assert_int_equal(offsetof(struct probe, cell) % 8, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_atomic_u32_operations_give_the_value),
        cmocka_unit_test(test_atomic_u64_operations_give_the_value),
        cmocka_unit_test(test_atomic_u64_raise_only_goes_up),
        cmocka_unit_test(test_atomic_u64_in_a_structure_is_aligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
