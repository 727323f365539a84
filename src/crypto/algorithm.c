/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The algorithms: one row each. The handlers check a request against its row before any
 * device sees it. Constants only: any thread, any lock.
 */
#include "holdfast/algorithm.h"

#include <string.h>

/* SP 800-38D 8.3: with random nonces, at most 2^32 invocations of one key. */
#define GCM_INVOCATION_COUNT_MAX (UINT64_C(1) << 32)
/* Of one call: with padding it still fits into 31 bits, and it is whole blocks. Far under
 * the limit of SP 800-38D 5.2.1.1 (2^36 - 32), which stream.c knows. */
#define INPUT_LEN_MAX 0x7FFFFFC0u
/* SP 800-38E 4: a data unit is at most 2^20 blocks. */
#define XTS_LEN_MAX (UINT32_C(1) << 24)
/* Messages of KW and KWP end where a request's body does. */
#define WRAP_LEN_MAX (UINT32_C(1) << 20)

#define ENCRYPT_DECRYPT                                                                  \
    .usage_forward = HF_USAGE_ENCRYPT, .usage_backward = HF_USAGE_DECRYPT
#define SIGN_VERIFY .usage_forward = HF_USAGE_SIGN, .usage_backward = HF_USAGE_VERIFY
#define DERIVE .usage_forward = HF_USAGE_DERIVE
#define BOTH_STREAMS (HF_TRAIT_STREAM | HF_TRAIT_STREAM_BACKWARD)

/* clang-format off */
#define HASH(suffix, text, len, more)                                                    \
    { .id = HF_ALG_##suffix, .class = HF_CLASS_HASH, .name = text, .output_len = len,    \
      .traits = HF_TRAIT_STREAM | (more) }
/* Cut to no less than 4 bytes, and than the key allows (SP 800-107 5.3.3). */
#define HMAC(suffix, text, len, more)                                                    \
    { .id = HF_ALG_HMAC_##suffix, .class = HF_CLASS_MAC, .family = HF_FAMILY_GENERIC,    \
      .hash = HF_ALG_##suffix, .name = "hmac-" text, .output_len = len,                  \
      .output_len_min = 4, .traits = BOTH_STREAMS | (more), SIGN_VERIFY }
#define EDDSA(suffix, text, curve, more)                                                 \
    { .id = HF_ALG_##suffix, .class = HF_CLASS_SIGNATURE, .family = HF_FAMILY_EDWARDS,   \
      .parameter = curve, .name = text, .traits = (more), SIGN_VERIFY }
#define KDF(suffix, text, kin, more)                                                     \
    { .id = HF_ALG_##suffix, .class = HF_CLASS_KDF, .family = kin, .name = text,         \
      .traits = (more), DERIVE }
#define KEY_WRAP(suffix, text, kin, more, part, other)                                   \
    { .id = HF_ALG_WRAP_##suffix, .class = HF_CLASS_WRAP, .family = kin, .name = text,   \
      .traits = (more), .parts = { part, other },                                        \
      .usage_forward = HF_USAGE_WRAP, .usage_backward = HF_USAGE_UNWRAP }

