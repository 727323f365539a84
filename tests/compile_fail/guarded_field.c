/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A guarded field is read without its lock.
 */
/* expect: reading variable 'count' requires holding lock class 'hf_tsa_nvm' */
#include "holdfast/nvm.h"

struct hf_guarded {
    hf_lock lock;
    int count HF_GUARDED_BY(hf_tsa_nvm);
};
int hf_compile_fail(struct hf_guarded *guarded);

int hf_compile_fail(struct hf_guarded *guarded)
{
    return guarded->count;
}
