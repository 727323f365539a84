/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Values that describe themselves: see value.h.
 */
#include "suite/value.h"

#include <string.h>

#include "holdfast/crc32c.h"
#include "suite/random.h"

#define VALUE_MAGIC 0x4C415648u /* "HVAL" */

static void fields_encode(const suite_value *v, uint16_t kind, uint8_t *out)
{
    hf_put_u32(out, VALUE_MAGIC);
    hf_put_u16(out + 4, v->writer);
    hf_put_u16(out + 6, v->owner);
    hf_put_u32(out + 8, v->number);
    hf_put_u32(out + 12, v->sequence);
    hf_put_u16(out + 16, v->len);
    hf_put_u16(out + 18, kind);
}

static void fill(uint8_t *out, size_t len)
{
    suite_random random = { .state = hf_get_u64(out + 4) ^
                                     hf_get_u64(out + 12) * 0x9E3779B97F4A7C15u };
    for (size_t i = VALUE_LEN_MIN; i < len; i++) {
        out[i] = (uint8_t)suite_random_next(&random);
    }
}

static uint32_t sum_of(const uint8_t *data, size_t len)
{
    uint32_t crc = hf_crc32c(0, data, 20);
    return hf_crc32c(crc, data + VALUE_LEN_MIN, len - VALUE_LEN_MIN);
}

void value_encode(const suite_value *v, uint8_t *out)
{
    fields_encode(v, VALUE_PAYLOAD, out);
    fill(out, v->len);
    hf_put_u32(out + 20, sum_of(out, v->len));
}

static bool fields_decode(hf_bytes bytes, uint16_t kind, suite_value *v)
{
    if (bytes.len < VALUE_LEN_MIN || hf_get_u32(bytes.data) != VALUE_MAGIC ||
        hf_get_u16(bytes.data + 18) != kind) {
        return false;
    }
    *v = (suite_value){
        .writer = hf_get_u16(bytes.data + 4),
        .owner = hf_get_u16(bytes.data + 6),
        .number = hf_get_u32(bytes.data + 8),
        .sequence = hf_get_u32(bytes.data + 12),
        .len = hf_get_u16(bytes.data + 16),
    };
    return hf_get_u32(bytes.data + 20) == sum_of(bytes.data, bytes.len);
}

bool value_decode(hf_bytes bytes, suite_value *v)
{
    return fields_decode(bytes, VALUE_PAYLOAD, v) && v->len == bytes.len;
}

hf_label value_label(const suite_value *v)
{
    hf_label label;
    memset(&label, 0, sizeof label);
    fields_encode(v, VALUE_LABEL, label.text);
    hf_put_u32(label.text + 20, sum_of(label.text, HF_LABEL_SIZE));
    return label;
}

bool value_decode_label(const hf_label *label, suite_value *v)
{
    return fields_decode(hf_bytes_of(label->text, HF_LABEL_SIZE), VALUE_LABEL, v);
}

bool value_equal(const suite_value *a, const suite_value *b)
{
    return a->writer == b->writer && a->owner == b->owner && a->number == b->number &&
           a->sequence == b->sequence && a->len == b->len;
}
