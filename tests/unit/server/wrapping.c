/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * See wrapping.h.
 */
#include "wrapping.h"

#include <stdlib.h>
#include <string.h>

#define LARGE_COUNT 3u

const uint8_t kek_bytes[32] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };
const uint8_t key_bytes[32] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF,
                                0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
                                0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F };

const uint32_t wrapping_types[] = { HF_KEY_AES_128,  HF_KEY_AES_192, HF_KEY_AES_256,
                                    HF_KEY_HMAC,     HF_KEY_SECRET,  HF_KEY_AES_256_XTS,
                                    HF_KEY_CHACHA20, HF_KEY_P256,    HF_KEY_P521,
                                    HF_KEY_ED25519,  HF_KEY_X25519 };
const size_t wrapping_type_count = sizeof wrapping_types / sizeof wrapping_types[0];

hf_bytes bytes_of(const blob *b)
{
    return hf_bytes_of(b->data, b->len);
}

void keep(blob *b, hf_bytes bytes)
{
    assert_true(bytes.len <= sizeof b->data);
    memcpy(b->data, bytes.data, bytes.len);
    b->len = bytes.len;
}

int import(peer *p, hf_handle handle, uint32_t type, uint32_t flags, hf_bytes raw)
{
    return CALL(p, key_import, NULL, .handle = handle, .type = type, .flags = flags,
                .store = 1, .material = raw);
}

int generate(peer *p, hf_handle handle, uint32_t type, uint32_t flags)
{
    return CALL(p, key_generate, NULL, .handle = handle, .type = type, .flags = flags,
                .store = 1);
}

void import_kek(peer *p, uint32_t flags)
{
    assert_status(HF_OK, import(p, KEK, HF_KEY_AES_256, flags,
                                hf_bytes_of(kek_bytes, sizeof kek_bytes)));
}

void import_key(peer *p, hf_handle handle, uint32_t flags)
{
    assert_status(HF_OK, import(p, handle, HF_KEY_AES_256, HF_USAGE_ENCRYPT | flags,
                                hf_bytes_of(key_bytes, sizeof key_bytes)));
}

int wrap(peer *p, hf_handle handle, uint16_t algorithm, blob *out)
{
    hf_key_wrap_response answer;
    int rc =
        CALL(p, key_wrap, &answer, .handle = handle, .kek = KEK, .algorithm = algorithm);
    if (rc == HF_OK && out != NULL) {
        keep(out, answer.wrapped);
    }
    return rc;
}

int unwrap(peer *p, hf_handle handle, uint16_t algorithm, uint32_t type, hf_bytes wrapped)
{
    return CALL(p, key_unwrap, NULL, .handle = handle, .type = type, .kek = KEK,
                .algorithm = algorithm, .wrapped = wrapped);
}

hf_key_info_response info_of(peer *p, hf_handle handle)
{
    hf_key_info_response out = { 0 };
    assert_status(HF_OK, CALL(p, key_info, &out, .handle = handle));
    return out;
}

void erase(peer *p, hf_handle handle)
{
    assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = handle));
}

void assert_no_key(peer *p, hf_handle handle)
{
    assert_status(HF_ERR_NOTFOUND, CALL(p, key_info, NULL, .handle = handle));
}

void assert_material(peer *p, hf_handle handle, hf_bytes raw)
{
    hf_key_export_response out;
    assert_status(HF_OK, CALL(p, key_export, &out, .handle = handle));
    assert_int_equal(raw.len, out.material.len);
    assert_memory_equal(raw.data, out.material.data, raw.len);
}

void assert_same(peer *p, hf_handle one, hf_handle other)
{
    blob raw;
    hf_key_export_response out;
    assert_status(HF_OK, CALL(p, key_export, &out, .handle = one));
    keep(&raw, out.material);
    assert_material(p, other, bytes_of(&raw));
}

void make_pair(peer *p, uint32_t flags)
{
    hf_key_export_public_response public;
    blob raw;
    assert_status(HF_OK, generate(p, KEK, HF_KEY_RSA_2048, flags | UNWRAP));
    assert_status(HF_OK, CALL(p, key_export_public, &public, .handle = KEK));
    keep(&raw, public.material);
    assert_status(HF_OK,
                  import(p, KEK + 1, HF_KEY_RSA_2048_PUBLIC, WRAP, bytes_of(&raw)));
}

void check_tampering(peer *p, uint16_t algorithm, uint32_t type, blob *b, size_t stride)
{
    for (size_t at = 0; at < b->len; at += stride) {
        uint8_t bit = (uint8_t)(1u << (at % 8));
        b->data[at] ^= bit;
        int rc = unwrap(p, 9, algorithm, type, bytes_of(b));
        b->data[at] ^= bit;
        bool is_expected = rc == HF_ERR_VERIFY ||
                           (algorithm == GCM && at < HF_WRAP_KEY_HEADER_LEN &&
                            (rc == HF_ERR_DECODE || (at == 0 && rc == HF_ERR_VERSION)));
        if (!is_expected) {
            fail_msg("byte %zu changed: %s", at, hf_status_name(rc));
        }
    }
    for (size_t len = 1; len < b->len; len += stride) {
        int rc = unwrap(p, 9, algorithm, type, hf_bytes_of(b->data, len));
        if (rc != HF_ERR_VERIFY && rc != HF_ERR_DECODE) {
            fail_msg("cut to %zu bytes: %s", len, hf_status_name(rc));
        }
    }
    for (size_t more = 1; more <= 16; more++) {
        b->data[b->len + more - 1] = 0;
        int rc = unwrap(p, 9, algorithm, type, hf_bytes_of(b->data, b->len + more));
        assert_true(rc == HF_ERR_VERIFY || rc == HF_ERR_DECODE);
    }
    assert_no_key(p, 9);
    assert_status(HF_OK, unwrap(p, 9, algorithm, type, bytes_of(b)));
    erase(p, 9);
}

int open_large(void **state)
{
    fixture *f = fixture_make();
    size_t size = HF_KEYSTORE_SIZE(FIXTURE_SMALL_COUNT, LARGE_COUNT, 8);
    free(f->key_memory);
    f->key_memory = aligned_alloc(64, (size + 63) / 64 * 64);
    assert_non_null(f->key_memory);
    f->config.keystore.memory = f->key_memory;
    f->config.keystore.memory_size = size;
    f->config.keystore.large_count = LARGE_COUNT;
    fixture_start(f);
    *state = f;
    return 0;
}
