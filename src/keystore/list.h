/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Lists and hash tables of indexes (of slots, of owners): doubly linked lists over an
 * array of links, and chained tables over an array of chains. All operations but a
 * table's removal are O(1). Under the store lock, like everything in the keystore.
 */
#ifndef HF_KEYSTORE_LIST_H
#define HF_KEYSTORE_LIST_H

#include "holdfast/keystore.h"

/* An empty list. */
static inline hf_keystore_list hf_list_empty(void)
{
    return (hf_keystore_list){ .first = HF_KEYSTORE_NONE, .last = HF_KEYSTORE_NONE };
}

/* Put an index that is in no list at the front. */
void hf_list_push(hf_keystore_link *links, hf_keystore_list *list, uint32_t index);

/* Take out an index that is in this list. */
void hf_list_remove(hf_keystore_link *links, hf_keystore_list *list, uint32_t index);

/* A table over the caller's arrays, emptied: both have `count` elements. */
hf_keystore_table hf_table_make(uint32_t *buckets, uint32_t *chains, uint32_t count);

/* First index of the chain that `key` belongs to; go on with chains[index]. */
uint32_t hf_table_first(const hf_keystore_table *table, uint64_t key);

void hf_table_insert(hf_keystore_table *table, uint64_t key, uint32_t index);

/* Take out an index that was inserted with `key`. */
void hf_table_remove(hf_keystore_table *table, uint64_t key, uint32_t index);

#endif
