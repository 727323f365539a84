/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Parsed LMS public keys, and the walk along a chain of signed ones; for verification and
 * for the checks that signing makes of a cache. Called with no lock held.
 */
#ifndef HF_LMS_VERIFY_H
#define HF_LMS_VERIFY_H

#include "lms/tree.h"

/* An LMS public key (RFC 8554 5.3). Slices of what was parsed. */
typedef struct hf_lms_public {
    hf_lms_pair sets;
    const uint8_t *id;
    const uint8_t *root;
    hf_bytes bytes; /* all of it */
} hf_lms_public;

/* Take a public key; HF_ERR_KEY when there is none of known types that fit. */
int hf_lms_public_parse(hf_reader *reader, hf_lms_public *key) HF_MUST_CHECK;

/* Take an LMS signature of `message`, and verify it with `key`. */
int hf_lms_verify_next(const hf_lms_engine *engine, const hf_lms_public *key,
                       hf_bytes message, hf_reader *reader)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Take `count` pairs of a signature and the key that it signs: *key becomes the last.
 * HF_ERR_VERIFY, or the hash's error. */
int hf_lms_verify_chain(const hf_lms_engine *engine, uint32_t count, hf_reader *reader,
                        hf_lms_public *key) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
    HF_MUST_CHECK;

#endif
