/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The storage device: what the store needs from a medium. A device has 2 or more regions
 * of one size; inside a region it is programmed append-only, in whole granules, between
 * erases.
 *
 * Concurrency contract (docs/threads.md): `program` and `sync` are called by one thread
 * at a time, and may run beside `read` in other threads. `erase` and `scrub` never run
 * beside program or sync. A read never asks for bytes that were not programmed completely
 * before the call, except during open, when nothing else runs.
 *
 * Offsets are bytes inside a region. Every operation returns HF_OK or HF_ERR_IO (the
 * medium failed) and may return HF_ERR_ARG on a call outside of the geometry.
 */
#ifndef HOLDFAST_NVM_DEVICE_H
#define HOLDFAST_NVM_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/status.h"

typedef struct hf_nvm_geometry {
    uint32_t region_count; /* 2 .. HF_CFG_NVM_REGIONS_MAX */
    uint32_t granule_size; /* bytes programmed as a unit: a power of two, 1 .. 256 */
    uint64_t region_size;  /* bytes; a multiple of granule_size, >= 512 */
    uint8_t erased;        /* value of an erased byte: 0xFF on flash, 0x00 in files */
} hf_nvm_geometry;

/* Where on the device: region index and byte offset in it. */
typedef struct hf_nvm_address {
    uint32_t region;
    uint64_t offset;
} hf_nvm_address;

typedef struct hf_nvm_device_ops {
    /* Describe the medium; the same answer every time. Does not fail. */
    void (*geometry)(void *context, hf_nvm_geometry *geometry);
    /* Read `len` bytes; bytes that were never programmed since the erase read as
       `erased`. */
    int (*read)(void *context, hf_nvm_address at, uint8_t *data, size_t len);
    /* Program `len` bytes (a multiple of granule_size) at a granule boundary. Not durable
     * before the next sync. */
    int (*program)(void *context, hf_nvm_address at, const uint8_t *data, size_t len);
    /* Erase one region. Durable when it returns. */
    int (*erase)(void *context, uint32_t region);
    /* Make everything programmed so far durable. */
    int (*sync)(void *context);
    /* Optional (NULL: the medium cannot overwrite): destroy `len` programmed bytes in
     * place, durable at the next sync. */
    int (*scrub)(void *context, hf_nvm_address at, size_t len);
} hf_nvm_device_ops;

typedef struct hf_nvm_device {
    const hf_nvm_device_ops *ops;
    void *context; /* of the device; lives as long as the store is open */
} hf_nvm_device;

#endif
