/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The store's life, and its lock. The lock's two primitives stand here and nowhere else;
 * what a transaction does at its end is in txn.c.
 */
#include "holdfast/nvm.h"

#include <string.h>

#include "base/assert.h"
#include "base/atomic.h"
#include "nvm/clean.h"
#include "nvm/index.h"
#include "nvm/log_buffer.h"
#include "nvm/open.h"
#include "nvm/record.h"
#include "nvm/space.h"
#include "nvm/sync.h"
#include "nvm/txn.h"

int hf_nvm_lock(hf_nvm *nvm)
{
    if (nvm == NULL || nvm->device == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_lock_acquire(&nvm->lock);
    if (rc != HF_OK) {
        return rc;
    }
    hf_nvm_txn_begin(nvm);
    return HF_OK;
}

/* Not analysed: the token of the lock class has no release of its own. */
int hf_nvm_unlock(hf_nvm *nvm, int outcome, hf_ticket *ticket) HF_NO_TSA
{
    if (nvm == NULL || nvm->device == NULL) {
        return outcome != HF_OK ? outcome : HF_ERR_ARG;
    }
    /* A thread that does not own the lock must not end another one's transaction. */
    bool owned = hf_lock_is_held(&nvm->lock);
    int rc = owned ? hf_nvm_txn_end(nvm, outcome, ticket) : outcome;
    int released = hf_lock_release(&nvm->lock);
    return rc != HF_OK ? rc : released;
}

void hf_nvm_assert_held(const hf_nvm *nvm)
{
    HF_ASSERT(hf_lock_is_held(&nvm->lock));
    (void)nvm;
}

hf_ticket hf_nvm_durable(const hf_nvm *nvm)
{
    /* Pairs with the store in sync.c: who sees the position may rely on the medium. */
    return hf_atomic_u64_load_acquire(&nvm->durable);
}

bool hf_nvm_is_failed(const hf_nvm *nvm)
{
    /* Pairs with the store in hf_nvm_fail. */
    return hf_atomic_u32_load_acquire(&nvm->failed) != 0;
}

hf_nvm_address hf_nvm_corrupt_at(const hf_nvm *nvm)
{
    return nvm->corrupt_at;
}

static bool is_geometry_valid(const hf_nvm_geometry *geometry)
{
    uint32_t granule = geometry->granule_size;
    /* An entry of the index holds offsets in units of 8 bytes, in 32 bits. */
    return geometry->region_count >= 2u &&
           geometry->region_count <= HF_CFG_NVM_REGIONS_MAX && granule >= 1u &&
           granule <= 256u && (granule & (granule - 1u)) == 0 &&
           geometry->region_size >= 512u && geometry->region_size % granule == 0 &&
           geometry->region_size % 8u == 0 &&
           hf_record_head_size(geometry->erased & 0x7Fu) == 0 &&
           geometry->region_size / 8u <= UINT32_MAX;
}

static bool is_config_valid(const hf_nvm_config *config)
{
    return config != NULL && config->device != NULL && config->device->ops != NULL &&
           config->index_memory != NULL && (uintptr_t)config->index_memory % 8u == 0 &&
           config->index_size >= HF_NVM_INDEX_SIZE(1) && config->log_buffer != NULL &&
           config->log_buffer_size >= HF_NVM_LOG_BUFFER_SIZE_MIN;
}

/* Fill all that does not come from the medium. */
static int set_up(hf_nvm *nvm, const hf_nvm_config *config)
    HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    uint32_t unit = nvm->geometry.granule_size > 8u ? nvm->geometry.granule_size : 8u;
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    hf_nvm_index_init(&nvm->index, config->index_memory, config->index_size);
    nvm->log.data = config->log_buffer;
    nvm->log.size = config->log_buffer_size - config->log_buffer_size % unit;
    rc = hf_nvm_space_init(nvm);
    return hf_nvm_unlock(nvm, rc, NULL);
}

