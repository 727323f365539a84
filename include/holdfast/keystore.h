/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The keystore: keys in slots of RAM, over the store. It caches stored keys, holds keys
 * that are not (yet) stored ("uncommitted"), and hands out leases: the right to use a
 * key's material outside of the lock.
 *
 * Life: hf_keystore_init over the caller's memory and an open store -> steps -> cleanup.
 *
 * Everything here but init and cleanup is lock-free code that runs inside a step of the
 * store that the keystore was given (HF_REQUIRES). Changes of slots are staged in the
 * step's transaction: a step that fails, or whose records are not accepted, leaves the
 * slots as they were; so the cache never claims something that the store does not hold. A
 * step sees its own changes, also several of one key. It can make
 * 2 * HF_CFG_NVM_TXN_OPS_MAX of them (an import counts twice), and uses one of the
 * store's staged changes for all of them; beyond that: HF_ERR_LIMIT. After an error of
 * the store (AGAIN, NOSPACE, IO, LIMIT, CORRUPT) the step must be rolled back: a part of
 * what the call wrote may stand in the transaction.
 *
 * A slot's bytes are immutable after it is published. Erase, revoke, re-import and
 * eviction of a key with leases out mark its slot doomed: nobody can lease it again, and
 * its memory is wiped when the last lease goes. (Revoking an uncommitted key changes the
 * flags in place, as there is nothing to load it from; leases keep the flags that they
 * were given.) Every other slot is wiped when it is freed.
 *
 * Slots come in two sizes. Material that fits a small slot takes a large one only when no
 * small one is free or evictable. Evicted is the stored key without leases that was
 * released longest ago, but nothing that the running step has changed. Uncommitted keys
 * are never evicted; each owner has a quota of them. A key that the running step removes
 * counts until the step ends, but one that an import replaces does not.
 *
 * Of more owners than config.owner_count, those without uncommitted keys are forgotten,
 * the one unused for longest first; their number hints raise a floor at which new owners
 * begin, so that freed numbers are not given again before a wrap.
 *
 * Uses of a key (hf_keystore_count_use) are counted by id: replacing a key goes on
 * counting, since the new material may be the same; erasing it ends the count. A counter
 * object of kind SYSTEM with the key's owner and number stands beside a stored key whose
 * uses were counted, so SYSTEM ids with numbers that keys may have belong to the
 * keystore.
 *
 *     rc = hf_nvm_lock(nvm);                              // prepare
 *     if (rc != HF_OK) { return rc; }
 *     hf_keystore_begin(ks, &drops);
 *     rc = hf_keystore_lease(ks, id, HF_USAGE_SIGN, &lease);
 *     rc = hf_nvm_unlock(nvm, rc, &ticket);
 *     ... use lease.key, without any lock ...
 *     rc = hf_nvm_lock(nvm);                              // release
 *     if (rc != HF_OK) { return rc; }
 *     hf_keystore_begin(ks, &drops);
 *     hf_keystore_release(ks, &lease);
 *     rc = hf_nvm_unlock(nvm, HF_OK, &ticket);
 */
#ifndef HOLDFAST_KEYSTORE_H
#define HOLDFAST_KEYSTORE_H

#include "holdfast/crypto.h"
#include "holdfast/nvm.h"

/* Parsed forms that a step dropped: to be destroyed by the caller after it has released
 * the lock. */
#define HF_DROPS_MAX (HF_CFG_NVM_TXN_OPS_MAX + HF_CFG_REQUEST_LEASES_MAX + 2)
typedef struct hf_drops {
    struct {
        void *parsed;
        uint32_t device;
    } items[HF_DROPS_MAX];
    uint32_t count;
} hf_drops;

typedef struct hf_lease {
    hf_crypto_key key; /* immutable view; `parsed` may be filled in by the lease's user */
    hf_metadata meta;  /* as of the lease */
    uint64_t serial; /* two leases with the same one, or with the same generation, not 0,
                        are of the same material, and no replacement was between */
    uint32_t slot;   /* private */
    bool is_held;    /* false: nothing to release */
    bool is_parsed_own; /* key.parsed was built by the user and is not in the slot */
} hf_lease;

