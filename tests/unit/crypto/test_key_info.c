/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Envelopes of keys and the numbers of RSA: layout against bytes written by hand, and
 * every error. What needs a real key is in tests/unit/openssl.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "holdfast/crypto_key_info.h"
#include "holdfast/crypto_rsa.h"

#define ROOM 4096

/* ML-DSA-65: 2.16.840.1.101.3.4.3.18 */
static const uint8_t seed_form[] = {
    0x30, 0x16, 0x02, 0x01, 0x00, 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48,
    0x01, 0x65, 0x03, 0x04, 0x03, 0x12, 0x04, 0x04, 0x80, 0x02, 0xA1, 0xA2,
};
static const uint8_t public_form[] = {
    0x30, 0x12, 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
    0x65, 0x03, 0x04, 0x03, 0x12, 0x03, 0x03, 0x00, 0xB1, 0xB2,
};
static const uint8_t rsa_form[] = {
    0x30, 0x14, 0x02, 0x01, 0x00, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86,
    0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00, 0x04, 0x00,
};

#define BYTES(array) hf_bytes_of(array, sizeof(array))

static void assert_buffer(const hf_buffer *out, hf_bytes expected)
{
    assert_int_equal(out->len, expected.len);
    assert_memory_equal(out->data, expected.data, expected.len);
}

static void assert_wiped(const hf_buffer *out)
{
    for (size_t i = out->len; i < out->size; i++) {
        assert_int_equal(out->data[i], 0);
    }
}

static void test_key_info_encode_is_as_written_by_hand(void **state)
{
    (void)state;
    const uint8_t seed[] = { 0xA1, 0xA2 };
    const uint8_t public[] = { 0xB1, 0xB2 };
    uint8_t memory[64] = { 0 };
    hf_buffer out = hf_buffer_of(memory, sizeof(memory));
    assert_int_equal(hf_key_info_encode_seed(HF_KEY_ML_DSA_65, BYTES(seed), &out), HF_OK);
    assert_buffer(&out, BYTES(seed_form));
    assert_wiped(&out);
    out.len = 0;
    assert_int_equal(hf_key_info_encode(HF_KEY_ML_DSA_65_PUBLIC, BYTES(public), &out),
                     HF_OK);
    assert_buffer(&out, BYTES(public_form));
    out.len = 0;
    assert_int_equal(hf_key_info_encode(HF_KEY_RSA_2048, hf_bytes_of(NULL, 0), &out),
                     HF_OK);
    assert_buffer(&out, BYTES(rsa_form));
}

static void test_key_info_encode_appends_or_leaves_nothing(void **state)
{
    (void)state;
    const uint8_t seed[] = { 0xA1, 0xA2 };
    uint8_t memory[sizeof(seed_form) + 3] = { 7, 8 };
    hf_buffer out = { .data = memory, .size = sizeof(seed_form) + 2, .len = 2 };
    assert_int_equal(hf_key_info_encode_seed(HF_KEY_ML_DSA_65, BYTES(seed), &out), HF_OK);
    assert_int_equal(out.len, out.size);
    assert_int_equal(memory[0], 7);
    assert_int_equal(memory[1], 8);
    assert_memory_equal(memory + 2, seed_form, sizeof(seed_form));
    for (size_t size = 2; size < sizeof(seed_form) + 2; size++) {
        memset(memory + 2, 0, sizeof(seed_form));
        out = (hf_buffer){ .data = memory, .size = size, .len = 2 };
        assert_int_equal(hf_key_info_encode_seed(HF_KEY_ML_DSA_65, BYTES(seed), &out),
                         HF_ERR_SIZE);
        assert_int_equal(out.len, 2);
        assert_wiped(&out);
    }
    out = (hf_buffer){ .data = memory, .size = sizeof(memory), .len = 2 };
    assert_int_equal(hf_key_info_encode(HF_KEY_P256, BYTES(seed), &out), HF_ERR_TYPE);
    assert_int_equal(hf_key_info_encode_seed(HF_KEY_AES_256, BYTES(seed), &out),
                     HF_ERR_TYPE);
    assert_int_equal(out.len, 2);
}

static void test_key_info_decode_of_every_other_type_is_key_error(void **state)
{
    (void)state;
    hf_bytes content;
    for (size_t i = 0; hf_key_type_at(i) != NULL; i++) {
        uint32_t type = hf_key_type_at(i)->type;
        int rc = hf_key_info_decode(type, BYTES(seed_form), &content);
        assert_int_equal(rc, type == HF_KEY_ML_DSA_65 ? HF_OK : HF_ERR_KEY);
        assert_int_equal(content.len, rc == HF_OK ? 4 : 0);
        rc = hf_key_info_decode(type, BYTES(public_form), &content);
        assert_int_equal(rc, type == HF_KEY_ML_DSA_65_PUBLIC ? HF_OK : HF_ERR_KEY);
    }
    assert_int_equal(hf_key_info_decode(0, BYTES(seed_form), &content), HF_ERR_KEY);
}

