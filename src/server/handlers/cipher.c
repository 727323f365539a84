/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Encryption: AEAD, ciphers and public keys, and the begin of their streams, which go on
 * in stream.c. What an AEAD decrypts stays in scratch until its tag has been verified;
 * after an error scratch is wiped and nothing of it is sent.
 */
#include "server/handlers/crypto.h"

#define CLASSES (HF_CLASS_BIT(AEAD) | HF_CLASS_BIT(CIPHER) | HF_CLASS_BIT(ASYMMETRIC))

/* The fields that all requests for encryption have. */
#define USE_OF(in, backward, stream)                                                     \
    (&(hf_key_use){ .handle = (in)->handle,                                              \
                    .algorithm = (in)->algorithm,                                        \
                    .affinity = (in)->affinity,                                          \
                    .classes = CLASSES,                                                  \
                    .mac_len = (in)->tag_len,                                            \
                    .nonce_len = (in)->nonce.len,                                        \
                    .is_backward = (backward),                                           \
                    .is_stream = (stream) })
#define OP_OF(rq, in)                                                                    \
    {                                                                                    \
        .algorithm = (in)->algorithm, .hash = (in)->hash, .mgf_hash = (in)->mgf_hash,    \
        .output_len = (in)->tag_len, .key = &(rq)->leases[0].key, .aad = (in)->aad,      \
        .nonce = (in)->nonce                                                             \
    }

static const hf_algorithm *find_row(uint16_t algorithm)
{
    const hf_algorithm *row = hf_algorithm_find(algorithm);
    return row != NULL && (CLASSES & (1u << row->class)) != 0 ? row : NULL;
}

static uint32_t saturate(size_t len)
{
    return len > UINT32_MAX ? UINT32_MAX : (uint32_t)len;
}

/* ---- encrypt ---- */

/* Nonce, tag and ciphertext. */
uint32_t hf_encrypt_room(const hf_request *rq)
{
    const hf_encrypt_request *in = &rq->in.encrypt;
    const hf_algorithm *row = find_row(in->algorithm);
    if (row == NULL) {
        return 0;
    }
    size_t len = hf_crypto_cipher_len_max(in->algorithm, 0, in->plaintext.len, false);
    return hf_key_use_nonce_room(row) + row->output_len +
           hf_room_of(rq, len, HF_RESPONSE_FIXED_LEN(encrypt));
}

hf_cost hf_encrypt_cost(const hf_request *rq)
{
    const hf_encrypt_request *in = &rq->in.encrypt;
    return hf_request_use_cost(in->algorithm, rq->leases[0].key.type, false,
                               in->plaintext.len + in->aad.len);
}

/* An answer that cannot be sent must not count as a use of the key. */
static int check_encrypt_fits(const hf_request *rq, const hf_algorithm *row)
{
    const hf_encrypt_request *in = &rq->in.encrypt;
    size_t nonce_len = in->nonce.len != 0 ? in->nonce.len : hf_key_use_nonce_room(row);
    size_t tag_len = in->tag_len != 0 ? in->tag_len : row->output_len;
    size_t len = hf_crypto_cipher_len_max(in->algorithm, rq->leases[0].key.type,
                                          in->plaintext.len, false);
    size_t room = hf_request_body_room(rq, HF_RESPONSE_FIXED_LEN(encrypt));
    return len > room || nonce_len + tag_len > room - len ? HF_ERR_SIZE : HF_OK;
}

int hf_encrypt_prepare(hf_request *rq)
{
    const hf_algorithm *row;
    int rc = hf_key_use_lease(rq, USE_OF(&rq->in.encrypt, false, false), &row);
    if (rc == HF_OK) {
        rc = check_encrypt_fits(rq, row);
    }
    return rc == HF_OK ? hf_key_use_count(rq, row, false) : rc;
}

