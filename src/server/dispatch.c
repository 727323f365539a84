/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The dispatcher: see dispatch.h.
 *
 * A request goes through stages. Stages that touch shared state are bodies of a step:
 * step_run takes the lock, runs one body, and releases the lock, which commits or rolls
 * back. Bodies that end without a following stage give back what the request holds in
 * the same hold. After the hold, step_run destroys what was dropped and wakes whose turn
 * has come. The one other hold counts sessions, which have no request then.
 *
 * Waiting is a stage too: nothing here blocks a thread for another request's sake.
 */
#include "server/dispatch.h"

#include <string.h>

#include "server/handlers/handlers.h"
#include "server/server_private.h"
#include "server/stats.h"

enum stage {
    STAGE_PREPARE = 0,
    STAGE_LONG_WAIT,    /* in the queue for long work */
    STAGE_DEVICE_WAIT,  /* in the queue of an exclusive device */
    STAGE_SLOW_WAIT,    /* in the queue for slow work */
    STAGE_PREPARE_WAIT, /* in the queue for a key slot, then prepare again */
    STAGE_FINISH_WAIT,  /* the same, then finish again */
    STAGE_DURABLE_WAIT, /* prepare has committed; work may begin when that is durable */
    STAGE_WORK,
    STAGE_FINISH,
    STAGE_RELEASE, /* over, but something is still held */
    STAGE_DONE
};

/* What a step tells beside its status. */
typedef struct step {
    hf_wakes wakes;
    hf_ticket head;  /* newest commit */
    int cause;       /* enum hf_nvm_again */
    bool was_held;   /* the lock was had: the body has run */
    bool is_waiting; /* the session is in a queue now, or still */
    bool has_joined; /* it went there in this step */
    bool had_turn;   /* it was told of a free key slot */
} step;

typedef int (*step_body)(hf_request *rq, step *out);

/* ---- the table ---- */

const hf_handler *hf_handler_find(uint16_t kind)
{
    static const struct {
        const hf_handler *rows;
        const size_t *count;
    } groups[] = {
        [HF_GROUP_COMM] = { hf_handlers_comm, &hf_handlers_comm_count },
        [HF_GROUP_NVM] = { hf_handlers_nvm, &hf_handlers_nvm_count },
        [HF_GROUP_KEY] = { hf_handlers_key, &hf_handlers_key_count },
        [HF_GROUP_CRYPTO] = { hf_handlers_crypto, &hf_handlers_crypto_count },
        [HF_GROUP_COUNTER] = { hf_handlers_counter, &hf_handlers_counter_count },
        [HF_GROUP_ADMIN] = { hf_handlers_admin, &hf_handlers_admin_count },
    };
    size_t group = kind >> 8;
    size_t action = kind & 0xFFu;
    if (group >= sizeof groups / sizeof groups[0] || groups[group].rows == NULL ||
        action == 0 || action > *groups[group].count) {
        return NULL;
    }
    const hf_handler *row = &groups[group].rows[action - 1];
    return row->kind == kind ? row : NULL;
}

/* ---- parts of steps ---- */

static void leases_release(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    for (uint32_t i = 0; i < HF_CFG_REQUEST_LEASES_MAX; i++) {
        hf_keystore_release(&rq->server->keystore, &rq->leases[i]);
    }
}

static void gates_leave(hf_request *rq, hf_wakes *wakes) HF_REQUIRES(hf_tsa_nvm)
{
    if (rq->device_gate != NULL) {
        hf_gate_leave(rq->device_gate, wakes);
        rq->device_gate = NULL;
    }
    if (rq->slow_gate != NULL) {
        hf_gate_leave(rq->slow_gate, wakes);
        rq->slow_gate = NULL;
    }
    if (rq->long_gate != NULL) {
        hf_gate_leave(rq->long_gate, wakes);
        rq->long_gate = NULL;
    }
}

static void all_release(hf_request *rq, hf_wakes *wakes) HF_REQUIRES(hf_tsa_nvm)
{
    leases_release(rq);
    gates_leave(rq, wakes);
    hf_gate_abandon(rq->session, wakes);
}

static bool is_lease_held(const hf_request *rq)
{
    for (uint32_t i = 0; i < HF_CFG_REQUEST_LEASES_MAX; i++) {
        if (rq->leases[i].is_held) {
            return true;
        }
    }
    return false;
}

