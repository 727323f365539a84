/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The server under measurement: a holdfastd of its own, with a fresh store and a unix
 * socket in a folder of the benchmark. It ends with the benchmark, whatever happens.
 *
 *     bench_server server;
 *     int rc = bench_server_start(&server, bench, 0);
 *     if (rc == HF_OK) { ... server.socket_path ... }
 *     bench_server_stop(&server);
 */
#ifndef BENCH_SERVER_PROCESS_H
#define BENCH_SERVER_PROCESS_H

#include <sys/types.h>

#include "holdfast/status.h"

typedef struct bench_server_place {
    const char *program; /* path of holdfastd */
    const char *folder;  /* exists; short enough for the path of a socket */
} bench_server_place;

typedef struct bench_server {
    pid_t pid; /* 0: not running */
    char folder[100];
    char socket_path[108];
} bench_server;

/* Start and wait until it takes connections. sync_delay_us: made longer by that, each
 * sync. HF_OK or an error (printed), with nothing left running. */
int bench_server_start(bench_server *server, const bench_server_place *place,
                       unsigned sync_delay_us) HF_MUST_CHECK;

/* Stop it and remove its store. Harmless when it is not running. */
void bench_server_stop(bench_server *server);

#endif
