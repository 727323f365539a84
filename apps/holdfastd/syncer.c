/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The syncer: see syncer.h.
 */
#include "syncer.h"

#include "daemon.h"

static void parked_remove(hfd_syncer *syncer, hfd_connection *connection)
{
    if (connection->parked_prev == NULL) {
        syncer->parked_head = connection->parked_next;
    } else {
        connection->parked_prev->parked_next = connection->parked_next;
    }
    if (connection->parked_next != NULL) {
        connection->parked_next->parked_prev = connection->parked_prev;
    }
    connection->parked_next = NULL;
    connection->parked_prev = NULL;
    connection->parked_ticket = 0;
}

static void parked_add(hfd_syncer *syncer, hfd_connection *connection)
{
    connection->parked_prev = NULL;
    connection->parked_next = syncer->parked_head;
    if (syncer->parked_head != NULL) {
        syncer->parked_head->parked_prev = connection;
    }
    syncer->parked_head = connection;
}

void hfd_syncer_park(hfd_syncer *syncer, hfd_connection *connection, hf_ticket ticket)
{
    hf_server *server = &syncer->daemon->server;
    (void)pthread_mutex_lock(&syncer->mutex);
    bool is_over = hf_server_durable(server) >= ticket || hf_nvm_is_failed(&server->nvm);
    if (is_over && connection->parked_ticket != 0) {
        parked_remove(syncer, connection);
    } else if (!is_over) {
        if (connection->parked_ticket == 0) {
            parked_add(syncer, connection);
        }
        connection->parked_ticket = ticket;
        (void)pthread_cond_signal(&syncer->wanted);
    }
    (void)pthread_mutex_unlock(&syncer->mutex);
    if (is_over) {
        hfd_connection_post(connection);
    }
}

void hfd_syncer_unpark(hfd_syncer *syncer, hfd_connection *connection)
{
    (void)pthread_mutex_lock(&syncer->mutex);
    if (connection->parked_ticket != 0) {
        parked_remove(syncer, connection);
    }
    (void)pthread_mutex_unlock(&syncer->mutex);
}

/* Let go all whose ticket is covered; `all` when the store has failed. With the mutex
 * held: a posted connection may be closed, and used again, only by its owner, which
 * unparks it first. */
static void parked_post(hfd_syncer *syncer, hf_ticket durable, bool all)
{
    hfd_connection *next = NULL;
    for (hfd_connection *c = syncer->parked_head; c != NULL; c = next) {
        next = c->parked_next;
        if (all || c->parked_ticket <= durable) {
            parked_remove(syncer, c);
            hfd_connection_post(c);
        }
    }
}

static void maintenance_run(hfd_syncer *syncer)
{
    hf_server *server = &syncer->daemon->server;
    bool more = false;
    int rc = hf_server_maintain(server, &more);
    if (rc != HF_OK && rc != HF_ERR_NOSPACE) {
        HF_LOG(&syncer->daemon->log, HF_LOG_ERROR, "daemon", "maintenance failed", 0, rc);
        more = false;
    }
    (void)pthread_mutex_lock(&syncer->mutex);
    syncer->has_worked = more;
    (void)pthread_mutex_unlock(&syncer->mutex);
}

enum turn { TURN_SYNC, TURN_MAINTAIN, TURN_STOP };

static enum turn turn_wait(hfd_syncer *syncer)
{
    enum turn turn = TURN_SYNC;
    (void)pthread_mutex_lock(&syncer->mutex);
    while (syncer->parked_head == NULL && !syncer->is_stopping && !syncer->has_worked) {
        (void)pthread_cond_wait(&syncer->wanted, &syncer->mutex);
    }
    if (syncer->parked_head == NULL) {
        turn = syncer->is_stopping ? TURN_STOP : TURN_MAINTAIN;
    }
    (void)pthread_mutex_unlock(&syncer->mutex);
    return turn;
}

static void sync_run(hfd_syncer *syncer)
{
    hf_ticket durable = 0;
    int rc = hf_server_sync(&syncer->daemon->server, &durable);
    if (rc != HF_OK) {
        HF_LOG(&syncer->daemon->log, HF_LOG_ERROR, "daemon",
               "sync failed: the store is read-only until the daemon is started again", 0,
               rc);
    }
    (void)pthread_mutex_lock(&syncer->mutex);
    parked_post(syncer, durable, hf_nvm_is_failed(&syncer->daemon->server.nvm));
    syncer->has_worked = true;
    (void)pthread_mutex_unlock(&syncer->mutex);
}

static void *syncer_run(void *argument)
{
    hfd_syncer *syncer = argument;
    for (;;) {
        switch (turn_wait(syncer)) {
        case TURN_SYNC:
            sync_run(syncer);
            break;
        case TURN_MAINTAIN:
            maintenance_run(syncer);
            break;
        case TURN_STOP:
            return NULL;
        }
    }
}

int hfd_syncer_start(hfd_syncer *syncer, hfd_daemon *daemon)
{
    *syncer = (hfd_syncer){ .daemon = daemon, .has_worked = true };
    (void)pthread_mutex_init(&syncer->mutex, NULL);
    (void)pthread_cond_init(&syncer->wanted, NULL);
    if (pthread_create(&syncer->thread, NULL, syncer_run, syncer) != 0) {
        return HF_ERR_SYSTEM;
    }
    syncer->is_running = true;
    return HF_OK;
}

void hfd_syncer_stop(hfd_syncer *syncer)
{
    if (!syncer->is_running) {
        return;
    }
    (void)pthread_mutex_lock(&syncer->mutex);
    syncer->is_stopping = true;
    (void)pthread_cond_signal(&syncer->wanted);
    (void)pthread_mutex_unlock(&syncer->mutex);
    (void)pthread_join(syncer->thread, NULL);
    syncer->is_running = false;
    (void)pthread_cond_destroy(&syncer->wanted);
    (void)pthread_mutex_destroy(&syncer->mutex);
}
