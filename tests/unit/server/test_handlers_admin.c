/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * ADMIN requests.
 */
#include "fixture.h"

static void test_statistics_count_requests_and_errors_by_group(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    hf_admin_statistics_response nvm;
    hf_admin_statistics_response all;
    for (int i = 0; i < 3; i++) {
        assert_status(HF_OK, CALL(p, nvm_put, NULL, .handle = 1));
        assert_status(HF_ERR_NOTFOUND, CALL(p, nvm_info, NULL, .handle = 2));
    }
    assert_status(HF_OK, CALL(p, admin_statistics, &nvm, .group = HF_GROUP_NVM));
    assert_int_equal(6, nvm.request_count);
    assert_int_equal(3, nvm.error_count);
    assert_true(nvm.lock_count >= 6);
    assert_status(HF_OK, CALL(p, admin_statistics, &all, .group = 0));
    /* INIT and the statistics before this one, too. */
    assert_int_equal(8, all.request_count);
    assert_int_equal(3, all.error_count);
}

static void test_statistics_of_no_group_are_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    for (uint32_t group = 1; group <= 255; group++) {
        bool is_known = hf_group_name((uint8_t)group)[0] != '?';
        assert_status(is_known ? HF_OK : HF_ERR_ARG,
                      CALL(p, admin_statistics, NULL, .group = (uint8_t)group));
    }
}

static void test_status_tells_what_the_server_holds(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_ADMIN);
    (void)peer_connect(f, 8, FIXTURE_USER);
    hf_admin_status_response out;
    hf_nvm_space_response space;
    assert_status(HF_OK, CALL(p, nvm_put, NULL, .handle = 1));
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1, .type = HF_KEY_P256,
                              .flags = HF_USAGE_SIGN, .store = 1));
    assert_status(HF_OK, CALL(p, key_export, NULL, .handle = 1));
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = 1));
    assert_status(HF_OK, CALL(p, key_export, NULL, .handle = 1));
    assert_status(HF_OK, CALL(p, nvm_space, &space, .none = 0));
    assert_status(HF_OK, CALL(p, admin_status, &out, .none = 0));
    assert_int_equal(2, out.session_count);
    assert_true(out.head > 0);
    assert_int_equal(out.head, out.durable);
    assert_int_equal(0, out.is_failed);
    assert_int_equal(2, out.object_count);
    assert_int_equal(space.object_count_max, out.object_count_max);
    assert_int_equal(space.total_size, out.total_size);
    assert_int_equal(space.used_size, out.used_size);
    assert_int_equal(space.free_size, out.free_size);
    assert_int_equal(FIXTURE_SMALL_COUNT, out.small_count);
    assert_int_equal(1, out.small_used_count);
    assert_int_equal(0, out.large_count);
    assert_int_equal(0, out.lease_count);
    assert_int_equal(0, out.doomed_count);
    assert_int_equal(1, out.hit_count);
    assert_int_equal(1, out.miss_count);
    assert_int_equal(0, out.slow_running_count + out.slow_queued_count +
                            out.device_queued_count + out.slot_queued_count);
}

static void test_compact_removes_destroyed_secrets(void **state)
{
    fixture *f = fixture_make();
    f->device_ops.scrub = NULL;
    fixture_start(f);
    *state = f;
    peer *p = peer_connect(f, 7, FIXTURE_ADMIN);
    hf_admin_status_response status;
    hf_admin_compact_response out;
    assert_status(HF_OK, CALL(p, nvm_put, NULL, .handle = 9, .data = text_bytes("keep")));
    for (int i = 0; i < 5; i++) {
        assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1,
                                  .type = HF_KEY_AES_256, .store = 1));
        assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = 1));
    }
    assert_status(HF_OK, CALL(p, admin_status, &status, .none = 0));
    assert_int_equal(5, status.secret_residue_count);
    assert_status(HF_OK, CALL(p, admin_compact, &out, .none = 0));
    assert_int_equal(0, out.secret_residue_count);
    assert_status(HF_OK, CALL(p, admin_status, &status, .none = 0));
    assert_int_equal(0, status.secret_residue_count);
    assert_int_equal(1, status.object_count);
    assert_status(HF_OK, CALL(p, nvm_read, NULL, .handle = 9, .len = 4));
    assert_status(HF_OK, CALL(p, admin_compact, &out, .none = 0));
    assert_int_equal(0, out.secret_residue_count);
}

static void count_event(void *context, const hf_log_event *event)
{
    (void)event;
    ++*(int *)context;
}

static void test_log_level_changes_what_is_logged(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_ADMIN);
    int count = 0;
    f->log.sink = count_event;
    f->log.context = &count;
    assert_status(HF_OK, CALL(p, admin_log_level, NULL, .level = HF_LOG_INFO));
    count = 0;
    hf_log_write(&f->log, &(hf_log_event){ .level = HF_LOG_INFO });
    assert_int_equal(1, count);
    assert_status(HF_OK, CALL(p, admin_log_level, NULL, .level = HF_LOG_ERROR));
    count = 0;
    hf_log_write(&f->log, &(hf_log_event){ .level = HF_LOG_INFO });
    assert_int_equal(0, count);
    f->log.sink = NULL;
}

static void test_log_level_without_a_log_is_harmless(void **state)
{
    fixture *f = fixture_make();
    f->config.log = NULL;
    fixture_start(f);
    *state = f;
    peer *p = peer_connect(f, 7, FIXTURE_ADMIN);
    assert_status(HF_OK, CALL(p, admin_log_level, NULL, .level = HF_LOG_INFO));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
#define TEST_STARTED(name) cmocka_unit_test_teardown(name, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_statistics_count_requests_and_errors_by_group),
        TEST(test_statistics_of_no_group_are_refused),
        TEST(test_status_tells_what_the_server_holds),
        TEST_STARTED(test_compact_removes_destroyed_secrets),
        TEST(test_log_level_changes_what_is_logged),
        TEST_STARTED(test_log_level_without_a_log_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
