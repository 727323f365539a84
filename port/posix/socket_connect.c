/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Connecting with a limit of time. The kernel keeps the limit (SO_SNDTIMEO covers
 * connect), for unix sockets too, where a full queue of the listener cannot be polled
 * for.
 */
#include "holdfast/posix_socket.h"

#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static int connect_status(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return HF_ERR_NOTFOUND;
    case ECONNREFUSED:
    case ECONNRESET:
        return HF_ERR_CLOSED;
    case EACCES:
    case EPERM:
        return HF_ERR_ACCESS;
    case EAGAIN:      /* SO_SNDTIMEO on a unix socket */
    case EINPROGRESS: /* SO_SNDTIMEO on TCP */
    case ETIMEDOUT:
        return HF_ERR_TIMEOUT;
    default:
        return HF_ERR_SYSTEM;
    }
}

/* 0 in SO_SNDTIMEO means for ever; hardly at all is a microsecond. */
static struct timeval limit_of(uint32_t timeout_ms)
{
    struct timeval limit = { .tv_sec = 0 };
    if (timeout_ms == 0) {
        limit.tv_usec = 1;
    } else if (timeout_ms != UINT32_MAX) {
        limit.tv_sec = (time_t)(timeout_ms / 1000u);
        limit.tv_usec = (suseconds_t)(timeout_ms % 1000u) * 1000;
    }
    return limit;
}

/* Returns 0 or errno. */
static int connect_within(int fd, const struct sockaddr *address, socklen_t len,
                          uint32_t timeout_ms)
{
    struct timeval limit = limit_of(timeout_ms);
    const struct timeval none = { .tv_sec = 0 };
    int error;
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0) {
        return errno;
    }
    do {
        error = connect(fd, address, len) == 0 ? 0 : errno;
    } while (error == EINTR);
    if (error == EISCONN) {
        error = 0; /* TCP went on connecting after the interruption */
    }
    if (error == 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none) != 0) {
        error = errno;
    }
    return error;
}

static int connect_to(hf_posix_socket *s, int domain, const struct sockaddr *address,
                      socklen_t len, uint32_t timeout_ms)
{
    int fd = socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        s->last_errno = errno;
        return HF_ERR_SYSTEM;
    }
    int error = connect_within(fd, address, len, timeout_ms);
    if (error != 0) {
        (void)close(fd);
        s->last_errno = error;
        return connect_status(error);
    }
    hf_posix_socket_init(s, fd);
    return HF_OK;
}

static void clear(hf_posix_socket *s)
{
    *s = (hf_posix_socket){ .fd = -1 };
}

int hf_posix_socket_connect_unix(hf_posix_socket *socket, const char *path,
                                 uint32_t timeout_ms)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    clear(socket);
    size_t len = path != NULL ? strlen(path) : 0;
    if (len == 0 || len >= sizeof address.sun_path) {
        return HF_ERR_ARG;
    }
    memcpy(address.sun_path, path, len);
    return connect_to(socket, AF_UNIX, (const struct sockaddr *)&address, sizeof address,
                      timeout_ms);
}

int hf_posix_socket_connect_tcp(hf_posix_socket *socket, const char *host,
                                const char *port, uint32_t timeout_ms)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    clear(socket);
    if (host == NULL || host[0] == '\0' || port == NULL || port[0] == '\0') {
        return HF_ERR_ARG;
    }
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        socket->last_errno = error == EAI_SYSTEM ? errno : ENOENT;
        return error == EAI_SYSTEM || error == EAI_MEMORY ? HF_ERR_SYSTEM
                                                          : HF_ERR_NOTFOUND;
    }
    int rc = HF_ERR_NOTFOUND;
    for (const struct addrinfo *a = found; a != NULL && rc != HF_OK; a = a->ai_next) {
        rc = connect_to(socket, a->ai_family, a->ai_addr, a->ai_addrlen, timeout_ms);
    }
    freeaddrinfo(found);
    return rc;
}
