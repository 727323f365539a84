/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * See fixture.h. Looks into private state where the interface cannot tell what a test is
 * about: wiped memory and the consistency of the lists.
 */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "keystore/owner.h"
#include "keystore/slot.h"

static fixture *of_context(void *context)
{
    return (fixture *)context;
}

static void fail_geometry(void *context, hf_nvm_geometry *geometry)
{
    const hf_nvm_device *ram = &of_context(context)->ram.device;
    ram->ops->geometry(ram->context, geometry);
}

static int fail_read(void *context, hf_nvm_address at, uint8_t *data, size_t len)
{
    const hf_nvm_device *ram = &of_context(context)->ram.device;
    return ram->ops->read(ram->context, at, data, len);
}

static int fail_program(void *context, hf_nvm_address at, const uint8_t *data, size_t len)
{
    const hf_nvm_device *ram = &of_context(context)->ram.device;
    return of_context(context)->is_failing
               ? HF_ERR_IO
               : ram->ops->program(ram->context, at, data, len);
}

static int fail_erase(void *context, uint32_t region)
{
    const hf_nvm_device *ram = &of_context(context)->ram.device;
    return of_context(context)->is_failing ? HF_ERR_IO
                                           : ram->ops->erase(ram->context, region);
}

static int fail_sync(void *context)
{
    const hf_nvm_device *ram = &of_context(context)->ram.device;
    return of_context(context)->is_failing ? HF_ERR_IO : ram->ops->sync(ram->context);
}

static int fail_scrub(void *context, hf_nvm_address at, size_t len)
{
    const hf_nvm_device *ram = &of_context(context)->ram.device;
    return of_context(context)->is_failing ? HF_ERR_IO
                                           : ram->ops->scrub(ram->context, at, len);
}

static const hf_nvm_device_ops fail_ops = { .geometry = fail_geometry,
                                            .read = fail_read,
                                            .program = fail_program,
                                            .erase = fail_erase,
                                            .sync = fail_sync,
                                            .scrub = fail_scrub };

static void open_store(fixture *f)
{
    f->device = (hf_nvm_device){ .ops = &fail_ops, .context = f };
    f->is_failing = false;
    hf_nvm_config config = { .device = &f->device,
                             .index_memory = f->index,
                             .index_size = sizeof(f->index),
                             .log_buffer = f->log,
                             .log_buffer_size = sizeof(f->log),
                             .format = true };
    assert_int_equal(hf_nvm_init(&f->nvm, &config), HF_OK);
}

void resize(fixture *f, uint32_t small_count, uint32_t large_count,
            uint32_t uncommitted_max)
{
    hf_keystore_config config = { .nvm = &f->nvm,
                                  .memory = f->memory,
                                  .memory_size = sizeof(f->memory),
                                  .small_count = small_count,
                                  .large_count = large_count,
                                  .owner_count = OWNER_COUNT_MAX,
                                  .uncommitted_max = uncommitted_max };
    hf_keystore_cleanup(&f->ks, NULL);
    assert_int_equal(hf_keystore_init(&f->ks, &config), HF_OK);
}

int set_up(void **state)
{
    fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    hf_nvm_geometry geometry = { .region_count = REGION_COUNT,
                                 .granule_size = 8,
                                 .region_size = REGION_SIZE,
                                 .erased = 0xFF };
    memset(f->medium, geometry.erased, sizeof(f->medium));
    assert_int_equal(hf_nvm_ram_init(&f->ram, f->medium, &geometry), HF_OK);
    open_store(f);
    resize(f, 4, 2, 2);
    *state = f;
    return 0;
}

int tear_down(void **state)
{
    fixture *f = *state;
    hf_keystore_cleanup(&f->ks, NULL);
    hf_ignore(hf_nvm_cleanup(&f->nvm)); /* some tests break the store */
    free(f);
    return 0;
}

void reopen(fixture *f)
{
    uint32_t small_count = f->ks.class_counts[HF_SLOT_SMALL];
    uint32_t large_count = f->ks.class_counts[HF_SLOT_LARGE];
    uint32_t quota = f->ks.uncommitted_max;
    hf_keystore_cleanup(&f->ks, NULL);
    hf_ignore(hf_nvm_cleanup(&f->nvm)); /* as above */
    open_store(f);
    resize(f, small_count, large_count, quota);
}

