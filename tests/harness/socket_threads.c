/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Clients and sessions in threads of one process, connected by sockets: a listener for
 * each identity, a thread that accepts, and a thread per session. A session's thread
 * waits in poll for its socket and for an eventfd, by which others wake it.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/crowd_threads.h"
#include "harness/harness.h"
#include "harness/hub.h"
#include "holdfast/posix_lock.h"
#include "holdfast/posix_socket.h"

#define LISTENER_COUNT (SUITE_IDENTITY_COUNT + 1u) /* SUITE_NOBODY, too */
#define CONNECT_TIMEOUT_MS 60000u

typedef struct net net;

/* The server's end of a connection. Its memory stays until the harness stops, because a
 * session may be woken until its last moment. */
typedef struct server_end {
    struct server_end *next;
    net *owner;
    hf_posix_socket socket;
    hf_session session;
    int wake_fd;
    pthread_t thread;
    bool is_ended;  /* under the mutex: its thread can be joined */
    bool is_joined; /* of the thread that accepts */
} server_end;

typedef struct client_end {
    struct client_end *next;
    net *owner;
    hf_posix_socket socket;
    hf_transport transport; /* of the socket */
    bool is_open;           /* under the mutex */
} client_end;

struct net {
    hub h;
    bool is_tcp;
    char folder[64];
    char addresses[LISTENER_COUNT][108]; /* path, or port */
    int listen_fds[LISTENER_COUNT];
    int stop_fd;
    pthread_t acceptor;
    pthread_mutex_t mutex;
    server_end *servers; /* under mutex */
    client_end *clients; /* the same */
    hf_posix_mutex nvm_mutex, sync_mutex;
    hf_lock_config nvm_lock, sync_lock;
};

static void lock(net *n)
{
    crowd_check(pthread_mutex_lock(&n->mutex), "pthread_mutex_lock");
}

static void unlock(net *n)
{
    crowd_check(pthread_mutex_unlock(&n->mutex), "pthread_mutex_unlock");
}

static void event_set(int fd)
{
    const uint64_t one = 1;
    crowd_check(write(fd, &one, sizeof one) == sizeof one ? 0 : errno, "write");
}

/* ---- a session's thread ---- */

static void session_wake(void *context, hf_session *session)
{
    (void)context;
    server_end *end = hf_session_context(session);
    event_set(end->wake_fd);
}

static void session_sleep(server_end *end, const hf_session_wait *wait)
{
    struct pollfd fds[] = {
        { .fd = hf_posix_socket_fd(&end->socket),
          .events = (short)((wait->wants_input ? POLLIN : 0) |
                            (wait->wants_output ? POLLOUT : 0)) },
        { .fd = end->wake_fd, .events = POLLIN },
    };
    if (fds[0].events == 0) {
        fds[0].fd = -1; /* or a hang-up would end every poll */
    }
    int count = poll(fds, 2, -1);
    crowd_check(count < 0 && errno != EINTR ? errno : 0, "poll");
    if (count > 0 && fds[1].revents != 0) {
        uint64_t value;
        crowd_check(read(end->wake_fd, &value, sizeof value) < 0 ? errno : 0, "read");
    }
}

static void *session_main(void *context)
{
    server_end *end = context;
    for (;;) {
        hf_session_wait wait;
        int rc = hf_session_serve(&end->session, &wait);
        if (rc != HF_OK && rc != HF_PENDING) {
            break;
        }
        if (wait.ticket != 0) {
            hf_ignore(hf_server_nvm_wait(&end->owner->h.server,
                                         wait.ticket)); /* it is in the answer */
        } else if (!wait.wants_turn) {
            session_sleep(end, &wait);
        }
    }
    while (hf_session_close(&end->session) == HF_ERR_ABORTED) {
    }
    lock(end->owner);
    end->is_ended = true;
    unlock(end->owner);
    return NULL;
}

/* ---- accepting ---- */

