/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * NVM requests.
 */
#include "fixture.h"

#include <string.h>

#define GLOBAL HF_HANDLE_GLOBAL

static int put(peer *p, hf_handle handle, uint32_t flags, const char *text)
{
    return CALL(p, nvm_put, NULL, .handle = handle, .flags = flags,
                .label = text_label("a label"), .data = text_bytes(text));
}

static void assert_content(peer *p, hf_handle handle, const char *text)
{
    hf_nvm_read_response out;
    assert_status(HF_OK, CALL(p, nvm_read, &out, .handle = handle, .len = 1000));
    assert_int_equal(strlen(text), out.total_len);
    assert_int_equal(strlen(text), out.data.len);
    assert_memory_equal(text, out.data.data, out.data.len);
}

static void test_put_then_read_returns_bytes_and_metadata(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_nvm_put_response made;
    hf_nvm_read_response out;
    const hf_label label = text_label("boot image");
    assert_status(HF_OK,
                  CALL(p, nvm_put, &made, .handle = 12, .flags = HF_FLAG_NONDESTROYABLE,
                       .label = label, .data = text_bytes("content")));
    assert_int_equal(12, made.handle);
    assert_status(HF_OK, CALL(p, nvm_read, &out, .handle = 12, .len = 100));
    assert_int_equal(7, out.total_len);
    assert_int_equal(HF_FLAG_NONDESTROYABLE, out.flags);
    assert_true(out.generation > 0);
    assert_memory_equal(label.text, out.label.text, HF_LABEL_SIZE);
    assert_int_equal(7, out.data.len);
    assert_memory_equal("content", out.data.data, 7);
}

static void test_put_empty_object_can_be_read(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_OK, put(p, 1, 0, ""));
    assert_content(p, 1, "");
    assert_status(HF_OK, CALL(p, nvm_read, NULL, .handle = 1, .len = 0));
}

static void test_put_replaces_and_changes_the_generation(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_nvm_info_response first;
    hf_nvm_info_response second;
    assert_status(HF_OK, put(p, 1, 0, "one"));
    assert_status(HF_OK, CALL(p, nvm_info, &first, .handle = 1));
    assert_status(HF_OK, put(p, 1, 0, "another"));
    assert_status(HF_OK, CALL(p, nvm_info, &second, .handle = 1));
    assert_int_not_equal(first.generation, second.generation);
    assert_int_equal(3, first.len);
    assert_int_equal(7, second.len);
    assert_content(p, 1, "another");
}

static void test_put_number_0_assigns_numbers_that_all_differ(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_WRITER);
    hf_handle seen = 0;
    hf_nvm_put_response out;
    assert_status(HF_OK, put(p, 2, 0, "in the way"));
    for (int i = 0; i < 20; i++) {
        assert_status(HF_OK, CALL(p, nvm_put, &out, .data = text_bytes("x")));
        assert_true(out.handle > seen && out.handle <= HF_NUMBER_MAX);
        assert_int_not_equal(2, out.handle);
        seen = out.handle;
    }
    assert_status(HF_OK, CALL(p, nvm_put, &out, .handle = GLOBAL));
    assert_int_equal(GLOBAL, out.handle & ~HF_HANDLE_NUMBER);
    assert_int_not_equal(0, out.handle & HF_HANDLE_NUMBER);
}

static void test_put_over_nonmodifiable_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    assert_status(HF_OK, put(p, 1, HF_FLAG_NONMODIFIABLE, "stays"));
    assert_status(HF_ERR_ACCESS, put(p, 1, 0, "no"));
    assert_content(p, 1, "stays");
    assert_status(HF_OK, CALL(p, nvm_destroy, NULL, .handle = 1));
}

static void test_destroy_nondestroyable_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    assert_status(HF_OK, put(p, 1, HF_FLAG_NONDESTROYABLE, "stays"));
    assert_status(HF_ERR_ACCESS, CALL(p, nvm_destroy, NULL, .handle = 1));
    assert_content(p, 1, "stays");
}

static void test_destroy_then_read_is_not_found(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_OK, put(p, 1, 0, "gone"));
    assert_status(HF_OK, CALL(p, nvm_destroy, NULL, .handle = 1));
    assert_status(HF_ERR_NOTFOUND, CALL(p, nvm_read, NULL, .handle = 1, .len = 4));
    assert_status(HF_ERR_NOTFOUND, CALL(p, nvm_info, NULL, .handle = 1));
    assert_status(HF_ERR_NOTFOUND, CALL(p, nvm_destroy, NULL, .handle = 1));
    assert_int_equal(0, fixture_object_count(*state));
}

