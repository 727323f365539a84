/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Streams over a fake device: which rows may be one in which direction, what is checked
 * at each step, what is left after an error.
 */
#include "fake_device.h"

#include <string.h>

#define ROOM SIZE_MAX /* that an output buffer claims to have */
#define MOST ((size_t)0x7FFFFFC0)
/* SP 800-38D 5.2.1.1 */
#define AEAD_MOST ((UINT64_C(1) << 36) - 32)

static const uint8_t material[4096] = { 1 };
static uint8_t memory[256];
static fake_device fake;
static hf_crypto crypto;

static int set_up(void **state)
{
    (void)state;
    fake = (fake_device){ .out_len = 0 };
    memset(memory, 0x11, sizeof(memory));
    const hf_crypto_device_config config = fake_config(&fake);
    return hf_crypto_init(&crypto, &config, 1);
}

static int tear_down(void **state)
{
    (void)state;
    return hf_crypto_cleanup(&crypto);
}

static hf_bytes told(size_t len)
{
    return hf_bytes_of(memory, len);
}

/* What the row takes to be a stream. */
typedef struct opening {
    hf_crypto_key key;
    hf_crypto_op op;
} opening;

static void opening_init(opening *o, const hf_algorithm *row)
{
    const hf_key_type_info *info;
    uint32_t type = 0;
    for (size_t i = 0; type == 0 && (info = hf_key_type_at(i)) != NULL; i++) {
        type = hf_algorithm_fits(row, info->type, true) ? info->type : 0;
    }
    *o = (opening){ .op = { .algorithm = row->id, .nonce = told(row->nonce_len) } };
    if (type != 0) {
        o->key = (hf_crypto_key){ .type = type,
                                  .material = hf_bytes_of(
                                      material, hf_key_type_find(type)->raw_len_max) };
        o->op.key = &o->key;
    }
    if ((row->traits & HF_TRAIT_XOF) != 0) {
        o->op.output_len = 1;
    }
}

static int open_stream(uint16_t algorithm, bool is_backward, hf_crypto_stream *stream)
{
    opening o;
    opening_init(&o, hf_algorithm_find(algorithm));
    *stream = (hf_crypto_stream){ .stream = NULL };
    return hf_crypto_stream_open(&crypto, 0, &o.op, is_backward, stream);
}

static int update(hf_crypto_stream *stream, size_t len)
{
    hf_buffer out = { .data = memory, .size = ROOM };
    return hf_crypto_stream_update(&crypto, stream, told(len), &out);
}

static int finish(hf_crypto_stream *stream)
{
    hf_buffer out = { .data = memory, .size = ROOM };
    hf_buffer tag = { .data = memory, .size = ROOM };
    bool is_aead = hf_algorithm_find_class(stream->algorithm, HF_CLASS_AEAD) != NULL;
    return hf_crypto_stream_finish(&crypto, stream, &out, is_aead ? &tag : NULL);
}

/* ---- which rows ---- */

static bool is_one_of(uint16_t algorithm, const uint16_t *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == algorithm) {
            return true;
        }
    }
    return false;
}

static void test_open_rows_with_the_trait_only(void **state)
{
    (void)state;
    static const uint16_t both[] = {
        HF_ALG_AES_CMAC, HF_ALG_AES_GMAC,    HF_ALG_AES_ECB,
        HF_ALG_AES_CBC,  HF_ALG_AES_CBC_PAD, HF_ALG_AES_CTR
    };
    static const uint16_t sealed[] = { HF_ALG_AES_GCM, HF_ALG_CHACHA20_POLY1305 };
    const hf_algorithm *row;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        bool is_legacy_mac = row->id == HF_ALG_HMAC_SHA1;
        bool is_hash = row->class == HF_CLASS_HASH;
        bool is_both = is_one_of(row->id, both, sizeof(both) / sizeof(both[0])) ||
                       (row->hash != 0 && row->class == HF_CLASS_MAC);
        bool is_forward =
            (is_both && !is_legacy_mac) || is_hash || is_one_of(row->id, sealed, 2);
        hf_crypto_stream stream;
        assert_int_equal(open_stream(row->id, false, &stream),
                         is_forward ? HF_OK : HF_ERR_NOTSUPPORTED);
        assert_ptr_equal(stream.stream, is_forward ? FAKE_STREAM : NULL);
        hf_crypto_stream_close(&crypto, &stream);
        assert_int_equal(open_stream(row->id, true, &stream),
                         is_both ? HF_OK : HF_ERR_NOTSUPPORTED);
        assert_ptr_equal(stream.stream, is_both ? FAKE_STREAM : NULL);
        hf_crypto_stream_close(&crypto, &stream);
    }
}

