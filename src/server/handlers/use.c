/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Using a key: every rule that an algorithm's row and a key's flags have for an
 * operation. They are checked in the hold in which the key is leased, so nobody can
 * change the key between the check and the use.
 */
#include "server/handlers/crypto.h"

/* ---- rules ---- */

/* The row, if there is such an operation at all: constants only. */
static const hf_algorithm *find_row(const hf_key_use *use)
{
    const hf_algorithm *row = hf_algorithm_find(use->algorithm);
    if (row == NULL || (use->classes & (1u << row->class)) == 0) {
        return NULL;
    }
    uint16_t missing = use->is_backward ? 0 : HF_TRAIT_LEGACY | HF_TRAIT_BACKWARD_ONLY;
    uint16_t needed = !use->is_stream    ? 0
                      : use->is_backward ? HF_TRAIT_STREAM_BACKWARD
                                         : HF_TRAIT_STREAM;
    bool is_there = (row->traits & missing) == 0 && (row->traits & needed) == needed;
    return is_there ? row : NULL;
}

/* A nonce of the client's, forward, is for keys that allow it: one that repeats gives
 * away what was encrypted, and for GCM the key of the authentication as well. */
static int check_nonce(const hf_algorithm *row, const hf_key_use *use, uint32_t flags)
{
    bool is_given = use->nonce_len != 0;
    bool must_be_given = use->is_backward || (row->traits & HF_TRAIT_CALLER_NONCE) != 0;
    if (!is_given) {
        return must_be_given && row->nonce_len_min != 0 ? HF_ERR_RANGE : HF_OK;
    }
    if (use->nonce_len < row->nonce_len_min || use->nonce_len > row->nonce_len_max) {
        return HF_ERR_RANGE;
    }
    return must_be_given || (flags & HF_FLAG_ALLOW_NONCE) != 0 ? HF_OK : HF_ERR_ACCESS;
}

/* A short one is guessed sooner, so the key says how short it may be: to be made, and to
 * be believed. What the algorithm takes is checked with the operation. */
static int check_mac_len(const hf_algorithm *row, const hf_key_use *use, uint32_t flags)
{
    uint32_t least = HF_MAC_LEN_OF(flags);
    bool is_whole = use->mac_len == 0 || use->mac_len >= row->output_len;
    return is_whole || (least != 0 && use->mac_len >= least) ? HF_OK : HF_ERR_ACCESS;
}

static int check_key(const hf_algorithm *row, const hf_key_use *use,
                     const hf_metadata *meta)
{
    if (!hf_algorithm_fits(row, meta->type, use->is_backward)) {
        return HF_ERR_TYPE;
    }
    if ((meta->flags & row->policy) != row->policy) {
        return HF_ERR_ACCESS;
    }
    int rc = check_nonce(row, use, meta->flags);
    return rc == HF_OK ? check_mac_len(row, use, meta->flags) : rc;
}

/* ---- prepare ---- */

int hf_key_use_lease(hf_request *rq, const hf_key_use *use, const hf_algorithm **row)
{
    const hf_algorithm *found = find_row(use);
    hf_lease *lease = &rq->leases[0];
    hf_nvm_assert_held(&rq->server->nvm);
    int rc = hf_request_form_id(rq, HF_KIND_KEY, use->handle, false, &rq->id);
    if (rc != HF_OK) {
        return rc;
    }
    if (found == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    uint32_t usage = use->is_backward ? found->usage_backward : found->usage_forward;
    rc = hf_keystore_lease(&rq->server->keystore, rq->id, usage, lease);
    if (rc == HF_OK) {
        rc = check_key(found, use, &lease->meta);
    }
    /* What the server makes of other rows is no device's matter. */
    if (rc == HF_OK && found->parts[0] == HF_ALG_NONE) {
        rc = hf_request_select_for_key(rq, use->algorithm, lease->meta.type,
                                       lease->meta.flags, use->affinity);
    }
    if (rc == HF_OK && row != NULL) {
        *row = found;
    }
    return rc;
}

int hf_key_use_count(hf_request *rq, const hf_algorithm *row, bool is_backward)
{
    hf_nvm_assert_held(&rq->server->nvm);
    if (is_backward || row->invocation_count_max == 0) {
        return HF_OK;
    }
    return hf_keystore_count_use(&rq->server->keystore, &rq->leases[0],
                                 row->invocation_count_max);
}

/* ---- work ---- */

int hf_key_use_begin(hf_request *rq)
{
    rq->scratch.len = 0;
    return hf_request_parse_key(rq);
}

uint32_t hf_key_use_nonce_room(const hf_algorithm *row)
{
    bool is_made = row != NULL && (row->traits & HF_TRAIT_CALLER_NONCE) == 0;
    return is_made ? row->nonce_len : 0;
}

int hf_key_use_nonce(hf_request *rq, const hf_algorithm *row, bool is_backward,
                     hf_bytes given, hf_bytes *nonce)
{
    hf_buffer made;
    *nonce = given;
    if (is_backward || given.len != 0 || hf_key_use_nonce_room(row) == 0) {
        return HF_OK;
    }
    int rc = hf_request_take(rq, row->nonce_len, &made);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_request_random(rq, &made);
    *nonce = hf_request_bytes(&made);
    return rc;
}

uint32_t hf_room_of(const hf_request *rq, size_t len, uint32_t fixed_len)
{
    uint32_t room = hf_request_body_room(rq, fixed_len);
    return len < room ? (uint32_t)len : room;
}
