/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * CRYPTO requests. That the device computes what the standards say is tested with the
 * device; here, that the requests reach it with the right key, and what they refuse.
 */
#include "fixture.h"

#include <string.h>

#define SIGN_VERIFY (HF_USAGE_SIGN | HF_USAGE_VERIFY)
#define ENCRYPT_DECRYPT (HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT)
#define NUMBER 1u /* of the key under test */

static const uint8_t digest[64] = { 0xAB, 0xCD, 1, 2, 3 };

static void generate(peer *p, hf_handle handle, uint32_t type, uint32_t flags)
{
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = handle, .type = type,
                              .flags = flags, .store = 1));
}

/* ---- random ---- */

static void test_random_returns_as_many_bytes_as_fit(void **state)
{
    peer *p = peer_connect(*state, 7, HF_PERMISSION_IDENTITY);
    hf_random_response out;
    uint8_t first[32];
    static const uint32_t lens[] = { 0, 1, 32, 1000, FIXTURE_BODY_SIZE - 4 };
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        assert_status(HF_OK, CALL(p, random, &out, .len = lens[i]));
        assert_int_equal(lens[i], out.data.len);
    }
    memcpy(first, out.data.data, sizeof first);
    assert_status(HF_OK, CALL(p, random, &out, .len = 32));
    assert_memory_not_equal(first, out.data.data, sizeof first);
    assert_status(HF_ERR_SIZE, CALL(p, random, NULL, .len = FIXTURE_BODY_SIZE - 3));
    assert_status(HF_ERR_SIZE, CALL(p, random, NULL, .len = HF_BODY_SIZE_MAX));
}

static int fail_random(void *context, uint8_t *out, size_t len)
{
    (void)context;
    memset(out, 0x55, len);
    return HF_ERR_RANDOM;
}

static void test_random_device_that_fails_gives_an_error(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    generate(p, NUMBER, HF_KEY_AES_128, ENCRYPT_DECRYPT);
    f->ops[0].random = fail_random;
    assert_status(HF_ERR_RANDOM, CALL(p, random, NULL, .len = 8));
    assert_status(HF_ERR_RANDOM,
                  CALL(p, encrypt, NULL, .handle = NUMBER, .algorithm = HF_ALG_AES_GCM));
    f->ops[0].random = NULL;
    assert_status(HF_ERR_NOTSUPPORTED, CALL(p, random, NULL, .len = 8));
    assert_status(HF_ERR_NOTSUPPORTED,
                  CALL(p, encrypt, NULL, .handle = NUMBER, .algorithm = HF_ALG_AES_GCM));
}

/* ---- hashes ---- */

/* SHA-256 of "abc": FIPS 180-4 example. */
static const uint8_t sha256_abc[32] = { 0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA,
                                        0x41, 0x41, 0x40, 0xDE, 0x5D, 0xAE, 0x22, 0x23,
                                        0xB0, 0x03, 0x61, 0xA3, 0x96, 0x17, 0x7A, 0x9C,
                                        0xB4, 0x10, 0xFF, 0x61, 0xF2, 0x00, 0x15, 0xAD };

static void test_hash_returns_the_digest(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_hash_response out;
    assert_status(HF_OK, CALL(p, hash, &out, .algorithm = HF_ALG_SHA256,
                              .data = text_bytes("abc")));
    assert_int_equal(32, out.digest.len);
    assert_memory_equal(sha256_abc, out.digest.data, 32);
    assert_status(HF_OK, CALL(p, hash, &out, .algorithm = HF_ALG_SHA384));
    assert_int_equal(48, out.digest.len);
    assert_status(HF_OK, CALL(p, hash, &out, .algorithm = HF_ALG_SHA512));
    assert_int_equal(64, out.digest.len);
}

static void test_hash_stream_returns_the_digest_of_all_parts(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_hash_start_response one;
    hf_hash_start_response two;
    hf_stream_finish_response out;
    assert_status(HF_OK, CALL(p, hash_start, &one, .algorithm = HF_ALG_SHA256));
    assert_status(HF_OK, CALL(p, hash_start, &two, .algorithm = HF_ALG_SHA256));
    assert_int_not_equal(one.stream, two.stream);
    assert_status(HF_OK, CALL(p, stream_update, NULL, .stream = one.stream,
                              .data = text_bytes("a")));
    assert_status(HF_OK, CALL(p, stream_update, NULL, .stream = two.stream,
                              .data = text_bytes("another")));
    assert_status(HF_OK, CALL(p, stream_update, NULL, .stream = one.stream));
    assert_status(HF_OK, CALL(p, stream_update, NULL, .stream = one.stream,
                              .data = text_bytes("bc")));
    assert_status(HF_OK, CALL(p, stream_finish, &out, .stream = one.stream));
    assert_int_equal(32, out.data.len);
    assert_memory_equal(sha256_abc, out.data.data, 32);
    assert_status(HF_OK, CALL(p, stream_finish, &out, .stream = two.stream));
    assert_memory_not_equal(sha256_abc, out.data.data, 32);
}

