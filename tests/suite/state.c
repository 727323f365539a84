/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * After a case: nothing is left over in the server, and what is stored survives a
 * restart.
 */
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "suite/suite.h"

#define IDLE_LOOKS_MAX 20000u

/* ---- nothing is left over ---- */

/* What is still there, or NULL. */
static const char *leftover_of(const hf_admin_status_response *status)
{
    if (status->session_count != 1) {
        return "sessions of clients that have gone";
    }
    if (status->lease_count != 0) {
        return "leases";
    }
    if (status->doomed_count != 0) {
        return "doomed slots";
    }
    if (status->slow_running_count != 0 || status->slow_queued_count != 0) {
        return "slow requests";
    }
    if (status->device_queued_count != 0 || status->slot_queued_count != 0) {
        return "queued requests";
    }
    return NULL;
}

void suite_check_idle(suite_env *env)
{
    suite_client admin;
    hf_client *client = suite_connect(env, &admin, SUITE_ADMIN);
    const char *leftover = "";
    /* The server learns of a client's end a little later than the client. */
    for (uint32_t i = 0; i < IDLE_LOOKS_MAX && leftover != NULL; i++) {
        hf_admin_status_response status;
        SUITE_EXPECT(
            env, HF_OK,
            hf_client_admin_status(client, &(hf_admin_status_request){ 0 }, &status));
        SUITE_TRUE(env, !status.is_failed);
        leftover = leftover_of(&status);
    }
    suite_client_close(&admin);
    if (leftover != NULL) {
        suite_fail(env, __FILE__, __LINE__, leftover);
        fail();
    }
}

/* ---- what is stored ---- */

typedef struct snapshot {
    uint8_t *data; /* entries and payloads, one after the other */
    size_t len, size;
} snapshot;

static void snapshot_add(suite_env *env, snapshot *s, const void *data, size_t len)
{
    if (s->size - s->len < len) {
        s->size = 2 * (s->len + len);
        s->data = realloc(s->data, s->size);
        SUITE_TRUE(env, s->data != NULL);
    }
    if (len != 0) {
        memcpy(s->data + s->len, data, len);
    }
    s->len += len;
}

static void object_add(suite_env *env, hf_client *client, snapshot *s, hf_handle at)
{
    hf_nvm_info_response info;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_nvm_info(client, &(hf_nvm_info_request){ .handle = at }, &info));
    snapshot_add(env, s, &info.len, sizeof info.len);
    snapshot_add(env, s, &info.generation, sizeof info.generation);
    snapshot_add(env, s, &info.flags, sizeof info.flags);
    snapshot_add(env, s, info.label.text, HF_LABEL_SIZE);
    hf_nvm_read_response read;
    int rc = hf_client_nvm_read(
        client, &(hf_nvm_read_request){ .handle = at, .len = UINT32_MAX }, &read);
    snapshot_add(env, s, &rc, sizeof rc); /* a secret object cannot be read */
    if (rc == HF_OK) {
        snapshot_add(env, s, read.data.data, read.data.len);
    }
}

/* Only what is stored: a key that is not leaves the cache here, and uncovers what was
 * stored before under its id. */
static void key_add(suite_env *env, hf_client *client, snapshot *s, hf_handle at)
{
    hf_key_info_response info;
    hf_key_evict_response none;
    hf_ignore(
        hf_client_key_evict(client, &(hf_key_evict_request){ .handle = at },
                            &none)); /* a client that only uses global keys cannot */
    int rc = hf_client_key_info(client, &(hf_key_info_request){ .handle = at }, &info);
    if (rc == HF_ERR_NOTFOUND || (rc == HF_OK && !info.is_stored)) {
        return;
    }
    SUITE_EXPECT(env, HF_OK, rc);
    snapshot_add(env, s, &at, sizeof at);
    snapshot_add(env, s, &info.type, sizeof info.type);
    snapshot_add(env, s, &info.flags, sizeof info.flags);
    snapshot_add(env, s, &info.generation, sizeof info.generation);
    snapshot_add(env, s, info.label.text, HF_LABEL_SIZE);
    hf_key_export_response key;
    rc = hf_client_key_export(client, &(hf_key_export_request){ .handle = at }, &key);
    snapshot_add(env, s, &rc, sizeof rc);
    if (rc == HF_OK) {
        snapshot_add(env, s, key.material.data, key.material.len);
    }
}

