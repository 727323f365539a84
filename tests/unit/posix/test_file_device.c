/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The file device: the device contract, who may open a store, what is refused, and each
 * system call failing. Every test has a folder of its own, removed at the end.
 */
#include "holdfast/posix_file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define REGION_SIZE 16384u
#define CHUNK_SIZE 4096u
#define PATH_SIZE 256u

typedef struct fixture {
    char base[PATH_SIZE];  /* a temporary folder */
    char store[PATH_SIZE]; /* base/store: not there yet */
    hf_posix_file file;
    hf_posix_file_config config;
} fixture;

/* The system calls with faults: each counts down to the call that fails. */
static struct {
    int pread_errno; /* the next call fails so, once */
    int pwrite_errno;
    int fdatasync_errno;
    int fsync_errno;
    int ftruncate_errno;
    int fallocate_errno;
    size_t part_len; /* not 0: reads and writes move at most that many bytes */
    int pwrite_zero; /* the next write moves nothing */
    int fdatasync_count;
    int fsync_count;
    int fallocate_count;
} fault;

static int take(int *error)
{
    int taken = *error;
    *error = 0;
    if (taken != 0) {
        errno = taken;
    }
    return taken;
}

static size_t part_of(size_t len)
{
    return fault.part_len != 0 && fault.part_len < len ? fault.part_len : len;
}

static ssize_t fault_pread(int fd, void *data, size_t len, off_t offset)
{
    return take(&fault.pread_errno) != 0 ? -1 : pread(fd, data, part_of(len), offset);
}

static ssize_t fault_pwrite(int fd, const void *data, size_t len, off_t offset)
{
    if (take(&fault.pwrite_zero) != 0) {
        return 0;
    }
    return take(&fault.pwrite_errno) != 0 ? -1 : pwrite(fd, data, part_of(len), offset);
}

static int fault_fdatasync(int fd)
{
    fault.fdatasync_count++;
    return take(&fault.fdatasync_errno) != 0 ? -1 : fdatasync(fd);
}

static int fault_fsync(int fd)
{
    fault.fsync_count++;
    return take(&fault.fsync_errno) != 0 ? -1 : fsync(fd);
}

static int fault_ftruncate(int fd, off_t len)
{
    return take(&fault.ftruncate_errno) != 0 ? -1 : ftruncate(fd, len);
}

static int fault_fallocate(int fd, off_t offset, off_t len)
{
    fault.fallocate_count++;
    int error = take(&fault.fallocate_errno);
    return error != 0 ? error : posix_fallocate(fd, offset, len);
}

static const hf_posix_file_ops fault_ops = {
    .pread = fault_pread,
    .pwrite = fault_pwrite,
    .fdatasync = fault_fdatasync,
    .fsync = fault_fsync,
    .ftruncate = fault_ftruncate,
    .fallocate = fault_fallocate,
};

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    const char *top = getenv("TMPDIR");
    memset(&fault, 0, sizeof fault);
    if (f == NULL) {
        return -1;
    }
    (void)snprintf(f->base, sizeof f->base, "%.200s/hf-file-XXXXXX",
                   top != NULL ? top : "/tmp");
    if (mkdtemp(f->base) == NULL) {
        free(f);
        return -1;
    }
    (void)snprintf(f->store, sizeof f->store, "%.240s/store", f->base);
    f->config = (hf_posix_file_config){ .path = f->store,
                                        .create = true,
                                        .region_count = 3,
                                        .region_size = REGION_SIZE,
                                        .chunk_size = CHUNK_SIZE,
                                        .ops = &fault_ops };
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    char command[PATH_SIZE + 16];
    hf_posix_file_close(&f->file);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", f->base);
    int rc = system(command);
    free(f);
    return rc;
}

static int setup_open(void **state)
{
    if (setup(state) != 0) {
        return -1;
    }
    fixture *f = *state;
    return hf_posix_file_open(&f->file, &f->config);
}

/* The path of a member of the store; valid until the next call. */
static const char *member(const fixture *f, const char *name)
{
    static char path[PATH_SIZE * 2];
    (void)snprintf(path, sizeof path, "%s/%s", f->store, name);
    return path;
}

static off_t size_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_size;
}

static unsigned mode_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 0777u;
}

