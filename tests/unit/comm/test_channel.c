/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The channel over a scripted transport that gives and takes as few bytes at a time as a
 * test wants: frames are put together and sent whole, broken ones are refused, buffers
 * can be replaced, and nothing that was consumed or sent stays in memory.
 */
#include "holdfast/channel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BUFFER_SIZE 64u
#define BODY_SIZE (BUFFER_SIZE - HF_FRAME_HEADER_SIZE)
#define WIRE_SIZE 4096u

/* What the peer has sent, and what it gets; each call of the transport moves at most
 * chunk_size bytes. */
typedef struct script {
    uint8_t input[WIRE_SIZE];
    size_t input_len, input_start;
    uint8_t output[WIRE_SIZE];
    size_t output_len;
    size_t room;       /* bytes that send still takes */
    size_t chunk_size; /* of a send or receive */
    int status;        /* of a receive with no input left, and of a send without room */
    unsigned receive_count, wait_count, receive_wait_count;
    uint32_t timeout_ms; /* of the last wait */
    int wait_status;
    hf_channel channel;
    uint8_t in[BUFFER_SIZE];
    uint8_t out[BUFFER_SIZE];
} script;

static int script_send(void *context, const uint8_t *data, size_t len, size_t *sent)
{
    script *s = context;
    size_t count = len < s->chunk_size ? len : s->chunk_size;
    count = count < s->room ? count : s->room;
    *sent = 0;
    if (s->room == 0 && s->status != HF_OK) {
        return s->status;
    }
    memcpy(s->output + s->output_len, data, count);
    s->output_len += count;
    s->room -= count;
    *sent = count;
    return HF_OK;
}

static int script_recv(void *context, uint8_t *data, size_t size, size_t *received)
{
    script *s = context;
    size_t left = s->input_len - s->input_start;
    size_t count = size < s->chunk_size ? size : s->chunk_size;
    count = count < left ? count : left;
    s->receive_count++;
    *received = count;
    if (left == 0) {
        return s->status;
    }
    memcpy(data, s->input + s->input_start, count);
    s->input_start += count;
    return HF_OK;
}

static int script_wait(void *context, unsigned what, uint32_t timeout_ms)
{
    script *s = context;
    assert_int_equal(what, HF_TRANSPORT_INPUT);
    s->wait_count++;
    s->timeout_ms = timeout_ms;
    return s->wait_status;
}

static int script_recv_wait(void *context, uint8_t *data, size_t size,
                            uint32_t timeout_ms, size_t *received)
{
    script *s = context;
    s->receive_wait_count++;
    s->timeout_ms = timeout_ms;
    int rc = script_recv(context, data, size, received);
    s->receive_count--;
    return rc == HF_OK && *received == 0 ? s->wait_status : rc;
}

static void script_close(void *context)
{
    (void)context;
}

static const hf_transport_ops plain_ops = {
    .send = script_send,
    .recv = script_recv,
    .close = script_close,
};
static const hf_transport_ops wait_ops = {
    .send = script_send,
    .recv = script_recv,
    .wait = script_wait,
    .close = script_close,
};
static const hf_transport_ops recv_wait_ops = {
    .send = script_send,
    .recv = script_recv,
    .wait = script_wait,
    .recv_wait = script_recv_wait,
    .close = script_close,
};

static int open_channel(void **state)
{
    script *s = calloc(1, sizeof *s);
    hf_transport transport = { &plain_ops, s };
    s->chunk_size = WIRE_SIZE;
    s->room = WIRE_SIZE;
    hf_channel_init(&s->channel, &transport, BODY_SIZE);
    *state = s;
    return hf_channel_set_in(&s->channel, s->in, sizeof s->in) != HF_OK ||
           hf_channel_set_out(&s->channel, s->out, sizeof s->out) != HF_OK;
}

static int close_channel(void **state)
{
    free(*state);
    return 0;
}

/* The peer sends a frame of `len` bytes, each with the value of `sequence`. */
static void add_input(script *s, uint16_t sequence, uint32_t len)
{
    hf_frame frame = { .kind = 0x0103, .sequence = sequence, .length = len };
    hf_frame_encode(&frame, s->input + s->input_len);
    s->input_len += HF_FRAME_HEADER_SIZE;
    memset(s->input + s->input_len, sequence & 0xFF, len);
    s->input_len += len;
}

