/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The client's core: a channel, and the list of requests whose answers are outstanding,
 * oldest first. Answers come in the order of requests, so an answer either belongs to
 * the oldest request or the server is out of step and the connection ends. A request
 * that timed out stays in the list as abandoned until its answer has come and was
 * dropped. No locks.
 *
 * A blocking call over a transport with recv_wait costs two operations of the transport:
 * send, and one receive that waits.
 */
#include "holdfast/client.h"

#include <string.h>

#include "base/assert.h"

#define NAME_LEN_MAX 64u /* of comm_init_request.name */

/* ---- the state of the connection ---- */

/* The connection is of no more use; the first reason stays. */
static int break_off(hf_client *client, int status)
{
    if (client->status == HF_OK) {
        client->status = status;
    }
    return client->status;
}

/* What every call begins with: the answer that the last one lent out is wiped. */
static void drop_answer(hf_client *client)
{
    if (client->has_answer) {
        hf_channel_consume(&client->channel, client->answer_len);
        client->has_answer = false;
    }
}

static int begin_call(hf_client *client)
{
    drop_answer(client);
    return client->is_connected ? client->status : HF_ERR_STATE;
}

/* Send what the transport takes. A failure is kept: the answers that came before it can
 * still be received. */
static void flush(hf_client *client)
{
    size_t left;
    if (client->send_status == HF_OK) {
        client->send_status = hf_channel_flush(&client->channel, SIZE_MAX, &left);
    }
}

/* ---- outstanding requests ---- */

static void pop_oldest(hf_client *client)
{
    HF_ASSERT(client->in_flight > 0);
    client->in_flight--;
    memmove(&client->pending[0], &client->pending[1],
            client->in_flight * sizeof client->pending[0]);
}

/* The request whose answer is received next; NULL: none. */
static const hf_client_pending *next_awaited(const hf_client *client)
{
    for (unsigned i = 0; i < client->in_flight; i++) {
        if (!client->pending[i].is_abandoned) {
            return &client->pending[i];
        }
    }
    return NULL;
}

static bool is_for_oldest(const hf_client *client, const hf_frame *frame)
{
    return client->in_flight > 0 && (frame->flags & HF_FRAME_FLAG_RESPONSE) != 0 &&
           frame->sequence == client->pending[0].sequence &&
           frame->kind == client->pending[0].kind;
}

/* ---- time ---- */

static uint64_t now_ms(const hf_client *client)
{
    return client->config.clock_ms != NULL ? client->config.clock_ms() : 0;
}

/* What is left of the timeout of a call that began at start_ms. */
static uint32_t left_ms(const hf_client *client, uint64_t start_ms)
{
    const hf_transport_ops *ops = client->config.transport.ops;
    uint32_t timeout_ms = client->config.timeout_ms;
    if (client->config.clock_ms == NULL) {
        return ops->wait != NULL || ops->recv_wait != NULL ? timeout_ms : 0;
    }
    if (timeout_ms == UINT32_MAX) {
        return timeout_ms;
    }
    uint64_t passed_ms = client->config.clock_ms() - start_ms;
    return passed_ms < timeout_ms ? timeout_ms - (uint32_t)passed_ms : 0;
}

/* ---- receiving ---- */

/*
 * The next frame, left in the channel. Waits once at most, for output too while a
 * request could not leave. HF_OK, HF_PENDING, HF_ERR_TIMEOUT, or an error that ends the
 * connection.
 */
