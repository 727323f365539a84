/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The lock abstraction: checks its state and passes on to the port's operations. This
 * file is the only caller of ops->acquire and ops->release.
 *
 * `initialized` and `ops` are written by init and cleanup only, which are single-threaded
 * by contract, so acquire and release read them without synchronisation.
 */
#include "holdfast/lock.h"

/* Without threads the names of lock.h are macros and nothing of this file remains. */
#if HF_CFG_THREADSAFE

static bool has_needed_operations(const hf_lock_ops *ops)
{
    return ops->init != NULL && ops->cleanup != NULL && ops->acquire != NULL &&
           ops->release != NULL;
}

int hf_lock_init(hf_lock *lock, const hf_lock_config *config)
{
    if (lock == NULL) {
        return HF_ERR_ARG;
    }
    *lock = (hf_lock){ .ops = NULL, .context = NULL, .initialized = false };
    if (config == NULL || config->ops == NULL) {
        lock->initialized = true;
        return HF_OK;
    }
    if (!has_needed_operations(config->ops)) {
        return HF_ERR_ARG;
    }
    int rc = config->ops->init(config->context, config->config);
    if (rc != HF_OK) {
        return rc;
    }
    lock->ops = config->ops;
    lock->context = config->context;
    lock->initialized = true;
    return HF_OK;
}

int hf_lock_cleanup(hf_lock *lock)
{
    if (lock == NULL) {
        return HF_ERR_ARG;
    }
    int rc = HF_OK;
    if (lock->initialized && lock->ops != NULL) {
        rc = lock->ops->cleanup(lock->context);
    }
    *lock = (hf_lock){ .ops = NULL, .context = NULL, .initialized = false };
    return rc;
}

int hf_lock_acquire(hf_lock *lock)
{
    if (lock == NULL || !lock->initialized) {
        return HF_ERR_ARG;
    }
    if (lock->ops == NULL) {
        return HF_OK;
    }
    int rc = lock->ops->acquire(lock->context);
    /* Callers are promised these three, whatever a port returns. */
    return rc == HF_OK || rc == HF_ERR_ARG ? rc : HF_ERR_ABORTED;
}

int hf_lock_release(hf_lock *lock) HF_NO_TSA
{
    if (lock == NULL || !lock->initialized) {
        return HF_ERR_ARG;
    }
    if (lock->ops == NULL) {
        return HF_OK;
    }
    return lock->ops->release(lock->context);
}

bool hf_lock_is_held(const hf_lock *lock)
{
    if (lock == NULL || !lock->initialized) {
        return false;
    }
    if (lock->ops == NULL || lock->ops->is_held == NULL) {
        return true;
    }
    return lock->ops->is_held(lock->context);
}

#endif
