/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * PKCS#8 and SubjectPublicKeyInfo of the keys on curves, and SEC1, over der.h:
 *
 *   PrivateKeyInfo (RFC 5208) ::=
 *     SEQUENCE { version 0, AlgorithmIdentifier, OCTET STRING }
 *   EC: the octets are ECPrivateKey (RFC 5915) ::=
 *     SEQUENCE { version 1, OCTET STRING, [0] curve OPTIONAL, [1] BIT STRING OPTIONAL }
 *   others: the octets are an OCTET STRING (RFC 8410)
 *   SubjectPublicKeyInfo (RFC 5280) ::=
 *     SEQUENCE { AlgorithmIdentifier, BIT STRING }
 *
 * The algorithm identifier is compared as bytes with the one that the type has, which
 * leaves no room for explicit curve parameters or other spellings.
 */
#include "holdfast/crypto_der.h"

#include <string.h>

#include "crypto/der.h"

/* The longest: private, 521 bits. */
#define DER_LEN_MAX 256

/* What differs between the types: AlgorithmIdentifier, and (EC) the curve's OID in it. */
typedef struct der_row {
    uint8_t family;
    uint16_t parameter;
    uint8_t identifier_len;
    uint8_t curve_len; /* the last bytes of the identifier; 0 = not an EC key */
    uint8_t identifier[23];
} der_row;

/* clang-format off */
/* ecPublicKey with a curve (RFC 5480 2.1.1): `more` = bytes of the curve's OID. */
#define EC_ROW(curve, more, ...)                                                         \
    { HF_FAMILY_EC, curve, 2 + 9 + 2 + (more), 2 + (more),                               \
      { 0x30, 9 + 2 + (more), 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,      \
        0x06, (more), __VA_ARGS__ } }
/* RFC 5639 4.1 */
#define BRAINPOOL_ROW(curve, last)                                                       \
    EC_ROW(curve, 9, 0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, last)
/* RFC 8410 3 */
#define RFC8410_ROW(family, curve, last)                                                 \
    { family, curve, 7, 0, { 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, last } }

static const der_row rows[] = {
    EC_ROW(HF_CURVE_P256, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07),
    EC_ROW(HF_CURVE_P384, 5, 0x2B, 0x81, 0x04, 0x00, 0x22),
    EC_ROW(HF_CURVE_P521, 5, 0x2B, 0x81, 0x04, 0x00, 0x23),
    EC_ROW(HF_CURVE_P224, 5, 0x2B, 0x81, 0x04, 0x00, 0x21),
    EC_ROW(HF_CURVE_SECP256K1, 5, 0x2B, 0x81, 0x04, 0x00, 0x0A), /* SEC 2 A.2.1 */
    BRAINPOOL_ROW(HF_CURVE_BRAINPOOL_P256, 0x07),
    BRAINPOOL_ROW(HF_CURVE_BRAINPOOL_P384, 0x0B),
    BRAINPOOL_ROW(HF_CURVE_BRAINPOOL_P512, 0x0D),
    RFC8410_ROW(HF_FAMILY_MONTGOMERY, HF_CURVE_X25519, 0x6E),
    RFC8410_ROW(HF_FAMILY_MONTGOMERY, HF_CURVE_X448, 0x6F),
    RFC8410_ROW(HF_FAMILY_EDWARDS, HF_CURVE_ED25519, 0x70),
    RFC8410_ROW(HF_FAMILY_EDWARDS, HF_CURVE_ED448, 0x71),
};
/* clang-format on */

static const der_row *find_row(uint32_t type)
{
    if (hf_key_type_find(type) == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].family == HF_KEY_FAMILY(type) &&
            rows[i].parameter == HF_KEY_PARAMETER(type)) {
            return &rows[i];
        }
    }
    return NULL;
}

static hf_bytes row_identifier(const der_row *row)
{
    return hf_bytes_of(row->identifier, row->identifier_len);
}

static hf_bytes row_curve(const der_row *row)
{
    return hf_bytes_of(row->identifier + row->identifier_len - row->curve_len,
                       row->curve_len);
}

/* Take these very bytes off *in. */
static int skip(hf_bytes *in, hf_bytes expected)
{
    if (in->len < expected.len || !hf_ct_equal(in->data, expected.data, expected.len)) {
        return HF_ERR_KEY;
    }
    *in = hf_bytes_of(in->data + expected.len, in->len - expected.len);
    return HF_OK;
}

static int skip_version(hf_bytes *in, uint8_t version)
{
    return skip(in, hf_bytes_of((const uint8_t[]){ HF_DER_INTEGER, 1, version }, 3));
}

static int read_curve(hf_bytes *in, const der_row *row)
{
    hf_bytes curve;
    if (!hf_der_is_next(in, HF_DER_CONTEXT_0)) {
        return HF_OK; /* optional */
    }
    if (hf_der_read(in, HF_DER_CONTEXT_0, &curve) != HF_OK ||
        skip(&curve, row_curve(row)) != HF_OK || curve.len != 0) {
        return HF_ERR_KEY;
    }
    return HF_OK;
}

static int read_point(hf_bytes *in, hf_bytes *point)
{
    hf_bytes bits;
    if (!hf_der_is_next(in, HF_DER_CONTEXT_1)) {
        return HF_OK; /* optional */
    }
    if (hf_der_read(in, HF_DER_CONTEXT_1, &bits) != HF_OK ||
        hf_der_read_bits(&bits, point) != HF_OK || bits.len != 0) {
        return HF_ERR_KEY;
    }
    return HF_OK;
}

