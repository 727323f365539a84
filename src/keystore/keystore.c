/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The keystore: its memory, leases, and looking at keys. Changing keys is in change.c,
 * counting their uses in use.c. Runs inside steps of the store and calls the store's
 * operations; nothing here locks.
 */
#include "holdfast/keystore.h"

#include <string.h>

#include "base/assert.h"
#include "keystore/journal.h"
#include "keystore/list.h"
#include "keystore/owner.h"
#include "keystore/policy.h"
#include "keystore/slot.h"

#define OWNER_COUNT_MAX (HF_OWNER_MAX + 1u)

/* Cut `size` bytes off the front of the memory. */
static void *cut(uint8_t **memory, size_t size)
{
    void *at = *memory;
    *memory += size;
    return at;
}

/* Fields and memory: largest alignment first, see HF_KEYSTORE_SIZE. */
static void init_memory(hf_keystore *ks, uint8_t *memory) HF_REQUIRES(hf_tsa_nvm)
{
    size_t slots = ks->slot_count;
    size_t owners = ks->owner_count;
    ks->slots = cut(&memory, slots * sizeof(*ks->slots));
    ks->owners = cut(&memory, owners * sizeof(*ks->owners));
    ks->slot_links = cut(&memory, slots * sizeof(*ks->slot_links));
    ks->owner_links = cut(&memory, owners * sizeof(*ks->owner_links));
    uint32_t *buckets = cut(&memory, slots * sizeof(*buckets));
    uint32_t *chains = cut(&memory, slots * sizeof(*chains));
    ks->slot_table = hf_table_make(buckets, chains, ks->slot_count);
    buckets = cut(&memory, owners * sizeof(*buckets));
    chains = cut(&memory, owners * sizeof(*chains));
    ks->owner_table = hf_table_make(buckets, chains, ks->owner_count);
    for (uint32_t i = 0; i < ks->slot_count; i++) {
        uint8_t class =
            i < ks->class_counts[HF_SLOT_SMALL] ? HF_SLOT_SMALL : HF_SLOT_LARGE;
        ks->slots[i].size_class = class;
        ks->slots[i].material = cut(&memory, ks->class_sizes[class]);
    }
    ks->scratch = cut(&memory, ks->key_size_max);
}

static int check_config(const hf_keystore_config *config)
{
    if (config->nvm == NULL || config->memory == NULL ||
        ((uintptr_t)config->memory & 7u) != 0) {
        return HF_ERR_ARG;
    }
    /* The quotients keep HF_KEYSTORE_SIZE from overflowing. */
    if (config->small_count == 0 || config->owner_count == 0 ||
        config->owner_count > OWNER_COUNT_MAX ||
        config->small_count > config->memory_size / HF_CFG_KEY_SMALL_SIZE ||
        config->large_count > config->memory_size / HF_CFG_KEY_SIZE_MAX) {
        return HF_ERR_ARG;
    }
    if (config->memory_size <
        HF_KEYSTORE_SIZE(config->small_count, config->large_count, config->owner_count)) {
        return HF_ERR_ARG;
    }
    return HF_OK;
}

