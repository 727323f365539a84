/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast bench: preparation, phases and the table. See bench.h.
 */
#include "bench.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "holdfast/nvm.h"
#include "holdfast/posix_clock.h"

#define COUNTER_LABEL "holdfast-bench"
#define BODY_SIZE 8192u /* bytes; small messages only, so that many clients need little */
#define NS_PER_S UINT64_C(1000000000)

static hfc_bench bench; /* one per process: the signal handler has to find it */

static void stop_take(int number)
{
    (void)number;
    atomic_store_explicit(&bench.must_stop, true, memory_order_relaxed);
}

static void signals_take(void)
{
    struct sigaction action = { .sa_handler = stop_take };
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

/* ---- what all clients share ---- */

static int key_make(hfc_cli *cli, uint32_t type, uint32_t usage, hf_handle *handle)
{
    const hf_key_generate_request in = {
        .type = type, .flags = usage | HF_FLAG_SENSITIVE | HF_FLAG_NONEXPORTABLE
    };
    hf_key_generate_response out;
    int status = hf_client_key_generate(hfc_cli_client(cli), &in, &out);
    *handle = status == HF_OK ? out.handle : 0;
    return status;
}

static int counter_find(hfc_cli *cli, uint64_t *value)
{
    hfc_found found;
    int rc = hfc_cli_look_up(cli, HF_KIND_COUNTER, COUNTER_LABEL, &found);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_client *client = hfc_cli_client(cli);
    int status;
    if (found.count == 0) {
        hf_counter_create_request in = { .value = 0 };
        memcpy(in.label.text, COUNTER_LABEL, strlen(COUNTER_LABEL));
        hf_counter_create_response out;
        status = hf_client_counter_create(client, &in, &out);
        found.handle = status == HF_OK ? out.handle : 0;
        *value = status == HF_OK ? out.value : 0;
    } else {
        hf_counter_read_response out;
        status = hf_client_counter_read(
            client, &(hf_counter_read_request){ .handle = found.handle }, &out);
        *value = status == HF_OK ? out.value : 0;
    }
    bench.counter = found.handle;
    return status == HF_OK ? HFC_OK : hfc_error_status("bench: counter", status);
}

static int keys_make(hfc_cli *cli)
{
    int status =
        key_make(cli, HF_KEY_P256, HF_USAGE_SIGN | HF_USAGE_VERIFY, &bench.signing_key);
    if (status == HF_OK) {
        status = key_make(cli, HF_KEY_AES_256, HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT,
                          &bench.cipher_key);
    }
    if (status == HF_OK) {
        status =
            key_make(cli, HF_KEY_HMAC, HF_USAGE_SIGN | HF_USAGE_VERIFY, &bench.mac_key);
    }
    return status == HF_OK ? HFC_OK : hfc_error_status("bench: key generate", status);
}

static int object_make(hfc_cli *cli)
{
    uint8_t memory[HFC_BENCH_OBJECT_SIZE];
    hf_buffer object = hf_buffer_of(memory, sizeof memory);
    hfc_bench_object_make(bench.run, &object); /* the first client's, before all others */
    const hf_nvm_put_request in = { .data = hf_bytes_of(object.data, object.len) };
    hf_nvm_put_response out;
    int status = hf_client_nvm_put(hfc_cli_client(cli), &in, &out);
    bench.object = status == HF_OK ? out.handle : 0;
    return status == HF_OK ? HFC_OK : hfc_error_status("bench: nvm put", status);
}

/* The random mark of the run, and what checks compare with. */
static int references_make(hfc_cli *cli)
{
    hf_client *client = hfc_cli_client(cli);
    hf_random_response random;
    int status = hf_client_random(
        client, &(hf_random_request){ .len = sizeof bench.message }, &random);
    if (status == HF_OK && random.data.len != sizeof bench.message) {
        status = HF_ERR_DECODE;
    }
    if (status != HF_OK) {
        return hfc_error_status("bench: random", status);
    }
    memcpy(bench.message, random.data.data, sizeof bench.message);
    bench.run = hf_get_u64(bench.message);
    hf_bytes message = hf_bytes_of(bench.message, sizeof bench.message);
    hf_hash_response hash;
    status = hf_client_hash(
        client, &(hf_hash_request){ .algorithm = HF_ALG_SHA256, .data = message }, &hash);
    if (status == HF_OK && hash.digest.len == sizeof bench.digest) {
        memcpy(bench.digest, hash.digest.data, sizeof bench.digest);
        hf_mac_generate_response mac;
        status = hf_client_mac_generate(
            client,
            &(hf_mac_generate_request){ .handle = bench.mac_key,
                                        .algorithm = HF_ALG_HMAC_SHA256,
                                        .data = message },
            &mac);
        if (status == HF_OK && mac.mac.len == sizeof bench.mac) {
            memcpy(bench.mac, mac.mac.data, sizeof bench.mac);
        }
    }
    return status == HF_OK ? HFC_OK : hfc_error_status("bench: hash and mac", status);
}

static void shared_destroy(hfc_cli *cli)
{
    hf_client *client = hfc_cli_client(cli);
    const hf_handle keys[] = { bench.signing_key, bench.cipher_key, bench.mac_key };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        hf_key_erase_response out;
        if (keys[i] != 0) {
            /* It lives in the cache only; a lost connection has been reported. */
            hf_ignore(hf_client_key_erase(
                client, &(hf_key_erase_request){ .handle = keys[i] }, &out));
        }
    }
    if (bench.object != 0) {
        hf_nvm_destroy_response out;
        hf_ignore(hf_client_nvm_destroy(
            client, &(hf_nvm_destroy_request){ .handle = bench.object }, &out));
    }
}

