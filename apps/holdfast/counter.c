/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast counter ...: monotonic counters.
 */
#include "cli.h"
#include "holdfast/nvm.h"

static int value_report(hf_handle handle, uint64_t value)
{
    json_t *result = hfc_cli_named(handle);
    return hfc_cli_report(result, hfc_cli_add(result, "value", hfc_json_u64(value)));
}

int hfc_run_counter_create(hfc_cli *cli)
{
    hf_counter_create_request in = { .value = 0 };
    int rc = hfc_cli_new_handle(cli, &in.handle);
    rc = rc == HFC_OK ? hfc_cli_label(cli, &in.label) : rc;
    rc = rc == HFC_OK ? hfc_cli_access(cli, &in.access) : rc;
    rc = rc == HFC_OK ? hfc_cli_number(cli, HFC_OPTION_VALUE,
                                       (hfc_range){ 0, UINT64_MAX }, &in.value)
                      : rc;
    rc = rc == HFC_OK ? hfc_cli_names(cli, HFC_OPTION_FLAGS, hfc_flag_names, &in.flags)
                      : rc;
    if (rc == HFC_OK && (in.flags & ~HF_FLAG_NONDESTROYABLE) != 0) {
        rc = hfc_error(HFC_USAGE, "the only flag of a counter is nondestroyable");
    }
    rc = rc == HFC_OK ? hfc_cli_connect(cli) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    hf_counter_create_response out;
    int status = hf_client_counter_create(hfc_cli_client(cli), &in, &out);
    if (status != HF_OK) {
        return hfc_error_status("counter create", status);
    }
    return value_report(out.handle, out.value);
}

int hfc_run_counter_increment(hfc_cli *cli)
{
    hf_counter_increment_request in = { .by = 1 };
    int rc = hfc_cli_number(cli, HFC_OPTION_BY, (hfc_range){ 1, UINT64_MAX }, &in.by);
    if (rc == HFC_OK) {
        rc = hfc_cli_connect_and_find(cli, HF_KIND_COUNTER, &in.handle);
    }
    if (rc != HFC_OK) {
        return rc;
    }
    hf_counter_increment_response out;
    int status = hf_client_counter_increment(hfc_cli_client(cli), &in, &out);
    if (status != HF_OK) {
        return hfc_error_status("counter increment", status);
    }
    return value_report(in.handle, out.value);
}

int hfc_run_counter_read(hfc_cli *cli)
{
    hf_handle handle = 0;
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_COUNTER, &handle);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_counter_read_response out;
    int status = hf_client_counter_read(
        hfc_cli_client(cli), &(hf_counter_read_request){ .handle = handle }, &out);
    if (status != HF_OK) {
        return hfc_error_status("counter read", status);
    }
    json_t *result = hfc_cli_named(handle);
    bool ok = hfc_cli_add(result, "value", hfc_json_u64(out.value)) &&
              hfc_cli_add(result, "flags", hfc_cli_flags(out.flags)) &&
              hfc_cli_add(result, "label", hfc_cli_label_json(&out.label));
    return hfc_cli_report(result, ok);
}

int hfc_run_counter_list(hfc_cli *cli)
{
    json_t *rows = NULL;
    int rc = hfc_cli_list(cli, HF_KIND_COUNTER, &rows);
    return rc == HFC_OK ? hfc_report(json_pack("{s:o}", "counters", rows)) : rc;
}

int hfc_run_counter_destroy(hfc_cli *cli)
{
    hf_handle handle = 0;
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_COUNTER, &handle);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_counter_destroy_response out;
    int status = hf_client_counter_destroy(
        hfc_cli_client(cli), &(hf_counter_destroy_request){ .handle = handle }, &out);
    if (status != HF_OK) {
        return hfc_error_status("counter destroy", status);
    }
    json_t *result = hfc_cli_named(handle);
    return hfc_cli_report(result, hfc_cli_add(result, "destroyed", json_true()));
}

int hfc_run_counter_purge(hfc_cli *cli)
{
    hf_handle handle = 0;
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_COUNTER, &handle);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_counter_purge_response out;
    int status = hf_client_counter_purge(
        hfc_cli_client(cli), &(hf_counter_purge_request){ .handle = handle }, &out);
    if (status != HF_OK) {
        return hfc_error_status("counter purge", status);
    }
    json_t *result = hfc_cli_named(handle);
    return hfc_cli_report(result, hfc_cli_add(result, "purged", json_true()));
}
