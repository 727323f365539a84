/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfastd: reads the settings, starts the daemon, waits for signals, stops it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon.h"

/* Exit codes: sysexits(3) where one fits. */
enum { EXIT_CONFIG = 78, EXIT_STORE = 74 };

#define DESCRIPTORS_SPARE                                                                \
    64u /* beside those of connections: store, log, epoll, libraries */

static void limits_set(const hfd_settings *settings)
{
    struct rlimit limit;
    rlim_t wanted = settings->connections_max + DESCRIPTORS_SPARE;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted) {
        limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    /* Keys must not reach a core file, or another process of the same user. */
    (void)prctl(PR_SET_DUMPABLE, 0);
    limit = (struct rlimit){ .rlim_cur = 0, .rlim_max = 0 };
    (void)setrlimit(RLIMIT_CORE, &limit);
}

static void workers_choose(hfd_settings *settings)
{
    if (settings->workers == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        settings->workers = (uint32_t)(cores < 1 ? 1 : cores) + 2;
    }
}

/* Signals are taken by sigwait alone; every thread started later inherits the mask. */
static void signals_block(sigset_t *signals)
{
    (void)sigemptyset(signals);
    (void)sigaddset(signals, SIGTERM);
    (void)sigaddset(signals, SIGINT);
    (void)sigaddset(signals, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error of the store */
}

static void signals_wait(hfd_daemon *daemon, const sigset_t *signals)
{
    for (;;) {
        int number = 0;
        if (sigwait(signals, &number) != 0) {
            continue;
        }
        if (number != SIGHUP) {
            HF_LOG(&daemon->log, HF_LOG_NOTICE, "daemon", "stopping on a signal",
                   (uint64_t)number, HF_OK);
            return;
        }
        hfd_daemon_reopen_log(daemon);
    }
}

static void ready_tell(const hfd_daemon *daemon)
{
    HF_LOG(&daemon->log, HF_LOG_NOTICE, "daemon", "ready", 0, HF_OK);
    (void)sd_notify(0, "READY=1");
}

/* From the open store to the closed one. */
static int run(hfd_daemon *daemon, const hfd_settings *settings, const sigset_t *signals)
{
    if (hfd_daemon_open(daemon, settings) != HF_OK) {
        return EXIT_STORE;
    }
    int status = EXIT_SUCCESS;
    int rc = hfd_daemon_start(daemon);
    if (rc == HF_OK) {
        ready_tell(daemon);
        signals_wait(daemon, signals);
        (void)sd_notify(0, "STOPPING=1");
    } else {
        status = rc == HF_ERR_CONFIG ? EXIT_CONFIG : EXIT_FAILURE;
    }
    hfd_daemon_stop(daemon);
    if (hfd_daemon_close(daemon) != HF_OK) {
        status = EXIT_STORE;
    }
    HF_LOG(&daemon->log, HF_LOG_NOTICE, "daemon", "stopped", 0, HF_OK);
    return status;
}

int main(int argc, char **argv)
{
    static hfd_settings settings;
    static hfd_daemon daemon;
    if (hfd_settings_load(&settings, argc, argv) != HF_OK) {
        return EXIT_CONFIG;
    }
    workers_choose(&settings);
    limits_set(&settings);
    if (hf_openssl_wipe_freed() != HF_OK) {
        fprintf(stderr, "holdfastd: libcrypto was used before the daemon could see to it "
                        "that it wipes its memory\n");
        return EXIT_FAILURE;
    }
    sigset_t signals;
    signals_block(&signals);
    if (hfd_daemon_open_log(&daemon, &settings) != HF_OK) {
        return EXIT_CONFIG;
    }
    int status = run(&daemon, &settings, &signals);
    hf_posix_log_file_close(&daemon.log_file);
    /* No key is left; a leak checker, which runs at exit, has to look at the process. */
    (void)prctl(PR_SET_DUMPABLE, 1);
    return status;
}
