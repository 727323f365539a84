/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys that are wrapped while they, and what wraps them, are replaced and revoked.
 */
#include "stress/stress.h"

static const suite_cases *const cases[] = { &suite_hot_wrap_cases, NULL };

int main(int argc, char **argv)
{
    return stress_main(argc, argv, cases);
}
