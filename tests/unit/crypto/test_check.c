/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What is checked of an operation before a device sees it, for every row of the algorithm
 * table in both directions: an operation that is right reaches the device, and each way
 * to spoil it is refused with its own status.
 *
 * Lengths that no test has memory for are only told: the fake device reads nothing.
 */
#include "fake_device.h"

#include <stdio.h>
#include <string.h>

#define ROOM SIZE_MAX /* that an output buffer claims to have */

static uint8_t material[4096]; /* of any key */
static uint8_t memory[256];    /* of any input and output */
static const hf_bytes missing = { .data = NULL, .len = 1 };

/* ---- an operation of a row ---- */

typedef struct subject {
    const hf_algorithm *row;
    bool is_backward;
    fake_device fake;
    hf_crypto crypto;
    hf_crypto_key key, peer;
    hf_crypto_op op;
} subject;

static hf_bytes told(size_t len)
{
    return hf_bytes_of(memory, len);
}

static hf_crypto_key key_of(uint32_t type)
{
    return (hf_crypto_key){ .type = type,
                            .material = hf_bytes_of(
                                material, hf_key_type_find(type)->raw_len_max) };
}

/* The first key type that fits. */
static uint32_t type_for(const hf_algorithm *row, bool is_backward)
{
    const hf_key_type_info *info;
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        if (hf_algorithm_fits(row, info->type, is_backward)) {
            return info->type;
        }
    }
    return 0;
}

static void fill_kdf(hf_crypto_op *op)
{
    op->output_len = op->hash != 0 ? hf_algorithm_find(op->hash)->output_len : 16;
    op->iterations = op->algorithm == HF_ALG_PBKDF2 ? 1 : 0;
    if (op->algorithm == HF_ALG_TLS12_PRF) {
        op->label = told(5);
    }
}

static size_t input_len_for(const subject *s)
{
    uint32_t type = s->key.type;
    switch (s->row->class) {
    case HF_CLASS_CIPHER:
        return s->is_backward && s->row->id == HF_ALG_AES_KW ? 24 : 16;
    case HF_CLASS_ASYMMETRIC:
        return s->is_backward || s->row->id == HF_ALG_RSA_RAW
                   ? HF_KEY_PARAMETER(type) / 8u
                   : 16;
    case HF_CLASS_KEM:
        return s->is_backward ? hf_crypto_output_len_max(s->row->id, type, 0) : 0;
    case HF_CLASS_AGREE:
    case HF_CLASS_KDF:
        return 0;
    default:
        return 32;
    }
}

/* An operation that is right. False when the row has none in this direction. */
static bool subject_init(subject *s, const hf_algorithm *row, bool is_backward)
{
    bool is_missing =
        row->class == HF_CLASS_HASH || row->class == HF_CLASS_WRAP ||
        (is_backward ? row->usage_backward == 0
                     : (row->traits & (HF_TRAIT_LEGACY | HF_TRAIT_BACKWARD_ONLY)) != 0);
    *s = (subject){ .row = row, .is_backward = is_backward };
    if (is_missing) {
        return false;
    }
    s->key = key_of(type_for(row, is_backward));
    hf_crypto_op *op = &s->op;
    op->algorithm = row->id;
    op->key = &s->key;
    op->input = told(input_len_for(s));
    op->nonce = told(row->nonce_len);
    op->hash = (row->traits & HF_TRAIT_HASH) != 0 ? HF_ALG_SHA256 : 0;
    op->context = told(row->id == HF_ALG_ED25519_CTX ? 1 : 0);
    if (row->class == HF_CLASS_AGREE) {
        s->peer = key_of(hf_key_type_public(s->key.type));
        op->peer = &s->peer;
    }
    if (row->class == HF_CLASS_KDF) {
        fill_kdf(op);
    }
    if (is_backward && (row->class == HF_CLASS_MAC || row->class == HF_CLASS_AEAD)) {
        op->signature = told(row->output_len);
    }
    return true;
}

/* The public operation of the row's class. */
static int call(subject *s)
{
    hf_crypto *crypto = &s->crypto;
    hf_buffer out = { .data = memory, .size = ROOM };
    hf_buffer tag = { .data = memory, .size = ROOM };
    switch (s->row->class) {
    case HF_CLASS_MAC:
        return s->is_backward ? hf_crypto_verify(crypto, 0, &s->op)
                              : hf_crypto_mac(crypto, 0, &s->op, &out);
    case HF_CLASS_SIGNATURE:
        return s->is_backward ? hf_crypto_verify(crypto, 0, &s->op)
                              : hf_crypto_sign(crypto, 0, &s->op, &out);
    case HF_CLASS_AEAD:
    case HF_CLASS_CIPHER:
    case HF_CLASS_ASYMMETRIC:
        return s->is_backward
                   ? hf_crypto_decrypt(crypto, 0, &s->op, &out)
                   : hf_crypto_encrypt(crypto, 0, &s->op, &out,
                                       s->row->class == HF_CLASS_AEAD ? &tag : NULL);
    case HF_CLASS_KDF:
        return hf_crypto_derive(crypto, 0, &s->op, &out);
    case HF_CLASS_AGREE:
        return hf_crypto_agree(crypto, 0, &s->op, &out);
    case HF_CLASS_KEM:
        return s->is_backward ? hf_crypto_decapsulate(crypto, 0, &s->op, &out)
                              : hf_crypto_encapsulate(crypto, 0, &s->op, &out, &tag);
    default:
        return HF_ERR_NOTSUPPORTED;
    }
}

