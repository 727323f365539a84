/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The failing device. Two images are kept: `view`, what the running system sees, and
 * `durable`, what a power cut leaves. A cut operation is only noted;
 * fault_device_power_on decides how much of it, and of what was not synced, took place.
 */
#include "fault_device.h"

#include <string.h>

static void violate(fault_device *device, const char *text)
{
    if (device->violation == NULL) {
        device->violation = text;
    }
}

static size_t position(const fault_device *device, hf_nvm_address at)
{
    return (size_t)(at.region * device->geometry.region_size + at.offset);
}

static bool is_inside(fault_device *device, hf_nvm_address at, size_t len)
{
    uint64_t size = device->geometry.region_size;
    bool inside = at.region < device->geometry.region_count && at.offset <= size &&
                  len <= size - at.offset;
    if (!inside) {
        violate(device, "an operation outside of the geometry");
    }
    return inside;
}

/* Count a changing operation; true when it is to take place, else it ends with HF_ERR_IO.
 * data  what it would write, NULL for erase and sync. */
static bool begin(fault_device *device, enum fault_op op, hf_nvm_address at,
                  const uint8_t *data, size_t len)
{
    if (device->is_locked != NULL && *device->is_locked) {
        violate(device, "a program, erase, sync or scrub under the store lock");
    }
    if (device->is_off) {
        return false;
    }
    device->op_count++;
    if (device->op_count == device->cut_at) {
        device->is_off = true;
        device->cut_op = op;
        device->cut_address = at;
        device->cut_len = len;
        if (data != NULL) {
            memcpy(device->cut_data, data, len);
        }
        return false;
    }
    if (device->op_count == device->fail_at) {
        device->has_failed = true;
        return false;
    }
    return true;
}

/* Change granules that are then to be synced. */
static void change(fault_device *device, hf_nvm_address at, const uint8_t *data,
                   size_t len)
{
    size_t from = position(device, at);
    size_t granule = device->geometry.granule_size;
    memcpy(device->view + from, data, len);
    for (size_t i = from / granule; i * granule < from + len; i++) {
        device->is_dirty[i] = true;
    }
}

static void erase_granule(fault_device *device, size_t index)
{
    size_t granule = device->geometry.granule_size;
    memset(device->view + index * granule, device->geometry.erased, granule);
    memset(device->durable + index * granule, device->geometry.erased, granule);
    device->is_dirty[index] = false;
}

static void ram_geometry(void *context, hf_nvm_geometry *geometry)
{
    const fault_device *device = context;
    *geometry = device->geometry;
}

static int ram_read(void *context, hf_nvm_address at, uint8_t *data, size_t len)
{
    fault_device *device = context;
    if (!is_inside(device, at, len)) {
        return HF_ERR_ARG;
    }
    if (device->is_off) {
        return HF_ERR_IO;
    }
    device->read_count++;
    if (device->read_count == device->fail_read_at) {
        device->has_failed = true;
        return HF_ERR_IO;
    }
    memcpy(data, device->view + position(device, at), len);
    return HF_OK;
}

static bool is_erased(const fault_device *device, size_t from, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (device->view[from + i] != device->geometry.erased) {
            return false;
        }
    }
    return true;
}

static int ram_program(void *context, hf_nvm_address at, const uint8_t *data, size_t len)
{
    fault_device *device = context;
    uint32_t granule = device->geometry.granule_size;
    if (!is_inside(device, at, len)) {
        return HF_ERR_ARG;
    }
    if (at.offset % granule != 0 || len % granule != 0) {
        violate(device, "a program off the granules");
        return HF_ERR_ARG;
    }
    if (!device->is_off && !device->is_flipped &&
        !is_erased(device, position(device, at), len)) {
        violate(device, "a program over bytes that are not erased");
    }
    if (begin(device, FAULT_OP_PROGRAM, at, data, len)) {
        change(device, at, data, len);
        return HF_OK;
    }
    if (!device->is_off) {
        /* A program that failed may have done a part of its work. */
        size_t done = random_below(&device->random, len / granule + 1) * (size_t)granule;
        change(device, at, data, done);
    }
    return HF_ERR_IO;
}

static int ram_erase(void *context, uint32_t region)
{
    fault_device *device = context;
    hf_nvm_address at = { .region = region };
    size_t size = (size_t)device->geometry.region_size;
    if (!is_inside(device, at, size)) {
        return HF_ERR_ARG;
    }
    bool is_done = begin(device, FAULT_OP_ERASE, at, NULL, size);
    size_t granule = device->geometry.granule_size;
    size_t first = position(device, at) / granule;
    for (size_t i = 0; !device->is_off && i < size / granule; i++) {
        if (is_done || random_once_in(&device->random, 2)) {
            erase_granule(device, first + i);
        }
    }
    return is_done ? HF_OK : HF_ERR_IO;
}

static int ram_sync(void *context)
{
    fault_device *device = context;
    if (!begin(device, FAULT_OP_SYNC, (hf_nvm_address){ 0 }, NULL, 0)) {
        return HF_ERR_IO;
    }
    if (!device->is_lying) {
        memcpy(device->durable, device->view, device->size);
        memset(device->is_dirty, 0, sizeof device->is_dirty);
    }
    return HF_OK;
}

static int ram_scrub(void *context, hf_nvm_address at, size_t len)
{
    static const uint8_t zeros[FAULT_DEVICE_SIZE_MAX];
    fault_device *device = context;
    if (!is_inside(device, at, len)) {
        return HF_ERR_ARG;
    }
    if (!begin(device, FAULT_OP_SCRUB, at, zeros, len)) {
        return HF_ERR_IO;
    }
    change(device, at, zeros, len);
    return HF_OK;
}

