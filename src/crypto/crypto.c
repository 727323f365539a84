/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The device list and its selection, the random generator and the operations on keys.
 * What computes with keys is in operation.c, hashes in hash.c; all of them run through
 * call.c, which holds a device's lock. The list is immutable after init and needs no
 * lock.
 */
#include "holdfast/crypto.h"

#include "crypto/call.h"

#if HF_CFG_CRYPTO_DEVICES_MAX < 1 || HF_CFG_CRYPTO_DEVICES_MAX > 8
#error "HF_CFG_CRYPTO_DEVICES_MAX must be 1..8"
#endif

/* ---- life ---- */

static int device_init(hf_crypto_device *device, const hf_crypto_device_config *config)
{
    if (config->ops == NULL) {
        return HF_ERR_ARG;
    }
    device->config = *config;
    return hf_lock_init(&device->lock, config->is_exclusive ? config->lock : NULL);
}

int hf_crypto_init(hf_crypto *crypto, const hf_crypto_device_config *devices,
                   uint32_t count)
{
    if (crypto == NULL) {
        return HF_ERR_ARG;
    }
    *crypto = (hf_crypto){ .device_count = 0 };
    if (count > HF_CFG_CRYPTO_DEVICES_MAX || (devices == NULL && count > 0)) {
        return HF_ERR_ARG;
    }
    for (uint32_t i = 0; i < count; i++) {
        int rc = device_init(&crypto->devices[i], &devices[i]);
        if (rc != HF_OK) {
            hf_ignore(hf_crypto_cleanup(crypto)); /* the first error is the one to tell */
            return rc;
        }
        crypto->device_count = i + 1;
    }
    return HF_OK;
}

int hf_crypto_cleanup(hf_crypto *crypto)
{
    if (crypto == NULL) {
        return HF_ERR_ARG;
    }
    int first = HF_OK;
    for (uint32_t i = crypto->device_count; i-- > 0;) {
        int rc = hf_lock_cleanup(&crypto->devices[i].lock);
        if (first == HF_OK) {
            first = rc;
        }
    }
    *crypto = (hf_crypto){ .device_count = 0 };
    return first;
}

/* ---- selection ---- */

static bool is_match(const hf_crypto_device *device, uint16_t affinity)
{
    return affinity == HF_AFFINITY_ANY ||
           device->config.is_hardware == (affinity == HF_AFFINITY_HARDWARE);
}

static bool can_serve(const hf_crypto_device *device, uint16_t algorithm,
                      uint32_t key_type)
{
    const hf_crypto_device_ops *ops = device->config.ops;
    void *context = device->config.context;
    if (algorithm != HF_ALG_NONE) {
        return ops->is_supported != NULL &&
               ops->is_supported(context, algorithm, key_type);
    }
    if (key_type != 0) {
        return ops->is_key_supported != NULL && ops->is_key_supported(context, key_type);
    }
    return ops->random != NULL;
}

int hf_crypto_select_from(const hf_crypto *crypto, uint16_t algorithm, uint32_t key_type,
                          uint16_t affinity, uint32_t *device)
{
    if (device == NULL) {
        return HF_ERR_ARG;
    }
    uint32_t first = *device;
    *device = HF_CRYPTO_DEVICE_NONE;
    if (crypto == NULL || affinity > HF_AFFINITY_SOFTWARE) {
        return HF_ERR_ARG;
    }
    for (uint32_t i = first; i < crypto->device_count; i++) {
        if (is_match(&crypto->devices[i], affinity) &&
            can_serve(&crypto->devices[i], algorithm, key_type)) {
            *device = i;
            return HF_OK;
        }
    }
    return HF_ERR_NOTSUPPORTED;
}

int hf_crypto_select(const hf_crypto *crypto, uint16_t algorithm, uint32_t key_type,
                     uint16_t affinity, uint32_t *device)
{
    if (device != NULL) {
        *device = 0;
    }
    return hf_crypto_select_from(crypto, algorithm, key_type, affinity, device);
}

/* ---- random ---- */

