/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Identities: see identity.h. An owner's record is the object USER | owner | 1 with the
 * user's id as an 8-byte payload; USER objects are out of reach of every request.
 */
#include "identity.h"

#include <stdlib.h>
#include <unistd.h>

#define RECORD_NUMBER 1u
#define RECORD_LEN 8u

static int entry_add(hfd_identities *table, uint64_t uid, uint16_t owner)
{
    if (table->count == table->capacity) {
        uint32_t capacity = table->capacity == 0 ? 64 : table->capacity * 2;
        void *entries = realloc(table->entries, capacity * sizeof *table->entries);
        if (entries == NULL) {
            return HF_ERR_NOMEM;
        }
        table->entries = entries;
        table->capacity = capacity;
    }
    table->entries[table->count++] = (hfd_identity_entry){ .uid = uid, .owner = owner };
    return HF_OK;
}

static hfd_identity_entry *entry_find_owner(hfd_identities *table, uint16_t owner)
{
    for (uint32_t i = 0; i < table->count; i++) {
        if (table->entries[i].owner == owner) {
            return &table->entries[i];
        }
    }
    return NULL;
}

/* The next remembered owner behind `after`; a step of its own. */
static int record_next(hf_server *server, hf_id after, hf_id *id, uint64_t *uid)
{
    uint8_t payload[RECORD_LEN] = { 0 };
    hf_buffer out = hf_buffer_of(payload, sizeof payload);
    hf_metadata meta;
    int rc = hf_server_nvm_lock(server);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_next(&server->nvm, after,
                     hf_id_make(HF_KIND_USER, HF_OWNER_MAX, HF_NUMBER_MAX), &meta);
    if (rc == HF_OK) {
        rc = hf_nvm_read_unchecked(&server->nvm, meta.id, 0, &out);
    }
    rc = hf_server_nvm_unlock(server, rc, NULL);
    if (rc == HF_OK) {
        *id = meta.id;
        *uid = hf_get_u64(payload);
    }
    return rc;
}

static int records_read(hfd_identities *table)
{
    hf_id id = hf_id_make(HF_KIND_USER, 0, 0);
    for (;;) {
        uint64_t uid = 0;
        int rc = record_next(table->server, id, &id, &uid);
        if (rc == HF_ERR_NOTFOUND) {
            return HF_OK;
        }
        if (rc == HF_OK && hf_id_number(id) == RECORD_NUMBER) {
            rc = entry_add(table, uid, hf_id_owner(id));
        }
        if (rc != HF_OK) {
            return rc;
        }
    }
}

/* Write an owner's record and wait until it is durable. */
static int record_write(hf_server *server, uint64_t uid, uint16_t owner)
{
    uint8_t payload[RECORD_LEN];
    hf_put_u64(payload, uid);
    hf_metadata meta = { .id = hf_id_make(HF_KIND_USER, owner, RECORD_NUMBER),
                         .flags = HF_FLAG_NONDESTROYABLE };
    int rc;
    hf_ticket ticket = 0;
    do {
        rc = hf_server_nvm_lock(server);
        if (rc != HF_OK) {
            return rc;
        }
        rc =
            hf_nvm_put_checked(&server->nvm, &meta, hf_bytes_of(payload, sizeof payload));
        rc = hf_server_nvm_unlock(server, rc, &ticket);
        if (rc == HF_ERR_AGAIN) {
            int made_room = hf_server_make_room(server);
            if (made_room != HF_OK) {
                return made_room;
            }
        }
    } while (rc == HF_ERR_AGAIN);
    return rc == HF_OK ? hf_server_nvm_wait(server, ticket) : rc;
}

static int owner_record(hfd_identities *table, uint64_t uid, uint16_t owner)
{
    int rc = record_write(table->server, uid, owner);
    return rc == HF_OK ? entry_add(table, uid, owner) : rc;
}

/* Do the settings give this owner to that user? */
static bool is_configured(const hfd_settings *settings, uint64_t uid, uint16_t owner)
{
    for (uint32_t i = 0; i < settings->uid_count; i++) {
        if (settings->uids[i].uid == uid && settings->uids[i].owner == owner) {
            return true;
        }
    }
    return false;
}

/* A listener's owner. A user's objects are not given to whoever can reach a listener,
 * unless the settings name them together. */
static int listener_record(hfd_identities *table, uint16_t owner)
{
    const hfd_identity_entry *entry = entry_find_owner(table, owner);
    if (entry == NULL) {
        return owner_record(table, HFD_UID_NONE, owner);
    }
    bool is_allowed =
        entry->uid == HFD_UID_NONE || is_configured(table->settings, entry->uid, owner);
    return is_allowed ? HF_OK : HF_ERR_CONFIG;
}

