/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Many threads on one parsed key of RSA and of each post-quantum family, and on one base
 * key of derivations. Meant for ThreadSanitizer too. Threads count their failures; only
 * the main thread asserts.
 */
#include "large.h"

#include <pthread.h>
#include <string.h>

#include "rsa_vectors.h"

#define THREAD_COUNT 8
#define ROUND_COUNT 12
#define ROOM 5000 /* a signature of ML-DSA-87 */

typedef struct shared {
    hf_crypto_key rsa, ml_dsa, ml_kem, secret;
    const blob *derived; /* HKDF of the secret, 32 bytes */
    bool has_pq;
    pthread_barrier_t barrier;
} shared;

typedef struct worker {
    pthread_t thread;
    shared *shared;
    int number;
    int failure_count;
} worker;

static void count(worker *w, bool is_good)
{
    w->failure_count += is_good ? 0 : 1;
}

static void sign_and_verify(worker *w, hf_crypto_op op)
{
    uint8_t memory[ROOM];
    hf_buffer out = hf_buffer_of(memory, sizeof(memory));
    op.input = hf_bytes_of(&w->number, sizeof(w->number));
    count(w, hf_crypto_sign(&fixture_crypto, 0, &op, &out) == HF_OK);
    op.signature = hf_bytes_of(memory, out.len);
    count(w, hf_crypto_verify(&fixture_crypto, 0, &op) == HF_OK);
    memory[30] ^= 1;
    count(w, hf_crypto_verify(&fixture_crypto, 0, &op) == HF_ERR_VERIFY);
}

static void encrypt_and_decrypt(worker *w, const hf_crypto_key *key)
{
    uint8_t memory[2][256];
    hf_buffer sent = hf_buffer_of(memory[0], 256);
    hf_buffer back = hf_buffer_of(memory[1], 256);
    hf_crypto_op op = { .algorithm = HF_ALG_RSA_OAEP,
                        .hash = HF_ALG_SHA256,
                        .key = key,
                        .input = hf_bytes_of(&w->number, sizeof(w->number)) };
    count(w, hf_crypto_encrypt(&fixture_crypto, 0, &op, &sent, NULL) == HF_OK);
    op.input = hf_bytes_of(sent.data, sent.len);
    count(w, hf_crypto_decrypt(&fixture_crypto, 0, &op, &back) == HF_OK);
    count(w, back.len == sizeof(w->number) &&
                 memcmp(back.data, &w->number, sizeof(w->number)) == 0);
}

static void send_secret(worker *w, const hf_crypto_key *key)
{
    uint8_t memory[ROOM];
    uint8_t secrets[2][HF_KEM_SECRET_LEN];
    hf_buffer ciphertext = hf_buffer_of(memory, sizeof(memory));
    hf_buffer sent = hf_buffer_of(secrets[0], HF_KEM_SECRET_LEN);
    hf_buffer received = hf_buffer_of(secrets[1], HF_KEM_SECRET_LEN);
    hf_crypto_op op = { .algorithm = HF_ALG_ML_KEM, .key = key };
    count(w, hf_crypto_encapsulate(&fixture_crypto, 0, &op, &ciphertext, &sent) == HF_OK);
    op.input = hf_bytes_of(ciphertext.data, ciphertext.len);
    count(w, hf_crypto_decapsulate(&fixture_crypto, 0, &op, &received) == HF_OK);
    count(w, memcmp(secrets[0], secrets[1], HF_KEM_SECRET_LEN) == 0);
}

static int derive(const hf_crypto_key *key, uint8_t *memory)
{
    hf_buffer out = hf_buffer_of(memory, 32);
    const hf_crypto_op op = {
        .algorithm = HF_ALG_HKDF, .hash = HF_ALG_SHA256, .key = key, .output_len = 32
    };
    return hf_crypto_derive(&fixture_crypto, 0, &op, &out);
}

static void *work(void *context)
{
    worker *w = context;
    shared *s = w->shared;
    const hf_crypto_op pkcs1 = { .algorithm = HF_ALG_RSA_PKCS1,
                                 .hash = HF_ALG_SHA256,
                                 .key = &s->rsa };
    const hf_crypto_op pss = {
        .algorithm = HF_ALG_RSA_PSS, .hash = HF_ALG_SHA384, .salt_len = 20, .key = &s->rsa
    };
    const hf_crypto_op ml_dsa = { .algorithm = HF_ALG_ML_DSA,
                                  .context = hf_bytes_of("context", 7),
                                  .key = &s->ml_dsa };
    pthread_barrier_wait(&s->barrier);
    for (int i = 0; i < ROUND_COUNT; i++) {
        uint8_t derived[32];
        sign_and_verify(w, pkcs1);
        sign_and_verify(w, pss);
        encrypt_and_decrypt(w, &s->rsa);
        count(w, derive(&s->secret, derived) == HF_OK &&
                     memcmp(derived, s->derived->data, sizeof(derived)) == 0);
        if (s->has_pq) {
            sign_and_verify(w, ml_dsa);
            send_secret(w, &s->ml_kem);
        }
    }
    return NULL;
}

/* A parsed key. False when the type is not supported. */
static bool make_key(uint32_t type, large *raw, hf_crypto_key *key)
{
    uint32_t device = 0;
    if (hf_crypto_select(&fixture_crypto, HF_ALG_NONE, type, 0, &device) != HF_OK) {
        return false;
    }
    assert_int_equal(large_generate(type, raw), HF_OK);
    *key = large_key(type, raw);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, key), HF_OK);
    return true;
}

static void test_one_parsed_key_serves_many_threads(void **state)
{
    (void)state;
    static large rsa, ml_dsa, ml_kem, secret;
    blob derived;
    worker workers[THREAD_COUNT];
    shared s = { .derived = &derived };
    large_unhex(&rsa, RSA_SIGN_KEY);
    s.rsa = large_key(HF_KEY_RSA_2048, &rsa);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &s.rsa), HF_OK);
    assert_true(make_key(HF_KEY_SECRET, &secret, &s.secret));
    assert_int_equal(derive(&s.secret, derived.data), HF_OK);
    s.has_pq = make_key(HF_KEY_ML_DSA_87, &ml_dsa, &s.ml_dsa) &&
               make_key(HF_KEY_ML_KEM_768, &ml_kem, &s.ml_kem);
    assert_int_equal(pthread_barrier_init(&s.barrier, NULL, THREAD_COUNT), 0);
    for (int i = 0; i < THREAD_COUNT; i++) {
        workers[i] = (worker){ .shared = &s, .number = i };
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    int failure_count = 0;
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        failure_count += workers[i].failure_count;
    }
    assert_int_equal(failure_count, 0);
    pthread_barrier_destroy(&s.barrier);
    hf_crypto_parsed_destroy(&fixture_crypto, 0, s.rsa.parsed);
    hf_crypto_parsed_destroy(&fixture_crypto, 0, s.secret.parsed);
    hf_crypto_parsed_destroy(&fixture_crypto, 0, s.ml_dsa.parsed);
    hf_crypto_parsed_destroy(&fixture_crypto, 0, s.ml_kem.parsed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_parsed_key_serves_many_threads),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
