/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Usage and policy of a key: the bits of an object's flags that say what its key may do,
 * and how. A key without any usage is not usable. Stored and sent, so never renumbered.
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

/* Policy: what is refused unless the key says that it is allowed. */
#define HF_FLAG_ALLOW_ECB 0x00000200u    /* encryption without a mode */
#define HF_FLAG_ALLOW_RAW 0x00000400u    /* RSA without padding */
#define HF_FLAG_ALLOW_NONCE 0x00000800u  /* nonces and IVs chosen by the client */
#define HF_FLAG_ALLOW_SECRET 0x00001000u /* derived and agreed secrets may leave */
#define HF_FLAG_HARDWARE 0x00002000u     /* only hardware devices may use the key */
#define HF_POLICY_MASK 0x00003E00u

/* The shortest MAC or tag that may be made or accepted with the key, bytes, 1..127; 0:
 * only whole ones. */
#define HF_MAC_LEN_SHIFT 24
#define HF_MAC_LEN_MASK 0x7F000000u
#define HF_FLAG_MAC_LEN(len) ((uint32_t)(len) << HF_MAC_LEN_SHIFT)
#define HF_MAC_LEN_OF(flags) (((flags)&HF_MAC_LEN_MASK) >> HF_MAC_LEN_SHIFT)

#endif
