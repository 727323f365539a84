/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * hf_crypto over fake devices: life, selection, the device lock, what is checked before a
 * device is called, and the outputs after an error.
 */
#include "fake_device.h"

#include <string.h>

static const uint8_t material[128] = { 1 }; /* of any key */
static const uint8_t nonce[16];

static hf_crypto_key key_of(uint32_t type)
{
    return (hf_crypto_key){ .type = type,
                            .material = hf_bytes_of(
                                material, hf_key_type_find(type)->raw_len_max) };
}

/* ---- life ---- */

static void test_init_bad_arguments_are_refused(void **state)
{
    (void)state;
    fake_device fake = { .status = HF_OK };
    hf_crypto crypto;
    hf_crypto_device_config devices[HF_CFG_CRYPTO_DEVICES_MAX + 1];
    for (size_t i = 0; i <= HF_CFG_CRYPTO_DEVICES_MAX; i++) {
        devices[i] = fake_config(&fake);
    }
    assert_int_equal(hf_crypto_init(NULL, devices, 1), HF_ERR_ARG);
    assert_int_equal(hf_crypto_init(&crypto, NULL, 1), HF_ERR_ARG);
    assert_int_equal(hf_crypto_init(&crypto, devices, HF_CFG_CRYPTO_DEVICES_MAX + 1),
                     HF_ERR_ARG);
    devices[1].ops = NULL;
    assert_int_equal(hf_crypto_init(&crypto, devices, 2), HF_ERR_ARG);
    assert_int_equal(crypto.device_count, 0);
    assert_int_equal(hf_crypto_cleanup(NULL), HF_ERR_ARG);
}

static void test_init_without_devices_supports_nothing(void **state)
{
    (void)state;
    hf_crypto crypto;
    uint32_t device = 7;
    assert_int_equal(hf_crypto_init(&crypto, NULL, 0), HF_OK);
    assert_int_equal(hf_crypto_select(&crypto, HF_ALG_SHA256, 0, 0, &device),
                     HF_ERR_NOTSUPPORTED);
    assert_int_equal(device, HF_CRYPTO_DEVICE_NONE);
    assert_int_equal(hf_crypto_cleanup(&crypto), HF_OK);
    assert_int_equal(hf_crypto_cleanup(&crypto), HF_OK);
}

#if HF_CFG_THREADSAFE

static hf_crypto_device_config exclusive_config(fake_device *fake,
                                                const hf_lock_config *lock)
{
    hf_crypto_device_config config = fake_config(fake);
    config.is_exclusive = true;
    config.lock = lock;
    return config;
}

static void test_init_failing_lock_leaves_no_lock(void **state)
{
    (void)state;
    fake_device fake = { .status = HF_OK };
    fake_lock good = { .init_status = HF_OK };
    fake_lock bad = { .init_status = HF_ERR_SYSTEM };
    const hf_lock_config good_lock = { .ops = &fake_lock_ops, .context = &good };
    const hf_lock_config bad_lock = { .ops = &fake_lock_ops, .context = &bad };
    const hf_crypto_device_config devices[] = { exclusive_config(&fake, &good_lock),
                                                exclusive_config(&fake, &bad_lock) };
    hf_crypto crypto;
    assert_int_equal(hf_crypto_init(&crypto, devices, 2), HF_ERR_SYSTEM);
    assert_int_equal(crypto.device_count, 0);
    assert_int_equal(good.init_count, 1);
    assert_int_equal(good.cleanup_count, 1);
    assert_int_equal(bad.cleanup_count, 0);
}

/* ---- the device lock ---- */

typedef struct locked_fixture {
    fake_device fake;
    fake_lock lock;
    hf_lock_config lock_config;
    hf_crypto crypto;
} locked_fixture;

