/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Words to values and back: numbers, hexadecimal, base64, lists of flag names, labels. No
 * state, no output, no allocation.
 */
#ifndef HFC_TEXT_H
#define HFC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/bytes.h"
#include "holdfast/proto.h"

/* A whole number 0 .. max, decimal or 0x hexadecimal, with nothing around it. */
bool hfc_number_read(const char *text, uint64_t max, uint64_t *value) HF_MUST_CHECK;

/* Hexadecimal digits, an even number of them, appended to `out`. False: other characters,
 * or no room; `out` is then unchanged. */
bool hfc_hex_read(const char *text, hf_buffer *out) HF_MUST_CHECK;

/* Lower-case digits and a NUL: 2 * bytes.len + 1 characters at `out`. */
void hfc_hex_write(hf_bytes bytes, char *out);

/* Characters of the base64 encoding of `len` bytes, without a NUL. */
size_t hfc_base64_len(size_t len);

/* RFC 4648 section 4, with padding and a NUL: hfc_base64_len(bytes.len) + 1
 * characters. */
void hfc_base64_write(hf_bytes bytes, char *out);

/* Decode `len` characters; white space between them is skipped. Appended to `out`. False:
 * malformed, or no room; `out` is then unchanged and what was written is wiped. */
bool hfc_base64_read(const char *text, size_t len, hf_buffer *out) HF_MUST_CHECK;

/* A name for a bit. */
typedef struct hfc_name {
    const char *name;
    uint32_t bit;
} hfc_name;

extern const hfc_name hfc_usage_names[];      /* ends with NULL */
extern const hfc_name hfc_flag_names[];       /* those that a request may set */
extern const hfc_name hfc_policy_names[];     /* HF_FLAG_* of usage.h */
extern const hfc_name hfc_state_names[];      /* those that only the server sets */
extern const hfc_name hfc_access_names[];     /* HF_ACCESS_* */
extern const hfc_name hfc_permission_names[]; /* HF_PERMISSION_* */

/* Bits of a comma-separated list; "none" and "" are 0. False: an unknown name. */
bool hfc_names_read(const hfc_name *names, const char *list, uint32_t *bits)
    HF_MUST_CHECK;

/* A label of up to HF_LABEL_SIZE bytes. False: too long. NULL is the empty label. */
bool hfc_label_read(const char *text, hf_label *label) HF_MUST_CHECK;

#define HFC_PRINTABLE_SIZE(len) (4 * (len) + 1)

/* Text that is safe on a terminal and valid UTF-8: other bytes become \xNN. `out` has
 * HFC_PRINTABLE_SIZE(bytes.len) characters. */
void hfc_printable_write(hf_bytes bytes, char *out);

/* The bytes of a label before its padding. */
hf_bytes hfc_label_bytes(const hf_label *label);

/* Does the comma- or space-separated `list` hold `word`? */
bool hfc_word_is_in(const char *list, const char *word, size_t len);

#endif
