/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The dispatcher: which part of a row runs when, what is given back, what the answer's
 * ticket is, and steps that run again.
 */
#include <string.h>

#include "nvm/sync.h"
#include "script.h"
#include "server/server_private.h"

/* ---- stages ---- */

static void test_row_runs_the_parts_that_it_has(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    static const struct {
        const hf_handler *row;
        const char *trace;
    } rows[] = { { &row_p, "p" },   { &row_w, "w" },   { &row_pw, "pw" },
                 { &row_pf, "pf" }, { &row_wf, "wf" }, { &row_pwf, "pwf" } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_status(HF_OK, request_run(p, rows[i].row));
        assert_string_equal(rows[i].trace, script.trace);
    }
    script.cost = HF_COST_SLOW; /* a step, to be let in */
    assert_status(HF_OK, request_run(p, &row_w));
    assert_string_equal("w", script.trace);
}

static void test_row_ends_at_the_part_that_fails(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1, .type = HF_KEY_AES_128,
                              .store = 1, .flags = HF_USAGE_ENCRYPT));
    script.leases = true;
    script.device = EXCLUSIVE;
    script.cost = HF_COST_SLOW;
    script.finish = HF_ERR_NOSPACE;
    assert_status(HF_ERR_NOSPACE, request_run(p, &row_pwf));
    assert_string_equal("pwf", script.trace);
    script.work = HF_ERR_VERIFY;
    assert_status(HF_ERR_VERIFY, request_run(p, &row_pwf));
    assert_string_equal("pw", script.trace);
    script.prepare = HF_ERR_ACCESS;
    assert_status(HF_ERR_ACCESS, request_run(p, &row_pwf));
    assert_string_equal("p", script.trace);
}

static void test_ticket_is_that_of_the_newest_commit_also_of_an_error(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    script.puts = true;
    assert_status(HF_OK, request_run(p, &row_p));
    hf_ticket first = request_of(p)->ticket;
    assert_true(first > hf_server_durable(&f->server));
    assert_status(HF_OK, request_run(p, &row_pwf));
    hf_ticket second = request_of(p)->ticket;
    assert_true(second > first + 1); /* of two commits, the later one */
    script.work = HF_ERR_VERIFY;     /* prepare has committed; its ticket counts */
    assert_status(HF_ERR_VERIFY, request_run(p, &row_pwf));
    assert_true(request_of(p)->ticket > second);
    assert_status(HF_OK, hf_server_sync(&f->server, NULL));
    script.puts = false;
    assert_status(HF_ERR_VERIFY, request_run(p, &row_pwf));
    assert_int_equal(0, request_of(p)->ticket);
}

/* ---- work that waits for what prepare did ---- */

static void test_work_waits_until_prepare_is_durable(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    script.puts = true;
    script.wants_durable = true;
    script.device = EXCLUSIVE;
    script.cost = HF_COST_SLOW;
    hf_request *rq = request_make(p, &row_pw);
    assert_status(HF_PENDING, hf_dispatch_run(rq));
    assert_true(rq->wait_ticket > hf_server_durable(&f->server));
    assert_status(HF_PENDING, hf_dispatch_run(rq)); /* served too early */
    assert_string_equal("p", script.trace);
    assert_status(HF_OK, hf_server_sync(&f->server, NULL));
    assert_status(HF_OK, hf_dispatch_run(rq));
    assert_status(HF_OK, rq->result);
    assert_string_equal("pw", script.trace);
    assert_int_equal(0, rq->wait_ticket);
}

/* There is one slow place, and nobody has it while waiting: one sync serves both. */
static void test_waiting_for_durability_takes_no_place(void **state)
{
    fixture *f = *state;
    peer *peers[2] = { peer_connect(f, 7, FIXTURE_USER),
                       peer_connect(f, 7, FIXTURE_USER) };
    hf_request *rq[2];
    script.puts = true;
    script.wants_durable = true;
    script.cost = HF_COST_SLOW;
    for (size_t i = 0; i < 2; i++) {
        rq[i] = request_make(peers[i], &row_pwf);
        assert_status(HF_PENDING, hf_dispatch_run(rq[i]));
        assert_true(rq[i]->wait_ticket > hf_server_durable(&f->server));
    }
    assert_status(HF_OK, hf_server_sync(&f->server, NULL));
    script.trace[0] = '\0';
    for (size_t i = 0; i < 2; i++) {
        assert_status(HF_OK, hf_dispatch_run(rq[i]));
        assert_status(HF_OK, rq[i]->result);
    }
    assert_string_equal("wfwf", script.trace);
}

