/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Commands about the server itself: status, statistics, capabilities, ping, log-level;
 * and random.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "holdfast/log.h"
#include "holdfast/posix_clock.h"

/* ---- tables from message descriptors ---- */

/* A member of a decoded message, as the catalogue describes it, by its own name. */
static bool field_add(json_t *result, const hf_field *field, const void *message)
{
    const uint8_t *at = (const uint8_t *)message + field->offset;
    uint64_t value = 0;
    switch ((enum hf_field_type)field->type) {
    case HF_FIELD_U8:
        value = *at;
        break;
    case HF_FIELD_U16:
    case HF_FIELD_BITS16: {
        uint16_t number = 0;
        memcpy(&number, at, sizeof number);
        value = number;
        break;
    }
    case HF_FIELD_U32:
    case HF_FIELD_BITS32:
    case HF_FIELD_HANDLE: {
        uint32_t number = 0;
        memcpy(&number, at, sizeof number);
        value = number;
        break;
    }
    case HF_FIELD_U64:
        memcpy(&value, at, sizeof value);
        break;
    case HF_FIELD_LABEL:
    case HF_FIELD_BYTES:
    case HF_FIELD_NONE:
        return true;
    }
    if (strncmp(field->name, "is_", 3) == 0) {
        return hfc_cli_add(result, field->name + 3, json_boolean(value != 0));
    }
    return hfc_cli_add(result, field->name, hfc_json_u64(value));
}

/* All fields of a response: new ones show up here by themselves. */
static bool response_add(json_t *result, uint16_t kind, const void *response)
{
    const hf_message *message = hf_message_find(kind);
    bool ok = message != NULL;
    for (size_t i = 0; ok && i < message->response_count; i++) {
        ok = field_add(result, &message->response[i], response);
    }
    return ok;
}

/* ---- status ---- */

int hfc_run_status(hfc_cli *cli)
{
    int rc = hfc_cli_connect(cli);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_client *client = hfc_cli_client(cli);
    hf_comm_info_response info;
    int status = hf_client_comm_info(client, &(hf_comm_info_request){ .none = 0 }, &info);
    if (status != HF_OK) {
        return hfc_error_status("status", status);
    }
    json_t *result = json_object();
    bool ok = hfc_cli_add(result, "server", hfc_json_printable(info.name)) &&
              hfc_cli_add(result, "version", hfc_json_printable(info.version)) &&
              hfc_cli_add(result, "owner", json_integer(info.owner)) &&
              hfc_cli_add(result, "permissions",
                          hfc_cli_bits(hfc_permission_names, info.permissions)) &&
              hfc_cli_add(result, "message_bytes_max", json_integer(client->body_size)) &&
              hfc_cli_add(result, "session_count", json_integer(info.session_count));
    if (ok && (info.permissions & HF_PERMISSION_ADMIN) != 0) {
        hf_admin_status_response out;
        status =
            hf_client_admin_status(client, &(hf_admin_status_request){ .none = 0 }, &out);
        if (status != HF_OK) {
            json_decref(result);
            return hfc_error_status("status", status);
        }
        ok = response_add(result, HF_REQ_admin_status, &out);
    }
    return hfc_cli_report(result, ok);
}

/* ---- statistics ---- */

typedef struct request_group {
    const char *name;
    uint8_t number;
} request_group;

static const request_group groups[] = {
#define GROUP_ROW_(id, value, text, doc) { .name = (text), .number = (value) },
    HF_GROUPS(GROUP_ROW_){ .name = "all", .number = 0 },
};
#define GROUP_COUNT (sizeof groups / sizeof groups[0])

static int statistics_row(hfc_cli *cli, const request_group *group, json_t *rows)
{
    hf_admin_statistics_response out;
    int status = hf_client_admin_statistics(
        hfc_cli_client(cli), &(hf_admin_statistics_request){ .group = group->number },
        &out);
    if (status != HF_OK) {
        return hfc_error_status("statistics", status);
    }
    json_t *row = json_pack("{s:s}", "group", group->name);
    if (row == NULL || !response_add(row, HF_REQ_admin_statistics, &out)) {
        json_decref(row);
        return hfc_error(HFC_LOCAL, "out of memory");
    }
    return json_array_append_new(rows, row) == 0 ? HFC_OK
                                                 : hfc_error(HFC_LOCAL, "out of memory");
}

