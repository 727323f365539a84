/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The result of acquire is not looked at.
 */
/* expect: ignoring return value of function declared with 'warn_unused_result' */
/* also-without-analysis */
#include "holdfast/nvm.h"

int hf_compile_fail(hf_nvm *nvm, hf_id id);

int hf_compile_fail(hf_nvm *nvm, hf_id id)
{
    hf_nvm_lock(nvm);
    return hf_nvm_unlock(nvm, hf_nvm_destroy_checked(nvm, id), NULL);
}
