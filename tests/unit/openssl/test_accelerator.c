/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The simulated accelerator in one thread: that it notices a second one inside, fails the
 * n-th operation, and that selection prefers it for what it does.
 */
#include "fixture.h"

#include <string.h>

#include "harness/accelerator.h"

typedef struct accelerator_fixture {
    hf_openssl *openssl;
    accelerator acc;
    hf_crypto crypto;
} accelerator_fixture;

static void set_up(accelerator_fixture *f, accelerator_config config)
{
    assert_int_equal(hf_openssl_open(&f->openssl), HF_OK);
    config.inner = hf_openssl_device(f->openssl);
    accelerator_init(&f->acc, &config);
    const hf_crypto_device_config devices[] = { accelerator_device(&f->acc),
                                                hf_openssl_device(f->openssl) };
    assert_int_equal(hf_crypto_init(&f->crypto, devices, 2), HF_OK);
}

static void tear_down(accelerator_fixture *f)
{
    assert_int_equal(hf_crypto_cleanup(&f->crypto), HF_OK);
    hf_openssl_close(f->openssl);
}

static int hash(accelerator_fixture *f)
{
    blob digest;
    hf_buffer out = blob_buffer(&digest);
    return hf_crypto_hash(&f->crypto, 0, HF_ALG_SHA256, hf_bytes_of("abc", 3), &out);
}

/* Enters the device again from within: what a second thread would do without a lock. */
static bool enter_again(void *context)
{
    accelerator *acc = context;
    const hf_crypto_device_config device = accelerator_device(acc);
    uint8_t random[4];
    assert_true(accelerator_is_inside(acc));
    assert_int_equal(device.ops->random(device.context, random, sizeof(random)), HF_OK);
    return false;
}

static void test_accelerator_second_inside_is_counted(void **state)
{
    (void)state;
    accelerator_fixture f;
    set_up(&f, (accelerator_config){ .survives_violations = true,
                                     .must_wait = enter_again,
                                     .wait_context = &f.acc });
    assert_int_equal(hash(&f), HF_OK);
    assert_int_equal(accelerator_violations(&f.acc), 1);
    assert_int_equal(accelerator_operations(&f.acc), 2);
    assert_false(accelerator_is_inside(&f.acc));
    tear_down(&f);
}

static void test_accelerator_fails_the_nth_operation(void **state)
{
    (void)state;
    accelerator_fixture f;
    set_up(&f, (accelerator_config){ .spin_count = 3 });
    for (uint64_t n = 1; n <= 4; n++) {
        accelerator_fail(&f.acc, n, HF_ERR_CRYPTO);
        for (uint64_t i = 1; i <= 5; i++) {
            assert_int_equal(hash(&f), i == n ? HF_ERR_CRYPTO : HF_OK);
        }
    }
    assert_int_equal(accelerator_operations(&f.acc), 20);
    assert_int_equal(accelerator_violations(&f.acc), 0);
    tear_down(&f);
}

/* A failing device is an error: the software beside it is not asked. */
static void test_accelerator_failure_does_not_fall_back(void **state)
{
    (void)state;
    accelerator_fixture f;
    set_up(&f, (accelerator_config){ .spin_count = 0 });
    blob material = repeat(7, 32);
    blob digest = repeat(1, 32);
    uint8_t memory[80];
    memset(memory, 0x55, sizeof(memory));
    hf_buffer out = { .data = memory, .size = sizeof(memory), .len = 3 };
    const hf_crypto_key key = key_of(HF_KEY_P256, &material);
    const hf_crypto_op op = { .algorithm = HF_ALG_ECDSA,
                              .key = &key,
                              .input = blob_bytes(&digest) };
    accelerator_fail(&f.acc, 1, HF_ERR_CRYPTO);
    assert_int_equal(hf_crypto_sign(&f.crypto, 0, &op, &out), HF_ERR_CRYPTO);
    assert_int_equal(out.len, 3);
    for (size_t i = 0; i < 3 + 72; i++) {
        assert_int_equal(memory[i], i < 3 ? 0x55 : 0);
    }
    tear_down(&f);
}

