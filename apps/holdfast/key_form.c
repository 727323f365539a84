/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What a DER structure is: see key_form.h.
 */
#include "key_form.h"

#include <string.h>

#include "holdfast/key_type.h"
#include "pem.h"

enum tag {
    TAG_INTEGER = 0x02,
    TAG_BIT_STRING = 0x03,
    TAG_OCTET_STRING = 0x04,
    TAG_OID = 0x06,
    TAG_SEQUENCE = 0x30,
    TAG_CONTEXT_0 = 0xA0
};

/* ---- object identifiers ---- */

#define OID(...) { __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })

typedef struct oid {
    uint8_t bytes[10];
    uint8_t len;
    uint8_t family;     /* enum hf_key_family */
    uint16_t parameter; /* 0: it is told elsewhere */
} oid;

/* Arcs: 2B 81 04 00 SEC 2; 2A 86 48 CE 3D X9.62; 2B 24 03 03 02 08 01 01 Brainpool;
 * 2B 65 RFC 8410; 60 86 48 01 65 03 04 03 and 04 NIST. */
// clang-format off
static const oid algorithms[] = {
    { OID(0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01), HF_FAMILY_RSA, 0 },
    { OID(0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01), HF_FAMILY_EC, 0 },
    { OID(0x2B, 0x65, 0x6E), HF_FAMILY_MONTGOMERY, HF_CURVE_X25519 },
    { OID(0x2B, 0x65, 0x6F), HF_FAMILY_MONTGOMERY, HF_CURVE_X448 },
    { OID(0x2B, 0x65, 0x70), HF_FAMILY_EDWARDS, HF_CURVE_ED25519 },
    { OID(0x2B, 0x65, 0x71), HF_FAMILY_EDWARDS, HF_CURVE_ED448 },
    { OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x04, 0x01), HF_FAMILY_ML_KEM, 512 },
    { OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x04, 0x02), HF_FAMILY_ML_KEM, 768 },
    { OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x04, 0x03), HF_FAMILY_ML_KEM, 1024 },
    { OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11), HF_FAMILY_ML_DSA, 44 },
    { OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12), HF_FAMILY_ML_DSA, 65 },
    { OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x13), HF_FAMILY_ML_DSA, 87 }
};
static const oid curves[] = {
    { OID(0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07), HF_FAMILY_EC, HF_CURVE_P256 },
    { OID(0x2B, 0x81, 0x04, 0x00, 0x21), HF_FAMILY_EC, HF_CURVE_P224 },
    { OID(0x2B, 0x81, 0x04, 0x00, 0x22), HF_FAMILY_EC, HF_CURVE_P384 },
    { OID(0x2B, 0x81, 0x04, 0x00, 0x23), HF_FAMILY_EC, HF_CURVE_P521 },
    { OID(0x2B, 0x81, 0x04, 0x00, 0x0A), HF_FAMILY_EC, HF_CURVE_SECP256K1 },
    { OID(0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07), HF_FAMILY_EC,
      HF_CURVE_BRAINPOOL_P256 },
    { OID(0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0B), HF_FAMILY_EC,
      HF_CURVE_BRAINPOOL_P384 },
    { OID(0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0D), HF_FAMILY_EC,
      HF_CURVE_BRAINPOOL_P512 }
};
// clang-format on

/* The sets of SLH-DSA have the twelve numbers from this one on, in the order of enum
 * hf_slh_dsa_set. */
static const uint8_t slh_dsa_arc[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03 };
#define SLH_DSA_FIRST 20u

static const oid *oid_find(const oid *oids, size_t count, hf_bytes bytes)
{
    for (size_t i = 0; i < count; i++) {
        if (oids[i].len == bytes.len &&
            memcmp(oids[i].bytes, bytes.data, bytes.len) == 0) {
            return &oids[i];
        }
    }
    return NULL;
}

/* ---- reading ---- */

