/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Signatures, MACs and encryption with public keys, through client and server: every row
 * with the types of key that it takes, and what its parameters do.
 */
#include <string.h>

#include "suite/abilities.h"
#include "suite/suite.h"

#define KEY 1u
#define PUBLIC 2u
#define SIGNATURE_SIZE SUITE_BODY_SIZE

static const uint8_t message[] = "a message of more than thirty bytes, to be signed";

static hf_bytes message_bytes(void)
{
    return hf_bytes_of(message, sizeof message);
}

static void key_make(suite_env *env, hf_client *client, uint32_t type, uint32_t policy)
{
    hf_key_generate_response made;
    hf_key_erase_response erased;
    hf_ignore(hf_client_key_erase(client, &(hf_key_erase_request){ .handle = KEY },
                                  &erased)); /* it may not be there */
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_key_generate(
            client,
            &(hf_key_generate_request){ .handle = KEY,
                                        .type = type,
                                        .flags = hf_key_type_find(type)->usages | policy,
                                        .store = 1 },
            &made));
}

/* The public part of KEY, as a key of its own. */
static void public_make(suite_env *env, hf_client *client)
{
    hf_key_export_public_response public;
    hf_key_import_response made;
    static uint8_t copy[4096];
    SUITE_EXPECT(env, HF_OK,
                 hf_client_key_export_public(
                     client, &(hf_key_export_public_request){ .handle = KEY }, &public));
    SUITE_TRUE(env, public.material.len <= sizeof copy);
    size_t len = public.material.len;
    memcpy(copy, public.material.data, len);
    SUITE_EXPECT(env, HF_OK,
                 hf_client_key_import(client,
                                      &(hf_key_import_request){
                                          .handle = PUBLIC,
                                          .type = public.type,
                                          .flags = hf_key_type_find(public.type)->usages,
                                          .store = 1,
                                          .material = hf_bytes_of(copy, len) },
                                      &made));
}

/* ---- signatures ---- */

/* A signature, kept beyond the client's next call. */
typedef struct made_signature {
    uint8_t data[SIGNATURE_SIZE];
    size_t len;
} made_signature;

static int sign(hf_client *client, const hf_sign_request *how, made_signature *made)
{
    hf_sign_response answer;
    hf_sign_request request = *how;
    request.handle = KEY;
    if (request.data.data == NULL) {
        request.data = message_bytes();
    }
    int rc = hf_client_sign(client, &request, &answer);
    if (rc == HF_OK && answer.signature.len > sizeof made->data) {
        return HF_ERR_SIZE;
    }
    if (rc == HF_OK) {
        made->len = answer.signature.len;
        memcpy(made->data, answer.signature.data, made->len);
    }
    return rc;
}

/* Verify it in the way in which it was made. */
static int verify(hf_client *client, hf_handle key, const hf_sign_request *how,
                  const made_signature *made)
{
    hf_verify_response none;
    return hf_client_verify(
        client,
        &(hf_verify_request){ .handle = key,
                              .algorithm = how->algorithm,
                              .format = how->format,
                              .hash = how->hash,
                              .mgf_hash = how->mgf_hash,
                              .salt_len = how->salt_len,
                              .is_digest = how->is_digest,
                              .context = how->context,
                              .signature = hf_bytes_of(made->data, made->len),
                              .data =
                                  how->data.data == NULL ? message_bytes() : how->data },
        &none);
}

/* Of types that differ in size alone, one that is quickly made, and whose signature fits
 * a message of the suite. */
static bool is_tried(uint32_t type)
{
    switch (HF_KEY_FAMILY(type)) {
    case HF_FAMILY_RSA:
        return HF_KEY_PARAMETER(type) == 2048;
    case HF_FAMILY_SLH_DSA:
        return HF_KEY_PARAMETER(type) == HF_SLH_DSA_SHA2_128S;
    case HF_FAMILY_LMS:
        return type == HF_KEY_LMS(1, 5, 2) || type == HF_KEY_LMS(2, 5, 4);
    default:
        return true;
    }
}

