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
static runner_place place = { .test = "test_flipped_bit_is_found_or_harmless" };
static uint64_t found_at_open;

/* Look at everything, clean, and look again. */
static void use_damaged(void)
{
    enum workload_result result = workload_open(&after);
    if (result == WORKLOAD_STOPPED) {
        found_at_open++;
        return;
    }
    runner_expect(&after, result, &place);
    bool more = true;
    bool is_in_vain = false;
    for (uint32_t i = 0; i < 500 && more && !is_in_vain && result == WORKLOAD_OK; i++) {
        result = workload_clean(&after, i == 0, &more, &is_in_vain);
    }
    runner_allow(&after, result, &place);
    result = workload_check(&after);
    runner_allow(&after, result, &place);
    result = workload_close(&after);
    runner_allow(&after, result, &place);
    if (result == WORKLOAD_OK) {
        result = workload_open(&after);
        runner_allow(&after, result, &place);
    }
}

static void test_flipped_bit_is_found_or_harmless(void **state)
{
    (void)state;
    runner r = runner_of(RUN_COUNT);
    for (uint64_t seed = r.first_seed; seed < r.first_seed + r.run_count; seed++) {
        place.seed = seed;
        place.cut = 0;
        runner_begin(&worker, &device, seed);
        runner_expect(&worker, workload_open(&worker), &place);
        enum workload_result result = workload_run(&worker, STEP_COUNT);
        runner_expect(&worker, result, &place);
        runner_expect(&worker, workload_close(&worker), &place);
        for (uint64_t i = 1; i <= FLIP_COUNT; i++) {
            uint64_t flip = r.cut != 0 ? r.cut : i;
            place.cut = flip;
            random_state random = random_of(seed * 7919u + flip);
            fault_device_copy(&after_device, &device);
            size_t offset = random_below(&random, device.size);
            fault_device_flip(&after_device, offset, random_below(&random, 8));
            workload_copy(&after, &worker, &after_device, seed);
            after.may_be_corrupt = true;
            use_damaged();
            runner_add(&total, &after);
        }
    }
    runner_print("flipped bits", &total);
    print_message("flipped bits: %llu found by opening\n",
                  (unsigned long long)found_at_open);
    if (r.run_count >= RUN_COUNT && r.cut == 0) {
        assert_true(found_at_open > 100 && total.corrupt > 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flipped_bit_is_found_or_harmless),
    };
    return cmocka_run_group_tests_name("bitflips", tests, NULL, NULL);
}
