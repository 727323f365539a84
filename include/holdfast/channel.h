/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The channel: whole frames over a transport's byte stream, with the caller's buffers.
 * Both ends use it. No locks, no allocation; one thread at a time.
 *
 * Receiving: hf_channel_receive returns one frame at a time as a slice into the receive
 * buffer, valid until hf_channel_consume, which must come before the next receive.
 * Sending: a frame is appended to the send buffer (hf_channel_reserve, or
 * hf_channel_append for a body that exists already); as much as may leave is passed to
 * the transport by hf_channel_flush. Consumed and sent bytes are wiped.
 *
 * Only the transport is kept by the channel; it is the caller who closes it.
 *
 *     rc = hf_channel_receive(&channel, &frame, &body, &needed);
 *     if (rc == HF_OK) {
 *         ... use body ...
 *         hf_channel_consume(&channel, body.len);
 *     }
 */
#ifndef HOLDFAST_CHANNEL_H
#define HOLDFAST_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/bytes.h"
#include "holdfast/frame.h"
#include "holdfast/transport.h"

typedef struct hf_channel {
    hf_transport transport;
    hf_buffer in; /* received, not consumed: [in_start, in.len) */
    size_t in_start;
    hf_buffer out; /* to be sent: [out_start, out.len) */
    size_t out_start;
    uint32_t body_size; /* largest body accepted, bytes; may be set at any time */
    bool is_at_end;     /* the peer has closed; what was received may still be used */
} hf_channel;

/* Set up with empty buffers (data NULL, size 0), to be set with hf_channel_set_in and
 * _out. The transport's ops and context are copied. */
void hf_channel_init(hf_channel *channel, const hf_transport *transport,
                     uint32_t body_size);

/* Give or replace a buffer (NULL, 0 takes it away); what is in the old one is moved to
 * the start of the new one, and wiped in the old one. The two may not overlap. HF_OK, or
 * HF_ERR_SIZE (the content does not fit; unchanged). Slices of a frame that was received
 * but not consumed lose their meaning. */
int hf_channel_set_in(hf_channel *channel, uint8_t *data, size_t size) HF_MUST_CHECK;
int hf_channel_set_out(hf_channel *channel, uint8_t *data, size_t size) HF_MUST_CHECK;

/*
 * The next whole frame. Does not block.
 *
 * frame   the header, of a request or an answer.
 * body    frame->length bytes inside of the receive buffer, until hf_channel_consume.
 * needed  set on HF_ERR_SIZE only: bytes that the receive buffer must have.
 *
 * Returns HF_OK, or
 *   HF_PENDING      it is not there yet. Not all that the transport holds need have been
 *                   read: wait with something that tells levels, not edges
 *   HF_ERR_SIZE     the frame does not fit the buffer: give one of *needed bytes and call
 *                   again (the bytes so far are kept)
 *   HF_ERR_FRAME    it cannot be parsed, or its body is larger than body_size: the
 *                   stream is of no more use
 *   HF_ERR_VERSION  the same, because of the frame's version
 *   HF_ERR_CLOSED   the peer has gone, and no whole frame is left
 *   HF_ERR_SYSTEM   of the transport
 */
int hf_channel_receive(hf_channel *channel, hf_frame *frame, hf_bytes *body,
                       size_t *needed) HF_MUST_CHECK;

/*
 * As hf_channel_receive, but waits once for input, at most `timeout_ms` (0: does not
 * wait; UINT32_MAX: for ever), if no whole frame is there. Uses the transport's
 * recv_wait, or else its wait and recv; a transport with neither is looked at once.
 *
 * Returns as hf_channel_receive, and HF_ERR_TIMEOUT. HF_PENDING means that something
 * came or that the wait ended early: look at the clock, and call again.
 */
int hf_channel_receive_wait(hf_channel *channel, hf_frame *frame, hf_bytes *body,
                            size_t *needed, uint32_t timeout_ms) HF_MUST_CHECK;

/* Drop the frame that receive returned; its bytes are wiped. `body_len` is its length. */
void hf_channel_consume(hf_channel *channel, size_t body_len);

/* True when a whole frame is in the receive buffer, so that receive will not need to ask
 * the transport; also when what is there cannot be parsed. */
bool hf_channel_has_frame(const hf_channel *channel);

/* True when bytes of a frame that is not complete are held. */
bool hf_channel_has_partial(const hf_channel *channel);

/* Make `len` bytes of the send buffer contiguous: out.data + out.len is where the next
 * `len` bytes go; add them to out.len when they are written. Unsent bytes may be moved
 * to the buffer's start. HF_OK or HF_ERR_SIZE (no room before more is flushed;
 * unchanged). */
int hf_channel_reserve(hf_channel *channel, size_t len) HF_MUST_CHECK;

/* Append a frame with this body; frame->length is ignored and set from the body. HF_OK or
 * HF_ERR_SIZE (no room; unchanged). Nothing is sent yet. */
int hf_channel_append(hf_channel *channel, const hf_frame *frame, hf_bytes body)
    HF_MUST_CHECK;

/* Bytes in the send buffer that have not left. */
static inline size_t hf_channel_unsent_len(const hf_channel *channel)
{
    return channel->out.len - channel->out_start;
}

/*
 * Pass bytes to the transport, without blocking. Sent bytes are wiped.
 *
 * limit  how many may leave, counted from the first unsent byte; SIZE_MAX: all.
 * left   always set: how many of these could not be sent yet (the transport has no room).
 *
 * HF_OK, HF_ERR_CLOSED or HF_ERR_SYSTEM (what was not sent is kept).
 */
int hf_channel_flush(hf_channel *channel, size_t limit, size_t *left) HF_MUST_CHECK;

#endif
