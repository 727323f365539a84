/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast key wrap, unwrap, wrap-data and unwrap-data: keys and data that leave under
 * another key, and come back. The rules are in docs/keys.md.
 */
#include <string.h>

#include "algorithm.h"
#include "cli.h"
#include "new_key.h"

/* How it is wrapped. */
typedef struct wrapping {
    hfc_purpose purpose;
    const hf_algorithm *row;
    const hf_algorithm *hash; /* of OAEP; NULL: the usual one */
    const hf_algorithm *mgf;  /* NULL: as `hash` */
    hf_handle kek;
} wrapping;

/* Before connecting. `index` is of the word that names the KEK. */
static int wrapping_read(const hfc_cli *cli, size_t index, wrapping *w)
{
    int rc = hfc_cli_check_name(cli, index);
    rc = rc == HFC_OK ? hfc_algorithm_read(cli, &w->purpose, &w->row) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_hash(cli, HFC_OPTION_HASH, &w->hash) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_hash(cli, HFC_OPTION_MGF, &w->mgf) : rc;
    return rc;
}

/* Connected: the KEK's type decides what is usual. */
static int wrapping_choose(hfc_cli *cli, size_t index, wrapping *w)
{
    const hf_key_type_info *type = NULL;
    int rc = hfc_cli_find(cli, index, HF_KIND_KEY, &w->kek);
    rc = rc == HFC_OK ? hfc_cli_key_type(cli, w->kek, &type) : rc;
    rc = rc == HFC_OK ? hfc_algorithm_choose(&w->purpose, type, &w->row) : rc;
    if (rc == HFC_OK && (w->row->traits & HF_TRAIT_HASH) == 0) {
        rc = hfc_algorithm_refuse(cli, HFC_OPTION_HASH, w->row);
    }
    if (rc == HFC_OK && (w->row->traits & HF_TRAIT_MGF) == 0) {
        rc = hfc_algorithm_refuse(cli, HFC_OPTION_MGF, w->row);
    }
    return rc;
}

static uint16_t id_of(const hf_algorithm *row)
{
    return row != NULL ? row->id : HF_ALG_NONE;
}

/* Bytes to where --out says, or as `member` into the JSON value. Takes `result`, what
 * else there is to tell with --json. */
static int result_write(hfc_cli *cli, json_t *result, const char *member, hf_bytes bytes,
                        bool is_secret)
{
    if (hfc_cli_is_inline(cli)) {
        return hfc_cli_report(result,
                              hfc_cli_add(result, member, hfc_json_base64(bytes)));
    }
    hfc_output_config config = hfc_cli_output(cli, is_secret, true);
    int rc = hfc_output_all(&config, bytes);
    if (rc == HFC_OK && cli->is_json) {
        return hfc_cli_report(result,
                              hfc_cli_add(result, "file", hfc_json_text(config.path)));
    }
    json_decref(result);
    return rc;
}

/* ---- keys ---- */

int hfc_run_key_wrap(hfc_cli *cli)
{
    wrapping w = { .purpose = { "wrap", HFC_CLASS_BIT(WRAP), false } };
    hf_handle handle = 0;
    int rc = hfc_cli_check_name(cli, 0);
    rc = rc == HFC_OK ? wrapping_read(cli, 1, &w) : rc;
    rc = rc == HFC_OK ? hfc_cli_connect(cli) : rc;
    rc = rc == HFC_OK ? hfc_cli_find(cli, 0, HF_KIND_KEY, &handle) : rc;
    rc = rc == HFC_OK ? wrapping_choose(cli, 1, &w) : rc;
    if (rc != HFC_OK) {
        return rc;
    }
    const hf_key_wrap_request in = { .handle = handle,
                                     .kek = w.kek,
                                     .algorithm = w.row->id,
                                     .hash = id_of(w.hash),
                                     .mgf_hash = id_of(w.mgf) };
    hf_key_wrap_response out;
    int status = hf_client_key_wrap(hfc_cli_client(cli), &in, &out);
    if (status != HF_OK) {
        return hfc_error_status("key wrap", status);
    }
    json_t *result = json_pack("{s:o, s:s}", "type", hfc_cli_type_json(out.type),
                               "algorithm", w.row->name);
    return result_write(cli, result, "wrapped", out.wrapped, false);
}

/* --type, or NULL. */
static int type_read(const hfc_cli *cli, const hf_key_type_info **type)
{
    const char *name = hfc_cli_option(cli, HFC_OPTION_TYPE);
    *type = NULL;
    return name == NULL ? HFC_OK : hfc_key_type_named(name, type);
}

/* In its own form a wrapped key brings what it is and may do; options only narrow it. The
 * other forms are material alone. */