static void test_hash_stream_unknown_or_ended_is_not_found(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    peer *other = peer_connect(*state, 7, FIXTURE_USER);
    hf_hash_start_response out;
    assert_status(HF_OK, CALL(p, hash_start, &out, .algorithm = HF_ALG_SHA256));
    assert_status(HF_ERR_NOTFOUND,
                  CALL(other, stream_update, NULL, .stream = out.stream));
    assert_status(HF_ERR_NOTFOUND,
                  CALL(other, stream_finish, NULL, .stream = out.stream));
    assert_status(HF_OK, CALL(p, stream_finish, NULL, .stream = out.stream));
    assert_status(HF_ERR_NOTFOUND, CALL(p, stream_update, NULL, .stream = out.stream));
    static const uint16_t unknown[] = { 2, HF_CFG_SESSION_STREAMS_MAX,
                                        HF_CFG_SESSION_STREAMS_MAX + 1, UINT16_MAX };
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_status(HF_ERR_NOTFOUND,
                      CALL(p, stream_update, NULL, .stream = unknown[i]));
        assert_status(HF_ERR_NOTFOUND,
                      CALL(p, stream_finish, NULL, .stream = unknown[i]));
    }
}

static void test_hash_streams_are_bounded(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_hash_start_response out;
    for (uint32_t i = 0; i < HF_CFG_SESSION_STREAMS_MAX; i++) {
        assert_status(HF_OK, CALL(p, hash_start, &out, .algorithm = HF_ALG_SHA256));
    }
    assert_status(HF_ERR_LIMIT, CALL(p, hash_start, NULL, .algorithm = HF_ALG_SHA256));
    assert_status(HF_OK, CALL(p, stream_finish, NULL, .stream = 2));
    assert_status(HF_OK, CALL(p, hash_start, &out, .algorithm = HF_ALG_SHA256));
    assert_int_equal(2, out.stream);
}

static int fail_update(void *context, void *stream, hf_bytes input, hf_buffer *out)
{
    (void)context;
    (void)stream;
    (void)out;
    (void)input;
    return HF_ERR_CRYPTO;
}

static int fail_open(void *context, const hf_crypto_op *op, bool is_backward,
                     void **stream)
{
    (void)context;
    (void)op;
    (void)is_backward;
    (void)stream;
    return HF_ERR_NOMEM;
}

static void test_hash_device_that_fails_gives_an_error(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    hf_hash_start_response out;
    assert_status(HF_OK, CALL(p, hash_start, &out, .algorithm = HF_ALG_SHA256));
    f->ops[0].stream_update = fail_update;
    f->ops[0].stream_open = fail_open;
    assert_status(HF_ERR_CRYPTO, CALL(p, stream_update, NULL, .stream = out.stream));
    assert_status(HF_ERR_NOMEM, CALL(p, hash_start, NULL, .algorithm = HF_ALG_SHA256));
    /* What failed in the midst is no digest of anything: the stream has ended. */
    assert_status(HF_ERR_NOTFOUND, CALL(p, stream_finish, NULL, .stream = out.stream));
}

static void test_hash_with_what_is_no_hash_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    static const uint16_t other[] = { 1, HF_ALG_HMAC_SHA256, HF_ALG_AES_GCM, HF_ALG_ECDSA,
                                      UINT16_MAX };
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        assert_status(HF_ERR_NOTSUPPORTED, CALL(p, hash, NULL, .algorithm = other[i]));
        assert_status(HF_ERR_NOTSUPPORTED,
                      CALL(p, hash_start, NULL, .algorithm = other[i]));
    }
}

/* ---- MAC ---- */

/* HMAC-SHA-256 test case 1 of RFC 4231. */
static void test_mac_generate_returns_what_verify_takes(void **state)
{
    static const uint8_t expected[32] = {
        0xB0, 0x34, 0x4C, 0x61, 0xD8, 0xDB, 0x38, 0x53, 0x5C, 0xA8, 0xAF,
        0xCE, 0xAF, 0x0B, 0xF1, 0x2B, 0x88, 0x1D, 0xC2, 0x00, 0xC9, 0x83,
        0x3D, 0xA7, 0x26, 0xE9, 0x37, 0x6C, 0x2E, 0x32, 0xCF, 0xF7
    };
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    uint8_t key[20];
    uint8_t wrong[32];
    hf_mac_generate_response out;
    memset(key, 0x0B, sizeof key);
    assert_status(HF_OK, CALL(p, key_import, NULL, .handle = NUMBER, .type = HF_KEY_HMAC,
                              .flags = SIGN_VERIFY, .store = 1,
                              .material = hf_bytes_of(key, sizeof key)));
    for (int i = 0; i < 2; i++) {
        assert_status(HF_OK, CALL(p, mac_generate, &out, .handle = NUMBER,
                                  .algorithm = HF_ALG_HMAC_SHA256,
                                  .data = text_bytes("Hi There")));
        assert_int_equal(32, out.mac.len);
        assert_memory_equal(expected, out.mac.data, 32);
        assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = NUMBER));
    }
    assert_status(HF_OK,
                  CALL(p, mac_verify, NULL, .handle = NUMBER,
                       .algorithm = HF_ALG_HMAC_SHA256, .mac = hf_bytes_of(expected, 32),
                       .data = text_bytes("Hi There")));
    memcpy(wrong, expected, sizeof wrong);
    wrong[31] ^= 1;
    assert_status(HF_ERR_VERIFY,
                  CALL(p, mac_verify, NULL, .handle = NUMBER,
                       .algorithm = HF_ALG_HMAC_SHA256, .mac = hf_bytes_of(wrong, 32),
                       .data = text_bytes("Hi There")));
    assert_status(HF_ERR_VERIFY,
                  CALL(p, mac_verify, NULL, .handle = NUMBER,
                       .algorithm = HF_ALG_HMAC_SHA256, .mac = hf_bytes_of(expected, 31),
                       .data = text_bytes("Hi There")));
}

