/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * KEY requests that wrap: key_wrap, key_unwrap, key_wrap_data, key_unwrap_data. What
 * comes back is what went out, what was changed does not come back at all, and what must
 * not leave does not. The forms of PKCS#11 are in test_handlers_wrap_forms.c.
 */
#include "wrapping.h"

#include <string.h>

#include "holdfast/lms.h"

/* What the operator of the server does. */
static int trust(fixture *f, uint32_t number)
{
    hf_server *server = &f->server;
    hf_drops drops = { .count = 0 };
    int rc = hf_server_nvm_lock(server);
    if (rc != HF_OK) {
        fail_msg("the store lock is held");
        return rc;
    }
    hf_keystore_begin(&server->keystore, &drops);
    rc = hf_keystore_trust(&server->keystore, hf_id_make(HF_KIND_KEY, 7, number));
    rc = hf_server_nvm_unlock(server, rc, NULL);
    for (uint32_t i = 0; i < drops.count; i++) {
        hf_crypto_parsed_destroy(&server->crypto, drops.items[i].device,
                                 drops.items[i].parsed);
    }
    return rc;
}

/* ---- the own form ---- */

static void test_own_form_brings_back_all_that_a_key_is(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    const hf_label label = text_label("goes and comes");
    import_kek(p, BOTH);
    for (size_t i = 0; i < wrapping_type_count; i++) {
        uint32_t flags = hf_key_type_find(wrapping_types[i])->usages |
                         HF_FLAG_NONDESTROYABLE | HF_FLAG_ALLOW_NONCE |
                         HF_FLAG_MAC_LEN(8);
        hf_handle handle = (hf_handle)(1 + i);
        blob b;
        hf_key_unwrap_response out;
        assert_status(HF_OK,
                      CALL(p, key_generate, NULL, .handle = handle,
                           .type = wrapping_types[i], .flags = flags, .label = label,
                           .access = HF_ACCESS_ADMIN_WRITE, .store = 1));
        assert_status(HF_OK, wrap(p, handle, GCM, &b));
        size_t len = info_of(p, handle).is_stored
                         ? hf_key_type_find(wrapping_types[i])->raw_len_min
                         : 0;
        assert_true(b.len >= HF_WRAP_KEY_HEADER_LEN + HF_WRAP_SEAL_LEN + len);
        assert_status(HF_OK, CALL(p, key_unwrap, &out, .handle = 99, .kek = KEK,
                                  .algorithm = GCM, .wrapped = bytes_of(&b)));
        assert_int_equal(99, out.handle);
        assert_int_equal(wrapping_types[i], out.type);
        assert_int_equal(flags, out.flags); /* not LOCAL: it came from outside */
        hf_key_info_response info = info_of(p, 99);
        assert_int_equal(wrapping_types[i], info.type);
        assert_int_equal(flags, info.flags);
        assert_int_equal(HF_ACCESS_ADMIN_WRITE, info.access);
        assert_memory_equal(label.text, info.label.text, HF_LABEL_SIZE);
        assert_int_equal(0, info.is_stored);
        assert_same(p, handle, 99);
        /* Make room: it cannot be erased. */
        assert_status(HF_OK,
                      import(p, 99, HF_KEY_AES_128, 0, hf_bytes_of(kek_bytes, 16)));
        erase(p, 99);
    }
}

static void test_own_form_never_gives_the_same_bytes_twice(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    blob first;
    blob second;
    import_kek(p, BOTH);
    import_key(p, 1, 0);
    assert_status(HF_OK, wrap(p, 1, GCM, &first));
    assert_status(HF_OK, wrap(p, 1, GCM, &second));
    assert_int_equal(first.len, second.len);
    assert_int_equal(HF_WRAP_KEY_HEADER_LEN + HF_WRAP_SEAL_LEN + 32, first.len);
    assert_memory_equal(first.data, second.data, HF_WRAP_KEY_HEADER_LEN);
    for (size_t at = HF_WRAP_KEY_HEADER_LEN; at + 12 <= first.len; at += 12) {
        assert_memory_not_equal(first.data + at, second.data + at, 12);
    }
}

static void test_changed_blob_is_refused(void **state)
{
    static const uint16_t forms[] = { GCM, KW, KWP };
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    import_kek(p, BOTH);
    import_key(p, 1, 0);
    for (size_t i = 0; i < 3; i++) {
        blob b;
        assert_status(HF_OK, wrap(p, 1, forms[i], &b));
        check_tampering(p, forms[i], HF_KEY_AES_256, &b, 1);
    }
    assert_int_equal(0, fixture_usage(*state).lease_count);
}

