/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * See abilities.h.
 */
#include "suite/abilities.h"

static void algorithms_read(suite_env *env, hf_bytes from, suite_abilities *abilities)
{
    hf_reader reader = hf_reader_of(from);
    const hf_algorithm *row;
    SUITE_TRUE(env, from.len % 2 == 0 && from.len / 2 <= ABILITIES_MAX);
    abilities->algorithm_count = from.len / 2;
    for (size_t i = 0; i < abilities->algorithm_count; i++) {
        abilities->algorithms[i] = hf_reader_u16(&reader);
    }
    size_t count = 0;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        count +=
            count < abilities->algorithm_count && abilities->algorithms[count] == row->id;
    }
    SUITE_TRUE(env, count == abilities->algorithm_count);
}

static void key_types_read(suite_env *env, hf_bytes from, suite_abilities *abilities)
{
    hf_reader reader = hf_reader_of(from);
    const hf_key_type_info *info;
    SUITE_TRUE(env, from.len % 4 == 0 && from.len / 4 <= ABILITIES_MAX);
    abilities->key_type_count = from.len / 4;
    for (size_t i = 0; i < abilities->key_type_count; i++) {
        abilities->key_types[i] = hf_reader_u32(&reader);
    }
    size_t count = 0;
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        count += count < abilities->key_type_count &&
                 abilities->key_types[count] == info->type;
    }
    SUITE_TRUE(env, count == abilities->key_type_count);
}

void suite_abilities_get(suite_env *env, hf_client *client, suite_abilities *abilities)
{
    hf_capabilities_response answer;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_capabilities(client, &(hf_capabilities_request){ 0 }, &answer));
    algorithms_read(env, answer.algorithms, abilities);
    key_types_read(env, answer.key_types, abilities);
}

bool suite_has_algorithm(const suite_abilities *abilities, uint16_t algorithm)
{
    for (size_t i = 0; i < abilities->algorithm_count; i++) {
        if (abilities->algorithms[i] == algorithm) {
            return true;
        }
    }
    return false;
}

bool suite_has_key_type(const suite_abilities *abilities, uint32_t type)
{
    for (size_t i = 0; i < abilities->key_type_count; i++) {
        if (abilities->key_types[i] == type) {
            return true;
        }
    }
    return false;
}
