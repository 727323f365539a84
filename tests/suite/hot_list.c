/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Lists while others write: what exists during a whole walk is found exactly once, and
 * nothing twice, in the order of ids, however small the pages are. Every entry is whole,
 * and of this client or global.
 *
 * Even numbers of a range stay; odd ones between them, and numbers around, come and go.
 */
#include <stdlib.h>
#include <string.h>

#include "suite/hot.h"

#define LIST_NUMBER_FIRST 200u
#define LIST_STABLE_COUNT 16u /* LIST_NUMBER_FIRST + 2 i */
#define LIST_CHURN_COUNT 20u  /* LIST_NUMBER_FIRST - 3 + 2 i */

typedef struct list_plan {
    hot_scope scope;
    bool is_keys;
} list_plan;

static const list_plan *plan_of(const suite_actor *actor)
{
    return actor->shared;
}

/* ---- writing ---- */

static int entry_put(suite_actor *actor, uint32_t number)
{
    const list_plan *plan = plan_of(actor);
    uint8_t data[64];
    suite_value v = { .writer = (uint16_t)actor->index,
                      .owner = hot_owner(actor->identity, plan->scope),
                      .number = number,
                      .sequence = actor->step_count,
                      .len = (uint16_t)(VALUE_LEN_MIN +
                                        suite_random_below(&actor->random, 40)) };
    value_encode(&v, data);
    hf_client *client = &actor->client.client;
    hf_handle at = hot_handle(plan->scope, number);
    if (!plan->is_keys) {
        hf_nvm_put_response answer;
        return hf_client_nvm_put(
            client,
            &(hf_nvm_put_request){ .handle = at,
                                   .label = value_label(&v),
                                   .data = hf_bytes_of(data, v.len) },
            &answer);
    }
    hf_key_import_response answer;
    return hf_client_key_import(client,
                                &(hf_key_import_request){
                                    .handle = at,
                                    .type = HF_KEY_HMAC,
                                    .flags = HF_USAGE_SIGN,
                                    .label = value_label(&v),
                                    /* A few live in the cache only. */
                                    .store = number % 8 != 5,
                                    .material = hf_bytes_of(data, v.len),
                                },
                                &answer);
}

static int entry_destroy(suite_actor *actor, uint32_t number)
{
    const list_plan *plan = plan_of(actor);
    hf_client *client = &actor->client.client;
    hf_handle at = hot_handle(plan->scope, number);
    if (plan->is_keys) {
        hf_key_erase_response none;
        return hf_client_key_erase(client, &(hf_key_erase_request){ .handle = at },
                                   &none);
    }
    hf_nvm_destroy_response none;
    return hf_client_nvm_destroy(client, &(hf_nvm_destroy_request){ .handle = at },
                                 &none);
}

static bool churn(suite_actor *actor)
{
    uint32_t number = LIST_NUMBER_FIRST - 3u +
                      2u * suite_random_below(&actor->random, LIST_CHURN_COUNT);
    if (suite_random_below(&actor->random, 2) == 0) {
        SUITE_ACTOR_STATUS(actor, HF_OK, entry_put(actor, number));
        return true;
    }
    int rc = entry_destroy(actor, number);
    if (rc != HF_ERR_NOTFOUND) {
        SUITE_ACTOR_STATUS(actor, HF_OK, rc);
    }
    return true;
}

/* ---- walking ---- */

typedef struct walk {
    uint64_t last; /* place of the last entry: global before own, then by number */
    uint32_t stable_count;
    uint64_t generation; /* of the last page */
} walk;

static bool entry_check(suite_actor *actor, walk *w, const hf_object_entry *entry)
{
    const list_plan *plan = plan_of(actor);
    bool is_global = (entry->handle & HF_HANDLE_GLOBAL) != 0;
    uint32_t number = entry->handle & HF_HANDLE_NUMBER;
    uint64_t place = ((uint64_t)!is_global << 32) | number;
    SUITE_ACTOR_REQUIRE(actor, w->last < place, "out of order, or twice");
    w->last = place;
    suite_value v;
    SUITE_ACTOR_REQUIRE(actor,
                        value_decode_label(&entry->label, &v) && v.len == entry->len &&
                            v.number == number,
                        "an entry that is not whole");
    SUITE_ACTOR_REQUIRE(actor,
                        v.owner == (is_global ? 0 : suite_owner_of(actor->identity)),
                        "an object of another owner is listed");
    bool is_stable = number >= LIST_NUMBER_FIRST && number % 2 == 0 &&
                     number < LIST_NUMBER_FIRST + 2 * LIST_STABLE_COUNT;
    if (is_stable && is_global == (plan->scope == HOT_GLOBAL)) {
        w->stable_count++;
    }
    return true;
}

