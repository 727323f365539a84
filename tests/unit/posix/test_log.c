/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The log sinks: the form of a line, one write per event, and files that are renamed,
 * lost or cannot be opened.
 */
#include "holdfast/posix_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#define TEXT_SIZE 2048
#define TIME_LEN 27 /* 2031-04-05T06:07:08.012345Z */

typedef struct folder {
    char dir[32];
    char path[64];
    char renamed[64];
} folder;

static int folder_open(void **state)
{
    folder *f = calloc(1, sizeof(*f));
    if (f == NULL) {
        return -1;
    }
    snprintf(f->dir, sizeof(f->dir), "/tmp/hf_test_log_XXXXXX");
    if (mkdtemp(f->dir) == NULL) {
        free(f);
        return -1;
    }
    snprintf(f->path, sizeof(f->path), "%s/log", f->dir);
    snprintf(f->renamed, sizeof(f->renamed), "%s/log.1", f->dir);
    *state = f;
    return 0;
}

static int folder_close(void **state)
{
    folder *f = *state;
    unlink(f->path);
    unlink(f->renamed);
    int rc = rmdir(f->dir);
    free(f);
    return rc;
}

static size_t read_file(const char *path, char *text)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(text, 1, TEXT_SIZE - 1, file);
    text[len] = '\0';
    fclose(file);
    return len;
}

static const hf_log_event damaged = { .level = HF_LOG_ERROR,
                                      .module = "nvm",
                                      .text = "record damaged",
                                      .value = 0x1F,
                                      .status = HF_ERR_CORRUPT };

/* What `sink` writes to standard error for `event`; a pipe shows each write as one
 * read. */
static size_t capture_stderr(hf_log_sink sink, const hf_log_event *event, char *text)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_DIRECT | O_CLOEXEC), 0);
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    assert_true(kept >= 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    sink(NULL, event);
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    close(kept);
    close(ends[1]);
    ssize_t len = read(ends[0], text, TEXT_SIZE - 1);
    assert_true(len > 0);
    text[len] = '\0';
    char more;
    assert_int_equal(read(ends[0], &more, 1), 0); /* one packet: one write */
    close(ends[0]);
    return (size_t)len;
}

static void test_stderr_line_has_time_and_all_fields(void **state)
{
    (void)state;
    char text[TEXT_SIZE];
    capture_stderr(hf_posix_log_stderr, &damaged, text);
    int year, month, day, hour, minute, second, us, used = 0;
    assert_int_equal(sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%6dZ%n", &year, &month, &day,
                            &hour, &minute, &second, &us, &used),
                     7);
    assert_int_equal(used, TIME_LEN);
    assert_true(year >= 2024);
    assert_string_equal(text + TIME_LEN,
                        " error nvm: record damaged value=0x1f HF_ERR_CORRUPT\n");
}

static void test_stderr_line_leaves_out_zero_and_ok(void **state)
{
    (void)state;
    static const char *const names[] = { "error", "warning", "notice", "info", "debug" };
    for (int level = HF_LOG_ERROR; level <= HF_LOG_DEBUG; level++) {
        const hf_log_event event = { .level = level, .module = "m", .text = "t" };
        char text[TEXT_SIZE];
        char expected[64];
        capture_stderr(hf_posix_log_stderr, &event, text);
        snprintf(expected, sizeof(expected), " %s m: t\n", names[level]);
        assert_string_equal(text + TIME_LEN, expected);
    }
}

static void test_stderr_line_of_largest_numbers_is_whole(void **state)
{
    (void)state;
    const hf_log_event event = {
        .level = 99, .module = "m", .text = "t", .value = UINT64_MAX, .status = INT32_MIN
    };
    char text[TEXT_SIZE];
    capture_stderr(hf_posix_log_stderr, &event, text);
    assert_string_equal(text + TIME_LEN, " ? m: t value=0xffffffffffffffff HF_ERR_?\n");
}

