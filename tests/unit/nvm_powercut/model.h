/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The model: what a store must hold, kept by different means than the store's own. It is
 * a history of whole states, one per commit; the ticket of a state tells when it is
 * durable. After a power cut the store must hold exactly one of the states from the
 * newest durable one on: nothing lost that was durable, no transaction in part, none
 * without those before.
 *
 * The contents of an object follow from its id and a version number, which also stands in
 * its label. So a torn or mixed object is seen without remembering any bytes.
 */
#ifndef TESTS_NVM_POWERCUT_MODEL_H
#define TESTS_NVM_POWERCUT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/nvm.h"

#define MODEL_OBJECT_COUNT 24u  /* ids that the workload uses */
#define MODEL_COUNTER_FROM 18u  /* the indexes from here on are counters */
#define MODEL_KEY_FROM 12u      /* from here to the counters: keys */
#define MODEL_STATE_COUNT 512u  /* commits between two opens */
#define MODEL_PAYLOAD_MAX 3072u /* bytes */

typedef struct model_object {
    uint32_t version;    /* 0: there is no such object */
    uint32_t len;        /* bytes of payload */
    uint64_t value;      /* of a counter */
    uint64_t generation; /* as the store told; 0: not asked yet */
    hf_ticket ticket;    /* of the commit that changed it last, or destroyed it */
} model_object;

typedef struct model_state {
    hf_ticket ticket;
    model_object objects[MODEL_OBJECT_COUNT];
} model_state;

typedef struct model {
    size_t state_count; /* >= 1; the newest is what the store shows */
    uint32_t version;   /* the last one given out */
    model_state states[MODEL_STATE_COUNT];
} model;

/* A model of an empty store. */
void model_init(model *m);

/* Copy a model with all its states. */
void model_copy(model *to, const model *from);

/* The newest state. */
model_state *model_head(model *m);

/* A transaction was committed. */
void model_commit(model *m, const model_state *state, hf_ticket ticket);

/* Index of the newest state that is safe when the durable position is `durable`. */
size_t model_durable_index(const model *m, hf_ticket durable);

/* The store was opened and shows states[index]: history begins there, durable. */
void model_reopen(model *m, size_t index);

/* The id of an object of the workload, and back (MODEL_OBJECT_COUNT: none of them). */
hf_id model_id(uint32_t index);
uint32_t model_index(hf_id id);

static inline bool model_is_counter(uint32_t index)
{
    return index >= MODEL_COUNTER_FROM;
}

static inline bool model_is_key(uint32_t index)
{
    return index >= MODEL_KEY_FROM && index < MODEL_COUNTER_FROM;
}

/* What an object of a version looks like. */
void model_fill_metadata(hf_metadata *meta, uint32_t index, uint32_t version);
void model_fill_payload(uint8_t *data, uint32_t len, uint32_t index, uint32_t version);

/* The version that an object's label tells. */
uint32_t model_label_version(const hf_metadata *meta);

/* True when two states hold the same objects (tickets and generations aside). */
bool model_same(const model_state *a, const model_state *b);

/* Index of the first object that differs, or MODEL_OBJECT_COUNT. */
uint32_t model_difference(const model_state *a, const model_state *b);

#endif