static void orphans_release(hf_session *session, hf_wakes *wakes) HF_REQUIRES(hf_tsa_nvm)
{
    hf_orphans *orphans = &session->work->orphans;
    if (!orphans->exist) {
        return;
    }
    for (uint32_t i = 0; i < HF_CFG_REQUEST_LEASES_MAX; i++) {
        hf_keystore_release(&session->server->keystore, &orphans->leases[i]);
    }
    if (orphans->device_gate != NULL) {
        hf_gate_leave(orphans->device_gate, wakes);
    }
    if (orphans->slow_gate != NULL) {
        hf_gate_leave(orphans->slow_gate, wakes);
    }
    if (orphans->long_gate != NULL) {
        hf_gate_leave(orphans->long_gate, wakes);
    }
    if (orphans->is_queued) {
        hf_gate_abandon(session, wakes);
    }
    memset(orphans, 0, sizeof *orphans);
}

/* The lock cannot be had: keep what is held for the session's next hold. */
static void orphans_keep(hf_request *rq)
{
    hf_orphans *orphans = &rq->session->work->orphans;
    for (uint32_t i = 0; i < HF_CFG_REQUEST_LEASES_MAX; i++) {
        orphans->leases[i] = rq->leases[i];
        rq->leases[i].is_held = false;
    }
    orphans->device_gate = rq->device_gate;
    orphans->slow_gate = rq->slow_gate;
    orphans->long_gate = rq->long_gate;
    orphans->is_queued = true; /* or not: the next hold looks */
    orphans->exist = true;
    rq->device_gate = NULL;
    rq->slow_gate = NULL;
    rq->long_gate = NULL;
}

/* Who waits for a key slot may try when a lease came back, or when one that was told of
 * it did not use it: else the news would be lost with it. */
static void slot_gate_tell(hf_request *rq, step *out) HF_REQUIRES(hf_tsa_nvm)
{
    bool is_unused = out->had_turn && !is_lease_held(rq);
    if (hf_keystore_has_released(&rq->server->keystore)) {
        hf_gate_tell(&rq->server->slot_gate, 2, &out->wakes);
    } else if (is_unused) {
        hf_gate_pass(&rq->server->slot_gate, &out->wakes);
    }
}

static void drops_destroy(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    for (uint32_t i = 0; i < rq->drops.count; i++) {
        hf_crypto_parsed_destroy(&rq->server->crypto, rq->drops.items[i].device,
                                 rq->drops.items[i].parsed);
    }
    rq->drops.count = 0;
}

static uint8_t group_of(const hf_request *rq)
{
    return (uint8_t)(rq->kind >> 8);
}

/* ---- the one place that locks ---- */

static int step_run(hf_request *rq, step_body body, step *out) HF_EXCLUDES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_ticket ticket = 0;
    *out = (step){ .cause = HF_NVM_AGAIN_NONE };
    uint64_t asked = hf_server_now_ns(rq->server);
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    out->was_held = true;
    uint64_t begun = hf_server_now_ns(rq->server);
    hf_keystore_begin(&rq->server->keystore, &rq->drops);
    orphans_release(rq->session, &out->wakes);
    rc = body(rq, out);
    out->cause = hf_nvm_again_cause(nvm);
    out->head = hf_nvm_head(nvm);
    slot_gate_tell(rq, out);
    rc = hf_nvm_unlock(nvm, rc, &ticket);
    uint64_t ended = hf_server_now_ns(rq->server);
    hf_stats_hold(rq->session->stats, group_of(rq), begun - asked, ended - begun);
    drops_destroy(rq);
    hf_server_wake(rq->server, &out->wakes);
    if (rc != HF_ERR_AGAIN && ticket > rq->ticket) {
        rq->ticket = ticket; /* a step that is run again reveals nothing */
    }
    return rc;
}

/* ---- bodies ---- */

static hf_cost cost_of(const hf_request *rq)
{
    return rq->handler->cost == NULL ? HF_COST_QUICK : rq->handler->cost(rq);
}

static void join(hf_request *rq, uint8_t stage, step *out)
{
    rq->stage = stage;
    out->is_waiting = true;
    out->has_joined = true;
}

