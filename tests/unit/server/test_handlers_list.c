/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Lists of objects, keys and counters: pages, cursors, and what changes meanwhile.
 */
#include "fixture.h"

#include <string.h>

#define GLOBAL HF_HANDLE_GLOBAL
#define HANDLES_MAX 200u

/* One page of any of the three lists. */
typedef struct page {
    hf_handle handles[HANDLES_MAX];
    hf_object_entry last;
    uint32_t count;
    uint32_t cursor;
    uint64_t generation;
} page;

static int read_page(peer *p, uint16_t kind, uint32_t cursor, uint16_t count_max,
                     page *out)
{
    /* The three requests and their answers have the same fields. */
    const hf_nvm_list_request in = { .cursor = cursor, .count_max = count_max };
    hf_nvm_list_response list;
    int rc = peer_call(p, kind, &in, &list);
    if (rc != HF_OK) {
        return rc;
    }
    *out = (page){ .cursor = list.cursor, .generation = list.generation };
    hf_reader reader = hf_reader_of(list.entries);
    while (reader.offset < reader.len) {
        assert_true(out->count < HANDLES_MAX);
        assert_status(HF_OK, hf_object_entry_decode(&reader, &out->last));
        out->handles[out->count++] = out->last.handle;
    }
    return HF_OK;
}

/* All pages of a list, `count_max` entries each. */
static page walk(peer *p, uint16_t kind, uint16_t count_max)
{
    page all = { .count = 0 };
    page one;
    uint32_t cursor = 0;
    do {
        assert_status(HF_OK, read_page(p, kind, cursor, count_max, &one));
        assert_true(count_max == 0 || one.count <= count_max);
        assert_true(all.count + one.count <= HANDLES_MAX);
        memcpy(&all.handles[all.count], one.handles, one.count * sizeof one.handles[0]);
        all.count += one.count;
        all.last = one.last;
        cursor = one.cursor;
    } while (cursor != 0);
    return all;
}

static void assert_handles(const page *got, const hf_handle *expected, uint32_t count)
{
    assert_int_equal(count, got->count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(expected[i], got->handles[i]);
    }
}

static void create(peer *p, uint16_t kind, hf_handle handle)
{
    if (kind == HF_REQ_nvm_list) {
        assert_status(HF_OK, CALL(p, nvm_put, NULL, .handle = handle));
    } else if (kind == HF_REQ_counter_list) {
        assert_status(HF_OK, CALL(p, counter_create, NULL, .handle = handle));
    } else {
        assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = handle,
                                  .type = HF_KEY_HMAC, .store = 1));
    }
}

static const uint16_t lists[] = { HF_REQ_nvm_list, HF_REQ_key_list, HF_REQ_counter_list };
#define LIST_COUNT (sizeof lists / sizeof lists[0])

static void test_list_of_nothing_is_one_empty_page(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    page got;
    for (size_t i = 0; i < LIST_COUNT; i++) {
        assert_status(HF_OK, read_page(p, lists[i], 0, 0, &got));
        assert_int_equal(0, got.count);
        assert_int_equal(0, got.cursor);
    }
}

static void test_list_shows_global_then_own_in_order(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    peer *other = peer_connect(*state, 8, FIXTURE_USER);
    peer *blind = peer_connect(*state, 7, HF_PERMISSION_IDENTITY);
    peer *nobody = peer_connect(*state, HF_OWNER_GLOBAL, FIXTURE_USER);
    const hf_handle made[] = { 9, GLOBAL | 4u, 2, GLOBAL | 700u, HF_NUMBER_MAX, 5 };
    const hf_handle seen[] = { GLOBAL | 4u, GLOBAL | 700u, 2, 5, 9, HF_NUMBER_MAX };
    for (size_t i = 0; i < LIST_COUNT; i++) {
        for (size_t j = 0; j < sizeof made / sizeof made[0]; j++) {
            create(p, lists[i], made[j]);
        }
        create(other, lists[i], 3);
        for (uint16_t count_max = 0; count_max <= 7; count_max++) {
            page got = walk(p, lists[i], count_max);
            assert_handles(&got, seen, 6);
            got = walk(blind, lists[i], count_max);
            assert_handles(&got, &seen[2], 4);
            got = walk(nobody, lists[i], count_max);
            assert_handles(&got, &seen[0], 2);
        }
    }
}

static void test_list_entry_describes_the_object(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    page got;
    assert_status(HF_OK,
                  CALL(p, nvm_put, NULL, .handle = 1, .flags = HF_FLAG_NONMODIFIABLE,
                       .label = text_label("data"), .data = text_bytes("12345")));
    assert_status(HF_OK, CALL(p, counter_create, NULL, .handle = 2, .value = 77,
                              .label = text_label("counter")));
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 3, .type = HF_KEY_P256,
                              .flags = HF_USAGE_SIGN, .label = text_label("key")));
    got = walk(p, HF_REQ_nvm_list, 0);
    assert_int_equal(1, got.last.handle);
    assert_int_equal(5, got.last.len);
    assert_int_equal(0, got.last.type);
    assert_int_equal(HF_FLAG_NONMODIFIABLE, got.last.flags);
    assert_string_equal("data", (const char *)got.last.label.text);
    got = walk(p, HF_REQ_counter_list, 0);
    assert_int_equal(2, got.last.handle);
    assert_int_equal(77, got.last.value);
    assert_string_equal("counter", (const char *)got.last.label.text);
    got = walk(p, HF_REQ_key_list, 0);
    assert_int_equal(3, got.last.handle);
    assert_int_equal(HF_KEY_P256, got.last.type);
    assert_int_equal(HF_USAGE_SIGN | HF_FLAG_LOCAL, got.last.flags);
    assert_string_equal("key", (const char *)got.last.label.text);
}

