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
#include <openssl/params.h>

/* Hashes whose HMAC is prepared in a parsed key. */
static const uint16_t parsed_hashes[HF_OPENSSL_KEY_MACS] = { HF_ALG_HMAC_SHA256,
                                                             HF_ALG_HMAC_SHA384,
                                                             HF_ALG_HMAC_SHA512 };

/* ---- templates ---- */

/* A template of the MAC with its digest or cipher, without key. NULL after an error. */
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

/* One for each hash that there is. */
static int make_hmacs(hf_openssl *openssl, EVP_MAC *hmac)
{
    for (size_t i = 0; i < HF_OPENSSL_HMAC_COUNT; i++) {
        const EVP_MD *md = openssl->md[i];
        if (md != NULL) {
            openssl->hmac[i] =
                template_of(hmac, OSSL_MAC_PARAM_DIGEST, EVP_MD_get0_name(md));
            if (openssl->hmac[i] == NULL) {
                return HF_ERR_NOMEM;
            }
        }
    }
    return HF_OK;
}

/* One for each size of CBC that there is. A CMAC without a key cannot be duplicated, so a
 * template has one, of zeros. */
static int make_cmacs(hf_openssl *openssl, EVP_MAC *cmac)
{
    static const uint8_t zeros[32];
    EVP_CIPHER *const *cbc = openssl->ciphers[HF_ALG_AES_CBC - HF_ALG_AES_ECB];
    for (size_t i = 0; i < HF_OPENSSL_AES_COUNT; i++) {
        if (cbc[i] != NULL) {
            openssl->cmac[i] =
                template_of(cmac, OSSL_MAC_PARAM_CIPHER, EVP_CIPHER_get0_name(cbc[i]));
            if (openssl->cmac[i] == NULL ||
                EVP_MAC_init(openssl->cmac[i], zeros, 16 + 8 * i, NULL) != 1) {
                return HF_ERR_NOMEM;
            }
        }
    }
    return HF_OK;
}

/* Fetch a MAC and make its templates, which have their own references to it. */
static int open_mac(hf_openssl *openssl, const char *name,
                    int (*make)(hf_openssl *openssl, EVP_MAC *mac))
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, name, NULL);
    int rc = mac == NULL ? hf_openssl_failed(HF_OK) : make(openssl, mac);
    EVP_MAC_free(mac);
    return rc;
}

int hf_openssl_mac_open(hf_openssl *openssl)
{
    int rc = open_mac(openssl, "HMAC", make_hmacs);
    return rc == HF_OK ? open_mac(openssl, "CMAC", make_cmacs) : rc;
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
