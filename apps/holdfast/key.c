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
#include "pem.h"

#define DER_OF_KEY_MAX                                                                   \
    8192u /* bytes; the longest key that the server takes is half of it */

/* ---- generate, import ---- */

/* What generate and import have in common. */
typedef struct new_key {
    const hf_key_type_info *type;
    hf_handle handle;
    hf_label label;
    uint32_t flags;
    uint16_t access;
    uint8_t store;
} new_key;

/* The one purpose that people expect of a type (SP 800-57 part 1, 5.2: a key has one);
 * others are asked for. */
static uint32_t usage_default(const hf_key_type_info *type)
{
    uint32_t usage = HF_USAGE_SIGN | HF_USAGE_VERIFY;
    switch (HF_KEY_FAMILY(type->type)) {
    case HF_FAMILY_AES:
    case HF_FAMILY_AES_XTS:
    case HF_FAMILY_CHACHA20:
        usage = HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT;
        break;
    case HF_FAMILY_MONTGOMERY:
    case HF_FAMILY_ML_KEM:
        usage = HF_USAGE_DERIVE;
        break;
    default:
        break;
    }
    return type->usages & (type->type == HF_KEY_SECRET ? HF_USAGE_DERIVE : usage);
}

static int type_read(hfc_cli *cli, const hf_key_type_info **type)
{
    const char *name = hfc_cli_word(cli, 0);
    *type = hf_key_type_find_name(name);
    if (*type != NULL) {
        return HFC_OK;
    }
    return hfc_error(HFC_USAGE,
                     "there is no key type '%.40s'; holdfast capabilities "
                     "lists them",
                     name);
}

/* --policy and --mac-length-min. */
static int policy_read(hfc_cli *cli, uint32_t *policy)
{
    uint64_t len = 0;
    *policy = 0;
    int rc = hfc_cli_names(cli, HFC_OPTION_POLICY, hfc_policy_names, policy);
    rc = rc == HFC_OK ? hfc_cli_number(cli, HFC_OPTION_MAC_LENGTH_MIN,
                                       (hfc_range){ 1, HF_MAC_LEN_MAX }, &len)
                      : rc;
    *policy |= HF_FLAG_MAC_LEN(len);
    return rc;
}

static int new_key_read(hfc_cli *cli, new_key *key)
{
    *key = (new_key){ .store = 1 };
    int rc = type_read(cli, &key->type);
    if (rc != HFC_OK) {
        return rc;
    }
    bool is_public = HF_KEY_CLASS(key->type->type) == HF_CLASS_PUBLIC;
    uint32_t usage = usage_default(key->type);
    uint32_t policy = 0;
    uint32_t flags = is_public ? 0 : HF_FLAG_SENSITIVE | HF_FLAG_NONEXPORTABLE;
    rc = hfc_cli_new_handle(cli, &key->handle);
    rc = rc == HFC_OK ? hfc_cli_label(cli, &key->label) : rc;
    rc = rc == HFC_OK ? hfc_cli_access(cli, &key->access) : rc;
    rc =
        rc == HFC_OK ? hfc_cli_names(cli, HFC_OPTION_USAGE, hfc_usage_names, &usage) : rc;
    rc = rc == HFC_OK ? hfc_cli_names(cli, HFC_OPTION_FLAGS, hfc_flag_names, &flags) : rc;
    rc = rc == HFC_OK ? policy_read(cli, &policy) : rc;
    key->flags = usage | flags | policy;
    key->store = hfc_arguments_has(&cli->arguments, HFC_OPTION_CACHE_ONLY) ||
                         (flags & HF_FLAG_EPHEMERAL) != 0
                     ? 0
                     : 1;
    return rc;
}

/* What the flags say of how the key may be used. */
static bool policy_add(json_t *result, uint32_t flags)
{
    return hfc_cli_add(result, "policy", hfc_cli_bits(hfc_policy_names, flags)) &&
           hfc_cli_add(result, "mac_length_min", json_integer(HF_MAC_LEN_OF(flags)));
}

static int new_key_report(const new_key *key, hf_handle handle)
{
    json_t *result = hfc_cli_named(handle);
    bool ok = hfc_cli_add(result, "type", json_string(key->type->name)) &&
              hfc_cli_add(result, "stored", json_boolean(key->store != 0)) &&
              hfc_cli_add(result, "usage", hfc_cli_usage(key->flags)) &&
              hfc_cli_add(result, "flags", hfc_cli_flags(key->flags)) &&
              policy_add(result, key->flags) &&
              hfc_cli_add(result, "label", hfc_cli_label_json(&key->label));
    return hfc_cli_report(result, ok);
}

int hfc_run_key_generate(hfc_cli *cli)
{
    new_key key;
    int rc = new_key_read(cli, &key);
    if (rc == HFC_OK) {
        rc = hfc_cli_connect(cli);
    }
    if (rc != HFC_OK) {
        return rc;
    }
    hf_key_generate_response out;
    int status = hf_client_key_generate(hfc_cli_client(cli),
                                        &(hf_key_generate_request){
                                            .handle = key.handle,
                                            .type = key.type->type,
                                            .flags = key.flags,
                                            .access = key.access,
                                            .label = key.label,
                                            .store = key.store,
                                        },
                                        &out);
    return status == HF_OK ? new_key_report(&key, out.handle)
                           : hfc_error_status("key generate", status);
}