int hf_keystore_init(hf_keystore *ks, const hf_keystore_config *config) HF_NO_TSA
{
    if (ks == NULL || config == NULL || check_config(config) != HF_OK) {
        return HF_ERR_ARG;
    }
    uint32_t slot_count = config->small_count + config->large_count;
    uint32_t quota =
        config->uncommitted_max != 0 ? config->uncommitted_max : slot_count / 4u;
    *ks = (hf_keystore){
        .nvm = config->nvm,
        .slot_count = slot_count,
        .owner_count = config->owner_count,
        .class_counts = { config->small_count, config->large_count },
        .class_sizes = { HF_CFG_KEY_SMALL_SIZE, HF_CFG_KEY_SIZE_MAX },
        .key_size_max =
            config->large_count > 0 ? HF_CFG_KEY_SIZE_MAX : HF_CFG_KEY_SMALL_SIZE,
        .uncommitted_max = quota != 0 ? quota : 1u,
        .free_slots = { hf_list_empty(), hf_list_empty() },
        .lru_slots = { hf_list_empty(), hf_list_empty() },
        .limbo_slots = hf_list_empty(),
        .lru_owners = hf_list_empty(),
    };
    hf_wipe(config->memory, config->memory_size);
    init_memory(ks, (uint8_t *)config->memory);
    for (uint32_t i = ks->slot_count; i > 0; i--) {
        hf_slot_place(ks, i - 1u);
    }
    for (uint32_t i = ks->owner_count; i > 0; i--) {
        ks->owners[i - 1u].uncommitted = hf_list_empty();
        hf_list_push(ks->owner_links, &ks->lru_owners, i - 1u);
    }
    ks->is_released = false;
    return HF_OK;
}

void hf_keystore_cleanup(hf_keystore *ks, hf_crypto *crypto) HF_NO_TSA
{
    HF_ASSERT(ks->lease_count == 0 && ks->change_count == 0);
    for (uint32_t i = 0; i < ks->slot_count; i++) {
        hf_keystore_slot *slot = &ks->slots[i];
        if (slot->parsed != NULL && crypto != NULL) {
            hf_crypto_parsed_destroy(crypto, slot->parsed_device, slot->parsed);
        }
        hf_wipe(slot->material, ks->class_sizes[slot->size_class]);
    }
    hf_wipe(ks->scratch, ks->slot_count > 0 ? ks->key_size_max : 0);
    hf_wipe(ks, sizeof(*ks));
}

void hf_keystore_begin(hf_keystore *ks, hf_drops *drops)
{
    hf_nvm_assert_held(ks->nvm);
    ks->drops = drops;
    ks->step++;
    for (uint32_t class = 0; class < HF_SLOT_CLASS_COUNT; class ++) {
        ks->step_pinned_counts[class] = 0;
    }
    hf_slot_leave_limbo(ks);
}

/* Fill a slot that was taken for `meta` from the store. */
static int fill(hf_keystore *ks, uint32_t index, const hf_metadata *meta)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    hf_keystore_slot *slot = &ks->slots[index];
    slot->meta = *meta;
    slot->is_stored = true;
    if (meta->generation > hf_nvm_head(ks->nvm)) {
        slot->meta.generation = 0; /* written by this very step: known when it commits */
    }
    slot->position = slot->meta.generation;
    hf_buffer material = hf_buffer_of(slot->material, ks->class_sizes[slot->size_class]);
    int rc = hf_nvm_read_unchecked(ks->nvm, meta->id, 0, &material);
    if (rc == HF_OK && material.len != meta->len) {
        rc = HF_ERR_CORRUPT;
    }
    if (rc != HF_OK) {
        /* More than meta->len bytes may have been written. */
        hf_wipe(slot->material, ks->class_sizes[slot->size_class]);
    }
    return rc;
}

/* Load a stored key into a slot, which the caller must give its place. */
static int load(hf_keystore *ks, hf_id id, uint32_t usage, uint32_t *index)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
{
    hf_metadata meta;
    int rc = hf_nvm_get_metadata(ks->nvm, id, &meta);
    if (rc == HF_OK) {
        rc = hf_policy_use(meta.flags, usage);
    }
    /* What this step has done to the key may be undone: then the slot goes with it. */
    bool is_own = hf_journal_touches(ks, id);
    if (rc == HF_OK && is_own) {
        rc = hf_journal_open(ks, 1);
    }
    if (rc == HF_OK) {
        rc = hf_slot_take(ks, meta.len, index);
    }
    if (rc != HF_OK) {
        return rc;
    }
    rc = fill(ks, *index, &meta);
    if (rc != HF_OK) {
        hf_slot_discard(ks, *index);
        return rc;
    }
    if (is_own) {
        hf_journal_insert(ks, *index);
    } else {
        ks->slots[*index].state = HF_SLOT_LIVE;
        hf_slot_publish(ks, *index);
    }
    return HF_OK;
}

