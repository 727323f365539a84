/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Counters over a store in RAM: monotonic for good, also across destroy, purge and
 * restart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "holdfast/counter.h"
#include "holdfast/nvm_ram.h"

#define REGION_SIZE 32768u
#define REGION_COUNT 2u
#define OBJECT_COUNT_MAX 128u

typedef struct fixture {
    hf_nvm nvm;
    hf_nvm_ram ram;
    uint8_t medium[REGION_COUNT * REGION_SIZE];
    uint64_t index[HF_NVM_INDEX_SIZE(OBJECT_COUNT_MAX) / 8u];
    uint8_t log[16384];
} fixture;

static void open_store(fixture *f)
{
    hf_nvm_config config = { .device = &f->ram.device,
                             .index_memory = f->index,
                             .index_size = sizeof(f->index),
                             .log_buffer = f->log,
                             .log_buffer_size = sizeof(f->log),
                             .format = true };
    assert_int_equal(hf_nvm_init(&f->nvm, &config), HF_OK);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    hf_nvm_geometry geometry = { .region_count = REGION_COUNT,
                                 .granule_size = 8,
                                 .region_size = REGION_SIZE,
                                 .erased = 0xFF };
    memset(f->medium, 0xFF, sizeof(f->medium));
    assert_int_equal(hf_nvm_ram_init(&f->ram, f->medium, &geometry), HF_OK);
    open_store(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    assert_int_equal(hf_nvm_cleanup(&f->nvm), HF_OK);
    free(f);
    return 0;
}

static void reopen(fixture *f)
{
    assert_int_equal(hf_nvm_cleanup(&f->nvm), HF_OK);
    open_store(f);
}

static void begin(fixture *f) HF_ACQUIRE(f->nvm.lock, hf_tsa_nvm) HF_NO_TSA
{
    assert_int_equal(hf_nvm_lock(&f->nvm), HF_OK);
}

static int end(fixture *f, int rc) HF_RELEASE(f->nvm.lock, hf_tsa_nvm) HF_NO_TSA
{
    return hf_nvm_unlock(&f->nvm, rc, NULL);
}

static hf_id counter(uint32_t number)
{
    return hf_id_make(HF_KIND_COUNTER, 1, number);
}

static int create(fixture *f, hf_id id, uint32_t flags, uint64_t *value)
{
    hf_metadata meta = { .id = id, .flags = flags, .label = "count" };
    begin(f);
    return end(f, hf_counter_create(&f->nvm, &meta, value));
}

static int increment(fixture *f, hf_id id, uint64_t by, uint64_t *value)
{
    begin(f);
    return end(f, hf_counter_increment(&f->nvm, id, by, value));
}

static int destroy(fixture *f, hf_id id)
{
    begin(f);
    return end(f, hf_counter_destroy(&f->nvm, id));
}

static int purge(fixture *f, hf_id id)
{
    begin(f);
    return end(f, hf_counter_purge(&f->nvm, id));
}

static int read_value(fixture *f, hf_id id, uint64_t *value)
{
    begin(f);
    return end(f, hf_counter_read(&f->nvm, id, value));
}

static int metadata(fixture *f, hf_id id, hf_metadata *meta)
{
    begin(f);
    return end(f, hf_counter_get_metadata(&f->nvm, id, meta));
}

static void assert_value(fixture *f, hf_id id, uint64_t expected)
{
    uint64_t value = 0;
    assert_int_equal(read_value(f, id, &value), HF_OK);
    assert_true(value == expected);
}

static void test_create_bad_arguments_refused(void **state)
{
    fixture *f = *state;
    uint64_t value = 7;
    assert_int_equal(create(f, 0, 0, &value), HF_ERR_ARG);
    assert_int_equal(create(f, hf_id_make(HF_KIND_DATA, 1, 1), 0, &value), HF_ERR_ARG);
    assert_int_equal(create(f, counter(0), 0, &value), HF_ERR_ARG);
    assert_int_equal(create(f, counter(1), HF_FLAG_NONMODIFIABLE, &value), HF_ERR_ARG);
    assert_int_equal(create(f, counter(1), HF_FLAG_RETIRED, &value), HF_ERR_ARG);
    assert_int_equal(value, 7);
}

static void test_create_then_again_exists(void **state)
{
    fixture *f = *state;
    uint64_t value = 7;
    hf_metadata meta;
    assert_int_equal(create(f, counter(1), 0, &value), HF_OK);
    assert_int_equal(value, 7);
    value = 9;
    assert_int_equal(create(f, counter(1), 0, &value), HF_ERR_EXISTS);
    assert_int_equal(value, 9);
    assert_value(f, counter(1), 7);
    assert_int_equal(metadata(f, counter(1), &meta), HF_OK);
    assert_string_equal((const char *)meta.label, "count");
    reopen(f);
    assert_value(f, counter(1), 7);
}

static void test_unknown_counter_notfound(void **state)
{
    fixture *f = *state;
    uint64_t value = 7;
    hf_metadata meta = { .len = 5 };
    const hf_id ids[] = { counter(1), hf_id_make(HF_KIND_DATA, 1, 1), 0 };
    hf_metadata data = { .id = ids[1] };
    begin(f);
    assert_int_equal(
        end(f, hf_nvm_put_unchecked(&f->nvm, &data, hf_bytes_of("12345678", 8))), HF_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(read_value(f, ids[i], &value), HF_ERR_NOTFOUND);
        assert_int_equal(increment(f, ids[i], 1, &value), HF_ERR_NOTFOUND);
        assert_int_equal(destroy(f, ids[i]), HF_ERR_NOTFOUND);
        assert_int_equal(purge(f, ids[i]), HF_ERR_NOTFOUND);
        assert_int_equal(metadata(f, ids[i], &meta), HF_ERR_NOTFOUND);
    }
    assert_int_equal(value, 7);
    assert_int_equal(meta.len, 5);
}

static void test_increment_counts_and_stops_at_the_maximum(void **state)
{
    fixture *f = *state;
    uint64_t value = UINT64_MAX - 5;
    assert_int_equal(create(f, counter(1), 0, &value), HF_OK);
    assert_int_equal(increment(f, counter(1), 0, &value), HF_ERR_ARG);
    assert_int_equal(increment(f, counter(1), 3, &value), HF_OK);
    assert_true(value == UINT64_MAX - 2);
    value = 1;
    assert_int_equal(increment(f, counter(1), 3, &value), HF_ERR_OVERFLOW);
    assert_int_equal(increment(f, counter(1), UINT64_MAX, &value), HF_ERR_OVERFLOW);
    assert_int_equal(value, 1);
    assert_value(f, counter(1), UINT64_MAX - 2);
    assert_int_equal(increment(f, counter(1), 2, &value), HF_OK);
    assert_int_equal(increment(f, counter(1), 1, &value), HF_ERR_OVERFLOW);
    reopen(f);
    assert_value(f, counter(1), UINT64_MAX);
}

static void test_increment_in_failing_step_changes_nothing(void **state)
{
    fixture *f = *state;
    uint64_t value = 10;
    assert_int_equal(create(f, counter(1), 0, &value), HF_OK);
    begin(f);
    assert_int_equal(hf_counter_increment(&f->nvm, counter(1), 1, &value), HF_OK);
    assert_int_equal(hf_counter_increment(&f->nvm, counter(1), 1, &value), HF_OK);
    assert_int_equal(value, 12); /* the step sees its own */
    assert_int_equal(hf_counter_destroy(&f->nvm, counter(1)), HF_OK);
    assert_int_equal(end(f, HF_ERR_RANGE), HF_ERR_RANGE);
    assert_value(f, counter(1), 10);
}

static void test_destroyed_counter_is_retired_and_goes_on_above(void **state)
{
    fixture *f = *state;
    uint64_t value = 10;
    hf_metadata meta;
    assert_int_equal(create(f, counter(1), 0, &value), HF_OK);
    assert_int_equal(destroy(f, counter(1)), HF_OK);
    assert_int_equal(read_value(f, counter(1), &value), HF_ERR_NOTFOUND);
    assert_int_equal(increment(f, counter(1), 1, &value), HF_ERR_NOTFOUND);
    assert_int_equal(destroy(f, counter(1)), HF_ERR_NOTFOUND);
    assert_int_equal(metadata(f, counter(1), &meta), HF_ERR_NOTFOUND);
    begin(f);
    assert_int_equal(end(f, hf_nvm_get_metadata(&f->nvm, counter(1), &meta)), HF_OK);
    assert_int_equal(meta.flags, HF_FLAG_RETIRED);
    assert_int_equal(meta.label[0], 0);
    reopen(f);
    value = 3;
    assert_int_equal(create(f, counter(1), 0, &value), HF_OK);
    assert_int_equal(value, 11);
    assert_int_equal(destroy(f, counter(1)), HF_OK);
    value = 11;
    assert_int_equal(create(f, counter(1), 0, &value), HF_OK);
    assert_int_equal(value, 12);
    assert_int_equal(destroy(f, counter(1)), HF_OK);
    value = 100;
    assert_int_equal(create(f, counter(1), 0, &value), HF_OK);
    assert_int_equal(value, 100);
}

static void test_retired_at_the_maximum_overflow(void **state)
{
    fixture *f = *state;
    uint64_t value = UINT64_MAX;
    assert_int_equal(create(f, counter(1), 0, &value), HF_OK);
    assert_int_equal(destroy(f, counter(1)), HF_OK);
    value = 1;
    assert_int_equal(create(f, counter(1), 0, &value), HF_ERR_OVERFLOW);
    assert_int_equal(value, 1);
    assert_int_equal(purge(f, counter(1)), HF_OK);
    assert_int_equal(create(f, counter(1), 0, &value), HF_OK);
    assert_int_equal(value, 1);
}

static void test_destroy_nondestroyable_refused(void **state)
{
    fixture *f = *state;
    uint64_t value = 4;
    assert_int_equal(create(f, counter(1), HF_FLAG_NONDESTROYABLE, &value), HF_OK);
    assert_int_equal(destroy(f, counter(1)), HF_ERR_ACCESS);
    assert_int_equal(increment(f, counter(1), 1, &value), HF_OK);
    assert_value(f, counter(1), 5);
}

static void test_purge_only_retired(void **state)
{
    fixture *f = *state;
    uint64_t value = 4;
    assert_int_equal(create(f, counter(1), 0, &value), HF_OK);
    assert_int_equal(purge(f, counter(1)), HF_ERR_NOTFOUND);
    assert_int_equal(destroy(f, counter(1)), HF_OK);
    assert_int_equal(purge(f, counter(1)), HF_OK);
    assert_int_equal(purge(f, counter(1)), HF_ERR_NOTFOUND);
    value = 2;
    assert_int_equal(create(f, counter(1), 0, &value), HF_OK);
    assert_int_equal(value, 2);
}

static void test_next_lists_live_counters_only(void **state)
{
    fixture *f = *state;
    hf_metadata meta;
    for (uint32_t n = 1; n <= 40; n++) {
        uint64_t value = n;
        assert_int_equal(create(f, counter(n), 0, &value), HF_OK);
        if (n != 2 && n != 40) {
            assert_int_equal(destroy(f, counter(n)), HF_OK);
        }
        assert_int_equal(hf_nvm_sync(&f->nvm, NULL), HF_OK);
    }
    begin(f);
    assert_int_equal(hf_counter_next(&f->nvm, 0, UINT64_MAX, &meta), HF_OK);
    assert_int_equal(meta.id, counter(2));
    assert_int_equal(hf_counter_next(&f->nvm, counter(2), counter(30), &meta),
                     HF_ERR_NOTFOUND);
    int rc = hf_counter_next(&f->nvm, counter(2), UINT64_MAX, &meta);
    assert_int_equal(rc, HF_ERR_AGAIN);
    assert_true(meta.id > counter(30) && meta.id < counter(40));
    assert_int_equal(hf_counter_next(&f->nvm, meta.id, UINT64_MAX, &meta), HF_OK);
    assert_int_equal(meta.id, counter(40));
    assert_int_equal(hf_counter_next(&f->nvm, meta.id, UINT64_MAX, &meta),
                     HF_ERR_NOTFOUND);
    assert_int_equal(hf_counter_next(&f->nvm, UINT64_MAX, 0, &meta), HF_ERR_NOTFOUND);
    assert_int_equal(end(f, HF_OK), HF_OK);
}

static void test_full_index_nospace_and_nothing_changed(void **state)
{
    fixture *f = *state;
    int rc = HF_OK;
    uint64_t value = 0;
    for (uint32_t n = 1; n <= OBJECT_COUNT_MAX + 8u && rc == HF_OK; n++) {
        value = n;
        rc = create(f, counter(n), 0, &value);
        assert_int_equal(hf_nvm_sync(&f->nvm, NULL), HF_OK);
    }
    assert_int_equal(rc, HF_ERR_NOSPACE);
    uint64_t failed = value;
    assert_int_equal(read_value(f, counter((uint32_t)failed), &value), HF_ERR_NOTFOUND);
    assert_int_equal(increment(f, counter(1), 1, &value), HF_OK); /* needs no entry */
    assert_int_equal(value, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_create_bad_arguments_refused),
        TEST(test_create_then_again_exists),
        TEST(test_unknown_counter_notfound),
        TEST(test_increment_counts_and_stops_at_the_maximum),
        TEST(test_increment_in_failing_step_changes_nothing),
        TEST(test_destroyed_counter_is_retired_and_goes_on_above),
        TEST(test_retired_at_the_maximum_overflow),
        TEST(test_destroy_nondestroyable_refused),
        TEST(test_purge_only_retired),
        TEST(test_next_lists_live_counters_only),
        TEST(test_full_index_nospace_and_nothing_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
