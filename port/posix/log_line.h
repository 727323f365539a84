/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * How the sinks of this port turn an event into text. Private to port/posix.
 */
#ifndef HF_PORT_POSIX_LOG_LINE_H
#define HF_PORT_POSIX_LOG_LINE_H

#include <stddef.h>
#include <time.h>

#include "holdfast/log.h"

/*
 * Write "module: text value=0x.. HF_ERR_.." with a terminating 0, cut to fit.
 *
 * size  bytes at `out`, at least 1.
 *
 * Returns the characters written without the 0. Any thread.
 */
size_t hf_posix_log_body(char *out, size_t size, const hf_log_event *event);

/*
 * Write a whole line: time, level, body, newline and 0. A long body is cut, the newline
 * stays.
 *
 * size  bytes at `out`, at least 64.
 * time  since 1970, UTC.
 *
 * Returns the characters written without the 0. Any thread.
 */
size_t hf_posix_log_line(char *out, size_t size, const struct timespec *time,
                         const hf_log_event *event);

/* Write the event's line, with the present time, to `fd` in one write(2). Keeps errno. */
void hf_posix_log_write_fd(int fd, const hf_log_event *event);

#endif