/* ---- phases ---- */

typedef struct phase_set {
    hfc_bench_client *clients; /* bench.client_count of them */
    json_t *rows;
} phase_set;

static int clients_open(hfc_cli *cli, hfc_bench_client *clients)
{
    hfc_target target = cli->target;
    target.body_size = BODY_SIZE;
    for (uint32_t i = 0; i < bench.client_count; i++) {
        char why[512] = "";
        clients[i].bench = &bench;
        clients[i].index = i;
        int status =
            hfc_connection_open(&clients[i].connection, &target, why, sizeof why);
        if (status != HF_OK) {
            return hfc_error(HFC_CONNECT, "client %u: %s", (unsigned)i, why);
        }
        hfc_bench_client_prepare(&clients[i]);
    }
    return HFC_OK;
}

static void clients_close(hfc_bench_client *clients)
{
    for (uint32_t i = 0; i < bench.client_count; i++) {
        hfc_connection_close(&clients[i].connection);
        free(clients[i].samples_ns);
    }
    free(clients);
}

static int sample_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* All samples of a phase, sorted; NULL: out of memory, or there are none. */
static uint32_t *samples_merge(const hfc_bench_client *clients, size_t *count)
{
    *count = 0;
    for (uint32_t i = 0; i < bench.client_count; i++) {
        *count += clients[i].sample_count;
    }
    uint32_t *all = *count == 0 ? NULL : malloc(*count * sizeof *all);
    size_t at = 0;
    for (uint32_t i = 0; all != NULL && i < bench.client_count; i++) {
        if (clients[i].sample_count > 0) {
            memcpy(all + at, clients[i].samples_ns,
                   clients[i].sample_count * sizeof *all);
            at += clients[i].sample_count;
        }
    }
    if (all != NULL) {
        qsort(all, *count, sizeof *all, sample_compare);
    }
    return all;
}

