/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Keys of the short Weierstrass curves in the libcrypto device: scalars, points,
 * EVP_PKEYs. The public key is always computed, never believed: raw private keys do not
 * have it, and the one inside a PKCS#8 is compared with it.
 */
#include "openssl_curve.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/params.h>

#define SCALAR_LEN_MAX 66

/* libcrypto's curves. One that a build of it lacks has no group. */
static const int nids[HF_OPENSSL_GROUP_COUNT] = {
    [HF_CURVE_P256] = NID_X9_62_prime256v1,
    [HF_CURVE_P384] = NID_secp384r1,
    [HF_CURVE_P521] = NID_secp521r1,
    [HF_CURVE_P224] = NID_secp224r1,
    [HF_CURVE_SECP256K1] = NID_secp256k1,
    [HF_CURVE_BRAINPOOL_P256] = NID_brainpoolP256r1,
    [HF_CURVE_BRAINPOOL_P384] = NID_brainpoolP384r1,
    [HF_CURVE_BRAINPOOL_P512] = NID_brainpoolP512r1,
};

static int open_curves(hf_openssl *openssl)
{
    openssl->has_nonce_type = hf_openssl_ecdsa_has_nonce_type();
    for (size_t i = 0; i < HF_OPENSSL_GROUP_COUNT; i++) {
        if (nids[i] != 0) {
            openssl->groups[i] = EC_GROUP_new_by_curve_name(nids[i]);
        }
    }
    ERR_clear_error(); /* a curve that is not there is no error */
    return HF_OK;
}

static void close_curves(hf_openssl *openssl)
{
    for (size_t i = 0; i < HF_OPENSSL_GROUP_COUNT; i++) {
        EC_GROUP_free(openssl->groups[i]);
    }
}

const EC_GROUP *hf_openssl_ec_group(const hf_openssl *openssl, uint32_t type)
{
    uint16_t curve = HF_KEY_PARAMETER(type);
    return curve < HF_OPENSSL_GROUP_COUNT ? openssl->groups[curve] : NULL;
}

static bool has_type(const hf_openssl *openssl, uint32_t type)
{
    return hf_openssl_ec_group(openssl, type) != NULL;
}

/* A secret number from its bytes. HF_ERR_KEY when it is not in 1 .. n - 1. The caller
 * frees *number after an error too. */
static int scalar_of(const EC_GROUP *group, hf_bytes bytes, BIGNUM **number)
{
    *number = BN_bin2bn(bytes.data, (int)bytes.len, NULL);
    if (*number == NULL) {
        return HF_ERR_NOMEM;
    }
    BN_set_flags(*number, BN_FLG_CONSTTIME);
    if (BN_is_zero(*number) || BN_cmp(*number, EC_GROUP_get0_order(group)) >= 0) {
        return HF_ERR_KEY;
    }
    return HF_OK;
}

/* The point scalar * G, encoded. */
static int multiply(const EC_GROUP *group, const BIGNUM *scalar, hf_buffer *out)
{
    uint8_t encoded[HF_OPENSSL_POINT_LEN_MAX];
    EC_POINT *point = EC_POINT_new(group);
    if (point == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = HF_ERR_CRYPTO;
    if (EC_POINT_mul(group, point, scalar, NULL, NULL, NULL) == 1) {
        size_t len = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED,
                                        encoded, sizeof(encoded), NULL);
        if (len > 0) {
            rc = hf_buffer_append(out, hf_bytes_of(encoded, len));
        }
    }
    EC_POINT_free(point);
    return rc;
}

int hf_openssl_ec_public(const EC_GROUP *group, hf_bytes scalar, hf_buffer *out)
{
    BIGNUM *number = NULL;
    int rc = scalar_of(group, scalar, &number);
    if (rc == HF_OK) {
        rc = multiply(group, number, out);
    }
    BN_clear_free(number);
    return rc;
}

