/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Streams of a session: that parts give what the whole gives, that the key is asked again
 * at each call, and that a stream ends where it must. Rows that may be streams are taken
 * from the table.
 */
#include "crypto_case.h"

#include <string.h>

#define ALL (HF_USAGE_SIGN | HF_USAGE_VERIFY | HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT)
#define TEXT_LEN 1024u

static uint8_t text[TEXT_LEN];

static int setup(void **state)
{
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)(i * 7u + i / 256u);
    }
    return fixture_open(state);
}

/* A key of this type under CASE_KEY that may do all that the type can. */
static void make(peer *p, uint32_t type, uint32_t flags)
{
    case_key_make(p, type, (hf_key_type_find(type)->usages & ALL) | flags);
}

static bool is_class(const hf_algorithm *row, uint8_t class, uint16_t trait)
{
    return row->class == class && (row->traits & trait) != 0;
}

/* What a stream gave, copied out of its answers. */
typedef struct output {
    uint8_t data[TEXT_LEN + 64], tag[32], nonce[128];
    size_t len, tag_len, nonce_len;
} output;

static void append(output *out, hf_bytes more)
{
    assert_true(more.len <= sizeof out->data - out->len);
    if (more.len > 0) {
        memcpy(out->data + out->len, more.data, more.len);
        out->len += more.len;
    }
}

static int update(peer *p, uint16_t stream, hf_bytes data, output *out)
{
    hf_stream_update_response answer;
    int rc = CALL(p, stream_update, &answer, .stream = stream, .data = data);
    if (rc == HF_OK) {
        append(out, answer.data);
    }
    return rc;
}

/* All of `data` in parts of 1, 2, 3 ... bytes, then the end. */
static int feed(peer *p, uint16_t stream, hf_bytes data, output *out)
{
    hf_stream_finish_response answer;
    int rc = HF_OK;
    size_t part = 1;
    for (size_t at = 0; at < data.len && rc == HF_OK; at += part, part++) {
        size_t left = data.len - at;
        rc = update(p, stream, hf_bytes_of(data.data + at, part < left ? part : left),
                    out);
    }
    if (rc == HF_OK) {
        rc = CALL(p, stream_finish, &answer, .stream = stream);
    }
    if (rc == HF_OK) {
        append(out, answer.data);
        assert_true(answer.tag.len <= sizeof out->tag);
        out->tag_len = answer.tag.len;
        if (answer.tag.len > 0) {
            memcpy(out->tag, answer.tag.data, answer.tag.len);
        }
    }
    return rc;
}

/* ---- the same as in one piece ---- */

static void test_stream_of_every_hash_gives_its_digest(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    const hf_algorithm *row;
    size_t count = 0;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        if (!is_class(row, HF_CLASS_HASH, HF_TRAIT_STREAM)) {
            continue;
        }
        uint32_t len = (row->traits & HF_TRAIT_XOF) != 0 ? 500 : 0;
        output out = { .len = 0 };
        hf_hash_start_response started;
        hf_hash_response whole;
        assert_status(HF_OK, CALL(p, hash_start, &started, .algorithm = row->id,
                                  .output_len = len));
        assert_status(HF_OK,
                      feed(p, started.stream, hf_bytes_of(text, sizeof text), &out));
        assert_status(HF_OK,
                      CALL(p, hash, &whole, .algorithm = row->id, .output_len = len,
                           .data = hf_bytes_of(text, sizeof text)));
        assert_int_equal(len != 0 ? len : row->output_len, out.len);
        assert_int_equal(whole.digest.len, out.len);
        assert_memory_equal(whole.digest.data, out.data, out.len);
        count++;
    }
    assert_true(count >= 13);
}

static int start_mac(peer *p, const hf_algorithm *row, const hf_mac_start_request *more,
                     uint16_t *stream, output *out)
{
    hf_mac_start_request in = *more;
    hf_mac_start_response answer;
    in.handle = CASE_KEY;
    in.algorithm = row->id;
    int rc = peer_call(p, HF_REQ_mac_start, &in, &answer);
    if (rc == HF_OK) {
        *stream = answer.stream;
        out->nonce_len = answer.nonce.len;
        if (answer.nonce.len > 0) {
            memcpy(out->nonce, answer.nonce.data, answer.nonce.len);
        }
    }
    return rc;
}

