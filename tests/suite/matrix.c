/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The matrix: every row of the algorithm table, in every direction, as one call and as a
 * stream, on every type of key that fits it, with every single usage missing, with every
 * single usage alone, with none, and revoked. The table says what there is; nothing is
 * listed here by hand but what is no row (public export, wrapping of data).
 */
#include <string.h>

#include "suite/abilities.h"
#include "suite/operate.h"

#define FULL 1u      /* may do everything: makes what backward operations take */
#define TESTED 2u    /* the same material with the flags under test */
#define KEK 3u       /* wraps the key under test */
#define WRAPPED 4u   /* is wrapped by the key under test */
#define UNWRAPPED 5u /* comes back */
#define ALLOWED (HF_FLAG_ALLOW_ECB | HF_FLAG_ALLOW_RAW | HF_FLAG_ALLOW_SECRET)
#define ROWS_MAX 128u

typedef struct matrix {
    suite_env *env;
    hf_client *client;
    suite_abilities abilities;
    suite_exchange exchange;
    uint32_t type;  /* of the key under test */
    uint32_t flags; /* its usages */
    uint8_t material[4096];
    size_t material_len; /* 0: it cannot be imported */
    /* By row and direction: how often it was refused and done. */
    uint32_t refused[ROWS_MAX][2], done[ROWS_MAX][2];
} matrix;

/* ---- keys ---- */

/* Of types that differ in size alone, those that are quickly made, and whose signatures
 * fit a message of the suite. */
static bool is_tried(uint32_t type)
{
    switch (HF_KEY_FAMILY(type)) {
    case HF_FAMILY_RSA:
        return HF_KEY_PARAMETER(type) == 2048;
    case HF_FAMILY_SLH_DSA:
        return HF_KEY_PARAMETER(type) == HF_SLH_DSA_SHA2_128S;
    case HF_FAMILY_LMS:
        return type == HF_KEY_LMS(1, 5, 1) || type == HF_KEY_LMS_PUBLIC;
    default:
        return true;
    }
}

static void erase(matrix *m, hf_handle at)
{
    hf_key_erase_response none;
    int rc =
        hf_client_key_erase(m->client, &(hf_key_erase_request){ .handle = at }, &none);
    SUITE_TRUE(m->env, rc == HF_OK || rc == HF_ERR_NOTFOUND);
}

static int generate(matrix *m, hf_handle at, uint32_t type, uint32_t usages)
{
    hf_key_generate_response made;
    erase(m, at);
    return hf_client_key_generate(
        m->client,
        &(hf_key_generate_request){
            .handle = at, .type = type, .flags = usages | ALLOWED, .store = 1 },
        &made);
}

/* The key under test, with these usages. LMS keys cannot come from outside: a new one. */
static void tested_make(matrix *m, uint32_t usages)
{
    hf_key_import_response made;
    m->flags = usages;
    if (m->material_len == 0) {
        SUITE_EXPECT(m->env, HF_OK, generate(m, TESTED, m->type, usages));
        return;
    }
    erase(m, TESTED);
    SUITE_EXPECT(
        m->env, HF_OK,
        hf_client_key_import(m->client,
                             &(hf_key_import_request){
                                 .handle = TESTED,
                                 .type = m->type,
                                 .flags = usages | ALLOWED,
                                 .store = 1,
                                 .material = hf_bytes_of(m->material, m->material_len) },
                             &made));
}

static void tested_revoke(matrix *m)
{
    hf_key_revoke_response none;
    SUITE_EXPECT(m->env, HF_OK,
                 hf_client_key_revoke(
                     m->client, &(hf_key_revoke_request){ .handle = TESTED }, &none));
    m->flags = 0;
}

static int export_public(matrix *m, hf_handle at, hf_key_export_public_response *public)
{
    return hf_client_key_export_public(
        m->client, &(hf_key_export_public_request){ .handle = at }, public);
}

/* The full key of a private or secret type, its material, and what others need of it.
 * False: the server has no such keys. */
