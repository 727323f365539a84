/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Hashes: no key, so no step; work alone. Their streams go on in stream.c.
 */
#include "server/handlers/crypto.h"

/* Bytes of the digest: as the row says, or as many as are asked of a XOF. 0 when the
 * device is to refuse it. */
static size_t digest_len(uint16_t algorithm, uint32_t asked)
{
    const hf_algorithm *row = hf_algorithm_find_class(algorithm, HF_CLASS_HASH);
    if (row == NULL) {
        return 0;
    }
    return (row->traits & HF_TRAIT_XOF) != 0 ? asked : row->output_len;
}

static int find_device(const hf_request *rq, uint16_t algorithm, uint32_t *device)
{
    if (hf_algorithm_find_class(algorithm, HF_CLASS_HASH) == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return hf_request_find_device(rq, algorithm, device);
}

uint32_t hf_hash_room(const hf_request *rq)
{
    const hf_hash_request *in = &rq->in.hash;
    return hf_room_of(rq, digest_len(in->algorithm, in->output_len),
                      HF_RESPONSE_FIXED_LEN(hash));
}

hf_cost hf_hash_cost(const hf_request *rq)
{
    const hf_hash_request *in = &rq->in.hash;
    return hf_request_cost(0, in->data.len + in->output_len);
}

int hf_hash_work(hf_request *rq)
{
    const hf_hash_request *in = &rq->in.hash;
    uint32_t device;
    rq->scratch.len = 0;
    int rc = find_device(rq, in->algorithm, &device);
    if (rc == HF_OK) {
        const hf_crypto_op op = { .algorithm = in->algorithm,
                                  .input = in->data,
                                  .output_len = in->output_len };
        rc = hf_crypto_xof(&rq->server->crypto, device, &op, &rq->scratch);
    }
    rq->out.hash.digest = hf_request_bytes(&rq->scratch);
    return rc;
}

int hf_hash_start_work(hf_request *rq)
{
    const hf_hash_start_request *in = &rq->in.hash_start;
    const hf_crypto_op op = { .algorithm = in->algorithm, .output_len = in->output_len };
    uint16_t number;
    uint32_t device;
    int rc = find_device(rq, in->algorithm, &device);
    if (rc == HF_OK) {
        /* What finish could not answer is not begun. */
        rc = hf_request_check_room(rq, HF_RESPONSE_FIXED_LEN(stream_finish),
                                   digest_len(in->algorithm, in->output_len));
    }
    if (rc != HF_OK) {
        return rc;
    }
    hf_session_stream *stream = hf_stream_find_free(rq, &number);
    if (stream == NULL) {
        return HF_ERR_LIMIT;
    }
    rq->out.hash_start.stream = number;
    return hf_crypto_stream_open(&rq->server->crypto, device, &op, false,
                                 &stream->crypto);
}
