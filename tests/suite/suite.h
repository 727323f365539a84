/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The suite: tests of a whole server through its clients, without any platform. A harness
 * (tests/harness) gives an environment: it opens connections as one of several
 * identities, runs actors beside each other, and can stop and start the server. The cases
 * see nothing else, so the same ones run over memory, sockets and the daemon, with
 * threads or without.
 *
 * A case runs in the main thread. What it does there itself may use SUITE_EXPECT and
 * cmocka's assertions, which leave the case. Actors run in any thread: they report with
 * suite_fail, which never leaves, and end.
 */
#ifndef SUITE_SUITE_H
#define SUITE_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/atomic.h"
#include "holdfast/client.h"
#include "holdfast/crypto.h"
#include "holdfast/nvm.h"
#include "suite/random.h"

/* ---- identities ---- */

/* Who a client may be. The first SUITE_WRITER_COUNT are equals of different owners. */
enum suite_identity {
    SUITE_WRITER =
        0, /* SUITE_WRITER + n, n < SUITE_WRITER_COUNT: may write global objects */
    SUITE_WRITER_COUNT = 4,
    SUITE_READER = 4, /* may use global objects, not write them */
    SUITE_ADMIN = 5,
    SUITE_IDENTITY_COUNT = 6,
    SUITE_NOBODY = 6 /* has no identity; only where env->has_nobody */
};

/* Owner number and permissions of an identity. */
uint16_t suite_owner_of(unsigned who);
uint32_t suite_permissions_of(unsigned who);

/* ---- the environment ---- */

typedef struct suite_actor suite_actor;

typedef struct suite_env_ops {
    /* A new connection as `identity`. HF_OK or an error. Any thread. */
    int (*open)(void *context, unsigned identity, hf_transport *transport);
    /* Call suite_actor_step for each actor until it returns false, all at once. */
    void (*run)(void *context, suite_actor **actors, size_t count);
    /* Stop the server cleanly and start it again on what it stored. NULL: cannot. No
     * connection is open. */
    int (*restart)(void *context);
} suite_env_ops;

typedef struct suite_env {
    const suite_env_ops *ops;
    void *context;
    const char *command;   /* how this program was called */
    const char *case_name; /* of the running case */
    uint64_t seed;
    uint32_t scale;        /* per cent of the usual number of operations */
    uint32_t asked_scale;  /* the part of it that HF_STRESS_SCALE asked for */
    uint32_t client_count; /* actors of a contended case, 2 .. SUITE_ACTORS_MAX */
    uint32_t storm_count;  /* clients that come and go meanwhile */
    uint64_t store_size;   /* bytes of the whole medium, about; 0 = too large to fill */
    uint32_t slot_count;   /* small key slots of the server */
    uint32_t uncommitted_max; /* per owner */
    bool has_tiny_cache;      /* set before the harness starts: SUITE_NEEDS_TINY_CACHE */
    bool has_nobody;          /* connections without an identity can be had */
    bool has_hardware;        /* an exclusive accelerator is in front */
    bool has_threads;         /* actors run at the same time */
    hf_atomic_u32 failure_count; /* suite_fail and suite_has_failed only */
    hf_atomic_u32 worker_count;  /* actors of the case that have not finished */
} suite_env;

/* ---- failures ---- */

/* Count a failure and print it with the command that repeats it. Any thread. */
void suite_fail(suite_env *env, const char *file, int line, const char *text);
bool suite_has_failed(const suite_env *env);

typedef struct suite_place {
    const char *file;
    int line;
    const char *text;
} suite_place;

#define SUITE_PLACE(text) (&(suite_place){ __FILE__, __LINE__, (text) })

/* suite_fail with the names of two statuses. Any thread. */
void suite_fail_status(suite_env *env, const suite_place *place, int got, int expected);

/* End the case unless `got` is `expected`. Main thread. */
void suite_expect(suite_env *env, int got, int expected, const suite_place *place);
void suite_expect_true(suite_env *env, bool condition, const suite_place *place);

