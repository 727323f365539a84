/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Wrapping through a client: every form brings a key back that does what the old one did;
 * what was changed, and what must not leave, is refused; a blob outlives the server.
 */
#include <string.h>

#include "suite/suite.h"

#define KEK 1u     /* AES-256: wraps and unwraps */
#define PRIVATE 2u /* RSA: unwraps */
#define PUBLIC 3u  /* its other half: wraps */
#define KEY 4u     /* HMAC: goes out */
#define BACK 5u    /* and comes back */
#define BLOB_SIZE 1024u

typedef struct blob {
    uint8_t data[BLOB_SIZE];
    size_t len;
} blob;

typedef struct form {
    uint16_t algorithm;
    hf_handle wraps, unwraps;
} form;

static const form forms[] = {
    { HF_ALG_WRAP_AES_GCM, KEK, KEK },
    { HF_ALG_WRAP_AES_KW, KEK, KEK },
    { HF_ALG_WRAP_AES_KWP, KEK, KEK },
    { HF_ALG_WRAP_RSA_AES, PUBLIC, PRIVATE },
};
#define FORM_COUNT (sizeof forms / sizeof forms[0])

static hf_bytes bytes_of(const blob *b)
{
    return hf_bytes_of(b->data, b->len);
}

static void keep(suite_env *env, blob *b, hf_bytes bytes)
{
    SUITE_TRUE(env, bytes.len <= sizeof b->data);
    memcpy(b->data, bytes.data, bytes.len);
    b->len = bytes.len;
}

static int generate(hf_client *client, hf_handle at, uint32_t type, uint32_t flags)
{
    hf_key_generate_response made;
    return hf_client_key_generate(
        client,
        &(hf_key_generate_request){
            .handle = at, .type = type, .flags = flags, .store = 1 },
        &made);
}

static int erase(hf_client *client, hf_handle at)
{
    hf_key_erase_response none;
    return hf_client_key_erase(client, &(hf_key_erase_request){ .handle = at }, &none);
}

static void make_keks(suite_env *env, hf_client *client)
{
    hf_key_export_public_response public;
    hf_key_import_response made;
    blob copy;
    SUITE_EXPECT(env, HF_OK,
                 generate(client, KEK, HF_KEY_AES_256, HF_USAGE_WRAP | HF_USAGE_UNWRAP));
    SUITE_EXPECT(env, HF_OK, generate(client, PRIVATE, HF_KEY_RSA_2048, HF_USAGE_UNWRAP));
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_key_export_public(
            client, &(hf_key_export_public_request){ .handle = PRIVATE }, &public));
    keep(env, &copy, public.material);
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_key_import(client,
                             &(hf_key_import_request){ .handle = PUBLIC,
                                                       .type = HF_KEY_RSA_2048_PUBLIC,
                                                       .flags = HF_USAGE_WRAP,
                                                       .store = 1,
                                                       .material = bytes_of(&copy) },
                             &made));
}

static int wrap(hf_client *client, const form *f, hf_handle key, suite_env *env,
                blob *out)
{
    hf_key_wrap_response answer;
    int rc = hf_client_key_wrap(client,
                                &(hf_key_wrap_request){ .handle = key,
                                                        .kek = f->wraps,
                                                        .algorithm = f->algorithm },
                                &answer);
    if (rc == HF_OK) {
        keep(env, out, answer.wrapped);
    }
    return rc;
}

static int unwrap(hf_client *client, const form *f, hf_handle key, hf_bytes wrapped)
{
    hf_key_unwrap_response answer;
    return hf_client_key_unwrap(
        client,
        &(hf_key_unwrap_request){ .handle = key,
                                  .type = HF_KEY_HMAC,
                                  .flags = HF_USAGE_SIGN | HF_USAGE_VERIFY,
                                  .store = 1,
                                  .kek = f->unwraps,
                                  .algorithm = f->algorithm,
                                  .wrapped = wrapped },
        &answer);
}

/* The MAC that one key makes is right for the other. */
static void expect_same(suite_env *env, hf_client *client, hf_handle one, hf_handle other)
{
    hf_mac_generate_response made;
    hf_mac_verify_response none;
    uint8_t mac[32];
    SUITE_EXPECT(env, HF_OK,
                 hf_client_mac_generate(
                     client,
                     &(hf_mac_generate_request){ .handle = one,
                                                 .algorithm = HF_ALG_HMAC_SHA256,
                                                 .data = hf_bytes_of("data", 4) },
                     &made));
    SUITE_TRUE(env, made.mac.len == sizeof mac);
    memcpy(mac, made.mac.data, sizeof mac);
    SUITE_EXPECT(env, HF_OK,
                 hf_client_mac_verify(
                     client,
                     &(hf_mac_verify_request){ .handle = other,
                                               .algorithm = HF_ALG_HMAC_SHA256,
                                               .mac = hf_bytes_of(mac, sizeof mac),
                                               .data = hf_bytes_of("data", 4) },
                     &none));
}

