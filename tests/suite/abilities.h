/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the server under test can do, as it says itself: which algorithms and key types
 * its devices have differs with the library that they were built against. Cases that go
 * through the tables ask here whether success or HF_ERR_NOTSUPPORTED is to be expected.
 */
#ifndef TEST_ABILITIES_H
#define TEST_ABILITIES_H

#include "suite/suite.h"

#define ABILITIES_MAX 256u

typedef struct suite_abilities {
    uint16_t algorithms[ABILITIES_MAX];
    uint32_t key_types[ABILITIES_MAX];
    size_t algorithm_count, key_type_count;
} suite_abilities;

/* Ask. Main thread; ends the case when the answer is not in the order of the tables. */
void suite_abilities_get(suite_env *env, hf_client *client, suite_abilities *abilities);

bool suite_has_algorithm(const suite_abilities *abilities, uint16_t algorithm);
bool suite_has_key_type(const suite_abilities *abilities, uint32_t type);

#endif
