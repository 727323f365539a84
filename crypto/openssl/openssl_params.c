/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Lists of parameters: see openssl_params.h.
 */
#include "openssl_params.h"

hf_openssl_params hf_openssl_params_of(void)
{
    hf_openssl_params list = { .count = 0 };
    list.params[0] = OSSL_PARAM_construct_end();
    return list;
}

void hf_openssl_params_add(hf_openssl_params *list, OSSL_PARAM param)
{
    if (list->count + 1 == HF_OPENSSL_PARAM_COUNT_MAX) {
        list->is_overfull = true;
        return;
    }
    list->params[list->count++] = param;
    list->params[list->count] = OSSL_PARAM_construct_end();
}

void hf_openssl_params_text(hf_openssl_params *list, const char *name, const char *text)
{
    hf_openssl_params_add(
        list, OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)text, 0));
}

void hf_openssl_params_int(hf_openssl_params *list, const char *name, const int *value)
{
    hf_openssl_params_add(list, OSSL_PARAM_construct_int(name, (int *)(uintptr_t)value));
}

/* libcrypto wants a pointer, also to nothing. */
void hf_openssl_params_octets(hf_openssl_params *list, const char *name, hf_bytes octets)
{
    static const uint8_t none[1] = { 0 };
    const uint8_t *data = octets.len != 0 ? octets.data : none;
    hf_openssl_params_add(list, OSSL_PARAM_construct_octet_string(
                                    name, (void *)(uintptr_t)data, octets.len));
}

void hf_openssl_params_optional(hf_openssl_params *list, const char *name,
                                hf_bytes octets)
{
    if (octets.len != 0) {
        hf_openssl_params_octets(list, name, octets);
    }
}
