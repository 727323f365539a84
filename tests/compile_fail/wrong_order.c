/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The auth tables are locked inside a step of the store.
 */
/* expect: lock class 'hf_tsa_auth' must be acquired before 'hf_tsa_nvm' */
#include "holdfast/lock.h"
#include "holdfast/nvm.h"

int hf_auth_lock(hf_lock *lock) HF_TRY_ACQUIRE(0, *lock, hf_tsa_auth) HF_MUST_CHECK;
int hf_auth_unlock(hf_lock *lock) HF_RELEASE(*lock, hf_tsa_auth);
int hf_compile_fail(hf_nvm *nvm, hf_lock *auth);

int hf_compile_fail(hf_nvm *nvm, hf_lock *auth)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_auth_lock(auth);
    if (rc != HF_OK) {
        return hf_nvm_unlock(nvm, rc, NULL);
    }
    rc = hf_auth_unlock(auth);
    return hf_nvm_unlock(nvm, rc, NULL);
}
