/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The server: the hub of everything that is shared, its opening and closing, and what
 * runs beside requests (sync, cleaning). The store lock guards what is shared; the sync
 * lock lets one thread at a time sync or clean, and is taken before the store lock,
 * never inside of it.
 */
#include "holdfast/server.h"

#include <string.h>

#include "server/server_private.h"
#include "server/stats.h"

/* Steps of cleaning for one request that found the region full. */
#define CLEAN_STEPS_MAX 100000u

static int config_check(const hf_server_config *config)
{
    size_t name_len = config->name == NULL ? 0 : strlen(config->name);
    if (config->devices == NULL || config->device_count == 0 ||
        config->device_count > HF_CFG_CRYPTO_DEVICES_MAX || name_len > 64 ||
        config->memory.take == NULL || config->memory.give == NULL ||
        config->window_max > HF_CFG_WINDOW_MAX ||
        (config->body_size_max != 0 && config->body_size_max < HF_BODY_SIZE_MIN) ||
        config->body_size_max > HF_BODY_SIZE_MAX ||
        (config->stats != NULL && config->stats_count == 0)) {
        return HF_ERR_ARG;
    }
    return HF_OK;
}

/* No thread has begun: what the lock guards may be set without it. */
static void state_init(hf_server *server, const hf_server_config *config) HF_NO_TSA
{
    server->config = *config;
    if (config->body_size_max == 0) {
        server->config.body_size_max = HF_BODY_SIZE_MIN;
    }
    if (config->window_max == 0) {
        server->config.window_max = 4;
    }
    for (uint32_t i = 0; i < HF_CFG_CRYPTO_DEVICES_MAX; i++) {
        hf_gate_init(&server->device_gates[i], 1);
    }
    hf_gate_init(&server->slow_gate,
                 config->slow_max == 0 ? UINT32_MAX : config->slow_max);
    /* Work of minutes leaves places to work of milliseconds. */
    hf_gate_init(&server->long_gate, config->slow_max == 0  ? UINT32_MAX
                                     : config->slow_max > 1 ? config->slow_max / 2u
                                                            : 1u);
    hf_gate_init(&server->slot_gate, 0);
    server->session_count = 0;
    server->stats_next = 0;
    server->clean_count = 0;
    for (uint32_t i = 0; config->stats != NULL && i < config->stats_count; i++) {
        hf_stats_init(&config->stats[i]);
    }
}

static int layers_init(hf_server *server, const hf_server_config *config)
{
    hf_keystore_config keystore = config->keystore;
    keystore.nvm = &server->nvm;
    int rc = hf_crypto_init(&server->crypto, config->devices, config->device_count);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_init(&server->nvm, &config->nvm);
    if (rc != HF_OK) {
        goto crypto;
    }
    rc = hf_keystore_init(&server->keystore, &keystore);
    if (rc == HF_OK) {
        return HF_OK;
    }
    hf_ignore(hf_nvm_cleanup(&server->nvm)); /* the first error is told */
crypto:
    hf_ignore(hf_crypto_cleanup(&server->crypto));
    return rc;
}

int hf_server_init(hf_server *server, const hf_server_config *config)
{
    if (server == NULL || config == NULL) {
        return HF_ERR_ARG;
    }
    int rc = config_check(config);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_lock_init(&server->sync_lock, config->sync_lock);
    if (rc != HF_OK) {
        return rc;
    }
    rc = layers_init(server, config);
    if (rc != HF_OK) {
        hf_ignore(hf_lock_cleanup(&server->sync_lock)); /* the first error is told */
        return rc;
    }
    state_init(server, config);
    return HF_OK;
}

/* All threads have ended. */
static bool is_in_use(const hf_server *server) HF_NO_TSA
{
    return server->session_count != 0;
}

int hf_server_cleanup(hf_server *server)
{
    if (is_in_use(server)) {
        return HF_ERR_STATE;
    }
    hf_keystore_cleanup(&server->keystore, &server->crypto);
    int rc = hf_nvm_cleanup(&server->nvm);
    int next = hf_crypto_cleanup(&server->crypto);
    rc = rc != HF_OK ? rc : next;
    next = hf_lock_cleanup(&server->sync_lock);
    return rc != HF_OK ? rc : next;
}

uint64_t hf_server_now_ns(const hf_server *server)
{
    return server->config.clock_ns == NULL ? 0 : server->config.clock_ns();
}

/* ---- steps of the application ---- */

int hf_server_nvm_lock(hf_server *server)
{
    return hf_nvm_lock(&server->nvm);
}

