/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The dispatcher: runs one request through prepare, work and finish. It is the only
 * place in the server that takes the store lock for a request, in one function.
 */
#ifndef HF_SERVER_DISPATCH_H
#define HF_SERVER_DISPATCH_H

#include "server/work.h"

/* Times that the steps of one request may be run again. Each repetition follows
 * progress of somebody (a sync, a cleaning, another's commit), so this bound is out of
 * reach in practice. */
#define HF_DISPATCH_AGAIN_MAX 1000000u

/* The row of a kind; NULL: no such request. Constants. */
const hf_handler *hf_handler_find(uint16_t kind);

/*
 * Run, or go on with, a request whose `handler`, `in`, `scratch` and session are set.
 * HF_OK: over; rq->result is the status of the answer, rq->out the answer, rq->ticket
 * what must be durable before it leaves; everything that the request held is given back.
 * HF_PENDING: parked; rq->wait_ticket != 0 tells for what, else a queue.
 * Never waits for the medium, except for cleaning when a region is full.
 */
int hf_dispatch_run(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

/* End a parked request: its answer is HF_ERR_CANCELLED. */
void hf_dispatch_cancel(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);

/* Give back what the session's request and its orphans hold. HF_OK, or HF_ERR_ABORTED
 * (all is still held). For close, and before a new request when there are orphans. */
int hf_dispatch_release(hf_session *session) HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

/* Count a session in or out; it needs no work area for that, and one that goes out holds
 * nothing any more. HF_OK or HF_ERR_ABORTED. */
int hf_dispatch_count_session(hf_session *session, bool is_opening)
    HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

#endif
