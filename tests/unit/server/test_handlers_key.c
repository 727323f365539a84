/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * KEY requests.
 */
#include "fixture.h"

#include <string.h>

#define GLOBAL HF_HANDLE_GLOBAL
#define SIGN_VERIFY (HF_USAGE_SIGN | HF_USAGE_VERIFY)

/* Types that can be generated. */
static const uint32_t types[] = { HF_KEY_AES_128, HF_KEY_AES_256, HF_KEY_HMAC,
                                  HF_KEY_P256,    HF_KEY_P384,    HF_KEY_ED25519 };
#define TYPE_COUNT (sizeof types / sizeof types[0])

static const uint8_t material[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

static int import(peer *p, hf_handle handle, uint32_t flags, uint8_t store)
{
    return CALL(p, key_import, NULL, .handle = handle, .type = HF_KEY_AES_128,
                .flags = flags, .store = store,
                .material = hf_bytes_of(material, sizeof material));
}

static int generate(peer *p, hf_handle handle, uint32_t type, uint32_t flags,
                    uint8_t store)
{
    return CALL(p, key_generate, NULL, .handle = handle, .type = type, .flags = flags,
                .store = store);
}

static hf_key_info_response info_of(peer *p, hf_handle handle)
{
    hf_key_info_response out = { 0 };
    assert_status(HF_OK, CALL(p, key_info, &out, .handle = handle));
    return out;
}

/* ---- import ---- */

static void test_import_then_export_returns_material_and_metadata(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_key_import_response made;
    hf_key_export_response out;
    const hf_label label = text_label("transport key");
    uint32_t flags = HF_USAGE_ENCRYPT | HF_FLAG_NONDESTROYABLE;
    assert_status(HF_OK, CALL(p, key_import, &made, .handle = 4, .type = HF_KEY_AES_128,
                              .flags = flags, .label = label, .store = 1,
                              .material = hf_bytes_of(material, sizeof material)));
    assert_int_equal(4, made.handle);
    assert_status(HF_OK, CALL(p, key_export, &out, .handle = 4));
    assert_int_equal(HF_KEY_AES_128, out.type);
    assert_int_equal(flags, out.flags);
    assert_memory_equal(label.text, out.label.text, HF_LABEL_SIZE);
    assert_int_equal(sizeof material, out.material.len);
    assert_memory_equal(material, out.material.data, sizeof material);
}

static void test_import_number_0_assigns_numbers_that_all_differ(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_WRITER);
    hf_key_import_response out;
    hf_key_generate_response made;
    hf_handle seen = 0;
    for (int i = 0; i < 6; i++) {
        assert_status(HF_OK, CALL(p, key_import, &out, .type = HF_KEY_AES_128,
                                  .store = (uint8_t)(i % 2),
                                  .material = hf_bytes_of(material, 16)));
        assert_true(out.handle > seen);
        assert_status(HF_OK,
                      CALL(p, key_generate, &made, .type = HF_KEY_HMAC, .store = 1));
        assert_true(made.handle > out.handle && made.handle <= HF_NUMBER_MAX);
        seen = made.handle;
    }
}

static void test_import_length_or_material_wrong_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    uint8_t bytes[200];
    memset(bytes, 0xFF, sizeof bytes);
    static const struct {
        uint32_t type;
        uint16_t format;
        size_t len;
    } bad[] = {
        { HF_KEY_AES_128, HF_FORMAT_RAW, 15 },
        { HF_KEY_AES_128, HF_FORMAT_RAW, 17 },
        { HF_KEY_AES_256, HF_FORMAT_RAW, 16 },
        { HF_KEY_HMAC, HF_FORMAT_RAW, 15 },
        { HF_KEY_HMAC, HF_FORMAT_RAW, 129 },
        { HF_KEY_P256, HF_FORMAT_RAW, 32 },
        { HF_KEY_P256, HF_FORMAT_RAW, 31 },
        { HF_KEY_P256_PUBLIC, HF_FORMAT_RAW, 65 },
        { HF_KEY_P384_PUBLIC, HF_FORMAT_RAW, 65 },
        { HF_KEY_P256, HF_FORMAT_DER, 100 },
        { HF_KEY_ED25519, HF_FORMAT_DER, 48 },
        { HF_KEY_ED25519, HF_FORMAT_RAW, 33 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_status(HF_ERR_KEY, CALL(p, key_import, NULL, .handle = 1,
                                       .type = bad[i].type, .format = bad[i].format,
                                       .material = hf_bytes_of(bytes, bad[i].len)));
        assert_status(HF_ERR_NOTFOUND, CALL(p, key_info, NULL, .handle = 1));
    }
    assert_int_equal(0, fixture_usage(*state).small_used_count);
}

