/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Ciphers and AEADs of the libcrypto device: one row each, fetched at open. What
 * libcrypto's providers do not have is not supported. Streams are in openssl_stream.c.
 *
 * A context is made per call, so no plaintext stays in one that lives on;
 * EVP_CIPHER_CTX_free wipes. With the cipher fetched, that and the key schedule of AES
 * cost 0.2 us, which a copy of a context with the key would cost too. Only GCM, which
 * makes a table of its key besides, gains by a copy (0.23 us for 0.36 us): a parsed AES
 * key has one.
 */
#include "openssl_stream.h"

#include <openssl/err.h>

#define BLOCK_LEN HF_OPENSSL_BLOCK_LEN
#define DEFAULT_NONCE_LEN 12 /* of GCM and ChaCha20-Poly1305 */

/* libcrypto's names by the size of the key, by the position of the algorithm's number. */
#define ROW(algorithm) [(algorithm)-HF_ALG_AES_ECB]
#define AES(mode)                                                                        \
    {                                                                                    \
        "AES-128-" mode, "AES-192-" mode, "AES-256-" mode                                \
    }
static const char *const names[HF_OPENSSL_CIPHER_COUNT][HF_OPENSSL_AES_COUNT] = {
    ROW(HF_ALG_AES_ECB) = AES("ECB"),
    ROW(HF_ALG_AES_CBC) = AES("CBC"),
    ROW(HF_ALG_AES_CBC_PAD) = AES("CBC"),
    ROW(HF_ALG_AES_CTR) = AES("CTR"),
    ROW(HF_ALG_AES_GCM) = AES("GCM"),
    ROW(HF_ALG_AES_CCM) = AES("CCM"),
    ROW(HF_ALG_AES_XTS) = { "AES-128-XTS", NULL, "AES-256-XTS" },
    ROW(HF_ALG_AES_KW) = AES("WRAP"),
    ROW(HF_ALG_AES_KWP) = AES("WRAP-PAD"),
    ROW(HF_ALG_CHACHA20_POLY1305) = { NULL, NULL, "ChaCha20-Poly1305" },
};

void hf_openssl_cipher_open(hf_openssl *openssl)
{
    for (size_t i = 0; i < HF_OPENSSL_CIPHER_COUNT; i++) {
        for (size_t size = 0; size < HF_OPENSSL_AES_COUNT; size++) {
            if (names[i][size] != NULL) {
                openssl->ciphers[i][size] = EVP_CIPHER_fetch(NULL, names[i][size], NULL);
            }
        }
    }
    ERR_clear_error();
}

void hf_openssl_cipher_close(hf_openssl *openssl)
{
    for (size_t i = 0; i < HF_OPENSSL_CIPHER_COUNT; i++) {
        for (size_t size = 0; size < HF_OPENSSL_AES_COUNT; size++) {
            EVP_CIPHER_free(openssl->ciphers[i][size]);
        }
    }
}

size_t hf_openssl_key_size(uint32_t key_type)
{
    switch (HF_KEY_PARAMETER(key_type)) {
    case 128:
        return 0;
    case 192:
        return 1;
    case 256:
        return 2;
    default:
        return HF_OPENSSL_AES_COUNT;
    }
}

static const EVP_CIPHER *find_cipher(const hf_openssl *openssl, uint16_t algorithm,
                                     uint32_t key_type)
{
    size_t size = hf_openssl_key_size(key_type);
    if (algorithm < HF_ALG_AES_ECB ||
        algorithm >= HF_ALG_AES_ECB + HF_OPENSSL_CIPHER_COUNT ||
        size == HF_OPENSSL_AES_COUNT) {
        return NULL;
    }
    return openssl->ciphers[algorithm - HF_ALG_AES_ECB][size];
}

bool hf_openssl_cipher_has(const hf_openssl *openssl, uint16_t algorithm,
                           uint32_t key_type)
{
    return find_cipher(openssl, algorithm, key_type) != NULL;
}

/* ---- start ---- */

static bool is_aead(uint16_t algorithm)
{
    return algorithm == HF_ALG_AES_GCM || algorithm == HF_ALG_AES_CCM ||
           algorithm == HF_ALG_CHACHA20_POLY1305;
}

/* `tag` of the length that is to be made, or with its bytes when it is to be checked. */
static bool set_tag(EVP_CIPHER_CTX *ctx, hf_bytes tag)
{
    /* libcrypto only reads it; there is no const in its interface. */
    return EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, (int)tag.len,
                               (void *)(uintptr_t)tag.data) == 1;
}

/* The lengths of nonce and tag come before key and nonce: CCM's first block has both (SP
 * 800-38C A.2.1). */
