/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A step is ended twice.
 */
/* expect: releasing hf_lock 'nvm->lock' that was not held */
#include "holdfast/nvm.h"

int hf_compile_fail(hf_nvm *nvm);

int hf_compile_fail(hf_nvm *nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_unlock(nvm, HF_OK, NULL);
    return hf_nvm_unlock(nvm, rc, NULL);
}
