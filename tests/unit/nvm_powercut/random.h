/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Random numbers that depend on nothing but their seed (splitmix64), so that a failing
 * run can be repeated.
 */
#ifndef TESTS_NVM_POWERCUT_RANDOM_H
#define TESTS_NVM_POWERCUT_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct random_state {
    uint64_t state;
} random_state;

static inline random_state random_of(uint64_t seed)
{
    return (random_state){ .state = seed * 0x9E3779B97F4A7C15u + 0x1234567u };
}

static inline uint64_t random_next(random_state *random)
{
    random->state += 0x9E3779B97F4A7C15u;
    uint64_t z = random->state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* 0 .. limit - 1; limit is not 0. */
static inline uint32_t random_below(random_state *random, uint64_t limit)
{
    return (uint32_t)((random_next(random) >> 16) % limit);
}

/* True once in `times` on average. */
static inline bool random_once_in(random_state *random, uint32_t times)
{
    return random_below(random, times) == 0;
}

#endif