static int receive(script *s, hf_frame *frame, hf_bytes *body)
{
    size_t needed;
    return hf_channel_receive(&s->channel, frame, body, &needed);
}

static void expect_frame(script *s, uint16_t sequence, uint32_t len)
{
    hf_frame frame;
    hf_bytes body;
    assert_int_equal(receive(s, &frame, &body), HF_OK);
    assert_int_equal(frame.sequence, sequence);
    assert_int_equal(body.len, len);
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(body.data[i], sequence & 0xFF);
    }
    hf_channel_consume(&s->channel, body.len);
}

static void expect_status(script *s, int status)
{
    hf_frame frame;
    hf_bytes body;
    assert_int_equal(receive(s, &frame, &body), status);
}

static void expect_zeros(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(data[i], 0);
    }
}

/* ---- receiving ---- */

static void test_receive_byte_by_byte_gives_whole_frames(void **state)
{
    script *s = *state;
    hf_frame frame;
    hf_bytes body;
    size_t frames = 0;
    add_input(s, 1, 0);
    add_input(s, 2, 5);
    add_input(s, 3, BODY_SIZE);
    s->chunk_size = 1;
    for (size_t i = 0; i < s->input_len; i++) {
        int rc = receive(s, &frame, &body);
        bool is_partial = hf_channel_has_partial(&s->channel);
        if (rc == HF_OK) {
            frames++;
            assert_int_equal(frame.sequence, frames);
            assert_false(is_partial);
            hf_channel_consume(&s->channel, body.len);
            assert_false(hf_channel_has_partial(&s->channel));
        } else {
            assert_int_equal(rc, HF_PENDING);
            assert_true(is_partial);
        }
    }
    assert_int_equal(frames, 3);
    expect_status(s, HF_PENDING);
    expect_zeros(s->in, sizeof s->in);
}

static void test_receive_many_frames_of_one_read_in_order(void **state)
{
    script *s = *state;
    for (uint16_t i = 0; i < 100; i++) {
        add_input(s, i, i % 20u);
    }
    for (uint16_t i = 0; i < 100; i++) {
        expect_frame(s, i, i % 20u);
    }
    expect_status(s, HF_PENDING);
    assert_true(s->receive_count < 60); /* fewer reads than frames */
    expect_zeros(s->in, sizeof s->in);
}

static void test_receive_does_not_read_again_after_a_short_read(void **state)
{
    script *s = *state;
    add_input(s, 1, 4);
    s->input_len -= 1;
    expect_status(s, HF_PENDING);
    assert_int_equal(s->receive_count, 1);
    s->input_len += 1;
    expect_frame(s, 1, 4);
    assert_int_equal(s->receive_count, 2);
}

static void test_receive_unparsable_header_is_refused(void **state)
{
    static const struct {
        uint8_t offset, value;
        int status;
    } cases[] = {
        { 0, 0, HF_ERR_FRAME },     { 2, 9, HF_ERR_VERSION }, { 3, 0x80, HF_ERR_FRAME },
        { 11, 0xFF, HF_ERR_FRAME }, { 12, 1, HF_ERR_FRAME },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        script *s = *state;
        s->input_len = 0;
        s->input_start = 0;
        add_input(s, 1, 4);
        s->input[cases[i].offset] = cases[i].value;
        expect_status(s, cases[i].status);
        expect_status(s, cases[i].status);
        assert_true(hf_channel_has_frame(&s->channel));
        assert_int_equal(hf_channel_set_in(&s->channel, NULL, 0), HF_ERR_SIZE);
        s->channel.in.len = 0;
    }
}

static void test_receive_body_above_the_limit_is_refused_at_its_header(void **state)
{
    script *s = *state;
    s->channel.body_size = 10;
    add_input(s, 1, 10);
    add_input(s, 2, 11);
    expect_frame(s, 1, 10);
    s->input_len -= 11; /* the header alone decides */
    expect_status(s, HF_ERR_FRAME);
}