/* ---- AEAD ---- */

/* An encrypted text, copied out of the answer. */
typedef struct sealed {
    uint8_t nonce[32], tag[32], text[FIXTURE_BODY_SIZE];
    size_t nonce_len, tag_len, text_len;
} sealed;

static int seal(peer *p, hf_bytes plaintext, sealed *s)
{
    hf_encrypt_response out;
    int rc = CALL(p, encrypt, &out, .handle = NUMBER, .algorithm = HF_ALG_AES_GCM,
                  .aad = text_bytes("header"), .plaintext = plaintext);
    if (rc != HF_OK) {
        return rc;
    }
    *s = (sealed){ .nonce_len = out.nonce.len,
                   .tag_len = out.tag.len,
                   .text_len = out.ciphertext.len };
    assert_int_equal(plaintext.len, out.ciphertext.len);
    memcpy(s->nonce, out.nonce.data, out.nonce.len);
    memcpy(s->tag, out.tag.data, out.tag.len);
    if (out.ciphertext.len > 0) {
        memcpy(s->text, out.ciphertext.data, out.ciphertext.len);
    }
    return rc;
}

static int unseal(peer *p, const sealed *s, const char *aad, hf_decrypt_response *out)
{
    return CALL(p, decrypt, out, .handle = NUMBER, .algorithm = HF_ALG_AES_GCM,
                .nonce = hf_bytes_of(s->nonce, s->nonce_len),
                .tag = hf_bytes_of(s->tag, s->tag_len), .aad = text_bytes(aad),
                .ciphertext = hf_bytes_of(s->text, s->text_len));
}

static void test_encrypt_returns_what_decrypt_takes(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    static const uint32_t types[] = { HF_KEY_AES_128, HF_KEY_AES_256 };
    static const size_t lens[] = { 0, 1, 15, 16, 17, 1000, 4000 };
    uint8_t text[4000];
    memset(text, 'p', sizeof text);
    for (size_t i = 0; i < 2; i++) {
        generate(p, NUMBER, types[i], ENCRYPT_DECRYPT);
        for (size_t j = 0; j < sizeof lens / sizeof lens[0]; j++) {
            sealed s;
            hf_decrypt_response out;
            assert_status(HF_OK, seal(p, hf_bytes_of(text, lens[j]), &s));
            assert_int_equal(12, s.nonce_len);
            assert_int_equal(16, s.tag_len);
            /* What is held back as a whole is bounded. */
            int rc = unseal(p, &s, "header", &out);
            assert_status(lens[j] > HF_CFG_STAGE_SIZE_MAX ? HF_ERR_SIZE : HF_OK, rc);
            if (rc != HF_OK) {
                continue;
            }
            assert_int_equal(lens[j], out.plaintext.len);
            if (lens[j] > 0) {
                assert_memory_equal(text, out.plaintext.data, lens[j]);
            }
        }
    }
}

static void test_encrypt_never_repeats_a_nonce(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    sealed before = { .nonce_len = 0 };
    sealed s;
    generate(p, NUMBER, HF_KEY_AES_128, ENCRYPT_DECRYPT);
    for (int i = 0; i < 50; i++) {
        assert_status(HF_OK, seal(p, text_bytes("same"), &s));
        assert_memory_not_equal(before.nonce, s.nonce, 12);
        before = s;
    }
}

/* Uses of the key that are reserved in the store; set first, unless that is 0. */
static uint64_t reserved_of(fixture *f, uint64_t set_to)
{
    hf_nvm *nvm = &f->server.nvm;
    const hf_metadata meta = { .id = hf_id_make(HF_KIND_SYSTEM, 7, NUMBER) };
    uint8_t payload[8];
    uint64_t value = 0;
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return 0;
    }
    if (set_to != 0) {
        hf_put_u64(payload, set_to);
        rc = hf_nvm_put_unchecked(nvm, &meta, hf_bytes_of(payload, sizeof payload));
    }
    if (rc == HF_OK && hf_nvm_get_counter(nvm, meta.id, &value) == HF_ERR_NOTFOUND) {
        value = 0;
    }
    assert_status(HF_OK, hf_nvm_unlock(nvm, rc, NULL));
    return value;
}

