/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Sessions: frames in pieces and frames that are none, answers in order, what a session
 * waits for, and that nothing of one that ends early is left. Each session is served by
 * hand, so that a sync happens when a test says so.
 */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "server/queue.h"
#include "server/work.h"

#define NOTHING hf_bytes_of(NULL, 0)

static int serve(peer *p, hf_session_wait *wait)
{
    int rc = hf_session_serve(&p->session, wait);
    assert_false(p->f->is_nvm_locked);
    return rc;
}

/* Serve until the session has nothing left to do at once. */
static int serve_all(peer *p, hf_session_wait *wait)
{
    int rc = serve(p, wait);
    for (uint32_t i = 0; i < 100 && rc == HF_PENDING && wait->wants_turn; i++) {
        rc = serve(p, wait);
    }
    return rc;
}

static void sync_store(fixture *f)
{
    assert_status(HF_OK, hf_server_sync(&f->server, NULL));
}

/* The next answer is this request's, with this status. */
static void expect_answer(peer *p, uint16_t kind, int status)
{
    hf_frame frame;
    hf_bytes body;
    assert_status(HF_OK, peer_take(p, &frame, &body));
    assert_int_equal(kind, frame.kind);
    assert_status(status, frame.status);
}

static void expect_no_answer(peer *p)
{
    hf_frame frame;
    hf_bytes body;
    assert_status(HF_PENDING, peer_take(p, &frame, &body));
}

static void send_bytes(peer *p, const void *data, size_t len)
{
    const hf_transport *t = &p->client_end.transport;
    size_t sent = 0;
    assert_status(HF_OK, t->ops->send(t->context, data, len, &sent));
    assert_int_equal(len, sent);
}

static void hang_up(peer *p)
{
    p->client_end.transport.ops->close(p->client_end.transport.context);
}

static void expect_end(peer *p, int status)
{
    hf_session_wait wait;
    assert_status(status, serve(p, &wait));
    assert_status(HF_OK, hf_session_close(&p->session));
    assert_status(HF_OK, hf_session_close(&p->session)); /* harmless */
    p->is_open = false;
}

/* ---- frames ---- */

static void test_frame_in_single_bytes_is_answered(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    uint8_t bytes[HF_FRAME_HEADER_SIZE + 4 + 3];
    hf_session_wait wait;
    hf_frame_encode(&(hf_frame){ .kind = HF_REQ_comm_echo, .length = 7 }, bytes);
    memcpy(bytes + HF_FRAME_HEADER_SIZE, "\3\0\0\0abc", 7);
    for (size_t i = 0; i < sizeof bytes; i++) {
        expect_no_answer(p);
        send_bytes(p, &bytes[i], 1);
        int rc = serve(p, &wait);
        assert_status(i + 1 < sizeof bytes ? HF_PENDING : HF_OK, rc);
        assert_true(wait.wants_input);
        assert_false(wait.wants_turn || wait.wants_output || wait.is_queued);
    }
    expect_answer(p, HF_REQ_comm_echo, HF_OK);
}

static void test_frame_that_cannot_be_parsed_ends_the_session(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
        int status;
    } spoiled[] = {
        { 0, 'X', HF_ERR_FRAME },  { 1, 'X', HF_ERR_FRAME },
        { 2, 99, HF_ERR_VERSION }, { 3, HF_FRAME_FLAG_RESPONSE, HF_ERR_FRAME },
        { 3, 0x80, HF_ERR_FRAME }, { 11, 0xFF, HF_ERR_FRAME }, /* length */
        { 12, 1, HF_ERR_FRAME },                               /* status */
    };
    fixture *f = *state;
    peer *other = peer_connect(f, 7, FIXTURE_USER);
    for (size_t i = 0; i < sizeof spoiled / sizeof spoiled[0]; i++) {
        peer *p = peer_connect(f, 7, FIXTURE_USER);
        uint8_t bytes[HF_FRAME_HEADER_SIZE];
        hf_frame_encode(&(hf_frame){ .kind = HF_REQ_comm_info }, bytes);
        bytes[spoiled[i].at] = spoiled[i].value;
        send_bytes(p, bytes, sizeof bytes);
        hf_session_wait wait;
        int rc = serve(p, &wait);
        if (rc != spoiled[i].status) {
            fail_msg("case %zu: %s", i, hf_status_name(rc));
        }
        expect_end(p, rc);
        free(p->memory);
        p->memory = NULL;
    }
    assert_status(HF_OK, CALL(other, comm_info, NULL, .none = 0));
}

