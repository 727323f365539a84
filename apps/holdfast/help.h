/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * --help at each level, from the table of commands.
 */
#ifndef HFC_HELP_H
#define HFC_HELP_H

#include "command.h"

/* Help for what the words name: the program, a noun, or a command. Returns enum
 * hfc_exit. */
int hfc_help_print(const hfc_arguments *arguments);

#endif
