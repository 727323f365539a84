/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Data objects: every request's good path, its flags and its errors, and what owners see
 * of each other.
 */
#include <string.h>

#include "suite/suite.h"

static int put(hf_client *client, hf_handle at, uint32_t flags, hf_bytes data)
{
    hf_nvm_put_response answer;
    int rc = hf_client_nvm_put(
        client, &(hf_nvm_put_request){ .handle = at, .flags = flags, .data = data },
        &answer);
    return rc == HF_OK && answer.handle != at ? HF_ERR_STATE : rc;
}

static int destroy(hf_client *client, hf_handle at)
{
    hf_nvm_destroy_response none;
    return hf_client_nvm_destroy(client, &(hf_nvm_destroy_request){ .handle = at },
                                 &none);
}

static int read_at(hf_client *client, hf_handle at, uint32_t offset, uint32_t len,
                   hf_nvm_read_response *answer)
{
    return hf_client_nvm_read(
        client, &(hf_nvm_read_request){ .handle = at, .offset = offset, .len = len },
        answer);
}

static void read_is(suite_env *env, hf_client *client, hf_handle at, const char *text)
{
    hf_nvm_read_response answer;
    SUITE_EXPECT(env, HF_OK, read_at(client, at, 0, UINT32_MAX, &answer));
    SUITE_TRUE(env, answer.data.len == strlen(text) &&
                        memcmp(answer.data.data, text, strlen(text)) == 0);
}

static hf_bytes text_of(const char *text)
{
    return hf_bytes_of(text, strlen(text));
}

static void roundtrip_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_nvm_put_response stored;
    hf_nvm_put_request request = { .handle = 7, .data = text_of("hello") };
    memcpy(request.label.text, "a label", 7);
    SUITE_EXPECT(env, HF_OK, hf_client_nvm_put(client, &request, &stored));
    SUITE_TRUE(env, stored.handle == 7);
    hf_nvm_read_response read;
    SUITE_EXPECT(env, HF_OK, read_at(client, 7, 0, 100, &read));
    uint64_t generation = read.generation;
    SUITE_TRUE(env, read.total_len == 5 && read.data.len == 5 && read.flags == 0 &&
                        memcmp(read.data.data, "hello", 5) == 0 &&
                        memcmp(read.label.text, request.label.text, HF_LABEL_SIZE) == 0);
    hf_nvm_info_response info;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_nvm_info(client, &(hf_nvm_info_request){ .handle = 7 }, &info));
    SUITE_TRUE(env, info.len == 5 && info.generation == generation && info.access == 0);
    SUITE_EXPECT(env, HF_OK, put(client, 7, 0, text_of("other words")));
    SUITE_EXPECT(env, HF_OK, read_at(client, 7, 6, 3, &read));
    SUITE_TRUE(env, read.total_len == 11 && read.generation > generation &&
                        read.data.len == 3 && memcmp(read.data.data, "wor", 3) == 0);
    SUITE_EXPECT(env, HF_OK, read_at(client, 7, 11, 3, &read));
    SUITE_TRUE(env, read.data.len == 0);
    SUITE_EXPECT(env, HF_ERR_ARG, read_at(client, 7, 12, 3, &read));
    SUITE_EXPECT(env, HF_OK, destroy(client, 7));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, destroy(client, 7));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, read_at(client, 7, 0, 3, &read));
    SUITE_EXPECT(
        env, HF_ERR_NOTFOUND,
        hf_client_nvm_info(client, &(hf_nvm_info_request){ .handle = 7 }, &info));
    suite_client_close(&one);
}

static void lengths_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static uint8_t data[SUITE_BODY_SIZE];
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    suite_random random = { .state = env->seed };
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)suite_random_next(&random);
    }
    static const size_t lens[] = { 0, 1, 7, 8, 9, 255, 256, 4096, 12000 };
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        hf_nvm_read_response read;
        SUITE_EXPECT(env, HF_OK, put(client, 9, 0, hf_bytes_of(data, lens[i])));
        SUITE_EXPECT(env, HF_OK, read_at(client, 9, 0, UINT32_MAX, &read));
        SUITE_TRUE(env, read.total_len == lens[i] && read.data.len == lens[i] &&
                            (lens[i] == 0 || memcmp(read.data.data, data, lens[i]) == 0));
    }
    suite_client_close(&one);
}