static void set_up_locked(locked_fixture *f)
{
    *f = (locked_fixture){ .fake = { .out_len = 4, .lock = &f->lock } };
    f->lock_config = (hf_lock_config){ .ops = &fake_lock_ops, .context = &f->lock };
    const hf_crypto_device_config device = exclusive_config(&f->fake, &f->lock_config);
    assert_int_equal(hf_crypto_init(&f->crypto, &device, 1), HF_OK);
}

/* Calls every operation once and returns how many gave the status. */
static int call_all(hf_crypto *crypto, int status)
{
    uint8_t memory[256];
    uint8_t tag_memory[64];
    hf_buffer out = hf_buffer_of(memory, sizeof(memory));
    hf_buffer tag = hf_buffer_of(tag_memory, sizeof(tag_memory));
    hf_crypto_key p256 = key_of(HF_KEY_P256);
    hf_crypto_key aes = key_of(HF_KEY_AES_128);
    hf_crypto_key hmac = key_of(HF_KEY_HMAC);
    const hf_bytes input = hf_bytes_of(material, 32);
    const hf_crypto_op sign = { .algorithm = HF_ALG_ECDSA, .key = &p256, .input = input };
    const hf_crypto_op mac = { .algorithm = HF_ALG_HMAC_SHA256, .key = &hmac };
    const hf_crypto_op seal = { .algorithm = HF_ALG_AES_GCM,
                                .key = &aes,
                                .input = input,
                                .nonce = hf_bytes_of(nonce, 12),
                                .signature = hf_bytes_of(nonce, 16) };
    const hf_crypto_op derive = {
        .algorithm = HF_ALG_HKDF, .key = &hmac, .hash = HF_ALG_SHA256, .output_len = 16
    };
    hf_crypto_key peer = key_of(HF_KEY_P256_PUBLIC);
    const hf_crypto_op agree = { .algorithm = HF_ALG_ECDH, .key = &p256, .peer = &peer };
    hf_crypto_key ml_kem = key_of(HF_KEY_ML_KEM_512);
    const hf_crypto_op kem = { .algorithm = HF_ALG_ML_KEM, .key = &ml_kem };
    hf_crypto_op unkem = kem;
    uint8_t ciphertext[768] = { 0 };
    hf_buffer big = hf_buffer_of(ciphertext, sizeof(ciphertext));
    unkem.input = hf_bytes_of(ciphertext, sizeof(ciphertext));
    const hf_crypto_stream open = { .stream = FAKE_STREAM, .algorithm = HF_ALG_SHA256 };
    hf_crypto_stream stream = open; /* after a failed update it would be closed only */
    hf_crypto_stream whole = open;
    hf_crypto_stream fresh = { .stream = NULL };
    const int results[] = {
        hf_crypto_random(crypto, 0, memory, 8),
        hf_crypto_generate(crypto, 0, HF_KEY_P256, &out),
        hf_crypto_import(crypto, 0, &p256, &(hf_key_encoding){ .format = HF_FORMAT_RAW },
                         &out),
        hf_crypto_export(crypto, 0, &p256, HF_FORMAT_RAW, &out),
        hf_crypto_public_key(crypto, 0, &p256, &out),
        hf_crypto_parse(crypto, 0, &p256),
        hf_crypto_hash(crypto, 0, HF_ALG_SHA256, input, &out),
        hf_crypto_stream_open(crypto, 0, &(hf_crypto_op){ .algorithm = HF_ALG_SHA256 },
                              false, &fresh),
        hf_crypto_stream_update(crypto, &stream, input, NULL),
        hf_crypto_stream_finish(crypto, &whole, &out, NULL),
        hf_crypto_mac(crypto, 0, &mac, &out),
        hf_crypto_sign(crypto, 0, &sign, &out),
        hf_crypto_verify(crypto, 0, &sign),
        hf_crypto_encrypt(crypto, 0, &seal, &out, &tag),
        hf_crypto_decrypt(crypto, 0, &seal, &out),
        hf_crypto_derive(crypto, 0, &derive, &out),
        hf_crypto_agree(crypto, 0, &agree, &out),
        hf_crypto_encapsulate(crypto, 0, &kem, &big, &tag),
        hf_crypto_decapsulate(crypto, 0, &unkem, &out),
    };
    hf_crypto_parsed_destroy(crypto, 0, FAKE_PARSED);
    hf_crypto_stream_close(crypto, &stream);
    int count = 0;
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        count += results[i] == status ? 1 : 0;
    }
    return count;
}