static void test_receive_frame_above_the_buffer_tells_the_size(void **state)
{
    script *s = *state;
    uint8_t large[200];
    hf_frame frame;
    hf_bytes body;
    size_t needed = 0;
    s->channel.body_size = 1000;
    add_input(s, 7, 30);
    add_input(s, 8, 150);
    expect_frame(s, 7, 30);
    assert_int_equal(hf_channel_receive(&s->channel, &frame, &body, &needed),
                     HF_ERR_SIZE);
    assert_int_equal(needed, HF_FRAME_HEADER_SIZE + 150);
    assert_int_equal(hf_channel_set_in(&s->channel, large, 3), HF_ERR_SIZE);
    assert_int_equal(hf_channel_set_in(&s->channel, large, needed), HF_OK);
    expect_zeros(s->in, sizeof s->in);
    expect_frame(s, 8, 150);
    expect_zeros(large, needed);
}

/* The read that brings the header fills the buffer: the size is told at once. */
static void test_receive_large_frame_tells_the_size_in_the_first_call(void **state)
{
    script *s = *state;
    hf_frame frame;
    hf_bytes body;
    size_t needed = 0;
    s->channel.body_size = 1000;
    add_input(s, 7, 150);
    assert_int_equal(hf_channel_receive(&s->channel, &frame, &body, &needed),
                     HF_ERR_SIZE);
    assert_int_equal(needed, HF_FRAME_HEADER_SIZE + 150);
}

static void test_receive_without_buffer_asks_for_one(void **state)
{
    script *s = *state;
    hf_frame frame;
    hf_bytes body;
    size_t needed = 0;
    assert_int_equal(hf_channel_set_in(&s->channel, NULL, 0), HF_OK);
    add_input(s, 1, 3);
    assert_int_equal(hf_channel_receive(&s->channel, &frame, &body, &needed),
                     HF_ERR_SIZE);
    assert_int_equal(needed, HF_FRAME_HEADER_SIZE);
    assert_false(hf_channel_has_partial(&s->channel));
    assert_int_equal(hf_channel_set_in(&s->channel, s->in, sizeof s->in), HF_OK);
    expect_frame(s, 1, 3);
}

static void test_receive_after_close_gives_what_came_before(void **state)
{
    script *s = *state;
    add_input(s, 1, 5);
    add_input(s, 2, 5);
    s->input_len -= 1;
    s->status = HF_ERR_CLOSED;
    expect_frame(s, 1, 5);
    expect_status(s, HF_ERR_CLOSED);
    assert_true(s->channel.is_at_end);
    assert_true(hf_channel_has_partial(&s->channel));
    unsigned count = s->receive_count;
    expect_status(s, HF_ERR_CLOSED);
    assert_int_equal(s->receive_count, count);
}

static void test_receive_transport_error_is_told(void **state)
{
    script *s = *state;
    s->status = HF_ERR_SYSTEM;
    expect_status(s, HF_ERR_SYSTEM);
    assert_false(s->channel.is_at_end);
}

static int receive_within(script *s, uint32_t timeout_ms)
{
    hf_frame frame;
    hf_bytes body;
    size_t needed;
    return hf_channel_receive_wait(&s->channel, &frame, &body, &needed, timeout_ms);
}

static void test_receive_wait_uses_recv_wait_alone_where_there_is_one(void **state)
{
    script *s = *state;
    s->channel.transport.ops = &recv_wait_ops;
    s->wait_status = HF_ERR_TIMEOUT;
    assert_int_equal(receive_within(s, 70), HF_ERR_TIMEOUT);
    assert_int_equal(s->timeout_ms, 70);
    add_input(s, 1, 5);
    assert_int_equal(receive_within(s, 80), HF_OK);
    assert_int_equal(s->timeout_ms, 80);
    assert_int_equal(s->receive_wait_count, 2);
    assert_int_equal(receive_within(s, 80), HF_OK); /* it is still there: no receive */
    assert_int_equal(s->receive_wait_count, 2);
    assert_int_equal(s->receive_count + s->wait_count, 0);
    hf_channel_consume(&s->channel, 5);
    assert_int_equal(receive_within(s, 0), HF_PENDING);
    assert_int_equal(s->receive_count, 1);
}