static int dev_read(fixture *f, uint32_t region, uint64_t offset, void *data, size_t len)
{
    hf_nvm_address at = { .region = region, .offset = offset };
    return f->file.device.ops->read(f->file.device.context, at, data, len);
}

static int dev_program(fixture *f, uint32_t region, uint64_t offset, const void *data,
                       size_t len)
{
    hf_nvm_address at = { .region = region, .offset = offset };
    return f->file.device.ops->program(f->file.device.context, at, data, len);
}

static int dev_scrub(fixture *f, uint32_t region, uint64_t offset, size_t len)
{
    hf_nvm_address at = { .region = region, .offset = offset };
    return f->file.device.ops->scrub(f->file.device.context, at, len);
}

static int dev_erase(fixture *f, uint32_t region)
{
    return f->file.device.ops->erase(f->file.device.context, region);
}

static int dev_sync(fixture *f)
{
    return f->file.device.ops->sync(f->file.device.context);
}

static void assert_all(const uint8_t *data, size_t len, uint8_t value)
{
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(data[i], value);
    }
}

static void test_open_missing_store_creates_private_files(void **state)
{
    fixture *f = *state;
    hf_nvm_geometry geometry;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    f->file.device.ops->geometry(f->file.device.context, &geometry);
    assert_int_equal(geometry.region_count, 3);
    assert_int_equal(geometry.region_size, REGION_SIZE);
    assert_int_equal(geometry.granule_size, 1);
    assert_int_equal(geometry.erased, 0);
    assert_int_equal(mode_of(f->store), 0700);
    assert_int_equal(mode_of(member(f, "region.0")), 0600);
    assert_int_equal(mode_of(member(f, "region.2")), 0600);
    assert_int_equal(mode_of(member(f, "lock")), 0600);
    assert_int_equal(size_of(member(f, "region.1")), 0);
    assert_int_equal(hf_posix_file_errno(&f->file), 0);
}

static void test_open_zero_config_uses_defaults(void **state)
{
    fixture *f = *state;
    hf_nvm_geometry geometry;
    f->config = (hf_posix_file_config){ .path = f->store, .create = true };
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    f->file.device.ops->geometry(f->file.device.context, &geometry);
    assert_int_equal(geometry.region_count, HF_POSIX_FILE_REGION_COUNT_DEFAULT);
    assert_int_equal(geometry.region_size, HF_POSIX_FILE_REGION_SIZE_DEFAULT);
    assert_int_equal(dev_program(f, 0, 0, "x", 1), HF_OK);
    assert_int_equal(dev_sync(f), HF_OK);
    assert_int_equal(size_of(member(f, "region.0")), HF_POSIX_FILE_CHUNK_SIZE_DEFAULT);
}

static void test_open_bad_config_is_refused(void **state)
{
    fixture *f = *state;
    const hf_posix_file_config good = f->config;
    hf_posix_file_config bad[8];
    for (size_t i = 0; i < 8; i++) {
        bad[i] = good;
    }
    bad[0].path = NULL;
    bad[1].path = "";
    bad[2].region_count = 1;
    bad[3].region_count = HF_CFG_NVM_REGIONS_MAX + 1;
    bad[4].region_size = 511;
    bad[5].region_size = UINT64_MAX;
    bad[6].chunk_size = UINT64_MAX;
    bad[7].region_size = ((uint64_t)1 << 62) + 1;
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(hf_posix_file_open(&f->file, &bad[i]), HF_ERR_ARG);
    }
    assert_int_equal(hf_posix_file_open(NULL, &good), HF_ERR_ARG);
    assert_int_equal(hf_posix_file_open(&f->file, NULL), HF_ERR_ARG);
    assert_int_equal(access(f->store, F_OK), -1);
}

static void test_open_without_create_finds_nothing(void **state)
{
    fixture *f = *state;
    f->config.create = false;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_NOTFOUND);
    assert_int_equal(access(f->store, F_OK), -1);
    assert_int_equal(mkdir(f->store, 0700), 0);
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_NOTFOUND);
    assert_int_equal(hf_posix_file_errno(&f->file), ENOENT);
    int fd = open(member(f, "lock"), O_CREAT | O_WRONLY, 0600); /* creation was cut */
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_NOTFOUND);
}

