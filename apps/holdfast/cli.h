/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What one run of the program works with: the sorted command line, the connection, and
 * the readers of arguments that several commands share. Functions that return an int
 * return enum hfc_exit and have said what is wrong.
 *
 * A command reads all its arguments first, then calls hfc_cli_connect: a mistake on the
 * command line never reaches the server.
 */
#ifndef HFC_CLI_H
#define HFC_CLI_H

#include "command.h"
#include "connection.h"
#include "exit.h"
#include "file.h"
#include "report.h"
#include "text.h"

#include "holdfast/crypto.h"

#define HFC_BODY_SIZE HF_BODY_SIZE_MAX
#define HFC_MESSAGE_SPARE 256u /* bytes of a body for all fields but the payload */

typedef struct hfc_cli {
    hfc_arguments arguments; /* words: without the command's name */
    const hfc_command *command;
    bool is_json;
    hfc_target target;
    hfc_connection connection;
    int argc; /* the command line as it came; for `complete` */
    char **argv;
} hfc_cli;

/* Everything: returns the exit status. Single-threaded. */
int hfc_cli_run(int argc, char **argv);

/* Connect to the server that the options name. */
int hfc_cli_connect(hfc_cli *cli) HF_MUST_CHECK;

static inline hf_client *hfc_cli_client(hfc_cli *cli)
{
    return &cli->connection.client;
}

/* Bytes of payload that surely fit a message of this connection. */
size_t hfc_cli_payload_max(hfc_cli *cli);

/* The word at `index` behind the command's name; NULL: not given. */
const char *hfc_cli_word(const hfc_cli *cli, size_t index);

/* The value of an option; NULL: not given. */
const char *hfc_cli_option(const hfc_cli *cli, enum hfc_option_id option);

/* The number of an option, from `min` to `max`; *value stays as it is when not given. */
typedef struct hfc_range {
    uint64_t min, max;
} hfc_range;
int hfc_cli_number(const hfc_cli *cli, enum hfc_option_id option, hfc_range range,
                   uint64_t *value) HF_MUST_CHECK;

/* What --number and --global say of an object to be made. */
int hfc_cli_new_handle(const hfc_cli *cli, hf_handle *handle) HF_MUST_CHECK;

/* --label and --access. */
int hfc_cli_label(const hfc_cli *cli, hf_label *label) HF_MUST_CHECK;
int hfc_cli_access(const hfc_cli *cli, uint16_t *access) HF_MUST_CHECK;

/* Names of --usage or --flags; *bits stays as it is when not given. */
int hfc_cli_names(const hfc_cli *cli, enum hfc_option_id option, const hfc_name *names,
                  uint32_t *bits) HF_MUST_CHECK;

/* The word of --format, or the command's default; NULL after an error. */
const char *hfc_cli_format(const hfc_cli *cli);

/* How --out, --force say that the output be written. */
hfc_output_config hfc_cli_output(const hfc_cli *cli, bool is_secret, bool is_binary);

/* Does the result go into the JSON value, because of --json without --out FILE? */
bool hfc_cli_is_inline(const hfc_cli *cli);

/* The first half of naming an object: is the word a number or label:TEXT at all? Before
 * connecting. */
int hfc_cli_check_name(const hfc_cli *cli, size_t index) HF_MUST_CHECK;

/* The second half, connected: the handle. `kind` is HF_KIND_KEY, _DATA or _COUNTER. */
int hfc_cli_find(hfc_cli *cli, size_t index, enum hf_kind kind, hf_handle *handle)
    HF_MUST_CHECK;

/* The own objects with a label, or, when there is none, the global ones. Connected. */
typedef struct hfc_found {
    size_t count;
    hf_handle handle; /* one of them */
} hfc_found;
int hfc_cli_look_up(hfc_cli *cli, enum hf_kind kind, const char *label_text,
                    hfc_found *found) HF_MUST_CHECK;

/* Both halves with the connection between them. */
int hfc_cli_connect_and_find(hfc_cli *cli, enum hf_kind kind, hf_handle *handle)
    HF_MUST_CHECK;

/* The list of a kind, as the options --label and --global narrow it. HFC_OK with a JSON
 * array that is the caller's. */
int hfc_cli_list(hfc_cli *cli, enum hf_kind kind, json_t **rows) HF_MUST_CHECK;

/* {"number": N, "global": B}, to which commands add. NULL: out of memory. */
json_t *hfc_cli_named(hf_handle handle);

/* Add a member to an object; false: out of memory, and `value` is given back. */
bool hfc_cli_add(json_t *object, const char *key, json_t *value);

/* Flags as an array of names. */
json_t *hfc_cli_flags(uint32_t flags);
json_t *hfc_cli_usage(uint32_t flags);
json_t *hfc_cli_bits(const hfc_name *names, uint32_t bits);
json_t *hfc_cli_label_json(const hf_label *label);

/* "p256", or the number in hexadecimal. */
json_t *hfc_cli_type_json(uint32_t type);

/* The row of a key's type. Connected. */
int hfc_cli_key_type(hfc_cli *cli, hf_handle handle, const hf_key_type_info **type)
    HF_MUST_CHECK;

/* A signature or MAC was right. */
int hfc_cli_report_verified(hfc_cli *cli);

/* Report `result`, or "out of memory" when !ok. Takes `result`. */
int hfc_cli_report(json_t *result, bool ok);

#endif
