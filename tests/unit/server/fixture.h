/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A server in one thread for the tests of src/server: a store in RAM, the libcrypto
 * device (whose operations a test may replace), a few key slots, and clients that
 * exchange frames with their sessions over rings in memory. Whoever waits for an answer
 * runs the server.
 */
#ifndef TEST_SERVER_FIXTURE_H
#define TEST_SERVER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "holdfast/frame.h"
#include "holdfast/nvm_ram.h"
#include "holdfast/openssl.h"
#include "holdfast/ring.h"
#include "holdfast/server.h"

#define FIXTURE_PEERS_MAX 8u
#define FIXTURE_RING_SIZE 16384u
#define FIXTURE_BODY_SIZE 4096u /* the server's largest body */
#define FIXTURE_WINDOW 8u
#define FIXTURE_SMALL_COUNT 6u /* key slots, all small */
#define FIXTURE_QUOTA 4u       /* uncommitted keys of an owner */
#define FIXTURE_DEVICES_MAX 2u

/* Identities of the tests. */
#define FIXTURE_USER (HF_PERMISSION_IDENTITY | HF_PERMISSION_USE_GLOBAL)
#define FIXTURE_WRITER (FIXTURE_USER | HF_PERMISSION_WRITE_GLOBAL)
#define FIXTURE_ADMIN (FIXTURE_WRITER | HF_PERMISSION_ADMIN)

typedef struct fixture fixture;

/* A connection: both ends of it. */
typedef struct peer {
    fixture *f;
    hf_session session;
    hf_ring_end server_end, client_end;
    uint8_t *memory; /* of the rings */
    bool is_open;    /* the session is */
    int end;         /* why the session is over */
    uint16_t sequence;
    uint8_t body[FIXTURE_BODY_SIZE + HF_FRAME_HEADER_SIZE]; /* of the last request */
    uint8_t answer[FIXTURE_BODY_SIZE + HF_FRAME_HEADER_SIZE];
} peer;

struct fixture {
    hf_server server;
    hf_nvm_ram ram;
    hf_nvm_device_ops device_ops; /* of the store's device; may be changed at any time */
    hf_nvm_device device;
    hf_openssl *openssl;
    hf_crypto_device_ops ops[FIXTURE_DEVICES_MAX]; /* may be changed at any time */
    hf_crypto_device_config devices[FIXTURE_DEVICES_MAX];
    hf_server_config config;
    hf_log log;
    hf_stats stats[1];
    uint8_t *medium, *log_buffer, *index_memory, *key_memory;
    size_t medium_size;
    hf_lock_config nvm_lock, sync_lock;
    bool is_nvm_locked, is_sync_locked;
    size_t memory_out;   /* bytes of work areas that are out */
    uint32_t takes_left; /* work areas and the like that can still be taken */
    peer peers[FIXTURE_PEERS_MAX];
};

/* Per-test setup and teardown. Teardown closes the peers, checks that nothing is held,
 * that all memory came back, and closes the server. */
int fixture_open(void **state);
int fixture_close(void **state);

/* The same in parts: with what a test changed in f->config between them. */
fixture *fixture_make(void);
void fixture_start(fixture *f);

/* Serve each session once; sync when one waits for it. */
void fixture_pump(fixture *f);

/* A new connection, before and after INIT (body size FIXTURE_BODY_SIZE). */
peer *peer_open(fixture *f, uint16_t owner, uint32_t permissions);
peer *peer_connect(fixture *f, uint16_t owner, uint32_t permissions);

/* Close the client's end, and let the server notice. */
void peer_close(peer *p);

/* Send one request with this body and wait for its answer: its status. *answer: its body,
 * until the next exchange. HF_ERR_CLOSED when the server ended the session instead. */
int peer_exchange(peer *p, uint16_t kind, hf_bytes body, hf_bytes *answer);

/* Send without waiting, and take the next answer without running the server: HF_OK,
 * its status in frame->status, or HF_PENDING. */
void peer_send(peer *p, uint16_t kind, hf_bytes body);
int peer_take(peer *p, hf_frame *frame, hf_bytes *answer);

/* The same with structs of the catalogue; `out` may be NULL. */
int peer_call(peer *p, uint16_t kind, const void *in, void *out);
void peer_send_struct(peer *p, uint16_t kind, const void *in);

/* Call a request of the catalogue: CALL(p, counter_read, &out, .handle = 7). */
#define CALL(p, name, out, ...)                                                          \
    peer_call((p), HF_REQ_##name, &(hf_##name##_request){ __VA_ARGS__ },                 \
              (hf_##name##_response *){ (out) })
#define SEND(p, name, ...)                                                               \
    peer_send_struct((p), HF_REQ_##name, &(hf_##name##_request){ __VA_ARGS__ })

/* Statuses compared by name. */
#define assert_status(expected, actual)                                                  \
    assert_string_equal(hf_status_name(expected), hf_status_name(actual))

hf_bytes text_bytes(const char *text);
hf_label text_label(const char *text);

/* What the whole server holds, as told under the lock. */
hf_keystore_usage fixture_usage(fixture *f);
uint32_t fixture_object_count(fixture *f);

#endif