/* Such a request does not count as a use. */
static void test_encrypt_more_than_fits_an_answer_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    uint8_t text[4060] = { 0 };
    sealed s;
    generate(p, NUMBER, HF_KEY_AES_128, ENCRYPT_DECRYPT);
    assert_status(HF_ERR_SIZE, seal(p, hf_bytes_of(text, 4057), &s));
    assert_int_equal(0, reserved_of(*state, 0));
    assert_status(HF_OK, seal(p, hf_bytes_of(text, 4056), &s));
    assert_int_not_equal(0, reserved_of(*state, 0));
}

static void test_decrypt_of_changed_input_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    sealed good;
    generate(p, NUMBER, HF_KEY_AES_256, ENCRYPT_DECRYPT);
    assert_status(HF_OK, seal(p, text_bytes("plaintext"), &good));
    sealed s = good;
    s.text[8] ^= 1;
    assert_status(HF_ERR_VERIFY, unseal(p, &s, "header", NULL));
    s = good;
    s.tag[0] ^= 0x80;
    assert_status(HF_ERR_VERIFY, unseal(p, &s, "header", NULL));
    s = good;
    s.nonce[11] ^= 1;
    assert_status(HF_ERR_VERIFY, unseal(p, &s, "header", NULL));
    s = good;
    s.tag_len = 12;
    assert_status(HF_ERR_VERIFY, unseal(p, &s, "header", NULL));
    s = good;
    s.nonce_len = 11;
    assert_status(HF_ERR_VERIFY, unseal(p, &s, "header", NULL));
    s = good;
    s.nonce_len = 0;
    assert_status(HF_ERR_RANGE, unseal(p, &s, "header", NULL));
    assert_status(HF_ERR_VERIFY, unseal(p, &good, "other", NULL));
    assert_status(HF_OK, unseal(p, &good, "header", NULL));
}

/* SP 800-38D 8.3: at most 2^32 invocations of a key, counted across restarts. */
static void test_encrypt_beyond_the_invocation_limit_is_refused(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    sealed s;
    generate(p, NUMBER, HF_KEY_AES_128, ENCRYPT_DECRYPT);
    assert_int_equal(0, reserved_of(f, 0));
    assert_status(HF_OK, seal(p, text_bytes("first"), &s));
    assert_int_equal(65536, reserved_of(f, 0));
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = NUMBER));
    (void)reserved_of(f, (UINT64_C(1) << 32) - 2);
    assert_status(HF_OK, seal(p, text_bytes("last but one"), &s));
    assert_status(HF_OK, seal(p, text_bytes("last"), &s));
    assert_status(HF_ERR_LIMIT, seal(p, text_bytes("one too many"), &s));
    assert_status(HF_OK, unseal(p, &s, "header", NULL));
}

/* ---- signatures ---- */

typedef struct signing {
    uint32_t type;
    uint16_t algorithm;
    uint16_t format;
    size_t len;
} signing;

static const signing signings[] = {
    { HF_KEY_P256, HF_ALG_ECDSA, HF_SIGNATURE_DER, 32 },
    { HF_KEY_P256, HF_ALG_ECDSA, HF_SIGNATURE_RAW, 32 },
    { HF_KEY_P256, HF_ALG_ECDSA, HF_SIGNATURE_RAW, 28 },
    { HF_KEY_P384, HF_ALG_ECDSA, HF_SIGNATURE_DER, 48 },
    { HF_KEY_P384, HF_ALG_ECDSA, HF_SIGNATURE_RAW, 64 },
    { HF_KEY_ED25519, HF_ALG_ED25519, 0, 0 },
    { HF_KEY_ED25519, HF_ALG_ED25519, 0, 50 },
};

static void import_public(peer *p, hf_handle handle)
{
    hf_key_export_public_response public;
    uint8_t copy[128];
    assert_status(HF_OK, CALL(p, key_export_public, &public, .handle = NUMBER));
    assert_true(public.material.len <= sizeof copy);
    memcpy(copy, public.material.data, public.material.len);
    assert_status(HF_OK, CALL(p, key_import, NULL, .handle = handle, .type = public.type,
                              .flags = HF_USAGE_VERIFY, .store = 1,
                              .material = hf_bytes_of(copy, public.material.len)));
}

static int verify(peer *p, hf_handle handle, const signing *with, hf_bytes signature)
{
    return CALL(p, verify, NULL, .handle = handle, .algorithm = with->algorithm,
                .format = with->format, .signature = signature,
                .data = hf_bytes_of(digest, with->len));
}