static void test_every_operation_holds_the_lock_once(void **state)
{
    (void)state;
    locked_fixture f;
    set_up_locked(&f);
    assert_int_equal(call_all(&f.crypto, HF_OK), 19);
    assert_int_equal(f.fake.call_count, 21);
    assert_int_equal(f.fake.wipe_count, 21);
    assert_int_equal(f.fake.wipe_hash_count, 1);
    assert_int_equal(f.lock.acquire_count, 21);
    assert_int_equal(f.fake.unlocked_count, 0);
    assert_int_equal(f.lock.depth, 0);
    assert_int_equal(hf_crypto_cleanup(&f.crypto), HF_OK);
    assert_int_equal(f.lock.cleanup_count, 1);
}

static void test_every_failing_operation_releases_the_lock(void **state)
{
    (void)state;
    locked_fixture f;
    set_up_locked(&f);
    f.fake.status = HF_ERR_CRYPTO;
    assert_int_equal(call_all(&f.crypto, HF_ERR_CRYPTO), 19);
    assert_int_equal(f.fake.wipe_count, 21);
    assert_int_equal(f.fake.wipe_hash_count, 1);
    assert_int_equal(f.lock.depth, 0);
    assert_int_equal(hf_crypto_cleanup(&f.crypto), HF_OK);
}

static void test_lock_that_cannot_be_had_keeps_the_device_out(void **state)
{
    (void)state;
    locked_fixture f;
    set_up_locked(&f);
    f.lock.acquire_status = HF_ERR_ABORTED;
    assert_int_equal(call_all(&f.crypto, HF_ERR_ABORTED), 19);
    assert_int_equal(f.fake.call_count, 0);
    assert_int_equal(hf_crypto_cleanup(&f.crypto), HF_OK);
}

static void test_lock_that_cannot_be_released_is_an_error(void **state)
{
    (void)state;
    locked_fixture f;
    uint8_t memory[16] = { 0 };
    set_up_locked(&f);
    f.lock.release_status = HF_ERR_LOCKED;
    assert_int_equal(hf_crypto_random(&f.crypto, 0, memory, 16), HF_ERR_LOCKED);
    assert_int_equal(memory[0], 0);
    f.fake.status = HF_ERR_CRYPTO; /* the first error wins */
    assert_int_equal(hf_crypto_random(&f.crypto, 0, memory, 16), HF_ERR_CRYPTO);
    assert_int_equal(hf_crypto_cleanup(&f.crypto), HF_OK);
}

/* A concurrent device never touches the lock of its configuration. */
static void test_concurrent_device_takes_no_lock(void **state)
{
    (void)state;
    fake_device fake = { .out_len = 4 };
    fake_lock lock = { .init_status = HF_OK };
    const hf_lock_config lock_config = { .ops = &fake_lock_ops, .context = &lock };
    hf_crypto_device_config device = exclusive_config(&fake, &lock_config);
    device.is_exclusive = false;
    hf_crypto crypto;
    assert_int_equal(hf_crypto_init(&crypto, &device, 1), HF_OK);
    assert_int_equal(call_all(&crypto, HF_OK), 19);
    assert_int_equal(lock.init_count, 0);
    assert_int_equal(lock.acquire_count, 0);
    assert_int_equal(hf_crypto_cleanup(&crypto), HF_OK);
}

static void test_device_without_operations_supports_none(void **state)
{
    (void)state;
    fake_device fake = { .out_len = 4 };
    hf_crypto_device_config device = fake_config(&fake);
    device.ops = &fake_empty_ops;
    hf_crypto crypto;
    assert_int_equal(hf_crypto_init(&crypto, &device, 1), HF_OK);
    /* All but parse, where no form of its own is an answer. */
    assert_int_equal(call_all(&crypto, HF_ERR_NOTSUPPORTED), 18);
    assert_int_equal(hf_crypto_cleanup(&crypto), HF_OK);
}

