/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * bench_holdfast: measures, prints a table and writes the results. tools/bench calls it.
 *
 *   bench_holdfast HOLDFASTD FOLDER RESULTS [PART...]
 *
 * HOLDFASTD  the server's program
 * FOLDER     where stores and sockets are made; on the medium to be measured
 * RESULTS    file for the results, JSON
 * PART       ping, sign, cipher, latency, counter, hold, scale; all when none is given
 *
 * HF_BENCH_QUICK=1 in the environment: fewer and shorter samples, to see that all works.
 * The exit status is 0 when everything was measured, whether bounds are met or not.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "holdfast/posix_clock.h"
#include "measure.h"
#include "placement.h"

typedef struct part {
    const char *name;
    int (*measure)(bench *b);
} part;

static const part parts[] = {
    { "ping", bench_measure_ping },       { "sign", bench_measure_sign },
    { "cipher", bench_measure_cipher },   { "latency", bench_measure_latency },
    { "counter", bench_measure_counter }, { "hold", bench_measure_hold },
    { "scale", bench_measure_scale },
};

static const part *part_find(const char *name)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(parts[i].name, name) == 0) {
            return &parts[i];
        }
    }
    return NULL;
}

static bool parts_are_known(char *const *names)
{
    for (; *names != NULL; names++) {
        if (part_find(*names) == NULL) {
            fprintf(stderr, "bench: there is no part '%s'\n", *names);
            return false;
        }
    }
    return true;
}

static int parts_measure(bench *b, char *const *names)
{
    int rc = HF_OK;
    for (; rc == HF_OK && *names != NULL; names++) {
        rc = part_find(*names)->measure(b);
    }
    return rc;
}

static int all_measure(bench *b)
{
    int rc = HF_OK;
    for (size_t i = 0; rc == HF_OK && i < sizeof parts / sizeof parts[0]; i++) {
        rc = parts[i].measure(b);
    }
    return rc;
}

static void sizes_choose(bench *b)
{
    const char *quick = getenv("HF_BENCH_QUICK");
    bool is_quick = quick != NULL && strcmp(quick, "1") == 0;
    b->sample_count = is_quick ? 3 : 5;
    b->short_ms = is_quick ? 10 : 100;
    b->long_ms = is_quick ? 50 : 500;
    printf("CPUs: %u; medians of %u samples%s\n", bench_cpu_count(), b->sample_count,
           is_quick ? "; QUICK: too short to mean much" : "");
    if (bench_cpu_count() < 2) {
        printf("Only one CPU: nothing is measured on two.\n");
    }
}

int main(int argc, char **argv)
{
    static bench b;
    if (argc < 4 || !parts_are_known(argv + 4)) {
        fprintf(stderr, "usage: bench_holdfast HOLDFASTD FOLDER RESULTS "
                        "[ping|sign|cipher|latency|counter|hold|scale...]\n");
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    uint64_t start_us = hf_posix_clock_us();
    b.place = (bench_server_place){ .program = argv[1], .folder = argv[2] };
    sizes_choose(&b);
    if ((argc > 4 ? parts_measure(&b, argv + 4) : all_measure(&b)) != HF_OK) {
        return 1;
    }
    if (bench_results_write(&b.results, argv[3]) != HF_OK) {
        fprintf(stderr, "bench: cannot write %s: %s\n", argv[3], strerror(errno));
        return 1;
    }
    printf("\n%zu bounds missed; %zu results in %s; %.0f s\n",
           bench_results_missed(&b.results), b.results.count, argv[3],
           (double)(hf_posix_clock_us() - start_us) / 1e6);
    return 0;
}