static int next_frame(hf_client *client, hf_frame *frame, hf_bytes *body,
                      uint32_t timeout_ms)
{
    const hf_transport *transport = &client->config.transport;
    flush(client);
    bool is_stuck = hf_channel_unsent_len(&client->channel) > 0;
    if (is_stuck && client->send_status == HF_OK && timeout_ms != 0 &&
        transport->ops->wait != NULL) {
        int rc = transport->ops->wait(
            transport->context, HF_TRANSPORT_INPUT | HF_TRANSPORT_OUTPUT, timeout_ms);
        if (rc == HF_ERR_TIMEOUT) {
            return rc;
        }
        flush(client);
    }
    size_t needed;
    int rc = hf_channel_receive_wait(&client->channel, frame, body, &needed,
                                     is_stuck ? 0 : timeout_ms);
    if (rc == HF_PENDING && client->send_status != HF_OK) {
        return break_off(client, client->send_status);
    }
    if (rc == HF_OK || rc == HF_PENDING || rc == HF_ERR_TIMEOUT) {
        return rc;
    }
    return break_off(client, rc == HF_ERR_SIZE ? HF_ERR_FRAME : rc);
}

/* The next answer that somebody waits for; late ones are dropped. Results: next_frame. */
static int next_answer(hf_client *client, hf_frame *frame, hf_bytes *body,
                       uint32_t timeout_ms)
{
    for (;;) {
        int rc = next_frame(client, frame, body, timeout_ms);
        if (rc != HF_OK) {
            return rc;
        }
        if (!is_for_oldest(client, frame)) {
            return break_off(client, HF_ERR_FRAME);
        }
        bool is_abandoned = client->pending[0].is_abandoned;
        pop_oldest(client);
        if (!is_abandoned) {
            return HF_OK;
        }
        hf_channel_consume(&client->channel, body->len);
        timeout_ms = 0; /* time has passed: the caller looks at its clock */
    }
}

/* Receive the answer of a request, waiting once at most. */
static int receive(hf_client *client, uint16_t sequence, uint16_t kind, void *out,
                   uint32_t timeout_ms)
{
    const hf_client_pending *awaited = next_awaited(client);
    if (awaited == NULL || awaited->sequence != sequence || awaited->kind != kind) {
        return HF_ERR_ARG;
    }
    hf_frame frame;
    hf_bytes body;
    int rc = next_answer(client, &frame, &body, timeout_ms);
    if (rc != HF_OK) {
        return rc;
    }
    client->has_answer = true;
    client->answer_len = body.len;
    if (frame.status != HF_OK) {
        return frame.status;
    }
    rc = hf_proto_decode(kind, true, body, out);
    return rc == HF_OK ? HF_OK : break_off(client, HF_ERR_FRAME);
}

/* ---- sending ---- */

/* Make room in the window by receiving late answers that are there already. */
static void drop_late_answers(hf_client *client)
{
    hf_frame frame;
    hf_bytes body;
    if (client->in_flight > 0 && next_awaited(client) == NULL) {
        /* Nobody waits, so HF_OK cannot come; an error is in client->status. */
        hf_ignore(next_answer(client, &frame, &body, 0));
    }
}

/* Append a request to the send buffer. HF_OK, HF_ERR_UNKNOWN, HF_ERR_RANGE, HF_ERR_SIZE
 * or HF_ERR_BUSY; nothing is changed on an error. */
static int queue(hf_client *client, uint16_t kind, const void *in)
{
    hf_channel *channel = &client->channel;
    size_t body_len = hf_proto_encoded_len(kind, false, in);
    if (body_len > client->body_size) {
        return HF_ERR_SIZE;
    }
    if (hf_channel_reserve(channel, HF_FRAME_HEADER_SIZE + body_len) != HF_OK) {
        return HF_ERR_BUSY;
    }
    uint8_t *header = channel->out.data + channel->out.len;
    hf_buffer body = hf_buffer_of(header + HF_FRAME_HEADER_SIZE, body_len);
    int rc = hf_proto_encode(kind, false, in, &body);
    if (rc != HF_OK) {
        hf_wipe(body.data, body_len); /* a part of the request may stand there */
        return rc;
    }
    hf_frame_encode(&(hf_frame){ .kind = kind,
                                 .sequence = client->sequence,
                                 .length = (uint32_t)body_len },
                    header);
    channel->out.len += HF_FRAME_HEADER_SIZE + body_len;
    return HF_OK;
}