/* Verify a MAC of all the text as a stream. */
static int verify_as_stream(peer *p, const hf_algorithm *row, const output *made,
                            size_t mac_len)
{
    const hf_mac_start_request start = { .nonce =
                                             hf_bytes_of(made->nonce, made->nonce_len),
                                         .is_verify = 1 };
    output out = { .len = 0 };
    uint16_t stream = 0;
    hf_stream_finish_response answer;
    assert_status(HF_OK, start_mac(p, row, &start, &stream, &out));
    assert_status(HF_OK, update(p, stream, hf_bytes_of(text, sizeof text), &out));
    assert_int_equal(0, out.len);
    int rc = CALL(p, stream_finish, &answer, .stream = stream,
                  .mac = hf_bytes_of(made->data, mac_len));
    assert_true(rc != HF_OK || (answer.data.len == 0 && answer.tag.len == 0));
    assert_status(HF_ERR_NOTFOUND, CALL(p, stream_finish, NULL, .stream = stream));
    return rc;
}

static void test_stream_of_every_mac_gives_and_verifies_it(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    const hf_algorithm *row;
    size_t count = 0;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        if (!is_class(row, HF_CLASS_MAC, HF_TRAIT_STREAM) ||
            (row->traits & HF_TRAIT_LEGACY) != 0) {
            continue;
        }
        output out = { .len = 0 };
        uint16_t stream = 0;
        make(p, case_type_of(row), 0);
        assert_status(HF_OK,
                      start_mac(p, row, &(hf_mac_start_request){ 0 }, &stream, &out));
        assert_int_equal(row->nonce_len, out.nonce_len);
        assert_status(HF_OK, feed(p, stream, hf_bytes_of(text, sizeof text), &out));
        assert_int_equal(row->output_len, out.len);
        assert_int_equal(0, out.tag_len);
        assert_status(HF_OK,
                      CALL(p, mac_verify, NULL, .handle = CASE_KEY, .algorithm = row->id,
                           .nonce = hf_bytes_of(out.nonce, out.nonce_len),
                           .mac = hf_bytes_of(out.data, out.len),
                           .data = hf_bytes_of(text, sizeof text)));
        assert_status(HF_OK, verify_as_stream(p, row, &out, out.len));
        assert_status(HF_ERR_VERIFY, verify_as_stream(p, row, &out, out.len - 1));
        assert_status(HF_ERR_VERIFY, verify_as_stream(p, row, &out, 0));
        out.data[out.len - 1] ^= 1;
        assert_status(HF_ERR_VERIFY, verify_as_stream(p, row, &out, out.len));
        count++;
    }
    assert_true(count >= 12);
}

static int start_cipher(peer *p, const hf_algorithm *row,
                        const hf_cipher_start_request *more, uint16_t *stream,
                        output *out)
{
    hf_cipher_start_request in = *more;
    hf_cipher_start_response answer;
    in.handle = CASE_KEY;
    in.algorithm = row->id;
    int rc = peer_call(p, HF_REQ_cipher_start, &in, &answer);
    if (rc == HF_OK) {
        *stream = answer.stream;
        out->nonce_len = answer.nonce.len;
        if (answer.nonce.len > 0) {
            memcpy(out->nonce, answer.nonce.data, answer.nonce.len);
        }
    }
    return rc;
}

