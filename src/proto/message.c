/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The catalogue as constant tables: the fields of each message, the messages, and two
 * lookup tables by group and action. The codec (codec.c) interprets them. Constants
 * only: no lock.
 */
#include "holdfast/proto.h"

/* Bytes of the largest encoding of a field. */
#define WIDTH_U8(max) 1u
#define WIDTH_U16(max) 2u
#define WIDTH_U32(max) 4u
#define WIDTH_U64(max) 8u
#define WIDTH_BITS16(max) 2u
#define WIDTH_BITS32(max) 4u
#define WIDTH_HANDLE(max) 4u
#define WIDTH_LABEL(max) HF_LABEL_SIZE
#define WIDTH_BYTES(max) 4u + (max)
#define WIDTH_NONE(max) 0u
#define PLUS_WIDTH(unused, type, name, min, max, doc) +WIDTH_##type(max)
#define CAPPED(size) ((size) < HF_BODY_SIZE_MAX ? (size) : HF_BODY_SIZE_MAX)

#define FIELD(owner, type, name, min, max, doc)                                          \
    { #name, doc, min, max, offsetof(owner, name), HF_FIELD_##type },
#define FIELD_TABLES(kind, group, name, doc)                                             \
    static const hf_field name##_request_fields[] = { HF_FIELDS_##name##_request(        \
        FIELD, hf_##name##_request) };                                                   \
    static const hf_field name##_response_fields[] = { HF_FIELDS_##name##_response(      \
        FIELD, hf_##name##_response) };
#define RECORD_TABLE(name, doc)                                                          \
    static const hf_field name##_fields[] = { HF_FIELDS_##name(FIELD, hf_##name) };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

HF_CATALOGUE(FIELD_TABLES)
HF_RECORDS(RECORD_TABLE)

#define MESSAGE(number, group, word, text)                                               \
    {                                                                                    \
        .name = #word,                                                                   \
        .doc = text,                                                                     \
        .request = word##_request_fields,                                                \
        .response = word##_response_fields,                                              \
        .kind = number,                                                                  \
        .index = HF_INDEX_##word,                                                        \
        .request_count = COUNT(word##_request_fields),                                   \
        .response_count = COUNT(word##_response_fields),                                 \
        .request_size = sizeof(hf_##word##_request),                                     \
        .response_size = sizeof(hf_##word##_response),                                   \
        .request_body_size_max = CAPPED(0u HF_FIELDS_##word##_request(PLUS_WIDTH, )),    \
        .response_body_size_max = CAPPED(0u HF_FIELDS_##word##_response(PLUS_WIDTH, )),  \
    },
static const hf_message messages[] = { HF_CATALOGUE(MESSAGE) };

#define RECORD(word, text)                                                               \
    {                                                                                    \
        .name = #word,                                                                   \
        .doc = text,                                                                     \
        .fields = word##_fields,                                                         \
        .field_count = COUNT(word##_fields),                                             \
        .size = sizeof(hf_##word),                                                       \
    },
static const hf_record records[] = { HF_RECORDS(RECORD) };

_Static_assert(COUNT(messages) < UINT8_MAX, "a place must fit the lookup table");
_Static_assert(0u HF_FIELDS_object_entry(PLUS_WIDTH, ) == HF_OBJECT_ENTRY_LEN,
               "HF_OBJECT_ENTRY_LEN must follow the catalogue");

/* 1 + index of a kind; 0: none. A kind outside of the bounds does not compile. */
#define PLACE(kind, group, name, doc)                                                    \
    [(kind) >> 8][(kind)&0xFF] = (uint8_t)(HF_INDEX_##name + 1),
static const uint8_t places[HF_GROUP_COUNT_MAX][HF_ACTION_COUNT_MAX] = { HF_CATALOGUE(
    PLACE) };

#define GROUP_NAME(group, number, name, doc) [number] = (name),
static const char *const group_names[HF_GROUP_COUNT_MAX] = { HF_GROUPS(GROUP_NAME) };

const hf_message *hf_message_find(uint16_t kind)
{
    unsigned group = (unsigned)kind >> 8;
    unsigned action = kind & 0xFFu;
    if (group >= HF_GROUP_COUNT_MAX || action >= HF_ACTION_COUNT_MAX) {
        return NULL;
    }
    uint8_t place = places[group][action];
    return place == 0 ? NULL : &messages[place - 1];
}

const hf_message *hf_message_at(size_t index)
{
    return index < COUNT(messages) ? &messages[index] : NULL;
}

const hf_record *hf_record_at(size_t index)
{
    return index < COUNT(records) ? &records[index] : NULL;
}

const char *hf_message_name(uint16_t kind)
{
    const hf_message *message = hf_message_find(kind);
    return message == NULL ? "?" : message->name;
}

const char *hf_group_name(uint8_t group)
{
    const char *name = group < HF_GROUP_COUNT_MAX ? group_names[group] : NULL;
    return name == NULL ? "?" : name;
}

uint32_t hf_proto_response_size_max(uint16_t kind)
{
    const hf_message *message = hf_message_find(kind);
    return message == NULL ? 0 : message->response_body_size_max;
}
