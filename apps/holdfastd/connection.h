/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Connections: one session with its socket, served by whichever thread has its events.
 *
 * Ownership: `events` counts what has happened to a connection and was not looked at
 * yet. Who raises it from 0 owns the connection and serves it until it is 0 again;
 * everybody else only adds. So a session is served by one thread at a time, and no event
 * is lost.
 *
 * Memory: a closed connection goes to the free list and is used again, but its memory
 * stays until the end. So a late event (from epoll, the syncer or a queue) meets a
 * connection that is closed or belongs to somebody else, and the worst that it does is
 * to serve it once more.
 */
#ifndef HFD_CONNECTION_H
#define HFD_CONNECTION_H

#include <pthread.h>
#include <stdatomic.h>

#include "holdfast/posix_socket.h"
#include "holdfast/server.h"

typedef struct hfd_daemon hfd_daemon;

/* What an epoll event points to. */
enum hfd_source_type { HFD_SOURCE_WAKE, HFD_SOURCE_LISTENER, HFD_SOURCE_CONNECTION };
typedef struct hfd_source {
    enum hfd_source_type type;
} hfd_source;

typedef struct hfd_connection {
    hfd_source source; /* first */
    hfd_daemon *daemon;
    atomic_uint events;            /* see above */
    atomic_uint armed;             /* what epoll waits for; 0 = disarmed */
    atomic_bool may_have_hung_up;  /* epoll saw a peer go: this one, or one before */
    atomic_int incoming_fd;        /* accepted, not yet opened; -1 = none */
    hf_identity incoming_identity; /* handed over by incoming_fd */
    /* of the owner: */
    bool is_open;
    bool is_unwatched; /* epoll does not take its socket: it cannot be served */
    hf_posix_socket socket;
    hf_session session;
    /* of the syncer's mutex: */
    hf_ticket parked_ticket; /* 0 = not parked */
    struct hfd_connection *parked_next, *parked_prev;
    /* of the reactor's mutex: */
    struct hfd_connection *ready_next;
    /* of the connections' mutex: */
    struct hfd_connection *free_next;
} hfd_connection;

typedef struct hfd_connections {
    pthread_mutex_t mutex; /* guards the free list and the chunks */
    hfd_daemon *daemon;
    hfd_connection *free_head;
    hfd_connection **chunks;
    uint32_t chunk_count;
    uint32_t used_count; /* open or being opened */
    uint32_t count_max;
    pthread_cond_t all_closed; /* used_count became 0 */
} hfd_connections;

int hfd_connections_init(hfd_connections *connections, hfd_daemon *daemon,
                         uint32_t count_max) HF_MUST_CHECK;
void hfd_connections_cleanup(hfd_connections *connections);

/* Take over an accepted socket, also on errors. HF_OK, HF_ERR_LIMIT or HF_ERR_NOMEM. Any
 * thread. */
int hfd_connections_accept(hfd_connections *connections, int fd, hf_identity identity)
    HF_MUST_CHECK;

/* Something happened: somebody will serve the connection. Any thread. */
void hfd_connection_post(hfd_connection *connection);

/* The same, and serve it here if nobody owns it. For workers. */
void hfd_connection_post_here(hfd_connection *connection);

/* Serve a connection whose events this thread raised from 0. For workers. */
void hfd_connection_serve(hfd_connection *connection);

/* Wake every open connection, so that it sees that the daemon stops. */
void hfd_connections_post_all(hfd_connections *connections);

/* Wait until all are closed, at most until `deadline` (CLOCK_MONOTONIC). True when they
   are. */
bool hfd_connections_wait_closed(hfd_connections *connections,
                                 const struct timespec *deadline);

#endif
