/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Lists while objects and keys come and go.
 */
#include "stress/stress.h"

static const suite_cases *const cases[] = { &suite_hot_list_cases, NULL };

int main(int argc, char **argv)
{
    return stress_main(argc, argv, cases);
}
