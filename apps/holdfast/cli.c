/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * One run of the program: see cli.h. Naming and listing of objects is in object.c.
 */
#include "cli.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "help.h"
#include "holdfast/server.h" /* HF_VERSION_TEXT */

/* ---- arguments ---- */

const char *hfc_cli_word(const hfc_cli *cli, size_t index)
{
    return index < cli->arguments.word_count ? cli->arguments.words[index] : NULL;
}

const char *hfc_cli_option(const hfc_cli *cli, enum hfc_option_id option)
{
    return cli->arguments.value[option];
}

int hfc_cli_number(const hfc_cli *cli, enum hfc_option_id option, hfc_range range,
                   uint64_t *value)
{
    const char *text = cli->arguments.value[option];
    uint64_t number = 0;
    if (text == NULL) {
        return HFC_OK;
    }
    if (!hfc_number_read(text, range.max, &number) || number < range.min) {
        return hfc_error(HFC_USAGE, "--%s takes a number %llu .. %llu, not '%s'",
                         hfc_options[option].name, (unsigned long long)range.min,
                         (unsigned long long)range.max, text);
    }
    *value = number;
    return HFC_OK;
}

int hfc_cli_new_handle(const hfc_cli *cli, hf_handle *handle)
{
    uint64_t number = 0;
    int rc =
        hfc_cli_number(cli, HFC_OPTION_NUMBER, (hfc_range){ 1, HF_NUMBER_MAX }, &number);
    bool is_global = hfc_arguments_has(&cli->arguments, HFC_OPTION_GLOBAL);
    *handle = (hf_handle)number | (is_global ? HF_HANDLE_GLOBAL : 0u);
    return rc;
}

int hfc_cli_label(const hfc_cli *cli, hf_label *label)
{
    if (!hfc_label_read(cli->arguments.value[HFC_OPTION_LABEL], label)) {
        return hfc_error(HFC_USAGE, "a label has at most %u bytes", HF_LABEL_SIZE);
    }
    return HFC_OK;
}

int hfc_cli_names(const hfc_cli *cli, enum hfc_option_id option, const hfc_name *names,
                  uint32_t *bits)
{
    const char *list = cli->arguments.value[option];
    if (list != NULL && !hfc_names_read(names, list, bits)) {
        return hfc_error(HFC_USAGE, "--%s %s: there is no such name; %s",
                         hfc_options[option].name, list, hfc_options[option].doc);
    }
    return HFC_OK;
}

int hfc_cli_access(const hfc_cli *cli, uint16_t *access)
{
    uint32_t bits = 0;
    int rc = hfc_cli_names(cli, HFC_OPTION_ACCESS, hfc_access_names, &bits);
    *access = (uint16_t)bits;
    return rc;
}

const char *hfc_cli_format(const hfc_cli *cli)
{
    const char *formats = cli->command->formats;
    const char *word = cli->arguments.value[HFC_OPTION_FORMAT];
    if (word == NULL) {
        word = formats;
    }
    size_t len = strcspn(word, " ");
    const char *at = formats;
    for (; *at != '\0'; at += strcspn(at, " "), at += strspn(at, " ")) {
        if (strcspn(at, " ") == len && strncmp(at, word, len) == 0) {
            return at;
        }
    }
    (void)hfc_error(HFC_USAGE, "--format is one of: %s", formats);
    return NULL;
}

bool hfc_cli_is_inline(const hfc_cli *cli)
{
    const char *path = cli->arguments.value[HFC_OPTION_OUT];
    return cli->is_json && (path == NULL || strcmp(path, "-") == 0);
}

hfc_output_config hfc_cli_output(const hfc_cli *cli, bool is_secret, bool is_binary)
{
    return (hfc_output_config){
        .path = cli->arguments.value[HFC_OPTION_OUT],
        .is_secret = is_secret,
        .is_binary = is_binary,
        .is_forced = hfc_arguments_has(&cli->arguments, HFC_OPTION_FORCE),
    };
}

/* ---- the connection ---- */

int hfc_cli_connect(hfc_cli *cli)
{
    char why[512] = "";
    int rc = hfc_connection_open(&cli->connection, &cli->target, why, sizeof why);
    if (rc == HF_OK) {
        return HFC_OK;
    }
    return hfc_error(rc == HF_ERR_NOMEM ? HFC_LOCAL : HFC_CONNECT, "%s", why);
}