static void test_import_der_of_symmetric_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_ERR_TYPE,
                  CALL(p, key_import, NULL, .handle = 1, .type = HF_KEY_AES_128,
                       .format = HF_FORMAT_DER, .material = hf_bytes_of(material, 16)));
}

/* Private and public keys go out and come in again in every format. */
static void test_import_of_an_export_is_the_same_key(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        uint16_t formats = hf_key_type_public(types[i]) != 0 ? 2 : 1;
        assert_status(HF_OK, generate(p, 1, types[i], 0, 0));
        for (uint16_t format = 0; format < formats; format++) {
            hf_key_export_response out;
            uint8_t copy[256];
            assert_status(HF_OK,
                          CALL(p, key_export, &out, .handle = 1, .format = format));
            size_t len = out.material.len;
            assert_true(len <= sizeof copy);
            memcpy(copy, out.material.data, len);
            assert_status(HF_OK,
                          CALL(p, key_import, NULL, .handle = 2, .type = types[i],
                               .format = format, .material = hf_bytes_of(copy, len)));
            assert_status(HF_OK,
                          CALL(p, key_export, &out, .handle = 2, .format = format));
            assert_int_equal(len, out.material.len);
            assert_memory_equal(copy, out.material.data, len);
        }
    }
}

/* One P-256 key as SEC1, and as PKCS#8 under the password "correct"; libcrypto made both.
 */
static const uint8_t sec1[] = {
    0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20, 0x4E, 0x8C, 0x43, 0x22, 0xD9, 0x59, 0xB1,
    0x29, 0xE1, 0x6E, 0x5F, 0x4E, 0xA5, 0xC7, 0xC0, 0x80, 0x42, 0xC1, 0x73, 0x7F, 0x7E,
    0x78, 0x15, 0xC8, 0xC4, 0xB6, 0xE5, 0xC3, 0x84, 0xA1, 0x29, 0xE9, 0xA0, 0x0A, 0x06,
    0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0xA1, 0x44, 0x03, 0x42, 0x00,
    0x04, 0xB4, 0x7D, 0x5A, 0xB9, 0x28, 0xDA, 0x8C, 0x11, 0x9B, 0x37, 0xE2, 0xAE, 0x5C,
    0xDA, 0xB9, 0x14, 0x3B, 0xC0, 0x4B, 0xF6, 0xF2, 0x26, 0xD5, 0xA5, 0x4A, 0x14, 0x49,
    0xE6, 0x26, 0xF9, 0xE6, 0xA9, 0xA2, 0xB6, 0x69, 0xA5, 0x7A, 0x04, 0xCE, 0xE4, 0x08,
    0x64, 0x3F, 0x0D, 0x00, 0xFF, 0x9F, 0x08, 0xBB, 0xE4, 0xD3, 0x7F, 0xA7, 0xD7, 0xC8,
    0x99, 0xDE, 0x45, 0x8E, 0xDE, 0x66, 0x27, 0x0F, 0xD7,
};
static const uint8_t encrypted[] = {
    0x30, 0x81, 0xEC, 0x30, 0x57, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01,
    0x05, 0x0D, 0x30, 0x4A, 0x30, 0x29, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
    0x01, 0x05, 0x0C, 0x30, 0x1C, 0x04, 0x08, 0xC3, 0xE8, 0x87, 0x73, 0x3B, 0x08, 0x06,
    0x62, 0x02, 0x02, 0x08, 0x00, 0x30, 0x0C, 0x06, 0x08, 0x2A, 0x86, 0x48, 0x86, 0xF7,
    0x0D, 0x02, 0x09, 0x05, 0x00, 0x30, 0x1D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
    0x03, 0x04, 0x01, 0x2A, 0x04, 0x10, 0xB0, 0x59, 0x7A, 0xA7, 0x82, 0x3E, 0x34, 0x6C,
    0xE7, 0x93, 0xB6, 0x9B, 0x1A, 0x60, 0x30, 0x6D, 0x04, 0x81, 0x90, 0xCE, 0xD8, 0x39,
    0xFA, 0xFA, 0x8B, 0x7A, 0xD1, 0x84, 0x90, 0x21, 0x96, 0xDD, 0x07, 0x3C, 0xF2, 0xDA,
    0x4B, 0xAF, 0xD6, 0x58, 0x48, 0x0A, 0xCC, 0x47, 0x14, 0x46, 0xBC, 0xD4, 0x43, 0x62,
    0xE1, 0x3A, 0x54, 0xB8, 0x3F, 0x3C, 0x34, 0xDF, 0xCA, 0xC5, 0x81, 0x18, 0x70, 0x95,
    0x76, 0x67, 0xD8, 0xFD, 0x84, 0xD8, 0x99, 0xCA, 0xE5, 0xF0, 0xFE, 0xB3, 0xE2, 0x84,
    0x86, 0x3E, 0x4F, 0xDC, 0xE5, 0xDD, 0x78, 0x57, 0x3F, 0xE2, 0x44, 0x18, 0x69, 0xC7,
    0xCD, 0x68, 0x82, 0x5A, 0x1B, 0xF1, 0xE1, 0x41, 0x9D, 0x08, 0xE0, 0x58, 0x0C, 0xE9,
    0x46, 0x4A, 0xC2, 0xCB, 0x4C, 0x50, 0xE9, 0xB0, 0x49, 0x25, 0xC5, 0xB6, 0x83, 0xB0,
    0xAE, 0xA1, 0xFB, 0x71, 0x68, 0x6C, 0x41, 0xAB, 0x3A, 0x32, 0x77, 0x21, 0x91, 0x65,
    0xF8, 0xFB, 0x1F, 0x39, 0x1E, 0xA3, 0xE2, 0x2E, 0x19, 0x92, 0x69, 0x53, 0x51, 0x51,
    0x8A, 0x00, 0xA9, 0xBB, 0x2E, 0xB9, 0x93, 0x02, 0x87, 0x74, 0x58, 0xD3, 0x54, 0x21,
    0xBA,
};
#define SECRET_AT 7u /* the scalar in sec1 */

