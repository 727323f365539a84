/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Known answers: those of RFC 8554 Appendix F, and digests of keys and signatures from an
 * implementation of its own (reference.py).
 */
#include "fixture.h"
#include "rfc8554.h"

#include <stdlib.h>
#include <string.h>

typedef struct reference {
    hf_hss_params params;
    uint64_t index;
    size_t signature_len;
    const char *public_digest;
    const char *signature_digest;
} reference;

#include "reference.h"

/* A tree of 2^15 leaves takes seconds, and minutes under a sanitizer: not there. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HEIGHT_MAX 10u
#else
#define HEIGHT_MAX 15u
#endif

static void check_rfc(const char *public_hex, const char *message,
                      const char *const *pieces)
{
    hf_buffer public_key = buffer_of_hex(public_hex);
    hf_buffer signature = buffer_of_pieces(pieces);
    assert_int_equal(hf_hss_check_public(bytes_of_buffer(&public_key)), HF_OK);
    assert_int_equal(hf_hss_verify(&engine, bytes_of_buffer(&public_key),
                                   bytes_of_text(message), bytes_of_buffer(&signature)),
                     HF_OK);
    signature.data[signature.len - 1] ^= 1;
    assert_int_equal(hf_hss_verify(&engine, bytes_of_buffer(&public_key),
                                   bytes_of_text(message), bytes_of_buffer(&signature)),
                     HF_ERR_VERIFY);
    free(public_key.data);
    free(signature.data);
}

static void test_verify_rfc8554_vectors_are_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rfc8554) / sizeof(rfc8554[0]); i++) {
        check_rfc(rfc8554[i].public_key, rfc8554[i].message, rfc8554[i].signature);
    }
}

/* The private keys of test case 2 give its public keys. */
static void test_generate_rfc8554_keys_have_the_published_roots(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rfc8554_keys) / sizeof(rfc8554_keys[0]); i++) {
        const hf_hss_params params =
            one_level(rfc8554_keys[i].lms_type, rfc8554_keys[i].ots_type);
        hf_buffer entropy = buffer_of_hex(rfc8554_keys[i].entropy);
        hf_buffer root = buffer_of_hex(rfc8554_keys[i].root);
        uint8_t private_memory[HF_HSS_PRIVATE_LEN_MAX];
        hf_buffer private_key = hf_buffer_of(private_memory, sizeof(private_memory));
        hf_buffer cache = hf_buffer_of(malloc(hf_hss_cache_len(&params, 0)),
                                       hf_hss_cache_len(&params, 0));
        assert_int_equal(hf_hss_generate(&engine, &params, bytes_of_buffer(&entropy),
                                         &private_key, &cache),
                         HF_OK);
        assert_memory_equal(private_key.data + private_key.len - root.len, root.data,
                            root.len);
        free(entropy.data);
        free(root.data);
        free(cache.data);
    }
}

static void check_digest(hf_bytes bytes, const char *hex)
{
    uint8_t memory[32];
    hf_buffer digest = hf_buffer_of(memory, sizeof(memory));
    hf_buffer expected = buffer_of_hex(hex);
    assert_int_equal(
        hf_crypto_hash(engine.crypto, engine.device, HF_ALG_SHA256, bytes, &digest),
        HF_OK);
    assert_memory_equal(digest.data, expected.data, sizeof(memory));
    free(expected.data);
}

static void test_sign_all_sets_equals_the_reference(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
        const reference *r = &references[i];
        hf_buffer signature;
        if (hf_lms_set_find(r->params.levels[0].lms_type)->height > HEIGHT_MAX) {
            continue;
        }
        print_message("%u levels, sets %u and %u, index %llu\n", r->params.level_count,
                      r->params.levels[0].lms_type, r->params.levels[0].ots_type,
                      (unsigned long long)r->index);
        test_key *key = key_create(&r->params);
        check_digest(bytes_of_buffer(&key->public_key), r->public_digest);
        assert_int_equal(key_move(key, r->index), HF_OK);
        assert_int_equal(key_sign(key, r->index, bytes_of_text("reference"), &signature),
                         HF_OK);
        assert_int_equal(signature.len, r->signature_len);
        check_digest(bytes_of_buffer(&signature), r->signature_digest);
        free(signature.data);
        key_destroy(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify_rfc8554_vectors_are_valid),
        cmocka_unit_test(test_generate_rfc8554_keys_have_the_published_roots),
        cmocka_unit_test(test_sign_all_sets_equals_the_reference),
    };
    return cmocka_run_group_tests(tests, engine_open, engine_close);
}
