/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * See operate.h.
 */
#include "suite/operate.h"

#include <string.h>

static const uint8_t zeros[512];

static bool has_trait(const hf_algorithm *row, uint16_t trait)
{
    return (row->traits & trait) != 0;
}

static void keep(uint8_t *to, size_t size, size_t *len, hf_bytes from)
{
    *len = from.len <= size ? from.len : size;
    if (*len > 0) {
        memcpy(to, from.data, *len);
    }
}

static void keep_nonce(suite_exchange *exchange, hf_bytes nonce)
{
    keep(exchange->nonce, sizeof exchange->nonce, &exchange->nonce_len, nonce);
}

static void keep_data(suite_exchange *exchange, hf_bytes data)
{
    keep(exchange->data, sizeof exchange->data, &exchange->len, data);
}

/* ---- fields ---- */

/* What is worked on. A number for RSA without padding, as long as the modulus and below
 * it. */
static hf_bytes input_of(const suite_operation *operation, uint32_t key_type)
{
    bool is_number = operation->row->policy == HF_FLAG_ALLOW_RAW;
    return hf_bytes_of(zeros,
                       is_number ? HF_KEY_PARAMETER(key_type) / 8u : OPERATE_DATA_LEN);
}

/* What was made before, or zeros: as long as the RSA modulus, or the MAC. */
static hf_bytes made_of(const suite_operation *operation, const suite_exchange *exchange)
{
    const hf_algorithm *row = operation->row;
    if (exchange->len != 0) {
        return hf_bytes_of(exchange->data, exchange->len);
    }
    size_t len = row->class == HF_CLASS_ASYMMETRIC
                     ? HF_KEY_PARAMETER(exchange->key_type) / 8u
                     : OPERATE_DATA_LEN;
    return hf_bytes_of(zeros, row->class == HF_CLASS_MAC ? row->output_len : len);
}

static hf_bytes nonce_of(const suite_operation *operation, const suite_exchange *exchange)
{
    const hf_algorithm *row = operation->row;
    bool must_give = operation->is_backward || has_trait(row, HF_TRAIT_CALLER_NONCE);
    if (!must_give) {
        return hf_bytes_of(NULL, 0);
    }
    return exchange->len != 0 ? hf_bytes_of(exchange->nonce, exchange->nonce_len)
                              : hf_bytes_of(zeros, row->nonce_len);
}

static uint16_t hash_of(const hf_algorithm *row)
{
    return has_trait(row, HF_TRAIT_HASH | HF_TRAIT_HASH_OPTIONAL) ? HF_ALG_SHA256 : 0;
}

/* Where there must be one: other rows have it where the library offers that. */
static hf_bytes context_of(const hf_algorithm *row)
{
    return hf_bytes_of("context", row->id == HF_ALG_ED25519_CTX ? 7 : 0);
}

/* ---- one-shot, by class ---- */

static int mac(hf_client *client, const suite_operation *operation, hf_handle key,
               suite_exchange *exchange)
{
    uint16_t id = operation->row->id;
    hf_bytes data = input_of(operation, exchange->key_type);
    if (operation->is_backward) {
        hf_mac_verify_response none;
        return hf_client_mac_verify(
            client,
            &(hf_mac_verify_request){ .handle = key,
                                      .algorithm = id,
                                      .nonce = nonce_of(operation, exchange),
                                      .mac = made_of(operation, exchange),
                                      .data = data },
            &none);
    }
    hf_mac_generate_response made;
    int rc = hf_client_mac_generate(
        client,
        &(hf_mac_generate_request){ .handle = key, .algorithm = id, .data = data },
        &made);
    if (rc == HF_OK) {
        keep_nonce(exchange, made.nonce);
        keep_data(exchange, made.mac);
    }
    return rc;
}

