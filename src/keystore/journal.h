/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The changes of slots that the running step has made. A change takes effect at once, for
 * the step alone, because the step holds the lock to its end; the journal keeps what
 * undoes it. The store settles the step with one call: the changes become final in order,
 * or are undone in reverse order. So several changes of one key in one step add up like
 * single ones.
 *
 * A function of the keystore first opens the journal, then writes to the store, and
 * records the change last, when nothing can fail any more.
 */
#ifndef HF_KEYSTORE_JOURNAL_H
#define HF_KEYSTORE_JOURNAL_H

#include "holdfast/keystore.h"

enum hf_change_action {
    HF_CHANGE_INSERT = 1,  /* a slot came into the table */
    HF_CHANGE_REMOVE = 2,  /* a slot went out of the table */
    HF_CHANGE_STORE = 3,   /* an uncommitted key was stored */
    HF_CHANGE_REVOKE = 4,  /* flags */
    HF_CHANGE_RESERVE = 5, /* uses were reserved in the store */
    HF_CHANGE_WRITE = 6    /* a stored key was rewritten that has no slot */
};

/* Make sure that `count` changes can be recorded. HF_OK or HF_ERR_LIMIT. */
int hf_journal_open(hf_keystore *ks, uint32_t count)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* True when the running step has changed this key: what the store shows may be undone, or
 * be replaced by a slot that comes back. */
bool hf_journal_touches(const hf_keystore *ks, hf_id id) HF_REQUIRES(hf_tsa_nvm);

/* Put a filled slot into the table; its id has no other slot there. */
void hf_journal_insert(hf_keystore *ks, uint32_t slot) HF_REQUIRES(hf_tsa_nvm);

/* Take a slot out of the table. */
void hf_journal_remove(hf_keystore *ks, uint32_t slot) HF_REQUIRES(hf_tsa_nvm);

/* The slot's key is in the store now. */
void hf_journal_store(hf_keystore *ks, uint32_t slot) HF_REQUIRES(hf_tsa_nvm);

/* The slot's key is revoked. */
void hf_journal_revoke(hf_keystore *ks, uint32_t slot) HF_REQUIRES(hf_tsa_nvm);

/* The slot has counted `count` uses of `reserved` ones. */
void hf_journal_reserve_uses(hf_keystore *ks, uint32_t slot, uint64_t count,
                             uint64_t reserved) HF_REQUIRES(hf_tsa_nvm);

/* A key that has no slot was changed in the store. */
void hf_journal_write(hf_keystore *ks, hf_id id) HF_REQUIRES(hf_tsa_nvm);

#endif
