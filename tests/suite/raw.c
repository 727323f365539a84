/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A connection without a client: see raw.h.
 */
#include "suite/raw.h"

#include <string.h>

void raw_open(raw_link *raw, suite_env *env, unsigned who)
{
    raw->env = env;
    raw->in_len = 0;
    raw->frame_len = 0;
    SUITE_EXPECT(env, HF_OK, env->ops->open(env->context, who, &raw->transport));
    raw->is_open = true;
}

void raw_open_ready(raw_link *raw, suite_env *env, unsigned who)
{
    uint8_t memory[64];
    hf_buffer body = hf_buffer_of(memory, sizeof memory);
    raw_open(raw, env, who);
    SUITE_EXPECT(env, HF_OK,
                 hf_proto_encode(HF_REQ_comm_init, false,
                                 &(hf_comm_init_request){ .version = HF_PROTO_VERSION,
                                                          .body_size = SUITE_BODY_SIZE,
                                                          .window = SUITE_WINDOW,
                                                          .name = hf_bytes_of("raw", 3) },
                                 &body));
    SUITE_EXPECT(env, HF_OK,
                 raw_call(raw, HF_REQ_comm_init, hf_bytes_of(body.data, body.len)));
}

void raw_close(raw_link *raw)
{
    if (raw->is_open) {
        raw->is_open = false;
        raw->transport.ops->close(raw->transport.context);
    }
}

int raw_send(raw_link *raw, hf_bytes bytes)
{
    const hf_transport *t = &raw->transport;
    size_t done = 0;
    while (done < bytes.len) {
        size_t sent = 0;
        int rc = t->ops->send(t->context, bytes.data + done, bytes.len - done, &sent);
        done += sent;
        if (rc == HF_OK && sent == 0) {
            rc = t->ops->wait(t->context, HF_TRANSPORT_OUTPUT, SUITE_TIMEOUT_MS);
        }
        if (rc != HF_OK) {
            return rc;
        }
    }
    return HF_OK;
}

int raw_send_request(raw_link *raw, uint16_t kind, uint16_t sequence, hf_bytes body)
{
    uint8_t header[HF_FRAME_HEADER_SIZE];
    hf_frame_encode(
        &(hf_frame){ .kind = kind, .sequence = sequence, .length = (uint32_t)body.len },
        header);
    int rc = raw_send(raw, hf_bytes_of(header, sizeof header));
    return rc == HF_OK ? raw_send(raw, body) : rc;
}

/* At least `len` bytes are there. */
static int bytes_wait(raw_link *raw, size_t len)
{
    const hf_transport *t = &raw->transport;
    while (raw->in_len < len) {
        size_t received = 0;
        int rc =
            t->ops->recv(t->context, raw->in + raw->in_len, len - raw->in_len, &received);
        raw->in_len += received;
        if (rc == HF_OK && received == 0) {
            rc = t->ops->wait(t->context, HF_TRANSPORT_INPUT, SUITE_TIMEOUT_MS);
        }
        if (rc != HF_OK) {
            return rc;
        }
    }
    return HF_OK;
}

int raw_receive(raw_link *raw, hf_frame *frame, hf_bytes *body)
{
    raw->in_len -= raw->frame_len;
    memmove(raw->in, raw->in + raw->frame_len, raw->in_len);
    raw->frame_len = 0;
    int rc = bytes_wait(raw, HF_FRAME_HEADER_SIZE);
    if (rc == HF_OK) {
        rc = hf_frame_decode(raw->in, frame);
    }
    if (rc == HF_OK && frame->length > SUITE_BODY_SIZE) {
        rc = HF_ERR_FRAME;
    }
    if (rc == HF_OK) {
        rc = bytes_wait(raw, HF_FRAME_HEADER_SIZE + frame->length);
    }
    if (rc == HF_OK) {
        raw->frame_len = HF_FRAME_HEADER_SIZE + frame->length;
        *body = hf_bytes_of(raw->in + HF_FRAME_HEADER_SIZE, frame->length);
    }
    return rc;
}

int raw_call(raw_link *raw, uint16_t kind, hf_bytes body)
{
    static const uint16_t sequence = 4711;
    hf_frame frame;
    hf_bytes answer;
    SUITE_EXPECT(raw->env, HF_OK, raw_send_request(raw, kind, sequence, body));
    SUITE_EXPECT(raw->env, HF_OK, raw_receive(raw, &frame, &answer));
    SUITE_TRUE(raw->env, frame.kind == kind && frame.sequence == sequence &&
                             frame.flags == HF_FRAME_FLAG_RESPONSE);
    return frame.status;
}
