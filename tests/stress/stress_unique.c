/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Numbers that the server assigns to all clients at once.
 */
#include "stress/stress.h"

static const suite_cases *const cases[] = { &suite_hot_unique_cases, NULL };

int main(int argc, char **argv)
{
    return stress_main(argc, argv, cases);
}
