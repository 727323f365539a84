/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Cryptography: the interface of crypto devices. What there is to be computed is said by
 * the tables of algorithm.h and key_type.h. Nothing here computes: a device does
 * (crypto/openssl over libcrypto on the host, an accelerator's driver on a
 * microcontroller).
 *
 * The shared part is hf_crypto: an ordered list of devices. A concurrent device is called
 * by any number of threads at once. An exclusive one serves one request at a time: the
 * server queues requests for it and takes its lock around each operation. Selection: the
 * first device in the list that supports the algorithm and key type and matches the
 * affinity. A device that fails gives an error; whether another one is tried then is the
 * server's policy (hf_server_config), never decided here.
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

#include "holdfast/algorithm.h"
#include "holdfast/bytes.h"
#include "holdfast/config.h"
#include "holdfast/key_type.h"
#include "holdfast/lock.h"
#include "holdfast/status.h"
#include "holdfast/tsa.h"

/* ---- devices ---- */

/* A key as an operation sees it: immutable while it is used. */
typedef struct hf_crypto_key {
    uint32_t type;
    hf_bytes material; /* raw, see enum hf_key_format; not owned */
    void *parsed;      /* the device's own form, or NULL: made for each operation */
    uint32_t device;   /* index of the device that made `parsed`; others do not get it */
} hf_crypto_key;

/* How imported material is encoded. */
typedef struct hf_key_encoding {
    uint16_t format;   /* enum hf_key_format */
    hf_bytes password; /* HF_FORMAT_ENCRYPTED; else empty */
} hf_key_encoding;

/* PSS: the salt has the length of the hash (RFC 8017 9.1). */
#define HF_SALT_LEN_HASH 0xFFFFu

/* What an operation with a key needs. What the algorithm's row does not take is 0 or
 * empty (HF_ERR_RANGE otherwise). Nothing of it is kept after the call. */
