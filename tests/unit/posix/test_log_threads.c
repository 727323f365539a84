/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A log file that is renamed and reopened again and again while threads log and another
 * one changes the level: every line arrives once and whole.
 */
#include "holdfast/posix_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREAD_COUNT 4
#define EVENT_COUNT 500
#define REOPEN_COUNT 20

typedef struct writer {
    pthread_t thread;
    hf_log *log;
    uint64_t first; /* values first .. first + EVENT_COUNT - 1 are logged */
} writer;

static void *write_body(void *context)
{
    const writer *self = (const writer *)context;
    for (uint64_t i = 0; i < EVENT_COUNT; i++) {
        HF_LOG(self->log, HF_LOG_ERROR, "test", "event", self->first + i, HF_ERR_AGAIN);
        hf_log_set_level(self->log, (int)(i % 5)); /* errors pass at every level */
    }
    return NULL;
}

/* Count each value of the file's lines; all else about a line is checked here. */
static void count_lines(const char *path, unsigned *seen)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char line[256];
    while (fgets(line, sizeof(line), file) != NULL) {
        unsigned value = 0;
        int used = 0;
        const char *body = strchr(line, ' ');
        assert_non_null(body);
        assert_int_equal(
            sscanf(body, " error test: event value=0x%x HF_ERR_AGAIN%n", &value, &used),
            1);
        assert_string_equal(body + used, "\n");
        assert_in_range(value, 1, THREAD_COUNT * EVENT_COUNT);
        seen[value]++;
    }
    fclose(file);
    assert_int_equal(unlink(path), 0);
}

static void test_file_reopened_under_load_loses_no_line(void **state)
{
    (void)state;
    char dir[] = "/tmp/hf_test_log_XXXXXX";
    char path[64];
    char renamed[REOPEN_COUNT][80];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/log", dir);
    hf_posix_log_file file;
    assert_int_equal(hf_posix_log_file_open(&file, path), HF_OK);
    hf_log log;
    hf_log_init(&log, HF_LOG_INFO, hf_posix_log_file_write, &file);

    writer writers[THREAD_COUNT];
    for (unsigned i = 0; i < THREAD_COUNT; i++) {
        writers[i].log = &log;
        writers[i].first = 1 + i * EVENT_COUNT;
        assert_int_equal(
            pthread_create(&writers[i].thread, NULL, write_body, &writers[i]), 0);
    }
    for (int i = 0; i < REOPEN_COUNT; i++) {
        snprintf(renamed[i], sizeof(renamed[i]), "%s.%d", path, i);
        assert_int_equal(rename(path, renamed[i]), 0);
        assert_int_equal(hf_posix_log_file_reopen(&file), HF_OK);
    }
    for (int i = 0; i < THREAD_COUNT; i++) {
        assert_int_equal(pthread_join(writers[i].thread, NULL), 0);
    }
    hf_posix_log_file_close(&file);

    unsigned seen[THREAD_COUNT * EVENT_COUNT + 1] = { 0 };
    count_lines(path, seen);
    for (int i = 0; i < REOPEN_COUNT; i++) {
        count_lines(renamed[i], seen);
    }
    for (unsigned value = 1; value <= THREAD_COUNT * EVENT_COUNT; value++) {
        assert_int_equal(seen[value], 1);
    }
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_reopened_under_load_loses_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