/* Go into a gate, if the request is not inside yet; false: it waits there. */
static bool is_let_in(hf_request *rq, hf_gate *gate, hf_gate **inside)
    HF_REQUIRES(hf_tsa_nvm)
{
    if (*inside == NULL && hf_gate_enter(gate, rq->session)) {
        *inside = gate;
    }
    return *inside != NULL;
}

/* Go into the gates that the request needs; waits, in one of them, if it is full. What
 * has a slow place must not wait for anything, and what has a device not for long. */
static void gates_enter(hf_request *rq, step *out) HF_REQUIRES(hf_tsa_nvm)
{
    hf_server *server = rq->server;
    hf_cost cost = cost_of(rq);
    bool needs_device = rq->device != HF_CRYPTO_DEVICE_NONE &&
                        server->crypto.devices[rq->device].config.is_exclusive;
    if (cost == HF_COST_LONG && !is_let_in(rq, &server->long_gate, &rq->long_gate)) {
        join(rq, STAGE_LONG_WAIT, out);
    } else if (needs_device &&
               !is_let_in(rq, &server->device_gates[rq->device], &rq->device_gate)) {
        join(rq, STAGE_DEVICE_WAIT, out);
    } else if (cost != HF_COST_QUICK &&
               !is_let_in(rq, &server->slow_gate, &rq->slow_gate)) {
        join(rq, STAGE_SLOW_WAIT, out);
    } else {
        rq->stage = STAGE_WORK;
    }
}

/* No key slot is free and leases are out: give back what is held, and wait for a
   release. */
static int slot_wait(hf_request *rq, uint8_t stage, step *out) HF_REQUIRES(hf_tsa_nvm)
{
    all_release(rq, &out->wakes);
    hf_gate_wait(&rq->server->slot_gate, rq->session);
    join(rq, stage, out);
    return HF_ERR_BUSY;
}

/* A device failed in work, which told so; the hold is the first one since. */
static void failure_count(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    if (rq->has_device_failed) {
        rq->server->device_error_count++;
        rq->has_device_failed = false;
    }
}

/* Prepare again, for the devices behind those that failed: what was held for them is
 * given back. When there is none, their failure remains the answer. */
static int fall_back(hf_request *rq, step *out) HF_REQUIRES(hf_tsa_nvm)
{
    failure_count(rq);
    all_release(rq, &out->wakes);
    int rc = rq->handler->prepare(rq);
    if (rc == HF_OK) {
        rq->server->device_fallback_count++;
    }
    return rc == HF_ERR_NOTSUPPORTED ? HF_ERR_CRYPTO : rc;
}

static int first_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    return rq->handler->prepare == NULL ? HF_OK : rq->handler->prepare(rq);
}

static int body_prepare(hf_request *rq, step *out) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_handler *row = rq->handler;
    rq->scratch.len = 0; /* it may run again */
    rq->wants_durable = false;
    rq->may_fall_back = false;
    int rc = rq->first_device != 0 ? fall_back(rq, out) : first_prepare(rq);
    if (rc == HF_ERR_BUSY) {
        return slot_wait(rq, STAGE_PREPARE_WAIT, out);
    }
    if (rc != HF_OK || (row->work == NULL && row->finish == NULL)) {
        leases_release(rq);
        rq->stage = rc == HF_ERR_AGAIN ? STAGE_PREPARE : STAGE_DONE;
        return rc;
    }
    if (rq->wants_durable) {
        rq->stage = STAGE_DURABLE_WAIT; /* without a place: others prepare meanwhile */
    } else {
        gates_enter(rq, out);
    }
    return HF_OK;
}

static int body_enter(hf_request *rq, step *out) HF_REQUIRES(hf_tsa_nvm)
{
    gates_enter(rq, out);
    return HF_OK;
}

static int body_finish(hf_request *rq, step *out) HF_REQUIRES(hf_tsa_nvm)
{
    gates_leave(rq, &out->wakes); /* they were for work */
    rq->restart = false;
    int rc = rq->handler->finish(rq);
    if (rc == HF_ERR_BUSY) {
        return slot_wait(rq, STAGE_FINISH_WAIT, out);
    }
    if (rc != HF_ERR_AGAIN) {
        leases_release(rq);
        rq->stage = STAGE_DONE;
    } else if (rq->restart) {
        leases_release(rq);
        rq->stage = STAGE_PREPARE;
    }
    return rc;
}

