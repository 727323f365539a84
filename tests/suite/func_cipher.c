/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Encryption and streams, through client and server: every row of the table with every
 * type of key that it takes, at the lengths around a block, and streams however they are
 * cut.
 */
#include <string.h>

#include "suite/abilities.h"
#include "suite/suite.h"

#define KEY 1u
#define TEXT_LEN 40000u /* more than a message takes */
#define PART_LEN_MAX 3000u

static uint8_t text[TEXT_LEN];

static void text_make(void)
{
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)(i * 11u + i / 251u);
    }
}

static void key_make(suite_env *env, hf_client *client, uint32_t type, uint32_t policy)
{
    hf_key_generate_response made;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_key_generate(
            client,
            &(hf_key_generate_request){ .handle = KEY,
                                        .type = type,
                                        .flags = hf_key_type_find(type)->usages | policy,
                                        .store = 1 },
            &made));
}

static hf_bytes prefix(size_t len)
{
    return hf_bytes_of(text, len);
}

static void copy(uint8_t *to, hf_bytes from)
{
    if (from.len > 0) {
        memcpy(to, from.data, from.len);
    }
}

/* ---- one message ---- */

/* What was encrypted, kept beyond the client's next call. */
typedef struct sealed {
    uint16_t algorithm;
    uint8_t nonce[HF_NONCE_LEN_MAX], tag[32], data[8192];
    size_t nonce_len, tag_len, len;
} sealed;

static int seal(hf_client *client, const hf_encrypt_request *request, sealed *box)
{
    hf_encrypt_response answer;
    int rc = hf_client_encrypt(client, request, &answer);
    if (rc != HF_OK) {
        return rc;
    }
    if (answer.ciphertext.len > sizeof box->data || answer.tag.len > sizeof box->tag) {
        return HF_ERR_SIZE;
    }
    *box = (sealed){ .algorithm = request->algorithm,
                     .nonce_len = answer.nonce.len,
                     .tag_len = answer.tag.len,
                     .len = answer.ciphertext.len };
    copy(box->nonce, answer.nonce);
    copy(box->tag, answer.tag);
    copy(box->data, answer.ciphertext);
    return HF_OK;
}

static int unseal(hf_client *client, const sealed *box, hf_bytes aad,
                  hf_decrypt_response *answer)
{
    return hf_client_decrypt(
        client,
        &(hf_decrypt_request){ .handle = KEY,
                               .algorithm = box->algorithm,
                               .nonce = hf_bytes_of(box->nonce, box->nonce_len),
                               .aad = aad,
                               .tag = hf_bytes_of(box->tag, box->tag_len),
                               .ciphertext = hf_bytes_of(box->data, box->len) },
        answer);
}

/* Lengths that the row takes forward. */
static bool is_len(const hf_algorithm *row, size_t len)
{
    return len >= row->input_len_min &&
           (row->input_unit == 0 || len % row->input_unit == 0);
}

static bool is_authentic(const hf_algorithm *row)
{
    return row->class == HF_CLASS_AEAD || row->id == HF_ALG_AES_KW ||
           row->id == HF_ALG_AES_KWP;
}

/* Each byte of what authenticates counts. */
static void changes_try(suite_env *env, hf_client *client, const sealed *box,
                        hf_bytes aad)
{
    hf_decrypt_response plain;
    sealed wrong = *box;
    if (box->len > 0) {
        wrong.data[box->len / 2] ^= 0x10;
        SUITE_EXPECT(env, HF_ERR_VERIFY, unseal(client, &wrong, aad, &plain));
    }
    if (box->tag_len > 0) {
        wrong = *box;
        wrong.tag[box->tag_len - 1] ^= 1;
        SUITE_EXPECT(env, HF_ERR_VERIFY, unseal(client, &wrong, aad, &plain));
        SUITE_EXPECT(env, HF_ERR_VERIFY,
                     unseal(client, box, hf_bytes_of("b", 1), &plain));
        wrong = *box;
        wrong.nonce[0] ^= 1;
        SUITE_EXPECT(env, HF_ERR_VERIFY, unseal(client, &wrong, aad, &plain));
    }
}

