/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Operations: known answers where there are any, round trips, and wrong signatures, tags
 * and MACs.
 */
#include <string.h>

#include "suite/abilities.h"

/* FIPS 180-4 examples: digests of "abc". */
static const uint8_t abc_sha256[] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                      0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                      0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                      0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
static const uint8_t abc_sha384[] = { 0xcb, 0x00, 0x75, 0x3f, 0x45, 0xa3, 0x5e, 0x8b,
                                      0xb5, 0xa0, 0x3d, 0x69, 0x9a, 0xc6, 0x50, 0x07,
                                      0x27, 0x2c, 0x32, 0xab, 0x0e, 0xde, 0xd1, 0x63,
                                      0x1a, 0x8b, 0x60, 0x5a, 0x43, 0xff, 0x5b, 0xed,
                                      0x80, 0x86, 0x07, 0x2b, 0xa1, 0xe7, 0xcc, 0x23,
                                      0x58, 0xba, 0xec, 0xa1, 0x34, 0xc8, 0x25, 0xa7 };
static const uint8_t abc_sha512[] = {
    0xdd, 0xaf, 0x35, 0xa1, 0x93, 0x61, 0x7a, 0xba, 0xcc, 0x41, 0x73, 0x49, 0xae,
    0x20, 0x41, 0x31, 0x12, 0xe6, 0xfa, 0x4e, 0x89, 0xa9, 0x7e, 0xa2, 0x0a, 0x9e,
    0xee, 0xe6, 0x4b, 0x55, 0xd3, 0x9a, 0x21, 0x92, 0x99, 0x2a, 0x27, 0x4f, 0xc1,
    0xa8, 0x36, 0xba, 0x3c, 0x23, 0xa3, 0xfe, 0xeb, 0xbd, 0x45, 0x4d, 0x44, 0x23,
    0x64, 0x3c, 0xe8, 0x0e, 0x2a, 0x9a, 0xc9, 0x4f, 0xa5, 0x4c, 0xa4, 0x9f
};
/* RFC 4231 test case 1: key of 20 bytes 0x0b, data "Hi There". */
static const uint8_t hmac_expected[] = { 0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53,
                                         0x5c, 0xa8, 0xaf, 0xce, 0xaf, 0x0b, 0xf1, 0x2b,
                                         0x88, 0x1d, 0xc2, 0x00, 0xc9, 0x83, 0x3d, 0xa7,
                                         0x26, 0xe9, 0x37, 0x6c, 0x2e, 0x32, 0xcf, 0xf7 };
/* RFC 8032 7.1 test 2: message 0x72. */
static const uint8_t ed25519_seed[] = { 0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda,
                                        0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f,
                                        0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24,
                                        0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb };
static const uint8_t ed25519_signature[] = {
    0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8, 0x72, 0x0e, 0x82, 0x0b, 0x5f,
    0x64, 0x25, 0x40, 0xa2, 0xb2, 0x7b, 0x54, 0x16, 0x50, 0x3f, 0x8f, 0xb3, 0x76,
    0x22, 0x23, 0xeb, 0xdb, 0x69, 0xda, 0x08, 0x5a, 0xc1, 0xe4, 0x3e, 0x15, 0x99,
    0x6e, 0x45, 0x8f, 0x36, 0x13, 0xd0, 0xf1, 0x1d, 0x8c, 0x38, 0x7b, 0x2e, 0xae,
    0xb4, 0x30, 0x2a, 0xee, 0xb0, 0x0d, 0x29, 0x16, 0x12, 0xbb, 0x0c, 0x00
};

static int import(hf_client *client, hf_handle at, uint32_t type, hf_bytes material)
{
    hf_key_import_response answer;
    const hf_key_type_info *info = hf_key_type_find(type);
    return hf_client_key_import(
        client,
        &(hf_key_import_request){
            .handle = at, .type = type, .flags = info->usages, .material = material },
        &answer);
}

static int generate(hf_client *client, hf_handle at, uint32_t type)
{
    hf_key_generate_response answer;
    const hf_key_type_info *info = hf_key_type_find(type);
    return hf_client_key_generate(
        client,
        &(hf_key_generate_request){ .handle = at, .type = type, .flags = info->usages },
        &answer);
}

static bool is_same(hf_bytes bytes, const void *expected, size_t len)
{
    return bytes.len == len && memcmp(bytes.data, expected, len) == 0;
}

