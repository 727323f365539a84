/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The words of `listen`, `uid` and `trust`: see settings.h. Kept apart from settings.c
 * because the same words come from the file and from the command line.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "holdfast/id.h"
#include "settings.h"

#define WORDS_MAX 8

typedef struct word_list {
    char text[512];
    char *word[WORDS_MAX];
    unsigned count;
} word_list;

static int words_split(word_list *out, const char *text, const char **why)
{
    *out = (word_list){ .count = 0 };
    if (strlen(text) >= sizeof out->text) {
        *why = "too long";
        return HF_ERR_CONFIG;
    }
    memcpy(out->text, text, strlen(text) + 1);
    char *rest = NULL;
    for (char *word = strtok_r(out->text, " \t", &rest); word != NULL;
         word = strtok_r(NULL, " \t", &rest)) {
        if (out->count == WORDS_MAX) {
            *why = "too many words";
            return HF_ERR_CONFIG;
        }
        out->word[out->count++] = word;
    }
    return HF_OK;
}

static bool number_read(const char *text, int base, unsigned long max,
                        unsigned long *value)
{
    char *end = NULL;
    errno = 0;
    if (*text < '0' || *text > '9') {
        return false;
    }
    *value = strtoul(text, &end, base);
    return errno == 0 && *end == '\0' && *value <= max;
}

/* The value of "name=value", or NULL when the word has another name. */
static const char *value_of(const char *word, const char *name)
{
    size_t len = strlen(name);
    return strncmp(word, name, len) == 0 && word[len] == '=' ? word + len + 1 : NULL;
}

typedef struct identity_words {
    uint16_t owner;
    bool admin;
    bool write_global;
} identity_words;

/* HF_OK when the word was one of an identity's; HF_ERR_NOTFOUND when it is another. */
static int identity_word(identity_words *identity, const char *word, const char **why)
{
    const char *value = value_of(word, "owner");
    if (value != NULL) {
        unsigned long owner = 0;
        if (!number_read(value, 10, 0xFFFF, &owner) || owner == HFD_OWNER_UNSET) {
            *why = "owner must be 1 .. 65535";
            return HF_ERR_CONFIG;
        }
        identity->owner = (uint16_t)owner;
        return HF_OK;
    }
    if (strcmp(word, "admin") == 0) {
        identity->admin = true;
        return HF_OK;
    }
    if (strcmp(word, "write-global") == 0) {
        identity->write_global = true;
        return HF_OK;
    }
    return HF_ERR_NOTFOUND;
}

static int address_split(hfd_listen *listen, char *address, const char **why)
{
    if (!listen->is_tcp) {
        if (strlen(address) >= sizeof listen->address) {
            *why = "a socket's path has at most 107 bytes";
            return HF_ERR_CONFIG;
        }
        memcpy(listen->address, address, strlen(address) + 1);
        return HF_OK;
    }
    char *colon = strrchr(address, ':');
    unsigned long port = 0;
    if (colon == NULL || !number_read(colon + 1, 10, 65535, &port)) {
        *why = "write tcp ADDRESS:PORT, as in tcp 127.0.0.1:7700";
        return HF_ERR_CONFIG;
    }
    size_t len = (size_t)(colon - address);
    if (len >= 2 && address[0] == '[' && address[len - 1] == ']') {
        address++; /* [::1]:7700 */
        len -= 2;
    }
    if (len == 0 || len >= sizeof listen->address ||
        strlen(colon + 1) >= sizeof listen->port) {
        *why = "the address is empty or too long";
        return HF_ERR_CONFIG;
    }
    memcpy(listen->address, address, len);
    listen->address[len] = '\0';
    memcpy(listen->port, colon + 1, strlen(colon + 1) + 1);
    return HF_OK;
}

static int listen_options(hfd_listen *listen, const word_list *w, const char **why)
{
    identity_words identity = { 0 };
    for (unsigned i = 2; i < w->count; i++) {
        int rc = identity_word(&identity, w->word[i], why);
        const char *mode = value_of(w->word[i], "mode");
        unsigned long value = 0;
        if (rc == HF_ERR_NOTFOUND && mode != NULL && !listen->is_tcp &&
            number_read(mode, 8, 0777, &value)) {
            listen->mode = (uint32_t)value;
            rc = HF_OK;
        }
        if (rc == HF_ERR_NOTFOUND) {
            *why = "only mode=0.., owner=.., admin and write-global may follow";
            rc = HF_ERR_CONFIG;
        }
        if (rc != HF_OK) {
            return rc;
        }
    }
    listen->owner = identity.owner;
    listen->admin = identity.admin;
    listen->write_global = identity.write_global;
    if (listen->owner == HFD_OWNER_UNSET && listen->is_tcp) {
        *why = "a TCP listener needs owner=N: nothing else says who its clients are";
        return HF_ERR_CONFIG;
    }
    if (listen->owner == HFD_OWNER_UNSET && (listen->admin || listen->write_global)) {
        *why = "admin and write-global need owner=N here; for a user, use uid";
        return HF_ERR_CONFIG;
    }
    return HF_OK;
}

