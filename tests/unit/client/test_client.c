/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The client against a server that holds answers back, answers with errors, sends garbage
 * or goes away. The client's wait runs that server, so nothing here depends on time.
 */
#include "holdfast/client.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_server.h"

static int echo(fake_server *fake, const char *text)
{
    hf_comm_echo_request request = { .data = hf_bytes_of(text, strlen(text)) };
    hf_comm_echo_response response;
    int rc = hf_client_comm_echo(&fake->client, &request, &response);
    if (rc == HF_OK) {
        assert_int_equal(response.data.len, request.data.len);
        assert_memory_equal(response.data.data, text, response.data.len);
    }
    return rc;
}

static int send_echo(fake_server *fake, const char *text, uint16_t *sequence)
{
    hf_comm_echo_request request = { .data = hf_bytes_of(text, strlen(text)) };
    return hf_client_comm_echo_send(&fake->client, &request, sequence);
}

static int receive_echo(fake_server *fake, uint16_t sequence, const char *text)
{
    hf_comm_echo_response response;
    int rc = hf_client_comm_echo_receive(&fake->client, sequence, &response);
    if (rc == HF_OK) {
        assert_int_equal(response.data.len, strlen(text));
        assert_memory_equal(response.data.data, text, response.data.len);
    }
    return rc;
}

/* ---- life ---- */

static int never_called(void *context, uint8_t *data, size_t size, uint32_t timeout_ms,
                        size_t *received)
{
    (void)context;
    (void)data;
    (void)size;
    (void)timeout_ms;
    (void)received;
    fail();
    return HF_ERR_SYSTEM;
}

static void test_init_unusable_config_is_refused(void **state)
{
    fake_server *fake = *state;
    static const hf_transport_ops no_wait = { .recv_wait = never_called };
    hf_client client;
    hf_client_config good = fake->client.config;
    hf_client_config bad[4] = { good, good, good, good };
    bad[0].transport.ops = NULL;
    bad[1].receive_buffer.size = HF_CLIENT_BUFFER_SIZE_MIN - 1;
    bad[2].send_buffer.data = NULL;
    bad[3].transport.ops = &no_wait;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(hf_client_init(&client, &bad[i]), HF_ERR_ARG);
        hf_client_cleanup(&client); /* harmless, and does not close the transport */
    }
    assert_int_equal(hf_client_init(NULL, &good), HF_ERR_ARG);
    assert_int_equal(hf_client_init(&client, NULL), HF_ERR_ARG);
    assert_int_equal(hf_client_connect(&client, "test", 4), HF_ERR_STATE);
    assert_int_equal(hf_client_connect(&fake->client, "test", 4), HF_OK);
}

static void test_connect_negotiates(void **state)
{
    fake_server *fake = *state;
    assert_int_equal(echo(fake, "early"), HF_ERR_STATE);
    assert_int_equal(hf_client_wait(&fake->client, 0), HF_ERR_STATE);
    assert_int_equal(hf_client_connect(&fake->client, "a name", 5), HF_OK);
    assert_string_equal(fake->init_name, "a name");
    assert_int_equal(fake->init.version, HF_PROTO_VERSION);
    assert_int_equal(fake->init.body_size, FAKE_BUFFER_SIZE - HF_FRAME_HEADER_SIZE);
    assert_int_equal(fake->init.window, 5);
    assert_int_equal(fake->client.body_size, 1500);
    assert_int_equal(fake->client.window, 4);
    assert_int_equal(fake->client.owner, 7);
    assert_int_equal(fake->client.permissions, 3);
    assert_int_equal(hf_client_connect(&fake->client, "again", 5), HF_ERR_STATE);
    assert_int_equal(echo(fake, "hello"), HF_OK);
}