static int send_request(hf_client *client, uint16_t kind, const void *in,
                        uint16_t *sequence)
{
    if (client->in_flight >= client->window) {
        drop_late_answers(client);
    }
    if (client->status != HF_OK || client->send_status != HF_OK) {
        return client->status != HF_OK ? client->status : client->send_status;
    }
    if (client->in_flight >= client->window) {
        return HF_ERR_BUSY;
    }
    int rc = queue(client, kind, in);
    if (rc != HF_OK) {
        return rc;
    }
    flush(client);
    if (client->send_status != HF_OK) {
        return client->send_status;
    }
    client->pending[client->in_flight++] =
        (hf_client_pending){ .sequence = client->sequence, .kind = kind };
    *sequence = client->sequence++;
    return HF_OK;
}

/* Send, waiting for room in the window and in the send buffer. */
static int send_within(hf_client *client, uint16_t kind, const void *in,
                       uint16_t *sequence, uint64_t start_ms)
{
    int rc = send_request(client, kind, in, sequence);
    while (rc == HF_ERR_BUSY) {
        hf_frame frame;
        hf_bytes body;
        uint32_t timeout_ms = left_ms(client, start_ms);
        if (timeout_ms == 0) {
            return HF_ERR_TIMEOUT;
        }
        rc = next_answer(client, &frame, &body, timeout_ms);
        if (rc != HF_PENDING) {
            return rc;
        }
        rc = send_request(client, kind, in, sequence);
    }
    return rc;
}

/* ---- calls ---- */

static int call(hf_client *client, uint16_t kind, const void *in, void *out)
{
    uint16_t sequence = 0;
    uint64_t start_ms = now_ms(client);
    int rc = send_within(client, kind, in, &sequence, start_ms);
    if (rc != HF_OK) {
        return rc;
    }
    uint32_t timeout_ms = client->config.timeout_ms;
    do {
        rc = receive(client, sequence, kind, out, timeout_ms);
        if (rc != HF_PENDING) {
            break;
        }
        timeout_ms = left_ms(client, start_ms);
    } while (timeout_ms > 0);
    if (rc == HF_PENDING) {
        rc = HF_ERR_TIMEOUT;
    }
    hf_client_abandon(client, sequence); /* if it is still outstanding */
    return rc;
}

static uint32_t body_size_of(const hf_client_config *config)
{
    size_t size = config->receive_buffer.size < config->send_buffer.size
                      ? config->receive_buffer.size
                      : config->send_buffer.size;
    size -= HF_FRAME_HEADER_SIZE;
    return size < HF_BODY_SIZE_MAX ? (uint32_t)size : HF_BODY_SIZE_MAX;
}

/* Take over what the server granted; it may not be more than was asked for. */
static int accept_terms(hf_client *client, const hf_comm_init_request *asked,
                        const hf_comm_init_response *granted)
{
    if (granted->version != HF_PROTO_VERSION) {
        return HF_ERR_VERSION;
    }
    if (granted->body_size > asked->body_size || granted->window > asked->window) {
        return HF_ERR_FRAME;
    }
    client->body_size = granted->body_size;
    client->channel.body_size = granted->body_size;
    client->window = granted->window;
    client->owner = granted->owner;
    client->permissions = granted->permissions;
    return HF_OK;
}

static bool is_complete(const hf_transport_ops *ops)
{
    return ops != NULL && (ops->recv_wait == NULL || ops->wait != NULL);
}

static bool is_usable(const hf_buffer *buffer)
{
    return buffer->data != NULL && buffer->size >= HF_CLIENT_BUFFER_SIZE_MIN;
}

