/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Free space while others write, and cleaning while everything goes on.
 *
 * The number of objects that the store tells lies between those that must be there (their
 * adding was answered, their destroying not begun) and those that can be.
 */
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "suite/hot.h"

#define SPACE_NUMBERS 6u /* objects that each client adds and destroys */
#define SPACE_NUMBERS_MAX 64u
#define SPACE_NUMBER_FIRST 1000u
#define CLEAN_LEN 3000u /* bytes: what makes the store fill up */
#define FILL_LEN 7000u
#define CLEAN_ROUNDS 3u /* how many times the medium is written over */

typedef struct space_case {
    hot_scope scope;
    bool fills_up;         /* clients want more than there is */
    uint32_t number_count; /* objects of each client; <= SPACE_NUMBERS_MAX */
    uint32_t len;          /* bytes of an object at most */
    hf_atomic_u64 refused; /* puts that found no room */
    uint32_t base_count;   /* objects at the beginning */
    uint64_t total_size;
    hf_atomic_u64 adds_started, adds_ended, destroys_started, destroys_ended;
} space_case;

/* What a client has stored: sequence of each number's value, 0 = none. */
typedef struct space_own {
    uint32_t sequence;
    uint32_t stored[SPACE_NUMBERS_MAX];
} space_own;

static suite_value value_of(const suite_actor *actor, hot_scope scope, uint32_t index,
                            uint32_t len)
{
    const space_own *own = actor->own;
    return (suite_value){ .writer = (uint16_t)actor->index,
                          .owner = hot_owner(actor->identity, scope),
                          .number = SPACE_NUMBER_FIRST +
                                    actor->index * SPACE_NUMBERS_MAX + index,
                          .sequence = own->sequence,
                          .len = (uint16_t)len };
}

static int value_put(suite_actor *actor, hot_scope scope, const suite_value *v)
{
    uint8_t data[VALUE_LEN_MAX];
    value_encode(v, data);
    hf_nvm_put_response answer;
    return hf_client_nvm_put(
        &actor->client.client,
        &(hf_nvm_put_request){ .handle = hot_handle(scope, v->number),
                               .label = value_label(v),
                               .data = hf_bytes_of(data, v->len) },
        &answer);
}

static int value_destroy(suite_actor *actor, hot_scope scope, uint32_t number)
{
    hf_nvm_destroy_response none;
    return hf_client_nvm_destroy(
        &actor->client.client,
        &(hf_nvm_destroy_request){ .handle = hot_handle(scope, number) }, &none);
}

/* Exactly what this client has stored there. */
static bool value_check(suite_actor *actor, hot_scope scope, uint32_t index)
{
    const space_own *own = actor->own;
    suite_value v = value_of(actor, scope, index, 0);
    hf_nvm_read_response answer;
    int rc =
        hf_client_nvm_read(&actor->client.client,
                           &(hf_nvm_read_request){ .handle = hot_handle(scope, v.number),
                                                   .len = VALUE_LEN_MAX },
                           &answer);
    if (own->stored[index] == 0) {
        SUITE_ACTOR_STATUS(actor, HF_ERR_NOTFOUND, rc);
        return true;
    }
    SUITE_ACTOR_STATUS(actor, HF_OK, rc);
    suite_value found;
    SUITE_ACTOR_REQUIRE(actor,
                        value_decode(answer.data, &found) && found.number == v.number &&
                            found.writer == v.writer && found.owner == v.owner &&
                            found.sequence == own->stored[index],
                        "not what this client has stored here");
    return true;
}

/* ---- free space vs add ---- */

static bool space_look(suite_actor *actor)
{
    space_case *c = actor->shared;
    uint64_t gone_max, gone_min, added_min, added_max;
    added_min = hf_atomic_u64_load_acquire(&c->adds_ended);
    gone_min = hf_atomic_u64_load_acquire(&c->destroys_ended);
    hf_nvm_space_response space;
    SUITE_ACTOR_STATUS(
        actor, HF_OK,
        hf_client_nvm_space(&actor->client.client, &(hf_nvm_space_request){ 0 }, &space));
    added_max = hf_atomic_u64_load_acquire(&c->adds_started);
    gone_max = hf_atomic_u64_load_acquire(&c->destroys_started);
    SUITE_ACTOR_REQUIRE(actor, space.object_count + gone_max >= c->base_count + added_min,
                        "fewer objects than there must be");
    SUITE_ACTOR_REQUIRE(actor, space.object_count + gone_min <= c->base_count + added_max,
                        "more objects than there can be");
    SUITE_ACTOR_REQUIRE(actor,
                        space.total_size == c->total_size &&
                            space.used_size <= space.total_size &&
                            space.free_size <= space.total_size - space.used_size,
                        "the sizes contradict each other");
    return true;
}

