/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * KEY requests that derive: key_derive, key_agree, key_encapsulate, key_decapsulate.
 * Known answers are those of the standards that stand beside them.
 */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "holdfast/handler.h"
#include "server/dispatch.h"

#define ALLOW HF_FLAG_ALLOW_SECRET
#define DERIVE HF_USAGE_DERIVE
#define NONE hf_bytes_of(NULL, 0)

static int import(peer *p, hf_handle handle, uint32_t type, uint32_t flags, hf_bytes raw)
{
    return CALL(p, key_import, NULL, .handle = handle, .type = type, .flags = flags,
                .store = 1, .material = raw);
}

static int generate(peer *p, hf_handle handle, uint32_t type, uint32_t flags)
{
    return CALL(p, key_generate, NULL, .handle = handle, .type = type, .flags = flags,
                .store = 1);
}

static hf_key_info_response info_of(peer *p, hf_handle handle)
{
    hf_key_info_response out = { 0 };
    assert_status(HF_OK, CALL(p, key_info, &out, .handle = handle));
    return out;
}

/* The key has this material. */
static void assert_material(peer *p, hf_handle handle, hf_bytes raw)
{
    hf_key_export_response out;
    assert_status(HF_OK, CALL(p, key_export, &out, .handle = handle));
    assert_int_equal(raw.len, out.material.len);
    assert_memory_equal(raw.data, out.material.data, raw.len);
}

static void assert_no_key(peer *p, hf_handle handle)
{
    assert_status(HF_ERR_NOTFOUND, CALL(p, key_info, NULL, .handle = handle));
}

/* ---- known answers ---- */

/* RFC 5869 A.1. */
static const uint8_t ikm[22] = { 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b,
                                 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b,
                                 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b };
static const uint8_t salt[13] = { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06,
                                  0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c };
static const uint8_t info[10] = { 0xf0, 0xf1, 0xf2, 0xf3, 0xf4,
                                  0xf5, 0xf6, 0xf7, 0xf8, 0xf9 };
static const uint8_t prk[32] = { 0x07, 0x77, 0x09, 0x36, 0x2c, 0x2e, 0x32, 0xdf,
                                 0x0d, 0xdc, 0x3f, 0x0d, 0xc4, 0x7b, 0xba, 0x63,
                                 0x90, 0xb6, 0xc7, 0x3b, 0xb5, 0x0f, 0x9c, 0x31,
                                 0x22, 0xec, 0x84, 0x4a, 0xd7, 0xc2, 0xb3, 0xe5 };
static const uint8_t okm[42] = { 0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90,
                                 0x43, 0x4f, 0x64, 0xd0, 0x36, 0x2f, 0x2a, 0x2d, 0x2d,
                                 0x0a, 0x90, 0xcf, 0x1a, 0x5a, 0x4c, 0x5d, 0xb0, 0x2d,
                                 0x56, 0xec, 0xc4, 0xc5, 0xbf, 0x34, 0x00, 0x72, 0x08,
                                 0xd5, 0xb8, 0x87, 0x18, 0x58, 0x65 };

#define HKDF                                                                             \
    .kdf = HF_ALG_HKDF, .hash = HF_ALG_SHA256, .salt = hf_bytes_of(salt, sizeof salt),   \
    .info = hf_bytes_of(info, sizeof info)

static void import_base(peer *p, uint32_t flags)
{
    assert_status(HF_OK,
                  import(p, 1, HF_KEY_SECRET, flags, hf_bytes_of(ikm, sizeof ikm)));
}

static void test_derive_answers_the_secret(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_key_derive_response out;
    import_base(p, DERIVE | ALLOW);
    assert_status(HF_OK, CALL(p, key_derive, &out, .base = 1, HKDF, .is_exported = 1,
                              .len = sizeof okm));
    assert_int_equal(0, out.handle);
    assert_int_equal(sizeof okm, out.secret.len);
    assert_memory_equal(okm, out.secret.data, sizeof okm);
    /* Extract alone: as long as the hash, said or not. */
    for (uint32_t len = 0; len <= 32; len += 32) {
        assert_status(HF_OK,
                      CALL(p, key_derive, &out, .base = 1, .kdf = HF_ALG_HKDF_EXTRACT,
                           .hash = HF_ALG_SHA256, .salt = hf_bytes_of(salt, sizeof salt),
                           .is_exported = 1, .len = len));
        assert_int_equal(sizeof prk, out.secret.len);
        assert_memory_equal(prk, out.secret.data, sizeof prk);
    }
    assert_int_equal(1, fixture_object_count(*state));
}

static void test_derive_makes_a_key(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    const hf_label label = text_label("derived");
    hf_key_derive_response out;
    import_base(p, DERIVE);
    for (uint8_t store = 0; store <= 1; store++) {
        assert_status(HF_OK,
                      CALL(p, key_derive, &out, .base = 1, HKDF, .handle = 2,
                           .type = HF_KEY_SECRET, .len = sizeof okm,
                           .flags = HF_USAGE_SIGN, .label = label, .store = store));
        assert_int_equal(2, out.handle);
        assert_int_equal(0, out.secret.len);
        assert_material(p, 2, hf_bytes_of(okm, sizeof okm));
        hf_key_info_response made = info_of(p, 2);
        assert_int_equal(HF_KEY_SECRET, made.type);
        assert_int_equal(HF_USAGE_SIGN, made.flags);
        assert_int_equal(store, made.is_stored);
        assert_memory_equal(label.text, made.label.text, HF_LABEL_SIZE);
        assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = 2));
    }
    /* A number of its own, and in the place of its base. */
    assert_status(HF_OK, CALL(p, key_derive, &out, .base = 1, HKDF,
                              .type = HF_KEY_AES_128, .flags = HF_USAGE_ENCRYPT));
    assert_true(out.handle > 1);
    assert_material(p, out.handle, hf_bytes_of(okm, 16));
    assert_status(HF_OK, CALL(p, key_derive, &out, .base = 1, HKDF, .handle = 1,
                              .type = HF_KEY_AES_256, .store = 1));
    assert_material(p, 1, hf_bytes_of(okm, 32));
}

