/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Opening a store. The log is read in one hold. Then, unless it was closed cleanly, what
 * was read is made durable, and regions that do not belong to the log are erased. An
 * anchor of a new epoch follows behind everything that a cut may have left, so that
 * nothing of it can ever be replayed: without the anchor the log ends where it ended now,
 * with it the log goes on behind the garbage. The anchor is programmed together with what
 * is appended first, so opening and doing nothing uses nothing up, however often the
 * power fails.
 */
#include "nvm/open.h"

#include "base/atomic.h"
#include "nvm/clean.h"
#include "nvm/log_buffer.h"
#include "nvm/replay.h"
#include "nvm/space.h"
#include "nvm/sync.h"
#include "nvm/txn.h"

/* What is left to do when the log has been read. */
typedef struct plan {
    bool is_format;
    bool is_synced;      /* what was read is durable */
    bool is_fresh;       /* nothing was written in the log's last epoch */
    bool is_new_region;  /* the log goes on in a blank region */
    bool is_resumed;     /* the log's last region contains a RESUME */
    uint64_t erase_mask; /* regions to be erased */
    uint64_t epoch;      /* the newest seen */
    uint64_t told;       /* the highest durable position told by what was replayed */
    hf_nvm_address end;  /* of the log */
    uint64_t go_on_at;   /* offset in that region, behind all garbage */
} plan;

/* No region has a valid opening: is it blank, up to a format that was cut short? */
static int plan_format(hf_nvm *nvm, hf_nvm_reader *reader, plan *todo)
    HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t granule = nvm->geometry.granule_size;
    uint64_t torn = (HF_RECORD_ANCHOR_SIZE + granule - 1u) / granule * granule;
    for (uint32_t i = 0; i < nvm->geometry.region_count; i++) {
        hf_nvm_address at = { i, i == 0 ? torn : 0 };
        int rc = hf_nvm_reader_skip_erased(reader, &at);
        if (rc != HF_OK) {
            return rc;
        }
        if (at.offset != nvm->geometry.region_size) {
            nvm->corrupt_at = at;
            return HF_ERR_CORRUPT;
        }
    }
    todo->is_format = true;
    todo->erase_mask = 1u;
    return HF_OK;
}

static uint64_t region_mask(const hf_nvm *nvm)
{
    uint64_t mask = 0;
    for (uint32_t i = 0; i < nvm->geometry.region_count; i++) {
        mask |= (uint64_t)1 << i;
    }
    return mask;
}

static int plan_resume(hf_nvm *nvm, const hf_nvm_replay *replay, plan *todo)
    HF_REQUIRES(hf_tsa_nvm)
{
    uint64_t granule = nvm->geometry.granule_size;
    uint64_t chain = 0;
    uint64_t stale = replay->used_mask;
    for (uint32_t i = 0; i < nvm->geometry.region_count; i++) {
        uint64_t bit = (uint64_t)1 << i;
        chain |= nvm->regions[i].epoch != 0 ? bit : 0;
        stale |= replay->opened[i] != 0 ? bit : 0;
    }
    uint64_t end = replay->garbage_end > replay->end.offset ? replay->garbage_end
                                                            : replay->end.offset;
    nvm->erased_mask = replay->erased_mask & ~chain & ~stale;
    todo->erase_mask = region_mask(nvm) & ~chain & ~nvm->erased_mask;
    todo->epoch = replay->epoch_max > nvm->epoch ? replay->epoch_max : nvm->epoch;
    todo->end = replay->end;
    todo->go_on_at = (end + granule - 1u) / granule * granule;
    todo->is_resumed = replay->is_resumed;
    todo->told = replay->told;
    todo->is_fresh = replay->last_anchor != 0 && todo->go_on_at == replay->end.offset;
    todo->is_synced = todo->is_fresh && replay->last_anchor == HF_ANCHOR_CLOSE;
    uint64_t need = HF_RECORD_ANCHOR_SIZE + nvm->pad_size;
    bool has_room = need <= nvm->geometry.region_size - todo->go_on_at;
    if (!todo->is_fresh && !has_room && (nvm->erased_mask | todo->erase_mask) == 0) {
        /* More is in the way than a cut leaves. */
        nvm->corrupt_at = todo->end;
        if (todo->end.offset == nvm->geometry.region_size) {
            nvm->corrupt_at.offset -= 8u;
        }
        return HF_ERR_CORRUPT;
    }
    todo->is_new_region = !has_room;
    return HF_OK;
}