static void test_stderr_long_line_is_cut_and_ends(void **state)
{
    (void)state;
    char long_text[1000];
    memset(long_text, 'x', sizeof(long_text));
    /* Every place where the cut can fall, around the end of the line. */
    for (size_t len = 400; len < sizeof(long_text); len++) {
        long_text[len] = '\0';
        hf_log_event event = damaged;
        event.text = long_text;
        char text[TEXT_SIZE];
        size_t got = capture_stderr(hf_posix_log_stderr, &event, text);
        assert_true(got <= HF_POSIX_LOG_LINE_SIZE);
        assert_int_equal(strlen(text), got);
        assert_ptr_equal(strchr(text, '\n'), text + got - 1);
        long_text[len] = 'x';
    }
}

static void test_stderr_that_fails_keeps_errno(void **state)
{
    (void)state;
    int kept = dup(STDERR_FILENO);
    assert_true(kept >= 0);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0);
    assert_int_equal(dup2(full, STDERR_FILENO), STDERR_FILENO);
    errno = EDOM;
    hf_posix_log_stderr(NULL, &damaged);
    int got = errno;
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    close(full);
    close(kept);
    assert_int_equal(got, EDOM);
}

static void test_syslog_line_has_the_fields_and_keeps_errno(void **state)
{
    (void)state;
    char text[TEXT_SIZE];
    openlog("hf_test", LOG_PERROR, LOG_USER); /* a copy goes to standard error */
    errno = EDOM;
    capture_stderr(hf_posix_log_syslog, &damaged, text);
    closelog();
    assert_string_equal(text, "hf_test: nvm: record damaged value=0x1f HF_ERR_CORRUPT\n");
    errno = EDOM;
    hf_posix_log_syslog(NULL, &damaged);
    assert_int_equal(errno, EDOM);
    closelog();
}

static void test_syslog_masks_by_the_priority_of_each_level(void **state)
{
    (void)state;
    static const int priorities[] = { LOG_ERR,  LOG_WARNING, LOG_NOTICE,
                                      LOG_INFO, LOG_DEBUG,   LOG_DEBUG };
    for (int level = 0; level < 6; level++) {
        hf_log_event event = damaged;
        event.level = level;
        char text[TEXT_SIZE];
        openlog("hf_test", LOG_PERROR, LOG_USER);
        int old_mask = setlogmask(LOG_MASK(priorities[level]));
        capture_stderr(hf_posix_log_syslog, &event, text); /* fails when masked out */
        setlogmask(old_mask);
        closelog();
    }
}

static void test_file_appends_to_what_is_there(void **state)
{
    folder *f = *state;
    hf_posix_log_file file;
    char text[TEXT_SIZE];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(hf_posix_log_file_open(&file, f->path), HF_OK);
        hf_posix_log_file_write(&file, &damaged);
        hf_posix_log_file_close(&file);
    }
    read_file(f->path, text);
    char *second = strchr(text, '\n') + 1;
    static const char rest[] = " error nvm: record damaged value=0x1f HF_ERR_CORRUPT\n";
    assert_memory_equal(text + TIME_LEN, rest, sizeof(rest) - 1);
    assert_string_equal(second + TIME_LEN, rest);
}

