/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Durable increments of one counter by 64 connections, against one connection. One sync
 * serves all that wait for it, so this shows how many it serves. A medium whose sync is
 * too fast to show it gets an injected delay.
 */
#include <stdio.h>

#include "measure.h"
#include "operation.h"
#include "reference.h"

#define CLIENT_COUNT 64u
#define RATIO_MIN 10.0
#define SYNC_US_MIN 100.0 /* a medium that is faster */
#define DELAY_US 2000u    /* is made slower by this */

typedef struct rates {
    bench_samples one, many;
} rates;

static int sample_take(bench *b, bench_site *site, unsigned client_count,
                       bench_samples *samples)
{
    double per_second = 0;
    int rc = bench_load_run(&site->load,
                            &(bench_run){ .operation = &bench_increment,
                                          .client_count = client_count,
                                          .warm_ms = b->short_ms,
                                          .measure_ms = b->long_ms },
                            &per_second);
    bench_samples_add(samples, per_second);
    return rc;
}

static int rates_measure(bench *b, unsigned delay_us, rates *r)
{
    bench_site site;
    int rc = bench_site_open(&site, b, CLIENT_COUNT, delay_us);
    if (rc == HF_OK) {
        rc = bench_fixture_make_rest(&site.fixture, &site.load.workers[0].client);
    }
    for (unsigned i = 0; rc == HF_OK && i < b->sample_count; i++) {
        rc = sample_take(b, &site, 1, &r->one);
        if (rc == HF_OK) {
            rc = sample_take(b, &site, CLIENT_COUNT, &r->many);
        }
    }
    bench_site_close(&site);
    return rc;
}

int bench_measure_counter(bench *b)
{
    double sync_us = 0;
    int rc = bench_medium_sync(b->place.folder, &sync_us);
    if (rc != HF_OK) {
        return rc;
    }
    unsigned delay_us = sync_us < SYNC_US_MIN ? DELAY_US : 0;
    char medium[48];
    if (delay_us != 0) {
        (void)snprintf(medium, sizeof medium, "injected sync of %u us", delay_us);
    } else {
        (void)snprintf(medium, sizeof medium, "sync of the medium");
    }
    bench_results_head("Durable increments of one counter", "one connection");
    printf("  fdatasync takes %.0f us on this medium%s\n", sync_us,
           delay_us != 0 ? ": too fast to compare, so 2 ms are injected" : "");
    rates r = { .one = { .count = 0 } };
    rc = rates_measure(b, delay_us, &r);
    if (rc != HF_OK) {
        return rc;
    }
    bench_result result = { .value = bench_samples_median(&r.many),
                            .unit = "1/s",
                            .limit_value = bench_samples_median(&r.one),
                            .bound = BENCH_AT_LEAST,
                            .target = RATIO_MIN };
    (void)snprintf(result.name, sizeof result.name, "%s, %u clients, %s",
                   bench_increment.name, CLIENT_COUNT, medium);
    (void)snprintf(result.limit_name, sizeof result.limit_name, "%s, 1 client, %s",
                   bench_increment.name, medium);
    return bench_results_add(&b->results, &result);
}
