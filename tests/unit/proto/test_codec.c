/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The codec against every request and response of the catalogue: what was encoded decodes
 * to the same values, is what the second encoder of values.c writes, and every single way
 * to break a body is refused with the documented status.
 */
#include "holdfast/proto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "values.h"

#define SEED 0x243F6A8885A308D3u
#define RANDOM_ROUNDS 50u
#define BODY_SIZE (4u * HF_BODY_SIZE_MAX)

static void require(bool is_good, const direction *d, const char *what)
{
    if (!is_good) {
        fail_msg("%s %s: %s", d->message->name, d->is_response ? "response" : "request",
                 what);
    }
}

static int decode(const direction *d, const uint8_t *body, size_t len)
{
    any_struct out;
    return hf_proto_decode(d->message->kind, d->is_response, hf_bytes_of(body, len),
                           &out);
}

static int encode_into(const direction *d, const any_struct *in, size_t size, size_t *len)
{
    uint8_t *memory = malloc(size + 1);
    hf_buffer body = hf_buffer_of(memory, size);
    int rc = hf_proto_encode(d->message->kind, d->is_response, in, &body);
    *len = body.len;
    free(memory);
    return rc;
}

static int encode(const direction *d, const any_struct *in)
{
    size_t len;
    return encode_into(d, in, BODY_SIZE, &len);
}

/* Encode, compare with the second encoder, decode, compare with what went in. */
static void check_round_trip(const direction *d, const any_struct *in)
{
    static uint8_t memory[BODY_SIZE];
    any_struct out;
    size_t len;
    hf_buffer body = hf_buffer_of(memory, sizeof memory);
    uint8_t *expected = encode_unchecked(d, in, (lie){ .field = NULL }, &len);
    uint16_t kind = d->message->kind;
    require(hf_proto_encode(kind, d->is_response, in, &body) == HF_OK, d, "encode");
    require(body.len == len && memcmp(memory, expected, len) == 0, d, "wrong encoding");
    require(hf_proto_encoded_len(kind, d->is_response, in) == len, d, "encoded_len");
    memset(&out, 0xA5, sizeof out);
    int rc = hf_proto_decode(kind, d->is_response, hf_bytes_of(expected, len), &out);
    require(rc == HF_OK, d, "decode");
    require(are_equal(d, in, &out), d, "other values after a round trip");
    free(expected);
}

static void test_encode_decode_any_message_gives_the_same_values(void **state)
{
    (void)state;
    uint64_t random = SEED;
    any_struct in;
    direction d;
    for (size_t i = 0; (d = direction_at(i)).message != NULL; i++) {
        set_values(&d, VALUE_MIN, &random, &in);
        check_round_trip(&d, &in);
        set_values(&d, VALUE_MAX, &random, &in);
        check_round_trip(&d, &in);
        for (unsigned round = 0; round < RANDOM_ROUNDS; round++) {
            set_values(&d, VALUE_RANDOM, &random, &in);
            check_round_trip(&d, &in);
        }
    }
}

static void test_decode_truncated_at_every_length_is_refused(void **state)
{
    (void)state;
    uint64_t random = SEED;
    any_struct in;
    direction d;
    for (size_t i = 0; (d = direction_at(i)).message != NULL; i++) {
        size_t len;
        set_values(&d, VALUE_RANDOM, &random, &in);
        uint8_t *body = encode_unchecked(&d, &in, (lie){ .field = NULL }, &len);
        for (size_t cut = 0; cut < len; cut++) {
            uint8_t *copy = malloc(cut + 1);
            memcpy(copy, body, cut);
            require(decode(&d, copy, cut) == HF_ERR_DECODE, &d, "truncated body");
            free(copy);
        }
        free(body);
    }
}

static void test_decode_trailing_byte_is_refused(void **state)
{
    (void)state;
    uint64_t random = SEED;
    any_struct in;
    direction d;
    for (size_t i = 0; (d = direction_at(i)).message != NULL; i++) {
        size_t len;
        set_values(&d, VALUE_RANDOM, &random, &in);
        uint8_t *body = encode_unchecked(&d, &in, (lie){ .field = NULL }, &len);
        uint8_t *longer = calloc(1, len + 1);
        memcpy(longer, body, len);
        require(decode(&d, longer, len + 1) == HF_ERR_DECODE, &d, "trailing byte");
        free(longer);
        free(body);
    }
}

