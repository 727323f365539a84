/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Many threads on the same parsed keys of every curve: sign, verify, agree, and new keys
 * and encodings beside it. What is prepared with a key is shared, so it may only be
 * duplicated: threads agree with different peers, and when they use the one context, the
 * secrets of the others come out. Threads count their failures; only the main thread
 * asserts.
 */
#include "fixture.h"

#include <pthread.h>
#include <string.h>

#define THREAD_COUNT 4
#define ROUND_COUNT 3
#define PEER_COUNT 2

/* A pair with parsed forms, and what it agrees with some peers, of which it is the first
 * itself: immutable while the threads run. */
typedef struct shared_pair {
    uint32_t type;
    uint16_t algorithm;
    blob secret;
    hf_crypto_key key;
    blob points[PEER_COUNT];
    hf_crypto_key peers[PEER_COUNT];
    blob shared[PEER_COUNT];
} shared_pair;

static shared_pair pairs[] = {
    { .type = HF_KEY_P224, .algorithm = HF_ALG_ECDSA },
    { .type = HF_KEY_P256, .algorithm = HF_ALG_ECDSA },
    { .type = HF_KEY_P384, .algorithm = HF_ALG_ECDSA },
    { .type = HF_KEY_P521, .algorithm = HF_ALG_ECDSA },
    { .type = HF_KEY_SECP256K1, .algorithm = HF_ALG_ECDSA },
    { .type = HF_KEY_BRAINPOOL_P256, .algorithm = HF_ALG_ECDSA },
    { .type = HF_KEY_BRAINPOOL_P384, .algorithm = HF_ALG_ECDSA },
    { .type = HF_KEY_BRAINPOOL_P512, .algorithm = HF_ALG_ECDSA },
    { .type = HF_KEY_ED25519, .algorithm = HF_ALG_ED25519 },
    { .type = HF_KEY_ED448, .algorithm = HF_ALG_ED448 },
    { .type = HF_KEY_X25519, .algorithm = HF_ALG_NONE },
    { .type = HF_KEY_X448, .algorithm = HF_ALG_NONE },
};
#define PAIR_COUNT (sizeof(pairs) / sizeof(pairs[0]))

static pthread_barrier_t barrier;

typedef struct worker {
    pthread_t thread;
    size_t first; /* pair to begin with */
    size_t peer;  /* to agree with */
    int failure_count;
} worker;

static void count(worker *w, bool is_good)
{
    w->failure_count += is_good ? 0 : 1;
}

static uint16_t agreement_of(uint32_t type)
{
    switch (HF_KEY_FAMILY(type)) {
    case HF_FAMILY_EC:
        return HF_ALG_ECDH;
    case HF_FAMILY_MONTGOMERY:
        return HF_ALG_XDH;
    default:
        return HF_ALG_NONE;
    }
}

static int agree(const shared_pair *p, size_t peer, hf_buffer *out)
{
    const hf_crypto_op op = { .algorithm = agreement_of(p->type),
                              .key = &p->key,
                              .peer = &p->peers[peer] };
    return hf_crypto_agree(&fixture_crypto, 0, &op, out);
}

static void run_sign(worker *w, const shared_pair *p)
{
    blob signature;
    hf_buffer out = blob_buffer(&signature);
    hf_crypto_op op = { .algorithm = p->algorithm,
                        .key = &p->key,
                        .hash = p->algorithm == HF_ALG_ECDSA ? HF_ALG_SHA256 : 0,
                        .input = hf_bytes_of("message", 7) };
    count(w, hf_crypto_sign(&fixture_crypto, 0, &op, &out) == HF_OK);
    op.signature = hf_bytes_of(out.data, out.len);
    count(w, hf_crypto_verify(&fixture_crypto, 0, &op) == HF_OK);
    op.key = &p->peers[0];
    count(w, hf_crypto_verify(&fixture_crypto, 0, &op) == HF_OK);
    op.input.len = 6;
    count(w, hf_crypto_verify(&fixture_crypto, 0, &op) == HF_ERR_VERIFY);
}

