/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Listeners: see listener.h. A listener is one-shot in epoll, so one worker at a time
 * accepts from it; it takes a bounded number and lets others in between.
 */
#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon.h"

#define ACCEPT_RUN_MAX 16u

static const char *listen_advice(int rc)
{
    switch (rc) {
    case HF_ERR_INUSE:
        return "somebody listens there already; stop that server or choose another place";
    case HF_ERR_EXISTS:
        return "something that is not a socket has this name; remove it or choose "
               "another place";
    case HF_ERR_ACCESS:
        return "not permitted; choose another place or another user";
    default:
        return strerror(errno);
    }
}

static int listener_open(hfd_listener *listener)
{
    const hfd_listen *listen = listener->listen;
    int rc =
        listen->is_tcp
            ? hf_posix_listen_tcp(listen->address, listen->port, &listener->fd)
            : hf_posix_listen_unix(listen->address, (mode_t)listen->mode, &listener->fd);
    if (rc != HF_OK) {
        fprintf(stderr, "holdfastd: cannot listen on %s%s%s: %s: %s.\n", listen->address,
                listen->is_tcp ? ":" : "", listen->port, hf_status_name(rc),
                listen_advice(rc));
        return HF_ERR_CONFIG;
    }
    (void)pthread_mutex_init(&listener->mutex, NULL);
    listener->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (listen->is_tcp) {
        HF_LOG(&listener->daemon->log, HF_LOG_NOTICE, "daemon", "listening on TCP port",
               hf_posix_listen_port(listener->fd), HF_OK);
    }
    return HF_OK;
}

int hfd_listeners_open(hfd_daemon *daemon)
{
    for (uint32_t i = 0; i < daemon->settings->listener_count; i++) {
        hfd_listener *listener = &daemon->listeners[i];
        *listener = (hfd_listener){ .source.type = HFD_SOURCE_LISTENER,
                                    .daemon = daemon,
                                    .listen = &daemon->settings->listeners[i],
                                    .fd = -1,
                                    .spare_fd = -1 };
        int rc = listener_open(listener);
        if (rc != HF_OK) {
            return rc;
        }
        daemon->listener_count++;
    }
    return HF_OK;
}

static int listener_arm(hfd_listener *listener, int operation)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT,
                                 .data.ptr = &listener->source };
    int rc =
        epoll_ctl(listener->daemon->reactor.epoll_fd, operation, listener->fd, &event);
    return rc == 0 ? HF_OK : HF_ERR_SYSTEM;
}

int hfd_listeners_watch(hfd_daemon *daemon)
{
    for (uint32_t i = 0; i < daemon->listener_count; i++) {
        int rc = listener_arm(&daemon->listeners[i], EPOLL_CTL_ADD);
        if (rc != HF_OK) {
            return rc;
        }
    }
    return HF_OK;
}

void hfd_listeners_stop(hfd_daemon *daemon)
{
    for (uint32_t i = 0; i < daemon->listener_count; i++) {
        hfd_listener *listener = &daemon->listeners[i];
        (void)shutdown(listener->fd,
                       SHUT_RDWR); /* a worker may be in accept: it fails then */
        if (!listener->listen->is_tcp) {
            (void)unlink(listener->listen->address);
        }
    }
}

void hfd_listeners_close(hfd_daemon *daemon)
{
    for (uint32_t i = 0; i < daemon->listener_count; i++) {
        (void)close(daemon->listeners[i].fd);
        if (daemon->listeners[i].spare_fd >= 0) {
            (void)close(daemon->listeners[i].spare_fd);
        }
        (void)pthread_mutex_destroy(&daemon->listeners[i].mutex);
    }
    daemon->listener_count = 0;
}

/* No descriptors are left: give up the spare one for a moment, to end the connection that
 * waits; it would keep the listener ready, and the workers busy, for ever. */
static void connection_refuse(hfd_listener *listener)
{
    int fd = -1;
    (void)pthread_mutex_lock(&listener->mutex);
    if (listener->spare_fd >= 0) {
        (void)close(listener->spare_fd);
    }
    if (hf_posix_accept(listener->fd, &fd) == HF_OK) {
        (void)close(fd);
    }
    listener->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)pthread_mutex_unlock(&listener->mutex);
    HF_LOG(&listener->daemon->log, HF_LOG_WARNING, "daemon",
           "connection refused: no descriptors", 0, HF_ERR_LIMIT);
}

static int identity_find(hfd_listener *listener, int fd, hf_identity *identity)
{
    if (listener->listen->owner != HFD_OWNER_UNSET) {
        *identity = hfd_identity_of_listener(listener->listen);
        return HF_OK;
    }
    uid_t uid = 0;
    int rc = hf_posix_peer_uid(fd, &uid);
    return rc == HF_OK ? hfd_identities_find(&listener->daemon->identities, uid, identity)
                       : rc;
}

static void connection_admit(hfd_listener *listener, int fd)
{
    hf_identity identity;
    hfd_daemon *daemon = listener->daemon;
    int rc = identity_find(listener, fd, &identity);
    if (rc == HF_OK) {
        rc = hfd_connections_accept(&daemon->connections, fd, identity);
    } else {
        (void)close(fd);
    }
    if (rc != HF_OK) {
        HF_LOG(&daemon->log, HF_LOG_WARNING, "daemon", "connection refused", 0, rc);
    }
}

void hfd_listener_accept(hfd_listener *listener)
{
    int rc = HF_OK;
    for (unsigned i = 0; i < ACCEPT_RUN_MAX && rc == HF_OK; i++) {
        int fd = -1;
        rc = hf_posix_accept(listener->fd, &fd);
        if (rc == HF_OK) {
            connection_admit(listener, fd);
        }
    }
    if (atomic_load(&listener->daemon->stop_phase) != HFD_RUN) {
        return; /* the descriptor was shut down */
    }
    if (rc == HF_ERR_LIMIT) {
        connection_refuse(listener);
    }
    rc = listener_arm(listener, EPOLL_CTL_MOD);
    if (rc != HF_OK) {
        HF_LOG(&listener->daemon->log, HF_LOG_ERROR, "daemon", "listener lost",
               (uint64_t)errno, rc);
    }
}
