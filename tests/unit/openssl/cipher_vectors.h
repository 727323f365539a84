/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Known answers of ciphers, in hex.
 */
#ifndef TEST_OPENSSL_CIPHER_VECTORS_H
#define TEST_OPENSSL_CIPHER_VECTORS_H

#include <stddef.h>
#include <stdint.h>

typedef struct cipher_vector {
    uint16_t algorithm;
    uint32_t key_type;
    const char *key, *nonce, *aad, *plain, *cipher, *tag;
} cipher_vector;

extern const cipher_vector cipher_vectors[];
extern const size_t cipher_vector_count;

#endif
