/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * One store is locked, another one is used.
 */
/* expect: requires holding hf_lock 'other->lock' */
#include "holdfast/nvm.h"

int hf_compile_fail(hf_nvm *nvm, hf_nvm *other, hf_id id);

int hf_compile_fail(hf_nvm *nvm, hf_nvm *other, hf_id id)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_destroy_checked(other, id);
    return hf_nvm_unlock(nvm, rc, NULL);
}
