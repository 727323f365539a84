/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Ciphers with a secret key: AEAD, CBC and XTS, KW and KWP.
 */
#include <string.h>

#include "vectors/vectors.h"

/* The AES type for a key of this length; for a length that no type has, any. */
static uint32_t aes_type(size_t len)
{
    return len == 32 ? HF_KEY_AES_256 : len == 24 ? HF_KEY_AES_192 : HF_KEY_AES_128;
}

/* ---- streams ---- */

#define STREAM_PART 37u  /* bytes at a time, so that parts end inside of blocks */
#define STREAM_MAX 2048u /* bytes of a whole output */

/* All that a stream gives for `input`, and a tag behind it. */
static int stream(vectors_case *c, const hf_cipher_start_request *request, hf_bytes input,
                  hf_bytes *out)
{
    hf_client *client = c->run->client;
    hf_buffer whole = hf_buffer_of(vectors_take(c, STREAM_MAX), STREAM_MAX);
    hf_cipher_start_response start = { 0 };
    int rc =
        c->has_failed ? HF_ERR_NOMEM : hf_client_cipher_start(client, request, &start);
    for (size_t at = 0; rc == HF_OK && at < input.len; at += STREAM_PART) {
        size_t left = input.len - at;
        hf_stream_update_request part = {
            .stream = start.stream,
            .data = hf_bytes_of(input.data + at, left < STREAM_PART ? left : STREAM_PART),
        };
        hf_stream_update_response some = { 0 };
        rc = hf_client_stream_update(client, &part, &some);
        rc = rc == HF_OK ? hf_buffer_append(&whole, some.data) : rc;
    }
    hf_stream_finish_response end = { 0 };
    if (start.stream != 0) {
        int finish_rc = hf_client_stream_finish(
            client, &(hf_stream_finish_request){ .stream = start.stream }, &end);
        rc = rc == HF_OK ? finish_rc : rc;
    }
    if (rc == HF_OK) {
        rc = hf_buffer_append(&whole, end.data);
    }
    if (rc == HF_OK) {
        rc = hf_buffer_append(&whole, end.tag);
    }
    *out = hf_bytes_of(whole.data, whole.len);
    return rc;
}

/* ---- AEAD ---- */

typedef struct aead {
    uint16_t algorithm;
    hf_handle key;
    hf_bytes nonce, aad, plaintext, ciphertext, tag;
} aead;

static hf_bytes joined(vectors_case *c, hf_bytes a, hf_bytes b)
{
    uint8_t *memory = vectors_take(c, a.len + b.len);
    if (c->has_failed) {
        return hf_bytes_of(NULL, 0);
    }
    if (a.len > 0) {
        memcpy(memory, a.data, a.len);
    }
    if (b.len > 0) {
        memcpy(memory + a.len, b.data, b.len);
    }
    return hf_bytes_of(memory, a.len + b.len);
}

static void aead_one_shot(vectors_case *c, const aead *a)
{
    hf_decrypt_response plain = { 0 };
    int rc = hf_client_decrypt(c->run->client,
                               &(hf_decrypt_request){ .handle = a->key,
                                                      .algorithm = a->algorithm,
                                                      .tag_len = (uint16_t)a->tag.len,
                                                      .nonce = a->nonce,
                                                      .aad = a->aad,
                                                      .tag = a->tag,
                                                      .ciphertext = a->ciphertext },
                               &plain);
    vectors_recovered(c, "decrypt", rc, plain.plaintext, a->plaintext);
    hf_encrypt_response sealed = { 0 };
    rc = hf_client_encrypt(c->run->client,
                           &(hf_encrypt_request){ .handle = a->key,
                                                  .algorithm = a->algorithm,
                                                  .tag_len = (uint16_t)a->tag.len,
                                                  .nonce = a->nonce,
                                                  .aad = a->aad,
                                                  .plaintext = a->plaintext },
                           &sealed);
    vectors_produced(c, "encrypt", rc, joined(c, sealed.ciphertext, sealed.tag),
                     joined(c, a->ciphertext, a->tag));
}

static void aead_stream(vectors_case *c, const aead *a)
{
    hf_bytes out = { 0 };
    int rc = stream(c,
                    &(hf_cipher_start_request){ .handle = a->key,
                                                .algorithm = a->algorithm,
                                                .tag_len = (uint16_t)a->tag.len,
                                                .nonce = a->nonce,
                                                .aad = a->aad },
                    a->plaintext, &out);
    vectors_produced(c, "encrypt as a stream", rc, out, joined(c, a->ciphertext, a->tag));
}

