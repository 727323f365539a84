/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The parameter sets: one row each, with the numbers of RFC 8554 (tables 1 and 2) and
 * SP 800-208 (tables 2 to 5). Constants only: any thread, any lock.
 */
#include "lms/sets.h"

/* clang-format off */
static const hf_lms_set lms_rows[] = {
    { HF_LMS_SHA256_M32_H5,  HF_ALG_SHA256, 32, 5 },
    { HF_LMS_SHA256_M32_H10, HF_ALG_SHA256, 32, 10 },
    { HF_LMS_SHA256_M32_H15, HF_ALG_SHA256, 32, 15 },
    { HF_LMS_SHA256_M32_H20, HF_ALG_SHA256, 32, 20 },
    { HF_LMS_SHA256_M32_H25, HF_ALG_SHA256, 32, 25 },
    { HF_LMS_SHA256_M24_H5,  HF_ALG_SHA256, 24, 5 },
    { HF_LMS_SHA256_M24_H10, HF_ALG_SHA256, 24, 10 },
    { HF_LMS_SHA256_M24_H15, HF_ALG_SHA256, 24, 15 },
    { HF_LMS_SHA256_M24_H20, HF_ALG_SHA256, 24, 20 },
    { HF_LMS_SHA256_M24_H25, HF_ALG_SHA256, 24, 25 },
    { HF_LMS_SHAKE_M32_H5,   HF_ALG_SHAKE256, 32, 5 },
    { HF_LMS_SHAKE_M32_H10,  HF_ALG_SHAKE256, 32, 10 },
    { HF_LMS_SHAKE_M32_H15,  HF_ALG_SHAKE256, 32, 15 },
    { HF_LMS_SHAKE_M32_H20,  HF_ALG_SHAKE256, 32, 20 },
    { HF_LMS_SHAKE_M32_H25,  HF_ALG_SHAKE256, 32, 25 },
    { HF_LMS_SHAKE_M24_H5,   HF_ALG_SHAKE256, 24, 5 },
    { HF_LMS_SHAKE_M24_H10,  HF_ALG_SHAKE256, 24, 10 },
    { HF_LMS_SHAKE_M24_H15,  HF_ALG_SHAKE256, 24, 15 },
    { HF_LMS_SHAKE_M24_H20,  HF_ALG_SHAKE256, 24, 20 },
    { HF_LMS_SHAKE_M24_H25,  HF_ALG_SHAKE256, 24, 25 },
};

/* type, hash, n, w, p, ls */
static const hf_lmots_set lmots_rows[] = {
    { HF_LMOTS_SHA256_N32_W1, HF_ALG_SHA256, 32, 1, 265, 7 },
    { HF_LMOTS_SHA256_N32_W2, HF_ALG_SHA256, 32, 2, 133, 6 },
    { HF_LMOTS_SHA256_N32_W4, HF_ALG_SHA256, 32, 4,  67, 4 },
    { HF_LMOTS_SHA256_N32_W8, HF_ALG_SHA256, 32, 8,  34, 0 },
    { HF_LMOTS_SHA256_N24_W1, HF_ALG_SHA256, 24, 1, 200, 8 },
    { HF_LMOTS_SHA256_N24_W2, HF_ALG_SHA256, 24, 2, 101, 6 },
    { HF_LMOTS_SHA256_N24_W4, HF_ALG_SHA256, 24, 4,  51, 4 },
    { HF_LMOTS_SHA256_N24_W8, HF_ALG_SHA256, 24, 8,  26, 0 },
    { HF_LMOTS_SHAKE_N32_W1,  HF_ALG_SHAKE256, 32, 1, 265, 7 },
    { HF_LMOTS_SHAKE_N32_W2,  HF_ALG_SHAKE256, 32, 2, 133, 6 },
    { HF_LMOTS_SHAKE_N32_W4,  HF_ALG_SHAKE256, 32, 4,  67, 4 },
    { HF_LMOTS_SHAKE_N32_W8,  HF_ALG_SHAKE256, 32, 8,  34, 0 },
    { HF_LMOTS_SHAKE_N24_W1,  HF_ALG_SHAKE256, 24, 1, 200, 8 },
    { HF_LMOTS_SHAKE_N24_W2,  HF_ALG_SHAKE256, 24, 2, 101, 6 },
    { HF_LMOTS_SHAKE_N24_W4,  HF_ALG_SHAKE256, 24, 4,  51, 4 },
    { HF_LMOTS_SHAKE_N24_W8,  HF_ALG_SHAKE256, 24, 8,  26, 0 },
};
/* clang-format on */

const hf_lms_set *hf_lms_set_find(uint32_t type)
{
    for (size_t i = 0; i < sizeof(lms_rows) / sizeof(lms_rows[0]); i++) {
        if (lms_rows[i].type == type) {
            return &lms_rows[i];
        }
    }
    return NULL;
}

const hf_lmots_set *hf_lmots_set_find(uint32_t type)
{
    for (size_t i = 0; i < sizeof(lmots_rows) / sizeof(lmots_rows[0]); i++) {
        if (lmots_rows[i].type == type) {
            return &lmots_rows[i];
        }
    }
    return NULL;
}

bool hf_lms_pair_find(uint32_t lms_type, uint32_t ots_type, hf_lms_pair *pair)
{
    pair->lms = hf_lms_set_find(lms_type);
    pair->ots = hf_lmots_set_find(ots_type);
    return pair->lms != NULL && pair->ots != NULL && pair->lms->n == pair->ots->n &&
           pair->lms->algorithm == pair->ots->algorithm;
}

size_t hf_lmots_signature_len(const hf_lmots_set *ots)
{
    return 4 + (size_t)ots->n * (1u + ots->p);
}

size_t hf_lms_signature_len(const hf_lms_pair *pair)
{
    return 4 + hf_lmots_signature_len(pair->ots) + 4 +
           (size_t)pair->lms->n * pair->lms->height;
}

size_t hf_lms_public_len(const hf_lms_pair *pair)
{
    return 8 + HF_LMS_ID_SIZE + (size_t)pair->lms->n;
}
