/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The crypto device over libcrypto (OpenSSL >= 3.0): the default of the host. Concurrent:
 * any number of threads. Uses libcrypto's heap.
 *
 * It does every algorithm and key type of crypto.h that the providers have which the
 * process's OpenSSL configuration loads; hf_crypto_select tells. libcrypto's error queue
 * of the calling thread is emptied when an operation fails. A parsed key holds the key's
 * secret in libcrypto's memory, which is wiped when the parsed key is destroyed; the rest
 * of it with hf_openssl_wipe_freed.
 *
 * Randomness: each thread has two generators of its own (SP 800-90A), one for what may be
 * seen and one for keys, which libcrypto seeds from the operating system by way of one
 * that all threads share, and again after 2^16 requests or 7 minutes. In a child process
 * after fork they are seeded anew before they give anything, so parent and child do not
 * repeat each other; for the rest of the server a fork is no way to share it.
 *
 *     hf_openssl *openssl = NULL;
 *     int rc = hf_openssl_open(&openssl);
 *     if (rc != HF_OK) { return rc; }
 *     const hf_crypto_device_config device = hf_openssl_device(openssl);
 *     rc = hf_crypto_init(&crypto, &device, 1);
 *     ...
 *     rc = hf_crypto_cleanup(&crypto);
 *     hf_openssl_close(openssl);
 */
#ifndef HOLDFAST_OPENSSL_H
#define HOLDFAST_OPENSSL_H

#include "holdfast/crypto.h"

typedef struct hf_openssl hf_openssl;

/* Have libcrypto wipe all memory that it frees. Of itself it wipes what it knows to be
 * secret, which is not all that betrays a key. For the whole process and for good; the
 * program calls it, before anything in it uses libcrypto. HF_OK, also when called again;
 * HF_ERR_STATE: libcrypto has memory already, nothing is changed. Single-threaded. */
int hf_openssl_wipe_freed(void) HF_MUST_CHECK;

/* Fetch the algorithms, once for the life of the process's server. HF_OK, HF_ERR_ARG
 * (NULL), HF_ERR_NOMEM, or HF_ERR_CRYPTO (the providers lack a derivation, as when
 * none of use is loaded). An algorithm that libcrypto cannot make at its first use, also
 * for want of memory, is one that it does not have. *openssl is NULL after an error.
 * Single-threaded. */
int hf_openssl_open(hf_openssl **openssl) HF_MUST_CHECK;

/* The device's configuration for hf_crypto_init; `openssl` stays open until
 * hf_crypto_cleanup. */
hf_crypto_device_config hf_openssl_device(hf_openssl *openssl);

/* Give back what open took. NULL is harmless. Single-threaded. */
void hf_openssl_close(hf_openssl *openssl);

#endif