static const char *way(const subject *s)
{
    return s->is_backward ? "backward" : "forward";
}

/* Fails the test unless the operation gives the status; only HF_OK reaches the device. A
 * MAC that the device makes is the one to be verified. */
static void expect(subject *s, int status, const char *what)
{
    const hf_crypto_device_config config = fake_config(&s->fake);
    bool is_verified_mac = s->row->class == HF_CLASS_MAC && s->is_backward;
    s->fake = (fake_device){ .out_len = is_verified_mac ? s->op.signature.len : 0 };
    memset(memory, FAKE_BYTE, sizeof(memory));
    assert_int_equal(hf_crypto_init(&s->crypto, &config, 1), HF_OK);
    int rc = call(s);
    if (rc != status || s->fake.call_count != (status == HF_OK ? 1 : 0)) {
        fail_msg("%s %s, %s: %d, expected %d; the device was called %d times",
                 s->row->name, way(s), what, rc, status, s->fake.call_count);
    }
    assert_int_equal(hf_crypto_cleanup(&s->crypto), HF_OK);
}

/* Calls `test` with a subject for every row and direction that has one. */
static void for_each(void (*test)(subject *s))
{
    for (size_t i = 0; hf_algorithm_at(i) != NULL; i++) {
        for (int backward = 0; backward < 2; backward++) {
            subject s;
            if (subject_init(&s, hf_algorithm_at(i), backward != 0)) {
                test(&s);
            }
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(material); i++) {
        material[i] = (uint8_t)(i * 7 + i / 256);
    }
    return 0;
}

/* ---- what is common to all ---- */

static void check_good(subject *s)
{
    expect(s, HF_OK, "as it should be");
    assert_int_equal(s->fake.last_kind, s->row->id);
}

static void test_right_operations_reach_the_device(void **state)
{
    (void)state;
    for_each(check_good);
}

static void check_missing_memory(subject *s)
{
    hf_bytes *const slices[] = { &s->op.input, &s->op.aad,     &s->op.signature,
                                 &s->op.nonce, &s->op.context, &s->op.salt,
                                 &s->op.label, &s->op.info };
    for (size_t i = 0; i < sizeof(slices) / sizeof(slices[0]); i++) {
        hf_bytes before = *slices[i];
        *slices[i] = missing;
        expect(s, HF_ERR_ARG, "a slice without memory");
        *slices[i] = before;
    }
    s->op.key = NULL;
    expect(s, HF_ERR_ARG, "no key");
}

static void test_missing_memory_is_an_argument_error(void **state)
{
    (void)state;
    for_each(check_missing_memory);
}

static void check_keys(subject *s)
{
    const hf_crypto_key good = s->key;
    s->key.type = 0x03020077;
    expect(s, HF_ERR_NOTSUPPORTED, "unknown key type");
    s->key = key_of(s->row->family == HF_FAMILY_AES ? HF_KEY_P256 : HF_KEY_AES_128);
    expect(s, HF_ERR_TYPE, "key of another family");
    s->key = good;
    s->key.material.data = NULL;
    expect(s, HF_ERR_KEY, "no material");
    s->key.material = hf_bytes_of(material, good.material.len + 1);
    expect(s, HF_ERR_KEY, "material too long");
    s->key.material.len = hf_key_type_find(good.type)->raw_len_min - 1u;
    expect(s, HF_ERR_KEY, "material too short");
}

static void test_wrong_keys_are_refused(void **state)
{
    (void)state;
    for_each(check_keys);
}

/* Every key type with every row: what does not fit is HF_ERR_TYPE. */
static void check_fit(subject *s)
{
    const hf_key_type_info *info;
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        s->key = key_of(info->type);
        if (!hf_algorithm_fits(s->row, info->type, s->is_backward)) {
            expect(s, HF_ERR_TYPE, info->name);
        }
    }
}

static void test_key_types_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    for_each(check_fit);
}

static void check_unsupported(subject *s)
{
    const hf_crypto_device_config config = fake_config(&s->fake);
    s->fake.is_nothing = true;
    assert_int_equal(hf_crypto_init(&s->crypto, &config, 1), HF_OK);
    assert_int_equal(call(s), HF_ERR_NOTSUPPORTED);
    s->op.algorithm = 0x7777;
    assert_int_equal(call(s), HF_ERR_NOTSUPPORTED);
    assert_int_equal(s->fake.call_count, 0);
}

static void test_device_that_cannot_is_not_called(void **state)
{
    (void)state;
    for_each(check_unsupported);
}

