/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys that are used: see use.h.
 */
#include "suite/use.h"

#include "suite/value.h"

#define USE_FLAGS (HF_USAGE_SIGN | HF_USAGE_VERIFY)

static const uint8_t message[32] = "the message that everybody signs";

uint32_t use_type(uint32_t n)
{
    static const uint32_t types[] = { HF_KEY_ED25519, HF_KEY_HMAC, HF_KEY_P256 };
    return types[n % 3];
}

bool use_is_deterministic(uint32_t type)
{
    return type != HF_KEY_P256;
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
    uint8_t material[USE_KEY_LEN];
    suite_value v = { .writer = (uint16_t)key->variant,
                      .owner = key->owner,
                      .number = key->number,
                      .sequence = key->variant,
                      .len = USE_KEY_LEN };
    value_encode(&v, material);
    hf_key_import_response answer;
    return hf_client_key_import(client,
                                &(hf_key_import_request){
                                    .handle = key->handle,
                                    .type = key->type,
                                    .flags = USE_FLAGS,
                                    .store = key->store,
                                    .material = hf_bytes_of(material, sizeof material),
                                },
                                &answer);
}

int use_sign(hf_client *client, hf_handle at, uint32_t type, hf_buffer *out)
{
    hf_bytes data = hf_bytes_of(message, sizeof message);
    int rc;
    out->len = 0;
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

int use_verify(hf_client *client, hf_handle at, uint32_t type, hf_bytes signature)
{
    hf_bytes data = hf_bytes_of(message, sizeof message);
    if (type == HF_KEY_HMAC) {
        hf_mac_verify_response none;
        return hf_client_mac_verify(
            client,
            &(hf_mac_verify_request){ .handle = at,
                                      .algorithm = algorithm_of(type),
                                      .mac = signature,
                                      .data = data },
            &none);
    }
    hf_verify_response none;
    return hf_client_verify(client,
                            &(hf_verify_request){ .handle = at,
                                                  .algorithm = algorithm_of(type),
                                                  .signature = signature,
                                                  .data = data },
                            &none);
}
