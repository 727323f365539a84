/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A store operation outside a step.
 */
/* expect: requires holding hf_lock 'hf_tsa_nvm' */
#include "holdfast/nvm.h"

int hf_compile_fail(hf_nvm *nvm, hf_id id);

int hf_compile_fail(hf_nvm *nvm, hf_id id)
{
    return hf_nvm_destroy_checked(nvm, id);
}
