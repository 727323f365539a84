/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Trips: see trip.h.
 */
#include "trip.h"

#include <stdio.h>
#include <stdlib.h>

#include "holdfast/posix_clock.h"

#define TRIPS_WARM 20u /* of a turn; not counted: the placement takes effect */

static int turn_take(bench_side *s, enum bench_placement placement)
{
    int rc = bench_placement_set(placement, s->pid);
    for (unsigned i = 0; rc == HF_OK && i < TRIPS_WARM + BENCH_TRIPS; i++) {
        uint64_t start_ns = hf_posix_clock_ns();
        rc = s->trip(s->context);
        if (i >= TRIPS_WARM) {
            s->trips_us[s->trip_count++] =
                (double)(hf_posix_clock_ns() - start_ns) / 1000.0;
        }
    }
    if (rc != HF_OK) {
        fprintf(stderr, "bench: a round trip: %s\n", hf_status_text(rc));
    }
    return rc;
}

static int double_compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void median_keep(bench_side *s)
{
    qsort(s->trips_us, s->trip_count, sizeof s->trips_us[0], double_compare);
    bench_samples_add(&s->medians, s->trips_us[s->trip_count / 2]);
    s->trip_count = 0;
}

static int sample_take(const bench *b, enum bench_placement placement,
                       bench_side *const *sides, size_t side_count)
{
    unsigned turns = b->long_ms / BENCH_TURN_MS;
    int rc = HF_OK;
    for (unsigned i = 0; i < turns && i < BENCH_TURNS_MAX; i++) {
        for (size_t k = 0; rc == HF_OK && k < side_count; k++) {
            rc = turn_take(sides[k], placement);
        }
    }
    for (size_t k = 0; rc == HF_OK && k < side_count; k++) {
        median_keep(sides[k]);
    }
    return rc;
}

int bench_trips_measure(const bench *b, enum bench_placement placement,
                        bench_side *const *sides, size_t side_count)
{
    for (size_t k = 0; k < side_count; k++) {
        sides[k]->trip_count = 0;
        sides[k]->medians.count = 0;
    }
    int rc = HF_OK;
    for (unsigned i = 0; rc == HF_OK && i < b->sample_count; i++) {
        rc = sample_take(b, placement, sides, side_count);
    }
    return rc;
}
