/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Power cuts. A random workload is run once to count its device operations, then again
 * for each of them with the power lost in its middle. Each cut is played out in many ways
 * (torn at each granule, unsynced writes kept, lost or kept in part), the store is opened
 * again and compared with the model, worked with, and cut a second time; for some, power
 * is lost at each operation of the recovery too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner.h"

#define RUN_COUNT 72u       /* every kind of device and filling once */
#define STEP_COUNT 60u      /* before the cut */
#define AFTER_STEP_COUNT 8u /* after it */
#define RECOVERY_CUT_MAX 200u
#define REOPEN_COUNT 40u
#define WORK_CUT_COUNT 40u

static workload worker; /* runs up to the cut */
static workload after;  /* goes on after it */
static workload retry;  /* plays cuts of the recovery */
static fault_device device;
static fault_device after_device;
static fault_device retry_device;
static workload_counts total;
static runner_place place;

/* Run the workload of a seed with power lost at operation `cut`. */
static enum workload_result run_to_cut(uint64_t seed, uint64_t cut)
{
    runner_begin(&worker, &device, seed);
    fault_device_arm(&device, cut, 0, 0);
    enum workload_result result = workload_open(&worker);
    if (result == WORKLOAD_OK) {
        result = workload_run(&worker, STEP_COUNT);
    }
    runner_add(&total, &worker);
    return result;
}

/* Lose power at each operation of the recovery, then recover. */
static void cut_recovery(uint64_t seed, uint64_t cut)
{
    random_state random = random_of(seed ^ (cut << 20));
    for (uint64_t i = 1; i <= RECOVERY_CUT_MAX; i++) {
        fault_device_copy(&retry_device, &after_device);
        workload_copy(&retry, &after, &retry_device, seed + i);
        fault_device_arm(&retry_device, i, 0, 0);
        enum workload_result result = workload_open(&retry);
        runner_allow(&retry, result, &place);
        if (result == WORKLOAD_OK) {
            return; /* the recovery has fewer operations */
        }
        fault_ending ending;
        (void)runner_ending(&retry_device, random_below(&random, 6), &ending, &random);
        fault_device_power_on(&retry_device, &ending);
        runner_expect(&retry, workload_open(&retry), &place);
        runner_expect(&retry, workload_check(&retry), &place);
        runner_add(&total, &retry);
    }
    fail_msg("a recovery has more than %u operations", RECOVERY_CUT_MAX);
}

/* Open after a cut, work, lose power again, open, close, open. */
static void go_on(random_state *random)
{
    fault_ending ending;
    enum workload_result result = workload_open(&after);
    runner_expect(&after, result, &place);
    fault_device_arm(&after_device, 1 + random_below(random, 12), 0, 0);
    result = workload_run(&after, AFTER_STEP_COUNT);
    runner_allow(&after, result, &place);
    if (result == WORKLOAD_STOPPED) {
        (void)runner_ending(&after_device, random_below(random, 6), &ending, random);
        fault_device_power_on(&after_device, &ending);
        after.may_be_stuck = true;
        runner_expect(&after, workload_open(&after), &place);
    }
    fault_device_arm(&after_device, 0, 0, 0);
    runner_expect(&after, workload_run(&after, 3), &place);
    runner_expect(&after, workload_close(&after), &place);
    runner_expect(&after, workload_open(&after), &place);
    runner_expect(&after, workload_check(&after), &place);
    runner_add(&total, &after);
}

/* Play one cut out in all ways. `worker` and `device` are at the cut. */
static void play_endings(uint64_t seed, uint64_t cut)
{
    random_state random = random_of(seed * 1000003u + cut);
    fault_ending ending;
    for (uint32_t i = 0; runner_ending(&device, i, &ending, &random); i++) {
        fault_device_copy(&after_device, &device);
        after_device.random = random_of(random_next(&random));
        fault_device_power_on(&after_device, &ending);
        workload_copy(&after, &worker, &after_device, random_next(&random));
        if (random_once_in(&random, 12)) {
            cut_recovery(seed, cut);
        }
        go_on(&random);
    }
}