static void test_work_does_not_wait_for_what_is_durable(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    script.wants_durable = true;
    assert_status(HF_OK, hf_server_sync(&f->server, NULL));
    assert_status(HF_OK, request_run(p, &row_pwf));
    assert_string_equal("pwf", script.trace);
    script.wants_durable = false; /* nor for what nobody waits for */
    script.puts = true;
    assert_status(HF_OK, request_run(p, &row_pw));
    assert_string_equal("pw", script.trace);
    assert_status(HF_OK, request_run(p, &row_w)); /* nothing is left of an earlier one */
}

static void test_work_never_runs_when_prepare_will_not_be_durable(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1, .type = HF_KEY_AES_128,
                              .store = 1, .flags = HF_USAGE_ENCRYPT));
    script.leases = true;
    script.puts = true;
    script.wants_durable = true;
    hf_request *rq = request_make(p, &row_pwf);
    assert_status(HF_PENDING, hf_dispatch_run(rq));
    hf_nvm_fail(&f->server.nvm);
    assert_status(HF_OK, hf_dispatch_run(rq));
    assert_status(HF_ERR_IO, rq->result);
    assert_string_equal("p", script.trace);
    assert_int_equal(0, fixture_usage(f).lease_count);
}

static void test_work_that_waits_can_be_cancelled(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    script.puts = true;
    script.wants_durable = true;
    script.device = EXCLUSIVE;
    script.cost = HF_COST_SLOW;
    hf_request *rq = request_make(p, &row_pw);
    assert_status(HF_PENDING, hf_dispatch_run(rq));
    hf_dispatch_cancel(rq);
    assert_status(HF_ERR_CANCELLED, rq->result);
    assert_string_equal("p", script.trace);
}

/* ---- steps that run again ---- */

static void test_again_without_a_cause_runs_at_once(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    script.again_count = 3;
    assert_status(HF_OK, request_run(p, &row_pw));
    assert_string_equal("ppppw", script.trace);
    assert_int_equal(3, request_of(p)->again_count);
    script.restarts = true;
    assert_status(HF_OK, request_run(p, &row_pwf));
    assert_string_equal("pwfpwf", script.trace);
}

static uint32_t put_number;
static size_t put_len;

static int put_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    script_note('p');
    return script_put(rq, put_number, put_len);
}

static const hf_handler row_put = { .kind = KIND, .prepare = put_prepare };

/* The first device fails; what prepare then says comes after another AGAIN. */
static void fail_and_disturb(hf_request *rq)
{
    bool is_first = rq->first_device == 0;
    script.work = is_first ? HF_ERR_CRYPTO : HF_OK;
    script.again_count = is_first ? 1 : 0;
}

static void fail_and_leave_nobody(hf_request *rq)
{
    fail_and_disturb(rq);
    script.prepare = HF_ERR_NOTSUPPORTED;
}

/* A step that runs again is still the one that falls back. */
static void test_again_while_falling_back_changes_nothing(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    peer *admin = peer_connect(f, 7, FIXTURE_ADMIN);
    hf_admin_status_response status;
    f->server.config.allow_fallback = true;
    script.device = 0;
    script.may_fall_back = true;
    script.in_work = fail_and_disturb;
    assert_status(HF_OK, request_run(p, &row_pw));
    assert_string_equal("pwppw", script.trace);
    assert_status(HF_OK, CALL(admin, admin_status, &status, .none = 0));
    assert_int_equal(1, status.device_error_count);
    assert_int_equal(1, status.device_fallback_count);
    script.in_work = fail_and_leave_nobody;
    assert_status(HF_ERR_CRYPTO, request_run(p, &row_pw));
    assert_string_equal("pwpp", script.trace);
    assert_status(HF_OK, CALL(admin, admin_status, &status, .none = 0));
    assert_int_equal(2, status.device_error_count);
    assert_int_equal(1, status.device_fallback_count);
}

static void test_again_with_a_full_buffer_waits_for_a_sync(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    hf_request *rq = NULL;
    int rc = HF_OK;
    put_len = 3000;
    for (put_number = 1; put_number < 20 && rc == HF_OK; put_number++) {
        rq = request_make(p, &row_put);
        rc = hf_dispatch_run(rq);
    }
    put_number--;
    assert_status(HF_PENDING, rc);
    assert_true(rq->wait_ticket > hf_server_durable(&f->server));
    assert_status(HF_PENDING, hf_dispatch_run(rq)); /* served too early */
    assert_string_equal("p", script.trace);
    assert_status(HF_OK, hf_server_sync(&f->server, NULL));
    assert_status(HF_OK, hf_dispatch_run(rq));
    assert_status(HF_OK, rq->result);
    assert_int_equal(0, rq->wait_ticket);
    assert_string_equal("pp", script.trace);
}

