/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The file device: hf_nvm_device over a folder of region files. Opening is here too,
 * because most of the safety of the device lies in it: who may share the folder, which
 * files belong to a complete store, and that nothing is read which never reached the
 * medium.
 *
 * It lives below the store: program and sync come from one thread at a time, reads from
 * any. Reads therefore use only what never changes while the device is open (descriptors,
 * geometry) and the atomic `last_errno`.
 */
#include "holdfast/posix_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"

#define REGION_SIZE_MIN 512u
#define REGION_SIZE_MAX ((uint64_t)1 << 62)
#define CHUNK_SIZE_MAX ((uint64_t)1 << 40)
#define FOLDER_MODE 0700
#define FILE_MODE 0600
#define NAME_SIZE 24u
#define SCRUB_BLOCK_SIZE 4096u

/* What `lock` says once all region files exist: a missing one is then a damage. */
#define MARK_FORMAT "holdfast store, %u regions\n"
#define MARK_SIZE 48u

const hf_posix_file_ops hf_posix_file_ops_libc = {
    .pread = pread,
    .pwrite = pwrite,
    .fdatasync = fdatasync,
    .fsync = fsync,
    .ftruncate = ftruncate,
    .fallocate = posix_fallocate,
};

static int failed(hf_posix_file *file, int error, int status)
{
    hf_atomic_u32_store_relaxed(&file->last_errno, (uint32_t)error);
    return status;
}

/* The status of a call that opens, creates or locks. */
static int open_failed(hf_posix_file *file, int error)
{
    switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:   /* the last part is a symbolic link */
    case ENOTDIR: /* so it is, or it is a file, where a folder was asked for */
        return failed(file, error, HF_ERR_ACCESS);
    case ENOENT:
        return failed(file, error, HF_ERR_NOTFOUND);
    default:
        return failed(file, error, HF_ERR_IO);
    }
}

/* Operations of the device. */

static bool is_inside(const hf_posix_file *file, hf_nvm_address at, size_t len)
{
    return at.region < file->geometry.region_count &&
           at.offset <= file->geometry.region_size &&
           len <= file->geometry.region_size - at.offset;
}

static void file_geometry(void *context, hf_nvm_geometry *geometry)
{
    const hf_posix_file *file = context;
    *geometry = file->geometry;
}

static int file_read(void *context, hf_nvm_address at, uint8_t *data, size_t len)
{
    hf_posix_file *file = context;
    if (!is_inside(file, at, len)) {
        return HF_ERR_ARG;
    }
    int fd = file->regions[at.region].fd;
    while (len > 0) {
        ssize_t got = file->ops->pread(fd, data, len, (off_t)at.offset);
        if (got == 0) {
            memset(data, file->geometry.erased, len); /* beyond the end of the file */
            return HF_OK;
        }
        if (got < 0 && errno != EINTR) {
            return failed(file, errno, HF_ERR_IO);
        }
        if (got > 0) {
            data += got;
            len -= (size_t)got;
            at.offset += (uint64_t)got;
        }
    }
    return HF_OK;
}

static int write_all(hf_posix_file *file, int fd, hf_nvm_address at, const uint8_t *data,
                     size_t len)
{
    while (len > 0) {
        ssize_t put = file->ops->pwrite(fd, data, len, (off_t)at.offset);
        if (put == 0) {
            return failed(file, EIO, HF_ERR_IO); /* or the loop might never end */
        }
        if (put < 0 && errno != EINTR) {
            return failed(file, errno, HF_ERR_IO);
        }
        if (put > 0) {
            data += put;
            len -= (size_t)put;
            at.offset += (uint64_t)put;
        }
    }
    return HF_OK;
}

/* Make the file reach `end`, in whole chunks, so that later writes change no length. */
static int allocate(hf_posix_file *file, hf_posix_file_region *region, uint64_t end)
{
    if (end <= region->allocated_len) {
        return HF_OK;
    }
    uint64_t rest = end % file->chunk_size;
    uint64_t wanted = rest == 0 ? end : end + (file->chunk_size - rest);
    if (wanted > file->geometry.region_size) {
        wanted = file->geometry.region_size;
    }
    off_t from = (off_t)region->allocated_len;
    int error;
    do {
        error = file->ops->fallocate(region->fd, from, (off_t)wanted - from);
    } while (error == EINTR);
    if (error == EOPNOTSUPP || error == EINVAL) {
        return HF_OK; /* this file system cannot: the writes themselves extend the file */
    }
    if (error != 0) {
        return failed(file, error, HF_ERR_IO);
    }
    region->allocated_len = wanted;
    return HF_OK;
}

