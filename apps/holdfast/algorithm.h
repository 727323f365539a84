/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Which algorithm a command means: --algorithm, or what goes with the type of the key.
 * The names are those of the algorithm table. Functions return enum hfc_exit and have
 * said what is wrong.
 */
#ifndef HFC_ALGORITHM_H
#define HFC_ALGORITHM_H

#include "cli.h"

#define HFC_CLASS_BIT(name) (1u << HF_CLASS_##name)
#define HFC_ENCRYPTION_CLASSES                                                           \
    (HFC_CLASS_BIT(AEAD) | HFC_CLASS_BIT(CIPHER) | HFC_CLASS_BIT(ASYMMETRIC))

/* What a command does with a key. */
typedef struct hfc_purpose {
    const char *verb; /* for messages: "sign" */
    uint32_t classes; /* HFC_CLASS_BIT of what it takes */
    bool is_backward; /* it verifies or decrypts */
} hfc_purpose;

/* --algorithm; *row is NULL when it is not given. Before connecting. */
int hfc_algorithm_read(const hfc_cli *cli, const hfc_purpose *purpose,
                       const hf_algorithm **row) HF_MUST_CHECK;

/* Make *row the usual algorithm of the key's type when it is NULL; in any case check that
 * the key fits. */
int hfc_algorithm_choose(const hfc_purpose *purpose, const hf_key_type_info *type,
                         const hf_algorithm **row) HF_MUST_CHECK;

/* The hash that an option names; *hash is NULL when the option is not given. */
int hfc_algorithm_hash(const hfc_cli *cli, enum hfc_option_id option,
                       const hf_algorithm **hash) HF_MUST_CHECK;

/* The hash with a name; HFC_USAGE when there is none. */
int hfc_algorithm_hash_named(const char *name, const hf_algorithm **hash) HF_MUST_CHECK;

/* Bytes in hexadecimal that an option gives, appended to `out`, up to its room; `out` is
 * unchanged when the option is not given. */
int hfc_algorithm_hex(const hfc_cli *cli, enum hfc_option_id option, hf_buffer *out)
    HF_MUST_CHECK;

/* HFC_USAGE when the option is given: `row` does not take it. */
int hfc_algorithm_refuse(const hfc_cli *cli, enum hfc_option_id option,
                         const hf_algorithm *row) HF_MUST_CHECK;

#endif
