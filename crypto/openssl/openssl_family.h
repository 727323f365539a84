/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The key families of the libcrypto device: one row each says how keys of the family are
 * made, converted, parsed and signed with. A family without a row is not supported.
 *
 * All functions may be called by many threads at once and leave libcrypto's error queue
 * to the caller (hf_openssl_failed). `type` is one that the row supports. Statuses as in
 * hf_crypto_device_ops. Constants only, no lock.
 */
#ifndef HF_OPENSSL_FAMILY_H
#define HF_OPENSSL_FAMILY_H

#include "openssl_device.h"

typedef struct hf_openssl_family {
    uint8_t family; /* enum hf_key_family */

    /* Fetch at open what the family needs for its life into *openssl, and end it at
     * close; close is also called after a failed open. Single-threaded. NULL: nothing. */
    int (*open)(hf_openssl *openssl);
    void (*close)(hf_openssl *openssl);

    /* Does this libcrypto have this key type? NULL: all of the family. Constant. */
    bool (*has_type)(const hf_openssl *openssl, uint32_t type);

    /* Signatures, agreement, encryption with public keys, KEM: does this libcrypto have
     * this algorithm of the family? Constant. NULL: none. */
    bool (*has_algorithm)(const hf_openssl *openssl, uint16_t algorithm);

    /* New raw material of a symmetric or private type. */
    int (*generate)(const hf_openssl *openssl, uint32_t type, hf_buffer *out);

    /* Check material in one of the formats HF_FORMAT_RAW, HF_FORMAT_DER, HF_FORMAT_SEC1
     * (EC) and convert it to raw. HF_FORMAT_ENCRYPTED is decrypted before. */
    int (*import)(const hf_openssl *openssl, uint32_t type, uint16_t format, hf_bytes in,
                  hf_buffer *out);

    /* Encode raw material as HF_FORMAT_DER. NULL: the family has no DER. */
    int (*export_der)(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                      hf_buffer *out);

    /* The raw public key of a private key. NULL: symmetric. */
    int (*public_key)(const hf_openssl *openssl, const hf_crypto_key *key,
                      hf_buffer *out);

    /* Fill the parsed form, which is zeroed; what is in it after an error is destroyed by
     * the caller. NULL: the family has no parsed form. */
    int (*parse)(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                 hf_openssl_key *made);

    /* Signatures and agreement with a parsed key. NULL: not in this family. */
    int (*sign)(const hf_openssl *openssl, const hf_openssl_key *key,
                const hf_crypto_op *op, hf_buffer *out);
    int (*verify)(const hf_openssl *openssl, const hf_openssl_key *key,
                  const hf_crypto_op *op);
    int (*agree)(const hf_openssl *openssl, const hf_openssl_key *key,
                 const hf_crypto_op *op, hf_buffer *out);

    /* Encryption with public keys, and key encapsulation. NULL: not in this family. */
    int (*encrypt)(const hf_openssl *openssl, const hf_openssl_key *key,
                   const hf_crypto_op *op, hf_buffer *out);
    int (*decrypt)(const hf_openssl *openssl, const hf_openssl_key *key,
                   const hf_crypto_op *op, hf_buffer *out);
    int (*encapsulate)(const hf_openssl *openssl, const hf_openssl_key *key,
                       hf_buffer *ciphertext, hf_buffer *secret);
    int (*decapsulate)(const hf_openssl *openssl, const hf_openssl_key *key,
                       const hf_crypto_op *op, hf_buffer *secret);
} hf_openssl_family;

/* The row of a family, or NULL. */
const hf_openssl_family *hf_openssl_family_find(uint8_t family);

/* The row of a key type that this libcrypto has, or NULL. */
const hf_openssl_family *hf_openssl_family_of(const hf_openssl *openssl, uint32_t type);

/* Call open of every row until one fails, and close of every row. */
int hf_openssl_families_open(hf_openssl *openssl) HF_MUST_CHECK;
void hf_openssl_families_close(hf_openssl *openssl);

/* The rows, each in its own file. */
extern const hf_openssl_family hf_openssl_aes_family;
extern const hf_openssl_family hf_openssl_generic_family;
extern const hf_openssl_family hf_openssl_aes_xts_family;
extern const hf_openssl_family hf_openssl_chacha20_family;
extern const hf_openssl_family hf_openssl_ec_family;
extern const hf_openssl_family hf_openssl_edwards_family;
extern const hf_openssl_family hf_openssl_montgomery_family;
extern const hf_openssl_family hf_openssl_rsa_family;
extern const hf_openssl_family hf_openssl_ml_kem_family;
extern const hf_openssl_family hf_openssl_ml_dsa_family;
extern const hf_openssl_family hf_openssl_slh_dsa_family;

/* The status of what libcrypto's verify functions return: 1, 0 for a wrong signature, or
 * less. */
static inline int hf_openssl_verify_status(int verified)
{
    if (verified == 1) {
        return HF_OK;
    }
    return verified == 0 ? HF_ERR_VERIFY : HF_ERR_CRYPTO;
}

/* openssl_encrypted.c: decrypt material in HF_FORMAT_ENCRYPTED and give it to the import
 * of the type's family, which has a row. HF_ERR_VERIFY: wrong password. HF_ERR_RANGE: it
 * costs too much. */
int hf_openssl_import_encrypted(const hf_openssl *openssl, uint32_t type,
                                const hf_key_encoding *encoding, hf_bytes in,
                                hf_buffer *out) HF_MUST_CHECK;

/* Any string of `len` bytes as new key material; len <= 128. */
int hf_openssl_generate_bytes(size_t len, hf_buffer *out) HF_MUST_CHECK;

#endif
