/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys that are imported, exported, committed, evicted and erased at once.
 */
#include "stress/stress.h"

static const suite_cases *const cases[] = { &suite_hot_key_cases, NULL };

int main(int argc, char **argv)
{
    return stress_main(argc, argv, cases);
}