int hf_server_nvm_unlock(hf_server *server, int outcome, hf_ticket *ticket)
{
    return hf_nvm_unlock(&server->nvm, outcome, ticket);
}

/* The sync lock and its class token, so that the order is checked. */
static int sync_begin(hf_server *server) HF_TRY_ACQUIRE(0, server->sync_lock, hf_tsa_sync)
    HF_MUST_CHECK;
static int sync_begin(hf_server *server)
{
    return hf_lock_acquire(&server->sync_lock);
}

static void sync_end(hf_server *server) HF_RELEASE(server->sync_lock, hf_tsa_sync);
static void sync_end(hf_server *server) HF_NO_TSA
{
    hf_ignore(hf_lock_release(&server->sync_lock)); /* held: cannot fail */
}

int hf_server_nvm_wait(hf_server *server, hf_ticket ticket)
{
    while (hf_server_durable(server) < ticket) {
        if (hf_nvm_is_failed(&server->nvm)) {
            return HF_ERR_IO;
        }
        /* Whoever comes first syncs, for all that committed before; the others wait for
         * the lock and mostly find their ticket covered. */
        int rc = sync_begin(server);
        if (rc != HF_OK) {
            return rc;
        }
        if (hf_server_durable(server) < ticket) {
            rc = hf_nvm_sync(&server->nvm, NULL);
        }
        sync_end(server);
        if (rc != HF_OK) {
            return rc;
        }
    }
    return HF_OK;
}

/* ---- beside requests ---- */

int hf_server_sync(hf_server *server, hf_ticket *durable)
{
    int rc = sync_begin(server);
    if (rc != HF_OK) {
        if (durable != NULL) {
            *durable = hf_server_durable(server);
        }
        return rc;
    }
    rc = hf_nvm_sync(&server->nvm, durable);
    sync_end(server);
    return rc;
}

static int clean_step(hf_server *server, bool wanted, bool *more, uint64_t *clean_count)
    HF_EXCLUDES(server->nvm.lock, hf_tsa_nvm, hf_tsa_sync)
{
    *more = false;
    *clean_count = 0;
    int rc = sync_begin(server);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_clean_step(&server->nvm, wanted, more);
    if (rc == HF_OK && wanted) {
        server->clean_count++;
    }
    *clean_count = server->clean_count;
    sync_end(server);
    return rc;
}

int hf_server_maintain(hf_server *server, bool *more)
{
    uint64_t clean_count;
    return clean_step(server, false, more, &clean_count);
}

int hf_server_clean(hf_server *server, uint64_t *clean_count)
{
    bool more = true;
    int rc = HF_OK;
    for (uint32_t i = 0; i < CLEAN_STEPS_MAX && rc == HF_OK && more; i++) {
        rc = clean_step(server, true, &more, clean_count);
    }
    return rc;
}

int hf_server_make_room(hf_server *server)
{
    uint64_t clean_count;
    int rc = hf_server_sync(server, NULL);
    return rc == HF_OK ? hf_server_clean(server, &clean_count) : rc;
}

hf_ticket hf_server_durable(const hf_server *server)
{
    return hf_nvm_durable(&server->nvm);
}

int hf_server_get_statistics(hf_server *server, uint8_t group, hf_statistics *statistics)
{
    if (group != 0 && strcmp(hf_group_name(group), "?") == 0) {
        return HF_ERR_ARG;
    }
    uint32_t count = server->config.stats == NULL ? 0 : server->config.stats_count;
    hf_stats_sum(server->config.stats, count, group, statistics);
    return HF_OK;
}

uint32_t hf_server_session_count(const hf_server *server)
{
    return server->session_count;
}

void hf_server_get_queues(const hf_server *server, hf_admin_status_response *status)
{
    status->slow_running_count = server->slow_gate.inside_count;
    status->slow_queued_count =
        server->slow_gate.waiting_count + server->long_gate.waiting_count;
    status->slot_queued_count = server->slot_gate.waiting_count;
    status->device_error_count = server->device_error_count;
    status->device_fallback_count = server->device_fallback_count;
    status->device_queued_count = 0;
    for (uint32_t i = 0; i < HF_CFG_CRYPTO_DEVICES_MAX; i++) {
        status->device_queued_count += server->device_gates[i].waiting_count;
    }
}

void hf_server_wake(hf_server *server, const hf_wakes *wakes)
{
    for (uint32_t i = 0; i < wakes->count && server->config.wake != NULL; i++) {
        server->config.wake(server->config.wake_context, wakes->sessions[i]);
    }
}
