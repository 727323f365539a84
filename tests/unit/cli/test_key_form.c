/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What is seen in the DER of a key.
 */
#include "key_form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "holdfast/key_type.h"
#include "text.h"

/* Keys of RFC 8410 10.1 and 10.3; the others have the shapes of RFC 5915, 5208 and 8017
 * around bytes that mean nothing. */
static const struct {
    const char *what, *der;
    enum hfc_form form;
    uint32_t type;
} cases[] = {
    { "PKCS#8, Ed25519",
      "302e020100300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe0"
      "97a88f44755842",
      HFC_FORM_PKCS8, HF_KEY_ED25519 },
    { "SPKI, Ed25519",
      "302a300506032b657003210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad70"
      "3166e1",
      HFC_FORM_SPKI, HF_KEY_ED25519_PUBLIC },
    { "PKCS#8, P-256", "301a020100301306072a8648ce3d020106082a8648ce3d0301070400",
      HFC_FORM_PKCS8, HF_KEY_P256 },
    { "PKCS#8, a curve without a type",
      "3017020100301006072a8648ce3d020106052b8104000604"
      "00",
      HFC_FORM_PKCS8, 0 },
    { "SEC1 with its curve", "300f02010104012aa00706052b81040022", HFC_FORM_SEC1,
      HF_KEY_P384 },
    { "SEC1 alone", "300602010104012a", HFC_FORM_SEC1, 0 },
    { "encrypted", "300b300606042a03040504012a", HFC_FORM_ENCRYPTED, 0 },
    { "SPKI, ML-DSA-87",
      "3010300b06096086480165030403130301"
      "00",
      HFC_FORM_SPKI, HF_KEY_ML_DSA_87_PUBLIC },
    { "PKCS#8, SLH-DSA-SHAKE-256f", "3012020100300b060960864801650304031f0400",
      HFC_FORM_PKCS8, HF_KEY_SLH_DSA(HF_SLH_DSA_SHAKE_256F) },
    { "PKCS#8, the number behind SLH-DSA", "3012020100300b06096086480165030403200400",
      HFC_FORM_PKCS8, 0 },
    { "RSAPublicKey of 16 bits",
      "300902028001020301000"
      "1",
      HFC_FORM_RSA_PUBLIC, 0 },
    { "RSAPrivateKey of 16 bits", "300702010002028001", HFC_FORM_RSA_PRIVATE, 0 },
    { "a sequence of nothing", "3000", HFC_FORM_NONE, 0 },
    { "something behind", "300602010104012a00", HFC_FORM_NONE, 0 },
    { "a longer length than there is", "3082ffff0201", HFC_FORM_NONE, 0 },
    { "an endless length", "30800201000000", HFC_FORM_NONE, 0 },
    { "no DER", "2d2d2d", HFC_FORM_NONE, 0 },
};

/* The bytes alone in memory of their length, so that a reader of one more is caught. */
static hfc_key_form form_of(const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    memcpy(copy, data, len);
    hfc_key_form form = hfc_key_form_of(hf_bytes_of(copy, len));
    free(copy);
    return form;
}

static void test_key_form_of_knows_forms_and_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t memory[128];
        hf_buffer der = hf_buffer_of(memory, sizeof memory);
        assert_true(hfc_hex_read(cases[i].der, &der));
        const hfc_key_form found = form_of(der.data, der.len);
        if (found.form != cases[i].form || found.type != cases[i].type) {
            fail_msg("%s: form %d, type %08x", cases[i].what, (int)found.form,
                     (unsigned)found.type);
        }
    }
}

static void test_key_form_of_cut_der_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t memory[128];
        hf_buffer der = hf_buffer_of(memory, sizeof memory);
        assert_true(hfc_hex_read(cases[i].der, &der));
        for (size_t len = 0; cases[i].form != HFC_FORM_NONE && len < der.len; len++) {
            assert_int_equal(form_of(der.data, len).form, HFC_FORM_NONE);
        }
    }
}

static void test_key_form_of_rsa_is_by_length(void **state)
{
    (void)state;
    static const struct {
        uint8_t top;
        uint32_t type;
    } moduli[] = { { 0x80, HF_KEY_RSA_2048_PUBLIC },
                   { 0xFF, HF_KEY_RSA_2048_PUBLIC },
                   { 0x7F, 0 } };
    for (size_t i = 0; i < sizeof moduli / sizeof moduli[0]; i++) {
        uint8_t der[270] = { 0x30, 0x82, 0x01, 0x0A, 0x02, 0x82, 0x01, 0x01, 0x00 };
        der[9] = moduli[i].top;
        memcpy(der + 265, (const uint8_t[]){ 0x02, 0x03, 0x01, 0x00, 0x01 }, 5);
        assert_int_equal(form_of(der, sizeof der).form, HFC_FORM_RSA_PUBLIC);
        assert_int_equal(form_of(der, sizeof der).type, moduli[i].type);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_form_of_knows_forms_and_types),
        cmocka_unit_test(test_key_form_of_cut_der_is_none),
        cmocka_unit_test(test_key_form_of_rsa_is_by_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
