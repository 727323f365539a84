/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Like blob of fixture.h, for what is larger: RSA and post-quantum keys and signatures.
 */
#ifndef TEST_OPENSSL_LARGE_H
#define TEST_OPENSSL_LARGE_H

#include "fixture.h"

typedef struct large {
    uint8_t data[50000]; /* the longest: a signature of SLH-DSA */
    size_t len;
} large;

void large_unhex(large *l, const char *hex);
hf_bytes large_bytes(const large *l);
hf_buffer large_buffer(large *l);
hf_crypto_key large_key(uint32_t type, const large *material);

/* The operations on a key, with the result in `out`, whose length is 0 after an error. */
int large_generate(uint32_t type, large *out);
int large_import(uint32_t type, uint16_t format, hf_bytes in, large *out);
int large_export(const hf_crypto_key *key, uint16_t format, large *out);
int large_public(const hf_crypto_key *key, large *out);
int large_sign(const hf_crypto_op *op, large *out);
int large_encrypt(const hf_crypto_op *op, large *out);
int large_decrypt(const hf_crypto_op *op, large *out);

void assert_large_equal(const large *actual, const large *expected);

#endif
