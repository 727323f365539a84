/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The options of the command line, once: an option of one name means the same for every
 * command that takes it. Which command takes which is said in command.c.
 */
#ifndef HFC_OPTION_H
#define HFC_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// clang-format off
/* X(ID, name, short, value, doc): `short` 0: none; `value` NULL: a switch. */
#define HFC_OPTIONS(X)                                                                   \
    X(SOCKET, "socket", 's', "PATH", "unix socket of the server")                        \
    X(TCP, "tcp", 't', "HOST:PORT", "connect over TCP instead")                          \
    X(JSON, "json", 'j', NULL, "results as JSON")                                        \
    X(TIMEOUT, "timeout", 'T', "MS",                                                     \
      "how long to wait for one answer, milliseconds [30000]")                           \
    X(HELP, "help", 'h', NULL, "show help")                                              \
    X(VERSION, "version", 'V', NULL, "show the version")                                 \
    X(GLOBAL, "global", 'g', NULL, "a global object instead of an own one")              \
    X(NUMBER, "number", 'n', "N",                                                        \
      "number of the object, 1 .. 16777215 [the server assigns one]")                    \
    X(LABEL, "label", 'l', "TEXT", "label, up to 32 bytes")                              \
    X(USAGE, "usage", 'u', "LIST",                                                       \
      "what the key may do: sign, verify, encrypt, decrypt, wrap, unwrap, derive, none") \
    X(FLAGS, "flags", 'F', "LIST",                                                       \
      "nonmodifiable, nondestroyable, nonexportable, sensitive, ephemeral; or none")     \
    X(POLICY, "policy", 'P', "LIST",                                                     \
      "allow-ecb, allow-raw, allow-nonce, allow-secret, hardware; or none [none]")       \
    X(MAC_LENGTH_MIN, "mac-length-min", 0, "N",                                          \
      "shortest MAC or tag of the key, bytes, 1 .. 64 [only whole ones]")                \
    X(ACCESS, "access", 'A', "LIST",                                                     \
      "admin-read: for administrators to read; admin-write: for them to change")       \
    X(CACHE_ONLY, "cache-only", 'c', NULL,                                               \
      "keep the key in the cache only: until commit, evict or the end of the server") \
    X(FORMAT, "format", 'f', "FORMAT", "encoding")                                       \
    X(OUT, "out", 'o', "FILE", "where to write; - is standard output [-]")               \
    X(FORCE, "force", 0, NULL, "write binary data to a terminal, too")                   \
    X(HASH, "hash", 'H', "ALG",                                                          \
      "name of a hash, but not SHAKE [the one of the key's size]")                \
    X(MGF, "mgf", 0, "ALG", "hash of MGF1, of PSS and OAEP [as --hash]")                 \
    X(SALT_LENGTH, "salt-length", 0, "N", "bytes of the salt of PSS [as the hash has]")  \
    X(CONTEXT, "context", 'C', "TEXT",                                                   \
      "context of EdDSA, ML-DSA, SLH-DSA, up to 255 bytes")                              \
    X(DETERMINISTIC, "deterministic", 0, NULL,                                           \
      "sign without randomness: RFC 6979, FIPS 204, FIPS 205")                           \
    X(ALGORITHM, "algorithm", 0, "ALG",                                                \
      "a name of capabilities [the usual one of the key's type]")         \
    X(LENGTH, "length", 'L', "N",                                                        \
      "bytes wanted: of SHAKE, a MAC, a tag or a secret [whole]")                        \
    X(NONCE, "nonce", 'N', "HEX", "nonce, IV or tweak [the server makes one]")           \
    X(TAG, "tag", 0, "HEX", "tag of what is decrypted")                                  \
    X(RAW, "raw", 'r', NULL, "the ciphertext alone; nonce and tag are told")             \
    X(DIGEST, "digest", 'd', "HEX", "this digest instead of that of a file")             \
    X(SIGNATURE, "signature", 'S', "FILE", "file of the signature")                      \
    X(MAC, "mac", 'm', "HEX", "the MAC to compare with")                                 \
    X(AAD, "aad", 'a', "TEXT",                                                           \
      "authenticated, not stored; decrypt needs the same; OAEP: the label")              \
    X(AAD_FILE, "aad-file", 0, "FILE", "the same, any bytes from a file")                \
    X(TYPE, "type", 0, "TYPE", "type of the new key, as key generate takes it [secret]") \
    X(PASSPHRASE_FILE, "passphrase-file", 0, "FILE",                                     \
      "its first line is the passphrase [asked for at the terminal]")                    \
    X(KDF, "kdf", 'k', "ALG", "derivation by its name, as capabilities lists it")        \
    X(SALT, "salt", 0, "HEX", "salt of the derivation; tls12-prf: the seed")             \
    X(KDF_LABEL, "kdf-label", 0, "TEXT", "label of kbkdf, two-step, tls12-prf")          \
    X(INFO, "info", 'i', "HEX", "info, context, FixedInfo or SharedInfo")                \
    X(ITERATIONS, "iterations", 'I', "N", "of pbkdf2")                                   \
    X(SECRET_OUT, "secret-out", 0, "FILE",                                               \
      "make no key: write the secret; needs allow-secret [a key is made]")               \
    X(BY, "by", 'b', "N", "how much to add [1]")                                         \
    X(VALUE, "value", 'v', "N", "first value [0]")                                       \
    X(COUNT, "count", 0, "N", "how many [4]")                                            \
    X(SIZE, "size", 0, "N", "bytes of each [64]")                                        \
    X(GROUP, "group", 'G', "NAME", "only this group of requests")                        \
    X(CLIENTS, "clients", 0, "N", "concurrent clients, 1 .. 256 [8]")                    \
    X(SECONDS, "seconds", 0, "S", "how long, 1 .. 3600 [4]")                             \
    X(CHECK, "check", 0, NULL,                                                           \
      "check every result; the exit status tells whether all were right")
