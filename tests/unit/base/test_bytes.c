/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 * Bytes: wiping, constant-time comparison, buffers, and the sticky errors of the cursors.
 */
#include "holdfast/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define CANARY 0xA5u

static void test_wipe_clears_exactly_the_range(void **state)
{
    (void)state;
    static const size_t lengths[] = { 0, 1, 2, 7, 8, 9, 63, 64, 65, 1024 };
    uint8_t data[1024 + 2];
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        size_t len = lengths[i];
        memset(data, CANARY, sizeof(data));
        hf_wipe(data + 1, len);
        assert_int_equal(data[0], CANARY);
        for (size_t k = 1; k <= len; k++) {
            assert_int_equal(data[k], 0);
        }
        assert_int_equal(data[len + 1], CANARY);
    }
}

static void test_wipe_of_nothing_accepts_null(void **state)
{
    (void)state;
    hf_wipe(NULL, 0);
}

static void test_ct_equal_table_gives_equality(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        size_t len;
        bool equal;
    } cases[] = {
        { "", "", 0, true },
        { "a", "b", 0, true },
        { "a", "a", 1, true },
        { "a", "b", 1, false },
        { "\x00", "\x80", 1, false },
        { "\x00", "\x01", 1, false },
        { "abcdefgh", "abcdefgh", 8, true },
        { "abcdefgh", "Xbcdefgh", 8, false },
        { "abcdefgh", "abcdXfgh", 8, false },
        { "abcdefgh", "abcdefgX", 8, false },
        { "abcdefgh", "abcdefgX", 7, true },
        { "abcdefgh", "badcfehg", 8, false }, /* the differences add up to 0 mod 2 */
        { "ab\0cd", "ab\0ce", 5, false },     /* a 0 does not end the comparison */
        { "\xff\xff", "\x00\x00", 2, false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(hf_ct_equal(cases[i].a, cases[i].b, cases[i].len),
                         cases[i].equal);
        assert_int_equal(hf_ct_equal(cases[i].b, cases[i].a, cases[i].len),
                         cases[i].equal);
    }
    assert_true(hf_ct_equal(NULL, NULL, 0));
}