void begin(fixture *f) HF_NO_TSA
{
    assert_int_equal(hf_nvm_lock(&f->nvm), HF_OK);
    f->drops.count = 0;
    hf_keystore_begin(&f->ks, &f->drops);
}

int end(fixture *f, int rc) HF_NO_TSA
{
    rc = hf_nvm_unlock(&f->nvm, rc, &f->ticket);
    assert_consistent(f);
    return rc;
}

void sync_store(fixture *f)
{
    assert_int_equal(hf_nvm_sync(&f->nvm, NULL), HF_OK);
}

void break_store(fixture *f)
{
    begin(f);
    hf_metadata meta = { .id = hf_id_make(HF_KIND_DATA, 1, HF_NUMBER_MAX) };
    int rc = hf_nvm_put_unchecked(&f->nvm, &meta, hf_bytes_of("x", 1));
    assert_int_equal(end(f, rc), HF_OK);
    f->is_failing = true;
    assert_int_equal(hf_nvm_sync(&f->nvm, NULL), HF_ERR_IO);
}

hf_id key_id(uint32_t number)
{
    return hf_id_make(HF_KIND_KEY, 1, number);
}

hf_bytes material(uint8_t seed, size_t len)
{
    static uint8_t bytes[256][HF_CFG_KEY_SIZE_MAX + 1u];
    assert_true(len <= sizeof(bytes[0]));
    for (size_t i = 0; i < len; i++) {
        bytes[seed][i] = (uint8_t)(0x80u | ((seed * 31u + i * 7u + (i >> 5)) & 0x7Fu));
    }
    return hf_bytes_of(bytes[seed], len);
}

int import(fixture *f, hf_id id, uint32_t flags, hf_bytes raw, bool store)
{
    hf_metadata meta = {
        .id = id, .flags = flags, .type = HF_KEY_HMAC, .label = "label"
    };
    begin(f);
    return end(f, hf_keystore_import(&f->ks, &meta, raw, store));
}

int lease(fixture *f, hf_id id, uint32_t usage, hf_lease *lease)
{
    begin(f);
    return end(f, hf_keystore_lease(&f->ks, id, usage, lease));
}

void release(fixture *f, hf_lease *lease)
{
    begin(f);
    hf_keystore_release(&f->ks, lease);
    assert_int_equal(end(f, HF_OK), HF_OK);
}

int touch(fixture *f, hf_id id)
{
    hf_lease l;
    begin(f);
    int rc = hf_keystore_lease(&f->ks, id, 0, &l);
    hf_keystore_release(&f->ks, &l);
    return end(f, rc);
}

int commit(fixture *f, hf_id id)
{
    begin(f);
    return end(f, hf_keystore_commit(&f->ks, id));
}

int evict(fixture *f, hf_id id)
{
    begin(f);
    return end(f, hf_keystore_evict(&f->ks, id));
}

int erase(fixture *f, hf_id id)
{
    begin(f);
    return end(f, hf_keystore_erase(&f->ks, id));
}

int revoke(fixture *f, hf_id id)
{
    begin(f);
    return end(f, hf_keystore_revoke(&f->ks, id));
}

int count_use(fixture *f, hf_lease *lease, uint64_t max)
{
    begin(f);
    return end(f, hf_keystore_count_use(&f->ks, lease, max));
}

int metadata(fixture *f, hf_id id, hf_metadata *meta, bool *is_stored)
{
    begin(f);
    return end(f, hf_keystore_get_metadata(&f->ks, id, meta, is_stored));
}

bool has_released(fixture *f)
{
    begin(f);
    bool is_released = hf_keystore_has_released(&f->ks);
    assert_int_equal(end(f, HF_OK), HF_OK);
    return is_released;
}

hf_keystore_usage usage_of(fixture *f)
{
    hf_keystore_usage usage;
    begin(f);
    hf_keystore_get_usage(&f->ks, &usage);
    assert_int_equal(end(f, HF_OK), HF_OK);
    return usage;
}

int state_of(fixture *f, hf_id id) HF_NO_TSA
{
    uint32_t i = hf_slot_find(&f->ks, id);
    return i == HF_KEYSTORE_NONE ? -1 : f->ks.slots[i].state;
}

bool is_cached(fixture *f, hf_id id)
{
    return state_of(f, id) >= 0;
}

bool holds(const fixture *f, hf_bytes raw)
{
    const uint8_t *memory = (const uint8_t *)f->memory;
    for (size_t at = 0; at + raw.len <= sizeof(f->memory); at++) {
        if (memory[at] == raw.data[0] && memcmp(memory + at, raw.data, raw.len) == 0) {
            return true;
        }
    }
    return false;
}

