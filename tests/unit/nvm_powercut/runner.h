/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the power-cut programs share: the runs that were asked for, the device that a seed
 * stands for, and how a defect is told.
 *
 * A run follows from its seed. The environment chooses:
 *   HF_POWERCUT_SEED  the first seed; default: 0, so that a plain run is always the same
 *   HF_POWERCUT_RUNS  how many seeds from there on; default: what the test says
 *   HF_POWERCUT_CUT   only this operation (or bit) of each run; default: every one
 */
#ifndef TESTS_NVM_POWERCUT_RUNNER_H
#define TESTS_NVM_POWERCUT_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "workload.h"

typedef struct runner {
    uint64_t first_seed;
    uint64_t run_count;
    uint64_t cut; /* 0: every one */
} runner;

/* Where a test is, to be told on a defect. */
typedef struct runner_place {
    const char *test;
    uint64_t seed;
    uint64_t cut; /* 0: before any */
} runner_place;

/* The runs that the environment asks for, or `run_count` of them. */
runner runner_of(uint64_t run_count);

/* The blank device and the empty workload of a seed. */
void runner_begin(workload *w, fault_device *device, uint64_t seed);

/* The index-th way in which a cut may end, or false: there is no further one. */
bool runner_ending(const fault_device *device, uint32_t index, fault_ending *ending,
                   random_state *random);

/* Fail the test unless `result` is WORKLOAD_OK. Tells the defect and the command that
 * repeats the run. */
void runner_expect(const workload *w, enum workload_result result,
                   const runner_place *place);

/* The same, but WORKLOAD_STOPPED is right too. */
void runner_allow(const workload *w, enum workload_result result,
                  const runner_place *place);

/* Add the counts of a workload to a sum. */
void runner_add(workload_counts *sum, const workload *w);

/* Print a sum. */
void runner_print(const char *title, const workload_counts *sum);

#endif
