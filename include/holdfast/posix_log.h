/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Log sinks of the POSIX port, for hf_log_init: standard error, syslog, and a file that
 * can be reopened after logrotate has renamed it. All may be called by any number of
 * threads at once and leave errno as it was. They may block as long as a write(2) does. A
 * line that cannot be written is lost: there is nobody to tell.
 *
 * A line of stderr and of a file is one write(2), so lines of several threads or
 * processes do not mix:
 *
 *     2031-04-05T06:07:08.012345Z error nvm: record damaged value=0x1f HF_ERR_CORRUPT
 *
 * The time is UTC. `value=` is there when it is not 0, the status when it is not HF_OK.
 * Lines are cut at HF_POSIX_LOG_LINE_SIZE bytes.
 *
 *     hf_posix_log_file file;
 *     int rc = hf_posix_log_file_open(&file, "/var/log/holdfast.log");
 *     if (rc != HF_OK) { return rc; }
 *     hf_log log;
 *     hf_log_init(&log, HF_LOG_INFO, hf_posix_log_file_write, &file);
 *     rc = hf_posix_log_file_reopen(&file);          // on SIGHUP
 *     hf_posix_log_file_close(&file);                // when nobody logs any more
 */
#ifndef HOLDFAST_POSIX_LOG_H
#define HOLDFAST_POSIX_LOG_H

#include "holdfast/log.h"
#include "holdfast/status.h"

#define HF_POSIX_LOG_LINE_SIZE 512u /* bytes of a line with its newline */

/* Sink: one line on file descriptor 2. context is not used. */
void hf_posix_log_stderr(void *context, const hf_log_event *event);

/* Sink: syslog(3), without time, which syslog adds. context is not used. The program sets
 * identity and facility with openlog(3) before. */
void hf_posix_log_syslog(void *context, const hf_log_event *event);

/* Private; here so that the caller can reserve the memory. */
typedef struct hf_posix_log_file {
    const char *path; /* the caller's */
    int fd;           /* the same number from open to close, -1 when closed */
} hf_posix_log_file;

/*
 * Open a log file for appending; it is created with mode 0640 (less the umask) if need
 * be.
 *
 * path  kept, not copied: it must live until close.
 *
 * Returns HF_OK, HF_ERR_ARG (a NULL argument), or HF_ERR_SYSTEM (the file cannot be
 * opened; errno says why). After an error the file is closed: writing to it is harmless.
 * Single-threaded.
 */
int hf_posix_log_file_open(hf_posix_log_file *file, const char *path) HF_MUST_CHECK;

/*
 * Open the path again and go on there: what is logged after the call is in the file that
 * has the name now. No line is lost meanwhile.
 *
 * Returns HF_OK, HF_ERR_ARG (file is NULL or not open), or HF_ERR_SYSTEM (it cannot be
 * opened; errno says why, and the log goes on in the file it was in).
 * Any thread, also while others log.
 */
int hf_posix_log_file_reopen(hf_posix_log_file *file) HF_MUST_CHECK;

/* Close. A second close does nothing. Single-threaded: nobody may be logging. */
void hf_posix_log_file_close(hf_posix_log_file *file);

/* Sink: one line appended to the file. context is the hf_posix_log_file. */
void hf_posix_log_file_write(void *context, const hf_log_event *event);

#endif
