/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The operations with a key: mac, sign, verify, encrypt, decrypt, derive, agree,
 * encapsulate, decapsulate. check.c checks them against the algorithm's row; call.c runs
 * them under the device's lock.
 */
#include "holdfast/crypto.h"

#include "crypto/call.h"
#include "crypto/check.h"

#define CLASS(name) ((uint16_t)(1u << HF_CLASS_##name))
#define CLASSES_CIPHER (CLASS(AEAD) | CLASS(CIPHER) | CLASS(ASYMMETRIC))

static const hf_crypto_device_ops *ops_of(const hf_crypto_call *call)
{
    return call->device->config.ops;
}

static void *context_of(const hf_crypto_call *call)
{
    return call->device->config.context;
}

/* ---- mac ---- */

static int call_mac(const hf_crypto_call *call)
{
    if (ops_of(call)->mac == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return ops_of(call)->mac(context_of(call), call->op, call->out);
}

static int run_mac(const hf_crypto_checked *checked, hf_buffer *out)
{
    return hf_crypto_call_run(&(hf_crypto_call){ .device = checked->device,
                                                 .operation = call_mac,
                                                 .op = &checked->op,
                                                 .out = out,
                                                 .out_len = checked->op.output_len });
}

int hf_crypto_mac(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                  hf_buffer *out)
{
    hf_crypto_checked checked;
    if (out == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_crypto_check_op(&checked, crypto, device, op,
                                &(hf_crypto_intent){ .classes = CLASS(MAC) });
    return rc != HF_OK ? rc : run_mac(&checked, out);
}

static int verify_mac(const hf_crypto_checked *checked)
{
    uint8_t mac[HF_MAC_LEN_MAX];
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
    if (ops_of(call)->sign == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return ops_of(call)->sign(context_of(call), call->op, call->out);
}

int hf_crypto_sign(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                   hf_buffer *out)
{
    hf_crypto_checked checked;
    if (out == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_crypto_check_op(&checked, crypto, device, op,
                                &(hf_crypto_intent){ .classes = CLASS(SIGNATURE) });
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
    if (ops_of(call)->verify == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return ops_of(call)->verify(context_of(call), call->op);
}

int hf_crypto_verify(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op)
{
    hf_crypto_checked checked;
    int rc =
        hf_crypto_check_op(&checked, crypto, device, op,
                           &(hf_crypto_intent){ .classes = CLASS(SIGNATURE) | CLASS(MAC),
                                                .is_backward = true });
    if (rc != HF_OK) {
        return rc;
    }
    if (checked.algorithm->class == HF_CLASS_MAC) {
        return verify_mac(&checked);
    }
    return hf_crypto_call_run(&(hf_crypto_call){
        .device = checked.device, .operation = call_verify, .op = &checked.op });
}

/* ---- encryption ---- */

static int call_encrypt(const hf_crypto_call *call)
{
    if (ops_of(call)->encrypt == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return ops_of(call)->encrypt(context_of(call), call->op, call->out, call->tag);
}

int hf_crypto_encrypt(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                      hf_buffer *out, hf_buffer *tag)
{
    hf_crypto_checked checked;
    if (out == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_crypto_check_op(&checked, crypto, device, op,
                                &(hf_crypto_intent){ .classes = CLASSES_CIPHER });
    if (rc != HF_OK) {
        return rc;
    }
    bool is_aead = checked.algorithm->class == HF_CLASS_AEAD;
    if (is_aead != (tag != NULL)) {
        return HF_ERR_ARG;
    }
    return hf_crypto_call_run(
        &(hf_crypto_call){ .device = checked.device,
                           .operation = call_encrypt,
                           .op = &checked.op,
                           .out = out,
                           .out_len = hf_crypto_cipher_len_max(
                               op->algorithm, checked.key.type, op->input.len, false),
                           .tag = tag,
                           .tag_len = checked.op.output_len });
}

static int call_decrypt(const hf_crypto_call *call)
{
    if (ops_of(call)->decrypt == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return ops_of(call)->decrypt(context_of(call), call->op, call->out);
}

int hf_crypto_decrypt(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                      hf_buffer *out)
{
    hf_crypto_checked checked;
    if (out == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_crypto_check_op(
        &checked, crypto, device, op,
        &(hf_crypto_intent){ .classes = CLASSES_CIPHER, .is_backward = true });
    if (rc != HF_OK) {
        return rc;
    }
    if (op->signature.len != checked.op.output_len) {
        return HF_ERR_VERIFY; /* 0 but for an AEAD's tag */
    }
    return hf_crypto_call_run(
        &(hf_crypto_call){ .device = checked.device,
                           .operation = call_decrypt,
                           .op = &checked.op,
                           .out = out,
                           .out_len = hf_crypto_cipher_len_max(
                               op->algorithm, checked.key.type, op->input.len, true) });
}

/* ---- new secrets ---- */

static int call_derive(const hf_crypto_call *call)
{
    if (ops_of(call)->derive == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return ops_of(call)->derive(context_of(call), call->op, call->out);
}

int hf_crypto_derive(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                     hf_buffer *out)
{
    hf_crypto_checked checked;
    if (out == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_crypto_check_op(&checked, crypto, device, op,
                                &(hf_crypto_intent){ .classes = CLASS(KDF) });
    if (rc != HF_OK) {
        return rc;
    }
    return hf_crypto_call_run(&(hf_crypto_call){ .device = checked.device,
                                                 .operation = call_derive,
                                                 .op = &checked.op,
                                                 .out = out,
                                                 .out_len = op->output_len });
}

static int call_agree(const hf_crypto_call *call)
{
    if (ops_of(call)->agree == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return ops_of(call)->agree(context_of(call), call->op, call->out);
}

int hf_crypto_agree(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                    hf_buffer *out)
{
    hf_crypto_checked checked;
    if (out == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_crypto_check_op(&checked, crypto, device, op,
                                &(hf_crypto_intent){ .classes = CLASS(AGREE) });
    if (rc != HF_OK) {
        return rc;
    }
    size_t len = hf_crypto_output_len_max(op->algorithm, checked.key.type, 0);
    return hf_crypto_call_run(&(hf_crypto_call){ .device = checked.device,
                                                 .operation = call_agree,
                                                 .op = &checked.op,
                                                 .out = out,
                                                 .out_len = len });
}

static int call_encapsulate(const hf_crypto_call *call)
{
    if (ops_of(call)->encapsulate == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return ops_of(call)->encapsulate(context_of(call), call->op, call->out, call->tag);
}

int hf_crypto_encapsulate(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                          hf_buffer *ciphertext, hf_buffer *secret)
{
    hf_crypto_checked checked;
    if (ciphertext == NULL || secret == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_crypto_check_op(&checked, crypto, device, op,
                                &(hf_crypto_intent){ .classes = CLASS(KEM) });
    if (rc != HF_OK) {
        return rc;
    }
    size_t len = hf_crypto_output_len_max(op->algorithm, checked.key.type, 0);
    return hf_crypto_call_run(&(hf_crypto_call){ .device = checked.device,
                                                 .operation = call_encapsulate,
                                                 .op = &checked.op,
                                                 .out = ciphertext,
                                                 .out_len = len,
                                                 .tag = secret,
                                                 .tag_len = HF_KEM_SECRET_LEN });
}

static int call_decapsulate(const hf_crypto_call *call)
{
    if (ops_of(call)->decapsulate == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return ops_of(call)->decapsulate(context_of(call), call->op, call->out);
}

int hf_crypto_decapsulate(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                          hf_buffer *secret)
{
    hf_crypto_checked checked;
    if (secret == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_crypto_check_op(
        &checked, crypto, device, op,
        &(hf_crypto_intent){ .classes = CLASS(KEM), .is_backward = true });
    if (rc != HF_OK) {
        return rc;
    }
    if (op->input.len != hf_crypto_output_len_max(op->algorithm, checked.key.type, 0)) {
        return HF_ERR_RANGE;
    }
    return hf_crypto_call_run(&(hf_crypto_call){ .device = checked.device,
                                                 .operation = call_decapsulate,
                                                 .op = &checked.op,
                                                 .out = secret,
                                                 .out_len = HF_KEM_SECRET_LEN });
}
