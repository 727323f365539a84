/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * ML-KEM-768 and ML-DSA-65. Skipped where the server's capabilities do not have them.
 */
#include "vectors/vectors.h"

static bool has_ml_kem(vectors_case *c)
{
    return vectors_has(c,
                       &(vectors_need){ .algorithm = HF_ALG_ML_KEM,
                                        .key_type = HF_KEY_ML_KEM_768,
                                        .since = 0x30500000UL,
                                        .reason = "libcrypto has no ML-KEM: it is older "
                                                  "than 3.5" });
}

static bool has_ml_dsa(vectors_case *c)
{
    return vectors_has(c,
                       &(vectors_need){ .algorithm = HF_ALG_ML_DSA,
                                        .key_type = HF_KEY_ML_DSA_65,
                                        .since = 0x30500000UL,
                                        .reason = "libcrypto has no ML-DSA: it is older "
                                                  "than 3.5" });
}

/* The public part that the server gives of a key. */
static void check_public(vectors_case *c, hf_handle key, const char *field,
                         uint16_t format)
{
    hf_key_export_public_response answer = { 0 };
    int rc = hf_client_key_export_public(
        c->run->client,
        &(hf_key_export_public_request){ .handle = key, .format = format }, &answer);
    vectors_produced(c, "public key", rc, answer.material, vectors_field(c, field));
}

/* ---- ML-KEM ---- */

#define CIPHERTEXT_LEN 1088u /* bytes, of ML-KEM-768 */

static hf_handle import_kem(vectors_case *c, uint32_t type, const char *field)
{
    return vectors_import(
        c, &(hf_key_import_request){ .type = type,
                                     .flags = HF_USAGE_DERIVE | HF_FLAG_ALLOW_SECRET,
                                     .material = vectors_field(c, field) });
}

void drive_ml_kem_key(vectors_case *c)
{
    if (!has_ml_kem(c)) {
        return;
    }
    hf_handle key = import_kem(c, HF_KEY_ML_KEM_768, "seed");
    if (key == 0) {
        return;
    }
    check_public(c, key, "ek", HF_FORMAT_RAW);
    vectors_part(c, "the expanded private key never leaves libcrypto");
    vectors_erase(c, key);
}

void drive_ml_kem(vectors_case *c)
{
    if (!has_ml_kem(c)) {
        return;
    }
    hf_handle key = import_kem(c, HF_KEY_ML_KEM_768, "seed");
    if (key == 0) {
        return;
    }
    c->is_misshapen = vectors_field(c, "c").len != CIPHERTEXT_LEN;
    if (c->is_forward_valid && vectors_field(c, "ek").len != 0) {
        check_public(c, key, "ek", HF_FORMAT_RAW);
    }
    hf_key_decapsulate_response answer = { 0 };
    int rc = hf_client_key_decapsulate(
        c->run->client,
        &(hf_key_decapsulate_request){ .base = key,
                                       .algorithm = HF_ALG_ML_KEM,
                                       .ciphertext = vectors_field(c, "c"),
                                       .is_exported = 1 },
        &answer);
    vectors_recovered(c, "decapsulate", rc, answer.secret, vectors_field(c, "K"));
    vectors_erase(c, key);
}

/* libcrypto chooses the randomness itself, so a valid vector shows only that the key is
 * taken and that something of the right length comes out. */
void drive_ml_kem_encaps(vectors_case *c)
{
    if (!has_ml_kem(c)) {
        return;
    }
    hf_handle key = import_kem(c, HF_KEY_ML_KEM_768_PUBLIC, "ek");
    if (key == 0) {
        return;
    }
    hf_key_encapsulate_response answer = { 0 };
    int rc = hf_client_key_encapsulate(
        c->run->client,
        &(hf_key_encapsulate_request){
            .base = key, .algorithm = HF_ALG_ML_KEM, .is_exported = 1 },
        &answer);
    vectors_checked(c, "encapsulate", rc);
    if (rc == HF_OK && (answer.ciphertext.len != vectors_field(c, "c").len ||
                        answer.secret.len != vectors_field(c, "K").len)) {
        vectors_fail(c, "encapsulate: a length is another one");
    }
    vectors_erase(c, key);
    vectors_skip(c, "the randomness of an encapsulation cannot be given: "
                    "key and lengths were checked");
}