static bool is_next(const hf_bytes *in, uint8_t tag)
{
    return in->len > 0 && in->data[0] == tag;
}

/* Take the next element off *in, which has this tag. */
static bool take(hf_bytes *in, uint8_t tag, hf_bytes *content)
{
    if (in->len < 2 || in->data[0] != tag) {
        return false;
    }
    size_t len = in->data[1];
    size_t at = 2;
    if (len >= 0x80) {
        size_t count = len & 0x7F;
        if (count == 0 || count > 3 || in->len - at < count) {
            return false;
        }
        len = 0;
        for (; at < 2 + count; at++) {
            len = len << 8 | in->data[at];
        }
    }
    if (len > in->len - at) {
        return false;
    }
    *content = hf_bytes_of(in->data + at, len);
    *in = hf_bytes_of(in->data + at + len, in->len - at - len);
    return true;
}

/* The type if there is one of this name, else 0. */
static uint32_t known(uint8_t family, uint8_t class, uint32_t parameter)
{
    uint32_t type = HF_KEY_TYPE(family, class, parameter & 0xFFFF);
    return parameter <= 0xFFFF && hf_key_type_find(type) != NULL ? type : 0;
}

static uint32_t type_of_modulus(hf_bytes modulus, uint8_t class)
{
    size_t at = 0;
    while (at < modulus.len && modulus.data[at] == 0) {
        at++;
    }
    if (at == modulus.len || modulus.len - at > 4096) {
        return 0;
    }
    uint32_t bits = (uint32_t)(8 * (modulus.len - at));
    for (uint32_t top = modulus.data[at]; top < 0x80; top <<= 1) {
        bits--;
    }
    return known(HF_FAMILY_RSA, class, bits);
}

/* RSAPublicKey, or RSAPrivateKey, which has a version before the modulus. */
static uint32_t type_of_rsa(hf_bytes key, uint8_t class)
{
    hf_bytes numbers;
    hf_bytes number;
    bool ok = take(&key, TAG_SEQUENCE, &numbers) && take(&numbers, TAG_INTEGER, &number);
    if (ok && class == HF_CLASS_PRIVATE) {
        ok = take(&numbers, TAG_INTEGER, &number);
    }
    return ok ? type_of_modulus(number, class) : 0;
}

static uint32_t type_of_curve(hf_bytes parameters, uint8_t class)
{
    hf_bytes id;
    if (!take(&parameters, TAG_OID, &id)) {
        return 0;
    }
    const oid *curve = oid_find(curves, sizeof curves / sizeof curves[0], id);
    return curve != NULL ? known(HF_FAMILY_EC, class, curve->parameter) : 0;
}

/* algorithm  content of an AlgorithmIdentifier.
 * key        what is in the OCTET STRING or BIT STRING. */
static uint32_t type_of(hf_bytes algorithm, hf_bytes key, uint8_t class)
{
    hf_bytes id;
    if (!take(&algorithm, TAG_OID, &id)) {
        return 0;
    }
    if (id.len == sizeof slh_dsa_arc + 1 &&
        memcmp(id.data, slh_dsa_arc, sizeof slh_dsa_arc) == 0 &&
        id.data[id.len - 1] >= SLH_DSA_FIRST) {
        return known(HF_FAMILY_SLH_DSA, class, id.data[id.len - 1] - SLH_DSA_FIRST + 1);
    }
    const oid *found = oid_find(algorithms, sizeof algorithms / sizeof algorithms[0], id);
    if (found == NULL) {
        return 0;
    }
    if (found->family == HF_FAMILY_RSA) {
        return type_of_rsa(key, class);
    }
    if (found->family == HF_FAMILY_EC) {
        return type_of_curve(algorithm, class);
    }
    return known(found->family, class, found->parameter);
}

/* ---- forms ---- */

