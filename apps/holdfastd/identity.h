/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Identities: which owner a unix user is. Configured users have the owner that the
 * settings say; any other user gets the next free owner when it first connects. Each
 * owner is written to the store (a USER object with the user's id) before it is used for
 * the first time, and is never given to anybody else.
 *
 * Locks: the table's own mutex, outside of the store lock (the auth class of tsa.h).
 */
#ifndef HFD_IDENTITY_H
#define HFD_IDENTITY_H

#include <pthread.h>

#include "holdfast/server.h"
#include "settings.h"

typedef struct hfd_identity_entry {
    uint64_t uid; /* HFD_UID_NONE: the owner belongs to a listener */
    uint16_t owner;
} hfd_identity_entry;

#define HFD_UID_NONE UINT64_MAX

typedef struct hfd_identities {
    pthread_mutex_t mutex; /* guards the entries */
    hf_server *server;
    const hfd_settings *settings;
    hfd_identity_entry *entries; /* on the heap */
    uint32_t count, capacity;
} hfd_identities;

/* Read what the store remembers, and record the owners of the settings. HF_OK;
 * HF_ERR_CONFIG (the settings give a remembered owner to another user, or to a listener
 * although they do not name its user: *owner tells which); HF_ERR_NOMEM; the store's
 * errors. Single-threaded. */
int hfd_identities_open(hfd_identities *table, hf_server *server,
                        const hfd_settings *settings, uint16_t *owner) HF_MUST_CHECK;
void hfd_identities_close(hfd_identities *table);

/* Identity of a unix user; a new one is durable when this returns. HF_OK, HF_ERR_LIMIT
 * (no owner is left), HF_ERR_NOMEM, the store's errors. Any thread. May wait for the
 * disk. */
int hfd_identities_find(hfd_identities *table, uid_t uid, hf_identity *identity)
    HF_MUST_CHECK;

/* Identity of every client of a listener with owner=N. */
hf_identity hfd_identity_of_listener(const hfd_listen *listen);

#endif