static void random_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    uint8_t first[32];
    hf_random_response random;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_random(client, &(hf_random_request){ .len = 32 }, &random));
    SUITE_TRUE(env, random.data.len == 32);
    memcpy(first, random.data.data, 32);
    SUITE_EXPECT(env, HF_OK,
                 hf_client_random(client, &(hf_random_request){ .len = 32 }, &random));
    SUITE_TRUE(env, random.data.len == 32 && memcmp(first, random.data.data, 32) != 0);
    SUITE_EXPECT(env, HF_OK,
                 hf_client_random(client, &(hf_random_request){ .len = 0 }, &random));
    SUITE_TRUE(env, random.data.len == 0);
    uint32_t most = client->body_size - 4u;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_random(client, &(hf_random_request){ .len = most }, &random));
    SUITE_TRUE(env, random.data.len == most);
    SUITE_EXPECT(
        env, HF_ERR_SIZE,
        hf_client_random(client, &(hf_random_request){ .len = most + 1 }, &random));
    suite_client_close(&one);
}

static void hash_run(suite_env *env, const void *argument)
{
    static const struct {
        uint16_t algorithm;
        const uint8_t *digest;
        size_t len;
    } hashes[] = { { HF_ALG_SHA256, abc_sha256, sizeof abc_sha256 },
                   { HF_ALG_SHA384, abc_sha384, sizeof abc_sha384 },
                   { HF_ALG_SHA512, abc_sha512, sizeof abc_sha512 } };
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        uint16_t algorithm = hashes[i].algorithm;
        hf_hash_response hash;
        SUITE_EXPECT(env, HF_OK,
                     hf_client_hash(client,
                                    &(hf_hash_request){ .algorithm = algorithm,
                                                        .data = hf_bytes_of("abc", 3) },
                                    &hash));
        SUITE_TRUE(env, is_same(hash.digest, hashes[i].digest, hashes[i].len));
        hf_hash_start_response started;
        SUITE_EXPECT(
            env, HF_OK,
            hf_client_hash_start(
                client, &(hf_hash_start_request){ .algorithm = algorithm }, &started));
        static const char text[] = "abc";
        for (size_t n = 0; n < 3; n++) {
            hf_stream_update_response none;
            SUITE_EXPECT(env, HF_OK,
                         hf_client_stream_update(client,
                                                 &(hf_stream_update_request){
                                                     .stream = started.stream,
                                                     .data = hf_bytes_of(&text[n], 1) },
                                                 &none));
        }
        hf_stream_finish_response done;
        hf_stream_finish_request finish = { .stream = started.stream };
        SUITE_EXPECT(env, HF_OK, hf_client_stream_finish(client, &finish, &done));
        SUITE_TRUE(env, is_same(done.data, hashes[i].digest, hashes[i].len));
        SUITE_EXPECT(env, HF_ERR_NOTFOUND,
                     hf_client_stream_finish(client, &finish, &done));
    }
    suite_client_close(&one);
}

/* A session has so many streams, each with its own state; other sessions have others. */
static void streams_run(suite_env *env, const void *argument)
{
    static suite_client one, two;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_client *other = suite_connect(env, &two, SUITE_WRITER);
    hf_hash_start_response streams[HF_CFG_SESSION_STREAMS_MAX + 1];
    const hf_hash_start_request start = { .algorithm = HF_ALG_SHA256 };
    hf_stream_finish_response done;
    hf_stream_update_response none;
    for (size_t i = 0; i < HF_CFG_SESSION_STREAMS_MAX; i++) {
        SUITE_EXPECT(env, HF_OK, hf_client_hash_start(client, &start, &streams[i]));
    }
    SUITE_EXPECT(
        env, HF_ERR_LIMIT,
        hf_client_hash_start(client, &start, &streams[HF_CFG_SESSION_STREAMS_MAX]));
    SUITE_EXPECT(
        env, HF_ERR_NOTFOUND,
        hf_client_stream_update(
            other, &(hf_stream_update_request){ .stream = streams[0].stream }, &none));
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < HF_CFG_SESSION_STREAMS_MAX; i++) {
            hf_bytes letter = hf_bytes_of((i % 2 == 0 ? "abc" : "xyz") + round, 1);
            SUITE_EXPECT(
                env, HF_OK,
                hf_client_stream_update(client,
                                        &(hf_stream_update_request){
                                            .stream = streams[i].stream, .data = letter },
                                        &none));
        }
    }
    for (size_t i = 0; i < HF_CFG_SESSION_STREAMS_MAX; i++) {
        SUITE_EXPECT(env, HF_OK,
                     hf_client_stream_finish(
                         client,
                         &(hf_stream_finish_request){ .stream = streams[i].stream },
                         &done));
        SUITE_TRUE(env,
                   is_same(done.data, abc_sha256, sizeof abc_sha256) == (i % 2 == 0));
    }
    suite_client_close(&one);
    suite_client_close(&two);
}

