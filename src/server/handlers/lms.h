/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the rows of other files do for LMS keys, which no device knows: the server
 * computes with them itself, over a device's hash. Each function is called in place of
 * what the row does for other keys. Private to src/server/handlers.
 */
#ifndef HF_SERVER_HANDLERS_LMS_H
#define HF_SERVER_HANDLERS_LMS_H

#include "server/request.h"

/* Private keys of the family are stateful: generated inside and stored at once; never
 * imported, exported, wrapped or replaced (hf_key_is_stateful). */
static inline bool hf_lms_is_family(uint32_t key_type)
{
    return HF_KEY_FAMILY(key_type) == HF_FAMILY_LMS;
}

/*
 * key_generate. NONMODIFIABLE, NONEXPORTABLE and SENSITIVE are set whatever the request
 * says. HF_ERR_ARG: the request does not store the key. HF_ERR_EXISTS: there is a key of
 * this id, which must be erased first.
 */
uint32_t hf_lms_generate_room(uint32_t key_type);
hf_cost hf_lms_generate_cost(uint32_t key_type);
int hf_lms_generate_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;
int hf_lms_generate_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;
int hf_lms_generate_finish(hf_request *rq) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* key_import of a public key: RAW only (HF_ERR_TYPE). */
int hf_lms_import_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;
int hf_lms_import_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

/* Check such a key, raw, and append it. HF_ERR_KEY, HF_ERR_SIZE. */
int hf_lms_take_public(hf_bytes material, hf_buffer *raw) HF_MUST_CHECK;

/* key_export_public of leases[0], RAW only (HF_ERR_TYPE): no device is needed. */
int hf_lms_export_public_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

/* key_signatures_left: the whole row. HF_ERR_TYPE: not a key whose signatures are
 * counted. */
int hf_signatures_left_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/*
 * sign, with leases[0] that may sign and fits, and an answer that fits. prepare reserves
 * the index last of all, and work begins only when that is durable: HF_ERR_LIMIT when
 * all indexes are used up. An index whose signature fails is lost.
 */
uint32_t hf_lms_sign_room(void);
int hf_lms_sign_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;
int hf_lms_sign_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;
int hf_lms_sign_finish(hf_request *rq) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* verify, with leases[0] that may verify and fits. */
int hf_lms_verify_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;
int hf_lms_verify_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

#endif
