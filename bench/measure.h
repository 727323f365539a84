/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The measurements. Each starts servers of its own, takes the samples of what it compares
 * in turns, so that a change of the machine's speed meets both, and adds the medians to
 * the results.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "load.h"
#include "result.h"
#include "server_process.h"

typedef struct bench {
    bench_server_place place;
    unsigned sample_count; /* of each number; the median counts */
    unsigned short_ms;     /* how long a sample of many takes */
    unsigned long_ms;      /* how long one of few takes */
    bench_results results;
} bench;

/* Each: HF_OK or an error (printed). */
int bench_measure_ping(bench *b) HF_MUST_CHECK;
int bench_measure_sign(bench *b) HF_MUST_CHECK;
int bench_measure_cipher(bench *b) HF_MUST_CHECK;
int bench_measure_latency(bench *b) HF_MUST_CHECK;
int bench_measure_counter(bench *b) HF_MUST_CHECK;
int bench_measure_hold(bench *b) HF_MUST_CHECK;
int bench_measure_scale(bench *b) HF_MUST_CHECK;

/* A server and clients of it, for the measurements. */
typedef struct bench_site {
    bench_server server;
    bench_load load;
    bench_fixture fixture; /* the keys are there */
} bench_site;

/* HF_OK or an error (printed), with nothing left running. */
int bench_site_open(bench_site *site, const bench *b, unsigned client_count,
                    unsigned sync_delay_us) HF_MUST_CHECK;
void bench_site_close(bench_site *site);

#endif
