/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * RSA of the libcrypto device: PKCS#1 v1.5 and PSS signatures, OAEP, decryption of PKCS#1
 * v1.5 and the raw functions (RFC 8017). All padding is libcrypto's, which also blinds
 * the private operation and checks its result against faults of the remainder theorem.
 *
 * Each call duplicates a context that was prepared with the key; what differs from the
 * defaults (PKCS#1 v1.5 with SHA-256) is set on the duplicate.
 */
#include "openssl_rsa.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/rsa.h>

#include "holdfast/crypto_rsa.h"
#include "openssl_params.h"

/* Known to libcrypto 3.2 and later, and to what vendors add to older ones. */
#define IMPLICIT_REJECTION "implicit-rejection"

/* ---- what there is ---- */

static int open_rsa(hf_openssl *openssl)
{
    EVP_ASYM_CIPHER *cipher = EVP_ASYM_CIPHER_fetch(NULL, "RSA", NULL);
    if (cipher == NULL) {
        return HF_ERR_CRYPTO;
    }
    const OSSL_PARAM *settable = EVP_ASYM_CIPHER_settable_ctx_params(cipher);
    openssl->has_implicit_rejection =
        settable != NULL && OSSL_PARAM_locate_const(settable, IMPLICIT_REJECTION) != NULL;
    EVP_ASYM_CIPHER_free(cipher);
    return HF_OK;
}

static bool has_algorithm(const hf_openssl *openssl, uint16_t algorithm)
{
    /* Without implicit rejection, whoever sees what decryption answers can decrypt and
     * sign with the key (RFC 8017 7.2, Bleichenbacher's attack). */
    return algorithm != HF_ALG_RSA_PKCS1_DECRYPT || openssl->has_implicit_rejection;
}

/* ---- parameters ---- */

static const char *digest_name(const hf_openssl *openssl, uint16_t hash)
{
    const EVP_MD *md = hf_openssl_md(openssl, hash);
    return md == NULL ? NULL : EVP_MD_get0_name(md);
}

/* Set what the operation needs beyond the defaults of signatures. `salt_len` is the
 * caller's because it must live until the call. */
static int set_signature(EVP_PKEY_CTX *ctx, const hf_openssl *openssl,
                         const hf_crypto_op *op, const int *salt_len)
{
    bool is_pss = op->algorithm == HF_ALG_RSA_PSS;
    if (!is_pss && op->hash == HF_ALG_SHA256) {
        return HF_OK;
    }
    const char *hash = digest_name(openssl, op->hash);
    const char *mgf_hash = is_pss ? digest_name(openssl, op->mgf_hash) : hash;
    if (hash == NULL || mgf_hash == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    hf_openssl_params list = hf_openssl_params_of();
    hf_openssl_params_text(&list, OSSL_SIGNATURE_PARAM_DIGEST, hash);
    if (is_pss) {
        hf_openssl_params_text(&list, OSSL_SIGNATURE_PARAM_PAD_MODE,
                               OSSL_PKEY_RSA_PAD_MODE_PSS);
        hf_openssl_params_text(&list, OSSL_SIGNATURE_PARAM_MGF1_DIGEST, mgf_hash);
        hf_openssl_params_int(&list, OSSL_SIGNATURE_PARAM_PSS_SALTLEN, salt_len);
    }
    return EVP_PKEY_CTX_set_params(ctx, list.params) == 1 ? HF_OK : HF_ERR_CRYPTO;
}

/* The same for encryption. */
static int set_encryption(EVP_PKEY_CTX *ctx, const hf_openssl *openssl,
                          const hf_crypto_op *op)
{
    const int is_rejected = 1;
    hf_openssl_params list = hf_openssl_params_of();
    switch (op->algorithm) {
    case HF_ALG_RSA_OAEP: {
        const char *hash = digest_name(openssl, op->hash);
        const char *mgf_hash = digest_name(openssl, op->mgf_hash);
        if (hash == NULL || mgf_hash == NULL) {
            return HF_ERR_NOTSUPPORTED;
        }
        hf_openssl_params_text(&list, OSSL_ASYM_CIPHER_PARAM_PAD_MODE,
                               OSSL_PKEY_RSA_PAD_MODE_OAEP);
        hf_openssl_params_text(&list, OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, hash);
        hf_openssl_params_text(&list, OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, mgf_hash);
        hf_openssl_params_optional(&list, OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, op->aad);
        break;
    }
    case HF_ALG_RSA_PKCS1_DECRYPT:
        if (!openssl->has_implicit_rejection) {
            return HF_ERR_NOTSUPPORTED;
        }
        hf_openssl_params_text(&list, OSSL_ASYM_CIPHER_PARAM_PAD_MODE,
                               OSSL_PKEY_RSA_PAD_MODE_PKCSV15);
        hf_openssl_params_int(&list, IMPLICIT_REJECTION, &is_rejected);
        break;
    case HF_ALG_RSA_RAW:
        hf_openssl_params_text(&list, OSSL_ASYM_CIPHER_PARAM_PAD_MODE,
                               OSSL_PKEY_RSA_PAD_MODE_NONE);
        break;
    default:
        return HF_ERR_NOTSUPPORTED;
    }
    return EVP_PKEY_CTX_set_params(ctx, list.params) == 1 ? HF_OK : HF_ERR_CRYPTO;
}

/* ---- parsed keys ---- */

static int prepare_signature(EVP_PKEY *pkey, int (*init)(EVP_PKEY_CTX *ctx),
                             EVP_PKEY_CTX **made)
{
    hf_openssl_params list = hf_openssl_params_of();
    hf_openssl_params_text(&list, OSSL_SIGNATURE_PARAM_PAD_MODE,
                           OSSL_PKEY_RSA_PAD_MODE_PKCSV15);
    hf_openssl_params_text(&list, OSSL_SIGNATURE_PARAM_DIGEST, "SHA256");
    *made = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (*made == NULL) {
        return HF_ERR_NOMEM;
    }
    return init(*made) == 1 && EVP_PKEY_CTX_set_params(*made, list.params) == 1
               ? HF_OK
               : HF_ERR_CRYPTO;
}

static int prepare_encryption(EVP_PKEY *pkey, int (*init)(EVP_PKEY_CTX *ctx),
                              EVP_PKEY_CTX **made)
{
    *made = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (*made == NULL) {
        return HF_ERR_NOMEM;
    }
    return init(*made) == 1 ? HF_OK : HF_ERR_CRYPTO;
}

static int parse(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                 hf_openssl_key *made)
{
    (void)openssl;
    int rc = hf_openssl_rsa_pkey(type, raw, &made->pkey);
    if (rc == HF_OK) {
        rc = prepare_signature(made->pkey, EVP_PKEY_verify_init, &made->verify);
    }
    if (rc == HF_OK) {
        rc = prepare_encryption(made->pkey, EVP_PKEY_encrypt_init, &made->encrypt);
    }
    if (rc != HF_OK || HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        return rc;
    }
    rc = prepare_signature(made->pkey, EVP_PKEY_sign_init, &made->sign);
    if (rc == HF_OK) {
        rc = prepare_encryption(made->pkey, EVP_PKEY_decrypt_init, &made->decrypt);
    }
    return rc;
}

/* ---- signatures ---- */

/* The digest to be signed. */
static int digest_of(const hf_openssl *openssl, const hf_crypto_op *op, hf_buffer *digest)
{
    if (op->is_digest) {
        return hf_buffer_append(digest, op->input);
    }
    const EVP_MD *md = hf_openssl_md(openssl, op->hash);
    unsigned len = 0;
    if (md == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    if (EVP_Digest(op->input.data, op->input.len, digest->data, &len, md, NULL) != 1) {
        return HF_ERR_CRYPTO;
    }
    digest->len = len;
    return HF_OK;
}

static int sign(const hf_openssl *openssl, const hf_openssl_key *key,
                const hf_crypto_op *op, hf_buffer *out)
{
    uint8_t memory[EVP_MAX_MD_SIZE];
    hf_buffer digest = hf_buffer_of(memory, sizeof(memory));
    const int salt_len = op->salt_len;
    size_t len = out->size - out->len;
    int rc = digest_of(openssl, op, &digest);
    if (rc != HF_OK) {
        return rc;
    }
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(key->sign);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    rc = set_signature(ctx, openssl, op, &salt_len);
    if (rc == HF_OK &&
        EVP_PKEY_sign(ctx, out->data + out->len, &len, digest.data, digest.len) != 1) {
        rc = HF_ERR_CRYPTO;
    }
    EVP_PKEY_CTX_free(ctx);
    if (rc == HF_OK) {
        out->len += len;
    }
    return rc;
}

static int verify(const hf_openssl *openssl, const hf_openssl_key *key,
                  const hf_crypto_op *op)
{
    uint8_t memory[EVP_MAX_MD_SIZE];
    hf_buffer digest = hf_buffer_of(memory, sizeof(memory));
    const int salt_len = op->salt_len;
    if (op->signature.len != HF_KEY_PARAMETER(op->key->type) / 8u) {
        return HF_ERR_VERIFY;
    }
    int rc = digest_of(openssl, op, &digest);
    if (rc != HF_OK) {
        return rc;
    }
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(key->verify);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    rc = set_signature(ctx, openssl, op, &salt_len);
    if (rc == HF_OK) {
        rc = hf_openssl_verify_status(EVP_PKEY_verify(
            ctx, op->signature.data, op->signature.len, digest.data, digest.len));
    }
    EVP_PKEY_CTX_free(ctx);
    return rc;
}

/* ---- encryption ---- */

/* RFC 8017 5.1: the number to be raised is less than the modulus. Neither a raw message
 * nor a ciphertext needs constant time here: the modulus is public, and a number that is
 * not less is refused to its sender. */
static bool is_below_modulus(const hf_crypto_op *op)
{
    hf_rsa_numbers numbers;
    if (hf_rsa_decode(op->key->type, op->key->material, &numbers) != HF_OK ||
        op->input.len != numbers.n.len) {
        return false;
    }
    for (size_t i = 0; i < numbers.n.len; i++) {
        if (op->input.data[i] != numbers.n.data[i]) {
            return op->input.data[i] < numbers.n.data[i];
        }
    }
    return false;
}

static int encrypt(const hf_openssl *openssl, const hf_openssl_key *key,
                   const hf_crypto_op *op, hf_buffer *out)
{
    size_t len = out->size - out->len;
    if (op->algorithm == HF_ALG_RSA_RAW && !is_below_modulus(op)) {
        return HF_ERR_RANGE;
    }
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(key->encrypt);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = set_encryption(ctx, openssl, op);
    if (rc == HF_OK && EVP_PKEY_encrypt(ctx, out->data + out->len, &len, op->input.data,
                                        op->input.len) != 1) {
        rc = HF_ERR_CRYPTO;
    }
    EVP_PKEY_CTX_free(ctx);
    if (rc == HF_OK) {
        out->len += len;
    }
    return rc;
}

/* What fails after the length was checked is the padding or a ciphertext that is not less
 * than the modulus: one and the same answer. */
static int decrypt(const hf_openssl *openssl, const hf_openssl_key *key,
                   const hf_crypto_op *op, hf_buffer *out)
{
    size_t len = out->size - out->len;
    if (op->algorithm == HF_ALG_RSA_RAW && !is_below_modulus(op)) {
        return HF_ERR_RANGE;
    }
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(key->decrypt);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = set_encryption(ctx, openssl, op);
    if (rc == HF_OK && EVP_PKEY_decrypt(ctx, out->data + out->len, &len, op->input.data,
                                        op->input.len) != 1) {
        rc = HF_ERR_VERIFY;
    }
    EVP_PKEY_CTX_free(ctx);
    if (rc == HF_OK) {
        out->len += len;
    }
    return rc;
}

const hf_openssl_family hf_openssl_rsa_family = {
    .family = HF_FAMILY_RSA,
    .open = open_rsa,
    .has_algorithm = has_algorithm,
    .generate = hf_openssl_rsa_generate,
    .import = hf_openssl_rsa_import,
    .export_der = hf_openssl_rsa_export_der,
    .public_key = hf_openssl_rsa_public_key,
    .parse = parse,
    .sign = sign,
    .verify = verify,
    .encrypt = encrypt,
    .decrypt = decrypt,
};