static int file_program(void *context, hf_nvm_address at, const uint8_t *data, size_t len)
{
    hf_posix_file *file = context;
    if (!is_inside(file, at, len)) {
        return HF_ERR_ARG;
    }
    if (file->is_failed) {
        return HF_ERR_IO;
    }
    if (len == 0) {
        return HF_OK;
    }
    hf_posix_file_region *region = &file->regions[at.region];
    region->is_dirty = true;
    int rc = allocate(file, region, at.offset + len);
    if (rc != HF_OK) {
        return rc;
    }
    return write_all(file, region->fd, at, data, len);
}

/* Run a sync call. After a failure the kernel may hold clean pages that never reached the
 * medium; dropping them makes reads tell the truth, and the device refuses to go on. */
static int sync_region(hf_posix_file *file, hf_posix_file_region *region,
                       int (*sync_call)(int fd))
{
    int result;
    do {
        result = sync_call(region->fd);
    } while (result != 0 && errno == EINTR);
    if (result != 0) {
        int error = errno;
        file->is_failed = true;
        (void)posix_fadvise(region->fd, 0, 0, POSIX_FADV_DONTNEED); /* only advice */
        return failed(file, error, HF_ERR_IO);
    }
    region->is_dirty = false;
    return HF_OK;
}

static int file_erase(void *context, uint32_t index)
{
    hf_posix_file *file = context;
    if (index >= file->geometry.region_count) {
        return HF_ERR_ARG;
    }
    if (file->is_failed) {
        return HF_ERR_IO;
    }
    hf_posix_file_region *region = &file->regions[index];
    region->is_dirty = true;
    int result;
    do {
        result = file->ops->ftruncate(region->fd, 0);
    } while (result != 0 && errno == EINTR);
    if (result != 0) {
        return failed(file, errno, HF_ERR_IO);
    }
    region->allocated_len = 0;
    return sync_region(file, region, file->ops->fsync);
}

static void delay(uint32_t delay_us)
{
    struct timespec left = { .tv_sec = (time_t)(delay_us / 1000000u),
                             .tv_nsec = (long)(delay_us % 1000000u) * 1000L };
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
        /* `left` was refreshed by the interrupted call. */
    }
}

static int file_sync(void *context)
{
    hf_posix_file *file = context;
    if (file->is_failed) {
        return HF_ERR_IO;
    }
    for (uint32_t i = 0; i < file->geometry.region_count; i++) {
        if (!file->regions[i].is_dirty) {
            continue;
        }
        int rc = sync_region(file, &file->regions[i], file->ops->fdatasync);
        if (rc != HF_OK) {
            return rc;
        }
    }
    if (file->sync_delay_us != 0) {
        delay(file->sync_delay_us);
    }
    return HF_OK;
}

static int file_scrub(void *context, hf_nvm_address at, size_t len)
{
    static const uint8_t zeros[SCRUB_BLOCK_SIZE] = { 0 };
    hf_posix_file *file = context;
    if (!is_inside(file, at, len)) {
        return HF_ERR_ARG;
    }
    if (file->is_failed) {
        return HF_ERR_IO;
    }
    hf_posix_file_region *region = &file->regions[at.region];
    while (len > 0) {
        size_t part = len < sizeof zeros ? len : sizeof zeros;
        region->is_dirty = true;
        int rc = write_all(file, region->fd, at, zeros, part);
        if (rc != HF_OK) {
            return rc;
        }
        at.offset += part;
        len -= part;
    }
    return HF_OK;
}

static const hf_nvm_device_ops file_device_ops = {
    .geometry = file_geometry,
    .read = file_read,
    .program = file_program,
    .erase = file_erase,
    .sync = file_sync,
    .scrub = file_scrub,
};

/* Opening. */

