/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The passphrase of an encrypted key: from a file or from the terminal, never from the
 * command line, which others can see.
 */
#ifndef HFC_PASSPHRASE_H
#define HFC_PASSPHRASE_H

#include "cli.h"

#define HFC_PASSPHRASE_SIZE_MAX 1024u

/*
 * The first line of --passphrase-file, or what is typed at the terminal, without echo.
 *
 * what  for the prompt: of which file it is.
 * out   from hfc_memory_take: hfc_memory_free gives it back, also after an error.
 *
 * Returns enum hfc_exit and has said what is wrong: there is no terminal, it was
 * interrupted, or the passphrase is too long.
 */
int hfc_passphrase_read(const hfc_cli *cli, const char *what, hf_buffer *out)
    HF_MUST_CHECK;

#endif