static bool full_make(matrix *m, const hf_key_type_info *info)
{
    hf_key_export_response private;
    hf_key_export_public_response public;
    int rc = generate(m, FULL, info->type, info->usages);
    bool is_served = suite_has_key_type(&m->abilities, info->type);
    SUITE_TRUE(m->env, rc == (is_served ? HF_OK : HF_ERR_NOTSUPPORTED));
    if (!is_served) {
        return false;
    }
    m->type = info->type;
    m->material_len = 0;
    if (HF_KEY_FAMILY(info->type) != HF_FAMILY_LMS) {
        SUITE_EXPECT(m->env, HF_OK,
                     hf_client_key_export(m->client,
                                          &(hf_key_export_request){ .handle = FULL },
                                          &private));
        SUITE_TRUE(m->env, private.material.len <= sizeof m->material);
        m->material_len = private.material.len;
        memcpy(m->material, private.material.data, m->material_len);
    }
    m->exchange.key_type = info->type;
    m->exchange.peer_len = 0;
    if (info->public_len != 0 && info->public_len <= sizeof m->exchange.peer) {
        SUITE_EXPECT(m->env, HF_OK, export_public(m, FULL, &public));
        m->exchange.peer_len = public.material.len;
        memcpy(m->exchange.peer, public.material.data, public.material.len);
    }
    return true;
}

/* Go on with the public part of the full key. */
static void go_public(matrix *m)
{
    hf_key_export_public_response public;
    SUITE_EXPECT(m->env, HF_OK, export_public(m, FULL, &public));
    m->type = public.type;
    m->material_len = public.material.len;
    SUITE_TRUE(m->env, m->material_len <= sizeof m->material);
    memcpy(m->material, public.material.data, m->material_len);
}

/* ---- one operation ---- */

static bool is_missing(const suite_operation *operation)
{
    return !operation->is_backward &&
           (operation->row->traits & (HF_TRAIT_LEGACY | HF_TRAIT_BACKWARD_ONLY)) != 0;
}

/* Is the answer the right one? */
static bool is_right(const matrix *m, const suite_operation *operation, int rc)
{
    uint32_t usage = suite_operation_usage(operation);
    if (is_missing(operation)) {
        return rc == HF_ERR_NOTSUPPORTED;
    }
    if ((m->flags & usage) != usage) {
        return rc == HF_ERR_USAGE;
    }
    if (!suite_has_algorithm(&m->abilities, operation->row->id)) {
        return rc == HF_ERR_NOTSUPPORTED;
    }
    /* Backward, what nobody has made may be found wrong. */
    bool is_garbage =
        operation->is_backward && (operation->is_stream || m->exchange.len == 0);
    return rc == HF_OK || (is_garbage && rc == HF_ERR_VERIFY);
}

/* What the backward operation takes, made with the full key. LMS keys are each their own:
 * what one has signed, no other verifies. */
static void exchange_make(matrix *m, const suite_operation *operation)
{
    const suite_operation forward = { .row = operation->row };
    m->exchange.len = 0;
    m->exchange.tag_len = 0;
    if (!operation->is_backward || is_missing(&forward) ||
        (m->flags & suite_operation_usage(operation)) == 0 ||
        !suite_has_algorithm(&m->abilities, operation->row->id) ||
        (HF_KEY_FAMILY(m->type) == HF_FAMILY_LMS && m->material_len == 0)) {
        return;
    }
    suite_expect(m->env, suite_operate(m->client, &forward, FULL, &m->exchange), HF_OK,
                 SUITE_PLACE(operation->row->name));
}

static void try_operation(matrix *m, size_t index, const suite_operation *operation)
{
    const hf_algorithm *row = operation->row;
    bool is_backward = operation->is_backward;
    bool is_only_backward = (row->traits & HF_TRAIT_BACKWARD_ONLY) != 0;
    if (!suite_operation_exists(operation) ||
        !hf_algorithm_fits(row, m->type, is_backward || is_only_backward)) {
        return;
    }
    exchange_make(m, operation);
    int rc = suite_operate(m->client, operation, TESTED, &m->exchange);
    if (!is_right(m, operation, rc)) {
        suite_fail_status(
            m->env, SUITE_PLACE(row->name), rc,
            (m->flags & suite_operation_usage(operation)) != 0 ? HF_OK : HF_ERR_USAGE);
    }
    m->refused[index][is_backward] += rc == HF_ERR_USAGE;
    m->done[index][is_backward] += rc == HF_OK || rc == HF_ERR_VERIFY;
}