static void test_open_fills_in_the_length_of_the_output(void **state)
{
    (void)state;
    static const struct {
        uint16_t algorithm;
        uint32_t asked, given;
        int status;
    } cases[] = {
        { HF_ALG_SHA384, 0, 48, HF_OK },
        { HF_ALG_SHA384, 48, 48, HF_OK },
        { HF_ALG_SHA384, 47, 0, HF_ERR_RANGE },
        { HF_ALG_SHAKE128, 0, 0, HF_ERR_RANGE },
        { HF_ALG_SHAKE128, 1, 1, HF_OK },
        { HF_ALG_SHAKE256, HF_XOF_LEN_MAX, HF_XOF_LEN_MAX, HF_OK },
        { HF_ALG_SHAKE256, HF_XOF_LEN_MAX + 1, 0, HF_ERR_RANGE },
        { HF_ALG_HMAC_SHA512, 0, 64, HF_OK },
        { HF_ALG_HMAC_SHA512, 20, 20, HF_OK },
        { HF_ALG_HMAC_SHA512, 3, 0, HF_ERR_RANGE },
        { HF_ALG_AES_GCM, 0, 16, HF_OK },
        { HF_ALG_AES_GCM, 12, 12, HF_OK },
        { HF_ALG_AES_GCM, 11, 0, HF_ERR_RANGE },
        { HF_ALG_AES_CBC, 0, 0, HF_OK },
        { HF_ALG_AES_CBC, 16, 0, HF_ERR_RANGE },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        opening o;
        opening_init(&o, hf_algorithm_find(cases[i].algorithm));
        o.op.output_len = cases[i].asked;
        hf_crypto_stream stream = { .stream = NULL };
        assert_int_equal(hf_crypto_stream_open(&crypto, 0, &o.op, false, &stream),
                         cases[i].status);
        assert_int_equal(stream.output_len, cases[i].given);
        if (cases[i].status == HF_OK) {
            assert_int_equal(fake.op.output_len, cases[i].given);
        }
        hf_crypto_stream_close(&crypto, &stream);
    }
}

static void test_open_bad_arguments_are_refused(void **state)
{
    (void)state;
    opening o;
    opening_init(&o, hf_algorithm_find(HF_ALG_AES_GCM));
    hf_crypto_stream stream = { .stream = NULL };
    assert_int_equal(hf_crypto_stream_open(&crypto, 0, NULL, false, &stream), HF_ERR_ARG);
    assert_int_equal(hf_crypto_stream_open(&crypto, 0, &o.op, false, NULL), HF_ERR_ARG);
    assert_int_equal(hf_crypto_stream_open(&crypto, 1, &o.op, false, &stream),
                     HF_ERR_ARG);
    assert_int_equal(hf_crypto_stream_open(NULL, 0, &o.op, false, &stream), HF_ERR_ARG);
    const hf_crypto_op hash = { .algorithm = HF_ALG_SHA256 };
    assert_int_equal(hf_crypto_stream_open(&crypto, 1, &hash, false, &stream),
                     HF_ERR_ARG);
    o.op.input = told(1); /* input comes with update */
    assert_int_equal(hf_crypto_stream_open(&crypto, 0, &o.op, false, &stream),
                     HF_ERR_ARG);
    o.op.input = told(0);
    o.op.key = NULL;
    assert_int_equal(hf_crypto_stream_open(&crypto, 0, &o.op, false, &stream),
                     HF_ERR_ARG);
    o.op.algorithm = 0x7777;
    assert_int_equal(hf_crypto_stream_open(&crypto, 0, &o.op, false, &stream),
                     HF_ERR_NOTSUPPORTED);
    assert_int_equal(fake.call_count, 0);
    fake.status = HF_ERR_NOMEM;
    stream.is_finished = true; /* what was there does not matter */
    assert_int_equal(hf_crypto_stream_open(&crypto, 0, &hash, false, &stream),
                     HF_ERR_NOMEM);
    assert_null(stream.stream);
    assert_false(stream.is_finished);
}