/* Decrypt what a stream gave in one piece, and as a stream where the row has that. */
static void expect_text(peer *p, const hf_algorithm *row, const output *sealed,
                        hf_bytes aad)
{
    hf_decrypt_response whole;
    const hf_bytes nonce = hf_bytes_of(sealed->nonce, sealed->nonce_len);
    const hf_bytes data = hf_bytes_of(sealed->data, sealed->len);
    const hf_cipher_start_request start = { .nonce = nonce, .is_decrypt = 1 };
    output out = { .len = 0 };
    uint16_t stream = 0;
    assert_status(HF_OK, CALL(p, decrypt, &whole, .handle = CASE_KEY,
                              .algorithm = row->id, .nonce = nonce, .aad = aad,
                              .tag = hf_bytes_of(sealed->tag, sealed->tag_len),
                              .ciphertext = data));
    assert_int_equal(sizeof text, whole.plaintext.len);
    assert_memory_equal(text, whole.plaintext.data, sizeof text);
    int rc = start_cipher(p, row, &start, &stream, &out);
    if ((row->traits & HF_TRAIT_STREAM_BACKWARD) == 0) {
        assert_status(HF_ERR_NOTSUPPORTED, rc);
        return;
    }
    assert_status(HF_OK, rc);
    assert_status(HF_OK, feed(p, stream, data, &out));
    assert_int_equal(sizeof text, out.len);
    assert_memory_equal(text, out.data, out.len);
}

static void test_stream_of_every_cipher_gives_what_decrypt_takes(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    const hf_algorithm *row;
    size_t count = 0;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        bool is_aead = row->class == HF_CLASS_AEAD;
        output out = { .len = 0 };
        uint16_t stream = 0;
        if (!is_aead && row->class != HF_CLASS_CIPHER) {
            continue;
        }
        const hf_cipher_start_request start = { .aad = text_bytes(is_aead ? "aad" : "") };
        make(p, case_type_of(row), row->policy);
        int rc = start_cipher(p, row, &start, &stream, &out);
        if ((row->traits & HF_TRAIT_STREAM) == 0) {
            assert_status(HF_ERR_NOTSUPPORTED, rc);
            continue;
        }
        assert_status(HF_OK, rc);
        assert_int_equal(row->nonce_len, out.nonce_len);
        assert_status(HF_OK, feed(p, stream, hf_bytes_of(text, sizeof text), &out));
        assert_int_equal(is_aead ? row->output_len : 0, out.tag_len);
        expect_text(p, row, &out, start.aad);
        count++;
    }
    assert_true(count >= 6);
}

/* ---- the key, between two calls ---- */

/* A stream of each kind: begun; `is_backward` verifies or decrypts. */
static uint16_t begin(peer *p, uint16_t algorithm, bool is_backward)
{
    const hf_algorithm *row = hf_algorithm_find(algorithm);
    output out = { .len = 0 };
    uint16_t stream = 0;
    if (row->class == HF_CLASS_MAC) {
        const hf_mac_start_request start = { .is_verify = is_backward };
        assert_status(HF_OK, start_mac(p, row, &start, &stream, &out));
    } else {
        const hf_cipher_start_request start = { .is_decrypt = is_backward,
                                                .nonce =
                                                    case_nonce_of(is_backward ? 16 : 0) };
        assert_status(HF_OK, start_cipher(p, row, &start, &stream, &out));
    }
    return stream;
}

static const struct {
    uint16_t algorithm;
    bool is_backward;
} kinds[] = { { HF_ALG_AES_CMAC, false },
              { HF_ALG_AES_CMAC, true },
              { HF_ALG_AES_GCM, false },
              { HF_ALG_AES_CTR, false },
              { HF_ALG_AES_CTR, true } };
#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

static int revoke(peer *p)
{
    return CALL(p, key_revoke, NULL, .handle = CASE_KEY);
}

static int erase(peer *p)
{
    return CALL(p, key_erase, NULL, .handle = CASE_KEY);
}

/* Another key of the same kind, under the same number. */
static int replace(peer *p)
{
    make(p, HF_KEY_AES_128, 0);
    return HF_OK;
}

static int replace_uncommitted(peer *p)
{
    return CALL(p, key_generate, NULL, .handle = CASE_KEY, .type = HF_KEY_AES_128,
                .flags = ALL);
}

static int erase_and_replace(peer *p)
{
    assert_status(HF_OK, erase(p));
    return replace(p);
}

static const struct {
    int (*change)(peer *p);
    int expected;
} changes[] = { { revoke, HF_ERR_USAGE },
                { erase, HF_ERR_NOTFOUND },
                { replace, HF_ERR_NOTFOUND },
                { replace_uncommitted, HF_ERR_NOTFOUND },
                { erase_and_replace, HF_ERR_NOTFOUND } };

