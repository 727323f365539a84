/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The clock of the POSIX port: time since some fixed moment, for measuring how long
 * things take. It never goes back, is not the time of day, and does not run while the
 * machine sleeps.
 *
 *     uint64_t start_ns = hf_posix_clock_ns();
 *     uint64_t elapsed_ns = hf_posix_clock_ns() - start_ns;
 */
#ifndef HOLDFAST_POSIX_CLOCK_H
#define HOLDFAST_POSIX_CLOCK_H

#include <stdint.h>

/* Nanoseconds, never less than an earlier result in any thread. Any thread. Does not
 * block. */
uint64_t hf_posix_clock_ns(void);

/* The same clock in whole microseconds. Any thread. Does not block. */
uint64_t hf_posix_clock_us(void);

#endif
