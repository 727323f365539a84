/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The load: see load.h. The rate comes from the difference of the counts at two moments
 * while all clients are busy, so neither start nor end of a run is in it.
 */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "holdfast/posix_clock.h"

int bench_worker_connect(bench_worker *worker, const char *socket_path)
{
    int rc = hf_posix_socket_connect_unix(&worker->socket, socket_path, 10000);
    if (rc != HF_OK) {
        return rc;
    }
    hf_transport transport = hf_posix_socket_transport(&worker->socket);
    rc = hf_client_init(
        &worker->client,
        &(hf_client_config){ .transport = transport,
                             .receive_buffer = hf_buffer_of(
                                 worker->receive_memory, sizeof worker->receive_memory),
                             .send_buffer = hf_buffer_of(worker->send_memory,
                                                         sizeof worker->send_memory) });
    if (rc != HF_OK) {
        transport.ops->close(transport.context);
        return rc;
    }
    return hf_client_connect(&worker->client, "bench", BENCH_WINDOW);
}

static void worker_repeat(bench_worker *worker, const bench_operation *operation)
{
    bench_load *load = worker->load;
    unsigned long count = atomic_load_explicit(&worker->count, memory_order_relaxed);
    while (worker->status == HF_OK &&
           !atomic_load_explicit(&load->is_over, memory_order_relaxed)) {
        worker->status = operation->run(worker);
        count += worker->status == HF_OK ? 1 : 0;
        atomic_store_explicit(&worker->count, count, memory_order_relaxed);
    }
    if (worker->status == HF_OK && operation->drain != NULL) {
        worker->status = operation->drain(worker);
    }
}

static void *worker_run(void *argument)
{
    bench_worker *worker = argument;
    bench_load *load = worker->load;
    unsigned seen = 0;
    (void)pthread_mutex_lock(&load->mutex);
    for (;;) {
        while (load->turn == seen && !load->is_ending) {
            (void)pthread_cond_wait(&load->changed, &load->mutex);
        }
        if (load->is_ending) {
            break;
        }
        seen = load->turn;
        if (worker->index >= load->active_count) {
            continue;
        }
        const bench_operation *operation = load->operation;
        (void)pthread_mutex_unlock(&load->mutex);
        worker_repeat(worker, operation);
        (void)pthread_mutex_lock(&load->mutex);
        if (--load->busy_count == 0) {
            (void)pthread_cond_broadcast(&load->changed);
        }
    }
    (void)pthread_mutex_unlock(&load->mutex);
    return NULL;
}

static int workers_start(bench_load *load, const char *socket_path)
{
    for (unsigned i = 0; i < load->worker_count; i++) {
        bench_worker *worker = &load->workers[i];
        worker->load = load;
        worker->index = i;
        int rc = bench_worker_connect(worker, socket_path);
        if (rc != HF_OK) {
            fprintf(stderr, "bench: cannot connect to %s: %s\n", socket_path,
                    hf_status_text(rc));
            return rc;
        }
        if (pthread_create(&worker->thread, NULL, worker_run, worker) != 0) {
            fprintf(stderr, "bench: cannot start a thread\n");
            return HF_ERR_SYSTEM;
        }
        load->thread_count++;
    }
    return HF_OK;
}

int bench_load_start(bench_load *load, const char *socket_path, unsigned client_count,
                     const bench_fixture *fixture)
{
    *load = (bench_load){ .worker_count = client_count, .fixture = fixture };
    (void)pthread_mutex_init(&load->mutex, NULL);
    (void)pthread_cond_init(&load->changed, NULL);
    load->workers = aligned_alloc(64, client_count * sizeof(bench_worker));
    if (load->workers == NULL) {
        fprintf(stderr, "bench: out of memory\n");
        return HF_ERR_NOMEM;
    }
    memset(load->workers, 0, client_count * sizeof(bench_worker));
    int rc = workers_start(load, socket_path);
    if (rc != HF_OK) {
        bench_load_stop(load);
    }
    return rc;
}

static void pause_ms(unsigned ms)
{
    struct timespec pause = { .tv_sec = (time_t)(ms / 1000),
                              .tv_nsec = (long)(ms % 1000) * 1000000 };
    (void)nanosleep(&pause, NULL);
}

static unsigned long count_sum(const bench_load *load)
{
    unsigned long sum = 0;
    for (unsigned i = 0; i < load->worker_count; i++) {
        sum += atomic_load_explicit(&load->workers[i].count, memory_order_relaxed);
    }
    return sum;
}

static int errors_tell(const bench_load *load, const bench_run *run)
{
    for (unsigned i = 0; i < run->client_count; i++) {
        int rc = load->workers[i].status;
        if (rc != HF_OK) {
            fprintf(stderr, "bench: %s: %s (%s)\n", run->operation->name,
                    hf_status_text(rc), hf_status_name(rc));
            return rc;
        }
    }
    return HF_OK;
}

int bench_load_run(bench_load *load, const bench_run *run, double *per_second)
{
    (void)pthread_mutex_lock(&load->mutex);
    load->operation = run->operation;
    load->active_count = run->client_count;
    load->busy_count = run->client_count;
    atomic_store(&load->is_over, false);
    load->turn++;
    (void)pthread_cond_broadcast(&load->changed);
    (void)pthread_mutex_unlock(&load->mutex);

    pause_ms(run->warm_ms);
    uint64_t start_ns = hf_posix_clock_ns();
    unsigned long start = count_sum(load);
    pause_ms(run->measure_ms);
    uint64_t end_ns = hf_posix_clock_ns();
    unsigned long end = count_sum(load);

    atomic_store(&load->is_over, true);
    (void)pthread_mutex_lock(&load->mutex);
    while (load->busy_count > 0) {
        (void)pthread_cond_wait(&load->changed, &load->mutex);
    }
    (void)pthread_mutex_unlock(&load->mutex);
    *per_second = (double)(end - start) * 1e9 / (double)(end_ns - start_ns);
    return errors_tell(load, run);
}

void bench_load_stop(bench_load *load)
{
    if (load->workers == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&load->mutex);
    load->is_ending = true;
    (void)pthread_cond_broadcast(&load->changed);
    (void)pthread_mutex_unlock(&load->mutex);
    for (unsigned i = 0; i < load->thread_count; i++) {
        (void)pthread_join(load->workers[i].thread, NULL);
    }
    for (unsigned i = 0; i < load->worker_count; i++) {
        hf_client_cleanup(&load->workers[i].client);
    }
    free(load->workers);
    load->workers = NULL;
    (void)pthread_cond_destroy(&load->changed);
    (void)pthread_mutex_destroy(&load->mutex);
}
