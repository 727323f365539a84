/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Key agreement: ECDH with points and with SubjectPublicKeyInfo, X25519 and X448. The
 * secret is asked for, which the key must allow.
 */
#include <string.h>

#include "vectors/vectors.h"

typedef struct agreement {
    uint16_t algorithm;
    uint32_t key_type;
    hf_bytes private_key;
    uint16_t peer_format;
    hf_bytes peer;
} agreement;

#define PEER_LEN_MAX 1024u /* bytes that the request carries */

static void agree(vectors_case *c, const agreement *a)
{
    c->is_misshapen = a->peer.len == 0 || a->peer.len > PEER_LEN_MAX;
    hf_handle base = vectors_import(
        c, &(hf_key_import_request){ .type = a->key_type,
                                     .flags = HF_USAGE_DERIVE | HF_FLAG_ALLOW_SECRET,
                                     .material = a->private_key });
    if (base == 0) {
        return;
    }
    hf_key_agree_response answer = { 0 };
    int rc = hf_client_key_agree(c->run->client,
                                 &(hf_key_agree_request){ .base = base,
                                                          .algorithm = a->algorithm,
                                                          .peer_format = a->peer_format,
                                                          .peer = a->peer,
                                                          .is_exported = 1 },
                                 &answer);
    vectors_recovered(c, "agree", rc, answer.secret, vectors_field(c, "shared"));
    vectors_erase(c, base);
}

void drive_ecdh(vectors_case *c)
{
    bool is_p256 = strcmp(vectors_text(c->group, "curve"), "secp256r1") == 0;
    bool is_point = strcmp(vectors_text(c->group, "encoding"), "ecpoint") == 0;
    agree(c, &(agreement){ .algorithm = HF_ALG_ECDH,
                           .key_type = is_p256 ? HF_KEY_P256 : HF_KEY_P384,
                           .private_key = vectors_padded(c, vectors_field(c, "private"),
                                                         is_p256 ? 32 : 48),
                           .peer_format = is_point ? HF_FORMAT_RAW : HF_FORMAT_DER,
                           .peer = vectors_field(c, "public") });
}

void drive_xdh(vectors_case *c)
{
    bool is_25519 = strcmp(vectors_text(c->group, "curve"), "curve25519") == 0;
    agree(c, &(agreement){ .algorithm = HF_ALG_XDH,
                           .key_type = is_25519 ? HF_KEY_X25519 : HF_KEY_X448,
                           .private_key = vectors_field(c, "private"),
                           .peer_format = HF_FORMAT_RAW,
                           .peer = vectors_field(c, "public") });
}
