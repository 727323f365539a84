/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The accounts of space. docs/storage.md shows why a store that keeps to them can always
 * be cleaned and always destroy.
 */
#include "nvm/space.h"

#include <string.h>

#include "base/assert.h"
#include "nvm/log_buffer.h"

/* Anchors that space is kept for: one that retires a region, one that resumes after a
 * cut. */
#define ANCHORS_KEPT 2u

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Bytes of filling when `size` bytes of live records are copied: a cleaning syncs its
 * copies when there are cut_loss of them, or the buffer is half full, and a few times
 * besides. */
static uint64_t copy_pads(const hf_nvm *nvm, uint64_t size) HF_REQUIRES(hf_tsa_nvm)
{
    uint64_t batch = min_u64(nvm->log.size / 2u, nvm->cut_loss);
    return nvm->pad_size == 0 ? 0 : (size / batch + 3u) * nvm->pad_size;
}

/* Kept back at a level: what the levels above it may use. */
static uint64_t kept_size(const hf_nvm *nvm, uint32_t level)
{
    uint64_t pad = nvm->pad_size;
    uint64_t anchors = ANCHORS_KEPT * (HF_RECORD_ANCHOR_SIZE + pad);
    uint64_t destroy = HF_RECORD_DESTROY_SIZE + pad;
    uint64_t counters = HF_RECORD_COUNTER_SIZE * HF_CFG_NVM_TXN_OPS_MAX + pad;
    switch (level) {
    case HF_NVM_LEVEL_PUT:
        return anchors + destroy + counters;
    case HF_NVM_LEVEL_COUNTER:
        return anchors + destroy;
    case HF_NVM_LEVEL_DESTROY:
        return anchors;
    default:
        return 0;
    }
}

int hf_nvm_space_init(hf_nvm *nvm)
{
    uint64_t size = nvm->geometry.region_size;
    uint64_t count = nvm->geometry.region_count;
    nvm->pad_size = nvm->geometry.granule_size > 8u ? nvm->geometry.granule_size : 0;
    nvm->cut_loss = min_u64(size / 8u, 2u * nvm->log.size) & ~(uint64_t)7u;
    uint64_t copies = nvm->cut_loss + copy_pads(nvm, size);
    uint64_t kept = kept_size(nvm, HF_NVM_LEVEL_PUT) + copies;
    /* A region that was just filled by cleaning also holds two anchors: of its opening,
     * and of the retirement. */
    uint64_t lost = kept + copy_pads(nvm, size) +
                    2u * (HF_RECORD_ANCHOR_SIZE + nvm->pad_size) + nvm->pad_size;
    if (nvm->log.size < 8u * (uint64_t)nvm->pad_size ||
        size < lost + HF_RECORD_PUT_SIZE) {
        return HF_ERR_ARG;
    }
    nvm->put_limit = size - kept;
    /* A transaction must fit the log buffer, and a region. With more than two regions,
     * none may be so fragmented that no transaction fits. */
    uint64_t content = size - lost;
    uint64_t buffer = nvm->log.size - HF_RECORD_ANCHOR_SIZE - 2u * nvm->pad_size;
    nvm->txn_max = min_u64(buffer, count > 2u ? content / 2u : content) & ~(uint64_t)7u;
    nvm->capacity = (count - 1u) * content - (count - 2u) * nvm->txn_max;
    return HF_OK;
}

uint32_t hf_nvm_space_tail(const hf_nvm *nvm)
{
    uint32_t tail = nvm->log.active;
    for (uint32_t i = 0; i < nvm->geometry.region_count; i++) {
        uint64_t epoch = nvm->regions[i].epoch;
        if (epoch != 0 && epoch < nvm->regions[tail].epoch) {
            tail = i;
        }
    }
    return tail;
}

uint32_t hf_nvm_space_chain_count(const hf_nvm *nvm)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < nvm->geometry.region_count; i++) {
        count += nvm->regions[i].epoch != 0 ? 1u : 0u;
    }
    return count;
}

static bool is_blank(const hf_nvm *nvm, uint32_t region) HF_REQUIRES(hf_tsa_nvm)
{
    return nvm->regions[region].epoch == 0 && ((nvm->erased_mask >> region) & 1u) != 0;
}

uint32_t hf_nvm_space_blank_count(const hf_nvm *nvm)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < nvm->geometry.region_count; i++) {
        count += is_blank(nvm, i) ? 1u : 0u;
    }
    return count;
}

uint32_t hf_nvm_space_find_blank(const hf_nvm *nvm)
{
    uint32_t count = nvm->geometry.region_count;
    for (uint32_t i = 1; i <= count; i++) {
        uint32_t region = (nvm->log.active + i) % count;
        if (is_blank(nvm, region)) {
            return region;
        }
    }
    return count;
}

