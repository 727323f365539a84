/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the tests of the libcrypto device share: a device behind hf_crypto, vectors in
 * hex, and short forms of the operations.
 */
#ifndef TEST_OPENSSL_FIXTURE_H
#define TEST_OPENSSL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "holdfast/crypto.h"
#include "holdfast/openssl.h"

/* The device under test is device 0 of this. */
extern hf_crypto fixture_crypto;

/* Group setup and teardown. */
int fixture_open(void **state);
int fixture_close(void **state);

/* Bytes of a hex text. */
typedef struct blob {
    uint8_t data[512];
    size_t len;
} blob;

blob unhex(const char *hex);
hf_bytes blob_bytes(const blob *b);
hf_buffer blob_buffer(blob *b);
/* `count` times the byte. */
blob repeat(uint8_t byte, size_t count);

/* A key over the blob, not parsed. */
hf_crypto_key key_of(uint32_t type, const blob *material);

/* Fails the test when they differ. */
void assert_bytes(hf_bytes actual, const char *hex);

/* Both ways to use a key: calls the test with the unparsed and with the parsed key. */
void with_key(uint32_t type, const char *hex,
              void (*test)(const hf_crypto_key *key, const void *vector),
              const void *vector);

/* SHA-256 and so on of a text, for signature tests. */
blob digest_of(uint16_t algorithm, const char *text);

#endif