static void clear(peer *p)
{
    int rc = erase(p);
    assert_true(rc == HF_OK || rc == HF_ERR_NOTFOUND);
}

static uint32_t closed_count;
static const hf_crypto_device_ops *plain;

static void count_close(void *context, void *stream)
{
    closed_count++;
    plain->stream_close(context, stream);
}

static void count_closes(fixture *f)
{
    plain = hf_openssl_device(f->openssl).ops;
    f->ops[0].stream_close = count_close;
    closed_count = 0;
}

static void test_stream_ends_when_its_key_may_no_longer_be_used(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, CASE_OWNER, FIXTURE_USER);
    peer *other = peer_connect(f, CASE_OWNER, FIXTURE_USER);
    count_closes(f);
    uint32_t ended = 0;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        for (size_t j = 0; j < sizeof changes / sizeof changes[0]; j++) {
            for (int by_finish = 0; by_finish < 2; by_finish++) {
                output out = { .len = 0 };
                clear(p);
                make(p, HF_KEY_AES_128, 0);
                uint16_t stream = begin(p, kinds[i].algorithm, kinds[i].is_backward);
                assert_status(HF_OK, update(p, stream, hf_bytes_of(text, 16), &out));
                assert_status(HF_OK, changes[j].change(other));
                assert_int_equal(ended, closed_count);
                assert_status(changes[j].expected,
                              by_finish ? CALL(p, stream_finish, NULL, .stream = stream)
                                        : update(p, stream, hf_bytes_of(text, 16), &out));
                assert_int_equal(++ended, closed_count);
                assert_status(HF_ERR_NOTFOUND,
                              CALL(p, stream_finish, NULL, .stream = stream));
                assert_int_equal(0, fixture_usage(f).lease_count);
            }
        }
    }
}

static void test_stream_goes_on_with_a_key_that_is_loaded_again(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        output out = { .len = 0 };
        make(p, HF_KEY_AES_128, 0);
        uint16_t stream = begin(p, kinds[i].algorithm, kinds[i].is_backward);
        for (int j = 0; j < 3; j++) {
            assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = CASE_KEY));
            assert_status(HF_OK, update(p, stream, hf_bytes_of(text, 16), &out));
        }
        assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = CASE_KEY));
        int rc = CALL(p, stream_finish, NULL, .stream = stream);
        bool is_verify = kinds[i].algorithm == HF_ALG_AES_CMAC && kinds[i].is_backward;
        assert_status(is_verify ? HF_ERR_VERIFY : HF_OK, rc);
    }
}

/* Stored in the midst, and evicted after it was seen once more. */
static void test_stream_goes_on_with_a_key_that_is_committed(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    output out = { .len = 0 };
    assert_status(HF_OK, replace_uncommitted(p));
    uint16_t stream = begin(p, HF_ALG_AES_CTR, false);
    assert_status(HF_OK, CALL(p, key_commit, NULL, .handle = CASE_KEY));
    assert_status(HF_OK, update(p, stream, hf_bytes_of(text, 16), &out));
    assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = CASE_KEY));
    assert_status(HF_OK, update(p, stream, hf_bytes_of(text, 16), &out));
    assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = CASE_KEY));
    assert_status(HF_ERR_NOTFOUND, update(p, stream, hf_bytes_of(text, 16), &out));
}

/* Uncommitted keys have no generation: a second one must not pass for the first. */
static void test_stream_ends_when_an_uncommitted_key_is_replaced(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    for (int i = 0; i < 4; i++) {
        output out = { .len = 0 };
        assert_status(HF_OK, replace_uncommitted(p));
        uint16_t stream = begin(p, HF_ALG_AES_CTR, false);
        assert_status(HF_OK, update(p, stream, hf_bytes_of(text, 16), &out));
        for (int j = 0; j <= i; j++) {
            assert_status(HF_OK, replace_uncommitted(p));
        }
        assert_status(HF_ERR_NOTFOUND, update(p, stream, hf_bytes_of(text, 16), &out));
    }
}

