/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The monotonic clock. Stateless.
 */
#include "holdfast/posix_clock.h"

#include <time.h>

#define NS_PER_S 1000000000u
#define NS_PER_US 1000u

uint64_t hf_posix_clock_ns(void)
{
    struct timespec now = { .tv_sec = 0, .tv_nsec = 0 };
    /* It cannot fail: POSIX systems of today have this clock, and the pointer is good. */
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t hf_posix_clock_us(void)
{
    return hf_posix_clock_ns() / NS_PER_US;
}