static void test_open_without_folder_above_finds_nothing(void **state)
{
    fixture *f = *state;
    char path[PATH_SIZE * 2];
    (void)snprintf(path, sizeof path, "%s/none/store", f->base);
    f->config.path = path;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_NOTFOUND);
}

static void test_open_cut_creation_completes_it(void **state)
{
    fixture *f = *state;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    hf_posix_file_close(&f->file);
    assert_int_equal(truncate(member(f, "lock"), 0), 0);
    assert_int_equal(unlink(member(f, "region.2")), 0);
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    assert_int_equal(access(member(f, "region.2"), F_OK), 0);
    hf_posix_file_close(&f->file);
    f->config.create = false;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
}

static void test_open_mark_of_zeros_completes_creation(void **state)
{
    fixture *f = *state;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    hf_posix_file_close(&f->file);
    off_t len = size_of(member(f, "lock"));
    assert_int_equal(truncate(member(f, "lock"), 0), 0);
    assert_int_equal(truncate(member(f, "lock"), len), 0);
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
}

static void test_open_missing_region_is_corrupt(void **state)
{
    fixture *f = *state;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    hf_posix_file_close(&f->file);
    assert_int_equal(unlink(member(f, "region.1")), 0);
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_CORRUPT);
    assert_int_equal(access(member(f, "region.1"), F_OK), -1);
}

static void test_open_foreign_lock_file_is_corrupt(void **state)
{
    fixture *f = *state;
    static const char *const texts[] = { "something else\n",
                                         "holdfast store, 3 regions\nand more\n",
                                         "holdfast store, 3 regions" };
    assert_int_equal(mkdir(f->store, 0700), 0);
    for (size_t i = 0; i < 3; i++) {
        int fd = open(member(f, "lock"), O_CREAT | O_TRUNC | O_WRONLY, 0600);
        size_t len = strlen(texts[i]);
        assert_int_equal(write(fd, texts[i], len), (ssize_t)len);
        assert_int_equal(close(fd), 0);
        assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_CORRUPT);
    }
}

static void test_open_other_region_count_is_refused(void **state)
{
    fixture *f = *state;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    hf_posix_file_close(&f->file);
    f->config.region_count = 2;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_CONFIG);
    f->config.region_count = 4;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_CONFIG);
    assert_int_equal(access(member(f, "region.3"), F_OK), -1);
}

static void test_open_second_time_in_process_is_in_use(void **state)
{
    fixture *f = *state;
    hf_posix_file second;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    assert_int_equal(hf_posix_file_open(&second, &f->config), HF_ERR_INUSE);
    assert_int_equal(dev_program(f, 0, 0, "still ours", 10), HF_OK);
    hf_posix_file_close(&f->file);
    assert_int_equal(hf_posix_file_open(&second, &f->config), HF_OK);
    hf_posix_file_close(&second);
}

static void test_open_in_second_process_is_in_use(void **state)
{
    fixture *f = *state;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        hf_posix_file second;
        _exit(hf_posix_file_open(&second, &f->config) == HF_ERR_INUSE ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_open_symlinks_and_other_types_are_refused(void **state)
{
    fixture *f = *state;
    char link_path[PATH_SIZE * 2];
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    hf_posix_file_close(&f->file);

    (void)snprintf(link_path, sizeof link_path, "%s/link", f->base);
    assert_int_equal(symlink(f->store, link_path), 0);
    hf_posix_file_config through_link = f->config;
    through_link.path = link_path;
    assert_int_equal(hf_posix_file_open(&f->file, &through_link), HF_ERR_ACCESS);

    assert_int_equal(rename(member(f, "region.1"), link_path), 0);
    assert_int_equal(symlink(link_path, member(f, "region.1")), 0);
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_ACCESS);

    assert_int_equal(unlink(member(f, "region.1")), 0);
    assert_int_equal(mkfifo(member(f, "region.1"), 0600), 0);
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_ACCESS);

    hf_posix_file_config at_file = f->config;
    at_file.path = link_path; /* a regular file now */
    assert_int_equal(hf_posix_file_open(&f->file, &at_file), HF_ERR_ACCESS);
}