/* RFC 7914 11: PBKDF2-HMAC-SHA-256 of "passwd" and "salt". */
static void test_derive_from_a_password(void **state)
{
    static const uint8_t expected[32] = {
        0x55, 0xac, 0x04, 0x6e, 0x56, 0xe3, 0x08, 0x9f, 0xec, 0x16, 0x91,
        0xc2, 0x25, 0x44, 0xb6, 0x05, 0xf9, 0x41, 0x85, 0x21, 0x6d, 0xde,
        0x04, 0x65, 0xe6, 0x8b, 0x9d, 0x57, 0xc2, 0x0d, 0xac, 0xbc
    };
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_OK, import(p, 1, HF_KEY_SECRET, DERIVE, text_bytes("passwd")));
    assert_status(HF_OK,
                  CALL(p, key_derive, NULL, .base = 1, .kdf = HF_ALG_PBKDF2,
                       .hash = HF_ALG_SHA256, .iterations = 1, .salt = text_bytes("salt"),
                       .handle = 2, .type = HF_KEY_AES_256));
    assert_material(p, 2, hf_bytes_of(expected, 32));
    /* Many iterations are slow work: the same way, through another gate. */
    assert_status(HF_OK,
                  CALL(p, key_derive, NULL, .base = 1, .kdf = HF_ALG_PBKDF2,
                       .hash = HF_ALG_SHA256, .iterations = 2000,
                       .salt = text_bytes("salt"), .handle = 3, .type = HF_KEY_AES_256));
}

/* ---- lengths, types and parameters ---- */

static void test_derive_length_follows_the_type(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    static const struct {
        uint32_t type, len;
        uint32_t made_len; /* 0: refused */
        int status;
    } cases[] = {
        { HF_KEY_AES_128, 0, 16, HF_OK },
        { HF_KEY_AES_128, 16, 16, HF_OK },
        { HF_KEY_AES_128, 32, 0, HF_ERR_RANGE },
        { HF_KEY_AES_192, 0, 24, HF_OK },
        { HF_KEY_AES_256, 0, 32, HF_OK },
        { HF_KEY_AES_256, 16, 0, HF_ERR_RANGE },
        { HF_KEY_AES_256_XTS, 0, 64, HF_OK },
        { HF_KEY_CHACHA20, 0, 32, HF_OK },
        { HF_KEY_HMAC, 0, 32, HF_OK },
        { HF_KEY_HMAC, 16, 16, HF_OK },
        { HF_KEY_HMAC, 128, 128, HF_OK },
        { HF_KEY_HMAC, 15, 0, HF_ERR_RANGE },
        { HF_KEY_HMAC, 129, 0, HF_ERR_RANGE },
        { HF_KEY_SECRET, 0, 32, HF_OK },
        /* The first byte of what 32 would give: tried out, it would give that away. */
        { HF_KEY_SECRET, 1, 0, HF_ERR_RANGE },
        { HF_KEY_SECRET, 15, 0, HF_ERR_RANGE },
        { HF_KEY_SECRET, 16, 16, HF_OK },
        { HF_KEY_SECRET, 128, 128, HF_OK },
        { HF_KEY_SECRET, 1025, 0, HF_ERR_RANGE },
        { HF_KEY_P256, 0, 0, HF_ERR_TYPE },
        { HF_KEY_P256_PUBLIC, 0, 0, HF_ERR_TYPE },
        { HF_KEY_ED25519, 32, 0, HF_ERR_TYPE },
        { 0, 0, 0, HF_ERR_TYPE },
        { 0x01010081, 0, 0, HF_ERR_TYPE },
    };
    import_base(p, DERIVE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int rc = CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 2,
                      .type = cases[i].type, .len = cases[i].len);
        if (rc != cases[i].status) {
            fail_msg("type %08x, %u bytes: %s", cases[i].type, cases[i].len,
                     hf_status_name(rc));
        }
        if (rc == HF_OK) {
            hf_key_export_response out;
            assert_status(HF_OK, CALL(p, key_export, &out, .handle = 2));
            assert_int_equal(cases[i].made_len, out.material.len);
            assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = 2));
        }
        assert_no_key(p, 2);
    }
}

static void test_derive_exported_length_has_limits(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_key_derive_response out;
    import_base(p, DERIVE | ALLOW);
    assert_status(HF_ERR_RANGE,
                  CALL(p, key_derive, NULL, .base = 1, HKDF, .is_exported = 1));
    assert_status(HF_ERR_RANGE,
                  CALL(p, key_derive, NULL, .base = 1, .kdf = HF_ALG_HKDF_EXTRACT,
                       .hash = HF_ALG_SHA256, .is_exported = 1, .len = 31));
    assert_status(
        HF_OK, CALL(p, key_derive, &out, .base = 1, HKDF, .is_exported = 1, .len = 4000));
    assert_int_equal(4000, out.secret.len);
    assert_memory_equal(okm, out.secret.data, sizeof okm);
    /* More than an answer holds. */
    assert_status(HF_ERR_SIZE, CALL(p, key_derive, NULL, .base = 1, HKDF,
                                    .is_exported = 1, .len = 5000));
    /* More than HKDF gives: 255 blocks. */
    assert_status(HF_ERR_RANGE, CALL(p, key_derive, NULL, .base = 1, HKDF,
                                     .is_exported = 1, .len = 255 * 32 + 1));
}

