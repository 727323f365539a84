/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The syncer: the thread that makes commits durable, and the list of parked connections
 * that wait for it. One sync lets all go on whose tickets it covers. When nobody waits
 * it gives the store its maintenance.
 */
#ifndef HFD_SYNCER_H
#define HFD_SYNCER_H

#include <pthread.h>

#include "connection.h"

typedef struct hfd_syncer {
    hfd_daemon *daemon;
    pthread_t thread;
    bool is_running;
    pthread_mutex_t mutex; /* guards all below and the parked_* of connections */
    pthread_cond_t wanted;
    hfd_connection *parked_head;
    bool is_stopping;
    bool has_worked; /* something was synced since the last maintenance */
} hfd_syncer;

int hfd_syncer_start(hfd_syncer *syncer, hfd_daemon *daemon) HF_MUST_CHECK;
/* End the thread; harmless when it was not started. */
void hfd_syncer_stop(hfd_syncer *syncer);

/* Post the connection once `ticket` is durable (or never will be). By its owner. */
void hfd_syncer_park(hfd_syncer *syncer, hfd_connection *connection, hf_ticket ticket);
/* Forget a connection; harmless when it is not parked. By its owner. */
void hfd_syncer_unpark(hfd_syncer *syncer, hfd_connection *connection);

#endif