/* Every row by the operations of the other classes. */
static void check_other_classes(subject *s)
{
    static const uint16_t others[] = {
        HF_ALG_HMAC_SHA256, HF_ALG_AES_GCM, HF_ALG_ECDSA,
        HF_ALG_ECDH,        HF_ALG_HKDF,    HF_ALG_ML_KEM
    };
    const hf_algorithm *row = s->row;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        const hf_algorithm *other = hf_algorithm_find(others[i]);
        bool is_cipher =
            other->class == HF_CLASS_AEAD &&
            (row->class == HF_CLASS_CIPHER || row->class == HF_CLASS_ASYMMETRIC);
        bool is_verified = s->is_backward && other->class == HF_CLASS_MAC &&
                           row->class == HF_CLASS_SIGNATURE;
        bool is_mac_verified = s->is_backward && other->class == HF_CLASS_SIGNATURE &&
                               row->class == HF_CLASS_MAC;
        if (other->class != row->class && !is_cipher && !is_verified &&
            !is_mac_verified) {
            s->row = other;
            expect(s, HF_ERR_NOTSUPPORTED, row->name);
        }
    }
}

static void test_operation_of_another_class_is_not_supported(void **state)
{
    (void)state;
    for_each(check_other_classes);
}

static void test_rows_without_a_direction_are_not_supported(void **state)
{
    (void)state;
    static const struct {
        uint16_t algorithm, class;
        uint32_t type;
    } cases[] = {
        { HF_ALG_HMAC_SHA1, HF_CLASS_MAC, HF_KEY_HMAC },
        { HF_ALG_RSA_PKCS1_DECRYPT, HF_CLASS_ASYMMETRIC, HF_KEY_RSA_2048 },
        { HF_ALG_WRAP_AES_GCM, HF_CLASS_CIPHER, HF_KEY_AES_128 },
        { HF_ALG_SHA256, HF_CLASS_MAC, HF_KEY_HMAC },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        hf_algorithm row = *hf_algorithm_find(cases[i].algorithm);
        row.class = (uint8_t)cases[i].class; /* for `call` to choose the operation */
        subject s = { .row = &row, .key = key_of(cases[i].type) };
        s.op = (hf_crypto_op){ .algorithm = row.id, .key = &s.key, .input = told(16) };
        expect(&s, HF_ERR_NOTSUPPORTED, "no such direction");
    }
}

/* ---- nonces ---- */

static void check_nonces(subject *s)
{
    const hf_algorithm *row = s->row;
    for (size_t len = 0; len <= HF_NONCE_LEN_MAX + 1; len++) {
        bool is_good = len >= row->nonce_len_min && len <= row->nonce_len_max;
        s->op.nonce = told(len);
        expect(s, is_good ? HF_OK : HF_ERR_RANGE, "length of the nonce");
    }
}

static void test_nonces_out_of_range_are_refused(void **state)
{
    (void)state;
    for_each(check_nonces);
}

/* ---- hashes ---- */

static void check_hash(subject *s)
{
    uint16_t traits = s->row->traits;
    bool is_needed = (traits & HF_TRAIT_HASH) != 0;
    bool is_taken = is_needed || (traits & HF_TRAIT_HASH_OPTIONAL) != 0;
    const hf_crypto_op good = s->op;
    for (uint16_t hash = HF_ALG_SHA1; hash <= HF_ALG_SHAKE256 + 1; hash++) {
        bool is_hash = hash < HF_ALG_SHAKE128 && (hash != HF_ALG_SHA1 || s->is_backward);
        s->op.hash = hash;
        if (s->row->class == HF_CLASS_KDF && is_hash) {
            s->op.output_len = hf_algorithm_find(hash)->output_len;
        }
        expect(s, is_taken && is_hash ? HF_OK : HF_ERR_RANGE, "hash");
        s->op = good;
        s->op.mgf_hash = hash;
        expect(s, (traits & HF_TRAIT_MGF) != 0 && is_hash ? HF_OK : HF_ERR_RANGE, "mgf");
        s->op = good;
    }
    s->op.hash = HF_ALG_NONE;
    expect(s, is_needed ? HF_ERR_RANGE : HF_OK, "no hash");
    s->op.hash = HF_ALG_HMAC_SHA256;
    expect(s, HF_ERR_RANGE, "a MAC as hash");
}

static void test_hashes_are_those_that_the_row_takes(void **state)
{
    (void)state;
    for_each(check_hash);
}

static void test_mgf_hash_and_salt_are_filled_in(void **state)
{
    (void)state;
    subject s;
    assert_true(subject_init(&s, hf_algorithm_find(HF_ALG_RSA_PSS), false));
    s.op.hash = HF_ALG_SHA384;
    s.op.salt_len = HF_SALT_LEN_HASH;
    expect(&s, HF_OK, "salt as long as the hash");
    assert_int_equal(s.fake.op.mgf_hash, HF_ALG_SHA384);
    assert_int_equal(s.fake.op.salt_len, 48);
    s.op.mgf_hash = HF_ALG_SHA256;
    s.op.salt_len = 20;
    expect(&s, HF_OK, "other salt and other mgf");
    assert_int_equal(s.fake.op.mgf_hash, HF_ALG_SHA256);
    assert_int_equal(s.fake.op.salt_len, 20);
    assert_true(subject_init(&s, hf_algorithm_find(HF_ALG_RSA_PKCS1), false));
    expect(&s, HF_OK, "no mgf");
    assert_int_equal(s.fake.op.mgf_hash, 0);
}