static void test_accelerator_is_selected_for_what_it_does(void **state)
{
    (void)state;
    static const uint16_t only_ecdsa[] = { HF_ALG_ECDSA };
    accelerator_fixture f;
    uint32_t device = 0;
    set_up(&f, (accelerator_config){ .algorithms = only_ecdsa, .algorithm_count = 1 });
    assert_int_equal(
        hf_crypto_select(&f.crypto, HF_ALG_ECDSA, HF_KEY_P256, HF_AFFINITY_ANY, &device),
        HF_OK);
    assert_int_equal(device, 0);
    assert_int_equal(hf_crypto_select(&f.crypto, HF_ALG_ECDSA, HF_KEY_P256,
                                      HF_AFFINITY_SOFTWARE, &device),
                     HF_OK);
    assert_int_equal(device, 1);
    assert_int_equal(
        hf_crypto_select(&f.crypto, HF_ALG_SHA256, 0, HF_AFFINITY_ANY, &device), HF_OK);
    assert_int_equal(device, 1);
    assert_int_equal(
        hf_crypto_select(&f.crypto, HF_ALG_SHA256, 0, HF_AFFINITY_HARDWARE, &device),
        HF_ERR_NOTSUPPORTED);
    tear_down(&f);
}

/* Each operation passes through once, so each is counted once. */
static void test_accelerator_passes_every_operation_on(void **state)
{
    (void)state;
    accelerator_fixture f;
    set_up(&f, (accelerator_config){ .spin_count = 0 });
    blob material = repeat(7, 32);
    blob nonce = repeat(1, 12);
    blob text[3];
    hf_buffer out = blob_buffer(&text[0]);
    hf_buffer tag = blob_buffer(&text[1]);
    hf_buffer plain = blob_buffer(&text[2]);
    hf_crypto_key key = key_of(HF_KEY_AES_256, &material);
    hf_crypto_op op = { .algorithm = HF_ALG_AES_GCM,
                        .key = &key,
                        .input = hf_bytes_of("abc", 3),
                        .nonce = blob_bytes(&nonce) };
    hf_crypto_stream stream = { .stream = NULL };
    assert_int_equal(hf_crypto_encrypt(&f.crypto, 0, &op, &out, &tag), HF_OK);
    op.input = hf_bytes_of(out.data, out.len);
    op.signature = hf_bytes_of(tag.data, tag.len);
    assert_int_equal(hf_crypto_decrypt(&f.crypto, 0, &op, &plain), HF_OK);
    assert_memory_equal(plain.data, "abc", 3);
    assert_int_equal(hf_crypto_generate(&f.crypto, 0, HF_KEY_P256, &out), HF_OK);
    assert_int_equal(hf_crypto_stream_open(&f.crypto, 0,
                                           &(hf_crypto_op){ .algorithm = HF_ALG_SHA512 },
                                           false, &stream),
                     HF_OK);
    assert_int_equal(hf_crypto_stream_update(&f.crypto, &stream, op.input, NULL), HF_OK);
    assert_int_equal(hf_crypto_stream_finish(&f.crypto, &stream, &out, NULL), HF_OK);
    hf_crypto_stream_close(&f.crypto, &stream);
    key.type = HF_KEY_ED25519;
    assert_int_equal(hf_crypto_parse(&f.crypto, 0, &key), HF_OK);
    assert_int_equal(hf_crypto_public_key(&f.crypto, 0, &key, &out), HF_OK);
    hf_crypto_parsed_destroy(&f.crypto, 0, key.parsed);
    assert_int_equal(hf_crypto_import(&f.crypto, 0, &key,
                                      &(hf_key_encoding){ .format = HF_FORMAT_RAW },
                                      &out),
                     HF_OK);
    assert_int_equal(hf_crypto_export(&f.crypto, 0, &key, HF_FORMAT_DER, &out), HF_OK);
    assert_int_equal(accelerator_operations(&f.acc), 12);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accelerator_second_inside_is_counted),
        cmocka_unit_test(test_accelerator_fails_the_nth_operation),
        cmocka_unit_test(test_accelerator_failure_does_not_fall_back),
        cmocka_unit_test(test_accelerator_is_selected_for_what_it_does),
        cmocka_unit_test(test_accelerator_passes_every_operation_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
