/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the program says. A command makes one JSON value as its result; with --json it is
 * printed as it is, otherwise as lines "name  value" and tables. Errors are a sentence on
 * standard error, and with --json also {"error": {...}} on standard output.
 *
 * JSON values live in memory that is wiped when it is freed: some hold secrets.
 */
#ifndef HFC_REPORT_H
#define HFC_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "exit.h"
#include "holdfast/bytes.h"

#define HFC_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* First of all calls. */
void hfc_report_init(void);

/* From now on, errors are reported as JSON, too. */
void hfc_report_set_json(bool is_json);

/* Say what is wrong. Returns `code`. Never give it a secret. */
int hfc_error(enum hfc_exit code, const char *format, ...) HFC_PRINTF(2, 3);

/* Say that a request failed: the server's or client's status. Returns the exit code that
 * belongs to it. `what` is the request in words, with which advice.h knows it. */
int hfc_error_status(const char *what, int status);

/* The exit code that belongs to a status. */
enum hfc_exit hfc_exit_of(int status);

/* Print a result and free it. NULL is "out of memory". */
int hfc_report(json_t *result);

/* The same result in the form for people: appended to standard output. */
void hfc_report_print_text(const json_t *result);

/* A number that JSON readers may take for a signed one of 64 bits: above that, a
 * string. */
json_t *hfc_json_u64(uint64_t value);

/* Strings from bytes. */
json_t *hfc_json_hex(hf_bytes bytes);
json_t *hfc_json_base64(hf_bytes bytes);
json_t *hfc_json_printable(hf_bytes bytes);
json_t *hfc_json_text(const char *text); /* NULL: null */

/* Write all of it to standard output. HFC_OK or HFC_LOCAL. */
int hfc_stdout_write(const void *data, size_t len);

#endif
