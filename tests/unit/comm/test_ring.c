/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The ring on one thread: order, wrap-around, full, closing, what a hostile peer can
 * write into the shared part, and what init and attach refuse.
 */
#include "holdfast/ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/atomic.h"

#define BYTES 64u

typedef struct pair {
    uint8_t *memory; /* from the heap: a sanitizer sees an access outside of it */
    hf_ring_end client;
    hf_ring_end server;
    unsigned notify_count;
    unsigned wait_count;
} pair;

static void count_notify(void *context)
{
    ((pair *)context)->notify_count++;
}

static int count_wait(void *context, unsigned what, uint32_t timeout_ms)
{
    ((pair *)context)->wait_count++;
    return what == HF_TRANSPORT_INPUT && timeout_ms == 5 ? HF_ERR_TIMEOUT : HF_OK;
}

static int open_pair(void **state)
{
    pair *p = calloc(1, sizeof *p);
    p->memory = malloc(HF_RING_SIZE(BYTES));
    hf_ring_config client = { .notify = count_notify, .wait = count_wait, .context = p };
    hf_ring_config server = { .is_server = true };
    *state = p;
    return hf_ring_init(p->memory, HF_RING_SIZE(BYTES)) != HF_OK ||
           hf_ring_attach(&p->client, p->memory, HF_RING_SIZE(BYTES), &client) != HF_OK ||
           hf_ring_attach(&p->server, p->memory, HF_RING_SIZE(BYTES), &server) != HF_OK;
}

static int close_pair(void **state)
{
    pair *p = *state;
    free(p->memory);
    free(p);
    return 0;
}

static size_t send_some(hf_ring_end *end, const uint8_t *data, size_t len)
{
    size_t sent;
    assert_int_equal(end->transport.ops->send(end, data, len, &sent), HF_OK);
    return sent;
}

static size_t receive_some(hf_ring_end *end, uint8_t *data, size_t size)
{
    size_t received;
    assert_int_equal(end->transport.ops->recv(end, data, size, &received), HF_OK);
    return received;
}

static int send_status(hf_ring_end *end)
{
    size_t sent = 99;
    int rc = end->transport.ops->send(end, (const uint8_t *)"x", 1, &sent);
    assert_int_equal(sent, rc == HF_OK);
    return rc;
}

static int receive_status(hf_ring_end *end)
{
    uint8_t byte;
    size_t received = 99;
    int rc = end->transport.ops->recv(end, &byte, 1, &received);
    assert_true(received <= (rc == HF_OK));
    return rc;
}

static void test_both_directions_carry_their_own_bytes(void **state)
{
    pair *p = *state;
    uint8_t data[8];
    assert_int_equal(send_some(&p->client, (const uint8_t *)"request", 7), 7);
    assert_int_equal(send_some(&p->server, (const uint8_t *)"answer", 6), 6);
    assert_int_equal(receive_some(&p->server, data, sizeof data), 7);
    assert_memory_equal(data, "request", 7);
    assert_int_equal(receive_some(&p->client, data, 4), 4);
    assert_int_equal(receive_some(&p->client, data + 4, 4), 2);
    assert_memory_equal(data, "answer", 6);
    assert_int_equal(receive_some(&p->client, data, 4), 0);
}

static void test_any_chunks_wrap_around_in_order(void **state)
{
    pair *p = *state;
    uint8_t out[BYTES + 9];
    uint8_t in[BYTES + 9];
    uint8_t next_out = 0;
    uint8_t next_in = 0;
    for (unsigned i = 0; i < 5000; i++) {
        size_t len = i * 7u % sizeof out;
        for (size_t j = 0; j < len; j++) {
            out[j] = (uint8_t)(next_out + j);
        }
        next_out = (uint8_t)(next_out + send_some(&p->client, out, len));
        size_t received = receive_some(&p->server, in, i * 5u % sizeof in);
        for (size_t j = 0; j < received; j++) {
            assert_int_equal(in[j], next_in++);
        }
    }
    assert_true(p->client.out_head > 10u * BYTES);
}