static void test_sign_returns_what_verify_takes(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    for (size_t i = 0; i < sizeof signings / sizeof signings[0]; i++) {
        const signing *with = &signings[i];
        hf_sign_response out;
        uint8_t copy[160];
        generate(p, NUMBER, with->type, SIGN_VERIFY);
        import_public(p, 2);
        assert_status(HF_OK, CALL(p, sign, &out, .handle = NUMBER,
                                  .algorithm = with->algorithm, .format = with->format,
                                  .data = hf_bytes_of(digest, with->len)));
        hf_bytes signature = hf_bytes_of(copy, out.signature.len);
        assert_true(signature.len <= sizeof copy);
        memcpy(copy, out.signature.data, signature.len);
        /* With the private key, with its public part, and again from the store. */
        assert_status(HF_OK, verify(p, NUMBER, with, signature));
        assert_status(HF_OK, verify(p, 2, with, signature));
        assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = 2));
        assert_status(HF_OK, verify(p, 2, with, signature));
        copy[signature.len - 1] ^= 1;
        assert_status(HF_ERR_VERIFY, verify(p, NUMBER, with, signature));
        assert_status(HF_ERR_VERIFY, verify(p, 2, with, signature));
        assert_status(HF_ERR_VERIFY, verify(p, 2, with, hf_bytes_of(NULL, 0)));
    }
}

static void test_sign_digest_of_wrong_length_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    uint8_t long_digest[65] = { 0 };
    generate(p, NUMBER, HF_KEY_P256, SIGN_VERIFY);
    for (size_t len = 0; len <= 65; len += len == 19 ? 46 : 19) {
        assert_status(HF_ERR_RANGE,
                      CALL(p, sign, NULL, .handle = NUMBER, .algorithm = HF_ALG_ECDSA,
                           .data = hf_bytes_of(long_digest, len)));
    }
}

/* ---- what all operations with a key refuse ---- */

static const uint16_t operations[] = { HF_REQ_mac_generate, HF_REQ_mac_verify,
                                       HF_REQ_encrypt,      HF_REQ_decrypt,
                                       HF_REQ_sign,         HF_REQ_verify };
#define OPERATION_COUNT (sizeof operations / sizeof operations[0])

/* Any operation with the key, with input that it takes. */
static int operate(peer *p, uint16_t kind, uint16_t algorithm, uint16_t affinity)
{
    static const uint8_t input[32];
    const hf_bytes data = hf_bytes_of(input, sizeof input);
    switch (kind) {
    case HF_REQ_mac_generate:
        return CALL(p, mac_generate, NULL, .handle = NUMBER, .algorithm = algorithm,
                    .affinity = affinity, .data = data);
    case HF_REQ_mac_verify:
        return CALL(p, mac_verify, NULL, .handle = NUMBER, .algorithm = algorithm,
                    .affinity = affinity, .data = data);
    case HF_REQ_encrypt:
        return CALL(p, encrypt, NULL, .handle = NUMBER, .algorithm = algorithm,
                    .affinity = affinity, .plaintext = data);
    case HF_REQ_decrypt:
        return CALL(p, decrypt, NULL, .handle = NUMBER, .algorithm = algorithm,
                    .affinity = affinity, .nonce = hf_bytes_of(input, 12),
                    .tag = hf_bytes_of(input, 16), .ciphertext = data);
    case HF_REQ_sign:
        return CALL(p, sign, NULL, .handle = NUMBER, .algorithm = algorithm,
                    .affinity = affinity, .data = data);
    default:
        return CALL(p, verify, NULL, .handle = NUMBER, .algorithm = algorithm,
                    .affinity = affinity, .data = data);
    }
}

/* Algorithm, key type and usage that an operation takes. */
static const hf_algorithm *fitting(uint16_t kind, uint32_t *type, uint32_t *usage)
{
    bool is_forward =
        kind == HF_REQ_mac_generate || kind == HF_REQ_encrypt || kind == HF_REQ_sign;
    bool is_mac = kind == HF_REQ_mac_generate || kind == HF_REQ_mac_verify;
    bool is_signature = kind == HF_REQ_sign || kind == HF_REQ_verify;
    const hf_algorithm *row = hf_algorithm_find(is_mac         ? HF_ALG_HMAC_SHA256
                                                : is_signature ? HF_ALG_ECDSA
                                                               : HF_ALG_AES_GCM);
    *type = is_mac ? HF_KEY_HMAC : is_signature ? HF_KEY_P256 : HF_KEY_AES_256;
    *usage = is_forward ? row->usage_forward : row->usage_backward;
    return row;
}

/* Is the algorithm one for the operation? */
static bool is_for(uint16_t kind, const hf_algorithm *row)
{
    switch (kind) {
    case HF_REQ_mac_generate:
    case HF_REQ_mac_verify:
        return row->class == HF_CLASS_MAC;
    case HF_REQ_encrypt:
    case HF_REQ_decrypt:
        return row->class == HF_CLASS_AEAD || row->class == HF_CLASS_CIPHER ||
               row->class == HF_CLASS_ASYMMETRIC;
    default:
        return row->class == HF_CLASS_SIGNATURE;
    }
}

