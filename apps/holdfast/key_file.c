/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys in files: see key_file.h.
 */
#include "key_file.h"

#include <string.h>

#include "pem.h"

/* Bytes; longer than any key and its PEM: the longest is an expanded ML-DSA-87 key. */
#define KEY_FILE_SIZE_MAX 16384u

int hfc_key_format(const hfc_cli *cli, const hf_key_type_info *type, const char **format)
{
    *format = hfc_cli_format(cli);
    if (*format == NULL) {
        return HFC_USAGE;
    }
    if (type->der_len_max == 0 && **format != 'r') {
        if (hfc_arguments_has(&cli->arguments, HFC_OPTION_FORMAT)) {
            return hfc_error(HFC_USAGE, "a key of type %s is always raw", type->name);
        }
        *format = "raw";
    }
    return HFC_OK;
}

/* PEM to DER, in place of the text. NULL, or what is wrong. */
static const char *armour_remove(hfc_key_file *file, hf_buffer *der)
{
    const hf_bytes text = hf_bytes_of(file->material.data, file->material.len);
    const char *found = hfc_pem_find(text);
    const char *name = found != NULL ? found : HFC_PEM_PRIVATE; /* then told as missing */
    const char *why = hfc_pem_read(text, name, der);
    if (why != NULL) {
        return why;
    }
    const char *inside =
        hfc_form_name(hfc_key_form_of(hf_bytes_of(der->data, der->len)).form);
    return inside == NULL || strcmp(inside, name) != 0
               ? "what is in the PEM block is not what its name says"
               : NULL;
}

static int pem_open(hfc_key_file *file, const char *path)
{
    hf_buffer der;
    int rc = hfc_memory_take(&der, KEY_FILE_SIZE_MAX);
    if (rc != HFC_OK) {
        return rc;
    }
    const char *why = armour_remove(file, &der);
    hfc_memory_free(&file->material);
    file->material = der;
    return why == NULL
               ? HFC_OK
               : hfc_error(HFC_LOCAL, "cannot use %s: %s", hfc_input_name(path), why);
}

int hfc_key_file_read(hfc_key_file *file, const char *path, const char *format)
{
    *file = (hfc_key_file){ .format = HF_FORMAT_RAW };
    int rc = hfc_file_read(path, KEY_FILE_SIZE_MAX, "a key", &file->material);
    if (rc == HFC_OK && file->material.len == 0) {
        rc = hfc_error(HFC_LOCAL, "%s is empty", hfc_input_name(path));
    }
    if (rc == HFC_OK && *format == 'p') {
        rc = pem_open(file, path);
    }
    if (rc != HFC_OK || *format == 'r') {
        return rc;
    }
    const hfc_key_form found =
        hfc_key_form_of(hf_bytes_of(file->material.data, file->material.len));
    file->form = found.form;
    file->format = hfc_form_format(found.form);
    file->type = hf_key_type_find(found.type);
    return HFC_OK;
}

void hfc_key_file_close(hfc_key_file *file)
{
    hfc_memory_free(&file->material);
}
