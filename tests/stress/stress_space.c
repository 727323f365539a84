/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Free space, and cleaning, under load.
 */
#include "stress/stress.h"

static const suite_cases *const cases[] = { &suite_hot_space_cases, NULL };

int main(int argc, char **argv)
{
    return stress_main(argc, argv, cases);
}