typedef struct hf_crypto_op {
    uint16_t algorithm;    /* enum hf_algorithm_id */
    uint16_t format;       /* enum hf_signature_format; ECDSA only, else 0 */
    uint16_t hash;         /* enum hf_algorithm_id of a hash: of RSA, of a KDF; of ECDSA
                              0 when `input` is a digest of any length, which
                              ECDSA_DETERMINISTIC does not take */
    uint16_t mgf_hash;     /* PSS, OAEP: hash of MGF1; 0 = as `hash` */
    uint16_t salt_len;     /* PSS: bytes, or HF_SALT_LEN_HASH */
    bool is_digest;        /* with `hash`: `input` is its digest, not the message */
    bool is_deterministic; /* ML-DSA, SLH-DSA: no randomness */
    uint32_t output_len;   /* MAC, tag: bytes, 0 = whole; KDF: bytes wanted */
    uint32_t iterations;   /* PBKDF2, 1 or more */
    const hf_crypto_key *key;  /* not NULL but for a hash stream */
    const hf_crypto_key *peer; /* agree: public key of the other side, of the same
                                  parameter as `key`; it was imported, so it is valid */
    hf_bytes input;            /* digest, message, plaintext or ciphertext */
    hf_bytes aad;              /* AEAD: additional authenticated data; OAEP: label */
    hf_bytes signature;        /* verify: signature or MAC; decrypt: tag */
    hf_bytes nonce;            /* nonce, IV or tweak */
    hf_bytes context;          /* EdDSA, ML-DSA, SLH-DSA: up to 255 bytes */
    hf_bytes salt;             /* KDF: salt; TLS 1.2 PRF: seed */
    hf_bytes label;            /* KBKDF, TWO_STEP, TLS 1.2 PRF: label */
    hf_bytes info;             /* KDF: info, FixedInfo, context, SharedInfo */
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
    int (*import)(void *context, uint32_t type, const hf_key_encoding *encoding,
                  hf_bytes in, hf_buffer *out);
    /* Encode raw material of `type` in a format. */
    int (*export)(void *context, uint32_t type, uint16_t format, hf_bytes raw,
                  hf_buffer *out);
    /* Raw public key of a private key; of a public key, itself. */
    int (*public_key)(void *context, const hf_crypto_key *key, hf_buffer *out);
    /* Build the device's own form of a key, to be used by any thread; and end it. *parsed
     * is NULL when the device has no form of its own for the type. */
    int (*parse)(void *context, uint32_t type, hf_bytes raw, void **parsed);
    void (*parsed_destroy)(void *context, void *parsed);
    /* The digest, of output_len bytes: all of it, or what is asked of a XOF. */
    int (*hash)(void *context, uint16_t algorithm, hf_bytes input, size_t output_len,
                hf_buffer *out);
    /* Streams of hashes, MACs, ciphers and AEAD encryption: at most one thread at a time
     * uses one. `op` has all that the one-shot operation has but the input, and of it
     * nothing may be kept but copies. `update` gives what can be given of a cipher's
     * output (at most input.len + 32 bytes), nothing for hashes and MACs. `finish` gives
     * the digest, the MAC, or the rest of the output, and the tag into `tag` (NULL
     * where there is none); after it the stream can only be closed. */
    int (*stream_open)(void *context, const hf_crypto_op *op, bool is_backward,
                       void **stream);
    int (*stream_update)(void *context, void *stream, hf_bytes input, hf_buffer *out);
    int (*stream_finish)(void *context, void *stream, hf_buffer *out, hf_buffer *tag);
    void (*stream_close)(void *context, void *stream);
    /* The whole MAC. hf_crypto_verify of a MAC also calls this, and compares. */
    int (*mac)(void *context, const hf_crypto_op *op, hf_buffer *out);
    int (*sign)(void *context, const hf_crypto_op *op, hf_buffer *out);
    int (*verify)(void *context, const hf_crypto_op *op);
    /* AEAD, CIPHER, ASYMMETRIC: ciphertext into `out`, an AEAD's tag of op->output_len
     * bytes into `tag`, which is NULL for the others. */
    int (*encrypt)(void *context, const hf_crypto_op *op, hf_buffer *out, hf_buffer *tag);
    /* Plaintext into `out`. With a wrong tag, padding or integrity value HF_ERR_VERIFY,
     * and one and the same for everything that can be wrong with a padding. */
    int (*decrypt)(void *context, const hf_crypto_op *op, hf_buffer *out);
    /* KDF: op->output_len bytes derived from op->key. */
    int (*derive)(void *context, const hf_crypto_op *op, hf_buffer *out);
    /* AGREE: the shared secret of op->key and op->peer, of fixed length. HF_ERR_KEY when
     * it is the neutral element or all zero. */
    int (*agree)(void *context, const hf_crypto_op *op, hf_buffer *out);
    /* KEM: a new shared secret, and what carries it to the owner of op->key. */
    int (*encapsulate)(void *context, const hf_crypto_op *op, hf_buffer *ciphertext,
                       hf_buffer *secret);
    /* The shared secret of op->input. A ciphertext of the right length that was not made
     * for this key gives another secret, not an error (FIPS 203 6.3). */
    int (*decapsulate)(void *context, const hf_crypto_op *op, hf_buffer *secret);
    /* Wipe what an operation has left where no variable of ours is: on the stack, below
     * the frames that are in use. Called after each operation, also one that failed, on
     * its thread and in the frame that called it, without the device's lock. is_hash:
     * it was `hash`, which goes less deep, and which hash-based signatures call by the
     * million. NULL: the device leaves nothing. */
    void (*wipe)(void *context, bool is_hash);
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

/* The same, looking only at the devices from index *device on: the way to the next one
 * after a device failed. */
int hf_crypto_select_from(const hf_crypto *crypto, uint16_t algorithm, uint32_t key_type,
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

/* Check encoded->material, which is encoded so and must be of exactly encoded->type, and
 * convert it to raw. `parsed` is not looked at. HF_ERR_VERIFY when the password is wrong
 * (HF_FORMAT_ENCRYPTED); HF_ERR_TYPE when the type has no such format. */
int hf_crypto_import(hf_crypto *crypto, uint32_t device, const hf_crypto_key *encoded,
                     const hf_key_encoding *encoding, hf_buffer *out)
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

/* The digest of `input`, which may be empty. HF_ERR_RANGE for a XOF. */
int hf_crypto_hash(hf_crypto *crypto, uint32_t device, uint16_t algorithm, hf_bytes input,
                   hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* The same for op->algorithm and op->input, with op->output_len bytes: of a XOF
 * 1 .. HF_XOF_LEN_MAX, of others all, or 0, which means all. */
int hf_crypto_xof(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                  hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* A stream: belongs to one session. Zeroed = not open. */
typedef struct hf_crypto_stream {
    void *stream; /* the device's; NULL = not open */
    uint32_t device;
    uint16_t algorithm;
    bool is_backward;
    bool is_finished;    /* can only be closed */
    uint32_t output_len; /* bytes of digest, MAC or tag that finish gives; 0 = none */
    uint64_t input_len;  /* bytes of input so far, modulo 2^64 */
} hf_crypto_stream;

/*
 * Start a stream in *stream, which must not be open (HF_ERR_STATE).
 *
 * op           as for the one-shot operation, without input; of a hash the algorithm and,
 *              for a XOF, output_len. Nothing of it is used after the call.
 * is_backward  decrypt; or the caller will compare the MAC that finish gives, which is
 *              how legacy ones may be used. The device computes every MAC forward.
 *
 * HF_ERR_NOTSUPPORTED also when the row's traits do not allow a stream so. Zeroed after
 * errors but HF_ERR_STATE.
 */
int hf_crypto_stream_open(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                          bool is_backward, hf_crypto_stream *stream)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Bytes of room that update needs for `len` bytes of input: at most len + 32; 0 for
 * hashes and MACs. Any thread, any lock. */
size_t hf_crypto_stream_room(const hf_crypto_stream *stream, size_t len);

/* Add input, which may be empty, and append what comes out; `out` may be NULL for hashes
 * and MACs. HF_ERR_STATE when the stream is not open or finished, HF_ERR_RANGE when this
 * is more than the row's input_len_max, or than an AEAD takes in all (2^36 - 32, SP
 * 800-38D 5.2.1.1). After an error but those, HF_ERR_SIZE and HF_ERR_ARG, which change
 * nothing, the stream is useless and can only be closed. */
int hf_crypto_stream_update(hf_crypto *crypto, hf_crypto_stream *stream, hf_bytes input,
                            hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
    HF_MUST_CHECK;

/* The digest or MAC, or the rest of the output, for which there must be 32 bytes of room,
 * and, for an AEAD, the tag into `tag` (else NULL). The stream can then only be closed,
 * also after an error but HF_ERR_SIZE and HF_ERR_ARG. HF_ERR_RANGE: the input of all is
 * not a multiple of what the cipher needs; HF_ERR_VERIFY: wrong padding. HF_ERR_STATE as
 * for update. */
int hf_crypto_stream_finish(hf_crypto *crypto, hf_crypto_stream *stream, hf_buffer *out,
                            hf_buffer *tag) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
    HF_MUST_CHECK;

/* End the stream, wipe its state and zero the structure; harmless when it is not open.
 * When the lock of an exclusive device cannot be had, the state stays with the device. */
void hf_crypto_stream_close(hf_crypto *crypto, hf_crypto_stream *stream)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device);

/* The MAC of op->input, which may be empty, cut to op->output_len bytes. */
int hf_crypto_mac(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                  hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Sign op->input. What it is, says the algorithm: ECDSA a digest of 28..64 bytes (20..64
 * to verify: SHA-1 is legacy), of which the leftmost bits of the curve's order count, or
 * with op->hash the message; RSA the message, or with is_digest its digest; the others
 * the message. */
int hf_crypto_sign(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                   hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Verify op->signature, of any length: a signature, with a public or a private key, or a
 * MAC, compared in constant time: its length is op->output_len (0 = whole).
 * HF_ERR_VERIFY when it is wrong or malformed. */
int hf_crypto_verify(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Encrypt op->input with op->nonce, which the caller must never use twice with one key
 * (SP 800-38D 8) where the mode depends on it. The output into `out`: room of
 * hf_crypto_cipher_len_max; the tag of an AEAD into `tag`, which is NULL otherwise. */
int hf_crypto_encrypt(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                      hf_buffer *out, hf_buffer *tag)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Decrypt op->input; of an AEAD op->signature is the tag, of op->output_len bytes (0 =
 * whole). HF_ERR_VERIFY when the tag, the padding or the integrity value is wrong: then
 * no plaintext is left in `out`. */
int hf_crypto_decrypt(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                      hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
    HF_MUST_CHECK;

/*
 * Derive op->output_len bytes, 1 .. HF_DERIVED_LEN_MAX and what the function allows
 * (HF_ERR_RANGE), from op->key. What is iterated, with i a block's number from 1 and L
 * the bits of output, both 32 bits and big-endian:
 *   HKDF..      RFC 5869; at most 255 blocks; EXTRACT gives exactly a block
 *   KBKDF_..    i || label || 00 || info || L        SP 800-108 4.1, counter before
 *   ONE_STEP    H(i || key || info); with a salt HMAC(salt, i || key || info)
 *   TWO_STEP    as KBKDF_HMAC, with the key HMAC(salt, key); no salt: zeros
 *   PBKDF2      RFC 8018 5.2; iterations times blocks at most HF_PBKDF2_WORK_MAX
 *   TLS12_PRF   RFC 5246 5: label || salt is the seed, 1 .. HF_TLS12_SEED_LEN_MAX bytes
 *   X963        H(key || i || info)
 */
int hf_crypto_derive(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                     hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* The shared secret of the private op->key and the public op->peer, of the length
 * hf_crypto_output_len_max. HF_ERR_TYPE when they do not belong together, HF_ERR_KEY when
 * the peer's key gives no secret. */
int hf_crypto_agree(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                    hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* A new shared secret of HF_KEM_SECRET_LEN bytes into `secret`, and its encapsulation for
 * op->key into `ciphertext`. */
int hf_crypto_encapsulate(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                          hf_buffer *ciphertext, hf_buffer *secret)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* The shared secret that op->input carries, for the private op->key. HF_ERR_RANGE when
 * the ciphertext has the wrong length. */
int hf_crypto_decapsulate(hf_crypto *crypto, uint32_t device, const hf_crypto_op *op,
                          hf_buffer *secret) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
    HF_MUST_CHECK;

#endif
