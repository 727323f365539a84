/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Build options. Every option of the core is here, with its unit, its default, its legal
 * range and what it costs. Override one with -DHF_CFG_X=value for the whole build: the
 * library and everything that includes its headers must agree.
 */
#ifndef HOLDFAST_CONFIG_H
#define HOLDFAST_CONFIG_H

/* 1: the store, its lock and everything shared may be used by many threads. 0: single
 * thread; every hf_lock_* call and symbol disappears, transactions and tickets remain.
 * Range 0..1. Costs no RAM; about 1 KiB of code. */
#ifndef HF_CFG_THREADSAFE
#define HF_CFG_THREADSAFE 1
#endif

/* 1: HF_ASSERT is checked, and functions that need the store lock ask the lock whether
 * the caller holds it. Range 0..1. */
#ifndef HF_CFG_DEBUG
#define HF_CFG_DEBUG 0
#endif

/* Operations (records and staged changes of RAM state, counted apart) that one
 * transaction can hold. Range 4..32. 48 bytes of RAM each in hf_nvm. */
#ifndef HF_CFG_NVM_TXN_OPS_MAX
#define HF_CFG_NVM_TXN_OPS_MAX 8
#endif

/* Regions that a device may have. Range 2..64. 24 bytes of RAM each in hf_nvm. */
#ifndef HF_CFG_NVM_REGIONS_MAX
#define HF_CFG_NVM_REGIONS_MAX 16
#endif

/* Key leases that one request may hold. Range 1..8. 64 bytes of RAM each in a request. */
#ifndef HF_CFG_REQUEST_LEASES_MAX
#define HF_CFG_REQUEST_LEASES_MAX 4
#endif

/* Largest key material, bytes, of a large key slot. Range 64..65535. No RAM by itself. */
#ifndef HF_CFG_KEY_SIZE_MAX
#define HF_CFG_KEY_SIZE_MAX 4096
#endif

/* Material bytes of a small key slot. Range 32..HF_CFG_KEY_SIZE_MAX. */
#ifndef HF_CFG_KEY_SMALL_SIZE
#define HF_CFG_KEY_SMALL_SIZE 128
#endif

/* Largest input, bytes, that is authenticated as a whole before any of it is used: AEAD
 * decryption and unwrapping. Range 1024..1048576. No RAM by itself: the work area of the
 * request that needs it. */
#ifndef HF_CFG_STAGE_SIZE_MAX
#define HF_CFG_STAGE_SIZE_MAX 1048576
#endif

/* Crypto devices of one server. Range 1..8. One lock and queue of RAM each. */
#ifndef HF_CFG_CRYPTO_DEVICES_MAX
#define HF_CFG_CRYPTO_DEVICES_MAX 4
#endif

/* Streams (hash, MAC, cipher) that one session may have open. Range 1..16. 48 bytes each
 * in a session. */
#ifndef HF_CFG_SESSION_STREAMS_MAX
#define HF_CFG_SESSION_STREAMS_MAX 4
#endif

/* Largest window (requests in flight of one session). Range 1..64. 16 bytes each in the
 * work area of an active session. */
#ifndef HF_CFG_WINDOW_MAX
#define HF_CFG_WINDOW_MAX 16
#endif

/* Least significant log level that is compiled in (0 error .. 4 debug). Range 0..4. */
#ifndef HF_CFG_LOG_LEVEL_MAX
#define HF_CFG_LOG_LEVEL_MAX 4
#endif

#if HF_CFG_NVM_TXN_OPS_MAX < 4 || HF_CFG_NVM_TXN_OPS_MAX > 32
#error "HF_CFG_NVM_TXN_OPS_MAX must be 4..32"
#endif
#if HF_CFG_REQUEST_LEASES_MAX < 1 || HF_CFG_REQUEST_LEASES_MAX > 8
#error "HF_CFG_REQUEST_LEASES_MAX must be 1..8"
#endif
#if HF_CFG_KEY_SMALL_SIZE < 32 || HF_CFG_KEY_SMALL_SIZE > HF_CFG_KEY_SIZE_MAX
#error "HF_CFG_KEY_SMALL_SIZE must be 32..HF_CFG_KEY_SIZE_MAX"
#endif
#if HF_CFG_KEY_SIZE_MAX < 64 || HF_CFG_KEY_SIZE_MAX > 65535
#error "HF_CFG_KEY_SIZE_MAX must be 64..65535"
#endif
#if HF_CFG_STAGE_SIZE_MAX < 1024 || HF_CFG_STAGE_SIZE_MAX > 1048576
#error "HF_CFG_STAGE_SIZE_MAX must be 1024..1048576"
#endif
#if HF_CFG_WINDOW_MAX < 1 || HF_CFG_WINDOW_MAX > 64
#error "HF_CFG_WINDOW_MAX must be 1..64"
#endif
#if HF_CFG_NVM_REGIONS_MAX < 2 || HF_CFG_NVM_REGIONS_MAX > 64
#error "HF_CFG_NVM_REGIONS_MAX must be 2..64"
#endif

#endif
