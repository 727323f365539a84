/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Reading a store back through every function that reads, inside a step of the caller.
 */
#include "workload.h"

#include <string.h>

static bool same_metadata(const hf_metadata *a, const hf_metadata *b)
{
    return a->id == b->id && a->flags == b->flags && a->type == b->type &&
           a->access == b->access && memcmp(a->label, b->label, HF_LABEL_SIZE) == 0;
}

static int observe_counter(workload *w, uint32_t index, model_object *seen)
    HF_REQUIRES(w->nvm.lock, hf_tsa_nvm)
{
    int rc = hf_nvm_get_counter(&w->nvm, model_id(index), &seen->value);
    if (rc == HF_OK && seen->len != 8) {
        (void)workload_defect(w, "counter %u has %u bytes", index, seen->len);
    }
    return rc;
}

/* The whole payload, and a part of it. */
static int observe_payload(workload *w, uint32_t index, const model_object *seen)
    HF_REQUIRES(w->nvm.lock, hf_tsa_nvm)
{
    uint8_t expected[MODEL_PAYLOAD_MAX];
    uint8_t data[MODEL_PAYLOAD_MAX];
    hf_buffer whole = hf_buffer_of(data, sizeof data);
    if (seen->len > sizeof data) {
        (void)workload_defect(w, "object %u has %u bytes", index, seen->len);
        return HF_OK;
    }
    model_fill_payload(expected, seen->len, index, seen->version);
    int rc = hf_nvm_read_unchecked(&w->nvm, model_id(index), 0, &whole);
    if (rc != HF_OK) {
        return rc;
    }
    if (whole.len != seen->len || memcmp(data, expected, seen->len) != 0) {
        (void)workload_defect(w, "object %u, version %u: wrong payload", index,
                              seen->version);
    }
    uint32_t offset = random_below(&w->random, seen->len + 1u);
    hf_buffer part = hf_buffer_of(data, random_below(&w->random, sizeof data) + 1u);
    uint32_t rest = seen->len - offset;
    uint32_t wanted = rest < part.size ? rest : (uint32_t)part.size;
    rc = hf_nvm_read_unchecked(&w->nvm, model_id(index), offset, &part);
    if (rc == HF_OK && !w->may_be_corrupt &&
        (part.len != wanted || memcmp(data, expected + offset, wanted) != 0)) {
        (void)workload_defect(w, "object %u, version %u: wrong bytes %u+%u", index,
                              seen->version, offset, wanted);
    }
    return rc;
}

int workload_observe_object(workload *w, uint32_t index, model_object *seen)
{
    hf_metadata meta;
    hf_metadata expected;
    memset(seen, 0, sizeof *seen);
    w->is_corrupt[index] = false;
    int rc = hf_nvm_get_metadata(&w->nvm, model_id(index), &meta);
    if (rc == HF_ERR_NOTFOUND) {
        if (hf_nvm_has(&w->nvm, model_id(index))) {
            (void)workload_defect(w, "object %u is there, but has no metadata", index);
        }
        return HF_OK;
    }
    if (rc == HF_OK) {
        seen->version = model_label_version(&meta);
        seen->len = meta.len;
        seen->generation = meta.generation;
        model_fill_metadata(&expected, index, seen->version);
        if (seen->version == 0 || !same_metadata(&meta, &expected) ||
            !hf_nvm_has(&w->nvm, model_id(index))) {
            (void)workload_defect(w, "object %u: wrong metadata", index);
        }
        rc = model_is_counter(index) ? observe_counter(w, index, seen)
                                     : observe_payload(w, index, seen);
    }
    if (rc == HF_ERR_CORRUPT && w->may_be_corrupt) {
        w->is_corrupt[index] = true;
        w->counts.corrupt++;
        return HF_OK;
    }
    return rc;
}

int workload_observe(workload *w, model_state *seen)
{
    memset(seen, 0, sizeof *seen);
    for (uint32_t i = 0; i < MODEL_OBJECT_COUNT; i++) {
        int rc = workload_observe_object(w, i, &seen->objects[i]);
        if (rc != HF_OK) {
            return rc;
        }
    }
    return HF_OK;
}

int workload_observe_list(workload *w, const model_state *state)
{
    hf_metadata meta;
    hf_id after = 0;
    uint32_t expected = 0;
    uint32_t found = 0;
    int rc;
    for (uint32_t i = 0; i < MODEL_OBJECT_COUNT; i++) {
        expected += state->objects[i].version != 0 ? 1 : 0;
    }
    while ((rc = hf_nvm_next(&w->nvm, after, UINT64_MAX, &meta)) == HF_OK) {
        uint32_t index = model_index(meta.id);
        if (meta.id <= after || index == MODEL_OBJECT_COUNT) {
            (void)workload_defect(w, "the list goes from %llx to %llx",
                                  (unsigned long long)after, (unsigned long long)meta.id);
            return HF_OK;
        }
        if (state->objects[index].version != model_label_version(&meta)) {
            (void)workload_defect(w, "the list has version %u of object %u, not %u",
                                  model_label_version(&meta), index,
                                  state->objects[index].version);
        }
        after = meta.id;
        found++;
    }
    if (rc == HF_ERR_NOTFOUND && found != expected) {
        (void)workload_defect(w, "the list has %u objects, not %u", found, expected);
    }
    return rc == HF_ERR_NOTFOUND ? HF_OK : rc;
}
