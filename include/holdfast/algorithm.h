/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The algorithm table: one row each. A request names an algorithm; the handler checks the
 * request against the row before any device sees it, so adding an algorithm needs no new
 * handler. Constants only: any thread, any lock.
 *
 *     const hf_algorithm *row = hf_algorithm_find(HF_ALG_ECDSA);
 */
#ifndef HOLDFAST_ALGORITHM_H
#define HOLDFAST_ALGORITHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/key_type.h"

/* Wire values, never renumbered. The MAC over a hash has the hash's low byte. */
enum hf_algorithm_id {
    HF_ALG_NONE = 0,
    HF_ALG_SHA1 = 0x0101, /* legacy */
    HF_ALG_SHA224 = 0x0102,
    HF_ALG_SHA256 = 0x0103,
    HF_ALG_SHA384 = 0x0104,
    HF_ALG_SHA512 = 0x0105,
    HF_ALG_SHA512_224 = 0x0106,
    HF_ALG_SHA512_256 = 0x0107,
    HF_ALG_SHA3_224 = 0x0108,
    HF_ALG_SHA3_256 = 0x0109,
    HF_ALG_SHA3_384 = 0x010A,
    HF_ALG_SHA3_512 = 0x010B,
    HF_ALG_SHAKE128 = 0x010C,
    HF_ALG_SHAKE256 = 0x010D,
    HF_ALG_HMAC_SHA1 = 0x0201, /* legacy */
    HF_ALG_HMAC_SHA224 = 0x0202,
    HF_ALG_HMAC_SHA256 = 0x0203,
    HF_ALG_HMAC_SHA384 = 0x0204,
    HF_ALG_HMAC_SHA512 = 0x0205,
    HF_ALG_HMAC_SHA512_224 = 0x0206,
    HF_ALG_HMAC_SHA512_256 = 0x0207,
    HF_ALG_HMAC_SHA3_224 = 0x0208,
    HF_ALG_HMAC_SHA3_256 = 0x0209,
    HF_ALG_HMAC_SHA3_384 = 0x020A,
    HF_ALG_HMAC_SHA3_512 = 0x020B,
    HF_ALG_AES_CMAC = 0x0220,    /* SP 800-38B */
    HF_ALG_AES_GMAC = 0x0221,    /* SP 800-38D */
    HF_ALG_AES_ECB = 0x0301,     /* SP 800-38A; the key must allow it */
    HF_ALG_AES_CBC = 0x0302,     /* SP 800-38A, no padding */
    HF_ALG_AES_CBC_PAD = 0x0303, /* CBC with the padding of PKCS#7 (RFC 5652 6.3) */
    HF_ALG_AES_CTR = 0x0304,     /* SP 800-38A, the whole block counts, big-endian */
    HF_ALG_AES_GCM = 0x0305,     /* SP 800-38D */
    HF_ALG_AES_CCM = 0x0306,     /* SP 800-38C */
    HF_ALG_AES_XTS = 0x0307,     /* SP 800-38E; the "nonce" is the tweak */
    HF_ALG_AES_KW = 0x0308,      /* SP 800-38F 6.2, RFC 3394, on data */
    HF_ALG_AES_KWP = 0x0309,     /* SP 800-38F 6.3, RFC 5649, on data */
    HF_ALG_CHACHA20_POLY1305 = 0x030A,   /* RFC 8439 2.8 */
    HF_ALG_ECDSA = 0x0401,               /* FIPS 186-5 6.4 */
    HF_ALG_RSA_PKCS1 = 0x0402,           /* RSASSA-PKCS1-v1_5, RFC 8017 8.2 */
    HF_ALG_RSA_PSS = 0x0403,             /* RSASSA-PSS, RFC 8017 8.1 */
    HF_ALG_ECDSA_DETERMINISTIC = 0x0404, /* ECDSA, the nonce by RFC 6979 */
    HF_ALG_ED25519 = 0x0410,             /* RFC 8032 5.1 */
    HF_ALG_ED448 = 0x0411,               /* RFC 8032 5.2, with an optional context */
    HF_ALG_ED25519_CTX = 0x0412,         /* RFC 8032 5.1, with a context */
    HF_ALG_ED25519_PH = 0x0413,          /* RFC 8032 5.1, prehashed by the device */
    HF_ALG_ED448_PH = 0x0414,            /* RFC 8032 5.2, prehashed by the device */
    HF_ALG_ML_DSA = 0x0420,              /* FIPS 204, with an optional context */
    HF_ALG_SLH_DSA = 0x0421,             /* FIPS 205, with an optional context */
    HF_ALG_LMS = 0x0430,                 /* HSS/LMS, RFC 8554, SP 800-208 */
    HF_ALG_RSA_OAEP = 0x0501,            /* RSAES-OAEP, RFC 8017 7.1; aad is the label */
    HF_ALG_RSA_PKCS1_DECRYPT = 0x0502,   /* RSAES-PKCS1-v1_5, RFC 8017 7.2, of old data */
    HF_ALG_RSA_RAW = 0x0503,             /* RSAEP, RSADP; the key must allow it */
    HF_ALG_ECDH = 0x0601,                /* SP 800-56A 5.7.1.2, cofactor 1 */
    HF_ALG_XDH = 0x0602,                 /* X25519, X448: RFC 7748 6 */
    HF_ALG_HKDF = 0x0701,                /* RFC 5869, extract and expand */
    HF_ALG_HKDF_EXTRACT = 0x0702,        /* RFC 5869 2.2 */
    HF_ALG_HKDF_EXPAND = 0x0703,         /* RFC 5869 2.3 */
    HF_ALG_KBKDF_HMAC = 0x0704,          /* SP 800-108 4.1, counter mode over HMAC */
    HF_ALG_KBKDF_CMAC = 0x0705,          /* SP 800-108 4.1, counter mode over AES-CMAC */
    HF_ALG_ONE_STEP = 0x0706,            /* SP 800-56C 4, over a hash, with salt: HMAC */
    HF_ALG_TWO_STEP = 0x0707,            /* SP 800-56C 5, HMAC, then KBKDF_HMAC */
    HF_ALG_PBKDF2 = 0x0708,              /* RFC 8018 5.2 over HMAC */
    HF_ALG_TLS12_PRF = 0x0709,           /* RFC 5246 5 */
    HF_ALG_X963 = 0x070A,                /* ANSI X9.63 / SEC 1 3.6.1 */
    HF_ALG_ML_KEM = 0x0801,              /* FIPS 203 */
    HF_ALG_WRAP_AES_GCM = 0x0901,        /* our own form: metadata authenticated */
    HF_ALG_WRAP_AES_KW = 0x0902,         /* PKCS#11 CKM_AES_KEY_WRAP */
    HF_ALG_WRAP_AES_KWP = 0x0903,        /* PKCS#11 CKM_AES_KEY_WRAP_KWP */
    HF_ALG_WRAP_RSA_AES = 0x0904         /* PKCS#11 CKM_RSA_AES_KEY_WRAP */
};