static uint16_t aead_algorithm(const char *name)
{
    return strcmp(name, "AES-GCM") == 0             ? HF_ALG_AES_GCM
           : strcmp(name, "AES-CCM") == 0           ? HF_ALG_AES_CCM
           : strcmp(name, "CHACHA20-POLY1305") == 0 ? HF_ALG_CHACHA20_POLY1305
                                                    : 0;
}

void drive_aead(vectors_case *c)
{
    aead a = { .algorithm = aead_algorithm(c->algorithm),
               .nonce = vectors_field(c, "iv"),
               .aad = vectors_field(c, "aad"),
               .plaintext = vectors_field(c, "msg"),
               .ciphertext = vectors_field(c, "ct"),
               .tag = vectors_field(c, "tag") };
    hf_bytes key = vectors_field(c, "key");
    bool is_chacha = a.algorithm == HF_ALG_CHACHA20_POLY1305;
    if (c->is_forward_valid && a.nonce.len > HF_NONCE_LEN_MAX) {
        vectors_skip(c, "nonce of more than 128 bytes: more than libcrypto takes");
        return;
    }
    uint32_t policy = HF_FLAG_ALLOW_NONCE | (is_chacha ? 0 : HF_FLAG_MAC_LEN(1));
    a.key = vectors_import(c, &(hf_key_import_request){
                                  .type = is_chacha ? HF_KEY_CHACHA20 : aes_type(key.len),
                                  .flags = HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT | policy,
                                  .material = key });
    if (a.key == 0) {
        return;
    }
    aead_one_shot(c, &a);
    /* CCM is no stream: it begins with the length of its input. */
    if (a.algorithm != HF_ALG_AES_CCM && !c->has_failed) {
        aead_stream(c, &a);
    }
    vectors_erase(c, a.key);
}

/* ---- CBC with padding, XTS ---- */

static void cipher_streams(vectors_case *c, hf_handle key, uint16_t algorithm)
{
    hf_bytes plaintext = vectors_field(c, "msg"), ciphertext = vectors_field(c, "ct");
    hf_cipher_start_request request = { .handle = key,
                                        .algorithm = algorithm,
                                        .nonce = vectors_field(c, "iv"),
                                        .is_decrypt = 1 };
    hf_bytes out = { 0 };
    int rc = stream(c, &request, ciphertext, &out);
    vectors_recovered(c, "decrypt as a stream", rc, out, plaintext);
    request.is_decrypt = 0;
    rc = stream(c, &request, plaintext, &out);
    vectors_produced(c, "encrypt as a stream", rc, out, ciphertext);
}

void drive_cipher(vectors_case *c)
{
    hf_bytes key = vectors_field(c, "key"), iv = vectors_field(c, "iv");
    hf_bytes plaintext = vectors_field(c, "msg"), ciphertext = vectors_field(c, "ct");
    bool is_xts = strcmp(c->algorithm, "AES-XTS") == 0;
    uint32_t type = aes_type(key.len);
    if (is_xts && key.len == 48) {
        vectors_skip(c, "XTS with AES-192: IEEE 1619 and SP 800-38E do not have it");
        return;
    }
    if (is_xts) {
        type = key.len == 64 ? HF_KEY_AES_256_XTS : HF_KEY_AES_128_XTS;
        /* The number of the data unit is little-endian (IEEE 1619 5.1). */
        uint8_t *tweak = vectors_take(c, 16);
        memcpy(tweak, iv.data, iv.len < 16 ? iv.len : 16);
        iv = hf_bytes_of(tweak, 16);
    }
    uint16_t algorithm = is_xts ? HF_ALG_AES_XTS : HF_ALG_AES_CBC_PAD;
    hf_handle handle = vectors_import(
        c, &(hf_key_import_request){ .type = type,
                                     .flags = HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT |
                                              HF_FLAG_ALLOW_NONCE,
                                     .material = key });
    if (handle == 0) {
        return;
    }
    hf_decrypt_response plain = { 0 };
    int rc = hf_client_decrypt(c->run->client,
                               &(hf_decrypt_request){ .handle = handle,
                                                      .algorithm = algorithm,
                                                      .nonce = iv,
                                                      .ciphertext = ciphertext },
                               &plain);
    vectors_recovered(c, "decrypt", rc, plain.plaintext, plaintext);
    hf_encrypt_response sealed = { 0 };
    rc = hf_client_encrypt(c->run->client,
                           &(hf_encrypt_request){ .handle = handle,
                                                  .algorithm = algorithm,
                                                  .nonce = iv,
                                                  .plaintext = plaintext },
                           &sealed);
    vectors_produced(c, "encrypt", rc, sealed.ciphertext, ciphertext);
    if (!is_xts && !c->has_failed) {
        cipher_streams(c, handle, algorithm);
    }
    vectors_erase(c, handle);
}

