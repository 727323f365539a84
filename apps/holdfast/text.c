/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Words to values and back: see text.h.
 */
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "holdfast/nvm.h"

const hfc_name hfc_usage_names[] = {
    { "encrypt", HF_USAGE_ENCRYPT }, { "decrypt", HF_USAGE_DECRYPT },
    { "sign", HF_USAGE_SIGN },       { "verify", HF_USAGE_VERIFY },
    { "wrap", HF_USAGE_WRAP },       { "unwrap", HF_USAGE_UNWRAP },
    { "derive", HF_USAGE_DERIVE },   { NULL, 0 },
};
const hfc_name hfc_flag_names[] = {
    { "nonmodifiable", HF_FLAG_NONMODIFIABLE },
    { "nondestroyable", HF_FLAG_NONDESTROYABLE },
    { "nonexportable", HF_FLAG_NONEXPORTABLE },
    { "sensitive", HF_FLAG_SENSITIVE },
    { "ephemeral", HF_FLAG_EPHEMERAL },
    { NULL, 0 },
};
const hfc_name hfc_state_names[] = {
    { "local", HF_FLAG_LOCAL },
    { "trusted", HF_FLAG_TRUSTED },
    { "retired", HF_FLAG_RETIRED },
    { "revoked", HF_FLAG_REVOKED },
    { NULL, 0 },
};
const hfc_name hfc_policy_names[] = {
    { "allow-ecb", HF_FLAG_ALLOW_ECB },     { "allow-raw", HF_FLAG_ALLOW_RAW },
    { "allow-nonce", HF_FLAG_ALLOW_NONCE }, { "allow-secret", HF_FLAG_ALLOW_SECRET },
    { "hardware", HF_FLAG_HARDWARE },       { NULL, 0 },
};
const hfc_name hfc_access_names[] = {
    { "admin-read", HF_ACCESS_ADMIN_READ },
    { "admin-write", HF_ACCESS_ADMIN_WRITE },
    { NULL, 0 },
};
const hfc_name hfc_permission_names[] = {
    { "identity", HF_PERMISSION_IDENTITY },
    { "use-global", HF_PERMISSION_USE_GLOBAL },
    { "write-global", HF_PERMISSION_WRITE_GLOBAL },
    { "admin", HF_PERMISSION_ADMIN },
    { NULL, 0 },
};

bool hfc_number_read(const char *text, uint64_t max, uint64_t *value)
{
    bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = is_hex ? text + 2 : text;
    const char *allowed = is_hex ? "0123456789abcdefABCDEF" : "0123456789";
    if (*digits == '\0' || digits[strspn(digits, allowed)] != '\0') {
        return false;
    }
    errno = 0;
    unsigned long long number = strtoull(digits, NULL, is_hex ? 16 : 10);
    if (errno != 0 || number > max) {
        return false;
    }
    *value = number;
    return true;
}

/* ---- hexadecimal ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hfc_hex_read(const char *text, hf_buffer *out)
{
    size_t len = strlen(text);
    if (len % 2 != 0 || len / 2 > out->size - out->len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (hex_digit(text[i]) < 0) {
            return false;
        }
    }
    for (size_t i = 0; i < len; i += 2) {
        out->data[out->len++] =
            (uint8_t)(hex_digit(text[i]) * 16 + hex_digit(text[i + 1]));
    }
    return true;
}

void hfc_hex_write(hf_bytes bytes, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        *out++ = digits[bytes.data[i] >> 4];
        *out++ = digits[bytes.data[i] & 15];
    }
    *out = '\0';
}

/* ---- base64 ---- */

#define PADDING 64u /* index of '=' */
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

size_t hfc_base64_len(size_t len)
{
    return (len + 2) / 3 * 4;
}

void hfc_base64_write(hf_bytes bytes, char *out)
{
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = (uint32_t)bytes.data[i] << 16;
        group |= left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0u;
        group |= left > 2 ? bytes.data[i + 2] : 0u;
        *out++ = base64_digits[group >> 18];
        *out++ = base64_digits[(group >> 12) & 63];
        *out++ = base64_digits[left > 1 ? (group >> 6) & 63 : PADDING];
        *out++ = base64_digits[left > 2 ? group & 63 : PADDING];
    }
    *out = '\0';
}

static int base64_digit(char c)
{
    const char *at = memchr(base64_digits, c, PADDING);
    return at == NULL ? -1 : (int)(at - base64_digits);
}

typedef struct base64_state {
    uint32_t group; /* bits of the digits so far */
    unsigned digit_count, padding_count;
} base64_state;

