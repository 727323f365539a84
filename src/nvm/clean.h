/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Cleaning and scrubbing, as far as the store itself needs them beyond hf_nvm_clean_step.
 */
#ifndef HF_NVM_CLEAN_H
#define HF_NVM_CLEAN_H

#include "holdfast/nvm.h"

/* On open: go on with a cleaning that a cut interrupted, if no region is blank. */
void hf_nvm_clean_resume(hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* Scrub some destroyed secrets. *more: others wait. Without the lock, as the syncer. */
int hf_nvm_scrub_step(hf_nvm *nvm, bool *more) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
    HF_MUST_CHECK;

#endif