/* The session was in a queue: has its turn come? */
static int body_resume(hf_request *rq, step *out) HF_REQUIRES(hf_tsa_nvm)
{
    hf_gate *gate = hf_gate_take(rq->session);
    if (gate == NULL) {
        out->is_waiting = true;
        return HF_OK;
    }
    switch (rq->stage) {
    case STAGE_LONG_WAIT:
        rq->long_gate = gate;
        gates_enter(rq, out);
        return HF_OK;
    case STAGE_DEVICE_WAIT:
        rq->device_gate = gate;
        gates_enter(rq, out);
        return HF_OK;
    case STAGE_SLOW_WAIT:
        rq->slow_gate = gate;
        gates_enter(rq, out);
        return HF_OK;
    case STAGE_FINISH_WAIT:
        out->had_turn = true;
        rq->stage = STAGE_FINISH;
        return body_finish(rq, out);
    default:
        out->had_turn = true;
        rq->stage = STAGE_PREPARE;
        return body_prepare(rq, out);
    }
}

static int body_release(hf_request *rq, step *out) HF_REQUIRES(hf_tsa_nvm)
{
    all_release(rq, &out->wakes);
    failure_count(rq);
    return HF_OK;
}

/* ---- stages ---- */

static bool is_holding(const hf_request *rq)
{
    return rq->device_gate != NULL || rq->slow_gate != NULL || rq->long_gate != NULL ||
           is_lease_held(rq);
}

/* The request is over with `result`. */
static void end(hf_request *rq, int result, bool may_hold)
{
    rq->result = result;
    rq->stage = may_hold ? STAGE_RELEASE : STAGE_DONE;
}

/* A step ended with HF_ERR_AGAIN: do what is needed outside of it. HF_OK: go on.
 * HF_PENDING: when rq->wait_ticket is durable. */
static int again(hf_request *rq, const step *out)
{
    hf_stats_again(rq->session->stats, group_of(rq));
    if (++rq->again_count > HF_DISPATCH_AGAIN_MAX) {
        end(rq, HF_ERR_BUSY, true);
        return HF_OK;
    }
    if (out->cause == HF_NVM_AGAIN_SYNC && hf_server_durable(rq->server) < out->head) {
        rq->wait_ticket = out->head;
        return HF_PENDING;
    }
    if (out->cause == HF_NVM_AGAIN_CLEAN) {
        uint64_t clean_count;
        int rc = hf_server_clean(rq->server, &clean_count);
        /* Nothing to be gained, unless somebody has cleaned since the step asked. */
        bool may_fit = rc == HF_ERR_NOSPACE && clean_count != rq->clean_count;
        rq->clean_count = clean_count;
        if (rc != HF_OK && !may_fit) {
            end(rq, rc, true);
        }
    }
    return HF_OK;
}

/* Where to go on after a step. HF_OK: at rq->stage. HF_PENDING: parked. */
static int step_end(hf_request *rq, int rc, const step *out)
{
    bool is_parked = out->is_waiting && (rc == HF_OK || rc == HF_ERR_BUSY);
    if (is_parked) {
        if (out->has_joined) {
            hf_stats_queued(rq->session->stats, group_of(rq));
        }
        return HF_PENDING;
    }
    if (rc == HF_ERR_AGAIN) {
        return again(rq, out);
    }
    if (rc != HF_OK) {
        end(rq, rc, out->is_waiting || is_holding(rq));
    } else if (rq->stage == STAGE_DONE) {
        rq->result = HF_OK;
    }
    return HF_OK;
}

static int stage_step(hf_request *rq, step_body body)
{
    step out;
    int rc = step_run(rq, body, &out);
    if (!out.was_held) {
        end(rq, rc, true); /* whatever was held still is */
        return HF_OK;
    }
    return step_end(rq, rc, &out);
}

/* On to work when what prepare did is durable, and never when the store has failed.
 * HF_PENDING: parked. */
static int stage_durable(hf_request *rq)
{
    if (hf_server_durable(rq->server) >= rq->ticket) {
        return stage_step(rq, body_enter);
    }
    if (hf_nvm_is_failed(&rq->server->nvm)) {
        end(rq, HF_ERR_IO, is_holding(rq));
        return HF_OK;
    }
    rq->wait_ticket = rq->ticket;
    return HF_PENDING;
}

