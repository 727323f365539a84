/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The transport over a connected socket. No call of send or recv blocks; waiting is left
 * to poll. Connecting is in socket_connect.c, listening in socket_listen.c.
 *
 * Why recv_wait does not wait in recv: over a unix socket, who waits there is also woken
 * when the peer takes what was sent before, finds nothing and sleeps again. poll wakes
 * for input alone. With 8 clients and a signature each that is 1.9 context switches per
 * request instead of 3.0, for the price of one more system call.
 */
#include "holdfast/posix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

/* A peer whose machine has gone is given up after IDLE + COUNT * INTERVAL seconds. */
#define KEEPALIVE_IDLE 60
#define KEEPALIVE_INTERVAL 10
#define KEEPALIVE_COUNT 6

/* The status of a send or receive that failed. EAGAIN and EINTR are not failures. */
static int transfer_failed(hf_posix_socket *s, int error)
{
    s->last_errno = error;
    switch (error) {
    case EPIPE:
    case ECONNRESET:
    case ETIMEDOUT: /* keepalive: the peer's machine has gone */
        return HF_ERR_CLOSED;
    default:
        return HF_ERR_SYSTEM;
    }
}

static bool is_no_failure(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static int socket_send(void *context, const uint8_t *data, size_t len, size_t *sent)
{
    hf_posix_socket *s = context;
    *sent = 0;
    if (s->fd < 0) {
        return HF_ERR_CLOSED;
    }
    if (len == 0) {
        return HF_OK;
    }
    ssize_t count = send(s->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
        return is_no_failure(errno) ? HF_OK : transfer_failed(s, errno);
    }
    *sent = (size_t)count;
    return HF_OK;
}

static int socket_recv(void *context, uint8_t *data, size_t size, size_t *received)
{
    hf_posix_socket *s = context;
    *received = 0;
    if (s->fd < 0) {
        return HF_ERR_CLOSED;
    }
    if (size == 0) {
        return HF_OK;
    }
    ssize_t count = recv(s->fd, data, size, MSG_DONTWAIT);
    if (count == 0) {
        return HF_ERR_CLOSED;
    }
    if (count < 0) {
        return is_no_failure(errno) ? HF_OK : transfer_failed(s, errno);
    }
    *received = (size_t)count;
    return HF_OK;
}

static int socket_wait(void *context, unsigned what, uint32_t timeout_ms)
{
    const hf_posix_socket *s = context;
    struct pollfd entry = { .fd = s->fd };
    int limit = timeout_ms <= INT_MAX ? (int)timeout_ms : INT_MAX;
    if (s->fd < 0) {
        return HF_OK; /* the next call tells that it is closed */
    }
    if (timeout_ms == UINT32_MAX) {
        limit = -1;
    }
    entry.events = (short)(((what & HF_TRANSPORT_INPUT) != 0 ? POLLIN : 0) |
                           ((what & HF_TRANSPORT_OUTPUT) != 0 ? POLLOUT : 0));
    /* An interrupted wait returns early, and so does one that failed: the call that
     * follows meets the reason. */
    return poll(&entry, 1, limit) == 0 ? HF_ERR_TIMEOUT : HF_OK;
}

static int socket_recv_wait(void *context, uint8_t *data, size_t size,
                            uint32_t timeout_ms, size_t *received)
{
    *received = 0;
    if (timeout_ms != 0 && size > 0) {
        int rc = socket_wait(context, HF_TRANSPORT_INPUT, timeout_ms);
        if (rc != HF_OK) {
            return rc;
        }
    }
    return socket_recv(context, data, size, received);
}

static void socket_close(void *context)
{
    hf_posix_socket *s = context;
    if (s->fd >= 0) {
        /* Ends the connection even if a forked process still has the descriptor. */
        (void)shutdown(s->fd, SHUT_RDWR);
        (void)close(s->fd);
    }
    s->fd = -1;
}

static const hf_transport_ops socket_ops = {
    .send = socket_send,
    .recv = socket_recv,
    .wait = socket_wait,
    .recv_wait = socket_recv_wait,
    .close = socket_close,
};

/* What a connection works without is asked for, not demanded. */
static void set_option(int fd, int level, int option, int value)
{
    (void)setsockopt(fd, level, option, &value, sizeof value);
}

void hf_posix_socket_init(hf_posix_socket *socket, int fd)
{
    int domain = 0;
    socklen_t size = sizeof domain;
    *socket = (hf_posix_socket){ .fd = fd };
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) != 0) {
        (void)fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    }
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
        (domain == AF_INET || domain == AF_INET6)) {
        set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE);
        set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL);
        set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT);
        set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    }
}

hf_transport hf_posix_socket_transport(hf_posix_socket *socket)
{
    return (hf_transport){ .ops = &socket_ops, .context = socket };
}

int hf_posix_socket_fd(const hf_posix_socket *socket)
{
    return socket->fd;
}

int hf_posix_socket_errno(const hf_posix_socket *socket)
{
    return socket->last_errno;
}

int hf_posix_peer_uid(int fd, uid_t *uid)
{
    int domain = 0;
    socklen_t size = sizeof domain;
    struct ucred credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0) {
        return HF_ERR_SYSTEM;
    }
    if (domain != AF_UNIX) {
        return HF_ERR_NOTSUPPORTED;
    }
    size = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
        return HF_ERR_SYSTEM;
    }
    *uid = credentials.uid;
    return HF_OK;
}
