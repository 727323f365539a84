/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Derivation, agreement and encapsulation through clients: two sides that never show
 * their private keys get the same new key, which never shows itself either.
 */
#include <string.h>

#include "suite/abilities.h"
#include "suite/suite.h"

#define BASE 1u
#define NEW 2u
#define NEW_FLAGS (HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT)
#define HKDF                                                                             \
    .kdf = HF_ALG_HKDF, .hash = HF_ALG_SHA256, .salt = hf_bytes_of("salt", 4),           \
    .info = hf_bytes_of("info", 4)

static int generate(hf_client *client, uint32_t type, uint32_t flags)
{
    hf_key_generate_response made;
    return hf_client_key_generate(
        client,
        &(hf_key_generate_request){
            .handle = BASE, .type = type, .flags = flags, .store = 1 },
        &made);
}

static void erase(suite_env *env, hf_client *client, hf_handle at)
{
    hf_key_erase_response none;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_key_erase(client, &(hf_key_erase_request){ .handle = at }, &none));
}

/* What one side encrypts with its new key, the other side decrypts with its own. */
static void expect_same(suite_env *env, hf_client *one, hf_client *other)
{
    hf_encrypt_response sealed;
    hf_decrypt_response opened;
    uint8_t nonce[16];
    uint8_t tag[16];
    uint8_t text[8];
    SUITE_EXPECT(env, HF_OK,
                 hf_client_encrypt(
                     one,
                     &(hf_encrypt_request){ .handle = NEW,
                                            .algorithm = HF_ALG_AES_GCM,
                                            .plaintext = hf_bytes_of("to other", 8) },
                     &sealed));
    SUITE_TRUE(env, sealed.nonce.len <= sizeof nonce && sealed.tag.len == sizeof tag &&
                        sealed.ciphertext.len == sizeof text);
    memcpy(nonce, sealed.nonce.data, sealed.nonce.len);
    memcpy(tag, sealed.tag.data, sizeof tag);
    memcpy(text, sealed.ciphertext.data, sizeof text);
    SUITE_EXPECT(env, HF_OK,
                 hf_client_decrypt(other,
                                   &(hf_decrypt_request){
                                       .handle = NEW,
                                       .algorithm = HF_ALG_AES_GCM,
                                       .nonce = hf_bytes_of(nonce, sealed.nonce.len),
                                       .tag = hf_bytes_of(tag, sizeof tag),
                                       .ciphertext = hf_bytes_of(text, sizeof text) },
                                   &opened));
    SUITE_TRUE(env, opened.plaintext.len == 8 &&
                        memcmp(opened.plaintext.data, "to other", 8) == 0);
}

static void expect_inside(suite_env *env, hf_client *client)
{
    hf_key_export_response none;
    SUITE_EXPECT(
        env, HF_ERR_ACCESS,
        hf_client_key_export(client, &(hf_key_export_request){ .handle = NEW }, &none));
}

/* ---- agreement ---- */

static hf_bytes public_of(suite_env *env, hf_client *client, uint16_t format,
                          uint8_t copy[256])
{
    hf_key_export_public_response answer;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_key_export_public(
                     client,
                     &(hf_key_export_public_request){ .handle = BASE, .format = format },
                     &answer));
    SUITE_TRUE(env, answer.material.len <= 256);
    memcpy(copy, answer.material.data, answer.material.len);
    return hf_bytes_of(copy, answer.material.len);
}

static int agree(hf_client *client, uint16_t algorithm, uint16_t format, hf_bytes peer)
{
    hf_key_agree_response answer;
    return hf_client_key_agree(client,
                               &(hf_key_agree_request){ .base = BASE,
                                                        .algorithm = algorithm,
                                                        .peer_format = format,
                                                        .peer = peer,
                                                        HKDF,
                                                        .handle = NEW,
                                                        .type = HF_KEY_AES_256,
                                                        .flags = NEW_FLAGS,
                                                        .store = 1 },
                               &answer);
}