static void test_open_shared_modes_are_refused(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *name;
        mode_t bad;
        mode_t good;
    } cases[] = { { "", 0770, 0755 },         { "", 0702, 0700 },
                  { "lock", 0640, 0600 },     { "lock", 0602, 0600 },
                  { "region.0", 0660, 0600 }, { "region.2", 0604, 0600 } };
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    hf_posix_file_close(&f->file);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(chmod(member(f, cases[i].name), cases[i].bad), 0);
        assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_ACCESS);
        assert_int_equal(chmod(member(f, cases[i].name), cases[i].good), 0);
        assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
        hf_posix_file_close(&f->file);
    }
}

static void test_open_foreign_owner_is_refused(void **state)
{
    fixture *f = *state;
    if (geteuid() != 0) {
        skip(); /* only root can give a file away */
    }
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    hf_posix_file_close(&f->file);
    assert_int_equal(chown(member(f, "region.0"), 12345, (gid_t)-1), 0);
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_ACCESS);
    assert_int_equal(chown(member(f, "region.0"), 0, (gid_t)-1), 0);
    assert_int_equal(chown(f->store, 12345, (gid_t)-1), 0);
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_ACCESS);
}

static void test_open_io_failures_leave_nothing_open(void **state)
{
    fixture *f = *state;
    fault.fsync_errno = EIO;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_IO);
    assert_int_equal(hf_posix_file_errno(&f->file), EIO);
    fault.pwrite_errno = ENOSPC; /* of the mark */
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_IO);
    assert_int_equal(hf_posix_file_errno(&f->file), ENOSPC);
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    hf_posix_file_close(&f->file);
    fault.pread_errno = EIO;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_IO);
    hf_posix_file_close(&f->file); /* harmless */
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
}

static void test_open_left_over_writes_are_synced(void **state)
{
    fixture *f = *state;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    hf_posix_file_close(&f->file);
    f->config.create = false;
    fault.fsync_count = 0;
    fault.fsync_errno =
        EIO; /* the first region: what it holds may not be on the medium */
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_ERR_IO);
    assert_int_equal(fault.fsync_count, 1);
    fault.fsync_count = 0;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    assert_int_equal(fault.fsync_count, 3);
}

static void test_read_unwritten_bytes_are_erased(void **state)
{
    fixture *f = *state;
    uint8_t data[100];
    memset(data, 0xAA, sizeof data);
    assert_int_equal(dev_read(f, 2, REGION_SIZE - 100, data, 100), HF_OK);
    assert_all(data, 100, 0);
    assert_int_equal(dev_program(f, 2, 0, "abc", 3), HF_OK);
    memset(data, 0xAA, sizeof data);
    assert_int_equal(dev_read(f, 2, 0, data, 100), HF_OK);
    assert_memory_equal(data, "abc", 3);
    assert_all(data + 3, 97, 0);
    memset(data, 0xAA, sizeof data);
    assert_int_equal(dev_read(f, 2, CHUNK_SIZE - 50, data, 100),
                     HF_OK); /* across the end */
    assert_all(data, 100, 0);
}

static void test_program_survives_reopen(void **state)
{
    fixture *f = *state;
    uint8_t written[3000];
    uint8_t data[3000];
    for (size_t i = 0; i < sizeof written; i++) {
        written[i] = (uint8_t)(i * 7 + 1);
    }
    assert_int_equal(dev_program(f, 1, 2500, written, sizeof written), HF_OK);
    assert_int_equal(dev_sync(f), HF_OK);
    hf_posix_file_close(&f->file);
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    assert_int_equal(dev_read(f, 1, 2500, data, sizeof data), HF_OK);
    assert_memory_equal(data, written, sizeof data);
    assert_int_equal(dev_program(f, 1, 2500 + sizeof written, "next", 4), HF_OK);
    assert_int_equal(dev_read(f, 1, 2500 + sizeof written, data, 5), HF_OK);
    assert_memory_equal(data, "next", 5);
}