static void session_start(net *n, unsigned who, int fd)
{
    server_end *end = calloc(1, sizeof *end);
    crowd_check(end == NULL, "calloc");
    end->owner = n;
    end->wake_fd = eventfd(0, EFD_CLOEXEC);
    crowd_check(end->wake_fd < 0 ? errno : 0, "eventfd");
    hf_posix_socket_init(&end->socket, fd);
    int rc = hf_session_open(
        &end->session, &n->h.server,
        &(hf_session_config){ .transport = hf_posix_socket_transport(&end->socket),
                              .identity = hub_identity(who),
                              .context = end });
    crowd_check(rc == HF_OK ? 0 : EPROTO, "hf_session_open");
    lock(n);
    for (server_end *old = n->servers; old != NULL; old = old->next) {
        if (old->is_ended && !old->is_joined) {
            crowd_check(pthread_join(old->thread, NULL), "pthread_join");
            old->is_joined = true;
        }
    }
    end->next = n->servers;
    n->servers = end;
    crowd_check(pthread_create(&end->thread, NULL, session_main, end), "pthread_create");
    unlock(n);
}

static void *acceptor_main(void *context)
{
    net *n = context;
    for (;;) {
        struct pollfd fds[LISTENER_COUNT + 1];
        for (unsigned who = 0; who < LISTENER_COUNT; who++) {
            fds[who] = (struct pollfd){ .fd = n->listen_fds[who], .events = POLLIN };
        }
        fds[LISTENER_COUNT] = (struct pollfd){ .fd = n->stop_fd, .events = POLLIN };
        int count = poll(fds, LISTENER_COUNT + 1, -1);
        crowd_check(count < 0 && errno != EINTR ? errno : 0, "poll");
        if (count <= 0) {
            continue;
        }
        if (fds[LISTENER_COUNT].revents != 0) {
            return NULL;
        }
        for (unsigned who = 0; who < LISTENER_COUNT; who++) {
            int fd;
            if (fds[who].revents != 0 &&
                hf_posix_accept(n->listen_fds[who], &fd) == HF_OK) {
                session_start(n, who, fd);
            }
        }
    }
}

/* ---- the client's transport: the socket's, and its close is noticed ---- */

static int end_send(void *context, const uint8_t *data, size_t len, size_t *sent)
{
    const hf_transport *t = &((client_end *)context)->transport;
    return t->ops->send(t->context, data, len, sent);
}

static int end_recv(void *context, uint8_t *data, size_t size, size_t *received)
{
    const hf_transport *t = &((client_end *)context)->transport;
    return t->ops->recv(t->context, data, size, received);
}

static int end_wait(void *context, unsigned what, uint32_t timeout_ms)
{
    const hf_transport *t = &((client_end *)context)->transport;
    return t->ops->wait(t->context, what, timeout_ms);
}

static int end_recv_wait(void *context, uint8_t *data, size_t size, uint32_t timeout_ms,
                         size_t *received)
{
    const hf_transport *t = &((client_end *)context)->transport;
    return t->ops->recv_wait(t->context, data, size, timeout_ms, received);
}

static void end_close(void *context)
{
    client_end *end = context;
    lock(end->owner);
    end->is_open = false;
    end->transport.ops->close(end->transport.context);
    unlock(end->owner);
}

static const hf_transport_ops end_ops = { .send = end_send,
                                          .recv = end_recv,
                                          .wait = end_wait,
                                          .recv_wait = end_recv_wait,
                                          .close = end_close };

static int net_open(void *context, unsigned who, hf_transport *transport)
{
    net *n = context;
    client_end *end = calloc(1, sizeof *end);
    crowd_check(end == NULL, "calloc");
    int rc = n->is_tcp
                 ? hf_posix_socket_connect_tcp(&end->socket, "127.0.0.1",
                                               n->addresses[who], CONNECT_TIMEOUT_MS)
                 : hf_posix_socket_connect_unix(&end->socket, n->addresses[who],
                                                CONNECT_TIMEOUT_MS);
    if (rc != HF_OK) {
        free(end);
        return rc;
    }
    end->owner = n;
    end->transport = hf_posix_socket_transport(&end->socket);
    end->is_open = true;
    lock(n);
    end->next = n->clients;
    n->clients = end;
    unlock(n);
    *transport = (hf_transport){ .ops = &end_ops, .context = end };
    return HF_OK;
}

/* ---- the harness ---- */

