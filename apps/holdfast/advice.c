/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Advice: see advice.h. One row for each request and status whose text alone leaves the
 * user in the dark.
 */
#include "advice.h"

#include <stddef.h>
#include <string.h>

#include "holdfast/status.h"

typedef struct advice {
    const char *what;
    int status;
    const char *text;
} advice;

#define USAGE_OF_TYPE "keys of this type cannot have such a usage: see capabilities"
#define WRAPPED_WRONG "another key wrapped it, or it was changed"
#define LENGTH_OF_MAC                                                                    \
    "the key takes no MAC of this length (whole ones, or from its mac length min on)"
#define NEW_SECRET                                                                       \
    "--length must be what --type has, SHA-1 derives nothing, and tls12-prf needs a "    \
    "--kdf-label or --salt"

// clang-format off
static const advice advices[] = {
    { "key generate", HF_ERR_TYPE, "public keys are imported, not generated" },
    { "key generate", HF_ERR_USAGE, USAGE_OF_TYPE },
    { "key generate", HF_ERR_ARG,
      "LMS keys are always stored, and ephemeral ones never: see --cache-only" },
    { "key generate", HF_ERR_TIMEOUT,
      "the server goes on, so look at key list before you try again with --timeout MS" },
    { "key import", HF_ERR_VERIFY, "wrong passphrase" },
    { "key import", HF_ERR_USAGE, USAGE_OF_TYPE },
    { "key import", HF_ERR_KEY,
      "it must be whole and of the type that was named, with a named curve and "
      "uncompressed points" },
    { "key wrap", HF_ERR_ARG, "no key wraps itself" },
    { "key wrap", HF_ERR_RANGE,
      "wrap-aes-kw takes multiples of 8 bytes (wrap-aes-kwp any length), and SHA-1 only "
      "unwraps" },
    { "key wrap", HF_ERR_ACCESS, "nonexportable keys leave under a trusted key only" },
    { "key unwrap", HF_ERR_DECODE, "the file is no key in this form: see --algorithm" },
    { "key unwrap", HF_ERR_VERSION, "the file is no key in this form: see --algorithm" },
    { "key unwrap", HF_ERR_VERIFY, WRAPPED_WRONG },
    { "key unwrap", HF_ERR_KEY,
      "what was wrapped is no key of this --type: raw, or PKCS#8 of a private key" },
    { "key unwrap-data", HF_ERR_DECODE, "key wrap-data did not write this file" },
    { "key unwrap-data", HF_ERR_VERSION, "key wrap-data did not write this file" },
    { "key unwrap-data", HF_ERR_VERIFY, WRAPPED_WRONG },
    { "key derive", HF_ERR_TYPE, "KEY must suit --kdf, and --type be symmetric" },
    { "key derive", HF_ERR_RANGE, NEW_SECRET },
    { "key agree", HF_ERR_ARG, "without --kdf the new key is of type secret or hmac" },
    { "key agree", HF_ERR_RANGE, NEW_SECRET },
    { "key agree", HF_ERR_KEY,
      "the public key must be one of the same curve, with an uncompressed point" },
    { "sign", HF_ERR_LIMIT, "the key has no signatures left" },
    { "sign", HF_ERR_RANGE,
      "SHA-1 only verifies, and the digest, --salt-length and --context must suit "
      "algorithm and key" },
    { "mac generate", HF_ERR_ACCESS, LENGTH_OF_MAC },
    { "mac generate", HF_ERR_NOTSUPPORTED, "hmac-sha1 only verifies MACs" },
    { "mac verify", HF_ERR_ACCESS, LENGTH_OF_MAC },
    { "encrypt", HF_ERR_ACCESS,
      "ECB, RSA without padding and a --nonce need the key's --policy" },
    { "encrypt", HF_ERR_RANGE,
      "aes-ecb and aes-cbc take whole blocks, RSA less than its modulus; the length of "
      "nonce and tag must suit the algorithm" },
};
// clang-format on

const char *hfc_advice(const char *what, int status)
{
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        if (advices[i].status == status && strcmp(advices[i].what, what) == 0) {
            return advices[i].text;
        }
    }
    return NULL;
}
