/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Answers: see answer.h. They stay in the send buffer, in order, until their tickets are
 * durable; then they leave together.
 */
#include "server/answer.h"

#include <string.h>

#include "server/server_private.h"

hf_answer *hf_answer_first(hf_session_work *work)
{
    return work->answer_count == 0 ? NULL : &work->answers[work->answer_first];
}

static void answer_drop(hf_session_work *work)
{
    work->answer_first = (work->answer_first + 1) % HF_CFG_WINDOW_MAX;
    work->answer_count--;
}

bool hf_answer_is_durable(const hf_session *session, hf_ticket ticket)
{
    return ticket == 0 || hf_server_durable(session->server) >= ticket;
}

/* Append an answer's frame to the send buffer. */
int hf_answer_append(hf_session *session, int status, hf_ticket ticket)
{
    hf_session_work *work = session->work;
    const hf_request *rq = &work->request;
    size_t body_len =
        status == HF_OK ? hf_proto_encoded_len(rq->kind, true, &rq->out) : 0;
    if (body_len > session->body_size) {
        body_len = 0;
        status = HF_ERR_SIZE;
    }
    int rc = hf_work_reserve_out(session, HF_FRAME_HEADER_SIZE + body_len);
    if (rc != HF_OK) {
        return rc;
    }
    hf_buffer *out = &session->channel.out;
    hf_buffer body = hf_buffer_of(out->data + out->len + HF_FRAME_HEADER_SIZE, body_len);
    if (status == HF_OK) {
        status = hf_proto_encode(rq->kind, true, &rq->out, &body);
    }
    if (status != HF_OK) {
        hf_wipe(body.data, body_len); /* an error has no body */
        body.len = 0;
    }
    hf_frame frame = { .flags = HF_FRAME_FLAG_RESPONSE,
                       .kind = rq->kind,
                       .sequence = rq->sequence,
                       .length = (uint32_t)body.len,
                       .status = status };
    hf_frame_encode(&frame, out->data + out->len);
    out->len += HF_FRAME_HEADER_SIZE + body.len;
    uint32_t last = (work->answer_first + work->answer_count) % HF_CFG_WINDOW_MAX;
    work->answers[last] =
        (hf_answer){ .len = HF_FRAME_HEADER_SIZE + body.len, .ticket = ticket };
    work->answer_count++;
    return HF_OK;
}

/* The oldest answer can never be durable: the store has failed. Its frame, which
 * nothing of has left, becomes an error without a body. */
static void answer_fail(hf_session *session, hf_answer *answer)
{
    hf_channel *channel = &session->channel;
    uint8_t *at = channel->out.data + channel->out_start;
    size_t body_len = answer->len - HF_FRAME_HEADER_SIZE;
    hf_frame frame;
    int rc = hf_frame_decode(at, &frame);
    if (rc != HF_OK) {
        return; /* the session wrote it: cannot be */
    }
    hf_wipe(at, answer->len);
    frame.length = 0;
    frame.status = HF_ERR_IO;
    hf_frame_encode(&frame, at + body_len);
    channel->out_start += body_len;
    answer->len = HF_FRAME_HEADER_SIZE;
    answer->ticket = 0;
}

/* Bytes of the oldest answers that may leave. */
static size_t sendable_len(hf_session *session)
{
    hf_session_work *work = session->work;
    size_t len = 0;
    hf_answer *first = hf_answer_first(work);
    if (first != NULL && !hf_answer_is_durable(session, first->ticket) &&
        hf_nvm_is_failed(&session->server->nvm) &&
        !hf_answer_is_durable(session, first->ticket)) {
        answer_fail(session, first);
    }
    for (uint32_t i = 0; i < work->answer_count; i++) {
        hf_answer *answer = &work->answers[(work->answer_first + i) % HF_CFG_WINDOW_MAX];
        if (!hf_answer_is_durable(session, answer->ticket)) {
            break;
        }
        answer->ticket = 0;
        len += answer->len;
    }
    return len;
}

static void sent_drop(hf_session_work *work, size_t sent)
{
    while (work->answer_count > 0 && sent > 0) {
        hf_answer *answer = hf_answer_first(work);
        if (sent < answer->len) {
            answer->len -= sent;
            return;
        }
        sent -= answer->len;
        answer_drop(work);
    }
}

/* Send what may leave. *is_blocked: the peer does not take it. */
int hf_answer_send(hf_session *session, bool *is_blocked)
{
    *is_blocked = false;
    for (;;) {
        size_t len = sendable_len(session);
        size_t left = 0;
        if (len == 0) {
            return HF_OK;
        }
        int rc = hf_channel_flush(&session->channel, len, &left);
        sent_drop(session->work, len - left);
        if (rc != HF_OK) {
            return rc;
        }
        if (left > 0) {
            *is_blocked = true;
            return HF_OK;
        }
    }
}
