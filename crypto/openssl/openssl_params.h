/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A list of parameters for one call of libcrypto. What they point to is the caller's and
 * stays until the call; libcrypto only reads it (OSSL_PARAM has no const). Plain memory
 * of one thread.
 *
 *     hf_openssl_params list = hf_openssl_params_of();
 *     hf_openssl_params_text(&list, OSSL_KDF_PARAM_DIGEST, "SHA256");
 *     if (list.is_overfull) { return HF_ERR_CRYPTO; }
 *     EVP_KDF_derive(ctx, out, len, list.params);
 */
#ifndef HF_OPENSSL_PARAMS_H
#define HF_OPENSSL_PARAMS_H

#include <openssl/params.h>

#include "openssl_device.h"

/* More than any call takes, with the end mark. */
#define HF_OPENSSL_PARAM_COUNT_MAX 10

typedef struct hf_openssl_params {
    OSSL_PARAM params[HF_OPENSSL_PARAM_COUNT_MAX]; /* ended after `count` */
    size_t count;
    bool is_overfull; /* one was left out: the list must not be used */
} hf_openssl_params;

/* An empty list. */
hf_openssl_params hf_openssl_params_of(void);

void hf_openssl_params_add(hf_openssl_params *list, OSSL_PARAM param);

/* A text that ends with 0. */
void hf_openssl_params_text(hf_openssl_params *list, const char *name, const char *text);

/* A number; *value lives as long as the list. */
void hf_openssl_params_int(hf_openssl_params *list, const char *name, const int *value);

/* Bytes that must be there, also when there are none of them; and bytes that are left out
 * then. */
void hf_openssl_params_octets(hf_openssl_params *list, const char *name, hf_bytes octets);
void hf_openssl_params_optional(hf_openssl_params *list, const char *name,
                                hf_bytes octets);

#endif