static void test_derive_parameter_that_does_not_belong_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    import_base(p, DERIVE);
    hf_bytes some = text_bytes("some");
    const hf_key_derive_request good = {
        .base = 1, .handle = 2, .type = HF_KEY_AES_128, HKDF
    };
    hf_key_derive_request bad[8];
    int expected[8] = { HF_ERR_NOTSUPPORTED, HF_ERR_NOTSUPPORTED, HF_ERR_NOTSUPPORTED,
                        HF_ERR_RANGE,        HF_ERR_RANGE,        HF_ERR_RANGE,
                        HF_ERR_RANGE,        HF_ERR_RANGE };
    for (size_t i = 0; i < 8; i++) {
        bad[i] = good;
    }
    bad[0].kdf = 0;
    bad[1].kdf = HF_ALG_SHA256;
    bad[2].kdf = 0x7777;
    bad[3].hash = 0;
    bad[4].hash = HF_ALG_SHA1; /* legacy: not for new keys */
    bad[5].hash = HF_ALG_SHAKE128;
    bad[6].iterations = 1;
    bad[7].kdf_label = some;
    for (size_t i = 0; i < 8; i++) {
        int rc = peer_call(p, HF_REQ_key_derive, &bad[i], NULL);
        if (rc != expected[i]) {
            fail_msg("case %zu: %s", i, hf_status_name(rc));
        }
        assert_no_key(p, 2);
    }
    assert_status(HF_OK, peer_call(p, HF_REQ_key_derive, &good, NULL));
}

static void test_derive_base_of_the_wrong_type_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    assert_status(HF_OK, generate(p, 1, HF_KEY_AES_128, DERIVE));
    assert_status(HF_OK, generate(p, 2, HF_KEY_SECRET, DERIVE));
    assert_status(HF_OK, generate(p, 3, HF_KEY_P256, DERIVE));
    assert_status(HF_ERR_TYPE, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 9,
                                    .type = HF_KEY_AES_128));
    assert_status(HF_ERR_TYPE, CALL(p, key_derive, NULL, .base = 3, HKDF, .handle = 9,
                                    .type = HF_KEY_AES_128));
    assert_status(HF_ERR_TYPE,
                  CALL(p, key_derive, NULL, .base = 2, .kdf = HF_ALG_KBKDF_CMAC,
                       .handle = 9, .type = HF_KEY_AES_128));
    assert_no_key(p, 9);
    assert_status(HF_OK, CALL(p, key_derive, NULL, .base = 1, .kdf = HF_ALG_KBKDF_CMAC,
                              .kdf_label = text_bytes("label"), .handle = 9,
                              .type = HF_KEY_AES_128));
}

/* ---- what the base key's flags say ---- */

static void test_derive_needs_the_usage(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    import_base(p, HF_USAGE_SIGN | ALLOW);
    assert_status(HF_ERR_USAGE, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 2,
                                     .type = HF_KEY_AES_128));
    import_base(p, DERIVE | ALLOW);
    assert_status(HF_OK, CALL(p, key_revoke, NULL, .handle = 1));
    assert_status(HF_ERR_USAGE, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 2,
                                     .type = HF_KEY_AES_128));
    assert_status(HF_ERR_USAGE, CALL(p, key_derive, NULL, .base = 1, HKDF,
                                     .is_exported = 1, .len = 16));
    assert_no_key(p, 2);
}

static void test_secret_leaves_only_if_the_base_key_allows_it(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    import_base(p, DERIVE);
    assert_status(HF_ERR_ACCESS, CALL(p, key_derive, NULL, .base = 1, HKDF,
                                      .is_exported = 1, .len = 16));
    /* Nor through a step in between. */
    assert_status(HF_ERR_ACCESS, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 2,
                                      .type = HF_KEY_SECRET, .flags = DERIVE | ALLOW));
    assert_no_key(p, 2);
    import_base(p, DERIVE | ALLOW | HF_FLAG_NONEXPORTABLE | HF_FLAG_SENSITIVE);
    assert_status(
        HF_OK, CALL(p, key_derive, NULL, .base = 1, HKDF, .is_exported = 1, .len = 16));
    assert_status(HF_OK, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 2,
                              .type = HF_KEY_SECRET, .flags = DERIVE | ALLOW));
}

static void test_exported_secret_is_no_key(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    import_base(p, DERIVE | ALLOW);
#define TRY(...)                                                                         \
    assert_status(HF_ERR_ARG, CALL(p, key_derive, NULL, .base = 1, HKDF,                 \
                                   .is_exported = 1, .len = 16, __VA_ARGS__))
    TRY(.handle = 2);
    TRY(.type = HF_KEY_AES_128);
    TRY(.flags = DERIVE);
    TRY(.access = HF_ACCESS_ADMIN_READ);
    TRY(.store = 1);
#undef TRY
    assert_no_key(p, 2);
}

/* Who could not read the key that is derived cannot read its bytes either. */
static void test_secret_of_a_key_for_admins_is_for_admins(void **state)
{
    peer *user = peer_connect(*state, 7, FIXTURE_USER);
    peer *admin = peer_connect(*state, 7, FIXTURE_ADMIN);
    for (uint16_t access = 0; access <= HF_ACCESS_MASK; access++) {
        bool is_for_admins = (access & HF_ACCESS_ADMIN_READ) != 0;
        assert_status(HF_OK,
                      CALL(admin, key_generate, NULL, .handle = 1, .type = HF_KEY_SECRET,
                           .flags = DERIVE | ALLOW, .access = access));
        assert_status(
            is_for_admins ? HF_ERR_ACCESS : HF_OK,
            CALL(user, key_derive, NULL, .base = 1, HKDF, .is_exported = 1, .len = 16));
        assert_status(HF_OK, CALL(admin, key_derive, NULL, .base = 1, HKDF,
                                  .is_exported = 1, .len = 16));
    }
}

