/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The table of key families. A family is added here, in one line, and in its own file.
 */
#include "openssl_family.h"

static const hf_openssl_family *const rows[] = {
    &hf_openssl_aes_family,        &hf_openssl_generic_family, &hf_openssl_aes_xts_family,
    &hf_openssl_chacha20_family,   &hf_openssl_ec_family,      &hf_openssl_edwards_family,
    &hf_openssl_montgomery_family, &hf_openssl_rsa_family,     &hf_openssl_ml_kem_family,
    &hf_openssl_ml_dsa_family,     &hf_openssl_slh_dsa_family,
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

const hf_openssl_family *hf_openssl_family_find(uint8_t family)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i]->family == family) {
            return rows[i];
        }
    }
    return NULL;
}

const hf_openssl_family *hf_openssl_family_of(const hf_openssl *openssl, uint32_t type)
{
    const hf_openssl_family *row = hf_openssl_family_find(HF_KEY_FAMILY(type));
    if (row == NULL || hf_key_type_find(type) == NULL) {
        return NULL;
    }
    return row->has_type == NULL || row->has_type(openssl, type) ? row : NULL;
}

int hf_openssl_families_open(hf_openssl *openssl)
{
    int rc = HF_OK;
    for (size_t i = 0; i < ROW_COUNT && rc == HF_OK; i++) {
        if (rows[i]->open != NULL) {
            rc = rows[i]->open(openssl);
        }
    }
    return rc;
}

void hf_openssl_families_close(hf_openssl *openssl)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i]->close != NULL) {
            rows[i]->close(openssl);
        }
    }
}
