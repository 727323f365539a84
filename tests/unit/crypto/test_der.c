/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The DER reader and writer, and the two encodings of an ECDSA signature.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "crypto/der.h"
#include "holdfast/crypto_der.h"

static const struct {
    const char *what;
    uint8_t der[8];
    size_t len;
    int status;
    size_t content_len;
} reads[] = {
    { "empty content", { 0x04, 0x00 }, 2, HF_OK, 0 },
    { "two bytes", { 0x04, 0x02, 1, 2 }, 4, HF_OK, 2 },
    { "bytes behind", { 0x04, 0x02, 1, 2, 3 }, 5, HF_OK, 2 },
    { "nothing", { 0 }, 0, HF_ERR_DECODE, 0 },
    { "tag only", { 0x04 }, 1, HF_ERR_DECODE, 0 },
    { "other tag", { 0x05, 0x00 }, 2, HF_ERR_DECODE, 0 },
    { "too short", { 0x04, 0x03, 1, 2 }, 4, HF_ERR_DECODE, 0 },
    { "indefinite", { 0x04, 0x80, 0, 0 }, 4, HF_ERR_DECODE, 0 },
    { "long form of 1", { 0x04, 0x81, 0x01, 0 }, 4, HF_ERR_DECODE, 0 },
    { "long form of 127", { 0x04, 0x81, 0x7F, 0 }, 4, HF_ERR_DECODE, 0 },
    { "long form, too short", { 0x04, 0x81, 0x80, 0 }, 4, HF_ERR_DECODE, 0 },
    { "long form, leading zero", { 0x04, 0x82, 0x00, 0x80 }, 4, HF_ERR_DECODE, 0 },
    { "length cut", { 0x04, 0x82, 0x01 }, 3, HF_ERR_DECODE, 0 },
    { "three length bytes", { 0x04, 0x83, 1, 0, 0 }, 5, HF_ERR_DECODE, 0 },
    { "reserved length", { 0x04, 0xFF, 1, 0, 0 }, 5, HF_ERR_DECODE, 0 },
};

static void test_read_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
        hf_bytes in = hf_bytes_of(reads[i].der, reads[i].len);
        hf_bytes content = { .data = NULL, .len = 77 };
        int rc = hf_der_read(&in, HF_DER_OCTET_STRING, &content);
        if (rc != reads[i].status) {
            fail_msg("%s: %s", reads[i].what, hf_status_name(rc));
        }
        assert_int_equal(content.len, rc == HF_OK ? reads[i].content_len : 77);
        assert_int_equal(in.len,
                         rc == HF_OK ? reads[i].len - 2 - content.len : reads[i].len);
    }
}

/* 128 bytes are there: only the form of the length is wrong. */
static void test_read_length_with_leading_zero_is_refused(void **state)
{
    (void)state;
    uint8_t der[4 + 128] = { 0x04, 0x82, 0x00, 0x80 };
    hf_bytes in = hf_bytes_of(der, sizeof(der));
    hf_bytes content;
    assert_int_equal(hf_der_read(&in, HF_DER_OCTET_STRING, &content), HF_ERR_DECODE);
    der[1] = 0x81;
    der[2] = 0x80;
    assert_int_equal(hf_der_read(&in, HF_DER_OCTET_STRING, &content), HF_OK);
    assert_int_equal(content.len, 128);
    assert_int_equal(in.len, 1);
}

/* What the writer writes the reader reads, over the borders of the length forms. */
static void test_write_then_read_every_length(void **state)
{
    (void)state;
    static uint8_t memory[70000];
    static uint8_t content[66000];
    const size_t lengths[] = { 0, 1, 127, 128, 255, 256, 65535 };
    memset(content, 0x3C, sizeof(content));
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        hf_der_writer writer = hf_der_writer_of(memory, sizeof(memory));
        hf_der_write(&writer, hf_bytes_of(content, lengths[i]));
        hf_der_wrap(&writer, HF_DER_SEQUENCE, writer.size);
        assert_int_equal(writer.status, HF_OK);
        hf_bytes in = hf_der_written(&writer);
        hf_bytes read;
        assert_int_equal(hf_der_read(&in, HF_DER_SEQUENCE, &read), HF_OK);
        assert_int_equal(in.len, 0);
        assert_int_equal(read.len, lengths[i]);
        assert_memory_equal(read.data, content, lengths[i]);
    }
}

