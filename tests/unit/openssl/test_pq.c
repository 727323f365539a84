/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * ML-KEM, ML-DSA and SLH-DSA of the libcrypto device: that exactly the libcrypto that has
 * them makes the device tell so, and, if it has, known answers, every parameter set,
 * every format, and everything wrong.
 */
#include "large.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "pq_vectors.h"

/* libcrypto has them since 3.5. */
static bool has_pq(void)
{
    return OpenSSL_version_num() >= 0x30500000UL;
}

#define SKIP_WITHOUT_PQ()                                                                \
    do {                                                                                 \
        if (!has_pq()) {                                                                 \
            skip();                                                                      \
        }                                                                                \
    } while (0)

static bool is_pq(uint32_t type)
{
    uint8_t family = HF_KEY_FAMILY(type);
    return family == HF_FAMILY_ML_KEM || family == HF_FAMILY_ML_DSA ||
           family == HF_FAMILY_SLH_DSA;
}

/* SLH-DSA with small signatures takes seconds in all: the fast sets do more. */
static bool is_slow(uint32_t type)
{
    return HF_KEY_FAMILY(type) == HF_FAMILY_SLH_DSA && HF_KEY_PARAMETER(type) % 2 == 1;
}

static uint16_t algorithm_of(uint32_t type)
{
    uint8_t family = HF_KEY_FAMILY(type);
    return family == HF_FAMILY_ML_KEM   ? HF_ALG_ML_KEM
           : family == HF_FAMILY_ML_DSA ? HF_ALG_ML_DSA
                                        : HF_ALG_SLH_DSA;
}

/* Calls `check` with each private type of a family; 0 = of all three. */
static void with_types(uint8_t family, void (*check)(uint32_t type))
{
    size_t count = 0;
    for (size_t i = 0; hf_key_type_at(i) != NULL; i++) {
        uint32_t type = hf_key_type_at(i)->type;
        bool is_wanted = is_pq(type) && HF_KEY_CLASS(type) == HF_CLASS_PRIVATE &&
                         (family == 0 || HF_KEY_FAMILY(type) == family);
        if (is_wanted) {
            check(type);
            count++;
        }
    }
    assert_true(count >= 3);
}

static void assert_sha256(hf_bytes bytes, const char *hex)
{
    blob digest;
    hf_buffer out = blob_buffer(&digest);
    assert_int_equal(hf_crypto_hash(&fixture_crypto, 0, HF_ALG_SHA256, bytes, &out),
                     HF_OK);
    assert_bytes(hf_bytes_of(out.data, out.len), hex);
}

static void make_pair(uint32_t type, large *raw, large *public)
{
    assert_int_equal(large_generate(type, raw), HF_OK);
    const hf_crypto_key key = large_key(type, raw);
    assert_int_equal(large_public(&key, public), HF_OK);
}

/* ---- what there is ---- */

static void check_support(uint32_t type)
{
    static large raw;
    uint32_t device = 0;
    const uint32_t types[] = { type, hf_key_type_public(type) };
    int expected = has_pq() ? HF_OK : HF_ERR_NOTSUPPORTED;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(hf_crypto_select(&fixture_crypto, HF_ALG_NONE, types[i],
                                          HF_AFFINITY_ANY, &device),
                         expected);
        assert_int_equal(hf_crypto_select(&fixture_crypto, algorithm_of(type), types[i],
                                          HF_AFFINITY_ANY, &device),
                         expected);
    }
    if (has_pq()) {
        return;
    }
    assert_int_equal(large_generate(type, &raw), HF_ERR_NOTSUPPORTED);
    memset(raw.data, 1, sizeof(raw.data));
    raw.len = hf_key_type_find(type)->raw_len_max;
    hf_crypto_key key = large_key(type, &raw);
    static large out;
    assert_int_equal(large_import(type, HF_FORMAT_RAW, large_bytes(&raw), &out),
                     HF_ERR_NOTSUPPORTED);
    assert_int_equal(large_public(&key, &out), HF_ERR_NOTSUPPORTED);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_ERR_NOTSUPPORTED);
    const hf_crypto_op op = { .algorithm = HF_ALG_ML_DSA, .key = &key };
    assert_int_equal(large_sign(&op, &out), HF_KEY_FAMILY(type) == HF_FAMILY_ML_DSA
                                                ? HF_ERR_NOTSUPPORTED
                                                : HF_ERR_TYPE);
}

