/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * MACs: made, verified, and begun as streams, which go on in stream.c.
 */
#include "server/handlers/crypto.h"

/* The fields that all requests for a MAC have. */
#define USE_OF(in, backward, stream)                                                     \
    (&(hf_key_use){ .handle = (in)->handle,                                              \
                    .algorithm = (in)->algorithm,                                        \
                    .affinity = (in)->affinity,                                          \
                    .classes = HF_CLASS_BIT(MAC),                                        \
                    .mac_len = (in)->mac_len,                                            \
                    .nonce_len = (in)->nonce.len,                                        \
                    .is_backward = (backward),                                           \
                    .is_stream = (stream) })

static hf_cost cost(const hf_request *rq, uint16_t algorithm, size_t len)
{
    return hf_request_use_cost(algorithm, rq->leases[0].key.type, false, len);
}

/* ---- generate ---- */

/* Nonce and MAC. */
uint32_t hf_mac_generate_room(const hf_request *rq)
{
    const hf_algorithm *row =
        hf_algorithm_find_class(rq->in.mac_generate.algorithm, HF_CLASS_MAC);
    return row == NULL ? 0 : hf_key_use_nonce_room(row) + row->output_len;
}

hf_cost hf_mac_generate_cost(const hf_request *rq)
{
    return cost(rq, rq->in.mac_generate.algorithm, rq->in.mac_generate.data.len);
}

int hf_mac_generate_prepare(hf_request *rq)
{
    const hf_algorithm *row;
    int rc = hf_key_use_lease(rq, USE_OF(&rq->in.mac_generate, false, false), &row);
    return rc == HF_OK ? hf_key_use_count(rq, row, false) : rc;
}

int hf_mac_generate_work(hf_request *rq)
{
    const hf_mac_generate_request *in = &rq->in.mac_generate;
    const hf_algorithm *row = hf_algorithm_find(in->algorithm);
    hf_crypto_op op = { .algorithm = in->algorithm,
                        .output_len = in->mac_len,
                        .key = &rq->leases[0].key,
                        .input = in->data };
    hf_buffer mac;
    int rc = hf_key_use_begin(rq);
    if (rc == HF_OK) {
        rc = hf_key_use_nonce(rq, row, false, in->nonce, &op.nonce);
    }
    if (rc == HF_OK) {
        rc = hf_request_take(rq, row->output_len, &mac);
    }
    if (rc == HF_OK) {
        rc = hf_crypto_mac(&rq->server->crypto, rq->device, &op, &mac);
    }
    if (rc == HF_OK) {
        rq->out.mac_generate = (hf_mac_generate_response){ .mac = hf_request_bytes(&mac),
                                                           .nonce = op.nonce };
    }
    return rc;
}

/* ---- verify ---- */

hf_cost hf_mac_verify_cost(const hf_request *rq)
{
    return cost(rq, rq->in.mac_verify.algorithm, rq->in.mac_verify.data.len);
}

int hf_mac_verify_prepare(hf_request *rq)
{
    return hf_key_use_lease(rq, USE_OF(&rq->in.mac_verify, true, false), NULL);
}

int hf_mac_verify_work(hf_request *rq)
{
    const hf_mac_verify_request *in = &rq->in.mac_verify;
    const hf_crypto_op op = { .algorithm = in->algorithm,
                              .output_len = in->mac_len,
                              .key = &rq->leases[0].key,
                              .input = in->data,
                              .signature = in->mac,
                              .nonce = in->nonce };
    int rc = hf_key_use_begin(rq);
    return rc == HF_OK ? hf_crypto_verify(&rq->server->crypto, rq->device, &op) : rc;
}

/* ---- streams ---- */

uint32_t hf_mac_start_room(const hf_request *rq)
{
    return hf_key_use_nonce_room(
        hf_algorithm_find_class(rq->in.mac_start.algorithm, HF_CLASS_MAC));
}

int hf_mac_start_prepare(hf_request *rq)
{
    const hf_mac_start_request *in = &rq->in.mac_start;
    const hf_algorithm *row;
    uint16_t number;
    int rc = hf_key_use_lease(rq, USE_OF(in, in->is_verify != 0, true), &row);
    if (rc == HF_OK && hf_stream_find_free(rq, &number) == NULL) {
        rc = HF_ERR_LIMIT;
    }
    return rc == HF_OK ? hf_key_use_count(rq, row, in->is_verify != 0) : rc;
}

int hf_mac_start_work(hf_request *rq)
{
    const hf_mac_start_request *in = &rq->in.mac_start;
    const hf_algorithm *row = hf_algorithm_find(in->algorithm);
    bool is_verify = in->is_verify != 0;
    hf_crypto_op op = { .algorithm = in->algorithm,
                        .output_len = in->mac_len,
                        .key = &rq->leases[0].key };
    int rc = hf_key_use_begin(rq);
    if (rc == HF_OK) {
        rc = hf_key_use_nonce(rq, row, is_verify, in->nonce, &op.nonce);
    }
    rq->out.mac_start.nonce = op.nonce;
    return rc == HF_OK ? hf_stream_open(rq, &op, is_verify, &rq->out.mac_start.stream)
                       : rc;
}
