/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * One operation on a device, as a value, and the one place that runs it: the only caller
 * of a device's lock. Private to src/crypto.
 */
#ifndef HF_CRYPTO_CALL_H
#define HF_CRYPTO_CALL_H

#include "holdfast/crypto.h"

typedef struct hf_crypto_call {
    hf_crypto_device *device;
    /* Calls the one operation of device->config.ops with the fields below that it
     * needs. */
    int (*operation)(const struct hf_crypto_call *call);
    uint32_t kind;                   /* key type or algorithm */
    bool is_hash;                    /* the operation is `hash` */
    uint16_t format;                 /* enum hf_key_format */
    const hf_key_encoding *encoding; /* import */
    hf_bytes input;                  /* random: `data` is not used, `len` is */
    const hf_crypto_key *key;
    const hf_crypto_op *op;
    void *stream;
    void **created; /* where open and parse put what they made */
    hf_buffer *out; /* NULL when the operation has no output */
    size_t out_len; /* room that the operation may need in `out` */
    hf_buffer *tag;
    size_t tag_len; /* room that the operation may need in `tag` */
} hf_crypto_call;

/* The device with this index, or NULL. */
hf_crypto_device *hf_crypto_device_at(hf_crypto *crypto, uint32_t index);

/*
 * Run an operation under the device's lock, which does nothing for a concurrent device.
 * After an error the buffers are as before and the room is wiped.
 *
 * Returns what the operation returned, or HF_ERR_SIZE (too little room; it was not
 * called), or the lock's error.
 */
int hf_crypto_call_run(const hf_crypto_call *call) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
    HF_MUST_CHECK;

/* HF_OK when the device is there, the key type exists and the device does it. */
int hf_crypto_check_key_type(hf_crypto_device *device, uint32_t type) HF_MUST_CHECK;

/* HF_OK when the algorithm is a hash that the device does, with this output length, which
 * is filled in when it is 0 and the hash has one of its own. HF_ERR_ARG (no device),
 * HF_ERR_NOTSUPPORTED, HF_ERR_RANGE. */
int hf_crypto_check_hash(hf_crypto_device *device, uint16_t algorithm, size_t *output_len)
    HF_MUST_CHECK;

/* HF_OK when the material is there, has a length that its type can have and, for XTS, two
 * different keys; else HF_ERR_KEY. */
int hf_crypto_check_material(uint32_t type, hf_bytes material) HF_MUST_CHECK;

/* True when the slice can be read: data is there, or len is 0. */
static inline bool hf_crypto_is_readable(hf_bytes bytes)
{
    return bytes.data != NULL || bytes.len == 0;
}

/* The key as this device may see it: a form that another device parsed is left out. */
static inline hf_crypto_key hf_crypto_key_for(const hf_crypto_key *key, uint32_t device)
{
    hf_crypto_key view = *key;
    if (view.device != device) {
        view.parsed = NULL;
    }
    return view;
}

#endif