/* A valid struct, but for one field: neither direction of the codec takes it. */
static void check_refused(const direction *d, const hf_field *field, uint64_t value,
                          unsigned *count)
{
    uint64_t random = SEED;
    any_struct in;
    size_t len;
    set_values(d, VALUE_RANDOM, &random, &in);
    set_number(field, value, &in);
    uint8_t *body = encode_unchecked(d, &in, (lie){ .field = NULL }, &len);
    if (decode(d, body, len) != HF_ERR_RANGE || encode(d, &in) != HF_ERR_RANGE) {
        fail_msg("%s.%s: %llu is taken", d->message->name, field->name,
                 (unsigned long long)value);
    }
    free(body);
    (*count)++;
}

static void check_bits(const direction *d, const hf_field *field, uint64_t bad,
                       unsigned *count)
{
    any_struct in;
    uint64_t random = SEED;
    set_values(d, VALUE_RANDOM, &random, &in);
    uint64_t good = get_number(field, &in);
    for (unsigned bit = 0; bit < number_bits(field); bit++) {
        if ((bad >> bit & 1u) != 0) {
            check_refused(d, field, good | (uint64_t)1 << bit, count);
        }
    }
}

static void check_range(const direction *d, const hf_field *field, unsigned *count)
{
    unsigned bits = number_bits(field);
    uint64_t type_max = bits == 0 ? UINT32_MAX : UINT64_MAX >> (64 - bits);
    if (field->min > 0) {
        check_refused(d, field, field->min - 1, count);
    }
    if (field->max < type_max) {
        check_refused(d, field, field->max + 1, count);
    }
}

static void check_field(const direction *d, const hf_field *field, unsigned *count)
{
    switch ((enum hf_field_type)field->type) {
    case HF_FIELD_U8:
    case HF_FIELD_U16:
    case HF_FIELD_U32:
    case HF_FIELD_U64:
    case HF_FIELD_BYTES:
        check_range(d, field, count);
        break;
    case HF_FIELD_BITS16:
    case HF_FIELD_BITS32:
        check_bits(d, field, ~field->max, count);
        break;
    case HF_FIELD_HANDLE:
        check_bits(d, field, HF_HANDLE_RESERVED, count);
        if (field->min > 0) {
            check_refused(d, field, 0, count);
            check_refused(d, field, HF_HANDLE_GLOBAL, count);
        }
        break;
    case HF_FIELD_LABEL:
    case HF_FIELD_NONE:
        break;
    }
}

static void test_each_field_out_of_range_is_refused_both_ways(void **state)
{
    (void)state;
    unsigned count = 0;
    direction d;
    for (size_t i = 0; (d = direction_at(i)).message != NULL; i++) {
        for (size_t f = 0; f < d.count; f++) {
            check_field(&d, &d.fields[f], &count);
        }
    }
    assert_true(count > 300); /* the catalogue has that many ways to be out of range */
}

/* A length that claims more than there is, and one that swallows the fields after it. */
static void check_lies(const direction *d, size_t f, unsigned *count)
{
    static const uint32_t claims[] = { 1,          7,         1000, HF_BODY_SIZE_MAX,
                                       0x7FFFFFFF, UINT32_MAX };
    const hf_field *field = &d->fields[f];
    uint64_t random = SEED;
    any_struct in;
    set_values(d, VALUE_MIN, &random, &in);
    size_t honest;
    free(encode_unchecked(d, &in, (lie){ .field = NULL }, &honest));
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        size_t len;
        uint64_t claim = get_number(field, &in) + claims[i];
        lie l = { field, claim > UINT32_MAX ? UINT32_MAX : (uint32_t)claim };
        uint8_t *body = encode_unchecked(d, &in, l, &len);
        int rc = decode(d, body, len);
        bool is_last = f + 1 == d->count;
        if (l.len > field->max) {
            require(rc == HF_ERR_RANGE, d, "a length above its maximum");
        } else if (is_last || l.len > honest) {
            require(rc == HF_ERR_DECODE, d, "a length past the end");
        } else {
            require(rc != HF_OK, d, "a length that swallows other fields");
        }
        free(body);
        (*count)++;
    }
}

