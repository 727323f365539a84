/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Signatures. Those of stateful keys (LMS) use up an index in prepare, and are computed
 * by the server itself: lms.c.
 */
#include "server/handlers/crypto.h"
#include "server/handlers/lms.h"

#define USE_OF(in, backward)                                                             \
    (&(hf_key_use){ .handle = (in)->handle,                                              \
                    .algorithm = (in)->algorithm,                                        \
                    .affinity = (in)->affinity,                                          \
                    .classes = HF_CLASS_BIT(SIGNATURE),                                  \
                    .is_backward = (backward) })
#define OP_OF(rq, in)                                                                    \
    {                                                                                    \
        .algorithm = (in)->algorithm, .format = (in)->format, .hash = (in)->hash,        \
        .mgf_hash = (in)->mgf_hash, .salt_len = (in)->salt_len,                          \
        .is_digest = (in)->is_digest != 0,                                               \
        .is_deterministic = (in)->is_deterministic != 0, .key = &(rq)->leases[0].key,    \
        .input = (in)->data, .context = (in)->context                                    \
    }

static bool is_stateful(const hf_algorithm *row)
{
    return row != NULL && (row->traits & HF_TRAIT_STATEFUL) != 0;
}

/* ---- sign ---- */

uint32_t hf_sign_room(const hf_request *rq)
{
    uint16_t algorithm = rq->in.sign.algorithm;
    const hf_algorithm *row = hf_algorithm_find_class(algorithm, HF_CLASS_SIGNATURE);
    if (row == NULL) {
        return 0;
    }
    if (is_stateful(row)) {
        return hf_lms_sign_room();
    }
    return hf_room_of(rq, hf_crypto_output_room(algorithm), HF_RESPONSE_FIXED_LEN(sign));
}

hf_cost hf_sign_cost(const hf_request *rq)
{
    return hf_request_use_cost(rq->in.sign.algorithm, rq->leases[0].key.type, false,
                               rq->in.sign.data.len);
}

int hf_sign_prepare(hf_request *rq)
{
    const hf_sign_request *in = &rq->in.sign;
    const hf_algorithm *row;
    int rc = hf_key_use_lease(rq, USE_OF(in, false), &row);
    if (rc == HF_OK) {
        rc = hf_request_check_room(
            rq, HF_RESPONSE_FIXED_LEN(sign),
            hf_crypto_output_len_max(in->algorithm, rq->leases[0].key.type, in->format));
    }
    if (rc == HF_OK && is_stateful(row)) {
        rc = hf_lms_sign_prepare(rq);
    }
    return rc;
}

int hf_sign_work(hf_request *rq)
{
    const hf_sign_request *in = &rq->in.sign;
    const hf_crypto_op op = OP_OF(rq, in);
    if (is_stateful(hf_algorithm_find(in->algorithm))) {
        return hf_lms_sign_work(rq);
    }
    int rc = hf_key_use_begin(rq);
    if (rc == HF_OK) {
        rc = hf_crypto_sign(&rq->server->crypto, rq->device, &op, &rq->scratch);
    }
    rq->out.sign.signature = hf_request_bytes(&rq->scratch);
    return rc;
}

/* For other keys nothing but the hold in which the lease is given back. */
int hf_sign_finish(hf_request *rq)
{
    hf_nvm_assert_held(&rq->server->nvm);
    bool is_lms = is_stateful(hf_algorithm_find(rq->in.sign.algorithm));
    return is_lms ? hf_lms_sign_finish(rq) : HF_OK;
}

/* ---- verify ---- */

hf_cost hf_verify_cost(const hf_request *rq)
{
    return hf_request_use_cost(rq->in.verify.algorithm, rq->leases[0].key.type, true,
                               rq->in.verify.data.len);
}

int hf_verify_prepare(hf_request *rq)
{
    const hf_algorithm *row;
    int rc = hf_key_use_lease(rq, USE_OF(&rq->in.verify, true), &row);
    if (rc == HF_OK && is_stateful(row)) {
        rc = hf_lms_verify_prepare(rq);
    }
    return rc;
}

int hf_verify_work(hf_request *rq)
{
    const hf_verify_request *in = &rq->in.verify;
    hf_crypto_op op = OP_OF(rq, in);
    op.signature = in->signature;
    if (is_stateful(hf_algorithm_find(in->algorithm))) {
        return hf_lms_verify_work(rq);
    }
    int rc = hf_key_use_begin(rq);
    return rc == HF_OK ? hf_crypto_verify(&rq->server->crypto, rq->device, &op) : rc;
}
