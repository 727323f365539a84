/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The DER encodings of keys on curves, of encrypted private keys and of ECDSA signatures,
 * for crypto devices: structure only.
 * Whether a scalar is in range, a point on the curve, or a public key the one of its
 * private key needs arithmetic, and is the device's part.
 *
 * Reading is exact: DER and nothing else, no bytes left over, no optional part but those
 * named here. Slices point into the input; nothing is allocated, no lock: any thread.
 *
 *     hf_key_parts parts;
 *     int rc = hf_key_der_decode(HF_KEY_P256, der, &parts);
 *     if (rc != HF_OK) { return rc; }
 *     rc = hf_buffer_append(out, parts.secret);    // after the device's own checks
 */
#ifndef HOLDFAST_CRYPTO_DER_H
#define HOLDFAST_CRYPTO_DER_H

#include "holdfast/crypto.h"

/* Largest field, in bytes, of a curve (521 bits). */
#define HF_FIELD_LEN_MAX 66

/* The raw parts of an asymmetric key. */
typedef struct hf_key_parts {
    hf_bytes secret; /* scalar or seed; empty in a public key */
    hf_bytes point;  /* raw public key; empty in a private key that has none inside */
} hf_key_parts;

/*
 * Find the parts of a key in its DER (see enum hf_key_format).
 *
 * A private EC key may have the curve and its public key inside, as RFC 5915 allows; the
 * caller compares the latter. The parts have the lengths that the type has.
 *
 * Returns HF_OK, or HF_ERR_KEY when it is not DER, not of exactly this type, or has
 * something behind it. *parts is undefined after an error.
 */
int hf_key_der_decode(uint32_t type, hf_bytes der, hf_key_parts *parts) HF_MUST_CHECK;

/* The same for a SEC1 ECPrivateKey (RFC 5915) that is not in a PKCS#8: the curve inside, if
 * there is one, is the type's. HF_ERR_KEY also for a type that is not private and EC. */
int hf_key_der_decode_sec1(uint32_t type, hf_bytes der, hf_key_parts *parts)
    HF_MUST_CHECK;

/*
 * Encode a key, appended to `out`. A private EC key needs both parts, another private
 * key its secret, a public key its point.
 *
 * Returns HF_OK, HF_ERR_SIZE (it does not fit) or HF_ERR_TYPE (the type has no DER).
 * `out` is unchanged after an error.
 */
int hf_key_der_encode(uint32_t type, const hf_key_parts *parts, hf_buffer *out)
    HF_MUST_CHECK;

/*
 * r || s out of Ecdsa-Sig-Value (RFC 3279 2.2.3).
 *
 * field_len  bytes of each number, 1..HF_FIELD_LEN_MAX.
 * raw        output, 2 * field_len bytes; undefined after an error.
 *
 * Returns HF_OK, or HF_ERR_VERIFY when it is not DER, has something behind it or a number
 * that is negative or longer than the field.
 */
int hf_signature_from_der(hf_bytes der, size_t field_len, uint8_t *raw) HF_MUST_CHECK;

/*
 * Ecdsa-Sig-Value out of r || s: appended to `out`.
 *
 * raw        2 * field_len bytes.
 * field_len  1..HF_FIELD_LEN_MAX.
 *
 * Returns HF_OK, or HF_ERR_SIZE (it does not fit; `out` is unchanged).
 */
int hf_signature_to_der(const uint8_t *raw, size_t field_len, hf_buffer *out)
    HF_MUST_CHECK;

#endif
