/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Wrapping: the forms in which keys and data leave the server encrypted under another key
 * (the KEK), and come back. Whether they may is the handlers' matter; here are the bytes.
 * No state, no lock; any thread, outside of the store lock. Secrets that are made on the
 * way are wiped.
 *
 * The own form (HF_ALG_WRAP_AES_GCM), numbers little-endian:
 *
 *     key   1 | domain 1 | access, 2 bytes | type, 4 | flags, 4 | label, 32 |
 *           nonce, 12 | ciphertext of the raw material | tag, 16
 *     data  1 | domain 2 | 0, 2 bytes |
 *           nonce, 12 | ciphertext | tag, 16
 *
 * The first byte is the version. What stands before the nonce is the additional
 * authenticated data of AES-GCM (SP 800-38D), so no byte of it can be changed, and a
 * wrapped key never opens as data, nor data as a key. The nonce is random and the
 * server's; the KEK's uses are counted with those of AES-GCM.
 *
 * The forms of PKCS#11 carry no metadata. The plaintext of AES_KW and AES_KWP (SP 800-38F
 * 6.2 and 6.3) is the material: raw of a secret key, PKCS#8 DER of a private one. RSA_AES
 * is RSAES-OAEP (RFC 8017 7.1, empty label) of a new AES-256 key, followed by KWP under
 * that key; to open it, AES keys of 128 and 192 bits are taken, too.
 *
 *     const hf_wrap wrap = { .crypto = crypto, .row = row, .kek = &kek, .device = d };
 *     int rc = hf_wrap_seal(&wrap, header, nonce, material, &out);
 */
#ifndef HOLDFAST_WRAP_H
#define HOLDFAST_WRAP_H

#include "holdfast/crypto.h"
#include "holdfast/nvm.h"

#define HF_WRAP_VERSION 1u
#define HF_WRAP_KEY_HEADER_LEN (12u + HF_LABEL_SIZE)
#define HF_WRAP_DATA_HEADER_LEN 4u
#define HF_WRAP_NONCE_LEN 12u
#define HF_WRAP_TAG_LEN 16u
/* Bytes that the own form adds to a header and what it wraps. */
#define HF_WRAP_SEAL_LEN (HF_WRAP_NONCE_LEN + HF_WRAP_TAG_LEN)
#define HF_WRAP_MODULUS_LEN_MAX 512u /* of an RSA KEK, bytes */

enum hf_wrap_domain { HF_WRAP_KEY = 1, HF_WRAP_DATA = 2 };

/* Flags of a key that its wrapped form carries: what a request may set. LOCAL, TRUSTED,
 * RETIRED and REVOKED are of this store, and never come out of a blob. */
#define HF_WRAP_FLAGS HF_FLAGS_CLIENT

/* Who wraps, and how. */
typedef struct hf_wrap {
    hf_crypto *crypto;
    const hf_algorithm *row;  /* of class WRAP */
    const hf_crypto_key *kek; /* fits the row */
    uint32_t device;          /* for row->parts[0] with the KEK */
    uint32_t part_device;     /* RSA_AES: for row->parts[1] with AES keys */
    uint32_t key_device;      /* RSA_AES, to wrap: that makes AES-256 keys */
    uint16_t hash;            /* RSA_AES: of OAEP, enum hf_algorithm_id */
    uint16_t mgf_hash;        /* RSA_AES: of MGF1; 0: as `hash` */
} hf_wrap;

/* Bytes of the wrapped form of `len` bytes, at most (header_len: of the own form; others
 * have none). kek_type 0: of any KEK. Saturates at SIZE_MAX. */
size_t hf_wrap_len_max(const hf_algorithm *row, uint32_t kek_type, size_t header_len,
                       size_t len);

/* The own form's header of a key: access, type, label, and of the flags HF_WRAP_FLAGS;
 * `out` has HF_WRAP_KEY_HEADER_LEN bytes. */
void hf_wrap_put_key_header(const hf_metadata *meta, uint8_t *out);

/* The same of data: HF_WRAP_DATA_HEADER_LEN bytes. */
void hf_wrap_put_data_header(uint8_t *out);

/*
 * Look at a wrapped key, or wrapped data, of the own form: nothing of it is
 * authenticated yet. `meta` (of a key; else NULL) gets access, type, flags and label.
 *
 * HF_OK, HF_ERR_VERSION, or HF_ERR_DECODE: too short, of the other domain, or with access
 * or flags that no key has. *meta is undefined then.
 */
int hf_wrap_get_key_header(hf_bytes wrapped, hf_metadata *meta) HF_MUST_CHECK;
int hf_wrap_check_data_header(hf_bytes wrapped) HF_MUST_CHECK;

/*
 * The own form: append header, nonce, ciphertext and tag to `out`.
 *
 * nonce  HF_WRAP_NONCE_LEN bytes that were never used with this KEK.
 *
 * HF_OK, HF_ERR_SIZE (no room), and what hf_crypto_encrypt returns. `out` is as before
 * after an error.
 */
int hf_wrap_seal(const hf_wrap *wrap, hf_bytes header, hf_bytes nonce, hf_bytes data,
                 hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

/*
 * Open what hf_wrap_seal made: append the plaintext, once all of it is authenticated.
 *
 * header_len  bytes of its header; `wrapped` is at least so long (see the headers).
 *
 * HF_OK, HF_ERR_VERIFY (made under another key, or changed), HF_ERR_SIZE, and what
 * hf_crypto_decrypt returns. `out` is as before after an error.
 */
int hf_wrap_open(const hf_wrap *wrap, size_t header_len, hf_bytes wrapped, hf_buffer *out)
    HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

/*
 * The forms without metadata: append the wrapped form of `data`.
 *
 * HF_OK, HF_ERR_RANGE (a length that the form does not take: KW wants multiples of 8,
 * from 16 on; or a hash that may not be named), HF_ERR_SIZE, and what hf_crypto_encrypt
 * and hf_crypto_generate return. `out` is as before after an error.
 */
int hf_wrap_encrypt(const hf_wrap *wrap, hf_bytes data, hf_buffer *out)
    HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

/*
 * Open them: append the plaintext, once its integrity value is verified.
 *
 * HF_OK; HF_ERR_DECODE (no wrapped form has this length); HF_ERR_VERIFY: one and the same
 * for everything that can be wrong inside, in both layers; HF_ERR_SIZE, and what
 * hf_crypto_decrypt returns. `out` is as before after an error.
 */
int hf_wrap_decrypt(const hf_wrap *wrap, hf_bytes wrapped, hf_buffer *out)
    HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

#endif
