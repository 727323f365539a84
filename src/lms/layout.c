/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Which trees a key of our own has, how long its parts are, and where in a cache they
 * lie. Arithmetic on parameters only: any thread, any lock.
 */
#include "lms/layout.h"

#include <string.h>

#define HEIGHT_MAX 15u

int hf_hss_params_check(const hf_hss_params *params)
{
    if (params == NULL) {
        return HF_ERR_ARG;
    }
    if (params->level_count < 1 || params->level_count > HF_HSS_LEVEL_COUNT_MAX) {
        return HF_ERR_NOTSUPPORTED;
    }
    uint8_t n = 0;
    uint16_t algorithm = 0;
    for (uint32_t i = 0; i < params->level_count; i++) {
        hf_lms_pair pair;
        const hf_hss_level *level = &params->levels[i];
        if (!hf_lms_pair_find(level->lms_type, level->ots_type, &pair) ||
            pair.lms->height > HEIGHT_MAX ||
            (i > 0 && (pair.lms->n != n || pair.lms->algorithm != algorithm))) {
            return HF_ERR_NOTSUPPORTED;
        }
        n = pair.lms->n;
        algorithm = pair.lms->algorithm;
    }
    return HF_OK;
}

hf_lms_pair hf_hss_pair(const hf_hss_params *params, uint32_t level)
{
    hf_lms_pair pair = { .lms = hf_lms_set_find(params->levels[level].lms_type),
                         .ots = hf_lmots_set_find(params->levels[level].ots_type) };
    return pair;
}

/* The sum of the heights of all levels from `level` on. */
static uint32_t height_from(const hf_hss_params *params, uint32_t level)
{
    uint32_t height = 0;
    for (uint32_t i = level; i < params->level_count; i++) {
        height += hf_hss_pair(params, i).lms->height;
    }
    return height;
}

uint64_t hf_hss_signature_count(const hf_hss_params *params)
{
    return UINT64_C(1) << height_from(params, 0);
}

uint64_t hf_hss_tree_number(const hf_hss_params *params, uint32_t level, uint64_t index)
{
    return index >> height_from(params, level);
}

uint32_t hf_hss_leaf(const hf_hss_params *params, uint32_t level, uint64_t index)
{
    uint64_t leaf = index >> height_from(params, level + 1);
    return (uint32_t)(leaf & ((1u << hf_hss_pair(params, level).lms->height) - 1));
}

size_t hf_hss_node_len(const hf_hss_params *params)
{
    return hf_hss_pair(params, 0).lms->n;
}

size_t hf_hss_entropy_len(const hf_hss_params *params)
{
    return HF_LMS_ID_SIZE + hf_hss_node_len(params);
}

size_t hf_hss_private_len(const hf_hss_params *params)
{
    return 4 + 8 * (size_t)params->level_count + HF_LMS_ID_SIZE +
           2 * hf_hss_node_len(params);
}

size_t hf_hss_public_len(const hf_hss_params *params)
{
    const hf_lms_pair pair = hf_hss_pair(params, 0);
    return 4 + hf_lms_public_len(&pair);
}

size_t hf_hss_chain_len(const hf_hss_params *params, uint32_t level)
{
    size_t len = 0;
    for (uint32_t i = 0; i < level; i++) {
        const hf_lms_pair pair = hf_hss_pair(params, i);
        const hf_lms_pair below = hf_hss_pair(params, i + 1);
        len += hf_lms_signature_len(&pair) + hf_lms_public_len(&below);
    }
    return len;
}

size_t hf_hss_signature_len(const hf_hss_params *params)
{
    const uint32_t last = params->level_count - 1;
    const hf_lms_pair pair = hf_hss_pair(params, last);
    return 4 + hf_hss_chain_len(params, last) + hf_lms_signature_len(&pair);
}

size_t hf_hss_head_len(const hf_hss_params *params, uint32_t level)
{
    return HF_HSS_HEADER_LEN + hf_hss_chain_len(params, level);
}

size_t hf_hss_cache_len(const hf_hss_params *params, uint32_t level)
{
    return hf_hss_head_len(params, level) +
           hf_lms_cached_count(hf_hss_pair(params, level).lms) * hf_hss_node_len(params);
}

