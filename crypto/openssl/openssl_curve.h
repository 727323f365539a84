/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the families of keys on curves have in common: a secret, a public key that is
 * computed from it, and the DER of both (holdfast/crypto_der.h).
 */
#ifndef HF_OPENSSL_CURVE_H
#define HF_OPENSSL_CURVE_H

#include "openssl_family.h"

/* 04 || X || Y on a 521-bit curve */
#define HF_OPENSSL_POINT_LEN_MAX 133

/* Members of hf_openssl_family. The public key is always computed, never believed: raw
 * private keys do not have it, and one inside a PKCS#8 is compared. */
int hf_openssl_curve_import(const hf_openssl *openssl, uint32_t type, uint16_t format,
                            hf_bytes in, hf_buffer *out) HF_MUST_CHECK;
int hf_openssl_curve_export_der(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                                hf_buffer *out) HF_MUST_CHECK;
int hf_openssl_curve_public_key(const hf_openssl *openssl, const hf_crypto_key *key,
                                hf_buffer *out) HF_MUST_CHECK;

/* openssl_ec.c: the device's group of a key type's curve; NULL when libcrypto has
 * none. */
const EC_GROUP *hf_openssl_ec_group(const hf_openssl *openssl, uint32_t type);
/* Raw public key of a scalar: HF_ERR_KEY when the scalar is not in 1 .. n - 1. */
int hf_openssl_ec_public(const EC_GROUP *group, hf_bytes scalar, hf_buffer *out)
    HF_MUST_CHECK;
/* HF_OK when it is an uncompressed point on the curve, HF_ERR_KEY when not. */
int hf_openssl_ec_check_point(const EC_GROUP *group, hf_bytes point) HF_MUST_CHECK;

/* openssl_edwards.c, of Ed25519 and Ed448 */
int hf_openssl_edwards_public(uint32_t type, hf_bytes seed, hf_buffer *out) HF_MUST_CHECK;
/* HF_OK when it is the canonical encoding of a point that is not of small order,
 * HF_ERR_KEY when not. */
int hf_openssl_edwards_check_point(uint32_t type, hf_bytes point) HF_MUST_CHECK;

/* openssl_montgomery.c, of X25519 and X448 */
int hf_openssl_montgomery_public(uint32_t type, hf_bytes scalar, hf_buffer *out)
    HF_MUST_CHECK;

/* openssl_ecdsa.c, openssl_eddsa.c: members of hf_openssl_family; and what the libcrypto
 * that is there can do: it is asked at open, by the names of the parameters. */
int hf_openssl_ecdsa_sign(const hf_openssl *openssl, const hf_openssl_key *key,
                          const hf_crypto_op *op, hf_buffer *out);
int hf_openssl_ecdsa_verify(const hf_openssl *openssl, const hf_openssl_key *key,
                            const hf_crypto_op *op);
bool hf_openssl_ecdsa_has_nonce_type(void);
int hf_openssl_eddsa_sign(const hf_openssl *openssl, const hf_openssl_key *key,
                          const hf_crypto_op *op, hf_buffer *out);
int hf_openssl_eddsa_verify(const hf_openssl *openssl, const hf_openssl_key *key,
                            const hf_crypto_op *op);
bool hf_openssl_eddsa_has_instance(void);

/* openssl_agree.c: the shared secret of a key and a peer's public key, of `len` bytes.
 * HF_ERR_KEY when there is none. */
int hf_openssl_agree_with(const hf_openssl_key *key, EVP_PKEY *peer, size_t len,
                          hf_buffer *out) HF_MUST_CHECK;
/* Prepare made->agree for made->pkey. */
int hf_openssl_agree_prepare(hf_openssl_key *made) HF_MUST_CHECK;

#endif
