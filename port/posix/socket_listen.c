/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Listeners. The file of a unix socket outlives its process, so opening has to tell a
 * left over file from one in use: it asks by connecting to it.
 */
#include "holdfast/posix_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTEN_TYPE (SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)

static int failed(hf_posix_listener *listener, int error, int status)
{
    listener->last_errno = error;
    return status;
}

static int bind_failed(hf_posix_listener *listener, int error)
{
    switch (error) {
    case EADDRINUSE:
        return failed(listener, error, HF_ERR_INUSE);
    case EACCES:
    case EPERM:
    case EROFS:
        return failed(listener, error, HF_ERR_ACCESS);
    case ENOENT:
    case ENOTDIR:
    case EADDRNOTAVAIL:
        return failed(listener, error, HF_ERR_NOTFOUND);
    default:
        return failed(listener, error, HF_ERR_SYSTEM);
    }
}

static void clear(hf_posix_listener *listener)
{
    *listener = (hf_posix_listener){ .fd = -1 };
}

/* Remove a socket file on which nobody listens. */
static int remove_stale(hf_posix_listener *listener, const struct sockaddr_un *address)
{
    struct stat status;
    if (lstat(address->sun_path, &status) != 0) {
        return errno == ENOENT ? HF_OK : bind_failed(listener, errno);
    }
    if (!S_ISSOCK(status.st_mode)) {
        return failed(listener, EEXIST, HF_ERR_EXISTS);
    }
    int fd = socket(AF_UNIX, LISTEN_TYPE, 0);
    if (fd < 0) {
        return failed(listener, errno, HF_ERR_SYSTEM);
    }
    int error = 0;
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) != 0) {
        error = errno;
    }
    (void)close(fd);
    if (error == 0 || error == EAGAIN) { /* EAGAIN: its queue is full */
        return failed(listener, EADDRINUSE, HF_ERR_INUSE);
    }
    if (error == ENOENT) {
        return HF_OK; /* its owner has just removed it */
    }
    if (error != ECONNREFUSED) {
        return bind_failed(listener, error);
    }
    return unlink(address->sun_path) == 0 ? HF_OK : bind_failed(listener, errno);
}

/* Bind, with the mode on from the first moment, and note which file was made. */
static int bind_unix(hf_posix_listener *listener, const struct sockaddr_un *address,
                     mode_t mode)
{
    struct stat status;
    /* Linux gives the file the mode of the socket, less the umask: never too much. */
    if (fchmod(listener->fd, mode) != 0) {
        return failed(listener, errno, HF_ERR_SYSTEM);
    }
    if (bind(listener->fd, (const struct sockaddr *)address, sizeof *address) != 0) {
        return bind_failed(listener, errno);
    }
    if (lstat(address->sun_path, &status) != 0) {
        return failed(listener, errno, HF_ERR_SYSTEM);
    }
    listener->device = status.st_dev;
    listener->inode = status.st_ino;
    memcpy(listener->path, address->sun_path, sizeof listener->path);
    if (chmod(address->sun_path, mode) != 0) { /* what the umask took */
        return failed(listener, errno, HF_ERR_SYSTEM);
    }
    return listen(listener->fd, SOMAXCONN) == 0 ? HF_OK
                                                : failed(listener, errno, HF_ERR_SYSTEM);
}

/* Close after an error, and keep the errno. */
static int give_up(hf_posix_listener *listener, int rc)
{
    int error = listener->last_errno;
    hf_posix_listener_close(listener);
    listener->last_errno = error;
    return rc;
}

int hf_posix_listener_open_unix(hf_posix_listener *listener, const char *path,
                                mode_t mode)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    _Static_assert(sizeof address.sun_path == HF_POSIX_PATH_SIZE, "path size of Linux");
    clear(listener);
    size_t len = path != NULL ? strlen(path) : 0;
    if (len == 0 || len >= sizeof address.sun_path) {
        return HF_ERR_ARG;
    }
    memcpy(address.sun_path, path, len);
    int rc = remove_stale(listener, &address);
    if (rc != HF_OK) {
        return rc;
    }
    listener->fd = socket(AF_UNIX, LISTEN_TYPE, 0);
    if (listener->fd < 0) {
        return failed(listener, errno, HF_ERR_SYSTEM);
    }
    rc = bind_unix(listener, &address, mode);
    return rc == HF_OK ? HF_OK : give_up(listener, rc);
}

static int listen_at(hf_posix_listener *listener, const struct addrinfo *address)
{
    const int on = 1;
    listener->fd = socket(address->ai_family, LISTEN_TYPE, 0);
    if (listener->fd < 0) {
        return failed(listener, errno, HF_ERR_SYSTEM);
    }
    /* A port whose last connections still linger can be listened on at once. */
    if (setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(listener->fd, address->ai_addr, address->ai_addrlen) != 0 ||
        listen(listener->fd, SOMAXCONN) != 0) {
        return give_up(listener, bind_failed(listener, errno));
    }
    return HF_OK;
}

int hf_posix_listener_open_tcp(hf_posix_listener *listener, const char *host,
                               const char *port)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    struct addrinfo *found = NULL;
    clear(listener);
    if (host == NULL || host[0] == '\0' || port == NULL || port[0] == '\0') {
        return HF_ERR_ARG;
    }
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        bool is_system = error == EAI_SYSTEM || error == EAI_MEMORY;
        return failed(listener, error == EAI_SYSTEM ? errno : ENOENT,
                      is_system ? HF_ERR_SYSTEM : HF_ERR_NOTFOUND);
    }
    int rc = HF_ERR_NOTFOUND;
    for (const struct addrinfo *a = found; a != NULL && rc != HF_OK; a = a->ai_next) {
        rc = listen_at(listener, a);
    }
    freeaddrinfo(found);
    return rc;
}

int hf_posix_listener_accept(hf_posix_listener *listener, int *fd)
{
    *fd = -1;
    if (listener->fd < 0) {
        return HF_ERR_CLOSED;
    }
    do {
        *fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
        /* ECONNABORTED: that one has gone already; look at the next. */
    } while (*fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (*fd >= 0) {
        return HF_OK;
    }
    switch (errno) {
    case EAGAIN:
        return HF_ERR_AGAIN;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return failed(listener, errno, HF_ERR_LIMIT);
    default:
        return failed(listener, errno, HF_ERR_SYSTEM);
    }
}

int hf_posix_listener_fd(const hf_posix_listener *listener)
{
    return listener->fd;
}

uint16_t hf_posix_listener_port(const hf_posix_listener *listener)
{
    struct sockaddr_storage address;
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
    socklen_t len = sizeof address;
    memset(&address, 0, sizeof address);
    if (listener->fd < 0 ||
        getsockname(listener->fd, (struct sockaddr *)&address, &len) != 0) {
        return 0;
    }
    if (address.ss_family == AF_INET) {
        memcpy(&in4, &address, sizeof in4);
        return ntohs(in4.sin_port);
    }
    if (address.ss_family == AF_INET6) {
        memcpy(&in6, &address, sizeof in6);
        return ntohs(in6.sin6_port);
    }
    return 0;
}

int hf_posix_listener_errno(const hf_posix_listener *listener)
{
    return listener->last_errno;
}

void hf_posix_listener_close(hf_posix_listener *listener)
{
    struct stat status;
    if (listener->fd < 0) {
        return;
    }
    if (listener->path[0] != '\0' && lstat(listener->path, &status) == 0 &&
        status.st_dev == listener->device && status.st_ino == listener->inode) {
        (void)unlink(listener->path);
    }
    (void)close(listener->fd);
    clear(listener);
}
