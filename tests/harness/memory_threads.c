/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Clients and sessions in threads of one process, connected by rings in memory: a thread
 * per client and a thread per session. Whoever waits for the medium makes it durable for
 * all others (hf_server_nvm_wait).
 *
 * A connection has one mutex and one condition variable, on which both of its ends sleep.
 * Its memory stays until the harness stops, because a session may be woken until its last
 * moment.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/crowd_threads.h"
#include "harness/harness.h"
#include "harness/hub.h"
#include "holdfast/posix_lock.h"
#include "holdfast/ring.h"

#define RING_BYTES 32768u

typedef struct world world;

/* A connection: both ends. */
typedef struct link {
    struct link *next; /* of all that ever were */
    world *owner;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    pthread_t thread;
    hf_session session;
    hf_ring_end server_end, client_end;
    uint8_t *memory;
    bool is_woken;       /* under mutex: what the session was queued for has come */
    bool is_client_open; /* under the world's mutex */
    bool is_ended;       /* the same: its thread can be joined */
    bool is_joined;      /* of the thread that opens and stops */
} link;

struct world {
    hub h;
    pthread_mutex_t mutex;
    link *links; /* under mutex */
    hf_posix_mutex nvm_mutex, sync_mutex, device_mutex;
    hf_lock_config nvm_lock, sync_lock, device_lock;
};

static void lock(pthread_mutex_t *mutex)
{
    crowd_check(pthread_mutex_lock(mutex), "pthread_mutex_lock");
}

static void unlock(pthread_mutex_t *mutex)
{
    crowd_check(pthread_mutex_unlock(mutex), "pthread_mutex_unlock");
}

/* ---- sleeping and waking ---- */

static void link_notify(void *context)
{
    link *l = context;
    lock(&l->mutex);
    crowd_check(pthread_cond_broadcast(&l->changed), "pthread_cond_broadcast");
    unlock(&l->mutex);
}

static void session_wake(void *context, hf_session *session)
{
    (void)context;
    link *l = hf_session_context(session);
    lock(&l->mutex);
    l->is_woken = true;
    crowd_check(pthread_cond_broadcast(&l->changed), "pthread_cond_broadcast");
    unlock(&l->mutex);
}

static struct timespec time_in(uint32_t ms)
{
    struct timespec at;
    crowd_check(clock_gettime(CLOCK_MONOTONIC, &at), "clock_gettime");
    at.tv_sec += (time_t)(ms / 1000u);
    at.tv_nsec += (long)(ms % 1000u) * 1000000L;
    if (at.tv_nsec >= 1000000000L) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000L;
    }
    return at;
}

static bool is_possible(const hf_ring_end *end, unsigned what)
{
    return ((what & HF_TRANSPORT_INPUT) != 0 && hf_ring_has_input(end)) ||
           ((what & HF_TRANSPORT_OUTPUT) != 0 && hf_ring_has_room(end));
}

/* The client's wait. */
static int client_wait(void *context, unsigned what, uint32_t timeout_ms)
{
    link *l = context;
    struct timespec until = time_in(timeout_ms);
    int error = 0;
    lock(&l->mutex);
    while (error == 0 && !is_possible(&l->client_end, what)) {
        error = timeout_ms == UINT32_MAX
                    ? pthread_cond_wait(&l->changed, &l->mutex)
                    : pthread_cond_timedwait(&l->changed, &l->mutex, &until);
    }
    unlock(&l->mutex);
    return error == 0 ? HF_OK : HF_ERR_TIMEOUT;
}

/* The session sleeps until what it waits for may have come. */
static void session_sleep(link *l, const hf_session_wait *wait)
{
    unsigned what = (wait->wants_input ? HF_TRANSPORT_INPUT : 0u) |
                    (wait->wants_output ? HF_TRANSPORT_OUTPUT : 0u);
    lock(&l->mutex);
    while (!l->is_woken && !is_possible(&l->server_end, what)) {
        crowd_check(pthread_cond_wait(&l->changed, &l->mutex), "pthread_cond_wait");
    }
    l->is_woken = false;
    unlock(&l->mutex);
}

/* ---- a session's thread ---- */

static void *session_main(void *context)
{
    link *l = context;
    hf_server *server = &l->owner->h.server;
    for (;;) {
        hf_session_wait wait;
        int rc = hf_session_serve(&l->session, &wait);
        if (rc != HF_OK && rc != HF_PENDING) {
            break;
        }
        if (wait.ticket != 0) {
            hf_ignore(hf_server_nvm_wait(server, wait.ticket)); /* it is in the answer */
        } else if (!wait.wants_turn) {
            session_sleep(l, &wait);
        }
    }
    while (hf_session_close(&l->session) == HF_ERR_ABORTED) {
    }
    lock(&l->owner->mutex);
    l->is_ended = true;
    unlock(&l->owner->mutex);
    return NULL;
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
    lock(&l->owner->mutex);
    l->is_client_open = false;
    unlock(&l->owner->mutex);
    t->ops->close(t->context);
}

static const hf_transport_ops link_ops = {
    .send = link_send, .recv = link_recv, .wait = client_wait, .close = link_close
};

/* ---- opening ---- */

