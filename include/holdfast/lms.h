/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Stateful hash-based signatures: LM-OTS, LMS and HSS of RFC 8554, with the parameter
 * sets of SP 800-208, over the hash interface of holdfast/crypto.h.
 *
 * An HSS key is a chain of 1..8 trees. The leaves of a tree are one-time keys; those of
 * the last tree sign messages, those above sign the root of the tree below. A one-time
 * key that signs two different messages gives itself away, so every signature has an
 * index that is used once. THIS MODULE KEEPS NO STATE: the caller gives the index, and
 * reserves it durably before it calls hf_hss_sign. The randomizer is derived from the
 * key and the index, so the same index with the same message gives the same signature.
 *
 * A signature also needs nodes of the last tree, which take long to compute. They are in
 * a cache: one block of bytes for each level, kept anywhere and by itself worth nothing
 * to an attacker (its content is public). The caller reads the few ranges of it that a
 * signature needs. Nothing of a cache is believed: a damaged one gives an error, never a
 * signature. A lower level's cache is of one tree, and is replaced when the index moves
 * on to the next one; it can always be built again, from the key and the level above.
 *
 * Bounds. Verification: every set here, 1..8 levels. Keys of our own: 1..3 levels of
 * height 5, 10 or 15. A tree of height 20 would take hours to make, and a signer waits
 * for a whole lower tree whenever one is used up: at height 15 that is 2^15 leaves, some
 * seconds (W1) to minutes (W8). All levels use the same hash and n (SP 800-208).
 *
 *     hf_lms_engine engine = { .crypto = crypto, .device = device };
 *     rc = hf_hss_generate(&engine, &params, entropy, &private_key, &cache);
 *     ...                                  // reserve `index`, read head and path
 *     hf_hss_sign_op op = { .index = index, .message = m, .place = { head, path } };
 *     rc = hf_hss_sign(&engine, hf_bytes_of(private_key.data, private_key.len), &op,
 *                      &signature);
 *     rc = hf_hss_verify(&engine, public_key, m, signature);
 *
 * All memory is the caller's; no more than 4 KiB of stack; no locks of its own. Any
 * number of threads may call anything at the same time, on buffers of their own. Numbers
 * in keys and signatures are big-endian, as in the RFC; those of a cache little-endian.
 */
#ifndef HOLDFAST_LMS_H
#define HOLDFAST_LMS_H

#include <stdint.h>

#include "holdfast/bytes.h"
#include "holdfast/crypto.h"

/* Parameter sets of a tree: RFC 8554 5.1 and SP 800-208 4. The registered numbers. */
enum hf_lms_type {
    HF_LMS_SHA256_M32_H5 = 0x05,
    HF_LMS_SHA256_M32_H10 = 0x06,
    HF_LMS_SHA256_M32_H15 = 0x07,
    HF_LMS_SHA256_M32_H20 = 0x08,
    HF_LMS_SHA256_M32_H25 = 0x09,
    HF_LMS_SHA256_M24_H5 = 0x0A,
    HF_LMS_SHA256_M24_H10 = 0x0B,
    HF_LMS_SHA256_M24_H15 = 0x0C,
    HF_LMS_SHA256_M24_H20 = 0x0D,
    HF_LMS_SHA256_M24_H25 = 0x0E,
    HF_LMS_SHAKE_M32_H5 = 0x0F,
    HF_LMS_SHAKE_M32_H10 = 0x10,
    HF_LMS_SHAKE_M32_H15 = 0x11,
    HF_LMS_SHAKE_M32_H20 = 0x12,
    HF_LMS_SHAKE_M32_H25 = 0x13,
    HF_LMS_SHAKE_M24_H5 = 0x14,
    HF_LMS_SHAKE_M24_H10 = 0x15,
    HF_LMS_SHAKE_M24_H15 = 0x16,
    HF_LMS_SHAKE_M24_H20 = 0x17,
    HF_LMS_SHAKE_M24_H25 = 0x18
};

/* Parameter sets of the one-time keys: RFC 8554 4.1 and SP 800-208 4. A larger W makes
 * signatures shorter and everything slower. */
