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

#define USE_OUTPUT_SIZE 160u /* bytes of the largest output here */
#define USE_TYPE_COUNT 5u

/* The type of the n-th key of a set: Ed25519, HMAC, P-256, AES-256, P-384, and again. */
uint32_t use_type(uint32_t n);

/* Ed25519 and HMAC give the same result each time. */
bool use_is_deterministic(uint32_t type);

/* A key to be imported: made from owner, number and variant; valid for each type. */
typedef struct use_key {
    hf_handle handle; /* where to */
    uint32_t type;
    uint16_t owner;
    uint32_t number;
    uint32_t variant;
    bool store;
} use_key;

int use_import(hf_client *client, const use_key *key);

/* Sign, authenticate or encrypt the message that is the same for all keys here. `out` has
 * USE_OUTPUT_SIZE. */
int use_sign(hf_client *client, hf_handle at, uint32_t type, hf_buffer *out);

/* HF_OK when `output` is such a result of this key. */
int use_verify(hf_client *client, hf_handle at, uint32_t type, hf_bytes output);

#endif
