/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The channel: finds frames in the bytes of a transport, and keeps answers until the
 * transport takes them. Bytes in the buffers but outside of [start, len) are always zero
 * if they ever held anything: who moves or drops bytes wipes what they leave behind. No
 * lock; one thread at a time.
 */
#include "holdfast/channel.h"

#include <string.h>

#include "base/assert.h"

void hf_channel_init(hf_channel *channel, const hf_transport *transport,
                     uint32_t body_size)
{
    *channel = (hf_channel){ .transport = *transport, .body_size = body_size };
}

/* Move [*start, len) of a buffer to its beginning. */
static void move_to_front(hf_buffer *buffer, size_t *start)
{
    size_t len = buffer->len - *start;
    if (*start == 0) {
        return;
    }
    if (len > 0) {
        memmove(buffer->data, buffer->data + *start, len);
    }
    hf_wipe(buffer->data + len, *start);
    buffer->len = len;
    *start = 0;
}

/* Drop `len` bytes at *start. */
static void drop(hf_buffer *buffer, size_t *start, size_t len)
{
    HF_ASSERT(len <= buffer->len - *start);
    hf_wipe(buffer->data + *start, len);
    *start += len;
    if (*start == buffer->len) {
        *start = 0;
        buffer->len = 0;
    }
}

static int replace(hf_buffer *buffer, size_t *start, uint8_t *data, size_t size)
{
    size_t len = buffer->len - *start;
    if (len > size) {
        return HF_ERR_SIZE;
    }
    if (len > 0) {
        memcpy(data, buffer->data + *start, len);
        hf_wipe(buffer->data + *start, len);
    }
    *buffer = (hf_buffer){ .data = data, .size = size, .len = len };
    *start = 0;
    return HF_OK;
}

int hf_channel_set_in(hf_channel *channel, uint8_t *data, size_t size)
{
    return replace(&channel->in, &channel->in_start, data, size);
}

int hf_channel_set_out(hf_channel *channel, uint8_t *data, size_t size)
{
    return replace(&channel->out, &channel->out_start, data, size);
}

/* Look for a frame in what is there: HF_OK, HF_PENDING (*needed bytes are required), or
 * HF_ERR_FRAME, HF_ERR_VERSION. */
static int parse(const hf_channel *channel, hf_frame *frame, hf_bytes *body,
                 size_t *needed)
{
    const uint8_t *at = channel->in.data;
    size_t len = channel->in.len - channel->in_start;
    *needed = HF_FRAME_HEADER_SIZE;
    if (len < HF_FRAME_HEADER_SIZE) {
        return HF_PENDING;
    }
    at += channel->in_start;
    int rc = hf_frame_decode(at, frame);
    if (rc != HF_OK) {
        return rc;
    }
    if (frame->length > channel->body_size) {
        return HF_ERR_FRAME;
    }
    *needed = HF_FRAME_HEADER_SIZE + (size_t)frame->length;
    if (len < *needed) {
        return HF_PENDING;
    }
    *body = hf_bytes_of(at + HF_FRAME_HEADER_SIZE, frame->length);
    return HF_OK;
}

/* One receive into [in.len, in.size), waiting at most timeout_ms. */
static int receive_bytes(const hf_channel *channel, uint32_t timeout_ms, size_t *received)
{
    const hf_transport_ops *ops = channel->transport.ops;
    void *context = channel->transport.context;
    uint8_t *data = channel->in.data + channel->in.len;
    size_t room = channel->in.size - channel->in.len;
    *received = 0;
    if (timeout_ms != 0 && ops->recv_wait != NULL) {
        return ops->recv_wait(context, data, room, timeout_ms, received);
    }
    if (timeout_ms != 0 && ops->wait != NULL) {
        int rc = ops->wait(context, HF_TRANSPORT_INPUT, timeout_ms);
        if (rc != HF_OK) {
            return rc;
        }
    }
    return ops->recv(context, data, room, received);
}