static void test_stream_asks_for_the_usage_of_its_direction(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        const hf_algorithm *row = hf_algorithm_find(kinds[i].algorithm);
        uint32_t usage = kinds[i].is_backward ? row->usage_backward : row->usage_forward;
        const case_op op = { .algorithm = row->id,
                             .is_backward = kinds[i].is_backward,
                             .is_stream = true,
                             .nonce = case_nonce_of(kinds[i].is_backward ? row->nonce_len
                                                                         : 0) };
        case_key_make(p, HF_KEY_AES_128, ALL & ~usage);
        assert_status(HF_ERR_USAGE, case_operate(p, &op));
        case_key_make(p, HF_KEY_AES_128, usage);
        assert_status(HF_OK, case_operate(p, &op));
        assert_status(HF_OK, revoke(p));
        assert_status(HF_ERR_USAGE, case_operate(p, &op));
        assert_status(HF_OK, erase(p));
        assert_status(HF_ERR_NOTFOUND, case_operate(p, &op));
    }
}

/* ---- ends ---- */

static void test_stream_finish_ends_it_also_after_an_error(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, CASE_OWNER, FIXTURE_USER);
    output out = { .len = 0 };
    count_closes(f);
    make(p, HF_KEY_AES_128, HF_FLAG_ALLOW_ECB);
    /* A part of a block is left. */
    uint16_t stream = begin(p, HF_ALG_AES_CBC, false);
    assert_status(HF_OK, update(p, stream, hf_bytes_of(text, 17), &out));
    assert_status(HF_ERR_RANGE, CALL(p, stream_finish, NULL, .stream = stream));
    assert_int_equal(1, closed_count);
    assert_status(HF_ERR_NOTFOUND, CALL(p, stream_finish, NULL, .stream = stream));
    /* A padding that is none: the same error for each. */
    stream = begin(p, HF_ALG_AES_CBC_PAD, true);
    assert_status(HF_OK, update(p, stream, hf_bytes_of(text, 64), &out));
    assert_status(HF_ERR_VERIFY, CALL(p, stream_finish, NULL, .stream = stream));
    assert_int_equal(2, closed_count);
    /* A MAC is given to be verified where none is. */
    static const uint16_t others[] = { HF_ALG_AES_CMAC, HF_ALG_AES_CTR, HF_ALG_AES_GCM };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        stream = begin(p, others[i], false);
        assert_status(HF_ERR_RANGE, CALL(p, stream_finish, NULL, .stream = stream,
                                         .mac = hf_bytes_of(text, 16)));
        assert_int_equal(3 + i, closed_count);
        assert_status(HF_ERR_NOTFOUND, CALL(p, stream_finish, NULL, .stream = stream));
    }
}

static void test_stream_update_with_too_large_an_answer_leaves_it_open(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    static const uint8_t much[FIXTURE_BODY_SIZE];
    output out = { .len = 0 };
    hf_stream_update_response answer;
    hf_decrypt_response plain_text;
    make(p, HF_KEY_AES_128, 0);
    uint16_t stream = begin(p, HF_ALG_AES_CTR, false);
    assert_status(HF_ERR_SIZE, CALL(p, stream_update, &answer, .stream = stream,
                                    .data = hf_bytes_of(much, FIXTURE_BODY_SIZE - 6)));
    assert_status(HF_OK, CALL(p, stream_update, &answer, .stream = stream,
                              .data = hf_bytes_of(much, FIXTURE_BODY_SIZE - 36)));
    assert_int_equal(FIXTURE_BODY_SIZE - 36, answer.data.len);
    assert_status(HF_OK, CALL(p, stream_finish, NULL, .stream = stream));
    /* What was refused is not in the stream. */
    const hf_algorithm *row = hf_algorithm_find(HF_ALG_AES_CTR);
    assert_status(HF_OK,
                  start_cipher(p, row, &(hf_cipher_start_request){ 0 }, &stream, &out));
    assert_status(HF_ERR_SIZE, CALL(p, stream_update, NULL, .stream = stream,
                                    .data = hf_bytes_of(much, FIXTURE_BODY_SIZE - 6)));
    assert_status(HF_OK, feed(p, stream, hf_bytes_of(text, 100), &out));
    assert_status(HF_OK, CALL(p, decrypt, &plain_text, .handle = CASE_KEY,
                              .algorithm = HF_ALG_AES_CTR,
                              .nonce = hf_bytes_of(out.nonce, out.nonce_len),
                              .ciphertext = hf_bytes_of(out.data, out.len)));
    assert_int_equal(100, plain_text.plaintext.len);
    assert_memory_equal(text, plain_text.plaintext.data, 100);
    /* A hash answers nothing, so its parts may be as large as a body. */
    hf_hash_start_response started;
    assert_status(HF_OK, CALL(p, hash_start, &started, .algorithm = HF_ALG_SHA256));
    assert_status(HF_OK, CALL(p, stream_update, NULL, .stream = started.stream,
                              .data = hf_bytes_of(much, FIXTURE_BODY_SIZE - 6)));
}