static void test_receive_wait_waits_and_receives_elsewhere(void **state)
{
    script *s = *state;
    s->channel.transport.ops = &wait_ops;
    s->wait_status = HF_ERR_TIMEOUT;
    assert_int_equal(receive_within(s, 70), HF_ERR_TIMEOUT);
    assert_int_equal(s->receive_count, 0);
    s->wait_status = HF_OK;
    assert_int_equal(receive_within(s, 70), HF_PENDING);
    add_input(s, 1, 5);
    assert_int_equal(receive_within(s, 70), HF_OK);
    assert_int_equal(s->wait_count, 3);
    hf_channel_consume(&s->channel, 5);
    s->channel.transport.ops = &plain_ops;
    assert_int_equal(receive_within(s, 70), HF_PENDING);
    assert_int_equal(s->wait_count, 3);
}

/* A read fills the buffer with a part of the frame; what else is there comes with the
 * next read, but is not waited for. */
static void test_receive_wait_waits_once_in_a_call(void **state)
{
    script *s = *state;
    s->channel.transport.ops = &wait_ops;
    add_input(s, 1, 4);
    add_input(s, 2, BODY_SIZE);
    size_t all = s->input_len;
    s->input_len = HF_FRAME_HEADER_SIZE + 4 + 4;
    expect_frame(s, 1, 4); /* 4 bytes of the second frame stand behind it */
    s->input_len = all;
    assert_int_equal(receive_within(s, 70), HF_OK);
    assert_int_equal(s->wait_count, 1);
    assert_int_equal(s->receive_count, 3);
    s->channel.in.len = 0;
    s->channel.in_start = 0;
}

/* ---- sending ---- */

static int append(script *s, uint16_t sequence, uint8_t len)
{
    uint8_t body[BUFFER_SIZE];
    memset(body, sequence & 0xFF, sizeof body);
    hf_frame frame = { .kind = 0x0103, .sequence = sequence, .length = 999 };
    return hf_channel_append(&s->channel, &frame, hf_bytes_of(body, len));
}

/* The output is what add_input makes of the same frames. */
static void expect_output(script *s)
{
    assert_int_equal(s->output_len, s->input_len);
    assert_memory_equal(s->output, s->input, s->input_len);
}

static void test_flush_byte_by_byte_sends_whole_frames(void **state)
{
    script *s = *state;
    size_t left;
    s->chunk_size = 1;
    for (uint16_t i = 1; i <= 50; i++) {
        assert_int_equal(append(s, i, (uint8_t)(i % 40u)), HF_OK);
        add_input(s, i, i % 40u);
        assert_int_equal(hf_channel_flush(&s->channel, SIZE_MAX, &left), HF_OK);
        assert_int_equal(left, 0);
        assert_int_equal(hf_channel_unsent_len(&s->channel), 0);
    }
    expect_output(s);
    expect_zeros(s->out, sizeof s->out);
}

static void test_flush_limit_holds_back_the_rest(void **state)
{
    script *s = *state;
    size_t left;
    assert_int_equal(append(s, 1, 4), HF_OK);
    assert_int_equal(append(s, 2, 4), HF_OK);
    add_input(s, 1, 4);
    add_input(s, 2, 4);
    assert_int_equal(hf_channel_flush(&s->channel, 0, &left), HF_OK);
    assert_int_equal(s->output_len, 0);
    s->room = 5;
    assert_int_equal(hf_channel_flush(&s->channel, 20, &left), HF_OK);
    assert_int_equal(left, 15);
    assert_int_equal(s->output_len, 5);
    s->room = WIRE_SIZE;
    assert_int_equal(hf_channel_flush(&s->channel, left, &left), HF_OK);
    assert_int_equal(left, 0);
    assert_int_equal(s->output_len, 20);
    assert_int_equal(hf_channel_unsent_len(&s->channel), 20);
    assert_int_equal(hf_channel_flush(&s->channel, 1000, &left), HF_OK);
    assert_int_equal(left, 0);
    expect_output(s);
}

