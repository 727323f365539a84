/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Post-quantum keys as EVP_PKEYs: what openssl_pq.c and openssl_pq_key.c share. Only
 * functions that libcrypto 3.0 has are used: whether there are algorithms behind them is
 * found out at open (libcrypto 3.5 is the first), so one source serves all versions. Any
 * thread, no lock.
 */
#ifndef HF_OPENSSL_PQ_H
#define HF_OPENSSL_PQ_H

#include "openssl_family.h"

/* Which key types there are, into openssl->has_pq. Single-threaded. */
int hf_openssl_pq_open(hf_openssl *openssl);

bool hf_openssl_pq_has_type(const hf_openssl *openssl, uint32_t type);

/* New raw material: a seed (ML-KEM, ML-DSA) or a private key (SLH-DSA). */
int hf_openssl_pq_generate(const hf_openssl *openssl, uint32_t type, hf_buffer *out);

/* Raw out of raw or DER. A DER that has no seed, which only FIPS 203 and 204 could do
 * without, is refused: a seed is what is kept. HF_ERR_KEY. */
int hf_openssl_pq_import(const hf_openssl *openssl, uint32_t type, uint16_t format,
                         hf_bytes in, hf_buffer *out);

int hf_openssl_pq_export_der(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                             hf_buffer *out);

int hf_openssl_pq_public_key(const hf_openssl *openssl, const hf_crypto_key *key,
                             hf_buffer *out);

/* The EVP_PKEY of a raw key. HF_ERR_KEY when it is a public key that cannot be one. The
 * caller frees *pkey, which is NULL after an error. */
int hf_openssl_pq_pkey(uint32_t type, hf_bytes raw, EVP_PKEY **pkey) HF_MUST_CHECK;

#endif
