/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Nothing left: of the store, of the key cache, of an owner's quota. What is there stays
 * usable, something can always be removed, and then there is room again.
 */
#include <string.h>

#include "suite/suite.h"

#define FULL_LEN 4000u
#define FULL_OBJECTS_MAX 100000u

static int put(hf_client *client, uint32_t number, size_t len)
{
    static uint8_t data[FULL_LEN];
    hf_nvm_put_response answer;
    memset(data, (int)number, sizeof data);
    return hf_client_nvm_put(
        client, &(hf_nvm_put_request){ .handle = number, .data = hf_bytes_of(data, len) },
        &answer);
}

static int destroy(hf_client *client, uint32_t number)
{
    hf_nvm_destroy_response none;
    return hf_client_nvm_destroy(client, &(hf_nvm_destroy_request){ .handle = number },
                                 &none);
}

static void content_check(suite_env *env, hf_client *client, uint32_t number, size_t len)
{
    hf_nvm_read_response answer;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_nvm_read(
                     client, &(hf_nvm_read_request){ .handle = number, .len = FULL_LEN },
                     &answer));
    SUITE_TRUE(env, answer.data.len == len && answer.data.data[0] == (uint8_t)number &&
                        answer.data.data[len - 1] == (uint8_t)number);
}

/* As many objects of a size as fit, from `first` on. Returns how many. */
static uint32_t fill(suite_env *env, hf_client *client, uint32_t first, size_t len)
{
    uint32_t count = 0;
    int rc = HF_OK;
    while (rc == HF_OK && count < FULL_OBJECTS_MAX) {
        rc = put(client, first + count, len);
        count += rc == HF_OK;
    }
    SUITE_EXPECT(env, HF_ERR_NOSPACE, rc);
    return count;
}

static void store_run(suite_env *env, const void *argument)
{
    static suite_client one, two;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_client *other = suite_connect(env, &two, SUITE_WRITER + 1);
    hf_counter_create_response counter;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_counter_create(
                     client, &(hf_counter_create_request){ .handle = 1 }, &counter));
    SUITE_EXPECT(env, HF_OK, put(other, 1, 100));
    uint32_t large = fill(env, client, 1, FULL_LEN);
    uint32_t small = fill(env, client, large + 1, 40);
    SUITE_TRUE(env, large > 4);
    hf_nvm_space_response space;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_nvm_space(client, &(hf_nvm_space_request){ 0 }, &space));
    SUITE_TRUE(env, space.free_size < FULL_LEN);

    /* Nothing was lost by it, for nobody. */
    for (uint32_t n = 1; n <= large + small; n++) {
        content_check(env, client, n, n <= large ? FULL_LEN : 40);
    }
    content_check(env, other, 1, 100);
    SUITE_EXPECT(env, HF_ERR_NOSPACE, put(other, 2, FULL_LEN));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, destroy(other, 2));
    hf_key_generate_response key;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_key_generate(
                     client, &(hf_key_generate_request){ .type = HF_KEY_P256 }, &key));

    /* Counters go on. A replacement needs room for both versions; without it the old one
     * stays. */
    for (uint32_t i = 1; i <= 40; i++) {
        hf_counter_increment_response value;
        SUITE_EXPECT(
            env, HF_OK,
            hf_client_counter_increment(
                client, &(hf_counter_increment_request){ .handle = 1, .by = 1 }, &value));
        SUITE_TRUE(env, value.value == i);
        SUITE_EXPECT(env, HF_ERR_NOSPACE, put(client, large, FULL_LEN));
        content_check(env, client, large, FULL_LEN);
    }

    /* One can go, and its room is used. */
    for (uint32_t n = 1; n <= 3; n++) {
        SUITE_EXPECT(env, HF_OK, destroy(client, n));
        SUITE_EXPECT(env, HF_ERR_NOTFOUND, destroy(client, n));
    }
    SUITE_EXPECT(env, HF_OK, put(other, 2, FULL_LEN));
    content_check(env, other, 2, FULL_LEN);
    content_check(env, client, 4, FULL_LEN);
    hf_counter_destroy_response none;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_counter_destroy(
                     client, &(hf_counter_destroy_request){ .handle = 1 }, &none));
    SUITE_EXPECT(env, HF_OK,
                 hf_client_counter_create(
                     client, &(hf_counter_create_request){ .handle = 1 }, &counter));
    SUITE_TRUE(env, counter.value == 41);
    suite_client_close(&one);
    suite_client_close(&two);
}

/* An object that no store of this geometry could ever take. */
static void size_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static uint8_t data[SUITE_BODY_SIZE];
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_nvm_put_response answer;
    size_t most = client->body_size -
                  hf_proto_encoded_len(HF_REQ_nvm_put, false, &(hf_nvm_put_request){ 0 });
    int rc = hf_client_nvm_put(
        client, &(hf_nvm_put_request){ .handle = 1, .data = hf_bytes_of(data, most) },
        &answer);
    SUITE_TRUE(env, rc == HF_OK || rc == HF_ERR_SIZE);
    SUITE_EXPECT(env, HF_ERR_SIZE,
                 hf_client_nvm_put(client,
                                   &(hf_nvm_put_request){
                                       .handle = 1, .data = hf_bytes_of(data, most + 1) },
                                   &answer));
    suite_client_close(&one);
}