static void test_open_is_open_already(void **state)
{
    (void)state;
    hf_crypto_stream stream;
    assert_int_equal(open_stream(HF_ALG_SHA256, false, &stream), HF_OK);
    const hf_crypto_op op = { .algorithm = HF_ALG_SHA512 };
    assert_int_equal(hf_crypto_stream_open(&crypto, 0, &op, false, &stream),
                     HF_ERR_STATE);
    assert_int_equal(stream.algorithm, HF_ALG_SHA256);
    hf_crypto_stream_close(&crypto, &stream);
    assert_null(stream.stream);
    assert_int_equal(update(&stream, 1), HF_ERR_STATE);
    assert_int_equal(finish(&stream), HF_ERR_STATE);
    hf_crypto_stream_close(&crypto, &stream); /* harmless */
    hf_crypto_stream_close(&crypto, NULL);
    assert_int_equal(fake.call_count, 2);
}

/* ---- update ---- */

static void test_update_needs_room_for_what_may_come_out(void **state)
{
    (void)state;
    hf_crypto_stream stream;
    hf_buffer out = { .data = memory, .size = 47 };
    assert_int_equal(open_stream(HF_ALG_AES_CTR, false, &stream), HF_OK);
    assert_int_equal(hf_crypto_stream_room(&stream, 16), 48);
    assert_int_equal(hf_crypto_stream_room(&stream, SIZE_MAX), SIZE_MAX);
    int before = fake.call_count;
    assert_int_equal(hf_crypto_stream_update(&crypto, &stream, told(16), &out),
                     HF_ERR_SIZE);
    assert_int_equal(hf_crypto_stream_update(&crypto, &stream, told(16), NULL),
                     HF_ERR_ARG);
    assert_int_equal(
        hf_crypto_stream_update(&crypto, &stream, hf_bytes_of(NULL, 1), &out),
        HF_ERR_ARG);
    assert_int_equal(hf_crypto_stream_update(&crypto, NULL, told(1), &out), HF_ERR_ARG);
    assert_int_equal(fake.call_count, before);
    out.size = 48; /* the stream is as before */
    assert_int_equal(hf_crypto_stream_update(&crypto, &stream, told(16), &out), HF_OK);
    assert_int_equal(stream.input_len, 16);
    hf_crypto_stream_close(&crypto, &stream);
    assert_int_equal(open_stream(HF_ALG_AES_CMAC, false, &stream), HF_OK);
    assert_int_equal(hf_crypto_stream_room(&stream, 16), 0);
    assert_int_equal(hf_crypto_stream_update(&crypto, &stream, told(16), NULL), HF_OK);
    hf_crypto_stream_close(&crypto, &stream);
    assert_int_equal(hf_crypto_stream_room(&stream, 16), 0);
}

static void test_update_that_fails_ends_the_stream_and_is_wiped(void **state)
{
    (void)state;
    hf_crypto_stream stream;
    hf_buffer out = { .data = memory, .size = 64, .len = 2 };
    assert_int_equal(open_stream(HF_ALG_AES_CBC, false, &stream), HF_OK);
    fake.status = HF_ERR_CRYPTO;
    fake.out_len = 16;
    assert_int_equal(hf_crypto_stream_update(&crypto, &stream, told(16), &out),
                     HF_ERR_CRYPTO);
    assert_int_equal(out.len, 2);
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(memory[i], i < 2 || i >= 50 ? 0x11 : 0);
    }
    fake.status = HF_OK;
    int before = fake.call_count;
    assert_int_equal(update(&stream, 16), HF_ERR_STATE);
    assert_int_equal(finish(&stream), HF_ERR_STATE);
    assert_int_equal(fake.call_count, before);
    hf_crypto_stream_close(&crypto, &stream);
    assert_int_equal(fake.call_count, before + 1);
}

