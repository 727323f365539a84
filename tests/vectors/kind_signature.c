/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Signatures with elliptic curves and RSA. The key of a group is imported once.
 */
#include <string.h>

#include "vectors/vectors.h"

/* The digest of the message, by the server. */
static hf_bytes hash_message(vectors_case *c, uint16_t hash)
{
    hf_hash_response answer = { 0 };
    int rc = hf_client_hash(
        c->run->client,
        &(hf_hash_request){ .algorithm = hash, .data = vectors_field(c, "msg") },
        &answer);
    if (rc != HF_OK) {
        vectors_fail(c, "the server does not hash the message");
        return hf_bytes_of(NULL, 0);
    }
    return vectors_keep(c, answer.digest);
}

/* `request`: all but the handle, the signature and the data. Where the algorithm has a
 * hash, the same once more with the digest. */
static void verify(vectors_case *c, hf_handle key, hf_verify_request request)
{
    hf_verify_response nothing;
    request.handle = key;
    request.signature = vectors_field(c, "sig");
    request.data = vectors_field(c, "msg");
    vectors_checked(c, "verify", hf_client_verify(c->run->client, &request, &nothing));
    if (request.hash == 0) {
        return;
    }
    request.data = hash_message(c, request.hash);
    request.is_digest = 1;
    vectors_checked(c, "verify a digest",
                    hf_client_verify(c->run->client, &request, &nothing));
    if (request.algorithm == HF_ALG_ECDSA) {
        request.hash = 0; /* of whatever hash */
        request.is_digest = 0;
        vectors_checked(c, "verify any digest",
                        hf_client_verify(c->run->client, &request, &nothing));
    }
}

static void check_public(vectors_case *c, hf_handle key, uint16_t format, hf_bytes right)
{
    hf_key_export_public_response answer = { 0 };
    int rc = hf_client_key_export_public(
        c->run->client,
        &(hf_key_export_public_request){ .handle = key, .format = format }, &answer);
    vectors_produced(c, "public key", rc, answer.material, right);
}

/* The group's key, from SubjectPublicKeyInfo. The server gives it back in that form and
 * in the raw one. */
static hf_handle import_public(vectors_case *c, uint32_t type, hf_bytes raw)
{
    hf_bytes der = vectors_field(c, "publicKeyDer");
    hf_handle key =
        vectors_import_group(c, &(hf_key_import_request){ .type = type,
                                                          .flags = HF_USAGE_VERIFY,
                                                          .format = HF_FORMAT_DER,
                                                          .material = der });
    if (key != 0 && c->is_forward_valid) {
        check_public(c, key, HF_FORMAT_DER, der);
        check_public(c, key, HF_FORMAT_RAW, raw);
    }
    return key;
}

static hf_bytes raw_of(vectors_case *c, const char *field)
{
    return vectors_hex(c, json_object_get(c->group, "publicKey"), field);
}

/* ---- ECDSA, EdDSA ---- */

static uint32_t curve_type(const json_t *group)
{
    static const struct {
        const char *name;
        uint32_t type;
    } rows[] = {
        { "secp224r1", HF_KEY_P224_PUBLIC },
        { "secp256r1", HF_KEY_P256_PUBLIC },
        { "secp384r1", HF_KEY_P384_PUBLIC },
        { "secp521r1", HF_KEY_P521_PUBLIC },
        { "secp256k1", HF_KEY_SECP256K1_PUBLIC },
        { "brainpoolP256r1", HF_KEY_BRAINPOOL_P256_PUBLIC },
        { "brainpoolP384r1", HF_KEY_BRAINPOOL_P384_PUBLIC },
        { "brainpoolP512r1", HF_KEY_BRAINPOOL_P512_PUBLIC },
        { "edwards25519", HF_KEY_ED25519_PUBLIC },
        { "edwards448", HF_KEY_ED448_PUBLIC },
    };
    const char *name = vectors_text(json_object_get(group, "publicKey"), "curve");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return rows[i].type;
        }
    }
    return 0;
}

void drive_ecdsa(vectors_case *c)
{
    bool is_raw = strcmp(vectors_text(c->group, "type"), "EcdsaP1363Verify") == 0;
    hf_handle key = import_public(c, curve_type(c->group), raw_of(c, "uncompressed"));
    if (key != 0) {
        verify(
            c, key,
            (hf_verify_request){ .algorithm = HF_ALG_ECDSA,
                                 .format = is_raw ? HF_SIGNATURE_RAW : HF_SIGNATURE_DER,
                                 .hash = vectors_hash(vectors_text(c->group, "sha")) });
    }
}

