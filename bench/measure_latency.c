/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * How long one client alone waits for a P-256 signature with a stored key, against what
 * it must cost: a signature by libcrypto, and a message there and back over a bare
 * socket, one and a half times.
 */
#include <stdio.h>
#include <unistd.h>

#include "holdfast/frame.h"
#include "measure.h"
#include "operation.h"
#include "reference.h"
#include "trip.h"

/* About the frame of a request to sign, and of its answer. */
#define MESSAGE_LEN (HF_FRAME_HEADER_SIZE + 72u)
#define TRIP_FACTOR 1.5

static int bare_trip(void *context)
{
    return bench_echo_turn(context);
}

static int bare_sign(void *context)
{
    return bench_bare_sign_turn(context);
}

static int holdfast_sign(void *context)
{
    return bench_run_sign_p256(context);
}

static int row_add(bench *b, enum bench_placement placement, double value, double limit,
                   const char *limit_name)
{
    bench_result result = { .value = value,
                            .unit = "us",
                            .limit_value = limit,
                            .bound = BENCH_AT_MOST,
                            .target = 1.0 };
    (void)snprintf(result.name, sizeof result.name, "ECDSA P-256 sign, 1 client, %s",
                   bench_placement_name(placement));
    (void)snprintf(result.limit_name, sizeof result.limit_name, "%s", limit_name);
    return bench_results_add(&b->results, &result);
}

static int placement_measure(bench *b, enum bench_placement placement,
                             bench_side *const *sides)
{
    char limit_name[BENCH_NAME_SIZE];
    int rc = bench_trips_measure(b, placement, sides, 3);
    if (rc != HF_OK) {
        return rc;
    }
    double trip_us = bench_samples_median(&sides[0]->medians);
    double sign_us = bench_samples_median(&sides[1]->medians);
    (void)snprintf(limit_name, sizeof limit_name,
                   "bare sign %.2f us + %.1f x bare round trip %.2f us", sign_us,
                   TRIP_FACTOR, trip_us);
    return row_add(b, placement, bench_samples_median(&sides[2]->medians),
                   sign_us + TRIP_FACTOR * trip_us, limit_name);
}

static int placements_measure(bench *b, bench_echo *echo, bench_bare_sign *bare,
                              bench_site *site)
{
    static const enum bench_placement placements[] = { BENCH_ONE_CPU, BENCH_APART };
    bench_side trip = { .trip = bare_trip, .context = echo, .pid = echo->pid };
    bench_side sign = { .trip = bare_sign, .context = bare, .pid = echo->pid };
    bench_side holdfast = { .trip = holdfast_sign,
                            .context = &site->load.workers[0],
                            .pid = site->server.pid };
    bench_side *sides[] = { &trip, &sign, &holdfast };
    int rc = HF_OK;
    for (size_t i = 0; rc == HF_OK && i < sizeof placements / sizeof placements[0]; i++) {
        if (bench_placement_is_possible(placements[i])) {
            rc = placement_measure(b, placements[i], sides);
        }
    }
    return rc;
}

int bench_measure_latency(bench *b)
{
    bench_echo echo = { .pid = 0 };
    bench_bare_sign bare;
    bench_site site = { .server = { .pid = 0 } };
    bench_results_head("Latency of a signature",
                       "a signature by libcrypto and 1.5 bare round trips");
    int rc = bench_bare_sign_open(&bare);
    if (rc == HF_OK) {
        rc = bench_echo_start(&echo, MESSAGE_LEN);
    }
    if (rc == HF_OK) {
        rc = bench_site_open(&site, b, 1, 0);
    }
    if (rc == HF_OK) {
        rc = placements_measure(b, &echo, &bare, &site);
    }
    bench_site_close(&site);
    bench_echo_stop(&echo);
    bench_bare_sign_close(&bare);
    return rc;
}
