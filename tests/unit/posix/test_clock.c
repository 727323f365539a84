/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 * The monotonic clock.
 */
#include "holdfast/posix_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

static void test_clock_ns_never_goes_back(void **state)
{
    (void)state;
    uint64_t last = hf_posix_clock_ns();
    assert_true(last > 0);
    for (int i = 0; i < 10000; i++) {
        uint64_t now = hf_posix_clock_ns();
        assert_true(now >= last);
        last = now;
    }
}

static void test_clock_ns_moves(void **state)
{
    (void)state;
    uint64_t start = hf_posix_clock_ns();
    while (hf_posix_clock_ns() == start) {
        /* It must end: a clock that stands still makes this test time out. */
    }
}

static void test_clock_us_is_ns_by_thousand(void **state)
{
    (void)state;
    uint64_t before = hf_posix_clock_ns();
    uint64_t us = hf_posix_clock_us();
    uint64_t after = hf_posix_clock_ns();
    assert_true(before / 1000 <= us);
    assert_true(us <= after / 1000);
}

static void test_clock_ns_is_the_monotonic_clock(void **state)
{
    (void)state;
    struct timespec bound;
    uint64_t before = hf_posix_clock_ns();
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &bound), 0);
    uint64_t after = hf_posix_clock_ns();
    uint64_t ns = (uint64_t)bound.tv_sec * 1000000000u + (uint64_t)bound.tv_nsec;
    assert_true(before <= ns);
    assert_true(ns <= after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock_ns_never_goes_back),
        cmocka_unit_test(test_clock_ns_moves),
        cmocka_unit_test(test_clock_us_is_ns_by_thousand),
        cmocka_unit_test(test_clock_ns_is_the_monotonic_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