static void test_program_grows_in_chunks_up_to_region(void **state)
{
    fixture *f = *state;
    static const uint8_t zeros[CHUNK_SIZE + 1];
    assert_int_equal(dev_program(f, 0, 0, "a", 1), HF_OK);
    assert_int_equal(size_of(member(f, "region.0")), CHUNK_SIZE);
    assert_int_equal(dev_program(f, 0, 1, zeros, CHUNK_SIZE - 1), HF_OK);
    assert_int_equal(size_of(member(f, "region.0")), CHUNK_SIZE);
    assert_int_equal(fault.fallocate_count, 1);
    assert_int_equal(dev_program(f, 0, CHUNK_SIZE, zeros, CHUNK_SIZE + 1), HF_OK);
    assert_int_equal(size_of(member(f, "region.0")), 3 * CHUNK_SIZE);
    assert_int_equal(dev_program(f, 0, REGION_SIZE - 1, "z", 1), HF_OK);
    assert_int_equal(size_of(member(f, "region.0")), REGION_SIZE);
    assert_int_equal(size_of(member(f, "region.1")), 0);
}

static void test_program_last_chunk_is_cut_at_region_end(void **state)
{
    fixture *f = *state;
    f->config.chunk_size = 10000; /* does not divide the region */
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    assert_int_equal(dev_program(f, 0, 12000, "a", 1), HF_OK);
    assert_int_equal(size_of(member(f, "region.0")), REGION_SIZE);
}

static void test_operations_outside_geometry_are_refused(void **state)
{
    fixture *f = *state;
    uint8_t data[2] = { 1, 2 };
    assert_int_equal(dev_read(f, 3, 0, data, 1), HF_ERR_ARG);
    assert_int_equal(dev_read(f, 0, REGION_SIZE - 1, data, 2), HF_ERR_ARG);
    assert_int_equal(dev_read(f, 0, UINT64_MAX, data, 2), HF_ERR_ARG);
    assert_int_equal(dev_program(f, 3, 0, data, 1), HF_ERR_ARG);
    assert_int_equal(dev_program(f, 0, REGION_SIZE, data, 1), HF_ERR_ARG);
    assert_int_equal(dev_program(f, 0, UINT64_MAX, data, 2), HF_ERR_ARG);
    assert_int_equal(dev_scrub(f, 3, 0, 1), HF_ERR_ARG);
    assert_int_equal(dev_scrub(f, 0, REGION_SIZE - 1, 2), HF_ERR_ARG);
    assert_int_equal(dev_erase(f, 3), HF_ERR_ARG);
    assert_int_equal(dev_read(f, 0, REGION_SIZE, data, 0), HF_OK);
    assert_int_equal(dev_program(f, 0, REGION_SIZE, data, 0), HF_OK);
    assert_int_equal(size_of(member(f, "region.0")), 0);
}

static void test_transfers_in_parts_are_completed(void **state)
{
    fixture *f = *state;
    uint8_t data[40] = { 0 };
    fault.part_len = 3;
    fault.pwrite_errno = EINTR;
    assert_int_equal(dev_program(f, 0, 5, "0123456789", 10), HF_OK);
    fault.pread_errno = EINTR;
    assert_int_equal(dev_read(f, 0, 5, data, 10), HF_OK);
    assert_memory_equal(data, "0123456789", 10);
    assert_int_equal(dev_scrub(f, 0, 6, 8), HF_OK);
    assert_int_equal(dev_read(f, 0, 5, data, 10), HF_OK);
    assert_memory_equal(data, "0\0\0\0\0\0\0\0\0009", 10);
}

static void test_interrupted_calls_are_repeated(void **state)
{
    fixture *f = *state;
    fault.fallocate_errno = EINTR;
    assert_int_equal(dev_program(f, 0, 0, "a", 1), HF_OK);
    assert_int_equal(fault.fallocate_count, 2);
    fault.fdatasync_errno = EINTR;
    assert_int_equal(dev_sync(f), HF_OK);
    assert_int_equal(fault.fdatasync_count, 2);
    fault.ftruncate_errno = EINTR;
    fault.fsync_errno = EINTR;
    assert_int_equal(dev_erase(f, 0), HF_OK);
    assert_int_equal(size_of(member(f, "region.0")), 0);
}

