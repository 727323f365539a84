/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * An error path leaves the step without unlocking.
 */
/* expect: is not held on every path through here */
#include "holdfast/nvm.h"

int hf_compile_fail(hf_nvm *nvm, hf_id id);

int hf_compile_fail(hf_nvm *nvm, hf_id id)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_destroy_checked(nvm, id);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_nvm_unlock(nvm, rc, NULL);
}
