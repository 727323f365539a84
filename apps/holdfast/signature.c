/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast sign and verify: what proves where a file comes from.
 *
 * Where the algorithm takes a hash, the server hashes the file in a stream and the digest
 * is signed, so that the file may have any length. The others sign the file itself, which
 * has to fit one message.
 */
#include <stdio.h>
#include <string.h>

#include "algorithm.h"
#include "cli.h"
#include "digest.h"

#define TAKES_HASH (HF_TRAIT_HASH | HF_TRAIT_HASH_OPTIONAL)

/* ---- what is signed ---- */

/* What sign and verify have in common. */
typedef struct signature_job {
    hfc_purpose purpose;
    hf_handle handle;
    const hf_algorithm *row;
    const hf_algorithm *hash; /* NULL: none, or of ECDSA not told */
    const hf_algorithm *mgf;  /* NULL: as `hash` */
    uint16_t format;          /* enum hf_signature_format */
    uint16_t salt_len;
    bool is_deterministic;
    bool is_digest; /* `data` is the digest by `hash` */
    hf_bytes context;
    const char *path; /* of the file; NULL: standard input */
    bool has_digest;  /* --digest */
    hf_buffer data;   /* the digest or message; from hfc_memory_take */
} signature_job;

static int digest_read(hfc_cli *cli, signature_job *job)
{
    job->has_digest = hfc_arguments_has(&cli->arguments, HFC_OPTION_DIGEST);
    if (!job->has_digest) {
        return HFC_OK;
    }
    if (job->path != NULL) {
        return hfc_error(HFC_USAGE, "with --digest there is no file");
    }
    int rc = hfc_memory_take(&job->data, HFC_DIGEST_SIZE_MAX);
    return rc == HFC_OK ? hfc_algorithm_hex(cli, HFC_OPTION_DIGEST, &job->data) : rc;
}

/* The command line, before connecting. */
static int job_read(hfc_cli *cli, signature_job *job)
{
    const char *context = hfc_cli_option(cli, HFC_OPTION_CONTEXT);
    const char *format = hfc_cli_format(cli);
    uint64_t salt_len = HF_SALT_LEN_HASH;
    job->path = hfc_cli_word(cli, 1);
    job->context = hf_bytes_of(context, context == NULL ? 0 : strlen(context));
    job->is_deterministic = hfc_arguments_has(&cli->arguments, HFC_OPTION_DETERMINISTIC);
    int rc = format == NULL ? HFC_USAGE : hfc_cli_check_name(cli, 0);
    rc = rc == HFC_OK ? hfc_algorithm_read(cli, &job->purpose, &job->row) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_hash(cli, HFC_OPTION_HASH, &job->hash) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_hash(cli, HFC_OPTION_MGF, &job->mgf) : rc;
    rc = rc == HFC_OK ? hfc_cli_number(cli, HFC_OPTION_SALT_LENGTH,
                                       (hfc_range){ 0, HF_SALT_LEN_HASH - 1 }, &salt_len)
                      : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    if (job->context.len > 255) {
        return hfc_error(HFC_USAGE, "--context takes up to 255 bytes");
    }
    job->format = *format == 'r' ? HF_SIGNATURE_RAW : HF_SIGNATURE_DER;
    job->salt_len = (uint16_t)salt_len;
    return digest_read(cli, job);
}

/* The hash that goes with a curve (SP 800-57 part 1, table 2); RSA: SHA-256. */
static uint16_t hash_of_type(const hf_key_type_info *type)
{
    size_t field_len =
        HF_KEY_FAMILY(type->type) == HF_FAMILY_EC ? (type->public_len - 1u) / 2u : 0;
    return field_len <= 32 ? HF_ALG_SHA256
                           : (field_len <= 48 ? HF_ALG_SHA384 : HF_ALG_SHA512);
}

/* The hash that a digest of this length is of; 0: none. */
static uint16_t hash_of_len(size_t len)
{
    static const uint16_t hashes[] = { HF_ALG_SHA224, HF_ALG_SHA256, HF_ALG_SHA384,
                                       HF_ALG_SHA512 };
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        if (hf_algorithm_find(hashes[i])->output_len == len) {
            return hashes[i];
        }
    }
    return 0;
}

/* Options that the algorithm does not take. */
static int job_check(hfc_cli *cli, signature_job *job)
{
    const hf_algorithm *row = job->row;
    bool is_ecdsa = row->family == HF_FAMILY_EC;
    int rc = HFC_OK;
    if ((row->traits & TAKES_HASH) == 0 && (job->has_digest || job->hash != NULL)) {
        return hfc_error(HFC_USAGE,
                         "%s signs the file itself: neither --digest nor "
                         "--hash",
                         row->name);
    }
    if ((row->traits & HF_TRAIT_MGF) == 0) {
        rc = hfc_algorithm_refuse(cli, HFC_OPTION_MGF, row);
    }
    if (rc == HFC_OK && (row->traits & HF_TRAIT_SALT_LEN) == 0) {
        rc = hfc_algorithm_refuse(cli, HFC_OPTION_SALT_LENGTH, row);
        job->salt_len = 0;
    }
    if (rc == HFC_OK && (row->traits & HF_TRAIT_CONTEXT) == 0) {
        rc = hfc_algorithm_refuse(cli, HFC_OPTION_CONTEXT, row);
    }
    if (rc == HFC_OK && !is_ecdsa) {
        rc = hfc_algorithm_refuse(cli, HFC_OPTION_FORMAT, row);
        job->format = 0;
    }
    if (rc == HFC_OK && !is_ecdsa && row->id != HF_ALG_ML_DSA &&
        row->id != HF_ALG_SLH_DSA) {
        rc = hfc_algorithm_refuse(cli, HFC_OPTION_DETERMINISTIC, row);
    }
    return rc;
}

