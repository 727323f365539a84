/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast encrypt and decrypt without the container: see raw.h.
 *
 * What can be a stream of the server is one, so that files may have any length; all else,
 * and what an AEAD decrypts, has to fit one message.
 */
#include "raw.h"

#include <string.h>

#include "stream.h"

static bool is_aead(const hfc_cipher_options *options)
{
    return options->row->class == HF_CLASS_AEAD;
}

static bool is_stream(const hfc_cipher_options *options)
{
    unsigned trait =
        options->purpose.is_backward ? HF_TRAIT_STREAM_BACKWARD : HF_TRAIT_STREAM;
    return (options->row->traits & trait) != 0;
}

/* Will the result be more than the ciphertext? */
static bool has_more(const hfc_cipher_options *options)
{
    bool makes_nonce = options->row->nonce_len > 0 && options->nonce.len == 0;
    return !options->purpose.is_backward && (is_aead(options) || makes_nonce);
}

/* ---- checks ---- */

static int parameters_check(const hfc_cli *cli, hfc_cipher_options *options)
{
    const hf_algorithm *row = options->row;
    bool is_backward = options->purpose.is_backward;
    bool takes_aad = is_aead(options) || row->id == HF_ALG_RSA_OAEP;
    int rc = HFC_OK;
    if (row->nonce_len_max == 0) {
        rc = hfc_algorithm_refuse(cli, HFC_OPTION_NONCE, row);
    } else if (options->nonce.len == 0 &&
               (is_backward || (row->traits & HF_TRAIT_CALLER_NONCE) != 0)) {
        rc = hfc_error(HFC_USAGE, "%s needs --nonce HEX", row->name);
    }
    if (rc == HFC_OK && !takes_aad) {
        rc = hfc_algorithm_refuse(cli, HFC_OPTION_AAD, row);
        rc = rc == HFC_OK ? hfc_algorithm_refuse(cli, HFC_OPTION_AAD_FILE, row) : rc;
    }
    if (rc == HFC_OK && !is_aead(options)) {
        rc = hfc_algorithm_refuse(cli, HFC_OPTION_TAG, row);
        rc = rc == HFC_OK ? hfc_algorithm_refuse(cli, HFC_OPTION_LENGTH, row) : rc;
    } else if (rc == HFC_OK && is_backward && options->tag.len == 0) {
        rc = hfc_error(HFC_USAGE, "%s needs --tag HEX", row->name);
    }
    if (rc == HFC_OK && (row->traits & HF_TRAIT_HASH) == 0) {
        rc = hfc_algorithm_refuse(cli, HFC_OPTION_HASH, row);
        rc = rc == HFC_OK ? hfc_algorithm_refuse(cli, HFC_OPTION_MGF, row) : rc;
    } else if (rc == HFC_OK && options->hash == NULL) {
        options->hash = hf_algorithm_find(HF_ALG_SHA256);
    }
    return rc;
}

/* Standard output cannot take both the ciphertext and what else there is to tell. */
static int output_check(const hfc_cli *cli, const hfc_cipher_options *options)
{
    const char *path = hfc_cli_option(cli, HFC_OPTION_OUT);
    bool is_stdout = path == NULL || strcmp(path, "-") == 0;
    if (is_stdout && cli->is_json) {
        return hfc_error(HFC_USAGE, "with --json this command needs --out FILE");
    }
    if (is_stdout && has_more(options)) {
        return hfc_error(HFC_USAGE,
                         "%s also makes %s, told on standard output: it needs "
                         "--out FILE",
                         options->row->name, is_aead(options) ? "a tag" : "an IV");
    }
    return HFC_OK;
}

/* ---- both ways ---- */

/* The fields that all requests have. */
#define PARAMETERS_OF(options)                                                           \
    .handle = (options)->handle, .algorithm = (options)->row->id,                        \
    .hash = (options)->hash != NULL ? (options)->hash->id : HF_ALG_NONE,                 \
    .mgf_hash = (options)->mgf != NULL ? (options)->mgf->id : HF_ALG_NONE,               \
    .tag_len = (options)->tag_len,                                                       \
    .nonce = hf_bytes_of((options)->nonce.data, (options)->nonce.len),                   \
    .aad = (options)->aad

/* Nonce and tag that the server made are kept: the next request ends their bytes. */
static int made_keep(hf_buffer *kept, hf_bytes made)
{
    if (kept->len == 0 && hf_buffer_append(kept, made) != HF_OK) {
        return hfc_error(HFC_REFUSED, "encrypt: the server's answer makes no sense");
    }
    return HFC_OK;
}

