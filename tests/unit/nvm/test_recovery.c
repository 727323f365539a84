/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Opening again: after a clean close, a crash, a power cut, and on damaged media.
 */
#include "store.h"

static store s;

static void begin(void) HF_ACQUIRE(s.nvm.lock, hf_tsa_nvm) HF_NO_TSA
{
    assert_int_equal(hf_nvm_lock(&s.nvm), HF_OK);
}

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

static hf_nvm_address place_of(const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i + len <= sizeof s.medium; i++) {
        if (memcmp(s.medium + i, text, len) == 0) {
            return (hf_nvm_address){ (uint32_t)(i / s.options.geometry.region_size),
                                     i % s.options.geometry.region_size };
        }
    }
    fail_msg("%s is not on the medium", text);
    return (hf_nvm_address){ 0, 0 };
}

static uint8_t *byte_at(hf_nvm_address at)
{
    return s.medium + at.region * s.options.geometry.region_size + at.offset;
}

static void create_three(void)
{
    store_options options = store_defaults();
    store_create(&s, &options);
    assert_int_equal(put(&s, data_id(1), "payload-one", 11, NULL), HF_OK);
    sync_store(&s);
    assert_int_equal(put(&s, data_id(2), "payload-two", 11, NULL), HF_OK);
    sync_store(&s);
    assert_int_equal(put(&s, data_id(3), "payload-three", 13, NULL), HF_OK);
    sync_store(&s);
}

static void expect_corrupt(hf_nvm_address from, hf_nvm_address to)
{
    static uint8_t before[STORE_MEDIUM_SIZE];
    memcpy(before, s.medium, sizeof before);
    assert_int_equal(store_open(&s), HF_ERR_CORRUPT);
    hf_nvm_address at = hf_nvm_corrupt_at(&s.nvm);
    assert_int_equal(at.region, from.region);
    assert_true(at.offset >= from.offset && at.offset <= to.offset);
    assert_memory_equal(before, s.medium, sizeof before);
    assert_int_equal(hf_nvm_lock(&s.nvm), HF_ERR_ARG);
}

static void test_damage_below_the_durable_position_is_told(void **state)
{
    (void)state;
    for (uint32_t back = 0; back <= 80; back += 8) {
        create_three();
        assert_int_equal(hf_nvm_cleanup(&s.nvm), HF_OK);
        hf_nvm_address at = place_of("payload-two");
        hf_nvm_address head = { at.region, at.offset - 80 };
        hf_nvm_address flipped = { at.region, at.offset - back };
        *byte_at(flipped) ^= 0x10;
        expect_corrupt(head, at);
        *byte_at(flipped) ^= 0x10;
        assert_int_equal(store_open(&s), HF_OK);
        expect_content(&s, data_id(2), "payload-two", 11);
    }
}

static void test_damage_is_told_without_a_clean_close(void **state)
{
    (void)state;
    create_three();
    hf_nvm_address at = place_of("payload-one");
    hf_nvm_address head = { at.region, at.offset - 80 };
    memset(byte_at(head), 0xFF, 80 + 16); /* blank, as if it had never been written */
    expect_corrupt(head, at);
}

static void test_damage_of_a_dead_payload_is_harmless(void **state)
{
    (void)state;
    create_three();
    assert_int_equal(destroy(&s, data_id(2), NULL), HF_OK);
    *byte_at(place_of("payload-two")) ^= 1;
    store_reopen(&s);
    assert_false(exists(&s, data_id(2)));
    expect_content(&s, data_id(3), "payload-three", 13);
}

static void test_damage_found_by_reading_is_told(void **state)
{
    uint8_t out[32];
    size_t len;
    hf_metadata meta;
    (void)state;
    create_three();
    hf_nvm_address at = place_of("payload-two");
    *byte_at(at) ^= 1;
    assert_int_equal(read_all(&s, data_id(2), out, sizeof out, &len), HF_ERR_CORRUPT);
    assert_int_equal(len, 0);
    at.offset -= 20;
    *byte_at(at) ^= 1;
    begin();
    assert_int_equal(hf_nvm_get_metadata(&s.nvm, data_id(2), &meta), HF_ERR_CORRUPT);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
    expect_content(&s, data_id(1), "payload-one", 11);
}

static void test_torn_tail_ends_the_log_and_stays_dead(void **state)
{
    (void)state;
    create_three();
    hf_nvm_address at = place_of("payload-three");
    /* Two more transactions reach the medium without a sync; the first is torn. */
    assert_int_equal(put(&s, data_id(4), "payload-four", 12, NULL), HF_OK);
    assert_int_equal(put(&s, data_id(5), "payload-five", 12, NULL), HF_OK);
    s.fail_sync = true;
    assert_int_equal(hf_nvm_sync(&s.nvm, NULL), HF_ERR_IO);
    s.fail_sync = false;
    memset(byte_at(place_of("payload-four")), 0xFF, 8);
    at = place_of("payload-five");
    for (int round = 0; round < 3; round++) {
        store_crash(&s);
        assert_false(exists(&s, data_id(4)));
        assert_false(exists(&s, data_id(5)));
        expect_content(&s, data_id(3), "payload-three", 13);
        assert_int_equal(put(&s, data_id(6), "payload-six", 11, NULL), HF_OK);
        sync_store(&s);
        expect_content(&s, data_id(6), "payload-six", 11);
        assert_memory_equal(byte_at(at), "payload-five", 12);
    }
}

