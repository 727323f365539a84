/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Counters: they only grow, also across destroying and creating again.
 */
#include <string.h>

#include "suite/suite.h"

static int create(hf_client *client, hf_handle at, uint64_t wanted, uint64_t *value)
{
    hf_counter_create_response answer;
    int rc = hf_client_counter_create(
        client, &(hf_counter_create_request){ .handle = at, .value = wanted }, &answer);
    *value = answer.value;
    return rc;
}

static int increment(hf_client *client, hf_handle at, uint64_t by, uint64_t *value)
{
    hf_counter_increment_response answer;
    int rc = hf_client_counter_increment(
        client, &(hf_counter_increment_request){ .handle = at, .by = by }, &answer);
    *value = answer.value;
    return rc;
}

static int value_of(hf_client *client, hf_handle at, uint64_t *value)
{
    hf_counter_read_response answer;
    int rc = hf_client_counter_read(client, &(hf_counter_read_request){ .handle = at },
                                    &answer);
    *value = answer.value;
    return rc;
}

static int destroy(hf_client *client, hf_handle at)
{
    hf_counter_destroy_response none;
    return hf_client_counter_destroy(
        client, &(hf_counter_destroy_request){ .handle = at }, &none);
}

static int purge(hf_client *client, hf_handle at)
{
    hf_counter_purge_response none;
    return hf_client_counter_purge(client, &(hf_counter_purge_request){ .handle = at },
                                   &none);
}

static void life_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    uint64_t value = 0;
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, value_of(client, 1, &value));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, increment(client, 1, 1, &value));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, destroy(client, 1));
    SUITE_EXPECT(env, HF_OK, create(client, 1, 10, &value));
    SUITE_TRUE(env, value == 10);
    SUITE_EXPECT(env, HF_ERR_EXISTS, create(client, 1, 10, &value));
    SUITE_EXPECT(env, HF_OK, increment(client, 1, 1, &value));
    SUITE_TRUE(env, value == 11);
    SUITE_EXPECT(env, HF_OK, increment(client, 1, 100, &value));
    SUITE_TRUE(env, value == 111);
    SUITE_EXPECT(env, HF_OK, value_of(client, 1, &value));
    SUITE_TRUE(env, value == 111);
    suite_client_close(&one);
}

static void limit_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    uint64_t value = 0;
    SUITE_EXPECT(env, HF_OK, create(client, 2, UINT64_MAX - 1, &value));
    SUITE_EXPECT(env, HF_ERR_OVERFLOW, increment(client, 2, 2, &value));
    SUITE_EXPECT(env, HF_ERR_OVERFLOW, increment(client, 2, UINT64_MAX, &value));
    SUITE_EXPECT(env, HF_OK, value_of(client, 2, &value));
    SUITE_TRUE(env, value == UINT64_MAX - 1);
    SUITE_EXPECT(env, HF_OK, increment(client, 2, 1, &value));
    SUITE_TRUE(env, value == UINT64_MAX);
    SUITE_EXPECT(env, HF_ERR_OVERFLOW, increment(client, 2, 1, &value));
    SUITE_EXPECT(env, HF_OK, destroy(client, 2));
    SUITE_EXPECT(env, HF_ERR_OVERFLOW, create(client, 2, 0, &value));
    suite_client_close(&one);
}

/* Destroying retires: what comes next continues above. Only ADMIN removes it for good. */
static void retired_run(suite_env *env, const void *argument)
{
    static suite_client one, two;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_client *admin = suite_connect(env, &two, SUITE_ADMIN);
    const hf_handle at = HF_HANDLE_GLOBAL | 3;
    uint64_t value = 0;
    SUITE_EXPECT(env, HF_OK, create(client, at, 50, &value));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, purge(admin, at));
    SUITE_EXPECT(env, HF_OK, destroy(client, at));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, destroy(client, at));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, value_of(client, at, &value));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, increment(client, at, 1, &value));
    hf_counter_list_response page;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_counter_list(client, &(hf_counter_list_request){ 0 }, &page));
    SUITE_TRUE(env, page.entries.len == 0 && page.cursor == 0);
    SUITE_EXPECT(env, HF_OK, create(client, at, 0, &value));
    SUITE_TRUE(env, value == 51);
    SUITE_EXPECT(env, HF_OK, destroy(client, at));
    SUITE_EXPECT(env, HF_OK, create(client, at, 1000, &value));
    SUITE_TRUE(env, value == 1000);
    SUITE_EXPECT(env, HF_OK, destroy(client, at));
    SUITE_EXPECT(env, HF_ERR_ACCESS, purge(client, at));
    SUITE_EXPECT(env, HF_OK, purge(admin, at));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, purge(admin, at));
    SUITE_EXPECT(env, HF_OK, create(client, at, 0, &value));
    SUITE_TRUE(env, value == 0);
    suite_client_close(&one);
    suite_client_close(&two);
}

