/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The handler tables, one per group: rows in the order of their action numbers, which
 * begin at 1 without gaps, so the dispatcher finds a row by index. Constants.
 */
#ifndef HF_SERVER_HANDLERS_HANDLERS_H
#define HF_SERVER_HANDLERS_HANDLERS_H

#include "holdfast/handler.h"

extern const hf_handler hf_handlers_comm[];
extern const size_t hf_handlers_comm_count;
extern const hf_handler hf_handlers_nvm[];
extern const size_t hf_handlers_nvm_count;
extern const hf_handler hf_handlers_key[];
extern const size_t hf_handlers_key_count;
extern const hf_handler hf_handlers_crypto[];
extern const size_t hf_handlers_crypto_count;
extern const hf_handler hf_handlers_counter[];
extern const size_t hf_handlers_counter_count;
extern const hf_handler hf_handlers_admin[];
extern const size_t hf_handlers_admin_count;

#endif
