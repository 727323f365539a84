/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Unique ids: all clients at once let the server assign numbers, by importing and
 * generating keys, storing objects and creating counters. Each number is given once, ever
 * (a freed one is not given again before the numbers wrap), and what is under it is its
 * creator's until the creator destroys it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "suite/hot.h"

#define NUMBERS_MAX 131072u /* more than any run assigns */
#define KEPT_COUNT 4u       /* things that each client keeps for a while */

typedef struct unique_case unique_case;

typedef struct unique_plan {
    hot_scope scope;
    uint32_t operations; /* of each client */
    uint32_t total_max;  /* operations of all: destroyed counters stay; 0 = any number */
    /* Create one with number 0; *v is what it will hold. */
    int (*create)(suite_actor *actor, suite_value *v, hf_handle *handle);
    /* Is it there, and what was created? */
    bool (*check)(suite_actor *actor, const suite_value *v, hf_handle at);
    int (*destroy)(suite_actor *actor, hf_handle at);
} unique_plan;

struct unique_case {
    const unique_plan *plan;
    hf_atomic_u32 claims[SUITE_WRITER_COUNT][NUMBERS_MAX]; /* 1: was assigned */
};

typedef struct unique_own {
    suite_value values[KEPT_COUNT];
    hf_handle handles[KEPT_COUNT]; /* 0: none */
    uint32_t sequence;
} unique_own;

static hot_scope scope_of(const suite_actor *actor)
{
    const unique_case *c = actor->shared;
    return c->plan->scope;
}

static hf_handle nobody_handle(const suite_actor *actor)
{
    return hot_handle(scope_of(actor), 0);
}

/* ---- keys ---- */

/* One of the kept keys of each client is not stored: more might exceed the quota. */
static bool is_cached_only(const suite_actor *actor, const suite_value *v)
{
    const unique_own *own = actor->own;
    return v == &own->values[0];
}

static int key_import(suite_actor *actor, suite_value *v, hf_handle *handle)
{
    uint8_t material[128];
    v->len = (uint16_t)(VALUE_LEN_MIN + suite_random_below(&actor->random, 64));
    value_encode(v, material);
    hf_key_import_response answer;
    int rc = hf_client_key_import(&actor->client.client,
                                  &(hf_key_import_request){
                                      .handle = nobody_handle(actor),
                                      .type = HF_KEY_HMAC,
                                      .flags = HF_USAGE_SIGN,
                                      .label = value_label(v),
                                      .store = !is_cached_only(actor, v),
                                      .material = hf_bytes_of(material, v->len),
                                  },
                                  &answer);
    *handle = answer.handle;
    return rc;
}

static bool key_import_check(suite_actor *actor, const suite_value *v, hf_handle at)
{
    hf_key_export_response answer;
    SUITE_ACTOR_STATUS(actor, HF_OK,
                       hf_client_key_export(&actor->client.client,
                                            &(hf_key_export_request){ .handle = at },
                                            &answer));
    suite_value found;
    SUITE_ACTOR_REQUIRE(actor,
                        value_decode(answer.material, &found) && value_equal(&found, v),
                        "somebody else's key is under an assigned id");
    return true;
}

static int key_destroy(suite_actor *actor, hf_handle at)
{
    hf_key_erase_response none;
    return hf_client_key_erase(&actor->client.client,
                               &(hf_key_erase_request){ .handle = at }, &none);
}

static uint32_t generated_type(const suite_value *v)
{
    static const uint32_t types[] = { HF_KEY_AES_128, HF_KEY_AES_256, HF_KEY_HMAC,
                                      HF_KEY_P256,    HF_KEY_P384,    HF_KEY_ED25519 };
    return types[(v->sequence + v->writer) % (sizeof types / sizeof types[0])];
}

