/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The ping: an ECHO through the server, against a message of the same size that a second
 * process sends back over a bare socket. Both with client and server on one CPU, and on
 * two.
 */
#include <stdio.h>

#include "holdfast/frame.h"
#include "measure.h"
#include "operation.h"
#include "reference.h"
#include "trip.h"

#define ECHO_LEN 64u
/* The frame of an ECHO: header, length of the data, data. */
#define MESSAGE_LEN (HF_FRAME_HEADER_SIZE + 4u + ECHO_LEN)
#define RATIO_MAX 1.5

static int bare_trip(void *context)
{
    return bench_echo_turn(context);
}

static int holdfast_trip(void *context)
{
    return bench_run_echo(context);
}

static int placement_measure(bench *b, bench_side *bare, bench_side *holdfast,
                             enum bench_placement placement)
{
    int rc = bench_trips_measure(b, placement, (bench_side *[]){ bare, holdfast }, 2);
    if (rc != HF_OK) {
        return rc;
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
    bench_side bare = { .trip = bare_trip, .context = echo, .pid = echo->pid };
    bench_side holdfast = { .trip = holdfast_trip,
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
