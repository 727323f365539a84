/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Opening: format a blank device, or replay the log and make it ready for appending.
 */
#ifndef HF_NVM_OPEN_H
#define HF_NVM_OPEN_H

#include "holdfast/nvm.h"

/* The errors of hf_nvm_init. Takes the lock for reading; writes without it. */
int hf_nvm_open(hf_nvm *nvm, bool format) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
    HF_MUST_CHECK;

#endif