static void test_new_key_is_no_easier_to_get_out_than_its_base(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    static const uint32_t held[] = { 0, HF_FLAG_SENSITIVE, HF_FLAG_NONEXPORTABLE,
                                     HF_FLAG_SENSITIVE | HF_FLAG_NONEXPORTABLE };
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++) {
        assert_status(HF_OK, generate(p, 1, HF_KEY_SECRET, DERIVE | held[i]));
        assert_status(HF_OK, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 2,
                                  .type = HF_KEY_AES_128, .flags = HF_USAGE_ENCRYPT));
        /* Not LOCAL, although the base key is. */
        assert_int_equal(HF_USAGE_ENCRYPT | held[i], info_of(p, 2).flags);
        assert_int_equal(DERIVE | held[i] | HF_FLAG_LOCAL, info_of(p, 1).flags);
        assert_status(held[i] == 0 ? HF_OK : HF_ERR_ACCESS,
                      CALL(p, key_export, NULL, .handle = 2));
    }
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1, .type = HF_KEY_SECRET,
                              .flags = DERIVE, .access = HF_ACCESS_MASK));
    assert_status(HF_OK, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 2,
                              .type = HF_KEY_AES_128));
    assert_int_equal(HF_ACCESS_ADMIN_READ, info_of(p, 2).access);
}

static void test_new_key_obeys_what_it_would_replace(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    peer *reader = peer_connect(*state, 8, FIXTURE_USER);
    import_base(p, DERIVE);
    assert_status(HF_OK, generate(p, 2, HF_KEY_HMAC, HF_FLAG_NONMODIFIABLE));
    assert_status(HF_ERR_ACCESS, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 2,
                                      .type = HF_KEY_AES_128));
    assert_int_equal(HF_KEY_HMAC, info_of(p, 2).type);
    assert_status(HF_ERR_ARG,
                  CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 3,
                       .type = HF_KEY_AES_128, .flags = HF_FLAG_EPHEMERAL, .store = 1));
    assert_status(HF_ERR_USAGE, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 3,
                                     .type = HF_KEY_CHACHA20, .flags = HF_USAGE_WRAP));
    assert_status(HF_ERR_ACCESS,
                  CALL(p, key_derive, NULL, .base = 1, HKDF,
                       .handle = HF_HANDLE_GLOBAL | 3u, .type = HF_KEY_AES_128));
    assert_status(HF_ERR_NOTFOUND, CALL(reader, key_derive, NULL, .base = 1, HKDF,
                                        .handle = 3, .type = HF_KEY_AES_128));
    assert_no_key(p, 3);
}

/* ---- failures ---- */

static int fail_to_derive(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    (void)context;
    (void)op;
    (void)out;
    return HF_ERR_CRYPTO;
}

static void test_device_that_fails_makes_no_key(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    import_base(p, DERIVE | ALLOW);
    f->ops[0].derive = fail_to_derive;
    assert_status(HF_ERR_CRYPTO, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 2,
                                      .type = HF_KEY_AES_128));
    assert_status(HF_ERR_CRYPTO, CALL(p, key_derive, NULL, .base = 1, HKDF,
                                      .is_exported = 1, .len = 16));
    assert_no_key(p, 2);
    assert_int_equal(0, fixture_usage(f).lease_count);
}

static void test_quota_refuses_the_new_key(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    import_base(p, DERIVE);
    for (hf_handle handle = 2; handle < 2 + FIXTURE_QUOTA; handle++) {
        assert_status(HF_OK, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = handle,
                                  .type = HF_KEY_AES_128));
    }
    assert_status(HF_ERR_QUOTA, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 99,
                                     .type = HF_KEY_AES_128));
    assert_status(HF_OK, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 99,
                              .type = HF_KEY_AES_128, .store = 1));
}

/* The new key takes the slot of its base, which is given back first. */
static int open_with_one_slot(void **state)
{
    fixture *f = fixture_make();
    f->config.keystore.small_count = 1;
    fixture_start(f);
    *state = f;
    return 0;
}

static void test_one_slot_is_enough(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    import_base(p, DERIVE);
    for (int i = 0; i < 3; i++) {
        assert_status(HF_OK, CALL(p, key_derive, NULL, .base = 1, HKDF, .handle = 2,
                                  .type = HF_KEY_AES_128, .store = 1));
        assert_material(p, 2, hf_bytes_of(okm, 16));
    }
}

/* ---- agreement ---- */

static hf_bytes public_of(peer *p, hf_handle handle, uint16_t format, uint8_t copy[256])
{
    hf_key_export_public_response out;
    assert_status(HF_OK,
                  CALL(p, key_export_public, &out, .handle = handle, .format = format));
    assert_true(out.material.len <= 256);
    memcpy(copy, out.material.data, out.material.len);
    return hf_bytes_of(copy, out.material.len);
}

static uint16_t algorithm_for(uint32_t type)
{
    return HF_KEY_FAMILY(type) == HF_FAMILY_EC ? HF_ALG_ECDH : HF_ALG_XDH;
}

static const uint32_t curves[] = { HF_KEY_P256, HF_KEY_P521, HF_KEY_BRAINPOOL_P384,
                                   HF_KEY_X25519, HF_KEY_X448 };
#define CURVE_COUNT (sizeof curves / sizeof curves[0])

/* The private key stays inside: the other side's public part goes in, in both formats. */
static void test_agree_both_sides_get_the_same_key(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    peer *q = peer_connect(*state, 8, FIXTURE_USER);
    for (size_t i = 0; i < CURVE_COUNT; i++) {
        uint16_t algorithm = algorithm_for(curves[i]);
        assert_status(HF_OK, generate(p, 1, curves[i], DERIVE));
        assert_status(HF_OK, generate(q, 1, curves[i], DERIVE));
        for (uint16_t format = 0; format < 2; format++) {
            uint8_t left[256];
            uint8_t right[256];
            hf_bytes ours = public_of(p, 1, format, left);
            hf_bytes theirs = public_of(q, 1, format, right);
            hf_key_export_response out;
            assert_status(HF_OK,
                          CALL(p, key_agree, NULL, .base = 1, .algorithm = algorithm,
                               .peer_format = format, .peer = theirs, HKDF, .handle = 2,
                               .type = HF_KEY_AES_256, .store = 1));
            assert_status(HF_OK,
                          CALL(q, key_agree, NULL, .base = 1, .algorithm = algorithm,
                               .peer_format = format, .peer = ours, HKDF, .handle = 2,
                               .type = HF_KEY_AES_256, .store = 1));
            assert_status(HF_OK, CALL(p, key_export, &out, .handle = 2));
            uint8_t key[32];
            memcpy(key, out.material.data, 32);
            assert_material(q, 2, hf_bytes_of(key, 32));
        }
    }
}

