/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The AVL tree and the pool of its entries. Links are entry numbers, so an entry is 48
 * bytes and the memory can be shared or moved as a whole. Nothing recurses: a path of
 * links is kept on the stack, at most 48 of them (an AVL tree of 2^32 entries is 46
 * high).
 */
#include "nvm/index.h"

#include <string.h>

#include "base/assert.h"

#define HEIGHT_MAX 48u

_Static_assert(sizeof(hf_nvm_entry) == HF_NVM_INDEX_ENTRY_SIZE, "nvm.h tells the size");

typedef struct path {
    uint32_t *links[HEIGHT_MAX];
    uint32_t len;
} path;

void hf_nvm_index_init(hf_nvm_index *index, void *memory, size_t size)
{
    size_t count = size / sizeof(hf_nvm_entry);
    memset(index, 0, sizeof *index);
    index->entries = (hf_nvm_entry *)memory;
    index->entry_count = count > UINT32_MAX - 1u ? UINT32_MAX - 1u : (uint32_t)count;
    index->fresh_count = index->entry_count;
}

uint32_t hf_nvm_index_object_max(const hf_nvm_index *index)
{
    return index->entry_count <= HF_CFG_NVM_TXN_OPS_MAX
               ? 0
               : index->entry_count - HF_CFG_NVM_TXN_OPS_MAX;
}

uint32_t hf_nvm_index_find(const hf_nvm_index *index, hf_id id)
{
    uint32_t number = index->root;
    while (number != 0) {
        const hf_nvm_entry *entry = hf_nvm_index_at(index, number);
        if (entry->id == id) {
            return number;
        }
        number = id < entry->id ? entry->left : entry->right;
    }
    return 0;
}

uint32_t hf_nvm_index_next(const hf_nvm_index *index, hf_id after)
{
    uint32_t best = 0;
    uint32_t number = index->root;
    while (number != 0) {
        const hf_nvm_entry *entry = hf_nvm_index_at(index, number);
        if (entry->id > after) {
            best = number;
            number = entry->left;
        } else {
            number = entry->right;
        }
    }
    return best;
}

uint32_t hf_nvm_index_take(hf_nvm_index *index)
{
    if (index->free_list == 0 && index->fresh_count == 0 && index->scrub_head != 0) {
        hf_nvm_index_drop_scrub(index);
    }
    uint32_t number = index->free_list;
    if (number != 0) {
        index->free_list = hf_nvm_index_at(index, number)->left;
    } else if (index->fresh_count != 0) {
        number = index->entry_count - index->fresh_count + 1u;
        index->fresh_count--;
    } else {
        return 0;
    }
    memset(hf_nvm_index_at(index, number), 0, sizeof(hf_nvm_entry));
    return number;
}

void hf_nvm_index_give(hf_nvm_index *index, uint32_t number)
{
    hf_nvm_entry *entry = hf_nvm_index_at(index, number);
    entry->left = index->free_list;
    index->free_list = number;
}

static uint32_t height_of(const hf_nvm_index *index, uint32_t number)
{
    return number == 0 ? 0 : hf_nvm_index_at(index, number)->height;
}

static void set_height(hf_nvm_index *index, hf_nvm_entry *entry)
{
    uint32_t left = height_of(index, entry->left);
    uint32_t right = height_of(index, entry->right);
    entry->height = (uint8_t)((left > right ? left : right) + 1u);
}

static void rotate_left(hf_nvm_index *index, uint32_t *link)
{
    hf_nvm_entry *low = hf_nvm_index_at(index, *link);
    uint32_t number = low->right;
    hf_nvm_entry *high = hf_nvm_index_at(index, number);
    low->right = high->left;
    high->left = *link;
    *link = number;
    set_height(index, low);
    set_height(index, high);
}

static void rotate_right(hf_nvm_index *index, uint32_t *link)
{
    hf_nvm_entry *high = hf_nvm_index_at(index, *link);
    uint32_t number = high->left;
    hf_nvm_entry *low = hf_nvm_index_at(index, number);
    high->left = low->right;
    low->right = *link;
    *link = number;
    set_height(index, high);
    set_height(index, low);
}