/* With the private key, with the public one, and wrong in each way. */
static void signature_try(suite_env *env, hf_client *client, const hf_sign_request *how)
{
    static made_signature made;
    hf_sign_request other = *how;
    suite_place place = *SUITE_PLACE(hf_algorithm_find(how->algorithm)->name);
    suite_expect(env, sign(client, how, &made), HF_OK, &place);
    suite_expect(env, verify(client, KEY, how, &made), HF_OK, &place);
    suite_expect(env, verify(client, PUBLIC, how, &made), HF_OK, &place);
    other.data = hf_bytes_of(message, sizeof message - 1);
    suite_expect(env, verify(client, PUBLIC, &other, &made), HF_ERR_VERIFY, &place);
    made.data[made.len / 2] ^= 4;
    suite_expect(env, verify(client, PUBLIC, how, &made), HF_ERR_VERIFY, &place);
    made.data[made.len / 2] ^= 4;
    made.len--;
    suite_expect(env, verify(client, PUBLIC, how, &made), HF_ERR_VERIFY, &place);
    suite_expect(env, verify(client, KEY, how, &made), HF_ERR_VERIFY, &place);
}

static void signatures_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static suite_abilities abilities;
    const hf_key_type_info *info;
    const hf_algorithm *row;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    suite_abilities_get(env, client, &abilities);
    for (size_t t = 0; (info = hf_key_type_at(t)) != NULL; t++) {
        if (info->signature_len == 0 || HF_KEY_CLASS(info->type) == HF_CLASS_PUBLIC ||
            !is_tried(info->type) || !suite_has_key_type(&abilities, info->type)) {
            continue;
        }
        key_make(env, client, info->type, 0);
        public_make(env, client);
        for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
            if (row->class != HF_CLASS_SIGNATURE ||
                !hf_algorithm_fits(row, info->type, false) ||
                !suite_has_algorithm(&abilities, row->id)) {
                continue;
            }
            bool takes_hash =
                (row->traits & (HF_TRAIT_HASH | HF_TRAIT_HASH_OPTIONAL)) != 0;
            const hf_sign_request how = {
                .algorithm = row->id,
                .hash = takes_hash ? HF_ALG_SHA256 : 0,
                .salt_len = row->id == HF_ALG_RSA_PSS ? HF_SALT_LEN_HASH : 0,
                .context = hf_bytes_of("c", row->id == HF_ALG_ED25519_CTX)
            };
            signature_try(env, client, &how);
        }
    }
    suite_client_close(&one);
}

/* The digest of the message by a hash, into `out`. */
static hf_bytes digest_of(suite_env *env, hf_client *client, uint16_t hash, uint8_t *out)
{
    hf_hash_response answer;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_hash(client,
                       &(hf_hash_request){ .algorithm = hash, .data = message_bytes() },
                       &answer));
    memcpy(out, answer.digest.data, answer.digest.len);
    return hf_bytes_of(out, answer.digest.len);
}

static const uint16_t hashes[] = { HF_ALG_SHA224,   HF_ALG_SHA256,   HF_ALG_SHA384,
                                   HF_ALG_SHA512,   HF_ALG_SHA3_224, HF_ALG_SHA3_256,
                                   HF_ALG_SHA3_384, HF_ALG_SHA3_512 };
#define HASH_COUNT (sizeof hashes / sizeof hashes[0])

/* What the server hashes is what a client can hash itself; another hash is another
 * signature. */
static void digests_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static made_signature made;
    static const struct {
        uint32_t type;
        uint16_t algorithm;
    } kinds[] = { { HF_KEY_P256, HF_ALG_ECDSA },
                  { HF_KEY_P521, HF_ALG_ECDSA },
                  { HF_KEY_RSA_2048, HF_ALG_RSA_PKCS1 },
                  { HF_KEY_RSA_2048, HF_ALG_RSA_PSS } };
    uint8_t digest[64];
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        key_make(env, client, kinds[k].type, 0);
        for (size_t h = 0; h < HASH_COUNT; h++) {
            hf_sign_request how = { .algorithm = kinds[k].algorithm, .hash = hashes[h] };
            SUITE_EXPECT(env, HF_OK, sign(client, &how, &made));
            how.data = digest_of(env, client, hashes[h], digest);
            how.is_digest = 1;
            SUITE_EXPECT(env, HF_OK, verify(client, KEY, &how, &made));
            SUITE_EXPECT(env, HF_OK, sign(client, &how, &made));
            how.data = hf_bytes_of(NULL, 0);
            how.is_digest = 0;
            SUITE_EXPECT(env, HF_OK, verify(client, KEY, &how, &made));
            how.hash = hashes[(h + 1) % HASH_COUNT];
            SUITE_EXPECT(env, HF_ERR_VERIFY, verify(client, KEY, &how, &made));
            /* A digest has the length of its hash. */
            how.is_digest = 1;
            how.data = hf_bytes_of(digest, 20);
            SUITE_EXPECT(env, HF_ERR_RANGE, sign(client, &how, &made));
        }
    }
    suite_client_close(&one);
}

