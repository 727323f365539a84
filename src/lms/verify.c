/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Verification (RFC 8554 4.6, 5.4.2, 6.3). The types in the public key say how long
 * everything is; the types in a signature must be the same. Every byte is taken through a
 * bounds-checked reader, and nothing may be left over.
 */
#include "lms/verify.h"

#include <string.h>

/* Big-endian; 0, which is no type and no valid count, past the end. */
static uint32_t read_u32(hf_reader *reader)
{
    hf_bytes bytes = hf_reader_bytes(reader, 4);
    return bytes.len == 4 ? hf_lms_get_u32(bytes.data) : 0;
}

int hf_lms_public_parse(hf_reader *reader, hf_lms_public *key)
{
    const uint8_t *start = reader->data + reader->offset;
    uint32_t lms_type = read_u32(reader);
    uint32_t ots_type = read_u32(reader);
    *key = (hf_lms_public){ .id = NULL };
    if (!hf_lms_pair_find(lms_type, ots_type, &key->sets)) {
        return HF_ERR_KEY;
    }
    key->id = hf_reader_bytes(reader, HF_LMS_ID_SIZE).data;
    key->root = hf_reader_bytes(reader, key->sets.lms->n).data;
    key->bytes = hf_bytes_of(start, hf_lms_public_len(&key->sets));
    return reader->status == HF_OK ? HF_OK : HF_ERR_KEY;
}

int hf_lms_verify_next(const hf_lms_engine *engine, const hf_lms_public *key,
                       hf_bytes message, hf_reader *reader)
{
    const hf_lms_set *lms = key->sets.lms;
    const hf_lms_node node = { .engine = engine, .sets = &key->sets, .id = key->id };
    hf_bytes all = hf_reader_bytes(reader, hf_lms_signature_len(&key->sets));
    if (reader->status != HF_OK) {
        return HF_ERR_VERIFY;
    }
    const uint32_t q = hf_lms_get_u32(all.data);
    const uint8_t *signature = all.data + 4;
    const uint8_t *path = signature + hf_lmots_signature_len(key->sets.ots);
    if (q >> lms->height != 0 || hf_lms_get_u32(signature) != key->sets.ots->type ||
        hf_lms_get_u32(path) != lms->type) {
        return HF_ERR_VERIFY;
    }
    const hf_lmots ots = {
        .engine = engine, .set = key->sets.ots, .id = key->id, .q = q
    };
    const uint32_t r = (1u << lms->height) + q;
    uint8_t value[HF_LMS_HASH_SIZE_MAX];
    int rc = hf_lmots_candidate(&ots, message, signature, value);
    if (rc == HF_OK) {
        rc = hf_lms_node_leaf(&node, r, value, value);
    }
    if (rc == HF_OK) {
        rc = hf_lms_node_climb(&node, r, path + 4, lms->height, value);
    }
    if (rc != HF_OK) {
        return rc;
    }
    return hf_ct_equal(value, key->root, lms->n) ? HF_OK : HF_ERR_VERIFY;
}

int hf_lms_verify_chain(const hf_lms_engine *engine, uint32_t count, hf_reader *reader,
                        hf_lms_public *key)
{
    for (uint32_t i = 0; i < count; i++) {
        hf_lms_public below;
        hf_reader ahead = *reader;
        (void)hf_reader_bytes(&ahead, hf_lms_signature_len(&key->sets));
        if (hf_lms_public_parse(&ahead, &below) != HF_OK ||
            below.sets.lms->n != key->sets.lms->n ||
            below.sets.lms->algorithm != key->sets.lms->algorithm) {
            return HF_ERR_VERIFY;
        }
        int rc = hf_lms_verify_next(engine, key, below.bytes, reader);
        if (rc != HF_OK) {
            return rc;
        }
        *reader = ahead;
        *key = below;
    }
    return HF_OK;
}

/* HF_ERR_KEY, or the parsed public key and the number of levels. */
static int parse_hss(hf_bytes public_key, uint32_t *level_count, hf_lms_public *key)
{
    hf_reader reader = hf_reader_of(public_key);
    *level_count = read_u32(&reader);
    if (*level_count < 1 || *level_count > HF_HSS_LEVEL_COUNT_VERIFY_MAX) {
        return HF_ERR_KEY;
    }
    int rc = hf_lms_public_parse(&reader, key);
    if (rc == HF_OK && hf_reader_end(&reader) != HF_OK) {
        rc = HF_ERR_KEY;
    }
    return rc;
}

int hf_hss_check_public(hf_bytes public_key)
{
    uint32_t level_count;
    hf_lms_public key;
    return public_key.data == NULL ? HF_ERR_KEY
                                   : parse_hss(public_key, &level_count, &key);
}

uint16_t hf_hss_public_algorithm(hf_bytes public_key)
{
    uint32_t level_count;
    hf_lms_public key;
    if (public_key.data == NULL || parse_hss(public_key, &level_count, &key) != HF_OK) {
        return HF_ALG_NONE;
    }
    return key.sets.lms->algorithm;
}

static bool are_arguments_good(const hf_lms_engine *engine, hf_bytes public_key,
                               hf_bytes message, hf_bytes signature)
{
    return engine != NULL && engine->crypto != NULL && public_key.data != NULL &&
           (message.data != NULL || message.len == 0) &&
           (signature.data != NULL || signature.len == 0);
}

/* The last signature, with nothing behind it. */
static int verify_last(const hf_lms_engine *engine, const hf_lms_public *key,
                       hf_bytes message, hf_reader *reader)
{
    if (reader->len - reader->offset != hf_lms_signature_len(&key->sets)) {
        return HF_ERR_VERIFY;
    }
    return hf_lms_verify_next(engine, key, message, reader);
}

int hf_hss_verify(const hf_lms_engine *engine, hf_bytes public_key, hf_bytes message,
                  hf_bytes signature)
{
    uint32_t level_count;
    hf_lms_public key;
    if (!are_arguments_good(engine, public_key, message, signature)) {
        return HF_ERR_ARG;
    }
    int rc = parse_hss(public_key, &level_count, &key);
    if (rc != HF_OK) {
        return rc;
    }
    hf_reader reader = hf_reader_of(signature);
    if (signature.len < 4 || read_u32(&reader) != level_count - 1) {
        return HF_ERR_VERIFY;
    }
    rc = hf_lms_verify_chain(engine, level_count - 1, &reader, &key);
    if (rc == HF_OK) {
        rc = verify_last(engine, &key, message, &reader);
    }
    return rc;
}

int hf_lms_verify(const hf_lms_engine *engine, hf_bytes public_key, hf_bytes message,
                  hf_bytes signature)
{
    hf_lms_public key;
    if (!are_arguments_good(engine, public_key, message, signature)) {
        return HF_ERR_ARG;
    }
    hf_reader reader = hf_reader_of(public_key);
    int rc = hf_lms_public_parse(&reader, &key);
    if (rc != HF_OK || hf_reader_end(&reader) != HF_OK) {
        return HF_ERR_KEY;
    }
    reader = hf_reader_of(signature);
    return verify_last(engine, &key, message, &reader);
}
