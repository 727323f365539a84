/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Tickets and syncing: what a step must wait for, each rule by itself, and what a failed
 * device leaves usable.
 */
#include "store.h"

static store s;

static int setup(void **state)
{
    store_options options = store_defaults();
    (void)state;
    store_create(&s, &options);
    assert_int_equal(put(&s, data_id(1), "durable", 7, NULL), HF_OK);
    assert_int_equal(put(&s, counter_id(1), "\5\0\0\0\0\0\0\0", 8, NULL), HF_OK);
    sync_store(&s);
    return 0;
}

static void begin(void) HF_ACQUIRE(s.nvm.lock, hf_tsa_nvm) HF_NO_TSA
{
    assert_int_equal(hf_nvm_lock(&s.nvm), HF_OK);
}

static hf_ticket end(void) HF_RELEASE(s.nvm.lock, hf_tsa_nvm)
{
    hf_ticket ticket = 12345;
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, &ticket), HF_OK);
    return ticket;
}

static hf_ticket ticket_of_reading(hf_id id)
{
    uint8_t out[32];
    hf_buffer buffer = hf_buffer_of(out, sizeof out);
    begin();
    hf_ignore(hf_nvm_read_unchecked(&s.nvm, id, 0, &buffer));
    return end();
}

static void test_reading_the_durable_never_waits(void **state)
{
    hf_metadata meta;
    uint64_t value;
    (void)state;
    assert_int_equal(put(&s, data_id(2), "new", 3, NULL), HF_OK);
    assert_true(ticket_of_reading(data_id(1)) == 0);
    begin();
    assert_int_equal(hf_nvm_get_metadata(&s.nvm, data_id(1), &meta), HF_OK);
    assert_int_equal(hf_nvm_get_counter(&s.nvm, counter_id(1), &value), HF_OK);
    assert_true(hf_nvm_has(&s.nvm, data_id(1)));
    assert_true(end() == 0);
}

static void test_commit_and_its_readers_wait_for_it(void **state)
{
    hf_ticket ticket = 0;
    hf_ticket durable = 0;
    (void)state;
    assert_int_equal(put(&s, data_id(2), "new", 3, &ticket), HF_OK);
    assert_true(ticket > hf_nvm_durable(&s.nvm));
    assert_true(ticket_of_reading(data_id(2)) == ticket);
    assert_int_equal(hf_nvm_sync(&s.nvm, &durable), HF_OK);
    assert_true(durable == ticket && hf_nvm_durable(&s.nvm) == ticket);
    assert_true(ticket_of_reading(data_id(2)) == 0);
}

static void test_absence_waits_for_the_last_destroy_only(void **state)
{
    hf_ticket destroyed = 0;
    (void)state;
    assert_true(ticket_of_reading(data_id(99)) == 0);
    assert_int_equal(destroy(&s, data_id(1), &destroyed), HF_OK);
    assert_int_equal(put(&s, data_id(2), "new", 3, NULL), HF_OK);
    assert_true(ticket_of_reading(data_id(1)) == destroyed);
    assert_true(ticket_of_reading(data_id(99)) == destroyed);
    sync_store(&s);
    assert_true(ticket_of_reading(data_id(1)) == 0);
}

static void test_counter_waits_for_its_last_change(void **state)
{
    uint64_t value;
    (void)state;
    assert_int_equal(set_counter(&s, counter_id(1), 6), HF_OK);
    begin();
    hf_ticket head = hf_nvm_head(&s.nvm);
    assert_int_equal(hf_nvm_get_counter(&s.nvm, counter_id(1), &value), HF_OK);
    assert_true(end() == head);
}

static void test_head_and_observed_positions_count(void **state)
{
    hf_ticket first = 0;
    hf_ticket second = 0;
    (void)state;
    assert_int_equal(put(&s, data_id(2), "new", 3, &first), HF_OK);
    assert_int_equal(put(&s, data_id(3), "new", 3, &second), HF_OK);
    begin();
    hf_nvm_observe(&s.nvm, first);
    hf_nvm_observe(&s.nvm, 1);
    assert_true(end() == first);
    begin();
    hf_nvm_observe_head(&s.nvm);
    assert_true(end() == second);
    begin();
    hf_nvm_space space;
    hf_nvm_get_space(&s.nvm, &space);
    assert_true(end() == second);
}

