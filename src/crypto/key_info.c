/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * PrivateKeyInfo and SubjectPublicKeyInfo of RSA and post-quantum keys, over der.h:
 *
 *   PrivateKeyInfo ::= SEQUENCE { version 0, AlgorithmIdentifier, OCTET STRING }
 *   SubjectPublicKeyInfo ::= SEQUENCE { AlgorithmIdentifier, BIT STRING }
 *
 * The algorithm identifier is compared as bytes with the one that the type has, which
 * leaves no room for other spellings. Constants and the caller's memory: any thread.
 */
#include "holdfast/crypto_key_info.h"

#include <string.h>

#include "crypto/der.h"

#define IDENTIFIER_LEN_MAX 15

typedef struct identifier {
    uint8_t bytes[IDENTIFIER_LEN_MAX];
    size_t len;
} identifier;

/* rsaEncryption with NULL parameters (RFC 8017 A.1). */
static const uint8_t rsa_identifier[] = { 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
                                          0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00 };

/* nistAlgorithms (2.16.840.1.101.3.4) without parameters: the last two arcs are told. */
static identifier nist_identifier(uint8_t group, uint8_t number)
{
    return (identifier){ { 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
                           0x04, group, number },
                         13 };
}

/* The identifier of a type; of length 0 when it has none here. The numbers of the NIST
 * groups: 4 = KEMs (1, 2, 3), 3 = signatures (ML-DSA 17.., SLH-DSA 20..). */
static identifier identifier_of(uint32_t type)
{
    identifier id = { { 0 }, 0 };
    uint16_t parameter = HF_KEY_PARAMETER(type);
    if (hf_key_type_find(type) == NULL) {
        return id;
    }
    switch (HF_KEY_FAMILY(type)) {
    case HF_FAMILY_RSA:
        memcpy(id.bytes, rsa_identifier, sizeof(rsa_identifier));
        id.len = sizeof(rsa_identifier);
        return id;
    case HF_FAMILY_ML_KEM:
        return nist_identifier(4, parameter == 512 ? 1 : parameter == 768 ? 2 : 3);
    case HF_FAMILY_ML_DSA:
        return nist_identifier(3, parameter == 44 ? 17 : parameter == 65 ? 18 : 19);
    case HF_FAMILY_SLH_DSA: /* in the order of enum hf_slh_dsa_set */
        return nist_identifier(3, (uint8_t)(20 + parameter - HF_SLH_DSA_SHA2_128S));
    default:
        return id;
    }
}

/* Take these very bytes off *in. */
static bool skip(hf_bytes *in, const void *expected, size_t len)
{
    if (in->len < len || !hf_ct_equal(in->data, expected, len)) {
        return false;
    }
    *in = hf_bytes_of(in->data + len, in->len - len);
    return true;
}

static const uint8_t version_0[] = { HF_DER_INTEGER, 1, 0 };

int hf_key_info_decode(uint32_t type, hf_bytes der, hf_bytes *content)
{
    identifier id = identifier_of(type);
    bool is_public = HF_KEY_CLASS(type) == HF_CLASS_PUBLIC;
    hf_bytes info;
    hf_bytes found;
    *content = hf_bytes_of(NULL, 0);
    if (id.len == 0 || hf_der_read(&der, HF_DER_SEQUENCE, &info) != HF_OK ||
        der.len != 0) {
        return HF_ERR_KEY;
    }
    if ((!is_public && !skip(&info, version_0, sizeof(version_0))) ||
        !skip(&info, id.bytes, id.len)) {
        return HF_ERR_KEY;
    }
    int rc = is_public ? hf_der_read_bits(&info, &found)
                       : hf_der_read(&info, HF_DER_OCTET_STRING, &found);
    if (rc != HF_OK || info.len != 0) {
        return HF_ERR_KEY;
    }
    *content = found;
    return HF_OK;
}

int hf_key_info_decode_seed(hf_bytes content, hf_bytes *seed, hf_bytes *expanded)
{
    hf_bytes both;
    *expanded = hf_bytes_of(NULL, 0);
    if (hf_der_is_next(&content, HF_DER_IMPLICIT_0)) {
        int rc = hf_der_read(&content, HF_DER_IMPLICIT_0, seed);
        return rc == HF_OK && content.len == 0 ? HF_OK : HF_ERR_KEY;
    }
    if (hf_der_read(&content, HF_DER_SEQUENCE, &both) != HF_OK || content.len != 0 ||
        hf_der_read(&both, HF_DER_OCTET_STRING, seed) != HF_OK ||
        hf_der_read(&both, HF_DER_OCTET_STRING, expanded) != HF_OK || both.len != 0 ||
        expanded->len == 0) {
        return HF_ERR_KEY;
    }
    return HF_OK;
}

/* The envelope around what is written: last element first. */
static int close_envelope(hf_der_writer *writer, uint32_t type, const identifier *id,
                          hf_buffer *out)
{
    if (HF_KEY_CLASS(type) != HF_CLASS_PUBLIC) {
        hf_der_wrap(writer, HF_DER_OCTET_STRING, writer->size);
    }
    hf_der_write(writer, hf_bytes_of(id->bytes, id->len));
    if (HF_KEY_CLASS(type) != HF_CLASS_PUBLIC) {
        hf_der_write(writer, hf_bytes_of(version_0, sizeof(version_0)));
    }
    hf_der_wrap(writer, HF_DER_SEQUENCE, writer->size);
    return hf_der_end(writer, out);
}

int hf_key_info_encode(uint32_t type, hf_bytes content, hf_buffer *out)
{
    identifier id = identifier_of(type);
    if (id.len == 0) {
        return HF_ERR_TYPE;
    }
    hf_der_writer writer = hf_der_writer_of(out->data + out->len, out->size - out->len);
    if (HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        hf_der_write_bits(&writer, content);
    } else {
        hf_der_write(&writer, content);
    }
    return close_envelope(&writer, type, &id, out);
}

int hf_key_info_encode_seed(uint32_t type, hf_bytes seed, hf_buffer *out)
{
    identifier id = identifier_of(type);
    if (id.len == 0) {
        return HF_ERR_TYPE;
    }
    hf_der_writer writer = hf_der_writer_of(out->data + out->len, out->size - out->len);
    hf_der_write(&writer, seed);
    hf_der_wrap(&writer, HF_DER_IMPLICIT_0, writer.size);
    return close_envelope(&writer, type, &id, out);
}