/* RFC 7748 6.1. */
static const uint8_t alice[32] = { 0x77, 0x07, 0x6d, 0x0a, 0x73, 0x18, 0xa5, 0x7d,
                                   0x3c, 0x16, 0xc1, 0x72, 0x51, 0xb2, 0x66, 0x45,
                                   0xdf, 0x4c, 0x2f, 0x87, 0xeb, 0xc0, 0x99, 0x2a,
                                   0xb1, 0x77, 0xfb, 0xa5, 0x1d, 0xb9, 0x2c, 0x2a };
static const uint8_t bob[32] = { 0xde, 0x9e, 0xdb, 0x7d, 0x7b, 0x7d, 0xc1, 0xb4,
                                 0xd3, 0x5b, 0x61, 0xc2, 0xec, 0xe4, 0x35, 0x37,
                                 0x3f, 0x83, 0x43, 0xc8, 0x5b, 0x78, 0x67, 0x4d,
                                 0xad, 0xfc, 0x7e, 0x14, 0x6f, 0x88, 0x2b, 0x4f };
static const uint8_t shared[32] = { 0x4a, 0x5d, 0x9d, 0x5b, 0xa4, 0xce, 0x2d, 0xe1,
                                    0x72, 0x8e, 0x3b, 0xf4, 0x80, 0x35, 0x0f, 0x25,
                                    0xe0, 0x7e, 0x21, 0xc9, 0x47, 0xd1, 0x9e, 0x33,
                                    0x76, 0xf0, 0x9b, 0x3c, 0x1e, 0x16, 0x17, 0x42 };

#define X25519_WITH_BOB                                                                  \
    .base = 1, .algorithm = HF_ALG_XDH, .peer = hf_bytes_of(bob, sizeof bob)

static void import_alice(peer *p, uint32_t flags)
{
    assert_status(HF_OK,
                  import(p, 1, HF_KEY_X25519, flags, hf_bytes_of(alice, sizeof alice)));
}

static void test_agree_without_derivation_keeps_the_secret_whole(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_key_agree_response out;
    static const uint32_t types[] = { HF_KEY_SECRET, HF_KEY_HMAC };
    import_alice(p, DERIVE | ALLOW);
    for (uint32_t len = 0; len <= 32; len += 32) {
        assert_status(HF_OK, CALL(p, key_agree, &out, X25519_WITH_BOB, .is_exported = 1,
                                  .len = len));
        assert_int_equal(32, out.secret.len);
        assert_memory_equal(shared, out.secret.data, 32);
        for (size_t i = 0; i < 2; i++) {
            assert_status(HF_OK, CALL(p, key_agree, &out, X25519_WITH_BOB, .handle = 2,
                                      .type = types[i], .len = len));
            assert_int_equal(0, out.secret.len);
            assert_material(p, 2, hf_bytes_of(shared, 32));
            assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = 2));
        }
    }
    static const uint32_t bad_lens[] = { 1, 16, 31, 33 };
    for (size_t i = 0; i < 4; i++) {
        assert_status(HF_ERR_RANGE, CALL(p, key_agree, NULL, X25519_WITH_BOB,
                                         .is_exported = 1, .len = bad_lens[i]));
        assert_status(HF_ERR_RANGE, CALL(p, key_agree, NULL, X25519_WITH_BOB, .handle = 2,
                                         .type = HF_KEY_SECRET, .len = bad_lens[i]));
    }
    /* An agreed value is not uniform: no cipher's key without a derivation. */
    assert_status(HF_ERR_ARG, CALL(p, key_agree, NULL, X25519_WITH_BOB, .handle = 2,
                                   .type = HF_KEY_AES_256));
    assert_status(HF_ERR_ARG, CALL(p, key_agree, NULL, X25519_WITH_BOB, .handle = 2,
                                   .type = HF_KEY_CHACHA20));
    assert_status(HF_ERR_RANGE,
                  CALL(p, key_agree, NULL, X25519_WITH_BOB, .handle = 2,
                       .type = HF_KEY_SECRET, .info = text_bytes("for no KDF")));
    assert_no_key(p, 2);
}

/* As HKDF of the secret, imported. */
static void test_agree_with_derivation_is_the_derivation_of_the_secret(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_key_agree_response out;
    hf_key_derive_response same;
    uint8_t copy[100];
    import_alice(p, DERIVE | ALLOW);
    assert_status(HF_OK, import(p, 2, HF_KEY_SECRET, DERIVE | ALLOW,
                                hf_bytes_of(shared, sizeof shared)));
    assert_status(HF_OK, CALL(p, key_agree, &out, X25519_WITH_BOB, HKDF, .is_exported = 1,
                              .len = 100));
    assert_int_equal(100, out.secret.len);
    memcpy(copy, out.secret.data, 100);
    assert_status(
        HF_OK, CALL(p, key_derive, &same, .base = 2, HKDF, .is_exported = 1, .len = 100));
    assert_memory_equal(copy, same.secret.data, 100);
    assert_status(HF_ERR_TYPE,
                  CALL(p, key_agree, NULL, X25519_WITH_BOB, .kdf = HF_ALG_KBKDF_CMAC,
                       .handle = 3, .type = HF_KEY_AES_128));
    assert_status(HF_ERR_NOTSUPPORTED,
                  CALL(p, key_agree, NULL, X25519_WITH_BOB, .kdf = HF_ALG_SHA256,
                       .handle = 3, .type = HF_KEY_AES_128));
    assert_no_key(p, 3);
}

