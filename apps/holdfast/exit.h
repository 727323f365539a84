/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Exit codes of the program. Functions that can fail return one of them, and have said
 * why on standard error before they return anything but HFC_OK.
 */
#ifndef HFC_EXIT_H
#define HFC_EXIT_H

enum hfc_exit {
    HFC_OK = 0,
    HFC_REFUSED = 1, /* the server, or a check, said no */
    HFC_USAGE = 2,   /* the command line is wrong; nothing was sent */
    HFC_CONNECT = 3, /* no connection to the server, or it was lost */
    HFC_LOCAL = 4    /* a local file or the memory failed */
};

#endif
