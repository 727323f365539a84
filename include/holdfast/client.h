/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The client: requests to a Holdfast server over a transport.
 *
 * Life: hf_client_init over a connected transport and the caller's buffers;
 * hf_client_connect negotiates; then calls; hf_client_cleanup closes the transport. A
 * client is NOT thread-safe: one thread at a time, best one client per thread. It takes
 * no locks and allocates nothing. It must not move while it is in use.
 *
 * For each request <name> of the catalogue (catalogue.h, proto.h) there are three calls:
 *
 *     int hf_client_<name>(client, const hf_<name>_request *, hf_<name>_response *);
 *         Blocking: sends, waits for the answer at most the client's timeout.
 *     int hf_client_<name>_send(client, const hf_<name>_request *, uint16_t *sequence);
 *         Queues the request and sends what the transport takes, without blocking.
 *     int hf_client_<name>_receive(client, uint16_t sequence, hf_<name>_response *);
 *         HF_PENDING while the answer has not arrived. Does not block.
 *
 * Answers arrive in the order of the requests, and must be received in that order; the
 * number in flight is bounded by the window that connect negotiated. BYTES fields of a
 * response point into the client's receive buffer and stay valid until the client's next
 * call. A response is defined only after HF_OK.
 *
 * Errors of the server keep their code. The client itself adds
 *   HF_ERR_TIMEOUT  no answer in time. The client stays usable: the late answer is
 *                   recognised by its sequence number and dropped. Until it has come, it
 *                   takes a place in the window; a blocking call waits for a place.
 *                   Whether the server did what was asked is not known
 *   HF_ERR_CLOSED   the server closed the connection
 *   HF_ERR_SYSTEM   the transport failed
 *   HF_ERR_FRAME    the server sent garbage; HF_ERR_VERSION: frames of another version.
 *                   After these four every call returns the same error (answers that had
 *                   come before can still be received); only hf_client_cleanup is left
 *   HF_ERR_SIZE     the request does not fit the negotiated body; nothing was sent
 *   HF_ERR_RANGE    a field is out of its range; nothing was sent
 *   HF_ERR_BUSY     the window or the send buffer is full, or a blocking call was made
 *                   while answers of split calls are outstanding; nothing was sent
 *   HF_ERR_STATE    not connected
 *   HF_ERR_ARG      a sequence that is not the next to be received
 *
 *     hf_client client;
 *     int rc = hf_client_init(&client, &(hf_client_config){ .transport = transport,
 *                  .receive_buffer = hf_buffer_of(rx, sizeof rx),
 *                  .send_buffer = hf_buffer_of(tx, sizeof tx) });
 *     if (rc == HF_OK) { rc = hf_client_connect(&client, "demo", 4); }
 *     hf_counter_increment_response answer;
 *     if (rc == HF_OK) {
 *         rc = hf_client_counter_increment(&client,
 *                  &(hf_counter_increment_request){ .handle = 7, .by = 1 }, &answer);
 *     }
 *     hf_client_cleanup(&client);
 */
#ifndef HOLDFAST_CLIENT_H
#define HOLDFAST_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/bytes.h"
#include "holdfast/channel.h"
#include "holdfast/config.h"
#include "holdfast/proto.h"
#include "holdfast/transport.h"

#define HF_CLIENT_TIMEOUT_MS 30000u /* default of blocking calls */

/* Smallest size of each of the two buffers, bytes. */
#define HF_CLIENT_BUFFER_SIZE_MIN (HF_FRAME_HEADER_SIZE + HF_BODY_SIZE_MIN)

typedef struct hf_client_config {
    hf_transport transport;     /* connected; the client's from now on */
    hf_buffer receive_buffer;   /* size >= HF_CLIENT_BUFFER_SIZE_MIN; holds one answer */
    hf_buffer send_buffer;      /* the same; requests wait here for the transport. The
                                 * smaller of the two decides the largest body asked */
    uint32_t timeout_ms;        /* of blocking calls; 0 = HF_CLIENT_TIMEOUT_MS;
                                 * UINT32_MAX = for ever */
    uint64_t (*clock_ms)(void); /* monotonic; NULL: each wait gets the whole timeout */
} hf_client_config;

/* A request whose answer has not been received. */
typedef struct hf_client_pending {
    uint16_t sequence;
    uint16_t kind;
    bool is_abandoned; /* its answer is dropped */
} hf_client_pending;

