/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Transactions. A commit marks the last record, which makes all of them count, and cannot
 * fail. A rollback cuts the log buffer back to where the step began.
 */
#include "nvm/txn.h"

#include "base/assert.h"
#include "nvm/index.h"
#include "nvm/log_buffer.h"
#include "nvm/space.h"

#define COUNTER_LEN 8u

uint64_t hf_nvm_entry_size(const hf_nvm_entry *entry)
{
    return hf_record_put_size(entry->len);
}

bool hf_nvm_entry_is_counter(const hf_nvm_entry *entry)
{
    uint8_t kind = hf_id_kind(entry->id);
    return (kind == HF_KIND_COUNTER || kind == HF_KIND_SYSTEM) &&
           entry->len == COUNTER_LEN;
}

/* True when the payload must not stay on the medium after the object is gone. */
static bool is_secret(const hf_nvm_entry *entry)
{
    uint8_t kind = hf_id_kind(entry->id);
    return entry->len != 0 &&
           (kind == HF_KIND_KEY || kind == HF_KIND_SHE || kind == HF_KIND_USER ||
            (entry->flags & HF_FLAG_SENSITIVE) != 0);
}

void hf_nvm_txn_begin(hf_nvm *nvm)
{
    hf_nvm_txn *txn = &nvm->txn;
    txn->start = nvm->log.end;
    txn->last = txn->start;
    txn->seq = nvm->head;
    txn->observed = 0;
    txn->live_size = nvm->live_size;
    txn->killed_size = nvm->log.killed_size;
    txn->op_count = 0;
    txn->staged_count = 0;
    txn->again = HF_NVM_AGAIN_NONE;
}

int hf_nvm_txn_check(const hf_nvm *nvm)
{
    if (hf_nvm_is_failed(nvm)) {
        return HF_ERR_IO;
    }
    return nvm->txn.op_count < HF_CFG_NVM_TXN_OPS_MAX ? HF_OK : HF_ERR_LIMIT;
}

static void add_op(hf_nvm *nvm, uint32_t entry, uint32_t saved) HF_REQUIRES(hf_tsa_nvm)
{
    HF_ASSERT(nvm->txn.op_count < HF_CFG_NVM_TXN_OPS_MAX);
    nvm->txn.ops[nvm->txn.op_count++] = (hf_nvm_op){ .entry = entry, .saved = saved };
}

/* Everything but the place in the tree. */
static void copy_content(hf_nvm_entry *to, const hf_nvm_entry *from)
{
    uint32_t left = to->left;
    uint32_t right = to->right;
    uint8_t height = to->height;
    *to = *from;
    to->left = left;
    to->right = right;
    to->height = height;
}

/* A spare entry with an entry's present version. */
static uint32_t save_version(hf_nvm *nvm, uint32_t number) HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t saved = hf_nvm_index_take(&nvm->index);
    HF_ASSERT(saved != 0); /* hf_nvm_index_object_max leaves one for each operation */
    copy_content(hf_nvm_index_at(&nvm->index, saved),
                 hf_nvm_index_at(&nvm->index, number));
    return saved;
}

/* A new entry in the tree; 0 when the index is full. */
static uint32_t add_entry(hf_nvm *nvm, hf_id id) HF_REQUIRES(hf_tsa_nvm)
{
    if (nvm->index.object_count >= hf_nvm_index_object_max(&nvm->index)) {
        return 0;
    }
    uint32_t number = hf_nvm_index_take(&nvm->index);
    HF_ASSERT(number != 0);
    hf_nvm_index_at(&nvm->index, number)->id = id;
    hf_nvm_index_insert(&nvm->index, number);
    return number;
}

/* The entry describes a record at an address; its former one counts no more. */
static void set_entry(hf_nvm *nvm, hf_nvm_entry *entry, const hf_record *record,
                      hf_nvm_address at) HF_REQUIRES(hf_tsa_nvm)
{
    entry->seq = record->seq;
    entry->commit_lag = record->commit_lag;
    entry->len = record->len;
    entry->flags = record->flags;
    entry->region = (uint8_t)at.region;
    entry->offset8 = (uint32_t)(at.offset / 8u);
    entry->marks = 0;
    hf_nvm_space_add(nvm, at.region, hf_nvm_entry_size(entry));
}

int hf_nvm_txn_put(hf_nvm *nvm, const hf_record *record, hf_nvm_address at,
                   uint64_t value)
{
    uint32_t number = hf_nvm_index_find(&nvm->index, record->id);
    uint32_t saved = 0;
    if (number != 0) {
        saved = save_version(nvm, number);
        const hf_nvm_entry *old = hf_nvm_index_at(&nvm->index, saved);
        hf_nvm_space_sub(nvm, old->region, hf_nvm_entry_size(old));
    } else {
        number = add_entry(nvm, record->id);
    }
    if (number == 0) {
        return HF_ERR_NOSPACE;
    }
    hf_nvm_entry *entry = hf_nvm_index_at(&nvm->index, number);
    set_entry(nvm, entry, record, at);
    entry->value = value;
    add_op(nvm, number, saved);
    return HF_OK;
}