/* What it answers when all is as it should be; the input of the backward ones is none. */
static int expected_of(uint16_t kind)
{
    bool is_backward =
        kind == HF_REQ_mac_verify || kind == HF_REQ_decrypt || kind == HF_REQ_verify;
    return is_backward ? HF_ERR_VERIFY : HF_OK;
}

static void test_operation_without_its_usage_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        uint32_t type;
        uint32_t usage;
        const hf_algorithm *row = fitting(operations[i], &type, &usage);
        generate(p, NUMBER, type, hf_key_type_find(type)->usages & ~usage);
        assert_status(HF_ERR_USAGE, operate(p, operations[i], row->id, 0));
        assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = NUMBER));
        assert_status(HF_ERR_USAGE, operate(p, operations[i], row->id, 0));
        generate(p, NUMBER, type, usage);
        assert_status(expected_of(operations[i]), operate(p, operations[i], row->id, 0));
    }
}

static void test_operation_with_key_of_other_type_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    generate(p, NUMBER, HF_KEY_HMAC, SIGN_VERIFY);
    assert_status(HF_ERR_TYPE, operate(p, HF_REQ_sign, HF_ALG_ECDSA, 0));
    assert_status(HF_ERR_TYPE, operate(p, HF_REQ_verify, HF_ALG_ED25519, 0));
    generate(p, NUMBER, HF_KEY_P256, SIGN_VERIFY);
    assert_status(HF_ERR_TYPE, operate(p, HF_REQ_sign, HF_ALG_ED25519, 0));
    assert_status(HF_ERR_TYPE, operate(p, HF_REQ_mac_generate, HF_ALG_HMAC_SHA256, 0));
    assert_status(HF_ERR_TYPE, operate(p, HF_REQ_mac_verify, HF_ALG_HMAC_SHA256, 0));
    generate(p, NUMBER, HF_KEY_ED25519, SIGN_VERIFY);
    assert_status(HF_ERR_TYPE, operate(p, HF_REQ_verify, HF_ALG_ECDSA, 0));
}

static void test_operation_with_algorithm_of_other_class_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    const hf_algorithm *row;
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        uint32_t type;
        uint32_t usage;
        (void)fitting(operations[i], &type, &usage);
        generate(p, NUMBER, type, usage);
        for (size_t j = 0; (row = hf_algorithm_at(j)) != NULL; j++) {
            if (!is_for(operations[i], row)) {
                assert_status(HF_ERR_NOTSUPPORTED, operate(p, operations[i], row->id, 0));
            }
        }
        assert_status(HF_ERR_NOTSUPPORTED, operate(p, operations[i], 1, 0));
        assert_status(HF_ERR_NOTSUPPORTED, operate(p, operations[i], UINT16_MAX, 0));
    }
}

static int fail_parse(void *context, uint32_t type, hf_bytes raw, void **parsed)
{
    (void)context;
    (void)type;
    (void)raw;
    (void)parsed;
    return HF_ERR_KEY;
}

static void test_operation_with_key_that_cannot_be_parsed_is_refused(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    f->ops[0].parse = fail_parse;
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        uint32_t type;
        uint32_t usage;
        const hf_algorithm *row = fitting(operations[i], &type, &usage);
        generate(p, NUMBER, type, usage);
        assert_status(HF_ERR_KEY, operate(p, operations[i], row->id, 0));
        assert_int_equal(0, fixture_usage(f).lease_count);
    }
}

/* The libcrypto device, with its parsed keys counted. */
static const hf_crypto_device_ops *counted_ops;
static int parsed_count;
static int destroyed_count;

static int count_parse(void *context, uint32_t type, hf_bytes raw, void **parsed)
{
    parsed_count++;
    return counted_ops->parse(context, type, raw, parsed);
}

static void count_destroy(void *context, void *parsed)
{
    destroyed_count++;
    counted_ops->parsed_destroy(context, parsed);
}

static void test_operation_parses_a_key_once_and_for_all(void **state)
{
    fixture *f = *state;
    hf_crypto_device_config plain = hf_openssl_device(f->openssl);
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    peer *other = peer_connect(f, 7, FIXTURE_USER);
    generate(p, NUMBER, HF_KEY_P256, SIGN_VERIFY);
    counted_ops = plain.ops;
    parsed_count = 0;
    destroyed_count = 0;
    f->ops[0].parse = count_parse;
    f->ops[0].parsed_destroy = count_destroy;
    for (int i = 0; i < 3; i++) {
        assert_status(HF_OK, operate(p, HF_REQ_sign, HF_ALG_ECDSA, 0));
        assert_status(HF_OK, operate(other, HF_REQ_sign, HF_ALG_ECDSA, 0));
        assert_status(HF_ERR_VERIFY, operate(p, HF_REQ_verify, HF_ALG_ECDSA, 0));
    }
    assert_int_equal(1, parsed_count);
    assert_int_equal(0, destroyed_count);
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = NUMBER));
    assert_int_equal(1, destroyed_count);
    assert_status(HF_OK, operate(p, HF_REQ_sign, HF_ALG_ECDSA, 0));
    assert_int_equal(2, parsed_count);
    assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = NUMBER));
    assert_int_equal(2, destroyed_count);
}