static void test_blob_of_another_kek_is_refused(void **state)
{
    static const uint16_t forms[] = { GCM, KW, KWP };
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    import_key(p, 1, 0);
    for (size_t i = 0; i < 3; i++) {
        blob b;
        import_kek(p, BOTH);
        assert_status(HF_OK, wrap(p, 1, forms[i], &b));
        assert_status(HF_OK, generate(p, KEK, HF_KEY_AES_256, BOTH));
        assert_status(HF_ERR_VERIFY,
                      unwrap(p, 9, forms[i], HF_KEY_AES_256, bytes_of(&b)));
    }
    assert_no_key(p, 9);
}

static void test_request_only_narrows_what_a_blob_says(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    const uint32_t sign = HF_USAGE_SIGN;
    const uint32_t crypt = HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT;
    const uint32_t ecb = HF_FLAG_ALLOW_ECB;
    const uint32_t nonce = HF_FLAG_ALLOW_NONCE;
    const uint32_t hardware = HF_FLAG_HARDWARE;
    const struct {
        uint32_t blob, request, made;
        int status;
    } cases[] = {
        { crypt, 0, crypt, HF_OK },
        { crypt, HF_USAGE_ENCRYPT, HF_USAGE_ENCRYPT, HF_OK },
        { crypt, crypt | sign, 0, HF_ERR_USAGE },
        { crypt, sign, 0, HF_ERR_USAGE },
        { crypt | ecb | nonce, 0, crypt | ecb | nonce, HF_OK },
        { crypt | ecb | nonce, ecb, crypt | ecb, HF_OK },
        { crypt | ecb, nonce, 0, HF_ERR_USAGE },
        { crypt, SENSITIVE, crypt | SENSITIVE, HF_OK },
        { crypt | SENSITIVE, 0, crypt | SENSITIVE, HF_OK },
        { crypt | SENSITIVE, HF_FLAG_NONDESTROYABLE | hardware,
          crypt | SENSITIVE | HF_FLAG_NONDESTROYABLE | hardware, HF_OK },
        { crypt | HF_FLAG_MAC_LEN(8), 0, crypt | HF_FLAG_MAC_LEN(8), HF_OK },
        { crypt | HF_FLAG_MAC_LEN(8), HF_FLAG_MAC_LEN(4), crypt | HF_FLAG_MAC_LEN(8),
          HF_OK },
        { crypt | HF_FLAG_MAC_LEN(8), HF_FLAG_MAC_LEN(12), crypt | HF_FLAG_MAC_LEN(12),
          HF_OK },
        { crypt, HF_FLAG_MAC_LEN(12), crypt, HF_OK },
    };
    import_kek(p, BOTH);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        blob b;
        hf_handle handle = (hf_handle)(10 + i);
        assert_status(HF_OK, import(p, 1, HF_KEY_AES_256, cases[i].blob,
                                    hf_bytes_of(key_bytes, 32)));
        assert_status(HF_OK, wrap(p, 1, GCM, &b));
        int rc = CALL(p, key_unwrap, NULL, .handle = handle, .flags = cases[i].request,
                      .kek = KEK, .algorithm = GCM, .wrapped = bytes_of(&b), .store = 1);
        if (rc != cases[i].status) {
            fail_msg("case %zu: %s", i, hf_status_name(rc));
        }
        if (rc == HF_OK) {
            assert_int_equal(cases[i].made, info_of(p, handle).flags);
        } else {
            assert_no_key(p, handle);
        }
    }
}

static void test_request_adds_access_and_label(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_ADMIN);
    const hf_label old = text_label("old");
    const hf_label new = text_label("new");
    blob b;
    import_kek(p, BOTH);
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 1, .type = HF_KEY_HMAC,
                              .flags = HF_USAGE_SIGN, .access = HF_ACCESS_ADMIN_READ,
                              .label = old, .store = 1));
    assert_status(HF_OK, wrap(p, 1, GCM, &b));
    assert_status(HF_OK, CALL(p, key_unwrap, NULL, .handle = 2, .kek = KEK,
                              .algorithm = GCM, .access = HF_ACCESS_ADMIN_WRITE,
                              .label = new, .wrapped = bytes_of(&b)));
    assert_int_equal(HF_ACCESS_MASK, info_of(p, 2).access);
    assert_memory_equal(new.text, info_of(p, 2).label.text, HF_LABEL_SIZE);
    /* The type may be said, and must be true then. */
    assert_status(HF_OK, unwrap(p, 3, GCM, HF_KEY_HMAC, bytes_of(&b)));
    assert_status(HF_ERR_TYPE, unwrap(p, 4, GCM, HF_KEY_SECRET, bytes_of(&b)));
    assert_status(HF_ERR_TYPE, unwrap(p, 4, GCM, 0x7777, bytes_of(&b)));
    assert_no_key(p, 4);
}

/* Blobs of somebody who knows the KEK: what is in them is believed as little as an
 * import. */
