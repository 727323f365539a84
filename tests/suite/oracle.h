/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The oracle of an object that many write, read and remove at the same time. It knows no
 * order of events but the real one: a request that began after another was answered must
 * see what that one did. From that, and from what each request returned, it tells which
 * values can still be read:
 *
 *   - a writer's values have sequences 1, 2, 3, ...; `started` is the last that it sent;
 *   - a write that was answered ends the life of all values that had been answered
 *     before it was sent (`acked`), and of the writer's own older ones: `floor`;
 *   - so does a removal that was answered;
 *   - once somebody has read a value, its writer's older ones cannot come back.
 *
 * A value outside of floor .. started is stale or invented. An object that was written
 * while no removal ran cannot be missing before a removal is sent: `present`.
 *
 * Each begin comes before the request is sent, each end after its answer was received, in
 * the same actor. Cells only ever grow; any number of actors.
 */
#ifndef SUITE_ORACLE_H
#define SUITE_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "holdfast/atomic.h"
#include "suite/suite.h"
#include "suite/value.h"

typedef struct oracle {
    uint16_t owner; /* of the object, 0 = global */
    uint32_t number;
    hf_atomic_u64 started[SUITE_ACTORS_MAX];
    hf_atomic_u64 acked[SUITE_ACTORS_MAX];
    hf_atomic_u64 floor[SUITE_ACTORS_MAX]; /* lowest sequence that may still be read */
    hf_atomic_u64 removes_started;
    hf_atomic_u64 removes_ended;
    hf_atomic_u64
        present; /* 1 + removes_started up to which it cannot be missing; 0 = none */
    hf_atomic_u64 generation; /* highest that was seen */
} oracle;

/* A request in progress. */
typedef struct oracle_mark {
    uint64_t acked[SUITE_ACTORS_MAX];
    uint64_t floor[SUITE_ACTORS_MAX];
    uint64_t removes_started, removes_ended;
    uint64_t present;
    uint64_t generation;
    uint64_t sequence; /* of a write */
} oracle_mark;

void oracle_init(oracle *o, uint16_t owner, uint32_t number);

/* The next value of `writer`, of `len` bytes. */
suite_value oracle_write_begin(oracle *o, oracle_mark *mark, unsigned writer,
                               uint32_t len);
/* `is_ok`: the write took place. `replaces`: what was there before cannot come back. */
void oracle_write_end(oracle *o, const oracle_mark *mark, unsigned writer, bool is_ok,
                      bool replaces);

void oracle_remove_begin(oracle *o, oracle_mark *mark);
/* `is_gone`: after the request nothing was there (it removed it, or found nothing). */
void oracle_remove_end(oracle *o, const oracle_mark *mark, bool is_gone);

void oracle_read_begin(oracle *o, oracle_mark *mark);
/* What is wrong with having read this value (NULL: with having found nothing), or NULL.
 * `settles`: values that were replaced cannot come back, so older ones are ruled out. */
const char *oracle_read_end(oracle *o, const oracle_mark *mark, const suite_value *v,
                            bool settles);

/* The same for the generation that the read told. */
const char *oracle_generation_end(oracle *o, const oracle_mark *mark,
                                  uint64_t generation);

#endif
