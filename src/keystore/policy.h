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

#endif