static const hf_algorithm rows[] = {
    HASH(SHA1, "sha1", 20, HF_TRAIT_LEGACY),
    HASH(SHA224, "sha224", 28, 0),
    HASH(SHA256, "sha256", 32, 0),
    HASH(SHA384, "sha384", 48, 0),
    HASH(SHA512, "sha512", 64, 0),
    HASH(SHA512_224, "sha512-224", 28, 0),
    HASH(SHA512_256, "sha512-256", 32, 0),
    HASH(SHA3_224, "sha3-224", 28, 0),
    HASH(SHA3_256, "sha3-256", 32, 0),
    HASH(SHA3_384, "sha3-384", 48, 0),
    HASH(SHA3_512, "sha3-512", 64, 0),
    HASH(SHAKE128, "shake128", 0, HF_TRAIT_XOF),
    HASH(SHAKE256, "shake256", 0, HF_TRAIT_XOF),
    HMAC(SHA1, "sha1", 20, HF_TRAIT_LEGACY),
    HMAC(SHA224, "sha224", 28, 0),
    HMAC(SHA256, "sha256", 32, 0),
    HMAC(SHA384, "sha384", 48, 0),
    HMAC(SHA512, "sha512", 64, 0),
    HMAC(SHA512_224, "sha512-224", 28, 0),
    HMAC(SHA512_256, "sha512-256", 32, 0),
    HMAC(SHA3_224, "sha3-224", 28, 0),
    HMAC(SHA3_256, "sha3-256", 32, 0),
    HMAC(SHA3_384, "sha3-384", 48, 0),
    HMAC(SHA3_512, "sha3-512", 64, 0),
    { .id = HF_ALG_AES_CMAC, .class = HF_CLASS_MAC, .family = HF_FAMILY_AES,
      .name = "aes-cmac", .output_len = 16, .output_len_min = 4,
      .traits = BOTH_STREAMS, SIGN_VERIFY },
    { .id = HF_ALG_AES_GMAC, .class = HF_CLASS_MAC, .family = HF_FAMILY_AES,
      .name = "aes-gmac", .output_len = 16, .output_len_min = 4,
      .nonce_len = 12, .nonce_len_min = 1, .nonce_len_max = HF_NONCE_LEN_MAX,
      .input_len_max = INPUT_LEN_MAX, .traits = BOTH_STREAMS, SIGN_VERIFY,
      .invocation_count_max = GCM_INVOCATION_COUNT_MAX },
    { .id = HF_ALG_AES_ECB, .class = HF_CLASS_CIPHER, .family = HF_FAMILY_AES,
      .name = "aes-ecb", .input_unit = 16, .input_len_max = INPUT_LEN_MAX,
      .traits = BOTH_STREAMS, ENCRYPT_DECRYPT, .policy = HF_FLAG_ALLOW_ECB },
    { .id = HF_ALG_AES_CBC, .class = HF_CLASS_CIPHER, .family = HF_FAMILY_AES,
      .name = "aes-cbc", .nonce_len = 16, .nonce_len_min = 16, .nonce_len_max = 16,
      .input_unit = 16, .input_len_max = INPUT_LEN_MAX,
      .traits = BOTH_STREAMS, ENCRYPT_DECRYPT },
    { .id = HF_ALG_AES_CBC_PAD, .class = HF_CLASS_CIPHER, .family = HF_FAMILY_AES,
      .name = "aes-cbc-pad", .nonce_len = 16, .nonce_len_min = 16, .nonce_len_max = 16,
      .input_len_max = INPUT_LEN_MAX, .traits = BOTH_STREAMS, ENCRYPT_DECRYPT },
    { .id = HF_ALG_AES_CTR, .class = HF_CLASS_CIPHER, .family = HF_FAMILY_AES,
      .name = "aes-ctr", .nonce_len = 16, .nonce_len_min = 16, .nonce_len_max = 16,
      .input_len_max = INPUT_LEN_MAX, .traits = BOTH_STREAMS, ENCRYPT_DECRYPT },
    { .id = HF_ALG_AES_GCM, .class = HF_CLASS_AEAD, .family = HF_FAMILY_AES,
      .name = "aes-gcm", .output_len = 16, .output_len_min = 4,
      .nonce_len = 12, .nonce_len_min = 1, .nonce_len_max = HF_NONCE_LEN_MAX,
      .input_len_max = INPUT_LEN_MAX, .traits = HF_TRAIT_STREAM, ENCRYPT_DECRYPT,
      .invocation_count_max = GCM_INVOCATION_COUNT_MAX },
    { .id = HF_ALG_AES_CCM, .class = HF_CLASS_AEAD, .family = HF_FAMILY_AES,
      .name = "aes-ccm", .output_len = 16, .output_len_min = 4,
      .nonce_len = 12, .nonce_len_min = 7, .nonce_len_max = 13,
      .input_len_max = INPUT_LEN_MAX, ENCRYPT_DECRYPT,
      .invocation_count_max = GCM_INVOCATION_COUNT_MAX },
    { .id = HF_ALG_AES_XTS, .class = HF_CLASS_CIPHER, .family = HF_FAMILY_AES_XTS,
      .name = "aes-xts", .nonce_len = 16, .nonce_len_min = 16, .nonce_len_max = 16,
      .input_len_min = 16, .input_len_max = XTS_LEN_MAX,
      .traits = HF_TRAIT_CALLER_NONCE, ENCRYPT_DECRYPT },
    { .id = HF_ALG_AES_KW, .class = HF_CLASS_CIPHER, .family = HF_FAMILY_AES,
      .name = "aes-kw", .input_unit = 8, .input_len_min = 16,
      .input_len_max = WRAP_LEN_MAX, ENCRYPT_DECRYPT },
    { .id = HF_ALG_AES_KWP, .class = HF_CLASS_CIPHER, .family = HF_FAMILY_AES,
      .name = "aes-kwp", .input_len_min = 1, .input_len_max = WRAP_LEN_MAX,
      ENCRYPT_DECRYPT },
    { .id = HF_ALG_CHACHA20_POLY1305, .class = HF_CLASS_AEAD,
      .family = HF_FAMILY_CHACHA20, .name = "chacha20-poly1305", .output_len = 16,
      .nonce_len = 12, .nonce_len_min = 12, .nonce_len_max = 12,
      .input_len_max = INPUT_LEN_MAX, .traits = HF_TRAIT_STREAM, ENCRYPT_DECRYPT,
      .invocation_count_max = GCM_INVOCATION_COUNT_MAX },
    { .id = HF_ALG_ECDSA, .class = HF_CLASS_SIGNATURE, .family = HF_FAMILY_EC,
      .name = "ecdsa", .traits = HF_TRAIT_HASH_OPTIONAL, SIGN_VERIFY },
    { .id = HF_ALG_RSA_PKCS1, .class = HF_CLASS_SIGNATURE, .family = HF_FAMILY_RSA,
      .name = "rsa-pkcs1", .traits = HF_TRAIT_HASH, SIGN_VERIFY },
    { .id = HF_ALG_RSA_PSS, .class = HF_CLASS_SIGNATURE, .family = HF_FAMILY_RSA,
      .name = "rsa-pss", .traits = HF_TRAIT_HASH | HF_TRAIT_MGF | HF_TRAIT_SALT_LEN,
      SIGN_VERIFY },
    { .id = HF_ALG_ECDSA_DETERMINISTIC, .class = HF_CLASS_SIGNATURE,
      .family = HF_FAMILY_EC, .name = "ecdsa-deterministic", .traits = HF_TRAIT_HASH,
      SIGN_VERIFY },
    EDDSA(ED25519, "ed25519", HF_CURVE_ED25519, 0),
    EDDSA(ED448, "ed448", HF_CURVE_ED448, HF_TRAIT_CONTEXT),
    EDDSA(ED25519_CTX, "ed25519ctx", HF_CURVE_ED25519, HF_TRAIT_CONTEXT),
    EDDSA(ED25519_PH, "ed25519ph", HF_CURVE_ED25519, HF_TRAIT_CONTEXT),
    EDDSA(ED448_PH, "ed448ph", HF_CURVE_ED448, HF_TRAIT_CONTEXT),
    { .id = HF_ALG_ML_DSA, .class = HF_CLASS_SIGNATURE, .family = HF_FAMILY_ML_DSA,
      .name = "ml-dsa", .traits = HF_TRAIT_CONTEXT, SIGN_VERIFY },
    { .id = HF_ALG_SLH_DSA, .class = HF_CLASS_SIGNATURE, .family = HF_FAMILY_SLH_DSA,
      .name = "slh-dsa", .traits = HF_TRAIT_CONTEXT, SIGN_VERIFY },
    { .id = HF_ALG_LMS, .class = HF_CLASS_SIGNATURE, .family = HF_FAMILY_LMS,
      .name = "lms", .traits = HF_TRAIT_STATEFUL, SIGN_VERIFY,
      .parts = { HF_ALG_SHA256 } },
    { .id = HF_ALG_RSA_OAEP, .class = HF_CLASS_ASYMMETRIC, .family = HF_FAMILY_RSA,
      .name = "rsa-oaep", .traits = HF_TRAIT_HASH | HF_TRAIT_MGF, ENCRYPT_DECRYPT },
    { .id = HF_ALG_RSA_PKCS1_DECRYPT, .class = HF_CLASS_ASYMMETRIC,
      .family = HF_FAMILY_RSA, .name = "rsa-pkcs1-decrypt",
      .traits = HF_TRAIT_BACKWARD_ONLY, ENCRYPT_DECRYPT },
    { .id = HF_ALG_RSA_RAW, .class = HF_CLASS_ASYMMETRIC, .family = HF_FAMILY_RSA,
      .name = "rsa-raw", ENCRYPT_DECRYPT, .policy = HF_FLAG_ALLOW_RAW },
    { .id = HF_ALG_ECDH, .class = HF_CLASS_AGREE, .family = HF_FAMILY_EC,
      .name = "ecdh", DERIVE },
    { .id = HF_ALG_XDH, .class = HF_CLASS_AGREE, .family = HF_FAMILY_MONTGOMERY,
      .name = "xdh", DERIVE },
    KDF(HKDF, "hkdf", HF_FAMILY_GENERIC, HF_TRAIT_HASH),
    KDF(HKDF_EXTRACT, "hkdf-extract", HF_FAMILY_GENERIC, HF_TRAIT_HASH),
    KDF(HKDF_EXPAND, "hkdf-expand", HF_FAMILY_GENERIC, HF_TRAIT_HASH),
    KDF(KBKDF_HMAC, "kbkdf-hmac", HF_FAMILY_GENERIC, HF_TRAIT_HASH),
    KDF(KBKDF_CMAC, "kbkdf-cmac", HF_FAMILY_AES, 0),
    KDF(ONE_STEP, "one-step", HF_FAMILY_GENERIC, HF_TRAIT_HASH),
    KDF(TWO_STEP, "two-step", HF_FAMILY_GENERIC, HF_TRAIT_HASH),
    KDF(PBKDF2, "pbkdf2", HF_FAMILY_GENERIC, HF_TRAIT_HASH | HF_TRAIT_SLOW),
    KDF(TLS12_PRF, "tls12-prf", HF_FAMILY_GENERIC, HF_TRAIT_HASH),
    KDF(X963, "x963", HF_FAMILY_GENERIC, HF_TRAIT_HASH),
    { .id = HF_ALG_ML_KEM, .class = HF_CLASS_KEM, .family = HF_FAMILY_ML_KEM,
      .name = "ml-kem", DERIVE, .usage_backward = HF_USAGE_DERIVE },
    KEY_WRAP(AES_GCM, "wrap-aes-gcm", HF_FAMILY_AES, 0, HF_ALG_AES_GCM, 0),
    KEY_WRAP(AES_KW, "wrap-aes-kw", HF_FAMILY_AES, 0, HF_ALG_AES_KW, 0),
    KEY_WRAP(AES_KWP, "wrap-aes-kwp", HF_FAMILY_AES, 0, HF_ALG_AES_KWP, 0),
    KEY_WRAP(RSA_AES, "wrap-rsa-aes", HF_FAMILY_RSA, HF_TRAIT_HASH | HF_TRAIT_MGF,
             HF_ALG_RSA_OAEP, HF_ALG_AES_KWP),
};
/* clang-format on */

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

