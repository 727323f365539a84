/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Contended counters. Increments by one: the answers of all clients are the numbers 1 to
 * the final value, each once. Increments by any amount: the final value is the sum of the
 * acknowledged ones. Reads: no observer ever sees less than anybody had seen before, nor
 * more than was sent.
 */
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "suite/hot.h"

#define COUNTER_STEPS 150u

typedef struct counter_cell {
    hf_atomic_u64 started; /* sum of increments sent */
    hf_atomic_u64 acked;   /* sum of increments answered */
    hf_atomic_u64 seen;    /* highest value in an answer */
    hf_atomic_u32
        *claims; /* by value: 1 = somebody's increment gave it; NULL: any amount */
} counter_cell;

typedef struct counter_plan {
    hot_scope scope;
    bool by_one;
    uint32_t read_share; /* one step in so many reads; 0: none does */
} counter_plan;

typedef struct counter_case {
    const counter_plan *plan;
    uint64_t value_max; /* of counters that are incremented by one */
    counter_cell cells[SUITE_WRITER_COUNT][HOT_COUNT];
} counter_case;

typedef struct counter_own {
    uint64_t last[HOT_COUNT]; /* highest value that this client saw */
} counter_own;

/* A value in an answer to a request before which `floor` had been seen. */
static bool value_seen(suite_actor *actor, counter_cell *cell, uint32_t index,
                       uint64_t floor, uint64_t value)
{
    counter_own *own = actor->own;
    SUITE_ACTOR_REQUIRE(actor, value >= own->last[index],
                        "less than this client has seen already");
    SUITE_ACTOR_REQUIRE(actor, value >= floor,
                        "less than another client had seen before");
    SUITE_ACTOR_REQUIRE(actor, value <= hf_atomic_u64_load_acquire(&cell->started),
                        "more than was ever added");
    own->last[index] = value;
    hf_atomic_u64_raise_relaxed(&cell->seen, value);
    return true;
}

static bool increment(suite_actor *actor, counter_cell *cell, uint32_t index)
{
    counter_case *c = actor->shared;
    counter_own *own = actor->own;
    uint64_t by = c->plan->by_one ? 1 : 1u + suite_random_below(&actor->random, 1000000);
    uint64_t floor = hf_atomic_u64_load_acquire(&cell->seen);
    (void)hf_atomic_u64_fetch_add_relaxed(&cell->started, by);
    hf_counter_increment_response answer;
    SUITE_ACTOR_STATUS(
        actor, HF_OK,
        hf_client_counter_increment(
            &actor->client.client,
            &(hf_counter_increment_request){
                .handle = hot_handle(c->plan->scope, HOT_NUMBER_FIRST + index),
                .by = by },
            &answer));
    (void)hf_atomic_u64_fetch_add_relaxed(&cell->acked, by);
    SUITE_ACTOR_REQUIRE(actor, answer.value >= own->last[index] + by,
                        "an increment that added nothing");
    SUITE_ACTOR_REQUIRE(actor, answer.value >= floor + by, "a lost increment");
    if (cell->claims != NULL) {
        SUITE_ACTOR_REQUIRE(actor,
                            answer.value <= c->value_max &&
                                hf_atomic_u32_exchange(&cell->claims[answer.value], 1) ==
                                    0,
                            "two increments gave the same value");
    }
    return value_seen(actor, cell, index, floor, answer.value);
}

static int counter_read(suite_actor *actor, uint32_t index, uint64_t *value)
{
    counter_case *c = actor->shared;
    hf_counter_read_response answer;
    int rc = hf_client_counter_read(
        &actor->client.client,
        &(hf_counter_read_request){
            .handle = hot_handle(c->plan->scope, HOT_NUMBER_FIRST + index) },
        &answer);
    *value = answer.value;
    return rc;
}