static void test_connect_wrong_arguments_send_nothing(void **state)
{
    fake_server *fake = *state;
    char name[67];
    memset(name, 'n', sizeof name);
    name[65] = '\0';
    assert_int_equal(hf_client_connect(&fake->client, name, 4), HF_ERR_ARG);
    assert_int_equal(hf_client_connect(&fake->client, NULL, 4), HF_ERR_ARG);
    assert_int_equal(hf_client_connect(&fake->client, "n", 0), HF_ERR_ARG);
    assert_int_equal(hf_client_connect(&fake->client, "n", HF_CFG_WINDOW_MAX + 1),
                     HF_ERR_ARG);
    assert_int_equal(fake->request_count, 0);
    name[64] = '\0';
    assert_int_equal(hf_client_connect(&fake->client, name, 4), HF_OK);
    assert_string_equal(fake->init_name, name);
}

static void expect_connect(void **state, int status)
{
    fake_server *fake = *state;
    assert_int_equal(hf_client_connect(&fake->client, "test", 4), status);
    assert_int_equal(hf_client_connect(&fake->client, "test", 4), HF_ERR_STATE);
    assert_int_equal(echo(fake, "x"), HF_ERR_STATE);
}

static void test_connect_terms_beyond_what_was_asked_are_refused(void **state)
{
    ((fake_server *)*state)->terms.window = 5;
    expect_connect(state, HF_ERR_FRAME);
    assert_int_equal(fake_close(state) | fake_open(state), 0);
    ((fake_server *)*state)->terms.body_size = FAKE_BUFFER_SIZE;
    expect_connect(state, HF_ERR_FRAME);
    assert_int_equal(fake_close(state) | fake_open(state), 0);
    ((fake_server *)*state)->terms.version = HF_PROTO_VERSION + 1;
    expect_connect(state, HF_ERR_VERSION);
}

static void test_connect_refused_by_the_server_tells_why(void **state)
{
    ((fake_server *)*state)->status = HF_ERR_ACCESS;
    expect_connect(state, HF_ERR_ACCESS);
}

static void test_connect_without_answer_times_out(void **state)
{
    ((fake_server *)*state)->hold_count = UINT_MAX;
    expect_connect(state, HF_ERR_TIMEOUT);
}

static void test_cleanup_closes_and_wipes(void **state)
{
    fake_server *fake = *state;
    uint16_t sequence;
    assert_int_equal(echo(fake, "secret one"), HF_OK);
    fake->is_deaf = true;
    assert_int_equal(send_echo(fake, "secret two", &sequence), HF_OK);
    hf_client_cleanup(&fake->client);
    for (size_t i = 0; i < FAKE_BUFFER_SIZE; i++) {
        assert_int_equal(fake->receive_buffer[i] | fake->send_buffer[i], 0);
    }
    fake->is_deaf = false;
    fake_run(fake);
    assert_true(fake->channel.is_at_end || hf_ring_has_input(&fake->server_end));
    hf_client_cleanup(&fake->client);
}

/* ---- one call ---- */

static void test_answer_is_wiped_by_the_next_call(void **state)
{
    fake_server *fake = *state;
    hf_comm_echo_request request = { .data = hf_bytes_of("secret", 6) };
    hf_comm_echo_response response;
    assert_int_equal(hf_client_comm_echo(&fake->client, &request, &response), HF_OK);
    assert_memory_equal(response.data.data, "secret", 6);
    assert_int_equal(hf_client_wait(&fake->client, 0), HF_ERR_TIMEOUT);
    for (size_t i = 0; i < FAKE_BUFFER_SIZE; i++) {
        assert_int_equal(fake->receive_buffer[i] | fake->send_buffer[i], 0);
    }
}

static void test_every_status_of_the_server_is_preserved(void **state)
{
    fake_server *fake = *state;
    for (int status = HF_ERR_ARG; status >= HF_ERR_BLANK - 1; status--) {
        fake->status = status;
        assert_int_equal(echo(fake, "x"), status);
        fake->status = HF_OK;
        assert_int_equal(echo(fake, "y"), HF_OK);
    }
}