static void test_answers_before_a_broken_frame_leave(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_session_wait wait;
    peer_send(p, HF_REQ_comm_info, NOTHING);
    send_bytes(p, "this is no frame", 16);
    assert_status(HF_ERR_FRAME, serve_all(p, &wait));
    expect_answer(p, HF_REQ_comm_info, HF_OK);
    expect_end(p, HF_ERR_FRAME);
}

static void test_request_before_init_or_unknown_is_refused(void **state)
{
    peer *p = peer_open(*state, 7, FIXTURE_USER);
    hf_bytes answer;
    assert_status(HF_ERR_STATE, peer_exchange(p, HF_REQ_comm_info, NOTHING, &answer));
    assert_status(HF_ERR_UNKNOWN, peer_exchange(p, 0x7F01, NOTHING, &answer));
    assert_status(HF_OK, CALL(p, comm_init, NULL, .version = HF_PROTO_VERSION,
                              .body_size = FIXTURE_BODY_SIZE, .window = 1));
    assert_status(HF_ERR_UNKNOWN, peer_exchange(p, 0x7F01, NOTHING, &answer));
    assert_status(HF_OK, peer_exchange(p, HF_REQ_comm_info, NOTHING, &answer));
}

/* ---- order, and tickets ---- */

static void test_answers_wait_for_their_tickets_and_leave_in_order(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    hf_session_wait wait;
    SEND(p, comm_echo, .data = text_bytes("before"));
    SEND(p, nvm_put, .handle = 1, .data = text_bytes("x"));
    SEND(p, comm_echo, .data = text_bytes("behind"));
    SEND(p, nvm_read, .handle = 2, .len = 9);
    assert_status(HF_PENDING, serve_all(p, &wait));
    assert_true(wait.ticket != 0);
    expect_answer(p, HF_REQ_comm_echo, HF_OK);
    expect_no_answer(p);
    assert_int_equal(3, p->session.work->answer_count); /* all have been run */
    assert_status(HF_PENDING, serve(p, &wait));
    expect_no_answer(p);
    sync_store(f);
    assert_status(HF_OK, serve(p, &wait));
    expect_answer(p, HF_REQ_nvm_put, HF_OK);
    expect_answer(p, HF_REQ_comm_echo, HF_OK);
    expect_answer(p, HF_REQ_nvm_read, HF_ERR_NOTFOUND);
    assert_null(p->session.work); /* an idle session holds no memory */
}

static void test_old_objects_and_keys_serve_while_syncs_are_blocked(void **state)
{
    fixture *f = *state;
    static const uint8_t digest[32];
    peer *writer = peer_connect(f, 7, FIXTURE_USER);
    peer *reader = peer_connect(f, 7, FIXTURE_USER);
    hf_session_wait wait;
    assert_status(HF_OK, CALL(writer, nvm_put, NULL, .handle = 1));
    assert_status(HF_OK, CALL(writer, key_generate, NULL, .handle = 1,
                              .type = HF_KEY_P256, .flags = HF_USAGE_SIGN, .store = 1));
    SEND(writer, nvm_put, .handle = 2, .data = text_bytes("new"));
    assert_status(HF_PENDING, serve_all(writer, &wait));
    SEND(reader, nvm_read, .handle = 1, .len = 9);
    SEND(reader, sign, .handle = 1, .algorithm = HF_ALG_ECDSA,
         .data = hf_bytes_of(digest, sizeof digest));
    assert_status(HF_OK, serve_all(reader, &wait));
    expect_answer(reader, HF_REQ_nvm_read, HF_OK);
    expect_answer(reader, HF_REQ_sign, HF_OK);
    /* What is not durable is not told, not even by an error. */
    SEND(reader, nvm_read, .handle = 2, .len = 9);
    assert_status(HF_PENDING, serve_all(reader, &wait));
    assert_true(wait.ticket != 0);
    expect_no_answer(reader);
    sync_store(f);
}