static int stream_run(hfc_cli *cli, hfc_cipher_options *options, hfc_input *input,
                      hfc_output *output)
{
    bool is_backward = options->purpose.is_backward;
    const char *what = options->purpose.verb;
    const hf_cipher_start_request in = { PARAMETERS_OF(options),
                                         .is_decrypt = is_backward ? 1 : 0 };
    hf_cipher_start_response start;
    int status = hf_client_cipher_start(hfc_cli_client(cli), &in, &start);
    if (status != HF_OK) {
        return hfc_error_status(what, status);
    }
    const hfc_stream stream = { start.stream, what,
                                is_backward ? "decrypting" : "encrypting" };
    hf_stream_finish_response out;
    int rc = made_keep(&options->nonce, start.nonce);
    rc = rc == HFC_OK ? hfc_stream_feed(cli, &stream, input, output) : rc;
    rc = rc == HFC_OK ? hfc_stream_finish(cli, &stream, hf_bytes_of(NULL, 0), &out) : rc;
    rc = rc == HFC_OK ? hfc_output_write(output, out.data) : rc;
    return rc == HFC_OK && !is_backward ? made_keep(&options->tag, out.tag) : rc;
}

static int encrypt_whole(hfc_cli *cli, hfc_cipher_options *options, hf_bytes text,
                         hfc_output *output)
{
    const hf_encrypt_request in = { PARAMETERS_OF(options), .plaintext = text };
    hf_encrypt_response out;
    int status = hf_client_encrypt(hfc_cli_client(cli), &in, &out);
    if (status != HF_OK) {
        return hfc_error_status("encrypt", status);
    }
    int rc = made_keep(&options->nonce, out.nonce);
    rc = rc == HFC_OK ? made_keep(&options->tag, out.tag) : rc;
    return rc == HFC_OK ? hfc_output_write(output, out.ciphertext) : rc;
}

static int decrypt_whole(hfc_cli *cli, hfc_cipher_options *options, hf_bytes text,
                         hfc_output *output)
{
    const hf_decrypt_request in = { PARAMETERS_OF(options),
                                    .tag =
                                        hf_bytes_of(options->tag.data, options->tag.len),
                                    .ciphertext = text };
    hf_decrypt_response out;
    int status = hf_client_decrypt(hfc_cli_client(cli), &in, &out);
    return status == HF_OK ? hfc_output_write(output, out.plaintext)
                           : hfc_error_status("decrypt", status);
}

/* A file that fits one message. */
static int whole_run(hfc_cli *cli, hfc_cipher_options *options, hfc_output *output)
{
    hf_buffer text = hf_buffer_of(NULL, 0);
    size_t size_max = hfc_cli_payload_max(cli);
    size_max = options->aad.len < size_max ? size_max - options->aad.len : 0;
    int rc = hfc_file_read(hfc_cli_word(cli, 1), size_max, options->row->name, &text);
    if (rc == HFC_OK) {
        hf_bytes bytes = hf_bytes_of(text.data, text.len);
        rc = options->purpose.is_backward ? decrypt_whole(cli, options, bytes, output)
                                          : encrypt_whole(cli, options, bytes, output);
    }
    hfc_memory_free(&text);
    return rc;
}

static int file_run(hfc_cli *cli, hfc_cipher_options *options, hfc_output *output)
{
    hfc_input input;
    if (!is_stream(options)) {
        return whole_run(cli, options, output);
    }
    int rc = hfc_input_open(&input, hfc_cli_word(cli, 1));
    if (rc == HFC_OK) {
        rc = stream_run(cli, options, &input, output);
        hfc_input_close(&input);
    }
    return rc;
}

/* ---- the result ---- */

static int raw_report(hfc_cli *cli, const hfc_cipher_options *options)
{
    json_t *result = json_pack("{s:s}", "algorithm", options->row->name);
    bool ok = result != NULL;
    if (!options->purpose.is_backward && options->nonce.len > 0) {
        hf_bytes nonce = hf_bytes_of(options->nonce.data, options->nonce.len);
        ok = ok && hfc_cli_add(result, "nonce", hfc_json_hex(nonce));
    }
    if (!options->purpose.is_backward && options->tag.len > 0) {
        hf_bytes tag = hf_bytes_of(options->tag.data, options->tag.len);
        ok = ok && hfc_cli_add(result, "tag", hfc_json_hex(tag));
    }
    ok = ok &&
         hfc_cli_add(result, "file", hfc_json_text(hfc_cli_option(cli, HFC_OPTION_OUT)));
    return hfc_cli_report(result, ok);
}

int hfc_raw_run(hfc_cli *cli, hfc_cipher_options *options)
{
    hfc_output output = { .fd = -1 };
    hfc_output_config config = hfc_cli_output(cli, options->purpose.is_backward, true);
    int rc = parameters_check(cli, options);
    rc = rc == HFC_OK ? output_check(cli, options) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    bool is_told = cli->is_json || has_more(options);
    rc = hfc_output_open(&output, &config);
    rc = rc == HFC_OK ? file_run(cli, options, &output) : rc;
    if (rc != HFC_OK) {
        hfc_output_abandon(&output);
        return rc;
    }
    rc = hfc_output_commit(&output);
    return rc == HFC_OK && is_told ? raw_report(cli, options) : rc;
}