static int open_forged(fixture *f, peer *p, const uint8_t *header, hf_bytes raw)
{
    static const uint8_t nonce[HF_WRAP_NONCE_LEN] = { 1 };
    const hf_crypto_key kek = { .type = HF_KEY_AES_256,
                                .material = hf_bytes_of(kek_bytes, 32) };
    const hf_wrap maker = { .crypto = &f->server.crypto,
                            .row = hf_algorithm_find(GCM),
                            .kek = &kek };
    blob b;
    hf_buffer out = hf_buffer_of(b.data, sizeof b.data);
    assert_status(HF_OK, hf_wrap_seal(&maker, hf_bytes_of(header, HF_WRAP_KEY_HEADER_LEN),
                                      hf_bytes_of(nonce, sizeof nonce), raw, &out));
    return unwrap(p, 9, GCM, 0, hf_bytes_of(out.data, out.len));
}

static void test_forged_blob_gives_nothing_that_an_import_would_not(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    const hf_bytes raw = hf_bytes_of(key_bytes, 32);
    const uint32_t good = HF_USAGE_ENCRYPT;
    const struct {
        uint32_t type, flags;
        uint16_t access;
        size_t len;
        int status;
    } cases[] = {
        { HF_KEY_AES_256, good, 0, 32, HF_OK },
        { HF_KEY_AES_256, good | HF_FLAG_LOCAL, 0, 32, HF_ERR_DECODE },
        { HF_KEY_AES_256, good | HF_FLAG_TRUSTED, 0, 32, HF_ERR_DECODE },
        { HF_KEY_AES_256, good | HF_FLAG_RETIRED, 0, 32, HF_ERR_DECODE },
        { HF_KEY_AES_256, good | HF_FLAG_REVOKED, 0, 32, HF_ERR_DECODE },
        { HF_KEY_AES_256, good | 0x80000000u, 0, 32, HF_ERR_DECODE },
        { HF_KEY_AES_256, good, 4, 32, HF_ERR_DECODE },
        { HF_KEY_AES_256, good, 0, 31, HF_ERR_KEY },
        { HF_KEY_AES_128, good, 0, 32, HF_ERR_KEY },
        { HF_KEY_P256, good, 0, 32, HF_ERR_USAGE },
        { HF_KEY_P256, HF_USAGE_SIGN, 0, 31, HF_ERR_KEY },
        { HF_KEY_P256_PUBLIC, HF_USAGE_VERIFY, 0, 32, HF_ERR_KEY },
        { HF_KEY_LMS(1, 5, 8), HF_USAGE_SIGN, 0, 32, HF_ERR_TYPE },
        { 0, good, 0, 32, HF_ERR_TYPE },
        { 0x7777, good, 0, 32, HF_ERR_TYPE },
    };
    import_kek(p, BOTH);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t header[HF_WRAP_KEY_HEADER_LEN];
        hf_wrap_put_key_header(&(hf_metadata){ .type = cases[i].type }, header);
        hf_put_u32(header + 8, cases[i].flags);
        hf_put_u16(header + 2, cases[i].access);
        int rc = open_forged(f, p, header, hf_bytes_of(raw.data, cases[i].len));
        if (rc != cases[i].status) {
            fail_msg("case %zu: %s", i, hf_status_name(rc));
        }
        if (rc == HF_OK) {
            erase(p, 9);
        }
        assert_no_key(p, 9);
    }
}

/* ---- what may not ---- */

static void test_kek_that_may_not_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    blob b;
    blob data;
    hf_key_wrap_data_response answer;
    import_key(p, 1, 0);
    import_kek(p, BOTH);
    assert_status(HF_OK, wrap(p, 1, GCM, &b));
    assert_status(
        HF_OK, CALL(p, key_wrap_data, &answer, .kek = KEK, .data = text_bytes("data")));
    keep(&data, answer.wrapped);
    for (int round = 0; round < 3; round++) {
        /* All but the usage in question; none; revoked. */
        import_kek(p, round == 0 ? HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT | HF_USAGE_SIGN |
                                       HF_USAGE_VERIFY | HF_USAGE_DERIVE | UNWRAP
                                 : (round == 1 ? 0 : BOTH));
        if (round == 2) {
            assert_status(HF_OK, CALL(p, key_revoke, NULL, .handle = KEK));
        }
        assert_status(HF_ERR_USAGE, wrap(p, 1, GCM, NULL));
        assert_status(HF_ERR_USAGE, wrap(p, 1, KW, NULL));
        assert_status(HF_ERR_USAGE, wrap(p, 1, KWP, NULL));
        assert_status(HF_ERR_USAGE, CALL(p, key_wrap_data, NULL, .kek = KEK,
                                         .data = text_bytes("data")));
        if (round == 0) {
            import_kek(p, WRAP | HF_USAGE_DECRYPT | HF_USAGE_ENCRYPT);
        }
        assert_status(HF_ERR_USAGE, unwrap(p, 9, GCM, 0, bytes_of(&b)));
        assert_status(HF_ERR_USAGE, unwrap(p, 9, KWP, HF_KEY_AES_256, bytes_of(&b)));
        assert_status(HF_ERR_USAGE, CALL(p, key_unwrap_data, NULL, .kek = KEK,
                                         .wrapped = bytes_of(&data)));
    }
    assert_no_key(p, 9);
}

