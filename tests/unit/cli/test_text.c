/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Words to values and back: numbers, hexadecimal, base64, PEM, names, labels.
 */
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "holdfast/nvm.h"
#include "pem.h"

#define TEXT(literal) hf_bytes_of((literal), sizeof(literal) - 1)

static void test_number_read_takes_decimal_and_hexadecimal(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t value;
    } good[] = {
        { "0", 0 },
        { "17", 17 },
        { "0x1F", 31 },
        { "00", 0 },
        { "18446744073709551615", UINT64_MAX },
        { "0xffffffffffffffff", UINT64_MAX },
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t value = 99;
        assert_true(hfc_number_read(good[i].text, UINT64_MAX, &value));
        assert_int_equal(value, good[i].value);
    }
}

static void test_number_read_refuses_what_is_no_number(void **state)
{
    (void)state;
    static const char *const bad[] = { "",
                                       "-1",
                                       "+1",
                                       " 1",
                                       "1 ",
                                       "0x",
                                       "1k",
                                       "0x1g",
                                       "x1",
                                       "1.0",
                                       "18446744073709551616" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t value = 99;
        assert_false(hfc_number_read(bad[i], UINT64_MAX, &value));
        assert_int_equal(value, 99);
    }
    uint64_t value = 99;
    assert_false(hfc_number_read("11", 10, &value));
    assert_true(hfc_number_read("10", 10, &value));
}

static void test_hex_read_and_write_agree(void **state)
{
    (void)state;
    uint8_t memory[4];
    char text[9];
    hf_buffer out = hf_buffer_of(memory, sizeof memory);
    assert_true(hfc_hex_read("00fFA50a", &out));
    assert_int_equal(out.len, 4);
    hfc_hex_write(hf_bytes_of(out.data, out.len), text);
    assert_string_equal(text, "00ffa50a");
}

static void test_hex_read_refuses_and_leaves_the_buffer(void **state)
{
    (void)state;
    static const char *const bad[] = { "0", "0g", "zz", "0011223344", " 00" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t memory[4];
        hf_buffer out = hf_buffer_of(memory, sizeof memory);
        assert_false(hfc_hex_read(bad[i], &out));
        assert_int_equal(out.len, 0);
    }
}

/* RFC 4648 section 10. */
static const struct {
    const char *plain, *encoded;
} vectors[] = {
    { "", "" },
    { "f", "Zg==" },
    { "fo", "Zm8=" },
    { "foo", "Zm9v" },
    { "foob", "Zm9vYg==" },
    { "fooba", "Zm9vYmE=" },
    { "foobar", "Zm9vYmFy" },
};

static void test_base64_agrees_with_the_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        char text[16];
        uint8_t memory[8];
        hf_buffer out = hf_buffer_of(memory, sizeof memory);
        size_t len = strlen(vectors[i].plain);
        hfc_base64_write(hf_bytes_of(vectors[i].plain, len), text);
        assert_string_equal(text, vectors[i].encoded);
        assert_int_equal(strlen(text), hfc_base64_len(len));
        assert_true(hfc_base64_read(text, strlen(text), &out));
        assert_int_equal(out.len, len);
        assert_memory_equal(memory, vectors[i].plain, len);
    }
}

static void test_base64_read_refuses_what_is_malformed(void **state)
{
    (void)state;
    static const char *const bad[] = { "Z",     "Zg",   "Zg=",    "Zg===",    "====",
                                       "Zh==",  "Zm9=", "Z=g=",   "Zg==Zg==", "Zm9v!",
                                       "Zg==A", "=Zg=", "Zg==\n=" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t memory[16];
        hf_buffer out = hf_buffer_of(memory, sizeof memory);
        assert_false(hfc_base64_read(bad[i], strlen(bad[i]), &out));
        assert_int_equal(out.len, 0);
    }
    uint8_t memory[2];
    hf_buffer out = hf_buffer_of(memory, sizeof memory);
    assert_false(hfc_base64_read("Zm9v", 4, &out));
}

