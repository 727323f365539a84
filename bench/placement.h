/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Placement: on which CPUs the two sides of a measurement run. A wake-up across CPUs can
 * cost many times one on the same CPU, so what is compared has the same placement. It is
 * set from outside, for all threads of a process that exist at that time.
 */
#ifndef BENCH_PLACEMENT_H
#define BENCH_PLACEMENT_H

#include <stdbool.h>
#include <sys/types.h>

#include "holdfast/status.h"

enum bench_placement {
    BENCH_ANY_CPU,  /* as the benchmark was started */
    BENCH_ONE_CPU,  /* both sides on the first CPU */
    BENCH_APART,    /* client on the first CPU, server on the second */
    BENCH_TWO_CPUS, /* both sides on either of the first two CPUs */
    BENCH_PLACEMENT_COUNT
};

/* As in names of results: "one CPU". */
const char *bench_placement_name(enum bench_placement placement);

/* How many CPUs the benchmark may use. The first call notes which; single-threaded. */
unsigned bench_cpu_count(void);

/* Can it be set on this machine? */
bool bench_placement_is_possible(enum bench_placement placement);

/* Place this process and the server's. HF_OK or HF_ERR_SYSTEM (printed). */
int bench_placement_set(enum bench_placement placement, pid_t server) HF_MUST_CHECK;

#endif