static void test_key_info_decode_every_changed_byte_and_length_is_key_error(void **state)
{
    (void)state;
    uint8_t der[sizeof(seed_form) + 1];
    hf_bytes content, seed, expanded;
    memcpy(der, seed_form, sizeof(seed_form));
    for (size_t i = 0; i < sizeof(seed_form) - 2; i++) { /* the seed may be anything */
        der[i] ^= 0x01;
        int rc = hf_key_info_decode(HF_KEY_ML_DSA_65, hf_bytes_of(der, sizeof(seed_form)),
                                    &content);
        if (rc == HF_OK) {
            rc = hf_key_info_decode_seed(content, &seed, &expanded);
        }
        assert_int_equal(rc, HF_ERR_KEY);
        der[i] ^= 0x01;
    }
    der[sizeof(seed_form)] = 0;
    for (size_t len = 0; len <= sizeof(der); len++) {
        assert_int_equal(
            hf_key_info_decode(HF_KEY_ML_DSA_65, hf_bytes_of(der, len), &content),
            len == sizeof(seed_form) ? HF_OK : HF_ERR_KEY);
    }
}

static void test_key_info_decode_seed_takes_two_of_three_forms(void **state)
{
    (void)state;
    const uint8_t alone[] = { 0x80, 2, 0xA1, 0xA2 };
    const uint8_t both[] = { 0x30, 7, 4, 2, 0xA1, 0xA2, 4, 1, 0xC1 };
    const uint8_t expanded_only[] = { 4, 1, 0xC1 };
    const uint8_t nothing_expanded[] = { 0x30, 6, 4, 2, 0xA1, 0xA2, 4, 0 };
    const uint8_t only_seed_in_both[] = { 0x30, 4, 4, 2, 0xA1, 0xA2 };
    const uint8_t more_in_both[] = { 0x30, 9, 4, 2, 0xA1, 0xA2, 4, 1, 0xC1, 5, 0 };
    const uint8_t more_behind_both[] = { 0x30, 7, 4, 2, 0xA1, 0xA2, 4, 1, 0xC1, 0 };
    hf_bytes seed, expanded;
    assert_int_equal(hf_key_info_decode_seed(BYTES(alone), &seed, &expanded), HF_OK);
    assert_int_equal(seed.len, 2);
    assert_int_equal(expanded.len, 0);
    assert_int_equal(hf_key_info_decode_seed(BYTES(both), &seed, &expanded), HF_OK);
    assert_ptr_equal(seed.data, both + 4);
    assert_ptr_equal(expanded.data, both + 8);
    assert_int_equal(expanded.len, 1);
    const hf_bytes wrong[] = { BYTES(expanded_only),     BYTES(nothing_expanded),
                               BYTES(only_seed_in_both), BYTES(more_in_both),
                               BYTES(more_behind_both),  { .len = 0 } };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(hf_key_info_decode_seed(wrong[i], &seed, &expanded), HF_ERR_KEY);
    }
}

/* ---- the numbers of RSA ---- */

/* Of the right lengths and parities; they are no key. */
static void make_numbers(uint8_t (*memory)[256], hf_rsa_numbers *numbers)
{
    for (size_t i = 0; i < 8; i++) {
        memset(memory[i], (int)(0x81 + 2 * i), 256);
    }
    memcpy(memory[1], (const uint8_t[]){ 1, 0, 1 }, 3);
    *numbers = (hf_rsa_numbers){
        .n = hf_bytes_of(memory[0], 256),
        .e = hf_bytes_of(memory[1], 3),
        .d = hf_bytes_of(memory[2], 256),
        .p = hf_bytes_of(memory[3], 128),
        .q = hf_bytes_of(memory[4], 128),
        .dp = hf_bytes_of(memory[5], 128),
        .dq = hf_bytes_of(memory[6], 128),
        .qinv = hf_bytes_of(memory[7], 128),
    };
}

