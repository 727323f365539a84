/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Streams of hashes, MACs and ciphers. A stream belongs to one session, which is used by
 * one thread at a time, so it needs no lock of its own; the device's lock is held for
 * each step. The device's context is its state.
 */
#include "holdfast/crypto.h"

#include "crypto/call.h"
#include "crypto/check.h"

/* What a cipher may hold back of its input, and padding, in bytes. */
#define HELD_LEN_MAX 32
/* Bytes of one AEAD stream: SP 800-38D 5.2.1.1; that of RFC 8439 2.8 is further. */
#define AEAD_LEN_MAX ((UINT64_C(1) << 36) - 32)

static const hf_algorithm *row_of(const hf_crypto_stream *stream)
{
    return hf_algorithm_find(stream->algorithm);
}

static bool is_cipher(const hf_algorithm *row)
{
    return row->class == HF_CLASS_CIPHER || row->class == HF_CLASS_AEAD;
}

/* ---- open ---- */

static int call_open(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->stream_open == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->stream_open(config->context, call->op, call->kind != 0,
                                    call->created);
}

/* A hash has no key; its output length is filled in. */
static int check_hash(hf_crypto_device *device, hf_crypto_op *op)
{
    size_t len = op->output_len;
    int rc = hf_crypto_check_hash(device, op->algorithm, &len);
    op->output_len = (uint32_t)len;
    return rc;
}

static int check_open(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                      bool is_backward, hf_crypto_checked *checked)
{
    const hf_algorithm *row = hf_algorithm_find(op->algorithm);
    uint16_t trait = is_backward ? HF_TRAIT_STREAM_BACKWARD : HF_TRAIT_STREAM;
    if (row == NULL || (row->traits & trait) == 0) {
        return HF_ERR_NOTSUPPORTED;
    }
    if (row->class == HF_CLASS_HASH) {
        checked->device = hf_crypto_device_at(crypto, device);
        checked->algorithm = row;
        checked->op =
            (hf_crypto_op){ .algorithm = op->algorithm, .output_len = op->output_len };
        return check_hash(checked->device, &checked->op);
    }
    const hf_crypto_intent intent = { .classes = (uint16_t)(1u << row->class),
                                      .is_backward = is_backward,
                                      .is_stream = true };
    return hf_crypto_check_op(checked, crypto, device, op, &intent);
}

int hf_crypto_stream_open(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                          bool is_backward, hf_crypto_stream *stream)
{
    hf_crypto_checked checked;
    if (stream == NULL || op == NULL) {
        return HF_ERR_ARG;
    }
    if (stream->stream != NULL) {
        return HF_ERR_STATE;
    }
    *stream = (hf_crypto_stream){ .stream = NULL };
    int rc = check_open(crypto, device, op, is_backward, &checked);
    if (rc != HF_OK) {
        return rc;
    }
    /* A MAC is computed forward in both cases. */
    bool is_deciphering = is_backward && is_cipher(checked.algorithm);
    void *opened = NULL;
    rc = hf_crypto_call_run(&(hf_crypto_call){ .device = checked.device,
                                               .operation = call_open,
                                               .kind = is_deciphering ? 1 : 0,
                                               .op = &checked.op,
                                               .created = &opened });
    if (rc == HF_OK) {
        *stream = (hf_crypto_stream){ .stream = opened,
                                      .device = device,
                                      .algorithm = op->algorithm,
                                      .is_backward = is_backward,
                                      .output_len = checked.op.output_len };
    }
    return rc;
}

/* ---- update ---- */

/* May so much input come now? In one call, and of an AEAD in all. */
static int check_more(const hf_crypto_stream *stream, size_t len)
{
    const hf_algorithm *row = row_of(stream);
    if (row->input_len_max != 0 && len > row->input_len_max) {
        return HF_ERR_RANGE;
    }
    bool is_over = row->class == HF_CLASS_AEAD && len > AEAD_LEN_MAX - stream->input_len;
    return is_over ? HF_ERR_RANGE : HF_OK;
}

/* The device of an open stream that is not finished. */
static int find_stream(hf_crypto *crypto, const hf_crypto_stream *stream,
                       hf_crypto_device **device)
{
    if (stream == NULL) {
        return HF_ERR_ARG;
    }
    if (stream->stream == NULL || stream->is_finished) {
        return HF_ERR_STATE;
    }
    *device = hf_crypto_device_at(crypto, stream->device);
    return *device == NULL ? HF_ERR_ARG : HF_OK;
}

