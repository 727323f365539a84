/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Primality. No request tests a number, but the import of an RSA key tests its primes: a
 * number of 1024 bits is put into a key of 2048 bits beside a prime, and all the other
 * numbers are computed so that they fit, as if it were prime.
 */
#include <openssl/bn.h>

#include "holdfast/crypto_rsa.h"
#include "vectors/vectors.h"

#define PRIME_BITS 1024
#define PRIME_LEN (PRIME_BITS / 8)
/* 2^1024 - OTHER_PRIME is the largest prime below 2^1024. */
#define OTHER_PRIME 105
#define PUBLIC_EXPONENT 65537

typedef enum number_name { N, E, D, P, Q, DP, DQ, QINV, P_1, Q_1, NUMBER_COUNT } name;

typedef struct pair {
    BN_CTX *ctx;
    BIGNUM *bn[NUMBER_COUNT];
} pair;

static bool pair_init(pair *k, hf_bytes p)
{
    k->ctx = BN_CTX_new();
    bool is_ok = k->ctx != NULL;
    for (int i = 0; i < NUMBER_COUNT; i++) {
        k->bn[i] = BN_new();
        is_ok = is_ok && k->bn[i] != NULL;
    }
    return is_ok && BN_bin2bn(p.data, (int)p.len, k->bn[P]) != NULL &&
           BN_set_word(k->bn[E], PUBLIC_EXPONENT) == 1 &&
           BN_set_bit(k->bn[Q], PRIME_BITS) == 1 &&
           BN_sub_word(k->bn[Q], OTHER_PRIME) == 1;
}

static void pair_cleanup(pair *k)
{
    for (int i = 0; i < NUMBER_COUNT; i++) {
        BN_free(k->bn[i]);
    }
    BN_CTX_free(k->ctx);
}

/* False too when there are no such numbers: (p - 1)(q - 1) is a multiple of e, or n is
 * too short. */
static bool pair_complete(pair *k)
{
    BIGNUM *const *bn = k->bn;
    BIGNUM *phi = BN_new();
    bool is_ok = phi != NULL && BN_mul(bn[N], bn[P], bn[Q], k->ctx) == 1 &&
                 BN_num_bits(bn[N]) == 2 * PRIME_BITS &&
                 BN_sub(bn[P_1], bn[P], BN_value_one()) == 1 &&
                 BN_sub(bn[Q_1], bn[Q], BN_value_one()) == 1 &&
                 BN_mul(phi, bn[P_1], bn[Q_1], k->ctx) == 1 &&
                 BN_mod_inverse(bn[D], bn[E], phi, k->ctx) != NULL &&
                 BN_mod(bn[DP], bn[D], bn[P_1], k->ctx) == 1 &&
                 BN_mod(bn[DQ], bn[D], bn[Q_1], k->ctx) == 1 &&
                 BN_mod_inverse(bn[QINV], bn[Q], bn[P], k->ctx) != NULL;
    BN_free(phi);
    return is_ok;
}

static hf_bytes number(vectors_case *c, const BIGNUM *bn)
{
    uint8_t *memory = vectors_take(c, (size_t)BN_num_bytes(bn));
    if (c->has_failed) {
        return hf_bytes_of(NULL, 0);
    }
    return hf_bytes_of(memory, (size_t)BN_bn2bin(bn, memory));
}

static void import_pair(vectors_case *c, const pair *k)
{
    uint8_t raw[2048];
    hf_buffer out = hf_buffer_of(raw, sizeof raw);
    hf_rsa_numbers numbers = { .n = number(c, k->bn[N]),
                               .e = number(c, k->bn[E]),
                               .d = number(c, k->bn[D]),
                               .p = number(c, k->bn[P]),
                               .q = number(c, k->bn[Q]),
                               .dp = number(c, k->bn[DP]),
                               .dq = number(c, k->bn[DQ]),
                               .qinv = number(c, k->bn[QINV]) };
    int rc = hf_rsa_encode(HF_KEY_RSA_2048, &numbers, &out);
    if (rc != HF_OK || c->has_failed) {
        vectors_fail(c, "the numbers cannot be encoded");
        return;
    }
    hf_handle handle = vectors_import(
        c, &(hf_key_import_request){ .type = HF_KEY_RSA_2048,
                                     .flags = HF_USAGE_SIGN,
                                     .material = hf_bytes_of(out.data, out.len) });
    if (handle != 0) {
        vectors_checked(c, "import", HF_OK);
    }
    vectors_erase(c, handle);
}

void drive_primality(vectors_case *c)
{
    hf_bytes value = vectors_padded(c, vectors_field(c, "value"), 0);
    if (value.len != PRIME_LEN || (value.data[0] & 0x80u) == 0) {
        vectors_skip(c, "no request tests a number that cannot be a prime of RSA-2048");
        return;
    }
    pair k = { 0 };
    if (!pair_init(&k, value)) {
        vectors_fail(c, "libcrypto is out of memory");
    } else if (!pair_complete(&k)) {
        vectors_skip(c, "no RSA key has this number and the exponent 65537");
    } else {
        import_pair(c, &k);
    }
    pair_cleanup(&k);
}
