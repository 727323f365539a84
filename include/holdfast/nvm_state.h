/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * struct hf_nvm: complete so that the caller can give its memory. Every field is private
 * to src/nvm. The device, its geometry and the sizes are immutable after init; what is
 * marked is guarded by the store lock; the durable position and the failure are atomic;
 * what belongs to the syncer is touched only by the one who runs hf_nvm_sync,
 * hf_nvm_clean_step.
 */
#ifndef HOLDFAST_NVM_STATE_H
#define HOLDFAST_NVM_STATE_H

#include "holdfast/atomic.h"

/* One live object, a version that a transaction may bring back, or a scrub to be done. */
typedef struct hf_nvm_entry {
    hf_id id;
    uint64_t seq;     /* sequence number of its newest record */
    uint64_t value;   /* of a counter */
    uint32_t offset8; /* of the record in its region, in units of 8 bytes */
    uint32_t len;     /* bytes of payload */
    uint32_t flags;   /* HF_FLAG_*, HF_USAGE_* */
    uint32_t left;    /* links: number of an entry, from 1; 0 = none */
    uint32_t right;
    uint8_t region;
    uint8_t height;     /* of the subtree, 1 = leaf */
    uint8_t commit_lag; /* the commit's position less seq */
    uint8_t marks;      /* low 7 bits: region it was copied from + 1; top: payload is
    bad */
} hf_nvm_entry;

/* An AVL tree in the caller's memory, and the entries that are not in it. */
typedef struct hf_nvm_index {
    hf_nvm_entry *entries;
    uint32_t entry_count; /* all entries; HF_CFG_NVM_TXN_OPS_MAX more than objects */
    uint32_t fresh_count; /* the last entries, never used so far */
    uint32_t root;
    uint32_t free_list;
    uint32_t object_count;
    uint32_t scrub_head; /* queue of payloads to scrub, oldest first */
    uint32_t scrub_tail;
    uint32_t scrub_count;
} hf_nvm_index;

typedef struct hf_nvm_region {
    uint64_t epoch;         /* of its opening; 0 = holds nothing of the log */
    uint64_t live_size;     /* bytes of live records */
    uint32_t end8;          /* where its log ended, in units of 8 bytes; not of the
    active */
    uint32_t residue_count; /* destroyed secrets in it */
} hf_nvm_region;

/* The log buffer: a ring over the positions start..end of the log's end. */
typedef struct hf_nvm_log {
    uint8_t *data;
    size_t size;          /* bytes in use of the caller's memory: whole granules */
    uint64_t free_at;     /* what lies before may be overwritten; <= start */
    uint64_t start;       /* first position that is not on the medium */
    uint64_t end;         /* where the next record goes */
    uint64_t base;        /* position of the active region's offset 0, modulo 2^64 */
    uint64_t switched_at; /* from here on the active region; before it the previous one */
    uint64_t old_base;    /* position of the previous region's offset 0 */
    uint32_t active;      /* region */
    uint32_t previous;    /* region before the switch */
    uint64_t durable_end; /* offset in the active region; the log is durable up to it */
    uint64_t killed_size; /* bytes of records that died since the last sync began */
    uint64_t killed_before; /* and before it, as long as it is not published */
    uint64_t claim;         /* newest durable position that a record in the log tells */
    bool is_wanted;         /* more than copies waits for a sync */
    bool is_resumed;        /* the active region contains a RESUME anchor */
    bool is_dirty;          /* something was appended since the clean close */
} hf_nvm_log;

typedef struct hf_nvm_op {
    uint32_t entry; /* changed or added; 0 = destroyed */
    uint32_t saved; /* as it was; 0 = there was none */
} hf_nvm_op;

typedef struct hf_nvm_txn {
    uint64_t start;       /* log position */
    uint64_t last;        /* log position of the last record */
    uint64_t seq;         /* of the last record */
    uint64_t killed_size; /* of the log, when the step began */
    uint64_t live_size;   /* of the store, when the step began */
    uint64_t observed;    /* newest committed position that the step used */
    uint32_t op_count;
    uint32_t staged_count;
    int again; /* enum hf_nvm_again */
    hf_nvm_op ops[HF_CFG_NVM_TXN_OPS_MAX];
    hf_nvm_staged staged[HF_CFG_NVM_TXN_OPS_MAX];
} hf_nvm_txn;

/* A cleaning that runs. */
typedef struct hf_nvm_cleaning {
    int phase; /* enum in src/nvm/clean.c; 0 = none runs */
    uint32_t victim;
    uint64_t offset;      /* records before it are copied or dead */
    uint64_t need;        /* bytes that a refused append asked for; 0 = none did */
    uint32_t need_level;  /* of that append */
    uint32_t tries_count; /* cleanings since then */
} hf_nvm_cleaning;

/* Filled by one sync and not yet told to the store. */
typedef struct hf_nvm_batch {
    uint64_t start, end; /* log positions; equal = none */
    uint64_t position;   /* commit position that becomes durable */
    uint64_t claim;
    uint8_t *ring; /* the log buffer */
    size_t ring_size;
    bool is_synced; /* on the medium, not yet given back */
} hf_nvm_batch;

struct hf_nvm {
    hf_lock lock; /* guards what is marked */
    const hf_nvm_device *device;
    hf_nvm_geometry geometry;
    uint32_t pad_size;     /* most bytes that filling a granule can take */
    uint64_t cut_loss;     /* bytes kept for what cuts make unusable during a cleaning */
    uint64_t put_limit;    /* offset up to which puts may fill a region */
    uint64_t txn_max;      /* bytes of records of one transaction */
    uint64_t capacity;     /* bytes of live records */
    hf_atomic_u64 durable; /* position */
    hf_atomic_u32 failed;  /* 1: the device failed */
    hf_nvm_batch batch;    /* the syncer's */
    uint64_t marked;       /* the syncer's: newest durable claim that is durable itself */
    hf_nvm_address corrupt_at;

    uint64_t head HF_GUARDED_BY(hf_tsa_nvm);         /* newest commit */
    uint64_t last_destroy HF_GUARDED_BY(hf_tsa_nvm); /* commit of the newest destroy */
    uint64_t epoch HF_GUARDED_BY(hf_tsa_nvm);        /* of records appended now */
    uint64_t erased_mask HF_GUARDED_BY(hf_tsa_nvm);  /* regions known to be blank */
    uint64_t live_size HF_GUARDED_BY(hf_tsa_nvm);    /* sum over the regions */
    uint32_t residue_count HF_GUARDED_BY(hf_tsa_nvm);
    hf_nvm_index index HF_GUARDED_BY(hf_tsa_nvm);
    hf_nvm_log log HF_GUARDED_BY(hf_tsa_nvm);
    hf_nvm_txn txn HF_GUARDED_BY(hf_tsa_nvm);
    hf_nvm_cleaning cleaning HF_GUARDED_BY(hf_tsa_nvm);
    hf_nvm_region regions[HF_CFG_NVM_REGIONS_MAX] HF_GUARDED_BY(hf_tsa_nvm);
};

#endif
