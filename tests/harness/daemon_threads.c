/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The daemon as a user runs it: a process of its own, on a store in a temporary folder,
 * with a unix socket and a TCP port for each identity. Clients take turns in using the
 * two. A restart is SIGTERM, an exit status of 0, and a new process on the same folder.
 *
 * The program is taken from HF_BIN_DIR, or from where the build puts it relative to this
 * program. It tells that it is ready by sd_notify; a pipe tells when it has died.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/atomic.h"
#include "harness/crowd_threads.h"
#include "harness/harness.h"
#include "holdfast/posix_socket.h"

#define CONNECT_TIMEOUT_MS 60000u
#define REGION_SIZE_MIB 1u
#define REGION_COUNT 2u /* of the daemon's stores */
#define SLOT_COUNT 64u
#define UNCOMMITTED_MAX 32u
#define PORT_FIRST 7100u
#define LIFE_FD 9 /* in the daemon: the end of the pipe that closes when it dies */

extern char **environ;

typedef struct daemon_end daemon_end;

typedef struct server_process {
    char folder[64];
    char program[4096];
    char address[16]; /* of its ports */
    char ports[SUITE_IDENTITY_COUNT][8];
    uint32_t slot_count; /* small ones */
    int notify_fd;       /* where the daemon says that it is ready */
    int life_fd;         /* at its end when the daemon has died */
    pid_t pid;           /* 0: none runs */
    hf_atomic_u32 turn;
    pthread_mutex_t mutex;
    daemon_end *ends; /* under mutex: all connections that ever were */
} server_process;

/* A client's end. */
struct daemon_end {
    daemon_end *next;
    hf_posix_socket socket;
};

static void path_of(const server_process *p, const char *name, char *path, size_t size)
{
    crowd_check(snprintf(path, size, "%s/%s", p->folder, name) < (int)size ? 0
                                                                           : ENAMETOOLONG,
                "path");
}

/* ---- its folder ---- */

/* A loopback address that no other test has, so that its ports are free, now and after a
 * restart: those of 127.0.0.1 may be taken by any client of anybody. */
static void address_choose(server_process *p)
{
    unsigned pid = (unsigned)getpid();
    snprintf(p->address, sizeof p->address, "127.%u.%u.%u", 2 + (pid >> 14) % 250,
             (pid >> 7) & 127, 1 + (pid & 127));
    for (unsigned who = 0; who < SUITE_IDENTITY_COUNT; who++) {
        snprintf(p->ports[who], sizeof p->ports[who], "%u", PORT_FIRST + who);
    }
}

static const char *words_of(unsigned who)
{
    uint32_t permissions = suite_permissions_of(who);
    if ((permissions & HF_PERMISSION_ADMIN) != 0) {
        return " admin";
    }
    return (permissions & HF_PERMISSION_WRITE_GLOBAL) != 0 ? " write-global" : "";
}

static void config_write(const server_process *p)
{
    char path[128];
    path_of(p, "config", path, sizeof path);
    FILE *file = fopen(path, "w");
    crowd_check(file == NULL ? errno : 0, "fopen");
    fprintf(file,
            "store = \"%s/store\"\n"
            "log = \"%s/log\"\n"
            "region-size-mib = %u\n"
            "objects-max = 4096\n"
            "log-buffer-kib = 64\n"
            "key-slots = %u\n"
            "key-slots-large = 4\n"
            "key-uncommitted-max = %u\n"
            "workers = 4\n"
            "body-size-max = %u\n"
            "window-max = %u\n"
            "listen = {\n",
            p->folder, p->folder, REGION_SIZE_MIB, p->slot_count, UNCOMMITTED_MAX,
            SUITE_BODY_SIZE, (unsigned)SUITE_WINDOW);
    for (unsigned who = 0; who < SUITE_IDENTITY_COUNT; who++) {
        fprintf(file,
                "    \"unix %s/%u owner=%u%s\",\n"
                "    \"tcp %s:%s owner=%u%s\"%s\n",
                p->folder, who, (unsigned)suite_owner_of(who), words_of(who), p->address,
                p->ports[who], (unsigned)suite_owner_of(who), words_of(who),
                who + 1 < SUITE_IDENTITY_COUNT ? "," : "");
    }
    fprintf(file, "}\n");
    crowd_check(fclose(file) == 0 ? 0 : errno, "fclose");
}

