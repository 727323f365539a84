/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the stress programs share: contended cases, with many clients and amid clients
 * that come and go, over every harness with threads. See harness.h for their command
 * line.
 */
#ifndef TEST_STRESS_H
#define TEST_STRESS_H

#include "harness/harness.h"

/* The main of a program with these tables of cases (NULL at the end). */
int stress_main(int argc, char **argv, const suite_cases *const *cases);

/* All contended cases, shorter, amid more clients that come and go than stay. */
int stress_storm_main(int argc, char **argv);

#endif