int hf_client_init(hf_client *client, const hf_client_config *config)
{
    if (client == NULL) {
        return HF_ERR_ARG;
    }
    *client = (hf_client){ .config = { .transport = { NULL, NULL } } };
    if (config == NULL || !is_complete(config->transport.ops) ||
        !is_usable(&config->receive_buffer) || !is_usable(&config->send_buffer)) {
        return HF_ERR_ARG;
    }
    client->config = *config;
    client->body_size = HF_BODY_SIZE_INIT;
    client->window = 1;
    hf_client_set_timeout(client, config->timeout_ms);
    hf_channel_init(&client->channel, &config->transport, HF_BODY_SIZE_INIT);
    /* New buffers, empty channel: they fit. */
    hf_ignore(hf_channel_set_in(&client->channel, config->receive_buffer.data,
                                config->receive_buffer.size));
    hf_ignore(hf_channel_set_out(&client->channel, config->send_buffer.data,
                                 config->send_buffer.size));
    return HF_OK;
}

int hf_client_connect(hf_client *client, const char *name, uint16_t window)
{
    if (client->config.transport.ops == NULL || client->is_connected ||
        client->status != HF_OK) {
        return HF_ERR_STATE;
    }
    size_t name_len = 0;
    while (name != NULL && name_len <= NAME_LEN_MAX && name[name_len] != '\0') {
        name_len++;
    }
    if (name == NULL || name_len > NAME_LEN_MAX || window < 1 ||
        window > HF_CFG_WINDOW_MAX) {
        return HF_ERR_ARG;
    }
    hf_comm_init_request request = {
        .version = HF_PROTO_VERSION,
        .body_size = body_size_of(&client->config),
        .window = window,
        .name = hf_bytes_of(name, name_len),
    };
    hf_comm_init_response response;
    int rc = call(client, HF_REQ_comm_init, &request, &response);
    if (rc == HF_OK) {
        rc = accept_terms(client, &request, &response);
    }
    if (rc != HF_OK) {
        hf_ignore(break_off(client, rc)); /* rc is what the caller is told */
        return rc;
    }
    client->is_connected = true;
    return HF_OK;
}

void hf_client_cleanup(hf_client *client)
{
    const hf_client_config *config = &client->config;
    if (config->transport.ops == NULL) {
        return;
    }
    config->transport.ops->close(config->transport.context);
    hf_wipe(config->receive_buffer.data, config->receive_buffer.size);
    hf_wipe(config->send_buffer.data, config->send_buffer.size);
    hf_wipe(client, sizeof *client);
}

void hf_client_set_timeout(hf_client *client, uint32_t timeout_ms)
{
    client->config.timeout_ms = timeout_ms == 0 ? HF_CLIENT_TIMEOUT_MS : timeout_ms;
}

int hf_client_wait(hf_client *client, uint32_t timeout_ms)
{
    hf_frame frame;
    hf_bytes body;
    int rc = begin_call(client);
    if (rc != HF_OK) {
        return rc;
    }
    rc = next_frame(client, &frame, &body, timeout_ms);
    if (rc != HF_PENDING) {
        return rc;
    }
    return timeout_ms == 0 ? HF_ERR_TIMEOUT : HF_OK;
}

void hf_client_abandon(hf_client *client, uint16_t sequence)
{
    for (unsigned i = 0; i < client->in_flight; i++) {
        if (client->pending[i].sequence == sequence) {
            client->pending[i].is_abandoned = true;
        }
    }
}

int hf_client_call(hf_client *client, uint16_t kind, const void *in, void *out)
{
    int rc = begin_call(client);
    if (rc != HF_OK) {
        return rc;
    }
    if (next_awaited(client) != NULL) {
        return HF_ERR_BUSY;
    }
    return call(client, kind, in, out);
}

int hf_client_send(hf_client *client, uint16_t kind, const void *in, uint16_t *sequence)
{
    int rc = begin_call(client);
    return rc != HF_OK ? rc : send_request(client, kind, in, sequence);
}

int hf_client_receive(hf_client *client, uint16_t sequence, uint16_t kind, void *out)
{
    int rc = begin_call(client);
    return rc != HF_OK ? rc : receive(client, sequence, kind, out, 0);
}
