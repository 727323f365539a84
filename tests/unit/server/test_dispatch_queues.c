/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The dispatcher: who waits for whom, and what becomes of a place that is not used.
 */
#include <string.h>

#include "script.h"

/* ---- queues ---- */

#define WAITERS 4u
static peer *waiters[WAITERS];

static void waiters_connect(fixture *f)
{
    static const uint16_t owners[WAITERS] = { 7, 7, 7, 8 };
    for (size_t i = 0; i < WAITERS; i++) {
        waiters[i] = peer_connect(f, owners[i], FIXTURE_USER);
    }
}

/* While the holder works: all others come, and wait. */
static void waiters_come(hf_request *rq)
{
    (void)rq;
    script.in_work = NULL;
    for (size_t i = 0; i < WAITERS; i++) {
        hf_request *other = request_make(waiters[i], &row_pw);
        assert_status(HF_PENDING, hf_dispatch_run(other));
        assert_int_equal(0, other->wait_ticket);
        assert_status(HF_PENDING, hf_dispatch_run(other)); /* served without reason */
    }
}

static void expect_waiters_in_turn(void)
{
    static const size_t order[WAITERS] = { 0, 3, 1, 2 };
    for (size_t i = 0; i < WAITERS; i++) {
        assert_int_equal(i + 1, script.woken_count);
        assert_ptr_equal(waiters[order[i]], script.woken[i]);
        hf_request *rq = request_of(script.woken[i]);
        assert_status(HF_OK, hf_dispatch_run(rq));
        assert_status(HF_OK, rq->result);
    }
    assert_int_equal(WAITERS, script.woken_count);
}

static void test_exclusive_device_serves_one_at_a_time_and_owners_in_turn(void **state)
{
    fixture *f = *state;
    peer *holder = peer_connect(f, 9, FIXTURE_USER);
    waiters_connect(f);
    script.device = EXCLUSIVE;
    script.in_work = waiters_come;
    assert_status(HF_OK, request_run(holder, &row_pw));
    expect_waiters_in_turn();
    hf_statistics statistics;
    assert_status(HF_OK,
                  hf_server_get_statistics(&f->server, HF_GROUP_COMM, &statistics));
    assert_int_equal(WAITERS, statistics.queued_count); /* each once */
}

static void test_slow_work_is_bounded_and_owners_come_in_turn(void **state)
{
    fixture *f = *state;
    peer *holder = peer_connect(f, 9, FIXTURE_USER);
    waiters_connect(f);
    script.cost = HF_COST_SLOW;
    script.in_work = waiters_come;
    assert_status(HF_OK, request_run(holder, &row_pw));
    expect_waiters_in_turn();
}

/* From inside of long work: other long work waits, slow work does not. */
static void long_and_slow_come(hf_request *rq)
{
    (void)rq;
    script.in_work = NULL;
    hf_request *other = request_make(waiters[0], &row_pw);
    assert_status(HF_PENDING, hf_dispatch_run(other));
    script.cost = HF_COST_SLOW;
    assert_status(HF_OK, request_run(waiters[1], &row_pw));
    script.cost = HF_COST_LONG;
}

/* Whatever is long, minutes of it do not take the places of what is only slow. */
static void test_long_work_leaves_places_to_slow_work(void **state)
{
    fixture *f = *state;
    peer *holder = peer_connect(f, 9, FIXTURE_USER);
    waiters_connect(f);
    int rc = hf_server_nvm_lock(&f->server);
    if (rc != HF_OK) {
        fail_msg("the store lock is held");
        return;
    }
    f->server.slow_gate.capacity = 2;
    hf_ignore(hf_server_nvm_unlock(&f->server, HF_OK, NULL)); /* nothing was written */
    script.cost = HF_COST_LONG;
    script.in_work = long_and_slow_come;
    assert_status(HF_OK, request_run(holder, &row_pw));
    assert_int_equal(1, script.woken_count);
    assert_ptr_equal(waiters[0], script.woken[0]);
    assert_status(HF_OK, hf_dispatch_run(request_of(waiters[0])));
    assert_status(HF_OK, request_of(waiters[0])->result);
}

/* A request for the device waits for its place, then for a slow one. */
static void test_device_comes_before_slow_work(void **state)
{
    fixture *f = *state;
    peer *holder = peer_connect(f, 9, FIXTURE_USER);
    waiters_connect(f);
    script.device = EXCLUSIVE;
    script.cost = HF_COST_SLOW;
    script.in_work = waiters_come;
    assert_status(HF_OK, request_run(holder, &row_pw));
    expect_waiters_in_turn();
}

static void test_software_does_not_wait_for_a_busy_device(void **state)
{
    fixture *f = *state;
    peer *holder = peer_connect(f, 9, FIXTURE_USER);
    peer *other = peer_connect(f, 9, FIXTURE_USER);
    waiters_connect(f);
    script.device = EXCLUSIVE;
    script.in_work = waiters_come;
    assert_status(HF_OK, request_run(holder, &row_pw));
    /* Now the first waiter has the device; another one goes to software. */
    script.device = HF_CRYPTO_DEVICE_NONE;
    assert_status(HF_OK, request_run(other, &row_pw));
    script.device = EXCLUSIVE;
    expect_waiters_in_turn();
}