/* Short headings, so that the table fits a terminal; JSON keeps the full names. */
static json_t *statistics_for_people(const json_t *rows)
{
    static const char *const columns[][2] = {
        { "group", "group" },         { "request_count", "requests" },
        { "error_count", "errors" },  { "again_count", "again" },
        { "lock_count", "holds" },    { "hold_ns_p99", "hold_p99_ns" },
        { "hold_ns_max", "max_ns" },  { "wait_ns_max", "wait_max_ns" },
        { "parked_count", "parked" }, { "queued_count", "queued" },
    };
    json_t *short_rows = json_array();
    size_t i = 0;
    const json_t *row = NULL;
    json_array_foreach(rows, i, row)
    {
        json_t *short_row = json_object();
        for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++) {
            (void)json_object_set(short_row, columns[k][1],
                                  json_object_get(row, columns[k][0]));
        }
        (void)json_array_append_new(short_rows, short_row);
    }
    return short_rows;
}

static const request_group *group_find(const char *name)
{
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        if (strcmp(groups[i].name, name) == 0) {
            return &groups[i];
        }
    }
    return NULL;
}

int hfc_run_statistics(hfc_cli *cli)
{
    const char *name = hfc_cli_option(cli, HFC_OPTION_GROUP);
    const request_group *only = name == NULL ? NULL : group_find(name);
    if (name != NULL && only == NULL) {
        return hfc_error(HFC_USAGE, "there is no group '%s'", name);
    }
    int rc = hfc_cli_connect(cli);
    if (rc != HFC_OK) {
        return rc;
    }
    json_t *rows = json_array();
    for (size_t i = 0; rc == HFC_OK && i < GROUP_COUNT; i++) {
        if (only == NULL || only == &groups[i]) {
            rc = statistics_row(cli, &groups[i], rows);
        }
    }
    if (rc != HFC_OK) {
        json_decref(rows);
        return rc;
    }
    if (!cli->is_json) {
        json_t *short_rows = statistics_for_people(rows);
        json_decref(rows);
        rows = short_rows;
    }
    return hfc_report(json_pack("{s:o}", "groups", rows));
}

/* ---- capabilities ---- */

static const char *class_name(uint8_t class)
{
    static const char *const names[] = {
        [HF_CLASS_HASH] = "hash",           [HF_CLASS_MAC] = "mac",
        [HF_CLASS_AEAD] = "encrypt (AEAD)", [HF_CLASS_SIGNATURE] = "sign",
        [HF_CLASS_CIPHER] = "encrypt",      [HF_CLASS_ASYMMETRIC] = "encrypt",
        [HF_CLASS_AGREE] = "agree",         [HF_CLASS_KDF] = "derive",
        [HF_CLASS_KEM] = "encapsulate",     [HF_CLASS_WRAP] = "wrap",
    };
    return class < sizeof names / sizeof names[0] ? names[class] : NULL;
}

/* A name, or for people a row of a table: lists of names would not fit a line. */
static void capability_add(json_t *list, const char *name, json_t *row)
{
    (void)json_array_append_new(list, row != NULL ? row : json_string(name));
}

static json_t *algorithms_json(hf_bytes ids, bool is_json)
{
    json_t *list = json_array();
    hf_reader reader = hf_reader_of(ids);
    while (reader.status == HF_OK && reader.offset < reader.len) {
        uint16_t id = hf_reader_u16(&reader);
        const hf_algorithm *algorithm = hf_algorithm_find(id);
        const char *purpose = algorithm != NULL ? class_name(algorithm->class) : NULL;
        char text[16];
        (void)snprintf(text, sizeof text, "0x%04x", id);
        const char *name = algorithm != NULL ? algorithm->name : text;
        capability_add(list, name,
                       is_json ? NULL
                               : json_pack("{s:s, s:s}", "algorithm", name, "used to",
                                           purpose != NULL ? purpose : "-"));
    }
    return list;
}