static void test_decode_length_that_lies_is_refused(void **state)
{
    (void)state;
    unsigned count = 0;
    direction d;
    for (size_t i = 0; (d = direction_at(i)).message != NULL; i++) {
        for (size_t f = 0; f < d.count; f++) {
            if (d.fields[f].type == HF_FIELD_BYTES) {
                check_lies(&d, f, &count);
            }
        }
    }
    assert_true(count > 100);
}

/* There is one encoding of each value: what decodes is what encoding gives back. */
static void test_decode_random_bytes_accepts_only_what_encodes_to_the_same(void **state)
{
    (void)state;
    uint64_t random = SEED;
    direction d;
    unsigned accepted = 0;
    for (size_t i = 0; (d = direction_at(i)).message != NULL; i++) {
        for (unsigned round = 0; round < 500; round++) {
            any_struct in;
            uint8_t again[512];
            size_t len;
            set_values(&d, VALUE_RANDOM, &random, &in);
            uint8_t *body = encode_unchecked(&d, &in, (lie){ .field = NULL }, &len);
            for (unsigned n = 0; len > 0 && n < round % 4; n++) {
                body[next_random(&random) % len] = (uint8_t)next_random(&random);
            }
            hf_buffer out = hf_buffer_of(again, sizeof again);
            if (hf_proto_decode(d.message->kind, d.is_response, hf_bytes_of(body, len),
                                &in) == HF_OK) {
                int rc = hf_proto_encode(d.message->kind, d.is_response, &in, &out);
                require(rc == HF_OK && out.len == len, &d, "accepted but not encoded");
                require(memcmp(again, body, len) == 0, &d, "two encodings of a value");
                accepted++;
            }
            free(body);
        }
    }
    assert_true(accepted > 10000);
}

static void test_encode_into_every_smaller_buffer_is_refused(void **state)
{
    (void)state;
    uint64_t random = SEED;
    any_struct in;
    direction d;
    for (size_t i = 0; (d = direction_at(i)).message != NULL; i++) {
        set_values(&d, VALUE_RANDOM, &random, &in);
        size_t len = hf_proto_encoded_len(d.message->kind, d.is_response, &in);
        size_t written;
        for (size_t size = 0; size < len; size++) {
            require(encode_into(&d, &in, size, &written) == HF_ERR_SIZE, &d, "too small");
            require(written == 0, &d, "length changed by an error");
        }
        require(encode_into(&d, &in, len, &written) == HF_OK, &d, "exact buffer");
    }
}

static void test_encode_appends_behind_what_is_there(void **state)
{
    (void)state;
    uint8_t memory[16] = { 0x11, 0x22 };
    const uint8_t expected[] = { 0x11, 0x22, 3, 0, 0, 0, 'a', 'b', 'c' };
    hf_buffer body = { memory, sizeof memory, 2 };
    hf_comm_echo_request request = { .data = hf_bytes_of("abc", 3) };
    assert_int_equal(hf_proto_encode(HF_REQ_comm_echo, false, &request, &body), HF_OK);
    assert_int_equal(body.len, sizeof expected);
    assert_memory_equal(memory, expected, sizeof expected);
}

/* The bytes of one message, written by hand from the text of the catalogue. */
static void test_encode_counter_create_has_the_documented_bytes(void **state)
{
    (void)state;
    uint8_t memory[64];
    uint8_t expected[4 + 8 + 4 + 2 + 32] = {
        0x07, 0x00, 0x00, 0x80,                         /* handle */
        0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, /* value */
        0x02, 0x00, 0x00, 0x00,                         /* flags */
        0x03, 0x00,                                     /* access */
        'a',  'b',                                      /* label */
    };
    hf_counter_create_request request = {
        .handle = HF_HANDLE_GLOBAL | 7,
        .value = 0x0102030405060708,
        .flags = 2,
        .access = 3,
        .label = { "ab" },
    };
    hf_buffer body = hf_buffer_of(memory, sizeof memory);
    assert_int_equal(hf_proto_encode(HF_REQ_counter_create, false, &request, &body),
                     HF_OK);
    assert_int_equal(body.len, sizeof expected);
    assert_memory_equal(memory, expected, sizeof expected);
}