static void test_agree_with_a_bad_peer_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    uint8_t copy[256];
    uint8_t zero[32] = { 0 };
    assert_status(HF_OK, generate(p, 1, HF_KEY_P256, DERIVE));
    assert_status(HF_OK, generate(p, 2, HF_KEY_P256, DERIVE));
    assert_status(HF_OK, generate(p, 3, HF_KEY_P384, DERIVE));
    hf_bytes point = public_of(p, 2, HF_FORMAT_RAW, copy);
#define AGREE(format, material)                                                          \
    CALL(p, key_agree, NULL, .base = 1, .algorithm = HF_ALG_ECDH,                        \
         .peer_format = (format), .peer = (material), HKDF, .handle = 9,                 \
         .type = HF_KEY_AES_128)
    assert_status(HF_OK, AGREE(HF_FORMAT_RAW, point));
    assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = 9));
    for (size_t at = 0; at < point.len; at++) {
        copy[at] ^= 1; /* off the curve, or no point at all */
        assert_status(HF_ERR_KEY, AGREE(HF_FORMAT_RAW, point));
        copy[at] ^= 1;
    }
    assert_status(HF_ERR_KEY, AGREE(HF_FORMAT_RAW, hf_bytes_of(copy, 64)));
    assert_status(HF_ERR_KEY, AGREE(HF_FORMAT_DER, point));
    assert_status(HF_ERR_KEY, AGREE(HF_FORMAT_RAW, public_of(p, 3, HF_FORMAT_RAW, copy)));
    assert_status(HF_ERR_KEY, AGREE(HF_FORMAT_DER, public_of(p, 3, HF_FORMAT_DER, copy)));
#undef AGREE
    /* All agreements with it are zero (RFC 7748 6.1). */
    import_alice(p, DERIVE);
    assert_status(HF_ERR_KEY, CALL(p, key_agree, NULL, .base = 1, .algorithm = HF_ALG_XDH,
                                   .peer = hf_bytes_of(zero, 32), .handle = 9,
                                   .type = HF_KEY_SECRET));
    assert_no_key(p, 9);
    assert_int_equal(0, fixture_usage(*state).lease_count);
}

static void test_agree_with_a_base_that_cannot_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    import_alice(p, DERIVE);
    assert_status(
        HF_OK, import(p, 2, HF_KEY_X25519_PUBLIC, DERIVE, hf_bytes_of(bob, sizeof bob)));
    assert_status(HF_OK, generate(p, 3, HF_KEY_ED25519, HF_USAGE_SIGN));
    assert_status(HF_OK, generate(p, 4, HF_KEY_P256, HF_USAGE_SIGN));
#define AGREE(handle_, algorithm_)                                                       \
    CALL(p, key_agree, NULL, .base = (handle_), .algorithm = (algorithm_),               \
         .peer = hf_bytes_of(bob, sizeof bob), .handle = 9, .type = HF_KEY_SECRET)
    assert_status(HF_OK, AGREE(1, HF_ALG_XDH));
    assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = 9));
    assert_status(HF_ERR_TYPE, AGREE(1, HF_ALG_ECDH));
    assert_status(HF_ERR_TYPE, AGREE(2, HF_ALG_XDH)); /* a public key alone */
    assert_status(HF_ERR_USAGE, AGREE(3, HF_ALG_XDH));
    assert_status(HF_ERR_USAGE, AGREE(4, HF_ALG_ECDH));
    assert_status(HF_ERR_NOTSUPPORTED, AGREE(1, HF_ALG_ML_KEM));
    assert_status(HF_ERR_NOTSUPPORTED, AGREE(1, HF_ALG_HKDF));
    assert_status(HF_ERR_NOTSUPPORTED, AGREE(1, 0x7777));
#undef AGREE
    import_alice(p, DERIVE);
    assert_status(HF_ERR_ACCESS,
                  CALL(p, key_agree, NULL, X25519_WITH_BOB, .is_exported = 1));
    assert_status(HF_OK, CALL(p, key_revoke, NULL, .handle = 1));
    assert_status(HF_ERR_USAGE, CALL(p, key_agree, NULL, X25519_WITH_BOB, .handle = 9,
                                     .type = HF_KEY_SECRET));
    assert_no_key(p, 9);
}

/* ---- encapsulation: a device of the test, since not every libcrypto has ML-KEM ---- */

#define CIPHERTEXT_LEN 768u /* FIPS 203 table 3 */
#define CIPHERTEXT_BYTE 0xC7

static const uint8_t kem_secret[32] = { 9, 8, 7, 6, 5, 4, 3, 2, 1 };

static bool has_all(void *context, uint16_t algorithm, uint32_t key_type)
{
    (void)context;
    (void)algorithm;
    (void)key_type;
    return true;
}

static bool has_all_keys(void *context, uint32_t key_type)
{
    (void)context;
    (void)key_type;
    return true;
}

static int kem_import(void *context, uint32_t type, const hf_key_encoding *encoding,
                      hf_bytes in, hf_buffer *out)
{
    (void)context;
    (void)type;
    (void)encoding;
    return hf_buffer_append(out, in);
}

static int kem_encapsulate(void *context, const hf_crypto_op *op, hf_buffer *ciphertext,
                           hf_buffer *secret)
{
    (void)context;
    (void)op;
    memset(ciphertext->data + ciphertext->len, CIPHERTEXT_BYTE, CIPHERTEXT_LEN);
    ciphertext->len += CIPHERTEXT_LEN;
    return hf_buffer_append(secret, hf_bytes_of(kem_secret, sizeof kem_secret));
}

