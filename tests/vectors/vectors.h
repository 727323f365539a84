/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The runner of public test vectors: a file of JSON is driven through a client and a
 * server in memory, never by calling a device. docs/vectors.md says what it takes, what
 * it skips and how it decides.
 *
 * A file has groups, a group has vectors; a kind of group (its "type") has a driver in
 * one of the kind_*.c. A driver makes requests and reports each answer as a step:
 *
 *   vectors_produced   what the server makes of the inputs: a ciphertext, a MAC. An
 *                      invalid vector is refused, or other bytes come out of it
 *   vectors_recovered  what the server gives back of a ciphertext. An invalid vector is
 *                      refused, whatever it would give
 *   vectors_checked    what has no output: a verification, an import. The same
 *
 * Memory of a vector (vectors_hex, vectors_keep) lasts until the next vector.
 */
#ifndef TEST_VECTORS_H
#define TEST_VECTORS_H

#include <jansson.h>

#include "harness/harness.h"

#define VECTORS_ARENA_SIZE 65536u /* bytes of one vector, decoded */
#define VECTORS_REASONS_MAX 16u
#define VECTORS_STATUS_COUNT 64u

typedef enum vectors_verdict {
    VECTORS_PASSED,
    VECTORS_FAILED,
    VECTORS_SKIPPED
} vectors_verdict;

/* What was said why, and how often. */
typedef struct vectors_reason {
    const char *text;
    unsigned count;
} vectors_reason;

/* A file that is being driven. */
typedef struct vectors_run {
    const char *name; /* of the file, without its folder */
    bool is_verbose;
    bool is_self; /* the runner's own vectors: each says which verdict is right */
    suite_env env;
    suite_client connection;
    hf_client *client;
    uint8_t algorithms[2048], key_types[2048]; /* the server's capabilities, as sent */
    size_t algorithms_len, key_types_len;
    hf_handle group_key;         /* made once for all vectors of a group; 0: none */
    const json_t *group_key_for; /* the group that it belongs to */
    unsigned passed, failed, skipped;
    vectors_reason skips[VECTORS_REASONS_MAX];
    vectors_reason parts[VECTORS_REASONS_MAX]; /* passed, but not all of it was driven */
    unsigned refusals[VECTORS_STATUS_COUNT];   /* by -status */
    unsigned unsent;                           /* of these, refused by the client */
    unsigned others;   /* invalid, and answered with other bytes than the vector's */
    uint16_t sequence; /* of the client's next request, at the last step */
    uint8_t arena[VECTORS_ARENA_SIZE];
    size_t arena_len;
} vectors_run;

/* A vector that is being driven. */
typedef struct vectors_case {
    vectors_run *run;
    const json_t *group;
    const json_t *test;
    const char *algorithm;  /* of the file, or of the group */
    bool is_forward_valid;  /* what the steps must show: vectors_produced, */
    bool is_backward_valid; /* and the others */
    bool is_misshapen;      /* a length is one that the protocol or its tables refuse */
    unsigned step_count;
    bool has_failed;
    const char *skip; /* why it is skipped, or NULL */
    const char *part; /* why a part of it is not driven, or NULL */
    char detail[160]; /* of the first failure */
} vectors_case;

typedef void (*vectors_driver)(vectors_case *c);

/* ---- what a vector says ---- */

/* The bytes of a hexadecimal field; none when it, or the object, is absent. A field that
 * is no hex fails the vector. */
hf_bytes vectors_hex(vectors_case *c, const json_t *object, const char *field);

/* A field of the vector, or of its group; "" when absent. */
hf_bytes vectors_field(vectors_case *c, const char *field);
const char *vectors_text(const json_t *object, const char *field);
uint32_t vectors_number(const json_t *object, const char *field);

/* Memory of the vector: `len` bytes, zeros; or a copy. */
uint8_t *vectors_take(vectors_case *c, size_t len);
hf_bytes vectors_keep(vectors_case *c, hf_bytes bytes);

/* The bytes of a big number, with zeros in front, `len` of them; one that is too large
 * stays as it is. */
hf_bytes vectors_padded(vectors_case *c, hf_bytes number, size_t len);

/* enum hf_algorithm_id of the hash "SHA-256", "SHA3-256", ...; 0 when unknown. */
uint16_t vectors_hash(const char *name);

/* ---- what came of it ---- */

void vectors_produced(vectors_case *c, const char *what, int status, hf_bytes got,
                      hf_bytes expected);
void vectors_recovered(vectors_case *c, const char *what, int status, hf_bytes got,
                       hf_bytes expected);
void vectors_checked(vectors_case *c, const char *what, int status);

/* The vector (or the rest of it) is not driven: `reason` is constant text. */
void vectors_skip(vectors_case *c, const char *reason);
void vectors_part(vectors_case *c, const char *reason);

/* Something is wrong with the vector or the runner. */
void vectors_fail(vectors_case *c, const char *what);

/* ---- the server ---- */

/* Does the server do this algorithm with this key type? If not, the vector is skipped
 * with this reason; or it fails, when `since` (OPENSSL_VERSION_NUMBER) says that the
 * libcrypto of the build has what is needed. */
typedef struct vectors_need {
    uint16_t algorithm;
    uint32_t key_type;
    unsigned long since;
    const char *reason;
} vectors_need;
bool vectors_has(vectors_case *c, const vectors_need *need);

/* Import a key. 0 when it was refused: that is a step; otherwise it is none. */
hf_handle vectors_import(vectors_case *c, const hf_key_import_request *request);
/* The same, once for all vectors of a group; ended by the runner. */
hf_handle vectors_import_group(vectors_case *c, const hf_key_import_request *request);
/* End a key. Harmless for 0. */
void vectors_erase(vectors_case *c, hf_handle handle);

/* ---- drivers and decisions ---- */

/* The driver for a "type" of group; NULL when there is none. */
vectors_driver vectors_driver_find(const char *type);

/* What Holdfast makes of a vector: sets is_forward_valid, is_backward_valid and
 * is_misshapen. False when nothing was decided. */
bool vectors_decide(vectors_case *c);

void drive_aead(vectors_case *c);
void drive_cipher(vectors_case *c);
void drive_key_wrap(vectors_case *c);
void drive_mac(vectors_case *c);
void drive_gmac(vectors_case *c);
void drive_ecdh(vectors_case *c);
void drive_xdh(vectors_case *c);
void drive_ecdsa(vectors_case *c);
void drive_eddsa(vectors_case *c);
void drive_rsa_verify(vectors_case *c);
void drive_rsa_sign(vectors_case *c);
void drive_rsa_decrypt(vectors_case *c);
void drive_hkdf(vectors_case *c);
void drive_pbkdf2(vectors_case *c);
void drive_ml_kem_key(vectors_case *c);
void drive_ml_kem_encaps(vectors_case *c);
void drive_ml_kem(vectors_case *c);
void drive_ml_dsa_sign(vectors_case *c);
void drive_ml_dsa_verify(vectors_case *c);
void drive_primality(vectors_case *c);

/* Run a file: number of failures, or -1 when it could not be driven at all. */
int vectors_run_file(vectors_run *run, const char *path);

#endif
