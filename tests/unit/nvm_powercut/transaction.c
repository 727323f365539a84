/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * One random transaction: planned first, then run until it commits, is rolled back on
 * purpose, or finds no room. What it did is applied to a copy of the model's newest
 * state, which becomes the newest when the store says that the transaction was committed.
 */
#include "workload.h"

#include <string.h>

#define TRY_COUNT_MAX 300u

enum plan_kind { PLAN_PUT, PLAN_DESTROY, PLAN_SET_COUNTER, PLAN_LOOK };

typedef struct plan_op {
    enum plan_kind kind;
    uint32_t index;
    uint32_t len;
    uint32_t version;
    uint64_t increment; /* of a counter */
} plan_op;

typedef struct plan {
    plan_op ops[HF_CFG_NVM_TXN_OPS_MAX];
    uint32_t count;
    bool is_rolled_back; /* on purpose */
    bool is_staging;     /* with a change of RAM state */
} plan;

static void make_plan(workload *w, plan *p)
{
    random_state *random = &w->random;
    memset(p, 0, sizeof *p);
    p->count =
        random_once_in(random, 2) ? 1 : 1 + random_below(random, HF_CFG_NVM_TXN_OPS_MAX);
    p->is_rolled_back = random_once_in(random, 8);
    p->is_staging = random_once_in(random, 4);
    for (uint32_t i = 0; i < p->count; i++) {
        plan_op *op = &p->ops[i];
        uint32_t dice = random_below(random, 16);
        op->index = random_below(random, MODEL_OBJECT_COUNT);
        op->increment = 1 + random_below(random, 1000);
        op->version = ++w->model.version;
        if (dice < 8) {
            op->kind = PLAN_PUT;
            uint32_t limit = random_once_in(random, 8) ? w->config.payload_max
                                                       : w->config.payload_max / 4;
            op->len = model_is_counter(op->index) ? 8 : random_below(random, limit + 1u);
        } else if (dice < 11) {
            op->kind = PLAN_DESTROY;
        } else if (dice < 14) {
            op->kind = PLAN_SET_COUNTER;
            op->index = MODEL_COUNTER_FROM +
                        op->index % (MODEL_OBJECT_COUNT - MODEL_COUNTER_FROM);
        } else {
            op->kind = PLAN_LOOK;
        }
    }
}

/* Remember what must not be found any more one day, even if it is never committed. */
static void note_secret(workload *w, const plan_op *op)
{
    if (model_is_key(op->index) && w->secret_count < WORKLOAD_SECRET_COUNT) {
        w->secrets[w->secret_count++] = (workload_secret){ .index = op->index,
                                                           .version = op->version,
                                                           .len = op->len };
    }
}

/* A counter goes up, whatever way it is written. */
static uint64_t next_value(const plan_op *op, const model_object *object)
{
    return object->value + op->increment;
}

static int put(workload *w, const plan_op *op, model_object *object)
    HF_REQUIRES(w->nvm.lock, hf_tsa_nvm)
{
    hf_metadata meta;
    uint8_t data[MODEL_PAYLOAD_MAX];
    uint64_t value = 0;
    model_fill_metadata(&meta, op->index, op->version);
    if (model_is_counter(op->index)) {
        value = next_value(op, object);
        hf_put_u64(data, value);
    } else {
        model_fill_payload(data, op->len, op->index, op->version);
    }
    int rc = hf_nvm_put_unchecked(&w->nvm, &meta, hf_bytes_of(data, op->len));
    if (rc == HF_OK) {
        note_secret(w, op);
        object->version = op->version;
        object->len = op->len;
        object->value = value;
        object->generation = 0;
    }
    return rc;
}

static int destroy(workload *w, const plan_op *op, model_object *object)
    HF_REQUIRES(w->nvm.lock, hf_tsa_nvm)
{
    int rc = hf_nvm_destroy_unchecked(&w->nvm, model_id(op->index));
    if (object->version == 0) {
        if (rc != HF_ERR_NOTFOUND) {
            (void)workload_defect(w, "destroying absent object %u: %s", op->index,
                                  hf_status_name(rc));
        }
        return HF_OK;
    }
    if (rc == HF_OK) {
        object->version = 0;
        object->len = 0;
        object->value = 0;
        object->generation = 0;
    }
    return rc;
}