size_t hfc_cli_payload_max(hfc_cli *cli)
{
    return cli->connection.client.body_size - HFC_MESSAGE_SPARE;
}

static int target_read(hfc_cli *cli)
{
    uint64_t timeout_ms = 0;
    int rc = hfc_cli_number(cli, HFC_OPTION_TIMEOUT, (hfc_range){ 1, UINT32_MAX },
                            &timeout_ms);
    if (rc != HFC_OK) {
        return rc;
    }
    cli->target = (hfc_target){ .timeout_ms = (uint32_t)timeout_ms,
                                .body_size = HFC_BODY_SIZE,
                                .window = 1 };
    if (!hfc_target_set(&cli->target, cli->arguments.value[HFC_OPTION_SOCKET],
                        cli->arguments.value[HFC_OPTION_TCP])) {
        return hfc_error(HFC_USAGE, cli->arguments.value[HFC_OPTION_TCP] != NULL
                                        ? "--tcp takes HOST:PORT"
                                        : "a socket's path has at most 107 bytes");
    }
    return HFC_OK;
}

/* ---- a whole run ---- */

static int usage_error(const hfc_arguments *arguments, hfc_mistake mistake)
{
    const char *noun = arguments->word_count > 0 ? arguments->words[0] : "";
    bool is_known = hfc_noun_is_known(noun);
    return hfc_error(HFC_USAGE, "%s%s%s (see holdfast%s%s --help)", mistake.what,
                     *mistake.where != '\0' ? ": " : "", mistake.where,
                     is_known ? " " : "", is_known ? noun : "");
}

/* What to say when the words name no command. */
static int unknown_command(const hfc_arguments *arguments)
{
    if (arguments->word_count == 0) {
        return usage_error(arguments, (hfc_mistake){ "a command is missing", "" });
    }
    bool is_known = hfc_noun_is_known(arguments->words[0]);
    if (is_known && arguments->word_count == 1) {
        return usage_error(arguments, (hfc_mistake){ "a verb is missing", "" });
    }
    return usage_error(arguments, (hfc_mistake){ "there is no such command",
                                                 arguments->words[is_known ? 1 : 0] });
}

static void words_drop(hfc_arguments *arguments, size_t count)
{
    arguments->word_count -= count;
    memmove(arguments->words, arguments->words + count,
            arguments->word_count * sizeof arguments->words[0]);
}

static int command_run(hfc_cli *cli)
{
    hfc_arguments *arguments = &cli->arguments;
    size_t used_count = 0;
    if (arguments->word_count > 0 && strcmp(arguments->words[0], "help") == 0) {
        words_drop(arguments, 1);
        return hfc_help_print(arguments);
    }
    cli->command = hfc_command_find(arguments, &used_count);
    if (hfc_arguments_has(arguments, HFC_OPTION_VERSION)) {
        return hfc_report(json_pack("{s:s}", "holdfast", HF_VERSION_TEXT));
    }
    if (hfc_arguments_has(arguments, HFC_OPTION_HELP)) {
        return hfc_help_print(arguments);
    }
    if (cli->command == NULL) {
        return unknown_command(arguments);
    }
    hfc_mistake mistake = hfc_command_check(cli->command, used_count, arguments);
    if (mistake.what != NULL) {
        return usage_error(arguments, mistake);
    }
    words_drop(arguments, used_count);
    int rc = target_read(cli);
    return rc == HFC_OK ? cli->command->run(cli) : rc;
}

/* Known before the command line has been understood: mistakes are told as JSON, too. */
static bool wants_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "-j") == 0) {
            return true;
        }
    }
    return false;
}

int hfc_cli_run(int argc, char **argv)
{
    hfc_cli cli = { .argc = argc, .argv = argv };
    hfc_report_init();
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "complete") == 0) {
        return hfc_run_complete(&cli);
    }
    hfc_report_set_json(wants_json(argc, argv));
    hfc_mistake mistake = hfc_arguments_read(&cli.arguments, argc, argv);
    cli.is_json = hfc_arguments_has(&cli.arguments, HFC_OPTION_JSON);
    if (mistake.what == NULL) {
        hfc_report_set_json(cli.is_json);
    }
    int rc =
        mistake.what != NULL ? usage_error(&cli.arguments, mistake) : command_run(&cli);
    hfc_connection_close(&cli.connection);
    return rc;
}