static void test_support_is_what_this_libcrypto_has(void **state)
{
    (void)state;
    with_types(0, check_support);
}

/* ---- keys ---- */

static int import_der(uint32_t type, const large *der)
{
    static large out;
    return large_import(type, HF_FORMAT_DER, large_bytes(der), &out);
}

/* Raw, DER, and back; wrong lengths and other sets. */
static void check_formats(const hf_crypto_key *key)
{
    static large der, raw;
    const hf_key_type_info *info = hf_key_type_find(key->type);
    bool is_public = HF_KEY_CLASS(key->type) == HF_CLASS_PUBLIC;
    assert_int_equal(key->material.len, info->raw_len_max);
    assert_int_equal(large_export(key, HF_FORMAT_DER, &der), HF_OK);
    assert_int_equal(der.len, info->der_len_max);
    assert_int_equal(large_import(key->type, HF_FORMAT_DER, large_bytes(&der), &raw),
                     HF_OK);
    assert_int_equal(raw.len, key->material.len);
    assert_memory_equal(raw.data, key->material.data, raw.len);
    const uint8_t *at = der.data;
    EVP_PKEY *pkey = is_public ? d2i_PUBKEY(NULL, &at, (long)der.len)
                               : d2i_AutoPrivateKey(NULL, &at, (long)der.len);
    assert_non_null(pkey);
    assert_ptr_equal(at, der.data + der.len);
    EVP_PKEY_free(pkey);
    for (size_t i = 0; hf_key_type_at(i) != NULL; i++) {
        uint32_t other = hf_key_type_at(i)->type;
        if (is_pq(other) && other != key->type) {
            assert_int_equal(import_der(other, &der), HF_ERR_KEY);
        }
    }
    der.data[der.len++] = 0;
    assert_int_equal(import_der(key->type, &der), HF_ERR_KEY);
    der.len -= 2;
    assert_int_equal(import_der(key->type, &der), HF_ERR_KEY);
}

static void check_key(uint32_t type)
{
    static large raw, public, other;
    make_pair(type, &raw, &public);
    assert_int_equal(public.len, hf_key_type_find(type)->public_len);
    hf_crypto_key key = large_key(type, &raw);
    check_formats(&key);
    assert_int_equal(large_import(type, HF_FORMAT_RAW, large_bytes(&raw), &other), HF_OK);
    assert_large_equal(&other, &raw);
    key = large_key(hf_key_type_public(type), &public);
    check_formats(&key);
    assert_int_equal(large_public(&key, &other), HF_OK);
    assert_large_equal(&other, &public);
    if (!is_slow(type)) {
        assert_int_equal(large_generate(type, &other), HF_OK);
        assert_memory_not_equal(other.data, raw.data, raw.len);
    }
}

static void test_keys_of_all_sets_in_all_formats(void **state)
{
    (void)state;
    SKIP_WITHOUT_PQ();
    with_types(0, check_key);
}

/* libcrypto writes the seed and the expanded key, if it is not told otherwise. */
static void check_both_form(uint32_t type)
{
    static large raw, der, out;
    assert_int_equal(large_generate(type, &raw), HF_OK);
    hf_crypto_key key = large_key(type, &raw);
    assert_int_equal(large_export(&key, HF_FORMAT_DER, &der), HF_OK);
    const uint8_t *at = der.data;
    EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
    uint8_t *both = NULL;
    int len = i2d_PrivateKey(pkey, &both);
    assert_true(len > (int)der.len);
    EVP_PKEY_free(pkey);
    memcpy(der.data, both, (size_t)len);
    der.len = (size_t)len;
    OPENSSL_free(both);
    assert_int_equal(large_import(type, HF_FORMAT_DER, large_bytes(&der), &out), HF_OK);
    assert_large_equal(&out, &raw);
    der.data[der.len - 1] ^= 0x01; /* the expanded key is not the seed's */
    assert_int_equal(import_der(type, &der), HF_ERR_KEY);
    der.data[der.len - 1] ^= 0x01;
    /* SEQUENCE, INTEGER, identifier, OCTET STRING: the header of `both` is at 24, the
     * seed at 30. */
    assert_int_equal(der.data[24], 0x30);
    assert_memory_equal(der.data + 30, raw.data, raw.len);
    der.data[30] ^= 0x01;
    assert_int_equal(import_der(type, &der), HF_ERR_KEY);
    der.data[30] ^= 0x01;
    assert_int_equal(import_der(type, &der), HF_OK);
}

