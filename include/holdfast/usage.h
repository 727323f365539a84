/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Usage of a key: the bits of an object's flags that say what its key may do. A key
 * without any is not usable. Stored and sent, so never renumbered.
 *
 * They stand below the store and the cryptography because both speak of them: the store
 * keeps them (hf_metadata.flags), the algorithm table names the one that an operation
 * needs.
 */
#ifndef HOLDFAST_USAGE_H
#define HOLDFAST_USAGE_H

#define HF_USAGE_ENCRYPT 0x00010000u
#define HF_USAGE_DECRYPT 0x00020000u
#define HF_USAGE_SIGN 0x00040000u
#define HF_USAGE_VERIFY 0x00080000u
#define HF_USAGE_WRAP 0x00100000u
#define HF_USAGE_UNWRAP 0x00200000u
#define HF_USAGE_DERIVE 0x00400000u
#define HF_USAGE_MASK 0x007F0000u

#endif
