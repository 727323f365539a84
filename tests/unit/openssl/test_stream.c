/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Streams of the libcrypto device: any way to cut the input gives what one call gives,
 * for every row and direction that may be a stream. Hashes have their own file.
 */
#include "fixture.h"

#include <string.h>

#include "cipher_vectors.h"
#include "mac_vectors.h"

#define ROOM 2048

/* ---- a stream and all that it gives ---- */

typedef struct run {
    hf_crypto_stream stream;
    uint8_t memory[ROOM];
    uint8_t tag_memory[16];
    hf_buffer out, tag;
} run;

static void run_open(run *r, const hf_crypto_op *op, bool is_backward)
{
    r->stream = (hf_crypto_stream){ .stream = NULL };
    r->out = hf_buffer_of(r->memory, sizeof(r->memory));
    r->tag = hf_buffer_of(r->tag_memory, sizeof(r->tag_memory));
    assert_int_equal(
        hf_crypto_stream_open(&fixture_crypto, 0, op, is_backward, &r->stream), HF_OK);
}

static void run_update(run *r, const uint8_t *data, size_t len)
{
    size_t before = r->out.len;
    assert_int_equal(hf_crypto_stream_update(&fixture_crypto, &r->stream,
                                             hf_bytes_of(data, len), &r->out),
                     HF_OK);
    assert_true(r->out.len - before <= hf_crypto_stream_room(&r->stream, len));
}

/* Only as much room as is asked for. */
static int run_finish(run *r)
{
    bool is_aead = hf_algorithm_find_class(r->stream.algorithm, HF_CLASS_AEAD) != NULL;
    r->out.size = r->out.len + (r->stream.output_len > 32 ? r->stream.output_len : 32);
    r->tag.size = r->stream.output_len <= 16 ? r->stream.output_len : 16;
    int rc = hf_crypto_stream_finish(&fixture_crypto, &r->stream, &r->out,
                                     is_aead ? &r->tag : NULL);
    hf_crypto_stream_close(&fixture_crypto, &r->stream);
    assert_null(r->stream.stream);
    return rc;
}

/* ---- vectors ---- */

typedef struct stream_case {
    hf_crypto_op op;
    bool is_backward;
    const blob *input;
    const char *output, *tag;
} stream_case;

static void check_cut(const stream_case *c, size_t first, size_t second)
{
    run r;
    run_open(&r, &c->op, c->is_backward);
    run_update(&r, c->input->data, first);
    run_update(&r, c->input->data + first, second - first);
    run_update(&r, c->input->data + second, c->input->len - second);
    assert_int_equal(run_finish(&r), HF_OK);
    assert_bytes(hf_bytes_of(r.out.data, r.out.len), c->output);
    assert_bytes(hf_bytes_of(r.tag.data, r.tag.len), c->tag);
}

static void check_cuts(const stream_case *c)
{
    for (size_t first = 0; first <= c->input->len; first++) {
        for (size_t second = first; second <= c->input->len; second++) {
            check_cut(c, first, second);
        }
    }
}

static bool may_stream(uint16_t algorithm, bool is_backward)
{
    uint16_t trait = is_backward ? HF_TRAIT_STREAM_BACKWARD : HF_TRAIT_STREAM;
    return (hf_algorithm_find(algorithm)->traits & trait) != 0;
}

static void check_cipher(const hf_crypto_key *key, const void *context)
{
    const cipher_vector *v = context;
    blob nonce = unhex(v->nonce);
    blob aad = unhex(v->aad);
    blob plain = unhex(v->plain);
    blob cipher = unhex(v->cipher);
    stream_case c = { .op = { .algorithm = v->algorithm,
                              .key = key,
                              .output_len = (uint32_t)strlen(v->tag) / 2,
                              .aad = blob_bytes(&aad),
                              .nonce = blob_bytes(&nonce) },
                      .input = &plain,
                      .output = v->cipher,
                      .tag = v->tag };
    if (may_stream(v->algorithm, false)) {
        check_cuts(&c);
    }
    if (may_stream(v->algorithm, true)) {
        c.is_backward = true;
        c.input = &cipher;
        c.output = v->plain;
        check_cuts(&c);
    }
}

static void test_cipher_streams_cut_anywhere_match_the_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < cipher_vector_count; i++) {
        const cipher_vector *v = &cipher_vectors[i];
        blob material = unhex(v->key);
        hf_crypto_key key = key_of(v->key_type, &material);
        check_cipher(&key, v);
    }
}

