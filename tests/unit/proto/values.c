/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * See values.h.
 */
#include "values.h"

#include <stdlib.h>
#include <string.h>

#define BYTES_POOL_SIZE (HF_BODY_SIZE_MAX + 1u)
#define RANDOM_LEN_MAX 40u

/* What BYTES fields point at. */
static uint8_t *pool(void)
{
    static uint8_t bytes[BYTES_POOL_SIZE];
    if (bytes[1] == 0) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            bytes[i] = (uint8_t)(i * 31u + (i >> 8) + 5u);
        }
    }
    return bytes;
}

direction direction_at(size_t i)
{
    const hf_message *m = hf_message_at(i / 2);
    if (m == NULL) {
        return (direction){ .message = NULL };
    }
    bool is_response = i % 2 == 1;
    return (direction){
        .message = m,
        .fields = is_response ? m->response : m->request,
        .count = is_response ? m->response_count : m->request_count,
        .is_response = is_response,
    };
}

uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

unsigned number_bits(const hf_field *field)
{
    switch ((enum hf_field_type)field->type) {
    case HF_FIELD_U8:
        return 8;
    case HF_FIELD_U16:
    case HF_FIELD_BITS16:
        return 16;
    case HF_FIELD_U32:
    case HF_FIELD_BITS32:
    case HF_FIELD_HANDLE:
        return 32;
    case HF_FIELD_U64:
        return 64;
    case HF_FIELD_LABEL:
    case HF_FIELD_BYTES:
    case HF_FIELD_NONE:
        return 0;
    }
    abort();
}

static hf_bytes get_bytes(const hf_field *field, const any_struct *in)
{
    hf_bytes bytes;
    memcpy(&bytes, in->raw + field->offset, sizeof bytes);
    return bytes;
}

uint64_t get_number(const hf_field *field, const any_struct *in)
{
    const uint8_t *at = in->raw + field->offset;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    switch (number_bits(field)) {
    case 8:
        return *at;
    case 16:
        memcpy(&u16, at, sizeof u16);
        return u16;
    case 32:
        memcpy(&u32, at, sizeof u32);
        return u32;
    case 64:
        memcpy(&u64, at, sizeof u64);
        return u64;
    default:
        return get_bytes(field, in).len;
    }
}

void set_number(const hf_field *field, uint64_t value, any_struct *out)
{
    uint8_t *at = out->raw + field->offset;
    uint16_t u16 = (uint16_t)value;
    uint32_t u32 = (uint32_t)value;
    hf_bytes bytes = hf_bytes_of(pool(), (size_t)value);
    switch (number_bits(field)) {
    case 8:
        *at = (uint8_t)value;
        break;
    case 16:
        memcpy(at, &u16, sizeof u16);
        break;
    case 32:
        memcpy(at, &u32, sizeof u32);
        break;
    case 64:
        memcpy(at, &value, sizeof value);
        break;
    default:
        memcpy(at, &bytes, sizeof bytes);
        break;
    }
}

static uint64_t random_between(uint64_t min, uint64_t max, uint64_t *random)
{
    uint64_t r = next_random(random);
    return max - min == UINT64_MAX ? r : min + r % (max - min + 1);
}

static uint64_t choose(const hf_field *field, enum value_choice choice, uint64_t *random)
{
    uint64_t min = field->min;
    uint64_t max = field->max;
    switch ((enum hf_field_type)field->type) {
    case HF_FIELD_BITS16:
    case HF_FIELD_BITS32:
        return choice == VALUE_MIN   ? 0
               : choice == VALUE_MAX ? max
                                     : next_random(random) & max;
    case HF_FIELD_HANDLE:
        max = ~(uint64_t)HF_HANDLE_RESERVED & UINT32_MAX;
        return choice == VALUE_MIN   ? min
               : choice == VALUE_MAX ? max
                                     : (next_random(random) & max) | min;
    case HF_FIELD_BYTES:
        if (choice == VALUE_RANDOM && max > RANDOM_LEN_MAX) {
            max = RANDOM_LEN_MAX;
        }
        break;
    case HF_FIELD_U8:
    case HF_FIELD_U16:
    case HF_FIELD_U32:
    case HF_FIELD_U64:
    case HF_FIELD_LABEL:
    case HF_FIELD_NONE:
        break;
    }
    return choice == VALUE_MIN   ? min
           : choice == VALUE_MAX ? max
                                 : random_between(min, max, random);
}

void set_values(const direction *d, enum value_choice choice, uint64_t *random,
                any_struct *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < d->count; i++) {
        const hf_field *field = &d->fields[i];
        uint8_t *at = out->raw + field->offset;
        if (field->type == HF_FIELD_LABEL) {
            for (size_t j = 0; j < HF_LABEL_SIZE; j++) {
                at[j] = choice == VALUE_MIN   ? 0
                        : choice == VALUE_MAX ? 0xFF
                                              : (uint8_t)next_random(random);
            }
        } else if (field->type != HF_FIELD_NONE) {
            set_number(field, choose(field, choice, random), out);
        }
    }
}

static uint8_t *put(uint8_t *at, uint64_t value, unsigned bits)
{
    for (unsigned i = 0; i < bits; i += 8) {
        *at++ = (uint8_t)(value >> i);
    }
    return at;
}

uint8_t *encode_unchecked(const direction *d, const any_struct *in, lie l, size_t *len)
{
    size_t size = 1;
    for (size_t i = 0; i < d->count; i++) {
        bool is_bytes = d->fields[i].type == HF_FIELD_BYTES;
        size += 40 + (is_bytes ? get_bytes(&d->fields[i], in).len : 0);
    }
    uint8_t *body = malloc(size);
    uint8_t *at = body;
    for (size_t i = 0; body != NULL && i < d->count; i++) {
        const hf_field *field = &d->fields[i];
        if (field->type == HF_FIELD_LABEL) {
            memcpy(at, in->raw + field->offset, HF_LABEL_SIZE);
            at += HF_LABEL_SIZE;
        } else if (field->type == HF_FIELD_BYTES) {
            hf_bytes bytes = get_bytes(field, in);
            at = put(at, l.field == field ? l.len : bytes.len, 32);
            memcpy(at, bytes.data, bytes.len);
            at += bytes.len;
        } else {
            at = put(at, get_number(field, in), number_bits(field));
        }
    }
    if (body == NULL) {
        abort();
    }
    *len = (size_t)(at - body);
    /* Exactly as long as its content, so that a sanitizer sees a byte read too much. */
    uint8_t *exact = malloc(*len + (*len == 0));
    if (exact == NULL) {
        abort();
    }
    memcpy(exact, body, *len);
    free(body);
    return exact;
}

bool are_equal(const direction *d, const any_struct *a, const any_struct *b)
{
    for (size_t i = 0; i < d->count; i++) {
        const hf_field *field = &d->fields[i];
        if (field->type == HF_FIELD_LABEL) {
            if (memcmp(a->raw + field->offset, b->raw + field->offset, HF_LABEL_SIZE) !=
                0) {
                return false;
            }
        } else if (field->type == HF_FIELD_BYTES) {
            hf_bytes left = get_bytes(field, a);
            hf_bytes right = get_bytes(field, b);
            if (left.len != right.len ||
                (left.len > 0 && memcmp(left.data, right.data, left.len) != 0)) {
                return false;
            }
        } else if (field->type != HF_FIELD_NONE &&
                   get_number(field, a) != get_number(field, b)) {
            return false;
        }
    }
    return true;
}