/* The offsets pass 2^32 as they pass the end of the ring. */
static void test_offsets_wrap_around_at_32_bits(void **state)
{
    pair *p = *state;
    uint32_t near_end = UINT32_MAX - 20;
    uint8_t data[BYTES];
    hf_atomic_u32_init(&p->client.out->head, near_end);
    hf_atomic_u32_init(&p->client.out->tail, near_end);
    p->client.out_head = near_end;
    p->server.in_tail = near_end;
    for (unsigned i = 0; i < 10; i++) {
        uint8_t byte = (uint8_t)(i + 1);
        memset(data, byte, sizeof data);
        assert_int_equal(send_some(&p->client, data, 40), 40);
        assert_true(hf_ring_has_input(&p->server));
        memset(data, 0, sizeof data);
        assert_int_equal(receive_some(&p->server, data, sizeof data), 40);
        assert_int_equal(data[0], byte);
        assert_int_equal(data[39], byte);
        assert_false(hf_ring_has_input(&p->server));
    }
    assert_true(p->client.out_head < near_end);
}

static void test_full_takes_what_fits_and_then_nothing(void **state)
{
    pair *p = *state;
    uint8_t data[BYTES + 1] = { 1 };
    assert_true(hf_ring_has_room(&p->client));
    assert_int_equal(send_some(&p->client, data, BYTES - 1), BYTES - 1);
    assert_int_equal(send_some(&p->client, data, sizeof data), 1);
    assert_false(hf_ring_has_room(&p->client));
    assert_int_equal(send_some(&p->client, data, 1), 0);
    assert_int_equal(receive_some(&p->server, data, 3), 3);
    assert_true(hf_ring_has_room(&p->client));
    assert_int_equal(send_some(&p->client, data, sizeof data), 3);
    assert_int_equal(receive_some(&p->server, data, sizeof data), BYTES);
}

static void test_received_bytes_are_wiped_from_shared_memory(void **state)
{
    pair *p = *state;
    uint8_t data[BYTES];
    memset(data, 0xEE, sizeof data);
    assert_int_equal(send_some(&p->client, data, 40), 40);
    assert_int_equal(receive_some(&p->server, data, 40), 40);
    assert_int_equal(send_some(&p->client, data, 40), 40);
    assert_int_equal(receive_some(&p->server, data, 40), 40);
    for (size_t i = 0; i < BYTES; i++) {
        assert_int_equal(p->server.in_data[i], 0);
    }
}

static void test_close_is_seen_after_what_was_sent(void **state)
{
    pair *p = *state;
    uint8_t data[4];
    assert_int_equal(send_some(&p->client, (const uint8_t *)"last", 4), 4);
    assert_int_equal(send_some(&p->server, (const uint8_t *)"lost", 4), 4);
    p->client.transport.ops->close(&p->client);
    assert_int_equal(send_status(&p->server), HF_ERR_CLOSED);
    assert_true(hf_ring_has_room(&p->server));
    assert_int_equal(receive_some(&p->server, data, sizeof data), 4);
    assert_memory_equal(data, "last", 4);
    assert_true(hf_ring_has_input(&p->server));
    assert_int_equal(receive_status(&p->server), HF_ERR_CLOSED);
    assert_int_equal(receive_status(&p->server), HF_ERR_CLOSED);
}

static void test_notify_follows_send_receive_and_close_only(void **state)
{
    pair *p = *state;
    uint8_t data[BYTES] = { 0 };
    assert_int_equal(receive_some(&p->client, data, 1), 0);
    assert_int_equal(send_some(&p->client, data, 0), 0);
    assert_int_equal(p->notify_count, 0);
    assert_int_equal(send_some(&p->client, data, BYTES), BYTES);
    assert_int_equal(p->notify_count, 1);
    assert_int_equal(send_some(&p->client, data, 1), 0);
    assert_int_equal(p->notify_count, 1);
    assert_int_equal(send_some(&p->server, data, 1), 1);
    assert_int_equal(receive_some(&p->client, data, 1), 1);
    assert_int_equal(p->notify_count, 2);
    p->client.transport.ops->close(&p->client);
    assert_int_equal(p->notify_count, 3);
}

static void test_wait_is_the_configured_one_or_absent(void **state)
{
    pair *p = *state;
    const hf_transport_ops *ops = p->client.transport.ops;
    assert_int_equal(ops->wait(&p->client, HF_TRANSPORT_INPUT, 5), HF_ERR_TIMEOUT);
    assert_int_equal(ops->wait(&p->client, HF_TRANSPORT_OUTPUT, 5), HF_OK);
    assert_int_equal(p->wait_count, 2);
    assert_null(ops->recv_wait);
    assert_null(p->server.transport.ops->wait);
}

