/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Slots: finding, taking and freeing them. The states and who moves a slot between them:
 *
 *     FREE --take--> STAGED --journal_insert, settle--> LIVE
 *     FREE --take--> (filled from the store) ---------> LIVE
 *     LIVE --journal_remove--> REMOVED --settle--> discard;   roll-back --> LIVE again
 *     any  --discard--> DOOMED, while leases are out --last release--> FREE
 *                       LIMBO, while its parsed form finds no room in the step's drops
 *                       FREE otherwise
 *
 * Only STAGED and LIVE slots are in the look-up table. From state, flags and counts
 * follows the role: the list or count that the slot belongs to. hf_slot_place() is the
 * one function that moves a slot between roles, and everybody calls it after a change.
 */
#ifndef HF_KEYSTORE_SLOT_H
#define HF_KEYSTORE_SLOT_H

#include "holdfast/keystore.h"

enum hf_slot_state {
    HF_SLOT_FREE = 0,
    HF_SLOT_STAGED = 1, /* inserted by the running step */
    HF_SLOT_LIVE = 2,
    HF_SLOT_REMOVED = 3, /* removed by the running step */
    HF_SLOT_DOOMED = 4,  /* out of reach; freed with the last lease */
    HF_SLOT_LIMBO = 5    /* wiped; freed when its parsed form is dropped */
};

enum hf_slot_role {
    HF_ROLE_NONE = 0,
    HF_ROLE_FREE = 1,        /* in the list of free slots */
    HF_ROLE_EVICTABLE = 2,   /* in the LRU list */
    HF_ROLE_PINNED = 3,      /* counted: a release makes it free or evictable */
    HF_ROLE_UNCOMMITTED = 4, /* in its owner's list and quota */
    HF_ROLE_LIMBO = 5        /* in the list of slots in limbo */
};

/* The slot in which a key can be found, or HF_KEYSTORE_NONE. */
uint32_t hf_slot_find(const hf_keystore *ks, hf_id id) HF_REQUIRES(hf_tsa_nvm);

/* Put a slot into the look-up table, under its metadata's id, or take it out. */
void hf_slot_publish(hf_keystore *ks, uint32_t index) HF_REQUIRES(hf_tsa_nvm);
void hf_slot_withdraw(hf_keystore *ks, uint32_t index) HF_REQUIRES(hf_tsa_nvm);

/* Give a slot the role that follows from its state. */
void hf_slot_place(hf_keystore *ks, uint32_t index) HF_REQUIRES(hf_tsa_nvm);

/*
 * Take a slot for `len` bytes of material: a free one, or that of the key that was unused
 * for longest. The slot is STAGED, empty and in no list: it must be filled and published,
 * or discarded. HF_OK, HF_ERR_CACHE_FULL, HF_ERR_BUSY, HF_ERR_LIMIT (too many evictions
 * in one step), HF_ERR_AGAIN (of the store).
 */
int hf_slot_take(hf_keystore *ks, size_t len, uint32_t *index)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* Wipe and free a slot that is not in the table, or doom it while leases are out. */
void hf_slot_discard(hf_keystore *ks, uint32_t index) HF_REQUIRES(hf_tsa_nvm);

/* Hand over a parsed form to who runs the step; false when there is no room. */
bool hf_slot_drop(hf_keystore *ks, void *parsed, uint32_t device, uint32_t count_max)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Free slots in limbo, as far as the step's drops have room. */
void hf_slot_leave_limbo(hf_keystore *ks) HF_REQUIRES(hf_tsa_nvm);

/* Drops that slots may use; the rest is for forms that leases bring back. */
#define HF_DROPS_SLOTS_MAX (HF_DROPS_MAX - HF_CFG_REQUEST_LEASES_MAX)

/* The slot's key is in the store, or will be when the running step commits. */
static inline bool hf_slot_is_durable(const hf_keystore_slot *slot)
{
    return slot->is_stored || slot->is_storing;
}

#endif
