/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The key types: one row each, in ascending order of the type, so that a row is found by
 * bisection. Everything that depends on the type alone (lengths, names, what the key can
 * be used for) is read from here, by the keystore, the handlers and the devices.
 * Constants only: any thread, any lock.
 */
#include "holdfast/key_type.h"

#include <string.h>

#define SIGN (HF_USAGE_SIGN | HF_USAGE_VERIFY)
#define CRYPT (HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT)
#define WRAP (HF_USAGE_WRAP | HF_USAGE_UNWRAP)
#define SLOW (HF_SLOW_PRIVATE | HF_SLOW_PUBLIC)

/* clang-format off */
#define AES(bits)                                                                        \
    { .type = HF_KEY_AES_##bits, .name = "aes-" #bits,                                   \
      .raw_len_min = bits / 8, .raw_len_max = bits / 8,                                  \
      .usages = CRYPT | WRAP | SIGN | HF_USAGE_DERIVE }

/* An asymmetric pair is two rows in two places of the order. `raw`, `public` and
 * `signature` in bytes; `der` and `der_public` of the longest DER. */
#define PRIVATE(id, text, raw, public, signature, der, may, pace)                        \
    { .type = id, .name = text, .raw_len_min = raw, .raw_len_max = raw,                  \
      .public_len = public, .signature_len = signature, .der_len_max = der,              \
      .usages = may, .slow = pace }
#define PUBLIC(id, text, public, signature, der_public, may, pace)                       \
    { .type = id, .name = text "-public", .raw_len_min = public,                         \
      .raw_len_max = public, .public_len = public, .signature_len = signature,           \
      .der_len_max = der_public, .usages = may, .slow = pace }

/* EC: field of n bytes. */
#define EC(id, text, n, der, pace)                                                       \
    PRIVATE(id, text, n, 2 * (n) + 1, 2 * (n), der, SIGN | HF_USAGE_DERIVE, pace)
#define EC_PUBLIC(id, text, n, der, pace)                                                \
    PUBLIC(id, text, 2 * (n) + 1, 2 * (n), der, HF_USAGE_VERIFY, pace)

/* RSA: modulus of n bytes; exponents of 1..8 bytes. A private key is n, e, d, two primes
 * and three numbers of a prime's length, each with its header and a leading zero. That a
 * modulus is not a prime is checked when it comes in: up to a tenth of a second. */
#define RSA_PRIVATE_LEN(n) (4 + 3 + ((n) + 5) + 11 + ((n) + 5) + 5 * ((n) / 2 + 5))
#define RSA_PUBLIC_LEN(n) (4 + ((n) + 5) + 11)
#define RSA(bits)                                                                        \
    { .type = HF_KEY_RSA_##bits, .name = "rsa-" #bits, .raw_len_min = bits / 8 * 3,      \
      .raw_len_max = RSA_PRIVATE_LEN(bits / 8), .public_len = RSA_PUBLIC_LEN(bits / 8),  \
      .signature_len = bits / 8, .der_len_max = RSA_PRIVATE_LEN(bits / 8) + 26,          \
      .usages = SIGN | CRYPT | WRAP, .slow = HF_SLOW_PRIVATE }
#define RSA_PUBLIC(bits)                                                                 \
    { .type = HF_KEY_RSA_##bits##_PUBLIC, .name = "rsa-" #bits "-public",                \
      .raw_len_min = bits / 8 + 4, .raw_len_max = RSA_PUBLIC_LEN(bits / 8),              \
      .public_len = RSA_PUBLIC_LEN(bits / 8), .signature_len = bits / 8,                 \
      .der_len_max = RSA_PUBLIC_LEN(bits / 8) + 24,                                      \
      .usages = HF_USAGE_VERIFY | HF_USAGE_ENCRYPT | HF_USAGE_WRAP,                      \
      .slow = HF_SLOW_IMPORT }

/* ML-KEM: encapsulate and decapsulate are derivations of a secret. */
#define ML_KEM(set, public)                                                              \
    PRIVATE(HF_KEY_ML_KEM_##set, "ml-kem-" #set, 64, public, 0, 64 + 22,                 \
            HF_USAGE_DERIVE, 0)
#define ML_KEM_PUBLIC(set, public)                                                       \
    PUBLIC(HF_KEY_ML_KEM_##set##_PUBLIC, "ml-kem-" #set, public, 0, (public) + 22,       \
           HF_USAGE_DERIVE, 0)
#define ML_DSA(set, public, signature)                                                   \
    PRIVATE(HF_KEY_ML_DSA_##set, "ml-dsa-" #set, 32, public, signature, 32 + 22, SIGN,   \
            HF_SLOW_PRIVATE)
#define ML_DSA_PUBLIC(set, public, signature)                                            \
    PUBLIC(HF_KEY_ML_DSA_##set##_PUBLIC, "ml-dsa-" #set, public, signature,              \
           (public) + 22, HF_USAGE_VERIFY, 0)
