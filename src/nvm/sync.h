/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Syncing from inside the store: what hf_nvm_sync does, and cleaning needs. Without the
 * store lock; one caller at a time.
 */
#ifndef HF_NVM_SYNC_H
#define HF_NVM_SYNC_H

#include "holdfast/nvm.h"

/* Like hf_nvm_sync, but also what nobody waits for (copies). */
int hf_nvm_sync_all(hf_nvm *nvm) HF_EXCLUDES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* The device failed: from now on nothing is written. Any thread. */
void hf_nvm_fail(hf_nvm *nvm);

#endif
