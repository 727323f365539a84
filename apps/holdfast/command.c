/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The commands: see command.h.
 */
#include "command.h"

#include <ctype.h>
#include <string.h>

#define OUTPUT (HFC_BIT(OUT) | HFC_BIT(FORCE))
#define STORED (HFC_BIT(NUMBER) | HFC_BIT(LABEL) | HFC_BIT(ACCESS) | HFC_BIT(GLOBAL))
#define KEY_MADE (STORED | HFC_BIT(USAGE) | HFC_BIT(FLAGS) | HFC_BIT(CACHE_ONLY))

#define OBJECT_NAMES                                                                     \
    "is a number, or label:TEXT, which is looked up in the list. With --global it is a\n" \
    "global one."

// clang-format off
static const hfc_command commands[] = {
    { "key", "generate", "TYPE", KEY_MADE, NULL,
      "generate a key that never leaves the server",
      "TYPE is p256, p384, ed25519, aes-128, aes-256 or hmac. Without --usage the key may do\n"
      "what its type is for (sign and verify, or encrypt and decrypt); without --flags it is\n"
      "sensitive and nonexportable.\n\n"
      "  holdfast key generate p256 --label release\n"
      "  holdfast key generate aes-256 --cache-only --json", hfc_run_key_generate },
    { "key", "import", "TYPE FILE", KEY_MADE | HFC_BIT(FORMAT), "pem der raw",
      "import a key",
      "TYPE is one of key generate, or p256-public, p384-public, ed25519-public. PEM and DER\n"
      "are PKCS#8 or SubjectPublicKeyInfo; symmetric keys are raw. Private and secret keys\n"
      "become sensitive and nonexportable unless --flags says otherwise.\n\n"
      "  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 |\n"
      "      holdfast key import p256 - --label tls", hfc_run_key_import },
    { "key", "export", "KEY", HFC_BIT(GLOBAL) | HFC_BIT(FORMAT) | OUTPUT, "pem der raw",
      "export a key where its flags allow that",
      "KEY " OBJECT_NAMES " The file is made\nreadable by its owner only. Symmetric keys are raw.",
      hfc_run_key_export },
    { "key", "export-public", "KEY", HFC_BIT(GLOBAL) | HFC_BIT(FORMAT) | OUTPUT,
      "pem der raw", "export the public part of a key",
      "KEY " OBJECT_NAMES "\n\n"
      "  holdfast key export-public label:release -o release.pub\n"
      "  openssl dgst -sha256 -verify release.pub -signature file.sig file",
      hfc_run_key_export_public },
    { "key", "info", "KEY", HFC_BIT(GLOBAL), NULL, "show what a key is and may do",
      "KEY " OBJECT_NAMES, hfc_run_key_info },
    { "key", "list", "", HFC_BIT(LABEL) | HFC_BIT(GLOBAL), NULL, "list keys",
      "Own and global keys, stored and cached; with --label only those with that label.",
      hfc_run_key_list },
    { "key", "commit", "KEY", HFC_BIT(GLOBAL), NULL, "store a key that is only cached",
      "KEY " OBJECT_NAMES, hfc_run_key_commit },
    { "key", "evict", "KEY", HFC_BIT(GLOBAL), NULL, "take a key out of the cache",
      "KEY " OBJECT_NAMES " A key that\nwas never stored is gone.", hfc_run_key_evict },
    { "key", "erase", "KEY", HFC_BIT(GLOBAL), NULL, "destroy a key for good",
      "KEY " OBJECT_NAMES, hfc_run_key_erase },
    { "key", "revoke", "KEY", HFC_BIT(GLOBAL), NULL, "clear all usage of a key for good",
      "KEY " OBJECT_NAMES, hfc_run_key_revoke },

    { "nvm", "put", "FILE", STORED | HFC_BIT(FLAGS), NULL, "store or replace an object",
      "FILE - is standard input. An object is at most as long as one message (usually\n"
      "1 MiB). Prints the object's number.\n\n"
      "  holdfast nvm put config.json --number 7 --label config", hfc_run_nvm_put },
    { "nvm", "get", "OBJECT", HFC_BIT(GLOBAL) | OUTPUT, NULL, "read an object",
      "OBJECT " OBJECT_NAMES "\n\n  holdfast nvm get label:config -o config.json",
      hfc_run_nvm_get },
    { "nvm", "info", "OBJECT", HFC_BIT(GLOBAL), NULL, "show an object's metadata",
      "OBJECT " OBJECT_NAMES, hfc_run_nvm_info },
    { "nvm", "list", "", HFC_BIT(LABEL) | HFC_BIT(GLOBAL), NULL, "list objects",
      "Own and global objects; with --label only those with that label.", hfc_run_nvm_list },
    { "nvm", "destroy", "OBJECT", HFC_BIT(GLOBAL), NULL, "destroy an object",
      "OBJECT " OBJECT_NAMES, hfc_run_nvm_destroy },
    { "nvm", "space", "", 0, NULL, "show how full the store is", NULL, hfc_run_nvm_space },
    { "nvm", "compact", "", 0, NULL,
      "clean the store until no destroyed secret is left (administrators)", NULL,
      hfc_run_nvm_compact },

    { "counter", "create", "", STORED | HFC_BIT(VALUE) | HFC_BIT(FLAGS), NULL,
      "create a counter",
      "A counter never goes back: one that had been destroyed goes on above its last value.\n"
      "--flags takes nondestroyable only.\n\n  holdfast counter create --label builds",
      hfc_run_counter_create },
    { "counter", "increment", "COUNTER", HFC_BIT(BY) | HFC_BIT(GLOBAL), NULL,
      "add to a counter and show its new value", "COUNTER " OBJECT_NAMES,
      hfc_run_counter_increment },
    { "counter", "read", "COUNTER", HFC_BIT(GLOBAL), NULL, "show a counter's value",
      "COUNTER " OBJECT_NAMES, hfc_run_counter_read },
    { "counter", "list", "", HFC_BIT(LABEL) | HFC_BIT(GLOBAL), NULL, "list counters",
      "Own and global counters; with --label only those with that label.",
      hfc_run_counter_list },
    { "counter", "destroy", "COUNTER", HFC_BIT(GLOBAL), NULL,
      "retire a counter; its value is remembered", "COUNTER " OBJECT_NAMES,
      hfc_run_counter_destroy },
    { "counter", "purge", "COUNTER", HFC_BIT(GLOBAL), NULL,
      "remove a retired counter for good (administrators)",
      "COUNTER is a number: retired counters are in no list.", hfc_run_counter_purge },

    { "hash", NULL, "ALG [FILE]", 0, NULL, "digest of a file",
      "ALG is sha256, sha384 or sha512. Without FILE, or with -, standard input is read. The\n"
      "server computes.\n\n  holdfast hash sha256 image.bin", hfc_run_hash },
    { "sign", NULL, "KEY [FILE]",
      HFC_BIT(GLOBAL) | HFC_BIT(HASH) | HFC_BIT(DIGEST) | HFC_BIT(FORMAT) | OUTPUT, "der raw",
      "sign a file",
      "KEY " OBJECT_NAMES " Without FILE,\nor with -, standard input is read. An ECDSA key "
      "signs the digest of the file, which the\nserver computes, or --digest; an Ed25519 key "
      "signs the file itself, which must fit one\nmessage (usually 1 MiB).\n\n"
      "  holdfast sign label:release image.bin -o image.sig", hfc_run_sign },
    { "verify", NULL, "KEY [FILE]",
      HFC_BIT(SIGNATURE) | HFC_BIT(GLOBAL) | HFC_BIT(HASH) | HFC_BIT(DIGEST) | HFC_BIT(FORMAT),
      "der raw", "verify the signature of a file",
      "As sign; --signature is required. Exit status 1: the signature is wrong.\n\n"
      "  holdfast verify label:release image.bin --signature image.sig", hfc_run_verify },
    { "mac", "generate", "KEY [FILE]", HFC_BIT(GLOBAL) | HFC_BIT(FORMAT) | OUTPUT,
      "hex raw", "message authentication code of a file",
      "KEY, of type hmac, " OBJECT_NAMES "\nThe file must fit one message (usually 1 MiB).",
      hfc_run_mac_generate },
    { "mac", "verify", "KEY [FILE]", HFC_BIT(MAC) | HFC_BIT(GLOBAL), NULL,
      "verify a message authentication code",
      "--mac is required. Exit status 1: the MAC is wrong.", hfc_run_mac_verify },
    { "encrypt", NULL, "KEY [FILE]", HFC_BIT(GLOBAL) | HFC_BIT(AAD) | OUTPUT, NULL,
      "encrypt a file of any length",
      "KEY, of type aes-128 or aes-256, " OBJECT_NAMES "\nWrites chunks that are "
      "authenticated one by one; see ENCRYPTED FILES in holdfast(1).\n\n"
      "  tar c folder | holdfast encrypt label:backup - -o folder.hf", hfc_run_encrypt },
    { "decrypt", NULL, "KEY [FILE]", HFC_BIT(GLOBAL) | HFC_BIT(AAD) | OUTPUT, NULL,
      "decrypt what encrypt wrote",
      "With --out FILE nothing is written unless all of it is right. Standard output gets\n"
      "each chunk when it has been checked: heed the exit status.\n\n"
      "  holdfast decrypt label:backup folder.hf | tar x", hfc_run_decrypt },
    { "random", NULL, "LEN", HFC_BIT(FORMAT) | OUTPUT, "raw hex base64", "random bytes",
      "  holdfast random 32 --format hex", hfc_run_random },

    { "status", NULL, "", 0, NULL, "who I am there, and how the server is",
      "Administrators also see the state of store, key cache and queues.", hfc_run_status },
    { "statistics", NULL, "", HFC_BIT(GROUP), NULL,
      "requests, errors and lock times per group (administrators)",
      "Groups: comm, nvm, key, crypto, counter, admin.", hfc_run_statistics },
    { "capabilities", NULL, "", 0, NULL, "algorithms and key types that the server has", NULL,
      hfc_run_capabilities },
    { "ping", NULL, "", HFC_BIT(COUNT) | HFC_BIT(SIZE), NULL, "round-trip times", NULL,
      hfc_run_ping },
    { "log-level", NULL, "LEVEL", 0, NULL, "set the level of the server's log (administrators)",
      "LEVEL is error, warning, notice, info or debug.", hfc_run_log_level },
    { "bench", NULL, "", HFC_BIT(CLIENTS) | HFC_BIT(SECONDS) | HFC_BIT(CHECK), NULL,
      "many clients at once on the same counter, keys and objects",
      "Each client is a thread with a connection of its own. Half of the time all of them do\n"
      "everything at once; then each kind of request has its turn. With --check every answer\n"
      "is checked: the counter against the acknowledged increments, objects against what can\n"
      "have been written, signatures, MACs and ciphertexts. The counter is kept for the next\n"
      "run (label holdfast-bench): do not run two of these at once for one owner.\n\n"
      "  holdfast bench --clients 8 --seconds 4 --check", hfc_run_bench },

    { "complete", NULL, "", 0, NULL, NULL, NULL, hfc_run_complete }, /* for the shell */
};
// clang-format on