static void test_program_failing_calls_are_io_errors(void **state)
{
    fixture *f = *state;
    uint8_t data[4];
    assert_int_equal(dev_program(f, 0, 0, "kept", 4), HF_OK);
    fault.pwrite_errno = ENOSPC;
    assert_int_equal(dev_program(f, 0, 4, "lost", 4), HF_ERR_IO);
    assert_int_equal(hf_posix_file_errno(&f->file), ENOSPC);
    fault.pwrite_zero = 1;
    assert_int_equal(dev_program(f, 0, 4, "lost", 4), HF_ERR_IO);
    assert_int_equal(hf_posix_file_errno(&f->file), EIO);
    fault.fallocate_errno = ENOSPC;
    assert_int_equal(dev_program(f, 0, CHUNK_SIZE, "lost", 4), HF_ERR_IO);
    assert_int_equal(hf_posix_file_errno(&f->file), ENOSPC);
    assert_int_equal(size_of(member(f, "region.0")), CHUNK_SIZE);
    fault.pwrite_errno = EIO;
    assert_int_equal(dev_scrub(f, 0, 0, 4), HF_ERR_IO);
    fault.pread_errno = EIO;
    assert_int_equal(dev_read(f, 0, 0, data, 4), HF_ERR_IO);
    assert_int_equal(dev_read(f, 0, 0, data, 4), HF_OK);
    assert_memory_equal(data, "kept", 4);
}

static void test_program_without_preallocation_extends_file(void **state)
{
    fixture *f = *state;
    fault.fallocate_errno = EOPNOTSUPP;
    assert_int_equal(dev_program(f, 0, 0, "abc", 3), HF_OK);
    assert_int_equal(size_of(member(f, "region.0")), 3);
}

static void test_sync_touches_only_written_regions(void **state)
{
    fixture *f = *state;
    assert_int_equal(dev_sync(f), HF_OK);
    assert_int_equal(fault.fdatasync_count, 0);
    assert_int_equal(dev_program(f, 0, 0, "a", 1), HF_OK);
    assert_int_equal(dev_program(f, 2, 0, "a", 1), HF_OK);
    assert_int_equal(dev_sync(f), HF_OK);
    assert_int_equal(fault.fdatasync_count, 2);
    assert_int_equal(dev_sync(f), HF_OK);
    assert_int_equal(fault.fdatasync_count, 2);
    assert_int_equal(dev_scrub(f, 2, 0, 1), HF_OK);
    assert_int_equal(dev_sync(f), HF_OK);
    assert_int_equal(fault.fdatasync_count, 3);
}

static void test_sync_failure_ends_all_changes(void **state)
{
    fixture *f = *state;
    uint8_t data[1];
    assert_int_equal(dev_program(f, 0, 0, "a", 1), HF_OK);
    fault.fdatasync_errno = EIO;
    assert_int_equal(dev_sync(f), HF_ERR_IO);
    assert_int_equal(hf_posix_file_errno(&f->file), EIO);
    assert_int_equal(dev_sync(f), HF_ERR_IO);
    assert_int_equal(dev_program(f, 0, 1, "b", 1), HF_ERR_IO);
    assert_int_equal(dev_scrub(f, 0, 0, 1), HF_ERR_IO);
    assert_int_equal(dev_erase(f, 1), HF_ERR_IO);
    assert_int_equal(dev_read(f, 0, 0, data, 1), HF_OK);
    hf_posix_file_close(&f->file);
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    assert_int_equal(dev_program(f, 0, 1, "b", 1), HF_OK);
    assert_int_equal(dev_sync(f), HF_OK);
}

static void test_sync_with_delay_succeeds(void **state)
{
    fixture *f = *state;
    f->config.sync_delay_us = 1;
    assert_int_equal(hf_posix_file_open(&f->file, &f->config), HF_OK);
    assert_int_equal(dev_program(f, 0, 0, "a", 1), HF_OK);
    assert_int_equal(dev_sync(f), HF_OK);
}

static void test_erase_reads_erased_and_is_durable(void **state)
{
    fixture *f = *state;
    uint8_t data[8];
    assert_int_equal(dev_program(f, 1, 0, "contents", 8), HF_OK);
    assert_int_equal(dev_program(f, 2, 0, "contents", 8), HF_OK);
    int fsync_count = fault.fsync_count;
    assert_int_equal(dev_erase(f, 1), HF_OK);
    assert_int_equal(fault.fsync_count, fsync_count + 1);
    assert_int_equal(dev_read(f, 1, 0, data, 8), HF_OK);
    assert_all(data, 8, 0);
    assert_int_equal(size_of(member(f, "region.1")), 0);
    assert_int_equal(dev_read(f, 2, 0, data, 8), HF_OK);
    assert_memory_equal(data, "contents", 8);
    assert_int_equal(dev_program(f, 1, 0, "new", 3), HF_OK);
    assert_int_equal(size_of(member(f, "region.1")), CHUNK_SIZE);
    assert_int_equal(dev_read(f, 1, 0, data, 8), HF_OK);
    assert_memory_equal(data, "new\0\0\0\0\0", 8);
}

