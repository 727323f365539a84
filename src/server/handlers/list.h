/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Pages of lists: objects, keys and counters that a session can see, the global ones
 * before its own, each in the order of their numbers. Private to src/server/handlers.
 */
#ifndef HF_SERVER_HANDLERS_LIST_H
#define HF_SERVER_HANDLERS_LIST_H

#include "holdfast/handler.h"

/* Entries of one page at most: bounds the time that a page holds the lock. */
#define HF_LIST_PAGE_COUNT_MAX 64u

typedef struct hf_list_page {
    uint32_t cursor;     /* where the next page begins; 0: this is the last one */
    uint64_t generation; /* of the store, at this page */
    hf_bytes entries;    /* encoded, in rq->scratch */
} hf_list_page;

/* Bytes of scratch for a page of at most count_max entries (0: as many as fit). */
uint32_t hf_list_page_room(const hf_request *rq, uint16_t count_max);

/*
 * Read one page, in a step.
 *
 * kind    enum hf_kind: DATA, KEY or COUNTER.
 * cursor  0, or that of the page before.
 *
 * HF_OK, HF_ERR_RANGE (not a cursor), and what reading metadata returns.
 */
int hf_list_page_read(hf_request *rq, uint8_t kind, uint32_t cursor, uint16_t count_max,
                      hf_list_page *page) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

#endif