static void balance(hf_nvm_index *index, uint32_t *link)
{
    hf_nvm_entry *entry = hf_nvm_index_at(index, *link);
    uint32_t left = height_of(index, entry->left);
    uint32_t right = height_of(index, entry->right);
    if (left > right + 1u) {
        const hf_nvm_entry *child = hf_nvm_index_at(index, entry->left);
        if (height_of(index, child->left) < height_of(index, child->right)) {
            rotate_left(index, &entry->left);
        }
        rotate_right(index, link);
    } else if (right > left + 1u) {
        const hf_nvm_entry *child = hf_nvm_index_at(index, entry->right);
        if (height_of(index, child->right) < height_of(index, child->left)) {
            rotate_right(index, &entry->right);
        }
        rotate_left(index, link);
    } else {
        set_height(index, entry);
    }
}

/* From the deepest link up, as far as heights change. */
static void rebalance(hf_nvm_index *index, const path *way)
{
    for (uint32_t i = way->len; i > 0; i--) {
        uint32_t *link = way->links[i - 1u];
        uint32_t before = height_of(index, *link);
        balance(index, link);
        if (height_of(index, *link) == before) {
            return;
        }
    }
}

void hf_nvm_index_insert(hf_nvm_index *index, uint32_t number)
{
    path way = { .len = 0 };
    hf_nvm_entry *entry = hf_nvm_index_at(index, number);
    uint32_t *link = &index->root;
    while (*link != 0) {
        hf_nvm_entry *at = hf_nvm_index_at(index, *link);
        HF_ASSERT(at->id != entry->id && way.len < HEIGHT_MAX);
        way.links[way.len++] = link;
        link = entry->id < at->id ? &at->left : &at->right;
    }
    *link = number;
    entry->left = 0;
    entry->right = 0;
    entry->height = 1;
    index->object_count++;
    rebalance(index, &way);
}

/* Put the successor of an entry with two children into its place. */
static void replace_by_successor(hf_nvm_index *index, uint32_t *link, path *way)
{
    hf_nvm_entry *entry = hf_nvm_index_at(index, *link);
    way->links[way->len++] = link;
    uint32_t below = way->len;
    uint32_t *at = &entry->right;
    while (hf_nvm_index_at(index, *at)->left != 0) {
        way->links[way->len++] = at;
        at = &hf_nvm_index_at(index, *at)->left;
    }
    uint32_t number = *at;
    hf_nvm_entry *successor = hf_nvm_index_at(index, number);
    *at = successor->right;
    successor->left = entry->left;
    successor->right = entry->right;
    successor->height = entry->height;
    *link = number;
    if (way->len > below) {
        way->links[below] = &successor->right; /* it was a field of the entry that left */
    }
}

void hf_nvm_index_remove(hf_nvm_index *index, uint32_t number)
{
    path way = { .len = 0 };
    const hf_nvm_entry *entry = hf_nvm_index_at(index, number);
    uint32_t *link = &index->root;
    while (*link != number) {
        hf_nvm_entry *at = hf_nvm_index_at(index, *link);
        way.links[way.len++] = link;
        link = entry->id < at->id ? &at->left : &at->right;
    }
    if (entry->left != 0 && entry->right != 0) {
        replace_by_successor(index, link, &way);
    } else {
        *link = entry->left != 0 ? entry->left : entry->right;
    }
    index->object_count--;
    rebalance(index, &way);
}

void hf_nvm_index_push_scrub(hf_nvm_index *index, uint32_t number)
{
    hf_nvm_index_at(index, number)->left = 0;
    if (index->scrub_tail != 0) {
        hf_nvm_index_at(index, index->scrub_tail)->left = number;
    } else {
        index->scrub_head = number;
    }
    index->scrub_tail = number;
    index->scrub_count++;
}

uint32_t hf_nvm_index_first_scrub(const hf_nvm_index *index)
{
    return index->scrub_head;
}

void hf_nvm_index_drop_scrub(hf_nvm_index *index)
{
    uint32_t number = index->scrub_head;
    index->scrub_head = hf_nvm_index_at(index, number)->left;
    if (index->scrub_head == 0) {
        index->scrub_tail = 0;
    }
    index->scrub_count--;
    hf_nvm_index_give(index, number);
}

void hf_nvm_index_forget_scrubs(hf_nvm_index *index, uint32_t region)
{
    uint32_t number = index->scrub_head;
    index->scrub_head = 0;
    index->scrub_tail = 0;
    index->scrub_count = 0;
    while (number != 0) {
        uint32_t next = hf_nvm_index_at(index, number)->left;
        if (hf_nvm_index_at(index, number)->region == region) {
            hf_nvm_index_give(index, number);
        } else {
            hf_nvm_index_push_scrub(index, number);
        }
        number = next;
    }
}
