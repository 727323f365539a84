/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Harnesses: the ways to run a server and its clients for the suite. Each case gets a
 * fresh server. A program names one or more harnesses and tables of cases:
 *
 *     PROGRAM [CASE-PATTERN]
 *
 * CASE-PATTERN is "harness: case", with * and ? as wild cards. HF_STRESS_SEED and
 * HF_STRESS_SCALE (per cent of the usual number of operations) are read from the
 * environment.
 */
#ifndef TEST_HARNESS_H
#define TEST_HARNESS_H

#include "suite/suite.h"

typedef struct harness {
    const char *name;
    /* Start a server; fills ops, context and what a case may know. On an error *env is to
     * be given to stop all the same. */
    int (*start)(suite_env *env);
    /* Stop it, whatever is still connected. HF_OK, or what went wrong at the end. */
    int (*stop)(suite_env *env);
} harness;

extern const harness harness_memory_single;
extern const harness harness_memory_threads;
extern const harness harness_memory_accelerator; /* the same with the exclusive device */
extern const harness harness_unix_threads;
extern const harness harness_tcp_threads;
extern const harness harness_daemon_threads;

/* A harness, and how much is done over it: per cent, on top of HF_STRESS_SCALE. */
typedef struct harness_share {
    const harness *kind; /* NULL at the end */
    uint32_t scale;
} harness_share;

typedef struct harness_plan {
    const harness_share *shares;
    const suite_cases *const *cases; /* NULL at the end */
    uint32_t client_count;
    uint32_t storm_count;
} harness_plan;

/* Run the plan as one cmocka group; the exit status of the program. */
int harness_main(int argc, char **argv, const harness_plan *plan);

/* The tables of one client's, and of many clients' cases; NULL at the end. */
extern const suite_cases *const harness_functional[];
extern const suite_cases *const harness_contended[];

#endif
