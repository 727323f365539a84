/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys: every request's good path, and what flags, cache and store make of it.
 */
#include <string.h>

#include "suite/abilities.h"

static const uint8_t material[128] = "0123456789abcdef0123456789ABCDEF-and-some-more";

static int import(hf_client *client, const hf_key_import_request *request)
{
    hf_key_import_response answer;
    int rc = hf_client_key_import(client, request, &answer);
    return rc == HF_OK && (request->handle & HF_HANDLE_NUMBER) != 0 &&
                   answer.handle != request->handle
               ? HF_ERR_STATE
               : rc;
}

/* An HMAC key of 32 bytes, all alike. */
static int import_hmac(hf_client *client, hf_handle at, uint32_t flags, bool store)
{
    return import(client,
                  &(hf_key_import_request){ .handle = at,
                                            .type = HF_KEY_HMAC,
                                            .flags = flags,
                                            .store = store,
                                            .material = hf_bytes_of(material, 32) });
}

static int export(hf_client *client, hf_handle at, uint16_t format,
                  hf_key_export_response *answer)
{
    return hf_client_key_export(
        client, &(hf_key_export_request){ .handle = at, .format = format }, answer);
}

static int info_of(hf_client *client, hf_handle at, hf_key_info_response *answer)
{
    return hf_client_key_info(client, &(hf_key_info_request){ .handle = at }, answer);
}

static int commit(hf_client *client, hf_handle at)
{
    hf_key_commit_response none;
    return hf_client_key_commit(client, &(hf_key_commit_request){ .handle = at }, &none);
}

static int evict(hf_client *client, hf_handle at)
{
    hf_key_evict_response none;
    return hf_client_key_evict(client, &(hf_key_evict_request){ .handle = at }, &none);
}

static int erase(hf_client *client, hf_handle at)
{
    hf_key_erase_response none;
    return hf_client_key_erase(client, &(hf_key_erase_request){ .handle = at }, &none);
}

static int revoke(hf_client *client, hf_handle at)
{
    hf_key_revoke_response none;
    return hf_client_key_revoke(client, &(hf_key_revoke_request){ .handle = at }, &none);
}

static void import_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_key_import_request request = { .handle = 3,
                                      .type = HF_KEY_AES_256,
                                      .flags = HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT,
                                      .store = 1,
                                      .material = hf_bytes_of(material, 32) };
    memcpy(request.label.text, "a key", 5);
    SUITE_EXPECT(env, HF_OK, import(client, &request));
    hf_key_export_response key;
    SUITE_EXPECT(env, HF_OK, export(client, 3, HF_FORMAT_RAW, &key));
    SUITE_TRUE(env, key.type == request.type && key.flags == request.flags &&
                        key.material.len == 32 &&
                        memcmp(key.material.data, material, 32) == 0 &&
                        memcmp(key.label.text, request.label.text, HF_LABEL_SIZE) == 0);
    hf_key_info_response info;
    SUITE_EXPECT(env, HF_OK, info_of(client, 3, &info));
    SUITE_TRUE(env, info.type == request.type && info.flags == request.flags &&
                        info.is_stored && info.generation != 0);
    SUITE_EXPECT(env, HF_ERR_TYPE, export(client, 3, HF_FORMAT_DER, &key));
    hf_key_export_public_response public;
    SUITE_EXPECT(env, HF_ERR_TYPE,
                 hf_client_key_export_public(
                     client, &(hf_key_export_public_request){ .handle = 3 }, &public));
    SUITE_EXPECT(env, HF_OK, erase(client, 3));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, erase(client, 3));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, export(client, 3, HF_FORMAT_RAW, &key));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, info_of(client, 3, &info));
    suite_client_close(&one);
}

/* Keys that can leave; larger moduli take seconds to find and change nothing here. */
static bool is_for_formats(uint32_t type)
{
    bool is_large = HF_KEY_FAMILY(type) == HF_FAMILY_RSA && HF_KEY_PARAMETER(type) > 2048;
    return HF_KEY_CLASS(type) != HF_CLASS_PUBLIC &&
           HF_KEY_FAMILY(type) != HF_FAMILY_LMS && !is_large;
}

