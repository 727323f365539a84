/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The symmetric key families of the libcrypto device: a key is a string of bytes.
 */
#include "openssl_family.h"

#include <openssl/rand.h>

#define SECRET_LEN_MAX 128
/* Of HMAC keys and secrets, whose length is free. */
#define FREE_LEN 32

int hf_openssl_generate_bytes(size_t len, hf_buffer *out)
{
    uint8_t bytes[SECRET_LEN_MAX];
    if (len > sizeof(bytes)) {
        return HF_ERR_NOTSUPPORTED;
    }
    int rc = HF_ERR_RANDOM;
    if (RAND_priv_bytes(bytes, (int)len) == 1) {
        rc = hf_buffer_append(out, hf_bytes_of(bytes, len));
    }
    hf_wipe(bytes, sizeof(bytes));
    return rc;
}

static int generate(const hf_openssl *openssl, uint32_t type, hf_buffer *out)
{
    const hf_key_type_info *info = hf_key_type_find(type);
    (void)openssl;
    return hf_openssl_generate_bytes(
        info->raw_len_min == info->raw_len_max ? info->raw_len_max : FREE_LEN, out);
}

/* Raw is the only format, and hf_crypto has checked the material. */
static int import(const hf_openssl *openssl, uint32_t type, uint16_t format, hf_bytes in,
                  hf_buffer *out)
{
    (void)openssl;
    (void)type;
    return format == HF_FORMAT_RAW ? hf_buffer_append(out, in) : HF_ERR_NOTSUPPORTED;
}

static int parse_generic(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                         hf_openssl_key *made)
{
    return hf_openssl_mac_parse(openssl, type, raw, made);
}

static int parse_aes(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                     hf_openssl_key *made)
{
    int rc = hf_openssl_cipher_parse(openssl, type, raw, made);
    return rc == HF_OK ? hf_openssl_mac_parse(openssl, type, raw, made) : rc;
}

/* XTS and ChaCha20 keys have no parsed form: a copy costs as much as a key schedule. */
const hf_openssl_family hf_openssl_aes_family = {
    .family = HF_FAMILY_AES,
    .generate = generate,
    .import = import,
    .parse = parse_aes,
};

const hf_openssl_family hf_openssl_generic_family = {
    .family = HF_FAMILY_GENERIC,
    .generate = generate,
    .import = import,
    .parse = parse_generic,
};

const hf_openssl_family hf_openssl_aes_xts_family = {
    .family = HF_FAMILY_AES_XTS,
    .generate = generate,
    .import = import,
};

const hf_openssl_family hf_openssl_chacha20_family = {
    .family = HF_FAMILY_CHACHA20,
    .generate = generate,
    .import = import,
};