static void test_base64_read_skips_white_space(void **state)
{
    (void)state;
    uint8_t memory[8];
    hf_buffer out = hf_buffer_of(memory, sizeof memory);
    assert_true(hfc_base64_read("Zm\r\n9v\tYg= =\n", 13, &out));
    assert_memory_equal(memory, "foob", 4);
}

static void test_pem_round_trip_of_every_length(void **state)
{
    (void)state;
    uint8_t der[200];
    for (size_t i = 0; i < sizeof der; i++) {
        der[i] = (uint8_t)(i * 7);
    }
    for (size_t len = 1; len <= sizeof der; len++) {
        uint8_t text[HFC_PEM_SIZE(sizeof der)];
        uint8_t back[sizeof der];
        hf_buffer pem = hf_buffer_of(text, HFC_PEM_SIZE(len));
        hf_buffer out = hf_buffer_of(back, sizeof back);
        assert_int_equal(hfc_pem_write(HFC_PEM_PUBLIC, hf_bytes_of(der, len), &pem),
                         HF_OK);
        assert_null(hfc_pem_read(hf_bytes_of(pem.data, pem.len), HFC_PEM_PUBLIC, &out));
        assert_int_equal(out.len, len);
        assert_memory_equal(back, der, len);
    }
}

static void test_pem_write_needs_room(void **state)
{
    (void)state;
    uint8_t text[64];
    hf_buffer pem = hf_buffer_of(text, sizeof text);
    assert_int_equal(hfc_pem_write(HFC_PEM_PUBLIC, TEXT("abc"), &pem), HF_ERR_SIZE);
    assert_int_equal(pem.len, 0);
}

static void pem_refused(hf_bytes text, const char *why)
{
    uint8_t memory[64];
    hf_buffer out = hf_buffer_of(memory, sizeof memory);
    const char *told = hfc_pem_read(text, HFC_PEM_PRIVATE, &out);
    assert_non_null(told);
    assert_non_null(strstr(told, why));
    assert_int_equal(out.len, 0);
}

static void test_pem_read_says_what_is_wrong(void **state)
{
    (void)state;
    pem_refused(TEXT(""), "empty");
    pem_refused(TEXT("hello"), "no PEM block");
    pem_refused(TEXT("-----BEGIN PRIVATE KEY-----\nZm9v\n"), "no end");
    pem_refused(TEXT("-----BEGIN PRIVATE KEY-----\nZm9\n-----END PRIVATE KEY-----\n"),
                "not base64");
    pem_refused(TEXT("-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nZm9v\n"
                     "-----END PRIVATE KEY-----\n"),
                "openssl pkcs8 -topk8");
    pem_refused(TEXT("-----BEGIN PUBLIC KEY-----\n"), "public key");
    pem_refused(TEXT("-----BEGIN CERTIFICATE-----\n"), "certificate");
    pem_refused(TEXT("-----BEGIN PRIVATE KEY-----\nZm9v\n-----END PRIVATE KEY-----\n"
                     "-----BEGIN PRIVATE KEY-----\nZm9v\n-----END PRIVATE KEY-----\n"),
                "more than one");
}

static void test_pem_find_names_the_first_key(void **state)
{
    (void)state;
    assert_null(hfc_pem_find(TEXT("")));
    assert_null(hfc_pem_find(TEXT("-----BEGIN CERTIFICATE-----\n")));
    assert_string_equal(hfc_pem_find(TEXT("-----BEGIN EC PARAMETERS-----\nZm9v\n"
                                          "-----END EC PARAMETERS-----\n"
                                          "-----BEGIN EC PRIVATE KEY-----\n"
                                          "-----BEGIN PUBLIC KEY-----\n")),
                        HFC_PEM_SEC1);
    assert_string_equal(hfc_pem_find(TEXT("-----BEGIN RSA PUBLIC KEY-----\n")),
                        HFC_PEM_RSA_PUBLIC);
    assert_string_equal(hfc_pem_find(TEXT("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")),
                        HFC_PEM_ENCRYPTED);
}

