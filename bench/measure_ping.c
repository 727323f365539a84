/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The ping: an ECHO through the server, against a message of the same size that a second
 * process sends back over a bare socket. Both with client and server on one CPU, and on
 * two.
 *
 * A sample is the median of many round trips, taken from both sides in short turns: what
 * else the machine does makes some of them long, not most.
 */
#include <stdio.h>
#include <stdlib.h>

#include "holdfast/frame.h"
#include "holdfast/posix_clock.h"
#include "measure.h"
#include "operation.h"
#include "placement.h"
#include "reference.h"

#define ECHO_LEN 64u
/* The frame of an ECHO: header, length of the data, data. */
#define MESSAGE_LEN (HF_FRAME_HEADER_SIZE + 4u + ECHO_LEN)
#define RATIO_MAX 1.5
#define TRIPS_WARM 20u /* of a turn; not counted: the placement takes effect */
#define TRIPS 200u     /* of a turn, counted */
#define TURN_MS 20u    /* about; a sample has one turn of each side per this */
#define TURNS_MAX 25u

/* One of the two that are compared. */
typedef struct side {
    int (*trip)(void *context);
    void *context;
    pid_t pid; /* of the other process */
    double trips_us[TURNS_MAX * TRIPS];
    size_t trip_count;
    bench_samples medians;
} side;

static int bare_trip(void *context)
{
    return bench_echo_turn(context);
}

static int holdfast_trip(void *context)
{
    return bench_run_echo(context);
}

static int turn_take(side *s, enum bench_placement placement)
{
    int rc = bench_placement_set(placement, s->pid);
    for (unsigned i = 0; rc == HF_OK && i < TRIPS_WARM + TRIPS; i++) {
        uint64_t start_ns = hf_posix_clock_ns();
        rc = s->trip(s->context);
        if (i >= TRIPS_WARM) {
            s->trips_us[s->trip_count++] =
                (double)(hf_posix_clock_ns() - start_ns) / 1000.0;
        }
    }
    if (rc != HF_OK) {
        fprintf(stderr, "bench: ping: %s\n", hf_status_text(rc));
    }
    return rc;
}

static int double_compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void median_keep(side *s)
{
    qsort(s->trips_us, s->trip_count, sizeof s->trips_us[0], double_compare);
    bench_samples_add(&s->medians, s->trips_us[s->trip_count / 2]);
    s->trip_count = 0;
}

static int sample_take(const bench *b, side *bare, side *holdfast,
                       enum bench_placement placement)
{
    unsigned turns = b->long_ms / TURN_MS;
    int rc = HF_OK;
    for (unsigned i = 0; rc == HF_OK && i < turns && i < TURNS_MAX; i++) {
        rc = turn_take(bare, placement);
        if (rc == HF_OK) {
            rc = turn_take(holdfast, placement);
        }
    }
    if (rc == HF_OK) {
        median_keep(bare);
        median_keep(holdfast);
    }
    return rc;
}

static int placement_measure(bench *b, side *bare, side *holdfast,
                             enum bench_placement placement)
{
    bare->medians.count = 0;
    holdfast->medians.count = 0;
    for (unsigned i = 0; i < b->sample_count; i++) {
        int rc = sample_take(b, bare, holdfast, placement);
        if (rc != HF_OK) {
            return rc;
        }
    }
    bench_result result = { .value = bench_samples_median(&holdfast->medians),
                            .unit = "us",
                            .limit_value = bench_samples_median(&bare->medians),
                            .bound = BENCH_AT_MOST,
                            .target = RATIO_MAX };
    (void)snprintf(result.name, sizeof result.name, "ping, %s",
                   bench_placement_name(placement));
    (void)snprintf(result.limit_name, sizeof result.limit_name,
                   "bare ping-pong of %u bytes, %s", (unsigned)MESSAGE_LEN,
                   bench_placement_name(placement));
    return bench_results_add(&b->results, &result);
}

static int placements_measure(bench *b, bench_echo *echo, bench_site *site)
{
    static const enum bench_placement placements[] = { BENCH_ONE_CPU, BENCH_APART };
    side bare = { .trip = bare_trip, .context = echo, .pid = echo->pid };
    side holdfast = { .trip = holdfast_trip,
                      .context = &site->load.workers[0],
                      .pid = site->server.pid };
    int rc = HF_OK;
    for (size_t i = 0; rc == HF_OK && i < sizeof placements / sizeof placements[0]; i++) {
        if (bench_placement_is_possible(placements[i])) {
            rc = placement_measure(b, &bare, &holdfast, placements[i]);
        }
    }
    return rc;
}

int bench_measure_ping(bench *b)
{
    bench_echo echo;
    bench_site site = { .server = { .pid = 0 } };
    bench_results_head("Round trip of an ECHO over the unix socket",
                       "two processes that send a message of the same size back and "
                       "forth");
    int rc = bench_echo_start(&echo, MESSAGE_LEN);
    if (rc == HF_OK) {
        rc = bench_site_open(&site, b, 1, 0);
    }
    if (rc == HF_OK) {
        rc = placements_measure(b, &echo, &site);
    }
    bench_site_close(&site);
    bench_echo_stop(&echo);
    return rc;
}