static int import_p256(peer *p, uint16_t format, hf_bytes encoded, const char *password)
{
    return CALL(p, key_import, NULL, .handle = 1, .type = HF_KEY_P256, .format = format,
                .password = text_bytes(password), .material = encoded);
}

static void assert_p256(peer *p)
{
    hf_key_export_response out;
    assert_status(HF_OK, CALL(p, key_export, &out, .handle = 1));
    assert_int_equal(32, out.material.len);
    assert_memory_equal(sec1 + SECRET_AT, out.material.data, 32);
    assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = 1));
}

static void test_import_sec1_and_encrypted(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_bytes plain = hf_bytes_of(sec1, sizeof sec1);
    hf_bytes secret = hf_bytes_of(encrypted, sizeof encrypted);
    assert_status(HF_OK, import_p256(p, HF_FORMAT_SEC1, plain, ""));
    assert_p256(p);
    assert_status(HF_OK, import_p256(p, HF_FORMAT_ENCRYPTED, secret, "correct"));
    assert_p256(p);
    assert_status(HF_ERR_VERIFY, import_p256(p, HF_FORMAT_ENCRYPTED, secret, "wrong"));
    assert_status(HF_ERR_KEY, import_p256(p, HF_FORMAT_SEC1, secret, ""));
    assert_status(HF_ERR_KEY, import_p256(p, HF_FORMAT_ENCRYPTED, plain, "correct"));
    secret.len--;
    plain.len--;
    assert_status(HF_ERR_KEY, import_p256(p, HF_FORMAT_ENCRYPTED, secret, "correct"));
    assert_status(HF_ERR_KEY, import_p256(p, HF_FORMAT_SEC1, plain, ""));
    assert_status(HF_ERR_NOTFOUND, CALL(p, key_info, NULL, .handle = 1));
    /* Only private types have them, SEC1 only the short Weierstrass curves. */
    static const uint32_t others[] = { HF_KEY_AES_128, HF_KEY_HMAC, HF_KEY_P256_PUBLIC };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        for (uint16_t format = HF_FORMAT_ENCRYPTED; format <= HF_FORMAT_SEC1; format++) {
            assert_status(HF_ERR_TYPE,
                          CALL(p, key_import, NULL, .handle = 1, .type = others[i],
                               .format = format, .material = hf_bytes_of(sec1, 16)));
        }
    }
    assert_status(HF_ERR_TYPE, CALL(p, key_import, NULL, .handle = 1,
                                    .type = HF_KEY_ED25519, .format = HF_FORMAT_SEC1,
                                    .material = hf_bytes_of(sec1, sizeof sec1)));
}

