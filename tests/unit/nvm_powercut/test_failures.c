/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A device that fails once: each changing operation of a random workload, and each read,
 * in turn. The failure must come out as HF_ERR_IO and nothing else, what is durable stays
 * readable, a failed store takes no more writes, and after reopening everything that was
 * durable is there, whether or not the rest reached the medium.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runner.h"

#define RUN_COUNT 72u
#define STEP_COUNT 60u
#define READ_STRIDE_COUNT 150u /* reads of a run that fail, about */

static workload worker;
static workload after;
static fault_device device;
static fault_device after_device;
static workload_counts total;
static runner_place place;

static enum workload_result run_to_failure(uint64_t seed, uint64_t fail_at,
                                           uint64_t fail_read_at)
{
    runner_begin(&worker, &device, seed);
    fault_device_arm(&device, 0, fail_at, fail_read_at);
    enum workload_result result = workload_open(&worker);
    if (result == WORKLOAD_OK) {
        result = workload_run(&worker, STEP_COUNT);
    }
    runner_add(&total, &worker);
    return result;
}

/* Open again after a failure; the unsynced writes end in each of the three ways. */
static void reopen_all_ways(void)
{
    for (int loss = FAULT_LOSS_NONE; loss < FAULT_LOSS_COUNT; loss++) {
        const fault_ending ending = { .loss = (enum fault_loss)loss };
        fault_device_copy(&after_device, &device);
        fault_device_power_on(&after_device, &ending);
        workload_copy(&after, &worker, &after_device, place.seed + place.cut);
        runner_expect(&after, workload_open(&after), &place);
        runner_expect(&after, workload_run(&after, 5), &place);
        runner_expect(&after, workload_close(&after), &place);
        runner_expect(&after, workload_open(&after), &place);
        runner_expect(&after, workload_check(&after), &place);
        runner_add(&total, &after);
    }
}

static void test_every_operation_failing_once_loses_nothing_durable(void **state)
{
    (void)state;
    place.test = "test_every_operation_failing_once_loses_nothing_durable";
    runner r = runner_of(RUN_COUNT);
    for (uint64_t seed = r.first_seed; seed < r.first_seed + r.run_count; seed++) {
        place.seed = seed;
        place.cut = 0;
        runner_expect(&worker, run_to_failure(seed, 0, 0), &place);
        uint64_t op_count = device.op_count;
        uint64_t first = r.cut != 0 ? r.cut : 1;
        uint64_t last = r.cut != 0 ? r.cut : op_count;
        for (uint64_t at = first; at <= last; at++) {
            place.cut = at;
            enum workload_result result = run_to_failure(seed, at, 0);
            runner_allow(&worker, result, &place);
            if (result == WORKLOAD_STOPPED && worker.is_open) {
                result = workload_check_failed(&worker);
                runner_expect(&worker, result, &place);
            }
            reopen_all_ways();
        }
    }
    runner_print("failing operations", &total);
}

static void test_every_read_failing_once_loses_nothing(void **state)
{
    (void)state;
    place.test = "test_every_read_failing_once_loses_nothing";
    runner r = runner_of(RUN_COUNT);
    for (uint64_t seed = r.first_seed; seed < r.first_seed + r.run_count; seed++) {
        place.seed = seed;
        place.cut = 0;
        runner_expect(&worker, run_to_failure(seed, 0, 0), &place);
        uint64_t stride = device.read_count / READ_STRIDE_COUNT + 1;
        uint64_t first = r.cut != 0 ? r.cut : 1 + seed % stride;
        uint64_t last = r.cut != 0 ? r.cut : device.read_count;
        for (uint64_t at = first; at <= last; at += stride) {
            place.cut = at;
            enum workload_result result = run_to_failure(seed, 0, at);
            runner_allow(&worker, result, &place);
            assert_true(device.has_failed);
            reopen_all_ways();
        }
    }
    runner_print("failing reads", &total);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_operation_failing_once_loses_nothing_durable),
        cmocka_unit_test(test_every_read_failing_once_loses_nothing),
    };
    return cmocka_run_group_tests_name("failures", tests, NULL, NULL);
}
