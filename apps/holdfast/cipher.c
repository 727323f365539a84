/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast encrypt and decrypt: files of any length, chunk by chunk, with an AEAD. The
 * layout is in container.h. Without the container, and all other ciphers: raw.c.
 */
#include <string.h>

#include "algorithm.h"
#include "cli.h"
#include "container.h"
#include "progress.h"
#include "raw.h"

#define CHUNK_SIZE ((size_t)64 * 1024)
#define CHUNK_SPARE (HFC_MESSAGE_SPARE + sizeof(((hfc_container_aad *)0)->data))

/* One run over a file. */
typedef struct cipher_job {
    hf_handle handle;
    hf_bytes user_aad;
    hfc_input input;
    hfc_output output;
    hfc_container_header header;
    hfc_container_aad aad;
    hf_buffer chunk[2]; /* plaintext or ciphertext; the second is read ahead */
    uint64_t index;     /* of the next chunk */
    hfc_progress progress;
    uint64_t done; /* bytes of input, for the progress */
} cipher_job;

/* Input and output are open after HFC_OK. */
static int job_open(hfc_cli *cli, const hfc_cipher_options *options, cipher_job *job)
{
    *job = (cipher_job){ .handle = options->handle,
                         .user_aad = options->aad,
                         .input = { .fd = -1 },
                         .output = { .fd = -1 } };
    if (job->user_aad.len > HFC_CONTAINER_AAD_SIZE_MAX) {
        return hfc_error(HFC_USAGE, "--aad takes up to %u bytes",
                         HFC_CONTAINER_AAD_SIZE_MAX);
    }
    if (hfc_cli_is_inline(cli)) {
        return hfc_error(HFC_USAGE, "with --json this command needs --out FILE");
    }
    return hfc_input_open(&job->input, hfc_cli_word(cli, 1));
}

static int chunks_take(cipher_job *job)
{
    int rc = hfc_memory_take(&job->chunk[0], job->header.chunk_size);
    return rc == HFC_OK ? hfc_memory_take(&job->chunk[1], job->header.chunk_size) : rc;
}

/* The end in either case. */
static int job_close(hfc_cli *cli, cipher_job *job, int rc)
{
    hfc_progress_end(&job->progress);
    if (rc == HFC_OK) {
        rc = hfc_output_commit(&job->output);
    } else {
        hfc_output_abandon(&job->output);
    }
    hfc_input_close(&job->input);
    hfc_memory_free(&job->chunk[0]);
    hfc_memory_free(&job->chunk[1]);
    if (rc == HFC_OK && cli->is_json) {
        rc = hfc_report(json_pack("{s:o, s:o}", "file",
                                  hfc_json_text(hfc_cli_option(cli, HFC_OPTION_OUT)),
                                  "chunks", hfc_json_u64(job->index)));
    }
    return rc;
}

/* ---- encrypt ---- */

static int header_make(hfc_cli *cli, cipher_job *job, const hf_algorithm *row)
{
    size_t room = cli->connection.client.body_size - CHUNK_SPARE;
    if (cli->connection.client.body_size <= CHUNK_SPARE) {
        return hfc_error(HFC_REFUSED, "the server's messages are too short for files");
    }
    job->header.algorithm = row->id;
    job->header.chunk_size = (uint32_t)(room < CHUNK_SIZE ? room : CHUNK_SIZE);
    hf_random_response out;
    int status = hf_client_random(
        hfc_cli_client(cli), &(hf_random_request){ .len = HFC_CONTAINER_ID_SIZE }, &out);
    if (status != HF_OK) {
        return hfc_error_status("random", status);
    }
    if (out.data.len != HFC_CONTAINER_ID_SIZE) {
        return hfc_error(HFC_REFUSED, "random: the server's answer makes no sense");
    }
    memcpy(job->header.id, out.data.data, HFC_CONTAINER_ID_SIZE);
    return HFC_OK;
}

