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
#include "holdfast/posix_clock.h"
#include "measure.h"
#include "operation.h"
#include "placement.h"
#include "reference.h"

#define ECHO_LEN 64u
/* The frame of an ECHO: header, length of the data, data. */
#define MESSAGE_LEN (HF_FRAME_HEADER_SIZE + 4u + ECHO_LEN)
#define RATIO_MAX 1.5
#define LOOK_INTERVAL 64u /* turns between two looks at the clock */

typedef int (*turn)(void *context);

/* Mean time of a turn, microseconds. */
static int turns_measure(turn run, void *context, unsigned ms, double *turn_us)
{
    uint64_t count = 0;
    uint64_t start_ns = hf_posix_clock_ns();
    uint64_t spent_ns = 0;
    while (spent_ns < (uint64_t)ms * 1000000u) {
        for (unsigned i = 0; i < LOOK_INTERVAL; i++) {
            int rc = run(context);
            if (rc != HF_OK) {
                fprintf(stderr, "bench: ping: %s\n", hf_status_text(rc));
                return rc;
            }
        }
        count += LOOK_INTERVAL;
        spent_ns = hf_posix_clock_ns() - start_ns;
    }
    *turn_us = (double)spent_ns / (double)count / 1000.0;
    return HF_OK;
}

static int bare_turn(void *context)
{
    return bench_echo_turn(context);
}

static int holdfast_turn(void *context)
{
    return bench_run_echo(context);
}

typedef struct ping {
    const bench *b;
    bench_echo echo;
    bench_site site;
} ping;

/* A turn begins with a short run, which is not counted: the placement takes effect. */
static int side_measure(const ping *p, turn run, void *context, double *turn_us)
{
    int rc = turns_measure(run, context, p->b->short_ms, turn_us);
    return rc == HF_OK ? turns_measure(run, context, p->b->long_ms, turn_us) : rc;
}

static int sample_take(ping *p, enum bench_placement placement, double *bare_us,
                       double *holdfast_us)
{
    int rc = bench_placement_set(placement, p->echo.pid);
    if (rc == HF_OK) {
        rc = side_measure(p, bare_turn, &p->echo, bare_us);
    }
    if (rc == HF_OK) {
        rc = bench_placement_set(placement, p->site.server.pid);
    }
    if (rc == HF_OK) {
        rc = side_measure(p, holdfast_turn, &p->site.load.workers[0], holdfast_us);
    }
    return rc;
}

static int placement_measure(bench *b, ping *p, enum bench_placement placement)
{
    bench_samples bare = { .count = 0 };
    bench_samples holdfast = { .count = 0 };
    for (unsigned i = 0; i < b->sample_count; i++) {
        double bare_us = 0, holdfast_us = 0;
        int rc = sample_take(p, placement, &bare_us, &holdfast_us);
        if (rc != HF_OK) {
            return rc;
        }
        bench_samples_add(&bare, bare_us);
        bench_samples_add(&holdfast, holdfast_us);
    }
    bench_result result = { .value = bench_samples_median(&holdfast),
                            .unit = "us",
                            .limit_value = bench_samples_median(&bare),
                            .bound = BENCH_AT_MOST,
                            .target = RATIO_MAX };
    (void)snprintf(result.name, sizeof result.name, "ping, %s",
                   bench_placement_name(placement));
    (void)snprintf(result.limit_name, sizeof result.limit_name,
                   "bare ping-pong of %u bytes, %s", (unsigned)MESSAGE_LEN,
                   bench_placement_name(placement));
    return bench_results_add(&b->results, &result);
}

int bench_measure_ping(bench *b)
{
    static const enum bench_placement placements[] = { BENCH_ONE_CPU, BENCH_APART };
    ping p = { .b = b };
    bench_results_head("Round trip of an ECHO over the unix socket",
                       "two processes that send a message of the same size back and "
                       "forth");
    int rc = bench_echo_start(&p.echo, MESSAGE_LEN);
    if (rc == HF_OK) {
        rc = bench_site_open(&p.site, b, 1, 0);
    }
    for (size_t i = 0; rc == HF_OK && i < sizeof placements / sizeof placements[0]; i++) {
        if (bench_placement_is_possible(placements[i])) {
            rc = placement_measure(b, &p, placements[i]);
        }
    }
    bench_site_close(&p.site);
    bench_echo_stop(&p.echo);
    return rc;
}