static void mac_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    uint8_t key[20], wrong[32];
    memset(key, 0x0b, sizeof key);
    SUITE_EXPECT(env, HF_OK,
                 import(client, 1, HF_KEY_HMAC, hf_bytes_of(key, sizeof key)));
    hf_mac_generate_response mac;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_mac_generate(
                     client,
                     &(hf_mac_generate_request){ .handle = 1,
                                                 .algorithm = HF_ALG_HMAC_SHA256,
                                                 .data = hf_bytes_of("Hi There", 8) },
                     &mac));
    SUITE_TRUE(env, is_same(mac.mac, hmac_expected, sizeof hmac_expected));
    hf_mac_verify_response none;
    hf_mac_verify_request verify = { .handle = 1,
                                     .algorithm = HF_ALG_HMAC_SHA256,
                                     .mac = hf_bytes_of(hmac_expected, 32),
                                     .data = hf_bytes_of("Hi There", 8) };
    SUITE_EXPECT(env, HF_OK, hf_client_mac_verify(client, &verify, &none));
    memcpy(wrong, hmac_expected, sizeof wrong);
    wrong[31] ^= 1;
    verify.mac = hf_bytes_of(wrong, 32);
    SUITE_EXPECT(env, HF_ERR_VERIFY, hf_client_mac_verify(client, &verify, &none));
    verify.mac = hf_bytes_of(hmac_expected, 31);
    SUITE_EXPECT(env, HF_ERR_VERIFY, hf_client_mac_verify(client, &verify, &none));
    suite_client_close(&one);
}

/* One MAC, and what verifies: of the length that was asked, and no other. */
static void mac_len_try(suite_env *env, hf_client *client, const hf_algorithm *row,
                        uint16_t len)
{
    hf_mac_generate_response made;
    hf_mac_verify_response none;
    uint8_t mac[HF_MAC_LEN_MAX], nonce[16];
    const hf_bytes data = hf_bytes_of("Hi There", 8);
    hf_mac_generate_request request = {
        .handle = 1, .algorithm = row->id, .mac_len = len, .data = data
    };
    int rc = hf_client_mac_generate(client, &request, &made);
    suite_expect(env, rc, HF_OK, SUITE_PLACE(row->name));
    SUITE_TRUE(env, made.mac.len == len && made.nonce.len == row->nonce_len);
    memcpy(mac, made.mac.data, len);
    if (row->nonce_len > 0) {
        memcpy(nonce, made.nonce.data, row->nonce_len);
    }
    hf_mac_verify_request verify = { .handle = 1,
                                     .algorithm = row->id,
                                     .mac_len = len,
                                     .nonce = hf_bytes_of(nonce, row->nonce_len),
                                     .mac = hf_bytes_of(mac, len),
                                     .data = data };
    SUITE_EXPECT(env, HF_OK, hf_client_mac_verify(client, &verify, &none));
    mac[len - 1] ^= 0x80;
    SUITE_EXPECT(env, HF_ERR_VERIFY, hf_client_mac_verify(client, &verify, &none));
    mac[len - 1] ^= 0x80;
    verify.mac_len = 0;
    SUITE_EXPECT(env, len == row->output_len ? HF_OK : HF_ERR_VERIFY,
                 hf_client_mac_verify(client, &verify, &none));
    verify.mac_len = len;
    verify.data.len--;
    SUITE_EXPECT(env, HF_ERR_VERIFY, hf_client_mac_verify(client, &verify, &none));
    request.mac_len = 8; /* shorter than the key allows */
    SUITE_EXPECT(env, HF_ERR_ACCESS, hf_client_mac_generate(client, &request, &made));
    verify.mac_len = 8;
    SUITE_EXPECT(env, HF_ERR_ACCESS, hf_client_mac_verify(client, &verify, &none));
}

static void macs_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static const uint32_t types[] = { HF_KEY_HMAC, HF_KEY_SECRET, HF_KEY_AES_128,
                                      HF_KEY_AES_192, HF_KEY_AES_256 };
    const hf_algorithm *row;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        hf_key_generate_response made;
        const hf_key_generate_request request = { .handle = 1,
                                                  .type = types[t],
                                                  .flags = HF_USAGE_SIGN |
                                                           HF_USAGE_VERIFY |
                                                           HF_FLAG_MAC_LEN(12),
                                                  .store = 1 };
        SUITE_EXPECT(env, HF_OK, hf_client_key_generate(client, &request, &made));
        for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
            if (row->class == HF_CLASS_MAC && (row->traits & HF_TRAIT_LEGACY) == 0 &&
                hf_algorithm_fits(row, types[t], false)) {
                mac_len_try(env, client, row, 12);
                mac_len_try(env, client, row, 13);
                mac_len_try(env, client, row, row->output_len);
            }
        }
    }
    suite_client_close(&one);
}

