/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys in files: PEM, DER or raw. Functions that return an int return enum hfc_exit and
 * have said what is wrong.
 */
#ifndef HFC_KEY_FILE_H
#define HFC_KEY_FILE_H

#include "cli.h"
#include "key_form.h"

/* The word of --format for a type; types without a DER are raw, unless another format was
 * asked for, which is an error. */
int hfc_key_format(const hfc_cli *cli, const hf_key_type_info *type, const char **format)
    HF_MUST_CHECK;

typedef struct hfc_key_file {
    hf_buffer material;           /* DER or raw; secret */
    enum hfc_form form;           /* NONE: raw, or an unknown DER */
    uint16_t format;              /* enum hf_key_format that the server is told */
    const hf_key_type_info *type; /* NULL: the file does not tell */
} hfc_key_file;

/*
 * Read a key.
 *
 * path    of the file; "-" is standard input.
 * format  "pem", "der" or "raw" (its first letter is looked at).
 *
 * hfc_key_file_close gives the memory back, also after an error.
 */
int hfc_key_file_read(hfc_key_file *file, const char *path, const char *format)
    HF_MUST_CHECK;

void hfc_key_file_close(hfc_key_file *file);

#endif
