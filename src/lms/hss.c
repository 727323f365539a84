/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * HSS keys of our own: making them, moving to the next lower tree, signing. The chain of
 * trees over tree.c; it believes nothing of a cache that verify.c has not proved.
 *
 * A one-time key signs only after its leaf and path led to the tree's root, and that root
 * is either in the private key or signed by the trees above, so a damaged cache stops
 * before a signature exists. What a leaf of an upper tree signs is a function of the key
 * alone: building the same lower tree twice signs the same bytes twice, which tells
 * nobody anything new.
 */
#include "lms/layout.h"
#include "lms/verify.h"

#include <string.h>

/* ---- where an index is ---- */

/* Everything about one index at one level, checked. Secret: wipe it after use. */
typedef struct hss_position {
    hf_lms_tree tree;
    hf_lms_path path;
} hss_position;

/* What an operation works on. */
typedef struct hss_task {
    const hf_lms_engine *engine;
    const hf_hss_private *key;
    uint64_t index;
} hss_task;

/* The secret of the tree of `level` that the index falls into. */
static int derive_tree(const hss_task *task, uint32_t level, hf_lms_tree *tree)
{
    const hf_hss_private *key = task->key;
    *tree = (hf_lms_tree){ .engine = task->engine, .sets = hf_hss_pair(&key->params, 0) };
    memcpy(tree->id, key->id, HF_LMS_ID_SIZE);
    memcpy(tree->seed, key->seed, hf_hss_node_len(&key->params));
    int rc = HF_OK;
    for (uint32_t i = 0; i < level && rc == HF_OK; i++) {
        hf_lms_tree child = { .sets = hf_hss_pair(&key->params, i + 1) };
        rc = hf_lms_tree_child(tree, hf_hss_leaf(&key->params, i, task->index), &child);
        *tree = child;
        hf_wipe(&child, sizeof(child));
    }
    return rc;
}

/* Is the head one of this level, and of the index's tree? */
static int check_head(const hf_hss_params *params, uint32_t level, uint64_t index,
                      const hf_hss_place *place)
{
    const size_t path_len = hf_hss_path_count(params, level) * hf_hss_node_len(params);
    if (place->head.data == NULL || place->path.data == NULL ||
        place->head.len != hf_hss_head_len(params, level) ||
        place->path.len != path_len) {
        return HF_ERR_ARG;
    }
    if (hf_get_u32(place->head.data) != HF_HSS_CACHE_VERSION ||
        hf_get_u32(place->head.data + 4) != level) {
        return HF_ERR_CORRUPT;
    }
    return hf_get_u64(place->head.data + 8) == hf_hss_tree_number(params, level, index)
               ? HF_OK
               : HF_ERR_STATE;
}

static hf_bytes chain_of(const hf_hss_place *place)
{
    return hf_bytes_of(place->head.data + HF_HSS_HEADER_LEN,
                       place->head.len - HF_HSS_HEADER_LEN);
}

/* Verify the chain of `level_count` - 1 signed keys; the last of them into *last, or the
 * first tree's own, which lies in the `first` of HF_HSS_PUBLIC_LEN_MAX bytes. */
static int check_chain(const hss_task *task, uint32_t level, hf_bytes chain,
                       uint8_t *first, hf_lms_public *last)
{
    hf_hss_put_public(task->key, first);
    hf_reader reader =
        hf_reader_of(hf_bytes_of(first + 4, hf_hss_public_len(&task->key->params) - 4));
    int rc = hf_lms_public_parse(&reader, last);
    if (rc != HF_OK) {
        return rc;
    }
    reader = hf_reader_of(chain);
    rc = hf_lms_verify_chain(task->engine, level, &reader, last);
    if (rc == HF_ERR_VERIFY || (rc == HF_OK && hf_reader_end(&reader) != HF_OK)) {
        rc = HF_ERR_CORRUPT;
    }
    return rc;
}

/* Is the public key that of the tree? Its root is another matter. */
static bool is_key_of(const hf_lms_public *key, const hf_lms_tree *tree)
{
    return key->sets.lms == tree->sets.lms && key->sets.ots == tree->sets.ots &&
           memcmp(key->id, tree->id, HF_LMS_ID_SIZE) == 0;
}