static int fail_sync(void *context)
{
    (void)context;
    return HF_ERR_IO;
}

static void test_answers_that_never_become_durable_turn_into_errors(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    hf_session_wait wait;
    SEND(p, counter_create, .handle = 1, .value = 5);
    SEND(p, comm_echo, .data = text_bytes("between"));
    SEND(p, nvm_put, .handle = 1, .data = text_bytes("x"));
    assert_status(HF_PENDING, serve_all(p, &wait));
    f->device_ops.sync = fail_sync;
    assert_status(HF_ERR_IO, hf_server_sync(&f->server, NULL));
    assert_status(HF_OK, serve_all(p, &wait));
    expect_answer(p, HF_REQ_counter_create, HF_ERR_IO);
    expect_answer(p, HF_REQ_comm_echo, HF_OK);
    expect_answer(p, HF_REQ_nvm_put, HF_ERR_IO);
}

static void test_window_bounds_what_is_begun(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    hf_session_wait wait;
    for (uint32_t i = 1; i <= FIXTURE_WINDOW + 3; i++) {
        SEND(p, nvm_put, .handle = i, .data = text_bytes("x"));
    }
    assert_status(HF_PENDING, serve_all(p, &wait));
    assert_true(wait.ticket != 0);
    assert_false(wait.wants_input || wait.wants_turn);
    assert_int_equal(FIXTURE_WINDOW, fixture_object_count(f));
    sync_store(f);
    assert_status(HF_PENDING, serve_all(p, &wait));
    assert_int_equal(FIXTURE_WINDOW + 3, fixture_object_count(f));
    sync_store(f);
    assert_status(HF_OK, serve_all(p, &wait));
    for (uint32_t i = 0; i < FIXTURE_WINDOW + 3; i++) {
        expect_answer(p, HF_REQ_nvm_put, HF_OK);
    }
}

/* ---- a peer that does not read ---- */

static void test_peer_that_does_not_read_costs_bounded_memory(void **state)
{
    fixture *f = *state;
    static const uint8_t large[3000];
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    hf_session_wait wait = { .ticket = 0 };
    size_t memory_max = 0;
    uint32_t sent_count = 0;
    for (uint32_t i = 0; i < 60; i++) {
        const hf_ring_end *end = &p->client_end;
        if (hf_ring_has_room(end) && !wait.wants_output) {
            SEND(p, comm_echo, .data = hf_bytes_of(large, sizeof large));
            sent_count++;
        }
        int rc = serve(p, &wait);
        assert_true(rc == HF_OK || rc == HF_PENDING);
        memory_max = memory_max > f->memory_out ? memory_max : f->memory_out;
    }
    assert_true(wait.wants_output);
    assert_false(wait.wants_turn);
    assert_true(sent_count >= 5);
    assert_true(memory_max < 4 * (FIXTURE_BODY_SIZE + sizeof(hf_session_work)));
    for (uint32_t i = 0; i < sent_count; i++) {
        int rc = serve(p, &wait);
        assert_true(rc == HF_OK || rc == HF_PENDING);
        expect_answer(p, HF_REQ_comm_echo, HF_OK);
    }
    assert_status(HF_OK, serve_all(p, &wait));
    assert_int_equal(0, f->memory_out);
}

/* ---- requests that wait in a queue ---- */

static hf_session stranger; /* has the device */

static int exclusive_setup(void **state)
{
    fixture *f = fixture_make();
    f->devices[0].is_exclusive = true;
    fixture_start(f);
    *state = f;
    return 0;
}

static void device_take(fixture *f)
{
    int rc = hf_server_nvm_lock(&f->server);
    if (rc != HF_OK) {
        fail_msg("the store lock is held");
        return;
    }
    assert_true(hf_gate_enter(&f->server.device_gates[0], &stranger));
    assert_status(HF_OK, hf_server_nvm_unlock(&f->server, HF_OK, NULL));
}