static bool space_change(suite_actor *actor)
{
    space_case *c = actor->shared;
    space_own *own = actor->own;
    uint32_t index = suite_random_below(&actor->random, SPACE_NUMBERS);
    suite_value v = value_of(actor, c->scope, index,
                             VALUE_LEN_MIN + suite_random_below(&actor->random, 400));
    if (own->stored[index] == 0) {
        v.sequence = ++own->sequence;
        (void)hf_atomic_u64_fetch_add_relaxed(&c->adds_started, 1);
        SUITE_ACTOR_STATUS(actor, HF_OK, value_put(actor, c->scope, &v));
        (void)hf_atomic_u64_fetch_add_relaxed(&c->adds_ended, 1);
        own->stored[index] = v.sequence;
        return true;
    }
    (void)hf_atomic_u64_fetch_add_relaxed(&c->destroys_started, 1);
    SUITE_ACTOR_STATUS(actor, HF_OK, value_destroy(actor, c->scope, v.number));
    (void)hf_atomic_u64_fetch_add_relaxed(&c->destroys_ended, 1);
    own->stored[index] = 0;
    return true;
}

static bool space_step(suite_actor *actor)
{
    if (!suite_actor_continue(actor)) {
        return false;
    }
    return suite_random_below(&actor->random, 3) == 0 ? space_look(actor)
                                                      : space_change(actor);
}

static suite_actor **space_open(suite_env *env, space_case *c, space_own *owns)
{
    suite_actor **actors = suite_actors_open(env, env->client_count, c);
    for (size_t i = 0; i < env->client_count; i++) {
        actors[i]->own = &owns[i];
    }
    hf_nvm_space_response space;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_nvm_space(&actors[0]->client.client,
                                     &(hf_nvm_space_request){ 0 }, &space));
    c->base_count = space.object_count;
    c->total_size = space.total_size;
    return actors;
}

static void space_run(suite_env *env, const void *argument)
{
    space_case c = { .scope = *(const hot_scope *)argument };
    space_own *owns = calloc(env->client_count, sizeof *owns);
    SUITE_TRUE(env, owns != NULL);
    suite_actor **actors = space_open(env, &c, owns);
    for (size_t i = 0; i < env->client_count; i++) {
        actors[i]->step = space_step;
        actors[i]->step_max = suite_count(env, 150);
    }
    suite_actors_run(env, actors, env->client_count);
    for (size_t i = 0; i < env->client_count; i++) {
        SUITE_TRUE(env, space_look(actors[i])); /* now the bounds are equal */
        for (uint32_t n = 0; n < SPACE_NUMBERS; n++) {
            SUITE_TRUE(env, value_check(actors[i], c.scope, n));
        }
    }
    suite_actors_close(actors, env->client_count);
    free(owns);
}

/* ---- cleaning under load ---- */

/* A stored key comes and goes: secrets that cleaning or scrubbing must remove. */
static bool clean_key(suite_actor *actor, hot_scope scope)
{
    uint8_t material[64];
    suite_value v = value_of(actor, scope, 0, sizeof material);
    value_encode(&v, material);
    hf_client *client = &actor->client.client;
    hf_key_import_response answer;
    SUITE_ACTOR_STATUS(
        actor, HF_OK,
        hf_client_key_import(client,
                             &(hf_key_import_request){
                                 .handle = hot_handle(scope, v.number),
                                 .type = HF_KEY_HMAC,
                                 .store = 1,
                                 .material = hf_bytes_of(material, sizeof material),
                             },
                             &answer));
    hf_key_erase_response none;
    SUITE_ACTOR_STATUS(
        actor, HF_OK,
        hf_client_key_erase(
            client, &(hf_key_erase_request){ .handle = hot_handle(scope, v.number) },
            &none));
    return true;
}

static bool clean_put(suite_actor *actor, uint32_t index, uint32_t len)
{
    space_case *c = actor->shared;
    space_own *own = actor->own;
    suite_value v = value_of(actor, c->scope, index, len);
    v.sequence = ++own->sequence;
    int rc = value_put(actor, c->scope, &v);
    if (c->fills_up && rc == HF_ERR_NOSPACE) {
        (void)hf_atomic_u64_fetch_add_relaxed(&c->refused, 1);
        return value_check(actor, c->scope, index); /* the old one stays */
    }
    SUITE_ACTOR_STATUS(actor, HF_OK, rc);
    own->stored[index] = v.sequence;
    return true;
}

/* Always possible. */
static bool clean_destroy(suite_actor *actor, uint32_t index)
{
    space_case *c = actor->shared;
    space_own *own = actor->own;
    suite_value v = value_of(actor, c->scope, index, 0);
    SUITE_ACTOR_STATUS(actor, own->stored[index] == 0 ? HF_ERR_NOTFOUND : HF_OK,
                       value_destroy(actor, c->scope, v.number));
    own->stored[index] = 0;
    return true;
}