/* An encryption, kept beyond the client's next call. */
typedef struct sealed {
    uint8_t nonce[32], tag[32], data[256];
    size_t nonce_len, tag_len, len;
} sealed;

static void seal(suite_env *env, hf_client *client, hf_handle key, sealed *box)
{
    static const char text[] = "attack at dawn";
    hf_encrypt_response answer;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_encrypt(
                     client,
                     &(hf_encrypt_request){ .handle = key,
                                            .algorithm = HF_ALG_AES_GCM,
                                            .aad = hf_bytes_of("header", 6),
                                            .plaintext = hf_bytes_of(text, sizeof text) },
                     &answer));
    SUITE_TRUE(env, answer.nonce.len == 12 && answer.tag.len == 16 &&
                        answer.ciphertext.len == sizeof text);
    box->nonce_len = answer.nonce.len;
    box->tag_len = answer.tag.len;
    box->len = answer.ciphertext.len;
    memcpy(box->nonce, answer.nonce.data, box->nonce_len);
    memcpy(box->tag, answer.tag.data, box->tag_len);
    memcpy(box->data, answer.ciphertext.data, box->len);
}

static int unseal(hf_client *client, hf_handle key, const sealed *box, const char *aad,
                  hf_decrypt_response *answer)
{
    return hf_client_decrypt(
        client,
        &(hf_decrypt_request){ .handle = key,
                               .algorithm = HF_ALG_AES_GCM,
                               .nonce = hf_bytes_of(box->nonce, box->nonce_len),
                               .tag = hf_bytes_of(box->tag, box->tag_len),
                               .aad = hf_bytes_of(aad, strlen(aad)),
                               .ciphertext = hf_bytes_of(box->data, box->len) },
        answer);
}

static void aead_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static const uint32_t types[] = { HF_KEY_AES_128, HF_KEY_AES_256 };
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    for (hf_handle at = 1; at <= 2; at++) {
        sealed box, second;
        hf_decrypt_response plain;
        SUITE_EXPECT(env, HF_OK, generate(client, at, types[at - 1]));
        seal(env, client, at, &box);
        seal(env, client, at, &second);
        SUITE_TRUE(env, memcmp(box.nonce, second.nonce, box.nonce_len) != 0);
        SUITE_EXPECT(env, HF_OK, unseal(client, at, &box, "header", &plain));
        SUITE_TRUE(env, is_same(plain.plaintext, "attack at dawn", 15));
        SUITE_EXPECT(env, HF_ERR_VERIFY, unseal(client, at, &box, "footer", &plain));
        box.tag[3] ^= 0x40;
        SUITE_EXPECT(env, HF_ERR_VERIFY, unseal(client, at, &box, "header", &plain));
        box.tag[3] ^= 0x40;
        box.data[0] ^= 1;
        SUITE_EXPECT(env, HF_ERR_VERIFY, unseal(client, at, &box, "header", &plain));
        box.data[0] ^= 1;
        box.nonce_len = 11;
        SUITE_EXPECT(env, HF_ERR_VERIFY, unseal(client, at, &box, "header", &plain));
        box.nonce_len = 0;
        SUITE_EXPECT(env, HF_ERR_RANGE, unseal(client, at, &box, "header", &plain));
    }
    suite_client_close(&one);
}