static void check_salt_len(subject *s)
{
    bool is_pss = s->row->id == HF_ALG_RSA_PSS;
    s->op.salt_len = 1;
    expect(s, is_pss ? HF_OK : HF_ERR_RANGE, "salt_len");
    s->op.salt_len = HF_SALT_LEN_HASH;
    expect(s, is_pss ? HF_OK : HF_ERR_RANGE, "salt_len of the hash");
    /* RFC 8017 9.1.1: RSA-2048 and SHA-256 leave 256 - 32 - 2. */
    s->op.salt_len = 222;
    expect(s, is_pss ? HF_OK : HF_ERR_RANGE, "longest salt");
    s->op.salt_len = 223;
    expect(s, HF_ERR_RANGE, "salt too long");
}

static void test_salt_len_is_of_pss_only_and_fits_the_modulus(void **state)
{
    (void)state;
    for_each(check_salt_len);
}

/* ---- signatures ---- */

static void check_signature_fields(subject *s)
{
    uint16_t id = s->row->id;
    bool is_signature = s->row->class == HF_CLASS_SIGNATURE;
    bool is_ecdsa = is_signature && s->row->family == HF_FAMILY_EC;
    const hf_crypto_op good = s->op;
    s->op.format = HF_SIGNATURE_RAW;
    expect(s, is_ecdsa ? HF_OK : is_signature ? HF_ERR_ARG : HF_ERR_RANGE, "format");
    s->op.format = HF_SIGNATURE_RAW + 1;
    expect(s, is_signature ? HF_ERR_ARG : HF_ERR_RANGE, "unknown format");
    s->op = good;
    s->op.is_deterministic = true;
    expect(s, id == HF_ALG_ML_DSA || id == HF_ALG_SLH_DSA ? HF_OK : HF_ERR_RANGE,
           "deterministic");
    s->op.hash = HF_ALG_SHA256;
    expect(s, HF_ERR_RANGE, "deterministic with hash"); /* another row */
    s->op = good;
    s->op.is_digest = true;
    bool has_hash = is_signature && (s->row->traits & HF_TRAIT_HASH) != 0;
    expect(s, has_hash ? HF_OK : HF_ERR_RANGE, "digest");
    s->op.input.len++;
    expect(s, HF_ERR_RANGE, "digest of a wrong length");
    s->op.input.len--;
    s->op.hash = HF_ALG_SHA256;
    expect(s, has_hash || is_ecdsa ? HF_OK : HF_ERR_RANGE, "digest with hash");
}

static void test_fields_of_signatures_are_theirs_only(void **state)
{
    (void)state;
    for_each(check_signature_fields);
}

static void test_ecdsa_digests_have_lengths_of_digests(void **state)
{
    (void)state;
    for (int backward = 0; backward < 2; backward++) {
        subject s;
        assert_true(subject_init(&s, hf_algorithm_find(HF_ALG_ECDSA), backward != 0));
        size_t least = backward != 0 ? 20 : 28; /* SHA-1 is only verified */
        for (size_t len = 0; len < 70; len++) {
            s.op.input = told(len);
            s.op.hash = HF_ALG_NONE;
            expect(&s, len < least || len > 64 ? HF_ERR_RANGE : HF_OK, "digest");
            s.op.hash = HF_ALG_SHA256;
            expect(&s, HF_OK, "message");
        }
    }
}

static void check_context(subject *s)
{
    bool is_taken = (s->row->traits & HF_TRAIT_CONTEXT) != 0;
    s->op.context = told(255);
    expect(s, is_taken ? HF_OK : HF_ERR_RANGE, "longest context");
    s->op.context = told(256);
    expect(s, HF_ERR_RANGE, "context too long");
    s->op.context = told(1);
    expect(s, is_taken ? HF_OK : HF_ERR_RANGE, "shortest context");
    s->op.context = told(0);
    expect(s, s->row->id == HF_ALG_ED25519_CTX ? HF_ERR_RANGE : HF_OK, "no context");
}

static void test_contexts_are_those_that_the_row_takes(void **state)
{
    (void)state;
    for_each(check_context);
}

/* ---- derivation, agreement ---- */

static const struct {
    uint16_t algorithm;
    bool salt, label, info;
} kdfs[] = {
    { HF_ALG_HKDF, true, false, true },
    { HF_ALG_HKDF_EXTRACT, true, false, false },
    { HF_ALG_HKDF_EXPAND, false, false, true },
    { HF_ALG_KBKDF_HMAC, false, true, true },
    { HF_ALG_KBKDF_CMAC, false, true, true },
    { HF_ALG_ONE_STEP, true, false, true },
    { HF_ALG_TWO_STEP, true, true, true },
    { HF_ALG_PBKDF2, true, false, false },
    { HF_ALG_TLS12_PRF, true, true, false },
    { HF_ALG_X963, false, false, true },
};
#define KDF_COUNT (sizeof(kdfs) / sizeof(kdfs[0]))