enum hf_algorithm_class {
    HF_CLASS_HASH = 1,
    HF_CLASS_MAC = 2,
    HF_CLASS_AEAD = 3,
    HF_CLASS_SIGNATURE = 4,
    HF_CLASS_CIPHER = 5,     /* without authentication; KW and KWP have their own check */
    HF_CLASS_ASYMMETRIC = 6, /* encryption with a public key */
    HF_CLASS_AGREE = 7,
    HF_CLASS_KDF = 8,
    HF_CLASS_KEM = 9,
    HF_CLASS_WRAP = 10 /* made of other rows by the server, no device's matter */
};

/* Traits of a row. */
#define HF_TRAIT_LEGACY 0x0001u /* backward only (verify, decrypt); as a plain hash */
#define HF_TRAIT_XOF 0x0002u    /* the caller says how long the output is */
#define HF_TRAIT_STREAM 0x0004u /* may be a stream forward */
#define HF_TRAIT_STREAM_BACKWARD 0x0008u /* may be a stream backward */
#define HF_TRAIT_HASH 0x0010u            /* needs `hash` */
#define HF_TRAIT_HASH_OPTIONAL 0x0020u /* takes `hash`: then it hashes the input itself */
#define HF_TRAIT_MGF 0x0040u           /* takes `mgf_hash` */
#define HF_TRAIT_SALT_LEN 0x0080u      /* takes `salt_len` */
#define HF_TRAIT_CONTEXT 0x0100u       /* takes `context`, up to 255 bytes */
#define HF_TRAIT_CALLER_NONCE 0x0200u  /* the caller always gives the nonce (tweak) */
#define HF_TRAIT_STATEFUL 0x0400u      /* each signature uses up an index */
#define HF_TRAIT_BACKWARD_ONLY 0x0800u /* there is no forward */
#define HF_TRAIT_SLOW 0x1000u          /* takes long with any key */