static void test_half_a_transaction_is_not_replayed(void **state)
{
    (void)state;
    create_three();
    begin();
    hf_metadata meta = { .id = data_id(4) };
    assert_int_equal(hf_nvm_put_unchecked(&s.nvm, &meta, hf_bytes_of("payload-4", 9)),
                     HF_OK);
    assert_int_equal(hf_nvm_destroy_unchecked(&s.nvm, data_id(1)), HF_OK);
    meta.id = data_id(5);
    assert_int_equal(hf_nvm_put_unchecked(&s.nvm, &meta, hf_bytes_of("payload-5", 9)),
                     HF_OK);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
    s.fail_sync = true;
    assert_int_equal(hf_nvm_sync(&s.nvm, NULL), HF_ERR_IO);
    s.fail_sync = false;
    hf_nvm_address at = place_of("payload-5");
    at.offset -= 80;
    memset(byte_at(at), 0xFF, 96);
    store_crash(&s);
    expect_content(&s, data_id(1), "payload-one", 11);
    assert_false(exists(&s, data_id(4)));
    assert_false(exists(&s, data_id(5)));
}

static void test_format_that_was_cut_is_formatted_again(void **state)
{
    store_options options = store_defaults();
    (void)state;
    store_create(&s, &options);
    memset(s.medium + 40, 0xFF, sizeof s.medium - 40);
    assert_int_equal(store_open(&s), HF_OK);
    assert_int_equal(put(&s, data_id(1), "x", 1, NULL), HF_OK);
}

static void test_foreign_content_is_not_formatted(void **state)
{
    store_options options = store_defaults();
    (void)state;
    store_create(&s, &options);
    memset(s.medium, 0x5A, sizeof s.medium);
    assert_int_equal(store_open(&s), HF_ERR_CORRUPT);
}

static void test_other_geometry_is_refused(void **state)
{
    store_options options = store_defaults();
    (void)state;
    store_create(&s, &options);
    assert_int_equal(hf_nvm_cleanup(&s.nvm), HF_OK);
    s.options.geometry.granule_size = 16;
    assert_int_equal(store_open(&s), HF_ERR_ARG);
    s.options.geometry.granule_size = 3;
    assert_int_equal(store_open(&s), HF_ERR_ARG);
    s.options.geometry.granule_size = 8;
    assert_int_equal(store_open(&s), HF_OK);
}

static void test_opening_and_closing_writes_nothing(void **state)
{
    (void)state;
    create_three();
    store_reopen(&s);
    uint32_t programs = s.program_count;
    for (int i = 0; i < 10; i++) {
        store_reopen(&s);
    }
    assert_int_equal(s.program_count, programs);
}

/* The copy is all that is left of the object; no commit tells that it was durable, but
 * the anchor that retired the original does. */
static void test_damage_of_a_copy_is_told(void **state)
{
    bool more = true;
    (void)state;
    create_three();
    for (int i = 0; i < 20; i++) {
        assert_int_equal(put_patiently(&s, data_id(1), "payload-one", 11), HF_OK);
    }
    sync_store(&s);
    while (more) {
        assert_int_equal(hf_nvm_clean_step(&s.nvm, true, &more), HF_OK);
    }
    assert_int_equal(s.erase_count, 1 + 1); /* of formatting, and of the cleaning */
    hf_nvm_address at = place_of("payload-two");
    hf_nvm_address head = { at.region, at.offset - 80 };
    *byte_at(head) ^= 1;
    expect_corrupt(head, at);
}

static void test_close_tells_the_first_error(void **state)
{
    (void)state;
    create_three();
    assert_int_equal(put(&s, data_id(4), "x", 1, NULL), HF_OK);
    s.fail_sync = true;
    assert_int_equal(hf_nvm_cleanup(&s.nvm), HF_ERR_IO);
    assert_int_equal(hf_nvm_cleanup(&s.nvm), HF_OK);
    s.fail_sync = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_blank_without_format_is_refused),
        cmocka_unit_test(test_reopen_keeps_objects),
        cmocka_unit_test(test_cut_loses_only_what_was_not_synced),
        cmocka_unit_test(test_damage_below_the_durable_position_is_told),
        cmocka_unit_test(test_damage_is_told_without_a_clean_close),
        cmocka_unit_test(test_damage_of_a_dead_payload_is_harmless),
        cmocka_unit_test(test_damage_found_by_reading_is_told),
        cmocka_unit_test(test_torn_tail_ends_the_log_and_stays_dead),
        cmocka_unit_test(test_half_a_transaction_is_not_replayed),
        cmocka_unit_test(test_format_that_was_cut_is_formatted_again),
        cmocka_unit_test(test_foreign_content_is_not_formatted),
        cmocka_unit_test(test_other_geometry_is_refused),
        cmocka_unit_test(test_opening_and_closing_writes_nothing),
        cmocka_unit_test(test_damage_of_a_copy_is_told),
        cmocka_unit_test(test_close_tells_the_first_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