static void test_request_out_of_range_or_too_large_is_not_sent(void **state)
{
    fake_server *fake = *state;
    static uint8_t data[1500];
    hf_key_import_request import = {
        .handle = 1, .type = 1, .label = { "secret" }, .store = 2, .material = { data, 4 }
    };
    hf_key_import_response imported;
    hf_comm_echo_request request = { .data = hf_bytes_of(data, 1497) };
    hf_comm_echo_response response;
    unsigned before = fake->request_count;
    assert_int_equal(hf_client_key_import(&fake->client, &import, &imported),
                     HF_ERR_RANGE);
    assert_int_equal(hf_client_comm_echo(&fake->client, &request, &response),
                     HF_ERR_SIZE);
    assert_int_equal(hf_client_call(&fake->client, 0x0199, &request, &response),
                     HF_ERR_UNKNOWN);
    fake_run(fake);
    assert_int_equal(fake->request_count, before);
    assert_int_equal(fake->client.in_flight, 0);
    for (size_t i = 0; i < FAKE_BUFFER_SIZE; i++) {
        assert_int_equal(fake->send_buffer[i], 0);
    }
    assert_int_equal(echo(fake, "fine"), HF_OK);
}

/* The largest body that was granted is sent; the fake answers with its first 512 bytes,
 * which is no echo_response. */
static void test_request_of_the_granted_size_is_sent(void **state)
{
    fake_server *fake = *state;
    static uint8_t data[1496];
    uint16_t sequence;
    hf_comm_echo_request request = { .data = hf_bytes_of(data, sizeof data) };
    assert_int_equal(hf_client_comm_echo_send(&fake->client, &request, &sequence), HF_OK);
    fake_run(fake);
    assert_int_equal(fake->request_count, 2);
    assert_int_equal(receive_echo(fake, sequence, ""), HF_ERR_FRAME);
}

static void test_typed_calls_use_their_own_kind(void **state)
{
    fake_server *fake = *state;
    hf_counter_increment_request request = { .handle = 7, .by = 1 };
    hf_counter_increment_response response;
    uint16_t sequence;
    fake->hold_count = UINT_MAX;
    assert_int_equal(hf_client_counter_increment_send(&fake->client, &request, &sequence),
                     HF_OK);
    fake_run(fake);
    assert_int_equal(fake->queue[0].frame.kind, HF_REQ_counter_increment);
    assert_int_equal(fake->queue[0].len, 12);
    fake->queue[0].len = 8; /* handle and half of `by`: a u64 */
    fake->hold_count = 0;
    fake_run(fake);
    assert_int_equal(
        hf_client_counter_increment_receive(&fake->client, sequence, &response), HF_OK);
    assert_true(response.value == 0x100000007);
}

/* ---- timeouts ---- */

static void test_timeout_comes_after_the_timeout_and_leaves_a_usable_client(void **state)
{
    fake_server *fake = *state;
    uint64_t start_ms = fake_clock_ms();
    fake->hold_count = UINT_MAX;
    assert_int_equal(echo(fake, "slow"), HF_ERR_TIMEOUT);
    assert_int_equal(fake_clock_ms() - start_ms, 1000);
    assert_int_equal(fake->client.in_flight, 1);
    fake->hold_count = 0;
    assert_int_equal(echo(fake, "fast"),
                     HF_OK); /* after the late one, which is dropped */
    assert_int_equal(fake->client.in_flight, 0);
    hf_client_set_timeout(&fake->client, 55);
    start_ms = fake_clock_ms();
    fake->hold_count = UINT_MAX;
    assert_int_equal(echo(fake, "slow"), HF_ERR_TIMEOUT);
    assert_int_equal(fake_clock_ms() - start_ms, 55);
}

static void test_late_answers_of_every_kind_are_dropped(void **state)
{
    fake_server *fake = *state;
    for (unsigned round = 0; round < 20; round++) {
        hf_client_set_timeout(&fake->client, 40);
        fake->hold_count = UINT_MAX;
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(echo(fake, "late"), HF_ERR_TIMEOUT);
        }
        fake->status = round % 2 == 0 ? HF_OK : HF_ERR_NOTFOUND;
        fake->hold_count = 0;
        fake_run(fake);
        fake->status = HF_OK;
        assert_int_equal(echo(fake, "in time"), HF_OK);
        assert_int_equal(fake->client.in_flight, 0);
    }
}

