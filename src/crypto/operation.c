/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The operations with a key: mac, sign, verify, encrypt, decrypt. Here they are checked
 * against the algorithm's row; call.c runs them under the device's lock.
 */
#include "holdfast/crypto.h"

#include "crypto/call.h"

/* Longest MAC of any algorithm. */
#define MAC_LEN_MAX 64

/* An operation after its checks: the caller's, with the key as the device may see it. */
typedef struct checked_op {
    const hf_algorithm *algorithm;
    hf_crypto_device *device;
    hf_crypto_key key;
    hf_crypto_op op;
} checked_op;

/* Is this one of the algorithms that do the operation? Only verify has two classes. */
static bool is_class(const hf_algorithm *algorithm, uint8_t class, bool is_backward)
{
    return algorithm->class == class || (class == HF_CLASS_SIGNATURE && is_backward &&
                                         algorithm->class == HF_CLASS_MAC);
}

static int check_lengths(const hf_algorithm *algorithm, const hf_crypto_op *op)
{
    if (!hf_crypto_is_readable(op->input) || !hf_crypto_is_readable(op->aad) ||
        !hf_crypto_is_readable(op->signature) || !hf_crypto_is_readable(op->nonce)) {
        return HF_ERR_ARG;
    }
    if (op->format > HF_SIGNATURE_RAW) {
        return HF_ERR_ARG;
    }
    if (op->input.len < algorithm->input_len_min ||
        (algorithm->input_len_max != 0 && op->input.len > algorithm->input_len_max)) {
        return HF_ERR_RANGE;
    }
    if (algorithm->class == HF_CLASS_AEAD && (op->nonce.len != algorithm->nonce_len ||
                                              op->aad.len > algorithm->input_len_max)) {
        return HF_ERR_RANGE;
    }
    return HF_OK;
}

static int check_key(const checked_op *checked, bool is_backward)
{
    const hf_crypto_device_config *config = &checked->device->config;
    if (hf_key_type_find(checked->key.type) == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    if (!hf_algorithm_fits(checked->algorithm, checked->key.type, is_backward)) {
        return HF_ERR_TYPE;
    }
    if (config->ops->is_supported == NULL ||
        !config->ops->is_supported(config->context, checked->algorithm->id,
                                   checked->key.type)) {
        return HF_ERR_NOTSUPPORTED;
    }
    return hf_crypto_check_material(checked->key.type, checked->key.material);
}

/* All checks, and *checked for what follows. checked->device is found by the caller. */
static int check_op(checked_op *checked, uint32_t device, const hf_crypto_op *op,
                    uint8_t class, bool is_backward)
{
    if (checked->device == NULL || op == NULL || op->key == NULL) {
        return HF_ERR_ARG;
    }
    checked->algorithm = hf_algorithm_find(op->algorithm);
    if (checked->algorithm == NULL || !is_class(checked->algorithm, class, is_backward)) {
        return HF_ERR_NOTSUPPORTED;
    }
    checked->key = hf_crypto_key_for(op->key, device);
    checked->op = *op;
    checked->op.key = &checked->key;
    int rc = check_key(checked, is_backward);
    return rc != HF_OK ? rc : check_lengths(checked->algorithm, op);
}

/* ---- mac ---- */

static int call_mac(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->mac == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->mac(config->context, call->op, call->out);
}

static int run_mac(const checked_op *checked, hf_buffer *out)
{
    return hf_crypto_call_run(
        &(hf_crypto_call){ .device = checked->device,
                           .operation = call_mac,
                           .op = &checked->op,
                           .out = out,
                           .out_len = checked->algorithm->output_len });
}

int hf_crypto_mac(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                  hf_buffer *out)
{
    checked_op checked = { .device = hf_crypto_device_at(crypto, device) };
    if (out == NULL) {
        return HF_ERR_ARG;
    }
    int rc = check_op(&checked, device, op, HF_CLASS_MAC, false);
    return rc != HF_OK ? rc : run_mac(&checked, out);
}

static int verify_mac(const checked_op *checked)
{
    uint8_t mac[MAC_LEN_MAX];
    hf_buffer out = hf_buffer_of(mac, sizeof(mac));
    int rc = run_mac(checked, &out);
    if (rc == HF_OK && (checked->op.signature.len != out.len ||
                        !hf_ct_equal(checked->op.signature.data, mac, out.len))) {
        rc = HF_ERR_VERIFY;
    }
    hf_wipe(mac, sizeof(mac));
    return rc;
}

/* ---- signatures ---- */

static int call_sign(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->sign == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->sign(config->context, call->op, call->out);
}

int hf_crypto_sign(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                   hf_buffer *out)
{
    checked_op checked = { .device = hf_crypto_device_at(crypto, device) };
    if (out == NULL) {
        return HF_ERR_ARG;
    }
    int rc = check_op(&checked, device, op, HF_CLASS_SIGNATURE, false);
    if (rc != HF_OK) {
        return rc;
    }
    size_t out_len =
        hf_crypto_output_len_max(op->algorithm, checked.key.type, op->format);
    return hf_crypto_call_run(&(hf_crypto_call){ .device = checked.device,
                                                 .operation = call_sign,
                                                 .op = &checked.op,
                                                 .out = out,
                                                 .out_len = out_len });
}

static int call_verify(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->verify == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->verify(config->context, call->op);
}

int hf_crypto_verify(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op)
{
    checked_op checked = { .device = hf_crypto_device_at(crypto, device) };
    int rc = check_op(&checked, device, op, HF_CLASS_SIGNATURE, true);
    if (rc != HF_OK) {
        return rc;
    }
    if (checked.algorithm->class == HF_CLASS_MAC) {
        return verify_mac(&checked);
    }
    return hf_crypto_call_run(&(hf_crypto_call){
        .device = checked.device, .operation = call_verify, .op = &checked.op });
}

/* ---- AEAD ---- */

static int call_encrypt(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->encrypt == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->encrypt(config->context, call->op, call->out, call->tag);
}

int hf_crypto_encrypt(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                      hf_buffer *out, hf_buffer *tag)
{
    checked_op checked = { .device = hf_crypto_device_at(crypto, device) };
    if (out == NULL || tag == NULL) {
        return HF_ERR_ARG;
    }
    int rc = check_op(&checked, device, op, HF_CLASS_AEAD, false);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_crypto_call_run(
        &(hf_crypto_call){ .device = checked.device,
                           .operation = call_encrypt,
                           .op = &checked.op,
                           .out = out,
                           .out_len = op->input.len,
                           .tag = tag,
                           .tag_len = checked.algorithm->output_len });
}

static int call_decrypt(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->decrypt == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->decrypt(config->context, call->op, call->out);
}

int hf_crypto_decrypt(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                      hf_buffer *out)
{
    checked_op checked = { .device = hf_crypto_device_at(crypto, device) };
    if (out == NULL) {
        return HF_ERR_ARG;
    }
    int rc = check_op(&checked, device, op, HF_CLASS_AEAD, true);
    if (rc != HF_OK) {
        return rc;
    }
    if (op->signature.len != checked.algorithm->output_len) {
        return HF_ERR_VERIFY;
    }
    return hf_crypto_call_run(&(hf_crypto_call){ .device = checked.device,
                                                 .operation = call_decrypt,
                                                 .op = &checked.op,
                                                 .out = out,
                                                 .out_len = op->input.len });
}