static void test_kek_or_form_that_does_not_fit_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    blob b;
    make_pair(p, WRAP);
    import_key(p, 1, 0);
    assert_status(HF_ERR_TYPE, wrap(p, 1, GCM, NULL));
    assert_status(HF_ERR_TYPE, wrap(p, 1, KWP, NULL));
    assert_status(HF_ERR_TYPE, CALL(p, key_wrap_data, NULL, .kek = KEK));
    assert_status(HF_OK, wrap(p, 1, RSA, &b)); /* the private key does both */
    assert_status(HF_ERR_USAGE, CALL(p, key_unwrap, NULL, .handle = 9, .kek = KEK + 1,
                                     .type = HF_KEY_AES_256, .algorithm = RSA,
                                     .wrapped = bytes_of(&b)));
    import_kek(p, BOTH);
    assert_status(HF_ERR_TYPE, wrap(p, 1, RSA, NULL));
    assert_status(HF_ERR_NOTSUPPORTED, wrap(p, 1, HF_ALG_AES_GCM, NULL));
    assert_status(HF_ERR_NOTSUPPORTED, wrap(p, 1, HF_ALG_AES_KW, NULL));
    assert_status(HF_ERR_NOTSUPPORTED, wrap(p, 1, 0x7777, NULL));
    assert_status(HF_ERR_RANGE, CALL(p, key_wrap, NULL, .handle = 1, .kek = KEK,
                                     .algorithm = KWP, .hash = HF_ALG_SHA256));
    assert_status(HF_ERR_RANGE, CALL(p, key_wrap, NULL, .handle = 1, .kek = KEK,
                                     .algorithm = GCM, .mgf_hash = HF_ALG_SHA256));
    assert_status(HF_ERR_NOTSUPPORTED,
                  CALL(p, key_wrap, NULL, .handle = 1, .kek = KEK, .algorithm = GCM,
                       .affinity = HF_AFFINITY_HARDWARE));
}

static void test_key_that_must_not_leave_is_refused(void **state)
{
    static const uint16_t forms[] = { GCM, KW, KWP };
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    import_kek(p, BOTH);
    for (size_t i = 0; i < 3; i++) {
        assert_status(HF_ERR_ARG, wrap(p, KEK, forms[i], NULL)); /* under itself */
        import_key(p, 1, NONEXPORTABLE);
        assert_status(HF_ERR_ACCESS, wrap(p, 1, forms[i], NULL));
        import_key(p, 1, SENSITIVE);
        assert_status(HF_OK, wrap(p, 1, forms[i], NULL));
        assert_status(HF_ERR_ACCESS, CALL(p, key_export, NULL, .handle = 1));
        import_key(p, 2, 0);
        assert_status(HF_OK, CALL(p, key_revoke, NULL, .handle = 2));
        assert_status(HF_ERR_USAGE, wrap(p, 2, forms[i], NULL));
        erase(p, 2);
        assert_status(HF_ERR_NOTFOUND, wrap(p, 2, forms[i], NULL));
        assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = 3,
                                  .type = HF_KEY_AES_256, .flags = HF_USAGE_ENCRYPT,
                                  .access = HF_ACCESS_ADMIN_READ, .store = 1));
        assert_status(HF_ERR_ACCESS, wrap(p, 3, forms[i], NULL));
    }
    peer *admin = peer_connect(*state, 7, FIXTURE_ADMIN);
    assert_status(HF_OK, wrap(admin, 3, GCM, NULL));
    assert_int_equal(0, fixture_usage(*state).lease_count);
}

