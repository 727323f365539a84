/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast hash, and digests for signatures: see digest.h.
 */
#include "digest.h"

#include <stdio.h>

#include "progress.h"

#define PIECE_SIZE ((size_t)256 * 1024)

int hfc_digest_algorithm(const char *name, const hf_algorithm **hash)
{
    *hash = hf_algorithm_find_name(name);
    if (*hash == NULL || (*hash)->class != HF_CLASS_HASH) {
        return hfc_error(HFC_USAGE, "there is no hash '%s'; use sha256, sha384 or sha512",
                         name);
    }
    return HFC_OK;
}

/* Feed the whole input to an open stream. */
static int stream_feed(hfc_cli *cli, uint16_t stream, hfc_input *input, hf_buffer *piece)
{
    hfc_progress progress;
    hfc_progress_init(&progress, "hashing", input->size);
    uint64_t done = 0;
    int rc = HFC_OK;
    while (rc == HFC_OK && !input->is_at_end) {
        rc = hfc_input_read(input, piece->data, piece->size, &piece->len);
        if (rc != HFC_OK || piece->len == 0) {
            break;
        }
        const hf_stream_update_request in = { .stream = stream,
                                              .data =
                                                  hf_bytes_of(piece->data, piece->len) };
        hf_stream_update_response out;
        int status = hf_client_stream_update(hfc_cli_client(cli), &in, &out);
        if (status != HF_OK) {
            rc = hfc_error_status("hash", status);
        }
        done += piece->len;
        hfc_progress_set(&progress, done);
    }
    hfc_progress_end(&progress);
    return rc;
}

static int stream_run(hfc_cli *cli, const hf_algorithm *hash, hfc_input *input,
                      hf_buffer *digest)
{
    hf_client *client = hfc_cli_client(cli);
    hf_hash_start_response start;
    int status = hf_client_hash_start(
        client, &(hf_hash_start_request){ .algorithm = hash->id }, &start);
    if (status != HF_OK) {
        return hfc_error_status("hash", status);
    }
    size_t size = hfc_cli_payload_max(cli);
    hf_buffer piece;
    int rc = hfc_memory_take(&piece, size < PIECE_SIZE ? size : PIECE_SIZE);
    if (rc == HFC_OK) {
        rc = stream_feed(cli, start.stream, input, &piece);
    }
    hfc_memory_free(&piece);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_stream_finish_response out;
    status = hf_client_stream_finish(
        client, &(hf_stream_finish_request){ .stream = start.stream }, &out);
    if (status == HF_OK) {
        status = hf_buffer_append(digest, out.data);
    }
    return status == HF_OK ? HFC_OK : hfc_error_status("hash", status);
}

int hfc_digest_file(hfc_cli *cli, const hf_algorithm *hash, const char *path,
                    hf_buffer *digest)
{
    hfc_input input;
    int rc = hfc_input_open(&input, path);
    if (rc == HFC_OK) {
        rc = stream_run(cli, hash, &input, digest);
        hfc_input_close(&input);
    }
    return rc;
}

int hfc_run_hash(hfc_cli *cli)
{
    const hf_algorithm *hash = NULL;
    uint8_t memory[HFC_DIGEST_SIZE_MAX];
    hf_buffer digest = hf_buffer_of(memory, sizeof memory);
    const char *path = hfc_cli_word(cli, 1);
    int rc = hfc_digest_algorithm(hfc_cli_word(cli, 0), &hash);
    rc = rc == HFC_OK ? hfc_cli_connect(cli) : rc;
    rc = rc == HFC_OK ? hfc_digest_file(cli, hash, path, &digest) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    hf_bytes bytes = hf_bytes_of(digest.data, digest.len);
    path = path == NULL ? "-" : path;
    if (cli->is_json) {
        return hfc_report(json_pack("{s:s, s:o, s:o}", "algorithm", hash->name, "file",
                                    hfc_json_text(path), "digest", hfc_json_hex(bytes)));
    }
    char hex[2 * HFC_DIGEST_SIZE_MAX + 1];
    hfc_hex_write(bytes, hex);
    (void)printf("%s  %s\n", hex, path); /* as sha256sum does, so that it can check */
    return fflush(stdout) == 0 ? HFC_OK : hfc_error(HFC_LOCAL, "cannot write");
}