/* The peer's offset is any number: nothing outside of the ring is touched (the sanitizer
 * looks on), and a count that cannot be ends the connection. */
static void test_hostile_head_ends_the_connection(void **state)
{
    static const uint32_t heads[] = { BYTES + 1, BYTES * 2, 0x7FFFFFFF, 0x80000000,
                                      UINT32_MAX };
    pair *p = *state;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        hf_atomic_u32_store_release(&p->server.in->head, heads[i]);
        assert_true(hf_ring_has_input(&p->server));
        assert_int_equal(receive_status(&p->server), HF_ERR_CLOSED);
        assert_int_equal(p->server.in_tail, 0);
    }
}

static void test_hostile_tail_ends_the_connection(void **state)
{
    static const uint32_t tails[] = { 1, BYTES, 0x7FFFFFFF, 0x80000000,
                                      UINT32_MAX - BYTES };
    pair *p = *state;
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        hf_atomic_u32_store_release(&p->server.out->tail, tails[i]);
        assert_int_equal(send_status(&p->server), HF_ERR_CLOSED);
        assert_true(hf_ring_has_room(&p->server));
        assert_int_equal(p->server.out_head, 0);
    }
}

static void test_hostile_cells_that_are_ours_are_ignored(void **state)
{
    pair *p = *state;
    uint8_t data[4];
    assert_int_equal(send_some(&p->server, (const uint8_t *)"ab", 2), 2);
    hf_atomic_u32_store_release(&p->server.out->head, 0xABCD);
    hf_atomic_u32_store_release(&p->client.in->tail, 0xABCD);
    hf_atomic_u32_store_release(&p->client.in->tail, 0);
    assert_int_equal(send_some(&p->server, (const uint8_t *)"cd", 2), 2);
    assert_int_equal(receive_some(&p->client, data, 4), 4);
    assert_memory_equal(data, "abcd", 4);
}

static void test_init_and_attach_refuse_wrong_memory(void **state)
{
    pair *p = *state;
    static const size_t sizes[] = {
        0,
        1,
        sizeof(hf_ring_shared),
        HF_RING_SIZE(32),
        HF_RING_SIZE(64) - 1,
        HF_RING_SIZE(64) + 1,
        HF_RING_SIZE(65),
        HF_RING_SIZE(96),
        HF_RING_SIZE((size_t)1 << 30) + 2,
    };
    hf_ring_config config = { .is_server = true };
    hf_ring_end end = { .size = 7 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(hf_ring_init(p->memory, sizes[i]), HF_ERR_ARG);
        assert_int_equal(hf_ring_attach(&end, p->memory, sizes[i], &config), HF_ERR_ARG);
    }
    size_t size = HF_RING_SIZE(BYTES);
    assert_int_equal(hf_ring_init(NULL, size), HF_ERR_ARG);
    assert_int_equal(hf_ring_init(p->memory + 4, size), HF_ERR_ARG);
    assert_int_equal(hf_ring_attach(NULL, p->memory, size, &config), HF_ERR_ARG);
    assert_int_equal(hf_ring_attach(&end, p->memory, size, NULL), HF_ERR_ARG);
    assert_int_equal(end.size, 7);
}

#define PAIR_TEST(test) cmocka_unit_test_setup_teardown(test, open_pair, close_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAIR_TEST(test_both_directions_carry_their_own_bytes),
        PAIR_TEST(test_any_chunks_wrap_around_in_order),
        PAIR_TEST(test_offsets_wrap_around_at_32_bits),
        PAIR_TEST(test_full_takes_what_fits_and_then_nothing),
        PAIR_TEST(test_received_bytes_are_wiped_from_shared_memory),
        PAIR_TEST(test_close_is_seen_after_what_was_sent),
        PAIR_TEST(test_notify_follows_send_receive_and_close_only),
        PAIR_TEST(test_wait_is_the_configured_one_or_absent),
        PAIR_TEST(test_hostile_head_ends_the_connection),
        PAIR_TEST(test_hostile_tail_ends_the_connection),
        PAIR_TEST(test_hostile_cells_that_are_ours_are_ignored),
        PAIR_TEST(test_init_and_attach_refuse_wrong_memory),
    };
    return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
