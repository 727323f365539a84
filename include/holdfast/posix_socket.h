/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Sockets of the POSIX port: unix-stream and TCP connections as transports, for both
 * ends, and what a listener needs.
 *
 * Life of a connection: hf_posix_socket_init over an accepted descriptor, or one of the
 * connect functions -> hf_posix_socket_transport -> the transport's close, once, closes
 * the descriptor. The caller owns the structure; it must not move. One thread at a time.
 * Nothing waits but connect and the transport's wait and recv_wait. No SIGPIPE is
 * raised. Descriptors close on exec.
 *
 *     hf_posix_socket socket;
 *     int rc = hf_posix_socket_connect_unix(&socket, "/run/holdfast/socket", 5000);
 *     if (rc == HF_OK) { config.transport = hf_posix_socket_transport(&socket); }
 */
#ifndef HOLDFAST_POSIX_SOCKET_H
#define HOLDFAST_POSIX_SOCKET_H

#include <stdint.h>
#include <sys/types.h>

#include "holdfast/bytes.h"
#include "holdfast/transport.h"

#define HF_POSIX_SOCKET_PATH_LEN_MAX 107u /* bytes of a unix socket's path */

/* Private. */
typedef struct hf_posix_socket {
    int fd;                      /* -1: closed */
    uint32_t receive_timeout_ms; /* what SO_RCVTIMEO is set to; UINT32_MAX: none */
} hf_posix_socket;

/* Take over a connected stream socket. */
void hf_posix_socket_init(hf_posix_socket *socket, int fd);

/* The transport of a connection; refers to `socket`. */
hf_transport hf_posix_socket_transport(hf_posix_socket *socket);

/* The descriptor, for epoll; -1 when closed. */
int hf_posix_socket_fd(const hf_posix_socket *socket);

/*
 * Connect. Blocks, at most timeout_ms (UINT32_MAX: as long as the system does).
 *
 * path     of a unix socket, up to HF_POSIX_SOCKET_PATH_LEN_MAX bytes.
 * address  numeric, or a name that the system can look up (which may take longer).
 * port     decimal, or a service name.
 *
 * Returns HF_OK; HF_ERR_ARG (the path is too long or empty); HF_ERR_NOTFOUND (no such
 * socket or host); HF_ERR_CLOSED (nobody listens); HF_ERR_ACCESS (not permitted);
 * HF_ERR_TIMEOUT; HF_ERR_SYSTEM (errno says more). After an error nothing is open.
 */
int hf_posix_socket_connect_unix(hf_posix_socket *socket, const char *path,
                                 uint32_t timeout_ms) HF_MUST_CHECK;
int hf_posix_socket_connect_tcp(hf_posix_socket *socket, const char *address,
                                const char *port, uint32_t timeout_ms) HF_MUST_CHECK;

/*
 * Listen on a unix socket: create it with `mode`, in a folder that exists. A socket file
 * that nobody listens on any more is replaced.
 *
 * Returns HF_OK and *fd (non-blocking); HF_ERR_INUSE (somebody listens there);
 * HF_ERR_EXISTS (something that is not a socket is there); HF_ERR_ARG (path);
 * HF_ERR_SYSTEM (errno). Not safe against two processes that do this for one path at the
 * same moment: callers hold the store's lock first.
 */
int hf_posix_listen_unix(const char *path, mode_t mode, int *fd) HF_MUST_CHECK;

/* Listen on TCP. HF_OK and *fd (non-blocking); HF_ERR_INUSE, HF_ERR_NOTFOUND (no such
   address),
 * HF_ERR_ACCESS, HF_ERR_SYSTEM (errno). Port "0": the system chooses, see
 * hf_posix_listen_port. */
int hf_posix_listen_tcp(const char *address, const char *port, int *fd) HF_MUST_CHECK;

/* The TCP port that a descriptor is bound to; 0 when it is none. */
uint16_t hf_posix_listen_port(int fd);

/* Accept one connection. HF_OK and *fd; HF_PENDING (none there); HF_ERR_LIMIT (no
   descriptors
 * left: the connection waits); HF_ERR_SYSTEM (errno). Does not block. */
int hf_posix_accept(int listener, int *fd) HF_MUST_CHECK;

/* The user at the other end of a unix socket, as it was at connect. HF_OK or
   HF_ERR_SYSTEM. */
int hf_posix_peer_uid(int fd, uid_t *uid) HF_MUST_CHECK;

#endif
