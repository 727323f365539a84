/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Results: see result.h.
 */
#include "result.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bench_samples_add(bench_samples *samples, double value)
{
    if (samples->count < BENCH_SAMPLES_MAX) {
        samples->values[samples->count++] = value;
    }
}

static int double_compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_samples_median(const bench_samples *samples)
{
    bench_samples sorted = *samples;
    if (sorted.count == 0) {
        return 0;
    }
    qsort(sorted.values, sorted.count, sizeof sorted.values[0], double_compare);
    unsigned middle = sorted.count / 2;
    if (sorted.count % 2 != 0) {
        return sorted.values[middle];
    }
    return (sorted.values[middle - 1] + sorted.values[middle]) / 2;
}

double bench_result_ratio(const bench_result *result)
{
    return result->limit_value > 0 ? result->value / result->limit_value : 0;
}

bool bench_result_is_met(const bench_result *result)
{
    double ratio = bench_result_ratio(result);
    switch (result->bound) {
    case BENCH_INFORMATIVE:
        return true;
    case BENCH_AT_MOST:
        return ratio > 0 && ratio <= result->target;
    case BENCH_AT_LEAST:
        return ratio >= result->target;
    }
    return false;
}

void bench_results_head(const char *title, const char *limit)
{
    printf("\n%s\n  compared with: %s\n", title, limit);
    printf("  %-50s %10s      %10s %7s %9s\n", "", "value", "limit", "ratio", "target");
}

static void row_print(const bench_result *r)
{
    char target[32] = "";
    const char *verdict = "";
    if (r->bound != BENCH_INFORMATIVE) {
        (void)snprintf(target, sizeof target, "%s %.2f",
                       r->bound == BENCH_AT_MOST ? "<=" : ">=", r->target);
        verdict = bench_result_is_met(r) ? "met" : "MISSED";
    }
    int digits = r->value < 100 ? 2 : 0;
    printf("  %-50s %10.*f %-4s %10.*f %7.2f %9s %s\n", r->name, digits, r->value,
           r->unit, digits, r->limit_value, bench_result_ratio(r), target, verdict);
    (void)fflush(stdout);
}

int bench_results_add(bench_results *results, const bench_result *result)
{
    if (results->count == BENCH_RESULTS_MAX) {
        return HF_ERR_LIMIT;
    }
    results->rows[results->count++] = *result;
    row_print(result);
    return HF_OK;
}

size_t bench_results_missed(const bench_results *results)
{
    size_t missed = 0;
    for (size_t i = 0; i < results->count; i++) {
        missed += bench_result_is_met(&results->rows[i]) ? 0 : 1;
    }
    return missed;
}

static json_t *row_encode(const bench_result *r)
{
    return json_pack("{s:s, s:f, s:s, s:s, s:f, s:f, s:f, s:b}", "name", r->name, "value",
                     r->value, "unit", r->unit, "limit_name", r->limit_name,
                     "limit_value", r->limit_value, "ratio", bench_result_ratio(r),
                     "target", r->target, "met", bench_result_is_met(r) ? 1 : 0);
}

int bench_results_write(const bench_results *results, const char *path)
{
    json_t *array = json_array();
    int rc = array == NULL ? HF_ERR_SYSTEM : HF_OK;
    for (size_t i = 0; rc == HF_OK && i < results->count; i++) {
        if (json_array_append_new(array, row_encode(&results->rows[i])) != 0) {
            rc = HF_ERR_SYSTEM;
        }
    }
    if (rc == HF_OK &&
        json_dump_file(array, path, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) != 0) {
        rc = HF_ERR_SYSTEM;
    }
    json_decref(array);
    return rc;
}