static void forms_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    make_keks(env, client);
    SUITE_EXPECT(env, HF_OK,
                 generate(client, KEY, HF_KEY_HMAC,
                          HF_USAGE_SIGN | HF_USAGE_VERIFY | HF_FLAG_SENSITIVE));
    for (size_t i = 0; i < FORM_COUNT; i++) {
        blob b;
        SUITE_EXPECT(env, HF_OK, wrap(client, &forms[i], KEY, env, &b));
        SUITE_EXPECT(env, HF_OK, unwrap(client, &forms[i], BACK, bytes_of(&b)));
        expect_same(env, client, KEY, BACK);
        hf_key_info_response info;
        SUITE_EXPECT(
            env, HF_OK,
            hf_client_key_info(client, &(hf_key_info_request){ .handle = BACK }, &info));
        /* Only the own form knows what the key was. */
        bool is_kept = forms[i].algorithm == HF_ALG_WRAP_AES_GCM;
        SUITE_TRUE(env, info.type == HF_KEY_HMAC && info.is_stored &&
                            (info.flags & HF_FLAG_LOCAL) == 0 &&
                            ((info.flags & HF_FLAG_SENSITIVE) != 0) == is_kept);
        SUITE_EXPECT(env, HF_OK, erase(client, BACK));
        /* Any one byte, any one less. */
        for (size_t at = 0; at < b.len; at += 1 + b.len / 16) {
            hf_key_info_response none;
            b.data[at] ^= 0x40;
            SUITE_TRUE(env, unwrap(client, &forms[i], BACK, bytes_of(&b)) != HF_OK);
            b.data[at] ^= 0x40;
            SUITE_TRUE(env, unwrap(client, &forms[i], BACK,
                                   hf_bytes_of(b.data, b.len - 1)) != HF_OK);
            SUITE_EXPECT(env, HF_ERR_NOTFOUND,
                         hf_client_key_info(
                             client, &(hf_key_info_request){ .handle = BACK }, &none));
        }
    }
    suite_client_close(&one);
}

static void refused_run(suite_env *env, const void *argument)
{
    static suite_client one;
    hf_key_revoke_response none;
    blob b;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    make_keks(env, client);
    for (size_t i = 0; i < FORM_COUNT; i++) {
        const form *f = &forms[i];
        SUITE_EXPECT(
            env, HF_OK,
            generate(client, KEY, HF_KEY_HMAC, HF_USAGE_SIGN | HF_FLAG_NONEXPORTABLE));
        SUITE_EXPECT(env, HF_ERR_ACCESS, wrap(client, f, KEY, env, &b));
        SUITE_EXPECT(env, HF_OK, generate(client, KEY, HF_KEY_HMAC, 0));
        SUITE_EXPECT(env, HF_ERR_USAGE, wrap(client, f, KEY, env, &b));
        SUITE_EXPECT(env, HF_OK, generate(client, KEY, HF_KEY_HMAC, HF_USAGE_SIGN));
        SUITE_EXPECT(env, HF_OK, wrap(client, f, KEY, env, &b));
        SUITE_EXPECT(env, HF_OK,
                     hf_client_key_revoke(
                         client, &(hf_key_revoke_request){ .handle = KEY }, &none));
        SUITE_EXPECT(env, HF_ERR_USAGE, wrap(client, f, KEY, env, &b));
        SUITE_EXPECT(env, HF_OK, erase(client, KEY));
        SUITE_EXPECT(env, HF_ERR_NOTFOUND, wrap(client, f, KEY, env, &b));
        SUITE_EXPECT(env, HF_ERR_ARG, wrap(client, f, f->wraps, env, &b));
    }
    SUITE_EXPECT(env, HF_OK, generate(client, KEY, HF_KEY_HMAC, HF_USAGE_SIGN));
    SUITE_EXPECT(env, HF_OK, wrap(client, &forms[0], KEY, env, &b));
    for (size_t i = 0; i < FORM_COUNT; i++) {
        hf_key_revoke_request request = { .handle = forms[i].wraps };
        SUITE_EXPECT(env, HF_OK, hf_client_key_revoke(client, &request, &none));
        SUITE_EXPECT(env, HF_ERR_USAGE, wrap(client, &forms[i], KEY, env, &b));
    }
    SUITE_EXPECT(env, HF_ERR_USAGE, unwrap(client, &forms[0], BACK, bytes_of(&b)));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, erase(client, BACK));
    suite_client_close(&one);
}

