/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Random steps of one to three operations on a few keys, committed or rolled back, over a
 * cache smaller than the set of keys, with leases out; a model of a page says what every
 * key must be. A failure names the seed: run test_model SEED to repeat it.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keystore/slot.h"

#define KEY_COUNT 6u
#define LEASE_COUNT 3u
#define STEP_COUNT 3000u
#define SEED_COUNT 12u

/* A key in the model: what is stored and what hides it. Material is told by its seed. */
typedef struct version {
    bool exists;
    uint8_t seed;
    uint32_t flags;
} version;

typedef struct model_key {
    version stored, uncommitted;
    uint32_t number;
} model_key;

enum operation { IMPORT, STORE, COMMIT, EVICT, ERASE, REVOKE, LEASE, OPERATION_COUNT };

typedef struct world {
    fixture *f;
    uint64_t random;
    uint8_t next_seed;
    model_key keys[KEY_COUNT];
    hf_lease leases[LEASE_COUNT];
    uint8_t lease_seeds[LEASE_COUNT];
    uint32_t done_counts[OPERATION_COUNT];
} world;

static uint64_t first_seed = 1;
static uint64_t last_seed = SEED_COUNT;

static uint32_t roll(world *w, uint32_t count)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (uint32_t)(w->random >> 33) % count;
}

static size_t len_of(uint8_t seed)
{
    return seed % 5u == 0 ? 200u : 32u; /* some need a large slot */
}

static const version *visible(const model_key *key)
{
    return key->uncommitted.exists ? &key->uncommitted : &key->stored;
}

static hf_id id_of(const world *w, uint32_t n)
{
    return hf_id_make(HF_KIND_KEY, (uint16_t)(1u + n % 2u), w->keys[n].number);
}

static bool is_resource_error(int rc)
{
    return rc == HF_ERR_BUSY || rc == HF_ERR_CACHE_FULL || rc == HF_ERR_QUOTA ||
           rc == HF_ERR_AGAIN || rc == HF_ERR_NOSPACE || rc == HF_ERR_LIMIT;
}

static int model_import(world *w, uint32_t n, bool store) HF_REQUIRES(hf_tsa_nvm)
{
    const uint32_t choices[] = { USABLE, USABLE, USABLE, HF_FLAG_EPHEMERAL,
                                 HF_FLAG_NONDESTROYABLE | USABLE };
    model_key *key = &w->keys[n];
    uint32_t flags = choices[roll(w, 5)];
    uint8_t seed = ++w->next_seed;
    hf_metadata meta = { .id = id_of(w, n), .flags = flags };
    int rc = hf_keystore_import(&w->f->ks, &meta, material(seed, len_of(seed)), store);
    int expected = HF_OK;
    if (store && flags == HF_FLAG_EPHEMERAL) {
        expected = HF_ERR_ARG;
    } else if ((((key->stored.exists ? key->stored.flags : 0) |
                 (key->uncommitted.exists ? key->uncommitted.flags : 0)) &
                HF_FLAG_NONMODIFIABLE) != 0) {
        expected = HF_ERR_ACCESS;
    }
    if (expected != HF_OK || !is_resource_error(rc)) {
        assert_int_equal(rc, expected);
    }
    if (rc == HF_OK) {
        version new = { .exists = true, .seed = seed, .flags = flags };
        key->uncommitted = store ? (version){ .exists = false } : new;
        key->stored = store ? new : key->stored;
    }
    return rc;
}

static int model_commit(world *w, uint32_t n) HF_REQUIRES(hf_tsa_nvm)
{
    model_key *key = &w->keys[n];
    int rc = hf_keystore_commit(&w->f->ks, id_of(w, n));
    int expected = HF_OK;
    if (!visible(key)->exists) {
        expected = HF_ERR_NOTFOUND;
    } else if (key->uncommitted.exists &&
               ((key->uncommitted.flags & HF_FLAG_EPHEMERAL) != 0 ||
                (key->stored.exists &&
                 (key->stored.flags & HF_FLAG_NONMODIFIABLE) != 0))) {
        expected = HF_ERR_ACCESS;
    }
    if (expected != HF_OK || !is_resource_error(rc)) {
        assert_int_equal(rc, expected);
    }
    if (rc == HF_OK && key->uncommitted.exists) {
        key->stored = key->uncommitted;
        key->uncommitted.exists = false;
    }
    return rc;
}