static int entry_remove(const char *path, const struct stat *status, int type,
                        struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

/* What it said, for whoever looks for the reason. */
static void log_print(const server_process *p)
{
    char path[128], line[1024];
    path_of(p, "log", path, sizeof path);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        fputs(line, stderr);
    }
    if (file != NULL) {
        (void)fclose(file);
    }
}

/* ---- its life ---- */

static void program_find(server_process *p, const char *command)
{
    const char *folder = getenv("HF_BIN_DIR");
    const char *slash = strrchr(command, '/');
    if (folder != NULL && *folder != '\0') {
        snprintf(p->program, sizeof p->program, "%s/holdfastd", folder);
    } else {
        snprintf(p->program, sizeof p->program, "%.*s/../../bin/holdfastd",
                 slash == NULL ? 1 : (int)(slash - command),
                 slash == NULL ? "." : command);
    }
}

static void notify_open(server_process *p)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    path_of(p, "notify", address.sun_path, sizeof address.sun_path);
    p->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    crowd_check(p->notify_fd < 0 ? errno : 0, "socket");
    int rc = bind(p->notify_fd, (struct sockaddr *)&address, sizeof address);
    crowd_check(rc != 0 ? errno : 0, "bind");
    crowd_check(setenv("NOTIFY_SOCKET", address.sun_path, 1) != 0 ? errno : 0, "setenv");
}

/* Wait for READY=1, or for its end. */
static int ready_wait(const server_process *p)
{
    for (;;) {
        char text[256];
        struct pollfd fds[] = { { .fd = p->notify_fd, .events = POLLIN },
                                { .fd = p->life_fd, .events = POLLIN } };
        int count = poll(fds, 2, -1);
        crowd_check(count < 0 && errno != EINTR ? errno : 0, "poll");
        if (count > 0 && fds[0].revents != 0) {
            ssize_t len = recv(p->notify_fd, text, sizeof text - 1, 0);
            crowd_check(len < 0 ? errno : 0, "recv");
            text[len] = '\0';
            if (strstr(text, "READY=1") != NULL) {
                return HF_OK;
            }
        } else if (count > 0 && fds[1].revents != 0) {
            return HF_ERR_CLOSED;
        }
    }
}

static int program_start(server_process *p)
{
    int life[2];
    char config[128];
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    path_of(p, "config", config, sizeof config);
    char *arguments[] = { p->program, "--config", config, NULL };
    crowd_check(pipe2(life, O_CLOEXEC) != 0 ? errno : 0, "pipe2");
    crowd_check(posix_spawn_file_actions_init(&actions), "posix_spawn_file_actions_init");
    crowd_check(posix_spawn_file_actions_adddup2(&actions, life[1], LIFE_FD),
                "posix_spawn_file_actions_adddup2");
    crowd_check(posix_spawnattr_init(&attributes), "posix_spawnattr_init");
    int error =
        posix_spawn(&p->pid, p->program, &actions, &attributes, arguments, environ);
    if (error != 0) {
        fprintf(stderr, "%s: %s; build the programs first, or set HF_BIN_DIR\n",
                p->program, strerror(error));
        p->pid = 0;
    }
    crowd_check(posix_spawn_file_actions_destroy(&actions),
                "posix_spawn_file_actions_destroy");
    crowd_check(posix_spawnattr_destroy(&attributes), "posix_spawnattr_destroy");
    crowd_check(close(life[1]) != 0 ? errno : 0, "close");
    p->life_fd = life[0];
    int rc = error == 0 ? ready_wait(p) : HF_ERR_SYSTEM;
    if (rc != HF_OK) {
        log_print(p);
    }
    return rc;
}

