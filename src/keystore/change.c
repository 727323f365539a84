/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Changing keys: import, commit, evict, erase, revoke, trust. Each function has one
 * shape: check against the flags; get the resources that can be missing (slot, journal);
 * write to the store; record the change of slots, which cannot fail. Inside a step of the
 * store.
 */
#include "holdfast/keystore.h"

#include <string.h>

#include "base/assert.h"
#include "keystore/journal.h"
#include "keystore/owner.h"
#include "keystore/policy.h"
#include "keystore/slot.h"
#include "keystore/use.h"

/* Flags of the stored key of this id; 0 when there is none. */
static int get_stored_flags(hf_keystore *ks, hf_id id, uint32_t *flags)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    hf_metadata meta;
    int rc = hf_nvm_get_metadata(ks->nvm, id, &meta);
    *flags = rc == HF_OK ? meta.flags : 0;
    return rc == HF_ERR_NOTFOUND ? HF_OK : rc;
}

static int check_import(hf_keystore *ks, const hf_metadata *meta, hf_bytes raw,
                        bool store) HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    if (!hf_id_is_valid(meta->id) || hf_id_kind(meta->id) != HF_KIND_KEY ||
        raw.len == 0 || (store && hf_policy_store(meta->flags) != HF_OK)) {
        return HF_ERR_ARG;
    }
    if (raw.len > ks->key_size_max) {
        return HF_ERR_SIZE;
    }
    uint32_t index = hf_slot_find(ks, meta->id);
    uint32_t flags = 0;
    if (index != HF_KEYSTORE_NONE) {
        hf_nvm_observe(ks->nvm, ks->slots[index].position);
        flags = ks->slots[index].meta.flags;
    }
    int rc = HF_OK;
    if (index == HF_KEYSTORE_NONE || !ks->slots[index].is_stored) {
        uint32_t stored;
        rc = get_stored_flags(ks, meta->id, &stored);
        flags |= stored & HF_FLAG_NONMODIFIABLE;
    }
    return rc == HF_OK ? hf_policy_replace(flags) : rc;
}

/* May the owner have one uncommitted key more? A key that it replaces is not counted. */
static int check_quota(hf_keystore *ks, hf_id id) HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t owner = hf_owner_get(ks, hf_id_owner(id));
    if (owner == HF_KEYSTORE_NONE) {
        return HF_ERR_QUOTA;
    }
    uint32_t old = hf_slot_find(ks, id);
    uint32_t count = ks->owners[owner].uncommitted_count;
    if (old != HF_KEYSTORE_NONE && ks->slots[old].role == HF_ROLE_UNCOMMITTED) {
        count--;
    }
    return count < ks->uncommitted_max ? HF_OK : HF_ERR_QUOTA;
}

/* Fill a slot that was taken for an import. Uses of the key that was there go on
 * counting: the material may be the same. */
static void fill_import(hf_keystore *ks, uint32_t index, const hf_metadata *meta,
                        hf_bytes raw) HF_REQUIRES(hf_tsa_nvm)
{
    hf_keystore_slot *slot = &ks->slots[index];
    slot->meta = *meta;
    slot->meta.len = (uint32_t)raw.len;
    slot->meta.generation = 0;
    memcpy(slot->material, raw.data, raw.len);
    uint32_t old = hf_slot_find(ks, meta->id);
    if (old != HF_KEYSTORE_NONE) {
        slot->use_count = ks->slots[old].use_count;
        slot->use_reserved = ks->slots[old].use_reserved;
        slot->use_position = ks->slots[old].use_position;
    }
}

/* What can still fail of an import, with the slot filled. */
static int store_import(hf_keystore *ks, uint32_t index, bool store)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    hf_keystore_slot *slot = &ks->slots[index];
    int rc = hf_journal_open(ks, 2);
    if (rc != HF_OK || !store) {
        return rc;
    }
    rc = hf_nvm_put_checked(ks->nvm, &slot->meta,
                            hf_bytes_of(slot->material, slot->meta.len));
    if (rc == HF_OK) {
        rc = hf_use_store(ks, slot->meta.id, slot->use_count);
    }
    slot->is_stored = rc == HF_OK;
    return rc;
}