int hf_nvm_init(hf_nvm *nvm, const hf_nvm_config *config)
{
    if (nvm == NULL || !is_config_valid(config)) {
        return HF_ERR_ARG;
    }
    memset(nvm, 0, sizeof *nvm);
    config->device->ops->geometry(config->device->context, &nvm->geometry);
    if (!is_geometry_valid(&nvm->geometry)) {
        return HF_ERR_ARG;
    }
    int rc = hf_lock_init(&nvm->lock, config->lock);
    if (rc != HF_OK) {
        return rc;
    }
    nvm->device = config->device;
    rc = set_up(nvm, config);
    if (rc == HF_OK) {
        rc = hf_nvm_open(nvm, config->format);
    }
    if (rc != HF_OK) {
        hf_wipe(config->log_buffer, config->log_buffer_size);
        nvm->device = NULL;
        hf_ignore(hf_lock_cleanup(&nvm->lock)); /* the first error is told */
    }
    return rc;
}

/* Write the clean end of the log, if anything was written before it. When nothing was but
 * the anchor of a new epoch, that waits in the buffer, and is written if there is plenty
 * of room: else opening and closing would fill the store. */
static int append_close(hf_nvm *nvm, bool *is_needed) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    bool is_waiting = nvm->log.end != nvm->log.start;
    uint32_t level = nvm->log.is_dirty ? HF_NVM_LEVEL_COPY : HF_NVM_LEVEL_PUT;
    bool fits = hf_nvm_space_admits(nvm, HF_RECORD_ANCHOR_SIZE, level) &&
                hf_nvm_log_room(nvm) >= HF_RECORD_ANCHOR_SIZE + nvm->pad_size;
    *is_needed = nvm->log.is_dirty || (is_waiting && fits);
    if (*is_needed && fits) {
        hf_nvm_space_append_anchor(nvm, &(hf_anchor){ .kind = HF_ANCHOR_CLOSE });
    }
    return hf_nvm_unlock(nvm, HF_OK, NULL);
}

/* Everything durable, and destroyed secrets gone as far as they can be. */
static int close_log(hf_nvm *nvm) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    bool more = true;
    bool is_needed = false;
    int rc = hf_nvm_sync(nvm, NULL);
    while (rc == HF_OK && more) {
        rc = hf_nvm_scrub_step(nvm, &more);
    }
    if (rc == HF_OK) {
        rc = append_close(nvm, &is_needed);
    }
    return rc == HF_OK && is_needed ? hf_nvm_sync_all(nvm) : rc;
}

static void wipe_log_buffer(hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm)
{
    hf_wipe(nvm->log.data, nvm->log.size);
}

int hf_nvm_cleanup(hf_nvm *nvm)
{
    if (nvm == NULL || nvm->device == NULL) {
        return HF_OK;
    }
    int rc = hf_nvm_is_failed(nvm) ? HF_ERR_IO : close_log(nvm);
    int locked = hf_nvm_lock(nvm);
    if (locked == HF_OK) {
        wipe_log_buffer(nvm);
        locked = hf_nvm_unlock(nvm, HF_OK, NULL);
    }
    int cleaned = hf_lock_cleanup(&nvm->lock);
    memset(nvm, 0, sizeof *nvm);
    rc = rc != HF_OK ? rc : locked;
    return rc != HF_OK ? rc : cleaned;
}

void hf_nvm_get_space(hf_nvm *nvm, hf_nvm_space *space)
{
    hf_nvm_observe_head(nvm);
    hf_nvm_get_status(nvm, space);
}

void hf_nvm_get_status(const hf_nvm *nvm, hf_nvm_space *space)
{
    uint64_t used = nvm->live_size;
    *space = (hf_nvm_space){ .total_size = nvm->capacity,
                             .used_size = used,
                             .free_size = used < nvm->capacity ? nvm->capacity - used : 0,
                             .reclaimable_size = hf_nvm_space_reclaimable(nvm),
                             .object_count = nvm->index.object_count,
                             .object_count_max = hf_nvm_index_object_max(&nvm->index),
                             .secret_residue_count = nvm->residue_count,
                             .is_failed = hf_nvm_is_failed(nvm) };
}
