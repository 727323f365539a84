/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Contended use: signing, authenticating and verifying with keys that are erased,
 * imported again or revoked at the same moment.
 *
 * Each hot key goes through a cycle of states (absent, live, revoked), driven by one
 * client, while all clients use it. The step from one state to the next is counted before
 * it is sent and after it was answered, so whoever looks at the count before and after a
 * use of its own knows in which states the key can have been: the use must fit one of
 * them. A signature that begins after an erase was answered cannot succeed; one that is
 * made must be that of the key which was there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "suite/hot.h"
#include "suite/use.h"

#define KEY_COUNT USE_TYPE_COUNT /* hot keys of an owner: one of each type */
#define KEY_VARIANTS 4u          /* keys that take turns under one hot id */
#define STABLE_NUMBER_FIRST 500u /* the same keys, where nobody changes them */

typedef enum key_state { KEY_ABSENT, KEY_LIVE, KEY_REVOKED } key_state;

typedef struct use_plan {
    hot_scope scope;
    key_state states[3];
    unsigned state_count;
} use_plan;

/* One hot key of one owner. */
typedef struct use_cell {
    hf_atomic_u64 count; /* 2 i: in the i-th state; 2 i + 1: on the way to the next */
    uint8_t expected[KEY_VARIANTS][USE_OUTPUT_SIZE]; /* one result of each variant */
    size_t expected_len[KEY_VARIANTS];
} use_cell;

typedef struct use_case {
    const use_plan *plan;
    size_t identity_count;
    use_cell cells[SUITE_WRITER_COUNT][KEY_COUNT];
} use_case;

/* What a use gave. */
typedef struct use_result {
    int rc;
    bool is_verify;
    uint32_t variant; /* verify: whose signature was shown */
    uint32_t type;
    uint32_t index; /* of the hot key */
    hf_bytes output;
} use_result;

static key_state state_at(const use_plan *plan, uint64_t i)
{
    return plan->states[i % plan->state_count];
}

static uint32_t variant_at(const use_plan *plan, uint64_t i)
{
    return (uint32_t)(i / plan->state_count % KEY_VARIANTS);
}

static hf_handle stable_handle(const use_plan *plan, uint32_t index, uint32_t variant)
{
    return hot_handle(plan->scope, STABLE_NUMBER_FIRST + index * KEY_VARIANTS + variant);
}

static use_key key_of(const suite_actor *actor, uint32_t index, uint32_t variant)
{
    const use_case *c = actor->shared;
    hot_scope scope = c->plan->scope;
    return (use_key){ .handle = stable_handle(c->plan, index, variant),
                      .type = use_type(index),
                      .owner = hot_owner(actor->identity, scope),
                      .number = index,
                      .variant = variant };
}

/* ---- the cycle ---- */

/* Import the variant's material under the hot id. */
static int hot_import(suite_actor *actor, uint32_t index, uint64_t i)
{
    const use_case *c = actor->shared;
    use_key key = key_of(actor, index, variant_at(c->plan, i));
    key.handle = hot_handle(c->plan->scope, HOT_NUMBER_FIRST + index);
    key.store = (i / c->plan->state_count) % 2 != 0;
    return use_import(&actor->client.client, &key);
}

static bool cycle_step(suite_actor *actor, uint32_t index)
{
    use_case *c = actor->shared;
    use_cell *cell = &c->cells[hot_owner_index(actor, c->plan->scope)][index];
    hf_handle at = hot_handle(c->plan->scope, HOT_NUMBER_FIRST + index);
    hf_client *client = &actor->client.client;
    uint64_t i = hf_atomic_u64_load_acquire(&cell->count) / 2 + 1;
    hf_key_erase_response erased;
    hf_key_revoke_response revoked;
    int rc = HF_OK;
    hf_atomic_u64_store_release(&cell->count, 2 * i - 1);
    switch (state_at(c->plan, i)) {
    case KEY_ABSENT:
        rc =
            hf_client_key_erase(client, &(hf_key_erase_request){ .handle = at }, &erased);
        break;
    case KEY_LIVE:
        rc = hot_import(actor, index, i);
        break;
    case KEY_REVOKED:
        rc = hf_client_key_revoke(client, &(hf_key_revoke_request){ .handle = at },
                                  &revoked);
        break;
    }
    SUITE_ACTOR_STATUS(actor, HF_OK, rc);
    hf_atomic_u64_store_release(&cell->count, 2 * i);
    return true;
}

