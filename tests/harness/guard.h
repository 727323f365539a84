/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Guards around devices: each passes every operation on to another device and ends the
 * program, loudly, when the calling thread holds the store lock meanwhile. Under that
 * lock nobody may compute, program or sync (docs/threads.md); reading the medium is
 * allowed.
 *
 * Without thread safety nothing can be known of the lock, and nothing is checked.
 */
#ifndef TEST_GUARD_H
#define TEST_GUARD_H

#include "holdfast/crypto.h"
#include "holdfast/nvm_device.h"

typedef struct guard_crypto {
    hf_crypto_device_config inner;
    const hf_lock *lock; /* of the store; zeroed while there is none */
} guard_crypto;

/* The guarded device; `guard` lives as long as it. */
hf_crypto_device_config guard_crypto_device(guard_crypto *guard,
                                            const hf_crypto_device_config *inner,
                                            const hf_lock *lock);

typedef struct guard_nvm {
    hf_nvm_device device; /* the guarded one */
    const hf_nvm_device *inner;
    const hf_lock *lock;
} guard_nvm;

void guard_nvm_init(guard_nvm *guard, const hf_nvm_device *inner, const hf_lock *lock);

#endif
