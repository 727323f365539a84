/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The rules of derived secrets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "holdfast/secret.h"

#define UNTOUCHED 0xA5A5A5A5u

static void check(const hf_secret_plan *plan, int status, uint32_t expected)
{
    uint32_t len = UNTOUCHED;
    int rc = hf_secret_find_len(plan, &len);
    if (rc != status || len != (status == HF_OK ? expected : UNTOUCHED)) {
        fail_msg("source %04x, kdf %04x, type %08x, len %u: %s, %u bytes", plan->source,
                 plan->kdf, plan->type, plan->len, hf_status_name(rc), len);
    }
}

#define CHECK(status, expected, ...)                                                     \
    check(&(hf_secret_plan){ __VA_ARGS__ }, (status), (expected))

/* Whole, and only what may have any distribution; a KEM's is uniform. */
static void test_find_len_without_kdf(void **state)
{
    (void)state;
    static const struct {
        uint16_t source;
        uint32_t base_type, len;
    } sources[] = {
        { HF_ALG_ECDH, HF_KEY_P256, 32 },         { HF_ALG_ECDH, HF_KEY_P521, 66 },
        { HF_ALG_XDH, HF_KEY_X25519, 32 },        { HF_ALG_XDH, HF_KEY_X448, 56 },
        { HF_ALG_ML_KEM, HF_KEY_ML_KEM_768, 32 },
    };
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        const hf_key_type_info *info;
        uint32_t whole = sources[i].len;
        bool is_kem = sources[i].source == HF_ALG_ML_KEM;
#define SOURCE .source = sources[i].source, .base_type = sources[i].base_type
        CHECK(HF_OK, whole, SOURCE);
        CHECK(HF_OK, whole, SOURCE, .len = whole);
        CHECK(HF_ERR_RANGE, 0, SOURCE, .len = whole - 1);
        CHECK(HF_ERR_RANGE, 0, SOURCE, .len = whole + 1);
        for (size_t at = 0; (info = hf_key_type_at(at)) != NULL; at++) {
            bool is_any = info->type == HF_KEY_SECRET || info->type == HF_KEY_HMAC;
            bool is_cipher =
                info->type == HF_KEY_AES_256 || info->type == HF_KEY_CHACHA20;
            bool is_allowed = is_any || (is_kem && is_cipher);
            int refusal =
                HF_KEY_CLASS(info->type) == HF_CLASS_SECRET ? HF_ERR_ARG : HF_ERR_TYPE;
            CHECK(is_allowed ? HF_OK : refusal, whole, SOURCE, .type = info->type);
        }
#undef SOURCE
    }
    CHECK(HF_ERR_NOTSUPPORTED, 0, .base_type = HF_KEY_SECRET, .type = HF_KEY_SECRET);
}

static void test_find_len_with_kdf(void **state)
{
    (void)state;
#define HKDF .base_type = HF_KEY_SECRET, .kdf = HF_ALG_HKDF, .hash = HF_ALG_SHA384
    const hf_key_type_info *info;
    for (size_t at = 0; (info = hf_key_type_at(at)) != NULL; at++) {
        if (HF_KEY_CLASS(info->type) != HF_CLASS_SECRET) {
            CHECK(HF_ERR_TYPE, 0, HKDF, .type = info->type);
            continue;
        }
        bool is_fixed = info->raw_len_min == info->raw_len_max;
        /* A prefix of another key that is short enough to be tried out is no key. */
        uint32_t least = info->raw_len_min < 16 ? 16 : info->raw_len_min;
        CHECK(HF_OK, is_fixed ? info->raw_len_max : HF_SECRET_LEN_DEFAULT, HKDF,
              .type = info->type);
        CHECK(HF_OK, least, HKDF, .type = info->type, .len = least);
        CHECK(HF_OK, info->raw_len_max, HKDF, .type = info->type,
              .len = info->raw_len_max);
        CHECK(HF_ERR_RANGE, 0, HKDF, .type = info->type, .len = info->raw_len_max + 1u);
        CHECK(HF_ERR_RANGE, 0, HKDF, .type = info->type, .len = least - 1u);
        CHECK(HF_ERR_RANGE, 0, HKDF, .type = info->type, .len = 1);
    }
    CHECK(HF_ERR_RANGE, 0, HKDF);
    CHECK(HF_OK, 1, HKDF, .len = 1);
    CHECK(HF_OK, HF_DERIVED_LEN_MAX, HKDF, .len = HF_DERIVED_LEN_MAX);
    CHECK(HF_ERR_RANGE, 0, HKDF, .len = HF_DERIVED_LEN_MAX + 1);
    CHECK(HF_ERR_TYPE, 0, HKDF, .type = 0x7777);
}