// clang-format on

enum hfc_option_id {
#define HFC_OPTION_ENUM_(id, name, letter, value, doc) HFC_OPTION_##id,
    HFC_OPTIONS(HFC_OPTION_ENUM_)
#undef HFC_OPTION_ENUM_
        HFC_OPTIONS_COUNT
};

_Static_assert(HFC_OPTIONS_COUNT <= 64, "a set of options is a 64-bit number");

#define HFC_BIT(id) (UINT64_C(1) << HFC_OPTION_##id)

/* Options that every command takes. */
#define HFC_COMMON                                                                       \
    (HFC_BIT(SOCKET) | HFC_BIT(TCP) | HFC_BIT(JSON) | HFC_BIT(TIMEOUT) | HFC_BIT(HELP) | \
     HFC_BIT(VERSION))

typedef struct hfc_option {
    const char *name;
    const char *value; /* what it takes, for help; NULL: nothing */
    const char *doc;
    char letter; /* 0: none */
} hfc_option;

extern const hfc_option hfc_options[HFC_OPTIONS_COUNT];

#define HFC_WORDS_MAX 8u

/* A command line, sorted into options and words. */
typedef struct hfc_arguments {
    const char *value[HFC_OPTIONS_COUNT]; /* NULL: not given; "" for a switch that is */
    const char *words[HFC_WORDS_MAX];     /* what is no option, in order */
    size_t word_count;
} hfc_arguments;

/* What is wrong with a command line. */
typedef struct hfc_mistake {
    const char *what;  /* NULL: nothing */
    const char *where; /* the word or option in question; "": none */
} hfc_mistake;

/* Sort argv[1 ..]. Options may stand anywhere; "--" ends them; "-" is a word. */
hfc_mistake hfc_arguments_read(hfc_arguments *arguments, int argc, char **argv);

static inline bool hfc_arguments_has(const hfc_arguments *arguments,
                                     enum hfc_option_id option)
{
    return arguments->value[option] != NULL;
}

/* Index of the option that `text` ("--name", "--name=value" or "-n") names;
 * HFC_OPTIONS_COUNT: there is none. */
size_t hfc_option_find(const char *text);

#endif
