/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Placement: see placement.h.
 */
#include "placement.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cpu_set_t all_cpus; /* as the benchmark was started */
static unsigned all_count; /* 0: not noted yet */

const char *bench_placement_name(enum bench_placement placement)
{
    static const char *const names[BENCH_PLACEMENT_COUNT] = {
        [BENCH_ANY_CPU] = "all CPUs",
        [BENCH_ONE_CPU] = "one CPU",
        [BENCH_APART] = "two CPUs, one for each side",
        [BENCH_TWO_CPUS] = "two CPUs",
    };
    return names[placement];
}

unsigned bench_cpu_count(void)
{
    if (all_count == 0) {
        if (sched_getaffinity(0, sizeof all_cpus, &all_cpus) != 0) {
            CPU_ZERO(&all_cpus);
            CPU_SET(0, &all_cpus);
        }
        all_count = (unsigned)CPU_COUNT(&all_cpus);
    }
    return all_count;
}

bool bench_placement_is_possible(enum bench_placement placement)
{
    bool needs_two = placement == BENCH_APART || placement == BENCH_TWO_CPUS;
    return bench_cpu_count() >= (needs_two ? 2u : 1u);
}

/* The index-th of all CPUs. */
static void cpu_add(cpu_set_t *set, unsigned index)
{
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &all_cpus) && index-- == 0) {
            CPU_SET(cpu, set);
            return;
        }
    }
}

static void set_choose(enum bench_placement placement, bool is_server, cpu_set_t *set)
{
    CPU_ZERO(set);
    switch (placement) {
    case BENCH_ONE_CPU:
        cpu_add(set, 0);
        return;
    case BENCH_APART:
        cpu_add(set, is_server ? 1 : 0);
        return;
    case BENCH_TWO_CPUS:
        cpu_add(set, 0);
        cpu_add(set, 1);
        return;
    case BENCH_ANY_CPU:
    case BENCH_PLACEMENT_COUNT:
        break;
    }
    *set = all_cpus;
}

static int threads_pin(pid_t process, const cpu_set_t *set)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)process);
    DIR *tasks = opendir(path);
    if (tasks == NULL) {
        fprintf(stderr, "bench: cannot read %s: %s\n", path, strerror(errno));
        return HF_ERR_SYSTEM;
    }
    int rc = HF_OK;
    for (struct dirent *entry = readdir(tasks); entry != NULL; entry = readdir(tasks)) {
        long task = strtol(entry->d_name, NULL, 10);
        /* A thread may have ended in the meantime. */
        if (task > 0 && sched_setaffinity((pid_t)task, sizeof *set, set) != 0 &&
            errno != ESRCH) {
            fprintf(stderr, "bench: cannot pin to a CPU: %s\n", strerror(errno));
            rc = HF_ERR_SYSTEM;
        }
    }
    (void)closedir(tasks);
    return rc;
}

int bench_placement_set(enum bench_placement placement, pid_t server)
{
    cpu_set_t set;
    (void)bench_cpu_count();
    set_choose(placement, false, &set);
    int rc = threads_pin(getpid(), &set);
    if (rc == HF_OK) {
        set_choose(placement, true, &set);
        rc = threads_pin(server, &set);
    }
    return rc;
}
