/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Sessions: frames in, requests one after another through the dispatcher, answers out in
 * order when their tickets are durable. A session is used by one thread at a time and
 * takes no lock; what it shares with others is reached through the dispatcher.
 */
#include <string.h>

#include "server/answer.h"
#include "server/dispatch.h"
#include "server/stats.h"

/* What an idle connection costs. */
_Static_assert(sizeof(hf_session) < 1024, "an idle session costs less than 1 KiB");

/* ---- requests ---- */

/* The answer is in the send buffer; forget the request. */
static void request_end(hf_session *session)
{
    hf_session_work *work = session->work;
    hf_request *rq = &work->request;
    if (rq->taken != NULL) {
        hf_work_memory_give(session->server, rq->taken, rq->taken_size);
    } else if (rq->scratch.size > 0) {
        hf_wipe(work->scratch, rq->scratch.size);
    }
    rq->scratch = hf_buffer_of(NULL, 0);
    hf_work_clear_request(session, rq);
    work->is_active = false;
}

static int request_answer(hf_session *session, int status)
{
    hf_session_work *work = session->work;
    hf_request *rq = &work->request;
    uint8_t group = (uint8_t)(rq->kind >> 8);
    hf_ticket ticket = hf_answer_is_durable(session, rq->ticket) ? 0 : rq->ticket;
    if (ticket != 0) {
        hf_stats_parked(session->stats, group);
    }
    hf_stats_request(session->stats, group, status);
    int rc = hf_answer_append(session, status, ticket);
    request_end(session);
    return rc;
}

/* May this request be run in this state of the session? */
static int request_admit(const hf_session *session, const hf_handler *row)
{
    if (row == NULL) {
        return HF_ERR_UNKNOWN;
    }
    bool is_init = row->kind == HF_REQ_comm_init;
    if (is_init != (session->phase == HF_SESSION_NEW)) {
        return HF_ERR_STATE;
    }
    uint32_t needed = row->permission;
    if ((row->kind >> 8) != HF_GROUP_COMM) {
        needed |= HF_PERMISSION_IDENTITY;
    }
    return (session->identity.permissions & needed) == needed ? HF_OK : HF_ERR_ACCESS;
}

static int scratch_take(hf_session *session, hf_request *rq)
{
    size_t size = rq->handler->room == NULL ? 0 : rq->handler->room(rq);
    if (size > (size_t)HF_BODY_SIZE_MAX + HF_CFG_KEY_SIZE_MAX) {
        return HF_ERR_SIZE;
    }
    if (size <= HF_WORK_SCRATCH_SIZE) {
        rq->scratch = hf_buffer_of(session->work->scratch, size);
        return HF_OK;
    }
    rq->taken = hf_work_memory_take(session->server, size);
    if (rq->taken == NULL) {
        return HF_ERR_NOMEM;
    }
    rq->taken_size = size;
    rq->scratch = hf_buffer_of(rq->taken, size);
    return HF_OK;
}

/* Orphans of an earlier request hold shared things: nothing new before they are given
   back. */
static int orphans_clear(hf_session *session)
{
    return session->work->orphans.exist ? hf_dispatch_release(session) : HF_OK;
}

static int request_begin(hf_session *session, const hf_frame *frame, hf_bytes body)
{
    hf_request *rq = &session->work->request;
    rq->kind = frame->kind;
    rq->sequence = frame->sequence;
    rq->handler = hf_handler_find(frame->kind);
    if (session->is_cancelling && frame->kind != HF_REQ_comm_cancel) {
        return HF_ERR_CANCELLED;
    }
    session->is_cancelling = false;
    int rc = orphans_clear(session);
    if (rc == HF_OK) {
        rc = request_admit(session, rq->handler);
    }
    if (rc == HF_OK) {
        rc = hf_proto_decode(frame->kind, false, body, &rq->in);
    }
    if (rc == HF_OK) {
        rc = scratch_take(session, rq);
    }
    return rc;
}