/* Find the index in a level, and prove what was read of its cache. */
static int find_position(const hss_task *task, const hf_hss_place *place, uint32_t level,
                         hss_position *position)
{
    const hf_hss_params *params = &task->key->params;
    uint8_t first[HF_HSS_PUBLIC_LEN_MAX];
    hf_lms_public last = { .id = NULL };
    int rc = check_head(params, level, task->index, place);
    if (rc == HF_OK) {
        rc = check_chain(task, level, chain_of(place), first, &last);
    }
    if (rc == HF_OK) {
        rc = derive_tree(task, level, &position->tree);
    }
    if (rc == HF_OK && !is_key_of(&last, &position->tree)) {
        rc = HF_ERR_CORRUPT;
    }
    if (rc == HF_OK) {
        position->path.q = hf_hss_leaf(params, level, task->index);
        rc = hf_lms_tree_find_path(&position->tree, place->path, last.root,
                                   &position->path);
    }
    return rc;
}

/* ---- what is common to the operations ---- */

static bool is_engine(const hf_lms_engine *engine)
{
    return engine != NULL && engine->crypto != NULL;
}

static bool has_room(const hf_buffer *buffer, size_t len)
{
    return buffer->data != NULL && buffer->len <= buffer->size &&
           len <= buffer->size - buffer->len;
}

/* Keep `len` bytes that were written behind the content, or wipe them. */
static int finish(hf_buffer *buffer, size_t len, int rc)
{
    if (rc == HF_OK) {
        buffer->len += len;
    } else {
        hf_wipe(buffer->data + buffer->len, len);
    }
    return rc;
}

static void put_header(const hf_hss_params *params, uint32_t level, uint64_t index,
                       uint8_t *out)
{
    hf_put_u32(out, HF_HSS_CACHE_VERSION);
    hf_put_u32(out + 4, level);
    hf_put_u64(out + 8, hf_hss_tree_number(params, level, index));
}

/* ---- generation ---- */

static int generate_into(const hf_lms_engine *engine, const hf_hss_params *params,
                         hf_bytes entropy, uint8_t *private_key, uint8_t *cache)
{
    hf_lms_tree tree = { .engine = engine, .sets = hf_hss_pair(params, 0) };
    uint8_t *nodes = cache + HF_HSS_HEADER_LEN;
    memcpy(tree.id, entropy.data, HF_LMS_ID_SIZE);
    memcpy(tree.seed, entropy.data + HF_LMS_ID_SIZE, entropy.len - HF_LMS_ID_SIZE);
    put_header(params, 0, 0, cache);
    int rc = hf_lms_tree_build(&tree, nodes);
    if (rc == HF_OK) {
        hf_hss_put_private(params, entropy, nodes, private_key);
    }
    hf_wipe(&tree, sizeof(tree));
    return rc;
}

