/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the files of the libcrypto device share: the device, a parsed key, and the
 * operations, one family per file. Everything in hf_openssl is made at open and then only
 * read, so threads share it without a lock; libcrypto counts the references of its
 * objects atomically.
 *
 * Contexts of operations are not made per call from a name: a template is prepared at
 * open or when the key is parsed, and each call duplicates it. A duplicate costs about
 * 0.2 us where a fresh signature context costs 1.5 us, and unlike a context that is used
 * again it may be made by any thread.
 */
#ifndef HF_OPENSSL_DEVICE_H
#define HF_OPENSSL_DEVICE_H

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "holdfast/crypto.h"
#include "holdfast/openssl.h"

/* What libcrypto's interface can take in one call. */
#define HF_OPENSSL_LEN_MAX 0x7FFFFFFF

/* Rows of the symmetric algorithms: consecutive numbers from HF_ALG_SHA1, from
 * HF_ALG_HMAC_SHA1, which has the same order, and from HF_ALG_AES_ECB. */
#define HF_OPENSSL_HASH_COUNT (HF_ALG_SHAKE256 - HF_ALG_SHA1 + 1)
#define HF_OPENSSL_HMAC_COUNT (HF_ALG_HMAC_SHA3_512 - HF_ALG_HMAC_SHA1 + 1)
#define HF_OPENSSL_CIPHER_COUNT (HF_ALG_CHACHA20_POLY1305 - HF_ALG_AES_ECB + 1)
/* Sizes of AES keys: 128, 192, 256 bits. */
#define HF_OPENSSL_AES_COUNT 3
/* MACs in a parsed key. */
#define HF_OPENSSL_KEY_MACS 3

/* Short Weierstrass curves, counted with the unused 0. */
#define HF_OPENSSL_GROUP_COUNT (HF_CURVE_BRAINPOOL_P512 + 1)

/* Post-quantum parameter sets: 3 of ML-KEM, 3 of ML-DSA, 12 of SLH-DSA. */
#define HF_OPENSSL_PQ_COUNT 18

struct hf_openssl {
    /* What libcrypto does not have is NULL and not supported. */
    EVP_MD *md[HF_OPENSSL_HASH_COUNT];
    EVP_MAC_CTX *hmac[HF_OPENSSL_HMAC_COUNT]; /* templates: digest set, no key */
    EVP_MAC_CTX *cmac[HF_OPENSSL_AES_COUNT];  /* templates: cipher set, a key of zeros */
    EVP_CIPHER *ciphers[HF_OPENSSL_CIPHER_COUNT][HF_OPENSSL_AES_COUNT];
    EC_GROUP *groups[HF_OPENSSL_GROUP_COUNT]; /* by enum hf_curve; NULL = none */
    bool has_nonce_type;              /* ECDSA takes the kind of its nonce (3.2) */
    bool has_instance;                /* EdDSA takes its variant and a context (3.2) */
    bool has_pq[HF_OPENSSL_PQ_COUNT]; /* in the order of openssl_pq_key.c */
    bool has_implicit_rejection;      /* RSA PKCS#1 v1.5 decryption tells nothing (3.2) */
    EVP_KDF *hkdf;
    EVP_KDF *kbkdf;
    EVP_KDF *sskdf;
    EVP_KDF *pbkdf2;
    EVP_KDF *tls1_prf;
    EVP_KDF *x963;
};

/* The device's form of a key. Templates of what its type can do; the others are NULL. */
typedef struct hf_openssl_key {
    EVP_PKEY *pkey;
    EVP_PKEY_CTX *sign;    /* EC */
    EVP_PKEY_CTX *verify;  /* EC */
    EVP_PKEY_CTX *agree;   /* EC, X25519, X448 */
    EVP_PKEY_CTX *encrypt; /* RSA */
    EVP_PKEY_CTX *decrypt; /* RSA */
    EVP_MD_CTX *sign_md;   /* Ed25519, Ed448 */
    EVP_MD_CTX *verify_md; /* Ed25519, Ed448 */
    EVP_CIPHER_CTX *gcm;   /* AES: key set, no nonce */
    /* AES: CMAC. Others: HMAC-SHA-256, HMAC-SHA-384, HMAC-SHA-512. */
    EVP_MAC_CTX *macs[HF_OPENSSL_KEY_MACS];
} hf_openssl_key;

/* Empties libcrypto's error queue of this thread and passes the status on. Every failing
 * call ends with it: nothing is left behind for the program around us, and nothing is
 * logged. */
int hf_openssl_failed(int status) HF_MUST_CHECK;

/* Wipe what libcrypto has left on the stack: of hf_crypto_device_ops. */
void hf_openssl_wipe(void *context, bool is_hash);

/* openssl_hash.c; see hf_crypto_device_ops. Open fetches what there is, as of all these
 * files. */