static bool clean_step(suite_actor *actor)
{
    space_case *c = actor->shared;
    bool is_ok;
    if (!suite_actor_continue(actor)) {
        return false;
    }
    uint32_t index = suite_random_below(&actor->random, c->number_count);
    switch (suite_random_below(&actor->random, 8)) {
    case 0:
        is_ok = c->fills_up || clean_key(actor, c->scope);
        break;
    case 1:
        is_ok = clean_destroy(actor, index);
        break;
    default:
        is_ok = clean_put(actor, index,
                          c->len - suite_random_below(&actor->random, c->len / 4));
        break;
    }
    return is_ok && value_check(actor, c->scope,
                                suite_random_below(&actor->random, c->number_count));
}

/* The last actor compacts meanwhile. */
static bool compact_step(suite_actor *actor)
{
    if (!suite_actor_continue(actor)) {
        return false;
    }
    hf_admin_compact_response answer;
    SUITE_ACTOR_STATUS(actor, HF_OK,
                       hf_client_admin_compact(&actor->client.client,
                                               &(hf_admin_compact_request){ 0 },
                                               &answer));
    return true;
}

/* At the end every client has exactly what it was told, and can destroy it. */
static void clean_check(suite_env *env, const space_case *c, suite_actor **actors)
{
    for (size_t i = 0; i + 1 < env->client_count; i++) {
        for (uint32_t n = 0; n < c->number_count; n++) {
            SUITE_TRUE(env, value_check(actors[i], c->scope, n));
        }
    }
    for (uint32_t n = 0; c->fills_up && n < c->number_count; n++) {
        SUITE_TRUE(env, clean_destroy(actors[0], n));
    }
}

typedef struct clean_plan {
    hot_scope scope;
    bool fills_up;
} clean_plan;

static void clean_run(suite_env *env, const void *argument)
{
    const clean_plan *plan = argument;
    uint32_t count = env->client_count;
    space_case c = { .scope = plan->scope,
                     .fills_up = plan->fills_up,
                     .number_count = SPACE_NUMBERS,
                     .len = CLEAN_LEN };
    space_own *owns = calloc(count, sizeof *owns);
    SUITE_TRUE(env, owns != NULL);
    suite_actor **actors = space_open(env, &c, owns);
    if (c.fills_up) { /* in sum one and a half times what there is */
        c.len = FILL_LEN;
        c.number_count =
            (uint32_t)(c.total_size * 3u / 2u / (FILL_LEN * (count - 1u))) + 1;
        SUITE_TRUE(env, c.number_count <= SPACE_NUMBERS_MAX);
    }
    uint64_t puts = env->store_size * CLEAN_ROUNDS / c.len;
    for (size_t i = 0; i < count; i++) {
        actors[i]->step = clean_step;
        actors[i]->step_max = suite_count(env, (uint32_t)(puts / (count - 1)));
    }
    suite_actor *admin = actors[count - 1];
    admin->step = compact_step;
    admin->step_max = suite_count(env, 20);
    suite_client_close(&admin->client);
    (void)suite_connect(env, &admin->client, SUITE_ADMIN);
    suite_actors_run(env, actors, count);
    clean_check(env, &c, actors);
    SUITE_TRUE(env, !c.fills_up || env->scale < 100 ||
                        hf_atomic_u64_load_acquire(&c.refused) > 0);
    hf_admin_compact_response answer;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_admin_compact(&admin->client.client,
                                         &(hf_admin_compact_request){ 0 }, &answer));
    SUITE_TRUE(env, answer.secret_residue_count == 0);
    suite_actors_close(actors, count);
    free(owns);
}

static const hot_scope scope_own = HOT_OWN;
static const hot_scope scope_global = HOT_GLOBAL;
static const clean_plan clean_own = { HOT_OWN, false };
static const clean_plan clean_global = { HOT_GLOBAL, false };
static const clean_plan fill_own = { HOT_OWN, true };
static const clean_plan fill_global = { HOT_GLOBAL, true };

static const suite_case cases[] = {
    { "free space vs add (own)", space_run, &scope_own, 0 },
    { "free space vs add (global)", space_run, &scope_global, 0 },
    { "cleaning under load (own)", clean_run, &clean_own, SUITE_NEEDS_SMALL_STORE },
    { "cleaning under load (global)", clean_run, &clean_global, SUITE_NEEDS_SMALL_STORE },
    { "full store under load (own)", clean_run, &fill_own, SUITE_NEEDS_SMALL_STORE },
    { "full store under load (global)", clean_run, &fill_global,
      SUITE_NEEDS_SMALL_STORE },
};

const suite_cases suite_hot_space_cases = SUITE_CASES(cases);
