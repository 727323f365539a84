/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Steps as transactions: all or nothing, own writes seen, staged changes settled once,
 * limits, flags, and misuse.
 */
#include "store.h"

static store s;

static int setup(void **state)
{
    store_options options = store_defaults();
    (void)state;
    store_create(&s, &options);
    return 0;
}

static hf_metadata meta_of(hf_id id, uint32_t flags)
{
    return (hf_metadata){ .id = id, .flags = flags };
}

static void begin(void) HF_ACQUIRE(s.nvm.lock, hf_tsa_nvm) HF_NO_TSA
{
    assert_int_equal(hf_nvm_lock(&s.nvm), HF_OK);
}

static int put_in_step(hf_id id, const char *text) HF_REQUIRES(s.nvm.lock, hf_tsa_nvm)
{
    hf_metadata meta = meta_of(id, 0);
    return hf_nvm_put_unchecked(&s.nvm, &meta, hf_bytes_of(text, strlen(text)));
}

static void expect_in_step(hf_id id, const char *text) HF_REQUIRES(s.nvm.lock, hf_tsa_nvm)
{
    uint8_t out[64];
    hf_buffer buffer = hf_buffer_of(out, sizeof out);
    assert_int_equal(hf_nvm_read_unchecked(&s.nvm, id, 0, &buffer), HF_OK);
    assert_int_equal(buffer.len, strlen(text));
    assert_memory_equal(out, text, buffer.len);
}

static void test_step_sees_its_own_writes(void **state)
{
    (void)state;
    hf_metadata meta;
    assert_int_equal(put(&s, data_id(1), "old", 3, NULL), HF_OK);
    begin();
    assert_int_equal(put_in_step(data_id(1), "newer"), HF_OK);
    assert_int_equal(put_in_step(data_id(2), "added"), HF_OK);
    expect_in_step(data_id(1), "newer");
    expect_in_step(data_id(2), "added");
    assert_int_equal(hf_nvm_destroy_unchecked(&s.nvm, data_id(1)), HF_OK);
    assert_false(hf_nvm_has(&s.nvm, data_id(1)));
    assert_int_equal(hf_nvm_get_metadata(&s.nvm, data_id(1), &meta), HF_ERR_NOTFOUND);
    assert_int_equal(put_in_step(data_id(1), "again"), HF_OK);
    expect_in_step(data_id(1), "again");
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
    begin();
    expect_in_step(data_id(1), "again");
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
}

static void change_everything(void) HF_REQUIRES(s.nvm.lock, hf_tsa_nvm)
{
    assert_int_equal(put_in_step(data_id(1), "replaced"), HF_OK);
    assert_int_equal(hf_nvm_destroy_unchecked(&s.nvm, data_id(2)), HF_OK);
    assert_int_equal(put_in_step(data_id(3), "added"), HF_OK);
    assert_int_equal(hf_nvm_set_counter(&s.nvm, counter_id(1), 77), HF_OK);
    assert_int_equal(hf_nvm_destroy_unchecked(&s.nvm, data_id(3)), HF_OK);
    assert_int_equal(hf_nvm_destroy_unchecked(&s.nvm, counter_id(1)), HF_OK);
    assert_int_equal(put_in_step(data_id(2), "back"), HF_OK);
}

static void test_rollback_changes_nothing(void **state)
{
    uint64_t value;
    uint8_t five[8] = { 5 };
    (void)state;
    assert_int_equal(put(&s, data_id(1), "one", 3, NULL), HF_OK);
    assert_int_equal(put(&s, data_id(2), "two", 3, NULL), HF_OK);
    assert_int_equal(put(&s, counter_id(1), five, sizeof five, NULL), HF_OK);
    hf_nvm_space before = get_space(&s);
    begin();
    hf_ticket head = hf_nvm_head(&s.nvm);
    change_everything();
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_ERR_QUOTA, NULL), HF_ERR_QUOTA);
    for (int round = 0; round < 2; round++) {
        expect_content(&s, data_id(1), "one", 3);
        expect_content(&s, data_id(2), "two", 3);
        assert_false(exists(&s, data_id(3)));
        assert_int_equal(get_counter(&s, counter_id(1), &value), HF_OK);
        assert_int_equal(value, 5);
        hf_nvm_space after = get_space(&s);
        assert_true(after.used_size == before.used_size);
        assert_int_equal(after.object_count, before.object_count);
        begin();
        assert_true(hf_nvm_head(&s.nvm) == head);
        assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
        store_reopen(&s);
    }
}

