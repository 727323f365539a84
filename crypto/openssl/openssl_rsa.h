/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * RSA keys as EVP_PKEYs: what openssl_rsa.c and openssl_rsa_key.c share. Any thread, no
 * lock.
 */
#ifndef HF_OPENSSL_RSA_H
#define HF_OPENSSL_RSA_H

#include "openssl_family.h"

/* New raw material: FIPS 186-5 A.1.6, public exponent 65537. */
int hf_openssl_rsa_generate(const hf_openssl *openssl, uint32_t type, hf_buffer *out);

/* Raw out of raw or DER; HF_ERR_KEY when the numbers do not fit together. */
int hf_openssl_rsa_import(const hf_openssl *openssl, uint32_t type, uint16_t format,
                          hf_bytes in, hf_buffer *out);

int hf_openssl_rsa_export_der(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                              hf_buffer *out);

int hf_openssl_rsa_public_key(const hf_openssl *openssl, const hf_crypto_key *key,
                              hf_buffer *out);

/* The EVP_PKEY of a raw key, whose numbers were checked when it was imported: only what
 * can be seen without arithmetic is checked again. HF_ERR_KEY. The caller frees *pkey,
 * which is NULL after an error. */
int hf_openssl_rsa_pkey(uint32_t type, hf_bytes raw, EVP_PKEY **pkey) HF_MUST_CHECK;

#endif