static void test_stateful_and_public_keys_stay(void **state)
{
    static const uint16_t forms[] = { GCM, KW, KWP };
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_key_export_public_response public;
    blob raw;
    import_kek(p, BOTH);
    assert_status(HF_OK, generate(p, 1, HF_KEY_LMS(1, 5, 8), HF_USAGE_SIGN));
    assert_status(HF_OK, generate(p, 2, HF_KEY_P256, HF_USAGE_SIGN));
    assert_status(HF_OK, CALL(p, key_export_public, &public, .handle = 2));
    keep(&raw, public.material);
    assert_status(HF_OK,
                  import(p, 3, HF_KEY_P256_PUBLIC, HF_USAGE_VERIFY, bytes_of(&raw)));
    for (size_t i = 0; i < 3; i++) {
        assert_status(HF_ERR_TYPE, wrap(p, 1, forms[i], NULL));
        /* A public key is no secret, but the own form keeps what else it is. */
        assert_status(forms[i] == GCM ? HF_OK : HF_ERR_TYPE, wrap(p, 3, forms[i], &raw));
    }
    assert_status(HF_OK, wrap(p, 3, GCM, &raw));
    assert_status(HF_OK, unwrap(p, 9, GCM, HF_KEY_P256_PUBLIC, bytes_of(&raw)));
    assert_same(p, 3, 9);
}

/* No device knows the type: the server reads such keys itself. */
static void test_public_lms_key_comes_back(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    uint8_t raw[60] = {
        [3] = 1, [7] = HF_LMS_SHA256_M32_H5, [11] = HF_LMOTS_SHA256_N32_W8
    };
    blob b;
    import_kek(p, BOTH);
    assert_status(HF_OK, import(p, 1, HF_KEY_LMS_PUBLIC, HF_USAGE_VERIFY,
                                hf_bytes_of(raw, sizeof raw)));
    assert_status(HF_OK, wrap(p, 1, GCM, &b));
    assert_status(HF_OK, unwrap(p, 2, GCM, 0, bytes_of(&b)));
    assert_int_equal(HF_KEY_LMS_PUBLIC, info_of(p, 2).type);
    assert_material(p, 2, hf_bytes_of(raw, sizeof raw));
}

/* ---- trust ---- */

#define TRUSTABLE (BOTH | NONEXPORTABLE | HF_FLAG_NONMODIFIABLE | HF_FLAG_NONDESTROYABLE)

/* NONEXPORTABLE keys leave under a TRUSTED KEK, and stay what they are when they come
 * back. */
static void test_nonexportable_key_leaves_under_a_trusted_kek_only(void **state)
{
    static const uint16_t forms[] = { GCM, KW, KWP };
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_OK, generate(p, KEK, HF_KEY_AES_256, TRUSTABLE));
    import_key(p, 1, NONEXPORTABLE);
    assert_status(HF_ERR_ACCESS, wrap(p, 1, GCM, NULL));
    assert_status(HF_OK, trust(f, KEK));
    for (size_t i = 0; i < 3; i++) {
        blob b;
        assert_status(HF_OK, wrap(p, 1, forms[i], &b));
        assert_status(HF_OK, CALL(p, key_unwrap, NULL, .handle = 2, .kek = KEK,
                                  .type = HF_KEY_AES_256, .flags = HF_USAGE_ENCRYPT,
                                  .algorithm = forms[i], .wrapped = bytes_of(&b)));
        uint32_t more = forms[i] == GCM ? 0 : SENSITIVE;
        assert_int_equal(HF_USAGE_ENCRYPT | NONEXPORTABLE | more, info_of(p, 2).flags);
        assert_status(HF_ERR_ACCESS, CALL(p, key_export, NULL, .handle = 2));
        erase(p, 2);
    }
    /* No client puts a key there that it knows: the next start would trust that. */
    assert_status(HF_ERR_ACCESS, CALL(p, key_erase, NULL, .handle = KEK));
    assert_status(HF_ERR_ACCESS, import(p, KEK, HF_KEY_AES_256, TRUSTABLE,
                                        hf_bytes_of(kek_bytes, sizeof kek_bytes)));
}

/* A key that can be erased, or replaced, has no place that trust could be given to. */
static void test_key_that_can_be_replaced_is_not_trusted(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    assert_status(HF_OK, generate(p, KEK, HF_KEY_AES_256, BOTH | NONEXPORTABLE));
    assert_status(HF_ERR_ACCESS, trust(f, KEK));
}

/* A copy with other usages would open what the key has wrapped. */
static void test_trusted_key_leaves_only_with_its_metadata(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    blob b;
    assert_status(HF_OK, generate(p, KEK, HF_KEY_AES_256, TRUSTABLE));
    assert_status(HF_OK, generate(p, 1, HF_KEY_AES_256, TRUSTABLE));
    assert_status(HF_OK, trust(f, KEK));
    assert_status(HF_OK, trust(f, 1));
    assert_status(HF_ERR_ACCESS, wrap(p, 1, KW, NULL));
    assert_status(HF_ERR_ACCESS, wrap(p, 1, KWP, NULL));
    assert_status(HF_OK, wrap(p, 1, GCM, &b));
    assert_status(HF_ERR_USAGE, CALL(p, key_unwrap, NULL, .handle = 2, .kek = KEK,
                                     .flags = HF_USAGE_DECRYPT, .algorithm = GCM,
                                     .wrapped = bytes_of(&b)));
    assert_status(HF_OK, unwrap(p, 2, GCM, 0, bytes_of(&b)));
    assert_int_equal(TRUSTABLE, info_of(p, 2).flags); /* not TRUSTED */
}

