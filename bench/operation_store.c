/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Operations on the connection, objects, counters and the server itself.
 */
#include "operation.h"

#define ECHO_LEN 64u
#define PAGE_COUNT 16u

static hf_bytes payload(const bench_worker *worker)
{
    return hf_bytes_of(worker->load->fixture->data, BENCH_OBJECT_LEN);
}

int bench_run_echo(bench_worker *worker)
{
    hf_comm_echo_response answer;
    return hf_client_comm_echo(
        &worker->client,
        &(hf_comm_echo_request){ .data =
                                     hf_bytes_of(worker->load->fixture->data, ECHO_LEN) },
        &answer);
}

int bench_run_info(bench_worker *worker)
{
    hf_comm_info_response answer;
    return hf_client_comm_info(&worker->client, &(hf_comm_info_request){ 0 }, &answer);
}

/* ---- objects ---- */

static int put(bench_worker *worker, hf_handle handle)
{
    hf_nvm_put_response answer;
    return hf_client_nvm_put(
        &worker->client,
        &(hf_nvm_put_request){ .handle = handle, .data = payload(worker) }, &answer);
}

int bench_run_nvm_put(bench_worker *worker)
{
    return put(worker, BENCH_OBJECT_FIRST + BENCH_OBJECT_COUNT + worker->index);
}

int bench_run_nvm_put_same(bench_worker *worker)
{
    return put(worker, worker->load->fixture->object);
}

int bench_run_nvm_read(bench_worker *worker)
{
    hf_nvm_read_response answer;
    return hf_client_nvm_read(
        &worker->client,
        &(hf_nvm_read_request){ .handle = worker->load->fixture->object + 1,
                                .len = BENCH_OBJECT_LEN },
        &answer);
}

int bench_run_nvm_info(bench_worker *worker)
{
    hf_nvm_info_response answer;
    return hf_client_nvm_info(
        &worker->client,
        &(hf_nvm_info_request){ .handle = worker->load->fixture->object + 1 }, &answer);
}

int bench_run_nvm_list(bench_worker *worker)
{
    hf_nvm_list_response answer;
    return hf_client_nvm_list(&worker->client,
                              &(hf_nvm_list_request){ .count_max = PAGE_COUNT }, &answer);
}

int bench_run_nvm_space(bench_worker *worker)
{
    hf_nvm_space_response answer;
    return hf_client_nvm_space(&worker->client, &(hf_nvm_space_request){ 0 }, &answer);
}

int bench_run_nvm_create(bench_worker *worker)
{
    hf_nvm_put_response created;
    hf_nvm_destroy_response destroyed;
    int rc = hf_client_nvm_put(
        &worker->client, &(hf_nvm_put_request){ .data = payload(worker) }, &created);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_client_nvm_destroy(&worker->client,
                                 &(hf_nvm_destroy_request){ .handle = created.handle },
                                 &destroyed);
}

/* ---- counters ---- */

int bench_run_counter_increment(bench_worker *worker)
{
    hf_counter_increment_response answer;
    return hf_client_counter_increment(
        &worker->client,
        &(hf_counter_increment_request){ .handle = worker->load->fixture->counter,
                                         .by = 1 },
        &answer);
}

int bench_run_counter_read(bench_worker *worker)
{
    hf_counter_read_response answer;
    return hf_client_counter_read(
        &worker->client,
        &(hf_counter_read_request){ .handle = worker->load->fixture->counter }, &answer);
}

int bench_run_counter_list(bench_worker *worker)
{
    hf_counter_list_response answer;
    return hf_client_counter_list(
        &worker->client, &(hf_counter_list_request){ .count_max = PAGE_COUNT }, &answer);
}

int bench_run_counter_create(bench_worker *worker)
{
    hf_counter_create_response created;
    hf_counter_destroy_response destroyed;
    hf_counter_purge_response purged;
    int rc = hf_client_counter_create(
        &worker->client, &(hf_counter_create_request){ .value = 1 }, &created);
    if (rc != HF_OK) {
        return rc;
    }
    hf_handle handle = created.handle;
    rc = hf_client_counter_destroy(
        &worker->client, &(hf_counter_destroy_request){ .handle = handle }, &destroyed);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_client_counter_purge(
        &worker->client, &(hf_counter_purge_request){ .handle = handle }, &purged);
}

/* ---- the server ---- */

int bench_run_status(bench_worker *worker)
{
    hf_admin_status_response answer;
    return hf_client_admin_status(&worker->client, &(hf_admin_status_request){ 0 },
                                  &answer);
}

int bench_run_statistics(bench_worker *worker)
{
    hf_admin_statistics_response answer;
    return hf_client_admin_statistics(
        &worker->client, &(hf_admin_statistics_request){ .group = 0 }, &answer);
}