/* Import what was exported, in each format, and get the same key. */
static void formats_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static suite_abilities abilities;
    static uint8_t copy[4096];
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    const hf_key_type_info *type;
    suite_abilities_get(env, client, &abilities);
    for (size_t i = 0; (type = hf_key_type_at(i)) != NULL; i++) {
        if (!is_for_formats(type->type)) {
            continue;
        }
        bool is_served = suite_has_key_type(&abilities, type->type);
        hf_key_generate_response made;
        SUITE_EXPECT(
            env, is_served ? HF_OK : HF_ERR_NOTSUPPORTED,
            hf_client_key_generate(client,
                                   &(hf_key_generate_request){ .handle = 8,
                                                               .type = type->type,
                                                               .flags = type->usages,
                                                               .store = i % 2 != 0 },
                                   &made));
        if (!is_served) {
            continue;
        }
        for (uint16_t format = HF_FORMAT_RAW; format <= HF_FORMAT_DER; format++) {
            if (hf_crypto_key_len_max(type->type, format) == 0) {
                continue;
            }
            hf_key_export_response key;
            SUITE_EXPECT(env, HF_OK, export(client, 8, format, &key));
            size_t len = key.material.len;
            SUITE_TRUE(env, len <= sizeof copy && key.type == type->type &&
                                (key.flags & HF_FLAG_LOCAL) != 0);
            memcpy(copy, key.material.data, len);
            SUITE_EXPECT(env, HF_OK,
                         import(client, &(hf_key_import_request){
                                            .handle = 9,
                                            .type = type->type,
                                            .flags = type->usages,
                                            .format = format,
                                            .material = hf_bytes_of(copy, len) }));
            SUITE_EXPECT(env, HF_OK, export(client, 9, format, &key));
            SUITE_TRUE(env, key.material.len == len && (key.flags & HF_FLAG_LOCAL) == 0 &&
                                memcmp(key.material.data, copy, len) == 0);
        }
    }
    suite_client_close(&one);
}

static void public_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static uint8_t copy[512];
    static const uint32_t types[] = { HF_KEY_P256, HF_KEY_P384, HF_KEY_ED25519 };
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        hf_key_generate_response made;
        SUITE_EXPECT(env, HF_OK,
                     hf_client_key_generate(
                         client,
                         &(hf_key_generate_request){ .handle = 8,
                                                     .type = types[i],
                                                     .flags = HF_USAGE_SIGN |
                                                              HF_FLAG_NONEXPORTABLE |
                                                              HF_FLAG_SENSITIVE,
                                                     .store = 1 },
                         &made));
        for (uint16_t format = HF_FORMAT_RAW; format <= HF_FORMAT_DER; format++) {
            hf_key_export_response key;
            hf_key_export_public_response public;
            hf_key_export_public_request request = { .handle = 8, .format = format };
            SUITE_EXPECT(env, HF_ERR_ACCESS, export(client, 8, format, &key));
            SUITE_EXPECT(env, HF_OK,
                         hf_client_key_export_public(client, &request, &public));
            SUITE_TRUE(env, public.type == hf_key_type_public(types[i]));
            size_t len = public.material.len;
            SUITE_TRUE(env, len <= sizeof copy && len > 0);
            memcpy(copy, public.material.data, len);
            SUITE_EXPECT(env, HF_OK,
                         import(client, &(hf_key_import_request){
                                            .handle = 9,
                                            .type = hf_key_type_public(types[i]),
                                            .flags = HF_USAGE_VERIFY,
                                            .format = format,
                                            .material = hf_bytes_of(copy, len) }));
            request.handle = 9; /* the public part of a public key is itself */
            SUITE_EXPECT(env, HF_OK,
                         hf_client_key_export_public(client, &request, &public));
            SUITE_TRUE(env, public.material.len == len &&
                                memcmp(public.material.data, copy, len) == 0);
        }
    }
    suite_client_close(&one);
}

/* What cache and store make of import, commit and evict. */
static void cache_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_key_info_response info;
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, commit(client, 1));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, evict(client, 1));
    SUITE_EXPECT(env, HF_OK, import_hmac(client, 1, HF_USAGE_SIGN, false));
    SUITE_EXPECT(env, HF_OK, info_of(client, 1, &info));
    SUITE_TRUE(env, !info.is_stored && info.generation == 0);
    SUITE_EXPECT(env, HF_OK, evict(client, 1));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, info_of(client, 1, &info));
    SUITE_EXPECT(env, HF_OK, import_hmac(client, 1, HF_USAGE_SIGN, false));
    SUITE_EXPECT(env, HF_OK, commit(client, 1));
    SUITE_EXPECT(env, HF_OK, commit(client, 1));
    SUITE_EXPECT(env, HF_OK, info_of(client, 1, &info));
    SUITE_TRUE(env, info.is_stored && info.generation != 0);
    SUITE_EXPECT(env, HF_OK, evict(client, 1));
    SUITE_EXPECT(env, HF_OK, evict(client, 1));
    hf_key_export_response key;
    SUITE_EXPECT(env, HF_OK, export(client, 1, HF_FORMAT_RAW, &key));
    SUITE_TRUE(env,
               key.material.len == 32 && memcmp(key.material.data, material, 32) == 0);

    /* A key that may live in the cache only. */
    SUITE_EXPECT(env, HF_ERR_ARG,
                 import_hmac(client, 2, HF_USAGE_SIGN | HF_FLAG_EPHEMERAL, true));
    SUITE_EXPECT(env, HF_OK,
                 import_hmac(client, 2, HF_USAGE_SIGN | HF_FLAG_EPHEMERAL, false));
    SUITE_EXPECT(env, HF_ERR_ACCESS, commit(client, 2));
    SUITE_EXPECT(env, HF_OK, evict(client, 2));
    suite_client_close(&one);
}