uint64_t hf_nvm_space_debt(const hf_nvm *nvm)
{
    const hf_nvm_region *victim = &nvm->regions[nvm->cleaning.victim];
    if (nvm->cleaning.phase == 0 || victim->epoch == 0) {
        return 0;
    }
    /* A cut may bring back what died, or was copied, and is not durable. */
    uint64_t live = victim->live_size + nvm->log.killed_size + nvm->log.killed_before;
    live = min_u64(live, nvm->geometry.region_size);
    return live == 0 ? 0 : live + copy_pads(nvm, live);
}

bool hf_nvm_space_admits(const hf_nvm *nvm, uint64_t size, uint32_t level)
{
    uint64_t used = hf_nvm_log_offset(nvm);
    uint64_t debt = hf_nvm_space_debt(nvm);
    uint64_t need = size + nvm->pad_size + kept_size(nvm, level);
    if (level == HF_NVM_LEVEL_PUT) {
        need += nvm->geometry.region_size - nvm->put_limit - kept_size(nvm, level);
    } else if (debt > 0 && level < HF_NVM_LEVEL_COPY) {
        need += nvm->cut_loss;
    }
    need += level == HF_NVM_LEVEL_BARE ? 0 : debt;
    return need <= nvm->geometry.region_size - used;
}

bool hf_nvm_space_takes(const hf_nvm *nvm, uint32_t region)
{
    uint64_t live = nvm->regions[region].live_size;
    uint64_t need =
        live + copy_pads(nvm, live) + nvm->geometry.region_size - nvm->put_limit;
    return need <= nvm->geometry.region_size - hf_nvm_log_offset(nvm);
}

uint64_t hf_nvm_space_reclaimable(const hf_nvm *nvm)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < nvm->geometry.region_count; i++) {
        const hf_nvm_region *region = &nvm->regions[i];
        uint64_t end =
            i == nvm->log.active ? hf_nvm_log_offset(nvm) : (uint64_t)region->end8 * 8u;
        /* Anchors and filling come back in the next region. */
        uint64_t base = region->live_size + copy_pads(nvm, region->live_size) +
                        3u * (HF_RECORD_ANCHOR_SIZE + nvm->pad_size);
        if (region->epoch != 0 && end > base) {
            sum += end - base;
        }
    }
    return sum;
}

void hf_nvm_space_add(hf_nvm *nvm, uint32_t region, uint64_t size)
{
    nvm->regions[region].live_size += size;
    nvm->live_size += size;
}

void hf_nvm_space_sub(hf_nvm *nvm, uint32_t region, uint64_t size)
{
    HF_ASSERT(nvm->regions[region].live_size >= size && nvm->live_size >= size);
    nvm->regions[region].live_size -= size;
    nvm->live_size -= size;
    nvm->log.killed_size += size;
}

void hf_nvm_space_append_anchor(hf_nvm *nvm, hf_anchor *anchor)
{
    uint8_t bytes[HF_RECORD_ANCHOR_SIZE];
    nvm->epoch++;
    if (anchor->kind == HF_ANCHOR_OPEN) {
        nvm->regions[nvm->log.active].epoch = nvm->epoch;
        nvm->erased_mask &= ~((uint64_t)1 << nvm->log.active);
    }
    anchor->epoch = nvm->epoch;
    anchor->seq = nvm->head;
    anchor->durable = hf_nvm_durable(nvm);
    anchor->tail_epoch = nvm->regions[hf_nvm_space_tail(nvm)].epoch;
    anchor->durable_end = hf_nvm_log_durable_offset(nvm);
    anchor->erased_mask = nvm->erased_mask;
    anchor->geometry = nvm->geometry;
    hf_anchor_encode(anchor, bytes);
    hf_nvm_log_append(nvm, bytes, sizeof bytes);
    nvm->log.claim = anchor->durable;
    nvm->log.is_wanted = true;
    nvm->log.is_dirty = true;
}

void hf_nvm_space_open_region(hf_nvm *nvm, uint32_t region)
{
    uint32_t previous = nvm->log.active;
    hf_nvm_log_pad(nvm);
    hf_anchor anchor = { .kind = HF_ANCHOR_OPEN,
                         .prev_epoch = nvm->regions[previous].epoch,
                         .prev_end = hf_nvm_log_offset(nvm),
                         .is_resumed = nvm->log.is_resumed };
    nvm->regions[previous].end8 = (uint32_t)(anchor.prev_end / 8u);
    hf_nvm_log_switch(nvm, region);
    nvm->log.is_resumed = false;
    hf_nvm_space_append_anchor(nvm, &anchor);
}