int hfd_settings_add_listen(hfd_settings *settings, const char *words, const char **why)
{
    word_list w;
    int rc = words_split(&w, words, why);
    if (rc != HF_OK) {
        return rc;
    }
    hfd_listen listen = { .mode = 0660 };
    if (w.count < 2 ||
        (strcmp(w.word[0], "unix") != 0 && strcmp(w.word[0], "tcp") != 0)) {
        *why = "begin with unix PATH or tcp ADDRESS:PORT";
        return HF_ERR_CONFIG;
    }
    if (settings->listener_count == HFD_LISTENERS_MAX) {
        *why = "too many listeners";
        return HF_ERR_CONFIG;
    }
    listen.is_tcp = strcmp(w.word[0], "tcp") == 0;
    rc = address_split(&listen, w.word[1], why);
    if (rc == HF_OK) {
        rc = listen_options(&listen, &w, why);
    }
    if (rc == HF_OK) {
        settings->listeners[settings->listener_count++] = listen;
    }
    return rc;
}

int hfd_settings_add_uid(hfd_settings *settings, const char *words, const char **why)
{
    word_list w;
    int rc = words_split(&w, words, why);
    if (rc != HF_OK) {
        return rc;
    }
    unsigned long uid = 0;
    identity_words identity = { 0 };
    if (w.count < 2 || !number_read(w.word[0], 10, 0xFFFFFFFEul, &uid)) {
        *why = "write U owner=N with the numeric user id U";
        return HF_ERR_CONFIG;
    }
    for (unsigned i = 1; i < w.count; i++) {
        rc = identity_word(&identity, w.word[i], why);
        if (rc != HF_OK) {
            *why = rc == HF_ERR_NOTFOUND
                       ? "only owner=N, admin and write-global may follow"
                       : *why;
            return HF_ERR_CONFIG;
        }
    }
    if (identity.owner == HFD_OWNER_UNSET) {
        *why = "owner=N is missing";
        return HF_ERR_CONFIG;
    }
    for (uint32_t i = 0; i < settings->uid_count; i++) {
        if (settings->uids[i].uid == (uid_t)uid) {
            *why = "this user id stands there twice";
            return HF_ERR_CONFIG;
        }
    }
    if (settings->uid_count == HFD_UIDS_MAX) {
        *why = "too many user ids";
        return HF_ERR_CONFIG;
    }
    settings->uids[settings->uid_count++] =
        (hfd_uid){ .uid = (uid_t)uid,
                   .owner = identity.owner,
                   .admin = identity.admin,
                   .write_global = identity.write_global };
    return HF_OK;
}

int hfd_settings_add_trust(hfd_settings *settings, const char *words, const char **why)
{
    word_list w;
    int rc = words_split(&w, words, why);
    if (rc != HF_OK) {
        return rc;
    }
    *why = "write OWNER:NUMBER or global:NUMBER, as in 10:3";
    char *colon = w.count == 1 ? strchr(w.word[0], ':') : NULL;
    if (colon == NULL) {
        return HF_ERR_CONFIG;
    }
    *colon = '\0';
    unsigned long owner = HF_OWNER_GLOBAL;
    unsigned long number = 0;
    bool is_owner = strcmp(w.word[0], "global") == 0 ||
                    (number_read(w.word[0], 10, HF_OWNER_MAX, &owner) && owner != 0);
    if (!is_owner || !number_read(colon + 1, 10, HF_NUMBER_MAX, &number) || number == 0) {
        return HF_ERR_CONFIG;
    }
    if (settings->trust_count == HFD_TRUSTS_MAX) {
        *why = "too many trusted keys";
        return HF_ERR_CONFIG;
    }
    settings->trusts[settings->trust_count++] =
        (hfd_trust){ .owner = (uint16_t)owner, .number = (uint32_t)number };
    return HF_OK;
}
