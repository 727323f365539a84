/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The connection: what is negotiated, echo, pipelining, streams that are cancelled, and
 * the end.
 */
#include <string.h>

#include "suite/raw.h"

static void info_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    for (unsigned who = 0; who < SUITE_IDENTITY_COUNT; who++) {
        hf_client *client = suite_connect(env, &one, who);
        hf_comm_info_response info;
        SUITE_EXPECT(env, HF_OK,
                     hf_client_comm_info(client, &(hf_comm_info_request){ 0 }, &info));
        SUITE_TRUE(env, info.owner == suite_owner_of(who));
        SUITE_TRUE(env, info.permissions == suite_permissions_of(who));
        SUITE_TRUE(env, info.version.len > 0 && info.session_count >= 1);
        SUITE_TRUE(env, client->owner == suite_owner_of(who));
        SUITE_TRUE(env, client->permissions == suite_permissions_of(who));
        SUITE_TRUE(env, client->body_size >= HF_BODY_SIZE_MIN &&
                            client->body_size <= SUITE_BODY_SIZE);
        SUITE_TRUE(env, client->window >= 1 && client->window <= SUITE_WINDOW);
        suite_client_close(&one);
    }
}

static void echo_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static uint8_t data[SUITE_BODY_SIZE];
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    suite_random random = { .state = env->seed };
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)suite_random_next(&random);
    }
    const size_t most = client->body_size - 4u;
    const size_t lens[] = { 0, 1, 15, 16, 1000, most - 1, most };
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        hf_comm_echo_response echo;
        SUITE_EXPECT(env, HF_OK,
                     hf_client_comm_echo(
                         client,
                         &(hf_comm_echo_request){ .data = hf_bytes_of(data, lens[i]) },
                         &echo));
        SUITE_TRUE(env, echo.data.len == lens[i] &&
                            (lens[i] == 0 || memcmp(echo.data.data, data, lens[i]) == 0));
    }
    hf_comm_echo_response echo;
    SUITE_EXPECT(env, HF_ERR_SIZE,
                 hf_client_comm_echo(
                     client,
                     &(hf_comm_echo_request){ .data = hf_bytes_of(data, most + 1) },
                     &echo));
    suite_client_close(&one);
}

/* A whole window in flight; the answers come in the order of the requests. */
static void pipeline_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    for (uint32_t round = 0; round < suite_count(env, 20); round++) {
        uint16_t sequences[SUITE_WINDOW + 1];
        uint16_t window = client->window;
        for (uint16_t i = 0; i < window; i++) {
            uint8_t byte = (uint8_t)i;
            SUITE_EXPECT(env, HF_OK,
                         hf_client_comm_echo_send(
                             client,
                             &(hf_comm_echo_request){ .data = hf_bytes_of(&byte, 1) },
                             &sequences[i]));
        }
        SUITE_EXPECT(env, HF_ERR_BUSY,
                     hf_client_comm_echo_send(client,
                                              &(hf_comm_echo_request){ { NULL, 0 } },
                                              &sequences[window]));
        for (uint16_t i = 0; i < window; i++) {
            hf_comm_echo_response echo;
            int rc = HF_PENDING;
            while (rc == HF_PENDING) {
                rc = hf_client_comm_echo_receive(client, sequences[i], &echo);
                if (rc == HF_PENDING) {
                    SUITE_EXPECT(env, HF_OK, hf_client_wait(client, SUITE_TIMEOUT_MS));
                }
            }
            SUITE_EXPECT(env, HF_OK, rc);
            SUITE_TRUE(env, echo.data.len == 1 && echo.data.data[0] == (uint8_t)i);
        }
    }
    suite_client_close(&one);
}

/* Requests of many kinds in flight keep their order, also when some wait for the medium
 * and others do not. */
