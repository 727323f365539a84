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

/* The same for a SEC1 ECPrivateKey (RFC 5915) that is not in a PKCS#8: the curve inside,
 * if there is one, is the type's. HF_ERR_KEY also for a type that is not private and
 * EC. */
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

/* What one import of an encrypted key may cost: iterations of PBKDF2; bytes of memory and
 * parallel parts of scrypt. */
#define HF_ENCRYPTED_ITERATIONS_MAX 10000000u
#define HF_ENCRYPTED_SCRYPT_SIZE_MAX (64u * 1024 * 1024)
#define HF_ENCRYPTED_SCRYPT_P_MAX 16u

/* The parts of an encrypted private key. */
typedef struct hf_encrypted_parts {
    uint32_t cipher;   /* HF_KEY_AES_128 and so on: AES in CBC mode with PKCS#7 padding */
    uint16_t prf_hash; /* PBKDF2: HF_ALG_* of the hash of its HMAC; scrypt: 0 */
    uint32_t iterations; /* PBKDF2 */
    uint32_t scrypt_n;   /* a power of two */
    uint32_t scrypt_r;
    uint32_t scrypt_p;
    hf_bytes salt;
    hf_bytes iv;         /* 16 bytes */
    hf_bytes ciphertext; /* whole blocks of 16 bytes, at least one */
} hf_encrypted_parts;

/*
 * Find the parts of an EncryptedPrivateKeyInfo (RFC 5958 3) with PBES2 (RFC 8018 6.2):
 * PBKDF2 over HMAC with SHA-1 or SHA-2, or scrypt (RFC 7914); AES in CBC mode.
 *
 * Returns HF_OK, or
 *   HF_ERR_KEY           it is not DER, has something behind it, or parts do not fit
 *   HF_ERR_NOTSUPPORTED  another scheme, derivation or cipher
 *   HF_ERR_RANGE         the derivation costs more than the limits above
 * *parts is undefined after an error.
 */
int hf_encrypted_der_decode(hf_bytes der, hf_encrypted_parts *parts) HF_MUST_CHECK;

/* Does what was decrypted begin as a PrivateKeyInfo and end where it says? If not, the
 * password was wrong, though the padding looked right. */
bool hf_encrypted_is_key(hf_bytes plaintext);

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
