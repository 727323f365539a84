/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Contended streams: MAC streams that go on while their key is erased, revoked or
 * replaced by another one under the same id.
 *
 * Each hot key goes through the states absent, live and revoked, as in hot_use.c: the
 * step from one to the next is counted before it is sent and after it was answered, so
 * whoever looks at the count before and after a request of its own knows in which states
 * the key can have been. A stream goes on only with the very key that it was begun with;
 * when it has come to its end, its MAC is that key's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "suite/hot.h"
#include "suite/use.h"

#define KEY_COUNT 2u
#define VARIANT_COUNT 4u
#define STABLE_NUMBER_FIRST 500u /* the same keys, where nobody changes them */
#define PART_LEN 8u
#define MAC_LEN 32u
#define MAC_TYPE_INDEX 1u /* use_type: HMAC */

static const uint8_t message[4u * PART_LEN] = "a message that comes in parts...";

typedef enum key_state { KEY_ABSENT, KEY_LIVE, KEY_REVOKED } key_state;

typedef struct stream_plan {
    hot_scope scope;
    key_state states[3];
    unsigned state_count;
} stream_plan;

/* One hot key of one owner. */
typedef struct stream_cell {
    hf_atomic_u64 count; /* 2 i: in the i-th state; 2 i + 1: on the way to the next */
    uint8_t expected[VARIANT_COUNT][MAC_LEN];
} stream_cell;

/* The stream of an actor. */
typedef struct open_stream {
    uint16_t number; /* 0: none */
    uint32_t index;  /* of its key */
    size_t len;      /* bytes of the message that are in it */
    /* In which states the key can have been, each time that the stream went on. */
    uint64_t first, last;
} open_stream;

typedef struct stream_case {
    const stream_plan *plan;
    size_t identity_count;
    stream_cell cells[SUITE_WRITER_COUNT][KEY_COUNT];
    open_stream streams[SUITE_ACTORS_MAX]; /* each used by its actor alone */
    hf_atomic_u32 finished_count, ended_count;
} stream_case;

static stream_cell *cell_of(const suite_actor *actor, uint32_t index)
{
    stream_case *c = actor->shared;
    return &c->cells[hot_owner_index(actor, c->plan->scope)][index];
}

static key_state state_at(const stream_plan *plan, uint64_t i)
{
    return plan->states[i % plan->state_count];
}

static uint32_t variant_at(const stream_plan *plan, uint64_t i)
{
    return (uint32_t)(i / plan->state_count % VARIANT_COUNT);
}

static use_key key_of(const suite_actor *actor, uint32_t index, uint32_t variant)
{
    const stream_case *c = actor->shared;
    uint32_t number = STABLE_NUMBER_FIRST + index * VARIANT_COUNT + variant;
    return (use_key){ .handle = hot_handle(c->plan->scope, number),
                      .type = use_type(MAC_TYPE_INDEX),
                      .owner = hot_owner(actor->identity, c->plan->scope),
                      .number = index,
                      .variant = variant };
}

/* ---- the cycle ---- */

static hf_handle hot_key(const suite_actor *actor, uint32_t index)
{
    const stream_case *c = actor->shared;
    return hot_handle(c->plan->scope, HOT_NUMBER_FIRST + index);
}

/* Import the variant's material under the hot id, stored every other time. */
static int hot_import(suite_actor *actor, uint32_t index, uint64_t i)
{
    const stream_case *c = actor->shared;
    use_key key = key_of(actor, index, variant_at(c->plan, i));
    key.handle = hot_key(actor, index);
    key.store = i / c->plan->state_count % 2 != 0;
    return use_import(&actor->client.client, &key);
}

