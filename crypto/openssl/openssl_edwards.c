/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Ed25519 and Ed448 keys in the libcrypto device (RFC 8032). libcrypto takes any string
 * of the right length as a public key and finds out when it verifies; here a point is
 * checked when it is imported.
 */
#include "openssl_curve.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

/* Of Ed448. */
#define KEY_LEN_MAX 57

static bool is_ed25519(uint32_t type)
{
    return HF_KEY_PARAMETER(type) == HF_CURVE_ED25519;
}

static int make_pkey(uint32_t type, hf_bytes raw, EVP_PKEY **pkey)
{
    const char *name = is_ed25519(type) ? "ED25519" : "ED448";
    if (HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        int rc = hf_openssl_edwards_check_point(type, raw);
        if (rc != HF_OK) {
            return rc;
        }
        *pkey = EVP_PKEY_new_raw_public_key_ex(NULL, name, NULL, raw.data, raw.len);
    } else {
        *pkey = EVP_PKEY_new_raw_private_key_ex(NULL, name, NULL, raw.data, raw.len);
    }
    return *pkey != NULL ? HF_OK : HF_ERR_CRYPTO;
}

int hf_openssl_edwards_public(uint32_t type, hf_bytes seed, hf_buffer *out)
{
    EVP_PKEY *pkey = NULL;
    int rc = make_pkey(type, seed, &pkey);
    if (rc == HF_OK) {
        rc = hf_openssl_raw_public(pkey, out);
    }
    EVP_PKEY_free(pkey);
    return rc;
}

/* The numbers of the check; public, so time does not matter. */
typedef struct curve_check {
    BN_CTX *ctx;
    BIGNUM *p;
    BIGNUM *d;
    BIGNUM *y;
    BIGNUM *u;
    BIGNUM *v;
    BIGNUM *w;
} curve_check;

/* RFC 8032 5.1: p = 2^255 - 19, d = -121665 / 121666. */
static bool set_ed25519(curve_check *c)
{
    return BN_set_bit(c->p, 255) == 1 && BN_sub_word(c->p, 19) == 1 &&
           BN_set_word(c->d, 121666) == 1 &&
           BN_mod_inverse(c->d, c->d, c->p, c->ctx) != NULL &&
           BN_mul_word(c->d, 121665) == 1 && BN_sub(c->d, c->p, c->d) == 1 &&
           BN_nnmod(c->d, c->d, c->p, c->ctx) == 1;
}

/* RFC 8032 5.2: p = 2^448 - 2^224 - 1, d = -39081. */
static bool set_ed448(curve_check *c)
{
    return BN_set_bit(c->p, 448) == 1 && BN_set_bit(c->d, 224) == 1 &&
           BN_sub(c->p, c->p, c->d) == 1 && BN_sub_word(c->p, 1) == 1 &&
           BN_copy(c->d, c->p) != NULL && BN_sub_word(c->d, 39081) == 1;
}

/* u = y^2 - 1, and v, which is never 0, so that x^2 = u / v: on Ed25519 d y^2 + 1, on
 * Ed448 d y^2 - 1. Of u and v their product is left in v, and y^2 v + u in w. */
static bool set_fraction(curve_check *c, bool is_25519)
{
    return BN_mod_sqr(c->u, c->y, c->p, c->ctx) == 1 &&
           BN_mod_mul(c->v, c->d, c->u, c->p, c->ctx) == 1 &&
           (is_25519 ? BN_add_word(c->v, 1)
                     : BN_mod_sub(c->v, c->v, BN_value_one(), c->p, c->ctx)) == 1 &&
           BN_mod_mul(c->w, c->u, c->v, c->p, c->ctx) == 1 &&
           BN_mod_sub(c->u, c->u, BN_value_one(), c->p, c->ctx) == 1 &&
           BN_mod_add(c->w, c->w, c->u, c->p, c->ctx) == 1 &&
           BN_mod_mul(c->v, c->u, c->v, c->p, c->ctx) == 1;
}

/* A point whose order divides the cofactor: under such a public key everybody can sign.
 * Orders 1 and 2 have x = 0, so u = 0, order 4 has y = 0. On Ed25519 the double of one of
 * order 8 has y = 0: (y^2 + x^2) = 0, which is y^2 (d y^2 + 1) + y^2 - 1 = 0. */