static void flags_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_key_export_response key;
    SUITE_EXPECT(env, HF_OK, import_hmac(client, 1, HF_FLAG_NONMODIFIABLE, true));
    SUITE_EXPECT(env, HF_ERR_ACCESS, import_hmac(client, 1, 0, true));
    SUITE_EXPECT(env, HF_ERR_ACCESS, import_hmac(client, 1, 0, false));
    SUITE_EXPECT(env, HF_OK, erase(client, 1));
    SUITE_EXPECT(env, HF_OK, import_hmac(client, 2, HF_FLAG_NONDESTROYABLE, true));
    SUITE_EXPECT(env, HF_ERR_ACCESS, erase(client, 2));
    SUITE_EXPECT(env, HF_OK, evict(client, 2));
    SUITE_EXPECT(env, HF_OK, export(client, 2, HF_FORMAT_RAW, &key));
    SUITE_EXPECT(env, HF_OK, import_hmac(client, 3, HF_FLAG_NONDESTROYABLE, false));
    SUITE_EXPECT(env, HF_ERR_ACCESS, evict(client, 3));
    SUITE_EXPECT(env, HF_ERR_ACCESS, erase(client, 3));
    SUITE_EXPECT(env, HF_OK, import_hmac(client, 4, HF_FLAG_NONEXPORTABLE, true));
    SUITE_EXPECT(env, HF_ERR_ACCESS, export(client, 4, HF_FORMAT_RAW, &key));
    SUITE_EXPECT(env, HF_OK, import_hmac(client, 5, HF_FLAG_SENSITIVE, true));
    SUITE_EXPECT(env, HF_ERR_ACCESS, export(client, 5, HF_FORMAT_RAW, &key));
    suite_client_close(&one);
}

static void revoke_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    for (unsigned store = 0; store < 2; store++) {
        hf_handle at = 20 + store;
        hf_key_info_response info;
        hf_mac_generate_response mac;
        hf_mac_generate_request use = { .handle = at, .algorithm = HF_ALG_HMAC_SHA256 };
        SUITE_EXPECT(env, HF_ERR_NOTFOUND, revoke(client, at));
        SUITE_EXPECT(
            env, HF_OK,
            import_hmac(client, at, HF_USAGE_SIGN | HF_USAGE_VERIFY, store != 0));
        SUITE_EXPECT(env, HF_OK, hf_client_mac_generate(client, &use, &mac));
        SUITE_EXPECT(env, HF_OK, revoke(client, at));
        SUITE_EXPECT(env, HF_OK, revoke(client, at));
        SUITE_EXPECT(env, HF_ERR_USAGE, hf_client_mac_generate(client, &use, &mac));
        SUITE_EXPECT(env, HF_OK, info_of(client, at, &info));
        SUITE_TRUE(env, (info.flags & HF_USAGE_MASK) == 0 &&
                            (info.flags & HF_FLAG_REVOKED) != 0 &&
                            (info.flags & HF_FLAG_NONMODIFIABLE) != 0);
        SUITE_EXPECT(env, HF_ERR_ACCESS,
                     import_hmac(client, at, HF_USAGE_SIGN, store != 0));
        if (store != 0) {
            SUITE_EXPECT(env, HF_OK, evict(client, at));
            SUITE_EXPECT(env, HF_ERR_USAGE, hf_client_mac_generate(client, &use, &mac));
        }
        SUITE_EXPECT(env, HF_OK, erase(client, at));
        SUITE_EXPECT(env, HF_OK, import_hmac(client, at, HF_USAGE_SIGN, false));
        SUITE_EXPECT(env, HF_OK, hf_client_mac_generate(client, &use, &mac));
    }
    suite_client_close(&one);
}