typedef struct hf_keystore hf_keystore;

typedef struct hf_keystore_config {
    hf_nvm *nvm;          /* open; outlives the keystore */
    void *memory;         /* aligned to 8: slots, look-up table, owner table */
    size_t memory_size;   /* bytes, >= HF_KEYSTORE_SIZE(small, large, owners) */
    uint32_t small_count; /* slots for material up to HF_CFG_KEY_SMALL_SIZE; >= 1 */
    uint32_t large_count; /* slots for material up to HF_CFG_KEY_SIZE_MAX; may be 0 */
    uint32_t owner_count; /* owners that are remembered, 1 .. 65536; each that has
                             uncommitted keys needs one */
    /* Uncommitted keys of one owner; 0 = a quarter of all slots, at least 1. */
    uint32_t uncommitted_max;
} hf_keystore_config;

/* struct hf_keystore, and HF_KEYSTORE_SIZE(small, large, owners): bytes of memory. */
#include "holdfast/keystore_state.h"

/* Set up. The memory belongs to the keystore until cleanup. HF_OK or HF_ERR_ARG (memory
 * too small or not aligned, counts out of range): *ks is not usable. Single-threaded. */
int hf_keystore_init(hf_keystore *ks, const hf_keystore_config *config) HF_MUST_CHECK;

/* Wipe every slot. Parsed forms still attached are destroyed through `crypto` (NULL: they
 * are left alone). No lease may be out. Harmless on a zeroed structure, so also a second
 * time. Does not use the store. Single-threaded. */
void hf_keystore_cleanup(hf_keystore *ks, hf_crypto *crypto);

/* Where this step's dropped parsed forms go. Called first in every step that uses the
 * keystore; `drops` is the caller's, must be empty (count 0), and is read after the
 * unlock. May be called again in a step, with another one. It has room for what a step
 * with up to HF_CFG_REQUEST_LEASES_MAX releases drops; what finds no room stays in the
 * keystore until the next begin. */
void hf_keystore_begin(hf_keystore *ks, hf_drops *drops) HF_REQUIRES(hf_tsa_nvm);

/*
 * Choose a number for a new key of `owner`: next-fit, never one that is stored or cached.
 * It is not reserved: the import belongs into the same step. The hint moves at once, and
 * stays where it is if the step fails.
 *
 * HF_OK and *id; HF_ERR_NOSPACE (all 2^24-1 numbers taken); HF_ERR_AGAIN (many neighbours
 * are taken: run the step again, the hint has moved; the store's cause is NONE).
 */
int hf_keystore_assign_id(hf_keystore *ks, uint16_t owner, hf_id *id)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* The same for DATA objects and counters, for which only stored numbers count (that of a
 * retired counter is stored). HF_ERR_ARG: no such kind. */
int hf_keystore_assign_number(hf_keystore *ks, uint8_t kind, uint16_t owner, hf_id *id)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/*
 * Lease a key, loading it into a slot if it is not cached.
 *
 * usage  HF_USAGE_* bits that the key must all have; 0: none asked for (public export).
 * lease  out; its former content does not matter, so it must hold nothing.
 *
 * Returns HF_OK, or
 *   HF_ERR_NOTFOUND    no such key
 *   HF_ERR_USAGE       a usage bit is missing (also: the key was revoked)
 *   HF_ERR_CACHE_FULL  no slot can be freed: all hold uncommitted keys, are too small, or
 *                      are leased by this very step
 *   HF_ERR_BUSY        no slot can be freed now, but leases are out: wait for a release.
 *                      Who waits gives back its own leases first.
 *   HF_ERR_LIMIT       too many evictions or changes in this step
 *   HF_ERR_AGAIN       of the store: an evicted key's count of uses had to be written
 *   HF_ERR_IO, HF_ERR_CORRUPT
 * After an error nothing is held; other keys may have been evicted, which is harmless.
 * The lease is real at once, also if the step then fails: the caller releases it in any
 * case.
 */
