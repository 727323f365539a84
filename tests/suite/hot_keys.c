/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Contended keys: import, export, commit, evict and erase of the same ids by all clients.
 *
 * Three ways of importing, because they leave different things behind:
 *   stored  every import goes to the store as well: nothing that was replaced comes back,
 *           and evicting changes nothing that a client can see;
 *   cached  no import is stored and nobody commits: evicting removes the key;
 *   mixed   imports go to the cache, commits store what is there: evicting takes an
 *           uncommitted key away and uncovers the one that was committed before.
 * In the mixed cases each client also has a key of its own of which it knows exactly what
 * is cached and what is stored.
 */
#include <stdlib.h>
#include <string.h>

#include "suite/hot.h"

enum key_mode { KEY_STORED, KEY_CACHED, KEY_MIXED };

typedef struct key_mix {
    enum key_mode mode;
    hot_scope scope;
    const hot_op *ops;
} key_mix;

typedef struct key_case {
    hot_oracles oracles;
    const key_mix *mix;
} key_case;

/* What a client knows of its private key: sequences, 0 = none. */
typedef struct private_key {
    uint32_t last;
    uint32_t cached; /* of an uncommitted one */
    uint32_t stored;
} private_key;

#define KEY_FLAGS (HF_USAGE_SIGN | HF_USAGE_VERIFY)
#define KEY_LEN_MAX 128u
#define PRIVATE_NUMBER_FIRST 100u

static const char *const not_whole = "a key that is not whole";

static int import_send(suite_actor *actor, hf_handle to, const suite_value *v, bool store)
{
    uint8_t material[KEY_LEN_MAX];
    value_encode(v, material);
    hf_key_import_response answer;
    int rc = hf_client_key_import(&actor->client.client,
                                  &(hf_key_import_request){
                                      .handle = to,
                                      .type = HF_KEY_HMAC,
                                      .flags = KEY_FLAGS,
                                      .label = value_label(v),
                                      .store = store,
                                      .material = hf_bytes_of(material, v->len),
                                  },
                                  &answer);
    if (rc == HF_OK && answer.handle != to) {
        suite_fail(actor->env, __FILE__, __LINE__, "another handle was imported");
    }
    return rc;
}

static uint32_t key_len(suite_actor *actor)
{
    return VALUE_LEN_MIN +
           suite_random_below(&actor->random, KEY_LEN_MAX - VALUE_LEN_MIN + 1);
}

static bool import_step(suite_actor *actor, bool store)
{
    key_case *c = actor->shared;
    oracle *o =
        hot_oracle(&c->oracles, actor, suite_random_below(&actor->random, HOT_COUNT));
    oracle_mark mark;
    suite_value v = oracle_write_begin(o, &mark, actor->index, key_len(actor));
    int rc = import_send(actor, hot_handle(c->oracles.scope, o->number), &v, store);
    oracle_write_end(o, &mark, actor->index, rc == HF_OK,
                     store || c->mix->mode == KEY_CACHED);
    SUITE_ACTOR_STATUS(actor, HF_OK, rc);
    return true;
}

static bool import_stored(suite_actor *actor)
{
    return import_step(actor, true);
}

static bool import_cached(suite_actor *actor)
{
    return import_step(actor, false);
}

/* Export, and read what came: HF_OK with *v, or the error. */
static int export_value(suite_actor *actor, hf_handle from, suite_value *v)
{
    hf_key_export_response answer;
    int rc = hf_client_key_export(&actor->client.client,
                                  &(hf_key_export_request){ .handle = from }, &answer);
    if (rc != HF_OK) {
        return rc;
    }
    suite_value label;
    if (!value_decode(answer.material, v) || !value_decode_label(&answer.label, &label) ||
        !value_equal(v, &label) || answer.type != HF_KEY_HMAC ||
        (answer.flags & HF_USAGE_MASK) != KEY_FLAGS) {
        suite_fail(actor->env, __FILE__, __LINE__, not_whole);
    }
    return HF_OK;
}

/* The end of a read that gave rc and, with HF_OK, v. */
static bool read_end(suite_actor *actor, oracle *o, const oracle_mark *mark, int rc,
                     const suite_value *v)
{
    key_case *c = actor->shared;
    if (rc != HF_ERR_NOTFOUND) {
        SUITE_ACTOR_STATUS(actor, HF_OK, rc);
    }
    const char *wrong =
        oracle_read_end(o, mark, rc == HF_OK ? v : NULL, c->mix->mode != KEY_MIXED);
    SUITE_ACTOR_REQUIRE(actor, wrong == NULL, wrong);
    return true;
}