/* Somebody may have signed with it elsewhere. */
static void test_import_of_a_stateful_key_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    const hf_key_type_info *info;
    size_t count = 0;
    uint8_t bytes[64] = { 1 };
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        if (HF_KEY_FAMILY(info->type) == HF_FAMILY_LMS &&
            HF_KEY_CLASS(info->type) == HF_CLASS_PRIVATE) {
            assert_status(HF_ERR_TYPE,
                          CALL(p, key_import, NULL, .handle = 1, .type = info->type,
                               .store = 1, .material = hf_bytes_of(bytes, 64)));
            count++;
        }
    }
    assert_true(count > 0);
    assert_int_equal(0, fixture_object_count(*state));
}

/* ---- what is common to import and generate ---- */

static void test_new_key_of_unknown_type_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    static const uint32_t unknown[] = { 1, UINT32_MAX, HF_KEY_TYPE(1, 1, 129) };
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_status(HF_ERR_TYPE, generate(p, 1, unknown[i], 0, 0));
        assert_status(HF_ERR_TYPE,
                      CALL(p, key_import, NULL, .handle = 1, .type = unknown[i],
                           .material = hf_bytes_of(material, 16)));
    }
}

static void test_new_key_with_usage_that_makes_no_sense_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    const hf_key_type_info *info;
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        for (uint32_t usage = HF_USAGE_ENCRYPT; usage <= HF_USAGE_DERIVE; usage <<= 1) {
            bool is_stateful = HF_KEY_FAMILY(info->type) == HF_FAMILY_LMS &&
                               HF_KEY_CLASS(info->type) == HF_CLASS_PRIVATE;
            if ((info->usages & usage) == 0) {
                assert_status(is_stateful ? HF_ERR_TYPE : HF_ERR_USAGE,
                              CALL(p, key_import, NULL, .handle = 1, .type = info->type,
                                   .flags = usage,
                                   .material = hf_bytes_of(material, 16)));
            }
        }
    }
    assert_status(HF_ERR_USAGE, generate(p, 2, HF_KEY_P256, HF_USAGE_ENCRYPT, 0));
}

static void test_new_key_with_usage_that_makes_sense_is_made(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        uint32_t usages = hf_key_type_find(types[i])->usages;
        for (uint32_t usage = HF_USAGE_ENCRYPT; usage <= HF_USAGE_DERIVE; usage <<= 1) {
            int expected = (usages & usage) != 0 ? HF_OK : HF_ERR_USAGE;
            assert_status(expected, generate(p, 1, types[i], usage, 0));
        }
    }
}

static void test_new_key_ephemeral_is_never_stored(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_ERR_ARG, import(p, 1, HF_FLAG_EPHEMERAL, 1));
    assert_status(HF_ERR_ARG, generate(p, 1, HF_KEY_P256, HF_FLAG_EPHEMERAL, 1));
    assert_status(HF_OK, import(p, 1, HF_FLAG_EPHEMERAL, 0));
    assert_status(HF_ERR_ACCESS, CALL(p, key_commit, NULL, .handle = 1));
    assert_int_equal(0, info_of(p, 1).is_stored);
    assert_int_equal(0, fixture_object_count(*state));
}

static void test_new_key_over_nonmodifiable_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    assert_status(HF_OK, import(p, 1, HF_FLAG_NONMODIFIABLE, 1));
    assert_status(HF_OK, import(p, 2, HF_FLAG_NONMODIFIABLE, 0));
    for (hf_handle handle = 1; handle <= 2; handle++) {
        assert_status(HF_ERR_ACCESS, import(p, handle, 0, 0));
        assert_status(HF_ERR_ACCESS, import(p, handle, 0, 1));
        assert_status(HF_ERR_ACCESS, generate(p, handle, HF_KEY_P256, 0, 1));
        assert_int_equal(HF_KEY_AES_128, info_of(p, handle).type);
    }
}