static void check_kdf_inputs(subject *s)
{
    size_t i = 0;
    while (i < KDF_COUNT && kdfs[i].algorithm != s->row->id) {
        i++;
    }
    assert_int_equal(i < KDF_COUNT, s->row->class == HF_CLASS_KDF);
    bool is_kdf = i < KDF_COUNT;
    const hf_crypto_op good = s->op;
    s->op.salt = told(8);
    expect(s, is_kdf && kdfs[i].salt ? HF_OK : HF_ERR_RANGE, "salt");
    s->op = good;
    s->op.label = told(8);
    expect(s, is_kdf && kdfs[i].label ? HF_OK : HF_ERR_RANGE, "label");
    s->op = good;
    s->op.info = told(8);
    expect(s, is_kdf && kdfs[i].info ? HF_OK : HF_ERR_RANGE, "info");
    s->op = good;
    s->op.iterations = 1000;
    expect(s, s->row->id == HF_ALG_PBKDF2 ? HF_OK : HF_ERR_RANGE, "iterations");
    s->op.iterations = 0;
    expect(s, s->row->id == HF_ALG_PBKDF2 ? HF_ERR_RANGE : HF_OK, "no iterations");
}

static void test_inputs_of_derivations_are_those_that_the_row_takes(void **state)
{
    (void)state;
    for_each(check_kdf_inputs);
}

static void test_derivations_have_lengths_and_work_in_range(void **state)
{
    (void)state;
    static const struct {
        uint16_t algorithm, hash;
        uint32_t output_len, iterations;
        size_t label_len, salt_len;
        int status;
    } cases[] = {
        { HF_ALG_HKDF, HF_ALG_SHA256, 0, 0, 0, 0, HF_ERR_RANGE },
        { HF_ALG_HKDF, HF_ALG_SHA256, 1, 0, 0, 0, HF_OK },
        { HF_ALG_HKDF, HF_ALG_SHA256, 255 * 32, 0, 0, 0, HF_OK },
        { HF_ALG_HKDF, HF_ALG_SHA256, 255 * 32 + 1, 0, 0, 0, HF_ERR_RANGE },
        { HF_ALG_HKDF_EXPAND, HF_ALG_SHA384, 255 * 48, 0, 0, 0, HF_OK },
        { HF_ALG_HKDF_EXPAND, HF_ALG_SHA384, 255 * 48 + 1, 0, 0, 0, HF_ERR_RANGE },
        { HF_ALG_HKDF_EXPAND, HF_ALG_SHA512, 255 * 64, 0, 0, 0, HF_OK },
        { HF_ALG_HKDF_EXPAND, HF_ALG_SHA512, HF_DERIVED_LEN_MAX, 0, 0, 0, HF_ERR_RANGE },
        { HF_ALG_HKDF_EXTRACT, HF_ALG_SHA512, 64, 0, 0, 0, HF_OK },
        { HF_ALG_HKDF_EXTRACT, HF_ALG_SHA512, 32, 0, 0, 0, HF_ERR_RANGE },
        { HF_ALG_KBKDF_HMAC, HF_ALG_SHA256, HF_DERIVED_LEN_MAX, 0, 0, 0, HF_OK },
        { HF_ALG_KBKDF_HMAC, HF_ALG_SHA256, HF_DERIVED_LEN_MAX + 1, 0, 0, 0,
          HF_ERR_RANGE },
        { HF_ALG_X963, HF_ALG_SHA256, UINT32_MAX, 0, 0, 0, HF_ERR_RANGE },
        { HF_ALG_PBKDF2, HF_ALG_SHA256, 32, HF_PBKDF2_WORK_MAX, 0, 0, HF_OK },
        { HF_ALG_PBKDF2, HF_ALG_SHA256, 32, HF_PBKDF2_WORK_MAX + 1, 0, 0, HF_ERR_RANGE },
        { HF_ALG_PBKDF2, HF_ALG_SHA256, 33, HF_PBKDF2_WORK_MAX, 0, 0, HF_ERR_RANGE },
        { HF_ALG_PBKDF2, HF_ALG_SHA256, 64, HF_PBKDF2_WORK_MAX / 2, 0, 0, HF_OK },
        { HF_ALG_TLS12_PRF, HF_ALG_SHA256, 16, 0, 0, 0, HF_ERR_RANGE },
        { HF_ALG_TLS12_PRF, HF_ALG_SHA256, 16, 0, 0, 1, HF_OK },
        { HF_ALG_TLS12_PRF, HF_ALG_SHA256, 16, 0, 1000, 24, HF_OK },
        { HF_ALG_TLS12_PRF, HF_ALG_SHA256, 16, 0, 1000, 25, HF_ERR_RANGE },
        { HF_ALG_TLS12_PRF, HF_ALG_SHA256, 16, 0, 1025, 0, HF_ERR_RANGE },
        { HF_ALG_TLS12_PRF, HF_ALG_SHA256, 16, 0, SIZE_MAX, 1, HF_ERR_RANGE },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        subject s;
        assert_true(subject_init(&s, hf_algorithm_find(cases[i].algorithm), false));
        s.op.hash = cases[i].hash;
        s.op.output_len = cases[i].output_len;
        s.op.iterations = cases[i].iterations;
        s.op.label = told(cases[i].label_len);
        s.op.salt = told(cases[i].salt_len);
        char what[32];
        snprintf(what, sizeof(what), "case %zu", i);
        expect(&s, cases[i].status, what);
    }
}

