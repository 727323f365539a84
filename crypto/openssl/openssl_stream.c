/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Streams of the libcrypto device. The state is a context of libcrypto's: a hash's, a
 * MAC's, or a cipher's, for the kinds below. hf_crypto has checked what may be a stream,
 * and that the input of all has a length that the cipher takes.
 */
#include "openssl_stream.h"

#include <string.h>

#include <openssl/crypto.h>

#define BLOCK_LEN HF_OPENSSL_BLOCK_LEN

/* How a stream works. */
enum kind { KIND_HASH, KIND_MAC, KIND_GMAC, KIND_CIPHER, KIND_AEAD, KIND_UNPAD };

typedef struct stream {
    enum kind kind;
    uint32_t output_len; /* bytes of digest, MAC or tag */
    EVP_MD_CTX *hash;
    EVP_MAC_CTX *mac;
    EVP_CIPHER_CTX *cipher;
    /* KIND_UNPAD: the last plaintext, held back as it may be padding. */
    uint8_t held[BLOCK_LEN];
    size_t held_len; /* 0 or BLOCK_LEN */
} stream;

static enum kind kind_of(const hf_crypto_op *op, bool is_backward)
{
    const hf_algorithm *row = hf_algorithm_find(op->algorithm);
    switch (row->class) {
    case HF_CLASS_HASH:
        return KIND_HASH;
    case HF_CLASS_MAC:
        return row->id == HF_ALG_AES_GMAC ? KIND_GMAC : KIND_MAC;
    case HF_CLASS_AEAD:
        return KIND_AEAD;
    default:
        return is_backward && row->id == HF_ALG_AES_CBC_PAD ? KIND_UNPAD : KIND_CIPHER;
    }
}

/* ---- open, close ---- */

static int start(const hf_openssl *openssl, const hf_crypto_op *op, bool is_backward,
                 stream *made)
{
    int rc = HF_OK;
    switch (made->kind) {
    case KIND_HASH:
        return hf_openssl_hash_start(openssl, op->algorithm, &made->hash);
    case KIND_MAC:
        return hf_openssl_mac_start(openssl, op, &made->mac);
    case KIND_GMAC:
        return hf_openssl_gmac_start(openssl, op, &made->cipher);
    case KIND_CIPHER:
    case KIND_UNPAD:
        return hf_openssl_cipher_start(openssl, op, is_backward, &made->cipher);
    case KIND_AEAD:
        rc = hf_openssl_cipher_start(openssl, op, is_backward, &made->cipher);
        if (rc == HF_OK && !hf_openssl_cipher_aad(made->cipher, op->aad)) {
            rc = HF_ERR_CRYPTO;
        }
        return rc;
    }
    return HF_ERR_NOTSUPPORTED;
}

int hf_openssl_stream_open(void *context, const hf_crypto_op *op, bool is_backward,
                           void **opened)
{
    stream *made = OPENSSL_zalloc(sizeof(*made));
    if (made == NULL) {
        return hf_openssl_failed(HF_ERR_NOMEM);
    }
    made->kind = kind_of(op, is_backward);
    made->output_len = op->output_len;
    int rc = start(context, op, is_backward, made);
    if (rc != HF_OK) {
        hf_openssl_stream_close(context, made);
        return hf_openssl_failed(rc);
    }
    *opened = made;
    return HF_OK;
}

void hf_openssl_stream_close(void *context, void *closed)
{
    (void)context;
    stream *s = closed;
    EVP_MD_CTX_free(s->hash);
    EVP_MAC_CTX_free(s->mac);
    EVP_CIPHER_CTX_free(s->cipher);
    OPENSSL_clear_free(s, sizeof(*s));
}

/* ---- update ---- */

/* Give out what was held back, then the text, of which the last block is held back in
 * turn. */
static bool update_held(stream *s, hf_bytes input, hf_buffer *out)
{
    size_t before = out->len;
    if (hf_buffer_append(out, hf_bytes_of(s->held, s->held_len)) != HF_OK ||
        !hf_openssl_cipher_text(s->cipher, input, out)) {
        return false;
    }
    if (out->len - before >= BLOCK_LEN) { /* all of it is whole blocks */
        out->len -= BLOCK_LEN;
        memcpy(s->held, out->data + out->len, BLOCK_LEN);
        hf_wipe(out->data + out->len, BLOCK_LEN);
        s->held_len = BLOCK_LEN;
    }
    return true;
}

static int update(stream *s, hf_bytes input, hf_buffer *out)
{
    bool is_good = false;
    switch (s->kind) {
    case KIND_HASH:
        return hf_openssl_hash_update(s->hash, input);
    case KIND_MAC:
        return hf_openssl_mac_update(s->mac, input);
    case KIND_GMAC:
        is_good = hf_openssl_cipher_aad(s->cipher, input);
        break;
    case KIND_CIPHER:
    case KIND_AEAD:
        is_good = hf_openssl_cipher_text(s->cipher, input, out);
        break;
    case KIND_UNPAD:
        is_good = update_held(s, input, out);
        break;
    }
    return is_good ? HF_OK : HF_ERR_CRYPTO;
}

int hf_openssl_stream_update(void *context, void *updated, hf_bytes input, hf_buffer *out)
{
    (void)context;
    int rc = update(updated, input, out);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

/* ---- finish ---- */

static int finish_unpad(stream *s, hf_buffer *out)
{
    size_t len = 0;
    int rc = s->held_len == 0 ? HF_ERR_VERIFY : hf_openssl_unpad(s->held, &len);
    return rc == HF_OK ? hf_buffer_append(out, hf_bytes_of(s->held, len)) : rc;
}

static int finish(stream *s, hf_buffer *out, hf_buffer *tag)
{
    bool is_good = false;
    switch (s->kind) {
    case KIND_HASH:
        return hf_openssl_hash_finish(s->hash, s->output_len, out);
    case KIND_MAC:
        return hf_openssl_mac_finish(s->mac, s->output_len, out);
    case KIND_UNPAD:
        return finish_unpad(s, out);
    case KIND_GMAC:
        is_good = hf_openssl_cipher_end(s->cipher, out) &&
                  hf_openssl_cipher_tag(s->cipher, s->output_len, out);
        break;
    case KIND_CIPHER:
        is_good = hf_openssl_cipher_end(s->cipher, out);
        break;
    case KIND_AEAD:
        is_good = hf_openssl_cipher_end(s->cipher, out) &&
                  hf_openssl_cipher_tag(s->cipher, s->output_len, tag);
        break;
    }
    return is_good ? HF_OK : HF_ERR_CRYPTO;
}

int hf_openssl_stream_finish(void *context, void *finished, hf_buffer *out,
                             hf_buffer *tag)
{
    (void)context;
    int rc = finish(finished, out, tag);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}
