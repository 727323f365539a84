/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Many threads: on one parsed key of each kind in the concurrent device, and on the
 * accelerator, which ends the program if its lock ever lets two of them in. Meant for
 * ThreadSanitizer too. Threads count their failures; only the main thread asserts.
 */
#include "fixture.h"

#include <pthread.h>
#include <string.h>

#include "harness/accelerator.h"
#include "holdfast/posix_lock.h"

#define THREAD_COUNT 8
#define ROUND_COUNT 60

typedef struct shared {
    hf_crypto *crypto;
    uint32_t device;
    const hf_crypto_key *keys; /* P-256, Ed25519, HMAC, AES-256 */
    const blob *mac;           /* of "message" with the HMAC key */
    pthread_barrier_t barrier;
} shared;

typedef struct worker {
    pthread_t thread;
    shared *shared;
    uint8_t number;
    int failure_count;
} worker;

static void count(worker *w, bool is_good)
{
    w->failure_count += is_good ? 0 : 1;
}

static void sign_and_verify(worker *w, uint16_t algorithm, const hf_crypto_key *key)
{
    shared *s = w->shared;
    uint8_t digest[32];
    uint8_t signature[72];
    memset(digest, w->number, sizeof(digest));
    hf_buffer out = hf_buffer_of(signature, sizeof(signature));
    hf_crypto_op op = { .algorithm = algorithm,
                        .key = key,
                        .input = hf_bytes_of(digest, sizeof(digest)) };
    count(w, hf_crypto_sign(s->crypto, s->device, &op, &out) == HF_OK);
    op.signature = hf_bytes_of(out.data, out.len);
    count(w, hf_crypto_verify(s->crypto, s->device, &op) == HF_OK);
    digest[0] ^= 1;
    count(w, hf_crypto_verify(s->crypto, s->device, &op) == HF_ERR_VERIFY);
}

static void make_mac(worker *w, const hf_crypto_key *key)
{
    shared *s = w->shared;
    uint8_t mac[32];
    hf_buffer out = hf_buffer_of(mac, sizeof(mac));
    const hf_crypto_op op = { .algorithm = HF_ALG_HMAC_SHA256,
                              .key = key,
                              .input = hf_bytes_of("message", 7) };
    count(w, hf_crypto_mac(s->crypto, s->device, &op, &out) == HF_OK);
    count(w, memcmp(mac, s->mac->data, sizeof(mac)) == 0);
}

static void seal_and_open(worker *w, const hf_crypto_key *key)
{
    shared *s = w->shared;
    uint8_t nonce[12] = { w->number };
    uint8_t memory[3][64];
    memset(memory[0], w->number, 64);
    hf_buffer sealed = hf_buffer_of(memory[1], 64);
    hf_buffer opened = hf_buffer_of(memory[2], 64);
    uint8_t tag_memory[16];
    hf_buffer tag = hf_buffer_of(tag_memory, 16);
    hf_crypto_op op = { .algorithm = HF_ALG_AES_GCM,
                        .key = key,
                        .input = hf_bytes_of(memory[0], 64),
                        .nonce = hf_bytes_of(nonce, 12) };
    count(w, hf_crypto_encrypt(s->crypto, s->device, &op, &sealed, &tag) == HF_OK);
    op.input = hf_bytes_of(sealed.data, sealed.len);
    op.signature = hf_bytes_of(tag.data, tag.len);
    count(w, hf_crypto_decrypt(s->crypto, s->device, &op, &opened) == HF_OK);
    count(w, memcmp(memory[0], memory[2], 64) == 0);
}

static void *work(void *context)
{
    worker *w = context;
    const hf_crypto_key *keys = w->shared->keys;
    pthread_barrier_wait(&w->shared->barrier);
    for (int i = 0; i < ROUND_COUNT; i++) {
        sign_and_verify(w, HF_ALG_ECDSA, &keys[0]);
        sign_and_verify(w, HF_ALG_ED25519, &keys[1]);
        make_mac(w, &keys[2]);
        seal_and_open(w, &keys[3]);
    }
    return NULL;
}