static int key_read(const hfc_cli *cli, const wrapping *w, hfc_new_key *key)
{
    const hf_key_type_info *type = NULL;
    bool is_own = w->row != NULL && w->row->id == HF_ALG_WRAP_AES_GCM;
    int rc = type_read(cli, &type);
    if (rc == HFC_OK && type == NULL && w->row != NULL && !is_own) {
        rc = hfc_error(HFC_USAGE, "%s needs --type TYPE", w->row->name);
    }
    rc = rc == HFC_OK ? hfc_new_key_read(cli, is_own ? NULL : type, key) : rc;
    key->type = type;
    return rc;
}

static int key_unwrap(hfc_cli *cli, const wrapping *w, const hfc_new_key *key,
                      const hf_buffer *wrapped)
{
    const hf_key_unwrap_request in = { HFC_NEW_KEY_FIELDS(key),
                                       .type = key->type != NULL ? key->type->type : 0,
                                       .kek = w->kek,
                                       .algorithm = w->row->id,
                                       .hash = id_of(w->hash),
                                       .mgf_hash = id_of(w->mgf),
                                       .wrapped =
                                           hf_bytes_of(wrapped->data, wrapped->len) };
    hf_key_unwrap_response out;
    json_t *result = NULL;
    int status = hf_client_key_unwrap(hfc_cli_client(cli), &in, &out);
    if (status != HF_OK) {
        return hfc_error_status("key unwrap", status);
    }
    int rc = hfc_key_describe(cli, out.handle, &result);
    return rc == HFC_OK ? hfc_report(result) : rc;
}

int hfc_run_key_unwrap(hfc_cli *cli)
{
    wrapping w = { .purpose = { "unwrap", HFC_CLASS_BIT(WRAP), true } };
    hfc_new_key key;
    hf_buffer wrapped = hf_buffer_of(NULL, 0);
    int rc = wrapping_read(cli, 0, &w);
    rc = rc == HFC_OK ? key_read(cli, &w, &key) : rc;
    rc = rc == HFC_OK ? hfc_cli_connect(cli) : rc;
    rc = rc == HFC_OK ? wrapping_choose(cli, 0, &w) : rc;
    rc = rc == HFC_OK ? key_read(cli, &w, &key) : rc; /* now the form is known */
    rc = rc == HFC_OK ? hfc_file_read(hfc_cli_word(cli, 1), hfc_cli_payload_max(cli),
                                      "a message", &wrapped)
                      : rc;
    if (rc == HFC_OK && wrapped.len == 0) {
        rc = hfc_error(HFC_LOCAL, "%s is empty", hfc_input_name(hfc_cli_word(cli, 1)));
    }
    rc = rc == HFC_OK ? key_unwrap(cli, &w, &key, &wrapped) : rc;
    hfc_memory_free(&wrapped);
    return rc;
}

/* ---- data ---- */

/* The KEK and the whole file. */
static int data_read(hfc_cli *cli, hf_handle *kek, hf_buffer *data)
{
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_KEY, kek);
    return rc == HFC_OK ? hfc_file_read(hfc_cli_word(cli, 1), hfc_cli_payload_max(cli),
                                        "a message", data)
                        : rc;
}

int hfc_run_key_wrap_data(hfc_cli *cli)
{
    hf_buffer data = hf_buffer_of(NULL, 0);
    hf_key_wrap_data_request in = { .kek = 0 };
    hf_key_wrap_data_response out;
    int rc = data_read(cli, &in.kek, &data);
    if (rc == HFC_OK) {
        in.data = hf_bytes_of(data.data, data.len);
        int status = hf_client_key_wrap_data(hfc_cli_client(cli), &in, &out);
        rc = status == HF_OK
                 ? result_write(cli, json_object(), "wrapped", out.wrapped, false)
                 : hfc_error_status("key wrap-data", status);
    }
    hfc_memory_free(&data);
    return rc;
}

int hfc_run_key_unwrap_data(hfc_cli *cli)
{
    hf_buffer wrapped = hf_buffer_of(NULL, 0);
    hf_key_unwrap_data_request in = { .kek = 0 };
    hf_key_unwrap_data_response out;
    int rc = data_read(cli, &in.kek, &wrapped);
    if (rc == HFC_OK) {
        in.wrapped = hf_bytes_of(wrapped.data, wrapped.len);
        int status = hf_client_key_unwrap_data(hfc_cli_client(cli), &in, &out);
        rc = status == HF_OK ? result_write(cli, json_object(), "data", out.data, true)
                             : hfc_error_status("key unwrap-data", status);
    }
    hfc_memory_free(&wrapped);
    return rc;
}
