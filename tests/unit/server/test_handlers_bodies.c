/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Negative tests that are made from the catalogue, for every request: bodies that do not
 * match it, requests out of their place, and requests that name what the session may not
 * reach. Each gets its precise error, leaves no trace, and the session goes on.
 */
#include "fixture.h"

#include <string.h>

#define BODY_SIZE 512u

/* A valid body of a request: every field at its least value, handles numbered 1. */
typedef struct sample {
    const hf_message *message;
    uint8_t data[BODY_SIZE];
    size_t len;
    size_t at[24]; /* where each field begins */
} sample;

static size_t width_of(const hf_field *field)
{
    switch ((enum hf_field_type)field->type) {
    case HF_FIELD_U8:
        return 1;
    case HF_FIELD_U16:
    case HF_FIELD_BITS16:
        return 2;
    case HF_FIELD_U32:
    case HF_FIELD_BITS32:
    case HF_FIELD_HANDLE:
    case HF_FIELD_BYTES:
        return 4;
    case HF_FIELD_U64:
        return 8;
    case HF_FIELD_LABEL:
        return HF_LABEL_SIZE;
    case HF_FIELD_NONE:
        return 0;
    }
    return 0;
}

static void put_number(uint8_t *at, size_t width, uint64_t value)
{
    for (size_t i = 0; i < width; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

/* An algorithm with which the request gets as far as its key. */
static uint16_t algorithm_for(uint16_t kind)
{
    switch (kind) {
    case HF_REQ_mac_generate:
    case HF_REQ_mac_verify:
    case HF_REQ_mac_start:
        return HF_ALG_HMAC_SHA256;
    case HF_REQ_cipher_start:
    case HF_REQ_encrypt:
    case HF_REQ_decrypt:
        return HF_ALG_AES_GCM;
    case HF_REQ_sign:
    case HF_REQ_verify:
        return HF_ALG_ECDSA;
    case HF_REQ_key_wrap:
    case HF_REQ_key_unwrap:
        return HF_ALG_WRAP_AES_GCM;
    case HF_REQ_key_agree:
        return HF_ALG_ECDH;
    case HF_REQ_key_encapsulate:
    case HF_REQ_key_decapsulate:
        return HF_ALG_ML_KEM;
    default:
        return HF_ALG_SHA256;
    }
}

static uint64_t least(const hf_message *m, const hf_field *field)
{
    if (strcmp(field->name, "algorithm") == 0) {
        return algorithm_for(m->kind);
    }
    if (m->kind == HF_REQ_key_derive && strcmp(field->name, "kdf") == 0) {
        return HF_ALG_HKDF;
    }
    if (strcmp(field->name, "type") == 0) {
        return HF_KEY_AES_128;
    }
    if (strcmp(field->name, "version") == 0) {
        return HF_PROTO_VERSION;
    }
    return field->type == HF_FIELD_HANDLE ? 1 : field->min;
}

static sample sample_of(const hf_message *m)
{
    sample s = { .message = m };
    assert_true(m->request_count <= sizeof s.at / sizeof s.at[0]);
    for (size_t i = 0; i < m->request_count; i++) {
        const hf_field *field = &m->request[i];
        bool is_label = field->type == HF_FIELD_LABEL;
        s.at[i] = s.len;
        put_number(s.data + s.len, is_label ? 0 : width_of(field), least(m, field));
        s.len += width_of(field);
        if (field->type == HF_FIELD_BYTES) {
            s.len += (size_t)field->min;
        }
        assert_true(s.len < BODY_SIZE);
    }
    return s;
}

static int exchange(peer *p, const sample *s, size_t len)
{
    hf_bytes answer;
    return peer_exchange(p, s->message->kind, hf_bytes_of(s->data, len), &answer);
}

static void check(int expected, int actual, const sample *s, const char *what)
{
    if (expected != actual) {
        fail_msg("%s, %s: %s, not %s", s->message->name, what, hf_status_name(actual),
                 hf_status_name(expected));
    }
}

/* After refused requests: nothing is stored, held or open, and the session goes on. */
static void check_no_trace(fixture *f, peer *p)
{
    hf_comm_cancel_response cancelled;
    assert_int_equal(0, fixture_object_count(f));
    hf_keystore_usage usage = fixture_usage(f);
    assert_int_equal(0, usage.small_used_count);
    assert_int_equal(0, usage.lease_count);
    assert_status(HF_OK, CALL(p, comm_cancel, &cancelled, .none = 0));
    assert_int_equal(0, cancelled.stream_count);
}

/* Run a check for INIT on a connection that has not begun, for others on one that has. */
static void for_each_message(fixture *f, void (*run)(peer *p, const sample *s))
{
    const hf_message *m;
    peer *ready = peer_connect(f, 7, FIXTURE_ADMIN);
    for (size_t i = 0; (m = hf_message_at(i)) != NULL; i++) {
        sample s = sample_of(m);
        bool is_init = m->kind == HF_REQ_comm_init;
        peer *p = is_init ? peer_open(f, 7, FIXTURE_ADMIN) : ready;
        run(p, &s);
        assert_true(p->is_open);
    }
    check_no_trace(f, ready);
}

static void truncate(peer *p, const sample *s)
{
    for (size_t len = 0; len < s->len; len++) {
        check(HF_ERR_DECODE, exchange(p, s, len), s, "truncated");
    }
}

static void test_body_truncated_at_each_length_is_refused(void **state)
{
    for_each_message(*state, truncate);
}

static void append(peer *p, const sample *s)
{
    check(HF_ERR_DECODE, exchange(p, s, s->len + 1), s, "with a byte too much");
}

static void test_body_with_a_byte_too_much_is_refused(void **state)
{
    for_each_message(*state, append);
}

static void try_value(peer *p, const sample *s, size_t field, uint64_t value)
{
    sample bad = *s;
    put_number(bad.data + s->at[field], width_of(&s->message->request[field]), value);
    check(HF_ERR_RANGE, exchange(p, &bad, bad.len), s, s->message->request[field].name);
}

static void leave_range(peer *p, const sample *s)
{
    for (size_t i = 0; i < s->message->request_count; i++) {
        const hf_field *field = &s->message->request[i];
        if (field->type == HF_FIELD_LABEL || field->type == HF_FIELD_NONE) {
            continue;
        }
        size_t width = width_of(field);
        uint64_t top = width == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * width)) - 1;
        if (field->type == HF_FIELD_HANDLE) {
            for (uint32_t bit = 1; bit != 0; bit <<= 1) {
                if ((bit & HF_HANDLE_RESERVED) != 0) {
                    try_value(p, s, i, bit | 1u);
                }
            }
            if (field->min != 0) {
                try_value(p, s, i, HF_HANDLE_GLOBAL);
            }
            continue;
        }
        bool is_bits = field->type == HF_FIELD_BITS16 || field->type == HF_FIELD_BITS32;
        for (uint64_t bit = 1; is_bits && bit <= top; bit <<= 1) {
            if ((bit & field->max) == 0) {
                try_value(p, s, i, bit);
            }
        }
        if (!is_bits && field->max < top) {
            try_value(p, s, i, field->max + 1);
            try_value(p, s, i, top);
        }
        if (!is_bits && field->min > 0) {
            try_value(p, s, i, field->min - 1);
        }
    }
}

