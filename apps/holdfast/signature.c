/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast sign, verify and mac: what proves where a file comes from.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "digest.h"

#define SIGNATURE_SIZE_MAX 1024u
#define MAC_SIZE_MAX 64u

/* ---- what is signed ---- */

/* What sign and verify have in common. */
typedef struct signature_job {
    hf_handle handle;
    uint32_t type;
    uint16_t algorithm;
    uint16_t format;          /* enum hf_signature_format */
    const hf_algorithm *hash; /* as the user said, else NULL */
    const char *path;         /* of the file; NULL: standard input */
    bool has_digest;          /* --digest */
    uint8_t digest_memory[HFC_DIGEST_SIZE_MAX];
    hf_buffer data; /* the digest or message; from hfc_memory_take */
} signature_job;

/* The command line, before connecting. */
static int job_read(hfc_cli *cli, signature_job *job)
{
    *job = (signature_job){ .path = hfc_cli_word(cli, 1) };
    const char *format = hfc_cli_format(cli);
    const char *hash = hfc_cli_option(cli, HFC_OPTION_HASH);
    const char *digest = hfc_cli_option(cli, HFC_OPTION_DIGEST);
    int rc = format == NULL ? HFC_USAGE : hfc_cli_check_name(cli, 0);
    if (rc == HFC_OK && hash != NULL) {
        rc = hfc_digest_algorithm(hash, &job->hash);
    }
    if (rc != HFC_OK) {
        return rc;
    }
    job->format = *format == 'r' ? HF_SIGNATURE_RAW : HF_SIGNATURE_DER;
    if (digest == NULL) {
        return HFC_OK;
    }
    if (job->path != NULL || hash != NULL) {
        return hfc_error(HFC_USAGE, "with --digest there is no file and no --hash");
    }
    hf_buffer out = hf_buffer_of(job->digest_memory, sizeof job->digest_memory);
    if (!hfc_hex_read(digest, &out) || out.len == 0) {
        return hfc_error(HFC_USAGE, "--digest takes up to %u bytes in hexadecimal",
                         HFC_DIGEST_SIZE_MAX);
    }
    job->has_digest = true;
    rc = hfc_memory_take(&job->data, HFC_DIGEST_SIZE_MAX);
    if (rc == HFC_OK) {
        memcpy(job->data.data, out.data, out.len);
        job->data.len = out.len;
    }
    return rc;
}

/* The hash that goes with a curve, SP 800-57 part 1, table 2. */
static int hash_default(uint32_t type, const hf_algorithm **hash)
{
    bool is_384 = HF_KEY_PARAMETER(type) == HF_CURVE_P384;
    return hfc_digest_algorithm(is_384 ? "sha384" : "sha256", hash);
}

static int message_load(hfc_cli *cli, signature_job *job)
{
    if (HF_KEY_FAMILY(job->type) == HF_FAMILY_EDWARDS) {
        job->algorithm = HF_ALG_ED25519;
        job->format = 0;
        if (job->has_digest || job->hash != NULL) {
            return hfc_error(HFC_USAGE, "an Ed25519 key signs the file itself: neither "
                                        "--digest nor --hash");
        }
        return hfc_file_read(job->path, hfc_cli_payload_max(cli), "an Ed25519 signature",
                             &job->data);
    }
    job->algorithm = HF_ALG_ECDSA;
    if (job->has_digest) {
        return HFC_OK;
    }
    int rc = job->hash == NULL ? hash_default(job->type, &job->hash) : HFC_OK;
    rc = rc == HFC_OK ? hfc_memory_take(&job->data, HFC_DIGEST_SIZE_MAX) : rc;
    return rc == HFC_OK ? hfc_digest_file(cli, job->hash, job->path, &job->data) : rc;
}

/* Connected: the key's type decides what is signed; then the digest or message. */
static int job_load(hfc_cli *cli, signature_job *job)
{
    int rc = hfc_cli_connect(cli);
    rc = rc == HFC_OK ? hfc_cli_find(cli, 0, HF_KIND_KEY, &job->handle) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    hf_key_info_response info;
    int status = hf_client_key_info(
        hfc_cli_client(cli), &(hf_key_info_request){ .handle = job->handle }, &info);
    if (status != HF_OK) {
        return hfc_error_status("key info", status);
    }
    job->type = info.type;
    return message_load(cli, job);
}

/* ---- sign ---- */

/* Bytes as hexadecimal in the JSON value, or to the output in the form asked for. */
static int bytes_report(hfc_cli *cli, const char *name, hf_bytes bytes, bool is_binary)
{
    if (hfc_cli_is_inline(cli)) {
        return hfc_report(json_pack("{s:o}", name, hfc_json_hex(bytes)));
    }
    char hex[2 * SIGNATURE_SIZE_MAX + 2];
    hfc_hex_write(bytes, hex);
    size_t len = strlen(hex);
    hex[len] = '\n';
    hfc_output_config config = hfc_cli_output(cli, false, is_binary);
    int rc = hfc_output_all(&config, is_binary ? bytes : hf_bytes_of(hex, len + 1));
    if (rc == HFC_OK && cli->is_json) {
        rc = hfc_report(json_pack("{s:o, s:o}", name, hfc_json_hex(bytes), "file",
                                  hfc_json_text(config.path)));
    }
    return rc;
}