static void test_again_with_a_full_buffer_ends_when_the_store_fails(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    put_len = 3000;
    int rc = HF_OK;
    for (put_number = 1; put_number < 20 && rc == HF_OK; put_number++) {
        rc = hf_dispatch_run(request_make(p, &row_put));
    }
    assert_status(HF_PENDING, rc);
    hf_nvm_fail(&f->server.nvm);
    assert_status(HF_OK, hf_dispatch_run(request_of(p)));
    assert_status(HF_ERR_IO, request_of(p)->result);
}

/* Replace one object until the regions are full: cleaning makes room. */
static void test_again_with_a_full_region_cleans(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    put_len = 2000;
    put_number = 1;
    uint32_t cleaned_count = 0;
    for (uint32_t i = 0; i < 200; i++) {
        assert_status(HF_OK, hf_dispatch_run(request_make(p, &row_put)));
        assert_status(HF_OK, request_of(p)->result);
        assert_status(HF_OK, hf_server_sync(&f->server, NULL));
        cleaned_count += request_of(p)->again_count;
    }
    assert_true(cleaned_count > 0);
}

/* ---- another thread cleans between a step and its own cleaning ---- */

static uint32_t other_cleanings; /* that are still to come in between */

static int sync_acquire(void *context)
{
    bool *is_held = context;
    if (other_cleanings > 0) {
        other_cleanings--;
        hf_ignore(hf_server_make_room(&script.f->server)); /* it may find nothing */
    }
    assert_false(*is_held);
    *is_held = true;
    return HF_OK;
}

static int sync_release(void *context)
{
    *(bool *)context = false;
    return HF_OK;
}

static int lock_set_up(void *context, const void *config)
{
    (void)config;
    *(bool *)context = false;
    return HF_OK;
}

static int lock_clean_up(void *context)
{
    (void)context;
    return HF_OK;
}

static int cleaning_setup(void **state)
{
    static const hf_lock_ops ops = { .init = lock_set_up,
                                     .cleanup = lock_clean_up,
                                     .acquire = sync_acquire,
                                     .release = sync_release };
    fixture *f = fixture_make();
    f->sync_lock.ops = &ops;
    script = (row_script){ .device = HF_CRYPTO_DEVICE_NONE, .f = f };
    fixture_start(f);
    *state = f;
    return 0;
}

static void test_cleaning_by_somebody_else_is_no_refusal(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    put_len = 2000;
    put_number = 1;
    uint32_t again_count = 0;
    for (uint32_t i = 0; i < 300; i++) {
        hf_request *rq = request_make(p, &row_put);
        other_cleanings = 1; /* in the acquire of this request's cleaning */
        assert_status(HF_OK, hf_dispatch_run(rq));
        assert_status(HF_OK, rq->result);
        again_count += rq->again_count;
        other_cleanings = 0;
        assert_status(HF_OK, hf_server_sync(&f->server, NULL));
    }
    assert_true(again_count > 0);
}

static void test_full_store_is_refused_after_cleaning(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    put_len = 2000;
    int result = HF_OK;
    for (put_number = 1; put_number < 100 && result == HF_OK; put_number++) {
        assert_status(HF_OK, hf_dispatch_run(request_make(p, &row_put)));
        result = request_of(p)->result;
        assert_status(HF_OK, hf_server_sync(&f->server, NULL));
    }
    assert_status(HF_ERR_NOSPACE, result);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, script_setup, script_teardown)
#define CLEANING_TEST(name)                                                              \
    cmocka_unit_test_setup_teardown(name, cleaning_setup, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_row_runs_the_parts_that_it_has),
        TEST(test_row_ends_at_the_part_that_fails),
        TEST(test_ticket_is_that_of_the_newest_commit_also_of_an_error),
        TEST(test_work_waits_until_prepare_is_durable),
        TEST(test_waiting_for_durability_takes_no_place),
        TEST(test_work_does_not_wait_for_what_is_durable),
        TEST(test_work_never_runs_when_prepare_will_not_be_durable),
        TEST(test_work_that_waits_can_be_cancelled),
        TEST(test_again_without_a_cause_runs_at_once),
        TEST(test_again_while_falling_back_changes_nothing),
        TEST(test_again_with_a_full_buffer_waits_for_a_sync),
        TEST(test_again_with_a_full_buffer_ends_when_the_store_fails),
        TEST(test_again_with_a_full_region_cleans),
        CLEANING_TEST(test_cleaning_by_somebody_else_is_no_refusal),
        CLEANING_TEST(test_full_store_is_refused_after_cleaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
