/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * PEM: see pem.h.
 */
#include "pem.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

#define LINE_BYTES 48u /* 64 characters */

/* Where `word` begins in text at or after `from`; text.len when nowhere. */
static size_t text_find(hf_bytes text, size_t from, const char *word)
{
    const uint8_t *at = memmem(text.data + from, text.len - from, word, strlen(word));
    return at == NULL ? text.len : (size_t)(at - text.data);
}

const char *hfc_pem_find(hf_bytes text)
{
    static const char *const names[] = { HFC_PEM_PRIVATE, HFC_PEM_ENCRYPTED,
                                         HFC_PEM_SEC1,    HFC_PEM_RSA_PRIVATE,
                                         HFC_PEM_PUBLIC,  HFC_PEM_RSA_PUBLIC };
    const char *first = NULL;
    size_t first_at = text.len;
    for (size_t i = 0; text.len > 0 && i < sizeof names / sizeof names[0]; i++) {
        char begin[64];
        (void)snprintf(begin, sizeof begin, "-----BEGIN %s-----", names[i]);
        size_t at = text_find(text, 0, begin);
        if (at < first_at) {
            first = names[i];
            first_at = at;
        }
    }
    return first;
}

/* What to say when the block that is wanted is not there. */
static const char *wrong_name(hf_bytes text)
{
    const char *name = hfc_pem_find(text);
    if (name == NULL && text_find(text, 0, "-----BEGIN CERTIFICATE-----") < text.len) {
        return "this is a certificate; take its key: openssl x509 -pubkey -noout -in "
               "FILE";
    }
    if (name == NULL) {
        return "there is no PEM block of a key; for DER say --format der";
    }
    return strstr(name, "PUBLIC") != NULL
               ? "this is a public key; a private one is wanted"
               : "this is a private key; a public one is "
                 "wanted";
}

const char *hfc_pem_read(hf_bytes text, const char *name, hf_buffer *out)
{
    char begin[64];
    char end[64];
    (void)snprintf(begin, sizeof begin, "-----BEGIN %s-----", name);
    (void)snprintf(end, sizeof end, "-----END %s-----", name);
    if (text.len == 0) {
        return "it is empty";
    }
    size_t start = text_find(text, 0, begin);
    if (start == text.len) {
        return wrong_name(text);
    }
    start += strlen(begin);
    size_t stop = text_find(text, start, end);
    if (stop == text.len) {
        return "the PEM block has no end";
    }
    if (text_find(text, stop, "-----BEGIN ") < text.len) {
        return "there is more than one PEM block";
    }
    hf_bytes block = hf_bytes_of(text.data + start, stop - start);
    if (text_find(block, 0, "Proc-Type:") < block.len) {
        return "it is encrypted in an old way; make it PKCS#8: openssl pkcs8 -topk8 -in "
               "FILE";
    }
    if (!hfc_base64_read((const char *)text.data + start, stop - start, out)) {
        return "the PEM block is not base64, or too long";
    }
    return NULL;
}

int hfc_pem_write(const char *name, hf_bytes der, hf_buffer *out)
{
    if (out->size - out->len < HFC_PEM_SIZE(der.len)) {
        return HF_ERR_SIZE;
    }
    char *at = (char *)out->data + out->len;
    char *const last = (char *)out->data + out->size;
    at += snprintf(at, (size_t)(last - at), "-----BEGIN %s-----\n", name);
    for (size_t i = 0; i < der.len; i += LINE_BYTES) {
        size_t len = der.len - i < LINE_BYTES ? der.len - i : LINE_BYTES;
        hfc_base64_write(hf_bytes_of(der.data + i, len), at);
        at += hfc_base64_len(len);
        *at++ = '\n';
    }
    at += snprintf(at, (size_t)(last - at), "-----END %s-----\n", name);
    out->len = (size_t)(at - (char *)out->data);
    return HF_OK;
}
