/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast hash, and digests for signatures: see digest.h.
 */
#include "digest.h"

#include <stdio.h>

#include "algorithm.h"
#include "stream.h"

static int stream_run(hfc_cli *cli, const hf_algorithm *hash, uint32_t output_len,
                      hfc_input *input, hf_buffer *digest)
{
    const hf_hash_start_request in = { .algorithm = hash->id, .output_len = output_len };
    hf_hash_start_response start;
    int status = hf_client_hash_start(hfc_cli_client(cli), &in, &start);
    if (status != HF_OK) {
        return hfc_error_status("hash", status);
    }
    const hfc_stream stream = { start.stream, "hash", "hashing" };
    hf_stream_finish_response out;
    int rc = hfc_stream_feed(cli, &stream, input, NULL);
    rc = rc == HFC_OK ? hfc_stream_finish(cli, &stream, hf_bytes_of(NULL, 0), &out) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    status = hf_buffer_append(digest, out.data);
    return status == HF_OK ? HFC_OK : hfc_error_status("hash", status);
}

int hfc_digest_file(hfc_cli *cli, const hf_algorithm *hash, uint32_t output_len,
                    const char *path, hf_buffer *digest)
{
    hfc_input input;
    int rc = hfc_input_open(&input, path);
    if (rc == HFC_OK) {
        rc = stream_run(cli, hash, output_len, &input, digest);
        hfc_input_close(&input);
    }
    return rc;
}

/* ---- the command ---- */

/* --length: of those, and only those, that have no length of their own. */
static int length_read(hfc_cli *cli, const hf_algorithm *hash, uint32_t *output_len)
{
    uint64_t len = 0;
    bool is_xof = (hash->traits & HF_TRAIT_XOF) != 0;
    bool is_given = hfc_arguments_has(&cli->arguments, HFC_OPTION_LENGTH);
    int rc =
        hfc_cli_number(cli, HFC_OPTION_LENGTH, (hfc_range){ 1, HF_XOF_LEN_MAX }, &len);
    *output_len = (uint32_t)len;
    if (rc == HFC_OK && is_xof != is_given) {
        return hfc_error(HFC_USAGE,
                         is_xof ? "%s needs --length N" : "%s takes no --length",
                         hash->name);
    }
    return rc;
}

static int digest_print(hfc_cli *cli, const hf_algorithm *hash, hf_bytes digest)
{
    const char *path = hfc_cli_word(cli, 1) == NULL ? "-" : hfc_cli_word(cli, 1);
    if (cli->is_json) {
        return hfc_report(json_pack("{s:s, s:o, s:o}", "algorithm", hash->name, "file",
                                    hfc_json_text(path), "digest", hfc_json_hex(digest)));
    }
    hf_buffer hex;
    int rc = hfc_memory_take(&hex, 2 * digest.len + 1);
    if (rc != HFC_OK) {
        return rc;
    }
    hfc_hex_write(digest, (char *)hex.data);
    /* as sha256sum does, so that it can check */
    (void)printf("%s  %s\n", (const char *)hex.data, path);
    hfc_memory_free(&hex);
    return fflush(stdout) == 0 ? HFC_OK : hfc_error(HFC_LOCAL, "cannot write");
}

int hfc_run_hash(hfc_cli *cli)
{
    const hf_algorithm *hash = NULL;
    uint32_t output_len = 0;
    hf_buffer digest = hf_buffer_of(NULL, 0);
    int rc = hfc_algorithm_hash_named(hfc_cli_word(cli, 0), &hash);
    rc = rc == HFC_OK ? length_read(cli, hash, &output_len) : rc;
    rc = rc == HFC_OK ? hfc_cli_connect(cli) : rc;
    rc = rc == HFC_OK ? hfc_memory_take(&digest, HFC_DIGEST_SIZE_MAX + output_len) : rc;
    rc = rc == HFC_OK
             ? hfc_digest_file(cli, hash, output_len, hfc_cli_word(cli, 1), &digest)
             : rc;
    rc =
        rc == HFC_OK ? digest_print(cli, hash, hf_bytes_of(digest.data, digest.len)) : rc;
    hfc_memory_free(&digest);
    return rc;
}
