/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Help: see help.h.
 */
#include "help.h"

#include <stdio.h>
#include <string.h>

#include "report.h"

#define NAME_COLUMNS 26

static const char program_text[] = "usage: holdfast [OPTION...] COMMAND [WORD...]\n"
                                   "\n"
                                   "The client of holdfastd, a server that keeps keys, "
                                   "counters and objects and uses them\n"
                                   "without ever giving them away.\n";

static const char program_end[] =
    "\n"
    "The socket is --socket, else $HOLDFAST_SOCKET, else /run/holdfast/socket.\n"
    "Exit status: 0 done; 1 the server or a check said no; 2 wrong command line;\n"
    "3 no connection; 4 a local file failed.\n"
    "\n"
    "Examples:\n"
    "  holdfast key generate p256 --label release\n"
    "  holdfast sign label:release image.bin --out image.sig\n"
    "  holdfast key export-public label:release --out release.pub\n"
    "  openssl dgst -sha256 -verify release.pub -signature image.sig image.bin\n"
    "  holdfast key list --json\n"
    "\n"
    "holdfast COMMAND --help tells more; so does holdfast(1).\n";

static void command_line_print(const hfc_command *command)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s%s%s %s", command->noun,
                   command->verb != NULL ? " " : "",
                   command->verb != NULL ? command->verb : "", command->arguments);
    (void)printf("  %-*s %s\n", NAME_COLUMNS, name, command->summary);
}

static void option_print(const hfc_option *option, const char *doc)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%c%c%s--%s%s%s", option->letter != 0 ? '-' : ' ',
                   option->letter != 0 ? option->letter : ' ',
                   option->letter != 0 ? ", " : "  ", option->name,
                   option->value != NULL ? " " : "",
                   option->value != NULL ? option->value : "");
    (void)printf("  %-*s %s\n", NAME_COLUMNS, name, doc);
}

static void options_print(uint64_t options, const char *formats)
{
    for (size_t i = 0; i < HFC_OPTIONS_COUNT; i++) {
        if ((options & (UINT64_C(1) << i)) == 0) {
            continue;
        }
        char doc[96];
        (void)snprintf(doc, sizeof doc, "one of: %s; the first is the default",
                       formats != NULL ? formats : "");
        option_print(&hfc_options[i], i == HFC_OPTION_FORMAT ? doc : hfc_options[i].doc);
    }
}

static void commands_print(const char *noun)
{
    const hfc_command *last = NULL;
    for (size_t i = 0; hfc_command_at(i) != NULL; i++) {
        const hfc_command *command = hfc_command_at(i);
        if (command->summary == NULL ||
            (noun != NULL && strcmp(command->noun, noun) != 0)) {
            continue;
        }
        /* A family of verbs stands by itself. */
        bool is_family = command->verb != NULL;
        if (noun == NULL && last != NULL && (is_family || last->verb != NULL) &&
            strcmp(last->noun, command->noun) != 0) {
            (void)putchar('\n');
        }
        last = command;
        command_line_print(command);
    }
}

static void program_print(void)
{
    (void)fputs(program_text, stdout);
    (void)puts("\nCommands:");
    commands_print(NULL);
    (void)puts("\nOptions of every command:");
    options_print(HFC_COMMON, NULL);
    (void)fputs(program_end, stdout);
}

static void command_print(const hfc_command *command)
{
    (void)printf(
        "usage: holdfast %s%s%s [OPTION...]%s%s\n\n%s.\n", command->noun,
        command->verb != NULL ? " " : "", command->verb != NULL ? command->verb : "",
        *command->arguments != '\0' ? " " : "", command->arguments, command->summary);
    if (command->details != NULL) {
        (void)printf("\n%s\n", command->details);
    }
    if (command->options != 0) {
        (void)puts("\nOptions:");
        options_print(command->options, command->formats);
    }
    (void)puts("\nOptions of every command:");
    options_print(HFC_COMMON, NULL);
}

int hfc_help_print(const hfc_arguments *arguments)
{
    size_t used_count = 0;
    const hfc_command *command = hfc_command_find(arguments, &used_count);
    if (command != NULL && command->summary != NULL) {
        command_print(command);
    } else if (arguments->word_count > 0 && hfc_noun_is_known(arguments->words[0])) {
        (void)printf("usage: holdfast %s VERB [OPTION...] [WORD...]\n\n",
                     arguments->words[0]);
        commands_print(arguments->words[0]);
        (void)printf("\nholdfast %s VERB --help tells more.\n", arguments->words[0]);
    } else if (arguments->word_count > 0) {
        return hfc_error(HFC_USAGE, "there is no such command: %s", arguments->words[0]);
    } else {
        program_print();
    }
    return fflush(stdout) == 0 ? HFC_OK : hfc_error(HFC_LOCAL, "cannot write");
}
