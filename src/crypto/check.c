/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Checks of an operation: see check.h. What the row does not take must be absent, so that
 * a parameter is never ignored in silence.
 */
#include "crypto/check.h"

#include "crypto/call.h"

/* A digest of unknown hash (ECDSA): to be signed, of the shortest hash that is not
 * legacy, to the longest; to be verified, also a SHA-1 of old data. */
#define DIGEST_LEN_MIN 28
#define DIGEST_LEN_MIN_LEGACY 20
#define DIGEST_LEN_MAX 64
/* RFC 5869 2.3, and the same for the others: a counter of 8 bits. */
#define HKDF_BLOCK_COUNT_MAX 255u

static bool has_trait(const hf_algorithm *row, uint16_t trait)
{
    return (row->traits & trait) != 0;
}

/* ---- the key ---- */

static int check_key(const hf_crypto_checked *checked, bool is_backward)
{
    const hf_crypto_device_config *config = &checked->device->config;
    if (hf_key_type_find(checked->key.type) == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    if (!hf_algorithm_fits(checked->algorithm, checked->key.type, is_backward)) {
        return HF_ERR_TYPE;
    }
    if (config->ops->is_supported == NULL ||
        !config->ops->is_supported(config->context, checked->algorithm->id,
                                   checked->key.type)) {
        return HF_ERR_NOTSUPPORTED;
    }
    return hf_crypto_check_material(checked->key.type, checked->key.material);
}

static int check_peer(const hf_crypto_checked *checked, const hf_crypto_op *op)
{
    if (checked->algorithm->class != HF_CLASS_AGREE) {
        return op->peer == NULL ? HF_OK : HF_ERR_RANGE;
    }
    if (op->peer == NULL) {
        return HF_ERR_ARG;
    }
    if (op->peer->type != hf_key_type_public(checked->key.type)) {
        return HF_ERR_TYPE;
    }
    return hf_crypto_check_material(op->peer->type, op->peer->material);
}

/* ---- hashes and lengths of signatures ---- */

static int check_hashes(const hf_algorithm *row, const hf_crypto_op *op, bool is_backward)
{
    bool takes_hash = has_trait(row, HF_TRAIT_HASH | HF_TRAIT_HASH_OPTIONAL);
    if (op->hash == 0 ? has_trait(row, HF_TRAIT_HASH)
                      : !takes_hash || !hf_algorithm_is_hash(op->hash, is_backward)) {
        return HF_ERR_RANGE;
    }
    if (op->mgf_hash != 0 && (!has_trait(row, HF_TRAIT_MGF) ||
                              !hf_algorithm_is_hash(op->mgf_hash, is_backward))) {
        return HF_ERR_RANGE;
    }
    return op->salt_len == 0 || has_trait(row, HF_TRAIT_SALT_LEN) ? HF_OK : HF_ERR_RANGE;
}

/* RFC 8017 9.1.1 step 3: modulus, digest and two bytes bound the salt. */
static int check_salt_len(const hf_algorithm *row, const hf_crypto_op *op)
{
    if (!has_trait(row, HF_TRAIT_SALT_LEN) || op->salt_len == HF_SALT_LEN_HASH) {
        return HF_OK;
    }
    size_t modulus_len = HF_KEY_PARAMETER(op->key->type) / 8u;
    size_t hash_len = hf_algorithm_find(op->hash)->output_len;
    return op->salt_len <= modulus_len - hash_len - 2 ? HF_OK : HF_ERR_RANGE;
}

/* Signatures that differ each time unless `is_deterministic` says otherwise. */
static bool has_choice(const hf_algorithm *row)
{
    return row->id == HF_ALG_ML_DSA || row->id == HF_ALG_SLH_DSA;
}

static bool is_digest_len(size_t len, bool is_backward)
{
    size_t least = is_backward ? DIGEST_LEN_MIN_LEGACY : DIGEST_LEN_MIN;
    return len >= least && len <= DIGEST_LEN_MAX;
}

static int check_signature(const hf_algorithm *row, const hf_crypto_op *op,
                           bool is_backward)
{
    bool is_ecdsa = row->family == HF_FAMILY_EC;
    if (op->format > HF_SIGNATURE_RAW || (op->format != 0 && !is_ecdsa)) {
        return HF_ERR_ARG;
    }
    if (op->is_digest && op->hash == 0) {
        return HF_ERR_RANGE;
    }
    if (op->is_deterministic && !has_choice(row)) {
        return HF_ERR_RANGE;
    }
    if (op->is_digest && op->input.len != hf_algorithm_find(op->hash)->output_len) {
        return HF_ERR_RANGE;
    }
    if (is_ecdsa && op->hash == 0 && !is_digest_len(op->input.len, is_backward)) {
        return HF_ERR_RANGE;
    }
    /* RFC 8032 8.3: an empty context is another algorithm's. */
    if (row->id == HF_ALG_ED25519_CTX && op->context.len == 0) {
        return HF_ERR_RANGE;
    }
    return HF_OK;
}

static int check_context(const hf_algorithm *row, const hf_crypto_op *op,
                         bool is_backward)
{
    size_t most = has_trait(row, HF_TRAIT_CONTEXT) ? 255 : 0;
    if (op->context.len > most) {
        return HF_ERR_RANGE;
    }
    if (row->class == HF_CLASS_SIGNATURE) {
        return check_signature(row, op, is_backward);
    }
    bool is_signing = op->is_digest || op->is_deterministic || op->format != 0;
    return is_signing ? HF_ERR_RANGE : HF_OK;
}

/* ---- derivation ---- */

enum { TAKES_SALT = 1, TAKES_LABEL = 2, TAKES_INFO = 4 };

static unsigned kdf_inputs(uint16_t kdf)
{
    switch (kdf) {
    case HF_ALG_HKDF:
    case HF_ALG_ONE_STEP:
        return TAKES_SALT | TAKES_INFO;
    case HF_ALG_HKDF_EXTRACT:
    case HF_ALG_PBKDF2:
        return TAKES_SALT;
    case HF_ALG_HKDF_EXPAND:
    case HF_ALG_X963:
        return TAKES_INFO;
    case HF_ALG_KBKDF_HMAC:
    case HF_ALG_KBKDF_CMAC:
        return TAKES_LABEL | TAKES_INFO;
    case HF_ALG_TWO_STEP:
        return TAKES_SALT | TAKES_LABEL | TAKES_INFO;
    case HF_ALG_TLS12_PRF:
        return TAKES_SALT | TAKES_LABEL;
    default:
        return 0;
    }
}

static int check_kdf_inputs(const hf_crypto_op *op)
{
    unsigned takes = kdf_inputs(op->algorithm);
    bool is_wrong = (op->salt.len != 0 && (takes & TAKES_SALT) == 0) ||
                    (op->label.len != 0 && (takes & TAKES_LABEL) == 0) ||
                    (op->info.len != 0 && (takes & TAKES_INFO) == 0) ||
                    (op->iterations != 0) != (op->algorithm == HF_ALG_PBKDF2);
    return is_wrong ? HF_ERR_RANGE : HF_OK;
}

/* The whole of PBKDF2's work: RFC 8018 5.2 iterates for each block of output. */
static int check_pbkdf2_work(const hf_crypto_op *op, size_t hash_len)
{
    size_t block_count = (op->output_len + hash_len - 1) / hash_len;
    return op->iterations <= HF_PBKDF2_WORK_MAX / block_count ? HF_OK : HF_ERR_RANGE;
}

static int check_tls12_seed(size_t label_len, size_t seed_len)
{
    bool is_wrong = (label_len == 0 && seed_len == 0) ||
                    label_len > HF_TLS12_SEED_LEN_MAX ||
                    seed_len > HF_TLS12_SEED_LEN_MAX - label_len;
    return is_wrong ? HF_ERR_RANGE : HF_OK;
}

static int check_kdf_output(const hf_crypto_op *op)
{
    if (op->output_len == 0 || op->output_len > HF_DERIVED_LEN_MAX) {
        return HF_ERR_RANGE;
    }
    const hf_algorithm *hash = hf_algorithm_find(op->hash);
    switch (op->algorithm) {
    case HF_ALG_HKDF_EXTRACT:
        return op->output_len == hash->output_len ? HF_OK : HF_ERR_RANGE;
    case HF_ALG_HKDF:
    case HF_ALG_HKDF_EXPAND:
        return op->output_len <= HKDF_BLOCK_COUNT_MAX * hash->output_len ? HF_OK
                                                                         : HF_ERR_RANGE;
    case HF_ALG_PBKDF2:
        return check_pbkdf2_work(op, hash->output_len);
    case HF_ALG_TLS12_PRF:
        return check_tls12_seed(op->label.len, op->salt.len);
    default:
        return HF_OK;
    }
}

static int check_kdf(const hf_algorithm *row, const hf_crypto_op *op)
{
    if (row->class == HF_CLASS_KDF) {
        int rc = check_kdf_inputs(op);
        return rc == HF_OK ? check_kdf_output(op) : rc;
    }
    bool is_deriving = op->salt.len != 0 || op->label.len != 0 || op->info.len != 0 ||
                       op->iterations != 0;
    return is_deriving ? HF_ERR_RANGE : HF_OK;
}

/* ---- ciphers and MACs ---- */

static int check_nonce(const hf_algorithm *row, const hf_crypto_op *op)
{
    return op->nonce.len < row->nonce_len_min || op->nonce.len > row->nonce_len_max
               ? HF_ERR_RANGE
               : HF_OK;
}

/* SP 800-38C 5.1 takes even lengths of tags; SP 800-38D 5.2.1.2: 4, 8, 12 and more. */
static bool is_tag_len(const hf_algorithm *row, uint32_t len)
{
    switch (row->id) {
    case HF_ALG_AES_CCM:
        return len % 2 == 0;
    case HF_ALG_AES_GCM:
    case HF_ALG_AES_GMAC:
        return len == 4 || len == 8 || len >= 12;
    default:
        return true;
    }
}

/* The length of a MAC or tag, filled in. */
static int check_mac_len(const hf_algorithm *row, hf_crypto_op *op)
{
    if (row->class != HF_CLASS_MAC && row->class != HF_CLASS_AEAD) {
        return op->output_len == 0 || row->class == HF_CLASS_KDF ? HF_OK : HF_ERR_RANGE;
    }
    uint32_t least = row->output_len_min != 0 ? row->output_len_min : row->output_len;
    if (op->output_len == 0) {
        op->output_len = row->output_len;
    }
    bool is_wrong = op->output_len < least || op->output_len > row->output_len ||
                    !is_tag_len(row, op->output_len);
    return is_wrong ? HF_ERR_RANGE : HF_OK;
}

static int in_range(size_t len, size_t least, size_t most)
{
    return len >= least && len <= most ? HF_OK : HF_ERR_RANGE;
}

/* SP 800-38C A.1: the length of the text has 15 bytes less those of the nonce. */
static int check_ccm_len(const hf_algorithm *row, const hf_crypto_op *op)
{
    size_t most = op->nonce.len == 13   ? 0xFFFF
                  : op->nonce.len == 12 ? 0xFFFFFF
                                        : row->input_len_max;
    return in_range(op->input.len, 0, most);
}

/* Lengths that a text can have, and a ciphertext where they are others. */
static int check_cipher_len(const hf_algorithm *row, const hf_crypto_op *op,
                            bool is_backward)
{
    size_t len = op->input.len;
    size_t most = row->input_len_max;
    size_t unit = row->input_unit;
    size_t least = row->input_len_min;
    if (is_backward) {
        switch (row->id) {
        case HF_ALG_AES_CBC_PAD: /* at least one block of padding */
            unit = 16;
            least = 16;
            most += 16;
            break;
        case HF_ALG_AES_KW:
            least = 24;
            most += 8;
            break;
        case HF_ALG_AES_KWP:
            unit = 8;
            least = 16;
            most += 8;
            break;
        default:
            break;
        }
    }
    return unit != 0 && len % unit != 0 ? HF_ERR_RANGE : in_range(len, least, most);
}

/* RFC 8017: ciphertexts and raw numbers are as long as the modulus (5.1, 7.1.2, 7.2.2);
 * OAEP's messages have two digests and two bytes less at most (7.1.1). */
static int check_rsa_len(const hf_crypto_op *op, bool is_backward)
{
    size_t len = HF_KEY_PARAMETER(op->key->type) / 8u;
    if (is_backward || op->algorithm != HF_ALG_RSA_OAEP) {
        return op->input.len == len ? HF_OK : HF_ERR_RANGE;
    }
    size_t hash_len = hf_algorithm_find(op->hash)->output_len;
    return in_range(op->input.len, 0, len - 2 * hash_len - 2);
}

static int check_input(const hf_algorithm *row, const hf_crypto_op *op,
                       const hf_crypto_intent *intent)
{
    if (intent->is_stream) {
        return op->input.len == 0 ? HF_OK : HF_ERR_ARG;
    }
    switch (row->class) {
    case HF_CLASS_CIPHER:
        return check_cipher_len(row, op, intent->is_backward);
    case HF_CLASS_ASYMMETRIC:
        return check_rsa_len(op, intent->is_backward);
    case HF_CLASS_AEAD:
        return row->id == HF_ALG_AES_CCM ? check_ccm_len(row, op)
                                         : in_range(op->input.len, 0, row->input_len_max);
    case HF_CLASS_MAC:
        return row->input_len_max == 0 ? HF_OK
                                       : in_range(op->input.len, 0, row->input_len_max);
    case HF_CLASS_AGREE:
    case HF_CLASS_KDF:
        return op->input.len == 0 ? HF_OK : HF_ERR_RANGE;
    case HF_CLASS_KEM:
        return op->input.len == 0 || intent->is_backward ? HF_OK : HF_ERR_RANGE;
    default:
        return HF_OK;
    }
}

static int check_aad(const hf_algorithm *row, const hf_crypto_op *op)
{
    if (row->class == HF_CLASS_AEAD) {
        return op->aad.len <= row->input_len_max ? HF_OK : HF_ERR_RANGE;
    }
    return op->aad.len == 0 || row->id == HF_ALG_RSA_OAEP ? HF_OK : HF_ERR_RANGE;
}

/* ---- all of it ---- */

static bool is_readable(const hf_crypto_op *op)
{
    return hf_crypto_is_readable(op->input) && hf_crypto_is_readable(op->aad) &&
           hf_crypto_is_readable(op->signature) && hf_crypto_is_readable(op->nonce) &&
           hf_crypto_is_readable(op->context) && hf_crypto_is_readable(op->salt) &&
           hf_crypto_is_readable(op->label) && hf_crypto_is_readable(op->info);
}

static int check_parameters(hf_crypto_checked *checked, const hf_crypto_intent *intent)
{
    const hf_algorithm *row = checked->algorithm;
    hf_crypto_op *op = &checked->op;
    int rc = check_hashes(row, op, intent->is_backward);
    if (rc == HF_OK) {
        rc = check_salt_len(row, op);
    }
    if (rc == HF_OK) {
        rc = check_context(row, op, intent->is_backward);
    }
    if (rc == HF_OK) {
        rc = check_kdf(row, op);
    }
    if (rc == HF_OK) {
        rc = check_nonce(row, op);
    }
    if (rc == HF_OK) {
        rc = check_mac_len(row, op);
    }
    if (rc == HF_OK) {
        rc = check_aad(row, op);
    }
    return rc == HF_OK ? check_input(row, op, intent) : rc;
}

static bool is_forward_missing(const hf_algorithm *row, const hf_crypto_intent *intent)
{
    return !intent->is_backward &&
           has_trait(row, HF_TRAIT_LEGACY | HF_TRAIT_BACKWARD_ONLY);
}

int hf_crypto_check_op(hf_crypto_checked *checked, hf_crypto *crypto, uint32_t device,
                       const hf_crypto_op *op, const hf_crypto_intent *intent)
{
    checked->device = hf_crypto_device_at(crypto, device);
    if (checked->device == NULL || op == NULL || op->key == NULL || !is_readable(op)) {
        return HF_ERR_ARG;
    }
    const hf_algorithm *row = hf_algorithm_find(op->algorithm);
    if (row == NULL || (intent->classes & (1u << row->class)) == 0 ||
        is_forward_missing(row, intent)) {
        return HF_ERR_NOTSUPPORTED;
    }
    checked->algorithm = row;
    checked->key = hf_crypto_key_for(op->key, device);
    checked->op = *op;
    checked->op.key = &checked->key;
    int rc = check_key(checked, intent->is_backward);
    if (rc == HF_OK) {
        rc = check_peer(checked, op);
    }
    if (rc != HF_OK) {
        return rc;
    }
    if (op->peer != NULL) {
        checked->peer = hf_crypto_key_for(op->peer, device);
        checked->op.peer = &checked->peer;
    }
    rc = check_parameters(checked, intent);
    if (rc == HF_OK && has_trait(row, HF_TRAIT_MGF) && op->mgf_hash == 0) {
        checked->op.mgf_hash = op->hash;
    }
    if (rc == HF_OK && op->salt_len == HF_SALT_LEN_HASH) {
        checked->op.salt_len = hf_algorithm_find(op->hash)->output_len;
    }
    return rc;
}
