/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Nodes of an LMS tree. Node numbers are those of RFC 8554 5.3: the root is 1, the
 * children of r are 2r and 2r + 1, leaf q is 2^height + q. A cache holds nodes 1, 2, 3,
 * ... in this order, so every subtree below it is computed alone, with a stack of one
 * node per level.
 */
#include "lms/tree.h"

#include <string.h>

#define D_LEAF 0x8282u
#define D_INTR 0x8383u
#define PREFIX_LEN (HF_LMS_ID_SIZE + 4u + 2u) /* I | u32 r | u16 D_xxxx */
#define DEEP_HEIGHT_MAX 5u                    /* 15 - HF_LMS_CACHE_HEIGHT */

_Static_assert(15u - HF_LMS_CACHE_HEIGHT == DEEP_HEIGHT_MAX, "the stack holds a path");

uint32_t hf_lms_deep_height(const hf_lms_set *set)
{
    return set->height > HF_LMS_CACHE_HEIGHT ? set->height - HF_LMS_CACHE_HEIGHT : 0;
}

uint32_t hf_lms_cached_count(const hf_lms_set *set)
{
    return (2u << (set->height - hf_lms_deep_height(set))) - 1;
}

int hf_lms_node_inner(const hf_lms_node *node, uint32_t r, const uint8_t *left,
                      const uint8_t *right, uint8_t *out)
{
    uint8_t block[PREFIX_LEN + 2 * HF_LMS_HASH_SIZE_MAX];
    const size_t n = node->sets->lms->n;
    memcpy(block, node->id, HF_LMS_ID_SIZE);
    hf_lms_put_u32(block + HF_LMS_ID_SIZE, r);
    hf_lms_put_u16(block + HF_LMS_ID_SIZE + 4, D_INTR);
    memcpy(block + PREFIX_LEN, left, n);
    memcpy(block + PREFIX_LEN + n, right, n);
    return hf_lms_hash(node->engine, node->sets->ots,
                       hf_bytes_of(block, PREFIX_LEN + 2 * n), out);
}

int hf_lms_node_leaf(const hf_lms_node *node, uint32_t r, const uint8_t *key,
                     uint8_t *out)
{
    uint8_t block[PREFIX_LEN + HF_LMS_HASH_SIZE_MAX];
    const size_t n = node->sets->lms->n;
    memcpy(block, node->id, HF_LMS_ID_SIZE);
    hf_lms_put_u32(block + HF_LMS_ID_SIZE, r);
    hf_lms_put_u16(block + HF_LMS_ID_SIZE + 4, D_LEAF);
    memcpy(block + PREFIX_LEN, key, n);
    return hf_lms_hash(node->engine, node->sets->ots, hf_bytes_of(block, PREFIX_LEN + n),
                       out);
}

int hf_lms_node_climb(const hf_lms_node *node, uint32_t r, const uint8_t *siblings,
                      uint32_t count, uint8_t *value)
{
    const size_t n = node->sets->lms->n;
    for (uint32_t i = 0; i < count; i++, r >>= 1) {
        const uint8_t *sibling = siblings + i * n;
        bool is_right = (r & 1) != 0;
        int rc = hf_lms_node_inner(node, r >> 1, is_right ? sibling : value,
                                   is_right ? value : sibling, value);
        if (rc != HF_OK) {
            return rc;
        }
    }
    return HF_OK;
}

/* ---- with the secret ---- */

static hf_lms_node node_of(const hf_lms_tree *tree)
{
    return (hf_lms_node){ .engine = tree->engine, .sets = &tree->sets, .id = tree->id };
}

static hf_lmots leaf_of(const hf_lms_tree *tree, uint32_t q)
{
    return (hf_lmots){
        .engine = tree->engine, .set = tree->sets.ots, .id = tree->id, .q = q
    };
}

static int compute_leaf(const hf_lms_tree *tree, uint32_t q, uint8_t *out)
{
    const hf_lms_node node = node_of(tree);
    const hf_lmots ots = leaf_of(tree, q);
    int rc = hf_lmots_public(&ots, tree->seed, out);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_lms_node_leaf(&node, (1u << tree->sets.lms->height) + q, out, out);
}

/* Keep node r of `level` (0 = leaves) when it is a sibling on the way from leaf q up. */
static void keep_sibling(const hf_lms_tree *tree, uint32_t r, uint32_t level,
                         const uint8_t *value, hf_lms_path *path)
{
    const size_t n = tree->sets.lms->n;
    uint32_t own = ((1u << tree->sets.lms->height) + path->q) >> level;
    if (r == (own ^ 1u)) {
        memcpy(path->nodes + level * n, value, n);
    }
}