enum hf_lmots_type {
    HF_LMOTS_SHA256_N32_W1 = 0x01,
    HF_LMOTS_SHA256_N32_W2 = 0x02,
    HF_LMOTS_SHA256_N32_W4 = 0x03,
    HF_LMOTS_SHA256_N32_W8 = 0x04,
    HF_LMOTS_SHA256_N24_W1 = 0x05,
    HF_LMOTS_SHA256_N24_W2 = 0x06,
    HF_LMOTS_SHA256_N24_W4 = 0x07,
    HF_LMOTS_SHA256_N24_W8 = 0x08,
    HF_LMOTS_SHAKE_N32_W1 = 0x09,
    HF_LMOTS_SHAKE_N32_W2 = 0x0A,
    HF_LMOTS_SHAKE_N32_W4 = 0x0B,
    HF_LMOTS_SHAKE_N32_W8 = 0x0C,
    HF_LMOTS_SHAKE_N24_W1 = 0x0D,
    HF_LMOTS_SHAKE_N24_W2 = 0x0E,
    HF_LMOTS_SHAKE_N24_W4 = 0x0F,
    HF_LMOTS_SHAKE_N24_W8 = 0x10
};

#define HF_LMS_ID_SIZE 16u       /* bytes of I, the identifier of a tree */
#define HF_LMS_HASH_SIZE_MAX 32u /* bytes, the largest n and m */
#define HF_LMS_HEIGHT_MAX 25u
#define HF_HSS_LEVEL_COUNT_VERIFY_MAX 8u /* RFC 8554 6 */
#define HF_HSS_LEVEL_COUNT_MAX 3u        /* of keys of our own */
/* Levels of nodes below the root that a cache holds; what lies deeper is computed for
 * each signature: 2^5 leaves at height 15, nothing at 10 and 5. */
#define HF_LMS_CACHE_HEIGHT 10u
/* Bytes of the longest private key and public key. */
#define HF_HSS_PRIVATE_LEN_MAX (4u + 8u * HF_HSS_LEVEL_COUNT_MAX + 16u + 2u * 32u)
#define HF_HSS_PUBLIC_LEN_MAX (4u + 4u + 4u + 16u + 32u)
/* Bytes of the longest set of path nodes that a place has. */
#define HF_HSS_PATH_LEN_MAX (HF_LMS_CACHE_HEIGHT * HF_LMS_HASH_SIZE_MAX)

/* One row of the table of tree sets. */
typedef struct hf_lms_set {
    uint32_t type;      /* enum hf_lms_type */
    uint16_t algorithm; /* the hash: HF_ALG_SHA256 or HF_ALG_SHAKE256 */
    uint8_t n;      /* bytes of a node: the first of SHA-256, or so many of SHAKE256 */
    uint8_t height; /* 2^height leaves */
} hf_lms_set;

/* One row of the table of one-time sets. */
typedef struct hf_lmots_set {
    uint32_t type; /* enum hf_lmots_type */
    uint16_t algorithm;
    uint8_t n;
    uint8_t w;  /* bits that one chain signs: 1, 2, 4, 8 */
    uint16_t p; /* chains */
    uint8_t ls; /* shift of the checksum, bits */
} hf_lmots_set;

/* The row of a registered number; NULL when it is unknown. Constants; any thread, any
 * lock. */
const hf_lms_set *hf_lms_set_find(uint32_t type);
const hf_lmots_set *hf_lmots_set_find(uint32_t type);

/* Who hashes. */
typedef struct hf_lms_engine {
    hf_crypto *crypto; /* initialised */
    uint32_t device;   /* what hf_crypto_select returned for the hash of the sets */
} hf_lms_engine;

/* ---- verification ---- */

/*
 * Verify an HSS signature (RFC 8554 6.3).
 *
 * public_key  u32 L | LMS public key of the first tree, exactly.
 * message     any length.
 * signature   any bytes.
 *
 * Returns HF_OK, or
 *   HF_ERR_VERIFY  the signature is wrong, malformed, shorter or longer than it must be,
 *                  has other types than its keys, or other hashes at lower levels
 *   HF_ERR_KEY     the public key is malformed, or of an unknown type
 *   HF_ERR_ARG     a NULL pointer
 * and what hf_crypto_hash and the hash streams return. Blocking for 1..8 times a few
 * hundred (W1) to some ten thousand (W8) hashes.
 */