static void test_new_key_beyond_quota_or_cache_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    peer *other = peer_connect(*state, 8, FIXTURE_USER);
    peer *third = peer_connect(*state, 9, FIXTURE_USER);
    for (hf_handle handle = 1; handle <= FIXTURE_QUOTA; handle++) {
        assert_status(HF_OK, import(p, handle, 0, 0));
    }
    assert_status(HF_ERR_QUOTA, import(p, 100, 0, 0));
    assert_status(HF_ERR_QUOTA, generate(p, 0, HF_KEY_HMAC, 0, 0));
    assert_status(HF_OK, import(p, 1, HF_USAGE_ENCRYPT, 0));
    assert_status(HF_OK, import(p, 100, 0, 1));
    assert_status(HF_OK, import(other, 1, 0, 0));
    assert_status(HF_OK, import(other, 2, 0, 0));
    assert_status(HF_ERR_CACHE_FULL, import(third, 1, 0, 0));
    assert_status(HF_ERR_CACHE_FULL, import(third, 1, 0, 1));
    assert_status(HF_ERR_CACHE_FULL, CALL(p, key_export, NULL, .handle = 100));
    assert_status(HF_OK, CALL(other, key_erase, NULL, .handle = 2));
    assert_status(HF_OK, import(third, 1, 0, 1));
    assert_status(HF_OK, CALL(p, key_export, NULL, .handle = 100));
}

/* ---- generate ---- */

static void test_generate_each_type_makes_a_local_key(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        uint32_t usages = hf_key_type_find(types[i])->usages;
        assert_status(HF_OK, generate(p, 1, types[i], usages, 1));
        hf_key_info_response info = info_of(p, 1);
        assert_int_equal(types[i], info.type);
        assert_int_equal(usages | HF_FLAG_LOCAL, info.flags);
        assert_int_equal(1, info.is_stored);
    }
    assert_status(HF_OK, import(p, 2, 0, 0));
    assert_int_equal(0, info_of(p, 2).flags);
}

static void test_generate_twice_makes_different_keys(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_key_export_response out;
    uint8_t first[32];
    assert_status(HF_OK, generate(p, 1, HF_KEY_AES_256, 0, 0));
    assert_status(HF_OK, CALL(p, key_export, &out, .handle = 1));
    assert_int_equal(32, out.material.len);
    memcpy(first, out.material.data, 32);
    assert_status(HF_OK, generate(p, 1, HF_KEY_AES_256, 0, 0));
    assert_status(HF_OK, CALL(p, key_export, &out, .handle = 1));
    assert_memory_not_equal(first, out.material.data, 32);
}

static void test_generate_public_type_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_ERR_TYPE, generate(p, 1, HF_KEY_P256_PUBLIC, HF_USAGE_VERIFY, 0));
    assert_status(HF_ERR_TYPE, generate(p, 1, HF_KEY_ED25519_PUBLIC, 0, 0));
}

static bool is_no_key_supported(void *context, uint32_t key_type)
{
    (void)context;
    (void)key_type;
    return false;
}

static int fail_to_generate(void *context, uint32_t type, hf_buffer *out)
{
    (void)context;
    (void)type;
    (void)out;
    return HF_ERR_RANDOM;
}

static void test_device_that_cannot_or_fails_gives_an_error(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_OK, generate(p, 1, HF_KEY_P256, HF_USAGE_SIGN, 0));
    f->ops[0].generate = fail_to_generate;
    assert_status(HF_ERR_RANDOM, generate(p, 1, HF_KEY_P384, 0, 0));
    assert_int_equal(HF_KEY_P256, info_of(p, 1).type);
    f->ops[0].is_key_supported = is_no_key_supported;
    assert_status(HF_ERR_NOTSUPPORTED, generate(p, 1, HF_KEY_P384, 0, 0));
    assert_status(HF_ERR_NOTSUPPORTED, import(p, 1, 0, 0));
    assert_status(HF_ERR_NOTSUPPORTED,
                  CALL(p, key_export, NULL, .handle = 1, .format = HF_FORMAT_DER));
    assert_status(HF_ERR_NOTSUPPORTED, CALL(p, key_export_public, NULL, .handle = 1));
    assert_status(HF_OK, CALL(p, key_export, NULL, .handle = 1));
}

/* ---- export ---- */

static void test_export_of_what_must_not_leave_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    static const uint32_t flags[] = { HF_FLAG_NONEXPORTABLE, HF_FLAG_SENSITIVE };
    for (size_t i = 0; i < 2; i++) {
        hf_handle handle = (hf_handle)(i + 1);
        for (uint8_t store = 0; store <= 1; store++) {
            assert_status(
                HF_OK, generate(p, handle, HF_KEY_P256, flags[i] | HF_USAGE_SIGN, store));
            assert_status(HF_ERR_ACCESS, CALL(p, key_export, NULL, .handle = handle));
            assert_status(HF_ERR_ACCESS, CALL(p, key_export, NULL, .handle = handle,
                                              .format = HF_FORMAT_DER));
            assert_status(HF_OK, CALL(p, key_export_public, NULL, .handle = handle));
            assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = handle));
            assert_status(store ? HF_ERR_ACCESS : HF_ERR_NOTFOUND,
                          CALL(p, key_export, NULL, .handle = handle));
        }
    }
}