static int fail_update(void *context, void *stream, hf_bytes input, hf_buffer *out)
{
    (void)context;
    (void)stream;
    (void)input;
    (void)out;
    return HF_ERR_CRYPTO;
}

static int fail_finish(void *context, void *stream, hf_buffer *out, hf_buffer *tag)
{
    (void)context;
    (void)stream;
    (void)out;
    (void)tag;
    return HF_ERR_CRYPTO;
}

static void test_stream_ends_when_its_device_fails(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, CASE_OWNER, FIXTURE_USER);
    output out = { .len = 0 };
    count_closes(f);
    make(p, HF_KEY_AES_128, 0);
    uint16_t stream = begin(p, HF_ALG_AES_GCM, false);
    f->ops[0].stream_update = fail_update;
    assert_status(HF_ERR_CRYPTO, update(p, stream, hf_bytes_of(text, 16), &out));
    assert_int_equal(1, closed_count);
    assert_status(HF_ERR_NOTFOUND, update(p, stream, hf_bytes_of(text, 16), &out));
    stream = begin(p, HF_ALG_AES_GCM, false);
    f->ops[0].stream_finish = fail_finish;
    assert_status(HF_ERR_CRYPTO, CALL(p, stream_finish, NULL, .stream = stream));
    assert_int_equal(2, closed_count);
    assert_status(HF_ERR_NOTFOUND, CALL(p, stream_finish, NULL, .stream = stream));
}

static void test_streams_of_all_kinds_share_the_places_of_a_session(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, CASE_OWNER, FIXTURE_USER);
    hf_comm_cancel_response cancelled;
    hf_hash_start_response hash;
    const case_op mac = { .algorithm = HF_ALG_AES_CMAC, .is_stream = true };
    const case_op cipher = { .algorithm = HF_ALG_AES_CTR, .is_stream = true };
    count_closes(f);
    make(p, HF_KEY_AES_128, 0);
    assert_status(HF_OK, CALL(p, hash_start, &hash, .algorithm = HF_ALG_SHA256));
    assert_int_equal(2, begin(p, HF_ALG_AES_CMAC, true));
    for (uint32_t i = 2; i < HF_CFG_SESSION_STREAMS_MAX; i++) {
        assert_int_equal(i + 1, begin(p, HF_ALG_AES_CTR, i % 2 != 0));
    }
    assert_status(HF_ERR_LIMIT, CALL(p, hash_start, &hash, .algorithm = HF_ALG_SHA256));
    assert_status(HF_ERR_LIMIT, case_operate(p, &mac));
    assert_status(HF_ERR_LIMIT, case_operate(p, &cipher));
    assert_status(HF_OK, CALL(p, comm_cancel, &cancelled, .none = 0));
    assert_int_equal(HF_CFG_SESSION_STREAMS_MAX, cancelled.stream_count);
    assert_int_equal(HF_CFG_SESSION_STREAMS_MAX, closed_count);
    assert_status(HF_ERR_NOTFOUND, CALL(p, stream_finish, NULL, .stream = 2));
    assert_int_equal(1, begin(p, HF_ALG_AES_CTR, false));
    assert_int_equal(2, begin(p, HF_ALG_AES_GCM, false));
    peer_close(p);
    assert_int_equal(HF_CFG_SESSION_STREAMS_MAX + 2, closed_count);
}

