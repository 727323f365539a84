/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 * The level filter of the log.
 */
#include "holdfast/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "holdfast/status.h"

typedef struct recorder {
    unsigned count;
    hf_log_event last;
} recorder;

static void record(void *context, const hf_log_event *event)
{
    recorder *to = (recorder *)context;
    to->count++;
    to->last = *event;
}

static hf_log_event event_of(int level)
{
    return (hf_log_event){
        .level = level, .module = "test", .text = "event", .value = 1, .status = HF_OK
    };
}

static void test_log_event_reaches_the_sink_unchanged(void **state)
{
    (void)state;
    recorder to = { .count = 0 };
    hf_log log;
    hf_log_init(&log, HF_LOG_INFO, record, &to);
    HF_LOG(&log, HF_LOG_WARNING, "nvm", "record damaged", 0x1F, HF_ERR_CORRUPT);
    assert_int_equal(to.count, 1);
    assert_int_equal(to.last.level, HF_LOG_WARNING);
    assert_string_equal(to.last.module, "nvm");
    assert_string_equal(to.last.text, "record damaged");
    assert_int_equal(to.last.value, 0x1F);
    assert_int_equal(to.last.status, HF_ERR_CORRUPT);
}

static void test_log_level_passes_itself_and_what_is_more_urgent(void **state)
{
    (void)state;
    for (int limit = HF_LOG_ERROR; limit <= HF_LOG_DEBUG; limit++) {
        recorder to = { .count = 0 };
        hf_log log;
        hf_log_init(&log, limit, record, &to);
        for (int level = HF_LOG_ERROR; level <= HF_LOG_DEBUG; level++) {
            hf_log_event event = event_of(level);
            hf_log_write(&log, &event);
        }
        assert_int_equal(to.count, limit + 1);
        assert_int_equal(to.last.level, limit);
    }
}

static void test_log_set_level_out_of_range_is_the_nearest(void **state)
{
    (void)state;
    recorder to = { .count = 0 };
    hf_log log;
    hf_log_init(&log, 99, record, &to);
    hf_log_event debug = event_of(HF_LOG_DEBUG);
    hf_log_event warning = event_of(HF_LOG_WARNING);
    hf_log_event error = event_of(HF_LOG_ERROR);
    hf_log_write(&log, &debug);
    assert_int_equal(to.count, 1);
    hf_log_set_level(&log, -1);
    hf_log_write(&log, &warning);
    assert_int_equal(to.count, 1);
    hf_log_write(&log, &error);
    assert_int_equal(to.count, 2);
    hf_log_set_level(&log, 5);
    hf_log_write(&log, &debug);
    assert_int_equal(to.count, 3);
}

static void test_log_without_log_or_sink_is_silent(void **state)
{
    (void)state;
    hf_log log;
    hf_log_init(&log, HF_LOG_DEBUG, NULL, NULL);
    hf_log_event event = event_of(HF_LOG_ERROR);
    hf_log_write(&log, &event);
    hf_log_write(NULL, &event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_event_reaches_the_sink_unchanged),
        cmocka_unit_test(test_log_level_passes_itself_and_what_is_more_urgent),
        cmocka_unit_test(test_log_set_level_out_of_range_is_the_nearest),
        cmocka_unit_test(test_log_without_log_or_sink_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