/* Owned by the caller or root, of the right type, without the `forbidden` mode bits. */
static int check_guarded(hf_posix_file *file, int fd, mode_t type, mode_t forbidden)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return failed(file, errno, HF_ERR_IO);
    }
    bool is_owned = status.st_uid == geteuid() || status.st_uid == 0;
    if (!is_owned || (status.st_mode & S_IFMT) != type ||
        (status.st_mode & forbidden) != 0) {
        return failed(file, EPERM, HF_ERR_ACCESS);
    }
    return HF_OK;
}

/* Make the entry of a new folder durable: it stands in the folder above. */
static int sync_above(hf_posix_file *file)
{
    int fd = openat(file->folder_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        /* Above is closed to us (search permission only): nothing more can be done. */
        return errno == EACCES ? HF_OK : open_failed(file, errno);
    }
    int rc = HF_OK;
    if (file->ops->fsync(fd) != 0) {
        rc = failed(file, errno, HF_ERR_IO);
    }
    (void)close(fd);
    return rc;
}

static int open_folder(hf_posix_file *file, const hf_posix_file_config *config)
{
    if (config->create && mkdir(config->path, FOLDER_MODE) != 0 && errno != EEXIST) {
        return open_failed(file, errno);
    }
    file->folder_fd = open(config->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (file->folder_fd < 0) {
        return open_failed(file, errno);
    }
    int rc = check_guarded(file, file->folder_fd, S_IFDIR, S_IWGRP | S_IWOTH);
    if (rc != HF_OK || !config->create) {
        return rc;
    }
    return sync_above(file); /* also where an interrupted creation left off */
}

/* Open one file of the folder; *fd stays -1 on an error. */
static int open_member(hf_posix_file *file, const char *name, bool create, int *fd)
{
    /* NONBLOCK: a FIFO of that name must not stop us; it means nothing to a file. */
    int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (create ? O_CREAT : 0);
    *fd = openat(file->folder_fd, name, flags, FILE_MODE);
    if (*fd < 0) {
        return open_failed(file, errno);
    }
    return check_guarded(file, *fd, S_IFREG, S_IRWXG | S_IRWXO);
}

static int lock_folder(hf_posix_file *file, bool create)
{
    int rc = open_member(file, "lock", create, &file->lock_fd);
    if (rc != HF_OK) {
        return rc;
    }
    /* A lock of the open file, not of the process: it also stops a second open here. */
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fcntl(file->lock_fd, F_OFD_SETLK, &lock) != 0) {
        int error = errno;
        bool is_held = error == EAGAIN || error == EACCES;
        return is_held ? failed(file, error, HF_ERR_INUSE) : open_failed(file, error);
    }
    return HF_OK;
}

/* Read the mark. *is_complete false: the store's creation has not ended. */
static int read_mark(hf_posix_file *file, bool *is_complete)
{
    char text[MARK_SIZE] = { 0 };
    char expected[MARK_SIZE];
    unsigned region_count = 0;
    ssize_t len = file->ops->pread(file->lock_fd, text, sizeof text - 1, 0);
    if (len < 0) {
        return failed(file, errno, HF_ERR_IO);
    }
    *is_complete = len > 0;
    if (len == 0) {
        return HF_OK;
    }
    /* A file system may show the new length before the text: also not complete. */
    static const char nothing[MARK_SIZE];
    if (memcmp(text, nothing, sizeof text) == 0) {
        *is_complete = false;
        return HF_OK;
    }
    if (sscanf(text, MARK_FORMAT, &region_count) != 1) {
        return HF_ERR_CORRUPT;
    }
    (void)snprintf(expected, sizeof expected, MARK_FORMAT, region_count);
    if (strcmp(text, expected) != 0) {
        return HF_ERR_CORRUPT;
    }
    return region_count == file->geometry.region_count ? HF_OK : HF_ERR_CONFIG;
}

static int write_mark(hf_posix_file *file)
{
    char text[MARK_SIZE];
    int len = snprintf(text, sizeof text, MARK_FORMAT, file->geometry.region_count);
    int rc = write_all(file, file->lock_fd, (hf_nvm_address){ 0 }, (const uint8_t *)text,
                       (size_t)len);
    if (rc == HF_OK && file->ops->fsync(file->lock_fd) != 0) {
        rc = failed(file, errno, HF_ERR_IO);
    }
    return rc;
}