/* ---- uses ---- */

/* Is this the output of the variant? */
static bool is_made_by(suite_actor *actor, const use_result *result, uint32_t variant)
{
    use_case *c = actor->shared;
    const use_cell *cell =
        &c->cells[hot_owner_index(actor, c->plan->scope)][result->index];
    if (use_is_deterministic(result->type)) {
        return result->output.len == cell->expected_len[variant] &&
               memcmp(result->output.data, cell->expected[variant], result->output.len) ==
                   0;
    }
    return use_verify(&actor->client.client,
                      stable_handle(c->plan, result->index, variant), result->type,
                      result->output) == HF_OK;
}

static bool result_fits(suite_actor *actor, const use_result *result, uint64_t i)
{
    const use_case *c = actor->shared;
    switch (state_at(c->plan, i)) {
    case KEY_ABSENT:
        return result->rc == HF_ERR_NOTFOUND;
    case KEY_REVOKED:
        return result->rc == HF_ERR_USAGE;
    case KEY_LIVE:
        break;
    }
    uint32_t variant = variant_at(c->plan, i);
    if (result->is_verify) {
        return result->rc == (result->variant == variant ? HF_OK : HF_ERR_VERIFY);
    }
    return result->rc == HF_OK && is_made_by(actor, result, variant);
}

static bool use_key_step(suite_actor *actor, uint32_t index)
{
    use_case *c = actor->shared;
    use_cell *cell = &c->cells[hot_owner_index(actor, c->plan->scope)][index];
    hf_handle at = hot_handle(c->plan->scope, HOT_NUMBER_FIRST + index);
    uint8_t memory[USE_OUTPUT_SIZE];
    hf_buffer out = hf_buffer_of(memory, sizeof memory);
    use_result result = { .type = use_type(index), .index = index };
    result.variant = suite_random_below(&actor->random, KEY_VARIANTS);
    result.is_verify =
        use_is_deterministic(result.type) && suite_random_below(&actor->random, 3) == 0;
    uint64_t first = hf_atomic_u64_load_acquire(&cell->count) / 2;
    if (result.is_verify) {
        result.rc = use_verify(&actor->client.client, at, result.type,
                               hf_bytes_of(cell->expected[result.variant],
                                           cell->expected_len[result.variant]));
    } else {
        result.rc = use_sign(&actor->client.client, at, result.type, &out);
    }
    uint64_t last = (hf_atomic_u64_load_acquire(&cell->count) + 1) / 2;
    result.output = hf_bytes_of(out.data, out.len);
    uint64_t all = (uint64_t)c->plan->state_count * KEY_VARIANTS;
    if (last - first > all) {
        last = first + all; /* every state there is */
    }
    for (uint64_t i = first; i <= last; i++) {
        if (result_fits(actor, &result, i)) {
            return true;
        }
    }
    if (result.rc == HF_OK) {
        SUITE_ACTOR_REQUIRE(actor, result.is_verify,
                            "signed with a key that was not there");
        SUITE_ACTOR_REQUIRE(actor, false, "verified with a key that was not there");
    }
    SUITE_ACTOR_STATUS(actor, HF_OK, result.rc);
    return true;
}