static void flags_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_nvm_read_response read;
    SUITE_EXPECT(env, HF_OK, put(client, 1, HF_FLAG_NONMODIFIABLE, text_of("fixed")));
    SUITE_EXPECT(env, HF_ERR_ACCESS, put(client, 1, 0, text_of("changed")));
    read_is(env, client, 1, "fixed");
    SUITE_EXPECT(env, HF_OK, destroy(client, 1));
    SUITE_EXPECT(env, HF_OK, put(client, 2, HF_FLAG_NONDESTROYABLE, text_of("stays")));
    SUITE_EXPECT(env, HF_ERR_ACCESS, destroy(client, 2));
    read_is(env, client, 2, "stays");
    SUITE_EXPECT(env, HF_OK, put(client, 3, HF_FLAG_NONEXPORTABLE, text_of("inside")));
    SUITE_EXPECT(env, HF_ERR_ACCESS, read_at(client, 3, 0, 10, &read));
    SUITE_EXPECT(env, HF_OK, put(client, 4, HF_FLAG_SENSITIVE, text_of("secret")));
    SUITE_EXPECT(env, HF_ERR_ACCESS, read_at(client, 4, 0, 10, &read));
    hf_nvm_info_response info;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_nvm_info(client, &(hf_nvm_info_request){ .handle = 4 }, &info));
    SUITE_TRUE(env, info.flags == HF_FLAG_SENSITIVE && info.len == 6);
    suite_client_close(&one);
}

/* Access narrows what everybody but ADMIN may do. */
static void access_run(suite_env *env, const void *argument)
{
    static suite_client one, two;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_client *admin = suite_connect(env, &two, SUITE_ADMIN);
    hf_nvm_put_response stored;
    hf_nvm_put_request request = { .handle = HF_HANDLE_GLOBAL | 11,
                                   .access = HF_ACCESS_ADMIN_READ,
                                   .data = text_of("for admins") };
    hf_nvm_read_response read;
    SUITE_EXPECT(env, HF_OK, hf_client_nvm_put(client, &request, &stored));
    SUITE_EXPECT(env, HF_ERR_ACCESS, read_at(client, request.handle, 0, 100, &read));
    SUITE_EXPECT(env, HF_OK, read_at(admin, request.handle, 0, 100, &read));
    request.access = HF_ACCESS_ADMIN_WRITE;
    request.handle = HF_HANDLE_GLOBAL | 12;
    SUITE_EXPECT(env, HF_OK, hf_client_nvm_put(admin, &request, &stored));
    SUITE_EXPECT(env, HF_OK, read_at(client, request.handle, 0, 100, &read));
    SUITE_EXPECT(env, HF_ERR_ACCESS, hf_client_nvm_put(client, &request, &stored));
    SUITE_EXPECT(env, HF_ERR_ACCESS, destroy(client, request.handle));
    SUITE_EXPECT(env, HF_OK, destroy(admin, request.handle));
    suite_client_close(&one);
    suite_client_close(&two);
}

/* The same number is another object for each owner; global objects are everybody's. */
static void owners_run(suite_env *env, const void *argument)
{
    static suite_client clients[SUITE_IDENTITY_COUNT];
    static const char *const texts[] = { "zero", "one", "two", "three", "four", "five" };
    hf_nvm_read_response read;
    (void)argument;
    for (unsigned who = 0; who < SUITE_IDENTITY_COUNT; who++) {
        hf_client *client = suite_connect(env, &clients[who], who);
        SUITE_EXPECT(env, HF_ERR_NOTFOUND, read_at(client, 1, 0, 10, &read));
        SUITE_EXPECT(env, HF_OK, put(client, 1, 0, text_of(texts[who])));
    }
    SUITE_EXPECT(env, HF_OK,
                 put(&clients[0].client, HF_HANDLE_GLOBAL | 1, 0, text_of("all")));
    for (unsigned who = 0; who < SUITE_IDENTITY_COUNT; who++) {
        read_is(env, &clients[who].client, 1, texts[who]);
        read_is(env, &clients[who].client, HF_HANDLE_GLOBAL | 1, "all");
    }
    hf_client *reader = &clients[SUITE_READER].client;
    SUITE_EXPECT(env, HF_ERR_ACCESS,
                 put(reader, HF_HANDLE_GLOBAL | 1, 0, text_of("mine")));
    SUITE_EXPECT(env, HF_ERR_ACCESS, put(reader, HF_HANDLE_GLOBAL, 0, text_of("mine")));
    SUITE_EXPECT(env, HF_ERR_ACCESS, destroy(reader, HF_HANDLE_GLOBAL | 1));
    SUITE_EXPECT(env, HF_OK, destroy(reader, 1));
    read_is(env, &clients[0].client, 1, "zero");
    SUITE_EXPECT(env, HF_OK, destroy(&clients[3].client, HF_HANDLE_GLOBAL | 1));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND,
                 read_at(reader, HF_HANDLE_GLOBAL | 1, 0, 10, &read));
    for (unsigned who = 0; who < SUITE_IDENTITY_COUNT; who++) {
        suite_client_close(&clients[who]);
    }
}