/* Stored and cached keys, of this owner and global. */
static void list_run(suite_env *env, const void *argument)
{
    static suite_client one, two;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_client *other = suite_connect(env, &two, SUITE_WRITER + 1);
    SUITE_EXPECT(env, HF_OK, import_hmac(other, 1, 0, true));
    SUITE_EXPECT(env, HF_OK, import_hmac(client, HF_HANDLE_GLOBAL | 9, 0, false));
    static const hf_handle expected[] = { HF_HANDLE_GLOBAL | 9, 2, 4, 6, 8 };
    for (uint32_t n = 4; n > 0; n--) {
        SUITE_EXPECT(env, HF_OK, import_hmac(client, 2 * n, 0, n % 2 != 0));
    }
    uint32_t cursor = 0;
    size_t count = 0;
    do {
        hf_key_list_response page;
        SUITE_EXPECT(
            env, HF_OK,
            hf_client_key_list(client,
                               &(hf_key_list_request){ .cursor = cursor, .count_max = 2 },
                               &page));
        cursor = page.cursor;
        hf_reader entries = hf_reader_of(page.entries);
        while (entries.offset < entries.len) {
            hf_object_entry entry;
            SUITE_EXPECT(env, HF_OK, hf_object_entry_decode(&entries, &entry));
            SUITE_TRUE(env, count < 5 && entry.handle == expected[count] &&
                                entry.type == HF_KEY_HMAC && entry.len == 32);
            count++;
        }
    } while (cursor != 0);
    SUITE_TRUE(env, count == 5);
    suite_client_close(&one);
    suite_client_close(&two);
}

static void owners_run(suite_env *env, const void *argument)
{
    static suite_client one, two, three;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_client *other = suite_connect(env, &two, SUITE_WRITER + 1);
    hf_client *reader = suite_connect(env, &three, SUITE_READER);
    const hf_handle global = HF_HANDLE_GLOBAL | 5;
    hf_key_export_response key;
    for (unsigned store = 0; store < 2; store++) {
        SUITE_EXPECT(env, HF_OK, import_hmac(client, 5, HF_USAGE_SIGN, store != 0));
        SUITE_EXPECT(env, HF_ERR_NOTFOUND, export(other, 5, HF_FORMAT_RAW, &key));
        SUITE_EXPECT(env, HF_ERR_NOTFOUND, erase(other, 5));
        SUITE_EXPECT(env, HF_ERR_NOTFOUND, evict(other, 5));
        SUITE_EXPECT(env, HF_ERR_NOTFOUND, commit(other, 5));
        SUITE_EXPECT(env, HF_ERR_NOTFOUND, revoke(other, 5));
        SUITE_EXPECT(env, HF_ERR_NOTFOUND, export(other, global, HF_FORMAT_RAW, &key));
        SUITE_EXPECT(env, HF_OK, import_hmac(client, global, HF_USAGE_SIGN, store != 0));
        SUITE_EXPECT(env, HF_OK, export(other, global, HF_FORMAT_RAW, &key));
        SUITE_EXPECT(env, HF_OK, export(reader, global, HF_FORMAT_RAW, &key));
        SUITE_EXPECT(env, HF_ERR_ACCESS, import_hmac(reader, global, 0, false));
        SUITE_EXPECT(env, HF_ERR_ACCESS, erase(reader, global));
        SUITE_EXPECT(env, HF_ERR_ACCESS, evict(reader, global));
        SUITE_EXPECT(env, HF_ERR_ACCESS, commit(reader, global));
        SUITE_EXPECT(env, HF_ERR_ACCESS, revoke(reader, global));
        SUITE_EXPECT(env, HF_OK, erase(other, global));
        SUITE_EXPECT(env, HF_OK, erase(client, 5));
    }
    suite_client_close(&one);
    suite_client_close(&two);
    suite_client_close(&three);
}

static void assigned_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_handle last = 0;
    for (unsigned i = 0; i < 8; i++) {
        hf_key_generate_response made;
        SUITE_EXPECT(
            env, HF_OK,
            hf_client_key_generate(
                client,
                &(hf_key_generate_request){ .type = HF_KEY_AES_128, .store = i % 2 != 0 },
                &made));
        SUITE_TRUE(env, made.handle > last && made.handle <= HF_NUMBER_MAX);
        last = made.handle;
        SUITE_EXPECT(env, HF_OK, erase(client, last)); /* not given again */
        SUITE_EXPECT(env, HF_OK, import_hmac(client, last + 1, 0, i % 2 == 0));
        last++;
    }
    suite_client_close(&one);
}

static const suite_case cases[] = {
    { "key import, export, info, erase", import_run, NULL, 0 },
    { "key generate, and every format", formats_run, NULL, 0 },
    { "key export of the public part", public_run, NULL, 0 },
    { "key commit and evict", cache_run, NULL, 0 },
    { "key flags", flags_run, NULL, 0 },
    { "key revoke", revoke_run, NULL, 0 },
    { "key list", list_run, NULL, 0 },
    { "key owners", owners_run, NULL, 0 },
    { "key assigned numbers", assigned_run, NULL, 0 },
};

const suite_cases suite_key_cases = SUITE_CASES(cases);