/* ---- what is no row ---- */

static int wrap_tested(matrix *m)
{
    hf_key_wrap_response wrapped;
    return hf_client_key_wrap(m->client,
                              &(hf_key_wrap_request){ .handle = TESTED,
                                                      .kek = KEK,
                                                      .algorithm = HF_ALG_WRAP_AES_GCM },
                              &wrapped);
}

static int wrap_data(matrix *m, hf_handle kek, hf_key_wrap_data_response *wrapped)
{
    return hf_client_key_wrap_data(
        m->client,
        &(hf_key_wrap_data_request){ .kek = kek, .data = hf_bytes_of("data", 4) },
        wrapped);
}

static int unwrap_data(matrix *m)
{
    hf_key_wrap_data_response wrapped;
    hf_key_unwrap_data_response back;
    uint8_t copy[256];
    SUITE_EXPECT(m->env, HF_OK, wrap_data(m, FULL, &wrapped));
    SUITE_TRUE(m->env, wrapped.wrapped.len <= sizeof copy);
    size_t len = wrapped.wrapped.len;
    memcpy(copy, wrapped.wrapped.data, len);
    return hf_client_key_unwrap_data(
        m->client,
        &(hf_key_unwrap_data_request){ .kek = TESTED, .wrapped = hf_bytes_of(copy, len) },
        &back);
}

static int expected_with(const matrix *m, uint32_t usages)
{
    return (m->flags & usages) != 0 ? HF_OK : HF_ERR_USAGE;
}

/* A key without any usage is not usable at all: its public part is not told, and it
 * cannot leave. */
static void try_others(matrix *m)
{
    hf_key_export_public_response public;
    hf_key_wrap_data_response wrapped;
    const hf_key_type_info *info = hf_key_type_find(m->type);
    bool is_stateful = HF_KEY_FAMILY(m->type) == HF_FAMILY_LMS && m->material_len == 0;
    if (info->public_len != 0) {
        SUITE_EXPECT(m->env, expected_with(m, HF_USAGE_MASK),
                     export_public(m, TESTED, &public));
    }
    SUITE_EXPECT(m->env,
                 m->flags != 0 && is_stateful ? HF_ERR_TYPE
                                              : expected_with(m, HF_USAGE_MASK),
                 wrap_tested(m));
    if (HF_KEY_FAMILY(m->type) == HF_FAMILY_AES) {
        SUITE_EXPECT(m->env, expected_with(m, HF_USAGE_WRAP),
                     wrap_data(m, TESTED, &wrapped));
        SUITE_EXPECT(m->env, expected_with(m, HF_USAGE_UNWRAP), unwrap_data(m));
    }
}

/* ---- one type of key ---- */

static void try_all(matrix *m)
{
    const hf_algorithm *row;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        SUITE_TRUE(m->env, i < ROWS_MAX);
        for (unsigned way = 0; way < 4; way++) {
            try_operation(m, i,
                          &(suite_operation){ .row = row,
                                              .is_backward = way % 2 != 0,
                                              .is_stream = way >= 2 });
        }
    }
    try_others(m);
    SUITE_TRUE(m->env, !suite_has_failed(m->env));
}

static void try_flags(matrix *m)
{
    uint32_t usages = hf_key_type_find(m->type)->usages;
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        if ((usages & bit) != 0) {
            tested_make(m, usages & ~bit);
            try_all(m);
            tested_make(m, bit);
            try_all(m);
        }
    }
    tested_make(m, 0);
    try_all(m);
    tested_make(m, usages);
    tested_revoke(m);
    try_all(m);
}

/* Every row was refused and, where the server has it, done. */
static void check_complete(const matrix *m)
{
    const hf_algorithm *row;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        for (unsigned back = 0; back < 2; back++) {
            const suite_operation operation = { .row = row, .is_backward = back != 0 };
            if (!suite_operation_exists(&operation) || is_missing(&operation) ||
                !suite_has_algorithm(&m->abilities, row->id)) {
                continue;
            }
            suite_expect_true(m->env, m->refused[i][back] > 0 && m->done[i][back] > 0,
                              SUITE_PLACE(row->name));
        }
    }
}

