/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The store: a power-safe object store with transactions, and the lock that guards it
 * and all that is shared with it (key slots, quotas, queues).
 *
 * Life: hf_nvm_init opens (or formats) the store and initialises its lock; steps follow;
 * hf_nvm_cleanup closes it cleanly. Both are single-threaded. All memory is the
 * caller's: the structure, the index, the log buffer.
 *
 * A step is hf_nvm_lock .. hf_nvm_unlock: it is one transaction. What it puts, destroys
 * and stages is applied as a whole, or not at all, for other threads and for a power
 * cut. Reads inside a step see the step's own writes. A step that ends with an error
 * changes nothing.
 *
 * Durability: a commit is visible at once and durable later. hf_nvm_unlock tells the
 * ticket that must be durable before anything that the step did OR SAW may leave the
 * server. Ticket 0 means: nothing to wait for. hf_nvm_sync makes everything durable that
 * was committed before.
 *
 *     int rc = hf_nvm_lock(nvm);
 *     if (rc != HF_OK) { return rc; }
 *     rc = hf_nvm_put_checked(nvm, &meta, data);
 *     rc = hf_nvm_unlock(nvm, rc, &ticket);       // commits when rc is HF_OK; always
 *     releases if (rc == HF_OK && ticket > hf_nvm_durable(nvm)) { rc = hf_nvm_sync(nvm,
 *     &durable); }
 */
#ifndef HOLDFAST_NVM_H
#define HOLDFAST_NVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/bytes.h"
#include "holdfast/config.h"
#include "holdfast/id.h"
#include "holdfast/lock.h"
#include "holdfast/nvm_device.h"
#include "holdfast/status.h"
#include "holdfast/tsa.h"
#include "holdfast/usage.h"

/* Flags of an object (hf_metadata.flags). */
#define HF_FLAG_NONMODIFIABLE 0x00000001u  /* cannot be replaced or relabelled */
#define HF_FLAG_NONDESTROYABLE 0x00000002u /* cannot be destroyed */
#define HF_FLAG_NONEXPORTABLE 0x00000004u  /* its payload never leaves in the clear */
#define HF_FLAG_SENSITIVE 0x00000008u      /* secret: leaves only wrapped; scrubbed */
#define HF_FLAG_EPHEMERAL 0x00000010u      /* lives in the cache only, never committed */
#define HF_FLAG_LOCAL 0x00000020u          /* generated inside; set by the server only */
#define HF_FLAG_TRUSTED 0x00000040u        /* server side only, never set by a request */
#define HF_FLAG_RETIRED 0x00000080u        /* a retired counter; set by the server only */
#define HF_FLAG_REVOKED 0x00000100u        /* a revoked key; set by the server only */
/* Usage and policy of a key: usage.h. */
/* What a request may set. */
#define HF_FLAGS_CLIENT                                                                  \
    (HF_FLAG_NONMODIFIABLE | HF_FLAG_NONDESTROYABLE | HF_FLAG_NONEXPORTABLE |            \
     HF_FLAG_SENSITIVE | HF_FLAG_EPHEMERAL | HF_USAGE_MASK | HF_POLICY_MASK |            \
     HF_MAC_LEN_MASK)

/* Access (hf_metadata.access): narrows what the flags and the identity allow. 0 = the
 * usual rules. */
#define HF_ACCESS_ADMIN_READ 0x0001u  /* only ADMIN may read or export the payload */
#define HF_ACCESS_ADMIN_WRITE 0x0002u /* only ADMIN may replace or destroy */
#define HF_ACCESS_MASK 0x0003u

typedef struct hf_metadata {
    hf_id id;
    uint32_t len;    /* bytes of the payload */
    uint32_t flags;  /* HF_FLAG_*, HF_USAGE_* */
    uint32_t type;   /* key type (crypto.h) of a KEY; 0 for others */
    uint16_t access; /* HF_ACCESS_* */
    uint64_t
        generation; /* position of the commit that wrote it: set by the store, differs
                            after every replacement, also across destroy and re-creation;
                            ignored in put. Of the step's own write: not yet final */
    uint8_t label[HF_LABEL_SIZE];
} hf_metadata;

/* A change of shared RAM state that belongs to a transaction. `settle` is called exactly
 * once, by hf_nvm_unlock, with the lock held: committed true (then it applies the change)
 * or false (then it undoes what was prepared). `position` is what must be durable before
 * the change may be relied upon: the commit's; of a step that wrote nothing, what it
 * observed, 0 when that is durable. It cannot fail, does nothing slow, and calls no
 * hf_nvm function but hf_nvm_assert_held. */
