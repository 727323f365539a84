/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Locks that cannot be acquired: at the n-th time, for every n, once or several times in
 * a row. Each request ends with an answer, and whatever it held is given back: at once,
 * in the session's next hold, or when it is closed. The device is exclusive, so there is
 * a queue to be left in, too. There is one thread; builds without threads have no locks.
 */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "server/server_private.h"

#define NEVER UINT32_MAX

static struct {
    uint32_t countdown; /* acquires until the first that fails */
    uint32_t failures;  /* that follow one another */
    uint32_t failed_count;
} trouble;

static int lock_init(void *context, const void *config)
{
    (void)config;
    *(bool *)context = false;
    return HF_OK;
}

static int lock_cleanup(void *context)
{
    return *(bool *)context ? HF_ERR_LOCKED : HF_OK;
}

static int lock_acquire(void *context)
{
    bool *is_held = context;
    if (trouble.countdown != NEVER && trouble.countdown > 0) {
        trouble.countdown--;
    }
    if (trouble.countdown == 0 && trouble.failures > 0) {
        trouble.failures--;
        trouble.failed_count++;
        return HF_ERR_ABORTED;
    }
    assert_false(*is_held);
    *is_held = true;
    return HF_OK;
}

static int lock_release(void *context)
{
    assert_true(*(bool *)context);
    *(bool *)context = false;
    return HF_OK;
}

static bool lock_is_held(void *context)
{
    return *(bool *)context;
}

static const hf_lock_ops trouble_ops = { .init = lock_init,
                                         .cleanup = lock_cleanup,
                                         .acquire = lock_acquire,
                                         .release = lock_release,
                                         .is_held = lock_is_held };

static fixture *trouble_start(void)
{
    fixture *f = fixture_make();
    f->nvm_lock.ops = &trouble_ops;
    f->sync_lock.ops = &trouble_ops;
    f->devices[0].is_exclusive = true;
    f->config.slow_max = 1;
    trouble.countdown = NEVER;
    trouble.failures = 0;
    trouble.failed_count = 0;
    fixture_start(f);
    return f;
}

/* ---- the requests ---- */

static int call_put(peer *p)
{
    return CALL(p, nvm_put, NULL, .handle = 1, .data = text_bytes("data"));
}

static int call_increment(peer *p)
{
    return CALL(p, counter_increment, NULL, .handle = 1, .by = 1);
}

static int call_generate(peer *p)
{
    return CALL(p, key_generate, NULL, .handle = 2, .type = HF_KEY_P384,
                .flags = HF_USAGE_SIGN, .store = 1); /* slow */
}

static int call_sign(peer *p)
{
    static const uint8_t digest[32];
    return CALL(p, sign, NULL, .handle = 1, .algorithm = HF_ALG_ECDSA,
                .data = hf_bytes_of(digest, sizeof digest));
}

static int call_erase(peer *p)
{
    return CALL(p, key_erase, NULL, .handle = 1);
}

static int call_export_public(peer *p)
{
    return CALL(p, key_export_public, NULL, .handle = 1, .format = HF_FORMAT_DER);
}

static int (*const calls[])(peer *p) = { call_put,  call_increment, call_generate,
                                         call_sign, call_erase,     call_export_public };

/* ---- the sweep ---- */

static void expect_nothing_held(fixture *f)
{
    hf_admin_status_response queues = { .slow_running_count = 0 };
    int rc = hf_server_nvm_lock(&f->server);
    if (rc != HF_OK) {
        fail_msg("the store lock is held");
        return;
    }
    hf_server_get_queues(&f->server, &queues);
    uint32_t inside_count = f->server.device_gates[0].inside_count;
    assert_status(HF_OK, hf_server_nvm_unlock(&f->server, HF_OK, NULL));
    assert_int_equal(0, inside_count);
    assert_int_equal(0, queues.slow_running_count);
    assert_int_equal(0, queues.device_queued_count);
    assert_int_equal(0, queues.slow_queued_count);
    assert_int_equal(0, fixture_usage(f).lease_count);
}

static peer *ready_peer(fixture *f)
{
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_OK, CALL(p, counter_create, NULL, .handle = 1));
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1, .type = HF_KEY_P256,
                              .flags = HF_USAGE_SIGN, .store = 1));
    return p;
}

/* Run one request while locks fail: false when n is beyond its acquires. */
static bool run_in_trouble(int (*call)(peer *p), uint32_t n, uint32_t failures,
                           bool is_closed_after)
{
    fixture *f = trouble_start();
    void *state = f;
    peer *p = ready_peer(f);
    trouble.countdown = n;
    trouble.failures = failures;
    int rc = call(p);
    bool was_in_trouble = trouble.failed_count > 0;
    assert_true(rc == HF_OK || (was_in_trouble && rc == HF_ERR_ABORTED));
    trouble.countdown = NEVER;
    trouble.failures = 0;
    if (is_closed_after) {
        peer_close(p);
    } else {
        /* The session's next hold gives back what is left, and all goes on. */
        assert_status(HF_OK, CALL(p, counter_increment, NULL, .handle = 1, .by = 1));
        if (call != call_erase) {
            assert_status(HF_OK, call(p));
        }
    }
    expect_nothing_held(f);
    fixture_close(&state);
    return was_in_trouble;
}

static void test_lock_failing_at_each_acquire_leaves_nothing_held(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        for (uint32_t failures = 1; failures <= 4; failures++) {
            uint32_t n = 1;
            while (run_in_trouble(calls[i], n, failures, false) &&
                   run_in_trouble(calls[i], n, failures, true)) {
                n++;
                assert_true(n < 100);
            }
            assert_true(n > 1);
        }
    }
}

/* Closing can be repeated until the lock is had. */
static void test_session_that_cannot_be_closed_stays_open(void **state)
{
    fixture *f = trouble_start();
    *state = f;
    peer *p = ready_peer(f);
    hf_session_wait wait;
    peer_send(p, HF_REQ_nvm_space, hf_bytes_of(NULL, 0));
    assert_status(HF_OK, hf_session_serve(&p->session, &wait));
    SEND(p, nvm_put, .handle = 1);
    assert_status(HF_PENDING, hf_session_serve(&p->session, &wait));
    for (uint32_t n = 1; n <= 2; n++) {
        trouble.countdown = n;
        trouble.failures = 1;
        assert_status(HF_ERR_ABORTED, hf_session_close(&p->session));
        trouble.countdown = NEVER;
    }
    assert_status(HF_OK, hf_session_close(&p->session));
    assert_status(HF_OK, hf_session_close(&p->session));
    p->is_open = false;
    expect_nothing_held(f);
    fixture_close(state);
}

static void test_session_that_cannot_be_opened_is_closed(void **state)
{
    fixture *f = trouble_start();
    *state = f;
    peer *p = ready_peer(f);
    hf_session session;
    const hf_session_config config = { .transport = p->server_end.transport };
    trouble.countdown = 1;
    trouble.failures = 1;
    assert_status(HF_ERR_ABORTED, hf_session_open(&session, &f->server, &config));
    trouble.countdown = NEVER;
    assert_status(HF_OK, hf_session_close(&session));
    assert_status(HF_OK, call_put(p)); /* the transport was left alone */
    fixture_close(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lock_failing_at_each_acquire_leaves_nothing_held),
        cmocka_unit_test(test_session_that_cannot_be_closed_stays_open),
        cmocka_unit_test(test_session_that_cannot_be_opened_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
