/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Requests that are well formed and wrong all the same: keys of the wrong type, missing
 * usage flags, objects of somebody else, unknown algorithms, malformed material. Each
 * gives its own error and leaves everything as it was.
 */
#include <string.h>

#include "suite/suite.h"

static const uint8_t digest[32] = { 7 };

/* Every way to use a key. */
typedef enum key_use {
    USE_SIGN,
    USE_VERIFY,
    USE_MAC,
    USE_MAC_VERIFY,
    USE_ENCRYPT,
    USE_DECRYPT,
    USE_COUNT
} key_use;

static const char *const use_names[USE_COUNT] = { "sign",       "verify",  "mac_generate",
                                                  "mac_verify", "encrypt", "decrypt" };

static int use(hf_client *client, hf_handle at, key_use how, uint16_t algorithm)
{
    hf_any_response answer;
    hf_bytes data = hf_bytes_of(digest, sizeof digest);
    switch (how) {
    case USE_SIGN:
        return hf_client_sign(
            client,
            &(hf_sign_request){ .handle = at, .algorithm = algorithm, .data = data },
            &answer.sign);
    case USE_VERIFY:
        return hf_client_verify(
            client,
            &(hf_verify_request){ .handle = at, .algorithm = algorithm, .data = data },
            &answer.verify);
    case USE_MAC:
        return hf_client_mac_generate(client,
                                      &(hf_mac_generate_request){ .handle = at,
                                                                  .algorithm = algorithm,
                                                                  .data = data },
                                      &answer.mac_generate);
    case USE_MAC_VERIFY:
        return hf_client_mac_verify(client,
                                    &(hf_mac_verify_request){ .handle = at,
                                                              .algorithm = algorithm,
                                                              .data = data },
                                    &answer.mac_verify);
    case USE_ENCRYPT:
        return hf_client_encrypt(client,
                                 &(hf_encrypt_request){ .handle = at,
                                                        .algorithm = algorithm,
                                                        .plaintext = data },
                                 &answer.encrypt);
    case USE_DECRYPT:
        return hf_client_decrypt(client,
                                 &(hf_decrypt_request){ .handle = at,
                                                        .algorithm = algorithm,
                                                        .nonce = hf_bytes_of(digest, 12),
                                                        .tag = hf_bytes_of(digest, 16),
                                                        .ciphertext = data },
                                 &answer.decrypt);
    case USE_COUNT:
        break;
    }
    return HF_ERR_ARG;
}

static uint16_t algorithm_of(key_use how, uint32_t type)
{
    switch (how) {
    case USE_SIGN:
    case USE_VERIFY:
        return HF_KEY_FAMILY(type) == HF_FAMILY_EDWARDS ? HF_ALG_ED25519 : HF_ALG_ECDSA;
    case USE_MAC:
    case USE_MAC_VERIFY:
        return HF_ALG_HMAC_SHA256;
    default:
        return HF_ALG_AES_GCM;
    }
}

static uint32_t usage_of(key_use how)
{
    static const uint32_t usages[USE_COUNT] = { HF_USAGE_SIGN,    HF_USAGE_VERIFY,
                                                HF_USAGE_SIGN,    HF_USAGE_VERIFY,
                                                HF_USAGE_ENCRYPT, HF_USAGE_DECRYPT };
    return usages[how];
}

static bool is_for(key_use how, uint32_t type)
{
    return hf_algorithm_fits(hf_algorithm_find(algorithm_of(how, type)), type,
                             how == USE_VERIFY || how == USE_MAC_VERIFY ||
                                 how == USE_DECRYPT);
}

static const uint32_t types[] = { HF_KEY_AES_128, HF_KEY_AES_256, HF_KEY_HMAC,
                                  HF_KEY_P256,    HF_KEY_P384,    HF_KEY_ED25519 };

static int generate(hf_client *client, hf_handle at, uint32_t type, uint32_t flags)
{
    hf_key_generate_response answer;
    return hf_client_key_generate(
        client, &(hf_key_generate_request){ .handle = at, .type = type, .flags = flags },
        &answer);
}

/* Each type of key in each use that is not for it. A key without the usage bit is not
 * even looked at further, and some bits cannot be had for some types. */
static void type_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        uint32_t usages = hf_key_type_find(types[i])->usages;
        SUITE_EXPECT(env, HF_OK, generate(client, 1, types[i], usages));
        for (unsigned how = 0; how < USE_COUNT; how++) {
            if (is_for((key_use)how, types[i])) {
                continue;
            }
            int expected =
                (usages & usage_of((key_use)how)) != 0 ? HF_ERR_TYPE : HF_ERR_USAGE;
            int got = use(client, 1, (key_use)how, algorithm_of((key_use)how, types[i]));
            suite_expect(env, got, expected, SUITE_PLACE(use_names[how]));
        }
    }
    suite_client_close(&one);
}