static int cipher(hf_client *client, const suite_operation *operation, hf_handle key,
                  suite_exchange *exchange)
{
    const hf_algorithm *row = operation->row;
    hf_bytes nonce = nonce_of(operation, exchange);
    if (operation->is_backward) {
        hf_decrypt_response plain;
        return hf_client_decrypt(
            client,
            &(hf_decrypt_request){ .handle = key,
                                   .algorithm = row->id,
                                   .hash = hash_of(row),
                                   .nonce = nonce,
                                   .tag = hf_bytes_of(exchange->tag, exchange->tag_len),
                                   .ciphertext = made_of(operation, exchange) },
            &plain);
    }
    hf_encrypt_response made;
    int rc = hf_client_encrypt(
        client,
        &(hf_encrypt_request){ .handle = key,
                               .algorithm = row->id,
                               .hash = hash_of(row),
                               .nonce = nonce,
                               .plaintext = input_of(operation, exchange->key_type) },
        &made);
    if (rc == HF_OK) {
        keep_nonce(exchange, made.nonce);
        keep(exchange->tag, sizeof exchange->tag, &exchange->tag_len, made.tag);
        keep_data(exchange, made.ciphertext);
    }
    return rc;
}

static int signature(hf_client *client, const suite_operation *operation, hf_handle key,
                     suite_exchange *exchange)
{
    const hf_algorithm *row = operation->row;
    hf_bytes data = input_of(operation, exchange->key_type);
    if (operation->is_backward) {
        hf_verify_response none;
        return hf_client_verify(
            client,
            &(hf_verify_request){ .handle = key,
                                  .algorithm = row->id,
                                  .hash = hash_of(row),
                                  .context = context_of(row),
                                  .signature = made_of(operation, exchange),
                                  .data = data },
            &none);
    }
    hf_sign_response made;
    int rc = hf_client_sign(client,
                            &(hf_sign_request){ .handle = key,
                                                .algorithm = row->id,
                                                .hash = hash_of(row),
                                                .context = context_of(row),
                                                .data = data },
                            &made);
    if (rc == HF_OK) {
        keep_data(exchange, made.signature);
    }
    return rc;
}

/* The secret is told: the keys of the tests allow it. */
static int derive(hf_client *client, const suite_operation *operation, hf_handle key,
                  suite_exchange *exchange)
{
    const hf_algorithm *row = operation->row;
    size_t text_len = row->id == HF_ALG_TLS12_PRF ? 4 : 0; /* it needs label and seed */
    hf_any_response answer;
    switch (row->class) {
    case HF_CLASS_AGREE:
        return hf_client_key_agree(
            client,
            &(hf_key_agree_request){ .base = key,
                                     .algorithm = row->id,
                                     .peer =
                                         hf_bytes_of(exchange->peer, exchange->peer_len),
                                     .is_exported = 1 },
            &answer.key_agree);
    case HF_CLASS_KDF:
        return hf_client_key_derive(
            client,
            &(hf_key_derive_request){ .base = key,
                                      .kdf = row->id,
                                      .hash = hash_of(row),
                                      .iterations = row->id == HF_ALG_PBKDF2 ? 10 : 0,
                                      .salt = hf_bytes_of("seed", text_len),
                                      .kdf_label = hf_bytes_of("text", text_len),
                                      .is_exported = 1,
                                      .len = OPERATE_DATA_LEN },
            &answer.key_derive);
    default:
        break;
    }
    if (operation->is_backward) {
        return hf_client_key_decapsulate(
            client,
            &(hf_key_decapsulate_request){ .base = key,
                                           .algorithm = row->id,
                                           .ciphertext = made_of(operation, exchange),
                                           .is_exported = 1 },
            &answer.key_decapsulate);
    }
    int rc = hf_client_key_encapsulate(
        client,
        &(hf_key_encapsulate_request){
            .base = key, .algorithm = row->id, .is_exported = 1 },
        &answer.key_encapsulate);
    if (rc == HF_OK) {
        keep_data(exchange, answer.key_encapsulate.ciphertext);
    }
    return rc;
}