static void test_window_full_of_late_answers_makes_a_call_wait(void **state)
{
    fake_server *fake = *state;
    uint16_t sequence;
    fake->hold_count = UINT_MAX;
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(echo(fake, "late"), HF_ERR_TIMEOUT);
    }
    unsigned before = fake->request_count;
    assert_int_equal(echo(fake, "never sent"), HF_ERR_TIMEOUT);
    assert_int_equal(send_echo(fake, "never sent", &sequence), HF_ERR_BUSY);
    assert_int_equal(fake->request_count, before);
    fake->hold_count = 0;
    fake_run(fake); /* the late answers are there: a split call drops them */
    assert_int_equal(send_echo(fake, "split", &sequence), HF_OK);
    fake_run(fake);
    assert_int_equal(receive_echo(fake, sequence, "split"), HF_OK);
    fake->hold_count = UINT_MAX;
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(echo(fake, "late"), HF_ERR_TIMEOUT);
    }
    before = fake->request_count;
    fake->hold_count = 3; /* a few turns later the answers come: a blocking call waits */
    assert_int_equal(echo(fake, "at last"), HF_OK);
    assert_int_equal(fake->request_count, before + 1);
}

static void test_without_clock_each_wait_gets_the_whole_timeout(void **state)
{
    fake_server *fake = *state;
    fake->client.config.clock_ms = NULL;
    fake->hold_count = 200;
    assert_int_equal(echo(fake, "slow"), HF_OK);
    hf_client_set_timeout(&fake->client, FAKE_TICK_MS);
    fake->hold_count = 200;
    assert_int_equal(echo(fake, "slow"), HF_ERR_TIMEOUT);
}

static void test_timeout_for_ever_waits_long(void **state)
{
    fake_server *fake = *state;
    hf_client_set_timeout(&fake->client, UINT32_MAX);
    fake->hold_count = 100000;
    assert_int_equal(echo(fake, "slow"), HF_OK);
}

static uint64_t advancing_clock_ms(void)
{
    fake_clock_advance(1);
    return fake_clock_ms();
}

static void test_transport_without_wait_is_polled_or_looked_at_once(void **state)
{
    fake_server *fake = *state;
    static hf_transport_ops ops; /* outlives the test: the teardown closes */
    ops = *fake->client_end.transport.ops;
    ops.wait = NULL;
    fake->client.config.transport.ops = &ops;
    fake->client.channel.transport.ops = &ops;
    fake->client.config.clock_ms = advancing_clock_ms;
    uint64_t start_ms = fake_clock_ms();
    assert_int_equal(echo(fake, "nobody runs the server"), HF_ERR_TIMEOUT);
    assert_in_range(fake_clock_ms() - start_ms, 1000, 1010);
    fake->client.config.clock_ms = NULL;
    assert_int_equal(echo(fake, "nobody runs the server"), HF_ERR_TIMEOUT);
    fake_run(fake);
    uint16_t sequence;
    assert_int_equal(send_echo(fake, "split", &sequence), HF_OK);
    fake_run(fake);
    assert_int_equal(receive_echo(fake, sequence, "split"), HF_OK);
}

/* ---- pipelining ---- */

static void test_requests_in_flight_are_answered_in_order(void **state)
{
    fake_server *fake = *state;
    uint16_t sequences[4];
    uint16_t more;
    static const char *const texts[] = { "one", "two", "three", "" };
    fake->hold_count = UINT_MAX;
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(send_echo(fake, texts[i], &sequences[i]), HF_OK);
    }
    assert_int_equal(send_echo(fake, "five", &more), HF_ERR_BUSY);
    assert_int_equal(echo(fake, "blocking"), HF_ERR_BUSY);
    assert_int_equal(receive_echo(fake, sequences[0], "one"), HF_PENDING);
    fake->hold_count = 0;
    fake_run(fake);
    assert_int_equal(receive_echo(fake, sequences[1], "two"), HF_ERR_ARG);
    assert_int_equal(receive_echo(fake, (uint16_t)(sequences[0] - 1), ""), HF_ERR_ARG);
    hf_comm_close_response other;
    assert_int_equal(hf_client_comm_close_receive(&fake->client, sequences[0], &other),
                     HF_ERR_ARG);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(receive_echo(fake, sequences[i], texts[i]), HF_OK);
    }
    assert_int_equal(receive_echo(fake, sequences[3], ""), HF_ERR_ARG);
    assert_int_equal(echo(fake, "blocking"), HF_OK);
}

