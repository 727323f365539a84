/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Text of log events, shared by the sinks. Stateless: everything is on the caller's
 * stack, so the sinks need no lock.
 */
#include "log_line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "holdfast/posix_log.h"
#include "holdfast/status.h"

static const char *level_name(int level)
{
    static const char *const names[] = {
        [HF_LOG_ERROR] = "error",   [HF_LOG_WARNING] = "warning",
        [HF_LOG_NOTICE] = "notice", [HF_LOG_INFO] = "info",
        [HF_LOG_DEBUG] = "debug",
    };
    return level < HF_LOG_ERROR || level > HF_LOG_DEBUG ? "?" : names[level];
}

/* What snprintf says it would have written, limited to what there is. */
static size_t fitted(int printed, size_t size)
{
    if (printed < 0) {
        return 0;
    }
    return (size_t)printed < size ? (size_t)printed : size - 1;
}

size_t hf_posix_log_body(char *out, size_t size, const hf_log_event *event)
{
    size_t len = fitted(snprintf(out, size, "%s: %s", event->module, event->text), size);
    if (event->value != 0) {
        len += fitted(snprintf(out + len, size - len, " value=0x%" PRIx64, event->value),
                      size - len);
    }
    if (event->status != HF_OK) {
        len +=
            fitted(snprintf(out + len, size - len, " %s", hf_status_name(event->status)),
                   size - len);
    }
    return len;
}

size_t hf_posix_log_line(char *out, size_t size, const struct timespec *time,
                         const hf_log_event *event)
{
    struct tm utc;
    size_t len = 0;
    if (gmtime_r(&time->tv_sec, &utc) != NULL) {
        len = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &utc);
    }
    len += fitted(snprintf(out + len, size - len, ".%06ldZ %s ", time->tv_nsec / 1000,
                           level_name(event->level)),
                  size - len);
    /* One byte is kept for the newline. */
    len += hf_posix_log_body(out + len, size - len - 1, event);
    out[len] = '\n';
    out[len + 1] = '\0';
    return len + 1;
}

void hf_posix_log_write_fd(int fd, const hf_log_event *event)
{
    int saved_errno = errno;
    char line[HF_POSIX_LOG_LINE_SIZE + 1];
    struct timespec now = { .tv_sec = 0, .tv_nsec = 0 };
    (void)clock_gettime(CLOCK_REALTIME, &now); /* at worst the line says 1970 */
    size_t len = hf_posix_log_line(line, sizeof(line), &now, event);
    ssize_t written;
    do {
        written = write(fd, line, len);
    } while (written < 0 && errno == EINTR);
    errno = saved_errno;
}
