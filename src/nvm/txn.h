/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Transactions: how records change the index, so that they can be taken back until the
 * commit. Each change keeps the entry's former version in a spare entry. Used by steps
 * and, with the same functions, when the log is read on open. Under the store lock.
 */
#ifndef HF_NVM_TXN_H
#define HF_NVM_TXN_H

#include "holdfast/nvm.h"
#include "nvm/record.h"

/* hf_nvm_entry.marks */
#define HF_NVM_ENTRY_COPIED 0x3Fu   /* hf_nvm_entry_copied_mark; 0 = not copied */
#define HF_NVM_ENTRY_BAD 0x80u      /* on open: the payload's checksum is wrong */
#define HF_NVM_ENTRY_SCRUBBED 0x40u /* on open: nothing is left of the payload */

/* The mark of an entry that cleaning copied out of a region. Six bits: the last two of 64
 * regions share one, which can only count too many. */
static inline uint8_t hf_nvm_entry_copied_mark(uint32_t region)
{
    return (uint8_t)(region < HF_NVM_ENTRY_COPIED ? region + 1u : HF_NVM_ENTRY_COPIED);
}

/* Bytes of the live record of an entry. */
uint64_t hf_nvm_entry_size(const hf_nvm_entry *entry);

/* The position of the commit that wrote it. */
static inline uint64_t hf_nvm_entry_position(const hf_nvm_entry *entry)
{
    return entry->seq + entry->commit_lag;
}

static inline hf_nvm_address hf_nvm_entry_address(const hf_nvm_entry *entry)
{
    return (hf_nvm_address){ entry->region, (uint64_t)entry->offset8 * 8u };
}

/* True for a counter: its value is in the index. */
bool hf_nvm_entry_is_counter(const hf_nvm_entry *entry);

void hf_nvm_txn_begin(hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* Can one more operation be added? HF_OK, HF_ERR_LIMIT, HF_ERR_IO (failed store). */
int hf_nvm_txn_check(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Apply a record that lies at an address. `value`: of a counter. HF_ERR_NOSPACE: the
 * index is full; nothing is changed. */
int hf_nvm_txn_put(hf_nvm *nvm, const hf_record *record, hf_nvm_address at,
                   uint64_t value) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Take an entry out. */
void hf_nvm_txn_destroy(hf_nvm *nvm, uint32_t number) HF_REQUIRES(hf_tsa_nvm);

void hf_nvm_txn_set_counter(hf_nvm *nvm, uint32_t number, uint64_t seq, uint64_t value)
    HF_REQUIRES(hf_tsa_nvm);

/* A record that cleaning copied lies at an address now. It keeps its sequence number and
 * is no part of any transaction. HF_ERR_NOSPACE: the index is full. */
int hf_nvm_txn_move(hf_nvm *nvm, const hf_record *record, hf_nvm_address at,
                    uint64_t value) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* All changes hold from now on, at position txn.seq. The records are accepted already. */
void hf_nvm_txn_apply(hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* Take all changes back, newest first. */
void hf_nvm_txn_revert(hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* The step saw an entry, or that there is none. */
void hf_nvm_txn_observe_entry(hf_nvm *nvm, const hf_nvm_entry *entry)
    HF_REQUIRES(hf_tsa_nvm);
void hf_nvm_txn_observe_absence(hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* Commit or roll back, settle what is staged, tell the ticket: all of hf_nvm_unlock but
 * the release. */
int hf_nvm_txn_end(hf_nvm *nvm, int outcome, hf_ticket *ticket) HF_REQUIRES(hf_tsa_nvm)
    HF_MUST_CHECK;

#endif