static void test_read_range_returns_that_part(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_nvm_read_response out;
    assert_status(HF_OK, put(p, 1, 0, "0123456789"));
    assert_status(HF_OK, CALL(p, nvm_read, &out, .handle = 1, .offset = 3, .len = 4));
    assert_int_equal(10, out.total_len);
    assert_int_equal(4, out.data.len);
    assert_memory_equal("3456", out.data.data, 4);
    assert_status(HF_OK, CALL(p, nvm_read, &out, .handle = 1, .offset = 10, .len = 4));
    assert_int_equal(0, out.data.len);
    assert_status(HF_ERR_ARG, CALL(p, nvm_read, NULL, .handle = 1, .offset = 11));
}

/* What does not fit an answer is read in parts: the answer tells the whole length. */
static void test_read_more_than_fits_returns_what_fits(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    peer *small = peer_open(*state, 7, FIXTURE_USER);
    hf_nvm_read_response out;
    uint8_t data[3000];
    memset(data, 'x', sizeof data);
    assert_status(HF_OK, CALL(small, comm_init, NULL, .version = HF_PROTO_VERSION,
                              .body_size = HF_BODY_SIZE_MIN, .window = 1));
    assert_status(HF_OK,
                  CALL(p, nvm_put, NULL, .handle = 1, .data = hf_bytes_of(data, 3000)));
    assert_status(HF_OK, CALL(small, nvm_read, &out, .handle = 1, .len = UINT32_MAX));
    assert_int_equal(3000, out.total_len);
    size_t fixed_len = 4 + 8 + 4 + HF_LABEL_SIZE + 4;
    assert_int_equal(HF_BODY_SIZE_MIN - fixed_len, out.data.len);
    uint32_t offset = (uint32_t)out.data.len;
    assert_status(HF_OK, CALL(small, nvm_read, &out, .handle = 1, .offset = offset * 2,
                              .len = UINT32_MAX));
    assert_int_equal(3000 - 2 * offset, out.data.len);
}

static void test_read_of_what_must_not_leave_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    hf_nvm_info_response info;
    assert_status(HF_OK, put(p, 1, HF_FLAG_SENSITIVE, "secret"));
    assert_status(HF_OK, put(p, 2, HF_FLAG_NONEXPORTABLE, "secret"));
    for (hf_handle handle = 1; handle <= 2; handle++) {
        assert_status(HF_ERR_ACCESS, CALL(p, nvm_read, NULL, .handle = handle, .len = 9));
        assert_status(HF_ERR_ACCESS, CALL(p, nvm_read, NULL, .handle = handle, .len = 0));
        assert_status(HF_OK, CALL(p, nvm_info, &info, .handle = handle));
        assert_int_equal(6, info.len);
    }
}

static void test_info_tells_flags_access_and_label(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    hf_nvm_info_response info;
    assert_status(HF_OK,
                  CALL(p, nvm_put, NULL, .handle = 1, .flags = HF_FLAG_NONMODIFIABLE,
                       .access = HF_ACCESS_ADMIN_READ, .label = text_label("the label"),
                       .data = text_bytes("abc")));
    assert_status(HF_OK, CALL(p, nvm_info, &info, .handle = 1));
    assert_int_equal(3, info.len);
    assert_int_equal(HF_FLAG_NONMODIFIABLE, info.flags);
    assert_int_equal(HF_ACCESS_ADMIN_READ, info.access);
    assert_memory_equal(text_label("the label").text, info.label.text, HF_LABEL_SIZE);
}

static void test_access_bits_need_admin(void **state)
{
    peer *user = peer_connect(*state, 7, FIXTURE_USER);
    peer *admin = peer_connect(*state, 7, FIXTURE_ADMIN);
    assert_status(HF_OK, CALL(user, nvm_put, NULL, .handle = 1,
                              .access = HF_ACCESS_ADMIN_READ, .data = text_bytes("r")));
    assert_status(HF_OK, CALL(user, nvm_put, NULL, .handle = 2,
                              .access = HF_ACCESS_ADMIN_WRITE, .data = text_bytes("w")));
    assert_status(HF_ERR_ACCESS, CALL(user, nvm_read, NULL, .handle = 1, .len = 1));
    assert_status(HF_OK, CALL(user, nvm_info, NULL, .handle = 1));
    assert_content(admin, 1, "r");
    assert_content(user, 2, "w");
    assert_status(HF_ERR_ACCESS, put(user, 2, 0, "other"));
    assert_status(HF_ERR_ACCESS, CALL(user, nvm_destroy, NULL, .handle = 2));
    assert_content(user, 2, "w");
    assert_status(HF_OK, put(admin, 2, 0, "other"));
    assert_content(user, 2, "other");
    assert_status(HF_OK, CALL(user, nvm_destroy, NULL, .handle = 1));
}

