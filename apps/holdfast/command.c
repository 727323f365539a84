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
#define KEY_MADE                                                                         \
    (STORED | HFC_BIT(USAGE) | HFC_BIT(FLAGS) | HFC_BIT(POLICY) |                        \
     HFC_BIT(MAC_LENGTH_MIN) | HFC_BIT(CACHE_ONLY))

#define SECRET_MADE                                                                      \
    (KEY_MADE | HFC_BIT(TYPE) | HFC_BIT(LENGTH) | HFC_BIT(KDF) | HFC_BIT(HASH) |         \
     HFC_BIT(SALT) | HFC_BIT(KDF_LABEL) | HFC_BIT(INFO) | HFC_BIT(ITERATIONS) |          \
     HFC_BIT(SECRET_OUT) | HFC_BIT(FORCE))
#define WRAPPED (HFC_BIT(ALGORITHM) | HFC_BIT(HASH) | HFC_BIT(MGF))
#define SIGNED                                                                           \
    (HFC_BIT(ALGORITHM) | HFC_BIT(HASH) | HFC_BIT(MGF) | HFC_BIT(SALT_LENGTH) |          \
     HFC_BIT(CONTEXT) | HFC_BIT(DIGEST) | HFC_BIT(FORMAT))
#define MACED (HFC_BIT(ALGORITHM) | HFC_BIT(LENGTH) | HFC_BIT(NONCE))
#define CIPHERED                                                                         \
    (HFC_BIT(ALGORITHM) | HFC_BIT(RAW) | HFC_BIT(NONCE) | HFC_BIT(LENGTH) |              \
     HFC_BIT(AAD) | HFC_BIT(AAD_FILE) | HFC_BIT(HASH) | HFC_BIT(MGF))

