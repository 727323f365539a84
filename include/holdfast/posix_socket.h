/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Sockets: the transport over a unix stream or TCP connection, for both ends, and what a
 * server needs to get its connections.
 *
 * Life of a connection: hf_posix_socket_connect_unix or _tcp (client), or hf_posix_accept
 * and hf_posix_socket_init (server) -> hand hf_posix_socket_transport() to a client or
 * session, which closes it. The caller owns the structure; it must not move while it is
 * in use. One thread at a time uses one end.
 *
 * Life of a listener: hf_posix_listen_unix or _tcp gives a descriptor -> hf_posix_accept,
 * usually when it is readable, in any thread -> the caller closes it, and removes the
 * file of a unix socket. Descriptors close on exec. No call raises SIGPIPE.
 *
 *     hf_posix_socket socket;
 *     int rc = hf_posix_socket_connect_unix(&socket, "/run/holdfast/sock", 1000);
 *     if (rc != HF_OK) { return rc; }
 *     rc = hf_client_init(&client, &(hf_client_config){
 *                             .transport = hf_posix_socket_transport(&socket), ... });
 */
#ifndef HOLDFAST_POSIX_SOCKET_H
#define HOLDFAST_POSIX_SOCKET_H

#include <stdint.h>
#include <sys/types.h>

#include "holdfast/status.h"
#include "holdfast/transport.h"

#define HF_POSIX_SOCKET_PATH_LEN_MAX 107u /* bytes of the path of a unix socket */

/* One end of a connection. Private. */
typedef struct hf_posix_socket {
    int fd;         /* -1: closed */
    int last_errno; /* of the last call that failed; 0 = none */
} hf_posix_socket;

/*
 * Take over a connected stream socket (from hf_posix_accept or socketpair). TCP:
 * small frames leave at once, and a peer whose machine has gone is noticed after about
 * two minutes. It stays open until the transport is closed. Does not block.
 */
void hf_posix_socket_init(hf_posix_socket *socket, int fd);

/*
 * Connect to a unix socket.
 *
 * path        of the socket file, at most HF_POSIX_SOCKET_PATH_LEN_MAX bytes.
 * timeout_ms  milliseconds to wait at most; 0: hardly at all; UINT32_MAX: for ever.
 *
 * Returns HF_OK, or
 *   HF_ERR_ARG       path is NULL, empty or too long
 *   HF_ERR_NOTFOUND  there is no such file
 *   HF_ERR_CLOSED    nobody listens there
 *   HF_ERR_ACCESS    the file's mode, or that of a folder above, forbids it
 *   HF_ERR_TIMEOUT   the server took no connection in time
 *   HF_ERR_SYSTEM    a system call failed; hf_posix_socket_errno() tells which error
 * After an error the socket is closed. Blocks.
 */
int hf_posix_socket_connect_unix(hf_posix_socket *socket, const char *path,
                                 uint32_t timeout_ms) HF_MUST_CHECK;

/*
 * Connect to a TCP port. A name is looked up first, which the timeout does not cover;
 * each of its addresses is tried in turn, with the whole timeout.
 *
 * host  name or numeric address, IPv4 or IPv6.
 * port  decimal number, or the name of a service.
 *
 * Returns as hf_posix_socket_connect_unix; HF_ERR_NOTFOUND: host or port is unknown. With
 * several addresses the error is that of the last one.
 */
int hf_posix_socket_connect_tcp(hf_posix_socket *socket, const char *host,
                                const char *port, uint32_t timeout_ms) HF_MUST_CHECK;

/* The transport of a socket, with every optional operation; its context is `socket`.
 * After its close, sending and receiving are HF_ERR_CLOSED. */
hf_transport hf_posix_socket_transport(hf_posix_socket *socket);

/* The descriptor, to wait for with others; -1 when closed. */
int hf_posix_socket_fd(const hf_posix_socket *socket);

/* errno of the last call that failed; 0 = none. */
int hf_posix_socket_errno(const hf_posix_socket *socket);

/*
 * Listen on a unix socket. A socket file that nobody listens on is removed first; one in
 * use and any other file are left alone. At no moment is the socket open to more than
 * `mode` says.
 *
 * Two processes that open one path in the same moment may both believe that it is free:
 * who allows that must keep them apart (holdfastd holds the lock of its store by then).
 *
 * path  at most HF_POSIX_SOCKET_PATH_LEN_MAX bytes.
 * mode  permissions of the socket file, as 0660; who may write may connect.
 * fd    out: the listening descriptor, non-blocking, the caller's; -1 on an error.
 *
 * Returns HF_OK, or
 *   HF_ERR_ARG       path is NULL, empty or too long
 *   HF_ERR_INUSE     somebody listens there
 *   HF_ERR_EXISTS    there is a file which is not a socket
 *   HF_ERR_NOTFOUND  there is no such folder
 *   HF_ERR_ACCESS    the folder cannot be written, or whether somebody listens there
 *                    cannot be told
 *   HF_ERR_SYSTEM    a system call failed
 * After an error errno tells more (not for HF_ERR_ARG), and a file that was made is
 * removed. May block for the disk.
 */
int hf_posix_listen_unix(const char *path, mode_t mode, int *fd) HF_MUST_CHECK;

/*
 * Listen on a TCP port of one address.
 *
 * host  name or numeric address of an interface; of several addresses the first that
 * works. port  decimal number; "0": one that is free, see hf_posix_listen_port. fd
 * out: the listening descriptor, non-blocking, the caller's; -1 on an error.
 *
 * Returns HF_OK, or
 *   HF_ERR_ARG       host or port is NULL or empty
 *   HF_ERR_NOTFOUND  host or port is unknown, or not of this machine
 *   HF_ERR_INUSE     somebody listens there
 *   HF_ERR_ACCESS    the port is privileged
 *   HF_ERR_SYSTEM    a system call failed
 * After an error errno tells more (not for HF_ERR_ARG). Blocks for the look-up of a name.
 */
int hf_posix_listen_tcp(const char *host, const char *port, int *fd) HF_MUST_CHECK;

/* The TCP port that a descriptor is bound to; 0 when it is no TCP socket. */
uint16_t hf_posix_listen_port(int fd);

/*
 * Take the next connection that waits.
 *
 * listener  a listening, non-blocking descriptor.
 * fd        out: the connected descriptor, the caller's; -1 otherwise.
 *
 * Returns HF_OK, HF_PENDING (none waits), or
 *   HF_ERR_LIMIT   out of descriptors or memory; the connection goes on waiting
 *   HF_ERR_SYSTEM  the system call failed
 * After an error errno tells more. Does not block.
 */
int hf_posix_accept(int listener, int *fd) HF_MUST_CHECK;

/*
 * The user at the other end of a connected unix socket, as the kernel noted when it
 * called connect.
 *
 * Returns HF_OK, HF_ERR_NOTSUPPORTED (not a unix socket) or HF_ERR_SYSTEM (errno tells
 * more). *uid is not changed on an error.
 */
int hf_posix_peer_uid(int fd, uid_t *uid) HF_MUST_CHECK;

#endif
