/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Connections over sockets: see holdfast/posix_socket.h.
 *
 * The descriptor stays in blocking mode; every call that must not block says
 * MSG_DONTWAIT. So recv_wait is one system call: a blocking recv with SO_RCVTIMEO, which
 * is set only when the timeout changes.
 */
#include "holdfast/posix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int status_of(int number)
{
    switch (number) {
    case ENOENT:
    case EADDRNOTAVAIL:
    case EHOSTUNREACH:
    case ENETUNREACH:
        return HF_ERR_NOTFOUND;
    case ECONNREFUSED:
    case ECONNRESET:
    case EPIPE:
    case ENOTCONN:
        return HF_ERR_CLOSED;
    case EACCES:
    case EPERM:
        return HF_ERR_ACCESS;
    case ETIMEDOUT:
        return HF_ERR_TIMEOUT;
    default:
        return HF_ERR_SYSTEM;
    }
}

static int socket_send(void *context, const uint8_t *data, size_t len, size_t *sent)
{
    const hf_posix_socket *s = context;
    *sent = 0;
    for (;;) {
        ssize_t count = send(s->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count >= 0) {
            *sent = (size_t)count;
            return HF_OK;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return HF_OK;
        }
        if (errno != EINTR) {
            return status_of(errno) == HF_ERR_CLOSED ? HF_ERR_CLOSED : HF_ERR_SYSTEM;
        }
    }
}

/* recv with flags; HF_PENDING when it would block, or did until the timeout. */
static int bytes_receive(const hf_posix_socket *s, hf_buffer *to, int flags)
{
    for (;;) {
        ssize_t count = recv(s->fd, to->data, to->size, flags);
        if (count > 0) {
            to->len = (size_t)count;
            return HF_OK;
        }
        if (count == 0) {
            return HF_ERR_CLOSED;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return HF_PENDING;
        }
        if (errno != EINTR) {
            return status_of(errno) == HF_ERR_CLOSED ? HF_ERR_CLOSED : HF_ERR_SYSTEM;
        }
        if ((flags & MSG_DONTWAIT) == 0) {
            return HF_OK; /* an early return: the caller looks at its clock */
        }
    }
}

static int socket_recv(void *context, uint8_t *data, size_t size, size_t *received)
{
    *received = 0;
    if (size == 0) {
        return HF_OK;
    }
    hf_buffer to = hf_buffer_of(data, size);
    int rc = bytes_receive(context, &to, MSG_DONTWAIT);
    *received = to.len;
    return rc == HF_PENDING ? HF_OK : rc;
}

static int timeout_set(hf_posix_socket *s, uint32_t timeout_ms)
{
    if (s->receive_timeout_ms == timeout_ms) {
        return HF_OK;
    }
    struct timeval time = { 0 }; /* zero: for ever */
    if (timeout_ms != UINT32_MAX) {
        time.tv_sec = (time_t)(timeout_ms / 1000);
        time.tv_usec = (suseconds_t)(timeout_ms % 1000) * 1000;
    }
    if (setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) != 0) {
        return HF_ERR_SYSTEM;
    }
    s->receive_timeout_ms = timeout_ms;
    return HF_OK;
}

static int socket_recv_wait(void *context, uint8_t *data, size_t size,
                            uint32_t timeout_ms, size_t *received)
{
    hf_posix_socket *s = context;
    if (timeout_ms == 0 || size == 0) {
        return socket_recv(context, data, size, received);
    }
    *received = 0;
    int rc = timeout_set(s, timeout_ms);
    if (rc != HF_OK) {
        return rc;
    }
    hf_buffer to = hf_buffer_of(data, size);
    rc = bytes_receive(s, &to, 0);
    *received = to.len;
    return rc == HF_PENDING ? HF_ERR_TIMEOUT : rc;
}

static int socket_wait(void *context, unsigned what, uint32_t timeout_ms)
{
    const hf_posix_socket *s = context;
    struct pollfd poll_fd = { .fd = s->fd };
    poll_fd.events = (short)(((what & HF_TRANSPORT_INPUT) != 0 ? POLLIN : 0) |
                             ((what & HF_TRANSPORT_OUTPUT) != 0 ? POLLOUT : 0));
    int timeout = timeout_ms == UINT32_MAX ? -1
                  : timeout_ms > INT32_MAX ? INT32_MAX
                                           : (int)timeout_ms;
    int count = poll(&poll_fd, 1, timeout);
    if (count < 0) {
        return errno == EINTR ? HF_OK : HF_ERR_SYSTEM;
    }
    return count == 0 ? HF_ERR_TIMEOUT : HF_OK;
}