static void test_ct_equal_each_single_bit_is_seen(void **state)
{
    (void)state;
    uint8_t a[33];
    uint8_t b[33];
    memset(a, 0x3C, sizeof(a));
    memcpy(b, a, sizeof(b));
    for (size_t bit = 0; bit < sizeof(b) * 8; bit++) {
        b[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_false(hf_ct_equal(a, b, sizeof(a)));
        b[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
    assert_true(hf_ct_equal(a, b, sizeof(a)));
}

static void test_buffer_append_fills_to_the_last_byte(void **state)
{
    (void)state;
    uint8_t data[6];
    memset(data, CANARY, sizeof(data));
    hf_buffer buffer = hf_buffer_of(data, 5);
    assert_int_equal(hf_buffer_append(&buffer, hf_bytes_of("abc", 3)), HF_OK);
    assert_int_equal(hf_buffer_append(&buffer, hf_bytes_of("de", 2)), HF_OK);
    assert_int_equal(buffer.len, 5);
    assert_memory_equal(data, "abcde", 5);
    assert_int_equal(data[5], CANARY);
}

static void test_buffer_append_too_much_is_size_and_unchanged(void **state)
{
    (void)state;
    uint8_t data[4];
    memset(data, CANARY, sizeof(data));
    hf_buffer buffer = hf_buffer_of(data, sizeof(data));
    assert_int_equal(hf_buffer_append(&buffer, hf_bytes_of("ab", 2)), HF_OK);
    assert_int_equal(hf_buffer_append(&buffer, hf_bytes_of("cde", 3)), HF_ERR_SIZE);
    assert_int_equal(hf_buffer_append(&buffer, hf_bytes_of("x", SIZE_MAX)), HF_ERR_SIZE);
    assert_int_equal(buffer.len, 2);
    assert_int_equal(data[2], CANARY);
    assert_int_equal(data[3], CANARY);
}

static void test_buffer_append_nothing_to_nothing_is_ok(void **state)
{
    (void)state;
    hf_buffer buffer = hf_buffer_of(NULL, 0);
    assert_int_equal(hf_buffer_append(&buffer, hf_bytes_of(NULL, 0)), HF_OK);
    assert_int_equal(hf_buffer_append(&buffer, hf_bytes_of("a", 1)), HF_ERR_SIZE);
    assert_int_equal(buffer.len, 0);
}

static const uint8_t sample[] = { 0x01, 0x03, 0x02, 0x07, 0x06, 0x05, 0x04, 0x0F,
                                  0x0E, 0x0D, 0x0C, 0x0B, 0x0A, 0x09, 0x88 };

static void test_reader_numbers_are_little_endian(void **state)
{
    (void)state;
    hf_reader reader = hf_reader_of(hf_bytes_of(sample, sizeof(sample)));
    assert_int_equal(hf_reader_u8(&reader), 0x01);
    assert_int_equal(hf_reader_u16(&reader), 0x0203);
    assert_int_equal(hf_reader_u32(&reader), 0x04050607);
    assert_true(hf_reader_u64(&reader) == 0x88090A0B0C0D0E0Full);
    assert_int_equal(hf_reader_end(&reader), HF_OK);
}

static void test_reader_end_with_bytes_left_is_decode(void **state)
{
    (void)state;
    hf_reader reader = hf_reader_of(hf_bytes_of(sample, 3));
    assert_int_equal(hf_reader_u16(&reader), 0x0301);
    assert_int_equal(hf_reader_end(&reader), HF_ERR_DECODE);
    assert_int_equal(reader.status, HF_OK);
}

static void test_reader_past_the_end_is_zero_and_decode(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 8; size *= 2) {
        for (size_t len = 0; len < size; len++) {
            hf_reader reader = hf_reader_of(hf_bytes_of(sample, len));
            uint64_t value = size == 1   ? hf_reader_u8(&reader)
                             : size == 2 ? hf_reader_u16(&reader)
                             : size == 4 ? hf_reader_u32(&reader)
                                         : hf_reader_u64(&reader);
            assert_true(value == 0);
            assert_int_equal(reader.status, HF_ERR_DECODE);
            assert_int_equal(reader.offset, 0);
            assert_int_equal(hf_reader_end(&reader), HF_ERR_DECODE);
        }
    }
}

static void test_reader_after_an_error_gives_nothing(void **state)
{
    (void)state;
    hf_reader reader = hf_reader_of(hf_bytes_of(sample, 3));
    assert_int_equal(hf_reader_u32(&reader), 0);
    /* There are three bytes, but the cursor has failed. */
    uint8_t copy[2] = { CANARY, CANARY };
    assert_int_equal(hf_reader_u8(&reader), 0);
    assert_int_equal(hf_reader_u16(&reader), 0);
    assert_true(hf_reader_u64(&reader) == 0);
    hf_bytes bytes = hf_reader_bytes(&reader, 1);
    assert_null(bytes.data);
    assert_int_equal(bytes.len, 0);
    hf_reader_copy(&reader, copy, sizeof(copy));
    assert_int_equal(copy[0] | copy[1], 0);
    assert_int_equal(reader.offset, 0);
    assert_int_equal(hf_reader_end(&reader), HF_ERR_DECODE);
}

static void test_reader_keeps_the_first_error(void **state)
{
    (void)state;
    hf_reader reader = hf_reader_of(hf_bytes_of(sample, 1));
    reader.status = HF_ERR_RANGE; /* as a decoder does that checks a field */
    assert_int_equal(hf_reader_u64(&reader), 0);
    assert_int_equal(hf_reader_end(&reader), HF_ERR_RANGE);
}

static void test_reader_bytes_points_into_the_input(void **state)
{
    (void)state;
    hf_reader reader = hf_reader_of(hf_bytes_of(sample, 5));
    assert_int_equal(hf_reader_u8(&reader), 0x01);
    hf_bytes bytes = hf_reader_bytes(&reader, 4);
    assert_ptr_equal(bytes.data, sample + 1);
    assert_int_equal(bytes.len, 4);
    assert_int_equal(hf_reader_bytes(&reader, 0).len, 0);
    assert_int_equal(hf_reader_end(&reader), HF_OK);
}

static void test_reader_huge_length_is_decode(void **state)
{
    (void)state;
    hf_reader reader = hf_reader_of(hf_bytes_of(sample, 5));
    assert_int_equal(hf_reader_u8(&reader), 0x01);
    /* offset + len would wrap to a small number. */
    assert_int_equal(hf_reader_bytes(&reader, SIZE_MAX).len, 0);
    assert_int_equal(hf_reader_end(&reader), HF_ERR_DECODE);
}

static void test_reader_copy_too_long_zeroes_the_output(void **state)
{
    (void)state;
    uint8_t out[5];
    hf_reader reader = hf_reader_of(hf_bytes_of(sample, 4));
    hf_reader_copy(&reader, out, 4);
    assert_memory_equal(out, sample, 4);
    memset(out, CANARY, sizeof(out));
    hf_reader_copy(&reader, out, 4);
    assert_memory_equal(out, "\0\0\0\0", 4);
    assert_int_equal(out[4], CANARY);
    assert_int_equal(hf_reader_end(&reader), HF_ERR_DECODE);
}

static void test_reader_of_nothing_ends_ok(void **state)
{
    (void)state;
    hf_reader reader = hf_reader_of(hf_bytes_of(NULL, 0));
    assert_int_equal(hf_reader_bytes(&reader, 0).len, 0);
    hf_reader_copy(&reader, NULL, 0);
    assert_int_equal(hf_reader_end(&reader), HF_OK);
    assert_int_equal(hf_reader_u8(&reader), 0);
    assert_int_equal(hf_reader_end(&reader), HF_ERR_DECODE);
}

static void test_writer_writes_what_the_reader_reads(void **state)
{
    (void)state;
    uint8_t data[18];
    hf_writer writer = hf_writer_of(data, sizeof(data));
    hf_writer_u8(&writer, 0x01);
    hf_writer_u16(&writer, 0x0203);
    hf_writer_u32(&writer, 0x04050607);
    hf_writer_u64(&writer, 0x88090A0B0C0D0E0Full);
    assert_memory_equal(data, sample, sizeof(sample));
    hf_writer_bytes(&writer, hf_bytes_of("xyz", 3));
    hf_writer_bytes(&writer, hf_bytes_of(NULL, 0));
    assert_memory_equal(data + 15, "xyz", 3);
    assert_int_equal(writer.status, HF_OK);
    assert_int_equal(writer.len, sizeof(data));
}

static void test_writer_full_is_size_and_writes_nothing(void **state)
{
    (void)state;
    for (size_t size = 0; size < 8; size++) {
        uint8_t data[8];
        memset(data, CANARY, sizeof(data));
        hf_writer writer = hf_writer_of(data, size);
        hf_writer_u64(&writer, 1);
        assert_int_equal(writer.status, HF_ERR_SIZE);
        assert_int_equal(writer.len, 0);
        /* What would fit is refused too: the error is sticky. */
        hf_writer_u8(&writer, 1);
        hf_writer_u16(&writer, 1);
        hf_writer_u32(&writer, 1);
        hf_writer_bytes(&writer, hf_bytes_of("a", 1));
        assert_int_equal(writer.len, 0);
        assert_int_equal(writer.status, HF_ERR_SIZE);
        for (size_t i = 0; i < sizeof(data); i++) {
            assert_int_equal(data[i], CANARY);
        }
    }
}

static void test_writer_huge_length_is_size(void **state)
{
    (void)state;
    uint8_t data[4];
    hf_writer writer = hf_writer_of(data, sizeof(data));
    hf_writer_u16(&writer, 7);
    hf_writer_bytes(&writer, hf_bytes_of("a", SIZE_MAX));
    assert_int_equal(writer.status, HF_ERR_SIZE);
    assert_int_equal(writer.len, 2);
}

static void test_put_then_get_at_odd_address_gives_the_number(void **state)
{
    (void)state;
    uint8_t data[9];
    hf_put_u16(data + 1, 0xFEDC);
    assert_int_equal(hf_get_u16(data + 1), 0xFEDC);
    assert_int_equal(data[1], 0xDC);
    hf_put_u32(data + 1, 0xFEDCBA98u);
    assert_int_equal(hf_get_u32(data + 1), 0xFEDCBA98u);
    assert_int_equal(data[1], 0x98);
    hf_put_u64(data + 1, 0xFEDCBA9876543210ull);
    assert_true(hf_get_u64(data + 1) == 0xFEDCBA9876543210ull);
    assert_int_equal(data[1], 0x10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wipe_clears_exactly_the_range),
        cmocka_unit_test(test_wipe_of_nothing_accepts_null),
        cmocka_unit_test(test_ct_equal_table_gives_equality),
        cmocka_unit_test(test_ct_equal_each_single_bit_is_seen),
        cmocka_unit_test(test_buffer_append_fills_to_the_last_byte),
        cmocka_unit_test(test_buffer_append_too_much_is_size_and_unchanged),
        cmocka_unit_test(test_buffer_append_nothing_to_nothing_is_ok),
        cmocka_unit_test(test_reader_numbers_are_little_endian),
        cmocka_unit_test(test_reader_end_with_bytes_left_is_decode),
        cmocka_unit_test(test_reader_past_the_end_is_zero_and_decode),
        cmocka_unit_test(test_reader_after_an_error_gives_nothing),
        cmocka_unit_test(test_reader_keeps_the_first_error),
        cmocka_unit_test(test_reader_bytes_points_into_the_input),
        cmocka_unit_test(test_reader_huge_length_is_decode),
        cmocka_unit_test(test_reader_copy_too_long_zeroes_the_output),
        cmocka_unit_test(test_reader_of_nothing_ends_ok),
        cmocka_unit_test(test_writer_writes_what_the_reader_reads),
        cmocka_unit_test(test_writer_full_is_size_and_writes_nothing),
        cmocka_unit_test(test_writer_huge_length_is_size),
        cmocka_unit_test(test_put_then_get_at_odd_address_gives_the_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
