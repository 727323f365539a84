/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What a status means for one request. A status tells every program the same; the user of
 * a command can be told what to look at.
 */
#ifndef HFC_ADVICE_H
#define HFC_ADVICE_H

/* A clause that follows the text of `status` after a semicolon, for the request `what` as
 * hfc_error_status gets it. NULL: there is nothing to add. */
const char *hfc_advice(const char *what, int status);

#endif
