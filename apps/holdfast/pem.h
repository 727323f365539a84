/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * PEM (RFC 7468): a DER structure as base64 between two lines that name it. Only the
 * armour; what is inside is the server's matter.
 */
#ifndef HFC_PEM_H
#define HFC_PEM_H

#include <stddef.h>

#include "holdfast/bytes.h"

#define HFC_PEM_PRIVATE "PRIVATE KEY"             /* PKCS#8 */
#define HFC_PEM_ENCRYPTED "ENCRYPTED PRIVATE KEY" /* PKCS#8 under a passphrase */
#define HFC_PEM_SEC1 "EC PRIVATE KEY"
#define HFC_PEM_RSA_PRIVATE "RSA PRIVATE KEY"
#define HFC_PEM_PUBLIC "PUBLIC KEY" /* SubjectPublicKeyInfo */
#define HFC_PEM_RSA_PUBLIC "RSA PUBLIC KEY"

/* Room that the PEM of `len` bytes needs, with a NUL. */
#define HFC_PEM_SIZE(len) (((len) + 2) / 3 * 4 + ((len) + 47) / 48 + 128)

/* The name of the first block of `text` that holds a key: one of those above; NULL when
 * there is none. */
const char *hfc_pem_find(hf_bytes text);

/*
 * Decode the block of `text` that is named `name`; text around it and parameters of a
 * curve before it are ignored, another block behind it is refused.
 *
 * out  the DER is appended.
 *
 * Returns NULL, or a sentence that says what is wrong (static text); `out` is then as
 * before, and what had been written into it is wiped.
 */
const char *hfc_pem_read(hf_bytes text, const char *name, hf_buffer *out) HF_MUST_CHECK;

/* Encode. `out` has at least HFC_PEM_SIZE(der.len) free bytes. HF_OK or HF_ERR_SIZE. */
int hfc_pem_write(const char *name, hf_bytes der, hf_buffer *out) HF_MUST_CHECK;

#endif