static const char *pem_name(uint32_t type)
{
    return HF_KEY_CLASS(type) == HF_CLASS_PUBLIC ? HFC_PEM_PUBLIC : HFC_PEM_PRIVATE;
}

/* Symmetric keys have no DER: raw, unless another format was asked for. */
static int key_format(const hfc_cli *cli, const hf_key_type_info *type,
                      const char **format)
{
    *format = hfc_cli_format(cli);
    if (*format == NULL) {
        return HFC_USAGE;
    }
    if (type->public_len == 0 && **format != 'r') {
        if (hfc_arguments_has(&cli->arguments, HFC_OPTION_FORMAT)) {
            return hfc_error(HFC_USAGE, "a key of type %s is always raw", type->name);
        }
        *format = "raw";
    }
    return HFC_OK;
}

/* The file's material, as the server takes it: DER or raw. */
static int material_read(hfc_cli *cli, const hf_key_type_info *type, hf_buffer *material,
                         uint16_t *wire_format)
{
    const char *path = hfc_cli_word(cli, 1);
    const char *format = NULL;
    int rc = key_format(cli, type, &format);
    if (rc != HFC_OK) {
        return rc;
    }
    *wire_format = *format == 'r' ? HF_FORMAT_RAW : HF_FORMAT_DER;
    rc = hfc_file_read(path, DER_OF_KEY_MAX, "a key", material);
    if (rc != HFC_OK || *format != 'p') {
        return rc;
    }
    hf_buffer der;
    rc = hfc_memory_take(&der, DER_OF_KEY_MAX);
    const char *why = NULL;
    if (rc == HFC_OK) {
        why = hfc_pem_read(hf_bytes_of(material->data, material->len),
                           pem_name(type->type), &der);
    }
    hfc_memory_free(material);
    if (why != NULL) {
        hfc_memory_free(&der);
        return hfc_error(HFC_LOCAL, "cannot use %s: %s", path, why);
    }
    *material = der;
    return rc;
}

static int key_import(hfc_cli *cli, const new_key *key, uint16_t format,
                      hf_bytes material)
{
    int rc = hfc_cli_connect(cli);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_key_import_response out;
    int status = hf_client_key_import(hfc_cli_client(cli),
                                      &(hf_key_import_request){
                                          .handle = key->handle,
                                          .type = key->type->type,
                                          .flags = key->flags,
                                          .access = key->access,
                                          .label = key->label,
                                          .store = key->store,
                                          .format = format,
                                          .material = material,
                                      },
                                      &out);
    return status == HF_OK ? new_key_report(key, out.handle)
                           : hfc_error_status("key import", status);
}

int hfc_run_key_import(hfc_cli *cli)
{
    new_key key;
    hf_buffer material = hf_buffer_of(NULL, 0);
    uint16_t format = 0;
    int rc = new_key_read(cli, &key);
    if (rc == HFC_OK) {
        rc = material_read(cli, key.type, &material, &format);
    }
    if (rc == HFC_OK && material.len == 0) {
        rc = hfc_error(HFC_LOCAL, "%s is empty", hfc_cli_word(cli, 1));
    }
    if (rc == HFC_OK) {
        rc = key_import(cli, &key, format, hf_bytes_of(material.data, material.len));
    }
    hfc_memory_free(&material);
    return rc;
}

/* ---- export ---- */

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
    rc = key_format(cli, type, &key.format);
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
    exported key = { .format = hfc_cli_format(cli) };
    int rc = key.format == NULL ? HFC_USAGE
                                : hfc_cli_connect_and_find(cli, HF_KIND_KEY, &handle);
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
    int rc = hfc_cli_connect_and_find(cli, HF_KIND_KEY, &handle);
    if (rc != HFC_OK) {
        return rc;
    }
    hf_key_info_response out;
    int status = hf_client_key_info(hfc_cli_client(cli),
                                    &(hf_key_info_request){ .handle = handle }, &out);
    if (status != HF_OK) {
        return hfc_error_status("key info", status);
    }
    json_t *result = hfc_cli_named(handle);
    bool ok = hfc_cli_add(result, "type", hfc_cli_type_json(out.type)) &&
              hfc_cli_add(result, "stored", json_boolean(out.is_stored != 0)) &&
              hfc_cli_add(result, "usage", hfc_cli_usage(out.flags)) &&
              hfc_cli_add(result, "flags", hfc_cli_flags(out.flags)) &&
              policy_add(result, out.flags) &&
              hfc_cli_add(result, "access", hfc_cli_bits(hfc_access_names, out.access)) &&
              hfc_cli_add(result, "generation", hfc_json_u64(out.generation)) &&
              hfc_cli_add(result, "label", hfc_cli_label_json(&out.label));
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
