/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * COMM requests.
 */
#include "fixture.h"

static hf_comm_init_request init_of(uint32_t body_size, uint16_t window)
{
    return (hf_comm_init_request){ .version = HF_PROTO_VERSION,
                                   .body_size = body_size,
                                   .window = window,
                                   .name = text_bytes("test") };
}

static void test_init_asked_for_less_grants_it(void **state)
{
    peer *p = peer_open(*state, 7, FIXTURE_ADMIN);
    hf_comm_init_request in = init_of(HF_BODY_SIZE_MIN, 2);
    hf_comm_init_response out;
    assert_status(HF_OK, peer_call(p, HF_REQ_comm_init, &in, &out));
    assert_int_equal(HF_PROTO_VERSION, out.version);
    assert_int_equal(HF_BODY_SIZE_MIN, out.body_size);
    assert_int_equal(2, out.window);
    assert_int_equal(7, out.owner);
    assert_int_equal(FIXTURE_ADMIN, out.permissions);
}

static void test_init_asked_for_more_grants_the_servers(void **state)
{
    peer *p = peer_open(*state, 7, FIXTURE_USER);
    hf_comm_init_request in = init_of(HF_BODY_SIZE_MAX, 64);
    hf_comm_init_response out;
    assert_status(HF_OK, peer_call(p, HF_REQ_comm_init, &in, &out));
    assert_int_equal(FIXTURE_BODY_SIZE, out.body_size);
    assert_int_equal(FIXTURE_WINDOW, out.window);
    assert_int_equal(FIXTURE_USER, out.permissions);
}

static void test_init_without_server_limits_grants_the_defaults(void **state)
{
    fixture *f = fixture_make();
    f->config.body_size_max = 0;
    f->config.window_max = 0;
    f->config.name = NULL;
    fixture_start(f);
    *state = f;
    peer *p = peer_open(f, 7, FIXTURE_USER);
    hf_comm_init_request in = init_of(HF_BODY_SIZE_MAX, 64);
    hf_comm_init_response out;
    hf_comm_info_response info;
    assert_status(HF_OK, peer_call(p, HF_REQ_comm_init, &in, &out));
    assert_int_equal(HF_BODY_SIZE_MIN, out.body_size);
    assert_int_equal(4, out.window);
    assert_status(HF_OK, CALL(p, comm_info, &info, .none = 0));
    assert_int_equal(0, info.name.len);
}

static void test_init_other_version_is_refused(void **state)
{
    peer *p = peer_open(*state, 7, FIXTURE_USER);
    hf_comm_init_request in = init_of(HF_BODY_SIZE_MIN, 1);
    in.version = HF_PROTO_VERSION + 1;
    assert_status(HF_ERR_VERSION, peer_call(p, HF_REQ_comm_init, &in, NULL));
    assert_status(HF_ERR_STATE, CALL(p, comm_info, NULL, .none = 0));
    in.version = HF_PROTO_VERSION;
    assert_status(HF_OK, peer_call(p, HF_REQ_comm_init, &in, NULL));
}

static void test_init_twice_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_comm_init_request in = init_of(HF_BODY_SIZE_MIN, 1);
    assert_status(HF_ERR_STATE, peer_call(p, HF_REQ_comm_init, &in, NULL));
    assert_int_equal(FIXTURE_BODY_SIZE, p->session.body_size);
}

static void test_info_tells_server_and_identity(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_WRITER);
    hf_comm_info_response out;
    (void)peer_connect(*state, 8, 0);
    assert_status(HF_OK, CALL(p, comm_info, &out, .none = 0));
    assert_int_equal(sizeof HF_VERSION_TEXT - 1, out.version.len);
    assert_memory_equal(HF_VERSION_TEXT, out.version.data, out.version.len);
    assert_int_equal(7, out.name.len);
    assert_memory_equal("fixture", out.name.data, 7);
    assert_int_equal(7, out.owner);
    assert_int_equal(FIXTURE_WRITER, out.permissions);
    assert_int_equal(2, out.session_count);
}

static void test_echo_returns_the_bytes(void **state)
{
    peer *p = peer_connect(*state, 7, 0);
    uint8_t data[FIXTURE_BODY_SIZE - 4];
    hf_comm_echo_response out;
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 7u);
    }
    assert_status(HF_OK,
                  CALL(p, comm_echo, &out, .data = hf_bytes_of(data, sizeof data)));
    assert_int_equal(sizeof data, out.data.len);
    assert_memory_equal(data, out.data.data, sizeof data);
    assert_status(HF_OK, CALL(p, comm_echo, &out, .data = hf_bytes_of(NULL, 0)));
    assert_int_equal(0, out.data.len);
}

static void test_close_answers_and_ends_the_session(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_OK, CALL(p, comm_close, NULL, .none = 0));
    for (int i = 0; i < 3 && p->is_open; i++) {
        fixture_pump(p->f);
    }
    assert_false(p->is_open);
    assert_status(HF_ERR_CLOSED, p->end);
}

static void test_cancel_ends_the_streams(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_hash_start_response stream;
    hf_comm_cancel_response out;
    assert_status(HF_OK, CALL(p, hash_start, &stream, .algorithm = HF_ALG_SHA256));
    assert_status(HF_OK, CALL(p, hash_start, &stream, .algorithm = HF_ALG_SHA512));
    assert_status(HF_OK, CALL(p, comm_cancel, &out, .none = 0));
    assert_int_equal(2, out.stream_count);
    assert_status(HF_ERR_NOTFOUND, CALL(p, stream_finish, NULL, .stream = stream.stream));
    assert_status(HF_OK, CALL(p, comm_cancel, &out, .none = 0));
    assert_int_equal(0, out.stream_count);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_init_asked_for_less_grants_it),
        TEST(test_init_asked_for_more_grants_the_servers),
        cmocka_unit_test_teardown(test_init_without_server_limits_grants_the_defaults,
                                  fixture_close),
        TEST(test_init_other_version_is_refused),
        TEST(test_init_twice_is_refused),
        TEST(test_info_tells_server_and_identity),
        TEST(test_echo_returns_the_bytes),
        TEST(test_close_answers_and_ends_the_session),
        TEST(test_cancel_ends_the_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