static bool init_aead(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher,
                      const hf_crypto_op *op, int is_encrypt)
{
    const hf_openssl_key *parsed = op->key->parsed;
    const uint8_t *key = op->key->material.data;
    bool is_prepared =
        op->algorithm == HF_ALG_AES_GCM && parsed != NULL && parsed->gcm != NULL;
    if (is_prepared) {
        key = NULL;
        if (EVP_CIPHER_CTX_copy(ctx, parsed->gcm) != 1) {
            return false;
        }
    } else if (EVP_CipherInit_ex2(ctx, cipher, NULL, NULL, is_encrypt, NULL) != 1) {
        return false;
    }
    bool is_ccm =
        op->algorithm == HF_ALG_AES_CCM; /* which begins with 7 bytes of nonce */
    return ((op->nonce.len == DEFAULT_NONCE_LEN && !is_ccm) ||
            EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)op->nonce.len, NULL) ==
                1) &&
           (!is_ccm || set_tag(ctx, is_encrypt ? hf_bytes_of(NULL, op->output_len)
                                               : op->signature)) &&
           EVP_CipherInit_ex2(ctx, NULL, key, op->nonce.data, is_encrypt, NULL) == 1 &&
           (is_ccm || is_encrypt || set_tag(ctx, op->signature));
}

/* Decryption with padding has libcrypto's switched off: see unpad. */
static bool init_plain(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher,
                       const hf_crypto_op *op, int is_encrypt)
{
    bool has_padding = is_encrypt && op->algorithm == HF_ALG_AES_CBC_PAD;
    EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    return EVP_CipherInit_ex2(ctx, cipher, op->key->material.data,
                              op->nonce.len == 0 ? NULL : op->nonce.data, is_encrypt,
                              NULL) == 1 &&
           EVP_CIPHER_CTX_set_padding(ctx, has_padding ? 1 : 0) == 1;
}

