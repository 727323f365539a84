/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * One LMS tree whose secret is at hand (RFC 8554 5): its nodes, the path of a leaf, and a
 * leaf's signature. Between the one-time keys (ots.h) and the chain of trees (hss.c).
 * Called with no lock held; any thread on its own objects.
 */
#ifndef HF_LMS_TREE_H
#define HF_LMS_TREE_H

#include "lms/ots.h"

#define HF_LMS_CACHED_COUNT_MAX ((2u << HF_LMS_CACHE_HEIGHT) - 1) /* nodes */

/* A tree of our own. Secret: wipe it after use. */
typedef struct hf_lms_tree {
    const hf_lms_engine *engine;
    hf_lms_pair sets; /* of a height <= 15 */
    uint8_t id[HF_LMS_ID_SIZE];
    uint8_t seed[HF_LMS_HASH_SIZE_MAX]; /* n bytes */
} hf_lms_tree;

/* Where a leaf is, with what leads from it to the root. Public. */
typedef struct hf_lms_path {
    uint32_t q;
    /* Siblings from the leaf up: height nodes of n bytes. */
    uint8_t nodes[15 * HF_LMS_HASH_SIZE_MAX];
} hf_lms_path;

/* Levels of nodes under the cached ones: 0 when the leaves are cached. */
uint32_t hf_lms_deep_height(const hf_lms_set *set);
/* Nodes that a cache holds. */
uint32_t hf_lms_cached_count(const hf_lms_set *set);

/* Node r, an inner one, from its two children (RFC 8554 5.3); `out` may be one of them.
 * `sets` tells the hash and n, `id` is the tree's. */
typedef struct hf_lms_node {
    const hf_lms_engine *engine;
    const hf_lms_pair *sets;
    const uint8_t *id;
} hf_lms_node;
int hf_lms_node_inner(const hf_lms_node *node, uint32_t r, const uint8_t *left,
                      const uint8_t *right, uint8_t *out)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;
/* The leaf of node number r, from its one-time public key. */
int hf_lms_node_leaf(const hf_lms_node *node, uint32_t r, const uint8_t *key,
                     uint8_t *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;
/* Walk from node r with content `value` to the root, in place, over `count` siblings. */
int hf_lms_node_climb(const hf_lms_node *node, uint32_t r, const uint8_t *siblings,
                      uint32_t count, uint8_t *value)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Compute all nodes that are cached into hf_lms_cached_count * n bytes. */
int hf_lms_tree_build(const hf_lms_tree *tree, uint8_t *nodes)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/*
 * Complete the path of leaf path->q: what is not cached is computed from the seed, the
 * rest is copied from `cached`. HF_ERR_CORRUPT when leaf and path do not lead to `root`.
 */
int hf_lms_tree_find_path(const hf_lms_tree *tree, hf_bytes cached, const uint8_t *root,
                          hf_lms_path *path) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
    HF_MUST_CHECK;

/* Sign into hf_lms_signature_len bytes at `out`, with a path that was found. */
int hf_lms_tree_sign(const hf_lms_tree *tree, const hf_lms_path *path, hf_bytes message,
                     uint8_t *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* The tree below leaf q of `parent`: I and SEED; its sets are already in `child`. */
int hf_lms_tree_child(const hf_lms_tree *parent, uint32_t q, hf_lms_tree *child)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

#endif