static int call_random(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->random == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = config->ops->random(config->context, call->out->data, call->out_len);
    if (rc == HF_OK) {
        call->out->len = call->out_len;
    }
    return rc;
}

int hf_crypto_random(hf_crypto *crypto, uint32_t device, uint8_t *out, size_t len)
{
    hf_crypto_device *found = hf_crypto_device_at(crypto, device);
    if (found == NULL || (out == NULL && len > 0)) {
        return HF_ERR_ARG;
    }
    if (len == 0) {
        return HF_OK;
    }
    hf_buffer buffer = hf_buffer_of(out, len);
    int rc = hf_crypto_call_run(&(hf_crypto_call){
        .device = found, .operation = call_random, .out = &buffer, .out_len = len });
    if (rc != HF_OK) {
        hf_wipe(out, len); /* also when the lock could not be had */
    }
    return rc;
}

/* ---- keys ---- */

static int call_generate(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->generate == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->generate(config->context, call->kind, call->out);
}

int hf_crypto_generate(hf_crypto *crypto, uint32_t device, uint32_t type, hf_buffer *out)
{
    hf_crypto_device *found = hf_crypto_device_at(crypto, device);
    if (out == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_crypto_check_key_type(found, type);
    if (rc != HF_OK) {
        return rc;
    }
    if (HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        return HF_ERR_TYPE;
    }
    return hf_crypto_call_run(
        &(hf_crypto_call){ .device = found,
                           .operation = call_generate,
                           .kind = type,
                           .out = out,
                           .out_len = hf_crypto_key_len_max(type, HF_FORMAT_RAW) });
}

static int call_import(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->import == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->import(config->context, call->kind, call->encoding, call->input,
                               call->out);
}

/* Can a key of this type be imported in this form? */
static int check_encoding(uint32_t type, const hf_key_encoding *encoding)
{
    uint16_t format = encoding->format;
    bool is_encrypted = format == HF_FORMAT_ENCRYPTED;
    if (format > HF_FORMAT_MAX || !hf_crypto_is_readable(encoding->password) ||
        (encoding->password.len != 0 && !is_encrypted)) {
        return HF_ERR_ARG;
    }
    bool is_private = HF_KEY_CLASS(type) == HF_CLASS_PRIVATE;
    if (is_encrypted) {
        return is_private && hf_crypto_key_len_max(type, HF_FORMAT_DER) != 0
                   ? HF_OK
                   : HF_ERR_TYPE;
    }
    if (format == HF_FORMAT_SEC1) {
        return is_private && HF_KEY_FAMILY(type) == HF_FAMILY_EC ? HF_OK : HF_ERR_TYPE;
    }
    return hf_crypto_key_len_max(type, format) == 0 ? HF_ERR_TYPE : HF_OK;
}

/* Is there a DER form of the type, if DER is asked for? */
static int check_format(uint32_t type, uint16_t format)
{
    if (format != HF_FORMAT_RAW && format != HF_FORMAT_DER) {
        return HF_ERR_ARG;
    }
    return hf_crypto_key_len_max(type, format) == 0 ? HF_ERR_TYPE : HF_OK;
}

int hf_crypto_import(hf_crypto *crypto, uint32_t device, const hf_crypto_key *encoded,
                     const hf_key_encoding *encoding, hf_buffer *out)
{
    hf_crypto_device *found = hf_crypto_device_at(crypto, device);
    if (encoded == NULL || encoding == NULL || out == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_crypto_check_key_type(found, encoded->type);
    if (rc == HF_OK) {
        rc = check_encoding(encoded->type, encoding);
    }
    bool is_raw = encoding->format == HF_FORMAT_RAW;
    if (rc == HF_OK && is_raw) {
        rc = hf_crypto_check_material(encoded->type, encoded->material);
    } else if (rc == HF_OK &&
               (encoded->material.data == NULL || encoded->material.len == 0)) {
        rc = HF_ERR_KEY;
    }
    if (rc != HF_OK) {
        return rc;
    }
    size_t out_len = is_raw ? encoded->material.len
                            : hf_crypto_key_len_max(encoded->type, HF_FORMAT_RAW);
    return hf_crypto_call_run(&(hf_crypto_call){ .device = found,
                                                 .operation = call_import,
                                                 .kind = encoded->type,
                                                 .encoding = encoding,
                                                 .input = encoded->material,
                                                 .out = out,
                                                 .out_len = out_len });
}

static int call_export(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->export == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->export(config->context, call->kind, call->format, call->input,
                               call->out);
}

/* What every use of a raw key has in common. */
static int check_key(hf_crypto_device *device, const hf_crypto_key *key)
{
    if (key == NULL) {
        return HF_ERR_ARG;
    }
    int rc = hf_crypto_check_key_type(device, key->type);
    return rc != HF_OK ? rc : hf_crypto_check_material(key->type, key->material);
}

int hf_crypto_export(hf_crypto *crypto, uint32_t device, const hf_crypto_key *key,
                     uint16_t format, hf_buffer *out)
{
    hf_crypto_device *found = hf_crypto_device_at(crypto, device);
    int rc = out == NULL ? HF_ERR_ARG : check_key(found, key);
    if (rc == HF_OK) {
        rc = check_format(key->type, format);
    }
    if (rc != HF_OK) {
        return rc;
    }
    size_t out_len = format == HF_FORMAT_RAW ? key->material.len
                                             : hf_crypto_key_len_max(key->type, format);
    return hf_crypto_call_run(&(hf_crypto_call){ .device = found,
                                                 .operation = call_export,
                                                 .kind = key->type,
                                                 .format = format,
                                                 .input = key->material,
                                                 .out = out,
                                                 .out_len = out_len });
}

static int call_public_key(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->public_key == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return config->ops->public_key(config->context, call->key, call->out);
}

int hf_crypto_public_key(hf_crypto *crypto, uint32_t device, const hf_crypto_key *key,
                         hf_buffer *out)
{
    hf_crypto_device *found = hf_crypto_device_at(crypto, device);
    int rc = out == NULL ? HF_ERR_ARG : check_key(found, key);
    if (rc != HF_OK) {
        return rc;
    }
    size_t public_len = hf_key_type_find(key->type)->public_len;
    if (public_len == 0) {
        return HF_ERR_TYPE;
    }
    hf_crypto_key view = hf_crypto_key_for(key, device);
    return hf_crypto_call_run(&(hf_crypto_call){ .device = found,
                                                 .operation = call_public_key,
                                                 .key = &view,
                                                 .out = out,
                                                 .out_len = public_len });
}

static int call_parse(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->parse == NULL) {
        return HF_OK;
    }
    return config->ops->parse(config->context, call->kind, call->input, call->created);
}

int hf_crypto_parse(hf_crypto *crypto, uint32_t device, hf_crypto_key *key)
{
    hf_crypto_device *found = hf_crypto_device_at(crypto, device);
    int rc = check_key(found, key);
    if (rc != HF_OK) {
        if (key != NULL) {
            key->parsed = NULL;
        }
        return rc;
    }
    key->parsed = NULL;
    key->device = device;
    rc = hf_crypto_call_run(&(hf_crypto_call){ .device = found,
                                               .operation = call_parse,
                                               .kind = key->type,
                                               .input = key->material,
                                               .created = &key->parsed });
    return rc;
}

static int call_parsed_destroy(const hf_crypto_call *call)
{
    const hf_crypto_device_config *config = &call->device->config;
    if (config->ops->parsed_destroy != NULL) {
        config->ops->parsed_destroy(config->context, *call->created);
    }
    return HF_OK;
}

void hf_crypto_parsed_destroy(hf_crypto *crypto, uint32_t device, void *parsed)
{
    hf_crypto_device *found = hf_crypto_device_at(crypto, device);
    if (found == NULL || parsed == NULL) {
        return;
    }
    /* Nobody can be told, and without its lock an exclusive device must not be
     * entered. */
    hf_ignore(hf_crypto_call_run(&(hf_crypto_call){
        .device = found, .operation = call_parsed_destroy, .created = &parsed }));
}