#endif /* HF_CFG_THREADSAFE */

/* ---- selection ---- */

static void test_select_by_order_capability_and_affinity(void **state)
{
    (void)state;
    fake_device ecdsa = { .only_algorithm = HF_ALG_ECDSA };
    fake_device nothing = { .is_nothing = true };
    fake_device all = { .status = HF_OK };
    hf_crypto_device_config devices[] = { fake_config(&nothing), fake_config(&ecdsa),
                                          fake_config(&all), fake_config(&all) };
    devices[0].is_hardware = true;
    devices[1].is_hardware = true;
    static const struct {
        uint16_t algorithm;
        uint32_t type;
        uint16_t affinity;
        int status;
        uint32_t device;
    } cases[] = {
        { HF_ALG_ECDSA, HF_KEY_P256, HF_AFFINITY_ANY, HF_OK, 1 },
        { HF_ALG_ECDSA, HF_KEY_P256, HF_AFFINITY_HARDWARE, HF_OK, 1 },
        { HF_ALG_ECDSA, HF_KEY_P256, HF_AFFINITY_SOFTWARE, HF_OK, 2 },
        { HF_ALG_SHA256, 0, HF_AFFINITY_ANY, HF_OK, 2 },
        { HF_ALG_SHA256, 0, HF_AFFINITY_HARDWARE, HF_ERR_NOTSUPPORTED,
          HF_CRYPTO_DEVICE_NONE },
        { HF_ALG_NONE, HF_KEY_P256, HF_AFFINITY_ANY, HF_OK, 1 },
        { HF_ALG_NONE, HF_KEY_P256, HF_AFFINITY_SOFTWARE, HF_OK, 2 },
        { HF_ALG_NONE, 0, HF_AFFINITY_ANY, HF_OK, 0 },
        { HF_ALG_SHA256, 0, 3, HF_ERR_ARG, HF_CRYPTO_DEVICE_NONE },
    };
    hf_crypto crypto;
    assert_int_equal(hf_crypto_init(&crypto, devices, 4), HF_OK);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t device = 99;
        assert_int_equal(hf_crypto_select(&crypto, cases[i].algorithm, cases[i].type,
                                          cases[i].affinity, &device),
                         cases[i].status);
        assert_int_equal(device, cases[i].device);
    }
    assert_int_equal(hf_crypto_select(&crypto, HF_ALG_SHA256, 0, 0, NULL), HF_ERR_ARG);
    assert_int_equal(ecdsa.call_count + nothing.call_count + all.call_count, 0);
    assert_int_equal(hf_crypto_cleanup(&crypto), HF_OK);
}

/* ---- checks ---- */

