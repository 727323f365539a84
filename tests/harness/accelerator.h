/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A simulated accelerator: an exclusive hardware device for the tests. It passes each
 * operation on to another device and watches that no two threads are ever inside, that
 * is, that the device lock does its work. It can hold an operation inside until a
 * condition allows it to go on, and fail the n-th one.
 *
 * Life: accelerator_init, then accelerator_device for hf_crypto_init; the memory is the
 * caller's and nothing has to be given back. Counters may be read at any time by any
 * thread; limits and faults are set while no operation runs, or by the wait function.
 *
 *     accelerator acc;
 *     accelerator_init(&acc, &(accelerator_config){ .inner = hf_openssl_device(openssl),
 *                                                   .lock = &lock_config });
 *     devices[0] = accelerator_device(&acc);
 *     devices[1] = hf_openssl_device(openssl);
 */
#ifndef TEST_ACCELERATOR_H
#define TEST_ACCELERATOR_H

#include "base/atomic.h"
#include "holdfast/crypto.h"

typedef struct accelerator_config {
    hf_crypto_device_config inner; /* does the work; concurrent */
    const hf_lock_config *lock;    /* of the exclusive device; lives as long as it */
    /* What it does, for hf_crypto_select; `algorithm_count` 0 = all that `inner` does. */
    const uint16_t *algorithms;
    uint32_t algorithm_count;
    /* Count violations but do not end the program: for the test of the accelerator
     * itself. */
    bool survives_violations;
    /* Turns of a loop that each operation spends inside, to widen the window; 0 = none.
     * */
    uint32_t spin_count;
    /* Called inside each operation until it returns false; NULL = never. It must come to
     * an end by what other threads do, not by time. */
    bool (*must_wait)(void *context);
    void *wait_context;
} accelerator_config;

typedef struct accelerator {
    accelerator_config config;
    hf_atomic_u32 inside_count;    /* threads inside */
    hf_atomic_u64 violation_count; /* times that a second one came */
    hf_atomic_u64 operation_count; /* operations begun */
    hf_atomic_u64 fail_at;         /* this operation fails, from 1; 0 = none */
    hf_atomic_u32 fail_status;     /* with this status, negated */
    hf_atomic_u64 fault_count;     /* operations that failed because of that */
    uint64_t unguarded; /* under the device lock only: ThreadSanitizer's bait */
} accelerator;

void accelerator_init(accelerator *acc, const accelerator_config *config);

/* The configuration for hf_crypto_init: exclusive hardware. */
hf_crypto_device_config accelerator_device(accelerator *acc);

/* Let the n-th operation from now (1 = the next) fail with `status`, instead of doing it.
 * */
void accelerator_fail(accelerator *acc, uint64_t n, int status);

/* How many have failed so. Fewer than were asked for when an operation cannot fail, or
 * was never reached. */
uint64_t accelerator_faults(const accelerator *acc);

uint64_t accelerator_operations(const accelerator *acc);
uint64_t accelerator_violations(const accelerator *acc);

/* Is a thread inside at this moment? */
bool accelerator_is_inside(const accelerator *acc);

#endif