/* --digest: its hash has to be known where it is part of what is signed. */
static int digest_check(signature_job *job)
{
    bool is_needed = (job->row->traits & HF_TRAIT_HASH) != 0;
    if (job->hash == NULL && is_needed) {
        job->hash = hf_algorithm_find(hash_of_len(job->data.len));
    }
    if (job->hash == NULL && is_needed) {
        return hfc_error(HFC_USAGE, "no hash gives %zu bytes: --hash tells which one",
                         job->data.len);
    }
    job->is_digest = job->hash != NULL;
    if (job->is_digest && job->hash->output_len != job->data.len) {
        return hfc_error(HFC_USAGE, "a digest of %s has %u bytes, not %zu",
                         job->hash->name, (unsigned)job->hash->output_len, job->data.len);
    }
    return HFC_OK;
}

static int message_load(hfc_cli *cli, signature_job *job, const hf_key_type_info *type)
{
    if (job->has_digest) {
        return digest_check(job);
    }
    if ((job->row->traits & TAKES_HASH) == 0) {
        return hfc_file_read(job->path, hfc_cli_payload_max(cli), job->row->name,
                             &job->data);
    }
    if (job->hash == NULL) {
        job->hash = hf_algorithm_find(hash_of_type(type));
    }
    job->is_digest = true;
    int rc = hfc_memory_take(&job->data, HFC_DIGEST_SIZE_MAX);
    return rc == HFC_OK ? hfc_digest_file(cli, job->hash, 0, job->path, &job->data) : rc;
}

/* ECDSA with the nonce of RFC 6979 is an algorithm of its own. */
static void row_settle(signature_job *job)
{
    if (job->is_deterministic && job->row->family == HF_FAMILY_EC) {
        job->row = hf_algorithm_find(HF_ALG_ECDSA_DETERMINISTIC);
        job->is_deterministic = false;
    }
}

/* Connected: the key's type decides what is usual; then the digest or message. */
static int job_load(hfc_cli *cli, signature_job *job)
{
    const hf_key_type_info *type = NULL;
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_KEY, &job->handle);
    rc = rc == HFC_OK ? hfc_cli_key_type(cli, job->handle, &type) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_choose(&job->purpose, type, &job->row) : rc;
    rc = rc == HFC_OK ? job_check(cli, job) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    row_settle(job);
    return message_load(cli, job, type);
}

/* The fields that both requests have. */
#define SIGNATURE_OF(job)                                                                \
    .handle = (job)->handle, .algorithm = (job)->row->id, .format = (job)->format,       \
    .hash = (job)->hash != NULL ? (job)->hash->id : HF_ALG_NONE,                         \
    .mgf_hash = (job)->mgf != NULL ? (job)->mgf->id : HF_ALG_NONE,                       \
    .salt_len = (job)->salt_len, .is_digest = (job)->is_digest ? 1 : 0,                  \
    .is_deterministic = (job)->is_deterministic ? 1 : 0, .context = (job)->context,      \
    .data = hf_bytes_of((job)->data.data, (job)->data.len)

/* ---- sign ---- */

static int signature_write(hfc_cli *cli, hf_bytes signature)
{
    if (hfc_cli_is_inline(cli)) {
        return hfc_report(json_pack("{s:o}", "signature", hfc_json_hex(signature)));
    }
    hfc_output_config config = hfc_cli_output(cli, false, true);
    int rc = hfc_output_all(&config, signature);
    if (rc == HFC_OK && cli->is_json) {
        rc = hfc_report(json_pack("{s:o, s:o}", "signature", hfc_json_hex(signature),
                                  "file", hfc_json_text(config.path)));
    }
    return rc;
}

int hfc_run_sign(hfc_cli *cli)
{
    signature_job job = { .purpose = { "sign", HFC_CLASS_BIT(SIGNATURE), false } };
    hf_sign_response out;
    int rc = job_read(cli, &job);
    rc = rc == HFC_OK ? job_load(cli, &job) : rc;
    if (rc == HFC_OK) {
        const hf_sign_request in = { SIGNATURE_OF(&job) };
        int status = hf_client_sign(hfc_cli_client(cli), &in, &out);
        rc = status == HF_OK ? HFC_OK : hfc_error_status("sign", status);
    }
    hfc_memory_free(&job.data);
    return rc == HFC_OK ? signature_write(cli, out.signature) : rc;
}

/* ---- verify ---- */

int hfc_run_verify(hfc_cli *cli)
{
    signature_job job = { .purpose = { "verify", HFC_CLASS_BIT(SIGNATURE), true } };
    const char *path = hfc_cli_option(cli, HFC_OPTION_SIGNATURE);
    hf_buffer signature = hf_buffer_of(NULL, 0);
    if (path == NULL) {
        return hfc_error(HFC_USAGE, "verify needs --signature FILE");
    }
    int rc = job_read(cli, &job);
    rc = rc == HFC_OK
             ? hfc_file_read(path, HF_SIGNATURE_LEN_MAX, "a signature", &signature)
             : rc;
    rc = rc == HFC_OK ? job_load(cli, &job) : rc;
    if (rc == HFC_OK) {
        const hf_verify_request in = { SIGNATURE_OF(&job),
                                       .signature =
                                           hf_bytes_of(signature.data, signature.len) };
        hf_verify_response out;
        int status = hf_client_verify(hfc_cli_client(cli), &in, &out);
        rc = status == HF_OK ? hfc_cli_report_verified(cli)
                             : hfc_error_status("verify", status);
    }
    hfc_memory_free(&job.data);
    hfc_memory_free(&signature);
    return rc;
}
