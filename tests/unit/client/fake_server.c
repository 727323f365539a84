/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * See fake_server.h.
 */
#include "fake_server.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t time_ms;

uint64_t fake_clock_ms(void)
{
    return time_ms;
}

void fake_clock_advance(uint64_t ms)
{
    time_ms += ms;
}

/* The answer to INIT; all other requests are echoes. */
static void make_answer(fake_server *fake, const hf_frame *request, hf_bytes body)
{
    hf_buffer out =
        hf_buffer_of(fake->queue[fake->queue_count].body, sizeof fake->queue[0].body);
    if (request->kind == HF_REQ_comm_init) {
        assert_int_equal(hf_proto_decode(request->kind, false, body, &fake->init), HF_OK);
        memcpy(fake->init_name, fake->init.name.data, fake->init.name.len);
        assert_int_equal(hf_proto_encode(request->kind, true, &fake->terms, &out), HF_OK);
    } else {
        size_t len = body.len < out.size ? body.len : out.size;
        assert_int_equal(hf_buffer_append(&out, hf_bytes_of(body.data, len)), HF_OK);
    }
    fake->queue[fake->queue_count].frame = *request;
    fake->queue[fake->queue_count].frame.flags = HF_FRAME_FLAG_RESPONSE;
    fake->queue[fake->queue_count].len = out.len;
    fake->queue_count++;
}

static void read_requests(fake_server *fake)
{
    hf_frame frame;
    hf_bytes body;
    size_t needed;
    while (!fake->is_deaf && fake->queue_count < FAKE_QUEUE_MAX &&
           hf_channel_receive(&fake->channel, &frame, &body, &needed) == HF_OK) {
        fake->request_count++;
        make_answer(fake, &frame, body);
        hf_channel_consume(&fake->channel, body.len);
    }
}

static void give_answer(fake_server *fake)
{
    hf_frame frame = fake->queue[0].frame;
    uint8_t memory[FAKE_BUFFER_SIZE];
    hf_buffer body = hf_buffer_of(memory, sizeof memory);
    body.len = fake->status == HF_OK ? fake->queue[0].len : 0;
    memcpy(memory, fake->queue[0].body, body.len);
    frame.status = fake->status;
    if (fake->spoil != NULL) {
        fake->spoil(fake, &frame, &body);
    }
    assert_int_equal(
        hf_channel_append(&fake->channel, &frame, hf_bytes_of(memory, body.len)), HF_OK);
    fake->queue_count--;
    memmove(&fake->queue[0], &fake->queue[1], fake->queue_count * sizeof fake->queue[0]);
}

void fake_run(fake_server *fake)
{
    size_t left;
    read_requests(fake);
    while (fake->queue_count > 0 && fake->hold_count == 0) {
        if (fake->is_closing) {
            fake->server_end.transport.ops->close(&fake->server_end);
            fake->queue_count = 0;
            return;
        }
        give_answer(fake);
    }
    if (fake->hold_count > 0 && fake->hold_count != UINT_MAX && fake->queue_count > 0) {
        fake->hold_count--;
    }
    hf_ignore(
        hf_channel_flush(&fake->channel, SIZE_MAX, &left)); /* the client may be gone */
}

/* Each wait is one turn of the server and one tick of the clock. */
static int run_server_instead_of_waiting(void *context, unsigned what,
                                         uint32_t timeout_ms)
{
    fake_server *fake = context;
    fake->last_what = what;
    fake_run(fake);
    bool is_ready =
        ((what & HF_TRANSPORT_INPUT) != 0 && hf_ring_has_input(&fake->client_end)) ||
        ((what & HF_TRANSPORT_OUTPUT) != 0 && hf_ring_has_room(&fake->client_end));
    if (is_ready) {
        return HF_OK;
    }
    time_ms += timeout_ms < FAKE_TICK_MS ? timeout_ms : FAKE_TICK_MS;
    return timeout_ms > FAKE_TICK_MS ? HF_OK : HF_ERR_TIMEOUT;
}

int fake_open(void **state)
{
    fake_server *fake = calloc(1, sizeof *fake);
    *state = fake;
    fake->terms = (hf_comm_init_response){
        .version = HF_PROTO_VERSION,
        .body_size = 1500,
        .window = 4,
        .owner = 7,
        .permissions = 3,
    };
    hf_ring_config server = { .is_server = true };
    hf_ring_config client = { .wait = run_server_instead_of_waiting, .context = fake };
    if (hf_ring_init(fake->memory, sizeof fake->memory) != HF_OK ||
        hf_ring_attach(&fake->server_end, fake->memory, sizeof fake->memory, &server) !=
            HF_OK ||
        hf_ring_attach(&fake->client_end, fake->memory, sizeof fake->memory, &client) !=
            HF_OK) {
        return -1;
    }
    hf_channel_init(&fake->channel, &fake->server_end.transport, HF_BODY_SIZE_MAX);
    hf_client_config config = {
        .transport = fake->client_end.transport,
        .receive_buffer = hf_buffer_of(fake->receive_buffer, sizeof fake->receive_buffer),
        .send_buffer = hf_buffer_of(fake->send_buffer, sizeof fake->send_buffer),
        .timeout_ms = 1000,
        .clock_ms = fake_clock_ms,
    };
    return hf_channel_set_in(&fake->channel, fake->in, sizeof fake->in) != HF_OK ||
           hf_channel_set_out(&fake->channel, fake->out, sizeof fake->out) != HF_OK ||
           hf_client_init(&fake->client, &config) != HF_OK;
}

int fake_open_connected(void **state)
{
    if (fake_open(state) != 0) {
        return -1;
    }
    fake_server *fake = *state;
    return hf_client_connect(&fake->client, "test", 4) != HF_OK;
}

int fake_close(void **state)
{
    fake_server *fake = *state;
    hf_client_cleanup(&fake->client);
    free(fake);
    return 0;
}
