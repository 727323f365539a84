/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast nvm ...: data objects and the store.
 */
#include <string.h>

#include "cli.h"
#include "holdfast/nvm.h"

int hfc_run_nvm_put(hfc_cli *cli)
{
    hf_nvm_put_request in = { .flags = 0 };
    hf_buffer data = hf_buffer_of(NULL, 0);
    int rc = hfc_cli_new_handle(cli, &in.handle);
    rc = rc == HFC_OK ? hfc_cli_label(cli, &in.label) : rc;
    rc = rc == HFC_OK ? hfc_cli_access(cli, &in.access) : rc;
    rc = rc == HFC_OK ? hfc_cli_names(cli, HFC_OPTION_FLAGS, hfc_flag_names, &in.flags)
                      : rc;
    rc = rc == HFC_OK ? hfc_cli_connect(cli) : rc;
    rc = rc == HFC_OK ? hfc_file_read(hfc_cli_word(cli, 0), hfc_cli_payload_max(cli),
                                      "an object", &data)
                      : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    hf_nvm_put_response out;
    in.data = hf_bytes_of(data.data, data.len);
    int status = hf_client_nvm_put(hfc_cli_client(cli), &in, &out);
    size_t len = data.len;
    hfc_memory_free(&data);
    if (status != HF_OK) {
        return hfc_error_status("nvm put", status);
    }
    json_t *result = hfc_cli_named(out.handle);
    bool ok = hfc_cli_add(result, "length", hfc_json_u64(len)) &&
              hfc_cli_add(result, "flags", hfc_cli_flags(in.flags)) &&
              hfc_cli_add(result, "label", hfc_cli_label_json(&in.label));
    return hfc_cli_report(result, ok);
}

/* ---- get ---- */

#define READ_ATTEMPTS_MAX 100 /* of an object that others replace all the time */

/* One pass over the pages. *is_torn: the object was replaced in between. */
static int object_read(hfc_cli *cli, hf_handle handle, hf_buffer *data, bool *is_torn)
{
    uint64_t generation = 0;
    size_t total = 0;
    do {
        hf_nvm_read_response out;
        const hf_nvm_read_request in = { .handle = handle,
                                         .offset = (uint32_t)data->len,
                                         .len = (uint32_t)hfc_cli_payload_max(cli) };
        int status = hf_client_nvm_read(hfc_cli_client(cli), &in, &out);
        *is_torn = data->len > 0 && (status != HF_OK || out.generation != generation);
        if (*is_torn) {
            return HFC_OK;
        }
        if (status != HF_OK) {
            return hfc_error_status("nvm get", status);
        }
        int rc = data->data == NULL ? hfc_memory_take(data, out.total_len) : HFC_OK;
        if (rc != HFC_OK) {
            return rc;
        }
        generation = out.generation;
        total = out.total_len;
        if (hf_buffer_append(data, out.data) != HF_OK ||
            (out.data.len == 0 && data->len < total)) {
            return hfc_error(HFC_REFUSED, "nvm get: the server's answer makes no sense");
        }
    } while (data->len < total);
    return HFC_OK;
}

static int object_write(hfc_cli *cli, hf_handle handle, hf_bytes data)
{
    hfc_output_config config = hfc_cli_output(cli, true, true);
    bool is_inline = hfc_cli_is_inline(cli);
    int rc = is_inline ? HFC_OK : hfc_output_all(&config, data);
    if (rc != HFC_OK || !cli->is_json) {
        return rc;
    }
    json_t *result = hfc_cli_named(handle);
    bool ok = hfc_cli_add(result, "length", hfc_json_u64(data.len)) &&
              (is_inline ? hfc_cli_add(result, "base64", hfc_json_base64(data))
                         : hfc_cli_add(result, "file", hfc_json_text(config.path)));
    return hfc_cli_report(result, ok);
}

