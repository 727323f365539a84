/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Contended wrapping: a key is replaced and its KEK is revoked and replaced by one
 * client, while all others wrap the one under the other.
 *
 * The KEK alternates between two variants, live and revoked in turn. The step from one
 * state to the next is counted before it is sent and after it was answered, so whoever
 * looks before and after a wrap of its own knows in which states the KEK can have been.
 * What comes out must open under a copy of that variant, which nobody changes, and be one
 * of the variants of the key, whole: material, label and flags of the same one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "suite/hot.h"

#define WRAP_STEPS 120u
#define HOT_KEK HOT_NUMBER_FIRST
#define HOT_KEY (HOT_NUMBER_FIRST + 1u)
#define STABLE_KEK 500u /* + variant: the same KEKs, where nobody changes them */
#define BACK 600u       /* + actor: where what was wrapped comes back */
#define VARIANTS 2u
#define MATERIAL_LEN 32u

typedef struct wrap_plan {
    hot_scope scope;
    uint16_t algorithm;
} wrap_plan;

typedef struct wrap_case {
    const wrap_plan *plan;
    size_t identity_count;
    /* 2 i: the KEK of each owner is in its i-th state; 2 i + 1: on the way to the next */
    hf_atomic_u64 counts[SUITE_WRITER_COUNT];
} wrap_case;

static hf_atomic_u64 *count_of(const suite_actor *actor)
{
    wrap_case *c = actor->shared;
    return &c->counts[hot_owner_index(actor, c->plan->scope)];
}

static hf_handle handle_of(const suite_actor *actor, uint32_t number)
{
    const wrap_case *c = actor->shared;
    return hot_handle(c->plan->scope, number);
}

/* State i: live, revoked, live with the other variant, revoked. */
static bool is_live(uint64_t i)
{
    return i % 2 == 0;
}

static uint32_t variant_at(uint64_t i)
{
    return (uint32_t)(i / 2 % VARIANTS);
}

/* ---- keys: all bytes of one tell which it is ---- */

static int import_kek(hf_client *client, hf_handle at, uint32_t variant)
{
    uint8_t material[MATERIAL_LEN];
    hf_key_import_response made;
    memset(material, (int)(0x10u + variant), sizeof material);
    return hf_client_key_import(
        client,
        &(hf_key_import_request){ .handle = at,
                                  .type = HF_KEY_AES_256,
                                  .flags = HF_USAGE_WRAP | HF_USAGE_UNWRAP,
                                  .store = 1,
                                  .material = hf_bytes_of(material, sizeof material) },
        &made);
}

static int import_key(suite_actor *actor, uint8_t variant)
{
    uint8_t material[MATERIAL_LEN];
    hf_key_import_response made;
    hf_key_import_request request = { .handle = handle_of(actor, HOT_KEY),
                                      .type = HF_KEY_HMAC,
                                      .flags = HF_USAGE_SIGN,
                                      .store = 1,
                                      .material =
                                          hf_bytes_of(material, sizeof material) };
    memset(material, variant, sizeof material);
    memset(request.label.text, variant, HF_LABEL_SIZE);
    request.flags |= HF_FLAG_MAC_LEN(1u + variant % 64u);
    return hf_client_key_import(&actor->client.client, &request, &made);
}

static bool is_whole(const uint8_t *bytes, size_t len, uint8_t variant)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != variant) {
            return false;
        }
    }
    return true;
}

/* ---- who changes them ---- */

static bool drive(suite_actor *actor)
{
    hf_client *client = &actor->client.client;
    hf_atomic_u64 *count = count_of(actor);
    uint64_t i = hf_atomic_u64_load_acquire(count) / 2 + 1;
    hf_key_revoke_response revoked;
    hf_key_erase_response erased;
    hf_handle kek = handle_of(actor, HOT_KEK);
    SUITE_ACTOR_STATUS(actor, HF_OK, import_key(actor, (uint8_t)(1u + i % 251u)));
    hf_atomic_u64_store_release(count, 2 * i - 1);
    if (is_live(i)) {
        SUITE_ACTOR_STATUS(actor, HF_OK,
                           hf_client_key_erase(client,
                                               &(hf_key_erase_request){ .handle = kek },
                                               &erased));
        SUITE_ACTOR_STATUS(actor, HF_OK, import_kek(client, kek, variant_at(i)));
    } else {
        SUITE_ACTOR_STATUS(actor, HF_OK,
                           hf_client_key_revoke(client,
                                                &(hf_key_revoke_request){ .handle = kek },
                                                &revoked));
    }
    hf_atomic_u64_store_release(count, 2 * i);
    return true;
}

static bool drive_step(suite_actor *actor)
{
    return suite_actor_continue(actor) && drive(actor);
}

/* ---- who wraps ---- */

/* The blob opens under the stable copy of this variant, and what comes back is whole. */
static int unwrap(suite_actor *actor, hf_bytes wrapped, uint32_t variant)
{
    const wrap_case *c = actor->shared;
    hf_key_unwrap_response back;
    return hf_client_key_unwrap(
        &actor->client.client,
        &(hf_key_unwrap_request){ .handle = handle_of(actor, BACK + actor->index),
                                  .type = HF_KEY_HMAC,
                                  .kek = handle_of(actor, STABLE_KEK + variant),
                                  .algorithm = c->plan->algorithm,
                                  .store = 1,
                                  .wrapped = wrapped },
        &back);
}

