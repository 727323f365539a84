/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Values that describe themselves: who wrote them, as which of its writes, for which
 * object, how long they are, with a checksum over all bytes. What a test reads back is
 * either exactly such a value or an error.
 *
 *     offset  bytes
 *          0      4  magic, the first byte < 0x80 (so 32 bytes are a P-256 scalar, too)
 *          4      2  writer
 *          6      2  owner of the object, 0 = global
 *          8      4  number of the object
 *         12      4  sequence of the write, counted by the writer
 *         16      2  len
 *         18      2  kind: enum value_kind
 *         20      4  CRC-32C of everything else
 *         24         bytes made from the fields above
 */
#ifndef SUITE_VALUE_H
#define SUITE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/bytes.h"
#include "holdfast/proto.h"

#define VALUE_LEN_MIN 24u
#define VALUE_LEN_MAX 8192u

enum value_kind { VALUE_PAYLOAD = 1, VALUE_LABEL = 2 };

typedef struct suite_value {
    uint16_t writer;
    uint16_t owner;
    uint32_t number;
    uint32_t sequence;
    uint16_t len; /* bytes of the payload; a label names its payload's */
} suite_value;

/* Write value->len (VALUE_LEN_MIN .. VALUE_LEN_MAX) bytes to `out`. */
void value_encode(const suite_value *v, uint8_t *out);

/* The value in `bytes`; false: it is none, or torn. */
bool value_decode(hf_bytes bytes, suite_value *v);

/* The label that belongs to a value, and back. */
hf_label value_label(const suite_value *v);
bool value_decode_label(const hf_label *label, suite_value *v);

bool value_equal(const suite_value *a, const suite_value *b);

#endif
