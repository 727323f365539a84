/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The server of the harnesses that run it in their own process: a store in RAM, small
 * enough that it is cleaned under load, a key cache that is smaller than some cases' sets
 * of keys, libcrypto, and if wanted an exclusive accelerator in front of it.
 */
#ifndef TEST_HUB_H
#define TEST_HUB_H

#include "harness/accelerator.h"
#include "harness/guard.h"
#include "holdfast/nvm_ram.h"
#include "holdfast/openssl.h"
#include "holdfast/server.h"
#include "suite/suite.h"

typedef struct hub_config {
    bool has_tiny_cache; /* SUITE_TINY_SLOTS small key slots */
    const hf_lock_config *nvm_lock;
    const hf_lock_config *sync_lock;
    const hf_lock_config *device_lock; /* of the accelerator; NULL: there is none */
    void (*wake)(void *context, hf_session *session);
    void *wake_context;
} hub_config;

typedef struct hub {
    hf_server server;
    hub_config config;
    hf_nvm_ram ram;
    uint8_t *medium;
    uint8_t *log_buffer;
    void *index_memory;
    void *key_memory;
    hf_stats *stats;
    hf_openssl *openssl;
    guard_nvm nvm_guard;
    guard_crypto crypto_guards[2];
    accelerator acc;
    hf_crypto_device_config devices[2];
    hf_atomic_u64 work_taken, work_given; /* bytes of sessions' work areas */
    bool is_open;
} hub;

/* Start on a blank store. HF_OK or an error; hub_close in either case. */
int hub_open(hub *h, const hub_config *config);

/* Stop cleanly and start again on what is stored. */
int hub_restart(hub *h);

/* Stop, and check that sessions gave back their memory. HF_OK or the first error. */
int hub_close(hub *h);

/* What a case may know of it. */
void hub_describe(suite_env *env);

/* The identity of a session of the suite. */
hf_identity hub_identity(unsigned who);

#endif