/* Extract gives a block of its hash, all or nothing. */
static void test_find_len_of_extract_is_that_of_the_hash(void **state)
{
    (void)state;
#define EXTRACT(id) .base_type = HF_KEY_SECRET, .kdf = HF_ALG_HKDF_EXTRACT, .hash = (id)
    CHECK(HF_OK, 32, EXTRACT(HF_ALG_SHA256));
    CHECK(HF_OK, 64, EXTRACT(HF_ALG_SHA512), .len = 64);
    CHECK(HF_ERR_RANGE, 0, EXTRACT(HF_ALG_SHA512), .len = 63);
    CHECK(HF_ERR_RANGE, 0, EXTRACT(HF_ALG_SHA512), .len = 65);
    CHECK(HF_OK, 48, EXTRACT(HF_ALG_SHA384), .type = HF_KEY_HMAC);
    CHECK(HF_OK, 32, EXTRACT(HF_ALG_SHA256), .type = HF_KEY_AES_256);
    CHECK(HF_ERR_RANGE, 0, EXTRACT(HF_ALG_SHA256), .type = HF_KEY_AES_128);
    CHECK(HF_ERR_RANGE, 0, EXTRACT(HF_ALG_SHA256), .type = HF_KEY_AES_128, .len = 16);
}

static void test_find_len_of_a_kdf_that_cannot_be(void **state)
{
    (void)state;
    CHECK(HF_ERR_NOTSUPPORTED, 0, .kdf = HF_ALG_SHA256, .hash = HF_ALG_SHA256, .len = 1);
    CHECK(HF_ERR_NOTSUPPORTED, 0, .kdf = HF_ALG_ECDH, .len = 1);
    CHECK(HF_ERR_NOTSUPPORTED, 0, .kdf = 0x7777, .len = 1);
    CHECK(HF_ERR_RANGE, 0, .kdf = HF_ALG_HKDF, .len = 1);
    CHECK(HF_ERR_RANGE, 0, .kdf = HF_ALG_HKDF, .hash = HF_ALG_SHA1, .len = 1);
    CHECK(HF_ERR_RANGE, 0, .kdf = HF_ALG_HKDF, .hash = HF_ALG_SHAKE256, .len = 1);
    CHECK(HF_ERR_RANGE, 0, .kdf = HF_ALG_HKDF_EXTRACT, .hash = 0x7777);
    /* It takes an AES key, which no agreement gives. */
    CHECK(HF_OK, 1, .base_type = HF_KEY_AES_128, .kdf = HF_ALG_KBKDF_CMAC, .len = 1);
    CHECK(HF_ERR_TYPE, 0, .source = HF_ALG_ECDH, .base_type = HF_KEY_P256,
          .kdf = HF_ALG_KBKDF_CMAC, .len = 1);
}

static void test_find_flags_inherits_what_keeps_a_key_inside(void **state)
{
    (void)state;
    const uint32_t wanted = HF_USAGE_SIGN | HF_FLAG_NONDESTROYABLE;
    const uint32_t allow = HF_FLAG_ALLOW_SECRET;
    uint32_t flags = 0;
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        bool is_kept = bit == HF_FLAG_SENSITIVE || bit == HF_FLAG_NONEXPORTABLE;
        assert_int_equal(hf_secret_find_flags(bit, wanted, &flags), HF_OK);
        assert_int_equal(flags, wanted | (is_kept ? bit : 0));
    }
    assert_int_equal(hf_secret_find_flags(~allow, allow, &flags), HF_ERR_ACCESS);
    assert_int_equal(hf_secret_find_flags(allow, allow, &flags), HF_OK);
    assert_int_equal(flags, allow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_len_without_kdf),
        cmocka_unit_test(test_find_len_with_kdf),
        cmocka_unit_test(test_find_len_of_extract_is_that_of_the_hash),
        cmocka_unit_test(test_find_len_of_a_kdf_that_cannot_be),
        cmocka_unit_test(test_find_flags_inherits_what_keeps_a_key_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