static int row_add(phase_set *phases, const char *name)
{
    uint64_t start_ns = UINT64_MAX;
    uint64_t end_ns = 0;
    for (uint32_t i = 0; i < bench.client_count; i++) {
        const hfc_bench_client *client = &phases->clients[i];
        start_ns = client->start_ns < start_ns ? client->start_ns : start_ns;
        end_ns = client->end_ns > end_ns ? client->end_ns : end_ns;
    }
    size_t count = 0;
    uint32_t *samples = samples_merge(phases->clients, &count);
    if (samples == NULL) {
        return HFC_OK; /* stopped before the first answer: nothing to tell */
    }
    double seconds = (double)(end_ns - start_ns) / (double)NS_PER_S;
    size_t median = count / 2;
    size_t p99 = count - 1 - count / 100;
    json_t *row =
        json_pack("{s:s, s:I, s:I, s:f, s:f, s:f, s:f}", "operation", name, "requests",
                  (json_int_t)count, "per_second",
                  (json_int_t)(seconds > 0.0 ? (double)count / seconds : 0.0), "min_us",
                  samples[0] / 1000.0, "median_us", samples[median] / 1000.0, "p99_us",
                  samples[p99] / 1000.0, "max_us", samples[count - 1] / 1000.0);
    free(samples);
    return json_array_append_new(phases->rows, row) == 0
               ? HFC_OK
               : hfc_error(HFC_LOCAL, "out of memory");
}