/*
 * The node above the 2^deep leaves of which `first` is the first, where deep is
 * hf_lms_deep_height: the treehash algorithm. `path` may be NULL; else siblings of its
 * leaf under that node are kept in it.
 */
static int compute_subtree(const hf_lms_tree *tree, uint32_t first, hf_lms_path *path,
                           uint8_t *out)
{
    const hf_lms_node node = node_of(tree);
    const size_t n = tree->sets.lms->n;
    const uint32_t deep = hf_lms_deep_height(tree->sets.lms);
    uint8_t left[DEEP_HEIGHT_MAX][HF_LMS_HASH_SIZE_MAX];
    for (uint32_t i = 0; i < (1u << deep); i++) {
        uint32_t r = (1u << tree->sets.lms->height) + first + i;
        uint32_t level = 0;
        int rc = compute_leaf(tree, first + i, out);
        while (rc == HF_OK && level < deep) {
            if (path != NULL) {
                keep_sibling(tree, r, level, out, path);
            }
            if ((r & 1u) == 0) {
                memcpy(left[level], out, n);
                break;
            }
            r >>= 1;
            rc = hf_lms_node_inner(&node, r, left[level], out, out);
            level++;
        }
        if (rc != HF_OK) {
            return rc;
        }
    }
    return HF_OK;
}

int hf_lms_tree_build(const hf_lms_tree *tree, uint8_t *nodes)
{
    const hf_lms_node node = node_of(tree);
    const size_t n = tree->sets.lms->n;
    const uint32_t deep = hf_lms_deep_height(tree->sets.lms);
    const uint32_t lowest_count = 1u << (tree->sets.lms->height - deep);
    for (uint32_t i = 0; i < lowest_count; i++) {
        int rc = compute_subtree(tree, i << deep, NULL,
                                 nodes + (size_t)(lowest_count + i - 1) * n);
        if (rc != HF_OK) {
            return rc;
        }
    }
    for (uint32_t r = lowest_count - 1; r > 0; r--) {
        const uint8_t *left = nodes + (size_t)(2 * r - 1) * n;
        int rc = hf_lms_node_inner(&node, r, left, left + n, nodes + (size_t)(r - 1) * n);
        if (rc != HF_OK) {
            return rc;
        }
    }
    return HF_OK;
}

int hf_lms_tree_find_path(const hf_lms_tree *tree, hf_bytes cached, const uint8_t *root,
                          hf_lms_path *path)
{
    const hf_lms_node node = node_of(tree);
    const size_t n = tree->sets.lms->n;
    const uint32_t height = tree->sets.lms->height;
    const uint32_t deep = hf_lms_deep_height(tree->sets.lms);
    uint8_t value[HF_LMS_HASH_SIZE_MAX];
    int rc = compute_subtree(tree, path->q >> deep << deep, path, value);
    if (rc != HF_OK) {
        return rc;
    }
    memcpy(path->nodes + deep * n, cached.data, cached.len);
    rc = hf_lms_node_climb(&node, ((1u << height) + path->q) >> deep, cached.data,
                           height - deep, value);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_ct_equal(value, root, n) ? HF_OK : HF_ERR_CORRUPT;
}

int hf_lms_tree_sign(const hf_lms_tree *tree, const hf_lms_path *path, hf_bytes message,
                     uint8_t *out)
{
    const hf_lmots ots = leaf_of(tree, path->q);
    hf_lms_put_u32(out, path->q);
    int rc = hf_lmots_sign(&ots, tree->seed, message, out + 4);
    uint8_t *behind = out + 4 + hf_lmots_signature_len(tree->sets.ots);
    hf_lms_put_u32(behind, tree->sets.lms->type);
    memcpy(behind + 4, path->nodes, (size_t)tree->sets.lms->n * tree->sets.lms->height);
    return rc;
}

int hf_lms_tree_child(const hf_lms_tree *parent, uint32_t q, hf_lms_tree *child)
{
    const hf_lmots ots = leaf_of(parent, q);
    uint8_t id[HF_LMS_HASH_SIZE_MAX];
    child->engine = parent->engine;
    int rc = hf_lmots_derive(&ots, parent->seed, HF_LMOTS_CHILD_ID, id);
    if (rc == HF_OK) {
        memcpy(child->id, id, HF_LMS_ID_SIZE);
        rc = hf_lmots_derive(&ots, parent->seed, HF_LMOTS_CHILD_SEED, child->seed);
    }
    hf_wipe(id, sizeof(id)); /* more of it than the public I */
    return rc;
}
