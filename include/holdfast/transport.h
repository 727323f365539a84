/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The transport: moves bytes, in order, between a client and its session. Both ends use
 * the same interface; a ring in memory, a unix socket and a TCP connection implement it.
 * It is a byte stream: frames are found by src/comm.
 *
 * One thread at a time uses one end; the two ends may be used by two threads, processes
 * or cores at the same time. No operation blocks except `wait` and `recv_wait`. A
 * transport is never used while the store lock is held.
 *
 *     size_t received;
 *     int rc = transport.ops->recv(transport.context, data, sizeof data, &received);
 */
#ifndef HOLDFAST_TRANSPORT_H
#define HOLDFAST_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/status.h"

/* What `wait` waits for. */
#define HF_TRANSPORT_INPUT 1u
#define HF_TRANSPORT_OUTPUT 2u

typedef struct hf_transport_ops {
    /* Send up to `len` bytes; *sent tells how many were taken (0: no room now). HF_OK,
     * HF_ERR_CLOSED (the peer has gone) or HF_ERR_SYSTEM. */
    int (*send)(void *context, const uint8_t *data, size_t len, size_t *sent);
    /* Receive up to `size` bytes; *received 0: nothing there now. HF_OK, HF_ERR_CLOSED
     * (the peer has gone and everything it sent was received) or HF_ERR_SYSTEM. */
    int (*recv)(void *context, uint8_t *data, size_t size, size_t *received);
    /* Optional (NULL: not available). Wait until input or output (HF_TRANSPORT_*) is
     * possible or the peer has gone. timeout_ms 0: look only; UINT32_MAX: for ever.
     * HF_OK or HF_ERR_TIMEOUT. May return HF_OK early. A client end on one thread with
     * its server has a wait that runs the server. */
    int (*wait)(void *context, unsigned what, uint32_t timeout_ms);
    /* Optional (NULL: not available). As `recv`, but waits for the first byte, at most
     * timeout_ms (0: look only, as `recv`; UINT32_MAX: for ever). HF_OK with *received >
     * 0; HF_OK with *received 0 is an early return: the caller looks at its clock and
     * calls again. HF_ERR_TIMEOUT (nothing came; *received 0), HF_ERR_CLOSED or
     * HF_ERR_SYSTEM.
     *
     * Needs `wait` beside it. A blocking client uses it in place of `wait` and `recv`,
     * so that an implementation may do both at once. It passes the same timeout call
     * after call (less only after an early return), so an implementation that has to
     * configure the timeout does it when the value changes. */
    int (*recv_wait)(void *context, uint8_t *data, size_t size, uint32_t timeout_ms,
                     size_t *received);
    /* End the connection in both directions and give back what the end holds. Once. */
    void (*close)(void *context);
} hf_transport_ops;

typedef struct hf_transport {
    const hf_transport_ops *ops;
    void *context;
} hf_transport;

#endif
