/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Streams of a session: hashes, MACs, encryption. They belong to the session, which one
 * thread at a time uses. A stream with a key needs at each call that the key is still the
 * one that it was begun with, and may still be used so: prepare leases it again. A stream
 * that fails is ended, and its state wiped: by work, since a device must not be entered
 * under the store lock. So prepare leaves such an error in rq->status.
 */
#include "server/handlers/crypto.h"

/* ---- places ---- */

hf_session_stream *hf_stream_find_free(const hf_request *rq, uint16_t *number)
{
    for (uint16_t i = 0; i < HF_CFG_SESSION_STREAMS_MAX; i++) {
        hf_session_stream *stream = &rq->session->streams[i];
        if (stream->crypto.stream == NULL) {
            *stream = (hf_session_stream){ .key = 0 };
            *number = (uint16_t)(i + 1u);
            return stream;
        }
    }
    return NULL;
}

/* The session's open stream of this number, or NULL. */
static hf_session_stream *find(const hf_request *rq, uint16_t number)
{
    if (number == 0 || number > HF_CFG_SESSION_STREAMS_MAX) {
        return NULL;
    }
    hf_session_stream *stream = &rq->session->streams[number - 1u];
    return stream->crypto.stream == NULL ? NULL : stream;
}

static void end(hf_request *rq, hf_session_stream *stream) HF_EXCLUDES(hf_tsa_nvm)
{
    hf_crypto_stream_close(&rq->server->crypto, &stream->crypto);
    *stream = (hf_session_stream){ .key = 0 };
}

/* ---- start ---- */

/* Remember which key it is: see hf_lease. */
static void note_key(hf_session_stream *stream, const hf_lease *lease)
{
    stream->key = lease->meta.id;
    stream->generation = lease->meta.generation;
    stream->serial = lease->serial;
}

int hf_stream_open(hf_request *rq, const hf_crypto_op *op, bool is_backward,
                   uint16_t *number)
{
    const hf_algorithm *row = hf_algorithm_find(op->algorithm);
    hf_session_stream *stream = hf_stream_find_free(rq, number);
    if (row == NULL || stream == NULL) {
        return HF_ERR_LIMIT;
    }
    int rc = hf_crypto_stream_open(&rq->server->crypto, rq->device, op, is_backward,
                                   &stream->crypto);
    if (rc == HF_OK) {
        note_key(stream, &rq->leases[0]);
        stream->usage = is_backward ? row->usage_backward : row->usage_forward;
        stream->is_verify = is_backward && row->class == HF_CLASS_MAC;
    }
    return rc;
}

/* ---- what update and finish have in common ---- */

/* Lease the stream's key, if it has one, once more. Replaced by another one under the
 * same id, it is gone. */
static int lease(hf_request *rq, hf_session_stream *stream) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm_assert_held(&rq->server->nvm);
    rq->status = HF_OK;
    rq->device = stream->crypto.device;
    if (stream->key == 0) {
        return HF_OK;
    }
    hf_lease *leased = &rq->leases[0];
    int rc = hf_keystore_lease(&rq->server->keystore, stream->key, stream->usage, leased);
    if (rc != HF_OK) {
        return rc;
    }
    bool is_same =
        leased->serial == stream->serial ||
        (leased->meta.generation != 0 && leased->meta.generation == stream->generation);
    if (!is_same) {
        return HF_ERR_NOTFOUND;
    }
    note_key(stream, leased);
    return HF_OK;
}

/* ---- update ---- */

uint32_t hf_stream_update_room(const hf_request *rq)
{
    const hf_session_stream *stream = find(rq, rq->in.stream_update.stream);
    if (stream == NULL) {
        return 0;
    }
    size_t room = hf_crypto_stream_room(&stream->crypto, rq->in.stream_update.data.len);
    return hf_room_of(rq, room, HF_RESPONSE_FIXED_LEN(stream_update));
}

hf_cost hf_stream_update_cost(const hf_request *rq)
{
    return hf_request_cost(0, rq->in.stream_update.data.len);
}