static int rings_make(link *l)
{
    size_t size = HF_RING_SIZE(RING_BYTES);
    l->memory = aligned_alloc(64, size);
    if (l->memory == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = hf_ring_init(l->memory, size);
    if (rc == HF_OK) {
        rc = hf_ring_attach(
            &l->server_end, l->memory, size,
            &(hf_ring_config){ .is_server = true, .notify = link_notify, .context = l });
    }
    if (rc == HF_OK) {
        rc = hf_ring_attach(
            &l->client_end, l->memory, size,
            &(hf_ring_config){ .is_server = false, .notify = link_notify, .context = l });
    }
    return rc;
}

static link *link_make(world *w)
{
    pthread_condattr_t attributes;
    link *l = calloc(1, sizeof *l);
    crowd_check(l == NULL, "calloc");
    l->owner = w;
    crowd_check(pthread_condattr_init(&attributes), "pthread_condattr_init");
    crowd_check(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC),
                "pthread_condattr_setclock");
    crowd_check(pthread_cond_init(&l->changed, &attributes), "pthread_cond_init");
    crowd_check(pthread_condattr_destroy(&attributes), "pthread_condattr_destroy");
    crowd_check(pthread_mutex_init(&l->mutex, NULL), "pthread_mutex_init");
    return l;
}

/* Join what has ended, so that storms do not pile up threads. Under the world's mutex. */
static void links_join_ended(world *w)
{
    for (link *l = w->links; l != NULL; l = l->next) {
        if (l->is_ended && !l->is_joined) {
            crowd_check(pthread_join(l->thread, NULL), "pthread_join");
            l->is_joined = true;
        }
    }
}

static int world_open(void *context, unsigned who, hf_transport *transport)
{
    world *w = context;
    link *l = link_make(w);
    int rc = rings_make(l);
    if (rc == HF_OK) {
        rc = hf_session_open(&l->session, &w->h.server,
                             &(hf_session_config){ .transport = l->server_end.transport,
                                                   .identity = hub_identity(who),
                                                   .context = l });
    }
    lock(&w->mutex);
    links_join_ended(w);
    l->next = w->links;
    w->links = l;
    l->is_client_open = rc == HF_OK;
    l->is_joined = rc != HF_OK;
    if (rc == HF_OK) {
        crowd_check(pthread_create(&l->thread, NULL, session_main, l), "pthread_create");
        *transport = (hf_transport){ .ops = &link_ops, .context = l };
    }
    unlock(&w->mutex);
    return rc;
}

/* ---- the harness ---- */

/* End every connection and wait for every session. */
static void links_end(world *w)
{
    for (link *l = w->links; l != NULL; l = l->next) {
        if (l->is_client_open) {
            link_close(l);
        }
        if (!l->is_joined) {
            crowd_check(pthread_join(l->thread, NULL), "pthread_join");
            l->is_joined = true;
        }
    }
}

static int world_restart(void *context)
{
    world *w = context;
    links_end(w);
    return hub_restart(&w->h);
}

static const suite_env_ops world_ops = { .open = world_open,
                                         .run = crowd_run,
                                         .restart = world_restart };

static int world_start(suite_env *env, bool has_accelerator)
{
    world *w = calloc(1, sizeof *w);
    crowd_check(w == NULL, "calloc");
    crowd_check(pthread_mutex_init(&w->mutex, NULL), "pthread_mutex_init");
    w->nvm_lock =
        (hf_lock_config){ .ops = &hf_posix_mutex_ops, .context = &w->nvm_mutex };
    w->sync_lock =
        (hf_lock_config){ .ops = &hf_posix_mutex_ops, .context = &w->sync_mutex };
    w->device_lock =
        (hf_lock_config){ .ops = &hf_posix_mutex_ops, .context = &w->device_mutex };
    env->ops = &world_ops;
    env->context = w;
    env->has_threads = true;
    env->has_hardware = has_accelerator;
    hub_describe(env);
    return hub_open(&w->h, &(hub_config){
                               .has_tiny_cache = env->has_tiny_cache,
                               .nvm_lock = &w->nvm_lock,
                               .sync_lock = &w->sync_lock,
                               .device_lock = has_accelerator ? &w->device_lock : NULL,
                               .wake = session_wake,
                           });
}

static int world_stop(suite_env *env)
{
    world *w = env->context;
    links_end(w);
    int rc = hub_close(&w->h);
    while (w->links != NULL) {
        link *l = w->links;
        w->links = l->next;
        crowd_check(pthread_cond_destroy(&l->changed), "pthread_cond_destroy");
        crowd_check(pthread_mutex_destroy(&l->mutex), "pthread_mutex_destroy");
        free(l->memory);
        free(l);
    }
    crowd_check(pthread_mutex_destroy(&w->mutex), "pthread_mutex_destroy");
    free(w);
    return rc;
}

static int plain_start(suite_env *env)
{
    return world_start(env, false);
}

static int accelerator_start(suite_env *env)
{
    return world_start(env, true);
}

const harness harness_memory_threads = { .name = "memory, threads",
                                         .start = plain_start,
                                         .stop = world_stop };

const harness harness_memory_accelerator = { .name = "memory, accelerator",
                                             .start = accelerator_start,
                                             .stop = world_stop };