static int header_write(cipher_job *job)
{
    uint8_t bytes[HFC_CONTAINER_HEADER_SIZE];
    hfc_container_header_write(&job->header, bytes);
    return hfc_output_write(&job->output, hf_bytes_of(bytes, sizeof bytes));
}

static int chunk_encrypt(hfc_cli *cli, cipher_job *job, hf_bytes plaintext, bool is_last)
{
    const hf_encrypt_request in = { .handle = job->handle,
                                    .algorithm = job->header.algorithm,
                                    .aad = hfc_container_aad_set(&job->aad, job->index,
                                                                 is_last),
                                    .plaintext = plaintext };
    hf_encrypt_response out;
    int status = hf_client_encrypt(hfc_cli_client(cli), &in, &out);
    if (status != HF_OK) {
        return hfc_error_status("encrypt", status);
    }
    if (out.nonce.len != HFC_CONTAINER_NONCE_SIZE ||
        out.tag.len != HFC_CONTAINER_TAG_SIZE || out.ciphertext.len != plaintext.len) {
        return hfc_error(HFC_REFUSED, "encrypt: the server's answer makes no sense");
    }
    hfc_container_chunk chunk = { .len = (uint32_t)plaintext.len, .is_last = is_last };
    memcpy(chunk.nonce, out.nonce.data, sizeof chunk.nonce);
    memcpy(chunk.tag, out.tag.data, sizeof chunk.tag);
    uint8_t bytes[HFC_CONTAINER_CHUNK_HEADER_SIZE];
    hfc_container_chunk_write(&chunk, bytes);
    int rc = hfc_output_write(&job->output, hf_bytes_of(bytes, sizeof bytes));
    return rc == HFC_OK ? hfc_output_write(&job->output, out.ciphertext) : rc;
}

/* A chunk is known to be the last one when nothing follows it: read one ahead. */
static int input_encrypt(hfc_cli *cli, cipher_job *job)
{
    hf_buffer *now = &job->chunk[0];
    hf_buffer *next = &job->chunk[1];
    int rc = hfc_input_read(&job->input, now->data, now->size, &now->len);
    bool is_last = false;
    while (rc == HFC_OK && !is_last) {
        rc = hfc_input_read(&job->input, next->data, next->size, &next->len);
        is_last = next->len == 0;
        if (rc == HFC_OK) {
            rc = chunk_encrypt(cli, job, hf_bytes_of(now->data, now->len), is_last);
        }
        job->index++;
        job->done += now->len;
        hfc_progress_set(&job->progress, job->done);
        hf_buffer *swap = now;
        now = next;
        next = swap;
    }
    return rc;
}

static int container_encrypt(hfc_cli *cli, const hfc_cipher_options *options)
{
    cipher_job job;
    hfc_output_config config = hfc_cli_output(cli, false, true);
    int rc = job_open(cli, options, &job);
    rc = rc == HFC_OK ? hfc_output_open(&job.output, &config) : rc;
    rc = rc == HFC_OK ? header_make(cli, &job, options->row) : rc;
    rc = rc == HFC_OK ? chunks_take(&job) : rc;
    if (rc == HFC_OK) {
        hfc_progress_init(&job.progress, "encrypting", job.input.size);
        hfc_container_aad_init(&job.aad, &job.header, job.user_aad);
        rc = header_write(&job);
    }
    rc = rc == HFC_OK ? input_encrypt(cli, &job) : rc;
    return job_close(cli, &job, rc);
}

/* ---- decrypt ---- */

static int damaged(const cipher_job *job, const char *why)
{
    return hfc_error(HFC_REFUSED, "%s cannot be decrypted: %s", job->input.name, why);
}

