/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A connection without a client: frames, or anything else, byte by byte.
 */
#ifndef SUITE_RAW_H
#define SUITE_RAW_H

#include "holdfast/frame.h"
#include "suite/suite.h"

typedef struct raw_link {
    suite_env *env;
    hf_transport transport;
    uint8_t in[SUITE_BUFFER_SIZE];
    size_t in_len;    /* received, with the frame that was returned last */
    size_t frame_len; /* of that frame */
    bool is_open;
} raw_link;

/* Connect; not negotiated. Ends the case on an error. */
void raw_open(raw_link *raw, suite_env *env, unsigned who);

/* The same, with comm_init done. */
void raw_open_ready(raw_link *raw, suite_env *env, unsigned who);

/* Close without a word; harmless when not open. */
void raw_close(raw_link *raw);

/* Send all of it, waiting for room. HF_OK or an error of the transport. */
int raw_send(raw_link *raw, hf_bytes bytes);

/* A request frame. */
int raw_send_request(raw_link *raw, uint16_t kind, uint16_t sequence, hf_bytes body);

/* The next frame; `body` stays until the next receive. HF_OK, HF_ERR_CLOSED (or another
 * error of the transport), HF_ERR_FRAME, HF_ERR_TIMEOUT. */
int raw_receive(raw_link *raw, hf_frame *frame, hf_bytes *body);

/* One request and its answer's status; the case ends when there is none. */
int raw_call(raw_link *raw, uint16_t kind, hf_bytes body);

#endif
