/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A thread per actor: what the harnesses with threads share.
 */
#ifndef TEST_CROWD_THREADS_H
#define TEST_CROWD_THREADS_H

#include "suite/suite.h"

/* suite_env_ops.run: each actor in a thread of its own; all begin together. */
void crowd_run(void *context, suite_actor **actors, size_t count);

/* Print what a system call said and end the program: the harness itself is broken. */
void crowd_check(int error, const char *call);

#endif
