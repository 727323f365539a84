/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * LM-OTS (RFC 8554 4). A private value is hashed along a chain; a signature shows how far
 * each chain was walked, which the message's hash says, and a verifier walks the rest.
 * The checksum makes sure that no chain can be walked further for another message
 * without another one being walked back.
 *
 * What is hashed over many pieces goes through a hash stream, so that no function needs
 * room for all chains.
 */
#include "lms/ots.h"

#include <string.h>

#define D_PBLC 0x8080u
#define D_MESG 0x8181u
#define PREFIX_LEN (HF_LMS_ID_SIZE + 4u + 2u) /* I | u32 q | u16 chain or D_xxxx */

/* Bytes to ask of the hash: n of a XOF, all of another, which is cut to n here. */
static uint32_t digest_len(const hf_lmots_set *set)
{
    return set->algorithm == HF_ALG_SHAKE256 ? set->n : HF_LMS_HASH_SIZE_MAX;
}

int hf_lms_hash(const hf_lms_engine *engine, const hf_lmots_set *set, hf_bytes input,
                uint8_t *out)
{
    uint8_t whole[HF_LMS_HASH_SIZE_MAX];
    hf_buffer digest = hf_buffer_of(whole, sizeof(whole));
    const hf_crypto_op op = { .algorithm = set->algorithm,
                              .input = input,
                              .output_len = (uint32_t)digest_len(set) };
    int rc = hf_crypto_xof(engine->crypto, engine->device, &op, &digest);
    if (rc == HF_OK && digest.len < set->n) {
        rc = HF_ERR_CRYPTO;
    }
    if (rc == HF_OK) {
        memcpy(out, whole, set->n);
    }
    hf_wipe(whole, sizeof(whole));
    return rc;
}

static void put_prefix(const hf_lmots *ots, uint32_t number, uint8_t *at)
{
    memcpy(at, ots->id, HF_LMS_ID_SIZE);
    hf_lms_put_u32(at + HF_LMS_ID_SIZE, ots->q);
    hf_lms_put_u16(at + HF_LMS_ID_SIZE + 4, (uint16_t)number);
}

int hf_lmots_derive(const hf_lmots *ots, const uint8_t *seed, uint32_t i, uint8_t *out)
{
    uint8_t block[PREFIX_LEN + 1 + HF_LMS_HASH_SIZE_MAX];
    put_prefix(ots, i, block);
    block[PREFIX_LEN] = 0xFF;
    memcpy(block + PREFIX_LEN + 1, seed, ots->set->n);
    int rc = hf_lms_hash(ots->engine, ots->set,
                         hf_bytes_of(block, PREFIX_LEN + 1 + ots->set->n), out);
    hf_wipe(block, sizeof(block));
    return rc;
}

/* Walk chain `i` from step `from` to step `to`, in place. */
static int chain_walk(const hf_lmots *ots, uint32_t i, uint32_t from, uint32_t to,
                      uint8_t *value)
{
    uint8_t block[PREFIX_LEN + 1 + HF_LMS_HASH_SIZE_MAX];
    uint8_t *tip = block + PREFIX_LEN + 1;
    int rc = HF_OK;
    put_prefix(ots, i, block);
    memcpy(tip, value, ots->set->n);
    for (uint32_t j = from; j < to && rc == HF_OK; j++) {
        block[PREFIX_LEN] = (uint8_t)j;
        rc = hf_lms_hash(ots->engine, ots->set,
                         hf_bytes_of(block, PREFIX_LEN + 1 + ots->set->n), tip);
    }
    memcpy(value, tip, ots->set->n);
    hf_wipe(block, sizeof(block));
    return rc;
}

static uint32_t chain_end(const hf_lmots_set *set)
{
    return (1u << set->w) - 1;
}

/* The `i`-th number of w bits of a string (RFC 8554 3.1.3). */
static uint32_t coefficient(const uint8_t *string, uint32_t i, uint32_t w)
{
    uint32_t shift = 8 - w * (i % (8 / w) + 1);
    return ((uint32_t)string[i * w / 8] >> shift) & ((1u << w) - 1);
}

/* Append the checksum of n bytes (RFC 8554 4.4). */
static void put_checksum(const hf_lmots_set *set, uint8_t *string)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 8u * set->n / set->w; i++) {
        sum += chain_end(set) - coefficient(string, i, set->w);
    }
    hf_lms_put_u16(string + set->n, (uint16_t)(sum << set->ls));
}

static int stream_add(const hf_lmots *ots, hf_crypto_stream *stream, const uint8_t *data,
                      size_t len)
{
    return hf_crypto_stream_update(ots->engine->crypto, stream, hf_bytes_of(data, len),
                                   NULL);
}