static int kem_decapsulate(void *context, const hf_crypto_op *op, hf_buffer *secret)
{
    (void)context;
    if (op->input.data[0] != CIPHERTEXT_BYTE) {
        return HF_ERR_CRYPTO;
    }
    return hf_buffer_append(secret, hf_bytes_of(kem_secret, sizeof kem_secret));
}

static peer *open_kem(fixture *f, uint32_t flags)
{
    static const uint8_t seed[64] = { 1 };
    f->ops[0].is_supported = has_all;
    f->ops[0].is_key_supported = has_all_keys;
    f->ops[0].import = kem_import;
    f->ops[0].parse = NULL;
    f->ops[0].encapsulate = kem_encapsulate;
    f->ops[0].decapsulate = kem_decapsulate;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_OK, import(p, 1, HF_KEY_ML_KEM_512, flags, hf_bytes_of(seed, 64)));
    return p;
}

#define KEM .base = 1, .algorithm = HF_ALG_ML_KEM

static void test_kem_secret_becomes_a_key_on_both_sides(void **state)
{
    peer *p = open_kem(*state, DERIVE);
    static const uint32_t types[] = { HF_KEY_SECRET, HF_KEY_HMAC, HF_KEY_AES_256,
                                      HF_KEY_CHACHA20 };
    uint8_t ciphertext[CIPHERTEXT_LEN];
    hf_key_encapsulate_response out;
    hf_key_decapsulate_response back;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        assert_status(HF_OK,
                      CALL(p, key_encapsulate, &out, KEM, .handle = 2, .type = types[i]));
        assert_int_equal(2, out.handle);
        assert_int_equal(0, out.secret.len);
        assert_int_equal(CIPHERTEXT_LEN, out.ciphertext.len);
        memcpy(ciphertext, out.ciphertext.data, CIPHERTEXT_LEN);
        assert_status(HF_OK,
                      CALL(p, key_decapsulate, &back, KEM, .handle = 3, .type = types[i],
                           .ciphertext = hf_bytes_of(ciphertext, CIPHERTEXT_LEN)));
        assert_int_equal(3, back.handle);
        assert_int_equal(0, back.secret.len);
        for (hf_handle handle = 2; handle <= 3; handle++) {
            assert_material(p, handle, hf_bytes_of(kem_secret, 32));
            assert_int_equal(0, info_of(p, handle).flags);
        }
    }
    /* 32 bytes are no AES-128 key; through a KDF anything goes. */
    assert_status(HF_ERR_ARG, CALL(p, key_encapsulate, NULL, KEM, .handle = 4,
                                   .type = HF_KEY_AES_128));
    assert_no_key(p, 4);
    assert_status(HF_OK, CALL(p, key_encapsulate, NULL, KEM, HKDF, .handle = 4,
                              .type = HF_KEY_AES_128));
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = 2));
    assert_status(HF_OK, CALL(p, key_decapsulate, NULL, KEM, HKDF, .handle = 5,
                              .type = HF_KEY_AES_128,
                              .ciphertext = hf_bytes_of(ciphertext, CIPHERTEXT_LEN)));
    hf_key_export_response first;
    assert_status(HF_OK, CALL(p, key_export, &first, .handle = 4));
    memcpy(ciphertext, first.material.data, 16);
    assert_material(p, 5, hf_bytes_of(ciphertext, 16));
}

static void test_kem_secret_leaves_only_if_the_key_allows_it(void **state)
{
    peer *p = open_kem(*state, DERIVE | ALLOW);
    uint8_t ciphertext[CIPHERTEXT_LEN];
    hf_key_encapsulate_response out;
    hf_key_decapsulate_response back;
    assert_status(HF_OK, CALL(p, key_encapsulate, &out, KEM, .is_exported = 1));
    assert_memory_equal(kem_secret, out.secret.data, 32);
    assert_int_equal(CIPHERTEXT_LEN, out.ciphertext.len);
    memcpy(ciphertext, out.ciphertext.data, CIPHERTEXT_LEN);
    hf_bytes encapsulated = hf_bytes_of(ciphertext, CIPHERTEXT_LEN);
    assert_status(HF_OK, CALL(p, key_decapsulate, &back, KEM, .is_exported = 1,
                              .ciphertext = encapsulated));
    assert_memory_equal(kem_secret, back.secret.data, 32);
    open_kem(*state, DERIVE);
    assert_status(HF_ERR_ACCESS, CALL(p, key_encapsulate, NULL, KEM, .is_exported = 1));
    assert_status(HF_ERR_ACCESS, CALL(p, key_decapsulate, NULL, KEM, .is_exported = 1,
                                      .ciphertext = encapsulated));
}

static void test_decapsulate_wrong_length_or_failing_device_is_refused(void **state)
{
    peer *p = open_kem(*state, DERIVE);
    uint8_t ciphertext[CIPHERTEXT_LEN + 1] = { 0 };
    static const size_t lens[] = { 0, 1, CIPHERTEXT_LEN - 1, CIPHERTEXT_LEN + 1 };
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        assert_status(HF_ERR_RANGE, CALL(p, key_decapsulate, NULL, KEM, .handle = 2,
                                         .type = HF_KEY_SECRET,
                                         .ciphertext = hf_bytes_of(ciphertext, lens[i])));
    }
    assert_status(HF_ERR_CRYPTO,
                  CALL(p, key_decapsulate, NULL, KEM, .handle = 2, .type = HF_KEY_SECRET,
                       .ciphertext = hf_bytes_of(ciphertext, CIPHERTEXT_LEN)));
    assert_no_key(p, 2);
    open_kem(*state, 0);
    assert_status(HF_ERR_USAGE, CALL(p, key_encapsulate, NULL, KEM, .handle = 2,
                                     .type = HF_KEY_SECRET));
    assert_no_key(p, 2);
}

