/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The server: one hub per device (store, keystore, crypto devices, queues, statistics),
 * and one session per client connection.
 *
 * Life: hf_server_init -> sessions are opened, served and closed -> hf_server_cleanup.
 * Init and cleanup are single-threaded; no session may be open at cleanup. All memory is
 * the caller's; work areas of active sessions come from hf_server_config.memory.
 *
 * Threads: any number of sessions are served at the same time, each by one thread at a
 * time (a session may move between threads). hf_session_serve never waits: not for the
 * medium, not for a busy device, not for a slot. It parks the session and says what for;
 * the port serves it again when that has happened:
 *   - the ticket is durable: somebody runs hf_server_sync (a sync thread; the loop
 *   itself; or
 *     whoever waits, through hf_server_nvm_wait), then serves all whose ticket is
 *     covered;
 *   - it was queued: the server calls config.wake for it, from whatever thread frees the
 *     resource, with no lock held, possibly before the serve that parked it has returned;
 *   - the transport has input or room again.
 *
 * The dispatcher is the only place that locks (docs/design.md). Application code inside
 * the server uses the hf_server_nvm_* functions in the same way.
 *
 *     hf_session_wait wait;
 *     int rc = hf_session_serve(&session, &wait);
 *     if (rc == HF_PENDING && wait.ticket != 0) {
 *         hf_ignore(hf_server_nvm_wait(&server, wait.ticket)); // a failure is in the
 *         answer rc = hf_session_serve(&session, &wait);
 *     }
 *     if (rc != HF_OK && rc != HF_PENDING) { rc = hf_session_close(&session); }
 */
#ifndef HOLDFAST_SERVER_H
#define HOLDFAST_SERVER_H

#include "holdfast/atomic.h"
#include "holdfast/channel.h"
#include "holdfast/crypto.h"
#include "holdfast/keystore.h"
#include "holdfast/log.h"
#include "holdfast/nvm.h"
#include "holdfast/proto.h"
#include "holdfast/transport.h"

#define HF_VERSION_TEXT "0.1.0"

typedef struct hf_server hf_server;
typedef struct hf_session hf_session;

/* Who a session is. Given by its transport, never by the client. */
typedef struct hf_identity {
    uint16_t owner;       /* of its own objects; HF_OWNER_GLOBAL is nobody's */
    uint32_t permissions; /* HF_PERMISSION_*; without IDENTITY only COMM requests are
    allowed */
} hf_identity;

/* Memory for the work areas of active sessions. An idle session holds none. */
typedef struct hf_memory_ops {
    /* `size` bytes aligned to 16, or NULL. Any thread; no lock is held. */
    void *(*take)(void *context, size_t size);
    /* Give back what take gave; already wiped. Any thread; no lock is held. */
    void (*give)(void *context, void *memory, size_t size);
    void *context;
} hf_memory_ops;

/* Statistics of one group, or of all. */
typedef hf_admin_statistics_response hf_statistics;

/* Statistics shards; the content is private. */
typedef struct hf_stats hf_stats;

typedef struct hf_server_config {
    hf_nvm_config nvm;
    hf_keystore_config keystore;            /* its nvm is ignored */
    const hf_crypto_device_config *devices; /* in order of preference */
    uint32_t device_count;                  /* 1 .. HF_CFG_CRYPTO_DEVICES_MAX */
    const hf_lock_config *sync_lock;        /* serialises hf_server_sync and cleaning;
    NULL:
                                                  a lock that does nothing */
    hf_memory_ops memory;
    hf_stats *stats;            /* statistics shards, zeroed by init; NULL:
                                                  no statistics are kept */
    uint32_t stats_count;       /* about the number of threads */
    uint64_t (*clock_ns)(void); /* monotonic; NULL: no hold and wait
    times */
    /* See above. `session` names who is woken and is not dereferenced by the server: it
     * may have been closed in the meantime, so its memory must outlast the calls of
     * serve that run at its close; a late wake of memory that is used for another
     * session does no harm but a needless serve. NULL: the port serves queued sessions
     * again and again. */
    void (*wake)(void *context, hf_session *session);
    void *wake_context;
    hf_log *log;            /* NULL: silent */
    uint32_t body_size_max; /* bytes; 0 = HF_BODY_SIZE_MIN */
    uint16_t window_max;    /* 1 .. HF_CFG_WINDOW_MAX; 0 = 4 */
    uint32_t slow_max;      /* requests that are not quick and run at once, of which half
                               may be LONG (1 of 1); 0 = no bound */
    /* Policy for crypto devices: HF_AFFINITY_ANY leaves the choice to the client and to
     * the key's HF_FLAG_HARDWARE; another one overrules both. */
    uint16_t affinity;
    bool allow_fallback; /* an operation that a device failed to do is given to the next
                               that can; false: its error is the answer */
    const char *name;    /* of the server, NUL-terminated, <= 64;
    may be
                                                  NULL */
} hf_server_config;

#include "holdfast/server_state.h" /* hf_stats, struct hf_server, struct hf_session */

/*
 * Open the store, set up keystore, devices and queues.
 * Returns HF_OK or the error of hf_nvm_init, hf_keystore_init, hf_crypto_init, or
 * HF_ERR_ARG. After an error nothing is left open (hf_nvm_corrupt_at(&server->nvm) may
 * be asked). Single-threaded. Blocks for the device.
 */
