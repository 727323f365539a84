/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys that are used: see use.h.
 */
#include "suite/use.h"

#include <string.h>

#include "suite/value.h"

#define NONCE_LEN 12u
#define TAG_LEN 16u

static const uint8_t message[32] = "the message that everybody signs";

uint32_t use_type(uint32_t n)
{
    static const uint32_t types[USE_TYPE_COUNT] = { HF_KEY_ED25519, HF_KEY_HMAC,
                                                    HF_KEY_P256, HF_KEY_AES_256,
                                                    HF_KEY_P384 };
    return types[n % USE_TYPE_COUNT];
}

bool use_is_deterministic(uint32_t type)
{
    return type == HF_KEY_ED25519 || type == HF_KEY_HMAC;
}

static uint16_t algorithm_of(uint32_t type)
{
    if (type == HF_KEY_ED25519) {
        return HF_ALG_ED25519;
    }
    return type == HF_KEY_HMAC ? HF_ALG_HMAC_SHA256 : HF_ALG_ECDSA;
}

int use_import(hf_client *client, const use_key *key)
{
    uint8_t material[48];
    uint16_t len = key->type == HF_KEY_P384 ? 48 : 32;
    suite_value v = { .writer = (uint16_t)key->variant,
                      .owner = key->owner,
                      .number = key->number,
                      .sequence = key->variant,
                      .len = len };
    value_encode(&v, material);
    hf_key_import_response answer;
    return hf_client_key_import(client,
                                &(hf_key_import_request){
                                    .handle = key->handle,
                                    .type = key->type,
                                    .flags = hf_key_type_find(key->type)->usages,
                                    .store = key->store,
                                    .material = hf_bytes_of(material, len),
                                },
                                &answer);
}

/* Nonce, tag and ciphertext, one behind the other. */
static int seal(hf_client *client, hf_handle at, hf_buffer *out)
{
    hf_encrypt_response answer;
    int rc = hf_client_encrypt(
        client,
        &(hf_encrypt_request){ .handle = at,
                               .algorithm = HF_ALG_AES_GCM,
                               .plaintext = hf_bytes_of(message, sizeof message) },
        &answer);
    if (rc == HF_OK && (answer.nonce.len != NONCE_LEN || answer.tag.len != TAG_LEN)) {
        rc = HF_ERR_SIZE;
    }
    if (rc == HF_OK) {
        rc = hf_buffer_append(out, answer.nonce);
    }
    if (rc == HF_OK) {
        rc = hf_buffer_append(out, answer.tag);
    }
    return rc == HF_OK ? hf_buffer_append(out, answer.ciphertext) : rc;
}

static int unseal(hf_client *client, hf_handle at, hf_bytes sealed)
{
    hf_decrypt_response answer;
    if (sealed.len != NONCE_LEN + TAG_LEN + sizeof message) {
        return HF_ERR_SIZE;
    }
    int rc = hf_client_decrypt(
        client,
        &(hf_decrypt_request){ .handle = at,
                               .algorithm = HF_ALG_AES_GCM,
                               .nonce = hf_bytes_of(sealed.data, NONCE_LEN),
                               .tag = hf_bytes_of(sealed.data + NONCE_LEN, TAG_LEN),
                               .ciphertext = hf_bytes_of(
                                   sealed.data + NONCE_LEN + TAG_LEN, sizeof message) },
        &answer);
    if (rc == HF_OK && (answer.plaintext.len != sizeof message ||
                        memcmp(answer.plaintext.data, message, sizeof message) != 0)) {
        rc = HF_ERR_VERIFY;
    }
    return rc;
}

int use_sign(hf_client *client, hf_handle at, uint32_t type, hf_buffer *out)
{
    hf_bytes data = hf_bytes_of(message, sizeof message);
    int rc;
    out->len = 0;
    if (type == HF_KEY_AES_256) {
        return seal(client, at, out);
    }
    if (type == HF_KEY_HMAC) {
        hf_mac_generate_response answer;
        rc = hf_client_mac_generate(
            client,
            &(hf_mac_generate_request){
                .handle = at, .algorithm = algorithm_of(type), .data = data },
            &answer);
        return rc == HF_OK ? hf_buffer_append(out, answer.mac) : rc;
    }
    hf_sign_response answer;
    rc = hf_client_sign(
        client,
        &(hf_sign_request){ .handle = at, .algorithm = algorithm_of(type), .data = data },
        &answer);
    return rc == HF_OK ? hf_buffer_append(out, answer.signature) : rc;
}

int use_verify(hf_client *client, hf_handle at, uint32_t type, hf_bytes output)
{
    hf_bytes data = hf_bytes_of(message, sizeof message);
    if (type == HF_KEY_AES_256) {
        return unseal(client, at, output);
    }
    if (type == HF_KEY_HMAC) {
        hf_mac_verify_response none;
        return hf_client_mac_verify(
            client,
            &(hf_mac_verify_request){ .handle = at,
                                      .algorithm = algorithm_of(type),
                                      .mac = output,
                                      .data = data },
            &none);
    }
    hf_verify_response none;
    return hf_client_verify(client,
                            &(hf_verify_request){ .handle = at,
                                                  .algorithm = algorithm_of(type),
                                                  .signature = output,
                                                  .data = data },
                            &none);
}