static bool export_key(suite_actor *actor)
{
    key_case *c = actor->shared;
    oracle *o =
        hot_oracle(&c->oracles, actor, suite_random_below(&actor->random, HOT_COUNT));
    oracle_mark mark;
    oracle_read_begin(o, &mark);
    suite_value v;
    int rc = export_value(actor, hot_handle(c->oracles.scope, o->number), &v);
    return read_end(actor, o, &mark, rc, &v);
}

static bool info_key(suite_actor *actor)
{
    key_case *c = actor->shared;
    oracle *o =
        hot_oracle(&c->oracles, actor, suite_random_below(&actor->random, HOT_COUNT));
    oracle_mark mark;
    oracle_read_begin(o, &mark);
    hf_key_info_response info;
    int rc = hf_client_key_info(
        &actor->client.client,
        &(hf_key_info_request){ .handle = hot_handle(c->oracles.scope, o->number) },
        &info);
    suite_value v;
    if (rc == HF_OK) {
        SUITE_ACTOR_REQUIRE(actor, value_decode_label(&info.label, &v), not_whole);
        SUITE_ACTOR_REQUIRE(actor, info.is_stored || info.generation == 0,
                            "a generation without a stored key");
        SUITE_ACTOR_REQUIRE(
            actor, c->mix->mode != KEY_STORED || (info.is_stored && info.generation != 0),
            "a key that was imported into the store is not stored");
    }
    return read_end(actor, o, &mark, rc, &v);
}

static bool evict_key(suite_actor *actor)
{
    key_case *c = actor->shared;
    enum key_mode mode = c->mix->mode;
    oracle *o =
        hot_oracle(&c->oracles, actor, suite_random_below(&actor->random, HOT_COUNT));
    oracle_mark read, mark;
    oracle_read_begin(o, &read);
    if (mode != KEY_STORED) {
        oracle_remove_begin(o, &mark);
    }
    hf_key_evict_response none;
    int rc = hf_client_key_evict(
        &actor->client.client,
        &(hf_key_evict_request){ .handle = hot_handle(c->oracles.scope, o->number) },
        &none);
    if (mode != KEY_STORED) {
        oracle_remove_end(o, &mark,
                          rc == HF_ERR_NOTFOUND || (rc == HF_OK && mode == KEY_CACHED));
    }
    if (rc == HF_OK) {
        return true;
    }
    return read_end(actor, o, &read, rc, NULL);
}

static bool commit_key(suite_actor *actor)
{
    key_case *c = actor->shared;
    oracle *o =
        hot_oracle(&c->oracles, actor, suite_random_below(&actor->random, HOT_COUNT));
    oracle_mark read;
    oracle_read_begin(o, &read);
    hf_key_commit_response none;
    int rc = hf_client_key_commit(
        &actor->client.client,
        &(hf_key_commit_request){ .handle = hot_handle(c->oracles.scope, o->number) },
        &none);
    if (rc == HF_OK) {
        return true;
    }
    return read_end(actor, o, &read, rc, NULL);
}

static bool erase_key(suite_actor *actor)
{
    key_case *c = actor->shared;
    oracle *o =
        hot_oracle(&c->oracles, actor, suite_random_below(&actor->random, HOT_COUNT));
    oracle_mark read, mark;
    oracle_read_begin(o, &read);
    oracle_remove_begin(o, &mark);
    hf_key_erase_response none;
    int rc = hf_client_key_erase(
        &actor->client.client,
        &(hf_key_erase_request){ .handle = hot_handle(c->oracles.scope, o->number) },
        &none);
    oracle_remove_end(o, &mark, rc == HF_OK || rc == HF_ERR_NOTFOUND);
    if (rc == HF_OK) {
        return true;
    }
    return read_end(actor, o, &read, rc, NULL);
}

/* ---- the private key ---- */

