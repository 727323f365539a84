/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Lock operations over an error-checking pthread mutex.
 *
 * The mutex itself knows its owner but does not tell, so `owner` repeats it for is_held.
 * It is written only by the thread that owns the mutex and may be read by any. release
 * and cleanup ask it first, so a thread that misuses the lock does not reach the mutex.
 * Relaxed order is enough: a thread always sees its own last store, and whatever it sees
 * of others is not its own number.
 */
#include "holdfast/posix_lock.h"

#include <errno.h>

#include "base/atomic.h"

#define NO_OWNER 0u

/* Numbers are never used twice, unlike pthread_t, which a later thread may inherit from
 * one that ended while it owned the mutex. */
static hf_atomic_u64 last_thread_number;
static _Thread_local uint64_t own_thread_number;

static uint64_t thread_number(void)
{
    if (own_thread_number == NO_OWNER) {
        own_thread_number = hf_atomic_u64_fetch_add_relaxed(&last_thread_number, 1) + 1;
    }
    return own_thread_number;
}

static int status_of_life_cycle(int error)
{
    switch (error) {
    case 0:
        return HF_OK;
    case EINVAL:
        return HF_ERR_ARG;
    case ENOMEM:
    case EAGAIN:
        return HF_ERR_NOMEM;
    case EBUSY:
        return HF_ERR_LOCKED;
    default: /* errno values are an open set */
        return HF_ERR_SYSTEM;
    }
}

static int status_of_use(int error)
{
    switch (error) {
    case 0:
        return HF_OK;
    case EINVAL:
        return HF_ERR_ARG;
    case EPERM:
        return HF_ERR_LOCKED;
    case EDEADLK:
    default: /* errno values are an open set */
        return HF_ERR_ABORTED;
    }
}

static int mutex_init(void *context, const void *config)
{
    hf_posix_mutex *mutex = (hf_posix_mutex *)context;
    (void)config;
    if (mutex == NULL) {
        return HF_ERR_ARG;
    }
    pthread_mutexattr_t attributes;
    int error = pthread_mutexattr_init(&attributes);
    if (error != 0) {
        return status_of_life_cycle(error);
    }
    error = pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    if (error == 0) {
        error = pthread_mutex_init(&mutex->mutex, &attributes);
    }
    (void)pthread_mutexattr_destroy(&attributes); /* cannot fail for a good object */
    if (error == 0) {
        hf_atomic_u64_init(&mutex->owner, NO_OWNER);
    }
    return status_of_life_cycle(error);
}

static int mutex_cleanup(void *context)
{
    hf_posix_mutex *mutex = (hf_posix_mutex *)context;
    /* To destroy an owned mutex is undefined, so it is not left to the mutex to
     * notice. */
    if (hf_atomic_u64_load_relaxed(&mutex->owner) != NO_OWNER) {
        return HF_ERR_LOCKED;
    }
    return status_of_life_cycle(pthread_mutex_destroy(&mutex->mutex));
}

static int mutex_acquire(void *context)
{
    hf_posix_mutex *mutex = (hf_posix_mutex *)context;
    int rc = status_of_use(pthread_mutex_lock(&mutex->mutex));
    if (rc == HF_OK) {
        hf_atomic_u64_store_relaxed(&mutex->owner, thread_number());
    }
    return rc;
}

static bool mutex_is_held(void *context)
{
    const hf_posix_mutex *mutex = (const hf_posix_mutex *)context;
    return hf_atomic_u64_load_relaxed(&mutex->owner) == thread_number();
}

static int mutex_release(void *context)
{
    hf_posix_mutex *mutex = (hf_posix_mutex *)context;
    /* The mutex would say EPERM. Asking first gives the same answer, and ThreadSanitizer
     * ends a program that lets the mutex find out. */
    if (!mutex_is_held(context)) {
        return HF_ERR_LOCKED;
    }
    /* The number goes before the mutex does: afterwards it belongs to the next owner. */
    hf_atomic_u64_store_relaxed(&mutex->owner, NO_OWNER);
    return status_of_use(pthread_mutex_unlock(&mutex->mutex));
}

const hf_lock_ops hf_posix_mutex_ops = {
    .init = mutex_init,
    .cleanup = mutex_cleanup,
    .acquire = mutex_acquire,
    .release = mutex_release,
    .is_held = mutex_is_held,
};