int hfc_run_sign(hfc_cli *cli)
{
    signature_job job;
    hf_sign_response out;
    int rc = job_read(cli, &job);
    rc = rc == HFC_OK ? job_load(cli, &job) : rc;
    if (rc == HFC_OK) {
        const hf_sign_request in = { .handle = job.handle,
                                     .algorithm = job.algorithm,
                                     .format = job.format,
                                     .data = hf_bytes_of(job.data.data, job.data.len) };
        int status = hf_client_sign(hfc_cli_client(cli), &in, &out);
        rc = status == HF_OK ? HFC_OK : hfc_error_status("sign", status);
    }
    hfc_memory_free(&job.data);
    return rc == HFC_OK ? bytes_report(cli, "signature", out.signature, true) : rc;
}

/* ---- verify ---- */

static int is_right_report(hfc_cli *cli, const char *what, int status)
{
    if (status != HF_OK) {
        return hfc_error_status(what, status);
    }
    if (cli->is_json) {
        return hfc_report(json_pack("{s:b}", "verified", 1));
    }
    (void)puts("verified");
    return fflush(stdout) == 0 ? HFC_OK : hfc_error(HFC_LOCAL, "cannot write");
}

int hfc_run_verify(hfc_cli *cli)
{
    signature_job job;
    const char *path = hfc_cli_option(cli, HFC_OPTION_SIGNATURE);
    hf_buffer signature = hf_buffer_of(NULL, 0);
    if (path == NULL) {
        return hfc_error(HFC_USAGE, "verify needs --signature FILE");
    }
    int rc = job_read(cli, &job);
    rc = rc == HFC_OK ? hfc_file_read(path, SIGNATURE_SIZE_MAX, "a signature", &signature)
                      : rc;
    rc = rc == HFC_OK ? job_load(cli, &job) : rc;
    if (rc == HFC_OK) {
        const hf_verify_request in = { .handle = job.handle,
                                       .algorithm = job.algorithm,
                                       .format = job.format,
                                       .signature =
                                           hf_bytes_of(signature.data, signature.len),
                                       .data = hf_bytes_of(job.data.data, job.data.len) };
        hf_verify_response out;
        rc = is_right_report(cli, "verify",
                             hf_client_verify(hfc_cli_client(cli), &in, &out));
    }
    hfc_memory_free(&job.data);
    hfc_memory_free(&signature);
    return rc;
}

/* ---- MACs ---- */

static int mac_load(hfc_cli *cli, hf_handle *handle, hf_buffer *data)
{
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_KEY, handle);
    return rc == HFC_OK ? hfc_file_read(hfc_cli_word(cli, 1), hfc_cli_payload_max(cli),
                                        "a MAC", data)
                        : rc;
}

int hfc_run_mac_generate(hfc_cli *cli)
{
    hf_handle handle = 0;
    hf_buffer data = hf_buffer_of(NULL, 0);
    const char *format = hfc_cli_format(cli);
    hf_mac_generate_response out;
    int rc = format == NULL ? HFC_USAGE : mac_load(cli, &handle, &data);
    if (rc == HFC_OK) {
        const hf_mac_generate_request in = { .handle = handle,
                                             .algorithm = HF_ALG_HMAC_SHA256,
                                             .data = hf_bytes_of(data.data, data.len) };
        int status = hf_client_mac_generate(hfc_cli_client(cli), &in, &out);
        rc = status == HF_OK ? HFC_OK : hfc_error_status("mac generate", status);
    }
    hfc_memory_free(&data);
    return rc == HFC_OK ? bytes_report(cli, "mac", out.mac, *format == 'r') : rc;
}

int hfc_run_mac_verify(hfc_cli *cli)
{
    hf_handle handle = 0;
    hf_buffer data = hf_buffer_of(NULL, 0);
    uint8_t memory[MAC_SIZE_MAX];
    hf_buffer mac = hf_buffer_of(memory, sizeof memory);
    const char *hex = hfc_cli_option(cli, HFC_OPTION_MAC);
    if (hex == NULL || !hfc_hex_read(hex, &mac)) {
        return hfc_error(HFC_USAGE, "mac verify needs --mac HEX, up to %u bytes",
                         MAC_SIZE_MAX);
    }
    int rc = mac_load(cli, &handle, &data);
    if (rc == HFC_OK) {
        const hf_mac_verify_request in = { .handle = handle,
                                           .algorithm = HF_ALG_HMAC_SHA256,
                                           .mac = hf_bytes_of(mac.data, mac.len),
                                           .data = hf_bytes_of(data.data, data.len) };
        hf_mac_verify_response out;
        rc = is_right_report(cli, "mac verify",
                             hf_client_mac_verify(hfc_cli_client(cli), &in, &out));
    }
    hfc_memory_free(&data);
    return rc;
}
