/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Digests of files of any length, computed by the server in a hash stream: this program
 * needs no cryptography of its own.
 */
#ifndef HFC_DIGEST_H
#define HFC_DIGEST_H

#include "cli.h"

#define HFC_DIGEST_SIZE_MAX 64u

/* Digest of the file at `path` (NULL or "-": standard input), appended to `digest`.
 * Connected. `output_len` is what is wanted of a XOF, else 0; `digest` has room for it,
 * or for HFC_DIGEST_SIZE_MAX bytes. */
int hfc_digest_file(hfc_cli *cli, const hf_algorithm *hash, uint32_t output_len,
                    const char *path, hf_buffer *digest) HF_MUST_CHECK;

#endif
