/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Requests when what is below them fails: the store's device, or memory.
 */
#include "fixture.h"

/* ---- a store whose device fails ---- */

static int fail_sync(void *context)
{
    (void)context;
    return HF_ERR_IO;
}

static void test_failed_store_refuses_writes_and_goes_on_reading(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_ADMIN);
    hf_nvm_read_response out;
    static const uint8_t digest[32];
    assert_status(HF_OK, CALL(p, nvm_put, NULL, .handle = 1, .data = text_bytes("old")));
    assert_status(HF_OK, CALL(p, counter_create, NULL, .handle = 1, .value = 5));
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1, .type = HF_KEY_P256,
                              .flags = HF_USAGE_SIGN, .store = 1));
    f->device_ops.sync = fail_sync;
    assert_status(HF_ERR_IO, CALL(p, nvm_put, NULL, .handle = 1));
    assert_true(hf_nvm_is_failed(&f->server.nvm));
    assert_status(HF_ERR_IO, CALL(p, nvm_put, NULL, .handle = 2));
    assert_status(HF_ERR_IO, CALL(p, counter_create, NULL, .handle = 2));
    assert_status(HF_ERR_IO, CALL(p, counter_increment, NULL, .handle = 1, .by = 1));
    assert_status(HF_ERR_IO, CALL(p, counter_destroy, NULL, .handle = 1));
    assert_status(HF_ERR_IO, CALL(p, key_generate, NULL, .handle = 2, .type = HF_KEY_P256,
                                  .store = 1));
    assert_status(HF_ERR_IO, CALL(p, key_erase, NULL, .handle = 1));
    assert_status(HF_ERR_IO, CALL(p, key_revoke, NULL, .handle = 1));
    assert_status(HF_ERR_IO, CALL(p, admin_compact, NULL, .none = 0));
    /* What was durable before can be used; what was not, is not told. */
    assert_status(HF_ERR_IO, CALL(p, nvm_read, &out, .handle = 1, .len = 9));
    assert_status(HF_OK, CALL(p, counter_read, NULL, .handle = 1));
    assert_status(HF_OK, CALL(p, sign, NULL, .handle = 1, .algorithm = HF_ALG_ECDSA,
                              .data = hf_bytes_of(digest, sizeof digest)));
    assert_status(HF_OK, CALL(p, hash, NULL, .algorithm = HF_ALG_SHA256));
    assert_status(HF_OK, CALL(p, admin_statistics, NULL, .group = 0));
    hf_admin_status_response status;
    assert_status(HF_OK, CALL(p, admin_status, &status, .none = 0));
    assert_int_equal(1, status.is_failed);
    assert_true(status.durable < status.head);
}

/* ---- memory ---- */

static void test_memory_missing_for_an_answer_gives_an_error(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    f->takes_left = 1; /* for the work area, not for the answer's bytes */
    assert_status(HF_ERR_NOMEM, CALL(p, random, NULL, .len = 4000));
    f->takes_left = UINT32_MAX;
    assert_status(HF_OK, CALL(p, random, NULL, .len = 4000));
}

static void test_memory_missing_for_a_session_ends_it_alone(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    peer *other = peer_connect(f, 7, FIXTURE_USER);
    hf_session_wait wait;
    f->takes_left = 0;
    peer_send(p, HF_REQ_comm_info, hf_bytes_of(NULL, 0));
    assert_status(HF_ERR_NOMEM, hf_session_serve(&p->session, &wait));
    f->takes_left = UINT32_MAX;
    assert_status(HF_OK, hf_session_close(&p->session));
    p->is_open = false;
    assert_status(HF_OK, CALL(other, comm_info, NULL, .none = 0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_failed_store_refuses_writes_and_goes_on_reading),
        TEST(test_memory_missing_for_an_answer_gives_an_error),
        TEST(test_memory_missing_for_a_session_ends_it_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