static void ecdsa_parameters_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static made_signature first, second;
    static suite_abilities abilities;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    suite_abilities_get(env, client, &abilities);
    key_make(env, client, HF_KEY_P256, 0);
    hf_sign_request how = { .algorithm = HF_ALG_ECDSA, .hash = HF_ALG_SHA256 };
    SUITE_EXPECT(env, HF_OK, sign(client, &how, &first));
    SUITE_EXPECT(env, HF_OK, sign(client, &how, &second));
    SUITE_TRUE(env, first.len != second.len ||
                        memcmp(first.data, second.data, first.len) != 0);
    /* Without randomness, where libcrypto offers it: the same each time. */
    how.algorithm = HF_ALG_ECDSA_DETERMINISTIC;
    bool is_there = suite_has_algorithm(&abilities, HF_ALG_ECDSA_DETERMINISTIC);
    SUITE_EXPECT(env, is_there ? HF_OK : HF_ERR_NOTSUPPORTED, sign(client, &how, &first));
    if (is_there) {
        SUITE_EXPECT(env, HF_OK, sign(client, &how, &second));
        SUITE_TRUE(env, first.len == second.len &&
                            memcmp(first.data, second.data, first.len) == 0);
        SUITE_EXPECT(env, HF_OK, verify(client, KEY, &how, &first));
    }
    /* The nonce of RFC 6979 depends on the hash, which must be known. */
    how.hash = 0;
    how.data = hf_bytes_of(message, 28);
    SUITE_EXPECT(env, is_there ? HF_ERR_RANGE : HF_ERR_NOTSUPPORTED,
                 sign(client, &how, &first));
    /* What the row does not take is refused, not ignored. */
    how = (hf_sign_request){ .algorithm = HF_ALG_ECDSA,
                             .hash = HF_ALG_SHA256,
                             .salt_len = 20 };
    SUITE_EXPECT(env, HF_ERR_RANGE, sign(client, &how, &first));
    how = (hf_sign_request){ .algorithm = HF_ALG_ECDSA,
                             .hash = HF_ALG_SHA256,
                             .context = hf_bytes_of("c", 1) };
    SUITE_EXPECT(env, HF_ERR_RANGE, sign(client, &how, &first));
    suite_client_close(&one);
}

static void pss_parameters_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static made_signature made;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    key_make(env, client, HF_KEY_RSA_2048, 0);
    public_make(env, client);
    static const uint16_t salt_lens[] = { 0, 1, 20, 32, 222, HF_SALT_LEN_HASH };
    for (size_t i = 0; i < sizeof salt_lens / sizeof salt_lens[0]; i++) {
        for (int other_mgf = 0; other_mgf < 2; other_mgf++) {
            const hf_sign_request how = { .algorithm = HF_ALG_RSA_PSS,
                                          .hash = HF_ALG_SHA256,
                                          .mgf_hash = other_mgf ? HF_ALG_SHA512 : 0,
                                          .salt_len = salt_lens[i] };
            signature_try(env, client, &how);
            SUITE_EXPECT(env, HF_OK, sign(client, &how, &made));
            hf_sign_request other = how;
            other.salt_len = (uint16_t)(how.salt_len == 20 ? 21 : 20);
            SUITE_EXPECT(env, HF_ERR_VERIFY, verify(client, PUBLIC, &other, &made));
            other = how;
            other.mgf_hash = other_mgf ? 0 : HF_ALG_SHA512;
            SUITE_EXPECT(env, HF_ERR_VERIFY, verify(client, PUBLIC, &other, &made));
        }
    }
    /* Modulus, digest and two bytes bound the salt. */
    const hf_sign_request long_salt = { .algorithm = HF_ALG_RSA_PSS,
                                        .hash = HF_ALG_SHA256,
                                        .salt_len = 223 };
    SUITE_EXPECT(env, HF_ERR_RANGE, sign(client, &long_salt, &made));
    const hf_sign_request no_hash = { .algorithm = HF_ALG_RSA_PSS };
    SUITE_EXPECT(env, HF_ERR_RANGE, sign(client, &no_hash, &made));
    suite_client_close(&one);
}

/* ---- encryption with RSA ---- */

static int rsa_encrypt(hf_client *client, const hf_encrypt_request *how,
                       made_signature *made)
{
    hf_encrypt_response answer;
    int rc = hf_client_encrypt(client, how, &answer);
    if (rc == HF_OK) {
        made->len = answer.ciphertext.len;
        memcpy(made->data, answer.ciphertext.data, made->len);
    }
    return rc;
}