static void list_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    uint64_t value = 0;
    for (uint32_t n = 5; n > 0; n--) {
        SUITE_EXPECT(env, HF_OK, create(client, 10 * n, n, &value));
    }
    SUITE_EXPECT(env, HF_OK, increment(client, 30, 4, &value));
    SUITE_EXPECT(env, HF_OK, destroy(client, 20));
    static const uint64_t expected[][2] = { { 10, 1 }, { 30, 7 }, { 40, 4 }, { 50, 5 } };
    uint32_t cursor = 0;
    size_t count = 0;
    do {
        hf_counter_list_response page;
        SUITE_EXPECT(env, HF_OK,
                     hf_client_counter_list(
                         client,
                         &(hf_counter_list_request){ .cursor = cursor, .count_max = 3 },
                         &page));
        cursor = page.cursor;
        hf_reader entries = hf_reader_of(page.entries);
        while (entries.offset < entries.len) {
            hf_object_entry entry;
            SUITE_EXPECT(env, HF_OK, hf_object_entry_decode(&entries, &entry));
            SUITE_TRUE(env, count < 4 && entry.handle == expected[count][0] &&
                                entry.value == expected[count][1] && entry.type == 0);
            count++;
        }
    } while (cursor != 0);
    SUITE_TRUE(env, count == 4);
    suite_client_close(&one);
}

static void owners_run(suite_env *env, const void *argument)
{
    static suite_client one, two, three;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_client *other = suite_connect(env, &two, SUITE_WRITER + 1);
    hf_client *reader = suite_connect(env, &three, SUITE_READER);
    const hf_handle global = HF_HANDLE_GLOBAL | 1;
    uint64_t value = 0;
    SUITE_EXPECT(env, HF_OK, create(client, 1, 5, &value));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, value_of(other, 1, &value));
    SUITE_EXPECT(env, HF_OK, create(other, 1, 7, &value));
    SUITE_EXPECT(env, HF_OK, increment(client, 1, 1, &value));
    SUITE_TRUE(env, value == 6);
    SUITE_EXPECT(env, HF_ERR_ACCESS, create(reader, global, 0, &value));
    SUITE_EXPECT(env, HF_OK, create(client, global, 0, &value));
    SUITE_EXPECT(env, HF_OK, increment(other, global, 3, &value));
    SUITE_EXPECT(env, HF_OK, value_of(reader, global, &value));
    SUITE_TRUE(env, value == 3);
    SUITE_EXPECT(env, HF_ERR_ACCESS, increment(reader, global, 1, &value));
    SUITE_EXPECT(env, HF_ERR_ACCESS, destroy(reader, global));
    suite_client_close(&one);
    suite_client_close(&two);
    suite_client_close(&three);
}

static void flags_run(suite_env *env, const void *argument)
{
    static suite_client one, two;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_client *admin = suite_connect(env, &two, SUITE_ADMIN);
    hf_counter_create_response made;
    hf_counter_create_request request = { .handle = HF_HANDLE_GLOBAL | 8,
                                          .flags = HF_FLAG_NONDESTROYABLE,
                                          .access = HF_ACCESS_ADMIN_WRITE };
    memcpy(request.label.text, "boots", 5);
    SUITE_EXPECT(env, HF_OK, hf_client_counter_create(admin, &request, &made));
    uint64_t value = 0;
    SUITE_EXPECT(env, HF_ERR_ACCESS, increment(client, request.handle, 1, &value));
    SUITE_EXPECT(env, HF_OK, increment(admin, request.handle, 1, &value));
    hf_counter_read_response read;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_counter_read(
            client, &(hf_counter_read_request){ .handle = request.handle }, &read));
    SUITE_TRUE(env, read.value == 1 && read.flags == HF_FLAG_NONDESTROYABLE &&
                        memcmp(read.label.text, request.label.text, HF_LABEL_SIZE) == 0);
    SUITE_EXPECT(env, HF_ERR_ACCESS, destroy(admin, request.handle));
    suite_client_close(&one);
    suite_client_close(&two);
}

static const suite_case cases[] = {
    { "counter create, increment, read", life_run, NULL, 0 },
    { "counter maximum", limit_run, NULL, 0 },
    { "counter retired and purged", retired_run, NULL, 0 },
    { "counter list", list_run, NULL, 0 },
    { "counter owners", owners_run, NULL, 0 },
    { "counter flags and access", flags_run, NULL, 0 },
};

const suite_cases suite_counter_cases = SUITE_CASES(cases);
