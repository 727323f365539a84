/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * holdfast complete [WORD...]: what may stand in place of the last word, one per line,
 * for the completion of a shell. "@file" stands for the names of files. Nothing is
 * sent to a server.
 */
#include <stdio.h>
#include <string.h>

#include "algorithm.h"
#include "cli.h"

static void offer(const char *prefix, const char *word, size_t len)
{
    if (strncmp(word, prefix, strlen(prefix)) == 0 && len >= strlen(prefix)) {
        (void)printf("%.*s\n", (int)len, word);
    }
}

/* Words of a list that is separated by spaces. */
static void offer_words(const char *prefix, const char *words)
{
    while (words != NULL && *words != '\0') {
        size_t len = strcspn(words, " ");
        offer(prefix, words, len);
        words += len;
        words += strspn(words, " ");
    }
}

/* The last name of a comma-separated list; the names before it are kept. */
static void offer_names(const char *prefix, const hfc_name *names)
{
    const char *comma = strrchr(prefix, ',');
    size_t kept = comma == NULL ? 0 : (size_t)(comma - prefix) + 1;
    for (; names->name != NULL; names++) {
        if (strncmp(names->name, prefix + kept, strlen(prefix + kept)) == 0) {
            (void)printf("%.*s%s\n", (int)kept, prefix, names->name);
        }
    }
}

static void offer_algorithms(const char *prefix, uint32_t classes)
{
    for (size_t i = 0; hf_algorithm_at(i) != NULL; i++) {
        const hf_algorithm *row = hf_algorithm_at(i);
        if ((classes & (1u << row->class)) != 0) {
            offer(prefix, row->name, strlen(row->name));
        }
    }
}

/* Classes of the algorithms that a command takes. */
static uint32_t classes_of(const hfc_command *command)
{
    static const struct {
        int (*run)(hfc_cli *cli);
        uint32_t classes;
    } rows[] = {
        { hfc_run_sign, HFC_CLASS_BIT(SIGNATURE) },
        { hfc_run_verify, HFC_CLASS_BIT(SIGNATURE) },
        { hfc_run_mac_generate, HFC_CLASS_BIT(MAC) },
        { hfc_run_mac_verify, HFC_CLASS_BIT(MAC) },
        { hfc_run_key_wrap, HFC_CLASS_BIT(WRAP) },
        { hfc_run_key_unwrap, HFC_CLASS_BIT(WRAP) },
        { hfc_run_encrypt, HFC_ENCRYPTION_CLASSES },
        { hfc_run_decrypt, HFC_ENCRYPTION_CLASSES },
    };
    for (size_t i = 0; command != NULL && i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].run == command->run) {
            return rows[i].classes;
        }
    }
    return 0;
}

static void offer_types(const char *prefix, bool has_public)
{
    for (size_t i = 0; hf_key_type_at(i) != NULL; i++) {
        const hf_key_type_info *type = hf_key_type_at(i);
        if (has_public || HF_KEY_CLASS(type->type) != HF_CLASS_PUBLIC) {
            offer(prefix, type->name, strlen(type->name));
        }
    }
}

static void offer_value(const hfc_command *command, size_t option, const char *prefix)
{
    switch (option) {
    case HFC_OPTION_SOCKET:
    case HFC_OPTION_OUT:
    case HFC_OPTION_SIGNATURE:
    case HFC_OPTION_AAD_FILE:
    case HFC_OPTION_PASSPHRASE_FILE:
    case HFC_OPTION_SECRET_OUT:
        (void)puts("@file");
        break;
    case HFC_OPTION_FORMAT:
        offer_words(prefix, command != NULL ? command->formats : NULL);
        break;
    case HFC_OPTION_USAGE:
        offer_names(prefix, hfc_usage_names);
        break;
    case HFC_OPTION_FLAGS:
        offer_names(prefix, hfc_flag_names);
        break;
    case HFC_OPTION_POLICY:
        offer_names(prefix, hfc_policy_names);
        break;
    case HFC_OPTION_ACCESS:
        offer_names(prefix, hfc_access_names);
        break;
    case HFC_OPTION_HASH:
    case HFC_OPTION_MGF:
        offer_algorithms(prefix, HFC_CLASS_BIT(HASH));
        break;
    case HFC_OPTION_ALGORITHM:
        offer_algorithms(prefix, classes_of(command));
        break;
    case HFC_OPTION_KDF:
        offer_algorithms(prefix, HFC_CLASS_BIT(KDF));
        break;
    case HFC_OPTION_TYPE:
        offer_types(prefix, false);
        break;
    case HFC_OPTION_GROUP:
        offer_words(prefix, "all comm nvm key crypto counter admin");
        break;
    default:
        break;
    }
}

