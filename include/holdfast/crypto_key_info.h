/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The envelopes of RSA and post-quantum keys, for crypto devices: PKCS#8 PrivateKeyInfo,
 * version 0 (RFC 5208), and SubjectPublicKeyInfo (RFC 5280 4.1). What is inside is the
 * device's matter; for keys on curves see crypto_der.h, which knows the inside too.
 *
 * Reading is exact: DER and nothing else, no bytes left over, no attributes. Slices point
 * into the input; nothing is allocated, no lock: any thread.
 *
 *     hf_bytes content;
 *     int rc = hf_key_info_decode(HF_KEY_RSA_2048, der, &content);
 *     if (rc != HF_OK) { return rc; }
 *     // content is an RSAPrivateKey
 */
#ifndef HOLDFAST_CRYPTO_KEY_INFO_H
#define HOLDFAST_CRYPTO_KEY_INFO_H

#include "holdfast/crypto.h"

/*
 * Find what is in the envelope: the octets of a private key, the bits of a public one.
 *
 * type     of the families RSA, ML-KEM, ML-DSA and SLH-DSA: the algorithm identifier must
 *          be exactly that of the type (of RSA, whose size is not in it, rsaEncryption).
 * der      the whole encoding.
 * content  points into `der`; empty after an error.
 *
 * Returns HF_OK, or HF_ERR_KEY when it is not DER, not for this type or family, or has
 * something behind it.
 */
int hf_key_info_decode(uint32_t type, hf_bytes der, hf_bytes *content) HF_MUST_CHECK;

/*
 * Append the envelope with `content` in it to `out`; `content` is not in `out`.
 *
 * Returns HF_OK, HF_ERR_SIZE (it does not fit) or HF_ERR_TYPE (another family). After an
 * error `out` is as before, and nothing of `content` is left behind its end.
 */
int hf_key_info_encode(uint32_t type, hf_bytes content, hf_buffer *out) HF_MUST_CHECK;

/*
 * The seed in the content of a private key of ML-KEM (RFC 9935) or ML-DSA (RFC 9881):
 *
 *   CHOICE { seed [0] OCTET STRING, expandedKey OCTET STRING,
 *            both SEQUENCE { seed OCTET STRING, expandedKey OCTET STRING } }
 *
 * content   what hf_key_info_decode gave.
 * seed      points into it; of any length: the caller knows which it must have.
 * expanded  points into it; empty in the seed form. The caller checks that it is what the
 *           seed gives.
 *
 * Returns HF_OK, or HF_ERR_KEY when it is none of these or has no seed.
 */
int hf_key_info_decode_seed(hf_bytes content, hf_bytes *seed, hf_bytes *expanded)
    HF_MUST_CHECK;

/* Append the envelope with the seed form in it; errors as for hf_key_info_encode. */
int hf_key_info_encode_seed(uint32_t type, hf_bytes seed, hf_buffer *out) HF_MUST_CHECK;

#endif
