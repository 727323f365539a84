/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Administration: figures that follow what was done, compaction, and that only ADMIN may.
 */
#include "suite/suite.h"

static hf_admin_statistics_response statistics_of(suite_env *env, hf_client *client,
                                                  uint8_t group)
{
    hf_admin_statistics_response answer;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_admin_statistics(
                     client, &(hf_admin_statistics_request){ .group = group }, &answer));
    return answer;
}

static void statistics_run(suite_env *env, const void *argument)
{
    static suite_client one, two;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_client *admin = suite_connect(env, &two, SUITE_ADMIN);
    hf_admin_statistics_response before = statistics_of(env, admin, HF_GROUP_NVM);
    hf_admin_statistics_response counters = statistics_of(env, admin, HF_GROUP_COUNTER);
    for (uint32_t i = 0; i < 10; i++) {
        hf_nvm_info_response info;
        SUITE_EXPECT(
            env, HF_ERR_NOTFOUND,
            hf_client_nvm_info(client, &(hf_nvm_info_request){ .handle = 99 }, &info));
    }
    hf_nvm_space_response space;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_nvm_space(client, &(hf_nvm_space_request){ 0 }, &space));
    hf_admin_statistics_response after = statistics_of(env, admin, HF_GROUP_NVM);
    SUITE_TRUE(env, after.request_count == before.request_count + 11);
    SUITE_TRUE(env, after.error_count == before.error_count + 10);
    SUITE_TRUE(env, after.lock_count >= before.lock_count + 11);
    SUITE_TRUE(env, statistics_of(env, admin, HF_GROUP_COUNTER).request_count ==
                        counters.request_count);
    hf_admin_statistics_response all = statistics_of(env, admin, 0);
    SUITE_TRUE(env, all.request_count >= after.request_count + counters.request_count);
    SUITE_TRUE(env, all.hold_ns >= all.hold_ns_max);
    hf_admin_statistics_response none;
    SUITE_EXPECT(env, HF_ERR_ARG,
                 hf_client_admin_statistics(
                     admin, &(hf_admin_statistics_request){ .group = 0x70 }, &none));
    suite_client_close(&one);
    suite_client_close(&two);
}

static void status_run(suite_env *env, const void *argument)
{
    static suite_client one, two;
    (void)argument;
    hf_client *admin = suite_connect(env, &one, SUITE_ADMIN);
    hf_admin_status_response before, after;
    const hf_admin_status_request request = { 0 };
    SUITE_EXPECT(env, HF_OK, hf_client_admin_status(admin, &request, &before));
    SUITE_TRUE(env, before.session_count == 1 && before.small_count == env->slot_count);
    hf_client *client = suite_connect(env, &two, SUITE_WRITER);
    hf_key_generate_response key;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_key_generate(
            client,
            &(hf_key_generate_request){ .handle = 1, .type = HF_KEY_AES_128, .store = 1 },
            &key));
    SUITE_EXPECT(env, HF_OK, hf_client_admin_status(admin, &request, &after));
    SUITE_TRUE(env, after.session_count == 2);
    SUITE_TRUE(env, after.small_used_count == before.small_used_count + 1);
    SUITE_TRUE(env, after.object_count == before.object_count + 1);
    SUITE_TRUE(env, after.head > before.head && after.durable > before.durable);
    SUITE_TRUE(env, after.durable <= after.head && !after.is_failed);
    SUITE_TRUE(env, after.lease_count == 0 && after.doomed_count == 0);
    suite_client_close(&one);
    suite_client_close(&two);
}

/* After a compaction no destroyed secret is on the medium. */
static void compact_run(suite_env *env, const void *argument)
{
    static suite_client one, two;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_client *admin = suite_connect(env, &two, SUITE_ADMIN);
    for (uint32_t n = 1; n <= 5; n++) {
        hf_key_generate_response key;
        hf_key_erase_response none;
        SUITE_EXPECT(
            env, HF_OK,
            hf_client_key_generate(client,
                                   &(hf_key_generate_request){
                                       .handle = n, .type = HF_KEY_AES_128, .store = 1 },
                                   &key));
        SUITE_EXPECT(
            env, HF_OK,
            hf_client_key_erase(client, &(hf_key_erase_request){ .handle = n }, &none));
    }
    hf_admin_compact_response answer;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_admin_compact(admin, &(hf_admin_compact_request){ 0 }, &answer));
    SUITE_TRUE(env, answer.secret_residue_count == 0);
    hf_admin_status_response status;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_admin_status(admin, &(hf_admin_status_request){ 0 }, &status));
    SUITE_TRUE(env, status.secret_residue_count == 0);
    hf_admin_log_level_response none;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_admin_log_level(
                     admin, &(hf_admin_log_level_request){ .level = 1 }, &none));
    suite_client_close(&one);
    suite_client_close(&two);
}

static void denied_run(suite_env *env, const void *argument)
{
    static suite_client one;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    hf_any_response answer;
    SUITE_EXPECT(env, HF_ERR_ACCESS,
                 hf_client_admin_status(client, &(hf_admin_status_request){ 0 },
                                        &answer.admin_status));
    SUITE_EXPECT(env, HF_ERR_ACCESS,
                 hf_client_admin_statistics(client, &(hf_admin_statistics_request){ 0 },
                                            &answer.admin_statistics));
    SUITE_EXPECT(env, HF_ERR_ACCESS,
                 hf_client_admin_compact(client, &(hf_admin_compact_request){ 0 },
                                         &answer.admin_compact));
    SUITE_EXPECT(env, HF_ERR_ACCESS,
                 hf_client_admin_log_level(client, &(hf_admin_log_level_request){ 0 },
                                           &answer.admin_log_level));
    SUITE_EXPECT(env, HF_ERR_ACCESS,
                 hf_client_counter_purge(client,
                                         &(hf_counter_purge_request){ .handle = 1 },
                                         &answer.counter_purge));
    suite_client_close(&one);
}

static const suite_case cases[] = {
    { "admin statistics", statistics_run, NULL, 0 },
    { "admin status", status_run, NULL, 0 },
    { "admin compact and log level", compact_run, NULL, 0 },
    { "admin is for ADMIN", denied_run, NULL, 0 },
};

const suite_cases suite_admin_cases = SUITE_CASES(cases);
