/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the contended cases share.
 */
#include "suite/hot.h"

void hot_oracles_init(hot_oracles *oracles, hot_scope scope)
{
    oracles->scope = scope;
    for (unsigned who = 0; who < SUITE_WRITER_COUNT; who++) {
        for (uint32_t i = 0; i < HOT_COUNT; i++) {
            oracle_init(&oracles->cells[who][i], hot_owner(SUITE_WRITER + who, scope),
                        HOT_NUMBER_FIRST + i);
        }
    }
}

bool hot_op_run(suite_actor *actor, const hot_op *ops)
{
    uint32_t total = 0;
    for (const hot_op *op = ops; op->step != NULL; op++) {
        total += op->weight;
    }
    uint32_t draw = suite_random_below(&actor->random, total);
    for (const hot_op *op = ops; op->step != NULL; op++) {
        if (draw < op->weight) {
            return op->step(actor);
        }
        draw -= op->weight;
    }
    return true;
}
