/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The protocol: message structs and their codec, made from the catalogue. The frame
 * header is in frame.h.
 *
 * For each request <name> of the catalogue there are hf_<name>_request and
 * hf_<name>_response; for each record <name>, hf_<name>. A BYTES field is a slice: a
 * decoder points it into the body that it was given, and copies nothing.
 *
 * No locks, no allocation, no state: any thread.
 *
 *     hf_sign_request rq;
 *     int rc = hf_proto_decode(HF_REQ_sign, false, body, &rq);
 */
#ifndef HOLDFAST_PROTO_H
#define HOLDFAST_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/bytes.h"
#include "holdfast/catalogue.h"
#include "holdfast/id.h"
#include "holdfast/status.h"

/* Permissions of an identity, and what a request needs (hf_handler.permission). */
#define HF_PERMISSION_IDENTITY 0x1u     /* has an identity at all */
#define HF_PERMISSION_USE_GLOBAL 0x2u   /* may read and use global objects */
#define HF_PERMISSION_WRITE_GLOBAL 0x4u /* may create, replace, destroy global objects */
#define HF_PERMISSION_ADMIN 0x8u        /* may administer */

/* ---- structs ---- */
typedef struct hf_label {
    uint8_t text[HF_LABEL_SIZE];
} hf_label;

/* Names that begin with HF_MEMBER_ and names that end in _ are for this header alone. */
// clang-format off
#define HF_MEMBER_U8(name) uint8_t name;
#define HF_MEMBER_U16(name) uint16_t name;
#define HF_MEMBER_U32(name) uint32_t name;
#define HF_MEMBER_U64(name) uint64_t name;
#define HF_MEMBER_BITS16(name) uint16_t name;
#define HF_MEMBER_BITS32(name) uint32_t name;
#define HF_MEMBER_HANDLE(name) hf_handle name;
#define HF_MEMBER_LABEL(name) hf_label name;
#define HF_MEMBER_BYTES(name) hf_bytes name;
#define HF_MEMBER_NONE(name) uint8_t name; /* C has no empty struct */
#define HF_MEMBER_(unused, type, name, min, max, doc) HF_MEMBER_##type(name)
#define HF_STRUCTS_(kind, group, name, doc)                                              \
    typedef struct hf_##name##_request {                                                 \
        HF_FIELDS_##name##_request(HF_MEMBER_, )                                         \
    } hf_##name##_request;                                                               \
    typedef struct hf_##name##_response {                                                \
        HF_FIELDS_##name##_response(HF_MEMBER_, )                                        \
    } hf_##name##_response;
#define HF_RECORD_STRUCT_(name, doc)                                                     \
    typedef struct hf_##name {                                                           \
        HF_FIELDS_##name(HF_MEMBER_, )                                                   \
    } hf_##name;
HF_CATALOGUE(HF_STRUCTS_)
HF_RECORDS(HF_RECORD_STRUCT_)

/* Any request, any response. */
#define HF_UNION_REQUEST_(kind, group, name, doc) hf_##name##_request name;
#define HF_UNION_RESPONSE_(kind, group, name, doc) hf_##name##_response name;
typedef union hf_any_request {
    HF_CATALOGUE(HF_UNION_REQUEST_)
} hf_any_request;
typedef union hf_any_response {
    HF_CATALOGUE(HF_UNION_RESPONSE_)
} hf_any_response;

/* HF_REQ_sign etc.: the kinds. */
enum hf_request_kind {
#define HF_KIND_ENUM_(kind, group, name, doc) HF_REQ_##name = (kind),
    HF_CATALOGUE(HF_KIND_ENUM_)
    HF_REQ_END_ = 0xFFFF
};

/* HF_INDEX_sign etc.: places in catalogue order, for tables with one row per request. */
enum hf_message_index {
#define HF_INDEX_ENUM_(kind, group, name, doc) HF_INDEX_##name,
    HF_CATALOGUE(HF_INDEX_ENUM_)
    HF_MESSAGE_COUNT
};

/* HF_RECORD_object_entry etc.: places for hf_record_at. */
enum hf_record_index {
#define HF_RECORD_ENUM_(name, doc) HF_RECORD_##name,
    HF_RECORDS(HF_RECORD_ENUM_)
    HF_RECORD_COUNT
};

enum hf_group {
#define HF_GROUP_ENUM_(group, number, name, doc) HF_GROUP_##group = (number),
    HF_GROUPS(HF_GROUP_ENUM_)
    HF_GROUP_END_ = 0xFF
};
// clang-format on