static const hf_nvm_device_ops scrubbing_ops = {
    .geometry = ram_geometry,
    .read = ram_read,
    .program = ram_program,
    .erase = ram_erase,
    .sync = ram_sync,
    .scrub = ram_scrub,
};

static const hf_nvm_device_ops plain_ops = {
    .geometry = ram_geometry,
    .read = ram_read,
    .program = ram_program,
    .erase = ram_erase,
    .sync = ram_sync,
};

void fault_device_init(fault_device *device, const hf_nvm_geometry *geometry,
                       bool can_scrub, uint64_t seed)
{
    memset(device, 0, sizeof *device);
    device->device.ops = can_scrub ? &scrubbing_ops : &plain_ops;
    device->device.context = device;
    device->geometry = *geometry;
    device->size = (size_t)(geometry->region_count * geometry->region_size);
    device->random = random_of(seed);
    memset(device->view, geometry->erased, device->size);
    memset(device->durable, geometry->erased, device->size);
}

void fault_device_copy(fault_device *to, const fault_device *from)
{
    size_t granule_count = from->size / from->geometry.granule_size;
    /* Only what is used of the large arrays: copies are made by the thousand. */
    memcpy(to, from, offsetof(fault_device, cut_data));
    memcpy(to->cut_data, from->cut_data, from->cut_len);
    memcpy(to->durable, from->durable, from->size);
    memcpy(to->view, from->view, from->size);
    memset(to->is_dirty, 0, sizeof to->is_dirty);
    memcpy(to->is_dirty, from->is_dirty, granule_count * sizeof from->is_dirty[0]);
    to->device.context = to;
}

void fault_device_arm(fault_device *device, uint64_t cut_at, uint64_t fail_at,
                      uint64_t fail_read_at)
{
    device->op_count = 0;
    device->read_count = 0;
    device->cut_at = cut_at;
    device->fail_at = fail_at;
    device->fail_read_at = fail_read_at;
    device->has_failed = false;
}

uint32_t fault_device_cut_count(const fault_device *device)
{
    uint32_t granule = device->geometry.granule_size;
    if (!device->is_off) {
        return 0;
    }
    return (uint32_t)((device->cut_len + granule - 1) / granule);
}

/* One granule of the cut operation, done in some of its bits. */
static void change_ragged(fault_device *device, hf_nvm_address at, const uint8_t *data,
                          size_t len)
{
    uint8_t mixed[256];
    for (size_t i = 0; i < len && i < sizeof mixed; i++) {
        uint8_t old = device->view[position(device, at) + i];
        uint8_t mask = (uint8_t)random_next(&device->random);
        mixed[i] = (uint8_t)((old & mask) | (data[i] & (uint8_t)~mask));
    }
    change(device, at, mixed, len < sizeof mixed ? len : sizeof mixed);
}

/* Programs and scrubs are done from their begin; an erase anywhere. */
static void end_cut_operation(fault_device *device, const fault_ending *ending)
{
    size_t granule = device->geometry.granule_size;
    hf_nvm_address at = device->cut_address;
    size_t count = fault_device_cut_count(device);
    size_t done = ending->done_count < count ? ending->done_count : count;
    if (device->cut_op == FAULT_OP_ERASE) {
        size_t first = position(device, at) / granule;
        for (size_t i = 0; i < count; i++) {
            if (random_below(&device->random, count) < done) {
                erase_granule(device, first + i);
            }
        }
    } else if (device->cut_op == FAULT_OP_PROGRAM || device->cut_op == FAULT_OP_SCRUB) {
        size_t len = device->cut_len;
        size_t done_len = done * granule < len ? done * granule : len;
        change(device, at, device->cut_data, done_len);
        if (ending->is_ragged && done_len < len) {
            at.offset += done_len;
            size_t rest = len - done_len;
            change_ragged(device, at, device->cut_data + done_len,
                          rest < granule ? rest : granule);
        }
    }
    device->cut_op = FAULT_OP_NONE;
    device->cut_len = 0;
}

void fault_device_power_on(fault_device *device, const fault_ending *ending)
{
    size_t granule = device->geometry.granule_size;
    size_t unit = (size_t)1 << random_below(&device->random, 7);
    bool is_kept = false;
    end_cut_operation(device, ending);
    for (size_t i = 0; i < device->size / granule; i++) {
        if (i % unit == 0) {
            is_kept = random_once_in(&device->random, 2);
        }
        if (!device->is_dirty[i]) {
            continue;
        }
        if (ending->loss == FAULT_LOSS_NONE ||
            (ending->loss == FAULT_LOSS_SUBSET && is_kept)) {
            memcpy(device->durable + i * granule, device->view + i * granule, granule);
        }
    }
    memcpy(device->view, device->durable, device->size);
    memset(device->is_dirty, 0, sizeof device->is_dirty);
    device->is_off = false;
    fault_device_arm(device, 0, 0, 0);
}

void fault_device_flip(fault_device *device, size_t offset, unsigned bit)
{
    uint8_t mask = (uint8_t)(1u << (bit % 8));
    device->is_flipped = true;
    device->view[offset] ^= mask;
    device->durable[offset] ^= mask;
}

bool fault_device_contains(const fault_device *device, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i + len <= device->size; i++) {
        if (memcmp(device->view + i, data, len) == 0 ||
            memcmp(device->durable + i, data, len) == 0) {
            return true;
        }
    }
    return false;
}