int hf_encrypt_work(hf_request *rq)
{
    const hf_encrypt_request *in = &rq->in.encrypt;
    const hf_algorithm *row = hf_algorithm_find(in->algorithm);
    bool is_aead = row->class == HF_CLASS_AEAD;
    hf_crypto_op op = OP_OF(rq, in);
    hf_buffer tag;
    hf_buffer text;
    int rc = hf_key_use_begin(rq);
    if (rc == HF_OK) {
        rc = hf_key_use_nonce(rq, row, false, in->nonce, &op.nonce);
    }
    if (rc == HF_OK) {
        rc = hf_request_take(rq, row->output_len, &tag);
    }
    if (rc == HF_OK) {
        rc = hf_request_take(rq, rq->scratch.size - rq->scratch.len, &text);
    }
    if (rc != HF_OK) {
        return rc;
    }
    op.input = in->plaintext;
    rc = hf_crypto_encrypt(&rq->server->crypto, rq->device, &op, &text,
                           is_aead ? &tag : NULL);
    rq->out.encrypt = (hf_encrypt_response){ .nonce = op.nonce,
                                             .tag = hf_request_bytes(&tag),
                                             .ciphertext = hf_request_bytes(&text) };
    return rc;
}

/* ---- decrypt ---- */

/* An AEAD's plaintext is held back as a whole. */
static int check_stage(const hf_decrypt_request *in, const hf_algorithm *row)
{
    return row->class == HF_CLASS_AEAD ? hf_request_check_stage(in->ciphertext.len)
                                       : HF_OK;
}

uint32_t hf_decrypt_room(const hf_request *rq)
{
    const hf_decrypt_request *in = &rq->in.decrypt;
    const hf_algorithm *row = find_row(in->algorithm);
    if (row == NULL || check_stage(in, row) != HF_OK) {
        return 0;
    }
    return saturate(hf_crypto_cipher_len_max(in->algorithm, 0, in->ciphertext.len, true));
}

hf_cost hf_decrypt_cost(const hf_request *rq)
{
    const hf_decrypt_request *in = &rq->in.decrypt;
    return hf_request_use_cost(in->algorithm, rq->leases[0].key.type, true,
                               in->ciphertext.len + in->aad.len);
}

int hf_decrypt_prepare(hf_request *rq)
{
    const hf_algorithm *row;
    int rc = hf_key_use_lease(rq, USE_OF(&rq->in.decrypt, true, false), &row);
    return rc == HF_OK ? check_stage(&rq->in.decrypt, row) : rc;
}

int hf_decrypt_work(hf_request *rq)
{
    const hf_decrypt_request *in = &rq->in.decrypt;
    hf_crypto_op op = OP_OF(rq, in);
    op.input = in->ciphertext;
    op.signature = in->tag;
    int rc = hf_key_use_begin(rq);
    if (rc == HF_OK) {
        rc = hf_crypto_decrypt(&rq->server->crypto, rq->device, &op, &rq->scratch);
    }
    rq->out.decrypt.plaintext = hf_request_bytes(&rq->scratch);
    return rc;
}

/* ---- streams ---- */

uint32_t hf_cipher_start_room(const hf_request *rq)
{
    return hf_key_use_nonce_room(find_row(rq->in.cipher_start.algorithm));
}

hf_cost hf_cipher_start_cost(const hf_request *rq)
{
    const hf_cipher_start_request *in = &rq->in.cipher_start;
    return hf_request_use_cost(in->algorithm, rq->leases[0].key.type, in->is_decrypt != 0,
                               in->aad.len);
}

int hf_cipher_start_prepare(hf_request *rq)
{
    const hf_cipher_start_request *in = &rq->in.cipher_start;
    const hf_algorithm *row;
    uint16_t number;
    int rc = hf_key_use_lease(rq, USE_OF(in, in->is_decrypt != 0, true), &row);
    if (rc == HF_OK && hf_stream_find_free(rq, &number) == NULL) {
        rc = HF_ERR_LIMIT;
    }
    return rc == HF_OK ? hf_key_use_count(rq, row, in->is_decrypt != 0) : rc;
}

int hf_cipher_start_work(hf_request *rq)
{
    const hf_cipher_start_request *in = &rq->in.cipher_start;
    const hf_algorithm *row = hf_algorithm_find(in->algorithm);
    bool is_decrypt = in->is_decrypt != 0;
    hf_crypto_op op = OP_OF(rq, in);
    int rc = hf_key_use_begin(rq);
    if (rc == HF_OK) {
        rc = hf_key_use_nonce(rq, row, is_decrypt, in->nonce, &op.nonce);
    }
    rq->out.cipher_start.nonce = op.nonce;
    return rc == HF_OK ? hf_stream_open(rq, &op, is_decrypt, &rq->out.cipher_start.stream)
                       : rc;
}
