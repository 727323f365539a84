/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys that are used while they are erased, revoked, replaced or evicted.
 */
#include "stress/stress.h"

static const suite_cases *const cases[] = { &suite_hot_use_cases, NULL };

int main(int argc, char **argv)
{
    return stress_main(argc, argv, cases);
}