int hf_openssl_ec_check_point(const EC_GROUP *group, hf_bytes point)
{
    if (point.len == 0 || point.data[0] != POINT_CONVERSION_UNCOMPRESSED) {
        return HF_ERR_KEY;
    }
    EC_POINT *decoded = EC_POINT_new(group);
    if (decoded == NULL) {
        return HF_ERR_NOMEM;
    }
    /* SEC 1 2.3.4: it also checks that the point is on the curve. The curves have
     * cofactor 1. */
    int ok = EC_POINT_oct2point(group, decoded, point.data, point.len, NULL);
    EC_POINT_free(decoded);
    return ok == 1 ? HF_OK : HF_ERR_KEY;
}

/* The private number of a key, big-endian, appended. Read into our own memory, because
 * the shorter way, EVP_PKEY_get_bn_param, leaves a copy on the stack. */
static int read_scalar(const EVP_PKEY *pkey, size_t scalar_len, hf_buffer *out)
{
    uint8_t scalar[SCALAR_LEN_MAX] = { 0 };
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, scalar, scalar_len),
        OSSL_PARAM_construct_end(),
    };
    int rc = HF_ERR_CRYPTO;
    if (EVP_PKEY_get_params(pkey, params) == 1) {
        BIGNUM *number = BN_native2bn(scalar, (int)scalar_len, NULL);
        if (number != NULL && BN_bn2binpad(number, scalar, (int)scalar_len) >= 0) {
            rc = hf_buffer_append(out, hf_bytes_of(scalar, scalar_len));
        }
        BN_clear_free(number);
    }
    hf_wipe(scalar, sizeof(scalar));
    return rc;
}

static int generate(const hf_openssl *openssl, uint32_t type, hf_buffer *out)
{
    const EC_GROUP *group = hf_openssl_ec_group(openssl, type);
    EVP_PKEY *pkey = EVP_EC_gen(OBJ_nid2sn(EC_GROUP_get_curve_name(group)));
    if (pkey == NULL) {
        return HF_ERR_CRYPTO;
    }
    int rc = read_scalar(pkey, hf_key_type_find(type)->raw_len_max, out);
    EVP_PKEY_free(pkey);
    return rc;
}

static int from_params(int selection, OSSL_PARAM *params, EVP_PKEY **pkey)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    int rc = HF_OK;
    if (EVP_PKEY_fromdata_init(ctx) != 1) {
        rc = HF_ERR_CRYPTO;
    } else if (EVP_PKEY_fromdata(ctx, pkey, selection, params) != 1) {
        rc = HF_ERR_KEY;
    }
    EVP_PKEY_CTX_free(ctx);
    return rc;
}

/* libcrypto takes numbers in the byte order of the machine. */
static int native_scalar(const EC_GROUP *group, hf_bytes scalar, uint8_t *native)
{
    BIGNUM *number = NULL;
    int rc = scalar_of(group, scalar, &number);
    if (rc == HF_OK && BN_bn2nativepad(number, native, (int)scalar.len) < 0) {
        rc = HF_ERR_CRYPTO;
    }
    BN_clear_free(number);
    return rc;
}

/* The parameters of a key. libcrypto only reads them; OSSL_PARAM has no const. */
static OSSL_PARAM group_param(const EC_GROUP *group)
{
    const char *name = OBJ_nid2sn(EC_GROUP_get_curve_name(group));
    return OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                            (char *)(uintptr_t)name, 0);
}

static OSSL_PARAM point_param(hf_bytes point)
{
    return OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                             (void *)(uintptr_t)point.data, point.len);
}

static int parse_public(const EC_GROUP *group, hf_bytes raw, EVP_PKEY **pkey)
{
    int rc = hf_openssl_ec_check_point(group, raw);
    if (rc != HF_OK) {
        return rc;
    }
    OSSL_PARAM params[] = {
        group_param(group),
        point_param(raw),
        OSSL_PARAM_construct_end(),
    };
    return from_params(EVP_PKEY_PUBLIC_KEY, params, pkey);
}