int hf_nvm_txn_move(hf_nvm *nvm, const hf_record *record, hf_nvm_address at,
                    uint64_t value)
{
    uint8_t mark = 0;
    uint32_t number = hf_nvm_index_find(&nvm->index, record->id);
    if (number != 0) {
        const hf_nvm_entry *old = hf_nvm_index_at(&nvm->index, number);
        hf_nvm_space_sub(nvm, old->region, hf_nvm_entry_size(old));
        mark = hf_nvm_entry_copied_mark(old->region);
    } else {
        number = add_entry(nvm, record->id);
    }
    if (number == 0) {
        return HF_ERR_NOSPACE;
    }
    hf_nvm_entry *entry = hf_nvm_index_at(&nvm->index, number);
    set_entry(nvm, entry, record, at);
    entry->value = value;
    entry->marks = mark;
    return HF_OK;
}

void hf_nvm_txn_destroy(hf_nvm *nvm, uint32_t number)
{
    hf_nvm_entry *entry = hf_nvm_index_at(&nvm->index, number);
    hf_nvm_index_remove(&nvm->index, number);
    hf_nvm_space_sub(nvm, entry->region, hf_nvm_entry_size(entry));
    add_op(nvm, 0, number);
}

void hf_nvm_txn_set_counter(hf_nvm *nvm, uint32_t number, uint64_t seq, uint64_t value)
{
    uint32_t saved = save_version(nvm, number);
    hf_nvm_entry *entry = hf_nvm_index_at(&nvm->index, number);
    entry->seq = seq;
    entry->commit_lag = 0;
    entry->value = value;
    add_op(nvm, number, saved);
}

/* A copy is gone; what it was copied from is a residue, too, as long as it is there.
 * Opened again, the region would be younger than the copy's. */
static void count_original(hf_nvm *nvm, uint32_t region, uint64_t copy_epoch)
    HF_REQUIRES(hf_tsa_nvm)
{
    uint64_t epoch = nvm->regions[region].epoch;
    if (epoch != 0 && epoch < copy_epoch) {
        nvm->regions[region].residue_count++;
        nvm->residue_count++;
    }
}

/* A version is gone for good: its payload may have to go, too. */
static void retire_version(hf_nvm *nvm, uint32_t number) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm_entry *entry = hf_nvm_index_at(&nvm->index, number);
    uint8_t copied_from = entry->marks & HF_NVM_ENTRY_COPIED;
    bool is_clean = (entry->marks & HF_NVM_ENTRY_SCRUBBED) != 0;
    if (!is_secret(entry)) {
        hf_nvm_index_give(&nvm->index, number);
        return;
    }
    if (copied_from != 0 && copied_from <= nvm->geometry.region_count) {
        count_original(nvm, copied_from - 1u, nvm->regions[entry->region].epoch);
    }
    if (is_clean) {
        hf_nvm_index_give(&nvm->index, number);
        return;
    }
    nvm->regions[entry->region].residue_count++;
    nvm->residue_count++;
    if (nvm->device->ops->scrub == NULL) {
        hf_nvm_index_give(&nvm->index, number);
        return;
    }
    entry->seq = nvm->txn.seq; /* from when on it may be scrubbed */
    hf_nvm_index_push_scrub(&nvm->index, number);
}

/* True when the former version's record is still what the new version rests on. */
static bool keeps_record(const hf_nvm *nvm, const hf_nvm_op *op) HF_REQUIRES(hf_tsa_nvm)
{
    if (op->entry == 0) {
        return false;
    }
    const hf_nvm_entry *now = hf_nvm_index_at(&nvm->index, op->entry);
    const hf_nvm_entry *then = hf_nvm_index_at(&nvm->index, op->saved);
    return now->region == then->region && now->offset8 == then->offset8;
}

void hf_nvm_txn_apply(hf_nvm *nvm)
{
    hf_nvm_txn *txn = &nvm->txn;
    for (uint32_t i = 0; i < txn->op_count; i++) {
        const hf_nvm_op *op = &txn->ops[i];
        if (op->entry == 0) {
            nvm->last_destroy = txn->seq;
        } else {
            hf_nvm_entry *entry = hf_nvm_index_at(&nvm->index, op->entry);
            entry->commit_lag = (uint8_t)(txn->seq - entry->seq);
        }
        if (op->saved == 0) {
            continue;
        }
        if (keeps_record(nvm, op)) {
            hf_nvm_index_give(&nvm->index, op->saved);
        } else {
            retire_version(nvm, op->saved);
        }
    }
    txn->op_count = 0;
    nvm->head = txn->seq;
}

