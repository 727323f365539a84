/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A storage device in a folder of a POSIX file system: one file per region, `region.0`,
 * `region.1`, ..., and a file `lock`, which one holder at a time has locked and which
 * says how many regions belong to the store.
 *
 * Life: hf_posix_file_open -> use hf_posix_file.device (usually in hf_nvm_config.device)
 * -> hf_posix_file_close. The caller owns the structure; it must not move while it is
 * open. Open and close are single-threaded; the device itself follows the concurrency
 * contract of nvm_device.h. The descriptors close on exec.
 *
 * Erased bytes read as 0x00, the granule is 1 byte, and scrubbing overwrites in place.
 * Region files grow in chunks that are allocated ahead, so that most syncs have no new
 * length to write. What a copy-on-write file system or an SSD keeps of overwritten bytes,
 * no program can tell.
 *
 * The folder and the files hold secrets in the clear. They are created with the modes
 * 0700 and 0600, and refused when others could replace or read them (see
 * hf_posix_file_open). The folders above it are not looked at.
 *
 * After a sync that failed, the device refuses every change until it is opened again: the
 * kernel may have dropped what it could not write, and a second sync would hide that.
 *
 *     hf_posix_file file;
 *     int rc = hf_posix_file_open(&file, &(hf_posix_file_config){ .path = "store",
 *                                                                  .create = true });
 *     if (rc != HF_OK) { return rc; }
 *     config.device = &file.device;
 *     rc = hf_nvm_init(&nvm, &config);
 *     ...
 *     hf_posix_file_close(&file);
 */
#ifndef HOLDFAST_POSIX_FILE_H
#define HOLDFAST_POSIX_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "holdfast/atomic.h"
#include "holdfast/config.h"
#include "holdfast/nvm_device.h"

#define HF_POSIX_FILE_REGION_COUNT_DEFAULT 2u
#define HF_POSIX_FILE_REGION_SIZE_DEFAULT ((uint64_t)256 << 20)
#define HF_POSIX_FILE_CHUNK_SIZE_DEFAULT ((uint64_t)1 << 20)

/*
 * The system calls below the device, to be replaced by tests that make them fail. Each
 * behaves like the function of its name: -1 and errno, or for fallocate, as
 * posix_fallocate does, an error number.
 */
typedef struct hf_posix_file_ops {
    ssize_t (*pread)(int fd, void *data, size_t len, off_t offset);
    ssize_t (*pwrite)(int fd, const void *data, size_t len, off_t offset);
    int (*fdatasync)(int fd); /* of what was programmed or scrubbed */
    int (*fsync)(int fd);     /* of folders, and of a length that shrank */
    int (*ftruncate)(int fd, off_t len);
    int (*fallocate)(int fd, off_t offset, off_t len);
} hf_posix_file_ops;

/* The calls of the C library. */
extern const hf_posix_file_ops hf_posix_file_ops_libc;

typedef struct hf_posix_file_config {
    const char *path;      /* of the folder; its last part must not be a symbolic link */
    bool create;           /* make folder and files when they are missing */
    uint32_t region_count; /* 2 .. HF_CFG_NVM_REGIONS_MAX; 0 = the default */
    uint64_t region_size;  /* bytes that a region may grow to, >= 512, <= 2^62; 0 = the
                              default. Only what is used occupies the disk. The store
                              remembers it: the same value every time. */
    uint64_t chunk_size;   /* bytes that a file grows by, <= 2^40; 0 = the default */
    /* Microseconds that each sync takes longer, for benchmarks that stand in for a slower
     * medium; 0 = none. */
    uint32_t sync_delay_us;
    const hf_posix_file_ops *ops; /* used until close; NULL = the C library's */
} hf_posix_file_config;

/* A region file; private. */
typedef struct hf_posix_file_region {
    int fd;
    bool is_dirty;          /* written since its last sync */
    uint64_t allocated_len; /* bytes of the file */
} hf_posix_file_region;

/* Every field is private but `device`. */
typedef struct hf_posix_file {
    hf_nvm_device device; /* give its address to hf_nvm_config.device */
    const hf_posix_file_ops *ops;
    hf_nvm_geometry geometry;
    uint64_t chunk_size;
    uint32_t sync_delay_us;
    int folder_fd;
    int lock_fd;
    hf_atomic_u32 last_errno; /* reads in several threads may fail at once */
    bool is_open;
    bool is_failed; /* a sync failed: read-only. Of the thread that programs and syncs. */
    /* Of that thread too, except the descriptors, which never change while it is open. */
    hf_posix_file_region regions[HF_CFG_NVM_REGIONS_MAX];
} hf_posix_file;

/*
 * Open a store's folder and lock it against every other opener, in this process or
 * another; with config->create make what is missing. What an earlier process wrote but
 * did not sync is made durable, so that everything that can be read has reached the
 * medium.
 *
 * file    the caller's memory; its former content does not matter.
 * config  not kept, but path is used during the call and ops until close.
 *
 * Returns HF_OK, or
 *   HF_ERR_ARG       a field of the config is out of range, or path is NULL or empty
 *   HF_ERR_NOTFOUND  there is no store and config->create is false, or there is no folder
 *                    in which to create it
 *   HF_ERR_INUSE     another opener holds the lock
 *   HF_ERR_ACCESS    the folder or a file belongs to another user than the caller (or
 *                    root), is a symbolic link or of another type; the folder can be
 *                    written, or a file read or written, by group or others; or the
 *                    system denies access
 *   HF_ERR_CONFIG    the store has another number of regions
 *   HF_ERR_CORRUPT   a region file of a complete store is missing, or the file `lock` is
 *                    not that of a store
 *   HF_ERR_IO        a system call failed; hf_posix_file_errno() tells which error
 * After an error nothing is open. A store that could not be created completely may leave
 * its folder and empty files; the next open with `create` completes them.
 * Single-threaded. Blocks for the disk.
 */
int hf_posix_file_open(hf_posix_file *file, const hf_posix_file_config *config)
    HF_MUST_CHECK;

/*
 * Close the files and release the lock. Syncs nothing: hf_nvm_cleanup has done that. Does
 * nothing after a failed open, a second time, or to a zeroed structure.
 * Single-threaded.
 */
void hf_posix_file_close(hf_posix_file *file);

/*
 * errno of the last system call that made an operation fail, since the open; 0 = none.
 * Also after a failed open. Any thread.
 */
int hf_posix_file_errno(const hf_posix_file *file);

#endif
