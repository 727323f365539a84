/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Objects by number or label, and their lists: the part of cli.h that is the same for
 * keys, data objects and counters.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "holdfast/nvm.h"

#define LABEL_PREFIX "label:"
#define GLOBAL_PREFIX "global:"

/* ---- JSON ---- */

bool hfc_cli_add(json_t *object, const char *key, json_t *value)
{
    if (object == NULL) {
        json_decref(value);
        return false;
    }
    return json_object_set_new(object, key, value) == 0;
}

json_t *hfc_cli_named(hf_handle handle)
{
    return json_pack("{s:I, s:b}", "number", (json_int_t)(handle & HF_HANDLE_NUMBER),
                     "global", (handle & HF_HANDLE_GLOBAL) != 0);
}

static bool names_add(json_t *list, const hfc_name *names, uint32_t bits)
{
    bool ok = list != NULL;
    for (; ok && names->name != NULL; names++) {
        if ((bits & names->bit) != 0) {
            ok = json_array_append_new(list, json_string(names->name)) == 0;
        }
    }
    return ok;
}

json_t *hfc_cli_bits(const hfc_name *names, uint32_t bits)
{
    json_t *list = json_array();
    if (!names_add(list, names, bits)) {
        json_decref(list);
        return NULL;
    }
    return list;
}

json_t *hfc_cli_flags(uint32_t flags)
{
    json_t *list = json_array();
    if (!names_add(list, hfc_flag_names, flags) ||
        !names_add(list, hfc_state_names, flags)) {
        json_decref(list);
        return NULL;
    }
    return list;
}

json_t *hfc_cli_usage(uint32_t flags)
{
    return hfc_cli_bits(hfc_usage_names, flags);
}

json_t *hfc_cli_label_json(const hf_label *label)
{
    return hfc_json_printable(hfc_label_bytes(label));
}

json_t *hfc_cli_type_json(uint32_t type)
{
    const hf_key_type_info *info = hf_key_type_find(type);
    char text[16];
    (void)snprintf(text, sizeof text, "0x%08x", (unsigned)type);
    return json_string(info != NULL ? info->name : text);
}

int hfc_cli_key_type(hfc_cli *cli, hf_handle handle, const hf_key_type_info **type)
{
    hf_key_info_response info;
    int status = hf_client_key_info(hfc_cli_client(cli),
                                    &(hf_key_info_request){ .handle = handle }, &info);
    if (status != HF_OK) {
        return hfc_error_status("key info", status);
    }
    *type = hf_key_type_find(info.type);
    return *type != NULL ? HFC_OK
                         : hfc_error(HFC_REFUSED, "this program does not know the "
                                                  "key's type");
}

int hfc_cli_report_verified(hfc_cli *cli)
{
    if (cli->is_json) {
        return hfc_report(json_pack("{s:b}", "verified", 1));
    }
    (void)puts("verified");
    return fflush(stdout) == 0 ? HFC_OK : hfc_error(HFC_LOCAL, "cannot write");
}

int hfc_cli_report(json_t *result, bool ok)
{
    if (!ok) {
        json_decref(result);
        result = NULL;
    }
    return hfc_report(result);
}

/* ---- walking a list ---- */

static const char *list_name(enum hf_kind kind)
{
    return kind == HF_KIND_KEY ? "key list"
                               : (kind == HF_KIND_COUNTER ? "counter list" : "nvm list");
}

/* One page: the three requests have the same fields. */
static int page_get(hfc_cli *cli, enum hf_kind kind, uint32_t *cursor, hf_bytes *entries)
{
    hf_client *client = hfc_cli_client(cli);
    hf_any_response out = { .nvm_list = { .cursor = 0 } };
    int rc = HF_OK;
    if (kind == HF_KIND_KEY) {
        rc = hf_client_key_list(client, &(hf_key_list_request){ .cursor = *cursor },
                                &out.key_list);
        *cursor = out.key_list.cursor;
        *entries = out.key_list.entries;
    } else if (kind == HF_KIND_COUNTER) {
        rc = hf_client_counter_list(
            client, &(hf_counter_list_request){ .cursor = *cursor }, &out.counter_list);
        *cursor = out.counter_list.cursor;
        *entries = out.counter_list.entries;
    } else {
        rc = hf_client_nvm_list(client, &(hf_nvm_list_request){ .cursor = *cursor },
                                &out.nvm_list);
        *cursor = out.nvm_list.cursor;
        *entries = out.nvm_list.entries;
    }
    return rc;
}

