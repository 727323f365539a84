/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 * Ids and handles: fields, validity and the owner's handle.
 */
#include "holdfast/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_id_make_keeps_each_field(void **state)
{
    (void)state;
    hf_id id = hf_id_make(HF_KIND_KEY, 0xBEEF, 0x123456);
    assert_true(id == 0x020000BEEF123456ull);
    assert_int_equal(hf_id_kind(id), HF_KIND_KEY);
    assert_int_equal(hf_id_owner(id), 0xBEEF);
    assert_int_equal(hf_id_number(id), 0x123456);
}

static void test_id_make_extremes_are_valid(void **state)
{
    (void)state;
    for (uint8_t kind = 1; kind <= HF_KIND_MAX; kind++) {
        assert_true(hf_id_is_valid(hf_id_make(kind, 0, 1)));
        assert_true(hf_id_is_valid(hf_id_make(kind, HF_OWNER_MAX, HF_NUMBER_MAX)));
    }
}

static void test_id_with_a_bad_field_is_invalid(void **state)
{
    (void)state;
    static const hf_id bad[] = {
        0,
        0x0000000000000001ull, /* no kind */
        0x0900000000000001ull, /* kind above the last one */
        0xFF00000000000001ull,
        0x0200000000000000ull, /* number 0 */
        0x020000FFFF000000ull,
        0x0200010000000001ull, /* lowest reserved bit */
        0x0280000000000001ull, /* highest reserved bit */
        UINT64_MAX,
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(hf_id_is_valid(bad[i]));
    }
}

static void test_handle_of_global_object_has_the_flag(void **state)
{
    (void)state;
    assert_int_equal(hf_handle_of(hf_id_make(HF_KIND_KEY, HF_OWNER_GLOBAL, 5)),
                     HF_HANDLE_GLOBAL | 5u);
    assert_int_equal(hf_handle_of(hf_id_make(HF_KIND_KEY, 1, 5)), 5);
}

static void test_handle_bits_partition_the_word(void **state)
{
    (void)state;
    static const uint32_t parts[] = { HF_HANDLE_GLOBAL, HF_HANDLE_WRAPPED,
                                      HF_HANDLE_HARDWARE, HF_HANDLE_NUMBER,
                                      HF_HANDLE_RESERVED };
    uint32_t seen = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        assert_int_equal(seen & parts[i], 0);
        seen |= parts[i];
    }
    assert_int_equal(seen, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_make_keeps_each_field),
        cmocka_unit_test(test_id_make_extremes_are_valid),
        cmocka_unit_test(test_id_with_a_bad_field_is_invalid),
        cmocka_unit_test(test_handle_of_global_object_has_the_flag),
        cmocka_unit_test(test_handle_bits_partition_the_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
