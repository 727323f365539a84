/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The handler tables against the catalogue.
 */
#include "fixture.h"

#include "server/dispatch.h"

static void test_table_every_request_has_a_row(void **state)
{
    (void)state;
    const hf_message *m;
    for (size_t i = 0; (m = hf_message_at(i)) != NULL; i++) {
        const hf_handler *row = hf_handler_find(m->kind);
        if (row == NULL) {
            fail_msg("%s has no row", m->name);
            return;
        }
        assert_int_equal(m->kind, row->kind);
        assert_string_equal(m->name, row->name);
        assert_true(row->prepare != NULL || row->work != NULL);
        /* What finish stores, work has made. */
        assert_true(row->finish == NULL || row->work != NULL);
    }
}

static void test_table_no_row_without_a_request(void **state)
{
    (void)state;
    size_t found = 0;
    for (uint32_t kind = 0; kind <= UINT16_MAX; kind++) {
        const hf_handler *row = hf_handler_find((uint16_t)kind);
        assert_true((row != NULL) == (hf_message_find((uint16_t)kind) != NULL));
        found += row != NULL;
    }
    assert_int_equal(HF_MESSAGE_COUNT, found);
}

static void test_table_permissions_by_group(void **state)
{
    (void)state;
    const hf_message *m;
    for (size_t i = 0; (m = hf_message_at(i)) != NULL; i++) {
        uint32_t permission = hf_handler_find(m->kind)->permission;
        uint32_t expected = HF_PERMISSION_IDENTITY;
        if (m->kind >> 8 == HF_GROUP_COMM) {
            expected = 0;
        } else if (m->kind >> 8 == HF_GROUP_ADMIN || m->kind == HF_REQ_counter_purge) {
            expected |= HF_PERMISSION_ADMIN;
        }
        assert_int_equal(expected, permission);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_every_request_has_a_row),
        cmocka_unit_test(test_table_no_row_without_a_request),
        cmocka_unit_test(test_table_permissions_by_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
