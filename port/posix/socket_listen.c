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

static int bind_status(int error)
{
    switch (error) {
    case EADDRINUSE:
        return HF_ERR_INUSE;
    case EACCES:
    case EPERM:
    case EROFS:
        return HF_ERR_ACCESS;
    case ENOENT:
    case ENOTDIR:
    case EADDRNOTAVAIL:
        return HF_ERR_NOTFOUND;
    default:
        return HF_ERR_SYSTEM;
    }
}

/* The status of an error, which is left in errno. */
static int failed(int error, int status)
{
    errno = error;
    return status;
}

/* Close after an error and leave that error in errno. */
static int give_up(int fd, int error, int status)
{
    (void)close(fd);
    return failed(error, status);
}

/* Remove a socket file on which nobody listens. */
static int remove_stale(const struct sockaddr_un *address)
{
    struct stat status;
    if (lstat(address->sun_path, &status) != 0) {
        return errno == ENOENT ? HF_OK : bind_status(errno);
    }
    if (!S_ISSOCK(status.st_mode)) {
        return failed(EEXIST, HF_ERR_EXISTS);
    }
    int fd = socket(AF_UNIX, LISTEN_TYPE, 0);
    if (fd < 0) {
        return HF_ERR_SYSTEM;
    }
    int error = 0;
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) != 0) {
        error = errno;
    }
    (void)close(fd);
    if (error == 0 || error == EAGAIN) { /* EAGAIN: its queue is full */
        return failed(EADDRINUSE, HF_ERR_INUSE);
    }
    if (error == ENOENT) {
        return HF_OK; /* its owner has just removed it */
    }
    if (error != ECONNREFUSED) {
        return failed(error, bind_status(error));
    }
    return unlink(address->sun_path) == 0 ? HF_OK : bind_status(errno);
}

/* Bind with the mode on from the first moment, and listen. */
static int bind_unix(int fd, const struct sockaddr_un *address, mode_t mode)
{
    /* Linux gives the file the mode of the socket, less the umask: never too much. */
    if (fchmod(fd, mode) != 0) {
        return HF_ERR_SYSTEM;
    }
    if (bind(fd, (const struct sockaddr *)address, sizeof *address) != 0) {
        return bind_status(errno);
    }
    if (chmod(address->sun_path, mode) != 0 || /* what the umask took */
        listen(fd, SOMAXCONN) != 0) {
        int error = errno;
        (void)unlink(address->sun_path);
        return failed(error, HF_ERR_SYSTEM);
    }
    return HF_OK;
}

int hf_posix_listen_unix(const char *path, mode_t mode, int *fd)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    _Static_assert(sizeof address.sun_path == HF_POSIX_SOCKET_PATH_LEN_MAX + 1, "Linux");
    *fd = -1;
    size_t len = path != NULL ? strlen(path) : 0;
    if (len == 0 || len > HF_POSIX_SOCKET_PATH_LEN_MAX) {
        return HF_ERR_ARG;
    }
    memcpy(address.sun_path, path, len);
    int rc = remove_stale(&address);
    if (rc != HF_OK) {
        return rc;
    }
    int listener = socket(AF_UNIX, LISTEN_TYPE, 0);
    if (listener < 0) {
        return HF_ERR_SYSTEM;
    }
    rc = bind_unix(listener, &address, mode);
    if (rc != HF_OK) {
        return give_up(listener, errno, rc);
    }
    *fd = listener;
    return HF_OK;
}

static int listen_at(const struct addrinfo *address, int *fd)
{
    const int on = 1;
    int listener = socket(address->ai_family, LISTEN_TYPE, 0);
    if (listener < 0) {
        return HF_ERR_SYSTEM;
    }
    /* A port whose last connections still linger can be listened on at once. */
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(listener, address->ai_addr, address->ai_addrlen) != 0 ||
        listen(listener, SOMAXCONN) != 0) {
        return give_up(listener, errno, bind_status(errno));
    }
    *fd = listener;
    return HF_OK;
}

int hf_posix_listen_tcp(const char *host, const char *port, int *fd)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    struct addrinfo *found = NULL;
    *fd = -1;
    if (host == NULL || host[0] == '\0' || port == NULL || port[0] == '\0') {
        return HF_ERR_ARG;
    }
    int error = getaddrinfo(host, port, &hints, &found);
    if (error == EAI_SYSTEM || error == EAI_MEMORY) {
        return failed(error == EAI_MEMORY ? ENOMEM : errno, HF_ERR_SYSTEM);
    }
    if (error != 0) {
        return failed(ENOENT, HF_ERR_NOTFOUND);
    }
    int rc = HF_ERR_NOTFOUND;
    for (const struct addrinfo *a = found; a != NULL && rc != HF_OK; a = a->ai_next) {
        rc = listen_at(a, fd);
    }
    error = errno;
    freeaddrinfo(found);
    return failed(error, rc);
}

uint16_t hf_posix_listen_port(int fd)
{
    struct sockaddr_storage address;
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
    socklen_t len = sizeof address;
    memset(&address, 0, sizeof address);
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
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

int hf_posix_accept(int listener, int *fd)
{
    do {
        *fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        /* ECONNABORTED: that one has gone already; look at the next. */
    } while (*fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (*fd >= 0) {
        return HF_OK;
    }
    switch (errno) {
    case EAGAIN:
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
