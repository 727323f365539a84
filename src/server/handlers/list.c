/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Pages of lists. A cursor names the last number that was looked at and the part it is
 * in, so a walk goes on exactly behind it, whatever was written meanwhile. A page may
 * be empty and yet not the last one: only cursor 0 ends a walk. Runs inside a step.
 */
#include "server/handlers/list.h"

#include "holdfast/counter.h"
#include "server/request.h"

#define CURSOR_OWN 0x80000000u /* in the part of the session's own objects */

/* A walk over what the session can see of a kind, in id order. */
typedef struct walk {
    uint8_t kind;
    bool is_own; /* in the part of the own objects, not in that of the global ones */
    hf_id after; /* looked at last */
    hf_id last;  /* end of the part */
} walk;

static void enter(walk *w, bool is_own, uint16_t owner, uint32_t number)
{
    w->is_own = is_own;
    w->after = hf_id_make(w->kind, owner, number);
    w->last = hf_id_make(w->kind, owner, HF_NUMBER_MAX);
}

static int begin(const hf_request *rq, uint32_t cursor, walk *w)
{
    const hf_identity *identity = &rq->session->identity;
    if ((cursor & ~(CURSOR_OWN | HF_NUMBER_MAX)) != 0) {
        return HF_ERR_RANGE;
    }
    if ((cursor & CURSOR_OWN) != 0) {
        enter(w, true, identity->owner, cursor & HF_NUMBER_MAX);
        return identity->owner == HF_OWNER_GLOBAL ? HF_ERR_RANGE : HF_OK;
    }
    if ((identity->permissions & HF_PERMISSION_USE_GLOBAL) == 0) {
        /* Nothing is between the ends of this part: the walk goes on to the next. */
        cursor = HF_NUMBER_MAX;
    }
    enter(w, false, HF_OWNER_GLOBAL, cursor);
    return HF_OK;
}

static uint32_t cursor_of(const walk *w)
{
    return hf_id_number(w->after) | (w->is_own ? CURSOR_OWN : 0u);
}

static int next_of_kind(hf_request *rq, const walk *w, hf_metadata *meta)
    HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    if (w->after >= w->last) {
        return HF_ERR_NOTFOUND;
    }
    if (w->kind == HF_KIND_KEY) {
        return hf_keystore_next(&rq->server->keystore, w->after, w->last, meta);
    }
    if (w->kind == HF_KIND_COUNTER) {
        return hf_counter_next(nvm, w->after, w->last, meta);
    }
    return hf_nvm_next(nvm, w->after, w->last, meta);
}

/* The next object of the walk, in this part or the one behind it; the walk stays where
 * it is. */
static int peek(hf_request *rq, walk *w, hf_metadata *meta) HF_REQUIRES(hf_tsa_nvm)
{
    uint16_t owner = rq->session->identity.owner;
    int rc = next_of_kind(rq, w, meta);
    if (rc != HF_ERR_NOTFOUND || w->is_own || owner == HF_OWNER_GLOBAL) {
        return rc;
    }
    enter(w, true, owner, 0);
    return next_of_kind(rq, w, meta);
}

static int append(hf_request *rq, const hf_metadata *meta, hf_buffer *entries)
    HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_object_entry entry = { .handle = hf_handle_of(meta->id),
                              .type = meta->type,
                              .len = meta->len,
                              .flags = meta->flags,
                              .label = hf_request_label(meta) };
    if (hf_id_kind(meta->id) == HF_KIND_COUNTER) {
        int rc = hf_nvm_get_counter(nvm, meta->id, &entry.value);
        if (rc != HF_OK) {
            return rc;
        }
    }
    return hf_object_entry_encode(&entry, entries);
}

/* Append entries until the page is full (the cursor then tells where to go on) or the
 * walk has ended. */
static int fill(hf_request *rq, walk *w, hf_buffer *entries, uint32_t *cursor)
    HF_REQUIRES(hf_tsa_nvm)
{
    for (;;) {
        hf_metadata meta;
        int rc = peek(rq, w, &meta);
        if (rc == HF_ERR_NOTFOUND) {
            *cursor = 0;
            return HF_OK;
        }
        if (rc == HF_ERR_AGAIN) {
            /* Enough was looked at in one hold. */
            w->after = meta.id;
        }
        if (rc == HF_ERR_AGAIN ||
            (rc == HF_OK && entries->size - entries->len < HF_OBJECT_ENTRY_LEN)) {
            *cursor = cursor_of(w);
            return HF_OK;
        }
        if (rc == HF_OK) {
            rc = append(rq, &meta, entries);
        }
        if (rc != HF_OK) {
            return rc;
        }
        w->after = meta.id;
    }
}

uint32_t hf_list_page_room(const hf_request *rq, uint16_t count_max)
{
    uint32_t room = hf_request_body_room(rq, HF_RESPONSE_FIXED_LEN(nvm_list));
    uint32_t count = room / HF_OBJECT_ENTRY_LEN;
    if (count > HF_LIST_PAGE_COUNT_MAX) {
        count = HF_LIST_PAGE_COUNT_MAX;
    }
    if (count_max != 0 && count > count_max) {
        count = count_max;
    }
    return count * HF_OBJECT_ENTRY_LEN;
}

int hf_list_page_read(hf_request *rq, uint8_t kind, uint32_t cursor, uint16_t count_max,
                      hf_list_page *page)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    walk w = { .kind = kind };
    int rc = begin(rq, cursor, &w);
    if (rc != HF_OK) {
        return rc;
    }
    hf_buffer entries;
    rq->scratch.len = 0;
    rc = hf_request_take(rq, hf_list_page_room(rq, count_max), &entries);
    if (rc != HF_OK) {
        return rc;
    }
    hf_nvm_observe_head(nvm);
    page->generation = hf_nvm_head(nvm);
    rc = fill(rq, &w, &entries, &page->cursor);
    page->entries = hf_request_bytes(&entries);
    return rc;
}
