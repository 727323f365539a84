/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The n-th allocation of libcrypto fails, for n = 1, 2, ...: each operation with a
 * symmetric key either succeeds with the right result or gives an error and leaves its
 * output as it was. That nothing is lost then, the leak sanitizer sees.
 */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "cipher_vectors.h"
#include "mac_vectors.h"

/* More than any operation needs; an operation that still fails then is wrong. */
#define ALLOCATION_COUNT_MAX 200u

/* Of the allocations of the first open, about one in so many fails. */
#define STEP 61u

/* Allocations until the one that fails; 0: none fails. */
static unsigned failing;

static bool must_fail(void)
{
    return failing > 0 && --failing == 0;
}

static void *take(size_t len, const char *file, int line)
{
    (void)file;
    (void)line;
    return must_fail() ? NULL : malloc(len);
}

static void *retake(void *memory, size_t len, const char *file, int line)
{
    (void)file;
    (void)line;
    return must_fail() ? NULL : realloc(memory, len);
}

static void give_back(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

/* One operation, from its key to its result: HF_OK or an error, and the output then. */
typedef int (*operation)(const void *context, hf_buffer *out);

static int parse_and(const hf_crypto_op *op, bool is_parsed, hf_crypto_key *key)
{
    *key = *op->key;
    return is_parsed ? hf_crypto_parse(&fixture_crypto, 0, key) : HF_OK;
}

typedef struct subject {
    hf_crypto_op op;
    bool is_parsed, is_backward;
    blob tag; /* of the AEAD that is decrypted */
} subject;

static int run_encrypt(const void *context, hf_buffer *out)
{
    const subject *s = context;
    uint8_t tag_memory[16];
    hf_buffer tag = hf_buffer_of(tag_memory, sizeof(tag_memory));
    hf_crypto_key key;
    hf_crypto_op op = s->op;
    int rc = parse_and(&op, s->is_parsed, &key);
    op.key = &key;
    if (rc == HF_OK) {
        rc = s->is_backward ? hf_crypto_decrypt(&fixture_crypto, 0, &op, out)
                            : hf_crypto_encrypt(&fixture_crypto, 0, &op, out,
                                                s->tag.len != 0 ? &tag : NULL);
    }
    hf_crypto_parsed_destroy(&fixture_crypto, 0, s->is_parsed ? key.parsed : NULL);
    return rc;
}

static int run_mac(const void *context, hf_buffer *out)
{
    const subject *s = context;
    hf_crypto_key key;
    hf_crypto_op op = s->op;
    int rc = parse_and(&op, s->is_parsed, &key);
    op.key = &key;
    if (rc == HF_OK) {
        rc = hf_crypto_mac(&fixture_crypto, 0, &op, out);
    }
    hf_crypto_parsed_destroy(&fixture_crypto, 0, s->is_parsed ? key.parsed : NULL);
    return rc;
}

static int run_hash(const void *context, hf_buffer *out)
{
    const subject *s = context;
    return hf_crypto_xof(&fixture_crypto, 0, &s->op, out);
}

static int run_stream(const void *context, hf_buffer *out)
{
    const subject *s = context;
    uint8_t tag_memory[16];
    hf_buffer tag = hf_buffer_of(tag_memory, sizeof(tag_memory));
    hf_crypto_stream stream = { .stream = NULL };
    hf_crypto_op op = s->op;
    op.input = hf_bytes_of(NULL, 0);
    size_t before = out->len;
    int rc = hf_crypto_stream_open(&fixture_crypto, 0, &op, s->is_backward, &stream);
    if (rc == HF_OK) {
        rc = hf_crypto_stream_update(&fixture_crypto, &stream, s->op.input, out);
    }
    if (rc == HF_OK) {
        rc = hf_crypto_stream_finish(&fixture_crypto, &stream, out,
                                     s->tag.len != 0 ? &tag : NULL);
    }
    hf_crypto_stream_close(&fixture_crypto, &stream);
    out->len = rc == HF_OK ? out->len : before; /* what update gave was its caller's */
    return rc;
}

/* Until no allocation is left to fail. At least one must be. */
static void check_each_allocation(operation run, const subject *s, const char *expected)
{
    size_t failure_count = 0;
    for (unsigned n = 1; n < ALLOCATION_COUNT_MAX; n++) {
        blob memory = repeat(0x55, 4);
        hf_buffer out = { .data = memory.data, .size = sizeof(memory.data), .len = 4 };
        failing = n;
        int rc = run(s, &out);
        bool is_over = failing > 0;
        failing = 0;
        if (rc == HF_OK) {
            assert_bytes(hf_bytes_of(out.data + 4, out.len - 4), expected);
        } else {
            failure_count++;
            assert_true(rc == HF_ERR_NOMEM || rc == HF_ERR_CRYPTO);
            assert_int_equal(out.len, 4);
            assert_int_equal(ERR_peek_error(), 0);
        }
        if (is_over) {
            assert_int_equal(rc, HF_OK);
            assert_true(failure_count > 0);
            return;
        }
    }
    fail_msg("more than %u allocations", ALLOCATION_COUNT_MAX);
}

static void test_ciphers_survive_each_allocation_that_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < cipher_vector_count; i++) {
        const cipher_vector *v = &cipher_vectors[i];
        const hf_algorithm *row = hf_algorithm_find(v->algorithm);
        blob material = unhex(v->key);
        blob nonce = unhex(v->nonce);
        blob aad = unhex(v->aad);
        blob plain = unhex(v->plain);
        blob cipher = unhex(v->cipher);
        hf_crypto_key key = key_of(v->key_type, &material);
        subject s = { .op = { .algorithm = v->algorithm,
                              .key = &key,
                              .nonce = blob_bytes(&nonce),
                              .aad = blob_bytes(&aad) },
                      .tag = unhex(v->tag) };
        s.op.output_len = (uint32_t)s.tag.len;
        for (int parsed = 0; parsed < 2; parsed++) {
            s.is_parsed = parsed != 0;
            s.is_backward = false;
            s.op.input = blob_bytes(&plain);
            s.op.signature = hf_bytes_of(NULL, 0);
            check_each_allocation(run_encrypt, &s, v->cipher);
            if ((row->traits & HF_TRAIT_STREAM) != 0) {
                check_each_allocation(run_stream, &s, v->cipher);
            }
            s.is_backward = true;
            s.op.input = blob_bytes(&cipher);
            s.op.signature = blob_bytes(&s.tag);
            check_each_allocation(run_encrypt, &s, v->plain);
        }
    }
}