static void mixed_pipeline_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    for (uint32_t round = 1; round <= suite_count(env, 20); round++) {
        uint8_t data[100];
        memset(data, (int)round, sizeof data);
        uint16_t put, read, destroy, again;
        SUITE_EXPECT(env, HF_OK,
                     hf_client_nvm_put_send(
                         client,
                         &(hf_nvm_put_request){ .handle = 5,
                                                .data = hf_bytes_of(data, sizeof data) },
                         &put));
        SUITE_EXPECT(
            env, HF_OK,
            hf_client_nvm_read_send(
                client, &(hf_nvm_read_request){ .handle = 5, .len = 1000 }, &read));
        SUITE_EXPECT(env, HF_OK,
                     hf_client_nvm_destroy_send(
                         client, &(hf_nvm_destroy_request){ .handle = 5 }, &destroy));
        SUITE_EXPECT(
            env, HF_OK,
            hf_client_nvm_read_send(
                client, &(hf_nvm_read_request){ .handle = 5, .len = 1000 }, &again));
        hf_any_response answer;
        int rc = HF_PENDING;
        while ((rc = hf_client_nvm_put_receive(client, put, &answer.nvm_put)) ==
               HF_PENDING) {
            SUITE_EXPECT(env, HF_OK, hf_client_wait(client, SUITE_TIMEOUT_MS));
        }
        SUITE_EXPECT(env, HF_OK, rc);
        while ((rc = hf_client_nvm_read_receive(client, read, &answer.nvm_read)) ==
               HF_PENDING) {
            SUITE_EXPECT(env, HF_OK, hf_client_wait(client, SUITE_TIMEOUT_MS));
        }
        SUITE_EXPECT(env, HF_OK, rc);
        SUITE_TRUE(env, answer.nvm_read.data.len == sizeof data &&
                            answer.nvm_read.data.data[99] == (uint8_t)round);
        while ((rc = hf_client_nvm_destroy_receive(client, destroy,
                                                   &answer.nvm_destroy)) == HF_PENDING) {
            SUITE_EXPECT(env, HF_OK, hf_client_wait(client, SUITE_TIMEOUT_MS));
        }
        SUITE_EXPECT(env, HF_OK, rc);
        while ((rc = hf_client_nvm_read_receive(client, again, &answer.nvm_read)) ==
               HF_PENDING) {
            SUITE_EXPECT(env, HF_OK, hf_client_wait(client, SUITE_TIMEOUT_MS));
        }
        SUITE_EXPECT(env, HF_ERR_NOTFOUND, rc);
    }
    suite_client_close(&one);
}

static void cancel_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_comm_cancel_response cancelled;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_comm_cancel(client, &(hf_comm_cancel_request){ 0 }, &cancelled));
    SUITE_TRUE(env, cancelled.stream_count == 0);
    uint16_t stream = 0;
    for (unsigned i = 0; i < 3; i++) {
        hf_hash_start_response started;
        SUITE_EXPECT(env, HF_OK,
                     hf_client_hash_start(
                         client, &(hf_hash_start_request){ .algorithm = HF_ALG_SHA256 },
                         &started));
        stream = started.stream;
    }
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_comm_cancel(client, &(hf_comm_cancel_request){ 0 }, &cancelled));
    SUITE_TRUE(env, cancelled.stream_count == 3);
    hf_stream_finish_response digest;
    SUITE_EXPECT(env, HF_ERR_NOTFOUND,
                 hf_client_stream_finish(
                     client, &(hf_stream_finish_request){ .stream = stream }, &digest));
    suite_client_close(&one);
}

/* CLOSE is answered, and then the connection ends. */
static void close_run(suite_env *env, const void *argument)
{
    static raw_link raw;
    hf_frame frame;
    hf_bytes body;
    (void)argument;
    raw_open_ready(&raw, env, SUITE_WRITER);
    SUITE_EXPECT(env, HF_OK, raw_call(&raw, HF_REQ_comm_close, hf_bytes_of(NULL, 0)));
    SUITE_EXPECT(env, HF_ERR_CLOSED, raw_receive(&raw, &frame, &body));
    raw_close(&raw);
}

/* Without an identity only the connection itself can be talked about. */
static void nobody_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static raw_link raw;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_NOBODY);
    hf_comm_info_response info;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_comm_info(client, &(hf_comm_info_request){ 0 }, &info));
    SUITE_TRUE(env, info.owner == 0 && info.permissions == 0);
    suite_client_close(&one);
    raw_open_ready(&raw, env, SUITE_NOBODY);
    for (size_t i = 0; i < HF_MESSAGE_COUNT; i++) {
        const hf_message *message = hf_message_at(i);
        if (message->kind >> 8 == HF_GROUP_COMM ||
            message->request[0].type != HF_FIELD_NONE) {
            continue;
        }
        int got = raw_call(&raw, message->kind, hf_bytes_of(NULL, 0));
        suite_expect(env, got, HF_ERR_ACCESS, SUITE_PLACE(message->name));
    }
    raw_close(&raw);
}

static const suite_case cases[] = {
    { "comm info tells the identity", info_run, NULL, 0 },
    { "comm echo of every size", echo_run, NULL, 0 },
    { "a window of requests in flight", pipeline_run, NULL, 0 },
    { "requests in flight keep their order", mixed_pipeline_run, NULL, 0 },
    { "comm cancel ends streams", cancel_run, NULL, 0 },
    { "comm close is answered", close_run, NULL, 0 },
    { "no identity, no access", nobody_run, NULL, SUITE_NEEDS_NOBODY },
};

const suite_cases suite_comm_cases = SUITE_CASES(cases);
