/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Answers of a session: encoded into the send buffer when a request is over, sent in
 * order when their tickets are durable. By the thread that serves the session.
 */
#ifndef HF_SERVER_ANSWER_H
#define HF_SERVER_ANSWER_H

#include "server/work.h"

/* May what has this ticket leave? */
bool hf_answer_is_durable(const hf_session *session, hf_ticket ticket);

/* The oldest answer that has not left; NULL: none. */
hf_answer *hf_answer_first(hf_session_work *work);

/* Encode the answer of the work area's request: rq->out, or an error without a body.
 * HF_OK or HF_ERR_NOMEM. The window has room. */
int hf_answer_append(hf_session *session, int status, hf_ticket ticket) HF_MUST_CHECK;

/* Send what may leave. *is_blocked: the peer does not take it now. HF_OK, HF_ERR_CLOSED
 * or HF_ERR_SYSTEM. */
int hf_answer_send(hf_session *session, bool *is_blocked) HF_MUST_CHECK;

#endif
