/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The numbers of an RSA key as its raw form has them, for crypto devices: RSAPrivateKey
 * and RSAPublicKey (RFC 8017 A.1). Structure, lengths and ranges only; whether the
 * numbers fit together needs arithmetic and is the device's part.
 *
 * Reading is exact: DER and nothing else, no bytes left over, two primes. Slices point
 * into the input; nothing is allocated, no lock: any thread.
 *
 *     hf_rsa_numbers numbers;
 *     int rc = hf_rsa_decode(HF_KEY_RSA_2048, raw, &numbers);
 *     if (rc != HF_OK) { return rc; }
 */
#ifndef HOLDFAST_CRYPTO_RSA_H
#define HOLDFAST_CRYPTO_RSA_H

#include "holdfast/crypto.h"

/* Longest modulus and public exponent, bytes. */
#define HF_RSA_MODULUS_LEN_MAX 512u
#define HF_RSA_EXPONENT_LEN_MAX 8u

/* Big-endian. A decoded number has no leading zeros; one to be encoded may have. */
typedef struct hf_rsa_numbers {
    hf_bytes n; /* modulus */
    hf_bytes e; /* public exponent */
    hf_bytes d; /* private exponent; this and all below empty in a public key */
    hf_bytes p; /* primes; none needs to be the larger one */
    hf_bytes q;
    hf_bytes dp;   /* d mod (p - 1) */
    hf_bytes dq;   /* d mod (q - 1) */
    hf_bytes qinv; /* 1 / q mod p */
} hf_rsa_numbers;

/*
 * Find the numbers of a raw key.
 *
 * The modulus has exactly the bits of the type and is odd. The public exponent is odd and
 * has at most 8 bytes: of a private key more than 2^16 (FIPS 186-5 A.1.1), of a public
 * one at least 3, because signatures of old keys are still to be verified. The primes
 * have half the bits of the modulus, the private exponent more than half (FIPS 186-5
 * A.1.1).
 *
 * Returns HF_OK, or HF_ERR_KEY; *numbers is undefined after an error.
 */
int hf_rsa_decode(uint32_t type, hf_bytes raw, hf_rsa_numbers *numbers) HF_MUST_CHECK;

/*
 * Append the raw form of a private or, with a public type, a public key to `out`.
 *
 * Returns HF_OK, or HF_ERR_SIZE (it does not fit). After an error `out` is as before, and
 * nothing of a number is left behind its end.
 */
int hf_rsa_encode(uint32_t type, const hf_rsa_numbers *numbers, hf_buffer *out)
    HF_MUST_CHECK;

#endif