static void test_list_page_holds_as_many_as_fit(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    peer *small = peer_open(f, 7, FIXTURE_USER);
    page got;
    assert_status(HF_OK, CALL(small, comm_init, NULL, .version = HF_PROTO_VERSION,
                              .body_size = HF_BODY_SIZE_MIN, .window = 1));
    for (hf_handle handle = 1; handle <= 100; handle++) {
        create(p, HF_REQ_nvm_list, handle);
    }
    assert_status(HF_OK, read_page(small, HF_REQ_nvm_list, 0, 0, &got));
    assert_int_equal((HF_BODY_SIZE_MIN - 16) / HF_OBJECT_ENTRY_LEN, got.count);
    assert_int_not_equal(0, got.cursor);
    assert_status(HF_OK, read_page(p, HF_REQ_nvm_list, 0, 0, &got));
    assert_true(got.count > 30);
    got = walk(small, HF_REQ_nvm_list, 0);
    assert_int_equal(100, got.count);
}

/* What exists during the whole walk is seen exactly once, whatever changes around it. */
static void test_list_walk_survives_changes(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_WRITER);
    page one;
    uint32_t cursor = 0;
    uint32_t seen = 0;
    for (hf_handle handle = 10; handle <= 100; handle += 10) {
        create(p, HF_REQ_nvm_list, handle);
    }
    do {
        assert_status(HF_OK, read_page(p, HF_REQ_nvm_list, cursor, 2, &one));
        for (uint32_t i = 0; i < one.count; i++) {
            seen += one.handles[i] % 10 == 0;
        }
        cursor = one.cursor;
        if (one.count > 0) {
            hf_handle last = one.handles[one.count - 1];
            hf_ignore(CALL(p, nvm_destroy, NULL, .handle = last)); /* may be gone */
            hf_ignore(CALL(p, nvm_put, NULL, .handle = last - 1)); /* behind the walk */
            hf_ignore(CALL(p, nvm_put, NULL, .handle = last + 1)); /* before it */
        }
    } while (cursor != 0);
    assert_int_equal(10, seen);
}

static void test_list_generation_tells_changes(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    page first;
    page second;
    create(p, HF_REQ_nvm_list, 1);
    assert_status(HF_OK, read_page(p, HF_REQ_nvm_list, 0, 0, &first));
    assert_status(HF_OK, read_page(p, HF_REQ_nvm_list, 0, 0, &second));
    assert_int_equal(first.generation, second.generation);
    create(p, HF_REQ_nvm_list, 2);
    assert_status(HF_OK, read_page(p, HF_REQ_nvm_list, 0, 0, &second));
    assert_int_not_equal(first.generation, second.generation);
}

static void test_list_keys_shows_cached_and_stored_once(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    const hf_handle seen[] = { 1, 2, 3, 4 };
    for (hf_handle handle = 1; handle <= 4; handle++) {
        assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = handle,
                                  .type = HF_KEY_HMAC, .store = handle % 2));
    }
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = 3));
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1, .type = HF_KEY_HMAC));
    for (uint16_t count_max = 0; count_max <= 4; count_max++) {
        page got = walk(p, HF_REQ_key_list, count_max);
        assert_handles(&got, seen, 4);
    }
}

/* Retired counters are not listed, and many in a row do not end a walk. */
static void test_list_counters_passes_over_retired_ones(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_WRITER);
    const hf_handle seen[] = { 1, 120 };
    for (hf_handle handle = 1; handle <= 120; handle++) {
        create(p, HF_REQ_counter_list, handle);
        if (handle != 1 && handle != 120) {
            assert_status(HF_OK, CALL(p, counter_destroy, NULL, .handle = handle));
        }
    }
    for (uint16_t count_max = 0; count_max <= 2; count_max++) {
        page got = walk(p, HF_REQ_counter_list, count_max);
        assert_handles(&got, seen, 2);
    }
    assert_status(HF_OK, CALL(p, counter_destroy, NULL, .handle = 120));
    page got = walk(p, HF_REQ_counter_list, 0);
    assert_handles(&got, seen, 1);
}

static void test_list_cursor_that_is_none_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    peer *nobody = peer_connect(*state, HF_OWNER_GLOBAL, FIXTURE_USER);
    page got;
    for (size_t i = 0; i < LIST_COUNT; i++) {
        assert_status(HF_ERR_RANGE, read_page(p, lists[i], 0x01000000u, 0, &got));
        assert_status(HF_ERR_RANGE, read_page(p, lists[i], UINT32_MAX, 0, &got));
        assert_status(HF_ERR_RANGE, read_page(nobody, lists[i], 0x80000001u, 0, &got));
        assert_status(HF_OK, read_page(p, lists[i], 0x80FFFFFFu, 0, &got));
        assert_int_equal(0, got.count);
        assert_int_equal(0, got.cursor);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_list_of_nothing_is_one_empty_page),
        TEST(test_list_shows_global_then_own_in_order),
        TEST(test_list_entry_describes_the_object),
        TEST(test_list_page_holds_as_many_as_fit),
        TEST(test_list_walk_survives_changes),
        TEST(test_list_generation_tells_changes),
        TEST(test_list_keys_shows_cached_and_stored_once),
        TEST(test_list_counters_passes_over_retired_ones),
        TEST(test_list_cursor_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