static bool counter_step(suite_actor *actor)
{
    counter_case *c = actor->shared;
    if (!suite_actor_continue(actor)) {
        return false;
    }
    uint32_t index = suite_random_below(&actor->random, HOT_COUNT);
    counter_cell *cell = &c->cells[hot_owner_index(actor, c->plan->scope)][index];
    if (c->plan->read_share == 0 ||
        suite_random_below(&actor->random, c->plan->read_share) != 0) {
        return increment(actor, cell, index);
    }
    uint64_t floor = hf_atomic_u64_load_acquire(&cell->seen);
    uint64_t value = 0;
    SUITE_ACTOR_STATUS(actor, HF_OK, counter_read(actor, index, &value));
    return value_seen(actor, cell, index, floor, value);
}

static void counters_make(suite_env *env, suite_actor *actor)
{
    counter_case *c = actor->shared;
    for (uint32_t i = 0; i < HOT_COUNT; i++) {
        hf_counter_create_response answer;
        SUITE_EXPECT(env, HF_OK,
                     hf_client_counter_create(
                         &actor->client.client,
                         &(hf_counter_create_request){
                             .handle = hot_handle(c->plan->scope, HOT_NUMBER_FIRST + i) },
                         &answer));
        counter_cell *cell = &c->cells[hot_owner_index(actor, c->plan->scope)][i];
        if (c->plan->by_one) {
            cell->claims = calloc((size_t)c->value_max + 1, sizeof cell->claims[0]);
            SUITE_TRUE(env, cell->claims != NULL);
        }
    }
}

/* The final value is the sum of what was acknowledged, without a gap below it. */
static void counters_check(suite_env *env, suite_actor *actor)
{
    counter_case *c = actor->shared;
    for (uint32_t i = 0; i < HOT_COUNT; i++) {
        counter_cell *cell = &c->cells[hot_owner_index(actor, c->plan->scope)][i];
        uint64_t value = 0;
        SUITE_EXPECT(env, HF_OK, counter_read(actor, i, &value));
        SUITE_TRUE(env, value == hf_atomic_u64_load_acquire(&cell->acked));
        for (uint64_t n = 1; cell->claims != NULL && n <= value; n++) {
            SUITE_TRUE(env, hf_atomic_u32_load_acquire(&cell->claims[n]) == 1);
        }
    }
}

static void counters_run(suite_env *env, const void *argument)
{
    size_t count = env->client_count;
    counter_case *c = calloc(1, sizeof *c);
    counter_own *owns = calloc(count, sizeof *owns);
    SUITE_TRUE(env, c != NULL && owns != NULL);
    c->plan = argument;
    c->value_max = (uint64_t)count * suite_count(env, COUNTER_STEPS);
    suite_actor **actors = suite_actors_open(env, count, c);
    for (size_t i = 0; i < count; i++) {
        actors[i]->step = counter_step;
        actors[i]->step_max = suite_count(env, COUNTER_STEPS);
        actors[i]->own = &owns[i];
        if (i == 0 || (c->plan->scope == HOT_OWN && i < suite_identity_count(count))) {
            counters_make(env, actors[i]);
        }
    }
    suite_actors_run(env, actors, count);
    for (size_t i = 0; i < count; i++) {
        counters_check(env, actors[i]);
    }
    suite_actors_close(actors, count);
    for (unsigned who = 0; who < SUITE_WRITER_COUNT; who++) {
        for (uint32_t i = 0; i < HOT_COUNT; i++) {
            free(c->cells[who][i].claims);
        }
    }
    free(owns);
    free(c);
}

#define COUNTER_CASES(name, by_one, read_share)                                          \
    { name " (own)", counters_run, &(const counter_plan){ HOT_OWN, by_one, read_share }, \
      0 },                                                                               \
    {                                                                                    \
        name " (global)", counters_run,                                                  \
            &(const counter_plan){ HOT_GLOBAL, by_one, read_share }, 0                   \
    }

static const suite_case cases[] = {
    COUNTER_CASES("counter increments", true, 0),
    COUNTER_CASES("counter increments by any amount", false, 4),
    COUNTER_CASES("counter increment vs read", true, 2),
};

const suite_cases suite_hot_counter_cases = SUITE_CASES(cases);
