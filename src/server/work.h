/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The work area of an active session: the request in progress, the answers that have not
 * left, and the buffers of its channel. Taken from the port's memory when something
 * arrives, wiped and given back when the session is idle. Used by the one thread that
 * serves the session.
 */
#ifndef HF_SERVER_WORK_H
#define HF_SERVER_WORK_H

#include "holdfast/handler.h"

/* Bytes of scratch that every work area has; a request that needs more takes its own. */
#define HF_WORK_SCRATCH_SIZE 1024u

/* Bytes that the channel's buffers begin with; larger frames take larger ones. */
#define HF_WORK_BUFFER_SIZE 4096u

/* An answer in the send buffer. */
typedef struct hf_answer {
    size_t len;       /* bytes of its frame that have not left */
    hf_ticket ticket; /* 0: it may leave */
} hf_answer;

/* What a request could not give back because the lock could not be had: given back in the
 * session's next hold, before anything else is begun. */
typedef struct hf_orphans {
    hf_lease leases[HF_CFG_REQUEST_LEASES_MAX];
    hf_gate *device_gate;
    hf_gate *slow_gate;
    hf_gate *long_gate;
    bool is_queued; /* the session is still in a queue */
    bool exist;     /* any of these */
} hf_orphans;

typedef struct hf_session_work {
    hf_request request;
    bool is_active;  /* `request` is in progress */
    size_t body_len; /* of its frame, which is still in the receive buffer */
    hf_orphans orphans;
    hf_answer answers[HF_CFG_WINDOW_MAX]; /* a ring, oldest at `first` */
    uint32_t answer_first, answer_count;
    uint8_t *in_taken, *out_taken; /* larger buffers that were taken, or NULL */
    size_t in_taken_size, out_taken_size;
    size_t size; /* of this area with its first buffers */
    uint8_t scratch[HF_WORK_SCRATCH_SIZE];
} hf_session_work;

/* Memory of the port; given back wiped. NULL may be given. */
void *hf_work_memory_take(const hf_server *server, size_t size);
void hf_work_memory_give(const hf_server *server, void *memory, size_t size);

/* Have a work area; harmless when there is one. HF_OK or HF_ERR_NOMEM. */
int hf_work_take(hf_session *session) HF_MUST_CHECK;

/* Wipe the work area and give it back; harmless when there is none. */
void hf_work_give(hf_session *session);

/* Make the request empty. */
void hf_work_clear_request(hf_session *session, hf_request *rq);

/* A receive buffer of `size` bytes, for one large frame. HF_OK or HF_ERR_NOMEM. */
int hf_work_grow_in(hf_session *session, size_t size) HF_MUST_CHECK;

/* Room for `len` more bytes behind what is in the send buffer. HF_OK or HF_ERR_NOMEM. */
int hf_work_reserve_out(hf_session *session, size_t len) HF_MUST_CHECK;

#endif