void hf_openssl_hash_open(hf_openssl *openssl);
void hf_openssl_hash_close(hf_openssl *openssl);
/* The hash of this number; NULL when it is none or libcrypto does not have it. */
const EVP_MD *hf_openssl_md(const hf_openssl *openssl, uint16_t algorithm);
int hf_openssl_hash(void *context, uint16_t algorithm, hf_bytes input, size_t output_len,
                    hf_buffer *out);

/* openssl_stream.c */
int hf_openssl_stream_open(void *context, const hf_crypto_op *op, bool is_backward,
                           void **opened);
int hf_openssl_stream_update(void *context, void *updated, hf_bytes input,
                             hf_buffer *out);
int hf_openssl_stream_finish(void *context, void *finished, hf_buffer *out,
                             hf_buffer *tag);
void hf_openssl_stream_close(void *context, void *closed);

/* openssl_mac.c; open is called after those of the hashes and ciphers. HF_OK or
 * HF_ERR_NOMEM, after which close is called too. */
int hf_openssl_mac_open(hf_openssl *openssl) HF_MUST_CHECK;
void hf_openssl_mac_close(hf_openssl *openssl);
bool hf_openssl_mac_has(const hf_openssl *openssl, uint16_t algorithm, uint32_t key_type);
int hf_openssl_mac(void *context, const hf_crypto_op *op, hf_buffer *out);
int hf_openssl_mac_parse(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                         hf_openssl_key *parsed) HF_MUST_CHECK;

/* openssl_cipher.c */
void hf_openssl_cipher_open(hf_openssl *openssl);
void hf_openssl_cipher_close(hf_openssl *openssl);
bool hf_openssl_cipher_has(const hf_openssl *openssl, uint16_t algorithm,
                           uint32_t key_type);
int hf_openssl_cipher_parse(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                            hf_openssl_key *parsed) HF_MUST_CHECK;
/* 0, 1, 2 for a key of 128, 192, 256 bits; HF_OPENSSL_AES_COUNT for others. */
size_t hf_openssl_key_size(uint32_t key_type);
int hf_openssl_gmac(const hf_openssl *openssl, const hf_crypto_op *op, hf_buffer *out);
int hf_openssl_encrypt(void *context, const hf_crypto_op *op, hf_buffer *out,
                       hf_buffer *tag);
int hf_openssl_decrypt(void *context, const hf_crypto_op *op, hf_buffer *out);

/* openssl_signature.c: by the family of the key. */
int hf_openssl_sign(void *context, const hf_crypto_op *op, hf_buffer *out);
int hf_openssl_verify(void *context, const hf_crypto_op *op);
int hf_openssl_agree(void *context, const hf_crypto_op *op, hf_buffer *out);

/* openssl_asymmetric.c: by the family of the key. */
int hf_openssl_asymmetric_encrypt(const hf_openssl *openssl, const hf_crypto_op *op,
                                  hf_buffer *out) HF_MUST_CHECK;
int hf_openssl_asymmetric_decrypt(const hf_openssl *openssl, const hf_crypto_op *op,
                                  hf_buffer *out) HF_MUST_CHECK;
int hf_openssl_encapsulate(void *context, const hf_crypto_op *op, hf_buffer *ciphertext,
                           hf_buffer *secret);
int hf_openssl_decapsulate(void *context, const hf_crypto_op *op, hf_buffer *secret);

/* openssl_kdf.c: derivation, whether there is a function, and the fetching of them all:
 * close is also called after a failed open. */
int hf_openssl_derive(void *context, const hf_crypto_op *op, hf_buffer *out);
bool hf_openssl_has_kdf(uint16_t algorithm);
int hf_openssl_kdf_open(hf_openssl *openssl) HF_MUST_CHECK;
void hf_openssl_kdf_close(hf_openssl *openssl);

/* openssl_key.c */
int hf_openssl_generate(void *context, uint32_t type, hf_buffer *out);
int hf_openssl_import(void *context, uint32_t type, const hf_key_encoding *encoding,
                      hf_bytes in, hf_buffer *out);
int hf_openssl_export(void *context, uint32_t type, uint16_t format, hf_bytes raw,
                      hf_buffer *out);
int hf_openssl_public_key(void *context, const hf_crypto_key *key, hf_buffer *out);

/* openssl_parsed.c */
int hf_openssl_parse(void *context, uint32_t type, hf_bytes raw, void **parsed);
void hf_openssl_parsed_destroy(void *context, void *parsed);
/* Contexts that sign and verify whole messages with made->pkey, of this type: the
 * templates sign_md (of a private key) and verify_md. */
int hf_openssl_prepare_md(uint32_t type, hf_openssl_key *made) HF_MUST_CHECK;
/* The raw public key of a key that has one, appended to `out`. */
int hf_openssl_raw_public(const EVP_PKEY *pkey, hf_buffer *out) HF_MUST_CHECK;
/* The parsed form to use in one operation: the key's own, or a temporary one in
 * *temporary, which the caller destroys. */
int hf_openssl_borrow(const hf_openssl *openssl, const hf_crypto_key *key,
                      hf_openssl_key **parsed, void **temporary) HF_MUST_CHECK;

#endif