/* ---- ML-DSA ---- */

static void verify_ml_dsa(vectors_case *c, hf_handle key)
{
    hf_verify_response nothing;
    int rc = hf_client_verify(c->run->client,
                              &(hf_verify_request){ .handle = key,
                                                    .algorithm = HF_ALG_ML_DSA,
                                                    .context = vectors_field(c, "ctx"),
                                                    .signature = vectors_field(c, "sig"),
                                                    .data = vectors_field(c, "msg") },
                              &nothing);
    vectors_checked(c, "verify", rc);
}

static void sign_ml_dsa(vectors_case *c, hf_handle key)
{
    if (json_object_get(c->test, "rnd") != NULL) {
        vectors_part(c, "signed with given randomness, which libcrypto chooses: "
                        "verified only");
        return;
    }
    hf_sign_response made = { 0 };
    int rc = hf_client_sign(c->run->client,
                            &(hf_sign_request){ .handle = key,
                                                .algorithm = HF_ALG_ML_DSA,
                                                .is_deterministic = 1,
                                                .context = vectors_field(c, "ctx"),
                                                .data = vectors_field(c, "msg") },
                            &made);
    vectors_produced(c, "sign", rc, made.signature, vectors_field(c, "sig"));
}

/* The key of a field, given back in the same format, and what it does to the vector. */
static void drive_ml_dsa(vectors_case *c, uint32_t type, uint16_t format,
                         const char *field)
{
    bool is_private = type == HF_KEY_ML_DSA_65;
    hf_handle key =
        vectors_import(c, &(hf_key_import_request){
                              .type = type,
                              .flags = HF_USAGE_VERIFY | (is_private ? HF_USAGE_SIGN : 0),
                              .format = format,
                              .material = vectors_field(c, field) });
    if (key == 0) {
        return;
    }
    if (is_private && c->is_forward_valid) {
        hf_key_export_response answer = { 0 };
        int rc = hf_client_key_export(
            c->run->client, &(hf_key_export_request){ .handle = key, .format = format },
            &answer);
        vectors_produced(c, "export", rc, answer.material, vectors_field(c, field));
        check_public(c, key, "publicKey", HF_FORMAT_RAW);
    } else if (c->is_forward_valid) {
        check_public(c, key, field, format);
    }
    verify_ml_dsa(c, key);
    if (is_private) {
        sign_ml_dsa(c, key);
    }
    vectors_erase(c, key);
}

void drive_ml_dsa_sign(vectors_case *c)
{
    if (!has_ml_dsa(c)) {
        return;
    }
    if (json_object_get(c->test, "msg") == NULL) {
        vectors_skip(c, "signs a message representative (mu) instead of a message: "
                        "no request takes one");
        return;
    }
    drive_ml_dsa(c, HF_KEY_ML_DSA_65, HF_FORMAT_RAW, "privateSeed");
    if (vectors_field(c, "privateKeyPkcs8").len != 0) {
        drive_ml_dsa(c, HF_KEY_ML_DSA_65, HF_FORMAT_DER, "privateKeyPkcs8");
    }
}

void drive_ml_dsa_verify(vectors_case *c)
{
    if (!has_ml_dsa(c)) {
        return;
    }
    drive_ml_dsa(c, HF_KEY_ML_DSA_65_PUBLIC, HF_FORMAT_RAW, "publicKey");
    if (vectors_field(c, "publicKeyDer").len != 0) {
        drive_ml_dsa(c, HF_KEY_ML_DSA_65_PUBLIC, HF_FORMAT_DER, "publicKeyDer");
    }
}
