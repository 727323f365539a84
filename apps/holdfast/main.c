/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast: the command-line client. Everything is in cli.c and below, where tests
 * reach it.
 */
#include "cli.h"

int main(int argc, char **argv)
{
    return hfc_cli_run(argc, argv);
}
