/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Input of any length through a stream in the server: see stream.h.
 */
#include "stream.h"

#include "progress.h"

#define PIECE_SIZE ((size_t)256 * 1024)

static int piece_send(hfc_cli *cli, const hfc_stream *stream, hf_bytes piece,
                      hfc_output *output)
{
    const hf_stream_update_request in = { .stream = stream->id, .data = piece };
    hf_stream_update_response out;
    int status = hf_client_stream_update(hfc_cli_client(cli), &in, &out);
    if (status != HF_OK) {
        return hfc_error_status(stream->what, status);
    }
    return output != NULL ? hfc_output_write(output, out.data) : HFC_OK;
}

int hfc_stream_feed(hfc_cli *cli, const hfc_stream *stream, hfc_input *input,
                    hfc_output *output)
{
    hfc_progress progress;
    hf_buffer piece;
    uint64_t done = 0;
    size_t size = hfc_cli_payload_max(cli);
    int rc = hfc_memory_take(&piece, size < PIECE_SIZE ? size : PIECE_SIZE);
    hfc_progress_init(&progress, stream->progress, input->size);
    while (rc == HFC_OK && !input->is_at_end) {
        rc = hfc_input_read(input, piece.data, piece.size, &piece.len);
        if (rc != HFC_OK || piece.len == 0) {
            break;
        }
        rc = piece_send(cli, stream, hf_bytes_of(piece.data, piece.len), output);
        done += piece.len;
        hfc_progress_set(&progress, done);
    }
    hfc_progress_end(&progress);
    hfc_memory_free(&piece);
    return rc;
}

int hfc_stream_finish(hfc_cli *cli, const hfc_stream *stream, hf_bytes mac,
                      hf_stream_finish_response *out)
{
    const hf_stream_finish_request in = { .stream = stream->id, .mac = mac };
    int status = hf_client_stream_finish(hfc_cli_client(cli), &in, out);
    return status == HF_OK ? HFC_OK : hfc_error_status(stream->what, status);
}