static void test_stream_belongs_to_its_session_alone(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    peer *other = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    output out = { .len = 0 };
    make(p, HF_KEY_AES_128, 0);
    uint16_t stream = begin(p, HF_ALG_AES_CTR, false);
    assert_status(HF_ERR_NOTFOUND, update(other, stream, hf_bytes_of(text, 1), &out));
    assert_status(HF_ERR_NOTFOUND, CALL(other, stream_finish, NULL, .stream = stream));
    assert_status(HF_OK, update(p, stream, hf_bytes_of(text, 1), &out));
}

/* ---- on an exclusive device ---- */

static fixture *busy;
static uint32_t inside_counts[3]; /* open, update, finish */

/* How many are in the device's place, seen from inside of the device. */
static uint32_t inside(void) HF_NO_TSA
{
    return busy->server.device_gates[0].inside_count;
}

static int watch_open(void *context, const hf_crypto_op *op, bool is_backward,
                      void **stream)
{
    inside_counts[0] += inside();
    return plain->stream_open(context, op, is_backward, stream);
}

static int watch_update(void *context, void *stream, hf_bytes input, hf_buffer *out)
{
    inside_counts[1] += inside();
    return plain->stream_update(context, stream, input, out);
}

static int watch_finish(void *context, void *stream, hf_buffer *out, hf_buffer *tag)
{
    inside_counts[2] += inside();
    return plain->stream_finish(context, stream, out, tag);
}

/* Every step of a stream has the device's place, which others wait for in its queue. */
static void test_stream_on_an_exclusive_device_has_its_place(void **state)
{
    fixture *f = fixture_make();
    output out = { .len = 0 };
    hf_hash_start_response hash;
    *state = f;
    busy = f;
    plain = hf_openssl_device(f->openssl).ops;
    f->devices[0].is_exclusive = true;
    f->devices[0].is_hardware = true;
    f->ops[0].stream_open = watch_open;
    f->ops[0].stream_update = watch_update;
    f->ops[0].stream_finish = watch_finish;
    memset(inside_counts, 0, sizeof inside_counts);
    fixture_start(f);
    peer *p = peer_connect(f, CASE_OWNER, FIXTURE_USER);
    make(p, HF_KEY_AES_128, 0);
    uint16_t stream = begin(p, HF_ALG_AES_CTR, false);
    assert_int_equal(1, inside_counts[0]);
    assert_status(HF_OK, feed(p, stream, hf_bytes_of(text, 1), &out));
    assert_int_equal(1, inside_counts[1]);
    assert_int_equal(1, inside_counts[2]);
    assert_int_equal(0, inside());
    /* A hash has no key, and its stream waits for the device all the same. */
    assert_status(HF_OK, CALL(p, hash_start, &hash, .algorithm = HF_ALG_SHA256));
    assert_status(HF_OK, feed(p, hash.stream, hf_bytes_of(text, 1), &out));
    assert_int_equal(2, inside_counts[1]);
    assert_int_equal(2, inside_counts[2]);
}

/* From inside of the device: another session's stream comes, and waits in its queue. */
static peer *waiting;
static uint16_t waiting_stream;

static bool waiting_cancels;

static void second_comes(void)
{
    hf_session_wait wait;
    SEND(waiting, stream_update, .stream = waiting_stream, .data = hf_bytes_of(text, 16));
    assert_status(HF_PENDING, hf_session_serve(&waiting->session, &wait));
    assert_true(wait.is_queued);
    if (waiting_cancels) {
        SEND(waiting, comm_cancel, .none = 0);
        assert_status(HF_OK, hf_session_serve(&waiting->session, &wait));
    }
}

static int meet_update(void *context, void *stream, hf_bytes input, hf_buffer *out)
{
    peer *other = waiting;
    assert_int_equal(1, inside());
    if (other != NULL && input.len == 1) {
        second_comes();
    }
    return plain->stream_update(context, stream, input, out);
}

