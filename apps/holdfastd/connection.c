/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Connections: see connection.h for who owns one and how its memory is used.
 */
#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "daemon.h"

#define CHUNK_COUNT 64u /* connections in a chunk */

int hfd_connections_init(hfd_connections *connections, hfd_daemon *daemon,
                         uint32_t count_max)
{
    *connections = (hfd_connections){ .daemon = daemon, .count_max = count_max };
    connections->chunks = calloc(count_max / CHUNK_COUNT + 1, sizeof(hfd_connection *));
    if (connections->chunks == NULL) {
        return HF_ERR_NOMEM;
    }
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&connections->all_closed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    (void)pthread_mutex_init(&connections->mutex, NULL);
    return HF_OK;
}

void hfd_connections_cleanup(hfd_connections *connections)
{
    for (uint32_t i = 0; i < connections->chunk_count; i++) {
        free(connections->chunks[i]);
    }
    free(connections->chunks);
    (void)pthread_cond_destroy(&connections->all_closed);
    (void)pthread_mutex_destroy(&connections->mutex);
}

static int chunk_add(hfd_connections *connections)
{
    hfd_connection *chunk = calloc(CHUNK_COUNT, sizeof *chunk);
    if (chunk == NULL) {
        return HF_ERR_NOMEM;
    }
    for (uint32_t i = 0; i < CHUNK_COUNT; i++) {
        hfd_connection *c = &chunk[i];
        c->source.type = HFD_SOURCE_CONNECTION;
        c->daemon = connections->daemon;
        atomic_init(&c->incoming_fd, -1);
        c->free_next = connections->free_head;
        connections->free_head = c;
    }
    connections->chunks[connections->chunk_count++] = chunk;
    return HF_OK;
}

static int connection_take(hfd_connections *connections, hfd_connection **taken)
{
    int rc = HF_OK;
    (void)pthread_mutex_lock(&connections->mutex);
    if (connections->used_count >= connections->count_max) {
        rc = HF_ERR_LIMIT;
    } else if (connections->free_head == NULL) {
        rc = chunk_add(connections);
    }
    if (rc == HF_OK) {
        *taken = connections->free_head;
        connections->free_head = (*taken)->free_next;
        connections->used_count++;
    }
    (void)pthread_mutex_unlock(&connections->mutex);
    return rc;
}

static void connection_give(hfd_connection *connection)
{
    hfd_connections *connections = &connection->daemon->connections;
    (void)pthread_mutex_lock(&connections->mutex);
    connection->free_next = connections->free_head;
    connections->free_head = connection;
    if (--connections->used_count == 0) {
        (void)pthread_cond_broadcast(&connections->all_closed);
    }
    (void)pthread_mutex_unlock(&connections->mutex);
}

int hfd_connections_accept(hfd_connections *connections, int fd, hf_identity identity)
{
    hfd_connection *connection = NULL;
    int rc = connection_take(connections, &connection);
    if (rc != HF_OK) {
        (void)close(fd);
        return rc;
    }
    connection->incoming_identity = identity;
    atomic_store(&connection->incoming_fd, fd);
    hfd_connection_post_here(connection);
    return HF_OK;
}

void hfd_connection_post(hfd_connection *connection)
{
    if (atomic_fetch_add(&connection->events, 1) == 0) {
        hfd_reactor_push(&connection->daemon->reactor, connection);
    }
}

void hfd_connection_post_here(hfd_connection *connection)
{
    if (atomic_fetch_add(&connection->events, 1) == 0) {
        hfd_connection_serve(connection);
    }
}

static void connection_open(hfd_connection *connection)
{
    int fd = atomic_exchange(&connection->incoming_fd, -1);
    if (fd < 0) {
        return; /* a late event of the connection that was here before */
    }
    hfd_daemon *daemon = connection->daemon;
    atomic_store(&connection->may_have_hung_up, false);
    atomic_store(&connection->armed, EPOLLIN);
    connection->is_unwatched = false;
    hf_posix_socket_init(&connection->socket, fd);
    hf_session_config config = { .transport =
                                     hf_posix_socket_transport(&connection->socket),
                                 .identity = connection->incoming_identity,
                                 .context = connection };
    int rc = hf_session_open(&connection->session, &daemon->server, &config);
    if (rc != HF_OK) {
        HF_LOG(&daemon->log, HF_LOG_ERROR, "daemon", "session not opened", 0, rc);
        (void)close(fd);
        connection_give(connection);
        return;
    }
    connection->is_open = true;
    if (atomic_load(&daemon->stop_phase) != HFD_RUN) {
        (void)atomic_fetch_add(&connection->events,
                               1); /* the stop may not have seen it */
    }
    struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT,
                                 .data.ptr = &connection->source };
    if (epoll_ctl(daemon->reactor.epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
        HF_LOG(&daemon->log, HF_LOG_ERROR, "daemon", "socket not watched",
               (uint64_t)errno, HF_ERR_SYSTEM);
        connection->is_unwatched = true;
        (void)atomic_fetch_add(&connection->events,
                               1); /* this thread owns it: serve, close */
    }
}