int hf_hss_verify(const hf_lms_engine *engine, hf_bytes public_key, hf_bytes message,
                  hf_bytes signature) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
    HF_MUST_CHECK;

/* The same for a single tree (RFC 8554 5.4.2): keys and signatures without the level
 * count. */
int hf_lms_verify(const hf_lms_engine *engine, hf_bytes public_key, hf_bytes message,
                  hf_bytes signature) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device)
    HF_MUST_CHECK;

/* HF_OK when the bytes are an HSS public key of exactly the right length and of known
 * types that fit each other; HF_ERR_KEY when not. Any thread, any lock. */
int hf_hss_check_public(hf_bytes public_key) HF_MUST_CHECK;

/* The hash that signatures of the key need (enum hf_algorithm_id), to select the device;
 * HF_ALG_NONE when it is not an HSS public key. Any thread, any lock. */
uint16_t hf_hss_public_algorithm(hf_bytes public_key);

/* ---- keys of our own ---- */

typedef struct hf_hss_level {
    uint32_t lms_type; /* enum hf_lms_type */
    uint32_t ots_type; /* enum hf_lmots_type */
} hf_hss_level;

/* What a key is made of, from the top. */
typedef struct hf_hss_params {
    uint32_t level_count; /* 1..HF_HSS_LEVEL_COUNT_MAX */
    hf_hss_level levels[HF_HSS_LEVEL_COUNT_MAX];
} hf_hss_params;

/* HF_OK when the chapter's bounds are kept, else HF_ERR_NOTSUPPORTED (HF_ERR_ARG: NULL).
 * Every other function wants parameters that this one accepts. Any thread, any lock. */
int hf_hss_params_check(const hf_hss_params *params) HF_MUST_CHECK;

/* Signatures that a key can give in its life: 2^5..2^45. Valid indexes are below. */
uint64_t hf_hss_signature_count(const hf_hss_params *params);

/* Exact lengths in bytes: of a private and a public key, of a signature, of the entropy
 * for a new key, and of one node (n). */
size_t hf_hss_private_len(const hf_hss_params *params);
size_t hf_hss_public_len(const hf_hss_params *params);
size_t hf_hss_signature_len(const hf_hss_params *params);
size_t hf_hss_entropy_len(const hf_hss_params *params);
size_t hf_hss_node_len(const hf_hss_params *params);

/*
 * The cache of `level` (0 = the first):
 *
 *   u32 version (1) | u32 level | u64 number of the tree in its level     16 bytes
 *   for each level above: LMS signature | LMS public key that it signs     the chain
 *   nodes 1, 2, 3, ...: the root, then level by level, n bytes each
 *
 * hf_hss_cache_len is all of it, hf_hss_head_len what comes before the nodes. Bytes.
 */
size_t hf_hss_cache_len(const hf_hss_params *params, uint32_t level);
size_t hf_hss_head_len(const hf_hss_params *params, uint32_t level);

/* Number of the tree of `level` that the index `index` falls into. */
uint64_t hf_hss_tree_number(const hf_hss_params *params, uint32_t level, uint64_t index);

/* Does the head (its first bytes, at least 16) say that the cache is of this level, and
 * of the tree that the index falls into? Only signing finds out whether it is genuine. */
bool hf_hss_is_head_of(const hf_hss_params *params, uint32_t level, uint64_t index,
                       hf_bytes head);

/* How many nodes of the cache of `level` a signature needs (0..10), and the offset in the
 * cache of the `i`-th of them, from the lowest up. */
uint32_t hf_hss_path_count(const hf_hss_params *params, uint32_t level);
size_t hf_hss_path_offset(const hf_hss_params *params, uint32_t level, uint64_t index,
                          uint32_t i);

