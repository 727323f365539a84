/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * LMS keys in the store: see lms_service.h. Reading and keeping are parts of steps,
 * signing and generating run without a lock.
 *
 * Indexes are reserved in order, and the tree is read in the same step. So what was read
 * fits the index or is of an earlier one, and the object's generation tells, when new
 * trees are to be kept, whether it is still what was read. Several signers that meet the
 * end of a tree build the next one each for themselves, and the first one keeps it.
 */
#include "holdfast/lms_service.h"

#include <string.h>

int hf_lms_type_params(uint32_t key_type, hf_hss_params *params)
{
    uint16_t parameter = HF_KEY_PARAMETER(key_type);
    *params = (hf_hss_params){ .level_count = 0 };
    if (HF_KEY_FAMILY(key_type) != HF_FAMILY_LMS ||
        HF_KEY_CLASS(key_type) != HF_CLASS_PRIVATE ||
        hf_key_type_find(key_type) == NULL) {
        return HF_ERR_TYPE;
    }
    uint32_t height = (parameter >> 4) & 0xFFu;
    uint32_t width = parameter & 0x0Fu;
    uint32_t ots_type = 0;
    for (uint32_t type = HF_LMOTS_SHA256_N32_W1; type <= HF_LMOTS_SHA256_N32_W8; type++) {
        if (hf_lmots_set_find(type)->w == width) {
            ots_type = type;
        }
    }
    params->level_count = parameter >> 12;
    for (uint32_t i = 0; i < params->level_count && i < HF_HSS_LEVEL_COUNT_MAX; i++) {
        params->levels[i].lms_type = HF_LMS_SHA256_M32_H5 + height / 5u - 1u;
        params->levels[i].ots_type = ots_type;
    }
    return hf_hss_params_check(params) == HF_OK ? HF_OK : HF_ERR_TYPE;
}

/* Where the cache of a level begins in the object. */
static size_t offset_of(const hf_hss_params *params, uint32_t level)
{
    size_t offset = 0;
    for (uint32_t i = 0; i < level; i++) {
        offset += hf_hss_cache_len(params, i);
    }
    return offset;
}

size_t hf_lms_tree_len(const hf_hss_params *params)
{
    return offset_of(params, params->level_count);
}

static size_t path_len(const hf_hss_params *params, uint32_t level)
{
    return hf_hss_path_count(params, level) * hf_hss_node_len(params);
}

/* Head and path of a place; the last level's are the longest, as all have one height. */
static size_t place_len(const hf_hss_params *params, uint32_t level)
{
    return hf_hss_head_len(params, level) + path_len(params, level);
}

size_t hf_lms_job_room(const hf_hss_params *params)
{
    return place_len(params, params->level_count - 1) + hf_lms_tree_len(params);
}

static hf_id tree_of(hf_id key)
{
    return hf_id_make(HF_KIND_TREE, hf_id_owner(key), hf_id_number(key));
}

/* ---- places ---- */

/* The place of an index in a cache that is in memory; the path goes to `path`. */
static hf_hss_place place_in(const hf_hss_params *params, uint32_t level, uint64_t index,
                             const uint8_t *cache, uint8_t *path)
{
    const size_t node_len = hf_hss_node_len(params);
    const uint32_t count = hf_hss_path_count(params, level);
    for (uint32_t i = 0; i < count; i++) {
        memcpy(path + i * node_len, cache + hf_hss_path_offset(params, level, index, i),
               node_len);
    }
    return (hf_hss_place){ .head = hf_bytes_of(cache, hf_hss_head_len(params, level)),
                           .path = hf_bytes_of(path, count * node_len) };
}

/* Append exactly `len` bytes of the object. HF_ERR_CORRUPT: it is too short. */
static int read_range(hf_nvm *nvm, hf_id tree, size_t offset, size_t len, hf_buffer *out)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm)
{
    hf_buffer part = hf_buffer_of(out->data + out->len, len);
    int rc = hf_nvm_read_unchecked(nvm, tree, (uint32_t)offset, &part);
    if (rc == HF_ERR_ARG || (rc == HF_OK && part.len != len)) {
        rc = HF_ERR_CORRUPT;
    }
    if (rc == HF_OK) {
        out->len += len;
    }
    return rc;
}

