/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The owner table of a keystore, and the assignment of unique numbers, which needs its
 * hints. An entry without uncommitted keys is in the LRU list (unused entries at its
 * end); one with uncommitted keys is not, and so stays. Under the store lock.
 */
#include "keystore/owner.h"

#include "base/assert.h"
#include "keystore/list.h"
#include "keystore/slot.h"

/* Work of one assignment under the lock: searches, and numbers that each of them looks
 * at. */
#define SEARCHES_MAX 32u
#define LOOKS_MAX 16u

uint32_t hf_owner_find(const hf_keystore *ks, uint16_t owner)
{
    uint32_t i = hf_table_first(&ks->owner_table, owner);
    while (i != HF_KEYSTORE_NONE && ks->owners[i].owner != owner) {
        i = ks->owner_table.chains[i];
    }
    return i;
}

/* An owner is forgotten: whoever comes next begins above its numbers. */
static void raise_floor(hf_keystore_hints *floor, const hf_keystore_hints *hints)
{
    for (uint32_t k = 0; k < HF_KIND_MAX; k++) {
        if (floor->last[k] < hints->last[k]) {
            floor->last[k] = hints->last[k];
        }
    }
}

uint32_t hf_owner_get(hf_keystore *ks, uint16_t owner)
{
    uint32_t i = hf_owner_find(ks, owner);
    if (i == HF_KEYSTORE_NONE) {
        i = ks->lru_owners.last;
        if (i == HF_KEYSTORE_NONE) {
            return i;
        }
        hf_keystore_owner *entry = &ks->owners[i];
        if (entry->is_used) {
            raise_floor(&ks->floor, &entry->hints);
            hf_table_remove(&ks->owner_table, entry->owner, i);
        }
        *entry = (hf_keystore_owner){ .hints = ks->floor,
                                      .uncommitted = hf_list_empty(),
                                      .owner = owner,
                                      .is_used = true };
        hf_table_insert(&ks->owner_table, owner, i);
    }
    if (ks->owners[i].uncommitted_count == 0) {
        hf_list_remove(ks->owner_links, &ks->lru_owners, i);
        hf_list_push(ks->owner_links, &ks->lru_owners, i);
    }
    return i;
}

void hf_owner_add(hf_keystore *ks, uint32_t slot)
{
    uint32_t i = hf_owner_find(ks, hf_id_owner(ks->slots[slot].meta.id));
    HF_ASSERT(i != HF_KEYSTORE_NONE);
    hf_keystore_owner *entry = &ks->owners[i];
    if (entry->uncommitted_count == 0) {
        hf_list_remove(ks->owner_links, &ks->lru_owners, i);
    }
    entry->uncommitted_count++;
    hf_list_push(ks->slot_links, &entry->uncommitted, slot);
}

void hf_owner_remove(hf_keystore *ks, uint32_t slot)
{
    uint32_t i = hf_owner_find(ks, hf_id_owner(ks->slots[slot].meta.id));
    HF_ASSERT(i != HF_KEYSTORE_NONE);
    hf_keystore_owner *entry = &ks->owners[i];
    hf_list_remove(ks->slot_links, &entry->uncommitted, slot);
    entry->uncommitted_count--;
    if (entry->uncommitted_count == 0) {
        hf_list_push(ks->owner_links, &ks->lru_owners, i);
    }
}

/* Account for `count` numbers in a row that were found taken. */
static void add_taken(hf_keystore_hints *hints, uint8_t kind, uint32_t count)
{
    if (hints->taken_kind != kind) {
        hints->taken_kind = kind;
        hints->taken_count = 0;
    }
    uint32_t room = HF_NUMBER_MAX - hints->taken_count;
    hints->taken_count += count < room ? count : room;
}

/*
 * One search, from the number after the hint up to the last one. HF_OK and *id;
 * HF_ERR_AGAIN: the hint has moved, search again; or an error of the store.
 */
static int search(hf_keystore *ks, hf_keystore_hints *hints, hf_id base, hf_id *id)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    uint8_t kind = hf_id_kind(base);
    uint32_t *last = &hints->last[kind - 1u];
    uint32_t from = *last < HF_NUMBER_MAX ? *last + 1u : 1u;
    uint32_t number = from;
    int rc =
        hf_nvm_find_free(ks->nvm, base | from, base | HF_NUMBER_MAX, LOOKS_MAX, &number);
    if (rc == HF_OK && hf_slot_find(ks, base | number) != HF_KEYSTORE_NONE) {
        /* Free in the store, but the number of a key that is only cached. */
        number++;
        rc = HF_ERR_AGAIN;
    } else if (rc == HF_ERR_NOTFOUND) {
        number = HF_NUMBER_MAX + 1u;
        rc = HF_ERR_AGAIN;
    }
    if (rc == HF_OK) {
        *last = number;
        *id = base | number;
        hints->taken_count = 0;
    } else if (rc == HF_ERR_AGAIN) {
        *last = number - 1u;
        add_taken(hints, kind, number - from);
    }
    return rc;
}

int hf_keystore_assign_number(hf_keystore *ks, uint8_t kind, uint16_t owner, hf_id *id)
{
    hf_nvm_assert_held(ks->nvm);
    if (kind == HF_KIND_NONE || kind > HF_KIND_MAX) {
        return HF_ERR_ARG;
    }
    uint32_t entry = hf_owner_get(ks, owner);
    hf_keystore_hints *hints =
        entry == HF_KEYSTORE_NONE ? &ks->floor : &ks->owners[entry].hints;
    int rc = HF_ERR_AGAIN;
    for (uint32_t i = 0; i < SEARCHES_MAX && rc == HF_ERR_AGAIN; i++) {
        rc = search(ks, hints, hf_id_make(kind, owner, 0), id);
        if (rc == HF_ERR_AGAIN && hints->taken_count == HF_NUMBER_MAX) {
            hints->taken_count = 0;
            rc = HF_ERR_NOSPACE;
        }
    }
    return rc;
}

int hf_keystore_assign_id(hf_keystore *ks, uint16_t owner, hf_id *id)
{
    return hf_keystore_assign_number(ks, HF_KIND_KEY, owner, id);
}
