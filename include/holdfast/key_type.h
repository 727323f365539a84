/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Key types: what a key is. Every key carries its type, so that no request has to guess
 * it. One table holds everything that depends on the type alone: lengths, names, what the
 * key can be used for. Constants only: any thread, any lock.
 *
 *     const hf_key_type_info *info = hf_key_type_find(HF_KEY_P256);
 *     uint32_t public = hf_key_type_public(HF_KEY_P256);
 */
#ifndef HOLDFAST_KEY_TYPE_H
#define HOLDFAST_KEY_TYPE_H

#include <stddef.h>
#include <stdint.h>

#include "holdfast/usage.h"

/* family (8) | class (8) | parameter (16); wire and storage values, never renumbered */
#define HF_KEY_TYPE(family, class, parameter)                                            \
    (((uint32_t)(family) << 24) | ((uint32_t)(class) << 16) | (uint32_t)(parameter))
#define HF_KEY_FAMILY(type) ((uint8_t)((type) >> 24))
#define HF_KEY_CLASS(type) ((uint8_t)((type) >> 16))
#define HF_KEY_PARAMETER(type) ((uint16_t)(type))

enum hf_key_family {
    HF_FAMILY_AES = 1,        /* parameter: bits */
    HF_FAMILY_GENERIC = 2,    /* HMAC, derivation; parameter: 0 HMAC, 1 any secret */
    HF_FAMILY_EC = 3,         /* short Weierstrass; parameter: enum hf_curve */
    HF_FAMILY_EDWARDS = 4,    /* EdDSA; parameter: enum hf_curve */
    HF_FAMILY_MONTGOMERY = 5, /* X25519, X448; parameter: enum hf_curve */
    HF_FAMILY_RSA = 6,        /* parameter: bits of the modulus */
    HF_FAMILY_AES_XTS = 7,    /* parameter: bits of each of the two AES keys */
    HF_FAMILY_CHACHA20 = 8,   /* parameter: bits */
    HF_FAMILY_ML_KEM = 9,     /* parameter: 512, 768, 1024 */
    HF_FAMILY_ML_DSA = 10,    /* parameter: 44, 65, 87 */
    HF_FAMILY_SLH_DSA = 11,   /* parameter: enum hf_slh_dsa_set */
    HF_FAMILY_LMS = 12        /* HSS; parameter: see HF_LMS_PARAMETER */
};
enum hf_key_class { HF_CLASS_SECRET = 1, HF_CLASS_PRIVATE = 2, HF_CLASS_PUBLIC = 3 };
enum hf_curve {
    HF_CURVE_P256 = 1, /* secp256r1 */
    HF_CURVE_P384 = 2, /* secp384r1 */
    HF_CURVE_P521 = 3, /* secp521r1 */
    HF_CURVE_P224 = 4, /* secp224r1 */
    HF_CURVE_SECP256K1 = 5,
    HF_CURVE_BRAINPOOL_P256 = 6, /* brainpoolP256r1, RFC 5639 */
    HF_CURVE_BRAINPOOL_P384 = 7, /* brainpoolP384r1 */
    HF_CURVE_BRAINPOOL_P512 = 8, /* brainpoolP512r1 */
    HF_CURVE_ED25519 = 16,
    HF_CURVE_ED448 = 17,
    HF_CURVE_X25519 = 18,
    HF_CURVE_X448 = 19
};
/* Parameter sets of FIPS 205: hash | security in bits | s(mall) or f(ast) */
enum hf_slh_dsa_set {
    HF_SLH_DSA_SHA2_128S = 1,
    HF_SLH_DSA_SHA2_128F = 2,
    HF_SLH_DSA_SHA2_192S = 3,
    HF_SLH_DSA_SHA2_192F = 4,
    HF_SLH_DSA_SHA2_256S = 5,
    HF_SLH_DSA_SHA2_256F = 6,
    HF_SLH_DSA_SHAKE_128S = 7,
    HF_SLH_DSA_SHAKE_128F = 8,
    HF_SLH_DSA_SHAKE_192S = 9,
    HF_SLH_DSA_SHAKE_192F = 10,
    HF_SLH_DSA_SHAKE_256S = 11,
    HF_SLH_DSA_SHAKE_256F = 12
};

