/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast key derive, agree, encapsulate and decapsulate: a secret that becomes a new
 * key in the server or, where the base key allows it, a file here. The rules are in
 * docs/keys.md.
 */
#include <string.h>

#include "algorithm.h"
#include "cli.h"
#include "key_file.h"
#include "new_key.h"

#define PARAMETER_SIZE_MAX 4096u /* bytes of salt, label and info */
#define CIPHERTEXT_SIZE_MAX 4096u

/* What the four have in common. */
typedef struct secret_job {
    const char *what; /* the request, for errors */
    hf_handle base;
    hfc_new_key key;
    bool is_exported;
    uint32_t len;
    const hf_algorithm *kdf; /* NULL: none */
    uint16_t hash;
    uint32_t iterations;
    hf_buffer salt, info; /* from hfc_memory_take */
    hf_bytes kdf_label;
} secret_job;

/* The fields that the four requests share. */
#define SECRET_FIELDS(job)                                                               \
    HFC_NEW_KEY_FIELDS(&(job)->key),                                                     \
        .type = (job)->key.type != NULL ? (job)->key.type->type : 0,                     \
        .base = (job)->base, .is_exported = (job)->is_exported ? 1 : 0,                  \
        .len = (job)->len, .kdf = (job)->kdf != NULL ? (job)->kdf->id : 0,               \
        .hash = (job)->hash, .iterations = (job)->iterations,                            \
        .salt = hf_bytes_of((job)->salt.data, (job)->salt.len),                          \
        .info = hf_bytes_of((job)->info.data, (job)->info.len),                          \
        .kdf_label = (job)->kdf_label

/* ---- the command line ---- */

static int kdf_find(const hfc_cli *cli, const hf_algorithm **kdf)
{
    const char *name = hfc_cli_option(cli, HFC_OPTION_KDF);
    *kdf = name != NULL ? hf_algorithm_find_name(name) : NULL;
    if (name != NULL && (*kdf == NULL || (*kdf)->class != HF_CLASS_KDF)) {
        return hfc_error(HFC_USAGE,
                         "there is no derivation '%.40s'; capabilities lists "
                         "them",
                         name);
    }
    return HFC_OK;
}

/* Without a derivation its parameters mean nothing. */
static int kdf_refuse(const hfc_cli *cli)
{
    static const enum hfc_option_id options[] = { HFC_OPTION_HASH, HFC_OPTION_ITERATIONS,
                                                  HFC_OPTION_SALT, HFC_OPTION_KDF_LABEL,
                                                  HFC_OPTION_INFO };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (hfc_cli_option(cli, options[i]) != NULL) {
            return hfc_error(HFC_USAGE, "--%s needs --kdf ALG",
                             hfc_options[options[i]].name);
        }
    }
    return HFC_OK;
}

static int hash_read(const hfc_cli *cli, secret_job *job)
{
    const hf_algorithm *hash = NULL;
    if ((job->kdf->traits & HF_TRAIT_HASH) == 0) {
        return hfc_algorithm_refuse(cli, HFC_OPTION_HASH, job->kdf);
    }
    int rc = hfc_algorithm_hash(cli, HFC_OPTION_HASH, &hash);
    job->hash = hash != NULL ? hash->id : HF_ALG_SHA256;
    return rc;
}

static int iterations_read(const hfc_cli *cli, secret_job *job)
{
    uint64_t iterations = 0;
    if (job->kdf->id != HF_ALG_PBKDF2) {
        return hfc_algorithm_refuse(cli, HFC_OPTION_ITERATIONS, job->kdf);
    }
    if (hfc_cli_option(cli, HFC_OPTION_ITERATIONS) == NULL) {
        return hfc_error(HFC_USAGE, "%s needs --iterations N", job->kdf->name);
    }
    int rc = hfc_cli_number(cli, HFC_OPTION_ITERATIONS,
                            (hfc_range){ 1, HF_PBKDF2_WORK_MAX }, &iterations);
    job->iterations = (uint32_t)iterations;
    return rc;
}