static void test_rsa_numbers_there_and_back(void **state)
{
    (void)state;
    uint8_t memory[8][256];
    uint8_t raw[ROOM];
    hf_rsa_numbers numbers, back;
    hf_buffer out = hf_buffer_of(raw, sizeof(raw));
    make_numbers(memory, &numbers);
    assert_int_equal(hf_rsa_encode(HF_KEY_RSA_2048, &numbers, &out), HF_OK);
    assert_int_equal(hf_rsa_decode(HF_KEY_RSA_2048, hf_bytes_of(raw, out.len), &back),
                     HF_OK);
    assert_int_equal(back.n.len, 256);
    assert_memory_equal(back.n.data, memory[0], 256);
    assert_int_equal(back.e.len, 3);
    assert_int_equal(back.d.len, 256);
    assert_int_equal(back.qinv.len, 128);
    assert_memory_equal(back.qinv.data, memory[7], 128);
    for (size_t i = 0; hf_key_type_at(i) != NULL; i++) {
        uint32_t type = hf_key_type_at(i)->type;
        if (type != HF_KEY_RSA_2048) {
            assert_int_equal(hf_rsa_decode(type, hf_bytes_of(raw, out.len), &back),
                             HF_ERR_KEY);
        }
    }
}

static void test_rsa_numbers_of_wrong_length_or_parity_are_key_error(void **state)
{
    (void)state;
    uint8_t memory[8][256];
    uint8_t raw[ROOM];
    hf_rsa_numbers numbers, back;
    make_numbers(memory, &numbers);
    const struct {
        size_t number, place;
        uint8_t value;
    } changes[] = {
        { 0, 255, 0x80 }, /* n even */ { 0, 0, 0x01 }, /* n short */
        { 1, 2, 0x02 },   /* e even */ { 1, 0, 0x00 }, /* e short */
        { 3, 127, 0x80 }, /* p even */ { 3, 0, 0x7F }, /* p short */
        { 4, 127, 0x80 }, /* q even */ { 4, 0, 0x7F }, /* q short */
    };
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        hf_buffer out = hf_buffer_of(raw, sizeof(raw));
        uint8_t *at = &memory[changes[i].number][changes[i].place];
        uint8_t before = *at;
        *at = changes[i].value;
        assert_int_equal(hf_rsa_encode(HF_KEY_RSA_2048, &numbers, &out), HF_OK);
        assert_int_equal(hf_rsa_decode(HF_KEY_RSA_2048, hf_bytes_of(raw, out.len), &back),
                         HF_ERR_KEY);
        *at = before;
    }
    hf_bytes *const parts[] = { &numbers.d, &numbers.dp, &numbers.dq, &numbers.qinv };
    for (size_t i = 0; i < 4; i++) { /* zero is none of them */
        hf_buffer out = hf_buffer_of(raw, sizeof(raw));
        hf_bytes before = *parts[i];
        *parts[i] = hf_bytes_of(NULL, 0);
        assert_int_equal(hf_rsa_encode(HF_KEY_RSA_2048, &numbers, &out), HF_OK);
        assert_int_equal(hf_rsa_decode(HF_KEY_RSA_2048, hf_bytes_of(raw, out.len), &back),
                         HF_ERR_KEY);
        *parts[i] = before;
    }
}

static void test_rsa_encode_without_room_leaves_nothing(void **state)
{
    (void)state;
    uint8_t memory[8][256];
    uint8_t raw[ROOM] = { 0 };
    hf_rsa_numbers numbers;
    hf_buffer out = hf_buffer_of(raw, sizeof(raw));
    make_numbers(memory, &numbers);
    assert_int_equal(hf_rsa_encode(HF_KEY_RSA_2048, &numbers, &out), HF_OK);
    size_t len = out.len;
    assert_wiped(&out);
    for (size_t size = 0; size < len; size += 37) {
        memset(raw, 0, sizeof(raw));
        out = hf_buffer_of(raw, size);
        assert_int_equal(hf_rsa_encode(HF_KEY_RSA_2048, &numbers, &out), HF_ERR_SIZE);
        assert_int_equal(out.len, 0);
        assert_wiped(&out);
    }
    out = hf_buffer_of(raw, len);
    assert_int_equal(hf_rsa_encode(HF_KEY_RSA_2048, &numbers, &out), HF_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_info_encode_is_as_written_by_hand),
        cmocka_unit_test(test_key_info_encode_appends_or_leaves_nothing),
        cmocka_unit_test(test_key_info_decode_of_every_other_type_is_key_error),
        cmocka_unit_test(test_key_info_decode_every_changed_byte_and_length_is_key_error),
        cmocka_unit_test(test_key_info_decode_seed_takes_two_of_three_forms),
        cmocka_unit_test(test_rsa_numbers_there_and_back),
        cmocka_unit_test(test_rsa_numbers_of_wrong_length_or_parity_are_key_error),
        cmocka_unit_test(test_rsa_encode_without_room_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