/* What a walk does with each entry; HFC_OK goes on. */
typedef struct list_visitor {
    int (*visit)(struct list_visitor *visitor, const hf_object_entry *entry);
    const hf_label *label; /* only entries with this one; NULL: all */
    bool is_global_only;
    enum hf_kind kind;
    json_t *rows;          /* of a list */
    hf_handle own, global; /* of a look-up: what was found, 0 = none */
    size_t own_count, global_count;
} list_visitor;

static int page_visit(list_visitor *visitor, hf_bytes page)
{
    hf_reader reader = hf_reader_of(page);
    int rc = HFC_OK;
    while (rc == HFC_OK && reader.offset < reader.len) {
        hf_object_entry entry;
        int status = hf_object_entry_decode(&reader, &entry);
        if (status != HF_OK) {
            return hfc_error_status(list_name(visitor->kind), status);
        }
        bool is_global = (entry.handle & HF_HANDLE_GLOBAL) != 0;
        bool is_named = visitor->label == NULL ||
                        memcmp(visitor->label, &entry.label, sizeof entry.label) == 0;
        if (is_named && (is_global || !visitor->is_global_only)) {
            rc = visitor->visit(visitor, &entry);
        }
    }
    return rc;
}

static int list_walk(hfc_cli *cli, list_visitor *visitor)
{
    uint32_t cursor = 0;
    int rc = HFC_OK;
    do {
        hf_bytes page = hf_bytes_of(NULL, 0);
        int status = page_get(cli, visitor->kind, &cursor, &page);
        if (status != HF_OK) {
            return hfc_error_status(list_name(visitor->kind), status);
        }
        rc = page_visit(visitor, page);
    } while (rc == HFC_OK && cursor != 0);
    return rc;
}

static int row_visit(list_visitor *visitor, const hf_object_entry *entry)
{
    json_t *row = hfc_cli_named(entry->handle);
    bool ok = row != NULL;
    if (visitor->kind == HF_KIND_KEY) {
        ok = ok && hfc_cli_add(row, "type", hfc_cli_type_json(entry->type)) &&
             hfc_cli_add(row, "usage", hfc_cli_usage(entry->flags));
    } else if (visitor->kind == HF_KIND_COUNTER) {
        ok = ok && hfc_cli_add(row, "value", hfc_json_u64(entry->value));
    } else {
        ok = ok && hfc_cli_add(row, "length", json_integer(entry->len));
    }
    ok = ok && hfc_cli_add(row, "flags", hfc_cli_flags(entry->flags)) &&
         hfc_cli_add(row, "label", hfc_cli_label_json(&entry->label));
    if (!ok) {
        json_decref(row);
        return hfc_error(HFC_LOCAL, "out of memory");
    }
    return json_array_append_new(visitor->rows, row) == 0
               ? HFC_OK
               : hfc_error(HFC_LOCAL, "out of memory");
}

int hfc_cli_list(hfc_cli *cli, enum hf_kind kind, json_t **rows)
{
    hf_label label;
    int rc = hfc_cli_label(cli, &label);
    if (rc != HFC_OK) {
        return rc;
    }
    rc = hfc_cli_connect(cli);
    if (rc != HFC_OK) {
        return rc;
    }
    list_visitor visitor = { .visit = row_visit,
                             .kind = kind,
                             .rows = json_array(),
                             .is_global_only =
                                 hfc_arguments_has(&cli->arguments, HFC_OPTION_GLOBAL) };
    if (hfc_arguments_has(&cli->arguments, HFC_OPTION_LABEL)) {
        visitor.label = &label;
    }
    if (visitor.rows == NULL) {
        return hfc_error(HFC_LOCAL, "out of memory");
    }
    rc = list_walk(cli, &visitor);
    if (rc != HFC_OK) {
        json_decref(visitor.rows);
        visitor.rows = NULL;
    }
    *rows = visitor.rows;
    return rc;
}

/* ---- naming ---- */