static void test_import_seed_with_expanded_key_must_fit(void **state)
{
    (void)state;
    SKIP_WITHOUT_PQ();
    with_types(HF_FAMILY_ML_KEM, check_both_form);
    with_types(HF_FAMILY_ML_DSA, check_both_form);
}

/* Something more in the OCTET STRING, behind the seed, with all lengths right. */
static void check_more_than_seed(uint32_t type)
{
    static large raw, der;
    assert_int_equal(large_generate(type, &raw), HF_OK);
    hf_crypto_key key = large_key(type, &raw);
    assert_int_equal(large_export(&key, HF_FORMAT_DER, &der), HF_OK);
    assert_int_equal(der.data[18], 0x04);
    assert_int_equal(der.data[20], 0x80);
    der.data[1] += 2;
    der.data[19] += 2;
    der.data[der.len++] = 0x05; /* NULL */
    der.data[der.len++] = 0x00;
    assert_int_equal(import_der(type, &der), HF_ERR_KEY);
    der.data[19] -= 2; /* the same behind the OCTET STRING */
    assert_int_equal(import_der(type, &der), HF_ERR_KEY);
}

static void test_import_more_than_a_seed_is_refused(void **state)
{
    (void)state;
    SKIP_WITHOUT_PQ();
    with_types(HF_FAMILY_ML_KEM, check_more_than_seed);
    with_types(HF_FAMILY_ML_DSA, check_more_than_seed);
}

/* The expanded form alone: OCTET STRING in the OCTET STRING. */
static void check_expanded_form(uint32_t type)
{
    static large raw, der, expanded;
    assert_int_equal(large_generate(type, &raw), HF_OK);
    hf_crypto_key key = large_key(type, &raw);
    assert_int_equal(large_export(&key, HF_FORMAT_DER, &der), HF_OK);
    const uint8_t *at = der.data;
    EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
    size_t len = 0;
    assert_int_equal(EVP_PKEY_get_octet_string_param(pkey, "priv", expanded.data + 28,
                                                     sizeof(expanded.data) - 28, &len),
                     1);
    EVP_PKEY_free(pkey);
    const uint8_t header[] = {
        0x30, 0x82, (uint8_t)((len + 24) >> 8), (uint8_t)(len + 24), 2, 1, 0
    };
    memcpy(expanded.data, header, sizeof(header));
    memcpy(expanded.data + 7, der.data + 5, 13); /* identifier */
    for (size_t i = 0; i < 2; i++) {
        size_t content = len + 4 * (1 - i);
        uint8_t *octets = expanded.data + 20 + 4 * i;
        octets[0] = 0x04;
        octets[1] = 0x82;
        octets[2] = (uint8_t)(content >> 8);
        octets[3] = (uint8_t)content;
    }
    expanded.len = len + 28;
    at = expanded.data; /* it is a key, but not one that we keep */
    pkey = d2i_AutoPrivateKey(NULL, &at, (long)expanded.len);
    assert_non_null(pkey);
    EVP_PKEY_free(pkey);
    assert_int_equal(import_der(type, &expanded), HF_ERR_KEY);
}

static void test_import_expanded_key_without_seed_is_refused(void **state)
{
    (void)state;
    SKIP_WITHOUT_PQ();
    with_types(HF_FAMILY_ML_KEM, check_expanded_form);
    with_types(HF_FAMILY_ML_DSA, check_expanded_form);
}