static void test_error_outcomes_have_tickets_too(void **state)
{
    hf_ticket ticket = 0;
    hf_ticket seen = 0;
    (void)state;
    assert_int_equal(put(&s, data_id(2), "new", 3, &ticket), HF_OK);
    begin();
    assert_true(hf_nvm_has(&s.nvm, data_id(2)));
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_ERR_EXISTS, &seen), HF_ERR_EXISTS);
    assert_true(seen == ticket);
    /* A write that was rolled back is nothing to wait for. */
    sync_store(&s);
    begin();
    hf_metadata meta = { .id = data_id(4) };
    assert_int_equal(hf_nvm_put_unchecked(&s.nvm, &meta, hf_bytes_of("x", 1)), HF_OK);
    assert_true(hf_nvm_has(&s.nvm, data_id(4)));
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_ERR_BUSY, &seen), HF_ERR_BUSY);
    assert_true(seen == 0);
}

static hf_ticket settled_at;

static void settle(void *owner, uint64_t argument, bool committed, hf_ticket position)
{
    (void)owner;
    (void)argument;
    (void)committed;
    settled_at = position;
}

static void test_staged_only_step_waits_for_what_it_saw(void **state)
{
    hf_ticket ticket = 0;
    hf_nvm_staged change = { .settle = settle };
    (void)state;
    settled_at = 99;
    uint32_t programs = s.program_count;
    begin();
    assert_true(hf_nvm_has(&s.nvm, data_id(1)));
    assert_int_equal(hf_nvm_stage(&s.nvm, &change), HF_OK);
    assert_true(end() == 0 && settled_at == 0);
    sync_store(&s);
    assert_int_equal(s.program_count, programs);
    assert_int_equal(put(&s, data_id(2), "new", 3, &ticket), HF_OK);
    begin();
    assert_true(hf_nvm_has(&s.nvm, data_id(2)));
    assert_int_equal(hf_nvm_stage(&s.nvm, &change), HF_OK);
    assert_true(end() == ticket && settled_at == ticket);
}

static void test_full_buffer_asks_for_a_sync(void **state)
{
    static uint8_t data[600];
    (void)state;
    int rc = HF_OK;
    for (uint32_t i = 10; rc == HF_OK; i++) {
        begin();
        hf_metadata meta = { .id = data_id(i) };
        rc = hf_nvm_put_unchecked(&s.nvm, &meta, hf_bytes_of(data, sizeof data));
        if (rc == HF_ERR_AGAIN) {
            assert_int_equal(hf_nvm_again_cause(&s.nvm), HF_NVM_AGAIN_SYNC);
        }
        assert_int_equal(hf_nvm_unlock(&s.nvm, rc, NULL), rc);
    }
    assert_int_equal(rc, HF_ERR_AGAIN);
    sync_store(&s);
    assert_int_equal(put(&s, data_id(20), data, sizeof data, NULL), HF_OK);
}

static void test_buffer_is_wiped_after_a_sync(void **state)
{
    (void)state;
    assert_int_equal(put(&s, key_id(1), "very secret", 11, NULL), HF_OK);
    sync_store(&s);
    for (size_t i = 0; i < s.options.buffer_size; i++) {
        assert_int_equal(s.buffer[i], 0);
    }
    assert_int_equal(put(&s, key_id(2), "very secret", 11, NULL), HF_OK);
    assert_int_equal(hf_nvm_cleanup(&s.nvm), HF_OK);
    for (size_t i = 0; i < s.options.buffer_size; i++) {
        assert_int_equal(s.buffer[i], 0);
    }
    assert_int_equal(store_open(&s), HF_OK);
}