static void test_export_der_of_symmetric_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_OK, import(p, 1, 0, 0));
    assert_status(HF_ERR_TYPE,
                  CALL(p, key_export, NULL, .handle = 1, .format = HF_FORMAT_DER));
}

static void test_export_public_of_private_and_public_key_agree(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        uint32_t public = hf_key_type_public(types[i]);
        assert_status(HF_OK,
                      generate(p, 1, types[i], HF_FLAG_SENSITIVE | HF_USAGE_SIGN, 0));
        for (uint16_t format = 0; format < 2; format++) {
            hf_key_export_public_response out;
            uint8_t copy[128];
            int rc = CALL(p, key_export_public, &out, .handle = 1, .format = format);
            assert_status(public == 0 ? HF_ERR_TYPE : HF_OK, rc);
            if (public == 0) {
                continue;
            }
            assert_int_equal(public, out.type);
            size_t len = out.material.len;
            assert_int_equal(hf_crypto_key_len_max(public, format), len);
            memcpy(copy, out.material.data, len);
            assert_status(HF_OK, CALL(p, key_import, NULL, .handle = 2, .type = public,
                                      .flags = HF_USAGE_VERIFY, .format = format,
                                      .material = hf_bytes_of(copy, len)));
            assert_status(
                HF_OK, CALL(p, key_export_public, &out, .handle = 2, .format = format));
            assert_int_equal(public, out.type);
            assert_int_equal(len, out.material.len);
            assert_memory_equal(copy, out.material.data, len);
        }
    }
}

static void test_access_bits_need_admin(void **state)
{
    peer *user = peer_connect(*state, 7, FIXTURE_USER);
    peer *admin = peer_connect(*state, 7, FIXTURE_ADMIN);
    for (uint8_t store = 0; store <= 1; store++) {
        assert_status(HF_OK, CALL(user, key_generate, NULL, .handle = 1,
                                  .type = HF_KEY_P256, .flags = HF_USAGE_SIGN,
                                  .store = store, .access = HF_ACCESS_ADMIN_READ));
        assert_int_equal(HF_ACCESS_ADMIN_READ, info_of(user, 1).access);
        assert_status(HF_ERR_ACCESS, CALL(user, key_export, NULL, .handle = 1));
        assert_status(HF_OK, CALL(user, key_export_public, NULL, .handle = 1));
        assert_status(HF_OK, CALL(admin, key_export, NULL, .handle = 1));
        assert_status(HF_OK,
                      CALL(user, key_generate, NULL, .handle = 2, .type = HF_KEY_P256,
                           .store = store, .access = HF_ACCESS_ADMIN_WRITE));
        assert_status(HF_ERR_ACCESS, import(user, 2, 0, 0));
        assert_status(HF_ERR_ACCESS, import(user, 2, 0, 1));
        assert_status(HF_ERR_ACCESS, generate(user, 2, HF_KEY_P384, 0, 0));
        assert_status(HF_ERR_ACCESS, CALL(user, key_evict, NULL, .handle = 2));
        assert_status(HF_ERR_ACCESS, CALL(user, key_erase, NULL, .handle = 2));
        assert_status(HF_ERR_ACCESS, CALL(user, key_revoke, NULL, .handle = 2));
        assert_int_equal(HF_KEY_P256, info_of(user, 2).type);
        assert_status(HF_OK, CALL(user, key_export, NULL, .handle = 2));
        assert_status(store ? HF_ERR_ACCESS : HF_OK,
                      CALL(user, key_commit, NULL, .handle = 2));
        assert_status(HF_OK, CALL(admin, key_erase, NULL, .handle = 2));
    }
}

/* Nothing is asked of a key that may do nothing, whether it was revoked or made so. */
static void test_export_public_of_a_key_without_usage_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    for (uint8_t store = 0; store <= 1; store++) {
        assert_status(HF_OK, generate(p, 1, HF_KEY_P256, 0, store));
        assert_status(HF_ERR_USAGE, CALL(p, key_export_public, NULL, .handle = 1));
        assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = 1));
        assert_status(store ? HF_ERR_USAGE : HF_ERR_NOTFOUND,
                      CALL(p, key_export_public, NULL, .handle = 1));
        for (uint32_t usage = HF_USAGE_ENCRYPT; usage <= HF_USAGE_DERIVE; usage <<= 1) {
            if ((hf_key_type_find(HF_KEY_P256)->usages & usage) != 0) {
                assert_status(HF_OK, generate(p, 1, HF_KEY_P256, usage, store));
                assert_status(HF_OK, CALL(p, key_export_public, NULL, .handle = 1));
            }
        }
    }
}