/* Run the request in progress, or go on with it. HF_OK: answered. HF_PENDING: parked. */
static int request_run(hf_session *session)
{
    hf_session_work *work = session->work;
    int rc = hf_dispatch_run(&work->request);
    if (rc == HF_PENDING) {
        return rc;
    }
    rc = request_answer(session, work->request.result);
    hf_channel_consume(&session->channel, work->body_len);
    if (session->phase != HF_SESSION_NEW) {
        session->channel.body_size = session->body_size; /* as INIT negotiated */
    }
    return rc;
}

/* A whole frame has come: answer it at once, or begin its request. */
static int request_take(hf_session *session, const hf_frame *frame, hf_bytes body)
{
    hf_session_work *work = session->work;
    if ((frame->flags & HF_FRAME_FLAG_RESPONSE) != 0) {
        return HF_ERR_FRAME; /* only servers answer */
    }
    work->body_len = body.len;
    int rc = request_begin(session, frame, body);
    if (rc == HF_OK) {
        work->is_active = true;
        return request_run(session);
    }
    rc = request_answer(session, rc);
    hf_channel_consume(&session->channel, body.len);
    return rc;
}

/* Take and run the next request. HF_OK: answered. HF_PENDING: parked, or no frame is
   there. */
static int request_next(hf_session *session)
{
    hf_frame frame;
    hf_bytes body;
    size_t needed = 0;
    int rc = hf_channel_receive(&session->channel, &frame, &body, &needed);
    if (rc == HF_ERR_SIZE) {
        rc = hf_work_grow_in(session, needed);
        if (rc == HF_OK) {
            rc = hf_channel_receive(&session->channel, &frame, &body, &needed);
        }
    }
    return rc == HF_OK ? request_take(session, &frame, body) : rc;
}

/* ---- reading ahead: a CANCEL behind a parked request ---- */

/* Is there a CANCEL among the whole frames behind the one that is in progress? */
static bool has_cancel(const hf_session *session)
{
    const hf_channel *channel = &session->channel;
    size_t at = channel->in_start + HF_FRAME_HEADER_SIZE + session->work->body_len;
    while (channel->in.len - at >= HF_FRAME_HEADER_SIZE) {
        hf_frame frame;
        if (hf_frame_decode(channel->in.data + at, &frame) != HF_OK ||
            frame.length > channel->in.len - at - HF_FRAME_HEADER_SIZE) {
            return false; /* judged when its turn comes */
        }
        if (frame.kind == HF_REQ_comm_cancel) {
            return true;
        }
        at += HF_FRAME_HEADER_SIZE + (size_t)frame.length;
    }
    return false;
}

/* While a request is parked: see whether the peer has gone or wants to cancel. */
static int ahead_read(hf_session *session)
{
    hf_channel *channel = &session->channel;
    size_t room = channel->in.size - channel->in.len;
    size_t received = 0;
    if (room > 0 && !channel->is_at_end) {
        int rc = channel->transport.ops->recv(channel->transport.context,
                                              channel->in.data + channel->in.len, room,
                                              &received);
        if (rc != HF_OK) {
            return rc;
        }
        channel->in.len += received <= room ? received : 0;
    }
    if (!has_cancel(session)) {
        return HF_PENDING;
    }
    session->is_cancelling = true;
    hf_dispatch_cancel(&session->work->request);
    int rc = request_answer(session, HF_ERR_CANCELLED);
    hf_channel_consume(channel, session->work->body_len);
    return rc;
}

/* ---- serving ---- */

/* Answers that have not left may use this much of the send buffer before no further
 * request is begun: a client that does not read its answers costs a bounded amount of
 * memory. */
static size_t unsent_len_max(const hf_session *session)
{
    return (size_t)session->body_size + HF_FRAME_HEADER_SIZE;
}

static bool may_begin(const hf_session *session)
{
    return session->phase != HF_SESSION_CLOSING &&
           session->work->answer_count < session->window &&
           hf_channel_unsent_len(&session->channel) <= unsent_len_max(session);
}

/* Go on with the request in progress or take the next. HF_PENDING: nothing to do now. */
static int turn_take(hf_session *session)
{
    if (!session->work->is_active) {
        return may_begin(session) ? request_next(session) : HF_PENDING;
    }
    int rc = request_run(session);
    return rc == HF_PENDING ? ahead_read(session) : rc;
}

