/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The daemon: the server of the core with what it needs on Linux: the file store,
 * libcrypto, threads, sockets, identities.
 *
 * Threads: main (start, signals, stop), workers (reactor.h), the syncer (syncer.h).
 * Mutexes, none of which is held while another is taken but as listed: identities ->
 * (store lock, sync lock); syncer -> reactor's ready list; everything else alone.
 */
#ifndef HFD_DAEMON_H
#define HFD_DAEMON_H

#include "connection.h"
#include "holdfast/log.h"
#include "holdfast/openssl.h"
#include "holdfast/posix_file.h"
#include "holdfast/posix_lock.h"
#include "holdfast/posix_log.h"
#include "identity.h"
#include "listener.h"
#include "reactor.h"
#include "settings.h"
#include "syncer.h"

enum hfd_stop_phase {
    HFD_RUN = 0,
    HFD_STOP_IDLE = 1, /* finish what is in flight, close what is idle */
    HFD_STOP_NOW = 2   /* close everything */
};

struct hfd_daemon {
    const hfd_settings *settings;
    hf_log log;
    hf_posix_log_file log_file;
    hf_posix_file file;
    hf_posix_mutex store_mutex, sync_mutex;
    hf_openssl *openssl;
    hf_server server;
    void *index_memory, *keystore_memory; /* on the heap */
    uint8_t *log_buffer;
    hf_stats *stats;
    hfd_identities identities;
    hfd_connections connections;
    hfd_reactor reactor;
    hfd_syncer syncer;
    hfd_listener listeners[HFD_LISTENERS_MAX];
    uint32_t listener_count; /* open */
    atomic_uint stop_phase;  /* enum hfd_stop_phase */
};

/* Open the store and the server; prints what is wrong and what to do. HF_OK or an
 * error, with nothing left open. Single-threaded. */
int hfd_daemon_open(hfd_daemon *daemon, const hfd_settings *settings) HF_MUST_CHECK;

/* Start threads and listeners; prints what is wrong. HF_OK or an error (then call
   stop). */
int hfd_daemon_start(hfd_daemon *daemon) HF_MUST_CHECK;

/* Stop gracefully: no new connections, finish what is in flight, end the threads. */
void hfd_daemon_stop(hfd_daemon *daemon);

/* Close server and store. HF_OK or the first error. Single-threaded, after stop. */
int hfd_daemon_close(hfd_daemon *daemon);

/* Open the log target that the settings name (single-threaded); reopen its file (any
   time). */
int hfd_daemon_open_log(hfd_daemon *daemon, const hfd_settings *settings) HF_MUST_CHECK;
void hfd_daemon_reopen_log(hfd_daemon *daemon);

#endif