/* Each type of key in each use that is for it, without the flag. */
static void usage_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        uint32_t usages = hf_key_type_find(types[i])->usages;
        for (unsigned how = 0; how < USE_COUNT; how++) {
            if (!is_for((key_use)how, types[i])) {
                continue;
            }
            uint16_t algorithm = algorithm_of((key_use)how, types[i]);
            SUITE_EXPECT(env, HF_OK,
                         generate(client, 1, types[i], usages & ~usage_of((key_use)how)));
            suite_expect(env, use(client, 1, (key_use)how, algorithm), HF_ERR_USAGE,
                         SUITE_PLACE(use_names[how]));
            SUITE_EXPECT(env, HF_OK, generate(client, 1, types[i], 0));
            suite_expect(env, use(client, 1, (key_use)how, algorithm), HF_ERR_USAGE,
                         SUITE_PLACE(use_names[how]));
        }
        if (usages != HF_USAGE_MASK) {
            SUITE_EXPECT(env, HF_ERR_USAGE, generate(client, 1, types[i], HF_USAGE_MASK));
        }
    }
    suite_client_close(&one);
}

/* No use of a key of another owner, whatever its number; nor of a global one without the
 * permission to write it. */
static void foreign_run(suite_env *env, const void *argument)
{
    static suite_client one, two;
    (void)argument;
    hf_client *owner = suite_connect(env, &one, SUITE_WRITER);
    hf_client *other = suite_connect(env, &two, SUITE_WRITER + 1);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        SUITE_EXPECT(env, HF_OK,
                     generate(owner, 1, types[i], hf_key_type_find(types[i])->usages));
        for (unsigned how = 0; how < USE_COUNT; how++) {
            if (!is_for((key_use)how, types[i])) {
                continue;
            }
            uint16_t algorithm = algorithm_of((key_use)how, types[i]);
            suite_expect(env, use(other, 1, (key_use)how, algorithm), HF_ERR_NOTFOUND,
                         SUITE_PLACE(use_names[how]));
            suite_expect(env, use(other, HF_HANDLE_GLOBAL | 1, (key_use)how, algorithm),
                         HF_ERR_NOTFOUND, SUITE_PLACE(use_names[how]));
            /* Flags that are reserved for keys elsewhere. */
            suite_expect(env, use(owner, HF_HANDLE_HARDWARE | 1, (key_use)how, algorithm),
                         HF_ERR_RANGE, SUITE_PLACE(use_names[how]));
            suite_expect(env, use(owner, HF_HANDLE_WRAPPED | 1, (key_use)how, algorithm),
                         HF_ERR_RANGE, SUITE_PLACE(use_names[how]));
        }
    }
    suite_client_close(&one);
    suite_client_close(&two);
}

static void algorithm_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static const uint16_t unknown[] = { 0x0001, 0x010E, 0x0499, 0xFFFF };
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    SUITE_EXPECT(env, HF_OK, generate(client, 1, HF_KEY_P256, HF_USAGE_SIGN));
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        hf_any_response answer;
        for (unsigned how = 0; how < USE_COUNT; how++) {
            suite_expect(env, use(client, 1, (key_use)how, unknown[i]),
                         HF_ERR_NOTSUPPORTED, SUITE_PLACE(use_names[how]));
        }
        SUITE_EXPECT(env, HF_ERR_NOTSUPPORTED,
                     hf_client_hash(client, &(hf_hash_request){ .algorithm = unknown[i] },
                                    &answer.hash));
        SUITE_EXPECT(env, HF_ERR_NOTSUPPORTED,
                     hf_client_hash_start(
                         client, &(hf_hash_start_request){ .algorithm = unknown[i] },
                         &answer.hash_start));
        SUITE_EXPECT(env, HF_ERR_TYPE,
                     hf_client_key_generate(
                         client,
                         &(hf_key_generate_request){ .handle = 2, .type = unknown[i] },
                         &answer.key_generate));
    }
    /* A public key cannot be generated, and a MAC is no hash. */
    SUITE_EXPECT(env, HF_ERR_TYPE,
                 generate(client, 2, HF_KEY_P256_PUBLIC, HF_USAGE_VERIFY));
    hf_hash_response hash;
    SUITE_EXPECT(env, HF_ERR_NOTSUPPORTED,
                 hf_client_hash(client,
                                &(hf_hash_request){ .algorithm = HF_ALG_HMAC_SHA256 },
                                &hash));
    suite_client_close(&one);
}