/* ---- descriptors ---- */
enum hf_field_type {
    HF_FIELD_U8,
    HF_FIELD_U16,
    HF_FIELD_U32,
    HF_FIELD_U64,
    HF_FIELD_BITS16,
    HF_FIELD_BITS32,
    HF_FIELD_HANDLE,
    HF_FIELD_LABEL,
    HF_FIELD_BYTES,
    HF_FIELD_NONE
};

typedef struct hf_field {
    const char *name;
    const char *doc;
    uint64_t min, max; /* as in catalogue.h */
    uint16_t offset;   /* in the struct, bytes */
    uint8_t type;      /* enum hf_field_type */
} hf_field;

typedef struct hf_message {
    const char *name; /* "sign" */
    const char *doc;
    const hf_field *request;  /* request_count fields in wire order */
    const hf_field *response; /* response_count fields */
    uint16_t kind;
    uint16_t index;                         /* HF_INDEX_<name> */
    uint16_t request_count, response_count; /* fields; NONE counts as one */
    uint16_t request_size, response_size;   /* sizeof the structs */
    uint32_t request_body_size_max;         /* bytes of the largest possible body, */
    uint32_t response_body_size_max;        /* at most HF_BODY_SIZE_MAX */
} hf_message;

/* A record of HF_RECORDS, the same way. */
typedef struct hf_record {
    const char *name;
    const char *doc;
    const hf_field *fields;
    uint16_t field_count;
    uint16_t size; /* sizeof the struct */
} hf_record;

/* The descriptor of a kind, in constant time; NULL: no such kind. Static. */
const hf_message *hf_message_find(uint16_t kind);

/* By index, 0 .. HF_MESSAGE_COUNT - 1 in catalogue order; NULL: past the end. */
const hf_message *hf_message_at(size_t index);
const hf_record *hf_record_at(size_t index); /* 0 .. HF_RECORD_COUNT - 1 */

/* "sign", or "?" for an unknown kind; "crypto", or "?". Static text. */
const char *hf_message_name(uint16_t kind);
const char *hf_group_name(uint8_t group);

/* ---- codec ---- */

/*
 * Decode a body into the struct of a kind's request or response. Fields are checked in
 * wire order, and the first error is told.
 *
 * body  slices of the struct point into it.
 * out   the struct hf_<name>_request or _response; undefined after an error.
 *
 * Returns HF_OK, or
 *   HF_ERR_UNKNOWN  no such kind
 *   HF_ERR_RANGE    a number, or the length of BYTES, out of its range; undefined bits
 *   HF_ERR_DECODE   truncated, bytes left over, BYTES longer than the rest of the body
 */
int hf_proto_decode(uint16_t kind, bool is_response, hf_bytes body, void *out)
    HF_MUST_CHECK;

/*
 * Append the encoding of a struct to `body`.
 *
 * Returns HF_OK, or
 *   HF_ERR_UNKNOWN  no such kind
 *   HF_ERR_RANGE    a field is out of its range
 *   HF_ERR_SIZE     the body is too small
 * On an error body->len is as before; bytes after it are undefined.
 */
int hf_proto_encode(uint16_t kind, bool is_response, const void *in, hf_buffer *body)
    HF_MUST_CHECK;

/* Bytes of the encoding of this struct (its slices included); 0 for an unknown kind. */
size_t hf_proto_encoded_len(uint16_t kind, bool is_response, const void *in);

/* Bytes of the largest possible body of a kind's response (at most HF_BODY_SIZE_MAX); 0
 * for an unknown kind. */
uint32_t hf_proto_response_size_max(uint16_t kind);

/* One entry of a list: append it. HF_OK, HF_ERR_SIZE (it does not fit) or HF_ERR_RANGE;
 * `entries` is unchanged on an error. */
int hf_object_entry_encode(const hf_object_entry *entry, hf_buffer *entries)
    HF_MUST_CHECK;

/* Take the next entry from a reader over `entries`. HF_OK, HF_ERR_DECODE (truncated, or
 * the reader is at its end: compare offset with len before) or HF_ERR_RANGE; an error
 * stays in the reader's status. */
int hf_object_entry_decode(hf_reader *entries, hf_object_entry *entry) HF_MUST_CHECK;

#define HF_OBJECT_ENTRY_LEN 56u /* bytes of one encoded entry */

#endif
