/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A crypto device that computes nothing: it notes what it is called with, writes a
 * pattern and returns what it is told. And a lock that counts.
 */
#ifndef TEST_FAKE_DEVICE_H
#define TEST_FAKE_DEVICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "holdfast/crypto.h"

#define FAKE_BYTE 0xA5
#define FAKE_PARSED ((void *)0x10)
#define FAKE_STREAM ((void *)0x20)

typedef struct fake_lock {
    int init_status, acquire_status, release_status; /* what the operations return */
    int depth;                                       /* 1 while held */
    int acquire_count, init_count, cleanup_count;
} fake_lock;

extern const hf_lock_ops fake_lock_ops;

typedef struct fake_device {
    int status;              /* what every operation returns */
    bool is_nothing;         /* supports nothing */
    uint16_t only_algorithm; /* supports this only; 0 = all */
    size_t out_len;          /* bytes that it writes to each output */
    fake_lock *lock;         /* must be held during operations; NULL = not looked at */
    int call_count;
    int wipe_count;      /* operations that were wiped behind */
    int wipe_hash_count; /* of these, hashes */
    int unlocked_count;  /* operations called without the lock */
    const void *parsed;  /* of the last operation with a key */
    uint32_t last_kind;  /* key type or algorithm of the last operation */
    hf_crypto_op op;     /* of the last operation that has one; pointers may be stale */
} fake_device;

extern const hf_crypto_device_ops fake_ops;
/* Every operation is NULL but the two that say what is supported. */
extern const hf_crypto_device_ops fake_empty_ops;

hf_crypto_device_config fake_config(fake_device *device);

#endif
