/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Counters that all clients increment and read.
 */
#include "stress/stress.h"

static const suite_cases *const cases[] = { &suite_hot_counter_cases, NULL };

int main(int argc, char **argv)
{
    return stress_main(argc, argv, cases);
}
