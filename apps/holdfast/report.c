/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the program says: see report.h.
 */
#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "advice.h"
#include "text.h"

/* ---- memory of JSON values ---- */

/* Each block begins with its size, in the room of one max_align_t. */
static void *memory_take(size_t size)
{
    if (size > SIZE_MAX - sizeof(max_align_t)) {
        return NULL;
    }
    max_align_t *block = malloc(sizeof *block + size);
    if (block == NULL) {
        return NULL;
    }
    memcpy(block, &size, sizeof size);
    return block + 1;
}

static void memory_give(void *memory)
{
    if (memory == NULL) {
        return;
    }
    max_align_t *block = (max_align_t *)memory - 1;
    size_t size;
    memcpy(&size, block, sizeof size);
    hf_wipe(memory, size);
    free(block);
}

/* ---- errors ---- */

static bool json_is_on;

void hfc_report_init(void)
{
    json_set_alloc_funcs(memory_take, memory_give);
}

void hfc_report_set_json(bool is_json)
{
    json_is_on = is_json;
}

int hfc_stdout_write(const void *data, size_t len)
{
    const char *at = data;
    while (len > 0) {
        ssize_t written = write(STDOUT_FILENO, at, len);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            fprintf(stderr, "holdfast: cannot write to standard output: %s\n",
                    strerror(errno));
            return HFC_LOCAL;
        }
        at += written;
        len -= (size_t)written;
    }
    return HFC_OK;
}

static int json_print(const json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(2) | JSON_ENCODE_ANY);
    if (text == NULL) {
        fprintf(stderr, "holdfast: out of memory\n");
        return HFC_LOCAL;
    }
    int rc = hfc_stdout_write(text, strlen(text));
    memory_give(text);
    return rc == HFC_OK ? hfc_stdout_write("\n", 1) : rc;
}

static void error_print(enum hfc_exit code, const char *name, const char *text)
{
    (void)fflush(stdout);
    fprintf(stderr, "holdfast: %s\n", text);
    if (!json_is_on) {
        return;
    }
    json_t *error = json_pack("{s:{s:i, s:s, s:o}}", "error", "exit", (int)code, "name",
                              name, "text", hfc_json_text(text));
    if (error != NULL) {
        (void)json_print(error); /* the exit status is an error in any case */
        json_decref(error);
    }
}

int hfc_error(enum hfc_exit code, const char *format, ...)
{
    static const char *const names[] = {
        [HFC_OK] = "none",         [HFC_REFUSED] = "refused", [HFC_USAGE] = "usage",
        [HFC_CONNECT] = "connect", [HFC_LOCAL] = "local",
    };
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    error_print(code, names[code], text);
    return (int)code;
}

enum hfc_exit hfc_exit_of(int status)
{
    switch (status) {
    case HF_OK:
        return HFC_OK;
    case HF_ERR_TIMEOUT:
    case HF_ERR_CLOSED:
    case HF_ERR_SYSTEM:
    case HF_ERR_FRAME:
        return HFC_CONNECT;
    default:
        return HFC_REFUSED;
    }
}

int hfc_error_status(const char *what, int status)
{
    char text[512];
    enum hfc_exit code = hfc_exit_of(status);
    const char *advice = hfc_advice(what, status);
    (void)snprintf(text, sizeof text, "%s: %s (%s)%s%s", what, hf_status_text(status),
                   hf_status_name(status), advice != NULL ? "; " : "",
                   advice != NULL ? advice : "");
    error_print(code, hf_status_name(status), text);
    return (int)code;
}

/* ---- values ---- */

json_t *hfc_json_u64(uint64_t value)
{
    if (value <= INT64_MAX) {
        return json_integer((json_int_t)value);
    }
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    return json_string(text);
}

/* A string of `size` characters at most, with its NUL, that `write` makes of `bytes`. */
static json_t *string_of(hf_bytes bytes, size_t size, void (*write)(hf_bytes, char *))
{
    char *text = memory_take(size);
    if (text == NULL) {
        return NULL;
    }
    write(bytes, text);
    json_t *string = json_string(text);
    memory_give(text);
    return string;
}

json_t *hfc_json_hex(hf_bytes bytes)
{
    return string_of(bytes, 2 * bytes.len + 1, hfc_hex_write);
}

json_t *hfc_json_base64(hf_bytes bytes)
{
    return string_of(bytes, hfc_base64_len(bytes.len) + 1, hfc_base64_write);
}

json_t *hfc_json_printable(hf_bytes bytes)
{
    return string_of(bytes, HFC_PRINTABLE_SIZE(bytes.len), hfc_printable_write);
}

json_t *hfc_json_text(const char *text)
{
    return text == NULL ? json_null()
                        : hfc_json_printable(hf_bytes_of(text, strlen(text)));
}

/* ---- text for people ---- */

#define CELL_SIZE 256u

