/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Handlers: what the dispatcher runs for a request. A request is one row of a table; a
 * row leaves out what it does not need.
 *
 * prepare and finish run inside a step: under the store lock, as one transaction, and
 * may be run again (HF_ERR_AGAIN) until they commit; so they change nothing but through
 * the store's and the keystore's calls, and rq->out. work runs without any store lock.
 * An error from any of them ends the request and is its answer; a failing finish wipes
 * what work produced.
 *
 * A handler reads: check -> act -> result. The body was decoded and its ranges checked
 * by the catalogue before prepare.
 */
#ifndef HOLDFAST_HANDLER_H
#define HOLDFAST_HANDLER_H

#include "holdfast/server.h"

/* LONG: many seconds, to minutes. Only half of the places for slow work are for such. */
typedef enum hf_cost { HF_COST_QUICK = 0, HF_COST_SLOW = 1, HF_COST_LONG = 2 } hf_cost;

typedef struct hf_request {
    hf_server *server;
    hf_session *session;
    const struct hf_handler *handler;
    hf_any_request in;   /* decoded; slices point into the received frame */
    hf_any_response out; /* the answer; slices may point into `scratch` or `in` */
    hf_buffer scratch;   /* room for what the answer's slices point to; wiped after use */
    hf_id id;            /* for the handler: the object */
    hf_metadata meta;    /* for the handler: carries metadata from prepare to finish */
    hf_lease leases[HF_CFG_REQUEST_LEASES_MAX]; /* released by the dispatcher on every
    path */
    uint32_t device;    /* set by prepare when work needs a crypto device, else
                            HF_CRYPTO_DEVICE_NONE: the dispatcher queues for exclusive
                            ones */
    uint8_t nonce[16];  /* for the handler */
    int status;         /* for the handler: an error that prepare found and work tells,
                           after it ended what can only be ended without the lock */
    bool restart;       /* a finish that returns HF_ERR_AGAIN sets it when work must be
                            repeated: the request runs again from prepare */
    bool wants_durable; /* prepare sets it when work must not begin before what its step
                           did is durable */
    bool may_fall_back; /* set by hf_request_select_device and its like: the next device
                           would do as well if this one fails */
    uint32_t first_device; /* where they begin to look: behind those that failed */
    /* Private to the dispatcher: */
    hf_drops drops;
    hf_ticket ticket;      /* what must be durable before the answer may leave */
    hf_ticket wait_ticket; /* what must be durable before the request may go on; 0 =
    nothing */
    uint32_t again_count;
    uint64_t clean_count; /* hf_server.clean_count when cleaning was last asked for */
    int result;           /* the status of the answer */
    uint16_t kind, sequence;
    uint8_t stage;
    bool has_device_failed; /* not yet counted */
    hf_gate *device_gate;   /* it is inside of this one; NULL: of none */
    hf_gate *slow_gate;
    hf_gate *long_gate;
    uint8_t *taken; /* scratch that was taken for this request alone, or NULL */
    size_t taken_size;
} hf_request;

typedef struct hf_handler {
    uint16_t kind; /* enum hf_request_kind */
    const char *name;
    uint32_t permission; /* HF_PERMISSION_* that the session must all have */
    hf_cost (*cost)(const hf_request *rq); /* NULL = quick; asked after prepare */
    /* Bytes of rq->scratch that this request needs, from rq->in; without any lock, before
     * prepare; NULL = none. */
    uint32_t (*room)(const hf_request *rq);
    int (*prepare)(hf_request *rq); /* HF_REQUIRES(hf_tsa_nvm) */
    int (*work)(hf_request *rq);    /* HF_EXCLUDES(hf_tsa_nvm) */
    int (*finish)(hf_request *rq);  /* HF_REQUIRES(hf_tsa_nvm) */
} hf_handler;

/*
 * The id that a handle names for this request's session: the one place where ids are
 * formed.
 *
 * kind        enum hf_kind.
 * for_writing the object will be created, replaced or destroyed.
 *
 * HF_OK and *id (number 0 stays 0: to be assigned), HF_ERR_ACCESS (GLOBAL without
 * USE_GLOBAL, or for writing without WRITE_GLOBAL), HF_ERR_RANGE (flags that this
 * request does not know).
 */
int hf_request_form_id(const hf_request *rq, uint8_t kind, hf_handle handle,
                       bool for_writing, hf_id *id) HF_MUST_CHECK;

/* HF_ERR_ACCESS when meta->access narrows what this session may do, else HF_OK. */
int hf_request_check_access(const hf_request *rq, const hf_metadata *meta,
                            bool for_writing) HF_MUST_CHECK;

#endif
