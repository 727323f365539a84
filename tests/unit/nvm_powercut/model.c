/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The model: a history of states, and the contents that follow from a version.
 */
#include "model.h"

#include <string.h>

#include "random.h"

void model_init(model *m)
{
    m->state_count = 1;
    m->version = 0;
    memset(&m->states[0], 0, sizeof m->states[0]);
}

void model_copy(model *to, const model *from)
{
    to->state_count = from->state_count;
    to->version = from->version;
    memcpy(to->states, from->states, from->state_count * sizeof from->states[0]);
}

model_state *model_head(model *m)
{
    return &m->states[m->state_count - 1];
}

void model_commit(model *m, const model_state *state, hf_ticket ticket)
{
    const model_state *before = model_head(m);
    model_state *after = &m->states[m->state_count];
    *after = *state;
    after->ticket = ticket;
    for (uint32_t i = 0; i < MODEL_OBJECT_COUNT; i++) {
        const model_object *old = &before->objects[i];
        model_object *new = &after->objects[i];
        if (old->version != new->version || old->value != new->value) {
            new->ticket = ticket;
        }
    }
    m->state_count++;
}

size_t model_durable_index(const model *m, hf_ticket durable)
{
    size_t index = 0;
    for (size_t i = 1; i < m->state_count; i++) {
        if (m->states[i].ticket <= durable) {
            index = i;
        }
    }
    return index;
}

void model_reopen(model *m, size_t index)
{
    m->states[0] = m->states[index];
    m->states[0].ticket = 0;
    m->state_count = 1;
    for (uint32_t i = 0; i < MODEL_OBJECT_COUNT; i++) {
        m->states[0].objects[i].ticket = 0;
    }
}

hf_id model_id(uint32_t index)
{
    uint8_t kind = HF_KIND_DATA;
    if (model_is_counter(index)) {
        kind = HF_KIND_COUNTER;
    } else if (model_is_key(index)) {
        kind = HF_KIND_KEY;
    }
    return hf_id_make(kind, (uint16_t)((index % 3) * 7), index + 1);
}

uint32_t model_index(hf_id id)
{
    uint32_t index = hf_id_number(id) - 1;
    return index < MODEL_OBJECT_COUNT && model_id(index) == id ? index
                                                               : MODEL_OBJECT_COUNT;
}

void model_fill_metadata(hf_metadata *meta, uint32_t index, uint32_t version)
{
    random_state random = random_of(((uint64_t)version << 8) | index);
    memset(meta, 0, sizeof *meta);
    meta->id = model_id(index);
    meta->flags = (uint32_t)random_next(&random) & (HF_FLAG_TRUSTED | HF_USAGE_MASK);
    if (model_is_key(index)) {
        meta->flags |= HF_FLAG_SENSITIVE;
        meta->type = version & 0xFFFFu;
    }
    meta->access = (uint16_t)(version & HF_ACCESS_MASK);
    for (size_t i = 0; i < HF_LABEL_SIZE; i++) {
        meta->label[i] = (uint8_t)random_next(&random);
    }
    hf_put_u32(meta->label, version);
}

void model_fill_payload(uint8_t *data, uint32_t len, uint32_t index, uint32_t version)
{
    random_state random = random_of(((uint64_t)version << 16) | (index << 8) | 1u);
    for (uint32_t i = 0; i < len; i++) {
        data[i] = (uint8_t)random_next(&random);
    }
}

uint32_t model_label_version(const hf_metadata *meta)
{
    return hf_get_u32(meta->label);
}

uint32_t model_difference(const model_state *a, const model_state *b)
{
    for (uint32_t i = 0; i < MODEL_OBJECT_COUNT; i++) {
        const model_object *x = &a->objects[i];
        const model_object *y = &b->objects[i];
        if (x->version != y->version ||
            (x->version != 0 && (x->len != y->len || x->value != y->value))) {
            return i;
        }
    }
    return MODEL_OBJECT_COUNT;
}

bool model_same(const model_state *a, const model_state *b)
{
    return model_difference(a, b) == MODEL_OBJECT_COUNT;
}
