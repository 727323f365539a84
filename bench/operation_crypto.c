/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Operations on keys, and with them.
 */
#include "holdfast/crypto.h"
#include "operation.h"

#define DIGEST_LEN 32u
#define RANDOM_LEN 32u
#define PAGE_COUNT 16u
#define AES_KEY_LEN 32u

static hf_bytes message(const bench_worker *worker)
{
    return hf_bytes_of(worker->load->fixture->data, BENCH_DATA_SIZE);
}

static hf_bytes digest(const bench_worker *worker)
{
    return hf_bytes_of(worker->load->fixture->data, DIGEST_LEN);
}

static hf_bytes answer_bytes(const bench_answer *answer)
{
    return hf_bytes_of(answer->data, answer->len);
}

/* ---- keys ---- */

int bench_run_key_info(bench_worker *worker)
{
    hf_key_info_response answer;
    return hf_client_key_info(
        &worker->client, &(hf_key_info_request){ .handle = worker->load->fixture->p256 },
        &answer);
}

int bench_run_key_list(bench_worker *worker)
{
    hf_key_list_response answer;
    return hf_client_key_list(&worker->client,
                              &(hf_key_list_request){ .count_max = PAGE_COUNT }, &answer);
}

int bench_run_key_export(bench_worker *worker)
{
    hf_key_export_public_response answer;
    return hf_client_key_export_public(
        &worker->client,
        &(hf_key_export_public_request){ .handle = worker->load->fixture->p256,
                                         .format = HF_FORMAT_DER },
        &answer);
}

static int key_erase(bench_worker *worker, hf_handle handle)
{
    hf_key_erase_response answer;
    return hf_client_key_erase(&worker->client,
                               &(hf_key_erase_request){ .handle = handle }, &answer);
}

static int key_generate(bench_worker *worker, uint8_t store)
{
    hf_key_generate_response answer;
    int rc = hf_client_key_generate(&worker->client,
                                    &(hf_key_generate_request){ .type = HF_KEY_P256,
                                                                .flags = HF_USAGE_SIGN,
                                                                .store = store },
                                    &answer);
    return rc == HF_OK ? key_erase(worker, answer.handle) : rc;
}

int bench_run_key_generate(bench_worker *worker)
{
    return key_generate(worker, 0);
}

int bench_run_key_generate_stored(bench_worker *worker)
{
    return key_generate(worker, 1);
}

static int key_import(bench_worker *worker, hf_handle *handle)
{
    hf_key_import_response answer;
    int rc = hf_client_key_import(
        &worker->client,
        &(hf_key_import_request){
            .type = HF_KEY_AES_256,
            .flags = HF_USAGE_ENCRYPT,
            .material = hf_bytes_of(worker->load->fixture->data, AES_KEY_LEN) },
        &answer);
    *handle = rc == HF_OK ? answer.handle : 0;
    return rc;
}

int bench_run_key_import(bench_worker *worker)
{
    hf_handle handle;
    int rc = key_import(worker, &handle);
    return rc == HF_OK ? key_erase(worker, handle) : rc;
}

int bench_run_key_commit(bench_worker *worker)
{
    hf_handle handle;
    hf_key_commit_response committed;
    hf_key_evict_response evicted;
    int rc = key_import(worker, &handle);
    if (rc == HF_OK) {
        rc = hf_client_key_commit(
            &worker->client, &(hf_key_commit_request){ .handle = handle }, &committed);
    }
    if (rc == HF_OK) {
        rc = hf_client_key_evict(&worker->client,
                                 &(hf_key_evict_request){ .handle = handle }, &evicted);
    }
    return rc == HF_OK ? key_erase(worker, handle) : rc;
}

/* ---- without a key ---- */

int bench_run_capabilities(bench_worker *worker)
{
    hf_capabilities_response answer;
    return hf_client_capabilities(&worker->client, &(hf_capabilities_request){ 0 },
                                  &answer);
}

