/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * COUNTER requests.
 */
#include "fixture.h"

#define GLOBAL HF_HANDLE_GLOBAL

static uint64_t value_of(peer *p, hf_handle handle)
{
    hf_counter_read_response out = { 0 };
    assert_status(HF_OK, CALL(p, counter_read, &out, .handle = handle));
    return out.value;
}

static void test_create_then_read_returns_value_and_metadata(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_counter_create_response made;
    hf_counter_read_response out;
    const hf_label label = text_label("boots");
    assert_status(HF_OK, CALL(p, counter_create, &made, .handle = 3, .value = 41,
                              .flags = HF_FLAG_NONDESTROYABLE, .label = label));
    assert_int_equal(3, made.handle);
    assert_int_equal(41, made.value);
    assert_status(HF_OK, CALL(p, counter_read, &out, .handle = 3));
    assert_int_equal(41, out.value);
    assert_int_equal(HF_FLAG_NONDESTROYABLE, out.flags);
    assert_memory_equal(label.text, out.label.text, HF_LABEL_SIZE);
}

static void test_create_number_0_assigns_one(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_WRITER);
    hf_counter_create_response first;
    hf_counter_create_response second;
    assert_status(HF_OK, CALL(p, counter_create, &first, .value = 1));
    assert_status(HF_OK, CALL(p, counter_create, &second, .value = 2));
    assert_int_not_equal(first.handle, second.handle);
    assert_int_equal(1, value_of(p, first.handle));
    assert_int_equal(2, value_of(p, second.handle));
    assert_status(HF_OK, CALL(p, counter_create, &first, .handle = GLOBAL, .value = 3));
    assert_int_equal(GLOBAL, first.handle & ~HF_HANDLE_NUMBER);
    assert_int_equal(3, value_of(p, first.handle));
}

static void test_create_existing_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    assert_status(HF_OK, CALL(p, counter_create, NULL, .handle = 3, .value = 5));
    assert_status(HF_ERR_EXISTS, CALL(p, counter_create, NULL, .handle = 3, .value = 9));
    assert_status(HF_ERR_EXISTS, CALL(p, counter_create, NULL, .handle = 3, .value = 0));
    assert_int_equal(5, value_of(p, 3));
}

static void test_increment_adds_and_tells_the_new_value(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_counter_increment_response out;
    assert_status(HF_OK, CALL(p, counter_create, NULL, .handle = 3));
    for (uint64_t i = 1; i <= 300; i++) {
        assert_status(HF_OK, CALL(p, counter_increment, &out, .handle = 3, .by = 1));
        assert_int_equal(i, out.value);
    }
    assert_status(HF_OK, CALL(p, counter_increment, &out, .handle = 3, .by = 1000));
    assert_int_equal(1300, out.value);
    assert_int_equal(1300, value_of(p, 3));
}

static void test_increment_past_the_maximum_changes_nothing(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_OK,
                  CALL(p, counter_create, NULL, .handle = 3, .value = UINT64_MAX - 1));
    assert_status(HF_ERR_OVERFLOW,
                  CALL(p, counter_increment, NULL, .handle = 3, .by = 2));
    assert_true(value_of(p, 3) == UINT64_MAX - 1);
    assert_status(HF_OK, CALL(p, counter_increment, NULL, .handle = 3, .by = 1));
    assert_status(HF_ERR_OVERFLOW,
                  CALL(p, counter_increment, NULL, .handle = 3, .by = 1));
    assert_true(value_of(p, 3) == UINT64_MAX);
    assert_status(HF_OK, CALL(p, counter_destroy, NULL, .handle = 3));
    assert_status(HF_ERR_OVERFLOW, CALL(p, counter_create, NULL, .handle = 3));
}

static void test_destroyed_counter_continues_above_its_last_value(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_counter_create_response made;
    assert_status(HF_OK, CALL(p, counter_create, NULL, .handle = 3, .value = 50));
    assert_status(HF_OK, CALL(p, counter_destroy, NULL, .handle = 3));
    assert_status(HF_ERR_NOTFOUND, CALL(p, counter_read, NULL, .handle = 3));
    assert_status(HF_ERR_NOTFOUND, CALL(p, counter_destroy, NULL, .handle = 3));
    assert_status(HF_ERR_NOTFOUND,
                  CALL(p, counter_increment, NULL, .handle = 3, .by = 1));
    assert_status(HF_OK, CALL(p, counter_create, &made, .handle = 3, .value = 10));
    assert_int_equal(51, made.value);
    assert_int_equal(51, value_of(p, 3));
}

