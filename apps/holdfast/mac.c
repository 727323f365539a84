/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast mac: message authentication codes of files of any length, in a stream of the
 * server.
 */
#include <stdio.h>
#include <string.h>

#include "algorithm.h"
#include "cli.h"
#include "stream.h"

typedef struct mac_job {
    hfc_purpose purpose;
    hf_handle handle;
    const hf_algorithm *row;
    uint16_t mac_len; /* 0: whole */
    uint8_t nonce_memory[HF_NONCE_LEN_MAX];
    uint8_t mac_memory[HF_MAC_LEN_MAX];
    hf_buffer nonce; /* given, or made by the server */
    hf_buffer mac;
} mac_job;

/* The command line, before connecting. */
static int job_read(hfc_cli *cli, mac_job *job)
{
    uint64_t len = 0;
    job->nonce = hf_buffer_of(job->nonce_memory, sizeof job->nonce_memory);
    job->mac = hf_buffer_of(job->mac_memory, sizeof job->mac_memory);
    int rc = hfc_algorithm_read(cli, &job->purpose, &job->row);
    rc = rc == HFC_OK ? hfc_algorithm_hex(cli, HFC_OPTION_NONCE, &job->nonce) : rc;
    rc = rc == HFC_OK ? hfc_cli_number(cli, HFC_OPTION_LENGTH,
                                       (hfc_range){ 1, HF_MAC_LEN_MAX }, &len)
                      : rc;
    job->mac_len = (uint16_t)len;
    return rc;
}

/* Connected: the key's type decides what is usual. */
static int job_choose(hfc_cli *cli, mac_job *job)
{
    const hf_key_type_info *type = NULL;
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_KEY, &job->handle);
    rc = rc == HFC_OK ? hfc_cli_key_type(cli, job->handle, &type) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_choose(&job->purpose, type, &job->row) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    if (job->row->nonce_len_max == 0) {
        return hfc_algorithm_refuse(cli, HFC_OPTION_NONCE, job->row);
    }
    return job->purpose.is_backward && job->nonce.len == 0
               ? hfc_error(HFC_USAGE, "%s needs --nonce HEX", job->row->name)
               : HFC_OK;
}

/* All of the input through a stream. The result is in *out until the next request. */
static int stream_run(hfc_cli *cli, mac_job *job, hfc_input *input,
                      hf_stream_finish_response *out)
{
    const char *what = job->purpose.is_backward ? "mac verify" : "mac generate";
    const hf_mac_start_request in = { .handle = job->handle,
                                      .algorithm = job->row->id,
                                      .mac_len = job->mac_len,
                                      .nonce =
                                          hf_bytes_of(job->nonce.data, job->nonce.len),
                                      .is_verify = job->purpose.is_backward ? 1 : 0 };
    hf_mac_start_response start;
    int status = hf_client_mac_start(hfc_cli_client(cli), &in, &start);
    if (status != HF_OK) {
        return hfc_error_status(what, status);
    }
    if (job->nonce.len == 0) {
        status = hf_buffer_append(&job->nonce, start.nonce);
    }
    if (status != HF_OK) {
        return hfc_error(HFC_REFUSED, "%s: the server's answer makes no sense", what);
    }
    const hfc_stream stream = { start.stream, what, "authenticating" };
    int rc = hfc_stream_feed(cli, &stream, input, NULL);
    return rc == HFC_OK ? hfc_stream_finish(cli, &stream,
                                            hf_bytes_of(job->mac.data, job->mac.len), out)
                        : rc;
}

static int file_run(hfc_cli *cli, mac_job *job, hf_stream_finish_response *out)
{
    hfc_input input;
    int rc = hfc_input_open(&input, hfc_cli_word(cli, 1));
    if (rc == HFC_OK) {
        rc = stream_run(cli, job, &input, out);
        hfc_input_close(&input);
    }
    return rc;
}

/* ---- generate ---- */