static void test_operation_with_global_key_is_for_all(void **state)
{
    peer *writer = peer_connect(*state, 7, FIXTURE_WRITER);
    peer *reader = peer_connect(*state, 8, FIXTURE_USER);
    peer *blind = peer_connect(*state, 9, HF_PERMISSION_IDENTITY);
    hf_handle handle = HF_HANDLE_GLOBAL | NUMBER;
    generate(writer, handle, HF_KEY_P256, SIGN_VERIFY);
    assert_status(HF_OK,
                  CALL(reader, sign, NULL, .handle = handle, .algorithm = HF_ALG_ECDSA,
                       .data = hf_bytes_of(digest, 32)));
    assert_status(HF_ERR_ACCESS,
                  CALL(blind, sign, NULL, .handle = handle, .algorithm = HF_ALG_ECDSA,
                       .data = hf_bytes_of(digest, 32)));
}

/* ---- two devices ---- */

static int fail_sign(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    (void)context;
    (void)op;
    (void)out;
    return HF_ERR_CRYPTO;
}

/* The same device once more, as exclusive hardware at `place`. */
static fixture *start_with_hardware(uint32_t place)
{
    fixture *f = fixture_make();
    hf_crypto_device_config software = hf_openssl_device(f->openssl);
    for (uint32_t i = 0; i < 2; i++) {
        f->ops[i] = *software.ops;
        f->devices[i] = software;
        f->devices[i].ops = &f->ops[i];
    }
    f->devices[place].is_hardware = true;
    f->devices[place].is_exclusive = true;
    f->devices[place].name = "accelerator";
    f->config.device_count = 2;
    fixture_start(f);
    return f;
}

static void test_affinity_chooses_the_device(void **state)
{
    fixture *f = start_with_hardware(1);
    *state = f;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    generate(p, NUMBER, HF_KEY_P256, SIGN_VERIFY);
    assert_status(HF_OK, operate(p, HF_REQ_sign, HF_ALG_ECDSA, HF_AFFINITY_HARDWARE));
    f->ops[1].sign = fail_sign;
    assert_status(HF_OK, operate(p, HF_REQ_sign, HF_ALG_ECDSA, HF_AFFINITY_ANY));
    assert_status(HF_OK, operate(p, HF_REQ_sign, HF_ALG_ECDSA, HF_AFFINITY_SOFTWARE));
    /* A device that fails is no reason to take another. */
    assert_status(HF_ERR_CRYPTO,
                  operate(p, HF_REQ_sign, HF_ALG_ECDSA, HF_AFFINITY_HARDWARE));
    f->ops[0].sign = fail_sign;
    assert_status(HF_ERR_CRYPTO, operate(p, HF_REQ_sign, HF_ALG_ECDSA, HF_AFFINITY_ANY));
}

static void test_affinity_without_such_a_device_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        uint32_t type;
        uint32_t usage;
        const hf_algorithm *row = fitting(operations[i], &type, &usage);
        generate(p, NUMBER, type, usage);
        assert_status(HF_ERR_NOTSUPPORTED,
                      operate(p, operations[i], row->id, HF_AFFINITY_HARDWARE));
        assert_status(expected_of(operations[i]),
                      operate(p, operations[i], row->id, HF_AFFINITY_SOFTWARE));
    }
}

/* An accelerator without a random generator encrypts with another device's nonces. */
static void test_encrypt_takes_nonces_from_who_has_them(void **state)
{
    fixture *f = start_with_hardware(0);
    *state = f;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    sealed s;
    generate(p, NUMBER, HF_KEY_AES_128, ENCRYPT_DECRYPT);
    f->ops[0].random = NULL;
    assert_status(HF_OK, seal(p, text_bytes("text"), &s));
    assert_status(HF_OK, unseal(p, &s, "header", NULL));
    f->ops[1].random = fail_random;
    assert_status(HF_ERR_RANDOM, seal(p, text_bytes("text"), &s));
}

/* What has no key goes to a device that serves many at a time, if there is one. */
static void test_hash_and_random_leave_the_accelerator_alone(void **state)
{
    fixture *f = start_with_hardware(0);
    *state = f;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    hf_hash_start_response out;
    f->ops[0].random = fail_random;
    f->ops[0].stream_update = fail_update;
    assert_status(HF_OK, CALL(p, random, NULL, .len = 8));
    assert_status(HF_OK, CALL(p, hash_start, &out, .algorithm = HF_ALG_SHA256));
    assert_status(HF_OK, CALL(p, stream_update, NULL, .stream = out.stream));
    f->ops[1].random = NULL;
    assert_status(HF_ERR_RANDOM, CALL(p, random, NULL, .len = 8));
}

/* ---- capabilities ---- */

