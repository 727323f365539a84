/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Names and sentences of the status codes, both derived from HF_STATUS_LIST, so that a
 * new status cannot be without them. Stateless.
 */
#include "holdfast/status.h"

const char *hf_status_text(int status)
{
    switch (status) {
#define STATUS_TEXT_CASE(name, number, text)                                             \
    case HF_ERR_##name:                                                                  \
        return text;
        HF_STATUS_LIST(STATUS_TEXT_CASE)
#undef STATUS_TEXT_CASE
    case HF_OK:
        return "success";
    case HF_PENDING:
        return "not finished yet";
    default: /* any int may come off the wire */
        return "unknown status";
    }
}

const char *hf_status_name(int status)
{
    switch (status) {
#define STATUS_NAME_CASE(name, number, text)                                             \
    case HF_ERR_##name:                                                                  \
        return "HF_ERR_" #name;
        HF_STATUS_LIST(STATUS_NAME_CASE)
#undef STATUS_NAME_CASE
    case HF_OK:
        return "HF_OK";
    case HF_PENDING:
        return "HF_PENDING";
    default: /* any int may come off the wire */
        return "HF_ERR_?";
    }
}
