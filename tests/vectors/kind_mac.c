/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * MACs: HMAC, CMAC and GMAC, whole and cut, at once and as a stream.
 */
#include <string.h>

#include "vectors/vectors.h"

#define STREAM_PART 13u

typedef struct mac {
    uint16_t algorithm;
    uint16_t len; /* bytes of the MAC */
    hf_handle key;
    hf_bytes nonce, message, tag;
} mac;

static void mac_one_shot(vectors_case *c, const mac *m)
{
    hf_mac_verify_response nothing;
    int rc = hf_client_mac_verify(c->run->client,
                                  &(hf_mac_verify_request){ .handle = m->key,
                                                            .algorithm = m->algorithm,
                                                            .mac_len = m->len,
                                                            .nonce = m->nonce,
                                                            .mac = m->tag,
                                                            .data = m->message },
                                  &nothing);
    vectors_checked(c, "verify", rc);
    hf_mac_generate_response made = { 0 };
    rc = hf_client_mac_generate(c->run->client,
                                &(hf_mac_generate_request){ .handle = m->key,
                                                            .algorithm = m->algorithm,
                                                            .mac_len = m->len,
                                                            .nonce = m->nonce,
                                                            .data = m->message },
                                &made);
    vectors_produced(c, "generate", rc, made.mac, m->tag);
}

/* The stream's finish, with what it answers. */
static int mac_stream(vectors_case *c, const mac *m, bool is_verify,
                      hf_stream_finish_response *end)
{
    hf_client *client = c->run->client;
    hf_mac_start_response start = { 0 };
    int rc = hf_client_mac_start(client,
                                 &(hf_mac_start_request){ .handle = m->key,
                                                          .algorithm = m->algorithm,
                                                          .mac_len = m->len,
                                                          .nonce = m->nonce,
                                                          .is_verify = is_verify },
                                 &start);
    for (size_t at = 0; rc == HF_OK && at < m->message.len; at += STREAM_PART) {
        size_t left = m->message.len - at;
        hf_stream_update_request part = {
            .stream = start.stream,
            .data = hf_bytes_of(m->message.data + at,
                                left < STREAM_PART ? left : STREAM_PART),
        };
        hf_stream_update_response nothing;
        rc = hf_client_stream_update(client, &part, &nothing);
    }
    if (start.stream != 0) {
        hf_stream_finish_request finish = { .stream = start.stream };
        finish.mac = is_verify ? m->tag : finish.mac;
        int finish_rc = hf_client_stream_finish(client, &finish, end);
        rc = rc == HF_OK ? finish_rc : rc;
    }
    return rc;
}

static void mac_streams(vectors_case *c, const mac *m)
{
    hf_stream_finish_response end = { 0 };
    vectors_checked(c, "verify as a stream", mac_stream(c, m, true, &end));
    int rc = mac_stream(c, m, false, &end);
    vectors_produced(c, "generate as a stream", rc, end.data, m->tag);
}

static uint32_t aes_type(size_t len)
{
    return len == 32 ? HF_KEY_AES_256 : len == 24 ? HF_KEY_AES_192 : HF_KEY_AES_128;
}

/* `policy`: of the key, beside the length of its MACs. */
static void drive(vectors_case *c, mac *m, uint32_t policy)
{
    hf_bytes key = vectors_field(c, "key");
    bool is_hmac = hf_algorithm_find(m->algorithm)->hash != 0;
    m->message = vectors_field(c, "msg");
    m->tag = vectors_field(c, "tag");
    m->len = (uint16_t)(vectors_number(c->group, "tagSize") / 8);
    m->key = vectors_import(
        c, &(hf_key_import_request){ .type = is_hmac ? HF_KEY_HMAC : aes_type(key.len),
                                     .flags = HF_USAGE_SIGN | HF_USAGE_VERIFY |
                                              HF_FLAG_MAC_LEN(m->len) | policy,
                                     .material = key });
    if (m->key == 0) {
        return;
    }
    mac_one_shot(c, m);
    if (!c->has_failed) {
        mac_streams(c, m);
    }
    vectors_erase(c, m->key);
}

void drive_mac(vectors_case *c)
{
    const char *name = c->algorithm;
    mac m = { .algorithm = strcmp(name, "AES-CMAC") == 0       ? HF_ALG_AES_CMAC
                           : strcmp(name, "HMACSHA3-256") == 0 ? HF_ALG_HMAC_SHA3_256
                                                               : HF_ALG_HMAC_SHA256 };
    drive(c, &m, 0);
}

void drive_gmac(vectors_case *c)
{
    mac m = { .algorithm = HF_ALG_AES_GMAC, .nonce = vectors_field(c, "iv") };
    drive(c, &m, HF_FLAG_ALLOW_NONCE);
}
