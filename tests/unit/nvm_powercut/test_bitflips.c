/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Flipped bits. A store is filled, closed cleanly, and one bit of the medium is flipped.
 * Opening it may find the damage, reading a damaged object may, or all may be as it was:
 * but what is read is right, and nothing that was durable is silently missing, old or
 * back. A cleaning must not turn a damaged object into a good one either.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner.h"

#define RUN_COUNT 72u
#define STEP_COUNT 50u
#define FLIP_COUNT 400u /* of each run */

static workload worker;
static workload after;
static fault_device device;
static fault_device after_device;
static workload_counts total;
static runner_place place;

/* Look at everything, clean, look again, and open once more. */
static void use_damaged(void)
{
    bool more = true;
    bool is_in_vain = false;
    enum workload_result result = workload_check(&after);
    runner_allow(&after, result, &place);
    result = WORKLOAD_OK;
    for (uint32_t i = 0; i < 500 && more && !is_in_vain && result == WORKLOAD_OK; i++) {
        result = workload_clean(&after, i == 0, &more, &is_in_vain);
    }
    runner_allow(&after, result, &place);
    runner_allow(&after, workload_check(&after), &place);
    runner_allow(&after, workload_run(&after, 5), &place);
    result = workload_close(&after);
    runner_allow(&after, result, &place);
    if (result == WORKLOAD_OK) {
        runner_allow(&after, workload_open(&after), &place);
    }
}

static void fill_and_close(uint64_t seed)
{
    place.seed = seed;
    place.cut = 0;
    runner_begin(&worker, &device, seed);
    runner_expect(&worker, workload_open(&worker), &place);
    runner_expect(&worker, workload_run(&worker, STEP_COUNT), &place);
    runner_expect(&worker, workload_close(&worker), &place);
}

static void flip_a_bit(uint64_t flip)
{
    random_state random = random_of(place.seed * 7919u + flip);
    size_t offset = random_below(&random, after_device.size);
    fault_device_flip(&after_device, offset, random_below(&random, 8));
    after.may_be_corrupt = true;
    after.may_be_stuck = true;
}

/* Begin one case: a copy of what was filled. */
static void begin_flip(uint64_t flip)
{
    place.cut = flip;
    fault_device_copy(&after_device, &device);
    workload_copy(&after, &worker, &after_device, place.seed);
}

static void test_flipped_bit_is_found_or_harmless(void **state)
{
    (void)state;
    runner r = runner_of(RUN_COUNT);
    uint64_t found_count = 0;
    place.test = "test_flipped_bit_is_found_or_harmless";
    for (uint64_t seed = r.first_seed; seed < r.first_seed + r.run_count; seed++) {
        fill_and_close(seed);
        for (uint64_t i = 1; i <= FLIP_COUNT; i++) {
            begin_flip(r.cut != 0 ? r.cut : i);
            flip_a_bit(place.cut);
            enum workload_result result = workload_open(&after);
            runner_allow(&after, result, &place);
            if (result == WORKLOAD_OK) {
                use_damaged();
            } else {
                found_count++;
            }
            runner_add(&total, &after);
        }
    }
    runner_print("flipped bits", &total);
    print_message("flipped bits: %llu found by opening\n",
                  (unsigned long long)found_count);
    if (r.run_count >= RUN_COUNT && r.cut == 0) {
        assert_true(found_count > 100);
    }
}

static void test_bit_flipped_while_open_is_found_or_harmless(void **state)
{
    (void)state;
    runner r = runner_of(RUN_COUNT);
    memset(&total, 0, sizeof total);
    place.test = "test_bit_flipped_while_open_is_found_or_harmless";
    for (uint64_t seed = r.first_seed; seed < r.first_seed + r.run_count; seed++) {
        fill_and_close(seed);
        for (uint64_t i = 1; i <= FLIP_COUNT; i++) {
            begin_flip(r.cut != 0 ? r.cut : i);
            runner_expect(&after, workload_open(&after), &place);
            flip_a_bit(place.cut);
            use_damaged();
            runner_add(&total, &after);
        }
    }
    runner_print("bits flipped while open", &total);
    if (r.run_count >= RUN_COUNT && r.cut == 0) {
        assert_true(total.corrupt > 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flipped_bit_is_found_or_harmless),
        cmocka_unit_test(test_bit_flipped_while_open_is_found_or_harmless),
    };
    return cmocka_run_group_tests_name("bitflips", tests, NULL, NULL);
}
