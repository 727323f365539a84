/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Contended LMS keys: all clients sign with the same keys, amid evictions, and over the
 * ends of trees. Every signature verifies, no index is in two of them, and what is left
 * of a key is what was not signed; also after a restart. A key that is used up gives no
 * signature more, to anybody.
 */
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "suite/hot.h"

#define LMS_STEPS 20u
#define LMS_INDEXES_MAX 1024u
#define LMS_NUMBER HOT_NUMBER_FIRST

typedef struct lms_plan {
    hot_scope scope;
    uint32_t levels; /* of height 5, W4 */
} lms_plan;

typedef struct lms_cell {
    hf_atomic_u32 claims[LMS_INDEXES_MAX]; /* 1: an answer had this index */
    hf_atomic_u32 signed_count;
} lms_cell;

typedef struct lms_case {
    const lms_plan *plan;
    lms_cell cells[SUITE_WRITER_COUNT];
} lms_case;

static uint32_t index_count(const lms_case *c)
{
    return 1u << (5u * c->plan->levels);
}

static lms_cell *cell_of(lms_case *c, const suite_actor *actor)
{
    return &c->cells[hot_owner_index(actor, c->plan->scope)];
}

static hf_handle handle_of(const lms_case *c)
{
    return hot_handle(c->plan->scope, LMS_NUMBER);
}

static uint32_t number_at(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The index that a signature has used: the leaf of each level (RFC 8554 6.2). */
static uint32_t index_of(const lms_case *c, hf_bytes signature)
{
    const size_t level_len = 12u + 32u * (1u + 67u + 5u);
    const size_t public_len = 8u + 16u + 32u;
    uint32_t index = 0;
    for (uint32_t level = 0; level < c->plan->levels; level++) {
        index = index * 32u +
                number_at(signature.data + 4 + level * (level_len + public_len));
    }
    return index;
}

/* ---- one signature ---- */

static bool verify(suite_actor *actor, hf_bytes message, hf_bytes signature)
{
    lms_case *c = actor->shared;
    hf_verify_response none;
    SUITE_ACTOR_STATUS(actor, HF_OK,
                       hf_client_verify(&actor->client.client,
                                        &(hf_verify_request){ .handle = handle_of(c),
                                                              .algorithm = HF_ALG_LMS,
                                                              .signature = signature,
                                                              .data = message },
                                        &none));
    return true;
}

static bool claim(suite_actor *actor, lms_cell *cell, hf_bytes signature)
{
    lms_case *c = actor->shared;
    uint32_t index = index_of(c, signature);
    SUITE_ACTOR_REQUIRE(actor, index < index_count(c), "an index that does not exist");
    SUITE_ACTOR_REQUIRE(actor, hf_atomic_u32_exchange(&cell->claims[index], 1) == 0,
                        "two signatures of one index");
    (void)hf_atomic_u32_fetch_add_relaxed(&cell->signed_count, 1);
    return true;
}

/* Sign something that nobody else signs. */
static bool sign(suite_actor *actor)
{
    lms_case *c = actor->shared;
    lms_cell *cell = cell_of(c, actor);
    uint8_t message[12];
    uint8_t copy[SUITE_BODY_SIZE];
    hf_put_u32(message, actor->index);
    hf_put_u32(message + 4, actor->step_count);
    hf_put_u32(message + 8, c->plan->levels);
    const hf_bytes data = hf_bytes_of(message, sizeof message);
    hf_sign_response answer;
    int rc = hf_client_sign(&actor->client.client,
                            &(hf_sign_request){ .handle = handle_of(c),
                                                .algorithm = HF_ALG_LMS,
                                                .data = data },
                            &answer);
    if (rc == HF_ERR_LIMIT) {
        /* Others may not have their answers yet, so not all need to be claimed. */
        hf_key_signatures_left_response left = { .count = 1 };
        SUITE_ACTOR_STATUS(
            actor, HF_OK,
            hf_client_key_signatures_left(
                &actor->client.client,
                &(hf_key_signatures_left_request){ .handle = handle_of(c) }, &left));
        SUITE_ACTOR_REQUIRE(actor, left.count == 0, "refused before the last index");
        return true;
    }
    SUITE_ACTOR_STATUS(actor, HF_OK, rc);
    SUITE_ACTOR_REQUIRE(actor, answer.signature.len <= sizeof copy, "too long");
    memcpy(copy, answer.signature.data, answer.signature.len);
    const hf_bytes signature = hf_bytes_of(copy, answer.signature.len);
    return claim(actor, cell, signature) && verify(actor, data, signature);
}

static bool evict(suite_actor *actor)
{
    hf_key_evict_response none;
    SUITE_ACTOR_STATUS(
        actor, HF_OK,
        hf_client_key_evict(&actor->client.client,
                            &(hf_key_evict_request){ .handle = handle_of(actor->shared) },
                            &none));
    return true;
}

static bool lms_step(suite_actor *actor)
{
    if (!suite_actor_continue(actor)) {
        return false;
    }
    if (suite_random_below(&actor->random, 8) == 0 && !evict(actor)) {
        return false;
    }
    return sign(actor);
}

/* ---- the case ---- */

static void key_make(suite_env *env, hf_client *client, const lms_case *c)
{
    hf_key_generate_response answer;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_key_generate(client,
                                        &(hf_key_generate_request){
                                            .handle = handle_of(c),
                                            .type = HF_KEY_LMS(c->plan->levels, 5u, 4u),
                                            .flags = HF_USAGE_SIGN | HF_USAGE_VERIFY,
                                            .store = 1 },
                                        &answer));
}

