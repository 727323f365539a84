/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The codec: one decoder and one encoder for all messages, driven by the field tables of
 * message.c. A field's value is read from and written to the struct by memcpy at its
 * offset; a peer's bytes are only reached through the reader, and nothing is stored
 * before it was checked. No state, no lock.
 */
#include "holdfast/proto.h"

#include <string.h>

#include "base/assert.h"

/* The fields of one message, request or response. */
typedef struct field_list {
    const hf_field *fields;
    size_t count;
} field_list;

static field_list fields_of(const hf_message *message, bool is_response)
{
    return is_response ? (field_list){ message->response, message->response_count }
                       : (field_list){ message->request, message->request_count };
}

/* Bytes of a number in the struct and on the wire; 0 for fields that are no number. */
static size_t number_size(uint8_t type)
{
    static const uint8_t sizes[] = {
        [HF_FIELD_U8] = 1,     [HF_FIELD_U16] = 2,    [HF_FIELD_U32] = 4,
        [HF_FIELD_U64] = 8,    [HF_FIELD_BITS16] = 2, [HF_FIELD_BITS32] = 4,
        [HF_FIELD_HANDLE] = 4, [HF_FIELD_LABEL] = 0,  [HF_FIELD_BYTES] = 0,
        [HF_FIELD_NONE] = 0,
    };
    return sizes[type];
}

static bool is_in_range(const hf_field *field, uint64_t value)
{
    if (field->type == HF_FIELD_BITS16 || field->type == HF_FIELD_BITS32) {
        return (value & ~field->max) == 0;
    }
    if (field->type == HF_FIELD_HANDLE) {
        return (value & HF_HANDLE_RESERVED) == 0 &&
               (field->min == 0 || (value & HF_HANDLE_NUMBER) != 0);
    }
    return field->min <= value && value <= field->max;
}

/* ---- fields in a struct ---- */

static uint64_t load_number(const uint8_t *at, size_t size)
{
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    switch (size) {
    case 1:
        return *at;
    case 2:
        memcpy(&u16, at, sizeof u16);
        return u16;
    case 4:
        memcpy(&u32, at, sizeof u32);
        return u32;
    default:
        memcpy(&u64, at, sizeof u64);
        return u64;
    }
}

static void store_number(uint8_t *at, size_t size, uint64_t value)
{
    uint16_t u16 = (uint16_t)value;
    uint32_t u32 = (uint32_t)value;
    switch (size) {
    case 1:
        *at = (uint8_t)value;
        break;
    case 2:
        memcpy(at, &u16, sizeof u16);
        break;
    case 4:
        memcpy(at, &u32, sizeof u32);
        break;
    default:
        memcpy(at, &value, sizeof value);
        break;
    }
}