static void socket_close(void *context)
{
    hf_posix_socket *s = context;
    if (s->fd >= 0) {
        (void)close(s->fd);
        s->fd = -1;
    }
}

static const hf_transport_ops ops = { .send = socket_send,
                                      .recv = socket_recv,
                                      .wait = socket_wait,
                                      .recv_wait = socket_recv_wait,
                                      .close = socket_close };

void hf_posix_socket_init(hf_posix_socket *s, int fd)
{
    *s = (hf_posix_socket){ .fd = fd, .receive_timeout_ms = UINT32_MAX };
}

hf_transport hf_posix_socket_transport(hf_posix_socket *s)
{
    return (hf_transport){ .ops = &ops, .context = s };
}

int hf_posix_socket_fd(const hf_posix_socket *s)
{
    return s->fd;
}

/* ---- connecting ---- */

/* Wait for a connect that is under way; its result. */
static int connect_finish(int fd, uint32_t timeout_ms)
{
    hf_posix_socket s = { .fd = fd };
    int rc = socket_wait(&s, HF_TRANSPORT_OUTPUT, timeout_ms);
    if (rc != HF_OK) {
        return rc;
    }
    int number = 0;
    socklen_t len = sizeof number;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &len) != 0) {
        return HF_ERR_SYSTEM;
    }
    errno = number;
    return number == 0 ? HF_OK : status_of(number);
}

/* Connect in non-blocking mode so that the timeout holds, then go back to blocking
   mode. */
static int connect_within(int fd, const struct sockaddr *address, socklen_t len,
                          uint32_t timeout_ms)
{
    int rc = HF_OK;
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        return HF_ERR_SYSTEM;
    }
    if (connect(fd, address, len) != 0) {
        /* EAGAIN: a unix listener's queue is full, and poll does not tell when it is
           not. */
        rc = errno == EINPROGRESS || errno == EINTR ? connect_finish(fd, timeout_ms)
             : errno == EAGAIN                      ? HF_ERR_TIMEOUT
                                                    : status_of(errno);
    }
    if (rc == HF_OK && fcntl(fd, F_SETFL, 0) != 0) {
        rc = HF_ERR_SYSTEM;
    }
    return rc;
}

static void close_keeping_errno(int fd)
{
    int number = errno;
    (void)close(fd);
    errno = number;
}

/* A unix connect blocks only while the listener's queue is full: SO_SNDTIMEO bounds
   that. */
static int connect_unix_within(int fd, const struct sockaddr_un *address,
                               uint32_t timeout_ms)
{
    struct timeval time = { 0 };
    if (timeout_ms != UINT32_MAX) {
        time.tv_sec = (time_t)(timeout_ms / 1000);
        time.tv_usec = (suseconds_t)(timeout_ms % 1000) * 1000 + 1;
    }
    struct timeval none = { 0 };
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) != 0) {
        return HF_ERR_SYSTEM;
    }
    int rc = HF_OK;
    do {
        rc = connect(fd, (const struct sockaddr *)address, sizeof *address);
    } while (rc != 0 && errno == EINTR);
    if (rc != 0) {
        return errno == EAGAIN ? HF_ERR_TIMEOUT : status_of(errno);
    }
    rc = setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none);
    return rc == 0 ? HF_OK : HF_ERR_SYSTEM;
}

static int address_of_path(const char *path, struct sockaddr_un *address)
{
    size_t len = path == NULL ? 0 : strlen(path);
    if (len == 0 || len > HF_POSIX_SOCKET_PATH_LEN_MAX) {
        return HF_ERR_ARG;
    }
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    memcpy(address->sun_path, path, len);
    return HF_OK;
}

int hf_posix_socket_connect_unix(hf_posix_socket *s, const char *path,
                                 uint32_t timeout_ms)
{
    struct sockaddr_un address;
    hf_posix_socket_init(s, -1);
    int rc = address_of_path(path, &address);
    if (rc != HF_OK) {
        return rc;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return HF_ERR_SYSTEM;
    }
    rc = connect_unix_within(fd, &address, timeout_ms);
    if (rc != HF_OK) {
        close_keeping_errno(fd);
        return rc;
    }
    hf_posix_socket_init(s, fd);
    return HF_OK;
}

static void delay_switch_off(int fd)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
                     sizeof on); /* only slower without */
}

static int addresses_find(const char *address, const char *port, int flags,
                          struct addrinfo **list)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = flags };
    int rc = getaddrinfo(address, port, &hints, list);
    if (rc == 0) {
        return HF_OK;
    }
    return rc == EAI_SYSTEM || rc == EAI_MEMORY ? HF_ERR_SYSTEM : HF_ERR_NOTFOUND;
}

