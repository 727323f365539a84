/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the command line says of a new key: see new_key.h.
 */
#include "new_key.h"

#include "holdfast/nvm.h"

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

int hfc_key_type_named(const char *name, const hf_key_type_info **type)
{
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
static int policy_read(const hfc_cli *cli, uint32_t *policy)
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

static bool is_public(const hf_key_type_info *type)
{
    return HF_KEY_CLASS(type->type) == HF_CLASS_PUBLIC;
}

int hfc_new_key_read(const hfc_cli *cli, const hf_key_type_info *type, hfc_new_key *key)
{
    *key = (hfc_new_key){ .type = type };
    uint32_t usage = type != NULL ? usage_default(type) : 0;
    uint32_t policy = 0;
    uint32_t flags =
        type == NULL || is_public(type) ? 0 : HF_FLAG_SENSITIVE | HF_FLAG_NONEXPORTABLE;
    int rc = hfc_cli_new_handle(cli, &key->handle);
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

/* What flags say of how a key may be used. */
static bool policy_add(json_t *result, uint32_t flags)
{
    return hfc_cli_add(result, "policy", hfc_cli_bits(hfc_policy_names, flags)) &&
           hfc_cli_add(result, "mac_length_min", json_integer(HF_MAC_LEN_OF(flags)));
}

int hfc_new_key_report(const hfc_new_key *key, hf_handle handle)
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

int hfc_key_describe(hfc_cli *cli, hf_handle handle, json_t **result)
{
    hf_key_info_response out;
    *result = NULL;
    int status = hf_client_key_info(hfc_cli_client(cli),
                                    &(hf_key_info_request){ .handle = handle }, &out);
    if (status != HF_OK) {
        return hfc_error_status("key info", status);
    }
    json_t *object = hfc_cli_named(handle);
    bool ok = hfc_cli_add(object, "type", hfc_cli_type_json(out.type)) &&
              hfc_cli_add(object, "stored", json_boolean(out.is_stored != 0)) &&
              hfc_cli_add(object, "usage", hfc_cli_usage(out.flags)) &&
              hfc_cli_add(object, "flags", hfc_cli_flags(out.flags)) &&
              policy_add(object, out.flags) &&
              hfc_cli_add(object, "access", hfc_cli_bits(hfc_access_names, out.access)) &&
              hfc_cli_add(object, "generation", hfc_json_u64(out.generation)) &&
              hfc_cli_add(object, "label", hfc_cli_label_json(&out.label));
    if (!ok) {
        json_decref(object);
        return hfc_error(HFC_LOCAL, "out of memory");
    }
    *result = object;
    return HFC_OK;
}