static void counter_add(suite_env *env, hf_client *client, snapshot *s, hf_handle at)
{
    hf_counter_read_response counter;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_counter_read(
                     client, &(hf_counter_read_request){ .handle = at }, &counter));
    snapshot_add(env, s, &at, sizeof at);
    snapshot_add(env, s, &counter.value, sizeof counter.value);
    snapshot_add(env, s, counter.label.text, HF_LABEL_SIZE);
}

/* A kind of things that can be listed. */
typedef struct listing {
    int (*page)(hf_client *client, const hf_nvm_list_request *request,
                hf_nvm_list_response *response);
    void (*add)(suite_env *env, hf_client *client, snapshot *s, hf_handle at);
} listing;

static int keys_page(hf_client *client, const hf_nvm_list_request *request,
                     hf_nvm_list_response *response)
{
    hf_key_list_response page;
    int rc = hf_client_key_list(
        client, &(hf_key_list_request){ .cursor = request->cursor }, &page);
    *response = (hf_nvm_list_response){ .cursor = page.cursor, .entries = page.entries };
    return rc;
}

static int counters_page(hf_client *client, const hf_nvm_list_request *request,
                         hf_nvm_list_response *response)
{
    hf_counter_list_response page;
    int rc = hf_client_counter_list(
        client, &(hf_counter_list_request){ .cursor = request->cursor }, &page);
    *response = (hf_nvm_list_response){ .cursor = page.cursor, .entries = page.entries };
    return rc;
}

static void listing_add(suite_env *env, hf_client *client, const listing *kind,
                        snapshot *s)
{
    static uint8_t entries[SUITE_BODY_SIZE]; /* the next call overwrites the page */
    uint32_t cursor = 0;
    do {
        hf_nvm_list_response page;
        SUITE_EXPECT(
            env, HF_OK,
            kind->page(client, &(hf_nvm_list_request){ .cursor = cursor }, &page));
        SUITE_TRUE(env, page.entries.len <= sizeof entries);
        if (page.entries.len != 0) {
            memcpy(entries, page.entries.data, page.entries.len);
        }
        cursor = page.cursor;
        hf_reader reader = hf_reader_of(hf_bytes_of(entries, page.entries.len));
        while (reader.offset < reader.len) {
            hf_object_entry entry;
            SUITE_EXPECT(env, HF_OK, hf_object_entry_decode(&reader, &entry));
            kind->add(env, client, s, entry.handle);
        }
    } while (cursor != 0);
}

static snapshot snapshot_take(suite_env *env)
{
    static const listing kinds[] = {
        { hf_client_nvm_list, object_add },
        { keys_page, key_add },
        { counters_page, counter_add },
    };
    snapshot s = { 0 };
    for (unsigned who = 0; who < SUITE_IDENTITY_COUNT; who++) {
        suite_client one;
        hf_client *client = suite_connect(env, &one, who);
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
            listing_add(env, client, &kinds[i], &s);
        }
        suite_client_close(&one);
    }
    return s;
}

void suite_check_restart(suite_env *env)
{
    if (env->ops->restart == NULL) {
        return;
    }
    snapshot before = snapshot_take(env);
    suite_check_idle(env);
    SUITE_EXPECT(env, HF_OK, env->ops->restart(env->context));
    snapshot after = snapshot_take(env);
    bool is_same = before.len == after.len &&
                   (before.len == 0 || memcmp(before.data, after.data, before.len) == 0);
    free(before.data);
    free(after.data);
    SUITE_TRUE(env, is_same);
}
