/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Two clients sign with one LMS key while the power fails at every operation of the
 * store's device. After the restart no index may be used that an answer has shown, and
 * the key goes on.
 */
#include "unit/server/fixture.h"

#include <stdlib.h>
#include <string.h>

#include "unit/nvm_powercut/fault_device.h"

#define REGION_SIZE (20u * 1024u)
#define INDEX_COUNT 1024u /* of the key */
#define ROUNDS 3u         /* signatures of each client until the end */
#define FIRST 29u         /* indexes used before: the end of a tree is near */
#define TYPE HF_KEY_LMS(2, 5, 8)
#define LEVEL_LEN (12u + 32u * (1u + 34u + 5u)) /* bytes of a signature of one tree */

static const char message[] = "what is signed";

/* What has left the server: an index, with the message that it has signed. */
typedef struct record {
    bool is_used[INDEX_COUNT];
    uint32_t count;
} record;

static uint32_t number_at(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t index_of(hf_bytes signature)
{
    return number_at(signature.data + 4) * 32 +
           number_at(signature.data + 4 + LEVEL_LEN + 56);
}

/* ---- a server on the fault device ---- */

static fixture *server_open(fault_device *device)
{
    fixture *f = fixture_make();
    f->config.nvm.device = &device->device;
    fixture_start(f);
    device->is_locked = &f->is_nvm_locked;
    return f;
}

static void server_close(fixture *f, fault_device *device)
{
    void *state = f;
    assert_int_equal(0, fixture_close(&state));
    device->is_locked = NULL;
}

/* The same when the power may be off: whatever the end of it returns. */
static void server_drop(fixture *f, bool is_open)
{
    for (size_t i = 0; i < FIXTURE_PEERS_MAX; i++) {
        if (f->peers[i].memory != NULL) {
            peer_close(&f->peers[i]);
            free(f->peers[i].memory);
        }
    }
    if (is_open) {
        hf_ignore(hf_server_cleanup(&f->server));
    }
    hf_openssl_close(f->openssl);
    free(f->medium);
    free(f->log_buffer);
    free(f->index_memory);
    free(f->key_memory);
    free(f);
}

/* Take what has been answered; false: the session is over. */
static bool answers_take(peer *p, record *r)
{
    hf_frame frame;
    hf_bytes body;
    hf_sign_response out;
    int rc;
    while ((rc = peer_take(p, &frame, &body)) == HF_OK) {
        if (frame.status != HF_OK) {
            continue; /* nothing has left */
        }
        assert_status(HF_OK, hf_proto_decode(HF_REQ_sign, true, body, &out));
        uint32_t index = index_of(out.signature);
        assert_true(index < INDEX_COUNT);
        assert_false(r->is_used[index]);
        r->is_used[index] = true;
        r->count++;
    }
    return rc == HF_PENDING;
}

/* Both clients sign at the same time, several requests in flight, until all is answered
 * or lost. */
static void sign_for_a_while(fixture *f, uint32_t rounds, record *r)
{
    peer *peers[2];
    for (size_t i = 0; i < 2; i++) {
        peers[i] = peer_connect(f, 7, FIXTURE_USER);
    }
    for (uint32_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < 2; i++) {
            SEND(peers[i], sign, .handle = 1, .algorithm = HF_ALG_LMS,
                 .data = hf_bytes_of(message, sizeof message));
        }
        for (uint32_t turn = 0; turn < 4; turn++) {
            fixture_pump(f);
            for (size_t i = 0; i < 2; i++) {
                hf_ignore(answers_take(peers[i], r) ? HF_OK : HF_ERR_CLOSED);
            }
        }
    }
}

/* ---- the test ---- */

/* Use up indexes of key 1 of owner 7 without signing: `next` is the next one. */
static void skip_to(fixture *f, uint64_t next)
{
    uint8_t value[8];
    const hf_metadata meta = { .id = hf_id_make(HF_KIND_SYSTEM, 7, 1) };
    hf_nvm *nvm = &f->server.nvm;
    hf_put_u64(value, next);
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        fail_msg("the store lock is held");
        return;
    }
    rc = hf_nvm_put_unchecked(nvm, &meta, hf_bytes_of(value, sizeof value));
    assert_status(HF_OK, hf_nvm_unlock(nvm, rc, NULL));
}

/* A store with a key of which all but the last indexes of a tree are used: the next tree
 * comes while the power fails. */
static void device_prepare(fault_device *device, record *used)
{
    const hf_nvm_geometry geometry = {
        .region_count = 3, .granule_size = 8, .region_size = REGION_SIZE, .erased = 0xFF
    };
    fault_device_init(device, &geometry, true, 1);
    fixture *f = server_open(device);
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1, .type = TYPE,
                              .flags = HF_USAGE_SIGN | HF_USAGE_VERIFY, .store = 1));
    skip_to(f, FIRST);
    for (uint32_t i = 0; i < FIRST; i++) {
        used->is_used[i] = true;
        used->count++;
    }
    server_close(f, device);
    assert_null(device->violation);
}

/* One cut: false when the work was over before it. */
static bool cut_once(fault_device *device, uint64_t at, enum fault_loss loss, record *r)
{
    fault_device_arm(device, at, 0, 0);
    fixture *f = fixture_make();
    f->config.nvm.device = &device->device;
    bool is_open = hf_server_init(&f->server, &f->config) == HF_OK;
    if (is_open) {
        sign_for_a_while(f, ROUNDS, r);
    }
    server_drop(f, is_open);
    if (!device->is_off) {
        return false;
    }
    const fault_ending ending = { .loss = loss, .done_count = (uint32_t)at % 5 };
    fault_device_power_on(device, &ending);
    return true;
}

static void check_afterwards(fault_device *device, record *r)
{
    fixture *f = server_open(device);
    uint32_t before = r->count;
    sign_for_a_while(f, 1, r);
    assert_int_equal(before + 2, r->count); /* nothing but indexes was lost */
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    hf_key_signatures_left_response left = { 0 };
    assert_status(HF_OK, CALL(p, key_signatures_left, &left, .handle = 1));
    /* Burnt are at most those that were in flight. */
    assert_true(left.count <= INDEX_COUNT - r->count);
    assert_true(left.count + r->count + 2 * ROUNDS >= INDEX_COUNT);
    server_close(f, device);
    assert_null(device->violation);
}

static void test_no_index_is_given_twice_whenever_the_power_fails(void **state)
{
    (void)state;
    static fault_device prepared, device;
    record used = { .count = 0 };
    device_prepare(&prepared, &used);
    bool is_cut = true;
    uint64_t at;
    for (at = 1; is_cut; at++) {
        for (int loss = 0; loss < FAULT_LOSS_COUNT && is_cut; loss++) {
            record r = used;
            fault_device_copy(&device, &prepared);
            is_cut = cut_once(&device, at, (enum fault_loss)loss, &r);
            if (is_cut) {
                check_afterwards(&device, &r);
            }
        }
    }
    assert_true(at > 10); /* there was something to be cut */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_index_is_given_twice_whenever_the_power_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
