/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Import of encrypted private keys (PBES2, RFC 8018 6.2) in the libcrypto device: read by
 * holdfast/crypto_der.h, which bounds the cost, then decrypted here. What comes out goes
 * through the same import as a key in the clear.
 */
#include "openssl_family.h"

#include <openssl/crypto.h>

#include "holdfast/crypto_der.h"

/* Of AES-256. */
#define KEY_LEN_MAX 32
/* libcrypto counts two blocks of 128 * r bytes more than hf_encrypted_der_decode does. */
#define SCRYPT_SIZE_MAX (2 * (uint64_t)HF_ENCRYPTED_SCRYPT_SIZE_MAX)

static size_t key_len(const hf_encrypted_parts *parts)
{
    return HF_KEY_PARAMETER(parts->cipher) / 8u;
}

static int derive_pbkdf2(const hf_encrypted_parts *parts, hf_bytes password, uint8_t *key)
{
    /* libcrypto knows the hashes by the names of the algorithm table. */
    EVP_MD *md = EVP_MD_fetch(NULL, hf_algorithm_find(parts->prf_hash)->name, NULL);
    if (md == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int ok = PKCS5_PBKDF2_HMAC((const char *)password.data, (int)password.len,
                               parts->salt.data, (int)parts->salt.len,
                               (int)parts->iterations, md, (int)key_len(parts), key);
    EVP_MD_free(md);
    return ok == 1 ? HF_OK : HF_ERR_CRYPTO;
}

static int derive(const hf_encrypted_parts *parts, hf_bytes password, uint8_t *key)
{
    static const uint8_t empty[1] = { 0 };
    if (password.len == 0) {
        password = hf_bytes_of(empty, 0);
    }
    if (password.len > HF_OPENSSL_LEN_MAX) {
        return HF_ERR_RANGE;
    }
    if (parts->prf_hash != 0) {
        return derive_pbkdf2(parts, password, key);
    }
    return EVP_PBE_scrypt((const char *)password.data, password.len, parts->salt.data,
                          parts->salt.len, parts->scrypt_n, parts->scrypt_r,
                          parts->scrypt_p, SCRYPT_SIZE_MAX, key, key_len(parts)) == 1
               ? HF_OK
               : HF_ERR_CRYPTO;
}

static const char *cipher_name(uint32_t type)
{
    switch (type) {
    case HF_KEY_AES_128:
        return "AES-128-CBC";
    case HF_KEY_AES_192:
        return "AES-192-CBC";
    default:
        return "AES-256-CBC";
    }
}

/* Into `out`, which has room for the ciphertext and a block. A wrong padding is a wrong
 * password. */
static int decipher(const hf_encrypted_parts *parts, const uint8_t *key, hf_buffer *out)
{
    int len = 0;
    int last_len = 0;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, cipher_name(parts->cipher), NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int rc = HF_OK;
    if (cipher == NULL || ctx == NULL) {
        rc = HF_ERR_NOMEM;
    } else if (EVP_DecryptInit_ex2(ctx, cipher, key, parts->iv.data, NULL) != 1 ||
               EVP_DecryptUpdate(ctx, out->data, &len, parts->ciphertext.data,
                                 (int)parts->ciphertext.len) != 1) {
        rc = HF_ERR_CRYPTO;
    } else if (EVP_DecryptFinal_ex(ctx, out->data + len, &last_len) != 1) {
        rc = HF_ERR_VERIFY;
    } else {
        out->len = (size_t)len + (size_t)last_len;
    }
    EVP_CIPHER_CTX_free(ctx);
    EVP_CIPHER_free(cipher);
    return rc;
}

int hf_openssl_import_encrypted(const hf_openssl *openssl, uint32_t type,
                                const hf_key_encoding *encoding, hf_bytes in,
                                hf_buffer *out)
{
    const hf_openssl_family *family = hf_openssl_family_of(openssl, type);
    uint8_t key[KEY_LEN_MAX];
    hf_encrypted_parts parts;
    int rc = hf_encrypted_der_decode(in, &parts);
    if (rc != HF_OK) {
        return rc;
    }
    size_t size = parts.ciphertext.len + EVP_MAX_BLOCK_LENGTH;
    hf_buffer plain = hf_buffer_of(OPENSSL_malloc(size), size);
    if (plain.data == NULL) {
        return HF_ERR_NOMEM;
    }
    rc = derive(&parts, encoding->password, key);
    if (rc == HF_OK) {
        rc = decipher(&parts, key, &plain);
    }
    hf_bytes clear = hf_bytes_of(plain.data, plain.len);
    if (rc == HF_OK && !hf_encrypted_is_key(clear)) {
        rc = HF_ERR_VERIFY;
    }
    if (rc == HF_OK) {
        rc = family->import(openssl, type, HF_FORMAT_DER, clear, out);
    }
    OPENSSL_clear_free(plain.data, plain.size);
    hf_wipe(key, sizeof(key));
    return rc;
}
