/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Blocks of 64 KiB through AES-256-GCM with a stored key by 8 clients, against what
 * `openssl speed` encrypts with a process for each CPU and nothing to carry.
 *
 * Beside it stands what could be had at best: the same blocks there and back over a bare
 * socket, which keeps a CPU busy for as long as a trip on one CPU takes, and encrypted as
 * fast as openssl speed does.
 */
#include <stdio.h>

#include "holdfast/frame.h"
#include "measure.h"
#include "operation.h"
#include "placement.h"
#include "reference.h"
#include "trip.h"

#define CLIENT_COUNT 8u
#define RATIO_MIN 0.4
#define MEGA 1e6
#define LIMIT_NAME "openssl speed -multi %u -evp aes-256-gcm"
/* The frame of a block. */
#define MESSAGE_LEN (HF_FRAME_HEADER_SIZE + 64u + BENCH_BLOCK_SIZE)

static int row_add(bench *b, const bench_operation *operation,
                   const bench_samples *samples, const bench_samples *openssl)
{
    bool is_bound = operation == &bench_encrypt_block;
    bench_result result = { .value = bench_samples_median(samples),
                            .unit = "MB/s",
                            .limit_value = bench_samples_median(openssl),
                            .bound = is_bound ? BENCH_AT_LEAST : BENCH_INFORMATIVE,
                            .target = is_bound ? RATIO_MIN : 0 };
    (void)snprintf(result.name, sizeof result.name, "%s, %u clients", operation->name,
                   CLIENT_COUNT);
    (void)snprintf(result.limit_name, sizeof result.limit_name, LIMIT_NAME,
                   bench_cpu_count());
    return bench_results_add(&b->results, &result);
}

static int operation_sample(bench *b, bench_site *site, const bench_operation *operation,
                            bench_samples *samples)
{
    double per_second = 0;
    int rc = bench_load_run(&site->load,
                            &(bench_run){ .operation = operation,
                                          .client_count = CLIENT_COUNT,
                                          .warm_ms = b->short_ms,
                                          .measure_ms = b->long_ms },
                            &per_second);
    bench_samples_add(samples, per_second * BENCH_BLOCK_SIZE / MEGA);
    return rc;
}

static int openssl_sample(bench_samples *samples, bool is_multi)
{
    double per_second = 0;
    int rc = bench_openssl_cipher("aes-256-gcm", BENCH_BLOCK_SIZE, is_multi, &per_second);
    bench_samples_add(samples, per_second / MEGA);
    return rc;
}

static int echo_trip(void *context)
{
    return bench_echo_turn(context);
}

/* What one CPU could do at best. */
static int best_add(bench *b, bench_echo *echo)
{
    bench_side side = { .trip = echo_trip, .context = echo, .pid = echo->pid };
    bench_samples openssl = { .count = 0 };
    int rc = bench_trips_measure(b, BENCH_ONE_CPU, (bench_side *[]){ &side }, 1);
    if (rc == HF_OK) {
        rc = bench_placement_set(BENCH_ANY_CPU, echo->pid);
    }
    for (unsigned i = 0; rc == HF_OK && i < b->sample_count; i++) {
        rc = openssl_sample(&openssl, false);
    }
    if (rc != HF_OK) {
        return rc;
    }
    double encrypt_us = BENCH_BLOCK_SIZE / bench_samples_median(&openssl);
    double trip_us = bench_samples_median(&side.medians);
    bench_result result = { .value = BENCH_BLOCK_SIZE / (encrypt_us + trip_us),
                            .unit = "MB/s",
                            .limit_value = bench_samples_median(&openssl),
                            .bound = BENCH_INFORMATIVE };
    (void)snprintf(result.name, sizeof result.name,
                   "one CPU at best: bare trip %.1f us + %.1f us", trip_us, encrypt_us);
    (void)snprintf(result.limit_name, sizeof result.limit_name,
                   "openssl speed -evp aes-256-gcm");
    return bench_results_add(&b->results, &result);
}

static int blocks_measure(bench *b, bench_site *site, bench_echo *echo)
{
    bench_samples openssl = { .count = 0 };
    bench_samples encrypt = { .count = 0 };
    bench_samples decrypt = { .count = 0 };
    int rc = HF_OK;
    for (unsigned i = 0; rc == HF_OK && i < b->sample_count; i++) {
        rc = openssl_sample(&openssl, true);
        if (rc == HF_OK) {
            rc = operation_sample(b, site, &bench_encrypt_block, &encrypt);
        }
        if (rc == HF_OK) {
            rc = operation_sample(b, site, &bench_decrypt_block, &decrypt);
        }
    }
    if (rc == HF_OK) {
        rc = row_add(b, &bench_encrypt_block, &encrypt, &openssl);
    }
    if (rc == HF_OK) {
        rc = row_add(b, &bench_decrypt_block, &decrypt, &openssl);
    }
    return rc == HF_OK ? best_add(b, echo) : rc;
}

int bench_measure_cipher(bench *b)
{
    bench_echo echo = { .pid = 0 };
    bench_site site = { .server = { .pid = 0 } };
    bench_results_head("Blocks of 64 KiB with a stored key",
                       "openssl speed with a process for each CPU");
    int rc = bench_echo_start(&echo, MESSAGE_LEN);
    if (rc == HF_OK) {
        rc = bench_site_open(&site, b, CLIENT_COUNT, 0);
    }
    if (rc == HF_OK) {
        rc = bench_fixture_make_block(&site.fixture, &site.load.workers[0].client);
    }
    if (rc == HF_OK) {
        rc = blocks_measure(b, &site, &echo);
    }
    bench_site_close(&site);
    bench_echo_stop(&echo);
    return rc;
}