static int header_read(hfc_cli *cli, const hfc_cipher_options *options, cipher_job *job)
{
    uint8_t bytes[HFC_CONTAINER_HEADER_SIZE];
    size_t len = 0;
    int rc = hfc_input_read(&job->input, bytes, sizeof bytes, &len);
    if (rc != HFC_OK) {
        return rc;
    }
    const char *why = hfc_container_header_read(hf_bytes_of(bytes, len), &job->header);
    if (why != NULL) {
        return damaged(job, why);
    }
    const hf_algorithm *row =
        hf_algorithm_find_class(job->header.algorithm, HF_CLASS_AEAD);
    if (row == NULL) {
        return damaged(job, "its algorithm is unknown");
    }
    if (hfc_arguments_has(&cli->arguments, HFC_OPTION_ALGORITHM) && row != options->row) {
        return damaged(job, "it was written with another --algorithm");
    }
    if (job->header.chunk_size + CHUNK_SPARE > cli->connection.client.body_size) {
        return damaged(job, "its chunks are longer than this server's messages");
    }
    return HFC_OK;
}

static int chunk_decrypt(hfc_cli *cli, cipher_job *job, const hfc_container_chunk *chunk)
{
    const hf_decrypt_request in = {
        .handle = job->handle,
        .algorithm = job->header.algorithm,
        .nonce = hf_bytes_of(chunk->nonce, sizeof chunk->nonce),
        .tag = hf_bytes_of(chunk->tag, sizeof chunk->tag),
        .aad = hfc_container_aad_set(&job->aad, job->index, chunk->is_last),
        .ciphertext = hf_bytes_of(job->chunk[0].data, chunk->len)
    };
    hf_decrypt_response out;
    int status = hf_client_decrypt(hfc_cli_client(cli), &in, &out);
    if (status == HF_ERR_VERIFY) {
        return damaged(job, "wrong key, wrong --aad, or the file was changed "
                            "(HF_ERR_VERIFY)");
    }
    if (status != HF_OK) {
        return hfc_error_status("decrypt", status);
    }
    return hfc_output_write(&job->output, out.plaintext);
}

static int chunk_read(cipher_job *job, hfc_container_chunk *chunk)
{
    uint8_t bytes[HFC_CONTAINER_CHUNK_HEADER_SIZE];
    hf_buffer *data = &job->chunk[0];
    size_t len = 0;
    int rc = hfc_input_read(&job->input, bytes, sizeof bytes, &len);
    if (rc != HFC_OK) {
        return rc;
    }
    const char *why =
        hfc_container_chunk_read(hf_bytes_of(bytes, len), &job->header, chunk);
    if (why != NULL) {
        return damaged(job, why);
    }
    rc = hfc_input_read(&job->input, data->data, chunk->len, &data->len);
    if (rc == HFC_OK && data->len < chunk->len) {
        return damaged(job, "it is cut short");
    }
    job->done += sizeof bytes + chunk->len;
    return rc;
}

static int input_decrypt(hfc_cli *cli, cipher_job *job)
{
    hfc_container_chunk chunk = { .is_last = false };
    int rc = HFC_OK;
    while (rc == HFC_OK && !chunk.is_last) {
        rc = chunk_read(job, &chunk);
        rc = rc == HFC_OK ? chunk_decrypt(cli, job, &chunk) : rc;
        job->index++;
        hfc_progress_set(&job->progress, job->done);
    }
    if (rc != HFC_OK) {
        return rc;
    }
    uint8_t more = 0;
    size_t len = 0;
    rc = hfc_input_read(&job->input, &more, 1, &len);
    return rc == HFC_OK && len > 0 ? damaged(job, "something follows its end") : rc;
}

static int container_decrypt(hfc_cli *cli, const hfc_cipher_options *options)
{
    cipher_job job;
    hfc_output_config config = hfc_cli_output(cli, true, true);
    int rc = job_open(cli, options, &job);
    rc = rc == HFC_OK ? header_read(cli, options, &job) : rc;
    rc = rc == HFC_OK ? chunks_take(&job) : rc;
    rc = rc == HFC_OK ? hfc_output_open(&job.output, &config) : rc;
    if (rc == HFC_OK) {
        hfc_progress_init(&job.progress, "decrypting", job.input.size);
        hfc_container_aad_init(&job.aad, &job.header, job.user_aad);
        rc = input_decrypt(cli, &job);
    }
    return job_close(cli, &job, rc);
}

