/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Log sink to standard error. It bypasses stdio, whose buffers and locks it does not
 * need.
 */
#include "holdfast/posix_log.h"

#include <unistd.h>

#include "log_line.h"

void hf_posix_log_stderr(void *context, const hf_log_event *event)
{
    (void)context;
    hf_posix_log_write_fd(STDERR_FILENO, event);
}