static void test_sequence_wraps_around(void **state)
{
    fake_server *fake = *state;
    uint16_t oldest;
    uint16_t newest;
    assert_int_equal(send_echo(fake, "first", &oldest), HF_OK);
    for (uint32_t i = 0; i < 70000; i++) {
        assert_int_equal(send_echo(fake, "next", &newest), HF_OK);
        fake_run(fake);
        assert_int_equal(receive_echo(fake, oldest, i == 0 ? "first" : "next"), HF_OK);
        assert_int_equal((uint16_t)(oldest + 1), newest);
        oldest = newest;
    }
}

static void test_abandoned_request_in_the_middle_is_skipped(void **state)
{
    fake_server *fake = *state;
    uint16_t sequences[3];
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(send_echo(fake, i == 1 ? "skip" : "keep", &sequences[i]), HF_OK);
    }
    hf_client_abandon(&fake->client, sequences[1]);
    hf_client_abandon(&fake->client, 999);
    fake_run(fake);
    assert_int_equal(receive_echo(fake, sequences[0], "keep"), HF_OK);
    assert_int_equal(receive_echo(fake, sequences[1], "skip"), HF_ERR_ARG);
    assert_int_equal(receive_echo(fake, sequences[2], "keep"), HF_OK);
}

static void test_wait_tells_that_an_answer_has_come(void **state)
{
    fake_server *fake = *state;
    uint16_t sequence;
    fake->hold_count = UINT_MAX;
    assert_int_equal(send_echo(fake, "x", &sequence), HF_OK);
    assert_int_equal(hf_client_wait(&fake->client, 5), HF_ERR_TIMEOUT);
    fake->hold_count = 0;
    assert_int_equal(hf_client_wait(&fake->client, 5), HF_OK);
    assert_int_equal(hf_client_wait(&fake->client, 0), HF_OK);
    assert_int_equal(receive_echo(fake, sequence, "x"), HF_OK);
    assert_int_equal(hf_client_wait(&fake->client, 0), HF_ERR_TIMEOUT);
}

/* Requests fill the ring, then the send buffer; then sending is refused, and goes on when
 * the server reads again. */
