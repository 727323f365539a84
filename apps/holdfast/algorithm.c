/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Which algorithm a command means: see algorithm.h.
 */
#include "algorithm.h"

#include <stdio.h>

/* What people expect when they name none, the first that fits. Not in it: what the table
 * of algorithms has only one of. */
static const uint16_t usual[] = { HF_ALG_HMAC_SHA256, HF_ALG_AES_CMAC, HF_ALG_AES_GCM,
                                  HF_ALG_RSA_PSS,     HF_ALG_RSA_OAEP, HF_ALG_ED25519,
                                  HF_ALG_ED448 };

static bool fits(const hfc_purpose *purpose, const hf_algorithm *row, uint32_t type)
{
    return (purpose->classes & (1u << row->class)) != 0 &&
           hf_algorithm_fits(row, type, purpose->is_backward);
}

/* "no hash 'x'; there are a, b, c" */
static int unknown(const char *what, uint32_t classes, const char *name)
{
    char names[768] = "";
    size_t len = 0;
    for (size_t i = 0; hf_algorithm_at(i) != NULL && len < sizeof names; i++) {
        const hf_algorithm *row = hf_algorithm_at(i);
        if ((classes & (1u << row->class)) != 0) {
            int written = snprintf(names + len, sizeof names - len, "%s%s",
                                   len > 0 ? ", " : "", row->name);
            len += written > 0 ? (size_t)written : 0;
        }
    }
    return hfc_error(HFC_USAGE, "there is no %s '%.40s'; there are %s", what, name,
                     names);
}

int hfc_algorithm_read(const hfc_cli *cli, const hfc_purpose *purpose,
                       const hf_algorithm **row)
{
    const char *name = hfc_cli_option(cli, HFC_OPTION_ALGORITHM);
    *row = NULL;
    if (name == NULL) {
        return HFC_OK;
    }
    *row = hf_algorithm_find_name(name);
    if (*row == NULL || (purpose->classes & (1u << (*row)->class)) == 0) {
        char what[64];
        (void)snprintf(what, sizeof what, "algorithm to %s", purpose->verb);
        return unknown(what, purpose->classes, name);
    }
    return HFC_OK;
}

int hfc_algorithm_choose(const hfc_purpose *purpose, const hf_key_type_info *type,
                         const hf_algorithm **row)
{
    if (*row != NULL) {
        return fits(purpose, *row, type->type)
                   ? HFC_OK
                   : hfc_error(HFC_USAGE, "%s does not %s with a key of type %s",
                               (*row)->name, purpose->verb, type->name);
    }
    for (size_t i = 0; *row == NULL && i < sizeof usual / sizeof usual[0]; i++) {
        const hf_algorithm *one = hf_algorithm_find(usual[i]);
        *row = fits(purpose, one, type->type) ? one : NULL;
    }
    for (size_t i = 0; *row == NULL && hf_algorithm_at(i) != NULL; i++) {
        const hf_algorithm *one = hf_algorithm_at(i);
        *row = fits(purpose, one, type->type) ? one : NULL;
    }
    return *row != NULL ? HFC_OK
                        : hfc_error(HFC_USAGE, "a key of type %s does not %s", type->name,
                                    purpose->verb);
}

int hfc_algorithm_hash_named(const char *name, const hf_algorithm **hash)
{
    *hash = hf_algorithm_find_name(name);
    if (*hash == NULL || (*hash)->class != HF_CLASS_HASH) {
        return unknown("hash", HFC_CLASS_BIT(HASH), name);
    }
    return HFC_OK;
}

int hfc_algorithm_hash(const hfc_cli *cli, enum hfc_option_id option,
                       const hf_algorithm **hash)
{
    const char *name = hfc_cli_option(cli, option);
    *hash = NULL;
    int rc = name == NULL ? HFC_OK : hfc_algorithm_hash_named(name, hash);
    if (rc == HFC_OK && *hash != NULL && !hf_algorithm_is_hash((*hash)->id, true)) {
        return hfc_error(HFC_USAGE, "--%s: %s has no length of its own",
                         hfc_options[option].name, name);
    }
    return rc;
}

int hfc_algorithm_hex(const hfc_cli *cli, enum hfc_option_id option, hf_buffer *out)
{
    const char *text = hfc_cli_option(cli, option);
    size_t before = out->len;
    if (text == NULL || (hfc_hex_read(text, out) && out->len > before)) {
        return HFC_OK;
    }
    return hfc_error(HFC_USAGE, "--%s takes 1 .. %zu bytes in hexadecimal",
                     hfc_options[option].name, out->size - before);
}

int hfc_algorithm_refuse(const hfc_cli *cli, enum hfc_option_id option,
                         const hf_algorithm *row)
{
    return hfc_cli_option(cli, option) == NULL
               ? HFC_OK
               : hfc_error(HFC_USAGE, "%s takes no --%s", row->name,
                           hfc_options[option].name);
}
