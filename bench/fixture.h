/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The fixture: objects, keys and a counter in the server that the operations work on, and
 * answers of the server that other operations need. All clients share it.
 */
#ifndef BENCH_FIXTURE_H
#define BENCH_FIXTURE_H

#include <stdint.h>

#include "holdfast/client.h"

#define BENCH_DATA_SIZE 1024u
#define BENCH_BLOCK_SIZE 65536u /* what is encrypted at once when that is measured */
#define BENCH_OBJECT_LEN 64u
#define BENCH_OBJECT_COUNT 64u   /* objects; clients have one each of their own, too */
#define BENCH_OBJECT_FIRST 1000u /* number of the first */
#define BENCH_ANSWER_SIZE 1040u

/* A copy of a BYTES field of an answer. */
typedef struct bench_answer {
    uint8_t data[BENCH_ANSWER_SIZE];
    size_t len;
} bench_answer;

typedef struct bench_fixture {
    uint8_t data[BENCH_DATA_SIZE]; /* payload, message, plaintext, digest */
    uint8_t block[BENCH_BLOCK_SIZE];
    hf_handle object, counter;
    hf_handle p256, ed25519, rsa2048, aes, hmac;
    bench_answer p256_signature, ed25519_signature, mac;
    bench_answer nonce, tag, ciphertext;
    bench_answer block_nonce, block_tag;
    uint8_t block_ciphertext[BENCH_BLOCK_SIZE];
} bench_fixture;

/* The signing keys: no request of the CRYPTO group. HF_OK or an error (printed). */
int bench_fixture_make_keys(bench_fixture *fixture, hf_client *client) HF_MUST_CHECK;

/* All else, after the keys. HF_OK or an error (printed). */
int bench_fixture_make_rest(bench_fixture *fixture, hf_client *client) HF_MUST_CHECK;

/* The block as ciphertext, after the keys. HF_OK or an error (printed). */
int bench_fixture_make_block(bench_fixture *fixture, hf_client *client) HF_MUST_CHECK;

#endif
