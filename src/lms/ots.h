/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * LM-OTS, the one-time signature at a leaf of a tree (RFC 8554 4). Below the trees; above
 * the hash interface only. Called with no lock held; any thread on its own objects.
 */
#ifndef HF_LMS_OTS_H
#define HF_LMS_OTS_H

#include "lms/sets.h"

/* One one-time key: leaf `q` of the tree `id`. */
typedef struct hf_lmots {
    const hf_lms_engine *engine;
    const hf_lmots_set *set;
    const uint8_t *id; /* HF_LMS_ID_SIZE bytes */
    uint32_t q;
} hf_lmots;

/* In place of a chain's number, these derive what belongs to a leaf besides its chains;
 * no set has that many chains. */
#define HF_LMOTS_RANDOMIZER 0xFFFDu /* C of the leaf's signature */
#define HF_LMOTS_CHILD_SEED 0xFFFEu /* SEED of the tree below the leaf */
#define HF_LMOTS_CHILD_ID 0xFFFFu   /* I of the tree below the leaf, its first bytes */

/* The first `n` bytes of the hash of `input`; `out` may lie in `input`. Nothing of it
 * stays behind. */
int hf_lms_hash(const hf_lms_engine *engine, const hf_lmots_set *set, hf_bytes input,
                uint8_t *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* RFC 8554 Appendix A: n secret bytes for chain `i`, or for one of the uses above. */
int hf_lmots_derive(const hf_lmots *ots, const uint8_t *seed, uint32_t i, uint8_t *out)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* The public key K of n bytes (RFC 8554 4.3). */
int hf_lmots_public(const hf_lmots *ots, const uint8_t *seed, uint8_t *out)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Sign (RFC 8554 4.5) into hf_lmots_signature_len bytes at `out`. After an error there
 * may be a part of it: the caller wipes. */
int hf_lmots_sign(const hf_lmots *ots, const uint8_t *seed, hf_bytes message,
                  uint8_t *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* The public key of n bytes that `signature`, of exactly hf_lmots_signature_len bytes,
 * leads to (RFC 8554 4.6, algorithm 4b). Its type is not looked at. */
int hf_lmots_candidate(const hf_lmots *ots, hf_bytes message, const uint8_t *signature,
                       uint8_t *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

#endif