static bool cycle_step(suite_actor *actor, uint32_t index)
{
    const stream_case *c = actor->shared;
    stream_cell *cell = cell_of(actor, index);
    hf_handle at = hot_key(actor, index);
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

/* ---- streams ---- */

/* May a request that was answered so have met the key in the i-th state? */
static bool fits(const stream_plan *plan, const open_stream *stream, int rc, uint64_t i)
{
    bool is_begun = stream->number != 0;
    switch (state_at(plan, i)) {
    case KEY_ABSENT:
        return rc == HF_ERR_NOTFOUND;
    case KEY_REVOKED:
        return rc == HF_ERR_USAGE;
    case KEY_LIVE:
        break;
    }
    bool may_be_same = !is_begun || (i >= stream->first && i <= stream->last);
    bool may_be_other = is_begun && i > stream->first;
    return (rc == HF_OK && may_be_same) || (rc == HF_ERR_NOTFOUND && may_be_other);
}

/* A request was answered with `rc`; the key was in the states `first` .. `last`
 * meanwhile: note in which of them it can have been, or report that there is none. */
static bool note(suite_actor *actor, open_stream *stream, int rc, uint64_t first,
                 uint64_t last)
{
    const stream_case *c = actor->shared;
    uint64_t least = UINT64_MAX;
    uint64_t most = 0;
    for (uint64_t i = first; i <= last; i++) {
        if (fits(c->plan, stream, rc, i)) {
            least = i < least ? i : least;
            most = i;
        }
    }
    SUITE_ACTOR_REQUIRE(actor, least <= most || rc != HF_OK,
                        "a stream went on with a key that was not its own");
    if (least > most) {
        SUITE_ACTOR_STATUS(actor, HF_OK, rc);
    }
    stream->first = least;
    stream->last = most;
    return true;
}

static bool mac_is_right(const suite_actor *actor, const open_stream *stream,
                         hf_bytes mac)
{
    const stream_case *c = actor->shared;
    const stream_cell *cell = cell_of(actor, stream->index);
    for (uint64_t i = stream->first; i <= stream->last; i++) {
        if (state_at(c->plan, i) == KEY_LIVE && mac.len == MAC_LEN &&
            memcmp(mac.data, cell->expected[variant_at(c->plan, i)], MAC_LEN) == 0) {
            return true;
        }
    }
    return false;
}

/* The next request of the stream: its start, a part, or the end. */
static int request(suite_actor *actor, open_stream *stream, hf_bytes *mac)
{
    hf_client *client = &actor->client.client;
    hf_any_response answer;
    int rc;
    if (stream->number == 0) {
        rc = hf_client_mac_start(
            client,
            &(hf_mac_start_request){ .handle = hot_key(actor, stream->index),
                                     .algorithm = HF_ALG_HMAC_SHA256 },
            &answer.mac_start);
        stream->number = rc == HF_OK ? answer.mac_start.stream : 0;
    } else if (stream->len < sizeof message) {
        rc = hf_client_stream_update(
            client,
            &(hf_stream_update_request){
                .stream = stream->number,
                .data = hf_bytes_of(message + stream->len, PART_LEN) },
            &answer.stream_update);
        stream->len += rc == HF_OK ? PART_LEN : 0;
    } else {
        rc = hf_client_stream_finish(
            client, &(hf_stream_finish_request){ .stream = stream->number },
            &answer.stream_finish);
        *mac = rc == HF_OK ? answer.stream_finish.data : hf_bytes_of(NULL, 0);
    }
    return rc;
}

static bool stream_step(suite_actor *actor)
{
    stream_case *c = actor->shared;
    open_stream *stream = &c->streams[actor->index];
    hf_bytes mac = hf_bytes_of(NULL, 0);
    if (stream->number == 0) {
        *stream = (open_stream){ .index = suite_random_below(&actor->random, KEY_COUNT) };
    }
    stream_cell *cell = cell_of(actor, stream->index);
    bool is_last = stream->len == sizeof message;
    open_stream before = *stream;
    uint64_t first = hf_atomic_u64_load_acquire(&cell->count) / 2;
    int rc = request(actor, stream, &mac);
    uint64_t last = (hf_atomic_u64_load_acquire(&cell->count) + 1) / 2;
    if (!note(actor, &before, rc, first, last)) {
        return false;
    }
    stream->first = before.first;
    stream->last = before.last;
    if (rc == HF_OK && is_last) {
        SUITE_ACTOR_REQUIRE(actor, mac_is_right(actor, stream, mac),
                            "the MAC of another key");
        (void)hf_atomic_u32_fetch_add_relaxed(&c->finished_count, 1);
    }
    if (rc != HF_OK && before.number != 0) {
        (void)hf_atomic_u32_fetch_add_relaxed(&c->ended_count, 1);
    }
    if (rc != HF_OK || is_last) {
        stream->number = 0;
    }
    return true;
}

static bool actor_step(suite_actor *actor)
{
    const stream_case *c = actor->shared;
    if (!suite_actor_continue(actor)) {
        return false;
    }
    uint32_t rank = actor->index;
    if (c->plan->scope == HOT_OWN) {
        rank /= (uint32_t)c->identity_count;
    }
    if (rank < KEY_COUNT && suite_random_below(&actor->random, 6) == 0) {
        return cycle_step(actor, rank);
    }
    return stream_step(actor);
}

/* ---- the cases ---- */

/* The stable keys of an owner, and the MACs that they give. */
static void stable_keys_make(suite_env *env, suite_actor *actor)
{
    const stream_case *c = actor->shared;
    hf_client *client = &actor->client.client;
    for (uint32_t index = 0; index < KEY_COUNT; index++) {
        stream_cell *cell = cell_of(actor, index);
        for (uint32_t variant = 0; variant < VARIANT_COUNT; variant++) {
            use_key key = key_of(actor, index, variant);
            hf_mac_generate_response made;
            key.store = true;
            SUITE_EXPECT(env, HF_OK, use_import(client, &key));
            SUITE_EXPECT(
                env, HF_OK,
                hf_client_mac_generate(client,
                                       &(hf_mac_generate_request){
                                           .handle = key.handle,
                                           .algorithm = HF_ALG_HMAC_SHA256,
                                           .data = hf_bytes_of(message, sizeof message) },
                                       &made));
            SUITE_TRUE(env, made.mac.len == MAC_LEN);
            memcpy(cell->expected[variant], made.mac.data, MAC_LEN);
        }
        if (c->plan->states[0] == KEY_LIVE) {
            SUITE_EXPECT(env, HF_OK, hot_import(actor, index, 0));
        }
    }
}

static void stream_run(suite_env *env, const void *argument)
{
    size_t count = env->client_count;
    stream_case *c = calloc(1, sizeof *c);
    SUITE_TRUE(env, c != NULL);
    c->plan = argument;
    c->identity_count = suite_identity_count(count);
    suite_actor **actors = suite_actors_open(env, count, c);
    for (size_t i = 0; i < count; i++) {
        actors[i]->step = actor_step;
        actors[i]->step_max = suite_count(env, 240);
        if (i == 0 || (c->plan->scope == HOT_OWN && i < c->identity_count)) {
            stable_keys_make(env, actors[i]);
        }
    }
    suite_actors_run(env, actors, count);
    suite_actors_close(actors, count);
    /* Both happened, unless hardly anything did. */
    if (env->scale >= 100) {
        SUITE_TRUE(env, hf_atomic_u32_load_relaxed(&c->finished_count) > 0 &&
                            hf_atomic_u32_load_relaxed(&c->ended_count) > 0);
    }
    free(c);
}

#define STREAM_CASES(name, ...)                                                          \
    { name " (own)", stream_run, &(const stream_plan){ .scope = HOT_OWN, __VA_ARGS__ },  \
      0 },                                                                               \
    {                                                                                    \
        name " (global)", stream_run,                                                    \
            &(const stream_plan){ .scope = HOT_GLOBAL, __VA_ARGS__ }, 0                  \
    }

static const suite_case cases[] = {
    STREAM_CASES("stream vs revoke", .states = { KEY_ABSENT, KEY_LIVE, KEY_REVOKED },
                 .state_count = 3),
    STREAM_CASES("stream vs erase", .states = { KEY_ABSENT, KEY_LIVE }, .state_count = 2),
    STREAM_CASES("stream vs re-import", .states = { KEY_LIVE }, .state_count = 1),
};

const suite_cases suite_hot_stream_cases = SUITE_CASES(cases);
