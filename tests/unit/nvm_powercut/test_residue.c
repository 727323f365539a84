/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Destroyed secrets: once compaction says that none is left, the medium does not contain
 * the payload of any key that was destroyed or replaced.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runner.h"

#define RUN_COUNT 72u
#define STEP_COUNT 80u

static workload worker;
static fault_device device;

static void test_compaction_leaves_no_destroyed_key(void **state)
{
    runner_place place = { .test = "test_compaction_leaves_no_destroyed_key" };
    (void)state;
    runner r = runner_of(RUN_COUNT);
    for (uint64_t seed = r.first_seed; seed < r.first_seed + r.run_count; seed++) {
        place.seed = seed;
        runner_begin(&worker, &device, seed);
        runner_expect(&worker, workload_open(&worker), &place);
        enum workload_result result = workload_run(&worker, STEP_COUNT);
        runner_expect(&worker, result, &place);
        runner_expect(&worker, workload_sync(&worker), &place);
        runner_expect(&worker, workload_compact(&worker), &place);
        runner_expect(&worker, workload_check(&worker), &place);
        runner_expect(&worker, workload_close(&worker), &place);
        runner_expect(&worker, workload_open(&worker), &place);
        runner_expect(&worker, workload_check(&worker), &place);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compaction_leaves_no_destroyed_key),
    };
    return cmocka_run_group_tests_name("residue", tests, NULL, NULL);
}
