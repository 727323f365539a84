/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the tests of the group CRYPTO share: keys with flags, one operation of any row in
 * either direction in one call, and the count of a key's uses.
 */
#ifndef TEST_SERVER_CRYPTO_CASE_H
#define TEST_SERVER_CRYPTO_CASE_H

#include "fixture.h"

#define CASE_KEY 1u /* number of the key under test, owner 7 */
#define CASE_OWNER 7u
#define CASE_DATA_LEN 32u

/* A new stored key of this type under CASE_KEY, which replaces the one before. */
void case_key_make(peer *p, uint32_t type, uint32_t flags);

/* Uses of the key that are reserved in the store; set first, unless that is 0. */
uint64_t case_uses(fixture *f, uint64_t set_to);

/* One operation on CASE_DATA_LEN bytes, as a MAC, or as encryption. */
typedef struct case_op {
    uint16_t algorithm;
    uint16_t affinity;
    uint16_t mac_len; /* of MAC or tag asked for; 0: whole */
    hf_bytes nonce;   /* given by the client */
    bool is_backward;
    bool is_stream; /* only the start; the stream is ended again */
} case_op;

/* Its status. Backward, MAC, tag and ciphertext are zeros of the right length: all that
 * passes the checks is HF_ERR_VERIFY, or, without authentication, HF_OK. */
int case_operate(peer *p, const case_op *op);

/* What an operation that passes all checks answers. */
int case_passed(const case_op *op);

/* A type of key that does both directions of the row, and fits a small slot; 0: none. */
uint32_t case_type_of(const hf_algorithm *row);

/* The nonce of the right length, or as long as is told. */
hf_bytes case_nonce(const hf_algorithm *row);
hf_bytes case_nonce_of(size_t len);

#endif
