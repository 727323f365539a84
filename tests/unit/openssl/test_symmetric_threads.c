/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Many threads on the same parsed keys: every MAC and cipher vector, in one call and as a
 * stream, and hashes. The templates of the device and of the keys are shared, so they may
 * only be duplicated: ThreadSanitizer sees it when they are not. Threads count their
 * failures; only the main thread asserts.
 */
#include "fixture.h"

#include <pthread.h>
#include <string.h>

#include "cipher_vectors.h"
#include "mac_vectors.h"

#define THREAD_COUNT 6
#define VECTOR_COUNT_MAX 200

/* A vector as bytes, with its parsed key: immutable while the threads run. */
typedef struct shared_case {
    blob material, nonce, aad, input, output, tag;
    hf_crypto_key key;
    uint16_t algorithm;
} shared_case;

static shared_case cases[VECTOR_COUNT_MAX];
static size_t case_count;
static blob digests[HF_ALG_SHAKE256 - HF_ALG_SHA1 + 1]; /* of "message", by hash */
static pthread_barrier_t barrier;

typedef struct worker {
    pthread_t thread;
    size_t first; /* each begins elsewhere */
    int failure_count;
} worker;

static void count(worker *w, bool is_good)
{
    w->failure_count += is_good ? 0 : 1;
}

static bool is_equal(const hf_buffer *out, const blob *expected)
{
    return out->len == expected->len &&
           memcmp(out->data, expected->data, expected->len) == 0;
}

static hf_crypto_op op_of(const shared_case *c)
{
    return (hf_crypto_op){ .algorithm = c->algorithm,
                           .key = &c->key,
                           .output_len = (uint32_t)c->tag.len,
                           .aad = blob_bytes(&c->aad),
                           .nonce = blob_bytes(&c->nonce) };
}

static bool has_trait(const shared_case *c, uint16_t trait)
{
    return (hf_algorithm_find(c->algorithm)->traits & trait) != 0;
}

static void run_stream(worker *w, const shared_case *c, bool is_backward)
{
    blob memory;
    uint8_t tag_memory[16];
    hf_buffer out = blob_buffer(&memory);
    hf_buffer tag = hf_buffer_of(tag_memory, sizeof(tag_memory));
    hf_crypto_stream stream = { .stream = NULL };
    const hf_crypto_op op = op_of(c);
    size_t half = c->input.len / 2;
    count(w,
          hf_crypto_stream_open(&fixture_crypto, 0, &op, is_backward, &stream) == HF_OK);
    count(w, hf_crypto_stream_update(&fixture_crypto, &stream,
                                     hf_bytes_of(c->input.data, half), &out) == HF_OK);
    count(w, hf_crypto_stream_update(
                 &fixture_crypto, &stream,
                 hf_bytes_of(c->input.data + half, c->input.len - half), &out) == HF_OK);
    count(w, hf_crypto_stream_finish(&fixture_crypto, &stream, &out,
                                     c->tag.len != 0 ? &tag : NULL) == HF_OK);
    count(w, is_equal(&out, &c->output) && is_equal(&tag, &c->tag));
    hf_crypto_stream_close(&fixture_crypto, &stream);
}

static void run_mac(worker *w, const shared_case *c)
{
    hf_crypto_op op = op_of(c);
    op.input = blob_bytes(&c->input);
    op.signature = blob_bytes(&c->output);
    count(w, hf_crypto_verify(&fixture_crypto, 0, &op) == HF_OK);
    run_stream(w, c, true);
}

static void run_cipher(worker *w, const shared_case *c)
{
    blob memory;
    uint8_t tag_memory[16];
    hf_buffer out = blob_buffer(&memory);
    hf_buffer tag = hf_buffer_of(tag_memory, sizeof(tag_memory));
    hf_crypto_op op = op_of(c);
    op.input = blob_bytes(&c->input);
    count(w, hf_crypto_encrypt(&fixture_crypto, 0, &op, &out,
                               c->tag.len != 0 ? &tag : NULL) == HF_OK);
    count(w, is_equal(&out, &c->output) && is_equal(&tag, &c->tag));
    op.input = blob_bytes(&c->output);
    op.signature = blob_bytes(&c->tag);
    out.len = 0;
    count(w, hf_crypto_decrypt(&fixture_crypto, 0, &op, &out) == HF_OK);
    count(w, is_equal(&out, &c->input));
    if (has_trait(c, HF_TRAIT_STREAM)) {
        run_stream(w, c, false);
    }
}