static int phase_run(phase_set *phases, int operation, uint64_t duration_ns)
{
    pthread_t threads[HFC_BENCH_CLIENTS_MAX];
    uint64_t deadline_ns = hf_posix_clock_ns() + duration_ns;
    uint32_t started = 0;
    for (; started < bench.client_count; started++) {
        hfc_bench_client *client = &phases->clients[started];
        client->operation = operation;
        client->deadline_ns = deadline_ns;
        client->sample_count = 0;
        if (pthread_create(&threads[started], NULL, hfc_bench_client_run, client) != 0) {
            break;
        }
    }
    for (uint32_t i = 0; i < started; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    if (started < bench.client_count) {
        return hfc_error(HFC_LOCAL, "cannot start %u threads",
                         (unsigned)bench.client_count);
    }
    return row_add(phases, operation < 0 ? "all in turn"
                                         : hfc_bench_operation((size_t)operation));
}

/* Has a client lost its connection, or waited in vain? Then the rest would only wait. */
static bool is_stuck(const hfc_bench_client *clients)
{
    for (uint32_t i = 0; i < bench.client_count; i++) {
        if (clients[i].first_failed != NULL &&
            hfc_exit_of(clients[i].first_failure) == HFC_CONNECT) {
            return true;
        }
    }
    return false;
}

static int phases_run(phase_set *phases, uint64_t seconds)
{
    int operation_count = 0;
    while (hfc_bench_operation((size_t)operation_count) != NULL) {
        operation_count++;
    }
    uint64_t half_ns = seconds * NS_PER_S / 2;
    int rc = phase_run(phases, -1, half_ns);
    for (int i = 0; rc == HFC_OK && i < operation_count; i++) {
        if (is_stuck(phases->clients)) {
            break;
        }
        rc = phase_run(phases, i, half_ns / (uint64_t)operation_count);
    }
    return rc;
}

/* ---- the result ---- */

typedef struct sums {
    uint64_t acknowledged, failure_count, wrong_count;
} sums;

/* Add up, and say what the first client that had trouble saw. */
static sums clients_sum(const hfc_bench_client *clients)
{
    sums all = { 0 };
    const hfc_bench_client *failed = NULL;
    const hfc_bench_client *mistaken = NULL;
    for (uint32_t i = 0; i < bench.client_count; i++) {
        const hfc_bench_client *client = &clients[i];
        all.acknowledged += client->acknowledged;
        all.failure_count += client->failure_count;
        all.wrong_count += client->wrong_count;
        failed = failed == NULL && client->first_failed != NULL ? client : failed;
        mistaken = mistaken == NULL && client->first_wrong != NULL ? client : mistaken;
    }
    if (failed != NULL) {
        (void)hfc_error_status(failed->first_failed, failed->first_failure);
    }
    if (mistaken != NULL) {
        (void)hfc_error(HFC_REFUSED, "client %u: %s", (unsigned)mistaken->index,
                        mistaken->first_wrong);
    }
    return all;
}

static int result_report(hfc_cli *cli, phase_set *phases, uint64_t counter_before)
{
    sums all = clients_sum(phases->clients);
    hf_counter_read_response counter;
    int status = hf_client_counter_read(
        hfc_cli_client(cli), &(hf_counter_read_request){ .handle = bench.counter },
        &counter);
    if (status != HF_OK) {
        return hfc_error_status("bench: counter read", status);
    }
    uint64_t grown = counter.value - counter_before;
    bool is_equal = grown == all.acknowledged;
    bool is_right =
        all.failure_count == 0 && all.wrong_count == 0 && (is_equal || !bench.has_check);
    json_t *result = json_object();
    bool ok =
        hfc_cli_add(result, "operations", json_incref(phases->rows)) &&
        hfc_cli_add(result, "clients", json_integer(bench.client_count)) &&
        hfc_cli_add(result, "counter_before", hfc_json_u64(counter_before)) &&
        hfc_cli_add(result, "counter_after", hfc_json_u64(counter.value)) &&
        hfc_cli_add(result, "acknowledged_increments", hfc_json_u64(all.acknowledged)) &&
        hfc_cli_add(result, "counter_is_exact", json_boolean(is_equal)) &&
        hfc_cli_add(result, "failed_requests", hfc_json_u64(all.failure_count)) &&
        hfc_cli_add(result, "wrong_answers", hfc_json_u64(all.wrong_count)) &&
        hfc_cli_add(result, "checked", json_boolean(bench.has_check)) &&
        hfc_cli_add(result, "all_right", json_boolean(is_right));
    int rc = hfc_cli_report(result, ok);
    return rc == HFC_OK && !is_right ? HFC_REFUSED : rc;
}

static int clients_run(hfc_cli *cli, uint64_t seconds, uint64_t counter_before)
{
    phase_set phases = { .clients = calloc(bench.client_count, sizeof *phases.clients),
                         .rows = json_array() };
    if (phases.clients == NULL || phases.rows == NULL) {
        free(phases.clients);
        json_decref(phases.rows);
        return hfc_error(HFC_LOCAL, "out of memory");
    }
    int rc = clients_open(cli, phases.clients);
    rc = rc == HFC_OK ? phases_run(&phases, seconds) : rc;
    rc = rc == HFC_OK ? result_report(cli, &phases, counter_before) : rc;
    clients_close(phases.clients);
    json_decref(phases.rows);
    return rc;
}

int hfc_run_bench(hfc_cli *cli)
{
    uint64_t client_count = 8;
    uint64_t seconds = 4;
    uint64_t counter_before = 0;
    int rc = hfc_cli_number(cli, HFC_OPTION_CLIENTS,
                            (hfc_range){ 1, HFC_BENCH_CLIENTS_MAX }, &client_count);
    rc = rc == HFC_OK
             ? hfc_cli_number(cli, HFC_OPTION_SECONDS, (hfc_range){ 1, 3600 }, &seconds)
             : rc;
    rc = rc == HFC_OK ? hfc_cli_connect(cli) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    bench.client_count = (uint32_t)client_count;
    bench.has_check = hfc_arguments_has(&cli->arguments, HFC_OPTION_CHECK);
    signals_take();
    rc = counter_find(cli, &counter_before);
    rc = rc == HFC_OK ? keys_make(cli) : rc;
    rc = rc == HFC_OK ? references_make(cli) : rc;
    rc = rc == HFC_OK ? object_make(cli) : rc;
    rc = rc == HFC_OK ? clients_run(cli, seconds, counter_before) : rc;
    shared_destroy(cli);
    return rc;
}