static void test_operations_refuse_before_the_device_is_called(void **state)
{
    (void)state;
    fake_device fake = { .out_len = 4 };
    const hf_crypto_device_config config = fake_config(&fake);
    hf_crypto crypto;
    uint8_t memory[256];
    hf_buffer out = hf_buffer_of(memory, sizeof(memory));
    const hf_bytes digest = hf_bytes_of(material, 32);
    const hf_bytes missing = { .data = NULL, .len = 1 };
    hf_crypto_key p256 = key_of(HF_KEY_P256);
    hf_crypto_key public_key = key_of(HF_KEY_P256_PUBLIC);
    hf_crypto_key aes = key_of(HF_KEY_AES_128);
    hf_crypto_key unknown = p256;
    hf_crypto_key short_key = p256;
    hf_crypto_key no_material = p256;
    unknown.type = 0x03020077;
    short_key.material.len--;
    no_material.material.data = NULL;
    assert_int_equal(hf_crypto_init(&crypto, &config, 1), HF_OK);
    const struct {
        hf_crypto_op op;
        int status;
    } cases[] = {
        { { .algorithm = HF_ALG_ECDSA, .input = digest }, HF_ERR_ARG },
        { { .algorithm = 0x7777, .key = &p256, .input = digest }, HF_ERR_NOTSUPPORTED },
        { { .algorithm = HF_ALG_SHA256, .key = &p256 }, HF_ERR_NOTSUPPORTED },
        { { .algorithm = HF_ALG_AES_GCM, .key = &aes }, HF_ERR_NOTSUPPORTED },
        { { .algorithm = HF_ALG_ECDSA, .key = &unknown, .input = digest },
          HF_ERR_NOTSUPPORTED },
        { { .algorithm = HF_ALG_ECDSA, .key = &aes, .input = digest }, HF_ERR_TYPE },
        { { .algorithm = HF_ALG_ECDSA, .key = &public_key, .input = digest },
          HF_ERR_TYPE },
        { { .algorithm = HF_ALG_ED25519, .key = &p256, .input = digest }, HF_ERR_TYPE },
        { { .algorithm = HF_ALG_ECDSA, .key = &short_key, .input = digest }, HF_ERR_KEY },
        { { .algorithm = HF_ALG_ECDSA, .key = &no_material, .input = digest },
          HF_ERR_KEY },
        { { .algorithm = HF_ALG_ECDSA, .key = &p256, .input = missing }, HF_ERR_ARG },
        { { .algorithm = HF_ALG_ECDSA, .key = &p256, .input = digest, .format = 2 },
          HF_ERR_ARG },
        { { .algorithm = HF_ALG_ECDSA, .key = &p256, .input = { material, 19 } },
          HF_ERR_RANGE },
        { { .algorithm = HF_ALG_ECDSA, .key = &p256, .input = { material, 65 } },
          HF_ERR_RANGE },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(hf_crypto_sign(&crypto, 0, &cases[i].op, &out), cases[i].status);
    }
    const hf_crypto_op good = { .algorithm = HF_ALG_ECDSA,
                                .key = &p256,
                                .input = digest };
    assert_int_equal(hf_crypto_sign(&crypto, 1, &good, &out), HF_ERR_ARG);
    assert_int_equal(hf_crypto_sign(&crypto, HF_CRYPTO_DEVICE_NONE, &good, &out),
                     HF_ERR_ARG);
    assert_int_equal(hf_crypto_sign(NULL, 0, &good, &out), HF_ERR_ARG);
    assert_int_equal(hf_crypto_sign(&crypto, 0, NULL, &out), HF_ERR_ARG);
    assert_int_equal(hf_crypto_sign(&crypto, 0, &good, NULL), HF_ERR_ARG);
    assert_int_equal(fake.call_count, 0);
    fake.only_algorithm = HF_ALG_SHA256;
    assert_int_equal(hf_crypto_sign(&crypto, 0, &good, &out), HF_ERR_NOTSUPPORTED);
    assert_int_equal(fake.call_count, 0);
    assert_int_equal(hf_crypto_cleanup(&crypto), HF_OK);
}