static int stream_open(const hf_lmots *ots, uint32_t number, hf_crypto_stream *stream)
{
    uint8_t prefix[PREFIX_LEN];
    *stream = (hf_crypto_stream){ .stream = NULL };
    const hf_crypto_op op = { .algorithm = ots->set->algorithm,
                              .output_len = ots->set->algorithm == HF_ALG_SHAKE256
                                                ? ots->set->n
                                                : 0 };
    int rc = hf_crypto_stream_open(ots->engine->crypto, ots->engine->device, &op, false,
                                   stream);
    if (rc != HF_OK) {
        return rc;
    }
    put_prefix(ots, number, prefix);
    return stream_add(ots, stream, prefix, sizeof(prefix));
}

/* Take the first n bytes of the digest when all went well, and end the stream. */
static int stream_end(const hf_lmots *ots, hf_crypto_stream *stream, int rc, uint8_t *out)
{
    uint8_t whole[HF_LMS_HASH_SIZE_MAX];
    hf_buffer digest = hf_buffer_of(whole, sizeof(whole));
    if (rc == HF_OK) {
        rc = hf_crypto_stream_finish(ots->engine->crypto, stream, &digest, NULL);
    }
    if (rc == HF_OK && digest.len < ots->set->n) {
        rc = HF_ERR_CRYPTO;
    }
    if (rc == HF_OK) {
        memcpy(out, whole, ots->set->n);
    }
    hf_crypto_stream_close(ots->engine->crypto, stream);
    return rc;
}

/* Q, the hash of the message, and its checksum: n + 2 bytes (RFC 8554 4.5). */
static int message_hash(const hf_lmots *ots, const uint8_t *randomizer, hf_bytes message,
                        uint8_t *out)
{
    hf_crypto_stream stream;
    int rc = stream_open(ots, D_MESG, &stream);
    if (rc == HF_OK) {
        rc = stream_add(ots, &stream, randomizer, ots->set->n);
    }
    if (rc == HF_OK) {
        rc = hf_crypto_stream_update(ots->engine->crypto, &stream, message, NULL);
    }
    rc = stream_end(ots, &stream, rc, out);
    if (rc == HF_OK) {
        put_checksum(ots->set, out);
    }
    return rc;
}

int hf_lmots_public(const hf_lmots *ots, const uint8_t *seed, uint8_t *out)
{
    uint8_t value[HF_LMS_HASH_SIZE_MAX];
    hf_crypto_stream stream;
    int rc = stream_open(ots, D_PBLC, &stream);
    for (uint32_t i = 0; i < ots->set->p && rc == HF_OK; i++) {
        rc = hf_lmots_derive(ots, seed, i, value);
        if (rc == HF_OK) {
            rc = chain_walk(ots, i, 0, chain_end(ots->set), value);
        }
        if (rc == HF_OK) {
            rc = stream_add(ots, &stream, value, ots->set->n);
        }
    }
    hf_wipe(value, sizeof(value));
    return stream_end(ots, &stream, rc, out);
}

int hf_lmots_sign(const hf_lmots *ots, const uint8_t *seed, hf_bytes message,
                  uint8_t *out)
{
    uint8_t digits[HF_LMS_HASH_SIZE_MAX + 2];
    uint8_t *randomizer = out + 4;
    hf_lms_put_u32(out, ots->set->type);
    int rc = hf_lmots_derive(ots, seed, HF_LMOTS_RANDOMIZER, randomizer);
    if (rc == HF_OK) {
        rc = message_hash(ots, randomizer, message, digits);
    }
    uint8_t *y = randomizer + ots->set->n;
    for (uint32_t i = 0; i < ots->set->p && rc == HF_OK; i++, y += ots->set->n) {
        rc = hf_lmots_derive(ots, seed, i, y);
        if (rc == HF_OK) {
            rc = chain_walk(ots, i, 0, coefficient(digits, i, ots->set->w), y);
        }
    }
    return rc;
}

int hf_lmots_candidate(const hf_lmots *ots, hf_bytes message, const uint8_t *signature,
                       uint8_t *out)
{
    uint8_t digits[HF_LMS_HASH_SIZE_MAX + 2];
    uint8_t value[HF_LMS_HASH_SIZE_MAX];
    const uint8_t *y = signature + 4 + ots->set->n;
    int rc = message_hash(ots, signature + 4, message, digits);
    if (rc != HF_OK) {
        return rc;
    }
    hf_crypto_stream stream;
    rc = stream_open(ots, D_PBLC, &stream);
    for (uint32_t i = 0; i < ots->set->p && rc == HF_OK; i++, y += ots->set->n) {
        memcpy(value, y, ots->set->n);
        rc = chain_walk(ots, i, coefficient(digits, i, ots->set->w), chain_end(ots->set),
                        value);
        if (rc == HF_OK) {
            rc = stream_add(ots, &stream, value, ots->set->n);
        }
    }
    return stream_end(ots, &stream, rc, out);
}