/* Material that is no key. Nothing is imported, and what was there stays. */
static void material_run(suite_env *env, const void *argument)
{
    static uint8_t bytes[200];
    static const struct {
        uint32_t type;
        uint16_t format;
        size_t len;
        uint8_t fill;
    } bad[] = {
        { HF_KEY_AES_128, HF_FORMAT_RAW, 15, 1 },
        { HF_KEY_AES_128, HF_FORMAT_RAW, 17, 1 },
        { HF_KEY_AES_256, HF_FORMAT_RAW, 16, 1 },
        { HF_KEY_HMAC, HF_FORMAT_RAW, 15, 1 },
        { HF_KEY_HMAC, HF_FORMAT_RAW, 129, 1 },
        { HF_KEY_P256, HF_FORMAT_RAW, 31, 1 },
        { HF_KEY_P256, HF_FORMAT_RAW, 33, 1 },
        { HF_KEY_P256, HF_FORMAT_RAW, 32, 0 },
        { HF_KEY_P256, HF_FORMAT_RAW, 32, 0xFF },
        { HF_KEY_P256, HF_FORMAT_DER, 32, 0x30 },
        { HF_KEY_P384, HF_FORMAT_RAW, 32, 1 },
        { HF_KEY_ED25519, HF_FORMAT_RAW, 31, 1 },
        { HF_KEY_ED25519, HF_FORMAT_DER, 60, 0 },
        { HF_KEY_P256_PUBLIC, HF_FORMAT_RAW, 65, 4 },
        { HF_KEY_P256_PUBLIC, HF_FORMAT_DER, 91, 1 },
    };
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    memset(bytes, 0x5A, sizeof bytes);
    hf_key_import_response answer;
    hf_key_import_request good = { .handle = 1,
                                   .type = HF_KEY_AES_128,
                                   .store = 1,
                                   .material = hf_bytes_of(bytes, 16) };
    SUITE_EXPECT(env, HF_OK, hf_client_key_import(client, &good, &answer));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memset(bytes, bad[i].fill, sizeof bytes);
        hf_key_import_request request = { .handle = 1,
                                          .type = bad[i].type,
                                          .format = bad[i].format,
                                          .store = i % 2 != 0,
                                          .material = hf_bytes_of(bytes, bad[i].len) };
        SUITE_EXPECT(env, HF_ERR_KEY, hf_client_key_import(client, &request, &answer));
    }
    good.format = HF_FORMAT_DER; /* which a symmetric key has not */
    SUITE_EXPECT(env, HF_ERR_TYPE, hf_client_key_import(client, &good, &answer));
    good.type = 0x7F7F7F7F;
    SUITE_EXPECT(env, HF_ERR_TYPE, hf_client_key_import(client, &good, &answer));
    hf_key_export_response key;
    memset(bytes, 0x5A, sizeof bytes);
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_key_export(client, &(hf_key_export_request){ .handle = 1 }, &key));
    SUITE_TRUE(env, key.type == HF_KEY_AES_128 && key.material.len == 16 &&
                        memcmp(key.material.data, bytes, 16) == 0);
    suite_client_close(&one);
}

/* Inputs of lengths that an operation does not take. */
static void input_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static const uint8_t data[100];
    static const size_t lens[] = { 0, 19, 65, 100 };
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    SUITE_EXPECT(env, HF_OK,
                 generate(client, 1, HF_KEY_P256, HF_USAGE_SIGN | HF_USAGE_VERIFY));
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        hf_sign_response answer;
        SUITE_EXPECT(
            env, HF_ERR_RANGE,
            hf_client_sign(client,
                           &(hf_sign_request){ .handle = 1,
                                               .algorithm = HF_ALG_ECDSA,
                                               .data = hf_bytes_of(data, lens[i]) },
                           &answer));
    }
    /* No hardware is there, or none that can do it: no silent fall-back. */
    hf_sign_response answer;
    int rc = hf_client_sign(client,
                            &(hf_sign_request){ .handle = 1,
                                                .algorithm = HF_ALG_ECDSA,
                                                .affinity = HF_AFFINITY_HARDWARE,
                                                .data = hf_bytes_of(data, 32) },
                            &answer);
    SUITE_TRUE(env, rc == (env->has_hardware ? HF_OK : HF_ERR_NOTSUPPORTED));
    SUITE_EXPECT(env, HF_OK,
                 hf_client_sign(client,
                                &(hf_sign_request){ .handle = 1,
                                                    .algorithm = HF_ALG_ECDSA,
                                                    .affinity = HF_AFFINITY_SOFTWARE,
                                                    .data = hf_bytes_of(data, 32) },
                                &answer));
    suite_client_close(&one);
}

static const suite_case cases[] = {
    { "wrong key type", type_run, NULL, 0 },
    { "missing usage flag", usage_run, NULL, 0 },
    { "foreign key", foreign_run, NULL, 0 },
    { "unknown algorithm", algorithm_run, NULL, 0 },
    { "malformed key material", material_run, NULL, 0 },
    { "wrong input", input_run, NULL, 0 },
};

const suite_cases suite_bad_use_cases = SUITE_CASES(cases);