#define HF_KEY_AES_128 HF_KEY_TYPE(HF_FAMILY_AES, HF_CLASS_SECRET, 128)
#define HF_KEY_AES_192 HF_KEY_TYPE(HF_FAMILY_AES, HF_CLASS_SECRET, 192)
#define HF_KEY_AES_256 HF_KEY_TYPE(HF_FAMILY_AES, HF_CLASS_SECRET, 256)
#define HF_KEY_AES_128_XTS HF_KEY_TYPE(HF_FAMILY_AES_XTS, HF_CLASS_SECRET, 128)
#define HF_KEY_AES_256_XTS HF_KEY_TYPE(HF_FAMILY_AES_XTS, HF_CLASS_SECRET, 256)
#define HF_KEY_CHACHA20 HF_KEY_TYPE(HF_FAMILY_CHACHA20, HF_CLASS_SECRET, 256)
/* 16..128 bytes; a generated one has 32. */
#define HF_KEY_HMAC HF_KEY_TYPE(HF_FAMILY_GENERIC, HF_CLASS_SECRET, 0)
/* 1..1024 bytes: shared secrets, passwords, input of derivations; a generated one has
 * 32. */
#define HF_KEY_SECRET HF_KEY_TYPE(HF_FAMILY_GENERIC, HF_CLASS_SECRET, 1)