void assert_key(fixture *f, hf_id id, uint32_t usage, hf_bytes raw)
{
    hf_lease l;
    assert_int_equal(lease(f, id, usage, &l), HF_OK);
    assert_int_equal(l.key.material.len, raw.len);
    assert_memory_equal(l.key.material.data, raw.data, raw.len);
    assert_int_equal(l.meta.id, id);
    assert_int_equal(l.meta.len, raw.len);
    release(f, &l);
}

static uint32_t list_count(const hf_keystore_link *links, hf_keystore_list list)
{
    uint32_t count = 0;
    uint32_t prev = HF_KEYSTORE_NONE;
    for (uint32_t i = list.first; i != HF_KEYSTORE_NONE; i = links[i].next) {
        assert_int_equal(links[i].prev, prev);
        prev = i;
        count++;
    }
    assert_int_equal(list.last, prev);
    return count;
}

typedef struct totals {
    uint32_t roles[HF_SLOT_CLASS_COUNT][HF_ROLE_LIMBO + 1];
    uint32_t readers, doomed, limbo, uncommitted;
} totals;

static void assert_slot(fixture *f, uint32_t i, totals *t) HF_NO_TSA
{
    const hf_keystore_slot *slot = &f->ks.slots[i];
    assert_int_equal(slot->pending_count, 0);
    assert_false(slot->is_storing);
    assert_int_not_equal(slot->state, HF_SLOT_STAGED);
    assert_int_not_equal(slot->state, HF_SLOT_REMOVED);
    bool is_live = slot->state == HF_SLOT_LIVE;
    assert_true(is_live ==
                (slot->meta.id != 0 && hf_slot_find(&f->ks, slot->meta.id) == i));
    if (slot->state == HF_SLOT_FREE) {
        for (uint32_t b = 0; b < f->ks.class_sizes[slot->size_class]; b++) {
            assert_int_equal(slot->material[b], 0);
        }
        assert_int_equal(slot->meta.len, 0);
        assert_null(slot->parsed);
    }
    if (slot->state == HF_SLOT_DOOMED) {
        assert_true(slot->reader_count > 0);
        t->doomed++;
    }
    t->roles[slot->size_class][slot->role]++;
    t->readers += slot->reader_count;
    t->limbo += slot->role == HF_ROLE_LIMBO ? 1u : 0u;
    t->uncommitted += slot->role == HF_ROLE_UNCOMMITTED ? 1u : 0u;
}

void assert_consistent(fixture *f) HF_NO_TSA
{
    hf_keystore *ks = &f->ks;
    totals t = { 0 };
    assert_int_equal(ks->change_count, 0);
    assert_false(ks->is_staged);
    for (uint32_t i = 0; i < ks->slot_count; i++) {
        assert_slot(f, i, &t);
    }
    for (uint32_t c = 0; c < HF_SLOT_CLASS_COUNT; c++) {
        assert_int_equal(t.roles[c][HF_ROLE_NONE], 0);
        assert_int_equal(ks->free_counts[c], t.roles[c][HF_ROLE_FREE]);
        assert_int_equal(ks->pinned_counts[c], t.roles[c][HF_ROLE_PINNED]);
        assert_int_equal(list_count(ks->slot_links, ks->free_slots[c]),
                         t.roles[c][HF_ROLE_FREE]);
        assert_int_equal(list_count(ks->slot_links, ks->lru_slots[c]),
                         t.roles[c][HF_ROLE_EVICTABLE]);
    }
    assert_int_equal(list_count(ks->slot_links, ks->limbo_slots), t.limbo);
    assert_int_equal(ks->lease_count, t.readers);
    assert_int_equal(ks->doomed_count, t.doomed);
    uint32_t idle = 0;
    for (uint32_t i = 0; i < ks->owner_count; i++) {
        const hf_keystore_owner *owner = &ks->owners[i];
        assert_int_equal(list_count(ks->slot_links, owner->uncommitted),
                         owner->uncommitted_count);
        t.uncommitted -= owner->uncommitted_count;
        idle += owner->uncommitted_count == 0 ? 1u : 0u;
    }
    assert_int_equal(t.uncommitted, 0);
    assert_int_equal(list_count(ks->owner_links, ks->lru_owners), idle);
}