/* Give it back: this many wait for it. */
static void device_give(fixture *f, uint32_t waiting_count)
{
    hf_wakes wakes = { .count = 0 };
    int rc = hf_server_nvm_lock(&f->server);
    if (rc != HF_OK) {
        fail_msg("the store lock is held");
        return;
    }
    assert_int_equal(waiting_count, f->server.device_gates[0].waiting_count);
    hf_gate_leave(&f->server.device_gates[0], &wakes);
    assert_status(HF_OK, hf_server_nvm_unlock(&f->server, HF_OK, NULL));
    assert_int_equal(waiting_count == 0 ? 0 : 1, wakes.count);
}

/* A session whose signature waits for the device. */
static peer *waiting_peer(fixture *f, hf_session_wait *wait)
{
    static const uint8_t digest[32];
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1, .type = HF_KEY_P256,
                              .flags = HF_USAGE_SIGN, .store = 1));
    device_take(f);
    SEND(p, sign, .handle = 1, .algorithm = HF_ALG_ECDSA,
         .data = hf_bytes_of(digest, sizeof digest));
    assert_status(HF_PENDING, serve(p, wait));
    assert_true(wait->is_queued && wait->wants_input);
    assert_int_equal(0, wait->ticket);
    assert_int_equal(1, fixture_usage(f).lease_count);
    return p;
}

static void test_queued_request_goes_on_when_its_turn_comes(void **state)
{
    fixture *f = *state;
    hf_session_wait wait;
    peer *p = waiting_peer(f, &wait);
    SEND(p, comm_echo, .data = text_bytes("read ahead"));
    assert_status(HF_PENDING, serve(p, &wait));
    expect_no_answer(p);
    device_give(f, 1);
    assert_status(HF_OK, serve_all(p, &wait));
    expect_answer(p, HF_REQ_sign, HF_OK);
    expect_answer(p, HF_REQ_comm_echo, HF_OK);
    device_take(f); /* the place is free again */
    device_give(f, 0);
}

static void test_cancel_drops_the_queued_request_and_those_behind(void **state)
{
    fixture *f = *state;
    hf_session_wait wait;
    peer *p = waiting_peer(f, &wait);
    SEND(p, nvm_put, .handle = 1, .data = text_bytes("dropped"));
    peer_send(p, HF_REQ_comm_cancel, NOTHING);
    SEND(p, comm_echo, .data = text_bytes("after"));
    assert_status(HF_OK, serve_all(p, &wait));
    expect_answer(p, HF_REQ_sign, HF_ERR_CANCELLED);
    expect_answer(p, HF_REQ_nvm_put, HF_ERR_CANCELLED);
    expect_answer(p, HF_REQ_comm_cancel, HF_OK);
    expect_answer(p, HF_REQ_comm_echo, HF_OK);
    assert_int_equal(0, fixture_usage(f).lease_count);
    assert_int_equal(1, fixture_object_count(f)); /* the key */
    device_give(f, 0);
}

static void test_peer_that_goes_while_queued_leaves_nothing(void **state)
{
    fixture *f = *state;
    hf_session_wait wait;
    peer *p = waiting_peer(f, &wait);
    hang_up(p);
    expect_end(p, HF_ERR_CLOSED);
    assert_int_equal(0, fixture_usage(f).lease_count);
    assert_int_equal(0, f->memory_out);
    device_give(f, 0);
}

static void test_session_closed_when_it_was_let_in_passes_its_place_on(void **state)
{
    fixture *f = *state;
    hf_session_wait wait;
    peer *p = waiting_peer(f, &wait);
    device_give(f, 1);
    assert_status(HF_OK, hf_session_close(&p->session));
    p->is_open = false;
    device_take(f); /* so it is free */
    device_give(f, 0);
}

/* ---- ends ---- */