static void test_pem_read_ignores_text_around_the_block(void **state)
{
    (void)state;
    uint8_t memory[8];
    hf_buffer out = hf_buffer_of(memory, sizeof memory);
    assert_null(hfc_pem_read(TEXT("Key of nobody\r\n-----BEGIN PRIVATE KEY-----\r\n"
                                  "Zm9v\r\n-----END PRIVATE KEY-----\r\nbye"),
                             HFC_PEM_PRIVATE, &out));
    assert_int_equal(out.len, 3);
    assert_memory_equal(memory, "foo", 3);
}

static void test_names_read_takes_lists(void **state)
{
    (void)state;
    uint32_t bits = 99;
    assert_true(hfc_names_read(hfc_usage_names, "sign,verify", &bits));
    assert_int_equal(bits, HF_USAGE_SIGN | HF_USAGE_VERIFY);
    assert_true(hfc_names_read(hfc_usage_names, "none", &bits));
    assert_int_equal(bits, 0);
    assert_true(hfc_names_read(hfc_flag_names, "sensitive", &bits));
    assert_int_equal(bits, HF_FLAG_SENSITIVE);
    assert_false(hfc_names_read(hfc_flag_names, "sensitive,foo", &bits));
    assert_false(hfc_names_read(hfc_flag_names, "sens", &bits));
    assert_false(hfc_names_read(hfc_flag_names, ",sensitive", &bits));
    /* What only the server sets cannot be asked for. */
    assert_false(hfc_names_read(hfc_flag_names, "trusted", &bits));
    assert_int_equal(bits, HF_FLAG_SENSITIVE);
}

static void test_label_read_has_a_limit(void **state)
{
    (void)state;
    hf_label label;
    assert_true(hfc_label_read("12345678901234567890123456789012", &label));
    assert_int_equal(hfc_label_bytes(&label).len, 32);
    assert_false(hfc_label_read("123456789012345678901234567890123", &label));
    assert_true(hfc_label_read(NULL, &label));
    assert_int_equal(hfc_label_bytes(&label).len, 0);
}

static void test_printable_write_escapes_what_could_harm(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        { "plain text", "plain text" },
        { "Schl\xc3\xbcssel \xe2\x82\xac", "Schl\xc3\xbcssel \xe2\x82\xac" },
        { "a\x1b[31m", "a\\x1b[31m" },
        { "\x7f\n", "\\x7f\\x0a" },
        { "\xc3", "\\xc3" },
        { "\xc0\xaf", "\\xc0\\xaf" },                   /* overlong */
        { "\xed\xa0\x80", "\\xed\\xa0\\x80" },          /* surrogate */
        { "\xc2\x85", "\\xc2\\x85" },                   /* C1 control */
        { "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* above U+10FFFF */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[64];
        size_t len = strlen(cases[i].bytes);
        hfc_printable_write(hf_bytes_of(cases[i].bytes, len), out);
        assert_string_equal(out, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number_read_takes_decimal_and_hexadecimal),
        cmocka_unit_test(test_number_read_refuses_what_is_no_number),
        cmocka_unit_test(test_hex_read_and_write_agree),
        cmocka_unit_test(test_hex_read_refuses_and_leaves_the_buffer),
        cmocka_unit_test(test_base64_agrees_with_the_vectors),
        cmocka_unit_test(test_base64_read_refuses_what_is_malformed),
        cmocka_unit_test(test_base64_read_skips_white_space),
        cmocka_unit_test(test_pem_round_trip_of_every_length),
        cmocka_unit_test(test_pem_write_needs_room),
        cmocka_unit_test(test_pem_read_says_what_is_wrong),
        cmocka_unit_test(test_pem_find_names_the_first_key),
        cmocka_unit_test(test_pem_read_ignores_text_around_the_block),
        cmocka_unit_test(test_names_read_takes_lists),
        cmocka_unit_test(test_label_read_has_a_limit),
        cmocka_unit_test(test_printable_write_escapes_what_could_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