int bench_run_random(bench_worker *worker)
{
    hf_random_response answer;
    return hf_client_random(&worker->client, &(hf_random_request){ .len = RANDOM_LEN },
                            &answer);
}

int bench_run_hash(bench_worker *worker)
{
    hf_hash_response answer;
    return hf_client_hash(
        &worker->client,
        &(hf_hash_request){ .algorithm = HF_ALG_SHA256, .data = message(worker) },
        &answer);
}

int bench_run_hash_stream(bench_worker *worker)
{
    hf_hash_start_response started;
    hf_stream_update_response updated;
    hf_stream_finish_response finished;
    int rc = hf_client_hash_start(&worker->client,
                                  &(hf_hash_start_request){ .algorithm = HF_ALG_SHA256 },
                                  &started);
    if (rc != HF_OK) {
        return rc;
    }
    uint16_t stream = started.stream;
    rc = hf_client_stream_update(
        &worker->client,
        &(hf_stream_update_request){ .stream = stream, .data = message(worker) },
        &updated);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_client_stream_finish(
        &worker->client, &(hf_stream_finish_request){ .stream = stream }, &finished);
}

/* ---- with a key ---- */

int bench_run_mac(bench_worker *worker)
{
    hf_mac_generate_response answer;
    return hf_client_mac_generate(
        &worker->client,
        &(hf_mac_generate_request){ .handle = worker->load->fixture->hmac,
                                    .algorithm = HF_ALG_HMAC_SHA256,
                                    .data = message(worker) },
        &answer);
}

int bench_run_mac_verify(bench_worker *worker)
{
    hf_mac_verify_response answer;
    const bench_fixture *fixture = worker->load->fixture;
    return hf_client_mac_verify(
        &worker->client,
        &(hf_mac_verify_request){ .handle = fixture->hmac,
                                  .algorithm = HF_ALG_HMAC_SHA256,
                                  .mac = answer_bytes(&fixture->mac),
                                  .data = message(worker) },
        &answer);
}

int bench_run_encrypt(bench_worker *worker)
{
    hf_encrypt_response answer;
    return hf_client_encrypt(&worker->client,
                             &(hf_encrypt_request){ .handle = worker->load->fixture->aes,
                                                    .algorithm = HF_ALG_AES_GCM,
                                                    .plaintext = message(worker) },
                             &answer);
}

int bench_run_decrypt(bench_worker *worker)
{
    hf_decrypt_response answer;
    const bench_fixture *fixture = worker->load->fixture;
    return hf_client_decrypt(
        &worker->client,
        &(hf_decrypt_request){ .handle = fixture->aes,
                               .algorithm = HF_ALG_AES_GCM,
                               .nonce = answer_bytes(&fixture->nonce),
                               .tag = answer_bytes(&fixture->tag),
                               .ciphertext = answer_bytes(&fixture->ciphertext) },
        &answer);
}

int bench_run_encrypt_block(bench_worker *worker)
{
    hf_encrypt_response answer;
    const bench_fixture *fixture = worker->load->fixture;
    return hf_client_encrypt(
        &worker->client,
        &(hf_encrypt_request){ .handle = fixture->aes,
                               .algorithm = HF_ALG_AES_GCM,
                               .plaintext =
                                   hf_bytes_of(fixture->block, sizeof fixture->block) },
        &answer);
}

int bench_run_decrypt_block(bench_worker *worker)
{
    hf_decrypt_response answer;
    const bench_fixture *fixture = worker->load->fixture;
    return hf_client_decrypt(
        &worker->client,
        &(hf_decrypt_request){ .handle = fixture->aes,
                               .algorithm = HF_ALG_AES_GCM,
                               .nonce = answer_bytes(&fixture->block_nonce),
                               .tag = answer_bytes(&fixture->block_tag),
                               .ciphertext =
                                   hf_bytes_of(fixture->block_ciphertext,
                                               sizeof fixture->block_ciphertext) },
        &answer);
}