static void test_close_is_answered_and_nothing_behind_it_is_run(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    hf_session_wait wait;
    SEND(p, nvm_put, .handle = 1);
    peer_send(p, HF_REQ_comm_close, NOTHING);
    SEND(p, nvm_put, .handle = 2);
    assert_status(HF_PENDING, serve_all(p, &wait));
    assert_false(wait.wants_input || wait.wants_turn);
    assert_true(wait.ticket != 0);
    sync_store(f);
    assert_status(HF_ERR_CLOSED, serve(p, &wait));
    expect_answer(p, HF_REQ_nvm_put, HF_OK);
    expect_answer(p, HF_REQ_comm_close, HF_OK);
    expect_end(p, HF_ERR_CLOSED);
    assert_int_equal(1, fixture_object_count(f));
}

static void test_close_with_answers_pending_forgets_them(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    hf_session_wait wait;
    SEND(p, nvm_put, .handle = 1);
    assert_status(HF_PENDING, serve_all(p, &wait));
    assert_status(HF_OK, hf_session_close(&p->session));
    p->is_open = false;
    assert_int_equal(0, f->memory_out);
    assert_int_equal(1, fixture_object_count(f)); /* it was committed all the same */
}

/* ---- memory ---- */

static void test_session_opens_and_closes_without_memory(void **state)
{
    fixture *f = *state;
    f->takes_left = 0;
    peer *p = peer_open(f, 7, FIXTURE_USER);
    assert_status(HF_OK, hf_session_close(&p->session));
    p->is_open = false;
    f->takes_left = UINT32_MAX;
}

/* Memory is missing at the n-th take: an error or an end, and nothing is left. */
static void test_memory_missing_at_each_take_leaves_nothing(void **state)
{
    fixture *f = *state;
    static const uint8_t large[3500];
    uint32_t served_count = 0;
    for (uint32_t n = 0; n < 12; n++) {
        peer *p = peer_connect(f, 7, FIXTURE_USER);
        f->takes_left = n;
        int rc =
            CALL(p, nvm_put, NULL, .handle = 1, .data = hf_bytes_of(large, sizeof large));
        if (p->is_open) {
            rc = CALL(p, nvm_read, NULL, .handle = 1, .len = 3500);
        }
        if (p->is_open) {
            rc = CALL(p, random, NULL, .len = 3000);
        }
        assert_true(rc == HF_OK || rc == HF_ERR_NOMEM || rc == HF_ERR_CLOSED ||
                    rc == HF_ERR_NOTFOUND);
        served_count += p->is_open ? 1 : 0;
        f->takes_left = UINT32_MAX;
        peer_close(p);
        free(p->memory);
        p->memory = NULL;
        memset(p, 0, sizeof *p);
        assert_int_equal(0, f->memory_out);
    }
    assert_true(served_count > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
#define QUEUE_TEST(name)                                                                 \
    cmocka_unit_test_setup_teardown(name, exclusive_setup, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_frame_in_single_bytes_is_answered),
        TEST(test_frame_that_cannot_be_parsed_ends_the_session),
        TEST(test_answers_before_a_broken_frame_leave),
        TEST(test_request_before_init_or_unknown_is_refused),
        TEST(test_answers_wait_for_their_tickets_and_leave_in_order),
        TEST(test_old_objects_and_keys_serve_while_syncs_are_blocked),
        TEST(test_answers_that_never_become_durable_turn_into_errors),
        TEST(test_window_bounds_what_is_begun),
        TEST(test_peer_that_does_not_read_costs_bounded_memory),
        QUEUE_TEST(test_queued_request_goes_on_when_its_turn_comes),
        QUEUE_TEST(test_cancel_drops_the_queued_request_and_those_behind),
        QUEUE_TEST(test_peer_that_goes_while_queued_leaves_nothing),
        QUEUE_TEST(test_session_closed_when_it_was_let_in_passes_its_place_on),
        TEST(test_close_is_answered_and_nothing_behind_it_is_run),
        TEST(test_close_with_answers_pending_forgets_them),
        TEST(test_session_opens_and_closes_without_memory),
        TEST(test_memory_missing_at_each_take_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
