/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Sockets: the transport over a unix stream or TCP connection, for both ends, and the
 * listeners from which a server gets its connections.
 *
 * Life of a connection: hf_posix_socket_connect_unix or _tcp (client), or
 * hf_posix_listener_accept and hf_posix_socket_init (server) -> hand
 * hf_posix_socket_transport() to a client or session, which closes it. The caller owns
 * the structure; it must not move while it is in use. One thread at a time uses one end.
 *
 * Life of a listener: hf_posix_listener_open_unix or _tcp -> hf_posix_listener_accept,
 * usually when its descriptor is readable -> hf_posix_listener_close. One thread at a
 * time. Descriptors close on exec. No call raises SIGPIPE.
 *
 * Peer credentials (hf_posix_peer_get) are those of the process that called connect, as
 * the kernel noted them then; a TCP peer has none.
 *
 *     hf_posix_socket socket;
 *     int rc = hf_posix_socket_connect_unix(&socket, "/run/holdfast/sock", 1000);
 *     if (rc != HF_OK) { return rc; }
 *     rc = hf_client_init(&client, &(hf_client_config){
 *                             .transport = hf_posix_socket_transport(&socket), ... });
 */
#ifndef HOLDFAST_POSIX_SOCKET_H
#define HOLDFAST_POSIX_SOCKET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "holdfast/status.h"
#include "holdfast/transport.h"

#define HF_POSIX_PATH_SIZE                                                               \
    108u /* of a unix socket, with the final 0: what Linux allows */

/* One end of a connection. Private. */
typedef struct hf_posix_socket {
    int fd;         /* -1: closed */
    int last_errno; /* of the last call that failed; 0 = none */
    /* What the kernel was told to wait at most in recv_wait; UINT32_MAX = for ever. */
    uint32_t recv_timeout_ms;
} hf_posix_socket;

/* A listener. Private. */
typedef struct hf_posix_listener {
    int fd;         /* -1: closed */
    int last_errno; /* of the last call that failed; 0 = none */
    dev_t device;   /* with `inode`: the socket file that was made here */
    ino_t inode;
    char path[HF_POSIX_PATH_SIZE]; /* of that file; empty for TCP */
} hf_posix_listener;

/* Who is at the other end of a unix socket. */
typedef struct hf_posix_peer {
    uid_t uid;
    gid_t gid;
    pid_t pid;
} hf_posix_peer;

/*
 * Take over a connected stream socket (from hf_posix_listener_accept or socketpair). TCP:
 * small frames leave at once, and a peer whose machine has gone is noticed after about
 * two minutes. It stays open until the transport is closed. Does not block.
 */
void hf_posix_socket_init(hf_posix_socket *socket, int fd);

/*
 * Connect to a unix socket.
 *
 * path        of the socket file, shorter than HF_POSIX_PATH_SIZE.
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
 * Who is at the other end of a connected unix socket.
 *
 * Returns HF_OK, HF_ERR_NOTSUPPORTED (not a unix socket; *peer is not changed) or
 * HF_ERR_SYSTEM.
 */
int hf_posix_peer_get(int fd, hf_posix_peer *peer) HF_MUST_CHECK;

/*
 * Listen on a unix socket. A socket file that nobody listens on is removed first; one in
 * use and any other file are left alone. At no moment is the socket open to more than
 * `mode` says.
 *
 * Two processes that open one path in the same moment may both believe that it is free:
 * who allows that must keep them apart (holdfastd holds the lock of its store by then).
 *
 * path  shorter than HF_POSIX_PATH_SIZE.
 * mode  permissions of the socket file, as 0660; who may write may connect.
 *
 * Returns HF_OK, or
 *   HF_ERR_ARG       path is NULL, empty or too long
 *   HF_ERR_INUSE     somebody listens there
 *   HF_ERR_EXISTS    there is a file which is not a socket
 *   HF_ERR_NOTFOUND  there is no such folder
 *   HF_ERR_ACCESS    the folder cannot be written, or whether somebody listens there
 *                    cannot be told
 *   HF_ERR_SYSTEM    a system call failed; hf_posix_listener_errno() tells which error
 * After an error the listener is closed.
 */
int hf_posix_listener_open_unix(hf_posix_listener *listener, const char *path,
                                mode_t mode) HF_MUST_CHECK;

/*
 * Listen on a TCP port of one address.
 *
 * host  name or numeric address of an interface; of several addresses the first that
 * works. port  decimal number; "0": one that is free, see hf_posix_listener_port.
 *
 * Returns HF_OK, or
 *   HF_ERR_ARG       host or port is NULL or empty
 *   HF_ERR_NOTFOUND  host or port is unknown, or not of this machine
 *   HF_ERR_INUSE     somebody listens there
 *   HF_ERR_ACCESS    the port is privileged
 *   HF_ERR_SYSTEM    a system call failed; hf_posix_listener_errno() tells which error
 * After an error the listener is closed. Blocks for the look-up of a name.
 */
int hf_posix_listener_open_tcp(hf_posix_listener *listener, const char *host,
                               const char *port) HF_MUST_CHECK;

/*
 * Take the next connection that waits.
 *
 * fd  out: the connected descriptor, the caller's; -1 on an error.
 *
 * Returns HF_OK, or
 *   HF_ERR_AGAIN   none waits
 *   HF_ERR_CLOSED  the listener is closed
 *   HF_ERR_LIMIT   out of descriptors or memory; the connection goes on waiting
 *   HF_ERR_SYSTEM  a system call failed
 * Does not block.
 */
int hf_posix_listener_accept(hf_posix_listener *listener, int *fd) HF_MUST_CHECK;

/* The descriptor, readable when a connection waits; -1 when closed. */
int hf_posix_listener_fd(const hf_posix_listener *listener);

/* The TCP port that is listened on; 0 for a unix socket or when closed. */
uint16_t hf_posix_listener_port(const hf_posix_listener *listener);

/* errno of the last call that failed; 0 = none. */
int hf_posix_listener_errno(const hf_posix_listener *listener);

/* Stop listening; remove the socket file if it still is the one that was made here. Does
 * nothing a second time or after a failed open. */
void hf_posix_listener_close(hf_posix_listener *listener);

#endif
