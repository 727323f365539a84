/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A hash engine over libcrypto whose n-th operation can fail, and a key with the caches
 * of all its levels, which is kept as a user of lms.h would keep it.
 */
#ifndef TEST_LMS_FIXTURE_H
#define TEST_LMS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "holdfast/lms.h"
#include "holdfast/openssl.h"

/* The engine. One device, set up by engine_open as a group's setup function. */
extern hf_lms_engine engine;
/* Operations of the device so far; the one with the number fail_at gives
 * HF_ERR_CRYPTO, and a hash with the number flip_at a digest with a wrong bit. */
extern uint64_t operation_count;
extern uint64_t fail_at;
extern uint64_t flip_at;

int engine_open(void **state);
int engine_close(void **state);

/* A key. Its memory is of the exact lengths, so that a sanitizer sees any step beyond. */
typedef struct test_key {
    hf_hss_params params;
    hf_buffer private_key;
    hf_buffer public_key;
    hf_buffer caches[HF_HSS_LEVEL_COUNT_MAX];
} test_key;

/* Parameters of one level. */
hf_hss_params one_level(uint32_t lms_type, uint32_t ots_type);

/* A new key, of the entropy 0, 1, 2, ...; the caches below the first level are not
 * built. */
test_key *key_create(const hf_hss_params *params);
void key_destroy(test_key *key);

/* What is read of a level's cache for an index. key_place allocates both parts. */
hf_hss_place key_place(const test_key *key, uint32_t level, uint64_t index);
void place_destroy(hf_hss_place *place);

/* Build the caches of all lower levels for an index, and note what it returns. */
int key_move(test_key *key, uint64_t index);

/* Sign into a new buffer of the exact length, which the caller frees. */
int key_sign(const test_key *key, uint64_t index, hf_bytes message, hf_buffer *signature);

hf_bytes bytes_of_text(const char *text);
hf_bytes bytes_of_buffer(const hf_buffer *buffer);

/* Bytes of hexadecimal text, in new memory that the caller frees. */
hf_buffer buffer_of_hex(const char *hex);
/* The same of several texts, up to a NULL. */
hf_buffer buffer_of_pieces(const char *const *pieces);

#endif
