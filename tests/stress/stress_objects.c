/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Objects that are stored, resized, read and destroyed at once.
 */
#include "stress/stress.h"

static const suite_cases *const cases[] = { &suite_hot_object_cases, NULL };

int main(int argc, char **argv)
{
    return stress_main(argc, argv, cases);
}