static int kdf_read(const hfc_cli *cli, secret_job *job)
{
    const char *label = hfc_cli_option(cli, HFC_OPTION_KDF_LABEL);
    int rc = kdf_find(cli, &job->kdf);
    if (rc != HFC_OK || job->kdf == NULL) {
        return rc != HFC_OK ? rc : kdf_refuse(cli);
    }
    job->kdf_label = hf_bytes_of(label, label == NULL ? 0 : strlen(label));
    if (job->kdf_label.len > PARAMETER_SIZE_MAX) {
        return hfc_error(HFC_USAGE, "--kdf-label takes up to %u bytes",
                         PARAMETER_SIZE_MAX);
    }
    rc = hash_read(cli, job);
    rc = rc == HFC_OK ? iterations_read(cli, job) : rc;
    rc = rc == HFC_OK ? hfc_memory_take(&job->salt, PARAMETER_SIZE_MAX) : rc;
    rc = rc == HFC_OK ? hfc_memory_take(&job->info, PARAMETER_SIZE_MAX) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_hex(cli, HFC_OPTION_SALT, &job->salt) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_hex(cli, HFC_OPTION_INFO, &job->info) : rc;
    return rc;
}

/* With --secret-out there is no key of which anything could be said. */
static int key_refuse(const hfc_cli *cli)
{
    static const enum hfc_option_id options[] = {
        HFC_OPTION_TYPE,      HFC_OPTION_NUMBER, HFC_OPTION_LABEL,
        HFC_OPTION_ACCESS,    HFC_OPTION_GLOBAL, HFC_OPTION_USAGE,
        HFC_OPTION_FLAGS,     HFC_OPTION_POLICY, HFC_OPTION_MAC_LENGTH_MIN,
        HFC_OPTION_CACHE_ONLY
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (hfc_cli_option(cli, options[i]) != NULL) {
            return hfc_error(HFC_USAGE, "with --secret-out no key is made: no --%s",
                             hfc_options[options[i]].name);
        }
    }
    return HFC_OK;
}

/* No type says how long a secret is that leaves: only the output of hkdf-extract, and
 * what no derivation changes, have a length of their own. */
static int export_check(const hfc_cli *cli, const secret_job *job)
{
    int rc = key_refuse(cli);
    if (rc == HFC_OK && job->len == 0 && job->kdf != NULL &&
        job->kdf->id != HF_ALG_HKDF_EXTRACT) {
        rc = hfc_error(HFC_USAGE, "--secret-out of %s needs --length N", job->kdf->name);
    }
    return rc;
}

/* All options, before connecting. */
static int job_read(hfc_cli *cli, const char *what, secret_job *job)
{
    const char *name = hfc_cli_option(cli, HFC_OPTION_TYPE);
    const hf_key_type_info *type = NULL;
    uint64_t len = 0;
    *job = (secret_job){ .what = what };
    job->is_exported = hfc_arguments_has(&cli->arguments, HFC_OPTION_SECRET_OUT);
    int rc = hfc_cli_check_name(cli, 0);
    rc = rc == HFC_OK ? hfc_cli_number(cli, HFC_OPTION_LENGTH,
                                       (hfc_range){ 1, HF_DERIVED_LEN_MAX }, &len)
                      : rc;
    job->len = (uint32_t)len;
    rc = rc == HFC_OK ? kdf_read(cli, job) : rc;
    if (rc != HFC_OK || job->is_exported) {
        return rc != HFC_OK ? rc : export_check(cli, job);
    }
    rc = hfc_key_type_named(name != NULL ? name : "secret", &type);
    return rc == HFC_OK ? hfc_new_key_read(cli, type, &job->key) : rc;
}

static void job_close(secret_job *job)
{
    hfc_memory_free(&job->salt);
    hfc_memory_free(&job->info);
}

/* Connected: the base key, and the algorithm of `purpose` that fits it. */
static int base_find(hfc_cli *cli, secret_job *job, const hfc_purpose *purpose,
                     const hf_algorithm **row)
{
    const hf_key_type_info *type = NULL;
    int rc = hfc_cli_find(cli, 0, HF_KIND_KEY, &job->base);
    rc = rc == HFC_OK ? hfc_cli_key_type(cli, job->base, &type) : rc;
    return rc == HFC_OK ? hfc_algorithm_choose(purpose, type, row) : rc;
}

