/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Signatures with a stored key by 8 clients, against what `openssl speed` computes with a
 * process for each CPU and nothing else to do.
 */
#include <stdio.h>

#include "measure.h"
#include "operation.h"
#include "placement.h"
#include "reference.h"

#define CLIENT_COUNT 8u

/* One algorithm: one request in flight, and several. */
typedef struct comparison {
    const char *openssl_name;
    const bench_operation *one, *window; /* `window` may be NULL */
    double one_target, window_target;    /* of the ratio, at least */
    bench_samples openssl_samples, one_samples, window_samples;
} comparison;

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
    bench_samples_add(samples, per_second);
    return rc;
}

static int sample_take(bench *b, bench_site *site, comparison *c)
{
    double per_second = 0;
    int rc = bench_openssl_sign(c->openssl_name, 1, &per_second);
    bench_samples_add(&c->openssl_samples, per_second);
    if (rc == HF_OK) {
        rc = operation_sample(b, site, c->one, &c->one_samples);
    }
    if (rc == HF_OK && c->window != NULL) {
        rc = operation_sample(b, site, c->window, &c->window_samples);
    }
    return rc;
}

static int row_add(bench *b, const comparison *c, bool is_window)
{
    const bench_samples *samples = is_window ? &c->window_samples : &c->one_samples;
    const bench_operation *operation = is_window ? c->window : c->one;
    bench_result result = { .value = bench_samples_median(samples),
                            .unit = "1/s",
                            .limit_value = bench_samples_median(&c->openssl_samples),
                            .bound = BENCH_AT_LEAST,
                            .target = is_window ? c->window_target : c->one_target };
    (void)snprintf(result.name, sizeof result.name, "%s, %u clients", operation->name,
                   CLIENT_COUNT);
    (void)snprintf(result.limit_name, sizeof result.limit_name,
                   "openssl speed -multi %u %s", bench_cpu_count(), c->openssl_name);
    return bench_results_add(&b->results, &result);
}

static int comparison_measure(bench *b, bench_site *site, comparison *c)
{
    int rc = HF_OK;
    for (unsigned i = 0; rc == HF_OK && i < b->sample_count; i++) {
        rc = sample_take(b, site, c);
    }
    if (rc == HF_OK) {
        rc = row_add(b, c, false);
    }
    return rc == HF_OK && c->window != NULL ? row_add(b, c, true) : rc;
}

int bench_measure_sign(bench *b)
{
    comparison comparisons[] = {
        { .openssl_name = "rsa2048", .one = &bench_sign_rsa2048, .one_target = 0.85 },
        { .openssl_name = "ecdsap256",
          .one = &bench_sign_p256,
          .window = &bench_sign_p256_window,
          .one_target = 0.5,
          .window_target = 0.6 },
        { .openssl_name = "ed25519",
          .one = &bench_sign_ed25519,
          .window = &bench_sign_ed25519_window,
          .one_target = 0.5,
          .window_target = 0.6 },
    };
    bench_site site;
    bench_results_head("Signatures with a stored key",
                       "openssl speed with a process for each CPU");
    int rc = bench_site_open(&site, b, CLIENT_COUNT, 0);
    for (size_t i = 0; rc == HF_OK && i < sizeof comparisons / sizeof comparisons[0];
         i++) {
        rc = comparison_measure(b, &site, &comparisons[i]);
    }
    bench_site_close(&site);
    return rc;
}