static void test_erase_failing_calls_are_io_errors(void **state)
{
    fixture *f = *state;
    uint8_t data[1];
    assert_int_equal(dev_program(f, 1, 0, "c", 1), HF_OK);
    fault.ftruncate_errno = EIO;
    assert_int_equal(dev_erase(f, 1), HF_ERR_IO);
    assert_int_equal(dev_read(f, 1, 0, data, 1), HF_OK);
    assert_int_equal(data[0], 'c');
    fault.fsync_errno = EIO;
    assert_int_equal(dev_erase(f, 1), HF_ERR_IO);
    assert_int_equal(dev_erase(f, 1),
                     HF_ERR_IO); /* not known to be durable: no more changes */
}

static void test_scrub_overwrites_only_the_range(void **state)
{
    fixture *f = *state;
    uint8_t data[6000];
    memset(data, 0x5A, sizeof data);
    assert_int_equal(dev_program(f, 0, 0, data, sizeof data), HF_OK);
    assert_int_equal(dev_scrub(f, 0, 100, 5000), HF_OK);
    assert_int_equal(dev_read(f, 0, 0, data, sizeof data), HF_OK);
    assert_all(data, 100, 0x5A);
    assert_all(data + 100, 5000, 0);
    assert_all(data + 5100, 900, 0x5A);
}

static void test_close_zeroed_structure_is_harmless(void **state)
{
    (void)state;
    hf_posix_file file = { .is_open = false }; /* its descriptors are 0 */
    int before = fcntl(0, F_GETFD);
    hf_posix_file_close(&file);
    hf_posix_file_close(NULL);
    assert_int_equal(fcntl(0, F_GETFD), before);
}

#define CREATED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define OPENED(test) cmocka_unit_test_setup_teardown(test, setup_open, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CREATED(test_open_missing_store_creates_private_files),
        CREATED(test_open_zero_config_uses_defaults),
        CREATED(test_open_bad_config_is_refused),
        CREATED(test_open_without_create_finds_nothing),
        CREATED(test_open_without_folder_above_finds_nothing),
        CREATED(test_open_cut_creation_completes_it),
        CREATED(test_open_mark_of_zeros_completes_creation),
        CREATED(test_open_missing_region_is_corrupt),
        CREATED(test_open_foreign_lock_file_is_corrupt),
        CREATED(test_open_other_region_count_is_refused),
        CREATED(test_open_second_time_in_process_is_in_use),
        CREATED(test_open_in_second_process_is_in_use),
        CREATED(test_open_symlinks_and_other_types_are_refused),
        CREATED(test_open_shared_modes_are_refused),
        CREATED(test_open_foreign_owner_is_refused),
        CREATED(test_open_io_failures_leave_nothing_open),
        CREATED(test_open_left_over_writes_are_synced),
        OPENED(test_read_unwritten_bytes_are_erased),
        OPENED(test_program_survives_reopen),
        OPENED(test_program_grows_in_chunks_up_to_region),
        CREATED(test_program_last_chunk_is_cut_at_region_end),
        OPENED(test_operations_outside_geometry_are_refused),
        OPENED(test_transfers_in_parts_are_completed),
        OPENED(test_interrupted_calls_are_repeated),
        OPENED(test_program_failing_calls_are_io_errors),
        OPENED(test_program_without_preallocation_extends_file),
        OPENED(test_sync_touches_only_written_regions),
        OPENED(test_sync_failure_ends_all_changes),
        CREATED(test_sync_with_delay_succeeds),
        OPENED(test_erase_reads_erased_and_is_durable),
        OPENED(test_erase_failing_calls_are_io_errors),
        OPENED(test_scrub_overwrites_only_the_range),
        CREATED(test_close_zeroed_structure_is_harmless),
    };
    return cmocka_run_group_tests_name("file_device", tests, NULL, NULL);
}
