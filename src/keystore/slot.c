/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Slots of a keystore: look-up, roles, eviction, wiping. Knows nothing of policy; the
 * journal decides when a change of a step becomes final. Under the store lock.
 */
#include "keystore/slot.h"

#include <string.h>

#include "base/assert.h"
#include "keystore/list.h"
#include "keystore/owner.h"
#include "keystore/use.h"

uint32_t hf_slot_find(const hf_keystore *ks, hf_id id)
{
    uint32_t i = hf_table_first(&ks->slot_table, id);
    while (i != HF_KEYSTORE_NONE && ks->slots[i].meta.id != id) {
        i = ks->slot_table.chains[i];
    }
    return i;
}

void hf_slot_publish(hf_keystore *ks, uint32_t index)
{
    HF_ASSERT(hf_slot_find(ks, ks->slots[index].meta.id) == HF_KEYSTORE_NONE);
    hf_table_insert(&ks->slot_table, ks->slots[index].meta.id, index);
}

void hf_slot_withdraw(hf_keystore *ks, uint32_t index)
{
    hf_table_remove(&ks->slot_table, ks->slots[index].meta.id, index);
}

static enum hf_slot_role role_of(const hf_keystore_slot *slot)
{
    switch ((enum hf_slot_state)slot->state) {
    case HF_SLOT_FREE:
        return HF_ROLE_FREE;
    case HF_SLOT_STAGED:
    case HF_SLOT_REMOVED:
        /* A removed one counts until the step is settled: the removal may be undone. */
        return slot->is_stored ? HF_ROLE_NONE : HF_ROLE_UNCOMMITTED;
    case HF_SLOT_LIVE:
        if (!slot->is_stored) {
            return HF_ROLE_UNCOMMITTED;
        }
        if (slot->reader_count > 0) {
            return HF_ROLE_PINNED;
        }
        return slot->pending_count > 0 ? HF_ROLE_NONE : HF_ROLE_EVICTABLE;
    case HF_SLOT_DOOMED:
        return HF_ROLE_PINNED;
    case HF_SLOT_LIMBO:
        return HF_ROLE_LIMBO;
    }
    return HF_ROLE_NONE;
}

static void leave_role(hf_keystore *ks, uint32_t index) HF_REQUIRES(hf_tsa_nvm)
{
    hf_keystore_slot *slot = &ks->slots[index];
    uint8_t class = slot->size_class;
    switch ((enum hf_slot_role)slot->role) {
    case HF_ROLE_NONE:
        break;
    case HF_ROLE_FREE:
        hf_list_remove(ks->slot_links, &ks->free_slots[class], index);
        ks->free_counts[class]--;
        break;
    case HF_ROLE_EVICTABLE:
        hf_list_remove(ks->slot_links, &ks->lru_slots[class], index);
        break;
    case HF_ROLE_PINNED:
        ks->pinned_counts[class]--;
        if (slot->pinned_step == ks->step) {
            ks->step_pinned_counts[class]--;
        }
        break;
    case HF_ROLE_UNCOMMITTED:
        hf_owner_remove(ks, index);
        break;
    case HF_ROLE_LIMBO:
        hf_list_remove(ks->slot_links, &ks->limbo_slots, index);
        break;
    }
    slot->role = HF_ROLE_NONE;
}

static void enter_role(hf_keystore *ks, uint32_t index, enum hf_slot_role role)
    HF_REQUIRES(hf_tsa_nvm)
{
    hf_keystore_slot *slot = &ks->slots[index];
    uint8_t class = slot->size_class;
    switch (role) {
    case HF_ROLE_NONE:
        break;
    case HF_ROLE_FREE:
        hf_list_push(ks->slot_links, &ks->free_slots[class], index);
        ks->free_counts[class]++;
        ks->is_released = true;
        break;
    case HF_ROLE_EVICTABLE:
        hf_list_push(ks->slot_links, &ks->lru_slots[class], index);
        ks->is_released = true;
        break;
    case HF_ROLE_PINNED:
        ks->pinned_counts[class]++;
        ks->step_pinned_counts[class]++;
        slot->pinned_step = ks->step;
        break;
    case HF_ROLE_UNCOMMITTED:
        hf_owner_add(ks, index);
        break;
    case HF_ROLE_LIMBO:
        hf_list_push(ks->slot_links, &ks->limbo_slots, index);
        break;
    }
    slot->role = (uint8_t)role;
}

void hf_slot_place(hf_keystore *ks, uint32_t index)
{
    enum hf_slot_role role = role_of(&ks->slots[index]);
    if (role != ks->slots[index].role) {
        leave_role(ks, index);
        enter_role(ks, index, role);
    }
}

