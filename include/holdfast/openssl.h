/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The crypto device over libcrypto (OpenSSL >= 3.0): the default of the host. Concurrent: any
 * number of threads. libcrypto's random generator is per thread. Uses the heap.
 *
 *     hf_openssl *openssl;
 *     int rc = hf_openssl_open(&openssl);
 *     devices[0] = hf_openssl_device(openssl);
 */
#ifndef HOLDFAST_OPENSSL_H
#define HOLDFAST_OPENSSL_H

#include "holdfast/crypto.h"

typedef struct hf_openssl hf_openssl;

/* Fetch the algorithms, once for the life of the process's server. HF_OK, HF_ERR_NOMEM or
 * HF_ERR_CRYPTO. *openssl is NULL after an error. Single-threaded. */
int hf_openssl_open(hf_openssl **openssl) HF_MUST_CHECK;

/* The device's configuration for hf_crypto_init. */
hf_crypto_device_config hf_openssl_device(hf_openssl *openssl);

/* Give back what open took. NULL is harmless. Single-threaded. */
void hf_openssl_close(hf_openssl *openssl);

#endif
