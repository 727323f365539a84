/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The typed calls of client.h, made from the catalogue: each binds the structs of one
 * kind to the untyped call, so that a wrong struct does not compile.
 */
#include "holdfast/client.h"

// clang-format off
#define DEFINE_CALLS(kind, group, name, doc)                                             \
    int hf_client_##name(hf_client *client, const hf_##name##_request *request,          \
                         hf_##name##_response *response)                                 \
    {                                                                                    \
        return hf_client_call(client, kind, request, response);                          \
    }                                                                                    \
    int hf_client_##name##_send(hf_client *client, const hf_##name##_request *request,   \
                                uint16_t *sequence)                                      \
    {                                                                                    \
        return hf_client_send(client, kind, request, sequence);                          \
    }                                                                                    \
    int hf_client_##name##_receive(hf_client *client, uint16_t sequence,                 \
                                   hf_##name##_response *response)                       \
    {                                                                                    \
        return hf_client_receive(client, sequence, kind, response);                      \
    }
// clang-format on

HF_CATALOGUE(DEFINE_CALLS)
