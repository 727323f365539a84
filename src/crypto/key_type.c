/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The key types: one row each. Everything that depends on the type alone (lengths, names,
 * what the key can be used for) is read from here, by the keystore, the handlers and the
 * devices. Constants only: any thread, any lock.
 */
#include "holdfast/crypto.h"

#include <string.h>

#define USAGE_CIPHER                                                                     \
    (HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT | HF_USAGE_WRAP | HF_USAGE_UNWRAP)
#define USAGE_SIGN (HF_USAGE_SIGN | HF_USAGE_VERIFY)

/* clang-format off */
static const hf_key_type_info rows[] = {
    { .type = HF_KEY_AES_128, .name = "aes-128",
      .raw_len_min = 16, .raw_len_max = 16, .usages = USAGE_CIPHER },
    { .type = HF_KEY_AES_256, .name = "aes-256",
      .raw_len_min = 32, .raw_len_max = 32, .usages = USAGE_CIPHER },
    { .type = HF_KEY_HMAC, .name = "hmac",
      .raw_len_min = 16, .raw_len_max = 128, .usages = USAGE_SIGN | HF_USAGE_DERIVE },
    { .type = HF_KEY_P256, .name = "p256",
      .raw_len_min = 32, .raw_len_max = 32, .public_len = 65, .signature_len = 64,
      .der_len_max = 138, .usages = USAGE_SIGN },
    { .type = HF_KEY_P256_PUBLIC, .name = "p256-public",
      .raw_len_min = 65, .raw_len_max = 65, .public_len = 65, .signature_len = 64,
      .der_len_max = 91, .usages = HF_USAGE_VERIFY },
    { .type = HF_KEY_P384, .name = "p384",
      .raw_len_min = 48, .raw_len_max = 48, .public_len = 97, .signature_len = 96,
      .der_len_max = 185, .usages = USAGE_SIGN },
    { .type = HF_KEY_P384_PUBLIC, .name = "p384-public",
      .raw_len_min = 97, .raw_len_max = 97, .public_len = 97, .signature_len = 96,
      .der_len_max = 120, .usages = HF_USAGE_VERIFY },
    { .type = HF_KEY_ED25519, .name = "ed25519",
      .raw_len_min = 32, .raw_len_max = 32, .public_len = 32, .signature_len = 64,
      .der_len_max = 48, .usages = USAGE_SIGN },
    { .type = HF_KEY_ED25519_PUBLIC, .name = "ed25519-public",
      .raw_len_min = 32, .raw_len_max = 32, .public_len = 32, .signature_len = 64,
      .der_len_max = 44, .usages = HF_USAGE_VERIFY },
};
/* clang-format on */

const hf_key_type_info *hf_key_type_at(size_t index)
{
    return index < sizeof(rows) / sizeof(rows[0]) ? &rows[index] : NULL;
}

const hf_key_type_info *hf_key_type_find(uint32_t type)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].type == type) {
            return &rows[i];
        }
    }
    return NULL;
}

const hf_key_type_info *hf_key_type_find_name(const char *name)
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

uint32_t hf_key_type_public(uint32_t type)
{
    const hf_key_type_info *info = hf_key_type_find(type);
    if (info == NULL || info->public_len == 0) {
        return 0;
    }
    return HF_KEY_TYPE(HF_KEY_FAMILY(type), HF_CLASS_PUBLIC, HF_KEY_PARAMETER(type));
}

size_t hf_crypto_key_len_max(uint32_t key_type, uint16_t format)
{
    const hf_key_type_info *info = hf_key_type_find(key_type);
    if (info == NULL) {
        return 0;
    }
    if (format == HF_FORMAT_RAW) {
        return info->raw_len_max;
    }
    return format == HF_FORMAT_DER ? info->der_len_max : 0;
}
