/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The server under measurement: see server_process.h.
 */
#include "server_process.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "holdfast/posix_socket.h"

#define START_TRIES 2000u /* of 5 ms each */

static int entry_remove(const char *path, const struct stat *status, int type,
                        struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static void folder_remove(const char *path)
{
    (void)nftw(path, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* In the child. Only what is safe between fork and exec. */
static void program_become(const char *program, char *const *arguments)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)execv(program, arguments);
    _exit(127);
}

static int program_start(bench_server *server, const char *program,
                         unsigned sync_delay_us)
{
    char store[128], listen[128], log[128], delay[32];
    (void)snprintf(store, sizeof store, "%s/store", server->folder);
    (void)snprintf(listen, sizeof listen, "unix %s", server->socket_path);
    (void)snprintf(log, sizeof log, "%s/log", server->folder);
    (void)snprintf(delay, sizeof delay, "%u", sync_delay_us);
    char *arguments[] = { (char *)program, "--store", store, "--listen",
                          listen,          "--log",   log,   "--sync-delay-us",
                          delay,           NULL };
    server->pid = fork();
    if (server->pid == 0) {
        program_become(program, arguments);
    }
    if (server->pid < 0) {
        server->pid = 0;
        fprintf(stderr, "bench: cannot fork: %s\n", strerror(errno));
        return HF_ERR_SYSTEM;
    }
    return HF_OK;
}

static bool is_listening(const bench_server *server)
{
    hf_posix_socket probe;
    if (hf_posix_socket_connect_unix(&probe, server->socket_path, 1000) != HF_OK) {
        return false;
    }
    hf_transport transport = hf_posix_socket_transport(&probe);
    transport.ops->close(transport.context);
    return true;
}

static int start_wait(bench_server *server)
{
    const struct timespec pause = { .tv_nsec = 5 * 1000 * 1000 };
    for (unsigned i = 0; i < START_TRIES; i++) {
        if (is_listening(server)) {
            return HF_OK;
        }
        if (waitpid(server->pid, NULL, WNOHANG) != 0) {
            server->pid = 0;
            fprintf(stderr, "bench: holdfastd ended; see %s/log\n", server->folder);
            return HF_ERR_STATE;
        }
        (void)nanosleep(&pause, NULL);
    }
    fprintf(stderr, "bench: holdfastd does not listen; see %s/log\n", server->folder);
    return HF_ERR_TIMEOUT;
}

int bench_server_start(bench_server *server, const bench_server_place *place,
                       unsigned sync_delay_us)
{
    *server = (bench_server){ .pid = 0 };
    int len = snprintf(server->folder, sizeof server->folder, "%s/server", place->folder);
    if (len < 0 || (size_t)len >= sizeof server->folder) {
        fprintf(stderr, "bench: the path %s is too long for a socket\n", place->folder);
        return HF_ERR_SIZE;
    }
    (void)snprintf(server->socket_path, sizeof server->socket_path, "%s/sock",
                   server->folder);
    folder_remove(server->folder);
    if (mkdir(server->folder, 0700) != 0) {
        fprintf(stderr, "bench: cannot make %s: %s\n", server->folder, strerror(errno));
        return HF_ERR_SYSTEM;
    }
    int rc = program_start(server, place->program, sync_delay_us);
    if (rc == HF_OK) {
        rc = start_wait(server);
    }
    if (rc != HF_OK && server->pid != 0) {
        (void)kill(server->pid, SIGKILL);
        (void)waitpid(server->pid, NULL, 0);
        server->pid = 0; /* the folder stays: its log tells why */
    }
    return rc;
}

void bench_server_stop(bench_server *server)
{
    if (server->pid == 0) {
        return;
    }
    (void)kill(server->pid, SIGTERM);
    (void)waitpid(server->pid, NULL, 0);
    server->pid = 0;
    folder_remove(server->folder);
}
