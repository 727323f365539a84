/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * LMS keys through requests: what may be done with them, that an index is used up by
 * nothing but a signature that was begun, and never twice.
 */
#include "fixture.h"

#include <string.h>

#include "server/dispatch.h"
#include "server/handlers/key.h"

#define SMALL HF_KEY_LMS(1, 5, 4)  /* 32 signatures */
#define DOUBLE HF_KEY_LMS(2, 5, 8) /* 1024, in 32 trees of 32 */
#define SIGN_VERIFY (HF_USAGE_SIGN | HF_USAGE_VERIFY)
#define FORCED                                                                           \
    (HF_FLAG_NONMODIFIABLE | HF_FLAG_NONEXPORTABLE | HF_FLAG_SENSITIVE | HF_FLAG_LOCAL)

static const char message[] = "what is signed";
static const uint8_t material[92]; /* as long as that of SMALL */

static int generate(peer *p, hf_handle handle, uint32_t type)
{
    return CALL(p, key_generate, NULL, .handle = handle, .type = type,
                .flags = SIGN_VERIFY, .store = 1);
}

static hf_bytes message_bytes(void)
{
    return hf_bytes_of(message, sizeof message);
}

/* Sign; the index of the signature, or -1. The signature is copied. */
typedef struct signature {
    uint8_t data[FIXTURE_BODY_SIZE];
    size_t len;
} signature;

static int sign(peer *p, hf_handle handle, signature *s)
{
    hf_sign_response out;
    int rc = CALL(p, sign, &out, .handle = handle, .algorithm = HF_ALG_LMS,
                  .data = message_bytes());
    if (rc == HF_OK) {
        memcpy(s->data, out.signature.data, out.signature.len);
        s->len = out.signature.len;
    }
    return rc;
}

static uint32_t number_at(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The index that a signature of SMALL, or of DOUBLE, has used up. */
static uint32_t index_of(const signature *s)
{
    const size_t level_len = 12 + 32 * (1 + 34 + 5); /* of DOUBLE */
    if (number_at(s->data) == 0) {
        return number_at(s->data + 4);
    }
    return number_at(s->data + 4) * 32 + number_at(s->data + 4 + level_len + 56);
}

static int verify(peer *p, hf_handle handle, const signature *s)
{
    return CALL(p, verify, NULL, .handle = handle, .algorithm = HF_ALG_LMS,
                .data = message_bytes(), .signature = hf_bytes_of(s->data, s->len));
}

static uint64_t left_of(peer *p, hf_handle handle)
{
    hf_key_signatures_left_response out = { 0 };
    assert_status(HF_OK, CALL(p, key_signatures_left, &out, .handle = handle));
    return out.count;
}

static void assert_signs(peer *p, hf_handle handle, uint32_t index)
{
    signature s;
    assert_status(HF_OK, sign(p, handle, &s));
    assert_int_equal(index, index_of(&s));
    assert_status(HF_OK, verify(p, handle, &s));
}

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

/* ---- keys ---- */

static void test_generate_stores_a_key_that_cannot_leave(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    hf_key_info_response info;
    hf_key_generate_response made;
    assert_status(HF_OK, CALL(p, key_generate, &made, .type = SMALL, .flags = SIGN_VERIFY,
                              .store = 1));
    assert_int_equal(2, fixture_object_count(f)); /* key and tree */
    assert_status(HF_OK, CALL(p, key_info, &info, .handle = made.handle));
    assert_int_equal(SMALL, info.type);
    assert_int_equal(SIGN_VERIFY | FORCED, info.flags);
    assert_int_equal(1, info.is_stored);
    assert_int_equal(32, left_of(p, made.handle));
    assert_status(HF_ERR_ACCESS, CALL(p, key_export, NULL, .handle = made.handle));
    assert_status(HF_ERR_ACCESS,
                  CALL(p, key_import, NULL, .handle = made.handle, .type = HF_KEY_HMAC,
                       .material = hf_bytes_of(material, 16)));
    assert_status(HF_ERR_TYPE,
                  CALL(p, key_import, NULL, .type = SMALL, .flags = SIGN_VERIFY,
                       .store = 1, .material = hf_bytes_of(material, sizeof material)));
}

static void test_generate_cached_only_or_over_a_key_is_refused(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_ERR_ARG, CALL(p, key_generate, NULL, .handle = 1, .type = SMALL,
                                   .flags = SIGN_VERIFY));
    assert_status(HF_ERR_ARG, CALL(p, key_generate, NULL, .handle = 1, .type = SMALL,
                                   .flags = SIGN_VERIFY | HF_FLAG_EPHEMERAL, .store = 1));
    assert_status(HF_ERR_USAGE, CALL(p, key_generate, NULL, .handle = 1, .type = SMALL,
                                     .flags = HF_USAGE_ENCRYPT, .store = 1));
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1, .type = HF_KEY_AES_128,
                              .flags = HF_USAGE_ENCRYPT));
    assert_status(HF_ERR_EXISTS, generate(p, 1, SMALL));
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = 1));
    assert_status(HF_OK, generate(p, 1, SMALL));
    assert_status(HF_ERR_EXISTS, generate(p, 1, SMALL));
    assert_signs(p, 1, 0);
}