static void test_field_out_of_its_range_is_refused(void **state)
{
    for_each_message(*state, leave_range);
}

static void lie_about_length(peer *p, const sample *s)
{
    for (size_t i = 0; i < s->message->request_count; i++) {
        const hf_field *field = &s->message->request[i];
        if (field->type != HF_FIELD_BYTES || field->max <= field->min) {
            continue;
        }
        sample bad = *s;
        put_number(bad.data + s->at[i], 4, field->max);
        check(HF_ERR_DECODE, exchange(p, &bad, bad.len), s, "longer than the body");
    }
}

static void test_bytes_longer_than_the_body_are_refused(void **state)
{
    for_each_message(*state, lie_about_length);
}

static void test_unknown_kind_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    hf_bytes answer;
    uint32_t tried = 0;
    for (uint32_t kind = 0; kind <= UINT16_MAX; kind++) {
        bool is_near = kind >> 8 <= HF_GROUP_COUNT_MAX && (kind & 0xFF) < 64;
        if (hf_message_find((uint16_t)kind) != NULL || (!is_near && kind % 251 != 0)) {
            continue;
        }
        assert_status(HF_ERR_UNKNOWN,
                      peer_exchange(p, (uint16_t)kind, hf_bytes_of("x", 1), &answer));
        tried++;
    }
    assert_true(tried > 1000);
    check_no_trace(*state, p);
}

