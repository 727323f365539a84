/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The bytes of records. All numbers are little-endian; offsets are in docs/storage.md.
 */
#include "nvm/record.h"

#include <string.h>

#include "holdfast/crc32c.h"

#define FORMAT_VERSION 1u
#define MAGIC "HOLDFAST"
#define CRC_AT 4u

/* Spreads an epoch over 32 bits, so that neighbours differ in many; odd, so it can be
 * undone by its inverse modulo 2^32. */
#define EPOCH_FACTOR 0x9E3779B1u
#define EPOCH_INVERSE 0x0E8B2F51u

_Static_assert((uint32_t)(EPOCH_FACTOR *EPOCH_INVERSE) == 1u, "not inverse");

static uint64_t fill8(uint64_t len)
{
    return (len + 7u) & ~(uint64_t)7u;
}

static void put_u24(uint8_t *at, uint32_t value)
{
    hf_put_u16(at, (uint16_t)value);
    at[2] = (uint8_t)(value >> 16);
}

static uint32_t get_u24(const uint8_t *at)
{
    return (uint32_t)hf_get_u16(at) | ((uint32_t)at[2] << 16);
}

/* Over the head without the field of the checksum itself. */
static uint32_t head_crc(const uint8_t *head, size_t size)
{
    return hf_crc32c(hf_crc32c(0, head, CRC_AT), head + CRC_AT + 4, size - CRC_AT - 4);
}

size_t hf_record_head_size(uint8_t type)
{
    static const uint8_t sizes[] = {
        [HF_RECORD_PUT] = HF_RECORD_PUT_SIZE,
        [HF_RECORD_COPY] = HF_RECORD_PUT_SIZE,
        [HF_RECORD_DESTROY] = HF_RECORD_DESTROY_SIZE,
        [HF_RECORD_COUNTER] = HF_RECORD_COUNTER_SIZE,
        [HF_RECORD_MARK] = HF_RECORD_MARK_SIZE,
        [HF_RECORD_PAD] = HF_RECORD_PAD_SIZE,
        [HF_RECORD_ANCHOR] = HF_RECORD_ANCHOR_SIZE,
    };
    return type < sizeof sizes ? sizes[type] : 0;
}

uint64_t hf_record_put_size(uint64_t len)
{
    return HF_RECORD_PUT_SIZE + fill8(len);
}

uint64_t hf_record_size(const hf_record *record)
{
    return hf_record_head_size(record->type) + fill8(record->len);
}

static void encode_put(const hf_record *record, uint8_t *out)
{
    hf_put_u32(out + 24, record->len);
    hf_put_u32(out + 28, record->payload_crc ^ (record->epoch * EPOCH_FACTOR));
    hf_put_u32(out + 32, record->flags);
    hf_put_u32(out + 36, record->key_type);
    hf_put_u16(out + 40, record->access);
    hf_put_u16(out + 42, record->commit_lag);
    hf_put_u32(out + 44, 0);
    memcpy(out + 48, record->label, HF_LABEL_SIZE);
}

void hf_record_encode(const hf_record *record, uint8_t *out)
{
    size_t size = hf_record_head_size(record->type);
    out[0] = (uint8_t)(record->type | (record->is_commit ? HF_RECORD_COMMIT : 0u));
    if (record->type == HF_RECORD_PAD) {
        put_u24(out + 1, record->len);
    } else {
        put_u24(out + 1, record->lag);
        hf_put_u64(out + 8, record->seq);
        hf_put_u64(out + 16, record->id);
    }
    if (record->type == HF_RECORD_PUT || record->type == HF_RECORD_COPY) {
        encode_put(record, out);
    } else if (size == HF_RECORD_COUNTER_SIZE) {
        hf_put_u64(out + 24, record->value);
    }
    hf_put_u32(out + CRC_AT, head_crc(out, size) ^ (record->epoch * EPOCH_FACTOR));
}

void hf_record_seal(uint8_t *head, uint32_t lag, uint32_t epoch)
{
    size_t size = hf_record_head_size(head[0]);
    head[0] = (uint8_t)(head[0] | HF_RECORD_COMMIT);
    put_u24(head + 1, lag);
    hf_put_u32(head + CRC_AT, head_crc(head, size) ^ (epoch * EPOCH_FACTOR));
}

static void decode_put(hf_record *record, const uint8_t *in)
{
    record->len = hf_get_u32(in + 24);
    record->payload_crc = hf_get_u32(in + 28) ^ (record->epoch * EPOCH_FACTOR);
    record->flags = hf_get_u32(in + 32);
    record->key_type = hf_get_u32(in + 36);
    record->access = hf_get_u16(in + 40);
    record->commit_lag = (uint8_t)hf_get_u16(in + 42);
    memcpy(record->label, in + 48, HF_LABEL_SIZE);
}

