/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Contended objects: storing, replacing with another length, reading, asking for metadata
 * and destroying the same ids by all clients. A read gives label and payload of one
 * write, whole, and of one that was still there.
 */
#include <stdlib.h>
#include <string.h>

#include "suite/hot.h"

typedef struct object_mix {
    hot_scope scope;
    const hot_op *ops;
    uint32_t len_min, len_max; /* bytes of the payloads */
} object_mix;

typedef struct object_case {
    hot_oracles oracles;
    const object_mix *mix;
} object_case;

static oracle *any_oracle(suite_actor *actor)
{
    object_case *c = actor->shared;
    return hot_oracle(&c->oracles, actor, suite_random_below(&actor->random, HOT_COUNT));
}

static hf_handle handle_of(const suite_actor *actor, const oracle *o)
{
    const object_case *c = actor->shared;
    return hot_handle(c->oracles.scope, o->number);
}

static bool put_object(suite_actor *actor)
{
    object_case *c = actor->shared;
    oracle *o = any_oracle(actor);
    uint8_t data[VALUE_LEN_MAX];
    oracle_mark mark;
    uint32_t len =
        c->mix->len_min +
        suite_random_below(&actor->random, c->mix->len_max - c->mix->len_min + 1);
    suite_value v = oracle_write_begin(o, &mark, actor->index, len);
    value_encode(&v, data);
    hf_nvm_put_response answer;
    int rc = hf_client_nvm_put(&actor->client.client,
                               &(hf_nvm_put_request){ .handle = handle_of(actor, o),
                                                      .label = value_label(&v),
                                                      .data = hf_bytes_of(data, v.len) },
                               &answer);
    oracle_write_end(o, &mark, actor->index, rc == HF_OK, true);
    SUITE_ACTOR_STATUS(actor, HF_OK, rc);
    SUITE_ACTOR_REQUIRE(actor, answer.handle == handle_of(actor, o),
                        "another handle was stored");
    return true;
}

/* The end of a read: its label tells which write it saw. */
static bool read_end(suite_actor *actor, oracle *o, const oracle_mark *mark,
                     const hf_label *label, suite_value *v)
{
    SUITE_ACTOR_REQUIRE(actor, value_decode_label(label, v), "a label that is not whole");
    const char *wrong = oracle_read_end(o, mark, v, true);
    SUITE_ACTOR_REQUIRE(actor, wrong == NULL, wrong);
    return true;
}

static bool absent_end(suite_actor *actor, oracle *o, const oracle_mark *mark, int rc)
{
    SUITE_ACTOR_STATUS(actor, HF_ERR_NOTFOUND, rc);
    const char *wrong = oracle_read_end(o, mark, NULL, true);
    SUITE_ACTOR_REQUIRE(actor, wrong == NULL, wrong);
    return true;
}

static bool range_is_of(const hf_nvm_read_response *answer, const suite_value *v,
                        uint32_t offset)
{
    uint8_t data[VALUE_LEN_MAX];
    value_encode(v, data);
    return answer->total_len == v->len && answer->data.len <= v->len - offset &&
           memcmp(answer->data.data, data + offset, answer->data.len) == 0;
}

static bool read_object(suite_actor *actor)
{
    oracle *o = any_oracle(actor);
    oracle_mark mark;
    oracle_read_begin(o, &mark);
    hf_nvm_read_response answer;
    int rc = hf_client_nvm_read(
        &actor->client.client,
        &(hf_nvm_read_request){ .handle = handle_of(actor, o), .len = VALUE_LEN_MAX },
        &answer);
    if (rc != HF_OK) {
        return absent_end(actor, o, &mark, rc);
    }
    suite_value label, v;
    if (!read_end(actor, o, &mark, &answer.label, &label)) {
        return false;
    }
    SUITE_ACTOR_REQUIRE(actor,
                        value_decode(answer.data, &v) && value_equal(&v, &label) &&
                            answer.total_len == v.len,
                        "torn: label and payload are not of one write");
    const char *wrong = oracle_generation_end(o, &mark, answer.generation);
    SUITE_ACTOR_REQUIRE(actor, wrong == NULL, wrong);
    return true;
}

/* In two pieces: each is of one write, and both of the same if the generation says so. */
static bool read_pieces(suite_actor *actor)
{
    oracle *o = any_oracle(actor);
    suite_value label[2];
    uint64_t generation[2];
    uint32_t offset = 0;
    for (unsigned i = 0; i < 2; i++) {
        oracle_mark mark;
        oracle_read_begin(o, &mark);
        hf_nvm_read_response answer;
        int rc = hf_client_nvm_read(&actor->client.client,
                                    &(hf_nvm_read_request){
                                        .handle = handle_of(actor, o),
                                        .offset = offset,
                                        .len = i == 0 ? VALUE_LEN_MIN : VALUE_LEN_MAX,
                                    },
                                    &answer);
        if (rc != HF_OK) {
            return absent_end(actor, o, &mark, rc);
        }
        if (!read_end(actor, o, &mark, &answer.label, &label[i])) {
            return false;
        }
        SUITE_ACTOR_REQUIRE(actor, range_is_of(&answer, &label[i], offset),
                            "torn: a piece is not of the write that its label names");
        generation[i] = answer.generation;
        offset = VALUE_LEN_MIN; /* every value has as many */
    }
    SUITE_ACTOR_REQUIRE(
        actor, (generation[0] == generation[1]) == value_equal(&label[0], &label[1]),
        "the generation does not tell whether the object was replaced");
    return true;
}

