/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Local files: input that may be standard input, output that appears under its name only
 * when it is complete. Functions return enum hfc_exit and have said what failed.
 */
#ifndef HFC_FILE_H
#define HFC_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "exit.h"
#include "holdfast/bytes.h"

typedef struct hfc_input {
    int fd;
    const char *name; /* for messages */
    uint64_t size;    /* bytes, when known; else 0 */
    bool is_at_end;
} hfc_input;

/* How messages call the file at `path`: NULL or "-" is standard input. */
const char *hfc_input_name(const char *path);

/* Open for reading; NULL or "-" is standard input. */
int hfc_input_open(hfc_input *input, const char *path) HF_MUST_CHECK;

/* Fill `data` as far as the input reaches: *len < size only at its end. */
int hfc_input_read(hfc_input *input, uint8_t *data, size_t size, size_t *len)
    HF_MUST_CHECK;

void hfc_input_close(hfc_input *input);

/* Read a whole file of at most `size_max` bytes into memory that hfc_memory_free gives
 * back; `what` says in a message why there is a limit. */
int hfc_file_read(const char *path, size_t size_max, const char *what, hf_buffer *out)
    HF_MUST_CHECK;

/* Memory for secrets: NULL data after an error, which was reported. */
int hfc_memory_take(hf_buffer *buffer, size_t size) HF_MUST_CHECK;

/* Wipe and free. Harmless on a zeroed buffer. */
void hfc_memory_free(hf_buffer *buffer);

typedef struct hfc_output_config {
    const char *path; /* NULL or "-": standard output */
    bool is_secret;   /* a new file is readable by its owner only */
    bool is_binary;   /* refused on a terminal */
    bool is_forced;   /* but not then */
} hfc_output_config;

typedef struct hfc_output {
    int fd; /* -1: closed */
    const char *path;
    char temporary[4096]; /* name until it is complete; "": written in place */
    mode_t mode;          /* of the complete file */
} hfc_output;

/* Open for writing. Files come with mode 0666 less the umask, or 0600 for secrets. */
int hfc_output_open(hfc_output *output, const hfc_output_config *config) HF_MUST_CHECK;

int hfc_output_write(hfc_output *output, hf_bytes data) HF_MUST_CHECK;

/* The output is complete: give it its name. Closed in any case. */
int hfc_output_commit(hfc_output *output) HF_MUST_CHECK;

/* Close; what was written into a file disappears. Harmless on a closed output. */
void hfc_output_abandon(hfc_output *output);

/* Open, write, commit. */
int hfc_output_all(const hfc_output_config *config, hf_bytes data) HF_MUST_CHECK;

#endif