static void grant(hf_keystore *ks, uint32_t index, hf_lease *lease)
    HF_REQUIRES(hf_tsa_nvm)
{
    hf_keystore_slot *slot = &ks->slots[index];
    slot->reader_count++;
    ks->lease_count++;
    hf_slot_place(ks, index);
    lease->meta = slot->meta;
    lease->serial = slot->serial;
    lease->key.type = slot->meta.type;
    lease->key.material = hf_bytes_of(slot->material, slot->meta.len);
    lease->key.parsed = slot->parsed;
    lease->key.device = slot->parsed_device;
    lease->slot = index;
    lease->is_held = true;
}

int hf_keystore_lease(hf_keystore *ks, hf_id id, uint32_t usage, hf_lease *lease)
{
    hf_nvm_assert_held(ks->nvm);
    *lease = (hf_lease){ .slot = HF_KEYSTORE_NONE };
    if (hf_id_kind(id) != HF_KIND_KEY) {
        return HF_ERR_NOTFOUND;
    }
    uint32_t index = hf_slot_find(ks, id);
    int rc;
    if (index != HF_KEYSTORE_NONE) {
        hf_nvm_observe(ks->nvm, ks->slots[index].position);
        rc = hf_policy_use(ks->slots[index].meta.flags, usage);
        ks->hit_count += rc == HF_OK ? 1u : 0u;
    } else {
        rc = load(ks, id, usage, &index);
        ks->miss_count += rc == HF_OK ? 1u : 0u;
    }
    if (rc == HF_OK) {
        grant(ks, index, lease);
    }
    return rc;
}

/* Give the slot a parsed form that the user of a lease has built; false: it has one, or
 * will not need any. */
static bool attach(hf_keystore *ks, uint32_t index, const hf_crypto_key *key)
    HF_REQUIRES(hf_tsa_nvm)
{
    hf_keystore_slot *slot = &ks->slots[index];
    if (slot->parsed != NULL || slot->state == HF_SLOT_DOOMED) {
        return false;
    }
    slot->parsed = key->parsed;
    slot->parsed_device = key->device;
    return true;
}

void hf_keystore_release(hf_keystore *ks, hf_lease *lease)
{
    hf_nvm_assert_held(ks->nvm);
    if (!lease->is_held) {
        return;
    }
    uint32_t index = lease->slot;
    hf_crypto_key left = { 0 };
    if (lease->is_parsed_own && lease->key.parsed != NULL &&
        !attach(ks, index, &lease->key) &&
        !hf_slot_drop(ks, lease->key.parsed, lease->key.device, HF_DROPS_MAX)) {
        left.parsed = lease->key.parsed;
        left.device = lease->key.device;
    }
    *lease = (hf_lease){ .key = left,
                         .slot = HF_KEYSTORE_NONE,
                         .is_parsed_own = left.parsed != NULL };
    hf_keystore_slot *slot = &ks->slots[index];
    HF_ASSERT(slot->reader_count > 0 && ks->lease_count > 0);
    slot->reader_count--;
    ks->lease_count--;
    if (slot->state == HF_SLOT_DOOMED && slot->reader_count == 0) {
        hf_slot_discard(ks, index);
    } else {
        hf_slot_place(ks, index);
    }
}

bool hf_keystore_has_released(hf_keystore *ks)
{
    hf_nvm_assert_held(ks->nvm);
    bool is_released = ks->is_released;
    ks->is_released = false;
    return is_released;
}