static void assigned_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_handle last = 0;
    for (unsigned i = 0; i < 5; i++) {
        hf_nvm_put_response answer;
        SUITE_EXPECT(env, HF_OK,
                     hf_client_nvm_put(
                         client, &(hf_nvm_put_request){ .data = text_of("x") }, &answer));
        SUITE_TRUE(env, answer.handle > last && answer.handle <= HF_NUMBER_MAX);
        last = answer.handle;
        SUITE_EXPECT(env, HF_OK, destroy(client, last));
    }
    /* Numbers that are taken are skipped. */
    SUITE_EXPECT(env, HF_OK, put(client, last + 1, 0, text_of("taken")));
    hf_nvm_put_response answer;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_nvm_put(client,
                                   &(hf_nvm_put_request){ .handle = HF_HANDLE_GLOBAL,
                                                          .data = text_of("x") },
                                   &answer));
    SUITE_TRUE(env, (answer.handle & HF_HANDLE_GLOBAL) != 0 &&
                        (answer.handle & HF_HANDLE_NUMBER) != 0);
    SUITE_EXPECT(env, HF_OK,
                 hf_client_nvm_put(client, &(hf_nvm_put_request){ .data = text_of("x") },
                                   &answer));
    SUITE_TRUE(env, answer.handle != last + 1);
    read_is(env, client, last + 1, "taken");
    suite_client_close(&one);
}

static void list_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_nvm_list_response page;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_nvm_list(client, &(hf_nvm_list_request){ 0 }, &page));
    SUITE_TRUE(env, page.cursor == 0 && page.entries.len == 0);
    for (uint32_t n = 10; n > 0; n--) {
        SUITE_EXPECT(env, HF_OK, put(client, 3 * n, 0, hf_bytes_of("0123456789", n)));
    }
    SUITE_EXPECT(env, HF_OK, put(client, HF_HANDLE_GLOBAL | 100, 0, text_of("global")));
    uint32_t cursor = 0, count = 0;
    do {
        SUITE_EXPECT(
            env, HF_OK,
            hf_client_nvm_list(client,
                               &(hf_nvm_list_request){ .cursor = cursor, .count_max = 4 },
                               &page));
        cursor = page.cursor;
        hf_reader entries = hf_reader_of(page.entries);
        while (entries.offset < entries.len) {
            hf_object_entry entry;
            SUITE_EXPECT(env, HF_OK, hf_object_entry_decode(&entries, &entry));
            /* Global objects come first. */
            SUITE_TRUE(env, entry.handle ==
                                (count == 0 ? (HF_HANDLE_GLOBAL | 100) : 3 * count));
            SUITE_TRUE(env, entry.len == (count == 0 ? 6 : count) && entry.type == 0);
            count++;
        }
        SUITE_TRUE(env, page.entries.len <= 4u * HF_OBJECT_ENTRY_LEN);
    } while (cursor != 0);
    SUITE_TRUE(env, count == 11);
    suite_client_close(&one);
}

static void space_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    static const uint8_t data[2000];
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_nvm_space_response before, after;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_nvm_space(client, &(hf_nvm_space_request){ 0 }, &before));
    SUITE_EXPECT(env, HF_OK, put(client, 1, 0, hf_bytes_of(data, sizeof data)));
    SUITE_EXPECT(env, HF_OK,
                 hf_client_nvm_space(client, &(hf_nvm_space_request){ 0 }, &after));
    SUITE_TRUE(env, after.object_count == before.object_count + 1);
    SUITE_TRUE(env, after.used_size >= before.used_size + sizeof data);
    SUITE_TRUE(env, after.free_size + sizeof data <= before.free_size);
    SUITE_TRUE(env, after.total_size == before.total_size &&
                        after.object_count_max == before.object_count_max);
    suite_client_close(&one);
}

static const suite_case cases[] = {
    { "nvm put, read, info, destroy", roundtrip_run, NULL, 0 },
    { "nvm payloads of many lengths", lengths_run, NULL, 0 },
    { "nvm flags", flags_run, NULL, 0 },
    { "nvm access", access_run, NULL, 0 },
    { "nvm owners", owners_run, NULL, 0 },
    { "nvm assigned numbers", assigned_run, NULL, 0 },
    { "nvm list", list_run, NULL, 0 },
    { "nvm space", space_run, NULL, 0 },
};

const suite_cases suite_nvm_cases = SUITE_CASES(cases);
