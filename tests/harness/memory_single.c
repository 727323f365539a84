/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Everything in one thread: clients and sessions are connected by rings in memory, and a
 * client that waits runs the server. Works without thread safety.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/hub.h"
#include "holdfast/ring.h"

#define RING_BYTES 32768u
#define LINKS_MAX 96u
#define PUMP_ROUNDS_MAX 100000u

typedef struct single single;

/* A connection: both ends. */
typedef struct link {
    single *owner;
    hf_session session;
    hf_ring_end server_end, client_end;
    uint8_t *memory;
    bool is_client_open, is_server_open;
} link;

struct single {
    hub h;
    link links[LINKS_MAX];
    bool is_locked; /* the store lock: one thread, so it is a flag */
    bool is_sync_locked;
    hf_lock_config nvm_lock, sync_lock;
};

/* ---- locks that only check ---- */

static int flag_init(void *context, const void *config)
{
    (void)config;
    *(bool *)context = false;
    return HF_OK;
}

static int flag_cleanup(void *context)
{
    return *(bool *)context ? HF_ERR_LOCKED : HF_OK;
}

static int flag_acquire(void *context)
{
    bool *flag = context;
    if (*flag) {
        return HF_ERR_ABORTED; /* it would wait for itself */
    }
    *flag = true;
    return HF_OK;
}

static int flag_release(void *context)
{
    bool *flag = context;
    if (!*flag) {
        return HF_ERR_LOCKED;
    }
    *flag = false;
    return HF_OK;
}

static bool flag_is_held(void *context)
{
    return *(bool *)context;
}

static const hf_lock_ops flag_ops = { .init = flag_init,
                                      .cleanup = flag_cleanup,
                                      .acquire = flag_acquire,
                                      .release = flag_release,
                                      .is_held = flag_is_held };

/* ---- running the server ---- */

/* Serve each session once; sync when one waits for the medium. */
static void pump(single *s)
{
    bool must_sync = false;
    for (size_t i = 0; i < LINKS_MAX; i++) {
        link *l = &s->links[i];
        if (!l->is_server_open) {
            continue;
        }
        hf_session_wait wait;
        int rc = hf_session_serve(&l->session, &wait);
        if (rc == HF_PENDING || rc == HF_OK) {
            must_sync = must_sync || wait.ticket != 0;
        } else if (hf_session_close(&l->session) == HF_OK) {
            l->is_server_open = false;
        }
    }
    if (must_sync) {
        hf_ignore(hf_server_sync(&s->h.server, NULL)); /* a failure is in the answers */
    }
}

static int client_wait(void *context, unsigned what, uint32_t timeout_ms)
{
    link *l = context;
    for (uint32_t i = 0; i < PUMP_ROUNDS_MAX; i++) {
        if (((what & HF_TRANSPORT_INPUT) != 0 && hf_ring_has_input(&l->client_end)) ||
            ((what & HF_TRANSPORT_OUTPUT) != 0 && hf_ring_has_room(&l->client_end))) {
            return HF_OK;
        }
        if (timeout_ms == 0) {
            return HF_ERR_TIMEOUT;
        }
        pump(l->owner);
    }
    return HF_ERR_TIMEOUT; /* nobody else could make it come */
}

/* ---- the client's transport: the ring's, and its close is noticed ---- */

static int link_send(void *context, const uint8_t *data, size_t len, size_t *sent)
{
    const hf_transport *t = &((link *)context)->client_end.transport;
    return t->ops->send(t->context, data, len, sent);
}

static int link_recv(void *context, uint8_t *data, size_t size, size_t *received)
{
    const hf_transport *t = &((link *)context)->client_end.transport;
    return t->ops->recv(t->context, data, size, received);
}

static void link_close(void *context)
{
    link *l = context;
    const hf_transport *t = &l->client_end.transport;
    t->ops->close(t->context);
    l->is_client_open = false;
}

static const hf_transport_ops link_ops = {
    .send = link_send, .recv = link_recv, .wait = client_wait, .close = link_close
};

static link *link_find(single *s)
{
    for (size_t i = 0; i < LINKS_MAX; i++) {
        if (!s->links[i].is_client_open && !s->links[i].is_server_open) {
            return &s->links[i];
        }
    }
    return NULL;
}

static int single_open(void *context, unsigned who, hf_transport *transport)
{
    single *s = context;
    link *l = link_find(s);
    if (l == NULL) {
        pump(s); /* clients have gone, and the server does not know yet */
        l = link_find(s);
    }
    if (l == NULL) {
        return HF_ERR_LIMIT;
    }
    l->owner = s;
    if (l->memory == NULL) {
        l->memory = aligned_alloc(64, HF_RING_SIZE(RING_BYTES));
    }
    size_t size = HF_RING_SIZE(RING_BYTES);
    int rc = hf_ring_init(l->memory, size);
    if (rc == HF_OK) {
        rc = hf_ring_attach(&l->server_end, l->memory, size,
                            &(hf_ring_config){ .is_server = true });
    }
    if (rc == HF_OK) {
        rc = hf_ring_attach(&l->client_end, l->memory, size,
                            &(hf_ring_config){ .is_server = false });
    }
    if (rc == HF_OK) {
        rc = hf_session_open(&l->session, &s->h.server,
                             &(hf_session_config){ .transport = l->server_end.transport,
                                                   .identity = hub_identity(who),
                                                   .context = l });
    }
    if (rc == HF_OK) {
        l->is_client_open = true;
        l->is_server_open = true;
        *transport = (hf_transport){ .ops = &link_ops, .context = l };
    }
    return rc;
}

/* ---- the harness ---- */

static void single_run(void *context, suite_actor **actors, size_t count)
{
    (void)context;
    suite_random random = { .state = actors[0]->env->seed };
    suite_actor **running = calloc(count, sizeof *running);
    size_t left = running == NULL ? 0 : count;
    for (size_t i = 0; i < left; i++) {
        running[i] = actors[i];
    }
    while (left > 0) {
        size_t next = suite_random_below(&random, (uint32_t)left);
        if (!suite_actor_step(running[next])) {
            running[next] = running[--left];
        }
    }
    free(running);
}

/* The server's sessions end when they notice that their clients have gone. */
static void links_drain(single *s)
{
    for (size_t i = 0; i < LINKS_MAX; i++) {
        if (s->links[i].is_client_open) {
            link_close(&s->links[i]);
        }
    }
    pump(s);
    pump(s);
}

static int single_restart(void *context)
{
    single *s = context;
    links_drain(s);
    return hub_restart(&s->h);
}

static const suite_env_ops single_ops = { .open = single_open,
                                          .run = single_run,
                                          .restart = single_restart };

static int single_start(suite_env *env)
{
    single *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return HF_ERR_NOMEM;
    }
    env->ops = &single_ops;
    env->context = s;
    hub_describe(env);
    s->nvm_lock = (hf_lock_config){ .ops = &flag_ops, .context = &s->is_locked };
    s->sync_lock = (hf_lock_config){ .ops = &flag_ops, .context = &s->is_sync_locked };
    return hub_open(&s->h, &(hub_config){ .has_tiny_cache = env->has_tiny_cache,
                                          .nvm_lock = &s->nvm_lock,
                                          .sync_lock = &s->sync_lock });
}

static int single_stop(suite_env *env)
{
    single *s = env->context;
    links_drain(s);
    int rc = hub_close(&s->h);
    for (size_t i = 0; i < LINKS_MAX; i++) {
        free(s->links[i].memory);
    }
    free(s);
    return rc;
}

const harness harness_memory_single = { .name = "memory, one thread",
                                        .start = single_start,
                                        .stop = single_stop };
