/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * See fixture.h.
 */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#define REGION_COUNT 3u
#define REGION_SIZE (24u * 1024u)
#define OBJECT_COUNT 512u
#define LOG_BUFFER_SIZE (16u * 1024u)
#define OWNER_COUNT 8u
#define ERASED 0xFF
#define PUMP_ROUNDS_MAX 2000u

/* ---- locks that only check: there is one thread ---- */

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
        return HF_ERR_ABORTED;
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

/* ---- memory of sessions ---- */

static void *memory_take(void *context, size_t size)
{
    fixture *f = context;
    assert_false(f->is_nvm_locked);
    if (f->takes_left == 0) {
        return NULL;
    }
    f->takes_left--;
    f->memory_out += size;
    void *memory = aligned_alloc(16, (size + 15u) / 16u * 16u);
    assert_non_null(memory);
    memset(memory, 0, size); /* what is not zero when it comes back was left there */
    return memory;
}

static void memory_give(void *context, void *memory, size_t size)
{
    fixture *f = context;
    assert_false(f->is_nvm_locked);
    assert_true(f->memory_out >= size);
    f->memory_out -= size;
    const uint8_t *bytes = memory;
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(0, bytes[i]); /* keys and payloads pass through here */
    }
    free(memory);
}

/* ---- life ---- */

static void *must_alloc(size_t size)
{
    void *memory = aligned_alloc(64, (size + 63u) / 64u * 64u);
    assert_non_null(memory);
    memset(memory, 0xA5, size);
    return memory;
}

fixture *fixture_make(void)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    size_t key_size = HF_KEYSTORE_SIZE(FIXTURE_SMALL_COUNT, 0, OWNER_COUNT);
    f->medium_size = (size_t)REGION_COUNT * REGION_SIZE;
    f->medium = must_alloc(f->medium_size);
    memset(f->medium, ERASED, f->medium_size);
    f->log_buffer = must_alloc(LOG_BUFFER_SIZE);
    f->index_memory = must_alloc(HF_NVM_INDEX_SIZE(OBJECT_COUNT));
    f->key_memory = must_alloc(key_size);
    assert_status(HF_OK, hf_nvm_ram_init(&f->ram, f->medium,
                                         &(hf_nvm_geometry){ .region_count = REGION_COUNT,
                                                             .granule_size = 8,
                                                             .region_size = REGION_SIZE,
                                                             .erased = ERASED }));
    f->device = f->ram.device;
    f->device_ops = *f->device.ops;
    f->device.ops = &f->device_ops;
    f->takes_left = UINT32_MAX;
    assert_status(HF_OK, hf_openssl_open(&f->openssl));
    f->devices[0] = hf_openssl_device(f->openssl);
    f->ops[0] = *f->devices[0].ops;
    f->devices[0].ops = &f->ops[0];
    hf_log_init(&f->log, HF_LOG_ERROR, NULL, NULL);
    f->nvm_lock = (hf_lock_config){ .ops = &flag_ops, .context = &f->is_nvm_locked };
    f->sync_lock = (hf_lock_config){ .ops = &flag_ops, .context = &f->is_sync_locked };
    f->config = (hf_server_config){
        .nvm = { .device = &f->device,
                 .lock = &f->nvm_lock,
                 .index_memory = f->index_memory,
                 .index_size = HF_NVM_INDEX_SIZE(OBJECT_COUNT),
                 .log_buffer = f->log_buffer,
                 .log_buffer_size = LOG_BUFFER_SIZE,
                 .format = true },
        .keystore = { .memory = f->key_memory,
                      .memory_size = key_size,
                      .small_count = FIXTURE_SMALL_COUNT,
                      .owner_count = OWNER_COUNT,
                      .uncommitted_max = FIXTURE_QUOTA },
        .devices = f->devices,
        .device_count = 1,
        .sync_lock = &f->sync_lock,
        .memory = { .take = memory_take, .give = memory_give, .context = f },
        .stats = f->stats,
        .stats_count = 1,
        .log = &f->log,
        .body_size_max = FIXTURE_BODY_SIZE,
        .window_max = FIXTURE_WINDOW,
        .name = "fixture",
    };
    return f;
}

