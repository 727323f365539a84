/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The wrapped forms without metadata: AES key wrap of RFC 3394 and RFC 5649, and that
 * under an RSA key. Known answers and round trips, and what is refused.
 */
#include "wrapping.h"

#include <string.h>

#include "holdfast/handler.h"
#include "server/dispatch.h"

/* ---- under an AES key ---- */

static void test_kw_is_that_of_rfc_3394(void **state)
{
    static const uint8_t expected[40] = {
        0x28, 0xC9, 0xF4, 0x04, 0xC4, 0xB8, 0x10, 0xF4, 0xCB, 0xCC,
        0xB3, 0x5C, 0xFB, 0x87, 0xF8, 0x26, 0x3F, 0x57, 0x86, 0xE2,
        0xD8, 0x0E, 0xD3, 0x26, 0xCB, 0xC7, 0xF0, 0xE7, 0x1A, 0x99,
        0xF4, 0x3B, 0xFB, 0x98, 0x8B, 0x9B, 0x7A, 0x02, 0xDD, 0x21
    };
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    blob b;
    import_kek(p, BOTH);
    import_key(p, 1, 0);
    assert_status(HF_OK, wrap(p, 1, KW, &b)); /* RFC 3394 4.6 */
    assert_int_equal(sizeof expected, b.len);
    assert_memory_equal(expected, b.data, sizeof expected);
    assert_status(
        HF_OK, unwrap(p, 2, KW, HF_KEY_AES_256, hf_bytes_of(expected, sizeof expected)));
    assert_material(p, 2, hf_bytes_of(key_bytes, 32));
    assert_int_equal(0, info_of(p, 2).flags);
}

static void test_kwp_is_that_of_rfc_5649(void **state)
{
    /* RFC 5649 6. */
    static const uint8_t kek[24] = { 0x58, 0x40, 0xdf, 0x6e, 0x29, 0xb0, 0x2a, 0xf1,
                                     0xab, 0x49, 0x3b, 0x70, 0x5b, 0xf1, 0x6e, 0xa1,
                                     0xae, 0x83, 0x38, 0xf4, 0xdc, 0xc1, 0x76, 0xa8 };
    static const uint8_t key[20] = { 0xc3, 0x7b, 0x7e, 0x64, 0x92, 0x58, 0x43,
                                     0x40, 0xbe, 0xd1, 0x22, 0x07, 0x80, 0x89,
                                     0x41, 0x15, 0x50, 0x68, 0xf7, 0x38 };
    static const uint8_t expected[32] = {
        0x13, 0x8b, 0xde, 0xaa, 0x9b, 0x8f, 0xa7, 0xfc, 0x61, 0xf9, 0x77,
        0x42, 0xe7, 0x22, 0x48, 0xee, 0x5a, 0xe6, 0xae, 0x53, 0x60, 0xd1,
        0xae, 0x6a, 0x5f, 0x54, 0xf3, 0x73, 0xfa, 0x54, 0x3b, 0x6a
    };
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    blob b;
    assert_status(HF_OK,
                  import(p, KEK, HF_KEY_AES_192, BOTH, hf_bytes_of(kek, sizeof kek)));
    assert_status(HF_OK,
                  import(p, 1, HF_KEY_HMAC, HF_USAGE_SIGN, hf_bytes_of(key, sizeof key)));
    assert_status(HF_OK, wrap(p, 1, KWP, &b));
    assert_int_equal(sizeof expected, b.len);
    assert_memory_equal(expected, b.data, sizeof expected);
    assert_status(HF_OK, unwrap(p, 2, KWP, HF_KEY_SECRET, bytes_of(&b)));
    assert_material(p, 2, hf_bytes_of(key, sizeof key));
}

static void test_kwp_brings_back_every_type(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    import_kek(p, BOTH);
    for (size_t i = 0; i < wrapping_type_count; i++) {
        uint32_t usages = hf_key_type_find(wrapping_types[i])->usages;
        blob b;
        hf_key_unwrap_response out;
        assert_status(HF_OK, generate(p, 1, wrapping_types[i], usages));
        assert_status(HF_OK, wrap(p, 1, KWP, &b));
        assert_status(HF_OK, CALL(p, key_unwrap, &out, .handle = 2,
                                  .type = wrapping_types[i], .flags = usages, .kek = KEK,
                                  .algorithm = KWP, .store = 1, .wrapped = bytes_of(&b)));
        assert_int_equal(wrapping_types[i], out.type);
        assert_int_equal(usages, out.flags);
        assert_int_equal(usages, info_of(p, 2).flags);
        assert_int_equal(1, info_of(p, 2).is_stored);
        assert_same(p, 1, 2);
        /* What is inside is not what the request says. */
        uint32_t other = wrapping_types[i] == HF_KEY_P521 ? HF_KEY_X25519 : HF_KEY_P521;
        assert_status(HF_ERR_KEY, unwrap(p, 9, KWP, other, bytes_of(&b)));
    }
    assert_no_key(p, 9);
}

