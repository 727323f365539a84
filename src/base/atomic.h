/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Atomic operations: the only place in the core that has any. The names carry the memory
 * order, so that a reader of the caller sees it, and each caller of a `release` or
 * `acquire` says with which other call it pairs:
 *
 *   store_release  pairs with a load_acquire of the same cell: who reads the stored value
 *                  also sees every write that came before the store.
 *   exchange       acquires and releases: it pairs with itself (hand-over of a flag) and
 *                  with both of the above.
 *   *_relaxed      pairs with nothing: the number itself is never torn, and nothing can
 *                  be concluded from it about other memory (statistics, levels, hints).
 *   *_seq_cst      store one cell, then load another, on both sides with the cells
 *                  swapped: at least one side sees the other's store ("I sleep" against
 *                  "there is work"). Each pairs with the same two calls of the other
 *                  side.
 *
 * There are no fences: ThreadSanitizer does not follow them.
 *
 * The compiler's builtins are used instead of stdatomic.h because the cells stand in
 * public structures and in memory that two cores share. A core without 64-bit atomic
 * instructions needs __atomic_*_8 from its port; the 32-bit ones are inline on every
 * supported target.
 */
#ifndef HF_BASE_ATOMIC_H
#define HF_BASE_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#include "holdfast/atomic.h"

/* Before the cell is shared: a plain store would do, this one says so. */
static inline void hf_atomic_u32_init(hf_atomic_u32 *cell, uint32_t value)
{
    __atomic_store_n(&cell->value, value, __ATOMIC_RELAXED);
}

static inline uint32_t hf_atomic_u32_load_acquire(const hf_atomic_u32 *cell)
{
    return __atomic_load_n(&cell->value, __ATOMIC_ACQUIRE);
}

static inline uint32_t hf_atomic_u32_load_relaxed(const hf_atomic_u32 *cell)
{
    return __atomic_load_n(&cell->value, __ATOMIC_RELAXED);
}

static inline void hf_atomic_u32_store_release(hf_atomic_u32 *cell, uint32_t value)
{
    __atomic_store_n(&cell->value, value, __ATOMIC_RELEASE);
}

static inline void hf_atomic_u32_store_relaxed(hf_atomic_u32 *cell, uint32_t value)
{
    __atomic_store_n(&cell->value, value, __ATOMIC_RELAXED);
}

static inline uint32_t hf_atomic_u32_load_seq_cst(const hf_atomic_u32 *cell)
{
    return __atomic_load_n(&cell->value, __ATOMIC_SEQ_CST);
}

static inline void hf_atomic_u32_store_seq_cst(hf_atomic_u32 *cell, uint32_t value)
{
    __atomic_store_n(&cell->value, value, __ATOMIC_SEQ_CST);
}

/* Returns the value before the addition; wraps. */
static inline uint32_t hf_atomic_u32_fetch_add_relaxed(hf_atomic_u32 *cell,
                                                       uint32_t value)
{
    return __atomic_fetch_add(&cell->value, value, __ATOMIC_RELAXED);
}

/* Returns the value before the exchange. */
static inline uint32_t hf_atomic_u32_exchange(hf_atomic_u32 *cell, uint32_t value)
{
    return __atomic_exchange_n(&cell->value, value, __ATOMIC_ACQ_REL);
}

static inline void hf_atomic_u64_init(hf_atomic_u64 *cell, uint64_t value)
{
    __atomic_store_n(&cell->value, value, __ATOMIC_RELAXED);
}

static inline uint64_t hf_atomic_u64_load_acquire(const hf_atomic_u64 *cell)
{
    return __atomic_load_n(&cell->value, __ATOMIC_ACQUIRE);
}

static inline uint64_t hf_atomic_u64_load_relaxed(const hf_atomic_u64 *cell)
{
    return __atomic_load_n(&cell->value, __ATOMIC_RELAXED);
}

static inline void hf_atomic_u64_store_release(hf_atomic_u64 *cell, uint64_t value)
{
    __atomic_store_n(&cell->value, value, __ATOMIC_RELEASE);
}

static inline void hf_atomic_u64_store_relaxed(hf_atomic_u64 *cell, uint64_t value)
{
    __atomic_store_n(&cell->value, value, __ATOMIC_RELAXED);
}

/* Returns the value before the addition; wraps. */
static inline uint64_t hf_atomic_u64_fetch_add_relaxed(hf_atomic_u64 *cell,
                                                       uint64_t value)
{
    return __atomic_fetch_add(&cell->value, value, __ATOMIC_RELAXED);
}

/* Returns the value before the exchange. */
static inline uint64_t hf_atomic_u64_exchange(hf_atomic_u64 *cell, uint64_t value)
{
    return __atomic_exchange_n(&cell->value, value, __ATOMIC_ACQ_REL);
}

/* Raise the cell to `value` if it is lower. For maxima (latency_ms_max); pairs with
 * nothing. */
static inline void hf_atomic_u64_raise_relaxed(hf_atomic_u64 *cell, uint64_t value)
{
    uint64_t seen = __atomic_load_n(&cell->value, __ATOMIC_RELAXED);
    while (seen < value &&
           !__atomic_compare_exchange_n(&cell->value, &seen, value, true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        /* `seen` was refreshed by the failed exchange. */
    }
}

#endif