static void listeners_open(net *n)
{
    for (unsigned who = 0; who < LISTENER_COUNT; who++) {
        int rc;
        if (n->is_tcp) {
            rc = hf_posix_listen_tcp("127.0.0.1", "0", &n->listen_fds[who]);
            snprintf(n->addresses[who], sizeof n->addresses[who], "%u",
                     (unsigned)hf_posix_listen_port(n->listen_fds[who]));
        } else {
            snprintf(n->addresses[who], sizeof n->addresses[who], "%s/%u", n->folder,
                     who);
            rc = hf_posix_listen_unix(n->addresses[who], 0600, &n->listen_fds[who]);
        }
        crowd_check(rc == HF_OK ? 0 : errno, "listen");
    }
}

/* End every connection and wait for every session; the acceptor has ended. */
static void connections_end(net *n)
{
    for (client_end *end = n->clients; end != NULL; end = end->next) {
        if (end->is_open) {
            end_close(end);
        }
    }
    for (server_end *end = n->servers; end != NULL; end = end->next) {
        if (!end->is_joined) {
            crowd_check(pthread_join(end->thread, NULL), "pthread_join");
            end->is_joined = true;
        }
    }
}

static void acceptor_start(net *n)
{
    n->stop_fd = eventfd(0, EFD_CLOEXEC);
    crowd_check(n->stop_fd < 0 ? errno : 0, "eventfd");
    crowd_check(pthread_create(&n->acceptor, NULL, acceptor_main, n), "pthread_create");
}

static void acceptor_stop(net *n)
{
    event_set(n->stop_fd);
    crowd_check(pthread_join(n->acceptor, NULL), "pthread_join");
    crowd_check(close(n->stop_fd) == 0 ? 0 : errno, "close");
}

static int net_restart(void *context)
{
    net *n = context;
    acceptor_stop(n);
    connections_end(n);
    int rc = hub_restart(&n->h);
    acceptor_start(n);
    return rc;
}

static const suite_env_ops net_ops = { .open = net_open,
                                       .run = crowd_run,
                                       .restart = net_restart };

static int net_start(suite_env *env, bool is_tcp)
{
    net *n = calloc(1, sizeof *n);
    crowd_check(n == NULL, "calloc");
    n->is_tcp = is_tcp;
    snprintf(n->folder, sizeof n->folder, "/tmp/holdfast-suite-XXXXXX");
    crowd_check(mkdtemp(n->folder) != NULL ? 0 : errno, "mkdtemp");
    crowd_check(pthread_mutex_init(&n->mutex, NULL), "pthread_mutex_init");
    n->nvm_lock =
        (hf_lock_config){ .ops = &hf_posix_mutex_ops, .context = &n->nvm_mutex };
    n->sync_lock =
        (hf_lock_config){ .ops = &hf_posix_mutex_ops, .context = &n->sync_mutex };
    env->ops = &net_ops;
    env->context = n;
    env->has_threads = true;
    hub_describe(env);
    int rc = hub_open(&n->h, &(hub_config){ .has_tiny_cache = env->has_tiny_cache,
                                            .nvm_lock = &n->nvm_lock,
                                            .sync_lock = &n->sync_lock,
                                            .wake = session_wake });
    listeners_open(n);
    acceptor_start(n);
    return rc;
}

static int net_stop(suite_env *env)
{
    net *n = env->context;
    acceptor_stop(n);
    connections_end(n);
    int rc = hub_close(&n->h);
    for (unsigned who = 0; who < LISTENER_COUNT; who++) {
        crowd_check(close(n->listen_fds[who]) == 0 ? 0 : errno, "close");
        if (!n->is_tcp) {
            (void)unlink(n->addresses[who]);
        }
    }
    crowd_check(rmdir(n->folder) == 0 ? 0 : errno, "rmdir");
    while (n->servers != NULL) {
        server_end *end = n->servers;
        n->servers = end->next;
        crowd_check(close(end->wake_fd) == 0 ? 0 : errno, "close");
        free(end);
    }
    while (n->clients != NULL) {
        client_end *end = n->clients;
        n->clients = end->next;
        free(end);
    }
    crowd_check(pthread_mutex_destroy(&n->mutex), "pthread_mutex_destroy");
    free(n);
    return rc;
}

static int unix_start(suite_env *env)
{
    return net_start(env, false);
}

static int tcp_start(suite_env *env)
{
    return net_start(env, true);
}

const harness harness_unix_threads = { .name = "unix sockets",
                                       .start = unix_start,
                                       .stop = net_stop };

const harness harness_tcp_threads = { .name = "TCP",
                                      .start = tcp_start,
                                      .stop = net_stop };
