/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Trust in keys: see trust.h. A step for each key, the way of code inside the server.
 */
#include "trust.h"

#include <stdio.h>

static hf_id id_of(const hfd_trust *trust)
{
    return hf_id_make(HF_KIND_KEY, trust->owner, trust->number);
}

/* One try. */
static int step(hf_server *server, hf_id id, hf_ticket *ticket)
{
    hf_drops drops = { .count = 0 };
    int rc = HF_SERVER_NVM_LOCK(server);
    if (rc != HF_OK) {
        return rc;
    }
    hf_keystore_begin(&server->keystore, &drops);
    rc = hf_keystore_trust(&server->keystore, id);
    rc = HF_SERVER_NVM_UNLOCK(server, rc, ticket);
    for (uint32_t i = 0; i < drops.count; i++) {
        hf_crypto_parsed_destroy(&server->crypto, drops.items[i].device,
                                 drops.items[i].parsed);
    }
    return rc;
}

static int give(hf_server *server, hf_id id)
{
    hf_ticket ticket = 0;
    int rc = step(server, id, &ticket);
    while (rc == HF_ERR_AGAIN) {
        rc = hf_server_make_room(server);
        if (rc == HF_OK) {
            rc = step(server, id, &ticket);
        }
    }
    return rc == HF_OK ? hf_server_nvm_wait(server, ticket) : rc;
}

static const char *advice(int rc)
{
    if (rc == HF_ERR_USAGE) {
        return "its usage must be wrap or unwrap, and nothing else";
    }
    if (rc == HF_ERR_NOTFOUND) {
        return "there is no such key; make it first";
    }
    return "it must be NONEXPORTABLE, NONMODIFIABLE and NONDESTROYABLE, and not revoked";
}

/* The operator's mistake, and not the store's. */
static bool is_mistake(int rc)
{
    return rc == HF_ERR_NOTFOUND || rc == HF_ERR_USAGE || rc == HF_ERR_ACCESS;
}

static void complain(const hfd_trust *trust, int rc)
{
    char owner[8] = "global";
    if (trust->owner != HF_OWNER_GLOBAL) {
        (void)snprintf(owner, sizeof owner, "%u", trust->owner);
    }
    if (is_mistake(rc)) {
        fprintf(stderr, "holdfastd: trust \"%s:%u\": this key cannot be trusted: %s.\n",
                owner, trust->number, advice(rc));
        return;
    }
    fprintf(stderr, "holdfastd: trust \"%s:%u\": %s\n", owner, trust->number,
            hf_status_text(rc));
}

int hfd_trust_give(hf_server *server, const hfd_settings *settings)
{
    for (uint32_t i = 0; i < settings->trust_count; i++) {
        const hfd_trust *trust = &settings->trusts[i];
        int rc = give(server, id_of(trust));
        if (rc != HF_OK) {
            complain(trust, rc);
            return is_mistake(rc) ? HF_ERR_CONFIG : rc;
        }
    }
    return HF_OK;
}
