/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Derived secrets: what may be made of a secret that comes from a key derivation, a key
 * agreement or a key encapsulation, how long it is, and what it inherits from its base
 * key. Rules over constants only: nothing is computed here, no lock, any thread.
 *
 *     const hf_secret_plan plan = { .source = HF_ALG_ECDH, .base_type = HF_KEY_P256,
 *                                   .kdf = HF_ALG_HKDF, .hash = HF_ALG_SHA256,
 *                                   .type = HF_KEY_AES_256 };
 *     uint32_t len;
 *     int rc = hf_secret_find_len(&plan, &len);        // 32
 */
#ifndef HOLDFAST_SECRET_H
#define HOLDFAST_SECRET_H

#include "holdfast/algorithm.h"
#include "holdfast/nvm.h"
#include "holdfast/status.h"

/* Bytes of a new key of free length (HF_KEY_HMAC, HF_KEY_SECRET) that a derivation makes
 * when nobody says how many. */
#define HF_SECRET_LEN_DEFAULT 32u
/* Bytes of a derived key that stays inside, at least. Of most KDFs a short output begins
 * a long one, so keys that are short enough to be tried out would give away a long one, a
 * byte at a time. */
#define HF_SECRET_LEN_MIN 16u

typedef struct hf_secret_plan {
    uint16_t source;    /* enum hf_algorithm_id of class AGREE or KEM; 0: the base key */
    uint32_t base_type; /* HF_KEY_TYPE of the base key; fits the source */
    uint16_t kdf;       /* enum hf_algorithm_id of class KDF; 0: the secret as it is */
    uint16_t hash;      /* of the KDF, where it takes one */
    uint32_t type;      /* HF_KEY_TYPE of the new key; 0: the secret itself is wanted */
    uint32_t len;       /* bytes that are wanted; 0: as the type has, or all */
} hf_secret_plan;

/*
 * How many bytes the secret has, and whether it may become what is wanted.
 *
 * Without a KDF the secret stays whole: it becomes HF_KEY_SECRET or HF_KEY_HMAC, since an
 * agreed value is not uniform (SP 800-56C 1); that of a KEM, which is (SP 800-227 4.1),
 * also a cipher's key of its length. With a KDF any symmetric type, of the type's length.
 *
 * len  out: 1 .. HF_DERIVED_LEN_MAX; unchanged after an error.
 *
 * Returns HF_OK, or
 *   HF_ERR_NOTSUPPORTED  the KDF is none, or there is neither a source nor a KDF
 *   HF_ERR_TYPE          the new key's type is unknown or not symmetric, or the KDF takes
 *                        no secret of this source
 *   HF_ERR_ARG           a key of this type needs a KDF
 *   HF_ERR_RANGE         the length is not one that the type, the secret or the KDF has,
 *                        or too short for a key (HF_SECRET_LEN_MIN),
 *                        or the KDF needs a hash and none that it takes is named
 */
int hf_secret_find_len(const hf_secret_plan *plan, uint32_t *len) HF_MUST_CHECK;

/*
 * The flags of a new key, of those that are wanted: it is no easier to get out than its
 * base key (SENSITIVE and NONEXPORTABLE are inherited), and never LOCAL, since values
 * from outside take part in it.
 *
 * Returns HF_OK, or HF_ERR_ACCESS: ALLOW_SECRET is wanted and the base key does not have
 * it: a step in between would let out what the base key keeps in.
 */
int hf_secret_find_flags(uint32_t base_flags, uint32_t wanted, uint32_t *flags)
    HF_MUST_CHECK;

#endif
