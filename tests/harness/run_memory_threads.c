/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The functional cases over memory with threads, with and without an accelerator. The
 * contended ones are in tests/stress.
 */
#include "harness/harness.h"

static const harness *const harnesses[] = { &harness_memory_threads,
                                            &harness_memory_accelerator, NULL };

int main(int argc, char **argv)
{
    return harness_main(argc, argv,
                        &(harness_plan){ .harnesses = harnesses,
                                         .cases = harness_functional,
                                         .client_count = 4,
                                         .storm_count = 1,
                                         .scale = 100 });
}