int hf_hss_generate(const hf_lms_engine *engine, const hf_hss_params *params,
                    hf_bytes entropy, hf_buffer *private_key, hf_buffer *cache)
{
    if (!is_engine(engine) || private_key == NULL || cache == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_hss_params_check(params);
    if (rc != HF_OK) {
        return rc;
    }
    if (entropy.data == NULL || entropy.len != hf_hss_entropy_len(params)) {
        return HF_ERR_ARG;
    }
    const size_t private_len = hf_hss_private_len(params);
    const size_t cache_len = hf_hss_cache_len(params, 0);
    if (!has_room(private_key, private_len) || !has_room(cache, cache_len)) {
        return HF_ERR_SIZE;
    }
    rc = generate_into(engine, params, entropy, private_key->data + private_key->len,
                       cache->data + cache->len);
    rc = finish(private_key, private_len, rc);
    return finish(cache, cache_len, rc);
}

/* ---- the cache of a level ---- */

/* Sign the new tree's key with the leaf above: the chain grows by a signature and that
 * key. `root` is the new tree's. */
static int extend_chain(const hf_hss_private *key, const hss_position *above,
                        const hf_lms_tree *tree, const uint8_t *root, uint8_t *out)
{
    const hf_lms_pair upper = above->tree.sets;
    uint8_t *signed_key = out + hf_lms_signature_len(&upper);
    const size_t signed_len = hf_lms_public_len(&tree->sets);
    hf_lms_put_u32(signed_key, tree->sets.lms->type);
    hf_lms_put_u32(signed_key + 4, tree->sets.ots->type);
    memcpy(signed_key + 8, tree->id, HF_LMS_ID_SIZE);
    memcpy(signed_key + 8 + HF_LMS_ID_SIZE, root, hf_hss_node_len(&key->params));
    return hf_lms_tree_sign(&above->tree, &above->path,
                            hf_bytes_of(signed_key, signed_len), out);
}

static int build_lower(const hss_task *task, const hf_hss_build_op *op, uint8_t *out)
{
    const hf_hss_private *key = task->key;
    const size_t head_len = hf_hss_head_len(&key->params, op->level);
    const hf_bytes chain_above = chain_of(&op->above);
    uint8_t first[HF_HSS_PUBLIC_LEN_MAX];
    uint8_t *chain = out + HF_HSS_HEADER_LEN;
    hf_lms_public last = { .id = NULL };
    hss_position above;
    hf_lms_tree tree;
    int rc = find_position(task, &op->above, op->level - 1, &above);
    if (rc == HF_OK) {
        rc = derive_tree(task, op->level, &tree);
    }
    if (rc == HF_OK) {
        rc = hf_lms_tree_build(&tree, out + head_len);
    }
    if (rc == HF_OK) {
        put_header(&key->params, op->level, op->index, out);
        memcpy(chain, chain_above.data, chain_above.len);
        rc = extend_chain(key, &above, &tree, out + head_len, chain + chain_above.len);
    }
    if (rc == HF_OK) {
        rc = check_chain(task, op->level,
                         hf_bytes_of(chain, head_len - HF_HSS_HEADER_LEN), first, &last);
    }
    hf_wipe(&above, sizeof(above));
    hf_wipe(&tree, sizeof(tree));
    return rc;
}

static int build_first(const hss_task *task, uint8_t *out)
{
    const hf_hss_private *key = task->key;
    hf_lms_tree tree;
    uint8_t *nodes = out + HF_HSS_HEADER_LEN;
    int rc = derive_tree(task, 0, &tree);
    if (rc == HF_OK) {
        put_header(&key->params, 0, 0, out);
        rc = hf_lms_tree_build(&tree, nodes);
    }
    hf_wipe(&tree, sizeof(tree));
    if (rc == HF_OK && !hf_ct_equal(nodes, key->root, hf_hss_node_len(&key->params))) {
        rc = HF_ERR_CORRUPT;
    }
    return rc;
}

int hf_hss_build(const hf_lms_engine *engine, hf_bytes private_key,
                 const hf_hss_build_op *op, hf_buffer *cache)
{
    hf_hss_private key;
    if (!is_engine(engine) || op == NULL || cache == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_hss_private_parse(private_key, &key);
    if (rc != HF_OK) {
        return rc;
    }
    if (op->level >= key.params.level_count) {
        return HF_ERR_ARG;
    }
    if (op->index >= hf_hss_signature_count(&key.params)) {
        return HF_ERR_LIMIT;
    }
    const size_t len = hf_hss_cache_len(&key.params, op->level);
    if (!has_room(cache, len)) {
        return HF_ERR_SIZE;
    }
    uint8_t *out = cache->data + cache->len;
    const hss_task task = { .engine = engine, .key = &key, .index = op->index };
    rc = op->level == 0 ? build_first(&task, out) : build_lower(&task, op, out);
    return finish(cache, len, rc);
}

/* ---- signing ---- */

static int sign_into(const hss_task *task, const hf_hss_sign_op *op, uint8_t *out)
{
    const uint32_t last = task->key->params.level_count - 1;
    const hf_bytes chain = chain_of(&op->place);
    hss_position position;
    int rc = find_position(task, &op->place, last, &position);
    if (rc == HF_OK) {
        hf_lms_put_u32(out, last);
        if (chain.len > 0) {
            memcpy(out + 4, chain.data, chain.len);
        }
        rc = hf_lms_tree_sign(&position.tree, &position.path, op->message,
                              out + 4 + chain.len);
    }
    hf_wipe(&position, sizeof(position));
    return rc;
}

int hf_hss_sign(const hf_lms_engine *engine, hf_bytes private_key,
                const hf_hss_sign_op *op, hf_buffer *signature)
{
    hf_hss_private key;
    uint8_t public_key[HF_HSS_PUBLIC_LEN_MAX];
    if (!is_engine(engine) || op == NULL || signature == NULL ||
        (op->message.data == NULL && op->message.len > 0)) {
        return HF_ERR_ARG;
    }
    int rc = hf_hss_private_parse(private_key, &key);
    if (rc != HF_OK) {
        return rc;
    }
    if (op->index >= hf_hss_signature_count(&key.params)) {
        return HF_ERR_LIMIT;
    }
    const size_t len = hf_hss_signature_len(&key.params);
    if (!has_room(signature, len)) {
        return HF_ERR_SIZE;
    }
    uint8_t *out = signature->data + signature->len;
    const hss_task task = { .engine = engine, .key = &key, .index = op->index };
    rc = sign_into(&task, op, out);
    if (rc == HF_OK) {
        hf_hss_put_public(&key, public_key);
        rc =
            hf_hss_verify(engine, hf_bytes_of(public_key, hf_hss_public_len(&key.params)),
                          op->message, hf_bytes_of(out, len));
        rc = rc == HF_ERR_VERIFY ? HF_ERR_CORRUPT : rc;
    }
    return finish(signature, len, rc);
}
