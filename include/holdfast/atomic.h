/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The types of numbers that several threads read and write without a lock. They stand in
 * public structures so that a caller can reserve the memory; only the library touches
 * `value`, through src/base/atomic.h. A structure around the number keeps a plain access
 * from compiling by accident.
 */
#ifndef HOLDFAST_ATOMIC_H
#define HOLDFAST_ATOMIC_H

#include <stdint.h>

typedef struct hf_atomic_u32 {
    uint32_t value;
} hf_atomic_u32;

/* Aligned by hand: 32-bit ABIs place a uint64_t at 4 bytes, where no access is atomic. */
typedef struct hf_atomic_u64 {
    uint64_t value __attribute__((aligned(8)));
} hf_atomic_u64;

#endif