static void test_key_operations_refuse_before_the_device_is_called(void **state)
{
    (void)state;
    fake_device fake = { .out_len = 4 };
    const hf_crypto_device_config config = fake_config(&fake);
    hf_crypto crypto;
    uint8_t memory[256];
    hf_buffer out = hf_buffer_of(memory, sizeof(memory));
    hf_buffer broken = { .data = memory, .size = 8, .len = 9 };
    hf_crypto_key key = key_of(HF_KEY_P256);
    hf_crypto_key aes = key_of(HF_KEY_AES_128);
    assert_int_equal(hf_crypto_init(&crypto, &config, 1), HF_OK);
    assert_int_equal(hf_crypto_generate(&crypto, 0, HF_KEY_P256, NULL), HF_ERR_ARG);
    assert_int_equal(hf_crypto_generate(&crypto, 1, HF_KEY_P256, &out), HF_ERR_ARG);
    assert_int_equal(hf_crypto_generate(&crypto, 0, HF_KEY_P256_PUBLIC, &out),
                     HF_ERR_TYPE);
    assert_int_equal(hf_crypto_generate(&crypto, 0, HF_KEY_P256, &broken), HF_ERR_SIZE);
    assert_int_equal(hf_crypto_import(&crypto, 0, NULL,
                                      &(hf_key_encoding){ .format = HF_FORMAT_RAW },
                                      &out),
                     HF_ERR_ARG);
    assert_int_equal(hf_crypto_import(&crypto, 0, &key,
                                      &(hf_key_encoding){ .format = HF_FORMAT_MAX + 1 },
                                      &out),
                     HF_ERR_ARG);
    assert_int_equal(hf_crypto_import(&crypto, 0, &aes,
                                      &(hf_key_encoding){ .format = HF_FORMAT_DER },
                                      &out),
                     HF_ERR_TYPE);
    assert_int_equal(hf_crypto_export(&crypto, 0, NULL, HF_FORMAT_RAW, &out), HF_ERR_ARG);
    assert_int_equal(hf_crypto_public_key(&crypto, 0, &aes, &out), HF_ERR_TYPE);
    assert_int_equal(hf_crypto_parse(&crypto, 0, NULL), HF_ERR_ARG);
    key.material.len = 0;
    assert_int_equal(hf_crypto_import(&crypto, 0, &key,
                                      &(hf_key_encoding){ .format = HF_FORMAT_DER },
                                      &out),
                     HF_ERR_KEY);
    assert_int_equal(hf_crypto_export(&crypto, 0, &key, HF_FORMAT_RAW, &out), HF_ERR_KEY);
    key.parsed = FAKE_PARSED;
    assert_int_equal(hf_crypto_parse(&crypto, 0, &key), HF_ERR_KEY);
    assert_null(key.parsed);
    hf_crypto_parsed_destroy(&crypto, 0, NULL);
    hf_crypto_parsed_destroy(&crypto, 1, FAKE_PARSED);
    assert_int_equal(fake.call_count, 0);
    assert_int_equal(hf_crypto_cleanup(&crypto), HF_OK);
}

/* ---- what the device gets, and what is left ---- */

static void test_parsed_form_goes_to_its_own_device_only(void **state)
{
    (void)state;
    fake_device fakes[2] = { { .out_len = 4 }, { .out_len = 4 } };
    const hf_crypto_device_config devices[] = { fake_config(&fakes[0]),
                                                fake_config(&fakes[1]) };
    hf_crypto crypto;
    uint8_t memory[256];
    hf_buffer out = hf_buffer_of(memory, sizeof(memory));
    hf_crypto_key key = key_of(HF_KEY_P256);
    const hf_crypto_op op = { .algorithm = HF_ALG_ECDSA,
                              .key = &key,
                              .input = hf_bytes_of(material, 32) };
    assert_int_equal(hf_crypto_init(&crypto, devices, 2), HF_OK);
    assert_int_equal(hf_crypto_parse(&crypto, 1, &key), HF_OK);
    assert_int_equal(key.device, 1);
    fakes[0].parsed = FAKE_STREAM;
    assert_int_equal(hf_crypto_sign(&crypto, 1, &op, &out), HF_OK);
    assert_ptr_equal(fakes[1].parsed, FAKE_PARSED);
    assert_int_equal(hf_crypto_sign(&crypto, 0, &op, &out), HF_OK);
    assert_null(fakes[0].parsed);
    fakes[0].parsed = FAKE_STREAM;
    assert_int_equal(hf_crypto_public_key(&crypto, 0, &key, &out), HF_OK);
    assert_null(fakes[0].parsed);
    assert_ptr_equal(key.parsed, FAKE_PARSED);
    assert_int_equal(hf_crypto_cleanup(&crypto), HF_OK);
}

