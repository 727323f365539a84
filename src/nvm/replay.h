/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Replay: reading the log from its tail to its end, and applying each whole transaction
 * to the index. Writes nothing. Under the store lock, while the store is opened.
 */
#ifndef HF_NVM_REPLAY_H
#define HF_NVM_REPLAY_H

#include "holdfast/nvm.h"
#include "nvm/scan.h"

typedef struct hf_nvm_replay {
    hf_nvm_reader reader;
    uint64_t
        opened[HF_CFG_NVM_REGIONS_MAX]; /* epochs of the regions' openings; 0 = none */
    uint64_t erased_mask; /* what the newest anchor that was followed tells */
    uint64_t used_mask;   /* regions that are not blank, but hold no log */
    uint64_t told;        /* the highest durable position told by what was replayed */
    uint64_t durable;     /* the highest position told anywhere */
    uint64_t durable_end; /* the highest offset told in the last region */
    uint64_t epoch_max;   /* the newest seen anywhere */
    hf_nvm_address end;   /* behind the last whole transaction */
    uint64_t garbage_end; /* in the last region: where something may have been written */
    uint32_t bad_count;   /* payloads with a wrong checksum, scrubbed ones among them */
    uint8_t last_anchor;  /* kind of the anchor that the log ends with; 0 = other */
    bool is_resumed;      /* the last region contains a RESUME */
    bool has_resume;      /* where the region goes on after a cut */
    uint64_t resume_from;
    uint64_t resume_at;
    uint64_t offset; /* of the next record */
} hf_nvm_replay;

/* Read the regions' opening anchors. *newest = region_count when there is none. HF_OK,
 * HF_ERR_VERSION, HF_ERR_ARG (another geometry) or HF_ERR_IO. */
int hf_nvm_replay_find_regions(hf_nvm *nvm, hf_nvm_replay *replay, uint32_t *newest)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Fill the index. HF_OK, or HF_ERR_CORRUPT (nvm->corrupt_at is set), HF_ERR_NOSPACE,
 * HF_ERR_LIMIT, HF_ERR_SIZE, HF_ERR_IO. */
int hf_nvm_replay_run(hf_nvm *nvm, hf_nvm_replay *replay, uint32_t newest)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

#endif
