/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Key derivation of the libcrypto device against the examples of the standards, and,
 * where a standard has none in this form, against values computed with another
 * implementation from the formulas in holdfast/crypto.h.
 */
#include "fixture.h"

#include <string.h>

typedef struct kdf_vector {
    const char *name;
    uint16_t algorithm;
    uint16_t hash;
    uint32_t key_type;
    uint32_t iterations;
    const char *key; /* hex, like all that follow */
    const char *salt;
    const char *label;
    const char *info;
    const char *out;
} kdf_vector;

#define KEY_22 "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"
#define KEY_80                                                                           \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728" \
    "292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f"
#define SALT_80                                                                          \
    "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788" \
    "898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define INFO_80                                                                          \
    "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8" \
    "d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
#define PRK_1 "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"
#define OKM_1                                                                            \
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b8871858" \
    "65"
#define KEY_8009 "3705d96080c17728a0e800eab6e0d23c"
#define KEY_8009_384 "6d404d37faf79f9df0d33568d320669800eb4836472ea8a026d16b7182460c52"
#define SECRET_24 "96c05619d56c328ab95fe84b18264b08725b85e33fd34f08"
#define AES_32 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define LABEL "6c6162656c"                /* label */
#define CONTEXT "636f6e74657874"          /* context */
#define FIXED "0102666978656420696e666f"  /* 01 02, fixed info */
#define TEST_LABEL "74657374206c6162656c" /* test label */

#define SHA(bits) HF_ALG_SHA##bits