/* One full group of four characters. */
static bool base64_flush(base64_state *state, hf_buffer *out)
{
    size_t count = 3u - state->padding_count;
    uint32_t unused = state->padding_count * 8;
    if (state->padding_count > 2 || count > out->size - out->len ||
        (state->group & ((1u << unused) - 1u)) != 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        out->data[out->len++] = (uint8_t)(state->group >> (16 - 8 * i));
    }
    return true;
}

static bool base64_take(base64_state *state, char c, hf_buffer *out)
{
    int digit = base64_digit(c);
    if (c == '=') {
        state->padding_count++;
        digit = 0;
    } else if (digit < 0 || state->padding_count > 0) {
        return false;
    }
    state->group = state->group << 6 | (uint32_t)digit;
    state->digit_count++;
    if (state->digit_count < 4) {
        return true;
    }
    bool ok = base64_flush(state, out);
    state->digit_count = 0;
    state->group = 0;
    return ok;
}

bool hfc_base64_read(const char *text, size_t len, hf_buffer *out)
{
    base64_state state = { 0 };
    size_t start = out->len;
    bool ok = true;
    for (size_t i = 0; ok && i < len; i++) {
        if (text[i] != '\0' && strchr(" \t\r\n", text[i]) != NULL) {
            continue;
        }
        ok = base64_take(&state, text[i], out);
    }
    ok = ok && state.digit_count == 0;
    if (!ok) {
        hf_wipe(out->data + start, out->len - start);
        out->len = start;
    }
    hf_wipe(&state, sizeof state);
    return ok;
}

/* ---- names ---- */

bool hfc_names_read(const hfc_name *names, const char *list, uint32_t *bits)
{
    uint32_t all = 0;
    if (strcmp(list, "none") == 0) {
        list = "";
    }
    while (*list != '\0') {
        size_t len = strcspn(list, ",");
        const hfc_name *name = names;
        while (name->name != NULL &&
               (strlen(name->name) != len || strncmp(name->name, list, len) != 0)) {
            name++;
        }
        if (name->name == NULL) {
            return false;
        }
        all |= name->bit;
        list += len;
        list += *list == ',' ? 1 : 0;
    }
    *bits = all;
    return true;
}

bool hfc_word_is_in(const char *list, const char *word, size_t len)
{
    while (*list != '\0') {
        size_t next = strcspn(list, ", ");
        if (next == len && strncmp(list, word, len) == 0) {
            return true;
        }
        list += next;
        list += strspn(list, ", ");
    }
    return false;
}

/* ---- labels ---- */

bool hfc_label_read(const char *text, hf_label *label)
{
    *label = (hf_label){ .text = { 0 } };
    size_t len = text == NULL ? 0 : strlen(text);
    if (len > HF_LABEL_SIZE) {
        return false;
    }
    if (len > 0) {
        memcpy(label->text, text, len);
    }
    return true;
}

hf_bytes hfc_label_bytes(const hf_label *label)
{
    size_t len = HF_LABEL_SIZE;
    while (len > 0 && label->text[len - 1] == 0) {
        len--;
    }
    return hf_bytes_of(label->text, len);
}

/* Bytes of the UTF-8 sequence at the front of `bytes` (RFC 3629), when it is well formed
 * and no control character; else 0. */
static size_t utf8_len(hf_bytes bytes)
{
    uint8_t first = bytes.data[0];
    if (first < 0x80) {
        return first >= 0x20 && first < 0x7f ? 1 : 0;
    }
    size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    static const uint32_t lowest[] = { 0, 0, 0xa0, 0x800, 0x10000 };
    if (first < 0xc2 || first > 0xf4 || len > bytes.len) {
        return 0;
    }
    uint32_t code = first & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((bytes.data[i] & 0xc0) != 0x80) {
            return 0;
        }
        code = code << 6 | (bytes.data[i] & 0x3fu);
    }
    bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
    return code < lowest[len] || code > 0x10ffff || is_surrogate ? 0 : len;
}

void hfc_printable_write(hf_bytes bytes, char *out)
{
    for (size_t i = 0; i < bytes.len;) {
        size_t len = utf8_len(hf_bytes_of(bytes.data + i, bytes.len - i));
        if (len > 0) {
            memcpy(out, bytes.data + i, len);
            out += len;
            i += len;
            continue;
        }
        *out++ = '\\';
        *out++ = 'x';
        hfc_hex_write(hf_bytes_of(bytes.data + i, 1), out);
        out += 2;
        i++;
    }
    *out = '\0';
}