static void offer_options(const hfc_command *command, const char *prefix)
{
    uint64_t options = HFC_COMMON | (command != NULL ? command->options : 0);
    for (size_t i = 0; i < HFC_OPTIONS_COUNT; i++) {
        char text[64];
        if ((options & (UINT64_C(1) << i)) != 0) {
            (void)snprintf(text, sizeof text, "--%s", hfc_options[i].name);
            offer(prefix, text, strlen(text));
        }
    }
}

static void offer_argument(const hfc_command *command, size_t index, const char *prefix)
{
    size_t len = 0;
    const char *name = hfc_command_argument(command, index, &len);
    if (name == NULL) {
        offer_options(command, prefix);
    } else if (strncmp(name, "FILE", len) == 0) {
        (void)puts("@file");
    } else if (strncmp(name, "TYPE", len) == 0) {
        offer_types(prefix, command->run == hfc_run_key_import);
        if (command->run == hfc_run_key_import) {
            (void)puts("@file"); /* the type may be left out */
        }
    } else if (strncmp(name, "ALG", len) == 0) {
        offer_algorithms(prefix, HFC_CLASS_BIT(HASH));
    } else if (strncmp(name, "LEVEL", len) == 0) {
        offer_words(prefix, "error warning notice info debug");
    } else if (strncmp(name, "KEY", len) == 0 || strncmp(name, "KEK", len) == 0 ||
               strncmp(name, "OBJECT", len) == 0 || strncmp(name, "COUNTER", len) == 0) {
        offer(prefix, "label:", strlen("label:"));
    }
}

/* Nouns, or the verbs of one; each once. */
static void offer_commands(const char *noun, const char *prefix)
{
    const char *last = "";
    for (size_t i = 0; hfc_command_at(i) != NULL; i++) {
        const hfc_command *command = hfc_command_at(i);
        const char *word = noun == NULL ? command->noun : command->verb;
        bool is_wanted = noun == NULL || strcmp(command->noun, noun) == 0;
        if (command->summary != NULL && is_wanted && word != NULL &&
            strcmp(word, last) != 0) {
            offer(prefix, word, strlen(word));
            last = word;
        }
    }
}

int hfc_run_complete(hfc_cli *cli)
{
    int count = cli->argc - 1; /* argv[1] is "complete", and stands for the program */
    char **words = cli->argv + 1;
    if (count < 2) {
        return HFC_OK;
    }
    const char *prefix = words[count - 1];
    hfc_mistake unused = hfc_arguments_read(&cli->arguments, count - 1, words);
    (void)unused; /* an unfinished command line has mistakes */
    size_t used_count = 0;
    const hfc_command *command = hfc_command_find(&cli->arguments, &used_count);
    const char *before = count > 2 ? words[count - 2] : "";
    size_t option = *before == '-' ? hfc_option_find(before) : HFC_OPTIONS_COUNT;
    if (option < HFC_OPTIONS_COUNT && hfc_options[option].value != NULL &&
        strchr(before, '=') == NULL) {
        offer_value(command, option, prefix);
    } else if (*prefix == '-' && prefix[1] != '\0') {
        offer_options(command, prefix);
    } else if (command != NULL) {
        offer_argument(command, cli->arguments.word_count - used_count, prefix);
    } else if (cli->arguments.word_count == 0) {
        offer_commands(NULL, prefix);
    } else if (cli->arguments.word_count == 1) {
        offer_commands(cli->arguments.words[0], prefix);
    }
    return fflush(stdout) == 0 ? HFC_OK : HFC_LOCAL;
}
