/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The random user: opening, closing, and all steps that are not transactions.
 */
#include "workload.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CLEAN_STEP_COUNT_MAX 2000u

/* A lock that notices when it is not used in pairs. */

static int checked_init(void *context, const void *config)
{
    workload *w = context;
    (void)config;
    w->is_locked = false;
    return HF_OK;
}

static int checked_cleanup(void *context)
{
    (void)context;
    return HF_OK;
}

static int checked_acquire(void *context)
{
    workload *w = context;
    if (w->is_locked) {
        (void)workload_defect(w, "the store lock was taken twice");
        return HF_ERR_ABORTED;
    }
    w->is_locked = true;
    return HF_OK;
}

static int checked_release(void *context)
{
    workload *w = context;
    if (!w->is_locked) {
        (void)workload_defect(w, "the store lock was released twice");
        return HF_ERR_LOCKED;
    }
    w->is_locked = false;
    return HF_OK;
}

static bool checked_is_held(void *context)
{
    const workload *w = context;
    return w->is_locked;
}

static const hf_lock_ops checked_lock_ops = {
    .init = checked_init,
    .cleanup = checked_cleanup,
    .acquire = checked_acquire,
    .release = checked_release,
    .is_held = checked_is_held,
};

enum workload_result workload_defect(workload *w, const char *format, ...)
{
    va_list arguments;
    if (w->defect[0] == '\0') {
        va_start(arguments, format);
        (void)vsnprintf(w->defect, sizeof w->defect, format, arguments);
        va_end(arguments);
    }
    return WORKLOAD_DEFECT;
}

enum workload_result workload_failed(workload *w, const char *what, int rc)
{
    if (rc == HF_ERR_IO && (w->device->is_off || w->device->has_failed)) {
        return WORKLOAD_STOPPED;
    }
    if (rc == HF_ERR_CORRUPT && w->may_be_corrupt) {
        return WORKLOAD_STOPPED;
    }
    return workload_defect(w, "%s: %s", what, hf_status_name(rc));
}

/* The end of every step: no lock left, no rule of the device broken. */
static enum workload_result finish(workload *w, enum workload_result result)
{
    if (w->is_locked) {
        return workload_defect(w, "a step left the store locked");
    }
    if (w->device->violation != NULL) {
        return workload_defect(w, "%s", w->device->violation);
    }
    return w->defect[0] != '\0' ? WORKLOAD_DEFECT : result;
}

void workload_init(workload *w, fault_device *device, const workload_config *config,
                   uint64_t seed)
{
    memset(w, 0, offsetof(workload, index_memory));
    w->device = device;
    w->config = *config;
    w->random = random_of(seed);
    model_init(&w->model);
}

void workload_copy(workload *to, const workload *from, fault_device *device,
                   uint64_t seed)
{
    workload_init(to, device, &from->config, seed);
    to->safe_index = from->safe_index;
    to->may_be_corrupt = from->may_be_corrupt;
    model_copy(&to->model, &from->model);
}

void workload_note_durable(workload *w)
{
    hf_ticket durable = hf_nvm_durable(&w->nvm);
    if (durable < w->durable) {
        (void)workload_defect(w, "the durable position went down");
    }
    w->durable = durable;
    size_t index = model_durable_index(&w->model, durable);
    if (index > w->safe_index) {
        w->safe_index = index;
    }
}

/* Make room in the history: what is durable needs no older states. */
static void forget_old_states(workload *w)
{
    model *m = &w->model;
    if (m->state_count < MODEL_STATE_COUNT / 2) {
        return;
    }
    m->state_count -= w->safe_index;
    memmove(&m->states[0], &m->states[w->safe_index],
            m->state_count * sizeof m->states[0]);
    w->safe_index = 0;
}

/* A damaged object is not a lie: it is left out of the comparison. */
static bool is_explained(workload *w, model_state *seen, const model_state *state)
{
    model_state compared = *seen;
    for (uint32_t i = 0; i < MODEL_OBJECT_COUNT; i++) {
        if (w->is_corrupt[i]) {
            compared.objects[i] = state->objects[i];
        }
    }
    return model_same(&compared, state);
}

/* Generations outlive the store's closing, and differ between versions. */
static void check_generations(workload *w, const model_state *seen, model_state *state)
{
    for (uint32_t i = 0; i < MODEL_OBJECT_COUNT; i++) {
        uint64_t *known = &state->objects[i].generation;
        uint64_t generation = seen->objects[i].generation;
        if (state->objects[i].version == 0 || w->is_corrupt[i] || model_is_counter(i)) {
            continue;
        }
        if (*known != 0 && *known != generation) {
            (void)workload_defect(
                w, "the generation of object %u changed from %llu to %llu", i,
                (unsigned long long)*known, (unsigned long long)generation);
        }
        *known = generation;
    }
}

