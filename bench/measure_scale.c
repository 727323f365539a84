/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Scaling: every operation by 2, 8 and 64 clients. More clients must not make the server
 * slower. Load and server share the CPUs: two of them, and one.
 */
#include <stdio.h>

#include "measure.h"
#include "operation.h"
#include "placement.h"

#define RATIO_MIN 0.8
#define COUNTS 3u

static const unsigned client_counts[COUNTS] = { 2, 8, 64 };

static int row_add(bench *b, const char *operation, enum bench_placement placement,
                   const bench_samples *samples, unsigned which)
{
    const char *where = bench_placement_name(placement);
    bench_result result = { .value = bench_samples_median(&samples[which]),
                            .unit = "1/s",
                            .limit_value = bench_samples_median(&samples[0]),
                            .bound = BENCH_AT_LEAST,
                            .target = RATIO_MIN };
    (void)snprintf(result.name, sizeof result.name, "%s, %u clients, %s", operation,
                   client_counts[which], where);
    (void)snprintf(result.limit_name, sizeof result.limit_name, "%s, %u clients, %s",
                   operation, client_counts[0], where);
    return bench_results_add(&b->results, &result);
}

static int operation_measure(bench *b, bench_site *site, const bench_operation *operation,
                             enum bench_placement placement)
{
    bench_samples samples[COUNTS] = { { .count = 0 } };
    for (unsigned i = 0; i < b->sample_count; i++) {
        for (unsigned k = 0; k < COUNTS; k++) {
            double per_second = 0;
            int rc = bench_load_run(&site->load,
                                    &(bench_run){ .operation = operation,
                                                  .client_count = client_counts[k],
                                                  .warm_ms = b->short_ms / 4,
                                                  .measure_ms = b->short_ms },
                                    &per_second);
            if (rc != HF_OK) {
                return rc;
            }
            bench_samples_add(&samples[k], per_second);
        }
    }
    int rc = HF_OK;
    for (unsigned k = 1; rc == HF_OK && k < COUNTS; k++) {
        rc = row_add(b, operation->name, placement, samples, k);
    }
    return rc;
}

static int placement_measure(bench *b, bench_site *site, enum bench_placement placement)
{
    int rc = bench_placement_set(placement, site->server.pid);
    for (size_t i = 0; rc == HF_OK && i < bench_operation_count; i++) {
        rc = operation_measure(b, site, &bench_operations[i], placement);
    }
    return rc;
}

int bench_measure_scale(bench *b)
{
    static const enum bench_placement placements[] = { BENCH_TWO_CPUS, BENCH_ONE_CPU };
    bench_site site;
    bench_results_head("More clients", "the same with 2 clients");
    int rc = bench_site_open(&site, b, BENCH_CLIENTS_MAX, 0);
    if (rc == HF_OK) {
        rc = bench_fixture_make_rest(&site.fixture, &site.load.workers[0].client);
    }
    for (size_t i = 0; rc == HF_OK && i < sizeof placements / sizeof placements[0]; i++) {
        if (bench_placement_is_possible(placements[i])) {
            rc = placement_measure(b, &site, placements[i]);
        }
    }
    bench_site_close(&site);
    return rc;
}