static void test_commit_survives_reopen_as_a_whole(void **state)
{
    uint8_t five[8] = { 5 };
    (void)state;
    assert_int_equal(put(&s, data_id(1), "one", 3, NULL), HF_OK);
    assert_int_equal(put(&s, data_id(2), "two", 3, NULL), HF_OK);
    assert_int_equal(put(&s, counter_id(1), five, sizeof five, NULL), HF_OK);
    begin();
    change_everything();
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
    hf_nvm_space before = get_space(&s);
    store_reopen(&s);
    begin();
    expect_in_step(data_id(1), "replaced");
    expect_in_step(data_id(2), "back");
    assert_false(hf_nvm_has(&s.nvm, data_id(3)));
    assert_false(hf_nvm_has(&s.nvm, counter_id(1)));
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
    assert_true(get_space(&s).used_size == before.used_size);
}

static void test_operations_beyond_the_limit_are_refused(void **state)
{
    (void)state;
    begin();
    for (uint32_t i = 1; i <= HF_CFG_NVM_TXN_OPS_MAX; i++) {
        assert_int_equal(put_in_step(data_id(i), "x"), HF_OK);
    }
    assert_int_equal(put_in_step(data_id(100), "x"), HF_ERR_LIMIT);
    assert_int_equal(hf_nvm_destroy_unchecked(&s.nvm, data_id(1)), HF_ERR_LIMIT);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
    assert_true(exists(&s, data_id(1)));
    assert_false(exists(&s, data_id(100)));
}

typedef struct settled {
    int count;
    bool committed;
    hf_ticket position;
    bool was_locked;
} settled;

static void settle(void *owner, uint64_t argument, bool committed, hf_ticket position)
{
    settled *to = (settled *)owner;
    to->count += (int)argument;
    to->committed = committed;
    to->position = position;
    to->was_locked = s.is_locked || HF_CFG_THREADSAFE == 0;
}

static void test_staged_changes_are_settled_once_under_the_lock(void **state)
{
    settled a = { .count = 0 };
    hf_nvm_staged change = { .settle = settle, .owner = &a, .argument = 1 };
    hf_ticket ticket;
    (void)state;
    begin();
    assert_int_equal(hf_nvm_stage(&s.nvm, &change), HF_OK);
    assert_int_equal(put_in_step(data_id(1), "x"), HF_OK);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, &ticket), HF_OK);
    assert_true(a.count == 1 && a.committed && a.was_locked && a.position == ticket);
    begin();
    assert_int_equal(hf_nvm_stage(&s.nvm, &change), HF_OK);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_ERR_BUSY, NULL), HF_ERR_BUSY);
    assert_true(a.count == 2 && !a.committed && a.was_locked);
    begin();
    for (uint32_t i = 0; i < HF_CFG_NVM_TXN_OPS_MAX; i++) {
        assert_int_equal(hf_nvm_stage(&s.nvm, &change), HF_OK);
    }
    assert_int_equal(hf_nvm_stage(&s.nvm, &change), HF_ERR_LIMIT);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
    assert_int_equal(a.count, 2 + HF_CFG_NVM_TXN_OPS_MAX);
}

static void test_flags_guard_the_checked_variants_only(void **state)
{
    hf_metadata meta =
        meta_of(data_id(1),
                HF_FLAG_NONMODIFIABLE | HF_FLAG_NONDESTROYABLE | HF_FLAG_NONEXPORTABLE);
    uint8_t out[8];
    hf_buffer buffer = hf_buffer_of(out, sizeof out);
    hf_bytes data = hf_bytes_of("x", 1);
    (void)state;
    begin();
    assert_int_equal(hf_nvm_put_checked(&s.nvm, &meta, data), HF_OK);
    assert_int_equal(hf_nvm_put_checked(&s.nvm, &meta, data), HF_ERR_ACCESS);
    assert_int_equal(hf_nvm_destroy_checked(&s.nvm, meta.id), HF_ERR_ACCESS);
    assert_int_equal(hf_nvm_read_checked(&s.nvm, meta.id, 0, &buffer), HF_ERR_ACCESS);
    assert_int_equal(hf_nvm_read_unchecked(&s.nvm, meta.id, 0, &buffer), HF_OK);
    assert_int_equal(hf_nvm_put_unchecked(&s.nvm, &meta, data), HF_OK);
    assert_int_equal(hf_nvm_destroy_unchecked(&s.nvm, meta.id), HF_OK);
    meta.flags = HF_FLAG_SENSITIVE;
    assert_int_equal(hf_nvm_put_checked(&s.nvm, &meta, data), HF_OK);
    assert_int_equal(hf_nvm_read_checked(&s.nvm, meta.id, 0, &buffer), HF_ERR_ACCESS);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
}