/* ---- the commands ---- */

/* The command line, before connecting. */
static int options_read(hfc_cli *cli, hfc_cipher_options *options)
{
    const char *aad = hfc_cli_option(cli, HFC_OPTION_AAD);
    const char *aad_path = hfc_cli_option(cli, HFC_OPTION_AAD_FILE);
    uint64_t tag_len = 0;
    options->nonce = hf_buffer_of(options->nonce_memory, sizeof options->nonce_memory);
    options->tag = hf_buffer_of(options->tag_memory, sizeof options->tag_memory);
    options->aad = hf_bytes_of(aad, aad == NULL ? 0 : strlen(aad));
    int rc = hfc_algorithm_read(cli, &options->purpose, &options->row);
    rc = rc == HFC_OK ? hfc_algorithm_hash(cli, HFC_OPTION_HASH, &options->hash) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_hash(cli, HFC_OPTION_MGF, &options->mgf) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_hex(cli, HFC_OPTION_NONCE, &options->nonce) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_hex(cli, HFC_OPTION_TAG, &options->tag) : rc;
    rc = rc == HFC_OK ? hfc_cli_number(cli, HFC_OPTION_LENGTH,
                                       (hfc_range){ 1, HFC_TAG_SIZE_MAX }, &tag_len)
                      : rc;
    options->tag_len = (uint16_t)(tag_len + options->tag.len);
    if (rc != HFC_OK || aad_path == NULL) {
        return rc;
    }
    if (aad != NULL) {
        return hfc_error(HFC_USAGE, "either --aad or --aad-file");
    }
    rc = hfc_file_read(aad_path, HFC_AAD_SIZE_MAX, "--aad-file", &options->aad_file);
    options->aad = hf_bytes_of(options->aad_file.data, options->aad_file.len);
    return rc;
}

/* What belongs to one message, while a container has its own in each chunk. */
static int container_check(const hfc_cli *cli)
{
    static const enum hfc_option_id raw_only[] = { HFC_OPTION_NONCE, HFC_OPTION_TAG,
                                                   HFC_OPTION_LENGTH, HFC_OPTION_HASH,
                                                   HFC_OPTION_MGF };
    for (size_t i = 0; i < sizeof raw_only / sizeof raw_only[0]; i++) {
        if (hfc_arguments_has(&cli->arguments, raw_only[i])) {
            return hfc_error(HFC_USAGE, "--%s needs --raw",
                             hfc_options[raw_only[i]].name);
        }
    }
    return HFC_OK;
}

/* Connected: the key's type decides what is usual. */
static int options_use(hfc_cli *cli, hfc_cipher_options *options)
{
    const hf_key_type_info *type = NULL;
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_KEY, &options->handle);
    rc = rc == HFC_OK ? hfc_cli_key_type(cli, options->handle, &type) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_choose(&options->purpose, type, &options->row) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    if (options->row->class != HF_CLASS_AEAD ||
        hfc_arguments_has(&cli->arguments, HFC_OPTION_RAW)) {
        return hfc_raw_run(cli, options);
    }
    rc = container_check(cli);
    if (rc != HFC_OK) {
        return rc;
    }
    return options->purpose.is_backward ? container_decrypt(cli, options)
                                        : container_encrypt(cli, options);
}

static int cipher_run(hfc_cli *cli, hfc_purpose purpose)
{
    hfc_cipher_options options = { .purpose = purpose };
    int rc = options_read(cli, &options);
    rc = rc == HFC_OK ? options_use(cli, &options) : rc;
    hfc_memory_free(&options.aad_file);
    return rc;
}

int hfc_run_encrypt(hfc_cli *cli)
{
    return cipher_run(cli, (hfc_purpose){ "encrypt", HFC_ENCRYPTION_CLASSES, false });
}

int hfc_run_decrypt(hfc_cli *cli)
{
    return cipher_run(cli, (hfc_purpose){ "decrypt", HFC_ENCRYPTION_CLASSES, true });
}