static void check_peer(subject *s)
{
    const hf_crypto_op good = s->op;
    if (s->row->class != HF_CLASS_AGREE) {
        s->peer = key_of(HF_KEY_P256_PUBLIC);
        s->op.peer = &s->peer;
        expect(s, HF_ERR_RANGE, "a peer");
        return;
    }
    s->op.peer = NULL;
    expect(s, HF_ERR_ARG, "no peer");
    s->op = good;
    s->peer = s->key;
    expect(s, HF_ERR_TYPE, "a private peer");
    s->peer = key_of(s->row->id == HF_ALG_XDH ? HF_KEY_X448_PUBLIC : HF_KEY_P384_PUBLIC);
    expect(s, HF_ERR_TYPE, "a peer on another curve");
    s->peer = key_of(hf_key_type_public(s->key.type));
    s->peer.material.len--;
    expect(s, HF_ERR_KEY, "a short peer");
}

static void test_peers_are_of_agreement_only_and_belong_to_the_key(void **state)
{
    (void)state;
    for_each(check_peer);
}

/* ---- lengths of MACs and tags ---- */

static bool is_mac_len(const hf_algorithm *row, uint32_t len)
{
    if (len == 0) {
        return true; /* whole */
    }
    switch (row->id) {
    case HF_ALG_AES_GCM:
    case HF_ALG_AES_GMAC: /* SP 800-38D 5.2.1.2 */
        return len == 4 || len == 8 || (len >= 12 && len <= 16);
    case HF_ALG_AES_CCM: /* SP 800-38C A.1 */
        return len >= 4 && len <= 16 && len % 2 == 0;
    case HF_ALG_CHACHA20_POLY1305:
        return len == 16;
    default:
        return len >= 4 && len <= row->output_len;
    }
}

static void check_mac_len(subject *s)
{
    bool is_mac = s->row->class == HF_CLASS_MAC || s->row->class == HF_CLASS_AEAD;
    if (s->row->class == HF_CLASS_KDF) {
        return;
    }
    for (uint32_t len = 0; len <= HF_MAC_LEN_MAX + 1; len++) {
        bool is_good = is_mac ? is_mac_len(s->row, len) : len == 0;
        s->op.output_len = len;
        if (is_mac && s->is_backward) {
            s->op.signature = told(len == 0 ? s->row->output_len : len);
        }
        expect(s, is_good ? HF_OK : HF_ERR_RANGE, "length of the MAC");
    }
}

static void test_macs_have_lengths_that_the_standard_has(void **state)
{
    (void)state;
    for_each(check_mac_len);
}

/* A tag of another length than was asked for is a wrong one, and no tag as well. */
static void check_tag_given(subject *s)
{
    if (!s->is_backward || s->row->class == HF_CLASS_SIGNATURE ||
        s->row->class == HF_CLASS_KEM) {
        return;
    }
    size_t right = s->op.signature.len;
    for (size_t len = 0; len <= HF_MAC_LEN_MAX; len++) {
        s->op.signature = told(len);
        if (len != right && s->row->class != HF_CLASS_MAC) {
            expect(s, HF_ERR_VERIFY, "length of the tag");
        }
    }
}

static void test_tag_of_another_length_is_wrong(void **state)
{
    (void)state;
    for_each(check_tag_given);
}

static void test_only_an_aead_gives_a_tag(void **state)
{
    (void)state;
    hf_buffer out = { .data = memory, .size = ROOM };
    subject s;
    assert_true(subject_init(&s, hf_algorithm_find(HF_ALG_AES_GCM), false));
    expect(&s, HF_OK, "tag"); /* leaves a device that is still there */
    const hf_crypto_device_config config = fake_config(&s.fake);
    assert_int_equal(hf_crypto_init(&s.crypto, &config, 1), HF_OK);
    assert_int_equal(hf_crypto_encrypt(&s.crypto, 0, &s.op, &out, NULL), HF_ERR_ARG);
    s.op.algorithm = HF_ALG_AES_CBC;
    s.op.nonce = told(16);
    assert_int_equal(hf_crypto_encrypt(&s.crypto, 0, &s.op, &out, &out), HF_ERR_ARG);
    assert_int_equal(hf_crypto_encrypt(&s.crypto, 0, &s.op, &out, NULL), HF_OK);
    assert_int_equal(hf_crypto_encrypt(&s.crypto, 0, &s.op, NULL, NULL), HF_ERR_ARG);
}

/* ---- lengths of input ---- */

#define MOST ((size_t)0x7FFFFFC0)

