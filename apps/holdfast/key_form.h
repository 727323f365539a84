/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What a DER structure is, and of which type the key in it: so that nobody has to say
 * what a file says by itself. It looks at the outside and at object identifiers only;
 * whether the key is a good one is the server's matter. No state, no allocation.
 */
#ifndef HFC_KEY_FORM_H
#define HFC_KEY_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "holdfast/bytes.h"

enum hfc_form {
    HFC_FORM_NONE,        /* none of these */
    HFC_FORM_PKCS8,       /* PrivateKeyInfo, RFC 5208 */
    HFC_FORM_ENCRYPTED,   /* EncryptedPrivateKeyInfo, RFC 5208 */
    HFC_FORM_SEC1,        /* ECPrivateKey, RFC 5915 */
    HFC_FORM_RSA_PRIVATE, /* RSAPrivateKey, RFC 8017 A.1.2 */
    HFC_FORM_SPKI,        /* SubjectPublicKeyInfo, RFC 5280 4.1 */
    HFC_FORM_RSA_PUBLIC   /* RSAPublicKey, RFC 8017 A.1.1 */
};

typedef struct hfc_key_form {
    enum hfc_form form;
    uint32_t type; /* HF_KEY_TYPE; 0: it does not tell, or there is none for it */
} hfc_key_form;

/* The form of one DER structure with nothing behind it. */
hfc_key_form hfc_key_form_of(hf_bytes der);

static inline bool hfc_form_is_public(enum hfc_form form)
{
    return form == HFC_FORM_SPKI || form == HFC_FORM_RSA_PUBLIC;
}

/* The name that a form has in PEM; NULL: none. */
const char *hfc_form_name(enum hfc_form form);

/* enum hf_key_format in which the server takes the form. */
uint16_t hfc_form_format(enum hfc_form form);

#endif