static bool info_object(suite_actor *actor)
{
    oracle *o = any_oracle(actor);
    oracle_mark mark;
    oracle_read_begin(o, &mark);
    hf_nvm_info_response answer;
    int rc = hf_client_nvm_info(&actor->client.client,
                                &(hf_nvm_info_request){ .handle = handle_of(actor, o) },
                                &answer);
    if (rc != HF_OK) {
        return absent_end(actor, o, &mark, rc);
    }
    suite_value v;
    if (!read_end(actor, o, &mark, &answer.label, &v)) {
        return false;
    }
    SUITE_ACTOR_REQUIRE(actor, answer.len == v.len,
                        "torn: label and length are not of one write");
    const char *wrong = oracle_generation_end(o, &mark, answer.generation);
    SUITE_ACTOR_REQUIRE(actor, wrong == NULL, wrong);
    return true;
}

static bool destroy_object(suite_actor *actor)
{
    oracle *o = any_oracle(actor);
    oracle_mark read, mark;
    oracle_read_begin(o, &read);
    oracle_remove_begin(o, &mark);
    hf_nvm_destroy_response none;
    int rc = hf_client_nvm_destroy(
        &actor->client.client, &(hf_nvm_destroy_request){ .handle = handle_of(actor, o) },
        &none);
    oracle_remove_end(o, &mark, rc == HF_OK || rc == HF_ERR_NOTFOUND);
    return rc == HF_OK ? true : absent_end(actor, o, &read, rc);
}

static bool object_step(suite_actor *actor)
{
    const object_case *c = actor->shared;
    return suite_actor_continue(actor) && hot_op_run(actor, c->mix->ops);
}

static void objects_run(suite_env *env, const void *argument)
{
    size_t count = env->client_count;
    object_case *c = calloc(1, sizeof *c);
    SUITE_TRUE(env, c != NULL);
    c->mix = argument;
    hot_oracles_init(&c->oracles, c->mix->scope);
    suite_actor **actors = suite_actors_open(env, count, c);
    for (size_t i = 0; i < count; i++) {
        actors[i]->step = object_step;
        actors[i]->step_max = suite_count(env, 120);
        SUITE_TRUE(env, put_object(actors[i]));
    }
    suite_actors_run(env, actors, count);
    for (size_t i = 0; i < count; i++) {
        for (uint32_t n = 0; n < 2 * HOT_COUNT; n++) {
            SUITE_TRUE(env, read_object(actors[i]));
        }
    }
    suite_actors_close(actors, count);
    free(c);
}

static const hot_op ops_add[] = { { put_object, 5 }, { read_object, 1 }, { 0 } };
static const hot_op ops_add_read[] = {
    { put_object, 2 }, { read_object, 3 }, { info_object, 1 }, { 0 }
};
static const hot_op ops_add_destroy[] = {
    { put_object, 3 }, { destroy_object, 3 }, { read_object, 2 }, { 0 }
};
static const hot_op ops_read_resize[] = {
    { put_object, 2 }, { read_object, 2 }, { read_pieces, 2 }, { 0 }
};
static const hot_op ops_resize[] = { { put_object, 5 }, { read_pieces, 1 }, { 0 } };
static const hot_op ops_info_destroy[] = {
    { put_object, 2 }, { info_object, 4 }, { destroy_object, 2 }, { 0 }
};

#define OBJECT_CASES(name, op_table, from, to)                                           \
    { name " (own)", objects_run, &(const object_mix){ HOT_OWN, op_table, from, to },    \
      0 },                                                                               \
    {                                                                                    \
        name " (global)", objects_run,                                                   \
            &(const object_mix){ HOT_GLOBAL, op_table, from, to }, 0                     \
    }

static const suite_case cases[] = {
    OBJECT_CASES("object add vs add", ops_add, 100, 100),
    OBJECT_CASES("object add vs read", ops_add_read, 300, 300),
    OBJECT_CASES("object add vs destroy", ops_add_destroy, 100, 300),
    OBJECT_CASES("object read vs resize", ops_read_resize, VALUE_LEN_MIN, 4000),
    OBJECT_CASES("object resize vs resize", ops_resize, VALUE_LEN_MIN, 4000),
    OBJECT_CASES("object metadata vs destroy", ops_info_destroy, VALUE_LEN_MIN, 500),
};

const suite_cases suite_hot_object_cases = SUITE_CASES(cases);