/* Columns that UTF-8 text takes, for the scripts that take one per character. */
static size_t columns_of(const char *text)
{
    size_t columns = 0;
    for (; *text != '\0'; text++) {
        columns += ((unsigned char)*text & 0xc0) != 0x80 ? 1 : 0;
    }
    return columns;
}

static void cell_write(const json_t *value, char *cell);

static void list_write(const json_t *list, char *cell)
{
    size_t len = 0;
    size_t i = 0;
    const json_t *item = NULL;
    cell[0] = '\0';
    json_array_foreach(list, i, item)
    {
        char word[CELL_SIZE];
        cell_write(item, word);
        int written =
            snprintf(cell + len, CELL_SIZE - len, "%s%s", i > 0 ? "," : "", word);
        len += written > 0 ? (size_t)written : 0;
        if (len >= CELL_SIZE) {
            return;
        }
    }
    if (len == 0) {
        (void)snprintf(cell, CELL_SIZE, "-");
    }
}

/* A value in one cell of CELL_SIZE characters; longer ones are cut. */
static void cell_write(const json_t *value, char *cell)
{
    if (json_is_string(value)) {
        (void)snprintf(cell, CELL_SIZE, "%s", json_string_value(value));
    } else if (json_is_integer(value)) {
        (void)snprintf(cell, CELL_SIZE, "%lld", (long long)json_integer_value(value));
    } else if (json_is_real(value)) {
        (void)snprintf(cell, CELL_SIZE, "%.1f", json_real_value(value));
    } else if (json_is_boolean(value)) {
        (void)snprintf(cell, CELL_SIZE, "%s", json_is_true(value) ? "yes" : "no");
    } else if (json_is_array(value)) {
        list_write(value, cell);
    } else {
        (void)snprintf(cell, CELL_SIZE, "-");
    }
}

static void name_print(const char *name)
{
    for (; *name != '\0'; name++) {
        (void)putchar(*name == '_' ? ' ' : *name);
    }
}

static void pad(size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        (void)putchar(' ');
    }
}

static size_t column_width(const json_t *rows, const char *key)
{
    size_t width = strlen(key);
    size_t i = 0;
    const json_t *row = NULL;
    json_array_foreach(rows, i, row)
    {
        char cell[CELL_SIZE];
        cell_write(json_object_get(row, key), cell);
        size_t columns = columns_of(cell);
        width = columns > width ? columns : width;
    }
    return width;
}

/* The headings, or one row, of a table. Numbers stand right, all else left. */
static void row_print(json_t *rows, const json_t *row)
{
    const char *key = NULL;
    json_t *value = NULL;
    size_t gap = 0;
    size_t debt = 0; /* columns to fill before the next cell: no spaces end a line */
    json_object_foreach(json_array_get(rows, 0), key, value)
    {
        char cell[CELL_SIZE];
        size_t width = column_width(rows, key);
        if (row != NULL) {
            cell_write(json_object_get(row, key), cell);
        } else {
            (void)snprintf(cell, sizeof cell, "%s", key);
        }
        pad(0, debt + gap);
        size_t columns = columns_of(cell);
        bool is_right = json_is_number(value);
        pad(columns, is_right ? width : columns);
        if (row != NULL) {
            (void)fputs(cell, stdout);
        } else {
            name_print(cell);
        }
        debt = is_right ? 0 : width - columns;
        gap = 2;
    }
    (void)putchar('\n');
}

static bool is_table(const json_t *value)
{
    return json_is_array(value) && json_is_object(json_array_get(value, 0));
}

static void table_print(json_t *rows)
{
    size_t i = 0;
    const json_t *row = NULL;
    row_print(rows, NULL);
    json_array_foreach(rows, i, row)
    {
        row_print(rows, row);
    }
}

void hfc_report_print_text(const json_t *result)
{
    size_t width = 0;
    const char *key = NULL;
    json_t *value = NULL;
    json_t *object = json_deep_copy(result);
    json_object_foreach(object, key, value)
    {
        size_t len = is_table(value) ? 0 : strlen(key);
        width = len > width ? len : width;
    }
    json_object_foreach(object, key, value)
    {
        if (is_table(value)) {
            table_print(value);
            continue;
        }
        char cell[CELL_SIZE];
        cell_write(value, cell);
        name_print(key);
        pad(strlen(key), width + 2);
        (void)puts(json_is_string(value) ? json_string_value(value) : cell);
    }
    json_decref(object);
}

int hfc_report(json_t *result)
{
    if (result == NULL) {
        return hfc_error(HFC_LOCAL, "out of memory");
    }
    int rc = HFC_OK;
    if (json_is_on) {
        rc = json_print(result);
    } else {
        hfc_report_print_text(result);
        if (fflush(stdout) != 0) {
            rc = hfc_error(HFC_LOCAL, "cannot write to standard output: %s",
                           strerror(errno));
        }
    }
    json_decref(result);
    return rc;
}