static void run_agree(worker *w, const shared_pair *p)
{
    /* Often on the quick ones: two threads must meet in the short time between setting
     * the peer and using it. */
    bool is_quick = p->type == HF_KEY_P256 || p->type == HF_KEY_X25519;
    for (int i = 0; i < (is_quick ? 1000 : 3); i++) {
        blob shared;
        hf_buffer out = blob_buffer(&shared);
        const blob *expected = &p->shared[w->peer];
        count(w, agree(p, w->peer, &out) == HF_OK);
        count(w, out.len == expected->len &&
                     memcmp(out.data, expected->data, expected->len) == 0);
    }
}

static void run_keys(worker *w, const shared_pair *p)
{
    blob raw;
    blob der;
    blob again;
    hf_buffer out = blob_buffer(&raw);
    hf_buffer encoded = blob_buffer(&der);
    hf_buffer decoded = blob_buffer(&again);
    count(w, hf_crypto_generate(&fixture_crypto, 0, p->type, &out) == HF_OK);
    hf_crypto_key key = { .type = p->type, .material = hf_bytes_of(out.data, out.len) };
    count(w,
          hf_crypto_export(&fixture_crypto, 0, &key, HF_FORMAT_DER, &encoded) == HF_OK);
    key.material = hf_bytes_of(encoded.data, encoded.len);
    const hf_key_encoding encoding = { .format = HF_FORMAT_DER };
    count(w, hf_crypto_import(&fixture_crypto, 0, &key, &encoding, &decoded) == HF_OK);
    count(w, decoded.len == out.len && memcmp(decoded.data, out.data, out.len) == 0);
}

static void *work(void *context)
{
    worker *w = context;
    pthread_barrier_wait(&barrier);
    for (size_t i = 0; i < ROUND_COUNT * PAIR_COUNT; i++) {
        const shared_pair *p = &pairs[(w->first + i) % PAIR_COUNT];
        if (p->algorithm != HF_ALG_NONE) {
            run_sign(w, p);
        }
        if (agreement_of(p->type) != HF_ALG_NONE) {
            run_agree(w, p);
        }
        run_keys(w, p);
    }
    return NULL;
}

static blob generate(uint32_t type)
{
    blob secret;
    hf_buffer out = blob_buffer(&secret);
    assert_int_equal(hf_crypto_generate(&fixture_crypto, 0, type, &out), HF_OK);
    secret.len = out.len;
    return secret;
}

static void open_pair(shared_pair *p)
{
    p->secret = generate(p->type);
    p->key = key_of(p->type, &p->secret);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &p->key), HF_OK);
    assert_non_null(p->key.parsed);
    for (size_t i = 0; i < PEER_COUNT; i++) {
        blob secret = i == 0 ? p->secret : generate(p->type);
        const hf_crypto_key key = key_of(p->type, &secret);
        hf_buffer out = blob_buffer(&p->points[i]);
        assert_int_equal(hf_crypto_public_key(&fixture_crypto, 0, &key, &out), HF_OK);
        p->points[i].len = out.len;
        p->peers[i] = key_of(hf_key_type_public(p->type), &p->points[i]);
        assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &p->peers[i]), HF_OK);
        assert_non_null(p->peers[i].parsed);
        if (agreement_of(p->type) != HF_ALG_NONE) {
            out = blob_buffer(&p->shared[i]);
            assert_int_equal(agree(p, i, &out), HF_OK);
            p->shared[i].len = out.len;
        }
    }
}

static void close_pair(shared_pair *p)
{
    hf_crypto_parsed_destroy(&fixture_crypto, 0, p->key.parsed);
    for (size_t i = 0; i < PEER_COUNT; i++) {
        hf_crypto_parsed_destroy(&fixture_crypto, 0, p->peers[i].parsed);
    }
}

static void test_threads_share_parsed_keys(void **state)
{
    (void)state;
    static worker workers[THREAD_COUNT];
    for (size_t i = 0; i < PAIR_COUNT; i++) {
        open_pair(&pairs[i]);
    }
    assert_int_equal(pthread_barrier_init(&barrier, NULL, THREAD_COUNT), 0);
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        /* Two threads each begin at the same key, at the same time: P-256 and X25519. */
        workers[i].first = i < 2 ? 1 : 10;
        workers[i].peer = i % PEER_COUNT;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].failure_count, 0);
    }
    pthread_barrier_destroy(&barrier);
    for (size_t i = 0; i < PAIR_COUNT; i++) {
        close_pair(&pairs[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_share_parsed_keys),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
