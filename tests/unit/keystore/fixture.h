/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A keystore over a store in RAM whose device can fail, and operations that are one step
 * each. Keys are named by owner and number; the material of a key is made from a seed.
 */
#ifndef HF_TEST_KEYSTORE_FIXTURE_H
#define HF_TEST_KEYSTORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "holdfast/keystore.h"
#include "holdfast/nvm_ram.h"

#define REGION_SIZE 65536u
#define REGION_COUNT 3u
#define OBJECT_COUNT_MAX 256u
#define SMALL_COUNT_MAX 16u
#define LARGE_COUNT_MAX 4u
#define OWNER_COUNT_MAX 4u

#define USABLE (HF_USAGE_SIGN | HF_USAGE_VERIFY)

typedef struct fixture {
    hf_nvm nvm;
    hf_nvm_ram ram;
    hf_nvm_device device; /* the RAM device, or HF_ERR_IO from each program and sync */
    bool is_failing;
    hf_keystore ks;
    hf_drops drops;   /* of the last step */
    hf_ticket ticket; /* of the last step */
    uint8_t medium[REGION_COUNT * REGION_SIZE];
    uint64_t index[HF_NVM_INDEX_SIZE(OBJECT_COUNT_MAX) / 8u];
    uint8_t log[32768];
    uint64_t
        memory[HF_KEYSTORE_SIZE(SMALL_COUNT_MAX, LARGE_COUNT_MAX, OWNER_COUNT_MAX) / 8u +
               1u];
} fixture;

/* For cmocka: a blank store and a keystore of 4 small, 2 large slots, 4 owners, quota 2.
 */
int set_up(void **state);
int tear_down(void **state);

/* Another keystore over the same store; wipes the former one. */
void resize(fixture *f, uint32_t small_count, uint32_t large_count,
            uint32_t uncommitted_max);

/* Close and open store and keystore. */
void reopen(fixture *f);

void begin(fixture *f) HF_ACQUIRE(f->nvm.lock, hf_tsa_nvm);
/* End the step; returns what unlock does. */
int end(fixture *f, int rc) HF_RELEASE(f->nvm.lock, hf_tsa_nvm);
void sync_store(fixture *f) HF_EXCLUDES(f->nvm.lock, hf_tsa_nvm);
/* Make the store fail: what was committed since the last sync never becomes durable. */
void break_store(fixture *f) HF_EXCLUDES(f->nvm.lock, hf_tsa_nvm);

/* Key `number` of owner 1. */
hf_id key_id(uint32_t number);
/* `len` bytes of material; the same for the same seed. */
hf_bytes material(uint8_t seed, size_t len);

/* One step each. */
int import(fixture *f, hf_id id, uint32_t flags, hf_bytes raw, bool store);
int lease(fixture *f, hf_id id, uint32_t usage, hf_lease *lease);
void release(fixture *f, hf_lease *lease);
int touch(fixture *f, hf_id id); /* lease and release */
int commit(fixture *f, hf_id id);
int evict(fixture *f, hf_id id);
int erase(fixture *f, hf_id id);
int revoke(fixture *f, hf_id id);
int count_use(fixture *f, hf_lease *lease, uint64_t max);
int metadata(fixture *f, hf_id id, hf_metadata *meta, bool *is_stored);
bool has_released(fixture *f);
hf_keystore_usage usage_of(fixture *f);

/* The state of the slot in which a key can be found; -1 = not cached. */
int state_of(fixture *f, hf_id id);
bool is_cached(fixture *f, hf_id id);
/* Does the keystore's memory hold this material anywhere? */
bool holds(const fixture *f, hf_bytes raw);
/* The key can be leased with `usage` and has this material. */
void assert_key(fixture *f, hf_id id, uint32_t usage, hf_bytes raw);
/* Between steps: lists, counts and table agree with the slots. */
void assert_consistent(fixture *f);

#endif