/* ---- data ---- */

static int unwrap_data(peer *p, hf_bytes wrapped, hf_key_unwrap_data_response *out)
{
    return CALL(p, key_unwrap_data, out, .kek = KEK, .wrapped = wrapped);
}

static void test_data_comes_back(void **state)
{
    static uint8_t data[3000];
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_key_wrap_data_response out;
    hf_key_unwrap_data_response back;
    blob b;
    memset(data, 0xD7, sizeof data);
    import_kek(p, BOTH);
    static const size_t lens[] = { 0, 1, 15, 16, 17, 1000, 3000 };
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        assert_status(HF_OK, CALL(p, key_wrap_data, &out, .kek = KEK,
                                  .data = hf_bytes_of(data, lens[i])));
        keep(&b, out.wrapped);
        assert_int_equal(HF_WRAP_DATA_HEADER_LEN + HF_WRAP_SEAL_LEN + lens[i], b.len);
        assert_status(HF_OK, unwrap_data(p, bytes_of(&b), &back));
        assert_int_equal(lens[i], back.data.len);
        assert_memory_equal(data, back.data.data, lens[i]);
    }
}

static void test_changed_data_is_refused(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_key_wrap_data_response out;
    blob b;
    import_kek(p, BOTH);
    assert_status(HF_OK, CALL(p, key_wrap_data, &out, .kek = KEK,
                              .data = text_bytes("wrapped data")));
    keep(&b, out.wrapped);
    for (size_t at = 0; at < b.len; at++) {
        b.data[at] ^= 0x10;
        int rc = unwrap_data(p, bytes_of(&b), NULL);
        b.data[at] ^= 0x10;
        assert_status(at == 0                        ? HF_ERR_VERSION
                      : at < HF_WRAP_DATA_HEADER_LEN ? HF_ERR_DECODE
                                                     : HF_ERR_VERIFY,
                      rc);
    }
    for (size_t len = 0; len < b.len; len++) {
        int rc = unwrap_data(p, hf_bytes_of(b.data, len), NULL);
        assert_status(len < HF_WRAP_DATA_HEADER_LEN + HF_WRAP_SEAL_LEN ? HF_ERR_DECODE
                                                                       : HF_ERR_VERIFY,
                      rc);
    }
    assert_status(HF_OK, unwrap_data(p, bytes_of(&b), NULL));
}

/* The attack on many an interface: wrap a key, and have it decrypted as data. */
static void test_wrapped_key_is_never_data_nor_data_a_key(void **state)
{
    static const uint16_t forms[] = { GCM, KW, KWP };
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_key_wrap_data_response out;
    blob b;
    import_kek(p, BOTH);
    import_key(p, 1, SENSITIVE);
    for (size_t i = 0; i < 3; i++) {
        assert_status(HF_OK, wrap(p, 1, forms[i], &b));
        int rc = unwrap_data(p, bytes_of(&b), NULL);
        assert_true(rc == HF_ERR_DECODE || rc == HF_ERR_VERSION);
        /* Also with a header that says that it is data. */
        hf_wrap_put_data_header(b.data);
        assert_status(HF_ERR_VERIFY, unwrap_data(p, bytes_of(&b), NULL));
    }
    assert_status(HF_OK, wrap(p, 1, GCM, &b));
    hf_wrap_put_data_header(b.data + HF_WRAP_KEY_HEADER_LEN - HF_WRAP_DATA_HEADER_LEN);
    assert_status(
        HF_ERR_VERIFY,
        unwrap_data(p,
                    hf_bytes_of(b.data + HF_WRAP_KEY_HEADER_LEN - HF_WRAP_DATA_HEADER_LEN,
                                b.len - HF_WRAP_KEY_HEADER_LEN + HF_WRAP_DATA_HEADER_LEN),
                    NULL));
    /* 32 bytes of data, wrapped, with a header of a key in front of the nonce. */
    assert_status(HF_OK, CALL(p, key_wrap_data, &out, .kek = KEK,
                              .data = hf_bytes_of(key_bytes, 32)));
    keep(&b, out.wrapped);
    assert_status(HF_ERR_DECODE, unwrap(p, 9, GCM, 0, bytes_of(&b)));
    memmove(b.data + HF_WRAP_KEY_HEADER_LEN, b.data + HF_WRAP_DATA_HEADER_LEN,
            b.len - HF_WRAP_DATA_HEADER_LEN);
    b.len += HF_WRAP_KEY_HEADER_LEN - HF_WRAP_DATA_HEADER_LEN;
    hf_wrap_put_key_header(&(hf_metadata){ .type = HF_KEY_AES_256, .flags = BOTH },
                           b.data);
    assert_status(HF_ERR_VERIFY, unwrap(p, 9, GCM, 0, bytes_of(&b)));
    assert_no_key(p, 9);
}