static bool check_back(suite_actor *actor)
{
    const wrap_case *c = actor->shared;
    hf_key_export_response out;
    SUITE_ACTOR_STATUS(
        actor, HF_OK,
        hf_client_key_export(
            &actor->client.client,
            &(hf_key_export_request){ .handle = handle_of(actor, BACK + actor->index) },
            &out));
    uint8_t variant = out.material.len > 0 ? out.material.data[0] : 0;
    bool is_right = out.material.len == MATERIAL_LEN &&
                    is_whole(out.material.data, MATERIAL_LEN, variant);
    if (c->plan->algorithm == HF_ALG_WRAP_AES_GCM) {
        is_right = is_right && is_whole(out.label.text, HF_LABEL_SIZE, variant) &&
                   HF_MAC_LEN_OF(out.flags) == 1u + variant % 64u;
    }
    SUITE_ACTOR_REQUIRE(actor, is_right, "a wrapped key is mixed of two");
    return true;
}

/* Was the KEK in one state all the time? */
static bool is_settled(uint64_t before, uint64_t after)
{
    return before == after && before % 2 == 0;
}

/* Does the answer fit a state that the KEK can have been in? */
static bool check_status(suite_actor *actor, int rc, uint64_t before, uint64_t after)
{
    if (is_settled(before, after) && is_live(before / 2)) {
        SUITE_ACTOR_STATUS(actor, HF_OK, rc);
    } else if (is_settled(before, after)) {
        SUITE_ACTOR_STATUS(actor, HF_ERR_USAGE, rc);
    } else {
        SUITE_ACTOR_REQUIRE(actor,
                            rc == HF_OK || rc == HF_ERR_USAGE || rc == HF_ERR_NOTFOUND,
                            "an answer that fits no state of the KEK");
    }
    return true;
}

static bool wrap_step(suite_actor *actor)
{
    const wrap_case *c = actor->shared;
    hf_atomic_u64 *count = count_of(actor);
    uint8_t copy[512];
    hf_key_wrap_response answer;
    if (!suite_actor_continue(actor)) {
        return false;
    }
    uint64_t before = hf_atomic_u64_load_acquire(count);
    int rc =
        hf_client_key_wrap(&actor->client.client,
                           &(hf_key_wrap_request){ .handle = handle_of(actor, HOT_KEY),
                                                   .kek = handle_of(actor, HOT_KEK),
                                                   .algorithm = c->plan->algorithm },
                           &answer);
    uint64_t after = hf_atomic_u64_load_acquire(count);
    if (!check_status(actor, rc, before, after)) {
        return false;
    }
    if (rc != HF_OK) {
        return true;
    }
    SUITE_ACTOR_REQUIRE(actor, answer.wrapped.len <= sizeof copy, "too long");
    memcpy(copy, answer.wrapped.data, answer.wrapped.len);
    hf_bytes wrapped = hf_bytes_of(copy, answer.wrapped.len);
    rc = unwrap(actor, wrapped, variant_at(before / 2));
    if (rc == HF_ERR_VERIFY && !is_settled(before, after)) {
        rc = unwrap(actor, wrapped, 1u - variant_at(before / 2));
    }
    SUITE_ACTOR_STATUS(actor, HF_OK, rc);
    return check_back(actor);
}

/* ---- the case ---- */

static void keys_make(suite_env *env, suite_actor *actor)
{
    hf_client *client = &actor->client.client;
    for (uint32_t variant = 0; variant < VARIANTS; variant++) {
        SUITE_EXPECT(env, HF_OK,
                     import_kek(client, handle_of(actor, STABLE_KEK + variant), variant));
    }
    SUITE_EXPECT(env, HF_OK, import_kek(client, handle_of(actor, HOT_KEK), 0));
    SUITE_EXPECT(env, HF_OK, import_key(actor, 1));
}

static void wrap_run(suite_env *env, const void *argument)
{
    size_t count = env->client_count;
    wrap_case *c = calloc(1, sizeof *c);
    SUITE_TRUE(env, c != NULL);
    c->plan = argument;
    c->identity_count = suite_identity_count(count);
    suite_actor **actors = suite_actors_open(env, count, c);
    size_t drivers = c->plan->scope == HOT_OWN ? c->identity_count : 1;
    for (size_t i = 0; i < count; i++) {
        actors[i]->step = i < drivers ? drive_step : wrap_step;
        actors[i]->step_max = suite_count(env, WRAP_STEPS);
        if (i < drivers) {
            keys_make(env, actors[i]);
        }
    }
    suite_actors_run(env, actors, count);
    suite_actors_close(actors, count);
    free(c);
}

static const suite_case cases[] = {
    { "wrapping under a KEK that changes (own)", wrap_run,
      &(const wrap_plan){ HOT_OWN, HF_ALG_WRAP_AES_GCM }, 0 },
    { "wrapping under a KEK that changes (global)", wrap_run,
      &(const wrap_plan){ HOT_GLOBAL, HF_ALG_WRAP_AES_GCM }, 0 },
    { "wrapping without metadata (global)", wrap_run,
      &(const wrap_plan){ HOT_GLOBAL, HF_ALG_WRAP_AES_KWP }, 0 },
    { "wrapping with few key slots", wrap_run,
      &(const wrap_plan){ HOT_GLOBAL, HF_ALG_WRAP_AES_GCM }, SUITE_NEEDS_TINY_CACHE },
};

const suite_cases suite_hot_wrap_cases = SUITE_CASES(cases);
