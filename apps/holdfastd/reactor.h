/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The reactor: one epoll instance and the worker threads. A worker serves a ready
 * connection inline, without hand-over. Connections that become ready for another reason
 * than their socket (their ticket is durable, a queue lets them go on) come through the
 * ready list.
 */
#ifndef HFD_REACTOR_H
#define HFD_REACTOR_H

#include <pthread.h>
#include <stdatomic.h>

#include "connection.h"

typedef struct hfd_reactor {
    hfd_daemon *daemon;
    int epoll_fd;
    int wake_fd; /* eventfd, a semaphore: one worker per count */
    hfd_source wake_source;
    pthread_mutex_t mutex; /* guards the ready list */
    hfd_connection *ready_head, *ready_tail;
    atomic_uint idle_count; /* workers that wait in epoll, or are about to */
    atomic_bool is_stopping;
    pthread_t *threads;
    uint32_t thread_count;
} hfd_reactor;

/* Create epoll and start `thread_count` workers. HF_OK, HF_ERR_NOMEM or HF_ERR_SYSTEM. */
int hfd_reactor_start(hfd_reactor *reactor, hfd_daemon *daemon, uint32_t thread_count)
    HF_MUST_CHECK;

/* End the workers and wait for them; harmless when it was not started. */
void hfd_reactor_stop(hfd_reactor *reactor);

/* Put a connection, whose events the caller raised from 0, on the ready list. Any
   thread. */
void hfd_reactor_push(hfd_reactor *reactor, hfd_connection *connection);

#endif
