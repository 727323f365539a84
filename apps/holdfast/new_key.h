/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the command line says of a key that is to be made: by generate, import, unwrap,
 * derive and their like. Functions return enum hfc_exit and have said what is wrong.
 */
#ifndef HFC_NEW_KEY_H
#define HFC_NEW_KEY_H

#include "cli.h"

typedef struct hfc_new_key {
    const hf_key_type_info *type; /* NULL: whoever makes it knows */
    hf_handle handle;             /* number 0: the server assigns one */
    hf_label label;
    uint32_t flags; /* HF_FLAG_*, HF_USAGE_* */
    uint16_t access;
    uint8_t store; /* 1: not only in the cache */
} hfc_new_key;

/* The type with a name; HFC_USAGE when there is none. */
int hfc_key_type_named(const char *name, const hf_key_type_info **type) HF_MUST_CHECK;

/*
 * Read the options. A type that is not NULL has a usual usage and usual flags, which
 * stand where the options say nothing; without a type nothing stands there.
 */
int hfc_new_key_read(const hfc_cli *cli, const hf_key_type_info *type, hfc_new_key *key)
    HF_MUST_CHECK;

/* The fields that all requests have which make a key; `type` is extra. */
#define HFC_NEW_KEY_FIELDS(key)                                                          \
    .handle = (key)->handle, .flags = (key)->flags, .access = (key)->access,             \
    .label = (key)->label, .store = (key)->store

/* Tell what was made: as the options say it. */
int hfc_new_key_report(const hfc_new_key *key, hf_handle handle) HF_MUST_CHECK;

/* What the server says of a key: *result is the caller's. Connected. */
int hfc_key_describe(hfc_cli *cli, hf_handle handle, json_t **result) HF_MUST_CHECK;

#endif