static void test_unknown_kind_is_refused(void **state)
{
    (void)state;
    any_struct any = { .raw = { 0 } };
    uint8_t memory[8];
    hf_buffer body = hf_buffer_of(memory, sizeof memory);
    static const uint16_t kinds[] = { 0x0000, 0x0100, 0x011F, 0x0120,
                                      0x01FF, 0x0600, 0x1001, 0xFFFF };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        assert_int_equal(hf_proto_decode(kinds[i], false, hf_bytes_of(memory, 0), &any),
                         HF_ERR_UNKNOWN);
        assert_int_equal(hf_proto_encode(kinds[i], true, &any, &body), HF_ERR_UNKNOWN);
        assert_int_equal(hf_proto_encoded_len(kinds[i], false, &any), 0);
        assert_int_equal(hf_proto_response_size_max(kinds[i]), 0);
    }
}

/* ---- list entries ---- */

static hf_object_entry example_entry(uint32_t number)
{
    return (hf_object_entry){ .handle = number,
                              .type = 5,
                              .len = 77,
                              .flags = 0x80000001,
                              .value = 1u << 31,
                              .label = { "entry" } };
}

static void test_entries_encode_decode_in_a_row(void **state)
{
    (void)state;
    uint8_t memory[3 * HF_OBJECT_ENTRY_LEN + 1];
    hf_buffer entries = hf_buffer_of(memory, sizeof memory);
    for (uint32_t i = 1; i <= 3; i++) {
        hf_object_entry entry = example_entry(i);
        assert_int_equal(hf_object_entry_encode(&entry, &entries), HF_OK);
    }
    hf_object_entry more = example_entry(4);
    assert_int_equal(hf_object_entry_encode(&more, &entries), HF_ERR_SIZE);
    assert_int_equal(entries.len, 3 * HF_OBJECT_ENTRY_LEN);
    hf_reader reader = hf_reader_of(hf_bytes_of(memory, entries.len));
    for (uint32_t i = 1; i <= 3; i++) {
        hf_object_entry entry;
        assert_int_equal(hf_object_entry_decode(&reader, &entry), HF_OK);
        assert_int_equal(entry.handle, i);
        assert_int_equal(entry.flags, 0x80000001);
        assert_int_equal(entry.value, 1u << 31);
        assert_string_equal((const char *)entry.label.text, "entry");
    }
    assert_int_equal(hf_reader_end(&reader), HF_OK);
}

static void test_entry_truncated_or_without_number_is_refused(void **state)
{
    (void)state;
    uint8_t memory[HF_OBJECT_ENTRY_LEN];
    hf_buffer entries = hf_buffer_of(memory, sizeof memory);
    hf_object_entry entry = example_entry(1);
    assert_int_equal(hf_object_entry_encode(&entry, &entries), HF_OK);
    for (size_t len = 0; len < sizeof memory; len++) {
        hf_reader reader = hf_reader_of(hf_bytes_of(memory, len));
        assert_int_equal(hf_object_entry_decode(&reader, &entry), HF_ERR_DECODE);
    }
    memory[0] = 0;
    hf_reader reader = hf_reader_of(hf_bytes_of(memory, sizeof memory));
    assert_int_equal(hf_object_entry_decode(&reader, &entry), HF_ERR_RANGE);
    assert_int_equal(hf_object_entry_decode(&reader, &entry), HF_ERR_RANGE);
    entry.handle = 0;
    entries.len = 0;
    assert_int_equal(hf_object_entry_encode(&entry, &entries), HF_ERR_RANGE);
    assert_int_equal(entries.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encode_decode_any_message_gives_the_same_values),
        cmocka_unit_test(test_decode_truncated_at_every_length_is_refused),
        cmocka_unit_test(test_decode_trailing_byte_is_refused),
        cmocka_unit_test(test_each_field_out_of_range_is_refused_both_ways),
        cmocka_unit_test(test_decode_length_that_lies_is_refused),
        cmocka_unit_test(test_decode_random_bytes_accepts_only_what_encodes_to_the_same),
        cmocka_unit_test(test_encode_into_every_smaller_buffer_is_refused),
        cmocka_unit_test(test_encode_appends_behind_what_is_there),
        cmocka_unit_test(test_encode_counter_create_has_the_documented_bytes),
        cmocka_unit_test(test_unknown_kind_is_refused),
        cmocka_unit_test(test_entries_encode_decode_in_a_row),
        cmocka_unit_test(test_entry_truncated_or_without_number_is_refused),
    };
    return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