static void expect_failed_store(void)
{
    uint8_t out[32];
    uint64_t value;
    hf_buffer buffer = hf_buffer_of(out, sizeof out);
    hf_ticket ticket = 0;
    bool more;
    assert_true(hf_nvm_is_failed(&s.nvm));
    begin();
    assert_int_equal(hf_nvm_read_unchecked(&s.nvm, data_id(1), 0, &buffer), HF_OK);
    assert_true(end() == 0);
    assert_memory_equal(out, "durable", 7);
    begin();
    hf_ignore(hf_nvm_get_counter(&s.nvm, counter_id(1), &value));
    assert_int_equal(hf_nvm_unlock(&s.nvm, HF_OK, &ticket), HF_ERR_IO);
    assert_true(ticket > hf_nvm_durable(&s.nvm));
    assert_int_equal(put(&s, data_id(5), "x", 1, NULL), HF_ERR_IO);
    assert_int_equal(destroy(&s, data_id(1), NULL), HF_ERR_IO);
    assert_int_equal(set_counter(&s, counter_id(1), 9), HF_ERR_IO);
    assert_int_equal(hf_nvm_sync(&s.nvm, NULL), HF_ERR_IO);
    assert_int_equal(hf_nvm_clean_step(&s.nvm, true, &more), HF_ERR_IO);
}

static void fail_and_recover(bool *failure)
{
    uint64_t value;
    hf_ticket durable = 0;
    hf_ticket before = hf_nvm_durable(&s.nvm);
    assert_int_equal(set_counter(&s, counter_id(1), 6), HF_OK);
    *failure = true;
    assert_int_equal(hf_nvm_sync(&s.nvm, &durable), HF_ERR_IO);
    assert_true(durable == before);
    expect_failed_store();
    *failure = false;
    expect_failed_store();
    assert_int_equal(hf_nvm_cleanup(&s.nvm), HF_ERR_IO);
    store_cut(&s);
    assert_int_equal(get_counter(&s, counter_id(1), &value), HF_OK);
    assert_int_equal(value, 5);
    assert_int_equal(put(&s, data_id(5), "x", 1, NULL), HF_OK);
    sync_store(&s);
}

static void test_failed_program_fails_the_store(void **state)
{
    (void)state;
    fail_and_recover(&s.fail_program);
}

static void test_failed_sync_fails_the_store(void **state)
{
    (void)state;
    fail_and_recover(&s.fail_sync);
}

static void test_failed_read_leaves_the_store_usable(void **state)
{
    uint8_t out[32];
    size_t len;
    (void)state;
    s.fail_read = true;
    assert_int_equal(read_all(&s, data_id(1), out, sizeof out, &len), HF_ERR_IO);
    assert_int_equal(len, 0);
    s.fail_read = false;
    expect_content(&s, data_id(1), "durable", 7);
    assert_false(hf_nvm_is_failed(&s.nvm));
}

#if HF_CFG_THREADSAFE
static void test_sync_that_cannot_lock_goes_on_later(void **state)
{
    hf_ticket ticket = 0;
    (void)state;
    assert_int_equal(put(&s, data_id(2), "new", 3, &ticket), HF_OK);
    uint32_t programs = s.program_count;
    s.fail_lock = true;
    assert_int_equal(hf_nvm_sync(&s.nvm, NULL), HF_ERR_ABORTED);
    s.fail_lock = false;
    assert_int_equal(s.program_count, programs);
    sync_store(&s);
    assert_true(hf_nvm_durable(&s.nvm) == ticket);
    assert_int_equal(s.violation_count, 0);
}
#endif

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reading_the_durable_never_waits),
        TEST(test_commit_and_its_readers_wait_for_it),
        TEST(test_absence_waits_for_the_last_destroy_only),
        TEST(test_counter_waits_for_its_last_change),
        TEST(test_head_and_observed_positions_count),
        TEST(test_error_outcomes_have_tickets_too),
        TEST(test_staged_only_step_waits_for_what_it_saw),
        TEST(test_full_buffer_asks_for_a_sync),
        TEST(test_buffer_is_wiped_after_a_sync),
        TEST(test_failed_program_fails_the_store),
        TEST(test_failed_sync_fails_the_store),
        TEST(test_failed_read_leaves_the_store_usable),
#if HF_CFG_THREADSAFE
        TEST(test_sync_that_cannot_lock_goes_on_later),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
