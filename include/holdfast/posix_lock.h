/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The lock operations of the POSIX port: an error-checking pthread mutex.
 *
 * Life: the caller provides a hf_posix_mutex (any content) and passes it as the context
 * of a hf_lock_config; hf_lock_init and hf_lock_cleanup make and destroy the mutex in it.
 * It must not move while the lock is initialised.
 *
 * Errors of acquire and release: EINVAL is HF_ERR_ARG, EDEADLK (the caller owns the mutex
 * already) is HF_ERR_ABORTED, EPERM (the caller does not own it) is HF_ERR_LOCKED, all
 * others are HF_ERR_ABORTED. Errors of init and cleanup: EINVAL is HF_ERR_ARG, ENOMEM and
 * EAGAIN are HF_ERR_NOMEM, EBUSY (cleanup of an owned mutex; it stays as it is) is
 * HF_ERR_LOCKED, all others are HF_ERR_SYSTEM.
 *
 *     hf_posix_mutex mutex;
 *     hf_lock lock;
 *     int rc = hf_lock_init(&lock, &(hf_lock_config){ .ops = &hf_posix_mutex_ops,
 *                                                     .context = &mutex });
 */
#ifndef HOLDFAST_POSIX_LOCK_H
#define HOLDFAST_POSIX_LOCK_H

#include <pthread.h>

#include "holdfast/atomic.h"
#include "holdfast/lock.h"

/* Private; here so that the caller can reserve the memory. */
typedef struct hf_posix_mutex {
    pthread_mutex_t mutex;
    hf_atomic_u64 owner; /* number of the thread that owns `mutex`, 0 = nobody */
} hf_posix_mutex;

/* Every operation is present, is_held too. hf_lock_config.config is not used. */
extern const hf_lock_ops hf_posix_mutex_ops;

#endif
