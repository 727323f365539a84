/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Runs one operation of a device under the device's lock. All public operations end here,
 * so the lock is held for exactly one operation, and the promise about output after an
 * error is kept for every device.
 *
 * The lock of a concurrent device has no operations: taking it is a function call that
 * does nothing. So locking is unconditional, which clang's analysis needs, and costs
 * nothing measurable.
 */
#include "crypto/call.h"

static int device_lock(hf_crypto_device *device)
    HF_TRY_ACQUIRE(0, device->lock, hf_tsa_device) HF_MUST_CHECK;
static int device_unlock(hf_crypto_device *device, int outcome)
    HF_RELEASE(device->lock, hf_tsa_device) HF_MUST_CHECK;

static int device_lock(hf_crypto_device *device)
{
    return hf_lock_acquire(&device->lock);
}

/* Always releases; the first error wins. A release primitive: it also ends the class
 * token, which no code does. */
static int device_unlock(hf_crypto_device *device, int outcome) HF_NO_TSA
{
    int rc = hf_lock_release(&device->lock);
    return outcome != HF_OK ? outcome : rc;
}

static bool has_room(const hf_buffer *buffer, size_t len)
{
    return buffer == NULL ||
           (buffer->len <= buffer->size && len <= buffer->size - buffer->len &&
            (buffer->data != NULL || len == 0));
}

static void restore(hf_buffer *buffer, size_t len, size_t room)
{
    if (buffer != NULL) {
        buffer->len = len;
        if (room > 0) {
            hf_wipe(buffer->data + len, room);
        }
    }
}

hf_crypto_device *hf_crypto_device_at(hf_crypto *crypto, uint32_t index)
{
    if (crypto == NULL || index >= crypto->device_count) {
        return NULL;
    }
    return &crypto->devices[index];
}

int hf_crypto_call_run(const hf_crypto_call *call)
{
    if (!has_room(call->out, call->out_len) || !has_room(call->tag, call->tag_len)) {
        return HF_ERR_SIZE;
    }
    size_t out_len = call->out != NULL ? call->out->len : 0;
    size_t tag_len = call->tag != NULL ? call->tag->len : 0;
    hf_crypto_device *device = call->device;
    int rc = device_lock(device);
    if (rc != HF_OK) {
        return rc;
    }
    rc = call->operation(call);
    rc = device_unlock(device, rc);
    if (device->config.ops->wipe != NULL) {
        device->config.ops->wipe(device->config.context, call->is_hash);
    }
    if (rc != HF_OK) {
        restore(call->out, out_len, call->out_len);
        restore(call->tag, tag_len, call->tag_len);
    }
    return rc;
}

int hf_crypto_check_key_type(hf_crypto_device *device, uint32_t type)
{
    if (device == NULL) {
        return HF_ERR_ARG;
    }
    if (hf_key_type_find(type) == NULL || device->config.ops->is_key_supported == NULL ||
        !device->config.ops->is_key_supported(device->config.context, type)) {
        return HF_ERR_NOTSUPPORTED;
    }
    return HF_OK;
}

/* XTS with two times the same AES key (FIPS 140-3 IG C.I): its tweak hides nothing. */
static bool has_equal_halves(hf_bytes material)
{
    size_t half = material.len / 2;
    return hf_ct_equal(material.data, material.data + half, half);
}

int hf_crypto_check_material(uint32_t type, hf_bytes material)
{
    const hf_key_type_info *info = hf_key_type_find(type);
    if (info == NULL || material.data == NULL || material.len < info->raw_len_min ||
        material.len > info->raw_len_max) {
        return HF_ERR_KEY;
    }
    bool is_xts = HF_KEY_FAMILY(type) == HF_FAMILY_AES_XTS;
    return is_xts && has_equal_halves(material) ? HF_ERR_KEY : HF_OK;
}