static void test_kw_takes_whole_semiblocks_only(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    import_kek(p, BOTH);
    for (size_t len = 1; len <= 32; len++) {
        assert_status(HF_OK, import(p, 1, HF_KEY_SECRET, HF_USAGE_DERIVE,
                                    hf_bytes_of(key_bytes, len)));
        int expected = len >= 16 && len % 8 == 0 ? HF_OK : HF_ERR_RANGE;
        assert_status(expected, wrap(p, 1, KW, NULL));
        assert_status(HF_OK, wrap(p, 1, KWP, NULL));
    }
}

static void test_form_without_metadata_needs_to_be_told(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    blob b;
    import_kek(p, BOTH);
    import_key(p, 1, 0);
    assert_status(HF_OK, wrap(p, 1, KWP, &b));
    assert_status(HF_ERR_TYPE, unwrap(p, 9, KWP, 0, bytes_of(&b)));
    assert_status(HF_ERR_TYPE, unwrap(p, 9, KWP, HF_KEY_P256_PUBLIC, bytes_of(&b)));
    assert_status(HF_ERR_TYPE, unwrap(p, 9, KWP, HF_KEY_LMS(1, 5, 8), bytes_of(&b)));
    assert_status(HF_ERR_TYPE, unwrap(p, 9, KWP, 0x7777, bytes_of(&b)));
    assert_status(HF_ERR_USAGE, CALL(p, key_unwrap, NULL, .handle = 9, .kek = KEK,
                                     .type = HF_KEY_CHACHA20, .flags = WRAP,
                                     .algorithm = KWP, .wrapped = bytes_of(&b)));
    assert_status(HF_ERR_ARG,
                  CALL(p, key_unwrap, NULL, .handle = 9, .kek = KEK,
                       .type = HF_KEY_AES_256, .flags = HF_FLAG_EPHEMERAL, .store = 1,
                       .algorithm = KWP, .wrapped = bytes_of(&b)));
    assert_no_key(p, 9);
}

/* ---- under an RSA key ---- */

static int wrap_rsa(peer *p, hf_handle handle, uint16_t hash, uint16_t mgf_hash,
                    blob *out)
{
    hf_key_wrap_response answer;
    int rc = CALL(p, key_wrap, &answer, .handle = handle, .kek = KEK + 1,
                  .algorithm = RSA, .hash = hash, .mgf_hash = mgf_hash);
    if (rc == HF_OK) {
        keep(out, answer.wrapped);
    }
    return rc;
}

static int unwrap_rsa(peer *p, uint32_t type, uint16_t hash, uint16_t mgf_hash,
                      const blob *b)
{
    return CALL(p, key_unwrap, NULL, .handle = 9, .type = type, .kek = KEK,
                .algorithm = RSA, .hash = hash, .mgf_hash = mgf_hash,
                .wrapped = bytes_of(b));
}

static void test_rsa_public_key_wraps_what_the_private_one_unwraps(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    static const struct {
        uint16_t hash, mgf_hash;
    } hashes[] = { { 0, 0 },
                   { HF_ALG_SHA256, HF_ALG_SHA256 },
                   { HF_ALG_SHA512, 0 },
                   { HF_ALG_SHA384, HF_ALG_SHA256 } };
    blob b;
    make_pair(p, 0);
    import_key(p, 1, 0);
    assert_status(HF_OK, generate(p, 2, HF_KEY_P256, HF_USAGE_SIGN));
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        assert_status(HF_OK, wrap_rsa(p, 1, hashes[i].hash, hashes[i].mgf_hash, &b));
        assert_int_equal(256 + 40, b.len); /* RSA-2048, then KWP of 32 bytes */
        assert_status(
            HF_OK, unwrap_rsa(p, HF_KEY_AES_256, hashes[i].hash, hashes[i].mgf_hash, &b));
        assert_same(p, 1, 9);
        erase(p, 9);
    }
    assert_status(HF_ERR_VERIFY, unwrap_rsa(p, HF_KEY_AES_256, 0, 0, &b));
    assert_status(HF_ERR_VERIFY, unwrap_rsa(p, HF_KEY_AES_256, HF_ALG_SHA384, 0, &b));
    assert_status(HF_OK, wrap_rsa(p, 2, 0, 0, &b));
    assert_status(HF_OK, unwrap_rsa(p, HF_KEY_P256, 0, 0, &b));
    assert_same(p, 2, 9);
    /* A hash that is none, and a legacy one, which is not for new things. */
    assert_status(HF_ERR_RANGE, wrap_rsa(p, 1, HF_ALG_AES_GCM, 0, &b));
    assert_status(HF_ERR_RANGE, wrap_rsa(p, 1, HF_ALG_SHA1, 0, &b));
    assert_status(HF_ERR_RANGE, wrap_rsa(p, 1, 0, HF_ALG_SHA1, &b));
}