/* Are the named objects global ones? Where something is made, --global speaks of that. */
static bool wants_global(const hfc_cli *cli)
{
    return hfc_arguments_has(&cli->arguments, HFC_OPTION_GLOBAL) &&
           (cli->command->options & HFC_BIT(NUMBER)) == 0;
}

/* The digits in "7" and "global:7". */
static const char *number_of(const char *word, bool *is_global)
{
    bool is_prefixed = strncmp(word, GLOBAL_PREFIX, strlen(GLOBAL_PREFIX)) == 0;
    *is_global = *is_global || is_prefixed;
    return is_prefixed ? word + strlen(GLOBAL_PREFIX) : word;
}

static bool is_label(const char *word)
{
    return strncmp(word, LABEL_PREFIX, strlen(LABEL_PREFIX)) == 0;
}

int hfc_cli_check_name(const hfc_cli *cli, size_t index)
{
    const char *word = hfc_cli_word(cli, index);
    hf_label label;
    uint64_t number = 0;
    bool is_global = false;
    if (is_label(word)) {
        if (!hfc_label_read(word + strlen(LABEL_PREFIX), &label)) {
            return hfc_error(HFC_USAGE, "a label has at most %u bytes", HF_LABEL_SIZE);
        }
    } else if (!hfc_number_read(number_of(word, &is_global), HF_NUMBER_MAX, &number) ||
               number == 0) {
        return hfc_error(HFC_USAGE,
                         "'%s' is neither a number 1 .. %u nor global:NUMBER nor "
                         "label:TEXT",
                         word, HF_NUMBER_MAX);
    }
    return HFC_OK;
}

static int found_visit(list_visitor *visitor, const hf_object_entry *entry)
{
    if ((entry->handle & HF_HANDLE_GLOBAL) != 0) {
        visitor->global = entry->handle;
        visitor->global_count++;
    } else {
        visitor->own = entry->handle;
        visitor->own_count++;
    }
    return HFC_OK;
}

int hfc_cli_look_up(hfc_cli *cli, enum hf_kind kind, const char *label_text,
                    hfc_found *found)
{
    hf_label label;
    *found = (hfc_found){ .count = 0 };
    if (!hfc_label_read(label_text, &label)) {
        return hfc_error(HFC_USAGE, "a label has at most %u bytes", HF_LABEL_SIZE);
    }
    list_visitor visitor = { .visit = found_visit,
                             .kind = kind,
                             .label = &label,
                             .is_global_only = wants_global(cli) };
    int rc = list_walk(cli, &visitor);
    bool is_own = visitor.own_count > 0;
    found->count = is_own ? visitor.own_count : visitor.global_count;
    found->handle = is_own ? visitor.own : visitor.global;
    return rc;
}

int hfc_cli_find(hfc_cli *cli, size_t index, enum hf_kind kind, hf_handle *handle)
{
    const char *word = hfc_cli_word(cli, index);
    bool is_global = wants_global(cli);
    if (!is_label(word)) {
        uint64_t number = 0;
        int rc = hfc_cli_check_name(cli, index);
        word = number_of(word, &is_global);
        if (rc != HFC_OK || !hfc_number_read(word, HF_NUMBER_MAX, &number)) {
            return rc;
        }
        *handle = (hf_handle)number | (is_global ? HF_HANDLE_GLOBAL : 0u);
        return HFC_OK;
    }
    const char *label = word + strlen(LABEL_PREFIX);
    hfc_found found;
    int rc = hfc_cli_look_up(cli, kind, label, &found);
    if (rc != HFC_OK) {
        return rc;
    }
    if (found.count == 0) {
        return hfc_error(HFC_REFUSED, "there is nothing with the label %s", label);
    }
    if (found.count > 1) {
        return hfc_error(HFC_REFUSED, "%zu have the label %s: use the number",
                         found.count, label);
    }
    *handle = found.handle;
    return HFC_OK;
}

int hfc_cli_connect_and_find(hfc_cli *cli, enum hf_kind kind, hf_handle *handle)
{
    int rc = hfc_cli_check_name(cli, 0);
    if (rc == HFC_OK) {
        rc = hfc_cli_connect(cli);
    }
    return rc == HFC_OK ? hfc_cli_find(cli, 0, kind, handle) : rc;
}
