/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast key import: what a key is, is seen in its file where that tells.
 */
#include "cli.h"
#include "key_file.h"
#include "new_key.h"
#include "passphrase.h"

static int type_unknown(const hfc_key_file *file, const char *path)
{
    const char *why = file->form == HFC_FORM_ENCRYPTED ? "it is encrypted"
                                                       : "it does not name its curve";
    if (file->form == HFC_FORM_NONE) {
        return hfc_error(HFC_LOCAL, "cannot use %s: it is no DER of a key", path);
    }
    if (file->form != HFC_FORM_ENCRYPTED && file->form != HFC_FORM_SEC1) {
        return hfc_error(HFC_LOCAL,
                         "cannot use %s: its key is of no type of this program; "
                         "capabilities lists them",
                         path);
    }
    return hfc_error(HFC_USAGE,
                     "%s does not tell the type of its key (%s): key import "
                     "TYPE FILE",
                     path, why);
}

/* The type that was named, or that of the file, in which there must not be a key of the
 * other half. */
static int type_choose(const hfc_key_file *file, const char *path,
                       const hf_key_type_info **type)
{
    if (*type == NULL) {
        *type = file->type;
        return *type != NULL ? HFC_OK : type_unknown(file, path);
    }
    bool is_public = HF_KEY_CLASS((*type)->type) == HF_CLASS_PUBLIC;
    if (file->form != HFC_FORM_NONE && hfc_form_is_public(file->form) != is_public) {
        return hfc_error(HFC_LOCAL,
                         "cannot use %s: this is a %s key; the key type asks "
                         "for a %s one",
                         path, is_public ? "private" : "public",
                         is_public ? "public" : "private");
    }
    if (file->type != NULL && file->type != *type) {
        return hfc_error(HFC_LOCAL, "cannot use %s: this is a key of type %s, not %s",
                         path, file->type->name, (*type)->name);
    }
    return HFC_OK;
}

static int send(hfc_cli *cli, const hfc_key_file *file, const hfc_new_key *key,
                hf_bytes passphrase)
{
    hf_key_import_response out;
    int status = hf_client_key_import(
        hfc_cli_client(cli),
        &(hf_key_import_request){
            HFC_NEW_KEY_FIELDS(key),
            .type = key->type->type,
            .format = file->format,
            .password = passphrase,
            .material = hf_bytes_of(file->material.data, file->material.len),
        },
        &out);
    bool is_scheme = status == HF_ERR_NOTSUPPORTED || status == HF_ERR_RANGE;
    if (file->form == HFC_FORM_ENCRYPTED && is_scheme) {
        return hfc_error(HFC_REFUSED,
                         "key import: the server does not take a key that is encrypted "
                         "in this way (%s); make it anew: openssl pkcs8 -topk8 -v2 "
                         "aes-256-cbc -in FILE",
                         hf_status_name(status));
    }
    return status == HF_OK ? hfc_new_key_report(key, out.handle)
                           : hfc_error_status("key import", status);
}

/* Everything is read, and asked for, before there is a connection. */
static int file_import(hfc_cli *cli, const hfc_key_file *file, const char *path,
                       const hf_key_type_info *type)
{
    hfc_new_key key;
    hf_buffer passphrase = hf_buffer_of(NULL, 0);
    int rc = type_choose(file, path, &type);
    rc = rc == HFC_OK ? hfc_new_key_read(cli, type, &key) : rc;
    if (rc == HFC_OK && file->form == HFC_FORM_ENCRYPTED) {
        rc = hfc_passphrase_read(cli, path, &passphrase);
    }
    rc = rc == HFC_OK ? hfc_cli_connect(cli) : rc;
    rc = rc == HFC_OK
             ? send(cli, file, &key, hf_bytes_of(passphrase.data, passphrase.len))
             : rc;
    hfc_memory_free(&passphrase);
    return rc;
}

int hfc_run_key_import(hfc_cli *cli)
{
    bool has_type = cli->arguments.word_count == 2;
    const char *path = hfc_cli_word(cli, has_type ? 1 : 0);
    const char *format = hfc_cli_format(cli);
    const hf_key_type_info *type = NULL;
    int rc = format == NULL ? HFC_USAGE : HFC_OK;
    if (rc == HFC_OK && has_type) {
        rc = hfc_key_type_named(hfc_cli_word(cli, 0), &type);
        rc = rc == HFC_OK ? hfc_key_format(cli, type, &format) : rc;
    }
    if (rc == HFC_OK && type == NULL && *format == 'r') {
        rc =
            hfc_error(HFC_USAGE, "raw keys do not tell their type: key import TYPE FILE");
    }
    if (rc != HFC_OK) {
        return rc;
    }
    hfc_key_file file;
    rc = hfc_key_file_read(&file, path, format);
    rc = rc == HFC_OK ? file_import(cli, &file, hfc_input_name(path), type) : rc;
    hfc_key_file_close(&file);
    return rc;
}
