/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the stress programs share.
 */
#include "stress/stress.h"

/* Over memory the most, where a request costs least and threads meet most often. */
static const harness *const near_harnesses[] = { &harness_memory_threads,
                                                 &harness_memory_accelerator, NULL };

int stress_main(int argc, char **argv, const suite_cases *const *cases)
{
    return harness_main(argc, argv,
                        &(harness_plan){ .harnesses = near_harnesses,
                                         .cases = cases,
                                         .client_count = 12,
                                         .storm_count = 2,
                                         .scale = 100 });
}
