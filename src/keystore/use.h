/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Counting the uses of keys (hf_keystore_count_use): what the other parts of the keystore
 * do about the counter object that stands beside a stored key in the store, a SYSTEM
 * object with the key's owner and number. Its value is the number of uses that are
 * reserved.
 */
#ifndef HF_KEYSTORE_USE_H
#define HF_KEYSTORE_USE_H

#include "holdfast/keystore.h"

/* Before a slot is evicted: the store shall know the exact count, so that eviction costs
 * no uses. HF_OK (also when the store had no room: then the reserved uses are lost, which
 * is safe) or HF_ERR_AGAIN. */
int hf_use_give_back(hf_keystore *ks, uint32_t slot)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* A key that was used `count` times in the cache is being stored: keep the count. What
 * hf_nvm_put_unchecked returns. */
int hf_use_store(hf_keystore *ks, hf_id key, uint64_t count)
    HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* A stored key is being destroyed: its counter goes too, and its hash tree if it has one.
 * What hf_nvm_destroy_unchecked returns. */
int hf_use_destroy(hf_keystore *ks, hf_id key) HF_REQUIRES(ks->nvm->lock, hf_tsa_nvm)
    HF_MUST_CHECK;

#endif
