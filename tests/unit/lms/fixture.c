/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * See fixture.h.
 */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

hf_lms_engine engine;
uint64_t operation_count;
uint64_t fail_at;
uint64_t flip_at;

static hf_openssl *openssl;
static hf_crypto crypto;
static hf_crypto_device_config inner;
static hf_crypto_device_ops outer;

/* ---- the engine ---- */

static bool is_failing(void)
{
    operation_count++;
    return operation_count == fail_at;
}

static int failing_hash(void *context, uint16_t algorithm, hf_bytes input,
                        size_t output_len, hf_buffer *out)
{
    if (is_failing()) {
        return HF_ERR_CRYPTO;
    }
    int rc = inner.ops->hash(context, algorithm, input, output_len, out);
    if (operation_count == flip_at) {
        out->data[out->len - 9] ^= 0x10;
    }
    return rc;
}

static int failing_open(void *context, const hf_crypto_op *op, bool is_backward,
                        void **stream)
{
    return is_failing() ? HF_ERR_CRYPTO
                        : inner.ops->stream_open(context, op, is_backward, stream);
}

static int failing_update(void *context, void *stream, hf_bytes input, hf_buffer *out)
{
    return is_failing() ? HF_ERR_CRYPTO
                        : inner.ops->stream_update(context, stream, input, out);
}

static int failing_finish(void *context, void *stream, hf_buffer *out, hf_buffer *tag)
{
    return is_failing() ? HF_ERR_CRYPTO
                        : inner.ops->stream_finish(context, stream, out, tag);
}

int engine_open(void **state)
{
    (void)state;
    if (hf_openssl_open(&openssl) != HF_OK) {
        return -1;
    }
    inner = hf_openssl_device(openssl);
    outer = *inner.ops;
    outer.hash = failing_hash;
    outer.stream_open = failing_open;
    outer.stream_update = failing_update;
    outer.stream_finish = failing_finish;
    hf_crypto_device_config device = inner;
    device.ops = &outer;
    engine = (hf_lms_engine){ .crypto = &crypto, .device = 0 };
    return hf_crypto_init(&crypto, &device, 1) == HF_OK ? 0 : -1;
}

int engine_close(void **state)
{
    (void)state;
    int rc = hf_crypto_cleanup(&crypto);
    hf_openssl_close(openssl);
    return rc == HF_OK ? 0 : -1;
}

/* ---- keys ---- */

static hf_buffer buffer_create(size_t size)
{
    uint8_t *data = malloc(size);
    assert_non_null(data);
    return hf_buffer_of(data, size);
}

hf_hss_params one_level(uint32_t lms_type, uint32_t ots_type)
{
    return (hf_hss_params){ .level_count = 1, .levels = { { lms_type, ots_type } } };
}

test_key *key_create(const hf_hss_params *params)
{
    uint8_t entropy[HF_LMS_ID_SIZE + HF_LMS_HASH_SIZE_MAX];
    for (size_t i = 0; i < sizeof(entropy); i++) {
        entropy[i] = (uint8_t)i;
    }
    test_key *key = calloc(1, sizeof(*key));
    assert_non_null(key);
    key->params = *params;
    key->private_key = buffer_create(hf_hss_private_len(params));
    key->public_key = buffer_create(hf_hss_public_len(params));
    for (uint32_t i = 0; i < params->level_count; i++) {
        key->caches[i] = buffer_create(hf_hss_cache_len(params, i));
    }
    assert_int_equal(hf_hss_generate(&engine, params,
                                     hf_bytes_of(entropy, hf_hss_entropy_len(params)),
                                     &key->private_key, &key->caches[0]),
                     HF_OK);
    assert_int_equal(key->private_key.len, key->private_key.size);
    assert_int_equal(key->caches[0].len, key->caches[0].size);
    assert_int_equal(
        hf_hss_public_of_private(bytes_of_buffer(&key->private_key), &key->public_key),
        HF_OK);
    assert_int_equal(key->public_key.len, key->public_key.size);
    return key;
}

void key_destroy(test_key *key)
{
    free(key->private_key.data);
    free(key->public_key.data);
    for (uint32_t i = 0; i < key->params.level_count; i++) {
        free(key->caches[i].data);
    }
    free(key);
}

hf_hss_place key_place(const test_key *key, uint32_t level, uint64_t index)
{
    const uint8_t *cache = key->caches[level].data;
    const size_t node_len = hf_hss_node_len(&key->params);
    const uint32_t count = hf_hss_path_count(&key->params, level);
    hf_buffer head = buffer_create(hf_hss_head_len(&key->params, level));
    hf_buffer path = buffer_create(count * node_len);
    memcpy(head.data, cache, head.size);
    for (uint32_t i = 0; i < count; i++) {
        size_t offset = hf_hss_path_offset(&key->params, level, index, i);
        assert_true(offset >= head.size && offset + node_len <= key->caches[level].size);
        memcpy(path.data + i * node_len, cache + offset, node_len);
    }
    return (hf_hss_place){ .head = hf_bytes_of(head.data, head.size),
                           .path = hf_bytes_of(path.data, path.size) };
}

void place_destroy(hf_hss_place *place)
{
    free((void *)(uintptr_t)place->head.data);
    free((void *)(uintptr_t)place->path.data);
}

int key_move(test_key *key, uint64_t index)
{
    int rc = HF_OK;
    for (uint32_t level = 1; level < key->params.level_count && rc == HF_OK; level++) {
        hf_hss_build_op op = { .level = level,
                               .index = index,
                               .above = key_place(key, level - 1, index) };
        key->caches[level].len = 0;
        rc = hf_hss_build(&engine, bytes_of_buffer(&key->private_key), &op,
                          &key->caches[level]);
        assert_int_equal(key->caches[level].len,
                         rc == HF_OK ? key->caches[level].size : 0);
        place_destroy(&op.above);
    }
    return rc;
}

int key_sign(const test_key *key, uint64_t index, hf_bytes message, hf_buffer *signature)
{
    hf_hss_sign_op op = { .index = index,
                          .message = message,
                          .place = key_place(key, key->params.level_count - 1, index) };
    *signature = buffer_create(hf_hss_signature_len(&key->params));
    int rc = hf_hss_sign(&engine, bytes_of_buffer(&key->private_key), &op, signature);
    place_destroy(&op.place);
    return rc;
}

/* ---- bytes ---- */

hf_bytes bytes_of_text(const char *text)
{
    return hf_bytes_of(text, strlen(text));
}

hf_bytes bytes_of_buffer(const hf_buffer *buffer)
{
    return hf_bytes_of(buffer->data, buffer->len);
}

static uint8_t digit_of(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

hf_buffer buffer_of_pieces(const char *const *pieces)
{
    size_t len = 0;
    for (size_t i = 0; pieces[i] != NULL; i++) {
        len += strlen(pieces[i]) / 2;
    }
    hf_buffer buffer = buffer_create(len);
    for (size_t i = 0; pieces[i] != NULL; i++) {
        for (const char *at = pieces[i]; *at != '\0'; at += 2) {
            buffer.data[buffer.len++] = (uint8_t)(digit_of(at[0]) << 4 | digit_of(at[1]));
        }
    }
    return buffer;
}

hf_buffer buffer_of_hex(const char *hex)
{
    const char *const pieces[] = { hex, NULL };
    return buffer_of_pieces(pieces);
}
