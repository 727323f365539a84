/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the contended cases share: hot ids, which all clients of an identity (own objects)
 * or all clients (global objects) use at once. The same numbers are hot for every owner,
 * so that a value that crosses over to another owner is seen.
 */
#ifndef SUITE_HOT_H
#define SUITE_HOT_H

#include "suite/oracle.h"
#include "suite/suite.h"

#define HOT_COUNT 3u /* hot numbers: 1 .. HOT_COUNT */
#define HOT_NUMBER_FIRST 1u
#define HOT_CLIENTS_SETUP 1u

typedef enum hot_scope { HOT_OWN = 0, HOT_GLOBAL = 1 } hot_scope;

/* The index of an actor's objects among those of all owners. */
static inline unsigned hot_owner_index(const suite_actor *actor, hot_scope scope)
{
    return scope == HOT_GLOBAL ? 0 : actor->identity;
}

static inline hf_handle hot_handle(hot_scope scope, uint32_t number)
{
    return number | (scope == HOT_GLOBAL ? HF_HANDLE_GLOBAL : 0u);
}

static inline uint16_t hot_owner(unsigned identity, hot_scope scope)
{
    return scope == HOT_GLOBAL ? 0 : suite_owner_of(identity);
}

/* Oracles of all hot numbers of all owners. */
typedef struct hot_oracles {
    hot_scope scope;
    oracle cells[SUITE_WRITER_COUNT][HOT_COUNT];
} hot_oracles;

void hot_oracles_init(hot_oracles *oracles, hot_scope scope);

static inline oracle *hot_oracle(hot_oracles *oracles, const suite_actor *actor,
                                 uint32_t index)
{
    return &oracles->cells[hot_owner_index(actor, oracles->scope)][index];
}

/* One kind of request of a mix, drawn as often as its weight says. */
typedef struct hot_op {
    bool (*step)(suite_actor *actor); /* a suite_actor.step; false: failed */
    uint32_t weight;
} hot_op;

/* Draw and run one. False: it failed. */
bool hot_op_run(suite_actor *actor, const hot_op *ops);

#endif