int hf_server_init(hf_server *server, const hf_server_config *config) HF_MUST_CHECK;

/* Close: syncs, closes the store cleanly, wipes the keystore. HF_OK, or HF_ERR_STATE (a
 * session is open; nothing done), or the first error (closed all the same).
 * Single-threaded. */
int hf_server_cleanup(hf_server *server);

/* ---- for code of an application inside the server ---- */

/* As hf_nvm_lock, hf_nvm_unlock. */
int hf_server_nvm_lock(hf_server *server) HF_TRY_ACQUIRE(0, server->nvm.lock, hf_tsa_nvm)
    HF_MUST_CHECK;
int hf_server_nvm_unlock(hf_server *server, int outcome, hf_ticket *ticket)
    HF_RELEASE(server->nvm.lock, hf_tsa_nvm) HF_MUST_CHECK;

/* Wait until `ticket` is durable, running hf_server_sync if nobody else does: one sync
 * serves all who wait. HF_OK, HF_ERR_IO (it never will be), HF_ERR_ABORTED. Blocks. */
int hf_server_nvm_wait(hf_server *server, hf_ticket ticket)
    HF_EXCLUDES(server->nvm.lock, hf_tsa_nvm, hf_tsa_sync) HF_MUST_CHECK;

/* After a step that ended with HF_ERR_AGAIN: sync and clean, so that it can be run
 * again. HF_OK, HF_ERR_NOSPACE (nothing to be gained), HF_ERR_IO, HF_ERR_ABORTED.
 * Blocks. */
int hf_server_make_room(hf_server *server)
    HF_EXCLUDES(server->nvm.lock, hf_tsa_nvm, hf_tsa_sync) HF_MUST_CHECK;

#define HF_SERVER_NVM_LOCK(server) hf_server_nvm_lock(server)
#define HF_SERVER_NVM_UNLOCK(server, outcome, ticket)                                    \
    hf_server_nvm_unlock((server), (outcome), (ticket))

/* ---- for the port ---- */

/* Make durable what was committed before the call; serialised by the sync lock. As
 * hf_nvm_sync. Blocks. */
int hf_server_sync(hf_server *server, hf_ticket *durable)
    HF_EXCLUDES(server->nvm.lock, hf_tsa_nvm, hf_tsa_sync);

/* One bounded step of maintenance (cleaning, scrubbing), for idle time; `more`: call
 * again. As hf_nvm_clean_step with wanted false. Blocks for the device. */
int hf_server_maintain(hf_server *server, bool *more)
    HF_EXCLUDES(server->nvm.lock, hf_tsa_nvm, hf_tsa_sync);

/* The durable position; any thread, no lock. */
hf_ticket hf_server_durable(const hf_server *server);

/* Statistics of a group (enum hf_group), or of all (0), which also counts requests of no
 * group. Any thread, without the lock. HF_OK, HF_ERR_ARG (no such group). */
int hf_server_get_statistics(hf_server *server, uint8_t group, hf_statistics *statistics)
    HF_EXCLUDES(server->nvm.lock, hf_tsa_nvm) HF_MUST_CHECK;

/* ---- sessions ---- */

typedef struct hf_session_config {
    hf_transport transport; /* connected; the session's from now on, closed by it */
    hf_identity identity;
    void *context; /* the port's, for its wake; see hf_session_context */
} hf_session_config;

typedef struct hf_session_wait {
    hf_ticket ticket;  /* != 0: serve again once hf_server_durable() >= ticket or the
    store has
                          failed */
    bool wants_input;  /* serve again when the transport has input */
    bool wants_output; /* serve again when the transport has room */
    bool is_queued;    /* config.wake will tell */
    bool wants_turn;   /* requests are left in its buffer: serve again when others had
    their
                          turn */
} hf_session_wait;

/* Open a session in the caller's memory. HF_OK, HF_ERR_ARG, HF_ERR_ABORTED (then the
 * transport is still the caller's). Any thread. */
int hf_session_open(hf_session *session, hf_server *server,
                    const hf_session_config *config) HF_MUST_CHECK;

/*
 * Take what the transport has, run requests, send the answers whose tickets are durable.
 * Never waits. One thread at a time.
 *
 * Returns HF_OK (idle: waits for input alone, holds no work area), HF_PENDING (parked;
 * *wait says for what), or an error: the session is over and must be closed:
 * HF_ERR_CLOSED (the peer has gone, or asked to close and was answered), HF_ERR_FRAME or
 * HF_ERR_VERSION (what it sent cannot be parsed), HF_ERR_NOMEM, HF_ERR_SYSTEM. *wait is
 * set in every case.
 */
int hf_session_serve(hf_session *session, hf_session_wait *wait) HF_MUST_CHECK;

/* Forget what is in progress, give back leases, reservations, queue places and streams,
 * wipe and give back memory, close the transport. HF_OK; or HF_ERR_ABORTED: the lock
 * could not be had and the session is still open: call again (hf_session_close of a
 * closed session is HF_OK). Not while it is being served. */
int hf_session_close(hf_session *session) HF_MUST_CHECK;

/* What hf_session_config.context was. */
void *hf_session_context(const hf_session *session);

#endif