/* clang-format off */
static const kdf_vector vectors[] = {
    { "RFC 5869 A.1", HF_ALG_HKDF, SHA(256), HF_KEY_SECRET, 0, KEY_22,
      "000102030405060708090a0b0c", "", "f0f1f2f3f4f5f6f7f8f9", OKM_1 },
    { "RFC 5869 A.1 extract", HF_ALG_HKDF_EXTRACT, SHA(256), HF_KEY_SECRET, 0, KEY_22,
      "000102030405060708090a0b0c", "", "", PRK_1 },
    { "RFC 5869 A.1 expand", HF_ALG_HKDF_EXPAND, SHA(256), HF_KEY_HMAC, 0, PRK_1,
      "", "", "f0f1f2f3f4f5f6f7f8f9", OKM_1 },
    { "RFC 5869 A.2", HF_ALG_HKDF, SHA(256), HF_KEY_SECRET, 0, KEY_80,
      SALT_80, "", INFO_80,
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac78272"
      "71cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f"
      "1d87" },
    { "RFC 5869 A.3, no salt and info", HF_ALG_HKDF, SHA(256), HF_KEY_SECRET, 0, KEY_22,
      "", "", "",
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a"
      "96c8" },
    { "RFC 5869 A.3 extract", HF_ALG_HKDF_EXTRACT, SHA(256), HF_KEY_SECRET, 0, KEY_22,
      "", "", "", "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04" },
    { "RFC 8009 A, Kc", HF_ALG_KBKDF_HMAC, SHA(256), HF_KEY_SECRET, 0, KEY_8009,
      "", "0000000299", "", "b31a018a48f54776f403e9a396325dc3" },
    { "RFC 8009 A, Ke", HF_ALG_KBKDF_HMAC, SHA(256), HF_KEY_HMAC, 0, KEY_8009,
      "", "00000002aa", "", "9b197dd1e8c5609d6e67c3e37c62c72e" },
    { "RFC 8009 A, Ki", HF_ALG_KBKDF_HMAC, SHA(384), HF_KEY_SECRET, 0, KEY_8009_384,
      "", "0000000255", "", "69b16514e3cd8e56b82010d5c73012b622c4d00ffc23ed1f" },
    { "RFC 8009 A, prf", HF_ALG_KBKDF_HMAC, SHA(256), HF_KEY_SECRET, 0, KEY_8009,
      "", "707266", "74657374",
      "9d188616f63852fe86915bb840b4a886ff3e6bb0f819b49b893393d393854295" },
    { "RFC 8009 A, prf 384", HF_ALG_KBKDF_HMAC, SHA(384), HF_KEY_SECRET, 0, KEY_8009_384,
      "", "707266", "74657374",
      "9801f69a368c2bf675e59521e177d9a07f67efe1cfde8d3c8d6f6a0256e3b17db3c1b62ad1b85533"
      "60d17367eb1514d2" },
    { "counter mode, CMAC, 128", HF_ALG_KBKDF_CMAC, 0, HF_KEY_AES_128, 0,
      "000102030405060708090a0b0c0d0e0f", "", LABEL, CONTEXT,
      "3fc9b552ad320ef843abf45fe0209ce553353235b587ffa35dfd387b410da1c1"
      "a60066f8b9f805ce" },
    { "counter mode, CMAC, 192", HF_ALG_KBKDF_CMAC, 0, HF_KEY_AES_192, 0,
      "000102030405060708090a0b0c0d0e0f1011121314151617", "", LABEL, CONTEXT,
      "f43d3b256dfa48610f5f90afb678bcedd110ceca31d65a54571f043595fb2f28"
      "b772775a5bb0a028" },
    { "counter mode, CMAC, 256", HF_ALG_KBKDF_CMAC, 0, HF_KEY_AES_256, 0, AES_32,
      "", LABEL, CONTEXT,
      "f14b2590d159191e74c966b0ccefd4e8acc21dac50a6b9816be8a8b591834af5"
      "291ae4253390327d" },
    { "one step, hash", HF_ALG_ONE_STEP, SHA(256), HF_KEY_SECRET, 0, SECRET_24,
      "", "", FIXED,
      "986cff4189f65793cfe2e75ed666a8bb013f335ea1e84a4fd4281f46403d1583b9f46f057e7fa2ce"
      "b248324aafe7d46f27d38f3d5f190d1a75261ee8c6e777edaf8606feed6e" },
    { "one step, hash SHA-3", HF_ALG_ONE_STEP, SHA(3_512), HF_KEY_SECRET, 0, SECRET_24,
      "", "", "", "f73ebf1d5b9dee2231738c2115abb8cd8e15244e" },
    { "one step, HMAC", HF_ALG_ONE_STEP, SHA(256), HF_KEY_SECRET, 0, SECRET_24,
      "73616c74", "", FIXED,
      "38cc8936424eb810d879a8558e100bee0480d1f056adc2de21febf8ba32e4a86263877505d8cb385"
      "c4d31107dbd675ebcef6caa2579162d4fe593d01823982ec2259b1253b23" },
    { "one step, HMAC SHA-512/224", HF_ALG_ONE_STEP, SHA(512_224), HF_KEY_SECRET, 0,
      SECRET_24, "73616c74", "", "",
      "4c60c743348b273adb0b0a57d6760eadf886db58ce66e06657a2aeb889e720e2"
      "0dfa4bf6f00b9380" },
    { "two steps", HF_ALG_TWO_STEP, SHA(256), HF_KEY_SECRET, 0, SECRET_24,
      "73616c74", LABEL, CONTEXT,
      "fe823a9ba8128ba44df8eaa3f8cd9812b254409a9eb59f93ff25133d42dc0b4c1711f81448c5d524"
      "29fe62a769e6745a0655e7178ddfc35d99874f49f7c2dfbce2dbfea80743" },
    { "two steps, no salt", HF_ALG_TWO_STEP, SHA(384), HF_KEY_SECRET, 0, SECRET_24,
      "", LABEL, CONTEXT,
      "15beddbedeea886d36de27510acee4221c8ddae7bd46342bb81571d643c550644b345374f1d28dd3"
      "3b463558c3519116d0eb" },
    { "RFC 7914 11, 1 iteration", HF_ALG_PBKDF2, SHA(256), HF_KEY_SECRET, 1,
      "706173737764", "73616c74", "", "",
      "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645"
      "991664b39d77ef317c71b845b1e30bd509112041d3a19783" },
    { "RFC 7914 11, 80000 iterations", HF_ALG_PBKDF2, SHA(256), HF_KEY_SECRET, 80000,
      "50617373776f7264", "4e61436c", "", "",
      "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a122583354"
      "9adb841b51c9b3176a272bdebba1d078478f62b397f33c8d" },
    { "PBKDF2, password of one byte, no salt", HF_ALG_PBKDF2, SHA(512), HF_KEY_SECRET, 3,
      "70", "", "", "", "8b04e9d5ccbc90c7527f4a004754af223af4ffc7" },
    { "TLS 1.2, SHA-256", HF_ALG_TLS12_PRF, SHA(256), HF_KEY_SECRET, 0,
      "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c",
      TEST_LABEL, "",
      "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9"
      "c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789ba"
      "a48082d122ee42c5a72e5a5110fff70187347b66" },
    { "TLS 1.2, SHA-384", HF_ALG_TLS12_PRF, SHA(384), HF_KEY_SECRET, 0,
      "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465",
      TEST_LABEL, "",
      "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe3"
      "4f82b1233c9146a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3"
      "d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236"
      "a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703d73e56f" },
    { "X9.63, CAVP", HF_ALG_X963, SHA(256), HF_KEY_SECRET, 0, SECRET_24,
      "", "", "", "443024c3dae66b95e6f5670601558f71" },
    { "X9.63, CAVP, SharedInfo", HF_ALG_X963, SHA(256), HF_KEY_SECRET, 0,
      "22518b10e70f2a3f243810ae3254139efbee04aa57c7af7d",
      "", "", "75eef81aa3041e33b80971203d2c0c52",
      "c498af77161cc59f2962b9a713e2b215152d139766ce34a776df11866a69bf2e52a13d9c7c6fc878"
      "c50c5ea0bc7b00e0da2447cfd874f6cf92f30d0097111485500c90c3af8b487872d04685d14c8d1d"
      "c8d7fa08beb0ce0ababc11f0bd496269142d43525a78e5bc79a17f59676a5706dc54d54d4d1f0bd7"
      "e386128ec26afc21" },
};
/* clang-format on */