static void revert_op(hf_nvm *nvm, const hf_nvm_op *op) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm_index *index = &nvm->index;
    if (op->entry != 0) {
        const hf_nvm_entry *now = hf_nvm_index_at(index, op->entry);
        hf_nvm_space_sub(nvm, now->region, hf_nvm_entry_size(now));
    }
    if (op->saved != 0) {
        const hf_nvm_entry *then = hf_nvm_index_at(index, op->saved);
        hf_nvm_space_add(nvm, then->region, hf_nvm_entry_size(then));
    }
    if (op->entry == 0) {
        hf_nvm_index_insert(index, op->saved);
    } else if (op->saved == 0) {
        hf_nvm_index_remove(index, op->entry);
        hf_nvm_index_give(index, op->entry);
    } else {
        copy_content(hf_nvm_index_at(index, op->entry),
                     hf_nvm_index_at(index, op->saved));
        hf_nvm_index_give(index, op->saved);
    }
}

void hf_nvm_txn_revert(hf_nvm *nvm)
{
    hf_nvm_txn *txn = &nvm->txn;
    while (txn->op_count > 0) {
        txn->op_count--;
        revert_op(nvm, &txn->ops[txn->op_count]);
    }
    txn->seq = nvm->head;
    nvm->log.killed_size = txn->killed_size;
}

static void observe(hf_nvm *nvm, hf_ticket position) HF_REQUIRES(hf_tsa_nvm)
{
    if (position > nvm->txn.observed) {
        nvm->txn.observed = position;
    }
}

void hf_nvm_observe(hf_nvm *nvm, hf_ticket position)
{
    observe(nvm, position);
}

void hf_nvm_txn_observe_entry(hf_nvm *nvm, const hf_nvm_entry *entry)
{
    uint64_t position = hf_nvm_entry_position(entry);
    /* The step's own writes are covered by its commit; rolled back, they were never. */
    if (entry->seq <= nvm->head) {
        observe(nvm, position);
    }
}

void hf_nvm_txn_observe_absence(hf_nvm *nvm)
{
    observe(nvm, nvm->last_destroy);
}

static void commit(hf_nvm *nvm, hf_ticket durable) HF_REQUIRES(hf_tsa_nvm)
{
    uint8_t head[HF_RECORD_HEAD_SIZE_MAX];
    uint64_t lag = nvm->txn.seq - durable;
    if (lag >= HF_RECORD_LAG_NONE) {
        lag = HF_RECORD_LAG_NONE;
    } else {
        nvm->log.claim = durable;
    }
    /* No record is shorter than a destroy, and the head is shorter than its record. */
    hf_nvm_log_get(nvm, nvm->txn.last, head, 1);
    size_t size = hf_record_head_size(head[0]);
    hf_nvm_log_get(nvm, nvm->txn.last, head, size);
    hf_record_seal(head, (uint32_t)lag, (uint32_t)nvm->epoch);
    hf_nvm_log_set(nvm, nvm->txn.last, head, size);
    hf_nvm_txn_apply(nvm);
    nvm->log.is_wanted = true;
    nvm->log.is_dirty = true;
}

static void roll_back(hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm)
{
    if (nvm->log.end != nvm->txn.start) {
        hf_nvm_log_truncate(nvm, nvm->txn.start);
    }
    hf_nvm_txn_revert(nvm);
}

static void settle(hf_nvm *nvm, bool committed, hf_ticket position)
    HF_REQUIRES(hf_tsa_nvm)
{
    for (uint32_t i = 0; i < nvm->txn.staged_count; i++) {
        const hf_nvm_staged *change = &nvm->txn.staged[i];
        change->settle(change->owner, change->argument, committed, position);
    }
    nvm->txn.staged_count = 0;
}

int hf_nvm_txn_end(hf_nvm *nvm, int outcome, hf_ticket *ticket)
{
    hf_ticket durable = hf_nvm_durable(nvm);
    hf_ticket position = nvm->txn.observed > durable ? nvm->txn.observed : 0;
    bool writes = nvm->txn.op_count > 0;
    int rc = outcome;
    if (rc == HF_OK && (writes || position != 0) && hf_nvm_is_failed(nvm)) {
        rc = HF_ERR_IO;
    }
    if (rc != HF_OK) {
        roll_back(nvm);
    } else if (writes) {
        commit(nvm, durable);
        position = nvm->head;
    }
    settle(nvm, rc == HF_OK, position);
    if (ticket != NULL) {
        *ticket = position;
    }
    return rc;
}
