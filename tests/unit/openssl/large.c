/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 */
#include "large.h"

#include <string.h>

void large_unhex(large *l, const char *hex)
{
    l->len = strlen(hex) / 2;
    assert_true(l->len <= sizeof(l->data));
    for (size_t i = 0; i < l->len; i++) {
        const char pair[] = { hex[2 * i], hex[2 * i + 1], 0 };
        blob byte = unhex(pair);
        l->data[i] = byte.data[0];
    }
}

hf_bytes large_bytes(const large *l)
{
    return hf_bytes_of(l->data, l->len);
}

hf_buffer large_buffer(large *l)
{
    return hf_buffer_of(l->data, sizeof(l->data));
}

hf_crypto_key large_key(uint32_t type, const large *material)
{
    return (hf_crypto_key){ .type = type, .material = large_bytes(material) };
}

int large_generate(uint32_t type, large *out)
{
    hf_buffer buffer = large_buffer(out);
    int rc = hf_crypto_generate(&fixture_crypto, 0, type, &buffer);
    out->len = buffer.len;
    return rc;
}

int large_import(uint32_t type, uint16_t format, hf_bytes in, large *out)
{
    hf_buffer buffer = large_buffer(out);
    const hf_crypto_key key = { .type = type, .material = in };
    const hf_key_encoding encoding = { .format = format };
    int rc = hf_crypto_import(&fixture_crypto, 0, &key, &encoding, &buffer);
    out->len = buffer.len;
    return rc;
}

int large_export(const hf_crypto_key *key, uint16_t format, large *out)
{
    hf_buffer buffer = large_buffer(out);
    int rc = hf_crypto_export(&fixture_crypto, 0, key, format, &buffer);
    out->len = buffer.len;
    return rc;
}

int large_public(const hf_crypto_key *key, large *out)
{
    hf_buffer buffer = large_buffer(out);
    int rc = hf_crypto_public_key(&fixture_crypto, 0, key, &buffer);
    out->len = buffer.len;
    return rc;
}

int large_sign(const hf_crypto_op *op, large *out)
{
    hf_buffer buffer = large_buffer(out);
    int rc = hf_crypto_sign(&fixture_crypto, 0, op, &buffer);
    out->len = buffer.len;
    return rc;
}

int large_encrypt(const hf_crypto_op *op, large *out)
{
    hf_buffer buffer = large_buffer(out);
    int rc = hf_crypto_encrypt(&fixture_crypto, 0, op, &buffer, NULL);
    out->len = buffer.len;
    return rc;
}

int large_decrypt(const hf_crypto_op *op, large *out)
{
    hf_buffer buffer = large_buffer(out);
    int rc = hf_crypto_decrypt(&fixture_crypto, 0, op, &buffer);
    out->len = buffer.len;
    return rc;
}

void assert_large_equal(const large *actual, const large *expected)
{
    assert_int_equal(actual->len, expected->len);
    assert_memory_equal(actual->data, expected->data, expected->len);
}