bool hf_slot_drop(hf_keystore *ks, void *parsed, uint32_t device, uint32_t count_max)
{
    hf_drops *drops = ks->drops;
    if (drops == NULL || drops->count >= count_max) {
        return false;
    }
    drops->items[drops->count].parsed = parsed;
    drops->items[drops->count].device = device;
    drops->count++;
    return true;
}

/* Back to the state of a slot that was never used. */
static void reset(hf_keystore *ks, uint32_t index) HF_REQUIRES(hf_tsa_nvm)
{
    hf_keystore_slot *slot = &ks->slots[index];
    leave_role(ks, index);
    hf_keystore_slot clean = { .material = slot->material,
                               .size_class = slot->size_class };
    hf_wipe(slot, sizeof(*slot));
    *slot = clean;
    hf_slot_place(ks, index);
}

void hf_slot_discard(hf_keystore *ks, uint32_t index)
{
    hf_keystore_slot *slot = &ks->slots[index];
    HF_ASSERT(slot->pending_count == 0 && hf_slot_find(ks, slot->meta.id) != index);
    if (slot->reader_count > 0) {
        HF_ASSERT(slot->state != HF_SLOT_DOOMED);
        slot->state = HF_SLOT_DOOMED;
        ks->doomed_count++;
        hf_slot_place(ks, index);
        return;
    }
    if (slot->state == HF_SLOT_DOOMED) {
        ks->doomed_count--;
    }
    hf_wipe(slot->material, slot->meta.len);
    if (slot->parsed != NULL &&
        !hf_slot_drop(ks, slot->parsed, slot->parsed_device, HF_DROPS_SLOTS_MAX)) {
        slot->state = HF_SLOT_LIMBO;
        hf_slot_place(ks, index);
        return;
    }
    reset(ks, index);
}

void hf_slot_leave_limbo(hf_keystore *ks)
{
    /* Half of the room stays for what the step itself will drop. */
    while (ks->limbo_slots.first != HF_KEYSTORE_NONE) {
        uint32_t index = ks->limbo_slots.first;
        const hf_keystore_slot *slot = &ks->slots[index];
        if (!hf_slot_drop(ks, slot->parsed, slot->parsed_device,
                          HF_DROPS_SLOTS_MAX / 2u)) {
            return;
        }
        reset(ks, index);
    }
}

/* Free the least recently used slot of a class. */
static int evict(hf_keystore *ks, uint32_t index) HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    const hf_keystore_slot *slot = &ks->slots[index];
    if (slot->parsed != NULL &&
        (ks->drops == NULL || ks->drops->count >= HF_DROPS_SLOTS_MAX)) {
        return HF_ERR_LIMIT;
    }
    int rc = hf_use_give_back(ks, index);
    if (rc != HF_OK) {
        return rc;
    }
    hf_slot_withdraw(ks, index);
    hf_slot_discard(ks, index);
    ks->eviction_count++;
    return HF_OK;
}

/* Take a slot of one class: HF_ERR_CACHE_FULL when none is free or evictable. */
static int take_of_class(hf_keystore *ks, uint32_t class, uint32_t *index)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    if (ks->free_slots[class].first == HF_KEYSTORE_NONE) {
        if (ks->lru_slots[class].last == HF_KEYSTORE_NONE) {
            return HF_ERR_CACHE_FULL;
        }
        /* The slot is used at once: nobody needs to be told that it was free for a
         * moment. */
        bool was_released = ks->is_released;
        int rc = evict(ks, ks->lru_slots[class].last);
        ks->is_released = was_released;
        if (rc != HF_OK) {
            return rc;
        }
    }
    *index = ks->free_slots[class].first;
    leave_role(ks, *index);
    ks->slots[*index].state = HF_SLOT_STAGED;
    return HF_OK;
}

int hf_slot_take(hf_keystore *ks, size_t len, uint32_t *index)
{
    bool is_waiting_useful = false;
    for (uint32_t class = 0; class < HF_SLOT_CLASS_COUNT; class ++) {
        if (len > ks->class_sizes[class]) {
            continue;
        }
        int rc = take_of_class(ks, class, index);
        if (rc == HF_OK) {
            ks->slots[*index].serial = ++ks->serial;
        }
        if (rc != HF_ERR_CACHE_FULL) {
            return rc;
        }
        /* What this very step has pinned is not given back while its request waits. */
        if (ks->pinned_counts[class] > ks->step_pinned_counts[class]) {
            is_waiting_useful = true;
        }
    }
    return is_waiting_useful ? HF_ERR_BUSY : HF_ERR_CACHE_FULL;
}