#define SLH_DSA(set, text, n, signature)                                                 \
    { .type = HF_KEY_SLH_DSA(HF_SLH_DSA_##set), .name = "slh-dsa-" text,                 \
      .raw_len_min = 4 * (n), .raw_len_max = 4 * (n), .public_len = 2 * (n),             \
      .signature_len = signature, .der_len_max = 4 * (n) + ((n) == 32 ? 22 : 20),        \
      .usages = SIGN, .slow = SLOW }
#define SLH_DSA_PUBLIC(set, text, n, signature)                                          \
    { .type = HF_KEY_SLH_DSA_PUBLIC(HF_SLH_DSA_##set), .name = "slh-dsa-" text "-public",\
      .raw_len_min = 2 * (n), .raw_len_max = 2 * (n), .public_len = 2 * (n),             \
      .signature_len = signature, .der_len_max = 2 * (n) + 18,                           \
      .usages = HF_USAGE_VERIFY, .slow = SLOW }

/* LMS: what is stored is described in lms.h. One level's signature: index, LMOTS type,
 * randomizer, chains, LMS type, path; between levels a public key (RFC 8554 6.2). */
#define LMS_CHAINS(w) ((w) == 1 ? 265 : (w) == 2 ? 133 : (w) == 4 ? 67 : 34)
#define LMS_LEN(height, w) (12 + 32 * (1 + LMS_CHAINS(w) + (height)))
#define LMS(levels, height, w)                                                           \
    { .type = HF_KEY_LMS(levels, height, w),                                             \
      .name = "lms-l" #levels "-h" #height "-w" #w,                                      \
      .raw_len_min = 84 + 8 * (levels), .raw_len_max = 84 + 8 * (levels),                \
      .public_len = 60,                                                                  \
      .signature_len = 4 + (levels) * LMS_LEN(height, w) + ((levels) - 1) * 56,          \
      .usages = SIGN, .slow = SLOW }
#define LMS_WIDTHS(levels, height)                                                       \
    LMS(levels, height, 1), LMS(levels, height, 2), LMS(levels, height, 4),              \
    LMS(levels, height, 8)

static const hf_key_type_info rows[] = {
    AES(128), AES(192), AES(256),
    { .type = HF_KEY_HMAC, .name = "hmac", .raw_len_min = 16, .raw_len_max = 128,
      .usages = SIGN | HF_USAGE_DERIVE },
    { .type = HF_KEY_SECRET, .name = "secret", .raw_len_min = 1, .raw_len_max = 1024,
      .usages = SIGN | HF_USAGE_DERIVE },
    EC(HF_KEY_P256, "p256", 32, 138, 0),
    EC(HF_KEY_P384, "p384", 48, 185, SLOW),
    EC(HF_KEY_P521, "p521", 66, 241, SLOW),
    EC(HF_KEY_P224, "p224", 28, 122, SLOW),
    EC(HF_KEY_SECP256K1, "secp256k1", 32, 135, SLOW),
    EC(HF_KEY_BRAINPOOL_P256, "brainpool-p256", 32, 139, SLOW),
    EC(HF_KEY_BRAINPOOL_P384, "brainpool-p384", 48, 189, SLOW),
    EC(HF_KEY_BRAINPOOL_P512, "brainpool-p512", 64, 239, SLOW),
    EC_PUBLIC(HF_KEY_P256_PUBLIC, "p256", 32, 91, 0),
    EC_PUBLIC(HF_KEY_P384_PUBLIC, "p384", 48, 120, SLOW),
    EC_PUBLIC(HF_KEY_P521_PUBLIC, "p521", 66, 158, SLOW),
    EC_PUBLIC(HF_KEY_P224_PUBLIC, "p224", 28, 80, SLOW),
    EC_PUBLIC(HF_KEY_SECP256K1_PUBLIC, "secp256k1", 32, 88, SLOW),
    EC_PUBLIC(HF_KEY_BRAINPOOL_P256_PUBLIC, "brainpool-p256", 32, 92, SLOW),
    EC_PUBLIC(HF_KEY_BRAINPOOL_P384_PUBLIC, "brainpool-p384", 48, 124, SLOW),
    EC_PUBLIC(HF_KEY_BRAINPOOL_P512_PUBLIC, "brainpool-p512", 64, 158, SLOW),
    PRIVATE(HF_KEY_ED25519, "ed25519", 32, 32, 64, 48, SIGN, 0),
    PRIVATE(HF_KEY_ED448, "ed448", 57, 57, 114, 73, SIGN, SLOW),
    PUBLIC(HF_KEY_ED25519_PUBLIC, "ed25519", 32, 64, 44, HF_USAGE_VERIFY, 0),
    PUBLIC(HF_KEY_ED448_PUBLIC, "ed448", 57, 114, 69, HF_USAGE_VERIFY, SLOW),
    PRIVATE(HF_KEY_X25519, "x25519", 32, 32, 0, 48, HF_USAGE_DERIVE, 0),
    PRIVATE(HF_KEY_X448, "x448", 56, 56, 0, 72, HF_USAGE_DERIVE, SLOW),
    PUBLIC(HF_KEY_X25519_PUBLIC, "x25519", 32, 0, 44, HF_USAGE_DERIVE, 0),
    PUBLIC(HF_KEY_X448_PUBLIC, "x448", 56, 0, 68, HF_USAGE_DERIVE, SLOW),
    RSA(2048), RSA(3072), RSA(4096),
    RSA_PUBLIC(2048), RSA_PUBLIC(3072), RSA_PUBLIC(4096),
    { .type = HF_KEY_AES_128_XTS, .name = "aes-128-xts",
      .raw_len_min = 32, .raw_len_max = 32, .usages = CRYPT },
    { .type = HF_KEY_AES_256_XTS, .name = "aes-256-xts",
      .raw_len_min = 64, .raw_len_max = 64, .usages = CRYPT },
    { .type = HF_KEY_CHACHA20, .name = "chacha20",
      .raw_len_min = 32, .raw_len_max = 32, .usages = CRYPT },
    ML_KEM(512, 800), ML_KEM(768, 1184), ML_KEM(1024, 1568),
    ML_KEM_PUBLIC(512, 800), ML_KEM_PUBLIC(768, 1184), ML_KEM_PUBLIC(1024, 1568),
    ML_DSA(44, 1312, 2420), ML_DSA(65, 1952, 3309), ML_DSA(87, 2592, 4627),
    ML_DSA_PUBLIC(44, 1312, 2420), ML_DSA_PUBLIC(65, 1952, 3309),
    ML_DSA_PUBLIC(87, 2592, 4627),
    SLH_DSA(SHA2_128S, "sha2-128s", 16, 7856),
    SLH_DSA(SHA2_128F, "sha2-128f", 16, 17088),
    SLH_DSA(SHA2_192S, "sha2-192s", 24, 16224),
    SLH_DSA(SHA2_192F, "sha2-192f", 24, 35664),
    SLH_DSA(SHA2_256S, "sha2-256s", 32, 29792),
    SLH_DSA(SHA2_256F, "sha2-256f", 32, 49856),
    SLH_DSA(SHAKE_128S, "shake-128s", 16, 7856),
    SLH_DSA(SHAKE_128F, "shake-128f", 16, 17088),
    SLH_DSA(SHAKE_192S, "shake-192s", 24, 16224),
    SLH_DSA(SHAKE_192F, "shake-192f", 24, 35664),
    SLH_DSA(SHAKE_256S, "shake-256s", 32, 29792),
    SLH_DSA(SHAKE_256F, "shake-256f", 32, 49856),
    SLH_DSA_PUBLIC(SHA2_128S, "sha2-128s", 16, 7856),
    SLH_DSA_PUBLIC(SHA2_128F, "sha2-128f", 16, 17088),
    SLH_DSA_PUBLIC(SHA2_192S, "sha2-192s", 24, 16224),
    SLH_DSA_PUBLIC(SHA2_192F, "sha2-192f", 24, 35664),
    SLH_DSA_PUBLIC(SHA2_256S, "sha2-256s", 32, 29792),
    SLH_DSA_PUBLIC(SHA2_256F, "sha2-256f", 32, 49856),
    SLH_DSA_PUBLIC(SHAKE_128S, "shake-128s", 16, 7856),
    SLH_DSA_PUBLIC(SHAKE_128F, "shake-128f", 16, 17088),
    SLH_DSA_PUBLIC(SHAKE_192S, "shake-192s", 24, 16224),
    SLH_DSA_PUBLIC(SHAKE_192F, "shake-192f", 24, 35664),
    SLH_DSA_PUBLIC(SHAKE_256S, "shake-256s", 32, 29792),
    SLH_DSA_PUBLIC(SHAKE_256F, "shake-256f", 32, 49856),
    LMS_WIDTHS(1, 5), LMS_WIDTHS(1, 10), LMS_WIDTHS(1, 15),
    LMS_WIDTHS(2, 5), LMS_WIDTHS(2, 10), LMS_WIDTHS(2, 15),
    LMS_WIDTHS(3, 5), LMS_WIDTHS(3, 10), LMS_WIDTHS(3, 15),
    /* Of any set: 8 levels of the largest. */
    { .type = HF_KEY_LMS_PUBLIC, .name = "lms-public", .raw_len_min = 52,
      .raw_len_max = 60, .public_len = 60, .signature_len = 65535,
      .usages = HF_USAGE_VERIFY, .slow = SLOW },
};
/* clang-format on */

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

const hf_key_type_info *hf_key_type_at(size_t index)
{
    return index < ROW_COUNT ? &rows[index] : NULL;
}

const hf_key_type_info *hf_key_type_find(uint32_t type)
{
    size_t low = 0;
    size_t high = ROW_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rows[middle].type == type) {
            return &rows[middle];
        }
        if (rows[middle].type < type) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const hf_key_type_info *hf_key_type_find_name(const char *name)
{
    if (name == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
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
    if (HF_KEY_FAMILY(type) == HF_FAMILY_LMS) {
        return HF_KEY_LMS_PUBLIC;
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