int hf_record_decode(hf_record *record, const uint8_t *in, size_t len)
{
    memset(record, 0, sizeof *record);
    if (len < HF_RECORD_PAD_SIZE) {
        return HF_ERR_SIZE;
    }
    record->type = (uint8_t)(in[0] & ~HF_RECORD_COMMIT);
    record->is_commit = (in[0] & HF_RECORD_COMMIT) != 0;
    size_t size = hf_record_head_size(record->type);
    if (size == 0) {
        return HF_ERR_CORRUPT;
    }
    if (size > len) {
        return HF_ERR_SIZE;
    }
    if (record->type == HF_RECORD_ANCHOR) {
        return HF_OK;
    }
    record->epoch = (hf_get_u32(in + CRC_AT) ^ head_crc(in, size)) * EPOCH_INVERSE;
    if (record->type == HF_RECORD_PAD) {
        record->len = get_u24(in + 1);
        return HF_OK;
    }
    record->lag = get_u24(in + 1);
    record->seq = hf_get_u64(in + 8);
    record->id = hf_get_u64(in + 16);
    if (size == HF_RECORD_PUT_SIZE) {
        decode_put(record, in);
    } else if (size == HF_RECORD_COUNTER_SIZE) {
        record->value = hf_get_u64(in + 24);
    }
    return HF_OK;
}

uint64_t hf_record_claim(const hf_record *record)
{
    if (record->type == HF_RECORD_MARK) {
        return record->id;
    }
    bool tells = record->type != HF_RECORD_PAD && record->is_commit &&
                 record->lag != HF_RECORD_LAG_NONE && record->lag <= record->seq;
    return tells ? record->seq - record->lag : 0;
}

static uint8_t log2_of(uint32_t power)
{
    uint8_t log = 0;
    while ((power >> log) > 1u) {
        log++;
    }
    return log;
}

void hf_anchor_encode(const hf_anchor *anchor, uint8_t *out)
{
    out[0] = HF_RECORD_ANCHOR;
    out[1] = FORMAT_VERSION;
    out[2] = anchor->kind;
    out[3] = log2_of(anchor->geometry.granule_size);
    memcpy(out + 8, MAGIC, 8);
    hf_put_u64(out + 16, anchor->epoch);
    hf_put_u64(out + 24, anchor->seq);
    hf_put_u64(out + 32, anchor->durable);
    hf_put_u64(out + 40, anchor->tail_epoch);
    hf_put_u64(out + 48, anchor->prev_epoch);
    hf_put_u32(out + 56, (uint32_t)(anchor->prev_end / 8u));
    hf_put_u32(out + 60, (uint32_t)(anchor->durable_end / 8u));
    hf_put_u64(out + 64, anchor->erased_mask);
    hf_put_u64(out + 72, anchor->geometry.region_size);
    hf_put_u16(out + 80, (uint16_t)anchor->geometry.region_count);
    out[82] = anchor->geometry.erased;
    out[83] = anchor->is_resumed ? 1u : 0u;
    hf_put_u32(out + 84, 0);
    hf_put_u32(out + CRC_AT, head_crc(out, HF_RECORD_ANCHOR_SIZE));
}

int hf_anchor_decode(hf_anchor *anchor, const uint8_t *in)
{
    memset(anchor, 0, sizeof *anchor);
    if (in[0] != HF_RECORD_ANCHOR || memcmp(in + 8, MAGIC, 8) != 0 ||
        hf_get_u32(in + CRC_AT) != head_crc(in, HF_RECORD_ANCHOR_SIZE)) {
        return HF_ERR_CORRUPT;
    }
    if (in[1] != FORMAT_VERSION) {
        return HF_ERR_VERSION;
    }
    anchor->kind = in[2];
    anchor->geometry.granule_size = 1u << (in[3] & 15u);
    anchor->epoch = hf_get_u64(in + 16);
    anchor->seq = hf_get_u64(in + 24);
    anchor->durable = hf_get_u64(in + 32);
    anchor->tail_epoch = hf_get_u64(in + 40);
    anchor->prev_epoch = hf_get_u64(in + 48);
    anchor->prev_end = (uint64_t)hf_get_u32(in + 56) * 8u;
    anchor->durable_end = (uint64_t)hf_get_u32(in + 60) * 8u;
    anchor->erased_mask = hf_get_u64(in + 64);
    anchor->geometry.region_size = hf_get_u64(in + 72);
    anchor->geometry.region_count = hf_get_u16(in + 80);
    anchor->geometry.erased = in[82];
    anchor->is_resumed = in[83] != 0;
    return HF_OK;
}
