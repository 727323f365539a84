/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The suite's frame: failures, clients, actors.
 */
#include "suite/suite.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "suite/storm.h"

#define FAILURES_PRINTED_MAX 10u

typedef struct identity {
    uint16_t owner;
    uint32_t permissions; /* HF_PERMISSION_* */
} identity;

static const identity identities[SUITE_IDENTITY_COUNT + 1] = {
#define GLOBAL_WRITER                                                                    \
    (HF_PERMISSION_IDENTITY | HF_PERMISSION_USE_GLOBAL | HF_PERMISSION_WRITE_GLOBAL)
    { 101, GLOBAL_WRITER },
    { 102, GLOBAL_WRITER },
    { 103, GLOBAL_WRITER },
    { 104, GLOBAL_WRITER },
    [SUITE_READER] = { 105, HF_PERMISSION_IDENTITY | HF_PERMISSION_USE_GLOBAL },
    [SUITE_ADMIN] = { 106, GLOBAL_WRITER | HF_PERMISSION_ADMIN },
    [SUITE_NOBODY] = { 0, 0 },
};

uint16_t suite_owner_of(unsigned who)
{
    return identities[who].owner;
}

uint32_t suite_permissions_of(unsigned who)
{
    return identities[who].permissions;
}

/* ---- failures ---- */

void suite_fail(suite_env *env, const char *file, int line, const char *text)
{
    uint32_t count = hf_atomic_u32_fetch_add_relaxed(&env->failure_count, 1);
    if (count < FAILURES_PRINTED_MAX) {
        fprintf(stderr,
                "%s:%d: %s: %s\n"
                "repeat: HF_STRESS_SEED=%llu HF_STRESS_SCALE=%u %s '%s'\n",
                file, line, env->case_name, text, (unsigned long long)env->seed,
                env->asked_scale, env->command, env->case_name);
    }
}

bool suite_has_failed(const suite_env *env)
{
    return hf_atomic_u32_load_relaxed(&env->failure_count) != 0;
}

void suite_fail_status(suite_env *env, const suite_place *place, int got, int expected)
{
    char text[512];
    snprintf(text, sizeof text, "%s (%d) where %s was expected: %s",
             got == HF_OK ? "HF_OK" : hf_status_name(got), got,
             expected == HF_OK ? "HF_OK" : hf_status_name(expected), place->text);
    suite_fail(env, place->file, place->line, text);
}

void suite_expect(suite_env *env, int got, int expected, const suite_place *place)
{
    if (got != expected) {
        suite_fail_status(env, place, got, expected);
        fail();
    }
}

void suite_expect_true(suite_env *env, bool condition, const suite_place *place)
{
    if (!condition) {
        suite_fail(env, place->file, place->line, place->text);
        fail();
    }
}

/* ---- clients ---- */

int suite_client_open(suite_client *client, suite_env *env, unsigned who)
{
    client->env = env;
    client->identity = who;
    client->is_open = false;
    int rc = env->ops->open(env->context, who, &client->transport);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_client_init(&client->client,
                        &(hf_client_config){
                            .transport = client->transport,
                            .receive_buffer = hf_buffer_of(client->rx, sizeof client->rx),
                            .send_buffer = hf_buffer_of(client->tx, sizeof client->tx),
                            .timeout_ms = SUITE_TIMEOUT_MS,
                        });
    if (rc != HF_OK) {
        client->transport.ops->close(client->transport.context);
        return rc;
    }
    rc = hf_client_connect(&client->client, "suite", SUITE_WINDOW);
    if (rc != HF_OK) {
        hf_client_cleanup(&client->client);
        return rc;
    }
    client->is_open = true;
    return HF_OK;
}

void suite_client_close(suite_client *client)
{
    if (client->is_open) {
        client->is_open = false;
        hf_client_cleanup(&client->client);
    }
}

void suite_client_drop(suite_client *client)
{
    if (client->is_open) {
        client->is_open = false;
        client->transport.ops->close(client->transport.context);
    }
}

hf_client *suite_connect(suite_env *env, suite_client *client, unsigned who)
{
    SUITE_EXPECT(env, HF_OK, suite_client_open(client, env, who));
    return &client->client;
}

/* ---- actors ---- */

/* Half as many identities as clients, at most all: so that each has several clients. */
size_t suite_identity_count(size_t count)
{
    size_t wanted = count / 2 < 1 ? 1 : count / 2;
    return wanted < SUITE_WRITER_COUNT ? wanted : SUITE_WRITER_COUNT;
}

suite_actor **suite_actors_open(suite_env *env, size_t count, void *shared)
{
    suite_actor **actors = calloc(count, sizeof(suite_actor *));
    SUITE_TRUE(env, actors != NULL && count <= SUITE_ACTORS_MAX);
    size_t identity_count = suite_identity_count(count);
    for (size_t i = 0; i < count; i++) {
        actors[i] = calloc(1, sizeof(suite_actor));
        SUITE_TRUE(env, actors[i] != NULL);
        actors[i]->env = env;
        actors[i]->shared = shared;
        actors[i]->index = (unsigned)i;
        actors[i]->identity = SUITE_WRITER + (unsigned)(i % identity_count);
        actors[i]->random.state = env->seed * 1000003u + i;
        (void)suite_connect(env, &actors[i]->client, actors[i]->identity);
    }
    return actors;
}

bool suite_actor_step(suite_actor *actor)
{
    if (actor->step(actor)) {
        return true;
    }
    if (actor->is_worker) {
        (void)hf_atomic_u32_fetch_add_relaxed(&actor->env->worker_count, UINT32_MAX);
    }
    return false;
}

void suite_actors_run(suite_env *env, suite_actor **actors, size_t count)
{
    size_t all = count + env->storm_count;
    suite_actor **crowd = calloc(all, sizeof *crowd);
    SUITE_TRUE(env, crowd != NULL);
    hf_atomic_u32_init(&env->worker_count, (uint32_t)count);
    for (size_t i = 0; i < all; i++) {
        crowd[i] = i < count ? actors[i] : storm_actor_make(env, (unsigned)(i - count));
        SUITE_TRUE(env, crowd[i] != NULL);
        crowd[i]->is_worker = i < count;
    }
    env->ops->run(env->context, crowd, all);
    for (size_t i = count; i < all; i++) {
        free(crowd[i]);
    }
    free(crowd);
    if (suite_has_failed(env)) {
        fail();
    }
}

void suite_actors_close(suite_actor **actors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        suite_client_close(&actors[i]->client);
        free(actors[i]);
    }
    free(actors);
}

uint32_t suite_count(const suite_env *env, uint32_t count)
{
    uint64_t scaled = (uint64_t)count * env->scale / 100u;
    return scaled == 0 ? 1u : (uint32_t)scaled;
}

bool suite_actor_continue(suite_actor *actor)
{
    return actor->step_count++ < actor->step_max && !suite_has_failed(actor->env);
}
