/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * One operation of any row of the algorithm table, in either direction, through a client:
 * what the request is called and which fields it takes follows from the row's class. A
 * forward operation leaves behind what the backward one of the same row takes.
 */
#ifndef TEST_OPERATE_H
#define TEST_OPERATE_H

#include "suite/suite.h"

#define OPERATE_DATA_LEN 32u   /* bytes that are encrypted, signed, derived */
#define OPERATE_SIZE_MAX 9000u /* of what comes out: the largest is an LMS signature */

typedef struct suite_operation {
    const hf_algorithm *row; /* of any class but HASH */
    bool is_backward;
    bool is_stream;
} suite_operation;

/* What passes between two directions, and what else an operation needs. */
typedef struct suite_exchange {
    uint8_t nonce[HF_NONCE_LEN_MAX], tag[32];
    size_t nonce_len, tag_len;
    uint8_t data[OPERATE_SIZE_MAX]; /* MAC, signature, ciphertext or wrapped key */
    size_t len;        /* 0: nothing was made, and garbage is given instead */
    uint8_t peer[256]; /* AGREE: raw public key of the other side */
    size_t peer_len;
    hf_handle wrapped;   /* WRAP: the HMAC key that is wrapped */
    hf_handle unwrapped; /* WRAP: where it is put when it comes back */
    uint32_t key_type;   /* of the key that is used: some inputs are as long as it */
} suite_exchange;

/* Its status. The exchange is read by backward, and written by forward operations that
 * succeed. A stream has one part. */
int suite_operate(hf_client *client, const suite_operation *operation, hf_handle key,
                  suite_exchange *exchange);

/* Begin a stream, and go on with it. *stream is set when the start succeeds. */
int suite_stream_begin(hf_client *client, const suite_operation *operation, hf_handle key,
                       const suite_exchange *exchange, uint16_t *stream);
int suite_stream_go_on(hf_client *client, uint16_t stream);
int suite_stream_end(hf_client *client, uint16_t stream);

/* May the row be tried so: is there such a direction, and such a stream? */
bool suite_operation_exists(const suite_operation *operation);

/* The usage that it needs. */
uint32_t suite_operation_usage(const suite_operation *operation);

#endif
