/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The file device used as nvm_device.h allows: one thread programs and syncs while others
 * read what was programmed before. Under ThreadSanitizer this proves that nothing is
 * shared without care.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/atomic.h"
#include "holdfast/posix_file.h"

#define RECORD_COUNT 400u
#define RECORD_SIZE 64u
#define READER_COUNT 2u

typedef struct shared {
    hf_posix_file file;
    hf_atomic_u32 written; /* records programmed completely */
    hf_atomic_u32 wrong;   /* records that were not read as written, and failed calls */
} shared;

static void note_wrong(shared *s)
{
    (void)hf_atomic_u32_fetch_add_relaxed(&s->wrong, 1);
}

static void *read_records(void *argument)
{
    shared *s = argument;
    uint8_t record[RECORD_SIZE];
    uint32_t written = 0;
    while (written < RECORD_COUNT) {
        /* Pairs with the writer's store: the records before it are programmed. */
        written = hf_atomic_u32_load_acquire(&s->written);
        for (uint32_t i = written > 8 ? written - 8 : 0; i < written; i++) {
            hf_nvm_address at = { .region = i % 2, .offset = i * RECORD_SIZE };
            if (s->file.device.ops->read(&s->file, at, record, sizeof record) != HF_OK ||
                record[0] != (uint8_t)i || record[RECORD_SIZE - 1] != (uint8_t)i) {
                note_wrong(s);
            }
        }
        (void)hf_posix_file_errno(&s->file);
    }
    return NULL;
}

static void write_records(shared *s)
{
    uint8_t record[RECORD_SIZE];
    for (uint32_t i = 0; i < RECORD_COUNT; i++) {
        hf_nvm_address at = { .region = i % 2, .offset = i * RECORD_SIZE };
        for (size_t j = 0; j < sizeof record; j++) {
            record[j] = (uint8_t)i;
        }
        if (s->file.device.ops->program(&s->file, at, record, sizeof record) != HF_OK) {
            note_wrong(s);
        }
        hf_atomic_u32_store_release(&s->written,
                                    i + 1); /* pairs with the readers' load */
        if (i % 16 == 0 && s->file.device.ops->sync(&s->file) != HF_OK) {
            note_wrong(s);
        }
    }
}

static void test_read_beside_program_and_sync_returns_what_was_written(void **state)
{
    (void)state;
    static shared s;
    char base[] = "/tmp/hf-file-XXXXXX";
    char path[64];
    char command[96];
    pthread_t readers[READER_COUNT];
    assert_non_null(mkdtemp(base));
    (void)snprintf(path, sizeof path, "%s/store", base);
    hf_posix_file_config config = { .path = path, .create = true, .chunk_size = 4096 };
    assert_int_equal(hf_posix_file_open(&s.file, &config), HF_OK);
    for (uint32_t i = 0; i < READER_COUNT; i++) {
        assert_int_equal(pthread_create(&readers[i], NULL, read_records, &s), 0);
    }
    write_records(&s);
    for (uint32_t i = 0; i < READER_COUNT; i++) {
        assert_int_equal(pthread_join(readers[i], NULL), 0);
    }
    hf_posix_file_close(&s.file);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", base);
    assert_int_equal(system(command), 0);
    assert_int_equal(hf_atomic_u32_load_acquire(&s.wrong), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_beside_program_and_sync_returns_what_was_written),
    };
    return cmocka_run_group_tests_name("file_device_threads", tests, NULL, NULL);
}