static fixture *start_exclusive(void **state)
{
    fixture *f = fixture_make();
    *state = f;
    busy = f;
    plain = hf_openssl_device(f->openssl).ops;
    f->devices[0].is_exclusive = true;
    f->ops[0].stream_update = meet_update;
    waiting = NULL;
    waiting_cancels = false;
    fixture_start(f);
    return f;
}

static void test_stream_waits_in_the_queue_of_a_busy_device(void **state)
{
    fixture *f = start_exclusive(state);
    peer *p = peer_connect(f, CASE_OWNER, FIXTURE_USER);
    peer *other = peer_connect(f, CASE_OWNER, FIXTURE_USER);
    output out = { .len = 0 };
    hf_frame frame;
    hf_bytes answer;
    make(p, HF_KEY_AES_128, 0);
    uint16_t stream = begin(p, HF_ALG_AES_CTR, false);
    waiting_stream = begin(other, HF_ALG_AES_CTR, false);
    waiting = other;
    assert_status(HF_OK, update(p, stream, hf_bytes_of(text, 1), &out));
    waiting = NULL;
    fixture_pump(f);
    assert_status(HF_OK, peer_take(other, &frame, &answer));
    assert_status(HF_OK, frame.status);
    assert_status(HF_OK, CALL(other, stream_finish, NULL, .stream = waiting_stream));
}

static void test_stream_that_waits_in_a_queue_can_be_cancelled(void **state)
{
    fixture *f = start_exclusive(state);
    peer *p = peer_connect(f, CASE_OWNER, FIXTURE_USER);
    peer *other = peer_connect(f, CASE_OWNER, FIXTURE_USER);
    output out = { .len = 0 };
    hf_frame frame;
    hf_bytes answer;
    make(p, HF_KEY_AES_128, 0);
    uint16_t stream = begin(p, HF_ALG_AES_CTR, false);
    waiting_stream = begin(other, HF_ALG_AES_CTR, false);
    waiting = other;
    waiting_cancels = true;
    assert_status(HF_OK, update(p, stream, hf_bytes_of(text, 1), &out));
    waiting = NULL;
    assert_status(HF_OK, peer_take(other, &frame, &answer));
    assert_int_equal(HF_REQ_stream_update, frame.kind);
    assert_status(HF_ERR_CANCELLED, frame.status);
    assert_status(HF_OK, peer_take(other, &frame, &answer));
    assert_int_equal(HF_REQ_comm_cancel, frame.kind);
    assert_status(HF_ERR_NOTFOUND,
                  CALL(other, stream_finish, NULL, .stream = waiting_stream));
    assert_status(HF_OK, update(p, stream, hf_bytes_of(text, 16), &out));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_close)
#define TEST_STARTED(name) cmocka_unit_test_teardown(name, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_stream_of_every_hash_gives_its_digest),
        TEST(test_stream_of_every_mac_gives_and_verifies_it),
        TEST(test_stream_of_every_cipher_gives_what_decrypt_takes),
        TEST(test_stream_ends_when_its_key_may_no_longer_be_used),
        TEST(test_stream_goes_on_with_a_key_that_is_loaded_again),
        TEST(test_stream_goes_on_with_a_key_that_is_committed),
        TEST(test_stream_ends_when_an_uncommitted_key_is_replaced),
        TEST(test_stream_asks_for_the_usage_of_its_direction),
        TEST(test_stream_finish_ends_it_also_after_an_error),
        TEST(test_stream_update_with_too_large_an_answer_leaves_it_open),
        TEST(test_stream_ends_when_its_device_fails),
        TEST(test_streams_of_all_kinds_share_the_places_of_a_session),
        TEST(test_stream_belongs_to_its_session_alone),
        TEST_STARTED(test_stream_on_an_exclusive_device_has_its_place),
        TEST_STARTED(test_stream_waits_in_the_queue_of_a_busy_device),
        TEST_STARTED(test_stream_that_waits_in_a_queue_can_be_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
