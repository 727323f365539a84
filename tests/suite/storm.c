/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Storms: see storm.h.
 */
#include "suite/storm.h"

#include <stdlib.h>

#include "base/atomic.h"
#include "holdfast/frame.h"
#include "suite/hot.h"

#define STORM_STEPS 25u

static void requests_send(suite_actor *actor)
{
    static const uint8_t digest[32] = { 1, 2, 3 };
    hf_client *client = &actor->client.client;
    uint16_t sequence;
    int rc = HF_OK;
    for (unsigned i = 0; i < SUITE_WINDOW && rc == HF_OK; i++) {
        uint32_t draw = suite_random_next(&actor->random) & 0xFFFF;
        hf_handle at = hot_handle(draw & 1 ? HOT_GLOBAL : HOT_OWN,
                                  HOT_NUMBER_FIRST + (draw >> 1) % HOT_COUNT);
        switch ((draw >> 8) % 6) {
        case 0:
        case 1:
            rc = hf_client_sign_send(
                client,
                &(hf_sign_request){ .handle = at,
                                    .algorithm = draw & 2 ? HF_ALG_ED25519 : HF_ALG_ECDSA,
                                    .data = hf_bytes_of(digest, sizeof digest) },
                &sequence);
            break;
        case 2:
            rc = hf_client_key_export_send(
                client, &(hf_key_export_request){ .handle = at }, &sequence);
            break;
        case 3:
            rc = hf_client_nvm_read_send(
                client,
                &(hf_nvm_read_request){ .handle = at, .len = SUITE_BODY_SIZE / 2 },
                &sequence);
            break;
        case 4:
            rc = hf_client_counter_read_send(
                client, &(hf_counter_read_request){ .handle = at }, &sequence);
            break;
        default:
            rc = hf_client_hash_start_send(
                client, &(hf_hash_start_request){ .algorithm = HF_ALG_SHA256 },
                &sequence);
            break;
        }
    }
}

/* The beginning of a frame that never ends. */
static void part_send(suite_actor *actor)
{
    uint8_t part[HF_FRAME_HEADER_SIZE + 8] = { 0 };
    hf_frame_encode(&(hf_frame){ .kind = HF_REQ_nvm_put, .sequence = 77, .length = 200 },
                    part);
    size_t len = 1 + suite_random_below(&actor->random, sizeof part);
    size_t sent;
    hf_transport *transport = &actor->client.transport;
    hf_ignore(transport->ops->send(transport->context, part, len,
                                   &sent)); /* it leaves in any case */
}

static bool storm_step(suite_actor *actor)
{
    if (!suite_actor_continue(actor) ||
        hf_atomic_u32_load_acquire(&actor->env->worker_count) == 0) {
        return false;
    }
    unsigned who = SUITE_WRITER + suite_random_below(&actor->random, SUITE_WRITER_COUNT);
    SUITE_ACTOR_STATUS(actor, HF_OK, suite_client_open(&actor->client, actor->env, who));
    switch (suite_random_below(&actor->random, 6)) {
    case 0:
        suite_client_close(&actor->client);
        break;
    case 1:
        suite_client_drop(&actor->client);
        break;
    case 2:
        part_send(actor);
        suite_client_drop(&actor->client);
        break;
    case 3:
        requests_send(actor);
        suite_client_close(&actor->client);
        break;
    default:
        requests_send(actor);
        if (suite_random_below(&actor->random, 2) == 0) {
            /* Some answers are on their way, or there, or not even begun. */
            hf_ignore(hf_client_wait(&actor->client.client, SUITE_TIMEOUT_MS));
        }
        suite_client_drop(&actor->client);
        break;
    }
    return true;
}

suite_actor *storm_actor_make(suite_env *env, unsigned index)
{
    suite_actor *actor = calloc(1, sizeof *actor);
    if (actor != NULL) {
        actor->env = env;
        actor->step = storm_step;
        actor->index = SUITE_ACTORS_MAX + index; /* of no oracle */
        actor->step_max = STORM_STEPS * (suite_count(env, 100) / 100u + 1u);
        actor->random.state = env->seed * 7919u + index;
    }
    return actor;
}
