/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The bytes of wrapped keys and data: see wrap.h. Made of other operations of the crypto
 * devices, by the parts that the algorithm's row names. No lock.
 */
#include "holdfast/wrap.h"

#include <string.h>

/* ---- lengths ---- */

static size_t add(size_t a, size_t b)
{
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

size_t hf_wrap_len_max(const hf_algorithm *row, uint32_t kek_type, size_t header_len,
                       size_t len)
{
    if (row->id == HF_ALG_WRAP_AES_GCM) {
        return add(len, header_len + HF_WRAP_SEAL_LEN);
    }
    if (row->id == HF_ALG_WRAP_RSA_AES) {
        size_t first = hf_crypto_cipher_len_max(row->parts[0], kek_type, 0, false);
        return add(first, hf_crypto_cipher_len_max(row->parts[1], 0, len, false));
    }
    return hf_crypto_cipher_len_max(row->parts[0], kek_type, len, false);
}

/* ---- headers of the own form ---- */

void hf_wrap_put_key_header(const hf_metadata *meta, uint8_t *out)
{
    out[0] = HF_WRAP_VERSION;
    out[1] = HF_WRAP_KEY;
    hf_put_u16(out + 2, meta->access & HF_ACCESS_MASK);
    hf_put_u32(out + 4, meta->type);
    hf_put_u32(out + 8, meta->flags & HF_WRAP_FLAGS);
    memcpy(out + 12, meta->label, HF_LABEL_SIZE);
}

void hf_wrap_put_data_header(uint8_t *out)
{
    out[0] = HF_WRAP_VERSION;
    out[1] = HF_WRAP_DATA;
    hf_put_u16(out + 2, 0);
}

static int check_start(hf_bytes wrapped, uint8_t domain, size_t header_len)
{
    if (wrapped.len < header_len + HF_WRAP_SEAL_LEN) {
        return HF_ERR_DECODE;
    }
    if (wrapped.data[0] != HF_WRAP_VERSION) {
        return HF_ERR_VERSION;
    }
    return wrapped.data[1] == domain ? HF_OK : HF_ERR_DECODE;
}

int hf_wrap_get_key_header(hf_bytes wrapped, hf_metadata *meta)
{
    int rc = check_start(wrapped, HF_WRAP_KEY, HF_WRAP_KEY_HEADER_LEN);
    if (rc != HF_OK) {
        return rc;
    }
    meta->access = hf_get_u16(wrapped.data + 2);
    meta->type = hf_get_u32(wrapped.data + 4);
    meta->flags = hf_get_u32(wrapped.data + 8);
    memcpy(meta->label, wrapped.data + 12, HF_LABEL_SIZE);
    bool is_known =
        (meta->access & ~HF_ACCESS_MASK) == 0 && (meta->flags & ~HF_WRAP_FLAGS) == 0;
    return is_known ? HF_OK : HF_ERR_DECODE;
}

int hf_wrap_check_data_header(hf_bytes wrapped)
{
    int rc = check_start(wrapped, HF_WRAP_DATA, HF_WRAP_DATA_HEADER_LEN);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_get_u16(wrapped.data + 2) == 0 ? HF_OK : HF_ERR_DECODE;
}

/* ---- the own form ---- */

/* The next `size` bytes of a buffer that has the room. */
static hf_buffer cut(const hf_buffer *out, size_t offset, size_t size)
{
    return hf_buffer_of(out->data + out->len + offset, size);
}

int hf_wrap_seal(const hf_wrap *wrap, hf_bytes header, hf_bytes nonce, hf_bytes data,
                 hf_buffer *out)
{
    size_t before = header.len + nonce.len;
    size_t len = add(data.len, before + HF_WRAP_TAG_LEN);
    if (len > out->size - out->len) {
        return HF_ERR_SIZE;
    }
    hf_buffer start = cut(out, 0, before);
    hf_buffer ciphertext = cut(out, before, data.len);
    hf_buffer tag = cut(out, before + data.len, HF_WRAP_TAG_LEN);
    const hf_crypto_op op = { .algorithm = wrap->row->parts[0],
                              .key = wrap->kek,
                              .input = data,
                              .aad = header,
                              .nonce = nonce };
    int rc = hf_crypto_encrypt(wrap->crypto, wrap->device, &op, &ciphertext, &tag);
    if (rc == HF_OK) {
        rc = hf_buffer_append(&start, header);
    }
    if (rc == HF_OK) {
        rc = hf_buffer_append(&start, nonce);
    }
    out->len += rc == HF_OK ? len : 0;
    return rc;
}

int hf_wrap_open(const hf_wrap *wrap, size_t header_len, hf_bytes wrapped, hf_buffer *out)
{
    if (wrapped.len < header_len + HF_WRAP_SEAL_LEN) {
        return HF_ERR_DECODE;
    }
    const uint8_t *at = wrapped.data + header_len;
    size_t len = wrapped.len - header_len - HF_WRAP_SEAL_LEN;
    const hf_crypto_op op = { .algorithm = wrap->row->parts[0],
                              .key = wrap->kek,
                              .input = hf_bytes_of(at + HF_WRAP_NONCE_LEN, len),
                              .aad = hf_bytes_of(wrapped.data, header_len),
                              .signature = hf_bytes_of(at + HF_WRAP_NONCE_LEN + len,
                                                       HF_WRAP_TAG_LEN),
                              .nonce = hf_bytes_of(at, HF_WRAP_NONCE_LEN) };
    return hf_crypto_decrypt(wrap->crypto, wrap->device, &op, out);
}

/* ---- the forms of PKCS#11 ---- */

static uint16_t hash_of(const hf_wrap *wrap)
{
    return wrap->hash != 0 ? wrap->hash : HF_ALG_SHA256;
}

static int encrypt_rsa(const hf_wrap *wrap, hf_bytes data, hf_buffer *out)
    HF_EXCLUDES(hf_tsa_nvm)
{
    uint8_t made[32];
    size_t len = out->len;
    hf_buffer fresh = hf_buffer_of(made, sizeof(made));
    int rc = hf_crypto_generate(wrap->crypto, wrap->key_device, HF_KEY_AES_256, &fresh);
    const hf_crypto_key inner = { .type = HF_KEY_AES_256,
                                  .material = hf_bytes_of(made, sizeof(made)) };
    if (rc == HF_OK) {
        rc = hf_crypto_encrypt(wrap->crypto, wrap->device,
                               &(hf_crypto_op){ .algorithm = wrap->row->parts[0],
                                                .hash = hash_of(wrap),
                                                .mgf_hash = wrap->mgf_hash,
                                                .key = wrap->kek,
                                                .input = inner.material },
                               out, NULL);
    }
    if (rc == HF_OK) {
        rc = hf_crypto_encrypt(wrap->crypto, wrap->part_device,
                               &(hf_crypto_op){ .algorithm = wrap->row->parts[1],
                                                .key = &inner,
                                                .input = data },
                               out, NULL);
    }
    out->len = rc == HF_OK ? out->len : len;
    hf_wipe(made, sizeof(made));
    return rc;
}

int hf_wrap_encrypt(const hf_wrap *wrap, hf_bytes data, hf_buffer *out)
{
    if (wrap->row->id == HF_ALG_WRAP_RSA_AES) {
        return encrypt_rsa(wrap, data, out);
    }
    const hf_crypto_op op = { .algorithm = wrap->row->parts[0],
                              .key = wrap->kek,
                              .input = data };
    return hf_crypto_encrypt(wrap->crypto, wrap->device, &op, out, NULL);
}

/* SP 800-38F: whole semiblocks, three of KW, two of KWP at least. */
static bool is_wrapped_len(uint16_t algorithm, size_t len)
{
    return len % 8 == 0 && len >= (algorithm == HF_ALG_AES_KW ? 24u : 16u);
}

/* 0 when an AES key has another length. */
static uint32_t aes_type_of(size_t len)
{
    switch (len) {
    case 16:
        return HF_KEY_AES_128;
    case 24:
        return HF_KEY_AES_192;
    case 32:
        return HF_KEY_AES_256;
    default:
        return 0;
    }
}

static int decrypt_inner(const hf_wrap *wrap, hf_bytes key, hf_bytes wrapped,
                         hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_crypto_key inner = { .type = aes_type_of(key.len), .material = key };
    if (inner.type == 0) {
        return HF_ERR_VERIFY; /* told apart, it would tell what OAEP has found */
    }
    return hf_crypto_decrypt(wrap->crypto, wrap->part_device,
                             &(hf_crypto_op){ .algorithm = wrap->row->parts[1],
                                              .key = &inner,
                                              .input = wrapped },
                             out);
}

static int decrypt_rsa(const hf_wrap *wrap, hf_bytes wrapped, hf_buffer *out)
    HF_EXCLUDES(hf_tsa_nvm)
{
    uint8_t opened[HF_WRAP_MODULUS_LEN_MAX];
    hf_buffer key = hf_buffer_of(opened, sizeof(opened));
    size_t modulus_len = HF_KEY_PARAMETER(wrap->kek->type) / 8u;
    if (wrapped.len < modulus_len ||
        !is_wrapped_len(wrap->row->parts[1], wrapped.len - modulus_len)) {
        return HF_ERR_DECODE;
    }
    int rc = hf_crypto_decrypt(
        wrap->crypto, wrap->device,
        &(hf_crypto_op){ .algorithm = wrap->row->parts[0],
                         .hash = hash_of(wrap),
                         .mgf_hash = wrap->mgf_hash,
                         .key = wrap->kek,
                         .input = hf_bytes_of(wrapped.data, modulus_len) },
        &key);
    if (rc == HF_OK) {
        rc = decrypt_inner(
            wrap, hf_bytes_of(opened, key.len),
            hf_bytes_of(wrapped.data + modulus_len, wrapped.len - modulus_len), out);
    }
    hf_wipe(opened, sizeof(opened));
    return rc;
}

int hf_wrap_decrypt(const hf_wrap *wrap, hf_bytes wrapped, hf_buffer *out)
{
    if (wrap->row->id == HF_ALG_WRAP_RSA_AES) {
        return decrypt_rsa(wrap, wrapped, out);
    }
    if (!is_wrapped_len(wrap->row->parts[0], wrapped.len)) {
        return HF_ERR_DECODE;
    }
    const hf_crypto_op op = { .algorithm = wrap->row->parts[0],
                              .key = wrap->kek,
                              .input = wrapped };
    return hf_crypto_decrypt(wrap->crypto, wrap->device, &op, out);
}