static void check_mac(const hf_crypto_key *key, const void *context)
{
    const mac_vector *v = context;
    blob nonce = unhex(v->nonce);
    blob data = unhex(v->data);
    stream_case c = {
        .op = { .algorithm = v->algorithm, .key = key, .nonce = blob_bytes(&nonce) },
        .input = &data,
        .output = v->mac,
        .tag = ""
    };
    bool is_legacy = (hf_algorithm_find(v->algorithm)->traits & HF_TRAIT_LEGACY) != 0;
    for (int backward = is_legacy ? 1 : 0; backward < 2; backward++) {
        c.is_backward = backward != 0; /* a MAC is computed in the same way */
        for (size_t cut = 0; cut <= data.len; cut++) {
            check_cut(&c, cut, cut);
            check_cut(&c, cut / 2, cut);
        }
    }
}

static void test_mac_streams_cut_anywhere_match_the_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < mac_vector_count; i++) {
        with_key(mac_vectors[i].key_type, mac_vectors[i].key, check_mac, &mac_vectors[i]);
    }
}

static void test_parsed_keys_serve_streams_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < cipher_vector_count; i += 5) {
        with_key(cipher_vectors[i].key_type, cipher_vectors[i].key, check_cipher,
                 &cipher_vectors[i]);
    }
}

static void test_mac_stream_is_cut_as_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < mac_vector_count; i++) {
        const mac_vector *v = &mac_vectors[i];
        blob material = unhex(v->key);
        blob nonce = unhex(v->nonce);
        blob data = unhex(v->data);
        hf_crypto_key key = key_of(v->key_type, &material);
        const hf_crypto_op op = { .algorithm = v->algorithm,
                                  .key = &key,
                                  .output_len = 12,
                                  .nonce = blob_bytes(&nonce) };
        blob mac = unhex(v->mac);
        run r;
        run_open(&r, &op, true);
        run_update(&r, data.data, data.len);
        assert_int_equal(run_finish(&r), HF_OK);
        assert_int_equal(r.out.len, 12);
        assert_memory_equal(r.out.data, mac.data, 12);
    }
}

/* ---- long input in pieces of many lengths, against one call ---- */

static const uint16_t ciphers[] = { HF_ALG_AES_ECB,     HF_ALG_AES_CBC,
                                    HF_ALG_AES_CBC_PAD, HF_ALG_AES_CTR,
                                    HF_ALG_AES_GCM,     HF_ALG_CHACHA20_POLY1305 };

/* One call forward, of the right length for the row. */
static void encrypt_whole(const hf_crypto_op *op, hf_buffer *out, hf_buffer *tag)
{
    bool is_aead = hf_algorithm_find_class(op->algorithm, HF_CLASS_AEAD) != NULL;
    assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, op, out, is_aead ? tag : NULL),
                     HF_OK);
}

/* Input in pieces of 0, step, 2 step, ... bytes. */
static void check_pieces(const hf_crypto_op *op, bool is_backward, hf_bytes input,
                         hf_bytes expected)
{
    for (size_t step = 1; step < 40; step++) {
        run r;
        hf_crypto_op opening = *op;
        opening.input = hf_bytes_of(NULL, 0);
        run_open(&r, &opening, is_backward);
        size_t offset = 0;
        for (size_t n = 0; offset < input.len; n++) {
            size_t rest = input.len - offset;
            size_t len = n * step < rest ? n * step : rest;
            run_update(&r, input.data + offset, len);
            offset += len;
        }
        assert_int_equal(run_finish(&r), HF_OK);
        assert_int_equal(r.out.len, expected.len);
        assert_memory_equal(r.out.data, expected.data, expected.len);
    }
}

static void test_pieces_of_any_length_give_what_one_call_gives(void **state)
{
    (void)state;
    uint8_t text[1008]; /* whole blocks */
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (uint8_t)(i * 31 + i / 256);
    }
    blob material = repeat(0x42, 32);
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
        const hf_algorithm *row = hf_algorithm_find(ciphers[i]);
        hf_crypto_key key = key_of(
            row->family == HF_FAMILY_AES ? HF_KEY_AES_256 : HF_KEY_CHACHA20, &material);
        uint8_t cipher_memory[ROOM];
        uint8_t tag_memory[16];
        hf_buffer cipher = hf_buffer_of(cipher_memory, sizeof(cipher_memory));
        hf_buffer tag = hf_buffer_of(tag_memory, sizeof(tag_memory));
        size_t len = row->input_unit != 0 ? sizeof(text) : sizeof(text) - 5;
        const hf_crypto_op op = { .algorithm = ciphers[i],
                                  .key = &key,
                                  .input = hf_bytes_of(text, len),
                                  .nonce = hf_bytes_of(text, row->nonce_len) };
        encrypt_whole(&op, &cipher, &tag);
        check_pieces(&op, false, op.input, hf_bytes_of(cipher.data, cipher.len));
        if (may_stream(ciphers[i], true)) {
            check_pieces(&op, true, hf_bytes_of(cipher.data, cipher.len), op.input);
        }
    }
}