static bool private_export(suite_actor *actor, const private_key *key, hf_handle at)
{
    uint32_t expected = key->cached != 0 ? key->cached : key->stored;
    suite_value v;
    int rc = export_value(actor, at, &v);
    if (expected == 0) {
        SUITE_ACTOR_STATUS(actor, HF_ERR_NOTFOUND, rc);
        return true;
    }
    SUITE_ACTOR_STATUS(actor, HF_OK, rc);
    SUITE_ACTOR_REQUIRE(actor, v.sequence == expected && v.writer == actor->index,
                        "not the key that this client has here");
    hf_key_info_response info;
    SUITE_ACTOR_STATUS(actor, HF_OK,
                       hf_client_key_info(&actor->client.client,
                                          &(hf_key_info_request){ .handle = at }, &info));
    SUITE_ACTOR_REQUIRE(actor, (info.is_stored != 0) == (key->stored != 0),
                        "the server does not know what this client has stored");
    return true;
}

static bool private_commit(suite_actor *actor, private_key *key, hf_handle at)
{
    hf_key_commit_response none;
    bool is_there = key->cached != 0 || key->stored != 0;
    SUITE_ACTOR_STATUS(actor, is_there ? HF_OK : HF_ERR_NOTFOUND,
                       hf_client_key_commit(&actor->client.client,
                                            &(hf_key_commit_request){ .handle = at },
                                            &none));
    if (key->cached != 0) {
        key->stored = key->cached;
        key->cached = 0;
    }
    return true;
}

static bool private_evict(suite_actor *actor, private_key *key, hf_handle at)
{
    hf_key_evict_response none;
    bool is_there = key->cached != 0 || key->stored != 0;
    SUITE_ACTOR_STATUS(actor, is_there ? HF_OK : HF_ERR_NOTFOUND,
                       hf_client_key_evict(&actor->client.client,
                                           &(hf_key_evict_request){ .handle = at },
                                           &none));
    key->cached = 0;
    return true;
}

static bool private_erase(suite_actor *actor, private_key *key, hf_handle at)
{
    hf_key_erase_response none;
    bool is_there = key->cached != 0 || key->stored != 0;
    SUITE_ACTOR_STATUS(actor, is_there ? HF_OK : HF_ERR_NOTFOUND,
                       hf_client_key_erase(&actor->client.client,
                                           &(hf_key_erase_request){ .handle = at },
                                           &none));
    key->cached = 0;
    key->stored = 0;
    return true;
}

/* One request about the private key, and a look at it. */
static bool private_step(suite_actor *actor)
{
    key_case *c = actor->shared;
    private_key *key = actor->own;
    uint32_t number = PRIVATE_NUMBER_FIRST + actor->index;
    hf_handle at = hot_handle(c->oracles.scope, number);
    bool is_ok;
    switch (suite_random_below(&actor->random, 8)) {
    case 0:
        is_ok = private_erase(actor, key, at);
        break;
    case 1:
    case 2:
        is_ok = private_commit(actor, key, at);
        break;
    case 3:
    case 4:
        is_ok = private_evict(actor, key, at);
        break;
    default: {
        key->last++;
        suite_value v = { .writer = (uint16_t)actor->index,
                          .owner = hot_owner(actor->identity, c->oracles.scope),
                          .number = number,
                          .sequence = key->last,
                          .len = (uint16_t)key_len(actor) };
        int rc = import_send(actor, at, &v, false);
        SUITE_ACTOR_STATUS(actor, HF_OK, rc);
        key->cached = key->last;
        is_ok = true;
        break;
    }
    }
    return is_ok && private_export(actor, key, at);
}

/* ---- the cases ---- */

static bool key_step(suite_actor *actor)
{
    key_case *c = actor->shared;
    if (!suite_actor_continue(actor)) {
        return false;
    }
    if (c->mix->mode == KEY_MIXED && suite_random_below(&actor->random, 4) == 0) {
        return private_step(actor);
    }
    return hot_op_run(actor, c->mix->ops);
}

/* With everybody done: each client sees a value that can still be there. */
static bool last_look(suite_actor *actor)
{
    key_case *c = actor->shared;
    for (uint32_t i = 0; i < HOT_COUNT; i++) {
        oracle *o = hot_oracle(&c->oracles, actor, i);
        oracle_mark mark;
        oracle_read_begin(o, &mark);
        suite_value v;
        int rc = export_value(actor, hot_handle(c->oracles.scope, o->number), &v);
        if (!read_end(actor, o, &mark, rc, &v)) {
            return false;
        }
    }
    return c->mix->mode != KEY_MIXED ||
           private_export(
               actor, actor->own,
               hot_handle(c->oracles.scope, PRIVATE_NUMBER_FIRST + actor->index));
}

