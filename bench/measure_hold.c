/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * How long the two steps of a signature hold the store lock, as the server's own
 * statistics tell. They are sums since its start, so each sample has a server of its own
 * that does nothing but signatures with one key: after the first of them the cache is
 * warm.
 */
#include <stdio.h>

#include "measure.h"
#include "operation.h"

#define CLIENT_COUNT 8u
#define HOLD_NS_MAX 2000.0

static int statistics_get(bench_site *site, hf_admin_statistics_response *statistics)
{
    int rc = hf_client_admin_statistics(
        &site->load.workers[0].client,
        &(hf_admin_statistics_request){ .group = HF_GROUP_CRYPTO }, statistics);
    if (rc != HF_OK) {
        fprintf(stderr, "bench: no statistics: %s\n", hf_status_text(rc));
        return rc;
    }
    if (statistics->lock_count == 0 || statistics->hold_ns_p99 == 0) {
        fprintf(stderr, "bench: the server did not measure its lock\n");
        return HF_ERR_STATE;
    }
    return HF_OK;
}

static int sample_take(bench *b, double *p99_ns, double *mean_ns)
{
    bench_site site;
    double per_second = 0;
    hf_admin_statistics_response statistics;
    int rc = bench_site_open(&site, b, CLIENT_COUNT, 0);
    if (rc == HF_OK) {
        rc = bench_load_run(&site.load,
                            &(bench_run){ .operation = &bench_sign_p256,
                                          .client_count = CLIENT_COUNT,
                                          .measure_ms = b->long_ms },
                            &per_second);
    }
    if (rc == HF_OK) {
        rc = statistics_get(&site, &statistics);
    }
    if (rc == HF_OK) {
        *p99_ns = (double)statistics.hold_ns_p99;
        *mean_ns = (double)statistics.hold_ns / (double)statistics.lock_count;
    }
    bench_site_close(&site);
    return rc;
}

static int row_add(bench *b, const char *what, const bench_samples *samples,
                   enum bench_bound bound)
{
    bench_result result = { .value = bench_samples_median(samples),
                            .unit = "ns",
                            .limit_name = "2 us",
                            .limit_value = HOLD_NS_MAX,
                            .bound = bound,
                            .target = bound == BENCH_INFORMATIVE ? 0 : 1 };
    (void)snprintf(result.name, sizeof result.name,
                   "store lock hold of a signature's steps, %s", what);
    return bench_results_add(&b->results, &result);
}

int bench_measure_hold(bench *b)
{
    bench_samples p99 = { .count = 0 };
    bench_samples mean = { .count = 0 };
    bench_results_head("Hold times of the store lock, warm cache, 8 clients", "2 us");
    for (unsigned i = 0; i < b->sample_count; i++) {
        double p99_ns = 0, mean_ns = 0;
        int rc = sample_take(b, &p99_ns, &mean_ns);
        if (rc != HF_OK) {
            return rc;
        }
        bench_samples_add(&p99, p99_ns);
        bench_samples_add(&mean, mean_ns);
    }
    int rc = row_add(b, "p99", &p99, BENCH_AT_MOST);
    return rc == HF_OK ? row_add(b, "mean", &mean, BENCH_INFORMATIVE) : rc;
}
