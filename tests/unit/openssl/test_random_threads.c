/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The random generators behind the libcrypto device: every thread has its own, they are
 * seeded anew in time, and a child process does not repeat its parent.
 */
#include "fixture.h"

#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#define THREAD_COUNT 8
#define RANDOM_LEN 32

typedef struct worker {
    pthread_t thread;
    pthread_barrier_t *barrier;
    const void *public_generator, *private_generator;
    uint8_t random[RANDOM_LEN], secret[RANDOM_LEN];
    int status;
} worker;

/* A generator lives as long as its thread: they are compared while all of them live. */
static void *draw(void *context)
{
    worker *w = context;
    hf_buffer secret = hf_buffer_of(w->secret, sizeof(w->secret));
    w->status = hf_crypto_random(&fixture_crypto, 0, w->random, sizeof(w->random));
    if (w->status == HF_OK) {
        w->status = hf_crypto_generate(&fixture_crypto, 0, HF_KEY_AES_256, &secret);
    }
    w->public_generator = RAND_get0_public(NULL);
    w->private_generator = RAND_get0_private(NULL);
    pthread_barrier_wait(w->barrier);
    return NULL;
}

static void assert_differ(const worker *a, const worker *b)
{
    assert_ptr_not_equal(a->public_generator, b->public_generator);
    assert_ptr_not_equal(a->private_generator, b->private_generator);
    assert_ptr_not_equal(a->public_generator, b->private_generator);
    assert_memory_not_equal(a->random, b->random, RANDOM_LEN);
    assert_memory_not_equal(a->secret, b->secret, RANDOM_LEN);
}

static void test_every_thread_has_generators_of_its_own(void **state)
{
    (void)state;
    pthread_barrier_t barrier;
    worker workers[THREAD_COUNT];
    assert_int_equal(pthread_barrier_init(&barrier, NULL, THREAD_COUNT), 0);
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        workers[i] = (worker){ .barrier = &barrier, .status = HF_ERR_STATE };
        assert_int_equal(pthread_create(&workers[i].thread, NULL, draw, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
    }
    pthread_barrier_destroy(&barrier);
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        assert_int_equal(workers[i].status, HF_OK);
        assert_non_null(workers[i].public_generator);
        assert_ptr_not_equal(workers[i].public_generator, workers[i].private_generator);
        for (size_t k = 0; k < i; k++) {
            assert_differ(&workers[i], &workers[k]);
        }
    }
}

static unsigned read_number(EVP_RAND_CTX *generator, const char *name)
{
    unsigned number = 0;
    OSSL_PARAM params[] = { OSSL_PARAM_construct_uint(name, &number),
                            OSSL_PARAM_construct_end() };
    assert_int_equal(EVP_RAND_CTX_get_params(generator, params), 1);
    return number;
}

static time_t read_interval(EVP_RAND_CTX *generator)
{
    time_t seconds = 0;
    OSSL_PARAM params[] = { OSSL_PARAM_construct_time_t(
                                OSSL_DRBG_PARAM_RESEED_TIME_INTERVAL, &seconds),
                            OSSL_PARAM_construct_end() };
    assert_int_equal(EVP_RAND_CTX_get_params(generator, params), 1);
    return seconds;
}

/* SP 800-90A 9.2. After how many requests is the generator's own matter; that they lead
 * to a new seed is seen by making them few. */
static void test_generator_is_seeded_anew_in_time(void **state)
{
    (void)state;
    uint8_t random[16];
    assert_int_equal(hf_crypto_random(&fixture_crypto, 0, random, sizeof(random)), HF_OK);
    EVP_RAND_CTX *generator = RAND_get0_public(NULL);
    unsigned before = read_number(generator, OSSL_DRBG_PARAM_RESEED_COUNTER);
    unsigned requests = read_number(generator, OSSL_DRBG_PARAM_RESEED_REQUESTS);
    assert_true(requests > 0 && requests <= 1u << 16);
    assert_true(read_interval(generator) > 0);
    unsigned few = 4;
    OSSL_PARAM params[] = { OSSL_PARAM_construct_uint(OSSL_DRBG_PARAM_RESEED_REQUESTS,
                                                      &few),
                            OSSL_PARAM_construct_end() };
    assert_int_equal(EVP_RAND_CTX_set_params(generator, params), 1);
    for (unsigned i = 0; i < 3 * few; i++) {
        assert_int_equal(hf_crypto_random(&fixture_crypto, 0, random, sizeof(random)),
                         HF_OK);
    }
    unsigned after = read_number(generator, OSSL_DRBG_PARAM_RESEED_COUNTER);
    few = requests;
    assert_int_equal(EVP_RAND_CTX_set_params(generator, params), 1);
    assert_true(after - before >= 2);
}

/* Writes what the child draws. */
static void run_child(int fd)
{
    uint8_t random[RANDOM_LEN];
    int rc = hf_crypto_random(&fixture_crypto, 0, random, sizeof(random));
    bool is_written = rc == HF_OK && write(fd, random, sizeof(random)) == RANDOM_LEN;
    _exit(is_written ? 0 : 1);
}

static void test_child_process_does_not_repeat_its_parent(void **state)
{
    (void)state;
    uint8_t random[3][RANDOM_LEN]; /* of two children and of the parent */
    uint8_t seed[RANDOM_LEN];
    assert_int_equal(hf_crypto_random(&fixture_crypto, 0, seed, sizeof(seed)), HF_OK);
    for (size_t i = 0; i < 2; i++) {
        int fds[2];
        int status = -1;
        assert_int_equal(pipe(fds), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            run_child(fds[1]);
        }
        assert_int_equal(read(fds[0], random[i], RANDOM_LEN), RANDOM_LEN);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        close(fds[0]);
        close(fds[1]);
    }
    assert_int_equal(hf_crypto_random(&fixture_crypto, 0, random[2], RANDOM_LEN), HF_OK);
    assert_memory_not_equal(random[0], random[1], RANDOM_LEN);
    assert_memory_not_equal(random[0], random[2], RANDOM_LEN);
    assert_memory_not_equal(random[1], random[2], RANDOM_LEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_thread_has_generators_of_its_own),
        cmocka_unit_test(test_generator_is_seeded_anew_in_time),
        cmocka_unit_test(test_child_process_does_not_repeat_its_parent),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