static void test_cut_after_every_operation_keeps_what_was_durable(void **state)
{
    (void)state;
    runner r = runner_of(RUN_COUNT);
    place.test = "test_cut_after_every_operation_keeps_what_was_durable";
    for (uint64_t seed = r.first_seed; seed < r.first_seed + r.run_count; seed++) {
        place.seed = seed;
        place.cut = 0;
        runner_expect(&worker, run_to_cut(seed, 0), &place);
        uint64_t op_count = device.op_count;
        uint64_t first = r.cut != 0 ? r.cut : 1;
        uint64_t last = r.cut != 0 ? r.cut : op_count;
        for (uint64_t cut = first; cut <= last; cut++) {
            place.cut = cut;
            enum workload_result result = run_to_cut(seed, cut);
            runner_allow(&worker, result, &place);
            if (result == WORKLOAD_STOPPED) {
                play_endings(seed, cut);
            }
        }
    }
    runner_print("power cuts", &total);
    assert_true(total.stuck <= r.run_count / 100);
    if (r.cut == 0 && r.run_count >= RUN_COUNT) {
        /* All that can happen has happened, or the test would prove little. */
        assert_true(total.commit > 1000 && total.rollback > 100 && total.lost > 100);
        assert_true(total.again_clean > 100 && total.open > 1000);
    }
}

/* Open again and again; each time power is lost before anything was done. */
static void reopen_often(random_state *random)
{
    fault_ending ending = { .loss = FAULT_LOSS_SUBSET };
    for (uint32_t i = 0; i < REOPEN_COUNT; i++) {
        runner_expect(&worker, workload_open(&worker), &place);
        if (random_once_in(random, 4)) {
            fault_device_arm(&device, 1 + random_below(random, 4), 0, 0);
            runner_allow(&worker, workload_open(&worker), &place);
        }
        fault_device_power_on(&device, &ending);
    }
    runner_expect(&worker, workload_open(&worker), &place);
    runner_expect(&worker, workload_run(&worker, 20), &place);
    runner_expect(&worker, workload_check(&worker), &place);
    runner_add(&total, &worker);
}

static void test_many_cuts_without_work_use_nothing_up(void **state)
{
    (void)state;
    runner r = runner_of(RUN_COUNT);
    place.test = "test_many_cuts_without_work_use_nothing_up";
    memset(&total, 0, sizeof total);
    for (uint64_t seed = r.first_seed; seed < r.first_seed + r.run_count; seed++) {
        place.seed = seed;
        place.cut = 0;
        runner_expect(&worker, run_to_cut(seed, 0), &place);
        uint64_t op_count = device.op_count;
        uint64_t first = r.cut != 0 ? r.cut : 1;
        uint64_t last = r.cut != 0 ? r.cut : op_count;
        for (uint64_t cut = first; cut <= last; cut += 1 + op_count / 16) {
            fault_ending ending;
            random_state random = random_of(seed * 1000003u + cut);
            place.cut = cut;
            runner_allow(&worker, run_to_cut(seed, cut), &place);
            (void)runner_ending(&device, random_below(&random, 6), &ending, &random);
            fault_device_power_on(&device, &ending);
            reopen_often(&random);
        }
    }
    runner_print("many cuts without work", &total);
}

static void test_many_cuts_at_work_leave_a_working_store(void **state)
{
    (void)state;
    runner r = runner_of(RUN_COUNT);
    place.test = "test_many_cuts_at_work_leave_a_working_store";
    memset(&total, 0, sizeof total);
    for (uint64_t seed = r.first_seed; seed < r.first_seed + r.run_count; seed++) {
        random_state random = random_of(seed);
        place.seed = seed;
        runner_begin(&worker, &device, seed);
        for (uint64_t i = 1; i <= WORK_CUT_COUNT && worker.counts.stuck == 0; i++) {
            fault_ending ending;
            place.cut = i;
            worker.may_be_stuck = i > 2;
            runner_expect(&worker, workload_open(&worker), &place);
            fault_device_arm(&device, 1 + random_below(&random, 40), 0, 0);
            runner_allow(&worker, workload_run(&worker, STEP_COUNT), &place);
            (void)runner_ending(&device, random_below(&random, 6), &ending, &random);
            fault_device_power_on(&device, &ending);
        }
        runner_add(&total, &worker);
    }
    runner_print("many cuts at work", &total);
    assert_true(total.stuck <= r.run_count / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_after_every_operation_keeps_what_was_durable),
        cmocka_unit_test(test_many_cuts_without_work_use_nothing_up),
        cmocka_unit_test(test_many_cuts_at_work_leave_a_working_store),
    };
    return cmocka_run_group_tests_name("powercut", tests, NULL, NULL);
}
