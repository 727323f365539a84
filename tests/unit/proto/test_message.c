/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The tables of the catalogue: they can be searched by kind, and hold together.
 */
#include "holdfast/proto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "values.h"

static void test_find_every_kind_agrees_with_the_list(void **state)
{
    (void)state;
    size_t found = 0;
    for (uint32_t kind = 0; kind <= UINT16_MAX; kind++) {
        const hf_message *m = hf_message_find((uint16_t)kind);
        if (m != NULL) {
            assert_int_equal(m->kind, kind);
            assert_ptr_equal(hf_message_at(m->index), m);
            found++;
        }
    }
    assert_int_equal(found, HF_MESSAGE_COUNT);
    assert_null(hf_message_at(HF_MESSAGE_COUNT));
    assert_ptr_equal(hf_message_find(HF_REQ_sign), hf_message_at(HF_INDEX_sign));
}

static void test_names_are_told_and_unknown_ones_are_not(void **state)
{
    (void)state;
    assert_string_equal(hf_message_name(HF_REQ_counter_increment), "counter_increment");
    assert_string_equal(hf_message_name(0), "?");
    assert_string_equal(hf_message_name(0xFFFF), "?");
    assert_string_equal(hf_group_name(HF_GROUP_CRYPTO), "crypto");
    assert_string_equal(hf_group_name(HF_GROUP_ADMIN), "admin");
    assert_string_equal(hf_group_name(0), "?");
    assert_string_equal(hf_group_name(15), "?");
    assert_string_equal(hf_group_name(255), "?");
}

static void test_every_message_belongs_to_its_group_and_has_a_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_MESSAGE_COUNT; i++) {
        const hf_message *m = hf_message_at(i);
        const char *group = hf_group_name((uint8_t)(m->kind >> 8));
        assert_int_equal(m->index, i);
        assert_string_not_equal(group, "?");
        assert_true(strlen(m->doc) > 5);
        if (m->kind >> 8 != HF_GROUP_CRYPTO) {
            assert_int_equal(strncmp(m->name, group, strlen(group)), 0);
        }
        if (i > 0) {
            assert_true(hf_message_at(i - 1)->kind < m->kind);
        }
    }
}

/* Fields stand in the struct in wire order, do not overlap, and have sane bounds. */
static void test_every_field_lies_in_its_struct(void **state)
{
    (void)state;
    direction d;
    for (size_t i = 0; (d = direction_at(i)).message != NULL; i++) {
        size_t size = d.is_response ? d.message->response_size : d.message->request_size;
        size_t end = 0;
        assert_true(size <= sizeof(any_struct));
        for (size_t f = 0; f < d.count; f++) {
            const hf_field *field = &d.fields[f];
            size_t width = field->type == HF_FIELD_BYTES   ? sizeof(hf_bytes)
                           : field->type == HF_FIELD_LABEL ? sizeof(hf_label)
                           : field->type == HF_FIELD_NONE  ? 1u
                                                           : number_bits(field) / 8u;
            assert_true(field->offset >= end);
            end = field->offset + width;
            assert_true(end <= size);
            assert_true(field->type == HF_FIELD_HANDLE || field->min <= field->max);
            assert_true(field->type == HF_FIELD_NONE || strlen(field->doc) > 2);
        }
    }
}

static void test_response_size_max_covers_the_largest_response(void **state)
{
    (void)state;
    assert_int_equal(hf_proto_response_size_max(HF_REQ_comm_close), 0);
    assert_int_equal(hf_proto_response_size_max(HF_REQ_counter_increment), 8);
    assert_int_equal(hf_proto_response_size_max(HF_REQ_sign), 4 + 65535);
    assert_int_equal(hf_proto_response_size_max(HF_REQ_key_info), 4 + 4 + 2 + 8 + 1 + 32);
    assert_int_equal(hf_proto_response_size_max(HF_REQ_comm_echo), HF_BODY_SIZE_MAX);
    uint64_t random = 1;
    direction d;
    for (size_t i = 0; (d = direction_at(i)).message != NULL; i++) {
        any_struct any;
        set_values(&d, VALUE_MAX, &random, &any);
        size_t len = hf_proto_encoded_len(d.message->kind, d.is_response, &any);
        size_t expected = len < HF_BODY_SIZE_MAX ? len : HF_BODY_SIZE_MAX;
        assert_int_equal(d.is_response ? d.message->response_body_size_max
                                       : d.message->request_body_size_max,
                         expected);
    }
}

/* What a session must be able to say before INIT fits the body of that time. */
static void test_init_fits_the_first_body(void **state)
{
    (void)state;
    const hf_message *init = hf_message_find(HF_REQ_comm_init);
    assert_true(init->request_body_size_max <= HF_BODY_SIZE_INIT);
    assert_true(init->response_body_size_max <= HF_BODY_SIZE_INIT);
}

static void test_record_table_describes_the_entry(void **state)
{
    (void)state;
    const hf_record *record = hf_record_at(HF_RECORD_object_entry);
    assert_string_equal(record->name, "object_entry");
    assert_int_equal(record->size, sizeof(hf_object_entry));
    assert_string_equal(record->fields[0].name, "handle");
    assert_null(hf_record_at(HF_RECORD_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_every_kind_agrees_with_the_list),
        cmocka_unit_test(test_names_are_told_and_unknown_ones_are_not),
        cmocka_unit_test(test_every_message_belongs_to_its_group_and_has_a_text),
        cmocka_unit_test(test_every_field_lies_in_its_struct),
        cmocka_unit_test(test_response_size_max_covers_the_largest_response),
        cmocka_unit_test(test_init_fits_the_first_body),
        cmocka_unit_test(test_record_table_describes_the_entry),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
