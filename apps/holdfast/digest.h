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

/* The hash with a name; HFC_USAGE when there is none. */
int hfc_digest_algorithm(const char *name, const hf_algorithm **hash) HF_MUST_CHECK;

/* Digest of the file at `path` (NULL or "-": standard input), appended to `digest`, which
 * has HFC_DIGEST_SIZE_MAX bytes. Connected. */
int hfc_digest_file(hfc_cli *cli, const hf_algorithm *hash, const char *path,
                    hf_buffer *digest) HF_MUST_CHECK;

#endif