static void agree_run(suite_env *env, const void *argument)
{
    static suite_client left;
    static suite_client right;
    suite_abilities abilities;
    const hf_key_type_info *type;
    uint32_t tried = 0;
    (void)argument;
    hf_client *one = suite_connect(env, &left, SUITE_WRITER);
    hf_client *other = suite_connect(env, &right, SUITE_WRITER + 1);
    suite_abilities_get(env, one, &abilities);
    for (size_t i = 0; (type = hf_key_type_at(i)) != NULL; i++) {
        uint16_t algorithm =
            HF_KEY_FAMILY(type->type) == HF_FAMILY_EC ? HF_ALG_ECDH : HF_ALG_XDH;
        if (HF_KEY_CLASS(type->type) != HF_CLASS_PRIVATE ||
            !hf_algorithm_fits(hf_algorithm_find(algorithm), type->type, false) ||
            !suite_has_key_type(&abilities, type->type)) {
            continue;
        }
        uint8_t mine[256];
        uint8_t yours[256];
        uint16_t format = (uint16_t)(i % 2);
        SUITE_EXPECT(env, HF_OK,
                     generate(one, type->type, HF_USAGE_DERIVE | HF_FLAG_NONEXPORTABLE));
        SUITE_EXPECT(env, HF_OK,
                     generate(other, type->type, HF_USAGE_DERIVE | HF_FLAG_SENSITIVE));
        hf_bytes ours = public_of(env, one, format, mine);
        hf_bytes theirs = public_of(env, other, format, yours);
        SUITE_EXPECT(env, HF_OK, agree(one, algorithm, format, theirs));
        SUITE_EXPECT(env, HF_OK, agree(other, algorithm, format, ours));
        expect_same(env, one, other);
        expect_same(env, other, one);
        expect_inside(env, one);
        expect_inside(env, other);
        erase(env, one, NEW);
        yours[theirs.len - 1] ^= 1; /* off the curve; of X25519 just another point */
        int rc = agree(one, algorithm, format, theirs);
        SUITE_TRUE(env, rc == HF_ERR_KEY || (rc == HF_OK && algorithm == HF_ALG_XDH));
        SUITE_EXPECT(env, HF_ERR_KEY,
                     agree(one, algorithm, format, hf_bytes_of(mine, ours.len - 1)));
        tried++;
    }
    SUITE_TRUE(env, tried >= 5);
    suite_client_close(&left);
    suite_client_close(&right);
}

/* ---- derivation ---- */

static int derive(hf_client *client, hf_handle at, uint32_t type, uint32_t flags)
{
    hf_key_derive_response answer;
    return hf_client_key_derive(
        client,
        &(hf_key_derive_request){
            .base = BASE, HKDF, .handle = at, .type = type, .flags = flags, .store = 1 },
        &answer);
}

/* The same base key under two owners: imported, so that it is the same. */
static void derive_run(suite_env *env, const void *argument)
{
    static suite_client left;
    static suite_client right;
    static const uint8_t material[32] = "the same secret on both sides..";
    hf_key_import_response made;
    hf_key_derive_response secret;
    (void)argument;
    hf_client *clients[2] = { suite_connect(env, &left, SUITE_WRITER),
                              suite_connect(env, &right, SUITE_WRITER + 1) };
    for (size_t i = 0; i < 2; i++) {
        SUITE_EXPECT(
            env, HF_OK,
            hf_client_key_import(clients[i],
                                 &(hf_key_import_request){
                                     .handle = BASE,
                                     .type = HF_KEY_SECRET,
                                     .flags = HF_USAGE_DERIVE | HF_FLAG_NONEXPORTABLE,
                                     .store = 1,
                                     .material = hf_bytes_of(material, 32) },
                                 &made));
        SUITE_EXPECT(env, HF_OK, derive(clients[i], NEW, HF_KEY_AES_128, NEW_FLAGS));
        expect_inside(env, clients[i]);
    }
    expect_same(env, clients[0], clients[1]);
    SUITE_EXPECT(
        env, HF_ERR_ACCESS,
        hf_client_key_derive(
            clients[0],
            &(hf_key_derive_request){ .base = BASE, HKDF, .is_exported = 1, .len = 8 },
            &secret));
    SUITE_EXPECT(env, HF_ERR_TYPE, derive(clients[0], NEW, HF_KEY_P256, HF_USAGE_SIGN));
    SUITE_EXPECT(env, HF_ERR_TYPE, derive(clients[0], NEW, HF_KEY_RSA_2048, 0));
    /* The new key replaces what was there, and derives nothing itself. */
    SUITE_EXPECT(env, HF_OK, derive(clients[0], NEW, HF_KEY_SECRET, HF_USAGE_SIGN));
    SUITE_EXPECT(env, HF_ERR_USAGE,
                 hf_client_key_derive(
                     clients[0],
                     &(hf_key_derive_request){
                         .base = NEW, HKDF, .handle = NEW + 1, .type = HF_KEY_AES_128 },
                     &secret));
    suite_client_close(&left);
    suite_client_close(&right);
}