static int read_log(hf_nvm *nvm, bool format, plan *todo) HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t newest;
    hf_nvm_replay replay = { .offset = 0 };
    int rc = hf_nvm_replay_find_regions(nvm, &replay, &newest);
    if (rc != HF_OK) {
        return rc;
    }
    if (newest == nvm->geometry.region_count) {
        rc = plan_format(nvm, &replay.reader, todo);
        return rc == HF_OK && !format ? HF_ERR_BLANK : rc;
    }
    rc = hf_nvm_replay_run(nvm, &replay, newest);
    return rc == HF_OK ? plan_resume(nvm, &replay, todo) : rc;
}

static int read_log_locked(hf_nvm *nvm, bool format, plan *todo)
    HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = read_log(nvm, format, todo);
    hf_wipe(nvm->log.data, nvm->log.size);
    return hf_nvm_unlock(nvm, rc, NULL);
}

/* Without the lock: what was read becomes durable, what is not needed goes. */
static int prepare_medium(hf_nvm *nvm, const plan *todo)
    HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    const hf_nvm_device_ops *ops = nvm->device->ops;
    if (!todo->is_synced && ops->sync(nvm->device->context) != HF_OK) {
        return HF_ERR_IO;
    }
    for (uint32_t i = 0; i < nvm->geometry.region_count; i++) {
        if (((todo->erase_mask >> i) & 1u) != 0 &&
            ops->erase(nvm->device->context, i) != HF_OK) {
            return HF_ERR_IO;
        }
    }
    return HF_OK;
}

/* Commit a new epoch behind the log's end, or in a blank region if there is no room. */
static void append_epoch(hf_nvm *nvm, const plan *todo) HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t old = todo->end.region;
    hf_anchor anchor = { .kind = HF_ANCHOR_RESUME, .prev_end = todo->end.offset };
    nvm->epoch = todo->epoch;
    hf_nvm_log_reset(nvm, (hf_nvm_address){ old, todo->go_on_at });
    nvm->log.durable_end = todo->end.offset; /* the log ends before the garbage */
    nvm->log.is_resumed = true;
    if (todo->is_new_region) {
        anchor.kind = HF_ANCHOR_OPEN;
        anchor.prev_epoch = nvm->regions[old].epoch;
        anchor.is_resumed = todo->is_resumed;
        uint32_t region = hf_nvm_space_find_blank(nvm);
        hf_nvm_log_reset(nvm, (hf_nvm_address){ region, 0 });
        nvm->log.is_resumed = false;
    }
    hf_nvm_space_append_anchor(nvm, &anchor);
}

static void begin_log(hf_nvm *nvm, const plan *todo) HF_REQUIRES(hf_tsa_nvm)
{
    nvm->erased_mask |= todo->erase_mask;
    /* What was read is on the medium, and has been synced. */
    hf_atomic_u64_init(&nvm->durable, nvm->head);
    nvm->marked = todo->told;
    if (todo->is_format) {
        nvm->erased_mask = region_mask(nvm);
        hf_nvm_log_reset(nvm, (hf_nvm_address){ 0, 0 });
        hf_nvm_space_append_anchor(nvm, &(hf_anchor){ .kind = HF_ANCHOR_OPEN });
    } else if (todo->is_fresh) {
        hf_nvm_log_reset(nvm, todo->end);
        nvm->log.is_resumed = todo->is_resumed;
        nvm->log.claim = todo->told;
    } else {
        append_epoch(nvm, todo);
    }
    nvm->log.is_wanted = false;
    nvm->log.is_dirty = false;
    hf_nvm_clean_resume(nvm);
}

static int begin_log_locked(hf_nvm *nvm, const plan *todo)
    HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    begin_log(nvm, todo);
    return hf_nvm_unlock(nvm, HF_OK, NULL);
}

int hf_nvm_open(hf_nvm *nvm, bool format)
{
    plan todo = { .is_format = false };
    int rc = read_log_locked(nvm, format, &todo);
    if (rc == HF_OK) {
        rc = prepare_medium(nvm, &todo);
    }
    if (rc == HF_OK) {
        rc = begin_log_locked(nvm, &todo);
    }
    return rc == HF_OK && todo.is_format ? hf_nvm_sync_all(nvm) : rc;
}