typedef struct hf_nvm_staged {
    void (*settle)(void *owner, uint64_t argument, bool committed, hf_ticket position);
    void *owner;
    uint64_t argument;
} hf_nvm_staged;

typedef struct hf_nvm_config {
    const hf_nvm_device *device; /* not owned; used until cleanup */
    const hf_lock_config *lock;  /* NULL: a lock that does nothing */
    void *index_memory;          /* aligned to 8; HF_NVM_INDEX_SIZE(objects) bytes */
    size_t index_size;           /* bytes */
    uint8_t *log_buffer;         /* committed, not yet durable records; wiped after use */
    size_t log_buffer_size;      /* bytes, >= HF_NVM_LOG_BUFFER_SIZE_MIN and 8 granules;
                                    holds a whole transaction, an anchor of 88 bytes and
                                    filling: what is larger is refused (HF_ERR_SIZE) */
    bool format;                 /* a blank device is formatted; false: HF_ERR_BLANK */
} hf_nvm_config;

/* Index bytes for `objects` live objects (retired counters included). Destroyed secrets
 * that wait to be scrubbed use entries that are free, and give way. */
#define HF_NVM_INDEX_ENTRY_SIZE 48u
#define HF_NVM_INDEX_SIZE(objects)                                                       \
    (((size_t)(objects) + HF_CFG_NVM_TXN_OPS_MAX) * HF_NVM_INDEX_ENTRY_SIZE)
#define HF_NVM_LOG_BUFFER_SIZE_MIN 512u

/* Why a step ended with HF_ERR_AGAIN, see hf_nvm_again_cause(). */
enum hf_nvm_again {
    HF_NVM_AGAIN_NONE = 0, /* the store did not ask for it */
    HF_NVM_AGAIN_SYNC = 1, /* the log buffer is full: a sync makes room */
    HF_NVM_AGAIN_CLEAN = 2 /* the region is full: hf_nvm_clean_step makes room */
};

typedef struct hf_nvm_space {
    uint64_t total_size;       /* bytes that live records can occupy at most */
    uint64_t used_size;        /* bytes of live records */
    uint64_t free_size;        /* bytes object records (payload + 80) can still take */
    uint64_t reclaimable_size; /* bytes that cleaning would give back */
    uint32_t object_count;     /* live objects */
    uint32_t object_count_max; /* room in the index */
    uint32_t secret_residue_count; /* destroyed secrets that are still on the medium */
    bool is_failed;                /* the device failed; read-only until reopened */
} hf_nvm_space;

typedef struct hf_nvm hf_nvm;

#include "holdfast/nvm_state.h" /* struct hf_nvm: complete, but private */

/*
 * Open the store on a device, or format a blank one, and initialise its lock.
 *
 * config  not kept, but what it points to is.
 *
 * Returns HF_OK, or
 *   HF_ERR_ARG      a size, alignment or the geometry is out of range, or the geometry is
 *                   not the one that the store was formatted with
 *   HF_ERR_BLANK    the device holds no store and config->format is false
 *   HF_ERR_VERSION  the format is of a version that this code does not know
 *   HF_ERR_CORRUPT  damaged below the durable position; hf_nvm_corrupt_at() tells where.
 *                   Nothing was written.
 *   HF_ERR_NOSPACE  the index has no room for what is stored
 *   HF_ERR_SIZE     an object is stored that the log buffer is too small for
 *   HF_ERR_LIMIT    a transaction is stored that is larger than HF_CFG_NVM_TXN_OPS_MAX
 *   HF_ERR_IO       the device failed
 * After an error *nvm is not usable (hf_nvm_corrupt_at excepted) and holds no lock.
 * Single-threaded. Blocks for the device.
 */
int hf_nvm_init(hf_nvm *nvm, const hf_nvm_config *config) HF_MUST_CHECK;

/* Where hf_nvm_init found the damage. */
hf_nvm_address hf_nvm_corrupt_at(const hf_nvm *nvm);

/*
 * Close cleanly: program and sync what is committed, write the durable position, clean
 * up the lock, wipe the log buffer. Returns HF_OK or the first error (HF_ERR_IO); closed
 * in any case. Harmless on a closed store. Single-threaded.
 */
int hf_nvm_cleanup(hf_nvm *nvm);

/*
 * Acquire the store lock and begin a transaction. Blocks.
 * Returns HF_OK, HF_ERR_ARG (not initialised) or HF_ERR_ABORTED; after an error nothing
 * is held.
 */
