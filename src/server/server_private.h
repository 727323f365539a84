/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the parts of src/server share about the server.
 */
#ifndef HF_SERVER_SERVER_PRIVATE_H
#define HF_SERVER_SERVER_PRIVATE_H

#include "holdfast/server.h"
#include "server/queue.h"

/* Monotonic time, ns; 0 without a clock. */
uint64_t hf_server_now_ns(const hf_server *server);

/* Run cleaning until something was given back, after a step ended with
 * HF_NVM_AGAIN_CLEAN. *clean_count: steps that were done so far, by anybody: when it has
 * grown since the step ran, HF_ERR_NOSPACE may only mean that somebody was faster. HF_OK,
 * HF_ERR_NOSPACE, HF_ERR_IO, HF_ERR_ABORTED. Blocks. */
int hf_server_clean(hf_server *server, uint64_t *clean_count)
    HF_EXCLUDES(server->nvm.lock, hf_tsa_nvm, hf_tsa_sync) HF_MUST_CHECK;

/* Open sessions. */
uint32_t hf_server_session_count(const hf_server *server) HF_REQUIRES(hf_tsa_nvm);

/* Fill in the queue lengths. */
void hf_server_get_queues(const hf_server *server, hf_admin_status_response *status)
    HF_REQUIRES(hf_tsa_nvm);

/* Call the port's wake for each; without any lock. */
void hf_server_wake(hf_server *server, const hf_wakes *wakes) HF_EXCLUDES(hf_tsa_nvm);

#endif