/* Open one region file and make durable what an earlier process left in the kernel. */
static int open_region(hf_posix_file *file, uint32_t index, bool create)
{
    char name[NAME_SIZE];
    struct stat status;
    hf_posix_file_region *region = &file->regions[index];
    (void)snprintf(name, sizeof name, "region.%u", index);
    int rc = open_member(file, name, create, &region->fd);
    if (rc != HF_OK) {
        return rc == HF_ERR_NOTFOUND ? HF_ERR_CORRUPT : rc;
    }
    if (fstat(region->fd, &status) != 0) {
        return failed(file, errno, HF_ERR_IO);
    }
    region->allocated_len = (uint64_t)status.st_size;
    return sync_region(file, region, file->ops->fsync);
}

static int open_regions(hf_posix_file *file, bool create)
{
    bool is_complete;
    int rc = read_mark(file, &is_complete);
    if (rc != HF_OK) {
        return rc;
    }
    if (!is_complete && !create) {
        return failed(file, ENOENT, HF_ERR_NOTFOUND);
    }
    for (uint32_t i = 0; i < file->geometry.region_count && rc == HF_OK; i++) {
        rc = open_region(file, i, !is_complete);
    }
    if (rc != HF_OK || is_complete) {
        return rc;
    }
    if (file->ops->fsync(file->folder_fd) != 0) {
        return failed(file, errno, HF_ERR_IO);
    }
    return write_mark(file); /* only now, when the files are sure to stay */
}

/* Fill every field from the config and its defaults. */
static int configure(hf_posix_file *file, const hf_posix_file_config *config)
{
    uint32_t count = config->region_count;
    uint64_t size = config->region_size;
    uint64_t chunk = config->chunk_size;
    *file = (hf_posix_file){
        .device = { .ops = &file_device_ops, .context = file },
        .ops = config->ops != NULL ? config->ops : &hf_posix_file_ops_libc,
        .geometry = {
            .region_count = count != 0 ? count : HF_POSIX_FILE_REGION_COUNT_DEFAULT,
            .granule_size = 1,
            .region_size = size != 0 ? size : HF_POSIX_FILE_REGION_SIZE_DEFAULT,
            .erased = 0x00,
        },
        .chunk_size = chunk != 0 ? chunk : HF_POSIX_FILE_CHUNK_SIZE_DEFAULT,
        .sync_delay_us = config->sync_delay_us,
        .folder_fd = -1,
        .lock_fd = -1,
        .is_open = true,
    };
    for (uint32_t i = 0; i < HF_CFG_NVM_REGIONS_MAX; i++) {
        file->regions[i].fd = -1;
    }
    const hf_nvm_geometry *geometry = &file->geometry;
    bool is_legal =
        config->path != NULL && config->path[0] != '\0' && geometry->region_count >= 2 &&
        geometry->region_count <= HF_CFG_NVM_REGIONS_MAX &&
        geometry->region_size >= REGION_SIZE_MIN &&
        geometry->region_size <= REGION_SIZE_MAX && file->chunk_size <= CHUNK_SIZE_MAX;
    return is_legal ? HF_OK : HF_ERR_ARG;
}

int hf_posix_file_open(hf_posix_file *file, const hf_posix_file_config *config)
{
    if (file == NULL || config == NULL) {
        return HF_ERR_ARG;
    }
    int rc = configure(file, config);
    if (rc == HF_OK) {
        rc = open_folder(file, config);
    }
    if (rc == HF_OK) {
        rc = lock_folder(file, config->create);
    }
    if (rc == HF_OK) {
        rc = open_regions(file, config->create);
    }
    if (rc != HF_OK) {
        hf_posix_file_close(file);
    }
    return rc;
}

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd); /* what matters was synced; nothing is written by a close */
    }
    *fd = -1;
}

void hf_posix_file_close(hf_posix_file *file)
{
    if (file == NULL || !file->is_open) {
        return;
    }
    for (uint32_t i = 0; i < HF_CFG_NVM_REGIONS_MAX; i++) {
        close_fd(&file->regions[i].fd);
    }
    close_fd(&file->folder_fd);
    close_fd(&file->lock_fd); /* last: it releases the lock */
    file->is_open = false;
}

int hf_posix_file_errno(const hf_posix_file *file)
{
    return (int)hf_atomic_u32_load_relaxed(&file->last_errno);
}
