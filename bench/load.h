/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The load: threads of this process, each with its own client and connection, that repeat
 * an operation as fast as answers come.
 *
 * Life: bench_load_start connects all clients -> bench_load_run as often as wanted, each
 * time with as many of them as wanted (the others sleep) -> bench_load_stop. One thread
 * controls a load. Between runs that thread may use the client of any worker.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "fixture.h"
#include "holdfast/client.h"
#include "holdfast/posix_socket.h"

#define BENCH_CLIENTS_MAX 64u
#define BENCH_BODY_SIZE (BENCH_BLOCK_SIZE + 4096u)
#define BENCH_WINDOW 4u /* requests in flight of the operations that use it */

typedef struct bench_load bench_load;

/* One client. Its thread's, but for `count`. */
typedef struct bench_worker {
    _Alignas(64) atomic_ulong count; /* operations completed; the controller reads it */
    bench_load *load;
    unsigned index;
    pthread_t thread;
    int status; /* HF_OK, or why it stopped */
    hf_posix_socket socket;
    hf_client client;
    uint16_t sequences[BENCH_WINDOW]; /* in flight, a ring */
    unsigned sequence_first, sequence_count;
    uint8_t receive_memory[HF_FRAME_HEADER_SIZE + BENCH_BODY_SIZE];
    uint8_t send_memory[HF_FRAME_HEADER_SIZE + BENCH_BODY_SIZE];
} bench_worker;

typedef struct bench_operation {
    const char *name;
    int (*run)(bench_worker *worker);   /* one operation; HF_OK or an error */
    int (*drain)(bench_worker *worker); /* receive what is in flight; NULL: nothing is */
} bench_operation;

struct bench_load {
    bench_worker *workers; /* on the heap */
    unsigned worker_count, thread_count;
    const bench_fixture *fixture; /* what the operations work on; the caller's */
    const bench_operation *operation;
    pthread_mutex_t mutex;  /* guards all below */
    pthread_cond_t changed; /* turn, is_ending, busy_count */
    unsigned turn;          /* raised for each run */
    unsigned active_count;  /* clients of this run */
    unsigned busy_count;    /* clients that have not ended it */
    bool is_ending;
    atomic_bool is_over; /* of this run */
};

typedef struct bench_run {
    const bench_operation *operation;
    unsigned client_count;
    unsigned warm_ms;    /* before it is measured */
    unsigned measure_ms; /* what is measured */
} bench_run;

/* Connect `client_count` clients to a unix socket. The fixture must stay; it may be
 * filled until the first run. HF_OK or an error (printed), with nothing left. */
int bench_load_start(bench_load *load, const char *socket_path, unsigned client_count,
                     const bench_fixture *fixture) HF_MUST_CHECK;

/* Run an operation; operations per second of all clients together. HF_OK, or the first
 * error of a client (printed). */
int bench_load_run(bench_load *load, const bench_run *run, double *per_second)
    HF_MUST_CHECK;

/* End threads and connections. Harmless when it was not started. */
void bench_load_stop(bench_load *load);

/* Connect one client in `worker`, with no thread; and end it. */
int bench_worker_connect(bench_worker *worker, const char *socket_path) HF_MUST_CHECK;

#endif
