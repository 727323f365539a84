/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Space: the chain of regions that hold the log, how many bytes in them are live, and
 * what may still be appended. The log runs through regions in the order of the epochs in
 * which they were opened; the oldest is the tail, the newest the active one. At least one
 * region is free unless a cleaning runs, which then frees the tail. Under the store lock.
 */
#ifndef HF_NVM_SPACE_H
#define HF_NVM_SPACE_H

#include "holdfast/nvm.h"
#include "nvm/record.h"

/* What an append may use of the space that is kept back; see hf_nvm_space_admits. */
enum hf_nvm_level {
    HF_NVM_LEVEL_PUT,     /* nothing */
    HF_NVM_LEVEL_COUNTER, /* what is kept for counters */
    HF_NVM_LEVEL_DESTROY, /* and for a destroy */
    HF_NVM_LEVEL_COPY,    /* all of it, before the copies that remain to be made */
    HF_NVM_LEVEL_BARE     /* whatever is there */
};

/* Compute limits from geometry and buffer sizes. HF_ERR_ARG: too small to work. */
int hf_nvm_space_init(hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

uint32_t hf_nvm_space_tail(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);
uint32_t hf_nvm_space_chain_count(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* Regions that are blank and can be opened. */
uint32_t hf_nvm_space_blank_count(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* A blank region, the one after the active in turn; region_count when there is none. */
uint32_t hf_nvm_space_find_blank(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* Bytes that copying what lives in the victim of a cleaning takes, also after a cut. */
uint64_t hf_nvm_space_debt(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* May a transaction of `size` bytes be appended to the active region? */
bool hf_nvm_space_admits(const hf_nvm *nvm, uint64_t size, uint32_t level)
    HF_REQUIRES(hf_tsa_nvm);

/* Can what is live in a region be copied behind what is in the active one? */
bool hf_nvm_space_takes(const hf_nvm *nvm, uint32_t region) HF_REQUIRES(hf_tsa_nvm);

/* Bytes that cleaning everything would give back. */
uint64_t hf_nvm_space_reclaimable(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* A region's live bytes change. */
void hf_nvm_space_add(hf_nvm *nvm, uint32_t region, uint64_t size)
    HF_REQUIRES(hf_tsa_nvm);
void hf_nvm_space_sub(hf_nvm *nvm, uint32_t region, uint64_t size)
    HF_REQUIRES(hf_tsa_nvm);

/* Append an anchor of a kind: a new epoch begins. OPEN follows hf_nvm_log_switch. */
void hf_nvm_space_append_anchor(hf_nvm *nvm, hf_anchor *anchor) HF_REQUIRES(hf_tsa_nvm);

/* Go on in a blank region: pad, switch, and append its OPEN anchor. */
void hf_nvm_space_open_region(hf_nvm *nvm, uint32_t region) HF_REQUIRES(hf_tsa_nvm);

#endif