int hf_stream_update_prepare(hf_request *rq)
{
    const hf_stream_update_request *in = &rq->in.stream_update;
    hf_session_stream *stream = find(rq, in->stream);
    if (stream == NULL) {
        return HF_ERR_NOTFOUND;
    }
    int rc = hf_request_check_room(rq, HF_RESPONSE_FIXED_LEN(stream_update),
                                   hf_crypto_stream_room(&stream->crypto, in->data.len));
    if (rc == HF_OK) {
        rc = lease(rq, stream);
    }
    if (rc == HF_ERR_NOTFOUND || rc == HF_ERR_USAGE) {
        rq->status = rc;
        rc = HF_OK;
    }
    return rc;
}

int hf_stream_update_work(hf_request *rq)
{
    const hf_stream_update_request *in = &rq->in.stream_update;
    hf_session_stream *stream = find(rq, in->stream);
    int rc = rq->status;
    rq->scratch.len = 0;
    if (rc == HF_OK) {
        rc = hf_crypto_stream_update(&rq->server->crypto, &stream->crypto, in->data,
                                     &rq->scratch);
    }
    /* An input that is refused changes nothing, and the stream goes on; what fails in the
     * midst may have left a part of it in the state. */
    if (rq->status != HF_OK || stream->crypto.is_finished) {
        end(rq, stream);
    }
    rq->out.stream_update.data = hf_request_bytes(&rq->scratch);
    return rc;
}

/* ---- finish ---- */

static bool has_tag(const hf_session_stream *stream)
{
    return hf_algorithm_find_class(stream->crypto.algorithm, HF_CLASS_AEAD) != NULL;
}

/* Bytes that the answer's slices need together: digest or MAC, the rest of a cipher's
 * output, and the tag of an AEAD. */
static size_t finish_len(const hf_session_stream *stream)
{
    return hf_crypto_stream_room(&stream->crypto, 0) + stream->crypto.output_len;
}

uint32_t hf_stream_finish_room(const hf_request *rq)
{
    const hf_session_stream *stream = find(rq, rq->in.stream_finish.stream);
    return stream == NULL ? 0 : (uint32_t)finish_len(stream);
}

int hf_stream_finish_prepare(hf_request *rq)
{
    hf_session_stream *stream = find(rq, rq->in.stream_finish.stream);
    if (stream == NULL) {
        return HF_ERR_NOTFOUND;
    }
    int rc = lease(rq, stream);
    if (rc != HF_ERR_AGAIN && rc != HF_ERR_BUSY) {
        rq->status = rc;
        rc = HF_OK;
    }
    return rc;
}

/* The MAC in scratch stays inside; the client is told whether its own is the same. */
static int compare(hf_request *rq)
{
    hf_bytes given = rq->in.stream_finish.mac;
    hf_bytes made = rq->out.stream_finish.data;
    bool is_same = given.len == made.len && hf_ct_equal(given.data, made.data, made.len);
    rq->out.stream_finish.data = hf_bytes_of(NULL, 0);
    return is_same ? HF_OK : HF_ERR_VERIFY;
}

static int finish(hf_request *rq, hf_session_stream *stream) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_stream_finish_request *in = &rq->in.stream_finish;
    bool is_aead = has_tag(stream);
    hf_buffer tag = hf_buffer_of(NULL, 0);
    hf_buffer rest;
    if (in->mac.len != 0 && !stream->is_verify) {
        return HF_ERR_RANGE;
    }
    int rc = HF_OK;
    if (is_aead) {
        rc = hf_request_take(rq, stream->crypto.output_len, &tag);
    }
    if (rc == HF_OK) {
        rc = hf_request_take(rq, rq->scratch.size - rq->scratch.len, &rest);
    }
    if (rc == HF_OK) {
        rc = hf_crypto_stream_finish(&rq->server->crypto, &stream->crypto, &rest,
                                     is_aead ? &tag : NULL);
    }
    if (rc != HF_OK) {
        return rc;
    }
    rq->out.stream_finish = (hf_stream_finish_response){ .data = hf_request_bytes(&rest),
                                                         .tag = hf_request_bytes(&tag) };
    return HF_OK;
}

int hf_stream_finish_work(hf_request *rq)
{
    hf_session_stream *stream = find(rq, rq->in.stream_finish.stream);
    int rc = rq->status;
    rq->scratch.len = 0;
    if (rc == HF_OK) {
        rc = finish(rq, stream);
    }
    if (rc == HF_OK && stream->is_verify) {
        rc = compare(rq);
    }
    end(rq, stream);
    return rc;
}
