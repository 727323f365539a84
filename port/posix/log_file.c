/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Log sink to a file. There is no lock: reopening moves the new file onto the old
 * descriptor number with dup3(2), which the kernel does atomically, so a thread that logs
 * at that moment writes to the old file or to the new one, and the structure is never
 * written.
 */
#include "holdfast/posix_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "log_line.h"

#define CLOSED (-1)

static int open_for_append(const char *path)
{
    int fd;
    do {
        fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

int hf_posix_log_file_open(hf_posix_log_file *file, const char *path)
{
    if (file == NULL) {
        return HF_ERR_ARG;
    }
    *file = (hf_posix_log_file){ .path = path, .fd = CLOSED };
    if (path == NULL) {
        return HF_ERR_ARG;
    }
    file->fd = open_for_append(path);
    return file->fd < 0 ? HF_ERR_SYSTEM : HF_OK;
}

int hf_posix_log_file_reopen(hf_posix_log_file *file)
{
    if (file == NULL || file->fd < 0) {
        return HF_ERR_ARG;
    }
    int fd = open_for_append(file->path);
    if (fd < 0) {
        return HF_ERR_SYSTEM;
    }
    int moved;
    do {
        moved = dup3(fd, file->fd, O_CLOEXEC);
    } while (moved < 0 && errno == EINTR);
    int saved_errno = errno;
    (void)close(fd); /* nothing was written through it that could be lost */
    errno = saved_errno;
    return moved < 0 ? HF_ERR_SYSTEM : HF_OK;
}

void hf_posix_log_file_close(hf_posix_log_file *file)
{
    if (file == NULL || file->fd < 0) {
        return;
    }
    (void)close(file->fd); /* a log line that the disk refuses is lost, see the header */
    file->fd = CLOSED;
}

void hf_posix_log_file_write(void *context, const hf_log_event *event)
{
    const hf_posix_log_file *file = (const hf_posix_log_file *)context;
    if (file->fd >= 0) {
        hf_posix_log_write_fd(file->fd, event);
    }
}
