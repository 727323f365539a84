/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Hashes in one call, and hash streams. A stream belongs to one session, which is used by
 * one thread at a time; each of its operations takes the device's lock anew (call.c), so
 * an exclusive device can serve others between two updates.
 */
#include "holdfast/crypto.h"

#include "crypto/call.h"

static int check_hash(hf_crypto_device *device, uint16_t algorithm)
{
    if (device == NULL) {
        return HF_ERR_ARG;
    }
    const hf_algorithm *row = hf_algorithm_find(algorithm);
    if (row == NULL || row->class != HF_CLASS_HASH ||
        device->config.ops->is_supported == NULL ||
        !device->config.ops->is_supported(device->config.context, algorithm, 0)) {
        return HF_ERR_NOTSUPPORTED;
    }
    return HF_OK;
}

static int call_hash(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->hash == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->hash(config->context, (uint16_t)call->kind, call->input,
                             call->out);
}

int hf_crypto_hash(hf_crypto *crypto, uint32_t device, uint16_t algorithm, hf_bytes input,
                   hf_buffer *out)
{
    hf_crypto_device *found = hf_crypto_device_at(crypto, device);
    if (out == NULL || !hf_crypto_is_readable(input)) {
        return HF_ERR_ARG;
    }
    int rc = check_hash(found, algorithm);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_crypto_call_run(
        &(hf_crypto_call){ .device = found,
                           .operation = call_hash,
                           .kind = algorithm,
                           .input = input,
                           .out = out,
                           .out_len = hf_algorithm_find(algorithm)->output_len });
}

/* ---- streams ---- */

static int call_stream_open(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->stream_open == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->stream_open(config->context, (uint16_t)call->kind, call->created);
}

int hf_crypto_stream_open(hf_crypto *crypto, uint32_t device, uint16_t algorithm,
                          hf_crypto_stream *stream)
{
    hf_crypto_device *found = hf_crypto_device_at(crypto, device);
    if (stream == NULL) {
        return HF_ERR_ARG;
    }
    if (stream->stream != NULL) {
        return HF_ERR_STATE;
    }
    *stream = (hf_crypto_stream){ .stream = NULL };
    int rc = check_hash(found, algorithm);
    if (rc != HF_OK) {
        return rc;
    }
    void *opened = NULL;
    rc = hf_crypto_call_run(&(hf_crypto_call){ .device = found,
                                               .operation = call_stream_open,
                                               .kind = algorithm,
                                               .created = &opened });
    if (rc == HF_OK) {
        *stream = (hf_crypto_stream){ .stream = opened,
                                      .device = device,
                                      .algorithm = algorithm };
    }
    return rc;
}

/* The device of an open stream. */
static int find_stream(hf_crypto *crypto, const hf_crypto_stream *stream,
                       hf_crypto_device **device)
{
    if (stream == NULL) {
        return HF_ERR_ARG;
    }
    if (stream->stream == NULL) {
        return HF_ERR_STATE;
    }
    *device = hf_crypto_device_at(crypto, stream->device);
    return *device == NULL ? HF_ERR_ARG : HF_OK;
}

static int call_stream_update(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->stream_update == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->stream_update(config->context, call->stream, call->input);
}

int hf_crypto_stream_update(hf_crypto *crypto, hf_crypto_stream *stream, hf_bytes input)
{
    hf_crypto_device *device = NULL;
    int rc =
        hf_crypto_is_readable(input) ? find_stream(crypto, stream, &device) : HF_ERR_ARG;
    if (rc != HF_OK) {
        return rc;
    }
    return hf_crypto_call_run(&(hf_crypto_call){ .device = device,
                                                 .operation = call_stream_update,
                                                 .stream = stream->stream,
                                                 .input = input });
}

static int call_stream_finish(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->stream_finish == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->stream_finish(config->context, call->stream, call->out);
}

int hf_crypto_stream_finish(hf_crypto *crypto, hf_crypto_stream *stream, hf_buffer *out)
{
    hf_crypto_device *device = NULL;
    int rc = out == NULL ? HF_ERR_ARG : find_stream(crypto, stream, &device);
    if (rc == HF_OK) {
        rc = check_hash(device, stream->algorithm);
    }
    if (rc != HF_OK) {
        return rc;
    }
    return hf_crypto_call_run(
        &(hf_crypto_call){ .device = device,
                           .operation = call_stream_finish,
                           .stream = stream->stream,
                           .out = out,
                           .out_len = hf_algorithm_find(stream->algorithm)->output_len });
}

static int call_stream_close(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->stream_close != NULL) {
        config->ops->stream_close(config->context, call->stream);
    }
    return HF_OK;
}

void hf_crypto_stream_close(hf_crypto *crypto, hf_crypto_stream *stream)
{
    hf_crypto_device *device = NULL;
    if (find_stream(crypto, stream, &device) != HF_OK) {
        return;
    }
    /* Nobody can be told, and without its lock an exclusive device must not be
     * entered. */
    hf_ignore(hf_crypto_call_run(&(hf_crypto_call){
        .device = device, .operation = call_stream_close, .stream = stream->stream }));
    *stream = (hf_crypto_stream){ .stream = NULL };
}
