/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The algorithms: one row each. The handlers check a request against its row before any
 * device sees it. Constants only: any thread, any lock.
 */
#include "holdfast/crypto.h"

#include <string.h>

/* SP 800-38D 8.3: with random nonces, at most 2^32 invocations of one key. */
#define GCM_INVOCATION_COUNT_MAX (UINT64_C(1) << 32)
/* A limit of the interfaces below, far under that of SP 800-38D 5.2.1.1 (2^36 - 32). */
#define GCM_INPUT_LEN_MAX 0x7FFFFFFFu
/* From the shortest digest in use (SHA-1 of old data) to the longest. */
#define DIGEST_LEN_MIN 20
#define DIGEST_LEN_MAX 64

/* clang-format off */
static const hf_algorithm rows[] = {
    { .id = HF_ALG_SHA256, .class = HF_CLASS_HASH, .name = "sha256", .output_len = 32 },
    { .id = HF_ALG_SHA384, .class = HF_CLASS_HASH, .name = "sha384", .output_len = 48 },
    { .id = HF_ALG_SHA512, .class = HF_CLASS_HASH, .name = "sha512", .output_len = 64 },
    { .id = HF_ALG_HMAC_SHA256, .class = HF_CLASS_MAC, .family = HF_FAMILY_GENERIC,
      .name = "hmac-sha256", .output_len = 32,
      .usage_forward = HF_USAGE_SIGN, .usage_backward = HF_USAGE_VERIFY },
    { .id = HF_ALG_AES_GCM, .class = HF_CLASS_AEAD, .family = HF_FAMILY_AES,
      .name = "aes-gcm", .output_len = 16, .nonce_len = 12,
      .input_len_min = 0, .input_len_max = GCM_INPUT_LEN_MAX,
      .usage_forward = HF_USAGE_ENCRYPT, .usage_backward = HF_USAGE_DECRYPT,
      .invocation_count_max = GCM_INVOCATION_COUNT_MAX },
    { .id = HF_ALG_ECDSA, .class = HF_CLASS_SIGNATURE, .family = HF_FAMILY_EC,
      .name = "ecdsa",
      .input_len_min = DIGEST_LEN_MIN, .input_len_max = DIGEST_LEN_MAX,
      .usage_forward = HF_USAGE_SIGN, .usage_backward = HF_USAGE_VERIFY },
    { .id = HF_ALG_ED25519, .class = HF_CLASS_SIGNATURE, .family = HF_FAMILY_EDWARDS,
      .name = "ed25519",
      .usage_forward = HF_USAGE_SIGN, .usage_backward = HF_USAGE_VERIFY },
};
/* clang-format on */

const hf_algorithm *hf_algorithm_at(size_t index)
{
    return index < sizeof(rows) / sizeof(rows[0]) ? &rows[index] : NULL;
}

const hf_algorithm *hf_algorithm_find(uint16_t id)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].id == id) {
            return &rows[i];
        }
    }
    return NULL;
}

const hf_algorithm *hf_algorithm_find_name(const char *name)
{
    if (name == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

bool hf_algorithm_fits(const hf_algorithm *algorithm, uint32_t key_type, bool is_backward)
{
    if (algorithm->family == 0) {
        return key_type == 0 && !is_backward;
    }
    if (hf_key_type_find(key_type) == NULL ||
        HF_KEY_FAMILY(key_type) != algorithm->family) {
        return false;
    }
    return is_backward || HF_KEY_CLASS(key_type) != HF_CLASS_PUBLIC;
}

/* r || s as two INTEGERs in a SEQUENCE: each may need a leading zero. */
static size_t signature_der_len_max(size_t raw_len)
{
    size_t content_len = raw_len + 2 * 3;
    return content_len + (content_len < 128 ? 2 : 3);
}

size_t hf_crypto_output_len_max(uint16_t algorithm, uint32_t key_type, uint16_t format)
{
    const hf_algorithm *row = hf_algorithm_find(algorithm);
    if (row == NULL || !hf_algorithm_fits(row, key_type, key_type != 0)) {
        return 0;
    }
    if (row->output_len != 0) {
        return row->output_len;
    }
    size_t raw_len = hf_key_type_find(key_type)->signature_len;
    if (algorithm == HF_ALG_ECDSA && format == HF_SIGNATURE_DER) {
        return signature_der_len_max(raw_len);
    }
    return raw_len;
}