int hf_keystore_import(hf_keystore *ks, const hf_metadata *meta, hf_bytes raw, bool store)
{
    hf_nvm_assert_held(ks->nvm);
    int rc = check_import(ks, meta, raw, store);
    if (rc == HF_OK && !store) {
        rc = check_quota(ks, meta->id);
    }
    uint32_t index = HF_KEYSTORE_NONE;
    if (rc == HF_OK) {
        rc = hf_slot_take(ks, raw.len, &index);
    }
    if (rc != HF_OK) {
        return rc;
    }
    fill_import(ks, index, meta, raw);
    rc = store_import(ks, index, store);
    if (rc != HF_OK) {
        hf_slot_discard(ks, index);
        return rc;
    }
    uint32_t old = hf_slot_find(ks, meta->id);
    if (old != HF_KEYSTORE_NONE) {
        hf_journal_remove(ks, old);
    }
    hf_journal_insert(ks, index);
    return HF_OK;
}

int hf_keystore_commit(hf_keystore *ks, hf_id id)
{
    hf_nvm_assert_held(ks->nvm);
    uint32_t index =
        hf_id_kind(id) == HF_KIND_KEY ? hf_slot_find(ks, id) : HF_KEYSTORE_NONE;
    if (index == HF_KEYSTORE_NONE) {
        bool is_key = hf_id_kind(id) == HF_KIND_KEY;
        return is_key && hf_nvm_has(ks->nvm, id) ? HF_OK : HF_ERR_NOTFOUND;
    }
    const hf_keystore_slot *slot = &ks->slots[index];
    if (hf_slot_is_durable(slot)) {
        hf_nvm_observe(ks->nvm, slot->position);
        return HF_OK;
    }
    int rc = hf_policy_store(slot->meta.flags);
    if (rc == HF_OK) {
        rc = hf_journal_open(ks, 1);
    }
    if (rc == HF_OK) {
        /* Checked: the stored key of this id may have been revoked meanwhile. */
        rc = hf_nvm_put_checked(ks->nvm, &slot->meta,
                                hf_bytes_of(slot->material, slot->meta.len));
    }
    if (rc == HF_OK) {
        rc = hf_use_store(ks, id, slot->use_count);
    }
    if (rc == HF_OK) {
        hf_journal_store(ks, index);
    }
    return rc;
}

int hf_keystore_evict(hf_keystore *ks, hf_id id)
{
    hf_nvm_assert_held(ks->nvm);
    if (hf_id_kind(id) != HF_KIND_KEY) {
        return HF_ERR_NOTFOUND;
    }
    uint32_t index = hf_slot_find(ks, id);
    if (index == HF_KEYSTORE_NONE) {
        return hf_nvm_has(ks->nvm, id) ? HF_OK : HF_ERR_NOTFOUND;
    }
    const hf_keystore_slot *slot = &ks->slots[index];
    hf_nvm_observe(ks->nvm, slot->position);
    int rc = HF_OK;
    if (!hf_slot_is_durable(slot)) {
        rc = hf_policy_destroy(slot->meta.flags);
    }
    if (rc == HF_OK) {
        rc = hf_journal_open(ks, 1);
    }
    if (rc == HF_OK) {
        rc = hf_use_give_back(ks, index);
    }
    if (rc == HF_OK) {
        hf_journal_remove(ks, index);
    }
    return rc;
}

int hf_keystore_erase(hf_keystore *ks, hf_id id)
{
    hf_nvm_assert_held(ks->nvm);
    if (hf_id_kind(id) != HF_KIND_KEY) {
        return HF_ERR_NOTFOUND;
    }
    uint32_t index = hf_slot_find(ks, id);
    bool is_stored = hf_nvm_has(ks->nvm, id);
    if (index == HF_KEYSTORE_NONE && !is_stored) {
        return HF_ERR_NOTFOUND;
    }
    int rc = HF_OK;
    if (index != HF_KEYSTORE_NONE) {
        hf_nvm_observe(ks->nvm, ks->slots[index].position);
        rc = hf_policy_destroy(ks->slots[index].meta.flags);
        if (rc == HF_OK) {
            rc = hf_journal_open(ks, 1);
        }
    }
    if (rc == HF_OK && is_stored) {
        rc = hf_nvm_destroy_checked(ks->nvm, id);
    }
    if (rc == HF_OK && is_stored) {
        rc = hf_use_destroy(ks, id);
    }
    if (rc == HF_OK && index != HF_KEYSTORE_NONE) {
        hf_journal_remove(ks, index);
    }
    return rc;
}

