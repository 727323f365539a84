/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Cryptography: the algorithm table, key types, and the interface of crypto devices.
 * Nothing here computes: a device does (crypto/openssl over libcrypto on the host, an
 * accelerator's driver on a microcontroller).
 *
 * The shared part is hf_crypto: an ordered list of devices. A concurrent device is called
 * by any number of threads at once. An exclusive one serves one request at a time: the
 * server queues requests for it and takes its lock around each operation. Selection: the
 * first device in the list that supports the algorithm and key type and matches the
 * affinity. A device that fails gives an error, never a silent fall-back.
 *
 * No function of this header may be called while the store lock is held (HF_EXCLUDES),
 * except the table look-ups, which touch constants only.
 *
 *     const hf_algorithm *a = hf_algorithm_find(HF_ALG_ECDSA);
 *     const hf_crypto_op op = { .algorithm = a->id, .key = &key, .input = digest };
 *     int rc = hf_crypto_sign(crypto, device, &op, &signature);
 */
#ifndef HOLDFAST_CRYPTO_H
#define HOLDFAST_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/bytes.h"
#include "holdfast/config.h"
#include "holdfast/lock.h"
#include "holdfast/status.h"
#include "holdfast/tsa.h"
#include "holdfast/usage.h"

/* ---- key types: family (8) | class (8) | parameter (16); wire and storage values */
#define HF_KEY_TYPE(family, class, parameter)                                            \
    (((uint32_t)(family) << 24) | ((uint32_t)(class) << 16) | (uint32_t)(parameter))
#define HF_KEY_FAMILY(type) ((uint8_t)((type) >> 24))
#define HF_KEY_CLASS(type) ((uint8_t)((type) >> 16))
#define HF_KEY_PARAMETER(type) ((uint16_t)(type))

enum hf_key_family {
    HF_FAMILY_AES = 1,        /* parameter: bits */
    HF_FAMILY_GENERIC = 2,    /* HMAC, derivation; parameter: bits, 0 = any length */
    HF_FAMILY_EC = 3,         /* short Weierstrass; parameter: enum hf_curve */
    HF_FAMILY_EDWARDS = 4,    /* EdDSA; parameter: enum hf_curve */
    HF_FAMILY_MONTGOMERY = 5, /* X25519/X448 (reserved) */
    HF_FAMILY_RSA = 6         /* parameter: bits (reserved) */
};
enum hf_key_class { HF_CLASS_SECRET = 1, HF_CLASS_PRIVATE = 2, HF_CLASS_PUBLIC = 3 };
enum hf_curve {
    HF_CURVE_P256 = 1, /* secp256r1 */
    HF_CURVE_P384 = 2, /* secp384r1 */
    HF_CURVE_ED25519 = 16
};

#define HF_KEY_AES_128 HF_KEY_TYPE(HF_FAMILY_AES, HF_CLASS_SECRET, 128)
#define HF_KEY_AES_256 HF_KEY_TYPE(HF_FAMILY_AES, HF_CLASS_SECRET, 256)
/* 16..128 bytes; a generated one has 32. */
#define HF_KEY_HMAC HF_KEY_TYPE(HF_FAMILY_GENERIC, HF_CLASS_SECRET, 0)
#define HF_KEY_P256 HF_KEY_TYPE(HF_FAMILY_EC, HF_CLASS_PRIVATE, HF_CURVE_P256)
#define HF_KEY_P256_PUBLIC HF_KEY_TYPE(HF_FAMILY_EC, HF_CLASS_PUBLIC, HF_CURVE_P256)
#define HF_KEY_P384 HF_KEY_TYPE(HF_FAMILY_EC, HF_CLASS_PRIVATE, HF_CURVE_P384)
#define HF_KEY_P384_PUBLIC HF_KEY_TYPE(HF_FAMILY_EC, HF_CLASS_PUBLIC, HF_CURVE_P384)
#define HF_KEY_ED25519 HF_KEY_TYPE(HF_FAMILY_EDWARDS, HF_CLASS_PRIVATE, HF_CURVE_ED25519)
#define HF_KEY_ED25519_PUBLIC                                                            \
    HF_KEY_TYPE(HF_FAMILY_EDWARDS, HF_CLASS_PUBLIC, HF_CURVE_ED25519)

/* The public type that belongs to a private one; a public type is its own. 0 when the
 * type is symmetric or unknown. Constants; any thread, any lock. */
uint32_t hf_key_type_public(uint32_t type);

/* One row of the key type table. */
typedef struct hf_key_type_info {
    uint32_t type;
    const char *name;     /* "p256", "aes-256", "ed25519-public": used by CLI and logs */
    uint16_t raw_len_min; /* bytes of the stored (raw) material */
    uint16_t raw_len_max; /* the same as raw_len_min unless the type has a free length */
    uint16_t public_len;  /* bytes of the raw public key; 0 = none (symmetric) */
    uint16_t signature_len; /* bytes of a raw signature; 0 = it does not sign */
    uint16_t der_len_max;   /* bytes of the DER encoding; 0 = it has none (symmetric) */
    uint32_t usages;        /* HF_USAGE_* bits that make sense for it */
} hf_key_type_info;

/* The row of a type, or of a name; NULL when unknown. Constants; any thread, any lock. */
const hf_key_type_info *hf_key_type_find(uint32_t type);
const hf_key_type_info *hf_key_type_find_name(const char *name);
/* Rows by index 0, 1, ...; NULL behind the last. */
const hf_key_type_info *hf_key_type_at(size_t index);

/*
 * Encodings of key material in requests. Inside the server keys are always raw: symmetric
 * bytes; EC private scalar (big-endian, field size); EC public point 04||X||Y; Ed25519
 * seed; Ed25519 public key.
 *
 * DER is PKCS#8 PrivateKeyInfo, version 0, for a private type (RFC 5208 with RFC 5915 and
 * RFC 8410) and SubjectPublicKeyInfo for a public one (RFC 5480, RFC 8410). Only named
 * curves and uncompressed points; attributes are refused. Symmetric types have no DER.
 */
enum hf_key_format { HF_FORMAT_RAW = 0, HF_FORMAT_DER = 1 };

/* ---- the algorithm table ---- */
enum hf_algorithm_id {
    HF_ALG_NONE = 0,
    HF_ALG_SHA256 = 0x0103,
    HF_ALG_SHA384 = 0x0104,
    HF_ALG_SHA512 = 0x0105,
    HF_ALG_HMAC_SHA256 = 0x0203,
    HF_ALG_AES_GCM = 0x0305,
    HF_ALG_ECDSA = 0x0401,  /* digest in; FIPS 186-5 6.4 */
    HF_ALG_ED25519 = 0x0410 /* message in; RFC 8032 5.1 */
};

enum hf_algorithm_class {
    HF_CLASS_HASH = 1,
    HF_CLASS_MAC = 2,
    HF_CLASS_AEAD = 3,
    HF_CLASS_SIGNATURE = 4
};

typedef struct hf_algorithm {
    uint16_t id;         /* enum hf_algorithm_id */
    uint8_t class;       /* enum hf_algorithm_class */
    uint8_t family;      /* enum hf_key_family of its keys; 0 = keyless */
    const char *name;    /* "sha256", "hmac-sha256", "aes-gcm", "ecdsa", "ed25519" */
    uint16_t output_len; /* bytes of the digest, MAC or tag; 0 = by key and format */
    uint16_t nonce_len;  /* bytes of the AEAD nonce; 0 = it has none */
    uint32_t input_len_min, input_len_max; /* bytes of input; 0,0 = any */
    uint32_t usage_forward;        /* usage bit to mac, encrypt or sign; 0 = keyless */
    uint32_t usage_backward;       /* usage bit to verify or decrypt; 0 = keyless */
    uint64_t invocation_count_max; /* forward uses of one key; 0 = unlimited */
} hf_algorithm;

/* A row, by id or name or index; NULL when unknown. Constants; any thread, any lock. */
const hf_algorithm *hf_algorithm_find(uint16_t id);
const hf_algorithm *hf_algorithm_find_name(const char *name);
const hf_algorithm *hf_algorithm_at(size_t index);

/* May a key of this type be used with the algorithm, forward (hash, mac, encrypt, sign)
 * or backward (verify, decrypt)? Private keys also verify. key_type 0 fits a keyless
 * algorithm only. Constants; any thread, any lock. */
bool hf_algorithm_fits(const hf_algorithm *algorithm, uint32_t key_type,
                       bool is_backward);

/* Encodings of ECDSA signatures. */
enum hf_signature_format {
    HF_SIGNATURE_DER =
        0, /* Ecdsa-Sig-Value, RFC 3279 2.2.3; DER only, nothing behind it */
    HF_SIGNATURE_RAW = 1 /* r || s, each of field size */
};

/*
 * Room, in bytes, that an output buffer needs: of a digest, MAC, tag or signature. A DER
 * signature may turn out shorter. `format` matters for ECDSA only; key_type is 0 for
 * hashes. 0 when the key type and algorithm do not fit or are unknown. Any thread, any
 * lock.
 */
size_t hf_crypto_output_len_max(uint16_t algorithm, uint32_t key_type, uint16_t format);

/* The same for an exported key: 0 when the type is unknown or has no such format. */
size_t hf_crypto_key_len_max(uint32_t key_type, uint16_t format);

/* ---- devices ---- */

/* A key as an operation sees it: immutable while it is used. */
typedef struct hf_crypto_key {
    uint32_t type;
    hf_bytes material; /* raw, see enum hf_key_format; not owned */
    void *parsed;      /* the device's own form, or NULL: made for each operation */
    uint32_t device;   /* index of the device that made `parsed`; others do not get it */
} hf_crypto_key;

/* What sign, verify, mac, encrypt and decrypt need. Nothing of it is kept after the
 * call. */
typedef struct hf_crypto_op {
    uint16_t algorithm;       /* enum hf_algorithm_id */
    uint16_t format;          /* enum hf_signature_format; ECDSA only, else 0 */
    const hf_crypto_key *key; /* not NULL */
    hf_bytes input;           /* digest, message, plaintext or ciphertext */
    hf_bytes aad;             /* AEAD: additional authenticated data, may be empty */
    hf_bytes signature;       /* verify: signature or MAC; decrypt: tag */
    hf_bytes nonce;           /* AEAD: the nonce, hf_algorithm.nonce_len bytes */
} hf_crypto_op;

/*
 * A device. hf_crypto calls these after it has checked what is common to all devices:
 * pointers, that algorithm, key type and format exist and fit each other, that the device
 * supports them, the lengths of material, input, nonce and tag, and that the output has
 * the room that hf_crypto_output_len_max or hf_crypto_key_len_max tells. A device checks
 * what needs arithmetic: points, scalars, signatures.
 *
 * Each operation returns HF_OK, or
 *   HF_ERR_NOTSUPPORTED  not by this device
 *   HF_ERR_CRYPTO        the device failed
 *   HF_ERR_NOMEM         the device is out of memory
 *   HF_ERR_SIZE          the output is too small
 *   HF_ERR_VERIFY        (verify, decrypt) wrong signature or tag
 *   HF_ERR_KEY           malformed material
 * Output is appended to a buffer. hf_crypto restores the buffers after an error and wipes
 * the room that the result would have had, so a device may leave a part of a result
 * there. NULL operation = not supported. A concurrent device is entered by many threads
 * at once, an exclusive one by one at a time; is_supported and is_key_supported are
 * called by any thread at any time.
 */
typedef struct hf_crypto_device_ops {
    /* Does the device do this algorithm with this key type (0 for hashes)? Constant
     * answer. */
    bool (*is_supported)(void *context, uint16_t algorithm, uint32_t key_type);
    /* Does it generate and convert keys of this type? Constant answer. */
    bool (*is_key_supported)(void *context, uint32_t key_type);
    /* Fill `out` with random bytes. HF_ERR_RANDOM on failure. */
    int (*random)(void *context, uint8_t *out, size_t len);
    /* Make a new key: raw material into `out`. HF_ERR_RANDOM when there is no
     * randomness. */
    int (*generate)(void *context, uint32_t type, hf_buffer *out);
    /* Check and convert encoded material to raw: exact type, no trailing bytes, public
     * points on the curve, scalars in range, an embedded public key that belongs to the
     * private one. */
    int (*import)(void *context, uint32_t type, uint16_t format, hf_bytes in,
                  hf_buffer *out);
    /* Encode raw material of `type` in a format. */
    int (*export)(void *context, uint32_t type, uint16_t format, hf_bytes raw,
                  hf_buffer *out);
    /* Raw public key of a private key; of a public key, itself. */
    int (*public_key)(void *context, const hf_crypto_key *key, hf_buffer *out);
    /* Build the device's own form of a key, to be used by any thread; and end it. *parsed
     * is NULL when the device has no form of its own for the type. */
    int (*parse)(void *context, uint32_t type, hf_bytes raw, void **parsed);
    void (*parsed_destroy)(void *context, void *parsed);
    int (*hash)(void *context, uint16_t algorithm, hf_bytes input, hf_buffer *out);
    /* Streams: at most one thread at a time uses one. `finish` does not end the stream:
     * it gives the digest of all input so far, and more input may follow. */
    int (*stream_open)(void *context, uint16_t algorithm, void **stream);
    int (*stream_update)(void *context, void *stream, hf_bytes input);
    int (*stream_finish)(void *context, void *stream, hf_buffer *out);
    void (*stream_close)(void *context, void *stream);
    /* The whole MAC. hf_crypto_verify of a MAC also calls this, and compares. */
    int (*mac)(void *context, const hf_crypto_op *op, hf_buffer *out);
    int (*sign)(void *context, const hf_crypto_op *op, hf_buffer *out);
    int (*verify)(void *context, const hf_crypto_op *op);
    /* AEAD: ciphertext into `out`, tag into `tag`. */
    int (*encrypt)(void *context, const hf_crypto_op *op, hf_buffer *out, hf_buffer *tag);
    /* AEAD: plaintext into `out`. With a wrong tag HF_ERR_VERIFY. */
    int (*decrypt)(void *context, const hf_crypto_op *op, hf_buffer *out);
} hf_crypto_device_ops;

typedef struct hf_crypto_device_config {
    const hf_crypto_device_ops *ops; /* not NULL */
    void *context;                   /* lives as long as hf_crypto */
    const char *name;                /* static text */
    bool is_exclusive;               /* one operation at a time */
    bool is_hardware;                /* for the affinity */
    /* Of an exclusive device; NULL: a lock that does nothing (single thread). Read by
     * hf_crypto_init only. */
    const hf_lock_config *lock;
} hf_crypto_device_config;

typedef struct hf_crypto_device {
    hf_crypto_device_config config; /* immutable after init */
    hf_lock lock; /* held for exactly one operation of an exclusive device */
} hf_crypto_device;

typedef struct hf_crypto {
    hf_crypto_device devices[HF_CFG_CRYPTO_DEVICES_MAX];
    uint32_t device_count; /* immutable after init */
} hf_crypto;

enum hf_affinity {
    HF_AFFINITY_ANY = 0,
    HF_AFFINITY_HARDWARE = 1,
    HF_AFFINITY_SOFTWARE = 2
};

#define HF_CRYPTO_DEVICE_NONE UINT32_MAX

/*
 * Set up the devices, in order of preference.
 *
 * crypto   the caller's memory; its former content does not matter.
 * devices  `count` configurations, copied. What they point to lives as long as `crypto`.
 * count    0 .. HF_CFG_CRYPTO_DEVICES_MAX; with 0 nothing is supported.
 *
 * Returns HF_OK, HF_ERR_ARG (NULL, too many, a device without operations), or what the
 * initialisation of a lock returned. After an error no lock is left and *crypto is
 * zeroed. Single-threaded.
 */
int hf_crypto_init(hf_crypto *crypto, const hf_crypto_device_config *devices,
                   uint32_t count) HF_MUST_CHECK;

/* End the locks and zero the structure; the devices themselves stay open. On a zeroed
 * structure it does nothing. HF_OK, or the first error of a lock. Single-threaded. */
int hf_crypto_cleanup(hf_crypto *crypto);

/*
 * Which device serves: the first in the list that can and that matches the affinity.
 *
 * algorithm  enum hf_algorithm_id; HF_ALG_NONE: a device that generates and converts
 *            keys of the key type, or, with key_type 0 too, that has a random generator.
 * key_type   0 for hashes.
 * affinity   enum hf_affinity.
 * device     the index, for the operations below; HF_CRYPTO_DEVICE_NONE after an error.
 *
 * Returns HF_OK, HF_ERR_NOTSUPPORTED (no such device), or HF_ERR_ARG (unknown affinity).
 * Touches constants only: any thread, also under the store lock.
 */
int hf_crypto_select(const hf_crypto *crypto, uint16_t algorithm, uint32_t key_type,
                     uint16_t affinity, uint32_t *device) HF_MUST_CHECK;

/*
 * The operations. `device` is what hf_crypto_select returned. An exclusive device's lock
 * is held around exactly one operation. Any thread; blocking as long as the operation
 * takes (and, for an exclusive device, those before it).
 *
 * Output is appended to `out`. All of them return HF_OK, or
 *   HF_ERR_ARG           a NULL pointer, an unknown device or format
 *   HF_ERR_NOTSUPPORTED  the algorithm or key type is unknown, or not for this device
 *   HF_ERR_TYPE          the key's type does not fit the algorithm or operation
 *   HF_ERR_KEY           the key material is malformed
 *   HF_ERR_RANGE         the input or nonce has a length that the algorithm does not take
 *   HF_ERR_SIZE          `out` (or `tag`) has less free room than is needed at most: see
 *                        hf_crypto_output_len_max and hf_crypto_key_len_max; encrypt and
 *                        decrypt need the length of the input. Nothing was computed.
 *   HF_ERR_ABORTED       an exclusive device's lock cannot be had; nothing was computed
 *   HF_ERR_CRYPTO        the device failed
 *   HF_ERR_NOMEM         the device is out of memory
 * and what is said at each. After an error the output buffers are as before, and what had
 * been written behind their content is wiped. Input and output must not overlap.
 */

/* Fill `len` bytes. Also HF_ERR_RANDOM: the generator failed; `out` is wiped after any
 * error. */
int hf_crypto_random(hf_crypto *crypto, uint32_t device, uint8_t *out, size_t len)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* A new symmetric or private key, raw. Also HF_ERR_RANDOM; HF_ERR_TYPE for a public
 * type. */
int hf_crypto_generate(hf_crypto *crypto, uint32_t device, uint32_t type, hf_buffer *out)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Check encoded->material, which is in `format` (enum hf_key_format) and must be of
 * exactly encoded->type, and convert it to raw. `parsed` is not looked at. */
int hf_crypto_import(hf_crypto *crypto, uint32_t device, const hf_crypto_key *encoded,
                     uint16_t format, hf_buffer *out)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Encode a key in `format` (enum hf_key_format). A private key's DER has its public
 * key. */
int hf_crypto_export(hf_crypto *crypto, uint32_t device, const hf_crypto_key *key,
                     uint16_t format, hf_buffer *out)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* The raw public key of a private or public key. HF_ERR_TYPE for a symmetric one. */
int hf_crypto_public_key(hf_crypto *crypto, uint32_t device, const hf_crypto_key *key,
                         hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
    HF_MUST_CHECK;

/* Build key->parsed and set key->device, where the device has a form of its own;
 * otherwise HF_OK and NULL. It may be used by any number of threads until it is
 * destroyed; the device keeps no reference to key->material. NULL after an error. */
int hf_crypto_parse(hf_crypto *crypto, uint32_t device, hf_crypto_key *key)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* End and wipe a parsed form that nobody uses any more; NULL is harmless. When the lock
 * of an exclusive device cannot be had, the form stays with the device. */
void hf_crypto_parsed_destroy(hf_crypto *crypto, uint32_t device, void *parsed)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device);

/* The digest of `input`, which may be empty. */
int hf_crypto_hash(hf_crypto *crypto, uint32_t device, uint16_t algorithm, hf_bytes input,
                   hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* A hash stream: belongs to one session. Zeroed = not open. */
typedef struct hf_crypto_stream {
    void *stream; /* the device's; NULL = not open */
    uint32_t device;
    uint16_t algorithm;
} hf_crypto_stream;

/* Start a stream in *stream, which must not be open (HF_ERR_STATE). Zeroed after other
 * errors. */
int hf_crypto_stream_open(hf_crypto *crypto, uint32_t device, uint16_t algorithm,
                          hf_crypto_stream *stream) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
    HF_MUST_CHECK;

/* Add input, which may be empty. HF_ERR_STATE when the stream is not open. After
 * HF_ERR_CRYPTO the stream is useless and can only be closed. */
int hf_crypto_stream_update(hf_crypto *crypto, hf_crypto_stream *stream, hf_bytes input)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* The digest of all input so far. The stream stays open, and more input may follow.
 * HF_ERR_STATE when it is not open. An error leaves the stream as it was. */
int hf_crypto_stream_finish(hf_crypto *crypto, hf_crypto_stream *stream, hf_buffer *out)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* End the stream, wipe its state and zero the structure; harmless when it is not open.
 * When the lock of an exclusive device cannot be had, the state stays with the device. */
void hf_crypto_stream_close(hf_crypto *crypto, hf_crypto_stream *stream)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device);

/* The whole MAC of op->input, which may be empty. */
int hf_crypto_mac(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                  hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Sign. ECDSA (FIPS 186-5 6.4): op->input is a digest of 20..64 bytes, of which the
 * leftmost bits of the curve's order count. Ed25519 (RFC 8032 5.1): op->input is the
 * message. */
int hf_crypto_sign(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                   hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Verify op->signature, of any length: a signature, with a public or a private key, or a
 * MAC, compared in constant time. HF_ERR_VERIFY when it is wrong or malformed. */
int hf_crypto_verify(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Encrypt op->input with op->nonce, which the caller must never use twice with one key
 * (SP 800-38D 8). As many bytes into `out`, the tag into `tag`. */
int hf_crypto_encrypt(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                      hf_buffer *out, hf_buffer *tag)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Decrypt op->input; op->signature is the tag, of full length. HF_ERR_VERIFY when the tag
 * is wrong: then no plaintext is left in `out`. */
int hf_crypto_decrypt(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                      hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
    HF_MUST_CHECK;

#endif