static void test_erase_ends_tree_and_count(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    signature first, second;
    assert_status(HF_OK, generate(p, 1, SMALL));
    assert_status(HF_OK, sign(p, 1, &first));
    assert_int_equal(31, left_of(p, 1));
    assert_int_equal(3, fixture_object_count(f)); /* key, tree and counter */
    assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = 1));
    assert_int_equal(0, fixture_object_count(f));
    assert_status(HF_ERR_NOTFOUND, sign(p, 1, &second));
    assert_status(HF_OK, generate(p, 1, SMALL));
    assert_int_equal(32, left_of(p, 1));
    assert_signs(p, 1, 0); /* of another secret */
    assert_status(HF_ERR_VERIFY, verify(p, 1, &first));
}

static void test_erase_works_in_a_full_store(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    static const uint8_t filling[1000];
    assert_status(HF_OK, generate(p, 1, SMALL));
    assert_signs(p, 1, 0);
    for (size_t len = sizeof filling; len > 0; len /= 2) {
        int rc = HF_OK;
        while (rc == HF_OK) {
            rc = CALL(p, nvm_put, NULL, .data = hf_bytes_of(filling, len));
        }
        assert_status(HF_ERR_NOSPACE, rc);
    }
    assert_signs(p, 1, 1); /* counters still count */
    assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = 1));
    assert_status(HF_ERR_NOTFOUND, CALL(p, key_info, NULL, .handle = 1));
}

/* ---- signatures ---- */

static void test_sign_uses_each_index_once_until_none_is_left(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    signature s;
    assert_status(HF_OK, generate(p, 1, SMALL));
    for (uint32_t i = 0; i < 32; i++) {
        assert_int_equal(32 - i, left_of(p, 1));
        assert_signs(p, 1, i);
    }
    assert_int_equal(0, left_of(p, 1));
    assert_status(HF_ERR_LIMIT, sign(p, 1, &s));
    assert_status(HF_ERR_LIMIT, sign(p, 1, &s));
}

static void test_sign_goes_on_to_the_next_tree(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_OK, generate(p, 1, DOUBLE));
    static const uint32_t firsts[] = { 0, 30, 63, 1022 };
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
        skip_to(f, firsts[i]);
        assert_signs(p, 1, firsts[i]);
        assert_signs(p, 1, firsts[i] + 1);
        assert_int_equal(1024 - firsts[i] - 2, left_of(p, 1));
    }
    assert_int_equal(3, fixture_object_count(f)); /* trees replace each other */
}

