/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * MACs of the libcrypto device: HMAC over each hash, CMAC and GMAC. Each call works on a
 * duplicate of a template: the device's, which has the digest or the cipher, or the
 * parsed key's, which also has the key. A MAC of 64 bytes with the device's costs 0.6 us
 * (HMAC-SHA-256), 1.0 us (HMAC-SHA-512), 0.5 us (CMAC), with the parsed key's a third
 * less, so the usual ones are parsed: see hf_openssl_key.
 *
 * GMAC is GCM without a plaintext (SP 800-38D 3), so openssl_cipher.c computes it.
 */
#include "openssl_stream.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>

/* Hashes whose HMAC is prepared in a parsed key. */
static const uint16_t parsed_hashes[HF_OPENSSL_KEY_MACS] = { HF_ALG_HMAC_SHA256,
                                                             HF_ALG_HMAC_SHA384,
                                                             HF_ALG_HMAC_SHA512 };

/* ---- templates ---- */

/* A template of the MAC with its digest or cipher, without key. NULL = not there. */
static EVP_MAC_CTX *template_of(EVP_MAC *mac, const char *parameter, const char *name)
{
    OSSL_PARAM params[] = {
        /* libcrypto only reads it; OSSL_PARAM has no const. */
        OSSL_PARAM_construct_utf8_string(parameter, (char *)(uintptr_t)name, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC_CTX *made = EVP_MAC_CTX_new(mac);
    if (made != NULL && EVP_MAC_CTX_set_params(made, params) != 1) {
        EVP_MAC_CTX_free(made);
        made = NULL;
    }
    return made;
}

static void open_hmac(hf_openssl *openssl)
{
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    for (size_t i = 0; hmac != NULL && i < HF_OPENSSL_HMAC_COUNT; i++) {
        const EVP_MD *md = openssl->md[i];
        openssl->hmac[i] =
            md == NULL ? NULL
                       : template_of(hmac, OSSL_MAC_PARAM_DIGEST, EVP_MD_get0_name(md));
    }
    EVP_MAC_free(hmac); /* a template has its own reference */
}

/* A CMAC without a key cannot be duplicated, so a template has one, of zeros. */
static void open_cmac(hf_openssl *openssl)
{
    static const char *const ciphers[] = { "AES-128-CBC", "AES-192-CBC", "AES-256-CBC" };
    static const uint8_t zeros[32];
    EVP_MAC *cmac = EVP_MAC_fetch(NULL, "CMAC", NULL);
    for (size_t i = 0; cmac != NULL && i < HF_OPENSSL_AES_COUNT; i++) {
        EVP_MAC_CTX *made = template_of(cmac, OSSL_MAC_PARAM_CIPHER, ciphers[i]);
        if (made != NULL && EVP_MAC_init(made, zeros, 16 + 8 * i, NULL) != 1) {
            EVP_MAC_CTX_free(made);
            made = NULL;
        }
        openssl->cmac[i] = made;
    }
    EVP_MAC_free(cmac);
}

void hf_openssl_mac_open(hf_openssl *openssl)
{
    open_hmac(openssl);
    open_cmac(openssl);
    ERR_clear_error();
}

void hf_openssl_mac_close(hf_openssl *openssl)
{
    for (size_t i = 0; i < HF_OPENSSL_HMAC_COUNT; i++) {
        EVP_MAC_CTX_free(openssl->hmac[i]);
    }
    for (size_t i = 0; i < HF_OPENSSL_AES_COUNT; i++) {
        EVP_MAC_CTX_free(openssl->cmac[i]);
    }
}

/* ---- use ---- */

/* The device's template for HMAC or CMAC; NULL when it has none. */
static const EVP_MAC_CTX *find_template(const hf_openssl *openssl, uint16_t algorithm,
                                        uint32_t key_type)
{
    if (algorithm == HF_ALG_AES_CMAC) {
        size_t i = hf_openssl_key_size(key_type);
        return i < HF_OPENSSL_AES_COUNT ? openssl->cmac[i] : NULL;
    }
    if (algorithm < HF_ALG_HMAC_SHA1 ||
        algorithm >= HF_ALG_HMAC_SHA1 + HF_OPENSSL_HMAC_COUNT) {
        return NULL;
    }
    return openssl->hmac[algorithm - HF_ALG_HMAC_SHA1];
}

bool hf_openssl_mac_has(const hf_openssl *openssl, uint16_t algorithm, uint32_t key_type)
{
    return algorithm == HF_ALG_AES_GMAC
               ? hf_openssl_cipher_has(openssl, HF_ALG_AES_GCM, key_type)
               : find_template(openssl, algorithm, key_type) != NULL;
}

/* The parsed key's template of this algorithm; NULL when it has none. */
static const EVP_MAC_CTX *find_parsed(const hf_openssl_key *parsed, uint16_t algorithm)
{
    if (parsed == NULL || algorithm == HF_ALG_AES_CMAC) {
        return parsed == NULL ? NULL : parsed->macs[0];
    }
    for (size_t i = 0; i < HF_OPENSSL_KEY_MACS; i++) {
        if (parsed_hashes[i] == algorithm) {
            return parsed->macs[i];
        }
    }
    return NULL;
}

int hf_openssl_mac_start(const hf_openssl *openssl, const hf_crypto_op *op,
                         EVP_MAC_CTX **ctx)
{
    const EVP_MAC_CTX *keyed = find_parsed(op->key->parsed, op->algorithm);
    const EVP_MAC_CTX *bare = find_template(openssl, op->algorithm, op->key->type);
    if (bare == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    *ctx = EVP_MAC_CTX_dup(keyed != NULL ? keyed : bare);
    if (*ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    hf_bytes material = op->key->material;
    if (keyed == NULL && EVP_MAC_init(*ctx, material.data, material.len, NULL) != 1) {
        return HF_ERR_CRYPTO;
    }
    return HF_OK;
}

int hf_openssl_mac_update(EVP_MAC_CTX *ctx, hf_bytes input)
{
    bool is_good = input.len == 0 || EVP_MAC_update(ctx, input.data, input.len) == 1;
    return is_good ? HF_OK : HF_ERR_CRYPTO;
}

int hf_openssl_mac_finish(EVP_MAC_CTX *ctx, size_t output_len, hf_buffer *out)
{
    uint8_t mac[HF_MAC_LEN_MAX];
    size_t len = 0;
    int rc = HF_ERR_CRYPTO;
    if (EVP_MAC_final(ctx, mac, &len, sizeof(mac)) == 1 && output_len <= len) {
        rc = hf_buffer_append(out, hf_bytes_of(mac, output_len));
    }
    hf_wipe(mac, sizeof(mac)); /* also what is cut off */
    return rc;
}

int hf_openssl_mac(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    if (op->algorithm == HF_ALG_AES_GMAC) {
        return hf_openssl_gmac(context, op, out);
    }
    EVP_MAC_CTX *ctx = NULL;
    int rc = hf_openssl_mac_start(context, op, &ctx);
    if (rc == HF_OK) {
        rc = hf_openssl_mac_update(ctx, op->input);
    }
    if (rc == HF_OK) {
        rc = hf_openssl_mac_finish(ctx, op->output_len, out);
    }
    EVP_MAC_CTX_free(ctx);
    return rc == HF_OK ? HF_OK : hf_openssl_failed(rc);
}

/* ---- parsed keys ---- */

static int parse_one(const hf_openssl *openssl, uint16_t algorithm, uint32_t type,
                     hf_bytes raw, EVP_MAC_CTX **made)
{
    const hf_crypto_key key = { .type = type, .material = raw };
    const hf_crypto_op op = { .algorithm = algorithm, .key = &key };
    int rc = hf_openssl_mac_start(openssl, &op, made);
    return rc == HF_ERR_NOTSUPPORTED ? HF_OK : rc; /* then the key has none */
}

int hf_openssl_mac_parse(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                         hf_openssl_key *parsed)
{
    if (HF_KEY_FAMILY(type) == HF_FAMILY_AES) {
        return parse_one(openssl, HF_ALG_AES_CMAC, type, raw, &parsed->macs[0]);
    }
    int rc = HF_OK;
    for (size_t i = 0; rc == HF_OK && i < HF_OPENSSL_KEY_MACS; i++) {
        rc = parse_one(openssl, parsed_hashes[i], type, raw, &parsed->macs[i]);
    }
    return rc;
}