static int page_get(suite_actor *actor, uint32_t cursor, uint16_t count_max,
                    hf_nvm_list_response *page)
{
    hf_client *client = &actor->client.client;
    if (!plan_of(actor)->is_keys) {
        return hf_client_nvm_list(
            client, &(hf_nvm_list_request){ .cursor = cursor, .count_max = count_max },
            page);
    }
    hf_key_list_response keys;
    int rc = hf_client_key_list(
        client, &(hf_key_list_request){ .cursor = cursor, .count_max = count_max },
        &keys);
    *page = (hf_nvm_list_response){ .cursor = keys.cursor,
                                    .generation = keys.generation,
                                    .entries = keys.entries };
    return rc;
}

static bool walk_all(suite_actor *actor, uint16_t count_max)
{
    walk w = { 0 };
    uint32_t cursor = 0;
    for (;;) {
        hf_nvm_list_response page;
        SUITE_ACTOR_STATUS(actor, HF_OK, page_get(actor, cursor, count_max, &page));
        SUITE_ACTOR_REQUIRE(actor, page.generation >= w.generation,
                            "the store's generation went back");
        w.generation = page.generation;
        hf_reader entries = hf_reader_of(page.entries);
        uint32_t count = 0;
        while (entries.offset < entries.len) {
            hf_object_entry entry;
            SUITE_ACTOR_STATUS(actor, HF_OK, hf_object_entry_decode(&entries, &entry));
            if (!entry_check(actor, &w, &entry)) {
                return false;
            }
            count++;
        }
        SUITE_ACTOR_REQUIRE(actor, count_max == 0 || count <= count_max,
                            "more entries than were asked for");
        if (page.cursor == 0) {
            break;
        }
        cursor = page.cursor;
    }
    SUITE_ACTOR_REQUIRE(actor, w.stable_count == LIST_STABLE_COUNT,
                        "an object that was there all the time was not listed once");
    return true;
}

static bool list_step(suite_actor *actor)
{
    if (!suite_actor_continue(actor)) {
        return false;
    }
    if (suite_random_below(&actor->random, 5) != 0) {
        return churn(actor);
    }
    /* 0: as many as fit. */
    return walk_all(actor, (uint16_t)(3 * suite_random_below(&actor->random, 5)));
}

static void list_run(suite_env *env, const void *argument)
{
    size_t count = env->client_count;
    list_plan plan = *(const list_plan *)argument;
    suite_actor **actors = suite_actors_open(env, count, &plan);
    for (size_t i = 0; i < count; i++) {
        actors[i]->step = list_step;
        actors[i]->step_max = suite_count(env, 100);
        if (i == 0 || (plan.scope == HOT_OWN && i < suite_identity_count(count))) {
            for (uint32_t n = 0; n < LIST_STABLE_COUNT; n++) {
                SUITE_EXPECT(env, HF_OK, entry_put(actors[i], LIST_NUMBER_FIRST + 2 * n));
            }
        }
    }
    suite_actors_run(env, actors, count);
    for (size_t i = 0; i < count; i++) {
        SUITE_TRUE(env, walk_all(actors[i], 0));
    }
    suite_actors_close(actors, count);
}

static const list_plan objects_own = { HOT_OWN, false };
static const list_plan objects_global = { HOT_GLOBAL, false };
static const list_plan keys_own = { HOT_OWN, true };
static const list_plan keys_global = { HOT_GLOBAL, true };

static const suite_case cases[] = {
    { "object list vs add and destroy (own)", list_run, &objects_own, 0 },
    { "object list vs add and destroy (global)", list_run, &objects_global, 0 },
    { "key list vs import and erase (own)", list_run, &keys_own, 0 },
    { "key list vs import and erase (global)", list_run, &keys_global, 0 },
};

const suite_cases suite_hot_list_cases = SUITE_CASES(cases);
