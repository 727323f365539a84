/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Log sink to syslog(3), which is thread-safe and adds time and program name itself.
 */
#include "holdfast/posix_log.h"

#include <errno.h>
#include <syslog.h>

#include "log_line.h"

static int syslog_priority(int level)
{
    switch (level) {
    case HF_LOG_ERROR:
        return LOG_ERR;
    case HF_LOG_WARNING:
        return LOG_WARNING;
    case HF_LOG_NOTICE:
        return LOG_NOTICE;
    case HF_LOG_INFO:
        return LOG_INFO;
    default: /* the least urgent one also for unknown levels */
        return LOG_DEBUG;
    }
}

void hf_posix_log_syslog(void *context, const hf_log_event *event)
{
    (void)context;
    int saved_errno = errno;
    char body[HF_POSIX_LOG_LINE_SIZE];
    (void)hf_posix_log_body(body, sizeof(body), event);
    syslog(syslog_priority(event->level), "%s", body);
    errno = saved_errno;
}
