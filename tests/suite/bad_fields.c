/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Every field of every request, made wrong in every way that the catalogue knows:
 * truncated, oversized, out of range, with undefined bits, with bytes behind the last
 * field. Each is answered with the error for it, and the session goes on.
 */
#include <string.h>

#include "suite/raw.h"

#define BODY_MAX 512u

/* A request's body while it is made: `override` is the field that is written wrong. */
typedef struct bad_body {
    uint8_t data[BODY_MAX];
    size_t len;
} bad_body;

static unsigned width_of(const hf_field *field)
{
    switch ((enum hf_field_type)field->type) {
    case HF_FIELD_U8:
        return 1;
    case HF_FIELD_U16:
    case HF_FIELD_BITS16:
        return 2;
    case HF_FIELD_U32:
    case HF_FIELD_BITS32:
    case HF_FIELD_HANDLE:
    case HF_FIELD_BYTES:
        return 4;
    case HF_FIELD_U64:
        return 8;
    case HF_FIELD_LABEL:
    case HF_FIELD_NONE:
        return 0;
    }
    return 0;
}

static void number_put(bad_body *body, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++) {
        body->data[body->len++] = (uint8_t)(value >> (8 * i));
    }
}

/* The least valid value. A handle names nothing that exists. */
static uint64_t least_of(const hf_field *field)
{
    switch ((enum hf_field_type)field->type) {
    case HF_FIELD_HANDLE:
        return HF_NUMBER_MAX;
    case HF_FIELD_BITS16:
    case HF_FIELD_BITS32:
        return 0;
    default:
        return field->min;
    }
}

static void field_put(bad_body *body, const hf_field *field, uint64_t value)
{
    if (field->type == HF_FIELD_LABEL) {
        memset(body->data + body->len, 0, HF_LABEL_SIZE);
        body->len += HF_LABEL_SIZE;
        return;
    }
    number_put(body, value, width_of(field));
    if (field->type == HF_FIELD_BYTES) {
        memset(body->data + body->len, 0, (size_t)field->min);
        body->len += (size_t)field->min;
    }
}

/* The least body, with field `at` as `value` instead. */
static bad_body body_make(const hf_message *message, size_t at, uint64_t value)
{
    bad_body body = { .len = 0 };
    for (size_t i = 0; i < message->request_count; i++) {
        const hf_field *field = &message->request[i];
        field_put(&body, field, i == at ? value : least_of(field));
    }
    return body;
}

static void refused(raw_link *raw, const hf_message *message, const bad_body *body,
                    int expected)
{
    int got = raw_call(raw, message->kind, hf_bytes_of(body->data, body->len));
    suite_expect(raw->env, got, expected, SUITE_PLACE(message->name));
}

static void field_check(raw_link *raw, const hf_message *message, size_t at)
{
    const hf_field *field = &message->request[at];
    unsigned width = width_of(field);
    uint64_t top = width == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * width)) - 1;
    bad_body body;
    switch ((enum hf_field_type)field->type) {
    case HF_FIELD_NONE:
    case HF_FIELD_LABEL:
        return;
    case HF_FIELD_HANDLE:
        body = body_make(message, at, HF_HANDLE_RESERVED | 1u);
        refused(raw, message, &body, HF_ERR_RANGE);
        if (field->min != 0) {
            body = body_make(message, at, HF_HANDLE_GLOBAL);
            refused(raw, message, &body, HF_ERR_RANGE);
        }
        return;
    case HF_FIELD_BITS16:
    case HF_FIELD_BITS32:
        for (unsigned bit = 0; bit < 8 * width; bit++) {
            uint64_t flag = UINT64_C(1) << bit;
            body = body_make(message, at, flag);
            if ((field->max & flag) == 0) {
                refused(raw, message, &body, HF_ERR_RANGE);
            }
        }
        return;
    case HF_FIELD_BYTES:
        body = body_make(message, at, field->min + 1000);
        refused(raw, message, &body,
                field->min + 1000 > field->max ? HF_ERR_RANGE : HF_ERR_DECODE);
        body = body_make(message, at, UINT32_MAX);
        refused(raw, message, &body, HF_ERR_RANGE);
        return;
    default:
        break;
    }
    if (field->max < top) {
        body = body_make(message, at, field->max + 1);
        refused(raw, message, &body, HF_ERR_RANGE);
        body = body_make(message, at, top);
        refused(raw, message, &body, HF_ERR_RANGE);
    }
    if (field->min > 0) {
        body = body_make(message, at, field->min - 1);
        refused(raw, message, &body, HF_ERR_RANGE);
    }
}

static void message_check(raw_link *raw, const hf_message *message)
{
    bad_body whole = body_make(message, message->request_count, 0);
    for (size_t i = 0; i < message->request_count; i++) {
        field_check(raw, message, i);
    }
    /* Every length that is too short, and one byte too many. */
    for (size_t len = 0; len < whole.len; len++) {
        bad_body part = whole;
        part.len = len;
        refused(raw, message, &part, HF_ERR_DECODE);
    }
    whole.data[whole.len++] = 0;
    refused(raw, message, &whole, HF_ERR_DECODE);
}

static void fields_run(suite_env *env, const void *argument)
{
    static raw_link raw;
    static suite_client admin;
    hf_admin_status_response before, after;
    (void)argument;
    hf_client *client = suite_connect(env, &admin, SUITE_ADMIN);
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_admin_status(client, &(hf_admin_status_request){ 0 }, &before));
    for (size_t i = 0; i < HF_MESSAGE_COUNT; i++) {
        const hf_message *message = hf_message_at(i);
        if (message->kind == HF_REQ_comm_init) {
            raw_open(&raw, env, SUITE_ADMIN);
            message_check(&raw, message);
        } else {
            raw_open_ready(&raw, env, SUITE_ADMIN);
            message_check(&raw, message);
            SUITE_EXPECT(env, HF_OK,
                         raw_call(&raw, HF_REQ_comm_info, hf_bytes_of(NULL, 0)));
        }
        raw_close(&raw);
    }
    SUITE_EXPECT(env, HF_OK,
                 hf_client_admin_status(client, &(hf_admin_status_request){ 0 }, &after));
    SUITE_TRUE(env, before.object_count == after.object_count &&
                        before.head == after.head &&
                        before.small_used_count == after.small_used_count);
    suite_client_close(&admin);
}

static const suite_case cases[] = {
    { "every field of every request, wrong", fields_run, NULL, 0 },
};

const suite_cases suite_bad_field_cases = SUITE_CASES(cases);