void fixture_start(fixture *f)
{
    assert_status(HF_OK, hf_server_init(&f->server, &f->config));
}

int fixture_open(void **state)
{
    fixture *f = fixture_make();
    fixture_start(f);
    *state = f;
    return 0;
}

int fixture_close(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < FIXTURE_PEERS_MAX; i++) {
        if (f->peers[i].memory != NULL) {
            peer_close(&f->peers[i]);
            free(f->peers[i].memory);
        }
    }
    assert_int_equal(0, f->memory_out);
    assert_int_equal(0, fixture_usage(f).lease_count);
    bool is_failed = hf_nvm_is_failed(&f->server.nvm);
    assert_status(is_failed ? HF_ERR_IO : HF_OK, hf_server_cleanup(&f->server));
    hf_openssl_close(f->openssl);
    free(f->medium);
    free(f->log_buffer);
    free(f->index_memory);
    free(f->key_memory);
    free(f);
    return 0;
}

/* ---- running ---- */

void fixture_pump(fixture *f)
{
    bool must_sync = false;
    for (size_t i = 0; i < FIXTURE_PEERS_MAX; i++) {
        peer *p = &f->peers[i];
        hf_session_wait wait;
        if (!p->is_open) {
            continue;
        }
        int rc = hf_session_serve(&p->session, &wait);
        assert_false(f->is_nvm_locked);
        if (rc == HF_OK || rc == HF_PENDING) {
            must_sync = must_sync || wait.ticket != 0;
        } else {
            p->end = rc;
            p->is_open = false;
            assert_status(HF_OK, hf_session_close(&p->session));
        }
    }
    if (must_sync) {
        hf_ignore(hf_server_sync(&f->server, NULL)); /* a failure is in the answers */
    }
}

static peer *find_free(fixture *f)
{
    for (size_t i = 0; i < FIXTURE_PEERS_MAX; i++) {
        if (f->peers[i].memory == NULL) {
            return &f->peers[i];
        }
    }
    fail_msg("all peers are in use");
    return NULL;
}

peer *peer_open(fixture *f, uint16_t owner, uint32_t permissions)
{
    peer *p = find_free(f);
    size_t size = HF_RING_SIZE(FIXTURE_RING_SIZE);
    p->f = f;
    p->memory = must_alloc(size);
    assert_status(HF_OK, hf_ring_init(p->memory, size));
    assert_status(HF_OK, hf_ring_attach(&p->server_end, p->memory, size,
                                        &(hf_ring_config){ .is_server = true }));
    assert_status(HF_OK, hf_ring_attach(&p->client_end, p->memory, size,
                                        &(hf_ring_config){ .is_server = false }));
    const hf_session_config config = {
        .transport = p->server_end.transport,
        .identity = { .owner = owner, .permissions = permissions },
        .context = p,
    };
    assert_status(HF_OK, hf_session_open(&p->session, &f->server, &config));
    p->is_open = true;
    return p;
}

peer *peer_connect(fixture *f, uint16_t owner, uint32_t permissions)
{
    peer *p = peer_open(f, owner, permissions);
    assert_status(HF_OK, CALL(p, comm_init, NULL, .version = HF_PROTO_VERSION,
                              .body_size = FIXTURE_BODY_SIZE, .window = FIXTURE_WINDOW));
    return p;
}

void peer_close(peer *p)
{
    p->client_end.transport.ops->close(p->client_end.transport.context);
    for (uint32_t i = 0; i < PUMP_ROUNDS_MAX && p->is_open; i++) {
        fixture_pump(p->f);
    }
    assert_false(p->is_open);
}

/* ---- frames ---- */

static void send_all(peer *p, const uint8_t *data, size_t len)
{
    const hf_transport *t = &p->client_end.transport;
    size_t sent;
    while (len > 0) {
        assert_status(HF_OK, t->ops->send(t->context, data, len, &sent));
        data += sent;
        len -= sent;
        if (sent == 0) {
            fixture_pump(p->f);
        }
    }
}

