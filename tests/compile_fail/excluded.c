/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A sync waits for the medium while the store lock is held.
 */
/* expect: cannot call function 'hf_nvm_sync' while hf_lock 'hf_tsa_nvm' is held */
#include "holdfast/nvm.h"

int hf_compile_fail(hf_nvm *nvm);

int hf_compile_fail(hf_nvm *nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_sync(nvm, NULL);
    return hf_nvm_unlock(nvm, rc, NULL);
}