/* A public key is its own payload. */
static void test_access_bit_of_a_public_key_needs_admin(void **state)
{
    peer *user = peer_connect(*state, 7, FIXTURE_USER);
    peer *admin = peer_connect(*state, 7, FIXTURE_ADMIN);
    hf_key_export_public_response out;
    uint8_t copy[65];
    assert_status(HF_OK, generate(user, 1, HF_KEY_P256, HF_USAGE_SIGN, 0));
    assert_status(HF_OK, CALL(user, key_export_public, &out, .handle = 1));
    memcpy(copy, out.material.data, sizeof copy);
    assert_status(HF_OK,
                  CALL(user, key_import, NULL, .handle = 2, .type = HF_KEY_P256_PUBLIC,
                       .flags = HF_USAGE_VERIFY, .access = HF_ACCESS_ADMIN_READ,
                       .material = hf_bytes_of(copy, sizeof copy)));
    assert_status(HF_ERR_ACCESS, CALL(user, key_export_public, NULL, .handle = 2));
    assert_status(HF_OK, CALL(admin, key_export_public, NULL, .handle = 2));
}

/* A cached key that hides a stored one gives no way around the stored one's bits. */
static void test_access_bits_of_a_hidden_key_need_admin(void **state)
{
    peer *user = peer_connect(*state, 7, FIXTURE_USER);
    peer *admin = peer_connect(*state, 7, FIXTURE_ADMIN);
    assert_status(HF_OK, CALL(admin, key_generate, NULL, .handle = 1, .type = HF_KEY_P256,
                              .store = 1, .access = HF_ACCESS_ADMIN_WRITE));
    assert_status(HF_OK, generate(admin, 1, HF_KEY_HMAC, 0, 0));
    assert_status(HF_ERR_ACCESS, import(user, 1, 0, 1));
    assert_status(HF_ERR_ACCESS, CALL(user, key_commit, NULL, .handle = 1));
    assert_status(HF_ERR_ACCESS, CALL(user, key_erase, NULL, .handle = 1));
    assert_status(HF_OK, CALL(admin, key_evict, NULL, .handle = 1));
    assert_int_equal(HF_KEY_P256, info_of(user, 1).type);
}

/* ---- the life of a key ---- */

static void test_commit_stores_a_cached_key(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_OK, import(p, 1, 0, 0));
    assert_int_equal(0, info_of(p, 1).is_stored);
    assert_int_equal(0, info_of(p, 1).generation);
    assert_status(HF_OK, CALL(p, key_commit, NULL, .handle = 1));
    assert_int_equal(1, info_of(p, 1).is_stored);
    assert_true(info_of(p, 1).generation > 0);
    assert_status(HF_OK, CALL(p, key_commit, NULL, .handle = 1));
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = 1));
    assert_int_equal(0, fixture_usage(*state).small_used_count);
    hf_key_export_response out;
    assert_status(HF_OK, CALL(p, key_export, &out, .handle = 1));
    assert_memory_equal(material, out.material.data, sizeof material);
}

static void test_evict_forgets_what_is_not_stored(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_OK, import(p, 1, 0, 0));
    assert_status(HF_OK, import(p, 2, 0, 1));
    assert_status(HF_OK, import(p, 3, HF_FLAG_NONDESTROYABLE, 0));
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = 1));
    assert_status(HF_ERR_NOTFOUND, CALL(p, key_info, NULL, .handle = 1));
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = 2));
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = 2));
    assert_int_equal(1, info_of(p, 2).is_stored);
    assert_status(HF_ERR_ACCESS, CALL(p, key_evict, NULL, .handle = 3));
}

static void test_erase_destroys_cached_and_stored(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    for (uint8_t store = 0; store <= 1; store++) {
        assert_status(HF_OK, import(p, 1, 0, store));
        assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = 1));
        assert_status(HF_ERR_NOTFOUND, CALL(p, key_info, NULL, .handle = 1));
        assert_status(HF_ERR_NOTFOUND, CALL(p, key_export, NULL, .handle = 1));
        assert_status(HF_ERR_NOTFOUND, CALL(p, key_erase, NULL, .handle = 1));
        assert_status(HF_OK, import(p, 2, HF_FLAG_NONDESTROYABLE, store));
        assert_status(HF_ERR_ACCESS, CALL(p, key_erase, NULL, .handle = 2));
    }
    assert_int_equal(1, fixture_object_count(*state));
}

