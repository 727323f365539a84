/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The lock is taken a second time by its holder.
 */
/* expect: acquiring hf_lock 'nvm->lock' that is already held */
#include "holdfast/nvm.h"

int hf_compile_fail(hf_nvm *nvm);

int hf_compile_fail(hf_nvm *nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return hf_nvm_unlock(nvm, rc, NULL);
    }
    return hf_nvm_unlock(nvm, rc, NULL);
}
