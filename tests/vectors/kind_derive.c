/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Derivation: HKDF and PBKDF2, of secrets that may leave.
 */
#include "vectors/vectors.h"

static hf_handle import_secret(vectors_case *c, const char *field)
{
    return vectors_import(
        c, &(hf_key_import_request){ .type = HF_KEY_SECRET,
                                     .flags = HF_USAGE_DERIVE | HF_FLAG_ALLOW_SECRET,
                                     .material = vectors_field(c, field) });
}

/* Extract into a key that stays inside, and expand that. */
static void hkdf_in_two(vectors_case *c, hf_handle base, uint16_t hash)
{
    hf_client *client = c->run->client;
    hf_key_derive_response prk = { 0 }, answer = { 0 };
    int rc = hf_client_key_derive(
        client,
        &(hf_key_derive_request){ .base = base,
                                  .kdf = HF_ALG_HKDF_EXTRACT,
                                  .hash = hash,
                                  .salt = vectors_field(c, "salt"),
                                  .type = HF_KEY_SECRET,
                                  .flags = HF_USAGE_DERIVE | HF_FLAG_ALLOW_SECRET,
                                  .len = 32 },
        &prk);
    hf_handle handle = rc == HF_OK ? prk.handle : 0;
    if (rc == HF_OK) {
        rc = hf_client_key_derive(
            client,
            &(hf_key_derive_request){ .base = handle,
                                      .kdf = HF_ALG_HKDF_EXPAND,
                                      .hash = hash,
                                      .info = vectors_field(c, "info"),
                                      .is_exported = 1,
                                      .len = vectors_number(c->test, "size") },
            &answer);
    }
    vectors_produced(c, "extract and expand", rc, answer.secret, vectors_field(c, "okm"));
    vectors_erase(c, handle);
}

void drive_hkdf(vectors_case *c)
{
    hf_handle base = import_secret(c, "ikm");
    if (base == 0) {
        return;
    }
    hf_key_derive_response answer = { 0 };
    int rc = hf_client_key_derive(
        c->run->client,
        &(hf_key_derive_request){ .base = base,
                                  .kdf = HF_ALG_HKDF,
                                  .hash = HF_ALG_SHA256,
                                  .salt = vectors_field(c, "salt"),
                                  .info = vectors_field(c, "info"),
                                  .is_exported = 1,
                                  .len = vectors_number(c->test, "size") },
        &answer);
    vectors_produced(c, "derive", rc, answer.secret, vectors_field(c, "okm"));
    hkdf_in_two(c, base, HF_ALG_SHA256);
    vectors_erase(c, base);
}

void drive_pbkdf2(vectors_case *c)
{
    if (vectors_field(c, "password").len == 0) {
        vectors_skip(c, "empty password: a key has at least one byte");
        return;
    }
    hf_handle base = import_secret(c, "password");
    if (base == 0) {
        return;
    }
    hf_key_derive_response answer = { 0 };
    int rc = hf_client_key_derive(
        c->run->client,
        &(hf_key_derive_request){ .base = base,
                                  .kdf = HF_ALG_PBKDF2,
                                  .hash = HF_ALG_SHA256,
                                  .iterations = vectors_number(c->test, "iterationCount"),
                                  .salt = vectors_field(c, "salt"),
                                  .is_exported = 1,
                                  .len = vectors_number(c->test, "dkLen") },
        &answer);
    vectors_produced(c, "derive", rc, answer.secret, vectors_field(c, "dk"));
    vectors_erase(c, base);
}