/* Who makes trees for minutes must not keep all others from signing. */
static void test_generation_of_high_trees_is_long_work(void **state)
{
    static const struct {
        uint32_t type;
        hf_cost cost;
    } cases[] = {
        { HF_KEY_LMS(1, 5, 8), HF_COST_SLOW },  { HF_KEY_LMS(3, 5, 8), HF_COST_SLOW },
        { HF_KEY_LMS(1, 10, 1), HF_COST_LONG }, { HF_KEY_LMS(3, 15, 8), HF_COST_LONG },
        { HF_KEY_RSA_4096, HF_COST_SLOW },
    };
    const hf_handler *row = hf_handler_find(HF_REQ_key_generate);
    static hf_request rq;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rq.in.key_generate.type = cases[i].type;
        assert_int_equal(cases[i].cost, row->cost(&rq));
    }
}

static void test_public_key_verifies_elsewhere(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    peer *other = peer_connect(*state, 8, FIXTURE_USER);
    signature s;
    hf_key_export_public_response out;
    uint8_t public_key[60];
    assert_status(HF_OK, generate(p, 1, DOUBLE));
    assert_status(HF_OK, sign(p, 1, &s));
    assert_status(HF_ERR_TYPE,
                  CALL(p, key_export_public, NULL, .handle = 1, .format = HF_FORMAT_DER));
    assert_status(HF_OK, CALL(p, key_export_public, &out, .handle = 1));
    assert_int_equal(HF_KEY_LMS_PUBLIC, out.type);
    assert_int_equal(sizeof public_key, out.material.len);
    memcpy(public_key, out.material.data, sizeof public_key);
    assert_status(HF_OK, CALL(other, key_import, NULL, .handle = 2,
                              .type = HF_KEY_LMS_PUBLIC, .flags = HF_USAGE_VERIFY,
                              .material = hf_bytes_of(public_key, sizeof public_key)));
    assert_status(HF_OK, verify(other, 2, &s));
    s.data[s.len / 2] ^= 1;
    assert_status(HF_ERR_VERIFY, verify(other, 2, &s));
    assert_status(HF_ERR_VERIFY, verify(p, 1, &s));
    s.len--;
    assert_status(HF_ERR_VERIFY, verify(other, 2, &s));
    assert_status(HF_OK, CALL(other, key_export_public, &out, .handle = 2));
    assert_memory_equal(public_key, out.material.data, sizeof public_key);
    assert_status(HF_ERR_TYPE, CALL(other, key_signatures_left, NULL, .handle = 2));
    assert_status(HF_ERR_USAGE, sign(other, 2, &s));
}

static void test_import_malformed_public_key_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    uint8_t key[60] = { 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 4 };
#define IMPORT(length, kind)                                                             \
    CALL(p, key_import, NULL, .type = HF_KEY_LMS_PUBLIC, .flags = HF_USAGE_VERIFY,       \
         .format = (kind), .material = hf_bytes_of(key, (length)))
    assert_status(HF_OK, IMPORT(60, HF_FORMAT_RAW));
    assert_status(HF_ERR_KEY, IMPORT(59, HF_FORMAT_RAW));
    assert_status(HF_ERR_TYPE, IMPORT(60, HF_FORMAT_DER));
    key[3] = 9;
    assert_status(HF_ERR_KEY, IMPORT(60, HF_FORMAT_RAW));
    key[3] = 1;
    key[7] = 0xF5;
    assert_status(HF_ERR_KEY, IMPORT(60, HF_FORMAT_RAW));
#undef IMPORT
}

/* ---- what uses up no index, and what does ---- */

static void test_sign_refused_uses_up_no_index(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    signature s;
    assert_status(HF_OK, generate(p, 1, SMALL));
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 2, .type = SMALL,
                              .flags = HF_USAGE_VERIFY, .store = 1));
    assert_status(HF_OK, generate(p, 3, HF_KEY_LMS(2, 5, 4))); /* too long */
    assert_status(HF_ERR_USAGE, sign(p, 2, &s));
    assert_status(HF_ERR_SIZE, sign(p, 3, &s));
    assert_status(HF_ERR_RANGE, CALL(p, sign, NULL, .handle = 1, .algorithm = HF_ALG_LMS,
                                     .hash = HF_ALG_SHA256, .data = message_bytes()));
    assert_status(HF_ERR_TYPE,
                  CALL(p, sign, NULL, .handle = 1, .algorithm = HF_ALG_ED25519,
                       .data = message_bytes()));
    assert_status(HF_ERR_NOTSUPPORTED,
                  CALL(p, sign, NULL, .handle = 1, .algorithm = HF_ALG_LMS,
                       .affinity = HF_AFFINITY_HARDWARE, .data = message_bytes()));
    assert_int_equal(32, left_of(p, 1));
    assert_int_equal(32, left_of(p, 2));
    assert_int_equal(1024, left_of(p, 3));
    assert_status(HF_OK, CALL(p, key_revoke, NULL, .handle = 1));
    assert_status(HF_ERR_USAGE, sign(p, 1, &s));
    assert_int_equal(32, left_of(p, 1));
}