/*
 * Get more bytes for a frame of `needed` bytes. HF_OK: the buffer is full, ask again; or
 * HF_PENDING: less came than there was room for, so nothing more is there now.
 */
static int fill(hf_channel *channel, size_t needed, uint32_t timeout_ms)
{
    if (channel->is_at_end) {
        return HF_ERR_CLOSED;
    }
    if (needed > channel->in.size - channel->in_start) {
        move_to_front(&channel->in, &channel->in_start);
    }
    size_t room = channel->in.size - channel->in.len;
    size_t received;
    int rc = receive_bytes(channel, timeout_ms, &received);
    if (rc == HF_ERR_CLOSED) {
        channel->is_at_end = true;
    }
    if (rc != HF_OK) {
        return rc;
    }
    if (received > room) {
        return HF_ERR_SYSTEM; /* a transport that breaks its contract */
    }
    channel->in.len += received;
    return received == room ? HF_OK : HF_PENDING;
}

int hf_channel_receive_wait(hf_channel *channel, hf_frame *frame, hf_bytes *body,
                            size_t *needed, uint32_t timeout_ms)
{
    size_t required;
    int rc = parse(channel, frame, body, &required);
    int filled = HF_OK;
    while (rc == HF_PENDING && filled == HF_OK) {
        if (required > channel->in.size) {
            *needed = required;
            return HF_ERR_SIZE;
        }
        filled = fill(channel, required, timeout_ms);
        if (filled < 0) {
            return filled;
        }
        timeout_ms = 0;
        rc = parse(channel, frame, body, &required);
    }
    return rc;
}

int hf_channel_receive(hf_channel *channel, hf_frame *frame, hf_bytes *body,
                       size_t *needed)
{
    return hf_channel_receive_wait(channel, frame, body, needed, 0);
}

void hf_channel_consume(hf_channel *channel, size_t body_len)
{
    drop(&channel->in, &channel->in_start, HF_FRAME_HEADER_SIZE + body_len);
}

bool hf_channel_has_frame(const hf_channel *channel)
{
    hf_frame frame;
    hf_bytes body;
    size_t needed;
    return parse(channel, &frame, &body, &needed) != HF_PENDING;
}

bool hf_channel_has_partial(const hf_channel *channel)
{
    return channel->in.len > channel->in_start && !hf_channel_has_frame(channel);
}

int hf_channel_reserve(hf_channel *channel, size_t len)
{
    if (len <= channel->out.size - channel->out.len) {
        return HF_OK;
    }
    if (len > channel->out.size - hf_channel_unsent_len(channel)) {
        return HF_ERR_SIZE;
    }
    move_to_front(&channel->out, &channel->out_start);
    return HF_OK;
}

int hf_channel_append(hf_channel *channel, const hf_frame *frame, hf_bytes body)
{
    if (body.len > UINT32_MAX - HF_FRAME_HEADER_SIZE) {
        return HF_ERR_SIZE;
    }
    int rc = hf_channel_reserve(channel, HF_FRAME_HEADER_SIZE + body.len);
    if (rc != HF_OK) {
        return rc;
    }
    hf_frame header = *frame;
    header.length = (uint32_t)body.len;
    hf_frame_encode(&header, channel->out.data + channel->out.len);
    channel->out.len += HF_FRAME_HEADER_SIZE;
    return hf_buffer_append(&channel->out, body);
}

int hf_channel_flush(hf_channel *channel, size_t limit, size_t *left)
{
    const hf_transport_ops *ops = channel->transport.ops;
    size_t unsent = hf_channel_unsent_len(channel);
    *left = limit < unsent ? limit : unsent;
    while (*left > 0) {
        size_t sent = 0;
        int rc = ops->send(channel->transport.context,
                           channel->out.data + channel->out_start, *left, &sent);
        if (rc != HF_OK) {
            return rc;
        }
        if (sent > *left) {
            return HF_ERR_SYSTEM; /* a transport that breaks its contract */
        }
        if (sent == 0) {
            break;
        }
        drop(&channel->out, &channel->out_start, sent);
        *left -= sent;
    }
    return HF_OK;
}