static json_t *key_types_json(hf_bytes types, bool is_json)
{
    json_t *list = json_array();
    hf_reader reader = hf_reader_of(types);
    while (reader.status == HF_OK && reader.offset < reader.len) {
        uint32_t type = hf_reader_u32(&reader);
        const hf_key_type_info *info = hf_key_type_find(type);
        char text[16];
        (void)snprintf(text, sizeof text, "0x%08x", (unsigned)type);
        const char *name = info != NULL ? info->name : text;
        capability_add(list, name,
                       is_json
                           ? NULL
                           : json_pack("{s:s, s:o}", "key type", name, "may",
                                       hfc_cli_usage(info != NULL ? info->usages : 0)));
    }
    return list;
}

int hfc_run_capabilities(hfc_cli *cli)
{
    int rc = hfc_cli_connect(cli);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_capabilities_response out;
    int status = hf_client_capabilities(hfc_cli_client(cli),
                                        &(hf_capabilities_request){ .none = 0 }, &out);
    if (status != HF_OK) {
        return hfc_error_status("capabilities", status);
    }
    return hfc_report(json_pack(
        "{s:o, s:o}", "algorithms", algorithms_json(out.algorithms, cli->is_json),
        "key_types", key_types_json(out.key_types, cli->is_json)));
}

/* ---- ping ---- */

static int us_compare(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

static int pings_send(hfc_cli *cli, hf_bytes data, double *times_us, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        hf_comm_echo_response out;
        uint64_t start_ns = hf_posix_clock_ns();
        int status = hf_client_comm_echo(hfc_cli_client(cli),
                                         &(hf_comm_echo_request){ .data = data }, &out);
        times_us[i] = (double)(hf_posix_clock_ns() - start_ns) / 1000.0;
        if (status != HF_OK) {
            return hfc_error_status("ping", status);
        }
        if (out.data.len != data.len ||
            (data.len > 0 && memcmp(out.data.data, data.data, data.len) != 0)) {
            return hfc_error(HFC_REFUSED, "ping: other bytes came back");
        }
    }
    return HFC_OK;
}

int hfc_run_ping(hfc_cli *cli)
{
    uint64_t count = 4;
    uint64_t size = 64;
    hf_buffer data = hf_buffer_of(NULL, 0);
    int rc = hfc_cli_number(cli, HFC_OPTION_COUNT, (hfc_range){ 1, 1000000 }, &count);
    rc = rc == HFC_OK ? hfc_cli_number(cli, HFC_OPTION_SIZE,
                                       (hfc_range){ 0, (uint64_t)HFC_BODY_SIZE }, &size)
                      : rc;
    rc = rc == HFC_OK ? hfc_cli_connect(cli) : rc;
    rc = rc == HFC_OK ? hfc_memory_take(&data, (size_t)size) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    memset(data.data, 'h', data.size);
    double *times_us = calloc((size_t)count, sizeof *times_us);
    if (times_us == NULL) {
        hfc_memory_free(&data);
        return hfc_error(HFC_LOCAL, "out of memory");
    }
    rc = pings_send(cli, hf_bytes_of(data.data, data.size), times_us, (size_t)count);
    if (rc == HFC_OK) {
        qsort(times_us, (size_t)count, sizeof *times_us, us_compare);
        rc = hfc_report(json_pack("{s:I, s:I, s:f, s:f, s:f}", "count", (json_int_t)count,
                                  "bytes", (json_int_t)size, "min_us", times_us[0],
                                  "median_us", times_us[count / 2], "max_us",
                                  times_us[count - 1]));
    }
    free(times_us);
    hfc_memory_free(&data);
    return rc;
}

