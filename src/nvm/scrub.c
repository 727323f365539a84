/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Scrubbing: the payload of a destroyed secret is overwritten in place, on devices that
 * can. A scrubbed record has a wrong checksum, which on open counts as damage unless the
 * record is known to be below the durable position. So the log must first tell, durably,
 * that the destroy is durable; if no other record does, a mark is appended that says so.
 */
#include "nvm/clean.h"
#include "nvm/index.h"
#include "nvm/log_buffer.h"
#include "nvm/record.h"
#include "nvm/space.h"
#include "nvm/sync.h"

#define SCRUBS_PER_STEP 8u

typedef struct scrub {
    hf_nvm_address at;
    size_t len;
} scrub;

/* The position that must be told to be durable before the first scrub; 0 = none waits. */
static int first_position(hf_nvm *nvm, uint64_t *position)
    HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    uint32_t first = hf_nvm_index_first_scrub(&nvm->index);
    *position = first == 0 ? 0 : hf_nvm_index_at(&nvm->index, first)->seq;
    return hf_nvm_unlock(nvm, HF_OK, NULL);
}

static void append_mark(hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm)
{
    uint64_t durable = hf_nvm_durable(nvm);
    if (!hf_nvm_space_admits(nvm, HF_RECORD_MARK_SIZE, HF_NVM_LEVEL_DESTROY) ||
        hf_nvm_log_room(nvm) < HF_RECORD_MARK_SIZE + nvm->pad_size) {
        return; /* the secret goes with its region */
    }
    uint8_t head[HF_RECORD_HEAD_SIZE_MAX];
    hf_record mark = { .type = HF_RECORD_MARK,
                       .lag = HF_RECORD_LAG_NONE,
                       .epoch = (uint32_t)nvm->epoch,
                       .seq = nvm->head,
                       .id = durable,
                       .value = hf_nvm_log_durable_offset(nvm) };
    hf_record_encode(&mark, head);
    hf_nvm_log_append(nvm, head, HF_RECORD_MARK_SIZE);
    nvm->log.claim = durable;
    nvm->log.is_wanted = true;
    nvm->log.is_dirty = true;
}

/* Have the log tell that a position is durable. */
static int tell(hf_nvm *nvm, uint64_t position) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = HF_OK;
    if (position > hf_nvm_durable(nvm)) {
        rc = hf_nvm_sync_all(nvm);
    }
    if (rc != HF_OK || position <= nvm->marked) {
        return rc;
    }
    rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    append_mark(nvm);
    rc = hf_nvm_unlock(nvm, HF_OK, NULL);
    return rc == HF_OK ? hf_nvm_sync_all(nvm) : rc;
}

/* Take the scrubs that may be done out of the queue. */
static int take_scrubs(hf_nvm *nvm, scrub *scrubs, uint32_t *count)
    HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    uint32_t first = hf_nvm_index_first_scrub(&nvm->index);
    while (first != 0 && *count < SCRUBS_PER_STEP) {
        const hf_nvm_entry *entry = hf_nvm_index_at(&nvm->index, first);
        if (entry->seq > nvm->marked) {
            break;
        }
        uint64_t offset = (uint64_t)entry->offset8 * 8u + HF_RECORD_PUT_SIZE;
        scrubs[*count].at = (hf_nvm_address){ entry->region, offset };
        scrubs[*count].len = entry->len;
        (*count)++;
        hf_nvm_index_drop_scrub(&nvm->index);
        first = hf_nvm_index_first_scrub(&nvm->index);
    }
    return hf_nvm_unlock(nvm, HF_OK, NULL);
}

static int overwrite(hf_nvm *nvm, const scrub *scrubs, uint32_t count)
{
    const hf_nvm_device *device = nvm->device;
    for (uint32_t i = 0; i < count; i++) {
        if (device->ops->scrub(device->context, scrubs[i].at, scrubs[i].len) != HF_OK) {
            return HF_ERR_IO;
        }
    }
    return device->ops->sync(device->context) == HF_OK ? HF_OK : HF_ERR_IO;
}

static int count_scrubs(hf_nvm *nvm, const scrub *scrubs, uint32_t count, bool *more)
    HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    for (uint32_t i = 0; i < count; i++) {
        nvm->regions[scrubs[i].at.region].residue_count--;
        nvm->residue_count--;
    }
    *more = hf_nvm_index_first_scrub(&nvm->index) != 0;
    return hf_nvm_unlock(nvm, HF_OK, NULL);
}

int hf_nvm_scrub_step(hf_nvm *nvm, bool *more)
{
    scrub scrubs[SCRUBS_PER_STEP];
    uint32_t count = 0;
    uint64_t position;
    *more = false;
    int rc = first_position(nvm, &position);
    if (rc != HF_OK || position == 0) {
        return rc;
    }
    rc = tell(nvm, position);
    if (rc == HF_OK) {
        rc = take_scrubs(nvm, scrubs, &count);
    }
    if (rc != HF_OK || count == 0) {
        return rc;
    }
    rc = overwrite(nvm, scrubs, count);
    if (rc != HF_OK) {
        hf_nvm_fail(nvm);
        return rc;
    }
    return count_scrubs(nvm, scrubs, count, more);
}
