/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Index lists and hash tables, used by the slots and the owners of a keystore. Plain data
 * structures: the caller holds the store lock.
 */
#include "keystore/list.h"

#include "base/assert.h"

void hf_list_push(hf_keystore_link *links, hf_keystore_list *list, uint32_t index)
{
    links[index] = (hf_keystore_link){ .prev = HF_KEYSTORE_NONE, .next = list->first };
    if (list->first != HF_KEYSTORE_NONE) {
        links[list->first].prev = index;
    } else {
        list->last = index;
    }
    list->first = index;
}

void hf_list_remove(hf_keystore_link *links, hf_keystore_list *list, uint32_t index)
{
    hf_keystore_link link = links[index];
    if (link.prev != HF_KEYSTORE_NONE) {
        links[link.prev].next = link.next;
    } else {
        HF_ASSERT(list->first == index);
        list->first = link.next;
    }
    if (link.next != HF_KEYSTORE_NONE) {
        links[link.next].prev = link.prev;
    } else {
        HF_ASSERT(list->last == index);
        list->last = link.prev;
    }
}

/* Fibonacci hashing; the high product bits select the bucket, so any count will do. */
static uint32_t bucket_of(const hf_keystore_table *table, uint64_t key)
{
    uint64_t hash = (key * UINT64_C(0x9E3779B97F4A7C15)) >> 32;
    return (uint32_t)((hash * table->bucket_count) >> 32);
}

hf_keystore_table hf_table_make(uint32_t *buckets, uint32_t *chains, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        buckets[i] = HF_KEYSTORE_NONE;
        chains[i] = HF_KEYSTORE_NONE;
    }
    return (
        hf_keystore_table){ .buckets = buckets, .chains = chains, .bucket_count = count };
}

uint32_t hf_table_first(const hf_keystore_table *table, uint64_t key)
{
    return table->buckets[bucket_of(table, key)];
}

void hf_table_insert(hf_keystore_table *table, uint64_t key, uint32_t index)
{
    uint32_t *bucket = &table->buckets[bucket_of(table, key)];
    table->chains[index] = *bucket;
    *bucket = index;
}

void hf_table_remove(hf_keystore_table *table, uint64_t key, uint32_t index)
{
    uint32_t *at = &table->buckets[bucket_of(table, key)];
    while (*at != index) {
        HF_ASSERT(*at != HF_KEYSTORE_NONE);
        at = &table->chains[*at];
    }
    *at = table->chains[index];
    table->chains[index] = HF_KEYSTORE_NONE;
}
