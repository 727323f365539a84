/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * LMS keys with which all clients sign.
 */
#include "stress/stress.h"

static const suite_cases *const cases[] = { &suite_hot_lms_cases, NULL };

int main(int argc, char **argv)
{
    return stress_main(argc, argv, cases);
}