static int settings_record(hfd_identities *table, uint16_t *owner)
{
    const hfd_settings *settings = table->settings;
    for (uint32_t i = 0; i < settings->uid_count; i++) {
        const hfd_uid *user = &settings->uids[i];
        const hfd_identity_entry *entry = entry_find_owner(table, user->owner);
        if (entry != NULL && entry->uid != user->uid && entry->uid != HFD_UID_NONE) {
            *owner = user->owner;
            return HF_ERR_CONFIG;
        }
        int rc = entry == NULL ? owner_record(table, user->uid, user->owner) : HF_OK;
        if (rc != HF_OK) {
            return rc;
        }
    }
    for (uint32_t i = 0; i < settings->listener_count; i++) {
        uint16_t own = settings->listeners[i].owner;
        int rc = own == HFD_OWNER_UNSET ? HF_OK : listener_record(table, own);
        if (rc != HF_OK) {
            *owner = own;
            return rc;
        }
    }
    return HF_OK;
}

int hfd_identities_open(hfd_identities *table, hf_server *server,
                        const hfd_settings *settings, uint16_t *owner)
{
    *table = (hfd_identities){ .server = server, .settings = settings };
    if (pthread_mutex_init(&table->mutex, NULL) != 0) {
        return HF_ERR_SYSTEM;
    }
    int rc = records_read(table);
    if (rc == HF_OK) {
        rc = settings_record(table, owner);
    }
    if (rc != HF_OK) {
        hfd_identities_close(table);
    }
    return rc;
}

void hfd_identities_close(hfd_identities *table)
{
    (void)pthread_mutex_destroy(&table->mutex);
    free(table->entries);
    table->entries = NULL;
    table->count = 0;
    table->capacity = 0;
}

/* One look at each entry: also with nearly all owners given, and asked again and again by
 * users that can have none any more, it keeps the mutex for a moment only. */
static int owner_assign(hfd_identities *table, uint64_t uid, uint16_t *owner)
{
    uint8_t taken[(HF_OWNER_MAX + 1u) / 8u] = { 0 };
    for (uint32_t i = 0; i < table->count; i++) {
        uint32_t number = table->entries[i].owner;
        taken[number / 8u] |= (uint8_t)(1u << number % 8u);
    }
    for (uint32_t candidate = 1; candidate <= HF_OWNER_MAX; candidate++) {
        if ((taken[candidate / 8u] & 1u << candidate % 8u) == 0) {
            *owner = (uint16_t)candidate;
            return owner_record(table, uid, *owner);
        }
    }
    return HF_ERR_LIMIT;
}

static int owner_of(hfd_identities *table, uid_t uid, uint16_t *owner)
{
    for (uint32_t i = 0; i < table->count; i++) {
        if (table->entries[i].uid == uid) {
            *owner = table->entries[i].owner;
            return HF_OK;
        }
    }
    return owner_assign(table, uid, owner);
}

int hfd_identities_find(hfd_identities *table, uid_t uid, hf_identity *identity)
{
    *identity =
        (hf_identity){ .permissions = HF_PERMISSION_IDENTITY | HF_PERMISSION_USE_GLOBAL };
    if (uid == 0 || uid == geteuid()) {
        identity->permissions |= HF_PERMISSION_ADMIN | HF_PERMISSION_WRITE_GLOBAL;
    }
    for (uint32_t i = 0; i < table->settings->uid_count; i++) {
        const hfd_uid *user = &table->settings->uids[i];
        if (user->uid == uid) {
            identity->owner = user->owner;
            identity->permissions |= user->admin ? HF_PERMISSION_ADMIN : 0u;
            identity->permissions |=
                user->admin || user->write_global ? HF_PERMISSION_WRITE_GLOBAL : 0u;
            return HF_OK;
        }
    }
    if (pthread_mutex_lock(&table->mutex) != 0) {
        return HF_ERR_ABORTED;
    }
    int rc = owner_of(table, uid, &identity->owner);
    (void)pthread_mutex_unlock(&table->mutex);
    return rc;
}

hf_identity hfd_identity_of_listener(const hfd_listen *listen)
{
    uint32_t permissions = HF_PERMISSION_IDENTITY | HF_PERMISSION_USE_GLOBAL;
    permissions |= listen->admin ? HF_PERMISSION_ADMIN : 0u;
    permissions |=
        listen->admin || listen->write_global ? HF_PERMISSION_WRITE_GLOBAL : 0u;
    return (hf_identity){ .owner = listen->owner, .permissions = permissions };
}
