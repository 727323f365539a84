/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Hashes in one call.
 */
#include "holdfast/crypto.h"

#include "crypto/call.h"

int hf_crypto_check_hash(hf_crypto_device *device, uint16_t algorithm, size_t *output_len)
{
    if (device == NULL) {
        return HF_ERR_ARG;
    }
    const hf_algorithm *row = hf_algorithm_find_class(algorithm, HF_CLASS_HASH);
    if (row == NULL || device->config.ops->is_supported == NULL ||
        !device->config.ops->is_supported(device->config.context, algorithm, 0)) {
        return HF_ERR_NOTSUPPORTED;
    }
    if ((row->traits & HF_TRAIT_XOF) != 0) {
        return *output_len == 0 || *output_len > HF_XOF_LEN_MAX ? HF_ERR_RANGE : HF_OK;
    }
    if (*output_len != 0 && *output_len != row->output_len) {
        return HF_ERR_RANGE;
    }
    *output_len = row->output_len;
    return HF_OK;
}

static int call_hash(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->hash == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->hash(config->context, (uint16_t)call->kind, call->input,
                             call->out_len, call->out);
}

int hf_crypto_xof(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                  hf_buffer *out)
{
    hf_crypto_device *found = hf_crypto_device_at(crypto, device);
    if (op == NULL || out == NULL || !hf_crypto_is_readable(op->input)) {
        return HF_ERR_ARG;
    }
    size_t output_len = op->output_len;
    int rc = hf_crypto_check_hash(found, op->algorithm, &output_len);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_crypto_call_run(&(hf_crypto_call){ .device = found,
                                                 .operation = call_hash,
                                                 .kind = op->algorithm,
                                                 .is_hash = true,
                                                 .input = op->input,
                                                 .out = out,
                                                 .out_len = output_len });
}

int hf_crypto_hash(hf_crypto *crypto, uint32_t device, uint16_t algorithm, hf_bytes input,
                   hf_buffer *out)
{
    const hf_crypto_op op = { .algorithm = algorithm, .input = input };
    return hf_crypto_xof(crypto, device, &op, out);
}