/* AlgorithmIdentifier, then the key. */
static hfc_key_form form_of_algorithm(hf_bytes algorithm, hf_bytes rest)
{
    hf_bytes key;
    if (take(&rest, TAG_BIT_STRING, &key) && key.len > 0 && key.data[0] == 0) {
        key = hf_bytes_of(key.data + 1, key.len - 1);
        return (hfc_key_form){ HFC_FORM_SPKI, type_of(algorithm, key, HF_CLASS_PUBLIC) };
    }
    return (hfc_key_form){ is_next(&rest, TAG_OCTET_STRING) ? HFC_FORM_ENCRYPTED
                                                            : HFC_FORM_NONE,
                           0 };
}

/* Version, then something. */
static hfc_key_form form_of_version(hf_bytes version, hf_bytes rest, hf_bytes der)
{
    hf_bytes algorithm;
    hf_bytes key;
    if (take(&rest, TAG_SEQUENCE, &algorithm)) {
        return take(&rest, TAG_OCTET_STRING, &key)
                   ? (hfc_key_form){ HFC_FORM_PKCS8,
                                     type_of(algorithm, key, HF_CLASS_PRIVATE) }
                   : (hfc_key_form){ HFC_FORM_NONE, 0 };
    }
    if (take(&rest, TAG_OCTET_STRING, &key)) {
        hf_bytes parameters;
        return (hfc_key_form){ HFC_FORM_SEC1,
                               take(&rest, TAG_CONTEXT_0, &parameters)
                                   ? type_of_curve(parameters, HF_CLASS_PRIVATE)
                                   : 0 };
    }
    if (!is_next(&rest, TAG_INTEGER)) {
        return (hfc_key_form){ HFC_FORM_NONE, 0 };
    }
    /* A modulus is not 0, a version of an RSAPrivateKey is. */
    return version.len == 1 && version.data[0] == 0
               ? (hfc_key_form){ HFC_FORM_RSA_PRIVATE,
                                 type_of_rsa(der, HF_CLASS_PRIVATE) }
               : (hfc_key_form){ HFC_FORM_RSA_PUBLIC, type_of_rsa(der, HF_CLASS_PUBLIC) };
}

hfc_key_form hfc_key_form_of(hf_bytes der)
{
    hf_bytes rest = der;
    hf_bytes all;
    hf_bytes first;
    if (take(&rest, TAG_SEQUENCE, &all) && rest.len == 0) {
        if (take(&all, TAG_SEQUENCE, &first)) {
            return form_of_algorithm(first, all);
        }
        if (take(&all, TAG_INTEGER, &first)) {
            return form_of_version(first, all, der);
        }
    }
    return (hfc_key_form){ HFC_FORM_NONE, 0 };
}

const char *hfc_form_name(enum hfc_form form)
{
    static const char *const names[] = {
        [HFC_FORM_NONE] = NULL,
        [HFC_FORM_PKCS8] = HFC_PEM_PRIVATE,
        [HFC_FORM_ENCRYPTED] = HFC_PEM_ENCRYPTED,
        [HFC_FORM_SEC1] = HFC_PEM_SEC1,
        [HFC_FORM_RSA_PRIVATE] = HFC_PEM_RSA_PRIVATE,
        [HFC_FORM_SPKI] = HFC_PEM_PUBLIC,
        [HFC_FORM_RSA_PUBLIC] = HFC_PEM_RSA_PUBLIC,
    };
    return names[form];
}

uint16_t hfc_form_format(enum hfc_form form)
{
    switch (form) {
    case HFC_FORM_PKCS8:
    case HFC_FORM_SPKI:
    case HFC_FORM_NONE:
        return HF_FORMAT_DER;
    case HFC_FORM_ENCRYPTED:
        return HF_FORMAT_ENCRYPTED;
    case HFC_FORM_SEC1:
        return HF_FORMAT_SEC1;
    case HFC_FORM_RSA_PRIVATE:
    case HFC_FORM_RSA_PUBLIC:
        return HF_FORMAT_RAW;
    }
    return HF_FORMAT_DER;
}