/* Read the place of the job's index in a level. */
static int read_place(hf_nvm *nvm, const hf_lms_job *job, uint32_t level, uint8_t *room,
                      hf_hss_place *place) HF_REQUIRES(nvm->lock, hf_tsa_nvm)
{
    const hf_hss_params *params = &job->params;
    const size_t base = offset_of(params, level);
    const size_t node_len = hf_hss_node_len(params);
    const size_t head_len = hf_hss_head_len(params, level);
    hf_buffer out = hf_buffer_of(room, place_len(params, level));
    int rc = read_range(nvm, job->tree, base, head_len, &out);
    for (uint32_t i = 0; i < hf_hss_path_count(params, level) && rc == HF_OK; i++) {
        size_t offset = hf_hss_path_offset(params, level, job->index, i);
        rc = read_range(nvm, job->tree, base + offset, node_len, &out);
    }
    *place = (hf_hss_place){ .head = hf_bytes_of(room, head_len),
                             .path = hf_bytes_of(room + head_len, out.len - head_len) };
    return rc;
}

/* ---- the object ---- */

int hf_lms_put_tree(hf_nvm *nvm, hf_id key, hf_bytes tree)
{
    hf_nvm_assert_held(nvm);
    const hf_metadata meta = { .id = tree_of(key) };
    return hf_nvm_put_unchecked(nvm, &meta, tree);
}

int hf_lms_read(hf_nvm *nvm, hf_id key, hf_lms_job *job, hf_buffer room)
{
    hf_nvm_assert_held(nvm);
    const hf_hss_params *params = &job->params;
    const size_t first_len = place_len(params, params->level_count - 1);
    if (room.size < hf_lms_job_room(params)) {
        return HF_ERR_SIZE;
    }
    job->place_room = room.data;
    job->caches = hf_buffer_of(room.data + first_len, hf_lms_tree_len(params));
    job->tree = tree_of(key);
    job->generation = 0;
    job->fit_count = 0;
    job->kept_count = params->level_count;
    hf_metadata meta;
    int rc = hf_nvm_get_metadata(nvm, job->tree, &meta);
    if (rc == HF_OK) {
        job->generation = meta.generation;
    }
    for (uint32_t level = params->level_count; level-- > 0 && rc == HF_OK;) {
        rc = read_place(nvm, job, level, room.data, &job->place);
        if (rc == HF_OK &&
            hf_hss_is_head_of(params, level, job->index, job->place.head)) {
            job->fit_count = level + 1;
            break;
        }
    }
    return rc == HF_ERR_NOTFOUND || rc == HF_ERR_CORRUPT ? HF_OK : rc;
}

/* ---- making ---- */

/* Build the cache of a level at `out`, under the place above it. */
static int build_level(const hf_lms_engine *engine, hf_bytes private_key,
                       const hf_hss_build_op *op, size_t len, uint8_t *out)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
{
    hf_buffer cache = hf_buffer_of(out, len);
    return hf_hss_build(engine, private_key, op, &cache);
}

/* The levels below the first, for index 0. */
static int generate_lower(const hf_lms_engine *engine, const hf_hss_params *params,
                          hf_bytes private_key, uint8_t *tree)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
{
    uint8_t path[HF_HSS_PATH_LEN_MAX];
    int rc = HF_OK;
    for (uint32_t level = 1; level < params->level_count && rc == HF_OK; level++) {
        const uint8_t *above = tree + offset_of(params, level - 1);
        const hf_hss_build_op op = { .level = level,
                                     .above =
                                         place_in(params, level - 1, 0, above, path) };
        rc = build_level(engine, private_key, &op, hf_hss_cache_len(params, level),
                         tree + offset_of(params, level));
    }
    return rc;
}