static int set_counter(workload *w, const plan_op *op, model_object *object)
    HF_REQUIRES(w->nvm.lock, hf_tsa_nvm)
{
    uint64_t value = next_value(op, object);
    int rc = hf_nvm_set_counter(&w->nvm, model_id(op->index), value);
    if (object->version == 0) {
        if (rc != HF_ERR_NOTFOUND) {
            (void)workload_defect(w, "setting absent counter %u: %s", op->index,
                                  hf_status_name(rc));
        }
        return HF_OK;
    }
    if (rc == HF_OK) {
        object->value = value;
    }
    return rc;
}

/* A step sees its own writes. */
static int look(workload *w, const plan_op *op, const model_object *object)
    HF_REQUIRES(w->nvm.lock, hf_tsa_nvm)
{
    model_object seen;
    int rc = workload_observe_object(w, op->index, &seen);
    if (rc == HF_OK && !w->is_corrupt[op->index] &&
        (seen.version != object->version || seen.len != object->len ||
         seen.value != object->value)) {
        (void)workload_defect(w, "in a transaction, object %u has version %u, not %u",
                              op->index, seen.version, object->version);
    }
    return rc;
}

/* *is_written: a record was, even if the transaction takes it back itself. */
static int run_op(workload *w, const plan_op *op, model_object *object, bool *is_written)
    HF_REQUIRES(w->nvm.lock, hf_tsa_nvm)
{
    const model_object before = *object;
    int rc = HF_ERR_ARG;
    switch (op->kind) {
    case PLAN_PUT:
        rc = put(w, op, object);
        break;
    case PLAN_DESTROY:
        rc = destroy(w, op, object);
        break;
    case PLAN_SET_COUNTER:
        rc = set_counter(w, op, object);
        break;
    case PLAN_LOOK:
        rc = look(w, op, object);
        break;
    }
    *is_written |= before.version != object->version || before.value != object->value;
    return rc;
}

static void settle(void *owner, uint64_t argument, bool committed, hf_ticket ticket)
{
    workload *w = owner;
    (void)ticket;
    bool is_unlocked = HF_CFG_THREADSAFE && !w->is_locked;
    if (argument != w->model.version || is_unlocked) {
        (void)workload_defect(w, "a staged change was settled in a wrong way");
    }
    w->settled_count++;
    w->settled_committed = committed;
}

static int stage(workload *w) HF_REQUIRES(w->nvm.lock, hf_tsa_nvm)
{
    hf_nvm_staged change = { .settle = settle, .owner = w, .argument = w->model.version };
    return hf_nvm_stage(&w->nvm, &change);
}

static void check_settled(workload *w, bool is_staged, bool is_committed)
{
    if (w->settled_count != (is_staged ? 1u : 0u)) {
        (void)workload_defect(w, "a staged change was settled %u times",
                              w->settled_count);
    } else if (is_staged && w->settled_committed != is_committed) {
        (void)workload_defect(w, "a staged change was settled against the outcome");
    }
}

/* One attempt. Returns its outcome; *cause tells why it is HF_ERR_AGAIN. */
static int attempt(workload *w, const plan *p, int *cause)
{
    model_state state = *model_head(&w->model);
    bool is_staged = false;
    bool is_written = false;
    hf_ticket ticket = 0;
    w->settled_count = 0;
    int rc = hf_nvm_lock(&w->nvm);
    if (rc != HF_OK) {
        return rc;
    }
    if (p->is_staging) {
        rc = stage(w);
        is_staged = rc == HF_OK;
    }
    for (uint32_t i = 0; i < p->count && rc == HF_OK; i++) {
        rc = run_op(w, &p->ops[i], &state.objects[p->ops[i].index], &is_written);
    }
    *cause = rc == HF_ERR_AGAIN ? hf_nvm_again_cause(&w->nvm) : HF_NVM_AGAIN_NONE;
    if (rc == HF_OK && p->is_rolled_back) {
        rc = HF_ERR_BUSY;
    }
    int outcome = hf_nvm_unlock(&w->nvm, rc, &ticket);
    if (w->is_locked) {
        (void)workload_defect(w, "unlock did not release the lock");
    }
    if (rc != HF_OK && outcome != rc) {
        (void)workload_defect(w, "unlock turned %s into %s", hf_status_name(rc),
                              hf_status_name(outcome));
    }
    check_settled(w, is_staged, outcome == HF_OK);
    if (outcome == HF_OK) {
        if (is_written && ticket <= w->durable) {
            (void)workload_defect(w, "a commit got a ticket that was durable already");
        }
        w->counts.commit++;
        if (is_written) {
            model_commit(&w->model, &state, ticket);
        }
    }
    return outcome;
}

