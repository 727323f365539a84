/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the keystore remembers of owners: how many uncommitted keys each has (and which),
 * and where the search for a free number goes on.
 *
 * The table is bounded. A new owner replaces the one that was unused for longest and has
 * no uncommitted keys; the number hints of a replaced owner raise a common floor at which
 * new owners begin, so that a freed number is still not given again before a wrap. When
 * every entry has uncommitted keys, a new owner can have none, and its numbers come from
 * the floor.
 */
#ifndef HF_KEYSTORE_OWNER_H
#define HF_KEYSTORE_OWNER_H

#include "holdfast/keystore.h"

/* The entry of an owner, or HF_KEYSTORE_NONE. */
uint32_t hf_owner_find(const hf_keystore *ks, uint16_t owner) HF_REQUIRES(hf_tsa_nvm);

/* The same, made if need be and marked as used now. HF_KEYSTORE_NONE: all entries have
 * uncommitted keys. */
uint32_t hf_owner_get(hf_keystore *ks, uint16_t owner) HF_REQUIRES(hf_tsa_nvm);

/* An uncommitted slot comes to its owner, who has an entry, or leaves it. */
void hf_owner_add(hf_keystore *ks, uint32_t slot) HF_REQUIRES(hf_tsa_nvm);
void hf_owner_remove(hf_keystore *ks, uint32_t slot) HF_REQUIRES(hf_tsa_nvm);

#endif