/* ---- signatures ---- */

static hf_handle signing_key_of(const bench_fixture *fixture, uint16_t algorithm)
{
    if (algorithm == HF_ALG_RSA_PKCS1) {
        return fixture->rsa2048;
    }
    return algorithm == HF_ALG_ECDSA ? fixture->p256 : fixture->ed25519;
}

static hf_sign_request sign_request_of(const bench_worker *worker, uint16_t algorithm)
{
    const bench_fixture *fixture = worker->load->fixture;
    return (hf_sign_request){ .handle = signing_key_of(fixture, algorithm),
                              .algorithm = algorithm,
                              .hash = algorithm == HF_ALG_RSA_PKCS1 ? HF_ALG_SHA256 : 0,
                              .data = digest(worker) };
}

static int sign(bench_worker *worker, uint16_t algorithm)
{
    hf_sign_response answer;
    hf_sign_request request = sign_request_of(worker, algorithm);
    return hf_client_sign(&worker->client, &request, &answer);
}

int bench_run_sign_p256(bench_worker *worker)
{
    return sign(worker, HF_ALG_ECDSA);
}

int bench_run_sign_ed25519(bench_worker *worker)
{
    return sign(worker, HF_ALG_ED25519);
}

int bench_run_sign_rsa2048(bench_worker *worker)
{
    return sign(worker, HF_ALG_RSA_PKCS1);
}

int bench_run_verify_p256(bench_worker *worker)
{
    hf_verify_response answer;
    const bench_fixture *fixture = worker->load->fixture;
    return hf_client_verify(
        &worker->client,
        &(hf_verify_request){ .handle = fixture->p256,
                              .algorithm = HF_ALG_ECDSA,
                              .signature = answer_bytes(&fixture->p256_signature),
                              .data = digest(worker) },
        &answer);
}

int bench_run_verify_ed25519(bench_worker *worker)
{
    hf_verify_response answer;
    const bench_fixture *fixture = worker->load->fixture;
    return hf_client_verify(
        &worker->client,
        &(hf_verify_request){ .handle = fixture->ed25519,
                              .algorithm = HF_ALG_ED25519,
                              .signature = answer_bytes(&fixture->ed25519_signature),
                              .data = digest(worker) },
        &answer);
}

/* ---- signatures with several requests in flight ---- */

static int oldest_receive(bench_worker *worker)
{
    hf_sign_response answer;
    uint16_t sequence = worker->sequences[worker->sequence_first];
    int rc = hf_client_sign_receive(&worker->client, sequence, &answer);
    while (rc == HF_PENDING) {
        rc = hf_client_wait(&worker->client, HF_CLIENT_TIMEOUT_MS);
        if (rc == HF_OK) {
            rc = hf_client_sign_receive(&worker->client, sequence, &answer);
        }
    }
    worker->sequence_first = (worker->sequence_first + 1) % BENCH_WINDOW;
    worker->sequence_count--;
    return rc;
}

static int window_run(bench_worker *worker, uint16_t algorithm)
{
    hf_sign_request request = sign_request_of(worker, algorithm);
    while (worker->sequence_count < BENCH_WINDOW) {
        unsigned at = (worker->sequence_first + worker->sequence_count) % BENCH_WINDOW;
        int rc = hf_client_sign_send(&worker->client, &request, &worker->sequences[at]);
        if (rc != HF_OK) {
            return rc;
        }
        worker->sequence_count++;
    }
    return oldest_receive(worker);
}

int bench_run_sign_p256_window(bench_worker *worker)
{
    return window_run(worker, HF_ALG_ECDSA);
}

int bench_run_sign_ed25519_window(bench_worker *worker)
{
    return window_run(worker, HF_ALG_ED25519);
}

int bench_drain_sign(bench_worker *worker)
{
    int rc = HF_OK;
    while (rc == HF_OK && worker->sequence_count > 0) {
        rc = oldest_receive(worker);
    }
    return rc;
}
