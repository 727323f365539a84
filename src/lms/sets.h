/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What follows from the rows of the parameter sets: pairs that fit, lengths, and the
 * big-endian numbers of the RFC. Constants only: any thread, any lock.
 */
#ifndef HF_LMS_SETS_H
#define HF_LMS_SETS_H

#include "holdfast/lms.h"

/* The sets of one tree. */
typedef struct hf_lms_pair {
    const hf_lms_set *lms;
    const hf_lmots_set *ots;
} hf_lms_pair;

/* False when a type is unknown, or when they differ in hash or n. */
bool hf_lms_pair_find(uint32_t lms_type, uint32_t ots_type, hf_lms_pair *pair);

/* Bytes: of an LM-OTS signature (RFC 8554 4.5: type | C | y), of an LMS signature (5.4:
 * q | LM-OTS signature | type | path) and of an LMS public key (5.3: type | type | I |
 * root). */
size_t hf_lmots_signature_len(const hf_lmots_set *ots);
size_t hf_lms_signature_len(const hf_lms_pair *pair);
size_t hf_lms_public_len(const hf_lms_pair *pair);

static inline uint32_t hf_lms_get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 |
           (uint32_t)at[3];
}

static inline void hf_lms_put_u32(uint8_t *at, uint32_t v)
{
    at[0] = (uint8_t)(v >> 24);
    at[1] = (uint8_t)(v >> 16);
    at[2] = (uint8_t)(v >> 8);
    at[3] = (uint8_t)v;
}

static inline void hf_lms_put_u16(uint8_t *at, uint16_t v)
{
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

#endif