/* What is not in the output: the nonce that the server made, and with JSON all. */
static int job_report(hfc_cli *cli, const mac_job *job, bool has_mac, const char *path)
{
    json_t *result = json_object();
    bool ok = result != NULL;
    if (has_mac) {
        ok = ok && hfc_cli_add(result, "mac",
                               hfc_json_hex(hf_bytes_of(job->mac.data, job->mac.len)));
    }
    if (job->nonce.len > 0) {
        ok =
            ok && hfc_cli_add(result, "nonce",
                              hfc_json_hex(hf_bytes_of(job->nonce.data, job->nonce.len)));
    }
    if (cli->is_json && path != NULL) {
        ok = ok && hfc_cli_add(result, "file", hfc_json_text(path));
    }
    return hfc_cli_report(result, ok);
}

/* Does the MAC go to standard output? */
static bool is_to_stdout(const hfc_cli *cli)
{
    const char *path = hfc_cli_option(cli, HFC_OPTION_OUT);
    return path == NULL || strcmp(path, "-") == 0;
}

static int mac_write(hfc_cli *cli, const mac_job *job, bool has_new_nonce, bool is_raw)
{
    if (is_to_stdout(cli) && (cli->is_json || has_new_nonce)) {
        return job_report(cli, job, true, NULL);
    }
    char hex[2 * HF_MAC_LEN_MAX + 2];
    hf_bytes mac = hf_bytes_of(job->mac.data, job->mac.len);
    hfc_hex_write(mac, hex);
    size_t len = strlen(hex);
    hex[len] = '\n';
    hfc_output_config config = hfc_cli_output(cli, false, is_raw);
    int rc = hfc_output_all(&config, is_raw ? mac : hf_bytes_of(hex, len + 1));
    if (rc == HFC_OK && (cli->is_json || has_new_nonce)) {
        rc = job_report(cli, job, cli->is_json, config.path);
    }
    return rc;
}

int hfc_run_mac_generate(hfc_cli *cli)
{
    mac_job job = { .purpose = { "authenticate", HFC_CLASS_BIT(MAC), false } };
    const char *format = hfc_cli_format(cli);
    hf_stream_finish_response out = { .data = { .len = 0 } };
    int rc = format == NULL ? HFC_USAGE : job_read(cli, &job);
    rc = rc == HFC_OK ? job_choose(cli, &job) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    bool has_new_nonce = job.row->nonce_len > 0 && job.nonce.len == 0;
    bool is_raw = *format == 'r';
    if (has_new_nonce && is_raw && !cli->is_json && is_to_stdout(cli)) {
        return hfc_error(HFC_USAGE, "the nonce is told on standard output: raw needs "
                                    "--out FILE");
    }
    rc = file_run(cli, &job, &out);
    if (rc == HFC_OK && hf_buffer_append(&job.mac, out.data) != HF_OK) {
        rc = hfc_error(HFC_REFUSED, "mac generate: the server's answer makes no sense");
    }
    return rc == HFC_OK ? mac_write(cli, &job, has_new_nonce, is_raw) : rc;
}

/* ---- verify ---- */

int hfc_run_mac_verify(hfc_cli *cli)
{
    mac_job job = { .purpose = { "authenticate", HFC_CLASS_BIT(MAC), true } };
    hf_stream_finish_response out;
    if (!hfc_arguments_has(&cli->arguments, HFC_OPTION_MAC)) {
        return hfc_error(HFC_USAGE, "mac verify needs --mac HEX");
    }
    int rc = job_read(cli, &job);
    rc = rc == HFC_OK ? hfc_algorithm_hex(cli, HFC_OPTION_MAC, &job.mac) : rc;
    job.mac_len = (uint16_t)job.mac.len;
    rc = rc == HFC_OK ? job_choose(cli, &job) : rc;
    rc = rc == HFC_OK ? file_run(cli, &job, &out) : rc;
    return rc == HFC_OK ? hfc_cli_report_verified(cli) : rc;
}