/* Rewrite a stored key with other flags, through the scratch memory: needs no slot, so a
 * full cache cannot keep a key from being revoked. */
static int rewrite(hf_keystore *ks, hf_metadata *meta, uint32_t flags)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    if (meta->len > ks->key_size_max) {
        return HF_ERR_SIZE;
    }
    hf_buffer material = hf_buffer_of(ks->scratch, ks->key_size_max);
    int rc = hf_nvm_read_unchecked(ks->nvm, meta->id, 0, &material);
    if (rc == HF_OK) {
        meta->flags = flags;
        rc =
            hf_nvm_put_unchecked(ks->nvm, meta, hf_bytes_of(material.data, material.len));
    }
    hf_wipe(ks->scratch, ks->key_size_max);
    return rc;
}

static int revoke_stored(hf_keystore *ks, hf_id id) HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    hf_metadata meta;
    int rc = hf_nvm_get_metadata(ks->nvm, id, &meta);
    if (rc != HF_OK || hf_policy_is_revoked(meta.flags)) {
        return rc;
    }
    return rewrite(ks, &meta, hf_policy_revoked(meta.flags));
}

static void revoke_cached(hf_keystore *ks, uint32_t index) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_keystore_slot *slot = &ks->slots[index];
    if (hf_slot_is_durable(slot) && slot->reader_count > 0) {
        /* Leases go on with the slot as it was; whoever comes next loads the revoked key.
         */
        hf_journal_remove(ks, index);
    } else {
        hf_journal_revoke(ks, index);
    }
}

int hf_keystore_revoke(hf_keystore *ks, hf_id id)
{
    hf_nvm_assert_held(ks->nvm);
    if (hf_id_kind(id) != HF_KIND_KEY) {
        return HF_ERR_NOTFOUND;
    }
    uint32_t index = hf_slot_find(ks, id);
    bool is_stored = hf_nvm_has(ks->nvm, id);
    if (index == HF_KEYSTORE_NONE && !is_stored) {
        return HF_ERR_NOTFOUND;
    }
    int rc = hf_journal_open(ks, 1);
    if (rc == HF_OK && is_stored) {
        rc = revoke_stored(ks, id);
    }
    if (rc != HF_OK) {
        return rc;
    }
    if (index == HF_KEYSTORE_NONE) {
        hf_journal_write(ks, id);
        return HF_OK;
    }
    hf_nvm_observe(ks->nvm, ks->slots[index].position);
    if (!hf_policy_is_revoked(ks->slots[index].meta.flags)) {
        revoke_cached(ks, index);
    }
    return HF_OK;
}

int hf_keystore_trust(hf_keystore *ks, hf_id id)
{
    hf_nvm_assert_held(ks->nvm);
    hf_metadata meta;
    if (hf_id_kind(id) != HF_KIND_KEY) {
        return HF_ERR_NOTFOUND;
    }
    int rc = hf_nvm_get_metadata(ks->nvm, id, &meta);
    if (rc != HF_OK || (meta.flags & HF_FLAG_TRUSTED) != 0) {
        return rc;
    }
    rc = hf_policy_trust(meta.flags);
    if (rc != HF_OK) {
        return rc;
    }
    /* A cached form of it goes, and is loaded again with the new flags; one that hides
     * it is another key. */
    uint32_t index = hf_slot_find(ks, id);
    bool is_cached = index != HF_KEYSTORE_NONE && hf_slot_is_durable(&ks->slots[index]);
    rc = hf_journal_open(ks, 1);
    if (rc == HF_OK && is_cached) {
        rc = hf_use_give_back(ks, index);
    }
    if (rc == HF_OK) {
        rc = rewrite(ks, &meta, meta.flags | HF_FLAG_TRUSTED);
    }
    if (rc != HF_OK) {
        return rc;
    }
    if (is_cached) {
        hf_journal_remove(ks, index);
    } else {
        hf_journal_write(ks, id);
    }
    return HF_OK;
}