static void begin(matrix *m, suite_env *env, suite_client *one)
{
    memset(m, 0, sizeof *m);
    m->env = env;
    m->client = suite_connect(env, one, SUITE_WRITER);
    m->exchange.wrapped = WRAPPED;
    m->exchange.unwrapped = UNWRAPPED;
    suite_abilities_get(env, m->client, &m->abilities);
    SUITE_EXPECT(env, HF_OK, generate(m, KEK, HF_KEY_AES_256, HF_USAGE_WRAP));
    SUITE_EXPECT(env, HF_OK, generate(m, WRAPPED, HF_KEY_HMAC, HF_USAGE_SIGN));
}

static void usages_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static matrix m;
    const hf_key_type_info *info;
    (void)argument;
    begin(&m, env, &one);
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        if (HF_KEY_CLASS(info->type) == HF_CLASS_PUBLIC || !is_tried(info->type) ||
            !full_make(&m, info)) {
            continue;
        }
        try_flags(&m);
        if (info->public_len != 0) {
            go_public(&m);
            try_flags(&m);
        }
    }
    check_complete(&m);
    suite_client_close(&one);
}

/* ---- streams whose key changes ---- */

static void end_key(matrix *m, bool by_revoke)
{
    if (by_revoke) {
        tested_revoke(m);
    } else {
        erase(m, TESTED);
    }
}

/* Begun and under way: then its key goes, and the stream with it. */
static void try_stream(matrix *m, const suite_operation *operation, unsigned how)
{
    bool by_revoke = how % 2 == 0;
    int expected = by_revoke ? HF_ERR_USAGE : HF_ERR_NOTFOUND;
    uint16_t stream = 0;
    tested_make(m, hf_key_type_find(m->type)->usages);
    exchange_make(m, operation);
    SUITE_EXPECT(m->env, HF_OK,
                 suite_stream_begin(m->client, operation, TESTED, &m->exchange, &stream));
    SUITE_EXPECT(m->env, HF_OK, suite_stream_go_on(m->client, stream));
    end_key(m, by_revoke);
    SUITE_EXPECT(m->env, expected,
                 how < 2 ? suite_stream_go_on(m->client, stream)
                         : suite_stream_end(m->client, stream));
    SUITE_EXPECT(m->env, HF_ERR_NOTFOUND, suite_stream_go_on(m->client, stream));
    SUITE_EXPECT(m->env, HF_ERR_NOTFOUND, suite_stream_end(m->client, stream));
    SUITE_EXPECT(m->env, expected,
                 suite_stream_begin(m->client, operation, TESTED, &m->exchange, &stream));
}

static void streams_run(suite_env *env, const void *argument)
{
    static suite_client one;
    static matrix m;
    static const uint32_t types[] = { HF_KEY_AES_192, HF_KEY_HMAC, HF_KEY_CHACHA20 };
    const hf_algorithm *row;
    size_t count = 0;
    (void)argument;
    begin(&m, env, &one);
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        SUITE_TRUE(env, full_make(&m, hf_key_type_find(types[t])));
        for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
            for (unsigned way = 0; way < 8; way++) {
                const suite_operation operation = { .row = row,
                                                    .is_backward = way % 2 != 0,
                                                    .is_stream = true };
                if (suite_operation_exists(&operation) && !is_missing(&operation) &&
                    hf_algorithm_fits(row, types[t], operation.is_backward) &&
                    suite_has_algorithm(&m.abilities, row->id)) {
                    try_stream(&m, &operation, way / 2);
                    count++;
                }
            }
        }
    }
    /* 13 MACs, one of them only verified, 4 ciphers, both ways; 2 AEADs. */
    SUITE_TRUE(env, count >= 4u * (2u * 13u - 1u + 2u * 4u + 2u));
    suite_client_close(&one);
}

static const suite_case cases[] = {
    { "matrix: every operation without every usage", usages_run, NULL, 0 },
    { "matrix: every stream whose key is revoked or erased", streams_run, NULL, 0 },
};

const suite_cases suite_matrix_cases = SUITE_CASES(cases);