static void test_changed_blob_under_rsa_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    blob b;
    make_pair(p, 0);
    import_key(p, 1, 0);
    assert_status(HF_OK, wrap_rsa(p, 1, 0, 0, &b));
    check_tampering(p, RSA, HF_KEY_AES_256, &b, 7);
    /* Larger than the modulus. */
    memset(b.data, 0xFF, 256);
    assert_status(HF_ERR_VERIFY, unwrap_rsa(p, HF_KEY_AES_256, 0, 0, &b));
    assert_no_key(p, 9);
}

/* What OAEP reveals to be no AES key is told like everything else that is wrong. */
static void test_rsa_blob_without_an_aes_key_is_refused(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    static const size_t lens[] = { 0, 1, 15, 17, 20, 31, 33, 48 };
    hf_key_export_public_response public;
    blob raw;
    make_pair(p, 0);
    assert_status(HF_OK, CALL(p, key_export_public, &public, .handle = KEK));
    keep(&raw, public.material);
    const hf_crypto_key key = { .type = HF_KEY_RSA_2048_PUBLIC,
                                .material = bytes_of(&raw) };
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        blob b = { .len = 256 + 40 };
        hf_buffer out = hf_buffer_of(b.data, 256);
        const hf_crypto_op op = { .algorithm = HF_ALG_RSA_OAEP,
                                  .hash = HF_ALG_SHA256,
                                  .key = &key,
                                  .input = hf_bytes_of(raw.data, lens[i]) };
        assert_status(HF_OK, hf_crypto_encrypt(&f->server.crypto, 0, &op, &out, NULL));
        assert_status(HF_ERR_VERIFY, unwrap_rsa(p, HF_KEY_AES_256, 0, 0, &b));
    }
    assert_no_key(p, 9);
}

/* AES keys of all sizes carry what other systems wrap. */
static void test_rsa_blob_with_any_aes_key_is_taken(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    static const uint32_t inner_types[] = { HF_KEY_AES_128, HF_KEY_AES_192,
                                            HF_KEY_AES_256 };
    hf_key_export_public_response public;
    blob raw;
    make_pair(p, 0);
    assert_status(HF_OK, CALL(p, key_export_public, &public, .handle = KEK));
    keep(&raw, public.material);
    const hf_crypto_key key = { .type = HF_KEY_RSA_2048_PUBLIC,
                                .material = bytes_of(&raw) };
    for (size_t i = 0; i < 3; i++) {
        blob b;
        hf_buffer out = hf_buffer_of(b.data, sizeof b.data);
        const hf_crypto_key inner = { .type = inner_types[i],
                                      .material = hf_bytes_of(kek_bytes, 16 + 8 * i) };
        const hf_crypto_op first = { .algorithm = HF_ALG_RSA_OAEP,
                                     .hash = HF_ALG_SHA256,
                                     .key = &key,
                                     .input = inner.material };
        const hf_crypto_op second = { .algorithm = HF_ALG_AES_KWP,
                                      .key = &inner,
                                      .input = hf_bytes_of(key_bytes, 32) };
        assert_status(HF_OK, hf_crypto_encrypt(&f->server.crypto, 0, &first, &out, NULL));
        assert_status(HF_OK,
                      hf_crypto_encrypt(&f->server.crypto, 0, &second, &out, NULL));
        b.len = out.len;
        assert_status(HF_OK, unwrap_rsa(p, HF_KEY_AES_256, 0, 0, &b));
        assert_material(p, 9, hf_bytes_of(key_bytes, 32));
        erase(p, 9);
    }
}