#define SUITE_EXPECT(env, expected, call)                                                \
    suite_expect((env), (call), (expected), SUITE_PLACE(#call))
#define SUITE_TRUE(env, condition)                                                       \
    suite_expect_true((env), (condition), SUITE_PLACE(#condition))

/* ---- clients ---- */

#define SUITE_BODY_SIZE 16384u
#define SUITE_BUFFER_SIZE (16u + SUITE_BODY_SIZE)
#define SUITE_WINDOW 8
#define SUITE_TIMEOUT_MS 150000u /* a server that hangs is reported, not waited for */

typedef struct suite_client {
    suite_env *env;
    hf_client client;
    hf_transport transport;
    unsigned identity;
    bool is_open;
    uint8_t rx[SUITE_BUFFER_SIZE];
    uint8_t tx[SUITE_BUFFER_SIZE];
} suite_client;

/* Connect and negotiate. HF_OK or the first error; nothing is open then. Any thread. */
int suite_client_open(suite_client *client, suite_env *env, unsigned who);

/* Say goodbye. Harmless on one that is not open. */
void suite_client_close(suite_client *client);

/* Vanish without a word, whatever is in flight. */
void suite_client_drop(suite_client *client);

/* A client for the main thread: opened or the case ends. */
hf_client *suite_connect(suite_env *env, suite_client *client, unsigned who);

/* ---- actors ---- */

#define SUITE_ACTORS_MAX 24

struct suite_actor {
    suite_env *env;
    /* One step: a few requests. False: this actor has finished (or failed). */
    bool (*step)(suite_actor *actor);
    void *shared;   /* of the case: all actors'; atomics only, or constant meanwhile */
    void *own;      /* of this actor */
    unsigned index; /* 0 .. count - 1 */
    unsigned identity;
    uint32_t step_count; /* steps done */
    uint32_t step_max;
    bool is_worker; /* false: only as long as there are workers */
    suite_random random;
    suite_client client; /* open before the first step */
};

/* Identities that `count` actors are spread over: actor i is SUITE_WRITER + i modulo
 * this. */
size_t suite_identity_count(size_t count);

/* The usual crowd: `count` actors, spread over the identities so that each identity has
 * several (writers only). Zeroed actors, connected; the case ends on an error. Returns an
 * array of `count` pointers; free with suite_actors_close. */
suite_actor **suite_actors_open(suite_env *env, size_t count, void *shared);

/* One step of an actor, for the harness. False: it has finished. */
bool suite_actor_step(suite_actor *actor);

/* Run them, amid clients that come and go (storm.h). Ends a case that failed. */
void suite_actors_run(suite_env *env, suite_actor **actors, size_t count);

void suite_actors_close(suite_actor **actors, size_t count);

/* A number of operations, scaled. At least 1. */
uint32_t suite_count(const suite_env *env, uint32_t count);

/* True while the actor should go on; counts its steps. */
bool suite_actor_continue(suite_actor *actor);

/* In a step: unless the condition holds, report and return false from the step. */
#define SUITE_ACTOR_REQUIRE(actor, condition, text)                                      \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            suite_fail((actor)->env, __FILE__, __LINE__, (text));                        \
            return false;                                                                \
        }                                                                                \
    } while (0)

/* The same for a status. */
#define SUITE_ACTOR_STATUS(actor, expected, call)                                        \
    do {                                                                                 \
        int status_ = (call);                                                            \
        if (status_ != (expected)) {                                                     \
            suite_fail_status((actor)->env, SUITE_PLACE(#call), status_, (expected));    \
            return false;                                                                \
        }                                                                                \
    } while (0)

/* ---- cases ---- */

#define SUITE_NEEDS_NOBODY 1u      /* env->has_nobody */
#define SUITE_NEEDS_SMALL_STORE 2u /* a store that can be filled */
#define SUITE_NEEDS_TINY_CACHE 4u  /* SUITE_TINY_SLOTS key slots instead of many */

#define SUITE_TINY_SLOTS 4u

typedef struct suite_case {
    const char *name;
    void (*run)(suite_env *env, const void *argument);
    const void *argument;
    uint32_t needs; /* SUITE_NEEDS_* */
} suite_case;

typedef struct suite_cases {
    const suite_case *cases;
    size_t count;
} suite_cases;

#define SUITE_CASES(table)                                                               \
    {                                                                                    \
        .cases = (table), .count = sizeof(table) / sizeof((table)[0])                    \
    }

/* Functional: one client or few, every request's good path and errors. */
extern const suite_cases suite_comm_cases;
extern const suite_cases suite_nvm_cases;
extern const suite_cases suite_key_cases;
extern const suite_cases suite_crypto_cases;
extern const suite_cases suite_cipher_cases;
extern const suite_cases suite_sign_cases;
extern const suite_cases suite_wrap_cases;
extern const suite_cases suite_derive_cases;
extern const suite_cases suite_matrix_cases;
extern const suite_cases suite_counter_cases;
extern const suite_cases suite_admin_cases;
extern const suite_cases suite_bad_frame_cases;
extern const suite_cases suite_bad_field_cases;
extern const suite_cases suite_bad_use_cases;
extern const suite_cases suite_full_cases;
extern const suite_cases suite_peer_cases;

/* Contended: all clients on the same hot ids. */
extern const suite_cases suite_hot_key_cases;
extern const suite_cases suite_hot_use_cases;
extern const suite_cases suite_hot_stream_cases;
extern const suite_cases suite_hot_unique_cases;
extern const suite_cases suite_hot_object_cases;
extern const suite_cases suite_hot_list_cases;
extern const suite_cases suite_hot_space_cases;
extern const suite_cases suite_hot_counter_cases;
extern const suite_cases suite_hot_lms_cases;
extern const suite_cases suite_hot_wrap_cases;

/* ---- after a case ---- */

/* With all clients gone: no lease, no doomed slot, no queue entry is left, and nothing
 * but the asker's session. Main thread; ends the case on failure. */
void suite_check_idle(suite_env *env);

/* Everything that is stored reads the same after the server was stopped and started. */
void suite_check_restart(suite_env *env);

#endif
