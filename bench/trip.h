/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Trips: how long one thing takes, when it is done alone, one after the other. A sample
 * is the median of many trips, taken from all that are compared in short turns: what else
 * the machine does makes some trips long, not most.
 */
#ifndef BENCH_TRIP_H
#define BENCH_TRIP_H

#include <sys/types.h>

#include "measure.h"
#include "placement.h"

#define BENCH_TRIPS 200u  /* of a turn, counted */
#define BENCH_TURN_MS 20u /* about; a sample has one turn of each side per this */
#define BENCH_TURNS_MAX 25u

/* One of those that are compared. `trip`, `context` and `pid` are the caller's. */
typedef struct bench_side {
    int (*trip)(void *context); /* HF_OK or an error */
    void *context;
    pid_t pid; /* of the other process; this one's when there is none */
    double trips_us[BENCH_TURNS_MAX * BENCH_TRIPS];
    size_t trip_count;
    bench_samples medians; /* a median of each sample, us */
} bench_side;

/* Take the samples of all sides, with this process and the other in `placement`. HF_OK
 * or an error (printed). */
int bench_trips_measure(const bench *b, enum bench_placement placement,
                        bench_side *const *sides, size_t side_count) HF_MUST_CHECK;

#endif