static hf_bytes load_bytes(const uint8_t *at)
{
    hf_bytes bytes;
    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

/* ---- decoding ---- */

static uint64_t read_number(hf_reader *reader, size_t size)
{
    switch (size) {
    case 1:
        return hf_reader_u8(reader);
    case 2:
        return hf_reader_u16(reader);
    case 4:
        return hf_reader_u32(reader);
    default:
        return hf_reader_u64(reader);
    }
}

/* Keep the reader's first error. */
static void refuse(hf_reader *reader)
{
    if (reader->status == HF_OK) {
        reader->status = HF_ERR_RANGE;
    }
}

static void decode_bytes(hf_reader *reader, const hf_field *field, uint8_t *at)
{
    uint32_t len = hf_reader_u32(reader);
    if (!is_in_range(field, len)) {
        refuse(reader);
        return;
    }
    hf_bytes bytes = hf_reader_bytes(reader, len);
    memcpy(at, &bytes, sizeof bytes);
}

static void decode_field(hf_reader *reader, const hf_field *field, uint8_t *at)
{
    size_t size = number_size(field->type);
    if (size != 0) {
        uint64_t value = read_number(reader, size);
        store_number(at, size, value);
        if (!is_in_range(field, value)) {
            refuse(reader);
        }
    } else if (field->type == HF_FIELD_BYTES) {
        decode_bytes(reader, field, at);
    } else if (field->type == HF_FIELD_LABEL) {
        hf_reader_copy(reader, at, HF_LABEL_SIZE);
    } else {
        *at = 0;
    }
}

static int decode_fields(hf_reader *reader, field_list list, void *out)
{
    for (size_t i = 0; i < list.count && reader->status == HF_OK; i++) {
        const hf_field *field = &list.fields[i];
        decode_field(reader, field, (uint8_t *)out + field->offset);
    }
    return reader->status;
}

int hf_proto_decode(uint16_t kind, bool is_response, hf_bytes body, void *out)
{
    const hf_message *message = hf_message_find(kind);
    if (message == NULL) {
        return HF_ERR_UNKNOWN;
    }
    hf_reader reader = hf_reader_of(body);
    int rc = decode_fields(&reader, fields_of(message, is_response), out);
    return rc != HF_OK ? rc : hf_reader_end(&reader);
}

/* ---- encoding ---- */

static void write_number(hf_writer *writer, size_t size, uint64_t value)
{
    switch (size) {
    case 1:
        hf_writer_u8(writer, (uint8_t)value);
        break;
    case 2:
        hf_writer_u16(writer, (uint16_t)value);
        break;
    case 4:
        hf_writer_u32(writer, (uint32_t)value);
        break;
    default:
        hf_writer_u64(writer, value);
        break;
    }
}

/* HF_OK or HF_ERR_RANGE; that something did not fit is kept by the writer. */
static int encode_field(hf_writer *writer, const hf_field *field, const uint8_t *at)
{
    size_t size = number_size(field->type);
    if (size != 0) {
        uint64_t value = load_number(at, size);
        if (!is_in_range(field, value)) {
            return HF_ERR_RANGE;
        }
        write_number(writer, size, value);
    } else if (field->type == HF_FIELD_BYTES) {
        hf_bytes bytes = load_bytes(at);
        if (!is_in_range(field, bytes.len)) {
            return HF_ERR_RANGE;
        }
        hf_writer_u32(writer, (uint32_t)bytes.len);
        hf_writer_bytes(writer, bytes);
    } else if (field->type == HF_FIELD_LABEL) {
        hf_writer_bytes(writer, hf_bytes_of(at, HF_LABEL_SIZE));
    }
    return HF_OK;
}

static int encode_fields(field_list list, const void *in, hf_buffer *body)
{
    HF_ASSERT(body->len <= body->size);
    hf_writer writer = {
        .data = body->data, .size = body->size, .len = body->len, .status = HF_OK
    };
    for (size_t i = 0; i < list.count; i++) {
        const hf_field *field = &list.fields[i];
        int rc = encode_field(&writer, field, (const uint8_t *)in + field->offset);
        if (rc != HF_OK) {
            return rc;
        }
    }
    if (writer.status == HF_OK) {
        body->len = writer.len;
    }
    return writer.status;
}

int hf_proto_encode(uint16_t kind, bool is_response, const void *in, hf_buffer *body)
{
    const hf_message *message = hf_message_find(kind);
    if (message == NULL) {
        return HF_ERR_UNKNOWN;
    }
    return encode_fields(fields_of(message, is_response), in, body);
}

size_t hf_proto_encoded_len(uint16_t kind, bool is_response, const void *in)
{
    const hf_message *message = hf_message_find(kind);
    if (message == NULL) {
        return 0;
    }
    field_list list = fields_of(message, is_response);
    size_t len = 0;
    for (size_t i = 0; i < list.count; i++) {
        const hf_field *field = &list.fields[i];
        len += number_size(field->type);
        if (field->type == HF_FIELD_BYTES) {
            len += sizeof(uint32_t);
            len += load_bytes((const uint8_t *)in + field->offset).len;
        } else if (field->type == HF_FIELD_LABEL) {
            len += HF_LABEL_SIZE;
        }
    }
    return len;
}

/* ---- records ---- */

static field_list fields_of_record(size_t index)
{
    const hf_record *record = hf_record_at(index);
    return (field_list){ record->fields, record->field_count };
}

int hf_object_entry_encode(const hf_object_entry *entry, hf_buffer *entries)
{
    return encode_fields(fields_of_record(HF_RECORD_object_entry), entry, entries);
}

int hf_object_entry_decode(hf_reader *entries, hf_object_entry *entry)
{
    return decode_fields(entries, fields_of_record(HF_RECORD_object_entry), entry);
}