/* ---- ML-KEM ---- */

typedef struct sent {
    large ciphertext;
    blob secret;
} sent;

static int encapsulate(const hf_crypto_key *key, sent *s)
{
    hf_buffer ciphertext = large_buffer(&s->ciphertext);
    hf_buffer secret = blob_buffer(&s->secret);
    const hf_crypto_op op = { .algorithm = HF_ALG_ML_KEM, .key = key };
    int rc = hf_crypto_encapsulate(&fixture_crypto, 0, &op, &ciphertext, &secret);
    s->ciphertext.len = ciphertext.len;
    s->secret.len = secret.len;
    return rc;
}

static int decapsulate(const hf_crypto_key *key, hf_bytes ciphertext, blob *secret)
{
    hf_buffer out = blob_buffer(secret);
    const hf_crypto_op op = { .algorithm = HF_ALG_ML_KEM,
                              .key = key,
                              .input = ciphertext };
    int rc = hf_crypto_decapsulate(&fixture_crypto, 0, &op, &out);
    secret->len = out.len;
    return rc;
}

static void test_ml_kem_vectors_match(void **state)
{
    (void)state;
    static large raw, public, ciphertext;
    blob secret;
    SKIP_WITHOUT_PQ();
    large_unhex(&raw, ML_KEM_SEED);
    hf_crypto_key key = large_key(HF_KEY_ML_KEM_768, &raw);
    assert_int_equal(large_public(&key, &public), HF_OK);
    assert_sha256(large_bytes(&public), ML_KEM_PUBLIC_SHA256);
    large_unhex(&raw, ML_KEM_DECAPS_SEED);
    large_unhex(&ciphertext, ML_KEM_DECAPS_CIPHERTEXT);
    key = large_key(HF_KEY_ML_KEM_768, &raw);
    assert_int_equal(decapsulate(&key, large_bytes(&ciphertext), &secret), HF_OK);
    assert_bytes(blob_bytes(&secret), ML_KEM_DECAPS_SECRET);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_OK);
    assert_int_equal(decapsulate(&key, large_bytes(&ciphertext), &secret), HF_OK);
    assert_bytes(blob_bytes(&secret), ML_KEM_DECAPS_SECRET);
    hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
}

/* FIPS 203 6.3: a wrong ciphertext gives another secret, always the same, no error. */
static void check_rejection(const hf_crypto_key *key, sent *s)
{
    blob first, second;
    s->ciphertext.data[7] ^= 0x10;
    assert_int_equal(decapsulate(key, large_bytes(&s->ciphertext), &first), HF_OK);
    assert_int_equal(decapsulate(key, large_bytes(&s->ciphertext), &second), HF_OK);
    assert_int_equal(first.len, HF_KEM_SECRET_LEN);
    assert_memory_equal(first.data, second.data, first.len);
    assert_memory_not_equal(first.data, s->secret.data, first.len);
    s->ciphertext.len--;
    assert_int_equal(decapsulate(key, large_bytes(&s->ciphertext), &first), HF_ERR_RANGE);
    s->ciphertext.len += 2;
    assert_int_equal(decapsulate(key, large_bytes(&s->ciphertext), &first), HF_ERR_RANGE);
    s->ciphertext.len = 0;
    assert_int_equal(decapsulate(key, large_bytes(&s->ciphertext), &first), HF_ERR_RANGE);
}