/* No index was lost: nobody failed. */
static void key_check(suite_env *env, hf_client *client, const lms_case *c,
                      lms_cell *cell)
{
    hf_key_signatures_left_response left = { .count = 0 };
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_key_signatures_left(
            client, &(hf_key_signatures_left_request){ .handle = handle_of(c) }, &left));
    SUITE_TRUE(env, left.count_max == index_count(c));
    SUITE_TRUE(env, left.count + hf_atomic_u32_load_acquire(&cell->signed_count) ==
                        left.count_max);
}

/* After a restart, the indexes go on. */
static void key_check_restarted(suite_env *env, lms_case *c)
{
    if (env->ops->restart == NULL) {
        return;
    }
    SUITE_EXPECT(env, HF_OK, env->ops->restart(env->context));
    suite_actor **actors = suite_actors_open(env, 1, c);
    key_check(env, &actors[0]->client.client, c, cell_of(c, actors[0]));
    SUITE_TRUE(env, sign(actors[0]));
    key_check(env, &actors[0]->client.client, c, cell_of(c, actors[0]));
    suite_actors_close(actors, 1);
}

static void lms_run(suite_env *env, const void *argument)
{
    size_t count = env->client_count;
    lms_case *c = calloc(1, sizeof *c);
    SUITE_TRUE(env, c != NULL);
    c->plan = argument;
    suite_actor **actors = suite_actors_open(env, count, c);
    for (size_t i = 0; i < count; i++) {
        actors[i]->step = lms_step;
        actors[i]->step_max = suite_count(env, LMS_STEPS);
        if (i == 0 || (c->plan->scope == HOT_OWN && i < suite_identity_count(count))) {
            key_make(env, &actors[i]->client.client, c);
        }
    }
    suite_actors_run(env, actors, count);
    for (size_t i = 0; i < count; i++) {
        key_check(env, &actors[i]->client.client, c, cell_of(c, actors[i]));
    }
    suite_actors_close(actors, count);
    key_check_restarted(env, c);
    free(c);
}

static const suite_case cases[] = {
    { "LMS signatures (own)", lms_run, &(const lms_plan){ HOT_OWN, 2 }, 0 },
    { "LMS signatures (global)", lms_run, &(const lms_plan){ HOT_GLOBAL, 2 }, 0 },
    { "LMS key used up", lms_run, &(const lms_plan){ HOT_GLOBAL, 1 }, 0 },
};

const suite_cases suite_hot_lms_cases = SUITE_CASES(cases);