static bool is_idle(const hf_session *session)
{
    const hf_session_work *work = session->work;
    return !work->is_active && work->answer_count == 0 && !work->orphans.exist &&
           !hf_channel_has_partial(&session->channel) &&
           !hf_channel_has_frame(&session->channel);
}

/* What the session waits for. */
static void wait_tell(hf_session *session, bool is_blocked, hf_session_wait *wait)
{
    hf_session_work *work = session->work;
    const hf_answer *first = hf_answer_first(work);
    wait->wants_output = is_blocked;
    /* Also when it has become durable since the last look: then it was not sent. */
    wait->ticket = first == NULL ? 0 : first->ticket;
    if (work->is_active) {
        hf_ticket ticket = work->request.wait_ticket;
        wait->is_queued = ticket == 0;
        if (ticket != 0 && (wait->ticket == 0 || ticket < wait->ticket)) {
            wait->ticket = ticket;
        }
        wait->wants_input = session->channel.in.len < session->channel.in.size;
        return;
    }
    bool has_frame = hf_channel_has_frame(&session->channel);
    wait->wants_input = may_begin(session) && !has_frame;
    wait->wants_turn = may_begin(session) && has_frame;
}

static bool is_over(const hf_session *session)
{
    return session->phase == HF_SESSION_CLOSING && session->work->answer_count == 0;
}

int hf_session_serve(hf_session *session, hf_session_wait *wait)
{
    *wait = (hf_session_wait){ .wants_input = true };
    int rc = hf_work_take(session);
    if (rc != HF_OK) {
        return rc;
    }
    bool is_blocked = false;
    for (uint32_t turns = 0; rc == HF_OK && turns < session->window; turns++) {
        rc = turn_take(session);
        if (rc == HF_OK && hf_channel_has_frame(&session->channel)) {
            continue; /* one send for several answers */
        }
        int sent = hf_answer_send(session, &is_blocked);
        rc = sent != HF_OK ? sent : rc;
    }
    if (rc == HF_OK) {
        rc = hf_answer_send(session, &is_blocked);
    }
    if (rc != HF_OK && rc != HF_PENDING) {
        return rc;
    }
    if (is_over(session)) {
        return HF_ERR_CLOSED;
    }
    if (is_idle(session)) {
        hf_work_give(session);
        return HF_OK;
    }
    wait_tell(session, is_blocked, wait);
    return HF_PENDING;
}

/* ---- life ---- */

/* Nobody else has seen the session yet: no lock for its link. */
static void session_clear(hf_session *session)
{
    memset(session, 0, sizeof *session);
}

int hf_session_open(hf_session *session, hf_server *server,
                    const hf_session_config *config)
{
    if (session == NULL || server == NULL || config == NULL ||
        config->transport.ops == NULL) {
        return HF_ERR_ARG;
    }
    session_clear(session);
    session->server = server;
    session->context = config->context;
    session->identity = config->identity;
    session->body_size = HF_BODY_SIZE_INIT;
    session->window = 1;
    session->phase = HF_SESSION_NEW;
    hf_channel_init(&session->channel, &config->transport, HF_BODY_SIZE_INIT);
    int rc = hf_dispatch_count_session(session, true);
    session->is_open = rc == HF_OK;
    return rc;
}

static void streams_close(hf_session *session)
{
    for (uint32_t i = 0; i < HF_CFG_SESSION_STREAMS_MAX; i++) {
        hf_crypto_stream_close(&session->server->crypto, &session->streams[i].crypto);
    }
}

/* Give back what is in progress. An idle session has nothing, and needs no memory. */
static int work_close(hf_session *session)
{
    if (session->work == NULL) {
        return HF_OK;
    }
    int rc = hf_dispatch_release(session);
    if (rc != HF_OK) {
        return rc;
    }
    if (session->work->is_active) {
        request_end(session);
    }
    hf_work_give(session);
    return HF_OK;
}

int hf_session_close(hf_session *session)
{
    if (!session->is_open) {
        return HF_OK;
    }
    int rc = work_close(session);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_dispatch_count_session(session, false);
    if (rc != HF_OK) {
        return rc;
    }
    session->is_open = false;
    streams_close(session);
    session->channel.transport.ops->close(session->channel.transport.context);
    return HF_OK;
}

void *hf_session_context(const hf_session *session)
{
    return session->context;
}