static void round_trip(suite_env *env, hf_client *client, const hf_algorithm *row,
                       size_t len)
{
    bool must_give = (row->traits & HF_TRAIT_CALLER_NONCE) != 0;
    hf_bytes aad = hf_bytes_of("aad", row->class == HF_CLASS_AEAD ? 3 : 0);
    hf_decrypt_response plain;
    static sealed box;
    int rc = seal(client,
                  &(hf_encrypt_request){ .handle = KEY,
                                         .algorithm = row->id,
                                         .nonce = prefix(must_give ? 16 : 0),
                                         .aad = aad,
                                         .plaintext = prefix(len) },
                  &box);
    suite_expect(env, rc, is_len(row, len) ? HF_OK : HF_ERR_RANGE,
                 SUITE_PLACE(row->name));
    if (rc != HF_OK) {
        return;
    }
    SUITE_TRUE(env, box.nonce_len == row->nonce_len && box.tag_len == row->output_len);
    SUITE_TRUE(env, box.len <= hf_crypto_cipher_len_max(row->id, 0, len, false) &&
                        (len < 16 || memcmp(box.data, text, 16) != 0));
    suite_expect(env, unseal(client, &box, aad, &plain), HF_OK, SUITE_PLACE(row->name));
    SUITE_TRUE(env, plain.plaintext.len == len &&
                        (len == 0 || memcmp(plain.plaintext.data, text, len) == 0));
    if (is_authentic(row)) {
        changes_try(env, client, &box, aad);
    }
}

static bool is_cipher(const hf_algorithm *row)
{
    return row->class == HF_CLASS_AEAD || row->class == HF_CLASS_CIPHER;
}

static void ciphers_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static suite_abilities abilities;
    static const size_t lens[] = { 0, 1, 8, 15, 16, 17, 24, 31, 32, 33, 1000, 4096 };
    const hf_key_type_info *info;
    const hf_algorithm *row;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    text_make();
    suite_abilities_get(env, client, &abilities);
    for (size_t t = 0; (info = hf_key_type_at(t)) != NULL; t++) {
        for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
            if (!is_cipher(row) || !hf_algorithm_fits(row, info->type, false)) {
                continue;
            }
            SUITE_TRUE(env, suite_has_algorithm(&abilities, row->id));
            key_make(env, client, info->type, row->policy);
            for (size_t j = 0; j < sizeof lens / sizeof lens[0]; j++) {
                round_trip(env, client, row, lens[j]);
            }
        }
    }
    suite_client_close(&one);
}

/* ---- streams ---- */

/* A stream under way, and what has come out. */
typedef struct flow {
    uint16_t number;
    size_t at; /* bytes of the text that are in it */
    uint8_t out[TEXT_LEN + 64], tag[32];
    size_t len, tag_len;
} flow;

/* What all streams of one try have in common. */
typedef struct flow_plan {
    const hf_algorithm *row;
    bool is_backward;
    uint8_t nonce[16];
    size_t nonce_len;
} flow_plan;

static void out_append(suite_env *env, flow *f, hf_bytes more)
{
    SUITE_TRUE(env, more.len <= sizeof f->out - f->len);
    copy(f->out + f->len, more);
    f->len += more.len;
}

static int cipher_begin(hf_client *client, const flow_plan *plan, flow *f)
{
    hf_cipher_start_response answer;
    int rc = hf_client_cipher_start(
        client,
        &(hf_cipher_start_request){ .handle = KEY,
                                    .algorithm = plan->row->id,
                                    .nonce = hf_bytes_of(plan->nonce, plan->nonce_len),
                                    .is_decrypt = plan->is_backward },
        &answer);
    f->number = rc == HF_OK ? answer.stream : 0;
    return rc;
}

static int mac_begin(hf_client *client, const flow_plan *plan, flow *f)
{
    hf_mac_start_response answer;
    int rc = hf_client_mac_start(
        client,
        &(hf_mac_start_request){ .handle = KEY,
                                 .algorithm = plan->row->id,
                                 .nonce = hf_bytes_of(plan->nonce, plan->nonce_len) },
        &answer);
    f->number = rc == HF_OK ? answer.stream : 0;
    return rc;
}

static int hash_begin(hf_client *client, const flow_plan *plan, flow *f)
{
    hf_hash_start_response answer;
    bool is_xof = (plan->row->traits & HF_TRAIT_XOF) != 0;
    int rc =
        hf_client_hash_start(client,
                             &(hf_hash_start_request){ .algorithm = plan->row->id,
                                                       .output_len = is_xof ? 1000 : 0 },
                             &answer);
    f->number = rc == HF_OK ? answer.stream : 0;
    return rc;
}

static void flow_begin(suite_env *env, hf_client *client, const flow_plan *plan, flow *f)
{
    *f = (flow){ .number = 0 };
    int rc = plan->row->class == HF_CLASS_HASH  ? hash_begin(client, plan, f)
             : plan->row->class == HF_CLASS_MAC ? mac_begin(client, plan, f)
                                                : cipher_begin(client, plan, f);
    suite_expect(env, rc, HF_OK, SUITE_PLACE(plan->row->name));
}

