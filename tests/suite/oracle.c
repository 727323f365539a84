/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The oracle: see oracle.h. All its stores and loads pair through the requests that lie
 * between them: whoever loads a cell before it sends a request knows only what had been
 * answered by then.
 */
#include "suite/oracle.h"

#include <string.h>

#include "base/atomic.h"

void oracle_init(oracle *o, uint16_t owner, uint32_t number)
{
    memset(o, 0, sizeof *o);
    o->owner = owner;
    o->number = number;
}

static void acked_take(oracle *o, oracle_mark *mark)
{
    for (unsigned i = 0; i < SUITE_ACTORS_MAX; i++) {
        mark->acked[i] = hf_atomic_u64_load_acquire(&o->acked[i]);
    }
}

/* Everything that had been answered when the mark was taken is gone for good. */
static void acked_bury(oracle *o, const oracle_mark *mark, unsigned except)
{
    for (unsigned i = 0; i < SUITE_ACTORS_MAX; i++) {
        if (i != except && mark->acked[i] != 0) {
            hf_atomic_u64_raise_relaxed(&o->floor[i], mark->acked[i] + 1);
        }
    }
}

suite_value oracle_write_begin(oracle *o, oracle_mark *mark, unsigned writer,
                               uint32_t len)
{
    acked_take(o, mark);
    /* In this order: a removal that is counted as started and not as ended may run. */
    mark->removes_ended = hf_atomic_u64_load_acquire(&o->removes_ended);
    mark->removes_started = hf_atomic_u64_load_acquire(&o->removes_started);
    mark->sequence = hf_atomic_u64_load_acquire(&o->started[writer]) + 1;
    hf_atomic_u64_store_release(&o->started[writer], mark->sequence);
    return (suite_value){ .writer = (uint16_t)writer,
                          .owner = o->owner,
                          .number = o->number,
                          .sequence = (uint32_t)mark->sequence,
                          .len = (uint16_t)len };
}

void oracle_write_end(oracle *o, const oracle_mark *mark, unsigned writer, bool is_ok,
                      bool replaces)
{
    if (!is_ok) {
        return;
    }
    if (replaces) {
        acked_bury(o, mark, writer);
        hf_atomic_u64_raise_relaxed(&o->floor[writer], mark->sequence);
    }
    hf_atomic_u64_store_release(&o->acked[writer], mark->sequence);
    if (mark->removes_started == mark->removes_ended) {
        hf_atomic_u64_raise_relaxed(&o->present, mark->removes_started + 1);
    }
}

void oracle_remove_begin(oracle *o, oracle_mark *mark)
{
    acked_take(o, mark);
    (void)hf_atomic_u64_fetch_add_relaxed(&o->removes_started, 1);
}

void oracle_remove_end(oracle *o, const oracle_mark *mark, bool is_gone)
{
    if (is_gone) {
        acked_bury(o, mark, SUITE_ACTORS_MAX);
    }
    (void)hf_atomic_u64_fetch_add_relaxed(&o->removes_ended, 1);
}

void oracle_read_begin(oracle *o, oracle_mark *mark)
{
    for (unsigned i = 0; i < SUITE_ACTORS_MAX; i++) {
        mark->floor[i] = hf_atomic_u64_load_acquire(&o->floor[i]);
    }
    mark->present = hf_atomic_u64_load_acquire(&o->present);
    mark->generation = hf_atomic_u64_load_acquire(&o->generation);
}

const char *oracle_read_end(oracle *o, const oracle_mark *mark, const suite_value *v,
                            bool settles)
{
    if (v == NULL) {
        bool is_lost = mark->present != 0 &&
                       hf_atomic_u64_load_acquire(&o->removes_started) < mark->present;
        return is_lost ? "lost: nobody has removed it since it was written" : NULL;
    }
    if (v->owner != o->owner || v->number != o->number) {
        return "the value of another object";
    }
    if (v->writer >= SUITE_ACTORS_MAX || v->sequence == 0 ||
        v->sequence > hf_atomic_u64_load_acquire(&o->started[v->writer])) {
        return "a value that nobody wrote";
    }
    if (v->sequence < mark->floor[v->writer]) {
        return "stale: this value had been replaced or removed before the request";
    }
    if (settles) {
        hf_atomic_u64_raise_relaxed(&o->floor[v->writer], v->sequence);
    }
    return NULL;
}

const char *oracle_generation_end(oracle *o, const oracle_mark *mark, uint64_t generation)
{
    if (generation < mark->generation) {
        return "stale: a later generation had been seen before the request";
    }
    hf_atomic_u64_raise_relaxed(&o->generation, generation);
    return NULL;
}