static int parse_private(const EC_GROUP *group, hf_bytes raw, EVP_PKEY **pkey)
{
    uint8_t native[SCALAR_LEN_MAX];
    uint8_t memory[HF_OPENSSL_POINT_LEN_MAX];
    hf_buffer point = hf_buffer_of(memory, sizeof(memory));
    if (raw.len > sizeof(native)) {
        return HF_ERR_KEY;
    }
    int rc = hf_openssl_ec_public(group, raw, &point);
    if (rc == HF_OK) {
        rc = native_scalar(group, raw, native);
    }
    if (rc == HF_OK) {
        OSSL_PARAM params[] = {
            group_param(group),
            point_param(hf_bytes_of(point.data, point.len)),
            OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native, raw.len),
            OSSL_PARAM_construct_end(),
        };
        rc = from_params(EVP_PKEY_KEYPAIR, params, pkey);
    }
    hf_wipe(native, sizeof(native));
    return rc;
}

static int parse(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                 hf_openssl_key *made)
{
    const EC_GROUP *group = hf_openssl_ec_group(openssl, type);
    int rc = HF_KEY_CLASS(type) == HF_CLASS_PUBLIC
                 ? parse_public(group, raw, &made->pkey)
                 : parse_private(group, raw, &made->pkey);
    if (rc != HF_OK) {
        return rc;
    }
    made->verify = EVP_PKEY_CTX_new_from_pkey(NULL, made->pkey, NULL);
    if (made->verify == NULL || EVP_PKEY_verify_init(made->verify) != 1) {
        return HF_ERR_CRYPTO;
    }
    if (HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        return HF_OK;
    }
    made->sign = EVP_PKEY_CTX_new_from_pkey(NULL, made->pkey, NULL);
    if (made->sign == NULL || EVP_PKEY_sign_init(made->sign) != 1) {
        return HF_ERR_CRYPTO;
    }
    return hf_openssl_agree_prepare(made);
}

/* SP 800-56A 5.7.1.2, cofactor 1. The peer's point is checked at each use, also when it
 * was parsed before. */
static int agree(const hf_openssl *openssl, const hf_openssl_key *key,
                 const hf_crypto_op *op, hf_buffer *out)
{
    const EC_GROUP *group = hf_openssl_ec_group(openssl, op->key->type);
    const hf_openssl_key *parsed = op->peer->parsed;
    size_t len = hf_key_type_find(op->key->type)->raw_len_max;
    if (parsed != NULL) {
        int rc = hf_openssl_ec_check_point(group, op->peer->material);
        return rc != HF_OK ? rc : hf_openssl_agree_with(key, parsed->pkey, len, out);
    }
    EVP_PKEY *peer = NULL;
    int rc = parse_public(group, op->peer->material, &peer);
    if (rc == HF_OK) {
        rc = hf_openssl_agree_with(key, peer, len, out);
    }
    EVP_PKEY_free(peer);
    return rc;
}

static bool has_algorithm(const hf_openssl *openssl, uint16_t algorithm)
{
    return algorithm == HF_ALG_ECDSA || algorithm == HF_ALG_ECDH ||
           (algorithm == HF_ALG_ECDSA_DETERMINISTIC && openssl->has_nonce_type);
}

const hf_openssl_family hf_openssl_ec_family = {
    .family = HF_FAMILY_EC,
    .open = open_curves,
    .close = close_curves,
    .has_type = has_type,
    .has_algorithm = has_algorithm,
    .generate = generate,
    .import = hf_openssl_curve_import,
    .export_der = hf_openssl_curve_export_der,
    .public_key = hf_openssl_curve_public_key,
    .parse = parse,
    .sign = hf_openssl_ecdsa_sign,
    .verify = hf_openssl_ecdsa_verify,
    .agree = agree,
};
