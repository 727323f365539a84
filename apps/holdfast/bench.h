/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast bench: what bench.c (phases, table) and bench_client.c (requests, checks)
 * share.
 *
 * Each client is one thread with its own connection and its own hfc_bench_client; all of
 * them use the same counter, keys and object of hfc_bench, which does not change while
 * they run. The main thread reads a client's results after it has joined the thread.
 */
#ifndef HFC_BENCH_H
#define HFC_BENCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "connection.h"

#define HFC_BENCH_CLIENTS_MAX 256u
#define HFC_BENCH_OBJECT_SIZE 1500u
#define HFC_BENCH_MESSAGE_SIZE 1024u
#define HFC_BENCH_KEPT_COUNT 64u /* signatures of a client that are verified afterwards */
#define HFC_BENCH_SIGNATURE_SIZE 80u
#define HFC_BENCH_DIGEST_SIZE 32u

typedef struct hfc_bench {
    bool has_check;
    uint32_t client_count;
    hf_handle counter, object;
    hf_handle signing_key, cipher_key, mac_key;
    uint64_t run; /* random: marks what this run writes */
    uint8_t message[HFC_BENCH_MESSAGE_SIZE];
    uint8_t digest[HFC_BENCH_DIGEST_SIZE]; /* SHA-256 of the message */
    uint8_t mac[HFC_BENCH_DIGEST_SIZE];    /* HMAC of the message */
    atomic_bool must_stop;                 /* a signal came */
} hfc_bench;

typedef struct hfc_bench_signature {
    uint8_t digest[HFC_BENCH_DIGEST_SIZE];
    uint8_t data[HFC_BENCH_SIGNATURE_SIZE];
    size_t len;
} hfc_bench_signature;

typedef struct hfc_bench_client {
    const hfc_bench *bench;
    hfc_connection connection;
    uint32_t index;
    /* This phase. */
    int operation; /* index of the table; -1: all in turn */
    uint64_t start_ns, deadline_ns, end_ns;
    uint32_t *samples_ns; /* one per request, saturated */
    size_t sample_count, sample_size;
    /* The whole run. */
    uint64_t request_count, failure_count, wrong_count;
    int first_failure; /* status of the first failed request */
    const char *first_failed;
    const char *first_wrong; /* what was wrong first; static text */
    uint64_t acknowledged;   /* increments */
    uint64_t counter_last;   /* highest value seen */
    uint64_t written;        /* objects that were written and acknowledged */
    uint64_t turn;           /* of all operations in turn */
    uint64_t signature_count;
    hfc_bench_signature signatures[HFC_BENCH_KEPT_COUNT];
    uint8_t nonce[16], tag[16];
    uint8_t ciphertext[HFC_BENCH_MESSAGE_SIZE];
    size_t nonce_len, tag_len;
} hfc_bench_client;

/* Names of the operations by index; NULL behind the last. */
const char *hfc_bench_operation(size_t index);

/* Once per client before the phases, connected: makes what later requests need, and, with
 * --check, proves that wrong signatures and tags are refused. */
void hfc_bench_client_prepare(hfc_bench_client *client);

/* One phase: the body of a thread; `context` is the client. Returns NULL. */
void *hfc_bench_client_run(void *context);

/* Write the object that `seed` stands for: HFC_BENCH_OBJECT_SIZE bytes of room. */
void hfc_bench_object_make(uint64_t seed, hf_buffer *object);

#endif
