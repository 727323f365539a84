/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast key ...: the life of keys. Material that passes through is wiped.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "holdfast/nvm.h"
#include "key_file.h"
#include "new_key.h"
#include "pem.h"

int hfc_run_key_generate(hfc_cli *cli)
{
    const hf_key_type_info *type = NULL;
    hfc_new_key key;
    int rc = hfc_key_type_named(hfc_cli_word(cli, 0), &type);
    rc = rc == HFC_OK ? hfc_new_key_read(cli, type, &key) : rc;
    rc = rc == HFC_OK ? hfc_cli_connect(cli) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    hf_key_generate_response out;
    int status = hf_client_key_generate(hfc_cli_client(cli),
                                        &(hf_key_generate_request){
                                            HFC_NEW_KEY_FIELDS(&key),
                                            .type = type->type,
                                        },
                                        &out);
    return status == HF_OK ? hfc_new_key_report(&key, out.handle)
                           : hfc_error_status("key generate", status);
}

/* ---- export ---- */

static const char *pem_name(uint32_t type)
{
    return HF_KEY_CLASS(type) == HF_CLASS_PUBLIC ? HFC_PEM_PUBLIC : HFC_PEM_PRIVATE;
}
/* Material that the server gave, and how to write it. */
typedef struct exported {
    uint32_t type;
    hf_bytes material; /* DER or raw */
    const char *format;
    bool is_secret;
} exported;

static int exported_inline(const exported *key, hf_bytes text)
{
    bool is_pem = *key->format == 'p';
    json_t *content =
        is_pem ? json_stringn((const char *)text.data, text.len) : hfc_json_base64(text);
    json_t *result = json_object();
    bool ok = hfc_cli_add(result, "type", hfc_cli_type_json(key->type)) &&
              hfc_cli_add(result, "format",
                          json_stringn(key->format, strcspn(key->format, " "))) &&
              hfc_cli_add(result, is_pem ? "pem" : "base64", content);
    return hfc_cli_report(result, ok);
}

static int exported_write(hfc_cli *cli, const exported *key)
{
    bool is_pem = *key->format == 'p';
    hf_buffer pem = hf_buffer_of(NULL, 0);
    hf_bytes text = key->material;
    if (is_pem) {
        int rc = hfc_memory_take(&pem, HFC_PEM_SIZE(key->material.len));
        if (rc != HFC_OK) {
            return rc;
        }
        if (hfc_pem_write(pem_name(key->type), key->material, &pem) != HF_OK) {
            hfc_memory_free(&pem);
            return hfc_error(HFC_LOCAL, "out of memory");
        }
        text = hf_bytes_of(pem.data, pem.len);
    }
    int rc = HFC_OK;
    if (hfc_cli_is_inline(cli)) {
        rc = exported_inline(key, text);
    } else {
        hfc_output_config config = hfc_cli_output(cli, key->is_secret, !is_pem);
        rc = hfc_output_all(&config, text);
        if (rc == HFC_OK && cli->is_json) {
            rc = hfc_report(json_pack("{s:o, s:o}", "type", hfc_cli_type_json(key->type),
                                      "file", hfc_json_text(config.path)));
        }
    }
    hfc_memory_free(&pem);
    return rc;
}

int hfc_run_key_export(hfc_cli *cli)
{
    hf_handle handle = 0;
    const hf_key_type_info *type = NULL;
    exported key = { .is_secret = true, .format = hfc_cli_format(cli) };
    int rc = key.format == NULL ? HFC_USAGE
                                : hfc_cli_connect_and_find(cli, HF_KIND_KEY, &handle);
    rc = rc == HFC_OK ? hfc_cli_key_type(cli, handle, &type) : rc;
    if (rc != HFC_OK || type == NULL) {
        return rc;
    }
    rc = hfc_key_format(cli, type, &key.format);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_key_export_response out;
    uint16_t format = *key.format == 'r' ? HF_FORMAT_RAW : HF_FORMAT_DER;
    int status = hf_client_key_export(
        hfc_cli_client(cli),
        &(hf_key_export_request){ .handle = handle, .format = format }, &out);
    if (status != HF_OK) {
        return hfc_error_status("key export", status);
    }
    key.type = out.type;
    key.material = out.material;
    return exported_write(cli, &key);
}

