/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The commands: one table that drives parsing, --help, completion and the check of the
 * man page.
 */
#ifndef HFC_COMMAND_H
#define HFC_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "option.h"

struct hfc_cli;

typedef struct hfc_command {
    const char *noun;
    const char *verb; /* NULL: the noun stands alone */
    const char
        *arguments;      /* "KEY [FILE]": names in capitals, optional ones in []; or "" */
    uint64_t options;    /* HFC_BIT of those beside HFC_COMMON */
    const char *formats; /* words that --format takes, the default first; NULL: none */
    const char *summary; /* one line */
    const char *details; /* paragraphs and examples; NULL: nothing more to say */
    /* Returns enum hfc_exit and has reported. */
    int (*run)(struct hfc_cli *cli);
} hfc_command;

/* By index 0, 1, ...; NULL behind the last. */
const hfc_command *hfc_command_at(size_t index);

/* The command that the first words name, and how many of them do; NULL: none. */
const hfc_command *hfc_command_find(const hfc_arguments *arguments, size_t *used_count);

/* Is there a command with this noun? */
bool hfc_noun_is_known(const char *noun);

/* How many words a command takes behind its name. */
size_t hfc_command_words_min(const hfc_command *command);
size_t hfc_command_words_max(const hfc_command *command);

/* Name of the command's argument at `index`, 0 .., with its length; NULL: none. */
const char *hfc_command_argument(const hfc_command *command, size_t index, size_t *len);

/* Check the words and options of a command line against the command that it names. The
 * words of the name are still in. */
hfc_mistake hfc_command_check(const hfc_command *command, size_t used_count,
                              const hfc_arguments *arguments);

/* ---- the functions behind the table ---- */
// clang-format off
#define HFC_RUNS(X)                                                                      \
    X(key_generate) X(key_import) X(key_export) X(key_export_public) X(key_info)         \
    X(key_list) X(key_commit) X(key_evict) X(key_erase) X(key_revoke)                    \
    X(key_wrap) X(key_unwrap) X(key_wrap_data) X(key_unwrap_data) X(key_derive)          \
    X(key_agree) X(key_encapsulate) X(key_decapsulate) X(key_signatures_left)            \
    X(nvm_put) X(nvm_get) X(nvm_info) X(nvm_list) X(nvm_destroy) X(nvm_space)            \
    X(nvm_compact)                                                                       \
    X(counter_create) X(counter_increment) X(counter_read) X(counter_list)               \
    X(counter_destroy) X(counter_purge)                                                  \
    X(hash) X(sign) X(verify) X(mac_generate) X(mac_verify) X(encrypt) X(decrypt)        \
    X(random) X(status) X(statistics) X(capabilities) X(ping) X(log_level) X(bench)      \
    X(complete)
// clang-format on
#define HFC_RUN_DECLARE_(name) int hfc_run_##name(struct hfc_cli *cli);
HFC_RUNS(HFC_RUN_DECLARE_)

#endif