static void ecdsa_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static const uint32_t types[] = { HF_KEY_P256, HF_KEY_P384 };
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    for (unsigned i = 0; i < 4; i++) {
        uint8_t copy[160], digest[32];
        uint32_t type = types[i / 2];
        hf_sign_request sign = { .handle = 1,
                                 .algorithm = HF_ALG_ECDSA,
                                 .format =
                                     i % 2 == 0 ? HF_SIGNATURE_DER : HF_SIGNATURE_RAW,
                                 .data = hf_bytes_of(digest, sizeof digest) };
        memcpy(digest, abc_sha256, sizeof digest);
        SUITE_EXPECT(env, HF_OK, generate(client, 1, type));
        hf_sign_response answer;
        SUITE_EXPECT(env, HF_OK, hf_client_sign(client, &sign, &answer));
        size_t len = answer.signature.len;
        SUITE_TRUE(env,
                   len <= sizeof copy &&
                       len <= hf_crypto_output_len_max(HF_ALG_ECDSA, type, sign.format));
        memcpy(copy, answer.signature.data, len);
        hf_verify_request verify = { .handle = 1,
                                     .algorithm = HF_ALG_ECDSA,
                                     .format = sign.format,
                                     .signature = hf_bytes_of(copy, len),
                                     .data = sign.data };
        hf_verify_response none;
        SUITE_EXPECT(env, HF_OK, hf_client_verify(client, &verify, &none));
        digest[0] ^= 1;
        SUITE_EXPECT(env, HF_ERR_VERIFY, hf_client_verify(client, &verify, &none));
        digest[0] ^= 1;
        copy[len - 1] ^= 1;
        SUITE_EXPECT(env, HF_ERR_VERIFY, hf_client_verify(client, &verify, &none));
        verify.signature.len = len - 1;
        SUITE_EXPECT(env, HF_ERR_VERIFY, hf_client_verify(client, &verify, &none));
    }
    suite_client_close(&one);
}

static void eddsa_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static const uint8_t message[] = { 0x72 };
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    SUITE_EXPECT(env, HF_OK,
                 import(client, 1, HF_KEY_ED25519,
                        hf_bytes_of(ed25519_seed, sizeof ed25519_seed)));
    hf_sign_response answer;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_sign(client,
                                &(hf_sign_request){ .handle = 1,
                                                    .algorithm = HF_ALG_ED25519,
                                                    .data = hf_bytes_of(message, 1) },
                                &answer));
    SUITE_TRUE(env,
               is_same(answer.signature, ed25519_signature, sizeof ed25519_signature));
    hf_verify_response none;
    hf_verify_request verify = { .handle = 1,
                                 .algorithm = HF_ALG_ED25519,
                                 .signature = hf_bytes_of(ed25519_signature, 64),
                                 .data = hf_bytes_of(message, 1) };
    SUITE_EXPECT(env, HF_OK, hf_client_verify(client, &verify, &none));
    verify.data.len = 0;
    SUITE_EXPECT(env, HF_ERR_VERIFY, hf_client_verify(client, &verify, &none));
    suite_client_close(&one);
}

/* What every libcrypto has that the project builds against. */
static void capabilities_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static suite_abilities abilities;
    static const uint16_t everywhere[] = { HF_ALG_SHA1,
                                           HF_ALG_SHA256,
                                           HF_ALG_SHA3_512,
                                           HF_ALG_SHAKE256,
                                           HF_ALG_AES_CMAC,
                                           HF_ALG_AES_GMAC,
                                           HF_ALG_HMAC_SHA512_256,
                                           HF_ALG_AES_XTS,
                                           HF_ALG_AES_KWP,
                                           HF_ALG_AES_CCM,
                                           HF_ALG_ECDSA,
                                           HF_ALG_RSA_PSS,
                                           HF_ALG_ED25519,
                                           HF_ALG_ECDH,
                                           HF_ALG_XDH,
                                           HF_ALG_HKDF,
                                           HF_ALG_LMS,
                                           HF_ALG_WRAP_AES_GCM };
    static const uint32_t types[] = { HF_KEY_AES_192, HF_KEY_CHACHA20,
                                      HF_KEY_P521,    HF_KEY_RSA_4096,
                                      HF_KEY_X448,    HF_KEY_LMS(1, 5, 8) };
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    suite_abilities_get(env, client, &abilities);
    for (size_t i = 0; i < sizeof everywhere / sizeof everywhere[0]; i++) {
        SUITE_TRUE(env, suite_has_algorithm(&abilities, everywhere[i]));
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        SUITE_TRUE(env, suite_has_key_type(&abilities, types[i]));
    }
    /* And none that nobody can know. */
    SUITE_TRUE(env, !suite_has_algorithm(&abilities, HF_ALG_NONE));
    suite_client_close(&one);
}

static const suite_case cases[] = {
    { "crypto random", random_run, NULL, 0 },
    { "crypto hashes", hash_run, NULL, 0 },
    { "crypto hash streams", streams_run, NULL, 0 },
    { "crypto HMAC", mac_run, NULL, 0 },
    { "crypto MACs of every row, whole and cut", macs_run, NULL, 0 },
    { "crypto AES-GCM", aead_run, NULL, 0 },
    { "crypto ECDSA", ecdsa_run, NULL, 0 },
    { "crypto Ed25519", eddsa_run, NULL, 0 },
    { "crypto capabilities", capabilities_run, NULL, 0 },
};

const suite_cases suite_crypto_cases = SUITE_CASES(cases);