int hfc_run_key_export_public(hfc_cli *cli)
{
    hf_handle handle = 0;
    const hf_key_type_info *type = NULL;
    exported key = { .format = hfc_cli_format(cli) };
    int rc = key.format == NULL ? HFC_USAGE
                                : hfc_cli_connect_and_find(cli, HF_KIND_KEY, &handle);
    rc = rc == HFC_OK ? hfc_cli_key_type(cli, handle, &type) : rc;
    if (rc == HFC_OK && hf_key_type_public(type->type) != 0) {
        type = hf_key_type_find(hf_key_type_public(type->type));
        rc = hfc_key_format(cli, type, &key.format);
    }
    if (rc != HFC_OK) {
        return rc;
    }
    hf_key_export_public_response out;
    uint16_t format = *key.format == 'r' ? HF_FORMAT_RAW : HF_FORMAT_DER;
    int status = hf_client_key_export_public(
        hfc_cli_client(cli),
        &(hf_key_export_public_request){ .handle = handle, .format = format }, &out);
    if (status != HF_OK) {
        return hfc_error_status("key export-public", status);
    }
    key.type = out.type;
    key.material = out.material;
    return exported_write(cli, &key);
}

/* ---- the rest ---- */

int hfc_run_key_info(hfc_cli *cli)
{
    hf_handle handle = 0;
    json_t *result = NULL;
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_KEY, &handle);
    rc = rc == HFC_OK ? hfc_key_describe(cli, handle, &result) : rc;
    return rc == HFC_OK ? hfc_report(result) : rc;
}

int hfc_run_key_signatures_left(hfc_cli *cli)
{
    hf_handle handle = 0;
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_KEY, &handle);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_key_signatures_left_response out;
    int status = hf_client_key_signatures_left(
        hfc_cli_client(cli), &(hf_key_signatures_left_request){ .handle = handle }, &out);
    if (status != HF_OK) {
        return hfc_error_status("key signatures-left", status);
    }
    json_t *result = hfc_cli_named(handle);
    bool ok = hfc_cli_add(result, "signatures_left", hfc_json_u64(out.count)) &&
              hfc_cli_add(result, "signatures_max", hfc_json_u64(out.count_max));
    return hfc_cli_report(result, ok);
}

int hfc_run_key_list(hfc_cli *cli)
{
    json_t *rows = NULL;
    int rc = hfc_cli_list(cli, HF_KIND_KEY, &rows);
    return rc == HFC_OK ? hfc_report(json_pack("{s:o}", "keys", rows)) : rc;
}

/* The requests that take a key and give nothing. */
static int simple_run(hfc_cli *cli, uint16_t kind, const char *what, const char *done)
{
    hf_handle handle = 0;
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_KEY, &handle);
    if (rc != HFC_OK) {
        return rc;
    }
    const hf_any_request in = { .key_erase = { .handle = handle } };
    hf_any_response out;
    int status = hf_client_call(hfc_cli_client(cli), kind, &in, &out);
    if (status != HF_OK) {
        return hfc_error_status(what, status);
    }
    json_t *result = hfc_cli_named(handle);
    return hfc_cli_report(result, hfc_cli_add(result, done, json_true()));
}

int hfc_run_key_commit(hfc_cli *cli)
{
    return simple_run(cli, HF_REQ_key_commit, "key commit", "committed");
}

int hfc_run_key_evict(hfc_cli *cli)
{
    return simple_run(cli, HF_REQ_key_evict, "key evict", "evicted");
}

int hfc_run_key_erase(hfc_cli *cli)
{
    return simple_run(cli, HF_REQ_key_erase, "key erase", "erased");
}

int hfc_run_key_revoke(hfc_cli *cli)
{
    return simple_run(cli, HF_REQ_key_revoke, "key revoke", "revoked");
}