int hf_lms_generate(const hf_lms_engine *engine, const hf_hss_params *params,
                    hf_bytes entropy, hf_buffer *private_key, hf_buffer *tree)
{
    const size_t tree_start = tree->len;
    const size_t key_start = private_key->len;
    const size_t len = hf_lms_tree_len(params);
    if (tree->size - tree->len < len) {
        return HF_ERR_SIZE;
    }
    int rc = hf_hss_generate(engine, params, entropy, private_key, tree);
    if (rc != HF_OK) {
        return rc;
    }
    tree->len = tree_start + len;
    rc = generate_lower(
        engine, params,
        hf_bytes_of(private_key->data + key_start, private_key->len - key_start),
        tree->data + tree_start);
    if (rc != HF_OK) {
        hf_wipe(private_key->data + key_start, private_key->len - key_start);
        hf_wipe(tree->data + tree_start, len);
        private_key->len = key_start;
        tree->len = tree_start;
    }
    return rc;
}

/* Build what does not fit the index; job->place is then the last level's. */
static int build_missing(const hf_lms_engine *engine, hf_bytes private_key,
                         hf_lms_job *job) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
{
    const hf_hss_params *params = &job->params;
    if (job->fit_count < job->kept_count) {
        job->kept_count = job->fit_count;
    }
    for (uint32_t level = job->fit_count; level < params->level_count; level++) {
        uint8_t *cache = job->caches.data + offset_of(params, level);
        const hf_hss_build_op op = { .level = level,
                                     .index = job->index,
                                     .above = job->place };
        int rc =
            build_level(engine, private_key, &op, hf_hss_cache_len(params, level), cache);
        if (rc != HF_OK) {
            return rc;
        }
        job->place = place_in(params, level, job->index, cache, job->place_room);
    }
    return HF_OK;
}

static int sign_as_is(const hf_lms_engine *engine, hf_bytes private_key, hf_lms_job *job,
                      hf_bytes message, hf_buffer *signature)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
{
    int rc = build_missing(engine, private_key, job);
    if (rc != HF_OK) {
        return rc;
    }
    const hf_hss_sign_op op = { .index = job->index,
                                .message = message,
                                .place = job->place };
    return hf_hss_sign(engine, private_key, &op, signature);
}

int hf_lms_sign(const hf_lms_engine *engine, hf_bytes private_key, hf_lms_job *job,
                hf_bytes message, hf_buffer *signature)
{
    int rc = sign_as_is(engine, private_key, job, message, signature);
    if (rc == HF_ERR_CORRUPT && job->fit_count > 0) {
        /* The tree is damaged: once more, without believing any of it. Should the
         * one-time key have signed, it signs the same bytes again. */
        job->fit_count = 0;
        rc = sign_as_is(engine, private_key, job, message, signature);
    }
    return rc;
}

int hf_lms_keep(hf_nvm *nvm, hf_lms_job *job)
{
    hf_nvm_assert_held(nvm);
    hf_metadata meta;
    int rc = hf_nvm_get_metadata(nvm, job->tree, &meta);
    if (rc == HF_ERR_NOTFOUND || rc == HF_ERR_CORRUPT) {
        return HF_OK; /* the key was erased; a damaged tree is built for each signature */
    }
    if (rc != HF_OK || meta.generation != job->generation) {
        return rc;
    }
    /* The levels above what was built stay as they are. */
    hf_buffer above =
        hf_buffer_of(job->caches.data, offset_of(&job->params, job->kept_count));
    if (above.size > 0) {
        rc = read_range(nvm, job->tree, 0, above.size, &above);
    }
    if (rc == HF_OK) {
        rc = hf_nvm_put_unchecked(nvm, &meta,
                                  hf_bytes_of(job->caches.data, job->caches.size));
    }
    /* Anything else than these: the store keeps the old tree. */
    return rc == HF_ERR_AGAIN || rc == HF_ERR_IO ? rc : HF_OK;
}