static int key_generate(suite_actor *actor, suite_value *v, hf_handle *handle)
{
    uint32_t type = generated_type(v);
    hf_key_generate_response answer;
    int rc = hf_client_key_generate(&actor->client.client,
                                    &(hf_key_generate_request){
                                        .handle = nobody_handle(actor),
                                        .type = type,
                                        .flags = HF_KEY_FAMILY(type) == HF_FAMILY_AES
                                                     ? HF_USAGE_ENCRYPT
                                                     : HF_USAGE_SIGN,
                                        .label = value_label(v),
                                        .store = !is_cached_only(actor, v),
                                    },
                                    &answer);
    *handle = answer.handle;
    return rc;
}

static bool key_generate_check(suite_actor *actor, const suite_value *v, hf_handle at)
{
    hf_key_info_response info;
    SUITE_ACTOR_STATUS(actor, HF_OK,
                       hf_client_key_info(&actor->client.client,
                                          &(hf_key_info_request){ .handle = at }, &info));
    suite_value found;
    SUITE_ACTOR_REQUIRE(actor,
                        value_decode_label(&info.label, &found) &&
                            value_equal(&found, v) && info.type == generated_type(v) &&
                            (info.flags & HF_FLAG_LOCAL) != 0,
                        "somebody else's key is under an assigned id");
    return true;
}

/* ---- objects and counters ---- */

static int object_put(suite_actor *actor, suite_value *v, hf_handle *handle)
{
    uint8_t data[256];
    v->len = (uint16_t)(VALUE_LEN_MIN + suite_random_below(&actor->random, 200));
    value_encode(v, data);
    hf_nvm_put_response answer;
    int rc = hf_client_nvm_put(&actor->client.client,
                               &(hf_nvm_put_request){ .handle = nobody_handle(actor),
                                                      .label = value_label(v),
                                                      .data = hf_bytes_of(data, v->len) },
                               &answer);
    *handle = answer.handle;
    return rc;
}

static bool object_check(suite_actor *actor, const suite_value *v, hf_handle at)
{
    hf_nvm_read_response answer;
    SUITE_ACTOR_STATUS(
        actor, HF_OK,
        hf_client_nvm_read(&actor->client.client,
                           &(hf_nvm_read_request){ .handle = at, .len = VALUE_LEN_MAX },
                           &answer));
    suite_value found;
    SUITE_ACTOR_REQUIRE(actor,
                        value_decode(answer.data, &found) && value_equal(&found, v),
                        "somebody else's object is under an assigned id");
    return true;
}

static int object_destroy(suite_actor *actor, hf_handle at)
{
    hf_nvm_destroy_response none;
    return hf_client_nvm_destroy(&actor->client.client,
                                 &(hf_nvm_destroy_request){ .handle = at }, &none);
}

static int counter_create(suite_actor *actor, suite_value *v, hf_handle *handle)
{
    hf_counter_create_response answer;
    int rc = hf_client_counter_create(&actor->client.client,
                                      &(hf_counter_create_request){
                                          .handle = nobody_handle(actor),
                                          .value = v->sequence,
                                          .label = value_label(v),
                                      },
                                      &answer);
    *handle = answer.handle;
    return rc;
}

static bool counter_check(suite_actor *actor, const suite_value *v, hf_handle at)
{
    hf_counter_read_response answer;
    SUITE_ACTOR_STATUS(actor, HF_OK,
                       hf_client_counter_read(&actor->client.client,
                                              &(hf_counter_read_request){ .handle = at },
                                              &answer));
    suite_value found;
    SUITE_ACTOR_REQUIRE(actor,
                        value_decode_label(&answer.label, &found) &&
                            value_equal(&found, v) && answer.value == v->sequence,
                        "somebody else's counter is under an assigned id");
    return true;
}

static int counter_destroy(suite_actor *actor, hf_handle at)
{
    hf_counter_destroy_response none;
    return hf_client_counter_destroy(
        &actor->client.client, &(hf_counter_destroy_request){ .handle = at }, &none);
}

/* ---- the cases ---- */

