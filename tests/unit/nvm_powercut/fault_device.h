/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A storage device in RAM that fails on purpose. It loses power in the middle of the n-th
 * changing operation (program, erase, sync, scrub), fails the n-th one, or flips bits.
 * What was not synced is lost, kept or kept in part, granule by granule, in any order.
 *
 * Life: fault_device_init -> fault_device_arm -> use until it is off ->
 * fault_device_power_on -> use again. fault_device_copy saves a device at the moment of a
 * cut, so that one cut can be played out in several ways. Everything depends on the given
 * random numbers only.
 *
 * It also watches the one who uses it: a program outside of the erased space, off the
 * granules, or under the store lock is a violation, which the test must look at.
 */
#ifndef TESTS_NVM_POWERCUT_FAULT_DEVICE_H
#define TESTS_NVM_POWERCUT_FAULT_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/nvm_device.h"
#include "random.h"

#define FAULT_DEVICE_SIZE_MAX 65536u /* bytes of all regions together */

enum fault_op {
    FAULT_OP_NONE,
    FAULT_OP_PROGRAM,
    FAULT_OP_ERASE,
    FAULT_OP_SYNC,
    FAULT_OP_SCRUB
};

/* What happens to granules that were programmed or scrubbed, but not synced. */
enum fault_loss {
    FAULT_LOSS_NONE,   /* they all reached the medium */
    FAULT_LOSS_ALL,    /* none did */
    FAULT_LOSS_SUBSET, /* any of them, in units of 1 .. 64 granules */
    FAULT_LOSS_COUNT
};

/* How the operation that was cut, and what came before, ends. */
typedef struct fault_ending {
    enum fault_loss loss;
    uint32_t done_count; /* granules of the cut operation that were done; more: all */
    bool is_ragged;      /* the next granule was done in some of its bits */
} fault_ending;

typedef struct fault_device {
    hf_nvm_device device; /* give its address to the store */
    hf_nvm_geometry geometry;
    size_t size;           /* bytes of all regions */
    uint64_t op_count;     /* changing operations since the last arm */
    uint64_t read_count;   /* reads since the last arm */
    uint64_t cut_at;       /* the operation that loses power, from 1; 0: none */
    uint64_t fail_at;      /* the operation that fails; 0: none */
    uint64_t fail_read_at; /* the read that fails; 0: none */
    bool is_flipped;       /* erased bytes may not look so: nobody is blamed for them */
    bool is_lying;         /* sync says that it was done, and does nothing */
    bool is_off;           /* power was lost: everything fails */
    bool has_failed;       /* the failure of fail_at or fail_read_at has happened */
    const bool *is_locked; /* the store lock is held; NULL: not watched */
    const char *violation; /* the first one; NULL: none */
    random_state random;
    enum fault_op cut_op; /* the operation that was cut, and its arguments */
    hf_nvm_address cut_address;
    size_t cut_len;
    uint8_t cut_data[FAULT_DEVICE_SIZE_MAX];
    uint8_t durable[FAULT_DEVICE_SIZE_MAX]; /* what a power cut keeps */
    uint8_t view[FAULT_DEVICE_SIZE_MAX];    /* what reads see */
    bool is_dirty[FAULT_DEVICE_SIZE_MAX];   /* per granule: view is not durable */
} fault_device;

/* A blank device. can_scrub false: the medium cannot overwrite. */
void fault_device_init(fault_device *device, const hf_nvm_geometry *geometry,
                       bool can_scrub, uint64_t seed);

/* Copy a device with all its state. */
void fault_device_copy(fault_device *to, const fault_device *from);

/* Count operations from 0 and set the faults to come; 0: none. */
void fault_device_arm(fault_device *device, uint64_t cut_at, uint64_t fail_at,
                      uint64_t fail_read_at);

/* Lose power (if it is not off yet), end as told, and switch on again, without faults. */
void fault_device_power_on(fault_device *device, const fault_ending *ending);

/* Granules that the cut operation would have changed; 0 when nothing was cut. */
uint32_t fault_device_cut_count(const fault_device *device);

/* Flip one bit of what is stored. */
void fault_device_flip(fault_device *device, size_t offset, unsigned bit);

/* True when `len` bytes stand anywhere on the medium. */
bool fault_device_contains(const fault_device *device, const uint8_t *data, size_t len);

#endif
