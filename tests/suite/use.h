/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys that are used, not read: a known key gives a known signature or MAC, so a result
 * tells with which key it was made.
 */
#ifndef SUITE_USE_H
#define SUITE_USE_H

#include <stdbool.h>
#include <stdint.h>

#include "suite/suite.h"

#define USE_OUTPUT_SIZE 160u /* bytes of the largest signature here */
#define USE_KEY_LEN 32u

/* The type of the n-th key of a set: Ed25519, HMAC, P-256, and again. */
uint32_t use_type(uint32_t n);

/* Ed25519 and HMAC give the same result each time. */
bool use_is_deterministic(uint32_t type);

/* A key to be imported: 32 bytes made from owner, number and variant; valid for all three
 * types. */
typedef struct use_key {
    hf_handle handle; /* where to */
    uint32_t type;
    uint16_t owner;
    uint32_t number;
    uint32_t variant;
    bool store;
} use_key;

int use_import(hf_client *client, const use_key *key);

/* Sign or authenticate the message that all keys here sign. `out` has USE_OUTPUT_SIZE. */
int use_sign(hf_client *client, hf_handle at, uint32_t type, hf_buffer *out);

/* HF_OK when `signature` over that message is right. */
int use_verify(hf_client *client, hf_handle at, uint32_t type, hf_bytes signature);

#endif
