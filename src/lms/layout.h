/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Parsed private keys of our own, and where in a key, a signature and a cache everything
 * lies. Parameters are those that hf_hss_params_check accepts. Any thread, any lock.
 */
#ifndef HF_LMS_LAYOUT_H
#define HF_LMS_LAYOUT_H

#include "lms/tree.h"

#define HF_HSS_HEADER_LEN 16u /* of a cache: version, level, number */
#define HF_HSS_CACHE_VERSION 1u

/* Slices of a private key: secret, and valid as long as its bytes. */
typedef struct hf_hss_private {
    hf_hss_params params;
    const uint8_t *id;   /* of the first tree */
    const uint8_t *seed; /* n bytes */
    const uint8_t *root; /* n bytes, of the first tree */
} hf_hss_private;

/* HF_OK or HF_ERR_KEY. */
int hf_hss_private_parse(hf_bytes private_key, hf_hss_private *parsed) HF_MUST_CHECK;

/* The sets of a level. */
hf_lms_pair hf_hss_pair(const hf_hss_params *params, uint32_t level);

/* The leaf of a level's tree that the index falls into. */
uint32_t hf_hss_leaf(const hf_hss_params *params, uint32_t level, uint64_t index);

/* Bytes of all signatures and signed keys above a level. */
size_t hf_hss_chain_len(const hf_hss_params *params, uint32_t level);

/* Write hf_hss_private_len bytes, and hf_hss_public_len bytes. */
void hf_hss_put_private(const hf_hss_params *params, hf_bytes entropy,
                        const uint8_t *root, uint8_t *out);
void hf_hss_put_public(const hf_hss_private *key, uint8_t *out);

#endif
