/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast encrypt and decrypt without the container: the ciphertext alone, as other
 * programs read and write it. The nonce and the tag are told, not written.
 */
#ifndef HFC_RAW_H
#define HFC_RAW_H

#include "algorithm.h"
#include "cli.h"

#define HFC_AAD_SIZE_MAX 65536u
#define HFC_TAG_SIZE_MAX 32u

/* What the command line says of encryption and decryption. */
typedef struct hfc_cipher_options {
    hfc_purpose purpose;
    hf_handle handle;
    const hf_algorithm *row;  /* NULL: the usual one */
    const hf_algorithm *hash; /* of OAEP, and of its MGF1; NULL: the usual one */
    const hf_algorithm *mgf;
    uint16_t tag_len; /* 0: whole */
    uint8_t nonce_memory[HF_NONCE_LEN_MAX];
    uint8_t tag_memory[HFC_TAG_SIZE_MAX];
    hf_buffer nonce; /* given, or made by the server */
    hf_buffer tag;
    hf_bytes aad;       /* --aad, or into aad_file */
    hf_buffer aad_file; /* from hfc_memory_take */
} hfc_cipher_options;

/* Everything: connected, the algorithm chosen. Returns enum hfc_exit. */
int hfc_raw_run(hfc_cli *cli, hfc_cipher_options *options) HF_MUST_CHECK;

#endif