static void connection_close(hfd_connection *connection)
{
    hfd_daemon *daemon = connection->daemon;
    hfd_syncer_unpark(&daemon->syncer, connection);
    int rc = hf_session_close(&connection->session);
    while (rc == HF_ERR_ABORTED) {
        HF_LOG(&daemon->log, HF_LOG_ERROR, "daemon", "session not closed", 0, rc);
        rc = hf_session_close(&connection->session);
    }
    connection->is_open = false;
    connection_give(connection);
}

/* Have epoll tell when the session can go on, unless it does so already. */
static void connection_arm(hfd_connection *connection, const hf_session_wait *wait)
{
    uint32_t wanted =
        (wait->wants_input ? EPOLLIN : 0u) | (wait->wants_output ? EPOLLOUT : 0u);
    wanted = wanted == 0 ? EPOLLHUP : wanted; /* EPOLLHUP is always told; only not 0 */
    if (atomic_load(&connection->armed) == wanted) {
        return;
    }
    atomic_store(&connection->armed, wanted);
    struct epoll_event event = { .events = wanted | EPOLLONESHOT,
                                 .data.ptr = &connection->source };
    if (epoll_ctl(connection->daemon->reactor.epoll_fd, EPOLL_CTL_MOD,
                  hf_posix_socket_fd(&connection->socket), &event) != 0) {
        connection->is_unwatched = true;
        (void)atomic_fetch_add(&connection->events, 1);
    }
}

/* Has the peer gone in both directions? Epoll's word for it may be late, and about the
 * connection that was here before, so the socket is asked. */
static bool has_hung_up(hfd_connection *connection)
{
    if (!atomic_load(&connection->may_have_hung_up)) {
        return false;
    }
    atomic_store(&connection->may_have_hung_up, false);
    struct pollfd entry = { .fd = hf_posix_socket_fd(&connection->socket) };
    return poll(&entry, 1, 0) > 0;
}

/* True: requests are left in the session's buffer; it goes on when others had theirs. */
static bool connection_step(hfd_connection *connection)
{
    hfd_daemon *daemon = connection->daemon;
    if (!connection->is_open) {
        connection_open(connection);
        return false;
    }
    hf_session_wait wait;
    int rc = hf_session_serve(&connection->session, &wait);
    bool is_over = rc != HF_OK && rc != HF_PENDING;
    unsigned stop = atomic_load(&daemon->stop_phase);
    bool is_idle =
        rc == HF_OK || (stop == HFD_STOP_NOW) ||
        (wait.ticket == 0 && !wait.is_queued && !wait.wants_output && !wait.wants_turn);
    if (is_over || connection->is_unwatched || has_hung_up(connection) ||
        (stop != HFD_RUN && is_idle)) {
        connection_close(connection);
        return false;
    }
    connection_arm(connection, &wait);
    if (wait.ticket != 0) {
        hfd_syncer_park(&daemon->syncer, connection, wait.ticket);
    }
    return wait.wants_turn;
}

void hfd_connection_serve(hfd_connection *connection)
{
    unsigned seen = atomic_load(&connection->events);
    for (;;) {
        if (connection_step(connection)) {
            /* Still owned: whoever takes it from the list goes on. */
            hfd_reactor_push(&connection->daemon->reactor, connection);
            return;
        }
        unsigned before = atomic_fetch_sub(&connection->events, seen);
        if (before == seen) {
            return;
        }
        seen = before - seen;
    }
}

void hfd_connections_post_all(hfd_connections *connections)
{
    (void)pthread_mutex_lock(&connections->mutex);
    uint32_t chunk_count = connections->chunk_count;
    (void)pthread_mutex_unlock(&connections->mutex);
    /* No listener is left, so no chunk is added; a free connection ignores the event. */
    for (uint32_t i = 0; i < chunk_count; i++) {
        for (uint32_t k = 0; k < CHUNK_COUNT; k++) {
            hfd_connection_post(&connections->chunks[i][k]);
        }
    }
}

bool hfd_connections_wait_closed(hfd_connections *connections,
                                 const struct timespec *deadline)
{
    int rc = 0;
    (void)pthread_mutex_lock(&connections->mutex);
    while (connections->used_count > 0 && rc == 0) {
        rc = pthread_cond_timedwait(&connections->all_closed, &connections->mutex,
                                    deadline);
    }
    bool all = connections->used_count == 0;
    (void)pthread_mutex_unlock(&connections->mutex);
    return all;
}
