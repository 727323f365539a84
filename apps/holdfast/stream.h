/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Input of any length through a stream in the server: hashes, MACs and ciphers.
 */
#ifndef HFC_STREAM_H
#define HFC_STREAM_H

#include "cli.h"

typedef struct hfc_stream {
    uint16_t id;          /* what the start of the stream answered */
    const char *what;     /* the request in words, for errors: "hash" */
    const char *progress; /* for the progress bar: "hashing" */
} hfc_stream;

/* Feed the whole input to an open stream. What a cipher gives goes to `output`, which is
 * NULL for hashes and MACs. Returns enum hfc_exit. */
int hfc_stream_feed(hfc_cli *cli, const hfc_stream *stream, hfc_input *input,
                    hfc_output *output) HF_MUST_CHECK;

/* End the stream. `mac` is what is to be verified, else empty. *out points into the
 * connection's buffer, until the next request. Returns enum hfc_exit. */
int hfc_stream_finish(hfc_cli *cli, const hfc_stream *stream, hf_bytes mac,
                      hf_stream_finish_response *out) HF_MUST_CHECK;

#endif
