/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Results: numbers, each beside what it is compared with, printed as a table while they
 * are measured and written as JSON at the end. A benchmark has one thread that does this.
 *
 * A ratio is value / limit_value; a bound says which side of `target` it must be on. An
 * informative row has no bound: its target is 0, which any ratio meets.
 */
#ifndef BENCH_RESULT_H
#define BENCH_RESULT_H

#include <stdbool.h>
#include <stddef.h>

#include "holdfast/status.h"

#define BENCH_SAMPLES_MAX 15u
#define BENCH_RESULTS_MAX 512u
#define BENCH_NAME_SIZE 112u

typedef struct bench_samples {
    double values[BENCH_SAMPLES_MAX];
    unsigned count;
} bench_samples;

/* Add a sample; those beyond the room are dropped. */
void bench_samples_add(bench_samples *samples, double value);
/* The middle one; 0 when there is none. */
double bench_samples_median(const bench_samples *samples);

enum bench_bound { BENCH_INFORMATIVE, BENCH_AT_MOST, BENCH_AT_LEAST };

typedef struct bench_result {
    char name[BENCH_NAME_SIZE]; /* differs from that of all others */
    double value;
    const char *unit;                 /* static text */
    char limit_name[BENCH_NAME_SIZE]; /* what it is compared with */
    double limit_value;               /* in the same unit, > 0 */
    enum bench_bound bound;
    double target; /* of the ratio; 0 when informative */
} bench_result;

typedef struct bench_results {
    bench_result rows[BENCH_RESULTS_MAX];
    size_t count;
} bench_results;

double bench_result_ratio(const bench_result *result);
bool bench_result_is_met(const bench_result *result); /* true when informative */

/* Print the head of a part of the table. `limit` is what its rows are compared with. */
void bench_results_head(const char *title, const char *limit);

/* Keep a result and print its row. HF_OK, or HF_ERR_LIMIT: no room. */
int bench_results_add(bench_results *results, const bench_result *result) HF_MUST_CHECK;

/* How many bounds are not met. */
size_t bench_results_missed(const bench_results *results);

/* Write all as JSON, an array of objects. HF_OK or HF_ERR_SYSTEM (errno tells more). */
int bench_results_write(const bench_results *results, const char *path) HF_MUST_CHECK;

#endif