int hf_posix_socket_connect_tcp(hf_posix_socket *s, const char *address, const char *port,
                                uint32_t timeout_ms)
{
    struct addrinfo *list = NULL;
    hf_posix_socket_init(s, -1);
    int rc = addresses_find(address, port, 0, &list);
    if (rc != HF_OK) {
        return rc;
    }
    rc = HF_ERR_NOTFOUND;
    for (struct addrinfo *at = list; at != NULL && s->fd < 0; at = at->ai_next) {
        int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        rc = fd < 0 ? HF_ERR_SYSTEM
                    : connect_within(fd, at->ai_addr, at->ai_addrlen, timeout_ms);
        if (rc == HF_OK) {
            delay_switch_off(fd);
            hf_posix_socket_init(s, fd);
        } else if (fd >= 0) {
            close_keeping_errno(fd);
        }
    }
    freeaddrinfo(list);
    return rc;
}

/* ---- listening ---- */

/* HF_OK when the path is free now: nothing there, or a socket that nobody listens on. */
static int path_free(const char *path)
{
    hf_posix_socket probe;
    int rc = hf_posix_socket_connect_unix(&probe, path, 1000);
    switch (rc) {
    case HF_OK:
        (void)close(probe.fd);
        return HF_ERR_INUSE;
    case HF_ERR_NOTFOUND:
        return HF_OK;
    case HF_ERR_TIMEOUT:
        return HF_ERR_INUSE; /* it has a queue, and that is full */
    case HF_ERR_CLOSED:
        break;
    default:
        return rc;
    }
    struct stat file;
    if (lstat(path, &file) != 0) {
        return errno == ENOENT ? HF_OK : HF_ERR_SYSTEM;
    }
    if (!S_ISSOCK(file.st_mode)) {
        return HF_ERR_EXISTS;
    }
    return unlink(path) == 0 || errno == ENOENT ? HF_OK : HF_ERR_SYSTEM;
}

int hf_posix_listen_unix(const char *path, mode_t mode, int *fd)
{
    struct sockaddr_un address;
    int rc = address_of_path(path, &address);
    if (rc == HF_OK) {
        rc = path_free(path);
    }
    if (rc != HF_OK) {
        return rc;
    }
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0) {
        return HF_ERR_SYSTEM;
    }
    /* Before listen nobody can connect, so the mode is right from the first moment on. */
    if (bind(made, (const struct sockaddr *)&address, sizeof address) != 0 ||
        chmod(path, mode) != 0 || listen(made, SOMAXCONN) != 0) {
        rc = errno == EADDRINUSE ? HF_ERR_INUSE : HF_ERR_SYSTEM;
        close_keeping_errno(made);
        return rc;
    }
    *fd = made;
    return HF_OK;
}

static int listen_at(const struct addrinfo *at, int *fd)
{
    int made = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0) {
        return HF_ERR_SYSTEM;
    }
    int on = 1;
    if (setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(made, at->ai_addr, at->ai_addrlen) != 0 || listen(made, SOMAXCONN) != 0) {
        int rc = errno == EADDRINUSE ? HF_ERR_INUSE : status_of(errno);
        close_keeping_errno(made);
        return rc;
    }
    *fd = made;
    return HF_OK;
}

int hf_posix_listen_tcp(const char *address, const char *port, int *fd)
{
    struct addrinfo *list = NULL;
    int rc = addresses_find(address, port, AI_PASSIVE, &list);
    if (rc != HF_OK) {
        return rc;
    }
    rc = listen_at(list, fd);
    freeaddrinfo(list);
    return rc;
}

uint16_t hf_posix_listen_port(int fd)
{
    struct sockaddr_storage address = { 0 };
    socklen_t len = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
        return 0;
    }
    if (address.ss_family == AF_INET) {
        return ntohs(((struct sockaddr_in *)&address)->sin_port);
    }
    if (address.ss_family == AF_INET6) {
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    }
    return 0;
}

static int accept_status(int number)
{
    switch (number) {
    case EAGAIN:
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
#endif
        return HF_PENDING;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return HF_ERR_LIMIT;
    default:
        return HF_ERR_SYSTEM;
    }
}

int hf_posix_accept(int listener, int *fd)
{
    for (;;) {
        *fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (*fd >= 0) {
            delay_switch_off(*fd); /* fails, harmlessly, on unix sockets */
            return HF_OK;
        }
        if (errno != EINTR && errno != ECONNABORTED) {
            return accept_status(errno);
        }
    }
}

int hf_posix_peer_uid(int fd, uid_t *uid)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 || len != sizeof peer) {
        return HF_ERR_SYSTEM;
    }
    *uid = peer.uid;
    return HF_OK;
}