static void test_destroy_nondestroyable_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    assert_status(HF_OK, CALL(p, counter_create, NULL, .handle = 3, .value = 5,
                              .flags = HF_FLAG_NONDESTROYABLE));
    assert_status(HF_ERR_ACCESS, CALL(p, counter_destroy, NULL, .handle = 3));
    assert_status(HF_ERR_NOTFOUND, CALL(p, counter_purge, NULL, .handle = 3));
    assert_int_equal(5, value_of(p, 3));
}

static void test_purge_forgets_a_retired_counter_only(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    hf_counter_create_response made;
    assert_status(HF_OK, CALL(p, counter_create, NULL, .handle = 3, .value = 50));
    assert_status(HF_ERR_NOTFOUND, CALL(p, counter_purge, NULL, .handle = 3));
    assert_status(HF_OK, CALL(p, counter_destroy, NULL, .handle = 3));
    assert_status(HF_OK, CALL(p, counter_purge, NULL, .handle = 3));
    assert_status(HF_ERR_NOTFOUND, CALL(p, counter_purge, NULL, .handle = 3));
    assert_int_equal(0, fixture_object_count(*state));
    assert_status(HF_OK, CALL(p, counter_create, &made, .handle = 3, .value = 10));
    assert_int_equal(10, made.value);
}

static void test_access_bits_need_admin(void **state)
{
    peer *user = peer_connect(*state, 7, FIXTURE_USER);
    peer *admin = peer_connect(*state, 7, FIXTURE_ADMIN);
    assert_status(HF_OK, CALL(user, counter_create, NULL, .handle = 1, .value = 5,
                              .access = HF_ACCESS_ADMIN_READ));
    assert_status(HF_OK, CALL(user, counter_create, NULL, .handle = 2, .value = 5,
                              .access = HF_ACCESS_ADMIN_WRITE));
    assert_status(HF_ERR_ACCESS, CALL(user, counter_read, NULL, .handle = 1));
    assert_int_equal(5, value_of(admin, 1));
    assert_int_equal(5, value_of(user, 2));
    assert_status(HF_ERR_ACCESS,
                  CALL(user, counter_increment, NULL, .handle = 2, .by = 1));
    assert_status(HF_ERR_ACCESS, CALL(user, counter_destroy, NULL, .handle = 2));
    assert_status(HF_OK, CALL(admin, counter_increment, NULL, .handle = 2, .by = 1));
    assert_int_equal(6, value_of(user, 2));
    assert_status(HF_OK, CALL(admin, counter_destroy, NULL, .handle = 2));
}

/* Whoever could raise a global counter could wear it out for everybody. */
static void test_global_counter_is_raised_by_writers_only(void **state)
{
    peer *writer = peer_connect(*state, 7, FIXTURE_WRITER);
    peer *reader = peer_connect(*state, 8, FIXTURE_USER);
    assert_status(HF_OK, CALL(writer, counter_create, NULL, .handle = GLOBAL | 1u));
    assert_status(HF_ERR_ACCESS,
                  CALL(reader, counter_increment, NULL, .handle = GLOBAL | 1u, .by = 1));
    assert_status(HF_OK,
                  CALL(writer, counter_increment, NULL, .handle = GLOBAL | 1u, .by = 1));
    assert_int_equal(1, value_of(reader, GLOBAL | 1u));
    assert_status(HF_ERR_ACCESS,
                  CALL(reader, counter_destroy, NULL, .handle = GLOBAL | 1u));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_create_then_read_returns_value_and_metadata),
        TEST(test_create_number_0_assigns_one),
        TEST(test_create_existing_is_refused),
        TEST(test_increment_adds_and_tells_the_new_value),
        TEST(test_increment_past_the_maximum_changes_nothing),
        TEST(test_destroyed_counter_continues_above_its_last_value),
        TEST(test_destroy_nondestroyable_is_refused),
        TEST(test_purge_forgets_a_retired_counter_only),
        TEST(test_access_bits_need_admin),
        TEST(test_global_counter_is_raised_by_writers_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
