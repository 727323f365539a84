/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the stress programs share.
 */
#include "stress/stress.h"

/* Over memory the most, where a request costs least and threads meet most often. */
static const harness_share shares[] = {
    { &harness_memory_threads, 200 }, { &harness_memory_accelerator, 100 },
    { &harness_unix_threads, 100 },   { &harness_tcp_threads, 100 },
    { &harness_daemon_threads, 100 }, { NULL, 0 },
};

static const harness_share storm_shares[] = {
    { &harness_memory_threads, 50 }, { &harness_memory_accelerator, 30 },
    { &harness_unix_threads, 30 },   { &harness_tcp_threads, 30 },
    { &harness_daemon_threads, 30 }, { NULL, 0 },
};

int stress_main(int argc, char **argv, const suite_cases *const *cases)
{
    return harness_main(
        argc, argv,
        &(harness_plan){
            .shares = shares, .cases = cases, .client_count = 12, .storm_count = 2 });
}

int stress_storm_main(int argc, char **argv)
{
    return harness_main(argc, argv,
                        &(harness_plan){ .shares = storm_shares,
                                         .cases = harness_contended,
                                         .client_count = 6,
                                         .storm_count = 10 });
}