static void check_kem(uint32_t type)
{
    static large raw, public;
    static sent first, second;
    blob secret;
    make_pair(type, &raw, &public);
    hf_crypto_key private_key = large_key(type, &raw);
    const hf_crypto_key public_key = large_key(hf_key_type_public(type), &public);
    const hf_crypto_key *keys[] = { &public_key, &private_key };
    for (size_t i = 0; i < 2; i++) { /* the owner can also encapsulate */
        assert_int_equal(encapsulate(keys[i], &first), HF_OK);
        assert_int_equal(first.ciphertext.len,
                         hf_crypto_output_len_max(HF_ALG_ML_KEM, type, 0));
        assert_int_equal(first.secret.len, HF_KEM_SECRET_LEN);
        assert_int_equal(
            decapsulate(&private_key, large_bytes(&first.ciphertext), &secret), HF_OK);
        assert_int_equal(secret.len, HF_KEM_SECRET_LEN);
        assert_memory_equal(secret.data, first.secret.data, secret.len);
    }
    assert_int_equal(encapsulate(&public_key, &second), HF_OK);
    assert_memory_not_equal(second.secret.data, first.secret.data, HF_KEM_SECRET_LEN);
    assert_int_equal(decapsulate(&public_key, large_bytes(&first.ciphertext), &secret),
                     HF_ERR_TYPE);
    check_rejection(&private_key, &first);
    /* FIPS 203 7.2: a coefficient of 12 bits that is not less than q = 3329 */
    static large out;
    public.data[0] = 0xFF;
    public.data[1] |= 0x0F;
    assert_int_equal(
        large_import(hf_key_type_public(type), HF_FORMAT_RAW, large_bytes(&public), &out),
        HF_ERR_KEY);
    assert_int_equal(encapsulate(&public_key, &second), HF_ERR_KEY);
}

static void test_ml_kem_of_all_sets(void **state)
{
    (void)state;
    SKIP_WITHOUT_PQ();
    with_types(HF_FAMILY_ML_KEM, check_kem);
}

/* ---- signatures ---- */

static hf_crypto_op sign_op(const hf_crypto_key *key, const char *text,
                            const char *context)
{
    return (hf_crypto_op){ .algorithm = algorithm_of(key->type),
                           .key = key,
                           .input = hf_bytes_of(text, strlen(text)),
                           .context = hf_bytes_of(context, strlen(context)) };
}

static int verify(hf_crypto_op op, const hf_crypto_key *key, hf_bytes signature)
{
    op.key = key;
    op.signature = signature;
    op.is_deterministic = false;
    return hf_crypto_verify(&fixture_crypto, 0, &op);
}

static void test_ml_dsa_vectors_match(void **state)
{
    (void)state;
    static large raw, public, signature;
    SKIP_WITHOUT_PQ();
    large_unhex(&raw, ML_DSA_SEED);
    hf_crypto_key key = large_key(HF_KEY_ML_DSA_65, &raw);
    assert_int_equal(large_public(&key, &public), HF_OK);
    assert_sha256(large_bytes(&public), ML_DSA_PUBLIC_SHA256);
    for (int i = 0; i < 2; i++) { /* unparsed, parsed */
        hf_crypto_op op = sign_op(&key, "Hello world", "");
        op.is_deterministic = true;
        assert_int_equal(large_sign(&op, &signature), HF_OK);
        assert_sha256(large_bytes(&signature), ML_DSA_SIGNATURE_SHA256);
        op = sign_op(&key, "Hello world", "Context");
        op.is_deterministic = true;
        assert_int_equal(large_sign(&op, &signature), HF_OK);
        assert_sha256(large_bytes(&signature), ML_DSA_CONTEXT_SIGNATURE_SHA256);
        if (i == 0) {
            assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_OK);
        }
    }
    hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
}

static void check_wrong_signatures(const hf_crypto_op *op, const hf_crypto_key *key,
                                   large *signature)
{
    hf_bytes right = large_bytes(signature);
    assert_int_equal(verify(*op, key, right), HF_OK);
    const size_t places[] = { 0, 20, right.len / 2, right.len - 1 };
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        signature->data[places[i]] ^= 0x01;
        assert_int_equal(verify(*op, key, right), HF_ERR_VERIFY);
        signature->data[places[i]] ^= 0x01;
    }
    signature->data[right.len] = 0;
    assert_int_equal(verify(*op, key, hf_bytes_of(right.data, right.len + 1)),
                     HF_ERR_VERIFY);
    assert_int_equal(verify(*op, key, hf_bytes_of(right.data, right.len - 1)),
                     HF_ERR_VERIFY);
    assert_int_equal(verify(*op, key, hf_bytes_of(NULL, 0)), HF_ERR_VERIFY);
    hf_crypto_op other = *op;
    other.input.len--;
    assert_int_equal(verify(other, key, right), HF_ERR_VERIFY);
    other = *op;
    other.context.len--;
    assert_int_equal(verify(other, key, right), HF_ERR_VERIFY);
    other.context.len = 0;
    assert_int_equal(verify(other, key, right), HF_ERR_VERIFY);
}