int hfc_run_nvm_get(hfc_cli *cli)
{
    hf_handle handle = 0;
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_DATA, &handle);
    bool is_torn = true;
    hf_buffer data = hf_buffer_of(NULL, 0);
    for (int i = 0; rc == HFC_OK && is_torn && i < READ_ATTEMPTS_MAX; i++) {
        hfc_memory_free(&data);
        rc = object_read(cli, handle, &data, &is_torn);
    }
    if (rc == HFC_OK && is_torn) {
        rc = hfc_error(HFC_REFUSED, "nvm get: the object is replaced too often");
    }
    if (rc == HFC_OK) {
        rc = object_write(cli, handle, hf_bytes_of(data.data, data.len));
    }
    hfc_memory_free(&data);
    return rc;
}

/* ---- the rest ---- */

int hfc_run_nvm_info(hfc_cli *cli)
{
    hf_handle handle = 0;
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_DATA, &handle);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_nvm_info_response out;
    int status = hf_client_nvm_info(hfc_cli_client(cli),
                                    &(hf_nvm_info_request){ .handle = handle }, &out);
    if (status != HF_OK) {
        return hfc_error_status("nvm info", status);
    }
    json_t *result = hfc_cli_named(handle);
    bool ok = hfc_cli_add(result, "length", json_integer(out.len)) &&
              hfc_cli_add(result, "flags", hfc_cli_flags(out.flags)) &&
              hfc_cli_add(result, "access", hfc_cli_bits(hfc_access_names, out.access)) &&
              hfc_cli_add(result, "generation", hfc_json_u64(out.generation)) &&
              hfc_cli_add(result, "label", hfc_cli_label_json(&out.label));
    return hfc_cli_report(result, ok);
}

int hfc_run_nvm_list(hfc_cli *cli)
{
    json_t *rows = NULL;
    int rc = hfc_cli_list(cli, HF_KIND_DATA, &rows);
    return rc == HFC_OK ? hfc_report(json_pack("{s:o}", "objects", rows)) : rc;
}

int hfc_run_nvm_destroy(hfc_cli *cli)
{
    hf_handle handle = 0;
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_DATA, &handle);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_nvm_destroy_response out;
    int status = hf_client_nvm_destroy(
        hfc_cli_client(cli), &(hf_nvm_destroy_request){ .handle = handle }, &out);
    if (status != HF_OK) {
        return hfc_error_status("nvm destroy", status);
    }
    json_t *result = hfc_cli_named(handle);
    return hfc_cli_report(result, hfc_cli_add(result, "destroyed", json_true()));
}

int hfc_run_nvm_space(hfc_cli *cli)
{
    int rc = hfc_cli_connect(cli);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_nvm_space_response out;
    int status = hf_client_nvm_space(hfc_cli_client(cli),
                                     &(hf_nvm_space_request){ .none = 0 }, &out);
    if (status != HF_OK) {
        return hfc_error_status("nvm space", status);
    }
    json_t *result = json_object();
    bool ok =
        hfc_cli_add(result, "total_bytes", hfc_json_u64(out.total_size)) &&
        hfc_cli_add(result, "used_bytes", hfc_json_u64(out.used_size)) &&
        hfc_cli_add(result, "free_bytes", hfc_json_u64(out.free_size)) &&
        hfc_cli_add(result, "reclaimable_bytes", hfc_json_u64(out.reclaimable_size)) &&
        hfc_cli_add(result, "objects", json_integer(out.object_count)) &&
        hfc_cli_add(result, "objects_max", json_integer(out.object_count_max));
    return hfc_cli_report(result, ok);
}

int hfc_run_nvm_compact(hfc_cli *cli)
{
    int rc = hfc_cli_connect(cli);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_admin_compact_response out;
    int status = hf_client_admin_compact(hfc_cli_client(cli),
                                         &(hf_admin_compact_request){ .none = 0 }, &out);
    if (status != HF_OK) {
        return hfc_error_status("nvm compact", status);
    }
    return hfc_report(json_pack("{s:I}", "destroyed_secrets_left",
                                (json_int_t)out.secret_residue_count));
}
