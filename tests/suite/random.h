/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The tests' random numbers: splitmix64, the same everywhere for the same seed. Not for
 * cryptography. Each actor has its own.
 */
#ifndef SUITE_RANDOM_H
#define SUITE_RANDOM_H

#include <stdint.h>

typedef struct suite_random {
    uint64_t state; /* any value, 0 too */
} suite_random;

static inline uint64_t suite_random_next(suite_random *random)
{
    random->state += 0x9E3779B97F4A7C15u;
    uint64_t x = random->state;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/* 0 .. n - 1; n >= 1. */
static inline uint32_t suite_random_below(suite_random *random, uint32_t n)
{
    return (uint32_t)(suite_random_next(random) % n);
}

#endif
