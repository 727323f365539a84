/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 * Status codes: every one has its own name, sentence and number.
 */
#include "holdfast/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const int all[] = {
#define NUMBER(name, number, text) HF_ERR_##name,
    HF_STATUS_LIST(NUMBER)
#undef NUMBER
};
#define ALL_COUNT (sizeof(all) / sizeof(all[0]))

static void test_status_list_numbers_are_negative_and_distinct(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL_COUNT; i++) {
        assert_true(all[i] < 0);
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(all[i], all[k]);
        }
    }
}

/* Wire values: these numbers are promised to clients of other versions. */
static void test_status_numbers_stay_as_published(void **state)
{
    (void)state;
    assert_int_equal(HF_OK, 0);
    assert_int_equal(HF_PENDING, 1);
    assert_int_equal(HF_ERR_ARG, -1);
    assert_int_equal(HF_ERR_AGAIN, -5);
    assert_int_equal(HF_ERR_NOTFOUND, -9);
    assert_int_equal(HF_ERR_FRAME, -20);
    assert_int_equal(HF_ERR_LIMIT, -32);
    assert_int_equal(HF_ERR_BLANK, -37);
}

static void test_status_name_of_each_is_its_identifier(void **state)
{
    (void)state;
#define CHECK(name, number, text)                                                        \
    assert_string_equal(hf_status_name(HF_ERR_##name), "HF_ERR_" #name);
    HF_STATUS_LIST(CHECK)
#undef CHECK
    assert_string_equal(hf_status_name(HF_OK), "HF_OK");
    assert_string_equal(hf_status_name(HF_PENDING), "HF_PENDING");
}

static void test_status_text_of_each_is_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL_COUNT; i++) {
        assert_true(strlen(hf_status_text(all[i])) > 0);
        assert_string_not_equal(hf_status_text(all[i]), hf_status_text(-999));
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(hf_status_text(all[i]), hf_status_text(all[k]));
        }
    }
}

static void test_status_unknown_number_has_name_and_text(void **state)
{
    (void)state;
    static const int unknown[] = { -999, -38, 2, 1000, INT32_MIN, INT32_MAX };
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        assert_string_equal(hf_status_name(unknown[i]), "HF_ERR_?");
        assert_string_equal(hf_status_text(unknown[i]), "unknown status");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status_list_numbers_are_negative_and_distinct),
        cmocka_unit_test(test_status_numbers_stay_as_published),
        cmocka_unit_test(test_status_name_of_each_is_its_identifier),
        cmocka_unit_test(test_status_text_of_each_is_its_own),
        cmocka_unit_test(test_status_unknown_number_has_name_and_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