/* ECPrivateKey. */
static int read_ec_private(hf_bytes in, const der_row *row, hf_key_parts *parts)
{
    hf_bytes key;
    if (hf_der_read(&in, HF_DER_SEQUENCE, &key) != HF_OK || in.len != 0 ||
        skip_version(&key, 1) != HF_OK ||
        hf_der_read(&key, HF_DER_OCTET_STRING, &parts->secret) != HF_OK ||
        read_curve(&key, row) != HF_OK || read_point(&key, &parts->point) != HF_OK ||
        key.len != 0) {
        return HF_ERR_KEY;
    }
    return HF_OK;
}

/* PrivateKeyInfo without its outer header. */
static int read_private(hf_bytes in, const der_row *row, hf_key_parts *parts)
{
    hf_bytes octets;
    if (skip_version(&in, 0) != HF_OK || skip(&in, row_identifier(row)) != HF_OK ||
        hf_der_read(&in, HF_DER_OCTET_STRING, &octets) != HF_OK || in.len != 0) {
        return HF_ERR_KEY;
    }
    if (row->curve_len != 0) {
        return read_ec_private(octets, row, parts);
    }
    if (hf_der_read(&octets, HF_DER_OCTET_STRING, &parts->secret) != HF_OK ||
        octets.len != 0) {
        return HF_ERR_KEY;
    }
    return HF_OK;
}

/* SubjectPublicKeyInfo without its outer header. */
static int read_public(hf_bytes in, const der_row *row, hf_key_parts *parts)
{
    if (skip(&in, row_identifier(row)) != HF_OK ||
        hf_der_read_bits(&in, &parts->point) != HF_OK || in.len != 0) {
        return HF_ERR_KEY;
    }
    return HF_OK;
}

/* Have the parts the lengths that the type has? A private key may lack its point. */
static int check_lengths(uint32_t type, const hf_key_parts *parts)
{
    const hf_key_type_info *info = hf_key_type_find(type);
    bool is_public = HF_KEY_CLASS(type) == HF_CLASS_PUBLIC;
    bool has_point = is_public || parts->point.data != NULL;
    if ((!is_public && parts->secret.len != info->raw_len_max) ||
        (has_point && parts->point.len != info->public_len)) {
        return HF_ERR_KEY;
    }
    return HF_OK;
}

int hf_key_der_decode(uint32_t type, hf_bytes der, hf_key_parts *parts)
{
    const der_row *row = find_row(type);
    hf_bytes content;
    *parts = (hf_key_parts){ .secret = { .len = 0 } };
    if (row == NULL || hf_der_read(&der, HF_DER_SEQUENCE, &content) != HF_OK ||
        der.len != 0) {
        return HF_ERR_KEY;
    }
    int rc = HF_KEY_CLASS(type) == HF_CLASS_PUBLIC ? read_public(content, row, parts)
                                                   : read_private(content, row, parts);
    return rc == HF_OK ? check_lengths(type, parts) : rc;
}

int hf_key_der_decode_sec1(uint32_t type, hf_bytes der, hf_key_parts *parts)
{
    const der_row *row = find_row(type);
    *parts = (hf_key_parts){ .secret = { .len = 0 } };
    if (row == NULL || row->curve_len == 0 || HF_KEY_CLASS(type) != HF_CLASS_PRIVATE) {
        return HF_ERR_KEY;
    }
    int rc = read_ec_private(der, row, parts);
    return rc == HF_OK ? check_lengths(type, parts) : rc;
}

static void write_version(hf_der_writer *writer, uint8_t version)
{
    hf_der_write_unsigned(writer, hf_bytes_of(&version, 1));
}

/* The content of PrivateKeyInfo, last element first. */
static void write_private(hf_der_writer *writer, const der_row *row,
                          const hf_key_parts *parts)
{
    size_t end = writer->start;
    if (row->curve_len != 0) {
        hf_der_write_bits(writer, parts->point);
        hf_der_wrap(writer, HF_DER_CONTEXT_1, end);
    }
    size_t secret_end = writer->start;
    hf_der_write(writer, parts->secret);
    hf_der_wrap(writer, HF_DER_OCTET_STRING, secret_end);
    if (row->curve_len != 0) {
        write_version(writer, 1);
        hf_der_wrap(writer, HF_DER_SEQUENCE, end);
    }
    hf_der_wrap(writer, HF_DER_OCTET_STRING, end);
    hf_der_write(writer, row_identifier(row));
    write_version(writer, 0);
}

int hf_key_der_encode(uint32_t type, const hf_key_parts *parts, hf_buffer *out)
{
    const der_row *row = find_row(type);
    if (row == NULL) {
        return HF_ERR_TYPE;
    }
    uint8_t der[DER_LEN_MAX];
    hf_der_writer writer = hf_der_writer_of(der, sizeof(der));
    if (HF_KEY_CLASS(type) == HF_CLASS_PUBLIC) {
        hf_der_write_bits(&writer, parts->point);
        hf_der_write(&writer, row_identifier(row));
    } else {
        write_private(&writer, row, parts);
    }
    hf_der_wrap(&writer, HF_DER_SEQUENCE, writer.size);
    int rc = writer.status;
    if (rc == HF_OK) {
        rc = hf_buffer_append(out, hf_der_written(&writer));
    }
    hf_wipe(der, sizeof(der));
    return rc;
}