static int (*hash_of_device)(void *, uint16_t, hf_bytes, size_t, hf_buffer *);
static uint32_t hashes_left;

static int hash_that_fails(void *context, uint16_t algorithm, hf_bytes input,
                           size_t output_len, hf_buffer *out)
{
    if (hashes_left-- == 0) {
        hashes_left = 0;
        return HF_ERR_CRYPTO;
    }
    return hash_of_device(context, algorithm, input, output_len, out);
}

/* The step is committed and not durable: no signature, and nobody gets the index. */
static void test_sign_given_up_before_work_loses_the_index(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    peer *other = peer_connect(f, 7, FIXTURE_USER);
    hf_session_wait wait;
    assert_status(HF_OK, generate(p, 1, SMALL));
    hash_of_device = f->ops[0].hash;
    f->ops[0].hash = hash_that_fails;
    hashes_left = UINT32_MAX;
    SEND(p, sign, .handle = 1, .algorithm = HF_ALG_LMS, .data = message_bytes());
    assert_status(HF_PENDING, hf_session_serve(&p->session, &wait));
    assert_true(wait.ticket > hf_server_durable(&f->server));
    assert_status(HF_PENDING, hf_session_serve(&p->session, &wait)); /* not yet */
    assert_int_equal(UINT32_MAX, hashes_left);
    peer_close(p);
    assert_signs(other, 1, 1);
}

static void test_sign_failing_device_loses_the_index(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    signature s;
    assert_status(HF_OK, generate(p, 1, SMALL));
    hash_of_device = f->ops[0].hash;
    f->ops[0].hash = hash_that_fails;
    for (uint32_t i = 0; i < 8; i++) {
        hashes_left = i * 200;
        assert_status(HF_ERR_CRYPTO, sign(p, 1, &s));
    }
    f->ops[0].hash = hash_of_device;
    assert_signs(p, 1, 8);
}

static void test_generate_failing_device_leaves_nothing(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    hash_of_device = f->ops[0].hash;
    f->ops[0].hash = hash_that_fails;
    hashes_left = 5000;
    assert_status(HF_ERR_CRYPTO, generate(p, 1, SMALL));
    f->ops[0].hash = hash_of_device;
    assert_int_equal(0, fixture_object_count(f));
    assert_status(HF_OK, generate(p, 1, SMALL));
}

/* ---- the tree object ---- */

/* Change the bytes from an offset on of the tree of key 1 of owner 7. */
static int tree_rewrite(fixture *f, size_t offset)
{
    uint8_t bytes[8192];
    hf_nvm *nvm = &f->server.nvm;
    const hf_id id = hf_id_make(HF_KIND_TREE, 7, 1);
    hf_buffer out = hf_buffer_of(bytes, sizeof bytes);
    hf_metadata meta;
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_get_metadata(nvm, id, &meta);
    if (rc == HF_OK) {
        rc = hf_nvm_read_unchecked(nvm, id, 0, &out);
    }
    for (size_t i = offset; i < out.len; i++) {
        bytes[i] ^= 0x11;
    }
    if (rc == HF_OK) {
        rc = hf_nvm_put_unchecked(nvm, &meta, hf_bytes_of(bytes, out.len));
    }
    return hf_nvm_unlock(nvm, rc, NULL);
}