size_t hf_crypto_stream_room(const hf_crypto_stream *stream, size_t len)
{
    const hf_algorithm *row = row_of(stream);
    if (row == NULL || !is_cipher(row)) {
        return 0;
    }
    return len > SIZE_MAX - HELD_LEN_MAX ? SIZE_MAX : len + HELD_LEN_MAX;
}

static int call_update(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->stream_update == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->stream_update(config->context, call->stream, call->input,
                                      call->out);
}

int hf_crypto_stream_update(hf_crypto *crypto, hf_crypto_stream *stream, hf_bytes input,
                            hf_buffer *out)
{
    hf_crypto_device *device = NULL;
    int rc =
        hf_crypto_is_readable(input) ? find_stream(crypto, stream, &device) : HF_ERR_ARG;
    if (rc == HF_OK) {
        rc = check_more(stream, input.len);
    }
    if (rc != HF_OK) {
        return rc;
    }
    size_t room = hf_crypto_stream_room(stream, input.len);
    if (out == NULL && room != 0) {
        return HF_ERR_ARG;
    }
    rc = hf_crypto_call_run(&(hf_crypto_call){ .device = device,
                                               .operation = call_update,
                                               .stream = stream->stream,
                                               .input = input,
                                               .out = out,
                                               .out_len = room });
    stream->is_finished = rc != HF_OK && rc != HF_ERR_SIZE;
    if (rc == HF_OK) {
        stream->input_len += input.len; /* modulo 2^64 counts blocks as well */
    }
    return rc;
}

/* ---- finish, close ---- */

static int call_finish(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->stream_finish == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->stream_finish(config->context, call->stream, call->out,
                                      call->tag);
}

/* Has all input a length that the cipher takes? */
static int check_whole(const hf_crypto_stream *stream, const hf_algorithm *row)
{
    bool is_padded = row->id == HF_ALG_AES_CBC_PAD && stream->is_backward;
    size_t unit = is_padded ? 16 : row->input_unit;
    bool is_wrong = (unit != 0 && stream->input_len % unit != 0) ||
                    (is_padded && stream->input_len == 0);
    return is_wrong ? HF_ERR_RANGE : HF_OK;
}

int hf_crypto_stream_finish(hf_crypto *crypto, hf_crypto_stream *stream, hf_buffer *out,
                            hf_buffer *tag)
{
    hf_crypto_device *device = NULL;
    int rc = out == NULL ? HF_ERR_ARG : find_stream(crypto, stream, &device);
    if (rc != HF_OK) {
        return rc;
    }
    const hf_algorithm *row = row_of(stream);
    bool is_aead = row->class == HF_CLASS_AEAD;
    if (is_aead != (tag != NULL)) {
        return HF_ERR_ARG;
    }
    rc = check_whole(stream, row);
    if (rc != HF_OK) {
        stream->is_finished = true;
        return rc;
    }
    rc = hf_crypto_call_run(
        &(hf_crypto_call){ .device = device,
                           .operation = call_finish,
                           .stream = stream->stream,
                           .out = out,
                           .out_len = is_cipher(row) ? HELD_LEN_MAX : stream->output_len,
                           .tag = tag,
                           .tag_len = is_aead ? stream->output_len : 0 });
    stream->is_finished = rc != HF_ERR_SIZE;
    return rc;
}

static int call_close(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->stream_close != NULL) {
        config->ops->stream_close(config->context, call->stream);
    }
    return HF_OK;
}

void hf_crypto_stream_close(hf_crypto *crypto, hf_crypto_stream *stream)
{
    if (stream == NULL || stream->stream == NULL) {
        return;
    }
    hf_crypto_device *device = hf_crypto_device_at(crypto, stream->device);
    if (device == NULL) {
        return;
    }
    /* Nobody can be told, and without its lock an exclusive device must not be
     * entered. */
    hf_ignore(hf_crypto_call_run(&(hf_crypto_call){
        .device = device, .operation = call_close, .stream = stream->stream }));
    *stream = (hf_crypto_stream){ .stream = NULL };
}