#define VECTOR_COUNT (sizeof(vectors) / sizeof(vectors[0]))

typedef struct derivation {
    blob key, salt, label, info;
    hf_crypto_key handle;
    hf_crypto_op op;
} derivation;

/* The structure must not move: the operation points into it. */
static void set_up(derivation *d, const kdf_vector *vector)
{
    d->key = unhex(vector->key);
    d->salt = unhex(vector->salt);
    d->label = unhex(vector->label);
    d->info = unhex(vector->info);
    d->handle = key_of(vector->key_type, &d->key);
    d->op = (hf_crypto_op){ .algorithm = vector->algorithm,
                            .hash = vector->hash,
                            .key = &d->handle,
                            .iterations = vector->iterations,
                            .output_len = (uint32_t)(strlen(vector->out) / 2),
                            .salt = blob_bytes(&d->salt),
                            .label = blob_bytes(&d->label),
                            .info = blob_bytes(&d->info) };
}

static int derive(const hf_crypto_op *op, blob *result)
{
    hf_buffer out = blob_buffer(result);
    int rc = hf_crypto_derive(&fixture_crypto, 0, op, &out);
    result->len = out.len;
    return rc;
}

static void check_once(derivation *d, const kdf_vector *vector)
{
    blob result;
    int rc = derive(&d->op, &result);
    if (rc != HF_OK) {
        fail_msg("%s: %d", vector->name, rc);
    }
    assert_bytes(blob_bytes(&result), vector->out);
}

static void test_derive_vectors_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        derivation d;
        set_up(&d, &vectors[i]);
        check_once(&d, &vectors[i]);
        assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &d.handle), HF_OK);
        check_once(&d, &vectors[i]);
        hf_crypto_parsed_destroy(&fixture_crypto, 0, d.handle.parsed);
    }
}

/* Each vector once more with one bit of one input changed, where it has that input. */
static void test_derive_every_input_matters(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        derivation d;
        blob expected = unhex(vectors[i].out);
        blob *const inputs[] = { &d.key, &d.salt, &d.label, &d.info };
        if (vectors[i].iterations > 1000) {
            continue; /* the others tell it sooner */
        }
        set_up(&d, &vectors[i]);
        for (size_t j = 0; j < sizeof(inputs) / sizeof(inputs[0]); j++) {
            blob result;
            if (inputs[j]->len == 0) {
                continue;
            }
            inputs[j]->data[inputs[j]->len - 1] ^= 0x01;
            assert_int_equal(derive(&d.op, &result), HF_OK);
            assert_int_equal(result.len, expected.len);
            assert_memory_not_equal(result.data, expected.data, expected.len);
            inputs[j]->data[inputs[j]->len - 1] ^= 0x01;
        }
    }
}

