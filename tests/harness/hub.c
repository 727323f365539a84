/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The server of the harnesses: see hub.h.
 */
#include "harness/hub.h"

#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "holdfast/posix_clock.h"

#define REGION_COUNT 3u
#define REGION_SIZE (192u * 1024u)
#define OBJECT_COUNT 4096u
#define LOG_BUFFER_SIZE (48u * 1024u) /* takes the largest object, three times over */
#define SMALL_COUNT 64u
#define LARGE_COUNT 4u
#define OWNER_COUNT 16u
#define UNCOMMITTED_MAX 32u
#define STATS_COUNT 4u
#define ERASED 0xFF
#define ACCELERATOR_SPIN 50u

static void *work_take(void *context, size_t size)
{
    hub *h = context;
    (void)hf_atomic_u64_fetch_add_relaxed(&h->work_taken, size);
    return aligned_alloc(16, (size + 15u) / 16u * 16u);
}

static void work_give(void *context, void *memory, size_t size)
{
    hub *h = context;
    (void)hf_atomic_u64_fetch_add_relaxed(&h->work_given, size);
    free(memory);
}

static uint32_t small_count(bool has_tiny_cache)
{
    return has_tiny_cache ? SUITE_TINY_SLOTS : SMALL_COUNT;
}

static int server_start(hub *h)
{
    bool has_accelerator = h->config.device_lock != NULL;
    hf_server_config config = {
        .nvm = { .device = &h->nvm_guard.device,
                 .lock = h->config.nvm_lock,
                 .index_memory = h->index_memory,
                 .index_size = HF_NVM_INDEX_SIZE(OBJECT_COUNT),
                 .log_buffer = h->log_buffer,
                 .log_buffer_size = LOG_BUFFER_SIZE,
                 .format = true },
        .keystore = { .memory = h->key_memory,
                      .memory_size =
                          HF_KEYSTORE_SIZE(SMALL_COUNT, LARGE_COUNT, OWNER_COUNT),
                      .small_count = small_count(h->config.has_tiny_cache),
                      .large_count = LARGE_COUNT,
                      .owner_count = OWNER_COUNT,
                      .uncommitted_max = UNCOMMITTED_MAX },
        .devices = has_accelerator ? h->devices : h->devices + 1,
        .device_count = has_accelerator ? 2 : 1,
        .sync_lock = h->config.sync_lock,
        .memory = { .take = work_take, .give = work_give, .context = h },
        .stats = h->stats,
        .stats_count = STATS_COUNT,
        .clock_ns = hf_posix_clock_ns,
        .wake = h->config.wake,
        .wake_context = h->config.wake_context,
        .body_size_max = SUITE_BODY_SIZE,
        .window_max = SUITE_WINDOW,
        .slow_max = 3,
        .name = "suite",
    };
    int rc = hf_server_init(&h->server, &config);
    h->is_open = rc == HF_OK;
    return rc;
}

static int memory_make(hub *h)
{
    h->medium = malloc(REGION_COUNT * REGION_SIZE);
    h->log_buffer = malloc(LOG_BUFFER_SIZE);
    h->index_memory = malloc(HF_NVM_INDEX_SIZE(OBJECT_COUNT));
    h->key_memory = malloc(HF_KEYSTORE_SIZE(SMALL_COUNT, LARGE_COUNT, OWNER_COUNT));
    h->stats = calloc(STATS_COUNT, sizeof *h->stats);
    if (h->medium == NULL || h->log_buffer == NULL || h->index_memory == NULL ||
        h->key_memory == NULL || h->stats == NULL) {
        return HF_ERR_NOMEM;
    }
    memset(h->medium, ERASED, REGION_COUNT * REGION_SIZE);
    return HF_OK;
}

int hub_open(hub *h, const hub_config *config)
{
    memset(h, 0, sizeof *h);
    h->config = *config;
    int rc = memory_make(h);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_openssl_open(&h->openssl);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_ram_init(&h->ram, h->medium,
                         &(hf_nvm_geometry){ .region_count = REGION_COUNT,
                                             .granule_size = 8,
                                             .region_size = REGION_SIZE,
                                             .erased = ERASED });
    if (rc != HF_OK) {
        return rc;
    }
    guard_nvm_init(&h->nvm_guard, &h->ram.device, &h->server.nvm.lock);
    hf_crypto_device_config software = hf_openssl_device(h->openssl);
    h->devices[1] =
        guard_crypto_device(&h->crypto_guards[1], &software, &h->server.nvm.lock);
    if (config->device_lock != NULL) {
        accelerator_init(&h->acc,
                         &(accelerator_config){ .inner = software,
                                                .lock = config->device_lock,
                                                .spin_count = ACCELERATOR_SPIN });
        hf_crypto_device_config hardware = accelerator_device(&h->acc);
        h->devices[0] =
            guard_crypto_device(&h->crypto_guards[0], &hardware, &h->server.nvm.lock);
    }
    return server_start(h);
}

int hub_restart(hub *h)
{
    int rc = hf_server_cleanup(&h->server);
    if (rc != HF_OK) {
        return rc;
    }
    h->is_open = false;
    return server_start(h);
}

int hub_close(hub *h)
{
    int rc = h->is_open ? hf_server_cleanup(&h->server) : HF_OK;
    h->is_open = false;
    if (rc == HF_OK && hf_atomic_u64_load_acquire(&h->work_taken) !=
                           hf_atomic_u64_load_acquire(&h->work_given)) {
        rc = HF_ERR_STATE; /* a session kept its work area */
    }
    hf_openssl_close(h->openssl);
    free(h->medium);
    free(h->log_buffer);
    free(h->index_memory);
    free(h->key_memory);
    free(h->stats);
    return rc;
}

void hub_describe(suite_env *env)
{
    env->store_size = REGION_COUNT * REGION_SIZE;
    env->slot_count = small_count(env->has_tiny_cache);
    env->uncommitted_max = UNCOMMITTED_MAX;
    env->has_nobody = true;
}

hf_identity hub_identity(unsigned who)
{
    return (hf_identity){ .owner = suite_owner_of(who),
                          .permissions = suite_permissions_of(who) };
}