static int wrap_data(hf_client *client, hf_bytes data, hf_key_wrap_data_response *answer)
{
    return hf_client_key_wrap_data(
        client, &(hf_key_wrap_data_request){ .kek = KEK, .data = data }, answer);
}

static int unwrap_data(hf_client *client, hf_bytes wrapped,
                       hf_key_unwrap_data_response *out)
{
    return hf_client_key_unwrap_data(
        client, &(hf_key_unwrap_data_request){ .kek = KEK, .wrapped = wrapped }, out);
}

static void data_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static uint8_t data[8000];
    static uint8_t copy[SUITE_BODY_SIZE];
    static const size_t lens[] = { 0, 1, 16, 1000, 8000 };
    hf_key_wrap_data_response wrapped;
    hf_key_unwrap_data_response back;
    blob b;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    make_keks(env, client);
    memset(data, 0x3C, sizeof data);
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        SUITE_EXPECT(env, HF_OK, wrap_data(client, hf_bytes_of(data, lens[i]), &wrapped));
        hf_bytes kept = hf_bytes_of(copy, wrapped.wrapped.len);
        SUITE_TRUE(env, kept.len <= sizeof copy && kept.len > lens[i]);
        memcpy(copy, wrapped.wrapped.data, kept.len);
        SUITE_EXPECT(env, HF_OK, unwrap_data(client, kept, &back));
        SUITE_TRUE(env, back.data.len == lens[i] &&
                            (lens[i] == 0 || memcmp(back.data.data, data, lens[i]) == 0));
        copy[kept.len - 1] ^= 1;
        SUITE_EXPECT(env, HF_ERR_VERIFY, unwrap_data(client, kept, &back));
        copy[kept.len - 1] ^= 1;
        SUITE_EXPECT(env, HF_ERR_DECODE, unwrap(client, &forms[0], BACK, kept));
    }
    SUITE_EXPECT(env, HF_OK, generate(client, KEY, HF_KEY_HMAC, HF_USAGE_SIGN));
    SUITE_EXPECT(env, HF_OK, wrap(client, &forms[0], KEY, env, &b));
    SUITE_EXPECT(env, HF_ERR_DECODE, unwrap_data(client, bytes_of(&b), &back));
    SUITE_EXPECT(
        env, HF_ERR_TYPE,
        hf_client_key_wrap_data(
            client,
            &(hf_key_wrap_data_request){ .kek = PUBLIC, .data = hf_bytes_of(data, 1) },
            &wrapped));
    suite_client_close(&one);
}

/* What was wrapped before a restart comes back behind it. */
static void restart_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static blob blobs[FORM_COUNT];
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    make_keks(env, client);
    SUITE_EXPECT(env, HF_OK,
                 generate(client, KEY, HF_KEY_HMAC, HF_USAGE_SIGN | HF_USAGE_VERIFY));
    for (size_t i = 0; i < FORM_COUNT; i++) {
        SUITE_EXPECT(env, HF_OK, wrap(client, &forms[i], KEY, env, &blobs[i]));
    }
    suite_client_close(&one);
    if (env->ops->restart != NULL) {
        SUITE_EXPECT(env, HF_OK, env->ops->restart(env->context));
    }
    client = suite_connect(env, &one, SUITE_WRITER);
    for (size_t i = 0; i < FORM_COUNT; i++) {
        SUITE_EXPECT(env, HF_OK, unwrap(client, &forms[i], BACK, bytes_of(&blobs[i])));
        expect_same(env, client, KEY, BACK);
    }
    /* Another owner has no such key, and no use for the blob. */
    static suite_client other;
    hf_client *stranger = suite_connect(env, &other, SUITE_WRITER + 1);
    SUITE_EXPECT(env, HF_ERR_NOTFOUND,
                 unwrap(stranger, &forms[0], BACK, bytes_of(&blobs[0])));
    SUITE_EXPECT(
        env, HF_OK,
        generate(stranger, KEK, HF_KEY_AES_256, HF_USAGE_WRAP | HF_USAGE_UNWRAP));
    SUITE_EXPECT(env, HF_ERR_VERIFY,
                 unwrap(stranger, &forms[0], BACK, bytes_of(&blobs[0])));
    suite_client_close(&other);
    suite_client_close(&one);
}

static const suite_case cases[] = {
    { "wrapped keys come back", forms_run, NULL, 0 },
    { "wrapping what must stay", refused_run, NULL, 0 },
    { "wrapped data come back", data_run, NULL, 0 },
    { "wrapped keys outlive the server", restart_run, NULL, 0 },
};

const suite_cases suite_wrap_cases = SUITE_CASES(cases);