/* Every hash that may be named, with every function that takes one. */
static void test_derive_every_hash_gives_different_output(void **state)
{
    (void)state;
    blob secret = repeat(0x42, 24);
    hf_crypto_key key = key_of(HF_KEY_SECRET, &secret);
    for (uint16_t kdf = HF_ALG_HKDF; kdf <= HF_ALG_X963; kdf++) {
        uint8_t seen[16][20];
        size_t seen_count = 0;
        if (kdf == HF_ALG_KBKDF_CMAC) {
            continue;
        }
        for (uint16_t hash = HF_ALG_SHA224; hash <= HF_ALG_SHA3_512; hash++) {
            blob result;
            bool is_whole = kdf == HF_ALG_HKDF_EXTRACT;
            const hf_crypto_op op = {
                .algorithm = kdf,
                .hash = hash,
                .key = &key,
                .iterations = kdf == HF_ALG_PBKDF2 ? 2 : 0,
                .output_len = is_whole ? hf_algorithm_find(hash)->output_len : 20,
                .label = hf_bytes_of("label", kdf == HF_ALG_TLS12_PRF ? 5 : 0),
            };
            assert_int_equal(derive(&op, &result), HF_OK);
            for (size_t i = 0; i < seen_count; i++) {
                assert_memory_not_equal(seen[i], result.data, 20);
            }
            memcpy(seen[seen_count++], result.data, 20);
        }
    }
}

static hf_crypto_op op_of(const hf_crypto_key *key, uint16_t algorithm, uint32_t len)
{
    bool is_pbkdf2 = algorithm == HF_ALG_PBKDF2;
    return (hf_crypto_op){ .algorithm = algorithm,
                           .hash = algorithm == HF_ALG_KBKDF_CMAC ? 0 : HF_ALG_SHA256,
                           .key = key,
                           .iterations = is_pbkdf2 ? 1 : 0,
                           .output_len = len };
}

static int derive_into(const hf_crypto_op *op, void *memory, size_t size)
{
    hf_buffer out = hf_buffer_of(memory, size);
    int rc = hf_crypto_derive(&fixture_crypto, 0, op, &out);
    assert_int_equal(out.len, rc == HF_OK ? op->output_len : 0);
    return rc;
}

static void test_derive_length_out_of_range_is_refused(void **state)
{
    (void)state;
    static uint8_t memory[HF_DERIVED_LEN_MAX + 1];
    blob secret = repeat(0x42, 32);
    hf_crypto_key key = key_of(HF_KEY_SECRET, &secret);
    const struct {
        uint16_t algorithm;
        uint32_t len_min, len_max;
    } ranges[] = {
        { HF_ALG_HKDF, 1, 255 * 32 },
        { HF_ALG_HKDF_EXPAND, 1, 255 * 32 },
        { HF_ALG_HKDF_EXTRACT, 32, 32 },
        { HF_ALG_KBKDF_HMAC, 1, HF_DERIVED_LEN_MAX },
        { HF_ALG_ONE_STEP, 1, HF_DERIVED_LEN_MAX },
        { HF_ALG_TWO_STEP, 1, HF_DERIVED_LEN_MAX },
        { HF_ALG_PBKDF2, 1, HF_DERIVED_LEN_MAX },
        { HF_ALG_X963, 1, HF_DERIVED_LEN_MAX },
    };
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        hf_crypto_op op = op_of(&key, ranges[i].algorithm, ranges[i].len_min);
        assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_OK);
        op.output_len = ranges[i].len_max;
        assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_OK);
        assert_int_equal(derive_into(&op, memory, op.output_len - 1), HF_ERR_SIZE);
        op.output_len = ranges[i].len_max + 1;
        assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
        op.output_len = ranges[i].len_min - 1;
        assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
    }
}

