/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Statistics: buckets, the 99th percentile, and sums over shards and groups.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/stats.h"

#define GROUP HF_GROUP_CRYPTO
#define SHARDS 3u

static hf_stats shards[SHARDS];

static int setup(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SHARDS; i++) {
        hf_stats_init(&shards[i]);
    }
    return 0;
}

static hf_statistics sum(uint8_t group)
{
    hf_statistics statistics;
    hf_stats_sum(shards, SHARDS, group, &statistics);
    return statistics;
}

static void test_nothing_counted_is_all_zero(void **state)
{
    (void)state;
    hf_statistics none = sum(0);
    assert_int_equal(0, none.request_count);
    assert_int_equal(0, none.hold_ns_p99);
    hf_stats_request(NULL, GROUP, HF_OK); /* no statistics are kept */
    hf_stats_hold(NULL, GROUP, 1, 1);
    hf_stats_sum(NULL, 0, 0, &none);
    assert_int_equal(0, none.lock_count);
}

static void test_counts_are_summed_by_group_and_over_shards(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SHARDS; i++) {
        hf_stats_request(&shards[i], GROUP, HF_OK);
        hf_stats_request(&shards[i], GROUP, HF_ERR_VERIFY);
        hf_stats_request(&shards[i], HF_GROUP_NVM, HF_OK);
        hf_stats_again(&shards[i], GROUP);
        hf_stats_parked(&shards[i], GROUP);
        hf_stats_queued(&shards[i], GROUP);
        hf_stats_hold(&shards[i], GROUP, 10 + i, 100 + i);
    }
    hf_statistics one = sum(GROUP);
    assert_int_equal(6, one.request_count);
    assert_int_equal(3, one.error_count);
    assert_int_equal(3, one.again_count);
    assert_int_equal(3, one.parked_count);
    assert_int_equal(3, one.queued_count);
    assert_int_equal(3, one.lock_count);
    assert_int_equal(303, one.hold_ns);
    assert_int_equal(33, one.wait_ns);
    assert_int_equal(102, one.hold_ns_max);
    assert_int_equal(12, one.wait_ns_max);
    assert_int_equal(3, sum(HF_GROUP_NVM).request_count);
    assert_int_equal(9, sum(0).request_count);
}

/* What a client makes up as a group counts for no group, but for all together. */
static void test_request_of_no_group_counts_for_no_group(void **state)
{
    (void)state;
    static const uint8_t unknown[] = { 0, HF_STATS_GROUP_COUNT,
                                       HF_STATS_GROUP_COUNT + GROUP, 0xFF };
    for (size_t i = 0; i < sizeof unknown; i++) {
        hf_stats_request(&shards[0], unknown[i], HF_ERR_UNKNOWN);
    }
    for (uint8_t group = 1; group < HF_STATS_GROUP_COUNT; group++) {
        assert_int_equal(0, sum(group).request_count);
    }
    assert_int_equal(sizeof unknown, sum(0).request_count);
    assert_int_equal(sizeof unknown, sum(0).error_count);
}

/* The end of the only hold's bucket is at or above it, and at most an eighth too high. */
static void test_percentile_of_one_hold_is_close_above_it(void **state)
{
    for (uint64_t ns = 16; ns < (1u << 27); ns += 1 + ns / 5) {
        setup(state);
        hf_stats_hold(&shards[1], GROUP, 0, ns);
        uint64_t p99 = sum(GROUP).hold_ns_p99;
        assert_true(p99 > ns);
        assert_true(p99 - ns <= ns / 8 + 1);
    }
    static const uint64_t edges[] = { 0, 1, 15, 1u << 27, UINT64_MAX };
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        setup(state);
        hf_stats_hold(&shards[0], GROUP, 0, edges[i]);
        uint64_t p99 = sum(GROUP).hold_ns_p99;
        assert_int_equal(edges[i] < 16 ? 18 : 1u << 27, p99);
    }
}

static void test_percentile_leaves_one_in_a_hundred_above(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 990; i++) {
        hf_stats_hold(&shards[i % SHARDS], GROUP, 0, 1000);
    }
    for (uint32_t i = 0; i < 10; i++) {
        hf_stats_hold(&shards[i % SHARDS], GROUP, 0, 1000000);
    }
    assert_int_equal(1024, sum(GROUP).hold_ns_p99);
    hf_stats_hold(&shards[0], GROUP, 0, 1000000); /* 11 of 1001 */
    assert_true(sum(GROUP).hold_ns_p99 >= 1000000);
    assert_int_equal(0, sum(HF_GROUP_NVM).hold_ns_p99);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_counted_is_all_zero),
        TEST(test_counts_are_summed_by_group_and_over_shards),
        TEST(test_request_of_no_group_counts_for_no_group),
        TEST(test_percentile_of_one_hold_is_close_above_it),
        TEST(test_percentile_leaves_one_in_a_hundred_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