int hfc_run_log_level(hfc_cli *cli)
{
    static const char *const names[] = { "error", "warning", "notice", "info", "debug" };
    const char *name = hfc_cli_word(cli, 0);
    uint8_t level = 0;
    while (level < sizeof names / sizeof names[0] && strcmp(names[level], name) != 0) {
        level++;
    }
    if (level == sizeof names / sizeof names[0]) {
        return hfc_error(HFC_USAGE,
                         "there is no level '%s'; use error, warning, notice, info or "
                         "debug",
                         name);
    }
    int rc = hfc_cli_connect(cli);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_admin_log_level_response out;
    int status = hf_client_admin_log_level(
        hfc_cli_client(cli), &(hf_admin_log_level_request){ .level = level }, &out);
    return status == HF_OK ? hfc_report(json_pack("{s:s}", "log_level", name))
                           : hfc_error_status("log-level", status);
}

/* ---- random ---- */

/* One piece of the wanted bytes, in the wanted form. */
static int random_write(hfc_output *output, hf_bytes data, char format)
{
    hf_buffer text;
    if (format == 'r') {
        return hfc_output_write(output, data);
    }
    int rc = hfc_memory_take(&text, 2 * data.len + 8);
    if (rc != HFC_OK) {
        return rc;
    }
    char *const chars = (char *)text.data;
    if (format == 'h') {
        hfc_hex_write(data, chars);
    } else {
        hfc_base64_write(data, chars);
    }
    rc = hfc_output_write(output, hf_bytes_of(chars, strlen(chars)));
    hfc_memory_free(&text);
    return rc;
}

static int random_stream(hfc_cli *cli, hfc_output *output, uint64_t len, char format)
{
    size_t piece_max = hfc_cli_payload_max(cli) / 3 * 3; /* base64 goes on without gap */
    while (len > 0) {
        uint32_t piece = (uint32_t)(len < piece_max ? len : piece_max);
        hf_random_response out;
        int status = hf_client_random(hfc_cli_client(cli),
                                      &(hf_random_request){ .len = piece }, &out);
        if (status != HF_OK) {
            return hfc_error_status("random", status);
        }
        if (out.data.len != piece) {
            return hfc_error(HFC_REFUSED, "random: the server's answer makes no sense");
        }
        int rc = random_write(output, out.data, format);
        if (rc != HFC_OK) {
            return rc;
        }
        len -= piece;
    }
    return format == 'r' ? HFC_OK : hfc_output_write(output, hf_bytes_of("\n", 1));
}

static int random_inline(hfc_cli *cli, uint64_t len, char format)
{
    if (len > hfc_cli_payload_max(cli)) {
        return hfc_error(HFC_USAGE, "with --json without --out at most %zu bytes",
                         hfc_cli_payload_max(cli));
    }
    hf_random_response out;
    int status = hf_client_random(hfc_cli_client(cli),
                                  &(hf_random_request){ .len = (uint32_t)len }, &out);
    if (status != HF_OK) {
        return hfc_error_status("random", status);
    }
    bool is_hex = format == 'h';
    return hfc_report(
        json_pack("{s:o}", is_hex ? "hex" : "base64",
                  is_hex ? hfc_json_hex(out.data) : hfc_json_base64(out.data)));
}

int hfc_run_random(hfc_cli *cli)
{
    uint64_t len = 0;
    const char *format = hfc_cli_format(cli);
    if (format == NULL) {
        return HFC_USAGE;
    }
    if (!hfc_number_read(hfc_cli_word(cli, 0), UINT64_C(1) << 40, &len)) {
        return hfc_error(HFC_USAGE, "'%s' is no number of bytes", hfc_cli_word(cli, 0));
    }
    int rc = hfc_cli_connect(cli);
    if (rc != HFC_OK || hfc_cli_is_inline(cli)) {
        return rc == HFC_OK ? random_inline(cli, len, *format) : rc;
    }
    hfc_output output;
    hfc_output_config config = hfc_cli_output(cli, true, *format == 'r');
    rc = hfc_output_open(&output, &config);
    if (rc != HFC_OK) {
        return rc;
    }
    rc = random_stream(cli, &output, len, *format);
    if (rc != HFC_OK) {
        hfc_output_abandon(&output);
        return rc;
    }
    rc = hfc_output_commit(&output);
    if (rc == HFC_OK && cli->is_json) {
        rc = hfc_report(json_pack("{s:o, s:o}", "file", hfc_json_text(config.path),
                                  "length", hfc_json_u64(len)));
    }
    return rc;
}