int hf_keystore_lease(hf_keystore *ks, hf_id id, uint32_t usage, hf_lease *lease)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Give a lease back; harmless when none is held. If key.parsed is the user's own, it
 * becomes the slot's, or is dropped when the slot has one or is doomed. Takes effect at
 * once, whatever becomes of the step. Cannot fail. The lease is zeroed; only if the drops
 * are full (more than HF_CFG_REQUEST_LEASES_MAX releases), key.parsed, key.device and
 * is_parsed_own stay, for the caller to destroy. */
void hf_keystore_release(hf_keystore *ks, hf_lease *lease) HF_REQUIRES(hf_tsa_nvm);

/* True (since the last call) when a slot became free or evictable, by a release or by the
 * end of a step: waiters may run. Ask at the beginning of a hold or after releases: what
 * the running step itself changes takes effect at its end. */
bool hf_keystore_has_released(hf_keystore *ks) HF_REQUIRES(hf_tsa_nvm);

/*
 * Count one use of a lease's key against a limit that survives restarts (reserved in the
 * store in blocks of 65,536; while nothing is stored under the key's id, in its slot).
 * The step's ticket covers the reservation. Eviction loses no uses; a restart loses what
 * was left of the block.
 *
 * use_count_max  uses of the key in all; all algorithms share one count.
 *
 * Returns HF_OK, or
 *   HF_ERR_LIMIT  the limit is reached: the key can do this no more
 *   HF_ERR_AGAIN  of the store; or the key was replaced, erased or evicted since the
 *                 lease: run again from the lease
 *   HF_ERR_ARG    no lease is held
 *   HF_ERR_TYPE   something else has the id of the counter object
 *   HF_ERR_NOSPACE, HF_ERR_IO
 * A use counts at once: when the step fails after it, it may be counted in vain.
 */
int hf_keystore_count_use(hf_keystore *ks, hf_lease *lease, uint64_t use_count_max)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/*
 * Reserve the next index of a stateful key (LMS): every index is given once, whatever
 * happens, since the step writes the counter that stands beside the key (see
 * hf_keystore_count_use) and its index may be used only when the step's ticket is
 * durable. The key must be stored.
 *
 * index_count  indexes of the key in all.
 * index        out: 0, 1, ... in order; some may be skipped.
 *
 * Returns HF_OK, HF_ERR_LIMIT (all are used up), HF_ERR_STATE (the key is not stored),
 * and what hf_keystore_count_use returns. After an error no index was given.
 */
int hf_keystore_reserve_index(hf_keystore *ks, hf_lease *lease, uint64_t index_count,
                              uint64_t *index) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Indexes that are left of index_count, for a key that is stored. As above. */
int hf_keystore_indexes_left(hf_keystore *ks, hf_id id, uint64_t index_count,
                             uint64_t *left) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/*
 * Mark a stored key as TRUSTED: NONEXPORTABLE keys may be wrapped under it. For code of
 * the server's application, never for a request: its operator knows that nobody has the
 * key outside. Its usage must be WRAP, UNWRAP or both, nothing else (a key that also
 * decrypts would give away what it wrapped), and it must be NONEXPORTABLE. It must be
 * NONMODIFIABLE and NONDESTROYABLE as well: trust is given to an id, again at each start,
 * and no client may put a key there that it knows, between the operator's look at the key
 * and the next time.
 *
 * Returns HF_OK (also if it is trusted already; a key that was revoked since stays so,
 * and does nothing), HF_ERR_NOTFOUND (not stored), HF_ERR_USAGE, HF_ERR_ACCESS (it could
 * be exported or replaced, or it was revoked), and what hf_keystore_revoke returns. A key
 * that is cached is loaded again; leases that are out go on with the flags that they were
 * given.
 */
