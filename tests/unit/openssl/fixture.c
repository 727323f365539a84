/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 */
#include "fixture.h"

#include <string.h>

hf_crypto fixture_crypto;
static hf_openssl *openssl;

int fixture_open(void **state)
{
    (void)state;
    if (hf_openssl_open(&openssl) != HF_OK) {
        return -1;
    }
    const hf_crypto_device_config device = hf_openssl_device(openssl);
    return hf_crypto_init(&fixture_crypto, &device, 1);
}

int fixture_close(void **state)
{
    (void)state;
    int rc = hf_crypto_cleanup(&fixture_crypto);
    hf_openssl_close(openssl);
    return rc;
}

static uint8_t nibble(char c)
{
    const char *digits = "0123456789abcdef";
    const char *lower = strchr(digits, c | 0x20);
    assert_non_null(lower);
    return (uint8_t)(lower - digits);
}

blob unhex(const char *hex)
{
    blob b = { .len = strlen(hex) / 2 };
    assert_true(b.len <= sizeof(b.data));
    for (size_t i = 0; i < b.len; i++) {
        b.data[i] = (uint8_t)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    }
    return b;
}

hf_bytes blob_bytes(const blob *b)
{
    return hf_bytes_of(b->data, b->len);
}

hf_buffer blob_buffer(blob *b)
{
    return hf_buffer_of(b->data, sizeof(b->data));
}

blob repeat(uint8_t byte, size_t count)
{
    blob b = { .len = count };
    assert_true(count <= sizeof(b.data));
    memset(b.data, byte, count);
    return b;
}

hf_crypto_key key_of(uint32_t type, const blob *material)
{
    return (hf_crypto_key){ .type = type, .material = blob_bytes(material) };
}

void assert_bytes(hf_bytes actual, const char *hex)
{
    blob expected = unhex(hex);
    assert_int_equal(actual.len, expected.len);
    assert_memory_equal(actual.data, expected.data, expected.len);
}

void with_key(uint32_t type, const char *hex,
              void (*test)(const hf_crypto_key *key, const void *vector),
              const void *vector)
{
    blob material = unhex(hex);
    hf_crypto_key key = key_of(type, &material);
    test(&key, vector);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_OK);
    test(&key, vector);
    hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
}

blob digest_of(uint16_t algorithm, const char *text)
{
    blob digest;
    hf_buffer out = blob_buffer(&digest);
    assert_int_equal(hf_crypto_hash(&fixture_crypto, 0, algorithm,
                                    hf_bytes_of(text, strlen(text)), &out),
                     HF_OK);
    digest.len = out.len;
    return digest;
}