/* ---- the result ---- */

/* What the server answered. */
typedef struct answer {
    hf_handle handle; /* 0: a secret */
    hf_bytes secret;
    hf_bytes ciphertext; /* encapsulate */
} answer;

/* The secret to its file, or into the JSON value. */
static int secret_write(const hfc_cli *cli, hf_bytes secret, json_t *result)
{
    const char *path = hfc_cli_option(cli, HFC_OPTION_SECRET_OUT);
    bool ok = true;
    if (cli->is_json && strcmp(path, "-") == 0) {
        ok = hfc_cli_add(result, "secret", hfc_json_hex(secret));
    } else {
        hfc_output_config config = hfc_cli_output(cli, true, true);
        config.path = path;
        int rc = hfc_output_all(&config, secret);
        if (rc != HFC_OK) {
            return rc;
        }
        ok = hfc_cli_add(result, "secret_file", hfc_json_text(path));
    }
    return ok ? HFC_OK : hfc_error(HFC_LOCAL, "out of memory");
}

/* An answer's bytes are gone with the next request, so that the key is described last. */
static int answer_report(hfc_cli *cli, const answer *out)
{
    json_t *result = json_object();
    int rc = HFC_OK;
    if (out->ciphertext.len > 0 && hfc_cli_is_inline(cli)) {
        rc = hfc_cli_add(result, "ciphertext", hfc_json_base64(out->ciphertext))
                 ? HFC_OK
                 : hfc_error(HFC_LOCAL, "out of memory");
    }
    if (rc == HFC_OK && out->handle == 0) {
        rc = secret_write(cli, out->secret, result);
    }
    if (rc == HFC_OK && out->handle != 0) {
        json_t *key = NULL;
        rc = hfc_key_describe(cli, out->handle, &key);
        if (rc == HFC_OK && json_object_update_missing(key, result) != 0) {
            rc = hfc_error(HFC_LOCAL, "out of memory");
        }
        json_decref(result);
        result = key;
    }
    if (rc != HFC_OK || (out->handle == 0 && !cli->is_json)) {
        json_decref(result);
        return rc;
    }
    return hfc_report(result);
}

/* ---- the commands ---- */

int hfc_run_key_derive(hfc_cli *cli)
{
    secret_job job;
    int rc = job_read(cli, "key derive", &job);
    if (rc == HFC_OK && job.kdf == NULL) {
        rc = hfc_error(HFC_USAGE, "key derive needs --kdf ALG");
    }
    rc = rc == HFC_OK ? hfc_cli_connect(cli) : rc;
    rc = rc == HFC_OK ? hfc_cli_find(cli, 0, HF_KIND_KEY, &job.base) : rc;
    if (rc == HFC_OK) {
        const hf_key_derive_request in = { SECRET_FIELDS(&job) };
        hf_key_derive_response out;
        int status = hf_client_key_derive(hfc_cli_client(cli), &in, &out);
        rc = status == HF_OK
                 ? answer_report(cli, &(answer){ out.handle, out.secret, { 0 } })
                 : hfc_error_status(job.what, status);
    }
    job_close(&job);
    return rc;
}

static int agree(hfc_cli *cli, secret_job *job, const hfc_key_file *peer)
{
    const hfc_purpose purpose = { "agree on a secret", HFC_CLASS_BIT(AGREE), false };
    const hf_algorithm *row = NULL;
    int rc = hfc_cli_connect(cli);
    rc = rc == HFC_OK ? base_find(cli, job, &purpose, &row) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    const hf_key_agree_request in = {
        SECRET_FIELDS(job), .algorithm = row->id, .peer_format = peer->format,
        .peer = hf_bytes_of(peer->material.data, peer->material.len)
    };
    hf_key_agree_response out;
    int status = hf_client_key_agree(hfc_cli_client(cli), &in, &out);
    return status == HF_OK
               ? answer_report(cli, &(answer){ out.handle, out.secret, { 0 } })
               : hfc_error_status(job->what, status);
}

