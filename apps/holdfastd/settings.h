/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Settings of the daemon: defaults, overruled by the configuration file (libconfuse
 * syntax), overruled by command-line options. Read once at start, immutable afterwards.
 */
#ifndef HFD_SETTINGS_H
#define HFD_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "holdfast/status.h"

#define HFD_LISTENERS_MAX 64
#define HFD_UIDS_MAX 256
#define HFD_TRUSTS_MAX 64
#define HFD_OWNER_UNSET 0 /* owner 0 is nobody's: "not configured" */

/* `listen unix PATH [owner=N] [mode=M] [admin] [write-global]`, or
 * `listen tcp HOST:PORT owner=N [admin] [write-global]`. */
typedef struct hfd_listen {
    bool is_tcp;
    char address[108]; /* path, or host */
    char port[8];      /* decimal; "0" lets the system choose */
    uint16_t
        owner; /* identity of every client of this listener; HFD_OWNER_UNSET: by uid */
    uint32_t mode;     /* of the socket file */
    bool admin;        /* with owner: the identity has ADMIN and WRITE_GLOBAL */
    bool write_global; /* with owner: the identity has WRITE_GLOBAL */
} hfd_listen;

/* `uid U owner=N [admin] [write-global]`. */
typedef struct hfd_uid {
    uid_t uid;
    uint16_t owner;
    bool admin;
    bool write_global;
} hfd_uid;

/* `trust OWNER:NUMBER`, or `trust global:NUMBER`: a key that may wrap NONEXPORTABLE
 * ones. */
typedef struct hfd_trust {
    uint16_t owner;  /* 0: global */
    uint32_t number; /* 1 .. HF_NUMBER_MAX */
} hfd_trust;

typedef struct hfd_settings {
    char store_path[4096];
    uint64_t region_size;     /* bytes */
    uint32_t objects_max;     /* room in the index */
    uint32_t log_buffer_size; /* bytes */
    uint32_t sync_delay_us;   /* for benchmarks: stands in for a slower medium */
    bool create;              /* make the store when there is none */
    uint32_t key_slots;       /* small ones */
    uint32_t key_slots_large;
    uint32_t key_uncommitted_max; /* per owner; 0 = a quarter of the slots */
    uint32_t workers;             /* threads; 0 = cores + 2 */
    uint32_t connections_max;
    uint32_t body_size_max; /* bytes */
    uint32_t window_max;
    uint32_t grace_ms; /* at stop: how long a client may take to read its answers */
    uint16_t crypto_affinity; /* enum hf_affinity; ANY leaves it to clients and keys */
    bool crypto_fallback;     /* the next device does what one failed to do */
    char log_target[4096];    /* "stderr", "syslog", or a path */
    int log_level;
    hfd_listen listeners[HFD_LISTENERS_MAX];
    uint32_t listener_count;
    hfd_uid uids[HFD_UIDS_MAX];
    uint32_t uid_count;
    hfd_trust trusts[HFD_TRUSTS_MAX];
    uint32_t trust_count;
} hfd_settings;

/*
 * Read the command line and the file that it names. Prints what is wrong to standard
 * error, with the file's line, and what to do.
 *
 * Returns HF_OK or HF_ERR_CONFIG. --help and --version print and exit with 0.
 * Single-threaded.
 */
int hfd_settings_load(hfd_settings *settings, int argc, char **argv) HF_MUST_CHECK;

/* One `listen`, `uid` or `trust` directive in words, as on the command line; for
 * settings.c and tests. HF_OK, or HF_ERR_CONFIG with a sentence in *why (static text). */
int hfd_settings_add_listen(hfd_settings *settings, const char *words, const char **why)
    HF_MUST_CHECK;
int hfd_settings_add_uid(hfd_settings *settings, const char *words, const char **why)
    HF_MUST_CHECK;
int hfd_settings_add_trust(hfd_settings *settings, const char *words, const char **why)
    HF_MUST_CHECK;

#endif
