/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A function takes the lock and forgets it.
 */
/* expect: is still held at the end of function */
#include "holdfast/lock.h"

int hf_compile_fail(hf_lock *lock);

int hf_compile_fail(hf_lock *lock)
{
    if (hf_lock_acquire(lock) != HF_OK) {
        for (;;) {
        }
    }
    return HF_OK;
}