static void test_derive_pbkdf2_too_much_work_is_refused(void **state)
{
    (void)state;
    uint8_t memory[65];
    blob secret = repeat(0x42, 8);
    hf_crypto_key key = key_of(HF_KEY_SECRET, &secret);
    hf_crypto_op op = op_of(&key, HF_ALG_PBKDF2, 1);
    op.iterations = 0;
    assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
    op.iterations = HF_PBKDF2_WORK_MAX + 1;
    assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
    op.iterations = HF_PBKDF2_WORK_MAX / 3 + 1; /* three blocks */
    op.output_len = 65;
    assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
    op.iterations = UINT32_MAX;
    assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
}

static void test_derive_tls12_seed_is_1_to_1024_bytes(void **state)
{
    (void)state;
    static uint8_t seed[HF_TLS12_SEED_LEN_MAX + 1];
    uint8_t memory[32];
    blob secret = repeat(0x42, 48);
    hf_crypto_key key = key_of(HF_KEY_SECRET, &secret);
    const struct {
        size_t label_len, seed_len;
        int status;
    } cases[] = {
        { 0, 0, HF_ERR_RANGE },
        { 1, 0, HF_OK },
        { 0, 1, HF_OK },
        { 24, 1000, HF_OK },
        { 24, 1001, HF_ERR_RANGE },
        { 1024, 0, HF_OK },
        { 1025, 0, HF_ERR_RANGE },
        { 0, 1025, HF_ERR_RANGE },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        hf_crypto_op op = op_of(&key, HF_ALG_TLS12_PRF, 32);
        op.label = hf_bytes_of(seed, cases[i].label_len);
        op.salt = hf_bytes_of(seed, cases[i].seed_len);
        assert_int_equal(derive_into(&op, memory, sizeof(memory)), cases[i].status);
    }
}

/* 4096 bytes, which a request can carry, of each input. */
static void test_derive_long_inputs_are_taken(void **state)
{
    (void)state;
    static uint8_t long_input[4096];
    uint8_t memory[32];
    blob secret = repeat(0x42, 48);
    hf_crypto_key key = key_of(HF_KEY_SECRET, &secret);
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        const kdf_vector *vector = &vectors[i];
        if (vector->algorithm == HF_ALG_TLS12_PRF || vector->hash == 0) {
            continue;
        }
        hf_crypto_op op = op_of(&key, vector->algorithm, 32);
        op.salt = hf_bytes_of(long_input, vector->salt[0] != 0 ? 4096 : 0);
        op.label = hf_bytes_of(long_input, vector->label[0] != 0 ? 4096 : 0);
        op.info = hf_bytes_of(long_input, vector->info[0] != 0 ? 4096 : 0);
        assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_OK);
    }
}

/* What a function does not take is refused, not ignored. */
static void test_derive_foreign_input_is_refused(void **state)
{
    (void)state;
    uint8_t memory[32];
    blob secret = repeat(0x42, 32);
    hf_crypto_key key = key_of(HF_KEY_SECRET, &secret);
    hf_crypto_op op = op_of(&key, HF_ALG_HKDF, 32);
    op.label = hf_bytes_of("x", 1);
    assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
    op = op_of(&key, HF_ALG_KBKDF_HMAC, 32);
    op.salt = hf_bytes_of("x", 1);
    assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
    op = op_of(&key, HF_ALG_PBKDF2, 32);
    op.info = hf_bytes_of("x", 1);
    assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
    op = op_of(&key, HF_ALG_X963, 32);
    op.iterations = 1;
    assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
    op = op_of(&key, HF_ALG_HKDF, 32);
    op.hash = 0;
    assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
    op.hash = HF_ALG_SHAKE128;
    assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
    op.hash = HF_ALG_SHA1; /* legacy: only to verify */
    assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_RANGE);
    op = op_of(&key, HF_ALG_KBKDF_CMAC, 32);
    assert_int_equal(derive_into(&op, memory, sizeof(memory)), HF_ERR_TYPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_derive_vectors_match),
        cmocka_unit_test(test_derive_every_input_matters),
        cmocka_unit_test(test_derive_every_hash_gives_different_output),
        cmocka_unit_test(test_derive_length_out_of_range_is_refused),
        cmocka_unit_test(test_derive_pbkdf2_too_much_work_is_refused),
        cmocka_unit_test(test_derive_tls12_seed_is_1_to_1024_bytes),
        cmocka_unit_test(test_derive_long_inputs_are_taken),
        cmocka_unit_test(test_derive_foreign_input_is_refused),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
