/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The layout of encrypted files, against bytes written down here.
 */
#include "container.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t header_bytes[HFC_CONTAINER_HEADER_SIZE] = {
    'H', 'O', 'L', 'D', 'F', 'A', 'S', 'T', 1, 0, 5,  3,  0,  0,  1,  0,
    0,   1,   2,   3,   4,   5,   6,   7,   8, 9, 10, 11, 12, 13, 14, 15,
};

static hfc_container_header header_of(void)
{
    hfc_container_header header = { .algorithm = 0x0305, .chunk_size = 0x10000 };
    for (uint8_t i = 0; i < HFC_CONTAINER_ID_SIZE; i++) {
        header.id[i] = i;
    }
    return header;
}

static void test_header_has_the_documented_bytes(void **state)
{
    (void)state;
    const hfc_container_header header = header_of();
    uint8_t bytes[HFC_CONTAINER_HEADER_SIZE];
    hfc_container_header_write(&header, bytes);
    assert_memory_equal(bytes, header_bytes, sizeof bytes);
    hfc_container_header back;
    assert_null(hfc_container_header_read(hf_bytes_of(bytes, sizeof bytes), &back));
    assert_int_equal(back.algorithm, header.algorithm);
    assert_int_equal(back.chunk_size, header.chunk_size);
    assert_memory_equal(back.id, header.id, sizeof back.id);
}

static void test_header_read_refuses(void **state)
{
    (void)state;
    hfc_container_header header;
    for (size_t len = 0; len < HFC_CONTAINER_HEADER_SIZE; len++) {
        assert_non_null(
            hfc_container_header_read(hf_bytes_of(header_bytes, len), &header));
    }
    static const struct {
        size_t at;
        uint8_t value;
    } bad[] = { { 0, 'h' }, { 8, 2 }, { 14, 0 }, { 15, 1 } };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t bytes[HFC_CONTAINER_HEADER_SIZE];
        memcpy(bytes, header_bytes, sizeof bytes);
        bytes[bad[i].at] = bad[i].value;
        assert_non_null(
            hfc_container_header_read(hf_bytes_of(bytes, sizeof bytes), &header));
    }
}

static void test_chunk_survives_the_round_trip(void **state)
{
    (void)state;
    const hfc_container_header header = header_of();
    for (int last = 0; last < 2; last++) {
        hfc_container_chunk chunk = { .len = last ? 7 : 0x10000, .is_last = last != 0 };
        memset(chunk.nonce, 0xaa, sizeof chunk.nonce);
        memset(chunk.tag, 0xbb, sizeof chunk.tag);
        uint8_t bytes[HFC_CONTAINER_CHUNK_HEADER_SIZE];
        hfc_container_chunk_write(&chunk, bytes);
        assert_int_equal(bytes[3], last ? 0x80 : 0);
        hfc_container_chunk back;
        assert_null(
            hfc_container_chunk_read(hf_bytes_of(bytes, sizeof bytes), &header, &back));
        assert_int_equal(back.len, chunk.len);
        assert_int_equal(back.is_last, chunk.is_last);
        assert_memory_equal(back.nonce, chunk.nonce, sizeof back.nonce);
        assert_memory_equal(back.tag, chunk.tag, sizeof back.tag);
    }
}

static void test_chunk_read_refuses_impossible_lengths(void **state)
{
    (void)state;
    const hfc_container_header header = header_of();
    const hfc_container_chunk bad[] = {
        { .len = 0x10001, .is_last = true },
        { .len = 0x10001, .is_last = false },
        { .len = 0xffff, .is_last = false }, /* only the last one may be shorter */
        { .len = 0, .is_last = false },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t bytes[HFC_CONTAINER_CHUNK_HEADER_SIZE];
        hfc_container_chunk back;
        hfc_container_chunk_write(&bad[i], bytes);
        assert_non_null(
            hfc_container_chunk_read(hf_bytes_of(bytes, sizeof bytes), &header, &back));
        assert_non_null(hfc_container_chunk_read(hf_bytes_of(bytes, sizeof bytes - 1),
                                                 &header, &back));
    }
}

static void test_aad_binds_header_index_end_and_user(void **state)
{
    (void)state;
    const hfc_container_header header = header_of();
    hfc_container_aad aad;
    hfc_container_aad_init(&aad, &header, hf_bytes_of("me", 2));
    hf_bytes bytes = hfc_container_aad_set(&aad, 0x0102, true);
    static const uint8_t tail[] = { 2, 1, 0, 0, 0, 0, 0, 0, 1, 'm', 'e' };
    assert_int_equal(bytes.len, HFC_CONTAINER_HEADER_SIZE + sizeof tail);
    assert_memory_equal(bytes.data, header_bytes, HFC_CONTAINER_HEADER_SIZE);
    assert_memory_equal(bytes.data + HFC_CONTAINER_HEADER_SIZE, tail, sizeof tail);
    bytes = hfc_container_aad_set(&aad, 0, false);
    assert_int_equal(bytes.data[HFC_CONTAINER_HEADER_SIZE + 8], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header_has_the_documented_bytes),
        cmocka_unit_test(test_header_read_refuses),
        cmocka_unit_test(test_chunk_survives_the_round_trip),
        cmocka_unit_test(test_chunk_read_refuses_impossible_lengths),
        cmocka_unit_test(test_aad_binds_header_index_end_and_user),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