static int rsa_decrypt(hf_client *client, const hf_encrypt_request *how,
                       const made_signature *made, hf_decrypt_response *answer)
{
    return hf_client_decrypt(
        client,
        &(hf_decrypt_request){ .handle = KEY,
                               .algorithm = how->algorithm,
                               .hash = how->hash,
                               .mgf_hash = how->mgf_hash,
                               .aad = how->aad,
                               .ciphertext = hf_bytes_of(made->data, made->len) },
        answer);
}

static void oaep_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static made_signature made;
    static const size_t lens[] = { 0, 1, 100, 190 };
    static const uint8_t plain[191] = "plaintext";
    hf_decrypt_response answer;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    key_make(env, client, HF_KEY_RSA_2048, 0);
    public_make(env, client);
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        hf_encrypt_request how = { .handle = PUBLIC,
                                   .algorithm = HF_ALG_RSA_OAEP,
                                   .hash = HF_ALG_SHA256,
                                   .mgf_hash = i % 2 != 0 ? HF_ALG_SHA1 : 0,
                                   .aad = hf_bytes_of("label", i % 2 != 0 ? 5 : 0),
                                   .plaintext = hf_bytes_of(plain, lens[i]) };
        if (how.mgf_hash == HF_ALG_SHA1) {
            SUITE_EXPECT(env, HF_ERR_RANGE, rsa_encrypt(client, &how, &made));
            how.mgf_hash = HF_ALG_SHA384;
        }
        SUITE_EXPECT(env, HF_OK, rsa_encrypt(client, &how, &made));
        SUITE_TRUE(env, made.len == 256);
        SUITE_EXPECT(env, HF_OK, rsa_decrypt(client, &how, &made, &answer));
        SUITE_TRUE(env, answer.plaintext.len == lens[i] &&
                            (lens[i] == 0 ||
                             memcmp(answer.plaintext.data, plain, lens[i]) == 0));
        hf_encrypt_request other = how;
        other.aad = hf_bytes_of("other", 5);
        SUITE_EXPECT(env, HF_ERR_VERIFY, rsa_decrypt(client, &other, &made, &answer));
        made.data[100] ^= 1;
        SUITE_EXPECT(env, HF_ERR_VERIFY, rsa_decrypt(client, &how, &made, &answer));
    }
    const hf_encrypt_request long_one = { .handle = PUBLIC,
                                          .algorithm = HF_ALG_RSA_OAEP,
                                          .hash = HF_ALG_SHA256,
                                          .plaintext = hf_bytes_of(plain, 191) };
    SUITE_EXPECT(env, HF_ERR_RANGE, rsa_encrypt(client, &long_one, &made));
    suite_client_close(&one);
}

/* Without padding only with keys that allow it; then decryption undoes encryption. */
static void raw_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static made_signature made;
    static const uint8_t number[256] = { 0, 1, 2, 3 };
    hf_decrypt_response answer;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    const hf_encrypt_request how = { .handle = KEY,
                                     .algorithm = HF_ALG_RSA_RAW,
                                     .plaintext = hf_bytes_of(number, sizeof number) };
    key_make(env, client, HF_KEY_RSA_2048, 0);
    made = (made_signature){ .len = 256 };
    SUITE_EXPECT(env, HF_ERR_ACCESS, rsa_encrypt(client, &how, &made));
    SUITE_EXPECT(env, HF_ERR_ACCESS, rsa_decrypt(client, &how, &made, &answer));
    key_make(env, client, HF_KEY_RSA_2048, HF_FLAG_ALLOW_RAW);
    SUITE_EXPECT(env, HF_OK, rsa_encrypt(client, &how, &made));
    SUITE_EXPECT(env, HF_OK, rsa_decrypt(client, &how, &made, &answer));
    SUITE_TRUE(env, answer.plaintext.len == sizeof number &&
                        memcmp(answer.plaintext.data, number, sizeof number) == 0);
    suite_client_close(&one);
}

static const suite_case cases[] = {
    { "sign: every row and key type", signatures_run, NULL, 0 },
    { "sign: a message and its digest", digests_run, NULL, 0 },
    { "sign: parameters of ECDSA", ecdsa_parameters_run, NULL, 0 },
    { "sign: parameters of PSS", pss_parameters_run, NULL, 0 },
    { "RSA: OAEP with label and hashes", oaep_run, NULL, 0 },
    { "RSA: without padding", raw_run, NULL, 0 },
};

const suite_cases suite_sign_cases = SUITE_CASES(cases);