bool hf_hss_is_head_of(const hf_hss_params *params, uint32_t level, uint64_t index,
                       hf_bytes head)
{
    return head.data != NULL && head.len >= HF_HSS_HEADER_LEN &&
           hf_get_u32(head.data) == HF_HSS_CACHE_VERSION &&
           hf_get_u32(head.data + 4) == level &&
           hf_get_u64(head.data + 8) == hf_hss_tree_number(params, level, index);
}

uint32_t hf_hss_path_count(const hf_hss_params *params, uint32_t level)
{
    const hf_lms_set *lms = hf_hss_pair(params, level).lms;
    return lms->height - hf_lms_deep_height(lms);
}

size_t hf_hss_path_offset(const hf_hss_params *params, uint32_t level, uint64_t index,
                          uint32_t i)
{
    const hf_lms_set *lms = hf_hss_pair(params, level).lms;
    uint32_t leaf = (1u << lms->height) + hf_hss_leaf(params, level, index);
    uint32_t r = (leaf >> (hf_lms_deep_height(lms) + i)) ^ 1u;
    return hf_hss_head_len(params, level) + (size_t)(r - 1) * lms->n;
}

/* ---- keys ---- */

void hf_hss_put_private(const hf_hss_params *params, hf_bytes entropy,
                        const uint8_t *root, uint8_t *out)
{
    hf_lms_put_u32(out, params->level_count);
    out += 4;
    for (uint32_t i = 0; i < params->level_count; i++, out += 8) {
        hf_lms_put_u32(out, params->levels[i].lms_type);
        hf_lms_put_u32(out + 4, params->levels[i].ots_type);
    }
    memcpy(out, entropy.data, entropy.len);
    memcpy(out + entropy.len, root, hf_hss_node_len(params));
}

int hf_hss_private_params(hf_bytes private_key, hf_hss_params *params)
{
    if (params == NULL) {
        return HF_ERR_ARG;
    }
    *params = (hf_hss_params){ .level_count = 0 };
    if (private_key.data == NULL || private_key.len < 4 ||
        hf_lms_get_u32(private_key.data) > HF_HSS_LEVEL_COUNT_MAX ||
        private_key.len < 4 + 8 * (size_t)hf_lms_get_u32(private_key.data)) {
        return HF_ERR_KEY;
    }
    hf_hss_params found = { .level_count = hf_lms_get_u32(private_key.data) };
    for (uint32_t i = 0; i < found.level_count; i++) {
        found.levels[i].lms_type = hf_lms_get_u32(private_key.data + 4 + 8 * i);
        found.levels[i].ots_type = hf_lms_get_u32(private_key.data + 8 + 8 * i);
    }
    if (hf_hss_params_check(&found) != HF_OK ||
        private_key.len != hf_hss_private_len(&found)) {
        return HF_ERR_KEY;
    }
    *params = found;
    return HF_OK;
}

int hf_hss_private_parse(hf_bytes private_key, hf_hss_private *parsed)
{
    int rc = hf_hss_private_params(private_key, &parsed->params);
    if (rc == HF_OK) {
        parsed->id = private_key.data + 4 + 8 * (size_t)parsed->params.level_count;
        parsed->seed = parsed->id + HF_LMS_ID_SIZE;
        parsed->root = parsed->seed + hf_hss_node_len(&parsed->params);
    }
    return rc;
}

void hf_hss_put_public(const hf_hss_private *key, uint8_t *out)
{
    hf_lms_put_u32(out, key->params.level_count);
    hf_lms_put_u32(out + 4, key->params.levels[0].lms_type);
    hf_lms_put_u32(out + 8, key->params.levels[0].ots_type);
    memcpy(out + 12, key->id, HF_LMS_ID_SIZE);
    memcpy(out + 12 + HF_LMS_ID_SIZE, key->root, hf_hss_node_len(&key->params));
}

int hf_hss_public_of_private(hf_bytes private_key, hf_buffer *out)
{
    hf_hss_private key;
    uint8_t bytes[HF_HSS_PUBLIC_LEN_MAX];
    int rc = out == NULL ? HF_ERR_ARG : hf_hss_private_parse(private_key, &key);
    if (rc != HF_OK) {
        return rc;
    }
    hf_hss_put_public(&key, bytes);
    return hf_buffer_append(out, hf_bytes_of(bytes, hf_hss_public_len(&key.params)));
}