static void run_threads(hf_crypto *crypto, uint32_t device, const hf_crypto_key *keys)
{
    worker workers[THREAD_COUNT];
    blob mac;
    hf_buffer out = blob_buffer(&mac);
    const hf_crypto_op op = { .algorithm = HF_ALG_HMAC_SHA256,
                              .key = &keys[2],
                              .input = hf_bytes_of("message", 7) };
    assert_int_equal(hf_crypto_mac(crypto, device, &op, &out), HF_OK);
    shared s = { .crypto = crypto, .device = device, .keys = keys, .mac = &mac };
    assert_int_equal(pthread_barrier_init(&s.barrier, NULL, THREAD_COUNT), 0);
    for (uint8_t i = 0; i < THREAD_COUNT; i++) {
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
}

typedef struct device_pair {
    hf_openssl *openssl;
    accelerator acc;
    hf_posix_mutex mutex;
    hf_lock_config lock;
    hf_crypto crypto; /* 0: accelerator, 1: software */
} device_pair;

static int set_up(void **state)
{
    static device_pair pair;
    if (hf_openssl_open(&pair.openssl) != HF_OK) {
        return -1;
    }
    pair.lock = (hf_lock_config){ .ops = &hf_posix_mutex_ops, .context = &pair.mutex };
    accelerator_init(&pair.acc,
                     &(accelerator_config){ .inner = hf_openssl_device(pair.openssl),
                                            .lock = &pair.lock,
                                            .spin_count = 200 });
    const hf_crypto_device_config devices[] = { accelerator_device(&pair.acc),
                                                hf_openssl_device(pair.openssl) };
    *state = &pair;
    return hf_crypto_init(&pair.crypto, devices, 2);
}

static int tear_down(void **state)
{
    device_pair *pair = *state;
    int rc = hf_crypto_cleanup(&pair->crypto);
    hf_openssl_close(pair->openssl);
    return rc;
}

static const uint32_t key_types[] = { HF_KEY_P256, HF_KEY_ED25519, HF_KEY_HMAC,
                                      HF_KEY_AES_256 };

static void run_on(device_pair *pair, uint32_t device)
{
    blob material = repeat(0x42, 32);
    hf_crypto_key keys[4];
    for (size_t i = 0; i < 4; i++) {
        keys[i] = key_of(key_types[i], &material);
        assert_int_equal(hf_crypto_parse(&pair->crypto, device, &keys[i]), HF_OK);
    }
    run_threads(&pair->crypto, device, keys);
    for (size_t i = 0; i < 4; i++) {
        hf_crypto_parsed_destroy(&pair->crypto, device, keys[i].parsed);
    }
}

static void test_software_threads_share_parsed_keys(void **state)
{
    device_pair *pair = *state;
    uint64_t before = accelerator_operations(&pair->acc);
    run_on(pair, 1);
    assert_int_equal(accelerator_operations(&pair->acc), before);
}

static void test_accelerator_threads_take_turns(void **state)
{
    device_pair *pair = *state;
    run_on(pair, 0);
    assert_int_equal(accelerator_violations(&pair->acc), 0);
    assert_true(accelerator_operations(&pair->acc) >= THREAD_COUNT * ROUND_COUNT * 9);
}

/* A key that the one device parsed is not handed to the other. */
static void test_key_parsed_elsewhere_is_usable_on_any_device(void **state)
{
    device_pair *pair = *state;
    blob material = repeat(0x42, 32);
    blob digest = repeat(1, 32);
    hf_crypto_key key = key_of(HF_KEY_P256, &material);
    int not_a_key = 0;
    key.parsed = &not_a_key;
    key.device = 3;
    const hf_crypto_op op = { .algorithm = HF_ALG_ECDSA,
                              .key = &key,
                              .input = blob_bytes(&digest) };
    for (uint32_t device = 0; device < 2; device++) {
        blob signature;
        hf_buffer out = blob_buffer(&signature);
        assert_int_equal(hf_crypto_sign(&pair->crypto, device, &op, &out), HF_OK);
    }
}

/* ---- software does not wait for a busy accelerator ---- */

typedef struct gate {
    hf_atomic_u32 is_open;
} gate;

static bool wait_for_gate(void *context)
{
    gate *g = context;
    return hf_atomic_u32_load_acquire(&g->is_open) == 0; /* with the store below */
}

static void *hash_on_accelerator(void *context)
{
    device_pair *pair = context;
    uint8_t digest[32];
    hf_buffer out = hf_buffer_of(digest, sizeof(digest));
    int rc = hf_crypto_hash(&pair->crypto, 0, HF_ALG_SHA256, hf_bytes_of("a", 1), &out);
    return rc == HF_OK ? NULL : context;
}

static void test_software_does_not_wait_for_the_accelerator(void **state)
{
    device_pair *pair = *state;
    gate g = { .is_open = { 0 } };
    pair->acc.config.must_wait = wait_for_gate;
    pair->acc.config.wait_context = &g;
    pthread_t threads[3];
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, hash_on_accelerator, pair), 0);
    }
    while (!accelerator_is_inside(&pair->acc)) {
    }
    /* One is inside and stays there, others are behind it; all of this comes to an end.
     * */
    for (int i = 0; i < 100; i++) {
        uint8_t digest[32];
        hf_buffer out = hf_buffer_of(digest, sizeof(digest));
        assert_int_equal(
            hf_crypto_hash(&pair->crypto, 1, HF_ALG_SHA256, hf_bytes_of("a", 1), &out),
            HF_OK);
    }
    assert_true(accelerator_is_inside(&pair->acc));
    hf_atomic_u32_store_release(&g.is_open, 1);
    for (size_t i = 0; i < 3; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    pair->acc.config.must_wait = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_software_threads_share_parsed_keys),
        cmocka_unit_test(test_accelerator_threads_take_turns),
        cmocka_unit_test(test_key_parsed_elsewhere_is_usable_on_any_device),
        cmocka_unit_test(test_software_does_not_wait_for_the_accelerator),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
