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
            if ((info->usages & usage) == 0) {
                assert_status(HF_ERR_USAGE, CALL(p, key_import, NULL, .handle = 1,
                                                 .type = info->type, .flags = usage,
                                                 .material = hf_bytes_of(material, 16)));
            } else if (HF_KEY_CLASS(info->type) != HF_CLASS_PUBLIC) {
                assert_status(HF_OK, generate(p, 1, info->type, usage, 0));
            }
        }
    }
    assert_status(HF_ERR_USAGE, generate(p, 2, HF_KEY_P256, HF_USAGE_ENCRYPT, 0));
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
    assert_status(HF_OK, generate(p, 1, HF_KEY_P256, 0, 0));
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
            assert_status(HF_OK, generate(p, handle, HF_KEY_P256, flags[i], store));
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
        assert_status(HF_OK, generate(p, 1, types[i], HF_FLAG_SENSITIVE, 0));
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
            assert_status(HF_OK,
                          CALL(p, key_import, NULL, .handle = 2, .type = public,
                               .format = format, .material = hf_bytes_of(copy, len)));
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
        assert_status(HF_OK,
                      CALL(user, key_generate, NULL, .handle = 1, .type = HF_KEY_P256,
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

/* A public key is its own payload. */
static void test_access_bit_of_a_public_key_needs_admin(void **state)
{
    peer *user = peer_connect(*state, 7, FIXTURE_USER);
    peer *admin = peer_connect(*state, 7, FIXTURE_ADMIN);
    hf_key_export_public_response out;
    uint8_t copy[65];
    assert_status(HF_OK, generate(user, 1, HF_KEY_P256, 0, 0));
    assert_status(HF_OK, CALL(user, key_export_public, &out, .handle = 1));
    memcpy(copy, out.material.data, sizeof copy);
    assert_status(HF_OK, CALL(user, key_import, NULL, .handle = 2,
                              .type = HF_KEY_P256_PUBLIC, .access = HF_ACCESS_ADMIN_READ,
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
        assert_status(HF_OK, CALL(p, key_export_public, NULL, .handle = handle));
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
        TEST(test_new_key_of_unknown_type_is_refused),
        TEST(test_new_key_with_usage_that_makes_no_sense_is_refused),
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