/* What was read of the cache of one level, for one index. */
typedef struct hf_hss_place {
    hf_bytes head; /* its first hf_hss_head_len bytes */
    hf_bytes path; /* hf_hss_path_count nodes, each read at hf_hss_path_offset */
} hf_hss_place;

/* The parameters of a private key. HF_OK, or HF_ERR_KEY: not a private key. Any thread,
 * any lock. */
int hf_hss_private_params(hf_bytes private_key, hf_hss_params *params) HF_MUST_CHECK;

/* Append the public key of a private one (RFC 8554 6). HF_OK, HF_ERR_KEY (not a private
 * key), HF_ERR_SIZE (no room). Computes no hash: any thread, any lock. */
int hf_hss_public_of_private(hf_bytes private_key, hf_buffer *out) HF_MUST_CHECK;

/*
 * Make a key and the cache of its first level.
 *
 * entropy      hf_hss_entropy_len secret bytes from a random generator: I, then SEED.
 * private_key  u32 L | L x (u32 LMS type, u32 LM-OTS type) | I | SEED | root of the first
 *              tree; secret. Appended.
 * cache        Appended.
 *
 * Returns HF_OK, or
 *   HF_ERR_NOTSUPPORTED  the parameters are out of bounds
 *   HF_ERR_ARG           a NULL pointer, or entropy of another length
 *   HF_ERR_SIZE          no room in a buffer
 * and what the hash returns. After an error both buffers are as before, and what was
 * written is wiped. Blocking: 2^height leaves of up to some ten thousand hashes.
 */
int hf_hss_generate(const hf_lms_engine *engine, const hf_hss_params *params,
                    hf_bytes entropy, hf_buffer *private_key, hf_buffer *cache)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

typedef struct hf_hss_build_op {
    uint32_t level; /* 0..level count - 1: whose cache is built */
    uint64_t index; /* an index that falls into the tree */
    hf_hss_place
        above; /* of the level above, for that index; not looked at for level 0 */
} hf_hss_build_op;

/*
 * Build the cache of a level, for the tree that op->index falls into. Building the same
 * tree again gives the same bytes, so it signs nothing new above.
 *
 * Returns HF_OK, or
 *   HF_ERR_LIMIT    the index is not below hf_hss_signature_count
 *   HF_ERR_STATE    op->above is of another tree: that level must be built first
 *   HF_ERR_CORRUPT  op->above is damaged, or the tree of level 0 has not the root that
 *                   the key says
 *   HF_ERR_KEY      not a private key
 *   HF_ERR_ARG      a NULL pointer, no such level, a place of the wrong lengths
 *   HF_ERR_SIZE     no room
 * and what the hash returns. After an error `cache` is as before, and what was written is
 * wiped. Blocking like hf_hss_generate.
 */
int hf_hss_build(const hf_lms_engine *engine, hf_bytes private_key,
                 const hf_hss_build_op *op, hf_buffer *cache)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

typedef struct hf_hss_sign_op {
    uint64_t index;     /* never used before for another message */
    hf_bytes message;   /* any length */
    hf_hss_place place; /* of the last level, for that index */
} hf_hss_sign_op;

/*
 * Sign (RFC 8554 6.2). The path must lead from the one-time key to the root before that
 * key signs, and the whole signature must verify before it is given out.
 *
 * Returns HF_OK, or
 *   HF_ERR_LIMIT    the index is not below hf_hss_signature_count: the key is used up
 *   HF_ERR_STATE    op->place is of another tree: build the cache of the last level
 *   HF_ERR_CORRUPT  op->place or the key is damaged
 *   HF_ERR_KEY      not a private key
 *   HF_ERR_ARG      a NULL pointer, or a place of the wrong lengths
 *   HF_ERR_SIZE     no room
 * and what the hash returns. After an error `signature` is as before, and what was
 * written is wiped; the index counts as used all the same after HF_ERR_CORRUPT and an
 * error of the hash. Blocking for 2..33 leaves' hashes, and the verification.
 */
int hf_hss_sign(const hf_lms_engine *engine, hf_bytes private_key,
                const hf_hss_sign_op *op, hf_buffer *signature)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

#endif
