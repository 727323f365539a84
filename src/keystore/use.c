/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Counting the uses of keys against limits that survive restarts. A slot holds the exact
 * count and how far the store covers it; the store is written once per block of uses.
 * After a load the slot knows nothing (0 and 0) and goes on at the store's value. Under
 * the store lock.
 *
 * Indexes of stateful keys are given by the same counter, but one by one, and a slot
 * holds nothing of them: what is not in the store was never given.
 */
#include "keystore/use.h"

#include "base/assert.h"
#include "keystore/journal.h"
#include "keystore/slot.h"

#define USE_BLOCK_COUNT 65536u /* uses reserved at once */

static hf_id counter_of(hf_id key)
{
    return hf_id_make(HF_KIND_SYSTEM, hf_id_owner(key), hf_id_number(key));
}

/* Reserved uses of a key; 0 and HF_OK when none were ever reserved. */
static int read_reserved(hf_keystore *ks, hf_id key, uint64_t *value)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_get_counter(ks->nvm, counter_of(key), value);
    if (rc == HF_ERR_NOTFOUND) {
        *value = 0;
        return HF_OK;
    }
    return rc;
}

static int write_reserved(hf_keystore *ks, hf_id key, uint64_t value)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    hf_id id = counter_of(key);
    if (hf_nvm_has(ks->nvm, id)) {
        return hf_nvm_set_counter(ks->nvm, id, value);
    }
    hf_metadata meta = { .id = id };
    uint8_t payload[sizeof(value)];
    hf_put_u64(payload, value);
    return hf_nvm_put_unchecked(ks->nvm, &meta, hf_bytes_of(payload, sizeof(payload)));
}

int hf_use_give_back(hf_keystore *ks, uint32_t slot)
{
    const hf_keystore_slot *s = &ks->slots[slot];
    if (s->use_reserved <= s->use_count) {
        return HF_OK;
    }
    int rc = write_reserved(ks, s->meta.id, s->use_count);
    /* Anything but a request to come again: the uses are lost, the limit still holds. */
    return rc == HF_ERR_AGAIN ? rc : HF_OK;
}

int hf_use_store(hf_keystore *ks, hf_id key, uint64_t count)
{
    if (count == 0) {
        return HF_OK;
    }
    uint64_t reserved;
    int rc = read_reserved(ks, key, &reserved);
    if (rc != HF_OK || reserved >= count) {
        return rc;
    }
    return write_reserved(ks, key, count);
}

static int destroy_if_there(hf_keystore *ks, hf_id id)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    return hf_nvm_has(ks->nvm, id) ? hf_nvm_destroy_unchecked(ks->nvm, id) : HF_OK;
}

int hf_use_destroy(hf_keystore *ks, hf_id key)
{
    hf_id tree = hf_id_make(HF_KIND_TREE, hf_id_owner(key), hf_id_number(key));
    int rc = destroy_if_there(ks, counter_of(key));
    return rc == HF_OK ? destroy_if_there(ks, tree) : rc;
}

/* The slot's reservation is used up: reserve the next block, and count one use. */
static int reserve_block(hf_keystore *ks, uint32_t index, uint64_t use_count_max)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    const hf_keystore_slot *slot = &ks->slots[index];
    hf_id key = slot->meta.id;
    uint64_t base;
    int rc = read_reserved(ks, key, &base);
    if (rc != HF_OK) {
        return rc;
    }
    if (base < slot->use_count) {
        base = slot->use_count;
    }
    if (base >= use_count_max) {
        return HF_ERR_LIMIT;
    }
    uint64_t left = use_count_max - base;
    uint64_t reserved = base + (left < USE_BLOCK_COUNT ? left : USE_BLOCK_COUNT);
    rc = hf_journal_open(ks, 1);
    if (rc == HF_OK) {
        rc = write_reserved(ks, key, reserved);
    }
    if (rc == HF_OK) {
        hf_journal_reserve_uses(ks, index, base + 1u, reserved);
    }
    return rc;
}

int hf_keystore_count_use(hf_keystore *ks, hf_lease *lease, uint64_t use_count_max)
{
    hf_nvm_assert_held(ks->nvm);
    if (!lease->is_held) {
        return HF_ERR_ARG;
    }
    hf_keystore_slot *slot = &ks->slots[lease->slot];
    if (hf_slot_find(ks, slot->meta.id) != lease->slot) {
        /* Its successor under this id, if any, owns the counter now. */
        return HF_ERR_AGAIN;
    }
    hf_nvm_observe(ks->nvm, slot->use_position);
    if (slot->use_count >= use_count_max) {
        return HF_ERR_LIMIT;
    }
    if (slot->use_count < slot->use_reserved) {
        slot->use_count++;
        return HF_OK;
    }
    if (!hf_slot_is_durable(slot) && !hf_nvm_has(ks->nvm, slot->meta.id)) {
        slot->use_count++;
        return HF_OK;
    }
    return reserve_block(ks, lease->slot, use_count_max);
}

/* ---- indexes of stateful keys ---- */

int hf_keystore_reserve_index(hf_keystore *ks, hf_lease *lease, uint64_t index_count,
                              uint64_t *index)
{
    hf_nvm_assert_held(ks->nvm);
    if (!lease->is_held) {
        return HF_ERR_ARG;
    }
    hf_id key = ks->slots[lease->slot].meta.id;
    if (hf_slot_find(ks, key) != lease->slot) {
        return HF_ERR_AGAIN; /* as above */
    }
    if (!hf_slot_is_durable(&ks->slots[lease->slot])) {
        return HF_ERR_STATE;
    }
    uint64_t next;
    int rc = read_reserved(ks, key, &next);
    if (rc != HF_OK) {
        return rc;
    }
    if (next >= index_count) {
        return HF_ERR_LIMIT;
    }
    rc = write_reserved(ks, key, next + 1u);
    if (rc == HF_OK) {
        *index = next;
    }
    return rc;
}

int hf_keystore_indexes_left(hf_keystore *ks, hf_id id, uint64_t index_count,
                             uint64_t *left)
{
    hf_nvm_assert_held(ks->nvm);
    if (hf_id_kind(id) != HF_KIND_KEY || !hf_nvm_has(ks->nvm, id)) {
        return HF_ERR_STATE;
    }
    uint64_t next;
    int rc = read_reserved(ks, id, &next);
    if (rc == HF_OK) {
        *left = next < index_count ? index_count - next : 0;
    }
    return rc;
}
