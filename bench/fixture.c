/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The fixture: see fixture.h.
 */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "holdfast/crypto.h"

#define USAGE_SIGNING (HF_USAGE_SIGN | HF_USAGE_VERIFY)
#define DIGEST_LEN 32u

static int told(const char *what, int rc)
{
    if (rc != HF_OK) {
        fprintf(stderr, "bench: cannot %s: %s (%s)\n", what, hf_status_text(rc),
                hf_status_name(rc));
    }
    return rc;
}

static int key_make(hf_client *client, uint32_t type, uint32_t flags, hf_handle *handle)
{
    hf_key_generate_response answer;
    int rc = hf_client_key_generate(
        client, &(hf_key_generate_request){ .type = type, .flags = flags, .store = 1 },
        &answer);
    *handle = rc == HF_OK ? answer.handle : 0;
    return told("generate a key", rc);
}

int bench_fixture_make_keys(bench_fixture *fixture, hf_client *client)
{
    for (size_t i = 0; i < sizeof fixture->data; i++) {
        fixture->data[i] = (uint8_t)(i * 7u + 1u);
    }
    for (size_t i = 0; i < sizeof fixture->block; i++) {
        fixture->block[i] = (uint8_t)(i * 13u + 5u);
    }
    int rc = key_make(client, HF_KEY_P256, USAGE_SIGNING, &fixture->p256);
    if (rc == HF_OK) {
        rc = key_make(client, HF_KEY_ED25519, USAGE_SIGNING, &fixture->ed25519);
    }
    if (rc == HF_OK) {
        rc = key_make(client, HF_KEY_RSA_2048, USAGE_SIGNING, &fixture->rsa2048);
    }
    if (rc == HF_OK) {
        rc = key_make(client, HF_KEY_HMAC, USAGE_SIGNING, &fixture->hmac);
    }
    if (rc == HF_OK) {
        rc = key_make(client, HF_KEY_AES_256, HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT,
                      &fixture->aes);
    }
    return rc;
}

static int objects_make(bench_fixture *fixture, hf_client *client)
{
    int rc = HF_OK;
    for (uint32_t i = 0; rc == HF_OK && i < BENCH_OBJECT_COUNT; i++) {
        hf_nvm_put_response answer;
        rc = hf_client_nvm_put(
            client,
            &(hf_nvm_put_request){ .handle = BENCH_OBJECT_FIRST + i,
                                   .data = hf_bytes_of(fixture->data, BENCH_OBJECT_LEN) },
            &answer);
    }
    fixture->object = BENCH_OBJECT_FIRST;
    return told("store an object", rc);
}

static int counter_make(bench_fixture *fixture, hf_client *client)
{
    hf_counter_create_response answer;
    int rc = hf_client_counter_create(client, &(hf_counter_create_request){ .value = 0 },
                                      &answer);
    fixture->counter = rc == HF_OK ? answer.handle : 0;
    return told("create a counter", rc);
}

static int answer_keep(bench_answer *answer, hf_bytes bytes)
{
    if (bytes.len > sizeof answer->data) {
        return HF_ERR_SIZE;
    }
    memcpy(answer->data, bytes.data, bytes.len);
    answer->len = bytes.len;
    return HF_OK;
}

static int signature_make(bench_answer *signature, hf_client *client,
                          const hf_sign_request *request)
{
    hf_sign_response answer;
    int rc = hf_client_sign(client, request, &answer);
    if (rc == HF_OK) {
        rc = answer_keep(signature, answer.signature);
    }
    return told("sign", rc);
}

static int mac_make(bench_fixture *fixture, hf_client *client)
{
    hf_mac_generate_response answer;
    int rc = hf_client_mac_generate(
        client,
        &(hf_mac_generate_request){
            .handle = fixture->hmac,
            .algorithm = HF_ALG_HMAC_SHA256,
            .data = hf_bytes_of(fixture->data, sizeof fixture->data) },
        &answer);
    if (rc == HF_OK) {
        rc = answer_keep(&fixture->mac, answer.mac);
    }
    return told("make a MAC", rc);
}

static int ciphertext_make(bench_fixture *fixture, hf_client *client)
{
    hf_encrypt_response answer;
    int rc = hf_client_encrypt(
        client,
        &(hf_encrypt_request){ .handle = fixture->aes,
                               .algorithm = HF_ALG_AES_GCM,
                               .plaintext =
                                   hf_bytes_of(fixture->data, sizeof fixture->data) },
        &answer);
    if (rc == HF_OK) {
        rc = answer_keep(&fixture->nonce, answer.nonce);
    }
    if (rc == HF_OK) {
        rc = answer_keep(&fixture->tag, answer.tag);
    }
    if (rc == HF_OK) {
        rc = answer_keep(&fixture->ciphertext, answer.ciphertext);
    }
    return told("encrypt", rc);
}

int bench_fixture_make_rest(bench_fixture *fixture, hf_client *client)
{
    int rc = objects_make(fixture, client);
    if (rc == HF_OK) {
        rc = counter_make(fixture, client);
    }
    if (rc == HF_OK) {
        rc = signature_make(
            &fixture->p256_signature, client,
            &(hf_sign_request){ .handle = fixture->p256,
                                .algorithm = HF_ALG_ECDSA,
                                .data = hf_bytes_of(fixture->data, DIGEST_LEN) });
    }
    if (rc == HF_OK) {
        rc = signature_make(
            &fixture->ed25519_signature, client,
            &(hf_sign_request){ .handle = fixture->ed25519,
                                .algorithm = HF_ALG_ED25519,
                                .data = hf_bytes_of(fixture->data, DIGEST_LEN) });
    }
    if (rc == HF_OK) {
        rc = mac_make(fixture, client);
    }
    if (rc == HF_OK) {
        rc = ciphertext_make(fixture, client);
    }
    return rc;
}

int bench_fixture_make_block(bench_fixture *fixture, hf_client *client)
{
    hf_encrypt_response answer;
    int rc = hf_client_encrypt(
        client,
        &(hf_encrypt_request){ .handle = fixture->aes,
                               .algorithm = HF_ALG_AES_GCM,
                               .plaintext =
                                   hf_bytes_of(fixture->block, sizeof fixture->block) },
        &answer);
    if (rc == HF_OK) {
        rc = answer_keep(&fixture->block_nonce, answer.nonce);
    }
    if (rc == HF_OK) {
        rc = answer_keep(&fixture->block_tag, answer.tag);
    }
    if (rc == HF_OK && answer.ciphertext.len != sizeof fixture->block_ciphertext) {
        rc = HF_ERR_SIZE;
    }
    if (rc == HF_OK) {
        memcpy(fixture->block_ciphertext, answer.ciphertext.data,
               sizeof fixture->block_ciphertext);
    }
    return told("encrypt a block", rc);
}
