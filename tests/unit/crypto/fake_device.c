/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 */
#include "fake_device.h"

#include <string.h>

/* ---- lock ---- */

static int lock_init(void *context, const void *config)
{
    (void)config;
    fake_lock *lock = context;
    lock->init_count++;
    return lock->init_status;
}

static int lock_cleanup(void *context)
{
    fake_lock *lock = context;
    lock->cleanup_count++;
    return HF_OK;
}

static int lock_acquire(void *context)
{
    fake_lock *lock = context;
    if (lock->acquire_status == HF_OK) {
        lock->depth++;
        lock->acquire_count++;
    }
    return lock->acquire_status;
}

static int lock_release(void *context)
{
    fake_lock *lock = context;
    lock->depth--;
    return lock->release_status;
}

const hf_lock_ops fake_lock_ops = { .init = lock_init,
                                    .cleanup = lock_cleanup,
                                    .acquire = lock_acquire,
                                    .release = lock_release };

/* ---- device ---- */

static bool fake_is_supported(void *context, uint16_t algorithm, uint32_t key_type)
{
    (void)key_type;
    const fake_device *device = context;
    return !device->is_nothing &&
           (device->only_algorithm == 0 || device->only_algorithm == algorithm);
}

static bool fake_is_key_supported(void *context, uint32_t key_type)
{
    (void)key_type;
    const fake_device *device = context;
    return !device->is_nothing;
}

static int enter(fake_device *device, uint32_t kind)
{
    device->call_count++;
    device->last_kind = kind;
    if (device->lock != NULL && device->lock->depth != 1) {
        device->unlocked_count++;
    }
    return device->status;
}

/* Writes its pattern in any case, and counts it: what a device leaves after an error is
 * for hf_crypto to clear. */
static int emit(fake_device *device, int rc, hf_buffer *out)
{
    memset(out->data + out->len, FAKE_BYTE, device->out_len);
    out->len += device->out_len;
    return rc;
}

static int fake_random(void *context, uint8_t *out, size_t len)
{
    memset(out, FAKE_BYTE, len);
    return enter(context, 0);
}

static int fake_generate(void *context, uint32_t type, hf_buffer *out)
{
    return emit(context, enter(context, type), out);
}

static int fake_import(void *context, uint32_t type, const hf_key_encoding *encoding,
                       hf_bytes in, hf_buffer *out)
{
    (void)encoding;
    (void)in;
    return emit(context, enter(context, type), out);
}

static int fake_convert(void *context, uint32_t type, uint16_t format, hf_bytes in,
                        hf_buffer *out)
{
    (void)format;
    (void)in;
    return emit(context, enter(context, type), out);
}

static int fake_public_key(void *context, const hf_crypto_key *key, hf_buffer *out)
{
    fake_device *device = context;
    device->parsed = key->parsed;
    return emit(device, enter(device, key->type), out);
}

static int fake_parse(void *context, uint32_t type, hf_bytes raw, void **parsed)
{
    (void)raw;
    int rc = enter(context, type);
    *parsed = rc == HF_OK ? FAKE_PARSED : NULL;
    return rc;
}

static void fake_parsed_destroy(void *context, void *parsed)
{
    fake_device *device = context;
    device->parsed = parsed;
    hf_ignore(enter(device, 0)); /* it cannot fail */
}

static int fake_hash(void *context, uint16_t algorithm, hf_bytes input, size_t output_len,
                     hf_buffer *out)
{
    (void)output_len;
    (void)input;
    return emit(context, enter(context, algorithm), out);
}

static int fake_stream_open(void *context, const hf_crypto_op *op, bool is_backward,
                            void **stream)
{
    fake_device *device = context;
    (void)is_backward;
    device->op = *op;
    int rc = enter(device, op->algorithm);
    *stream = rc == HF_OK ? FAKE_STREAM : NULL;
    return rc;
}

static int fake_stream_update(void *context, void *stream, hf_bytes input, hf_buffer *out)
{
    (void)stream;
    (void)input;
    int rc = enter(context, 0);
    return out == NULL ? rc : emit(context, rc, out);
}

static int fake_stream_finish(void *context, void *stream, hf_buffer *out, hf_buffer *tag)
{
    (void)stream;
    int rc = emit(context, enter(context, 0), out);
    return tag == NULL ? rc : emit(context, rc, tag);
}

static void fake_stream_close(void *context, void *stream)
{
    (void)stream;
    hf_ignore(enter(context, 0)); /* it cannot fail */
}

static int fake_compute(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    fake_device *device = context;
    device->parsed = op->key->parsed;
    device->op = *op;
    return emit(device, enter(device, op->algorithm), out);
}

static int fake_verify(void *context, const hf_crypto_op *op)
{
    fake_device *device = context;
    device->parsed = op->key->parsed;
    device->op = *op;
    return enter(device, op->algorithm);
}

static int fake_encrypt(void *context, const hf_crypto_op *op, hf_buffer *out,
                        hf_buffer *tag)
{
    fake_device *device = context;
    int rc = fake_compute(device, op, out);
    return tag == NULL ? rc : emit(device, rc, tag);
}

/* After its operation, when the lock has been given back. */
static void fake_wipe(void *context, bool is_hash)
{
    fake_device *device = context;
    device->wipe_count++;
    device->wipe_hash_count += is_hash ? 1 : 0;
    assert_int_equal(device->wipe_count, device->call_count);
    assert_true(device->lock == NULL || device->lock->depth == 0);
}

const hf_crypto_device_ops fake_ops = {
    .is_supported = fake_is_supported,
    .is_key_supported = fake_is_key_supported,
    .random = fake_random,
    .generate = fake_generate,
    .import = fake_import,
    .export = fake_convert,
    .public_key = fake_public_key,
    .parse = fake_parse,
    .parsed_destroy = fake_parsed_destroy,
    .hash = fake_hash,
    .stream_open = fake_stream_open,
    .stream_update = fake_stream_update,
    .stream_finish = fake_stream_finish,
    .stream_close = fake_stream_close,
    .mac = fake_compute,
    .sign = fake_compute,
    .verify = fake_verify,
    .encrypt = fake_encrypt,
    .decrypt = fake_compute,
    .derive = fake_compute,
    .agree = fake_compute,
    .encapsulate = fake_encrypt,
    .decapsulate = fake_compute,
    .wipe = fake_wipe,
};

const hf_crypto_device_ops fake_empty_ops = {
    .is_supported = fake_is_supported,
    .is_key_supported = fake_is_key_supported,
};

hf_crypto_device_config fake_config(fake_device *device)
{
    return (
        hf_crypto_device_config){ .ops = &fake_ops, .context = device, .name = "fake" };
}
