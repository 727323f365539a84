/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What Holdfast is compared with, measured on the same machine in the same run.
 */
#ifndef BENCH_REFERENCE_H
#define BENCH_REFERENCE_H

#include <stddef.h>
#include <sys/types.h>

#include "holdfast/status.h"

/* The other process of a bare ping-pong: it sends back what it gets. */
typedef struct bench_echo {
    pid_t pid; /* 0: not running */
    int fd;    /* our end of a unix stream socket */
    size_t len;
} bench_echo;

/* Start it, for messages of `len` bytes, up to 4096. Single-threaded (it forks). HF_OK or
 * HF_ERR_SYSTEM (printed). */
int bench_echo_start(bench_echo *echo, size_t len) HF_MUST_CHECK;
/* Send one message and wait for it to come back. HF_OK or HF_ERR_SYSTEM. */
int bench_echo_turn(bench_echo *echo) HF_MUST_CHECK;
void bench_echo_stop(bench_echo *echo);

/*
 * Signatures in a second by `openssl speed` with a process for each CPU.
 *
 * algorithm  "ecdsap256" or "ed25519".
 * seconds    how long to measure.
 * HF_OK, or HF_ERR_SYSTEM (printed).
 */
int bench_openssl_sign(const char *algorithm, unsigned seconds, double *per_second)
    HF_MUST_CHECK;

/* Microseconds that fdatasync takes after 4 KiB written into preallocated space of a file
 * in `folder`: the median of many. HF_OK or HF_ERR_SYSTEM (printed). */
int bench_medium_sync(const char *folder, double *sync_us) HF_MUST_CHECK;

#endif