int hf_openssl_cipher_start(const hf_openssl *openssl, const hf_crypto_op *op,
                            bool is_backward, EVP_CIPHER_CTX **ctx)
{
    const EVP_CIPHER *cipher = find_cipher(openssl, op->algorithm, op->key->type);
    if (cipher == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    *ctx = EVP_CIPHER_CTX_new();
    if (*ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int is_encrypt = is_backward ? 0 : 1;
    bool is_good = is_aead(op->algorithm) ? init_aead(*ctx, cipher, op, is_encrypt)
                                          : init_plain(*ctx, cipher, op, is_encrypt);
    return is_good ? HF_OK : HF_ERR_CRYPTO;
}

/* ---- steps ---- */

bool hf_openssl_cipher_aad(EVP_CIPHER_CTX *ctx, hf_bytes aad)
{
    int len = 0;
    return aad.len == 0 || EVP_CipherUpdate(ctx, NULL, &len, aad.data, (int)aad.len) == 1;
}

bool hf_openssl_cipher_text(EVP_CIPHER_CTX *ctx, hf_bytes text, hf_buffer *out)
{
    int len = 0;
    if (text.len != 0 && EVP_CipherUpdate(ctx, hf_openssl_end_of(out), &len, text.data,
                                          (int)text.len) != 1) {
        return false;
    }
    out->len += (size_t)len;
    return true;
}

bool hf_openssl_cipher_end(EVP_CIPHER_CTX *ctx, hf_buffer *out)
{
    uint8_t last[EVP_MAX_BLOCK_LENGTH];
    int len = 0;
    bool is_good = EVP_CipherFinal_ex(ctx, last, &len) == 1 &&
                   hf_buffer_append(out, hf_bytes_of(last, (size_t)len)) == HF_OK;
    hf_wipe(last, sizeof(last));
    return is_good;
}

bool hf_openssl_cipher_tag(EVP_CIPHER_CTX *ctx, size_t len, hf_buffer *tag)
{
    if (len > tag->size - tag->len ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, (int)len,
                            hf_openssl_end_of(tag)) != 1) {
        return false;
    }
    tag->len += len;
    return true;
}

/* CCM takes the length of the text before its data (SP 800-38C A.2.1), and the text in
 * one call, also when it is empty. */
static bool ccm_text(EVP_CIPHER_CTX *ctx, const hf_crypto_op *op, hf_buffer *out)
{
    uint8_t none[BLOCK_LEN] = { 0 };
    bool is_empty = op->input.len == 0;
    int len = 0;
    if (EVP_CipherUpdate(ctx, NULL, &len, NULL, (int)op->input.len) != 1 ||
        !hf_openssl_cipher_aad(ctx, op->aad) ||
        EVP_CipherUpdate(ctx, is_empty ? none : hf_openssl_end_of(out), &len,
                         is_empty ? none : op->input.data, (int)op->input.len) != 1) {
        return false;
    }
    out->len += (size_t)len;
    return true;
}

/* Everything between start and tag. */
static bool run_text(EVP_CIPHER_CTX *ctx, const hf_crypto_op *op, hf_buffer *out)
{
    if (op->algorithm == HF_ALG_AES_CCM) {
        return ccm_text(ctx, op, out); /* its end has nothing to do */
    }
    return hf_openssl_cipher_aad(ctx, op->aad) &&
           hf_openssl_cipher_text(ctx, op->input, out) && hf_openssl_cipher_end(ctx, out);
}

/* ---- padding ---- */

/* 0xFF.. when a < b, else 0; without a branch. Both far below 2^31. */
static unsigned mask_less(unsigned a, unsigned b)
{
    return 0u - ((a - b) >> 31);
}

/*
 * RFC 5652 6.3. libcrypto's own check ends at the first byte that is wrong, so its time
 * tells more about the plaintext than good or bad. This one looks at all bytes in any
 * case; that a padding was wrong is told by the status, which nothing but a MAC over the
 * ciphertext can help.
 */
int hf_openssl_unpad(const uint8_t block[HF_OPENSSL_BLOCK_LEN], size_t *len)
{
    unsigned pad_len = block[BLOCK_LEN - 1];
    unsigned bad = mask_less(pad_len, 1) | mask_less(BLOCK_LEN, pad_len);
    for (unsigned i = 0; i < BLOCK_LEN; i++) {
        unsigned is_pad = ~mask_less(i, BLOCK_LEN - pad_len);
        bad |= is_pad & (block[i] ^ pad_len);
    }
    if (bad != 0) {
        return HF_ERR_VERIFY;
    }
    *len = BLOCK_LEN - pad_len;
    return HF_OK;
}

/* Take the padding off what was appended since `before`. */
static int unpad_end(hf_buffer *out, size_t before)
{
    size_t len = 0;
    if (out->len - before < BLOCK_LEN) {
        return HF_ERR_VERIFY;
    }
    int rc = hf_openssl_unpad(out->data + out->len - BLOCK_LEN, &len);
    if (rc == HF_OK) {
        out->len -= BLOCK_LEN - len;
    }
    return rc;
}

/* ---- operations ---- */

static bool is_too_long(const hf_crypto_op *op)
{
    return op->input.len > HF_OPENSSL_LEN_MAX || op->aad.len > HF_OPENSSL_LEN_MAX;
}

int hf_openssl_encrypt(void *context, const hf_crypto_op *op, hf_buffer *out,
                       hf_buffer *tag)
{
    EVP_CIPHER_CTX *ctx = NULL;
    int rc = is_too_long(op) ? HF_ERR_NOTSUPPORTED
                             : hf_openssl_cipher_start(context, op, false, &ctx);
    if (rc == HF_OK &&
        (!run_text(ctx, op, out) ||
         (tag != NULL && !hf_openssl_cipher_tag(ctx, op->output_len, tag)))) {
        rc = HF_ERR_CRYPTO;
    }
    EVP_CIPHER_CTX_free(ctx);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

/* What a failing decryption means: wrong tag or integrity value where there is one. The
 * others can only fail for want of memory. */
static int failure_of(uint16_t algorithm)
{
    bool is_checked =
        is_aead(algorithm) || algorithm == HF_ALG_AES_KW || algorithm == HF_ALG_AES_KWP;
    return is_checked ? HF_ERR_VERIFY : HF_ERR_CRYPTO;
}

/* Plaintext is written before it is known to be right; hf_crypto wipes it when not. */
int hf_openssl_decrypt(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    EVP_CIPHER_CTX *ctx = NULL;
    size_t before = out->len;
    int rc = is_too_long(op) ? HF_ERR_NOTSUPPORTED
                             : hf_openssl_cipher_start(context, op, true, &ctx);
    if (rc == HF_OK && !run_text(ctx, op, out)) {
        rc = failure_of(op->algorithm);
    }
    EVP_CIPHER_CTX_free(ctx);
    if (rc == HF_OK && op->algorithm == HF_ALG_AES_CBC_PAD) {
        rc = unpad_end(out, before);
    }
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

/* ---- GMAC, parsed keys ---- */

int hf_openssl_gmac_start(const hf_openssl *openssl, const hf_crypto_op *op,
                          EVP_CIPHER_CTX **ctx)
{
    hf_crypto_op gcm = *op;
    gcm.algorithm = HF_ALG_AES_GCM;
    return hf_openssl_cipher_start(openssl, &gcm, false, ctx);
}

int hf_openssl_gmac(const hf_openssl *openssl, const hf_crypto_op *op, hf_buffer *out)
{
    EVP_CIPHER_CTX *ctx = NULL;
    hf_buffer nothing = hf_buffer_of(NULL, 0);
    int rc =
        is_too_long(op) ? HF_ERR_NOTSUPPORTED : hf_openssl_gmac_start(openssl, op, &ctx);
    if (rc == HF_OK && (!hf_openssl_cipher_aad(ctx, op->input) ||
                        !hf_openssl_cipher_end(ctx, &nothing) ||
                        !hf_openssl_cipher_tag(ctx, op->output_len, out))) {
        rc = HF_ERR_CRYPTO;
    }
    EVP_CIPHER_CTX_free(ctx);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

int hf_openssl_cipher_parse(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                            hf_openssl_key *parsed)
{
    const EVP_CIPHER *gcm = find_cipher(openssl, HF_ALG_AES_GCM, type);
    if (gcm == NULL) {
        return HF_OK;
    }
    parsed->gcm = EVP_CIPHER_CTX_new();
    if (parsed->gcm == NULL) {
        return HF_ERR_NOMEM;
    }
    return EVP_CipherInit_ex2(parsed->gcm, gcm, raw.data, NULL, 1, NULL) == 1
               ? HF_OK
               : HF_ERR_CRYPTO;
}