static void test_macs_survive_each_allocation_that_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < mac_vector_count; i++) {
        const mac_vector *v = &mac_vectors[i];
        blob material = unhex(v->key);
        blob nonce = unhex(v->nonce);
        blob data = unhex(v->data);
        hf_crypto_key key = key_of(v->key_type, &material);
        subject s = { .op = { .algorithm = v->algorithm,
                              .key = &key,
                              .nonce = blob_bytes(&nonce),
                              .input = blob_bytes(&data) },
                      .is_backward = true };
        check_each_allocation(run_stream, &s, v->mac);
        for (int parsed = 0; parsed < 2; parsed++) {
            s.is_parsed = parsed != 0;
            if (v->algorithm != HF_ALG_HMAC_SHA1) { /* it is verified only */
                check_each_allocation(run_mac, &s, v->mac);
            }
        }
    }
}

static void test_hashes_survive_each_allocation_that_fails(void **state)
{
    (void)state;
    for (uint16_t id = HF_ALG_SHA1; id <= HF_ALG_SHAKE256; id++) {
        char hex[2 * 64 + 1] = "";
        blob digest;
        hf_buffer out = blob_buffer(&digest);
        const subject s = { .op = { .algorithm = id,
                                    .output_len = id >= HF_ALG_SHAKE128 ? 40 : 0,
                                    .input = hf_bytes_of("abc", 3) } };
        assert_int_equal(run_hash(&s, &out), HF_OK);
        for (size_t i = 0; i < out.len; i++) {
            static const char digits[] = "0123456789abcdef";
            hex[2 * i] = digits[out.data[i] >> 4];
            hex[2 * i + 1] = digits[out.data[i] & 15];
        }
        check_each_allocation(run_hash, &s, hex);
        check_each_allocation(run_stream, &s, hex);
    }
}

/* Is every hash, MAC and cipher there, with every key that fits? */
static bool has_all(hf_openssl *openssl)
{
    const hf_crypto_device_config device = hf_openssl_device(openssl);
    const hf_algorithm *row;
    const hf_key_type_info *info;
    bool has = true;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        if (row->class == HF_CLASS_HASH) {
            has = has && device.ops->is_supported(openssl, row->id, 0);
        }
        bool is_ours = row->class == HF_CLASS_MAC || row->class == HF_CLASS_CIPHER ||
                       row->class == HF_CLASS_AEAD;
        for (size_t k = 0; is_ours && (info = hf_key_type_at(k)) != NULL; k++) {
            has = has && (!hf_algorithm_fits(row, info->type, false) ||
                          device.ops->is_supported(openssl, row->id, info->type));
        }
    }
    return has;
}

/* Open with the n-th failing. False: it opened, but not with all that there must be. */
static bool open_with(unsigned n, bool must_have_all, bool *is_over)
{
    hf_openssl *openssl = NULL;
    failing = n;
    int rc = hf_openssl_open(&openssl);
    *is_over = failing > 0;
    failing = 0;
    bool is_good = (rc == HF_OK) == (openssl != NULL) && ERR_peek_error() == 0 &&
                   (rc != HF_OK || !must_have_all || has_all(openssl));
    hf_openssl_close(openssl);
    return is_good;
}

/* In a process that has not used libcrypto before, where libcrypto makes each algorithm;
 * one that it cannot make then, it does not have. 0 good, 1 not, 2 good and no allocation
 * was left to fail. */
static int status_of_child(unsigned n)
{
    bool is_over = false;
    pid_t pid = fork();
    if (pid == 0) {
        bool is_good = open_with(n, false, &is_over);
        _exit(!is_good ? 1 : is_over ? 2 : 0);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* It takes thousands of them: some fail, the same in each run. */
static void test_first_open_survives_allocations_that_fail(void **state)
{
    (void)state;
    int status = 0;
    for (unsigned n = 1; status == 0; n += STEP) {
        status = status_of_child(n);
        assert_int_not_equal(status, 1);
    }
}

/* Later ones find the algorithms made: none of their allocations costs one. */
static void test_open_survives_each_allocation_that_fails(void **state)
{
    (void)state;
    bool is_over = false;
    for (unsigned n = 1; !is_over; n++) {
        assert_true(open_with(n, true, &is_over));
    }
}

int main(void)
{
    const struct CMUnitTest first[] = {
        cmocka_unit_test(test_first_open_survives_allocations_that_fail),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ciphers_survive_each_allocation_that_fails),
        cmocka_unit_test(test_macs_survive_each_allocation_that_fails),
        cmocka_unit_test(test_hashes_survive_each_allocation_that_fails),
        cmocka_unit_test(test_open_survives_each_allocation_that_fails),
    };
    if (CRYPTO_set_mem_functions(take, retake, give_back) != 1) {
        return 1;
    }
    int failed = cmocka_run_group_tests(first, NULL, NULL);
    return failed + cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