void drive_eddsa(vectors_case *c)
{
    uint32_t type = curve_type(c->group);
    hf_handle key = import_public(c, type, raw_of(c, "pk"));
    if (key != 0) {
        verify(c, key,
               (hf_verify_request){ .algorithm = type == HF_KEY_ED25519_PUBLIC
                                                     ? HF_ALG_ED25519
                                                     : HF_ALG_ED448 });
    }
}

/* ---- RSA ---- */

void drive_rsa_verify(vectors_case *c)
{
    bool is_pss = strcmp(vectors_text(c->group, "type"), "RsassaPssVerify") == 0;
    hf_verify_request request = {
        .algorithm = is_pss ? HF_ALG_RSA_PSS : HF_ALG_RSA_PKCS1,
        .hash = vectors_hash(vectors_text(c->group, "sha")),
    };
    if (is_pss) {
        request.mgf_hash = vectors_hash(vectors_text(c->group, "mgfSha"));
        request.salt_len = (uint16_t)vectors_number(c->group, "sLen");
    }
    hf_handle key =
        import_public(c, HF_KEY_RSA_2048_PUBLIC, vectors_field(c, "publicKeyAsn"));
    if (key != 0) {
        verify(c, key, request);
    }
}

void drive_rsa_sign(vectors_case *c)
{
    uint16_t hash = vectors_hash(vectors_text(c->group, "sha"));
    hf_handle key = vectors_import_group(
        c, &(hf_key_import_request){ .type = HF_KEY_RSA_2048,
                                     .flags = HF_USAGE_SIGN | HF_USAGE_VERIFY,
                                     .format = HF_FORMAT_DER,
                                     .material = vectors_field(c, "privateKeyPkcs8") });
    if (key == 0) {
        return;
    }
    verify(c, key, (hf_verify_request){ .algorithm = HF_ALG_RSA_PKCS1, .hash = hash });
    hf_sign_response made = { 0 };
    int rc = hf_client_sign(c->run->client,
                            &(hf_sign_request){ .handle = key,
                                                .algorithm = HF_ALG_RSA_PKCS1,
                                                .hash = hash,
                                                .data = vectors_field(c, "msg") },
                            &made);
    vectors_produced(c, "sign", rc, made.signature, vectors_field(c, "sig"));
}

/* OAEP: a wrong ciphertext is refused. PKCS#1 v1.5: libcrypto answers with other bytes
 * instead (implicit rejection), which must not be the message. */
void drive_rsa_decrypt(vectors_case *c)
{
    bool is_oaep = strcmp(vectors_text(c->group, "type"), "RsaesOaepDecrypt") == 0;
    const vectors_need implicit_rejection = {
        .algorithm = HF_ALG_RSA_PKCS1_DECRYPT,
        .key_type = HF_KEY_RSA_2048,
        .since = 0x30200000UL,
        .reason = "libcrypto has no implicit rejection: it is older than 3.2",
    };
    if (!is_oaep && !vectors_has(c, &implicit_rejection)) {
        return;
    }
    hf_decrypt_request request = { .algorithm = HF_ALG_RSA_PKCS1_DECRYPT,
                                   .ciphertext = vectors_field(c, "ct") };
    if (is_oaep) {
        request.algorithm = HF_ALG_RSA_OAEP;
        request.hash = vectors_hash(vectors_text(c->group, "sha"));
        request.mgf_hash = vectors_hash(vectors_text(c->group, "mgfSha"));
        request.aad = vectors_field(c, "label");
    }
    request.handle = vectors_import_group(
        c, &(hf_key_import_request){ .type = HF_KEY_RSA_2048,
                                     .flags = HF_USAGE_DECRYPT,
                                     .format = HF_FORMAT_DER,
                                     .material = vectors_field(c, "privateKeyPkcs8") });
    if (request.handle == 0) {
        return;
    }
    hf_decrypt_response plain = { 0 };
    int rc = hf_client_decrypt(c->run->client, &request, &plain);
    hf_bytes message = vectors_field(c, "msg");
    if (is_oaep) {
        vectors_recovered(c, "decrypt", rc, plain.plaintext, message);
    } else {
        vectors_produced(c, "decrypt", rc, plain.plaintext, message);
    }
}
