/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * COUNTER: monotonic counters. Each request is one step: reading and writing a counter
 * cannot be separated. Raising one changes what everybody sees, so it needs the right
 * to write.
 */
#include "holdfast/counter.h"
#include "server/handlers/handlers.h"
#include "server/handlers/list.h"
#include "server/request.h"

/* Metadata of a counter that the session may read, or (for_writing) change. */
static int find(hf_request *rq, hf_handle handle, bool for_writing, hf_metadata *meta)
    HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    int rc = hf_request_form_id(rq, HF_KIND_COUNTER, handle, for_writing, &rq->id);
    if (rc == HF_OK) {
        rc = hf_counter_get_metadata(nvm, rq->id, meta);
    }
    return rc == HF_OK ? hf_request_check_access(rq, meta, for_writing) : rc;
}

static int create_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    const hf_counter_create_request *in = &rq->in.counter_create;
    uint64_t value = in->value;
    int rc = hf_request_form_id(rq, HF_KIND_COUNTER, in->handle, true, &rq->id);
    if (rc != HF_OK) {
        return rc;
    }
    hf_request_set_meta(rq, in->flags, in->access, &in->label);
    if (hf_id_number(rq->id) == 0) {
        rc = hf_keystore_assign_number(&rq->server->keystore, HF_KIND_COUNTER,
                                       hf_id_owner(rq->id), &rq->meta.id);
    }
    if (rc == HF_OK) {
        rc = hf_counter_create(nvm, &rq->meta, &value);
    }
    rq->out.counter_create.handle = hf_handle_of(rq->meta.id);
    rq->out.counter_create.value = value;
    return rc;
}

static int increment_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    const hf_counter_increment_request *in = &rq->in.counter_increment;
    hf_metadata meta;
    uint64_t *value = &rq->out.counter_increment.value;
    int rc = find(rq, in->handle, true, &meta);
    return rc == HF_OK ? hf_counter_increment(nvm, rq->id, in->by, value) : rc;
}

static int read_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_metadata meta;
    hf_counter_read_response *out = &rq->out.counter_read;
    int rc = find(rq, rq->in.counter_read.handle, false, &meta);
    if (rc != HF_OK) {
        return rc;
    }
    out->flags = meta.flags;
    out->label = hf_request_label(&meta);
    return hf_nvm_get_counter(nvm, rq->id, &out->value);
}

static uint32_t list_room(const hf_request *rq)
{
    return hf_list_page_room(rq, rq->in.counter_list.count_max);
}

static int list_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_counter_list_request *in = &rq->in.counter_list;
    hf_list_page page;
    int rc = hf_list_page_read(rq, HF_KIND_COUNTER, in->cursor, in->count_max, &page);
    if (rc == HF_OK) {
        rq->out.counter_list = (hf_counter_list_response){ .cursor = page.cursor,
                                                           .generation = page.generation,
                                                           .entries = page.entries };
    }
    return rc;
}

static int destroy_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_metadata meta;
    int rc = find(rq, rq->in.counter_destroy.handle, true, &meta);
    return rc == HF_OK ? hf_counter_destroy(nvm, rq->id) : rc;
}

static int purge_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_handle handle = rq->in.counter_purge.handle;
    int rc = hf_request_form_id(rq, HF_KIND_COUNTER, handle, true, &rq->id);
    return rc == HF_OK ? hf_counter_purge(nvm, rq->id) : rc;
}

const hf_handler hf_handlers_counter[] = {
    { .kind = HF_REQ_counter_create,
      .name = "counter_create",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = create_prepare },
    { .kind = HF_REQ_counter_increment,
      .name = "counter_increment",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = increment_prepare },
    { .kind = HF_REQ_counter_read,
      .name = "counter_read",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = read_prepare },
    { .kind = HF_REQ_counter_list,
      .name = "counter_list",
      .permission = HF_PERMISSION_IDENTITY,
      .room = list_room,
      .prepare = list_prepare },
    { .kind = HF_REQ_counter_destroy,
      .name = "counter_destroy",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = destroy_prepare },
    { .kind = HF_REQ_counter_purge,
      .name = "counter_purge",
      .permission = HF_PERMISSION_IDENTITY | HF_PERMISSION_ADMIN,
      .prepare = purge_prepare },
};
const size_t hf_handlers_counter_count =
    sizeof(hf_handlers_counter) / sizeof(hf_handlers_counter[0]);