static const struct {
    uint16_t algorithm;
    bool is_backward;
    size_t nonce_len; /* 0: what the row has */
    size_t good[6];   /* ended by 0 behind the first */
    size_t bad[8];    /* ended by the same one twice */
} lengths[] = {
    { HF_ALG_AES_ECB, false, 0, { 0, 16, MOST }, { 1, 15, 17, MOST + 16 } },
    { HF_ALG_AES_ECB, true, 0, { 0, 16, MOST }, { 1, 15, 17, MOST + 16 } },
    { HF_ALG_AES_CBC, false, 0, { 0, 16, MOST }, { 1, 15, 17, MOST + 16 } },
    { HF_ALG_AES_CBC, true, 0, { 0, 16, MOST }, { 1, 15, 17, MOST + 16 } },
    { HF_ALG_AES_CBC_PAD, false, 0, { 0, 1, 15, 16, 17, MOST }, { MOST + 1, SIZE_MAX } },
    { HF_ALG_AES_CBC_PAD, true, 0, { 16, 32, MOST + 16 }, { 0, 1, 15, 17, MOST + 32 } },
    { HF_ALG_AES_CTR, false, 0, { 0, 1, 17, MOST }, { MOST + 1 } },
    { HF_ALG_AES_CTR, true, 0, { 0, 1, 17, MOST }, { MOST + 1 } },
    { HF_ALG_AES_GCM, false, 0, { 0, 1, 17, MOST }, { MOST + 1 } },
    { HF_ALG_AES_GCM, true, 0, { 0, 1, 17, MOST }, { MOST + 1 } },
    { HF_ALG_AES_GMAC, false, 0, { 0, 1, 17, MOST }, { MOST + 1 } },
    { HF_ALG_AES_GMAC, true, 0, { 0, 1, 17, MOST }, { MOST + 1 } },
    { HF_ALG_AES_CCM, false, 11, { 0, 1, MOST }, { MOST + 1 } },
    { HF_ALG_AES_CCM, false, 12, { 0, 1, 0xFFFFFF }, { 0x1000000, MOST } },
    { HF_ALG_AES_CCM, true, 12, { 0, 1, 0xFFFFFF }, { 0x1000000, MOST } },
    { HF_ALG_AES_CCM, false, 13, { 0, 1, 0xFFFF }, { 0x10000, MOST } },
    { HF_ALG_AES_CCM, true, 13, { 0, 1, 0xFFFF }, { 0x10000, MOST } },
    { HF_ALG_AES_XTS, false, 0, { 16, 17, 1 << 24 }, { 0, 1, 15, (1 << 24) + 1 } },
    { HF_ALG_AES_XTS, true, 0, { 16, 17, 1 << 24 }, { 0, 1, 15, (1 << 24) + 1 } },
    { HF_ALG_AES_KW, false, 0, { 16, 24, 1 << 20 }, { 0, 8, 15, 17, (1 << 20) + 8 } },
    { HF_ALG_AES_KW,
      true,
      0,
      { 24, 32, (1 << 20) + 8 },
      { 0, 8, 16, 25, (1 << 20) + 16 } },
    { HF_ALG_AES_KWP, false, 0, { 1, 8, 9, 1 << 20 }, { 0, (1 << 20) + 1 } },
    { HF_ALG_AES_KWP,
      true,
      0,
      { 16, 24, (1 << 20) + 8 },
      { 0, 8, 15, 17, (1 << 20) + 16 } },
    { HF_ALG_CHACHA20_POLY1305, false, 0, { 0, 1, MOST }, { MOST + 1 } },
    { HF_ALG_CHACHA20_POLY1305, true, 0, { 0, 1, MOST }, { MOST + 1 } },
    { HF_ALG_HMAC_SHA256, false, 0, { 0, 1, MOST + 1 }, { 0 } },
    { HF_ALG_AES_CMAC, true, 0, { 0, 1, MOST + 1 }, { 0 } },
    /* RSA-2048 and SHA-256. */
    { HF_ALG_RSA_OAEP, false, 0, { 0, 1, 190 }, { 191, 256 } },
    { HF_ALG_RSA_OAEP, true, 0, { 256 }, { 0, 255, 257 } },
    { HF_ALG_RSA_PKCS1_DECRYPT, true, 0, { 256 }, { 0, 255, 257 } },
    { HF_ALG_RSA_RAW, false, 0, { 256 }, { 0, 255, 257 } },
    { HF_ALG_RSA_RAW, true, 0, { 256 }, { 0, 255, 257 } },
    { HF_ALG_ECDH, false, 0, { 0 }, { 1 } },
    { HF_ALG_XDH, false, 0, { 0 }, { 1 } },
    { HF_ALG_HKDF, false, 0, { 0 }, { 1 } },
    { HF_ALG_ML_KEM, false, 0, { 0 }, { 1 } },
    { HF_ALG_ML_KEM, true, 0, { 768 }, { 0, 767, 769, 1088 } },
    { HF_ALG_ED25519, false, 0, { 0, 1, MOST }, { 0 } },
};

static void test_input_lengths_are_those_that_the_algorithm_takes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        subject s;
        assert_true(subject_init(&s, hf_algorithm_find(lengths[i].algorithm),
                                 lengths[i].is_backward));
        if (lengths[i].nonce_len != 0) {
            s.op.nonce = told(lengths[i].nonce_len);
        }
        char what[64];
        for (size_t n = 0; n == 0 || (n < 6 && lengths[i].good[n] != 0); n++) {
            snprintf(what, sizeof(what), "good length %zu", lengths[i].good[n]);
            s.op.input = told(lengths[i].good[n]);
            expect(&s, HF_OK, what);
        }
        for (size_t n = 0; n < 8 && (n == 0 || lengths[i].bad[n] != 0); n++) {
            bool is_list_empty = lengths[i].good[0] == 0 && lengths[i].bad[n] == 0;
            snprintf(what, sizeof(what), "bad length %zu", lengths[i].bad[n]);
            s.op.input = told(lengths[i].bad[n]);
            expect(&s, is_list_empty ? HF_OK : HF_ERR_RANGE, what);
        }
    }
}