static void test_server_that_does_not_read_makes_sending_busy(void **state)
{
    fake_server *fake = *state;
    char text[1401];
    uint16_t sequences[4];
    memset(text, 't', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    fake->is_deaf = true;
    for (unsigned i = 0; i < 4; i++) {
        int rc = send_echo(fake, text, &sequences[i]);
        assert_int_equal(rc,
                         HF_OK); /* 2 and a part in the ring, the rest in the buffer */
    }
    assert_true(hf_channel_unsent_len(&fake->client.channel) > 1000);
    for (unsigned i = 0; i < 4; i++) {
        hf_client_abandon(&fake->client, sequences[i]);
    }
    fake->client.window = 5;
    assert_int_equal(send_echo(fake, text, &sequences[0]), HF_ERR_BUSY);
    assert_int_equal(echo(fake, text), HF_ERR_TIMEOUT);
    assert_int_equal(fake->client.in_flight, 4);
    assert_int_equal(fake->last_what, HF_TRANSPORT_INPUT | HF_TRANSPORT_OUTPUT);
    fake->is_deaf = false;
    assert_int_equal(echo(fake, "short"), HF_OK);
    assert_int_equal(fake->request_count, 6);
}

/* ---- a server that misbehaves or goes ---- */

static void spoil_sequence(fake_server *fake, hf_frame *frame, hf_buffer *body)
{
    (void)fake;
    (void)body;
    frame->sequence++;
}

static void spoil_kind(fake_server *fake, hf_frame *frame, hf_buffer *body)
{
    (void)fake;
    (void)body;
    frame->kind = HF_REQ_sign;
}

static void spoil_flags(fake_server *fake, hf_frame *frame, hf_buffer *body)
{
    (void)fake;
    (void)body;
    frame->flags = 0;
}

static void spoil_status(fake_server *fake, hf_frame *frame, hf_buffer *body)
{
    (void)fake;
    (void)body;
    frame->status = HF_PENDING;
}

static void spoil_error_with_body(fake_server *fake, hf_frame *frame, hf_buffer *body)
{
    (void)fake;
    frame->status = HF_ERR_NOTFOUND;
    body->len = 3;
}

static void spoil_trailing_byte(fake_server *fake, hf_frame *frame, hf_buffer *body)
{
    (void)fake;
    (void)frame;
    body->len++;
}

static void spoil_truncated(fake_server *fake, hf_frame *frame, hf_buffer *body)
{
    (void)fake;
    (void)frame;
    body->len--;
}

static void spoil_too_large(fake_server *fake, hf_frame *frame, hf_buffer *body)
{
    (void)frame;
    body->len = fake->client.body_size + 1;
    memset(body->data, 0, body->len);
    hf_put_u32(body->data, (uint32_t)body->len - 4);
}

static void spoil_garbage_before(fake_server *fake, hf_frame *frame, hf_buffer *body)
{
    static const uint8_t garbage[HF_FRAME_HEADER_SIZE] = { 'G', 'E', 'T', ' ' };
    size_t sent;
    const hf_transport *transport = &fake->server_end.transport;
    (void)frame;
    (void)body;
    assert_int_equal(
        transport->ops->send(transport->context, garbage, sizeof garbage, &sent), HF_OK);
}

static void test_garbage_from_the_server_ends_the_connection(void **state)
{
    static void (*const spoils[])(fake_server *, hf_frame *, hf_buffer *) = {
        spoil_sequence,  spoil_kind,           spoil_flags,
        spoil_status,    spoil_truncated,      spoil_error_with_body,
        spoil_too_large, spoil_garbage_before, spoil_trailing_byte,
    };
    for (size_t i = 0; i < sizeof spoils / sizeof spoils[0]; i++) {
        fake_server *fake = *state;
        uint16_t sequence;
        fake->spoil = spoils[i];
        assert_int_equal(echo(fake, "text"), HF_ERR_FRAME);
        fake->spoil = NULL;
        unsigned before = fake->request_count;
        assert_int_equal(echo(fake, "text"), HF_ERR_FRAME);
        assert_int_equal(send_echo(fake, "text", &sequence), HF_ERR_FRAME);
        assert_int_equal(receive_echo(fake, 0, ""), HF_ERR_FRAME);
        assert_int_equal(hf_client_wait(&fake->client, 1), HF_ERR_FRAME);
        fake_run(fake);
        assert_int_equal(fake->request_count, before);
        assert_int_equal(fake_close(state) | fake_open_connected(state), 0);
    }
}

static void test_answer_that_nobody_asked_for_ends_the_connection(void **state)
{
    fake_server *fake = *state;
    size_t left;
    hf_frame frame = { .flags = HF_FRAME_FLAG_RESPONSE, .kind = HF_REQ_comm_echo };
    assert_int_equal(hf_channel_append(&fake->channel, &frame, hf_bytes_of(NULL, 0)),
                     HF_OK);
    assert_int_equal(hf_channel_flush(&fake->channel, SIZE_MAX, &left), HF_OK);
    assert_int_equal(echo(fake, "x"), HF_ERR_FRAME);
}

static void test_frame_of_another_version_is_told(void **state)
{
    fake_server *fake = *state;
    static const uint8_t header[HF_FRAME_HEADER_SIZE] = { 'H', 'F', 9 };
    size_t sent;
    const hf_transport *transport = &fake->server_end.transport;
    assert_int_equal(
        transport->ops->send(transport->context, header, sizeof header, &sent), HF_OK);
    assert_int_equal(echo(fake, "x"), HF_ERR_VERSION);
}

static void test_server_that_closes_instead_of_answering(void **state)
{
    fake_server *fake = *state;
    fake->is_closing = true;
    assert_int_equal(echo(fake, "x"), HF_ERR_CLOSED);
    assert_int_equal(echo(fake, "x"), HF_ERR_CLOSED);
    assert_int_equal(hf_client_wait(&fake->client, 10), HF_ERR_CLOSED);
}

static void test_server_that_closes_inside_of_an_answer(void **state)
{
    fake_server *fake = *state;
    uint16_t sequence;
    size_t left;
    fake->hold_count = UINT_MAX;
    assert_int_equal(send_echo(fake, "some text", &sequence), HF_OK);
    fake_run(fake);
    hf_frame frame = fake->queue[0].frame;
    hf_bytes body = hf_bytes_of(fake->queue[0].body, fake->queue[0].len);
    assert_int_equal(hf_channel_append(&fake->channel, &frame, body), HF_OK);
    assert_int_equal(hf_channel_flush(&fake->channel, 20, &left), HF_OK);
    assert_int_equal(receive_echo(fake, sequence, ""), HF_PENDING);
    fake->server_end.transport.ops->close(&fake->server_end);
    assert_int_equal(receive_echo(fake, sequence, ""), HF_ERR_CLOSED);
    assert_int_equal(receive_echo(fake, sequence, ""), HF_ERR_CLOSED);
}

/* What the server answered before it went is received, though nothing can be sent. */
static void test_answers_before_the_close_are_received(void **state)
{
    fake_server *fake = *state;
    uint16_t sequences[3];
    assert_int_equal(send_echo(fake, "one", &sequences[0]), HF_OK);
    assert_int_equal(send_echo(fake, "two", &sequences[1]), HF_OK);
    fake_run(fake);
    fake->server_end.transport.ops->close(&fake->server_end);
    assert_int_equal(send_echo(fake, "three", &sequences[2]), HF_ERR_CLOSED);
    assert_int_equal(fake->client.in_flight, 2);
    assert_int_equal(receive_echo(fake, sequences[0], "one"), HF_OK);
    assert_int_equal(receive_echo(fake, sequences[1], "two"), HF_OK);
    assert_int_equal(hf_client_wait(&fake->client, 5), HF_ERR_CLOSED);
    assert_int_equal(echo(fake, "x"), HF_ERR_CLOSED);
}

static int failing_send(void *context, const uint8_t *data, size_t len, size_t *sent)
{
    (void)context;
    (void)data;
    (void)len;
    *sent = 0;
    return HF_ERR_SYSTEM;
}

/* Part of a request has left, the rest cannot: its answer is not waited for. */
static void test_request_that_cannot_leave_ends_the_connection(void **state)
{
    fake_server *fake = *state;
    static hf_transport_ops ops; /* outlives the test: the teardown closes */
    char text[1401];
    uint16_t sequences[4];
    ops = *fake->client_end.transport.ops;
    ops.send = failing_send;
    memset(text, 't', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    fake->is_deaf = true;
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(send_echo(fake, text, &sequences[i]), HF_OK);
    }
    fake->client.config.transport.ops = &ops;
    fake->client.channel.transport.ops = &ops;
    assert_int_equal(receive_echo(fake, sequences[0], ""), HF_ERR_SYSTEM);
    assert_int_equal(echo(fake, "x"), HF_ERR_SYSTEM);
}

/* ---- cost ---- */

static struct {
    unsigned send_count, recv_count, wait_count, recv_wait_count;
    uint32_t timeout_ms;
    const hf_transport_ops *inner;
} calls;

static int counted_send(void *context, const uint8_t *data, size_t len, size_t *sent)
{
    calls.send_count++;
    return calls.inner->send(context, data, len, sent);
}

static int counted_recv(void *context, uint8_t *data, size_t size, size_t *received)
{
    calls.recv_count++;
    return calls.inner->recv(context, data, size, received);
}

static int counted_wait(void *context, unsigned what, uint32_t timeout_ms)
{
    calls.wait_count++;
    return calls.inner->wait(context, what, timeout_ms);
}

static int counted_recv_wait(void *context, uint8_t *data, size_t size,
                             uint32_t timeout_ms, size_t *received)
{
    calls.recv_wait_count++;
    calls.timeout_ms = timeout_ms;
    *received = 0;
    int rc = calls.inner->wait(context, HF_TRANSPORT_INPUT, timeout_ms);
    return rc == HF_OK ? calls.inner->recv(context, data, size, received) : rc;
}

static void test_call_costs_one_send_and_one_receive_that_waits(void **state)
{
    fake_server *fake = *state;
    static hf_transport_ops ops; /* outlives the test: the teardown closes */
    ops = (hf_transport_ops){ counted_send, counted_recv, counted_wait, counted_recv_wait,
                              fake->client_end.transport.ops->close };
    calls.inner = fake->client_end.transport.ops;
    fake->client.config.transport.ops = &ops;
    fake->client.channel.transport.ops = &ops;
    assert_int_equal(echo(fake, "x"), HF_OK);
    assert_int_equal(echo(fake, "y"), HF_OK);
    assert_int_equal(calls.send_count, 2);
    assert_int_equal(calls.recv_wait_count, 2);
    assert_int_equal(calls.recv_count + calls.wait_count, 0);
    assert_int_equal(calls.timeout_ms, 1000);
    ops.recv_wait = NULL;
    assert_int_equal(echo(fake, "z"), HF_OK);
    assert_int_equal(calls.recv_count, 1);
    assert_int_equal(calls.wait_count, 1);
}

#define FAKE_TEST(test) cmocka_unit_test_setup_teardown(test, fake_open, fake_close)
#define CONNECTED_TEST(test)                                                             \
    cmocka_unit_test_setup_teardown(test, fake_open_connected, fake_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(test_init_unusable_config_is_refused),
        FAKE_TEST(test_connect_negotiates),
        FAKE_TEST(test_connect_wrong_arguments_send_nothing),
        FAKE_TEST(test_connect_terms_beyond_what_was_asked_are_refused),
        FAKE_TEST(test_connect_refused_by_the_server_tells_why),
        FAKE_TEST(test_connect_without_answer_times_out),
        CONNECTED_TEST(test_cleanup_closes_and_wipes),
        CONNECTED_TEST(test_answer_is_wiped_by_the_next_call),
        CONNECTED_TEST(test_every_status_of_the_server_is_preserved),
        CONNECTED_TEST(test_request_out_of_range_or_too_large_is_not_sent),
        CONNECTED_TEST(test_request_of_the_granted_size_is_sent),
        CONNECTED_TEST(test_typed_calls_use_their_own_kind),
        CONNECTED_TEST(test_timeout_comes_after_the_timeout_and_leaves_a_usable_client),
        CONNECTED_TEST(test_late_answers_of_every_kind_are_dropped),
        CONNECTED_TEST(test_window_full_of_late_answers_makes_a_call_wait),
        CONNECTED_TEST(test_without_clock_each_wait_gets_the_whole_timeout),
        CONNECTED_TEST(test_timeout_for_ever_waits_long),
        CONNECTED_TEST(test_transport_without_wait_is_polled_or_looked_at_once),
        CONNECTED_TEST(test_requests_in_flight_are_answered_in_order),
        CONNECTED_TEST(test_sequence_wraps_around),
        CONNECTED_TEST(test_abandoned_request_in_the_middle_is_skipped),
        CONNECTED_TEST(test_wait_tells_that_an_answer_has_come),
        CONNECTED_TEST(test_server_that_does_not_read_makes_sending_busy),
        CONNECTED_TEST(test_garbage_from_the_server_ends_the_connection),
        CONNECTED_TEST(test_answer_that_nobody_asked_for_ends_the_connection),
        CONNECTED_TEST(test_frame_of_another_version_is_told),
        CONNECTED_TEST(test_server_that_closes_instead_of_answering),
        CONNECTED_TEST(test_server_that_closes_inside_of_an_answer),
        CONNECTED_TEST(test_answers_before_the_close_are_received),
        CONNECTED_TEST(test_request_that_cannot_leave_ends_the_connection),
        CONNECTED_TEST(test_call_costs_one_send_and_one_receive_that_waits),
    };
    return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