/* Do what the store asked for. *is_in_vain: there is nothing to be gained, it says. */
static enum workload_result make_room(workload *w, int cause, bool *is_in_vain)
{
    bool more;
    *is_in_vain = false;
    switch (cause) {
    case HF_NVM_AGAIN_SYNC:
        w->counts.again_sync++;
        return workload_sync(w);
    case HF_NVM_AGAIN_CLEAN:
        w->counts.again_clean++;
        return workload_clean(w, true, &more, is_in_vain);
    default:
        return workload_defect(w, "HF_ERR_AGAIN without a cause");
    }
}

static enum workload_result run_plan(workload *w, const plan *p, int *rc)
{
    int cause = HF_NVM_AGAIN_NONE;
    for (uint32_t i = 0; i < TRY_COUNT_MAX; i++) {
        bool is_in_vain;
        *rc = attempt(w, p, &cause);
        if (w->defect[0] != '\0') {
            return WORKLOAD_DEFECT;
        }
        if (*rc != HF_ERR_AGAIN) {
            return WORKLOAD_OK;
        }
        enum workload_result result = make_room(w, cause, &is_in_vain);
        if (is_in_vain) {
            *rc = HF_ERR_NOSPACE;
        }
        if (result != WORKLOAD_OK || is_in_vain) {
            return result;
        }
    }
    return workload_defect(w, "a transaction of %u operations never ends, cause %d",
                           p->count, cause);
}

/* A full store has room for one destroy. Only what one cut of a cleaning makes unusable
 * is provided for; after more of them a store of few and small regions may be stuck. */
static enum workload_result destroy_one(workload *w)
{
    plan p = { .count = 1 };
    const model_state *head = model_head(&w->model);
    uint32_t first = random_below(&w->random, MODEL_OBJECT_COUNT);
    for (uint32_t i = 0; i < MODEL_OBJECT_COUNT; i++) {
        uint32_t index = (first + i) % MODEL_OBJECT_COUNT;
        if (head->objects[index].version == 0) {
            continue;
        }
        int rc;
        p.ops[0] = (plan_op){ .kind = PLAN_DESTROY, .index = index };
        enum workload_result result = run_plan(w, &p, &rc);
        if (result == WORKLOAD_OK && rc == HF_ERR_NOSPACE && w->may_be_stuck) {
            w->counts.stuck++;
            return WORKLOAD_OK;
        }
        if (result == WORKLOAD_OK && rc != HF_OK) {
            return workload_failed(w, "destroying in a full store", rc);
        }
        return result;
    }
    return workload_defect(w, "an empty store has no room");
}

enum workload_result workload_transact(workload *w)
{
    plan p;
    int rc;
    make_plan(w, &p);
    enum workload_result result = run_plan(w, &p, &rc);
    if (result != WORKLOAD_OK || rc == HF_OK) {
        return result;
    }
    if (rc == HF_ERR_BUSY && p.is_rolled_back) {
        w->counts.rollback++;
        return WORKLOAD_OK;
    }
    if (rc == HF_ERR_SIZE && p.count > 1) {
        return WORKLOAD_OK; /* all together it can never fit the log buffer */
    }
    if (rc == HF_ERR_NOSPACE) {
        w->counts.no_space++;
        return destroy_one(w);
    }
    return workload_failed(w, "a transaction", rc);
}
