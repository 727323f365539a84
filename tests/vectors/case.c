/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A vector: its fields, its steps, and what comes of them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors/vectors.h"

/* ---- memory and fields ---- */

uint8_t *vectors_take(vectors_case *c, size_t len)
{
    vectors_run *run = c->run;
    if (len > sizeof run->arena - run->arena_len) {
        vectors_fail(c, "the vector is too long for the runner");
        return run->arena;
    }
    uint8_t *memory = run->arena + run->arena_len;
    memset(memory, 0, len);
    run->arena_len += len;
    return memory;
}

hf_bytes vectors_keep(vectors_case *c, hf_bytes bytes)
{
    uint8_t *memory = vectors_take(c, bytes.len);
    if (bytes.len == 0 || c->has_failed) {
        return hf_bytes_of(memory, 0);
    }
    memcpy(memory, bytes.data, bytes.len);
    return hf_bytes_of(memory, bytes.len);
}

hf_bytes vectors_padded(vectors_case *c, hf_bytes number, size_t len)
{
    while (number.len > 0 && number.data[0] == 0) {
        number = hf_bytes_of(number.data + 1, number.len - 1);
    }
    if (number.len >= len || c->has_failed) {
        return number;
    }
    uint8_t *memory = vectors_take(c, len);
    if (c->has_failed) {
        return number;
    }
    memcpy(memory + (len - number.len), number.data, number.len);
    return hf_bytes_of(memory, len);
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == 0 ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);
    return at == NULL ? -1 : (int)(at - digits);
}

hf_bytes vectors_hex(vectors_case *c, const json_t *object, const char *field)
{
    const char *text = vectors_text(object, field);
    size_t len = strlen(text) / 2;
    uint8_t *memory = vectors_take(c, len);
    if (c->has_failed) {
        return hf_bytes_of(NULL, 0);
    }
    for (size_t i = 0; i < strlen(text); i++) {
        int digit = digit_of(text[i]);
        if (digit < 0 || strlen(text) % 2 != 0) {
            vectors_fail(c, "a field is no hexadecimal text");
            return hf_bytes_of(NULL, 0);
        }
        memory[i / 2] = (uint8_t)((memory[i / 2] << 4) | digit);
    }
    return hf_bytes_of(memory, len);
}

hf_bytes vectors_field(vectors_case *c, const char *field)
{
    bool is_own = json_object_get(c->test, field) != NULL;
    return vectors_hex(c, is_own ? c->test : c->group, field);
}

const char *vectors_text(const json_t *object, const char *field)
{
    const char *text = json_string_value(json_object_get(object, field));
    return text == NULL ? "" : text;
}

uint32_t vectors_number(const json_t *object, const char *field)
{
    return (uint32_t)json_integer_value(json_object_get(object, field));
}

uint16_t vectors_hash(const char *name)
{
    static const struct {
        const char *name;
        uint16_t hash;
    } rows[] = {
        { "SHA-1", HF_ALG_SHA1 },
        { "SHA-224", HF_ALG_SHA224 },
        { "SHA-256", HF_ALG_SHA256 },
        { "SHA-384", HF_ALG_SHA384 },
        { "SHA-512", HF_ALG_SHA512 },
        { "SHA3-224", HF_ALG_SHA3_224 },
        { "SHA3-256", HF_ALG_SHA3_256 },
        { "SHA3-384", HF_ALG_SHA3_384 },
        { "SHA3-512", HF_ALG_SHA3_512 },
        { "SHA-512/224", HF_ALG_SHA512_224 },
        { "SHA-512/256", HF_ALG_SHA512_256 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return rows[i].hash;
        }
    }
    return 0;
}

/* ---- steps ---- */

static void fail_step(vectors_case *c, const char *what, const char *why, int status)
{
    c->step_count++;
    if (!c->has_failed) {
        snprintf(c->detail, sizeof c->detail, "%s: %s%s%s", what, why,
                 status == HF_OK ? "" : " ",
                 status == HF_OK ? "" : hf_status_name(status));
    }
    c->has_failed = true;
}

