/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The functional cases over the daemon, as a program of its own. The contended ones are
 * in tests/stress.
 */
#include "harness/harness.h"

static const harness_share shares[] = {
    { &harness_daemon_threads, 100 },
    { NULL, 0 },
};

int main(int argc, char **argv)
{
    return harness_main(argc, argv,
                        &(harness_plan){ .shares = shares,
                                         .cases = harness_functional,
                                         .client_count = 4,
                                         .storm_count = 1 });
}
