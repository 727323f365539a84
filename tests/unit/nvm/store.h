/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A store over a RAM device for the tests of the store, with the memory that it needs.
 * The device in between counts operations, fails them on demand, and can lose what was
 * not synced.
 */
#ifndef TESTS_UNIT_NVM_STORE_H
#define TESTS_UNIT_NVM_STORE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "holdfast/nvm.h"
#include "holdfast/nvm_ram.h"

#define STORE_MEDIUM_SIZE (256u * 1024u)
#define STORE_OBJECT_COUNT 300u
#define STORE_BUFFER_SIZE 8192u

typedef struct store_options {
    hf_nvm_geometry geometry;
    size_t buffer_size;
    uint32_t object_count;
    bool is_without_scrub;
} store_options;

typedef struct store {
    hf_nvm nvm;
    hf_nvm_ram ram;
    hf_nvm_device device; /* passes on to ram */
    hf_nvm_device_ops ops;
    hf_lock_config lock;
    store_options options;
    uint32_t program_count;
    uint32_t sync_count;
    uint32_t erase_count;
    uint32_t read_count;
    uint32_t scrub_count;
    bool fail_program;
    bool fail_sync;
    bool fail_erase;
    bool fail_read;
    bool is_locked; /* the store lock is held */
    bool fail_lock;
    uint32_t violation_count; /* program, sync, erase, scrub under the lock, or twice */
    uint8_t medium[STORE_MEDIUM_SIZE];
    uint8_t synced[STORE_MEDIUM_SIZE]; /* the medium as of the last sync */
    uint64_t index[HF_NVM_INDEX_SIZE(STORE_OBJECT_COUNT) / 8u];
    uint8_t buffer[STORE_BUFFER_SIZE];
} store;

/* The usual store: 2 regions of 16 KiB, granules of 8, 0xFF. */
store_options store_defaults(void);

/* A blank medium, formatted. */
void store_create(store *s, const store_options *options);

/* Open on the medium as it is. */
int store_open(store *s);
void store_reopen(store *s);

/* The process dies: everything that was programmed stays. */
void store_crash(store *s);

/* Power is cut: only what was synced stays. */
void store_cut(store *s);

hf_id data_id(uint32_t number);
hf_id key_id(uint32_t number);
hf_id counter_id(uint32_t number);

/* One step each. They return what the step returned. */
int put(store *s, hf_id id, const void *data, size_t len, hf_ticket *ticket);
int put_flags(store *s, hf_id id, uint32_t flags, const void *data, size_t len);
int destroy(store *s, hf_id id, hf_ticket *ticket);
int read_all(store *s, hf_id id, uint8_t *out, size_t size, size_t *len);
int get_counter(store *s, hf_id id, uint64_t *value);
int set_counter(store *s, hf_id id, uint64_t value);

/* put, with syncs and cleaning as a dispatcher does. */
int put_patiently(store *s, hf_id id, const void *data, size_t len);
int destroy_patiently(store *s, hf_id id);
int set_counter_patiently(store *s, hf_id id, uint64_t value);

/* What a step that ended with HF_ERR_AGAIN asked for. HF_OK, or the error. */
int help(store *s, int cause);

bool exists(store *s, hf_id id);
void expect_content(store *s, hf_id id, const void *data, size_t len);
hf_nvm_space get_space(store *s);
void sync_store(store *s);
void clean_all(store *s);

/* Is `text` anywhere on the medium? */
bool is_on_medium(const store *s, const char *text);

#endif