static void test_revoke_ends_all_usage_for_good(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    uint8_t digest[32] = { 1 };
    for (uint8_t store = 0; store <= 1; store++) {
        hf_handle handle = 1u + store;
        assert_status(HF_OK, generate(p, handle, HF_KEY_P256, SIGN_VERIFY, store));
        assert_status(HF_OK,
                      CALL(p, sign, NULL, .handle = handle, .algorithm = HF_ALG_ECDSA,
                           .data = hf_bytes_of(digest, 32)));
        assert_status(HF_OK, CALL(p, key_revoke, NULL, .handle = handle));
        assert_status(HF_OK, CALL(p, key_revoke, NULL, .handle = handle));
        assert_status(HF_ERR_USAGE,
                      CALL(p, sign, NULL, .handle = handle, .algorithm = HF_ALG_ECDSA,
                           .data = hf_bytes_of(digest, 32)));
        uint32_t flags = info_of(p, handle).flags;
        assert_int_equal(HF_FLAG_LOCAL | HF_FLAG_NONMODIFIABLE | HF_FLAG_REVOKED, flags);
        assert_status(HF_ERR_ACCESS, import(p, handle, 0, store));
        assert_status(HF_ERR_USAGE, CALL(p, key_export_public, NULL, .handle = handle));
        for (uint16_t format = HF_FORMAT_RAW; format <= HF_FORMAT_DER; format++) {
            assert_status(HF_ERR_USAGE,
                          CALL(p, key_export, NULL, .handle = handle, .format = format));
        }
        assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = handle));
    }
}

static void test_global_key_is_shared(void **state)
{
    peer *writer = peer_connect(*state, 7, FIXTURE_WRITER);
    peer *reader = peer_connect(*state, 8, FIXTURE_USER);
    assert_status(HF_OK, import(writer, GLOBAL | 1u, 0, 1));
    assert_status(HF_OK, CALL(reader, key_export, NULL, .handle = GLOBAL | 1u));
    assert_status(HF_ERR_ACCESS, import(reader, GLOBAL | 1u, 0, 1));
    assert_status(HF_ERR_ACCESS, generate(reader, GLOBAL, HF_KEY_P256, 0, 0));
    assert_status(HF_ERR_ACCESS, CALL(reader, key_revoke, NULL, .handle = GLOBAL | 1u));
    assert_status(HF_OK, CALL(writer, key_revoke, NULL, .handle = GLOBAL | 1u));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_import_then_export_returns_material_and_metadata),
        TEST(test_import_number_0_assigns_numbers_that_all_differ),
        TEST(test_import_length_or_material_wrong_is_refused),
        TEST(test_import_der_of_symmetric_is_refused),
        TEST(test_import_of_an_export_is_the_same_key),
        TEST(test_import_sec1_and_encrypted),
        TEST(test_import_of_a_stateful_key_is_refused),
        TEST(test_new_key_of_unknown_type_is_refused),
        TEST(test_new_key_with_usage_that_makes_no_sense_is_refused),
        TEST(test_new_key_with_usage_that_makes_sense_is_made),
        TEST(test_new_key_ephemeral_is_never_stored),
        TEST(test_new_key_over_nonmodifiable_is_refused),
        TEST(test_new_key_beyond_quota_or_cache_is_refused),
        TEST(test_generate_each_type_makes_a_local_key),
        TEST(test_generate_twice_makes_different_keys),
        TEST(test_generate_public_type_is_refused),
        TEST(test_device_that_cannot_or_fails_gives_an_error),
        TEST(test_export_of_what_must_not_leave_is_refused),
        TEST(test_export_der_of_symmetric_is_refused),
        TEST(test_export_public_of_private_and_public_key_agree),
        TEST(test_export_public_of_a_key_without_usage_is_refused),
        TEST(test_access_bits_need_admin),
        TEST(test_access_bit_of_a_public_key_needs_admin),
        TEST(test_access_bits_of_a_hidden_key_need_admin),
        TEST(test_commit_stores_a_cached_key),
        TEST(test_evict_forgets_what_is_not_stored),
        TEST(test_erase_destroys_cached_and_stored),
        TEST(test_revoke_ends_all_usage_for_good),
        TEST(test_global_key_is_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
