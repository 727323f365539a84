/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A request: which object it names, what its session may do with it, and what the
 * handlers of all groups share. Ids are formed here and nowhere else. Looks at the
 * session's identity and at constants; no lock.
 */
#include "server/request.h"

#include <string.h>

/* More input than this, in bytes, takes longer than other requests should wait. */
#define QUICK_LEN_MAX (256u * 1024u)

static bool has_permission(const hf_request *rq, uint32_t permission)
{
    return (rq->session->identity.permissions & permission) == permission;
}

/* The owner that a handle's flags name, or HF_ERR_ACCESS. */
static int find_owner(const hf_request *rq, hf_handle handle, bool for_writing,
                      uint16_t *owner)
{
    if ((handle & HF_HANDLE_GLOBAL) == 0) {
        *owner = rq->session->identity.owner;
        return *owner == HF_OWNER_GLOBAL ? HF_ERR_ACCESS : HF_OK;
    }
    uint32_t needed = HF_PERMISSION_USE_GLOBAL;
    if (for_writing) {
        needed |= HF_PERMISSION_WRITE_GLOBAL;
    }
    *owner = HF_OWNER_GLOBAL;
    return has_permission(rq, needed) ? HF_OK : HF_ERR_ACCESS;
}

int hf_request_form_id(const hf_request *rq, uint8_t kind, hf_handle handle,
                       bool for_writing, hf_id *id)
{
    if ((handle & ~(HF_HANDLE_GLOBAL | HF_HANDLE_NUMBER)) != 0) {
        return HF_ERR_RANGE;
    }
    uint16_t owner;
    int rc = find_owner(rq, handle, for_writing, &owner);
    if (rc == HF_OK) {
        *id = hf_id_make(kind, owner, handle & HF_HANDLE_NUMBER);
    }
    return rc;
}

int hf_request_check_access(const hf_request *rq, const hf_metadata *meta,
                            bool for_writing)
{
    uint16_t narrowed = for_writing ? HF_ACCESS_ADMIN_WRITE : HF_ACCESS_ADMIN_READ;
    if ((meta->access & narrowed) != 0 && !has_permission(rq, HF_PERMISSION_ADMIN)) {
        return HF_ERR_ACCESS;
    }
    return HF_OK;
}

uint32_t hf_request_body_room(const hf_request *rq, uint32_t fixed_len)
{
    uint32_t size = rq->session->body_size;
    return size > fixed_len ? size - fixed_len : 0;
}

int hf_request_check_room(const hf_request *rq, uint32_t fixed_len, size_t len)
{
    return len > hf_request_body_room(rq, fixed_len) ? HF_ERR_SIZE : HF_OK;
}

int hf_request_check_fits(const hf_request *rq)
{
    size_t len = hf_proto_encoded_len(rq->handler->kind, true, &rq->out);
    return len <= rq->session->body_size ? HF_OK : HF_ERR_SIZE;
}

int hf_request_take(hf_request *rq, size_t size, hf_buffer *buffer)
{
    hf_buffer *scratch = &rq->scratch;
    if (size > scratch->size - scratch->len) {
        return HF_ERR_SIZE;
    }
    uint8_t *at = scratch->data == NULL ? NULL : scratch->data + scratch->len;
    *buffer = hf_buffer_of(at, size);
    scratch->len += size;
    return HF_OK;
}

int hf_request_check_stage(size_t len)
{
    return len > HF_CFG_STAGE_SIZE_MAX ? HF_ERR_SIZE : HF_OK;
}

int hf_request_choose_affinity(const hf_request *rq, uint32_t key_flags, uint16_t asked,
                               uint16_t *affinity)
{
    uint16_t policy = rq->server->config.affinity;
    bool is_bound = policy == HF_AFFINITY_ANY && (key_flags & HF_FLAG_HARDWARE) != 0;
    if (is_bound && asked == HF_AFFINITY_SOFTWARE) {
        return HF_ERR_NOTSUPPORTED;
    }
    *affinity = is_bound ? HF_AFFINITY_HARDWARE : asked;
    if (policy != HF_AFFINITY_ANY) {
        *affinity = policy;
    }
    return HF_OK;
}