/* ---- KW and KWP, on data and on keys ---- */

typedef struct wrap {
    uint16_t data_algorithm, key_algorithm;
    hf_handle kek;
    hf_bytes plain, wrapped;
} wrap;

static void wrap_data(vectors_case *c, const wrap *w)
{
    hf_decrypt_response plain = { 0 };
    int rc = hf_client_decrypt(c->run->client,
                               &(hf_decrypt_request){ .handle = w->kek,
                                                      .algorithm = w->data_algorithm,
                                                      .ciphertext = w->wrapped },
                               &plain);
    vectors_recovered(c, "decrypt", rc, plain.plaintext, w->plain);
    hf_encrypt_response sealed = { 0 };
    rc = hf_client_encrypt(c->run->client,
                           &(hf_encrypt_request){ .handle = w->kek,
                                                  .algorithm = w->data_algorithm,
                                                  .plaintext = w->plain },
                           &sealed);
    vectors_produced(c, "encrypt", rc, sealed.ciphertext, w->wrapped);
}

static void unwrap_key(vectors_case *c, const wrap *w)
{
    hf_key_unwrap_response made = { 0 };
    hf_key_export_response out = { 0 };
    int rc = hf_client_key_unwrap(c->run->client,
                                  &(hf_key_unwrap_request){ .type = HF_KEY_SECRET,
                                                            .flags = HF_USAGE_DERIVE,
                                                            .kek = w->kek,
                                                            .algorithm = w->key_algorithm,
                                                            .wrapped = w->wrapped },
                                  &made);
    hf_handle handle = rc == HF_OK ? made.handle : 0;
    if (rc == HF_OK) {
        rc = hf_client_key_export(c->run->client,
                                  &(hf_key_export_request){ .handle = handle }, &out);
    }
    vectors_recovered(c, "unwrap key", rc, out.material, w->plain);
    vectors_erase(c, handle);
}

static void wrap_key(vectors_case *c, const wrap *w)
{
    hf_key_import_response made = { 0 };
    hf_key_wrap_response out = { 0 };
    int rc = hf_client_key_import(c->run->client,
                                  &(hf_key_import_request){ .type = HF_KEY_SECRET,
                                                            .flags = HF_USAGE_DERIVE,
                                                            .material = w->plain },
                                  &made);
    hf_handle handle = rc == HF_OK ? made.handle : 0;
    if (rc == HF_OK) {
        rc = hf_client_key_wrap(c->run->client,
                                &(hf_key_wrap_request){ .handle = handle,
                                                        .kek = w->kek,
                                                        .algorithm = w->key_algorithm },
                                &out);
    }
    vectors_produced(c, "wrap key", rc, out.wrapped, w->wrapped);
    vectors_erase(c, handle);
}

void drive_key_wrap(vectors_case *c)
{
    bool is_padded = strcmp(c->algorithm, "AES-KWP") == 0;
    hf_bytes key = vectors_field(c, "key");
    wrap w = { .data_algorithm = is_padded ? HF_ALG_AES_KWP : HF_ALG_AES_KW,
               .key_algorithm = is_padded ? HF_ALG_WRAP_AES_KWP : HF_ALG_WRAP_AES_KW,
               .plain = vectors_field(c, "msg"),
               .wrapped = vectors_field(c, "ct") };
    /* Two blocks, or three; bytes of whole half blocks. */
    c->is_misshapen = c->is_misshapen || w.wrapped.len % 8 != 0 ||
                      w.wrapped.len < (is_padded ? 16 : 24);
    w.kek = vectors_import(
        c, &(hf_key_import_request){ .type = aes_type(key.len),
                                     .flags = HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT |
                                              HF_USAGE_WRAP | HF_USAGE_UNWRAP,
                                     .material = key });
    if (w.kek == 0) {
        return;
    }
    wrap_data(c, &w);
    unwrap_key(c, &w);
    wrap_key(c, &w);
    vectors_erase(c, w.kek);
}