/* The next part, of any length. */
static void flow_feed(suite_env *env, hf_client *client, flow *f, hf_bytes input,
                      size_t part)
{
    hf_stream_update_response answer;
    size_t left = input.len - f->at;
    part = part < left ? part : left;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_stream_update(
            client,
            &(hf_stream_update_request){ .stream = f->number,
                                         .data = hf_bytes_of(input.data + f->at, part) },
            &answer));
    f->at += part;
    out_append(env, f, answer.data);
}

static void flow_end(suite_env *env, hf_client *client, flow *f)
{
    hf_stream_finish_response answer;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_stream_finish(
            client, &(hf_stream_finish_request){ .stream = f->number }, &answer));
    out_append(env, f, answer.data);
    SUITE_TRUE(env, answer.tag.len <= sizeof f->tag);
    f->tag_len = answer.tag.len;
    copy(f->tag, answer.tag);
}

/* Two streams at once over the same input, each cut in its own way: the same comes out.
 * The first is left in *a. */
static void flows_run(suite_env *env, hf_client *client, const flow_plan *plan,
                      hf_bytes input, flow *a)
{
    static flow b;
    suite_random random = { .state = env->seed + plan->row->id };
    flow_begin(env, client, plan, a);
    flow_begin(env, client, plan, &b);
    while (a->at < input.len || b.at < input.len) {
        flow *next = suite_random_below(&random, 2) == 0 ? a : &b;
        flow_feed(env, client, next, input, suite_random_below(&random, PART_LEN_MAX));
    }
    flow_end(env, client, &b);
    flow_end(env, client, a);
    suite_expect_true(env,
                      a->len == b.len && memcmp(a->out, b.out, a->len) == 0 &&
                          a->tag_len == b.tag_len &&
                          memcmp(a->tag, b.tag, a->tag_len) == 0,
                      SUITE_PLACE(plan->row->name));
}

/* What an AEAD's stream gave is decrypted in one piece, so it is a short one. */
static void aead_try(suite_env *env, hf_client *client, const flow_plan *plan)
{
    static flow a;
    static sealed box;
    hf_decrypt_response plain;
    flows_run(env, client, plan, prefix(8000), &a);
    box = (sealed){ .algorithm = plan->row->id,
                    .nonce_len = plan->nonce_len,
                    .tag_len = a.tag_len,
                    .len = a.len };
    memcpy(box.nonce, plan->nonce, plan->nonce_len);
    memcpy(box.tag, a.tag, a.tag_len);
    memcpy(box.data, a.out, a.len);
    SUITE_EXPECT(env, HF_OK, unseal(client, &box, hf_bytes_of(NULL, 0), &plain));
    SUITE_TRUE(env, plain.plaintext.len == 8000 &&
                        memcmp(plain.plaintext.data, text, 8000) == 0);
}

static void row_try(suite_env *env, hf_client *client, const hf_algorithm *row)
{
    static flow a, back;
    flow_plan plan = { .row = row, .nonce_len = row->nonce_len };
    memset(plan.nonce, 0x35, sizeof plan.nonce);
    if (row->class == HF_CLASS_AEAD) {
        aead_try(env, client, &plan);
        return;
    }
    flows_run(env, client, &plan, prefix(sizeof text), &a);
    if (row->class == HF_CLASS_CIPHER) {
        plan.is_backward = true;
        flows_run(env, client, &plan, hf_bytes_of(a.out, a.len), &back);
        SUITE_TRUE(env,
                   back.len == sizeof text && memcmp(back.out, text, sizeof text) == 0);
    }
}

static void streams_run(suite_env *env, const void *argument)
{
    static suite_client one;
    const hf_algorithm *row;
    const hf_key_type_info *info;
    (void)argument;
    hf_client *client = suite_connect(env, &one, SUITE_WRITER);
    text_make();
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        bool is_legacy_mac =
            row->class == HF_CLASS_MAC && (row->traits & HF_TRAIT_LEGACY) != 0;
        if ((row->traits & HF_TRAIT_STREAM) == 0 || is_legacy_mac) {
            continue;
        }
        for (size_t t = 0; row->family != 0 && (info = hf_key_type_at(t)) != NULL; t++) {
            if (hf_algorithm_fits(row, info->type, false)) {
                key_make(env, client, info->type, row->policy | HF_FLAG_ALLOW_NONCE);
                row_try(env, client, row);
            }
        }
        if (row->family == 0) {
            row_try(env, client, row);
        }
    }
    suite_client_close(&one);
}

static const suite_case cases[] = {
    { "cipher: every row, key type and length", ciphers_run, NULL, 0 },
    { "stream: every row, however it is cut", streams_run, NULL, 0 },
};

const suite_cases suite_cipher_cases = SUITE_CASES(cases);