/* ---- counting ---- */

/* Uses of the KEK that are reserved in the store. */
static uint64_t reserved_uses(fixture *f)
{
    uint64_t value = 0;
    int rc = hf_server_nvm_lock(&f->server);
    if (rc != HF_OK) {
        fail_msg("the store lock is held");
        return 0;
    }
    rc = hf_nvm_get_counter(&f->server.nvm, hf_id_make(HF_KIND_SYSTEM, 7, KEK), &value);
    assert_status(HF_OK, hf_server_nvm_unlock(&f->server, HF_OK, NULL));
    return rc == HF_OK ? value : 0;
}

static void test_own_form_counts_the_uses_of_its_kek(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    static uint8_t data[FIXTURE_BODY_SIZE];
    const size_t fits = sizeof data - 64; /* with what wrapping adds */
    import_kek(p, BOTH);
    import_key(p, 1, 0);
    assert_status(HF_OK, wrap(p, 1, KW, NULL));
    assert_status(HF_OK, wrap(p, 1, KWP, NULL));
    /* What cannot be answered is not begun. */
    assert_status(HF_ERR_SIZE, CALL(p, key_wrap_data, NULL, .kek = KEK,
                                    .data = hf_bytes_of(data, fits + 40)));
    assert_int_equal(0, reserved_uses(f));
    assert_status(
        HF_OK, CALL(p, key_wrap_data, NULL, .kek = KEK, .data = hf_bytes_of(data, fits)));
    assert_int_equal(65536, reserved_uses(f));
    assert_status(HF_OK, wrap(p, 1, GCM, NULL));
    /* Two have been used; an eviction keeps the exact number. */
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = KEK));
    assert_int_equal(2, reserved_uses(f));
}

/* ---- slots and failures ---- */

static void test_evicted_keys_are_loaded_again(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    blob b;
    import_kek(p, BOTH);
    import_key(p, 1, 0);
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = KEK));
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = 1));
    assert_status(HF_OK, wrap(p, 1, GCM, &b));
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = KEK));
    assert_status(HF_OK, unwrap(p, 2, GCM, 0, bytes_of(&b)));
    assert_same(p, 1, 2);
}

static int open_with_slots(void **state, uint32_t count)
{
    fixture *f = fixture_make();
    f->config.keystore.small_count = count;
    f->config.keystore.uncommitted_max = 1;
    fixture_start(f);
    *state = f;
    return 0;
}

static int open_with_one_slot(void **state)
{
    return open_with_slots(state, 1);
}

static int open_with_two_slots(void **state)
{
    return open_with_slots(state, 2);
}

/* Two keys at once need two slots; one by one, one is enough. */
static void test_one_slot_cannot_hold_two_keys(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    hf_key_wrap_data_response out;
    blob b;
    import_kek(p, BOTH);
    import_key(p, 1, 0);
    assert_status(HF_ERR_CACHE_FULL, wrap(p, 1, GCM, NULL));
    assert_int_equal(0, fixture_usage(*state).lease_count);
    assert_status(HF_OK,
                  CALL(p, key_wrap_data, &out, .kek = KEK, .data = text_bytes("data")));
    keep(&b, out.wrapped);
    assert_status(HF_OK, unwrap_data(p, bytes_of(&b), NULL));
}

static void test_two_slots_hold_two_keys_and_a_third_in_turn(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    blob b;
    import_kek(p, BOTH);
    import_key(p, 1, 0);
    for (hf_handle handle = 2; handle < 6; handle++) {
        assert_status(HF_OK, wrap(p, 1, KWP, &b));
        assert_status(HF_OK, CALL(p, key_unwrap, NULL, .handle = handle, .kek = KEK,
                                  .type = HF_KEY_AES_256, .algorithm = KWP, .store = 1,
                                  .wrapped = bytes_of(&b)));
        assert_same(p, 1, handle);
    }
    /* One slot is taken by a key that cannot be evicted. */
    assert_status(HF_OK, unwrap(p, 9, KWP, HF_KEY_AES_256, bytes_of(&b)));
    assert_status(HF_ERR_CACHE_FULL, wrap(p, 1, KWP, NULL));
    erase(p, 9);
    assert_status(HF_OK, wrap(p, 1, KWP, NULL));
}

static int fail_to_encrypt(void *context, const hf_crypto_op *op, hf_buffer *out,
                           hf_buffer *tag)
{
    (void)context;
    (void)op;
    (void)out;
    (void)tag;
    return HF_ERR_CRYPTO;
}