static void test_waiting_request_cancelled_leaves_its_queue(void **state)
{
    fixture *f = *state;
    peer *holder = peer_connect(f, 9, FIXTURE_USER);
    waiters_connect(f);
    script.device = EXCLUSIVE;
    script.in_work = waiters_come;
    assert_status(HF_OK, request_run(holder, &row_pw));
    /* The first has been let in and does not come; the second waits. */
    hf_dispatch_cancel(request_of(waiters[1]));
    assert_status(HF_ERR_CANCELLED, request_of(waiters[1])->result);
    hf_dispatch_cancel(request_of(waiters[0]));
    assert_int_equal(2, script.woken_count);
    assert_ptr_equal(waiters[3], script.woken[1]);
    assert_status(HF_OK, hf_session_close(&waiters[3]->session)); /* it goes, too */
    waiters[3]->is_open = false;
    assert_int_equal(3, script.woken_count);
    assert_ptr_equal(waiters[2], script.woken[2]);
    assert_status(HF_OK, hf_dispatch_run(request_of(waiters[2])));
}

static void waiters_come_to_a_failed_store(hf_request *rq)
{
    (void)rq;
    script.in_work = NULL;
    script.store_breaks = true;
    script.puts = true;
    for (size_t i = 0; i < WAITERS; i++) {
        hf_request *other = request_make(waiters[i], &row_pw);
        assert_status(HF_OK, hf_dispatch_run(other));
        assert_status(HF_ERR_IO, other->result);
        assert_false(other->leases[0].is_held);
    }
    script.puts = false;
}

/* The step put the session into a queue, and then could not be committed. */
static void test_step_that_queued_and_could_not_be_committed_leaves_the_queue(
    void **state)
{
    fixture *f = *state;
    peer *holder = peer_connect(f, 9, FIXTURE_USER);
    waiters_connect(f);
    assert_status(HF_OK,
                  CALL(waiters[0], key_generate, NULL, .handle = 1,
                       .type = HF_KEY_AES_128, .store = 1, .flags = HF_USAGE_ENCRYPT));
    script.leases = true;
    script.device = EXCLUSIVE;
    script.in_work = waiters_come_to_a_failed_store;
    assert_status(HF_OK, request_run(holder, &row_pw));
    assert_int_equal(0, script.woken_count);
}

/* ---- key slots ---- */

static void waiters_find_no_slot(hf_request *rq)
{
    script.is_busy = true;
    waiters_come(rq);
}

static void test_sessions_that_find_no_slot_do_not_wake_each_other_for_ever(void **state)
{
    fixture *f = *state;
    peer *holder = peer_connect(f, 7, FIXTURE_USER);
    waiters_connect(f);
    assert_status(HF_OK,
                  CALL(holder, key_generate, NULL, .handle = 1, .type = HF_KEY_AES_128,
                       .store = 1, .flags = HF_USAGE_ENCRYPT));
    script.leases = true;
    script.in_work = waiters_find_no_slot;
    assert_status(HF_OK, request_run(holder, &row_pw));
    assert_int_equal(2, script.woken_count); /* its lease is back */
    for (uint32_t i = 0; i < script.woken_count; i++) {
        assert_status(HF_PENDING, hf_dispatch_run(request_of(script.woken[i])));
    }
    assert_int_equal(WAITERS, script.woken_count); /* all have looked, once */
    /* A slot is there, and the next release of a lease is heard. */
    script.is_busy = false;
    uint32_t told_count = script.woken_count;
    assert_status(HF_OK, request_run(holder, &row_pw));
    assert_int_equal(told_count + 2, script.woken_count);
    for (uint32_t i = told_count; i < script.woken_count; i++) {
        assert_status(HF_OK, hf_dispatch_run(request_of(script.woken[i])));
        assert_status(HF_OK, request_of(script.woken[i])->result);
    }
    assert_int_equal(told_count + WAITERS, script.woken_count);
}

static void test_finish_that_finds_no_slot_waits_and_goes_on(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    peer *other = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1, .type = HF_KEY_AES_128,
                              .store = 1, .flags = HF_USAGE_ENCRYPT));
    hf_request *rq = request_make(p, &row_wf);
    script.is_busy = true;
    assert_status(HF_PENDING, hf_dispatch_run(rq));
    script.is_busy = false;
    script.leases = true;
    assert_status(HF_OK, request_run(other, &row_pw));
    assert_int_equal(1, script.woken_count);
    memset(script.trace, 0, sizeof script.trace);
    assert_status(HF_OK, hf_dispatch_run(rq));
    assert_string_equal("f", script.trace); /* work is not repeated */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, script_setup, script_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_exclusive_device_serves_one_at_a_time_and_owners_in_turn),
        TEST(test_slow_work_is_bounded_and_owners_come_in_turn),
        TEST(test_long_work_leaves_places_to_slow_work),
        TEST(test_device_comes_before_slow_work),
        TEST(test_software_does_not_wait_for_a_busy_device),
        TEST(test_waiting_request_cancelled_leaves_its_queue),
        TEST(test_step_that_queued_and_could_not_be_committed_leaves_the_queue),
        TEST(test_sessions_that_find_no_slot_do_not_wake_each_other_for_ever),
        TEST(test_finish_that_finds_no_slot_waits_and_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