static bool use_step(suite_actor *actor)
{
    use_case *c = actor->shared;
    if (!suite_actor_continue(actor)) {
        return false;
    }
    uint32_t rank = actor->index;
    if (c->plan->scope == HOT_OWN) {
        rank /= (uint32_t)c->identity_count;
    }
    if (rank < KEY_COUNT && suite_random_below(&actor->random, 3) == 0) {
        return cycle_step(actor, rank);
    }
    return use_key_step(actor, suite_random_below(&actor->random, KEY_COUNT));
}

/* ---- the cases ---- */

/* The stable keys of an owner, and what they give. */
static void stable_keys_make(suite_env *env, suite_actor *actor)
{
    use_case *c = actor->shared;
    hf_client *client = &actor->client.client;
    for (uint32_t index = 0; index < KEY_COUNT; index++) {
        use_cell *cell = &c->cells[hot_owner_index(actor, c->plan->scope)][index];
        for (uint32_t variant = 0; variant < KEY_VARIANTS; variant++) {
            use_key key = key_of(actor, index, variant);
            key.store = true;
            SUITE_EXPECT(env, HF_OK, use_import(client, &key));
            hf_buffer out = hf_buffer_of(cell->expected[variant], USE_OUTPUT_SIZE);
            SUITE_EXPECT(env, HF_OK, use_sign(client, key.handle, key.type, &out));
            cell->expected_len[variant] = out.len;
        }
        if (c->plan->states[0] == KEY_LIVE) {
            SUITE_EXPECT(env, HF_OK, hot_import(actor, index, 0));
        }
    }
}

static void use_run(suite_env *env, const void *argument)
{
    size_t count = env->client_count;
    use_case *c = calloc(1, sizeof *c);
    SUITE_TRUE(env, c != NULL);
    c->plan = argument;
    c->identity_count = suite_identity_count(count);
    suite_actor **actors = suite_actors_open(env, count, c);
    for (size_t i = 0; i < count; i++) {
        actors[i]->step = use_step;
        actors[i]->step_max = suite_count(env, 120);
        if (i == 0 || (c->plan->scope == HOT_OWN && i < c->identity_count)) {
            stable_keys_make(env, actors[i]);
        }
    }
    suite_actors_run(env, actors, count);
    suite_actors_close(actors, count);
    free(c);
}

/* ---- sign vs evict: many more keys than slots, nobody changes them ---- */

#define EVICT_KEYS 60u

typedef struct evict_case {
    hot_scope scope;
    uint32_t key_count; /* of one owner */
    uint8_t expected[SUITE_WRITER_COUNT][EVICT_KEYS][USE_OUTPUT_SIZE];
    size_t expected_len[SUITE_WRITER_COUNT][EVICT_KEYS];
} evict_case;

static int key_evict(hf_client *client, hf_handle at)
{
    hf_key_evict_response none;
    return hf_client_key_evict(client, &(hf_key_evict_request){ .handle = at }, &none);
}

static bool evict_step(suite_actor *actor)
{
    evict_case *c = actor->shared;
    if (!suite_actor_continue(actor)) {
        return false;
    }
    unsigned who = hot_owner_index(actor, c->scope);
    uint32_t index = suite_random_below(&actor->random, c->key_count);
    hf_handle at = hot_handle(c->scope, STABLE_NUMBER_FIRST + index);
    hf_client *client = &actor->client.client;
    if (suite_random_below(&actor->random, 5) == 0) {
        SUITE_ACTOR_STATUS(actor, HF_OK, key_evict(client, at));
        return true;
    }
    uint8_t memory[USE_OUTPUT_SIZE];
    hf_buffer out = hf_buffer_of(memory, sizeof memory);
    uint32_t type = use_type(index);
    SUITE_ACTOR_STATUS(actor, HF_OK, use_sign(client, at, type, &out));
    if (!use_is_deterministic(type)) {
        SUITE_ACTOR_STATUS(actor, HF_OK, key_evict(client, at)); /* reload again */
        SUITE_ACTOR_STATUS(actor, HF_OK,
                           use_verify(client, at, type, hf_bytes_of(out.data, out.len)));
        return true;
    }
    SUITE_ACTOR_REQUIRE(actor,
                        out.len == c->expected_len[who][index] &&
                            memcmp(out.data, c->expected[who][index], out.len) == 0,
                        "the result of another key");
    return true;
}