int hfc_run_key_agree(hfc_cli *cli)
{
    secret_job job;
    hfc_key_file peer = { .form = HFC_FORM_NONE };
    const char *path = hfc_cli_word(cli, 1);
    const char *format = hfc_cli_format(cli);
    int rc = job_read(cli, "key agree", &job);
    rc = rc == HFC_OK && format == NULL ? HFC_USAGE : rc;
    rc = rc == HFC_OK ? hfc_key_file_read(&peer, path, format) : rc;
    if (rc == HFC_OK && *format != 'r' && peer.form != HFC_FORM_SPKI) {
        rc = hfc_error(HFC_LOCAL, "%s is not the public key of the other side",
                       hfc_input_name(path));
    }
    rc = rc == HFC_OK ? agree(cli, &job, &peer) : rc;
    hfc_key_file_close(&peer);
    job_close(&job);
    return rc;
}

static int encapsulate(hfc_cli *cli, secret_job *job, hfc_output *output)
{
    const hfc_purpose purpose = { "encapsulate", HFC_CLASS_BIT(KEM), false };
    const hf_algorithm *row = NULL;
    int rc = hfc_cli_connect(cli);
    rc = rc == HFC_OK ? base_find(cli, job, &purpose, &row) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    const hf_key_encapsulate_request in = { SECRET_FIELDS(job), .algorithm = row->id };
    hf_key_encapsulate_response out;
    int status = hf_client_key_encapsulate(hfc_cli_client(cli), &in, &out);
    if (status != HF_OK) {
        return hfc_error_status(job->what, status);
    }
    if (!hfc_cli_is_inline(cli)) {
        rc = hfc_output_write(output, out.ciphertext);
        rc = rc == HFC_OK ? hfc_output_commit(output) : rc;
    }
    return rc == HFC_OK
               ? answer_report(cli, &(answer){ out.handle, out.secret, out.ciphertext })
               : rc;
}

/* The file is opened first: without its ciphertext a key is of no use. */
int hfc_run_key_encapsulate(hfc_cli *cli)
{
    secret_job job;
    hfc_output output = { .fd = -1 };
    const char *path = hfc_cli_option(cli, HFC_OPTION_OUT);
    int rc = job_read(cli, "key encapsulate", &job);
    if (rc == HFC_OK && !cli->is_json && (path == NULL || strcmp(path, "-") == 0)) {
        rc = hfc_error(HFC_USAGE, "key encapsulate needs --out FILE for the ciphertext");
    }
    if (rc == HFC_OK && !hfc_cli_is_inline(cli)) {
        hfc_output_config config = hfc_cli_output(cli, false, true);
        rc = hfc_output_open(&output, &config);
    }
    rc = rc == HFC_OK ? encapsulate(cli, &job, &output) : rc;
    hfc_output_abandon(&output);
    job_close(&job);
    return rc;
}

static int decapsulate(hfc_cli *cli, secret_job *job, const hf_buffer *ciphertext)
{
    const hfc_purpose purpose = { "decapsulate", HFC_CLASS_BIT(KEM), true };
    const hf_algorithm *row = NULL;
    int rc = hfc_cli_connect(cli);
    rc = rc == HFC_OK ? base_find(cli, job, &purpose, &row) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    const hf_key_decapsulate_request in = { SECRET_FIELDS(job), .algorithm = row->id,
                                            .ciphertext = hf_bytes_of(ciphertext->data,
                                                                      ciphertext->len) };
    hf_key_decapsulate_response out;
    int status = hf_client_key_decapsulate(hfc_cli_client(cli), &in, &out);
    return status == HF_OK
               ? answer_report(cli, &(answer){ out.handle, out.secret, { 0 } })
               : hfc_error_status(job->what, status);
}

int hfc_run_key_decapsulate(hfc_cli *cli)
{
    secret_job job;
    hf_buffer ciphertext = hf_buffer_of(NULL, 0);
    int rc = job_read(cli, "key decapsulate", &job);
    rc = rc == HFC_OK ? hfc_file_read(hfc_cli_word(cli, 1), CIPHERTEXT_SIZE_MAX,
                                      "an encapsulation", &ciphertext)
                      : rc;
    rc = rc == HFC_OK ? decapsulate(cli, &job, &ciphertext) : rc;
    hfc_memory_free(&ciphertext);
    job_close(&job);
    return rc;
}
