/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Work areas: see work.h. The memory comes from the port, and goes back to it wiped.
 */
#include "server/work.h"

#include <stddef.h>
#include <string.h>

#include "server/server_private.h"

void *hf_work_memory_take(const hf_server *server, size_t size)
{
    return server->config.memory.take(server->config.memory.context, size);
}

void hf_work_memory_give(const hf_server *server, void *memory, size_t size)
{
    if (memory != NULL) {
        hf_wipe(memory, size);
        server->config.memory.give(server->config.memory.context, memory, size);
    }
}

/* A buffer that the channel has let go of: it wiped what was in it. Wiping 64 KiB once
 * more would cost as much as a tenth of encrypting them. */
static void wiped_give(const hf_server *server, uint8_t *buffer, size_t size)
{
    if (buffer != NULL) {
        server->config.memory.give(server->config.memory.context, buffer, size);
    }
}

static size_t first_buffer_size(const hf_server *server)
{
    size_t most = HF_FRAME_HEADER_SIZE + (size_t)server->config.body_size_max;
    return most < HF_WORK_BUFFER_SIZE ? most : HF_WORK_BUFFER_SIZE;
}

void hf_work_clear_request(hf_session *session, hf_request *rq)
{
    rq->server = session->server;
    rq->session = session;
    rq->handler = NULL;
    rq->device = HF_CRYPTO_DEVICE_NONE;
    rq->id = 0;
    rq->status = HF_OK;
    rq->restart = false;
    rq->may_fall_back = false;
    rq->first_device = 0;
    rq->has_device_failed = false;
    rq->wants_durable = false;
    rq->ticket = 0;
    rq->wait_ticket = 0;
    rq->again_count = 0;
    rq->clean_count = 0;
    rq->stage = 0;
    rq->device_gate = NULL;
    rq->slow_gate = NULL;
    rq->long_gate = NULL;
    rq->taken = NULL;
    rq->taken_size = 0;
}

int hf_work_take(hf_session *session)
{
    if (session->work != NULL) {
        return HF_OK;
    }
    size_t buffer_size = first_buffer_size(session->server);
    size_t size = sizeof(hf_session_work) + 2 * buffer_size;
    hf_session_work *work = hf_work_memory_take(session->server, size);
    if (work == NULL) {
        return HF_ERR_NOMEM;
    }
    /* All but the scratch, which a request initialises as it uses it. */
    memset(work, 0, offsetof(hf_session_work, scratch));
    work->size = size;
    uint8_t *buffers = (uint8_t *)(work + 1);
    int rc = hf_channel_set_in(&session->channel, buffers, buffer_size);
    if (rc == HF_OK) {
        rc = hf_channel_set_out(&session->channel, buffers + buffer_size, buffer_size);
    }
    hf_work_clear_request(session, &work->request);
    session->work = work;
    return rc;
}

/* Take a buffer away from the channel. What was consumed or sent is wiped already. */
static void buffer_clear(hf_buffer *buffer, size_t *start)
{
    hf_wipe(buffer->data, buffer->len);
    *buffer = hf_buffer_of(NULL, 0);
    *start = 0;
}

void hf_work_give(hf_session *session)
{
    hf_session_work *work = session->work;
    const hf_server *server = session->server;
    if (work == NULL) {
        return;
    }
    buffer_clear(&session->channel.in, &session->channel.in_start);
    buffer_clear(&session->channel.out, &session->channel.out_start);
    wiped_give(server, work->in_taken, work->in_taken_size);
    wiped_give(server, work->out_taken, work->out_taken_size);
    session->work = NULL;
    size_t size = work->size;
    /* The scratch behind it is wiped after each use. */
    hf_wipe(work, offsetof(hf_session_work, scratch));
    server->config.memory.give(server->config.memory.context, work, size);
}

/* Larger buffers, for one large frame; given back when the session is idle. */
int hf_work_grow_in(hf_session *session, size_t size)
{
    hf_session_work *work = session->work;
    uint8_t *taken = hf_work_memory_take(session->server, size);
    if (taken == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = hf_channel_set_in(&session->channel, taken, size);
    if (rc != HF_OK) {
        hf_work_memory_give(session->server, taken, size);
        return rc;
    }
    wiped_give(session->server, work->in_taken, work->in_taken_size);
    work->in_taken = taken;
    work->in_taken_size = size;
    return HF_OK;
}

static int out_grow(hf_session *session, size_t size)
{
    hf_session_work *work = session->work;
    uint8_t *taken = hf_work_memory_take(session->server, size);
    if (taken == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = hf_channel_set_out(&session->channel, taken, size);
    if (rc != HF_OK) {
        hf_work_memory_give(session->server, taken, size);
        return rc;
    }
    wiped_give(session->server, work->out_taken, work->out_taken_size);
    work->out_taken = taken;
    work->out_taken_size = size;
    return HF_OK;
}

int hf_work_reserve_out(hf_session *session, size_t len)
{
    int rc = hf_channel_reserve(&session->channel, len);
    if (rc != HF_ERR_SIZE) {
        return rc;
    }
    rc = out_grow(session, hf_channel_unsent_len(&session->channel) + len);
    return rc == HF_OK ? hf_channel_reserve(&session->channel, len) : rc;
}