static void evict_keys_make(suite_env *env, suite_actor *actor)
{
    evict_case *c = actor->shared;
    hf_client *client = &actor->client.client;
    unsigned who = hot_owner_index(actor, c->scope);
    for (uint32_t i = 0; i < c->key_count; i++) {
        use_key key = { .handle = hot_handle(c->scope, STABLE_NUMBER_FIRST + i),
                        .type = use_type(i),
                        .owner = hot_owner(actor->identity, c->scope),
                        .number = i,
                        .store = true };
        SUITE_EXPECT(env, HF_OK, use_import(client, &key));
        SUITE_EXPECT(env, HF_OK, key_evict(client, key.handle));
        hf_buffer out = hf_buffer_of(c->expected[who][i], USE_OUTPUT_SIZE);
        SUITE_EXPECT(env, HF_OK, use_sign(client, key.handle, key.type, &out));
        c->expected_len[who][i] = out.len;
    }
}

static void evict_run(suite_env *env, const void *argument)
{
    size_t count = env->client_count;
    evict_case *c = calloc(1, sizeof *c);
    SUITE_TRUE(env, c != NULL);
    c->scope = *(const hot_scope *)argument;
    suite_actor **actors = suite_actors_open(env, count, c);
    size_t identity_count = suite_identity_count(count);
    c->key_count = EVICT_KEYS;
    if (c->scope == HOT_OWN) {
        c->key_count = EVICT_KEYS / (uint32_t)identity_count;
    }
    SUITE_TRUE(env, env->slot_count * 10u <= EVICT_KEYS);
    for (size_t i = 0; i < count; i++) {
        actors[i]->step = evict_step;
        actors[i]->step_max = suite_count(env, 120);
        if (i == 0 || (c->scope == HOT_OWN && i < identity_count)) {
            evict_keys_make(env, actors[i]);
        }
    }
    suite_actors_run(env, actors, count);
    suite_actors_close(actors, count);
    free(c);

    suite_client admin;
    hf_admin_status_response status;
    hf_client *client = suite_connect(env, &admin, SUITE_ADMIN);
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_admin_status(client, &(hf_admin_status_request){ 0 }, &status));
    /* Hardly a use that did not reload. */
    SUITE_TRUE(env,
               status.eviction_count > 0 && status.miss_count > 3 * status.hit_count);
    suite_client_close(&admin);
}

#define USE_CASES(name, ...)                                                             \
    { name " (own)", use_run, &(const use_plan){ .scope = HOT_OWN, __VA_ARGS__ }, 0 },   \
    {                                                                                    \
        name " (global)", use_run,                                                       \
            &(const use_plan){ .scope = HOT_GLOBAL, __VA_ARGS__ }, 0                     \
    }

static const hot_scope scope_own = HOT_OWN;
static const hot_scope scope_global = HOT_GLOBAL;

static const suite_case cases[] = {
    USE_CASES("revoke vs use", .states = { KEY_ABSENT, KEY_LIVE, KEY_REVOKED },
              .state_count = 3),
    USE_CASES("sign vs erase", .states = { KEY_ABSENT, KEY_LIVE }, .state_count = 2),
    USE_CASES("sign vs re-import", .states = { KEY_LIVE }, .state_count = 1),
    { "sign vs evict (own)", evict_run, &scope_own, SUITE_NEEDS_TINY_CACHE },
    { "sign vs evict (global)", evict_run, &scope_global, SUITE_NEEDS_TINY_CACHE },
};

const suite_cases suite_hot_use_cases = SUITE_CASES(cases);