static bool is_of_small_order(const curve_check *c, bool is_25519)
{
    return BN_is_zero(c->u) || BN_is_zero(c->y) || (is_25519 && BN_is_zero(c->w));
}

/* RFC 8032 5.1.3, 5.2.3: y < p, and x^2 = u / v has a root. u / v has one exactly when
 * u v has. The encoding of x = 0 with a sign is among those of small order. */
static int check(curve_check *c, uint32_t type, hf_bytes point)
{
    uint8_t bytes[KEY_LEN_MAX];
    memcpy(bytes, point.data, point.len);
    bytes[point.len - 1] &= 0x7Fu; /* the sign of x */
    if (!(is_ed25519(type) ? set_ed25519(c) : set_ed448(c)) ||
        BN_lebin2bn(bytes, (int)point.len, c->y) == NULL) {
        return HF_ERR_CRYPTO;
    }
    if (BN_cmp(c->y, c->p) >= 0) {
        return HF_ERR_KEY;
    }
    if (!set_fraction(c, is_ed25519(type))) {
        return HF_ERR_CRYPTO;
    }
    if (is_of_small_order(c, is_ed25519(type))) {
        return HF_ERR_KEY;
    }
    int symbol = BN_kronecker(c->v, c->p, c->ctx);
    if (symbol < -1) {
        return HF_ERR_CRYPTO;
    }
    return symbol == 1 ? HF_OK : HF_ERR_KEY;
}

int hf_openssl_edwards_check_point(uint32_t type, hf_bytes point)
{
    if (point.len != hf_key_type_find(type)->public_len) {
        return HF_ERR_KEY;
    }
    curve_check c = { .ctx = BN_CTX_new() };
    if (c.ctx == NULL) {
        return HF_ERR_NOMEM;
    }
    BN_CTX_start(c.ctx);
    c.p = BN_CTX_get(c.ctx);
    c.d = BN_CTX_get(c.ctx);
    c.y = BN_CTX_get(c.ctx);
    c.u = BN_CTX_get(c.ctx);
    c.v = BN_CTX_get(c.ctx);
    c.w = BN_CTX_get(c.ctx); /* NULL when one of them could not be had */
    int rc = c.w != NULL ? check(&c, type, point) : HF_ERR_NOMEM;
    BN_CTX_end(c.ctx);
    BN_CTX_free(c.ctx);
    return rc;
}

static int parse(const hf_openssl *openssl, uint32_t type, hf_bytes raw,
                 hf_openssl_key *made)
{
    (void)openssl;
    int rc = make_pkey(type, raw, &made->pkey);
    return rc == HF_OK ? hf_openssl_prepare_md(type, made) : rc;
}

static int open_edwards(hf_openssl *openssl)
{
    openssl->has_instance = hf_openssl_eddsa_has_instance();
    ERR_clear_error();
    return HF_OK;
}

static bool has_algorithm(const hf_openssl *openssl, uint16_t algorithm)
{
    switch (algorithm) {
    case HF_ALG_ED25519:
    case HF_ALG_ED448:
        return true;
    case HF_ALG_ED25519_CTX:
    case HF_ALG_ED25519_PH:
    case HF_ALG_ED448_PH:
        return openssl->has_instance;
    default:
        return false;
    }
}

/* A seed is any string (RFC 8032 5.1.5, 5.2.5). */
static int generate(const hf_openssl *openssl, uint32_t type, hf_buffer *out)
{
    (void)openssl;
    return hf_openssl_generate_bytes(hf_key_type_find(type)->raw_len_max, out);
}

const hf_openssl_family hf_openssl_edwards_family = {
    .family = HF_FAMILY_EDWARDS,
    .open = open_edwards,
    .has_algorithm = has_algorithm,
    .generate = generate,
    .import = hf_openssl_curve_import,
    .export_der = hf_openssl_curve_export_der,
    .public_key = hf_openssl_curve_public_key,
    .parse = parse,
    .sign = hf_openssl_eddsa_sign,
    .verify = hf_openssl_eddsa_verify,
};