static void keys_run(suite_env *env, const void *argument)
{
    size_t count = env->client_count;
    key_case *c = calloc(1, sizeof *c);
    private_key *keys = calloc(count, sizeof *keys);
    SUITE_TRUE(env, c != NULL && keys != NULL);
    c->mix = argument;
    hot_oracles_init(&c->oracles, c->mix->scope);
    suite_actor **actors = suite_actors_open(env, count, c);
    for (size_t i = 0; i < count; i++) {
        actors[i]->step = key_step;
        actors[i]->step_max = suite_count(env, 120);
        actors[i]->own = &keys[i];
        /* So that there is something to evict and export from the beginning. */
        for (uint32_t n = 0; n < HOT_COUNT; n++) {
            SUITE_TRUE(env, import_step(actors[i], c->mix->mode == KEY_STORED));
        }
    }
    suite_actors_run(env, actors, count);
    for (size_t i = 0; i < count; i++) {
        SUITE_TRUE(env, last_look(actors[i]));
    }
    SUITE_TRUE(env, !suite_has_failed(env));
    suite_actors_close(actors, count);
    free(keys);
    free(c);
}

static const hot_op ops_import[] = { { import_stored, 3 }, { export_key, 1 }, { 0 } };
static const hot_op ops_import_evict[] = {
    { import_stored, 2 }, { evict_key, 2 }, { export_key, 2 }, { 0 }
};
static const hot_op ops_cached_evict[] = {
    { import_cached, 2 }, { evict_key, 2 }, { export_key, 2 }, { 0 }
};
static const hot_op ops_import_export[] = {
    { import_stored, 1 }, { export_key, 2 }, { info_key, 1 }, { 0 }
};
static const hot_op ops_cached_export[] = {
    { import_cached, 1 }, { export_key, 2 }, { info_key, 1 }, { 0 }
};
static const hot_op ops_evict_export[] = { { evict_key, 1 }, { export_key, 2 }, { 0 } };
static const hot_op ops_import_commit[] = { { import_cached, 4 }, { commit_key, 4 },
                                            { export_key, 2 },    { import_stored, 1 },
                                            { info_key, 1 },      { 0 } };
static const hot_op ops_commit_evict[] = {
    { import_cached, 2 }, { commit_key, 4 }, { evict_key, 4 }, { export_key, 2 }, { 0 }
};
static const hot_op ops_erase_export[] = {
    { import_stored, 2 }, { erase_key, 2 }, { export_key, 4 }, { info_key, 1 }, { 0 }
};
static const hot_op ops_erase_commit[] = {
    { import_cached, 4 }, { commit_key, 4 }, { erase_key, 2 }, { export_key, 2 }, { 0 }
};

#define KEY_CASES(name, key_mode, key_ops)                                               \
    { name " (own)", keys_run,                                                           \
      &(const key_mix){ .mode = key_mode, .scope = HOT_OWN, .ops = key_ops }, 0 },       \
    {                                                                                    \
        name " (global)", keys_run,                                                      \
            &(const key_mix){ .mode = key_mode, .scope = HOT_GLOBAL, .ops = key_ops }, 0 \
    }

static const suite_case cases[] = {
    KEY_CASES("key import vs import", KEY_STORED, ops_import),
    KEY_CASES("key import vs evict, stored", KEY_STORED, ops_import_evict),
    KEY_CASES("key import vs evict, cached", KEY_CACHED, ops_cached_evict),
    KEY_CASES("key import vs export, stored", KEY_STORED, ops_import_export),
    KEY_CASES("key import vs export, cached", KEY_CACHED, ops_cached_export),
    KEY_CASES("key evict vs export", KEY_STORED, ops_evict_export),
    KEY_CASES("key import vs commit", KEY_MIXED, ops_import_commit),
    KEY_CASES("key commit vs evict", KEY_MIXED, ops_commit_evict),
    KEY_CASES("key erase vs export", KEY_STORED, ops_erase_export),
    KEY_CASES("key erase vs commit", KEY_MIXED, ops_erase_commit),
};

const suite_cases suite_hot_key_cases = SUITE_CASES(cases);
