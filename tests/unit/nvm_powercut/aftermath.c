/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Two states of a store that need checks of their own: failed, and free of old secrets.
 */
#include "workload.h"

#include <string.h>

#define SECRET_LEN_MIN 8u /* fewer bytes could stand on the medium by chance */
#define SECRET_LEN_MAX 16u
#define COMPACT_COUNT_MAX 64u
#define COMPACT_STEP_COUNT_MAX 2000u

/* An object in a failed store: what is durable is right, what is not is not shown. */
static enum workload_result check_failed_read(workload *w, uint32_t index)
{
    const model_object *object = &model_head(&w->model)->objects[index];
    model_object seen;
    hf_ticket ticket;
    int rc = hf_nvm_lock(&w->nvm);
    if (rc != HF_OK) {
        return workload_defect(w, "locking a failed store: %s", hf_status_name(rc));
    }
    rc = workload_observe_object(w, index, &seen);
    rc = hf_nvm_unlock(&w->nvm, rc, &ticket);
    if (object->ticket > w->durable) {
        return rc == HF_ERR_IO ? WORKLOAD_OK
                               : workload_defect(w,
                                                 "a failed store shows object %u, which "
                                                 "is not durable: %s",
                                                 index, hf_status_name(rc));
    }
    if (rc == HF_ERR_IO && object->version == 0) {
        return WORKLOAD_OK; /* absence may depend on a destroy of another object */
    }
    if (rc != HF_OK) {
        return workload_defect(w, "a failed store does not show object %u: %s", index,
                               hf_status_name(rc));
    }
    if (seen.version != object->version || seen.value != object->value) {
        return workload_defect(w, "a failed store shows version %u of object %u, not %u",
                               seen.version, index, object->version);
    }
    return WORKLOAD_OK;
}

static enum workload_result check_failed_write(workload *w)
{
    hf_metadata meta;
    hf_ticket durable;
    model_fill_metadata(&meta, 0, 1);
    int rc = hf_nvm_lock(&w->nvm);
    if (rc != HF_OK) {
        return workload_defect(w, "locking a failed store: %s", hf_status_name(rc));
    }
    rc = hf_nvm_put_unchecked(&w->nvm, &meta, hf_bytes_of(NULL, 0));
    rc = hf_nvm_unlock(&w->nvm, rc, NULL);
    if (rc != HF_ERR_IO) {
        return workload_defect(w, "a failed store takes a write: %s", hf_status_name(rc));
    }
    rc = hf_nvm_sync(&w->nvm, &durable);
    if (durable != w->durable ||
        (rc == HF_OK && durable < model_head(&w->model)->ticket)) {
        return workload_defect(w, "a failed store syncs: %s", hf_status_name(rc));
    }
    return WORKLOAD_OK;
}

enum workload_result workload_check_failed(workload *w)
{
    workload_note_durable(w);
    if (!hf_nvm_is_failed(&w->nvm)) {
        /* Nothing was lost, so it may go on, and then it must do so properly. */
        w->device->has_failed = false;
        return workload_run(w, 10);
    }
    enum workload_result result = WORKLOAD_OK;
    for (uint32_t i = 0; i < MODEL_OBJECT_COUNT && result == WORKLOAD_OK; i++) {
        result = check_failed_read(w, i);
    }
    if (result == WORKLOAD_OK) {
        result = check_failed_write(w);
    }
    if (result == WORKLOAD_OK && w->is_locked) {
        return workload_defect(w, "a failed store stays locked");
    }
    return w->defect[0] != '\0' ? WORKLOAD_DEFECT : result;
}

static enum workload_result count_residue(workload *w, uint32_t *count)
{
    hf_nvm_space space;
    int rc = hf_nvm_lock(&w->nvm);
    if (rc != HF_OK) {
        return workload_failed(w, "locking", rc);
    }
    hf_nvm_get_space(&w->nvm, &space);
    *count = space.secret_residue_count;
    rc = hf_nvm_unlock(&w->nvm, HF_OK, NULL);
    return rc == HF_OK ? WORKLOAD_OK : workload_failed(w, "looking at the space", rc);
}

static bool contains(const uint8_t *data, size_t size, const uint8_t *part, size_t len)
{
    for (size_t i = 0; i + len <= size; i++) {
        if (memcmp(data + i, part, len) == 0) {
            return true;
        }
    }
    return false;
}

static enum workload_result check_secrets(workload *w)
{
    uint8_t payload[MODEL_PAYLOAD_MAX];
    for (uint32_t i = 0; i < w->secret_count; i++) {
        const workload_secret *secret = &w->secrets[i];
        const model_object *now = &model_head(&w->model)->objects[secret->index];
        size_t len = secret->len < SECRET_LEN_MAX ? secret->len : SECRET_LEN_MAX;
        if (len < SECRET_LEN_MIN) {
            continue;
        }
        model_fill_payload(payload, secret->len, secret->index, secret->version);
        const uint8_t *tail = payload + secret->len - len;
        if (contains(w->log_buffer, w->config.log_size, payload, len) ||
            contains(w->log_buffer, w->config.log_size, tail, len)) {
            return workload_defect(w, "the log buffer keeps version %u of key %u",
                                   secret->version, secret->index);
        }
        if (now->version != secret->version &&
            (fault_device_contains(w->device, payload, len) ||
             fault_device_contains(w->device, tail, len))) {
            return workload_defect(w, "the medium keeps version %u of key %u (now %u)",
                                   secret->version, secret->index, now->version);
        }
    }
    return WORKLOAD_OK;
}

enum workload_result workload_compact(workload *w)
{
    uint32_t residue = 1;
    for (uint32_t i = 0; residue != 0; i++) {
        bool more = true;
        bool is_in_vain = false;
        if (i == COMPACT_COUNT_MAX) {
            return workload_defect(w, "%u secrets stay after compaction", residue);
        }
        for (uint32_t j = 0; more && !is_in_vain && j < COMPACT_STEP_COUNT_MAX; j++) {
            enum workload_result result = workload_clean(w, true, &more, &is_in_vain);
            if (result != WORKLOAD_OK) {
                return result;
            }
            /* What cleaning copied must be durable before the old region can go. */
            result = workload_sync(w);
            if (result != WORKLOAD_OK) {
                return result;
            }
        }
        enum workload_result result = count_residue(w, &residue);
        if (result != WORKLOAD_OK) {
            return result;
        }
    }
    return check_secrets(w);
}
