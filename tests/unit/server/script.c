/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * See script.h.
 */
#include "script.h"

#include <string.h>

#include "nvm/sync.h"
#include "server/server_private.h"

row_script script;

void script_note(char letter)
{
    size_t len = strlen(script.trace);
    assert_true(len + 1 < sizeof script.trace);
    script.trace[len] = letter;
}

/* ---- rows ---- */

int script_put(hf_request *rq, uint32_t number, size_t len)
{
    static const uint8_t zeros[8192];
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    const hf_metadata meta = { .id = hf_id_make(HF_KIND_DATA, 7, number) };
    return hf_nvm_put_checked(nvm, &meta, hf_bytes_of(zeros, len));
}

static int script_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    script_note('p');
    rq->device = script.device;
    rq->wants_durable = script.wants_durable;
    rq->may_fall_back = script.may_fall_back;
    if (script.again_count > 0) {
        script.again_count--;
        return HF_ERR_AGAIN;
    }
    if (script.is_busy) {
        return HF_ERR_BUSY;
    }
    if (script.leases) {
        int rc = hf_keystore_lease(&rq->server->keystore, KEY_ID(1), 0, &rq->leases[0]);
        if (rc != HF_OK) {
            return rc;
        }
    }
    if (script.puts) {
        int rc = script_put(rq, 1, 8);
        if (rc != HF_OK) {
            return rc;
        }
    }
    if (script.store_breaks) {
        hf_nvm_fail(&rq->server->nvm);
    }
    return script.prepare;
}

static int script_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    script_note('w');
    assert_false(script.f->is_nvm_locked);
    if (script.in_work != NULL) {
        script.in_work(rq);
    }
    return script.work;
}

static int script_finish(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    script_note('f');
    if (script.restarts) {
        script.restarts = false;
        rq->restart = true;
        return HF_ERR_AGAIN;
    }
    if (script.puts) {
        int rc = script_put(rq, 2, 8);
        if (rc != HF_OK) {
            return rc;
        }
    }
    return script.is_busy ? HF_ERR_BUSY : script.finish;
}

static hf_cost script_cost(const hf_request *rq)
{
    (void)rq;
    return script.cost;
}

const hf_handler row_p = { .kind = KIND, .prepare = script_prepare };
const hf_handler row_w = { .kind = KIND, .cost = script_cost, .work = script_work };
const hf_handler row_pw = {
    .kind = KIND, .cost = script_cost, .prepare = script_prepare, .work = script_work
};
const hf_handler row_pf = { .kind = KIND,
                            .prepare = script_prepare,
                            .finish = script_finish };
const hf_handler row_wf = { .kind = KIND, .work = script_work, .finish = script_finish };
const hf_handler row_pwf = { .kind = KIND,
                             .cost = script_cost,
                             .prepare = script_prepare,
                             .work = script_work,
                             .finish = script_finish };

/* ---- the server around them ---- */

static void session_woken(void *context, hf_session *session)
{
    (void)context;
    assert_false(script.f->is_nvm_locked);
    assert_true(script.woken_count < WOKEN_MAX);
    script.woken[script.woken_count++] = hf_session_context(session);
}

int script_setup(void **state)
{
    fixture *f = fixture_make();
    f->ops[EXCLUSIVE] = f->ops[0];
    f->devices[EXCLUSIVE] = f->devices[0];
    f->devices[EXCLUSIVE].ops = &f->ops[EXCLUSIVE];
    f->devices[EXCLUSIVE].is_exclusive = true;
    f->config.device_count = 2;
    f->config.slow_max = 1;
    f->config.wake = session_woken;
    script = (row_script){ .device = HF_CRYPTO_DEVICE_NONE, .f = f };
    fixture_start(f);
    *state = f;
    return 0;
}

/* Nothing may be left in a gate; the fixture looks at leases and memory. */
int script_teardown(void **state)
{
    fixture *f = *state;
    hf_admin_status_response queues = { .slow_running_count = 0 };
    int rc = hf_server_nvm_lock(&f->server);
    if (rc != HF_OK) {
        fail_msg("the store lock is held");
        return 1;
    }
    hf_server_get_queues(&f->server, &queues);
    uint32_t inside_count =
        f->server.device_gates[EXCLUSIVE].inside_count + f->server.long_gate.inside_count;
    hf_ignore(hf_server_nvm_unlock(&f->server, HF_OK, NULL)); /* it may be failed */
    assert_int_equal(0, queues.slow_running_count);
    assert_int_equal(0, queues.slow_queued_count);
    assert_int_equal(0, queues.slot_queued_count);
    assert_int_equal(0, queues.device_queued_count);
    assert_int_equal(0, inside_count);
    return fixture_close(state);
}

hf_request *request_make(peer *p, const hf_handler *row)
{
    assert_status(HF_OK, hf_work_take(&p->session));
    hf_request *rq = &p->session.work->request;
    hf_work_clear_request(&p->session, rq);
    memset(script.trace, 0, sizeof script.trace);
    rq->handler = row;
    rq->kind = row->kind;
    return rq;
}

int request_run(peer *p, const hf_handler *row)
{
    hf_request *rq = request_make(p, row);
    assert_status(HF_OK, hf_dispatch_run(rq));
    assert_false(rq->leases[0].is_held);
    assert_null(rq->device_gate);
    assert_null(rq->slow_gate);
    assert_null(rq->long_gate);
    return rq->result;
}

hf_request *request_of(peer *p)
{
    return &p->session.work->request;
}