static void test_file_is_not_readable_by_others(void **state)
{
    folder *f = *state;
    hf_posix_log_file file;
    mode_t old_mask = umask(0);
    int rc = hf_posix_log_file_open(&file, f->path);
    umask(old_mask);
    assert_int_equal(rc, HF_OK);
    struct stat info;
    assert_int_equal(stat(f->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(fcntl(file.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    hf_posix_log_file_close(&file);
}

static void test_file_reopened_after_rename_goes_on_in_the_new_one(void **state)
{
    folder *f = *state;
    hf_posix_log_file file;
    char text[TEXT_SIZE];
    assert_int_equal(hf_posix_log_file_open(&file, f->path), HF_OK);
    int fd = file.fd;
    hf_posix_log_file_write(&file, &(hf_log_event){ .module = "m", .text = "one" });
    assert_int_equal(rename(f->path, f->renamed), 0);
    hf_posix_log_file_write(&file, &(hf_log_event){ .module = "m", .text = "two" });
    assert_int_equal(hf_posix_log_file_reopen(&file), HF_OK);
    assert_int_equal(file.fd, fd);
    assert_int_equal(fcntl(file.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    hf_posix_log_file_write(&file, &(hf_log_event){ .module = "m", .text = "three" });
    hf_posix_log_file_close(&file);
    read_file(f->renamed, text);
    assert_non_null(strstr(text, "one"));
    assert_non_null(strstr(text, "two"));
    assert_null(strstr(text, "three"));
    read_file(f->path, text);
    assert_string_equal(text + TIME_LEN, " error m: three\n");
}

static void test_file_reopen_that_fails_keeps_the_old_file(void **state)
{
    folder *f = *state;
    hf_posix_log_file file;
    char text[TEXT_SIZE];
    assert_int_equal(hf_posix_log_file_open(&file, f->path), HF_OK);
    assert_int_equal(rename(f->path, f->renamed), 0);
    assert_int_equal(mkdir(f->path, 0700), 0); /* a folder cannot be opened for writing */
    errno = 0;
    assert_int_equal(hf_posix_log_file_reopen(&file), HF_ERR_SYSTEM);
    assert_int_equal(errno, EISDIR);
    hf_posix_log_file_write(&file, &(hf_log_event){ .module = "m", .text = "kept" });
    hf_posix_log_file_close(&file);
    assert_int_equal(rmdir(f->path), 0);
    read_file(f->renamed, text);
    assert_string_equal(text + TIME_LEN, " error m: kept\n");
}

static void test_file_open_that_fails_is_system_and_closed(void **state)
{
    (void)state;
    hf_posix_log_file file;
    errno = 0;
    assert_int_equal(hf_posix_log_file_open(&file, "/nonexistent/log"), HF_ERR_SYSTEM);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(file.fd, -1);
    hf_posix_log_file_write(&file, &damaged);
    assert_int_equal(hf_posix_log_file_reopen(&file), HF_ERR_ARG);
    hf_posix_log_file_close(&file);
}

static void test_file_null_is_arg(void **state)
{
    (void)state;
    hf_posix_log_file file = { .path = "x", .fd = 0 };
    assert_int_equal(hf_posix_log_file_open(NULL, "/tmp/x"), HF_ERR_ARG);
    assert_int_equal(hf_posix_log_file_open(&file, NULL), HF_ERR_ARG);
    assert_int_equal(file.fd, -1);
    assert_int_equal(hf_posix_log_file_reopen(NULL), HF_ERR_ARG);
    hf_posix_log_file_close(NULL);
}

static void test_file_second_close_is_harmless(void **state)
{
    folder *f = *state;
    hf_posix_log_file file;
    assert_int_equal(hf_posix_log_file_open(&file, f->path), HF_OK);
    int fd = file.fd;
    hf_posix_log_file_close(&file);
    /* The number is free for others now; a second close must not take it from them. */
    assert_int_equal(dup2(STDERR_FILENO, fd), fd);
    hf_posix_log_file_close(&file);
    assert_true(fcntl(fd, F_GETFD) >= 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stderr_line_has_time_and_all_fields),
        cmocka_unit_test(test_stderr_line_leaves_out_zero_and_ok),
        cmocka_unit_test(test_stderr_line_of_largest_numbers_is_whole),
        cmocka_unit_test(test_stderr_long_line_is_cut_and_ends),
        cmocka_unit_test(test_stderr_that_fails_keeps_errno),
        cmocka_unit_test(test_syslog_line_has_the_fields_and_keeps_errno),
        cmocka_unit_test(test_syslog_masks_by_the_priority_of_each_level),
        cmocka_unit_test_setup_teardown(test_file_appends_to_what_is_there, folder_open,
                                        folder_close),
        cmocka_unit_test_setup_teardown(test_file_is_not_readable_by_others, folder_open,
                                        folder_close),
        cmocka_unit_test_setup_teardown(
            test_file_reopened_after_rename_goes_on_in_the_new_one, folder_open,
            folder_close),
        cmocka_unit_test_setup_teardown(test_file_reopen_that_fails_keeps_the_old_file,
                                        folder_open, folder_close),
        cmocka_unit_test(test_file_open_that_fails_is_system_and_closed),
        cmocka_unit_test(test_file_null_is_arg),
        cmocka_unit_test_setup_teardown(test_file_second_close_is_harmless, folder_open,
                                        folder_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