void vectors_fail(vectors_case *c, const char *what)
{
    fail_step(c, "runner", what, HF_OK);
}

/* What a server says of input that it does not take. Everything else (no device does
 * this, the device or the connection failed, the key may not be used so) would be a
 * refusal for another reason than the vector's. */
static bool is_refusal(const vectors_case *c, int status)
{
    return status == HF_ERR_VERIFY || status == HF_ERR_KEY ||
           (c->is_misshapen && (status == HF_ERR_RANGE || status == HF_ERR_DECODE));
}

/* A status other than HF_OK of an invalid vector. */
static void count_refusal(vectors_case *c, const char *what, int status)
{
    vectors_run *run = c->run;
    if (!is_refusal(c, status)) {
        fail_step(c, what, "refused for a wrong reason:", status);
        return;
    }
    c->step_count++;
    run->refusals[-status]++;
    if (run->client->sequence == run->sequence) {
        run->unsent++; /* the protocol cannot even say it */
    }
    run->sequence = run->client->sequence;
}

static bool is_equal(hf_bytes a, hf_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* A step of a vector that is valid in this direction. */
static void expect_ok(vectors_case *c, const char *what, int status, bool is_right)
{
    c->run->sequence = c->run->client->sequence;
    if (status != HF_OK) {
        fail_step(c, what, "valid, but refused:", status);
    } else if (!is_right) {
        fail_step(c, what, "valid, but the result is another one", HF_OK);
    } else {
        c->step_count++;
    }
}

void vectors_produced(vectors_case *c, const char *what, int status, hf_bytes got,
                      hf_bytes expected)
{
    bool is_same = status == HF_OK && is_equal(got, expected);
    if (c->is_forward_valid) {
        expect_ok(c, what, status, is_same);
    } else if (status != HF_OK) {
        count_refusal(c, what, status);
    } else if (is_same) {
        fail_step(c, what, "invalid, but made by the server itself", HF_OK);
    } else {
        c->step_count++;
        c->run->others++;
        c->run->sequence = c->run->client->sequence;
    }
}

void vectors_recovered(vectors_case *c, const char *what, int status, hf_bytes got,
                       hf_bytes expected)
{
    if (c->is_backward_valid) {
        expect_ok(c, what, status, status == HF_OK && is_equal(got, expected));
    } else if (status == HF_OK) {
        fail_step(c, what, "invalid, but accepted", HF_OK);
    } else {
        count_refusal(c, what, status);
    }
}

void vectors_checked(vectors_case *c, const char *what, int status)
{
    vectors_recovered(c, what, status, hf_bytes_of(NULL, 0), hf_bytes_of(NULL, 0));
}

void vectors_skip(vectors_case *c, const char *reason)
{
    c->skip = reason;
}

void vectors_part(vectors_case *c, const char *reason)
{
    c->part = reason;
}

/* ---- keys ---- */

hf_handle vectors_import(vectors_case *c, const hf_key_import_request *request)
{
    hf_key_import_response answer = { 0 };
    if (c->has_failed) {
        return 0;
    }
    c->run->sequence = c->run->client->sequence;
    int rc = hf_client_key_import(c->run->client, request, &answer);
    if (rc != HF_OK) {
        vectors_checked(c, "import", rc);
        return 0;
    }
    c->run->sequence = c->run->client->sequence;
    return answer.handle;
}

hf_handle vectors_import_group(vectors_case *c, const hf_key_import_request *request)
{
    vectors_run *run = c->run;
    if (run->group_key != 0 && run->group_key_for == c->group) {
        return run->group_key;
    }
    vectors_erase(c, run->group_key);
    run->group_key = vectors_import(c, request);
    run->group_key_for = c->group;
    return run->group_key;
}

void vectors_erase(vectors_case *c, hf_handle handle)
{
    if (handle == 0) {
        return;
    }
    hf_key_erase_response answer;
    int rc = hf_client_key_erase(c->run->client,
                                 &(hf_key_erase_request){ .handle = handle }, &answer);
    if (rc != HF_OK) {
        fail_step(c, "erase", "refused:", rc);
    }
}