static void test_request_before_init_is_refused(void **state)
{
    peer *p = peer_open(*state, 7, FIXTURE_ADMIN);
    const hf_message *m;
    hf_bytes answer;
    for (size_t i = 0; (m = hf_message_at(i)) != NULL; i++) {
        sample s = sample_of(m);
        if (m->kind != HF_REQ_comm_init) {
            check(HF_ERR_STATE, exchange(p, &s, s.len), &s, "before INIT");
        }
    }
    assert_status(HF_ERR_UNKNOWN,
                  peer_exchange(p, 0x0F1F, hf_bytes_of(NULL, 0), &answer));
    sample init = sample_of(hf_message_find(HF_REQ_comm_init));
    check(HF_OK, exchange(p, &init, init.len), &init, "after refused ones");
    check_no_trace(*state, p);
}

static void test_request_without_identity_is_refused(void **state)
{
    peer *p = peer_connect(*state, 0, 0);
    const hf_message *m;
    for (size_t i = 0; (m = hf_message_at(i)) != NULL; i++) {
        sample s = sample_of(m);
        if (m->kind >> 8 != HF_GROUP_COMM) {
            check(HF_ERR_ACCESS, exchange(p, &s, s.len), &s, "without identity");
        }
    }
    check_no_trace(*state, p);
}

static void test_admin_request_without_admin_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_WRITER);
    const hf_message *m;
    for (size_t i = 0; (m = hf_message_at(i)) != NULL; i++) {
        sample s = sample_of(m);
        if (m->kind >> 8 == HF_GROUP_ADMIN || m->kind == HF_REQ_counter_purge) {
            check(HF_ERR_ACCESS, exchange(p, &s, s.len), &s, "without ADMIN");
        }
    }
    check_no_trace(*state, p);
}

/* The place of a request's handle in its fields, or -1. */
static int handle_of(const hf_message *m)
{
    return m->request[0].type == HF_FIELD_HANDLE ? 0 : -1;
}

/* Does the request create, change or destroy what it names? */
static bool is_writing(uint16_t kind)
{
    switch (kind) {
    case HF_REQ_nvm_put:
    case HF_REQ_nvm_destroy:
    case HF_REQ_key_import:
    case HF_REQ_key_generate:
    case HF_REQ_key_unwrap:
    case HF_REQ_key_commit:
    case HF_REQ_key_evict:
    case HF_REQ_key_erase:
    case HF_REQ_key_revoke:
    case HF_REQ_counter_create:
    case HF_REQ_counter_increment:
    case HF_REQ_counter_destroy:
    case HF_REQ_counter_purge:
        return true;
    default:
        return false;
    }
}

static bool is_creating(const hf_message *m)
{
    return m->request[0].min == 0 && m->kind != HF_REQ_key_unwrap; /* needs its KEK */
}

/* These bits in the handle of what the request is about, and of all that it needs. */
static void put_handles(sample *s, hf_handle bits)
{
    for (size_t i = 0; i < s->message->request_count; i++) {
        const hf_field *field = &s->message->request[i];
        if (field->type == HF_FIELD_HANDLE && (i == 0 || field->min != 0)) {
            put_number(s->data + s->at[i], 4, bits | 1u);
        }
    }
}

/* What each request that names an object answers when the handle has these bits. */
static void try_handles(peer *p, hf_handle bits, int when_reading, int when_writing)
{
    const hf_message *m;
    for (size_t i = 0; (m = hf_message_at(i)) != NULL; i++) {
        sample s = sample_of(m);
        if (handle_of(m) < 0) {
            continue;
        }
        put_handles(&s, bits);
        int expected = is_writing(m->kind) ? when_writing : when_reading;
        if ((p->session.identity.permissions & HF_PERMISSION_ADMIN) == 0 &&
            m->kind == HF_REQ_counter_purge) {
            expected = HF_ERR_ACCESS;
        }
        if (expected != HF_ERR_NOTFOUND || !is_creating(m)) {
            check(expected, exchange(p, &s, s.len), &s, "with flags in the handle");
        }
    }
}