/* Compare all that the store holds with a state. */
static enum workload_result compare(workload *w, model_state *seen)
{
    hf_ticket ticket;
    model_state *head = model_head(&w->model);
    int rc = hf_nvm_lock(&w->nvm);
    if (rc != HF_OK) {
        return workload_failed(w, "locking", rc);
    }
    hf_nvm_observe_head(&w->nvm);
    rc = workload_observe(w, seen);
    if (rc == HF_OK && !w->may_be_corrupt) {
        rc = workload_observe_list(w, seen);
    }
    rc = hf_nvm_unlock(&w->nvm, rc, &ticket);
    if (rc != HF_OK) {
        return finish(w, workload_failed(w, "reading everything", rc));
    }
    if (head->ticket > w->durable && ticket < head->ticket) {
        (void)workload_defect(w, "a list would not wait for what it shows");
    }
    return finish(w, WORKLOAD_OK);
}

/* Find the state that the store shows; it becomes the only one. */
static enum workload_result recognise(workload *w, model_state *seen)
{
    model *m = &w->model;
    for (size_t i = m->state_count; i-- > w->safe_index;) {
        if (is_explained(w, seen, &m->states[i])) {
            w->counts.lost += m->state_count - 1 - i;
            model_reopen(m, i);
            w->safe_index = 0;
            check_generations(w, seen, &m->states[0]);
            return finish(w, WORKLOAD_OK);
        }
    }
    uint32_t index = model_difference(seen, &m->states[w->safe_index]);
    return workload_defect(
        w,
        "after opening: none of states %zu..%zu; against the safe one, object %u has "
        "version %u value %llu, not %u value %llu",
        w->safe_index, m->state_count - 1, index, seen->objects[index].version,
        (unsigned long long)seen->objects[index].value,
        m->states[w->safe_index].objects[index].version,
        (unsigned long long)m->states[w->safe_index].objects[index].value);
}

static int init_store(workload *w)
{
    const hf_lock_config lock = { .ops = &checked_lock_ops, .context = w };
    const hf_nvm_config config = {
        .device = &w->device->device,
        .lock = &lock,
        .index_memory = w->index_memory,
        .index_size = HF_NVM_INDEX_SIZE(w->config.index_count),
        .log_buffer = w->log_buffer,
        .log_buffer_size = w->config.log_size,
        .format = true,
    };
    memset(w->index_memory, 0xA5, sizeof w->index_memory);
    memset(w->log_buffer, 0xA5, sizeof w->log_buffer);
    memset(&w->nvm, 0xA5, sizeof w->nvm);
    w->is_locked = false;
    w->device->is_locked = NULL; /* nobody else is there while a store is opened */
    int rc = hf_nvm_init(&w->nvm, &config);
    w->device->is_locked = &w->is_locked;
    return rc;
}

enum workload_result workload_open(workload *w)
{
    model_state seen;
    uint64_t op_count = w->device->op_count;
    int rc = init_store(w);
    if (rc == HF_ERR_CORRUPT || rc == HF_ERR_VERSION) {
        hf_nvm_address at = hf_nvm_corrupt_at(&w->nvm);
        if (w->device->op_count != op_count) {
            return workload_defect(w, "a damaged store was changed");
        }
        if (at.region >= w->device->geometry.region_count ||
            at.offset >= w->device->geometry.region_size) {
            return workload_defect(w, "the damage is said to be outside of the device");
        }
        rc = w->may_be_corrupt ? HF_ERR_CORRUPT : rc;
    }
    if (rc == HF_ERR_NOSPACE && w->may_be_corrupt) {
        rc =
            HF_ERR_CORRUPT; /* what should be blank is not, and there is no other place */
    }
    if (rc != HF_OK) {
        return finish(w, workload_failed(w, "opening", rc));
    }
    w->is_open = true;
    w->counts.open++;
    w->durable = hf_nvm_durable(&w->nvm);
    /* Tickets of a former life mean nothing now; what is seen is durable. */
    model_head(&w->model)->ticket = 0;
    enum workload_result result = compare(w, &seen);
    return result == WORKLOAD_OK ? recognise(w, &seen) : result;
}

enum workload_result workload_check(workload *w)
{
    model_state seen;
    enum workload_result result = compare(w, &seen);
    if (result != WORKLOAD_OK) {
        return result;
    }
    if (!is_explained(w, &seen, model_head(&w->model))) {
        uint32_t index = model_difference(&seen, model_head(&w->model));
        return workload_defect(w, "object %u has version %u, not %u", index,
                               seen.objects[index].version,
                               model_head(&w->model)->objects[index].version);
    }
    check_generations(w, &seen, model_head(&w->model));
    return finish(w, WORKLOAD_OK);
}

enum workload_result workload_sync(workload *w)
{
    hf_ticket durable = 0;
    int rc = hf_nvm_sync(&w->nvm, &durable);
    workload_note_durable(w);
    if (durable != w->durable) {
        return workload_defect(w, "a sync told %llu, but %llu is durable",
                               (unsigned long long)durable,
                               (unsigned long long)w->durable);
    }
    if (rc != HF_OK) {
        return finish(w, workload_failed(w, "a sync", rc));
    }
    if (w->safe_index != w->model.state_count - 1) {
        return workload_defect(w, "after a sync, a commit is not durable");
    }
    return finish(w, WORKLOAD_OK);
}

