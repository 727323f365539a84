/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The journal of a step's changes of slots, and their settling by the store. The keystore
 * stages one change in the step's transaction, however many slots it changes. Under the
 * store lock.
 */
#include "keystore/journal.h"

#include "base/assert.h"
#include "keystore/policy.h"
#include "keystore/slot.h"

/* Do the slot's data belong to this commit? A slot without a generation holds what the
 * step itself has written; an inserted slot with one was loaded and is older. */
static bool is_written(const hf_keystore_slot *slot, const hf_keystore_change *change)
{
    return change->action == HF_CHANGE_STORE || change->action == HF_CHANGE_REVOKE ||
           (change->action == HF_CHANGE_INSERT && slot->meta.generation == 0);
}

/* The step is committed: make one change final. */
static void finish(hf_keystore *ks, const hf_keystore_change *change, hf_ticket position)
    HF_REQUIRES(hf_tsa_nvm)
{
    if (change->action == HF_CHANGE_WRITE) {
        return;
    }
    hf_keystore_slot *slot = &ks->slots[change->slot];
    slot->pending_count--;
    if (change->action == HF_CHANGE_REMOVE) {
        hf_slot_discard(ks, change->slot);
        return;
    }
    if (change->action == HF_CHANGE_RESERVE) {
        slot->use_position = position;
    }
    if (change->action == HF_CHANGE_INSERT && slot->state == HF_SLOT_STAGED) {
        slot->state = HF_SLOT_LIVE;
    }
    if (change->action == HF_CHANGE_STORE) {
        slot->is_stored = true;
        slot->is_storing = false;
    }
    if (slot->is_stored && is_written(slot, change)) {
        slot->position = position;
        slot->meta.generation = position;
    }
    hf_slot_place(ks, change->slot);
}

/* The step is rolled back: undo one change. */
static void undo(hf_keystore *ks, const hf_keystore_change *change)
    HF_REQUIRES(hf_tsa_nvm)
{
    if (change->action == HF_CHANGE_WRITE) {
        return;
    }
    hf_keystore_slot *slot = &ks->slots[change->slot];
    slot->pending_count--;
    switch ((enum hf_change_action)change->action) {
    case HF_CHANGE_INSERT:
        hf_slot_withdraw(ks, change->slot);
        hf_slot_discard(ks, change->slot);
        return;
    case HF_CHANGE_REMOVE:
        slot->state = change->old_state;
        hf_slot_publish(ks, change->slot);
        break;
    case HF_CHANGE_STORE:
        slot->is_storing = false;
        break;
    case HF_CHANGE_REVOKE:
        slot->meta.flags = change->old_flags;
        break;
    case HF_CHANGE_RESERVE:
        slot->use_count = change->old_use_count;
        slot->use_reserved = change->old_use_reserved;
        break;
    case HF_CHANGE_WRITE:
        break;
    }
    hf_slot_place(ks, change->slot);
}

/* Called by the store at the end of a step that has staged changes. */
static void settle(void *owner, uint64_t argument, bool committed, hf_ticket position)
    HF_REQUIRES(hf_tsa_nvm)
{
    hf_keystore *ks = (hf_keystore *)owner;
    hf_nvm_assert_held(ks->nvm);
    (void)argument;
    uint32_t count = ks->change_count;
    for (uint32_t i = 0; committed && i < count; i++) {
        finish(ks, &ks->changes[i], position);
    }
    for (uint32_t i = count; !committed && i > 0; i--) {
        undo(ks, &ks->changes[i - 1u]);
    }
    ks->change_count = 0;
    ks->is_staged = false;
}

int hf_journal_open(hf_keystore *ks, uint32_t count)
{
    if (count > HF_KEYSTORE_CHANGES_MAX - ks->change_count) {
        return HF_ERR_LIMIT;
    }
    if (ks->is_staged) {
        return HF_OK;
    }
    hf_nvm_staged staged = { .settle = settle, .owner = ks, .argument = 0 };
    int rc = hf_nvm_stage(ks->nvm, &staged);
    ks->is_staged = rc == HF_OK;
    return rc;
}

bool hf_journal_touches(const hf_keystore *ks, hf_id id)
{
    for (uint32_t i = 0; i < ks->change_count; i++) {
        if (ks->changes[i].id == id) {
            return true;
        }
    }
    return false;
}

/* Record how a slot was before the change that the caller makes next. */
static void record(hf_keystore *ks, enum hf_change_action action, uint32_t index)
    HF_REQUIRES(hf_tsa_nvm)
{
    HF_ASSERT(ks->is_staged && ks->change_count < HF_KEYSTORE_CHANGES_MAX);
    hf_keystore_slot *slot = &ks->slots[index];
    ks->changes[ks->change_count++] =
        (hf_keystore_change){ .id = slot->meta.id,
                              .old_use_count = slot->use_count,
                              .old_use_reserved = slot->use_reserved,
                              .slot = index,
                              .old_flags = slot->meta.flags,
                              .old_state = slot->state,
                              .action = (uint8_t)action };
    slot->pending_count++;
}

void hf_journal_insert(hf_keystore *ks, uint32_t slot)
{
    record(ks, HF_CHANGE_INSERT, slot);
    hf_slot_publish(ks, slot);
    hf_slot_place(ks, slot);
}

void hf_journal_remove(hf_keystore *ks, uint32_t slot)
{
    record(ks, HF_CHANGE_REMOVE, slot);
    hf_slot_withdraw(ks, slot);
    ks->slots[slot].state = HF_SLOT_REMOVED;
    hf_slot_place(ks, slot);
}

void hf_journal_store(hf_keystore *ks, uint32_t slot)
{
    record(ks, HF_CHANGE_STORE, slot);
    ks->slots[slot].is_storing = true;
    hf_slot_place(ks, slot);
}

void hf_journal_revoke(hf_keystore *ks, uint32_t slot)
{
    record(ks, HF_CHANGE_REVOKE, slot);
    ks->slots[slot].meta.flags = hf_policy_revoked(ks->slots[slot].meta.flags);
    hf_slot_place(ks, slot);
}

void hf_journal_reserve_uses(hf_keystore *ks, uint32_t slot, uint64_t count,
                             uint64_t reserved)
{
    record(ks, HF_CHANGE_RESERVE, slot);
    ks->slots[slot].use_count = count;
    ks->slots[slot].use_reserved = reserved;
    hf_slot_place(ks, slot);
}

void hf_journal_write(hf_keystore *ks, hf_id id)
{
    HF_ASSERT(ks->is_staged && ks->change_count < HF_KEYSTORE_CHANGES_MAX);
    ks->changes[ks->change_count++] = (hf_keystore_change){ .id = id,
                                                            .slot = HF_KEYSTORE_NONE,
                                                            .action = HF_CHANGE_WRITE };
}