static int open_large(void **state)
{
    fixture *f = fixture_make();
    size_t size = HF_KEYSTORE_SIZE(FIXTURE_SMALL_COUNT, 1, 8);
    free(f->key_memory);
    f->key_memory = aligned_alloc(64, (size + 63) / 64 * 64);
    assert_non_null(f->key_memory);
    f->config.keystore.memory = f->key_memory;
    f->config.keystore.memory_size = size;
    f->config.keystore.large_count = 1;
    fixture_start(f);
    *state = f;
    return 0;
}

static void test_public_key_only_encapsulates(void **state)
{
    peer *p = open_kem(*state, DERIVE);
    static const uint8_t public[800] = { 2 }; /* FIPS 203 table 3 */
    uint8_t ciphertext[CIPHERTEXT_LEN] = { CIPHERTEXT_BYTE };
    assert_status(HF_OK, import(p, 3, HF_KEY_ML_KEM_512_PUBLIC, DERIVE,
                                hf_bytes_of(public, sizeof public)));
    assert_status(HF_OK,
                  CALL(p, key_encapsulate, NULL, .base = 3, .algorithm = HF_ALG_ML_KEM,
                       .handle = 2, .type = HF_KEY_SECRET));
    assert_material(p, 2, hf_bytes_of(kem_secret, 32));
    assert_status(HF_ERR_TYPE,
                  CALL(p, key_decapsulate, NULL, .base = 3, .algorithm = HF_ALG_ML_KEM,
                       .handle = 4, .type = HF_KEY_SECRET,
                       .ciphertext = hf_bytes_of(ciphertext, CIPHERTEXT_LEN)));
    assert_no_key(p, 4);
}

/* ---- what it costs ---- */

static hf_cost cost_of(uint16_t kind, uint32_t base, hf_request *rq)
{
    rq->handler = hf_handler_find(kind);
    rq->leases[0].key.type = base;
    return rq->handler->cost(rq);
}

/* PBKDF2 is slow whatever is derived from, also with few iterations: the output may have
 * many blocks. */
static void test_cost_follows_base_and_derivation(void **state)
{
    static const struct {
        uint16_t kdf;
        hf_cost cost;
    } cases[] = {
        { 0, HF_COST_QUICK },
        { HF_ALG_HKDF, HF_COST_QUICK },
        { HF_ALG_PBKDF2, HF_COST_SLOW },
    };
    static hf_request rq;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rq.in.key_derive = (hf_key_derive_request){ .kdf = cases[i].kdf };
        assert_int_equal(cases[i].cost, cost_of(HF_REQ_key_derive, HF_KEY_SECRET, &rq));
        rq.in.key_agree = (hf_key_agree_request){ .algorithm = HF_ALG_XDH,
                                                  .kdf = cases[i].kdf,
                                                  .iterations = 1000 };
        assert_int_equal(cases[i].cost, cost_of(HF_REQ_key_agree, HF_KEY_X25519, &rq));
        assert_int_equal(HF_COST_SLOW, cost_of(HF_REQ_key_agree, HF_KEY_X448, &rq));
        rq.in.key_decapsulate = (hf_key_decapsulate_request){ .algorithm = HF_ALG_ML_KEM,
                                                              .kdf = cases[i].kdf };
        assert_int_equal(cases[i].cost,
                         cost_of(HF_REQ_key_decapsulate, HF_KEY_ML_KEM_768, &rq));
    }
    /* Much output of much input is slow; of one of both there is not that much. */
    const hf_bytes long_info = { .len = 4096 };
    rq.in.key_derive = (hf_key_derive_request){ .kdf = HF_ALG_X963, .info = long_info };
    rq.meta.len = 64;
    assert_int_equal(HF_COST_QUICK, cost_of(HF_REQ_key_derive, HF_KEY_SECRET, &rq));
    rq.meta.len = HF_DERIVED_LEN_MAX;
    assert_int_equal(HF_COST_SLOW, cost_of(HF_REQ_key_derive, HF_KEY_SECRET, &rq));
    rq.in.key_derive.info.len = 0;
    assert_int_equal(HF_COST_QUICK, cost_of(HF_REQ_key_derive, HF_KEY_SECRET, &rq));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cost_follows_base_and_derivation),
        TEST(test_derive_answers_the_secret),
        TEST(test_derive_makes_a_key),
        TEST(test_derive_from_a_password),
        TEST(test_derive_length_follows_the_type),
        TEST(test_derive_exported_length_has_limits),
        TEST(test_derive_parameter_that_does_not_belong_is_refused),
        TEST(test_derive_base_of_the_wrong_type_is_refused),
        TEST(test_derive_needs_the_usage),
        TEST(test_secret_leaves_only_if_the_base_key_allows_it),
        TEST(test_exported_secret_is_no_key),
        TEST(test_secret_of_a_key_for_admins_is_for_admins),
        TEST(test_new_key_is_no_easier_to_get_out_than_its_base),
        TEST(test_new_key_obeys_what_it_would_replace),
        TEST(test_device_that_fails_makes_no_key),
        TEST(test_quota_refuses_the_new_key),
        cmocka_unit_test_setup_teardown(test_one_slot_is_enough, open_with_one_slot,
                                        fixture_close),
        TEST(test_agree_both_sides_get_the_same_key),
        TEST(test_agree_without_derivation_keeps_the_secret_whole),
        TEST(test_agree_with_derivation_is_the_derivation_of_the_secret),
        TEST(test_agree_with_a_bad_peer_is_refused),
        TEST(test_agree_with_a_base_that_cannot_is_refused),
        TEST(test_kem_secret_becomes_a_key_on_both_sides),
        TEST(test_kem_secret_leaves_only_if_the_key_allows_it),
        TEST(test_decapsulate_wrong_length_or_failing_device_is_refused),
        cmocka_unit_test_setup_teardown(test_public_key_only_encapsulates, open_large,
                                        fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
