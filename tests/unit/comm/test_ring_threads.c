/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The ring between two threads, both directions at once, in chunks of random sizes: every
 * byte arrives once and in order. Under ThreadSanitizer this proves that the offsets hand
 * the bytes over. Sleeping and waking go through notify and wait, as ring.h describes it.
 */
#include "holdfast/ring.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES 256u
#define CHUNK_SIZE 300u
#define TOTAL 400000u

typedef struct side {
    hf_ring_end end;
    struct both *both;
    uint32_t seed;
    uint32_t wrong; /* bytes that were not the expected ones, and failed calls */
    uint32_t received;
    int last_status;
} side;

typedef struct both {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    side sides[2];
} both;

static void wake(void *context)
{
    both *b = ((side *)context)->both;
    pthread_mutex_lock(&b->mutex);
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->mutex);
}

static int sleep_until(void *context, unsigned what, uint32_t timeout_ms)
{
    side *s = context;
    (void)timeout_ms; /* for ever: ctest ends a test that hangs */
    pthread_mutex_lock(&s->both->mutex);
    while (((what & HF_TRANSPORT_INPUT) == 0 || !hf_ring_has_input(&s->end)) &&
           ((what & HF_TRANSPORT_OUTPUT) == 0 || !hf_ring_has_room(&s->end))) {
        pthread_cond_wait(&s->both->changed, &s->both->mutex);
    }
    pthread_mutex_unlock(&s->both->mutex);
    return HF_OK;
}

static uint32_t next_random(side *s)
{
    s->seed = s->seed * 1664525u + 1013904223u;
    return s->seed >> 8;
}

/* The byte at a position of either stream. */
static uint8_t byte_at(uint32_t position)
{
    return (uint8_t)(position * 2654435761u >> 24);
}

static uint32_t send_chunk(side *s, uint32_t position)
{
    uint8_t data[CHUNK_SIZE];
    size_t len = next_random(s) % CHUNK_SIZE;
    size_t sent;
    if (len > TOTAL - position) {
        len = TOTAL - position;
    }
    for (uint32_t i = 0; i < len; i++) {
        data[i] = byte_at(position + i);
    }
    s->wrong += s->end.transport.ops->send(&s->end, data, len, &sent) != HF_OK;
    return (uint32_t)sent;
}

static void receive_chunk(side *s)
{
    uint8_t data[CHUNK_SIZE];
    size_t received;
    size_t size = 1 + next_random(s) % (CHUNK_SIZE - 1);
    s->last_status = s->end.transport.ops->recv(&s->end, data, size, &received);
    for (size_t i = 0; i < received; i++) {
        s->wrong += data[i] != byte_at(s->received++);
    }
}

static void *stream(void *argument)
{
    side *s = argument;
    const hf_transport_ops *ops = s->end.transport.ops;
    uint32_t sent = 0;
    while (sent < TOTAL || s->received < TOTAL) {
        sent += send_chunk(s, sent);
        receive_chunk(s);
        unsigned what = s->received < TOTAL ? HF_TRANSPORT_INPUT : 0u;
        what |= sent < TOTAL ? HF_TRANSPORT_OUTPUT : 0u;
        s->wrong += s->last_status != HF_OK;
        s->wrong += what != 0 && ops->wait(&s->end, what, UINT32_MAX) != HF_OK;
    }
    return NULL;
}

static void test_two_threads_stream_random_chunks_in_order(void **state)
{
    (void)state;
    static both b = { .mutex = PTHREAD_MUTEX_INITIALIZER,
                      .changed = PTHREAD_COND_INITIALIZER };
    pthread_t threads[2];
    uint8_t *memory = malloc(HF_RING_SIZE(BYTES));
    assert_int_equal(hf_ring_init(memory, HF_RING_SIZE(BYTES)), HF_OK);
    for (unsigned i = 0; i < 2; i++) {
        side *s = &b.sides[i];
        hf_ring_config config = {
            .is_server = i == 1, .notify = wake, .wait = sleep_until, .context = s
        };
        *s = (side){ .both = &b, .seed = 12345u + i };
        assert_int_equal(hf_ring_attach(&s->end, memory, HF_RING_SIZE(BYTES), &config),
                         HF_OK);
    }
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, stream, &b.sides[i]), 0);
    }
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(b.sides[i].wrong, 0);
        assert_int_equal(b.sides[i].received, TOTAL);
    }
    free(memory);
}

static void *receive_until_closed(void *argument)
{
    side *s = argument;
    do {
        receive_chunk(s);
        s->wrong +=
            s->end.transport.ops->wait(&s->end, HF_TRANSPORT_INPUT, UINT32_MAX) != HF_OK;
    } while (s->last_status == HF_OK);
    return NULL;
}

/* Nothing that was sent before closing is lost, however the threads run. */
static void test_close_after_send_loses_nothing(void **state)
{
    (void)state;
    static both b = { .mutex = PTHREAD_MUTEX_INITIALIZER,
                      .changed = PTHREAD_COND_INITIALIZER };
    uint8_t *memory = malloc(HF_RING_SIZE(BYTES));
    side *receiver = &b.sides[0];
    side *sender = &b.sides[1];
    for (unsigned round = 0; round < 300; round++) {
        pthread_t thread;
        assert_int_equal(hf_ring_init(memory, HF_RING_SIZE(BYTES)), HF_OK);
        for (unsigned i = 0; i < 2; i++) {
            side *s = &b.sides[i];
            hf_ring_config config = {
                .is_server = i == 1, .notify = wake, .wait = sleep_until, .context = s
            };
            *s = (side){ .both = &b, .seed = round + i };
            assert_int_equal(
                hf_ring_attach(&s->end, memory, HF_RING_SIZE(BYTES), &config), HF_OK);
        }
        assert_int_equal(pthread_create(&thread, NULL, receive_until_closed, receiver),
                         0);
        uint32_t sent = 0;
        for (unsigned i = 0; i < round % 7; i++) {
            sent += send_chunk(sender, sent);
        }
        sender->end.transport.ops->close(&sender->end);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(receiver->last_status, HF_ERR_CLOSED);
        assert_int_equal(receiver->received, sent);
        assert_int_equal(receiver->wrong + sender->wrong, 0);
    }
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_threads_stream_random_chunks_in_order),
        cmocka_unit_test(test_close_after_send_loses_nothing),
    };
    return cmocka_run_group_tests_name("ring_threads", tests, NULL, NULL);
}