/* Users may read window, body_size, owner, permissions; the rest is the client's own. */
typedef struct hf_client {
    hf_client_config config;
    hf_channel channel;
    uint32_t body_size;   /* negotiated, bytes */
    uint32_t permissions; /* HF_PERMISSION_* of the identity */
    uint16_t owner;       /* of the identity that the server gave */
    uint16_t window;      /* negotiated, requests in flight */
    uint16_t sequence;    /* of the next request */
    uint16_t in_flight; /* requests without a received answer, abandoned ones included */
    hf_client_pending pending[HF_CFG_WINDOW_MAX]; /* oldest first, in_flight of them */
    size_t answer_len; /* body of the answer that is lent out */
    bool has_answer;   /* one is lent out */
    bool is_connected;
    int send_status; /* HF_OK, or why nothing can be sent any more */
    int status;      /* HF_OK, or why the connection is of no more use */
} hf_client;

/*
 * Set up. Does not block.
 *
 * config  copied; transport and buffers stay in use until hf_client_cleanup.
 *
 * HF_OK, or HF_ERR_ARG (no transport, one with recv_wait but not wait, buffers too
 * small): the transport is still the caller's, and hf_client_cleanup is harmless.
 *
 * A transport with neither `wait` nor `recv_wait` is asked again and again until the
 * timeout by clock_ms; without a clock either, a blocking call looks once and returns
 * HF_ERR_TIMEOUT.
 */
int hf_client_init(hf_client *client, const hf_client_config *config) HF_MUST_CHECK;

/*
 * Negotiate. First call after init, once. Blocks at most the client's timeout.
 *
 * name    what the client calls itself, for the server's log; NUL-terminated, up to 64
 *         bytes.
 * window  requests in flight wanted, 1 .. HF_CFG_WINDOW_MAX.
 *
 * Returns HF_OK, or
 *   HF_ERR_ARG      name or window; nothing was sent, and connect may be called again
 *   HF_ERR_VERSION  the server does not speak this version
 *   HF_ERR_ACCESS   no identity for this connection
 *   HF_ERR_STATE    connect was called before
 *   HF_ERR_TIMEOUT, HF_ERR_CLOSED, HF_ERR_SYSTEM, HF_ERR_FRAME, or another of the server
 * After an error (but HF_ERR_ARG) only hf_client_cleanup is left.
 */
int hf_client_connect(hf_client *client, const char *name, uint16_t window) HF_MUST_CHECK;

/* End: closes the transport, wipes both buffers and the client. Requests in flight may or
 * may not be executed. Harmless on a cleaned-up client. */
void hf_client_cleanup(hf_client *client);

/* Time that blocking calls wait; 0 = HF_CLIENT_TIMEOUT_MS, UINT32_MAX = for ever. */
void hf_client_set_timeout(hf_client *client, uint32_t timeout_ms);

/* Wait until an answer may have arrived, at most `timeout_ms` (0: look only; UINT32_MAX:
 * for ever); sends what is queued. HF_OK, HF_ERR_TIMEOUT, HF_ERR_STATE, or an error that
 * ends the connection. May return HF_OK early. */
int hf_client_wait(hf_client *client, uint32_t timeout_ms) HF_MUST_CHECK;

/* Give up on the answer of a request that was sent: it will be dropped when it comes.
 * Harmless for a sequence that is not outstanding. Does not block and does not invalidate
 * the last response. */
void hf_client_abandon(hf_client *client, uint16_t sequence);

/* The untyped forms under all calls; `in` and `out` are the structs of the kind, which is
 * one of the catalogue (HF_ERR_UNKNOWN). */
int hf_client_call(hf_client *client, uint16_t kind, const void *in, void *out)
    HF_MUST_CHECK;
int hf_client_send(hf_client *client, uint16_t kind, const void *in, uint16_t *sequence)
    HF_MUST_CHECK;
int hf_client_receive(hf_client *client, uint16_t sequence, uint16_t kind, void *out)
    HF_MUST_CHECK;

#define HF_CLIENT_DECLARE_(kind, group, name, doc)                                       \
    int hf_client_##name(hf_client *client, const hf_##name##_request *request,          \
                         hf_##name##_response *response) HF_MUST_CHECK;                  \
    int hf_client_##name##_send(hf_client *client, const hf_##name##_request *request,   \
                                uint16_t *sequence) HF_MUST_CHECK;                       \
    int hf_client_##name##_receive(hf_client *client, uint16_t sequence,                 \
                                   hf_##name##_response *response) HF_MUST_CHECK;
HF_CATALOGUE(HF_CLIENT_DECLARE_)

#endif
