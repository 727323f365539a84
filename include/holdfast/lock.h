/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The lock: a mutual-exclusion lock over callbacks. The core knows no thread library; a
 * port supplies the operations (port/posix: an error-checking pthread mutex).
 *
 * Life: hf_lock_init -> any number of acquire/release pairs -> hf_lock_cleanup. Init and
 * cleanup are single-threaded by contract: before the threads start, after they have
 * ended, never while another thread may be using or waiting for the lock. The caller owns
 * the hf_lock and the context that its operations use.
 *
 * There is no try-acquire: nothing in the server may give up half way because a lock was
 * busy. In a build with HF_CFG_THREADSAFE 0 the functions are macros that lock nothing,
 * and no hf_lock_ symbol remains.
 *
 *     hf_lock lock;
 *     int rc = hf_lock_init(&lock, &(hf_lock_config){ .ops = &hf_posix_mutex_ops,
 *                                                     .context = &mutex });
 *     if (rc != HF_OK) { return rc; }
 *     rc = hf_lock_acquire(&lock);
 *     if (rc != HF_OK) { return rc; }
 *     shared++;
 *     rc = hf_lock_release(&lock);
 */
#ifndef HOLDFAST_LOCK_H
#define HOLDFAST_LOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "holdfast/status.h"
#include "holdfast/tsa.h"

/* What a port supplies: all but is_held. `context` is hf_lock_config.context in each. */
typedef struct hf_lock_ops {
    /* Make the lock usable. `config` is hf_lock_config.config. HF_OK or an HF_ERR_*;
     * after an error the context is as before. */
    int (*init)(void *context, const void *config);
    /* Give back what init took. HF_OK or an HF_ERR_*. Called once for each good init. */
    int (*cleanup)(void *context);
    /* Block until the calling thread owns the lock. HF_OK, HF_ERR_ARG (unusable lock) or
     * HF_ERR_ABORTED (cannot be had, e.g. the caller owns it already). */
    int (*acquire)(void *context);
    /* HF_OK, HF_ERR_ARG, or HF_ERR_LOCKED (another thread owns it; it stays owned). */
    int (*release)(void *context);
    /* Optional (NULL = unknown): is the lock held by the calling thread? */
    bool (*is_held)(void *context);
} hf_lock_ops;

typedef struct hf_lock_config {
    const hf_lock_ops *ops; /* NULL: a lock that does nothing */
    void *context;          /* passed to each operation; lives as long as the lock */
    const void *config;     /* passed to ops->init only; NULL = the port's default */
} hf_lock_config;

typedef struct HF_CAPABILITY("hf_lock") hf_lock {
    const hf_lock_ops *ops; /* NULL: does nothing */
    void *context;
    bool initialized; /* set by init, cleared by cleanup */
} hf_lock;

#if HF_CFG_THREADSAFE

/*
 * Make a lock usable.
 *
 * lock    the caller's memory; its former content does not matter.
 * config  NULL, or ops NULL: the lock does nothing (single-threaded use).
 *
 * Returns HF_OK, or HF_ERR_ARG (lock is NULL, or a needed operation is missing), or what
 * ops->init returned. After an error the lock is zeroed and not initialised.
 * Single-threaded. Does not block.
 */
int hf_lock_init(hf_lock *lock, const hf_lock_config *config) HF_MUST_CHECK;

/*
 * End a lock and zero the structure. On a lock that is not initialised it only zeroes, so
 * a second cleanup is harmless. The structure must have been zeroed or initialised
 * before.
 *
 * Returns HF_OK, HF_ERR_ARG (lock is NULL), or what ops->cleanup returned; the structure
 * is zeroed all the same.
 * Single-threaded. Does not block.
 */
int hf_lock_cleanup(hf_lock *lock);

/*
 * Acquire. Blocks until the lock is owned by the calling thread.
 *
 * Returns HF_OK, or HF_ERR_ARG (NULL or not initialised), or HF_ERR_ABORTED (the blocking
 * acquire failed). After an error the caller does not own the lock.
 * Any thread. Not recursive.
 */
int hf_lock_acquire(hf_lock *lock) HF_TRY_ACQUIRE(0, *lock) HF_MUST_CHECK;

/*
 * Release.
 *
 * Returns HF_OK, or HF_ERR_ARG (NULL or not initialised), or HF_ERR_LOCKED (owned by
 * another thread, which goes on owning it).
 * The thread that acquired it. Does not block.
 */
int hf_lock_release(hf_lock *lock) HF_RELEASE(*lock);

/*
 * True when the calling thread is known to hold the lock, or when that cannot be known
 * (no is_held operation, or no operations at all). False when the lock is NULL or not
 * initialised. For assertions only.
 */
bool hf_lock_is_held(const hf_lock *lock);

#else

/* Inline functions behind the macros keep the arguments' types checked and their values
 * used; their names leave no hf_lock_ symbol in an object file. */
static inline int hf_nolock_init(hf_lock *lock, const hf_lock_config *config)
{
    (void)config;
    *lock = (hf_lock){ .ops = NULL, .context = NULL, .initialized = true };
    return HF_OK;
}

static inline int hf_nolock_ok(const hf_lock *lock)
{
    (void)lock;
    return HF_OK;
}

#define hf_lock_init(lock, config) hf_nolock_init((lock), (config))
#define hf_lock_cleanup(lock) hf_nolock_ok(lock)
#define hf_lock_acquire(lock) hf_nolock_ok(lock)
#define hf_lock_release(lock) hf_nolock_ok(lock)
#define hf_lock_is_held(lock) (hf_nolock_ok(lock) == HF_OK)

#endif

#endif