static void test_write_too_much_is_size_error(void **state)
{
    (void)state;
    static uint8_t memory[70000];
    hf_der_writer writer = hf_der_writer_of(memory, 3);
    hf_der_write(&writer, hf_bytes_of("abcd", 4));
    assert_int_equal(writer.status, HF_ERR_SIZE);
    writer = hf_der_writer_of(memory, 3);
    hf_der_write(&writer, hf_bytes_of("ab", 2));
    hf_der_wrap(&writer, HF_DER_SEQUENCE, writer.size);
    assert_int_equal(writer.status, HF_ERR_SIZE);
    assert_int_equal(writer.start, 1);
    writer = hf_der_writer_of(memory, sizeof(memory));
    writer.start = 0; /* 70000 bytes of content: no length form for it */
    hf_der_wrap(&writer, HF_DER_SEQUENCE, writer.size);
    assert_int_equal(writer.status, HF_ERR_SIZE);
}

static const struct {
    const char *what;
    uint8_t der[8];
    size_t len;
    int status;
    uint8_t value[3];
} numbers[] = {
    { "zero", { 2, 1, 0 }, 3, HF_OK, { 0, 0, 0 } },
    { "one", { 2, 1, 1 }, 3, HF_OK, { 0, 0, 1 } },
    { "0x80", { 2, 2, 0, 0x80 }, 4, HF_OK, { 0, 0, 0x80 } },
    { "full", { 2, 4, 0, 0xFF, 1, 2 }, 6, HF_OK, { 0xFF, 1, 2 } },
    { "empty", { 2, 0 }, 2, HF_ERR_DECODE, { 0 } },
    { "negative", { 2, 1, 0x80 }, 3, HF_ERR_DECODE, { 0 } },
    { "not minimal", { 2, 2, 0, 0x7F }, 4, HF_ERR_DECODE, { 0 } },
    { "two zeros", { 2, 2, 0, 0 }, 4, HF_ERR_DECODE, { 0 } },
    { "too long", { 2, 4, 1, 2, 3, 4 }, 6, HF_ERR_DECODE, { 0 } },
    { "other tag", { 10, 1, 1 }, 3, HF_ERR_DECODE, { 0 } },
};

static void test_unsigned_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        hf_bytes in = hf_bytes_of(numbers[i].der, numbers[i].len);
        uint8_t value[3] = { 9, 9, 9 };
        int rc = hf_der_read_unsigned(&in, value, sizeof(value));
        if (rc != numbers[i].status) {
            fail_msg("%s: %s", numbers[i].what, hf_status_name(rc));
        }
        if (rc != HF_OK) {
            assert_int_equal(in.len, numbers[i].len);
            continue;
        }
        assert_memory_equal(value, numbers[i].value, 3);
        uint8_t memory[8];
        hf_der_writer writer = hf_der_writer_of(memory, sizeof(memory));
        hf_der_write_unsigned(&writer, hf_bytes_of(value, 3));
        hf_bytes again = hf_der_written(&writer);
        assert_int_equal(again.len, numbers[i].len);
        assert_memory_equal(again.data, numbers[i].der, again.len);
    }
}

static void test_bits_with_unused_ones_are_refused(void **state)
{
    (void)state;
    const uint8_t good[] = { 3, 3, 0, 1, 2 };
    const uint8_t unused[] = { 3, 3, 1, 1, 2 };
    const uint8_t empty[] = { 3, 0 };
    hf_bytes content;
    hf_bytes in = hf_bytes_of(good, sizeof(good));
    assert_int_equal(hf_der_read_bits(&in, &content), HF_OK);
    assert_int_equal(content.len, 2);
    assert_int_equal(in.len, 0);
    in = hf_bytes_of(unused, sizeof(unused));
    assert_int_equal(hf_der_read_bits(&in, &content), HF_ERR_DECODE);
    in = hf_bytes_of(empty, sizeof(empty));
    assert_int_equal(hf_der_read_bits(&in, &content), HF_ERR_DECODE);
    assert_int_equal(in.len, 2);
}