int hf_keystore_get_metadata(hf_keystore *ks, hf_id id, hf_metadata *meta,
                             bool *is_stored)
{
    hf_nvm_assert_held(ks->nvm);
    if (hf_id_kind(id) != HF_KIND_KEY) {
        return HF_ERR_NOTFOUND;
    }
    bool stored = true;
    int rc = HF_OK;
    uint32_t index = hf_slot_find(ks, id);
    if (index != HF_KEYSTORE_NONE) {
        const hf_keystore_slot *slot = &ks->slots[index];
        hf_nvm_observe(ks->nvm, slot->position);
        *meta = slot->meta;
        stored = hf_slot_is_durable(slot) || hf_nvm_has(ks->nvm, id);
    } else {
        rc = hf_nvm_get_metadata(ks->nvm, id, meta);
    }
    if (rc == HF_OK && is_stored != NULL) {
        *is_stored = stored;
    }
    return rc;
}

/* The slot of the first uncommitted key of an owner's entry in a range that ends before
 * the slot `best` (HF_KEYSTORE_NONE: at `last`); `best` when there is none. */
static uint32_t first_uncommitted(const hf_keystore *ks, uint32_t owner, hf_id after,
                                  hf_id last, uint32_t best) HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t i = ks->owners[owner].uncommitted.first;
    for (; i != HF_KEYSTORE_NONE; i = ks->slot_links[i].next) {
        const hf_keystore_slot *slot = &ks->slots[i];
        hf_id id = slot->meta.id;
        if (slot->state == HF_SLOT_REMOVED || id <= after || id > last) {
            continue;
        }
        if (best == HF_KEYSTORE_NONE || id < ks->slots[best].meta.id) {
            best = i;
        }
    }
    return best;
}

/* The slot of the first uncommitted key in a range. */
static uint32_t next_uncommitted(const hf_keystore *ks, hf_id after, hf_id last)
    HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t best = HF_KEYSTORE_NONE;
    if (hf_id_owner(after) == hf_id_owner(last)) {
        uint32_t owner = hf_owner_find(ks, hf_id_owner(after));
        return owner == HF_KEYSTORE_NONE
                   ? owner
                   : first_uncommitted(ks, owner, after, last, best);
    }
    for (uint32_t owner = 0; owner < ks->owner_count; owner++) {
        best = first_uncommitted(ks, owner, after, last, best);
    }
    return best;
}

int hf_keystore_next(hf_keystore *ks, hf_id after, hf_id last, hf_metadata *meta)
{
    hf_nvm_assert_held(ks->nvm);
    const hf_id first_key = hf_id_make(HF_KIND_KEY, 0, 0);
    const hf_id last_key = hf_id_make(HF_KIND_KEY, HF_OWNER_MAX, HF_NUMBER_MAX);
    after = after < first_key ? first_key : after;
    last = last > last_key ? last_key : last;
    if (after >= last) {
        return HF_ERR_NOTFOUND;
    }
    uint32_t index = next_uncommitted(ks, after, last);
    int rc = hf_nvm_next(ks->nvm, after, last, meta);
    if (index == HF_KEYSTORE_NONE || (rc != HF_OK && rc != HF_ERR_NOTFOUND)) {
        return rc;
    }
    /* An uncommitted key hides the stored one of the same id. */
    if (rc == HF_ERR_NOTFOUND || ks->slots[index].meta.id <= meta->id) {
        *meta = ks->slots[index].meta;
    }
    return HF_OK;
}

void hf_keystore_get_usage(const hf_keystore *ks, hf_keystore_usage *usage)
{
    hf_nvm_assert_held(ks->nvm);
    uint32_t small = ks->class_counts[HF_SLOT_SMALL];
    uint32_t large = ks->class_counts[HF_SLOT_LARGE];
    *usage = (hf_keystore_usage){
        .small_count = small,
        .small_used_count = small - ks->free_counts[HF_SLOT_SMALL],
        .large_count = large,
        .large_used_count = large - ks->free_counts[HF_SLOT_LARGE],
        .lease_count = ks->lease_count,
        .doomed_count = ks->doomed_count,
        .hit_count = ks->hit_count,
        .miss_count = ks->miss_count,
        .eviction_count = ks->eviction_count,
    };
}
