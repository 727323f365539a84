/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Syncing: the filled part of the log buffer is taken in one hold, programmed and synced
 * without the lock while commits go on behind it, and published in a second hold. The
 * published bytes are then wiped, again without the lock, and given back in a third. One
 * syncer at a time; nvm->batch and nvm->marked are his.
 */
#include "nvm/sync.h"

#include "base/atomic.h"
#include "nvm/log_buffer.h"

void hf_nvm_fail(hf_nvm *nvm)
{
    /* Pairs with the load in hf_nvm_is_failed. */
    hf_atomic_u32_store_release(&nvm->failed, 1);
}

/* Under the lock: what is to be programmed, filled up to whole granules. */
static int take_batch(hf_nvm *nvm, bool all, hf_nvm_span spans[2]) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm_log *log = &nvm->log;
    hf_nvm_batch *batch = &nvm->batch;
    spans[0].len = 0;
    spans[1].len = 0;
    if (hf_nvm_is_failed(nvm)) {
        return HF_ERR_IO;
    }
    /* Copies alone are held back: each sync of theirs would cost filling. */
    if (log->end == log->start) {
        log->killed_size = 0;
        return HF_OK;
    }
    if (!all && !log->is_wanted) {
        return HF_OK;
    }
    hf_nvm_log_pad(nvm);
    hf_nvm_log_spans(nvm, log->start, log->end, spans);
    *batch = (hf_nvm_batch){ .start = log->start,
                             .end = log->end,
                             .position = nvm->head,
                             .claim = log->claim,
                             .ring = log->data,
                             .ring_size = log->size };
    log->is_wanted = false;
    log->killed_before = log->killed_size;
    log->killed_size = 0;
    return HF_OK;
}

static int take(hf_nvm *nvm, bool all, hf_nvm_span spans[2])
    HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = take_batch(nvm, all, spans);
    return hf_nvm_unlock(nvm, rc, NULL);
}

/* Tell everybody that the batch is durable. */
static int publish(hf_nvm *nvm) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    nvm->log.start = nvm->batch.end;
    nvm->log.durable_end = nvm->log.start - nvm->log.base;
    nvm->log.killed_before = 0;
    /* Pairs with the load in hf_nvm_durable. */
    hf_atomic_u64_store_release(&nvm->durable, nvm->batch.position);
    return hf_nvm_unlock(nvm, HF_OK, NULL);
}

static void wipe_batch(const hf_nvm_batch *batch)
{
    uint64_t position = batch->start;
    while (position < batch->end) {
        size_t at = (size_t)(position % batch->ring_size);
        size_t len = (size_t)(batch->end - position);
        len = len < batch->ring_size - at ? len : batch->ring_size - at;
        hf_wipe(batch->ring + at, len);
        position += len;
    }
}

static int give_back(hf_nvm *nvm) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    nvm->log.free_at = nvm->batch.end;
    return hf_nvm_unlock(nvm, HF_OK, NULL);
}

/* What remains to be done with a batch that is on the medium. A lock that cannot be had
 * leaves the rest to the next sync. */
static int finish_batch(hf_nvm *nvm) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    hf_nvm_batch *batch = &nvm->batch;
    if (!batch->is_synced) {
        return HF_OK;
    }
    int rc = publish(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    wipe_batch(batch);
    rc = give_back(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    nvm->marked = batch->claim;
    batch->is_synced = false;
    return HF_OK;
}

static int run(hf_nvm *nvm, bool all) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    hf_nvm_span spans[2];
    int rc = finish_batch(nvm);
    if (rc == HF_OK) {
        rc = take(nvm, all, spans);
    }
    if (rc != HF_OK || spans[0].len + spans[1].len == 0) {
        return rc;
    }
    for (int i = 0; i < 2 && rc == HF_OK; i++) {
        rc = hf_nvm_log_program(nvm->device, &spans[i]);
    }
    if (rc != HF_OK || nvm->device->ops->sync(nvm->device->context) != HF_OK) {
        hf_nvm_fail(nvm);
        return HF_ERR_IO;
    }
    nvm->batch.is_synced = true;
    return finish_batch(nvm);
}

int hf_nvm_sync_all(hf_nvm *nvm)
{
    return run(nvm, true);
}

int hf_nvm_sync(hf_nvm *nvm, hf_ticket *durable)
{
    int rc = run(nvm, false);
    if (durable != NULL) {
        *durable = hf_nvm_durable(nvm);
    }
    return rc;
}