static int model_remove(world *w, uint32_t n, bool erases) HF_REQUIRES(hf_tsa_nvm)
{
    model_key *key = &w->keys[n];
    int rc = erases ? hf_keystore_erase(&w->f->ks, id_of(w, n))
                    : hf_keystore_evict(&w->f->ks, id_of(w, n));
    uint32_t flags = key->uncommitted.exists ? key->uncommitted.flags : 0;
    flags |= erases && key->stored.exists ? key->stored.flags : 0;
    int expected = HF_OK;
    if (!visible(key)->exists) {
        expected = HF_ERR_NOTFOUND;
    } else if ((flags & HF_FLAG_NONDESTROYABLE) != 0) {
        expected = HF_ERR_ACCESS;
    }
    if (expected != HF_OK || !is_resource_error(rc)) {
        assert_int_equal(rc, expected);
    }
    if (rc == HF_OK) {
        key->uncommitted.exists = false;
        key->stored.exists = key->stored.exists && !erases;
    }
    return rc;
}

static void revoke_version(version *v)
{
    v->flags = (v->flags & ~HF_USAGE_MASK) | HF_FLAG_NONMODIFIABLE | HF_FLAG_REVOKED;
}

static int model_revoke(world *w, uint32_t n) HF_REQUIRES(hf_tsa_nvm)
{
    model_key *key = &w->keys[n];
    int rc = hf_keystore_revoke(&w->f->ks, id_of(w, n));
    if (!is_resource_error(rc)) {
        assert_int_equal(rc, visible(key)->exists ? HF_OK : HF_ERR_NOTFOUND);
    }
    if (rc == HF_OK) {
        revoke_version(&key->stored);
        revoke_version(&key->uncommitted);
    }
    return rc;
}

static int model_lease(world *w, uint32_t n) HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t i = roll(w, LEASE_COUNT);
    hf_keystore_release(&w->f->ks, &w->leases[i]);
    const version *v = visible(&w->keys[n]);
    uint32_t usage = roll(w, 2) == 0 ? HF_USAGE_SIGN : 0;
    int rc = hf_keystore_lease(&w->f->ks, id_of(w, n), usage, &w->leases[i]);
    int expected = !v->exists                    ? HF_ERR_NOTFOUND
                   : (v->flags & usage) == usage ? HF_OK
                                                 : HF_ERR_USAGE;
    if (expected != HF_OK || !is_resource_error(rc)) {
        assert_int_equal(rc, expected);
    }
    if (rc == HF_OK) {
        w->lease_seeds[i] = v->seed;
        assert_int_equal(w->leases[i].meta.flags, v->flags);
        if (roll(w, 3) == 0) {
            rc = hf_keystore_count_use(&w->f->ks, &w->leases[i], UINT64_MAX);
        }
    }
    return rc;
}

static int operate_on(world *w, enum operation operation, uint32_t n)
    HF_REQUIRES(hf_tsa_nvm)
{
    switch (operation) {
    case IMPORT:
        return model_import(w, n, false);
    case STORE:
        return model_import(w, n, true);
    case COMMIT:
        return model_commit(w, n);
    case EVICT:
        return model_remove(w, n, false);
    case ERASE:
        return model_remove(w, n, true);
    case REVOKE:
        return model_revoke(w, n);
    case LEASE:
    case OPERATION_COUNT:
        break;
    }
    return model_lease(w, n);
}

static int operate(world *w) HF_REQUIRES(hf_tsa_nvm)
{
    static const uint8_t mix[] = { IMPORT, IMPORT, STORE, STORE, STORE,  COMMIT,
                                   COMMIT, EVICT,  EVICT, ERASE, REVOKE, LEASE,
                                   LEASE,  LEASE,  LEASE, LEASE };
    enum operation operation = (enum operation)mix[roll(w, sizeof(mix))];
    int rc = operate_on(w, operation, roll(w, KEY_COUNT));
    w->done_counts[operation] += rc == HF_OK ? 1u : 0u;
    return rc;
}

/* Leases that are out show what they showed when they were taken. */
static void assert_leases(const world *w)
{
    for (uint32_t i = 0; i < LEASE_COUNT; i++) {
        const hf_lease *l = &w->leases[i];
        if (l->is_held) {
            hf_bytes raw = material(w->lease_seeds[i], len_of(w->lease_seeds[i]));
            assert_int_equal(l->key.material.len, raw.len);
            assert_memory_equal(l->key.material.data, raw.data, raw.len);
        }
    }
}

