/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Streams whose keys are erased, revoked or replaced meanwhile.
 */
#include "stress/stress.h"

static const suite_cases *const cases[] = { &suite_hot_stream_cases, NULL };

int main(int argc, char **argv)
{
    return stress_main(argc, argv, cases);
}
