/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What Holdfast is compared with, measured on the same machine in the same run.
 */
#ifndef BENCH_REFERENCE_H
#define BENCH_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "holdfast/status.h"

/* The other process of a bare ping-pong: it sends back what it gets. */
typedef struct bench_echo {
    pid_t pid; /* 0: not running */
    int fd;    /* our end of a unix stream socket */
    size_t len;
} bench_echo;

#define BENCH_ECHO_LEN_MAX 69632u

/* Start it, for messages of `len` bytes, up to BENCH_ECHO_LEN_MAX. Single-threaded (it
 * forks). HF_OK or HF_ERR_SYSTEM (printed). */
int bench_echo_start(bench_echo *echo, size_t len) HF_MUST_CHECK;
/* Send one message and wait for it to come back. HF_OK or HF_ERR_SYSTEM. */
int bench_echo_turn(bench_echo *echo) HF_MUST_CHECK;
void bench_echo_stop(bench_echo *echo);

/*
 * Signatures in a second by `openssl speed` with a process for each CPU.
 *
 * algorithm  "ecdsap256", "ed25519" or "rsa2048".
 * seconds    how long to measure.
 * HF_OK, or HF_ERR_SYSTEM (printed).
 */
int bench_openssl_sign(const char *algorithm, unsigned seconds, double *per_second)
    HF_MUST_CHECK;

/*
 * Bytes in a second that `openssl speed` encrypts.
 *
 * cipher      as its option -evp takes it: "aes-256-gcm".
 * block_size  bytes that are encrypted at once.
 * is_multi    with a process for each CPU; else with one, which counts the time of its
 *             CPU alone, so that other load on the machine does not show.
 * HF_OK, or HF_ERR_SYSTEM (printed).
 */
int bench_openssl_cipher(const char *cipher, size_t block_size, bool is_multi,
                         double *bytes_per_second) HF_MUST_CHECK;

/* Signatures with a P-256 key by libcrypto, in this thread. */
typedef struct bench_bare_sign {
    struct evp_pkey_st *key; /* NULL: not there */
    struct evp_pkey_ctx_st *context;
} bench_bare_sign;

/* HF_OK or HF_ERR_CRYPTO (printed); to be closed in either case. */
int bench_bare_sign_open(bench_bare_sign *bare) HF_MUST_CHECK;
/* Sign one digest of 32 bytes. HF_OK or HF_ERR_CRYPTO. */
int bench_bare_sign_turn(bench_bare_sign *bare) HF_MUST_CHECK;
void bench_bare_sign_close(bench_bare_sign *bare);

/* Microseconds that fdatasync takes after 4 KiB written into preallocated space of a file
 * in `folder`: the median of many. HF_OK or HF_ERR_SYSTEM (printed). */
int bench_medium_sync(const char *folder, double *sync_us) HF_MUST_CHECK;

#endif
