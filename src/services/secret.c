/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The rules of derived secrets: see secret.h. Pure functions of the tables of algorithms
 * and key types.
 */
#include "holdfast/secret.h"

#include <stdbool.h>

/* Bytes of what the source gives. */
static uint32_t source_len(const hf_secret_plan *plan)
{
    if (hf_algorithm_find_class(plan->source, HF_CLASS_KEM) != NULL) {
        return HF_KEM_SECRET_LEN;
    }
    return (uint32_t)hf_crypto_output_len_max(plan->source, plan->base_type, 0);
}

/* May a secret become this key as it is? */
static bool is_raw_type(const hf_secret_plan *plan)
{
    switch (plan->type) {
    case HF_KEY_SECRET:
    case HF_KEY_HMAC:
        return true;
    case HF_KEY_AES_256:
    case HF_KEY_CHACHA20:
        return hf_algorithm_find_class(plan->source, HF_CLASS_KEM) != NULL;
    default:
        return false;
    }
}

static int find_raw_len(const hf_secret_plan *plan, uint32_t *len)
{
    if (plan->source == 0) {
        return HF_ERR_NOTSUPPORTED;
    }
    if (plan->type != 0 && !is_raw_type(plan)) {
        return HF_ERR_ARG;
    }
    uint32_t whole = source_len(plan);
    if (plan->len != 0 && plan->len != whole) {
        return HF_ERR_RANGE;
    }
    *len = whole;
    return HF_OK;
}

/* What the KDF gives when nobody says how much; 0: it has to be said. */
static uint32_t default_len(const hf_secret_plan *plan, const hf_key_type_info *info)
{
    if (plan->kdf == HF_ALG_HKDF_EXTRACT) {
        return hf_algorithm_find(plan->hash)->output_len; /* all or nothing */
    }
    if (info == NULL) {
        return 0;
    }
    return info->raw_len_min == info->raw_len_max ? info->raw_len_max
                                                  : HF_SECRET_LEN_DEFAULT;
}

/* What a KDF gives for a short output often begins what it gives for a long one. */
static uint32_t key_len_min(const hf_key_type_info *info)
{
    return info->raw_len_min > HF_SECRET_LEN_MIN ? info->raw_len_min : HF_SECRET_LEN_MIN;
}

static int find_kdf_len(const hf_secret_plan *plan, const hf_key_type_info *info,
                        uint32_t *len)
{
    const hf_algorithm *kdf = hf_algorithm_find_class(plan->kdf, HF_CLASS_KDF);
    if (kdf == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    if (plan->source != 0 && !hf_algorithm_fits(kdf, HF_KEY_SECRET, false)) {
        return HF_ERR_TYPE;
    }
    if ((kdf->traits & HF_TRAIT_HASH) != 0 && !hf_algorithm_is_hash(plan->hash, false)) {
        return HF_ERR_RANGE;
    }
    uint32_t wanted = plan->len != 0 ? plan->len : default_len(plan, info);
    uint32_t least = info != NULL ? key_len_min(info) : 1;
    uint32_t most = info != NULL ? info->raw_len_max : HF_DERIVED_LEN_MAX;
    if (wanted < least || wanted > most) {
        return HF_ERR_RANGE;
    }
    if (plan->kdf == HF_ALG_HKDF_EXTRACT && wanted != default_len(plan, info)) {
        return HF_ERR_RANGE;
    }
    *len = wanted;
    return HF_OK;
}

int hf_secret_find_len(const hf_secret_plan *plan, uint32_t *len)
{
    const hf_key_type_info *info = hf_key_type_find(plan->type);
    if (plan->type != 0 &&
        (info == NULL || HF_KEY_CLASS(plan->type) != HF_CLASS_SECRET)) {
        return HF_ERR_TYPE;
    }
    return plan->kdf == 0 ? find_raw_len(plan, len) : find_kdf_len(plan, info, len);
}

int hf_secret_find_flags(uint32_t base_flags, uint32_t wanted, uint32_t *flags)
{
    if ((wanted & ~base_flags & HF_FLAG_ALLOW_SECRET) != 0) {
        return HF_ERR_ACCESS;
    }
    *flags = wanted | (base_flags & (HF_FLAG_SENSITIVE | HF_FLAG_NONEXPORTABLE));
    return HF_OK;
}
