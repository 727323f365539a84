/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Sessions beside a thread that syncs without a pause: tickets become durable at any
 * moment, also between sending answers and telling what the session waits for.
 */
#include "fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "holdfast/posix_lock.h"
#include "server/work.h"

#define ROUNDS 500u

static hf_posix_mutex nvm_mutex, sync_mutex;
static atomic_bool is_stopping;

static int threads_setup(void **state)
{
    fixture *f = fixture_make();
    f->nvm_lock = (hf_lock_config){ .ops = &hf_posix_mutex_ops, .context = &nvm_mutex };
    f->sync_lock = (hf_lock_config){ .ops = &hf_posix_mutex_ops, .context = &sync_mutex };
    fixture_start(f);
    atomic_store(&is_stopping, false);
    *state = f;
    return 0;
}

static void *sync_for_ever(void *argument)
{
    hf_server *server = argument;
    while (!atomic_load(&is_stopping)) {
        hf_ignore(hf_server_sync(server, NULL)); /* the answers tell */
    }
    return NULL;
}

/* An answer that has not left waits for something, and the port is told for what. */
static void test_session_with_an_answer_always_says_what_it_waits_for(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_OK, CALL(p, counter_create, NULL, .handle = 1));
    pthread_t thread;
    assert_int_equal(0, pthread_create(&thread, NULL, sync_for_ever, &f->server));
    uint32_t forgotten_count = 0;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        hf_session_wait wait;
        hf_frame frame;
        hf_bytes body;
        SEND(p, counter_increment, .handle = 1, .by = 1);
        int rc = hf_session_serve(&p->session, &wait);
        while (rc == HF_PENDING) {
            const hf_session_work *work = p->session.work;
            bool has_answer = work->answer_count > 0;
            if (has_answer && wait.ticket == 0 && !wait.wants_output) {
                forgotten_count++;
            }
            rc = hf_session_serve(&p->session, &wait);
        }
        assert_status(HF_OK, rc);
        assert_status(HF_OK, peer_take(p, &frame, &body));
        assert_status(HF_OK, frame.status);
    }
    atomic_store(&is_stopping, true);
    assert_int_equal(0, pthread_join(thread, NULL));
    assert_int_equal(0, forgotten_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_session_with_an_answer_always_says_what_it_waits_for, threads_setup,
            fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
