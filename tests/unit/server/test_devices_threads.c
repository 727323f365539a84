/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A busy accelerator and requests that do not need it, in threads: an operation stays
 * inside until a gate opens, and what passes meanwhile is counted, not timed. And the
 * control: where the server does not keep the second thread out, the accelerator notices.
 */
#include "fixture.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "harness/accelerator.h"
#include "holdfast/posix_lock.h"

#define NUMBER 9u
#define SOFTWARE_COUNT 100u

static hf_posix_mutex nvm_mutex, sync_mutex, device_mutex;
static const hf_lock_config device_lock = { .ops = &hf_posix_mutex_ops,
                                            .context = &device_mutex };
static accelerator acc;
static atomic_bool is_gate_closed;
static const uint8_t digest[32] = { 1, 2, 3 };

/* As the fixture's, for many threads. */
static void *memory_take(void *context, size_t size)
{
    (void)context;
    return calloc(1, size);
}

static void memory_give(void *context, void *memory, size_t size)
{
    (void)context;
    (void)size;
    free(memory);
}

static bool must_wait(void *context)
{
    (void)context;
    (void)sched_yield();
    return atomic_load(&is_gate_closed);
}

static fixture *start(void **state, bool is_exclusive)
{
    fixture *f = fixture_make();
    hf_crypto_device_config software = f->devices[0];
    accelerator_init(&acc, &(accelerator_config){ .inner = software,
                                                  .lock = &device_lock,
                                                  .survives_violations = !is_exclusive,
                                                  .must_wait = must_wait });
    f->devices[0] = accelerator_device(&acc);
    f->devices[0].is_exclusive = is_exclusive;
    f->devices[1] = software;
    f->config.device_count = 2;
    f->config.memory = (hf_memory_ops){ .take = memory_take, .give = memory_give };
    f->nvm_lock = (hf_lock_config){ .ops = &hf_posix_mutex_ops, .context = &nvm_mutex };
    f->sync_lock = (hf_lock_config){ .ops = &hf_posix_mutex_ops, .context = &sync_mutex };
    atomic_store(&is_gate_closed, false);
    fixture_start(f);
    *state = f;
    return f;
}

/* A client with a key that both devices have parsed. */
static peer *connect_with_key(fixture *f)
{
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = NUMBER,
                              .type = HF_KEY_P256, .flags = HF_USAGE_SIGN));
    return p;
}

static void sign_send(peer *p, uint16_t affinity)
{
    SEND(p, sign, .handle = NUMBER, .algorithm = HF_ALG_ECDSA, .affinity = affinity,
         .data = hf_bytes_of(digest, sizeof digest));
}

static int serve(peer *p)
{
    hf_session_wait wait;
    return hf_session_serve(&p->session, &wait);
}

static void *serve_in_thread(void *argument)
{
    hf_ignore(serve(argument)); /* its answer tells */
    return NULL;
}

static int answer_status(peer *p)
{
    hf_frame frame;
    hf_bytes body;
    int rc = peer_take(p, &frame, &body);
    return rc == HF_OK ? frame.status : rc;
}

/* A thread stays inside the accelerator with the request of this client. */
static void accelerator_occupy(peer *p, pthread_t *thread)
{
    atomic_store(&is_gate_closed, true);
    sign_send(p, HF_AFFINITY_HARDWARE);
    assert_int_equal(0, pthread_create(thread, NULL, serve_in_thread, p));
    while (!accelerator_is_inside(&acc)) {
        (void)sched_yield();
    }
}

static void test_software_passes_while_the_accelerator_is_busy(void **state)
{
    fixture *f = start(state, true);
    peer *software = connect_with_key(f);
    peer *busy = peer_connect(f, 7, FIXTURE_USER);
    peer *waiting = peer_connect(f, 7, FIXTURE_USER);
    pthread_t thread;
    accelerator_occupy(busy, &thread);
    uint64_t begun = accelerator_operations(&acc);
    /* The second request for it is parked: this thread is not. */
    sign_send(waiting, HF_AFFINITY_HARDWARE);
    int parked = serve(waiting);
    unsigned passed_count = 0;
    for (unsigned i = 0; i < SOFTWARE_COUNT; i++) {
        sign_send(software, HF_AFFINITY_SOFTWARE);
        hf_ignore(serve(software)); /* its answer tells */
        passed_count += answer_status(software) == HF_OK ? 1 : 0;
    }
    bool was_inside = accelerator_is_inside(&acc);
    uint64_t begun_meanwhile = accelerator_operations(&acc) - begun;
    int waiting_answer = answer_status(waiting);
    atomic_store(&is_gate_closed, false);
    assert_int_equal(0, pthread_join(thread, NULL));
    assert_status(HF_PENDING, parked);
    assert_int_equal(SOFTWARE_COUNT, passed_count);
    assert_true(was_inside);
    assert_int_equal(0, begun_meanwhile);
    assert_status(HF_PENDING, waiting_answer);
    assert_status(HF_OK, answer_status(busy));
    /* Its turn has come. */
    assert_status(HF_OK, serve(waiting));
    assert_status(HF_OK, answer_status(waiting));
    assert_int_equal(0, accelerator_violations(&acc));
}

/* The control: a device that is not said to be exclusive is entered by two. */
static void test_without_exclusion_the_accelerator_sees_two(void **state)
{
    fixture *f = start(state, false);
    peer *second = connect_with_key(f);
    peer *first = peer_connect(f, 7, FIXTURE_USER);
    pthread_t thread;
    accelerator_occupy(first, &thread);
    sign_send(second, HF_AFFINITY_HARDWARE);
    int served = serve(second);
    atomic_store(&is_gate_closed, false);
    assert_int_equal(0, pthread_join(thread, NULL));
    assert_status(HF_OK, served);
    assert_status(HF_OK, answer_status(first));
    assert_status(HF_OK, answer_status(second));
    assert_true(accelerator_violations(&acc) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_software_passes_while_the_accelerator_is_busy,
                                  fixture_close),
        cmocka_unit_test_teardown(test_without_exclusion_the_accelerator_sees_two,
                                  fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
