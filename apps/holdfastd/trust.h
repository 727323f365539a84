/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Trust in keys: which keys may wrap NONEXPORTABLE ones is the operator's decision, told
 * by the settings and given at each start.
 */
#ifndef HFD_TRUST_H
#define HFD_TRUST_H

#include "holdfast/server.h"
#include "settings.h"

/*
 * Mark the keys that the settings name as TRUSTED, and wait until that is durable. A key
 * that must not be trusted is an error, which is printed with its name. So is one that
 * does not exist: a client could put a key that it knows there, for the next start.
 *
 * Returns HF_OK, HF_ERR_CONFIG (such a key; those before it are trusted), or the error of
 * the store. Blocks. Single-threaded: before clients are served.
 */
int hfd_trust_give(hf_server *server, const hfd_settings *settings) HF_MUST_CHECK;

#endif