static void run_hashes(worker *w)
{
    for (uint16_t id = HF_ALG_SHA1; id <= HF_ALG_SHAKE256; id++) {
        blob memory;
        hf_buffer out = blob_buffer(&memory);
        const hf_crypto_op op = { .algorithm = id,
                                  .output_len = id >= HF_ALG_SHAKE128 ? 99 : 0,
                                  .input = hf_bytes_of("message", 7) };
        count(w, hf_crypto_xof(&fixture_crypto, 0, &op, &out) == HF_OK);
        count(w, is_equal(&out, &digests[id - HF_ALG_SHA1]));
    }
}

static void *work(void *context)
{
    worker *w = context;
    pthread_barrier_wait(&barrier);
    for (size_t i = 0; i < case_count; i++) {
        const shared_case *c = &cases[(w->first + i) % case_count];
        if (hf_algorithm_find_class(c->algorithm, HF_CLASS_MAC) != NULL) {
            run_mac(w, c);
        } else {
            run_cipher(w, c);
        }
        if (i % 16 == 0) {
            run_hashes(w);
        }
    }
    return NULL;
}

static shared_case *add_case(uint16_t algorithm, uint32_t type, const char *key)
{
    assert_true(case_count < VECTOR_COUNT_MAX);
    shared_case *c = &cases[case_count++];
    *c = (shared_case){ .algorithm = algorithm, .material = unhex(key) };
    c->key = key_of(type, &c->material);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &c->key), HF_OK);
    return c;
}

static void add_cases(void)
{
    for (size_t i = 0; i < mac_vector_count; i++) {
        const mac_vector *v = &mac_vectors[i];
        shared_case *c = add_case(v->algorithm, v->key_type, v->key);
        c->nonce = unhex(v->nonce);
        c->input = unhex(v->data);
        c->output = unhex(v->mac);
    }
    for (size_t i = 0; i < cipher_vector_count; i++) {
        const cipher_vector *v = &cipher_vectors[i];
        shared_case *c = add_case(v->algorithm, v->key_type, v->key);
        c->nonce = unhex(v->nonce);
        c->aad = unhex(v->aad);
        c->input = unhex(v->plain);
        c->output = unhex(v->cipher);
        c->tag = unhex(v->tag);
    }
    for (uint16_t id = HF_ALG_SHA1; id <= HF_ALG_SHAKE256; id++) {
        blob *digest = &digests[id - HF_ALG_SHA1];
        hf_buffer out = blob_buffer(digest);
        const hf_crypto_op op = { .algorithm = id,
                                  .output_len = id >= HF_ALG_SHAKE128 ? 99 : 0,
                                  .input = hf_bytes_of("message", 7) };
        assert_int_equal(hf_crypto_xof(&fixture_crypto, 0, &op, &out), HF_OK);
        digest->len = out.len;
    }
}

static void test_threads_share_templates_and_parsed_keys(void **state)
{
    (void)state;
    worker workers[THREAD_COUNT];
    int failure_count = 0;
    add_cases();
    assert_int_equal(pthread_barrier_init(&barrier, NULL, THREAD_COUNT), 0);
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        /* Two of them on the same vectors at the same time. */
        workers[i] = (worker){ .first = i / 2 * 31 };
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        failure_count += workers[i].failure_count;
    }
    assert_int_equal(failure_count, 0);
    pthread_barrier_destroy(&barrier);
    for (size_t i = 0; i < case_count; i++) {
        hf_crypto_parsed_destroy(&fixture_crypto, 0, cases[i].key.parsed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_share_templates_and_parsed_keys),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