static void test_update_too_much_at_once_changes_nothing(void **state)
{
    (void)state;
    static const uint16_t limited[] = { HF_ALG_AES_GMAC, HF_ALG_AES_ECB, HF_ALG_AES_CTR,
                                        HF_ALG_AES_GCM, HF_ALG_CHACHA20_POLY1305 };
    hf_crypto_stream stream;
    for (size_t i = 0; i < sizeof(limited) / sizeof(limited[0]); i++) {
        assert_int_equal(open_stream(limited[i], false, &stream), HF_OK);
        assert_int_equal(update(&stream, MOST + 1), HF_ERR_RANGE);
        assert_int_equal(update(&stream, SIZE_MAX), HF_ERR_RANGE);
        assert_int_equal(update(&stream, MOST), HF_OK);
        assert_int_equal(finish(&stream), HF_OK);
        hf_crypto_stream_close(&crypto, &stream);
    }
    assert_int_equal(open_stream(HF_ALG_HMAC_SHA256, false, &stream), HF_OK);
    assert_int_equal(update(&stream, MOST + 1), HF_OK);
    hf_crypto_stream_close(&crypto, &stream);
}

static void test_aead_ends_where_its_counter_does(void **state)
{
    (void)state;
    static const uint16_t sealed[] = { HF_ALG_AES_GCM, HF_ALG_CHACHA20_POLY1305 };
    for (size_t i = 0; i < 2; i++) {
        hf_crypto_stream stream;
        assert_int_equal(open_stream(sealed[i], false, &stream), HF_OK);
        uint64_t rest = AEAD_MOST;
        while (rest > MOST) {
            assert_int_equal(update(&stream, MOST), HF_OK);
            rest -= MOST;
        }
        assert_int_equal(update(&stream, (size_t)rest + 1), HF_ERR_RANGE);
        assert_int_equal(update(&stream, (size_t)rest), HF_OK);
        assert_int_equal(update(&stream, 1), HF_ERR_RANGE);
        assert_int_equal(update(&stream, 0), HF_OK);
        assert_int_equal(finish(&stream), HF_OK);
        hf_crypto_stream_close(&crypto, &stream);
    }
}

/* ---- finish ---- */

static void test_finish_whole_length_must_be_one_of_the_cipher(void **state)
{
    (void)state;
    static const struct {
        uint16_t algorithm;
        bool is_backward;
        size_t first, second;
        int status;
    } cases[] = {
        { HF_ALG_AES_ECB, false, 0, 0, HF_OK },
        { HF_ALG_AES_ECB, false, 7, 9, HF_OK },
        { HF_ALG_AES_ECB, false, 7, 10, HF_ERR_RANGE },
        { HF_ALG_AES_ECB, true, 16, 15, HF_ERR_RANGE },
        { HF_ALG_AES_CBC, false, 1, 0, HF_ERR_RANGE },
        { HF_ALG_AES_CBC, true, 16, 16, HF_OK },
        { HF_ALG_AES_CBC, true, 16, 8, HF_ERR_RANGE },
        { HF_ALG_AES_CBC_PAD, false, 0, 0, HF_OK },
        { HF_ALG_AES_CBC_PAD, false, 16, 8, HF_OK },
        { HF_ALG_AES_CBC_PAD, true, 0, 0, HF_ERR_RANGE },
        { HF_ALG_AES_CBC_PAD, true, 9, 7, HF_OK },
        { HF_ALG_AES_CBC_PAD, true, 16, 1, HF_ERR_RANGE },
        { HF_ALG_AES_CTR, false, 16, 1, HF_OK },
        { HF_ALG_AES_CTR, true, 16, 1, HF_OK },
        { HF_ALG_AES_GCM, false, 16, 1, HF_OK },
        { HF_ALG_AES_CMAC, false, 16, 1, HF_OK },
        { HF_ALG_SHA256, false, 3, 1, HF_OK },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        hf_crypto_stream stream;
        assert_int_equal(open_stream(cases[i].algorithm, cases[i].is_backward, &stream),
                         HF_OK);
        assert_int_equal(update(&stream, cases[i].first), HF_OK);
        assert_int_equal(update(&stream, cases[i].second), HF_OK);
        assert_int_equal(finish(&stream), cases[i].status);
        assert_int_equal(update(&stream, 16), HF_ERR_STATE);
        assert_int_equal(finish(&stream), HF_ERR_STATE);
        hf_crypto_stream_close(&crypto, &stream);
    }
}

