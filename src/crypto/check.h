/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Checks of an operation against its algorithm's row, before any device sees it. Private
 * to src/crypto. Constants and the caller's memory: any thread, any lock.
 */
#ifndef HF_CRYPTO_CHECK_H
#define HF_CRYPTO_CHECK_H

#include "holdfast/crypto.h"

/* What an operation is asked for as. */
typedef struct hf_crypto_intent {
    uint16_t classes; /* bit 1 << enum hf_algorithm_class for each that may be */
    bool is_backward;
    bool is_stream; /* there is no input yet */
} hf_crypto_intent;

/* An operation after its checks: the caller's, with the key as the device may see it and
 * defaults filled in (output_len, mgf_hash, salt_len). */
typedef struct hf_crypto_checked {
    const hf_algorithm *algorithm;
    hf_crypto_device *device;
    hf_crypto_key key;
    hf_crypto_key peer;
    hf_crypto_op op; /* points to key and peer above: the structure must not move */
} hf_crypto_checked;

/*
 * All checks. HF_OK and *checked, or HF_ERR_ARG, HF_ERR_NOTSUPPORTED, HF_ERR_TYPE,
 * HF_ERR_KEY, HF_ERR_RANGE, HF_ERR_VERIFY (a tag to be decrypted with has the wrong
 * length), as said in crypto.h.
 */
int hf_crypto_check_op(hf_crypto_checked *checked, hf_crypto *crypto, uint32_t device,
                       const hf_crypto_op *op, const hf_crypto_intent *intent)
    HF_MUST_CHECK;

#endif
