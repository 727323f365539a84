/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A server that does what a test says, on the client's own thread: the client's `wait`
 * runs it. It stands at the other end of a ring and follows the protocol by itself, with
 * frames and bodies that the test may spoil. Time is a number that only waiting
 * advances.
 */
#ifndef TESTS_UNIT_CLIENT_FAKE_SERVER_H
#define TESTS_UNIT_CLIENT_FAKE_SERVER_H

#include "holdfast/client.h"
#include "holdfast/ring.h"

#define FAKE_RING_BYTES 4096u
#define FAKE_BUFFER_SIZE (HF_FRAME_HEADER_SIZE + 2000u)
#define FAKE_QUEUE_MAX 64u
#define FAKE_TICK_MS 10u

typedef struct fake_server {
    _Alignas(HF_RING_ALIGNMENT) uint8_t memory[HF_RING_SIZE(FAKE_RING_BYTES)];
    hf_ring_end server_end;
    hf_ring_end client_end;
    hf_channel channel;
    uint8_t in[FAKE_BUFFER_SIZE];
    uint8_t out[2 * FAKE_BUFFER_SIZE];
    hf_client client;
    uint8_t receive_buffer[FAKE_BUFFER_SIZE];
    uint8_t send_buffer[FAKE_BUFFER_SIZE];

    /* What INIT grants. */
    hf_comm_init_response terms;
    /* Answers to hold back before the next one is given; UINT_MAX: all. Requests are read
     * and queued meanwhile. */
    unsigned hold_count;
    bool is_deaf; /* reads nothing */
    int status;   /* of the next answers */
    /* Called with the next answers before they are sent, to spoil them; NULL: honest. */
    void (*spoil)(struct fake_server *fake, hf_frame *frame, hf_buffer *body);
    bool is_closing; /* closes the connection instead of giving the next answer */

    struct {
        hf_frame frame;
        uint8_t body[512]; /* of an answer: an echo of the request's */
        size_t len;
    } queue[FAKE_QUEUE_MAX];
    unsigned queue_count;
    unsigned request_count;    /* read so far */
    hf_comm_init_request init; /* the last one; its name is in init_name */
    char init_name[65];
    unsigned last_what; /* that the client waited for */
} fake_server;

/* Everything set up, the client not connected. As cmocka's setup and teardown. */
int fake_open(void **state);
int fake_close(void **state);

/* The same, and connected with a window of 4. */
int fake_open_connected(void **state);

/* Read requests and give answers, as far as the script says. */
void fake_run(fake_server *fake);

/* The clock of the client. */
uint64_t fake_clock_ms(void);
void fake_clock_advance(uint64_t ms);

#endif