static void check_signatures(uint32_t type)
{
    static large raw, public, signature, other;
    make_pair(type, &raw, &public);
    hf_crypto_key key = large_key(type, &raw);
    const hf_crypto_key public_key = large_key(hf_key_type_public(type), &public);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_OK);
    hf_crypto_op op = sign_op(&key, "Message", "context");
    assert_int_equal(large_sign(&op, &signature), HF_OK);
    assert_int_equal(signature.len, hf_key_type_find(type)->signature_len);
    check_wrong_signatures(&op, &public_key, &signature);
    assert_int_equal(verify(op, &key, large_bytes(&signature)), HF_OK);
    if (!is_slow(type)) {
        assert_int_equal(large_sign(&op, &other), HF_OK); /* hedged */
        assert_memory_not_equal(other.data, signature.data, signature.len);
    }
    op.key = &public_key;
    assert_int_equal(large_sign(&op, &other), HF_ERR_TYPE);
    hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
}

static void check_deterministic(uint32_t type)
{
    static large raw, public, signature, other;
    if (is_slow(type)) {
        return;
    }
    make_pair(type, &raw, &public);
    hf_crypto_key key = large_key(type, &raw);
    hf_crypto_op op = sign_op(&key, "", ""); /* nothing is a message too */
    op.is_deterministic = true;
    assert_int_equal(large_sign(&op, &signature), HF_OK);
    assert_int_equal(large_sign(&op, &other), HF_OK);
    assert_large_equal(&other, &signature);
    assert_int_equal(verify(op, &key, large_bytes(&signature)), HF_OK);
    op.context = hf_bytes_of(raw.data, 1);
    assert_int_equal(verify(op, &key, large_bytes(&signature)), HF_ERR_VERIFY);
    static const uint8_t context[256];
    op.context = hf_bytes_of(context, 255);
    assert_int_equal(large_sign(&op, &other), HF_OK);
    assert_int_equal(verify(op, &key, large_bytes(&other)), HF_OK);
    op.context = hf_bytes_of(context, 256);
    assert_int_equal(large_sign(&op, &other), HF_ERR_RANGE);
    assert_int_equal(verify(op, &key, large_bytes(&other)), HF_ERR_RANGE);
}

static void test_signatures_of_all_sets(void **state)
{
    (void)state;
    SKIP_WITHOUT_PQ();
    with_types(HF_FAMILY_ML_DSA, check_signatures);
    with_types(HF_FAMILY_SLH_DSA, check_signatures);
}

static void test_signatures_without_randomness_are_equal(void **state)
{
    (void)state;
    SKIP_WITHOUT_PQ();
    with_types(HF_FAMILY_ML_DSA, check_deterministic);
    with_types(HF_FAMILY_SLH_DSA, check_deterministic);
}

static void check_vector(const pq_vector *vector)
{
    static large raw, public, signature;
    bool has_root = HF_KEY_FAMILY(vector->type) == HF_FAMILY_SLH_DSA;
    raw.len = hf_key_type_find(vector->type)->raw_len_max;
    for (size_t i = 0; i < raw.len; i++) {
        raw.data[i] = (uint8_t)i;
    }
    if (has_root) {
        blob root = unhex(vector->public);
        memcpy(raw.data + raw.len - root.len, root.data, root.len);
    }
    assert_int_equal(
        large_import(vector->type, HF_FORMAT_RAW, large_bytes(&raw), &public), HF_OK);
    hf_crypto_key key = large_key(vector->type, &raw);
    assert_int_equal(large_public(&key, &public), HF_OK);
    if (has_root) { /* the public key is the second half */
        assert_int_equal(public.len, raw.len / 2);
        assert_memory_equal(public.data, raw.data + raw.len / 2, public.len);
    } else {
        assert_sha256(large_bytes(&public), vector->public);
    }
    if (vector->signature != NULL) {
        hf_crypto_op op = sign_op(&key, "Message", "context");
        op.is_deterministic = true;
        assert_int_equal(large_sign(&op, &signature), HF_OK);
        assert_sha256(large_bytes(&signature), vector->signature);
    }
}

