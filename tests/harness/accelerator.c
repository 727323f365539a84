/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The simulated accelerator. Every operation is enter, the inner device's operation,
 * leave. The number of threads inside is atomic, so that the watch does not depend on the
 * lock that it watches, and relaxed, so that it orders nothing itself: when the lock is
 * missing, ThreadSanitizer sees that `unguarded` is written without one.
 */
#include "harness/accelerator.h"

#include <stdio.h>
#include <stdlib.h>

/* The watch itself: true when the caller is alone inside. */
static bool enter_alone(accelerator *acc)
{
    if (hf_atomic_u32_fetch_add_relaxed(&acc->inside_count, 1) == 0) {
        return true;
    }
    hf_atomic_u64_fetch_add_relaxed(&acc->violation_count, 1);
    if (!acc->config.survives_violations) {
        fprintf(stderr, "accelerator: two threads inside an exclusive device\n");
        abort();
    }
    return false;
}

static void spend_time(accelerator *acc)
{
    acc->unguarded++;
    for (uint32_t i = 0; i < acc->config.spin_count; i++) {
        acc->unguarded++;
    }
    while (acc->config.must_wait != NULL &&
           acc->config.must_wait(acc->config.wait_context)) {
    }
}

/* HF_OK, or the fault that is due. To be followed by leave in either case. */
static int enter(accelerator *acc)
{
    bool is_alone = enter_alone(acc);
    uint64_t number = hf_atomic_u64_fetch_add_relaxed(&acc->operation_count, 1) + 1;
    if (is_alone) {
        spend_time(acc);
    }
    if (number == hf_atomic_u64_load_relaxed(&acc->fail_at)) {
        return -(int)hf_atomic_u32_load_relaxed(&acc->fail_status);
    }
    return HF_OK;
}

static void leave(accelerator *acc)
{
    hf_atomic_u32_fetch_add_relaxed(&acc->inside_count, UINT32_MAX); /* minus 1 */
}

/* One operation of the inner device between enter and leave. */
#define INSIDE(context, operation, ...)                                                  \
    accelerator *acc = (context);                                                        \
    const hf_crypto_device_config *inner = &acc->config.inner;                           \
    int rc = enter(acc);                                                                 \
    if (rc == HF_OK) {                                                                   \
        rc = inner->ops->operation(inner->context, __VA_ARGS__);                         \
    } else {                                                                             \
        hf_atomic_u64_fetch_add_relaxed(&acc->fault_count, 1);                           \
    }                                                                                    \
    leave(acc);                                                                          \
    return rc

/* The same for what cannot fail; a fault does not keep it from being done. */
#define INSIDE_VOID(context, operation, ...)                                             \
    accelerator *acc = (context);                                                        \
    const hf_crypto_device_config *inner = &acc->config.inner;                           \
    hf_ignore(enter(acc)); /* nobody to tell */                                          \
    inner->ops->operation(inner->context, __VA_ARGS__);                                  \
    leave(acc)

static bool acc_is_supported(void *context, uint16_t algorithm, uint32_t key_type)
{
    const accelerator *acc = context;
    const hf_crypto_device_config *inner = &acc->config.inner;
    bool is_listed = acc->config.algorithm_count == 0;
    for (uint32_t i = 0; i < acc->config.algorithm_count; i++) {
        is_listed = is_listed || acc->config.algorithms[i] == algorithm;
    }
    return is_listed && inner->ops->is_supported(inner->context, algorithm, key_type);
}

static bool acc_is_key_supported(void *context, uint32_t key_type)
{
    const accelerator *acc = context;
    const hf_crypto_device_config *inner = &acc->config.inner;
    return inner->ops->is_key_supported(inner->context, key_type);
}

static int acc_random(void *context, uint8_t *out, size_t len)
{
    INSIDE(context, random, out, len);
}

static int acc_generate(void *context, uint32_t type, hf_buffer *out)
{
    INSIDE(context, generate, type, out);
}

static int acc_import(void *context, uint32_t type, const hf_key_encoding *encoding,
                      hf_bytes in, hf_buffer *out)
{
    INSIDE(context, import, type, encoding, in, out);
}

static int acc_export(void *context, uint32_t type, uint16_t format, hf_bytes raw,
                      hf_buffer *out)
{
    INSIDE(context, export, type, format, raw, out);
}

static int acc_public_key(void *context, const hf_crypto_key *key, hf_buffer *out)
{
    INSIDE(context, public_key, key, out);
}

