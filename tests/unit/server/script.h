/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Rows made up for the tests of the dispatcher, in a server whose second device is
 * exclusive; nothing is computed on it. Other requests can be run from inside the work of
 * one that holds a place: so they meet a busy server in a single thread.
 */
#ifndef TEST_SERVER_SCRIPT_H
#define TEST_SERVER_SCRIPT_H

#include "fixture.h"

#include "server/dispatch.h"

#define EXCLUSIVE 1u /* the second device */
#define KEY_ID(number) hf_id_make(HF_KIND_KEY, 7, (number))
#define WOKEN_MAX 64u
#define KIND HF_REQ_comm_echo /* of the rows, for the statistics */

/* What the made-up rows do, and what they did. */
typedef struct row_script {
    int prepare, work, finish; /* what they return */
    uint32_t again_count;      /* times that prepare says AGAIN first */
    uint32_t device;
    hf_cost cost;
    bool is_busy;       /* prepare and finish find no key slot */
    bool leases;        /* prepare leases KEY_ID(1) */
    bool puts;          /* prepare and finish store an object */
    bool wants_durable; /* prepare asks for it */
    bool may_fall_back; /* prepare has chosen the device */
    bool store_breaks;  /* in prepare */
    bool restarts;      /* the first finish wants everything again */
    void (*in_work)(hf_request *rq);
    char trace[64];
    fixture *f;
    peer *woken[WOKEN_MAX];
    uint32_t woken_count;
} row_script;

extern row_script script;

/* The letters of a name are the parts that it has. Slow when the script says so. */
extern const hf_handler row_p, row_w, row_pw, row_pf, row_wf, row_pwf;

/* Per-test setup and teardown, which sees that nothing is left in a gate. */
int script_setup(void **state);
int script_teardown(void **state);

/* Note in the trace that a part has run. */
void script_note(char letter);

/* Store an object of `len` zeros. */
int script_put(hf_request *rq, uint32_t number, size_t len) HF_REQUIRES(hf_tsa_nvm);

/* A request for this row, and the one that a session has. */
hf_request *request_make(peer *p, const hf_handler *row);
hf_request *request_of(peer *p);

/* Run a row alone, to its end: its status. Nothing may be held then. */
int request_run(peer *p, const hf_handler *row);

#endif