static int wrap(hf_client *client, const suite_operation *operation, hf_handle key,
                suite_exchange *exchange)
{
    uint16_t id = operation->row->id;
    if (operation->is_backward) {
        hf_key_unwrap_response made;
        return hf_client_key_unwrap(
            client,
            &(hf_key_unwrap_request){ .handle = exchange->unwrapped,
                                      .type = HF_KEY_HMAC,
                                      .flags = HF_USAGE_SIGN,
                                      .store = 1,
                                      .kek = key,
                                      .algorithm = id,
                                      .wrapped = made_of(operation, exchange) },
            &made);
    }
    hf_key_wrap_response made;
    int rc =
        hf_client_key_wrap(client,
                           &(hf_key_wrap_request){
                               .handle = exchange->wrapped, .kek = key, .algorithm = id },
                           &made);
    if (rc == HF_OK) {
        keep_data(exchange, made.wrapped);
    }
    return rc;
}

/* ---- streams ---- */

int suite_stream_begin(hf_client *client, const suite_operation *operation, hf_handle key,
                       const suite_exchange *exchange, uint16_t *stream)
{
    const hf_algorithm *row = operation->row;
    hf_bytes nonce = nonce_of(operation, exchange);
    hf_any_response answer;
    int rc;
    if (row->class == HF_CLASS_MAC) {
        rc = hf_client_mac_start(
            client,
            &(hf_mac_start_request){ .handle = key,
                                     .algorithm = row->id,
                                     .nonce = nonce,
                                     .is_verify = operation->is_backward },
            &answer.mac_start);
        *stream = rc == HF_OK ? answer.mac_start.stream : 0;
    } else {
        rc = hf_client_cipher_start(
            client,
            &(hf_cipher_start_request){ .handle = key,
                                        .algorithm = row->id,
                                        .nonce = nonce,
                                        .is_decrypt = operation->is_backward },
            &answer.cipher_start);
        *stream = rc == HF_OK ? answer.cipher_start.stream : 0;
    }
    return rc;
}

int suite_stream_go_on(hf_client *client, uint16_t stream)
{
    hf_stream_update_response answer;
    return hf_client_stream_update(
        client,
        &(hf_stream_update_request){ .stream = stream,
                                     .data = hf_bytes_of(zeros, OPERATE_DATA_LEN) },
        &answer);
}

int suite_stream_end(hf_client *client, uint16_t stream)
{
    hf_stream_finish_response answer;
    return hf_client_stream_finish(
        client, &(hf_stream_finish_request){ .stream = stream }, &answer);
}

/* Verifying nothing is HF_ERR_VERIFY at the end, decrypting zeros too with a padding:
 * that they are used is what counts. */
static int stream(hf_client *client, const suite_operation *operation, hf_handle key,
                  const suite_exchange *exchange)
{
    uint16_t number = 0;
    int rc = suite_stream_begin(client, operation, key, exchange, &number);
    if (rc == HF_OK) {
        rc = suite_stream_go_on(client, number);
        int ended = suite_stream_end(client, number);
        rc = rc == HF_OK ? ended : rc;
    }
    return rc;
}

/* ---- all ---- */

int suite_operate(hf_client *client, const suite_operation *operation, hf_handle key,
                  suite_exchange *exchange)
{
    if (operation->is_stream) {
        return stream(client, operation, key, exchange);
    }
    switch (operation->row->class) {
    case HF_CLASS_MAC:
        return mac(client, operation, key, exchange);
    case HF_CLASS_AEAD:
    case HF_CLASS_CIPHER:
    case HF_CLASS_ASYMMETRIC:
        return cipher(client, operation, key, exchange);
    case HF_CLASS_SIGNATURE:
        return signature(client, operation, key, exchange);
    case HF_CLASS_WRAP:
        return wrap(client, operation, key, exchange);
    default:
        return derive(client, operation, key, exchange);
    }
}

bool suite_operation_exists(const suite_operation *operation)
{
    const hf_algorithm *row = operation->row;
    if (row->class == HF_CLASS_HASH || suite_operation_usage(operation) == 0) {
        return false;
    }
    uint16_t trait = operation->is_backward ? HF_TRAIT_STREAM_BACKWARD : HF_TRAIT_STREAM;
    return !operation->is_stream || has_trait(row, trait);
}

uint32_t suite_operation_usage(const suite_operation *operation)
{
    return operation->is_backward ? operation->row->usage_backward
                                  : operation->row->usage_forward;
}
