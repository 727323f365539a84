/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 * CRC-32C against the vectors of RFC 3720 B.4 and against a bit-by-bit model.
 */
#include "holdfast/crc32c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* The definition: one bit at a time, reflected polynomial 0x82F63B78. */
static uint32_t model(uint32_t crc, const uint8_t *data, size_t len)
{
    uint32_t sum = ~crc;
    for (size_t i = 0; i < len; i++) {
        sum ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            sum = (sum >> 1) ^ ((sum & 1u) != 0 ? 0x82F63B78u : 0u);
        }
    }
    return ~sum;
}

static void fill(uint8_t *data, size_t len)
{
    uint32_t x = 2463534242u;
    for (size_t i = 0; i < len; i++) {
        x = x * 1664525u + 1013904223u;
        data[i] = (uint8_t)(x >> 24);
    }
}

static void test_crc32c_rfc3720_vectors_match(void **state)
{
    (void)state;
    /* B.4 prints the CRC in the order of the bytes on the wire, least significant
     * first. */
    static const uint8_t read_pdu[48] = {
        0x01, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00,
        0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18, 0x28, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    };
    uint8_t data[32];
    memset(data, 0, sizeof(data));
    assert_int_equal(hf_crc32c(0, data, sizeof(data)), 0x8A9136AAu);
    memset(data, 0xFF, sizeof(data));
    assert_int_equal(hf_crc32c(0, data, sizeof(data)), 0x62A8AB43u);
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)i;
    }
    assert_int_equal(hf_crc32c(0, data, sizeof(data)), 0x46DD794Eu);
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(31 - i);
    }
    assert_int_equal(hf_crc32c(0, data, sizeof(data)), 0x113FDB5Cu);
    assert_int_equal(hf_crc32c(0, read_pdu, sizeof(read_pdu)), 0xD9963A56u);
    assert_int_equal(hf_crc32c(0, "123456789", 9), 0xE3069283u);
}

static void test_crc32c_nothing_leaves_the_sum(void **state)
{
    (void)state;
    assert_int_equal(hf_crc32c(0, NULL, 0), 0);
    assert_int_equal(hf_crc32c(0xE3069283u, NULL, 0), 0xE3069283u);
    assert_int_equal(hf_crc32c(7, "x", 0), 7);
}

/* Every byte value in every lane of the eight tables. */
static void test_crc32c_single_bytes_match_the_model(void **state)
{
    (void)state;
    for (unsigned lane = 0; lane < 8; lane++) {
        for (unsigned value = 0; value < 256; value++) {
            uint8_t data[8] = { 0 };
            data[lane] = (uint8_t)value;
            assert_int_equal(hf_crc32c(0, data, 8), model(0, data, 8));
            assert_int_equal(hf_crc32c(0, data, lane + 1), model(0, data, lane + 1));
        }
    }
}

static void test_crc32c_all_lengths_and_alignments_match_the_model(void **state)
{
    (void)state;
    uint8_t data[96];
    fill(data, sizeof(data));
    for (size_t start = 0; start < 8; start++) {
        for (size_t len = 0; len <= sizeof(data) - start; len++) {
            assert_int_equal(hf_crc32c(0, data + start, len),
                             model(0, data + start, len));
        }
    }
}

static void test_crc32c_in_parts_equals_in_one(void **state)
{
    (void)state;
    uint8_t data[64];
    fill(data, sizeof(data));
    uint32_t whole = hf_crc32c(0, data, sizeof(data));
    for (size_t cut = 0; cut <= sizeof(data); cut++) {
        uint32_t crc = hf_crc32c(0, data, cut);
        assert_int_equal(hf_crc32c(crc, data + cut, sizeof(data) - cut), whole);
    }
}

static void test_crc32c_every_flipped_bit_is_seen(void **state)
{
    (void)state;
    uint8_t data[40];
    fill(data, sizeof(data));
    uint32_t good = hf_crc32c(0, data, sizeof(data));
    for (size_t bit = 0; bit < sizeof(data) * 8; bit++) {
        data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_int_not_equal(hf_crc32c(0, data, sizeof(data)), good);
        data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc32c_rfc3720_vectors_match),
        cmocka_unit_test(test_crc32c_nothing_leaves_the_sum),
        cmocka_unit_test(test_crc32c_single_bytes_match_the_model),
        cmocka_unit_test(test_crc32c_all_lengths_and_alignments_match_the_model),
        cmocka_unit_test(test_crc32c_in_parts_equals_in_one),
        cmocka_unit_test(test_crc32c_every_flipped_bit_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