static bool is_only_ed25519(void *context, uint16_t algorithm, uint32_t key_type)
{
    (void)context;
    return algorithm == HF_ALG_SHA512 ||
           (algorithm == HF_ALG_ED25519 && key_type == HF_KEY_ED25519_PUBLIC);
}

static bool is_only_ed25519_key(void *context, uint32_t key_type)
{
    (void)context;
    return key_type == HF_KEY_ED25519_PUBLIC;
}

/* Does the device do it, with any type of key? */
static bool is_on_device(const fixture *f, const hf_algorithm *row)
{
    const hf_crypto_device_config *device = &f->devices[0];
    const hf_key_type_info *info;
    if (row->family == 0) {
        return device->ops->is_supported(device->context, row->id, 0);
    }
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        if (device->ops->is_supported(device->context, row->id, info->type)) {
            return true;
        }
    }
    return false;
}

static bool is_part_missing(const fixture *f, uint16_t part)
{
    return part != HF_ALG_NONE && !is_on_device(f, hf_algorithm_find(part));
}

static void test_capabilities_tell_what_the_devices_support(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, HF_PERMISSION_IDENTITY);
    const hf_crypto_device_config *device = &f->devices[0];
    const hf_algorithm *row;
    const hf_key_type_info *info;
    hf_capabilities_response out;
    assert_status(HF_OK, CALL(p, capabilities, &out, .none = 0));
    hf_reader algorithms = hf_reader_of(out.algorithms);
    hf_reader key_types = hf_reader_of(out.key_types);
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        bool is_made =
            !is_part_missing(f, row->parts[0]) && !is_part_missing(f, row->parts[1]);
        if (row->parts[0] != HF_ALG_NONE ? is_made : is_on_device(f, row)) {
            assert_int_equal(row->id, hf_reader_u16(&algorithms));
        }
    }
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        if (HF_KEY_FAMILY(info->type) == HF_FAMILY_LMS ||
            device->ops->is_key_supported(device->context, info->type)) {
            assert_int_equal(info->type, hf_reader_u32(&key_types));
        }
    }
    assert_status(HF_OK, hf_reader_end(&algorithms));
    assert_status(HF_OK, hf_reader_end(&key_types));
}

/* What the server makes itself is there with its parts, and not without them. */
static void test_capabilities_without_the_parts_lack_the_whole(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, HF_PERMISSION_IDENTITY);
    hf_capabilities_response out;
    f->ops[0].is_supported = is_only_ed25519;
    f->ops[0].is_key_supported = is_only_ed25519_key;
    assert_status(HF_OK, CALL(p, capabilities, &out, .none = 0));
    hf_reader algorithms = hf_reader_of(out.algorithms);
    hf_reader key_types = hf_reader_of(out.key_types);
    assert_int_equal(HF_ALG_SHA512, hf_reader_u16(&algorithms));
    assert_int_equal(HF_ALG_ED25519, hf_reader_u16(&algorithms));
    assert_int_equal(HF_KEY_ED25519_PUBLIC, hf_reader_u32(&key_types));
    assert_status(HF_OK, hf_reader_end(&algorithms));
    assert_status(HF_OK, hf_reader_end(&key_types));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
#define TEST_STARTED(name) cmocka_unit_test_teardown(name, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_random_returns_as_many_bytes_as_fit),
        TEST(test_random_device_that_fails_gives_an_error),
        TEST(test_hash_returns_the_digest),
        TEST(test_hash_stream_returns_the_digest_of_all_parts),
        TEST(test_hash_stream_unknown_or_ended_is_not_found),
        TEST(test_hash_streams_are_bounded),
        TEST(test_hash_device_that_fails_gives_an_error),
        TEST(test_hash_with_what_is_no_hash_is_refused),
        TEST(test_mac_generate_returns_what_verify_takes),
        TEST(test_encrypt_returns_what_decrypt_takes),
        TEST(test_encrypt_never_repeats_a_nonce),
        TEST(test_encrypt_more_than_fits_an_answer_is_refused),
        TEST(test_decrypt_of_changed_input_is_refused),
        TEST(test_encrypt_beyond_the_invocation_limit_is_refused),
        TEST(test_sign_returns_what_verify_takes),
        TEST(test_sign_digest_of_wrong_length_is_refused),
        TEST(test_operation_without_its_usage_is_refused),
        TEST(test_operation_with_key_of_other_type_is_refused),
        TEST(test_operation_with_algorithm_of_other_class_is_refused),
        TEST(test_operation_with_key_that_cannot_be_parsed_is_refused),
        TEST(test_operation_parses_a_key_once_and_for_all),
        TEST(test_operation_with_global_key_is_for_all),
        TEST_STARTED(test_affinity_chooses_the_device),
        TEST(test_affinity_without_such_a_device_is_refused),
        TEST_STARTED(test_encrypt_takes_nonces_from_who_has_them),
        TEST_STARTED(test_hash_and_random_leave_the_accelerator_alone),
        TEST(test_capabilities_tell_what_the_devices_support),
        TEST(test_capabilities_without_the_parts_lack_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