static void assert_keys(world *w)
{
    for (uint32_t n = 0; n < KEY_COUNT; n++) {
        const version *v = visible(&w->keys[n]);
        hf_metadata meta;
        bool is_stored = false;
        int rc = metadata(w->f, id_of(w, n), &meta, &is_stored);
        assert_int_equal(rc, v->exists ? HF_OK : HF_ERR_NOTFOUND);
        if (rc == HF_OK) {
            assert_int_equal(meta.flags, v->flags);
            assert_int_equal(meta.len, len_of(v->seed));
            assert_int_equal(is_stored, w->keys[n].stored.exists);
        }
        hf_lease l;
        begin(w->f);
        rc = hf_keystore_lease(&w->f->ks, id_of(w, n), 0, &l);
        if (rc == HF_OK) {
            hf_bytes raw = material(v->seed, len_of(v->seed));
            assert_memory_equal(l.key.material.data, raw.data, raw.len);
        } else if (!is_resource_error(rc)) {
            assert_int_equal(rc, HF_ERR_NOTFOUND);
        }
        hf_keystore_release(&w->f->ks, &l);
        hf_ignore(end(w->f, rc)); /* HF_ERR_AGAIN and such: only the look failed */
    }
}

static void make_room(fixture *f)
{
    bool more = true;
    assert_int_equal(hf_nvm_sync(&f->nvm, NULL), HF_OK);
    for (int i = 0; i < 1000 && more; i++) {
        assert_int_equal(hf_nvm_clean_step(&f->nvm, false, &more), HF_OK);
    }
}

/* A stored key that nothing can change any more is left alone; a new one takes its place.
 */
static void abandon(world *w)
{
    for (uint32_t n = 0; n < KEY_COUNT; n++) {
        model_key *key = &w->keys[n];
        const uint32_t stuck = HF_FLAG_NONDESTROYABLE | HF_FLAG_NONMODIFIABLE;
        if (key->stored.exists && !key->uncommitted.exists &&
            (key->stored.flags & stuck) == stuck) {
            *key = (model_key){ .number = key->number + 1u };
        }
    }
}

static void step(world *w)
{
    model_key saved[KEY_COUNT];
    memcpy(saved, w->keys, sizeof(saved));
    uint32_t count = 1u + roll(w, 3);
    begin(w->f);
    int rc = HF_OK;
    for (uint32_t i = 0; i < count && (rc == HF_OK || !is_resource_error(rc)); i++) {
        rc = operate(w);
    }
    if (!is_resource_error(rc)) {
        rc = roll(w, 3) == 0 ? HF_ERR_RANGE : HF_OK;
    }
    if (end(w->f, rc) != HF_OK) {
        memcpy(w->keys, saved, sizeof(saved));
    }
    assert_leases(w);
    abandon(w);
}

/* Close and open: what is not stored is gone. */
static void restart(world *w)
{
    for (uint32_t i = 0; i < LEASE_COUNT; i++) {
        release(w->f, &w->leases[i]);
    }
    reopen(w->f);
    for (uint32_t n = 0; n < KEY_COUNT; n++) {
        w->keys[n].uncommitted.exists = false;
    }
}

static void run(uint64_t seed)
{
    void *state = NULL;
    set_up(&state);
    world w = { .f = state, .random = seed * UINT64_C(0x9E3779B97F4A7C15) };
    for (uint32_t n = 0; n < KEY_COUNT; n++) {
        w.keys[n].number = 1u + n * 1000u;
    }
    resize(w.f, 3, 1, 2);
    for (uint32_t i = 0; i < STEP_COUNT; i++) {
        step(&w);
        if (i % 8u == 0) {
            assert_keys(&w);
        }
        if (i % 16u == 0) {
            make_room(w.f);
        }
        if (roll(&w, 200) == 0) {
            restart(&w);
        }
    }
    for (int i = 0; i < OPERATION_COUNT; i++) {
        assert_true(w.done_counts[i] > STEP_COUNT / 100u);
    }
    restart(&w);
    assert_int_equal(usage_of(w.f).small_used_count + usage_of(w.f).large_used_count, 0);
    tear_down(&state);
}

static void test_random_steps_agree_with_model(void **state)
{
    (void)state;
    for (uint64_t seed = first_seed; seed <= last_seed; seed++) {
        print_message("test_model %u\n", (unsigned)seed);
        run(seed);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        first_seed = last_seed = strtoull(argv[1], NULL, 10);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_steps_agree_with_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