static int generate(hf_client *client, hf_handle at, bool store)
{
    hf_key_generate_response answer;
    return hf_client_key_generate(
        client,
        &(hf_key_generate_request){
            .handle = at, .type = HF_KEY_HMAC, .flags = HF_USAGE_SIGN, .store = store },
        &answer);
}

static int use(hf_client *client, hf_handle at)
{
    hf_mac_generate_response answer;
    return hf_client_mac_generate(
        client,
        &(hf_mac_generate_request){ .handle = at, .algorithm = HF_ALG_HMAC_SHA256 },
        &answer);
}

static int evict(hf_client *client, hf_handle at)
{
    hf_key_evict_response none;
    return hf_client_key_evict(client, &(hf_key_evict_request){ .handle = at }, &none);
}

/* Uncommitted keys of one owner up to its quota; others do not suffer. */
static void quota_run(suite_env *env, const void *argument)
{
    static suite_client one, two;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_client *other = suite_connect(env, &two, SUITE_WRITER + 1);
    for (uint32_t n = 1; n <= env->uncommitted_max; n++) {
        SUITE_EXPECT(env, HF_OK, generate(client, n, false));
    }
    uint32_t next = env->uncommitted_max + 1;
    SUITE_EXPECT(env, HF_ERR_QUOTA, generate(client, next, false));
    SUITE_EXPECT(env, HF_ERR_NOTFOUND, use(client, next));
    SUITE_EXPECT(env, HF_OK, generate(client, 1, false)); /* replaces one */
    SUITE_EXPECT(env, HF_OK, generate(client, next, true));
    SUITE_EXPECT(env, HF_OK, generate(other, 1, false));
    SUITE_EXPECT(env, HF_OK, use(other, 1));
    for (uint32_t n = 1; n <= next; n++) {
        SUITE_EXPECT(env, HF_OK, use(client, n));
    }
    hf_key_commit_response none;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_key_commit(client, &(hf_key_commit_request){ .handle = 1 }, &none));
    SUITE_EXPECT(env, HF_OK, generate(client, next + 1, false));
    SUITE_EXPECT(env, HF_ERR_QUOTA, generate(client, next + 2, false));
    SUITE_EXPECT(env, HF_OK, evict(client, 2));
    SUITE_EXPECT(env, HF_OK, generate(client, next + 2, false));
    suite_client_close(&one);
    suite_client_close(&two);
}

/* All owners together fill every slot with keys that may not be evicted. */
static void cache_run(suite_env *env, const void *argument)
{
    static suite_client clients[SUITE_WRITER_COUNT + 1];
    (void)argument;
    for (unsigned i = 0; i < SUITE_WRITER_COUNT; i++) {
        (void)suite_connect(env, &clients[i], SUITE_WRITER + i);
    }
    hf_client *last = suite_connect(env, &clients[SUITE_WRITER_COUNT], SUITE_READER);
    SUITE_EXPECT(env, HF_OK, generate(last, 1, true));
    hf_admin_status_response status;
    static suite_client admin;
    hf_client *asker = suite_connect(env, &admin, SUITE_ADMIN);
    SUITE_EXPECT(env, HF_OK,
                 hf_client_admin_status(asker, &(hf_admin_status_request){ 0 }, &status));
    uint32_t slots = status.small_count + status.large_count;
    SUITE_TRUE(env, slots <= SUITE_WRITER_COUNT * env->uncommitted_max);
    for (uint32_t i = 0; i < slots; i++) {
        hf_client *client = &clients[i / env->uncommitted_max].client;
        int rc = generate(client, 1 + i % env->uncommitted_max, false);
        if (rc == HF_ERR_CACHE_FULL && i >= status.small_count) {
            slots = i; /* large slots are for large keys only */
            break;
        }
        SUITE_EXPECT(env, HF_OK, rc);
    }
    SUITE_EXPECT(env, HF_ERR_CACHE_FULL, generate(last, 2, false));
    SUITE_EXPECT(env, HF_ERR_CACHE_FULL,
                 use(last, 1)); /* stored, but nowhere to load it */
    for (uint32_t i = 0; i < slots; i++) {
        SUITE_EXPECT(
            env, HF_OK,
            use(&clients[i / env->uncommitted_max].client, 1 + i % env->uncommitted_max));
    }
    SUITE_EXPECT(env, HF_OK, evict(&clients[0].client, 1));
    SUITE_EXPECT(env, HF_OK, use(last, 1));
    suite_client_close(&admin);
    for (unsigned i = 0; i <= SUITE_WRITER_COUNT; i++) {
        suite_client_close(&clients[i]);
    }
}

static const suite_case cases[] = {
    { "full store", store_run, NULL, SUITE_NEEDS_SMALL_STORE },
    { "objects beyond any size", size_run, NULL, 0 },
    { "full quota of uncommitted keys", quota_run, NULL, 0 },
    { "full key cache", cache_run, NULL, 0 },
};

const suite_cases suite_full_cases = SUITE_CASES(cases);