void peer_send(peer *p, uint16_t kind, hf_bytes body)
{
    uint8_t header[HF_FRAME_HEADER_SIZE];
    hf_frame_encode(&(hf_frame){ .kind = kind,
                                 .sequence = ++p->sequence,
                                 .length = (uint32_t)body.len },
                    header);
    send_all(p, header, sizeof header);
    send_all(p, body.data, body.len);
}

/* Bytes of the ring that come at once, or HF_PENDING when there are none. */
static int receive(peer *p, uint8_t *data, size_t len)
{
    const hf_transport *t = &p->client_end.transport;
    size_t received = 0;
    int rc = t->ops->recv(t->context, data, len, &received);
    if (rc != HF_OK || received == 0) {
        return rc == HF_OK ? HF_PENDING : rc;
    }
    assert_int_equal(len, received);
    return HF_OK;
}

int peer_take(peer *p, hf_frame *frame, hf_bytes *answer)
{
    uint8_t header[HF_FRAME_HEADER_SIZE];
    int rc = receive(p, header, sizeof header);
    if (rc != HF_OK) {
        return rc;
    }
    assert_status(HF_OK, hf_frame_decode(header, frame));
    assert_int_equal(HF_FRAME_FLAG_RESPONSE, frame->flags);
    assert_true(frame->length <= sizeof p->answer);
    assert_true(frame->status == HF_OK || frame->length == 0);
    if (frame->length > 0) {
        assert_status(HF_OK, receive(p, p->answer, frame->length));
    }
    *answer = hf_bytes_of(p->answer, frame->length);
    return HF_OK;
}

int peer_exchange(peer *p, uint16_t kind, hf_bytes body, hf_bytes *answer)
{
    hf_frame frame = { .status = HF_OK };
    peer_send(p, kind, body);
    for (uint32_t i = 0; i < PUMP_ROUNDS_MAX; i++) {
        fixture_pump(p->f);
        int rc = peer_take(p, &frame, answer);
        if (rc == HF_OK) {
            assert_int_equal(kind, frame.kind);
            assert_int_equal(p->sequence, frame.sequence);
            return frame.status;
        }
        if (rc != HF_PENDING) {
            return rc;
        }
    }
    fail_msg("no answer to %s", hf_message_name(kind));
    return HF_ERR_TIMEOUT;
}

static hf_bytes encode(peer *p, uint16_t kind, const void *in)
{
    hf_buffer body = hf_buffer_of(p->body, sizeof p->body);
    assert_status(HF_OK, hf_proto_encode(kind, false, in, &body));
    return hf_bytes_of(body.data, body.len);
}

int peer_call(peer *p, uint16_t kind, const void *in, void *out)
{
    hf_bytes answer;
    hf_any_response unused;
    int rc = peer_exchange(p, kind, encode(p, kind, in), &answer);
    if (rc == HF_OK) {
        assert_status(HF_OK,
                      hf_proto_decode(kind, true, answer, out == NULL ? &unused : out));
    }
    return rc;
}

void peer_send_struct(peer *p, uint16_t kind, const void *in)
{
    peer_send(p, kind, encode(p, kind, in));
}

/* ---- small things ---- */

hf_bytes text_bytes(const char *text)
{
    return hf_bytes_of(text, strlen(text));
}

hf_label text_label(const char *text)
{
    hf_label label = { { 0 } };
    assert_true(strlen(text) <= sizeof label.text);
    memcpy(label.text, text, strlen(text));
    return label;
}

hf_keystore_usage fixture_usage(fixture *f)
{
    hf_server *server = &f->server;
    hf_keystore_usage usage = { 0 };
    int rc = hf_server_nvm_lock(server);
    if (rc != HF_OK) {
        fail_msg("the store lock is held");
        return usage;
    }
    hf_keystore_get_usage(&server->keystore, &usage);
    assert_status(HF_OK, hf_server_nvm_unlock(server, HF_OK, NULL));
    return usage;
}

uint32_t fixture_object_count(fixture *f)
{
    hf_server *server = &f->server;
    hf_nvm *nvm = &server->nvm;
    hf_nvm_space space = { 0 };
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        fail_msg("the store lock is held");
        return 0;
    }
    hf_nvm_get_space(nvm, &space);
    assert_status(HF_OK, hf_nvm_unlock(nvm, HF_OK, NULL));
    return space.object_count;
}