typedef struct hf_algorithm {
    uint16_t id;         /* enum hf_algorithm_id */
    uint8_t class;       /* enum hf_algorithm_class */
    uint8_t family;      /* enum hf_key_family of its keys; 0 = keyless */
    uint16_t parameter;  /* that its keys must have; 0 = any */
    uint16_t hash;       /* that it is made of (HMAC); 0 = none, or told by `hash` */
    uint16_t traits;     /* HF_TRAIT_* */
    const char *name;    /* "sha256", "hmac-sha256", "aes-gcm", "ecdsa", "ed25519" */
    uint16_t output_len; /* bytes of the digest, MAC or tag; 0 = by key and format */
    uint16_t
        output_len_min; /* to which MAC or tag may be cut, if the key allows; 0 = not */
    uint16_t nonce_len; /* bytes of a nonce (IV, tweak) that the server makes; 0 = it
                                has none */
    uint16_t nonce_len_min, nonce_len_max; /* of one that is given */
    uint16_t input_unit;                   /* input is a multiple of this; 0 = any */
    uint32_t input_len_min, input_len_max; /* bytes of input forward; 0,0 = any */
    uint32_t usage_forward;  /* usage bit to mac, encrypt, sign, derive; 0 = keyless */
    uint32_t usage_backward; /* usage bit to verify or decrypt; 0 = none */
    uint32_t policy;         /* HF_FLAG_ALLOW_* that the key must have; 0 = none */
    uint64_t invocation_count_max; /* forward uses of one key; 0 = unlimited */
    uint16_t parts[2]; /* enum hf_algorithm_id: what the server makes it of, itself; all
                          0 = a device does it */
} hf_algorithm;

/* A row, by id or name or index; NULL when unknown. */
const hf_algorithm *hf_algorithm_find(uint16_t id);
const hf_algorithm *hf_algorithm_find_name(const char *name);
const hf_algorithm *hf_algorithm_at(size_t index);

/* The same if it is of this class, else NULL. */
const hf_algorithm *hf_algorithm_find_class(uint16_t id, uint8_t class);

/* May a key of this type be used with the algorithm, forward (hash, mac, encrypt, sign,
 * derive, agree, encapsulate) or backward (verify, decrypt, decapsulate)? Private keys
 * also do what public ones do. Agreement, decryption and decapsulation need a private
 * one. key_type 0 fits a keyless algorithm only. */
bool hf_algorithm_fits(const hf_algorithm *algorithm, uint32_t key_type,
                       bool is_backward);

/* Does an operation with a key of this type take so long that others should not wait
 * for it? key_type 0 for hashes: false. */
bool hf_algorithm_is_slow(const hf_algorithm *algorithm, uint32_t key_type,
                          bool is_backward);

/* A hash that may be named as `hash` of an operation: not a XOF; a legacy one only
 * backward. */
bool hf_algorithm_is_hash(uint16_t id, bool is_backward);

/* Encodings of ECDSA signatures. */
enum hf_signature_format {
    HF_SIGNATURE_DER =
        0, /* Ecdsa-Sig-Value, RFC 3279 2.2.3; DER only, nothing behind it */
    HF_SIGNATURE_RAW = 1 /* r || s, each of field size */
};

/*
 * Room, in bytes, that an output buffer needs: of a digest, MAC, tag, signature, shared
 * secret (AGREE: of the key's type) or KEM ciphertext. A DER signature may turn out
 * shorter. `format` matters for ECDSA only; key_type is 0 for hashes. 0 when the key type
 * and algorithm do not fit, are unknown, or the caller says how long the output is.
 */
size_t hf_crypto_output_len_max(uint16_t algorithm, uint32_t key_type, uint16_t format);

/* The most that hf_crypto_output_len_max gives for any key of the algorithm. */
size_t hf_crypto_output_room(uint16_t algorithm);

/*
 * Room, in bytes, that encrypt (or, is_backward, decrypt) needs for `len` bytes of input,
 * without nonce and tag: CBC with padding, KW, KWP and RSA change the length. key_type 0:
 * the most for any key of the algorithm. Saturates at SIZE_MAX.
 */
size_t hf_crypto_cipher_len_max(uint16_t algorithm, uint32_t key_type, size_t len,
                                bool is_backward);

#define HF_SHARED_SECRET_LEN_MAX 66u /* of ECDH over P-521 */
#define HF_KEM_SECRET_LEN 32u        /* of ML-KEM */
#define HF_MAC_LEN_MAX 64u           /* longest MAC or tag */
#define HF_NONCE_LEN_MAX 128u        /* longest nonce */
#define HF_SIGNATURE_LEN_MAX 65535u  /* longest signature that a message carries */
#define HF_XOF_LEN_MAX 65536u        /* longest output of a XOF */
#define HF_DERIVED_LEN_MAX 16384u    /* longest output of a derivation */
#define HF_TLS12_SEED_LEN_MAX 1024u  /* longest label and seed together of TLS12_PRF */
/* PBKDF2: iterations times blocks of output (each as long as the digest) at most: a
 * thread that many clients share is taken for seconds (SHA-256: 6, SHA-512: 12, SHA-3:
 * 26). */
#define HF_PBKDF2_WORK_MAX 10000000u

#endif
