/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * EncryptedPrivateKeyInfo (RFC 5958 3) with PBES2 (RFC 8018 6.2), over der.h:
 *
 *   SEQUENCE { AlgorithmIdentifier PBES2, OCTET STRING }
 *   PBES2-params ::= SEQUENCE { AlgorithmIdentifier kdf, AlgorithmIdentifier cipher }
 *   PBKDF2-params ::= SEQUENCE { OCTET STRING salt, INTEGER iterations,
 *     INTEGER key length OPTIONAL, AlgorithmIdentifier prf DEFAULT hmacWithSHA1 }
 *   scrypt-params (RFC 7914 7.1) ::= SEQUENCE { OCTET STRING salt, INTEGER N, INTEGER r,
 *     INTEGER p, INTEGER key length OPTIONAL }
 *   cipher: AES in CBC mode, its parameter an OCTET STRING of 16 bytes
 *
 * The cost of the derivation comes from the peer, so it has a limit.
 */
#include "holdfast/crypto_der.h"

#include "crypto/der.h"

#define BLOCK_LEN 16

/* An object identifier's content and what it stands for here. */
typedef struct oid_row {
    uint8_t oid[9];
    uint8_t len;
    uint32_t value;
} oid_row;

static const oid_row pbes2 = { { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D },
                               9,
                               0 };
static const oid_row pbkdf2 = { { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0C },
                                9,
                                0 };
static const oid_row scrypt = { { 0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x04, 0x0B },
                                9,
                                0 };
/* hmacWithSHA1 is the default, which DER leaves out (X.690 11.5). */
static const oid_row prfs[] = {
    { { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x08 }, 8, HF_ALG_SHA224 },
    { { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x09 }, 8, HF_ALG_SHA256 },
    { { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x0A }, 8, HF_ALG_SHA384 },
    { { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x0B }, 8, HF_ALG_SHA512 },
};
static const oid_row ciphers[] = {
    { { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x02 }, 9, HF_KEY_AES_128 },
    { { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x16 }, 9, HF_KEY_AES_192 },
    { { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2A }, 9, HF_KEY_AES_256 },
};

/* The row of an OID, or NULL. */
static const oid_row *find(const oid_row *rows, size_t count, hf_bytes oid)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].len == oid.len && hf_ct_equal(rows[i].oid, oid.data, oid.len)) {
            return &rows[i];
        }
    }
    return NULL;
}

/* Take an AlgorithmIdentifier off *in: its OID, and what is behind it. */
static int read_identifier(hf_bytes *in, hf_bytes *oid, hf_bytes *parameters)
{
    return hf_der_read(in, HF_DER_SEQUENCE, parameters) == HF_OK &&
                   hf_der_read(parameters, HF_DER_OID, oid) == HF_OK
               ? HF_OK
               : HF_ERR_KEY;
}

/* A positive INTEGER of at most 32 bits. What is larger is a cost without bounds. */
static int read_number(hf_bytes *in, uint32_t *value)
{
    uint8_t bytes[4];
    hf_bytes skipped;
    hf_bytes peek = *in;
    if (hf_der_read_unsigned(in, bytes, sizeof(bytes)) != HF_OK) {
        bool is_long = hf_der_read(&peek, HF_DER_INTEGER, &skipped) == HF_OK &&
                       skipped.len > sizeof(bytes) && (skipped.data[0] & 0x80u) == 0;
        return is_long ? HF_ERR_RANGE : HF_ERR_KEY;
    }
    *value = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
             (uint32_t)bytes[2] << 8 | bytes[3];
    return *value != 0 ? HF_OK : HF_ERR_KEY;
}

/* The optional length of the key must be the one of the cipher. */
static int read_key_len(hf_bytes *in, uint32_t cipher)
{
    uint32_t len = 0;
    if (!hf_der_is_next(in, HF_DER_INTEGER)) {
        return HF_OK;
    }
    int rc = read_number(in, &len);
    return rc == HF_OK && len == HF_KEY_PARAMETER(cipher) / 8u ? HF_OK : HF_ERR_KEY;
}

