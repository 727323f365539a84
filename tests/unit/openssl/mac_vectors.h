/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Known answers of MACs, in hex.
 */
#ifndef TEST_OPENSSL_MAC_VECTORS_H
#define TEST_OPENSSL_MAC_VECTORS_H

#include <stddef.h>
#include <stdint.h>

typedef struct mac_vector {
    uint16_t algorithm;
    uint32_t key_type;
    const char *key, *nonce, *data, *mac;
} mac_vector;

extern const mac_vector mac_vectors[];
extern const size_t mac_vector_count;

#endif
