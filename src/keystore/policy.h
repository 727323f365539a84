/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What a key's flags allow. Pure functions of flags, for all parts of the keystore.
 */
#ifndef HF_KEYSTORE_POLICY_H
#define HF_KEYSTORE_POLICY_H

#include "holdfast/keystore.h"

/* All wanted usage bits are there; a key without any, or a revoked one, has none. */
static inline int hf_policy_use(uint32_t flags, uint32_t usage)
{
    return (flags & usage) == usage ? HF_OK : HF_ERR_USAGE;
}

static inline int hf_policy_replace(uint32_t flags)
{
    return (flags & HF_FLAG_NONMODIFIABLE) == 0 ? HF_OK : HF_ERR_ACCESS;
}

static inline int hf_policy_destroy(uint32_t flags)
{
    return (flags & HF_FLAG_NONDESTROYABLE) == 0 ? HF_OK : HF_ERR_ACCESS;
}

static inline int hf_policy_store(uint32_t flags)
{
    return (flags & HF_FLAG_EPHEMERAL) == 0 ? HF_OK : HF_ERR_ACCESS;
}

/* Flags after revocation. */
static inline uint32_t hf_policy_revoked(uint32_t flags)
{
    return (flags & ~HF_USAGE_MASK) | HF_FLAG_NONMODIFIABLE | HF_FLAG_REVOKED;
}

static inline bool hf_policy_is_revoked(uint32_t flags)
{
    return (flags & HF_FLAG_REVOKED) != 0;
}

/* May the key be marked as TRUSTED? Not one that could leave, that somebody could put
 * another one in the place of, or that opens what it has wrapped but by an unwrap. */
static inline int hf_policy_trust(uint32_t flags)
{
    const uint32_t needed =
        HF_FLAG_NONEXPORTABLE | HF_FLAG_NONMODIFIABLE | HF_FLAG_NONDESTROYABLE;
    if (hf_policy_is_revoked(flags) || (flags & needed) != needed) {
        return HF_ERR_ACCESS;
    }
    uint32_t usage = flags & HF_USAGE_MASK;
    bool is_kek = usage != 0 && (usage & ~(HF_USAGE_WRAP | HF_USAGE_UNWRAP)) == 0;
    return is_kek ? HF_OK : HF_ERR_USAGE;
}

#endif