// clang-format off
static const hfc_command commands[] = {
    { .noun = "key", .verb = "generate", .arguments = "TYPE",
      .options = KEY_MADE,
      .summary = "generate a key that never leaves the server",
      .details =
          "TYPE is one of those that capabilities lists, not a public one. Without\n"
          "--usage the key may do what its type is for: sign and verify; AES and\n"
          "ChaCha20: encrypt and decrypt; secret, X25519, X448, ML-KEM: derive. Without\n"
          "--flags it is sensitive and nonexportable. --policy allows what is refused\n"
          "otherwise: ECB, RSA without padding, nonces that the client chooses, secrets\n"
          "that leave; hardware keeps the key from software.\n\n"
          "  holdfast key generate p256 --label release\n"
          "  holdfast key generate aes-256 --cache-only --json",
      .run = hfc_run_key_generate },
    { .noun = "key", .verb = "import", .arguments = "[TYPE] FILE",
      .options = KEY_MADE | HFC_BIT(FORMAT) | HFC_BIT(PASSPHRASE_FILE),
      .formats = "pem der raw",
      .summary = "import a key",
      .details =
          "TYPE is one of those that capabilities lists; PEM and DER mostly tell it by\n"
          "themselves. They are PKCS#8, also encrypted, SEC1, PKCS#1 or\n"
          "SubjectPublicKeyInfo; symmetric keys are raw. Private and secret keys become\n"
          "sensitive and nonexportable unless --flags says otherwise.\n\n"
          "  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 |\n"
          "      holdfast key import - --label tls",
      .run = hfc_run_key_import },
    { .noun = "key", .verb = "export", .arguments = "KEY",
      .options = HFC_BIT(GLOBAL) | HFC_BIT(FORMAT) | OUTPUT,
      .formats = "pem der raw",
      .summary = "export a key where its flags allow that",
      .details =
          "KEY is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one. The file is made readable by its owner only.\n"
          "Symmetric keys are raw.\n\n"
          "  holdfast key export label:tls -o tls.pem",
      .run = hfc_run_key_export },
    { .noun = "key", .verb = "export-public", .arguments = "KEY",
      .options = HFC_BIT(GLOBAL) | HFC_BIT(FORMAT) | OUTPUT,
      .formats = "pem der raw",
      .summary = "export the public part of a key",
      .details =
          "KEY is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one.\n\n"
          "  holdfast key export-public label:release -o release.pub\n"
          "  openssl dgst -sha256 -verify release.pub -signature file.sig file",
      .run = hfc_run_key_export_public },
    { .noun = "key", .verb = "info", .arguments = "KEY",
      .options = HFC_BIT(GLOBAL),
      .summary = "show what a key is and may do",
      .details =
          "KEY is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one.\n\n"
          "  holdfast key info label:release --json",
      .run = hfc_run_key_info },
    { .noun = "key", .verb = "list", .arguments = "",
      .options = HFC_BIT(LABEL) | HFC_BIT(GLOBAL),
      .summary = "list keys",
      .details =
          "Own and global keys, stored and cached; with --label only those with that\n"
          "label.\n\n"
          "  holdfast key list --label release",
      .run = hfc_run_key_list },
    { .noun = "key", .verb = "commit", .arguments = "KEY",
      .options = HFC_BIT(GLOBAL),
      .summary = "store a key that is only cached",
      .details =
          "KEY is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one.\n\n"
          "  holdfast key commit 50",
      .run = hfc_run_key_commit },
    { .noun = "key", .verb = "evict", .arguments = "KEY",
      .options = HFC_BIT(GLOBAL),
      .summary = "take a key out of the cache",
      .details =
          "KEY is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one. A key that was never stored is gone.\n\n"
          "  holdfast key evict label:session",
      .run = hfc_run_key_evict },
    { .noun = "key", .verb = "erase", .arguments = "KEY",
      .options = HFC_BIT(GLOBAL),
      .summary = "destroy a key for good",
      .details =
          "KEY is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one.\n\n"
          "  holdfast key erase label:old",
      .run = hfc_run_key_erase },
    { .noun = "key", .verb = "revoke", .arguments = "KEY",
      .options = HFC_BIT(GLOBAL),
      .summary = "clear all usage of a key for good",
      .details =
          "KEY is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one.\n\n"
          "  holdfast key revoke label:lost",
      .run = hfc_run_key_revoke },
    { .noun = "key", .verb = "wrap", .arguments = "KEY KEK",
      .options = WRAPPED | HFC_BIT(GLOBAL) | OUTPUT,
      .summary = "export a key encrypted under another key",
      .details =
          "KEY and KEK are numbers, or label:TEXT, which is looked up in the list, or\n"
          "global:NUMBER; with --global both are global ones. The usual --algorithm is\n"
          "wrap-aes-gcm, which keeps what the key is and may do, or, of an RSA key,\n"
          "wrap-rsa-aes.\n\n"
          "  holdfast key wrap label:tls label:backup -o tls.wrapped",
      .run = hfc_run_key_wrap },
    { .noun = "key", .verb = "unwrap", .arguments = "KEK FILE",
      .options = KEY_MADE | WRAPPED | HFC_BIT(TYPE),
      .summary = "import a key that was wrapped",
      .details =
          "As key wrap. A key in wrap-aes-gcm is what it was; options can only narrow\n"
          "it. The others need --type and are made as key import does. --global is\n"
          "said of the new key.\n\n"
          "  holdfast key unwrap label:backup tls.wrapped --label tls",
      .run = hfc_run_key_unwrap },
    { .noun = "key", .verb = "wrap-data", .arguments = "KEK [FILE]",
      .options = HFC_BIT(GLOBAL) | OUTPUT,
      .summary = "encrypt data under a key that may wrap",
      .details =
          "The file must fit one message (usually 1 MiB).\n\n"
          "  holdfast key wrap-data label:backup notes -o notes.wrapped",
      .run = hfc_run_key_wrap_data },
    { .noun = "key", .verb = "unwrap-data", .arguments = "KEK [FILE]",
      .options = HFC_BIT(GLOBAL) | OUTPUT,
      .summary = "decrypt what wrap-data wrote",
      .details =
          "  holdfast key unwrap-data label:backup notes.wrapped",
      .run = hfc_run_key_unwrap_data },
    { .noun = "key", .verb = "derive", .arguments = "KEY",
      .options = SECRET_MADE,
      .summary = "derive a new key from a key",
      .details =
          "KEY is a number, or label:TEXT, or global:NUMBER. --kdf is required. The new\n"
          "key is of --type; it is no easier to get out than KEY.\n\n"
          "  holdfast key derive label:master --kdf hkdf --info 01 --type aes-256\n"
          "  holdfast key derive label:master --kdf pbkdf2 --iterations 600000 \\\n"
          "      --salt 00112233 --length 32 --secret-out -",
      .run = hfc_run_key_derive },
    { .noun = "key", .verb = "agree", .arguments = "KEY FILE",
      .options = SECRET_MADE | HFC_BIT(FORMAT),
      .formats = "pem der raw",
      .summary = "agree on a new key with the public key in a file",
      .details =
          "KEY, of a curve, is a number, or label:TEXT, or global:NUMBER. Without --kdf\n"
          "the new key is the secret as it is.\n\n"
          "  holdfast key agree label:mine their.pub --kdf x963 --type aes-256",
      .run = hfc_run_key_agree },
    { .noun = "key", .verb = "encapsulate", .arguments = "KEY",
      .options = SECRET_MADE | HFC_BIT(OUT),
      .summary = "make a new key and its encapsulation for a public key",
      .details =
          "KEY, of ML-KEM, is a number, or label:TEXT, or global:NUMBER. The ciphertext\n"
          "is written to --out.\n\n"
          "  holdfast key encapsulate label:theirs --type aes-256 -o ciphertext",
      .run = hfc_run_key_encapsulate },
    { .noun = "key", .verb = "decapsulate", .arguments = "KEY FILE",
      .options = SECRET_MADE,
      .summary = "make the key of an encapsulation",
      .details =
          "KEY, of ML-KEM, is a number, or label:TEXT, or global:NUMBER. A ciphertext\n"
          "for another key gives another secret, not an error.\n\n"
          "  holdfast key decapsulate label:mine ciphertext --type aes-256",
      .run = hfc_run_key_decapsulate },
    { .noun = "key", .verb = "signatures-left", .arguments = "KEY",
      .options = HFC_BIT(GLOBAL),
      .summary = "how many signatures an LMS key can still make",
      .details =
          "  holdfast key signatures-left label:firmware",
      .run = hfc_run_key_signatures_left },
    { .noun = "nvm", .verb = "put", .arguments = "FILE",
      .options = STORED | HFC_BIT(FLAGS),
      .summary = "store or replace an object",
      .details =
          "FILE - is standard input. An object is at most as long as one message\n"
          "(usually 1 MiB). Prints the object's number.\n\n"
          "  holdfast nvm put config.json --number 7 --label config",
      .run = hfc_run_nvm_put },
    { .noun = "nvm", .verb = "get", .arguments = "OBJECT",
      .options = HFC_BIT(GLOBAL) | OUTPUT,
      .summary = "read an object",
      .details =
          "OBJECT is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one.\n\n"
          "  holdfast nvm get label:config -o config.json",
      .run = hfc_run_nvm_get },
    { .noun = "nvm", .verb = "info", .arguments = "OBJECT",
      .options = HFC_BIT(GLOBAL),
      .summary = "show an object's metadata",
      .details =
          "OBJECT is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one.\n\n"
          "  holdfast nvm info label:config",
      .run = hfc_run_nvm_info },
    { .noun = "nvm", .verb = "list", .arguments = "",
      .options = HFC_BIT(LABEL) | HFC_BIT(GLOBAL),
      .summary = "list objects",
      .details =
          "Own and global objects; with --label only those with that label.\n\n"
          "  holdfast nvm list --json",
      .run = hfc_run_nvm_list },
    { .noun = "nvm", .verb = "destroy", .arguments = "OBJECT",
      .options = HFC_BIT(GLOBAL),
      .summary = "destroy an object",
      .details =
          "OBJECT is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one.\n\n"
          "  holdfast nvm destroy label:config",
      .run = hfc_run_nvm_destroy },
    { .noun = "nvm", .verb = "space", .arguments = "",
      .summary = "show how full the store is",
      .details =
          "  holdfast nvm space",
      .run = hfc_run_nvm_space },
    { .noun = "nvm", .verb = "compact", .arguments = "",
      .summary = "clean the store until no destroyed secret is left (administrators)",
      .details =
          "  holdfast nvm compact",
      .run = hfc_run_nvm_compact },
    { .noun = "counter", .verb = "create", .arguments = "",
      .options = STORED | HFC_BIT(VALUE) | HFC_BIT(FLAGS),
      .summary = "create a counter",
      .details =
          "A counter never goes back: one that had been destroyed goes on above its\n"
          "last value. --flags takes nondestroyable only.\n\n"
          "  holdfast counter create --label builds",
      .run = hfc_run_counter_create },
    { .noun = "counter", .verb = "increment", .arguments = "COUNTER",
      .options = HFC_BIT(BY) | HFC_BIT(GLOBAL),
      .summary = "add to a counter and show its new value",
      .details =
          "COUNTER is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one.\n\n"
          "  holdfast counter increment label:builds --by 10",
      .run = hfc_run_counter_increment },
    { .noun = "counter", .verb = "read", .arguments = "COUNTER",
      .options = HFC_BIT(GLOBAL),
      .summary = "show a counter's value",
      .details =
          "COUNTER is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one.\n\n"
          "  holdfast counter read label:builds",
      .run = hfc_run_counter_read },
    { .noun = "counter", .verb = "list", .arguments = "",
      .options = HFC_BIT(LABEL) | HFC_BIT(GLOBAL),
      .summary = "list counters",
      .details =
          "Own and global counters; with --label only those with that label.\n\n"
          "  holdfast counter list --global",
      .run = hfc_run_counter_list },
    { .noun = "counter", .verb = "destroy", .arguments = "COUNTER",
      .options = HFC_BIT(GLOBAL),
      .summary = "retire a counter; its value is remembered",
      .details =
          "COUNTER is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one.\n\n"
          "  holdfast counter destroy label:builds",
      .run = hfc_run_counter_destroy },
    { .noun = "counter", .verb = "purge", .arguments = "COUNTER",
      .options = HFC_BIT(GLOBAL),
      .summary = "remove a retired counter for good (administrators)",
      .details =
          "COUNTER is a number: retired counters are in no list.\n\n"
          "  holdfast counter purge 7",
      .run = hfc_run_counter_purge },
    { .noun = "hash", .arguments = "ALG [FILE]",
      .options = HFC_BIT(LENGTH),
      .summary = "digest of a file",
      .details =
          "ALG is a hash of capabilities: sha256, sha3-256, shake128 and others; SHAKE\n"
          "needs --length. Without FILE, or with -, standard input is read. The server\n"
          "computes.\n\n"
          "  holdfast hash sha256 image.bin",
      .run = hfc_run_hash },
    { .noun = "sign", .arguments = "KEY [FILE]",
      .options = HFC_BIT(GLOBAL) | SIGNED | HFC_BIT(DETERMINISTIC) | OUTPUT,
      .formats = "der raw",
      .summary = "sign a file",
      .details =
          "KEY is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one. Without FILE, or with -, standard input is\n"
          "read. ECDSA and RSA keys sign the digest of the file, which the server\n"
          "computes, or --digest; all others sign the file itself, which must fit one\n"
          "message (usually 1 MiB). Without --algorithm an RSA key makes rsa-pss.\n"
          "--format is of ECDSA signatures.\n\n"
          "  holdfast sign label:release image.bin -o image.sig",
      .run = hfc_run_sign },
    { .noun = "verify", .arguments = "KEY [FILE]",
      .options = HFC_BIT(SIGNATURE) | HFC_BIT(GLOBAL) | SIGNED,
      .formats = "der raw",
      .summary = "verify the signature of a file",
      .details =
          "As sign; --signature is required. Exit status 1: the signature is wrong.\n\n"
          "  holdfast verify label:release image.bin --signature image.sig",
      .run = hfc_run_verify },
    { .noun = "mac", .verb = "generate", .arguments = "KEY [FILE]",
      .options = HFC_BIT(GLOBAL) | MACED | HFC_BIT(FORMAT) | OUTPUT,
      .formats = "hex raw",
      .summary = "message authentication code of a file",
      .details =
          "KEY is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one. Without --algorithm it is hmac-sha256, or\n"
          "aes-cmac with an AES key. --length cuts the MAC, if the key allows that.\n"
          "aes-gmac also tells its nonce.\n\n"
          "  holdfast mac generate label:session --algorithm hmac-sha512 message",
      .run = hfc_run_mac_generate },
    { .noun = "mac", .verb = "verify", .arguments = "KEY [FILE]",
      .options = HFC_BIT(MAC) | HFC_BIT(GLOBAL) | HFC_BIT(ALGORITHM) | HFC_BIT(NONCE),
      .summary = "verify a message authentication code",
      .details =
          "As mac generate; --mac is required. Exit status 1: the MAC is wrong.\n\n"
          "  holdfast mac verify label:session message --mac 5bdcc146bf60754e...",
      .run = hfc_run_mac_verify },
    { .noun = "encrypt", .arguments = "KEY [FILE]",
      .options = HFC_BIT(GLOBAL) | CIPHERED | OUTPUT,
      .summary = "encrypt a file of any length",
      .details =
          "KEY is a number, or label:TEXT, which is looked up in the list. With\n"
          "--global it is a global one. With an AEAD (AES keys: aes-gcm; ChaCha20 keys)\n"
          "it writes chunks that are authenticated one by one; see ENCRYPTED FILES in\n"
          "holdfast(1). With --raw, and always with other algorithms, it writes the\n"
          "ciphertext alone, and tells the nonce or IV and the tag if it made them.\n"
          "--nonce needs a key whose policy allows that. RSA keys: rsa-oaep, where\n"
          "--aad is the label. What is no stream in the server (aes-ccm, aes-xts,\n"
          "aes-kw, RSA) must fit one message.\n\n"
          "  tar c folder | holdfast encrypt label:backup - -o folder.hf\n"
          "  holdfast encrypt label:disk sector --algorithm aes-ctr -o sector.enc",
      .run = hfc_run_encrypt },
    { .noun = "decrypt", .arguments = "KEY [FILE]",
      .options = HFC_BIT(GLOBAL) | CIPHERED | HFC_BIT(TAG) | OUTPUT,
      .summary = "decrypt what encrypt wrote",
      .details =
          "With --out FILE nothing is written unless all of it is right. Standard\n"
          "output gets each chunk when it has been checked: heed the exit status.\n"
          "--raw and --algorithm as for encrypt, with its --nonce and --tag; what an\n"
          "AEAD encrypted with --raw must then fit one message (usually 1 MiB).\n\n"
          "  holdfast decrypt label:backup folder.hf | tar x",
      .run = hfc_run_decrypt },
    { .noun = "random", .arguments = "LEN",
      .options = HFC_BIT(FORMAT) | OUTPUT,
      .formats = "raw hex base64",
      .summary = "random bytes",
      .details =
          "  holdfast random 32 --format hex",
      .run = hfc_run_random },
    { .noun = "status", .arguments = "",
      .summary = "who I am there, and how the server is",
      .details =
          "Administrators also see the state of store, key cache and queues.\n\n"
          "  holdfast status --json",
      .run = hfc_run_status },
    { .noun = "statistics", .arguments = "",
      .options = HFC_BIT(GROUP),
      .summary = "requests, errors and lock times per group (administrators)",
      .details =
          "Groups: comm, nvm, key, crypto, counter, admin.\n\n"
          "  holdfast statistics --group crypto",
      .run = hfc_run_statistics },
    { .noun = "capabilities", .arguments = "",
      .summary = "algorithms and key types that the server has",
      .details =
          "The names are those that --algorithm, --hash and TYPE take.\n\n"
          "  holdfast capabilities",
      .run = hfc_run_capabilities },
    { .noun = "ping", .arguments = "",
      .options = HFC_BIT(COUNT) | HFC_BIT(SIZE),
      .summary = "round-trip times",
      .details =
          "  holdfast ping --count 100 --size 4096",
      .run = hfc_run_ping },
    { .noun = "log-level", .arguments = "LEVEL",
      .summary = "set the level of the server's log (administrators)",
      .details =
          "LEVEL is error, warning, notice, info or debug.\n\n"
          "  holdfast log-level debug",
      .run = hfc_run_log_level },
    { .noun = "bench", .arguments = "",
      .options = HFC_BIT(CLIENTS) | HFC_BIT(SECONDS) | HFC_BIT(CHECK),
      .summary = "many clients at once on the same counter, keys and objects",
      .details =
          "Each client is a thread with a connection of its own. Half of the time all\n"
          "of them do everything at once; then each kind of request has its turn. With\n"
          "--check every answer is checked: the counter against the acknowledged\n"
          "increments, objects against what can have been written, signatures, MACs and\n"
          "ciphertexts. The counter is kept for the next run (label holdfast-bench): do\n"
          "not run two of these at once for one owner.\n\n"
          "  holdfast bench --clients 8 --seconds 4 --check",
      .run = hfc_run_bench },
    /* For the shell: not in the help. */
    { .noun = "complete", .arguments = "",
      .run = hfc_run_complete },
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
        if (arguments->value[i] != NULL && ((command->options | HFC_COMMON) & bit) == 0) {
            return (hfc_mistake){ "the command takes no such option",
                                  hfc_options[i].name };
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
