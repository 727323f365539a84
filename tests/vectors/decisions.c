/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What Holdfast makes of vectors that leave it open ("acceptable"), by their flags. Each
 * row is explained in docs/vectors.md; the runner holds the server to it.
 */
#include <string.h>

#include "vectors/vectors.h"

typedef struct decision {
    const char *flag;
    bool is_forward_valid;  /* make, encrypt, sign */
    bool is_backward_valid; /* import, decrypt, verify, agree */
} decision;

/* The first row decides that names a flag of the vector. */
static const decision decisions[] = {
    /* Points: one encoding, one way to name a curve, canonical DER. */
    { "CompressedPoint", false, false },
    { "UnnamedCurve", false, false },
    { "InvalidAsn", false, false },
    /* RFC 7748 6: an all-zero secret is refused; any other u-coordinate is taken, also
     * of the twist, and reduced when it is not canonical. */
    { "ZeroSharedSecret", false, false },
    { "LowOrderPublic", true, true },
    { "NonCanonicalPublic", true, true },
    { "Twist", true, true },
    /* FIPS 186-5 A.1.1: the public exponent of a private RSA key is more than 2^16. (Old
     * signatures under a public key with the exponent 3 are verified: they are valid.) */
    { "SmallPublicKey", false, false },
    /* SP 800-38F 5.3.1: KW takes two semiblocks and more. */
    { "ShortKey", false, false },
    /* SHA-1: old signatures are verified, no new ones made. */
    { "WeakHash", false, true },
    /* RFC 8017 9.2: the DigestInfo is compared as a whole. */
    { "MissingNull", false, false },
    /* No negative number is a prime of a key. */
    { "NegativeOfPrime", false, false },
};

/* What the protocol or its tables (algorithm.h) do not have is refused as such, before
 * any cryptography. Only these vectors may be refused so. */
static const char *const misshapen[] = {
    "EmptyKey",        "IncorrectPrivateKeyLength",
    "InsecureTagSize", "IncorrectSignatureLength",
    "InvalidContext",  "InvalidCiphertext",
    "InvalidEncoding", "InvalidCiphertextFormat",
    "InvalidKeySize",  "InvalidNonceSize",
    "InvalidTagSize",  "InvalidWrappingSize",
    "NoPadding",       "SignatureSize",
    "ShortKey",        "SizeTooLarge",
    "WeakHash",        "WrongDataSize",
    "ZeroLengthIv",
};

static bool has_flag(const json_t *test, const char *flag)
{
    size_t index;
    json_t *value;
    json_array_foreach(json_object_get(test, "flags"), index, value)
    {
        const char *text = json_string_value(value);
        if (text != NULL && strcmp(text, flag) == 0) {
            return true;
        }
    }
    return false;
}

bool vectors_decide(vectors_case *c)
{
    const char *result = vectors_text(c->test, "result");
    bool is_valid = strcmp(result, "valid") == 0;
    c->is_forward_valid = is_valid;
    c->is_backward_valid = is_valid;
    for (size_t i = 0; i < sizeof misshapen / sizeof misshapen[0]; i++) {
        c->is_misshapen = c->is_misshapen || has_flag(c->test, misshapen[i]);
    }
    if (strcmp(result, "acceptable") != 0) {
        return is_valid || strcmp(result, "invalid") == 0;
    }
    for (size_t i = 0; i < sizeof decisions / sizeof decisions[0]; i++) {
        if (has_flag(c->test, decisions[i].flag)) {
            c->is_forward_valid = decisions[i].is_forward_valid;
            c->is_backward_valid = decisions[i].is_backward_valid;
            return true;
        }
    }
    return false;
}