/* Will another device be tried? Only behind the one that failed, so it ends. */
static bool is_falling_back(const hf_request *rq)
{
    uint32_t next = rq->device + 1;
    return rq->server->config.allow_fallback && rq->may_fall_back &&
           next < rq->server->crypto.device_count && rq->device >= rq->first_device;
}

/* A device failed: to be counted in the next hold, which there always is. */
static void work_failed(hf_request *rq, int rc)
{
    rq->has_device_failed = true;
    if (is_falling_back(rq)) {
        rq->first_device = rq->device + 1;
        rq->stage = STAGE_PREPARE;
        return;
    }
    end(rq, rc, true);
}

static void stage_work(hf_request *rq)
{
    int rc = rq->handler->work == NULL ? HF_OK : rq->handler->work(rq);
    if (rc == HF_OK && rq->handler->finish != NULL) {
        rq->stage = STAGE_FINISH;
    } else if (rc == HF_ERR_CRYPTO) {
        work_failed(rq, rc);
    } else {
        end(rq, rc, is_holding(rq));
    }
}

static void stage_release(hf_request *rq)
{
    step out;
    hf_ignore(step_run(rq, body_release, &out)); /* it wrote nothing that could fail */
    if (!out.was_held) {
        orphans_keep(rq);
    }
    rq->stage = STAGE_DONE;
}

/* Rows without prepare begin with work, unless work is slow: then a step lets them in. */
static step_body first_body(const hf_request *rq)
{
    bool needs_step = rq->handler->prepare != NULL || cost_of(rq) != HF_COST_QUICK;
    return needs_step ? body_prepare : NULL;
}

static bool is_ticket_open(hf_request *rq)
{
    if (rq->wait_ticket != 0 && hf_server_durable(rq->server) < rq->wait_ticket &&
        !hf_nvm_is_failed(&rq->server->nvm)) {
        return true;
    }
    rq->wait_ticket = 0;
    return false;
}

int hf_dispatch_run(hf_request *rq)
{
    if (is_ticket_open(rq)) {
        return HF_PENDING;
    }
    for (;;) {
        int rc = HF_OK;
        switch ((enum stage)rq->stage) {
        case STAGE_PREPARE:
            if (first_body(rq) == NULL) {
                rq->stage = STAGE_WORK;
            } else {
                rc = stage_step(rq, body_prepare);
            }
            break;
        case STAGE_LONG_WAIT:
        case STAGE_DEVICE_WAIT:
        case STAGE_SLOW_WAIT:
        case STAGE_PREPARE_WAIT:
        case STAGE_FINISH_WAIT:
            rc = stage_step(rq, body_resume);
            break;
        case STAGE_DURABLE_WAIT:
            rc = stage_durable(rq);
            break;
        case STAGE_WORK:
            stage_work(rq);
            break;
        case STAGE_FINISH:
            rc = stage_step(rq, body_finish);
            break;
        case STAGE_RELEASE:
            stage_release(rq);
            break;
        case STAGE_DONE:
            return HF_OK;
        }
        if (rc == HF_PENDING) {
            return HF_PENDING;
        }
    }
}

void hf_dispatch_cancel(hf_request *rq)
{
    rq->wait_ticket = 0;
    end(rq, HF_ERR_CANCELLED, true);
    stage_release(rq);
}

int hf_dispatch_release(hf_session *session)
{
    step out;
    hf_ignore(step_run(&session->work->request, body_release, &out)); /* as above */
    return out.was_held ? HF_OK : HF_ERR_ABORTED;
}

static void session_add(hf_session *session) HF_REQUIRES(hf_tsa_nvm)
{
    hf_server *server = session->server;
    server->session_count++;
    session->link = (hf_gate_link){ .gate = NULL };
    if (server->config.stats != NULL) {
        uint32_t shard = server->stats_next++ % server->config.stats_count;
        session->stats = &server->config.stats[shard];
    }
}

int hf_dispatch_count_session(hf_session *session, bool is_opening)
{
    hf_nvm *nvm = &session->server->nvm;
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return HF_ERR_ABORTED;
    }
    if (is_opening) {
        session_add(session);
    } else {
        session->server->session_count--;
    }
    hf_ignore(hf_nvm_unlock(nvm, HF_OK, NULL)); /* nothing was written */
    return HF_OK;
}