enum workload_result workload_clean(workload *w, bool wanted, bool *more,
                                    bool *is_in_vain)
{
    *more = false;
    int rc = hf_nvm_clean_step(&w->nvm, wanted, more);
    *is_in_vain = wanted && rc == HF_ERR_NOSPACE;
    workload_note_durable(w);
    if (rc != HF_OK && !*is_in_vain) {
        return finish(w, workload_failed(w, "a step of cleaning", rc));
    }
    return finish(w, WORKLOAD_OK);
}

enum workload_result workload_close(workload *w)
{
    w->device->is_locked = NULL;
    w->is_open = false;
    int rc = hf_nvm_cleanup(&w->nvm);
    if (rc != HF_OK) {
        return finish(w, workload_failed(w, "closing", rc));
    }
    w->safe_index = w->model.state_count - 1;
    return finish(w, WORKLOAD_OK);
}

static enum workload_result reopen(workload *w)
{
    enum workload_result result = workload_close(w);
    return result == WORKLOAD_OK ? workload_open(w) : result;
}

/* Read one object; its ticket covers what was seen, and no more than needed. */
static enum workload_result read_one(workload *w)
{
    uint32_t index = random_below(&w->random, MODEL_OBJECT_COUNT);
    const model_object *object = &model_head(&w->model)->objects[index];
    model_object seen;
    hf_ticket ticket = 0;
    int rc = hf_nvm_lock(&w->nvm);
    if (rc != HF_OK) {
        return workload_failed(w, "locking", rc);
    }
    rc = workload_observe_object(w, index, &seen);
    rc = hf_nvm_unlock(&w->nvm, rc, &ticket);
    if (rc != HF_OK) {
        return finish(w, workload_failed(w, "reading", rc));
    }
    if (!w->is_corrupt[index] &&
        (seen.version != object->version || seen.value != object->value)) {
        return workload_defect(w, "object %u is read with version %u, not %u", index,
                               seen.version, object->version);
    }
    if (object->ticket > w->durable && ticket < object->ticket) {
        return workload_defect(w, "object %u is read without waiting for it", index);
    }
    bool is_old = object->version != 0 ? object->ticket <= w->durable
                                       : w->safe_index == w->model.state_count - 1;
    if (is_old && ticket > w->durable) {
        return workload_defect(w, "object %u is durable, but reading it would wait",
                               index);
    }
    return finish(w, WORKLOAD_OK);
}

static enum workload_result look_at_space(workload *w)
{
    hf_nvm_space space;
    hf_ticket ticket;
    uint32_t object_count = 0;
    for (uint32_t i = 0; i < MODEL_OBJECT_COUNT; i++) {
        object_count += model_head(&w->model)->objects[i].version != 0 ? 1 : 0;
    }
    int rc = hf_nvm_lock(&w->nvm);
    if (rc != HF_OK) {
        return workload_failed(w, "locking", rc);
    }
    hf_nvm_get_space(&w->nvm, &space);
    rc = hf_nvm_unlock(&w->nvm, HF_OK, &ticket);
    if (rc != HF_OK) {
        return finish(w, workload_failed(w, "looking at the space", rc));
    }
    if (space.object_count != object_count || space.is_failed ||
        space.used_size > space.total_size ||
        space.free_size > space.total_size - space.used_size) {
        return workload_defect(
            w, "space: %u objects, not %u; %llu used, %llu free of %llu",
            space.object_count, object_count, (unsigned long long)space.used_size,
            (unsigned long long)space.free_size, (unsigned long long)space.total_size);
    }
    return finish(w, WORKLOAD_OK);
}

static enum workload_result clean_all(workload *w)
{
    bool more = true;
    bool is_in_vain = false;
    bool wanted = true;
    for (uint32_t i = 0; more && !is_in_vain; i++) {
        if (i == CLEAN_STEP_COUNT_MAX) {
            return workload_defect(w, "a cleaning never ends");
        }
        enum workload_result result = workload_clean(w, wanted, &more, &is_in_vain);
        if (result != WORKLOAD_OK) {
            return result;
        }
        wanted = false;
    }
    return WORKLOAD_OK;
}

static enum workload_result step(workload *w)
{
    bool more;
    bool is_in_vain;
    uint32_t dice = random_below(&w->random, 64);
    if (dice < 34) {
        return finish(w, workload_transact(w));
    }
    if (dice < 46) {
        return read_one(w);
    }
    if (dice < 52) {
        return workload_sync(w);
    }
    if (dice < 57) {
        return workload_clean(w, random_once_in(&w->random, 2), &more, &is_in_vain);
    }
    if (dice < 59) {
        return look_at_space(w);
    }
    if (dice < 61) {
        return workload_check(w);
    }
    return dice < 63 ? reopen(w) : clean_all(w);
}

enum workload_result workload_run(workload *w, uint32_t step_count)
{
    enum workload_result result = WORKLOAD_OK;
    for (uint32_t i = 0; i < step_count && result == WORKLOAD_OK; i++) {
        result = step(w);
        forget_old_states(w);
    }
    return result;
}
