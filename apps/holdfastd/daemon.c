/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The daemon: see daemon.h. Opening goes up the layers (store file, libcrypto, server,
 * identities), closing goes down.
 */
#include "daemon.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "holdfast/posix_clock.h"
#include "trust.h"

#define OWNERS_MAX 65536u /* owners whose hints and quotas the keystore remembers */

/* ---- what the core asks for ---- */

/*
 * What a thread keeps of the memory that requests give back, bytes. Buffers for a large
 * frame come and go with each request; given back to the system each time, their pages
 * would have to be cleared and mapped again for the next one.
 */
#define MEMORY_KEPT (2 * 1024 * 1024)

static void memory_keep(void)
{
    /* Both only tune: whether they are taken does not matter. */
    (void)mallopt(M_TRIM_THRESHOLD, MEMORY_KEPT);
    (void)mallopt(M_MMAP_THRESHOLD, MEMORY_KEPT);
}

static void *memory_take(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void memory_give(void *context, void *memory, size_t size)
{
    (void)context;
    (void)size;
    free(memory);
}

static void session_wake(void *context, hf_session *session)
{
    (void)context;
    /* The session may have been closed meanwhile: only its address is used. */
    char *at = (char *)session - offsetof(hfd_connection, session);
    hfd_connection_post((hfd_connection *)(void *)at);
}

/* ---- the log ---- */

int hfd_daemon_open_log(hfd_daemon *daemon, const hfd_settings *settings)
{
    if (strcmp(settings->log_target, "stderr") == 0) {
        hf_log_init(&daemon->log, settings->log_level, hf_posix_log_stderr, NULL);
        return HF_OK;
    }
    if (strcmp(settings->log_target, "syslog") == 0) {
        openlog("holdfastd", LOG_PID, LOG_DAEMON);
        hf_log_init(&daemon->log, settings->log_level, hf_posix_log_syslog, NULL);
        return HF_OK;
    }
    int rc = hf_posix_log_file_open(&daemon->log_file, settings->log_target);
    if (rc != HF_OK) {
        fprintf(stderr, "holdfastd: cannot open the log file %s: %s\n",
                settings->log_target, strerror(errno));
        return rc;
    }
    hf_log_init(&daemon->log, settings->log_level, hf_posix_log_file_write,
                &daemon->log_file);
    return HF_OK;
}

void hfd_daemon_reopen_log(hfd_daemon *daemon)
{
    if (daemon->log.sink != hf_posix_log_file_write) {
        return;
    }
    int rc = hf_posix_log_file_reopen(&daemon->log_file);
    HF_LOG(&daemon->log, HF_LOG_NOTICE, "daemon", "log file reopened", 0, rc);
}

/* ---- the store ---- */

static const char *store_advice(int rc)
{
    switch (rc) {
    case HF_ERR_INUSE:
        return "another process has it open; stop that one, or give this one a store of "
               "its own";
    case HF_ERR_CORRUPT:
        return "it is damaged; nothing was written; restore it from a backup (see "
               "DAMAGED STORE in holdfastd(8))";
    case HF_ERR_NOTFOUND:
    case HF_ERR_BLANK:
        return "there is none, and with --no-create, or without the folder that it would "
               "be "
               "in, none is made";
    case HF_ERR_ACCESS:
        return "it must belong to the daemon's user, with mode 0700 and files 0600, and "
               "not be a "
               "symbolic link";
    case HF_ERR_CONFIG:
    case HF_ERR_ARG:
        return "it was made with another region-size or count; use the same again";
    case HF_ERR_VERSION:
        return "its format is newer than this program; use a newer holdfastd";
    case HF_ERR_NOSPACE:
        return "it holds more objects than objects-max; raise that";
    case HF_ERR_NOMEM:
        return "not enough memory; lower objects-max or key-slots";
    default:
        return "see the error before it";
    }
}

static void store_complain(const hfd_daemon *daemon, const char *path, int rc)
{
    fprintf(stderr, "holdfastd: cannot open the store %s: %s (%s): %s.\n", path,
            hf_status_text(rc), hf_status_name(rc), store_advice(rc));
    int number = hf_posix_file_errno(&daemon->file);
    if (number != 0) {
        fprintf(stderr, "holdfastd: the system said: %s\n", strerror(number));
    }
}

static int store_open(hfd_daemon *daemon, const hfd_settings *settings)
{
    hf_posix_file_config config = { .path = settings->store_path,
                                    .create = settings->create,
                                    .region_size = settings->region_size,
                                    .sync_delay_us = settings->sync_delay_us };
    int rc = hf_posix_file_open(&daemon->file, &config);
    if (rc != HF_OK) {
        store_complain(daemon, settings->store_path, rc);
    }
    return rc;
}

/* ---- the server ---- */

static int memory_reserve(hfd_daemon *daemon, const hfd_settings *s,
                          hf_server_config *config)
{
    uint32_t shards = s->workers + 2;
    config->nvm.index_size = HF_NVM_INDEX_SIZE(s->objects_max);
    config->nvm.log_buffer_size = s->log_buffer_size;
    config->keystore.small_count = s->key_slots;
    config->keystore.large_count = s->key_slots_large;
    config->keystore.owner_count = OWNERS_MAX;
    config->keystore.uncommitted_max = s->key_uncommitted_max;
    config->keystore.memory_size =
        HF_KEYSTORE_SIZE(s->key_slots, s->key_slots_large, OWNERS_MAX);
    config->stats_count = shards;
    daemon->index_memory = calloc(1, config->nvm.index_size);
    daemon->keystore_memory = calloc(1, config->keystore.memory_size);
    daemon->log_buffer = calloc(1, s->log_buffer_size);
    daemon->stats = calloc(shards, sizeof *daemon->stats);
    if (daemon->index_memory == NULL || daemon->keystore_memory == NULL ||
        daemon->log_buffer == NULL || daemon->stats == NULL) {
        return HF_ERR_NOMEM;
    }
    config->nvm.index_memory = daemon->index_memory;
    config->nvm.log_buffer = daemon->log_buffer;
    config->keystore.memory = daemon->keystore_memory;
    config->stats = daemon->stats;
    return HF_OK;
}

static void memory_free(hfd_daemon *daemon)
{
    free(daemon->index_memory);
    free(daemon->keystore_memory);
    free(daemon->log_buffer);
    free(daemon->stats);
}

static int server_open(hfd_daemon *daemon, const hfd_settings *s)
{
    hf_lock_config store_lock = { .ops = &hf_posix_mutex_ops,
                                  .context = &daemon->store_mutex };
    hf_lock_config sync_lock = { .ops = &hf_posix_mutex_ops,
                                 .context = &daemon->sync_mutex };
    hf_crypto_device_config device = hf_openssl_device(daemon->openssl);
    hf_server_config config = {
        .nvm = { .device = &daemon->file.device,
                 .lock = &store_lock,
                 .format = s->create },
        .devices = &device,
        .device_count = 1,
        .sync_lock = &sync_lock,
        .memory = { .take = memory_take, .give = memory_give },
        .clock_ns = hf_posix_clock_ns,
        .wake = session_wake,
        .log = &daemon->log,
        .body_size_max = s->body_size_max,
        .window_max = (uint16_t)s->window_max,
        .affinity = s->crypto_affinity,
        .allow_fallback = s->crypto_fallback,
        .slow_max = s->workers > 2 ? s->workers - 2 : 1,
        .name = "holdfastd",
    };
    int rc = memory_reserve(daemon, s, &config);
    if (rc == HF_OK) {
        rc = hf_server_init(&daemon->server, &config);
    }
    if (rc != HF_OK) {
        store_complain(daemon, s->store_path, rc);
    }
    if (rc == HF_ERR_CORRUPT) {
        hf_nvm_address at = hf_nvm_corrupt_at(&daemon->server.nvm);
        fprintf(stderr,
                "holdfastd: the damage is in region %" PRIu32 " at byte %" PRIu64 "\n",
                at.region, at.offset);
    }
    return rc;
}

static int identities_open(hfd_daemon *daemon, const hfd_settings *settings)
{
    uint16_t owner = 0;
    int rc = hfd_identities_open(&daemon->identities, &daemon->server, settings, &owner);
    if (rc == HF_ERR_CONFIG) {
        fprintf(stderr,
                "holdfastd: owner=%u belongs to another user since earlier; choose "
                "another number, or that user's.\n",
                owner);
    } else if (rc != HF_OK) {
        fprintf(stderr, "holdfastd: cannot read the identities from the store: %s\n",
                hf_status_text(rc));
    }
    return rc;
}

int hfd_daemon_open(hfd_daemon *daemon, const hfd_settings *settings)
{
    daemon->settings = settings;
    memory_keep();
    int rc = store_open(daemon, settings);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_openssl_open(&daemon->openssl);
    if (rc != HF_OK) {
        fprintf(stderr, "holdfastd: libcrypto is not usable: %s\n", hf_status_text(rc));
        goto close_file;
    }
    rc = server_open(daemon, settings);
    if (rc != HF_OK) {
        goto close_openssl;
    }
    rc = identities_open(daemon, settings);
    if (rc == HF_OK) {
        return HF_OK;
    }
    hf_ignore(hf_server_cleanup(&daemon->server)); /* the first error is told */
close_openssl:
    hf_openssl_close(daemon->openssl);
    memory_free(daemon);
close_file:
    hf_posix_file_close(&daemon->file);
    return rc;
}

int hfd_daemon_close(hfd_daemon *daemon)
{
    hfd_identities_close(&daemon->identities);
    int rc = hf_server_cleanup(&daemon->server);
    if (rc != HF_OK) {
        fprintf(stderr, "holdfastd: the store was not closed cleanly: %s\n",
                hf_status_text(rc));
    }
    hf_openssl_close(daemon->openssl);
    memory_free(daemon);
    hf_posix_file_close(&daemon->file);
    return rc;
}

/* ---- running ---- */

int hfd_daemon_start(hfd_daemon *daemon)
{
    const hfd_settings *settings = daemon->settings;
    int rc = hfd_trust_give(&daemon->server, settings);
    if (rc == HF_OK) {
        rc =
            hfd_connections_init(&daemon->connections, daemon, settings->connections_max);
    }
    if (rc == HF_OK) {
        rc = hfd_listeners_open(daemon);
    }
    if (rc == HF_OK) {
        rc = hfd_syncer_start(&daemon->syncer, daemon);
    }
    if (rc == HF_OK) {
        rc = hfd_reactor_start(&daemon->reactor, daemon, settings->workers);
    }
    if (rc == HF_OK) {
        rc = hfd_listeners_watch(daemon);
    }
    if (rc != HF_OK && rc != HF_ERR_CONFIG) {
        fprintf(stderr, "holdfastd: cannot start: %s\n", hf_status_text(rc));
    }
    return rc;
}

static void stop_enter(hfd_daemon *daemon, unsigned phase, uint32_t wait_ms)
{
    struct timespec deadline;
    (void)clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += wait_ms / 1000;
    deadline.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000;
    }
    atomic_store(&daemon->stop_phase, phase);
    hfd_connections_post_all(&daemon->connections);
    if (!hfd_connections_wait_closed(&daemon->connections, &deadline)) {
        HF_LOG(&daemon->log, HF_LOG_WARNING, "daemon",
               "clients do not read their answers", 0, HF_ERR_TIMEOUT);
    }
}

void hfd_daemon_stop(hfd_daemon *daemon)
{
    atomic_store(&daemon->stop_phase, HFD_STOP_IDLE);
    hfd_listeners_stop(daemon); /* also of a start that failed: no socket file is left */
    if (daemon->reactor.threads != NULL) {
        stop_enter(daemon, HFD_STOP_IDLE, daemon->settings->grace_ms);
        stop_enter(daemon, HFD_STOP_NOW, UINT32_MAX / 2);
    }
    hfd_reactor_stop(&daemon->reactor);
    hfd_syncer_stop(&daemon->syncer);
    hfd_listeners_close(daemon);
    if (daemon->connections.chunks != NULL) {
        hfd_connections_cleanup(&daemon->connections);
    }
}