/* A whole RSA key: larger than a small slot, larger than what the KEK could encrypt. */
static void test_rsa_key_goes_under_aes_and_under_rsa(void **state)
{
    static const uint16_t forms[] = { GCM, KWP };
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    blob b;
    assert_status(HF_OK, generate(p, 1, HF_KEY_RSA_2048, HF_USAGE_SIGN));
    import_kek(p, BOTH);
    for (size_t i = 0; i < 2; i++) {
        assert_status(HF_OK, wrap(p, 1, forms[i], &b));
        assert_status(HF_OK, unwrap(p, 9, forms[i], HF_KEY_RSA_2048, bytes_of(&b)));
        assert_same(p, 1, 9);
        erase(p, 9);
    }
    make_pair(p, 0);
    assert_status(HF_OK, wrap_rsa(p, 1, 0, 0, &b));
    assert_status(HF_OK, unwrap_rsa(p, HF_KEY_RSA_2048, 0, 0, &b));
    assert_same(p, 1, 9);
}

/* ---- what it costs ---- */

static hf_cost cost_of(uint16_t kind, hf_request *rq)
{
    rq->handler = hf_handler_find(kind);
    return rq->handler->cost(rq);
}

/* Slow is what an RSA key computes, and what has to be checked, or encoded, of one. */
static void test_cost_follows_both_keys(void **state)
{
    static hf_request rq;
    static const struct {
        uint16_t algorithm;
        uint32_t kek, key;
        hf_cost wrap, unwrap;
    } cases[] = {
        { GCM, HF_KEY_AES_256, HF_KEY_AES_256, HF_COST_QUICK, HF_COST_QUICK },
        { KWP, HF_KEY_AES_256, HF_KEY_AES_256, HF_COST_QUICK, HF_COST_QUICK },
        { GCM, HF_KEY_AES_256, HF_KEY_RSA_2048, HF_COST_QUICK, HF_COST_SLOW },
        { KWP, HF_KEY_AES_256, HF_KEY_RSA_2048, HF_COST_SLOW, HF_COST_SLOW },
        { RSA, HF_KEY_RSA_2048, HF_KEY_AES_256, HF_COST_QUICK, HF_COST_SLOW },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[HF_WRAP_KEY_HEADER_LEN + HF_WRAP_SEAL_LEN] = { 0 };
        hf_wrap_put_key_header(&(hf_metadata){ .type = cases[i].key }, bytes);
        rq = (hf_request){ .handler = NULL };
        rq.leases[0].key.type = cases[i].kek;
        rq.leases[1].key.type = cases[i].key;
        rq.in.key_wrap.algorithm = cases[i].algorithm;
        assert_int_equal(cases[i].wrap, cost_of(HF_REQ_key_wrap, &rq));
        rq.in.key_unwrap = (hf_key_unwrap_request){
            .algorithm = cases[i].algorithm,
            .type = cases[i].algorithm == GCM ? 0 : cases[i].key,
            .wrapped = hf_bytes_of(bytes, sizeof bytes),
        };
        assert_int_equal(cases[i].unwrap, cost_of(HF_REQ_key_unwrap, &rq));
    }
    /* Much data, under any key. */
    rq.leases[0].key.type = HF_KEY_AES_256;
    rq.in.key_wrap_data = (hf_key_wrap_data_request){ .data = { .len = 1000 } };
    assert_int_equal(HF_COST_QUICK, cost_of(HF_REQ_key_wrap_data, &rq));
    rq.in.key_wrap_data.data.len = 1000 * 1000;
    assert_int_equal(HF_COST_SLOW, cost_of(HF_REQ_key_wrap_data, &rq));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
#define TEST_LARGE(name) cmocka_unit_test_setup_teardown(name, open_large, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cost_follows_both_keys),
        TEST(test_kw_is_that_of_rfc_3394),
        TEST(test_kwp_is_that_of_rfc_5649),
        TEST(test_kwp_brings_back_every_type),
        TEST(test_kw_takes_whole_semiblocks_only),
        TEST(test_form_without_metadata_needs_to_be_told),
        TEST_LARGE(test_rsa_public_key_wraps_what_the_private_one_unwraps),
        TEST_LARGE(test_changed_blob_under_rsa_is_refused),
        TEST_LARGE(test_rsa_blob_without_an_aes_key_is_refused),
        TEST_LARGE(test_rsa_blob_with_any_aes_key_is_taken),
        TEST_LARGE(test_rsa_key_goes_under_aes_and_under_rsa),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