const hfc_command *hfc_command_at(size_t index)
{
    return index < sizeof commands / sizeof commands[0] ? &commands[index] : NULL;
}

const hfc_command *hfc_command_find(const hfc_arguments *arguments, size_t *used_count)
{
    *used_count = 0;
    if (arguments->word_count == 0) {
        return NULL;
    }
    const char *verb = arguments->word_count > 1 ? arguments->words[1] : "";
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const hfc_command *command = &commands[i];
        if (strcmp(command->noun, arguments->words[0]) == 0 &&
            (command->verb == NULL || strcmp(command->verb, verb) == 0)) {
            *used_count = command->verb == NULL ? 1 : 2;
            return command;
        }
    }
    return NULL;
}

bool hfc_noun_is_known(const char *noun)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].noun, noun) == 0) {
            return true;
        }
    }
    return false;
}

size_t hfc_command_words_max(const hfc_command *command)
{
    size_t count = *command->arguments == '\0' ? 0 : 1;
    for (const char *c = command->arguments; *c != '\0'; c++) {
        count += *c == ' ' ? 1 : 0;
    }
    return count;
}

size_t hfc_command_words_min(const hfc_command *command)
{
    size_t count = hfc_command_words_max(command);
    for (const char *c = command->arguments; *c != '\0'; c++) {
        count -= *c == '[' ? 1 : 0;
    }
    return count;
}

const char *hfc_command_argument(const hfc_command *command, size_t index, size_t *len)
{
    const char *at = command->arguments;
    while (index > 0 && (at = strchr(at, ' ')) != NULL) {
        at++;
        index--;
    }
    if (at == NULL || *at == '\0') {
        return NULL;
    }
    at += *at == '[' ? 1 : 0;
    *len = strcspn(at, " ]");
    return at;
}

hfc_mistake hfc_command_check(const hfc_command *command, size_t used_count,
                              const hfc_arguments *arguments)
{
    size_t count = arguments->word_count - used_count;
    for (size_t i = 0; i < HFC_OPTIONS_COUNT; i++) {
        uint64_t bit = UINT64_C(1) << i;
        if (arguments->value[i] != NULL &&
            ((command->options | HFC_COMMON) & bit) == 0) {
            return (hfc_mistake){ "the command takes no such option", hfc_options[i].name };
        }
    }
    if (count < hfc_command_words_min(command)) {
        return (hfc_mistake){ "a word is missing", command->arguments };
    }
    if (count > hfc_command_words_max(command)) {
        return (hfc_mistake){ "a word too many",
                              arguments->words[arguments->word_count - 1] };
    }
    return (hfc_mistake){ NULL, NULL };
}
