/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Guards around devices: see guard.h.
 */
#include "harness/guard.h"

#include <stdio.h>
#include <stdlib.h>

static void lock_check(const hf_lock *lock, const char *operation)
{
    if (HF_CFG_THREADSAFE && hf_lock_is_held(lock)) {
        fprintf(stderr, "the store lock is held during: %s\n", operation);
        abort();
    }
}

/* ---- crypto ---- */

/* The inner device, after the check. */
static const hf_crypto_device_config *enter(void *context, const char *operation)
{
    guard_crypto *guard = context;
    lock_check(guard->lock, operation);
    return &guard->inner;
}

static bool guard_is_supported(void *context, uint16_t algorithm, uint32_t key_type)
{
    guard_crypto *guard = context;
    return guard->inner.ops->is_supported(guard->inner.context, algorithm, key_type);
}

static bool guard_is_key_supported(void *context, uint32_t key_type)
{
    guard_crypto *guard = context;
    return guard->inner.ops->is_key_supported(guard->inner.context, key_type);
}

static int guard_random(void *context, uint8_t *out, size_t len)
{
    const hf_crypto_device_config *inner = enter(context, "random");
    return inner->ops->random(inner->context, out, len);
}

static int guard_generate(void *context, uint32_t type, hf_buffer *out)
{
    const hf_crypto_device_config *inner = enter(context, "generate");
    return inner->ops->generate(inner->context, type, out);
}

static int guard_import(void *context, uint32_t type, const hf_key_encoding *encoding,
                        hf_bytes in, hf_buffer *out)
{
    const hf_crypto_device_config *inner = enter(context, "import");
    return inner->ops->import(inner->context, type, encoding, in, out);
}

static int guard_export(void *context, uint32_t type, uint16_t format, hf_bytes raw,
                        hf_buffer *out)
{
    const hf_crypto_device_config *inner = enter(context, "export");
    return inner->ops->export(inner->context, type, format, raw, out);
}

static int guard_public_key(void *context, const hf_crypto_key *key, hf_buffer *out)
{
    const hf_crypto_device_config *inner = enter(context, "public key");
    return inner->ops->public_key(inner->context, key, out);
}

static int guard_parse(void *context, uint32_t type, hf_bytes raw, void **parsed)
{
    const hf_crypto_device_config *inner = enter(context, "parse");
    return inner->ops->parse(inner->context, type, raw, parsed);
}

static void guard_parsed_destroy(void *context, void *parsed)
{
    const hf_crypto_device_config *inner = enter(context, "destroy of a parsed key");
    inner->ops->parsed_destroy(inner->context, parsed);
}

static int guard_hash(void *context, uint16_t algorithm, hf_bytes input,
                      size_t output_len, hf_buffer *out)
{
    const hf_crypto_device_config *inner = enter(context, "hash");
    return inner->ops->hash(inner->context, algorithm, input, output_len, out);
}

static int guard_stream_open(void *context, const hf_crypto_op *op, bool is_backward,
                             void **stream)
{
    const hf_crypto_device_config *inner = enter(context, "stream open");
    return inner->ops->stream_open(inner->context, op, is_backward, stream);
}

static int guard_stream_update(void *context, void *stream, hf_bytes input,
                               hf_buffer *out)
{
    const hf_crypto_device_config *inner = enter(context, "stream update");
    return inner->ops->stream_update(inner->context, stream, input, out);
}

static int guard_stream_finish(void *context, void *stream, hf_buffer *out,
                               hf_buffer *tag)
{
    const hf_crypto_device_config *inner = enter(context, "stream finish");
    return inner->ops->stream_finish(inner->context, stream, out, tag);
}

static void guard_stream_close(void *context, void *stream)
{
    const hf_crypto_device_config *inner = enter(context, "stream close");
    inner->ops->stream_close(inner->context, stream);
}

static int guard_mac(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    const hf_crypto_device_config *inner = enter(context, "mac");
    return inner->ops->mac(inner->context, op, out);
}

static int guard_sign(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    const hf_crypto_device_config *inner = enter(context, "sign");
    return inner->ops->sign(inner->context, op, out);
}

static int guard_verify(void *context, const hf_crypto_op *op)
{
    const hf_crypto_device_config *inner = enter(context, "verify");
    return inner->ops->verify(inner->context, op);
}

