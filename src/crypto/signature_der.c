/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }, over der.h. Signatures are
 * public: nothing here needs to be wiped.
 */
#include "holdfast/crypto_der.h"

#include "crypto/der.h"

/* SEQUENCE header, and per number a header and a leading zero. */
#define DER_LEN_MAX (3 + 2 * (3 + HF_FIELD_LEN_MAX))

int hf_signature_from_der(hf_bytes der, size_t field_len, uint8_t *raw)
{
    hf_bytes numbers;
    if (hf_der_read(&der, HF_DER_SEQUENCE, &numbers) != HF_OK || der.len != 0 ||
        hf_der_read_unsigned(&numbers, raw, field_len) != HF_OK ||
        hf_der_read_unsigned(&numbers, raw + field_len, field_len) != HF_OK ||
        numbers.len != 0) {
        return HF_ERR_VERIFY;
    }
    return HF_OK;
}

int hf_signature_to_der(const uint8_t *raw, size_t field_len, hf_buffer *out)
{
    uint8_t der[DER_LEN_MAX];
    hf_der_writer writer = hf_der_writer_of(der, sizeof(der));
    hf_der_write_unsigned(&writer, hf_bytes_of(raw + field_len, field_len));
    hf_der_write_unsigned(&writer, hf_bytes_of(raw, field_len));
    hf_der_wrap(&writer, HF_DER_SEQUENCE, writer.size);
    if (writer.status != HF_OK) {
        return writer.status;
    }
    return hf_buffer_append(out, hf_der_written(&writer));
}