static void test_handle_flags_unknown_to_the_request_are_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    try_handles(p, HF_HANDLE_WRAPPED, HF_ERR_RANGE, HF_ERR_RANGE);
    try_handles(p, HF_HANDLE_HARDWARE, HF_ERR_RANGE, HF_ERR_RANGE);
    try_handles(p, HF_HANDLE_HARDWARE | HF_HANDLE_GLOBAL, HF_ERR_RANGE, HF_ERR_RANGE);
    check_no_trace(*state, p);
}

static void test_global_object_without_permission_is_refused(void **state)
{
    peer *none = peer_connect(*state, 7, HF_PERMISSION_IDENTITY | HF_PERMISSION_ADMIN);
    peer *reader = peer_connect(*state, 7, FIXTURE_USER | HF_PERMISSION_ADMIN);
    peer *blind = peer_connect(*state, 7,
                               HF_PERMISSION_IDENTITY | HF_PERMISSION_WRITE_GLOBAL |
                                   HF_PERMISSION_ADMIN);
    try_handles(none, HF_HANDLE_GLOBAL, HF_ERR_ACCESS, HF_ERR_ACCESS);
    try_handles(reader, HF_HANDLE_GLOBAL, HF_ERR_NOTFOUND, HF_ERR_ACCESS);
    try_handles(blind, HF_HANDLE_GLOBAL, HF_ERR_ACCESS, HF_ERR_ACCESS);
    check_no_trace(*state, none);
}

static void test_own_object_without_owner_is_refused(void **state)
{
    peer *p = peer_connect(*state, HF_OWNER_GLOBAL, FIXTURE_ADMIN);
    try_handles(p, 0, HF_ERR_ACCESS, HF_ERR_ACCESS);
    try_handles(p, HF_HANDLE_GLOBAL, HF_ERR_NOTFOUND, HF_ERR_NOTFOUND);
    check_no_trace(*state, p);
}

static void test_object_that_is_not_there_is_not_found(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    try_handles(p, 0, HF_ERR_NOTFOUND, HF_ERR_NOTFOUND);
    try_handles(p, HF_HANDLE_GLOBAL, HF_ERR_NOTFOUND, HF_ERR_NOTFOUND);
    check_no_trace(*state, p);
}

static void create_three(peer *p, hf_handle handle)
{
    assert_status(HF_OK, CALL(p, nvm_put, NULL, .handle = handle,
                              .data = text_bytes("secret of 7")));
    assert_status(HF_OK,
                  CALL(p, key_generate, NULL, .handle = handle, .type = HF_KEY_AES_128,
                       .flags = HF_USAGE_ENCRYPT, .store = 1));
    assert_status(HF_OK, CALL(p, counter_create, NULL, .handle = handle, .value = 3));
}

static void test_object_of_another_owner_is_not_found(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    peer *other = peer_connect(*state, 8, FIXTURE_ADMIN);
    create_three(p, 1);
    uint32_t count = fixture_object_count(*state);
    try_handles(other, 0, HF_ERR_NOTFOUND, HF_ERR_NOTFOUND);
    try_handles(other, HF_HANDLE_GLOBAL, HF_ERR_NOTFOUND, HF_ERR_NOTFOUND);
    assert_int_equal(count, fixture_object_count(*state));
}

static void test_global_object_is_not_an_own_one(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    create_three(p, HF_HANDLE_GLOBAL | 1u);
    uint32_t count = fixture_object_count(*state);
    try_handles(p, 0, HF_ERR_NOTFOUND, HF_ERR_NOTFOUND);
    assert_int_equal(count, fixture_object_count(*state));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_body_truncated_at_each_length_is_refused),
        TEST(test_body_with_a_byte_too_much_is_refused),
        TEST(test_field_out_of_its_range_is_refused),
        TEST(test_bytes_longer_than_the_body_are_refused),
        TEST(test_unknown_kind_is_refused),
        TEST(test_request_before_init_is_refused),
        TEST(test_request_without_identity_is_refused),
        TEST(test_admin_request_without_admin_is_refused),
        TEST(test_handle_flags_unknown_to_the_request_are_refused),
        TEST(test_global_object_without_permission_is_refused),
        TEST(test_own_object_without_owner_is_refused),
        TEST(test_object_that_is_not_there_is_not_found),
        TEST(test_object_of_another_owner_is_not_found),
        TEST(test_global_object_is_not_an_own_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