static int guard_encrypt(void *context, const hf_crypto_op *op, hf_buffer *out,
                         hf_buffer *tag)
{
    const hf_crypto_device_config *inner = enter(context, "encrypt");
    return inner->ops->encrypt(inner->context, op, out, tag);
}

static int guard_decrypt(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    const hf_crypto_device_config *inner = enter(context, "decrypt");
    return inner->ops->decrypt(inner->context, op, out);
}

static int guard_derive(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    const hf_crypto_device_config *inner = enter(context, "derive");
    return inner->ops->derive(inner->context, op, out);
}

static int guard_agree(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    const hf_crypto_device_config *inner = enter(context, "agree");
    return inner->ops->agree(inner->context, op, out);
}

static int guard_encapsulate(void *context, const hf_crypto_op *op, hf_buffer *ciphertext,
                             hf_buffer *secret)
{
    const hf_crypto_device_config *inner = enter(context, "encapsulate");
    return inner->ops->encapsulate(inner->context, op, ciphertext, secret);
}

static int guard_decapsulate(void *context, const hf_crypto_op *op, hf_buffer *secret)
{
    const hf_crypto_device_config *inner = enter(context, "decapsulate");
    return inner->ops->decapsulate(inner->context, op, secret);
}

static const hf_crypto_device_ops guard_crypto_ops = {
    .is_supported = guard_is_supported,
    .is_key_supported = guard_is_key_supported,
    .random = guard_random,
    .generate = guard_generate,
    .import = guard_import,
    .export = guard_export,
    .public_key = guard_public_key,
    .parse = guard_parse,
    .parsed_destroy = guard_parsed_destroy,
    .hash = guard_hash,
    .stream_open = guard_stream_open,
    .stream_update = guard_stream_update,
    .stream_finish = guard_stream_finish,
    .stream_close = guard_stream_close,
    .mac = guard_mac,
    .sign = guard_sign,
    .verify = guard_verify,
    .encrypt = guard_encrypt,
    .decrypt = guard_decrypt,
    .derive = guard_derive,
    .agree = guard_agree,
    .encapsulate = guard_encapsulate,
    .decapsulate = guard_decapsulate,
};

hf_crypto_device_config guard_crypto_device(guard_crypto *guard,
                                            const hf_crypto_device_config *inner,
                                            const hf_lock *lock)
{
    *guard = (guard_crypto){ .inner = *inner, .lock = lock };
    hf_crypto_device_config config = *inner;
    config.ops = &guard_crypto_ops;
    config.context = guard;
    return config;
}

/* ---- nvm ---- */

static const hf_nvm_device *enter_nvm(void *context, const char *operation)
{
    guard_nvm *guard = context;
    lock_check(guard->lock, operation);
    return guard->inner;
}

static void guard_geometry(void *context, hf_nvm_geometry *geometry)
{
    guard_nvm *guard = context;
    guard->inner->ops->geometry(guard->inner->context, geometry);
}

static int guard_read(void *context, hf_nvm_address at, uint8_t *data, size_t len)
{
    guard_nvm *guard = context;
    return guard->inner->ops->read(guard->inner->context, at, data, len);
}

static int guard_program(void *context, hf_nvm_address at, const uint8_t *data,
                         size_t len)
{
    const hf_nvm_device *inner = enter_nvm(context, "program");
    return inner->ops->program(inner->context, at, data, len);
}

static int guard_erase(void *context, uint32_t region)
{
    const hf_nvm_device *inner = enter_nvm(context, "erase");
    return inner->ops->erase(inner->context, region);
}

static int guard_sync(void *context)
{
    const hf_nvm_device *inner = enter_nvm(context, "sync");
    return inner->ops->sync(inner->context);
}

static int guard_scrub(void *context, hf_nvm_address at, size_t len)
{
    const hf_nvm_device *inner = enter_nvm(context, "scrub");
    return inner->ops->scrub(inner->context, at, len);
}

static const hf_nvm_device_ops guard_nvm_ops = {
    .geometry = guard_geometry,
    .read = guard_read,
    .program = guard_program,
    .erase = guard_erase,
    .sync = guard_sync,
    .scrub = guard_scrub,
};

void guard_nvm_init(guard_nvm *guard, const hf_nvm_device *inner, const hf_lock *lock)
{
    *guard = (guard_nvm){ .device = { .ops = &guard_nvm_ops, .context = guard },
                          .inner = inner,
                          .lock = lock };
}