/* Every first byte of r and s, so every place of the sign bit and of leading zeros. */
static void test_signature_to_der_and_back(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        uint8_t raw[2 * HF_FIELD_LEN_MAX];
        uint8_t back[2 * HF_FIELD_LEN_MAX];
        uint8_t der[160];
        memset(raw, 0x5A, sizeof(raw));
        raw[0] = (uint8_t)first;
        raw[HF_FIELD_LEN_MAX] = (uint8_t)(255 - first);
        raw[HF_FIELD_LEN_MAX + 1] = 0;
        hf_buffer out = hf_buffer_of(der, sizeof(der));
        assert_int_equal(hf_signature_to_der(raw, HF_FIELD_LEN_MAX, &out), HF_OK);
        assert_int_equal(
            hf_signature_from_der(hf_bytes_of(der, out.len), HF_FIELD_LEN_MAX, back),
            HF_OK);
        assert_memory_equal(raw, back, sizeof(raw));
        hf_buffer small = hf_buffer_of(der, out.len - 1);
        assert_int_equal(hf_signature_to_der(raw, HF_FIELD_LEN_MAX, &small), HF_ERR_SIZE);
        assert_int_equal(small.len, 0);
    }
}

static void test_key_der_of_symmetric_types_does_not_exist(void **state)
{
    (void)state;
    const uint8_t der[] = { 0x30, 0x00 };
    uint8_t memory[64];
    hf_buffer out = hf_buffer_of(memory, sizeof(memory));
    hf_key_parts parts;
    assert_int_equal(hf_key_der_decode(HF_KEY_AES_128, hf_bytes_of(der, 2), &parts),
                     HF_ERR_KEY);
    assert_int_equal(hf_key_der_decode(0, hf_bytes_of(der, 2), &parts), HF_ERR_KEY);
    assert_int_equal(hf_key_der_encode(HF_KEY_AES_128, &parts, &out), HF_ERR_TYPE);
    /* SEC1 is of private EC keys only. */
    uint8_t sec1[39] = { 0x30, 37, 2, 1, 1, 4, 32 };
    const hf_bytes in = hf_bytes_of(sec1, sizeof(sec1));
    assert_int_equal(hf_key_der_decode_sec1(HF_KEY_P256, in, &parts), HF_OK);
    assert_int_equal(parts.secret.len, 32);
    assert_int_equal(parts.point.len, 0);
    assert_int_equal(hf_key_der_decode_sec1(HF_KEY_P384, in, &parts), HF_ERR_KEY);
    assert_int_equal(hf_key_der_decode_sec1(HF_KEY_P256_PUBLIC, in, &parts), HF_ERR_KEY);
    assert_int_equal(hf_key_der_decode_sec1(HF_KEY_ED25519, in, &parts), HF_ERR_KEY);
    assert_int_equal(hf_key_der_decode_sec1(HF_KEY_X25519, in, &parts), HF_ERR_KEY);
    assert_int_equal(hf_key_der_decode_sec1(HF_KEY_AES_256, in, &parts), HF_ERR_KEY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_table),
        cmocka_unit_test(test_read_length_with_leading_zero_is_refused),
        cmocka_unit_test(test_write_then_read_every_length),
        cmocka_unit_test(test_write_too_much_is_size_error),
        cmocka_unit_test(test_unsigned_table),
        cmocka_unit_test(test_bits_with_unused_ones_are_refused),
        cmocka_unit_test(test_signature_to_der_and_back),
        cmocka_unit_test(test_key_der_of_symmetric_types_does_not_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
