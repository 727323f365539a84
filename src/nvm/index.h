/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The index: which objects live, and where, ordered by id; an AVL tree in the caller's
 * memory. Entries have numbers from 1 that stay with them while they are in use; 0 is
 * none. It also keeps the queue of payloads to scrub, whose entries are the first to be
 * given up when memory runs out. Private to the store, under its lock.
 */
#ifndef HF_NVM_INDEX_H
#define HF_NVM_INDEX_H

#include "holdfast/nvm.h"

/* memory aligned to 8; `size` bytes. Not touched before entries are used. */
void hf_nvm_index_init(hf_nvm_index *index, void *memory, size_t size);

/* How many objects it can hold. */
uint32_t hf_nvm_index_object_max(const hf_nvm_index *index);

static inline hf_nvm_entry *hf_nvm_index_at(const hf_nvm_index *index, uint32_t number)
{
    return &index->entries[number - 1u];
}

/* The entry of an id in the tree. */
uint32_t hf_nvm_index_find(const hf_nvm_index *index, hf_id id);

/* The entry of the lowest id above `after`. */
uint32_t hf_nvm_index_next(const hf_nvm_index *index, hf_id after);

/* An unused entry, of the oldest scrub if need be; 0 when there is none. */
uint32_t hf_nvm_index_take(hf_nvm_index *index);

void hf_nvm_index_give(hf_nvm_index *index, uint32_t number);

/* Put an entry into the tree. Its id is not there yet. */
void hf_nvm_index_insert(hf_nvm_index *index, uint32_t number);

/* Take an entry out of the tree; it stays in use. */
void hf_nvm_index_remove(hf_nvm_index *index, uint32_t number);

/* Queue an entry that is in use and not in the tree. */
void hf_nvm_index_push_scrub(hf_nvm_index *index, uint32_t number);

/* The oldest in the queue, still in it. 0 = the queue is empty. */
uint32_t hf_nvm_index_first_scrub(const hf_nvm_index *index);

/* Take the oldest out of the queue and make it unused. */
void hf_nvm_index_drop_scrub(hf_nvm_index *index);

/* Drop what the queue holds of a region. */
void hf_nvm_index_forget_scrubs(hf_nvm_index *index, uint32_t region);

#endif