int hf_nvm_lock(hf_nvm *nvm) HF_TRY_ACQUIRE(0, nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/*
 * End the transaction and ALWAYS release the lock.
 *
 * outcome  HF_OK: commit. An error: roll back; it is returned.
 * ticket   out, may be NULL: what must be durable before anything this step did or saw
 *          may leave the server; 0 when that is so already. Set on errors too.
 *
 * Returns `outcome` if that is an error, else HF_OK, HF_ERR_IO (the store has failed:
 * rolled back) or what releasing the lock returned.
 */
int hf_nvm_unlock(hf_nvm *nvm, int outcome, hf_ticket *ticket)
    HF_RELEASE(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* Assert (HF_CFG_DEBUG) that the caller holds the store lock, and tell the analysis. */
void hf_nvm_assert_held(const hf_nvm *nvm) HF_ASSERT_HELD(nvm->lock)
    HF_ASSERT_HELD(hf_tsa_nvm);

/*
 * Program and sync everything that was committed before the call. One caller at a time
 * (the server serialises, see hf_server_sync). Takes the lock for moments only; blocks
 * for the device without it.
 *
 * durable  out, may be NULL: the durable position after the call, also on errors.
 *
 * Returns HF_OK, HF_ERR_ABORTED (no lock; nothing changed), or HF_ERR_IO: the store is
 * failed now: every position above the durable one is lost and all writes are refused
 * until it is reopened; older objects stay readable.
 */
int hf_nvm_sync(hf_nvm *nvm, hf_ticket *durable) HF_EXCLUDES(nvm->lock, hf_tsa_nvm);

/* The durable position: every ticket up to it is safe. Any thread, no lock, monotonic. */
hf_ticket hf_nvm_durable(const hf_nvm *nvm);

/* True once the device has failed. Any thread, no lock. */
bool hf_nvm_is_failed(const hf_nvm *nvm);

/*
 * One bounded step of cleaning (copying some live records, retiring or erasing a region,
 * scrubbing), with holds of its own. One caller at a time together with hf_nvm_sync: the
 * caller holds what serialises syncs, but not the store lock.
 *
 * wanted  true: begin a cleaning when none runs (a step asked for it, or compaction).
 *         false: only continue what runs, or begin where the fill level or destroyed
 *         secrets call for it.
 * more    out: work is left.
 *
 * Returns HF_OK, HF_ERR_IO, HF_ERR_ABORTED, HF_ERR_CORRUPT (a record that should be
 * copied is damaged; it stays where it is), or HF_ERR_NOSPACE (wanted, but cleaning would
 * not give anything back). A caller that was asked for room repeats the call while *more
 * is true.
 */
int hf_nvm_clean_step(hf_nvm *nvm, bool wanted, bool *more)
    HF_EXCLUDES(nvm->lock, hf_tsa_nvm);

/* ---- inside a step: all of the following need the lock, none blocks for a sync ---- */

/* Why the last operation of this step returned HF_ERR_AGAIN (enum hf_nvm_again). */
int hf_nvm_again_cause(const hf_nvm *nvm) HF_REQUIRES(nvm->lock, hf_tsa_nvm);

/* The step used RAM state that was committed at `position`: its ticket covers that. */
void hf_nvm_observe(hf_nvm *nvm, hf_ticket position) HF_REQUIRES(nvm->lock, hf_tsa_nvm);

/* The step depends on everything committed so far (list, free space, generation). */
void hf_nvm_observe_head(hf_nvm *nvm) HF_REQUIRES(nvm->lock, hf_tsa_nvm);

/* Position of the newest commit: the store's generation. */
hf_ticket hf_nvm_head(const hf_nvm *nvm) HF_REQUIRES(nvm->lock, hf_tsa_nvm);

/* Add a change of RAM state to the transaction. HF_OK, or HF_ERR_LIMIT: there are
 * HF_CFG_NVM_TXN_OPS_MAX already. */
int hf_nvm_stage(hf_nvm *nvm, const hf_nvm_staged *change)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/*
 * Metadata of an object. HF_OK or HF_ERR_NOTFOUND (also for a retired counter only if the
 * caller filters it: the store itself knows no retired objects), HF_ERR_IO,
 * HF_ERR_CORRUPT (the record's CRC is wrong). The ticket covers the answer, also that of
 * absence.
 */
int hf_nvm_get_metadata(hf_nvm *nvm, hf_id id, hf_metadata *meta)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* True when an object of this id exists (cheaper than its metadata). Covered by the
 * ticket. */
bool hf_nvm_has(hf_nvm *nvm, hf_id id) HF_REQUIRES(nvm->lock, hf_tsa_nvm);

/*
 * Add or replace an object: meta (id, flags, type, access, label; len and generation are
 * ignored) and payload, both copied.
 *
 * The unchecked variant looks at no flag. The checked one refuses to replace an object
 * that is NONMODIFIABLE (HF_ERR_ACCESS).
 *
 * Returns HF_OK, or
 *   HF_ERR_ARG      the id is not valid
 *   HF_ERR_SIZE     the payload can never fit a record, the log buffer or a region
 *   HF_ERR_AGAIN    see hf_nvm_again_cause(); the step must be rolled back and run again
 *   HF_ERR_NOSPACE  no room in index or region, and cleaning would not help
 *   HF_ERR_LIMIT    HF_CFG_NVM_TXN_OPS_MAX operations in this step already
 *   HF_ERR_IO       the store has failed
 * Nothing is changed on an error.
 */
int hf_nvm_put_unchecked(hf_nvm *nvm, const hf_metadata *meta, hf_bytes data)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;
int hf_nvm_put_checked(hf_nvm *nvm, const hf_metadata *meta, hf_bytes data)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/*
 * Read a range of a payload into `out` (appends at out->len, at most its free room).
 *
 * offset  bytes, 0 .. the object's length; reading stops at the end of the object.
 *
 * The checked variant refuses SENSITIVE and NONEXPORTABLE objects (HF_ERR_ACCESS).
 * A whole-object read checks the payload's CRC (HF_ERR_CORRUPT).
 * Returns HF_OK, HF_ERR_NOTFOUND, HF_ERR_ARG (offset beyond the end), HF_ERR_IO, and the
 * above. On an error out->len is unchanged; bytes behind it may be overwritten.
 */
int hf_nvm_read_unchecked(hf_nvm *nvm, hf_id id, uint32_t offset, hf_buffer *out)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;
int hf_nvm_read_checked(hf_nvm *nvm, hf_id id, uint32_t offset, hf_buffer *out)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/*
 * Destroy an object. The checked variant refuses NONDESTROYABLE ones (HF_ERR_ACCESS).
 * HF_OK, HF_ERR_NOTFOUND, HF_ERR_AGAIN, HF_ERR_LIMIT, HF_ERR_IO. A full store always has
 * room for one destroy. The payload of KEY, SHE and USER objects is scrubbed from the
 * medium once the destroy is durable (or cleaning is scheduled).
 */
int hf_nvm_destroy_unchecked(hf_nvm *nvm, hf_id id) HF_REQUIRES(nvm->lock, hf_tsa_nvm)
    HF_MUST_CHECK;
int hf_nvm_destroy_checked(hf_nvm *nvm, hf_id id) HF_REQUIRES(nvm->lock, hf_tsa_nvm)
    HF_MUST_CHECK;

/*
 * The first object with after < id <= last, in id order: the cursor of every list. HF_OK
 * or HF_ERR_NOTFOUND, HF_ERR_IO, HF_ERR_CORRUPT. Does not observe the head: lists call
 * hf_nvm_observe_head once.
 */
int hf_nvm_next(hf_nvm *nvm, hf_id after, hf_id last, hf_metadata *meta)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/*
 * Value of a counter object (kind COUNTER or SYSTEM, put with an 8-byte little-endian
 * payload), from RAM; and setting it by a compact record that keeps its metadata. The
 * same errors as get_metadata and put; HF_ERR_TYPE when it is not such an object.
 */
int hf_nvm_get_counter(hf_nvm *nvm, hf_id id, uint64_t *value)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;
int hf_nvm_set_counter(hf_nvm *nvm, hf_id id, uint64_t value)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/*
 * The lowest free number in from .. to (both 1..HF_NUMBER_MAX) for kind and owner; O(log
 * n) per look, at most `looks` numbers are tried. HF_OK with *number, HF_ERR_NOTFOUND
 * (all taken), or HF_ERR_AGAIN with *number = where to go on (cause NONE).
 */
int hf_nvm_find_free(hf_nvm *nvm, hf_id from, hf_id to, uint32_t looks, uint32_t *number)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* Free-space figures. Observes the head. */
void hf_nvm_get_space(hf_nvm *nvm, hf_nvm_space *space)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm);

/* The same figures without observing the head: they may be undone by a power cut, and
 * can be had also when the store has failed or its medium hangs. For a status, not for
 * decisions. */
void hf_nvm_get_status(const hf_nvm *nvm, hf_nvm_space *space)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm);

#endif