int hf_request_select_for_key(hf_request *rq, uint16_t algorithm, uint32_t key_type,
                              uint32_t key_flags, uint16_t asked)
{
    uint16_t affinity;
    int rc = hf_request_choose_affinity(rq, key_flags, asked, &affinity);
    if (rc != HF_OK) {
        return rc;
    }
    rq->device = rq->first_device;
    rc = hf_crypto_select_from(&rq->server->crypto, algorithm, key_type, affinity,
                               &rq->device);
    rq->may_fall_back = rc == HF_OK;
    return rc;
}

int hf_request_select_device(hf_request *rq, uint16_t algorithm, uint32_t key_type,
                             uint16_t affinity)
{
    return hf_request_select_for_key(rq, algorithm, key_type, 0, affinity);
}

static bool is_concurrent(const hf_crypto_device *device, uint16_t algorithm)
{
    const hf_crypto_device_ops *ops = device->config.ops;
    if (device->config.is_exclusive) {
        return false;
    }
    if (algorithm == HF_ALG_NONE) {
        return ops->random != NULL;
    }
    return ops->is_supported != NULL &&
           ops->is_supported(device->config.context, algorithm, 0);
}

int hf_request_find_device(const hf_request *rq, uint16_t algorithm, uint32_t *device)
{
    const hf_crypto *crypto = &rq->server->crypto;
    for (uint32_t i = 0; i < crypto->device_count; i++) {
        if (is_concurrent(&crypto->devices[i], algorithm)) {
            *device = i;
            return HF_OK;
        }
    }
    return hf_crypto_select(crypto, algorithm, 0, HF_AFFINITY_ANY, device);
}

int hf_request_parse_key(hf_request *rq)
{
    hf_lease *lease = &rq->leases[0];
    if (lease->key.parsed != NULL && lease->key.device == rq->device) {
        return HF_OK;
    }
    /* A form can exist although an error is told (the device's lock failed at its
       release). */
    const void *shared = lease->key.parsed;
    int rc = hf_crypto_parse(&rq->server->crypto, rq->device, &lease->key);
    lease->is_parsed_own = lease->key.parsed != NULL && lease->key.parsed != shared;
    return rc;
}

int hf_request_random(hf_request *rq, hf_buffer *out)
{
    hf_crypto *crypto = &rq->server->crypto;
    uint32_t device = rq->device;
    int rc = HF_OK;
    out->len = 0;
    if (device == HF_CRYPTO_DEVICE_NONE ||
        crypto->devices[device].config.ops->random == NULL) {
        rc = hf_request_find_device(rq, HF_ALG_NONE, &device);
    }
    if (rc == HF_OK) {
        rc = hf_crypto_random(crypto, device, out->data, out->size);
    }
    out->len = rc == HF_OK ? out->size : 0;
    return rc;
}

static hf_cost cost_of(bool is_slow, size_t len)
{
    return is_slow || len > QUICK_LEN_MAX ? HF_COST_SLOW : HF_COST_QUICK;
}

hf_cost hf_request_cost(uint32_t key_type, size_t len)
{
    const hf_key_type_info *info = hf_key_type_find(key_type);
    return cost_of(info != NULL && info->slow != 0, len);
}

hf_cost hf_request_use_cost(uint16_t algorithm, uint32_t key_type, bool is_backward,
                            size_t len)
{
    const hf_algorithm *row = hf_algorithm_find(algorithm);
    return cost_of(row != NULL && hf_algorithm_is_slow(row, key_type, is_backward), len);
}

void hf_request_set_meta(hf_request *rq, uint32_t flags, uint16_t access,
                         const hf_label *label)
{
    rq->meta = (hf_metadata){ .id = rq->id, .flags = flags, .access = access };
    memcpy(rq->meta.label, label->text, HF_LABEL_SIZE);
}

hf_label hf_request_label(const hf_metadata *meta)
{
    hf_label label;
    memcpy(label.text, meta->label, HF_LABEL_SIZE);
    return label;
}
