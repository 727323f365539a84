/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * NVM: data objects. Each request is one step, so what it checks and what it does, and an
 * object's metadata and its bytes, belong to one moment.
 */
#include "server/handlers/handlers.h"
#include "server/handlers/list.h"
#include "server/request.h"

/* Metadata of an existing object that the session may read, or (for_writing) change. */
static int find(hf_request *rq, hf_handle handle, bool for_writing, hf_metadata *meta)
    HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    int rc = hf_request_form_id(rq, HF_KIND_DATA, handle, for_writing, &rq->id);
    if (rc == HF_OK) {
        rc = hf_nvm_get_metadata(nvm, rq->id, meta);
    }
    return rc == HF_OK ? hf_request_check_access(rq, meta, for_writing) : rc;
}

/* Give the new object in rq->meta its number, or see whether it may replace the
 * present one. */
static int claim(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_metadata old;
    if (hf_id_number(rq->meta.id) == 0) {
        return hf_keystore_assign_number(&rq->server->keystore, HF_KIND_DATA,
                                         hf_id_owner(rq->meta.id), &rq->meta.id);
    }
    int rc = hf_nvm_get_metadata(nvm, rq->meta.id, &old);
    if (rc == HF_ERR_NOTFOUND) {
        return HF_OK;
    }
    return rc == HF_OK ? hf_request_check_access(rq, &old, true) : rc;
}

static int put_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    const hf_nvm_put_request *in = &rq->in.nvm_put;
    int rc = hf_request_form_id(rq, HF_KIND_DATA, in->handle, true, &rq->id);
    if (rc != HF_OK) {
        return rc;
    }
    hf_request_set_meta(rq, in->flags, in->access, &in->label);
    rc = claim(rq);
    if (rc == HF_OK) {
        rc = hf_nvm_put_checked(nvm, &rq->meta, in->data);
    }
    rq->out.nvm_put.handle = hf_handle_of(rq->meta.id);
    return rc;
}

static uint32_t read_room(const hf_request *rq)
{
    uint32_t room = hf_request_body_room(rq, HF_RESPONSE_FIXED_LEN(nvm_read));
    return rq->in.nvm_read.len < room ? rq->in.nvm_read.len : room;
}

static int read_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_metadata meta;
    hf_buffer data;
    rq->scratch.len = 0;
    int rc = find(rq, rq->in.nvm_read.handle, false, &meta);
    if (rc == HF_OK) {
        rc = hf_request_take(rq, read_room(rq), &data);
    }
    if (rc == HF_OK) {
        rc = hf_nvm_read_checked(nvm, rq->id, rq->in.nvm_read.offset, &data);
    }
    if (rc != HF_OK) {
        return rc;
    }
    rq->out.nvm_read = (hf_nvm_read_response){
        .total_len = meta.len,
        .generation = meta.generation,
        .flags = meta.flags,
        .label = hf_request_label(&meta),
        .data = hf_request_bytes(&data),
    };
    return HF_OK;
}

static int info_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_metadata meta;
    int rc = hf_request_form_id(rq, HF_KIND_DATA, rq->in.nvm_info.handle, false, &rq->id);
    if (rc == HF_OK) {
        rc = hf_nvm_get_metadata(nvm, rq->id, &meta);
    }
    if (rc != HF_OK) {
        return rc;
    }
    rq->out.nvm_info = (hf_nvm_info_response){
        .len = meta.len,
        .generation = meta.generation,
        .flags = meta.flags,
        .access = meta.access,
        .label = hf_request_label(&meta),
    };
    return HF_OK;
}

static uint32_t list_room(const hf_request *rq)
{
    return hf_list_page_room(rq, rq->in.nvm_list.count_max);
}

static int list_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_nvm_list_request *in = &rq->in.nvm_list;
    hf_list_page page;
    int rc = hf_list_page_read(rq, HF_KIND_DATA, in->cursor, in->count_max, &page);
    if (rc == HF_OK) {
        rq->out.nvm_list = (hf_nvm_list_response){ .cursor = page.cursor,
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
    int rc = find(rq, rq->in.nvm_destroy.handle, true, &meta);
    return rc == HF_OK ? hf_nvm_destroy_checked(nvm, rq->id) : rc;
}

static int space_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_nvm_space space;
    hf_nvm_get_space(nvm, &space);
    rq->out.nvm_space = (hf_nvm_space_response){
        .total_size = space.total_size,
        .used_size = space.used_size,
        .free_size = space.free_size,
        .reclaimable_size = space.reclaimable_size,
        .object_count = space.object_count,
        .object_count_max = space.object_count_max,
    };
    return HF_OK;
}

const hf_handler hf_handlers_nvm[] = {
    { .kind = HF_REQ_nvm_put,
      .name = "nvm_put",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = put_prepare },
    { .kind = HF_REQ_nvm_read,
      .name = "nvm_read",
      .permission = HF_PERMISSION_IDENTITY,
      .room = read_room,
      .prepare = read_prepare },
    { .kind = HF_REQ_nvm_info,
      .name = "nvm_info",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = info_prepare },
    { .kind = HF_REQ_nvm_list,
      .name = "nvm_list",
      .permission = HF_PERMISSION_IDENTITY,
      .room = list_room,
      .prepare = list_prepare },
    { .kind = HF_REQ_nvm_destroy,
      .name = "nvm_destroy",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = destroy_prepare },
    { .kind = HF_REQ_nvm_space,
      .name = "nvm_space",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = space_prepare },
};
const size_t hf_handlers_nvm_count = sizeof(hf_handlers_nvm) / sizeof(hf_handlers_nvm[0]);
