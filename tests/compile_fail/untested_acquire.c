/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The result of acquire is kept but not tested before the act.
 */
/* expect: requires holding hf_lock 'hf_tsa_nvm' */
#include "holdfast/nvm.h"

int hf_compile_fail(hf_nvm *nvm, hf_id id);

int hf_compile_fail(hf_nvm *nvm, hf_id id)
{
    int rc = hf_nvm_lock(nvm);
    rc |= hf_nvm_destroy_checked(nvm, id);
    return hf_nvm_unlock(nvm, rc, NULL);
}