/* ---- encapsulation ---- */

static void kem_type_run(suite_env *env, hf_client *one, hf_client *other, uint32_t type)
{
    static uint8_t copy[4096];
    hf_key_export_public_response public;
    hf_key_import_response imported;
    hf_key_encapsulate_response sent;
    hf_key_decapsulate_response got;
    SUITE_EXPECT(env, HF_OK,
                 generate(one, type, HF_USAGE_DERIVE | HF_FLAG_NONEXPORTABLE));
    SUITE_EXPECT(env, HF_OK,
                 hf_client_key_export_public(
                     one, &(hf_key_export_public_request){ .handle = BASE }, &public));
    hf_bytes kept = hf_bytes_of(copy, public.material.len);
    SUITE_TRUE(env, kept.len <= sizeof copy);
    memcpy(copy, public.material.data, kept.len);
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_key_import(
            other,
            &(hf_key_import_request){ .handle = BASE,
                                      .type = hf_key_type_public(type),
                                      .flags = HF_USAGE_DERIVE | HF_FLAG_NONEXPORTABLE,
                                      .store = 1,
                                      .material = kept },
            &imported));
    SUITE_EXPECT(env, HF_OK,
                 hf_client_key_encapsulate(
                     other,
                     &(hf_key_encapsulate_request){ .base = BASE,
                                                    .algorithm = HF_ALG_ML_KEM,
                                                    .handle = NEW,
                                                    .type = HF_KEY_AES_256,
                                                    .flags = NEW_FLAGS },
                     &sent));
    kept = hf_bytes_of(copy, sent.ciphertext.len);
    SUITE_TRUE(env, kept.len <= sizeof copy && sent.secret.len == 0);
    memcpy(copy, sent.ciphertext.data, kept.len);
    hf_key_decapsulate_request request = { .base = BASE,
                                           .algorithm = HF_ALG_ML_KEM,
                                           .ciphertext = kept,
                                           .handle = NEW,
                                           .type = HF_KEY_AES_256,
                                           .flags = NEW_FLAGS };
    SUITE_EXPECT(env, HF_OK, hf_client_key_decapsulate(one, &request, &got));
    expect_same(env, one, other);
    expect_inside(env, one);
    /* Changed on the way: another key, and nobody is told (FIPS 203 6.3). */
    copy[0] ^= 1;
    SUITE_EXPECT(env, HF_OK, hf_client_key_decapsulate(one, &request, &got));
    request.ciphertext.len--;
    SUITE_EXPECT(env, HF_ERR_RANGE, hf_client_key_decapsulate(one, &request, &got));
}

static void kem_run(suite_env *env, const void *argument)
{
    static suite_client left;
    static suite_client right;
    static const uint32_t types[] = { HF_KEY_ML_KEM_512, HF_KEY_ML_KEM_768,
                                      HF_KEY_ML_KEM_1024 };
    suite_abilities abilities;
    (void)argument;
    hf_client *one = suite_connect(env, &left, SUITE_WRITER);
    hf_client *other = suite_connect(env, &right, SUITE_WRITER + 1);
    suite_abilities_get(env, one, &abilities);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (suite_has_algorithm(&abilities, HF_ALG_ML_KEM)) {
            kem_type_run(env, one, other, types[i]);
        } else {
            SUITE_EXPECT(env, HF_ERR_NOTSUPPORTED,
                         generate(one, types[i], HF_USAGE_DERIVE));
        }
    }
    suite_client_close(&left);
    suite_client_close(&right);
}

static const suite_case cases[] = {
    { "agreement of two sides", agree_run, NULL, 0 },
    { "derivation on two sides", derive_run, NULL, 0 },
    { "encapsulation for the other side", kem_run, NULL, 0 },
};

const suite_cases suite_derive_cases = SUITE_CASES(cases);