static void tree_damage(fixture *f, size_t offset)
{
    bool has_more = true;
    int rc = tree_rewrite(f, offset);
    while (rc == HF_ERR_AGAIN && has_more) { /* it makes room, as the dispatcher does */
        assert_status(HF_OK, hf_server_sync(&f->server, NULL));
        assert_status(HF_OK, hf_nvm_clean_step(&f->server.nvm, true, &has_more));
        rc = tree_rewrite(f, offset);
    }
    assert_status(HF_OK, rc);
}

static void test_sign_damaged_tree_is_built_again(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    /* Each part: head and nodes of the first level, head, chain and nodes of the last. */
    static const size_t offsets[] = { 0, 17, 2040, 2060, 5000 };
    assert_status(HF_OK, generate(p, 1, DOUBLE));
    uint32_t index = 0;
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        tree_damage(f, offsets[i]);
        assert_signs(p, 1, index++);
        assert_signs(p, 1, index++);
    }
}

/* The end of a tree in a store that has no room for the next: signing goes on. */
static void test_sign_next_tree_in_a_full_store(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    static const uint8_t filling[1000];
    assert_status(HF_OK, generate(p, 1, DOUBLE));
    skip_to(f, 31);
    int rc = HF_OK;
    while (rc == HF_OK) {
        rc = CALL(p, nvm_put, NULL, .data = hf_bytes_of(filling, sizeof filling));
    }
    assert_status(HF_ERR_NOSPACE, rc);
    for (uint32_t i = 31; i < 35; i++) {
        assert_signs(p, 1, i);
    }
}

/* Several requests meet the end of a tree: each builds the next, one keeps it. */
static void test_sign_many_at_the_end_of_a_tree(void **state)
{
    fixture *f = *state;
    peer *peers[4];
    bool is_seen[64] = { false };
    for (size_t i = 0; i < 4; i++) {
        peers[i] = peer_connect(f, 7, FIXTURE_USER);
    }
    assert_status(HF_OK, generate(peers[0], 1, DOUBLE));
    skip_to(f, 30);
    for (uint32_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < 4; i++) {
            SEND(peers[i], sign, .handle = 1, .algorithm = HF_ALG_LMS,
                 .data = message_bytes());
        }
        for (size_t i = 0; i < 4; i++) {
            hf_frame frame;
            hf_bytes body;
            hf_sign_response out;
            signature s;
            int rc;
            while ((rc = peer_take(peers[i], &frame, &body)) == HF_PENDING) {
                fixture_pump(f);
            }
            assert_status(HF_OK, rc);
            assert_status(HF_OK, frame.status);
            assert_status(HF_OK, hf_proto_decode(HF_REQ_sign, true, body, &out));
            memcpy(s.data, out.signature.data, out.signature.len);
            s.len = out.signature.len;
            uint32_t index = index_of(&s);
            assert_true(index >= 30 && index < 38 && !is_seen[index]);
            is_seen[index] = true;
            assert_status(HF_OK, verify(peers[i], 1, &s));
        }
    }
    assert_signs(peers[0], 1, 38);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_generate_stores_a_key_that_cannot_leave),
        TEST(test_generate_cached_only_or_over_a_key_is_refused),
        TEST(test_erase_ends_tree_and_count),
        TEST(test_erase_works_in_a_full_store),
        TEST(test_sign_uses_each_index_once_until_none_is_left),
        TEST(test_sign_goes_on_to_the_next_tree),
        cmocka_unit_test(test_generation_of_high_trees_is_long_work),
        TEST(test_public_key_verifies_elsewhere),
        TEST(test_import_malformed_public_key_is_refused),
        TEST(test_sign_refused_uses_up_no_index),
        TEST(test_sign_given_up_before_work_loses_the_index),
        TEST(test_sign_failing_device_loses_the_index),
        TEST(test_generate_failing_device_leaves_nothing),
        TEST(test_sign_damaged_tree_is_built_again),
        TEST(test_sign_next_tree_in_a_full_store),
        TEST(test_sign_many_at_the_end_of_a_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