static int acc_parse(void *context, uint32_t type, hf_bytes raw, void **parsed)
{
    INSIDE(context, parse, type, raw, parsed);
}

static void acc_parsed_destroy(void *context, void *parsed)
{
    INSIDE_VOID(context, parsed_destroy, parsed);
}

static int acc_hash(void *context, uint16_t algorithm, hf_bytes input, size_t output_len,
                    hf_buffer *out)
{
    INSIDE(context, hash, algorithm, input, output_len, out);
}

static int acc_stream_open(void *context, const hf_crypto_op *op, bool is_backward,
                           void **stream)
{
    INSIDE(context, stream_open, op, is_backward, stream);
}

static int acc_stream_update(void *context, void *stream, hf_bytes input, hf_buffer *out)
{
    INSIDE(context, stream_update, stream, input, out);
}

static int acc_stream_finish(void *context, void *stream, hf_buffer *out, hf_buffer *tag)
{
    INSIDE(context, stream_finish, stream, out, tag);
}

static void acc_stream_close(void *context, void *stream)
{
    INSIDE_VOID(context, stream_close, stream);
}

static int acc_mac(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    INSIDE(context, mac, op, out);
}

static int acc_sign(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    INSIDE(context, sign, op, out);
}

static int acc_verify(void *context, const hf_crypto_op *op)
{
    INSIDE(context, verify, op);
}

static int acc_encrypt(void *context, const hf_crypto_op *op, hf_buffer *out,
                       hf_buffer *tag)
{
    INSIDE(context, encrypt, op, out, tag);
}

static int acc_decrypt(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    INSIDE(context, decrypt, op, out);
}

static int acc_derive(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    INSIDE(context, derive, op, out);
}

static int acc_agree(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    INSIDE(context, agree, op, out);
}

static int acc_encapsulate(void *context, const hf_crypto_op *op, hf_buffer *ciphertext,
                           hf_buffer *secret)
{
    INSIDE(context, encapsulate, op, ciphertext, secret);
}

static int acc_decapsulate(void *context, const hf_crypto_op *op, hf_buffer *secret)
{
    INSIDE(context, decapsulate, op, secret);
}

static const hf_crypto_device_ops accelerator_ops = {
    .is_supported = acc_is_supported,
    .is_key_supported = acc_is_key_supported,
    .random = acc_random,
    .generate = acc_generate,
    .import = acc_import,
    .export = acc_export,
    .public_key = acc_public_key,
    .parse = acc_parse,
    .parsed_destroy = acc_parsed_destroy,
    .hash = acc_hash,
    .stream_open = acc_stream_open,
    .stream_update = acc_stream_update,
    .stream_finish = acc_stream_finish,
    .stream_close = acc_stream_close,
    .mac = acc_mac,
    .sign = acc_sign,
    .verify = acc_verify,
    .encrypt = acc_encrypt,
    .decrypt = acc_decrypt,
    .derive = acc_derive,
    .agree = acc_agree,
    .encapsulate = acc_encapsulate,
    .decapsulate = acc_decapsulate,
};

void accelerator_init(accelerator *acc, const accelerator_config *config)
{
    *acc = (accelerator){ .config = *config };
}

hf_crypto_device_config accelerator_device(accelerator *acc)
{
    return (hf_crypto_device_config){ .ops = &accelerator_ops,
                                      .context = acc,
                                      .name = "accelerator",
                                      .is_exclusive = true,
                                      .is_hardware = true,
                                      .lock = acc->config.lock };
}

void accelerator_fail(accelerator *acc, uint64_t n, int status)
{
    hf_atomic_u32_store_relaxed(&acc->fail_status, (uint32_t)-status);
    hf_atomic_u64_store_relaxed(&acc->fail_at, accelerator_operations(acc) + n);
}

uint64_t accelerator_faults(const accelerator *acc)
{
    return hf_atomic_u64_load_relaxed(&acc->fault_count);
}

uint64_t accelerator_operations(const accelerator *acc)
{
    return hf_atomic_u64_load_relaxed(&acc->operation_count);
}

uint64_t accelerator_violations(const accelerator *acc)
{
    return hf_atomic_u64_load_relaxed(&acc->violation_count);
}

bool accelerator_is_inside(const accelerator *acc)
{
    return hf_atomic_u32_load_relaxed(&acc->inside_count) != 0;
}
