/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The reactor: see reactor.h.
 *
 * Sleeping: a worker counts itself as idle, then looks at the ready list once more, then
 * waits. Who pushes to the list looks at the count afterwards. Both go through the
 * list's mutex, so one of them sees the other, and no ready connection is left without a
 * worker.
 */
#include "reactor.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon.h"

/* Ready connections that a worker serves before it looks at the sockets again. */
#define READY_RUN_MAX 16u

void hfd_reactor_push(hfd_reactor *reactor, hfd_connection *connection)
{
    (void)pthread_mutex_lock(&reactor->mutex);
    connection->ready_next = NULL;
    if (reactor->ready_tail == NULL) {
        reactor->ready_head = connection;
    } else {
        reactor->ready_tail->ready_next = connection;
    }
    reactor->ready_tail = connection;
    (void)pthread_mutex_unlock(&reactor->mutex);
    if (atomic_load(&reactor->idle_count) > 0) {
        hf_ignore(eventfd_write(reactor->wake_fd, 1)); /* full: all are awake anyway */
    }
}

static hfd_connection *ready_pop(hfd_reactor *reactor)
{
    (void)pthread_mutex_lock(&reactor->mutex);
    hfd_connection *connection = reactor->ready_head;
    if (connection != NULL) {
        reactor->ready_head = connection->ready_next;
        if (reactor->ready_head == NULL) {
            reactor->ready_tail = NULL;
        }
    }
    (void)pthread_mutex_unlock(&reactor->mutex);
    return connection;
}

static void event_take(hfd_reactor *reactor, const struct epoll_event *event)
{
    hfd_source *source = event->data.ptr;
    eventfd_t count = 0;
    switch (source->type) {
    case HFD_SOURCE_WAKE:
        hf_ignore(eventfd_read(reactor->wake_fd,
                               &count)); /* another worker may have been first */
        break;
    case HFD_SOURCE_LISTENER:
        hfd_listener_accept((hfd_listener *)source);
        break;
    case HFD_SOURCE_CONNECTION: {
        hfd_connection *connection = (hfd_connection *)source;
        if ((event->events & (EPOLLHUP | EPOLLERR)) != 0) {
            atomic_store(&connection->may_have_hung_up, true);
        }
        atomic_store(&connection->armed, 0);
        hfd_connection_post_here(connection);
        break;
    }
    }
}

/* Wait for one event; with `look_only` do not wait. */
static void events_wait(hfd_reactor *reactor, bool look_only)
{
    struct epoll_event event;
    int count = epoll_wait(reactor->epoll_fd, &event, 1, look_only ? 0 : -1);
    if (!look_only) {
        (void)atomic_fetch_sub(&reactor->idle_count, 1);
    }
    if (count == 1) {
        event_take(reactor, &event);
    }
}

static void *worker_run(void *argument)
{
    hfd_reactor *reactor = argument;
    unsigned run = 0;
    while (!atomic_load(&reactor->is_stopping)) {
        hfd_connection *connection = ready_pop(reactor);
        if (connection == NULL) {
            run = 0;
            (void)atomic_fetch_add(&reactor->idle_count, 1);
            connection = ready_pop(reactor);
            if (connection == NULL) {
                events_wait(reactor, false);
                continue;
            }
            (void)atomic_fetch_sub(&reactor->idle_count, 1);
        }
        hfd_connection_serve(connection);
        if (++run == READY_RUN_MAX) {
            run = 0;
            events_wait(reactor, true);
        }
    }
    /* Pass the stop on: the semaphore woke one worker only. */
    hf_ignore(eventfd_write(reactor->wake_fd, 1));
    return NULL;
}

static int epoll_create_all(hfd_reactor *reactor)
{
    reactor->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    reactor->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
    reactor->wake_source.type = HFD_SOURCE_WAKE;
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = &reactor->wake_source };
    if (reactor->epoll_fd < 0 || reactor->wake_fd < 0 ||
        epoll_ctl(reactor->epoll_fd, EPOLL_CTL_ADD, reactor->wake_fd, &event) != 0) {
        return HF_ERR_SYSTEM;
    }
    return HF_OK;
}

int hfd_reactor_start(hfd_reactor *reactor, hfd_daemon *daemon, uint32_t thread_count)
{
    *reactor = (hfd_reactor){ .daemon = daemon, .epoll_fd = -1, .wake_fd = -1 };
    (void)pthread_mutex_init(&reactor->mutex, NULL);
    reactor->threads = calloc(thread_count, sizeof *reactor->threads);
    int rc = reactor->threads == NULL ? HF_ERR_NOMEM : epoll_create_all(reactor);
    while (rc == HF_OK && reactor->thread_count < thread_count) {
        if (pthread_create(&reactor->threads[reactor->thread_count], NULL, worker_run,
                           reactor) != 0) {
            rc = HF_ERR_SYSTEM;
        } else {
            reactor->thread_count++;
        }
    }
    if (rc != HF_OK) {
        hfd_reactor_stop(reactor);
    }
    return rc;
}

void hfd_reactor_stop(hfd_reactor *reactor)
{
    if (reactor->threads == NULL) {
        return;
    }
    atomic_store(&reactor->is_stopping, true);
    hf_ignore(
        eventfd_write(reactor->wake_fd, 1)); /* the worker that it wakes passes it on */
    for (uint32_t i = 0; i < reactor->thread_count; i++) {
        (void)pthread_join(reactor->threads[i], NULL);
    }
    (void)close(reactor->epoll_fd);
    (void)close(reactor->wake_fd);
    free(reactor->threads);
    reactor->threads = NULL;
    (void)pthread_mutex_destroy(&reactor->mutex);
}