static int read_prf(hf_bytes *in, hf_encrypted_parts *parts)
{
    hf_bytes oid;
    hf_bytes parameters;
    parts->prf_hash = HF_ALG_SHA1;
    if (in->len == 0) {
        return HF_OK;
    }
    if (read_identifier(in, &oid, &parameters) != HF_OK || parameters.len != 2 ||
        parameters.data[0] != HF_DER_NULL || parameters.data[1] != 0) {
        return HF_ERR_KEY;
    }
    const oid_row *row = find(prfs, sizeof(prfs) / sizeof(prfs[0]), oid);
    if (row == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    parts->prf_hash = (uint16_t)row->value;
    return HF_OK;
}

static int read_pbkdf2(hf_bytes in, hf_encrypted_parts *parts)
{
    hf_bytes content;
    if (hf_der_read(&in, HF_DER_SEQUENCE, &content) != HF_OK || in.len != 0 ||
        hf_der_read(&content, HF_DER_OCTET_STRING, &parts->salt) != HF_OK) {
        return HF_ERR_KEY;
    }
    int rc = read_number(&content, &parts->iterations);
    if (rc == HF_OK) {
        rc = read_key_len(&content, parts->cipher);
    }
    if (rc == HF_OK) {
        rc = read_prf(&content, parts);
    }
    if (rc != HF_OK || content.len != 0) {
        return rc != HF_OK ? rc : HF_ERR_KEY;
    }
    return parts->iterations <= HF_ENCRYPTED_ITERATIONS_MAX ? HF_OK : HF_ERR_RANGE;
}

/* RFC 7914 2: N is a power of two above 1. */
static int check_scrypt(const hf_encrypted_parts *parts)
{
    if (parts->scrypt_n < 2 || (parts->scrypt_n & (parts->scrypt_n - 1)) != 0) {
        return HF_ERR_KEY;
    }
    uint64_t block_count = (uint64_t)parts->scrypt_n + parts->scrypt_p;
    bool fits = parts->scrypt_p <= HF_ENCRYPTED_SCRYPT_P_MAX &&
                block_count <= HF_ENCRYPTED_SCRYPT_SIZE_MAX / 128u / parts->scrypt_r;
    return fits ? HF_OK : HF_ERR_RANGE;
}

static int read_scrypt(hf_bytes in, hf_encrypted_parts *parts)
{
    hf_bytes content;
    if (hf_der_read(&in, HF_DER_SEQUENCE, &content) != HF_OK || in.len != 0 ||
        hf_der_read(&content, HF_DER_OCTET_STRING, &parts->salt) != HF_OK) {
        return HF_ERR_KEY;
    }
    int rc = read_number(&content, &parts->scrypt_n);
    if (rc == HF_OK) {
        rc = read_number(&content, &parts->scrypt_r);
    }
    if (rc == HF_OK) {
        rc = read_number(&content, &parts->scrypt_p);
    }
    if (rc == HF_OK) {
        rc = read_key_len(&content, parts->cipher);
    }
    if (rc != HF_OK || content.len != 0) {
        return rc != HF_OK ? rc : HF_ERR_KEY;
    }
    return check_scrypt(parts);
}

static int read_cipher(hf_bytes *in, hf_encrypted_parts *parts)
{
    hf_bytes oid;
    hf_bytes parameters;
    if (read_identifier(in, &oid, &parameters) != HF_OK) {
        return HF_ERR_KEY;
    }
    const oid_row *row = find(ciphers, sizeof(ciphers) / sizeof(ciphers[0]), oid);
    if (row == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    if (hf_der_read(&parameters, HF_DER_OCTET_STRING, &parts->iv) != HF_OK ||
        parameters.len != 0 || parts->iv.len != BLOCK_LEN) {
        return HF_ERR_KEY;
    }
    parts->cipher = row->value;
    return HF_OK;
}

/* PBES2-params. The cipher comes last but says how long the key is. */
static int read_pbes2(hf_bytes in, hf_encrypted_parts *parts)
{
    hf_bytes content;
    hf_bytes oid;
    hf_bytes parameters;
    if (hf_der_read(&in, HF_DER_SEQUENCE, &content) != HF_OK || in.len != 0 ||
        read_identifier(&content, &oid, &parameters) != HF_OK) {
        return HF_ERR_KEY;
    }
    int rc = read_cipher(&content, parts);
    if (rc != HF_OK || content.len != 0) {
        return rc != HF_OK ? rc : HF_ERR_KEY;
    }
    if (find(&pbkdf2, 1, oid) != NULL) {
        return read_pbkdf2(parameters, parts);
    }
    return find(&scrypt, 1, oid) != NULL ? read_scrypt(parameters, parts)
                                         : HF_ERR_NOTSUPPORTED;
}

int hf_encrypted_der_decode(hf_bytes der, hf_encrypted_parts *parts)
{
    hf_bytes content;
    hf_bytes oid;
    hf_bytes parameters;
    *parts = (hf_encrypted_parts){ .cipher = 0 };
    if (hf_der_read(&der, HF_DER_SEQUENCE, &content) != HF_OK || der.len != 0 ||
        read_identifier(&content, &oid, &parameters) != HF_OK ||
        hf_der_read(&content, HF_DER_OCTET_STRING, &parts->ciphertext) != HF_OK ||
        content.len != 0) {
        return HF_ERR_KEY;
    }
    if (find(&pbes2, 1, oid) == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = read_pbes2(parameters, parts);
    if (rc == HF_OK &&
        (parts->ciphertext.len == 0 || parts->ciphertext.len % BLOCK_LEN != 0)) {
        rc = HF_ERR_KEY;
    }
    return rc;
}

bool hf_encrypted_is_key(hf_bytes plaintext)
{
    hf_bytes content;
    hf_bytes version;
    return hf_der_read(&plaintext, HF_DER_SEQUENCE, &content) == HF_OK &&
           plaintext.len == 0 &&
           hf_der_read(&content, HF_DER_INTEGER, &version) == HF_OK && version.len == 1;
}