/* Each row of a class with lengths is in the table above. */
static void check_listed(subject *s)
{
    bool is_listed = (s->row->traits & HF_TRAIT_LEGACY) != 0;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        is_listed = is_listed || (lengths[i].algorithm == s->row->id &&
                                  lengths[i].is_backward == s->is_backward);
    }
    bool has_lengths = s->row->class == HF_CLASS_CIPHER ||
                       s->row->class == HF_CLASS_AEAD ||
                       s->row->class == HF_CLASS_ASYMMETRIC;
    if (has_lengths && !is_listed) {
        fail_msg("%s %s has no lengths in the table", s->row->name, way(s));
    }
}

static void test_every_cipher_is_in_the_table_of_lengths(void **state)
{
    (void)state;
    for_each(check_listed);
}

static void check_aad(subject *s)
{
    bool is_aead = s->row->class == HF_CLASS_AEAD;
    s->op.aad = told(1);
    expect(s, is_aead || s->row->id == HF_ALG_RSA_OAEP ? HF_OK : HF_ERR_RANGE, "aad");
    s->op.aad = told(MOST);
    expect(s, is_aead || s->row->id == HF_ALG_RSA_OAEP ? HF_OK : HF_ERR_RANGE, "aad");
    if (is_aead) {
        s->op.aad = told(MOST + 1);
        expect(s, HF_ERR_RANGE, "aad too long");
    }
}

static void test_aad_is_of_aead_and_oaep_only(void **state)
{
    (void)state;
    for_each(check_aad);
}

/* ---- XTS ---- */

static void test_xts_with_equal_halves_is_no_key(void **state)
{
    (void)state;
    static const uint32_t types[] = { HF_KEY_AES_128_XTS, HF_KEY_AES_256_XTS };
    for (size_t i = 0; i < 2; i++) {
        uint8_t halves[64];
        size_t half = i == 0 ? 16 : 32;
        memset(halves, 9, sizeof(halves));
        subject s;
        assert_true(subject_init(&s, hf_algorithm_find(HF_ALG_AES_XTS), i == 0));
        s.key.type = types[i];
        s.key.material = hf_bytes_of(halves, 2 * half);
        expect(&s, HF_ERR_KEY, "equal halves");
        halves[2 * half - 1] ^= 1;
        expect(&s, HF_OK, "different in the last bit");
        halves[2 * half - 1] ^= 1;
        hf_buffer out = { .data = memory, .size = sizeof(memory) };
        const hf_key_encoding raw = { .format = HF_FORMAT_RAW };
        const hf_crypto_device_config config = fake_config(&s.fake);
        assert_int_equal(hf_crypto_init(&s.crypto, &config, 1), HF_OK);
        assert_int_equal(hf_crypto_import(&s.crypto, 0, &s.key, &raw, &out), HF_ERR_KEY);
        halves[0] ^= 0x80;
        assert_int_equal(hf_crypto_import(&s.crypto, 0, &s.key, &raw, &out), HF_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_operations_reach_the_device),
        cmocka_unit_test(test_missing_memory_is_an_argument_error),
        cmocka_unit_test(test_wrong_keys_are_refused),
        cmocka_unit_test(test_key_types_that_do_not_fit_are_refused),
        cmocka_unit_test(test_device_that_cannot_is_not_called),
        cmocka_unit_test(test_operation_of_another_class_is_not_supported),
        cmocka_unit_test(test_rows_without_a_direction_are_not_supported),
        cmocka_unit_test(test_nonces_out_of_range_are_refused),
        cmocka_unit_test(test_hashes_are_those_that_the_row_takes),
        cmocka_unit_test(test_mgf_hash_and_salt_are_filled_in),
        cmocka_unit_test(test_salt_len_is_of_pss_only_and_fits_the_modulus),
        cmocka_unit_test(test_fields_of_signatures_are_theirs_only),
        cmocka_unit_test(test_ecdsa_digests_have_lengths_of_digests),
        cmocka_unit_test(test_contexts_are_those_that_the_row_takes),
        cmocka_unit_test(test_inputs_of_derivations_are_those_that_the_row_takes),
        cmocka_unit_test(test_derivations_have_lengths_and_work_in_range),
        cmocka_unit_test(test_peers_are_of_agreement_only_and_belong_to_the_key),
        cmocka_unit_test(test_macs_have_lengths_that_the_standard_has),
        cmocka_unit_test(test_tag_of_another_length_is_wrong),
        cmocka_unit_test(test_only_an_aead_gives_a_tag),
        cmocka_unit_test(test_input_lengths_are_those_that_the_algorithm_takes),
        cmocka_unit_test(test_every_cipher_is_in_the_table_of_lengths),
        cmocka_unit_test(test_aad_is_of_aead_and_oaep_only),
        cmocka_unit_test(test_xts_with_equal_halves_is_no_key),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