const hf_algorithm *hf_algorithm_at(size_t index)
{
    return index < ROW_COUNT ? &rows[index] : NULL;
}

/* The rows are in ascending order of their ids. */
const hf_algorithm *hf_algorithm_find(uint16_t id)
{
    size_t low = 0;
    size_t high = ROW_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rows[middle].id == id) {
            return &rows[middle];
        }
        if (rows[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const hf_algorithm *hf_algorithm_find_name(const char *name)
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

const hf_algorithm *hf_algorithm_find_class(uint16_t id, uint8_t class)
{
    const hf_algorithm *row = hf_algorithm_find(id);
    return row != NULL && row->class == class ? row : NULL;
}

/* Does this direction take a public key? */
static bool is_public_enough(const hf_algorithm *algorithm, bool is_backward)
{
    switch (algorithm->class) {
    case HF_CLASS_SIGNATURE:
        return is_backward;
    case HF_CLASS_ASYMMETRIC:
    case HF_CLASS_KEM:
    case HF_CLASS_WRAP:
        return !is_backward;
    default:
        return false;
    }
}

bool hf_algorithm_fits(const hf_algorithm *algorithm, uint32_t key_type, bool is_backward)
{
    if (algorithm->family == 0) {
        return key_type == 0 && !is_backward;
    }
    if (HF_KEY_FAMILY(key_type) != algorithm->family ||
        (algorithm->parameter != 0 &&
         HF_KEY_PARAMETER(key_type) != algorithm->parameter) ||
        hf_key_type_find(key_type) == NULL) {
        return false;
    }
    bool has_direction = is_backward ? algorithm->usage_backward != 0
                                     : (algorithm->traits & HF_TRAIT_BACKWARD_ONLY) == 0;
    return has_direction && (HF_KEY_CLASS(key_type) != HF_CLASS_PUBLIC ||
                             is_public_enough(algorithm, is_backward));
}

bool hf_algorithm_is_slow(const hf_algorithm *algorithm, uint32_t key_type,
                          bool is_backward)
{
    if ((algorithm->traits & HF_TRAIT_SLOW) != 0) {
        return true;
    }
    const hf_key_type_info *info = hf_key_type_find(key_type);
    uint8_t mark =
        is_public_enough(algorithm, is_backward) ? HF_SLOW_PUBLIC : HF_SLOW_PRIVATE;
    return info != NULL && (info->slow & mark) != 0;
}

bool hf_algorithm_is_hash(uint16_t id, bool is_backward)
{
    const hf_algorithm *row = hf_algorithm_find_class(id, HF_CLASS_HASH);
    return row != NULL && (row->traits & HF_TRAIT_XOF) == 0 &&
           (is_backward || (row->traits & HF_TRAIT_LEGACY) == 0);
}

/* r || s as two INTEGERs in a SEQUENCE: each may need a leading zero. */
static size_t signature_der_len_max(size_t raw_len)
{
    size_t content_len = raw_len + 2 * 3;
    return content_len + (content_len < 128 ? 2 : 3);
}

/* Of a shared secret: the field, which is what a private key has. */
static size_t shared_secret_len(uint32_t key_type)
{
    return hf_key_type_find(key_type)->raw_len_max;
}

/* FIPS 203 table 3. */
static size_t kem_ciphertext_len(uint32_t key_type)
{
    switch (HF_KEY_PARAMETER(key_type)) {
    case 512:
        return 768;
    case 768:
        return 1088;
    default:
        return 1568;
    }
}

/* Does the key's type fit the algorithm in one of its directions? */
static bool fits_either(const hf_algorithm *row, uint32_t key_type)
{
    return hf_algorithm_fits(row, key_type, false) ||
           (key_type != 0 && hf_algorithm_fits(row, key_type, true));
}

size_t hf_crypto_output_len_max(uint16_t algorithm, uint32_t key_type, uint16_t format)
{
    const hf_algorithm *row = hf_algorithm_find(algorithm);
    if (row == NULL || !fits_either(row, key_type)) {
        return 0;
    }
    if (row->output_len != 0) {
        return row->output_len;
    }
    switch (row->class) {
    case HF_CLASS_SIGNATURE: {
        size_t raw_len = hf_key_type_find(key_type)->signature_len;
        bool is_der = row->family == HF_FAMILY_EC && format == HF_SIGNATURE_DER;
        return is_der ? signature_der_len_max(raw_len) : raw_len;
    }
    case HF_CLASS_AGREE:
        return shared_secret_len(key_type);
    case HF_CLASS_KEM:
        return kem_ciphertext_len(key_type);
    default:
        return 0;
    }
}

size_t hf_crypto_output_room(uint16_t algorithm)
{
    const hf_key_type_info *info;
    const hf_algorithm *row = hf_algorithm_find(algorithm);
    if (row == NULL || row->output_len != 0) {
        return row == NULL ? 0 : row->output_len;
    }
    size_t most = 0;
    /* Key types are in ascending order, so those of a family stand together. */
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        if (HF_KEY_FAMILY(info->type) > row->family) {
            break;
        }
        if (hf_algorithm_fits(row, info->type, false)) {
            size_t len =
                hf_crypto_output_len_max(algorithm, info->type, HF_SIGNATURE_DER);
            most = len > most ? len : most;
        }
    }
    return most;
}

/* Bytes of an RSA modulus: of this type, or of the largest. */
static size_t modulus_len(uint32_t key_type)
{
    return key_type == 0 ? 512 : HF_KEY_PARAMETER(key_type) / 8u;
}

size_t hf_crypto_cipher_len_max(uint16_t algorithm, uint32_t key_type, size_t len,
                                bool is_backward)
{
    if (algorithm == HF_ALG_RSA_OAEP || algorithm == HF_ALG_RSA_RAW ||
        algorithm == HF_ALG_RSA_PKCS1_DECRYPT) {
        return modulus_len(key_type);
    }
    size_t more = 0;
    if (!is_backward) {
        more = algorithm == HF_ALG_AES_CBC_PAD ? 16
               : algorithm == HF_ALG_AES_KW    ? 8
               : algorithm == HF_ALG_AES_KWP   ? 15
                                               : 0;
    }
    return len > SIZE_MAX - more ? SIZE_MAX : len + more;
}
