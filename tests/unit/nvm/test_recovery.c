/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Opening again: after a clean close, a crash, a power cut, and on damaged media.
 */
#include "store.h"

static store s;

static void test_open_blank_without_format_is_refused(void **state)
{
    (void)state;
    store_options options = store_defaults();
    store_create(&s, &options);
    memset(s.medium, 0xFF, sizeof s.medium);
    int rc = hf_nvm_init(&s.nvm, &(hf_nvm_config){ .device = &s.device,
                                                   .index_memory = s.index,
                                                   .index_size = sizeof s.index,
                                                   .log_buffer = s.buffer,
                                                   .log_buffer_size = 2048 });
    assert_int_equal(rc, HF_ERR_BLANK);
}

static void test_reopen_keeps_objects(void **state)
{
    (void)state;
    store_options options = store_defaults();
    store_create(&s, &options);
    for (uint32_t i = 1; i <= 20; i++) {
        assert_int_equal(put(&s, data_id(i), "0123456789abcdefghij", i, NULL), HF_OK);
    }
    assert_int_equal(destroy(&s, data_id(7), NULL), HF_OK);
    for (int round = 0; round < 3; round++) {
        store_reopen(&s);
        for (uint32_t i = 1; i <= 20; i++) {
            if (i == 7) {
                assert_false(exists(&s, data_id(i)));
            } else {
                expect_content(&s, data_id(i), "0123456789abcdefghij", i);
            }
        }
    }
}

static void test_cut_loses_only_what_was_not_synced(void **state)
{
    (void)state;
    store_options options = store_defaults();
    store_create(&s, &options);
    assert_int_equal(put(&s, data_id(1), "one", 3, NULL), HF_OK);
    sync_store(&s);
    assert_int_equal(put(&s, data_id(2), "two", 3, NULL), HF_OK);
    store_cut(&s);
    expect_content(&s, data_id(1), "one", 3);
    assert_false(exists(&s, data_id(2)));
    assert_int_equal(put(&s, data_id(3), "three", 5, NULL), HF_OK);
    sync_store(&s);
    store_cut(&s);
    expect_content(&s, data_id(1), "one", 3);
    expect_content(&s, data_id(3), "three", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_blank_without_format_is_refused),
        cmocka_unit_test(test_reopen_keeps_objects),
        cmocka_unit_test(test_cut_loses_only_what_was_not_synced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