static void test_known_answers_of_all_sets_match(void **state)
{
    (void)state;
    SKIP_WITHOUT_PQ();
    for (size_t i = 0; i < sizeof(pq_vectors) / sizeof(pq_vectors[0]); i++) {
        check_vector(&pq_vectors[i]);
    }
}

/* What libcrypto signs, the device verifies, and the other way round. */
static void test_signatures_are_those_of_libcrypto(void **state)
{
    (void)state;
    static large raw, der, signature;
    SKIP_WITHOUT_PQ();
    const uint32_t types[] = { HF_KEY_ML_DSA_44, HF_KEY_SLH_DSA(HF_SLH_DSA_SHAKE_128F) };
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(large_generate(types[i], &raw), HF_OK);
        hf_crypto_key key = large_key(types[i], &raw);
        assert_int_equal(large_export(&key, HF_FORMAT_DER, &der), HF_OK);
        const uint8_t *at = der.data;
        EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        size_t len = sizeof(signature.data);
        assert_true(
            EVP_DigestSignInit_ex(ctx, NULL, NULL, NULL, NULL, pkey, NULL) == 1 &&
            EVP_DigestSign(ctx, signature.data, &len, (const uint8_t *)"abc", 3) == 1);
        hf_crypto_op op = sign_op(&key, "abc", "");
        assert_int_equal(verify(op, &key, hf_bytes_of(signature.data, len)), HF_OK);
        assert_int_equal(large_sign(&op, &signature), HF_OK);
        EVP_MD_CTX_free(ctx);
        ctx = EVP_MD_CTX_new();
        assert_int_equal(EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, pkey, NULL),
                         1);
        assert_int_equal(EVP_DigestVerify(ctx, signature.data, signature.len,
                                          (const uint8_t *)"abc", 3),
                         1);
        EVP_MD_CTX_free(ctx);
        EVP_PKEY_free(pkey);
    }
}

/* The root in a private key of SLH-DSA is computed from the rest of it. */
static void check_root(uint32_t type)
{
    static large raw, out;
    if (is_slow(type)) {
        return;
    }
    assert_int_equal(large_generate(type, &raw), HF_OK);
    for (size_t part = 0; part < 4; part++) {
        size_t place = raw.len / 4 * part;
        raw.data[place] ^= 0x01;
        /* The second part is the key of a PRF: nothing depends on it. */
        assert_int_equal(large_import(type, HF_FORMAT_RAW, large_bytes(&raw), &out),
                         part == 1 ? HF_OK : HF_ERR_KEY);
        raw.data[place] ^= 0x01;
    }
}

static void test_slh_dsa_private_key_whose_parts_do_not_fit_is_refused(void **state)
{
    (void)state;
    SKIP_WITHOUT_PQ();
    with_types(HF_FAMILY_SLH_DSA, check_root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_support_is_what_this_libcrypto_has),
        cmocka_unit_test(test_keys_of_all_sets_in_all_formats),
        cmocka_unit_test(test_import_seed_with_expanded_key_must_fit),
        cmocka_unit_test(test_import_expanded_key_without_seed_is_refused),
        cmocka_unit_test(test_import_more_than_a_seed_is_refused),
        cmocka_unit_test(test_ml_kem_vectors_match),
        cmocka_unit_test(test_ml_kem_of_all_sets),
        cmocka_unit_test(test_ml_dsa_vectors_match),
        cmocka_unit_test(test_signatures_of_all_sets),
        cmocka_unit_test(test_signatures_without_randomness_are_equal),
        cmocka_unit_test(test_known_answers_of_all_sets_match),
        cmocka_unit_test(test_signatures_are_those_of_libcrypto),
        cmocka_unit_test(test_slh_dsa_private_key_whose_parts_do_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