static void test_append_to_a_full_buffer_waits_for_the_transport(void **state)
{
    script *s = *state;
    size_t left;
    assert_int_equal(append(s, 1, BODY_SIZE + 1), HF_ERR_SIZE);
    assert_int_equal(append(s, 2, 20), HF_OK);
    assert_int_equal(append(s, 3, 20), HF_ERR_SIZE);
    assert_int_equal(hf_channel_unsent_len(&s->channel), 36);
    s->room = 10;
    assert_int_equal(hf_channel_flush(&s->channel, SIZE_MAX, &left), HF_OK);
    assert_int_equal(append(s, 3, 22),
                     HF_OK); /* exactly what was freed: moves the rest */
    assert_int_equal(append(s, 4, 0), HF_ERR_SIZE);
    s->room = WIRE_SIZE;
    assert_int_equal(hf_channel_flush(&s->channel, SIZE_MAX, &left), HF_OK);
    add_input(s, 2, 20);
    add_input(s, 3, 22);
    expect_output(s);
    expect_zeros(s->out, sizeof s->out);
}

static void test_set_out_moves_what_is_unsent(void **state)
{
    script *s = *state;
    uint8_t large[100];
    size_t left;
    assert_int_equal(append(s, 1, 30), HF_OK);
    s->room = 7;
    assert_int_equal(hf_channel_flush(&s->channel, SIZE_MAX, &left), HF_OK);
    assert_int_equal(hf_channel_set_out(&s->channel, large, left - 1), HF_ERR_SIZE);
    assert_int_equal(hf_channel_set_out(&s->channel, large, sizeof large), HF_OK);
    expect_zeros(s->out, sizeof s->out);
    s->room = WIRE_SIZE;
    assert_int_equal(append(s, 2, 40), HF_OK);
    assert_int_equal(hf_channel_flush(&s->channel, SIZE_MAX, &left), HF_OK);
    add_input(s, 1, 30);
    add_input(s, 2, 40);
    expect_output(s);
}

static void test_flush_to_a_peer_that_has_gone_keeps_the_rest(void **state)
{
    script *s = *state;
    size_t left = 99;
    assert_int_equal(append(s, 1, 4), HF_OK);
    s->room = 6;
    s->status = HF_ERR_CLOSED;
    assert_int_equal(hf_channel_flush(&s->channel, SIZE_MAX, &left), HF_ERR_CLOSED);
    assert_int_equal(left, 14);
    assert_int_equal(hf_channel_unsent_len(&s->channel), 14);
}

#define CHANNEL_TEST(test)                                                               \
    cmocka_unit_test_setup_teardown(test, open_channel, close_channel)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CHANNEL_TEST(test_receive_byte_by_byte_gives_whole_frames),
        CHANNEL_TEST(test_receive_many_frames_of_one_read_in_order),
        CHANNEL_TEST(test_receive_does_not_read_again_after_a_short_read),
        CHANNEL_TEST(test_receive_unparsable_header_is_refused),
        CHANNEL_TEST(test_receive_body_above_the_limit_is_refused_at_its_header),
        CHANNEL_TEST(test_receive_frame_above_the_buffer_tells_the_size),
        CHANNEL_TEST(test_receive_large_frame_tells_the_size_in_the_first_call),
        CHANNEL_TEST(test_receive_without_buffer_asks_for_one),
        CHANNEL_TEST(test_receive_after_close_gives_what_came_before),
        CHANNEL_TEST(test_receive_transport_error_is_told),
        CHANNEL_TEST(test_receive_wait_uses_recv_wait_alone_where_there_is_one),
        CHANNEL_TEST(test_receive_wait_waits_and_receives_elsewhere),
        CHANNEL_TEST(test_receive_wait_waits_once_in_a_call),
        CHANNEL_TEST(test_flush_byte_by_byte_sends_whole_frames),
        CHANNEL_TEST(test_flush_limit_holds_back_the_rest),
        CHANNEL_TEST(test_append_to_a_full_buffer_waits_for_the_transport),
        CHANNEL_TEST(test_set_out_moves_what_is_unsent),
        CHANNEL_TEST(test_flush_to_a_peer_that_has_gone_keeps_the_rest),
    };
    return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
