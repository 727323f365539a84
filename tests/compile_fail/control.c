/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The right way: nothing here may be refused.
 */
/* expect: nothing */
#include "holdfast/lock.h"
#include "holdfast/nvm.h"

int hf_compile_fail(hf_nvm *nvm, hf_id id);
int hf_auth_lock(hf_lock *lock) HF_TRY_ACQUIRE(0, *lock, hf_tsa_auth) HF_MUST_CHECK;
int hf_auth_unlock(hf_lock *lock) HF_RELEASE(*lock, hf_tsa_auth);
int hf_compile_fail_order(hf_lock *auth, hf_nvm *nvm);

int hf_compile_fail(hf_nvm *nvm, hf_id id)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_destroy_checked(nvm, id);
    if (rc != HF_OK) {
        goto out;
    }
    rc = hf_nvm_destroy_checked(nvm, id + 1);
out:
    return hf_nvm_unlock(nvm, rc, NULL);
}

int hf_compile_fail_order(hf_lock *auth, hf_nvm *nvm)
{
    int rc = hf_auth_lock(auth);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        hf_ignore(hf_auth_unlock(auth)); /* the first error wins */
        return rc;
    }
    rc = hf_nvm_unlock(nvm, HF_OK, NULL);
    hf_ignore(hf_auth_unlock(auth)); /* the first error wins */
    return rc;
}