/* ---- padding at the end of a stream ---- */

/* CBC without padding of `len` bytes, to be decrypted with it. */
static blob cbc_of(const hf_crypto_op *op, const uint8_t *plain, size_t len)
{
    blob cipher;
    hf_buffer out = blob_buffer(&cipher);
    hf_crypto_op cbc = *op;
    cbc.algorithm = HF_ALG_AES_CBC;
    cbc.input = hf_bytes_of(plain, len);
    assert_int_equal(hf_crypto_encrypt(&fixture_crypto, 0, &cbc, &out, NULL), HF_OK);
    cipher.len = out.len;
    return cipher;
}

static void test_wrong_padding_is_found_at_the_end_and_not_given_out(void **state)
{
    (void)state;
    blob material = repeat(1, 16);
    blob nonce = repeat(2, 16);
    hf_crypto_key key = key_of(HF_KEY_AES_128, &material);
    const hf_crypto_op op = { .algorithm = HF_ALG_AES_CBC_PAD,
                              .key = &key,
                              .nonce = blob_bytes(&nonce) };
    blob plain = repeat(0x77, 32);
    static const uint8_t wrong[] = { 0, 2, 17, 255 };
    for (size_t i = 0; i < sizeof(wrong); i++) {
        plain.data[31] = wrong[i];
        blob cipher = cbc_of(&op, plain.data, plain.len);
        run r;
        run_open(&r, &op, true);
        memset(r.memory, 0x55, sizeof(r.memory));
        run_update(&r, cipher.data, cipher.len);
        assert_int_equal(r.out.len, 16); /* the last block is held back */
        assert_memory_equal(r.memory, plain.data, 16);
        for (size_t n = 16; n < 16 + 16; n++) {
            assert_int_not_equal(r.memory[n], 0x77);
        }
        assert_int_equal(run_finish(&r), HF_ERR_VERIFY);
        assert_int_equal(r.out.len, 16);
        for (size_t n = 16; n < 16 + 32; n++) {
            assert_int_equal(r.memory[n], 0);
        }
    }
}

static void test_incomplete_blocks_are_a_range_error(void **state)
{
    (void)state;
    static const uint16_t blocks[] = { HF_ALG_AES_ECB, HF_ALG_AES_CBC,
                                       HF_ALG_AES_CBC_PAD };
    blob material = repeat(1, 16);
    blob text = repeat(2, 48);
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        hf_crypto_key key = key_of(HF_KEY_AES_128, &material);
        const hf_crypto_op op = {
            .algorithm = blocks[i],
            .key = &key,
            .nonce = hf_bytes_of(text.data, hf_algorithm_find(blocks[i])->nonce_len)
        };
        for (size_t len = 1; len < 48; len++) {
            run r;
            run_open(&r, &op, true);
            run_update(&r, text.data, len);
            int rc = run_finish(&r);
            if (len % 16 != 0) {
                assert_int_equal(rc, HF_ERR_RANGE);
            } else if (blocks[i] != HF_ALG_AES_CBC_PAD) {
                assert_int_equal(rc, HF_OK);
            }
        }
    }
}

/* A stream that is given up: nothing is left (the leak sanitizer looks). */
static void test_close_in_the_middle(void **state)
{
    (void)state;
    for (size_t i = 0; i < cipher_vector_count; i++) {
        const cipher_vector *v = &cipher_vectors[i];
        blob material = unhex(v->key);
        blob nonce = unhex(v->nonce);
        hf_crypto_key key = key_of(v->key_type, &material);
        const hf_crypto_op op = { .algorithm = v->algorithm,
                                  .key = &key,
                                  .nonce = blob_bytes(&nonce) };
        if (may_stream(v->algorithm, false)) {
            run r;
            run_open(&r, &op, false);
            run_update(&r, material.data, 5);
            hf_crypto_stream_close(&fixture_crypto, &r.stream);
            assert_null(r.stream.stream);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cipher_streams_cut_anywhere_match_the_vectors),
        cmocka_unit_test(test_mac_streams_cut_anywhere_match_the_vectors),
        cmocka_unit_test(test_parsed_keys_serve_streams_too),
        cmocka_unit_test(test_mac_stream_is_cut_as_asked),
        cmocka_unit_test(test_pieces_of_any_length_give_what_one_call_gives),
        cmocka_unit_test(test_wrong_padding_is_found_at_the_end_and_not_given_out),
        cmocka_unit_test(test_incomplete_blocks_are_a_range_error),
        cmocka_unit_test(test_close_in_the_middle),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