static void test_outputs_after_an_error_are_as_before_and_wiped(void **state)
{
    (void)state;
    fake_device fake = { .status = HF_ERR_CRYPTO, .out_len = 16 };
    const hf_crypto_device_config config = fake_config(&fake);
    hf_crypto crypto;
    uint8_t memory[64];
    uint8_t tag_memory[32];
    memset(memory, 0x11, sizeof(memory));
    memset(tag_memory, 0x11, sizeof(tag_memory));
    hf_buffer out = { .data = memory, .size = 64, .len = 5 };
    hf_buffer tag = { .data = tag_memory, .size = 32, .len = 3 };
    hf_crypto_key key = key_of(HF_KEY_AES_128);
    const hf_crypto_op op = { .algorithm = HF_ALG_AES_GCM,
                              .key = &key,
                              .input = hf_bytes_of(material, 16),
                              .nonce = hf_bytes_of(nonce, 12) };
    assert_int_equal(hf_crypto_init(&crypto, &config, 1), HF_OK);
    assert_int_equal(hf_crypto_encrypt(&crypto, 0, &op, &out, &tag), HF_ERR_CRYPTO);
    assert_int_equal(fake.call_count, 1);
    assert_int_equal(out.len, 5);
    assert_int_equal(tag.len, 3);
    for (size_t i = 0; i < sizeof(memory); i++) {
        assert_int_equal(memory[i], i >= 5 && i < 21 ? 0 : 0x11);
    }
    for (size_t i = 0; i < sizeof(tag_memory); i++) {
        assert_int_equal(tag_memory[i], i >= 3 && i < 19 ? 0 : 0x11);
    }
    assert_int_equal(hf_crypto_cleanup(&crypto), HF_OK);
}

static void test_verify_mac_compares_what_the_device_makes(void **state)
{
    (void)state;
    fake_device fake = { .out_len = 32 };
    const hf_crypto_device_config config = fake_config(&fake);
    hf_crypto crypto;
    uint8_t mac[32];
    memset(mac, FAKE_BYTE, sizeof(mac));
    hf_crypto_key key = key_of(HF_KEY_HMAC);
    hf_crypto_op op = { .algorithm = HF_ALG_HMAC_SHA256,
                        .key = &key,
                        .signature = hf_bytes_of(mac, 32) };
    assert_int_equal(hf_crypto_init(&crypto, &config, 1), HF_OK);
    assert_int_equal(hf_crypto_verify(&crypto, 0, &op), HF_OK);
    mac[31] ^= 1;
    assert_int_equal(hf_crypto_verify(&crypto, 0, &op), HF_ERR_VERIFY);
    fake.status = HF_ERR_CRYPTO;
    assert_int_equal(hf_crypto_verify(&crypto, 0, &op), HF_ERR_CRYPTO);
    assert_int_equal(hf_crypto_cleanup(&crypto), HF_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_init_bad_arguments_are_refused),
        cmocka_unit_test(test_init_without_devices_supports_nothing),
#if HF_CFG_THREADSAFE
        cmocka_unit_test(test_init_failing_lock_leaves_no_lock),
        cmocka_unit_test(test_every_operation_holds_the_lock_once),
        cmocka_unit_test(test_every_failing_operation_releases_the_lock),
        cmocka_unit_test(test_lock_that_cannot_be_had_keeps_the_device_out),
        cmocka_unit_test(test_lock_that_cannot_be_released_is_an_error),
        cmocka_unit_test(test_concurrent_device_takes_no_lock),
        cmocka_unit_test(test_device_without_operations_supports_none),
#endif
        cmocka_unit_test(test_select_by_order_capability_and_affinity),
        cmocka_unit_test(test_operations_refuse_before_the_device_is_called),
        cmocka_unit_test(test_key_operations_refuse_before_the_device_is_called),
        cmocka_unit_test(test_parsed_form_goes_to_its_own_device_only),
        cmocka_unit_test(test_outputs_after_an_error_are_as_before_and_wiped),
        cmocka_unit_test(test_verify_mac_compares_what_the_device_makes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