int hf_keystore_trust(hf_keystore *ks, hf_id id) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/*
 * Put a key into the cache, and with `store` into the store as well, in this transaction.
 *
 * meta  id of kind KEY (number assigned), flags, type, access, label. Replaces a key of
 *       that id unless it is NONMODIFIABLE; without `store` it hides a stored one until
 *       it is committed, evicted or erased. EPHEMERAL with store: HF_ERR_ARG.
 * raw   material, 1 byte or more, copied.
 *
 * Returns HF_OK, HF_ERR_ACCESS, HF_ERR_SIZE (larger than any slot), HF_ERR_QUOTA
 * (uncommitted keys of the owner; or every remembered owner has some), HF_ERR_CACHE_FULL,
 * HF_ERR_BUSY, HF_ERR_AGAIN, HF_ERR_LIMIT (as lease), HF_ERR_ARG, and what
 * hf_nvm_put_checked returns. No key is changed on an error.
 */
int hf_keystore_import(hf_keystore *ks, const hf_metadata *meta, hf_bytes raw, bool store)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Store an uncommitted key. HF_OK (also if it is stored already), HF_ERR_NOTFOUND,
 * HF_ERR_ACCESS (EPHEMERAL, or the stored key that it hides is NONMODIFIABLE), and what
 * hf_nvm_put_checked returns. */
int hf_keystore_commit(hf_keystore *ks, hf_id id) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Take a key out of the cache. An uncommitted key is gone then (refused with
 * HF_ERR_ACCESS when it is NONDESTROYABLE); a stored one is loaded again when used.
 * HF_ERR_NOTFOUND: no such key; HF_OK also if it is stored and not cached. HF_ERR_LIMIT,
 * HF_ERR_AGAIN: as lease. */
int hf_keystore_evict(hf_keystore *ks, hf_id id) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Destroy a key in cache and store, with its count of uses and its hash tree. An
 * uncommitted key that hides a stored one: both. HF_ERR_NOTFOUND, HF_ERR_ACCESS (one of
 * them is NONDESTROYABLE), and what hf_nvm_destroy_checked returns. After it nobody can
 * lease the key; leases that are out finish. */
int hf_keystore_erase(hf_keystore *ks, hf_id id) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Clear all usage and set NONMODIFIABLE and REVOKED, in cache and store, in this
 * transaction; whatever the key's flags are, and without needing a slot. An uncommitted
 * key that hides a stored one: both. HF_OK (also if it is revoked already),
 * HF_ERR_NOTFOUND, HF_ERR_SIZE (stored by a build with larger keys), and what
 * hf_nvm_put_unchecked returns. */
int hf_keystore_revoke(hf_keystore *ks, hf_id id) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Metadata of a key, cached or stored; meta->len is that of the raw material. The
 * generation is 0 while the key is not stored. HF_OK, HF_ERR_NOTFOUND, HF_ERR_IO,
 * HF_ERR_CORRUPT. *is_stored (may be NULL): a key of this id exists in the store. */
int hf_keystore_get_metadata(hf_keystore *ks, hf_id id, hf_metadata *meta,
                             bool *is_stored) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* The first key, stored or only cached, with after < id <= last, in id order: HF_OK, or
 * HF_ERR_NOTFOUND, HF_ERR_IO, HF_ERR_CORRUPT. Its cost grows with the uncommitted keys of
 * the owner; of all owners when `after` and `last` differ in it. */
int hf_keystore_next(hf_keystore *ks, hf_id after, hf_id last, hf_metadata *meta)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

typedef struct hf_keystore_usage {
    uint32_t small_count, small_used_count;
    uint32_t large_count, large_used_count;
    uint32_t lease_count;  /* out now */
    uint32_t doomed_count; /* slots that wait for their last lease */
    /* Leases that found the key cached, that loaded it, and keys evicted to make room. */
    uint64_t hit_count, miss_count, eviction_count;
} hf_keystore_usage;

/* Figures for the statistics. */
void hf_keystore_get_usage(const hf_keystore *ks, hf_keystore_usage *usage)
    HF_REQUIRES(hf_tsa_nvm);

#endif