static bool claim(suite_actor *actor, hf_handle handle)
{
    unique_case *c = actor->shared;
    uint32_t number = handle & HF_HANDLE_NUMBER;
    SUITE_ACTOR_REQUIRE(actor,
                        handle == hot_handle(c->plan->scope, number) && number != 0,
                        "not a handle of the scope that was asked for");
    SUITE_ACTOR_REQUIRE(actor, number < NUMBERS_MAX, "a number far from the others");
    hf_atomic_u32 *cell = &c->claims[hot_owner_index(actor, c->plan->scope)][number];
    SUITE_ACTOR_REQUIRE(actor, hf_atomic_u32_exchange(cell, 1) == 0,
                        "a number was assigned twice");
    return true;
}

static bool unique_step(suite_actor *actor)
{
    unique_case *c = actor->shared;
    unique_own *own = actor->own;
    if (!suite_actor_continue(actor)) {
        return false;
    }
    uint32_t slot = suite_random_below(&actor->random, KEPT_COUNT);
    if (own->handles[slot] != 0) {
        if (!c->plan->check(actor, &own->values[slot], own->handles[slot])) {
            return false;
        }
        SUITE_ACTOR_STATUS(actor, HF_OK, c->plan->destroy(actor, own->handles[slot]));
        own->handles[slot] = 0;
    }
    suite_value *v = &own->values[slot];
    *v = (suite_value){ .writer = (uint16_t)actor->index,
                        .owner = hot_owner(actor->identity, c->plan->scope),
                        .sequence = ++own->sequence,
                        .len = VALUE_LEN_MIN };
    SUITE_ACTOR_STATUS(actor, HF_OK, c->plan->create(actor, v, &own->handles[slot]));
    return claim(actor, own->handles[slot]) &&
           c->plan->check(actor, v, own->handles[slot]);
}

static void unique_run(suite_env *env, const void *argument)
{
    size_t count = env->client_count;
    unique_case *c = calloc(1, sizeof *c);
    unique_own *owns = calloc(count, sizeof *owns);
    SUITE_TRUE(env, c != NULL && owns != NULL);
    c->plan = argument;
    suite_actor **actors = suite_actors_open(env, count, c);
    for (size_t i = 0; i < count; i++) {
        actors[i]->step = unique_step;
        actors[i]->step_max = suite_count(env, c->plan->operations);
        if (c->plan->total_max != 0 && actors[i]->step_max > c->plan->total_max / count) {
            actors[i]->step_max = c->plan->total_max / (uint32_t)count;
        }
        actors[i]->own = &owns[i];
    }
    suite_actors_run(env, actors, count);
    for (size_t i = 0; i < count; i++) {
        for (uint32_t slot = 0; slot < KEPT_COUNT; slot++) {
            hf_handle at = owns[i].handles[slot];
            SUITE_TRUE(env,
                       at == 0 || c->plan->check(actors[i], &owns[i].values[slot], at));
        }
    }
    suite_actors_close(actors, count);
    free(owns);
    free(c);
}

#define UNIQUE_CASES(name, number, limit, maker, checker, destroyer)                     \
    { name " (own)", unique_run,                                                         \
      &(const unique_plan){ HOT_OWN, number, limit, maker, checker, destroyer }, 0 },    \
    {                                                                                    \
        name " (global)",                                                                \
            unique_run, &(const unique_plan){ HOT_GLOBAL, number,  limit,                \
                                              maker,      checker, destroyer },          \
            0                                                                            \
    }

static const suite_case cases[] = {
    UNIQUE_CASES("unique ids of imports", 50, 0, key_import, key_import_check,
                 key_destroy),
    UNIQUE_CASES("unique ids of generated keys", 36, 0, key_generate, key_generate_check,
                 key_destroy),
    UNIQUE_CASES("unique ids of objects", 50, 0, object_put, object_check,
                 object_destroy),
    UNIQUE_CASES("unique ids of counters", 30, 1500, counter_create, counter_check,
                 counter_destroy),
};

const suite_cases suite_hot_unique_cases = SUITE_CASES(cases);
