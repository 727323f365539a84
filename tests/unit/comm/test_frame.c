/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The frame header: its bytes, and every header that must be refused.
 */
#include "holdfast/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_encode_has_the_documented_bytes(void **state)
{
    (void)state;
    const uint8_t expected[HF_FRAME_HEADER_SIZE] = { 'H',  'F',  2,    1,    0x0A, 0x04,
                                                     0x34, 0x12, 0x78, 0x56, 0x34, 0x02,
                                                     0xFE, 0xFF, 0xFF, 0xFF };
    uint8_t header[HF_FRAME_HEADER_SIZE];
    hf_frame_encode(&(hf_frame){ .flags = HF_FRAME_FLAG_RESPONSE,
                                 .kind = 0x040A,
                                 .sequence = 0x1234,
                                 .length = 0x02345678,
                                 .status = -2 },
                    header);
    assert_memory_equal(header, expected, sizeof expected);
}

static void test_encode_decode_gives_the_same_frame(void **state)
{
    (void)state;
    static const hf_frame frames[] = {
        { 0, 0x0101, 0, 0, HF_OK },
        { 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, HF_OK },
        { HF_FRAME_FLAG_RESPONSE, 0x0402, 9, 1280, HF_OK },
        { HF_FRAME_FLAG_RESPONSE, 0x0402, 9, 0, HF_ERR_BLANK },
        { HF_FRAME_FLAG_RESPONSE, 0x0402, 9, 0, INT32_MIN },
        { HF_FRAME_FLAG_RESPONSE, 0x0402, 9, 0, -1 },
    };
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        uint8_t header[HF_FRAME_HEADER_SIZE];
        hf_frame frame;
        hf_frame_encode(&frames[i], header);
        assert_int_equal(hf_frame_decode(header, &frame), HF_OK);
        assert_int_equal(frame.flags, frames[i].flags);
        assert_int_equal(frame.kind, frames[i].kind);
        assert_int_equal(frame.sequence, frames[i].sequence);
        assert_int_equal(frame.length, frames[i].length);
        assert_int_equal(frame.status, frames[i].status);
    }
}

static void test_decode_broken_header_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint8_t offset, value;
        bool is_response;
        int status;
    } cases[] = {
        { 0, 'h', false, HF_ERR_FRAME },  { 1, 0, false, HF_ERR_FRAME },
        { 2, 0, false, HF_ERR_VERSION },  { 2, 3, true, HF_ERR_VERSION },
        { 3, 0x02, false, HF_ERR_FRAME }, { 3, 0x81, true, HF_ERR_FRAME },
        { 12, 1, false, HF_ERR_FRAME },   { 15, 0xFF, false, HF_ERR_FRAME },
        { 12, 1, true, HF_ERR_FRAME },    { 15, 0x7F, true, HF_ERR_FRAME },
        { 15, 0x80, true, HF_ERR_FRAME }, /* an error that has a body */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t header[HF_FRAME_HEADER_SIZE];
        hf_frame frame = { .sequence = 77 };
        uint8_t flags = cases[i].is_response ? HF_FRAME_FLAG_RESPONSE : 0;
        hf_frame_encode(&(hf_frame){ .flags = flags, .kind = 0x0101, .length = 5 },
                        header);
        header[cases[i].offset] = cases[i].value;
        assert_int_equal(hf_frame_decode(header, &frame), cases[i].status);
        assert_int_equal(frame.sequence, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encode_has_the_documented_bytes),
        cmocka_unit_test(test_encode_decode_gives_the_same_frame),
        cmocka_unit_test(test_decode_broken_header_is_refused),
    };
    return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
