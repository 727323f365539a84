/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What Holdfast is compared with: see reference.h.
 */
#include "reference.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "holdfast/posix_clock.h"
#include "placement.h"
#include "result.h"

#define MESSAGE_SIZE_MAX BENCH_ECHO_LEN_MAX
#define SYNC_COUNT 15u /* samples of bench_medium_sync, each the mean of SYNC_RUN */
#define SYNC_RUN 20u
#define BLOCK_SIZE 4096u

static int failed(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    return HF_ERR_SYSTEM;
}

/* ---- the bare ping-pong ---- */

static bool message_read(int fd, uint8_t *message, size_t len)
{
    for (size_t have = 0; have < len;) {
        ssize_t count = read(fd, message + have, len - have);
        if (count <= 0) {
            return false;
        }
        have += (size_t)count;
    }
    return true;
}

static void messages_return(int fd, size_t len)
{
    uint8_t message[MESSAGE_SIZE_MAX];
    while (message_read(fd, message, len) && write(fd, message, len) == (ssize_t)len) {
    }
}

int bench_echo_start(bench_echo *echo, size_t len)
{
    int ends[2];
    *echo = (bench_echo){ .fd = -1, .len = len };
    if (len > MESSAGE_SIZE_MAX ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return failed("cannot make a socket pair");
    }
    echo->pid = fork();
    if (echo->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)close(ends[0]);
        messages_return(ends[1], len);
        _exit(0);
    }
    (void)close(ends[1]);
    echo->fd = ends[0];
    if (echo->pid < 0) {
        echo->pid = 0;
        (void)close(echo->fd);
        return failed("cannot fork");
    }
    return HF_OK;
}

int bench_echo_turn(bench_echo *echo)
{
    uint8_t message[MESSAGE_SIZE_MAX];
    message[0] = 0;
    memset(message, 0x5A, echo->len);
    if (write(echo->fd, message, echo->len) != (ssize_t)echo->len ||
        !message_read(echo->fd, message, echo->len)) {
        return failed("the bare ping-pong ended");
    }
    return HF_OK;
}

void bench_echo_stop(bench_echo *echo)
{
    if (echo->pid != 0) {
        (void)close(echo->fd);
        (void)waitpid(echo->pid, NULL, 0);
        echo->pid = 0;
    }
}

/* ---- openssl speed ---- */

/* -mr prints the sum of the processes: "+F4:...:SIGN:VERIFY" or "+F6:...:SIGN:VERIFY",
 * "+F2:...:SIGN:VERIFY" per second, or "+F:...:NAME:BYTES" per second. Lines of single
 * processes begin with "Got: ". */
static bool speed_line_read(const char *line, double *per_second)
{
    double verify = 0;
    return sscanf(line, "+F4:%*u:%*u:%lf:%lf", per_second, &verify) == 2 ||
           sscanf(line, "+F2:%*u:%*u:%lf:%lf", per_second, &verify) == 2 ||
           sscanf(line, "+F6:%*u:%*u:%*[^:]:%lf:%lf", per_second, &verify) == 2 ||
           sscanf(line, "+F:%*u:%*[^:]:%lf", per_second) == 1;
}

static int speed_run(const char *command, double *per_second)
{
    char line[256];
    bool has_found = false;
    FILE *output = popen(command, "re");
    if (output == NULL) {
        return failed(command);
    }
    while (fgets(line, sizeof line, output) != NULL) {
        has_found = speed_line_read(line, per_second) || has_found;
    }
    if (pclose(output) != 0 || !has_found || *per_second <= 0) {
        fprintf(stderr, "bench: no result from: %s\n", command);
        return HF_ERR_SYSTEM;
    }
    return HF_OK;
}

int bench_openssl_sign(const char *algorithm, unsigned seconds, double *per_second)
{
    char command[128];
    (void)snprintf(command, sizeof command,
                   "openssl speed -mr -seconds %u -multi %u %s 2>/dev/null", seconds,
                   bench_cpu_count(), algorithm);
    return speed_run(command, per_second);
}

int bench_openssl_cipher(const char *cipher, size_t block_size, bool is_multi,
                         double *bytes_per_second)
{
    char command[128];
    char multi[32] = "";
    if (is_multi) {
        (void)snprintf(multi, sizeof multi, "-multi %u", bench_cpu_count());
    }
    (void)snprintf(command, sizeof command,
                   "openssl speed -mr -seconds 1 %s -bytes %zu -evp %s 2>/dev/null",
                   multi, block_size, cipher);
    return speed_run(command, bytes_per_second);
}

/* ---- a signature without a server ---- */

int bench_bare_sign_open(bench_bare_sign *bare)
{
    *bare = (bench_bare_sign){ .key = EVP_EC_gen("P-256") };
    if (bare->key != NULL) {
        bare->context = EVP_PKEY_CTX_new(bare->key, NULL);
    }
    if (bare->context == NULL || EVP_PKEY_sign_init(bare->context) != 1) {
        fprintf(stderr, "bench: libcrypto cannot sign\n");
        return HF_ERR_CRYPTO;
    }
    return HF_OK;
}

int bench_bare_sign_turn(bench_bare_sign *bare)
{
    static const uint8_t digest[32] = { 1 };
    uint8_t signature[80];
    size_t len = sizeof signature;
    int is_signed = EVP_PKEY_sign(bare->context, signature, &len, digest, sizeof digest);
    return is_signed == 1 ? HF_OK : HF_ERR_CRYPTO;
}

void bench_bare_sign_close(bench_bare_sign *bare)
{
    EVP_PKEY_CTX_free(bare->context);
    EVP_PKEY_free(bare->key);
    *bare = (bench_bare_sign){ .key = NULL };
}

/* ---- the medium ---- */

static int syncs_measure(int fd, double *sync_us)
{
    static const uint8_t block[BLOCK_SIZE] = { 1 };
    bench_samples samples = { .count = 0 };
    off_t at = 0;
    if (posix_fallocate(fd, 0, (off_t)(SYNC_COUNT * SYNC_RUN * BLOCK_SIZE)) != 0 ||
        fsync(fd) != 0) {
        return failed("cannot make a file to measure the medium");
    }
    for (unsigned i = 0; i < SYNC_COUNT; i++) {
        uint64_t spent_ns = 0;
        for (unsigned k = 0; k < SYNC_RUN; k++, at += BLOCK_SIZE) {
            if (pwrite(fd, block, sizeof block, at) != (ssize_t)sizeof block) {
                return failed("cannot write to measure the medium");
            }
            uint64_t start_ns = hf_posix_clock_ns();
            if (fdatasync(fd) != 0) {
                return failed("cannot sync to measure the medium");
            }
            spent_ns += hf_posix_clock_ns() - start_ns;
        }
        bench_samples_add(&samples, (double)spent_ns / SYNC_RUN / 1000.0);
    }
    *sync_us = bench_samples_median(&samples);
    return HF_OK;
}

int bench_medium_sync(const char *folder, double *sync_us)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/medium", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        return failed(path);
    }
    int rc = syncs_measure(fd, sync_us);
    (void)close(fd);
    (void)unlink(path);
    return rc;
}