static void test_bad_arguments_are_refused(void **state)
{
    hf_metadata meta = meta_of(0, 0);
    static uint8_t big[8192];
    uint8_t out[4];
    hf_buffer buffer = hf_buffer_of(out, sizeof out);
    (void)state;
    assert_int_equal(put(&s, data_id(1), "abc", 3, NULL), HF_OK);
    begin();
    assert_int_equal(hf_nvm_put_unchecked(&s.nvm, &meta, hf_bytes_of("", 0)), HF_ERR_ARG);
    meta.id = data_id(2);
    assert_int_equal(hf_nvm_put_unchecked(&s.nvm, &meta, hf_bytes_of(NULL, 1)),
                     HF_ERR_ARG);
    assert_int_equal(hf_nvm_put_unchecked(&s.nvm, &meta, hf_bytes_of(big, sizeof big)),
                     HF_ERR_SIZE);
    assert_int_equal(hf_nvm_destroy_unchecked(&s.nvm, data_id(9)), HF_ERR_NOTFOUND);
    assert_int_equal(hf_nvm_read_unchecked(&s.nvm, data_id(9), 0, &buffer),
                     HF_ERR_NOTFOUND);
    assert_int_equal(hf_nvm_read_unchecked(&s.nvm, data_id(1), 4, &buffer), HF_ERR_ARG);
    assert_int_equal(hf_nvm_read_unchecked(&s.nvm, data_id(1), 3, &buffer), HF_OK);
    assert_int_equal(buffer.len, 0);
    assert_int_equal(hf_nvm_read_unchecked(&s.nvm, data_id(1), 1, &buffer), HF_OK);
    assert_int_equal(buffer.len, 2);
    assert_memory_equal(out, "bc", 2);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
}

#if HF_CFG_THREADSAFE
static void test_lock_errors_are_told_and_change_nothing(void **state)
{
    (void)state;
    s.fail_lock = true;
    assert_int_equal(hf_nvm_lock(&s.nvm), HF_ERR_ABORTED);
    assert_int_equal(hf_nvm_sync(&s.nvm, NULL), HF_ERR_ABORTED);
    s.fail_lock = false;
    begin();
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
    hf_nvm closed;
    memset(&closed, 0, sizeof closed);
    assert_int_equal(hf_nvm_lock(&closed), HF_ERR_ARG);
    assert_int_equal(hf_nvm_cleanup(&closed), HF_OK);
    assert_int_equal(s.violation_count, 0);
}
#endif

static void test_generation_is_the_commit_and_survives_reopen(void **state)
{
    hf_metadata meta;
    hf_ticket ticket;
    (void)state;
    begin();
    assert_int_equal(put_in_step(data_id(1), "x"), HF_OK);
    assert_int_equal(put_in_step(data_id(2), "y"), HF_OK);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, &ticket), HF_OK);
    for (int round = 0; round < 2; round++) {
        begin();
        assert_int_equal(hf_nvm_get_metadata(&s.nvm, data_id(1), &meta), HF_OK);
        assert_true(meta.generation == ticket);
        assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
        store_reopen(&s);
    }
    assert_int_equal(destroy(&s, data_id(1), NULL), HF_OK);
    assert_int_equal(put(&s, data_id(1), "x", 1, NULL), HF_OK);
    begin();
    assert_int_equal(hf_nvm_get_metadata(&s.nvm, data_id(1), &meta), HF_OK);
    assert_true(meta.generation > ticket);
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, NULL), HF_OK);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_step_sees_its_own_writes),
        TEST(test_rollback_changes_nothing),
        TEST(test_commit_survives_reopen_as_a_whole),
        TEST(test_operations_beyond_the_limit_are_refused),
        TEST(test_staged_changes_are_settled_once_under_the_lock),
        TEST(test_flags_guard_the_checked_variants_only),
        TEST(test_bad_arguments_are_refused),
#if HF_CFG_THREADSAFE
        TEST(test_lock_errors_are_told_and_change_nothing),
#endif
        TEST(test_generation_is_the_commit_and_survives_reopen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