static void test_finish_too_little_room_can_be_repeated(void **state)
{
    (void)state;
    hf_crypto_stream stream;
    uint8_t tag_memory[16];
    hf_buffer out = { .data = memory, .size = 31 };
    hf_buffer tag = { .data = tag_memory, .size = 16 };
    assert_int_equal(open_stream(HF_ALG_AES_GCM, false, &stream), HF_OK);
    int before = fake.call_count;
    assert_int_equal(hf_crypto_stream_finish(&crypto, &stream, &out, &tag), HF_ERR_SIZE);
    out.size = 32;
    tag.size = 15;
    assert_int_equal(hf_crypto_stream_finish(&crypto, &stream, &out, &tag), HF_ERR_SIZE);
    tag.size = 16;
    assert_int_equal(hf_crypto_stream_finish(&crypto, &stream, &out, NULL), HF_ERR_ARG);
    assert_int_equal(hf_crypto_stream_finish(&crypto, &stream, NULL, &tag), HF_ERR_ARG);
    assert_int_equal(hf_crypto_stream_finish(&crypto, NULL, &out, &tag), HF_ERR_ARG);
    assert_int_equal(fake.call_count, before);
    assert_int_equal(hf_crypto_stream_finish(&crypto, &stream, &out, &tag), HF_OK);
    hf_crypto_stream_close(&crypto, &stream);
    assert_int_equal(open_stream(HF_ALG_SHA256, false, &stream), HF_OK);
    assert_int_equal(hf_crypto_stream_finish(&crypto, &stream, &out, &tag), HF_ERR_ARG);
    assert_int_equal(hf_crypto_stream_finish(&crypto, &stream, &out, NULL), HF_OK);
    hf_crypto_stream_close(&crypto, &stream);
}

static void test_finish_that_fails_ends_the_stream_and_is_wiped(void **state)
{
    (void)state;
    hf_crypto_stream stream;
    uint8_t tag_memory[20];
    memset(tag_memory, 0x11, sizeof(tag_memory));
    hf_buffer out = { .data = memory, .size = 64, .len = 2 };
    hf_buffer tag = { .data = tag_memory, .size = 20, .len = 1 };
    assert_int_equal(open_stream(HF_ALG_AES_GCM, false, &stream), HF_OK);
    fake.status = HF_ERR_CRYPTO;
    fake.out_len = 16;
    assert_int_equal(hf_crypto_stream_finish(&crypto, &stream, &out, &tag),
                     HF_ERR_CRYPTO);
    fake.status = HF_OK;
    assert_int_equal(out.len, 2);
    assert_int_equal(tag.len, 1);
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(memory[i], i < 2 || i >= 34 ? 0x11 : 0);
    }
    for (size_t i = 0; i < sizeof(tag_memory); i++) {
        assert_int_equal(tag_memory[i], i < 1 || i >= 17 ? 0x11 : 0);
    }
    assert_int_equal(finish(&stream), HF_ERR_STATE);
    hf_crypto_stream_close(&crypto, &stream);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_open_rows_with_the_trait_only),
        TEST(test_open_fills_in_the_length_of_the_output),
        TEST(test_open_bad_arguments_are_refused),
        TEST(test_open_is_open_already),
        TEST(test_update_needs_room_for_what_may_come_out),
        TEST(test_update_that_fails_ends_the_stream_and_is_wiped),
        TEST(test_update_too_much_at_once_changes_nothing),
        TEST(test_aead_ends_where_its_counter_does),
        TEST(test_finish_whole_length_must_be_one_of_the_cipher),
        TEST(test_finish_too_little_room_can_be_repeated),
        TEST(test_finish_that_fails_ends_the_stream_and_is_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