/* Stop it as systemd does. HF_OK: it ended with status 0. */
static int program_stop(server_process *p)
{
    int status = 0;
    if (p->pid == 0) {
        return HF_OK;
    }
    (void)kill(p->pid, SIGTERM);
    crowd_check(waitpid(p->pid, &status, 0) < 0 ? errno : 0, "waitpid");
    crowd_check(close(p->life_fd) != 0 ? errno : 0, "close");
    p->pid = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return HF_OK;
    }
    fprintf(stderr, "holdfastd ended with status %d, signal %d\n",
            WIFEXITED(status) ? WEXITSTATUS(status) : 0,
            WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    log_print(p);
    return HF_ERR_SYSTEM;
}

/* ---- the environment ---- */

static int program_open(void *context, unsigned who, hf_transport *transport)
{
    server_process *p = context;
    daemon_end *end = calloc(1, sizeof *end);
    crowd_check(end == NULL, "calloc");
    int rc;
    if (hf_atomic_u32_fetch_add_relaxed(&p->turn, 1) % 2 == 0) {
        char path[108], name[8];
        snprintf(name, sizeof name, "%u", who);
        path_of(p, name, path, sizeof path);
        rc = hf_posix_socket_connect_unix(&end->socket, path, CONNECT_TIMEOUT_MS);
    } else {
        rc = hf_posix_socket_connect_tcp(&end->socket, p->address, p->ports[who],
                                         CONNECT_TIMEOUT_MS);
    }
    if (rc != HF_OK) {
        free(end);
        return rc;
    }
    *transport = hf_posix_socket_transport(&end->socket);
    crowd_check(pthread_mutex_lock(&p->mutex), "pthread_mutex_lock");
    end->next = p->ends;
    p->ends = end;
    crowd_check(pthread_mutex_unlock(&p->mutex), "pthread_mutex_unlock");
    return HF_OK;
}

static int program_restart(void *context)
{
    server_process *p = context;
    int rc = program_stop(p);
    return rc == HF_OK ? program_start(p) : rc;
}

static const suite_env_ops program_ops = { .open = program_open,
                                           .run = crowd_run,
                                           .restart = program_restart };

static int daemon_start(suite_env *env)
{
    server_process *p = calloc(1, sizeof *p);
    crowd_check(p == NULL, "calloc");
    const char *root = getenv("TMPDIR");
    snprintf(p->folder, sizeof p->folder, "%s/holdfast-suite-XXXXXX",
             root == NULL || strlen(root) > 32 ? "/tmp" : root);
    crowd_check(mkdtemp(p->folder) == NULL ? errno : 0, "mkdtemp");
    crowd_check(pthread_mutex_init(&p->mutex, NULL), "pthread_mutex_init");
    p->slot_count = env->has_tiny_cache ? SUITE_TINY_SLOTS : SLOT_COUNT;
    env->slot_count = p->slot_count;
    program_find(p, env->command);
    address_choose(p);
    config_write(p);
    notify_open(p);
    env->ops = &program_ops;
    env->context = p;
    env->has_threads = true;
    env->store_size = (uint64_t)REGION_COUNT * REGION_SIZE_MIB << 20;
    env->uncommitted_max = UNCOMMITTED_MAX;
    return program_start(p);
}

static int daemon_stop(suite_env *env)
{
    server_process *p = env->context;
    int rc = program_stop(p);
    while (p->ends != NULL) {
        daemon_end *end = p->ends;
        p->ends = end->next;
        free(end);
    }
    crowd_check(close(p->notify_fd) != 0 ? errno : 0, "close");
    crowd_check(pthread_mutex_destroy(&p->mutex), "pthread_mutex_destroy");
    crowd_check(nftw(p->folder, entry_remove, 8, FTW_DEPTH | FTW_PHYS) != 0 ? errno : 0,
                "nftw");
    free(p);
    return rc;
}

const harness harness_daemon_threads = { .name = "daemon",
                                         .start = daemon_start,
                                         .stop = daemon_stop };