#define HF_KEY_PRIVATE_(family, parameter)                                               \
    HF_KEY_TYPE(HF_FAMILY_##family, HF_CLASS_PRIVATE, parameter)
#define HF_KEY_PUBLIC_(family, parameter)                                                \
    HF_KEY_TYPE(HF_FAMILY_##family, HF_CLASS_PUBLIC, parameter)
#define HF_KEY_P224 HF_KEY_PRIVATE_(EC, HF_CURVE_P224)
#define HF_KEY_P224_PUBLIC HF_KEY_PUBLIC_(EC, HF_CURVE_P224)
#define HF_KEY_P256 HF_KEY_PRIVATE_(EC, HF_CURVE_P256)
#define HF_KEY_P256_PUBLIC HF_KEY_PUBLIC_(EC, HF_CURVE_P256)
#define HF_KEY_P384 HF_KEY_PRIVATE_(EC, HF_CURVE_P384)
#define HF_KEY_P384_PUBLIC HF_KEY_PUBLIC_(EC, HF_CURVE_P384)
#define HF_KEY_P521 HF_KEY_PRIVATE_(EC, HF_CURVE_P521)
#define HF_KEY_P521_PUBLIC HF_KEY_PUBLIC_(EC, HF_CURVE_P521)
#define HF_KEY_SECP256K1 HF_KEY_PRIVATE_(EC, HF_CURVE_SECP256K1)
#define HF_KEY_SECP256K1_PUBLIC HF_KEY_PUBLIC_(EC, HF_CURVE_SECP256K1)
#define HF_KEY_BRAINPOOL_P256 HF_KEY_PRIVATE_(EC, HF_CURVE_BRAINPOOL_P256)
#define HF_KEY_BRAINPOOL_P256_PUBLIC HF_KEY_PUBLIC_(EC, HF_CURVE_BRAINPOOL_P256)
#define HF_KEY_BRAINPOOL_P384 HF_KEY_PRIVATE_(EC, HF_CURVE_BRAINPOOL_P384)
#define HF_KEY_BRAINPOOL_P384_PUBLIC HF_KEY_PUBLIC_(EC, HF_CURVE_BRAINPOOL_P384)
#define HF_KEY_BRAINPOOL_P512 HF_KEY_PRIVATE_(EC, HF_CURVE_BRAINPOOL_P512)
#define HF_KEY_BRAINPOOL_P512_PUBLIC HF_KEY_PUBLIC_(EC, HF_CURVE_BRAINPOOL_P512)
#define HF_KEY_ED25519 HF_KEY_PRIVATE_(EDWARDS, HF_CURVE_ED25519)
#define HF_KEY_ED25519_PUBLIC HF_KEY_PUBLIC_(EDWARDS, HF_CURVE_ED25519)
#define HF_KEY_ED448 HF_KEY_PRIVATE_(EDWARDS, HF_CURVE_ED448)
#define HF_KEY_ED448_PUBLIC HF_KEY_PUBLIC_(EDWARDS, HF_CURVE_ED448)
#define HF_KEY_X25519 HF_KEY_PRIVATE_(MONTGOMERY, HF_CURVE_X25519)
#define HF_KEY_X25519_PUBLIC HF_KEY_PUBLIC_(MONTGOMERY, HF_CURVE_X25519)
#define HF_KEY_X448 HF_KEY_PRIVATE_(MONTGOMERY, HF_CURVE_X448)
#define HF_KEY_X448_PUBLIC HF_KEY_PUBLIC_(MONTGOMERY, HF_CURVE_X448)
#define HF_KEY_RSA_2048 HF_KEY_PRIVATE_(RSA, 2048)
#define HF_KEY_RSA_2048_PUBLIC HF_KEY_PUBLIC_(RSA, 2048)
#define HF_KEY_RSA_3072 HF_KEY_PRIVATE_(RSA, 3072)
#define HF_KEY_RSA_3072_PUBLIC HF_KEY_PUBLIC_(RSA, 3072)
#define HF_KEY_RSA_4096 HF_KEY_PRIVATE_(RSA, 4096)
#define HF_KEY_RSA_4096_PUBLIC HF_KEY_PUBLIC_(RSA, 4096)
#define HF_KEY_ML_KEM_512 HF_KEY_PRIVATE_(ML_KEM, 512)
#define HF_KEY_ML_KEM_512_PUBLIC HF_KEY_PUBLIC_(ML_KEM, 512)
#define HF_KEY_ML_KEM_768 HF_KEY_PRIVATE_(ML_KEM, 768)
#define HF_KEY_ML_KEM_768_PUBLIC HF_KEY_PUBLIC_(ML_KEM, 768)
#define HF_KEY_ML_KEM_1024 HF_KEY_PRIVATE_(ML_KEM, 1024)
#define HF_KEY_ML_KEM_1024_PUBLIC HF_KEY_PUBLIC_(ML_KEM, 1024)
#define HF_KEY_ML_DSA_44 HF_KEY_PRIVATE_(ML_DSA, 44)
#define HF_KEY_ML_DSA_44_PUBLIC HF_KEY_PUBLIC_(ML_DSA, 44)
#define HF_KEY_ML_DSA_65 HF_KEY_PRIVATE_(ML_DSA, 65)
#define HF_KEY_ML_DSA_65_PUBLIC HF_KEY_PUBLIC_(ML_DSA, 65)
#define HF_KEY_ML_DSA_87 HF_KEY_PRIVATE_(ML_DSA, 87)
#define HF_KEY_ML_DSA_87_PUBLIC HF_KEY_PUBLIC_(ML_DSA, 87)
#define HF_KEY_SLH_DSA(set) HF_KEY_PRIVATE_(SLH_DSA, set)
#define HF_KEY_SLH_DSA_PUBLIC(set) HF_KEY_PUBLIC_(SLH_DSA, set)

/*
 * HSS (RFC 8554 6): all levels have the same height and Winternitz parameter.
 * levels 1..3, height 5, 10 or 15, width 1, 2, 4 or 8; SHA-256 with 32-byte nodes. A
 * public key of any other set of RFC 8554 and SP 800-208 has the type
 * HF_KEY_LMS_PUBLIC, which only verifies; so has the public part of each private type.
 */
#define HF_LMS_PARAMETER(levels, height, width)                                          \
    (((levels) << 12) | ((height) << 4) | (width))
#define HF_KEY_LMS(levels, height, width)                                                \
    HF_KEY_PRIVATE_(LMS, HF_LMS_PARAMETER(levels, height, width))
#define HF_KEY_LMS_PUBLIC HF_KEY_PUBLIC_(LMS, 0)

/* The public type that belongs to a private one; a public type is its own. 0 when the
 * type is symmetric or unknown. */
uint32_t hf_key_type_public(uint32_t type);

/* Operations that need the private key (sign, decrypt, agree), those for which the
 * public one is enough (verify, encrypt), and the check of an import alone. Making and
 * converting keys is slow with any of them. */
#define HF_SLOW_PRIVATE 0x01u
#define HF_SLOW_PUBLIC 0x02u
#define HF_SLOW_IMPORT 0x04u

/* One row of the key type table. */
typedef struct hf_key_type_info {
    uint32_t type;
    const char *name;     /* "p256", "aes-256", "ed25519-public": used by CLI and logs */
    uint16_t raw_len_min; /* bytes of the stored (raw) material */
    uint16_t raw_len_max; /* the same as raw_len_min unless the length is free */
    uint16_t public_len;  /* bytes of the raw public key at most; 0 = none (symmetric) */
    uint16_t signature_len; /* bytes of a raw signature at most; 0 = it does not sign */
    uint16_t der_len_max;   /* bytes of the DER encoding; 0 = it has none */
    uint32_t usages;        /* HF_USAGE_* bits that make sense for it */
    uint8_t slow; /* HF_SLOW_*: operations that take much longer than a P-256 signature */
} hf_key_type_info;

/* The row of a type, or of a name; NULL when unknown. */
const hf_key_type_info *hf_key_type_find(uint32_t type);
const hf_key_type_info *hf_key_type_find_name(const char *name);
/* Rows by index 0, 1, ...; NULL behind the last. */
const hf_key_type_info *hf_key_type_at(size_t index);

/*
 * Encodings of key material in requests. Inside the server keys are always raw:
 *   symmetric             the bytes; XTS: the data key, then the tweak key
 *   EC                    private scalar (big-endian, field size); public 04 || X || Y
 *   Ed25519, Ed448        seed; public key (RFC 8032)
 *   X25519, X448          private scalar as bytes; public u-coordinate (RFC 7748)
 *   RSA                   RSAPrivateKey, version 0; RSAPublicKey (RFC 8017 A.1), DER
 *   ML-KEM                seed d || z, 64 bytes; encapsulation key (FIPS 203)
 *   ML-DSA                seed xi, 32 bytes; public key (FIPS 204)
 *   SLH-DSA               private key, 4n bytes; public key, 2n bytes (FIPS 205)
 *   LMS                   inside only; public: HSS public key (RFC 8554 6)
 *
 * DER is PKCS#8 PrivateKeyInfo, version 0, for a private type (RFC 5208 with RFC 5915,
 * RFC 8410, RFC 8017 and, for ML-KEM and ML-DSA, the seed form of their profiles) and
 * SubjectPublicKeyInfo for a public one. Only named curves and uncompressed points;
 * attributes are refused. Symmetric and LMS types have no DER.
 *
 * The numbers of an RSA key must fit together: a private one has a public exponent above
 * 2^16, a public one also has one of 3 and more, for signatures of old keys (crypto_rsa.h
 * says all of it). A PKCS#8 of ML-KEM or ML-DSA may have the expanded key beside the
 * seed, which must be the seed's; one without a seed is refused.
 *
 * Import takes two more forms: PKCS#8 EncryptedPrivateKeyInfo (RFC 8018, PBES2 with AES
 * in CBC mode) with a password, and SEC1 ECPrivateKey (RFC 5915) for EC keys. A
 * derivation of more than 10,000,000 iterations, or 64 MiB of scrypt, is refused
 * (HF_ERR_RANGE).
 */
enum hf_key_format {
    HF_FORMAT_RAW = 0,
    HF_FORMAT_DER = 1,
    HF_FORMAT_ENCRYPTED = 2, /* import of private types only */
    HF_FORMAT_SEC1 = 3       /* import of private EC types only */
};
#define HF_FORMAT_MAX HF_FORMAT_SEC1

/* Room, in bytes, that exported material of a type needs at most: 0 when the type is
 * unknown or cannot be exported in the format. */
size_t hf_crypto_key_len_max(uint32_t key_type, uint16_t format);

#endif