static int fail_to_decrypt(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    (void)context;
    memset(out->data + out->len, 0xEE, op->input.len); /* what must not come out */
    return HF_ERR_VERIFY;
}

static int fail_to_fill(void *context, uint8_t *out, size_t len)
{
    (void)context;
    (void)out;
    (void)len;
    return HF_ERR_RANDOM;
}

static void test_device_that_fails_gives_an_error(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, 7, FIXTURE_USER);
    blob b;
    import_kek(p, BOTH);
    import_key(p, 1, 0);
    assert_status(HF_OK, wrap(p, 1, GCM, &b));
    f->ops[0].encrypt = fail_to_encrypt;
    assert_status(HF_ERR_CRYPTO, wrap(p, 1, GCM, NULL));
    assert_status(HF_ERR_CRYPTO, wrap(p, 1, KWP, NULL));
    assert_status(HF_ERR_CRYPTO, CALL(p, key_wrap_data, NULL, .kek = KEK));
    f->ops[0].random = fail_to_fill;
    assert_status(HF_ERR_RANDOM, wrap(p, 1, GCM, NULL));
    assert_status(HF_ERR_RANDOM, CALL(p, key_wrap_data, NULL, .kek = KEK));
    f->ops[0].decrypt = fail_to_decrypt;
    assert_status(HF_ERR_VERIFY, unwrap(p, 9, GCM, 0, bytes_of(&b)));
    assert_no_key(p, 9);
    assert_int_equal(0, fixture_usage(f).lease_count);
}

static void test_unwrapped_key_obeys_what_it_would_replace(void **state)
{
    peer *p = peer_connect(*state, 7, FIXTURE_USER);
    blob b;
    import_kek(p, BOTH);
    import_key(p, 1, 0);
    assert_status(HF_OK, wrap(p, 1, GCM, &b));
    assert_status(HF_OK, generate(p, 2, HF_KEY_HMAC, HF_FLAG_NONMODIFIABLE));
    assert_status(HF_ERR_ACCESS, unwrap(p, 2, GCM, 0, bytes_of(&b)));
    assert_int_equal(HF_KEY_HMAC, info_of(p, 2).type);
    assert_status(HF_ERR_ACCESS, unwrap(p, HF_HANDLE_GLOBAL | 2u, GCM, 0, bytes_of(&b)));
    assert_status(HF_ERR_ARG,
                  CALL(p, key_unwrap, NULL, .handle = 3, .kek = KEK, .algorithm = GCM,
                       .flags = HF_FLAG_EPHEMERAL, .store = 1, .wrapped = bytes_of(&b)));
    hf_key_unwrap_response out;
    assert_status(HF_OK, CALL(p, key_unwrap, &out, .kek = KEK, .algorithm = GCM,
                              .store = 1, .wrapped = bytes_of(&b)));
    assert_true(out.handle != 0);
    assert_same(p, 1, out.handle);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
#define TEST_LARGE(name) cmocka_unit_test_setup_teardown(name, open_large, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_own_form_brings_back_all_that_a_key_is),
        TEST(test_own_form_never_gives_the_same_bytes_twice),
        TEST(test_changed_blob_is_refused),
        TEST(test_blob_of_another_kek_is_refused),
        TEST(test_request_only_narrows_what_a_blob_says),
        TEST(test_request_adds_access_and_label),
        TEST(test_forged_blob_gives_nothing_that_an_import_would_not),
        TEST(test_kek_that_may_not_is_refused),
        TEST_LARGE(test_kek_or_form_that_does_not_fit_is_refused),
        TEST(test_key_that_must_not_leave_is_refused),
        TEST(test_stateful_and_public_keys_stay),
        TEST(test_public_lms_key_comes_back),
        TEST(test_nonexportable_key_leaves_under_a_trusted_kek_only),
        TEST(test_key_that_can_be_replaced_is_not_trusted),
        TEST(test_trusted_key_leaves_only_with_its_metadata),
        TEST(test_data_comes_back),
        TEST(test_changed_data_is_refused),
        TEST(test_wrapped_key_is_never_data_nor_data_a_key),
        TEST(test_own_form_counts_the_uses_of_its_kek),
        TEST(test_evicted_keys_are_loaded_again),
        cmocka_unit_test_setup_teardown(test_one_slot_cannot_hold_two_keys,
                                        open_with_one_slot, fixture_close),
        cmocka_unit_test_setup_teardown(test_two_slots_hold_two_keys_and_a_third_in_turn,
                                        open_with_two_slots, fixture_close),
        TEST(test_device_that_fails_gives_an_error),
        TEST(test_unwrapped_key_obeys_what_it_would_replace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