static void test_global_object_is_shared(void **state)
{
    peer *writer = peer_connect(*state, 7, FIXTURE_WRITER);
    peer *reader = peer_connect(*state, 8, FIXTURE_USER);
    assert_status(HF_OK, put(writer, GLOBAL | 5u, 0, "for all"));
    assert_status(HF_OK, put(reader, 5, 0, "own"));
    assert_content(reader, GLOBAL | 5u, "for all");
    assert_content(reader, 5, "own");
    assert_status(HF_ERR_ACCESS, put(reader, GLOBAL | 5u, 0, "no"));
    assert_status(HF_ERR_ACCESS, CALL(reader, nvm_destroy, NULL, .handle = GLOBAL | 5u));
    assert_status(HF_ERR_ACCESS, put(reader, GLOBAL, 0, "no"));
    assert_content(writer, GLOBAL | 5u, "for all");
}

static void test_put_larger_than_any_record_is_refused(void **state)
{
    fixture *f = fixture_make();
    f->config.body_size_max = FIXTURE_BODY_SIZE;
    f->config.nvm.log_buffer_size = 2048;
    fixture_start(f);
    *state = f;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    uint8_t data[3500] = { 0 };
    assert_status(HF_ERR_SIZE,
                  CALL(p, nvm_put, NULL, .handle = 1, .data = hf_bytes_of(data, 3500)));
    assert_int_equal(0, fixture_object_count(f));
    assert_status(HF_OK, put(p, 1, 0, "small"));
}

static void test_put_into_full_store_is_refused_until_there_is_room(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    uint8_t data[2000] = { 0 };
    hf_nvm_space_response space;
    hf_handle count = 0;
    int rc = HF_OK;
    while (rc == HF_OK && count < 100) {
        rc = CALL(p, nvm_put, NULL, .handle = count + 1, .data = hf_bytes_of(data, 2000));
        count += rc == HF_OK;
    }
    assert_status(HF_ERR_NOSPACE, rc);
    assert_true(count >= 3);
    assert_status(HF_OK, CALL(p, nvm_space, &space, .none = 0));
    assert_int_equal(count, space.object_count);
    assert_status(HF_OK, CALL(p, nvm_read, NULL, .handle = 1, .len = 10));
    assert_status(HF_OK, CALL(p, nvm_destroy, NULL, .handle = 1));
    assert_status(HF_OK,
                  CALL(p, nvm_put, NULL, .handle = 1, .data = hf_bytes_of(data, 2000)));
}

static void test_space_follows_what_is_stored(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_nvm_space_response before;
    hf_nvm_space_response after;
    assert_status(HF_OK, CALL(p, nvm_space, &before, .none = 0));
    assert_int_equal(0, before.object_count);
    assert_int_equal(before.total_size, before.used_size + before.free_size);
    assert_status(HF_OK, put(p, 1, 0, "some bytes"));
    assert_status(HF_OK, CALL(p, nvm_space, &after, .none = 0));
    assert_int_equal(1, after.object_count);
    assert_true(after.used_size >= before.used_size + 10);
    assert_true(after.free_size < before.free_size);
    assert_int_equal(before.object_count_max, after.object_count_max);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_put_then_read_returns_bytes_and_metadata),
        TEST(test_put_empty_object_can_be_read),
        TEST(test_put_replaces_and_changes_the_generation),
        TEST(test_put_number_0_assigns_numbers_that_all_differ),
        TEST(test_put_over_nonmodifiable_is_refused),
        TEST(test_destroy_nondestroyable_is_refused),
        TEST(test_destroy_then_read_is_not_found),
        TEST(test_read_range_returns_that_part),
        TEST(test_read_more_than_fits_returns_what_fits),
        TEST(test_read_of_what_must_not_leave_is_refused),
        TEST(test_info_tells_flags_access_and_label),
        TEST(test_access_bits_need_admin),
        TEST(test_global_object_is_shared),
        cmocka_unit_test_teardown(test_put_larger_than_any_record_is_refused,
                                  fixture_close),
        TEST(test_put_into_full_store_is_refused_until_there_is_room),
        TEST(test_space_follows_what_is_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
